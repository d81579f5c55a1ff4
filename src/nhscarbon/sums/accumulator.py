"""The one accumulator of rows: whole quantities by coded words, exact whatever the order, batch or thread.

A cell is an (organisation, period, combination). Combinations of the other words are few, whatever their
product, so they are numbered as they are met and the cells lie in one dense table, those of a body together:
rows often come body by body. Where that table would be too large, cells are sorted instead. Either way the
same integers are added.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column, Mask
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding
from nhscarbon.sums import arithmetic
from nhscarbon.sums import cells as cells_of_words
from nhscarbon.sums.arithmetic import LARGEST, NOTHING, POWERS
from nhscarbon.sums.cells import EncodedRows, SummedCells
from nhscarbon.sums.dense_table import (
    AXES,
    Batch,
    ColumnSteps,
    DenseTable,
    Kernel,
    PendingRows,
    Shape,
    laid_out,
    parts_of,
)
from nhscarbon.sums.numba_kernel import NumbaKernel
from nhscarbon.sums.numpy_kernel import NumpyKernel


class Accumulator:
    """Adds rows to cells; one for each thread, merged at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        self.table = DenseTable(names, chosen_kernel())
        self.names = self.table.names
        self.labels: dict[str, dict[str, int]] = {name: {} for name in self.names}
        self.learnt: dict[str, tuple[Sequence[str], NDArray[np.int64]]] = {}  # numbers of the labels met last
        self.sorted: list[SummedCells] = []  # sums that outgrew the dense table
        self.findings: list[Finding] = []  # what reading met in the batches

    def add(self, rows: EncodedRows) -> None:
        """Add a batch of rows."""
        table = self.table
        table.seen += len(rows.quantity)
        numbers = {name: self._learn(name, rows.labels[name]) for name in self.names}
        self._make_room()
        table.batch = rows
        done = 0
        if table.fits(table.count):
            axes = {"organisation": numbers["organisation"] * table.sizes["period"], "period": numbers["period"]}
            done = table.kernel.run(
                table,
                Batch(
                    rest=[
                        ColumnSteps(rows.codes[name], (numbers[name] * step).astype(np.int32))
                        for name, step in table.steps()
                    ],
                    axes=[ColumnSteps(rows.codes[name], axes[name].astype(np.int32)) for name in AXES],
                    quantity=rows.quantity,
                    scale=POWERS[np.array(rows.decimals, np.int64)],
                    unit=rows.codes["unit"],
                ),
            )
        if done < len(rows.quantity):
            self._add_sorted(rows.after(done), numbers)

    def settle(self) -> None:
        """Bring what a kernel holds back into the cells."""
        self.table.settle()

    def _make_room(self) -> None:
        """Lay the table out anew where a column has more labels than room."""
        table = self.table
        need = {name: len(self.labels[name]) for name in self.names}
        if all(need[name] <= table.sizes[name] for name in self.names):
            return
        table.settle()
        old, before = table.shape, table.combinations()
        table.widen(need)
        if table.fits(table.count):
            table.lay_out_anew(before, old)
        else:
            self._keep_sorted([self._dense_cells(table, before, old)] if table.count else self.sorted)

    def _keep_sorted(self, parts: Sequence[SummedCells]) -> None:
        """Keep sums sorted from now on, and empty the dense table."""
        self.table.clear()
        self.sorted = [*parts]
        self.table.outgrown = bool(self.sorted)

    def _learn(self, name: str, labels: Sequence[str]) -> NDArray[np.int64]:
        """Return this accumulator's number of each label of a batch, and last that of an empty cell."""
        last = self.learnt.get(name)
        if last is not None and last[0] is labels:
            return last[1]
        known = self.labels[name]
        numbers = np.array([known.setdefault(label, len(known)) for label in (*labels, "")], np.int64)
        self.learnt[name] = (labels, numbers)
        return numbers

    def _add_sorted(self, rows: EncodedRows, numbers: Mapping[str, NDArray[np.int64]]) -> None:
        """Add rows where the dense table would be too large: their cells are sorted."""
        table = self.table
        table.settle()
        own = not self.sorted and table.count
        self._keep_sorted([self._dense_cells(table, table.combinations(), table.shape)] if own else self.sorted)
        coded = [numbers[name].astype(np.int32)[rows.codes[name]] for name in self.names]
        cell, codes = arithmetic.group(coded, [len(self.labels[name]) for name in self.names])
        decimals = np.array(rows.decimals, np.int64)[rows.codes["unit"]]
        quantity = np.asarray(rows.quantity, np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = quantity * POWERS[decimals]
            good = (np.abs(scaled) < LARGEST) & ((quantity == 0) | (np.abs(scaled) > NOTHING))
            odd = ~good | (quantity < 0) | arithmetic.is_rounded(scaled, np.rint(scaled))
        whole = np.rint(np.where(good, scaled, 0)).astype(np.int64)
        total, _ = arithmetic.accumulate(cell, whole, len(codes))
        where = np.flatnonzero(odd)
        table.row_faults.note(rows, where, cell[where], quantity[where], POWERS[decimals[where]])
        summed = np.bincount(cell[good], minlength=len(codes)).astype(np.int64)
        negative, unsummed = (cells_of_words.spread(each, np.arange(len(codes))) for each in table.row_faults.of_cells)
        self.sorted.append(SummedCells(self._named(codes), total, summed, negative, unsummed))
        self.table.outgrown = True
        self.table.row_faults.forget_cells()
        if len(self.sorted) > 1 and sum(map(len, self.sorted[1:])) > len(self.sorted[0]):
            self.sorted = [self._merged(self.sorted)]

    def _merged(self, parts: Sequence[SummedCells]) -> SummedCells:
        return cells_of_words.merge_cells(parts, {name: tuple(self.labels[name]) for name in self.names})

    def _dense_cells(self, table: DenseTable, combinations: NDArray[np.int64], shape: Shape) -> SummedCells:
        """Return the cells of a dense table that have rows, under the codes of its accumulator."""
        used = table.rows > 0
        used[[*table.row_faults.unsummed]] = True
        cell = np.flatnonzero(used)
        body, period, pair = parts_of(cell, shape)
        codes = np.concatenate([np.stack([body, period], axis=1), combinations[pair]], axis=1)
        total = table.total[cell] if table.high is None else arithmetic.of_limbs(table.high[cell], table.total[cell])
        negative, unsummed = (cells_of_words.spread(each, cell) for each in table.row_faults.of_cells)
        return SummedCells(self._named(codes), total, table.rows[cell].astype(np.int64), negative, unsummed)

    def _named(self, codes: NDArray[np.int64]) -> dict[str, Column]:
        return {name: Column(codes[:, place], tuple(self.labels[name])) for place, name in enumerate(self.names)}

    def absorb(self, other: Accumulator) -> None:
        """Add what another accumulator of the same columns has summed."""
        mine, theirs = self.table, other.table
        mine.settle()
        theirs.settle()
        mine.seen += theirs.seen
        self.findings += other.findings
        numbers = {name: self._learn(name, tuple(other.labels[name]))[:-1] for name in self.names}
        self._make_room()
        mine.row_faults.absorb_faults(theirs.row_faults)
        combinations = theirs.combinations()
        places = mine.places_of(combinations, numbers)
        if not theirs.outgrown and mine.fits(mine.count):
            fresh = places[mine.pairs[places] < 0]
            if mine.fits(mine.count + len(fresh)):
                mine.number(fresh)
                mine.absorb(theirs, places, numbers)
                return
        parts = self.sorted or ([self._dense_cells(mine, mine.combinations(), mine.shape)] if mine.count else [])
        others = other.sorted or ([other._dense_cells(theirs, combinations, theirs.shape)] if theirs.count else [])
        for part in others:
            columns = {name: Column(numbers[name][part.columns[name].codes], ()) for name in self.names}
            parts = [*parts, replace(part, columns=columns)]
        self._keep_sorted([self._merged(parts)] if parts else [])

    def result(self, names: Sequence[str]) -> SummedCells:
        """Return every cell that has rows, in ascending order of its words; nothing can be added any more.

        `names` are the columns in the order that decides, organisation and period first.
        """
        table = self.table
        table.settle()
        table.held = PendingRows(0)
        words = {name: tuple(sorted(self.labels[name])) for name in names}
        if self.sorted:
            return cells_of_words.ascending(self._merged(self.sorted), words)
        if not table.count:
            return cells_of_words.none(names)
        others = names[len(AXES) :]
        ranks = {name: _ranks(list(self.labels[name]), words[name]) for name in names}
        combinations = table.combinations()
        columns = {name: ranks[name][combinations[:, table.rest.index(name)]] for name in others}
        others_in_order = np.lexsort([columns[name] for name in reversed(others)]) if others else np.zeros(1, np.intp)
        bodies, periods = (np.argsort(ranks[name]) for name in AXES)
        used: Mask = table.rows.reshape(-1, table.room) > 0
        used.reshape(-1)[[*table.row_faults.unsummed]] = True
        blocks = (bodies[:, np.newaxis] * table.sizes["period"] + periods).reshape(-1)
        met: Mask = np.any(used, axis=1)[blocks]
        met_pairs: Mask = np.any(used, axis=0)[others_in_order]
        blocks, pairs = blocks[met], others_in_order[met_pairs]
        row, column = np.zeros(len(used), np.int64), np.zeros(table.room, np.int64)
        row[blocks], column[pairs] = np.arange(len(blocks)), np.arange(len(pairs))

        def placed(cell: int) -> int:
            block, pair = divmod(cell, table.room)
            return int(row[block]) * len(pairs) + int(column[pair])

        def in_order(array: NDArray[Any]) -> NDArray[Any]:
            return laid_out(array.reshape(-1, table.room), blocks, pairs)

        table.row_faults.move(placed)
        return cells_of_words.of_table(
            in_order(table.rows), in_order(table.total), None if table.high is None else in_order(table.high),
            table.row_faults.of_cells,
            {name: (codes[met], words[name])
             for name, codes in zip(AXES, np.divmod(np.arange(len(met)), len(periods)), strict=True)},
            {name: (columns[name][pairs], words[name]) for name in others},
        )  # fmt: skip


def _ranks(labels: list[str], ordered: tuple[str, ...]) -> NDArray[np.int64]:
    place = {label: code for code, label in enumerate(ordered)}
    return np.array([place[label] for label in labels], np.int64)


CHOICE = "NHSCARBON_KERNEL"  # numpy or numba, where the faster of those installed is not wanted


@lru_cache(maxsize=4)
def _named(name: str) -> Kernel:
    if name == "numpy":
        return NumpyKernel()
    try:
        return NumbaKernel()
    except MemoryError:
        raise
    except Exception as error:  # it is absent, or does not load for whatever reason: numpy gives the same sums
        if name == "numba":
            raise UsageError(
                f"{CHOICE} asks for the compiled kernel, which cannot be loaded ({type(error).__name__})",
                advice='it needs an extra that works here: pip install "nhscarbon[fast]".',
            ) from error
        if not isinstance(error, ModuleNotFoundError):
            logging.getLogger(__name__).info(
                "numba does not load (%s): rows are summed by numpy, more slowly", type(error).__name__
            )
        return NumpyKernel()


def chosen_kernel() -> Kernel:
    """Return the compiled kernel where numba is installed (extra ``fast``), else numpy's."""
    name = os.environ.get(CHOICE, "")
    if name not in ("", "numpy", "numba"):
        raise UsageError(f"{CHOICE} is 'numpy' or 'numba', not '{name}'")
    return _named(name)
