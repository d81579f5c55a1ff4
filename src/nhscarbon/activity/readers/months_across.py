"""A table with months across becomes one row for each month that has a figure; an empty cell is a gap, never zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, CellNumbers, RowNumbers
from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.activity.encoding import code_numbers
from nhscarbon.activity.month_columns import MonthColumns, in_year
from nhscarbon.activity.numbers import not_number
from nhscarbon.activity.schema import STATED
from nhscarbon.findings import Finding, finding, first_rows, wording
from nhscarbon.output.excel import letters
from nhscarbon.period_words import nhs_year
from nhscarbon.periods import read_period

SHOWN = 50  # cells that are no number and are listed one by one
NOISE = 1e-9  # relative, of a sum of floats


@dataclass(frozen=True)
class MonthCells:
    """The cells below the months of a header.

    Attributes
    ----------
    numbers : float64 array, shape (rows, months)
        NaN where there is no number.
    blank : bool array, shape (rows, months)
    unread : sequence of Column
        Of each month, the texts that are no numbers.
    totals : Mapping[int, float64 array]
        The columns that hold totals, by their places.
    """

    numbers: NDArray[np.float64]
    blank: Mask
    unread: Sequence[Column]
    totals: Mapping[int, NDArray[np.float64]]

    @property
    def empty(self) -> Mask:
        """Which rows have no month at all."""
        return _none_given(self.blank)


def _none_given(blank: Mask) -> Mask:
    """Return which rows have no month."""
    found: Mask = np.asarray(np.all(blank, axis=1), np.bool_)
    return found


def read_months(frame: pd.DataFrame, columns: MonthColumns) -> MonthCells:
    """Read the cells of the columns of months, and of their totals."""
    read = [code_numbers(frame.iloc[:, place]) for place in columns.places]
    rows = len(frame)
    numbers = np.stack([each[0] for each in read], axis=1) if rows else np.zeros((0, len(read)))
    blank = np.stack([np.asarray(each[1]) for each in read], axis=1) if rows else np.zeros((0, len(read)), np.bool_)
    totals = {place: code_numbers(frame.iloc[:, place])[0] for place in columns.totals}
    return MonthCells(numbers, blank, [each[2] for each in read], totals)


def spread(activity: Activity, cells: MonthCells, columns: MonthColumns, filled: slice | Mask) -> Activity:
    """Return one row for each month that has a figure.

    Parameters
    ----------
    activity : Activity
        The rows as they stand, without a quantity.
    cells : MonthCells
    columns : MonthColumns
    filled : slice or bool array
        Which rows of the cells they are.

    Returns
    -------
    Activity
        Its row numbers know the column of each row's cell, so that a finding names the sender's own cell.
    """
    if columns.fault[0]:
        return activity
    numbers, blank = cells.numbers[filled], cells.blank[filled]
    row, month = np.nonzero(~blank)
    places = np.array(columns.places, np.int64)
    at = CellNumbers(np.asarray(activity.row_numbers, np.int64)[row], places[month])
    words = {name: Column(column.codes[row], column.labels) for name, column in activity.columns.items()}
    words["period"], wrong = _periods(activity.columns.get("period"), columns, row, month)
    unread = _unread([Column(each.codes[filled], each.labels) for each in cells.unread], row, month)
    found = [*_contradictions(words["period"], activity, columns, row, at, wrong),
             *_bad_cells(unread, at, columns, activity.file),
             *_blank_rows(_none_given(blank), activity, columns),
             *_totals(numbers, blank, cells, columns, filled, activity)]  # fmt: skip
    kept = {name: values[row] for name, values in activity.numbers.items() if name != STATED}
    if STATED in activity.numbers:
        found.append(finding("months_across", "stated", file=activity.file, column=STATED, rows=0))
    sheet = activity.sheet
    sheets = tuple(replace(each, stop=each.start + len(row)) for each in activity.sheets)
    others = {name: Column(each.codes[row], each.labels) for name, each in activity.unread.items() if name != STATED}
    return replace(
        activity, columns=words, numbers={**kept, "quantity": numbers[row, month]},
        unread={**others, "quantity": unread}, row_numbers=at, sheets=sheets,
        findings=(*activity.findings, *(replace(each, sheet=sheet) for each in found)),
    )  # fmt: skip


def _periods(
    sent: Column | None, columns: MonthColumns, row: NDArray[np.int64], month: NDArray[np.int64]
) -> tuple[Column, Mask]:
    """Return the period of each cell, and which of them the column of periods contradicts."""
    right = np.zeros(len(row), np.bool_)
    if sent is None:
        return Column(month.astype(np.int32), columns.months), right
    count = len(columns.months)
    labels: list[str] = []
    wrong = np.zeros((len(sent.labels) + 1, count), np.bool_)
    for place, text in enumerate((*sent.labels, "")):
        known = read_period(text)
        for each, name in enumerate(columns.months):
            if columns.dated:
                labels.append(name)
                wrong[place, each] = bool(text) and (known is None or bool(known.month) or known.year != _year(name))
            else:
                year = known.year if known and not known.month else ""
                labels.append(in_year(name, year) if year else text)
                wrong[place, each] = bool(known and known.month)
    codes = sent.codes[row].astype(np.int64)
    codes = np.where(codes == BLANK, len(sent.labels), codes)
    distinct = tuple(dict.fromkeys(filter(None, labels)))
    number = {label: code for code, label in enumerate(distinct)}
    lookup = np.array([number.get(label, BLANK) for label in labels], np.int32)
    return Column(lookup[codes * count + month], distinct), wrong[codes, month]


def _year(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return nhs_year(year if number >= 4 else year - 1)


def _unread(each: Sequence[Column], row: NDArray[np.int64], month: NDArray[np.int64]) -> Column:
    """Return the texts of all months as one column."""
    labels = tuple(dict.fromkeys(label for column in each for label in column.labels))
    if not labels:
        return Column(np.broadcast_to(np.int8(BLANK), len(row)), ())
    number = {label: code for code, label in enumerate(labels)}
    table = np.stack([np.array([*(number[label] for label in column.labels), BLANK], np.int32)[column.codes]
                      for column in each], axis=1)  # fmt: skip
    return Column(table[row, month], labels)


def _contradictions(
    period: Column, activity: Activity, columns: MonthColumns, row: NDArray[np.int64], at: CellNumbers, wrong: Mask
) -> list[Finding]:
    if not wrong.any():
        return []
    first = int(np.flatnonzero(wrong)[0])
    rows = at[wrong]
    place = columns.places.index(int(at.columns[first]))
    return [finding("months_contradict", file=activity.file, column="period", rows=len(rows),
                    first_rows=first_rows(rows), cell=_cell(at, first, activity),
                    value=activity.columns["period"].text(int(row[first])),
                    heading=columns.header.sent[columns.places[place]][:40])]  # fmt: skip


def _cell(at: CellNumbers, place: int, activity: Activity) -> str:
    """Return the sender's cell of a row; a data frame has none."""
    return f"{letters(int(at.columns[place]))}{int(at.rows[place])}" if activity.sheets else ""


def _bad_cells(unread: Column, at: CellNumbers, columns: MonthColumns, file: str) -> list[Finding]:
    """Return a finding of each text that is no number, with the months that it stands in."""
    found = []
    for code, text in enumerate(unread.labels[:SHOWN]):
        here = np.flatnonzero(unread.codes == code)
        if len(here):
            why = not_number(text)
            months = _months_of(at, here, columns)
            found.append(
                finding(
                    wording(why.code, why.variant, column=months, text=text.strip(), **why.values),
                    file=file,
                    column="quantity",
                    value=text[:100],
                    rows=len(here),
                    first_rows=first_rows(at[here]),
                )
            )
    if len(unread.labels) > SHOWN:
        rest = np.flatnonzero(unread.codes >= SHOWN)
        found.append(finding("number_unreadable", "others", file=file, column="quantity", rows=len(rest),
                             first_rows=first_rows(at[rest]), count=len(unread.labels) - SHOWN))  # fmt: skip
    return found


def _months_of(at: CellNumbers, here: NDArray[np.int64], columns: MonthColumns) -> str:
    """Return the header over some cells: of several months, how many there are."""
    places = np.unique(at.columns[here])
    first = columns.header.sent[int(places[0])][:40]
    return first if len(places) == 1 else f"{first} and {len(places) - 1} more months:"


def _blank_rows(empty: Mask, activity: Activity, columns: MonthColumns) -> list[Finding]:
    if not empty.any():
        return []
    rows: RowNumbers = activity.row_numbers[empty]
    numbers = np.asarray(rows)
    cell = f"{letters(columns.places[0])}{int(numbers[0])}" if activity.sheets else ""
    return [finding("quantity_blank", file=activity.file, column="quantity", rows=len(numbers),
                    first_rows=first_rows(rows), cell=cell)]  # fmt: skip


def _totals(
    numbers: NDArray[np.float64], blank: Mask, cells: MonthCells, columns: MonthColumns, filled: slice | Mask,
    activity: Activity,
) -> list[Finding]:  # fmt: skip
    """Hold each column of totals against the months; it is never added."""
    found = []
    whole = np.where(blank, 0.0, numbers)
    added = whole.sum(axis=1)
    size = np.abs(whole).sum(axis=1)
    for place, values in cells.totals.items():
        total = values[filled]
        given = np.isfinite(total) & np.isfinite(added) & ~blank.all(axis=1)
        step = np.where(total == np.rint(total), 0.5, 0.005)  # a total in whole numbers, or with two decimals
        off = given & (np.abs(total - added) > step * (1 + len(columns.places) * (size > 0)) / 2 + NOISE * size)
        if off.any():
            first = int(np.flatnonzero(off)[0])
            rows = np.asarray(activity.row_numbers)[off]
            cell = f"{letters(place)}{int(rows[0])}" if activity.sheets else ""
            found.append(finding("months_total_differs", file=activity.file, column="quantity", rows=len(rows),
                                 first_rows=first_rows(rows), cell=cell, value=columns.header.sent[place][:100],
                                 added=f"{added[first]:,.10g}", total=f"{total[first]:,.10g}"))  # fmt: skip
    return found
