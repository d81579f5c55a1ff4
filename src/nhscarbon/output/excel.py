"""Workbooks that we write: text that no spreadsheet can run, plain tables, and the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from nhscarbon.errors import UsageError
from nhscarbon.output.text import guard_formula, lines_shown

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767  # characters that a cell can hold
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of every part of the container: no clock
UNDATED = datetime(2000, 1, 1)
WIDEST, TITLE_SIZE, TEXT_SIZE = 80, 16, 12
NEEDS_EXTRA = 'writing workbooks needs an extra: pip install "nhscarbon[excel]"'


def needs_openpyxl() -> None:
    """Refuse in plain words where the extra is absent.

    Raises
    ------
    UsageError
        If openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: F401, PLC0415  an extra
    except ImportError as error:
        raise UsageError(NEEDS_EXTRA) from error


def put(cell: Cell, text: str) -> None:
    """Write a text as a text, whatever it begins with: never a formula, an error value or a link."""
    cell.value = lines_shown(text)[:LONGEST_TEXT]
    cell.data_type = "s"
    if guard_formula(text) != text:
        cell.quotePrefix = True  # so that it stays a text when it is typed over


def write_table(
    sheet: Worksheet, name: str, rows: Sequence[Sequence[str | float | None]], *, room: int = 0, first: int = 1
) -> None:
    """Write a named table with its header frozen; no merged cells, no blank rows.

    Parameters
    ----------
    sheet : openpyxl Worksheet
        Empty.
    name : str
        Of the table: letters, digits and underscores.
    rows : sequence of rows
        The header first; texts stay texts, numbers are numbers.
    room : int, optional
        Empty rows that the table has beyond these.
    first : int, optional
        The row of the header; what stands above it is not touched.
    """
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra
    from openpyxl.worksheet.table import Table, TableStyleInfo  # noqa: PLC0415

    for number, row in enumerate(rows, start=first):
        for place, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, place)
            cell.font = Font(name="Arial", size=TEXT_SIZE, bold=number == first)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                put(cell, value)
            else:
                cell.value = value
    for place in range(len(rows[0])):
        longest = max(len(str(row[place])) for row in rows if place < len(row))
        sheet.column_dimensions[letters(place)].width = min(max(longest * 1.3, 14), WIDEST)
    last = first - 1 + max(len(rows) + room, 2)
    table = Table(displayName=name, ref=f"A{first}:{letters(len(rows[0]) - 1)}{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.freeze_panes = f"A{first + 1}"


def to_bytes(book: Workbook) -> bytes:
    """Return a workbook as bytes that depend on its content alone: the parts have no time of writing."""
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415  an extra

    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()
    plain = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(plain, "w") as archive:
        for part in parts.namelist():
            about = zipfile.ZipInfo(part, EARLIEST)
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, parts.read(part))
    return plain.getvalue()


LETTERS = 26


def letters(place: int) -> str:
    """Return the letters of a column, the first being 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name
