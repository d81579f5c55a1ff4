"""Plans in new simulations: how much they save when actions come late, deliver in part, and risks happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.actions.action import Numbers
from nhscarbon.trajectory.actions.delivery import sample_delivery
from nhscarbon.trajectory.planning.plan import Plan

LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False, repr=False)
class Robustness(TableResult):
    """Plans in the same simulations.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per plan: ``central_tco2e`` (as planned), ``mean_tco2e`` of the draws with its ``standard_error``,
        ``low``, ``median`` and ``high`` (5, 50 and 95 %), ``chance`` of meeting every target with its
        ``chance_error``, and ``regret_tco2e``: how much less it saves, on average, than the best plan of each draw.
    draws : float64 array, shape (plans, draws)
        [tCO2e] saved over all years.
    seed : int
    """

    draws: Numbers
    seed: int

    def _title(self) -> str:
        return f"{len(self._table)} plans in the same {self.draws.shape[1]:,} draws, seed {self.seed} [tCO2e]"

    def _about(self) -> dict[str, object]:
        return {"seed": self.seed, "draws": self.draws.shape[1]}


def robustness(plans: Sequence[Plan], *, draws: int = 2000, seed: int = 2027) -> Robustness:
    """Return what plans save in new simulations of delivery.

    An action's draws depend on the seed and its own id alone, so all plans meet the same draws.

    Parameters
    ----------
    plans : sequence of Plan
        Of the same business as usual and actions.
    draws : int, optional
    seed : int, optional

    Returns
    -------
    Robustness

    Raises
    ------
    UsageError
        If there are fewer than two draws.
    """
    if draws < 2:
        raise UsageError("a standard error needs at least two draws")
    rows, all_saved = [], []
    for number, plan in enumerate(plans):
        problem = plan.problem
        yearly = saved_in_draws(plan, draws, seed)
        saved = yearly.sum(axis=1) / KG_PER_TONNE
        all_saved.append(saved)
        chance = np.nan
        if problem.target:
            left = problem.base - yearly
            met = [left[:, year] <= goal * (1 + 1e-9) for year, goal in problem.target.items()]
            chance = float(np.all(met, axis=0).mean())
        low, median, high = np.quantile(saved, LEVELS)
        rows.append(
            (
                "plan" if number == 0 else f"alternative {number}",
                len(plan.starts),
                plan.tco2e_saved,
                saved.mean(),
                saved.std(ddof=1) / np.sqrt(draws),
                low,
                median,
                high,
                chance,
                np.sqrt(chance * (1 - chance) / draws),
            )
        )
    names = [
        "plan",
        "actions",
        "central_tco2e",
        "mean_tco2e",
        "standard_error",
        "low",
        "median",
        "high",
        "chance",
        "chance_error",
    ]
    saved = np.array(all_saved)
    table = pd.DataFrame(rows, columns=names).assign(regret_tco2e=(saved.max(axis=0) - saved).mean(axis=1))
    return Robustness(table, saved, seed)


def saved_in_draws(plan: Plan, draws: int, seed: int) -> Numbers:
    """Return what a plan saves in each draw and year, shape (draws, years) [kgCO2e]."""
    problem = plan.problem
    total = np.zeros((draws, len(problem.years)))
    for block in problem.blocks:
        seats = {
            seat: problem.actions[problem.action[option]]
            for option, seat in zip(block.options, block.seat, strict=True)
        }
        actions = [seats[seat] for seat in range(block.actions)]
        if any(action.id in plan.starts for action in actions):
            taken = sample_delivery(actions, plan.starts, problem.years, draws=draws, seed=seed)
            total += block.before - block.terms.total(taken)
    return total
