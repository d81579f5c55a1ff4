"""A choice to begin with, and the last polish of one that was found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nhscarbon.trajectory.planning.problem import Options, Problem, over_limit, saved_by

EQUAL = 1e-9  # relative: nothing gained


def greedy(problem: Problem) -> Options | None:
    """Return what comes of taking what must be in, then what saves most by itself for its capital, while it fits.

    None where what must be in does not fit so.
    """
    alone = np.zeros(len(problem.action))
    for block in problem.blocks:
        alone[list(block.options)] = saved_by(problem, block, np.eye(len(block.options), dtype=np.bool_)).sum(axis=1)
    capital = problem.spent["capital"].sum(axis=1)
    rate = alone / np.maximum(capital, 1.0)
    order = sorted(
        range(len(alone)), key=lambda o: (problem.actions[problem.action[o]].id not in problem.include, -rate[o], o)
    )
    chosen: list[int] = []
    used: set[int] = set()
    must = {place for place, action in enumerate(problem.actions) if action.id in problem.include}
    for option in order:
        place = problem.action[option]
        if place in used or (place not in must and alone[option] <= 0):
            continue
        broken = [
            rule for rule in over_limit(problem, tuple(sorted([*chosen, option]))) if not rule.endswith("is left out")
        ]
        if not broken:
            chosen.append(option)
            used.add(place)
    return tuple(sorted(chosen)) if not over_limit(problem, tuple(sorted(chosen))) else None


def improve(problem: Problem, chosen: Options, value: Callable[[Options], float]) -> Options:
    """Return a choice after one pass of leaving out, adding, moving and putting an equal of a lower id in its place.

    The lower the value, the better. Leaving out what changes nothing, and the lower id among equals, make the answer
    one and the same where several are best.
    """
    now, worth = chosen, value(chosen)
    by_action: dict[int, list[int]] = {}
    for option, place in enumerate(problem.action):
        by_action.setdefault(place, []).append(option)

    def step(other: Options) -> None:
        nonlocal now, worth
        if (better := value(other)) < worth - EQUAL * abs(worth):
            now, worth = other, better

    for place in sorted(by_action, reverse=True):
        without = tuple(option for option in now if problem.action[option] != place)
        idle = len(without) < len(now) and not any(
            amount[list(set(now) - set(without))].sum() < 0 for amount in problem.spent.values()
        )
        if idle and value(without) <= worth:
            now, worth = without, value(without)
    for place in sorted(by_action):
        for option in by_action[place]:
            if option not in now:
                step(tuple(sorted([*(o for o in now if problem.action[o] != place), option])))
    for option in sorted(now):
        for other in range(option):
            if (
                option in now
                and problem.action[other] not in {problem.action[o] for o in now}
                and _twins(problem, option, other)
            ):
                swapped = tuple(sorted([*(o for o in now if o != option), other]))
                if value(swapped) <= worth + EQUAL * abs(worth):
                    now, worth = swapped, value(swapped)
    return now


def _twins(problem: Problem, one: int, other: int) -> bool:
    """Whether two options take and spend the same."""
    return bool((problem.taken[one] == problem.taken[other]).all()) and all(
        bool((amount[one] == amount[other]).all()) for amount in problem.spent.values()
    )
