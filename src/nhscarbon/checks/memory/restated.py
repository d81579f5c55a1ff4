"""What a site has in another kind of unit than the year before: m3 of gas and kWh are held together by their tonnes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nhscarbon.checks.memory.comparable import BEFORE, NOW, Years, part, without_unit
from nhscarbon.checks.memory.limits import Group, Limits
from nhscarbon.checks.memory.slots import GROUP, SITE, Amounts, Sent
from nhscarbon.sums.arithmetic import group as numbered


class Restated(NamedTuple):
    """The cells of a site and group in both years, and what they come to in each [kgCO2e]."""

    now: Sent
    before: Sent
    kgco2e: tuple[float, float]


def restated(years: Years, groups: Sequence[Group], totals: Amounts, limits: Limits) -> list[Restated]:
    """Find what comes to far more or less than the year before, where the units of both cannot be converted.

    Parameters
    ----------
    years : (Sent, Sent)
        What `one_unit` set apart.
    groups : sequence of Group
    totals : float64 array, shape (returns,)
        What each return comes to [kgCO2e].
    limits : Limits
    """
    first = len(years[NOW].cell)
    if not first or not len(years[BEFORE].cell):
        return []
    of_group = without_unit(groups)
    org, site, kind = (np.concatenate([side.words[name] for side in years]) for name in ("organisation", SITE, GROUP))
    columns = [org, site, of_group[kind]]
    key, found = numbered(columns, [int(each.max()) + 1 for each in columns])
    kgco2e = np.concatenate([side.kgco2e for side in years])  # what has no factor makes the sum no number
    now, before = (np.bincount(key[of], kgco2e[of], len(found)) for of in (slice(None, first), slice(first, None)))
    is_energy = np.zeros(len(groups), np.bool_)
    is_energy[of_group[[number for number, each in enumerate(groups) if each.kind]]] = True
    energy = is_energy[found[:, 2]]
    low, high = (np.where(energy, limits[f"{way}_site"], limits[f"{way}_other"]) for way in ("below", "above"))
    share = np.abs(now - before) / (totals[found[:, 0]] - now + before)
    odd = (now > 0) & (before > 0) & ((now < low * before) | (now > high * before)) & (share >= limits["share_other"])
    return [
        Restated(part(years[NOW], key[:first] == each), part(years[BEFORE], key[first:] == each),
                 (float(now[each]), float(before[each])))
        for each in np.flatnonzero(odd).tolist()
    ]  # fmt: skip
