"""Former: what a cell says that its date, cost or tonnes were before, which is not what they are."""

from __future__ import annotations

import re

_SAYS_FORMER = r"(?:was|were|previously|originally|formerly|orig\.?|prev\.?|(?:moved|revised|slipped|up|down) from)\s"
_BESIDE = re.compile(rf"\(\s?{_SAYS_FORMER}[^()]{{0,60}}\)|[,;]\s?{_SAYS_FORMER}[^,;()]{{0,40}}$", re.IGNORECASE)
_FORMER = re.compile(rf"\b{_SAYS_FORMER}", re.IGNORECASE)


def without_former(text: str) -> str:
    """Return a text without a figure or date in brackets, or at its end, that it says to be a former one.

    >>> without_former("Mar-27 (was Mar-26)"), without_former("£25k, previously £20k"), without_former("was £20k")
    ('Mar-27', '£25k', 'was £20k')
    """
    return _BESIDE.sub("", text).strip()


def is_former(text: str) -> bool:
    """Tell whether a text says of itself that it was so, and not that it is."""
    return bool(_FORMER.search(text))
