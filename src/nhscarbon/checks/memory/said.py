"""What the memory has found, as hits: the rows to look at, what it probably is, and what is at stake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.memory.changes import ABOVE, NEW, ROW_GONE, SITES_GONE, Change
from nhscarbon.checks.memory.copies import Copied
from nhscarbon.checks.memory.limits import HEAT
from nhscarbon.checks.memory.pairs import Pairs, Return
from nhscarbon.checks.memory.parts import Part
from nhscarbon.checks.memory.peers import Lack
from nhscarbon.checks.memory.places import Moved
from nhscarbon.checks.memory.probably import ZERO, variant_of
from nhscarbon.checks.memory.remembered import Remembered
from nhscarbon.checks.memory.restated import Restated
from nhscarbon.checks.memory.shifts import RETURN, ROWS, Swap
from nhscarbon.checks.memory.slots import ACTIVITY, GROUP, METER, SITE, Amounts, Both, Sent, Slots
from nhscarbon.checks.rules.bounds import figure, plausible_bounds, times

NOTHING = np.zeros(0, np.int64)
QUANTITY = "quantity"
SHOWN = 10  # sites that have gone, named
NAMED = 5  # figures that stand in several rows
PAIR = 2
NEAR = 1.35  # times, about a twelfth or a thousandth of what the other had
FRESH = 0.1  # of what it is now: an activity that was not there before
LEFT = 0.4  # of what it was at the other sites: less is another contract


def hits_of_memory(found: Remembered, pairs: Pairs) -> Iterator[Hit]:
    """Yield a hit for each thing that was found."""
    said = _Said(found, pairs)
    for copy in found.copied:
        yield said.copy(copy)
    for cells in found.repeated:
        yield said.repeat(cells)
    for swap in found.swapped:
        yield said.swap(swap)
    for move in found.moved:
        yield said.move(move)
    for part in found.parts:
        yield said.part(part)
    for change in found.changes:
        yield said.change(change)
    for lack in found.lacks:
        yield said.lack(lack)
    for each in pairs.restated:
        yield said.restated(each)
    yield from said.not_given()


class _Said:
    """The words of what was found in one set of returns."""

    def __init__(self, found: Remembered, pairs: Pairs) -> None:
        self.found, self.pairs = found, pairs
        self.both: Both = found.both

    def of_cells(self, cells: Places) -> Places:
        """Return where cells of the comparison stand among the cells of the return."""
        each = [self.pairs.cells[number] for number in self.both.now.cell[cells].tolist()]
        return np.sort(np.concatenate(each)) if each else NOTHING

    def of_return(self, cells: Places) -> Return:
        return self.pairs.returns[int(self.both.now.words["organisation"][cells[0]])]

    def place(self, words: Mapping[str, Places], at: int) -> str:
        """Return the site of a slot or cell, or its organisation where it has none."""
        site = self.pairs.sites[int(words[SITE][at])] if SITE in words else ""
        return site or self.pairs.returns[int(words["organisation"][at])].organisation

    def amount(self, cell: int) -> str:
        return figure(float(self.both.now.quantity[cell]), 6)

    def activity(self, cell: int) -> str:
        return self.pairs.activities[int(self.both.now.words[ACTIVITY][cell])]

    def copy(self, copy: Copied) -> Hit:
        of = self.of_return(copy.cells)
        return Hit("copied_from_before", copy.kind, self.of_cells(copy.cells), QUANTITY, {
            "count": copy.equal, "all": copy.of, "share": f"{100 * copy.share:.0f}", "year": of.year,
            "earlier": of.before,
        })  # fmt: skip

    def repeat(self, figures: Sequence[Places]) -> Hit:
        """Say the figures of a return that stand in several rows, the heaviest first."""
        now = self.both.now
        kgco2e = np.nan_to_num(now.kgco2e)
        twice = [float(kgco2e[cells].sum() - kgco2e[cells].max()) for cells in figures]
        order = sorted(range(len(figures)), key=lambda number: -twice[number])
        told = []
        for cells in (figures[number] for number in order[:NAMED]):
            unit = self.pairs.units[int(now.words[GROUP][cells[0]])]
            told.append(
                (f"{self.amount(int(cells[0]))} {unit}", " and ".join(map(self._row, cells.tolist())), len(cells))
            )
        where, year = self.of_cells(np.concatenate(figures)), self.of_return(figures[0]).year
        if len(figures) == 1:
            amount, rows, count = told[0]
            often = "twice" if count == PAIR else f"{count} times"
            values = {"amount": amount, "rows": rows, "often": often, "year": year}
            return Hit("value_repeated", "", where, QUANTITY, values, twice[0])
        left = len(figures) - len(told)
        listed = ", ".join(f"{amount} ({rows})" for amount, rows, _ in told) + (f" and {left} more" if left else "")
        return Hit("value_repeated", "several", where, QUANTITY, {
            "count": str(len(figures)), "figures": listed, "year": year}, sum(twice))  # fmt: skip

    def _row(self, cell: int) -> str:
        """Return what a row is of: its activity, site and reference."""
        words = self.both.now.words
        return f"{self.activity(cell)} at {self.place(words, cell)}{self._reference(words, cell)}"

    def _reference(self, words: Mapping[str, Places], at: int) -> str:
        name = self.pairs.references[int(words[METER][at])] if METER in words else ""
        return f" (reference {name:.40})" if name else ""

    def swap(self, swap: Swap) -> Hit:
        of, words = self.of_return(swap.first), self.both.now.words
        cells = np.concatenate([swap.first, swap.second])
        slots = np.unique(self.found.sites.of_cell[cells])
        kgco2e = float(self.found.sites.stake[slots].sum())
        first, second = int(swap.first[0]), int(swap.second[0])
        if swap.kind == RETURN:
            return Hit("rows_swapped", "return", self.of_cells(cells), QUANTITY, {
                "count": len(swap.first), "year": of.year, "earlier": of.before}, kgco2e)  # fmt: skip
        variant = "rows" if swap.kind == ROWS else "sites"
        return Hit("rows_swapped", variant, self.of_cells(cells), QUANTITY, {
            "amount": self.amount(first), "activity": self.activity(first), "place": self.place(words, first),
            "other_amount": self.amount(second), "other": self.activity(second), "there": self.place(words, second),
            "year": of.year, "earlier": of.before,
        }, kgco2e)  # fmt: skip

    def move(self, move: Moved) -> Hit:
        of, sites = self.of_return(move.gained), self.found.sites
        cell = int(move.gained[np.argmax(self.both.now.quantity[move.gained])])
        words = self.both.now.words
        return Hit("site_wrong", "moved", self.of_cells(move.gained), SITE, {
            "activity": self.activity(cell), "place": self.place(words, cell),
            "there": self.place(sites.words, move.lost),
            "before": figure(float(sites.before[move.lost]), 6), "unit": self.pairs.units[int(words[GROUP][cell])],
            "year": of.year, "earlier": of.before,
        }, 0.0)  # fmt: skip

    def part(self, part: Part) -> Hit:
        now, words, sites = self.both.now, part.slots.words, self.found.sites
        cells = np.flatnonzero((part.slots.of_cell == part.at) & (now.quantity != 0))
        of = self.of_return(cells)
        kwh = float(part.slots.now[part.at])
        more = kwh * (part.times - 1)
        kgco2e = float(np.nan_to_num(now.kgco2e[cells]).sum()) * abs(part.times - 1)
        code = "below_past" if part.times > 1 else "above_past"
        by = f"{part.times:,.0f} times" if part.times > 1 else f"1/{1 / part.times:,.0f} of"
        return Hit(code, "part", self.of_cells(cells), QUANTITY, {
            "amount": figure(kwh, 6), "unit": self.pairs.units[int(words[GROUP][part.at])],
            "activity": self.activity(int(cells[0])) + self._reference(words, part.at),
            "place": self.place(words, part.at), "by": by,
            "then": figure(float(sites.now[part.site]) + more, 6),
            "before": figure(float(sites.before[part.site]), 6), "year": of.year, "earlier": of.before,
        }, kgco2e)  # fmt: skip

    def lack(self, lack: Lack) -> Hit:
        words, at, now = lack.slots.words, lack.at, self.both.now
        of = self.pairs.returns[int(words["organisation"][at])]
        cells = np.flatnonzero(lack.slots.of_cell == at)
        kwh = float(lack.slots.now[at])
        name = self._usual(lack, cells)
        main = cells[now.words[ACTIVITY][cells] == name]
        about = {"organisation": of.organisation, "site": self.pairs.sites[int(words[SITE][at])], "period": of.year,
                 "activity": self.pairs.activities[name]}  # fmt: skip
        return Hit("below_peers", "" if kwh > 0 else "none", self.of_cells(main), QUANTITY if len(main) else "", {
            "amount": figure(kwh, 6), "kind": lack.name, "place": self.place(words, at), "area": figure(lack.area, 6),
            "figure": figure(kwh / lack.area, 3), "least": figure(lack.least, 3), "usual": figure(lack.usual, 3),
            "year": of.year,
        }, lack.kgco2e or None, about)  # fmt: skip

    def _usual(self, lack: Lack, cells: Places) -> int:
        """Return the largest activity of a lack; of its return, or of the year before, where it has nothing."""
        now = self.both.now
        if (now.quantity[cells] > 0).any():
            return _largest(now, cells)
        of_kind = self.both.heat if lack.name == HEAT else self.both.power_groups
        for side in (now, self.both.before):
            here = side.words["organisation"] == lack.slots.words["organisation"][lack.at]
            if (more := here & of_kind[side.words[GROUP]] & (side.quantity > 0)).any():
                return _largest(side, np.flatnonzero(more))
        return _largest(now, cells)

    def change(self, change: Change) -> Hit:
        slots, at = change.slots, change.at
        of = self.pairs.returns[int(slots.words["organisation"][at[0]])]
        now, before = float(slots.now[at].sum()), float(slots.before[at].sum())
        names = [self._named(slots, each) for each in at.tolist()]
        cells = np.concatenate([cells for _, cells in names])
        kgco2e = float(slots.stake[at].sum())
        site = self.pairs.sites[int(slots.words[SITE][at[0]])] if SITE in slots.words else ""
        unit = self.pairs.units[int(slots.words[GROUP][at[0]])]
        about = {"organisation": of.organisation, "period": of.year}
        about |= {"unit": unit} if len({self._quantities(slots, int(each)) for each in at}) == 1 else {}
        about |= {"site": site} if site else {}
        about |= {"activity": names[0][0]} if len({name for name, _ in names}) == 1 else {}
        named = [name for name, _ in names]
        values = {
            "amount": figure(now, 6), "before": figure(before, 6), "unit": unit,
            "activity": " and ".join(dict.fromkeys(self._held(slots, at, named))),
            "place": self.place(slots.words, int(at[0])) + self._reference(slots.words, int(at[0])),
            "had": self._had(slots, at, named), "year": of.year, "earlier": of.before,
            "times": times(now / before) if now and before else "",
        }  # fmt: skip
        where = self.of_cells(cells)
        if change.kind == SITES_GONE:
            places = dict.fromkeys(self.place(slots.words, int(each)) for each in at.tolist())
            values |= {"count": str(len(places)), "places": ", ".join([*places][:SHOWN])}
            return Hit("below_past", "sites_gone", where, "", values, kgco2e, {"organisation": of.organisation,
                       "period": of.year})  # fmt: skip
        code = "above_past" if change.kind in (ABOVE, NEW) else "below_past"
        variant = variant_of(change.kind, now, before, unit)
        if change.kind == ROW_GONE and len(zeros := self._zeros(slots, int(at[0]), named[0])):
            where, variant = self.of_cells(zeros), ZERO
        return Hit(code, variant, where, QUANTITY if len(where) else "", values, kgco2e, about)

    def _zeros(self, slots: Slots, at: int, activity: str) -> Places:
        """Return the cells of an activity of a slot, which is not left out: it was sent as 0."""
        cells = np.flatnonzero(slots.of_cell == at).tolist()
        return np.array([cell for cell in cells if self.activity(cell) == activity], np.int64)

    def restated(self, each: Restated) -> Hit:
        words = each.now.words
        of = self.pairs.returns[int(words["organisation"][0])]
        amounts = []
        for side in (each.now, each.before):
            sums = _sums(side.words[GROUP], side.quantity)
            amounts.append(" and ".join(f"{figure(sums[group], 6)} {self.pairs.units[group]}" for group in sums))
        name = self.pairs.activities[_largest(each.now, np.arange(len(each.now.cell)))]
        now, before = each.kgco2e
        return Hit("above_past" if now > before else "below_past", "unit", np.sort(each.now.cell), "unit", {
            "amount": amounts[0], "activity": name, "place": self.place(words, 0), "year": of.year,
            "earlier": of.before, "before": amounts[1], "times": times(now / before),
        }, abs(now - before))  # fmt: skip

    def not_given(self) -> Iterator[Hit]:
        """Yield a hit for each return whose year before was given in part, or not by all of its predecessors."""
        both = self.found.both
        for number in sorted({*np.flatnonzero(both.scarce).tolist(), *both.in_part}):
            of = self.pairs.returns[number]
            about = {"organisation": of.organisation, "period": of.year}
            values = {**about, "year": of.year, "earlier": of.before}
            if number in both.in_part:
                values["predecessors"] = ", ".join(self.pairs.left_out[number])
                yield Hit("before_not_compared", "predecessors", NOTHING, "", values, None, about)
            else:
                met, alone = (int(each[number]) for each in both.beside)
                values |= {"count": str(met), "all": str(met + alone)}
                yield Hit("before_not_compared", "few", NOTHING, "", values, None, about)

    def _named(self, slots: Slots, at: int) -> tuple[str, Places]:
        """Return the activity of a slot that has changed most, and the cells of it that are not 0."""
        now = self.both.now
        cells = np.flatnonzero((slots.of_cell == at) & (now.quantity != 0))
        there = _sums(now.words[ACTIVITY][cells], now.quantity[cells])
        past = self._past(slots, at)
        falls = slots.now[at] < slots.before[at]
        change = {each: (past.get(each, 0.0) - there.get(each, 0.0)) * (1 if falls else -1) for each in {*past, *there}}
        name = max(change, key=lambda each: change[each])
        if falls and there:
            whole = float(slots.before[at])
            taken = [
                each for each in there
                if _is_slip(there[each], whole)
                or (each in self.both.power and past.get(each, 0.0) < FRESH * there[each]
                    and _near_slip(there[each], whole))
            ]  # fmt: skip
            own = [each for each in there if _is_slip(there[each], past.get(each, 0.0))]
            if own:
                name = max(own, key=lambda each: past[each])
            elif taken:  # of another contract
                name = max(taken, key=lambda each: there[each])
            else:
                name = self._of_others(slots, at, name)
        elif not there:
            name = self._of_others(slots, at, name)
        return self.pairs.activities[name], cells[now.words[ACTIVITY][cells] == name]

    def _of_others(self, slots: Slots, at: int, name: int) -> int:
        """Return the activity that other sites have now where they had another before, else that one."""
        others = []
        for side in (self.both.now, self.both.before):
            here = (side.words["organisation"] == slots.words["organisation"][at]) & (side.quantity > 0)
            here &= side.words[GROUP] == slots.words[GROUP][at]
            here &= side.words[SITE] != slots.words[SITE][at] if SITE in slots.words else here
            others.append(_sums(side.words[ACTIVITY][here], side.quantity[here]))
        now, before = others
        left = now.get(name, 0.0) < LEFT * before.get(name, 0.0)
        return max(now, key=lambda each: now[each]) if left and now else name

    def _held(self, slots: Slots, at: Places, names: Sequence[str]) -> list[str]:
        """Return what an amount is of: those that changed most first, then the others that are added to them."""
        now, found = self.both.now, [*names]
        for each in at.tolist():
            there = now.words[ACTIVITY][(slots.of_cell == each) & (now.quantity != 0)].tolist()
            found += [self.pairs.activities[name] for name in sorted({*there, *self._past(slots, each)})]
        return found

    def _quantities(self, slots: Slots, at: int) -> int:
        """Return a number for what a slot can be added to: all energy, else what is of its group."""
        group = int(slots.words[GROUP][at])
        return -1 if self.both.energy[group] else group

    def _had(self, slots: Slots, at: Places, names: Sequence[str]) -> str:
        """Return what some slots had the year before, each kind in its unit, the largest in tonnes first."""
        of = np.array([self._quantities(slots, each) for each in at.tolist()])
        stakes = {number: float(slots.stake[at[of == number]].sum()) for number in dict.fromkeys(of.tolist())}
        found = []
        for number in sorted(stakes, key=lambda each: -stakes[each])[:SHOWN]:
            here = at[of == number]
            held = self._held(
                slots, here, [name for name, kind in zip(names, of.tolist(), strict=True) if kind == number]
            )
            unit = self.pairs.units[int(slots.words[GROUP][here[0]])]
            amount = figure(float(slots.before[here].sum()), 6)
            found.append(f"{amount} {unit} of {' and '.join(dict.fromkeys(held))}")
        left = len(stakes) - len(found)
        return ", ".join([*found, *([f"and {left} more"] if left else [])])

    def _past(self, slots: Slots, at: int) -> dict[int, float]:
        """Return what a slot had of each activity the year before."""
        words = self.both.before.words
        here = np.ones(len(self.both.before.quantity), np.bool_)
        for name, each in slots.words.items():
            here &= words[name] == each[at]
        return _sums(words[ACTIVITY][here], self.both.before.quantity[here])


def _largest(side: Sent, cells: Places) -> int:
    """Return the activity that some cells have most of."""
    sums = _sums(side.words[ACTIVITY][cells], side.quantity[cells])
    return max(sums, key=lambda each: sums[each])


def _sums(names: Places, quantity: Amounts) -> dict[int, float]:
    """Return the sum of quantities by the number beside each."""
    distinct, which = np.unique(names, return_inverse=True)
    return dict(zip(distinct.tolist(), np.bincount(which, quantity).tolist(), strict=True))


def _is_slip(now: float, before: float) -> bool:
    """Tell whether a figure is about a twelfth or a thousandth of another."""
    return any(1 / NEAR <= before / now / slip.times <= NEAR for slip in plausible_bounds()[1])


def _near_slip(now: float, before: float) -> bool:
    """Tell whether a figure is nearer to a twelfth or a thousandth of another than twice that, or half of it."""
    return any(0.5 <= before / now / slip.times <= 2 for slip in plausible_bounds()[1])
