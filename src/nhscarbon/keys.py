"""What decides which factors a quantity gets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from nhscarbon.columns import Column
from nhscarbon.combinations import distinct

RESOLVED_BY = ("activity", "unit", "period", "geography")


class Key(NamedTuple):
    """What decides which factors apply; a tuple, as thousands of them are looked up with every calculation."""

    activity: str
    unit: str
    period: str
    geography: str


def keys_of(columns: Mapping[str, Column]) -> tuple[Column, list[Key]]:
    """Return which distinct key each row of coded columns has, and the keys."""
    place, words = distinct(columns, RESOLVED_BY)
    return place, [*map(partial(tuple.__new__, Key), words)]  # a third of the time of `Key._make`
