"""Sums times factors: the rows of a footprint, and the lines behind them for an auditor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon import kernel
from nhscarbon.activity.table import Activity
from nhscarbon.checks.check import check
from nhscarbon.errors import UsageError
from nhscarbon.method import Methodology
from nhscarbon.resolve import Key, Line, Resolution
from nhscarbon.sums import RESOLVED_BY, words_of

FACTOR_COLUMNS = ("theme", "category", "component", "scope", "conversion", "conversion_id", "factor", "factor_unit",
                  "factor_id", "package", "locator")  # fmt: skip
TABLE_ORDER = ("organisation", "site", "supplier", "reference", "period", "month", "geography", "theme", "category",
               "activity", "component", "scope", "tier", "quantity", "unit", "conversion", "conversion_id", "factor",
               "factor_unit", "factor_id", "package", "locator", "kgco2e")  # fmt: skip


def expand(keys: pd.DataFrame, quantity: NDArray[np.float64], resolutions: Mapping[Key, Resolution]) -> pd.DataFrame:
    """Multiply quantities by all the factors of their keys.

    Parameters
    ----------
    keys : pandas.DataFrame, shape (cells, columns)
        Words, among them activity, unit, period and geography.
    quantity : float64 array, shape (cells,)
    resolutions : Mapping[Key, Resolution]

    Returns
    -------
    pandas.DataFrame
        One row per cell and factor; a cell whose key was not counted has none.
    """
    place = {key: number for number, key in enumerate(resolutions)}
    lines = [found.lines for found in resolutions.values()]
    count = np.array([len(each) for each in lines], np.int64)
    start = np.cumsum(count) - count
    key = np.array([place[each] for each in keys_of(keys)], np.int64)
    cell = np.repeat(np.arange(len(keys)), count[key])
    within = np.arange(len(cell)) - np.repeat(np.cumsum(count[key]) - count[key], count[key])
    line = np.repeat(start[key], count[key]) + within
    facts = pd.DataFrame([_facts(each) for found in lines for each in found], columns=list(FACTOR_COLUMNS))
    table = pd.concat([keys.iloc[cell].reset_index(drop=True), facts.iloc[line].reset_index(drop=True)], axis=1).assign(
        quantity=quantity[cell]
    )
    table["kgco2e"] = kernel.multiply(
        quantity[cell], table["conversion"].to_numpy(np.float64), table["factor"].to_numpy(np.float64)
    )
    return table[[name for name in ("row", *TABLE_ORDER) if name in table.columns]]


def _facts(line: Line) -> tuple[object, ...]:
    factor = line.factor
    return (line.theme, line.category, factor.component, factor.scope, line.conversion, line.conversion_id,
            factor.kgco2e, factor.unit, factor.factor_id, factor.package, factor.locator)  # fmt: skip


def keys_of(frame: pd.DataFrame) -> list[Key]:
    """Return the resolved key of each row of a small table."""
    return [Key(*words) for words in words_of(frame[list(RESOLVED_BY)])]


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
    checked = check(source, method, keep=keep)
    sent = {**{name: column for name, column in source.columns.items() if name in TABLE_ORDER}, **checked.columns}
    strangers = [name for name in where if name not in sent and name not in FACTOR_COLUMNS]
    if strangers:
        known = ", ".join([*sent, *FACTOR_COLUMNS])
        raise UsageError(f"lines have no column '{strangers[0][:60]}'; there are {known}")
    fits = checked.usable.copy()
    for name, word in where.items():
        if name in sent:
            fits &= np.array([*(label == word for label in sent[name].labels), word == ""])[sent[name].codes]
    words = {name: np.array([*column.labels, ""], dtype=object)[column.codes[fits]] for name, column in sent.items()}
    whole, _ = kernel.to_whole(checked.quantity[fits], checked.decimals[fits])
    quantity = kernel.to_quantity(whole, checked.decimals[fits])
    table = expand(pd.DataFrame({"row": source.row_numbers[fits], **words}), quantity, resolutions)
    for name, word in where.items():
        if name in FACTOR_COLUMNS:
            table = table[table[name].astype(str) == word]
    return table
