"""Codes in titles: an ODS code that a title names without brackets, as RR8 Green Plan or Trust: RR8 do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nhscarbon.organisations.load import load_organisations
from nhscarbon.trajectory.actions.sheets.whose import NO_CODE, RELEASE

LONGEST = 10  # words of a title
PLANS = frozenset({"plan", "plans", "tracker", "strategy", "programme", "register", "log", "actions", "roadmap"})
BESIDE = frozenset({"draft", "final", "version", "update", "updated", "v"})  # what may stand behind the name of a plan
SENTENCE = frozenset({  # of another trust, or of no title
    "a", "an", "and", "are", "as", "at", "be", "by", "from", "has", "have", "in", "is", "its", "joint", "leads", "must",
    "not", "or", "our", "see", "shared", "should", "than", "that", "the", "their", "this", "to", "under", "was", "will",
    "with",
})  # fmt: skip
_LABELLED = re.compile(
    r"\W*+(?:nhs )?(?:trust|organi[sz]ation|org|provider|icb)(?: code)?\s*+[:=–-]\s*+([RQ][A-Z0-9]{2})(?!\w)",
    re.IGNORECASE,
)
_MIXED = re.compile(r"[RQ](?:[A-Z]\d|\d[A-Z])")  # no word in capitals, and no number of a quarter or a risk
_WORD = re.compile(r"[^\W_]++")
_YEAR_OR_VERSION = re.compile(r"v?\d++")


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(load_organisations(RELEASE).codes) - NO_CODE


def code_in_titles(titles: Iterable[str]) -> str:
    """Return the one code of the register that titles name, or nothing where they name none or several.

    >>> code_in_titles(["RR8 Green Plan 2025-28"]), code_in_titles(["Trust: RR8", "Shared with the RX1 plan"])
    ('RR8', 'RR8')
    >>> code_in_titles(["RAG Green Plan", "RX1 will join the plan"]), code_in_titles(["RR8 Green Plan", "Trust: RX1"])
    ('', '')
    """
    found = {code for title in titles if (code := _code(title)) in _codes()}
    return found.pop() if len(found) == 1 else ""


def _code(title: str) -> str:
    labelled = _LABELLED.match(title)
    if labelled:
        code: str = labelled[1]
        return code if code.isupper() else ""
    words: list[str] = _WORD.findall(title[:200])
    while len(words) > 1 and (_YEAR_OR_VERSION.fullmatch(words[-1].casefold()) or words[-1].casefold() in BESIDE):
        words.pop()
    plain = [word.casefold() for word in words]
    if not words or len(words) > LONGEST or {*plain} & SENTENCE:
        return ""
    behind = [word for word in plain[:-1] if word not in ("for", "of")][-1:]  # Green Plan for RR8
    if _MIXED.fullmatch(words[-1]) and (len(words) == 1 or {*behind} & PLANS):
        return words[-1]
    return words[0] if _MIXED.fullmatch(words[0]) and plain[-1] in PLANS else ""
