"""What is out of proportion: to the year before, to the floor area, to every trust, and to the other months."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.rules.bounds import BEFORE, BODY, Odd, Slip, figure, judge, plausible_bounds, times
from nhscarbon.checks.rules.rows import Rows, first_of, in_order
from nhscarbon.findings import Finding
from nhscarbon.periods import nhs_year

TOTALS = ("organisation", "period", "activity", "unit")
FEWEST_MONTHS = 4  # months of a year beside which another can look odd
RISING_MONTHS, RISEN = 10, 2  # months that only rise, and how many times the first the last is: no season does that
APART = 10  # a month that is this many times all others is no season


def plausible(rows: Rows) -> Iterator[Finding]:
    """Find quantities that are far from what trusts have, and name the slip where one fits."""
    place = np.flatnonzero(rows.known & np.isfinite(rows.quantity) & (rows.words["organisation"].codes != BLANK))
    if len(place):
        yield from _by_year(rows, place, rows.denominators)
        yield from _by_month(rows, place[rows.words["month"].codes[place] != BLANK])


def _by_year(rows: Rows, place: NDArray[np.int64], denominators: pd.DataFrame | None) -> Iterator[Finding]:
    measured = _measured(denominators)
    cell = rows.cells(TOTALS, place)
    total = np.bincount(cell, weights=rows.quantity[place]).tolist()
    first = place[first_of(cell)]
    words = [[rows.words[name].labels[code] for code in rows.words[name].codes[first].tolist()] for name in TOTALS]
    quantities: dict[tuple[str, ...], float] = dict(zip(zip(*words, strict=True), total, strict=True))
    for number, ((body, year, activity, unit), quantity) in enumerate(quantities.items()):
        if quantity <= 0:
            continue
        before = quantities.get((body, nhs_year(int(year[:4]) - 1), activity, unit), 0.0)
        held = {BEFORE: before, **measured.get((body, year), {}), BODY: 1.0}
        found = next(filter(None, (_judged(rows, activity, unit, quantity, per, of) for per, of in held.items())), None)
        if found:
            yield from rows.findings(
                place[cell == number], found.code, found.variant, "quantity",
                amount=figure(quantity, 6), unit=unit, activity=activity, year=year, **found.values,
            )  # fmt: skip


def _judged(rows: Rows, activity: str, unit: str, quantity: float, per: str, of: float) -> Odd | None:
    usual = plausible_bounds()[0].get((activity, per))
    if of <= 0 or (usual is None and per != BEFORE):
        return None
    units = rows.method.units
    if usual is None or per == BEFORE:
        return judge(quantity / of, per, usual)
    return (
        judge(quantity * units.ratio(unit, usual.unit) / of, per, usual) if units.same_kind(unit, usual.unit) else None
    )


def _measured(denominators: pd.DataFrame | None) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Return what bodies have in each year, by measure."""
    if denominators is None:
        return {}
    found: dict[tuple[str, str], dict[str, float]] = {}
    names = ["organisation", "period", "measure", "value"]
    known = denominators.loc[denominators["measure"].isin({per for _, per in plausible_bounds()[0]}), names]
    for body, year, measure, value in known.itertuples(index=False, name=None):
        of = found.setdefault((body, year), {})
        of[measure] = of.get(measure, 0.0) + float(value)
    return found


def _by_month(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    """Find months that are a thousand or twelve times the others of their year."""
    if not len(place):
        return
    month = rows.words["month"].codes[place].astype(np.int64)
    order = in_order(month)
    order = order[in_order(rows.series[place][order])]
    month, place = month[order], place[order]
    pairs = rows.series[place] * (int(month.max()) + 1) + month
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    lasts = np.append(firsts[1:], len(pairs))
    total = np.add.reduceat(rows.quantity[place], firsts)
    starts = np.flatnonzero(np.diff(pairs[firsts] // (int(month.max()) + 1), prepend=-1))
    count = np.diff(np.append(starts, len(firsts)))
    least, most = np.minimum.reduceat(total, starts), np.maximum.reduceat(total, starts)

    def rows_of(each: int) -> NDArray[np.int64]:
        return place[firsts[each] : lasts[each]]

    yield from _rising(rows, total, starts, count, rows_of)
    for start, months in zip(*(each[(count > FEWEST_MONTHS) & (least > 0) & (most >= APART * least)].tolist()
                               for each in (starts, count)), strict=True):  # fmt: skip
        values: list[float] = total[start : start + months].tolist()
        for each, value in enumerate(values):
            others = values[:each] + values[each + 1 :]
            if slip := _odd_month(value, others):
                here = rows_of(start + each)
                ratio = value / median(others)
                yield from rows.findings(
                    here, slip.code, "month", "quantity",
                    month=rows.shared("month", here), times=times(ratio), slip=slip.what,
                )  # fmt: skip


def _rising(
    rows: Rows,
    total: NDArray[np.float64],
    starts: NDArray[np.int64],
    count: NDArray[np.int64],
    rows_of: Callable[[int], NDArray[np.int64]],
) -> Iterator[Finding]:
    """Find months that only rise, each above the one before: the readings of a meter, not what was used."""
    rises = np.concatenate([[0], np.cumsum(np.diff(total) > 0)])
    first, last = total[starts], total[starts + count - 1]
    rising = (rises[starts + count - 1] - rises[starts] == count - 1) & (first > 0) & (last >= RISEN * first)
    for place in np.flatnonzero(rising & (count >= RISING_MONTHS)).tolist():
        start, months = int(starts[place]), int(count[place])
        yield from rows.findings(
            rows_of(start + months - 1), "readings_cumulative", "", "quantity",
            months=months, first=figure(first[place]), last=figure(last[place]),
        )  # fmt: skip


def _odd_month(value: float, others: Sequence[float]) -> Slip | None:
    """Return the slip that a month is, beside the others of its year: far from all of them, and by a known factor."""
    ratio = value / median(others)
    for slip in plausible_bounds()[1]:
        if slip.fits(ratio) and value >= max(others) * min(APART, slip.low / 2):
            return slip
        if slip.low > APART and slip.fits(1 / ratio) and value * APART <= min(others):
            return slip
    return None


ROW_RULES = (plausible,)
