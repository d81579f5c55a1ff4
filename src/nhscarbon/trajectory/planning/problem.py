"""The choice of actions as a problem: options, what they save together, and what they may spend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.actions.action import Action, Numbers, expected_effect, spend
from nhscarbon.trajectory.actions.effects import Terms, clusters_of, part_of

BUNDLED = 6  # actions of a cluster that are counted out whole
BUNDLES = 800  # ways to start them; beyond, the cluster is bounded by cuts
SPENT = ("capital", "revenue", "staff")
CLOSE = 1e-6  # of the largest amount of a limit

Options = tuple[int, ...]  # what is chosen: places of options, ascending


@dataclass(frozen=True, eq=False)
class Block:
    """A cluster of actions that meet on some line; what it saves depends on nothing outside it.

    Attributes
    ----------
    options : tuple of int
        The problem's options of its actions.
    seat : tuple of int
        The action, within the block, of each of its options.
    terms : Terms
    before : float64 array, shape (years,)
        [kgCO2e] without any of its actions.
    """

    options: tuple[int, ...]
    seat: tuple[int, ...]
    terms: Terms
    before: Numbers

    __repr__ = short_repr

    @property
    def actions(self) -> int:
        """The number of its actions."""
        return max(self.seat) + 1


@dataclass(frozen=True, eq=False)
class Problem:
    """What may be chosen.

    Attributes
    ----------
    years : tuple of int
    actions : tuple of Action
        In the order of their ids, so that the answer does not depend on the order in which they are given.
    action, start : tuple of int
        Of each option: an action and a year in which it starts.
    taken : float64 array, shape (options, years)
    spent : Mapping of str to float64 array, shape (options, years)
        capital [GBP], revenue [GBP], staff [FTE].
    limits : Mapping of str to float64 array, shape (years,)
    carry_over : bool
        Whether capital that is left over may be spent a year later.
    base : float64 array, shape (years,)
        [kgCO2e] of business as usual.
    target : Mapping of int to float
        [kgCO2e] that may not be exceeded, by place of the year.
    include, exclude : frozenset of str
    blocks : tuple of Block
    """

    years: tuple[int, ...]
    actions: tuple[Action, ...]
    action: tuple[int, ...]
    start: tuple[int, ...]
    taken: Numbers
    spent: Mapping[str, Numbers]
    limits: Mapping[str, Numbers]
    carry_over: bool
    base: Numbers
    target: Mapping[int, float]
    include: frozenset[str]
    exclude: frozenset[str]
    blocks: tuple[Block, ...]

    __repr__ = short_repr

    def starts(self, chosen: Iterable[int]) -> dict[str, int]:
        """Return the start of each action that is chosen, by id."""
        return {self.actions[self.action[option]].id: self.start[option] for option in sorted(chosen)}


def options_of(
    actions: Sequence[Action], years: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...], Numbers, dict[str, Numbers]]:
    """Return the action, start, effect and spending of every way to start an action."""
    pairs = [(place, start) for place, action in enumerate(actions) for start in action.starts]
    taken = np.array([expected_effect(actions[place], start, years) for place, start in pairs]).reshape(
        len(pairs), len(years)
    )
    amounts = [spend(actions[place], start, years) for place, start in pairs]
    spent = {name: np.array([each[name] for each in amounts]).reshape(len(pairs), len(years)) for name in SPENT}
    return tuple(place for place, _ in pairs), tuple(start for _, start in pairs), taken, spent


def blocks_of(terms: Terms, actions: Sequence[Action], action: Sequence[int]) -> tuple[Block, ...]:
    """Divide the problem into clusters that do not meet."""
    blocks = []
    for cluster in clusters_of(terms, len(actions)):
        seat = {place: rank for rank, place in enumerate(cluster)}
        options = tuple(option for option, place in enumerate(action) if place in seat)
        part = part_of(terms, cluster)
        before = part.total(np.zeros((1, len(cluster), part.coefficient.shape[1])))[0]
        blocks.append(Block(options, tuple(seat[action[option]] for option in options), part, before))
    return tuple(blocks)


def pieces_of(block: Block) -> tuple[Block, ...]:
    """Divide a large block into its products, which add up; one with fixed tonnes stays whole."""
    if any(block.terms.fixed) or block.actions <= BUNDLED:
        return (block,)
    pieces = []
    for on, coefficient in zip(block.terms.actions, block.terms.coefficient, strict=True):
        at = {seat: rank for rank, seat in enumerate(on)}
        inside = [rank for rank, seat in enumerate(block.seat) if seat in at]
        terms = Terms(((),), (0,), (tuple(range(len(on))),), coefficient[None])
        pieces.append(
            Block(
                tuple(block.options[rank] for rank in inside),
                tuple(at[block.seat[rank]] for rank in inside),
                terms,
                coefficient,
            )
        )
    return tuple(pieces)


def taken_of(problem: Problem, block: Block, chosen: NDArray[np.bool_]) -> Numbers:
    """Return what the actions of a block take in each case, shape (cases, actions, years).

    Parameters
    ----------
    problem : Problem
    block : Block
    chosen : bool array, shape (cases, options of the block)
    """
    fixed = {place for group in block.terms.fixed for place in group}
    taken = np.zeros((len(chosen), block.actions, len(problem.years)))
    for rank, (option, seat) in enumerate(zip(block.options, block.seat, strict=True)):
        own = chosen[:, rank, None] * problem.taken[option]
        taken[:, seat] = taken[:, seat] + own if seat in fixed else 1 - (1 - taken[:, seat]) * (1 - own)
    return taken


def saved_by(problem: Problem, block: Block, chosen: NDArray[np.bool_]) -> Numbers:
    """Return what a block saves in each case, shape (cases, years) [kgCO2e]."""
    return block.before - block.terms.total(taken_of(problem, block, chosen))


def savings(problem: Problem, chosen: Options) -> Numbers:
    """Return what a choice saves in each year [kgCO2e], overlaps included."""
    total = np.zeros(len(problem.years))
    inside = set(chosen)
    for block in problem.blocks:
        picks = np.array([[option in inside for option in block.options]])
        if picks.any():
            total += saved_by(problem, block, picks)[0]
    return total


def shortfall(problem: Problem, chosen: Options) -> Numbers:
    """Return by how much a choice misses the target of each year that has one [kgCO2e]."""
    left = problem.base - savings(problem, chosen)
    return np.array([max(0.0, left[year] - goal) for year, goal in sorted(problem.target.items())])


def bundles_of(problem: Problem, block: Block) -> NDArray[np.bool_] | None:
    """Return every way to start a small block's actions, shape (bundles, options), or None where there are too many."""
    by_action: list[list[int | None]] = [[None] for _ in range(block.actions)]
    for rank, seat in enumerate(block.seat):
        by_action[seat].append(rank)
    if block.actions > BUNDLED or math.prod(len(ways) for ways in by_action) > BUNDLES:
        return None
    ways = list(product(*by_action))
    chosen = np.zeros((len(ways), len(block.options)), np.bool_)
    for row, way in enumerate(ways):
        chosen[row, [rank for rank in way if rank is not None]] = True
    return chosen


def over_limit(problem: Problem, chosen: Options) -> list[str]:
    """Return every rule that a choice breaks, in words; none if it may be carried out."""
    broken = []
    picks = list(chosen)
    for name, limit in problem.limits.items():
        used = problem.spent[name][picks].sum(axis=0)
        slack = CLOSE * max(
            1.0,
            float(np.abs(limit[np.isfinite(limit)]).max(initial=0.0)),
            float(np.abs(problem.spent[name]).max(initial=0.0)),
        )
        room = limit
        if name == "capital" and problem.carry_over:
            used, room = np.cumsum(used), np.cumsum(limit)
        broken += [f"{name} in {problem.years[year]}" for year in np.flatnonzero(used > room + slack)]
    begins = problem.starts(chosen)
    broken += (
        [
            f"{problem.actions[p].id} twice"
            for p in set(problem.action)
            if sum(problem.action[o] == p for o in picks) > 1
        ]
        if len(begins) < len(picks)
        else []
    )
    for action in problem.actions:
        if action.id not in begins:
            continue
        broken += [f"{action.id} excludes {other}" for other in action.excludes if other in begins]
        broken += [
            f"{action.id} requires {other}" for other in action.requires if begins.get(other, 9999) > begins[action.id]
        ]
    broken += [f"{id} is left out" for id in sorted(problem.include - set(begins))]
    return broken + [f"{id} is not wanted" for id in sorted(problem.exclude & set(begins))]
