"""The innermost step of the sum, in numpy or compiled: the same integers into the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from nhscarbon.kernel import LARGEST, Codes, is_rounded, one

if TYPE_CHECKING:
    from nhscarbon.cube import Cube

CHUNK = 1 << 15  # rows of a step: its arrays stay in the processor's cache
BLOCK = 1 << 21  # rows between two passes over the cells; numpy alone needs it, as each pass visits every cell
LOOKED_AT = 1 << 17  # codes
LEAST_BLOCK = 1 << 18
EXACT = 2**53  # below, a sum of whole floats is exact
SPLIT = 26  # low bits that are summed apart where the whole would not be
WRAP = 2**62  # a total is carried to its higher limb before it can pass this
_settling = Lock()  # one thread at a time makes arrays as large as its table


@dataclass(frozen=True)
class Looked:
    """A column and what each of its codes adds to a place; -1, an empty cell, has the last step."""

    codes: Codes
    steps: NDArray[np.int32]

    def __post_init__(self) -> None:
        codes, most = one(self.codes), max(len(self.steps) - 1, 1)
        for start in range(0, len(codes), LOOKED_AT):
            part = codes[start : start + LOOKED_AT]  # read from memory once for both
            if part.min() >= -1 and part.max() < most:
                continue
            raise ValueError("a code lies outside its labels")

    @property
    def adds(self) -> bool:
        """Whether the column has more than one word, and so anything to add."""
        return bool(np.any(self.steps))

    def at(self, rows: slice) -> NDArray[np.int32]:
        """Return the step of each of some rows."""
        codes = self.codes[rows]
        return self.steps[codes] if codes.min(initial=0) < 0 else np.take(self.steps, codes, mode="clip")


@dataclass(frozen=True)
class Batch:
    """Rows ready for a kernel: `axes` gives the block of cells, `rest` the place of the combination within it."""

    rest: Sequence[Looked]
    axes: Sequence[Looked]
    quantity: NDArray[np.float64]
    scale: NDArray[np.float64]  # of each unit, the last of an empty one
    unit: Codes

    @property
    def plain(self) -> bool:
        """Whether all units have one scale."""
        return bool((self.scale == self.scale[0]).all())

    def units(self, rows: slice) -> float | NDArray[np.float64]:
        """Return the scale of some rows."""
        return float(self.scale[0]) if self.plain else self.scale[self.unit[rows]]


class Kernel(Protocol):
    """Adds batches to an accumulator."""

    name: str

    def run(self, cube: Cube, batch: Batch) -> int:
        """Add a batch; return how many of its rows were added before the table became too large."""
        ...

    def settle(self, cube: Cube) -> None:
        """Bring what waits into the cells."""
        ...


class Held:
    """Rows whose cells are known and which wait for the next pass over all cells."""

    def __init__(self, room: int) -> None:
        self.room, self.rows = room, 0
        self.cell, self.whole = np.empty(room, np.int64), np.empty(room, np.float64)


class NumpyKernel:
    """Whole quantities through `numpy.bincount`, whose float sums are exact below 2**53."""

    name = "numpy"

    def run(self, cube: Cube, batch: Batch) -> int:
        """Add a batch; return how many of its rows were added before the table became too large."""
        total = len(batch.quantity)
        rest = [column for column in batch.rest if column.adds]
        axes = [column for column in batch.axes if column.adds]
        wanted = (BLOCK if cube.seen > total else min(BLOCK, total)) + CHUNK  # more batches will come
        if cube.held.room < wanted:
            cube.settle()
            cube.held = Held(wanted)
        kept = cube.held
        plain = batch.plain
        for start in range(0, total, CHUNK):
            step = slice(start, min(start + CHUNK, total))
            found = cube.numbered(added(rest, step))
            if found is None:
                return start
            here = slice(kept.rows, kept.rows + step.stop - start)
            cell = np.multiply(added(axes, step), np.int32(cube.room), out=kept.cell[here], dtype=np.int64)
            cell += found
            quantity = batch.quantity[step]
            units = float(batch.scale[0]) if plain else batch.scale[batch.unit[step]]
            with np.errstate(over="ignore"):  # what is too large is told below
                scaled = quantity * units
            whole = np.rint(scaled, out=kept.whole[here])
            least, most = whole.min(), whole.max()  # NaN where any is
            if least >= 0 and most < LARGEST and not is_rounded(scaled, whole).any():
                kept.rows = here.stop
            else:
                kept.rows += _kept(cube, batch, step, cell, scaled, whole)
            if kept.rows + CHUNK > min(kept.room, max(2 * len(cube.total), LEAST_BLOCK)):
                cube.settle()
        return total

    def settle(self, cube: Cube) -> None:
        """Bring the rows that are held back into the cells, exactly."""
        cell, whole = cube.held.cell[: cube.held.rows], cube.held.whole[: cube.held.rows]
        cube.held.rows = 0
        if len(cell):
            with _settling:
                _settle(cube, cell, whole)


def _kept(
    cube: Cube, batch: Batch, step: slice, cell: NDArray[np.int64], scaled: NDArray[np.float64],
    whole: NDArray[np.float64],
) -> int:  # fmt: skip
    """Note the rows of a step that are worth a word, and move the others to its front; return how many."""
    quantity, units = batch.quantity[step], batch.units(step)
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(scaled) < LARGEST) | ((quantity != 0) & (np.abs(scaled) < 0.5))
        odd = np.flatnonzero(bad | (quantity < 0) | is_rounded(scaled, whole))
    cube.tally.note(
        cube.batch, step.start + odd, cell[odd], quantity[odd], units if isinstance(units, float) else units[odd]
    )
    if not bad.any():
        return len(cell)
    kept = int((~bad).sum())
    cell[:kept], whole[:kept] = cell[~bad], whole[~bad]
    return kept


def add_carefully(cube: Cube, batch: Batch, step: slice, cell: NDArray[np.int64]) -> None:
    """Add one step that may hold faults, roundings, negative and very large quantities."""
    with np.errstate(over="ignore"):  # what is too large is told below
        scaled = batch.quantity[step] * batch.units(step)
    whole = np.rint(scaled)
    kept = _kept(cube, batch, step, cell, scaled, whole)
    if not kept:
        return
    cell, integers = cell[:kept], whole[:kept].astype(np.int64)
    np.add.at(cube.rows, cell, 1)
    if int(np.abs(integers).max()) * kept < WRAP >> 1:
        cube.expect(int(np.abs(integers).max()) * kept)
        np.add.at(cube.total, cell, integers)
        return
    upper = cube.carry()
    np.add.at(cube.total, cell, integers & ((1 << 32) - 1))
    np.add.at(upper, cell, integers >> 32)
    cube.expect(kept << 32)


def added(columns: Sequence[Looked], rows: slice) -> NDArray[np.int32]:
    """Return the places of some rows: the sum of their columns' steps."""
    if not columns:
        return np.zeros(rows.stop - rows.start, np.int32)
    place = columns[0].at(rows)
    for column in columns[1:]:
        place += column.at(rows)
    return place


def _settle(cube: Cube, cell: NDArray[np.int64], whole: NDArray[np.float64]) -> None:
    cells = len(cube.total)
    rows = np.bincount(cell, minlength=cells)
    most, largest = int(rows.max()), int(max(whole.max(), -whole.min()))
    bound = largest * most
    cube.counted(len(cell))
    np.add(cube.rows, rows, out=cube.rows, casting="unsafe")
    del rows  # as large as the table, and so is each sum below
    if bound < EXACT:
        cube.expect(bound)
        _add_sums(cube, cell, whole)
        return
    integers = whole.astype(np.int64)
    low, high = integers & ((1 << SPLIT) - 1), integers >> SPLIT
    if ((largest >> SPLIT) + 1) * most < EXACT and most << SPLIT < EXACT and bound < WRAP >> 1:
        cube.expect(bound + (most << SPLIT))
        _add_sums(cube, cell, low.astype(np.float64))
        _add_sums(cube, cell, high.astype(np.float64), 2.0**SPLIT)
        return
    upper = cube.carry()
    np.add.at(cube.total, cell, integers & ((1 << 32) - 1))
    np.add.at(upper, cell, integers >> 32)
    cube.expect(most << 32)


def _add_sums(cube: Cube, cell: NDArray[np.int64], whole: NDArray[np.float64], times: float = 1.0) -> None:
    """Add the sums of whole numbers that are held as floats, a step at a time: no second table is made of them."""
    sums = np.bincount(cell, weights=whole, minlength=len(cube.total))
    for start in range(0, len(sums), CHUNK):
        cube.total[start : start + CHUNK] += (sums[start : start + CHUNK] * times).astype(np.int64)
