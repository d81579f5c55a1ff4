"""Sheets of text: a workbook or a CSV file as rows of cells, exactly as they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.activity.files.text import decode, utf16
from nhscarbon.activity.files.workbook_guard import guard_text, guard_workbook, plain_file
from nhscarbon.activity.files.workbook_parts import About, about
from nhscarbon.errors import UnreadableError

if TYPE_CHECKING:
    import pandas as pd

UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")  # what Excel calls Unicode text
ENDLESS = "a quotation mark is opened and never closed"
WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # zip (xlsx), OLE (xls)


@dataclass(frozen=True)
class Grid:
    """One sheet as text; row `i` of `rows` is row `i + 1` as Excel numbers it.

    `merged` holds the first and last (row, column) of merged cells, counted from 0.
    """

    sheet: str
    rows: list[list[str]]
    hidden: bool = False
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


@dataclass(frozen=True)
class Book:
    """The sheets of a file, and what a workbook says beside its cells."""

    grids: list[Grid]
    beside: About


class Parser(Protocol):
    """What parses files for this process, with limits on time and memory."""

    def book(self, name: str, content: bytes) -> Book:
        """Return the sheets of a workbook, and what it says beside them."""
        ...

    def parquet(self, name: str, content: bytes) -> pd.DataFrame:
        """Return a Parquet file as a frame."""
        ...

    def call(self, work: Callable[..., bytes], name: str, content: bytes, *given: object) -> bytes:
        """Return what a function of ours makes of a file: it takes its name, its content and what is given."""
        ...


_PARSER: ContextVar[Parser | None] = ContextVar("nhscarbon_parser", default=None)


@contextmanager
def parsed_apart(parser: Parser) -> Iterator[None]:
    """Let a parser read every workbook that is opened within, whatever it is opened for."""
    token = _PARSER.set(parser)
    try:
        yield
    finally:
        _PARSER.reset(token)


def parser_here() -> Parser | None:
    """Return the parser that reads workbooks here; None where this process does it itself."""
    return _PARSER.get()


def read_bytes(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    UnreadableError
        If there is no such file, it cannot be opened, or it is too large to be read whole.
    """
    return plain_file(path, limits)


def read_grids(name: str, content: bytes, limits: Limits = LIMITS) -> list[Grid]:
    """Read every sheet of a workbook, or the one table of a CSV file, as text.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    content : bytes
        A workbook is known by its first bytes, whatever the file is called. It is read by the parser of
        `parsed_apart`, where there is one.
    limits : Limits, optional
        What the content is held against before it is parsed.

    Returns
    -------
    list of Grid
        A CSV file is one grid without a sheet name.

    Raises
    ------
    UnreadableError
        If the file is damaged, beyond the limits, no table, or needs the `excel` extra.
    """
    if content.startswith(WORKBOOK_STARTS):
        return read_book(name, content, limits).grids
    guard_text(name, content, limits)
    if content.startswith(UTF16_STARTS):
        return [Grid("", _table(name, utf16(name, content)))]
    if b"\0" in content:
        raise UnreadableError(
            f"'{name}' holds zero bytes: it is neither CSV text nor a workbook", advice="save it as CSV UTF-8"
        )
    return [Grid("", _table(name, decode(name, content)))]


def read_book(name: str, content: bytes, limits: Limits = LIMITS) -> Book:
    """Read a file's sheets as `read_grids` does, and what a workbook says beside its cells.

    Raises
    ------
    UnreadableError
        As `read_grids`.
    """
    if not content.startswith(WORKBOOK_STARTS):
        return Book(read_grids(name, content, limits), About())
    if parser := parser_here():
        return parser.book(name, content)
    guard_workbook(name, content, limits)
    return Book(_workbook(name, content), about(content))


def _table(name: str, text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise UnreadableError(
            f"'{name}' is not a CSV file: {ENDLESS if 'end of data' in str(error) else error}"
        ) from error


def _workbook(name: str, content: bytes) -> list[Grid]:
    try:
        from python_calamine import (  # noqa: PLC0415  an optional extra
            CalamineError,
            CalamineWorkbook,
            SheetVisibleEnum,
        )
    except ImportError as error:
        raise UnreadableError(
            f"'{name}' is a workbook, and reading workbooks needs an extra: pip install \"nhscarbon[excel]\".",
            advice="Or save the sheet as CSV UTF-8.",
        ) from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = {about.name: about.visible == SheetVisibleEnum.Visible for about in book.sheets_metadata}
        sheets = [book.get_sheet_by_name(sheet) for sheet in book.sheet_names]
        read = [(sheet, sheet.to_python(skip_empty_area=False)) for sheet in sheets]
    except CalamineError as error:
        raise UnreadableError(
            f"'{name}' is a damaged workbook: what reads it stops at '{str(error).rstrip('.')}'",
            advice="save it again in Excel",
        ) from error
    return [
        Grid(sheet.name, [[cell_text(cell) for cell in row] for row in rows], not shown.get(sheet.name, True),
             tuple(sheet.merged_cell_ranges or ()))
        for sheet, rows in read
    ]  # fmt: skip


def with_errors(grid: Grid, errors: Mapping[str, str]) -> Grid:
    """Return a sheet with the errors that formulas left, by cell, where its reader gave an empty cell."""
    rows = grid.rows
    for cell, text in errors.items():
        column = cell.rstrip("0123456789")
        row, place = int(cell[len(column) :]) - 1, number_of(column) - 1
        if row < len(rows) and place < len(rows[row]) and not rows[row][place]:
            rows[row][place] = text
    return grid


def number_of(letters: str) -> int:
    """Return which column some letters name, the first being 1.

    Examples
    --------
    >>> number_of("A"), number_of("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_text(cell: object) -> str:
    """Return a cell as text; a number as its shortest exact decimal, never in powers of ten."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return np.format_float_positional(cell, trim="-")
    return str(cell)
