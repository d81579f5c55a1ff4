"""Columns: what each of a table means, by its cells where its heading leaves a choice; one holds the action."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nhscarbon.trajectory.actions.sheets.headings import is_bare_year
from nhscarbon.trajectory.actions.sheets.no_plans import are_numbers
from nhscarbon.trajectory.actions.sheets.tables import LEVELS, MARKS, READERS, Heading, Table, column_of, is_pounds
from nhscarbon.trajectory.actions.sheets.tonnes import has_unit
from nhscarbon.trajectory.actions.sheets.versions import VERSIONED, latest_first, plan_year_in, without_year, year_in
from nhscarbon.trajectory.actions.sheets.when import read_when
from nhscarbon.trajectory.actions.sheets.words import NOT_READ, TEXTS

ONCE = frozenset({  # what only one column of a table can say
    "id", "start", "end", "period", "status", "cost", "cost_low", "cost_high", "capital", "revenue", "tonnes",
    "organisation", "percent", "rag",
})  # fmt: skip
AMOUNTS = ("cost", "capital", "revenue", "tonnes")
MONEY = ("cost", "capital", "revenue")
_EARNED = re.compile(r"\b(?:sav(?:ed?|ings?)|incomes?|benefits?|cip|cres|avoided)\b", re.I)
_FIGURE = re.compile(r"\d[\d,]*+(?:\.\d++)?")
WORDS = 3  # of a cell that is a text, and no mark in a grid of years


def settled(table: Table) -> Table:
    """Decide what each column means: by its cells where its heading leaves a choice; the text of the action once."""
    headings = [replace(each, names=(), exact=True) if _is_ticked(table, each) else each for each in table.headings]
    headings = _continued(table, headings)
    headings = [replace(each, meaning=_meant(table, each)) for each in headings]
    headings = _text_once(table, headings)
    headings = _grid(table, [_of_a_year(each, headings) for each in headings])
    spares = {
        each.place: place
        for name in VERSIONED
        for place, each in enumerate(latest_first([each for each in headings if each.meaning == name]))
    }
    taken = {each.meaning for each in headings if each.place in spares}
    found = []
    for each in sorted(headings, key=lambda one: (not one.exact, one.place)):
        meaning = each.meaning
        if each.place in spares:
            found.append(replace(each, spare=spares[each.place]))
            continue
        if meaning in taken and meaning == "lead":
            meaning = "second_lead"
        elif meaning in taken and meaning in ONCE:
            meaning = ""
        taken.add(meaning)
        found.append(replace(each, meaning=meaning))
    if "lead" not in taken and (second := next((each for each in found if each.meaning == "second_lead"), None)):
        found[found.index(second)] = replace(second, meaning="lead")
    return replace(table, headings=tuple(sorted(found, key=lambda one: one.place)))


def _is_ticked(table: Table, each: Heading) -> bool:
    """Tell whether a column of names holds marks, so that its heading is the name: Organisations over RX1."""
    cells = column_of(table, each.place)
    named = each.names in (("organisation",), ("lead",), ("second_lead",))
    return named and bool(cells) and all(cell.casefold().strip() in MARKS for cell in cells)


def _of_a_year(each: Heading, headings: Sequence[Heading]) -> Heading:
    """Return a column of money or tonnes as one of a grid, where others of them are of other years: Budget 26/27."""
    years = {found for other in headings if other.meaning == each.meaning and (found := _year_of(other.label))}
    year = _year_of(each.label)
    return replace(each, years=(year, year)) if each.meaning in AMOUNTS and year and len(years) > 1 else each


def _year_of(label: str) -> int | None:
    """Return the NHS year that a heading names, else the number of the year of the plan."""
    return year_in(label) or plan_year_in(label)


def _continued(table: Table, headings: Sequence[Heading]) -> list[Heading]:
    """Take a year right behind an amount of the year before as more of it: Budget 26/27, 27/28."""
    found: list[Heading] = []
    for each in headings:
        last = found[-1] if found else None
        if last and _continues(table, last, each):
            found.append(replace(each, names=last.names, label=f"{without_year(last.label)} {each.label}"))
        else:
            found.append(each)
    return found


def _continues(table: Table, last: Heading, each: Heading) -> bool:
    before, year = year_in(last.label), year_in(each.label)
    if not {*last.names} & {*AMOUNTS} or each.place != last.place + 1 or not before or year != before + 1:
        return False
    amounts = all(_is_amount(cell) or is_pounds(cell) for cell in column_of(table, each.place))
    return amounts and not each.names and is_bare_year(each.label)


def _meant(  # noqa: PLR0911  one reading after another; the first that fits decides
    table: Table, heading: Heading
) -> str:
    """Return the one of a heading's meanings that most of its cells can be read as; the last where none is."""
    if heading.years and not heading.names:
        return "year"
    if len(heading.names) < 2:
        return heading.names[0] if heading.names else ""
    cells = column_of(table, heading.place)
    if not cells:
        return heading.names[0]
    if heading.names == ("section", NOT_READ):
        return NOT_READ if all(LEVELS.fullmatch(cell.strip()) for cell in cells) else "section"
    if heading.names[0] == "end" and heading.names[1] in ("percent", NOT_READ):
        return "end" if sum(map(_is_date, cells)) * 2 >= len(cells) else heading.names[1]
    for name in heading.names[:-1]:
        if (reads := READERS.get(name)) and sum(map(reads, cells)) * 2 >= len(cells):
            return name
    if heading.names[0] == "section" and "lead" in heading.names:
        others = {each.names for each in table.headings}
        return (
            "section"
            if ("lead",) in others and ("section",) not in others
            else "lead"
            if ("lead",) not in others
            else NOT_READ
        )
    return next((name for name in heading.names if name not in READERS), heading.names[-1])


def _is_date(text: str) -> bool:
    """Tell whether a cell is a date by itself; a bare number may be an amount, and Complete a state."""
    return read_when(text) is not None and not text.strip().replace(".", "").isdigit()


def _text_once(table: Table, headings: list[Heading]) -> list[Heading]:
    """Let one column hold the action; others of text that repeat are sections, and the rest go with the evidence."""
    counts = {each.place for each in headings if are_numbers(column_of(table, each.place))}
    numbers = [each for each in headings if each.meaning in TEXTS and each.place in counts]
    headings = [replace(each, meaning=NOT_READ) if each in numbers else each for each in headings]
    texts = [each for each in headings if each.meaning in TEXTS]
    if not texts:
        free = [each for each in headings if not each.meaning and not each.years and each.place not in counts]
        if numbers or not free:
            return headings
        longest = max(free, key=lambda each: sum(map(len, column_of(table, each.place))))
        return [replace(each, meaning="action", exact=False) if each is longest else each for each in headings]
    filled = {each.place: len(column_of(table, each.place)) for each in texts}
    most = max(filled.values())
    best = min(texts, key=lambda each: (filled[each.place] * 2 < most, each.rank, each.place))
    found = []
    for each in headings:
        if each.meaning in TEXTS:
            cells = column_of(table, each.place)
            repeats = len(set(cells)) * 5 < filled[best.place] * 4
            other = "section" if repeats and each.place < best.place else "beside"
            found.append(replace(each, meaning="action" if each is best else other))
        else:
            found.append(each)
    return found


def _grid(table: Table, headings: list[Heading]) -> list[Heading]:
    """Say what the cells of a grid of years are: marks, money or tonnes of each year, or states."""
    if sum(each.years is not None for each in headings) < 2:
        return [replace(each, meaning="" if each.meaning == "year" else each.meaning) if each.years else each
                for each in headings]  # fmt: skip
    costed = any(each.meaning in MONEY and not each.years for each in headings)
    doubtful = costed or _are_told_otherwise(table, [each.place for each in headings if each.years])
    found = []
    for each in headings:
        if each.years:
            cells = column_of(table, each.place)
            named = each.names[0] if each.names else ""
            if not each.names and sum(len(cell.split()) >= WORDS for cell in cells) * 2 > len(cells):
                found.append(replace(each, meaning="", years=None))  # updates of a month, no marks
            elif named in ("status", "rag", "percent"):
                found.append(replace(each, meaning=named, years=None))  # how it stood in each year
            else:
                found.append(_of_a_grid(table, each, headings, doubtful=doubtful))
        else:
            found.append(each)
    kinds = {each.names[0] if each.names else "cost" for each in found if each.meaning == "year_cost"}
    once = {each.meaning for each in found if not each.years} | kinds
    if "revenue" in kinds and once & {"cost", "capital"}:  # a sum once and sums each year are not added
        found = [replace(each, meaning="") if each.meaning == "year_cost" and each.names[:1] == ("revenue",) else each
                 for each in found]  # fmt: skip
    return found


def _of_a_grid(table: Table, each: Heading, headings: Sequence[Heading], *, doubtful: bool) -> Heading:
    """Return a column of a grid of years as what the cells of all columns with its names are: marks, or amounts.

    Amounts below years alone are costs where they are pounds and it is not `doubtful`; else nothing says of what.
    """
    cells = [cell for other in headings if other.years and other.names == each.names
             for cell in column_of(table, other.place)]  # fmt: skip
    named = each.names[0] if each.names else ""
    if named in AMOUNTS:
        own = column_of(table, each.place)
        figures = any(is_pounds(cell) or _is_amount(cell) for cell in cells)  # among which 1 is one too
        marks = sum(cell.casefold().strip() in MARKS and not (figures and cell.isdecimal()) for cell in own)
        if marks and marks * 2 >= len(own):
            return replace(each, meaning="year") if year_in(each.label) else replace(each, meaning="", names=())
        return replace(each, meaning="year_tonnes" if named == "tonnes" else "year_cost")
    pounds = sum(map(is_pounds, cells)) * 2 > len(cells)
    amounts = [cell for cell in cells if _is_amount(cell) or ("£" in each.label and cell.isdecimal())]
    if pounds or len(amounts) * 2 > len(cells):
        alone = pounds and not each.names and not doubtful and is_bare_year(each.label)
        if alone or NOT_READ in each.names:
            return replace(each, meaning="year_cost" if alone else NOT_READ)
        return replace(each, meaning="", names=())
    return replace(each, meaning="year")


def _are_told_otherwise(table: Table, places: Sequence[int]) -> bool:
    """Tell whether words above a grid of years may say that its pounds are no costs: a group, or a title of savings."""
    above = table.page.rows[: table.first]
    over = bool(above) and any(table.page.cell(table.first - 1, place) for place in places)
    return over or any(_EARNED.search(cell) for row in above for cell in row)


def _is_amount(cell: str) -> bool:
    """Tell whether a cell is an amount, and no mark and no number of a phase."""
    return has_unit(cell) or (bool(_FIGURE.fullmatch(cell.strip())) and sum(map(str.isdigit, cell)) > 1)
