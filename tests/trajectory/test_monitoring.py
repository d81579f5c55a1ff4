"""Energy corrected for the weather, and control charts by the rules of Making Data Count."""

import math

import numpy as np
import pandas as pd
import pytest

from nhscarbon.errors import UsageError
from nhscarbon.trajectory.monitoring.control_chart import control_chart
from nhscarbon.trajectory.monitoring.weather import correct_for_weather

MONTHS = pd.period_range("2021-04", periods=36, freq="M").astype(str)
DAYS = pd.Series(200 + 180 * np.cos(2 * np.pi * (np.arange(36) - 9) / 12), index=MONTHS)
HOT = pd.Series(np.maximum(0, 40 * np.cos(2 * np.pi * (np.arange(36) - 3) / 12)), index=MONTHS)


def test_a_line_without_noise_is_found_exactly_and_normal_weather_put_in():
    mild = DAYS * np.where(np.arange(36) < 24, 0.8, 1.0)  # two mild years, then a normal one
    found = correct_for_weather(1000 + 5 * mild, mild, normal_heating=DAYS)
    assert found.base_load == pytest.approx(1000)
    assert found.per_degree_day == pytest.approx({"heating": 5})
    assert found.explained == pytest.approx(1)
    np.testing.assert_allclose(found.table["corrected"], 1000 + 5 * DAYS, rtol=1e-9)
    np.testing.assert_allclose(found.table["cusum"], 0, atol=1e-6)


def test_a_saving_shows_in_the_running_sum_and_not_in_the_weather():
    noise = np.random.default_rng(1).normal(0, 20, 36)
    saved = np.where(np.arange(36) < 18, 0.0, -300.0)
    energy = 2000 + 4 * DAYS + 3 * HOT + noise + saved
    found = correct_for_weather(energy, DAYS, normal_heating=DAYS, cooling=HOT, normal_cooling=HOT)
    design = np.column_stack([np.ones(36), DAYS, HOT])
    expected = np.linalg.solve(design.T @ design, design.T @ energy.to_numpy())  # the normal equations
    assert found.per_degree_day == pytest.approx({"heating": expected[1], "cooling": expected[2]})
    np.testing.assert_allclose(found.table["corrected"], energy)  # the weather was normal
    assert found.table["cusum"].to_numpy().argmax() == 17  # the month before the saving
    assert found.table["cusum"].iloc[-1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e, d: (e[:11], d[:11], {"normal_heating": d[:11]}), "11 months are too few"),
        (lambda e, d: (e, d[::-1], {"normal_heating": d}), "of different months"),
        (lambda e, d: (e, d * 0, {"normal_heating": d}), "do not vary"),
        (lambda e, d: (10_000 - 5 * d, d, {"normal_heating": d}), "energy falls with heating degree days"),
        (lambda e, d: (e.where(e.index != e.index[4]), d, {"normal_heating": d}), "a month lacks"),
        (lambda e, d: (e, d, {"normal_heating": d, "cooling": d}), "come with their normal"),
    ],
)  # fmt: skip
def test_energy_that_shows_no_weather_is_not_corrected(change, message):
    energy, heating, options = change(1000 + 5 * DAYS, DAYS)
    with pytest.raises(UsageError, match=message):
        correct_for_weather(energy, heating, **options)


def test_limits_are_two_point_six_six_mean_moving_ranges_from_the_mean():
    values = pd.Series([10.0, 12, 11, 13, 12, 10, 11, 12])
    table = control_chart(values).table
    reach = 2.66 * np.abs(np.diff(values)).mean()
    assert table["mean"].iloc[0] == pytest.approx(values.mean())
    assert table["upper"].iloc[0] == pytest.approx(values.mean() + reach)
    assert table["lower"].iloc[0] == pytest.approx(values.mean() - reach)
    assert (table["variation"] == "common_cause").all()


def test_a_great_jump_is_screened_out_of_the_limits():
    values = pd.Series([10.0, 11, 10, 11, 10, 11, 10, 11, 30, 31, 30])
    moves = np.abs(np.diff(values))
    kept = moves[moves < 3.267 * moves.mean()]
    table = control_chart(values).table
    assert len(kept) == len(moves) - 1
    assert table["upper"].iloc[0] == pytest.approx(values.mean() + 2.66 * kept.mean())
    assert table["beyond_limit"].any()


def test_seven_on_one_side_are_a_shift_and_six_are_not():
    up, down = [10.4, 10.6, 10.5, 10.7, 10.5, 10.6, 10.5], [9.4, 9.6, 9.5, 9.3, 9.5, 9.4, 9.5]
    table = control_chart(pd.Series(up + down)).table
    assert table["shift"].all()
    assert table["variation"].tolist() == ["special_cause_concern"] * 7 + ["special_cause_improvement"] * 7
    high = control_chart(pd.Series(up + down), better="high").table
    assert high["variation"].tolist() == ["special_cause_improvement"] * 7 + ["special_cause_concern"] * 7
    assert not control_chart(pd.Series(up[:6] + down[:6])).table["shift"].any()


def test_seven_that_fall_are_a_trend_and_six_are_not():
    falling = pd.Series([5.0, 9, 8.5, 8, 7.5, 7, 6.5, 6, 7.5, 7])
    assert control_chart(falling).table["trend"].tolist() == [False] + [True] * 7 + [False] * 2
    assert not control_chart(pd.Series([5.0, 9, 8.5, 8, 7.5, 7, 6.5, 7.5])).table["trend"].any()


def test_two_of_three_near_a_limit_on_one_side():
    """Limits are fixed on calm points, mean 10 and reach 2.66; near is beyond two thirds of it."""
    calm = [9.5, 10.5] * 6
    table = control_chart(pd.Series([*calm, 12.0, 10.2, 12.1, 9.9, 12.0, 9.8, 9.9]), fix_after=12).table
    assert table["upper"].iloc[-1] == pytest.approx(12.66)
    assert table["near_limit"].tolist() == [False] * 12 + [True, False, True] + [False] * 4
    assert not table["beyond_limit"].any()


def test_a_step_change_begins_new_limits():
    values = pd.Series([10.0, 11, 10, 11, 10, 5, 6, 5, 6, 5], index=list("abcdefghij"))
    table = control_chart(values, step_changes=["f"]).table
    assert table["mean"].tolist() == pytest.approx([10.4] * 5 + [5.4] * 5)
    assert (table["variation"] == "common_cause").all()


def test_a_rolling_chart_judges_each_month_as_it_looked_on_the_day():
    random = np.random.default_rng(6)
    values = pd.Series(np.append(random.normal(100, 1, 30), random.normal(90, 1, 6)))
    table = control_chart(values, rolling=24).table
    for place in (10, 30, 35):
        on_the_day = control_chart(values.iloc[max(0, place - 23) : place + 1]).table.iloc[-1]
        assert table.iloc[place].tolist() == on_the_day.tolist()
    assert table["beyond_limit"].iloc[30]
    assert table["variation"].iloc[30] == "special_cause_improvement"


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0, 2], {}, "3 points or more"), ([1.0, math.nan, 2], {}, "none of them missing"),
        ([1.0, 2, 3], {"better": "new"}, "none of low, high"), ([1.0, 2, 3], {"step_changes": ["x"]}, "x is none"),
        ([1.0, 2, 3, 4], {"step_changes": [2]}, "fewer than 3 points"), ([1.0, 2, 3], {"fix_after": 2}, "after 3"),
        ([1.0, 2, 3, 4], {"rolling": 3, "fix_after": 3}, "without step changes or fixed limits"),
    ],
)  # fmt: skip
def test_charts_that_cannot_be_drawn_are_refused(values, options, message):
    with pytest.raises(UsageError, match=message):
        control_chart(pd.Series(values), **options)
