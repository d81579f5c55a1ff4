"""What a change from the year before probably is: what was left out, a sign, a slip by a known factor, or no more."""

from __future__ import annotations

from nhscarbon.checks.memory.changes import ABOVE, BELOW
from nhscarbon.checks.rules.bounds import plausible_bounds

ZERO, NEGATIVE, TEN, UNIT = "zero", "negative", "ten", "thousand_unit"
TENS, YEARS = 10.0, 12.0  # a digit, and the months of a year


def variant_of(kind: str, now: float, before: float, unit: str) -> str:
    """Return the variant of a finding about a change.

    A megawatt-hour is a thousand kilowatt-hours, and no other unit here has a name for its thousand. What is nearer to
    ten times than to twelve may be a digit as well as a month.

    Examples
    --------
    >>> variant_of(BELOW, 5e6, 6e7, "kWh"), variant_of(BELOW, 6e6, 6e7, "kWh"), variant_of(ABOVE, 6e7, 6e4, "mile")
    ('twelve', 'ten', 'thousand_unit')
    """
    if kind not in (ABOVE, BELOW):
        return kind
    if now < 0:
        return NEGATIVE
    if not now or not before:
        return ""
    ratio = max(now / before, before / now)
    slip = next((each for each in plausible_bounds()[1] if each.fits(ratio)), None)
    if slip is None:
        return ""
    if slip.times == YEARS and ratio * ratio < TENS * YEARS:
        return TEN
    return UNIT if slip.times != YEARS and unit != "kWh" else slip.name
