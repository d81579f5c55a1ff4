"""Refrigerant blends that the official sets lack, and the screening leak rates."""

from __future__ import annotations

from decimal import Decimal

from clinical.package import HERE, Row, Rows, conversion, factor, read_rows

AR4, AR5 = "refrigerant-blends-ar4-1", "refrigerant-blends-ar5-1"
COLUMNS = {AR4: ("AR4", "AR4", "GWP_AR4_computed"), AR5: ("AR5", "AR5_no_feedback", "GWP_AR5_computed")}
# parts as refrigerants.csv writes them, where gwp.csv has another name than "HFC-32" for "HFC32"
SPECIES = {
    "HFC134a": "HFC-134a (MDI propellant, R134a)",
    "HFC152a": "HFC-152a (next-generation MDI propellant)",
    "HFC227ea": "HFC-227ea (MDI propellant, FM-200)",
    "HFO1234yf": "HFO-1234yf",
    "HFO1234ze": "HFO-1234ze(E) (next-generation MDI propellant)",
    "HC600": "n-Butane (R600)",
    "HC600a": "Isobutane (R600a)",
}
SCREENING = "Defra GHG guidance Annex 8 screening method"


def blend_rows(figures: Rows, gwp: Rows, package: str) -> Rows:
    """Return the factor rows of one package of blends, mass-weighted from their composition.

    Raises
    ------
    ValueError
        If a blend does not come to the total that the figures state.
    """
    by_name = {row["refrigerant"]: row for row in figures}
    by_species = {row["species"]: row for row in gwp}
    wanted = [row for row in read_rows(HERE / "blends.csv") if row["package"] == package]
    return [_blend(row, by_name[row["refrigerant"]], by_species) for row in wanted]


def leak_rows(figures: Rows) -> Rows:
    """Return a row from kilograms of charge to kilograms leaked in a year for each kind of equipment."""
    rates = {row["equipment"]: row for row in figures if row["source"].startswith(SCREENING)}
    rows = []
    for wanted in read_rows(HERE / "leak_rates.csv"):
        rate = rates[wanted["equipment"]]
        source, percent = rate["source"], Decimal(rate["annual_operating_leak_pct"])
        rows.append(
            conversion(
                "refrigerant.*",
                wanted["unit"],
                "kg",
                f"{(percent / 100).normalize():f}",
                source=source,
                locator=f"{wanted['equipment']}: annual operating leak {rate['annual_operating_leak_pct']} %",
                note="screening value for one year of operation: the guidance itself says high degree of uncertainty; "
                "prefer what was topped up",
            )
        )
    return rows


def _blend(wanted: Row, figure: Row, gwp: dict[str, Row]) -> Row:
    basis, column, stated = COLUMNS[wanted["package"]]
    total, terms, marks = Decimal(0), [], []
    for part in figure["composition_mass_pct"].split("; "):
        name, share = part.split(" ")
        value, mark = _potential(name, column, gwp)
        total += Decimal(share) * value / 100
        terms.append(f"{share} % {name} x {value}")
        marks += [mark] if mark else []
    if abs(total - Decimal(figure[stated])) > Decimal("0.05"):  # they state one decimal
        raise ValueError(f"{figure['refrigerant']} comes to {total}, the figures state {figure[stated]}")
    source = figure["source"].partition(";")[0].removeprefix("composition: ").replace("PyPI ", "Python package ")
    return factor(
        f"refrigerant.{figure['refrigerant'].lower()}",
        "kg",
        f"{total.normalize():f}",
        scope="1",
        basis=basis,
        locator=f"composition: {source}",
        note="; ".join((f"derived: {' + '.join(terms)}", *dict.fromkeys(marks))),
        valid={"valid_from": wanted["valid_from"], "valid_to": wanted["valid_to"]},
    )


def _potential(name: str, column: str, gwp: dict[str, Row]) -> tuple[Decimal, str]:
    """Return a part's warming potential, and the mark that it carries where the report has none."""
    if name == "HC601a":
        return Decimal(0), f"isopentane counted as 0: no value in {column}"
    row = gwp[SPECIES.get(name, name.replace("HFC", "HFC-"))]
    if row[column] and not row[column].startswith("<"):
        return Decimal(row[column]), ""
    if name.startswith("HFO") and column != "AR4":
        value = row["other_gwp100"].partition(" ")[0]
        return Decimal(value), f"{row['species'].partition(' ')[0]} {value} from 40 CFR 98 Table A-1 (AR5 prints < 1)"
    return Decimal(0), f"{row['species'].partition(' ')[0]} counted as 0: no value in {column}"
