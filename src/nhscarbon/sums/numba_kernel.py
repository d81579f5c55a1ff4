"""The compiled kernel (extra ``fast``): one loop from codes to cells, with the same bits as numpy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.sums.arithmetic import NOISE
from nhscarbon.sums.dense_table import WRAP, Batch, ColumnSteps, DenseTable
from nhscarbon.sums.numpy_kernel import CHUNK, add_carefully, places_of_rows

if TYPE_CHECKING:
    from collections.abc import Callable


UNNUMBERED, ODD = 1, 2  # a combination is new; a quantity is negative, rounded, faulty or wide
WIDE = float(2**45)  # whole quantities that a step of 2**15 rows can add to a total without wrapping it
COUNT = np.int64(16)  # low bits of a packed cell that count rows; the others are their sum
COUNTED = np.int64((1 << 16) - 1)
FULL = np.int64(1 << 62 | 1 << 15)  # neither the sum nor the count of a packed cell reaches its bit of these


def _loop(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    other: NDArray[np.int32],
    body: NDArray[np.int32],
    period: NDArray[np.int32],
    first_steps: NDArray[np.int32],
    second_steps: NDArray[np.int32],
    body_steps: NDArray[np.int32],
    period_steps: NDArray[np.int32],
    pairs: NDArray[np.int32],
    room: np.int32,
    quantity: NDArray[np.float64],
    scale: np.float64,
    packed: NDArray[np.int64],
    total: NDArray[np.int64],
    rows: NDArray[np.int32],
    cell: NDArray[np.int32],
    whole: NDArray[np.int64],
) -> tuple[int, int]:
    """Add a step of rows; return 0, or why nothing was added (see the constants above), and the largest total.

    That is the largest of the cells that were full and emptied into their totals.

    Three short loops, each over arrays that stay in the cache, are several times faster than one: the
    first two become vector instructions. Unsigned places need no test for Python's negative indices. A
    cell's sum and count are one number until one of them is full: one place in memory is met instead of two.
    """
    least = np.int32(0)
    for row in range(len(quantity)):
        place = first_steps[np.uint32(first[row] + 1)] + second_steps[np.uint32(second[row] + 1)] + other[row]
        pair = pairs[np.uint32(place)]
        least = min(least, pair)
        cell[row] = (body_steps[np.uint32(body[row] + 1)] + period_steps[np.uint32(period[row] + 1)]) * room + pair
    if least < 0:
        return UNNUMBERED, 0
    odd = False
    for row in range(len(quantity)):
        scaled = quantity[row] * scale
        nearest = np.rint(scaled)
        whole[row] = np.int64(nearest) << COUNT | np.int64(1)
        odd |= (scaled < 0) | (not scaled < WIDE) | (abs(scaled - nearest) > scaled * NOISE)
    if odd:
        return ODD, 0
    top = np.int64(0)
    for row in range(len(quantity)):
        place = np.uint64(cell[row])
        both = packed[place] + whole[row]
        if both & FULL:
            total[place] += both >> COUNT
            rows[place] += both & COUNTED
            top = max(top, total[place])
            both = np.int64(0)
        packed[place] = both
    return 0, int(top)


def _unpacked(packed: NDArray[np.int64], rows: NDArray[np.int32]) -> int:
    """Leave the sums alone in packed cells, and add their counts to those of rows; return the largest sum."""
    top = np.int64(0)
    for place in range(len(packed)):
        both = packed[place]
        rows[place] += both & COUNTED
        packed[place] = both >> COUNT
        top = max(top, both >> COUNT)
    return int(top)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    import numba  # noqa: PLC0415  an extra

    try:
        compiled: Any = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # nowhere to keep it, as in an executor that may not write
        compiled = numba.njit(nogil=True)(function)

    def run(*arrays: Any) -> Any:  # noqa: ANN401  as the function takes and returns them
        try:
            return compiled(*arrays)
        except OSError:  # it cannot be kept, as on a full disk; nothing was added: it was compiled, and is at hand now
            return compiled(*arrays)

    return run


class NumbaKernel:
    """Compiled loops over the rows; a step that holds anything odd is added by the slower, careful one."""

    name = "numba"

    def __init__(self) -> None:
        self.loop, self.unpack = _compiled(_loop), _compiled(_unpacked)

    def run(self, table: DenseTable, batch: Batch) -> int:
        """Add a batch; return how many of its rows were added before the table became too large."""
        total = len(batch.quantity)
        rest = [column for column in batch.rest if column.adds]
        columns = [
            *rest[:2],
            *[None] * (2 - len(rest[:2])),
            *(column if column.adds else None for column in batch.axes),
        ]
        steps = [_shifted(column) for column in columns]
        codes = np.zeros((len(columns), CHUNK), np.int32)
        none = np.zeros(CHUNK, np.int32)
        cell, whole = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int64)
        plain = batch.plain
        scale = batch.scale[0] if plain else np.float64(1)
        table.counted(total)
        for start in range(0, total, CHUNK):
            step = slice(start, min(start + CHUNK, total))
            size = step.stop - start
            for place, column in enumerate(columns):
                if column is not None:
                    codes[place, :size] = column.codes[step]
            other = places_of_rows(rest[2:], step) if len(rest) > 2 else none[:size]
            quantity = batch.quantity[step]
            if not plain:
                with np.errstate(over="ignore", invalid="ignore"):  # the loop finds what is not finite
                    quantity = quantity * batch.units(step)
            first, second, body, period = (codes[place, :size] for place in range(4))
            why, top = UNNUMBERED, 0
            while why == UNNUMBERED:
                if len(table.packed) != len(table.total):
                    table.packed = np.zeros(len(table.total), np.int64)
                why, top = self.loop(first, second, other, body, period, *steps, table.pairs, np.int32(table.room),
                                quantity, scale, table.packed, table.total, table.rows, cell, whole)  # fmt: skip
                if why == UNNUMBERED and table.numbered(places_of_rows(rest, step)) is None:
                    table.counted(start - total)
                    return start
            if why == ODD:
                add_carefully(table, batch, step, cell[:size].astype(np.int64))
            table.bound = max(table.bound, int(top))
            if top >= WRAP >> 1:  # the next step adds less than 2**60 to any total
                table.carry()
        return total

    def settle(self, table: DenseTable) -> None:
        """Bring what is packed into the totals and row counts."""
        sums, table.packed = table.packed, np.zeros(0, np.int64)
        if not len(sums):
            return
        none = table.bound == 0  # then all totals are zero, and no second table is written to
        table.expect(self.unpack(sums, table.rows))
        table.total = sums if none and table.high is None else np.add(table.total, sums, out=table.total)


def _shifted(column: ColumnSteps | None) -> NDArray[np.int32]:
    """Return a column's steps with that of an empty cell, -1, in front."""
    return np.zeros(2, np.int32) if column is None else np.concatenate([column.steps[-1:], column.steps[:-1]])
