"""Sites that are not what they were: codes that changed, and rows that stand on another site."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.shifts import is_slip
from nhscarbon.checks.memory.slots import (
    ACTIVITY,
    AREA,
    GROUP,
    OF_ACTIVITY,
    OF_SITE,
    SITE,
    Both,
    Slots,
    at_level,
    two_of,
)


class Moved(NamedTuple):
    """A row that one site has lost and another gained: the lost slot of a site and group, and the cells that gained."""

    lost: int
    gained: Places


def renumbered(both: Both, limits: Limits) -> Both:
    """Return both years with a site that has gone under the code of the new site that has its quantities.

    Of two figures at least one, the larger, is near what it was.
    """
    sites = _with_all(both.slots(OF_SITE), both)
    gone, new = ~both.alive(sites) & (sites.before > 0), ~both.was(sites) & (sites.now > 0)
    here = np.flatnonzero(gone | new)
    if not (gone.any() and new.any()):
        return both
    key = sites.words["organisation"][here] * (len(both.energy) + 1) + sites.words[GROUP][here]
    first, second = two_of(key, np.ones(len(here), np.bool_))
    first, second = here[first], here[second]
    first, second = np.concatenate([first, second]), np.concatenate([second, first])
    ok = gone[first] & new[second]
    first, second = first[ok], second[ok]
    near = np.abs(np.log(sites.now[second] / sites.before[first])) <= limits["renumbered_fit"]
    area, had = both.measured(AREA, sites)
    known = (area[second] > 0) & (had[first] > 0)
    near &= ~known | (np.abs(area[second] - had[first]) <= limits["renumbered_area"] * had[first])
    first, second = first[near], second[near]
    if not len(first):
        return both
    org = sites.words["organisation"][first]
    size = np.where(
        np.append(both.energy, True)[sites.words[GROUP][first]],
        sites.before[first] / np.maximum(both.totals[0][org], 1e-9),
        0.0,
    )
    old, to = (org * both.sites + sites.words[SITE][at] for at in (first, second))
    pair = old * (both.sites + 1) + sites.words[SITE][second]
    which = np.unique(pair, return_inverse=True)[1]
    score = np.bincount(which, size)
    look: dict[int, int] = {}
    taken: set[int] = set()
    for each in np.argsort(-score, kind="stable").tolist():
        at = int(np.flatnonzero(which == each)[0])
        if int(old[at]) not in look and int(to[at]) not in taken and score[each] >= limits["renumbered_share"]:
            look[int(old[at])] = int(sites.words[SITE][second[at]])
            taken.add(int(to[at]))
    words = both.before.words
    number = words["organisation"] * both.sites + words[SITE]
    moved = words[SITE].copy()
    unread = both.unread[1].copy()
    for code, new_site in look.items():
        moved[number == code] = new_site
        unread[1, (unread[1] >= 0) & (unread[0] * both.sites + unread[1] == code)] = new_site
    return replace(both, before=both.before._replace(words={**words, SITE: moved}), unread=(both.unread[0], unread))


def _with_all(sites: Slots, both: Both) -> Slots:
    """Return the slots of sites, with one more for all energy of each, whose group has the number behind the others."""
    place = both.places(sites)
    energy = both.energy[sites.words[GROUP]]
    count = int(place.max(initial=-1)) + 1
    now, before = (np.bincount(place, np.where(energy, side, 0.0), count) for side in (sites.now, sites.before))
    first = np.zeros(count, np.int64)
    first[place[::-1]] = np.arange(len(place))[::-1]
    words = {name: np.concatenate([each, each[first]]) for name, each in sites.words.items()}
    words[GROUP][len(sites) :] = len(both.energy)
    return replace(
        sites, words=words, now=np.concatenate([sites.now, now]), before=np.concatenate([sites.before, before])
    )


def on_another_site(both: Both, limits: Limits) -> list[Moved]:
    """Find rows that one site has lost and another site of its organisation has gained."""
    sites, rows = both.slots(OF_SITE), both.slots(OF_ACTIVITY)
    org, site = rows.words["organisation"], rows.words[SITE]
    energy = both.energy[rows.words[GROUP]]
    usual = _usual_rows(both, rows)
    extra = energy & (rows.raw_now > usual) & (rows.now > 0)
    of_site = at_level(rows, sites, OF_SITE)
    total = both.totals[0][org]
    fresh = energy & (rows.now > 0) & (sites.before[of_site] <= limits["moved_fresh"] * rows.now)
    gained = np.flatnonzero(extra | (fresh & (rows.now >= limits["share_moved"] * total)))
    lost_sites = both.energy[sites.words[GROUP]] & both.alive(sites)
    lost_sites &= sites.before >= limits["share_moved"] * both.totals[0][sites.words["organisation"]]
    lost_sites &= sites.now <= limits["moved_left"] * sites.before
    lost = np.flatnonzero(lost_sites)
    key = np.concatenate(
        [
            sites.words["organisation"][lost] * len(both.energy) + sites.words[GROUP][lost],
            org[gained] * len(both.energy) + rows.words[GROUP][gained],
        ]
    )
    is_lost = np.arange(len(key)) < len(lost)
    first, second = two_of(key, is_lost)
    pool = np.concatenate([lost, gained])
    swap = ~is_lost[first]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    ok = is_lost[first] & ~is_lost[second]
    first, second = pool[first[ok]], pool[second[ok]]
    loss, gain = sites.before[first], rows.now[second]
    change = sites.now[of_site[second]] - sites.before[of_site[second]]
    fit = np.abs(np.log(np.maximum(change, 1e-9) / loss))
    by_rows = extra[second] & (gain >= limits["moved_more"] * loss) & (change >= limits["moved_rise"] * loss)
    by_size = ~extra[second] & (fit <= limits["moved_fit"]) & both.busy(sites)[first]
    by_size &= ~is_slip(sites, limits)[first]
    to = of_site[second]
    by_size &= (sites.rows_before[to] == 0) & both.was(sites)[to]  # a site that has had no such row, and is not new
    hit = (by_rows | by_size) & (sites.words[SITE][first] != site[second])
    first, second, score = first[hit], second[hit], (fit - 10 * by_rows)[hit]
    found, used = [], set()
    for each in np.argsort(score, kind="stable").tolist():
        a, b = int(first[each]), int(second[each])
        if ("a", a) not in used and ("b", b) not in used:
            used |= {("a", a), ("b", b)}
            cells = np.flatnonzero((rows.of_cell == b) & (both.now.quantity != 0))
            found.append(Moved(a, cells))
    return found


def _usual_rows(both: Both, rows: Slots) -> Places:
    """Return how many rows the sites of a return have of each activity: the lower of the two in the middle."""
    key = rows.words["organisation"] * (int(rows.words[ACTIVITY].max(initial=0)) + 1) + rows.words[ACTIVITY]
    order = np.lexsort((rows.raw_now, key))
    order = order[both.alive(rows)[order]]
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    ends = np.append(starts, len(order))[1:]
    middle = rows.raw_now[order[(starts + ends - 1) // 2]]
    distinct = key[order[starts]]
    at = np.searchsorted(distinct, key).clip(max=max(len(distinct) - 1, 0))
    usual = np.where(distinct[at] == key, middle[at], 0) if len(distinct) else np.zeros(len(rows), np.int64)
    found: Places = np.maximum(usual, 1)
    return found
