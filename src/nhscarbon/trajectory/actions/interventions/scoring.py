"""Points of each intervention for one action: its text, its section, the role of its lead, and the rest of its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nhscarbon.trajectory.actions.interventions.evidence import Evidence, Match, Numbers, evidence
from nhscarbon.trajectory.actions.interventions.taxonomy import Taxonomy, taxonomy


@dataclass(frozen=True)
class Row:
    """What of an action says what it is: its text, the names around it, who leads it, and the rest of its row."""

    text: str
    section: str = ""
    lead: str = ""
    rest: str = ""


@dataclass(frozen=True, eq=False)
class Scored:
    """The points of every intervention, and what gave them.

    Attributes
    ----------
    points : numpy.ndarray
        One for each intervention, in the order of the taxonomy.
    order : tuple of int
        Interventions, the likeliest first; of equals the one that the taxonomy has first.
    matches : tuple of Match
        Keywords in the text.
    section : dict of int to str
        What the section, or the lead, points to, by intervention, in words.
    also : tuple of int
        Further interventions that a part of the text plans.
    outside : str
        The subject that the taxonomy has no intervention for; empty where there is none.
    """

    points: Numbers
    order: tuple[int, ...]
    matches: tuple[Match, ...]
    section: dict[int, str]
    also: tuple[int, ...]
    outside: str


class Scorer:
    """Give points to actions.

    Parameters
    ----------
    of : Taxonomy
    by : Evidence
        Of the same taxonomy.
    """

    def __init__(self, of: Taxonomy, by: Evidence) -> None:
        self.of, self.by, self.settings = of, by, of.settings
        self._names = {kind: self._members(kind) for kind in ("intervention", "family", "area")}
        self._hints: dict[str, list[tuple[tuple[str, ...], str, str]]] = {"section": [], "lead": []}
        for hint in of.hints:
            self._hints[hint.where].append((by.speller.phrase(hint.phrase), hint.kind, hint.points_to))
        for each in of.interventions:  # a section may be called what the taxonomy calls it
            own = (each.name, "intervention", each.id), (each.family, "family", each.family)
            for name, kind, points_to in (*own, (each.area_of_focus, "area", each.area_of_focus)):
                self._hints["section"].append((by.speller.phrase(name), kind, points_to))
        self._outside = [
            (what, tuple(by.speller.phrase(part) for part in phrase.split(" + "))) for what, phrase in of.outside
        ]

    def _members(self, kind: str) -> dict[str, frozenset[int]]:
        """Return which interventions each name of a kind means."""
        found: dict[str, set[int]] = {}
        for at, each in enumerate(self.of.interventions):
            name = {"intervention": each.id, "family": each.family, "area": each.area_of_focus}[kind]
            found.setdefault(name, set()).add(at)
        return {name: frozenset(members) for name, members in found.items()}

    def score(self, row: Row) -> Scored:
        """Return the points of every intervention for an action."""
        words = self.by.speller.words(row.text)
        matches = self.by.matches(words)
        points = self.by.points(matches) + self.settings["likeness"] * self.by.likeness(words.stems)
        section, said = self._hinted("section", row.section)
        lead, said_of_lead = self._hinted("lead", row.lead)
        points = points + section + self.settings["lead_share"] * lead
        for text, share in ((row.section, "section_words"), (row.rest, "row_words")):
            if text:
                beside = self.by.points(self.by.matches(self.by.speller.words(text)))
                points = points + self.settings[share] * np.maximum(beside, 0)
        order = tuple(int(at) for at in np.argsort(-np.round(points, 9), kind="stable"))
        also = self._also(matches, words.clause, order[0])
        outside = next((what for what, parts in self._outside if all(_stands(part, words.stems) for part in parts)), "")
        return Scored(points, order, tuple(matches), {**said_of_lead, **said}, also, outside)

    def _hinted(self, where: str, text: str) -> tuple[Numbers, dict[int, str]]:
        """Return the points that a name gives, of each kind once, and in words what it points to."""
        total = np.zeros(self.by.count)
        said: dict[int, str] = {}
        if not text:
            return total, said
        stems = self.by.speller.words(text).stems
        found = {(kind, to) for phrase, kind, to in self._hints[where] if phrase and _stands(phrase, stems)}
        for kind in ("area", "family", "intervention"):
            named = sorted(to for each, to in found if each == kind)
            for name in named:
                for at in self._names[kind][name]:
                    said[at] = self.of[name].name if kind == "intervention" else name
            here = {at for name in named for at in self._names[kind][name]}
            if here:
                total[sorted(here)] += self.settings[f"section_{kind}"] / len(named) ** 0.5
        return total, said

    def _also(self, matches: Sequence[Match], clause: Sequence[int], first: int) -> tuple[int, ...]:
        """Return interventions that lead in a part of the text of their own, in the order of the parts."""
        found: list[int] = []
        for part in sorted(set(clause)):
            inside = [match for match in matches if all(clause[at] == part for at in match.at)]
            points = self.by.points(inside)
            best = int(np.argmax(points))
            enough = points[best] >= self.settings["also_least"]
            if best != first and enough and points[best] - points[first] >= self.settings["also_margin"]:
                found.append(best)
        return tuple(dict.fromkeys(found))


def _stands(phrase: tuple[str, ...], stems: tuple[str, ...]) -> bool:
    """Tell whether a run of stems stands in others."""
    size = len(phrase)
    return any(stems[at : at + size] == phrase for at in range(len(stems) - size + 1))


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    """Return the scorer of the taxonomy that ships."""
    return Scorer(taxonomy(), evidence())
