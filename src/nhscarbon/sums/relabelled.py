"""Partial sums under other words: cells of equal words are added, and quantities are brought to other units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.sums.arithmetic import Total
from nhscarbon.sums.cells import SummedCells, merge_cells
from nhscarbon.sums.partial_sums import PartialSums, of_cells

WIDEST = 1 << 62  # a product that stays below is a 64-bit number


def relabelled(
    partial: PartialSums,
    columns: Mapping[str, Column],
    scale: Sequence[Fraction],
    of_cell: NDArray[np.int64],
    kept: NDArray[np.bool_],
    decimals: Callable[[str], int],
) -> PartialSums:
    """Return sums whose cells have other words, some of them left out.

    Parameters
    ----------
    partial : PartialSums
    columns : Mapping[str, Column]
        The columns whose words are others now.
    scale : sequence of Fraction
        By what the totals of some kinds of cells are multiplied: new units for each old one.
    of_cell : int64 array, shape (cells,)
        Which kind each cell is.
    kept : bool array, shape (cells,)
        Cells that stay.
    decimals : callable
        The decimal places that a unit is summed at.

    Returns
    -------
    PartialSums
        Exact; where a new unit has no place for a digit it is rounded half to even.
    """
    found = {**partial.columns, **columns}
    total = scaled(partial.total, partial.scale, found["unit"], scale, of_cell, decimals)
    labels = {name: tuple(sorted({"", *column.labels})) for name, column in found.items()}
    cells = SummedCells(
        {name: _under(column, labels[name]).part(kept) for name, column in found.items()},
        total[kept], partial.rows[kept], partial.negative[kept], partial.unsummed[kept],
    )  # fmt: skip
    merged = merge_cells([cells], labels)
    places = {unit: decimals(unit) for unit in labels["unit"]}
    return replace(
        of_cells(merged, places, tuple(partial.columns)), faults=partial.faults, findings=partial.findings,
        files=partial.files, keep=partial.keep, missing_factor=partial.missing_factor, boundary=partial.boundary,
    )  # fmt: skip


def _under(column: Column, labels: tuple[str, ...]) -> Column:
    place = {label: code for code, label in enumerate(labels)}
    return column.renamed(np.array([*(place[label] for label in column.labels), place[""]], np.int32), labels)


def scaled(
    total: Total,
    places: NDArray[np.int64],
    unit: Column,
    scale: Sequence[Fraction],
    of_cell: NDArray[np.int64],
    decimals: Callable[[str], int],
) -> Total:
    """Return whole totals at the decimal places of their new units, multiplied; those of no other unit as they are."""
    after = unit.looked_up(np.array([*(decimals(label) for label in unit.labels), decimals("")], np.int64))
    step = np.asarray(after, np.int64) - places
    shifts = np.unique(step).tolist()
    result: NDArray[np.object_] | None = None
    for kind, factor in enumerate(scale):
        for shift in shifts if factor != 1 else [each for each in shifts if each]:
            here = (of_cell == kind) & (step == shift)
            if here.any():
                result = total.astype(object) if result is None else result
                result[here] = _times(result[here], factor * Fraction(10) ** int(shift))
    if result is None:
        return total
    largest = max((abs(each) for each in result.tolist()), default=0)
    return result.astype(np.int64) if largest < WIDEST else result


def _times(values: NDArray[np.object_], factor: Fraction) -> NDArray[np.object_]:
    """Return integers times a fraction, halves to even."""
    top, bottom = factor.numerator, factor.denominator
    product: NDArray[np.object_] = values * top
    if bottom == 1:
        return product
    whole = product // bottom
    rest = (product - whole * bottom) * 2
    up = (rest > bottom) | ((rest == bottom) & (whole % 2 == 1))
    rounded: NDArray[np.object_] = whole + up.astype(object) * 1
    return rounded
