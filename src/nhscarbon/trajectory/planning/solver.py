"""The best choice by mixed-integer programming, with a bound that proves how good it is.

Small clusters are exact: one variable for each bundle of starts. Large ones are bounded by cuts, and the programme is
solved again with the cuts of the choice that was met, until the bound and the true value agree.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.actions.action import Numbers
from nhscarbon.trajectory.planning.cuts import Cut, cuts_at, first_cuts, tangent_at
from nhscarbon.trajectory.planning.problem import (
    CLOSE,
    Options,
    Problem,
    bundles_of,
    over_limit,
    pieces_of,
    saved_by,
    savings,
    shortfall,
)

SOLVED, TIMED_OUT, NONE_FITS = 0, 1, 2  # what scipy's milp says
ROUNDS = 60
BETWEEN = 12  # rounds of tangents before whole choices are asked for
STILL = 1e-4  # of the bound: no longer moving
TINY = 1e-7  # of the objective's size: nothing that matters
SLACK = 1e-2  # units of a shortfall that rounding may add within the programme; the true value is held to TINY


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What is looked for.

    Attributes
    ----------
    weight : float64 array, shape (options,)
        What each option adds to the objective, which is made small.
    savings : float
        What a kilogram saved takes off it.
    short : float
        What a kilogram of shortfall adds to it.
    short_at_most : float
        [kgCO2e] over all target years.
    save_at_least : float
        [kgCO2e] over all years.
    leeway : float
        [kgCO2e] that the true savings may be below `save_at_least`: the programme sees large clusters by their cuts,
        which promise a little more than is true.
    cost : float64 array, shape (options,), optional
    cost_at_most : float
        Of the sum of the costs of what is chosen.
    """

    weight: Numbers
    savings: float = 0.0
    short: float = 0.0
    short_at_most: float = np.inf
    save_at_least: float = -np.inf
    leeway: float = 0.0
    cost: Numbers | None = None
    cost_at_most: float = np.inf

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Solution:
    """The best choice that was found, its value, the bound on any choice's value, and what ended the search.

    `chosen` is None where none was found; `impossible` says that none exists.
    """

    chosen: Options | None
    value: float
    bound: float
    ended: str
    impossible: bool = False
    point: Numbers | None = None

    __repr__ = short_repr


@dataclass
class Columns:
    """Columns and rows of the programme as it grows."""

    count: int
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    def row(self, at: Sequence[int], value: Sequence[float], low: float, high: float) -> None:
        """Add a row, brought to coefficients of at most 1."""
        size = max((abs(number) for number in value), default=0.0)
        if size > 0:
            self.rows.append(([*at], [number / size for number in value], low / size, high / size))
        elif low > 0 or high < 0:
            self.rows.append(([0], [0.0], 1.0, 1.0))


class Master:
    """The programme of a problem, which cuts are added to."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.goals: list[int | None] = [None, *sorted(problem.target)]  # all years together, then each target's
        self.pieces = tuple(piece for block in problem.blocks for piece in pieces_of(block))
        self.bundles = [bundles_of(problem, piece) for piece in self.pieces]
        self.cut: dict[int, list[Cut]] = {
            place: first_cuts(problem, block)
            for place, (block, bundles) in enumerate(zip(self.pieces, self.bundles, strict=True))
            if bundles is None
        }
        self.worth = [
            None if bundles is None else saved_by(problem, block, bundles)
            for block, bundles in zip(self.pieces, self.bundles, strict=True)
        ]
        self.unit = max(1.0, float(np.abs(problem.base).sum()) / 1e4)  # [kgCO2e] of the objective's unit

    def on(self, problem: Problem) -> Master:
        """Return the same for a problem that differs in its limits only, with all that was learnt."""
        other = copy(self)
        other.problem = problem
        return other

    def learn(self, chosen: Options) -> None:
        """Add the cuts of a choice."""
        inside = set(chosen)
        for place, cuts in self.cut.items():
            block = self.pieces[place]
            here = [rank for rank, option in enumerate(block.options) if option in inside]
            cuts.extend(cuts_at(self.problem, block, here))

    def learn_between(self, point: Numbers) -> None:
        """Add the tangents at a point between choices, shape (options,)."""
        for place, cuts in self.cut.items():
            block = self.pieces[place]
            cuts.append(tangent_at(self.problem, block, point[list(block.options)]))

    def solve(self, aim: Aim, *, gap: float, time_limit: float, between: bool = False) -> Solution:
        """Solve the programme once; its value is of the relaxation, its bound holds for the problem.

        With `between`, options may be chosen in part, and the solution carries that point.
        """
        problem, options = self.problem, len(self.problem.action)
        columns = Columns(options)
        savings = self._savings(columns)
        self._limits(columns)
        self._rules(columns)
        short = {}
        for rank, (year, goal) in enumerate(sorted(problem.target.items()), start=1):
            short[year] = columns.count
            columns.count += 1
            at, value = savings[rank]
            columns.row([*at, short[year]], [*value, 1.0], (problem.base[year] - goal) / self.unit, np.inf)
        if np.isfinite(aim.short_at_most) and short:
            columns.row([*short.values()], [1.0] * len(short), -np.inf, aim.short_at_most / self.unit + SLACK)
        at, value = savings[0]
        if np.isfinite(aim.save_at_least):
            columns.row(at, value, aim.save_at_least / self.unit, np.inf)
        if aim.cost is not None:
            columns.row(list(range(options)), aim.cost.tolist(), -np.inf, aim.cost_at_most)
        cost = np.zeros(columns.count)
        cost[:options] = aim.weight
        np.subtract.at(cost, at, aim.savings * self.unit * np.array(value))
        cost[[*short.values()]] += aim.short * self.unit
        size = float(np.abs(cost).max(initial=0.0)) or 1.0
        low, high = np.zeros(columns.count), np.full(columns.count, np.inf)
        high[:options] = 1.0
        for option, place in enumerate(problem.action):
            if problem.actions[place].id in problem.exclude:
                high[option] = 0.0
        for place in self.theta:
            low[place] = -np.inf
        rows = columns.rows
        matrix = sparse.csr_array(
            (
                np.concatenate([np.asarray(row[1]) for row in rows] or [np.zeros(0)]),
                np.concatenate([np.asarray(row[0], np.int64) for row in rows] or [np.zeros(0, np.int64)]),
                np.concatenate([[0], np.cumsum([len(row[0]) for row in rows])]).astype(np.int64),
            ),
            shape=(len(rows), columns.count),
        )
        limits = LinearConstraint(matrix, [row[2] for row in rows], [row[3] for row in rows])
        whole = np.zeros(columns.count, np.int64)
        whole[:options] = 0 if between else 1
        done = milp(
            cost / size,
            constraints=limits if rows else (),
            integrality=whole,
            bounds=Bounds(low, high),
            options={"time_limit": max(0.05, time_limit), "mip_rel_gap": gap, "disp": False},
        )
        status = int(done.status)
        ended = {TIMED_OUT: "time limit", NONE_FITS: "no choice fits"}.get(status, "gap reached")
        if between and status != SOLVED:  # an unfinished linear programme proves nothing
            return Solution(None, np.inf, -np.inf, ended)
        lowest = done.fun if between else done.mip_dual_bound
        bound = -np.inf if lowest is None else lowest * size
        if done.x is None:
            return Solution(None, np.inf, bound, ended, impossible=status == NONE_FITS)
        chosen = tuple(int(option) for option in np.flatnonzero(done.x[:options] > 0.5))
        return Solution(chosen, done.fun * size, bound, ended, point=done.x[:options] if between else None)

    def _savings(self, columns: Columns) -> list[tuple[list[int], list[float]]]:
        """Return savings [units], in all and in each target year, as columns and coefficients."""
        found: list[tuple[list[int], list[float]]] = [([], []) for _ in self.goals]
        self.theta: list[int] = []

        def of(values: Numbers, goal: int | None) -> Numbers:
            return (values.sum(axis=-1) if goal is None else values[..., goal]) / self.unit

        for place, (block, bundles, worth) in enumerate(zip(self.pieces, self.bundles, self.worth, strict=True)):
            if bundles is None or worth is None:
                for rank, goal in enumerate(self.goals):
                    theta = columns.count
                    columns.count += 1
                    self.theta.append(theta)
                    found[rank][0].append(theta)
                    found[rank][1].append(1.0)
                    for cut in self.cut[place]:
                        columns.row(
                            [theta, *block.options],
                            [1.0, *(-of(cut.slope, goal)).tolist()],
                            -np.inf,
                            float(of(cut.constant, goal)),
                        )
                continue
            if block.actions == 1:
                at = [*block.options]
                order = [int(np.flatnonzero(row)[0]) for row in bundles[1:]]
                saves = worth[1:][np.argsort(order)]
            else:
                saves = worth
                at = list(range(columns.count, columns.count + len(bundles)))
                columns.count += len(bundles)
                columns.row(at, [1.0] * len(at), 1.0, 1.0)
                for rank, option in enumerate(block.options):
                    inside = np.flatnonzero(bundles[:, rank])
                    columns.row([at[bundle] for bundle in inside] + [option], [1.0] * len(inside) + [-1.0], 0.0, 0.0)
            for rank, goal in enumerate(self.goals):
                found[rank][0].extend(at)
                found[rank][1].extend(of(saves, goal).tolist())
        return found

    def _limits(self, columns: Columns) -> None:
        problem = self.problem
        for name, limit in problem.limits.items():
            over = name == "capital" and problem.carry_over
            for year in range(len(problem.years)):
                amount = problem.spent[name][:, : year + 1].sum(axis=1) if over else problem.spent[name][:, year]
                room = float(limit[: year + 1].sum() if over else limit[year])
                at = np.flatnonzero(amount)
                if np.isfinite(room) and (len(at) or room < 0):
                    columns.row(at.tolist(), amount[at].tolist(), -np.inf, room)

    def _rules(self, columns: Columns) -> None:
        problem = self.problem
        options: dict[str, list[int]] = {}
        for option, place in enumerate(problem.action):
            options.setdefault(problem.actions[place].id, []).append(option)
        excluded = set()
        for action in problem.actions:
            own = options[action.id]
            columns.row(own, [1.0] * len(own), float(action.id in problem.include), 1.0)
            for other in action.excludes:
                pair = (min(action.id, other), max(action.id, other))
                if other in options and pair not in excluded:
                    excluded.add(pair)
                    columns.row([*own, *options[other]], [1.0] * (len(own) + len(options[other])), -np.inf, 1.0)
            for other in action.requires:
                for year in sorted({problem.start[option] for option in own}):
                    mine = [option for option in own if problem.start[option] <= year]
                    theirs = [option for option in options.get(other, ()) if problem.start[option] <= year]
                    columns.row([*mine, *theirs], [1.0] * len(mine) + [-1.0] * len(theirs), -np.inf, 0.0)


def value_of(problem: Problem, aim: Aim, chosen: Options) -> float:
    """Return the true value of a choice; infinite if it may not be carried out or misses what the aim demands."""
    if over_limit(problem, chosen):
        return np.inf
    kg, short = float(savings(problem, chosen).sum()), float(shortfall(problem, chosen).sum())
    size = TINY * max(1.0, float(np.abs(problem.base).sum()))
    if short > aim.short_at_most + size or kg < aim.save_at_least - aim.leeway - size:
        return np.inf
    if aim.cost is not None and aim.cost[list(chosen)].sum() > aim.cost_at_most + CLOSE * abs(aim.cost_at_most):
        return np.inf
    return float(aim.weight[list(chosen)].sum()) - aim.savings * kg + aim.short * short


def best(master: Master, aim: Aim, *, gap: float, time_limit: float, known: Sequence[Options] = ()) -> Solution:
    """Return the best choice within a gap or a time limit, cutting until bound and value agree.

    Parameters
    ----------
    master : Master
        Keeps what it learns.
    aim : Aim
    gap : float
        Of the value.
    time_limit : float
        [s]
    known : sequence of Options, optional
        Choices to begin with.
    """
    problem = master.problem
    value, chosen = min(((value_of(problem, aim, each), each) for each in known), default=(np.inf, None))
    bound, ended = -np.inf, "time limit"
    until = time.monotonic() + time_limit
    for _ in range(BETWEEN if master.cut else 0):
        part = master.solve(aim, gap=gap, time_limit=until - time.monotonic(), between=True)
        if part.point is None or part.bound - bound <= STILL * abs(part.bound):
            break
        bound = part.bound
        master.learn_between(part.point)
    for _ in range(ROUNDS):
        tight = gap / 2 if master.cut else gap
        found = master.solve(aim, gap=tight, time_limit=until - time.monotonic())
        if found.impossible and chosen is None:
            return Solution(None, np.inf, np.inf, found.ended, impossible=True)
        bound = max(bound, found.bound)
        if found.chosen is not None:
            true = value_of(problem, aim, found.chosen)
            if true < value:
                value, chosen = true, found.chosen
        if value - bound <= gap * abs(value) + TINY * _size(problem, aim):
            ended = "gap reached"
            break
        if found.chosen is None or not master.cut or time.monotonic() > until:
            ended = found.ended if not master.cut else "time limit"
            break
        master.learn(found.chosen)
    return Solution(chosen if np.isfinite(value) else None, value, min(bound, value), ended)


def _size(problem: Problem, aim: Aim) -> float:
    """Return the size of a value that is nothing much."""
    return max(aim.savings, aim.short) * float(np.abs(problem.base).sum()) + float(np.abs(aim.weight).max(initial=0.0))
