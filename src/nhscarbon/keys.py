"""What decides which factors a quantity gets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

RESOLVED_BY = ("activity", "unit", "period", "geography")


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """What decides which factors apply."""

    activity: str
    unit: str
    period: str
    geography: str


@lru_cache(maxsize=1 << 16)
def key_of(activity: str, unit: str, period: str, geography: str) -> Key:
    """Return a key: one object for equal words, as thousands of them come back with every calculation."""
    return Key(activity, unit, period, geography)
