"""What a source would count twice: the same thing in units and in pounds, or measured and by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.table import BLANK, Column
from nhscarbon.catalogue import Catalogue, Repeat
from nhscarbon.checks.check import Checked
from nhscarbon.checks.entries import Located
from nhscarbon.findings import Finding, every_row, first_rows, together
from nhscarbon.sums import Sums, distinct

PLACE = ("organisation", "period")
SHOWN = 3  # bodies and years that a finding names
NOWHERE: Located = {"rows": 1, "first_rows": (), "sheet": "", "kgco2e_at_stake": None}
BOTH = 3  # the two bits of a rule: its first side, its second

Mask = NDArray[np.bool_]
Where = tuple[str, ...]  # organisation and NHS year, and the activity where it must be the same


@dataclass(frozen=True)
class Twice:
    """A rule that is met: the bodies and years in which both of its sides have rows."""

    rule: Repeat
    bit: int
    where: frozenset[Where]


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
    sides = _sides(sums, catalogue)
    first, second = (sums.columns[name].codes for name in PLACE)
    starts = np.flatnonzero(np.concatenate([[True], (first[1:] != first[:-1]) | (second[1:] != second[:-1])]))
    met = np.bitwise_or.reduceat(sides, starts)
    found = []
    for place, rule in enumerate(catalogue.repeats):
        bit = 2 * place
        groups = np.flatnonzero((met >> bit) & BOTH == BOTH)
        if len(groups):
            where = _words(sums.columns, rule, starts[groups])
            if rule.same_activity:
                both = [_words(sums.columns, rule, np.flatnonzero(sides >> (bit + side) & 1)) for side in (0, 1)]
                where = both[0] & both[1]
            if where:
                found.append(Twice(rule, bit, frozenset(where)))
    return found


@dataclass
class Gathered:
    """What the batches of a source say of one rule: the sites of both sides by place, and the rows."""

    twice: Twice
    first: dict[Where, set[str]]
    second: dict[Where, set[str]]
    rows: list[tuple[Where, Located]]


class Repeats:
    """Decides what a source counts twice, whatever the number of its batches."""

    def __init__(self, sums: Sums, catalogue: Catalogue) -> None:
        self.sums, self.catalogue = sums, catalogue
        self.met = [Gathered(twice, {}, {}, []) for twice in repeated(sums, catalogue)]
        self.file = ""

    def add(self, checked: Checked) -> None:
        """Look at the rows, or cells, of one batch; a blank site stands for the whole body."""
        self.file = checked.entries.file
        for each in self.met:
            first, second = (side & checked.usable for side in _masks(checked.columns, each.twice, self.catalogue))
            for found, side in ((each.first, first), (each.second, second)):
                for place, sites in _sites(checked, each.twice, side).items():
                    found.setdefault(place, set()).update(sites)
            each.rows += _located(checked, each.twice, first | second)

    def findings(self) -> list[Finding]:
        """Return a finding for each rule that is met, unless its rows are of different sites."""
        found = []
        for each in self.met:
            where = frozenset(place for place in each.first.keys() & each.second.keys()
                              if _meet(each.first[place], each.second[place]))  # fmt: skip
            if where:
                met = Twice(each.twice.rule, each.twice.bit, where)
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
                    found.append(finding_of(met, self.sums, self.catalogue, located, file=self.file))
        return found


def _meet(ours: set[str], theirs: set[str]) -> bool:
    """Tell whether two sets of sites can be of the same place: one in both, or either for the whole body."""
    return bool("" in ours | theirs or ours & theirs)


def finding_of(
    twice: Twice, sums: Sums, catalogue: Catalogue, located: Located | None = None, *, file: str = ""
) -> Finding:
    """Return the finding of a rule that is met, with the quantities of both sides."""
    rule = twice.rule
    sides = _sides(sums, catalogue) >> twice.bit
    here = _at(sums.columns, rule, twice.where)
    amounts = " beside ".join(_amounts(sums, (sides >> side & 1 == 1) & here) for side in (0, 1))
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


def _sides(sums: Sums, catalogue: Catalogue) -> NDArray[np.int64]:
    """Return two bits for each rule and cell: whether it is on the rule's first side, and on its second."""
    place, keys = sums.keyed
    bits: NDArray[np.int64] = np.array([catalogue.sides_of(key.activity, key.unit) for key in keys], np.int64)
    return bits[place]


def _masks(columns: Mapping[str, Column], twice: Twice, catalogue: Catalogue) -> tuple[Mask, Mask]:
    """Return which entries are on each side of a rule; an entry without an activity or unit is on none."""
    known = (columns["activity"].codes != BLANK) & (columns["unit"].codes != BLANK)
    chosen = {name: Column(columns[name].codes[known], columns[name].labels) for name in ("activity", "unit")}
    place, words = distinct(chosen, ("activity", "unit"))
    bits = np.array([catalogue.sides_of(*each) >> twice.bit & BOTH for each in words] or [0], np.int64)
    sides = np.zeros(len(known), np.int64)
    sides[known] = bits[place]
    return sides & 1 == 1, sides & 2 == 2


def _names(rule: Repeat) -> tuple[str, ...]:
    return (*PLACE, "activity") if rule.same_activity else PLACE


def _words(columns: Mapping[str, Column], rule: Repeat, where: Mask | NDArray[np.int64]) -> set[Where]:
    chosen = {name: Column(columns[name].codes[where], columns[name].labels) for name in _names(rule)}
    return set(distinct(chosen, _names(rule))[1])


def _at(columns: Mapping[str, Column], rule: Repeat, where: frozenset[Where]) -> Mask:
    """Return which entries lie in any of some places."""
    known = np.ones(len(columns["activity"].codes), np.bool_)
    for name in _names(rule):
        known &= columns[name].codes != BLANK
    chosen = {name: Column(columns[name].codes[known], columns[name].labels) for name in _names(rule)}
    place, words = distinct(chosen, _names(rule))
    fits = np.zeros(len(known), np.bool_)
    fits[known] = np.array([word in where for word in words], np.bool_)[place]
    return fits


def _sites(checked: Checked, twice: Twice, side: Mask) -> dict[Where, set[str]]:
    """Return the sites that one side's rows name in each place, the empty word where they name none."""
    rows = side & _at(checked.columns, twice.rule, twice.where)
    names = _names(twice.rule)
    chosen = {name: Column(checked.columns[name].codes[rows], checked.columns[name].labels) for name in names}
    site = checked.entries.columns.get("site")
    if site is None:
        return {place: {""} for place in distinct(chosen, names)[1]} if rows.any() else {}
    named = Column(
        np.where(site.codes == BLANK, len(site.labels), site.codes).astype(np.int32)[rows], (*site.labels, "")
    )
    found: dict[Where, set[str]] = {}
    for *place, word in distinct({**chosen, "site": named}, (*names, "site"))[1]:
        found.setdefault(tuple(place), set()).add(word)
    return found


def _located(checked: Checked, twice: Twice, sides: Mask) -> list[tuple[Where, Located]]:
    """Return how many rows there are in each place, and the first of them."""
    at = np.flatnonzero(sides & _at(checked.columns, twice.rule, twice.where))
    names = _names(twice.rule)
    chosen = {name: Column(checked.columns[name].codes[at], checked.columns[name].labels) for name in names}
    place, words = distinct(chosen, names)
    order = np.argsort(place, kind="stable")
    parts = np.split(at[order], np.cumsum(np.bincount(place, minlength=len(words)))[:-1])
    return [(word, checked.entries.located(part)) for word, part in zip(words, parts, strict=True)] if words else []


def _amounts(sums: Sums, rows: Mask) -> str:
    """Write the quantities of some cells, a sum for each unit."""
    unit = sums.columns["unit"]
    codes = unit.codes[rows]
    total = np.bincount(codes, weights=sums.quantity[rows], minlength=len(unit.labels))
    used = np.flatnonzero(np.bincount(codes, minlength=len(unit.labels)))
    return ", ".join(f"{total[code]:,.10g} {unit.labels[code]}" for code in used.tolist())
