"""Why a stated total is not the sum of its parts: last year's, digits transposed, a part left out or counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from math import fsum

import numpy as np

from nhscarbon.submissions.reported.parts import Piece
from nhscarbon.submissions.reported.rounding import places_of, tolerance_of
from nhscarbon.submissions.reported.slips import slip

NEAR = 20  # times what rounding leaves
UNKNOWN = "not the sum of its parts"


def cause_of(stated: float, pieces: Sequence[Piece], before: Sequence[tuple[str, Sequence[Piece]]], period: str) -> str:
    """Say what most likely makes a stated total differ from its parts; nothing where nothing is likely.

    Parameters
    ----------
    stated : float
        [tCO2e]
    pieces : sequence of Piece
        The parts of the same period.
    before : sequence of period and sequence of Piece
        The parts of other periods, the likeliest period first.
    period : str
        Of the total.
    """
    want, away = fsum(each.tco2e for each in pieces), _away(stated, pieces)
    for other, theirs in before:
        if fits(stated, theirs):
            return f"{_year(other, period)}'s total, of {other}"
    told = slip(stated, want, _decimals(stated), away)
    return told or next(chain(_whole_parts(stated, want, away, pieces, before), _slips_in(stated, want, pieces)), "")


def _whole_parts(
    stated: float, want: float, away: float, pieces: Sequence[Piece], before: Sequence[tuple[str, Sequence[Piece]]]
) -> Iterator[str]:
    """Yield the parts without which, twice which, or with whose figure of another year the total is what was stated."""
    groups = dict(_groups(pieces))
    finer = [groups, dict(_of_sites(pieces, lambda each: f"the site {each.site} of {each.organisation}")),
             dict(_of_sites(pieces, lambda each: f"{each.name} at {each.site} of {each.organisation}"))]  # fmt: skip
    for level, parts in enumerate(finer):
        for sign, words in ((1, "without {}, {:,.10g} t"), (-1, "with {}, {:,.10g} t, twice")):
            for name, tonnes in parts.items():
                off = abs(stated + sign * tonnes - want)
                if tonnes and off <= away and (level == 0 or _stands_alone(parts, tonnes, away)):
                    yield words.format(name, tonnes)
    for other, theirs in before:
        for name, tonnes in _groups(theirs):
            if name in groups and groups[name] != tonnes and abs(stated - want + groups[name] - tonnes) <= away:
                yield f"with {name} of {other}, {tonnes:,.10g} t"


def _slips_in(stated: float, want: float, pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield the parts, of those that somebody stated, in which a slip of the hand makes the difference."""
    for each in pieces:
        needed = each.tco2e + stated - want
        if each.away and each.tco2e > 0 < needed:
            told = slip(each.tco2e, needed, _decimals(each.tco2e), each.away)
            if told:
                yield f"in {_name(each)}, {told}"


def fits(stated: float, pieces: Sequence[Piece]) -> bool:
    """Tell whether a total is the sum of some parts, at the decimals of all of them."""
    return bool(pieces) and abs(stated - fsum(each.tco2e for each in pieces)) <= _away(stated, pieces)


def _away(stated: float, pieces: Sequence[Piece]) -> float:
    """Return how far rounding may have moved a total from the sum of its parts."""
    return float(tolerance_of(np.array([stated]))[0]) + fsum(each.away for each in pieces)


def _decimals(tonnes: float) -> int:
    return int(places_of(np.array([tonnes]))[0])


def _groups(pieces: Sequence[Piece]) -> Iterator[tuple[str, float]]:
    """Yield the parts that may be missing whole: an organisation, or one thing of one."""
    organisations = dict.fromkeys(each.organisation for each in pieces)
    names: dict[str, list[float]] = {}
    for each in pieces:
        if _name(each) not in organisations:
            names.setdefault(_name(each), []).append(each.tco2e)
    if len(organisations) > 1:
        for who in organisations:
            yield who, fsum(each.tco2e for each in pieces if each.organisation == who)
    for name, tonnes in names.items():
        yield name, fsum(tonnes)


def _of_sites(pieces: Sequence[Piece], called: Callable[[Piece], str]) -> Iterator[tuple[str, float]]:
    """Yield what sites come to, or one thing of each."""
    found: dict[str, list[float]] = {}
    for each in pieces:
        if each.site:
            found.setdefault(called(each), []).append(each.tco2e)
    for name, tonnes in found.items():
        yield name, fsum(tonnes)


def _stands_alone(parts: Mapping[str, float], tonnes: float, away: float) -> bool:
    """Tell whether no other part is near a figure: among many, one fits a difference by chance."""
    return sum(abs(each - tonnes) <= NEAR * away for each in parts.values()) == 1


def _name(piece: Piece) -> str:
    return piece.name if piece.name == piece.organisation else f"{piece.name} of {piece.organisation}"


def _year(other: str, period: str) -> str:
    """Name another year by how far it is from the total's own."""
    return {-1: "last year", 1: "next year"}.get(int(other[:4]) - int(period[:4]), "another year")
