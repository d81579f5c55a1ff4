"""Derbyshire's footprint worked out apart from nhscarbon: plain pandas, and factors read straight from their cells.

Nothing here calls nhscarbon but to find the files of the example. Tests hold what nhscarbon says against it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path

import pandas as pd

REPO = Path(__file__).resolve().parents[1]
DATA = REPO / "data"
EXAMPLE = DATA / "examples" / "derbyshire"
METHOD = DATA / "methodologies" / "nhs-2026.1"
HEADLINE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
FOOTPRINTS = (HEADLINE, PLUS)
TRUSTS = ("RFS", "RTG", "RXM", "RY8")
MERGED = {"RJF": "RTG"}  # Burton became part of Derby on 2018-07-01
EARLY = ("2013/14", "2014/15", "2015/16")  # their factor sets lack well-to-tank
RETURNED = ("2016/17", "2019/20", "2023/24")  # estates returns with a whole factor set
SYSTEM_RETURNS = ("2016/17", "2023/24")  # those that the system's own table holds: 2019/20 is known as totals only
COMPLETE = ("2016/17", "2021/22", "2022/23", "2023/24", "2024/25")
PART, PART_MONTHS = "2025/26", 7
BASE = "2019/20"
KM_PER_MILE = 1.609344  # exact by definition of the international mile


def estates() -> pd.DataFrame:
    """Return the real rows of all six returns."""
    return pd.read_csv(EXAMPLE / "derbyshire-estates.csv")


def invented() -> pd.DataFrame:
    return pd.read_csv(EXAMPLE / "derbyshire-invented.csv")


def system() -> pd.DataFrame:
    """Return the system's activity: the returns of 2016/17 and 2023/24 and every invented row."""
    real = estates()
    rows = pd.concat([real[real["period"].isin(SYSTEM_RETURNS)], invented()], ignore_index=True)
    return rows[["organisation", "site", "period", "activity", "quantity", "unit"]].fillna({"site": ""})


def base() -> pd.DataFrame:
    """Return the totals by theme of 2019/20."""
    return pd.read_csv(EXAMPLE / "derbyshire-base-2019-20.csv")


def year_of(period: str) -> str:
    """Return the NHS year of a year or a month."""
    if "/" in period:
        return period
    year, month = int(period[:4]), int(period[5:7])
    first = year if month >= 4 else year - 1
    return f"{first}/{(first + 1) % 100:02d}"


@cache
def _cells(package: str) -> pd.DataFrame:
    table = pd.read_csv(DATA / "emission_factors" / package / "factors.csv", dtype=str, keep_default_na=False)
    return table[table["geography"] == "UK"]


@cache
def _conversions(package: str) -> pd.DataFrame:
    path = DATA / "conversions" / package / "conversions.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("conversion_id")


def _packages(activity: str, year: str) -> list[str]:
    """Return the publications that serve an activity in a year."""
    first = int(year[:4])
    if activity.startswith("spend."):
        return [f"uk-multipliers-to-2023-y{min(first, 2023)}"]
    if activity.startswith("anaesthetic."):
        return ["anaesthetic-gases-ar5-1"]
    if activity.startswith("inhaler."):
        return ["inhalers-1"]
    return [f"ukgov-{first}", *(["hospital-waste-1"] if first >= 2019 else [])]


def _ratio(activity: str, unit: str, year: str) -> tuple[str, float]:
    """Return the unit of the factor and how many of it a unit of the activity is."""
    first = int(year[:4])
    if unit == "GBP":
        price_year = min(first, 2023)
        row = f"spend.GBP_{first}-{(first + 1) % 100:02d}_to_GBP_{price_year}"
        return f"GBP_{price_year}", float(_conversions("deflators-1").loc[row, "multiplier"])
    if activity.startswith("anaesthetic.") and unit == "litre":
        target = "kg_N2O" if activity.endswith("entonox") else "kg"
        return target, float(_conversions("densities-1").loc[f"{activity}.litre_to_{target}", "multiplier"])
    if unit == "mile":
        return "km", KM_PER_MILE
    if unit == "contact":
        row = _conversions("sdu-travel-defaults-1").loc["patient_contact.contact_to_mile", "multiplier"]
        return "km", float(row) * KM_PER_MILE
    return unit, 1.0


@cache
def factors(activity: str, unit: str, year: str) -> tuple[tuple[str, str, float], ...]:
    """Return component, scope and kgCO2e of one unit of an activity, from the published cells."""
    target, ratio = _ratio(activity, unit, year)
    for package in _packages(activity, year):
        cells = _cells(package)
        found = cells[(cells["activity"] == activity) & (cells["unit"] == f"kgCO2e/{target}")]
        if len(found):
            return tuple((row.component, row.scope, float(row.value) * ratio) for row in found.itertuples(index=False))
    return ()


@cache
def _homes() -> tuple[dict[str, str], dict[tuple[str, str], str], frozenset[tuple[str, ...]]]:
    """Return the category of each activity, the theme of each component, and what is inside which boundary."""
    catalogue = DATA / "catalogue" / "catalogue-1"
    activities = pd.read_csv(catalogue / "activities.csv", dtype=str, keep_default_na=False)
    themes = pd.read_csv(catalogue / "categories.csv", dtype=str, keep_default_na=False)
    inside = pd.read_csv(METHOD / "boundaries.csv", dtype=str, keep_default_na=False)
    inside = inside[inside["included"] == "yes"]
    return (
        dict(zip(activities["activity"], activities["category"], strict=True)),
        dict(zip(zip(themes["category"], themes["component"], strict=True), themes["theme"], strict=True)),
        frozenset(inside[["boundary", "category", "component", "scope"]].itertuples(index=False, name=None)),
    )


LINES = [
    "organisation", "period", "year", "activity", "unit", "quantity", "component", "theme", "factor", "tco2e",
]  # fmt: skip


def lines(rows: pd.DataFrame, boundary: str) -> pd.DataFrame:
    """Return each component of each row inside a boundary [tCO2e]; what no publication has a factor for is left out.

    organisation, period (as sent), year, theme, activity, component, unit, quantity, factor [kgCO2e/unit], tco2e.
    """
    category, theme, inside = _homes()
    keys = rows.assign(year=[year_of(period) for period in rows["period"]])
    found = []
    for (activity, unit, year), group in keys.groupby(["activity", "unit", "year"]):
        home = category[activity]
        for component, scope, factor in factors(activity, unit, year):
            if (boundary, home, component, scope) not in inside:
                continue
            part = group[["organisation", "period", "year", "activity", "unit", "quantity"]]
            found.append(part.assign(component=component, theme=theme[home, component], factor=factor,
                                     tco2e=part["quantity"] * factor / 1000))  # fmt: skip
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=LINES)


def restated(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table on today's map: Burton inside Derby."""
    return table.assign(organisation=table["organisation"].replace(MERGED))


def tonnes(table: pd.DataFrame, *columns: str) -> dict[object, float]:
    """Return sums of tonnes by columns; the key is the word itself where there is one column."""
    found = table.groupby(list(columns) if len(columns) > 1 else columns[0])["tco2e"].sum()
    return {key: float(value) for key, value in found.items()}


def bridge(rows: pd.DataFrame, before: str, after: str, boundary: str) -> dict[str, dict[str, float]]:
    """Return, by organisation, the change between two years by cause, each line over every order of exchange.

    A line is an organisation's activity, unit and component. Only in one year, it enters or leaves whole.
    """
    table = lines(rows, boundary)
    words = ["organisation", "activity", "unit", "component"]
    sides = []
    for year in (before, after):
        side = table[table["year"] == year].groupby(words, as_index=False)
        sides.append(side.agg(quantity=("quantity", "sum"), factor=("factor", "first")))
    both = (
        sides[0]
        .merge(sides[1], on=words, how="outer", suffixes=("_before", "_after"))
        .fillna({name: float("nan") for name in ("quantity_before", "quantity_after")})
    )
    found: dict[str, dict[str, float]] = {}
    for row in both.itertuples(index=False):
        effects = found.setdefault(
            row.organisation, dict.fromkeys(("before", "activity", "factor", "entered", "left", "after"), 0.0)
        )
        here, there = pd.notna(row.quantity_before), pd.notna(row.quantity_after)
        first = row.quantity_before * row.factor_before / 1000 if here else 0.0
        last = row.quantity_after * row.factor_after / 1000 if there else 0.0
        effects["before"] += first
        effects["after"] += last
        if here and there:
            parts = by_orders({"activity": (row.quantity_before, row.quantity_after),
                               "factor": (row.factor_before / 1000, row.factor_after / 1000)})  # fmt: skip
            for cause, value in parts.items():
                effects[cause] += value
        elif there:
            effects["entered"] += last
        else:
            effects["left"] -= first
    return found


def by_orders(causes: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Split the change of a product between its causes: the mean over all orders of exchanging them (Shapley)."""
    orders = list(permutations(causes))
    parts = dict.fromkeys(causes, Fraction(0))
    for order in orders:
        state = {name: Fraction(values[0]) for name, values in causes.items()}
        for name in order:
            before = product(state.values())
            state[name] = Fraction(causes[name][1])
            parts[name] += product(state.values()) - before
    return {name: float(value / len(orders)) for name, value in parts.items()}


def product(numbers: object) -> Fraction:
    found = Fraction(1)
    for number in numbers:
        found *= number
    return found


# --- where an organisation stands against its path: the formulas by hand ------------------------------------------

# cut on 2019/20 [share], first and last NHS year of its window (the calendar year that each starts in), net zero
WINDOWS = {HEADLINE: (0.47, 2028, 2032, 2040), PLUS: (0.73, 2036, 2038, 2045)}
WITHIN = 0.02  # of the path: on track below it, off track above it
PACE_YEARS = 3


def points(base_tco2e: float, boundary: str, reading: str = "end") -> list[tuple[int, float]]:
    """Return the corners of the straight line from 2019/20 through the targets [tCO2e]."""
    cut, first, last, zero = WINDOWS[boundary]
    return [(2019, base_tco2e), (first if reading == "first" else last, base_tco2e * (1 - cut)), (zero, 0.0)]


def allowance(base_tco2e: float, boundary: str, year: int, reading: str = "end") -> float:
    """Return what the line allows in an NHS year [tCO2e]."""
    for (first, high), (last, low) in pairwise(points(base_tco2e, boundary, reading)):
        if first <= year <= last:
            return high + (low - high) * (year - first) / (last - first)
    raise ValueError(year)


def years_behind(base_tco2e: float, boundary: str, year: int, tco2e: float, reading: str = "end") -> float:
    """Return how long ago the line was where the footprint is now; negative where it is ahead."""
    for (first, high), (last, low) in pairwise(points(base_tco2e, boundary, reading)):
        if low <= tco2e <= high:
            return year - (first + (last - first) * (high - tco2e) / (high - low))
    return float("nan")


def required_percent(base_tco2e: float, boundary: str, year: int, tco2e: float, reading: str = "end") -> float:
    """Return the same cut of each year's footprint from now on that meets the next target [% a year]."""
    due, target = points(base_tco2e, boundary, reading)[1]
    return 100 * (1 - (target / tco2e) ** (1 / (due - year)))


def pace_percent(first: float, last: float, years: int) -> float:
    """Return the yearly cut that was achieved [% a year]."""
    return 100 * (1 - (last / first) ** (1 / years))


def crossing(base_tco2e: float, boundary: str, year: int, tco2e: float, pace: float) -> str:
    """Return the NHS year in which a footprint at its pace gets to the other side of the line; empty if it does not."""
    above = tco2e > allowance(base_tco2e, boundary, year)
    for later in range(year + 1, WINDOWS[boundary][3] + 1):
        tco2e *= 1 - pace / 100
        if above == (tco2e <= allowance(base_tco2e, boundary, later)):
            return f"{later}/{(later + 1) % 100:02d}"
    return ""


def status(tco2e: float, allowed: float, required: float, pace: float) -> str:
    """Return the status by the written rules of the issue."""
    beside = tco2e / allowed - 1
    if beside > WITHIN:
        return "off_track"
    if beside < -WITHIN and pace >= required:
        return "on_track"
    return "watch"


def year_to_date(rows: pd.DataFrame, boundary: str) -> pd.DataFrame:
    """Return by organisation and theme the months of the year under way, beside the same months of the year before."""
    table = restated(lines(rows, boundary))
    table = table[table["period"].str.contains("-")]
    table = table.assign(month=table["period"].str[5:])
    now = table[table["year"] == PART]
    before = table[table["year"] == COMPLETE[-1]]
    words = ["organisation", "theme", "month"]
    sums = [part.groupby(words, as_index=False)["tco2e"].sum() for part in (now, before)]
    return sums[0].merge(sums[1], on=words, suffixes=("", "_before"))
