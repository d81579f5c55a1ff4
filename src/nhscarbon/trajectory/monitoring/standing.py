"""Where one organisation stands in one boundary: which year and themes are judged, and the figures of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.monitoring.members import Whole
from nhscarbon.trajectory.monitoring.senders import Flags, Numbers
from nhscarbon.trajectory.monitoring.thresholds import CANNOT_SAY, Thresholds
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

NAN = math.nan


@dataclass(frozen=True, eq=False)
class Years:
    """The years of one organisation and boundary.

    Attributes
    ----------
    numbers : tuple of int
        The calendar year that each starts in.
    base : int
        The place of the base year.
    tco2e : float64 array, shape (years, themes)
        [tCO2e]
    answered : bool array, shape (years, themes)
    whole : bool array, shape (years,)
        Whether every member sent the whole of the year.
    over : bool array, shape (years,)
        Whether the year is over, so that what is missing of it is missing, not yet to come.
    own : bool array, shape (themes,)
    """

    numbers: tuple[int, ...]
    base: int
    tco2e: Numbers
    answered: Flags
    whole: Flags
    over: Flags
    own: Flags

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Reading:
    """A footprint against a path that meets its windows in one of their years."""

    reading: str
    target: str
    kind: str
    due: int
    cut_percent: float
    allowance_tco2e: float
    gap_tco2e: float
    gap_years: float
    required_percent: float
    status: str

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Standing:
    """Where an organisation stands; what is not known is NaN, no year, or -1.

    Attributes
    ----------
    year : int
        The place of the year that is judged.
    complete : bool
    reason : str
        Why nothing can be said: a key of `nhscarbon.trajectory.monitoring.sentences.REASONS`, or empty.
    themes : bool array, shape (themes,)
        Those that are judged: answered in every complete year from the base on.
    series : float64 array, shape (years,)
        Tonnes of these themes; NaN in years that are not complete [tCO2e].
    status : str
    readings : tuple of Reading
        The reading that decides first, and the others of the same window.
    pace_percent : float
        [% a year]
    pace_from : int
        The place of the year from which the pace is taken.
    crossing : int
        The calendar year that the NHS year of the crossing starts in.
    """

    year: int
    complete: bool
    reason: str
    themes: Flags
    series: Numbers
    status: str = CANNOT_SAY
    readings: tuple[Reading, ...] = field(default=())
    pace_percent: float = NAN
    pace_from: int = -1
    crossing: int = -1

    __repr__ = short_repr


def standing(years: Years, paths: Sequence[TargetPath], rules: Thresholds) -> Standing:
    """Judge one organisation in one boundary.

    Parameters
    ----------
    years : Years
    paths : sequence of TargetPath
        From a base of 1 tCO2e, the reading that decides first; none where there is no target.
    rules : Thresholds
    """
    year, complete = judged_year(years)
    nothing = np.zeros(years.answered.shape[1], np.bool_)
    empty = Standing(year, complete, "", nothing, np.full(len(years.numbers), NAN))
    if reason := _before_figures(years, year, complete=complete):
        return replace(empty, reason=reason)
    since: Whole = np.flatnonzero(years.whole).astype(np.int64)
    since = since[(since >= years.base) & (since <= year)]
    themes = np.asarray(years.answered[since].all(axis=0), np.bool_)
    series = np.where(years.whole, years.tco2e[:, themes].sum(axis=1), NAN)
    series[~years.answered[:, themes].all(axis=1)] = NAN  # a year outside these may lack one
    found = replace(empty, themes=themes, series=series)
    base, now, number = float(series[years.base]), float(series[year]), years.numbers[year]
    if reason := _of_figures(themes, years.own, base, paths):
        return replace(found, reason=reason)
    pace, start = pace_percent(series, years.numbers, since[since < year], year, rules.pace_years)
    every = [reading(path, base, now, number, pace, rules) for path in paths]
    first = every[0]
    if first is None:
        return replace(found, reason="no_milestone")
    others = [each for each in every[1:] if each and each.target == first.target and each.due != first.due]
    return replace(
        found, status=first.status, readings=(first, *others), pace_percent=pace, pace_from=start,
        crossing=crossing(paths[0], base, now, number, pace),
    )  # fmt: skip


def _of_figures(themes: Flags, own: Flags, base: float, paths: Sequence[TargetPath]) -> str:
    """Return why nothing can be said of the themes and tonnes; empty where nothing is in the way."""
    if not themes.any():
        return "no_theme"
    if not (themes & own).any():
        return "not_sent"
    if not base > 0:
        return "base_of_nothing"
    return "" if paths else "no_target"


def judged_year(years: Years) -> tuple[int, bool]:
    """Return the place of the year that is judged, and whether it is complete.

    It is the last complete year, unless a later one is over and something of it is missing: then nothing can be said
    of that year. A year that is not over yet is passed by: it is compared on the same months.
    """
    for at in range(len(years.numbers) - 1, -1, -1):
        if years.whole[at] or years.over[at]:
            return at, bool(years.whole[at])
    return len(years.numbers) - 1, False


def _before_figures(years: Years, year: int, *, complete: bool) -> str:
    """Return why nothing can be said before any figure is looked at; empty where nothing is in the way."""
    if not complete:
        return "year_incomplete"
    if not years.whole[years.base]:
        return "base_missing"
    return "none_after_base" if year <= years.base else ""


def pace_percent(
    series: Numbers, numbers: Sequence[int], before: Whole, year: int, years: int
) -> tuple[float, int]:  # fmt: skip
    """Return how fast a series fell over its last complete years [% a year], and from which it is taken.

    Parameters
    ----------
    series : float64 array, shape (years,)
    numbers : sequence of int
    before : int64 array
        The places of the complete years before the one that is judged.
    year : int
    years : int
        How many complete years back it starts.
    """
    if len(before) < years:
        return NAN, -1
    start = int(before[-years])
    first, last = float(series[start]), float(series[year])
    if not first > 0 or last < 0:
        return NAN, -1
    return 100 * (1 - (last / first) ** (1 / (numbers[year] - numbers[start]))), start


def reading(
    path: TargetPath, base: float, now: float, year: int, pace: float, rules: Thresholds
) -> Reading | None:  # fmt: skip
    """Return a footprint against a path from a base of 1; None where no milestone is left."""
    milestone = next((each for each in path.milestones if each.due(path.reading) > year), None)
    if milestone is None:
        return None
    due, allowed = milestone.due(path.reading), base * path.at(year)
    required = required_percent(milestone, base, now, due - year)
    return Reading(
        reading=path.reading, target=milestone.target, kind=milestone.kind, due=due,
        cut_percent=100 * (1 - milestone.tco2e), allowance_tco2e=allowed, gap_tco2e=now - allowed,
        gap_years=year - path.year_of(now / base), required_percent=required,
        status=rules.status(now, allowed, pace_percent=pace, required_percent=required),
    )  # fmt: skip


def required_percent(milestone: Milestone, base: float, now: float, ahead: int) -> float:
    """Return the same cut of each year from now on that meets a milestone [% a year], as `progress` has it."""
    left = milestone.tco2e * base
    return 100 * (1 - (left / now) ** (1 / ahead)) if now > 0 and left > 0 else 100.0 if now > 0 else 0.0


def crossing(path: TargetPath, base: float, now: float, year: int, pace: float) -> int:
    """Return the year in which a footprint that goes on at its pace meets its path, from above or from below.

    Minus one where it does not, up to the last year of the path, or where the pace is not known.
    """
    ahead = np.arange(year + 1, int(path.years[-1]) + 1)
    if not math.isfinite(pace) or not len(ahead):
        return -1
    gap = now * (1 - pace / 100) ** (ahead - year) - base * path.tco2e[ahead - int(path.years[0])]
    above = now > base * path.at(year)
    met = np.flatnonzero(gap <= 0 if above else gap > 0)
    return int(ahead[met[0]]) if len(met) else -1
