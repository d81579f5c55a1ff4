"""Published paths of factors: points, straight lines between them, and which factors follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import DataPackage, data_root, load_package, load_pinned
from nhscarbon.methods.factors import refuse
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.projection.assumptions import Assumption
from nhscarbon.trajectory.targets.series import Numbers, Years

ROOM, GRID, VERSION = "paths", "greenbook-grid-2023-1", "1.0.0"
SERIES = ("average", "marginal")


@dataclass(frozen=True)
class Follow:
    """Which factors follow a path, and how that is known."""

    pattern: str
    component: str
    status: str

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class FactorPath:
    """A published path of a factor.

    Attributes
    ----------
    package : str
    points : Mapping of str to (int64 years, float64 kgCO2e/kWh)
        By series: ``average`` for projecting a footprint, ``marginal`` for judging an action.
    follows : tuple of Follow
        The first that fits decides.
    source : str
    """

    package: str
    points: Mapping[str, tuple[Years, Numbers]]
    follows: tuple[Follow, ...]
    source: str

    __repr__ = short_repr

    def value(self, series: str, years: Years) -> Numbers:
        """Return the path's own values, on straight lines between its points [kgCO2e/kWh].

        Parameters
        ----------
        series : str
            ``average`` or ``marginal``.
        years : int64 array
            The calendar years that the NHS years start in.

        Raises
        ------
        UsageError
            If there is no such series, or a year lies outside it: nothing is carried beyond the last point.
        """
        if series not in self.points:
            raise UsageError(f"{self.package} has no series '{series[:40]}'; it has {', '.join(self.points)}")
        known, values = self.points[series]
        outside = years[(years < known[0]) | (years > known[-1])]
        if len(outside):
            raise UsageError(
                f"the {series} path of {self.package} runs from {nhs_year(int(known[0]))} to "
                f"{nhs_year(int(known[-1]))}; it has no {nhs_year(int(outside[0]))}"
            )
        return np.asarray(np.interp(years, known, values), np.float64)

    def index(self, years: Years, start: int) -> Numbers:
        """Return the average path as a share of its value in a year."""
        both = self.value("average", np.append(years, start))
        return np.asarray(both[:-1] / both[-1], np.float64)

    def followed(self, activity: str, component: str) -> str:
        """Return how it is known that a factor follows the path; blank where it does not."""
        for each in self.follows:
            if fnmatchcase(activity, each.pattern) and fnmatchcase(component, each.component):
                return each.status
        return ""

    def assumptions(self, start: int, end: int) -> list[Assumption]:
        """Return what is assumed of the path between two years: its scale, and the years without a point."""
        known = [year for year in self.points["average"][0].tolist() if start <= year <= end]
        gaps = [year for year in range(start, end + 1) if year not in known]
        span = f"{nhs_year(start)} to {nhs_year(end)}"
        found = [Assumption(
            "grid", span, f"the path is scaled so that it starts at the official factor of {nhs_year(start)}; a year "
            "of the path is the NHS year that nine of its months fall in", "assumed", self.source,
        )]  # fmt: skip
        if gaps:
            found.append(Assumption(
                "grid", ", ".join(nhs_year(year) for year in gaps),
                f"no point was found for these years: straight lines between {', '.join(map(str, self._around(gaps)))}",
                "assumed", self.source,
            ))  # fmt: skip
        return found

    def _around(self, gaps: list[int]) -> list[int]:
        known: list[int] = self.points["average"][0].tolist()
        low = max(year for year in known if year <= gaps[0])
        high = min(year for year in known if year >= gaps[-1])
        return [year for year in known if low <= year <= high]


def factor_path(name: str | Path = GRID) -> FactorPath:
    """Return a path that ships with nhscarbon, or that of a sealed folder in the same layout.

    Raises
    ------
    UsageError
        If there is no such path.
    IntegrityError
        If a row is no point.

    Examples
    --------
    >>> import numpy as np
    >>> path = factor_path()
    >>> path.value("average", np.array([2025, 2030])).tolist()
    [0.126655, 0.047623]
    """
    if Path(name).is_dir():
        return _read(load_package(Path(name)))
    shipped = sorted(folder.name for folder in (data_root() / ROOM).iterdir() if folder.is_dir())
    if str(name) not in shipped:
        raise UsageError(f"there is no path or folder '{str(name)[:60]}'; there ships {', '.join(shipped)}")
    return _read(load_pinned(data_root(), ROOM, f"{name}@{VERSION}"))


def _read(package: DataPackage) -> FactorPath:
    rows, faults = package.rows("points.csv"), []
    points: dict[str, tuple[Years, Numbers]] = {}
    for series in SERIES:
        found = sorted((int(row["year"]), float(row["value"])) for row in rows if row["series"] == series)
        if not found or len({year for year, _ in found}) < len(found) or any(value <= 0 for _, value in found):
            faults.append(f"the series {series} has no points, a year twice, or a value that is not above 0")
            continue
        years, values = zip(*found, strict=True)
        points[series] = np.array(years, np.int64), np.array(values, np.float64)
    refuse(package.label, faults)
    follows = tuple(Follow(row["pattern"], row["component"], row["status"]) for row in package.rows("follows.csv"))
    return FactorPath(package.label, points, follows, f"{package.label}: {package.descriptor.title}")
