"""What a large cluster of overlapping actions can save at most, as straight lines.

With P and N the sums of the positive and of the negative products, emissions are E = P - N - fixed tonnes. A product of
(1 - x) falls by less the more is taken already, so for any set S of options and any choice z (Nemhauser and Wolsey 1978):

    P(z) >= P(S) - sum over o outside S of (P(S) - P(S + o)) z_o
    P(z) >= P(S) + sum over j in S of (P(S - j) - P(S)) (1 - z_j) - sum over o outside S of (P(0) - P(o)) z_o
    N(z) <= N(S) + sum over j in S of (N(0) - N(j)) (1 - z_j)

Each is exact at S: cutting at every choice that is met ends at the best one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nhscarbon.trajectory.actions import Numbers
from nhscarbon.trajectory.effects import Terms
from nhscarbon.trajectory.programme import Block, Problem, saved_by, taken_of


@dataclass(frozen=True, eq=False)
class Cut:
    """``saved <= constant + slope . z`` in every year [kgCO2e]; shapes (years,) and (options of the block, years)."""

    constant: Numbers
    slope: Numbers


def cuts_at(problem: Problem, block: Block, inside: Iterable[int]) -> list[Cut]:
    """Return two cuts of a block that are exact at a set of its options.

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
    rows = np.concatenate([[here, np.zeros(count, np.bool_)], here ^ np.eye(count, dtype=np.bool_), np.eye(count, dtype=np.bool_)])
    taken = taken_of(problem, block, rows)
    fixed = {place for group in block.terms.fixed for place in group}
    tonnes = np.array([problem.taken[option] if seat in fixed else np.zeros(len(problem.years))
                       for option, seat in zip(block.options, block.seat, strict=True)])  # fmt: skip
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
    return [first, second]


def _signed(terms: Terms, sign: float) -> Terms:
    """Return the positive, or the negative, products without fixed tonnes."""
    return replace(terms, fixed=tuple(() for _ in terms.fixed), coefficient=np.maximum(sign * terms.coefficient, 0.0))


def first_cuts(problem: Problem, block: Block) -> list[Cut]:
    """Return cuts at nothing, and along the order in which actions save most by themselves."""
    alone = saved_by(problem, block, np.eye(len(block.options), dtype=np.bool_)).sum(axis=1)
    best: dict[int, int] = {}
    for rank, seat in enumerate(block.seat):
        if seat not in best or alone[rank] > alone[best[seat]]:
            best[seat] = rank
    order = sorted(best.values(), key=lambda rank: (-alone[rank], rank))
    sets = [order[:length] for length in range(len(order) + 1)]
    return [cut for inside in sets for cut in cuts_at(problem, block, inside)]
