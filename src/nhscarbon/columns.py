"""Coded columns: words by number. Columns of cells that lie in a table keep a number for each of its sides only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon import kernel
from nhscarbon.kernel import Codes, one

BLANK = -1  # the code of an empty cell

Places = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """A text column: `labels[codes[row]]` is the text of a row; an empty cell has code -1."""

    codes: Codes
    labels: tuple[str, ...]

    def text(self, row: int) -> str:
        """Return the text of one row, empty for an empty cell."""
        code = int(self.codes[row])
        return "" if code == BLANK else self.labels[code]

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


class Crossed(Column):
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
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        if self.cross.places is not None:
            places = self.cross.places[places]
        return Column(
            self.each[places // self.cross.kinds if self.by_block else places % self.cross.kinds], self.labels
        )

    def looked_up(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the value of each cell's label; the last value is that of an empty cell."""
        return self._spread(values[self.each])

    def renamed(self, lookup: NDArray[np.int32], labels: tuple[str, ...]) -> Column:
        """Return the column under other labels."""
        return Crossed(lookup[self.each], labels, self.cross, by_block=self.by_block)

    def _spread(self, values: NDArray[Any]) -> NDArray[Any]:
        return self.cross.over_blocks(values) if self.by_block else self.cross.over_kinds(values)


def crossed_by(columns: Mapping[str, Column]) -> Cross | None:
    """Return the one table in which all cells of some columns lie, if there is one."""
    crosses = {id(column.cross): column.cross for column in columns.values() if isinstance(column, Crossed)}
    if len(crosses) != 1 or not all(isinstance(column, Crossed) for column in columns.values()):
        return None
    return next(iter(crosses.values()))


def each_of(column: Column) -> Codes:
    """Return the codes of a column's blocks, or of its kinds."""
    assert isinstance(column, Crossed)
    return column.each


def of_blocks(columns: Mapping[str, Column]) -> list[str]:
    """Return the columns whose word depends on the block of a cell."""
    return [name for name, column in columns.items() if isinstance(column, Crossed) and column.by_block]


def number(columns: Mapping[str, Column]) -> tuple[NDArray[np.int64], dict[str, Column]]:
    """Give a number to each distinct combination of words.

    Returns
    -------
    cell : int64 array, shape (rows,)
        The combination of each row.
    columns : dict of str to Column
        The words of each combination, in ascending order; labels that no row has are left out.
    """
    cross = crossed_by(columns)
    if cross is None:
        codes = [column.codes for column in columns.values()]
        cell, combinations = kernel.group(codes, [max(len(column.labels), 1) for column in columns.values()])
    else:
        cell, combinations = _number_crossed(columns, cross)
    return cell, {
        name: in_use(Column(combinations[:, place], column.labels))
        for place, (name, column) in enumerate(columns.items())
    }


def distinct(columns: Mapping[str, Column], names: Sequence[str]) -> tuple[NDArray[np.int64], list[tuple[str, ...]]]:
    """Return which distinct combination of some columns each row has, and the combinations as words."""
    place, found = number({name: columns[name] for name in names})
    words = [np.array(column.labels, dtype=object)[column.codes].tolist() for column in found.values()]
    return place, list(zip(*words, strict=True))


def in_use(column: Column) -> Column:
    """Return a column without the labels that no row has."""
    met = column.met
    position = np.append(np.cumsum(met) - 1, BLANK).astype(np.int32)
    return column.renamed(
        position, tuple(label for label, here in zip(column.labels, met.tolist(), strict=True) if here)
    )


def _number_crossed(columns: Mapping[str, Column], cross: Cross) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give numbers as `number` does, by the sides of the table: they are short, whatever the number of cells."""
    blocks_of = of_blocks(columns)
    sides = [blocks_of, [name for name in columns if name not in blocks_of]]
    (of_block, blocks), (of_kind, kinds) = (
        _number_side(columns, names, length) for names, length in zip(sides, (cross.blocks, cross.kinds), strict=True)
    )
    met = np.ones((len(blocks), len(kinds)), np.bool_)
    if all(sides) and cross.places is not None:
        met = _any_of(_any_of(cross.taken, of_block, len(blocks)).T, of_kind, len(kinds)).T
    block, kind = np.nonzero(met)
    parts = np.concatenate([blocks[block], kinds[kind]], axis=1)
    combinations = parts[:, [[*sides[0], *sides[1]].index(name) for name in columns]]
    order = np.lexsort(combinations.T[::-1])
    numbers = np.zeros(met.shape, np.int64)
    numbers[block[order], kind[order]] = np.arange(len(order))
    if not sides[1]:
        cell = cross.over_blocks(numbers[of_block, 0])
    elif not sides[0]:
        cell = cross.over_kinds(numbers[0, of_kind])
    else:
        cell = cross.over_both(np.take(numbers, of_kind, axis=1)[of_block])
    return cell, combinations[order]


def _number_side(
    columns: Mapping[str, Column], names: Sequence[str], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not names:
        return np.zeros(length, np.int64), np.zeros((1, 0), np.int64)
    codes = [each_of(columns[name]) for name in names]
    return kernel.group(codes, [max(len(columns[name].labels), 1) for name in names])


def _any_of(taken: Mask, group: NDArray[np.int64], groups: int) -> Mask:
    """Return for each group of rows of a table which of its columns any of them has."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    found: Mask = np.logical_or.reduceat(taken[order], starts, axis=0)
    return found
