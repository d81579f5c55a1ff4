"""What each word of a source means under a methodology: one look per distinct word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.entries import Entries, Location
from nhscarbon.checks.finding_words import GUESSED
from nhscarbon.checks.hits import EACH, Grouped, many_words
from nhscarbon.checks.unit_advice import advice_on_unit
from nhscarbon.checks.unit_spellings import readings_of
from nhscarbon.errors import PeriodError
from nhscarbon.findings import Finding, Wording, finding, wording
from nhscarbon.methods.catalogue import TIERS
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.search import nearest_code, search
from nhscarbon.methods.units import Units
from nhscarbon.periods import parse_period, read_period

BLANKS = {
    "organisation": "organisation_blank",
    "period": "period_blank",
    "activity": "activity_blank",
    "unit": "unit_blank",
}
UNKNOWN = {"evidence": "evidence_unknown", "tier": "tier_unknown"}
SITE_CODE = 5  # characters of the longest code of an organisation or site


class Lead(NamedTuple):
    """What is said of a word, and the word that its advice names: a fault is weighed by it, nothing summed by it."""

    said: Wording
    likely: str = ""


@dataclass(frozen=True)
class Term:
    """A word as sent, what it means here (None: nothing), and what is to be said of it, if anything.

    `code` is that of its finding. Its text, and the word that was probably meant, are made when they are asked for:
    the same for a word whatever else is sent, and not made for hundreds of words that have one finding together.
    """

    meaning: str | None
    code: str = ""
    look: Callable[[str], Lead] | None = None

    def lead(self, word: str) -> Lead | None:
        """Return what is said of the word, if anything is."""
        return self.look(word) if self.look else None

    def likely(self, word: str) -> str:
        """Return the word that was probably meant, or an empty text."""
        return self.look(word).likely if self.look else ""


def to_vocabulary(
    entries: Entries, name: str, look: Callable[[str], Term], *, blank: Term
) -> tuple[Column, list[Finding]]:
    """Put one text column into the method's words.

    Parameters
    ----------
    entries : Entries
        The rows or cells.
    name : str
        The column; it may be absent, then every row is blank.
    look : callable
        Called once for each distinct word; what is said of a word is made when a finding names it.
    blank : Term
        What an empty cell means.

    Returns
    -------
    column : Column
        Labels sorted, so that ascending codes are ascending words; -1 where a word means nothing.
    findings : list of Finding
        One for each distinct word that deserves one, with its rows; of more than `EACH` words of a kind, one.
    """
    column = entries.columns.get(name) or Column(np.broadcast_to(np.int8(BLANK), len(entries)), ())
    words = [look(label) for label in column.labels] + [blank]  # code -1 takes the last entry
    labels = tuple(sorted({word.meaning for word in words if word.meaning is not None}))
    place = {label: code for code, label in enumerate(labels)}
    lookup = np.array([BLANK if word.meaning is None else place[word.meaning] for word in words], np.int32)
    findings = list(_findings(entries, name, column, words))
    as_sent = labels == column.labels == tuple(word.meaning for word in words[:-1])
    if as_sent and (words[-1].meaning is None or column.lowest >= 0):
        return column, findings
    return column.renamed(lookup, labels), findings


def _findings(entries: Entries, name: str, column: Column, words: Sequence[Term]) -> Iterator[Finding]:
    """Yield a finding of each word that deserves one, or of more than `EACH` words of one kind one together."""
    kinds: dict[str, list[int]] = {}
    if name not in entries.columns and entries.columns:
        words = words[:-1]  # of a column that is not there at all, the reader has said so
    for number, word in enumerate(words):
        if word.code:
            kinds.setdefault(word.code, []).append(number)
    for code, numbers in kinds.items():
        group = np.full(len(column.labels) + 1, BLANK, np.int64)
        group[numbers] = np.arange(len(numbers))
        at = column.where(group >= 0)
        cells = Grouped(at, group[column.part(at).codes], len(numbers))
        about = partial(finding, file=entries.file, column=name)
        met = [number for place, number in enumerate(numbers) if cells.size(place)]
        if len(met) > EACH:
            said = many_words(code, [column.labels[number] for number in met])
            yield about(said, **_located(entries, at, code))
            continue
        for place, number in enumerate(numbers):
            value = column.labels[number] if number < len(column.labels) else ""
            lead = words[number].lead(value) if cells.size(place) else None
            if lead:
                yield about(lead.said, value=value[:100], **_located(entries, cells[place], code))


def _located(entries: Entries, at: NDArray[np.int64], code: str) -> Location:
    """Return where some entries are; what was meant by a word that nobody knows is a guess, and carries no tonnes."""
    where = entries.located(at)
    return {**where, "kgco2e_at_stake": None} if code in GUESSED else where


def blank_term(name: str) -> Term:
    """Return the finding of an empty cell in a column that must be filled."""
    said = Lead(wording(BLANKS[name]))
    return Term(None, said.said.code, lambda _: said)


def as_is(text: str) -> Term:
    """Take a word as it stands."""
    return Term(text)


def organisation_code(text: str) -> Term:
    """Take an ODS code; small letters are read as capitals, which all of its codes have.

    A small l among capitals may be the figure 1, and each of the two is another trust.
    """
    code = text.upper()
    if "l" in text and text != text.lower() and len(text) <= SITE_CODE:
        return AMBIGUOUS
    if code == text or not code.isalnum():  # of what is no code at all, its own finding says so
        return Term(code)
    return Term(code, "organisation_spelling", _spelt)


def _ambiguous(text: str) -> Lead:
    code, other = text.upper(), text.replace("l", "1").upper()
    return Lead(wording("organisation_ambiguous", word=text, other=other, code=code), other)


def _spelt(text: str) -> Lead:
    return Lead(wording("organisation_spelling", word=text, code=text.upper()))


AMBIGUOUS = Term(None, "organisation_ambiguous", _ambiguous)


def geography_in(home: str) -> Callable[[str], Term]:
    """Return the look-up of geographies: the methodology's own in any spelling of case, others as they stand."""

    def look(text: str) -> Term:
        return Term(home if text.casefold() == home.casefold() else text)

    return look


def year_of(text: str) -> Term:
    """Read a period and take its NHS year."""
    found = read_period(text)
    return UNREADABLE if found is None else Term(found.year)


def _unreadable(text: str) -> Lead:
    try:
        parse_period(text)
    except PeriodError as error:
        advice = f"{error.advice[:1].upper()}{error.advice[1:]}"
        said = wording("period_unreadable", message=with_full_stop(error.message), advice=with_full_stop(advice))
        return Lead(said, error.likely)
    raise AssertionError(text)  # it is called of what cannot be read


UNREADABLE = Term(None, "period_unreadable", _unreadable)


def with_full_stop(sentence: str) -> str:
    """Return a sentence with its full stop, unless it ends with another mark."""
    return sentence if not sentence or sentence.endswith(("?", ".")) else f"{sentence}."


def month_of(text: str) -> Term:
    """Read a period and take its month; a year has none. What cannot be read is `year_of`'s to report."""
    found = read_period(text)
    return Term(None if found is None else found.month)


def unit_in(units: Units) -> Callable[[str], Term]:
    """Return the look-up of units: other spellings are applied and reported."""

    def unknown(text: str) -> Lead:
        error = units.unknown(text)
        said = {"message": with_full_stop(error.message), "advice": with_full_stop(error.advice)}
        advice, plain = advice_on_unit(text, units, said), wording("unit_unknown", **said)
        # rules look at a slip as the unit that it is a slip of; what is known to be something else is no slip
        return Lead(advice, units.nearest(text) if advice == plain else "")

    def alias(text: str) -> Lead:
        return Lead(wording("unit_alias", word=text, meant=units.canonical(text)))

    strange, asked = Term(None, "unit_unknown", unknown), Term(None)  # asked by the rule that knows the activity

    def look(text: str) -> Term:
        unit = units.known(text)
        if unit is None:
            return asked if readings_of(text, units) else strange
        return Term(unit) if unit == text else Term(unit, "unit_alias", alias)

    return look


def activity_in(method: Methodology, beside: Callable[[str], tuple[str, str]] | None = None) -> Callable[[str], Term]:
    """Return the look-up of activity codes, which offers what an unknown word may mean.

    `beside` says in which unit and NHS year a word was sent, where it is in one. What is offered is a guess: nothing
    is weighed by it.
    """
    catalogue = method.catalogue

    def unknown(text: str) -> Lead:
        unit, year = beside(text) if beside else ("", "")
        found = search(text, method, unit=unit, year=year)
        labels = catalogue.activities
        named = list(dict.fromkeys(f"{labels[code].label} ({code})" for code, _ in found.codes[:3]))
        slip = nearest_code(text.casefold(), method)  # a code but for a letter: rules look at it as that
        if found.outcome == "none":
            return Lead(wording("activity_unknown", "none", word=text, reason=with_full_stop(found.reason)))
        if not named:
            return Lead(wording("activity_unknown", word=text))
        if found.outcome == "other_unit":
            reason = with_full_stop(found.reason)
            return Lead(wording("activity_unknown", "unit", word=text, near=named[0], reason=reason), slip)
        if len(named) == 1:
            variant = "confirm" if found.confirm else "near"
            return Lead(wording("activity_unknown", variant, word=text, near=named[0]), slip)
        question = with_full_stop(found.question or "Which is it?")
        return Lead(wording("activity_unknown", "others", word=text, question=question, others=" or ".join(named)))

    def renamed(text: str) -> Lead:
        new = catalogue.renamed[text]
        return Lead(wording("activity_renamed", word=text, new=new), new)

    def spelt(text: str) -> Lead:
        return Lead(wording("activity_spelling", word=text, meant=catalogue.folded[text.casefold()]))

    def labelled(text: str) -> Lead:
        return Lead(wording("activity_label", word=text, meant=catalogue.labelled(text)))

    strange = Term(None, "activity_unknown", unknown)

    def look(text: str) -> Term:
        if text in catalogue.activities:
            return Term(text)
        if text in catalogue.renamed:
            return Term(None, "activity_renamed", renamed)
        if meant := catalogue.folded.get(text.casefold()):
            return Term(meant, "activity_spelling", spelt)
        meant = catalogue.labelled(text)
        return Term(meant, "activity_label", labelled) if meant else strange

    return look


def one_of(name: str, known: tuple[str, ...]) -> Callable[[str], Term]:
    """Return the look-up of a short closed list."""
    strange = Term(None, UNKNOWN[name], lambda text: Lead(wording(UNKNOWN[name], word=text, words=", ".join(known))))

    def look(text: str) -> Term:
        return Term(text.casefold()) if text.casefold() in known else strange

    return look


def _key_looks(method: Methodology, columns: Mapping[str, Column]) -> dict[str, tuple[Callable[[str], Term], Term]]:
    """Return the look-up of each word that decides a factor, and what an empty cell means.

    A code that is suggested has a factor in a year of the source: another would be refused next.
    """

    def beside(text: str) -> tuple[str, str]:
        """Return the unit and the NHS year that all rows of a word share; empty where they differ."""
        activity = columns.get("activity")
        if activity is None or text not in activity.labels:
            return "", ""
        wanted = np.zeros(len(activity.labels) + 1, np.bool_)
        wanted[activity.labels.index(text)] = True
        at = activity.where(wanted)
        years = {year_of(label).meaning or "" for label in labels_at(columns, "period", at)}
        units = labels_at(columns, "unit", at)
        return units.pop() if len(units) == 1 else "", years.pop() if len(years) == 1 else ""

    home = method.manifest.geography
    return {
        "period": (year_of, blank_term("period")),
        "activity": (activity_in(method, beside), blank_term("activity")),
        "unit": (unit_in(method.units), blank_term("unit")),
        "geography": (geography_in(home), Term(home)),
    }


def method_words(
    entries: Entries, method: Methodology, keep: tuple[str, ...]
) -> tuple[Mapping[str, Column], Column, Column, list[Finding]]:
    """Put every text column that decides an answer into the method's words.

    Returns
    -------
    columns : Mapping[str, Column]
        organisation, period (NHS year), activity, unit, geography, and what `keep` names.
    evidence, stated : Column
        The evidence and the tier that the sender states, for the tier rule.
    findings : list of Finding
    """
    catalogue = method.catalogue
    looks: dict[str, tuple[str, Callable[[str], Term], Term]] = {
        "organisation": ("organisation", organisation_code, blank_term("organisation")),
        **{name: (name, *look) for name, look in _key_looks(method, entries.columns).items()},
    }
    looks |= {name: (name, as_is, Term("")) for name in keep}
    if "month" in keep and "month" not in entries.columns:  # rows have periods, cells have kept the month
        looks["month"] = ("period", month_of, Term(""))
    columns, findings = {}, []
    for name, (source, look, blank) in looks.items():
        columns[name], found = to_vocabulary(entries, source, look, blank=blank)
        findings += found
    evidence, found = to_vocabulary(entries, "evidence", one_of("evidence", catalogue.evidence_words), blank=Term(""))
    findings += found
    stated, found = to_vocabulary(entries, "tier", one_of("tier", TIERS), blank=Term(""))
    return columns, evidence, stated, findings + found


def key_words(
    columns: Mapping[str, Column], rows: int, method: Methodology, *, likely: bool = False
) -> tuple[NDArray[np.bool_], dict[str, Column]]:
    """Return what decides a factor in the method's words, and which rows have all of it.

    Parameters
    ----------
    columns : Mapping[str, Column]
        In the sender's words.
    rows : int
    method : Methodology
    likely : bool, optional
        Take a word that means nothing as the one that its finding suggests: to weigh faults, never to sum.
    """
    found: dict[str, Column] = {}
    known: NDArray[np.bool_] = np.broadcast_to(np.True_, rows)
    for name, (look, blank) in _key_looks(method, columns).items():
        sent = columns.get(name) or Column(np.broadcast_to(np.int8(BLANK), rows), ())
        words = [look(label) for label in sent.labels] + [blank]
        unknown = sum(word.meaning is None for word in words)
        asked = likely and unknown <= EACH + 1  # a blank beside them; more have one finding together, and no lead
        meant = [word.meaning or (word.likely(text) if asked else "")
                 for word, text in zip(words, (*sent.labels, ""), strict=True)]  # fmt: skip
        labels = tuple(sorted({word for word in meant if word}))
        place = {label: code for code, label in enumerate(labels)}
        found[name] = sent.renamed(np.array([place.get(word, BLANK) for word in meant], np.int32), labels)
        if found[name].lowest < 0:
            known = known & (found[name].codes != BLANK)
    return known, found


def labels_at(columns: Mapping[str, Column], name: str, at: NDArray[np.int64]) -> set[str]:
    """Return the words that some rows have in a column; blanks are left out."""
    if name not in columns:
        return set()
    column = columns[name]
    return {column.labels[code] for code in np.unique(column.part(at).codes) if code != BLANK}


def codes_where(column: Column, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Return where a column holds a word that passes a test; blanks do not."""
    return column.looked_up(np.array([*(wanted(label) for label in column.labels), False]))
