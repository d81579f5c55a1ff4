"""Pages of plans for tests: rows as a page, workbooks of sheets, and what was read and said of them."""

import pandas as pd
import pytest

import nhscarbon as nc

pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")

from openpyxl import Workbook

LED, ROOF = "Fit LED lamps in the tower block", "Insulate the roof of the nurses' home"
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
PLAN = [["Ref", "Action", "Lead", "By when"], ["1", LED, "A. Smith", "2027"], ["2", ROOF, "B. Jones", "2028"]]


def read(*rows):
    """Read rows as a page, the first of which need not be that of the headings."""
    width = max(map(len, rows))
    return nc.read_actions(pd.DataFrame([[*row, *[""] * (width - len(row))] for row in rows]))


def book(path, **sheets):
    """Write sheets of rows; a pair is rows and the cells to merge."""
    made = Workbook()
    made.remove(made.active)
    for name, told in sheets.items():
        rows, merged = told if isinstance(told, tuple) else (told, ())
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
