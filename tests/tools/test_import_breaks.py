"""The importer of known breaks: it names only what both packages hold, and guesses no reason."""

import os
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared"))
sys.path.insert(0, str(REPO / "tools"))
import import_breaks  # noqa: E402  a tool of this repository

# the official sets of 2020 and 2021: water supply 0.344 and 0.149 kgCO2e/m3
WATER = {"code": "water.supply.m3", "year": "2021", "previous_year_value": "0.344", "value": "0.149"}
LISTED = [{**WATER, "pct_change": "-56.7"}]
REASON = {"code": "water.*", "year": "2021", "reason": "new source", "source": "What's new"}


def test_a_move_is_found_by_both_of_its_values_and_its_year():
    [row] = import_breaks.breaks(LISTED, [REASON])
    assert (row["factor_id"], row["nhs_year"]) == ("water.supply.direct.m3", "2021/22")
    assert (row["previous_value"], row["value"], row["change_percent"]) == ("0.344", "0.149", "-56.7")
    assert row["reason"] == "new source"


@pytest.mark.parametrize("change", [{"year": "2022"}, {"value": "0.150"}, {"previous_year_value": "0.345"}])
def test_what_the_packages_do_not_hold_is_not_named(change):
    assert import_breaks.breaks([{**LISTED[0], **change}], []) == []


def test_two_reasons_are_none():
    [row] = import_breaks.breaks(LISTED, [REASON, {**REASON, "reason": "another"}])
    assert (row["reason"], row["source"]) == ("", "")


def test_a_reason_is_of_its_own_year():
    [row] = import_breaks.breaks(LISTED, [{**REASON, "year": "2023"}])
    assert row["reason"] == ""


def test_a_second_run_gives_the_committed_rows():
    listed = SHARED / "figures" / "ukgov" / "year_on_year_breaks.csv"
    if not listed.is_file():
        pytest.skip("SKIPPED ALOUD: the compiled figures are not at shared/figures")
    reasons = import_breaks.read_table(REPO / "tools" / "breaks_reasons.csv")
    committed = import_breaks.read_table(REPO / "data" / "breaks" / import_breaks.NAME / "breaks.csv")
    assert import_breaks.breaks(import_breaks.read_table(listed), reasons) == committed
