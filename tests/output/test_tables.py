"""Figures at the edge, by hand: a half is rounded up, signs are right, and nothing that is missing is a number."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from nhscarbon.output.results import TableResult, plain
from nhscarbon.output.tables import (
    csv_text,
    number,
    places_for,
    table_text,
    tonnes,
    with_share,
    with_sign,
    years_across,
)
from nhscarbon.output.text import SCREEN_LINES, screen
from printed import half_up


@pytest.mark.parametrize(("value", "places", "shown"), [
    (18.385, 2, "18.39"), (0.125, 2, "0.13"), (2.5, 0, "3"), (3.5, 0, "4"), (0.045, 2, "0.05"), (-2.5, 0, "-3"),
    (1234567.891, 1, "1,234,567.9"), (999.995, 2, "1,000.00"), (0.004, 2, "0.00"), (-0.004, 2, "0.00"),
    (-0.0, 1, "0.0"), (1e7, 2, "10,000,000.00"), (0.05, 0, "0"),
])  # fmt: skip
def test_tonnes_are_rounded_half_up_as_people_do_by_hand(value, places, shown):
    assert tonnes(value, places) == shown
    assert half_up(value, places) == shown  # and so does what other tests hold pages against


@pytest.mark.parametrize(("value", "shown"), [
    (1e6, "1,000,000"), (0.182928926174, "0.182928926174"), (1234.5, "1,234.5"), (1e-7, "0.0000001"), (-20.0, "-20"),
])  # fmt: skip
def test_a_number_has_all_its_decimals_and_no_power_of_ten(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(("value", "places", "shown"), [
    (12.4, 0, "+12"), (-12.6, 0, "−13"), (0.4, 0, "0"), (-0.4, 0, "0"), (1500.0, 1, "+1,500.0"),
])  # fmt: skip
def test_a_change_has_its_sign_and_nothing_has_none(value, places, shown):
    assert with_sign(value, places) == shown


@pytest.mark.parametrize(("largest", "places"), [(100.0, 0), (-5000.0, 0), (99.9, 1), (1.0, 1), (0.99, 3), (0.0, 3)])
def test_large_tonnes_are_whole_and_small_ones_have_decimals(largest, places):
    assert places_for(largest) == places


@pytest.mark.parametrize(("value", "total", "shown"), [
    (25.0, 200.0, "25  (12%)"), (1.0, 250.0, "1  (<1%)"), (0.0, 250.0, "0  (0%)"), (250.0, 250.0, "250  (100%)"),
    (10.0, 250.0, "10  (4%)"), (3.0, 0.0, "3.000  (0%)"),
])  # fmt: skip
def test_a_share_is_of_the_total_and_a_small_one_is_not_nothing(value, total, shown):
    assert with_share(value, total) == shown


def test_years_stand_side_by_side_and_are_not_added():
    frame = pd.DataFrame({"period": ["2022/23", "2023/24", "2023/24"], "theme": ["water", "water", "waste"],
                          "tco2e": [1.005, 2.0, 3.0]})  # fmt: skip
    wide = years_across(frame)
    assert list(wide) == ["theme", "2022/23 tco2e", "2023/24 tco2e"]
    assert wide.set_index("theme").loc["water"].tolist() == [1.005, 2.0]
    assert math.isnan(wide.set_index("theme").loc["waste", "2022/23 tco2e"])
    lines = table_text(wide).splitlines()
    assert lines[0].split() == ["theme", "2022/23", "tco2e", "2023/24", "tco2e"]
    assert lines[1].split() == ["waste", "3.00"]
    assert lines[2].split() == ["water", "1.01", "2.00"]
    one = frame[frame["period"] == "2023/24"]
    assert years_across(one) is one


def test_csv_has_the_exact_figures_and_an_empty_cell_for_what_is_missing():
    frame = pd.DataFrame({"who": ["RX1", "=1+1"], "tco2e": [0.1 + 0.2, np.nan], "n": pd.array([1, pd.NA], "Int64")})
    assert csv_text(frame) == "who,tco2e,n\nRX1,0.30000000000000004,1\n'=1+1,,\n"


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), np.float64("nan"), pd.NA, None, pd.NaT])
def test_json_has_null_for_what_is_no_number(value):
    assert plain(value) is None
    assert json.dumps(plain({"a": [value, 1.5]}), allow_nan=False) == '{"a": [null, 1.5]}'


def test_a_long_screen_says_how_many_lines_are_left():
    shown = screen([f"line {each}" for each in range(40)]).splitlines()
    assert len(shown) == SCREEN_LINES
    assert shown[-1] == f"... and {40 - (SCREEN_LINES - 1)} more lines"
    assert screen(["a"] * SCREEN_LINES).count("\n") == SCREEN_LINES - 1


def test_a_long_table_says_how_many_rows_are_left():
    shown = str(TableResult(pd.DataFrame({"year": [2020] * 100, "tco2e": [1.5] * 100}))).splitlines()
    rows = [line for line in shown if line.split()[:1] == ["2020"]]
    assert f"... {100 - len(rows)} more rows" in shown
    assert rows[0].split() == ["2020", "1.50"]  # a year is no amount with a comma
