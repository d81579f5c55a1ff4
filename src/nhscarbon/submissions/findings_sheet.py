"""What a marked workbook says in words: the sheet of findings that it opens on, and the note on each cell."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhscarbon.checks.finding_words import EFFECT, SEVERITY_WORDS, answer_of, effect_of, sentence
from nhscarbon.findings import Finding
from nhscarbon.output.excel import (
    AMBER,
    BODY_SIZE,
    RED,
    TONNES,
    fit_rows,
    link_to,
    set_page,
    write_table,
)
from nhscarbon.output.text import lines_shown, shown

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TABLE = "nhscarbon_findings"
HEADER = ("Severity", "Sheet", "Cell", "What we found", EFFECT, "What to do", "Answer", "Rows", "Cells marked",
          "Column", "Value", "Code")  # fmt: skip
WIDTHS = (10, 20, 8, 52, 16, 46, 24, 7, 9, 14, 20, 24)
SHEET, CELL, TONNES_COLUMN = 2, 3, 5  # places of columns, the first being 1
PRINTED = "G"  # the last column that is printed; those after it are for programs
NOTHING = ("Accepted", "", "", "No errors or warnings were found.")
NOTE_WIDTH, LINE_HEIGHT, EDGE = 340, 18, 14  # pixels
LETTERS, LINES = 44, 9  # of a line of a note, and of a note: what is longer has its rest on the sheet of findings
Place = tuple[str, int, str]  # sheet, row, letters of the column


@dataclass(frozen=True)
class Listed:
    """A finding as a row of the sheet: the first of its cells, and how many are marked."""

    finding: Finding
    first: Place | None
    marked: int


@dataclass(frozen=True)
class Note:
    """What is said on a cell, and how large a box it needs [pixels]."""

    text: str
    width: int
    height: int


def write_findings(sheet: Worksheet, listed: Sequence[Listed], sheets: Sequence[str]) -> None:
    """Write the sheet of findings: a row for each, its cell as a link.

    Parameters
    ----------
    sheet : openpyxl Worksheet
        Empty.
    listed : sequence of Listed
        The worst first.
    sheets : sequence of str
        Those of the workbook, which links may lead to.
    """
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    rows = [_row(each) for each in listed] or [NOTHING]
    write_table(sheet, TABLE, [HEADER, *rows], size=BODY_SIZE, widths=WIDTHS)
    for number, each in enumerate(listed, start=2):
        severity = sheet.cell(number, 1)
        if color := tab_color([each.finding]):
            severity.font = Font(name="Arial", size=BODY_SIZE, bold=True, color=color)
        tonnes = sheet.cell(number, TONNES_COLUMN)
        tonnes.alignment = Alignment(horizontal="right", vertical="top", wrap_text=True, indent=1)
        if isinstance(tonnes.value, float):
            tonnes.number_format = TONNES if abs(tonnes.value) >= 1 else "0.00"
        if each.first is not None and each.first[0] in sheets:
            title, row, letter = each.first
            for place in (SHEET, CELL):
                link_to(sheet.cell(number, place), title, f"{letter}{row}")
    sheet.cell(1, TONNES_COLUMN).alignment = Alignment(horizontal="right", vertical="top", wrap_text=True, indent=1)
    fit_rows(sheet)
    sheet.sheet_properties.tabColor = tab_color([each.finding for each in listed])
    sheet.print_area = f"A1:{PRINTED}{len(rows) + 1}"
    set_page(sheet, landscape=True, header=1)


def tab_color(findings: Sequence[Finding]) -> str | None:
    """Return red where any finding is an error, amber where any is a warning, or None."""
    severities = {SEVERITY_WORDS[each.severity] for each in findings}
    return RED if "Error" in severities else AMBER if "Warning" in severities else None


def _row(listed: Listed) -> tuple[str | float | None, ...]:
    found = listed.finding
    title, cell = found.sheet, found.cell
    if listed.first is not None:
        title, cell = listed.first[0], found.cell or f"{listed.first[2]}{listed.first[1]}"
    return (SEVERITY_WORDS[found.severity], title, cell, sentence(found.message), effect_of(found),
            found.suggestion, answer_of(found), found.rows, listed.marked, found.column, found.value,
            found.code)  # fmt: skip


def note_of(findings: Sequence[Finding], rows: Mapping[int, int], title: str) -> Note:
    """Return what is said on a cell: whole findings as far as they fit, then where the rest is.

    Parameters
    ----------
    findings : sequence of Finding
        Of the cell, the worst first.
    rows : Mapping[int, int]
        The row of each finding on the sheet of findings, by its `id`.
    title : str
        Of that sheet.
    """
    parts: list[str] = []
    left, shown_whole = LINES, 0
    for place, each in enumerate(findings):
        said = lines_shown(_said(each))
        last = place == len(findings) - 1
        if lines_of(said) > left - (not last):
            break
        parts.append(said)
        left -= lines_of(said)
        shown_whole += 1
    if rest := findings[shown_whole:]:
        if not parts:
            parts.append(_cut(lines_shown(_said(rest[0])), LINES - 2))
        parts.append(_pointer([rows[id(each)] for each in rest], title))
    text = "\n".join(parts)
    return Note(text, NOTE_WIDTH, box_height(text))


def lines_of(text: str) -> int:
    """Return how many lines of a note a text takes."""
    return sum(max(len(textwrap.wrap(part, LETTERS)), 1) for part in text.split("\n"))


def box_height(text: str) -> int:
    """Return how high a box holds a text [pixels]."""
    return lines_of(text) * LINE_HEIGHT + EDGE


def _said(found: Finding) -> str:
    return f"{SEVERITY_WORDS[found.severity]}: {sentence(found.message)} {found.suggestion}".strip()


def _cut(text: str, lines: int) -> str:
    """Return as much of a text as fits some lines, cut at a word."""
    return " ".join(textwrap.wrap(text.replace("\n", " "), LETTERS)[:lines]).rstrip(" .,;:") + " …"


def _pointer(rows: Sequence[int], title: str) -> str:
    """Say where the rest is."""
    first = f"row {rows[0]}" if len(rows) == 1 else f"{len(rows)} rows from row {min(rows)}"
    return f"More on the sheet {shown(title)}, {first}."
