"""Tables of a page: where headings stand, in one row or two, what each column is, and which rows are below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nhscarbon.trajectory.actions.sheets.money import is_nil, is_no_figure, read_money
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.states import StateKey, read_state
from nhscarbon.trajectory.actions.sheets.tonnes import read_tonnes
from nhscarbon.trajectory.actions.sheets.when import is_no_date, is_year_label, read_when
from nhscarbon.trajectory.actions.sheets.words import NOT_READ, TEXTS, Meaning, fold, heading_meaning, names_a_legend

LONGEST_HEAD = 90  # letters of a heading in a row of headings
FEWEST = 2  # columns with a meaning that make a row of headings
WEAK = frozenset({"description", "name", "title", "detail", "summary", "narrative", "item title"})
MARKS = frozenset({"x", "✓", "✔", "y", "yes", "●", "•", "■", "1", "*", "☑", "√", "█", "o"})
LEVELS = re.compile(
    r"(?:very )?(?:high|medium|med|low|h|m|l|must|should|could|[1-5]|critical|urgent|essential|desirable)", re.I
)
_QUARTER = re.compile(r"(?:q(?:tr|uarter)?\s?[1-4]|h[12]|apr\S*|jul\S*|oct\S*|jan\S*)(?:\s.*)?", re.I)


@dataclass(frozen=True)
class Heading:
    """A column of a table.

    Attributes
    ----------
    place : int
        Counted from 0.
    label : str
        As it stands; of two rows of headings the upper first.
    meaning : str
        One of the vocabulary's meanings, ``year`` for a column of a grid of years, or empty where nobody knows.
    names : tuple of str
        What it may mean.
    rank : int
        Of several columns that may hold the action, the lowest does.
    years : tuple of int or None
        The first and last NHS year that a column of a grid stands for.
    """

    place: int
    label: str
    meaning: str = ""
    names: tuple[str, ...] = ()
    rank: int = 9
    years: tuple[int, int] | None = None
    exact: bool = True


@dataclass(frozen=True)
class Table:
    """A table of a page: its row or rows of headings, its columns, and the rows of its body (the last excluded)."""

    page: Page
    first: int
    last: int
    headings: tuple[Heading, ...]
    end: int

    @property
    def body(self) -> range:
        """The rows below the headings."""
        return range(self.last + 1, self.end)

    def of(self, *meanings: str) -> list[Heading]:
        """Return the columns that mean one of some things, in their order."""
        return [each for each in self.headings if each.meaning in meanings]

    @property
    def labels(self) -> tuple[str, ...]:
        """The headings as words, to know them when they are repeated."""
        return tuple(fold(each.label) for each in self.headings)


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
        if len(turned.rows) <= 400 and (found := _tables(turned, answers or {})):
            return found
    return found


def _tables(page: Page, answers: Mapping[str, str]) -> list[Table]:
    heads: list[tuple[int, int, tuple[Heading, ...]]] = []
    row = 0
    while row < len(page.rows):
        one, two = _head(page, row, answers), _double(page, row, answers)
        if two and (not one or _weight(two) > _weight(one)):
            heads.append((row, row + 1, two))
            row += 2
            continue
        if one:
            heads.append((row, row, one))
        row += 1
    if not heads:
        return []
    ends = [first for first, _, _ in heads[1:]] + [len(page.rows)]
    return [_settled(Table(page, first, last, headings, end))
            for (first, last, headings), end in zip(heads, ends, strict=True)]  # fmt: skip


def _weight(headings: Sequence[Heading]) -> float:
    return sum(bool(each.names) + bool(each.years) - 0.1 * (not each.exact) for each in headings)


def _head(page: Page, row: int, answers: Mapping[str, str]) -> tuple[Heading, ...] | None:
    cells = page.rows[row]
    filled = [place for place, cell in enumerate(cells) if cell]
    if len(filled) < FEWEST or max(len(cells[place]) for place in filled) > LONGEST_HEAD:
        return None
    if names_a_legend(cells[filled[0]]):
        return None
    return _if_headings([_heading(place, cells[place], "", answers) for place in filled])


def _double(page: Page, row: int, answers: Mapping[str, str]) -> tuple[Heading, ...] | None:
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
    if _head(page, row + 1, answers) and not _are_groups(above, below):
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


def _settled(table: Table) -> Table:
    """Decide what each column means: by its cells where its heading leaves a choice; the text of the action once."""
    headings = [replace(each, meaning=_meant(table, each)) for each in table.headings]
    headings = _text_once(table, headings)
    headings = _grid(table, headings)
    taken: set[str] = set()
    settled = []
    for each in sorted(headings, key=lambda one: (not one.exact, one.place)):
        meaning = each.meaning
        if meaning in taken and meaning == "lead":
            meaning = "second_lead"
        elif meaning in taken and meaning in ("id", "start", "end", "period", "status", "cost", "capital", "revenue",
                                              "tonnes", "organisation", "percent", "rag"):  # fmt: skip
            meaning = ""
        taken.add(meaning)
        settled.append(replace(each, meaning=meaning))
    if "lead" not in taken and (second := next((each for each in settled if each.meaning == "second_lead"), None)):
        settled[settled.index(second)] = replace(second, meaning="lead")
    return replace(table, headings=tuple(sorted(settled, key=lambda one: one.place)))


def column_of(table: Table, place: int) -> list[str]:
    """Return the cells below a heading that are filled."""
    return [cell for row in table.body if (cell := table.page.cell(row, place))]


READERS: Mapping[str, Callable[[str], bool]] = {
    "end": lambda text: read_when(text) is not None or is_no_date(text),
    "start": lambda text: read_when(text) is not None or is_no_date(text),
    "period": lambda text: read_when(text) is not None or is_no_date(text),
    "cost": lambda text: (
        read_money(text) is not None
        or is_no_figure(text)
        or is_nil(text)
        or set(text) == {"£"}
        or LEVELS.fullmatch(text.strip()) is not None
    ),
    "tonnes": lambda text: read_tonnes(text) is not None,
    "status": lambda text: read_state(text, StateKey())[1] in ("word", "colour") and len(text.split()) <= 5,
}


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


def _text_once(table: Table, headings: list[Heading]) -> list[Heading]:
    """Let one column hold the action; others of text that repeat are sections, and the rest go with the evidence."""
    texts = [each for each in headings if each.meaning in TEXTS]
    if not texts:
        free = [each for each in headings if not each.meaning and not each.years]
        if not free:
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
    found = []
    for each in headings:
        if each.years:
            cells = column_of(table, each.place)
            named = each.names[0] if each.names else ""
            marks = sum(cell.casefold().strip() in MARKS for cell in cells)
            money = named in ("cost", "capital", "revenue") and marks * 2 < max(len(cells), 1)
            kind = (
                "year_cost"
                if money
                else "year_tonnes"
                if named == "tonnes" and marks * 2 < max(len(cells), 1)
                else "year"
            )
            found.append(replace(each, meaning=kind))
        else:
            found.append(each)
    return found
