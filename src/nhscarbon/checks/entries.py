"""What a check looks at: the rows of a source, or cells of partial sums that stand for many rows each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, RowNumbers
from nhscarbon.activity.columns import BLANK, Column, one
from nhscarbon.findings import Finding, finding, first_rows
from nhscarbon.sums.arithmetic import LARGEST, NOTHING, POWERS, is_rounded
from nhscarbon.sums.partial_sums import PartialSums

Mask = NDArray[np.bool_]
MANY = 1 << 10  # sizes that are added by numpy


class Location(TypedDict):
    """How many rows a finding is about, the first as people see them, their sheet, and the tonnes at stake."""

    rows: int
    first_rows: tuple[int, ...]
    sheet: str
    kgco2e_at_stake: float | None


@dataclass(frozen=True)
class Entries:
    """Rows or cells in the sender's words.

    Attributes
    ----------
    columns : Mapping[str, Column]
    shares : float64 array
        The estimated share; NaN where none is given.
    negative : bool array
        Entries that are, or hold, rows below zero.
    summed : bool array
        Entries without a faulty quantity.
    rows : int64 array
        How many rows each stands for.
    numbers : int64 array or None
        The rows' own numbers; cells have none.
    faults : Mapping[str, bool array]
        Rows with a quantity that cannot be summed, by its fault; of cells, the partial sums say it.
    sheet : str
        The sheet of the rows, where they are of one.
    rounded : bool array or None
        Rows with decimals beyond the scale of their unit; of cells, the partial sums say it.
    quantity : float64 array or None
        Of rows as sent; cells have sums.
    weights : float64 array or None
        What each row comes to [kgCO2e], where faults are to be weighed.
    """

    columns: Mapping[str, Column]
    shares: NDArray[np.float64]
    negative: Mask
    summed: Mask
    rows: NDArray[np.int64]
    numbers: RowNumbers | None = None
    faults: Mapping[str, Mask] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    rounded: Mask | None = None
    quantity: NDArray[np.float64] | None = None
    missing_factor: str = "refuse"
    weights: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def located(self, where: Mask | NDArray[np.int64]) -> Location:
        """Return how many rows some entries stand for, the first of them, and the tonnes at stake."""
        shown = () if self.numbers is None else first_rows(self.numbers[where])
        return {
            "rows": int(self.rows[where].sum()),
            "first_rows": shown,
            "sheet": self.sheet,
            "kgco2e_at_stake": None if self.weights is None else stake(self.weights[where]),
        }

    def located_by(self, at: NDArray[np.int64], group: NDArray[np.int64], groups: int) -> list[Location]:
        """Return what `located` does of each group of some entries: `group` has the number of each of them."""
        if self.numbers is None and self.weights is None:
            rows = np.bincount(group, weights=self.rows[at], minlength=groups)
            return [{"rows": int(count), "first_rows": (), "sheet": self.sheet, "kgco2e_at_stake": None}
                    for count in rows.tolist()]  # fmt: skip
        ends = np.cumsum(np.bincount(group, minlength=groups))
        parts = np.split(at[np.argsort(group, kind="stable")], ends[:-1]) if groups else []
        return [self.located(part) for part in parts]


def stake(weights: NDArray[np.float64]) -> float | None:
    """Return the sum of some rows' sizes [kgCO2e], or None where none of them can be weighed."""
    sizes = np.abs(weights[np.isfinite(weights)])
    if len(sizes) > MANY:  # to the last digit it is nobody's figure
        return float(sizes.sum())
    return fsum(sizes.tolist()) if len(sizes) else None


def cells_of(partial: PartialSums) -> Entries:
    """Return the cells of partial sums."""
    share = partial.columns["estimated_share"]
    each = np.array([*(float(label) for label in share.labels), np.nan])
    shares = share.looked_up(each) if share.labels else np.broadcast_to(each[-1:], len(partial))
    named = [name for name, _ in partial.files]
    faultless = not one(partial.unsummed).any()  # then every cell has rows
    return Entries(
        columns=partial.columns,
        shares=shares,
        negative=np.broadcast_to(one(partial.negative) > 0, len(partial)),
        summed=np.broadcast_to(np.True_, len(partial)) if faultless else partial.rows > 0,
        rows=partial.rows if faultless else partial.rows + partial.unsummed,
        file=named[0] if len(named) == 1 else "",
        missing_factor=partial.missing_factor,
    )


def rows_of(activity: Activity, decimals: Mapping[str, int]) -> Entries:
    """Return the rows of a source.

    Parameters
    ----------
    activity : Activity
    decimals : Mapping[str, int]
        Decimal places of each unit as sent.
    """
    rows = len(activity)
    quantity = activity.numbers.get("quantity", np.full(rows, np.nan))
    unit = activity.columns.get("unit") or Column(np.full(rows, BLANK, np.int32), ())
    places = np.array([*(decimals.get(label, 6) for label in unit.labels), 6], np.int64)[unit.codes]
    with np.errstate(invalid="ignore", over="ignore"):  # a NaN compares as False, and is reported by the reader
        scaled = np.abs(quantity) * POWERS[places]
        large = np.isfinite(quantity) & (scaled >= LARGEST)
        small = (quantity != 0) & (scaled <= NOTHING)
        negative = quantity < 0
        summed = np.isfinite(quantity) & ~large
        rounded = summed & ~small & is_rounded(scaled, np.rint(scaled))
    return Entries(
        columns=activity.columns,
        shares=activity.numbers.get("estimated_share", np.full(rows, np.nan)),
        negative=negative,
        summed=summed,
        rows=np.ones(rows, np.int64),
        numbers=activity.row_numbers,
        faults={"too_large": large, "too_small": small, "not_a_number": ~np.isfinite(quantity)},
        file=activity.file,
        sheet=activity.sheet,
        rounded=rounded,
        quantity=quantity,
        missing_factor=activity.missing_factor,
    )


def findings_at(entries: Entries, mask: Mask, code: str, column: str) -> list[Finding]:
    """Return the finding of some entries, if there are any: `mask` says which, shape (entries,)."""
    if not one(mask).any():
        return []
    return [finding(code, file=entries.file, column=column, **entries.located(mask))]
