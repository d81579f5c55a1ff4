"""Sums times factors: the rows of a footprint, and the lines behind them for an auditor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.check_words import check
from nhscarbon.checks.entries import rows_of
from nhscarbon.checks.totals import category
from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Line, Resolution
from nhscarbon.methods.units import decimals_of
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import keys_of

LINE_WORDS = ("theme", "category", "ghg_protocol_category", "conversion_id")  # the others are the factor's own
FACTOR_WORDS = ("theme", "category", "component", "scope", "ghg_protocol_category", "conversion_id", "factor_unit",
                "factor_id", "package", "locator")  # fmt: skip
SENT_WORDS = ("site", "supplier", "reference")
TABLE_ORDER = ("row", "organisation", "member", "reported_by", "site", "supplier", "reference", "period", "month",
               "geography", "theme", "category", "activity", "component", "scope", "ghg_protocol_category", "tier",
               "quantity", "unit", "conversion", "conversion_id", "factor", "factor_unit", "factor_id", "package",
               "locator", "kgco2e")  # fmt: skip


@dataclass(frozen=True)
class FactorLines:
    """The factor lines of every key, one after another, and the key of each cell.

    Attributes
    ----------
    of_cells : Column
        Its codes are the key of each cell.
    lines : tuple of Line
    key_of_line : int64 array, shape (lines,)
    keys : int
        How many there are.
    """

    of_cells: Column
    lines: tuple[Line, ...]
    key_of_line: NDArray[np.int64]
    keys: int

    __repr__ = short_repr

    @property
    def key(self) -> NDArray[np.int64]:
        """The key of each cell."""
        return self.of_cells.numbers

    @cached_property
    def count(self) -> NDArray[np.int64]:
        """How many lines each key has."""
        return np.bincount(self.key_of_line, minlength=self.keys)

    @cached_property
    def numbers(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The conversion and the factor of each line."""
        both = chain.from_iterable(map(attrgetter("numbers"), self.lines))
        conversion, factor = np.fromiter(both, np.float64, 2 * len(self.lines)).reshape(-1, 2).T.copy()
        return conversion, factor

    def column(self, name: str) -> Column:
        """Return a word of each line (theme, component, package ...), coded."""
        words = [*map(word_of(name), self.lines)]
        labels = tuple(sorted(set(words)))
        place = {label: code for code, label in enumerate(labels)}
        return Column(np.fromiter(map(place.__getitem__, words), np.int32, len(words)), labels)


@dataclass(frozen=True)
class Rows:
    """Cells times lines, as places: row r is cell `cell[r]` multiplied by line `line[r]`.

    Attributes
    ----------
    cell, line : int64 array, shape (rows,)
    kgco2e : float64 array, shape (rows,)
    """

    cell: NDArray[np.int64]
    line: NDArray[np.int64]
    kgco2e: NDArray[np.float64]

    __repr__ = short_repr


def factor_lines(
    of_cells: Column, keys: Sequence[FactorKey], resolutions: Mapping[FactorKey, Resolution]
) -> FactorLines:
    """Return the factor lines of some keys.

    Parameters
    ----------
    of_cells : Column
        Its codes are the place of each cell's key in `keys`.
    keys : sequence of FactorKey
    resolutions : Mapping[FactorKey, Resolution]
    """
    found = [resolutions[each].lines for each in keys]
    lines = tuple(chain.from_iterable(found))
    return FactorLines(of_cells, lines, np.repeat(np.arange(len(keys)), [len(each) for each in found]), len(keys))


def expand(by_key: FactorLines, quantity: NDArray[np.float64]) -> Rows:
    """Multiply quantities by all the factors of their keys.

    Parameters
    ----------
    by_key : FactorLines
    quantity : float64 array, shape (cells,)

    Returns
    -------
    Rows
        One for each cell and factor; a cell whose key was not counted has none.
    """
    key, count = by_key.key, by_key.count
    start = np.cumsum(count) - count
    cell = np.repeat(np.arange(len(quantity)), count[key])
    first = np.cumsum(count[key]) - count[key]  # where each cell's rows begin
    line = np.arange(len(cell)) + np.repeat(start[key] - first, count[key])
    conversion, factor = by_key.numbers
    kgco2e = arithmetic.multiply(quantity[cell], conversion[line], factor[line])
    kgco2e.setflags(write=False)  # a result is not to be written to
    return Rows(cell, line, kgco2e)


def as_frame(
    columns: Mapping[str, Column],
    quantity: NDArray[np.float64],
    by_key: FactorLines,
    rows: Rows,
    **extra: NDArray[np.int64],
) -> pd.DataFrame:
    """Return rows as a data frame: words as categories, numbers as they were multiplied."""
    conversion, factor = by_key.numbers
    factor_columns = {name: by_key.column(name) for name in FACTOR_WORDS}
    frame: dict[str, object] = {name: values[rows.cell] for name, values in extra.items()}
    frame |= {name: category(Column(column.codes[rows.cell], column.labels)) for name, column in columns.items()}
    frame |= {name: category(Column(column.codes[rows.line], column.labels)) for name, column in factor_columns.items()}
    frame |= {"quantity": quantity[rows.cell], "kgco2e": rows.kgco2e}
    frame |= {"conversion": conversion[rows.line], "factor": factor[rows.line]}
    return pd.DataFrame({name: frame[name] for name in TABLE_ORDER if name in frame})


def sent_lines(
    sources: Iterable[Source],
    method: Methodology,
    resolutions: Mapping[FactorKey, Resolution],
    *,
    keep: tuple[str, ...],
    where: Mapping[str, str],
) -> pd.DataFrame:
    """Return `lines_of` all sources, one below the other."""
    batches = (batch for source in sources for batch in source.batches())
    parts = [lines_of(batch, method, resolutions, keep=keep, where=where) for batch in batches]
    # parts without a row say nothing about a type, and pandas 2 warns of them
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def lines_of(
    source: Activity,
    method: Methodology,
    resolutions: Mapping[FactorKey, Resolution],
    *,
    keep: tuple[str, ...],
    where: Mapping[str, str],
) -> pd.DataFrame:
    """Multiply the rows of a source one by one: what the sums were made of.

    Parameters
    ----------
    source : Activity
    method : Methodology
    resolutions : Mapping[FactorKey, Resolution]
    keep : tuple of str
        Further columns that the footprint kept.
    where : Mapping[str, str]
        Columns, of the source or of the table, and the word each must have.

    Raises
    ------
    UsageError
        If there is no such column.
    """
    decimals = {label: decimals_of(method.units, label) for label in source.columns["unit"].labels}
    checked = check(rows_of(source, decimals), method, keep=keep)
    sent = {name: column for name, column in source.columns.items() if name in SENT_WORDS}
    sent = {name: _blank_named(column) for name, column in (sent | dict(checked.columns)).items()}
    strangers = [name for name in where if name not in (*sent, *SENT_WORDS, *FACTOR_WORDS)]
    if strangers:
        known = ", ".join([*sent, *FACTOR_WORDS])
        raise UsageError(f"lines have no column '{strangers[0][:60]}'; there are {known}")
    fits = checked.usable.copy()
    for name, word in where.items():
        if name in sent:
            fits &= np.array([label == word for label in sent[name].labels])[sent[name].codes]
        elif name in SENT_WORDS and word:  # a column that this source does not have is empty
            fits[:] = False
    chosen = {name: Column(column.codes[fits], column.labels) for name, column in sent.items()}
    units = source.columns["unit"]
    places = np.array([*decimals.values(), 0], np.int64)[units.codes[fits]]
    whole, _ = arithmetic.to_whole(source.numbers["quantity"][fits], places)
    quantity = arithmetic.to_quantity(whole, places)
    by_key = factor_lines(*keys_of(chosen), resolutions)
    table = as_frame(chosen, quantity, by_key, expand(by_key, quantity), row=np.asarray(source.row_numbers[fits]))
    if source.sheet:
        table.insert(0, "sheet", source.sheet)
    for name, word in where.items():
        if name in FACTOR_WORDS:
            table = table[table[name] == word]
    return table


def word_of(name: str) -> Callable[[Line], str]:
    """Return what reads a word of a factor line."""
    if name == "factor_unit":
        return attrgetter("factor.unit")
    return attrgetter(name if name in LINE_WORDS else f"factor.{name}")


def _blank_named(column: Column) -> Column:
    """Give empty cells, code -1, the empty word for a label."""
    labels = column.labels if "" in column.labels else (*column.labels, "")
    codes = np.where(column.codes == BLANK, labels.index(""), column.codes)
    return Column(codes.astype(np.int32), labels)
