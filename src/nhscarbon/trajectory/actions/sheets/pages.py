"""Pages: the sheets of a workbook, or a CSV file of any separator and encoding, with fills, merged cells and notes."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from nhscarbon.activity.files.file_kinds import refuse_other_kinds
from nhscarbon.activity.files.sheets import (
    UTF16_STARTS,
    WORKBOOK_STARTS,
    cell_text,
    read_book,
    read_bytes,
)
from nhscarbon.activity.files.text import decode
from nhscarbon.activity.files.workbook_guard import guard_text
from nhscarbon.errors import UnreadableError
from nhscarbon.output.excel import letters
from nhscarbon.output.text import unguard_formula
from nhscarbon.trajectory.actions.sheets.cell_looks import Look, Place, read_looks

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 400  # rows that decide on the separator
WIDEST = 10  # columns that a likelier separator gets credit for


@dataclass(frozen=True)
class Page:
    """One sheet as text, with what its cells say beside their text.

    Attributes
    ----------
    file, sheet : str
    rows : list of list of str
        Row `i` is row `i + 1` as Excel numbers it.
    fills : mapping of place to str
        The colour that a cell is filled with, as ``rrggbb``.
    notes : mapping of place to str
        The comment that is fastened to a cell.
    bold : frozenset of places
    merged : tuple of (first, last)
    transposed : bool
        Whether rows and columns were exchanged, because the headings stand one under another.
    looks_read : bool
        Whether fills, notes and bold cells were read, where the file may hold any.
    hidden : bool
    hidden_rows : frozenset of int
        As Excel numbers them.
    uncalculated : tuple of str
        Addresses of formulas without a result, which were read as empty.
    """

    file: str
    sheet: str
    rows: list[list[str]]
    fills: Mapping[Place, str] = field(default_factory=dict)
    notes: Mapping[Place, str] = field(default_factory=dict)
    bold: frozenset[Place] = frozenset()
    merged: tuple[tuple[Place, Place], ...] = ()
    transposed: bool = False
    looks_read: bool = True
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    uncalculated: tuple[str, ...] = ()

    def cell(self, row: int, column: int) -> str:
        """Return the text of a cell; of one outside, an empty one."""
        return self.rows[row][column] if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]) else ""

    def address(self, row: int, column: int) -> str:
        """Return a cell's address in Excel; of a frame too."""
        row, column = (column, row) if self.transposed else (row, column)
        return f"{letters(column)}{row + 1}"

    def number(self, row: int) -> int:
        """Return the number of the row that Excel shows; of a page on its side, that of the column."""
        return row + 1

    def turned(self) -> Page:
        """Return the page with rows and columns exchanged."""
        width = max(map(len, self.rows), default=0)
        rows = [[self.cell(row, column) for row in range(len(self.rows))] for column in range(width)]
        fills = {(b, a): fill for (a, b), fill in self.fills.items()}
        notes = {(b, a): note for (a, b), note in self.notes.items()}
        merged = tuple(((a[1], a[0]), (b[1], b[0])) for a, b in self.merged)
        bold = frozenset((b, a) for a, b in self.bold)
        return replace(self, rows=rows, bold=bold, merged=merged, transposed=True, fills=fills, notes=notes)


def open_pages(source: str | Path | pd.DataFrame) -> list[Page]:
    """Return the pages of a file or frame: every sheet of a workbook, or the one table of a text file.

    Raises
    ------
    UnreadableError
        If the file is damaged, beyond the limits, no table, or needs the `excel` extra.
    """
    if isinstance(source, pd.DataFrame):
        head = ["" if str(name).startswith("Unnamed:") or isinstance(name, int) else str(name) for name in source]
        body = [["" if pd.isna(value) else _bare(cell_text(value)) for value in row]
                for row in source.itertuples(index=False)]  # fmt: skip
        return [Page("", "", [head, *body])]
    path = Path(source)
    content = read_bytes(path)
    refuse_other_kinds(path.name, content)
    if content.startswith(WORKBOOK_STARTS):
        return _workbook(path.name, content)
    return [Page(path.name, "", [[_bare(cell) for cell in row] for row in _text_rows(path.name, content)])]


def _bare(text: str) -> str:
    """Return a cell without the spaces around it, and the apostrophe that `to_csv` puts before a formula."""
    return unguard_formula(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip())


def _text_rows(name: str, content: bytes) -> list[list[str]]:
    guard_text(name, content)
    if content.startswith(UTF16_STARTS):
        text = content.decode("utf-16", errors="replace")
    elif b"\0" in content:
        text = _wide(name, content)
    else:
        text = decode(name, content)
    text = text.lstrip("\ufeff")
    first, _, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) <= len("sep=;"):  # Excel's own line
        return _parsed(rest, first.strip()[-1])
    return max((_parsed(text, each) for each in SEPARATORS), key=_evenness)


def _wide(name: str, content: bytes) -> str:
    """Decode UTF-16 without a mark at its start, which every second byte being zero gives away."""
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = content[place::2]
        if half.count(0) > len(half) * 0.8 and content[1 - place :: 2].count(0) == 0:
            return content.decode(encoding, errors="replace")
    raise UnreadableError(
        f"'{name}' holds zero bytes: it is neither text nor a workbook", advice="save it as CSV UTF-8"
    )


def _parsed(text: str, separator: str) -> list[list[str]]:
    """Return the rows of a text; where a quotation mark is never closed, marks are letters like others."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        plain = io.StringIO(text, newline="")
    try:
        return list(csv.reader(plain, delimiter=separator, quoting=csv.QUOTE_NONE))
    except csv.Error as error:  # a cell that is longer than the csv module takes
        raise UnreadableError(f"a cell is no cell of a table: {error}", advice="save it as CSV UTF-8") from None


def _evenness(rows: list[list[str]]) -> float:
    """Return how much like a table rows are: the share that has the commonest width, wider ones first."""
    widths = Counter(len(row) for row in rows[:SAMPLE] if any(row))
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width = max(wide, key=lambda each: (wide[each], each))
    return wide[width] / sum(widths.values()) + min(width, WIDEST) / (WIDEST * 5)


def _workbook(name: str, content: bytes) -> list[Page]:
    book = read_book(name, content)
    beside = book.beside
    looks = read_looks(name, content)
    pages = []
    for grid in book.grids:
        look = (looks or {}).get(grid.sheet, Look())
        rows = [[_bare(cell) for cell in row] for row in grid.rows]
        for (row, column), text in look.percents.items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = text
        pages.append(Page(name, grid.sheet, rows, look.fills, look.notes, look.bold, grid.merged,
                          looks_read=looks is not None, hidden=grid.hidden,
                          hidden_rows=beside.hidden_rows.get(grid.sheet, frozenset()),
                          uncalculated=beside.uncalculated.get(grid.sheet, ())))  # fmt: skip
    return pages
