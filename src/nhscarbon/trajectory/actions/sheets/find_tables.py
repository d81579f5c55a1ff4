"""Finding tables: where headings stand on a page, in one row or two, or one under another."""

from __future__ import annotations

from collections.abc import Mapping

from nhscarbon.trajectory.actions.sheets.columns import settled
from nhscarbon.trajectory.actions.sheets.headings import (
    FEWEST,
    SUREST,
    are_values,
    one_row,
    side_by_side,
    two_rows,
    weight,
)
from nhscarbon.trajectory.actions.sheets.no_plans import are_numbers, is_a_guide
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.tables import Heading, Table, column_of
from nhscarbon.trajectory.actions.sheets.words import ACTION

LONGEST_TURNED = 400  # columns of a page whose headings stand one under another


def find_tables(page: Page, answers: Mapping[str, str] | None = None) -> list[Table]:
    """Return the tables of a page, whose headings stand in a row or two, or one under another.

    Parameters
    ----------
    page : Page
    answers : mapping of str to str, optional
        What a person confirmed of headings, by their words.
    """
    found = _tables(page, answers or {})
    if not found and len(page.rows) >= FEWEST:
        turned = page.turned()
        if len(turned.rows) <= LONGEST_TURNED:
            found = _tables(turned, answers or {})
    return [table for table in found if table.of("action") and not is_a_guide(table)]


def names_an_action(page: Page) -> bool:
    """Tell whether a page has a row of headings that names an action outright, and no guide and no counts of actions.

    Of such a page a reader expects actions, so that none may be lost without a word.
    """
    for row in range(len(page.rows)):
        headings = one_row(page, row, {}) or ()
        table = Table(page, row, row, headings, len(page.rows))
        named = [each for each in headings if each.exact and ACTION in each.names and each.rank <= SUREST]
        if any(not are_numbers(column_of(table, each.place)) for each in named):
            return not is_a_guide(table)
    return False


def _tables(page: Page, answers: Mapping[str, str]) -> list[Table]:
    heads: list[tuple[int, int, tuple[Heading, ...]]] = []
    row = 0
    while row < len(page.rows):
        one, two = one_row(page, row, answers), two_rows(page, row, answers)
        if two and (not one or weight(two) > weight(one)):
            heads.append((row, row + 1, two))
            row += 2
            continue
        if one and not (heads and are_values(one)):
            heads.append((row, row, one))
        row += 1
    if not heads:
        return []
    ends = [first for first, _, _ in heads[1:]] + [len(page.rows)]
    return [
        settled(Table(page, first, last, part, end))
        for (first, last, headings), end in zip(heads, ends, strict=True)
        for part in side_by_side(headings)
    ]
