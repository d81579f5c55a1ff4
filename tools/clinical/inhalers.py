"""Inhalers: product life-cycle figures, and apart from them those of propellant mass x warming potential."""

from __future__ import annotations

from decimal import Decimal

from clinical.package import HERE, Row, Rows, factor, only, read_rows

LIFE_CYCLE, PROPELLANT = "inhalers-1", "inhalers-wilkinson-2019-1"
NOT_STATED = "not stated"
PROPELLANT_BASIS = "Wilkinson 2019: HFA134a 1300, HFA227ea 3320"


def inhaler_rows(figures: Rows, package: str) -> Rows:
    """Return the factor rows of one package: per inhaler, and per dose where one is printed."""
    rows = []
    for wanted in read_rows(HERE / "inhalers.csv"):
        if wanted["package"] == package:
            named = [row for row in figures if row["source"].startswith(wanted["source_starts"])]
            rows += _rows(wanted, only(named, product=wanted["product"]))
    return rows


def _rows(wanted: Row, figure: Row) -> Rows:
    per_inhaler, per_dose = figure["kgCO2e_per_inhaler"], figure["gCO2e_per_actuation"]
    propellant = wanted["package"] == PROPELLANT
    basis = PROPELLANT_BASIS if propellant else NOT_STATED
    derived = figure["notes"].partition(", ")[0] if "computed here" in figure["notes"] else ""
    of_doses = figure["notes"].startswith("per-actuation")
    also = "" if derived or of_doses else figure["notes"].strip().rstrip(".")
    about = (f"{wanted['label'].split(' (')[0]}: {figure['method']}", wanted["note"], also, _range(figure))
    rows = []
    if per_inhaler:
        note = "; ".join(filter(None, (*about, f"derived: {derived} doses, g to kg" if derived else "")))
        rows.append(_factor(wanted, "inhaler", per_inhaler, basis, figure, note))
    if per_dose and not propellant:  # there the printed ones are ranges, or of another end of the range
        kilograms = f"{(Decimal(per_dose) / 1000).normalize():f}"
        note = "; ".join(
            filter(None, (about[0], f"{per_dose} g per actuation as printed{' (rounded)' if of_doses else ''}"))
        )
        rows.append(_factor(wanted, "dose", kilograms, basis, figure, note))
    return rows


def _factor(wanted: Row, unit: str, value: str, basis: str, figure: Row, note: str) -> Row:
    return factor(wanted["activity"], unit, value, scope="3", basis=basis, locator=figure["source"], note=note)


def _range(figure: Row) -> str:
    low, high, doses = figure["range_low_kg"], figure["range_high_kg"], figure["gCO2e_per_actuation"]
    spread = f"middle of {low} to {high} kg" if low and high else ""
    printed = f"printed per actuation: {doses} g" if low and doses else ""
    return "; ".join(filter(None, (spread, printed)))
