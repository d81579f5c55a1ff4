"""Sums times factors: the rows of a footprint, and the lines behind them for an auditor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon import kernel
from nhscarbon.activity.table import BLANK, Activity, Column
from nhscarbon.checks.check import check
from nhscarbon.checks.entries import rows_of
from nhscarbon.errors import UsageError
from nhscarbon.method import Methodology
from nhscarbon.resolve import Key, Line, Resolution
from nhscarbon.summing import decimals_of
from nhscarbon.sums import category, distinct

RESOLVED_BY = ("activity", "unit", "period", "geography")
LINE_WORDS = ("theme", "category", "ghg_protocol_category", "conversion_id")  # the others are the factor's own
FACTOR_WORDS = ("theme", "category", "component", "scope", "ghg_protocol_category", "conversion_id", "factor_unit",
                "factor_id", "package", "locator")  # fmt: skip
SENT_WORDS = ("site", "supplier", "reference")
TABLE_ORDER = ("row", "organisation", "site", "supplier", "reference", "period", "month", "geography", "theme",
               "category", "activity", "component", "scope", "ghg_protocol_category", "tier", "quantity", "unit",
               "conversion", "conversion_id", "factor", "factor_unit", "factor_id", "package", "locator",
               "kgco2e")  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Cells times lines, as places: row r is cell `cell[r]` multiplied by line `line[r]`.

    Attributes
    ----------
    cell, line : int64 array, shape (rows,)
    kgco2e : float64 array, shape (rows,)
    lines : tuple of Line
        The factors of all keys, one after another.
    columns : Mapping[str, Column]
        Their words (theme, component, package ...), coded; `columns[name].codes[line]` is a row's.
    """

    cell: NDArray[np.int64]
    line: NDArray[np.int64]
    kgco2e: NDArray[np.float64]
    lines: tuple[Line, ...]
    columns: Mapping[str, Column]


def keys_of(columns: Mapping[str, Column]) -> tuple[NDArray[np.int64], list[Key]]:
    """Return which distinct key each row of coded columns has, and the keys."""
    place, words = distinct(columns, RESOLVED_BY)
    return place, [Key(*each) for each in words]


def expand(columns: Mapping[str, Column], quantity: NDArray[np.float64], resolutions: Mapping[Key, Resolution]) -> Rows:
    """Multiply quantities by all the factors of their keys.

    Parameters
    ----------
    columns : Mapping[str, Column]
        Coded words of each cell, among them activity, unit, period and geography.
    quantity : float64 array, shape (cells,)
    resolutions : Mapping[Key, Resolution]

    Returns
    -------
    Rows
        One for each cell and factor; a cell whose key was not counted has none.
    """
    key, keys = keys_of(columns)
    lines = tuple(line for each in keys for line in resolutions[each].lines)
    count = np.array([len(resolutions[each].lines) for each in keys], np.int64)
    start = np.cumsum(count) - count
    cell = np.repeat(np.arange(len(quantity)), count[key])
    first = np.cumsum(count[key]) - count[key]  # where each cell's rows begin
    line = np.arange(len(cell)) + np.repeat(start[key] - first, count[key])
    conversion, factor = _numbers(lines)
    kgco2e = kernel.multiply(quantity[cell], conversion[line], factor[line])
    kgco2e.setflags(write=False)  # a result is not to be written to
    words = {name: _coded([str(_word(each, name)) for each in lines]) for name in FACTOR_WORDS}
    return Rows(cell, line, kgco2e, lines, words)


def as_frame(
    columns: Mapping[str, Column], quantity: NDArray[np.float64], rows: Rows, **extra: NDArray[np.int64]
) -> pd.DataFrame:
    """Return rows as a data frame: words as categories, numbers as they were multiplied."""
    conversion, factor = _numbers(rows.lines)
    frame: dict[str, object] = {name: values[rows.cell] for name, values in extra.items()}
    frame |= {name: category(Column(column.codes[rows.cell], column.labels)) for name, column in columns.items()}
    frame |= {name: category(Column(column.codes[rows.line], column.labels)) for name, column in rows.columns.items()}
    frame |= {"quantity": quantity[rows.cell], "kgco2e": rows.kgco2e}
    frame |= {"conversion": conversion[rows.line], "factor": factor[rows.line]}
    return pd.DataFrame({name: frame[name] for name in TABLE_ORDER if name in frame})


def lines_of(
    source: Activity,
    method: Methodology,
    resolutions: Mapping[Key, Resolution],
    *,
    keep: tuple[str, ...],
    where: Mapping[str, str],
) -> pd.DataFrame:
    """Multiply the rows of a source one by one: what the sums were made of.

    Parameters
    ----------
    source : Activity
    method : Methodology
    resolutions : Mapping[Key, Resolution]
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
    whole, _ = kernel.to_whole(source.numbers["quantity"][fits], places)
    quantity = kernel.to_quantity(whole, places)
    table = as_frame(chosen, quantity, expand(chosen, quantity, resolutions), row=source.row_numbers[fits])
    for name, word in where.items():
        if name in FACTOR_WORDS:
            table = table[table[name] == word]
    return table


def _numbers(lines: tuple[Line, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (np.array([line.conversion for line in lines], np.float64),
            np.array([line.factor.kgco2e for line in lines], np.float64))  # fmt: skip


def _word(line: Line, name: str) -> str:
    if name == "factor_unit":
        return line.factor.unit
    word: str = getattr(line if name in LINE_WORDS else line.factor, name)
    return word


def _coded(words: list[str]) -> Column:
    labels = tuple(sorted(set(words)))
    place = {label: code for code, label in enumerate(labels)}
    return Column(np.array([place[word] for word in words], np.int32), labels)


def _blank_named(column: Column) -> Column:
    """Give empty cells, code -1, the empty word for a label."""
    labels = column.labels if "" in column.labels else (*column.labels, "")
    codes = np.where(column.codes == BLANK, labels.index(""), column.codes)
    return Column(codes.astype(np.int32), labels)
