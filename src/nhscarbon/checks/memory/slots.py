"""A return beside the year before: what each site has of each group of activities in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import limits
from nhscarbon.checks.memory.unread import met
from nhscarbon.sums import arithmetic

Amounts = NDArray[np.float64]
SITE, GROUP, ACTIVITY, METER = "site", "group", "activity", "reference"
OF_SITE = ("organisation", SITE, GROUP)  # the level that is judged first
OF_ACTIVITY = (*OF_SITE, ACTIVITY)
OF_METER = (*OF_ACTIVITY, METER)
OF_RETURN = ("organisation", GROUP)
AREA, COST = "floor_area_gross_internal", "energy_cost_all"


class Sent(NamedTuple):
    """What was sent in a year: of each cell a number for each of its words, the same in both years.

    `words` holds organisation (of a return: an organisation and its two years), site, group, activity and reference,
    each from 0; `quantity` is in the unit of the group, `kgco2e` what the cell comes to, `rows` how many were added
    (of months, in a month) and `cell` the number under which `Pairs` has the cells of the return that it is made of.
    """

    words: Mapping[str, Places]
    quantity: Amounts
    kgco2e: Amounts
    rows: NDArray[np.int64]
    cell: Places


@dataclass(frozen=True)
class Slots:
    """Both years by some words: one slot for each combination that either has.

    Attributes
    ----------
    words : Mapping[str, int64 array]
    now, before : float64 array, shape (slots,)
        Quantities of the two years, in the unit of the group; 0 where there is none.
    raw_now, rows_before : int64 array, shape (slots,)
        Rows of the two years.
    stake : float64 array, shape (slots,)
        The difference [kgCO2e], by the year's own factor, or that of the year before where the year has none.
    share : float64 array, shape (slots,)
        The difference as a share of the return, as it were with the figure of the year before: of its energy, or of
        its kgCO2e where it is no energy.
    of_cell : int64 array, shape (cells of the return,)
        The slot of each.
    """

    words: Mapping[str, Places]
    now: Amounts
    before: Amounts
    raw_now: NDArray[np.int64]
    rows_before: NDArray[np.int64]
    stake: Amounts
    share: Amounts
    of_cell: Places

    def __len__(self) -> int:
        return len(self.now)

    @cached_property
    def ratio(self) -> Amounts:
        """How many times the year before; 0 where it has gone, infinite where it is new, 1 where there is neither."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.now / self.before
        return np.where((self.now == 0) & (self.before == 0), 1.0, found)


class Measure(NamedTuple):
    """A denominator of sites in both years, 0 where it is not known: `key` is of `Both.keys`, ascending."""

    key: Places
    now: Amounts
    before: Amounts


@dataclass(frozen=True)
class Both:
    """The cells of returns, and of what their organisations sent the year before.

    Attributes
    ----------
    now, before : Sent
    energy, heat, power_groups, delivered : bool array, shape (groups,)
        Groups that are counted in kWh of energy; those that heat, those that are electricity, and heat that is bought.
    gas, gas_group : int
        The number of natural gas among activities, and of its group; -1 where there is none.
    power : tuple of int
        Numbers of the activities of bought electricity.
    whole_year : bool array, shape (returns,)
        Returns of twelve months.
    blank : int
        The number of the site that is none.
    measures : Mapping[str, Measure]
    unread : (int64 array, int64 array)
        Of both years, the returns and sites with rows whose words are not known, shape (2, rows).
    in_volume : int64 array, shape (2, rows)
        The returns and sites of this year with energy in units that are no energy, such as m3 of gas.
    in_part : frozenset of int
        Returns of which not all predecessors sent the year before.
    """

    now: Sent
    before: Sent
    energy: Mask
    heat: Mask
    power_groups: Mask
    delivered: Mask
    gas: int
    gas_group: int
    power: tuple[int, ...]
    whole_year: Mask
    blank: int
    measures: Mapping[str, Measure] = field(default_factory=dict)
    unread: tuple[Places, Places] = (np.zeros((2, 0), np.int64), np.zeros((2, 0), np.int64))
    in_volume: Places = field(default_factory=lambda: np.zeros((2, 0), np.int64))
    in_part: frozenset[int] = frozenset()

    @cached_property
    def returns(self) -> int:
        """How many returns there are."""
        return 1 + max(int(each.words["organisation"].max(initial=-1)) for each in (self.now, self.before))

    @cached_property
    def compared(self) -> Mask:
        """Which returns have a year before."""
        found: Mask = np.bincount(self.before.words["organisation"], minlength=self.returns) > 0
        return found

    @cached_property
    def totals(self) -> tuple[Amounts, Amounts]:
        """The energy of each return, and its kgCO2e: the larger of the two years."""
        years = [self._total(each) for each in (self.now, self.before)]
        return np.maximum(years[0][0], years[1][0]), np.maximum(years[0][1], years[1][1])

    @cached_property
    def years_own(self) -> tuple[Amounts, Amounts]:
        """The energy of each return in its own year, and its kgCO2e."""
        return self._total(self.now)

    def _total(self, side: Sent) -> tuple[Amounts, Amounts]:
        place = side.words["organisation"]
        kwh = np.where(self.energy[side.words[GROUP]], np.abs(np.nan_to_num(side.quantity)), 0.0)
        return (
            summed(place, kwh, self.returns),
            summed(place, np.abs(np.nan_to_num(side.kgco2e)), self.returns),
        )

    @cached_property
    def sites(self) -> int:
        """How many numbers sites have."""
        return 1 + max(int(each.words[SITE].max(initial=-1)) for each in (self.now, self.before))

    def with_years(self, now: Sent, before: Sent) -> Both:
        """Return the same with other cells in both years."""
        return replace(self, now=now, before=before)

    def with_measures(self, measures: Mapping[str, Measure]) -> Both:
        """Return the same with denominators of its sites."""
        return replace(self, measures=measures)

    def with_kinds(self, now: Sent, before: Sent) -> Both:
        """Return the same with other groups, of which all that are energy are in kWh."""
        return replace(self, now=now, before=before, energy=np.array([True, True, False]))

    def keys(self, words: Mapping[str, Places]) -> Places:
        """Return a number for the return and site of each of some words."""
        return words["organisation"] * self.sites + words[SITE]

    def measured(self, name: str, slots: Slots) -> tuple[Amounts, Amounts]:
        """Return what the site of each slot has of a denominator in the two years; 0 where it is not known."""
        nothing = np.zeros(len(slots))
        if name not in self.measures or SITE not in slots.words:
            return nothing, nothing
        measure = self.measures[name]
        if not len(measure.key):
            return nothing, nothing
        sought = self.keys(slots.words)
        at = np.searchsorted(measure.key, sought).clip(max=len(measure.key) - 1)
        met = measure.key[at] == sought
        return np.where(met, measure.now[at], 0.0), np.where(met, measure.before[at], 0.0)

    def places(self, slots: Slots) -> Places:
        """Return a number for the site of each slot."""
        return arithmetic.group([slots.words["organisation"], slots.words[SITE]], [self.returns, self.sites])[0]

    @cached_property
    def beside(self) -> tuple[Places, Places]:
        """How many figures of energy of each return have one of the year before beside them, and how many have none."""
        sites = self.slots(OF_SITE)
        there = self.energy[sites.words[GROUP]] & (sites.now > 0)
        counts = [np.bincount(sites.words["organisation"][there & of], minlength=self.returns)
                  for of in (sites.before > 0, sites.before == 0)]  # fmt: skip
        return counts[0], counts[1]

    @cached_property
    def scarce(self) -> Mask:
        """Which returns have so few figures of energy of the year before that it was not all.

        Sites whose codes have changed, and new ones, are beside nothing, and what was given may be whole all the same.
        """
        sites = self.slots(OF_SITE)
        energy = self.energy[sites.words[GROUP]]
        now, before = (np.bincount(sites.words["organisation"][energy & (each > 0)], minlength=self.returns)
                       for each in (sites.now, sites.before))  # fmt: skip
        found: Mask = self.compared & (self.beside[0] < self.beside[1]) & (limits()["scarce"] * before <= now)
        return found

    def _met(self, side: Sent, slots: Slots) -> Mask:
        keys = np.unique(side.words["organisation"] * self.sites + side.words[SITE])
        return np.isin(slots.words["organisation"] * self.sites + slots.words[SITE], keys)

    def alive(self, slots: Slots) -> Mask:
        """Return which slots are of sites that the return has."""
        return self._met(self.now, slots)

    def was(self, slots: Slots) -> Mask:
        """Return which slots are of sites that were there the year before."""
        return self._met(self.before, slots)

    def in_full(self, slots: Slots) -> Mask:
        """Return which slots are of returns of which most was sent the year before, by all of their predecessors."""
        org = slots.words["organisation"]
        found: Mask = ~self.scarce[org] & ~np.isin(org, [*self.in_part])
        return found

    def unclear(self, slots: Slots) -> tuple[Mask, Mask]:
        """Return which slots may be more than they seem, in each year: rows of their site are not known."""
        now, before = (met(each, slots.words["organisation"], slots.words.get(SITE), self.blank)
                       for each in self.unread)  # fmt: skip
        return now, before

    def weighed(self, slots: Slots) -> Mask:
        """Return which slots are of sites whose energy of this year is all known, and in kWh."""
        return ~(met(self.in_volume, slots.words["organisation"], slots.words.get(SITE), self.blank)
                 | self.unclear(slots)[0])  # fmt: skip

    def busy(self, slots: Slots) -> Mask:
        """Return which slots are of sites that the return has something of, other than nothing."""
        some = self.now.quantity > 0
        keys = np.unique((self.now.words["organisation"] * self.sites + self.now.words[SITE])[some])
        return np.isin(slots.words["organisation"] * self.sites + slots.words[SITE], keys)

    def slots(self, names: Sequence[str]) -> Slots:
        """Return both years by some words, the organisation among them."""
        first, second = self.now, self.before
        cells = len(first.quantity)
        joined = [np.concatenate([first.words[name], second.words[name]]) for name in names]
        place, found = arithmetic.group(joined, [int(each.max(initial=0)) + 1 for each in joined])
        words = {name: found[:, at].astype(np.int64) for at, name in enumerate(names)}
        count = len(found)
        of_now, of_before = place[:cells], place[cells:]
        now, before = summed(of_now, first.quantity, count), summed(of_before, second.quantity, count)
        raw_now = np.bincount(of_now, first.rows, count).astype(np.int64)
        raw_before = np.bincount(of_before, second.rows, count).astype(np.int64)
        kg_now = summed(of_now, np.nan_to_num(first.kgco2e), count)
        kg_before = summed(of_before, np.nan_to_num(second.kgco2e), count)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.nan_to_num(np.where(now != 0, kg_now / now, kg_before / before), posinf=0.0, neginf=0.0)
        stake = np.abs(now - before) * np.abs(each)
        share = np.zeros(count)
        if count:
            energy, kgco2e = (total[words["organisation"]] for total in self.years_own)
            kwh = self.energy[words[GROUP]] if GROUP in words else np.zeros(count, np.bool_)
            with np.errstate(divide="ignore", invalid="ignore"):
                of_energy = np.abs(now - before) / (energy - now + before)
                of_kgco2e = stake / (kgco2e - kg_now + np.where(now > 0, kg_now / now * before, kg_before))
                share = np.nan_to_num(np.where(kwh, of_energy, of_kgco2e), posinf=1.0)
        return Slots(words, now, before, raw_now, raw_before, stake, share, of_now)


def summed(numbers: Places, quantity: Amounts, count: int) -> Amounts:
    """Return the sum of quantities by the number beside each."""
    return np.bincount(numbers, quantity, count).astype(np.float64)


def at_level(slots: Slots, coarser: Slots, names: Sequence[str]) -> Places:
    """Return which slot of a coarser level each slot is in."""
    keys = [np.concatenate([coarser.words[name], slots.words[name]]) for name in names]
    numbers, _ = arithmetic.group(keys, [int(each.max(initial=0)) + 1 for each in keys])
    at = np.zeros(int(numbers.max(initial=-1)) + 1, np.int64)
    at[numbers[: len(coarser)]] = np.arange(len(coarser))
    found: Places = at[numbers[len(coarser) :]]
    return found


def two_of(key: Places, large: Mask) -> tuple[Places, Places]:
    """Return every two places that share a key and of which one at least is large, each two once."""
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    ends = np.append(starts, len(order))[1:]
    start, end = np.repeat(starts, ends - starts), np.repeat(ends, ends - starts)
    big = np.flatnonzero(large[order])
    count = (end - start)[big]
    left = np.repeat(big, count)
    right = np.repeat(start[big], count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    kept = (left < right) | ((left > right) & ~large[order][right])
    return order[left[kept]], order[right[kept]]
