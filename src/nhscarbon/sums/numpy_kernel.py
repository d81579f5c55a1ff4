"""The innermost step of the sum, in numpy or compiled: the same integers into the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from nhscarbon.sums.arithmetic import LARGEST, NOTHING, is_rounded
from nhscarbon.sums.dense_table import WRAP, Batch, ColumnSteps, DenseTable, PendingRows

CHUNK = 1 << 15  # rows of a step: its arrays stay in the processor's cache
BLOCK = 1 << 21  # rows between two passes over the cells; numpy alone needs it, as each pass visits every cell
LEAST_BLOCK = 1 << 18
EXACT = 2**53  # below, a sum of whole floats is exact
SPLIT = 26  # low bits that are summed apart where the whole would not be
_settling = Lock()  # one thread at a time makes arrays as large as its table


class NumpyKernel:
    """Whole quantities through `numpy.bincount`, whose float sums are exact below 2**53."""

    name = "numpy"

    def run(self, table: DenseTable, batch: Batch) -> int:
        """Add a batch; return how many of its rows were added before the table became too large."""
        total = len(batch.quantity)
        rest = [column for column in batch.rest if column.adds]
        axes = [column for column in batch.axes if column.adds]
        wanted = (BLOCK if table.seen > total else min(BLOCK, total)) + CHUNK  # more batches will come
        if table.held.room < wanted:
            table.settle()
            table.held = PendingRows(wanted)
        kept = table.held
        plain = batch.plain
        for start in range(0, total, CHUNK):
            step = slice(start, min(start + CHUNK, total))
            found = table.numbered(places_of_rows(rest, step))
            if found is None:
                return start
            here = slice(kept.rows, kept.rows + step.stop - start)
            cell = np.multiply(places_of_rows(axes, step), np.int32(table.room), out=kept.cell[here], dtype=np.int64)
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
                kept.rows += _kept(table, batch, step, cell, scaled, whole)
            if kept.rows + CHUNK > min(kept.room, max(2 * len(table.total), LEAST_BLOCK)):
                table.settle()
        return total

    def settle(self, table: DenseTable) -> None:
        """Bring the rows that are held back into the cells, exactly."""
        cell, whole = table.held.cell[: table.held.rows], table.held.whole[: table.held.rows]
        table.held.rows = 0
        if len(cell):
            with _settling:
                _settle(table, cell, whole)


def _kept(
    table: DenseTable, batch: Batch, step: slice, cell: NDArray[np.int64], scaled: NDArray[np.float64],
    whole: NDArray[np.float64],
) -> int:  # fmt: skip
    """Note the rows of a step that are worth a word, and move the others to its front; return how many."""
    quantity, units = batch.quantity[step], batch.units(step)
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(scaled) < LARGEST) | ((quantity != 0) & (np.abs(scaled) <= NOTHING))
        odd = np.flatnonzero(bad | (quantity < 0) | is_rounded(scaled, whole))
    table.row_faults.note(
        table.batch, step.start + odd, cell[odd], quantity[odd], units if isinstance(units, float) else units[odd]
    )
    if not bad.any():
        return len(cell)
    kept = int((~bad).sum())
    cell[:kept], whole[:kept] = cell[~bad], whole[~bad]
    return kept


def add_carefully(table: DenseTable, batch: Batch, step: slice, cell: NDArray[np.int64]) -> None:
    """Add one step that may hold faults, roundings, negative and very large quantities."""
    with np.errstate(over="ignore"):  # what is too large is told below
        scaled = batch.quantity[step] * batch.units(step)
    whole = np.rint(scaled)
    kept = _kept(table, batch, step, cell, scaled, whole)
    if not kept:
        return
    cell, integers = cell[:kept], whole[:kept].astype(np.int64)
    np.add.at(table.rows, cell, 1)
    if int(np.abs(integers).max()) * kept < WRAP >> 1:
        table.expect(int(np.abs(integers).max()) * kept)
        np.add.at(table.total, cell, integers)
        return
    upper = table.carry()
    np.add.at(table.total, cell, integers & ((1 << 32) - 1))
    np.add.at(upper, cell, integers >> 32)
    table.expect(kept << 32)


def places_of_rows(columns: Sequence[ColumnSteps], rows: slice) -> NDArray[np.int32]:
    """Return the places of some rows: the sum of their columns' steps."""
    if not columns:
        return np.zeros(rows.stop - rows.start, np.int32)
    place = columns[0].at(rows)
    for column in columns[1:]:
        place += column.at(rows)
    return place


def _settle(table: DenseTable, cell: NDArray[np.int64], whole: NDArray[np.float64]) -> None:
    cells = len(table.total)
    rows = np.bincount(cell, minlength=cells)
    most, largest = int(rows.max()), int(max(whole.max(), -whole.min()))
    bound = largest * most
    table.counted(len(cell))
    np.add(table.rows, rows, out=table.rows, casting="unsafe")
    del rows  # as large as the table, and so is each sum below
    if bound < EXACT:
        table.expect(bound)
        _add_sums(table, cell, whole)
        return
    integers = whole.astype(np.int64)
    low, high = integers & ((1 << SPLIT) - 1), integers >> SPLIT
    if ((largest >> SPLIT) + 1) * most < EXACT and most << SPLIT < EXACT and bound < WRAP >> 1:
        table.expect(bound + (most << SPLIT))
        _add_sums(table, cell, low.astype(np.float64))
        _add_sums(table, cell, high.astype(np.float64), 2.0**SPLIT)
        return
    upper = table.carry()
    np.add.at(table.total, cell, integers & ((1 << 32) - 1))
    np.add.at(upper, cell, integers >> 32)
    table.expect(most << 32)


def _add_sums(table: DenseTable, cell: NDArray[np.int64], whole: NDArray[np.float64], times: float = 1.0) -> None:
    """Add the sums of whole numbers that are held as floats, a step at a time: no second table is made of them."""
    sums = np.bincount(cell, weights=whole, minlength=len(table.total))
    for start in range(0, len(sums), CHUNK):
        table.total[start : start + CHUNK] += (sums[start : start + CHUNK] * times).astype(np.int64)
