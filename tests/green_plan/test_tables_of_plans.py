"""Columns of plans' sheets: headings are found among unknown ones, and no column is taken for what it is not."""

import sys
from pathlib import Path

import pytest

import nhscarbon as nc

sys.path.insert(0, str(Path(__file__).parent))

from plan_pages import LED, MONTHS, ROOF, book, months_of, read, said, texts

from nhscarbon.trajectory.actions.sheets.words import heading_meaning


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        (["Ref", "Action", "Lead", "Alpha", "Beta", "Gamma", "Delta"], ["1", LED, "A. Smith", "p", "q", "r", "s"]),
        (["Ref", "Action", "Lead", "Due", *"VWXYZ"], ["1", LED, "A. Smith", "2027", "x", "", "x", "", "x"]),
        (
            ["Ref", "Area", "Action", "Lead", "Cost", *MONTHS],
            ["1", "Estates", LED, "A. Smith", "£5k", *months_of("Jul")],
        ),
        (["Action", "Owner", "Q1", "Q2", "Q3", "Q4"], [LED, "A. Smith", "x", "x", "", ""]),
        (["Scheme", "Lead", "Status", "Alpha", "Beta", "Gamma", "Delta"], [LED, "A. Smith", "Complete", *"pqrs"]),
    ],
)
def test_columns_that_nobody_knows_lose_no_action_and_are_said(head, cells):
    actions = read(["Plan of actions"], head, cells)
    assert texts(actions) == [LED]
    assert actions.planned[0].lead == "A. Smith"
    assert len(said(actions, "column_unknown")) >= 1


@pytest.mark.parametrize(
    "row",
    [
        ["Scheme", "Alpha", "Beta", "Gamma", "Delta"],  # one word, which may be anything
        ["Improvement", "Lead", "Wards", "Theatres", "Stores", "Kitchens"],
        ["Update the travel action plan", "Owner", "Wards", "Theatres", "Stores"],
    ],
)
def test_a_row_of_unknown_words_is_no_row_of_headings(row):
    assert texts(read(row, [LED, "a", "b", "c", "d"])) == []


def test_marks_below_names_that_nobody_knows_are_said_to_be_unread_in_one_finding():
    actions = read(
        ["Action", "Lead", *"VWXYZ"], [LED, "A. Smith", "x", "", "✓", "", ""], [ROOF, "B. Jones", *"xyn", "", ""]
    )
    (message,) = said(actions, "column_unknown")
    assert "'V', 'W', 'X', 'Y', 'Z' hold marks" in message


def test_quarters_and_months_without_a_year_are_said_in_one_finding_and_give_no_year():
    actions = read(["Action", "Lead", *MONTHS], [LED, "A. Smith", *months_of(("Jul", "Feb"))])
    (message,) = said(actions, "column_unknown")
    assert "do not say of which year" in message
    assert actions.planned[0].end_year is None


@pytest.mark.parametrize(
    ("years", "months", "spans"),
    [
        ([("2026", 9), ("2027", 6)], [*MONTHS, "Apr", "May", "Jun"], [(2026, 2026), (2027, 2027), (2026, 2027)]),
        ([("2026/27", 12), ("2027/28", 3)], [*MONTHS, "Apr", "May", "Jun"], [(2026, 2026), (2027, 2027), (2026, 2027)]),
        ([("2026/27", 12), ("2027/28", 3)], list("AMJJASONDJFMAMJ"), [(2026, 2026), (2027, 2027), (2026, 2027)]),
        (
            [("FY26/27", 12), ("FY27/28", 3)],
            [*MONTHS, "April", "May", "June"],
            [(2026, 2026), (2027, 2027), (2026, 2027)],
        ),
    ],
)
def test_a_month_is_of_the_nhs_year_that_it_lies_in(tmp_path, years, months, spans):
    above, merged, column = ["Action", "Lead"], [], 3
    for year, width in years:
        above += [year, *[""] * (width - 1)]
        merged.append(f"{chr(64 + column)}1:{chr(63 + column + width)}1")
        column += width
    marks = [range(2, 11), range(12, 14), range(10, 13)]  # June to February, April to May, February to April
    rows = [[name, "A. Smith", *["x" if place in each else "" for place in range(15)]]
            for name, each in zip((LED, ROOF, "Lag the pipes of the laundry"), marks, strict=True)]  # fmt: skip
    actions = nc.read_actions(book(tmp_path / "b.xlsx", Plan=([above, ["", "", *months], *rows], merged)))
    assert [(each.start_year, each.end_year) for each in actions.planned] == spans
    assert {each.section for each in actions.planned} == {""}


@pytest.mark.parametrize("heads", [["Apr-26", "May-26", "Jan-27"], ["2026-04-01", "2026-05-01", "2027-01-01"],
                                   ["April 2026", "May 2026", "January 2027"]])  # fmt: skip
def test_dated_months_are_a_grid_where_they_are_marked_and_no_dates_where_they_hold_updates(heads):
    marked = read(["Action", "Lead", *heads], [LED, "A. Smith", "x", "", ""], [ROOF, "B. Jones", "", "", "x"])
    assert [each.end_year for each in marked.planned] == [2026, 2026]
    told = read(
        ["Action", "Lead", *heads], [LED, "A. Smith", "Contractor is on site", "Half of it done", "All of it done"]
    )
    assert told.planned[0].end_year is None
    assert len(said(told, "column_unknown")) == 3


@pytest.mark.parametrize(
    "head",
    ["Actions / Milestones", "Action & milestones", "Milestones/actions", "Objective / action",
     "Tasks and deliverables", "Key actions + outcomes"],
)  # fmt: skip
def test_a_heading_that_joins_the_action_to_what_is_told_with_it_is_that_of_the_action(head):
    actions = read([head, "Lead", "By when"], [LED, "A. Smith", "2027"])
    assert texts(actions) == [LED]
    assert actions.planned[0].end_year == 2027


@pytest.mark.parametrize(
    ("head", "meaning"),
    [("Action lead", "lead"), ("Mitigating actions", "mitigation"), ("Mitigation / actions", "mitigation"),
     ("Action due date", "end"), ("Risks and issues", "risk"), ("Action status", "status")],
)  # fmt: skip
def test_a_heading_about_the_action_is_not_that_of_its_text(head, meaning):
    assert heading_meaning(head).names == (meaning,)


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("Spend to date", "45000"), ("Savings to date", "45000"), ("Cost to date (£)", "45000"),
        ("Cost centre", "45000"), ("Budget code", "45000"), ("Budget holder", "45000"), ("Budget year", "2027"),
        ("Carbon cost", "45000"), ("Cost of not doing", "£45,000"), ("Cost of inaction", "£45,000"),
        ("£/tCO2e", "450"), ("Cost per tCO2e", "£450"), ("Cost (£ per tonne)", "450"), ("Cost avoided", "£450"),
        ("Residual tCO2e", "450"), ("Target tCO2e", "450"), ("Current tCO2e", "450"), ("Baseline tCO2e", "450"),
        ("Remaining emissions (tCO2e)", "450"), ("tCO2e (lifetime)", "450"), ("Carbon saving (£)", "450"),
        ("Target (tCO2e)", "2030"), ("Target (£)", "45000"), ("Funding deadline", "31/03/2027"),
        ("Carbon reduction cost", "£450"), ("Current energy cost", "£450"), ("Previous owner", "C. Old"),
        ("Original lead", "C. Old"),
        ("Finance RAG", "Green"), ("Emission factor (tCO2e)", "0.4"), ("Contract end date", "31/03/2029"),
    ],
)  # fmt: skip
def test_a_column_of_another_thing_gives_no_value_of_the_action(head, cell):
    action = read(["Ref", "Action", head], ["1", LED, cell], ["2", ROOF, cell]).planned[0]
    given = (action.start_year, action.end_year, action.cost_low_gbp, action.cost_high_gbp, action.tco2e_a_year)
    assert given == (None,) * 5
    assert (action.lead, action.status) == ("", "unknown")


@pytest.mark.parametrize(
    ("head", "cell", "field", "value"),
    [
        ("To date", "31/03/2027", "end_year", 2026), ("Cost (£)", "45000", "cost_low_gbp", 45000.0),
        ("Cost per year (£k)", "45", "cost_low_gbp", 45000.0), ("Approved budget", "£450", "cost_low_gbp", 450.0),
        ("Target tCO2e saving", "450", "tco2e_a_year", 450.0), ("tCO2e per year", "450", "tco2e_a_year", 450.0),
        ("Current carbon saving (tCO2e)", "450", "tco2e_a_year", 450.0), ("Total tCO2e", "450", "tco2e_a_year", 450.0),
        ("tCO2e saving (baseline 2019/20)", "450", "tco2e_a_year", 450.0),
        ("Carbon saving (scope 1, tCO2e)", "450", "tco2e_a_year", 450.0),
        ("Costs (low/med/high)", "£450", "cost_low_gbp", 450.0),
        ("Costs (low/med/high)", "£450", "cost_high_gbp", 450.0),
        ("Target date", "31/03/2027", "end_year", 2026), ("Current status", "Complete", "status", "complete"),
        ("£m", "1.5", "cost_low_gbp", 1500000.0), ("£000", "45", "cost_low_gbp", 45000.0),
        ("Resp.", "A. Smith", "lead", "A. Smith"), ("Completes", "Mar-29", "end_year", 2028),
        ("Practical completion", "2028-03-31", "end_year", 2027), ("Date closed", "12/06/2025", "end_year", 2025),
        ("Closed on", "12/06/2025", "end_year", 2025), ("Completed on", "12/06/2025", "end_year", 2025),
        ("Completed", "Yes", "status", "complete"), ("% complete", "50%", "status", "in_progress"),
        ("Completed", "12/06/2025", "end_year", 2025),
        ("Forecast", "12/06/2025", "end_year", 2025), ("Forecast", "45000", "end_year", None),
        ("State of play", "In progress", "status", "in_progress"), ("Start on site", "01/09/2026", "start_year", 2026),
        ("Saving per year", "310 tCO2e", "tco2e_a_year", 310.0), ("Emissions avoided", "310", "tco2e_a_year", 310.0),
    ],
)  # fmt: skip
def test_a_column_that_a_person_reads_gives_its_value(head, cell, field, value):
    actions = read(["Ref", "Action", head], ["1", LED, cell], ["2", ROOF, cell])
    assert [getattr(action, field) for action in actions.planned] == [value, value]


@pytest.mark.parametrize(
    ("above", "below", "field"),
    [
        ("Baseline", "tCO2e", "tco2e_a_year"), ("Residual", "tCO2e", "tco2e_a_year"),
        ("Spend to date", "Capital", "cost_low_gbp"), ("Savings", "£", "cost_low_gbp"),
        ("Benefits", "£k", "cost_low_gbp"),
    ],
)  # fmt: skip
def test_a_group_says_what_the_unit_below_it_is_of(above, below, field):
    actions = read(["Action", "Lead", above, ""], ["", "", below, "By when"], [LED, "A. Smith", "450", "2027"])
    assert (getattr(actions.planned[0], field), actions.planned[0].end_year) == (None, 2027)
    cost = read(["Action", "Lead", "Costs", ""], ["", "", "£k", "By when"], [LED, "A. Smith", "450", "2027"])
    assert cost.planned[0].cost_low_gbp == 450000.0


@pytest.mark.parametrize(
    "heads",
    [("Min cost", "Max cost"), ("Cost (low)", "Cost (high)"), ("Minimum cost (£)", "Maximum cost (£)"),
     ("Estimated cost (min)", "Estimated cost (max)")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [(("40000", "60000"), 40000.0, 60000.0), (("£40k", "£60k"), 40000.0, 60000.0), (("50", "50"), 50.0, 50.0),
     (("", "60000"), 0.0, 60000.0), (("£40k", "TBC"), 40000.0, None), (("", "tbc"), None, None),
     (("c. 40,000", "~£60k"), 40000.0, 60000.0), (("nil", "£60k"), 0.0, 60000.0), (("£40k", "nil"), None, None),
     (("£40k", "£60k+"), None, None), (("£40k", "£60k if tendered in 2027"), None, None), (("60", "40"), None, None)],
)  # fmt: skip
def test_the_least_and_the_most_that_it_costs_are_one_band(heads, cells, low, high):
    action = read(["Action", "Lead", *heads], [LED, "A. Smith", *cells]).planned[0]
    assert (action.cost_low_gbp, action.cost_high_gbp) == (low, high)


@pytest.mark.parametrize(
    ("heads", "cells", "field", "values"),
    [
        (("Due date", "Revised date"), (("31/03/2026", "31/03/2028"), ("31/03/2026", ""), ("31/03/2026", "n/a")),
         "end_year", [2027, 2025, 2025]),
        (("Revised due date", "Original due date"), (("Mar-28", "Mar-26"), ("", "Mar-26"), ("TBC", "Mar-26")),
         "end_year", [2027, 2025, None]),
        (("Target date", "Forecast completion", "Date closed"),
         (("Mar-26", "Mar-28", ""), ("Mar-26", "", "May-25"), ("Mar-26", "", "")), "end_year", [2027, 2025, 2025]),
        (("Planned start", "Actual start"), (("Mar-26", "Mar-28"), ("Mar-26", ""), ("Mar-26", "-")),
         "start_year", [2027, 2025, 2025]),
        (("Revised date 1", "Due date", "Revised date 2"), (("Mar-27", "Mar-26", "Mar-28"), ("Mar-27", "Mar-26", ""),
         ("", "Mar-26", "")), "end_year", [2027, 2026, 2025]),
        (("Original budget", "Revised budget"), (("£5k", "£7k"), ("£5k", ""), ("£5k", "no change")),
         "cost_low_gbp", [7000.0, 5000.0, 5000.0]),
        (("RAG Jul-26", "RAG Aug-26"), (("Delayed", "Complete"), ("Delayed", ""), ("Complete", "Delayed")),
         "status", ["complete", "delayed", "delayed"]),
        (("Status 26/27", "Status 25/26"), (("Complete", "Delayed"), ("", "Delayed"), ("Delayed", "Complete")),
         "status", ["complete", "delayed", "delayed"]),
        (("RAG Q1", "RAG Q2", "RAG Q3"), (("Delayed", "Complete", ""), ("Delayed", "", ""),
         ("", "Delayed", "Complete")), "status", ["complete", "delayed", "complete"]),
        (("Status Feb", "Status Mar", "Status Apr"), (("Delayed", "Delayed", "Complete"), ("Delayed", "", ""),
         ("", "Complete", "Delayed")), "status", ["complete", "delayed", "delayed"]),
        (("Status Q1 26/27", "Status Q4 25/26"), (("Complete", "Delayed"), ("", "Delayed"), ("Delayed", "")),
         "status", ["complete", "delayed", "delayed"]),
    ],
)  # fmt: skip
def test_of_several_versions_of_a_column_the_latest_that_says_anything_holds(heads, cells, field, values):
    actions = read(["Ref", "Action", *heads], *([str(place), LED, *row] for place, row in enumerate(cells)))
    assert [getattr(action, field) for action in actions.planned] == values
    assert not said(actions, "column_ambiguous")


@pytest.mark.parametrize(
    "heads", [("Due date", "Milestone date"), ("Cost", "Budget"), ("Expected end", "Forecast end")]
)
def test_of_two_columns_that_say_the_same_the_first_is_read_and_the_other_is_said_where_nothing_tells(heads):
    cells = ("£5k", "£7k") if heads[0] == "Cost" else ("Mar-26", "Mar-28")
    actions = read(["Ref", "Action", *heads], ["1", LED, *cells], ["2", ROOF, *cells])
    action = actions.planned[0]
    assert action.cost_low_gbp == 5000.0 if heads[0] == "Cost" else action.end_year == 2025
    assert len(said(actions, "column_ambiguous")) == 1


def test_states_below_years_are_how_it_stood_and_no_marks_of_when(tmp_path):
    rows = [["Action", "Lead", "Status", ""], ["", "", "25/26", "26/27"], [LED, "A. Smith", "Delayed", "Complete"]]
    action = nc.read_actions(book(tmp_path / "b.xlsx", Plan=(rows, ["C1:D1"]))).planned[0]
    assert (action.status, action.start_year, action.end_year) == ("complete", None, None)


@pytest.mark.parametrize(
    ("heads", "cells", "total"),
    [
        (("Budget 26/27", "Budget 27/28"), ("£10k", "£20k"), 30000.0),
        (("2026/27 cost", "2027/28 cost", "2028/29 cost"), ("£10k", "", "£5k"), 15000.0),
        (("Capital (£k) 26/27", "Capital (£k) 27/28"), ("10", "20"), 30000.0),
        (("Capital 26/27", "Capital 27/28", "Revenue 26/27", "Revenue 27/28"), ("£10k", "£20k", "£1k", "£1k"), 30000.0),
        (("Budget 26/27", "Lead"), ("£10k", "A. Smith"), 10000.0),
    ],
)
def test_costs_of_several_years_are_added_and_none_is_a_version_of_another(heads, cells, total):
    assert read(["Ref", "Action", *heads], ["1", LED, *cells], ["2", ROOF, *cells]).planned[0].cost_low_gbp == total


def test_tonnes_that_differ_from_year_to_year_are_no_saving_of_each_year():
    actions = read(["Action", "Lead", "tCO2e 2025/26", "tCO2e 2026/27"], [LED, "A. Smith", "100", "90"])
    assert actions.planned[0].tco2e_a_year is None
    assert said(actions, "action_cell_unread")


@pytest.mark.parametrize(
    ("group", "names", "cells", "status"),
    [
        ("RAG", ["Jul-26", "Aug-26", "Sep-26"], ["Delayed", "Complete", ""], "complete"),
        ("Status", ["Q1", "Q2", "Q3"], ["Delayed", "Delayed", "Complete"], "complete"),
        ("Organisations", ["RXA", "RXB", "RXC"], ["x", "", "x"], "unknown"),
        ("Sites", ["Royal", "Infirmary", "Stores"], ["x", "", "x"], "unknown"),
    ],
)
def test_names_below_a_group_are_headings_and_no_section(tmp_path, group, names, cells, status):
    rows = [["Action", "Lead", group, "", ""], ["", "", *names], [LED, "A. Smith", *cells], [ROOF, "B. Jones", *cells]]
    for merged in (["C1:E1"], []):
        actions = nc.read_actions(book(tmp_path / f"{len(merged)}.xlsx", Plan=(rows, merged)))
        assert [(each.text, each.section, each.status) for each in actions.planned] == [
            (LED, "", status),
            (ROOF, "", status),
        ]
        assert {each.organisation for each in actions.planned} == {str(len(merged))}  # the file's name


@pytest.mark.parametrize(
    "rows",
    [
        [["What", "Who", "When", "Notes"], [LED, "A", "2027", "x"], [ROOF, "B", "2028", ""]],
        [
            ["Action", "", "Lead", ""],
            [LED, "on six wards", "A. Smith", "Estates"],
            [ROOF, "twice", "B. Jones", "Estates"],
        ],
        [
            ["Title", "Position", "Organisation", "Due"],
            [LED, "In progress", "RX1", "2027"],
            [ROOF, "Done", "RX1", "2028"],
        ],
        [["Scheme", "Status", "Year"], [LED, "On track", "2026/27"], [ROOF, "On track", "2027/28"]],
        [["Action", "Due", "Revised"], [LED, "31/03/2026", "Mar-27"], [ROOF, "30/09/2026", "Apr-27"]],
    ],
)
def test_the_first_row_of_actions_is_no_second_row_of_headings(rows):
    assert texts(read(*rows)) == [LED, ROOF]


@pytest.mark.parametrize("yearly", ["Recurrent", "Recurring", "Ongoing", "Annual", "Running", "Per year", "Revenue"])
@pytest.mark.parametrize("group", ["Cost (£000)", "Budget £k", "£000"])
def test_capital_beats_what_it_costs_each_year_below_a_group_as_in_one_row(group, yearly):
    for heads, cells in ((["Capital", yearly], ["980", "6"]), ([yearly, "Capital"], ["6", "980"])):
        rows = [["1", LED, *cells, "A. Smith"], ["2", ROOF, *cells, "B. Jones"]]
        actions = read(["Ref", "Action", group, "", "Lead"], ["", "", *heads, ""], *rows)
        assert [(each.text, each.cost_low_gbp) for each in actions.planned] == [(LED, 980e3), (ROOF, 980e3)]
        assert said(actions, "action_cost_of_two_kinds")


@pytest.mark.parametrize("other", ["Staff", "Estates", "Notes of finance"])
def test_a_column_that_is_a_cost_by_its_group_alone_never_beats_the_capital_and_is_said(other):
    actions = read(["Ref", "Action", "Cost (£000)", ""], ["", "", other, "Capital"], ["1", LED, "6", "980"])
    assert [each.cost_low_gbp for each in actions.planned] == [980e3]
    assert any(other in message for message in said(actions, "column_unknown"))
    alone = read(["Ref", "Action", "Cost (£000)", "Lead"], ["", "", other, ""], ["1", LED, "6", "A. Smith"])
    assert texts(alone)[-1] == LED


@pytest.mark.parametrize(
    ("heads", "cells", "cost"),
    [
        (("Recurrent cost saving", "Cost"), ("£9k", "£5k"), 5000.0),
        (("Recurrent cost", "Non-recurrent cost"), ("£1k", "£5k"), 5000.0),
        (("Recurring cost", "Non recurring"), ("£1k", "£5k"), 5000.0),
        (("Annual budget", "Capital"), ("£1k", "£5k"), 5000.0),
        (("Annual budget", "Lead"), ("£1k", "A. Smith"), 1000.0),
        (("Annual cost per tonne", "Cost"), ("£9", "£5k"), 5000.0),
    ],
)
def test_a_word_for_each_year_makes_no_cost_of_what_is_none_and_loses_none(heads, cells, cost):
    assert read(["Ref", "Action", *heads], ["1", LED, *cells], ["2", ROOF, *cells]).planned[0].cost_low_gbp == cost


@pytest.mark.parametrize(
    "names",
    [
        ["From", "To", "Capital", "Recurrent"], ["From", "To", "One-off", "Annual"],
        ["Start", "End", "Capital", "Staff"], ["From", "To", "Capital", "Running"],
        ["From", "To", "Capital", "Revenue"],
    ],
)  # fmt: skip
def test_a_row_of_headings_without_an_action_goes_with_the_one_above_that_names_it(names):
    rows = [[LED, "Apr 2026", "Mar 2028", "980", "6"], [ROOF, "Apr 2026", "Mar 2027", "12", "1"]]
    actions = read(["Action", "Timeline", "", "Cost (£000)", ""], ["", *names], *rows)
    assert [(each.text, each.start_year, each.end_year, each.cost_low_gbp) for each in actions.planned] == [
        (LED, 2026, 2027, 980e3), (ROOF, 2026, 2026, 12e3)
    ]  # fmt: skip
    below = read(["Action plan", "", "Cost"], ["Action", "Lead", "Cost"], [LED, "A. Smith", "£5k"])
    assert [(each.text, each.cost_low_gbp) for each in below.planned] == [(LED, 5000.0)]


@pytest.mark.parametrize("heads", [["2025/26", "2026/27"], ["FY25/26", "FY26/27"], ["Q1 2025/26", "Q2 2025/26"]])
@pytest.mark.parametrize("cells", [["£140,000", "£20,000"], ["£140k", "£20k"], ["140k", "20k"]])
def test_money_below_years_is_a_cost_of_each_and_no_mark_of_when(heads, cells):
    rows = [[LED, "A. Smith", *cells], [ROOF, "B. Jones", "£12k", ""]]
    found = read(["Action", "Lead", *heads], *rows).planned
    assert [(each.cost_low_gbp, each.start_year, each.end_year) for each in found] == [
        (160e3, None, None), (12e3, None, None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("above", "head", "cells"),
    [
        ([], ["Action", "Lead", "2025/26", "2026/27"], ["140000", "20000"]),
        ([], ["Action", "Lead", "2025/26", "2026/27"], ["140 tCO2e", "20 tCO2e"]),
        ([["", "", "Cash releasing", ""]], ["Action", "Lead", "2025/26", "2026/27"], ["£140k", "£20k"]),
        ([["Savings by year"]], ["Action", "Lead", "2025/26", "2026/27"], ["£140k", "£20k"]),
        ([["Action", "Lead", "Profile", ""]], ["", "", "2025/26", "2026/27"], ["£140k", "£20k"]),
        ([["Action", "Lead", "Profile (£m)", ""]], ["", "", "2025/26", "2026/27"], ["1", "2"]),
    ],
)
def test_figures_below_years_of_which_nothing_says_what_they_are_give_no_value_and_are_said(above, head, cells):
    actions = read(*above, head, [LED, "A. Smith", *cells], [ROOF, "B. Jones", *cells])
    assert [(each.cost_low_gbp, each.start_year, each.end_year) for each in actions.planned] == [(None, None, None)] * 2
    (message,) = said(actions, "column_unknown")
    assert "figures below years" in message
    costed = read(["Action", "Cost", "2025/26", "2026/27"], [LED, "£500k", "£140k", "£20k"])
    assert (costed.planned[0].cost_low_gbp, costed.planned[0].end_year) == (500e3, None)
    assert said(costed, "column_unknown")


@pytest.mark.parametrize("cells", [["x", "x"], ["1", "1"], ["1", "2"], ["Q2", "March"], ["50%", "100%"], ["✓", "Yes"]])
def test_marks_below_years_are_when_as_before_and_one_sum_among_them_is_said(cells):
    found = read(["Action", "Lead", "2025/26", "2026/27"], [LED, "A. Smith", *cells]).planned[0]
    assert (found.start_year, found.end_year, found.cost_low_gbp) == (2025, 2026, None)
    mixed = read(["Action", "Lead", "2025/26", "2026/27"], [LED, "A. Smith", cells[0], "£20k"], [ROOF, "B", *cells])
    assert (mixed.planned[0].end_year, len(said(mixed, "action_cell_unread"))) == (2025, 1)


@pytest.mark.parametrize("cells", [["980", "6"], ["1", "12"], ["1", "£6k"]])
def test_a_small_sum_below_a_group_of_costs_is_no_mark(cells):
    rows = [["1", LED, *cells, "A. Smith"], ["2", ROOF, "20", "30", "B. Jones"]]
    found = read(["Ref", "Action", "Cost (£000)", "", "Lead"], ["", "", "2025/26", "2026/27", ""], *rows).planned[0]
    assert (found.cost_low_gbp, found.end_year) == (sum(float(cell.strip("£k")) for cell in cells) * 1000, None)


def test_a_sum_once_is_the_cost_beside_sums_of_each_year():
    actions = read(["Action", "Capital", "Revenue 25/26", "Revenue 26/27"], [LED, "£500k", "£4k", "£6k"])
    assert actions.planned[0].cost_low_gbp == 500e3
    assert said(actions, "column_ambiguous")
    heads = ["", "", "25/26", "26/27", "25/26", "26/27"]
    both = read(["Ref", "Action", "Capital (£k)", "", "Recurrent (£k)", ""], heads, ["1", LED, "140", "20", "6", "7"])
    assert (both.planned[0].cost_low_gbp, both.planned[0].end_year) == (160e3, None)


@pytest.mark.parametrize(
    ("heads", "scale"),
    [
        (("25/26 (£)", "26/27 (£)"), 1), (("£ 2025/26", "£ 2026/27"), 1), (("2025/26 £k", "2026/27 £k"), 1000),
        (("£'000 2025/26", "£'000 2026/27"), 1000), (("Year 1 cost", "Year 2 cost"), 1),
        (("Cost Year 1", "Cost Year 2"), 1), (("Yr 1 (£k)", "Yr 2 (£k)"), 1000), (("Capital Y1", "Capital Y2"), 1),
        (("Year 1 (2025/26) cost", "Year 2 (2026/27) cost"), 1), (("Budget 26/27", "27/28"), 1),
        (("Budget (£k) 26/27", "27/28"), 1000),
    ],
)  # fmt: skip
def test_a_year_beside_pounds_or_a_cost_is_a_part_of_the_cost(heads, scale):
    actions = read(["Ref", "Action", *heads], ["1", LED, "140", "20"], ["2", ROOF, "12", ""])
    assert [(each.cost_low_gbp, each.end_year) for each in actions.planned] == [(160 * scale, None), (12 * scale, None)]
    assert not said(actions, "column_unknown")


@pytest.mark.parametrize(("group", "names"), [("Cost (£000)", ["Y1", "Y2"]), ("£000", ["Year 1", "Year 2"])])
def test_years_of_the_plan_below_a_group_of_costs_are_added(group, names):
    rows = [["1", LED, "140", "20"], ["2", ROOF, "12", "1"]]
    actions = read(["Ref", "Action", group, ""], ["", "", *names], *rows)
    assert [each.cost_low_gbp for each in actions.planned] == [160e3, 13e3]


@pytest.mark.parametrize(
    ("heads", "cells"),
    [
        (("Year 1 saving (£)", "Year 2 saving (£)"), ("140", "20")),
        (("Year 1", "Year 2"), ("£140", "£20")),
        (("Cost year", "Lead"), ("1", "A. Smith")),
        (("Cost Year 1", "Cost Year 2"), ("x", "x")),
        (("Carbon 2025/26", "Carbon 2026/27"), ("140", "20")),
    ],
)
def test_a_year_beside_what_is_no_cost_gives_none_and_no_year(heads, cells):
    found = read(["Ref", "Action", *heads], ["1", LED, *cells], ["2", ROOF, *cells]).planned[0]
    assert (found.cost_low_gbp, found.start_year, found.end_year, found.tco2e_a_year) == (None, None, None, None)


def test_a_mark_in_the_year_behind_a_budget_is_no_part_of_it():
    actions = read(["Ref", "Action", "Budget 26/27", "27/28"], ["1", LED, "£5k", "x"], ["2", ROOF, "£4k", ""])
    assert [each.cost_low_gbp for each in actions.planned] == [5000.0, 4000.0]
    assert said(actions, "column_unknown")


@pytest.mark.parametrize(
    ("total", "cost"), [("£160k", 160e3), ("£161,000", 160e3), ("TBC", 160e3), ("nil", 160e3), ("£500k", None)]
)
def test_a_total_that_is_not_the_sum_of_its_years_leaves_the_cost_empty_and_is_said(total, cost):
    for heads in (["Total cost", "Cost 25/26", "Cost 26/27"], ["Capital", "Year 1 cost", "Year 2 cost"]):
        actions = read(["Action", *heads], [LED, total, "£140k", "£20k"], [ROOF, "£5k", "", ""])
        assert [each.cost_low_gbp for each in actions.planned] == [cost, 5000.0]
        assert bool(said(actions, "action_cell_unread")) == (cost is None)
