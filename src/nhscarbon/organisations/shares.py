"""Where each body's tonnes go on one day: the transition matrix of followers and members, walked to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.organisations.register import Memberships, Organisations
from nhscarbon.output.text import short_repr

# from the smallest up: a body goes by the highest parent that is not above the level that is asked for
LEVELS = ("trust", "pcn", "place", "sub_icb_location", "icb", "region", "country")
ROLES_AT = {"icb": ("icb", "stp"), "region": ("region",), "country": ("country",), "pcn": ("pcn",)}
STEPS = 64  # a chain of mergers and parents is a few steps; a longer one is a circle that the checks let through
NOTHING = 1e-12  # of a share: what arithmetic leaves
Whole = NDArray[np.int64]
Walk = tuple[Whole, Whole, NDArray[np.float64], NDArray[np.bool_]]


@dataclass(frozen=True)
class Shares:
    """Shares of some bodies in others on a day.

    Attributes
    ----------
    source, target : int64 array, shape (shares,)
        The place of the body in what was asked for, and the number of the code where its share ends.
    share : float64 array, shape (shares,)
        They add up to 1 for each body.
    inferred : bool array, shape (shares,)
        Whether any of it went by a row that no file states.
    placed : bool array, shape (shares,)
        Whether the end is a body of the level.
    """

    source: Whole
    target: Whole
    share: NDArray[np.float64]
    inferred: NDArray[np.bool_]
    placed: NDArray[np.bool_]

    __repr__ = short_repr


def shares_on(organisations: Organisations, bodies: Whole, days: Whole, level: str) -> Shares:
    """Return where bodies are at a level, each on a day of its own, successors first.

    Parameters
    ----------
    organisations : Organisations
    bodies : int64 array, shape (bodies,)
        Numbers of codes.
    days : int64 array, shape (bodies,)
        Days since 1970.
    level : str
        One of `LEVELS`. At ``trust`` whatever is no site stays what it is.

    Returns
    -------
    Shares
        In order of the bodies as they were given.
    """
    at_level = of_level(organisations, level)
    members = organisations.memberships
    rank = np.array([LEVELS.index(name) if name in LEVELS else len(LEVELS) for name in members.levels], np.int8)
    ranks = rank[members.level]
    maps = np.unique(days)
    held = _held(members, ranks <= LEVELS.index(level), maps)
    none = np.zeros(0, np.int64)
    parts: list[Walk] = [(none, none, np.zeros(0), np.zeros(0, np.bool_))]
    for day, rows in zip(maps, held, strict=True):
        here = np.flatnonzero(days == day)
        steps = _steps(organisations, int(day), rows, ranks[rows], at_level)
        asked, place = np.unique(bodies[here], return_inverse=True)
        body, target, share, inferred = _walked(steps, asked, len(organisations.codes))
        count = np.bincount(body, minlength=len(asked))
        first = np.cumsum(count) - count
        times = count[place]
        of = np.arange(times.sum()) + np.repeat(first[place] - np.cumsum(times) + times, times)
        parts.append((np.repeat(here, times), target[of], share[of], inferred[of]))
    source, target, share, inferred = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if len(maps) > 1:
        order = np.argsort(source, kind="stable")
        source, target, share, inferred = source[order], target[order], share[order], inferred[order]
    placed = np.ones(len(source), np.bool_) if level == LEVELS[0] else at_level[target]
    return Shares(source, target, share, inferred, placed)


def _held(members: Memberships, wanted: NDArray[np.bool_], maps: Whole) -> Iterator[Whole]:
    """Yield the rows that hold on each day, days ascending: each row is taken up once and let go once."""
    first = np.searchsorted(maps, members.start).astype(np.int16)
    after = np.searchsorted(maps, members.end).astype(np.int16)
    rows = np.flatnonzero(wanted & (first < after))
    rows = rows[np.argsort(first[rows], kind="stable")]
    ends = np.searchsorted(first[rows], np.arange(len(maps)), side="right")
    held = rows[:0]
    for place in range(len(maps)):
        new = rows[ends[place - 1] if place else 0 : ends[place]]
        held = np.concatenate([held[after[held] > place], new])
        yield held


@dataclass(frozen=True)
class _Steps:
    """One step of every body on a day: rows by body, the same by stated rows only, and which bodies stay."""

    every: Any
    stated: Any
    stay: NDArray[np.bool_]


def _steps(
    organisations: Organisations, day: int, rows: Whole, ranks: NDArray[np.int8], at_level: NDArray[np.bool_]
) -> _Steps:
    """Return the steps of a day.

    A closed body goes to its followers; a body of the level stays; any other goes to its parents of the highest
    level that it has, or stays where it has none.
    """
    from scipy import sparse  # noqa: PLC0415  it takes time to load

    bodies = len(organisations.codes)
    follows, members = organisations.successions, organisations.memberships
    gone = (follows.day <= day) & (organisations.closed[follows.predecessor] <= day)
    stays = np.ones(bodies, np.bool_)
    stays[follows.predecessor[gone]] = False
    going = (stays & ~at_level)[members.child[rows]]
    rows, ranks = rows[going], ranks[going]
    highest = np.full(bodies, -1, np.int8)
    np.maximum.at(highest, members.child[rows], ranks)
    rows = rows[ranks == highest[members.child[rows]]]
    stays[members.child[rows]] = False
    stay = np.flatnonzero(stays)
    origin = np.concatenate([follows.predecessor[gone], members.child[rows], stay])
    end = np.concatenate([follows.successor[gone], members.parent[rows], stay])
    share = np.concatenate([follows.share[gone], members.share[rows], np.ones(len(stay))])
    stated = np.concatenate([~follows.inferred[gone], ~members.inferred[rows], np.ones(len(stay), np.bool_)])
    every = sparse.csr_array((share, (origin, end)), shape=(bodies, bodies))
    if stated.all():
        return _Steps(every, every, stays)
    sure = sparse.csr_array((share[stated], (origin[stated], end[stated])), shape=(bodies, bodies))
    return _Steps(every, sure, stays)


def _walked(steps: _Steps, bodies: Whole, codes: int) -> Walk:
    """Return the place of a body, where it ends, its share there, and whether that share is inferred."""
    from scipy import sparse  # noqa: PLC0415  it takes time to load

    start = (np.ones(len(bodies)), bodies, np.arange(len(bodies) + 1))
    here = certain = sparse.csr_array(start, shape=(len(bodies), codes))
    for _ in range(STEPS):
        if steps.stay[here.indices].all():
            break
        here = here @ steps.every
        certain = certain @ steps.stated if steps.stated is not steps.every else here
    here.sort_indices()
    rows = np.repeat(np.arange(len(bodies)), np.diff(here.indptr))
    inferred = np.zeros(here.nnz, np.bool_)
    if certain is not here and here.nnz:
        inferred = here.data - np.asarray(certain[rows, here.indices]).ravel() > NOTHING
    target: Whole = here.indices.astype(np.int64)
    share = np.asarray(here.data, np.float64)
    return rows.astype(np.int64), target, share, inferred


def of_level(organisations: Organisations, level: str) -> NDArray[np.bool_]:
    """Return which bodies are of a level: by their role, or because others are members of them at it."""
    found = np.zeros(len(organisations.codes), np.bool_)
    if level == LEVELS[0]:
        return found
    members, roles = organisations.memberships, organisations.roles
    if level in members.levels:
        found[members.parent[members.level == members.levels.index(level)]] = True
    words = ROLES_AT.get(level, (level,))
    found[[int(code) for code, word in zip(roles.code, roles.word, strict=True) if word in words]] = True
    return found
