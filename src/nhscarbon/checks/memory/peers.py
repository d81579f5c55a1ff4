"""Far below what sites of trusts have by floor area, with or without a year before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.slots import AREA, GROUP, OF_SITE, Amounts, Both, Slots

POWER, HEAT, OTHER = range(3)
NAMES = ("power", "heat")


class Lack(NamedTuple):
    """A site that has less power or heat than sites of its floor area: `least` and `usual` are in kWh by m2."""

    name: str
    slots: Slots
    at: int
    area: float
    least: float
    usual: float
    kgco2e: float  # what it lacks of what is usual


def by_kind(both: Both) -> Slots:
    """Return the slots of sites with all electricity as one group, and all heat whatever its fuel as another."""
    kind = np.where(both.heat, HEAT, np.where(both.power_groups, POWER, OTHER))
    sides = [side._replace(words={**side.words, GROUP: kind[side.words[GROUP]]}) for side in (both.now, both.before)]
    return both.with_kinds(*sides).slots(OF_SITE)


def intensity(slots: Slots, quantity: Amounts, area: Amounts, limits: Limits) -> Amounts:
    """Return what each site has by m2; not a number where its floor area is too small or not known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Amounts = np.where(area >= limits["least_area"], quantity / area, np.nan)
    return found


def below_peers(both: Both, limits: Limits) -> list[Lack]:
    """Find sites that have far less power or heat by floor area than sites of trusts, and had more the year before."""
    slots = by_kind(both)
    area, _ = both.measured(AREA, slots)
    each = intensity(slots, slots.now, area, limits)
    energy = both.totals[0][slots.words["organisation"]]
    had = slots.before * limits["peers_had"] <= slots.now
    known = (slots.before > 0) & had  # it was as little the year before
    found = []
    for kind, name in enumerate(NAMES):
        here = (slots.words[GROUP] == kind) & ~known & both.busy(slots)
        here &= each < limits[f"{name}_p03"]
        lacks = area * limits[f"{name}_p50"] - slots.now
        here &= lacks >= limits["share_peers"] * np.maximum(energy, lacks)
        found += [
            Lack(name, slots, at, float(area[at]), limits[f"{name}_p03"], limits[f"{name}_p50"], 0.0)
            for at in np.flatnonzero(here).tolist()
        ]
    return found
