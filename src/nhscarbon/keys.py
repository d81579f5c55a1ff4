"""What decides which factors a quantity gets."""

from __future__ import annotations

from typing import NamedTuple

RESOLVED_BY = ("activity", "unit", "period", "geography")


class Key(NamedTuple):
    """What decides which factors apply; a tuple, as thousands of them are looked up with every calculation."""

    activity: str
    unit: str
    period: str
    geography: str
