"""Several rows together: one total for a block of rows, a total shared out, another row's or year's figure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.submissions.reported.choices import Choice
from nhscarbon.submissions.reported.rounding import COARSE, Floats, places_of, rounded, tolerance_of
from nhscarbon.submissions.reported.rows import Rows, Whole

TOTAL, EXCHANGED, SHARED, ANOTHER, OTHER_YEAR = 1.0, 1.05, 1.1, 1.2, 1.3  # assumptions
SHORTER = 0.2  # of an assumption: the rows by the direct factors alone
WIDER = 0.1  # of an assumption: rows of several activities
FEWEST = 100  # a figure of less than three digits is some other row's by chance
SHOWN = 4  # row numbers of many

Found = Iterator[tuple[int, Choice]]


def together(rows: Rows, wrong: Whole) -> Found:
    """Yield what explains stated tonnes by other rows of the same return.

    Parameters
    ----------
    rows : Rows
    wrong : int64 array
        Places of the rows that differ.
    """
    if len(rows) < 2 or not len(wrong):
        return
    group = _codes(rows.sheet, rows.organisation, rows.by_key(lambda key: key.period))
    ways = [(rows.tonnes, "", 0.0), *((tonnes, words, SHORTER) for words, tonnes in rows.otherwise())]
    for tonnes, words, assumed in ways:
        yield from _blocks(rows, wrong, group, tonnes, (words, assumed))
        for level, (kind, told) in enumerate(_kinds(rows)):
            cell = _codes(group, kind)
            yield from _totals(rows, wrong, cell, tonnes, (words + told, assumed + level * WIDER))
            yield from _shared(rows, wrong, cell, tonnes, (words + told, assumed + level * WIDER))
    yield from _exchanged(rows, wrong, group)
    yield from _other_years(rows, wrong)


def _codes(*columns: NDArray[np.object_] | Whole) -> Whole:
    """Return the number of each row's combination of some columns."""
    found = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes, words = pd.factorize(column)
        found = found * (len(words) + 1) + codes
        found = pd.factorize(found)[0].astype(np.int64)
    return found


def _kinds(rows: Rows) -> list[tuple[NDArray[np.object_], str]]:
    """Return what rows of one total have in common, from the narrowest: the activity, its branch, nothing."""
    activity = rows.by_key(lambda key: key.activity)
    branch = rows.by_key(lambda key: ".".join(key.activity.split(".")[:2]))
    first = rows.by_key(lambda key: key.activity.partition(".")[0])
    nothing = np.full(len(rows), "", object)
    return [(activity, ""), (branch, ""), (first, ""), (nothing, "")]


def _blocks(rows: Rows, wrong: Whole, group: Whole, tonnes: Floats, way: tuple[str, float]) -> Found:
    """Yield totals of a row and the ones next to it that state nothing: one cell for a block, first or last."""
    words, assumed = way
    empty = np.isnan(rows.stated) | ((rows.stated == 0) & (rows.tonnes != 0))
    new = np.diff(group, prepend=group[0] - 1) != 0
    after, upwards = np.append(new[1:], True), slice(None, None, -1)
    for ids in (np.cumsum(~empty | new), np.cumsum((~empty | after)[upwards])[upwards]):
        block = ids - ids.min()
        size = np.bincount(block)
        total = np.bincount(block, weights=tonnes).astype(np.float64)
        first = np.full(len(size), len(rows))
        np.minimum.at(first, block, np.arange(len(rows)))
        heads = wrong[(size[block[wrong]] > 1) & ~empty[wrong]]
        heads = heads[rounded(total[block[heads]], rows.stated[heads])]
        for place in heads.tolist():
            cell = block[place]
            inside = np.arange(first[cell], first[cell] + size[cell])
            told = f"{_rows(rows, inside)} together{words}"
            yield place, _choice(rows, place, TOTAL + assumed, told, total[cell])
            for other in inside[(inside != place) & (rows.stated[inside] == 0)].tolist():
                yield other, _choice(rows, other, TOTAL + assumed, f"counted in row {rows.number[place]}", 0.0)


def _totals(rows: Rows, wrong: Whole, cell: Whole, tonnes: Floats, way: tuple[str, float]) -> Found:
    """Yield rows that state the total of all rows of their kind, whatever the others state."""
    words, assumed = way
    size, total = np.bincount(cell), np.bincount(cell, weights=tonnes).astype(np.float64)
    hit = wrong[(size[cell[wrong]] > 1) & rounded(total[cell[wrong]], rows.stated[wrong])]
    for place in hit[np.abs(rows.stated[hit]) > 0].tolist():
        inside = np.flatnonzero(cell == cell[place])
        told = f"{_rows(rows, inside)} together{words}"
        yield place, _choice(rows, place, TOTAL + assumed, told, total[cell[place]])


def _shared(rows: Rows, wrong: Whole, cell: Whole, tonnes: Floats, way: tuple[str, float]) -> Found:
    """Yield rows whose stated tonnes differ, but come with the others of their kind to what these should."""
    words, assumed = way
    said = np.where(np.isnan(rows.stated), 0.0, rows.stated)
    stating = np.bincount(cell, weights=~np.isnan(rows.stated))
    differing = np.bincount(cell[wrong], minlength=len(stating))
    stated, total = np.bincount(cell, weights=said), np.bincount(cell, weights=tonnes)
    away = np.bincount(cell, weights=np.where(np.isnan(rows.stated), 0.0, tolerance_of(said)))
    with np.errstate(invalid="ignore"):
        same = (np.abs(stated - total) <= np.minimum(away, COARSE * np.abs(total))) & (differing > 1)
    same &= stating == np.bincount(cell)
    for place in wrong[same[cell[wrong]]].tolist():
        inside = np.flatnonzero(cell == cell[place])
        equal = np.ptp(rows.stated[inside]) <= 2 * tolerance_of(rows.stated[inside]).max()
        how = "shared out equally" if equal else "shared out in another way"
        told = f"the total of {_rows(rows, inside)}{words}, {how}"
        yield place, _choice(rows, place, SHARED + assumed, told, float(rows.stated[place]))


def _exchanged(rows: Rows, wrong: Whole, group: Whole) -> Found:
    """Yield rows that state the tonnes of another row of their organisation and period."""
    for place, other in _pairs(rows, wrong, group):
        back = rounded(rows.tonnes[[place]], rows.stated[[other]])[0]
        told = f"exchanged with row {rows.number[other]}" if back else f"the tonnes of row {rows.number[other]}"
        steps = EXCHANGED if back else ANOTHER  # two rows exchanged come to their total too
        yield place, _choice(rows, place, steps, f"{told}, {rows.keys[rows.key[other]].activity}", rows.tonnes[other])


def _other_years(rows: Rows, wrong: Whole) -> Found:
    """Yield rows that state the tonnes of the same activity and site in another period."""
    group = _codes(rows.organisation, rows.site, rows.by_key(lambda key: f"{key.activity} {key.unit} {key.geography}"))
    period = rows.by_key(lambda key: key.period)
    for place, other in _pairs(rows, wrong, group):
        if period[place] != period[other]:
            told = f"the tonnes of {period[other]}, row {rows.number[other]}"
            yield place, _choice(rows, place, OTHER_YEAR, told, rows.tonnes[other])


def _pairs(rows: Rows, wrong: Whole, group: Whole) -> Iterator[tuple[int, int]]:
    """Yield rows and, of the others of their group, the first whose tonnes by the method they state."""
    digits = np.abs(rows.stated[wrong]) * 10.0 ** places_of(rows.stated[wrong])
    asked = wrong[digits >= FEWEST]
    order = np.lexsort((rows.tonnes, group))
    order = order[np.isfinite(rows.tonnes[order])]
    sorted_tonnes, sorted_group = rows.tonnes[order], group[order]
    start, stop = (np.searchsorted(sorted_group, group[asked], side) for side in ("left", "right"))
    away = tolerance_of(rows.stated[asked])
    for place, low, high, far in zip(asked.tolist(), start.tolist(), stop.tolist(), away.tolist(), strict=True):
        said = rows.stated[place]
        first, last = np.searchsorted(sorted_tonnes[low:high], (said - far, said + far))
        others = order[low + first : low + last]
        others = others[(others != place) & (np.abs(rows.tonnes[others] - said) <= COARSE * abs(said))]
        if len(others):
            yield place, int(others.min())


def _choice(rows: Rows, place: int, steps: float, told: str, tonnes: float) -> Choice:
    amount = float(rows.quantity[place])
    return Choice(steps, told, float(tonnes) / amount * KG_PER_TONNE if amount else float("nan"))


def _rows(rows: Rows, inside: Whole) -> str:
    """Name some rows: from the first to the last where they follow one another."""
    numbers = rows.number[inside].tolist()
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"rows {numbers[0]} to {numbers[-1]}" if len(numbers) > 2 else f"rows {numbers[0]} and {numbers[1]}"
    shown = ", ".join(map(str, numbers[:SHOWN]))
    return f"rows {shown}{f' and {len(numbers) - SHOWN} more' if len(numbers) > SHOWN else ''}"
