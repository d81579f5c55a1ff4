"""The compiled kernel (extra ``fast``): one loop from codes to cells, with the same bits as numpy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from nhscarbon.kernel import NOISE
from nhscarbon.kernels import CHUNK, WRAP, Batch, Looked, add_carefully, added

if TYPE_CHECKING:
    from collections.abc import Callable

    from nhscarbon.cube import Cube

UNNUMBERED, ODD = 1, 2  # a combination is new; a quantity is negative, rounded, faulty or wide
WIDE = float(2**45)  # whole quantities that a step of 2**15 rows can add to a total without wrapping it
u32, u64 = numba.uint32, numba.uint64


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
    total: NDArray[np.int64],
    rows: NDArray[np.int32],
    cell: NDArray[np.int32],
    whole: NDArray[np.int64],
) -> tuple[int, int]:
    """Add a step of rows; return 0, or why nothing was added (see the constants above), and the largest total met.

    Three short loops, each over arrays that stay in the cache, are several times faster than one: the
    first two become vector instructions. Unsigned places need no test for Python's negative indices.
    """
    least = np.int32(0)
    for row in range(len(quantity)):
        place = first_steps[u32(first[row] + 1)] + second_steps[u32(second[row] + 1)] + other[row]
        pair = pairs[u32(place)]
        least = min(least, pair)
        cell[row] = (body_steps[u32(body[row] + 1)] + period_steps[u32(period[row] + 1)]) * room + pair
    if least < 0:
        return UNNUMBERED, 0
    odd = False
    for row in range(len(quantity)):
        scaled = quantity[row] * scale
        nearest = np.rint(scaled)
        whole[row] = np.int64(nearest)
        odd |= (scaled < 0) | (not scaled < WIDE) | (abs(scaled - nearest) > scaled * NOISE)
    if odd:
        return ODD, 0
    top = np.int64(0)
    for row in range(len(quantity)):
        place = u64(cell[row])
        sum_ = total[place] + whole[row]
        top = max(top, sum_)
        total[place] = sum_
        rows[place] += 1
    return 0, int(top)


def _compiled() -> Callable[..., tuple[int, int]]:
    try:
        compiled: Any = numba.njit(nogil=True, cache=True)(_loop)
    except RuntimeError:  # nowhere to keep it, as in an executor that may not write
        compiled = numba.njit(nogil=True)(_loop)
    return compiled  # type: ignore[no-any-return]


loop = _compiled()


def _looped(*arrays: Any) -> tuple[int, int]:  # noqa: ANN401  as `_loop` takes them
    """Run the loop, also where what was compiled cannot be kept for the next process, as on a full disk."""
    try:
        return loop(*arrays)
    except OSError:  # nothing was added: it was compiled, and is at hand now
        return loop(*arrays)


class NumbaKernel:
    """Compiled loops over the rows; a step that holds anything odd is added by the slower, careful one."""

    name = "numba"

    def run(self, cube: Cube, batch: Batch) -> int:
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
        cube.counted(total)
        for start in range(0, total, CHUNK):
            step = slice(start, min(start + CHUNK, total))
            size = step.stop - start
            for place, column in enumerate(columns):
                if column is not None:
                    codes[place, :size] = column.codes[step]
            other = added(rest[2:], step) if len(rest) > 2 else none[:size]
            quantity = batch.quantity[step]
            if not plain:
                with np.errstate(over="ignore", invalid="ignore"):  # the loop finds what is not finite
                    quantity = quantity * batch.units(step)
            first, second, body, period = (codes[place, :size] for place in range(4))
            why, top = UNNUMBERED, 0
            while why == UNNUMBERED:
                why, top = _looped(first, second, other, body, period, *steps, cube.pairs, np.int32(cube.room),
                           quantity, scale, cube.total, cube.rows, cell,
                           whole)  # fmt: skip
                if why == UNNUMBERED and cube.numbered(added(rest, step)) is None:
                    cube.counted(start - total)
                    return start
            if why == ODD:
                add_carefully(cube, batch, step, cell[:size].astype(np.int64))
            cube.bound = max(cube.bound, int(top))
            if top >= WRAP >> 1:  # the next step adds less than 2**60 to any total
                cube.carry()
        return total


def _shifted(column: Looked | None) -> NDArray[np.int32]:
    """Return a column's steps with that of an empty cell, -1, in front."""
    return np.zeros(2, np.int32) if column is None else np.concatenate([column.steps[-1:], column.steps[:-1]])
