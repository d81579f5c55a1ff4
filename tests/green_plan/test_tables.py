"""Tables of plans' sheets: headings are found among unknown columns, and no column is taken for what it is not."""

import pandas as pd
import pytest

import nhscarbon as nc

pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")

from openpyxl import Workbook  # noqa: E402

LED, ROOF = "Fit LED lamps in the tower block", "Insulate the roof of the nurses' home"
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def read(*rows):
    """Read rows as a page, the first of which need not be that of the headings."""
    width = max(map(len, rows))
    return nc.read_actions(pd.DataFrame([[*row, *[""] * (width - len(row))] for row in rows]))


def book(path, **sheets):
    """Write sheets of rows; a pair is rows and the cells to merge."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        rows, merged = rows if isinstance(rows, tuple) else (rows, ())
        sheet = made.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append([cell or None for cell in row])
        for cells in merged:
            sheet.merge_cells(cells)
    made.save(path)
    return path


def texts(actions):
    return [action.text for action in actions.planned]


def said(actions, code):
    return [finding.message for finding in actions.findings if finding.code == code]


def months_of(marked):
    return ["x" if month in marked else "" for month in MONTHS]


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
    assert "months of no year" in message
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
