"""What a large cluster of overlapping actions can save at most, as straight lines.

With P and N the sums of the positive and of the negative products, emissions are E = P - N - fixed tonnes. A product
of (1 - x) falls by less the more is taken already, so for any set S of options and any choice z (Nemhauser and
Wolsey 1978):

    P(z) >= P(S) - sum over o outside S of (P(S) - P(S + o)) z_o
    P(z) >= P(S) + sum over j in S of (P(S - j) - P(S)) (1 - z_j) - sum over o outside S of (P(0) - P(o)) z_o
    N(z) <= N(S) + sum over j in S of (N(0) - N(j)) (1 - z_j)

A product is also the exponential of a sum, which lies above its tangents. With a = -ln(1 - x), at any point y:

    P(z) >= sum over products c exp(-a . y) (1 + a . (y - z))

With the line for N, the first two are exact at S: cutting at every choice that is met ends at the
best one. The last is also good between choices, where x is small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nhscarbon.trajectory.actions.action import Numbers
from nhscarbon.trajectory.actions.effects import Terms
from nhscarbon.trajectory.planning.problem import Block, Problem, saved_by, taken_of

LEVELS = tuple(np.linspace(0.1, 1.0, 10).tolist())  # of all actions of a product, for the first tangents
NEARLY_ALL = 1 - 1e-9  # what an action takes away, where its logarithm is needed


@dataclass(frozen=True, eq=False)
class Cut:
    """``saved <= constant + slope . z`` in every year [kgCO2e]; shapes (years,) and (options of the block, years)."""

    constant: Numbers
    slope: Numbers


def cuts_at(problem: Problem, block: Block, inside: Iterable[int]) -> list[Cut]:
    """Return cuts of a block at a set of its options, of which the first is exact there.

    Parameters
    ----------
    problem : Problem
    block : Block
    inside : iterable of int
        Places within the block's options.
    """
    count = len(block.options)
    here = np.zeros(count, np.bool_)
    here[list(inside)] = True
    rows = np.concatenate(
        [[here, np.zeros(count, np.bool_)], here ^ np.eye(count, dtype=np.bool_), np.eye(count, dtype=np.bool_)]
    )
    taken = taken_of(problem, block, rows)
    fixed = {place for group in block.terms.fixed for place in group}
    tonnes = np.array(
        [
            problem.taken[option] if seat in fixed else np.zeros(len(problem.years))
            for option, seat in zip(block.options, block.seat, strict=True)
        ]
    )
    positive, negative = (_signed(block.terms, sign).total(taken) for sign in (1.0, -1.0))
    at, none = positive[0], positive[1]
    flipped, alone = positive[2 : 2 + count], positive[2 + count :]
    gain_here, gain_alone = at - flipped, none - alone  # of what is outside S; minus the loss of what is inside
    lost = negative[1] - negative[2 + count :]
    mine = here[:, None]
    # savings are before - P + N + fixed
    common = block.before + negative[0] + np.where(mine, lost, 0.0).sum(axis=0)
    first = Cut(common - at, np.where(mine, 0.0, gain_here) - np.where(mine, lost, 0.0) + tonnes)
    rise = np.where(mine, -gain_here, 0.0)  # P(S - j) - P(S)
    second = Cut(common - at - rise.sum(axis=0), np.where(mine, rise - lost, gain_alone) + tonnes)
    cuts = [first, second, tangent_at(problem, block, here.astype(np.float64))]
    if fixed:  # fixed tonnes that meet their cap: what is true at S, and what any option could add to it at most
        true = saved_by(problem, block, here[None])[0]
        cuts.append(Cut(true + np.where(mine, lost, 0.0).sum(axis=0), np.where(mine, -lost, gain_alone + tonnes)))
    return cuts


def tangent_at(problem: Problem, block: Block, point: Numbers) -> Cut:
    """Return the tangent of a block's products at a point between choices, shape (options of the block,)."""
    fixed = {place for group in block.terms.fixed for place in group}
    own = problem.taken[list(block.options)]
    log = np.array(
        [
            np.zeros_like(row) if seat in fixed else -np.log1p(-np.minimum(row, NEARLY_ALL))
            for row, seat in zip(own, block.seat, strict=True)
        ]
    )
    slope = np.array([row if seat in fixed else np.zeros_like(row) for row, seat in zip(own, block.seat, strict=True)])
    constant = block.before.copy()
    seats = np.array(block.seat)
    for on, coefficient in zip(block.terms.actions, block.terms.coefficient, strict=True):
        mine = np.flatnonzero(np.isin(seats, on))
        up, down = np.maximum(coefficient, 0.0), np.maximum(-coefficient, 0.0)
        logs = log[mine]
        moved = (logs * point[mine, None]).sum(axis=0)
        left = up * np.exp(-moved)
        constant -= left * (1 + moved)
        slope[mine] += left * logs
        # a product never exceeds any one of its factors
        constant += down
        if down.any() and len(mine):
            tight = max(
                on,
                key=lambda seat: (float((own[mine] * (seats[mine] == seat)[:, None] * point[mine, None]).sum()), -seat),
            )
            slope[mine] -= np.where((seats[mine] == tight)[:, None], down * own[mine], 0.0)
    return Cut(constant, slope)


def _signed(terms: Terms, sign: float) -> Terms:
    """Return the positive, or the negative, products without fixed tonnes."""
    return replace(terms, fixed=tuple(() for _ in terms.fixed), coefficient=np.maximum(sign * terms.coefficient, 0.0))


def first_cuts(problem: Problem, block: Block) -> list[Cut]:
    """Return cuts at nothing, along the order in which actions save most by themselves, and at shares of everything."""
    alone = saved_by(problem, block, np.eye(len(block.options), dtype=np.bool_)).sum(axis=1)
    best: dict[int, int] = {}
    for rank, seat in enumerate(block.seat):
        if seat not in best or alone[rank] > alone[best[seat]]:
            best[seat] = rank
    order = sorted(best.values(), key=lambda rank: (-alone[rank], rank))
    cuts = [cut for length in range(len(order) + 1) for cut in cuts_at(problem, block, order[:length])]
    even = 1.0 / np.bincount(block.seat)[list(block.seat)]  # every action, its starts alike
    return cuts + [tangent_at(problem, block, share * even) for share in LEVELS]
