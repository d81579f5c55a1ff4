"""Far below what sites of trusts have by floor area, with or without a year before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.slots import AREA, GROUP, OF_SITE, SITE, Amounts, Both, Slots

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


def intensity(quantity: Amounts, area: Amounts, limits: Limits) -> Amounts:
    """Return what each site has by m2; not a number where its floor area is too small or not known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Amounts = np.where(area >= limits["least_area"], quantity / area, np.nan)
    return found


def below_peers(both: Both, limits: Limits) -> list[Lack]:
    """Find sites that have far less power or heat by floor area than sites of trusts, and had more the year before.

    Where floor areas are given of organisations and not of sites, organisations are held against sites.
    """
    whole = [side._replace(words={**side.words, SITE: np.full_like(side.words[SITE], both.blank)})
             for side in (both.now, both.before)]  # fmt: skip
    blank = both.now.words[SITE] == both.blank
    named = np.bincount(both.now.words["organisation"][~blank], minlength=both.returns) > 0
    slots = by_kind(both)
    found = _lacking(both, slots, limits, both.busy(slots))
    slots = by_kind(both.with_years(*whole))
    return found + _lacking(both, slots, limits, named[slots.words["organisation"]])


def _lacking(both: Both, slots: Slots, limits: Limits, judged: Mask) -> list[Lack]:
    org = slots.words["organisation"]
    area, _ = both.measured(AREA, slots)
    each = intensity(slots.now, area, limits)
    energy = both.totals[0][org]
    known = (slots.before > 0) & (slots.before * limits["peers_had"] <= slots.now)  # it was as little the year before
    clear = both.weighed(slots)
    found = []
    for kind, name in enumerate(NAMES):
        here = (
            judged
            & clear
            & both.whole_year[org]
            & (slots.words[GROUP] == kind)
            & ~known
            & (each < limits[f"{name}_p03"])
        )
        lacks = area * limits[f"{name}_p50"] - slots.now
        here &= lacks >= limits["share_peers"] * np.maximum(energy, lacks)
        by_kwh = _factor(both, kind)
        found += [
            Lack(
                name,
                slots,
                at,
                float(area[at]),
                limits[f"{name}_p03"],
                limits[f"{name}_p50"],
                float(lacks[at]) * by_kwh,
            )
            for at in np.flatnonzero(here).tolist()
        ]
    return found


def _factor(both: Both, kind: int) -> float:
    """Return the kgCO2e by kWh that the returns have of power or heat, all together; 0 where that is not known."""
    of_kind = both.heat if kind == HEAT else both.power_groups
    here = of_kind[both.now.words[GROUP]] & np.isfinite(both.now.kgco2e) & np.isfinite(both.now.quantity)
    kwh = float(both.now.quantity[here].sum())
    return float(both.now.kgco2e[here].sum()) / kwh if kwh > 0 else 0.0
