"""Where a footprint stands against its path, and what it takes from here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.results import Result
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.targets.series import series_of, year_number
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

LOOK_BACK = 3  # years that the achieved pace is taken over


@dataclass(frozen=True, repr=False)
class Progress(Result):
    """A footprint against its path, in one year. A figure that the series cannot give is NaN.

    Attributes
    ----------
    year, target : str
        The year looked at, and the next milestone.
    tco2e, allowed_tco2e, gap_tco2e : float
        What was emitted, what the path allows, and how much the first is above the second [tCO2e].
    years_behind : float
        How long ago the path was where the footprint is now; negative when ahead of it.
    required_percent : float
        The same cut of each year's footprint from now on that meets the milestone [% a year].
    required_percent_of_base : float
        The same, in a straight line, as a share of the base [% of base a year].
    pace_ratio : float
        The required cut over the one achieved in the last three years; infinite where there was none.
    budget_used, time_used : float
        Shares of the path's budget and of its years, from the base to the milestone.
    delay_percent, delay_percent_of_base : float
        By how much each year of waiting raises the required cut, at the rate of now [points a year, a year].
    """

    year: str
    target: str
    tco2e: float
    allowed_tco2e: float
    gap_tco2e: float
    years_behind: float
    required_percent: float
    required_percent_of_base: float
    pace_ratio: float
    budget_used: float
    time_used: float
    delay_percent: float
    delay_percent_of_base: float

    def _title(self) -> str:
        return f"{self.year} against the path to {self.target}"

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure: ``measure``, ``value``, ``unit``."""
        rows = [(name, getattr(self, name), unit) for name, unit in UNITS.items()]
        return pd.DataFrame(rows, columns=["measure", "value", "unit"])


UNITS = {
    "tco2e": "tCO2e", "allowed_tco2e": "tCO2e", "gap_tco2e": "tCO2e", "years_behind": "years",
    "required_percent": "% a year", "required_percent_of_base": "% of base a year", "pace_ratio": "ratio",
    "budget_used": "share", "time_used": "share", "delay_percent": "points a year for each year",
    "delay_percent_of_base": "points of base a year for each year",
}  # fmt: skip


def monitor(series: pd.Series | Footprint, path: TargetPath, *, year: str | int | None = None) -> Progress:
    """Measure a footprint against its path.

    Parameters
    ----------
    series : pandas.Series or Footprint
        Tonnes by NHS year [tCO2e]; of one boundary and one method, and where weather matters corrected for it.
    path : TargetPath
        From `Target.path`.
    year : str, optional
        The year to look at; the last of the series when left out.

    Returns
    -------
    Progress

    Raises
    ------
    UsageError
        If the series has not that year, or no milestone lies after it.

    Examples
    --------
    >>> import nhscarbon as nc, pandas as pd
    >>> tonnes = pd.Series({"2019/20": 100.0, "2025/26": 78.0})
    >>> found = nc.monitor(tonnes, nc.targets()["carbon-footprint-interim-on-2019"].path(tonnes))
    >>> found.target, round(found.gap_tco2e, 1)
    ('carbon-footprint-interim-on-2019', -0.3)
    """
    held = series_of(series)
    now = int(held.index[-1]) if year is None else year_number(year)
    if now not in held.index:
        raise UsageError(f"the series has no {nhs_year(now)}")
    value, allowed = float(held[now]), path.at(now)
    next_one = _next(path, now)
    last = next_one.due(path.reading)
    ahead, base = last - now, float(path.tco2e[0])
    log_ratio = math.log(next_one.tco2e / value) if next_one.tco2e > 0 and value > 0 else -math.inf
    kept = math.exp(log_ratio / ahead)
    of_base = (value - next_one.tco2e) / (ahead * base)
    return Progress(
        year=nhs_year(now), target=next_one.target, tco2e=value, allowed_tco2e=allowed, gap_tco2e=value - allowed,
        years_behind=now - path.year_of(value), required_percent=100 * (1 - kept),
        required_percent_of_base=100 * of_base, pace_ratio=_pace(held, now, 1 - kept),
        budget_used=_used(held, path, now, last), time_used=(now - int(path.years[0])) / (last - int(path.years[0])),
        delay_percent=-100 * kept * log_ratio / ahead**2 if kept else math.nan,
        delay_percent_of_base=100 * of_base / ahead,
    )  # fmt: skip


def _next(path: TargetPath, now: int) -> Milestone:
    for each in path.milestones:
        if each.due(path.reading) > now:
            return each
    raise UsageError(f"no milestone of the path lies after {nhs_year(now)}")


def _pace(held: pd.Series, now: int, required: float) -> float:
    before = now - LOOK_BACK
    if before not in held.index or not held[before] > 0:
        return math.nan
    achieved = 1 - float(held[now] / held[before]) ** (1 / LOOK_BACK)
    return required / achieved if achieved > 0 else math.inf


def _used(held: pd.Series, path: TargetPath, now: int, last: int) -> float:
    """Return the share of the budget that is used; NaN where a year since the base was not measured."""
    first = int(path.years[0])
    years = range(first, now + 1)
    if any(year not in held.index for year in years):
        return math.nan
    return float(held.loc[list(years)].sum()) / path.budget(first, last)
