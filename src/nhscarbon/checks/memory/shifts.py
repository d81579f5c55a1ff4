"""What stands in the wrong place: rows swapped over a return, within a site or between sites."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.slots import ACTIVITY, GROUP, OF_ACTIVITY, OF_SITE, SITE, Amounts, Both, Slots, two_of

RETURN, ROWS, SITES = "return", "rows", "sites"
SLIPS = (12.0, 1000.0)  # a month for a year, and one size of a unit for another


class Swap(NamedTuple):
    """Cells of the return that have changed places, one by one: those of `first` with those of `second`.

    `open` tells that a slip by a known factor might explain them as well.
    """

    kind: str
    first: Places
    second: Places
    open: bool = False


class _Undone(NamedTuple):
    """Two cells each: how far their groups are from the year before, as sent and once they are swapped back."""

    as_sent: Amounts
    back: Amounts
    least: Amounts  # of the two groups the one that is nearer as sent


def swapped(both: Both, renumbered: Both, limits: Limits) -> list[Swap]:
    """Find gas and electricity swapped over a return, two rows of one site, and one row of two sites."""
    found = _over_returns(both, both.slots(OF_SITE), limits)
    both = renumbered
    sites = both.slots(OF_SITE)
    done = np.zeros(both.returns, np.bool_)
    for each in found:
        done[both.now.words["organisation"][each.first[0]]] = True
    left = ~done[both.now.words["organisation"]]
    rows = _pairs(both, sites, limits, left, ROWS)
    used = np.zeros(len(left), np.bool_)
    for each in rows:
        used[each.first] = used[each.second] = True
    return [*found, *rows, *_pairs(both, sites, limits, left & ~used, SITES)]


def distance(left: Amounts, right: Amounts, floor: Amounts) -> Amounts:
    """Return by how many powers of e two quantities differ; what is below the floor is as good as nothing."""
    found: Amounts = np.abs(np.log((np.maximum(left, 0) + floor) / (np.maximum(right, 0) + floor)))
    return found


def is_slip(slots: Slots, limits: Limits) -> Mask:
    """Return which slots are about a thousand or twelve times the year before, or that part of it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(np.log(slots.ratio))  # of a figure below 0 there is no ratio, and no slip
    found: Mask = np.zeros(len(slots), np.bool_)
    for times in SLIPS:
        found |= np.abs(size - np.log(times)) <= limits["slip_near"]
    return found


def beyond_swap(slots: Slots, limits: Limits) -> Mask:
    """Return which slots an exchange that does not fit cannot explain: they fit a slip, or are too far off."""
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(np.log(slots.ratio)) > np.log(limits["swap_explains"])
    found: Mask = is_slip(slots, limits) | (far & np.isfinite(slots.ratio))
    return found


def _undone(both: Both, sites: Slots, first: Places, second: Places, limits: Limits) -> _Undone:
    one, two = sites.of_cell[first], sites.of_cell[second]
    change = both.now.quantity[second] - both.now.quantity[first]
    total = both.totals[0][both.now.words["organisation"][first]]
    floor = np.maximum(np.maximum(total * limits["floor"], np.abs(change) * limits["floor_moved"]), 1e-9)
    near = [distance(sites.now[at], sites.before[at], floor) for at in (one, two)]
    back = distance(sites.now[one] + change, sites.before[one], floor)
    back += distance(sites.now[two] - change, sites.before[two], floor)
    return _Undone(near[0] + near[1], back, np.minimum(*near))


def _either(which: Mask, first: _Undone, second: _Undone) -> _Undone:
    return _Undone(*(np.where(which, one, two) for one, two in zip(first, second, strict=True)))


def _largest(both: Both, where: Mask) -> tuple[Places, Places]:
    """Return the largest of some cells of each site, and a number for the site."""
    here = np.flatnonzero(where)
    place = both.now.words["organisation"][here] * both.sites + both.now.words[SITE][here]
    order = np.lexsort((-both.now.quantity[here], place))
    firsts = order[np.diff(place[order], prepend=-1) > 0]
    return here[firsts], place[firsts]


def _over_returns(both: Both, sites: Slots, limits: Limits) -> list[Swap]:
    """Find returns that fit the year before once gas and electricity are swapped back at every site."""
    words, n = both.now.words, both.returns
    best: dict[int, tuple[float, Swap]] = {}
    gas, of_gas = _largest(both, words[ACTIVITY] == both.gas)
    for each in both.power:
        power, of_power = _largest(both, words[ACTIVITY] == each)
        _, at, other = np.intersect1d(of_gas, of_power, assume_unique=True, return_indices=True)
        first, second = gas[at], power[other]
        one, two = sites.of_cell[first], sites.of_cell[second]
        weight = sites.now[one] + sites.now[two] + sites.before[one] + sites.before[two]
        known = np.isfinite(weight)  # a row without a figure: what it would be is for the sender to say
        first, second, weight = first[known], second[known], weight[known]
        if not len(first):
            continue
        undone = _undone(both, sites, first, second, limits)
        org = words["organisation"][first]
        total = np.maximum(np.bincount(org, weight, n), 1e-9)
        balanced = undone.least >= limits["swap_balance"] * undone.as_sent
        by_site = weight * np.where(balanced, undone.as_sent - undone.back, 0.0)
        most = np.zeros(n)
        np.maximum.at(most, org, by_site)
        gain = np.bincount(org, by_site, n)
        agree = np.bincount(org, np.where(by_site > 0, weight, 0.0), n)
        rest = gain - most
        moved = np.bincount(org, np.abs(both.now.quantity[first] - both.now.quantity[second]), n)
        hit = (gain >= limits["swap_gain_return"] * total) & (rest >= limits["swap_rest_return"] * total)
        hit &= (moved >= limits["share_swap"] * both.totals[0]) & (agree >= limits["swap_agree_return"] * total)
        for number in np.flatnonzero(hit).tolist():
            here = org == number
            if number not in best or gain[number] > best[number][0]:
                best[number] = (float(gain[number]), Swap(RETURN, first[here], second[here], open=True))
    return [swap for _, swap in best.values()]


def _pairs(both: Both, sites: Slots, limits: Limits, left: Mask, kind: str) -> list[Swap]:
    """Find two cells of one site, or of one activity, that fit the year before once they are swapped back."""
    words, quantity = both.now.words, both.now.quantity
    need = limits["share_swap"] * both.totals[0][words["organisation"]]
    here = np.flatnonzero(left & both.energy[words[GROUP]] & (quantity > 0))
    name = SITE if kind == ROWS else ACTIVITY
    key = words["organisation"][here] * (int(words[name].max(initial=0)) + 1) + words[name][here]
    first, second = (here[side] for side in two_of(key, quantity[here] >= need[here]))
    other = ACTIVITY if kind == ROWS else SITE
    apart = (words[other][first] != words[other][second]) & (np.abs(quantity[first] - quantity[second]) >= need[first])
    first, second = first[apart], second[apart]
    if not len(first):
        return []
    rows = both.slots(OF_ACTIVITY)
    one_group = sites.of_cell[first] == sites.of_cell[second]  # grid and green tariff of a site
    undone = _either(one_group, *(_undone(both, each, first, second, limits) for each in (rows, sites)))
    gain = undone.as_sent - undone.back
    hit = gain >= limits[f"swap_gain_{kind}"] + limits[f"swap_slope_{kind}"] * undone.back
    hit &= undone.least >= np.maximum(limits[f"swap_each_{kind}"], limits["swap_balance"] * undone.as_sent)
    one, two = sites.of_cell[first], sites.of_cell[second]
    slip = is_slip(sites, limits)
    slips = slip[one] | slip[two]
    hit &= (
        ~slips
        | (undone.back <= limits["swap_fit_slip"])
        | (undone.least >= limits["swap_balance_slip"] * undone.as_sent)
    )
    if kind == SITES:
        hit &= (sites.before[one] > 0) & (sites.before[two] > 0)
    else:
        hit &= ~_other_fuel(both, sites, one, two)
        hit &= ~one_group | ((rows.before[rows.of_cell[first]] > 0) & (rows.before[rows.of_cell[second]] > 0))
    first, second, gain = first[hit], second[hit], gain[hit]
    still = (undone.back > limits["swap_fit_slip"])[hit] | (kind == SITES)
    found: list[Swap] = []
    used: set[int] = set()
    for each in np.argsort(-gain, kind="stable").tolist():
        two = {int(first[each]), int(second[each])}
        if not two & used:
            used |= two
            found.append(Swap(kind, first[each : each + 1], second[each : each + 1], bool(still[each])))
    return found


def _other_fuel(both: Both, sites: Slots, one: Places, two: Places) -> Mask:
    """Return which pairs are a change of fuel: gas has taken over from another fuel."""
    group = sites.words[GROUP]
    gas = both.gas_group
    rises = [
        (group[at] == gas) & (sites.now[at] > sites.before[at]) & both.heat[group[other]]
        for at, other in ((one, two), (two, one))
    ]
    found: Mask = rises[0] | rises[1]
    return found
