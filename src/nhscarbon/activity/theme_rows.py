"""The rows of a themes table, as they were sent, and the sheet of a workbook that holds one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nhscarbon.activity.files.sheets import Grid

NAMES = ("organisation", "period", "theme", "answer", "reason")
NEEDED = NAMES[:4]
SHEET = "themes"
WITHIN = 20  # rows of a sheet in which its header is looked for


class ThemeRow(NamedTuple):
    """One row of a themes table, in the sender's words; `row` is its number as the sender sees it."""

    organisation: str
    period: str
    theme: str
    answer: str
    reason: str
    row: int
    file: str = ""
    sheet: str = ""


def is_themes(grid: Grid) -> bool:
    """Return whether a sheet is a themes table: by its name, and by a header that holds its columns."""
    return grid.sheet.strip().casefold() == SHEET and header_row(grid) > 0


def rows_of_sheet(grid: Grid, file: str) -> tuple[ThemeRow, ...]:
    """Return the rows of a sheet below its header; each without an answer, a reason and a theme is left out."""
    head = header_row(grid)
    names = [column_name(cell) for cell in grid.rows[head - 1]]
    place = {name: names.index(name) for name in NAMES if name in names}
    found = []
    for number, cells in enumerate(grid.rows[head:], start=head + 1):
        words = [cells[place[name]].strip() if name in place and place[name] < len(cells) else "" for name in NAMES]
        if any(words):
            found.append(theme_row(words, number, file, grid.sheet))
    return tuple(found)


def theme_row(words: Sequence[str], number: int, file: str = "", sheet: str = "") -> ThemeRow:
    """Return a row from its words in the order of `NAMES`."""
    organisation, period, theme, answer, reason = words
    return ThemeRow(organisation, period, theme, answer, reason, number, file, sheet)


def header_row(grid: Grid) -> int:
    """Return the row of the header of a themes table, or 0."""
    for number, row in enumerate(grid.rows[:WITHIN], start=1):
        if {column_name(cell) for cell in row} >= set(NEEDED):
            return number
    return 0


def column_name(cell: object) -> str:
    """Return a header cell as the name of a column: in any case, with spaces around it."""
    return str(cell).strip().casefold()
