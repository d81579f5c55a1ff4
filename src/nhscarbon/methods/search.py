"""The search behind `find`: terms that a phrase holds, facets that it fills, labels where no term fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from math import log
from typing import cast

from nhscarbon.methods.catalogue import squeezed
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.phrases import UNIT_WORDS, one_letter_away, words_of
from nhscarbon.methods.sent_units import SentUnit, accepted, read_unit
from nhscarbon.methods.vocabulary import PHYSICAL, Term, Vocabulary, load_vocabulary

SHORTEST_TYPO = 5  # letters of a word in which one wrong letter is forgiven
LABEL_SHARE = 0.5  # of a phrase's weight that a label must have, to be offered
BEHIND = 0.97  # of its score a term keeps whose kind of unit was not said
TIED = 0.999
_FACET = re.compile(r"\{(\w+)(?:=([^{}]*))?\}")
_DIGITS = re.compile(r"\d")
_NUMBERED = re.compile(r"r\d{2,4}[a-z]{0,3}")


@dataclass(frozen=True, slots=True)
class Match:
    """A term that a phrase holds, the words of the phrase that it explains, and how much they weigh."""

    term: Term
    words: frozenset[str]
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search ends with: candidate codes, best first, with the unit that each would take."""

    outcome: str
    codes: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    question: str = ""
    score: float = 0.0
    confirm: bool = False


class Search:
    """One phrase, with what is known of it."""

    def __init__(self, method: Methodology, vocabulary: Vocabulary, phrase: str, unit: str, year: str) -> None:
        self.method, self.vocabulary, self.phrase, self.year = method, vocabulary, phrase, year
        written = vocabulary.words(phrase)
        self.unit: SentUnit = read_unit(unit or _unit_in(phrase, vocabulary), method.units, vocabulary)
        self.words = tuple(dict.fromkeys(word for word in written if word not in UNIT_WORDS))
        self.typos: dict[str, str] = {}
        self.words = tuple(self._spelt(word) for word in self.words)
        self.known = served_codes(method, year)

    def _spelt(self, word: str) -> str:
        """Return a word, or the only known one that is a single wrong letter away; never one with a number in it."""
        known = self.vocabulary.weights
        if word in known or word in self.vocabulary.neutral or len(word) < SHORTEST_TYPO or not word.isalpha():
            return word
        near = one_letter_away(word, lambda each: each in known and len(each) >= SHORTEST_TYPO)
        if len(near) != 1:
            return word
        self.typos[near[0]] = word
        return near[0]

    def weight(self, word: str) -> float:
        """Return how much a word of the phrase says: nothing if it is neutral, little if nobody knows it."""
        if word in self.vocabulary.neutral:
            return 0.0
        return self.vocabulary.weights.get(word, 0.0)

    def matches(self) -> list[Match]:
        """Return every term that the phrase holds and that is for its kind of unit, best first."""
        have, found = frozenset(self.words), []
        numbers = {number for word in have for number in self.vocabulary.by_word.get(word, ())}
        for number in sorted(numbers):
            term = self.vocabulary.terms[number]
            if self.unit.kinds and not self.unit.kinds & term.kinds:
                continue
            met = [next((word for word in words if word in have), None) for words in term.places]
            if None in met:
                continue
            words = frozenset(cast("list[str]", met))
            score = sum(max(self.vocabulary.weights.get(word, 1.0), 1.0) for word in words)
            found.append(Match(term, words, score * (BEHIND if not self.unit.kinds and "money" in term.kinds
                                                     and not term.kinds & PHYSICAL else 1)))  # fmt: skip
        said = bool(self.unit.kinds)  # where no unit is said, a term for more kinds of them comes first
        return sorted(
            found,
            key=lambda match: (
                not match.term.wins,
                -match.score,
                0 if said else -len(match.term.kinds),
                match.term.proposed,
            ),
        )

    def answer(self) -> Answer:
        """Return what the phrase means."""
        exact = self._exact()
        if exact:
            return exact
        matches = self.matches()
        strange = next((word for word in self.words if _NUMBERED.fullmatch(word) and word not in self.vocabulary.weights
                        and f"refrigerant.{word}" not in self.method.catalogue.activities), "")  # fmt: skip
        if strange:
            said = f"{strange.upper()} is not a refrigerant that this method has a value for."
            return Answer("none", reason=f"{said} Report it as not counted, and say why.")
        return self._of(matches) if matches else self._by_unit() or self._by_label()

    def _exact(self) -> Answer | None:
        """Return the activity whose code or label the phrase is, or its code with one wrong letter."""
        catalogue, plain = self.method.catalogue, " ".join(self.phrase.split()).casefold()
        code = catalogue.folded.get(plain) or catalogue.labelled(plain)
        said = "its code or label"
        if not code and (code := nearest_code(plain, self.method)):
            said = "its code with a slip"
        if not code or code not in self.known or (self.unit.kinds and not accepted(code, self.unit, self.method).fits):
            return None
        return self._checked([code], said, "", score=1.0, confirm=False)

    def _of(self, matches: list[Match]) -> Answer:
        best = matches[0]
        level = [match for match in matches if match.term.wins == best.term.wins
                 and match.score >= best.score * TIED]  # fmt: skip
        if best.term.outcome == "none" or any(match.term.outcome == "none" for match in level):
            first = next(match for match in level if match.term.outcome == "none")
            return Answer("none", reason=first.term.reason, score=self._share(first.words))
        groups = [self._codes(match) for match in level]
        codes = list(dict.fromkeys(code for group in groups for code in group[0]))
        explained = frozenset().union(*(match.words | group[1] for match, group in zip(level, groups, strict=True)))
        said = self._because(explained)
        confirm = best.term.proposed
        score = self._share(explained)
        if best.term.outcome == "ask":
            return self._ask(codes, best.term.question, said, score, confirm=confirm)
        different = {next(iter(group[0]), "") for group in groups if group[0]}
        if len(different) > 1:
            return self._ask(
                codes, "More than one activity has these words. Which is it?", said, score, confirm=confirm
            )
        rival = [] if best.term.wins else self._rival(matches, explained)
        if rival:
            return self._ask([*codes[:1], *rival], "Part of the phrase means something else. Which is it?", said, score,
                             confirm=confirm)  # fmt: skip
        return self._checked(codes, said, best.term.reason, score=score, confirm=confirm)

    def _rival(self, matches: list[Match], explained: frozenset[str]) -> list[str]:
        """Return what words that the best term leaves unexplained mean by themselves, if they weigh as much."""
        theirs: list[str] = []
        mine = sum(self.weight(word) for word in explained)
        for match in matches:
            left = match.words - explained
            if left == match.words and match.term.outcome != "none" and match.score > mine:
                theirs += [code for code in self._codes(match)[0] if code not in theirs]
        return theirs[:2]

    def _because(self, explained: frozenset[str]) -> str:
        words = [word for word in self.words if word in explained]
        typed = [f"'{self.typos[word]}' read as '{word}'" for word in words if word in self.typos]
        said = f"words: {', '.join(words)}"
        return "; ".join([said, *typed])

    def _codes(self, match: Match) -> tuple[list[str], frozenset[str]]:
        """Return the codes of a term, each facet filled by words of the phrase, and the words that filled them."""
        used: set[str] = set()
        codes: list[str] = []
        for pattern in match.term.answers:
            code = self._filled(pattern, used)
            codes += [code] if code and code not in codes else []
        return codes, frozenset(used)

    def _filled(self, pattern: str, used: set[str]) -> str:
        """Return a code with its facets filled; the default where the phrase gives none or the code would not exist."""
        facets = _FACET.findall(pattern)
        if not facets:
            return pattern
        values = {name: value for name, _ in facets if (value := self._facet(name))}
        known = self.method.catalogue.activities
        for names in (tuple(values), *((name,) for name in values), ()):  # all that was said, then one of it, then none
            code = _with_facets(pattern, {name: values[name][0] for name in names})
            if code in known:
                used |= {word for name in names for word in values[name][1]}
                return code
        return ""  # a facet that must be said was not

    def _facet(self, name: str) -> tuple[str, frozenset[str]] | None:
        """Return the value of a facet that the phrase says, by its longest term."""
        have = frozenset(self.words)
        met = [(len(term), value, term) for term, value in self.vocabulary.facets.get(name, ()) if term <= have]
        if not met and name == "gas":
            code = next((word for word in self.words if f"refrigerant.{word}" in self.method.catalogue.activities), "")
            return (code, frozenset({code})) if code else None
        if not met:
            return None
        _, value, term = max(met, key=lambda each: each[0])
        return value, term

    def _share(self, explained: frozenset[str]) -> float:
        whole = sum(self.weight(word) for word in self.words) or 1.0
        return min(1.0, sum(self.weight(word) for word in explained) / whole)

    def _ask(self, codes: list[str], question: str, said: str, score: float, *, confirm: bool) -> Answer:
        """Return what to choose from: what has a factor in the year and takes the unit, first."""
        units = {code: code.partition("@")[2] for code in codes if code.partition("@")[0] in self.known}
        served = [code.partition("@")[0] for code in units]
        if not served:
            return self._without_factor(codes, said)
        fitting = [code for code in units if accepted(code.partition("@")[0], self.unit, self.method).fits]
        counted = not self.unit.units and not self.unit.factor
        if not fitting and len(served) > 1 and counted:  # neither what it is nor how much: nothing to offer
            labels = self.method.catalogue.activities
            takes = dict.fromkeys(unit for code in served for unit in labels[code].units[:2])
            return Answer("none", reason=f"This cannot be given in {self.unit.text[:40]}. Use {', '.join(takes)}.")
        fitting = fitting or list(units)
        if len(fitting) == 1 < len(units) or len(codes) == 1:  # the unit decides; a year without factors does not
            return self._checked(fitting, said, "", score=score, confirm=confirm)
        shown = [(code, units[each] or accepted(code, self.unit, self.method).unit)
                 for each in fitting for code in [each.partition("@")[0]]]  # fmt: skip
        return Answer("ask", tuple(dict.fromkeys(shown)), said, question, score, confirm)

    def _checked(self, codes: list[str], said: str, reason: str, *, score: float, confirm: bool) -> Answer:
        """Return the first code that has a factor in the year and takes the unit; else the first and what to give."""
        served = [code.partition("@")[0] for code in codes if code.partition("@")[0] in self.known]
        if not served:
            return self._without_factor(codes, reason)
        for code in served:
            unit = accepted(code, self.unit, self.method)
            if unit.question:
                return Answer("ask", tuple((code, each) for each in unit.choices), said, unit.question, score, confirm)
            if unit.fits:
                because = f"{said}; {reason}" if reason else said
                return Answer("one", ((code, unit.unit),), because, "", score, confirm)
        unit = accepted(served[0], self.unit, self.method)
        because = " ".join(filter(None, [unit.reason, reason, f"({said})"]))
        return Answer("other_unit", ((served[0], unit.unit),), because, "", score, confirm)

    def _without_factor(self, codes: list[str], reason: str = "") -> Answer:
        """Say that what was meant has no published factor in the year."""
        labels = self.method.catalogue.activities
        named = [labels[code.partition("@")[0]].label for code in codes if code.partition("@")[0] in labels]
        what = named[0] if named else "This"
        when = f" for {self.year}" if self.year else ""
        why = f"{what}: no factor was published{when} in {self.method.id}. Declare its quantity as not counted."
        return Answer("none", reason=f"{why} {reason}".strip())

    def _by_unit(self) -> Answer | None:
        """Say why a unit that measures no activity, such as tCO2e, is refused."""
        if self.unit.kinds and self.unit.kinds <= {"carbon", "power", "area"}:
            return Answer("none", reason=self.unit.reason or "This unit measures no activity: give the quantity used.")
        return None

    def _by_label(self) -> Answer:
        """Offer the activities whose labels share most of the phrase, as a question."""
        have = [word for word in self.words if word not in self.vocabulary.neutral]
        weights, labels = label_words(self.method)
        whole = sum(weights.get(word, 1.0 + log(1 + len(labels))) for word in have)
        scored = []
        for code, words in labels.items() if whole else ():
            share = sum(weights[word] for word in have if word in words) / whole
            if share >= LABEL_SHARE and code in self.known and accepted(code, self.unit, self.method).fits:
                scored.append((-share, len(words), code))
        best = [code for _, _, code in sorted(scored)[:3]]
        if not best:
            return Answer("")
        return Answer("ask", tuple((code, accepted(code, self.unit, self.method).unit) for code in best),
                      "its label has these words", "No word of the vocabulary fits. Is it one of these?",
                      -sorted(scored)[0][0], confirm=True)  # fmt: skip


def search(phrase: str, method: Methodology, *, unit: str = "", year: str = "") -> Answer:
    """Return what a phrase means in a methodology; see `nhscarbon.methods.find.find`.

    Parameters
    ----------
    phrase : str
    method : Methodology
    unit : str, optional
        As written.
    year : str, optional
        An NHS year; any that the methodology serves when left out.
    """
    return Search(method, load_vocabulary(), phrase, unit, year).answer()


def _with_facets(pattern: str, values: Mapping[str, str]) -> str:
    """Put values, and else the defaults, into a code.

    >>> _with_facets("travel.car.{size=average}.{fuel=unknown}", {"fuel": "diesel"})
    'travel.car.average.diesel'
    """
    return _FACET.sub(lambda found: values.get(found[1], found[2] or ""), pattern)


def served_codes(method: Methodology, year: str) -> frozenset[str]:
    """Return the codes with a factor in an NHS year, or in any that the method serves."""
    key = (served_codes.__name__, year)
    known = method.answers.get(key)
    if known is None:
        years = [year] if year in method.periods else method.periods
        known = method.answers[key] = frozenset(
            code for code in method.catalogue.activities if any(method.factors(code, each) for each in years)
        )
    return cast("frozenset[str]", known)


def nearest_code(text: str, method: Methodology) -> str:
    """Return the code that a text in small letters is but for its marks or one letter; digits are never guessed.

    >>> from nhscarbon.methods.methodology import methodology
    >>> nearest_code("energy.natural-gaz", methodology("nhs-2026.1"))
    ''
    >>> nearest_code("energy.naturl_gas", methodology("nhs-2026.1"))
    'energy.natural_gas'
    """
    known = method.catalogue.squeezed
    code = known.get(squeezed(text), "")
    if code or "." not in text or " " in text.strip():
        return code
    near = {
        other
        for other in one_letter_away(text, method.catalogue.folded.__contains__)
        if not any(
            _DIGITS.search(mine + theirs)
            for mine, theirs in zip_longest(_parts(text), _parts(other), fillvalue="")
            if mine != theirs
        )
    }
    return method.catalogue.folded[near.pop()] if len(near) == 1 else ""


def _parts(code: str) -> list[str]:
    return re.split(r"[._]", code)


def label_words(method: Methodology) -> tuple[Mapping[str, float], Mapping[str, frozenset[str]]]:
    """Return the words of each activity's label, and how much each word weighs: a rare one more."""
    known = method.answers.get(label_words.__name__)
    if known is None:
        labels = {
            code: frozenset(words_of(f"{entry.label} {code}")) for code, entry in method.catalogue.activities.items()
        }
        times: dict[str, int] = {}
        for words in labels.values():
            for word in words:
                times[word] = times.get(word, 0) + 1
        weights = {word: log(1 + len(labels) / many) for word, many in times.items()}
        known = method.answers[label_words.__name__] = (weights, labels)
    return cast("tuple[Mapping[str, float], Mapping[str, frozenset[str]]]", known)


def _unit_in(phrase: str, vocabulary: Vocabulary) -> str:
    """Return the unit that a phrase names in its last brackets or its last word, if it does."""
    inside = re.search(r"[(\[]([^()\[\]]{1,30})[)\]]\s*$", phrase)
    if inside and vocabulary.unit(inside[1]):
        return inside[1]
    last = phrase.replace("_", " ").split()[-1:] or [""]
    return last[0] if last[0].casefold() in UNIT_WORDS and vocabulary.unit(last[0]) else ""
