"""Tonnes by any columns, from the small table and the factors of its keys: no row is multiplied twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Codes, Column, PairColumn, TableColumn, each_of
from nhscarbon.checks.totals import Totals
from nhscarbon.errors import UsageError
from nhscarbon.footprint.factor_lines import FactorLines, expand
from nhscarbon.methods.resolution import RESOLVED_BY
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import distinct, number

Numbers = NDArray[np.float64]
WIDE = 64  # kinds of a table whose blocks are added one by one
SPREAD = 4  # places of (group, key) for each cell, beyond which cells are multiplied one by one


def group_tonnes(
    sums: Totals, by_key: FactorLines, inside: NDArray[np.bool_], columns: Sequence[str]
) -> tuple[dict[str, Column], NDArray[np.float64]]:
    """Return the words of each group that has a row inside a boundary, in ascending order, and its kgCO2e.

    Quantities are added by group and key, and multiplied by the factors of the key: the order of the
    additions is that of the cells, so equal sums give equal bits.

    Parameters
    ----------
    sums : Totals
    by_key : FactorLines
    inside : bool array, shape (lines,)
        The factor lines that the boundary counts.
    columns : sequence of str
        Columns of the sums, and words of the factor lines.
    """
    of_cells, of_lines = sides(sums, columns)
    cells, cell_groups, cell_words = _numbered({name: sums.columns[name] for name in of_cells}, len(sums))
    lines, line_groups, line_words = _numbered({name: line_column(sums, by_key, inside, name) for name in of_lines},
                                               int(inside.sum()))  # fmt: skip
    by = _by_cell if cell_groups * by_key.keys > SPREAD * len(sums) + (1 << 16) else _by_key
    kgco2e, present = by(sums, by_key, inside, cells, lines.codes, (cell_groups, line_groups))
    first, second = np.nonzero(present)
    words = {name: cell_words[name].part(first) if name in cell_words else line_words[name].part(second)
             for name in columns}  # fmt: skip
    order = np.lexsort([words[name].codes for name in reversed(columns)]) if columns else np.arange(len(first))
    return {name: column.part(order) for name, column in words.items()}, kgco2e[first, second][order]


def _numbered(columns: Mapping[str, Column], entries: int) -> tuple[Column, int, dict[str, Column]]:
    """Return the group of each entry, how many there are, and their words; without columns all are one."""
    if not columns:
        return Column(np.broadcast_to(np.int64(0), entries), ()), 1, {}
    found, words = number(columns)
    return found, len(next(iter(words.values())).codes), words


def sides(sums: Totals, columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which columns are the cells' own, and which the factor lines have: those of their key among them."""
    of_cells = [name for name in columns if name in sums.columns and name not in RESOLVED_BY]
    return of_cells, [name for name in columns if name not in of_cells]


def line_column(sums: Totals, by_key: FactorLines, inside: NDArray[np.bool_], name: str) -> Column:
    """Return a word of each factor line inside a boundary: of the factor, or of the key that it answers."""
    if name not in RESOLVED_BY:
        column = by_key.column(name)
        return Column(column.codes[inside], column.labels)
    words: list[str] = [*map(attrgetter(name), sums.keyed[1])]
    labels = tuple(sorted(set(words)))
    code = {label: number for number, label in enumerate(labels)}
    codes = np.fromiter(map(code.__getitem__, words), np.int32, len(words))
    return Column(codes[by_key.key_of_line[inside]], labels)


def _by_key(
    sums: Totals,
    by_key: FactorLines,
    inside: NDArray[np.bool_],
    cells: Column,
    line_group: Codes,
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    quantity, met, place_of_key = _by_group_and_key(sums, by_key, cells, shape[0])
    conversion, factor = (numbers[inside] for numbers in by_key.numbers)
    place = place_of_key[by_key.key_of_line[inside]]
    ends = np.cumsum(np.bincount(line_group, minlength=shape[1]))
    groups = np.split(np.argsort(line_group, kind="stable"), ends[:-1])
    kgco2e = np.zeros(shape)
    for group, here in enumerate(groups[: shape[1]]):  # without any line, the split leaves one empty part
        products = arithmetic.multiply(quantity.take(place[here], axis=1), conversion[here], factor[here])
        kgco2e[:, group] = products.sum(axis=1)
    present = kgco2e != 0
    for group in np.flatnonzero(~present.all(axis=0)).tolist():  # nothing was sent, or it comes to zero
        present[:, group] = met().take(place[groups[group]], axis=1).any(axis=1)
    return kgco2e, present


def _by_group_and_key(
    sums: Totals, by_key: FactorLines, cells: Column, groups: int
) -> tuple[Numbers, Callable[[], NDArray[np.bool_]], NDArray[np.int64]]:
    """Return quantities by group of cells and key, where there are cells, and the column of each key in both.

    Cells are added one after another either way, so equal sums give equal bits, in a table or not.
    """
    key = by_key.of_cells
    by_blocks = groups == 1 or (isinstance(cells, TableColumn) and cells.by_block)
    if by_blocks and isinstance(key, PairColumn) and key.cross.kinds >= WIDE and len(key.of_kind) == key.each.shape[1]:
        cross, years = key.cross, key.each.shape[0]
        group = np.zeros(cross.blocks, np.int64) if groups == 1 else each_of(cells)
        rows = (group * years + key.of_block).tolist()
        in_order = rows == [*range(groups * years)]

        def gathered(table: NDArray[Any]) -> NDArray[Any]:
            if in_order:
                return table.reshape(groups, -1)
            found = np.zeros((groups * years, cross.kinds), table.dtype)
            for row, block in zip(rows, table, strict=True):
                found[row] += block
            return found.reshape(groups, -1)

        number, column = key.each[:, key.of_kind].reshape(-1), np.zeros(by_key.keys, np.int64)
        column[number[number >= 0]] = np.flatnonzero(number >= 0)
        return gathered(cross.table(sums.quantity)), lambda: gathered(cross.taken), column
    place = key.codes if groups == 1 else cells.codes * by_key.keys + key.codes
    size = groups * by_key.keys

    def met() -> NDArray[np.bool_]:
        found = np.zeros(size, np.bool_)
        found[place] = True
        return found.reshape(groups, -1)

    return _added(place, sums.quantity, size).reshape(groups, -1), met, np.arange(by_key.keys)


def _by_cell(
    sums: Totals,
    by_key: FactorLines,
    inside: NDArray[np.bool_],
    cells: Column,
    line_group: Codes,
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rows = expand(by_key, sums.quantity)
    counted = inside[rows.line]
    number = np.cumsum(inside) - 1  # of each line among those inside
    place = cells.codes[rows.cell[counted]] * shape[1] + line_group[number[rows.line[counted]]]
    kgco2e = _added(place, rows.kgco2e[counted], shape[0] * shape[1])
    return kgco2e.reshape(shape), np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape) > 0


def _added(place: Codes, numbers: Numbers, size: int) -> Numbers:
    return np.asarray(np.bincount(place, weights=numbers, minlength=size), np.float64)


def groups_of(columns: Mapping[str, Column], entries: int) -> tuple[Column, list[tuple[str, ...]]]:
    """Return the group of each entry and the words of the groups; without columns all are one."""
    if not columns:
        return Column(np.broadcast_to(np.int64(0), entries), ()), [()]
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


def refuse_unknown(columns: Iterable[str], words: Sequence[str]) -> None:
    """Refuse columns of words that a footprint does not have, with the nearest name."""
    for name in columns:
        if name not in words:
            near = get_close_matches(str(name), words, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f". Choose from: {', '.join(words)}."
            raise UsageError(f"Unknown column '{str(name)[:60]}'{hint}")


def refuse_none(rows: int, where: Mapping[str, str]) -> None:
    """Refuse words that no row of a footprint has."""
    if not rows:
        asked = ", ".join(f"{name}={word}" for name, word in where.items()) or "any tonnes"
        raise UsageError(f"no row of the footprint has {asked[:200]}")
