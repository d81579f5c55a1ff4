"""Progress against a path, and the status that follows, by figures on paper."""

import math

import numpy as np
import pandas as pd
import pytest

from nhscarbon.trajectory.monitoring.progress import progress
from nhscarbon.trajectory.monitoring.standing import crossing, pace_percent
from nhscarbon.trajectory.monitoring.thresholds import thresholds
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

YEARS = np.arange(2020, 2031)
# from 1,000 t in 2020/21 on a straight line to 500 t in 2030/31: 50 t less each year
PATH = TargetPath(YEARS, 1000.0 - 50.0 * (YEARS - 2020), (Milestone("half", "interim", 2028, 2030, 500.0),), "linear",
                  "end", "2020/21", "")  # fmt: skip


def at(**tco2e):
    return pd.Series({int(year[1:]): value for year, value in tco2e.items()}, dtype=float)


@pytest.fixture(scope="module")
def found():
    return progress(at(y2020=1000, y2021=980, y2022=960, y2023=940, y2024=900), PATH)


def test_the_gap_and_the_years_behind_are_read_off_the_path(found):
    assert (found.year, found.allowed_tco2e, found.gap_tco2e) == ("2024/25", 800.0, 100.0)  # 1,000 - 4 x 50
    assert found.years_behind == pytest.approx(2.0)  # the path had 900 t in 2022/23


def test_the_cut_that_is_needed_has_as_many_years_as_are_left(found):
    # six years from 2024/25 to 2030/31: 900 t to 500 t
    assert found.required_percent == pytest.approx(100 * (1 - (500 / 900) ** (1 / 6)))
    assert found.required_percent_of_base == pytest.approx(100 * (900 - 500) / 6 / 1000)
    assert found.time_used == pytest.approx(0.4)


def test_the_pace_is_that_of_three_years(found):
    achieved = 1 - (900 / 980) ** (1 / 3)  # since 2021/22
    assert found.pace_ratio == pytest.approx((1 - (500 / 900) ** (1 / 6)) / achieved)
    rising = progress(at(y2020=1000, y2021=900, y2022=950, y2023=950, y2024=950), PATH)
    assert math.isinf(rising.pace_ratio)
    assert "no cut since 2021/22" in rising.why["pace_ratio"]


def test_the_budget_is_of_all_years_to_the_end(found):
    # 1,000 + 980 + 960 + 940 + 900 = 4,780 of the sum of 1,000 to 500 in steps of 50: eleven years of 750 on average
    assert found.budget_used == pytest.approx(4780 / (11 * 750))


def test_a_verdict_says_on_which_side_of_the_path_in_both_readings(found):
    first, end = found.verdicts()
    # read by its first year, 2028/29, the path falls by 62.5 t a year: 750 t in 2024/25
    assert "Read by the first year of its window, 2028/29: 150 tCO2e above the path" in first
    assert f"a cut of {100 * (1 - (500 / 900) ** (1 / 4)):.1f} % a year meets it" in first
    assert "Read by the end of its window, 2030/31: 100 tCO2e above the path" in end
    below = progress(at(y2020=1000, y2021=900, y2022=850, y2023=800, y2024=790), PATH)
    assert "10 tCO2e below the path" in below.verdicts()[1]


@pytest.mark.parametrize(("tco2e", "pace", "status"), [
    (100 * (1 + 0.0001), 99, "watch"), (90, 5, "on_track"), (90, 4.9, "watch"), (200, 99, "off_track"),
])  # fmt: skip
def test_a_status_is_by_the_gap_and_below_the_path_by_the_pace(tco2e, pace, status):
    # required: 5 % a year; of the allowance of 100 t the limits are those of the written rules
    rules = thresholds()
    assert rules.below_percent < 10
    assert rules.above_percent < 100
    assert rules.status(tco2e, 100.0, pace_percent=pace, required_percent=5.0) == status


def test_the_edges_of_the_rules_are_watched_and_not_off_track():
    rules = thresholds()
    above, below = 100 + rules.above_percent, 100 - rules.below_percent
    assert rules.status(above, 100.0, pace_percent=99, required_percent=5) == "watch"
    assert rules.status(above + 0.001, 100.0, pace_percent=99, required_percent=5) == "off_track"
    assert rules.status(below, 100.0, pace_percent=99, required_percent=5) == "watch"
    assert rules.status(below - 0.001, 100.0, pace_percent=99, required_percent=5) == "on_track"


def test_a_pace_over_a_gap_is_by_the_years_that_lie_between():
    series = np.array([1000.0, 900.0, 810.0, 656.1])
    numbers = (2018, 2019, 2020, 2022)  # 2021/22 was not sent
    pace, start = pace_percent(series, numbers, np.array([1, 2]), 3, 2)
    assert start == 1
    assert pace == pytest.approx(100 * (1 - (656.1 / 900) ** (1 / 3)))  # 10 % a year
    assert pace == pytest.approx(10.0)
    assert math.isnan(pace_percent(series, numbers, np.array([2]), 3, 2)[0])


def test_a_crossing_is_the_first_year_on_or_below_the_path():
    # from 900 t by 10 % a year 810, 729, 656.1 and 590.49 t; the path allows 750, 700, 650 and, in 2028/29, 600 t
    unit = TargetPath(YEARS, PATH.tco2e / 1000, PATH.milestones, "linear", "end", "2020/21", "")
    assert crossing(unit, 1000.0, 900.0, 2024, 10.0) == 2028
    assert crossing(unit, 1000.0, 900.0, 2024, 0.0) == -1
    assert crossing(unit, 1000.0, 700.0, 2024, 0.0) == 2027  # from below: 650 t are allowed then, 700 t in 2026/27
