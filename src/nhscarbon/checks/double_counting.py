"""What a source would count twice: the same thing in units and in pounds, or measured and by default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import compress, starmap

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, crossed_by
from nhscarbon.checks.check_words import CheckedEntries
from nhscarbon.checks.entries import Location
from nhscarbon.checks.totals import Totals
from nhscarbon.findings import Finding, every_row, finding, first_rows, together
from nhscarbon.methods.catalogue import Catalogue, Repeat
from nhscarbon.sums.combinations import distinct

PLACE, PAIR = ("organisation", "period"), ("activity", "unit")
SHOWN = 3  # bodies and years that a finding names
NOWHERE: Location = {"rows": 1, "first_rows": (), "sheet": "", "kgco2e_at_stake": None}
FIRST, SECOND, BOTH = 1, 2, 3  # the two bits of a rule: its first side, its second

Mask = NDArray[np.bool_]
Where = tuple[str, ...]  # organisation and NHS year, and the activity where it must be the same


@dataclass(frozen=True)
class Side:
    """Some cells or rows, and the place of each: a number, of those that a rule is met in."""

    at: NDArray[np.int64]
    place: NDArray[np.int64]

    def where(self, wanted: Mask) -> Side:
        """Return those whose place is wanted, places numbered anew."""
        if wanted.all():
            return self
        here = wanted[self.place]
        return Side(self.at[here], (np.cumsum(wanted) - 1)[self.place[here]])


Sides = tuple[Side, Side]


@dataclass(frozen=True)
class DoubleCount:
    """A rule that is met: the bodies and years in which both of its sides have rows, and the cells of each side."""

    rule: Repeat
    bit: int
    where: Sequence[Where]
    sides: Sides


def double_counts(sums: Totals, catalogue: Catalogue) -> list[DoubleCount]:
    """Return the rules of which both sides occur for one body in one NHS year.

    Parameters
    ----------
    sums : Totals
    catalogue : Catalogue
        Whose `repeats.csv` says what repeats what.
    """
    if not len(sums):
        return []
    pair, words = distinct(sums.columns, PAIR)
    bits = _bits(words, catalogue)
    found = []
    for number, rule in enumerate(catalogue.repeats):
        side = bits >> 2 * number & BOTH
        if not {FIRST, SECOND} <= {*side.tolist()}:
            continue
        sides, where = _placed(sums.columns, rule, pair.where(side == FIRST), pair.where(side == SECOND))
        met: list[Mask] = [np.bincount(each.place, minlength=len(where)) > 0 for each in sides]
        both = met[0] & met[1]
        if both.any():
            kept = [*compress(where, both.tolist())]
            found.append(DoubleCount(rule, 2 * number, kept, (sides[0].where(both), sides[1].where(both))))
    return found


def between(whole: Totals, parts: Iterable[Totals], catalogue: Catalogue) -> list[Finding]:
    """Return the findings of what some sums count twice together, and none of them alone."""
    alone = {(twice.bit, place) for part in parts for twice in double_counts(part, catalogue) for place in twice.where}
    findings = []
    for twice in double_counts(whole, catalogue):
        new = {place for place in twice.where if (twice.bit, place) not in alone}
        if new:
            findings.append(finding_of(twice, new, whole))
    return findings


@dataclass
class Occurrence:
    """What the batches of a source say of one rule: the sites of both sides by place, and the rows."""

    twice: DoubleCount
    first: dict[Where, set[str]]
    second: dict[Where, set[str]]
    rows: list[tuple[Where, Location]]


class DoubleCounting:
    """Decides what a source counts twice, whatever the number of its batches."""

    def __init__(self, sums: Totals, catalogue: Catalogue) -> None:
        self.sums, self.catalogue = sums, catalogue
        self.met = [Occurrence(twice, {}, {}, []) for twice in double_counts(sums, catalogue)]
        self.file = ""

    def add(self, checked: CheckedEntries) -> None:
        """Look at the rows, or cells, of one batch; a blank site stands for the whole body."""
        self.file = checked.entries.file
        as_summed = self.sums.are_the_cells_of(checked)
        for each in self.met:
            twice = each.twice
            sides, words = (twice.sides, twice.where) if as_summed else _sided(checked, twice, self.catalogue)
            for found, side in zip((each.first, each.second), sides, strict=True):
                for word, sites in _sites(checked, side, words).items():
                    found.setdefault(word, set()).update(sites)
            at, place = (np.concatenate(both) for both in zip(*((side.at, side.place) for side in sides), strict=True))
            if not as_summed:  # rows have numbers, and the first of them are shown
                order = np.argsort(at)
                at, place = at[order], place[order]
            located = checked.entries.located_by(at, place, len(words))
            each.rows += [(word, rows) for word, rows in zip(words, located, strict=True) if rows["rows"]]

    def findings(self) -> list[Finding]:
        """Return a finding for each rule that is met, unless its rows are of different sites."""
        found = []
        for each in self.met:
            where = {place for place in each.first.keys() & each.second.keys()
                     if _meet(each.first[place], each.second[place])}  # fmt: skip
            if where:
                rows = [located for place, located in each.rows if place in where]
                for sheet in dict.fromkeys(part["sheet"] for part in rows):
                    here = [part for part in rows if part["sheet"] == sheet]
                    numbers = sorted(row for part in here for row in every_row(part["first_rows"]))
                    located: Location = {
                        "rows": sum(part["rows"] for part in here),
                        "first_rows": first_rows(numbers),
                        "sheet": sheet,
                        "kgco2e_at_stake": together(part["kgco2e_at_stake"] for part in here),
                    }
                    found.append(finding_of(each.twice, where, self.sums, located, file=self.file))
        return found


def _meet(ours: set[str], theirs: set[str]) -> bool:
    """Tell whether two sets of sites can be of the same place: one in both, or either for the whole body."""
    return bool("" in ours | theirs or ours & theirs)


def finding_of(
    twice: DoubleCount, where: Set[Where], sums: Totals, located: Location | None = None, *, file: str = ""
) -> Finding:
    """Return the finding of a rule that is met in some of its places, with the quantities of both sides."""
    rule = twice.rule
    here = np.array([words in where for words in twice.where], np.bool_)
    amounts = " beside ".join(_amounts(sums, side.where(here).at) for side in twice.sides)
    places = sorted(where)
    named = "; ".join(" ".join(place) for place in places[:SHOWN])
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    alone = places[0] if len(places) == 1 else ("", "")
    return finding(
        "counted_twice", rule.severity, file=file, value=rule.repeat, organisation=alone[0], period=alone[1],
        **(located or NOWHERE), what=rule.what, places=f"{named}{more}", amounts=amounts, advice=rule.advice,
    )  # fmt: skip


def _sided(checked: CheckedEntries, twice: DoubleCount, catalogue: Catalogue) -> tuple[Sides, Sequence[Where]]:
    """Return the entries that meet a rule; one without an activity or unit is on no side of it."""
    known = np.flatnonzero(checked.usable)
    pair, pairs = distinct({name: checked.columns[name].part(known) for name in PAIR}, PAIR)
    side = _bits(pairs, catalogue) >> twice.bit & BOTH
    sides, words = _placed(
        checked.columns, twice.rule, known[pair.where(side == FIRST)], known[pair.where(side == SECOND)]
    )
    met = {*twice.where}
    there = np.array([word in met for word in words], np.bool_)
    return (sides[0].where(there), sides[1].where(there)), [*compress(words, there.tolist())]


def _bits(pairs: Iterable[tuple[str, ...]], catalogue: Catalogue) -> NDArray[np.int64]:
    """Return two bits for each rule and (activity, unit): whether it is on the rule's first side, and on its second."""
    return np.array([*starmap(catalogue.sides_of, pairs)], np.int64)


def _placed(
    columns: Mapping[str, Column], rule: Repeat, first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[Sides, Sequence[Where]]:
    """Return the place of each of some entries of both sides of a rule, and the places."""
    names = (*PLACE, "activity") if rule.same_activity else PLACE
    chosen = {name: columns[name] for name in names}
    known = all(column.lowest >= 0 for column in chosen.values())  # a cell with a faulty word is in no place
    if known and not rule.same_activity and crossed_by(chosen) is not None:  # no cell is looked at for it
        place, words = distinct(chosen, names)
        return (Side(first, place.part(first).numbers), Side(second, place.part(second).numbers)), words
    both = np.concatenate([first, second])
    place, words = distinct({name: column.part(both) for name, column in chosen.items()}, names)
    numbers = place.numbers
    return (Side(first, numbers[: len(first)]), Side(second, numbers[len(first) :])), words


def _sites(checked: CheckedEntries, side: Side, words: Sequence[Where]) -> dict[Where, set[str]]:
    """Return the sites that some entries name in each place, the empty word where they name none."""
    site = checked.entries.columns.get("site")
    if site is None:
        return {words[number]: {""} for number in np.flatnonzero(np.bincount(side.place)).tolist()}
    found: dict[Where, set[str]] = {}
    named = site.part(side.at).codes.astype(np.int64)
    for number, code in np.unique(np.stack([side.place, named], axis=1), axis=0).tolist():
        found.setdefault(words[number], set()).add("" if code == BLANK else site.labels[code])
    return found


def _amounts(sums: Totals, cells: NDArray[np.int64]) -> str:
    """Write the quantities of some cells, a sum for each unit."""
    unit = sums.columns["unit"].part(cells)
    total = np.bincount(unit.codes, weights=sums.quantity[cells], minlength=len(unit.labels))
    return ", ".join(f"{total[code]:,.10g} {unit.labels[code]}" for code in np.flatnonzero(unit.met).tolist())
