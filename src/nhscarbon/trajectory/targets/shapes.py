"""Shapes of a path between two points, and the budget under it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nhscarbon.errors import UsageError
from nhscarbon.trajectory.targets.series import Numbers, Years

SHAPES = ("linear", "geometric", "s_curve")
STEEPNESS = 10.0  # of the logistic curve between its ends; a choice of form, not a figure


def between(start: float, end: float, share: Numbers, shape: str) -> Numbers:
    """Return the values of a shape from one point to another.

    Parameters
    ----------
    start, end : float
        Values at the ends [tCO2e].
    share : float64 array, shape (years,)
        How much of the time has passed, 0 to 1.
    shape : str
        ``linear``; ``geometric``, the same percentage each year; ``s_curve``, a logistic curve scaled to meet both
        ends.

    Returns
    -------
    float64 array, shape (years,)
        [tCO2e]

    Raises
    ------
    UsageError
        If there is no such shape, or a geometric path is to reach zero.
    """
    if shape not in SHAPES:
        raise UsageError(f"there is no shape '{shape[:40]}'; there are {', '.join(SHAPES)}")
    if shape == "geometric":
        if min(start, end) <= 0:
            raise UsageError("a path that falls by the same percentage never comes to zero: state a residual above 0")
        return np.asarray(start * (end / start) ** share, np.float64)
    if shape == "s_curve":
        rise = 1 / (1 + np.exp(-STEEPNESS * (np.append(share, [0.0, 1.0]) - 1 / 2)))
        share = (rise[:-2] - rise[-2]) / (rise[-1] - rise[-2])
    return np.asarray(start + (end - start) * share, np.float64)


def through(points: Sequence[tuple[int, float]], shape: str) -> tuple[Years, Numbers]:
    """Return the years from the first point to the last and the values of a path through all of them.

    Parameters
    ----------
    points : sequence of (year, tCO2e)
        In ascending order of years, at least two.
    shape : str
        Of each piece; see `between`.

    Raises
    ------
    UsageError
        If there are fewer than two points, or years do not rise.
    """
    years = [year for year, _ in points]
    if len(points) < 2 or any(later <= earlier for earlier, later in pairwise(years)):
        raise UsageError("a path needs two points or more, each in a later year than the one before")
    span = np.arange(years[0], years[-1] + 1, dtype=np.int64)
    values = np.empty(len(span))
    for (first, start), (last, end) in pairwise(points):
        here = (span >= first) & (span <= last)
        values[here] = between(start, end, (span[here] - first) / (last - first), shape)
        values[span == last] = end
    return span, values
