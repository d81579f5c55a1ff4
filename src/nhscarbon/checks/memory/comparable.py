"""What of two years can be held against each other: the same sites, one unit at each, and the same months."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import Group
from nhscarbon.checks.memory.slots import GROUP, SITE, Sent
from nhscarbon.sums.arithmetic import group as numbered

YEAR = 1 << 12  # beside the bits of twelve months: a figure of the whole year
ALL = YEAR - 1
NOW, BEFORE = 0, 1
Years = tuple[Sent, Sent]


def same_sites(now: Sent, before: Sent, blank: int) -> Years:
    """Return both years without sites where one of them names none: they are compared in all."""
    size = 1 + max(int(side.words["organisation"].max(initial=-1)) for side in (now, before))
    named = [np.bincount(side.words["organisation"][side.words[SITE] != blank], minlength=size) > 0
             for side in (now, before)]  # fmt: skip
    there = np.bincount(before.words["organisation"], minlength=size) > 0
    without = there & (named[0] != named[1])
    sides = []
    for side in (now, before):
        site = np.where(without[side.words["organisation"]], blank, side.words[SITE])
        sides.append(side._replace(words={**side.words, SITE: site}))
    return sides[0], sides[1]


def one_unit(now: Sent, before: Sent, groups: Sequence[Group], blank: int) -> tuple[Years, Years]:
    """Return both years with what sites have in one kind of unit in both, and apart what they have in others.

    m3 of gas are no kWh. A site that one of the years alone has may be the same under another code: where the sites
    of the other year that are alone have another kind, all of them are set apart, as of no site.
    """
    sides = (now, before)
    of_group = without_unit(groups)
    if len({*of_group.tolist()}) == len(groups):
        return (now, before), (part(now, np.zeros(len(now.cell), np.bool_)),
                               part(before, np.zeros(len(before.cell), np.bool_)))  # fmt: skip
    first = len(now.cell)
    org, site, kind = (np.concatenate([side.words[name] for side in sides]) for name in ("organisation", SITE, GROUP))
    both = np.stack([org, of_group[kind], site], axis=1)
    key, found = numbered(list(both.T), [int(each.max()) + 1 for each in both.T])
    of_return = numbered([found[:, at].astype(np.int64) for at in (0, 1)],
                         [int(found[:, at].max()) + 1 for at in (0, 1)])[0]  # fmt: skip
    year = np.where(np.arange(len(key)) < first, NOW, BEFORE)
    low, high = _span(key, year, kind, len(found), len(groups))
    here = high >= 0
    mixed = (here & (low != high)).any(axis=0)
    differs = mixed | (here.all(axis=0) & (low[NOW] != low[BEFORE]))
    single = ~differs & ~here.all(axis=0)
    alone = np.where(here[NOW], NOW, BEFORE)
    least, most = _span(of_return[single], alone[single], high.max(axis=0)[single], len(of_return), len(groups))
    theirs = (1 - alone, of_return)
    may_be_other = single & (most[theirs] >= 0)
    may_be_other &= (least[theirs] != high.max(axis=0)) | (most[theirs] != high.max(axis=0))
    apart = (differs | may_be_other)[key]
    words = {**now.words}, {**before.words}
    for each, of in zip(words, (key[:first], key[first:]), strict=True):
        each[SITE] = np.where(may_be_other[of], blank, each[SITE])
    left = tuple(side._replace(words=each) for side, each in zip(sides, words, strict=True))
    return (
        (part(now, ~apart[:first]), part(before, ~apart[first:])),
        (part(left[0], apart[:first]), part(left[1], apart[first:])),
    )


def without_unit(groups: Sequence[Group]) -> Places:
    """Return a number for each group that those share that differ by the kind of their unit alone."""
    names = [each.name.partition(" in ")[0] for each in groups]
    place = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([place[name] for name in names], np.int64)


def _span(key: Places, year: Places, value: Places, keys: int, more: int) -> tuple[Places, Places]:
    """Return the least and the most value of each key in each year, shape (2, keys): -1 the most where it has none."""
    low, high = np.full((2, keys), more, np.int64), np.full((2, keys), -1, np.int64)
    np.minimum.at(low, (year, key), value)
    np.maximum.at(high, (year, key), value)
    return low, high


def same_months(now: Sent, before: Sent, returns: int) -> Years:
    """Return both years with the months that both have of each group, a whole year as twelve.

    A whole year beside fewer months cannot be compared and is left out, on both sides. Of a site of which the year
    before lacks months that other sites have, those months are not compared; that the return lacks some is a fall.
    """
    sides = (now, before)
    if all((side.words["bit"] == YEAR).all() for side in sides):
        return now, before
    groups = 1 + max(int(side.words[GROUP].max(initial=0)) for side in sides)
    keys = [side.words["organisation"] * groups + side.words[GROUP] for side in sides]
    held = [months_held(key, side, returns * groups) for key, side in zip(keys, sides, strict=True)]
    by_return = [np.bitwise_or.reduce(each.reshape(returns, groups), axis=1).repeat(groups) for each in held]
    held = [np.where(each == 0, of_all, each) for each, of_all in zip(held, by_return, strict=True)]
    common = np.where((held[0] | held[1]) & YEAR, np.where(is_whole(held[0]) & is_whole(held[1]), ALL | YEAR, 0),
                      held[0] & held[1])  # fmt: skip
    common = np.where(by_return[1] == 0, ALL | YEAR, common)  # there is no year before
    first = len(now.cell)
    columns = [np.concatenate(keys), np.concatenate([side.words[SITE] for side in sides])]
    of_site, found = numbered(columns, [int(each.max(initial=0)) + 1 for each in columns])
    sites = [of_site[:first], of_site[first:]]
    mine, last = (months_held(key, side, len(found)) for key, side in zip(sites, sides, strict=True))
    of_sites = common[found[:, 0]]
    by_month = (mine > 0) & (last > 0) & (((mine | last) & YEAR) == 0)
    of_sites = np.where(by_month, of_sites & last, of_sites)
    of_sites[is_whole(mine) & (last > 0) & ~is_whole(last) & ~by_month & (of_sites == (ALL | YEAR))] = 0
    kept = [(side.words["bit"] & of_sites[key]) > 0 for side, key in zip(sides, sites, strict=True)]
    return part(now, kept[NOW]), part(before, kept[BEFORE])


def is_whole(held: Places) -> Mask:
    """Tell which months, as bits, are a whole year."""
    found: Mask = ((held & YEAR) > 0) | ((held & ALL) == ALL)
    return found


def months_held(key: Places, side: Sent, size: int) -> Places:
    """Return the months that each key has, as bits."""
    found = np.zeros(size, np.int64)
    np.bitwise_or.at(found, key, side.words["bit"])
    return found


def part(side: Sent, mask: Mask) -> Sent:
    """Return some of the cells of a year."""
    words = {name: each[mask] for name, each in side.words.items()}
    return Sent(words, side.quantity[mask], side.kgco2e[mask], side.rows[mask], side.cell[mask])
