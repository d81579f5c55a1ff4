"""Years as numbers, and tonnes by NHS year as a series."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.periods import nhs_year, parse_period

Numbers = NDArray[np.float64]
Years = NDArray[np.int64]
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


def series_of(source: pd.Series | Footprint, *, boundary: str | None = None) -> pd.Series:
    """Return tonnes by year, in ascending order of the years.

    Parameters
    ----------
    source : pandas.Series or Footprint
        Tonnes by NHS year [tCO2e], the years as its index; or a footprint.
    boundary : str, optional
        Of a footprint; the methodology's main total when left out.

    Returns
    -------
    pandas.Series
        float64 [tCO2e], by the calendar year that each year starts in (int64).

    Raises
    ------
    UsageError
        If a year is twice, or a figure is missing, infinite or negative.
    PeriodError
        If a label of the index is no year.
    """
    if not isinstance(source, pd.Series):
        frame = source.by("period", boundary=boundary)
        if frame.empty:
            raise UsageError(
                f"nothing of the footprint counts in {boundary or source.method.headline}. Name the boundary that its "
                f"figures are about; {source.method.id} has {', '.join(source.method.boundaries)}"
            )
        source = pd.Series(frame["tco2e"].to_numpy(), index=frame["period"].tolist())
    years = [year_number(label) for label in source.index.tolist()]
    values = np.asarray(source.to_numpy(), np.float64)
    if not years:
        raise UsageError("a series of no years has no path")
    if len(set(years)) < len(years):
        raise UsageError("a series holds a year twice: add its parts first")
    if not np.isfinite(values).all() or (values < 0).any():
        raise UsageError("a series holds a year without a figure, or below zero: leave out what was not measured")
    return pd.Series(values, index=pd.Index(years, dtype=np.int64), name="tco2e").sort_index()
