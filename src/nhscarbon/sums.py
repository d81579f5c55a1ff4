"""The small table: whole-number sums by organisation, period, activity, unit, geography and tier."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon import kernel
from nhscarbon.checks.check import Checked
from nhscarbon.findings import Finding, first_rows

RESOLVED_BY = ("activity", "unit", "period", "geography")


@dataclass(frozen=True)
class Sums:
    """Quantities summed as whole numbers: all that the method ever sees of the rows.

    Attributes
    ----------
    keys : pandas.DataFrame, shape (cells, columns)
        The words of each cell, in ascending order.
    total : int64 array, or object array of Python integers, shape (cells,)
        The sum at the decimal scale of the cell's unit.
    decimals : int64 array, shape (cells,)
    rows : int64 array, shape (cells,)
        How many rows were added.
    """

    keys: pd.DataFrame
    total: NDArray[np.object_] | NDArray[np.int64]
    decimals: NDArray[np.int64]
    rows: NDArray[np.int64]

    @property
    def quantity(self) -> NDArray[np.float64]:
        """The sums as numbers, in each cell's unit."""
        return kernel.to_quantity(self.total, self.decimals)

    @property
    def sha256(self) -> str:
        """SHA-256 of the table: the same for every row order, batch and engine."""
        columns = [self.keys[name].tolist() for name in self.keys.columns]
        lines = zip(*columns, self.total.tolist(), self.decimals.tolist(), self.rows.tolist(), strict=True)
        text = "\0".join(self.keys.columns) + "\n" + "".join("\0".join(map(str, line)) + "\n" for line in lines)
        return hashlib.sha256(text.encode()).hexdigest()

    def __add__(self, other: Sums) -> Sums:
        names = list(self.keys.columns)
        parts = [part.keys.assign(total=part.total.astype(object), decimals=part.decimals, rows=part.rows)
                 for part in (self, other)]  # fmt: skip
        merged = pd.concat(parts, ignore_index=True).groupby(names, sort=True, as_index=False, dropna=False)
        added = merged.agg({"total": "sum", "decimals": "first", "rows": "sum"})
        total = added["total"].to_numpy(object)
        fits = all(abs(value) < 2**62 for value in total)
        return Sums(added[names], total.astype(np.int64) if fits else total,
                    added["decimals"].to_numpy(np.int64), added["rows"].to_numpy(np.int64))  # fmt: skip


def grouped(checked: Checked, names: Sequence[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Give a number to the usable rows of a source by the words that they share.

    Returns
    -------
    cell : int64 array, shape (usable rows,)
    keys : pandas.DataFrame, shape (cells, len(names))
        The words of each cell, in ascending order.
    """
    whole = bool(checked.usable.all())
    columns = [checked.columns[name] for name in names]
    codes = [column.codes if whole else column.codes[checked.usable] for column in columns]
    cell, combinations = kernel.group(codes, [max(len(column.labels), 1) for column in columns])
    keys = {
        name: np.array(column.labels, dtype=object)[combinations[:, place]]
        for place, (name, column) in enumerate(zip(names, columns, strict=True))
    }
    return cell, pd.DataFrame(keys, columns=list(names))


def accumulate(checked: Checked) -> tuple[Sums, tuple[Finding, ...]]:
    """Add up the usable rows of a checked source, exactly.

    Returns
    -------
    sums : Sums
    findings : tuple of Finding
        That decimals beyond a unit's scale were rounded, with the number of rows.
    """
    names = ["organisation", "period", "activity", "unit", "geography", "tier"]
    names += [name for name in checked.columns if name not in names]
    cell, keys = grouped(checked, names)
    whole, rounded = kernel.to_whole(checked.quantity[checked.usable], checked.decimals[checked.usable])
    total, rows = kernel.accumulate(cell, whole, len(keys))
    decimals = np.zeros(len(keys), np.int64)
    decimals[cell] = checked.decimals[checked.usable]
    sums = Sums(keys, total, decimals, rows)
    if not rounded.any():
        return sums, ()
    where = checked.activity.row_numbers[checked.usable][rounded]
    return sums, (Finding(
        code="decimals_rounded", severity="info", file=checked.activity.file, column="quantity", rows=len(where),
        first_rows=first_rows(where),
        message="more decimals than are summed; rounded half to even at the sixth place or the unit's own.",
    ),)  # fmt: skip


def rows_of(checked: Checked, keys: pd.DataFrame) -> list[NDArray[np.int64]]:
    """Return, for each key, the row numbers that have it, as the sender sees them."""
    names = list(keys.columns)
    cell, cells = grouped(checked, names)
    place = {words: number for number, words in enumerate(words_of(cells))}
    numbers = checked.activity.row_numbers[checked.usable]
    return [numbers[cell == place[words]] for words in words_of(keys)]


def words_of(keys: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the rows of a small table of words as tuples."""
    return list(zip(*(keys[name].tolist() for name in keys.columns), strict=True))
