"""What moves an activity in each year of a line, as a multiple of the measured year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.pathways.naming import DEFAULT, Named
from nhscarbon.trajectory.pathways.plus import YEARLY, Driver, Pathways, Points
from nhscarbon.trajectory.targets.series import Numbers, Years


@dataclass(frozen=True, eq=False)
class Mover:
    """A driver in one line.

    Attributes
    ----------
    driver : Driver
    assumption_of : str
    multiple : float64 array, shape (years,)
        Of what the measured year has, 1 there.
    named : bool
        Whether a user named it.
    """

    driver: Driver
    assumption_of: str
    multiple: Numbers
    named: bool

    __repr__ = short_repr


def movers_of(pathways: Pathways, line: str, named: Sequence[Named], years: Years) -> tuple[Mover, ...]:
    """Return what moves activities in a line: published pathways and what a user names, without the grid.

    Parameters
    ----------
    pathways : Pathways
    line : str
    named : sequence of Named
    years : int64 array, shape (years,)
        The measured year first.
    """
    found = [Mover(each, each.assumption_of, multiple(each, each.points["central"], years, each.from_measured), False)
             for each in pathways.drivers.values() if each.used_in(line) and each.reading != "grid"]  # fmt: skip
    for each in named:
        moved = _multiple_named(each, line, years)
        if moved is not None:
            found.append(Mover(each.driver, each.assumption_of, moved, True))
    return tuple(found)


def _multiple_named(named: Named, line: str, years: Years) -> Numbers | None:
    """Return what a user names as multiples of the measured year: defaults in the order of the lines in each year."""
    driver = named.driver
    if driver.reading == "grid":
        return None
    if named.own is not None:
        return multiple(driver, _own(named, named.own, years), years, False)
    every = np.sort([multiple(driver, points, years, False) for points in driver.points.values()], axis=0)
    mine = line if named.line == DEFAULT else named.line
    return np.asarray(every[list(driver.points).index(mine)], np.float64) if mine in driver.points else None


def _own(named: Named, own: Points, years: Years) -> Points:
    """Return figures of the user's own, from the central default in the measured year on.

    Raises
    ------
    UsageError
        If one is of the measured year or before it.
    """
    driver, base = named.driver, int(years[0])
    if driver.reading in YEARLY:
        return own
    first = int(own[0][0])
    if first <= base:
        raise UsageError(f"{driver.id} has a figure of {nhs_year(first)}, which is not after {nhs_year(base)}.",
                         advice="Give years after the measured one.")  # fmt: skip
    known, values = driver.points["central"]
    return np.append(base, own[0]), np.append(float(np.interp(base, known, values)), own[1])


def multiple(driver: Driver, points: Points, years: Years, from_measured: bool) -> Numbers:
    """Return the values of a driver as multiples of the measured year, on straight lines, held beyond the last.

    A driver whose value in the measured year is nil moves nothing: what is there although it should not be stays.
    """
    known, values = points
    if driver.reading in YEARLY:
        return np.asarray((1 + values[0]) ** (years - years[0]), np.float64)
    left = 1 - values if driver.reading == "remaining" else values
    if from_measured:
        later = known > years[0]
        known, left = np.append(years[0], known[later]), np.append(1.0, left[later])
    found = np.interp(years, known, left)
    return np.asarray(found / found[0] if found[0] > 0 else np.ones(len(years)), np.float64)


@dataclass(frozen=True, eq=False)
class Applied:
    """What moves each pair of theme and activity.

    Attributes
    ----------
    chosen : int64 array, shape (pairs, years)
        The place of the pathway that decides, -1 where none does.
    growing : bool array, shape (pairs, movers)
        Which growth applies.
    fits : bool array, shape (pairs, movers)
        Which pathways are about the pair, whether they decide or not.
    """

    chosen: NDArray[np.int64]
    growing: NDArray[np.bool_]
    fits: NDArray[np.bool_]

    __repr__ = short_repr


def applied(movers: Sequence[Mover], pairs: Sequence[tuple[str, str]], years: Years) -> Applied:
    """Return which pathway decides for each (theme, activity): what a user names, else the lowest of the line.

    Raises
    ------
    UsageError
        If what a user names fits no activity, or two of them are about one.
    """
    fits = np.array([[each.driver.fits(*pair) for each in movers] for pair in pairs], np.bool_)
    fits = fits.reshape(len(pairs), len(movers))
    idle = [each.driver.id for place, each in enumerate(movers) if each.named and not fits[:, place].any()]
    if idle:
        raise UsageError(f"these assumptions fit no activity of the footprint: {', '.join(idle)}.",
                         advice="Leave them out, or look at what each moves in plus_pathways().offered.")  # fmt: skip
    growth = np.array([each.driver.reading == "growth" for each in movers], np.bool_)
    own = np.array([each.named for each in movers], np.bool_) & ~growth
    clash = (fits & own).sum(axis=1) > 1
    if clash.any():
        place = int(np.flatnonzero(clash)[0])
        both = [each.driver.id for at, each in enumerate(movers) if own[at] and fits[place, at]]
        raise UsageError(f"{' and '.join(both)} both move {pairs[place][1]}.", advice="Name one of them.")
    may = fits & ~growth
    by_user = (may & own).any(axis=1)
    may[by_user] &= own
    every = np.array([each.multiple for each in movers], np.float64).reshape(len(movers), len(years))
    chosen = np.full((len(pairs), len(years)), -1, np.int64)
    for place in range(len(pairs)):
        there = np.flatnonzero(may[place])
        if len(there):
            chosen[place] = there[np.argmin(every[there], axis=0)]
    return Applied(chosen, fits & growth, fits)
