"""Coded columns: words by number. Columns of cells that lie in a table keep a number for each of its sides only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.output.text import short_repr

Codes = NDArray[np.signedinteger[Any]] | NDArray[np.unsignedinteger[Any]]
BLANK = -1  # the code of an empty cell

Places = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """A text column: `labels[codes[row]]` is the text of a row; an empty cell has code -1."""

    codes: Codes
    labels: tuple[str, ...]

    __repr__ = short_repr

    def text(self, row: int) -> str:
        """Return the text of one row, empty for an empty cell."""
        code = int(self.codes[row])
        return "" if code == BLANK else self.labels[code]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The codes in 64 bits: of combinations, their numbers."""
        return self.codes.astype(np.int64, copy=False)

    @property
    def lowest(self) -> int:
        """The smallest code, -1 where any cell is empty; 0 of no rows."""
        return int(one(self.codes).min(initial=0))

    @property
    def met(self) -> Mask:
        """Which labels any row has."""
        met = np.zeros(len(self.labels) + 1, np.bool_)  # the last is that of an empty cell
        met[one(self.codes)] = True
        return met[:-1]

    def part(self, rows: Mask | Places | slice) -> Column:
        """Return the column of some rows."""
        return Column(self.codes[rows], self.labels)

    def where(self, wanted: Mask) -> NDArray[np.int64]:
        """Return the rows whose code is wanted, in ascending order."""
        return np.flatnonzero(self.looked_up(wanted))

    def looked_up(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the value of each row's label; the last value is that of an empty cell."""
        found: NDArray[Any] = values[self.codes]
        return found

    def renamed(self, lookup: NDArray[np.int32], labels: tuple[str, ...]) -> Column:
        """Return the column under other labels; `lookup` has the new code of each label, and last of an empty cell."""
        return Column(np.broadcast_to(lookup[one(self.codes)], self.codes.shape), labels)


@dataclass(frozen=True, eq=False)
class Cross:
    """A table of blocks by kinds, read block by block, and which of its places are taken.

    Attributes
    ----------
    blocks, kinds : int
        Each block, and each kind, has a place that is taken.
    places : int64 array, shape (taken,), or None
        In ascending order; None where all are taken.
    """

    blocks: int
    kinds: int
    places: NDArray[np.int64] | None = None

    __repr__ = short_repr

    def __len__(self) -> int:
        return self.blocks * self.kinds if self.places is None else len(self.places)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many places of each block are taken."""
        if self.places is None:
            return np.full(self.blocks, self.kinds, np.int64)
        return np.diff(np.searchsorted(self.places, np.arange(self.blocks + 1) * self.kinds))

    @cached_property
    def taken(self) -> Mask:
        """Which places are taken, shape (blocks, kinds)."""
        if self.places is None:
            return np.ones((self.blocks, self.kinds), np.bool_)
        taken = np.zeros(self.blocks * self.kinds, np.bool_)
        taken[self.places] = True
        return taken.reshape(self.blocks, self.kinds)

    def table(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return a value of each taken place as a table, 0 elsewhere."""
        if self.places is not None:
            flat = np.zeros(self.blocks * self.kinds, values.dtype)
            flat[self.places] = values
            values = flat
        return values.reshape(self.blocks, self.kinds)

    def sides_of(self, rows: Mask | Places) -> tuple[Places, Places]:
        """Return the block and the kind of some of the taken places."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        places = places if self.places is None else self.places[places]
        block = places // self.kinds
        return block, places - block * self.kinds  # a third of the time of divmod

    def over_blocks(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each taken place the value of its block."""
        return np.repeat(values, self.counts)

    def over_kinds(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each taken place the value of its kind."""
        return self.over_both(np.broadcast_to(values, (self.blocks, len(values))))

    def over_both(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each taken place its value in a table."""
        flat = values.reshape(-1)
        return flat if self.places is None else np.take(flat, self.places)


class TableColumn(Column):
    """A column whose word depends on the block, or on the kind, of a cell alone; its codes are made when asked for."""

    each: Codes
    cross: Cross
    by_block: bool

    def __init__(self, each: Codes, labels: tuple[str, ...], cross: Cross, *, by_block: bool) -> None:
        # the parent is frozen, and its field `codes` is a property here
        self.__dict__.update(each=each, labels=labels, cross=cross, by_block=by_block)

    @cached_property
    def codes(self) -> Codes:
        """The code of each cell."""
        return self._spread(self.each)

    @property
    def lowest(self) -> int:
        """The smallest code, -1 where any cell is empty."""
        return int(self.each.min(initial=0))

    @property
    def met(self) -> Mask:
        """Which labels any cell has."""
        return Column(self.each, self.labels).met

    def part(self, rows: Mask | Places | slice) -> Column:
        """Return the column of some cells."""
        if "codes" in self.__dict__ or isinstance(rows, slice):
            return super().part(rows)
        return Column(self.each[self.cross.sides_of(rows)[not self.by_block]], self.labels)

    def looked_up(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the value of each cell's label; the last value is that of an empty cell."""
        return self._spread(values[self.each])

    def renamed(self, lookup: NDArray[np.int32], labels: tuple[str, ...]) -> Column:
        """Return the column under other labels."""
        return TableColumn(lookup[self.each], labels, self.cross, by_block=self.by_block)

    def _spread(self, values: NDArray[Any]) -> NDArray[Any]:
        return self.cross.over_blocks(values) if self.by_block else self.cross.over_kinds(values)


class PairColumn(Column):
    """Numbers that the block and the kind of a cell decide together: `each[of_block[block], of_kind[kind]]`.

    It is -1 where no cell has both.
    """

    each: Codes
    of_block: Places
    of_kind: Places
    cross: Cross

    def __init__(self, each: Codes, of_block: Places, of_kind: Places, cross: Cross) -> None:
        self.__dict__.update(each=each, labels=(), of_block=of_block, of_kind=of_kind, cross=cross)

    @cached_property
    def codes(self) -> Codes:
        """The number of each cell."""
        return self._spread(self.each)

    def part(self, rows: Mask | Places | slice) -> Column:
        """Return the numbers of some cells."""
        if "codes" in self.__dict__ or isinstance(rows, slice):
            return super().part(rows)
        block, kind = self.cross.sides_of(rows)
        return Column(self.each[self.of_block[block], self.of_kind[kind]], ())

    def looked_up(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the value of each cell's number."""
        return self._spread(values[self.each])

    def _spread(self, values: NDArray[Any]) -> NDArray[Any]:
        return self.cross.over_both(np.take(values, self.of_kind, axis=1)[self.of_block])


def crossed_by(columns: Mapping[str, Column]) -> Cross | None:
    """Return the one table in which all cells of some columns lie, if there is one."""
    crosses = {id(column.cross): column.cross for column in columns.values() if isinstance(column, TableColumn)}
    if len(crosses) != 1 or not all(isinstance(column, TableColumn) for column in columns.values()):
        return None
    return next(iter(crosses.values()))


def each_of(column: Column) -> Codes:
    """Return the codes of a column's blocks, or of its kinds."""
    assert isinstance(column, TableColumn)
    return column.each


def of_blocks(columns: Mapping[str, Column]) -> list[str]:
    """Return the columns whose word depends on the block of a cell."""
    return [name for name, column in columns.items() if isinstance(column, TableColumn) and column.by_block]


def in_use(column: Column) -> Column:
    """Return a column without the labels that no row has."""
    met = column.met
    position = np.append(np.cumsum(met) - 1, BLANK).astype(np.int32)
    return column.renamed(
        position, tuple(label for label, here in zip(column.labels, met.tolist(), strict=True) if here)
    )


def one(array: NDArray[Any]) -> NDArray[Any]:
    """Return the one value of an array that takes no room, as `numpy.broadcast_to` makes it; any other as it is."""
    return array[:1] if array.strides == (0,) else array
