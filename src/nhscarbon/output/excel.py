"""Workbooks that we write: text that no spreadsheet can run, plain tables, and the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap
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
BODY_SIZE = 10  # points, of sheets that are read as a document and printed
INK, SOFT, DATA, LINK, RED, AMBER = "0B0C0C", "454F59", "12436D", "00528C", "9B1C1C", "7D4400"
TONNES = "#,##0"
LINE_POINTS, LETTERS_A_WIDTH = 12.75, 1.15  # of letters of 10 points: a line's height, and letters to a unit of width
A4 = 9  # the number that a spreadsheet gives this size of paper
MARGIN = 0.45  # inches, 11 mm
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
    sheet: Worksheet,
    name: str,
    rows: Sequence[Sequence[str | float | None]],
    *,
    room: int = 0,
    first: int = 1,
    size: int = TEXT_SIZE,
    widths: Sequence[float] = (),
    wrap_text: bool = True,
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
    size : int, optional
        Points, of the letters.
    widths : sequence of float, optional
        Of the columns; left out, as wide as what they hold.
    wrap_text : bool, optional
        Whether long texts go on in lines of their own.
    """
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra
    from openpyxl.worksheet.table import Table, TableStyleInfo  # noqa: PLC0415

    for number, row in enumerate(rows, start=first):
        for place, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, place)
            cell.font = Font(name="Arial", size=size, bold=number == first)
            cell.alignment = Alignment(wrap_text=wrap_text or number == first, vertical="top")
            if isinstance(value, str):
                put(cell, value)
            else:
                cell.value = value
    for place in range(len(rows[0])):
        longest = max(len(str(row[place])) for row in rows if place < len(row))
        width = widths[place] if widths else min(max(longest * 1.3, 14), WIDEST)
        sheet.column_dimensions[letters(place)].width = width
    last = first - 1 + max(len(rows) + room, 2)
    table = Table(displayName=name, ref=f"A{first}:{letters(len(rows[0]) - 1)}{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.freeze_panes = f"A{first + 1}"


def fit_rows(sheet: Worksheet, *, first: int = 1, least: float = 0.0) -> None:
    """Give rows the height that their wrapped texts need: not every program does it when it opens a workbook.

    Parameters
    ----------
    sheet : openpyxl Worksheet
        Its columns have their widths.
    first : int, optional
        The first row.
    least : float, optional
        Points that a row has at least.
    """
    for row in sheet.iter_rows(min_row=first):
        lines = 1
        for cell in row:
            if cell.value is not None and cell.alignment.wrap_text:
                room = max(int(sheet.column_dimensions[cell.column_letter].width * LETTERS_A_WIDTH), 1)
                lines = max(lines, sum(len(wrap(part, room)) or 1 for part in str(cell.value).split("\n")))
        sheet.row_dimensions[row[0].row].height = max(lines * LINE_POINTS + 2, least)


def link_to(cell: Cell, sheet: str, place: str) -> None:
    """Make a cell a link to a cell of the same workbook; never to anything outside it."""
    from openpyxl.styles import Font  # noqa: PLC0415  an extra
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{place}")
    cell.font = Font(name="Arial", size=cell.font.size, color=LINK, underline="single")


def set_page(sheet: Worksheet, *, landscape: bool, one_page: bool = False, header: int = 0) -> None:
    """Set a sheet to print on A4, one page wide.

    Parameters
    ----------
    sheet : openpyxl Worksheet
    landscape : bool
    one_page : bool, optional
        Whether all of it is to stand on one page.
    header : int, optional
        The row that is repeated on each page.
    """
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415  an extra

    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, int(one_page)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, MARGIN)
    if header:
        sheet.print_title_rows = f"{header}:{header}"


def open_on(book: Workbook, sheet: Worksheet) -> None:
    """Let a workbook open on a sheet, and on it alone: what is typed goes into every sheet that is selected."""
    book.active = sheet
    for each in book.worksheets:
        each.sheet_view.tabSelected = each is sheet


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
