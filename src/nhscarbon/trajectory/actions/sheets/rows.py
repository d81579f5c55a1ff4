"""Rows below headings: which hold an action, which a section, a total or a note, and which only look like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from nhscarbon.trajectory.actions.sheets.keys import horizon_words, money_words, state_words
from nhscarbon.trajectory.actions.sheets.states import colour_named, states_in
from nhscarbon.trajectory.actions.sheets.tables import Heading, Table
from nhscarbon.trajectory.actions.sheets.words import TEXTS, fold, names_a_legend

Kind = Literal["blank", "head", "total", "section", "note", "action", "more", "left", "example"]
_EXAMPLE = re.compile(r"(?:e\.?g\b\.?|(?:for )?example\s*+(?:[:,–-]|\d|$)|sample\s*+(?:[:,–-]|\d|$))", re.I)
_TOTAL = re.compile(
    r"(?:grand|sub|overall|sheet|programme|plan|section|area|running)?[\s-]*totals?(?:\s*[:=(].*|\s++(?:\w++\s*+){0,3})?",
    re.I,
)
_NOTE = re.compile(
    r"^(?:\*|†|‡|note[s:]?\b|n\.?b\b|key\b|legend\b|source\b|rag\b.*[:=]|updated\b|last updated"
    r"|prepared by|version\b|end of\b|page \d|draft\b"
    r"|disclaimer|for (?:more|further) information|contact\b|all (?:costs|figures|savings)"
    r"|costs? (?:are|is)|figures? (?:are|is)|budgets? (?:are|is)"
    r"|please\b|this (?:sheet|tab|plan|table|log)\b|owner:|approved by|reviewed by|next review"
    r"|abbreviations?|definitions?|see (?:also|tab|sheet)"
    r"|©|confidential|printed\b|\(c\)|document control|signed\b|\d+ actions?\b|number of actions)", re.I
)  # fmt: skip
_NUMBERED = re.compile(r"([A-Z]{0,4}\d{1,3}(?:[.]\d{1,3})*+[a-z]?)[.):]?\s++(.+)", re.DOTALL)
_BELOW_LETTER, _BELOW_NUMBER = re.compile(r"[./-]?\d"), re.compile(r"[./-]\d|[a-z]$")
NAME = 6  # words of the name of a section, where a table has two columns only
MOSTLY = 0.7
SENTENCE = 11  # words of a line that is too long for the name of a section


@dataclass(frozen=True)
class Row:
    """A row of a table's body: what it is, for a section its name, and whether it is outside the numbered one above."""

    number: int
    kind: Kind
    text: str = ""
    outside: bool = False


def rows_of(table: Table) -> list[Row]:
    """Return what each row of a table's body is."""
    page, width = table.page, {each.place for each in table.headings}
    text = table.of("action")[0].place
    counts = {row: sum(1 for place in width if page.cell(row, place)) for row in table.body}
    usual = median([count for count in counts.values() if count > 1] or [1])
    marks = {text, *(each.place for each in table.of("section", "id", "organisation"))}
    full = [
        row
        for row, count in counts.items()
        if count >= 2 and (said := page.cell(row, text)) and not names_a_legend(said)
    ]
    last = full[-1] if full else -1
    numbered, outside = _numbered_sections(table, text, marks)
    kinds = [_row(table, row, counts, usual, marks, text, last) for row in table.body]
    return [Row(each.number, "section", numbered[each.number]) if each.number in numbered
            else replace(each, outside=True) if each.number in outside else each for each in kinds]  # fmt: skip


def _numbered_sections(table: Table, text: int, marks: set[int]) -> tuple[dict[int, str], set[int]]:
    """Return the rows that number what is below them, with their names, and the first rows that are none of theirs.

    Such a row holds nothing else: 2 above 2.1 and 2.2.
    """
    page, ids = table.page, [each.place for each in table.of("id")]
    numbers: list[tuple[int, str, str, bool]] = []
    for row in table.body:
        filled = {each.place for each in table.headings if page.cell(row, each.place)}
        if filled:
            found = _NUMBERED.match(page.cell(row, text))
            said = next((page.cell(row, place) for place in ids if page.cell(row, place)), "")
            number, name = (said, page.cell(row, text)) if said or not found else (found[1], found[2])
            numbers.append((row, number.strip(" .:)"), name, filled <= marks))
    sections = {}
    for (row, number, name, bare), *below in (numbers[place : place + 3] for place in range(len(numbers) - 1)):
        parts = [each for each in below if _is_part(number, each[1])]
        if bare and name and below[0] in parts and (len(parts) > 1 or not below[0][3]):
            sections[row] = name
    outside, current = set(), ""
    for row, number, *_ in numbers:
        if row in sections:
            current = number
        elif current and number and not _is_part(current, number):
            outside.add(row)
            current = ""
    return sections, outside


def _is_part(number: str, other: str) -> bool:
    """Tell whether a number is one below another: 2.1 or 2a below 2, A1 below A."""
    rest = other.removeprefix(number)
    if not number or rest == other:
        return False
    return bool((_BELOW_LETTER if number[-1].isalpha() else _BELOW_NUMBER).match(rest))


def _row(  # noqa: PLR0911  one reading after another; the first that fits decides
    table: Table, row: int, counts: dict[int, int], usual: float, marks: set[int], text: int, last: int
) -> Row:
    page = table.page
    filled = [place for place, cell in enumerate(page.rows[row]) if cell]
    inside = [place for place in filled if place in {each.place for each in table.headings}]
    if not inside:
        return Row(row, "note" if filled else "blank")
    cells = [page.cell(row, place) for place in inside]
    if tuple(fold(page.cell(row, each.place)) for each in table.headings) == table.labels:
        return Row(row, "head")
    words = [cell for cell in cells if re.search(r"[^\W\d]", cell)]
    if (
        words
        and _TOTAL.fullmatch(words[0].strip(" :*-–"))
        and not (page.cell(row, text) and counts[row] > 2 and len(words) > 2)
    ):
        return Row(row, "total", words[0])
    distinct = dict.fromkeys(cells)
    if len(distinct) == 1:
        return _lone(table, row, inside[0], next(iter(distinct)), usual, text, last)
    if len(cells) == 2 and max(counts.values()) > 3 and _explains(cells):
        return Row(row, "note", " = ".join(cells))
    if row > last and (_NOTE.match(cells[0]) or _is_key(" ".join(cells))):
        return Row(row, "note", cells[0])
    if row > last and names_a_legend(cells[0]):
        return Row(row, "note", cells[0])
    if _is_example(table, row, text):
        return Row(row, "example", page.cell(row, text))
    if said := page.cell(row, text):
        return Row(row, "action" if any(map(str.isalpha, said)) else "left")
    if other_text(table, row) is not None and counts[row] > 1 and set(inside) - marks:
        return Row(row, "action")
    if len(inside) <= 2 and set(inside) <= marks and row < last:
        return Row(row, "section", cells[-1])
    return Row(row, "more")


def _is_example(table: Table, row: int, text: int) -> bool:
    """Tell whether a row shows how to fill in the table: e.g. Replace lamps, or Example for its reference."""
    return any(
        _EXAMPLE.match(table.page.cell(row, place)) for place in (text, *(each.place for each in table.of("id")))
    )


def _explains(cells: Sequence[str]) -> bool:
    """Tell whether two cells are a colour and what it means, as in the rows of a legend."""
    return any(map(colour_named, cells)) and any(states_in(cell) and len(cell.split()) < SENTENCE for cell in cells)


def other_text(table: Table, row: int) -> Heading | None:
    """Return the column that holds the action of a row whose own column of actions is empty: an initiative, say."""
    found = [each for each in table.headings if {*each.names} & {*TEXTS} and each.meaning in ("section", "beside")]
    return next((each for each in reversed(found) if table.page.cell(row, each.place)), None)


def _lone(table: Table, row: int, place: int, cell: str, usual: float, text: int, last: int) -> Row:
    """Return what a row with one thing in it is."""
    page = table.page
    if _NOTE.match(cell) or _is_key(cell):
        return Row(row, "note", cell)
    meaning = next(each.meaning for each in table.headings if each.place == place)
    if meaning in (
        "measure",
        "evidence",
        "comments",
        "risk",
        "mitigation",
        "lead",
        "second_lead",
        "co_benefits",
        "beside",
    ) and not _wide(table, row):
        return Row(row, "more")
    if row > last:
        below = place == text and row == last + 1 and not _wide(table, row)
        # a remark, or an action without more: which of them cannot be told, so it is said
        return Row(row, ("action" if usual <= 2 else "left") if below else "note", cell)
    named = usual >= 3 or (len(cell.split()) <= NAME and _mostly_full(table))
    short = len(cell.split()) < SENTENCE and not cell.rstrip().endswith((".", ";"))
    if place != text:
        return Row(row, "section" if short else "note", cell)
    loud = cell.isupper() or (row, place) in page.bold or _wide(table, row) or (row, place) in page.fills
    if short and (loud or named):
        return Row(row, "section", cell)
    return Row(row, "action", cell)


def _mostly_full(table: Table) -> bool:
    """Tell whether most rows that hold anything have every cell filled, so that one with a single cell is no action."""
    width = len(table.headings)
    filled = [sum(bool(table.page.cell(row, each.place)) for each in table.headings) for row in table.body]
    some = [count for count in filled if count]
    return width > 1 and sum(count == width for count in some) >= MOSTLY * len(some)


def _wide(table: Table, row: int) -> bool:
    """Tell whether a row is one merged cell, or one across several columns."""
    return any(first[0] <= row <= last[0] and last[1] > first[1] for first, last in table.page.merged)


def _is_key(text: str) -> bool:
    return bool(state_words(text) or money_words(text) or horizon_words(text, 2000))


def loose_cells(tables: Sequence[Table], rows: Sequence[Sequence[Row]]) -> list[tuple[int, int]]:
    """Return the places of a page's cells that are no part of an action: titles, notes and keys."""
    page = tables[0].page
    used: dict[int, set[int]] = {}  # of tables side by side, the columns of each
    for table, found in zip(tables, rows, strict=True):
        width = {each.place for each in table.headings}
        for row in range(table.first, table.last + 1):
            used.setdefault(row, set()).update(width)
        for each in found:
            if each.kind in ("action", "more", "head", "total"):
                used.setdefault(each.number, set()).update(width)
    return [(row, place) for row, cells in enumerate(page.rows) for place, cell in enumerate(cells)
            if (cell or (row, place) in page.fills) and place not in used.get(row, ())]  # fmt: skip
