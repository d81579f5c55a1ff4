"""Figures and lists as a sentence has them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

FIGURES = 3  # significant, of tonnes in a sentence
FEW_PERCENT = 10  # below it, percentages have one decimal
NAMED = 3  # organisations or themes that a sentence names; more are counted


def figure(value: float) -> str:
    """Return tonnes in a sentence: three significant figures, half up, without a sign.

    >>> figure(1423.4), figure(-82.71), figure(0.0), figure(17250)
    ('1,420', '82.7', '0', '17,300')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "an unknown number of"
    exact = abs(Decimal(repr(float(value))))
    places = FIGURES - 1 - exact.adjusted()
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,.{max(places, 0)}f}"


def percent(value: float) -> str:
    """Return a percentage in a sentence, without a sign: one decimal below ten.

    >>> percent(7.66), percent(-18.9), percent(0.02), percent(2.0)
    ('7.7', '19', '<0.1', '2')
    """
    size = Decimal(repr(abs(float(value))))
    few = size < FEW_PERCENT
    rounded = size.quantize(Decimal("0.1" if few else "1"), ROUND_HALF_UP)
    if size and not rounded:
        return "<0.1"
    return f"{rounded.normalize():f}"


def some(words: Sequence[str]) -> str:
    """Return words for a sentence: the first few, and how many more there are.

    >>> some(["a"]), some(["a", "b"]), some(["a", "b", "c", "d", "e"])
    ('a', 'a and b', 'a, b, c and 2 more')
    """
    if len(words) > NAMED:
        return f"{', '.join(words[:NAMED])} and {len(words) - NAMED} more"
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
