"""Cells of plans' sheets that are made to stop whoever reads them: each is read in linear time."""

import pandas as pd
import pytest

import nhscarbon as nc
from clocks import processor_seconds
from nhscarbon.trajectory.actions.sheets.read_sheets import _GENERIC

LONG = 32_767  # characters: the longest cell of Excel
ALLOWED = 10.0  # seconds of the processor for a row of them: what is quadratic takes minutes
HEADINGS = ("Action", "Lead", "Cost", "Annual saving (tCO2e)", "Start date", "End date", "Status",
            "Risks and mitigation", "Comments", "Measure of success")  # fmt: skip
PLAIN = ("Fit LED lamps", "Head of Estates", "£5k", "12", "2025/26", "2027/28", "On track", "Cost", "None", "Lamps")
UNITS = (
    " ", "\n", "\t;", "'", "(", "[ (", "7", "7,777", "7.", "£", "£1 ", "£10k ", "1, ", "£5 each year ",
    "est.", "approx. ", "reduces of", "savings of ", "saving ", "saving benefit ", "reducc", "c ",
    "12 tonnes ", "7t/yr", "5t pa, ", "to ", "7 to ", "Q1 ", "Mar to ", "2025/26 ", "end of the ", "(a) ",
    "1.1 ", "\n1.1", "• ", "low = £10k ", "mitigation ; ", "green = done; ", "risk - x; ", "lead: ", "(done)",
    "(5t)", "total ", "net zero ", "ODS ", "a; ",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_row_of_the_longest_cells_is_read_in_linear_time(unit):
    for end in ("", "x!"):
        cell = ("x" + unit * (LONG // len(unit)))[: LONG - 2] + end
        sheet = pd.DataFrame([PLAIN, [cell] * len(HEADINGS), PLAIN], columns=list(HEADINGS))
        with processor_seconds(ALLOWED):
            found = nc.read_actions(sheet, organisation="RX1").planned
        assert found[0].text == PLAIN[0]


@pytest.mark.parametrize("unit", ["net zero ", "plan ", "v1 "])
def test_the_name_of_a_sheet_is_judged_in_linear_time(unit):
    with processor_seconds(1.0):
        assert _GENERIC.fullmatch(unit * 5_000)
        assert not _GENERIC.fullmatch(unit * 5_000 + "wards")


def test_a_cell_with_more_figures_than_a_cost_can_have_states_none():
    costs = pd.DataFrame({"Action": ["Fit LED lamps", "Lag pipes"], "Lead": ["Estates", "Estates"],
                          "Cost": ["£5k", "£5k " * 100]})  # fmt: skip
    first, second = nc.read_actions(costs, organisation="RX1").planned
    assert (first.cost_low_gbp, second.cost_low_gbp) == (5000.0, None)
