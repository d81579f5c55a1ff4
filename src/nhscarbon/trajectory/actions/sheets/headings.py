"""Headings: which row or two rows of a page are those of a table, and what each may mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.tables import Heading
from nhscarbon.trajectory.actions.sheets.when import is_year_label
from nhscarbon.trajectory.actions.sheets.words import NOT_READ, TEXTS, Meaning, fold, heading_meaning, names_a_legend

LONGEST_HEAD = 90  # letters of a heading in a row of headings
FEWEST = 2  # columns with a meaning that make a row of headings
WEAK = frozenset({"description", "name", "title", "detail", "summary", "narrative", "item title"})
_QUARTER = re.compile(r"(?:q(?:tr|uarter)?\s?[1-4]|h[12]|apr\S*|jul\S*|oct\S*|jan\S*)(?:\s.*)?", re.I)


def weight(headings: Sequence[Heading]) -> float:
    return sum(bool(each.names) + bool(each.years) - 0.1 * (not each.exact) for each in headings)


def one_row(page: Page, row: int, answers: Mapping[str, str]) -> tuple[Heading, ...] | None:
    cells = page.rows[row]
    filled = [place for place, cell in enumerate(cells) if cell]
    if len(filled) < FEWEST or max(len(cells[place]) for place in filled) > LONGEST_HEAD:
        return None
    if names_a_legend(cells[filled[0]]):
        return None
    return _if_headings([_heading(place, cells[place], "", answers) for place in filled])


def two_rows(page: Page, row: int, answers: Mapping[str, str]) -> tuple[Heading, ...] | None:
    """Return the headings of two rows, the upper of which names groups of columns, or None."""
    if row + 1 >= len(page.rows):
        return None
    width = max(len(page.rows[row]), len(page.rows[row + 1]))
    above = [page.cell(row, place) for place in range(width)]
    below = [page.cell(row + 1, place) for place in range(width)]
    if sum(map(bool, above)) < 1 or sum(map(bool, below)) < FEWEST - 1 or not any(below):
        return None
    if any(len(cell) > LONGEST_HEAD for cell in (*above, *below)):
        return None
    if one_row(page, row + 1, answers) and not _are_groups(above, below):
        return None
    known = [cell for cell in below if cell and (_is_exact(cell) or is_year_label(cell) or _QUARTER.fullmatch(cell))]
    if len(known) * 2 < sum(map(bool, below)):
        return None
    group, headings = "", []
    spans = {(row, column): (first, last) for first, last in page.merged for column in range(first[1], last[1] + 1)
             if first[0] <= row <= last[0]}  # fmt: skip
    for place in range(width):
        if above[place]:
            group = above[place]
        elif not below[place] or (page.merged and (row, place) not in spans):
            group = ""
        if below[place] or above[place]:
            headings.append(_heading(place, below[place], group, answers))
    return _if_headings(headings)


def _is_exact(cell: str) -> bool:
    found = heading_meaning(cell)
    return found is not None and found.exact


def _are_groups(above: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a row above a whole row of headings names groups of its columns, and is no title and no action."""
    filled = [place for place, cell in enumerate(above) if cell]
    first = next(place for place, cell in enumerate(below) if cell)
    known = [above[place] for place in filled if heading_meaning(above[place]) or is_year_label(above[place])]
    return (
        len(filled) * 3 <= sum(map(bool, below)) * 2 and len(known) * 2 >= len(filled)
        and (len(filled) > 1 or filled[0] > first) and max(len(above[place]) for place in filled) <= 40
    )  # fmt: skip


def _if_headings(headings: list[Heading]) -> tuple[Heading, ...] | None:
    """Return headings if they are ones: an action among them, two that mean something, and half of them known."""
    known = [each for each in headings if each.names]
    years = [each for each in headings if each.years]
    text = [each for each in known if set(each.names) & {*TEXTS}]
    clear = [each for each in known if each.exact and each.names != (NOT_READ,)]
    if len(known) < FEWEST or not clear or (len(known) + len(years)) * 2 < len(headings):
        return None
    if not text:
        others = {name for each in clear for name in each.names}
        free = [each for each in headings if not each.names and not each.years]
        if len(others & {"lead", "end", "period", "status", "rag", "cost", "capital"}) < 2 or not free:
            return None
    if text and not any(each.exact for each in text) and len(clear) < FEWEST:
        return None
    return tuple(headings)


def _heading(place: int, below: str, above: str, answers: Mapping[str, str]) -> Heading:
    label = " ".join(f"{above} {below}".split()) if below and above else below or above
    years = is_year_label(below) or (_within(above, below) if above else is_year_label(label))
    if answer := answers.get(fold(label)) or answers.get(fold(below) if below else ""):
        return Heading(place, label, names=(answer,), rank=0, years=years if answer == "year" else None)
    if years:
        group = heading_meaning(above) if above else None
        return Heading(place, label, names=group.names if group else (), years=years)
    lower, upper = heading_meaning(below) if below else None, heading_meaning(above) if above else None
    found: Meaning | None
    if not (lower and upper):
        found = lower or upper or heading_meaning(label)
        if found is upper and below and upper:
            found = heading_meaning(label) or upper
    elif lower.phrase in WEAK:
        found = upper if upper.names != ("section",) else lower
    else:
        found = heading_meaning(label) if not lower.exact else lower
    if not found:
        return Heading(place, label)
    return Heading(place, label, names=found.names, rank=found.rank, exact=found.exact)


def _within(above: str, below: str) -> tuple[int, int] | None:
    """Return the year over a quarter or month: 2025/26 over Q1."""
    return is_year_label(above) if _QUARTER.fullmatch(below) or not below else None
