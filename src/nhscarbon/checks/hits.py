"""What rules find in cells, before their rows are looked at; and many words of one kind as one finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from nhscarbon.findings import Finding, Wording, has_wording, wording

Places = NDArray[np.int64]
Item = TypeVar("Item", str, tuple[str, str], tuple[str, ...])
EACH = 100  # distinct words of one kind that have a finding each; more of them have one together
NAMED = 10  # words that such a finding names
LONGEST_WORD = 40  # characters of a word that it repeats


class Hit(NamedTuple):
    """What a rule has found in some cells: `code`, `variant` and `values` are those of `nhscarbon.findings.wording`.

    `kgco2e` is what is at stake [kgCO2e]; what the cells come to when it is None. `about` names the organisation, site,
    period, activity or unit of what the return does not hold: `where` may be empty then.
    """

    code: str
    variant: str
    where: Places
    column: str
    values: Mapping[str, object]
    kgco2e: float | None = None
    about: Mapping[str, str] = MappingProxyType({})


class Grouped:
    """Cells by a number of each of them, from 0; each group in its order, without a look at all cells for each."""

    def __init__(self, at: Places, group: Places, groups: int) -> None:
        self.at = at
        self._order = np.argsort(group, kind="stable")
        self._ends = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])

    def size(self, number: int) -> int:
        """Return how many cells a group has."""
        return int(self._ends[number + 1] - self._ends[number])

    def __getitem__(self, number: int) -> Places:
        here: Places = self.at[self._order[self._ends[number] : self._ends[number + 1]]]
        return here


def few_or_one(
    code: str, many: str, items: Sequence[Item], cells: Grouped, column: str, each: Callable[[Item, Places], Hit]
) -> Iterator[Hit]:
    """Yield what `each` says of every item, or of more than `EACH` words one hit that says how many and names some.

    Parameters
    ----------
    code, many : str
        The variant `many` of the code is said of many; it names `count` and `words`.
    items : sequence of str, or of tuples that begin with the word
        All of one kind, and distinct.
    cells : Grouped
        The cells of each.
    column : str
    each : callable
        Given an item and its cells.
    """
    words = dict.fromkeys(item if isinstance(item, str) else item[0] for item in items)
    if len(words) > EACH:
        yield Hit(code, many, cells.at, column, {"count": f"{len(words):,}", "words": some_of(words)})
        return
    for number, item in enumerate(items):
        if len(here := cells[number]):
            yield each(item, here)


def many_words(kind: str, words: Sequence[str]) -> Wording:
    """Return what is said of more than `EACH` words of one kind together: how many, and some of them."""
    return wording(kind, "many", count=f"{len(words):,}", words=some_of(words))


def is_many(found: Finding) -> bool:
    """Tell whether a finding is about many words of one kind: it alone repeats no word."""
    return not found.value and has_wording(found.code, "many")


def some_of(words: Iterable[str]) -> str:
    """Return the first of some words, as a finding lists them."""
    return ", ".join(f"'{word[:LONGEST_WORD]}'" for word in islice(words, NAMED))
