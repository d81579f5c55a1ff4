"""A row that is a slip beside the rest of its site: twelve or a thousand times it, the site is what it was."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.shifts import SLIPS
from nhscarbon.checks.memory.slots import GROUP, OF_METER, OF_SITE, Both, Slots, at_level


class Part(NamedTuple):
    """A row of `slots`, and the slot of `OF_SITE` that is what it was once the row is so many `times` what was sent."""

    slots: Slots
    at: int
    site: int
    times: float


def slipped_parts(both: Both, limits: Limits, told: Mask) -> list[Part]:
    """Find rows that, once a factor of 12 or 1,000 is undone, bring all of their site's electricity or fuel back.

    A contract that is split in two leaves each row without a year before: what both come to is compared instead.

    Parameters
    ----------
    both : Both
    limits : Limits
    told : bool array, shape (slots of `OF_SITE`,)
        What another finding has said already.
    """
    sites, rows = both.slots(OF_SITE), both.slots(OF_METER)
    of_site = at_level(rows, sites, OF_SITE)
    now, before = sites.now[of_site], sites.before[of_site]
    judged = both.energy[rows.words[GROUP]] & (before > 0) & (rows.now > 0) & (rows.now < now) & ~told[of_site]
    total = both.years_own[0][rows.words["organisation"]]
    off = np.abs(np.log(now / before))
    best, by = np.zeros(len(rows)), np.ones(len(rows))
    for times in (*SLIPS, *(1 / each for each in SLIPS)):
        change = rows.now * (times - 1)  # once it is undone
        left = np.abs(np.log((now + change) / before))
        gain = off - left - limits["part_gain"] - limits["part_slope"] * left
        gain[np.abs(change) < limits["share_energy"] * np.maximum(total + change, total)] = 0.0
        better = judged & (gain > best)
        best[better], by[better] = gain[better], times
    found: dict[int, Part] = {}
    for at in np.argsort(-best, kind="stable").tolist():
        if best[at] > 0:
            found.setdefault(int(of_site[at]), Part(rows, at, int(of_site[at]), float(by[at])))
    return [*found.values()]
