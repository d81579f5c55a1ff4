"""What a source would count twice: the same thing in units and in pounds, or measured and by default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from nhscarbon.catalogue import Catalogue, Repeat
from nhscarbon.checks.check import Checked
from nhscarbon.checks.entries import Located
from nhscarbon.columns import BLANK, Column, crossed_by, distinct, of_blocks
from nhscarbon.findings import Finding, every_row, first_rows, together
from nhscarbon.sums import Sums

PLACE = ("organisation", "period")
SHOWN = 3  # bodies and years that a finding names
NOWHERE: Located = {"rows": 1, "first_rows": (), "sheet": "", "kgco2e_at_stake": None}
FIRST, SECOND, BOTH = 1, 2, 3  # the two bits of a rule: its first side, its second

Mask = NDArray[np.bool_]
Where = tuple[str, ...]  # organisation and NHS year, and the activity where it must be the same


@dataclass(frozen=True)
class Twice:
    """A rule that is met: the bodies and years in which both of its sides have rows, and the cells of either side."""

    rule: Repeat
    bit: int
    where: frozenset[Where]
    cells: NDArray[np.int64]
    sides: NDArray[np.int64]  # FIRST or SECOND


def repeated(sums: Sums, catalogue: Catalogue) -> list[Twice]:
    """Return the rules of which both sides occur for one body in one NHS year.

    Parameters
    ----------
    sums : Sums
        In ascending order of body and year, as all sums are.
    catalogue : Catalogue
        Whose `repeats.csv` says what repeats what.
    """
    if not len(sums):
        return []
    place, keys = sums.keyed
    bits = _bits((key[:2] for key in keys), catalogue)
    starts = _starts(sums.columns)
    met = np.bitwise_or.reduceat(bits[place], starts)
    found = []
    for number, rule in enumerate(catalogue.repeats):
        bit = 2 * number
        groups = np.flatnonzero((met >> bit) & BOTH == BOTH)
        if len(groups):
            side = (bits >> bit & BOTH).astype(np.int8)
            cells = np.flatnonzero((side > 0)[place])
            sides = side[place[cells]].astype(np.int64)
            where = _words(sums.columns, rule, starts[groups])
            if rule.same_activity:
                where = set.intersection(
                    *(_words(sums.columns, rule, cells[sides == each]) for each in (FIRST, SECOND))
                )
            if where:
                found.append(Twice(rule, bit, frozenset(where), cells, sides))
    return found


def between(whole: Sums, parts: Iterable[Sums], catalogue: Catalogue) -> list[Finding]:
    """Return the findings of what some sums count twice together, and none of them alone."""
    alone = {(twice.bit, place) for part in parts for twice in repeated(part, catalogue) for place in twice.where}
    findings = []
    for twice in repeated(whole, catalogue):
        new = frozenset(place for place in twice.where if (twice.bit, place) not in alone)
        if new:
            findings.append(finding_of(replace(twice, where=new), whole))
    return findings


@dataclass
class Gathered:
    """What the batches of a source say of one rule: the sites of both sides by place, and the rows."""

    twice: Twice
    first: dict[Where, set[str]]
    second: dict[Where, set[str]]
    rows: list[tuple[Where, Located]]


def _starts(columns: Mapping[str, Column]) -> NDArray[np.int64]:
    """Return the first cell of each body and year, in which cells follow one another."""
    place = {name: columns[name] for name in PLACE}
    cross = crossed_by(place)
    if cross is not None and len(of_blocks(place)) == len(PLACE):
        return np.cumsum(cross.counts) - cross.counts
    first, second = (columns[name].codes for name in PLACE)
    return np.flatnonzero(np.concatenate([[True], (first[1:] != first[:-1]) | (second[1:] != second[:-1])]))


class Repeats:
    """Decides what a source counts twice, whatever the number of its batches."""

    def __init__(self, sums: Sums, catalogue: Catalogue) -> None:
        self.sums, self.catalogue = sums, catalogue
        self.met = [Gathered(twice, {}, {}, []) for twice in repeated(sums, catalogue)]
        self.file = ""

    def add(self, checked: Checked) -> None:
        """Look at the rows, or cells, of one batch; a blank site stands for the whole body."""
        self.file = checked.entries.file
        as_summed = self.sums.are_the_cells_of(checked)
        for each in self.met:
            names = _names(each.twice.rule)
            at, side = (
                (each.twice.cells, each.twice.sides) if as_summed else _sided(checked, each.twice, self.catalogue)
            )
            place, words = _placed(checked.columns, names, at)
            there = np.array([word in each.twice.where for word in words], np.bool_)
            here = there[place]
            at, side, place = at[here], side[here], place[here]
            for found, one_side in ((each.first, side == FIRST), (each.second, side == SECOND)):
                for word, sites in _sites(checked, at[one_side], place[one_side], words).items():
                    found.setdefault(word, set()).update(sites)
            located = checked.entries.located_by(at, place, len(words))
            each.rows += [(word, rows) for word, rows in zip(words, located, strict=True) if rows["rows"]]

    def findings(self) -> list[Finding]:
        """Return a finding for each rule that is met, unless its rows are of different sites."""
        found = []
        for each in self.met:
            where = frozenset(place for place in each.first.keys() & each.second.keys()
                              if _meet(each.first[place], each.second[place]))  # fmt: skip
            if where:
                met = replace(each.twice, where=where)
                rows = [located for place, located in each.rows if place in where]
                for sheet in dict.fromkeys(part["sheet"] for part in rows):
                    here = [part for part in rows if part["sheet"] == sheet]
                    numbers = sorted(row for part in here for row in every_row(part["first_rows"]))
                    located: Located = {
                        "rows": sum(part["rows"] for part in here),
                        "first_rows": first_rows(numbers),
                        "sheet": sheet,
                        "kgco2e_at_stake": together(part["kgco2e_at_stake"] for part in here),
                    }
                    found.append(finding_of(met, self.sums, located, file=self.file))
        return found


def _meet(ours: set[str], theirs: set[str]) -> bool:
    """Tell whether two sets of sites can be of the same place: one in both, or either for the whole body."""
    return bool("" in ours | theirs or ours & theirs)


def finding_of(twice: Twice, sums: Sums, located: Located | None = None, *, file: str = "") -> Finding:
    """Return the finding of a rule that is met, with the quantities of both sides."""
    rule = twice.rule
    place, words = _placed(sums.columns, _names(rule), twice.cells)
    here = np.array([word in twice.where for word in words], np.bool_)[place]
    amounts = " beside ".join(_amounts(sums, twice.cells[here & (twice.sides == side)]) for side in (FIRST, SECOND))
    places = sorted(twice.where)
    named = "; ".join(" ".join(place) for place in places[:SHOWN])
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    alone = places[0] if len(places) == 1 else ("", "")
    return Finding(
        code="counted_twice", severity=rule.severity, file=file, value=rule.repeat, organisation=alone[0],
        period=alone[1], **(located or NOWHERE),
        message=f"{rule.what} ({named}{more}): {amounts}.",
        suggestion=f"{rule.advice} Where they are of different sites, name the sites.",
    )  # fmt: skip


def _sided(checked: Checked, twice: Twice, catalogue: Catalogue) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the entries on a side of a rule, and which side: 1 or 2; one without an activity or unit is on none."""
    known = np.flatnonzero(checked.usable)
    place, words = distinct({name: checked.columns[name].part(known) for name in ("activity", "unit")},
                            ("activity", "unit"))  # fmt: skip
    side = _bits(words, catalogue)[place] >> twice.bit & BOTH
    at = np.flatnonzero(side)
    return known[at], side[at]


def _bits(pairs: Iterable[tuple[str, ...]], catalogue: Catalogue) -> NDArray[np.int64]:
    """Return two bits for each rule and (activity, unit): whether it is on the rule's first side, and on its second."""
    return np.array([*starmap(catalogue.sides_of, pairs)], np.int64)


def _names(rule: Repeat) -> tuple[str, ...]:
    return (*PLACE, "activity") if rule.same_activity else PLACE


def _words(columns: Mapping[str, Column], rule: Repeat, where: NDArray[np.int64]) -> set[Where]:
    chosen = {name: columns[name].part(where) for name in _names(rule)}
    return set(distinct(chosen, _names(rule))[1])


def _placed(
    columns: Mapping[str, Column], names: Sequence[str], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[Where]]:
    """Return in which place each of some entries is, and the places."""
    chosen = {name: columns[name] for name in names}
    known = all(column.lowest >= 0 for column in chosen.values())  # a cell with a faulty word is in no place
    if known and crossed_by(chosen) is not None:  # no cell is looked at for it
        place, words = distinct(chosen, names)
        return place[at], words
    return distinct({name: columns[name].part(at) for name in names}, names)


def _sites(
    checked: Checked, at: NDArray[np.int64], place: NDArray[np.int64], words: list[Where]
) -> dict[Where, set[str]]:
    """Return the sites that some entries name in each place, the empty word where they name none."""
    site = checked.entries.columns.get("site")
    if site is None:
        return {words[number]: {""} for number in np.flatnonzero(np.bincount(place)).tolist()}
    found: dict[Where, set[str]] = {}
    named = site.part(at).codes.astype(np.int64)
    for number, code in np.unique(np.stack([place, named], axis=1), axis=0).tolist():
        found.setdefault(words[number], set()).add("" if code == BLANK else site.labels[code])
    return found


def _amounts(sums: Sums, cells: NDArray[np.int64]) -> str:
    """Write the quantities of some cells, a sum for each unit."""
    unit = sums.columns["unit"].part(cells)
    total = np.bincount(unit.codes, weights=sums.quantity[cells], minlength=len(unit.labels))
    return ", ".join(f"{total[code]:,.10g} {unit.labels[code]}" for code in np.flatnonzero(unit.met).tolist())
