"""Which keywords of the taxonomy stand in a text, what each is worth, and how near the text is to each definition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nhscarbon.trajectory.actions.interventions.taxonomy import Taxonomy, taxonomy
from nhscarbon.trajectory.actions.interventions.words import Speller, Words

Numbers = NDArray[np.float64]
GRAM = 4  # letters of a piece of a word
NEGATIONS = (("no",), ("not",), ("without",), ("other", "than"), ("except",), ("excluding",), ("non",))


@dataclass(frozen=True)
class Pattern:
    """A keyword ready to be looked for: its parts, each a run of stems; `role` and `weight` for one intervention."""

    parts: tuple[tuple[str, ...], ...]
    intervention: int
    role: str
    weight: float
    phrase: str


@dataclass(frozen=True)
class Match:
    """A keyword that stands in a text, and at which words."""

    pattern: Pattern
    at: frozenset[int]
    points: float


class Evidence:
    """Look for the keywords of a taxonomy in texts and measure the likeness to its definitions.

    Parameters
    ----------
    of : Taxonomy
    """

    def __init__(self, of: Taxonomy) -> None:
        settings = of.settings
        self.settings = settings
        known = [each.phrase for each in of.keywords] + [each.definition for each in of.interventions]
        known += [long for _, long, _ in of.abbreviations]
        self.speller = Speller(of.abbreviations, known)
        place = {id: at for at, id in enumerate(of.ids)}
        self.count = len(place)
        sharers = Counter((each.phrase, each.role) for each in of.keywords)
        self._by_first: dict[str, list[Pattern]] = defaultdict(list)
        seen: set[tuple[object, int]] = set()
        for each in of.keywords:
            parts = tuple(self.speller.phrase(part) for part in each.phrase.split(" + "))
            key = (frozenset(parts), place[each.intervention])
            if not all(parts) or key in seen:
                continue
            seen.add(key)
            length = sum(map(len, parts))
            weight = settings[each.role] * (1 + settings["longer"] * (length - 1))
            if each.role in ("ordinary", "hint"):
                weight /= sharers[each.phrase, each.role] ** 0.5
            pattern = Pattern(parts, place[each.intervention], each.role, weight, each.phrase)
            self._by_first[parts[0][0]].append(pattern)
        self._documents(of)

    def matches(self, words: Words) -> list[Match]:
        """Return the keywords that stand in a text, each intervention's longest where two share a word."""
        places: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(words.stems):
            places[each].append(at)
        found: list[tuple[Pattern, frozenset[int]]] = []
        for first in places:
            for pattern in self._by_first.get(first, ()):
                spans = [self._span(part, words, places) for part in pattern.parts]
                if all(spans):
                    found.append((pattern, frozenset().union(*(span for span in spans if span))))
        return self._weighed(found, words)

    @staticmethod
    def _span(part: tuple[str, ...], words: Words, places: Mapping[str, list[int]]) -> frozenset[int] | None:
        """Return where a run of stems first stands, in one sentence and not denied; None where it does not."""
        for at in places.get(part[0], ()):
            end = at + len(part)
            whole = words.stems[at:end] == part and words.sentence[at] == words.sentence[end - 1]
            if whole and not _denied(words, at):
                return frozenset(range(at, end))
        return None

    def _weighed(self, found: Sequence[tuple[Pattern, frozenset[int]]], words: Words) -> list[Match]:
        """Return matches with their points; what is inside a longer one of the same intervention adds nothing."""
        settings = self.settings
        kept: list[Match] = []
        order = {clause: number for number, clause in enumerate(sorted(set(words.clause)))}
        positive = [(pattern, at) for pattern, at in found if pattern.role != "excludes"]
        strong = [(pattern, at) for pattern, at in positive if pattern.role == "strong" and len(pattern.parts) == 1]
        for pattern, at in found:
            points = pattern.weight
            if pattern.role != "excludes":
                if any(at < other_at and other.intervention == pattern.intervention for other, other_at in positive):
                    continue
                if any(at < other_at and other.intervention != pattern.intervention for other, other_at in strong):
                    points *= settings["inside"]
                if all(words.purpose[each] for each in at):
                    points *= settings["purpose"]
                if len({words.sentence[each] for each in at}) > 1:
                    points *= settings["apart"]
                points *= settings["later"] ** (order[min(words.clause[each] for each in at)])
            kept.append(Match(pattern, at, points))
        return sorted(kept, key=lambda match: (-abs(match.points), min(match.at), match.pattern.phrase))

    def points(self, matches: Iterable[Match]) -> Numbers:
        """Return the points of each intervention: the best keyword whole, each further one less."""
        total = np.zeros(self.count)
        step = np.ones(self.count)
        used: dict[int, set[int]] = defaultdict(set)
        for match in matches:
            at = match.pattern.intervention
            if match.pattern.role == "excludes":
                total[at] += match.points
            elif not match.at <= used[at]:
                total[at] += match.points * step[at]
                step[at] *= self.settings["next"]
                used[at] |= match.at
        return total

    def _documents(self, of: Taxonomy) -> None:
        """Weigh the words and pieces of words of each intervention's own document."""
        documents: list[Counter[str]] = []
        for each in of.interventions:
            words: Counter[str] = Counter()
            for text in (each.name, each.definition):
                words.update({term: 2 * n for term, n in _terms(self.speller.words(text).stems).items()})
            phrases = {term for key in of.keywords if key.intervention == each.id and key.role in ("strong", "ordinary")
                       for term in _terms(self.speller.phrase(key.phrase.replace(" + ", " ")))}  # fmt: skip
            words.update(phrases)
            documents.append(words)
        often = Counter(term for document in documents for term in document)
        self._terms = {term: at for at, term in enumerate(sorted(often))}
        self._rarity = np.array([np.log((1 + self.count) / (1 + often[term])) + 1 for term in sorted(often)])
        matrix = np.zeros((self.count, len(self._terms)))
        for row, document in enumerate(documents):
            for term, times in document.items():
                matrix[row, self._terms[term]] = 1 + np.log(times)
        matrix *= self._rarity
        self._matrix = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)

    def likeness(self, stems: Sequence[str]) -> Numbers:
        """Return how like the words of a text are to each intervention's document, from 0 to 1."""
        terms = _terms(stems)
        at = [self._terms[term] for term in terms if term in self._terms]
        if not at:
            return np.zeros(self.count)
        times = np.array([1 + np.log(terms[term]) for term in terms if term in self._terms])
        vector = times * self._rarity[at]
        result: Numbers = self._matrix[:, at] @ vector / np.linalg.norm(vector)
        return result


def _denied(words: Words, at: int) -> bool:
    """Return whether a word that denies stands right before a place, in its sentence."""
    before = tuple(words.stems[max(0, at - 2) : at])
    return any(before[-len(each) :] == each for each in NEGATIONS if len(before) >= len(each)) and (
        words.sentence[at - 1] == words.sentence[at]
    )


def _terms(stems: Sequence[str]) -> Counter[str]:
    """Return words, and the pieces of long ones, with how often each stands; pieces are marked with ``#``."""
    terms: Counter[str] = Counter(stems)
    for each in stems:
        marked = f"^{each}$"
        terms.update(f"#{marked[at : at + GRAM]}" for at in range(len(marked) - GRAM + 1) if len(each) > GRAM)
    return terms


@lru_cache(maxsize=1)
def evidence() -> Evidence:
    """Return the evidence of the taxonomy that ships."""
    return Evidence(taxonomy())
