"""Findings in the words of a sheet for people: what kind it is, and how much it could change the total."""

from __future__ import annotations

from collections.abc import Mapping

from nhscarbon.findings import Finding, Severity
from nhscarbon.methods.units import KG_PER_TONNE

SEVERITY_WORDS: Mapping[Severity, str] = {
    "reject_file": "Error", "reject_line": "Error", "warning": "Warning", "info": "Note",
}  # fmt: skip
# what the sender meant is guessed from a word that the method does not know: a guess carries no tonnes
GUESSED = frozenset({"activity_unknown", "unit_unknown", "unit_ambiguous"})
MISSING = frozenset(
    {"theme_missing", "months_missing", "part_of_year", "template_not_answered"}
)  # what is missing can be of any size
EFFECT = "Could change the total by, tCO₂e"  # heads the column
NO_EFFECT, NOT_KNOWN, ADDS = "no effect", "not known", "adds, size not known"
AFTER_CORRECTION = "known once corrected"


def effect_of(found: Finding) -> float | str:
    """Return how much a finding could change the total [tCO2e], or say why there is no figure.

    Examples
    --------
    >>> sized = Finding(code="counted_twice", severity="warning", message="twice", kgco2e_at_stake=5000.0)
    >>> guess = Finding(code="activity_unknown", severity="reject_line", message="what?", kgco2e_at_stake=5000.0)
    >>> effect_of(sized), effect_of(guess)
    (5.0, 'known once corrected')
    """
    if found.code in GUESSED:
        return AFTER_CORRECTION
    if found.kgco2e_at_stake is not None:
        return found.kgco2e_at_stake / KG_PER_TONNE or NO_EFFECT
    if found.refuses:
        return AFTER_CORRECTION
    if found.code in MISSING:
        return ADDS
    return NO_EFFECT if found.severity == "info" else NOT_KNOWN


def answer_of(found: Finding) -> str:
    """Return the answer that was given to a finding, and by whom, or that there is none yet."""
    if found.answered:
        return f"{found.answer} ({', '.join(filter(None, [found.answered_by, found.answered_on]))})"
    return "no answer yet" if found.severity == "warning" else ""


def sentence(text: str) -> str:
    """Return a message as a sentence: with a capital where it begins with a word of ours.

    Examples
    --------
    >>> sentence("the quantity is negative."), sentence("'gaz' is not in the catalogue.")
    ('The quantity is negative.', "'gaz' is not in the catalogue.")
    """
    return text[:1].upper() + text[1:]
