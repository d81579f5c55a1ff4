"""Cells shared out to the organisations of a level, as whole numbers: what one does not get, another does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.checks.totals import Totals
from nhscarbon.footprint.on_map import MEMBER, REPORTED_BY
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import number

PLACES = 9  # further decimals of a quantity that is shared out
SCALE = 10**15  # of a share as a whole number: the digits of a float
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Spread:
    """Where cells go.

    Attributes
    ----------
    cell, parent : int64 array, shape (parts,)
        The cell that each part is of, in ascending order, and a place in `parents`.
    weight : float64 array, shape (parts,)
        The share of the cell.
    parents : tuple of str
    pair : int64 array, shape (cells,)
        The organisation and period of each cell.
    members : tuple of str, shape (pairs,)
    whole : bool
        Whether the parts of a cell are all of it.
    """

    cell: Whole
    parent: Whole
    weight: NDArray[np.float64]
    parents: tuple[str, ...]
    pair: Whole
    members: tuple[str, ...]
    whole: bool

    __repr__ = short_repr


def spread_totals(sums: Totals, spread: Spread) -> Totals:
    """Return the sums by the organisations of a level, exactly.

    Where any share is not all or nothing, quantities are kept to `PLACES` more decimals, and the largest part of each
    cell takes what rounding leaves.
    """
    total, decimals = sums.total[spread.cell], sums.decimals[spread.cell]
    parts = (spread.weight != 1.0) & (spread.weight != 0.0)
    rows = sums.rows[spread.cell].copy()
    rows[~_largest(spread)] = 0  # each row is counted once
    if parts.any():
        total = np.array([int(each) * 10**PLACES for each in total.tolist()], object)
        decimals = decimals + PLACES
        weights = [round(float(each) * SCALE) for each in spread.weight[parts].tolist()]
        values = [_shared(value, weight) for value, weight in zip(total[parts].tolist(), weights, strict=True)]
        total[parts] = values
    total = np.where(spread.weight == 0.0, 0, total)
    if parts.any() and spread.whole:
        given: NDArray[np.object_] = np.zeros(len(sums), object)
        np.add.at(given, spread.cell, total)
        left = np.array([int(each) * 10**PLACES for each in sums.total.tolist()], object) - given
        total[_largest(spread)] += left[np.unique(spread.cell)]
    if parts.any():
        total = arithmetic.narrow(total.astype(object))
    columns = {name: Column(column.codes[spread.cell], column.labels) for name, column in sums.columns.items()}
    columns[MEMBER] = _column([spread.members[pair] for pair in spread.pair[spread.cell].tolist()])
    columns[REPORTED_BY] = columns["organisation"]
    columns["organisation"] = _named(spread)
    found, columns = number(columns)
    cell, cells = found.numbers, len(columns["unit"].codes)
    places, count = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
    places[cell] = decimals
    np.add.at(count, cell, rows)
    return Totals(columns, arithmetic.add_parts(cell, [total], cells), places, count)


def _shared(value: int, weight: int) -> int:
    """Return a share of a whole number, to the nearest."""
    return (value * weight + SCALE // 2) // SCALE


def _largest(spread: Spread) -> NDArray[np.bool_]:
    """Return which part of each cell is its largest, the first of several."""
    order = np.lexsort([np.arange(len(spread.cell)), -spread.weight, spread.cell])
    first = np.ones(len(order), np.bool_)
    first[1:] = spread.cell[order][1:] != spread.cell[order][:-1]
    found = np.zeros(len(order), np.bool_)
    found[order[first]] = True
    return found


def _named(spread: Spread) -> Column:
    order = sorted(set(spread.parents))
    place = {label: code for code, label in enumerate(order)}
    codes = np.array([place[label] for label in spread.parents], np.int32)
    return Column(codes[spread.parent], tuple(order))


def _column(words: list[str]) -> Column:
    labels = tuple(sorted(set(words)))
    place = {label: code for code, label in enumerate(labels)}
    return Column(np.array([place[word] for word in words], np.int32), labels)
