"""Headings: which row or two rows of a page are those of a table, and what each may mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nhscarbon.trajectory.actions.sheets.no_plans import is_of_people
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.tables import READERS, Heading
from nhscarbon.trajectory.actions.sheets.versions import without_year
from nhscarbon.trajectory.actions.sheets.when import is_year_label, read_when
from nhscarbon.trajectory.actions.sheets.words import (
    NOT_READ,
    TEXTS,
    Meaning,
    fold,
    heading_meaning,
    names_a_legend,
    turned,
)

LONGEST_HEAD = 90  # letters of a heading in a row of headings
FEWEST = 2  # columns with a meaning that make a row of headings
LETTERS = frozenset("jfmasond")  # of months, which a year above them must explain
SUREST = 2  # rank of a heading that names the action outright; it needs as many others beside it
WEAK = frozenset({"description", "name", "title", "detail", "summary", "narrative", "item title"})
MONEY = frozenset({"cost", "capital", "revenue"})
SOME = 3  # columns of months, which make a grid where fewer may be anything
BARE_MONEY = frozenset({"£", "£ k", "£ m", "£ 000", "£ mn", "£ million", "£ thousand", "gbp", "gbp k", "gbp m"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTHS_OF = re.compile(rf"(?P<first>{_MONTH})(?:\s?(?:-|–|to|/)\s?(?P<last>{_MONTH}))?", re.I)
_QUARTER = re.compile(rf"(?:q(?:tr|uarter)?\s?[1-4]|h[12]|{_MONTHS_OF.pattern})(?:\s.*)?", re.I)
_DATED = re.compile(rf"{_MONTH}[\s'’./-]?(?:20)?\d\d|20\d\d-\d\d-\d\d|\d\d?/\d\d?/20\d\d", re.I)
_PLAN_YEAR = re.compile(r"(?:year|yr|y)\s?\d{1,2}", re.I)
_CALENDAR_YEAR = re.compile(r"20\d\d")
APRIL = 4


def weight(headings: Sequence[Heading]) -> float:
    """Return how much headings say, to choose between one row and two."""
    # a heading whose meaning its words turned away is inexact and has no names
    return sum(bool(each.names or not each.exact) + bool(each.years) - 0.1 * (not each.exact) for each in headings)


def one_row(page: Page, row: int, answers: Mapping[str, str]) -> tuple[Heading, ...] | None:
    """Return the headings of a row, or None where it has none."""
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
    action_below = any(
        cell and not heading_meaning(cell) and _is_a_text(above[place]) for place, cell in enumerate(below)
    )
    alone_below = one_row(page, row + 1, answers)
    if action_below or (
        alone_below and not _are_groups(above, below) and not _lacks_its_action(alone_below, above, below)
    ):
        return None
    dated = any(is_year_label(cell) for cell in above)
    known = [cell for cell in below if cell and (_is_exact(cell) or is_year_label(cell) or _QUARTER.fullmatch(cell)
                                                 or (dated and cell.casefold() in LETTERS))]  # fmt: skip
    alone = [each for place, cell in enumerate(below) if cell and (each := _heading(place, cell, "", answers)).names]
    if (len(known) * 2 < sum(map(bool, below)) and not _stand_below(above, below)) or _is_of_values(alone):
        return None
    group = ""
    headings: list[Heading] = []
    groups: dict[str, list[int]] = {}
    spans = {(row, column): (first, last) for first, last in page.merged for column in range(first[1], last[1] + 1)
             if first[0] <= row <= last[0]}  # fmt: skip
    for place in range(width):
        if above[place]:
            group = above[place]
        elif not below[place] or (page.merged and (row, place) not in spans):
            group = ""
        if below[place] or above[place]:
            groups.setdefault(group, []).append(len(headings))
            headings.append(_heading(place, below[place], group, answers))
    for name, places in groups.items():
        if name and any(headings[each].names == ("capital",) for each in places):
            # a cost by its group alone, as Staff beside Capital, is not the cost
            by_group = [place for place in places if headings[place].names == ("cost",) and not headings[place].exact]
            headings = [replace(each, names=()) if place in by_group else each for place, each in enumerate(headings)]
    return _if_headings(headings)


def _lacks_its_action(alone: Sequence[Heading], above: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a row that names no action stands below one that does, where its own cell is empty."""
    return not any({*each.names} & {*TEXTS} for each in alone) and any(
        _is_a_text(cell) and not below[place] for place, cell in enumerate(above)
    )


def _stand_below(above: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether the cells of a row stand in runs below a heading each: Organisations over the names of four."""
    runs: list[list[int]] = []
    for place, cell in enumerate(below):
        if cell and above[place]:
            runs.append([place])
        elif cell and runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        elif cell:
            return False
    groups = [heading_meaning(above[run[0]]) for run in runs]
    # a row of an action has one below its heading
    if any(group and {*group.names} & {*TEXTS} for group in groups):
        return False
    return bool(runs) and all(len(run) > 1 for run in runs) and len(runs) < sum(map(bool, above))


def _is_a_text(cell: str) -> bool:
    found = heading_meaning(cell)
    return found is not None and found.exact and bool({*found.names} & {*TEXTS})


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
    """Return headings if they are ones: an action among them, two that mean something, and half known or one sure."""
    known = [each for each in headings if each.names]
    if sum(_by_month(each.label) is not None for each in headings) < SOME:
        headings = [replace(each, years=None) if _by_month(each.label) else each for each in headings]
    years = [each for each in headings if each.years]
    parts = sum(is_part_of_a_year(each.label) for each in headings) >= SOME
    text = [each for each in known if set(each.names) & {*TEXTS}]
    clear = [each for each in known if each.exact and each.names != (NOT_READ,)]
    if len(known) + (bool(years) or parts) < FEWEST or not clear:
        return None
    if (len(known) + len(years)) * 2 < len(headings) and not _is_sure(text, clear, bool(years) or parts):
        return None
    if not text:
        others = {
            name for each in clear if "percent" not in each.names for name in each.names
        }  # Completed is a state too
        free = [each for each in headings if not each.names and not each.years]
        if len(others & {"lead", "end", "period", "status", "rag", "cost", "capital"}) < 2 or not free:
            return None
    if is_of_people(headings) or _is_of_values(known):
        return None
    if text and not any(each.exact for each in text) and len(clear) < FEWEST:
        return None
    return tuple(headings)


def side_by_side(headings: tuple[Heading, ...]) -> list[tuple[Heading, ...]]:
    """Return the headings of each of the tables that stand side by side, where each names an action of its own.

    A further one begins after an empty column, or where the first heading is repeated.
    """
    parts: list[list[Heading]] = [[]]
    for each in headings:
        last = parts[-1]
        if last and (each.place > last[-1].place + 1 or fold(each.label) == fold(last[0].label)):
            parts.append([])
        parts[-1].append(each)
    # a part that is no table by itself belongs to the one before it, as notes behind a gap do
    joined: list[list[Heading]] = []
    for part in parts:
        if joined and not (_names_an_action(part) and _names_an_action(joined[0])):
            joined[-1] += part
        else:
            joined.append(part)
    return [tuple(part) for part in joined]


def _names_an_action(headings: list[Heading]) -> bool:
    sure = [each for each in headings if each.exact and {*each.names} & {*TEXTS} and each.rank <= SUREST]
    return bool(sure) and _if_headings(headings) is not None


def _is_of_values(known: Sequence[Heading]) -> bool:
    """Tell whether a row is one of a list, such as Project and On track: a state is no heading by itself."""
    ranks = [each.rank for each in known if {*each.names} & {*TEXTS}]
    return bool(ranks) and min(ranks) > 1 and are_values(known)


def are_values(headings: Sequence[Heading]) -> bool:
    """Tell whether what is known of a row beside the action are states, as in a row whose kind is Action."""
    others = [each for each in headings if each.names and not {*each.names} & {*TEXTS}]
    return bool(others) and all(READERS["status"](each.label) for each in others)


def _is_sure(text: Sequence[Heading], clear: Sequence[Heading], grid: bool) -> bool:
    """Tell whether a heading names the action outright beside others that are known, however many are not.

    A row of an action cannot have such cells; a matrix of trusts or months beside the known columns can.
    """
    others = sum(each not in text for each in clear) + grid
    return any(each.exact and others >= each.rank for each in text if each.rank <= SUREST)


def _heading(place: int, below: str, above: str, answers: Mapping[str, str]) -> Heading:
    label = " ".join(f"{above} {below}".split()) if below and above else below or above
    years = is_year_label(below) or (_within(above, below) if above else is_year_label(label)) or _by_month(below)
    if answer := answers.get(fold(label)) or answers.get(fold(below) if below else ""):
        return Heading(place, label, names=(answer,), rank=0, years=years if answer == "year" else None)
    if years:
        group = heading_meaning(above) if above else None
        return Heading(place, label, names=group.names if group else (), years=years)
    lower, upper = heading_meaning(below) if below else None, heading_meaning(above) if above else None
    found = _of_two(label, lower, upper) if lower and upper else lower or upper or heading_meaning(label)
    if found is upper and below and upper:
        found = heading_meaning(label) or turned(below, upper) or replace(upper, exact=False)
    if found and above and below:
        found = turned(above, found, group=True) or found
    if not found or not {*found.names} & MONEY:
        found = _of_each_year(label) or found
    if not found:
        return Heading(place, label)
    return Heading(place, label, names=found.names, rank=found.rank, exact=found.exact)


def _of_two(label: str, lower: Meaning, upper: Meaning) -> Meaning | None:
    """Return what a heading means below another one that names its group."""
    whole = heading_meaning(label)
    if whole and whole.exact:
        return whole
    if lower.phrase in WEAK:
        return upper if upper.names != ("section",) else lower
    if lower.phrase in BARE_MONEY and not {*upper.names} & MONEY:
        return Meaning((), exact=False)  # pounds of what is no cost
    return lower if lower.exact else whole


def _of_each_year(label: str) -> Meaning | None:
    """Return what a heading means without the year beside it, where that is an amount: 2025/26 (£k), Cost Year 1."""
    rest = without_year(label)
    found = heading_meaning(rest) if rest != label else None
    return found if found and {*found.names} & MONEY else None


def _within(above: str, below: str) -> tuple[int, int] | None:
    """Return the NHS year of a quarter or month below a year: 2025/26 over Q1, 2027 over Jan, which is in 2026/27."""
    years = is_year_label(above)
    months = _MONTHS_OF.fullmatch(below)
    if years and months and _CALENDAR_YEAR.fullmatch(above.strip()):
        first, last = (_MONTHS.index(name[:3].casefold()) + 1 for name in (months["first"], months["last"] or below))
        return years[0] - (first < APRIL), years[0] - (last < APRIL)
    if years and below.casefold() in LETTERS:
        return None if _CALENDAR_YEAR.fullmatch(above.strip()) else years
    return years if months or _QUARTER.fullmatch(below) or not below else None


def _by_month(label: str) -> tuple[int, int] | None:
    """Return the NHS year of a heading that is a month and its year: Apr-26, or the first of a month as a date."""
    when = read_when(label) if _DATED.fullmatch(label) else None
    return (when.end, when.end) if when and when.end is not None else None


def is_bare_year(label: str) -> bool:
    """Tell whether a heading is an NHS year, or a quarter or month of one, and says nothing else.

    >>> [is_bare_year(label) for label in ("2026/27", "Q2 26/27", "Apr-26", "Savings 2026/27")]
    [True, True, True, False]
    """
    return bool(is_year_label(label) or _by_month(label))


def is_part_of_a_year(label: str) -> bool:
    """Tell whether a heading is a quarter, a month or a year of the plan, and does not say of which year.

    >>> [is_part_of_a_year(label) for label in ("Q3", "Sept", "Marketing", "Q3 26/27")]
    [True, True, False, False]
    """
    if _PLAN_YEAR.fullmatch(label):
        return True
    return bool(_QUARTER.fullmatch(label)) and not re.search(r"\d\d", label)
