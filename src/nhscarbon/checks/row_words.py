"""Rows of several returns under common numbers: what each is about in the method's words, and how much it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.cells import Cells, renamed
from nhscarbon.checks.rules.rows import at_digits, rows_in, same_period
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import Units
from nhscarbon.organisations.index import OrganisationIndex
from nhscarbon.output.text import short_repr
from nhscarbon.periods import exact_period, year_of
from nhscarbon.sums import arithmetic

WORDS = ("organisation", "site", "period", "month", "activity", "unit", "geography", "supplier", "reference")
SENT = (*(name for name in WORDS if name != "month"), "evidence")  # columns as they were sent
KIND = "kind"  # of the unit: 5 MWh are 5,000 kWh
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RowWords:
    """The rows of one return, or cells of its sums.

    Attributes
    ----------
    words : Mapping[str, Column]
        `WORDS` as the method knows them, as they are clearly meant, or else as they were sent; `month` is the day where
        a row names one.
    sent : Mapping[str, Column]
        `SENT` as they were sent; of cells, none.
    quantity : float64 array, shape (rows,)
        In each row's unit, as it is clearly meant; NaN where it cannot be read.
    kgco2e : float64 array, shape (rows,)
        In the widest boundary around the main one; NaN where it cannot be told.
    numbers : int64 array, shape (rows,), or None
        The row as its sender sees it; of cells, none.
    sheets : sequence of str
        The sheets of the file, one or none where it has one.
    sheet : int64 array, shape (rows,)
        The sheet of each row, as a place in `sheets`; -1 where there are none.
    """

    words: Mapping[str, Column]
    sent: Mapping[str, Column]
    quantity: Floats
    kgco2e: Floats
    numbers: Numbers | None
    sheets: Sequence[str]
    sheet: Numbers

    __repr__ = short_repr

    def __len__(self) -> int:
        return len(self.quantity)

    def part(self, rows: NDArray[np.bool_]) -> RowWords:
        """Return some of the rows."""
        return replace(
            self, words={name: column.part(rows) for name, column in self.words.items()},
            sent={name: column.part(rows) for name, column in self.sent.items()}, quantity=self.quantity[rows],
            kgco2e=self.kgco2e[rows], numbers=None if self.numbers is None else self.numbers[rows],
            sheet=self.sheet[rows],
        )  # fmt: skip


def words_of_rows(activity: Activity, method: Methodology, organisations: OrganisationIndex | None) -> RowWords:
    """Return what the rows of a return are about.

    Parameters
    ----------
    activity : Activity
        All rows of it.
    method : Methodology
    organisations : OrganisationIndex or None
        An unknown code that looks like one of them is taken as that.
    """
    rows = rows_in(activity, method, organisations)
    blank = Column(np.broadcast_to(np.int8(BLANK), len(activity)), ())
    sent = {name: activity.columns.get(name, blank) for name in SENT}
    weights = np.full(len(rows), np.nan) if rows.entries.weights is None else rows.entries.weights
    when = renamed(sent["period"], _within_year)
    several = [each.sheet for each in activity.sheets] if len(activity.sheets) > 1 else []
    sheet = np.full(len(activity), BLANK, np.int64)
    for number, each in enumerate(activity.sheets if several else ()):
        sheet[each.start : each.stop] = number
    return RowWords(
        _words({**rows.words, "month": when}, sent), sent, rows.quantity, weights, np.asarray(activity.row_numbers),
        several, sheet,
    )  # fmt: skip


def words_of_cells(cells: Cells, names: Sequence[str]) -> RowWords:
    """Return what the cells of sums are about: those that share every word of `names`, a unit included, are added.

    Parameters
    ----------
    cells : Cells
    names : sequence of str
        Of `WORDS`: those that are told apart.
    """
    blank = Column(np.broadcast_to(np.int8(BLANK), len(cells)), ())
    columns = {name: cells.columns.get(name, blank) if name in names else blank for name in WORDS}
    words = _words(columns, {})
    codes = [column.codes.astype(np.int64) + 1 for column in words.values()]
    cell, combined = arithmetic.group(codes, [len(column.labels) + 1 for column in words.values()])
    count = len(combined)
    weight = cells.kgco2e
    told = np.isfinite(weight)
    kgco2e = np.bincount(cell, weights=np.where(told, weight, 0.0), minlength=count).astype(np.float64)
    kgco2e[np.bincount(cell, weights=told, minlength=count) == 0] = np.nan
    together = {
        name: Column(combined[:, place] - 1, column.labels) for place, (name, column) in enumerate(words.items())
    }
    quantity = np.bincount(cell, weights=cells.quantity, minlength=count).astype(np.float64)
    return RowWords(together, {}, quantity, kgco2e, None, [], np.full(count, BLANK, np.int64))


def below(parts: Sequence[RowWords], names: Sequence[str]) -> RowWords:
    """Return the rows of several files below one another; `names` are the files, in place of one that has no sheets."""
    if len(parts) == 1:
        return parts[0]
    sheets: list[str] = []
    at: list[Numbers] = []
    for part, name in zip(parts, names, strict=True):
        own = [f"{name} {sheet}".strip() for sheet in part.sheets] or [name]
        at.append(np.where(part.sheet == BLANK, 0, part.sheet) + len(sheets))
        sheets += own
    numbers = [part.numbers for part in parts if part.numbers is not None]

    def columns(of: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
        found = {name: common([each[name] for each in of]) for name in of[0]}
        return {name: Column(codes - 1, labels[1:]) for name, (labels, codes) in found.items()}

    return RowWords(
        columns([part.words for part in parts]), columns([part.sent for part in parts]),
        np.concatenate([part.quantity for part in parts]), np.concatenate([part.kgco2e for part in parts]),
        np.concatenate(numbers) if len(numbers) == len(parts) else None, sheets, np.concatenate(at),
    )  # fmt: skip


def _within_year(text: str) -> str:
    """Return the month, or the day, that a period names; empty of a year, and of what cannot be read."""
    meant = same_period(text)
    return meant if exact_period(meant) and year_of(meant) != meant else ""


def _words(known: Mapping[str, Column], sent: Mapping[str, Column]) -> dict[str, Column]:
    """Return the words of rows: as they are known, or else as they were sent."""
    return {
        name: _filled(known[name], sent[name]) if name in sent and known[name].lowest < 0 else known[name]
        for name in WORDS
    }


def _filled(column: Column, other: Column) -> Column:
    """Return a column whose blanks hold what another has there."""
    labels = tuple(dict.fromkeys([*column.labels, *other.labels]))
    place = {label: code for code, label in enumerate(labels)}
    look = np.array([*(place[label] for label in other.labels), BLANK], np.int64)
    codes = column.codes.astype(np.int64)
    return Column(np.where(codes == BLANK, look[other.codes], codes), labels)


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


@dataclass(frozen=True, eq=False)
class JoinedRows:
    """The rows of several returns, one below the other: equal words have equal numbers in all of them.

    Attributes
    ----------
    labels : Mapping[str, tuple of str]
        Of `WORDS` and `KIND`; the first is the empty word.
    codes : Mapping[str, int64 array]
        The word of each row.
    quantity, base : float64 array
        As sent, and with all units of one kind in one unit.
    ratio : float64 array
        What a quantity is multiplied by to come to `base`.
    of : int64 array
        The return of each row.
    """

    labels: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Numbers]
    quantity: Floats
    base: Floats
    ratio: Floats
    of: Numbers

    __repr__ = short_repr

    def amounts(self, values: Floats) -> Numbers:
        """Return a number for each distinct amount, to as many digits as one amount in two units has."""
        with np.errstate(invalid="ignore"):
            rounded = at_digits(values)
        return np.unique(rounded, return_inverse=True)[1].astype(np.int64)

    def key(self, names: Iterable[str], where: Numbers, *beside: Numbers) -> Numbers:
        """Return a number for each of some rows that only rows share with equal words; `beside` are further codes."""
        codes = [*(self.codes[name][where] for name in names), *(each[where] for each in beside)]
        sizes = [*(len(self.labels[name]) for name in names), *(int(each.max(initial=0)) + 1 for each in beside)]
        return arithmetic.group(codes, sizes)[0]


def joined(several: Sequence[RowWords], units: Units) -> JoinedRows:
    """Put the rows of several returns under common numbers.

    Parameters
    ----------
    several : sequence of RowWords
    units : Units
        Of the methodology: which units are of one kind.
    """
    labels: dict[str, tuple[str, ...]] = {}
    codes: dict[str, Numbers] = {}
    for name in WORDS:
        labels[name], codes[name] = common([each.words[name] for each in several], str if name == "unit" else _plain)
    base: dict[str, str] = {}
    kinds, ratios = [""], [1.0]
    for unit in labels["unit"][1:]:
        known = units.kinds.get(unit)
        kinds.append(f"?{unit}" if known is None else known)  # a word that is no unit is of its own kind
        ratios.append(1.0 if known is None else units.ratio(unit, base.setdefault(known, unit)))
    labels[KIND] = tuple(dict.fromkeys(kinds))
    place = {kind: code for code, kind in enumerate(labels[KIND])}
    codes[KIND] = np.array([place[kind] for kind in kinds], np.int64)[codes["unit"]]
    ratio = np.array(ratios)[codes["unit"]]
    quantity = np.concatenate([each.quantity for each in several]) if several else np.zeros(0)
    of = np.repeat(np.arange(len(several)), [len(each) for each in several])
    with np.errstate(over="ignore"):
        return JoinedRows(labels, codes, quantity, quantity * ratio, ratio, of)


def common(columns: Sequence[Column], fold: Callable[[str], str] = str) -> tuple[tuple[str, ...], Numbers]:
    """Return the labels of several columns together, the empty word first, and the number of each row's.

    Words that `fold` makes equal have one number, and the label that is met first.
    """
    place, labels = {"": 0}, [""]
    looks = []
    for column in columns:
        look = []
        for label in column.labels:
            word = fold(label)
            if word not in place:
                place[word] = len(labels)
                labels.append(label)
            look.append(place[word])
        looks.append(np.array([*look, 0], np.int64)[column.codes])
    return tuple(labels), np.concatenate(looks) if looks else np.zeros(0, np.int64)
