"""The words of NHS staff: a verified package that says what a phrase, a unit or a name of a column means.

It is a package of its own, outside the digest of a methodology: which words are understood changes no tonne. Every
table of words is a list of terms; a term is the words that a phrase must hold, in any order.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from re import findall, split

from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.methods.phrases import words_of
from nhscarbon.output.text import short_repr

logger = logging.getLogger(__name__)
ROOM, PACKAGE = "vocabulary", "nhs-words-1@1.0.0"
OUTCOMES = ("one", "ask", "none")
STATUSES = ("reviewed", "proposed", "withdrawn")
KINDS = ("energy", "volume", "mass", "distance", "passenger", "freight", "money", "count", "people", "contact",
         "area", "power", "carbon")  # fmt: skip
PHYSICAL = frozenset(KINDS) - {"money", "carbon"}
MOST_CHOICES = 4
Alternatives = tuple[str, ...]
Synonyms = Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]  # by first word, longest first


@dataclass(frozen=True, slots=True)
class Term:
    """One row of a table of words: what must stand in a phrase, for which kinds of units, and what it means.

    `places` are the words that must all be there, each with its alternatives; `kinds` the kinds of units that it is
    for. An answer may hold facets such as ``{fuel=unknown}``, whose default a word of the phrase replaces.
    """

    places: tuple[Alternatives, ...]
    kinds: frozenset[str]
    outcome: str
    answers: tuple[str, ...]
    question: str
    reason: str
    wins: bool
    source: str
    proposed: bool
    table: str

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit as people write it: the units that it can mean, and by how much it is multiplied."""

    kind: str
    units: tuple[str, ...]
    outcome: str
    factor: str
    context: str
    question: str
    reason: str
    proposed: bool

    __repr__ = short_repr


@dataclass(frozen=True)
class Vocabulary:
    """The words of one package, compiled: terms by their words, synonyms, facets and units."""

    label: str
    terms: tuple[Term, ...]
    synonyms: Synonyms
    facets: Mapping[str, tuple[tuple[frozenset[str], str], ...]]
    units: Mapping[str, UnitWord]
    neutral: frozenset[str]
    overdue: tuple[str, ...]
    by_word: Mapping[str, tuple[int, ...]] = field(repr=False, default_factory=dict)
    weights: Mapping[str, float] = field(repr=False, default_factory=dict)

    __repr__ = short_repr

    def unit(self, text: str) -> UnitWord | None:
        """Return what a unit as written means, or None if no row has it."""
        return self.units.get(text.strip()) or self.units.get(" ".join(words_of(text)))

    def words(self, phrase: str) -> tuple[str, ...]:
        """Return the words of a phrase, each synonym put in the word that the terms use."""
        return _with_synonyms(words_of(phrase), self.synonyms)


def _with_synonyms(words: tuple[str, ...], synonyms: Synonyms) -> tuple[str, ...]:
    """Replace every synonym, the longest first."""
    found: list[str] = []
    at = 0
    while at < len(words):
        for written, meant in synonyms.get(words[at], ()):
            if words[at : at + len(written)] == written:
                found += meant
                at += len(written)
                break
        else:
            found.append(words[at])
            at += 1
    return tuple(found)


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Return the words that ship with nhscarbon.

    Raises
    ------
    IntegrityError
        If the package is not byte for byte the one that was frozen, or its rows contradict each other.

    Examples
    --------
    >>> load_vocabulary().unit("kWh (Gross CV)").units
    ('kWh',)
    """
    vocabulary = vocabulary_of(load_pinned(data_root(), ROOM, PACKAGE))
    if vocabulary.overdue:
        logger.warning("%s: %d words are due for review, the first in %s", vocabulary.label, len(vocabulary.overdue),
                       vocabulary.overdue[0])  # fmt: skip
    return vocabulary


def vocabulary_of(package: DataPackage, *, today: datetime.date | None = None) -> Vocabulary:
    """Read a package of words and refuse what cannot be right, all of it at once.

    Parameters
    ----------
    package : DataPackage
    today : datetime.date, optional
        The day that reviews are due by; today's when left out.
    """
    faults: list[str] = []
    files = sorted(file for file in package.hashes if file.endswith(".csv"))
    listed: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for file in (each for each in files if each.startswith("synonyms")):
        for row in package.rows(file):
            written = words_of(row["word"])
            listed.setdefault(written[0] if written else "", []).append((written, words_of(row["means"])))
    synonyms = {word: tuple(sorted(rows, key=lambda row: -len(row[0]))) for word, rows in listed.items()}
    facets: dict[str, list[tuple[frozenset[str], str]]] = {}
    for file in (each for each in files if each.startswith("facets")):
        for row in package.rows(file):
            term = frozenset(_with_synonyms(words_of(row["term"]), synonyms))
            facets.setdefault(row["facet"], []).append((term, row["value"]))
    terms, overdue = [], []
    day = (today or datetime.datetime.now(tz=datetime.UTC).date()).isoformat()
    for file in (each for each in files if each.startswith("words_")):
        for number, row in enumerate(package.rows(file), start=2):
            place = f"{file}, row {number}"
            faults += [f"{place}: {fault}" for fault in _faults(row)]
            if row["status"] == "withdrawn":
                continue
            if row["review_by"] and row["review_by"] < day:
                overdue.append(place)
            terms.append(_term(row, synonyms, place))
    faults += _conflicts(terms)
    units: dict[str, UnitWord] = {}
    for row in package.rows("units.csv") if "units.csv" in files else ():
        key = row["phrase"].strip() if "case" in _listed(row["context"]) else " ".join(words_of(row["phrase"]))
        if row["outcome"] not in (*OUTCOMES, "other"):
            faults.append(f"units.csv, '{row['phrase']}': unknown outcome '{row['outcome']}'")
        if key in units and units[key].units != _listed(row["units"]):
            faults.append(f"units.csv, '{row['phrase']}': another row says that it means {'|'.join(units[key].units)}")
        units[key] = UnitWord(row["kind"], _listed(row["units"]), row["outcome"], row["factor"], row["context"],
                              row["question"], row["reason"], row["status"] == "proposed")  # fmt: skip
    if faults:
        shown = "; ".join(faults[:8]) + (f"; and {len(faults) - 8} more" if len(faults) > 8 else "")
        raise IntegrityError(f"{package.label}: {shown}", advice="Correct the tables of words, and seal the package.")
    neutral = frozenset(row["word"] for row in package.rows("neutral.csv")) if "neutral.csv" in files else frozenset()
    return Vocabulary(package.label, tuple(terms), synonyms, {facet: tuple(rows) for facet, rows in facets.items()},
                      units, neutral, tuple(overdue), *_index(terms))  # fmt: skip


def _term(row: Mapping[str, str], synonyms: Synonyms,
          place: str) -> Term:  # fmt: skip
    kinds = frozenset(_listed(row["kinds"]))
    kinds = frozenset(KINDS) if "any" in kinds else kinds or PHYSICAL
    return Term(_places(row["term"], synonyms), kinds, row["outcome"], _listed(row["answers"]), row["question"],
                row["reason"], row["wins"] == "yes", row["source"], row["status"] == "proposed", place)  # fmt: skip


def _places(term: str, synonyms: Synonyms) -> tuple[Alternatives, ...]:
    """Return the words of a term; ``export/exported`` is one place with two alternatives, 100/6 one word."""
    found: list[Alternatives] = []
    pieces = split(r"\s+", term.strip())
    plain: list[str] = []
    for piece in pieces:
        if "/" in piece and not findall(r"\d", piece):
            options = {_with_synonyms(words_of(each), synonyms) for each in piece.split("/") if each}
            found.append(tuple(sorted({words[0] for words in options if words})))
        else:
            plain.append(piece)
    return tuple((word,) for word in dict.fromkeys(_with_synonyms(words_of(" ".join(plain)), synonyms))) + tuple(found)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in text.split("|"))))


def _faults(row: Mapping[str, str]) -> Iterable[str]:
    """Yield what is wrong with a row of words by itself."""
    answers = _listed(row["answers"])
    if not words_of(row["term"]):
        yield "a term without a word"
    if row["outcome"] not in OUTCOMES:
        yield f"unknown outcome '{row['outcome']}'"
    if row["status"] not in STATUSES:
        yield f"unknown status '{row['status']}'"
    yield from (f"unknown kind '{kind}'" for kind in _listed(row["kinds"]) if kind not in (*KINDS, "any"))
    if row["outcome"] == "none" and (answers or not row["reason"]):
        yield "'none' has no answer, and says why"
    if row["outcome"] == "one" and not answers:
        yield "'one' needs an answer"
    if row["outcome"] == "ask" and not (row["question"] and 1 < len(answers) <= MOST_CHOICES):
        yield "'ask' needs a question and two to four answers"
    if row["status"] == "reviewed" and not (row["source"] and row["decided_by"] and row["decided_on"]):
        yield "a reviewed row needs its source, who decided it and when"


def _conflicts(terms: Iterable[Term]) -> Iterable[str]:
    """Yield the rows that say two things of the same words for the same kind of unit."""
    met: dict[tuple[frozenset[Alternatives], str], Term] = {}
    for term in terms:
        for kind in term.kinds:
            other = met.setdefault((frozenset(term.places), kind), term)
            if (other.outcome, other.answers) != (term.outcome, term.answers):
                said = " ".join("/".join(each) for each in term.places)
                yield f"{term.table} contradicts {other.table}: {said} ({kind})"
                break


def _index(terms: Iterable[Term]) -> tuple[Mapping[str, tuple[int, ...]], Mapping[str, float]]:
    """Return the terms by one of their words, and the weight of each word: a rare one weighs more."""
    by_word: dict[str, list[int]] = {}
    met: dict[str, int] = {}
    whole = 0
    for number, term in enumerate(terms):
        whole += 1
        for words in term.places:
            for word in words:
                met[word] = met.get(word, 0) + 1
        for word in term.places[0]:
            by_word.setdefault(word, []).append(number)
    weights = {word: 1 + log(1 + whole / times) / log(1 + max(whole, 2)) for word, times in met.items()}
    return {word: tuple(numbers) for word, numbers in by_word.items()}, weights
