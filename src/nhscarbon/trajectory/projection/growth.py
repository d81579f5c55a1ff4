"""How activity grows: a percentage a year for patterns of activities, organisations and years."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd

from nhscarbon.errors import PeriodError, UnreadableError, UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.projection.assumptions import Assumption
from nhscarbon.trajectory.targets.series import Numbers, Years, year_number

COLUMNS = ("organisation", "activity", "first_year", "last_year", "growth_percent", "source")
DriverTable = Mapping[str, float] | pd.DataFrame | str | Path | None


@dataclass(frozen=True)
class Driver:
    """A growth [% a year] of the activities that a pattern fits; spend in real terms."""

    organisation: str
    activity: str
    first_year: int
    last_year: int
    growth_percent: float
    source: str

    __repr__ = short_repr

    def fits(self, organisation: str, activity: str) -> bool:
        """Tell whether it is about an activity of an organisation."""
        return fnmatchcase(organisation, self.organisation) and fnmatchcase(activity, self.activity)


def drivers_of(given: DriverTable, years: Years) -> tuple[Driver, ...]:
    """Read drivers; the first that fits a year decides.

    Parameters
    ----------
    given : mapping, data frame, path or None
        Patterns of activities and growth [% a year], such as ``{"energy.*": 1.5}``; or a table with ``activity``
        and ``growth_percent`` and, where needed, ``organisation``, ``first_year``, ``last_year``, ``source``.
    years : int64 array
        The projected years, the base first.

    Raises
    ------
    UsageError
        If a growth is no number above -100, or years do not follow; every fault is listed.
    UnreadableError
        If a table lacks its columns.
    """
    found, faults = [], []
    first, last = int(years[0]) + 1, int(years[-1])
    for number, row in enumerate(_rows(given), start=2):
        where = f"driver in row {number} ({row['activity'][:60] or 'no activity'})"
        try:
            growth = float(row["growth_percent"])
            begin = year_number(row["first_year"]) if row["first_year"] else first
            end = year_number(row["last_year"]) if row["last_year"] else last
        except (ValueError, PeriodError) as error:
            faults.append(f"{where}: {error}")
            continue
        if not (math.isfinite(growth) and growth > -100) or begin > end or not row["activity"]:
            faults.append(f"{where}: growth is above -100 %, of an activity, from a year to a later one")
        found.append(Driver(row["organisation"] or "*", row["activity"], begin, end, growth, row["source"]))
    if faults:
        raise UsageError("drivers cannot be used:\n  " + "\n  ".join(faults))
    return tuple(found)


def _rows(given: DriverTable) -> list[dict[str, str]]:
    if given is None:
        return []
    if isinstance(given, Mapping):
        rows = [{"activity": str(name), "growth_percent": str(growth)} for name, growth in given.items()]
    elif isinstance(given, pd.DataFrame):
        rows = [{str(name): "" if pd.isna(cell) else str(cell) for name, cell in row.items()}
                for row in given.to_dict("records")]  # fmt: skip
    else:
        try:
            with Path(given).open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.DictReader(stream, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise UnreadableError(f"'{str(given)[:80]}' cannot be read as a CSV file of drivers: {error}") from error
    strangers = sorted({name for row in rows for name in row if name not in COLUMNS})
    lacking = [name for name in ("activity", "growth_percent") if any(name not in row for row in rows)]
    if strangers or lacking:
        raise UnreadableError(f"drivers have the columns {', '.join(COLUMNS)}; found {strangers}, missing {lacking}")
    return [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in rows]


def growth(
    drivers: Sequence[Driver], pairs: Sequence[tuple[str, str]], years: Years
) -> tuple[Numbers, list[Assumption]]:
    """Return activity by year as a multiple of the base year's.

    Parameters
    ----------
    drivers : sequence of Driver
    pairs : sequence of (organisation, activity)
    years : int64 array, shape (years,)

    Returns
    -------
    multiple : float64 array, shape (pairs, years)
        1 in the base year.
    assumptions : list of Assumption
        Each driver, and the activities that none is for.

    Raises
    ------
    UsageError
        If a driver fits nothing.
    """
    yearly = np.ones((len(pairs), len(years)))
    decided = np.zeros((len(pairs), len(years)), np.bool_)
    decided[:, 0] = True
    idle = []
    for driver in drivers:
        rows = np.array([driver.fits(*pair) for pair in pairs], np.bool_)
        if not rows.any():
            idle.append(f"{driver.organisation} {driver.activity}")
        here = rows[:, None] & ((years >= driver.first_year) & (years <= driver.last_year))[None, :] & ~decided
        yearly[here] = 1 + driver.growth_percent / 100
        decided |= here
    if idle:
        raise UsageError(f"these drivers fit no activity of the footprint: {', '.join(idle)}")
    found = [Assumption(
        driver.activity + ("" if driver.organisation == "*" else f" of {driver.organisation}"),
        f"{nhs_year(driver.first_year)} to {nhs_year(driver.last_year)}",
        f"activity changes by {driver.growth_percent:g} % a year", "given", driver.source,
    ) for driver in drivers]  # fmt: skip
    still = sorted({activity for (_, activity), known in zip(pairs, decided, strict=True) if not known.all()})
    if still:
        shown = ", ".join(still[:4]) + (f" and {len(still) - 4} more" if len(still) > 4 else "")
        found.append(Assumption(
            "activity", f"{nhs_year(int(years[0]) + 1)} to {nhs_year(int(years[-1]))}",
            f"no driver for {shown}: no growth where none is given", "assumed",
        ))  # fmt: skip
    return np.asarray(np.cumprod(yearly, axis=1), np.float64), found
