"""Why a stated total is not the sum of its parts: last year's, digits transposed, a part left out or counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from math import fsum

import numpy as np

from nhscarbon.submissions.reported.parts import Piece
from nhscarbon.submissions.reported.rounding import places_of, tolerance_of
from nhscarbon.submissions.reported.slips import slip

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
    for name, tonnes in groups.items():
        if tonnes and abs(stated + tonnes - want) <= away:
            yield f"without {name}, {tonnes:,.10g} t"
        if tonnes and abs(stated - tonnes - want) <= away:
            yield f"with {name}, {tonnes:,.10g} t, twice"
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
    """Yield the parts that may be missing whole: an organisation, one thing of one, a site, one thing of a site."""
    organisations = dict.fromkeys(each.organisation for each in pieces)
    names, sites, rows = (defaultdict[str, list[float]](list) for _ in range(3))
    for each in pieces:
        if _name(each) not in organisations:
            names[_name(each)].append(each.tco2e)
            if each.site:
                sites[f"the site {each.site} of {each.organisation}"].append(each.tco2e)
                rows[f"{each.name} at {each.site} of {each.organisation}"].append(each.tco2e)
    if len(organisations) > 1:
        for who in organisations:
            yield who, fsum(each.tco2e for each in pieces if each.organisation == who)
    for groups in (names, sites, rows):
        for name, tonnes in groups.items():
            yield name, fsum(tonnes)


def _name(piece: Piece) -> str:
    return piece.name if piece.name == piece.organisation else f"{piece.name} of {piece.organisation}"


def _year(other: str, period: str) -> str:
    """Name another year by how far it is from the total's own."""
    return {-1: "last year", 1: "next year"}.get(int(other[:4]) - int(period[:4]), "another year")
