"""The rows of a return in the method's words, as they would be once each fault is corrected as suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, SheetRows
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.likely_quantity import likely_quantity
from nhscarbon.checks.cells import NAMED, Cells, likely_month, organisation_words, renamed
from nhscarbon.checks.entries import Entries
from nhscarbon.checks.hits import Places
from nhscarbon.checks.materiality import weights_of
from nhscarbon.checks.words import key_words
from nhscarbon.findings import Finding, Wording, finding, wording
from nhscarbon.kept import kept
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.index import OrganisationIndex
from nhscarbon.periods import exact_period, likely_period
from nhscarbon.sums import arithmetic

Mask = NDArray[np.bool_]
SENT = ("site", "supplier", "reference", "evidence", "note")
FREE = ("site", "supplier", "reference")  # the sender's own words, in which capitals and spaces tell nothing apart
FEWEST_DAYS = 3  # of a month that was sent day by day
DAY_PARTS = 2  # hyphens of a day such as 2023-04-30
MEANT = ("organisation", "activity", "unit", "geography")
DIGITS = 12  # of an amount in two units that is the same
SERIES = ("organisation", "site", "activity", "unit", "geography", "supplier", "reference", "period")
MARKED = 1 << 24  # pairs that are marked one by one in a table of bits rather than sorted
FEW = 1 << 16  # numbers that sort by their bits, several times as fast


@dataclass(frozen=True)
class Rows:
    """The rows of a return that name an activity, a unit and a period that are known or clearly meant.

    Attributes
    ----------
    words : Mapping[str, Column]
        organisation, site, period (NHS year), month, activity, unit, geography, supplier, reference, evidence, note;
        ``sent`` is the organisation as it was sent, in capitals.
    quantity : float64 array, shape (rows,)
        NaN where it cannot be read.
    known : bool array, shape (rows,)
        Rows whose key is known; rules look at no others.
    entries : Entries
        Their numbers as the sender sees them, and what each comes to [kgCO2e].
    method : Methodology
    sheets : tuple of SheetRows
        Where the rows stand; empty for a data frame.
    organisations : OrganisationIndex or None
        The release to hold codes against, if any.
    denominators : pandas.DataFrame or None
        organisation, period (NHS year), measure, value: floor areas in m2 and the like.
    numbers : Mapping[str, float64 array]
        Columns of numbers as they were sent.
    past : Cells or None
        What the organisations sent before, for other NHS years.
    """

    words: Mapping[str, Column]
    quantity: NDArray[np.float64]
    known: Mask
    entries: Entries
    method: Methodology
    sheets: tuple[SheetRows, ...]
    organisations: OrganisationIndex | None = None
    denominators: pd.DataFrame | None = None
    numbers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    past: Cells | None = None

    def __len__(self) -> int:
        return len(self.quantity)

    @cached_property
    def series(self) -> NDArray[np.int64]:
        """The meter, journey or purchase of each row: a number for each combination of the words of `SERIES`."""
        return self.cells(SERIES, np.arange(len(self)))

    @cached_property
    def measured(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """As `series` and `amounts`, where 5 MWh are 5,000 kWh: a number for each meter, and for each amount."""
        unit, units = self.words["unit"], self.method.units
        common: dict[str, str] = {}
        ratios = [units.ratio(name, common.setdefault(units.kinds[name], name)) for name in unit.labels]
        if all(ratio == 1 for ratio in ratios):
            return self.series, self.amounts
        kinds_of = [list(common).index(units.kinds[name]) for name in unit.labels]
        kind = np.array([*kinds_of, len(common)], np.int64)[unit.codes]
        amounts = at_digits(self.quantity * np.array([*ratios, 1.0])[unit.codes])
        words = [name for name in SERIES if name != "unit"]
        return (
            self.cells(words, np.arange(len(self)), kind),
            np.unique(amounts, return_inverse=True)[1].astype(np.int64),
        )

    @cached_property
    def days(self) -> NDArray[np.int64]:
        """A number for the day of each row, from 1; 0 where it is no day, or one of few in its month.

        Two dates of one month may be those of one bill; figures of more days are sent day by day.
        """
        period = self.entries.columns.get("period")
        if period is None:
            return np.zeros(len(self), np.int64)
        meant = [same_period(label) for label in period.labels]
        place = {day: number for number, day in enumerate(sorted({*filter(_is_day, meant)}), start=1)}
        day: NDArray[np.int64] = period.looked_up(np.array([*(place.get(each, 0) for each in meant), 0], np.int64))
        dated = np.flatnonzero(day)
        if len(dated):
            cell = self.cells(("month",), dated, self.measured[0][dated])
            day[dated[kinds(cell, day[dated])[cell] < FEWEST_DAYS]] = 0
        return day

    def as_sent(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a number for each of some rows that only rows share that say the same in every column that was sent.

        Words that are known count as what they mean, or clearly mean: a correction makes no two rows more alike.
        """
        columns = []
        for name, column in self.entries.columns.items():
            if name in MEANT:
                columns.append(self.words[name])
            else:
                columns.append(renamed(column, same_period) if name == "period" else column)
        codes = [column.codes[place].astype(np.int64) + 1 for column in columns]
        sizes = [len(column.labels) + 1 for column in columns]
        for values in (self.quantity, *(each for name, each in self.numbers.items() if name != "quantity")):
            number = np.unique(values[place], return_inverse=True)[1].astype(np.int64)
            codes.append(number)
            sizes.append(int(number.max(initial=0)) + 1)
        return arithmetic.group(codes, sizes)[0]

    @cached_property
    def _in_any_case(self) -> dict[str, Column]:
        """The sender's own words of which some differ only in capitals and spaces, where those are one."""
        found = {}
        for name in FREE:
            column = self.words[name]
            if len({*map(_plain, column.labels)}) < len(column.labels):
                found[name] = renamed(column, _plain)
        return found

    @cached_property
    def _named_codes(self) -> NDArray[np.int32]:
        """The codes of the words that a finding names, side by side."""
        return np.stack([self.words[name].codes.astype(np.int32) for name in NAMED])

    @cached_property
    def amounts(self) -> NDArray[np.int64]:
        """A number for each distinct quantity."""
        return np.unique(self.quantity, return_inverse=True)[1].astype(np.int64)

    def findings(
        self, where: Mask | Places, code: str, variant: str, column: str, /, **values: object
    ) -> Iterator[Finding]:
        """Yield a finding about some rows: `code`, `variant` and the values are those of `wording`."""
        return self.said(wording(code, variant, **values), where, column)

    def said(
        self, what: Wording, where: Mask | Places, column: str, *, kgco2e: float | None = None
    ) -> Iterator[Finding]:
        """Yield a finding about some rows, with the words that all of them share; of each sheet its own.

        `kgco2e` is what is at stake, that of the rows when left out.
        """
        place = np.flatnonzero(where) if where.dtype == np.bool_ else cast("Places", where)
        codes = self._named_codes[:, place]
        same = (codes == codes[:, :1]).all(axis=1) & (codes[:, 0] != BLANK)
        shared = {name: self.words[name].labels[code] if one else ""
                  for name, code, one in zip(NAMED, codes[:, 0].tolist(), same.tolist(), strict=True)}  # fmt: skip
        for sheet, here in self._by_sheet(place):
            located = {**self.entries.located(here), "sheet": sheet}
            if kgco2e is not None:
                located["kgco2e_at_stake"] = kgco2e
            yield finding(what, file=self.entries.file, column=column, **shared, **located)  # type: ignore[arg-type]

    def named(self, place: int) -> str:
        """Return one row as its sender would name it."""
        sheet = next((each.sheet for each in self.sheets if each.start <= place < each.stop), "")
        number = np.asarray(self.entries.numbers)[place]
        return f"row {number} of '{sheet[:60]}'" if sheet and len(self.sheets) > 1 else f"row {number}"

    def _by_sheet(self, place: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Yield the sheets that some rows are on, and which of them: row numbers are a sheet's own."""
        if len(self.sheets) < 2:
            yield self.sheets[0].sheet if self.sheets else "", place
            return
        for each in self.sheets:
            here = place[(place >= each.start) & (place < each.stop)]
            if len(here):
                yield each.sheet, here

    def shared(self, name: str, where: Mask | NDArray[np.int64]) -> str:
        """Return the word that some rows share in a column, or an empty text."""
        codes = self.words[name].codes[where]
        same = codes[0] != BLANK and np.count_nonzero(codes == codes[0]) == len(codes)
        return self.words[name].labels[codes[0]] if same else ""

    def cells(self, names: Sequence[str], place: NDArray[np.int64], *beside: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which combination of words each of some rows has; `beside` are further codes of theirs, from 0."""
        columns = [self._in_any_case.get(name) or self.words[name] for name in names]
        codes = [*(column.codes[place].astype(np.int64) + 1 for column in columns), *beside]
        sizes = [*(len(column.labels) + 1 for column in columns), *(int(each.max()) + 1 for each in beside)]
        return arithmetic.group(codes, sizes)[0]


def same_period(text: str) -> str:
    """Return the month or NHS year of a period, and a day as it was sent: two days of a month are not one."""
    meant = text.strip() if exact_period(text) else likely_period(text) or text
    found = exact_period(meant)
    if found is None or _is_day(meant):
        return meant
    return found.month or found.year


def _is_day(period: str) -> bool:
    return period.count("-") == DAY_PARTS


@kept(1 << 16)
def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


def at_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers at `DIGITS` significant digits, so that one amount in two units is one number.

    >>> at_digits(np.array([0.1 + 0.2, 0.3])).tolist() == at_digits(np.array([0.3, 0.3])).tolist()
    True
    """
    size = np.abs(values)
    power = DIGITS - 1 - np.floor(np.log10(size, out=np.zeros_like(size), where=size > 0))
    rounded: NDArray[np.float64] = np.rint(values * 10.0**power) * 10.0**-power
    return rounded


def in_order(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of numbers from 0 in ascending order, equal ones as they stand."""
    few = len(numbers) and int(numbers.max()) < FEW
    return np.argsort(numbers.astype(np.uint16) if few else numbers, kind="stable")


def first_of(cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of the first row of each cell, all of which are met; without sorting."""
    first = np.zeros(int(cell.max()) + 1, np.int64)
    first[cell[::-1]] = np.arange(len(cell))[::-1]  # what is written last stands
    return first


def members(cell: NDArray[np.int64], place: NDArray[np.int64]) -> Callable[[int], NDArray[np.int64]]:
    """Return what gives the rows of a cell, in their order, without a look at all rows for each.

    Parameters
    ----------
    cell : int64 array, shape (rows,)
        Of each row of `place`.
    place : int64 array, shape (rows,)
    """
    order = in_order(cell)
    ends = np.concatenate([[0], np.cumsum(np.bincount(cell))])
    return lambda number: place[order[ends[number] : ends[number + 1]]]


def kinds(cell: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many distinct values of another column each cell has.

    Parameters
    ----------
    cell, other : int64 arrays, shape (rows,)
        From 0.
    """
    cells, others = int(cell.max()) + 1, int(other.max()) + 1
    pairs = cell * others + other
    if cells * others > MARKED:
        return np.bincount(np.unique(pairs) // others, minlength=cells)
    seen = np.zeros(cells * others, np.bool_)
    seen[pairs] = True
    count: NDArray[np.int64] = seen.reshape(cells, others).sum(axis=1)
    return count


def rows_in(
    activity: Activity,
    method: Methodology,
    organisations: OrganisationIndex | None,
    *,
    weights: NDArray[np.float64] | None = None,
    denominators: pd.DataFrame | None = None,
    past: Cells | None = None,
) -> Rows:
    """Return the rows of a return, with the words and numbers that its faults suggest.

    Parameters
    ----------
    activity : Activity
        All rows of it.
    method : Methodology
    organisations : OrganisationIndex or None
        An unknown code that looks like one of them is taken as that.
    weights : float64 array, optional
        Of `weights_of`, where they are known.
    denominators : pandas.DataFrame, optional
        Those that came with the return when left out.
    past : Cells, optional
        What the organisations sent before.
    """
    rows = len(activity)
    known, words = key_words(activity.columns, rows, method, likely=True)
    blank = Column(np.broadcast_to(np.int8(BLANK), rows), ())
    sent = activity.columns.get("organisation", blank)
    words |= organisation_words(sent, organisations)
    words["month"] = renamed(activity.columns.get("period", blank), likely_month)
    words |= {name: activity.columns.get(name, blank) for name in SENT}
    nothing = np.broadcast_to(np.bool_(0), rows)
    entries = Entries(
        columns=activity.columns, shares=np.broadcast_to(np.float64(np.nan), rows), negative=nothing, summed=known,
        rows=np.ones(rows, np.int64), numbers=activity.row_numbers, file=activity.file,
    )  # fmt: skip
    weights = weights_of(activity, method) if weights is None else weights
    return Rows(
        words, likely_quantity(activity), known, replace(entries, weights=weights), method, activity.sheets,
        organisations, activity.denominators if denominators is None else denominators, activity.numbers,
        past,
    )  # fmt: skip
