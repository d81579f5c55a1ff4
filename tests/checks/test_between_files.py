"""Rows of two files are compared in the method's words, and two versions of one return are called that."""

import json

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.readers.read import read
from nhscarbon.checks.rules.between_files import between_files
from nhscarbon.cli import main

METHOD = nc.methodology("nhs-2026.1")
HEAD = ["organisation", "site", "period", "activity", "quantity", "unit", "reference"]
GAS, GRID, WATER = "energy.natural_gas", "energy.electricity.grid", "water.supply"


def file(*rows):
    """Return rows as a file is read: every cell a text."""
    return read(pd.DataFrame(rows, columns=HEAD).astype(str))


def others(number):
    """Return rows that no other file has."""
    return [("RTG", f"S{number}{place}", "2023/24", WATER, 100 * number + place + 1, "m3", "") for place in range(8)]


def shared(first, second, beside=(4, 5)):
    """Return what is said of the second of two files that share a row and have others of their own."""
    one, two = (others(number) if number else [] for number in beside)
    found = between_files([file(*one, first), file(*two, second)], METHOD)
    assert found[0] == []
    return [(each.code, each.rows, each.first_rows) for each in found[1]]


ONE = ("RTG", "RTGFG", "2023/24", GAS, 5_000, "kWh", "")
TWICE = [("rows_in_two_files", 1, (9,))]


@pytest.mark.parametrize("same", [
    ONE,
    ("rtg", "rtgfg", "2023-24", "Energy.Natural_Gas", 5_000, "kwh", ""),
    ("RTG", "RTGFG", "2023/24", "Natural gas", 5, "MWh", ""),
    ("RTG", " RTGFG", "2023/24", GAS, "5,000", "kWh", ""),
    ("RTG", "RTGFG", "2023/24", GAS, 0.005, "GWh", ""),
])  # fmt: skip
def test_a_row_in_other_words_is_the_same_row(same):
    assert shared(ONE, same) == TWICE


@pytest.mark.parametrize("other", [
    ("RX1", "RTGFG", "2023/24", GAS, 5_000, "kWh", ""),
    ("RTG", "RTGFA", "2023/24", GAS, 5_000, "kWh", ""),
    ("RTG", "RTGFG", "2022/23", GAS, 5_000, "kWh", ""),
    ("RTG", "RTGFG", "2023-04", GAS, 5_000, "kWh", ""),
    ("RTG", "RTGFG", "2023/24", GRID, 5_000, "kWh", ""),
    ("RTG", "RTGFG", "2023/24", GAS, 5_000, "MWh", ""),
    ("RTG", "RTGFG", "2023/24", GAS, 5_001, "kWh", ""),
    ("RTG", "RTGFG", "2023/24", GAS, 5_000, "kWh", "m2"),
    ("RTG", "RTGFG", "2023/24", GAS, 5_000, "kWh_net", ""),
])  # fmt: skip
def test_a_row_that_differs_in_one_thing_is_another_row(other):
    assert shared(ONE, other) == []


def test_two_days_of_a_month_are_two_rows():
    first, second = (("RTG", "", day, GAS, 5_000, "kWh", "") for day in ("2023-04-01", "2023-04-02"))
    assert shared(first, second) == []
    assert shared(first, first) == TWICE


def test_what_is_shared_is_weighed():
    found = between_files([file(*others(4), ONE), file(*others(5), ONE)], METHOD)[1]
    assert [each.kgco2e_at_stake for each in found] == pytest.approx([
        nc.calculate(pd.DataFrame([ONE], columns=HEAD), METHOD).total(METHOD.widest) * 1000
    ])  # fmt: skip


def version(change):
    """Return a return of 20 rows, some of its figures changed."""
    dice = np.random.default_rng(5)
    amounts = dice.integers(1_000, 9_000, 20) * 10
    return [("RTG", f"S{place}", "2023/24", GAS, int(amount) * (10 if place < change else 1), "kWh", "")
            for place, amount in enumerate(amounts)]  # fmt: skip


@pytest.mark.parametrize("change", [1, 5, 20])
def test_two_versions_of_one_return_are_called_that(change):
    [found] = between_files([file(*version(0)), file(*version(change))], METHOD)[1]
    assert (found.code, found.rows, found.organisation, found.period) == ("rows_in_two_files", 20, "RTG", "2023/24")
    assert f"{20 - change} with the same quantity and {change} with another" in found.message
    assert "--before" in found.suggestion


def test_a_version_with_rows_left_out_is_a_version_and_a_copy_is_a_copy():
    [fewer] = between_files([file(*version(0)), file(*version(0)[:-3])], METHOD)[1]
    assert "two versions" in fewer.message
    [copy] = between_files([file(*version(0)), file(*reversed(version(0)))], METHOD)[1]
    assert copy.message.startswith("20 rows are also in")


@pytest.mark.parametrize("part", [
    [("RTG", "", "2023/24", WATER, 5, "m3", "")],
    [("RTG", f"S{place}", "2022/23", GAS, 5, "kWh", "") for place in range(20)],
    [("RX1", f"S{place}", "2023/24", GAS, 5, "kWh", "") for place in range(20)],
    [("RTG", f"S{place}", "2023/24", GAS, 5, "kWh", f"m{place}") for place in range(20)],
])  # fmt: skip
def test_parts_of_a_return_and_other_returns_are_no_versions(part):
    assert between_files([file(*version(0)), file(*part)], METHOD)[1] == []


def test_each_later_file_says_which_earlier_one_it_repeats():
    found = between_files(
        [file(*others(1)), None, file(*others(2)), file(*others(3), others(1)[0], others(2)[1])], METHOD
    )
    assert [len(each) for each in found] == [0, 0, 0, 2]
    assert sorted(each.first_rows for each in found[3]) == [(9,), (10,)]


def test_the_command_compares_in_the_words_of_the_method(tmp_path, capsys):
    pd.DataFrame([*others(4), ONE], columns=HEAD).to_csv(tmp_path / "a.csv", index=False)
    other = ("rtg", "RTGFG", "2023-24", "Natural gas", 5, "MWh", "")
    pd.DataFrame([*others(5), other], columns=HEAD).to_csv(tmp_path / "b.csv", index=False)
    main(["check", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--method", "nhs-2026.1", "--format", "json"])
    told = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["code"] == "rows_in_two_files"]
    assert [(each["rows"], each["first_rows"], each["value"]) for each in told] == [(1, [10], "a.csv")]
