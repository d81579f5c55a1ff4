"""Where each body's tonnes go on one day: the transition matrix of followers and members, walked to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.organisations.data import Memberships, Organisations

# from the smallest up: a body goes by the highest parent that is not above the level that is asked for
LEVELS = ("trust", "pcn", "place", "sub_icb_location", "icb", "region", "country")
ROLES_AT = {"icb": ("icb", "stp"), "region": ("region",), "country": ("country",), "pcn": ("pcn",)}
STEPS = 64  # a chain of mergers and parents is a few steps; a longer one is a circle that the checks let through
NOTHING = 1e-12  # of a share: what arithmetic leaves
Whole = NDArray[np.int64]


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
    parts = []
    for day in np.unique(days):
        here = np.flatnonzero(days == day)
        asked, place = np.unique(bodies[here], return_inverse=True)
        rows, target, share, inferred = _walked(organisations, asked, int(day), level, at_level)
        count = np.bincount(rows, minlength=len(asked))
        first = np.cumsum(count) - count
        times = count[place]
        of = np.repeat(first[place], times) + np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        parts.append((np.repeat(here, times), target[of], share[of], inferred[of]))
    source, target, share, inferred = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(source, kind="stable")
    placed = np.ones(len(order), np.bool_) if level == LEVELS[0] else at_level[target[order]]
    return Shares(source[order], target[order], share[order], inferred[order], placed)


def _walked(
    organisations: Organisations, bodies: Whole, day: int, level: str, at_level: NDArray[np.bool_]
) -> tuple[Whole, Whole, NDArray[np.float64], NDArray[np.bool_]]:
    """Return the place of a body, where it ends on a day, its share there, and whether that share is inferred."""
    from scipy import sparse  # noqa: PLC0415  it takes time to load

    steps, sure, stay = _transitions(organisations, day, level, at_level)
    shape = (len(bodies), len(organisations.codes))
    here = sparse.csr_array((np.ones(len(bodies)), (np.arange(len(bodies)), bodies)), shape=shape)
    certain = here
    for _ in range(STEPS):
        if stay[here.indices].all():
            break
        here, certain = here @ steps, certain @ sure
    here.sort_indices()
    rows = np.repeat(np.arange(len(bodies)), np.diff(here.indptr))
    lacking = (here - certain).tocsr()
    inferred = np.zeros(here.nnz, np.bool_)
    if len(lacking.data) and lacking.data.max() > NOTHING:
        inferred = np.asarray(lacking[rows, here.indices]).ravel() > NOTHING
    return rows, here.indices.astype(np.int64), here.data, inferred


def _transitions(
    organisations: Organisations, day: int, level: str, at_level: NDArray[np.bool_]
) -> tuple[Any, Any, NDArray[np.bool_]]:
    """Return one step of every body on a day, the same by stated rows only, and which bodies stay.

    A closed body goes to its followers; a body of the level stays; any other goes to its parents, or stays where it
    has none.
    """
    from scipy import sparse  # noqa: PLC0415  it takes time to load

    bodies = len(organisations.codes)
    follows, members = organisations.successions, organisations.memberships
    gone = (follows.day <= day) & (organisations.closed[follows.predecessor] <= day)
    stays = np.ones(bodies, np.bool_)
    stays[follows.predecessor[gone]] = False
    chosen = _chosen(members, day, level, stays & ~at_level)
    stays[members.child[chosen]] = False
    stay = np.flatnonzero(stays)
    rows = np.concatenate([follows.predecessor[gone], members.child[chosen], stay])
    columns = np.concatenate([follows.successor[gone], members.parent[chosen], stay])
    share = np.concatenate([follows.share[gone], members.share[chosen], np.ones(len(stay))])
    stated = np.concatenate([~follows.inferred[gone], ~members.inferred[chosen], np.ones(len(stay), np.bool_)])
    shape = (bodies, bodies)
    steps = sparse.csr_array((share, (rows, columns)), shape=shape)
    sure = sparse.csr_array((share[stated], (rows[stated], columns[stated])), shape=shape)
    return steps, sure, stays


def _chosen(members: Memberships, day: int, level: str, going: NDArray[np.bool_]) -> Whole:
    """Return the rows by which bodies go on a day: of the highest level that each has, up to the one asked for."""
    top = LEVELS.index(level)
    rank = np.array([LEVELS.index(name) if name in LEVELS else len(LEVELS) for name in members.levels], np.int8)
    ranks = rank[members.level]
    held: Whole = np.flatnonzero((members.start <= day) & (day < members.end) & (ranks <= top) & going[members.child])
    highest = np.full(len(going), -1, np.int8)
    np.maximum.at(highest, members.child[held], ranks[held])
    chosen: Whole = held[ranks[held] == highest[members.child[held]]]
    return chosen


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
