"""Keys: what a sheet itself says that its colours, its pound signs and Short, Medium and Long mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nhscarbon.trajectory.actions.planned_action import Status
from nhscarbon.trajectory.actions.sheets.money import Money, read_money
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.states import COLOURS, LETTERS, StateKey, colour_of, one_state, states_in
from nhscarbon.trajectory.actions.sheets.when import read_when

MOST_YEARS = 30  # of a plan
HORIZONS = ("short", "medium", "long")
OUR_HORIZONS = {"short": 1, "medium": 3, "long": 5}  # years from the first of the plan, where the sheet has no key
_PREFIX = re.compile(
    r"^\s*+(?:(?:rag|brag|status|colour|progress)\s*+)?(?:key|legend|rating|status)s?\s*+(?:[:\-–]\s*+)?"
    r"|^\s*+b?rag\s*+[:\-–]\s*+",
    re.I,
)
_STATE_TOKEN = re.compile(
    rf"\b({'|'.join(COLOURS)})\b|(?<![\w£])([A-Za-z]{{1,3}}|\d)(?=\s*[=:]\s*\w)|(?<![\w£])([BGARWY])(?=\s+[-–]\s+\w)",
    re.I,
)
_POUNDS = re.compile(
    r"(?<![£\w])(£{1,6})(?!£)(?=\s*[=:(<>≤≥–-]|\s+(?:under|up|over|less|more|below|above|to|to|at|\d|£\d|c\.|about))"
)
_LEVEL = re.compile(r"\b(low|medium|med|high|small|large|very high|very low|l|m|h)\b(?=\s*+(?:cost\s*+)?[=:(])", re.I)
_HORIZON = re.compile(
    r"\b(short|medium|med|mid|long|immediate|s|m|l)(?:[\s-]?(?:term|range))?\b(?=\s*(?:[=:(–-]|means"
    r"|is\b|within|by\b|up to))",
    re.I,
)
_YEAR_IS = re.compile(r"\b(?:year|yr|y)\s?(\d{1,2})\s*+(?:[=:(–-]|means\b|is\b)\s*+", re.I)
_PLAN_YEARS = re.compile(
    r"\b(?:years?|yrs?|y)\s?(\d{1,2})(?!\d)(?:\s?(?:,|-|–|to|and|&|/)\s?(?:years?|yrs?|y)?\s?(\d{1,2})(?![\d/]))*+",
    re.I,
)
_YEARS = re.compile(r"(?:(\d{1,2})\s*+(?:-|–|to)\s*+)?(\d{1,2})\s*+(?:(\+)\s*+)?(years?|yrs?|months?|mths?|y\b)", re.I)
_SPAN = re.compile(r"(?<!\d)(20\d\d)(?:/\d\d)?\s*(?:-|–|—|to|until)\s*(?:20)?(\d\d)(?:/\d\d)?(?!\d)")


@dataclass(frozen=True)
class Key:
    """What a sheet says that its signs mean.

    Attributes
    ----------
    states : StateKey
    money : mapping of str to Money
        By pound signs, or by words such as ``low``.
    horizons : mapping of str to int
        The NHS year by which Short, Medium and Long end.
    first_year : int or None
        The first year of the plan, as a title states it.
    year_1 : int or None
        The NHS year that the sheet calls Year 1.
    """

    states: StateKey = field(default_factory=StateKey)
    money: Mapping[str, Money] = field(default_factory=dict)
    horizons: Mapping[str, int] = field(default_factory=dict)
    first_year: int | None = None
    year_1: int | None = None

    def under(self, nearer: Key) -> Key:
        """Return this key, with what a nearer one says first."""
        return Key(
            self.states.under(nearer.states), {**self.money, **nearer.money}, {**self.horizons, **nearer.horizons},
            self.first_year if nearer.first_year is None else nearer.first_year,
            self.year_1 if nearer.year_1 is None else nearer.year_1,
        )  # fmt: skip


def read_key(page: Page, loose: Sequence[tuple[int, int]]) -> Key:
    """Return the key that the cells of a page outside its actions give.

    Parameters
    ----------
    page : Page
    loose : sequence of (row, column)
        Places of the cells that are in no row of an action.
    """
    texts = [page.cell(row, column) for row, column in loose]
    first = next((int(found[1]) for text in (*texts, page.sheet, page.file) if (found := _SPAN.search(text))), None)
    words: dict[str, Status] = {}
    fills: dict[str, Status] = {}
    money: dict[str, Money] = {}
    horizons: dict[str, int] = {}
    years = {year for text in texts for year in first_years(text)}
    for line in _lines(page, loose):
        words.update(state_words(line))
        money.update(money_words(line))
        horizons.update(horizon_words(line, first))
    for place in loose:
        _legend(page, place, words, fills)
    return Key(StateKey(words, fills), money, horizons, first, years.pop() if len(years) == 1 else None)


def _lines(page: Page, loose: Sequence[tuple[int, int]]) -> Iterable[str]:
    """Yield the lines of loose cells, and cells side by side as one line."""
    by_row: dict[int, list[str]] = {}
    for row, column in loose:
        if text := page.cell(row, column):
            by_row.setdefault(row, []).append(text)
    for cells in by_row.values():
        for cell in cells:
            yield from (line for line in cell.split("\n") if line.strip())
        if 2 <= len(cells) <= 12 and max(map(len, cells)) <= 120:
            yield "; ".join(f"{a} = {b}" for a, b in zip(cells[::2], cells[1::2], strict=False))
            yield "; ".join(cells)
    firsts = [" = ".join(cells[:2]) for cells in by_row.values() if len(cells) >= 2]
    if firsts:
        yield "; ".join(firsts)


def state_words(line: str) -> dict[str, Status]:
    """Return the states that a line gives to colours, letters and numbers; at least two, unless it is called a key.

    >>> state_words("Key: Blue complete / Green on track / Red stopped")
    {'blue': 'complete', 'green': 'in_progress', 'red': 'on_hold'}
    >>> state_words("Red = delayed"), state_words("Green Plan tracker v7")
    ({'red': 'delayed'}, {})
    """
    named = bool(_PREFIX.match(line)) and _PREFIX.match(line).end() > 0  # type: ignore[union-attr]
    text = _PREFIX.sub("", line, count=1)
    found: dict[str, Status] = {}
    tokens = list(_STATE_TOKEN.finditer(text))
    # "Red = delayed" is a key by itself: each colour of a legend may have a row of its own
    named |= bool(tokens) and not text[: tokens[0].start()].strip() and text[tokens[0].end() :].lstrip().startswith("=")
    before = (
        bool(tokens) and not text[tokens[-1].end() :].strip(" ).,;=") and bool(text[: tokens[0].start()].strip(" ("))
    )
    for place, token in enumerate(tokens):
        if before:
            value = text[tokens[place - 1].end() if place else 0 : token.start()]
        else:
            value = text[token.end() : tokens[place + 1].start() if place + 1 < len(tokens) else len(text)]
        states = states_in(value)
        if not states or len(value.split()) > 16:
            continue
        state = one_state(states) if len(set(states)) == 1 or not re.search(r"\bor\b", value) else "unknown"
        word = (token[1] or token[2] or token[3]).casefold()
        if state is not None:
            found[COLOURS.get(word, word)] = state
            if word in LETTERS and not token[1]:
                found[LETTERS[word]] = state
    return found if len(found) >= (1 if named else 2) else {}


def money_words(line: str) -> dict[str, Money]:
    """Return the bands that a line gives to pound signs, or to low, medium and high.

    >>> money_words("£ <10k, ££ 10-100k, £££ >100k")["££"]
    Money(low=10000.0, high=100000.0)
    """
    found: dict[str, Money] = {}
    for pattern in (_POUNDS, _LEVEL):
        tokens = list(pattern.finditer(line))
        if len(tokens) < 2:
            continue
        for place, token in enumerate(tokens):
            value = line[token.end() : tokens[place + 1].start() if place + 1 < len(tokens) else len(line)]
            value = value.strip(" =:,;/|()-–.\n").removeprefix("cost").strip(" =:(")
            band = (
                read_money(value)
                if re.search(r"\d", value) and ("£" in value or re.search(r"\d\s?[km]\b", value, re.I))
                else None
            )
            if band:
                found[token[1].casefold()] = band
    return {
        **found,
        **({"medium": found["med"]} if "med" in found else {"med": found["medium"]} if "medium" in found else {}),
    }


def horizon_words(line: str, first: int | None) -> dict[str, int]:
    """Return the NHS years that a line gives to Short, Medium and Long; years from now count from the plan's first.

    >>> horizon_words("Short = this year (by 3/27), Medium = by 3/29, Long = by 3/32.", None)
    {'short': 2026, 'medium': 2028, 'long': 2031}
    >>> horizon_words("Short term: 0-1 years; medium term: 1-3 years", 2025)
    {'short': 2025, 'medium': 2027}
    """
    tokens = list(_HORIZON.finditer(line))
    if len(tokens) < 2:
        return {}
    found: dict[str, int] = {}
    for place, token in enumerate(tokens):
        value = line[token.end() : tokens[place + 1].start() if place + 1 < len(tokens) else len(line)].strip(
            " =:,;.()-–"
        )
        when = read_when(value)
        word = horizon_of(token[1])
        if when and when.end is not None:
            found[word] = when.end
        elif (span := _YEARS.search(value)) and first is not None and not span[3]:
            years = -(-int(span[2]) // 12) if span[4].casefold().startswith("m") else int(span[2])
            found[word] = first + max(years, 1) - 1
    return found if len(found) >= 2 else {}


def first_years(line: str) -> set[int]:
    """Return the NHS years that a line gives to Year 1: one, unless its years do not follow each other.

    >>> first_years("Year 1 = 2026/27, Year 2 = 2027/28"), first_years("Year 1 (2026) and Year 2 (2029)")
    ({2026}, {2026, 2028})
    """
    tokens = list(_YEAR_IS.finditer(line))
    found = set()
    for place, token in enumerate(tokens):
        value = line[token.end() : tokens[place + 1].start() if place + 1 < len(tokens) else len(line)]
        when = read_when(re.split(r"[,;)\n]|\band\b", value)[0].strip(" =:.()–-"))
        if when and when.end is not None:
            found.add(when.end - int(token[1]) + 1)
    return found


def in_nhs_years(text: str, year_1: int) -> str:
    """Return a text of dates with the years of the plan as NHS years, or as it is where more is in it.

    >>> in_nhs_years("Years 1-2", 2026), in_nhs_years("Yr 3, Q2", 2026), in_nhs_years("Year 1 of 5", 2026)
    ('2026/27 - 2027/28', '2028/29, Q2', 'Year 1 of 5')
    """
    found = _PLAN_YEARS.search(text)
    if not found or re.search(r"(?<![qQ])\d", text[: found.start()] + text[found.end() :]):
        return text
    numbers = [int(found[1]), int(found[2] or found[1])]
    if not 1 <= numbers[0] <= numbers[1] <= MOST_YEARS:
        return text
    names = [f"{year}/{(year + 1) % 100:02d}" for year in (year_1 + number - 1 for number in numbers)]
    return text[: found.start()] + " - ".join(dict.fromkeys(names)) + text[found.end() :]


def horizon_of(text: str) -> str:
    """Return which of short, medium and long a cell says, or nothing.

    >>> horizon_of("Medium term"), horizon_of("S"), horizon_of("Short / Medium"), horizon_of("Long-stay wards")
    ('medium', 'short', '', '')
    """
    plain = re.sub(r"[\s-]?(?:term|range)\b", "", text.casefold().strip(" .")).strip()
    names = {"s": "short", "m": "medium", "l": "long", "med": "medium", "mid": "medium", "immediate": "short"}
    plain = names.get(plain, plain)
    return plain if plain in HORIZONS else ""


def _legend(page: Page, place: tuple[int, int], words: dict[str, Status], fills: dict[str, Status]) -> None:
    """Take what a coloured cell of a legend means: its own words, or those of the cell to its right."""
    fill = page.fills.get(place, "")
    if not fill or not colour_of(fill):
        return
    for text in (page.cell(*place), page.cell(place[0], place[1] + 1)):
        states = states_in(text) if len(text.split()) <= 10 else ()
        state = one_state(states)
        if state and state != "unknown":
            fills.setdefault(fill, state)
            words.setdefault(colour_of(fill), state)
            return
