"""From cells to returns beside the year before: the same months, the same sites, one unit a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, Mask, one
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Grouped, Places
from nhscarbon.checks.memory.comparable import (
    YEAR,
    is_whole,
    months_held,
    one_unit,
    same_months,
    same_sites,
)
from nhscarbon.checks.memory.limits import BOUGHT, DELIVERED, GAS, HEAT, POWER, Group, group_of, limits, of_role
from nhscarbon.checks.memory.restated import Restated, restated
from nhscarbon.checks.memory.slots import ACTIVITY, AREA, COST, GROUP, METER, SITE, Amounts, Both, Measure, Sent, summed
from nhscarbon.checks.memory.unread import unread_of, without_predecessors
from nhscarbon.checks.memory.whole_years import whole_years
from nhscarbon.sums.arithmetic import group as numbered


@dataclass(frozen=True)
class Return:
    """An organisation's NHS year, and the one before that it is compared with; empty where there is none.

    `own` says whether the year before is of the same file or call.
    """

    organisation: str
    year: str
    before: str
    own: bool


@dataclass(frozen=True)
class Pairs:
    """Returns beside the year before, and the words behind the numbers of `both`; `cells` are those of its `now`."""

    both: Both
    returns: Sequence[Return]
    sites: Sequence[str]
    groups: Sequence[Group]
    units: Sequence[str]  # of each group
    activities: Sequence[str]
    references: Sequence[str]
    cells: Grouped
    restated: Sequence[Restated]  # what the two years have in units that cannot be converted
    left_out: Mapping[int, Sequence[str]]  # the predecessors of a return that did not send the year before


@dataclass(frozen=True)
class _All:
    """The cells of a return and of what was sent before as one table; those of the return come first."""

    words: Mapping[str, Places]
    labels: Mapping[str, Sequence[str]]
    quantity: Amounts
    kgco2e: Amounts
    rows: NDArray[np.int64]
    own: Mask
    cell: Places

    def part(self, at: Places) -> _All:
        words = {name: each[at] for name, each in self.words.items()}
        return _All(words, self.labels, self.quantity[at], self.kgco2e[at], self.rows[at], self.own[at], self.cell[at])


def pairs_of(cells: Cells) -> Pairs | None:
    """Return every return of the cells beside the year before, or alone; None where there is nothing to compare."""
    table = _table(cells)
    if not len(table.quantity):
        return None
    returns = _returns(table)
    now, before = _sides(table, returns)
    group, units, groups = _groups(table, cells)
    now_table, before_table = table.part(now[0]), table.part(before[0])
    scaled = _scaled(table, group, units, cells)
    bits = np.array([1 << int(month[-2:]) - 1 if month else YEAR for month in table.labels["month"]], np.int64)
    sides = []
    for part, (at, number) in ((now_table, now), (before_table, before)):
        words = {"organisation": number, **{name: part.words[name] for name in (SITE, ACTIVITY, METER)}}
        words |= {GROUP: group[at], "bit": bits[part.words["month"]]}
        sides.append(Sent(words, scaled[at], part.kgco2e, part.rows, part.cell))
    whole_year = _whole_years(sides[0], len(returns))
    blank = list(table.labels[SITE]).index("")
    one, other = one_unit(*same_sites(sides[0], sides[1], blank), groups, blank)
    unnamed = list(table.labels[METER]).index("")
    (this, of_now), (last, _) = (
        whole_years(side, side.words["bit"] != YEAR, side.words["bit"], unnamed)
        for side in same_months(*one, len(returns))
    )
    names = [groups[each] for each in range(len(groups))]
    activities = table.labels[ACTIVITY]
    place = {name: number for number, name in enumerate(activities)}
    gas = place.get(of_role(GAS)[0], -1)
    years = [(each.organisation, each.year, each.before) for each in returns]
    left_out = dict(without_predecessors(cells.past, years, cells.organisations))
    both = Both(
        this, last,
        np.array([each.kind != "" for each in names], np.bool_),
        np.array([each.kind == HEAT for each in names], np.bool_),
        np.array([each.kind == POWER for each in names], np.bool_),
        np.array([each in map(group_of, of_role(DELIVERED)) for each in names], np.bool_),
        gas, next((number for number, each in enumerate(names) if each == group_of(of_role(GAS)[0])), -1),
        tuple(place[name] for name in of_role(BOUGHT) if name in place), whole_year, blank,
        unread=unread_of(cells, years, table.labels[SITE]), in_volume=_in_volume(sides[0], names, activities),
        in_part=frozenset(left_out),
    )  # fmt: skip
    both = both.with_measures(_measures(cells.denominators, returns, table.labels[SITE], both))
    totals = summed(sides[0].words["organisation"], np.abs(np.nan_to_num(sides[0].kgco2e)), len(returns))
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = restated(same_months(*other, len(returns)), names, totals, limits())
    return Pairs(
        both, returns, table.labels[SITE], names, units, activities, table.labels[METER], of_now, apart, left_out
    )


def _table(cells: Cells) -> _All:
    """Return the cells that can be compared: known, of an organisation, and without a row that cannot be summed."""
    parts = [cells] if cells.past is None else [cells, cells.past]
    names = ("organisation", SITE, "period", "month", ACTIVITY, "unit", METER)
    kept = [
        np.flatnonzero(one(each.known) & (each.columns["organisation"].codes != BLANK) & np.isfinite(each.quantity)
                       & (each.columns["period"].codes != BLANK))
        for each in parts
    ]  # fmt: skip
    words, labels = {}, {}
    for name in names:
        columns = [each.columns[name].part(at) for each, at in zip(parts, kept, strict=True)]
        words[name], labels[name] = _joined(columns, capitals=name == SITE)
    quantity = np.concatenate([np.where(each.unsummed[at] > 0, np.nan, each.quantity[at])
                               for each, at in zip(parts, kept, strict=True)])  # fmt: skip
    own = np.concatenate([np.full(len(at), each is cells) for each, at in zip(parts, kept, strict=True)])
    return _All(
        words, labels, quantity,
        np.concatenate([each.kgco2e[at] for each, at in zip(parts, kept, strict=True)]),
        np.concatenate([each.rows[at] for each, at in zip(parts, kept, strict=True)]), own, np.concatenate(kept),
    )  # fmt: skip


def _joined(columns: Sequence[Column], *, capitals: bool) -> tuple[Places, Sequence[str]]:
    """Return numbers of words that are the same in all columns, and the words; a blank is the empty word."""
    plain = [[" ".join(label.upper().split()) if capitals else label for label in column.labels] for column in columns]
    labels = sorted({"", *(word for words in plain for word in words)})
    place = {word: number for number, word in enumerate(labels)}
    codes = [
        np.array([*(place[word] for word in words), place[""]], np.int64)[column.codes]
        for words, column in zip(plain, columns, strict=True)
    ]
    return np.concatenate(codes), labels


def _returns(table: _All) -> list[Return]:
    """Return the years of the return, each with the nearest year before it that was sent."""
    names = ("organisation", "period")
    _, found = numbered([table.words[name] for name in names], [len(table.labels[name]) for name in names])
    _, mine = numbered([table.words[name][table.own] for name in names], [len(table.labels[name]) for name in names])
    own = {(int(body), int(year)) for body, year in mine.tolist()}
    years: dict[int, list[int]] = {}
    for body, year in found.tolist():
        years.setdefault(body, []).append(year)  # in order: years sort as text
    returns = []
    for body, year in sorted(own):
        label = table.labels["period"]
        oldest = int(label[year][:4]) - int(limits()["years_apart"])
        before = [each for each in years[body] if each < year and int(label[each][:4]) >= oldest]
        last = before[-1] if before else -1
        returns.append(
            Return(
                table.labels["organisation"][body],
                label[year],
                label[last] if before else "",
                (body, last) in own,
            )
        )
    return returns


def _sides(table: _All, returns: Sequence[Return]) -> tuple[tuple[Places, Places], tuple[Places, Places]]:
    """Return the cells of the returns, and of the years before, each with the number of its return.

    Of a year that the return holds and that was sent before too, the return's own cells count.
    """
    body = {name: number for number, name in enumerate(table.labels["organisation"])}
    year = {name: number for number, name in enumerate(table.labels["period"])}
    size = len(table.labels["period"])
    key = table.words["organisation"] * size + table.words["period"]
    look_now = np.full(len(body) * size, -1, np.int64)
    look_own, look_past = look_now.copy(), look_now.copy()
    for number, each in enumerate(returns):
        look_now[body[each.organisation] * size + year[each.year]] = number
        if each.before:
            look = look_own if each.own else look_past
            look[body[each.organisation] * size + year[each.before]] = number
    sides = []
    for look, where in ((look_now, table.own), (look_own, table.own), (look_past, ~table.own)):
        at = np.flatnonzero(where & (look[key] >= 0))
        sides.append((at, look[key][at]))
    now, own, past = sides
    return now, (np.concatenate([own[0], past[0]]), np.concatenate([own[1], past[1]]))


def _groups(table: _All, cells: Cells) -> tuple[Places, list[str], list[Group]]:
    """Return the number of the group of each cell, and of each group its unit and name: one for each kind of unit."""
    kinds = cells.method.units.kinds
    activity, unit = table.labels[ACTIVITY], table.labels["unit"]
    number, found = numbered([table.words[ACTIVITY], table.words["unit"]], [len(activity), len(unit)])
    place: dict[tuple[Group, str], int] = {}
    units: list[str] = []
    of_pair = []
    for at, name in found.tolist():
        key = (group_of(activity[at]), kinds[unit[name]])
        if key not in place:
            place[key] = len(place)
            units.append("kWh" if key[0].kind and kinds["kWh"] == key[1] else unit[name])
        of_pair.append(place[key])
    groups = [
        group if not group.kind or kinds["kWh"] == kind else Group(f"{group.name} in {kind}", "")
        for group, kind in place
    ]
    return np.array(of_pair, np.int64)[number], units, groups


def _scaled(table: _All, group: Places, units: Sequence[str], cells: Cells) -> Amounts:
    """Return quantities in the unit of their group."""
    number, found = numbered([table.words["unit"], group], [len(table.labels["unit"]), len(units)])
    ratio = [cells.method.units.ratio(table.labels["unit"][unit], units[each]) for unit, each in found.tolist()]
    scaled: Amounts = table.quantity * np.array(ratio, np.float64)[number]
    return scaled


def _in_volume(side: Sent, groups: Sequence[Group], activities: Sequence[str]) -> Places:
    """Return the returns and sites with energy that is not in kWh."""
    energy = np.array([group_of(name).kind != "" if name else False for name in activities], np.bool_)
    in_kwh = np.array([each.kind != "" for each in groups], np.bool_)
    here = energy[side.words[ACTIVITY]] & ~in_kwh[side.words[GROUP]]
    return np.unique(np.stack([side.words["organisation"][here], side.words[SITE][here]]), axis=1)


def _whole_years(now: Sent, returns: int) -> Mask:
    """Return which returns are of a whole year: given so, or by twelve months."""
    held = months_held(now.words["organisation"], now, returns)
    return is_whole(held)


def _measures(
    denominators: pd.DataFrame | None, returns: Sequence[Return], sites: Sequence[str], both: Both
) -> dict[str, Measure]:
    """Return the floor areas and energy costs of sites in both years.

    Those of no site, or of a return without any, stand under the blank one.
    """
    if denominators is None or not len(denominators):
        return {}
    site = denominators["site"].fillna("").astype(str) if "site" in denominators else pd.Series("", denominators.index)
    place = {name: number for number, name in enumerate(sites)}
    code, names = pd.factorize(site)
    of_site = np.array([place.get(" ".join(name.upper().split()), -1) for name in names], np.int64)[code]
    sender, senders = pd.factorize(denominators["organisation"].astype(str) + "\t" + denominators["period"].astype(str))
    blank = place[""]
    unnamed = np.ones(len(returns), np.bool_)
    for side in (both.now, both.before):
        unnamed[side.words["organisation"][side.words[SITE] != blank]] = False
    value = np.nan_to_num(denominators["value"].to_numpy(np.float64))
    found = {}
    for name in (AREA, COST):
        here = (denominators["measure"] == name).to_numpy()
        sides = []
        for year in ([each.year for each in returns], [each.before for each in returns]):
            look = {f"{each.organisation}\t{of}": at for at, (each, of) in enumerate(zip(returns, year, strict=True))}
            of_return = np.array([look.get(each, -1) for each in senders], np.int64)[sender]
            known = here & (of_return >= 0)
            without = known & (unnamed[of_return] | (site == "").to_numpy())
            known &= without | (of_site >= 0)
            number = np.where(without, blank, of_site)
            sides.append((of_return[known] * both.sites + number[known], value[known]))
        keys, which = np.unique(np.concatenate([sides[0][0], sides[1][0]]), return_inverse=True)
        first = len(sides[0][0])
        now, before = (summed(at, values, len(keys)) for at, (_, values) in
                       zip((which[:first], which[first:]), sides, strict=True))  # fmt: skip
        found[name] = Measure(keys, now, before)
    return found
