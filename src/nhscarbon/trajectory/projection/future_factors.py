"""The factors of each year: the official ones as far as they are published, then the path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nhscarbon.methods.boundaries import lines_inside
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Line, Resolution, resolve
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.projection.assumptions import Assumption
from nhscarbon.trajectory.projection.grid_path import FactorPath
from nhscarbon.trajectory.targets.series import Numbers, Years

MONEY = "money"  # kinds of units: pounds of the base year stay pounds of the base year
HELD = "the latest factor is held: no path of it is published"


@dataclass(frozen=True, eq=False)
class FactorYears:
    """What one unit of each key emits in each year, line by line.

    Attributes
    ----------
    keys : tuple of FactorKey
        Of the base year.
    lines : tuple of Line
        Of the base year, inside the boundary.
    key_of_line : int64 array, shape (lines,)
    per_unit : float64 array, shape (lines, years)
        [kgCO2e per unit of the key]
    follows : bool array, shape (lines,)
        Which lines take the path.
    index : float64 array, shape (years,)
        The path, 1 up to the latest official year.
    assumptions : tuple of Assumption
    """

    keys: tuple[FactorKey, ...]
    lines: tuple[Line, ...]
    key_of_line: NDArray[np.int64]
    per_unit: Numbers
    follows: NDArray[np.bool_]
    index: Numbers
    assumptions: tuple[Assumption, ...]

    __repr__ = short_repr

    @cached_property
    def of(self) -> dict[tuple[str, str, str], list[int]]:
        """The places of the lines of each (theme, activity, unit)."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for place, (line, key) in enumerate(zip(self.lines, self.key_of_line.tolist(), strict=True)):
            found.setdefault((line.theme, self.keys[key].activity, self.keys[key].unit), []).append(place)
        return found


def factor_years(
    keys: Sequence[FactorKey], method: Methodology, *, boundary: str, years: Years, path: FactorPath
) -> FactorYears:
    """Return the factors of some keys in each year.

    Parameters
    ----------
    keys : sequence of FactorKey
        Of the base year; those that the methodology has no factor for have no lines.
    method : Methodology
    boundary : str
    years : int64 array, shape (years,)
        The base year first, without gaps.
    path : FactorPath
    """
    base = nhs_year(int(years[0]))
    lines, key_of_line = _lines(resolve(keys, method), keys, boundary, method)
    latest = max(int(year[:4]) for year in method.periods if year >= base)
    official = years[years <= latest]
    per_unit = np.zeros((len(lines), len(years)))
    per_unit[:, 0] = [line.conversion * line.factor.kgco2e for line in lines]
    money = np.array([method.units.kinds[keys[key].unit].startswith(MONEY) for key in key_of_line], np.bool_)
    own = np.array([line.factor.package in method.overlays for line in lines], np.bool_)
    held: dict[str, list[str]] = {}
    for place, year in enumerate(official.tolist()[1:], start=1):
        of_year = [FactorKey(key.activity, key.unit, nhs_year(year), key.geography) for key in keys]
        found = _by_component(resolve(of_year, method), of_year, boundary, method)
        for row, (line, key) in enumerate(zip(lines, key_of_line.tolist(), strict=True)):
            now = found.get((key, line.factor.component, line.theme))
            lost = now is None or (own[row] and now.factor.package not in method.overlays)
            if money[row] or now is None or lost:
                per_unit[row, place] = per_unit[row, place - 1]
                if lost and not money[row]:
                    held.setdefault(f"{line.factor.activity} ({line.factor.component})", []).append(nhs_year(year))
            else:
                per_unit[row, place] = now.conversion * now.factor.kgco2e
    statuses = [path.followed(line.factor.activity, line.factor.component) for line in lines]
    follows = np.array([bool(status) for status in statuses], np.bool_) & ~money & ~own
    later = years > latest
    index = np.ones(len(years))
    if later.any() and follows.any():
        index[later] = path.index(years[later], latest)
    per_unit[:, later] = per_unit[:, [len(official) - 1]]
    per_unit[np.ix_(follows, later)] *= index[later]
    said = [Assumption(about, ", ".join(at), "no official factor of this year: the one before is held", "assumed")
            for about, at in held.items()]  # fmt: skip
    said += _said(lines, follows, money, statuses, years, latest, path, method)
    return FactorYears(tuple(keys), tuple(lines), key_of_line, per_unit, follows, index, tuple(said))


def _lines(
    resolutions: dict[FactorKey, Resolution], keys: Sequence[FactorKey], boundary: str, method: Methodology
) -> tuple[list[Line], NDArray[np.int64]]:
    every = [(line, place) for place, key in enumerate(keys) for line in resolutions[key].lines]
    counted = lines_inside(boundary, [line for line, _ in every], method)
    kept = [each for each, inside in zip(every, counted.tolist(), strict=True) if inside]
    return [line for line, _ in kept], np.array([place for _, place in kept], np.int64)


def _by_component(
    resolutions: dict[FactorKey, Resolution], keys: Sequence[FactorKey], boundary: str, method: Methodology
) -> dict[tuple[int, str, str], Line]:
    lines, places = _lines(resolutions, keys, boundary, method)
    return {(place, line.factor.component, line.theme): line
            for line, place in zip(lines, places.tolist(), strict=True)}  # fmt: skip


def _said(
    lines: Sequence[Line],
    follows: NDArray[np.bool_],
    money: NDArray[np.bool_],
    statuses: Sequence[str],
    years: Years,
    latest: int,
    path: FactorPath,
    method: Methodology,
) -> list[Assumption]:
    base, end = int(years[0]), int(years[-1])
    found = []
    if min(latest, end) > base:
        found.append(Assumption("factors", f"{nhs_year(base + 1)} to {nhs_year(min(latest, end))}",
                                "each year's official factors", "published", method.id))  # fmt: skip
    if money.any():
        found.append(Assumption("spend", f"{nhs_year(base)} to {nhs_year(end)}", f"pounds are those of "
                                f"{nhs_year(base)}, at that year's multipliers", "assumed"))  # fmt: skip
    if end <= latest:
        return found
    after = f"{nhs_year(latest + 1)} to {nhs_year(end)}"
    if follows.any():
        found += path.assumptions(latest, end)
    for line, follow, status in zip(lines, follows.tolist(), statuses, strict=True):
        if follow:
            about = f"{line.factor.activity} ({line.factor.component})"
            found.append(Assumption(about, after, "the factor follows the grid", status, path.source))
    other = (~follows & ~money).tolist()
    still = sorted({line.factor.activity for line, held in zip(lines, other, strict=True) if held})
    if still:
        shown = ", ".join(still[:6]) + (f" and {len(still) - 6} more" if len(still) > 6 else "")
        found.append(Assumption(shown, after, HELD, "assumed"))
    return found
