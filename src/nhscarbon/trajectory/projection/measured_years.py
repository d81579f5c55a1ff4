"""Which years of a footprint a projection starts from: whole ones, of all its organisations."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.whole_years import whole_periods
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.projection.assumptions import Assumption
from nhscarbon.trajectory.targets.series import REMEDY, series_of, year_number
from nhscarbon.trajectory.targets.subject import LEFT_OUT


@dataclass(frozen=True, eq=False)
class MeasuredYears:
    """What was measured, the base year, and what is said of the years that are left out.

    Attributes
    ----------
    history : pandas.Series
        Tonnes by year [tCO2e], from `series_of`; of the organisations that the base year has.
    base : str
    assumptions : tuple of Assumption
    label : str
        What the total of the boundary covers.
    """

    history: pd.Series
    base: str
    assumptions: tuple[Assumption, ...]
    label: str

    __repr__ = short_repr


def measured_years(footprint: Footprint, *, boundary: str, base: str | None) -> MeasuredYears:
    """Return the whole years of a footprint and the base among them.

    Parameters
    ----------
    footprint : Footprint
    boundary : str
    base : str, optional
        The last whole year when left out. A base that is named is that of the organisations which sent it.

    Raises
    ------
    UsageError
        If the base year is not there, is not a whole year, or counts nothing in the boundary; or if no year is whole.
    """
    start = None if base is None else nhs_year(year_number(base))
    if start is not None and start not in footprint.periods:
        raise UsageError(f"the footprint has no {start}; it has {', '.join(footprint.periods)}")
    mine = _sent_in(footprint, start) if start is not None else footprint
    periods = whole_periods(mine, boundary)
    why = {} if start is None else dict(zip(periods["period"], periods["why"], strict=True))
    if start is not None and why[start]:
        raise UsageError(f"{start} is not a whole year: {why[start]}. A projection takes a whole one.", advice=REMEDY)
    if not periods["complete"].any():
        _refuse(footprint, boundary)
    history = series_of(mine, boundary=boundary)
    start = start or nhs_year(int(history.index[-1]))
    if not history.get(year_number(start), 0.0) > 0:
        raise UsageError(f"nothing of {start} counts in {boundary}: there is nothing to project from")
    said = [Assumption("measured years", year, f"not a whole year, left out: {reason}", "left out")
            for year, reason in history.attrs.get(LEFT_OUT, {}).items()]  # fmt: skip
    return MeasuredYears(history, start, tuple(said), mine.label(boundary))


def _sent_in(footprint: Footprint, year: str) -> Footprint:
    """Return the part of a footprint that is of the organisations which sent anything in a year."""
    sent = footprint.filter(period=year).sums.columns["organisation"].labels
    return footprint if set(sent) == set(footprint.sums.columns["organisation"].labels) else (
        footprint.filter(organisation=sent))  # fmt: skip


def _refuse(footprint: Footprint, boundary: str) -> None:
    """Say why no year of a footprint can be the base."""
    last = footprint.periods[-1]
    sent = set(_sent_in(footprint, last).sums.columns["organisation"].labels)
    absent = sorted(set(footprint.sums.columns["organisation"].labels) - sent)
    if absent:
        raise UsageError(
            f"{', '.join(absent)} has figures in earlier years and none in {last}: the projection would be too small. "
            f"Add its return of {last}, or say base='{last}' to project the others without it"
        )
    periods = whole_periods(footprint, boundary)
    reasons = "; ".join(f"{year} ({why})" for year, why in zip(periods["period"], periods["why"], strict=True))
    raise UsageError(f"No year is whole: {reasons}. A projection would take a part for a year.", advice=REMEDY)
