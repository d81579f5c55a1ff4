"""Twenty paths, budgets and required rates worked out here from the published cuts, by fractions and closed forms."""

import math
from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pytest

import nhscarbon as nc

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
# as they are printed: the year of the cut [%], by window, on a base and an inventory (docs/how-to/project-to-2045.md)
CUTS = {
    (CORE, "2019/20", "2020-report"): [(Fraction(47), 2028, 2032), (Fraction(100), 2040, 2040)],
    (PLUS, "2019/20", "2020-report"): [(Fraction(73), 2036, 2038), (Fraction(100), 2045, 2045)],
    (CORE, "1990", ""): [(Fraction(80), 2028, 2032), (Fraction(100), 2040, 2040)],
    (PLUS, "1990", ""): [(Fraction(80), 2036, 2039), (Fraction(100), 2045, 2045)],
    # the five-year report: 14.5 Mt in 1990 and 4.7 Mt in 2024/25
    (CORE, "2024/25", "five-year-report-2025"): [
        (100 - (100 - Fraction(80)) * Fraction("14.5") / Fraction("4.7"), 2028, 2032), (Fraction(100), 2040, 2040)],
}  # fmt: skip
# boundary, base year, inventory, base [tCO2e], shape, reading, residual, year looked at, its tonnes, how the base comes
CASES = [
    (CORE, "2019/20", "2020-report", "24310.7", "linear", "end", "0", 2023, "21999.9", "series"),
    (CORE, "2019/20", "2020-report", "24310.7", "linear", "first", "0", 2023, "21999.9", "series"),
    (CORE, "2019/20", "2020-report", "24310.7", "linear", "mean", "0", 2027, "14000", "series"),
    (CORE, "2019/20", "2020-report", "8077", "geometric", "end", "0.1", 2024, "7000.5", "supplied"),
    (CORE, "2019/20", "2020-report", "8077", "geometric", "first", "0.05", 2021, "9000", "supplied"),
    (CORE, "2019/20", "2020-report", "8077", "s_curve", "end", "0", 2025, "7777", "stated"),
    (CORE, "2019/20", "2020-report", "8077", "s_curve", "first", "0.02", 2034, "2500", "stated"),
    (PLUS, "2019/20", "2020-report", "131072.25", "linear", "end", "0", 2023, "120000", "supplied"),
    (PLUS, "2019/20", "2020-report", "131072.25", "linear", "first", "0.1", 2024, "99000", "supplied"),
    (PLUS, "2019/20", "2020-report", "131072.25", "geometric", "end", "0.1", 2030, "70000", "stated"),
    (PLUS, "2019/20", "2020-report", "131072.25", "geometric", "mean", "0.1", 2036, "36000", "stated"),
    (PLUS, "2019/20", "2020-report", "131072.25", "s_curve", "first", "0", 2022, "131000", "series"),
    (PLUS, "2019/20", "2020-report", "131072.25", "s_curve", "end", "0", 2039, "20000", "series"),
    (CORE, "1990", "", "16200000", "linear", "end", "0", 2019, "6100000", "stated"),
    (CORE, "1990", "", "16200000", "linear", "first", "0", 2024, "4700000", "series"),
    (CORE, "1990", "", "14500000", "geometric", "end", "0.03", 2024, "4700000", "stated"),
    (PLUS, "1990", "", "33600000", "linear", "end", "0", 2019, "24900000", "stated"),
    (PLUS, "1990", "", "33600000", "s_curve", "mean", "0", 2024, "23000000", "series"),
    (CORE, "2024/25", "five-year-report-2025", "10000", "linear", "end", "0", 2025, "9800", "series"),
    (CORE, "2024/25", "five-year-report-2025", "10000", "geometric", "first", "0.1", 2026, "8700", "supplied"),
]


def pieces(case):
    """Return the base and the points that a path goes through, as (year, share of the base)."""
    boundary, base_year, inventory, _, _, reading, residual, *_ = case
    points = [(int(base_year[:4]), Fraction(1))]
    for percent, first, last in CUTS[boundary, base_year, inventory]:
        due = {"end": last, "first": first, "mean": (first + last + 1) // 2}[reading]
        points.append((due, max(1 - percent / 100, Fraction(residual) if percent == 100 else Fraction(0))))
    return points


def value(case, year):
    """Return what a year may emit: exact for a straight line, else by the formula of its shape."""
    points, base, shape = pieces(case), Fraction(case[3]), case[4]
    if year >= points[-1][0]:
        return base * points[-1][1]
    (start, before), (end, after) = next(pair for pair in pairwise(points) if year < pair[1][0])
    share = Fraction(year - start, end - start)
    if shape == "linear":
        return base * (before + (after - before) * share)
    if shape == "geometric":
        return float(base * before) * float(after / before) ** float(share)
    rise = [1 / (1 + math.exp(-10 * (float(x) - 0.5))) for x in (share, 0, 1)]
    return float(base * before) - float(base * (before - after)) * (rise[0] - rise[1]) / (rise[2] - rise[1])


def budget(case, first, last):
    """Return the sum of what the years may emit: of straight lines by the sum of an arithmetic series."""
    points, base, shape = pieces(case), Fraction(case[3]), case[4]
    total = Fraction(0) if shape == "linear" else 0.0
    for (start, before), (end, after) in pairwise(points):
        low, high = max(first, start), min(last, end - 1)
        count = high - low + 1
        if count < 1:
            continue
        if shape == "linear":
            step = (after - before) / (end - start)
            total += base * (count * (before + step * (low - start)) + step * Fraction(count * (count - 1), 2))
        elif shape == "geometric":
            ratio = float(after / before) ** (1 / (end - start))
            total += float(base * before) * ratio ** (low - start) * (1 - ratio**count) / (1 - ratio)
        else:
            total += math.fsum(value(case, year) for year in range(low, high + 1))
    return total + max(0, last - max(points[-1][0], first) + 1) * base * points[-1][1]


def made(case):
    """Return the path that the library makes, and the series that it judges."""
    boundary, base_year, inventory, base, shape, reading, residual, year, now, way = case
    years = {str(year): float(now)}
    options = {"boundary": boundary, "base_year": base_year, "inventory": inventory, "shape": shape,
               "reading": reading, "residual": float(residual)}  # fmt: skip
    if way == "series":
        series = pd.Series({base_year: float(base), **years})
        return nc.targets().path(series, **options), series
    series = pd.Series(years)
    if way == "stated":
        return nc.targets().path(series, **options, base_tco2e=float(base)), series
    themes = {"fossil_fuels": Fraction(base) / 2, "water": Fraction(base) / 2, "medicines": Fraction(1000)}
    if boundary == PLUS:
        themes["water"] -= 1000
    rows = pd.DataFrame([("RX1", base_year, theme, float(tco2e), "2022", "central") for theme, tco2e in themes.items()],
                        columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"])  # fmt: skip
    supplied = nc.analysis.supplied_footprint(rows, "nhs-2026.1", source="Greener NHS")
    return nc.targets().path(series, **options, base=supplied), series


def test_there_are_twenty_of_both_footprints_and_every_shape_reading_and_base():
    assert len(CASES) == 20
    for place, kinds in ((0, 2), (1, 3), (4, 3), (5, 3), (9, 3)):
        assert len({case[place] for case in CASES}) == kinds


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case[:9])))
def test_a_path_its_budget_and_its_required_rate_are_those_worked_out_by_hand(case):
    boundary, base_year, inventory, base, *_, year, now, _ = case
    path, series = made(case)
    points = pieces(case)
    first, last = points[0][0], points[-1][0]
    for each in range(first, last + 4):
        assert path.at(each) == pytest.approx(float(value(case, each)), rel=1e-11, abs=1e-6), each
    for start, end in ((first, last), (first + 1, year), (year, last), (last - 3, last + 3)):
        assert path.budget(start, end) == pytest.approx(float(budget(case, start, end)), rel=1e-11), (start, end)

    found = nc.trajectory.progress(series, path)
    due, share = next(point for point in points[1:] if point[0] > year)
    limit, tonnes, ahead = Fraction(base) * share, Fraction(now), due - year
    assert found.gap_tco2e == pytest.approx(float(tonnes - Fraction(value(case, year))), rel=1e-9, abs=1e-6)
    assert found.required_percent == pytest.approx(100 * (1 - (float(limit / tonnes)) ** (1 / ahead)), rel=1e-11)
    assert found.required_percent_of_base == pytest.approx(
        float(100 * (tonnes - limit) / (ahead * Fraction(base))), rel=1e-11)  # fmt: skip
    assert found.time_used == pytest.approx(float(Fraction(year - first, due - first)))
    for window in found.windows:
        start, end = next((low, high) for _, low, high in CUTS[boundary, base_year, inventory] if high >= due)
        due_then = start if window.reading == "first" else end
        assert window.due[:4] == str(due_then)
        if due_then > year:
            rate = 100 * (1 - float(limit / tonnes) ** (1 / (due_then - year)))
            assert window.required_percent == pytest.approx(rate, rel=1e-11)
        read = (*case[:5], window.reading, *case[6:])
        assert window.allowed_tco2e == pytest.approx(float(value(read, year)), rel=1e-11, abs=1e-6)
