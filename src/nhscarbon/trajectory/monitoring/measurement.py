"""How uncertain a level is, and how much less a change: what base and later year share cancels."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError

SOURCES = ("base", "now", "factor_percent", "activity_percent")


def level_and_ratio(*, factor: float, activity: float) -> tuple[float, float]:
    """Return the coefficients of variation of a footprint's level, and of its ratio to the base year.

    The factor's error is shared by both years and cancels in the ratio; errors of activity data do not.

    Parameters
    ----------
    factor, activity : float
        Coefficients of variation, such as 0.10.

    Returns
    -------
    tuple of (float, float)
        Level: ``sqrt(f^2 + a^2)``; ratio: ``a sqrt(2)``; to the first order.

    Examples
    --------
    >>> level, ratio = level_and_ratio(factor=0.10, activity=0.02)
    >>> round(level, 3), round(ratio, 4)
    (0.102, 0.0283)
    """
    return math.hypot(factor, activity), math.sqrt(2) * activity


def trend_uncertainty(sources: pd.DataFrame) -> pd.DataFrame:
    """Return how uncertain the change between two years is: IPCC Approach 1.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per source: ``base`` and ``now`` [tCO2e], ``factor_percent`` (error shared by both years) and
        ``activity_percent`` (error of each year): half-widths of 95 % intervals [%].

    Returns
    -------
    pandas.DataFrame
        The sources with ``type_a`` and ``type_b`` (sensitivities [points per %]) and ``trend_points``: what each
        adds to the half-width of the trend's 95 % interval [percentage points]; their root sum of squares is
        ``attrs["trend_points"]``.

    Raises
    ------
    UsageError
        If a column is missing, or the base adds up to nothing.

    Notes
    -----
    IPCC 2006 Guidelines, volume 1, chapter 3, table 3.2, columns I to M.

    Examples
    --------
    >>> import pandas as pd
    >>> gas = pd.DataFrame({"base": [100.0], "now": [70.0], "factor_percent": [19.6], "activity_percent": [3.92]})
    >>> round(trend_uncertainty(gas).attrs["trend_points"], 6)
    3.880602
    """
    lacking = [name for name in SOURCES if name not in sources.columns]
    if lacking:
        raise UsageError(f"a trend needs the columns {', '.join(SOURCES)}; {', '.join(lacking)} is missing")
    base, now, factor, activity = (np.asarray(sources[name], np.float64) for name in SOURCES)
    total, later = base.sum(), now.sum()
    if not total > 0:
        raise UsageError("the base year adds up to nothing, so that no change can be a share of it")
    more = (0.01 * now + later - (0.01 * base + total)) / (0.01 * base + total)
    type_a = np.abs(100 * more - 100 * (later - total) / total)
    type_b = np.abs(now / total)
    points = np.hypot(type_a * factor, type_b * activity * np.sqrt(2))
    found = sources.assign(type_a=type_a, type_b=type_b, trend_points=points)
    found.attrs["trend_points"] = float(np.sqrt((points**2).sum()))
    return found
