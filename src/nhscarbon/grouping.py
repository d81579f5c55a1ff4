"""Tonnes by any columns, from the small table and the factors of its keys: no row is multiplied twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from nhscarbon import kernel
from nhscarbon.columns import Column, distinct
from nhscarbon.expand import Lined, expand
from nhscarbon.keys import RESOLVED_BY
from nhscarbon.sums import Sums

Numbers = NDArray[np.float64]
SPREAD = 4  # places of (group, key) for each cell, beyond which cells are multiplied one by one


def grouped(
    sums: Sums, by_key: Lined, inside: NDArray[np.bool_], columns: Sequence[str]
) -> tuple[list[tuple[str, ...]], NDArray[np.float64]]:
    """Return the groups that have a row inside a boundary, in ascending order, and the kgCO2e of each.

    Quantities are added by group and key, and multiplied by the factors of the key: the order of the
    additions is that of the cells, so equal sums give equal bits.

    Parameters
    ----------
    sums : Sums
    by_key : Lined
    inside : bool array, shape (lines,)
        The factor lines that the boundary counts.
    columns : sequence of str
        Columns of the sums, and words of the factor lines.
    """
    of_cells, of_lines = sides(sums, columns)
    cell_group, cell_words = groups_of({name: sums.columns[name] for name in of_cells}, len(sums))
    line_group, line_words = groups_of({name: line_column(sums, by_key, inside, name) for name in of_lines},
                                       int(inside.sum()))  # fmt: skip
    if len(cell_words) * by_key.keys > SPREAD * len(sums) + (1 << 16):
        kgco2e, present = _by_cell(sums, by_key, inside, cell_group, line_group, (len(cell_words), len(line_words)))
    else:
        kgco2e, present = _by_key(sums, by_key, inside, cell_group, line_group, (len(cell_words), len(line_words)))
    found = np.argwhere(present).tolist()
    ordered = in_order(columns, of_cells)
    words = [ordered(cell_words[first] + line_words[second]) for first, second in found]
    order = sorted(range(len(words)), key=words.__getitem__)
    values = kgco2e[present]
    return [words[place] for place in order], values[order]


def sides(sums: Sums, columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which columns are the cells' own, and which the factor lines have: those of their key among them."""
    of_cells = [name for name in columns if name in sums.columns and name not in RESOLVED_BY]
    return of_cells, [name for name in columns if name not in of_cells]


def line_column(sums: Sums, by_key: Lined, inside: NDArray[np.bool_], name: str) -> Column:
    """Return a word of each factor line inside a boundary: of the factor, or of the key that it answers."""
    if name not in RESOLVED_BY:
        column = by_key.column(name)
        return Column(column.codes[inside], column.labels)
    words: list[str] = [getattr(key, name) for key in sums.keyed[1]]
    labels = tuple(sorted(set(words)))
    code = {label: number for number, label in enumerate(labels)}
    codes = np.array([code[word] for word in words], np.int32)
    return Column(codes[by_key.key_of_line[inside]], labels)


def _by_key(
    sums: Sums,
    by_key: Lined,
    inside: NDArray[np.bool_],
    cell_group: NDArray[np.int64],
    line_group: NDArray[np.int64],
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    place = by_key.key if shape[0] == 1 else cell_group * by_key.keys + by_key.key
    size = shape[0] * by_key.keys
    quantity = _added(place, sums.quantity, size).reshape(shape[0], -1)
    met = np.zeros(size, np.bool_)
    met[place] = True
    occurs, everywhere = met.reshape(shape[0], -1), bool(met.all())
    conversion, factor = (numbers[inside] for numbers in by_key.numbers)
    key = by_key.key_of_line[inside]
    kgco2e, present = np.zeros(shape), np.zeros(shape, np.bool_)
    for group in range(shape[1]):
        here = line_group == group
        products = kernel.multiply(quantity[:, key[here]], conversion[here], factor[here])
        kgco2e[:, group] = products.sum(axis=1)
        present[:, group] = here.any() if everywhere else occurs[:, key[here]].any(axis=1)
    return kgco2e, present


def _by_cell(
    sums: Sums,
    by_key: Lined,
    inside: NDArray[np.bool_],
    cell_group: NDArray[np.int64],
    line_group: NDArray[np.int64],
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rows = expand(by_key, sums.quantity)
    counted = inside[rows.line]
    number = np.cumsum(inside) - 1  # of each line among those inside
    place = cell_group[rows.cell[counted]] * shape[1] + line_group[number[rows.line[counted]]]
    kgco2e = _added(place, rows.kgco2e[counted], shape[0] * shape[1])
    return kgco2e.reshape(shape), np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape) > 0


def _added(place: NDArray[np.int64], numbers: Numbers, size: int) -> Numbers:
    return np.asarray(np.bincount(place, weights=numbers, minlength=size), np.float64)


def groups_of(columns: Mapping[str, Column], entries: int) -> tuple[NDArray[np.int64], list[tuple[str, ...]]]:
    """Return the group of each entry and the words of the groups; without columns all are one."""
    if not columns:
        return np.zeros(entries, np.int64), [()]
    return distinct(columns, list(columns))


def in_order(columns: Sequence[str], of_cells: Sequence[str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Return what puts the words of a group, the cells' before the lines', in the order that was asked for."""
    given = [*of_cells, *(name for name in columns if name not in of_cells)]
    places = [given.index(name) for name in columns]
    if places == list(range(len(places))):
        return lambda words: words
    if len(places) == 1:
        return lambda words: (words[places[0]],)
    return itemgetter(*places)
