"""Tables that hold no actions although their headings look so: counts, guides to columns, people, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.tables import READERS, Heading, Table, column_of
from nhscarbon.trajectory.actions.sheets.when import is_year_label
from nhscarbon.trajectory.actions.sheets.words import TEXTS, fold, heading_meaning

NUMBERS = 0.8  # share of cells without a letter that makes a column one of numbers
GUIDED = 3  # things that a guide to the columns of a plan explains
FEWEST_YEARS, FEWEST_TEXTS, FEWEST_WORDS = 2, 2, 2  # of a roadmap
OF_PEOPLE = frozenset({
    "role", "job title", "title", "position", "post", "email", "e mail", "email address", "phone", "telephone", "tel",
    "mobile", "ext", "extension", "department", "organisation", "contact number", "contact detail",
})  # fmt: skip
OF_WORK = frozenset({"end", "start", "period", "cost", "capital", "revenue", "tonnes", "rag"})
OF_FORMS = OF_WORK | {"lead", "second_lead", "status", "percent", "comments", "risk"}
OF_GUIDES = frozenset({"column", "field", "term", "column name", "field name", "column heading", "what to enter"})
_ASKS = re.compile(
    r"(?:please|enter|describe|state|give|select|choose|pick|name (?:of|or)\b|one sentence|an? (?:short|brief)"
    r"|the (?:name|date|person|title)|who\b|what\b|when\b|how\b|date (?:by|when|on)\b|colour the\b|use the\b)",
    re.I,
)
_BESIDE = re.compile(
    r"(?:lists?|look-?ups?|drop-?\s?downs?|(?:data )?validation|guide|guidance(?: notes)?|instructions?|read\s?me"
    r"|how to\b.*|help|glossary|definitions?|contacts?)",
    re.I,
)


def is_beside_the_plan(sheet: str) -> bool:
    """Tell whether a sheet's name says that it serves the plan: lists to choose from, guidance, contacts.

    >>> is_beside_the_plan("Drop-downs"), is_beside_the_plan("Read me"), is_beside_the_plan("List of actions")
    (True, True, False)
    """
    return bool(_BESIDE.fullmatch(sheet.strip(" -–_.")))


def are_numbers(cells: Sequence[str]) -> bool:
    """Tell whether cells hold figures: how many actions there are is none of them."""
    return bool(cells) and sum(not any(map(str.isalpha, cell)) for cell in cells) >= NUMBERS * len(cells)


def is_of_people(headings: Sequence[Heading]) -> bool:
    """Tell whether headings are those of people: a name with a role or a telephone, and nothing of work."""
    texts = [each for each in headings if {*each.names} & {*TEXTS}]
    return (
        bool(texts) and all(fold(each.label) in ("name", "title") for each in texts)
        and any(fold(each.label) in OF_PEOPLE for each in headings if each not in texts[:1])
        and not any({*each.names} & OF_WORK for each in headings)
    )  # fmt: skip


def is_a_roadmap(page: Page) -> bool:
    """Tell whether a page has actions in columns of years, which are no table of actions."""
    for number, row in enumerate(page.rows):
        years = [place for place, cell in enumerate(row) if is_year_label(cell)]
        below = [page.cell(each, place) for each in range(number + 1, len(page.rows)) for place in years]
        if len(years) >= FEWEST_YEARS and sum(len(cell.split()) >= FEWEST_WORDS for cell in below) >= FEWEST_TEXTS:
            return True
    return False


def is_a_guide(table: Table) -> bool:
    """Tell whether a table says what to write into the columns of a plan."""
    if not table.page.transposed:
        return any(_names_columns([row[place] for row in table.page.rows if place < len(row)]) for place in range(3))
    cells = [cell for each in table.headings for cell in column_of(table, each.place)]
    if not any({*each.names} & OF_FORMS for each in table.headings):
        return True
    if any(fold(word) in OF_GUIDES for word in (*(each.label for each in table.headings), *cells)):
        return True
    typed = [reads(cell) for each in table.headings if (reads := READERS.get(_kind(each)))
             for cell in column_of(table, each.place)]  # fmt: skip
    asks = sum(bool(_ASKS.match(cell)) for cell in cells) * 2 > len(cells)
    return asks or (bool(typed) and not any(typed))


def _names_columns(cells: Sequence[str]) -> bool:
    distinct = [*dict.fromkeys(cell for cell in cells if cell)]
    meanings = [found.names[0] for cell in distinct if (found := heading_meaning(cell)) and found.exact]
    return "action" in meanings and len({*meanings}) >= GUIDED and len(meanings) * 2 > len(distinct)


def _kind(each: Heading) -> str:
    return {"capital": "cost", "revenue": "cost", "rag": "status"}.get(each.meaning, each.meaning)
