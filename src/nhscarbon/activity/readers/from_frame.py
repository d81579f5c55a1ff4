"""A frame of named columns becomes an `Activity`: coded, numbered, its faults remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity import schema
from nhscarbon.activity.activity import Activity, RowNumbers, RowRange, SheetRows
from nhscarbon.activity.columns import BLANK, Column, one
from nhscarbon.activity.encoding import code_numbers, code_text, no_numbers, recode
from nhscarbon.activity.header import Answers, Header, read_header
from nhscarbon.activity.month_columns import MonthColumns, month_columns
from nhscarbon.activity.numbers import not_number
from nhscarbon.activity.readers.column_types import odd_type, type_finding
from nhscarbon.activity.readers.half_hourly import layout_of, sum_half_hours
from nhscarbon.activity.readers.months_across import read_months, spread
from nhscarbon.activity.separators import without_separators
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import Finding, finding, first_rows, wording
from nhscarbon.periods import spelt_period

EACH_PERIOD = 12  # other spellings of periods that have a note each; more of them have one together
SHOWN = 50  # bad values of one column that are listed one by one


def from_frame(
    frame: pd.DataFrame,
    *,
    file: str = "",
    sha256: str = "",
    sheet: str = "",
    first_row: int = 1,
    findings: Sequence[Finding] = (),
    answers: Answers = (),
    header: Header | None = None,
) -> Activity:
    """Code the known columns of a frame and remember what could not be read.

    Parameters
    ----------
    frame : pandas.DataFrame
        One column per name, text or numbers.
    file, sha256, sheet : str, optional
        The file that it came from, and the sheet of a workbook.
    first_row : int, optional
        The number of the first row as the sender sees it: 2 below a header.
    findings : sequence of Finding, optional
        What was met before.
    answers : tuple, optional
        What a mapping says of the columns; see `nhscarbon.activity.header`.
    header : Header, optional
        The header, where it has been read: the frame's columns are then in our own spelling.

    Raises
    ------
    UnreadableError
        If a column name stands twice.
    """
    header = header or read_header([str(name) for name in frame.columns], answers)
    if layout := layout_of(frame, header):
        return sum_half_hours(frame.set_axis(list(header.sent), axis=1), layout, header.names, header.words, file=file,
                              sheet=sheet, first_row=first_row, sha256=sha256)  # fmt: skip
    across = month_columns(header)
    header = across.header if across else header
    names = list(header.names)
    frame = frame.set_axis(names, axis=1)
    frame, told = _plain_numbers(frame, header, across, file) if header.thousands else (frame, [])
    months = read_months(frame, across) if across and not across.fault[0] else None
    if header.twice:
        where = f" of sheet '{sheet[:60]}'" if sheet else ""
        advice = "put each table on a sheet of its own" if sheet else ""
        raise UnreadableError(f"the table{where} has the column '{header.twice}' more than once", advice=advice)
    row_numbers = RowRange(first_row, len(frame))
    types = {name: odd_type(frame[name], name) for name in names if name in schema.NAMES}
    odd = {name: (kind, cells) for name, (kind, cells) in types.items() if kind}
    columns = {name: code_text(frame[name]) for name in types if name not in {*schema.NUMERIC, *odd}}
    read_numbers = {
        name: no_numbers(~odd[name][1]) if name in odd else code_numbers(frame[name])
        for name in types if name in schema.NUMERIC
    }  # fmt: skip
    blanks = [blank for _, blank, _ in read_numbers.values()] + [~cells for _, cells in odd.values()]
    blanks += [months.empty] if months else []
    filled = filled_rows(columns.values(), blanks, len(frame))
    nameless = [place for place, name in enumerate(names) if not name]
    shown = [f"(no name, column {place + 1})" for place in nameless if any(map(str, frame.iloc[:, place]))]
    said = across.notes(file) if across else header.notes(file, [*filter(None, names), *shown])
    found = [*findings, *said, *told]
    found += header.differing(columns["unit"].labels if "unit" in columns else (), file)
    found += [type_finding(name, kind, cells, row_numbers, file) for name, (kind, cells) in odd.items()]
    if not len(row_numbers[filled]) and ({*schema.REQUIRED} & {*names} or not len(frame)):
        found.append(no_rows(file))
    numbers, unread = {}, {}
    for name, (values, blank, texts) in read_numbers.items():
        numbers[name] = values[filled]
        unread[name] = Column(texts.codes[filled], texts.labels)
        found += number_findings(name, blank[filled], unread[name], row_numbers[filled], file)
    words = {name: Column(column.codes[filled], column.labels) for name, column in columns.items()}
    found += [] if across and not across.dated else period_findings(words.get("period"), row_numbers[filled], file)
    rows = len(row_numbers[filled])
    words |= {name: recode(np.broadcast_to(np.int8(0), rows), [word]) for name, word in header.words.items()}
    activity = Activity(
        columns=words,
        numbers=numbers,
        unread=unread,
        findings=tuple(replace(each, sheet=sheet) if sheet else each for each in found),
        file=file,
        sha256=sha256,
        row_numbers=row_numbers[filled],
        sheets=(SheetRows(sheet, tuple(names), first_row - 1, 0, len(row_numbers[filled])),) if first_row > 1 else (),
    )
    return spread(activity, months, across, filled) if across and months else activity


def _plain_numbers(
    frame: pd.DataFrame, header: Header, across: MonthColumns | None, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Take the separators of thousands out of the quantities, where none could mean another number."""
    places = [place for place, name in enumerate(header.names) if name == "quantity"]
    places += [*across.places, *across.totals] if across else []
    plain = without_separators([frame.iloc[:, place] for place in places])
    if plain is None:
        return frame, []
    named = dict(zip(places, plain, strict=True))
    columns = [named.get(place, frame.iloc[:, place]) for place in range(frame.shape[1])]
    whole = pd.concat(columns, axis=1).set_axis(list(frame.columns), axis=1)
    return whole, [finding("number_separators", "read", file=file, column="quantity", rows=0)]


def no_rows(file: str) -> Finding:
    """Return the finding of a table with a header and nothing below it."""
    return finding("no_rows", file=file)


def filled_rows(columns: Iterable[Column], blanks: Iterable[NDArray[np.bool_]], rows: int) -> slice | NDArray[np.bool_]:
    """Return the rows that hold anything: a wholly empty row is the end of a sheet, not a fault."""
    empty: NDArray[np.bool_] = np.broadcast_to(np.True_, rows)
    for column in columns:
        if column.lowest > BLANK and rows:
            return slice(None)
        empty = empty & (column.codes == BLANK)
    for blank in blanks:
        empty = empty & blank
    return ~empty if empty.any() else slice(None)


def period_findings(column: Column | None, row_numbers: RowNumbers, file: str) -> list[Finding]:
    """Return what is to be said of periods that are read from another spelling, each spelling once."""
    if column is None:
        return []
    spelt = {label: code for code, label in enumerate(column.labels) if spelt_period(label)}
    if len(spelt) > EACH_PERIOD:
        rows = row_numbers[np.isin(column.codes, list(spelt.values()))]
        return [replace(each, rows=len(rows), first_rows=first_rows(rows)) for each in spelt_findings(spelt, file)]
    located = {label: row_numbers[column.codes == code] for label, code in spelt.items()}
    met = {label: rows for label, rows in located.items() if len(rows)}
    return [
        replace(each, rows=len(rows), first_rows=first_rows(rows))
        for each, rows in zip(spelt_findings(met, file), met.values(), strict=True)
    ]


def spelt_findings(labels: Iterable[str], file: str) -> list[Finding]:
    """Return a note of each period in another spelling, or of more than `EACH_PERIOD` one note."""
    spelt = [label for label in labels if spelt_period(label)]
    if len(spelt) > EACH_PERIOD:
        words = ", ".join(f"'{label}' as {spelt_period(label)}" for label in spelt[:EACH_PERIOD])
        return [finding("period_spelling", "many", file=file, column="period", rows=0, count=len(spelt), words=words)]
    return [
        finding("period_spelling", file=file, column="period", value=label[:100], rows=0, meant=spelt_period(label))
        for label in spelt
    ]


def number_findings(
    name: str, blank: NDArray[np.bool_], unread: Column, row_numbers: RowNumbers, file: str
) -> list[Finding]:
    """Return a finding for empty quantities and for each text that is no number."""
    findings = []
    if name == "quantity" and one(blank).any():
        rows = row_numbers[blank]
        findings.append(finding("quantity_blank", file=file, column=name, rows=len(rows), first_rows=first_rows(rows)))
    if not unread.labels:
        return findings
    place = np.flatnonzero(unread.codes != BLANK)
    words, first, count = np.unique(unread.codes[place], return_index=True, return_counts=True)
    shown = np.argsort(first)[:SHOWN]  # as they are met
    for word, times in zip(words[shown].tolist(), count[shown].tolist(), strict=True):
        text = unread.labels[word]
        why = not_number(text)
        findings.append(
            finding(
                wording(why.code, why.variant, column=name, text=text.strip(), **why.values),
                file=file,
                column=name,
                value=text[:100],
                rows=times,
                first_rows=first_rows(row_numbers[unread.codes == word]),
            )
        )
    if len(words) > SHOWN:
        rest = ~np.isin(unread.codes, [BLANK, *words[shown]])
        findings.append(
            finding(
                "number_unreadable",
                "others",
                file=file,
                column=name,
                rows=int(rest.sum()),
                first_rows=first_rows(row_numbers[rest]),
                count=len(words) - SHOWN,
            )
        )
    return findings
