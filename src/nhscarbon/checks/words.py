"""What each word of a source means under a methodology: one look per distinct word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.entries import Entries
from nhscarbon.errors import PeriodError, UnitError
from nhscarbon.findings import Finding, Wording, finding, wording
from nhscarbon.methods.catalogue import TIERS, Catalogue
from nhscarbon.methods.gaps import offered_codes
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import Units
from nhscarbon.periods import parse_period

BLANKS = {
    "organisation": "organisation_blank",
    "period": "period_blank",
    "activity": "activity_blank",
    "unit": "unit_blank",
}
UNKNOWN = {"evidence": "evidence_unknown", "tier": "tier_unknown"}
SITE_CODE = 5  # characters of the longest code of a body or site
SUGGESTIONS = 50  # distinct unknown words of a column that are compared with the known ones


@dataclass(frozen=True)
class Term:
    """A word as sent, what it means here (None: nothing), and what is to be said of it, if anything.

    `likely` is the word that the advice names: a fault is weighed by it, and nothing is summed by it.
    """

    meaning: str | None
    said: Wording | None = None
    likely: str = ""


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
        Called once for each distinct word.
    blank : Term
        What an empty cell means.

    Returns
    -------
    column : Column
        Labels sorted, so that ascending codes are ascending words; -1 where a word means nothing.
    findings : list of Finding
        One for each distinct word that deserves one, with its rows.
    """
    column = entries.columns.get(name) or Column(np.broadcast_to(np.int8(BLANK), len(entries)), ())
    words = [look(label) for label in column.labels] + [blank]  # code -1 takes the last entry
    labels = tuple(sorted({word.meaning for word in words if word.meaning is not None}))
    place = {label: code for code, label in enumerate(labels)}
    lookup = np.array([BLANK if word.meaning is None else place[word.meaning] for word in words], np.int32)
    findings = []
    for code, word in enumerate(words[: None if name in entries.columns or not entries.columns else -1]):
        if word.said:  # of a column that is not there at all, the reader has said so
            where = column.codes == (code if code < len(column.labels) else BLANK)
            if where.any():
                value = column.labels[code] if code < len(column.labels) else ""
                findings.append(
                    finding(word.said, file=entries.file, column=name, value=value[:100], **entries.located(where))
                )
    as_sent = labels == column.labels == tuple(word.meaning for word in words[:-1])
    if as_sent and (words[-1].meaning is None or column.lowest >= 0):
        return column, findings
    return column.renamed(lookup, labels), findings


def blank_term(name: str) -> Term:
    """Return the finding of an empty cell in a column that must be filled."""
    return Term(None, wording(BLANKS[name]))


def as_is(text: str) -> Term:
    """Take a word as it stands."""
    return Term(text)


def organisation_code(text: str) -> Term:
    """Take an ODS code; small letters are read as capitals, which all of its codes have.

    A small l among capitals may be the figure 1, and each of the two is another trust.
    """
    code = text.upper()
    if "l" in text and text != text.lower() and len(text) <= SITE_CODE:
        other = text.replace("l", "1").upper()
        return Term(None, wording("organisation_ambiguous", word=text, other=other, code=code), other)
    if code == text:
        return Term(code)
    return Term(code, wording("organisation_spelling", word=text, code=code))


def geography_in(home: str) -> Callable[[str], Term]:
    """Return the look-up of geographies: the methodology's own in any spelling of case, others as they stand."""

    def look(text: str) -> Term:
        return Term(home if text.casefold() == home.casefold() else text)

    return look


def year_of(text: str) -> Term:
    """Read a period and take its NHS year."""
    try:
        return Term(parse_period(text).year)
    except PeriodError as error:
        advice = f"{error.advice[:1].upper()}{error.advice[1:]}"
        return Term(
            None,
            wording("period_unreadable", message=with_full_stop(error.message), advice=with_full_stop(advice)),
            error.likely,
        )


def with_full_stop(sentence: str) -> str:
    """Return a sentence with its full stop, unless it ends with another mark."""
    return sentence if not sentence or sentence.endswith(("?", ".")) else f"{sentence}."


def month_of(text: str) -> Term:
    """Read a period and take its month; a year has none. What cannot be read is `year_of`'s to report."""
    try:
        return Term(parse_period(text).month)
    except PeriodError:
        return Term(None)


def _taken_for_unit(text: str) -> str:
    """Return of what kind a word is that is often taken for a unit, as the variant of its finding."""
    plain = text.casefold()
    if "co2" in plain:
        return "carbon"
    return "money" if plain in ("£", "pounds", "gbp.", "sterling", "£s", "pound") else ""


def unit_in(units: Units) -> Callable[[str], Term]:
    """Return the look-up of units: other spellings are applied and reported."""

    def look(text: str) -> Term:
        try:
            unit = units.canonical(text)
        except UnitError as error:
            said = wording(
                "unit_unknown",
                _taken_for_unit(text),
                message=with_full_stop(error.message),
                advice=with_full_stop(error.advice),
            )
            return Term(None, said, units.nearest(text))
        if unit == text:
            return Term(unit)
        return Term(unit, wording("unit_alias", word=text, meant=unit))

    return look


def activity_in(catalogue: Catalogue, offered: Callable[[], frozenset[str]] | None = None) -> Callable[[str], Term]:
    """Return the look-up of activity codes, which suggests the nearest for an unknown one.

    `offered` is asked, when the first unknown word is met, which codes may be suggested; all when left out.
    """
    compared: Iterator[int] = iter(range(SUGGESTIONS))

    def look(text: str) -> Term:
        if text in catalogue.activities:
            return Term(text)
        if text in catalogue.renamed:
            new = catalogue.renamed[text]
            return Term(None, wording("activity_renamed", word=text, new=new), new)
        if meant := catalogue.folded.get(text.casefold()):
            return Term(meant, wording("activity_spelling", word=text, meant=meant))
        if next(compared, None) is not None:
            likely, others = catalogue.nearest(text, offered() if offered else None)
            if likely:
                return Term(None, wording("activity_unknown", "near", word=text, near=likely), likely)
            if others:
                return Term(None, wording("activity_unknown", "others", word=text, others=", ".join(others)))
        return Term(None, wording("activity_unknown", word=text))

    return look


def one_of(name: str, known: tuple[str, ...]) -> Callable[[str], Term]:
    """Return the look-up of a short closed list."""

    def look(text: str) -> Term:
        if text.casefold() in known:
            return Term(text.casefold())
        return Term(None, wording(UNKNOWN[name], word=text, words=", ".join(known)))

    return look


def _key_looks(method: Methodology, columns: Mapping[str, Column]) -> dict[str, tuple[Callable[[str], Term], Term]]:
    """Return the look-up of each word that decides a factor, and what an empty cell means.

    A code that is suggested has a factor in a year of the source: another would be refused next.
    """
    periods = columns["period"].labels if "period" in columns else ()

    def offered() -> frozenset[str]:
        return offered_codes(method, frozenset(filter(None, (year_of(label).meaning for label in periods))))

    home = method.manifest.geography
    return {
        "period": (year_of, blank_term("period")),
        "activity": (activity_in(method.catalogue, offered), blank_term("activity")),
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
    known = np.ones(rows, np.bool_)
    for name, (look, blank) in _key_looks(method, columns).items():
        sent = columns.get(name) or Column(np.broadcast_to(np.int8(BLANK), rows), ())
        words = [look(label) for label in sent.labels] + [blank]
        meant = [word.meaning or (word.likely if likely else "") for word in words]
        labels = tuple(sorted({word for word in meant if word}))
        place = {label: code for code, label in enumerate(labels)}
        found[name] = sent.renamed(np.array([place.get(word, BLANK) for word in meant], np.int32), labels)
        known &= found[name].codes != BLANK
    return known, found


def codes_where(column: Column, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Return where a column holds a word that passes a test; blanks do not."""
    return column.looked_up(np.array([*(wanted(label) for label in column.labels), False]))
