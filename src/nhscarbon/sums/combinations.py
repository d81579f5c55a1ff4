"""Distinct combinations of words: each has a number, in ascending order of the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import (
    Column,
    Cross,
    Mask,
    PairColumn,
    TableColumn,
    crossed_by,
    each_of,
    in_use,
    of_blocks,
)
from nhscarbon.methods.resolution import RESOLVED_BY, FactorKey
from nhscarbon.sums import arithmetic


def number(columns: Mapping[str, Column]) -> tuple[Column, dict[str, Column]]:
    """Give a number to each distinct combination of words.

    Returns
    -------
    cell : Column
        Its codes are the combination of each row; of cells in a table they are made when asked for.
    columns : dict of str to Column
        The words of each combination, in ascending order; labels that no row has are left out.
    """
    cross = crossed_by(columns)
    if cross is None:
        codes = [column.codes for column in columns.values()]
        numbers, combinations = arithmetic.group(codes, [max(len(column.labels), 1) for column in columns.values()])
        cell = Column(numbers, ())
    else:
        cell, combinations = _number_crossed(columns, cross)
    return cell, {
        name: in_use(Column(combinations[:, place], column.labels))
        for place, (name, column) in enumerate(columns.items())
    }


def is_distinct(columns: Mapping[str, Column]) -> bool:
    """Tell whether no two cells have the same words; of cells in a table, no two of its blocks or of its kinds."""
    cross = crossed_by(columns)
    blocks_of = of_blocks(columns)
    sides = [[*columns]] if cross is None else [blocks_of, [name for name in columns if name not in blocks_of]]
    lengths = [None] if cross is None else [cross.blocks, cross.kinds]
    for names, length in zip(sides, lengths, strict=True):
        codes = [
            (columns[name].numbers if cross is None else each_of(columns[name]).astype(np.int64)) + 1 for name in names
        ]
        if not codes:
            if length != 1:
                return False
            continue
        _, found = arithmetic.group(codes, [len(columns[name].labels) + 1 for name in names])
        if len(found) < len(codes[0]):
            return False
    return True


def distinct(columns: Mapping[str, Column], names: Sequence[str]) -> tuple[Column, list[tuple[str, ...]]]:
    """Return which distinct combination of some columns each row has, and the combinations as words."""
    place, found = number({name: columns[name] for name in names})
    words = [np.array(column.labels, dtype=object)[column.codes].tolist() for column in found.values()]
    return place, list(zip(*words, strict=True))


def _number_crossed(columns: Mapping[str, Column], cross: Cross) -> tuple[Column, NDArray[np.int64]]:
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
    numbers = np.full(met.shape, -1, np.int64)  # of what no cell has
    numbers[block[order], kind[order]] = np.arange(len(order))
    cell: Column = PairColumn(numbers, of_block, of_kind, cross)
    if not all(sides):
        cell = TableColumn(
            numbers[of_block, 0] if sides[0] else numbers[0, of_kind], (), cross, by_block=bool(sides[0])
        )
    return cell, combinations[order]


def _number_side(
    columns: Mapping[str, Column], names: Sequence[str], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not names:
        return np.zeros(length, np.int64), np.zeros((1, 0), np.int64)
    codes = [each_of(columns[name]) for name in names]
    return arithmetic.group(codes, [max(len(columns[name].labels), 1) for name in names])


def _any_of(taken: Mask, group: NDArray[np.int64], groups: int) -> Mask:
    """Return for each group of rows of a table which of its columns any of them has."""
    if groups == len(group) and (np.diff(group) > 0).all():
        return taken
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    found: Mask = np.logical_or.reduceat(taken[order], starts, axis=0)
    return found


def keys_of(columns: Mapping[str, Column]) -> tuple[Column, list[FactorKey]]:
    """Return which distinct key each row of coded columns has, and the keys."""
    place, words = distinct(columns, RESOLVED_BY)
    return place, [*map(partial(tuple.__new__, FactorKey), words)]  # a third of the time of `FactorKey._make`
