"""What sums count twice: the same thing in units and in pounds, measured and by default, under two names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.cells import Cells, renamed
from nhscarbon.checks.double_counting_rules import DoubleCountRule, double_count_rules
from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.meeting import (
    WHOLE,
    Meeting,
    Numbers,
    amounts_of,
    in_base,
    key_pairs,
    least_of,
    meeting,
    named,
    tonnage,
    tonnes_said,
)
from nhscarbon.checks.totals import Totals
from nhscarbon.findings import Finding, Severity, finding, wording
from nhscarbon.kept import kept
from nhscarbon.methods.methodology import Methodology
from nhscarbon.sums import arithmetic

SHOWN = 3  # organisations and years that a finding names
Place = tuple[str, ...]  # organisation and NHS year, and what else both sides share


@dataclass(frozen=True)
class DoubleCount:
    """A rule that is met: its cells, the word of each (its side, or what differs), and where."""

    rule: DoubleCountRule
    severity: Severity
    where: Places
    word: Numbers
    words: Sequence[str]
    place: Numbers
    places: Sequence[Place]

    def of(self, wanted: Iterable[Place]) -> DoubleCount:
        """Return the part of some of its places."""
        kept = {*wanted}
        here = np.array([each in kept for each in self.places], np.bool_)[self.place]
        return replace(self, where=self.where[here], word=self.word[here], place=self.place[here])

    @property
    def met(self) -> list[Place]:
        """The places, in order."""
        return sorted(self.places[number] for number in np.unique(self.place).tolist())


def double_counts(cells: Cells) -> list[DoubleCount]:
    """Return the rules of which two sides meet in one organisation, NHS year, site and month.

    Parameters
    ----------
    cells : Cells
        By site and month where they were kept apart; without them a cell is of the whole organisation and year.
    """
    if not len(cells):
        return []
    pair, pairs = key_pairs(cells)
    kinds = cells.method.units.kinds
    of_rule: dict[int, list[int]] = {}
    for number, (activity, unit) in enumerate(pairs):
        for place in _rules_about(activity, kinds[unit]) if activity and unit else ():
            of_rule.setdefault(place, []).append(number)
    found: list[DoubleCount] = []
    for place, sides in sorted(of_rule.items()):
        rule = double_count_rules()[place]
        if len(sides) < 2:
            continue
        words: dict[str, set[str]] = {}
        for number in sides:
            activity, unit = pairs[number]
            words.setdefault(rule.shared(activity), set()).add(rule.word(activity, unit, kinds[unit]))
        both = {shared for shared, differing in words.items() if len(differing) > 1}
        wanted = [number for number in sides if rule.shared(pairs[number][0]) in both]
        if wanted:
            found += _met(cells, rule, pair, pairs, wanted)
    return found


def hits_of(cells: Cells) -> Iterator[Hit]:
    """Yield what `double_counts` finds as hits, with both quantities and what would count twice."""
    for twice in double_counts(cells):
        said = _said(cells, twice)
        about = {"value": twice.rule.rule}  # tells two rules about the same cells apart
        yield Hit(twice.rule.code, twice.severity, twice.where, "", said[0], said[1], about)


def between(whole: Totals, parts: Iterable[Totals], method: Methodology) -> list[Finding]:
    """Return the findings of what some sums count twice together, and none of them alone.

    Parameters
    ----------
    whole : Totals
        The sum of the parts.
    parts : iterable of Totals
    method : Methodology
    """
    alone = {
        (each.rule.rule, each.severity, place)
        for part in parts
        for each in double_counts(cells_of_totals(part, method))
        for place in each.met
    }
    cells = cells_of_totals(whole, method)
    findings = []
    for twice in double_counts(cells):
        new = [place for place in twice.met if (twice.rule.rule, twice.severity, place) not in alone]
        if not new:
            continue
        here = twice.of(new)
        values, kgco2e = _said(cells, here)
        only = {name: cells.shared(name, here.where) for name in WHOLE}
        findings.append(
            finding(
                wording(twice.rule.code, twice.severity, **values), value=twice.rule.rule,
                rows=int(cells.rows[here.where].sum()), kgco2e_at_stake=kgco2e, **only,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return findings


def cells_of_totals(totals: Totals, method: Methodology) -> Cells:
    """Return sums in the method's words as cells; sites and months where they were kept."""
    cells = len(totals)
    blank = Column(np.broadcast_to(np.int8(BLANK), cells), ())
    columns = dict.fromkeys(("site", "month"), blank)
    for name in ("organisation", "period", "activity", "unit", "geography", "site", "month"):
        if name in totals.columns:
            columns[name] = renamed(totals.columns[name], str)  # the empty word is a blank
    known = np.broadcast_to(np.True_, cells)
    columns["sent"] = columns["organisation"]
    none = np.broadcast_to(np.int64(0), cells)
    return Cells(columns, totals.quantity, totals.rows, known, none, "site" in totals.columns, method)


@kept(1 << 14)
def _rules_about(activity: str, kind: str) -> tuple[int, ...]:
    """Return the rules that an activity in a kind of unit is on a side of; a word is compared with patterns once."""
    return tuple(place for place, rule in enumerate(double_count_rules()) if rule.side(activity, kind))


def _met(
    cells: Cells, rule: DoubleCountRule, pair: Column, pairs: Sequence[tuple[str, str]], wanted: Sequence[int]
) -> Iterator[DoubleCount]:
    """Yield a rule with its severity, and again with the other one, where its sides meet."""
    kinds = cells.method.units.kinds
    names = [rule.word(*pairs[number], kinds[pairs[number][1]]) for number in wanted]
    words = sorted({*names})
    of_pair = np.full(len(pairs), -1, np.int64)
    of_pair[wanted] = [words.index(name) for name in names]
    where = named(cells, pair.where(of_pair >= 0))
    if not len(where):
        return
    word = of_pair[pair.part(where).numbers]
    shared = renamed(cells.columns["activity"].part(where), rule.shared) if rule.same else None
    met = meeting(cells, where, word, WHOLE, shared=shared, by_site=True)
    if met is None:
        return
    holds = _holds(cells, rule, where, word, met)
    found = [(rule.severity, np.unique(met.at[holds]))] if holds.any() else []
    if rule.otherwise and not holds.all():
        elsewhere = np.ones(len(met.places), np.bool_)
        elsewhere[met.place[holds]] = False
        found.append((rule.otherwise, np.unique(met.at[elsewhere[met.place]])))
    if not found:
        return
    place_of = np.zeros(len(where), np.int64)
    place_of[met.at] = met.place
    for severity, at in found:
        if len(at):
            yield DoubleCount(rule, severity, where[at], word[at], words, place_of[at], met.places)


def _holds(cells: Cells, rule: DoubleCountRule, where: Places, word: Numbers, met: Meeting) -> NDArray[np.bool_]:
    """Return which entries are of two words of a group whose sizes are in the rule's proportion."""
    at, group = met.at, met.group
    if rule.measure == "any":
        return np.ones(len(at), np.bool_)
    of_word = word[at]
    if rule.measure == "tonnes":
        size, kind = tonnage(cells, where)[at], np.zeros(len(at), np.int64)
    else:
        unit = cells.columns["unit"].part(where)
        kinds = sorted({*cells.method.units.kinds.values()})
        of_unit = np.array([kinds.index(cells.method.units.kinds[name]) for name in unit.labels], np.int64)
        size, kind = in_base(cells, where)[at], of_unit[unit.codes][at]
    words, kinds_in = int(of_word.max()) + 1, int(kind.max()) + 1
    key = (group * kinds_in + kind) * words + of_word
    entry, combined = arithmetic.group([key], [int(key.max()) + 1])
    keys = combined[:, 0]
    total = np.bincount(entry, weights=np.nan_to_num(size))
    group_of, word_of = keys // words, keys % words
    order = np.lexsort((total if rule.differ else word_of, group_of))
    first, second = order[:-1], order[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = total[first] / total[second]
    fits = (group_of[first] == group_of[second]) & (total[first] > 0) & (total[second] > 0)
    fits &= (ratio >= rule.low) & (ratio <= rule.high)
    if rule.least is not None:
        fits &= total[first] >= least_of(cells, where, *rule.least)
    held = np.zeros(len(keys), np.bool_)
    held[first[fits]] = True
    held[second[fits]] = True
    found: NDArray[np.bool_] = held[entry]
    return found


def _said(cells: Cells, twice: DoubleCount) -> tuple[dict[str, object], float | None]:
    """Return what a finding names, and what would count twice: in each place all but the largest of the words."""
    rule = twice.rule
    places = twice.met
    shown = "; ".join(" ".join(filter(None, place)) for place in places[:SHOWN])
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    sides = []
    for number in np.unique(twice.word).tolist():
        amounts = amounts_of(cells, twice.where[twice.word == number])
        label = cells.method.catalogue.activities[twice.words[number]].label if rule.differ == "activity" else ""
        sides.append(f"{amounts} of {label}" if label else amounts)
    kgco2e = _at_stake(tonnage(cells, twice.where), twice)
    return {
        "what": rule.what, "places": f"{shown}{more}", "amounts": " beside ".join(sides),
        "twice": tonnes_said(kgco2e), "advice": rule.advice,
    }, kgco2e  # fmt: skip


def _at_stake(size: NDArray[np.float64], twice: DoubleCount) -> float | None:
    if not np.isfinite(size).any():
        return None
    table = np.zeros((len(twice.places), len(twice.words)))
    np.add.at(table, (twice.place, twice.word), np.abs(np.nan_to_num(size)))
    return fsum((table.sum(axis=1) - table.max(axis=1)).tolist()) or None
