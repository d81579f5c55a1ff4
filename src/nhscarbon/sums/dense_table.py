"""The dense table of cells: organisations by periods by the combinations of the other words that were met.

Combinations are numbered as they are met, and the cells of an organisation lie together: rows often come
organisation by organisation. A kernel adds rows to it; the accumulator decides when it has become too large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Codes, one
from nhscarbon.sums.arithmetic import LIMB, Whole
from nhscarbon.sums.cells import EncodedRows
from nhscarbon.sums.row_faults import RowFaults

DENSE = 1 << 22  # cells of the dense table: 84 MB with their row counts and what the compiled kernel packs
DENSE_MOST = 1 << 25  # for so many rows at once that sorting them would be dearer
PAIRS_SPAN = 1 << 22  # product of the other columns' labels that a look-up table is made for
LOOKED_AT = 1 << 17  # codes
WRAP = 2**62  # a total is carried to its higher limb before it can pass this
AXES = ("organisation", "period")
Shape = tuple[int, int, int]  # of the dense table: organisations, periods, combinations


@dataclass(frozen=True)
class ColumnSteps:
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

    rest: Sequence[ColumnSteps]
    axes: Sequence[ColumnSteps]
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
    """Adds batches to a dense table."""

    name: str

    def run(self, table: DenseTable, batch: Batch) -> int:
        """Add a batch; return how many of its rows were added before the table became too large."""
        ...

    def settle(self, table: DenseTable) -> None:
        """Bring what waits into the cells."""
        ...


class PendingRows:
    """Rows whose cells are known and which wait for the next pass over all cells."""

    def __init__(self, room: int) -> None:
        self.room, self.rows = room, 0
        self.cell, self.whole = np.empty(room, np.int64), np.empty(room, np.float64)


class DenseTable:
    """Cells by place, with what a kernel needs to add rows to them."""

    def __init__(self, names: Sequence[str], kernel: Kernel) -> None:
        self.rest = tuple(name for name in names if name not in AXES)
        self.names = (*AXES, *self.rest)  # as cells are numbered
        self.kernel = kernel
        self.sizes = dict.fromkeys(self.names, 1)  # room in each column
        self.pairs = np.full(1, -1, np.int32)  # number of each combination; -1 where none was met
        self.met: list[NDArray[np.int64]] = []  # combinations in the order of their numbers, as places in `pairs`
        self.count = 0
        self.room = 0  # combinations that each organisation and period has cells for
        self.most = DENSE
        self.outgrown = False  # sums are kept sorted instead
        self.total = np.zeros(0, np.int64)
        self.rows: NDArray[np.int32] | NDArray[np.int64] = np.zeros(0, np.int32)
        self.added = 0  # rows in all
        self.bound = 0  # what no total exceeds
        self.high: Whole | None = None  # what no longer fits the total, in units of 2**32
        self.row_faults = RowFaults()
        self.batch: EncodedRows
        self.seen = 0  # rows in all, whatever became of them
        self.held = PendingRows(0)  # of numpy's kernel
        self.packed = np.zeros(0, np.int64)  # of the compiled kernel: sums with their row counts

    def settle(self) -> None:
        """Bring what a kernel holds back into the cells."""
        self.kernel.settle(self)

    def numbered(self, places: NDArray[np.int32]) -> NDArray[np.int32] | None:
        """Return the number of each combination, new ones included; None where the table would be too large."""
        found = self.pairs[places]
        if found.min(initial=0) >= 0:
            return found
        fresh = np.unique(places[found < 0])
        if not self.fits(self.count + len(fresh)):
            return None
        self.number(fresh)
        return self.pairs[places]

    def counted(self, rows: int) -> None:
        """Widen the row counts before they could wrap."""
        self.added += rows
        if self.added >= 2**31 and self.rows.dtype == np.int32:
            self.rows = self.rows.astype(np.int64)

    def expect(self, bound: int) -> None:
        """Carry the totals if adding so much to one of them could wrap it."""
        self.bound += bound
        if self.bound >= WRAP:
            self.carry()
            self.bound = bound + (1 << LIMB)

    @property
    def blocks(self) -> int:
        """How many cells one combination has."""
        return self.sizes["organisation"] * self.sizes["period"]

    def fits(self, pairs: int) -> bool:
        """Tell whether the table may hold so many combinations."""
        return not self.outgrown and self.places() <= PAIRS_SPAN and max(pairs, 1) * self.blocks <= self.most

    def places(self) -> int:
        """Return how many combinations there could be."""
        product = 1
        for name in self.rest:
            product *= self.sizes[name]
        return product

    def steps(self) -> list[tuple[str, int]]:
        """Return the other columns, and what one more in each adds to a place."""
        steps, step = [], 1
        for name in reversed(self.rest):
            steps.append((name, step))
            step *= self.sizes[name]
        return steps[::-1]

    def widen(self, need: Mapping[str, int]) -> None:
        """Make room for so many words in each column, and for some more to come."""
        for name in self.names:
            if need[name] > self.sizes[name]:
                first = self.count == 0
                self.sizes[name] = need[name] if first else max(need[name], self.sizes[name] + self.sizes[name] // 2)

    def lay_out_anew(self, combinations: NDArray[np.int64], old: Shape) -> None:
        """Give the combinations new numbers after the columns were widened, and move the cells."""
        places = self.places_of(combinations)
        self.pairs = np.full(self.places(), -1, np.int32)
        self.pairs[places] = np.arange(len(places), dtype=np.int32)
        self.met = [places]
        self.room = min(self.room, self.most // self.blocks)
        self.lay_out(old)

    def places_of(
        self, combinations: NDArray[np.int64], numbers: Mapping[str, NDArray[np.int64]] | None = None
    ) -> NDArray[np.int64]:
        """Return the place in `pairs` of each combination; `numbers` says what another table's words are here."""
        place = np.zeros(len(combinations), np.int64)
        for at, (name, step) in enumerate(self.steps()):
            words = combinations[:, at]
            place += (words if numbers is None else numbers[name][words]) * step
        return place

    def clear(self) -> None:
        """Empty the table."""
        self.total, self.rows, self.high = np.zeros(0, np.int64), np.zeros(0, np.int32), None
        self.count, self.room, self.met = 0, 0, []
        self.row_faults.forget_cells()

    @property
    def shape(self) -> Shape:
        """How many organisations, periods and combinations there is room for."""
        return self.sizes["organisation"], self.sizes["period"], self.room

    def lay_out(self, old: Shape) -> None:
        """Move the cells of a table of another shape to their places in this one."""
        if old == self.shape:
            return

        def wider(array: NDArray[Any]) -> NDArray[Any]:
            wide, kept = np.zeros(self.shape, array.dtype), min(old[2], self.room)
            wide[: old[0], : old[1], :kept] = array.reshape(old)[:, :, :kept]
            return wide.reshape(-1)

        self.total, self.rows = wider(self.total), wider(self.rows)
        self.high = None if self.high is None else wider(self.high)
        self.row_faults.move(lambda cell: self.place(*parts_of(cell, old)))

    def place(self, body: int, period: int, pair: int) -> int:
        """Return the cell of an organisation, a period and a combination."""
        return (body * self.sizes["period"] + period) * self.room + pair

    def number(self, places: NDArray[np.int32] | NDArray[np.int64]) -> None:
        """Give numbers to combinations that are met for the first time, and room to their cells."""
        self.pairs[places] = np.arange(self.count, self.count + len(places), dtype=np.int32)
        self.met.append(places.astype(np.int64))
        self.count += len(places)
        if self.fits(self.count) and self.count > self.room:
            self.settle()
            old = self.shape
            self.room = min(max(self.count, self.room + self.room // 4), self.most // self.blocks)
            self.lay_out(old)

    def combinations(self) -> NDArray[np.int64]:
        """Return the numbers of the other words of each combination, as a row each."""
        places = np.concatenate([*self.met, np.zeros(0, np.int64)])
        columns = []
        for name, step in self.steps():
            columns.append(places // step % self.sizes[name])
        return np.stack(columns, axis=1) if columns else np.zeros((len(places), 0), np.int64)

    def carry(self) -> Whole:
        """Move what is above 2**32 of each total to the higher limb, so that no total can wrap; return that limb."""
        if self.high is None:
            self.high = np.zeros(len(self.total), np.int64)
        self.high += self.total >> LIMB
        self.total &= (1 << LIMB) - 1
        self.bound = 1 << LIMB
        return self.high

    def absorb(self, other: DenseTable, places: NDArray[np.int64], numbers: Mapping[str, NDArray[np.int64]]) -> None:
        """Add the cells of another table, whose combinations lie at `places` here."""
        if other.count == 0:
            return
        if self.bound + other.bound >= WRAP:
            self.carry()
            other.carry()
        self.bound += other.bound
        self.counted(other.added)
        if other.high is not None and self.high is None:
            self.high = np.zeros(len(self.total), np.int64)
        sides = [*(numbers[name] for name in AXES), self.pairs[places].astype(np.int64)]
        body, period, pair = sides
        rows = (body[:, np.newaxis] * self.sizes["period"] + period).reshape(-1)  # of each of their blocks, my own
        theirs_at = (np.arange(len(body))[:, np.newaxis] * other.sizes["period"] + np.arange(len(period))).reshape(-1)
        ordered = np.argsort(rows), np.argsort(pair)  # as they lie here: a third of the time of scattering
        where = rows[ordered[0]], pair[ordered[1]]
        side_by_side = all(each[-1] == len(each) - 1 for each in where)
        here: Any = tuple(slice(len(each)) for each in where) if side_by_side else np.ix_(*where)
        both: list[tuple[Any, Any]] = [(self.total, other.total), (self.rows, other.rows), (self.high, other.high)]
        for mine, theirs in both:
            if mine is not None and theirs is not None:
                part = laid_out(theirs.reshape(-1, other.room), theirs_at[ordered[0]], ordered[1])
                mine.reshape(-1, self.room)[here] += part.astype(mine.dtype, copy=False)

        def placed(cell: int) -> int:
            return self.place(*(int(each[part]) for each, part in zip(sides, parts_of(cell, other.shape), strict=True)))

        self.row_faults.absorb_cells(other.row_faults, placed)


def laid_out(table: NDArray[Any], rows: NDArray[np.integer[Any]], columns: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Return some rows and columns of a table in an order; a view where they are the first as they lie."""
    for axis, order in enumerate((rows, columns)):
        as_they_lie = (order == np.arange(len(order))).all()
        table = table[(slice(None),) * axis + (slice(len(order)),)] if as_they_lie else table.take(order, axis)
    return table


def parts_of(cell: Any, shape: Shape) -> tuple[Any, Any, Any]:  # noqa: ANN401  a number, or an array of them
    """Return the body, period and combination of a cell, or of each of some cells."""
    block, pair = divmod(cell, shape[2])
    return (*divmod(block, shape[1]), pair)
