"""A target as a path in tonnes: what each year may emit, and the budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.label import boundary_name
from nhscarbon.output.results import Result
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.targets.series import Numbers, Tonnes, Years, series_of, year_number, year_texts
from nhscarbon.trajectory.targets.shapes import through
from nhscarbon.trajectory.targets.subject import Subject, of_series, refuse_other

READINGS = ("end", "first", "mean")
SAID = ("first", "end")  # the readings of a window that every verdict says
SAME_BASE = 1 / 1000  # of the base year: figures of it that differ by less are one figure, rounded


@dataclass(frozen=True)
class Milestone:
    """What may be emitted in a year, or in each year of a window [tCO2e]."""

    target: str
    kind: str
    first_year: int
    last_year: int
    tco2e: float

    __repr__ = short_repr

    @property
    def is_window(self) -> bool:
        """Whether it may be met in any of several years, so that it has more than one reading."""
        return self.first_year < self.last_year

    @property
    def window(self) -> str:
        """Its year, or the first and the last of its years."""
        return " to ".join(dict.fromkeys([nhs_year(self.first_year), nhs_year(self.last_year)]))

    def due(self, reading: str) -> int:
        """Return the year in which a path meets it; of a window of two or four years the mean is due in the later."""
        middle = (self.first_year + self.last_year + 1) // 2
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
    boundary : str
        What it is for, such as ``"nhs_carbon_footprint_plus"``.
    organisations : tuple of str
        Their codes; empty where it was made of figures that name none.
    inventory : str
        The version of the inventory that its percentages hold on; blank where they hold on any.
    method, digest : str
        The methodology of the figures that it was made of, and its digest; blank where they name none.
    on_map : str
        How a roll-up put the organisations on a map; blank where they are as reported.
    part : str
        Which part of a footprint it was made of; blank where it was all of it.
    """

    years: Years
    tco2e: Numbers
    milestones: tuple[Milestone, ...]
    shape: str
    reading: str
    base_year: str
    note: str
    boundary: str = ""
    organisations: tuple[str, ...] = ()
    inventory: str = ""
    method: str = ""
    digest: str = ""
    on_map: str = ""
    part: str = ""

    @property
    def subject(self) -> Subject:
        """What it is for: nothing else is judged by it."""
        return Subject(self.boundary, self.organisations, self.method, self.digest, self.on_map, self.part,
                       self.base_year, self.inventory)  # fmt: skip

    def judged(self, source: Tonnes, *, boundary: str | None = None) -> pd.Series:
        """Return the tonnes by year of what this path is for, ready to be judged by it.

        Parameters
        ----------
        source : pandas.Series, Footprint or SuppliedFootprint
            Tonnes by NHS year [tCO2e]; a footprint is totalled in the boundary of the path.
        boundary : str, optional
            What a series counts, where it does not say so itself.

        Raises
        ------
        BoundaryError
            If it counts another boundary.
        UsageError
            If it is of other organisations, another map, base year, inventory or methodology, or has another figure
            for the base year.
        """
        asked = boundary or ("" if isinstance(source, pd.Series) else self.boundary)
        if isinstance(source, pd.Series):
            refuse_other(self.subject, of_series(source), what="figures of the series")
        held = series_of(source, boundary=asked or None)
        refuse_other(self.subject, of_series(held))
        first = int(self.years[0])
        if first in held.index:
            self.refuse_other_base(float(held[first]))
        return held

    def refuse_other_base(self, tco2e: float) -> None:
        """Refuse figures that have another total for the base year than the path: that inventory has changed.

        Raises
        ------
        UsageError
            If they differ by more than a rounding.
        """
        base = float(self.tco2e[0])
        if abs(tco2e - base) > SAME_BASE * max(base, tco2e):
            raise UsageError(
                f"The path starts from {base:,.1f} tCO2e in {self.base_year}, the figures have {tco2e:,.1f} tCO2e in "
                "that year: a changed base year changes the whole path.",
                advice="Make the path again from these figures, or judge those that it was made from.",
            )

    def read_by(self, reading: str) -> TargetPath:
        """Return the same path with its windows read in another way.

        Parameters
        ----------
        reading : str
            ``end``, ``first`` or ``mean``.

        Raises
        ------
        UsageError
            If there is no such reading.
        """
        refuse_reading(reading)
        points = [(int(self.years[0]), float(self.tco2e[0])),
                  *((each.due(reading), each.tco2e) for each in self.milestones)]  # fmt: skip
        years, tco2e = through(points, self.shape)
        return replace(self, years=years, tco2e=tco2e, reading=reading)

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

    def readings(self, series: Tonnes, *, boundary: str | None = None) -> pd.DataFrame:
        """Read a series against each milestone in three ways: in the first year, in the mean, by the end.

        Parameters
        ----------
        series : pandas.Series, Footprint or SuppliedFootprint
            Tonnes by NHS year [tCO2e], measured or projected.
        boundary : str, optional
            What a series counts, where it does not say so itself.

        Returns
        -------
        pandas.DataFrame
            ``target``, ``reading``, ``first_year``, ``last_year``, ``tco2e``, ``limit_tco2e``, ``gap_tco2e``, above
            zero where the target is missed, and ``why``: the years that are missing where there is no figure.

        Raises
        ------
        BoundaryError, UsageError
            As `judged`.
        """
        held, rows = self.judged(series, boundary=boundary), []
        for each in self.milestones:
            window = held.reindex(range(each.first_year, each.last_year + 1))
            lacking = {"first": window.iloc[:1], "mean": window, "end": window.iloc[-1:]}
            years = year_texts(np.array([each.first_year, each.last_year]))
            for reading, values in lacking.items():
                value = float(values.to_numpy().mean())
                absent = year_texts(values.index[values.isna()].to_numpy(np.int64))
                why = f"no figure for {', '.join(absent)}: add {'it' if len(absent) == 1 else 'them'}" if absent else ""
                rows.append((each.target, reading, *years, value, each.tco2e, value - each.tco2e, why))
        names = ["target", "reading", "first_year", "last_year", "tco2e", "limit_tco2e", "gap_tco2e", "why"]
        return pd.DataFrame(rows, columns=names)

    def _title(self) -> str:
        aims = ", ".join(each.target for each in self.milestones)
        what = f" of the {boundary_name(self.boundary)}" if self.boundary else ""
        who = f" of {self.subject.who}" if self.organisations else ""
        return f"Path{what}{who} from {self.base_year} to {aims} [tCO2e]"

    def _about(self) -> dict[str, object]:
        return {"boundary": self.boundary, "organisations": list(self.organisations), "on_map": self.on_map,
                "part": self.part, "base_year": self.base_year, "inventory": self.inventory, "method": self.method,
                "method_digest": self.digest, "shape": self.shape, "reading": self.reading,
                "milestones": [asdict(each) for each in self.milestones]}  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        return (self.note,)

    @property
    def table(self) -> pd.DataFrame:
        """What each ``year`` may emit: ``tco2e``."""
        return pd.DataFrame({"year": year_texts(self.years), "tco2e": self.tco2e})


def refuse_reading(reading: str) -> None:
    """Refuse a reading of a window that there is not."""
    if reading not in READINGS:
        raise UsageError(f"there is no reading '{reading[:40]}' of a window; there are {', '.join(READINGS)}")
