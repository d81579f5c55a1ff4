"""The one accumulator of rows: whole quantities by coded words, exact whatever the order, batch or thread.

A cell is a (combination, period, organisation). Combinations of the other words are few, whatever their
product, so they are numbered as they are met and the cells lie in one dense table; where that table would be
too large, cells are sorted instead. Either way the same integers are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon import kernel
from nhscarbon.findings import Finding
from nhscarbon.kernel import LARGEST, LIMB, POWERS, Codes, Total, Whole
from nhscarbon.kernel_choice import kernel_of
from nhscarbon.kernels import WRAP, Batch, Held, Looked, settle

DENSE = 1 << 22  # cells of the dense table: 64 MB with their row counts
DENSE_MOST = 1 << 25  # for so many rows at once that sorting them would be dearer
PAIRS_SPAN = 1 << 22  # product of the other columns' labels that a look-up table is made for
AXES = ("organisation", "period")
FAULTS = ("not_a_number", "too_large", "too_small")  # rows that are counted and not summed
FIRST = 5  # row numbers that are kept of each fault


@dataclass(frozen=True)
class Coded:
    """Rows as they reach the accumulator.

    Attributes
    ----------
    codes : Mapping[str, integer array]
        Of each column; -1 is an empty cell.
    labels : Mapping[str, sequence of str]
    quantity : float64 array
    decimals : sequence of int
        Decimal places that each label of ``unit`` is summed at, and those of an empty one.
    first_row : int or int64 array
        The number of the first row as the sender sees it, or of every row.
    """

    codes: Mapping[str, Codes]
    labels: Mapping[str, Sequence[str]]
    quantity: NDArray[np.float64]
    decimals: Sequence[int]
    first_row: int | NDArray[np.int64] = 1

    def row_number(self, row: int) -> int:
        """Return the number of a row as the sender sees it."""
        return self.first_row + row if isinstance(self.first_row, int) else int(self.first_row[row])


@dataclass(frozen=True)
class Cells:
    """The sums: one entry for each combination of words that occurs.

    `codes` index the labels of their column, the empty word among them; `negative` counts rows below zero
    and `unsummed` those under a fault. `used` tells which labels occur, where that is known.
    """

    codes: Mapping[str, Codes]
    labels: Mapping[str, tuple[str, ...]]
    total: Total
    rows: Whole
    negative: Whole
    unsummed: Whole
    used: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)


class Cube:
    """Adds rows to cells; one for each thread, merged at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        self.rest = tuple(name for name in names if name not in AXES)
        self.names = (*self.rest, *reversed(AXES))  # as cells are numbered: combination, period, organisation
        self.labels: dict[str, dict[str, int]] = {name: {} for name in self.names}
        self.sizes = dict.fromkeys(self.names, 1)  # room in each column
        self.pairs = np.full(1, -1, np.int32)  # number of each combination; -1 where none was met
        self.met: list[NDArray[np.int64]] = []  # combinations in the order of their numbers, as places in `pairs`
        self.count = 0
        self.total = np.zeros(0, np.int64)
        self.rows: NDArray[np.int32] | NDArray[np.int64] = np.zeros(0, np.int32)
        self.added = 0  # rows in all
        self.bound = 0  # what no total exceeds
        self.high: Whole | None = None  # what no longer fits the total, in units of 2**32
        self.negative: dict[int, int] = {}
        self.unsummed: dict[int, int] = {}
        self.faults: dict[str, tuple[int, list[int]]] = {}
        self.rounded: tuple[int, list[int]] = (0, [])
        self.sorted: list[Cells] = []  # sums that outgrew the dense table
        self.dense_most = DENSE
        self.batch: Coded
        self.held = Held(0)
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
            axes = {"period": numbers["period"] * self.sizes["organisation"], "organisation": numbers["organisation"]}
            done = self.kernel.run(
                self,
                Batch(
                    rest=[
                        Looked(rows.codes[name], (numbers[name] * step).astype(np.int32))
                        for name, step in self._steps()
                    ],
                    axes=[Looked(rows.codes[name], axes[name].astype(np.int32)) for name in reversed(AXES)],
                    quantity=rows.quantity,
                    scale=POWERS[np.array(rows.decimals, np.int64)],
                    unit=rows.codes["unit"],
                ),
            )
        if done < len(rows.quantity):
            self._add_sorted(_rest(rows, done), numbers)

    def settle(self) -> None:
        """Bring rows that a kernel holds back into the cells."""
        settle(self)

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
    def span(self) -> int:
        """Cells of one combination."""
        return self.sizes["period"] * self.sizes["organisation"]

    def _fits(self, pairs: int) -> bool:
        return not self.sorted and self._places() <= PAIRS_SPAN and max(pairs, 1) * self.span <= self.dense_most

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
        old, before, span = dict(self.sizes), self._combinations(), self.span
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
        if self.span != span:
            self._lay_out(old)

    def _clear(self) -> None:
        """Empty the dense table."""
        self.total, self.rows, self.high = np.zeros(0, np.int64), np.zeros(0, np.int32), None
        self.count, self.met = 0, []
        self.negative, self.unsummed = {}, {}

    def _lay_out(self, old: Mapping[str, int]) -> None:
        periods, bodies = old["period"], old["organisation"]

        def wider(array: NDArray[Any]) -> NDArray[Any]:
            shape = array.reshape(-1, periods, bodies)
            room = np.zeros((len(shape), self.sizes["period"], self.sizes["organisation"]), array.dtype)
            room[:, :periods, :bodies] = shape
            return room.reshape(-1)

        def moved(cell: int) -> int:
            pair, rest = divmod(cell, periods * bodies)
            return pair * self.span + rest // bodies * self.sizes["organisation"] + rest % bodies

        self.total, self.rows = wider(self.total), wider(self.rows)
        self.high = None if self.high is None else wider(self.high)
        self.negative = {moved(cell): count for cell, count in self.negative.items()}
        self.unsummed = {moved(cell): count for cell, count in self.unsummed.items()}

    def _number(self, places: NDArray[np.int32] | NDArray[np.int64]) -> None:
        """Give numbers to combinations that are met for the first time, and room to their cells."""
        self.pairs[places] = np.arange(self.count, self.count + len(places), dtype=np.int32)
        self.met.append(places.astype(np.int64))
        self.count += len(places)
        if self._fits(self.count) and self.count * self.span > len(self.total):
            room = min(max(self.count, len(self.total) // self.span * 2), self.dense_most // self.span)
            self.total, self.rows = _longer(self.total, room * self.span), _longer(self.rows, room * self.span)
            self.high = None if self.high is None else _longer(self.high, room * self.span)

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

    def note(
        self,
        odd: NDArray[np.int64],
        cell: NDArray[np.int64],
        quantity: NDArray[np.float64],
        units: float | NDArray[np.float64],
    ) -> None:
        """Count what is worth a word of some rows of the batch: faults, roundings and negative quantities."""
        rows = self.batch
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = quantity * units
            finite = np.isfinite(quantity)
            large = finite & ~(np.abs(scaled) < LARGEST)
            small = finite & (quantity != 0) & (np.abs(scaled) < 0.5)
            good = finite & ~large & ~small
            nearest = np.rint(np.where(good, scaled, 0))
            rounded = good & kernel.is_rounded(np.where(good, scaled, 0), nearest)
            negative = good & (quantity < 0)
        for kind, mask in zip(FAULTS, (~finite, large, small), strict=True):
            if mask.any():
                count, first = self.faults.get(kind, (0, []))
                shown = [rows.row_number(int(odd[place])) for place in np.flatnonzero(mask)[: FIRST - len(first)]]
                self.faults[kind] = (count + int(mask.sum()), [*first, *shown])
        if rounded.any():
            count, first = self.rounded
            shown = [rows.row_number(int(odd[place])) for place in np.flatnonzero(rounded)[: FIRST - len(first)]]
            self.rounded = (count + int(rounded.sum()), [*first, *shown])
        for found, mask in ((self.negative, negative), (self.unsummed, ~good)):
            for place, count in zip(
                *(part.tolist() for part in np.unique(cell[mask], return_counts=True)), strict=True
            ):
                found[place] = found.get(place, 0) + count

    def _add_sorted(self, rows: Coded, numbers: Mapping[str, NDArray[np.int64]]) -> None:
        """Add rows where the dense table would be too large: their cells are sorted."""
        self.settle()
        if not self.sorted and self.count:
            self.sorted = [self._dense_cells(self._combinations(), self.sizes)]
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
        self.negative, self.unsummed = {}, {}
        where = np.flatnonzero(odd)
        self.batch = rows
        self.note(where, cell[where], quantity[where], POWERS[decimals[where]])
        summed = np.bincount(cell[good], minlength=len(codes)).astype(np.int64)
        cells = np.arange(len(codes))
        self.sorted.append(Cells(self._named(codes), {}, total, summed, _spread(self.negative, cells, len(cells)),
                                 _spread(self.unsummed, cells, len(cells))))  # fmt: skip
        self.negative, self.unsummed = {}, {}
        if len(self.sorted) > 1 and sum(len(part.rows) for part in self.sorted[1:]) > len(self.sorted[0].rows):
            self.sorted = [self._merged(self.sorted)]

    def _merged(self, parts: Sequence[Cells]) -> Cells:
        sizes = [len(self.labels[name]) for name in self.names]
        codes = [np.concatenate([part.codes[name] for part in parts]).astype(np.int32) for name in self.names]
        cell, found = kernel.group(codes, sizes)

        def added(arrays: Sequence[Whole]) -> Whole:
            sums = np.zeros(len(found), np.int64)
            np.add.at(sums, cell, np.concatenate(arrays))
            return sums

        total = kernel.add_parts(cell, [part.total for part in parts], len(found))
        rows, negative, unsummed = (
            added([getattr(part, name) for part in parts]) for name in ("rows", "negative", "unsummed")
        )
        return Cells(self._named(found), {}, total, rows, negative, unsummed)

    def _dense_cells(self, combinations: NDArray[np.int64], sizes: Mapping[str, int]) -> Cells:
        """Return the cells of the dense table that have rows."""
        bodies = sizes["organisation"]
        span = bodies * sizes["period"]
        used = self.rows > 0
        used[[*self.unsummed]] = True
        cell = np.flatnonzero(used)
        pair, rest = np.divmod(cell, span)
        codes = np.concatenate([combinations[pair], np.stack([rest // bodies, rest % bodies], axis=1)], axis=1)
        total: Total = self.total[cell] if self.high is None else kernel.of_limbs(self.high[cell], self.total[cell])
        negative, unsummed = (_spread(each, cell, len(self.total)) for each in (self.negative, self.unsummed))
        return Cells(self._named(codes), {}, total, self.rows[cell].astype(np.int64), negative, unsummed)

    def _named(self, codes: NDArray[np.int64]) -> dict[str, Codes]:
        return {name: codes[:, place] for place, name in enumerate(self.names)}

    def absorb(self, other: Cube) -> None:
        """Add what another accumulator of the same columns has summed."""
        self.settle()
        other.settle()
        self.seen += other.seen
        self.findings += other.findings
        numbers = {name: self._learn(name, tuple(other.labels[name]))[:-1] for name in self.names}
        self._make_room()
        for kind, (count, first) in other.faults.items():
            before, shown = self.faults.get(kind, (0, []))
            self.faults[kind] = (before + count, sorted([*shown, *first])[:FIRST])
        self.rounded = (self.rounded[0] + other.rounded[0], sorted([*self.rounded[1], *other.rounded[1]])[:FIRST])
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
        mine = self.sorted or ([self._dense_cells(self._combinations(), self.sizes)] if self.count else [])
        theirs = other.sorted or ([other._dense_cells(combinations, other.sizes)] if other.count else [])
        for part in theirs:
            codes = {name: numbers[name][part.codes[name]] for name in self.names}
            mine = [*mine, Cells(codes, {}, part.total, part.rows, part.negative, part.unsummed)]
        self._clear()
        self.sorted = [self._merged(mine)] if mine else []

    def _absorb_dense(self, other: Cube, places: NDArray[np.int64], numbers: Mapping[str, NDArray[np.int64]]) -> None:
        if other.count == 0:
            return
        self.carry_if_near(other)
        if self._laid_out_like(other):
            self.counted(other.added)
            cells = other.count * other.span
            self.total[:cells] += other.total[:cells]
            self.rows[:cells] += other.rows[:cells].astype(self.rows.dtype)
            if other.high is not None and self.high is not None:
                self.high[:cells] += other.high[:cells]
            for found, counts in ((self.negative, other.negative), (self.unsummed, other.unsummed)):
                for cell, count in counts.items():
                    found[cell] = found.get(cell, 0) + count
            return
        pairs = self.pairs[places].astype(np.int64)
        axes = (numbers["period"], numbers["organisation"])
        shape = (self.sizes["period"], self.sizes["organisation"])
        self.counted(other.added)
        if other.high is not None and self.high is None:
            self.high = np.zeros(len(self.total), np.int64)
        pairs_of: list[tuple[Any, Any]] = [(self.total, other.total), (self.rows, other.rows), (self.high, other.high)]
        for mine, theirs in pairs_of:
            if mine is not None and theirs is not None:
                part = theirs[: other.count * other.span].reshape(other.count, other.sizes["period"], -1)
                used = part[:, : len(axes[0]), : len(axes[1])].astype(mine.dtype)
                mine.reshape(-1, *shape)[np.ix_(pairs, *axes)] += used
        for found, counts in ((self.negative, other.negative), (self.unsummed, other.unsummed)):
            for cell, count in counts.items():
                pair, rest = divmod(cell, other.span)
                period, body = divmod(rest, other.sizes["organisation"])
                place = int((pairs[pair] * shape[0] + axes[0][period]) * shape[1] + axes[1][body])
                found[place] = found.get(place, 0) + count

    def _laid_out_like(self, other: Cube) -> bool:
        """Tell whether the cells of two accumulators stand in the same places."""
        if self.sizes != other.sizes or (other.high is not None and self.high is None):
            return False
        if any([*self.labels[name]][: len(other.labels[name])] != [*other.labels[name]] for name in self.names):
            return False
        theirs = np.concatenate([*other.met, np.zeros(0, np.int64)])
        return bool((np.concatenate([*self.met, np.zeros(0, np.int64)])[: len(theirs)] == theirs).all())

    def carry_if_near(self, other: Cube) -> None:
        """Make room in the lower limb before two dense tables are added."""
        largest = [int(np.abs(each.total).max(initial=0)) for each in (self, other)]
        if sum(largest) >= 2**62:
            self.carry()
            other.carry()

    def result(self, names: Sequence[str]) -> Cells:
        """Return every cell that has rows, in ascending order of its words.

        `names` are the columns in the order that decides, organisation and period first.

        The dense table is turned as a whole, body, period, combination, which is several times faster than to
        sort its cells.
        """
        self.settle()
        self.held = Held(0)
        words = {name: sorted(self.labels[name]) for name in self.names}
        ranks = {name: _ranks(list(self.labels[name]), words[name]) for name in self.names}
        if self.sorted:
            return self._sorted_result(names, words, ranks)
        others = [name for name in names if name not in AXES]
        combinations = self._combinations()
        columns = {name: ranks[name][combinations[:, place]] for place, name in enumerate(self.rest)}
        keys = [columns[name] for name in reversed(others)]
        order = np.lexsort(keys) if keys and len(combinations) else np.arange(len(combinations))
        bodies, periods = (np.argsort(ranks[name]) for name in AXES)

        def turned(array: NDArray[Any]) -> NDArray[Any]:
            shaped = array[: self.count * self.span].reshape(
                self.count, self.sizes["period"], self.sizes["organisation"]
            )
            if len(bodies) < self.sizes["organisation"] or (np.diff(bodies) != 1).any():
                shaped = shaped[:, :, bodies]
            return shaped[order][:, periods].transpose(2, 1, 0).reshape(-1)

        rows = turned(self.rows)
        used = rows > 0
        shape = (len(bodies), len(periods), self.count)
        negative, unsummed = (self._turned(counts, ranks, order, shape) for counts in (self.negative, self.unsummed))
        used[[*unsummed]] = True
        cell = np.flatnonzero(used)
        whole = len(cell) == len(used)
        low = turned(self.total) if whole else turned(self.total)[cell]
        total: Total = low if self.high is None else kernel.of_limbs(turned(self.high)[cell], low)
        blocks = np.arange(len(bodies) * len(periods), dtype=np.int32)
        block = np.repeat(blocks, used.reshape(-1, self.count).sum(axis=1)) if self.count else blocks[:0]
        pair = (cell - block.astype(np.int64) * self.count).astype(np.int32)
        codes: dict[str, Codes] = {
            "organisation": (blocks // max(len(periods), 1))[block],
            "period": (blocks % max(len(periods), 1))[block],
        }
        table = used.reshape(len(bodies), len(periods), self.count)
        met: dict[str, NDArray[np.bool_]] = {
            "organisation": np.atleast_1d(table.any(axis=(1, 2))),
            "period": np.atleast_1d(table.any(axis=(0, 2))),
        }
        pairs_met = np.atleast_1d(table.any(axis=(0, 1)))
        for name in others:
            each = columns[name][order].astype(np.int32)
            met[name] = np.zeros(len(words[name]), np.bool_)
            met[name][each[pairs_met]] = True
            same = len(each) and (each == each[0]).all()
            codes[name] = np.broadcast_to(each[:1], len(cell)) if same else each[pair]
        return Cells(
            codes={name: codes[name] for name in names},
            labels={name: tuple(words[name]) for name in names},
            total=total,
            rows=(rows if whole else rows[cell]).astype(np.int64),
            negative=_spread(negative, cell, len(used)),
            unsummed=_spread(unsummed, cell, len(used)),
            used=met,
        )

    def _turned(
        self, counts: Mapping[int, int], ranks: Mapping[str, NDArray[np.int64]], order: NDArray[np.intp],
        shape: tuple[int, int, int],
    ) -> dict[int, int]:  # fmt: skip
        """Return counts of single cells under the cells' numbers in the result."""
        if not counts:
            return {}
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        found = {}
        for cell, count in counts.items():
            pair, rest = divmod(cell, self.span)
            period, body = divmod(rest, self.sizes["organisation"])
            block = ranks["organisation"][body] * shape[1] + ranks["period"][period]
            found[int(block * shape[2] + place[pair])] = count
        return found

    def _sorted_result(
        self, names: Sequence[str], words: Mapping[str, list[str]], ranks: Mapping[str, NDArray[np.int64]]
    ) -> Cells:
        cells = self.sorted[0] if len(self.sorted) == 1 else self._merged(self.sorted)
        codes = {name: ranks[name][cells.codes[name]].astype(np.int32) for name in names}
        order = np.lexsort([codes[name] for name in reversed(names)])
        return Cells(
            codes={name: column[order] for name, column in codes.items()},
            labels={name: tuple(words[name]) for name in names},
            total=cells.total[order], rows=cells.rows[order], negative=cells.negative[order],
            unsummed=cells.unsummed[order],
        )  # fmt: skip


def _rest(rows: Coded, start: int) -> Coded:
    first = rows.first_row + start if isinstance(rows.first_row, int) else rows.first_row[start:]
    codes = {name: column[start:] for name, column in rows.codes.items()}
    return Coded(codes, rows.labels, rows.quantity[start:], rows.decimals, first)


def _longer(array: NDArray[Any], length: int) -> NDArray[Any]:
    room = np.zeros(length, array.dtype)
    room[: len(array)] = array
    return room


def _spread(counts: Mapping[int, int], cell: NDArray[np.integer[Any]], cells: int) -> Whole:
    """Return the counts of single cells as a column of the cells that are left; none at all takes no room."""
    if not counts:
        return np.broadcast_to(np.int64(0), len(cell))
    spread = np.zeros(cells, np.int64)
    spread[list(counts)] = list(counts.values())
    found: Whole = spread[cell]
    return found


def _ranks(labels: list[str], ordered: list[str]) -> NDArray[np.int64]:
    place = {label: code for code, label in enumerate(ordered)}
    return np.array([place[label] for label in labels], np.int64)
