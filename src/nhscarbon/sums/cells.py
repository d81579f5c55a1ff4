"""What goes into the accumulator and what comes out: coded rows, and cells in ascending order of their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Codes, Column, Cross, TableColumn, crossed_by, each_of, of_blocks
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic
from nhscarbon.sums.arithmetic import Total, Whole

SMALL_TABLE = 1 << 16  # places of a table that is worth making however few are taken
SPARSE = 4  # places for each cell; beyond, cells are sorted
Table = NDArray[Any]  # blocks (bodies x periods) by kinds (combinations of the other words)
Words = Mapping[str, tuple[Codes, tuple[str, ...]]]  # of each column, codes and their labels


@dataclass(frozen=True)
class EncodedRows:
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

    __repr__ = short_repr

    def row_number(self, row: int) -> int:
        """Return the number of a row as the sender sees it."""
        return self.first_row + row if isinstance(self.first_row, int) else int(self.first_row[row])

    def after(self, start: int) -> EncodedRows:
        """Return the rows from one of them on."""
        first = self.first_row + start if isinstance(self.first_row, int) else self.first_row[start:]
        codes = {name: column[start:] for name, column in self.codes.items()}
        return EncodedRows(codes, self.labels, self.quantity[start:], self.decimals, first)


@dataclass(frozen=True)
class SummedCells:
    """The sums: one entry for each combination of words that occurs.

    The labels of `columns` hold the empty word too; `negative` counts rows below zero, and `unsummed` those under a
    fault.
    """

    columns: Mapping[str, Column]
    total: Total
    rows: Whole
    negative: Whole
    unsummed: Whole

    __repr__ = short_repr

    def __len__(self) -> int:
        return len(self.rows)


def of_table(
    rows: Table,
    total: Table,
    high: Table | None,
    counts: tuple[Mapping[int, int], Mapping[int, int]],
    blocks: Words,
    kinds: Words,
) -> SummedCells:
    """Return the places of a table that have rows as cells.

    Parameters
    ----------
    rows, total, high : arrays, shape (blocks, kinds)
        In ascending order of both sides; `high` is the upper limb of the totals, if there is one.
    counts : pair of Mapping[int, int]
        Rows below zero, and rows under a fault, by place.
    blocks, kinds : Mapping[str, tuple]
        The words of each block, and of each kind: codes and their labels.
    """
    used = rows > 0
    used.reshape(-1)[[*counts[1]]] = True
    columns, places = _crossed(used, blocks, kinds)
    negative, unsummed = (spread(each, places) for each in counts)
    low = _taken(total, places)
    summed: Total = low if high is None else arithmetic.of_limbs(_taken(high, places), low)
    return SummedCells(columns, summed, _taken(rows, places).astype(np.int64), negative, unsummed)


def _crossed(used: NDArray[np.bool_], blocks: Words, kinds: Words) -> tuple[dict[str, Column], NDArray[np.int64]]:
    """Return the columns of the places of a table that are used, and those places."""
    places = np.flatnonzero(used)
    met = used.any(axis=1), used.any(axis=0)
    taken = places if met[0].all() and met[1].all() else np.flatnonzero(used[met[0]][:, met[1]])
    shape = int(met[0].sum()), int(met[1].sum())
    cross = Cross(*shape, None if len(taken) == shape[0] * shape[1] else taken)
    return {
        name: TableColumn(codes[here].astype(np.int32), labels, cross, by_block=by_block)
        for by_block, side, here in ((True, blocks, met[0]), (False, kinds, met[1]))
        for name, (codes, labels) in side.items()
    }, places


def _taken(table: Table, places: NDArray[np.int64]) -> NDArray[Any]:
    flat = table.reshape(-1)
    return flat if len(places) == len(flat) else np.take(flat, places)


def join_cells(first: SummedCells, second: SummedCells, labels: Mapping[str, tuple[str, ...]]) -> SummedCells:
    """Return two sets of cells of the same labels as one, those of equal words added.

    Where both lie in tables of the same sides, the tables are added: no cell is looked up or sorted.
    """
    parts = (first, second)
    crosses = [crossed_by(part.columns) for part in parts]
    sides = [of_blocks(part.columns) for part in parts]
    narrow = all(part.total.dtype == np.int64 and len(part) for part in parts)
    if None in crosses or sides[0] != sides[1] or not narrow or sum(_largest(part.total) for part in parts) >= 2**63:
        return merge_cells(parts, labels)
    blocks, of_block = _union(parts, sides[0], labels)
    kinds, of_kind = _union(parts, [name for name in labels if name not in sides[0]], labels)
    shape = (len(next(iter(blocks.values()))[0]), len(next(iter(kinds.values()))[0]))
    if shape[0] * shape[1] > max(SMALL_TABLE, SPARSE * sum(map(len, parts))):
        return merge_cells(parts, labels)
    at = [cross.over_both(block[:, np.newaxis] * shape[1] + kind)
          for cross, block, kind in zip(crosses, of_block, of_kind, strict=True) if cross is not None]  # fmt: skip
    used = np.zeros(shape, np.bool_)
    for each in at:
        used.reshape(-1)[each] = True
    columns, places = _crossed(used, blocks, kinds)

    def added(name: str) -> Whole:
        table = np.zeros(shape[0] * shape[1], np.int64)
        for each, part in zip(at, parts, strict=True):
            table[each] += getattr(part, name)  # each place once
        found: Whole = _taken(table, places)
        return found

    return SummedCells(columns, added("total"), *(added(name) for name in ("rows", "negative", "unsummed")))


def _union(
    parts: Sequence[SummedCells], names: Sequence[str], labels: Mapping[str, tuple[str, ...]]
) -> tuple[Words, list[NDArray[np.int64]]]:
    """Return the words of one side of two tables together, and where each part's own stand among them."""
    sent = [[each_of(part.columns[name]) for name in names] for part in parts]
    codes = [np.concatenate(both) for both in zip(*sent, strict=True)]
    place, found = arithmetic.group(codes, [max(len(labels[name]), 1) for name in names])
    words = {name: (found[:, column], labels[name]) for column, name in enumerate(names)}
    return words, np.split(place, [len(sent[0][0])])


def _largest(total: Total) -> int:
    return max(int(total.max()), -int(total.min()))


def none(names: Sequence[str]) -> SummedCells:
    """Return no cells."""
    nothing = np.zeros(0, np.int64)
    return SummedCells(
        {name: Column(np.zeros(0, np.int32), ("",)) for name in names}, nothing, nothing, nothing, nothing
    )


def merge_cells(parts: Sequence[SummedCells], labels: Mapping[str, tuple[str, ...]]) -> SummedCells:
    """Return cells whose codes are those of the same labels as one: those of equal words are added."""
    codes = [np.concatenate([part.columns[name].codes for part in parts]) for name in labels]
    cell, found = arithmetic.group(codes, [max(len(each), 1) for each in labels.values()])

    def added(arrays: Sequence[Whole]) -> Whole:
        sums = np.zeros(len(found), np.int64)
        np.add.at(sums, cell, np.concatenate(arrays))
        return sums

    total = arithmetic.add_parts(cell, [part.total for part in parts], len(found))
    rows, negative, unsummed = (
        added([getattr(part, name) for part in parts]) for name in ("rows", "negative", "unsummed")
    )
    columns = {name: Column(found[:, place], labels[name]) for place, name in enumerate(labels)}
    return SummedCells(columns, total, rows, negative, unsummed)


def ascending(cells: SummedCells, words: Mapping[str, tuple[str, ...]]) -> SummedCells:
    """Return cells in the order of their words, under labels that are in order too.

    Parameters
    ----------
    cells : SummedCells
    words : Mapping[str, tuple of str]
        The labels of each column in ascending order; the columns in the order that decides.
    """
    columns = {}
    for name, labels in words.items():
        place = {label: code for code, label in enumerate(labels)}
        look = np.array([*(place[label] for label in cells.columns[name].labels), -1], np.int32)
        columns[name] = cells.columns[name].renamed(look, labels)
    order = np.lexsort([column.codes for column in columns.values()][::-1])
    return SummedCells(
        {name: column.part(order) for name, column in columns.items()},
        cells.total[order], cells.rows[order], cells.negative[order], cells.unsummed[order],
    )  # fmt: skip


def spread(counts: Mapping[int, int], places: NDArray[np.int64]) -> Whole:
    """Return the counts of single places as a column of the cells; none at all takes no room.

    Parameters
    ----------
    counts : Mapping[int, int]
        By place.
    places : int64 array, shape (cells,)
        The place of each cell, in ascending order.
    """
    if not counts:
        return np.broadcast_to(np.int64(0), len(places))
    found = np.zeros(len(places), np.int64)
    found[np.searchsorted(places, [*counts])] = [*counts.values()]
    return found
