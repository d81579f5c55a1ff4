"""A report as an accessible workbook: cover, contents, notes, then one table on each sheet (extra ``excel``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nhscarbon.output.excel import (
    TEXT_SIZE,
    TITLE_SIZE,
    UNDATED,
    WIDEST,
    letters,
    needs_openpyxl,
    put,
    set_page,
    to_bytes,
    write_table,
)
from nhscarbon.reporting.report.document import Cell, Column, Document, Range, Sign, Worked
from nhscarbon.reporting.report.native_charts import draw_native

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_NAME, NOT_IN_NAMES = 31, frozenset("[]:*?/\\")  # of sheets, as a spreadsheet allows
NUMBER_WIDTH, TEXT_WIDTH, MOST_WIDTH, LETTER = 16.0, 14.0, 52.0, 1.25  # of columns, and of a letter of 12 points
HEAD = 3  # the row of a table's header
COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"


def workbook(document: Document) -> bytes:
    """Return a report as a workbook.

    Each sheet has its title in A1 and what to know in A2, then one named table; no cells are merged, no row is blank,
    no meaning is in colour alone, and nothing can be run as a formula. Numbers are whole and only shown rounded.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        The same for the same report (of one version of openpyxl).

    Raises
    ------
    UsageError
        If the extra is absent.
    """
    needs_openpyxl()
    from openpyxl import Workbook  # noqa: PLC0415  an extra

    book = Workbook()
    book.properties.title = document.title
    book.properties.creator = "nhscarbon"
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = UNDATED
    named = [(sheet_name(table.title), table) for table in document.tables]
    strip = [f"{each.name}: {each.figure} {each.unit}".strip() for each in document.figures]
    _lines(book.active, COVER, [document.title, document.about, *strip, *document.lead, document.foot])
    rows = [("Sheet", "what it holds"), (COVER, "What this is, and its summary"), (NOTES, "What each part says")]
    rows += [(name, table.title) for name, table in named]
    _sheet(book, CONTENTS, "Contents", "This sheet has one table: the other sheets of this workbook.", "contents", rows)
    notes = [("Part", "note")]
    notes += [(each.title, words) for each in document.sections for words in each.words]
    notes += [(each.title, words) for each in document.sections if each.worked for words in _worked(each.worked)]
    notes += [(each.title, picture.words) for each in document.sections for picture in (*each.pictures, *each.after)]
    about = "This sheet has one table: what each part of the report says in words."
    _sheet(book, NOTES, "Notes", about, "notes", notes)
    for name, table in named:
        kept = [place for place, column in enumerate(table.columns) if column.kind != "range"]
        columns = [table.columns[place] for place in kept]
        cells: list[list[str | float | None]] = [[column.name for column in columns]]
        cells += [[_plain(row[place]) for place in kept] for row in table.rows]
        sheet = _sheet(book, name, table.title, f"This sheet has one table. {table.note}".strip(),
                       table.id.replace("-", "_"), cells, _widths(columns, cells))  # fmt: skip
        _formats(sheet, columns, len(table.rows))
        set_page(sheet, landscape=True, header=HEAD)
        if table.chart is not None:
            chart = replace(table.chart, columns=tuple(kept.index(place) for place in table.chart.columns))
            draw_native(sheet, chart, head=HEAD, at=f"{letters(len(kept) + 1)}{HEAD}")
    return to_bytes(book)


def sheet_name(title: str) -> str:
    """Return the name of a table's sheet: its title without what no sheet may have, and no longer than one may be."""
    return "".join(each for each in title if each not in NOT_IN_NAMES)[:LONGEST_NAME].strip()


def _worked(worked: Worked) -> list[str]:
    """Return a row's working in lines."""
    line = " ".join(" ".join(filter(None, [sign, figure])) for sign, _, figure in worked.terms)
    return [line, *(f"{name}: {'; '.join(filter(None, [words, small]))}" for name, words, small in worked.steps)]


def _plain(value: Cell) -> str | float | None:
    """Return what a cell of a sheet holds: of a sign its words."""
    if isinstance(value, Sign):
        return value.words
    return None if isinstance(value, Range) else value


def _lines(sheet: Worksheet, title: str, lines: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    sheet.title = title
    sheet.column_dimensions["A"].width = WIDEST + 20
    for number, line in enumerate(filter(None, lines), start=1):
        cell = sheet.cell(number, 1)
        put(cell, line)
        cell.font = Font(name="Arial", size=TITLE_SIZE if number == 1 else TEXT_SIZE, bold=number == 1)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _sheet(
    book: Workbook, name: str, title: str, note: str, table: str, rows: Sequence[Sequence[str | float | None]],
    widths: Sequence[float] = (),
) -> Worksheet:  # fmt: skip
    """Add a sheet with its title, what to know, and a named table."""
    from openpyxl.styles import Font  # noqa: PLC0415  an extra

    sheet = book.create_sheet(name)
    write_table(sheet, table, rows, first=HEAD, widths=widths)
    for number, (text, size) in enumerate(((title, TITLE_SIZE), (note, TEXT_SIZE)), start=1):
        put(sheet.cell(number, 1), text)
        sheet.cell(number, 1).font = Font(name="Arial", size=size, bold=number == 1)
    return sheet


def _widths(columns: Sequence[Column], cells: Sequence[Sequence[str | float | None]]) -> list[float]:
    """Return the width of each column: of numbers by their digits, of texts by their longest, which wraps."""
    found = []
    for place, column in enumerate(columns):
        words = [str(row[place]) for row in cells[1:] if isinstance(row[place], str)]
        longest = max(map(len, words), default=0)
        head = max(map(len, column.name.split()))
        least = NUMBER_WIDTH if column.kind == "number" else TEXT_WIDTH
        found.append(max(least, head * LETTER, min(longest * LETTER, MOST_WIDTH)))
    return found


def _formats(sheet: Worksheet, columns: Sequence[Column], rows: int) -> None:
    """Show numbers as the page does; what is in the cells is not rounded."""
    for place, column in enumerate(columns, start=1):
        if column.kind == "number":
            shown = "General" if column.places < 0 else "#,##0" + ("." + "0" * column.places if column.places else "")
            for row in range(HEAD + 1, HEAD + 1 + rows):
                sheet.cell(row, place).number_format = shown
