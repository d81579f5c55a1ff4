"""A target as a path in tonnes: what each year may emit, and the budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.results import Result
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.targets.series import Numbers, Years, series_of, year_number, year_texts

READINGS = ("end", "first", "mean")


@dataclass(frozen=True)
class Milestone:
    """What may be emitted in a year, or in each year of a window [tCO2e]."""

    target: str
    kind: str
    first_year: int
    last_year: int
    tco2e: float

    __repr__ = short_repr

    def due(self, reading: str) -> int:
        """Return the year in which a path meets it."""
        middle = round((self.first_year + self.last_year) / 2)
        return {"end": self.last_year, "first": self.first_year, "mean": middle}[reading]


@dataclass(frozen=True, eq=False, repr=False)
class TargetPath(Result):
    """What each year may emit on the way to one target or several.

    Attributes
    ----------
    years : int64 array, shape (years,)
        The calendar year that each NHS year starts in.
    tco2e : float64 array, shape (years,)
        [tCO2e]
    milestones : tuple of Milestone
    shape, reading : str
    base_year : str
    note : str
        What it stands on.
    """

    years: Years
    tco2e: Numbers
    milestones: tuple[Milestone, ...]
    shape: str
    reading: str
    base_year: str
    note: str

    def at(self, year: str | int) -> float:
        """Return what a year may emit [tCO2e]; after the last year of the path, what that may.

        Raises
        ------
        UsageError
            If the year is before the base.
        """
        number = year_number(year)
        if number < self.years[0]:
            raise UsageError(f"the path begins in {self.base_year}; it has no {year}")
        return float(self.tco2e[min(number - int(self.years[0]), len(self.years) - 1)])

    def budget(self, first: str | int, last: str | int) -> float:
        """Return the sum of what the years from one to another may emit, both counted [tCO2e].

        Raises
        ------
        UsageError
            If a year is before the base, or the first is after the last.
        """
        start, end = year_number(first), year_number(last)
        if start > end:
            raise UsageError(f"a budget runs from a year to a later one; {first} is after {last}")
        return float(sum(self.at(year) for year in range(start, end + 1)))

    def year_of(self, tco2e: float) -> float:
        """Return when the path comes to a figure, as a fraction of years; NaN if it never has it."""
        if not self.tco2e.min() <= tco2e <= self.tco2e.max():
            return float("nan")
        order = slice(None, None, -1)
        return float(np.interp(tco2e, self.tco2e[order], self.years[order]))

    def readings(self, series: pd.Series | Footprint) -> pd.DataFrame:
        """Read a series against each milestone in three ways: in the first year, in the mean, by the end.

        Parameters
        ----------
        series : pandas.Series or Footprint
            Tonnes by NHS year [tCO2e], measured or projected.

        Returns
        -------
        pandas.DataFrame
            ``target``, ``reading``, ``first_year``, ``last_year``, ``tco2e``, ``limit_tco2e`` and ``gap_tco2e``:
            above zero where the target is missed, NaN where the series lacks the years.
        """
        held, rows = series_of(series), []
        for each in self.milestones:
            first, last = (float(held.get(year, np.nan)) for year in (each.first_year, each.last_year))
            window = held.reindex(range(each.first_year, each.last_year + 1)).to_numpy()
            values = {"first": first, "mean": float(window.mean()), "end": last}
            years = year_texts(np.array([each.first_year, each.last_year]))
            rows += [(each.target, reading, *years, value, each.tco2e, value - each.tco2e)
                     for reading, value in values.items()]  # fmt: skip
        names = ["target", "reading", "first_year", "last_year", "tco2e", "limit_tco2e", "gap_tco2e"]
        return pd.DataFrame(rows, columns=names)

    def _title(self) -> str:
        aims = ", ".join(each.target for each in self.milestones)
        return f"Path from {self.base_year} to {aims} [tCO2e]"

    def _about(self) -> dict[str, object]:
        return {"shape": self.shape, "reading": self.reading, "base_year": self.base_year,
                "milestones": [asdict(each) for each in self.milestones]}  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        return (self.note,)

    @property
    def table(self) -> pd.DataFrame:
        """What each ``year`` may emit: ``tco2e``."""
        return pd.DataFrame({"year": year_texts(self.years), "tco2e": self.tco2e})
