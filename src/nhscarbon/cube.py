"""The one accumulator of rows: whole quantities by coded words, exact whatever the order, batch or thread.

A cell is an (organisation, period, combination). Combinations of the other words are few, whatever their
product, so they are numbered as they are met and the cells lie in one dense table, those of a body together:
rows often come body by body. Where that table would be too large, cells are sorted instead. Either way the
same integers are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon import cells as cells_of_words
from nhscarbon import kernel
from nhscarbon.cells import Cells, Coded
from nhscarbon.columns import Column, Mask
from nhscarbon.findings import Finding
from nhscarbon.kernel import LARGEST, LIMB, POWERS, Whole
from nhscarbon.kernel_choice import kernel_of
from nhscarbon.kernels import WRAP, Batch, Held, Looked
from nhscarbon.tally import Tally

DENSE = 1 << 22  # cells of the dense table: 84 MB with their row counts and what the compiled kernel packs
DENSE_MOST = 1 << 25  # for so many rows at once that sorting them would be dearer
PAIRS_SPAN = 1 << 22  # product of the other columns' labels that a look-up table is made for
AXES = ("organisation", "period")
Shape = tuple[int, int, int]  # of the dense table: bodies, periods, combinations


class Cube:
    """Adds rows to cells; one for each thread, merged at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        self.rest = tuple(name for name in names if name not in AXES)
        self.names = (*AXES, *self.rest)  # as cells are numbered
        self.labels: dict[str, dict[str, int]] = {name: {} for name in self.names}
        self.sizes = dict.fromkeys(self.names, 1)  # room in each column
        self.pairs = np.full(1, -1, np.int32)  # number of each combination; -1 where none was met
        self.met: list[NDArray[np.int64]] = []  # combinations in the order of their numbers, as places in `pairs`
        self.count = 0
        self.room = 0  # combinations that each body and period has cells for
        self.total = np.zeros(0, np.int64)
        self.rows: NDArray[np.int32] | NDArray[np.int64] = np.zeros(0, np.int32)
        self.added = 0  # rows in all
        self.bound = 0  # what no total exceeds
        self.high: Whole | None = None  # what no longer fits the total, in units of 2**32
        self.tally = Tally()
        self.sorted: list[Cells] = []  # sums that outgrew the dense table
        self.dense_most = DENSE
        self.batch: Coded
        self.held = Held(0)  # of numpy's kernel
        self.packed = np.zeros(0, np.int64)  # of the compiled kernel: sums with their row counts
        self.learnt: dict[str, tuple[Sequence[str], NDArray[np.int64]]] = {}  # numbers of the labels met last
        self.seen = 0  # rows in all, whatever became of them
        self.findings: list[Finding] = []  # what reading met in the batches
        self.kernel = kernel_of()

    def add(self, rows: Coded) -> None:
        """Add a batch of rows."""
        self.seen += len(rows.quantity)
        numbers = {name: self._learn(name, rows.labels[name]) for name in self.names}
        self._make_room()
        self.batch = rows
        done = 0
        if self._fits(self.count):
            axes = {"organisation": numbers["organisation"] * self.sizes["period"], "period": numbers["period"]}
            done = self.kernel.run(
                self,
                Batch(
                    rest=[
                        Looked(rows.codes[name], (numbers[name] * step).astype(np.int32))
                        for name, step in self._steps()
                    ],
                    axes=[Looked(rows.codes[name], axes[name].astype(np.int32)) for name in AXES],
                    quantity=rows.quantity,
                    scale=POWERS[np.array(rows.decimals, np.int64)],
                    unit=rows.codes["unit"],
                ),
            )
        if done < len(rows.quantity):
            self._add_sorted(rows.after(done), numbers)

    def settle(self) -> None:
        """Bring what a kernel holds back into the cells."""
        self.kernel.settle(self)

    def numbered(self, places: NDArray[np.int32]) -> NDArray[np.int32] | None:
        """Return the number of each combination, new ones included; None where the table would be too large."""
        found = self.pairs[places]
        if found.min(initial=0) >= 0:
            return found
        fresh = np.unique(places[found < 0])
        if not self._fits(self.count + len(fresh)):
            return None
        self._number(fresh)
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

    def _fits(self, pairs: int) -> bool:
        return not self.sorted and self._places() <= PAIRS_SPAN and max(pairs, 1) * self.blocks <= self.dense_most

    def _places(self) -> int:
        product = 1
        for name in self.rest:
            product *= self.sizes[name]
        return product

    def _steps(self) -> list[tuple[str, int]]:
        steps, step = [], 1
        for name in reversed(self.rest):
            steps.append((name, step))
            step *= self.sizes[name]
        return steps[::-1]

    def _learn(self, name: str, labels: Sequence[str]) -> NDArray[np.int64]:
        """Return this accumulator's number of each label of a batch, and last that of an empty cell."""
        last = self.learnt.get(name)
        if last is not None and last[0] is labels:
            return last[1]
        known = self.labels[name]
        numbers = np.array([known.setdefault(label, len(known)) for label in (*labels, "")], np.int64)
        self.learnt[name] = (labels, numbers)
        return numbers

    def _make_room(self) -> None:
        """Lay the tables out anew where a column has more labels than room."""
        need = {name: len(self.labels[name]) for name in self.names}
        if all(need[name] <= self.sizes[name] for name in self.names):
            return
        self.settle()
        old, before = self._shape, self._combinations()
        for name in self.names:
            if need[name] > self.sizes[name]:
                first = self.count == 0
                self.sizes[name] = need[name] if first else max(need[name], self.sizes[name] + self.sizes[name] // 2)
        if not self._fits(self.count):
            if self.count:
                self.sorted = [self._dense_cells(before, old)]
            self._clear()
            return
        steps = dict(self._steps())
        places = sum((before[:, n] * steps[name] for n, name in enumerate(self.rest)), np.zeros(len(before), np.int64))
        self.pairs = np.full(self._places(), -1, np.int32)
        self.pairs[places] = np.arange(len(places), dtype=np.int32)
        self.met = [places]
        self.room = min(self.room, self.dense_most // self.blocks)
        self._lay_out(old)

    def _clear(self) -> None:
        """Empty the dense table."""
        self.total, self.rows, self.high = np.zeros(0, np.int64), np.zeros(0, np.int32), None
        self.count, self.room, self.met = 0, 0, []
        self.tally.forget_cells()

    @property
    def _shape(self) -> Shape:
        return self.sizes["organisation"], self.sizes["period"], self.room

    def _lay_out(self, old: Shape) -> None:
        """Move the cells of a table of another shape to their places in this one."""
        if old == self._shape:
            return

        def wider(array: NDArray[Any]) -> NDArray[Any]:
            wide, kept = np.zeros(self._shape, array.dtype), min(old[2], self.room)
            wide[: old[0], : old[1], :kept] = array.reshape(old)[:, :, :kept]
            return wide.reshape(-1)

        self.total, self.rows = wider(self.total), wider(self.rows)
        self.high = None if self.high is None else wider(self.high)
        self.tally.move(lambda cell: self._place(*_parts(cell, old)))

    def _place(self, body: int, period: int, pair: int) -> int:
        return (body * self.sizes["period"] + period) * self.room + pair

    def _number(self, places: NDArray[np.int32] | NDArray[np.int64]) -> None:
        """Give numbers to combinations that are met for the first time, and room to their cells."""
        self.pairs[places] = np.arange(self.count, self.count + len(places), dtype=np.int32)
        self.met.append(places.astype(np.int64))
        self.count += len(places)
        if self._fits(self.count) and self.count > self.room:
            self.settle()
            old = self._shape
            self.room = min(max(self.count, self.room + self.room // 4), self.dense_most // self.blocks)
            self._lay_out(old)

    def _combinations(self) -> NDArray[np.int64]:
        """Return the numbers of the other words of each combination, as a row each."""
        places = np.concatenate([*self.met, np.zeros(0, np.int64)])
        columns = []
        for name, step in self._steps():
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

    def _add_sorted(self, rows: Coded, numbers: Mapping[str, NDArray[np.int64]]) -> None:
        """Add rows where the dense table would be too large: their cells are sorted."""
        self.settle()
        if not self.sorted and self.count:
            self.sorted = [self._dense_cells(self._combinations(), self._shape)]
        self._clear()
        coded = [numbers[name].astype(np.int32)[rows.codes[name]] for name in self.names]
        cell, codes = kernel.group(coded, [len(self.labels[name]) for name in self.names])
        decimals = np.array(rows.decimals, np.int64)[rows.codes["unit"]]
        quantity = np.asarray(rows.quantity, np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = quantity * POWERS[decimals]
            good = (np.abs(scaled) < LARGEST) & ((quantity == 0) | (np.abs(scaled) >= 0.5))
            odd = ~good | (quantity < 0) | kernel.is_rounded(scaled, np.rint(scaled))
        whole = np.rint(np.where(good, scaled, 0)).astype(np.int64)
        total, _ = kernel.accumulate(cell, whole, len(codes))
        where = np.flatnonzero(odd)
        self.tally.note(rows, where, cell[where], quantity[where], POWERS[decimals[where]])
        summed = np.bincount(cell[good], minlength=len(codes)).astype(np.int64)
        negative, unsummed = (cells_of_words.spread(each, np.arange(len(codes))) for each in self.tally.of_cells)
        self.sorted.append(Cells(self._named(codes), total, summed, negative, unsummed))
        self.tally.forget_cells()
        if len(self.sorted) > 1 and sum(map(len, self.sorted[1:])) > len(self.sorted[0]):
            self.sorted = [self._merged(self.sorted)]

    def _merged(self, parts: Sequence[Cells]) -> Cells:
        return cells_of_words.merged(parts, {name: tuple(self.labels[name]) for name in self.names})

    def _dense_cells(self, combinations: NDArray[np.int64], shape: Shape) -> Cells:
        """Return the cells of the dense table that have rows, under the codes of this accumulator."""
        used = self.rows > 0
        used[[*self.tally.unsummed]] = True
        cell = np.flatnonzero(used)
        body, period, pair = _parts(cell, shape)
        codes = np.concatenate([np.stack([body, period], axis=1), combinations[pair]], axis=1)
        total = self.total[cell] if self.high is None else kernel.of_limbs(self.high[cell], self.total[cell])
        negative, unsummed = (cells_of_words.spread(each, cell) for each in self.tally.of_cells)
        return Cells(self._named(codes), total, self.rows[cell].astype(np.int64), negative, unsummed)

    def _named(self, codes: NDArray[np.int64]) -> dict[str, Column]:
        return {name: Column(codes[:, place], tuple(self.labels[name])) for place, name in enumerate(self.names)}

    def absorb(self, other: Cube) -> None:
        """Add what another accumulator of the same columns has summed."""
        self.settle()
        other.settle()
        self.seen += other.seen
        self.findings += other.findings
        numbers = {name: self._learn(name, tuple(other.labels[name]))[:-1] for name in self.names}
        self._make_room()
        self.tally.absorb_faults(other.tally)
        combinations = other._combinations()
        steps = dict(self._steps())
        places = sum((numbers[name][combinations[:, n]] * steps[name] for n, name in enumerate(self.rest)),
                     np.zeros(len(combinations), np.int64))  # fmt: skip
        dense = not self.sorted and not other.sorted and self._fits(self.count)
        if dense:
            fresh = places[self.pairs[places] < 0]
            if self._fits(self.count + len(fresh)):
                self._number(fresh)
                self._absorb_dense(other, places, numbers)
                return
        mine = self.sorted or ([self._dense_cells(self._combinations(), self._shape)] if self.count else [])
        theirs = other.sorted or ([other._dense_cells(combinations, other._shape)] if other.count else [])
        for part in theirs:
            columns = {name: Column(numbers[name][part.columns[name].codes], ()) for name in self.names}
            mine = [*mine, replace(part, columns=columns)]
        self._clear()
        self.sorted = [self._merged(mine)] if mine else []

    def _absorb_dense(self, other: Cube, places: NDArray[np.int64], numbers: Mapping[str, NDArray[np.int64]]) -> None:
        if other.count == 0:
            return
        self._carry_if_near(other)
        self.counted(other.added)
        if other.high is not None and self.high is None:
            self.high = np.zeros(len(self.total), np.int64)
        places_of = [*(numbers[name] for name in AXES), self.pairs[places].astype(np.int64)]
        body, period, pair = places_of
        rows = (body[:, np.newaxis] * self.sizes["period"] + period).reshape(-1)  # of each of their blocks, my own
        theirs_at = (np.arange(len(body))[:, np.newaxis] * other.sizes["period"] + np.arange(len(period))).reshape(-1)
        ordered = np.argsort(rows), np.argsort(pair)  # as they lie here: a third of the time of scattering
        where = rows[ordered[0]], pair[ordered[1]]
        side_by_side = all(each[-1] == len(each) - 1 for each in where)
        here: Any = tuple(slice(len(each)) for each in where) if side_by_side else np.ix_(*where)
        both: list[tuple[Any, Any]] = [(self.total, other.total), (self.rows, other.rows), (self.high, other.high)]
        for mine, theirs in both:
            if mine is not None and theirs is not None:
                part = _laid_out(theirs.reshape(-1, other.room), theirs_at[ordered[0]], ordered[1])
                mine.reshape(-1, self.room)[here] += part.astype(mine.dtype, copy=False)

        def placed(cell: int) -> int:
            return self._place(
                *(int(each[part]) for each, part in zip(places_of, _parts(cell, other._shape), strict=True))
            )

        self.tally.absorb_cells(other.tally, placed)

    def _carry_if_near(self, other: Cube) -> None:
        """Make room in the lower limb before two dense tables are added."""
        if self.bound + other.bound >= WRAP:
            self.carry()
            other.carry()
        self.bound += other.bound

    def result(self, names: Sequence[str]) -> Cells:
        """Return every cell that has rows, in ascending order of its words; nothing can be added any more.

        `names` are the columns in the order that decides, organisation and period first.
        """
        self.settle()
        self.held = Held(0)
        words = {name: tuple(sorted(self.labels[name])) for name in names}
        if self.sorted:
            return cells_of_words.ascending(self._merged(self.sorted), words)
        if not self.count:
            return cells_of_words.none(names)
        others = names[len(AXES) :]
        ranks = {name: _ranks(list(self.labels[name]), words[name]) for name in names}
        combinations = self._combinations()
        columns = {name: ranks[name][combinations[:, self.rest.index(name)]] for name in others}
        others_in_order = np.lexsort([columns[name] for name in reversed(others)]) if others else np.zeros(1, np.intp)
        bodies, periods = (np.argsort(ranks[name]) for name in AXES)
        used: Mask = self.rows.reshape(-1, self.room) > 0
        used.reshape(-1)[[*self.tally.unsummed]] = True
        blocks = (bodies[:, np.newaxis] * self.sizes["period"] + periods).reshape(-1)
        met: Mask = np.any(used, axis=1)[blocks]
        met_pairs: Mask = np.any(used, axis=0)[others_in_order]
        blocks, pairs = blocks[met], others_in_order[met_pairs]
        row, column = np.zeros(len(used), np.int64), np.zeros(self.room, np.int64)
        row[blocks], column[pairs] = np.arange(len(blocks)), np.arange(len(pairs))

        def placed(cell: int) -> int:
            block, pair = divmod(cell, self.room)
            return int(row[block]) * len(pairs) + int(column[pair])

        def in_order(array: NDArray[Any]) -> NDArray[Any]:
            return _laid_out(array.reshape(-1, self.room), blocks, pairs)

        self.tally.move(placed)
        return cells_of_words.of_table(
            in_order(self.rows), in_order(self.total), None if self.high is None else in_order(self.high),
            self.tally.of_cells,
            {name: (codes[met], words[name])
             for name, codes in zip(AXES, np.divmod(np.arange(len(met)), len(periods)), strict=True)},
            {name: (columns[name][pairs], words[name]) for name in others},
        )  # fmt: skip


def _laid_out(table: NDArray[Any], rows: NDArray[np.integer[Any]], columns: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Return some rows and columns of a table in an order; a view where they are the first as they lie."""
    for axis, order in enumerate((rows, columns)):
        as_they_lie = (order == np.arange(len(order))).all()
        table = table[(slice(None),) * axis + (slice(len(order)),)] if as_they_lie else table.take(order, axis)
    return table


def _parts(cell: Any, shape: Shape) -> tuple[Any, Any, Any]:  # noqa: ANN401  a number, or an array of them
    """Return the body, period and combination of a cell, or of each of some cells."""
    block, pair = divmod(cell, shape[2])
    return (*divmod(block, shape[1]), pair)


def _ranks(labels: list[str], ordered: tuple[str, ...]) -> NDArray[np.int64]:
    place = {label: code for code, label in enumerate(ordered)}
    return np.array([place[label] for label in labels], np.int64)
