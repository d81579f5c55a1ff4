"""What is worth a word of the rows that are summed: faults and roundings, and which cells hold rows below zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nhscarbon.sums import arithmetic
from nhscarbon.sums.arithmetic import LARGEST, NOTHING
from nhscarbon.sums.cells import EncodedRows

FAULTS = ("not_a_number", "too_large", "too_small")  # rows that are counted and not summed
FIRST = 5  # row numbers that are kept of each fault
Counts = dict[int, int]  # of rows, by cell


@dataclass
class RowFaults:
    """Counts beside the sums; few rows are worth one.

    Attributes
    ----------
    faults : dict of str to (rows, numbers of the first of them)
    rounded : (rows, numbers of the first of them)
        Decimals beyond the scale of their unit.
    negative, unsummed : dict of cell to rows
    """

    faults: dict[str, tuple[int, list[int]]] = field(default_factory=dict)
    rounded: tuple[int, list[int]] = (0, [])
    negative: Counts = field(default_factory=dict)
    unsummed: Counts = field(default_factory=dict)

    @property
    def of_cells(self) -> tuple[Counts, Counts]:
        """Rows below zero, and rows under a fault, by cell."""
        return self.negative, self.unsummed

    def note(
        self,
        rows: EncodedRows,
        odd: NDArray[np.int64],
        cell: NDArray[np.int64],
        quantity: NDArray[np.float64],
        units: float | NDArray[np.float64],
    ) -> None:
        """Count what is worth a word of some rows of a batch: faults, roundings and negative quantities.

        Parameters
        ----------
        rows : EncodedRows
            The batch.
        odd : int64 array, shape (n,)
            Which rows of it.
        cell, quantity, units : arrays, shape (n,)
            Their cells, quantities and decimal scales.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = quantity * units
            finite = np.isfinite(quantity)
            large = finite & ~(np.abs(scaled) < LARGEST)
            small = finite & (quantity != 0) & (np.abs(scaled) <= NOTHING)
            good = finite & ~large & ~small
            nearest = np.rint(np.where(good, scaled, 0))
            rounded = good & arithmetic.is_rounded(np.where(good, scaled, 0), nearest)
            negative = good & (quantity < 0)

        def counted(before: tuple[int, list[int]], mask: NDArray[np.bool_]) -> tuple[int, list[int]]:
            count, first = before
            shown = [rows.row_number(int(odd[place])) for place in np.flatnonzero(mask)[: FIRST - len(first)]]
            return count + int(mask.sum()), [*first, *shown]

        for kind, mask in zip(FAULTS, (~finite, large, small), strict=True):
            if mask.any():
                self.faults[kind] = counted(self.faults.get(kind, (0, [])), mask)
        self.rounded = counted(self.rounded, rounded)
        for found, mask in ((self.negative, negative), (self.unsummed, ~good)):
            places, counts = np.unique(cell[mask], return_counts=True)
            _add(found, zip(places.tolist(), counts.tolist(), strict=True))

    def forget_cells(self) -> None:
        """Leave out what is of single cells: they are no longer there."""
        self.negative, self.unsummed = {}, {}

    def move(self, placed: Callable[[int], int]) -> None:
        """Put what is of single cells where these stand now."""
        self.negative, self.unsummed = ({placed(cell): rows for cell, rows in each.items()} for each in self.of_cells)

    def absorb_faults(self, other: RowFaults) -> None:
        """Add the faults and roundings of other rows."""
        for kind, each in other.faults.items():
            self.faults[kind] = _together(self.faults.get(kind, (0, [])), each)
        self.rounded = _together(self.rounded, other.rounded)

    def absorb_cells(self, other: RowFaults, placed: Callable[[int], int]) -> None:
        """Add what is of single cells of other rows, which stand elsewhere here."""
        for mine, theirs in zip(self.of_cells, other.of_cells, strict=True):
            _add(mine, ((placed(cell), rows) for cell, rows in theirs.items()))


def _add(counts: Counts, more: Iterable[tuple[int, int]]) -> None:
    for cell, rows in more:
        counts[cell] = counts.get(cell, 0) + rows


def _together(first: tuple[int, list[int]], second: tuple[int, list[int]]) -> tuple[int, list[int]]:
    return first[0] + second[0], sorted([*first[1], *second[1]])[:FIRST]
