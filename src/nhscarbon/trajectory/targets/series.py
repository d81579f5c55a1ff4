"""Years as numbers, and tonnes by NHS year as a series."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.whole_years import whole_periods
from nhscarbon.periods import nhs_year, parse_period
from nhscarbon.trajectory.targets.members import followed_by
from nhscarbon.trajectory.targets.subject import (
    LEFT_OUT,
    SUPPLIED,
    named,
    of_footprint,
    of_series,
    of_supplied,
    refuse_other_boundary,
)

Numbers = NDArray[np.float64]
Years = NDArray[np.int64]
Tonnes = pd.Series | Footprint | SuppliedFootprint
REMEDY = (
    "Add what is missing, estimate it openly (nc.activity.fill_gaps), or filter out organisations that did not send "
    "every year; after a merger, restate on one map first (nc.roll_up with restate=)."
)
_CALENDAR = re.compile(r"\d{4}", re.ASCII)


def year_number(year: str | int) -> int:
    """Return the calendar year that a year starts in.

    Parameters
    ----------
    year : str or int
        ``"2023/24"``, or the plain year that targets are published in, such as ``"1990"``: the NHS year that nine
        of its months fall in.

    Raises
    ------
    PeriodError
        If it is neither.

    Examples
    --------
    >>> year_number("2023/24"), year_number("1990")
    (2023, 1990)
    """
    text = str(year).strip()
    if _CALENDAR.fullmatch(text):
        return int(text)
    period = parse_period(text)
    if period.month:
        raise PeriodError(f"'{text[:20]}' is a month", advice=f"a trajectory is by NHS year, such as '{period.year}'")
    return int(period.year[:4])


def year_texts(numbers: Years) -> list[str]:
    """Return years as NHS years."""
    return [nhs_year(number) for number in numbers.tolist()]


def series_of(
    source: Tonnes, *, boundary: str | None = None, whole: bool = True, base: SuppliedFootprint | None = None
) -> pd.Series:
    """Return tonnes by year, in ascending order of the years.

    Parameters
    ----------
    source : pandas.Series, Footprint or SuppliedFootprint
        Tonnes by NHS year [tCO2e], the years as its index; or a footprint, calculated or supplied.
    boundary : str, optional
        Of a footprint, the methodology's main total when left out; of a series, what it counts.
    whole : bool, optional
        Whether years of a footprint that are not whole are left out: part of a year, or a year in which an
        organisation sent nothing.
    base : SuppliedFootprint, optional
        Gives the years that the source has not, by someone else's method: they are named in ``attrs["supplied"]``.

    Returns
    -------
    pandas.Series
        float64 [tCO2e], by the calendar year that each year starts in (int64). Its ``attrs`` say what is known of it:
        boundary, organisations, method, on_map, and ``left_out``, the years that are left out with the reason.

    Raises
    ------
    UsageError
        If a year is twice, a figure is missing, infinite or negative, or no year of a footprint is whole.
    BoundaryError
        If the footprint cannot be totalled in the boundary, or the series says that it counts another.
    PeriodError
        If a label of the index is no year.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> series_of(footprint).attrs["organisations"]
    ('RX1',)
    """
    supplied: dict[str, str] = {}
    if isinstance(source, pd.Series):
        about = of_series(source)
        refuse_other_boundary(boundary or "", about.boundary, what="figures of the series")
        left_out, supplied = (dict(source.attrs.get(name, {})) for name in (LEFT_OUT, SUPPLIED))
        tco2e = source
        about = replace(about, boundary=about.boundary or boundary or "")
    elif isinstance(source, SuppliedFootprint):
        about = of_supplied(source, boundary)
        left_out = lacking_members(source) if whole else {}
        tco2e = _by_period(source, boundary)
    else:
        about = of_footprint(source, boundary)
        tco2e = _by_period(source, boundary)
        periods = whole_periods(source, boundary)
        lacking = periods[~periods["complete"]] if whole else periods.iloc[:0]
        left_out = dict(zip(lacking["period"], lacking["why"], strict=True))
    if not isinstance(source, pd.Series):
        kept = tco2e[~tco2e.index.isin(list(left_out))]
        if kept.empty:
            raise UsageError(f"No year is whole: {_reasons(left_out)}.", advice=REMEDY)
        tco2e = kept
    years = {LEFT_OUT: left_out, SUPPLIED: supplied}
    held = _checked(tco2e, about.as_attributes() | {name: each for name, each in years.items() if each})
    return held if base is None else _with_base(held, base, boundary)


def _with_base(held: pd.Series, base: SuppliedFootprint, boundary: str | None) -> pd.Series:
    """Return a series with the years before and between that were supplied by theme."""
    about, last = of_series(held), nhs_year(int(held.index[-1]))
    more = series_of(base, boundary=about.boundary or boundary)
    more = more[~more.index.isin(held.index)]
    if more.empty:
        raise UsageError(
            f"the footprint supplied by {base.source} has no year that the series has not", advice="Leave it out."
        )
    years = year_texts(more.index.to_numpy())
    part = base.filter(period=years)
    said = f"supplied by {base.source}, vintage {part.vintage}{followed_by(part, about, last)}"
    whole = pd.concat([pd.Series(more.to_dict()), pd.Series(held.to_dict())])
    left_out = {year: why for year, why in held.attrs.get(LEFT_OUT, {}).items() if year not in years}
    return _checked(whole, {**held.attrs, LEFT_OUT: left_out, SUPPLIED: dict.fromkeys(years, said)})


def year_notes(series: pd.Series) -> tuple[str, ...]:
    """Return in sentences which years a series leaves out and why, and which were supplied by someone else.

    Examples
    --------
    >>> tonnes = pd.Series({"2023/24": 90.0})
    >>> tonnes.attrs["left_out"] = {"2024/25": "3 of 12 months of Water"}
    >>> year_notes(tonnes)
    ('Left out, as not a whole year: 2024/25 (3 of 12 months of Water).',)
    """
    left_out, supplied = (series.attrs.get(name, {}) for name in (LEFT_OUT, SUPPLIED))
    said = [f"Left out, as not a whole year: {_reasons(left_out)}."] if left_out else []
    return (*said, *([f"Not calculated here: {_reasons(supplied)}."] if supplied else []))


def why_missing(series: pd.Series, year: int) -> str:
    """Return why a series lacks a year, and what to do about it."""
    text = nhs_year(year)
    why = series.attrs.get(LEFT_OUT, {}).get(text)
    if why:
        return f"{text} is not a whole year ({why}). {REMEDY}"
    return f"There is no {text}. Add the return of that year."


def _reasons(left_out: Mapping[str, str]) -> str:
    return "; ".join(f"{year} ({why})" for year, why in left_out.items())


def lacking_members(supplied: SuppliedFootprint) -> dict[str, str]:
    """Return the years of a supplied footprint that lack an organisation that other years have."""
    held = supplied.table[["period", "organisation"]].drop_duplicates()
    sent = held.groupby("period")["organisation"].agg(set)
    lacking = {str(year): sorted(set(supplied.organisations) - codes) for year, codes in sent.items()}
    return {year: f"{named(tuple(codes))}: nothing supplied" for year, codes in lacking.items() if codes}


def _by_period(source: Footprint | SuppliedFootprint, boundary: str | None) -> pd.Series:
    frame = source.by("period", boundary=boundary)
    if frame.empty:
        raise UsageError(
            f"nothing of the footprint counts in {boundary or source.method.headline}. Name the boundary that its "
            f"figures are about; {source.method.id} has {', '.join(source.method.boundaries)}"
        )
    return pd.Series(frame["tco2e"].to_numpy(), index=frame["period"].tolist())


def _checked(tco2e: pd.Series, attributes: Mapping[Hashable | None, Any]) -> pd.Series:
    years = [year_number(label) for label in tco2e.index.tolist()]
    values = np.asarray(tco2e.to_numpy(), np.float64)
    if not years:
        raise UsageError("a series of no years has no path")
    if len(set(years)) < len(years):
        raise UsageError("a series holds a year twice: add its parts first")
    if not np.isfinite(values).all() or (values < 0).any():
        raise UsageError("a series holds a year without a figure, or below zero: leave out what was not measured")
    found = pd.Series(values, index=pd.Index(years, dtype=np.int64), name="tco2e").sort_index()
    found.attrs = dict(attributes)
    return found
