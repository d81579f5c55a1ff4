"""The simulations of a projection: one draw per figure, shared by all that uses it and by every scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache, partial
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.uncertainty.sampling import multipliers_of, normal_of, parameter_of
from nhscarbon.errors import IntegrityError
from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.projection.future_factors import FactorYears
from nhscarbon.trajectory.projection.outcomes import PARAMETERS, ROOM
from nhscarbon.trajectory.targets.series import Numbers, Years, year_texts

UNSTATED = "unstated"
KEPT = 128  # arrays of draws that are kept ready
Draws = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Noise:
    """What is uncertain in a projection, and its draws.

    Factors, conversions and activity data have the draws of `nhscarbon.uncertainty`, by the factor of the base
    year: a factor that is off today is off as much tomorrow. Activity wanders from year to year, and the pace of
    a path is uncertain.

    Attributes
    ----------
    factors : FactorYears
    tiers : Mapping of (organisation, activity, unit) to tuple of (tier, share)
        Of the base year's quantity.
    years : int64 array, shape (years,)
    path : str
        The package of the path.
    draws, seed : int
    kept : dict
        Draws that were made before.
    """

    factors: FactorYears
    tiers: Mapping[tuple[str, str, str], tuple[tuple[str, float], ...]]
    years: Years
    path: str
    draws: int
    seed: int
    kept: dict[tuple[str, ...], Draws] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    def of(self, frame: pd.DataFrame) -> Numbers:
        """Return the total of a table in each year and draw [tCO2e], shape (years, draws)."""
        number = {text: place for place, text in enumerate(year_texts(self.years))}
        column = frame["year"].map(number).to_numpy(np.int64)
        total = np.zeros((len(self.years), self.draws))
        by_pair: dict[tuple[str, str], dict[tuple[str, str], Numbers]] = {}
        words = zip(frame["activity"], frame["organisation"], frame["unit"], frame["theme"], strict=True)
        for (activity, organisation, unit, theme), year, kgco2e in zip(
            words, column.tolist(), frame["kgco2e"].to_numpy(np.float64).tolist(), strict=True
        ):
            of_pair = by_pair.setdefault((activity, organisation), {})
            of_pair.setdefault((unit, theme), np.zeros(len(self.years)))[year] += kgco2e
        for (activity, organisation), parts in sorted(by_pair.items()):
            found = np.zeros((len(self.years), self.draws), np.float32)
            for (unit, theme), kgco2e in sorted(parts.items()):
                factor = self._kept((theme, activity, unit), partial(self._of_factors, (theme, activity, unit)))
                part = factor * kgco2e[:, None].astype(np.float32)
                found += part * self._of_data(organisation, activity, unit)
            shared = self._kept((activity,), partial(self._walk, "growth_shared", activity, (activity,)))
            total += found * (shared * self._walk("growth", activity, (organisation, activity)))
        return total / KG_PER_TONNE

    def _kept(self, name: tuple[str, ...], make: Callable[[], Draws]) -> Draws:
        """Return draws that many organisations share, made once; the oldest go when there are many."""
        found = self.kept.get(name)
        if found is None:
            if len(self.kept) >= KEPT:
                self.kept.pop(next(iter(self.kept)), None)
            found = self.kept[name] = make()
        return found

    def _of_factors(self, group: tuple[str, str, str]) -> Draws:
        """Return by how much the factor of a (theme, activity, unit) is off in each year and draw."""
        places = self.factors.of.get(group, [])
        weight = self.factors.per_unit[places]
        whole = weight.sum(axis=0)
        found = np.zeros((len(self.years), self.draws), np.float32)
        if not places or not (np.abs(whole) > 0).all():
            return np.ones_like(found)
        for place, of_line in zip(places, weight / whole, strict=True):
            drawn = self._of_line(place)
            share = np.repeat(of_line[:, None].astype(np.float32), self.draws, axis=1)
            if self.factors.follows[place]:
                share *= self._pace
            found += share * drawn
        return found

    def _of_line(self, place: int) -> Draws:
        line = self.factors.lines[place]
        factor = line.factor
        name = f"{factor.package}/{factor.factor_id}"
        parameter = parameter_of("factor", factor.activity, factor.component, "")
        drawn = multipliers_of(("factor", name), parameter, self.draws, self.seed)
        for row in line.cited:
            of_conversion = parameter_of("conversion", row.activity, "", "")
            if of_conversion.sigma:
                drawn = drawn * multipliers_of(("conversion", row.conversion_id), of_conversion, self.draws, self.seed)
        return drawn

    @cached_property
    def _pace(self) -> Draws:
        """The path at another pace, as a multiple of the published one: index ** (speed - 1)."""
        speed = np.exp(spread_of("pace", self.path) * normal_of(("pace", self.path), self.draws, self.seed))
        return np.asarray(self.factors.index[:, None] ** (speed - 1)[None, :], np.float32)

    def _of_data(self, organisation: str, activity: str, unit: str) -> Draws:
        """Return by how much the activity data of an organisation are off in each draw."""
        found = np.zeros(self.draws, np.float32)
        for tier, share in self.tiers.get((organisation, activity, unit), ((UNSTATED, 1.0),)):
            parameter = parameter_of("activity", activity, "", tier)
            drawn = multipliers_of(("activity", organisation, activity, tier), parameter, self.draws, self.seed)
            found += np.float32(share) * drawn
        return found

    def _walk(self, of: str, activity: str, name: tuple[str, ...]) -> Draws:
        """Return a random walk from 1 in the base year, whose median is 1."""
        sd = np.float32(spread_of(of, activity))
        logs = np.zeros((len(self.years), self.draws), np.float32)
        for place, year in enumerate(year_texts(self.years[1:]), start=1):
            logs[place] = logs[place - 1] + sd * normal_of((of, *name, year), self.draws, self.seed)
        return np.asarray(np.exp(logs), np.float32)


@kept(4096)
def spread_of(of: str, name: str) -> float:
    """Return the standard deviation of the logarithm: of one year's growth, or of the pace of a path.

    Raises
    ------
    IntegrityError
        If no row is about it.
    """
    for row in _parameters():
        if row["of"] == of and fnmatchcase(name, row["pattern"]):
            return log(float(row["value"])) / 2
    raise IntegrityError(f"{PARAMETERS} says nothing of the {of} of {name}")


@lru_cache(maxsize=1)
def _parameters() -> tuple[Mapping[str, str], ...]:
    return tuple(load_pinned(data_root(), ROOM, PARAMETERS).rows("parameters.csv"))
