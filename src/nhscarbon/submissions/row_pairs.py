"""Which row of a return is which of its earlier version: paired by what they are about, in any order of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhscarbon.checks.row_words import KIND, JoinedRows
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic

ABOUT = ("organisation", "site", "period", "month", "activity", "geography", KIND)
NAMES = ("supplier", "reference")  # they tell rows apart where both versions have them
SAME, CHANGED, MOVED = "same", "changed", "moved"
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Step(NamedTuple):
    """One way to pair rows that are left: those that share `words`, and the amount where that is named.

    `amount` is ``base`` (5 MWh are 5,000 kWh), ``quantity`` (the figure as sent) or empty. `now` and `before` say of
    which rows: ``named`` has a supplier or reference, ``plain`` has none, and an empty word is any.
    """

    kind: str
    words: tuple[str, ...]
    amount: str = ""
    now: str = ""
    before: str = ""


def _but(*left: str) -> tuple[str, ...]:
    return tuple(name for name in ABOUT if name not in left)


STEPS = (
    Step(SAME, (*ABOUT, *NAMES), "base"),
    Step(CHANGED, (*ABOUT, *NAMES), now="named", before="named"),
    Step(SAME, ABOUT, "base"),
    Step(CHANGED, ABOUT, now="plain"),
    Step(CHANGED, ABOUT, before="plain"),
    *(Step(MOVED, _but(*words), "base") for words in
      (("site",), ("month",), ("month", "period"), ("geography",), ("activity",), ("organisation",))),
    Step(CHANGED, (*_but(KIND), *NAMES), "quantity"),  # another unit for the same figure
    Step(CHANGED, (*_but(KIND), *NAMES)),
    Step(CHANGED, (*_but(KIND, "activity"), *NAMES), "quantity"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Pairs:
    """Rows of two versions that belong together, and those that are alone.

    Attributes
    ----------
    now, before : int64 arrays, shape (pairs,)
        Places among the joined rows.
    kind : int64 array, shape (pairs,)
        A place in `STEPS`.
    added, left_out : int64 arrays
        Places of rows that have no other.
    """

    now: Numbers
    before: Numbers
    kind: Numbers
    added: Numbers
    left_out: Numbers

    __repr__ = short_repr


def pairs_of(rows: JoinedRows) -> Pairs:
    """Pair the rows of two versions of a return: the first of the joined is the one of now.

    Rows are paired step by step: equal ones first, then one that has another figure, then one whose figure stands
    elsewhere. Of several that fit, the largest go with the largest; each row is paired once, so that one of two equal
    rows that has gone is seen.

    Parameters
    ----------
    rows : JoinedRows
        Of two returns: now, and before.
    """
    open_rows = np.ones(len(rows.of), np.bool_)
    named = np.zeros(len(rows.of), np.bool_)
    for name in NAMES:
        named |= rows.codes[name] > 0
    amounts = {"base": rows.amounts(rows.base), "quantity": rows.amounts(rows.quantity)}
    found: list[tuple[Numbers, Numbers, int]] = []
    for number, step in enumerate(STEPS):
        where = np.flatnonzero(open_rows & _of(step, rows, named))
        side = rows.of[where]
        if not side.any() or side.all():
            continue
        beside = [amounts[step.amount]] if step.amount else []
        now, before = _paired(rows.key(step.words, where, *beside), side, where, rows)
        open_rows[now] = open_rows[before] = False
        found.append((now, before, number))
    left = np.flatnonzero(open_rows)
    none = np.zeros(0, np.int64)
    return Pairs(
        np.concatenate([none, *(now for now, _, _ in found)]), np.concatenate([none, *(old for _, old, _ in found)]),
        np.repeat(np.array([number for _, _, number in found], np.int64), [len(now) for now, _, _ in found]),
        left[rows.of[left] == 0], left[rows.of[left] == 1],
    )  # fmt: skip


def _of(step: Step, rows: JoinedRows, named: Mask) -> Mask:
    """Return which rows a step looks at."""
    wanted = np.ones(len(named), np.bool_)
    for side, which in enumerate((step.now, step.before)):
        if which:
            wanted &= (rows.of != side) | (named if which == "named" else ~named)
    if step.amount and step.kind != SAME:  # nothing is the same amount as any other nothing
        with np.errstate(invalid="ignore"):
            wanted &= np.isfinite(rows.quantity) & (rows.quantity != 0)
    return wanted


def _paired(key: Numbers, side: Numbers, where: Numbers, rows: JoinedRows) -> tuple[Numbers, Numbers]:
    """Return the places of rows of both sides with one key, the largest of each side first, each once."""
    size = -np.abs(np.nan_to_num(rows.base[where]))
    order = np.lexsort((where, size, side, key))
    group = key[order] * 2 + side[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    rank = np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group)))
    one = key[order] * (int(rank.max(initial=0)) + 1) + rank
    is_now = side[order] == 0
    _, mine, theirs = np.intersect1d(one[is_now], one[~is_now], assume_unique=True, return_indices=True)
    return where[order[is_now][mine]], where[order[~is_now][theirs]]


def words_that_differ(rows: JoinedRows, now: Numbers, before: Numbers) -> NDArray[np.object_]:
    """Say of pairs of rows which words they had before, such as ``site RX1RA``; empty where all are the same.

    Parameters
    ----------
    rows : JoinedRows
    now, before : int64 arrays, shape (pairs,)
        Their places.

    Returns
    -------
    object array of str, shape (pairs,)
    """
    names = [*(name for name in ABOUT if name != KIND), *NAMES, "unit"]
    codes = []
    for name in names:  # of each word that differs the one before, counted from 1
        told = rows.codes[KIND if name == "unit" else name]
        codes.append(np.where(told[now] != told[before], rows.codes[name][before] + 1, 0))
    which, combined = arithmetic.group(codes, [len(rows.labels[name]) + 1 for name in names])
    said = []
    for each in combined.tolist():
        words = [(name, rows.labels[name][code - 1]) for name, code in zip(names, each, strict=True) if code]
        said.append("; ".join(_had(name, word) for name, word in words))
    found: NDArray[np.object_] = np.array(said, dtype=object)[which]
    return found


def _had(name: str, word: str) -> str:
    """Say which word a row had before; of a supplier, who may be a person, only that it was another."""
    if not word:
        return f"no {name}"
    return f"another {name}" if name == "supplier" else f"{name} {word}"
