"""Figures that are those of the year before, to the digit, and one figure in two places of a return."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.slots import GROUP, OF_ACTIVITY, OF_METER, Amounts, Both

WHOLE, LARGEST = "whole", "largest"
THREE = 3  # figures of so many rows are no chance
SHOWN = 5  # rows that are copied are named, the largest first
EXACT = 1e-9  # relative: sums of decimal figures may differ in their last bit
DIGITS = 2  # figures of so few digits that are not 0 are round, and may be the same by chance


class Copied(NamedTuple):
    """Cells of a return that are those of the year before.

    `equal` figures of `of` are, and hold `share` of its energy.
    """

    kind: str
    cells: Places
    equal: int
    of: int
    share: float


def copied(both: Both, limits: Limits) -> list[Copied]:
    """Find returns, and the largest rows of returns, that are those of the year before to the digit."""
    slots, n = both.slots(OF_ACTIVITY), both.returns
    org = slots.words["organisation"]
    energy = both.energy[slots.words[GROUP]]
    there = slots.now > 0
    same = there & (np.abs(slots.now - slots.before) <= EXACT * slots.now)
    fine = same & ~_round(slots.now)
    exact = fine & energy
    size = np.where(energy & there, slots.now, 0.0)
    count, alike, telling = (np.bincount(org[each], minlength=n) for each in (there, same, fine))
    several = np.bincount(org[exact], minlength=n)
    total, held, all_held = (np.bincount(org, np.where(each, size, 0.0), n) for each in (there, exact, same))
    whole = (alike >= limits["copied_share"] * count) & (all_held >= limits["copied_share"] * total)
    whole &= telling > 1
    need = np.where(several >= THREE, limits["copied_three"], limits["copied_few"])
    largest = (several > 0) & (held >= need * total) & ~whole
    found = []
    for each in np.flatnonzero(whole | largest).tolist():
        here = np.flatnonzero((org == each) & (same if whole[each] else exact))
        if largest[each]:
            here = here[np.argsort(-size[here], kind="stable")[:SHOWN]]
        cells = np.flatnonzero(np.isin(slots.of_cell, here) & (both.now.quantity != 0))
        kind, told, part = (WHOLE, alike, all_held) if whole[each] else (LARGEST, several, held)
        share = float(part[each] / total[each]) if total[each] else 1.0  # of a return without energy: all of it
        found.append(Copied(kind, cells, int(told[each]), int(count[each]), share))
    return found


def repeated(both: Both, limits: Limits) -> list[list[Places]]:
    """Find the figures of energy of each return that stand in two rows, and did not the year before.

    Two rows are of two sites, of two activities, or of two references of one site and activity.
    """
    words, quantity = both.now.words, both.now.quantity
    org = words["organisation"]
    large = both.energy[words[GROUP]] & (quantity >= limits["share_repeated"] * both.totals[0][org]) & ~_round(quantity)
    here = np.flatnonzero(large)
    if not len(here):
        return []
    _, number = np.unique(quantity[here], return_inverse=True)
    key = org[here] * (int(number.max()) + 1) + number
    order = np.argsort(key, kind="stable")
    parts = np.split(here[order], np.flatnonzero(np.diff(key[order])) + 1)
    levels = ((OF_ACTIVITY, both.slots(OF_ACTIVITY)), (OF_METER, both.slots(OF_METER)))
    found: dict[int, list[Places]] = {}
    for part in parts:
        for names, before in levels:
            if len({tuple(int(words[name][at]) for name in names) for at in part.tolist()}) > 1:
                was = before.before[before.of_cell[part]]
                if was[0] == 0 or (np.abs(was - was[0]) > EXACT * was[0]).any():
                    found.setdefault(int(org[part[0]]), []).append(part)
                break
    return [*found.values()]


def _round(values: Amounts) -> Mask:
    """Tell which values have at most two digits that are not 0."""
    size = np.abs(values.astype(np.float64))  # of no cells at all numpy counts whole numbers
    power = np.floor(np.log10(size, out=np.zeros_like(size), where=size > 0)) - (DIGITS - 1)
    digits = values * 10.0**-power
    found: Mask = np.abs(digits - np.rint(digits)) < EXACT
    return found
