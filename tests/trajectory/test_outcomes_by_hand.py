"""Chances, bands and overshoot of twenty simulations that can be counted on paper."""

import numpy as np
import pandas as pd
import pytest

from nhscarbon.trajectory.projection.outcomes import Outcomes, wording
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

YEARS = np.array([2020, 2021, 2022])
EACH = np.arange(20.0)  # the number of a simulation
DRAWS = np.stack([np.full(20, 100.0), 81 + EACH, 41 + EACH])  # 81 to 100 t in 2021, 41 to 60 t in 2022
WINDOW = Milestone("half", "interim", 2021, 2022, 70.0)


@pytest.fixture
def chances():
    path = TargetPath(YEARS, np.array([100.0, 85.0, 70.0]), (WINDOW,), "linear", "end", "2020/21", "")
    found = Outcomes(YEARS, np.array([100.0, 90.0, 50.0]), DRAWS, np.ones(20))
    return found.chances(path, measured="absolute")


def test_a_chance_is_the_share_of_simulations_at_or_below_the_limit(chances):
    table = chances.table
    by_year = table[table["what"] == "year"].set_index("first_year")
    # at most 85: 81 to 85, five of twenty; at most 70: all
    assert by_year["probability"].to_dict() == {"2020/21": 1.0, "2021/22": 0.25, "2022/23": 1.0}
    assert by_year["limit_tco2e"].tolist() == [100.0, 85.0, 70.0]
    one = by_year.loc["2021/22"]
    assert one["standard_error"] == pytest.approx((0.25 * 0.75 / 20) ** 0.5)
    assert one["wording"] == "unlikely"  # IPCC: 0 to 33 %
    # the window: no simulation of 2021 is at 70; the mean of both years, 61 to 80, is in ten; 2022 in all
    found = {name: chances.of(name, "half") for name in ("window_first", "window_mean", "window_end")}
    assert found == {"window_first": 0.0, "window_mean": 0.5, "window_end": 1.0}


def test_a_budget_is_met_by_the_sum_of_its_years(chances):
    # sums are 222 + 2 n: at most 255, which the path allows, for n up to 16, so in 17 of 20
    assert chances.of("budget") == pytest.approx(0.85)
    # beyond it are 256, 258 and 260, by 1, 3 and 5: 9 t over 20 simulations; what is below makes nothing good
    assert chances.expected_overshoot_tco2e == pytest.approx(0.45)
    assert chances.worst_twentieth_tco2e == pytest.approx(260.0)  # the largest sum of twenty


def test_both_readings_of_a_window_are_said_each_with_its_own_chance(chances):
    [said] = chances.verdicts()
    assert "in the first year of its window, 2021/22, exceptionally unlikely (0.0 %)" in said
    assert "by its end, 2022/23, virtually certain (100.0 %)" in said


def test_bands_are_quantiles_around_the_median_low_below_high():
    table = Outcomes(YEARS, np.array([100.0, 90.0, 50.0]), DRAWS, np.ones(20)).table.set_index("year")
    row = table.loc["2021/22"]
    # of 81 to 100 by straight lines between the ranks 0 to 19: 81 + 19 p
    expected = {"median": 90.5, "low_50": 85.75, "high_50": 95.25, "low_80": 82.9, "high_80": 98.1,
                "low_95": 81.475, "high_95": 99.525}  # fmt: skip
    assert {name: row[name] for name in expected} == pytest.approx(expected)
    assert row["mean"] == pytest.approx(90.5)
    assert table["tco2e"].tolist() == [100.0, 90.0, 50.0]


@pytest.mark.parametrize(("probability", "term"), [
    (0.99, "virtually certain"), (0.9, "very likely"), (0.66, "likely"), (0.33, "about as likely as not"),
    (0.1, "unlikely"), (0.01, "very unlikely"), (0.0099, "exceptionally unlikely"),
])  # fmt: skip
def test_a_chance_at_the_edge_of_a_term_has_that_term(probability, term):
    assert wording(probability) == term  # IPCC guidance note 2010, table 1: a term holds from its lower edge on


def test_a_relative_limit_moves_with_the_base_of_each_simulation():
    path = TargetPath(YEARS, np.array([100.0, 85.0, 70.0]), (WINDOW,), "linear", "end", "2020/21", "")
    base = np.where(EACH < 10, 0.9, 1.1)  # ten simulations start 10 % lower, ten 10 % higher
    found = Outcomes(YEARS, np.array([100.0, 90.0, 50.0]), DRAWS, base).chances(path)
    table = pd.DataFrame(found.table).set_index(["what", "first_year"])
    # 76.5 t of the lower ten (81 to 90): none; 93.5 t of the higher (91 to 100): 91, 92, 93
    assert table.loc[("year", "2021/22"), "probability"] == pytest.approx(0.15)
