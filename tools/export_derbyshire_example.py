"""Write the shipped example of a whole system: Derbyshire's estates returns, with all else invented.

    python tools/export_derbyshire_example.py --source DIR

DIR holds the publisher's estates returns (eric-2013-14.xls ... eric-2023-24-site.csv). Their rows of five trusts are
real. Everything else that a return holds (travel, spend, clinical gases, years between the returns, months of the
latest years, the totals of 2019/20) is made up here from round figures, is nobody's data, and says so in every row.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

import nhscarbon as nc
from nhscarbon.methods.data_package import seal

TARGET = Path(__file__).resolve().parents[1] / "data" / "examples" / "derbyshire"
METHOD = "nhs-2026.1"
FILES = {
    "2013/14": "eric-2013-14.xls", "2014/15": "eric-2014-15.xls", "2015/16": "eric-2015-16.xls",
    "2016/17": "eric-2016-17.xls", "2019/20": "eric-2019-20-site.csv", "2023/24": "eric-2023-24-site.csv",
}  # fmt: skip
INVENTED = "invented"
BASE = "2019/20"
NO_LICENCE = "No licence line was seen in the file itself; NHS England statistics are normally OGL v3.0"

# how large each trust's invented figures are beside those of RTG after its merger with RJF on 2018-07-01
SIZE = {"RTG": 1.0, "RFS": 0.38, "RXM": 0.14, "RY8": 0.17}
SIZE_BEFORE = {**SIZE, "RTG": 0.74, "RJF": 0.26}
ACUTE = ("RTG", "RFS", "RJF")
NO_FOOD = "RY8"  # this trust sends no food and catering, in any year

# activity: unit, quantity of RTG in 2023/24, then quantity of 2016/17, 2021/22, 2022/23, 2024/25 and 2025/26 beside it
YEARS = ("2016/17", "2021/22", "2022/23", "2023/24", "2024/25", "2025/26")
CLINICAL = {
    "anaesthetic.desflurane": ("litre", 18, (22.0, 7.0, 3.0, 1.0, 0.5, 0.25)),
    "anaesthetic.sevoflurane": ("litre", 610, (0.82, 0.94, 0.97, 1.0, 1.02, 1.03)),
    "anaesthetic.nitrous_oxide": ("litre", 402000, (2.1, 1.5, 1.2, 1.0, 0.72, 0.4)),
    "anaesthetic.entonox": ("litre", 3460000, (1.04, 1.06, 1.03, 1.0, 0.96, 0.93)),
}
MONTHLY = {
    **CLINICAL,
    "fleet.fuel.diesel": ("litre", 104000, (1.16, 1.06, 1.03, 1.0, 0.94, 0.87)),
    "travel.car.average.unknown": ("mile", 1720000, (1.34, 0.83, 0.95, 1.0, 0.99, 0.97)),
    "travel.rail.national": ("passenger_km", 880000, (1.5, 0.45, 0.85, 1.0, 1.04, 1.06)),
    "inhaler.pmdi.salbutamol_100_generic": ("inhaler", 11200, (1.12, 1.05, 1.03, 1.0, 0.9, 0.8)),
    "spend.sic.32": ("GBP", 52300000, (0.72, 0.86, 0.94, 1.0, 1.03, 1.05)),
    "spend.sic.69_2": ("GBP", 2410000, (0.7, 0.9, 0.96, 1.0, 1.01, 1.01)),
    "spend.sic.81": ("GBP", 7150000, (0.75, 0.88, 0.95, 1.0, 1.04, 1.08)),
    "spend.sic.41_2": ("GBP", 19800000, (0.6, 1.22, 1.1, 1.0, 0.9, 0.85)),
    "spend.sic.17": ("GBP", 1180000, (0.92, 0.97, 0.99, 1.0, 0.99, 0.97)),
    "spend.sic.21": ("GBP", 108400000, (0.69, 0.87, 0.95, 1.0, 1.05, 1.1)),
    "spend.sic.56": ("GBP", 4920000, (0.74, 0.83, 0.93, 1.0, 1.03, 1.06)),
    "spend.sic.86": ("GBP", 12700000, (0.55, 0.9, 0.96, 1.0, 1.02, 1.04)),
    "spend.sic.62": ("GBP", 13900000, (0.56, 0.88, 0.95, 1.0, 1.06, 1.1)),
}
YEARLY = {  # surveys and service records: no months, and nothing yet for the year that is under way
    "refrigerant.r410a": ("kg", 44, (1.3, 1.15, 1.1, 1.0, 0.9, None)),
    "freight.van.average.diesel": ("km", 352000, (1.1, 1.02, 1.01, 1.0, 0.97, None)),
    "commute.car.average.unknown": ("km", 66300000, (1.02, 0.9, 0.95, 1.0, 0.99, None)),
    "patient_contact": ("contact", 620000, (0.95, 0.9, 0.96, 1.0, 1.02, None)),
}
# years without a return here, beside the trust's own return of 2023/24: 2021/22, 2022/23, 2024/25, 2025/26
ESTATES_YEARS = ("2021/22", "2022/23", "2024/25", "2025/26")
ESTATES = {
    "energy.natural_gas": (1.05, 1.01, 0.96, 0.92),
    "energy.gas_oil": (1.2, 1.1, 0.8, 0.8),
    "energy.electricity.green_tariff": (1.02, 1.0, 0.985, 0.97),
    "energy.electricity.grid": (1.02, 1.0, 0.985, 0.97),
    "energy.electricity.onsite_renewable": (0.7, 0.9, 1.1, 1.4),
    "water.supply": (1.03, 1.02, 0.97, 0.95),
    "waste.clinical.high_temperature_incineration": (1.3, 1.1, 0.93, 0.85),
    "waste.clinical.alternative_treatment": (1.1, 1.05, 1.0, 1.0),
    "waste.domestic.energy_from_waste": (1.06, 1.02, 0.98, 0.95),
    "waste.offensive.unstated_route": (0.9, 0.96, 1.03, 1.06),
}
SEASON = {  # April to March, shares of the year in thousandths
    "energy.natural_gas": (85, 62, 48, 44, 45, 53, 78, 105, 124, 129, 118, 109),
    "energy.electricity.onsite_renewable": (115, 135, 138, 132, 116, 92, 62, 36, 24, 30, 48, 72),
}
EVEN = (84, 83, 83, 84, 83, 83, 84, 83, 83, 84, 83, 83)
MONTHS_SENT = {"2024/25": 12, "2025/26": 7}

# totals of 2019/20 as a trust may have published them, by theme [tCO2e]: the estates themes are near those of its
# return of that year, the others invented; RTG is with Burton
THEMES_OF_BASE = {
    "fossil_fuels": (12180, 5110, 1490, 3150), "nhs_facilities": (128, 46, 18, 21),
    "anaesthetics": (2080, 790, 0, 0), "fleet": (292, 112, 41, 49), "electricity": (10840, 2850, 900, 1980),
    "energy_well_to_tank": (4460, 1460, 450, 930), "business_travel": (660, 251, 92, 112), "waste": (980, 354, 17, 88),
    "water": (140, 34, 9, 15), "inhalers": (150, 57, 21, 25), "medical_devices": (33800, 12840, 4730, 5750),
    "freight_transport": (112, 43, 16, 19), "business_services": (1420, 540, 199, 241),
    "construction": (7900, 3000, 1110, 1340), "manufacturing": (700, 266, 98, 119),
    "medicines": (21400, 8130, 3000, 3640), "food_and_catering": (1460, 555, 204, 248),
    "commissioned_health_services": (2250, 855, 315, 382), "ict": (1480, 562, 207, 252),
    "staff_commuting": (14400, 5470, 2020, 2450), "patient_and_visitor_travel": (7300, 2770, 1020, 1240),
}  # fmt: skip
ESTATES_THEMES = ("fossil_fuels", "electricity", "energy_well_to_tank", "waste", "water")


def quantity_text(value: float) -> str:
    """Return a quantity as a person would type it: three significant figures for what is small, whole otherwise."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def estates(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return the real rows of the trusts, their floor areas, and what was left out for want of a factor."""
    parts, areas = [], []
    for name in FILES.values():
        activity = nc.read_eric(folder / name)
        parts.append(activity.table)
        areas.append(activity.denominators)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["organisation"].astype(str).isin(SIZE_BEFORE)]
    names = ["organisation", "site", "period", "activity", "unit"]
    summed = rows.astype(dict.fromkeys(names, str)).groupby(names, as_index=False)[["quantity"]].sum()
    counted, left = with_factor(said(summed))
    area = pd.concat(areas, ignore_index=True)
    area = area[area["organisation"].isin(SIZE_BEFORE) & (area["measure"] == "floor_area_gross_internal")]
    whole = area.groupby(["organisation", "period", "measure", "unit"], as_index=False)[["value"]].sum()
    return counted, whole.assign(note="estates return"), left


def said(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out zeros, but one of each activity of which a trust returned nothing else: that it had none."""
    nothing = rows.groupby(["organisation", "period", "activity"])["quantity"].transform(
        lambda values: (values == 0).all()
    )
    one = ~rows.duplicated(["organisation", "period", "activity"])
    return rows[(rows["quantity"] != 0) | (nothing & one)]


def with_factor(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out what the method has no factor for and no gap declares: a plain table would be refused for it."""
    left: list[str] = []
    kept = []
    for (year, activity), group in rows.groupby(["period", "activity"]):
        try:
            nc.calculate(group, METHOD)
            kept.append(group)
        except nc.SubmissionError as refusal:
            refused = {finding.code for finding in refusal.findings if finding.severity.startswith("reject")}
            if refused != {"factor_missing"}:
                raise
            left.append(f"{activity} {year}")
    return pd.concat(kept), left


def months_of(activity: str, year: str) -> list[tuple[str, float]]:
    """Return each month that was sent of a year, with its share of the whole year."""
    first = int(year[:4])
    names = [f"{first}-{month:02d}" for month in range(4, 13)] + [f"{first + 1}-{month:02d}" for month in (1, 2, 3)]
    shares = SEASON.get(activity, EVEN)
    return [(name, share / 1000) for name, share in zip(names, shares, strict=True)][: MONTHS_SENT[year]]


def invented(returns: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are made up: other themes, years between the returns, months of the latest years."""
    rows: list[tuple[str, str, str, float, str]] = []

    def add(organisation: str, year: str, activity: str, quantity: float, unit: str, *, by_month: bool) -> None:
        if by_month and year in MONTHS_SENT:
            rows.extend(
                (organisation, month, activity, quantity * share, unit) for month, share in months_of(activity, year)
            )
        else:
            rows.append((organisation, year, activity, quantity, unit))

    for table, by_month in ((MONTHLY, True), (YEARLY, False)):
        for activity, (unit, quantity, beside) in table.items():
            for year, ratio in zip(YEARS, beside, strict=True):
                sizes = SIZE_BEFORE if year == "2016/17" else SIZE
                for organisation, size in sizes.items():
                    if ratio is None or (activity in CLINICAL and organisation not in ACUTE):
                        continue
                    if organisation == NO_FOOD and activity == "spend.sic.56":
                        continue
                    add(organisation, year, activity, quantity * ratio * size, unit, by_month=by_month)
    latest = returns[returns["period"] == "2023/24"].groupby(["organisation", "activity", "unit"], as_index=False)
    sums = latest["quantity"].sum()
    for organisation, activity, unit, quantity in sums[sums["quantity"] > 0].itertuples(index=False):
        for year, ratio in zip(ESTATES_YEARS, ESTATES.get(activity, ()), strict=False):
            add(organisation, year, activity, quantity * ratio, unit, by_month=True)
    found = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    found = found.sort_values(["period", "organisation", "activity"], ignore_index=True)
    return found.assign(quantity=[quantity_text(value) for value in found["quantity"]], note=INVENTED)


def base_totals() -> pd.DataFrame:
    """Return the base year as totals by theme: a footprint that someone else calculated."""
    rows = []
    for theme, values in THEMES_OF_BASE.items():
        note = "invented, near the estates return of 2019/20" if theme in ESTATES_THEMES else INVENTED
        for organisation, value in zip(SIZE, values, strict=True):
            rows.append((organisation, BASE, theme, value, "2021", note))
    return pd.DataFrame(rows, columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"])


def answers() -> pd.DataFrame:
    """Return what trusts answer for themes without rows."""
    rows = [
        (organisation, year, "anaesthetics", "not_applicable", "no theatres (invented)")
        for organisation in ("RXM", "RY8")
        for year in YEARS
    ]
    return pd.DataFrame(rows, columns=["organisation", "period", "theme", "answer", "reason"])


def denominators(area: pd.DataFrame) -> pd.DataFrame:
    """Return floor areas of the returns, and invented ones of other years with heads, beds and income."""
    rows = [area]
    latest = area[area["period"] == "2023/24"].set_index("organisation")["value"]
    made: list[tuple[str, str, str, str, float]] = []
    for year, head, income in zip(
        YEARS, (0.88, 0.95, 0.97, 1.0, 1.02, 1.03), (0.7, 0.88, 0.94, 1.0, 1.05, 1.09), strict=True
    ):
        sizes = SIZE_BEFORE if year == "2016/17" else SIZE
        for organisation, size in sizes.items():
            made.append((organisation, year, "staff_headcount", "person", round(14800 * size * head, -1)))
            made.append((organisation, year, "beds_occupied", "bed", round(1650 * size)))
            made.append((organisation, year, "income", "GBP", round(1_240_000_000 * size * income, -5)))
            if year in ESTATES_YEARS:
                made.append((organisation, year, "floor_area_gross_internal", "m2", float(latest[organisation])))
    extra = pd.DataFrame(made, columns=["organisation", "period", "measure", "unit", "value"]).assign(note=INVENTED)
    table = pd.concat([*rows, extra], ignore_index=True)[["organisation", "period", "measure", "unit", "value", "note"]]
    table = table.sort_values(["period", "organisation", "measure"], ignore_index=True)
    return table.assign(value=[f"{value:.15g}" for value in table["value"]])


def describe(folder: Path, left: list[str]) -> dict[str, object]:
    """Return the descriptor of the example."""
    title = "Estates Returns Information Collection, England, {}: site data"
    sources = [
        {"title": title.format(year), "file": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for year, name in FILES.items()
    ]
    return {
        "name": "derbyshire",
        "version": "1.0.0",
        "kind": "examples",
        "title": "A system of trusts (Derbyshire) over ten years: real estates rows, all else invented",
        "publisher": "NHS England",
        "sources": sources,
        "licenses": [
            {
                "name": "OGL-UK-3.0",
                "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                "title": NO_LICENCE,
            }
        ],
        "attribution": "NHS England, Estates Returns Information Collection 2013/14 to 2016/17, 2019/20 and 2023/24; "
        "every other figure is invented by nhscarbon",
        "notes": [
            NO_LICENCE + ".",
            "derbyshire-estates.csv: the rows of RTG, RFS, RXM, RY8 and RJF (Burton, part of RTG from 2018-07-01) in "
            "six estates returns, read by tools/export_derbyshire_example.py, cells of one site and activity added up. "
            "Left out: zeros, but one where a trust returned nothing else of an activity, and for want "
            f"of a published factor {', '.join(left)}.",
            "derbyshire-invented.csv, derbyshire-base-2019-20.csv and derbyshire-themes.csv: invented, round figures "
            "of a size that such trusts may have, and nobody's data. RY8 sends no food and catering; 2025/26 holds "
            "seven months. derbyshire-denominators.csv: floor areas of the returns; what is noted 'invented' is.",
        ],
        "resources": [],
    }


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV with Unix line ends."""
    path.write_text(table.to_csv(index=False, lineterminator="\n"), "utf-8", newline="")


def main() -> int:
    """Write the example and its descriptor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True, help="the folder of the publisher's estates returns")
    parser.add_argument("--target", type=Path, default=TARGET, help="the folder to write")
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    returns, area, left = estates(options.source)
    shown = returns.assign(quantity=[f"{value:.15g}" for value in returns["quantity"]])
    shown = shown.sort_values(["period", "organisation", "activity", "site"], ignore_index=True)
    tables = {
        "estates": shown[["organisation", "site", "period", "activity", "quantity", "unit"]],
        "invented": invented(returns),
        "base-2019-20": base_totals(),
        "themes": answers(),
        "denominators": denominators(area),
    }
    for name, table in tables.items():
        write(table, options.target / f"derbyshire-{name}.csv")
        sys.stdout.write(f"derbyshire-{name}.csv: {len(table):,} rows\n")
    text = json.dumps(describe(options.source, left), indent=1, ensure_ascii=False) + "\n"
    (options.target / "datapackage.json").write_text(text, "utf-8", newline="\n")
    seal(options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
