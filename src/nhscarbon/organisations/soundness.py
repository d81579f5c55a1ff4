"""Whether the rows of a release can all be true: no cycles, no two parents, no shares that leave something over."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.organisations.register import Memberships, Organisations, Successions

LEAVES_NOTHING = 1e-9  # how far shares may be from 1: they are printed with twelve decimals
MAY_BE_LEFT = ("pcn", "place")  # levels that a body may leave without joining another


def faults_of(organisations: Organisations) -> list[str]:
    """Return every contradiction of a release, as sentences."""
    codes = organisations.codes
    members = organisations.memberships
    follows = organisations.successions
    excused = {(gap.code, gap.about) for gap in organisations.gaps}
    return [
        *_spans(members, codes),
        *shares_of_members(members, codes, excused),
        *circles(members.child, members.parent, codes, "is a member of itself through"),
        *_shares_of_successors(follows, organisations),
        *circles(follows.predecessor, follows.successor, codes, "is its own successor through"),
    ]


def _spans(members: Memberships, codes: tuple[str, ...]) -> list[str]:
    wrong = np.flatnonzero(members.start >= members.end)
    return [f"{codes[members.child[n]]} in {codes[members.parent[n]]} ends before it begins" for n in wrong]


def shares_of_members(
    members: Memberships, codes: tuple[str, ...], excused: set[tuple[str, str]] | frozenset[tuple[str, str]]
) -> list[str]:
    """Return where the shares of a body at a level are not 1 between its first day there and its last."""
    if not len(members.child):
        return []
    group = members.child.astype(np.int64) * (len(members.levels) + 1) + members.level
    moved = np.concatenate([group, group])
    day = np.concatenate([members.start, members.end]).astype(np.int64)
    change = np.concatenate([members.share, -members.share])
    order = np.lexsort([day, moved])
    moved, day, change = moved[order], day[order], change[order]
    running = np.cumsum(change)
    first = np.flatnonzero(np.diff(moved, prepend=-1))
    before = np.concatenate([[0.0], running])[first]
    sums = running - np.repeat(before, np.diff([*first, len(moved)]))
    settled = np.ones(len(moved), np.bool_)  # the last change of a day tells what holds after it
    settled[:-1] = (moved[1:] != moved[:-1]) | (day[1:] != day[:-1])
    last = np.ones(len(moved), np.bool_)
    last[:-1] = moved[1:] != moved[:-1]
    odd = np.flatnonzero(settled & ~last & (np.abs(sums - 1) > LEAVES_NOTHING))
    faults = []
    for place in odd:
        child, level = (
            codes[moved[place] // (len(members.levels) + 1)],
            members.levels[moved[place] % (len(members.levels) + 1)],
        )
        share = sums[place]
        if abs(share) <= LEAVES_NOTHING:
            if level not in MAY_BE_LEFT and (child, level) not in excused:
                faults.append(f"{child} is in no {level} from {_day(day[place])}, which gaps.csv does not say")
        elif share > 1:
            faults.append(
                f"{child} has two parents at level {level} from {_day(day[place])}: shares add up to {share:.6g}"
            )
        else:
            faults.append(
                f"the shares of {child} at level {level} from {_day(day[place])} add up to {share:.6g}, not to 1"
            )
    return faults


def _shares_of_successors(follows: Successions, organisations: Organisations) -> list[str]:
    codes, faults = organisations.codes, []
    sums = np.bincount(follows.predecessor, weights=follows.share, minlength=len(codes))
    used = np.bincount(follows.predecessor, minlength=len(codes)) > 0
    for place in np.flatnonzero(used & (np.abs(sums - 1) > LEAVES_NOTHING)):
        faults.append(f"the shares of the successors of {codes[place]} add up to {sums[place]:.6g}, not to 1")
    for place in np.flatnonzero(follows.day != organisations.closed[follows.predecessor]):
        old = follows.predecessor[place]
        faults.append(
            f"{codes[old]} is followed by {codes[follows.successor[place]]} on {_day(int(follows.day[place]))}, "
            f"but it closed on {_day(int(organisations.closed[old]))}"
        )
    for place in np.flatnonzero(follows.share <= 0):
        faults.append(f"{codes[follows.successor[place]]} follows with a share of {follows.share[place]:.6g}")
    return faults


def circles(child: NDArray[Any], parent: NDArray[Any], codes: tuple[str, ...], words: str) -> list[str]:
    """Return the bodies that come back to themselves: what has no way out is taken away until nothing is left."""
    left = np.ones(len(child), np.bool_)
    while left.any():
        ends = left & ~np.isin(parent, child[left])  # parents that are nobody's child
        if not ends.any():
            break
        left &= ~ends
    round_ = np.flatnonzero(left & np.isin(child, parent[left]))
    return [f"{codes[child[n]]} {words} {codes[parent[n]]}" for n in round_[:12]]


def _day(number: int) -> str:
    return str(np.datetime64(int(number), "D"))
