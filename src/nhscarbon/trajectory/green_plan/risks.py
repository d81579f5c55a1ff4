"""What plans say of an intervention's risks, benefits and evidence, each text with those who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nhscarbon.trajectory.green_plan.placing import Placed

_LEVEL = r"(very low|low|medium|moderate|very high|high|likely|unlikely|possible|rare|[1-5](?:\s*/\s*5)?)"
_LINK = r"\s*+(?:(?:[:=–-]|is|of)\s*+)?"
LIKELIHOOD = re.compile(rf"\b(?:likelihood|probability){_LINK}{_LEVEL}\b", re.I)
IMPACT = re.compile(rf"\b(?:impact|consequence|severity){_LINK}{_LEVEL}\b", re.I)
BEFORE_LIKELIHOOD = re.compile(rf"\b{_LEVEL}\s+(?:likelihood|probability)\b", re.I)
BEFORE_IMPACT = re.compile(rf"\b{_LEVEL}\s+(?:impact|consequence|severity)\b", re.I)
BOTH = re.compile(r"\bL\s*+(?:[:=]\s*+)?([1-5])\s*+(?:[,;x×/&]\s*+)?[IC]\s*+(?:[:=]\s*+)?([1-5])\b")

# by which words a benefit is known; one that has none of them is kept as another benefit
BENEFITS = {
    "benefit_inequality": r"inequal|equit|depriv|fuel poverty|vulnerab|underserved|core20",
    "benefit_air": r"\bair\b|pollut|particulat|\bno[x2]\b|\bpm\s?(?:2\.5|10)|emissions? from traffic",
    "benefit_health": r"health|wellbeing|well-being|patient|safety|exercise|fitness|comfort|recovery|infection|outcome",
    "benefit_cost": r"\bcosts?\b|saving|money|£|efficien|income|budget|financ|cheaper|productiv",
}
OTHER = "benefit_other"
_PATTERNS = {name: re.compile(words, re.I) for name, words in BENEFITS.items()}


def told(pairs: Iterable[tuple[str, str]]) -> str:
    """Return texts, one a line, each with the organisations that wrote it; the same text stands once.

    >>> told([("Late grid", "RX1"), ("late grid", "RX2"), ("", "RX3")])
    'Late grid (RX1, RX2)'
    """
    found: dict[str, tuple[str, set[str]]] = {}
    for text, who in pairs:
        plain = " ".join(text.split())
        if plain:
            found.setdefault(plain.casefold(), (plain, set()))[1].add(who)
    return "\n".join(f"{text} ({', '.join(sorted(who))})" for text, who in (found[key] for key in sorted(found)))


def risks(actions: Sequence[Placed]) -> dict[str, object]:
    """Return risks, mitigations, and likelihood and impact where a text of the risk rates them."""
    rated = [(each.action.risk, each.organisation) for each in actions]
    return {
        "risk": told(rated),
        "mitigation": told((each.action.mitigation, each.organisation) for each in actions),
        "likelihood": told((_rating(text, LIKELIHOOD, BEFORE_LIKELIHOOD, 1), who) for text, who in rated),
        "impact": told((_rating(text, IMPACT, BEFORE_IMPACT, 2), who) for text, who in rated),
    }


def _rating(text: str, after: re.Pattern[str], before: re.Pattern[str], place: int) -> str:
    found = after.search(text) or before.search(text)
    if found:
        return found[1].lower()
    both = BOTH.search(text)
    return both[place] if both else ""


def benefits(actions: Sequence[Placed]) -> dict[str, object]:
    """Return what plans say of benefits beyond carbon: health, air, cost, inequality, and others."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in (*_PATTERNS, OTHER)}
    for each in actions:
        for text in each.action.co_benefits:
            kinds = [name for name, pattern in _PATTERNS.items() if pattern.search(text)] or [OTHER]
            for name in kinds:
                found[name].append((text, each.organisation))
    return {name: told(pairs) for name, pairs in found.items()}
