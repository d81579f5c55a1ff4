"""What a source would count twice: the same thing in units and in pounds, or measured and by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.table import BLANK, Column
from nhscarbon.catalogue import Catalogue, Repeat
from nhscarbon.checks.check import Checked
from nhscarbon.checks.entries import Located
from nhscarbon.findings import Finding
from nhscarbon.sums import Sums, distinct

PLACE = ("organisation", "period")
SHOWN = 3  # bodies and years that a finding names

Mask = NDArray[np.bool_]
Where = tuple[str, ...]  # organisation and NHS year, and the activity where it must be the same


@dataclass(frozen=True)
class Twice:
    """A rule that is met: the bodies and years in which both of its sides have rows."""

    rule: Repeat
    where: frozenset[Where]


def repeated(columns: Mapping[str, Column], catalogue: Catalogue) -> list[Twice]:
    """Return the rules of which both sides occur for one body in one NHS year.

    Parameters
    ----------
    columns : Mapping[str, Column]
        Coded words of each cell, among them organisation, period, activity and unit.
    catalogue : Catalogue
        Whose `repeats.csv` says what repeats what.
    """
    return [
        Twice(rule, frozenset(both))
        for rule in _occurring(columns, catalogue.repeats)
        if (both := _both(columns, rule))
    ]


def _both(columns: Mapping[str, Column], rule: Repeat) -> set[Where]:
    first, second = _sides(columns, rule)
    return _words(columns, rule, first) & _words(columns, rule, second)


def _occurring(columns: Mapping[str, Column], rules: Sequence[Repeat]) -> list[Repeat]:
    """Return the rules of which both sides may occur in one place: a bit for each, added up over the places."""
    pair, words = distinct(columns, ("activity", "unit"))
    each = np.arange(len(words), dtype=np.int32)
    small = {name: Column(each, tuple(word[at] for word in words)) for at, name in enumerate(("activity", "unit"))}
    sides = [side for rule in rules for side in _sides(small, rule)]
    bits = np.zeros(len(words), np.int64)
    for place, side in enumerate(sides):
        bits |= side.astype(np.int64) << place
    where, _ = distinct(columns, PLACE)
    starts = np.flatnonzero(np.diff(where, prepend=-1))
    met = np.unique(np.bitwise_or.reduceat(bits[pair], starts)) if len(starts) else np.zeros(0, np.int64)
    return [rule for place, rule in enumerate(rules) if ((met >> 2 * place) & 3 == 3).any()]


def counted_twice(checked: Checked, sums: Sums, catalogue: Catalogue) -> list[Finding]:
    """Return a finding for each rule that a source meets, unless its rows are of different sites.

    Parameters
    ----------
    checked : Checked
        The rows, with the sites that the sender gave; a blank site stands for the whole body.
    sums : Sums
        Of the same rows: where nothing repeats in them, no row is looked at.
    catalogue : Catalogue
    """
    findings = []
    for twice in repeated(sums.columns, catalogue):
        first, second = (side & checked.usable for side in _sides(checked.columns, twice.rule))
        site = checked.entries.columns.get("site")
        where = twice.where if site is None else _same_site(checked, site, twice, first, second)
        if where:
            located = checked.entries.located((first | second) & _at(checked.columns, twice.rule, where))
            findings.append(finding_of(Twice(twice.rule, where), sums, located, file=checked.entries.file))
    return findings


def finding_of(twice: Twice, sums: Sums, located: Located | None = None, *, file: str = "") -> Finding:
    """Return the finding of a rule that is met, with the quantities of both sides."""
    rule = twice.rule
    here = _at(sums.columns, rule, twice.where)
    amounts = " beside ".join(_amounts(sums, side & here) for side in _sides(sums.columns, rule))
    places = sorted(twice.where)
    named = "; ".join(" ".join(place) for place in places[:SHOWN])
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    alone = places[0] if len(places) == 1 else ("", "")
    return Finding(
        code="counted_twice", severity=rule.severity, file=file, value=rule.repeat, organisation=alone[0],
        period=alone[1], rows=located["rows"] if located else 1, first_rows=located["first_rows"] if located else (),
        message=f"{rule.what} ({named}{more}): {amounts}.",
        suggestion=f"{rule.advice} Where they are of different sites, name the sites.",
    )  # fmt: skip


def _sides(columns: Mapping[str, Column], rule: Repeat) -> tuple[Mask, Mask]:
    first = _side(columns, rule.first)
    return first, _side(columns, rule.second) & ~first


def _side(columns: Mapping[str, Column], patterns: tuple[str, ...]) -> Mask:
    """Return where (activity, unit) fits any pattern ``activity`` or ``activity:unit``."""
    fits = np.zeros(len(columns["activity"].codes), np.bool_)
    for pattern in patterns:
        activity, _, unit = pattern.partition(":")
        here = _like(columns["activity"], activity)
        if unit and here.any():
            here &= _like(columns["unit"], unit)
        fits |= here
    return fits


def _like(column: Column, pattern: str) -> Mask:
    passes = np.array([*(fnmatchcase(label, pattern) for label in column.labels), False])
    return passes[column.codes] if passes.any() else np.zeros(len(column.codes), np.bool_)


def _names(rule: Repeat) -> tuple[str, ...]:
    return (*PLACE, "activity") if rule.same_activity else PLACE


def _words(columns: Mapping[str, Column], rule: Repeat, rows: Mask) -> set[Where]:
    chosen = {name: Column(columns[name].codes[rows], columns[name].labels) for name in _names(rule)}
    return set(distinct(chosen, _names(rule))[1])


def _at(columns: Mapping[str, Column], rule: Repeat, where: frozenset[Where]) -> Mask:
    """Return which rows lie in any of some places."""
    known = np.ones(len(columns["activity"].codes), np.bool_)
    for name in _names(rule):
        known &= columns[name].codes != BLANK
    chosen = {name: Column(columns[name].codes[known], columns[name].labels) for name in _names(rule)}
    place, words = distinct(chosen, _names(rule))
    fits = np.zeros(len(known), np.bool_)
    fits[known] = np.array([word in where for word in words], np.bool_)[place]
    return fits


def _same_site(checked: Checked, site: Column, twice: Twice, first: Mask, second: Mask) -> frozenset[Where]:
    """Keep the places in which both sides have rows of one site, or either has rows of none."""

    def sites(side: Mask) -> dict[Where, set[str]]:
        rows = side & _at(checked.columns, twice.rule, twice.where)
        labels = (*site.labels, "")
        named = Column(np.where(site.codes == BLANK, len(site.labels), site.codes).astype(np.int32)[rows], labels)
        chosen = {name: Column(checked.columns[name].codes[rows], checked.columns[name].labels)
                  for name in _names(twice.rule)}  # fmt: skip
        found: dict[Where, set[str]] = {}
        for *place, word in distinct({**chosen, "site": named}, (*_names(twice.rule), "site"))[1]:
            found.setdefault(tuple(place), set()).add(word)
        return found

    ours, theirs = sites(first), sites(second)

    def meet(place: Where) -> bool:
        return bool("" in ours[place] | theirs[place] or ours[place] & theirs[place])

    return frozenset(place for place in ours.keys() & theirs.keys() if meet(place))


def _amounts(sums: Sums, rows: Mask) -> str:
    """Write the quantities of some cells, a sum for each unit."""
    unit = sums.columns["unit"]
    total = np.bincount(unit.codes[rows], weights=sums.quantity[rows], minlength=len(unit.labels))
    used = np.unique(unit.codes[rows])
    return ", ".join(f"{total[code]:,.10g} {unit.labels[code]}" for code in used.tolist())
