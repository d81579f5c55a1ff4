"""The arithmetic: arrays in, arrays out; numpy only, and no policy.

The big table is only ever summed here. Quantities become whole numbers at the decimal scale of their
unit, so a sum has the same bits whatever the order, the batch or the thread that added it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Codes, one

Whole = NDArray[np.int64]
Total = NDArray[np.int64] | NDArray[np.object_]

DENSE = 1 << 22  # up to here, or this many for each row, keys are marked in a table; beyond, sorted
DENSE_PER_ROW = 4
LARGEST = float(2**62)  # a single whole quantity must stay below, so that one limb can hold it
NOTHING = 0.5  # a whole quantity of this size or less would be summed as 0: half to even
NOISE = 4 * float(np.finfo(np.float64).eps)  # relative
LIMB = 32  # low bits of the two-limb sum
POWERS = np.array([float(10**places) for places in range(16)])  # looked up: np.power may be a bit off
MAX_ROWS = 1 << 31  # rows that a limb of the two-limb sum can hold without wrapping


def group(codes: Sequence[Codes], sizes: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a number to the distinct combinations of several coded columns.

    Parameters
    ----------
    codes : sequence of int32 arrays, shape (rows,)
        One per column, each 0 <= code < size.
    sizes : sequence of int
        The number of labels of each column.

    Returns
    -------
    cell : int64 array, shape (rows,)
        The combination of each row.
    combinations : int64 array, shape (cells, columns)
        The codes of each combination, in ascending order of the columns as given.

    Raises
    ------
    ValueError
        If a code lies outside its column's labels.
    """
    rows = len(codes[0]) if codes else 0
    if rows == 0:
        return np.zeros(0, np.int64), np.zeros((0, len(codes)), np.int64)
    for column, size in zip(codes, sizes, strict=True):
        if column.min() < 0 or column.max() >= size:
            raise ValueError("a code lies outside its labels")
    key = codes[0].astype(np.int64)
    span = sizes[0]
    steps: list[int | NDArray[np.int64]] = []  # how to take the key apart again
    for column, size in zip(codes[1:], sizes[1:], strict=True):
        if span > np.iinfo(np.int64).max // max(size, 1):  # would wrap: renumber what has been met so far
            found, key = np.unique(key, return_inverse=True)
            steps.append(found)
            span = len(found)
        key = key * size + column
        span *= size
        steps.append(size)
    cells, cell = _number(key, span)
    parts = []
    for step in reversed(steps):
        if isinstance(step, int):
            parts.append(cells % step)
            cells = cells // step
        else:
            cells = step[cells]
    parts.append(cells)
    return cell, np.stack(parts[::-1], axis=1)


def _number(key: NDArray[np.int64], span: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if span > max(DENSE, min(DENSE_PER_ROW * len(key), MAX_ROWS)):
        found, cell = np.unique(key, return_inverse=True)
        return found, cell.astype(np.int64, copy=False)
    seen = np.zeros(span, bool)
    seen[key] = True
    found = np.flatnonzero(seen)
    position = np.zeros(span, np.int32)
    position[found] = np.arange(len(found), dtype=np.int32)
    return found, position[key].astype(np.int64)


def to_whole(quantity: NDArray[np.float64], decimals: NDArray[np.int64]) -> tuple[Whole, NDArray[np.bool_]]:
    """Turn finite quantities into whole numbers at their decimal scale, rounding half to even.

    Parameters
    ----------
    quantity : float64 array, shape (rows,)
        Finite, and below 2**62 in absolute value once scaled.
    decimals : int64 array, shape (rows,)
        Decimal places kept.

    Returns
    -------
    whole : int64 array, shape (rows,)
        ``quantity * 10**decimals`` as whole numbers.
    rounded : bool array, shape (rows,)
        Where decimals beyond the scale were dropped.

    Raises
    ------
    ValueError
        If a quantity is not finite or too large; the checks refuse such rows before.
    """
    scaled = quantity * POWERS[decimals]
    if not np.all(np.abs(scaled) < LARGEST):  # also false for NaN
        raise ValueError("a quantity is not finite, or too large for its unit")
    nearest = np.rint(scaled)
    return nearest.astype(np.int64), is_rounded(scaled, nearest)


def is_rounded(scaled: NDArray[np.float64], nearest: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where a scaled quantity is further from a whole number than the noise of a float.

    A decimal text of few enough places differs from a whole number by no more than that.
    """
    return np.abs(scaled - nearest) > np.abs(scaled) * NOISE


def accumulate(cell: NDArray[np.int64], whole: Whole, cells: int) -> tuple[Total, Whole]:
    """Add whole quantities by cell, exactly.

    Parameters
    ----------
    cell : int64 array, shape (rows,)
        The cell of each row, 0 <= cell < `cells`.
    whole : int64 array, shape (rows,)
        What to add.
    cells : int
        The number of cells.

    Returns
    -------
    total : int64 array, or object array of Python integers where 64 bits do not hold, shape (cells,)
    rows : int64 array, shape (cells,)
        How many rows fell in each cell.
    """
    rows = np.bincount(cell, minlength=cells).astype(np.int64)
    largest = int(np.abs(whole).max(initial=0))
    if largest * int(rows.max(initial=0)) < 2**63:
        total = np.zeros(cells, np.int64)
        np.add.at(total, cell, whole)
        return total, rows
    if len(whole) >= MAX_ROWS:
        raise ValueError("too many rows for one sum: add it in parts")
    high, low = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
    np.add.at(high, cell, whole >> LIMB)
    np.add.at(low, cell, whole & ((1 << LIMB) - 1))
    return of_limbs(high, low), rows


def add_parts(cell: NDArray[np.int64], parts: Sequence[Total], cells: int) -> Total:
    """Add totals by cell, exactly, whatever their width.

    Parameters
    ----------
    cell : int64 array, shape (n,)
        The cell of each entry of all the parts, one after another.
    parts : sequence of arrays
        Totals of `accumulate`.
    cells : int
    """
    joined = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    if joined.dtype == np.int64 and len(joined):
        largest = max(int(joined.max()), -int(joined.min()))
        if largest * int(np.bincount(cell).max()) < 2**63:
            whole = np.zeros(cells, np.int64)
            np.add.at(whole, cell, joined)
            return whole
    total = np.zeros(cells, object)
    np.add.at(total, cell, np.concatenate([part.astype(object) for part in parts]))
    return narrow(total)


def narrow(total: NDArray[np.object_]) -> Total:
    """Return totals as 64-bit integers where all of them fit, so that equal totals look alike."""
    if all(-(2**63) <= value < 2**63 for value in total.tolist()):
        return total.astype(np.int64)
    return total


def of_limbs(high: Whole, low: Whole) -> Total:
    """Return two-limb sums as one: ``high x 2^32 + low``, in 64 bits where all of them surely fit.

    Python integers take twenty times the memory, so they are made only where a limb is near its end.
    """
    ends = [(limb.min(initial=0), limb.max(initial=0)) for limb in (high, low >> LIMB)]
    reach = max(int(most) for least, most in ends for most in (-int(least), most))
    if reach < 1 << (LIMB - 3):
        whole: Total = (high << LIMB) + low
        return whole
    return narrow((high.astype(object) << LIMB) + low.astype(object))


def to_quantity(total: Total, decimals: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return whole totals as numbers, each the float nearest to the exact decimal."""
    if total.dtype != object and total.min(initial=0) > -(2**53) and total.max(initial=0) < 2**53:
        return np.asarray(total / POWERS[one(decimals)], np.float64)  # both exact, so one rounding
    pairs = zip(total.tolist(), decimals.tolist(), strict=True)
    return np.array([value / 10**places for value, places in pairs], np.float64)


def multiply(
    quantity: NDArray[np.float64], conversion: NDArray[np.float64], factor: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return kgCO2e: quantity x conversion x factor, in that order."""
    product = quantity * conversion
    product *= factor
    return product
