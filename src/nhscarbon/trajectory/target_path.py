"""A target as a path in tonnes: what each year may emit, and the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.trajectory.series import Numbers, Years, series_of, year_number, year_texts
from nhscarbon.trajectory.shapes import through

if TYPE_CHECKING:
    from nhscarbon.footprint import Footprint
    from nhscarbon.trajectory.target import Target

READINGS = ("end", "first", "mean")


@dataclass(frozen=True)
class Milestone:
    """What may be emitted in a year, or in each year of a window [tCO2e]."""

    target: str
    kind: str
    first_year: int
    last_year: int
    tco2e: float

    def due(self, reading: str) -> int:
        """Return the year in which a path meets it."""
        middle = round((self.first_year + self.last_year) / 2)
        return {"end": self.last_year, "first": self.first_year, "mean": middle}[reading]


@dataclass(frozen=True, eq=False)
class TargetPath:
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

    def to_frame(self) -> pd.DataFrame:
        """Return ``year`` and ``tco2e``."""
        return pd.DataFrame({"year": year_texts(self.years), "tco2e": self.tco2e})


def target_path(
    targets: Sequence[Target],
    series: pd.Series | Footprint,
    *,
    shape: str = "linear",
    residual: float = 0.0,
    reading: str = "end",
    base_tco2e: float | None = None,
) -> TargetPath:
    """Return the path from the base year through several targets, piece by piece; see `Target.path`.

    Parameters
    ----------
    targets : sequence of Target
        Of one boundary and base year, in ascending order of their years.
    series, shape, residual, reading, base_tco2e
        As of `Target.path`.

    Raises
    ------
    UsageError
        If the targets are of several boundaries or base years, or the series lacks the base year.
    """
    if len({(each.boundary, each.base_year) for each in targets}) != 1:
        raise UsageError("a path goes through targets of one boundary and base year: convert them with Target.on first")
    if reading not in READINGS:
        raise UsageError(f"there is no reading '{reading[:40]}' of a window; there are {', '.join(READINGS)}")
    if not 0 <= residual < 1:
        raise UsageError(f"a residual is a share of the base, 0 to less than 1; {residual:g} is none")
    target = targets[0]
    base_year = year_number(target.base_year)
    held = series_of(series, boundary=target.boundary)
    if base_tco2e is None:
        if base_year not in held.index:
            raise UsageError(
                f"{target.target} is a cut on {target.base_year}, which the series does not hold. Give that year's "
                "total as base_tco2e, or bring the target to a year that the series holds: "
                f"target.on('{year_texts(held.index.to_numpy()[-1:])[0]}', inventory=...)"
            )
        base_tco2e = float(held[base_year])
    if not base_tco2e > 0:
        raise UsageError(f"the total of {target.base_year} must be above 0 tCO2e to cut it; it is {base_tco2e:g}")
    milestones = tuple(each.milestone(base_tco2e, residual) for each in targets)
    points = [(base_year, base_tco2e), *((each.due(reading), each.tco2e) for each in milestones)]
    years, tco2e = through(points, shape)
    inventories = sorted({each.inventory for each in targets if each.inventory})
    note = (
        f"{shape} from {base_tco2e:,.0f} tCO2e in {target.base_year}; windows are read by their {reading}; a target's "
    )
    note += "year is the NHS year that starts in it"
    if inventories:
        note += f"; the percentage holds on the inventory {' and '.join(inventories)} alone"
    return TargetPath(years, tco2e, milestones, shape, reading, target.base_year, note)
