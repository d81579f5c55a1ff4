"""Tables of a page: their columns, each with its heading and what it means, and the rows of their bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nhscarbon.trajectory.actions.sheets.money import AMOUNT, is_nil, is_no_figure, read_money
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.states import StateKey, read_state
from nhscarbon.trajectory.actions.sheets.tonnes import read_tonnes
from nhscarbon.trajectory.actions.sheets.when import is_no_date, read_when
from nhscarbon.trajectory.actions.sheets.words import fold

MARKS = frozenset({"x", "✓", "✔", "y", "yes", "●", "•", "■", "1", "*", "☑", "√", "█", "o"})
LEVELS = re.compile(
    r"(?:very )?(?:high|medium|med|low|h|m|l|must|should|could|[1-5]|critical|urgent|essential|desirable)", re.I
)


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
        The first and last NHS year that a column of a grid stands for; of amounts, it may be the year of the plan.
    exact : bool
        Whether the whole heading is a phrase of the vocabulary.
    spare : int
        Of a version that holds where later ones say nothing, its place behind them.
    """

    place: int
    label: str
    meaning: str = ""
    names: tuple[str, ...] = ()
    rank: int = 9
    years: tuple[int, int] | None = None
    exact: bool = True
    spare: int = 0


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


def column_of(table: Table, place: int) -> list[str]:
    """Return the cells below a heading that are filled."""
    return [cell for row in table.body if (cell := table.page.cell(row, place))]


def is_pounds(text: str) -> bool:
    """Tell whether a text is money by its own sign or unit, and no mark of a grid of years.

    >>> [is_pounds(text) for text in ("£140,000", "20k", "££", "x", "6m", "Q2", "140")]
    [True, True, True, False, False, False, False]
    """
    found = AMOUNT.search(text)
    return "£" in text or bool(found and (found["sign"] or (found["unit"] or "m").casefold() != "m"))


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
