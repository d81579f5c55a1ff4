"""What comes of it: the sender's own tonnes beside those of the method, and stated totals beside their parts."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from nhscarbon.output.results import TableResult
from nhscarbon.output.text import screen


@dataclass(frozen=True, eq=False, repr=False)
class ReportedTonnes(TableResult):
    """The sender's own tonnes beside those of the method.

    Attributes
    ----------
    table : pandas.DataFrame
        For each row with ``reported_tco2e``: sheet (of several), row, organisation, period, activity, quantity, unit,
        reported_tco2e, tco2e (the method's, empty where it has none), boundary (by which the method judges it:
        the smallest that its activity belongs to, or ``memo``), difference, agrees, explanation (the likeliest),
        residual [tCO2e] and others (those that fit as well).
    totals : pandas.DataFrame
        For each stated total, of the table of totals or of a row of the return that has tonnes and no quantity
        of an activity: where (its row), organisation, period, theme (empty: all), reported_tco2e, of (what
        its parts are), parts (how many), parts_tco2e (their sum), difference, agrees and explanation.
    reported_tco2e, tco2e : float
        Their totals, over the rows that have both.
    left_out : int
        Rows that state tonnes and could not be compared: an unknown word, or no quantity.
    """

    reported_tco2e: float
    tco2e: float
    left_out: int = 0
    _totals: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def totals(self) -> pd.DataFrame:
        """Each stated total beside the sum of its parts; a fresh copy."""
        return self._totals.copy()

    def _title(self) -> str:
        return (
            f"{len(self._table):,} rows state their own tonnes: {self.reported_tco2e:,.2f} t, by the method "
            f"{self.tco2e:,.2f} t; {int((~self._table['agrees']).sum()):,} differ."
        )

    def _notes(self) -> Iterator[str]:
        if self.left_out:
            yield f"  {self.left_out:,} more could not be compared: check the table first."
        if len(self._totals):
            wrong = self._totals[~self._totals["agrees"]]
            alone = int((wrong["parts"] == 0).sum())
            parts = f" Of {alone:,} there are no parts." if alone else ""
            yield f"Totals: {len(self._totals):,} stated, {len(wrong) - alone:,} not the sum of their parts.{parts}"
            for row in wrong.to_dict("records"):
                yield (
                    f"  {row['organisation']} {row['period']}{_of_theme(row)}: {row['reported_tco2e']:,.10g} t stated, "
                    f"{_sum_of(row)}: {row['explanation']}"
                )

    def __str__(self) -> str:
        wrong = self._table[~self._table["agrees"]]
        told = [
            f"  row {row['row']}{_of_sheet(row)}: {row['activity']} {row['period']}, "
            f"{row['reported_tco2e']:,.10g} t reported: {row['explanation']}"
            for row in wrong.to_dict("records")
        ]
        return screen([self._title(), *self._notes(), *told])


def _of_sheet(row: Mapping[Hashable, object]) -> str:
    return f" of sheet '{row['sheet']}'" if "sheet" in row else ""


def _of_theme(row: Mapping[Hashable, object]) -> str:
    return f", {row['theme']}" if row["theme"] else ""


def _sum_of(row: Mapping[Hashable, object]) -> str:
    return f"{row['parts_tco2e']:,.10g} t in {row['of']}" if row["parts"] else "no parts"
