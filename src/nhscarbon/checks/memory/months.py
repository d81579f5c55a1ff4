"""Months of a year, each beside the others and beside the same month of the year before, by site and activity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.checks.cells import Cells, numbers_of
from nhscarbon.checks.hits import Grouped, Places
from nhscarbon.checks.meeting import base_ratios
from nhscarbon.checks.memory.same_months import month_places
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.periods import LAST_MONTH

ROOM, PACKAGE = "plausibility", "months-1@1.0.0"
OF_SITE = ("organisation", "site", "activity", "geography", "kind")
OF_METER = (*OF_SITE, "reference")
FINEST, COARSEST = -3, 6  # powers of ten that all figures of a series may be multiples of

Amounts = NDArray[np.float64]  # of months: one line a series and year, April to March, NaN where none was sent


@lru_cache(maxsize=1)
def month_limits() -> dict[str, float]:
    """Return the thresholds of months, by name: our own choice, held against `benchmarks/results/detection.md`."""
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("thresholds.csv")
    return {row["threshold"]: float(row["value"]) for row in rows}


@dataclass(frozen=True)
class Months:
    """The months of each series (a meter, or an activity of a site) and NHS year of a return.

    Attributes
    ----------
    now : float64 array, shape (series, 12)
        April to March, in one unit of each kind; NaN where no figure was sent, or one that cannot be summed.
    before : float64 array, shape (series, 12)
        The same months of the year before.
    cells : Grouped
        The cells of each month: of series `n` and its month `m` those of number ``12 n + m``.
    of_cell : int64 array, shape (cells looked at,)
        The series of each.
    """

    now: Amounts
    before: Amounts
    cells: Grouped
    of_cell: Places

    @cached_property
    def given(self) -> NDArray[np.int64]:
        """How many months of each series have a figure."""
        count: NDArray[np.int64] = np.isfinite(self.now).sum(axis=1)
        return count

    @cached_property
    def beside(self) -> tuple[Amounts, Amounts]:
        """The figures of the two months that are nearest to each: March is next to April in the course of the year."""
        first, second = np.full_like(self.now, np.nan), np.full_like(self.now, np.nan)
        for step in range(1, LAST_MONTH // 2):
            for shift in (step, -step):
                near = np.roll(self.now, shift, axis=1)
                second = np.where(np.isnan(second) & np.isfinite(first), near, second)
                first = np.where(np.isnan(first), near, first)
        return first, second

    @cached_property
    def step(self) -> Amounts:
        """The power of ten that all figures of a series are multiples of, shape (series,)."""
        found = np.full(len(self.now), 10.0**FINEST)
        for power in range(FINEST + 1, COARSEST + 1):
            of_step = self.now / 10.0**power
            whole = np.isnan(of_step) | (np.abs(of_step - np.rint(of_step)) < 10.0 ** (FINEST - 1))
            found[whole.all(axis=1)] = 10.0**power
        return found

    @cached_property
    def alike(self) -> NDArray[np.int64]:
        """In how many months of its series each figure is there; 0 where none, or zero, was sent."""
        same = self.now[:, :, None] == self.now[:, None, :]
        count: NDArray[np.int64] = np.where(self.now > 0, same.sum(axis=2), 0)
        return count

    def places(self, series: int, months: Sequence[int]) -> Places:
        """Return the cells of some months of a series, in order."""
        found: Places = np.sort(np.concatenate([self.cells[LAST_MONTH * series + month] for month in months]))
        return found


def months_of_cells(cells: Cells, names: Sequence[str], where: Places) -> Months:
    """Return the months of some cells by series, with those of the year before.

    Parameters
    ----------
    cells : Cells
        With what was sent before, if anything was.
    names : sequence of str
        What tells series apart: `OF_SITE` or `OF_METER`.
    where : int64 array
        Cells that name a month.
    """
    past = cells if cells.past is None or not cells.past.detailed else cells.past
    of_past = np.zeros(0, np.int64) if past is cells else monthly(past)
    mine, theirs = numbers_of(_words(cells, where), _words(past, of_past), names)
    years = [_years(each, at) for each, at in ((cells, where), (past, of_past))]
    year, month = (np.concatenate(each) for each in zip(*years, strict=True))
    span = int(year.max()) - int(year.min()) + 2  # one more: the first year of a series follows no other series' last
    keys = np.concatenate([mine, theirs]) * span + year - int(year.min())
    found, line = np.unique(keys, return_inverse=True)
    slot = line * LAST_MONTH + month
    size = len(found) * LAST_MONTH
    units = {label for each in (cells, past) for label in each.columns["unit"].labels}
    ratios = base_ratios(cells.method.units, sorted(units))
    amounts = np.concatenate([_amounts(cells, where, ratios), _amounts(past, of_past, ratios)])
    total = np.bincount(slot, amounts, size).astype(np.float64)
    unsummed = np.bincount(slot, np.concatenate([cells.unsummed[where], past.unsummed[of_past]]), size)
    total[(np.bincount(slot, minlength=size) == 0) | (unsummed > 0)] = np.nan
    total = total.reshape(-1, LAST_MONTH)
    at = np.searchsorted(found, found - 1).clip(max=len(found) - 1)
    before: Amounts = np.where((found[at] == found - 1)[:, None], total[at], np.nan)
    own = np.flatnonzero(np.bincount(line[: len(where)], minlength=len(found)))
    series = np.searchsorted(own, line[: len(where)])
    grouped = Grouped(where, series * LAST_MONTH + month[: len(where)], len(own) * LAST_MONTH)
    return Months(total[own], before[own], grouped, series)


def monthly(cells: Cells) -> Places:
    """Return the cells that name an organisation and a month, and have a figure."""
    named: Mask = (cells.columns["month"].codes != BLANK) & (cells.columns["organisation"].codes != BLANK)
    return np.flatnonzero(named & cells.known & np.isfinite(cells.quantity))


def _words(cells: Cells, where: Places) -> dict[str, Column]:
    """Return the words of some cells, and the kind of their unit: 5 MWh are 5,000 kWh."""
    words = {name: column.part(where) for name, column in cells.columns.items()}
    unit = words["unit"]
    kinds = [cells.method.units.kinds[name] for name in unit.labels]
    labels = tuple(sorted({*kinds}))
    return words | {"kind": unit.renamed(np.array([*map(labels.index, kinds), BLANK], np.int32), labels)}


def _amounts(cells: Cells, where: Places, ratios: Mapping[str, float]) -> Amounts:
    """Return the quantities of some cells, those of one kind of unit in one unit."""
    unit = cells.columns["unit"].part(where)
    found: Amounts = cells.quantity[where] * np.array([*map(ratios.__getitem__, unit.labels), 1.0])[unit.codes]
    return found


def _years(cells: Cells, where: Places) -> tuple[Places, Places]:
    """Return the NHS year of some cells, and which of its months each is, from 0 for April."""
    period = cells.columns["period"].part(where)
    return period.looked_up(np.array([*(int(label[:4]) for label in period.labels), 0], np.int64)), month_places(
        cells.columns["month"].part(where)
    )
