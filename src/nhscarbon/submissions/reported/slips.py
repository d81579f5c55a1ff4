"""Slips of the hand in a stated figure: digits transposed, exchanged, left out or too many, the point moved."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

import numpy as np

from nhscarbon.methods.resolution import SIDE
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.submissions.reported.choices import Choice
from nhscarbon.submissions.reported.rounding import COARSE, places_of
from nhscarbon.submissions.reported.rows import Rows, Whole

FEWEST = 3  # digits of a figure in which a slip can be told from chance
SLIP = 3.5  # assumptions
SEPARATELY = "each component rounded before they were added"
WHOLE = {1: "tens", 2: "hundreds", 3: "thousands"}
POWERS = (1, -1, 2, -2, 3, -3, 6, -6)  # of ten


def slips(rows: Rows, places: Whole) -> Iterator[tuple[int, Choice]]:
    """Yield of some rows those whose stated tonnes are the method's with a slip of the hand."""
    known = places[np.isfinite(rows.tonnes[places]) & (rows.quantity[places] != 0)]
    for place, decimals in zip(known.tolist(), places_of(rows.stated[known]).tolist(), strict=True):
        want = float(rows.tonnes[place])
        told = SEPARATELY if _rounded_apart(rows, place, decimals) else slip(float(rows.stated[place]), want, decimals)
        if told:
            yield place, Choice(SLIP, told, want / float(rows.quantity[place]) * KG_PER_TONNE)


def _rounded_apart(rows: Rows, place: int, decimals: int) -> bool:
    """Tell whether a row states the sum of its components, each rounded to the decimals of the sum."""
    key, tonnes = rows.key[place], float(rows.quantity[place]) / KG_PER_TONNE
    parts = [line.conversion * line.factor.kgco2e * tonnes for line in rows.answers[key].lines
             if line.factor.component not in SIDE]  # fmt: skip
    whole = abs(fsum(parts) - float(rows.tonnes[place])) <= 10.0 ** -(decimals + 1)  # the boundary counts all of them
    rounded = fsum(round(part, decimals) for part in parts)
    return whole and len(parts) > 1 and abs(rounded - float(rows.stated[place])) < 10.0 ** -(decimals + 1)


def slip(stated: float, want: float, decimals: int, away: float = 0.0) -> str:
    """Say which slip makes one figure another, or nothing.

    Parameters
    ----------
    stated, want : float
        What was written and what it should be.
    decimals : int
        Of what was written.
    away : float, optional
        How far from `want` the right figure may be: what the rounding of its parts leaves.

    >>> slip(2867.26, 2687.263, 2), slip(2687, 2687.26, 0)
    ('digits transposed: 2,687.26', '')
    """
    if told := _rounded_whole(stated, want):
        return told
    for power in POWERS:
        if _same(stated, want * 10.0**power, decimals):
            return f"the decimal point moved: {want:,.{decimals}f}"
    step = 10.0**-decimals
    reach = min(int(away / step), FEWEST)
    for near in sorted(range(-reach, reach + 1), key=abs):
        right = f"{abs(want) + near * step:.{decimals}f}"
        if told := _told(f"{abs(stated):.{decimals}f}".replace(".", ""), right.replace(".", "")):
            return f"{told}: {float(right):,.{decimals}f}"
    return ""


def _rounded_whole(stated: float, want: float) -> str:
    """Say to which power of ten a whole figure was rounded, if it is the right one so far and not too coarse."""
    for power, words in sorted(WHOLE.items()):
        near = abs(stated - want) <= 10**power / 2 and stated != want
        if near and stated % 10**power == 0 and abs(stated - want) <= COARSE * abs(want):
            return f"rounded to {words}: {want:,.2f}"
    return ""


def _told(written: str, right: str) -> str:
    """Name the slip between two rows of digits; leading zeros are no digits."""
    written, right = written.lstrip("0"), right.lstrip("0")
    if written == right or len(right) < FEWEST or len(written) < FEWEST - 1:
        return ""
    if len(written) == len(right):
        unlike = [place for place, digit in enumerate(right) if written[place] != digit]
        if len(unlike) == 2 and _exchanged(written, right, *unlike):
            return "digits transposed" if unlike[1] == unlike[0] + 1 else "two digits exchanged"
        return ""
    if len(written) == len(right) - 1 and len(written) >= FEWEST and _without_one(right, written):
        return "a digit left out"
    if len(written) == len(right) + 1 and _without_one(written, right):
        return "a digit too many"
    return ""


def _same(stated: float, want: float, decimals: int) -> bool:
    """Tell whether a figure is another at its decimals, and has digits enough to be told from chance."""
    written = f"{abs(stated):.{decimals}f}"
    return written == f"{abs(want):.{decimals}f}" and len(written.replace(".", "").strip("0")) >= FEWEST


def _exchanged(written: str, right: str, first: int, second: int) -> bool:
    return written[first] == right[second] and written[second] == right[first]


def _without_one(longer: str, shorter: str) -> bool:
    """Tell whether a row of digits is another with one left out."""
    start = 0
    while start < len(shorter) and longer[start] == shorter[start]:
        start += 1
    return longer[start + 1 :] == shorter[start:]
