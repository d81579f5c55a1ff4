"""Far below or above the year before: rows, sites and totals of an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import Limits
from nhscarbon.checks.memory.shifts import is_slip
from nhscarbon.checks.memory.slots import (
    ACTIVITY,
    AREA,
    COST,
    GROUP,
    METER,
    OF_ACTIVITY,
    OF_METER,
    OF_RETURN,
    OF_SITE,
    SITE,
    Amounts,
    Both,
    Slots,
    at_level,
    summed,
)

BELOW, ABOVE, NEW, ROW_GONE, SITE_GONE, SITES_GONE, UNNAMED_GONE = (
    "below", "above", "new", "row_gone", "site_gone", "sites_gone", "unnamed_gone",
)  # fmt: skip


class Change(NamedTuple):
    """What has changed too much: the slots that one finding is about, all of one return."""

    kind: str
    slots: Slots
    at: Places


def changes(both: Both, limits: Limits, explained: Mask) -> list[Change]:
    """Find what is far below or above the year before: by site, by activity, by meter, and in all.

    Parameters
    ----------
    both : Both
    limits : Limits
    explained : bool array, shape (slots of `OF_SITE`,)
        What another finding has said already.
    """
    sites, whole = both.slots(OF_SITE), both.slots(OF_RETURN)
    found: list[Change] = []
    told = explained.copy()
    down, up = _odd(sites, both, limits)
    excused = _absorbed(sites, both, limits) | goes_with(sites, both, limits) | _put_right(sites, both, limits)
    kept = ~excused | _contradicted(sites, both, limits)
    new = _new(sites, both, limits) & kept & ~told
    down, up = _clear(sites, both, limits, down & kept & ~told, up & kept & ~told)
    found += _by_site(sites, down, up, both, limits)
    found += [Change(NEW, sites, np.array([each])) for each in np.flatnonzero(new).tolist()]
    told |= down | up | new
    for names in (OF_ACTIVITY, OF_METER):
        finer = both.slots(names)
        coarse = at_level(finer, sites, OF_SITE)
        down, up = _odd(finer, both, limits)
        if names == OF_METER:
            kept_names = _named_alike(finer, both)
            down, up = down & kept_names, up & kept_names
        down &= ~_was_double(finer, sites, coarse, limits)
        alike = _goes_along(finer, sites, coarse, limits)
        alike &= kept[coarse] & ~told[coarse]
        down, up = _clear(finer, both, limits, down & alike, up & alike)
        found += _by_site(finer, down, up, both, limits)
        told[coarse[down | up]] = True
    down, up = _odd(whole, both, limits, whole=True)
    shown = ~_other_fuel_took_over(whole, whole.words["organisation"], both, limits)
    down, up = _clear(whole, both, limits, down & shown, up & shown & both.in_full(whole))
    said = ~both.compared[whole.words["organisation"]]
    said[at_level(sites, whole, OF_RETURN)[told]] = True
    found += [
        Change(BELOW if whole.now[each] else ROW_GONE, whole, np.array([each]))
        for each in np.flatnonzero(down & ~said).tolist()
    ]
    found += [Change(ABOVE, whole, np.array([each])) for each in np.flatnonzero(up & ~said).tolist()]
    return found


def _clear(slots: Slots, both: Both, limits: Limits, down: Mask, up: Mask) -> tuple[Mask, Mask]:
    """Return which changes fit a slip, or are of sites without a row whose words are not known: that row may be it."""
    now, before = both.unclear(slots)
    slip = is_slip(slots, limits)
    return down & (slip | ~now), up & (slip | ~before)


def _odd(slots: Slots, both: Both, limits: Limits, *, whole: bool = False) -> tuple[Mask, Mask]:
    """Return which slots are far below the year before, and which are far above it."""
    energy = both.energy[slots.words[GROUP]]
    level = "total" if whole else "site"
    low = np.where(energy, limits[f"below_{level}"], limits["below_other"])
    high = np.where(energy, limits[f"above_{level}"], limits["above_other"])
    if not whole:
        against = energy & _contradicted(slots, both, limits)
        low = np.where(against, limits["below_contradicted"], low)
        high = np.where(against, limits["above_contradicted"], high)
    share = slots.share
    if not whole:
        of_gone = np.where(energy & ~both.alive(slots), limits["share_gone"] * _of_site(slots, both), 0.0)
        share = np.maximum(share, of_gone)
    matters = (slots.before > 0) & (share >= np.where(energy, limits["share_energy"], limits["share_other"]))
    return matters & (slots.now < low * slots.before), matters & (slots.now > high * slots.before)


def _of_site(slots: Slots, both: Both) -> Amounts:
    """Return the share of the return that all energy of the site of each slot has changed by."""
    energy = both.energy[slots.words[GROUP]]
    place = both.places(slots)
    found: Amounts = summed(place, np.where(energy, slots.share, 0.0), int(place.max(initial=-1)) + 1)[place]
    return found


def _new(sites: Slots, both: Both, limits: Limits) -> Mask:
    """Return which slots are new and large; where not all was sent the year before, those that no site has by area."""
    energy = both.energy[sites.words[GROUP]]
    new = energy & (sites.before == 0) & (sites.share >= limits["share_new"])
    area, _ = both.measured(AREA, sites)
    usual = _usual(sites, sites.now, area, both, limits, "p10", "p98")
    far = np.zeros(len(sites), np.bool_)
    for here, name in ((both.heat, "heat"), (both.power_groups, "power")):
        far |= here[sites.words[GROUP]] & (sites.now > limits[f"{name}_p99"] * area)
    beyond = far & (area >= limits["least_area"])
    found: Mask = new & ~usual & (both.in_full(sites) | beyond) & ~both.unclear(sites)[1]
    return found


def _usual(sites: Slots, quantity: Amounts, area: Amounts, both: Both, limits: Limits, low: str, high: str) -> Mask:
    """Return which quantities are by floor area what sites of trusts have; without an area none is."""
    heat = both.heat[sites.words[GROUP]]
    power = ~heat & both.energy[sites.words[GROUP]]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(area >= limits["least_area"], quantity / area, np.nan)
    found = np.zeros(len(sites), np.bool_)
    for here, name in ((heat, "heat"), (power, "power")):
        found |= here & (each >= limits[f"{name}_{low}"]) & (each <= limits[f"{name}_{high}"])
    return found


def _put_right(sites: Slots, both: Both, limits: Limits) -> Mask:
    """Return which changes put right a figure of the year before that no site has by its floor area."""
    now, before = both.measured(AREA, sites)
    wide = [_usual(sites, sites.before * times, before, both, limits, "p01", "p99") for times in
            (limits["wide"], 1 / limits["wide"])]  # fmt: skip
    odd = (before >= limits["least_area"]) & (sites.before > 0) & ~(wide[0] | wide[1])
    return odd & _usual(sites, sites.now, now, both, limits, "p10", "p90")


def goes_with(sites: Slots, both: Both, limits: Limits) -> Mask:
    """Return which changes go with the floor area of their site, or with what its energy cost."""
    found = np.zeros(len(sites), np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(sites.now / sites.before)
        for name in (AREA, COST):
            now, before = both.measured(name, sites)
            other = np.log(now / before)
            found |= (
                (now > 0)
                & (before > 0)
                & np.isfinite(change)
                & (np.abs(change - other) <= np.minimum(limits["along"] * np.abs(change), np.log(limits["above_site"])))
            )
    return found


def _contradicted(slots: Slots, both: Both, limits: Limits) -> Mask:
    """Return which slots are of sites whose energy cost as much as the year before, about."""
    now, before = both.measured(COST, slots)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = now / before
    alike = limits["cost_alike"]
    found: Mask = (now > 0) & (before > 0) & (ratio > 1 / alike) & (ratio < alike)
    return found


def _absorbed(sites: Slots, both: Both, limits: Limits) -> Mask:
    """Return which changes the return as a whole does not show: another site, or another fuel, has taken it over."""
    change = sites.now - sites.before
    found = np.zeros(len(sites), np.bool_)
    whole = both.slots(OF_RETURN)
    at = at_level(sites, whole, OF_RETURN)
    found |= (whole.now - whole.before)[at] * np.sign(change) < limits["absorbed"] * np.abs(change)
    found |= _other_fuel_took_over(sites, both.places(sites), both, limits)
    area, _ = both.measured(AREA, sites)
    odd = (area >= limits["least_area"]) & ~_usual(sites, sites.now, area, both, limits, "p01", "p98") & (sites.now > 0)
    return found & ~odd & ~_closed(sites, both, limits)


def _other_fuel_took_over(slots: Slots, place: Places, both: Both, limits: Limits) -> Mask:
    """Return which changes of a fuel the heat of their place does not show, as sent or by the fuel that it replaces."""
    change = slots.now - slots.before
    heat, delivered = (each[slots.words[GROUP]] for each in (both.heat, both.delivered))
    found = np.zeros(len(slots), np.bool_)
    for losses in (1.0, limits["boiler"]):
        of_fuel = np.where(delivered, change / losses, change)
        whole = np.bincount(place, np.where(heat, of_fuel, 0.0))[place] if len(place) else change
        found |= heat & (whole * np.sign(change) < limits["absorbed"] * np.abs(of_fuel))
    return found


def _closed(sites: Slots, both: Both, limits: Limits) -> Mask:
    """Return which slots are of sites that have gone with a floor area that no other site has taken over."""
    _, area = both.measured(AREA, sites)
    now, before = (np.bincount(both.measures[AREA].key // both.sites, each, both.returns)[sites.words["organisation"]]
                   for each in both.measures[AREA][1:]) if AREA in both.measures else (area, area)  # fmt: skip
    found: Mask = ~both.alive(sites) & (area > 0) & (before - now >= limits["area_gone"] * area)
    return found


def _goes_along(finer: Slots, sites: Slots, coarse: Places, limits: Limits) -> Mask:
    """Return which changes of a part the group of its site shows: no part of the group made up for it."""
    change, whole = finer.now - finer.before, (sites.now - sites.before)[coarse]
    alike: Mask = whole * np.sign(change) >= limits["goes_along"] * np.abs(change)
    return alike


def _was_double(finer: Slots, sites: Slots, coarse: Places, limits: Limits) -> Mask:
    """Return which parts were half of their group: it was given under two activities the year before."""
    half = np.abs(finer.before - 0.5 * sites.before[coarse]) <= limits["double"] * finer.before
    rest = sites.now[coarse] >= limits["double_left"] * sites.before[coarse]
    found: Mask = half & rest
    return found


def _named_alike(finer: Slots, both: Both) -> Mask:
    """Return which meters are of activities whose meters have in both years the same names, most of them."""
    names = ("organisation", ACTIVITY, METER)
    whole = both.slots(names)
    key = whole.words["organisation"] * (int(whole.words[ACTIVITY].max(initial=0)) + 1)
    number, _ = np.unique(key + whole.words[ACTIVITY], return_inverse=True)[1], 0
    there, both_years = whole.rows_before > 0, (whole.rows_before > 0) & (whole.raw_now > 0)
    known = np.bincount(number, both_years) * 2 >= np.bincount(number, there)
    return known[number][at_level(finer, whole, names)]


def _by_site(slots: Slots, down: Mask, up: Mask, both: Both, limits: Limits) -> list[Change]:
    """Return one change for each slot, and one for each site that has gone; for several of one return one together."""
    found = []
    place = both.places(slots)
    alive = both.alive(slots)
    gone = down & ~alive
    had = np.where(both.energy[slots.words[GROUP]], slots.before, 0.0)
    unnamed = gone & (slots.words[SITE] == both.blank)
    for part in _parts(np.flatnonzero(unnamed), slots.words["organisation"][unnamed]):
        found.append(Change(UNNAMED_GONE, slots, part))
    named = gone & ~unnamed
    for part in _parts(np.flatnonzero(named), slots.words["organisation"][named]):
        by_place = _parts(part, place[part])
        need = limits["share_site"] * both.totals[0][slots.words["organisation"][part[0]]]
        large = [bool(had[each].sum() >= need) for each in by_place]
        small = [each for each, alone in zip(by_place, large, strict=True) if not alone]
        found += [Change(SITE_GONE, slots, each) for each, alone in zip(by_place, large, strict=True) if alone]
        several = len(small) > 1 and len(by_place) >= limits["sites_gone"]
        found += (
            [Change(SITES_GONE, slots, np.concatenate(small))]
            if several
            else [Change(SITE_GONE, slots, each) for each in small]
        )
    for at in np.flatnonzero(down & ~gone).tolist():
        found.append(Change(BELOW if slots.now[at] else ROW_GONE, slots, np.array([at])))
    found += [Change(ABOVE, slots, np.array([at])) for at in np.flatnonzero(up).tolist()]
    return found


def _parts(here: Places, number: Places) -> Sequence[Places]:
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order]))
    return np.split(here[order], starts + 1) if len(here) else []
