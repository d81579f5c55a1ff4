"""Values of a Green Plan as a reader sees them."""

from __future__ import annotations

from nhscarbon.output.tables import is_missing, tonnes
from nhscarbon.periods import nhs_year

NOT_STATED = "Not stated"
FIELDS = {
    "objective": "Objective", "lead_role": "Lead role", "start_year": "Start", "end_year": "End", "status": "How far",
    "cost_low_gbp": "Cost, low", "cost_high_gbp": "Cost, high", "tco2e_a_year": "Tonnes a year",
    "if_all_tco2e": "Tonnes if all did it", "risk": "Risk", "likelihood": "Likelihood", "impact": "Impact",
    "mitigation": "Mitigation", "benefit_health": "Benefit: health", "benefit_air": "Benefit: air",
    "benefit_cost": "Benefit: cost", "benefit_inequality": "Benefit: inequality", "evidence": "Evidence",
    "monitoring": "Monitoring", "deliverability": "Deliverability",
}  # fmt: skip
REACH = {"most": "Most", "some": "Some", "one": "One"}


def stated(text: object) -> str:
    """Return a text, or that nobody states it."""
    return str(text) if text else NOT_STATED


def one_line(text: object) -> str:
    """Return a text of several lines in one; what stands on a line of its own ends with a semicolon."""
    return "; ".join(str(text).split("\n")) if text else NOT_STATED


def years(first: object, last: object) -> str:
    """Return when something starts and ends.

    >>> years(2026, 2028), years(None, 2028), years(2026, None), years(2026, 2026)
    ('2026/27 to 2028/29', 'to 2028/29', 'from 2026/27', '2026/27')
    """
    start, end = ("" if is_missing(each) else nhs_year(int(str(each))) for each in (first, last))
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"from {start}" if start else f"to {end}" if end else NOT_STATED


def money(low: object, high: object) -> str:
    """Return a cost.

    >>> money(45000.0, 45000.0), money(10000.0, 50000.0), money(10000.0, None), money(None, 10000.0), money(0.0, 0.0)
    ('£45,000', '£10,000 to £50,000', '£10,000 or more', 'up to £10,000', 'no cost')
    """
    least, most = ("" if is_missing(each) else f"£{tonnes(float(str(each)), 0)}" for each in (low, high))
    if least and most:
        if least == most:
            return "no cost" if least == "£0" else least
        return f"{least} to {most}"
    return f"{least} or more" if least else f"up to {most}" if most else NOT_STATED


def how_far(text: object) -> str:
    """Return how many actions are how far.

    >>> how_far("in_progress 2; unknown 1")
    '2 in progress, 1 unknown'
    """
    parts = [each.rpartition(" ") for each in str(text).split("; ") if each]
    return ", ".join(f"{count} {word.replace('_', ' ')}" for word, _, count in parts) or NOT_STATED


def listed(text: object) -> str:
    """Return a list that is divided by semicolons as words.

    >>> listed("RX1;RX2")
    'RX1, RX2'
    """
    return ", ".join(each for each in str(text).split(";") if each)


def amount(value: object) -> float | None:
    """Return a number, or None where there is none."""
    return None if is_missing(value) else float(str(value))
