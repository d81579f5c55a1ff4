"""The lines of a ledger file: codes, whole pence and periods, with every cell that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.encoding import code_text
from nhscarbon.activity.files.sheets import read_grids
from nhscarbon.activity.files.zip_guard import gunzip
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import Finding, finding, first_rows
from nhscarbon.output.text import short_repr

GZIP_START = b"\x1f\x8b"
FIRST_ROW = 2  # the header is row 1
WHOLE_FROM = 20  # so many lines without a single penny are worth a word
ISO_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")  # unlike 03/04/2020, they have one reading
_AMOUNT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
AMOUNT_FAULTS = (
    "ledger_amount_blank",
    "ledger_amount_unreadable",
    "ledger_amount_fraction",
    "ledger_amount_too_large",
)
Mask = NDArray[np.bool_]


class Place(TypedDict):
    """Where a finding stands: fields of a `Finding`."""

    file: str
    column: str
    value: str
    rows: int
    first_rows: tuple[int, ...]


@dataclass(frozen=True)
class Lines:
    """A ledger as columns: `pence` are whole, and exact wherever `good` says that a line could be read."""

    code: Column
    text: Column
    pence: NDArray[np.int64]
    good: Mask
    others: Mapping[str, Column]
    findings: tuple[Finding, ...]
    rows: NDArray[np.int64]

    __repr__ = short_repr


def read_lines(name: str, content: bytes, layout: Mapping[str, str]) -> Lines:
    """Read the lines of a ledger.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    content : bytes
        CSV text or a workbook, gzipped or not.
    layout : Mapping[str, str]
        How the columns are called, the pattern of a code and of a date.

    Returns
    -------
    Lines
        Every cell that is blank or cannot be read is a finding that refuses its rows.

    Raises
    ------
    UnreadableError
        If there is no table, or a column of the layout is not in its header.
    """
    frame = _frame(name, content, layout)
    rows = np.arange(FIRST_ROW, FIRST_ROW + len(frame), dtype=np.int64)
    findings: list[Finding] = []

    def words(column: str, change: Callable[[str], str]) -> tuple[Column, Place]:
        """Change each distinct word once; what becomes empty is to be refused."""
        read = code_text(frame[column])
        changed = [change(label) for label in read.labels]
        labels = tuple(dict.fromkeys(filter(None, changed)))
        place = {label: number for number, label in enumerate(labels)}
        lookup = np.array([*(place.get(word, BLANK) for word in changed), BLANK], np.int32)
        codes = lookup[read.codes]
        return Column(codes, labels), _place(name, column, rows[codes == BLANK], _first(read, codes))

    text = code_text(frame[layout["code_column"]])
    pattern = re.compile(layout["code_pattern"], re.DOTALL)
    code, unread = words(layout["code_column"], lambda word: _match(pattern, word))
    if unread["rows"]:
        findings.append(finding("ledger_code_unreadable", "" if unread["value"] else "blank", **unread))
    pence, good = _amounts(name, frame[layout["amount_column"]], layout["amount_column"], rows, findings)
    others = {}
    if column := layout.get("date_column", ""):
        form = layout["date_format"]
        others["period"], unread = words(column, lambda word: _month(word, form))
        if unread["rows"]:
            findings.append(finding("ledger_date_unreadable", "" if unread["value"] else "blank", form=form, **unread))
    for wanted in ("organisation", "period", "supplier"):
        if (column := layout.get(f"{wanted}_column", "")) in frame.columns:
            others[wanted] = code_text(frame[column])
    if layout.get("date_column"):  # refused above; what is blank in a column of its own, the check refuses
        good = good & (others["period"].codes != BLANK)
    return Lines(code, text, pence, good & (code.codes != BLANK), others, tuple(findings), rows)


def _frame(name: str, content: bytes, layout: Mapping[str, str]) -> pd.DataFrame:
    if content.startswith(GZIP_START):
        content = gunzip(name, content)
    grid = next((grid for grid in read_grids(name, content) if any(map(any, grid.rows))), None)
    if grid is None:
        raise UnreadableError(f"'{name}' is empty: it has no header")
    header = [cell.strip() for cell in grid.rows[0]]
    needed = [value for item, value in layout.items() if item.endswith("_column") and item != "supplier_column"]
    absent = [column for column in needed if column not in header]
    if absent:
        raise UnreadableError(
            f"'{name}' has no column '{absent[0]}', which the mapping's layout names",
            advice=_near(absent[0], header),
        )
    if len(set(header)) < len(header):
        raise UnreadableError(f"'{name}' has a column more than once")
    while grid.rows and not any(grid.rows[-1]):
        grid.rows.pop()  # empty lines at the end are no payments
    odd = [number for number, row in enumerate(grid.rows[1:], start=FIRST_ROW) if len(row) != len(header)]
    if odd:
        raise UnreadableError(
            f"{len(odd)} rows of '{name}' have more or fewer cells than its header, the first is row {odd[0]}: "
            "a comma inside a number or a name needs quotes around it"
        )
    columns = list(zip(*grid.rows[1:], strict=True)) or [()] * len(header)
    return pd.DataFrame(dict(enumerate(columns)), dtype=object).set_axis(header, axis=1)


def _near(wanted: str, header: list[str]) -> str:
    """Name the column that may be meant, and no other cell: without a header, the first row holds payments."""
    near = get_close_matches(wanted.casefold(), [cell.casefold() for cell in header], n=1)
    return f"is it '{near[0][:60]}'?" if near else "its first row must hold the names of the columns"


def _match(pattern: re.Pattern[str], word: str) -> str:
    found = pattern.fullmatch(word)
    return found[1].strip() if found else ""


def _month(word: str, form: str) -> str:
    """Return the month of a date in the layout's form, or in the ISO form that a workbook's date cells have."""
    for known in (form, *ISO_DATES):
        try:
            return datetime.strptime(word, known).strftime("%Y-%m")
        except ValueError:
            continue
    return ""


def _amounts(
    name: str, values: pd.Series, column: str, rows: NDArray[np.int64], findings: list[Finding]
) -> tuple[NDArray[np.int64], Mask]:
    """Read amounts as whole pence, each distinct text once and in exact decimals."""
    read = code_text(values)
    exact = [Decimal(text) * 100 if _AMOUNT.fullmatch(text) else None for text in read.labels]
    whole = [number is not None and number == number.to_integral_value() for number in exact]
    small = [number is not None and abs(number) < 10**15 for number in exact]
    pence = np.array([int(number) if number is not None and fine and fits else 0
                      for number, fine, fits in zip(exact, whole, small, strict=True)] + [0], np.int64)  # fmt: skip

    def where(marks: list[bool], *, blank: bool) -> Mask:
        found: Mask = np.array([*marks, blank], np.bool_)[read.codes]
        return found

    unread = where([number is None for number in exact], blank=False)
    cut = where([number is not None and not fine for number, fine in zip(exact, whole, strict=True)], blank=False)
    large = where([number is not None and not fits for number, fits in zip(exact, small, strict=True)], blank=False)
    blank = where([False] * len(exact), blank=True)
    for code, mask in zip(AMOUNT_FAULTS, (blank, unread, cut, large), strict=True):
        at = np.flatnonzero(mask)
        if len(at):
            findings.append(finding(code, **_place(name, column, rows[mask], read.text(int(at[0])))))
    good = ~(blank | unread | cut | large)
    if int(good.sum()) >= WHOLE_FROM and not np.any(pence[read.codes][good] % 100):
        findings.append(finding("ledger_amounts_whole", file=name, column=column, rows=int(good.sum())))
    return pence[read.codes], good


def _first(read: Column, codes: NDArray[np.int32]) -> str:
    at = np.flatnonzero(codes == BLANK)
    return read.text(int(at[0])) if len(at) else ""


def _place(name: str, column: str, where: NDArray[np.int64], value: str) -> Place:
    return {"file": name, "column": column, "value": value, "rows": len(where), "first_rows": first_rows(where)}
