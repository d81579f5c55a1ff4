"""The small table: whole-number sums by organisation, period, activity, unit, geography and tier."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column, one
from nhscarbon.checks.check_words import CheckedEntries
from nhscarbon.errors import UsageError
from nhscarbon.methods.resolution import FactorKey
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import keys_of, number
from nhscarbon.sums.partial_sums import PartialSums

GROUPED_BY = ("organisation", "period", "activity", "unit", "geography", "tier")


@dataclass(frozen=True)
class Totals:
    """Quantities summed as whole numbers: all that the method ever sees of the rows.

    Attributes
    ----------
    columns : Mapping[str, Column]
        The words of each cell, coded; cells and labels in ascending order, each label in use.
    total : int64 array, or object array of Python integers, shape (cells,)
        The sum at the decimal scale of the cell's unit.
    decimals : int64 array, shape (cells,)
    rows : int64 array, shape (cells,)
        How many rows were added.
    """

    columns: Mapping[str, Column]
    total: arithmetic.Total
    decimals: NDArray[np.int64]
    rows: NDArray[np.int64]

    __repr__ = short_repr

    @cached_property
    def quantity(self) -> NDArray[np.float64]:
        """The sums as numbers, in each cell's unit."""
        return arithmetic.to_quantity(self.total, self.decimals)

    @property
    def keys(self) -> pd.DataFrame:
        """The words of each cell as a data frame of categories."""
        return pd.DataFrame({name: category(column) for name, column in self.columns.items()})

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the table: the same for every row order, batch and engine."""
        hashed = hashlib.sha256()
        for name, column in self.columns.items():
            hashed.update("\0".join([name, *column.labels]).encode() + b"\n")
            hashed.update(column.codes.astype("<i4").tobytes())
        wide = self.total.dtype == object
        hashed.update(" ".join(map(str, self.total)).encode() if wide else self.total.astype("<i8").tobytes())
        hashed.update(self.decimals.astype("<i8").tobytes() + self.rows.astype("<i8").tobytes())
        return hashed.hexdigest()

    @cached_property
    def keyed(self) -> tuple[Column, list[FactorKey]]:
        """Which distinct key each cell has, and the keys."""
        return keys_of(self.columns)

    def are_the_cells_of(self, checked: CheckedEntries) -> bool:
        """Tell whether these are the cells that were checked, one by one: none left out, added to another or moved."""
        return checked.columns["unit"] is self.columns["unit"]

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: Totals) -> Totals:
        if list(self.columns) != list(other.columns):
            raise UsageError("sums that kept different columns cannot be added: calculate both with the same keep")
        columns = {name: _joined(column, other.columns[name]) for name, column in self.columns.items()}
        found, columns = number(columns)
        cell = found.numbers
        decimals = np.zeros(len(next(iter(columns.values())).codes), np.int64)
        decimals[cell] = np.concatenate([self.decimals, other.decimals])
        rows = np.zeros(len(decimals), np.int64)
        np.add.at(rows, cell, np.concatenate([self.rows, other.rows]))
        return Totals(columns, arithmetic.add_parts(cell, [self.total, other.total], len(rows)), decimals, rows)


def to_totals(checked: CheckedEntries, partial: PartialSums) -> Totals:
    """Return partial sums in the method's words: cells that now mean the same are added.

    Parameters
    ----------
    checked : Checked
        Of the cells of `partial`; those without a fault are taken.
    partial : PartialSums
    """
    names = [*GROUPED_BY, *(name for name in checked.columns if name not in GROUPED_BY)]
    columns = {name: checked.columns[name] for name in names}
    total, rows, scale = partial.total, partial.rows, partial.scale
    if not one(checked.usable).all():
        columns = {name: column.part(checked.usable) for name, column in columns.items()}
        total, rows, scale = total[checked.usable], rows[checked.usable], scale[checked.usable]
    if _as_they_are(columns, partial):
        return Totals(columns, total, scale, rows)
    found, columns = number(columns)
    cell, cells = found.numbers, len(columns["unit"].codes)
    decimals, count = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
    decimals[cell] = scale
    np.add.at(count, cell, rows)
    return Totals(columns, arithmetic.add_parts(cell, [total], cells), decimals, count)


def _as_they_are(columns: Mapping[str, Column], partial: PartialSums) -> bool:
    """Tell whether the cells are in the order of the columns, and none of them twice.

    So it is where every word is the method's as it was sent, and what is not (the tier, which comes of the evidence;
    a geography that was left out) is the same for all.
    """
    sent = [name for name in columns if name not in ("tier", "geography")]
    if any(columns[name] is not partial.columns[name] for name in sent):
        return False
    blank = [not partial.columns[name].labels for name in ("evidence", "estimated_share", "tier")]
    place = partial.columns["geography"]
    one_place = not place.labels or (len(place.labels) == 1 and place.lowest >= 0)
    return all(blank) and one_place and len(columns["tier"].labels) == 1


def category(column: Column) -> pd.Categorical[str]:
    """Return a coded column as a pandas category."""
    return pd.Categorical.from_codes(column.codes, categories=pd.Index(column.labels, dtype=str))


def text(column: Column) -> pd.api.extensions.ExtensionArray:
    """Return a coded column, none of it empty, as text."""
    return pd.array(column.labels, dtype="str").take(column.codes)


def _joined(first: Column, second: Column) -> Column:
    labels = tuple(sorted({*first.labels, *second.labels}))
    place = {label: code for code, label in enumerate(labels)}
    parts = [np.array([place[label] for label in each.labels], np.int32)[each.codes] for each in (first, second)]
    return Column(np.concatenate(parts), labels)
