"""A portfolio of actions, and the questions that can be put to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result
from nhscarbon.output.text import screen
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action, Numbers
from nhscarbon.trajectory.actions.effects import with_actions
from nhscarbon.trajectory.actions.wedges import Wedges, wedges
from nhscarbon.trajectory.decisions.decision_effects import DecisionEffects, decision_effects
from nhscarbon.trajectory.planning.beside import Beside
from nhscarbon.trajectory.planning.local_search import improve
from nhscarbon.trajectory.planning.plan_table import plan_table
from nhscarbon.trajectory.planning.problem import SPENT, Options, Problem, savings, shortfall
from nhscarbon.trajectory.planning.solver import Aim, Master, Solution, best, value_of

Goal = Literal["tonnes", "cost"]
GUIDE = 0.1  # of a kilogram saved, where plans are sought that differ


@dataclass(frozen=True, eq=False, repr=False)
class Plan(Result):
    """A portfolio of actions with their starts.

    Attributes
    ----------
    starts : Mapping of str to int
        The year in which each chosen action starts.
    tco2e_saved : float
        [tCO2e] over all years, overlaps counted once.
    net_present_cost_gbp : float
        [GBP] of capital and running costs.
    bound : float
        No plan within the limits saves more [tCO2e]; with the goal "cost", none costs less [GBP].
    gap : float
        Between the plan and the bound, of the plan.
    ended : str
        "gap reached" or "time limit".
    short_tco2e : Mapping of str to float
        By how much the target of a year is missed [tCO2e]; empty where it is met.
    business_as_usual : pandas.DataFrame
    beside : tuple of Beside
        The actions that book nothing on the main totals: what the method does not count, enabling and unquantified
        ones.
    """

    starts: Mapping[str, int]
    tco2e_saved: float
    net_present_cost_gbp: float
    bound: float
    gap: float
    ended: str
    short_tco2e: Mapping[str, float]
    goal: Goal
    business_as_usual: pd.DataFrame
    problem: Problem
    master: Master
    chosen: Options
    cost: Numbers
    tolerance: float
    time_limit: float
    beside: tuple[Beside, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions that are in the plan."""
        return tuple(action for action in self.problem.actions if action.id in self.starts)

    @cached_property
    def _wedges(self) -> Wedges:
        return wedges(self.business_as_usual, self.actions, starts=self.starts)

    def wedges(self) -> Wedges:
        """Return what each action of the plan takes away; the parts add up to the whole."""
        return self._wedges

    @cached_property
    def _decisions(self) -> DecisionEffects:
        return decision_effects(self.business_as_usual, self.actions, starts=self.starts)

    def decisions(self) -> DecisionEffects:
        """Return what each action of the plan saves by itself, by average and by marginal factors of the grid."""
        return self._decisions

    @property
    def table(self) -> pd.DataFrame:
        """One row per action of the plan, then one per action that books nothing.

        Start, capital [GBP], net present cost [GBP] and its wedge ``tco2e`` [tCO2e]; ``booked``: ``counted``,
        ``market_based_only``, ``not_counted``, ``enabling`` or ``unquantified``, the last four at zero tonnes, which
        is not zero effect, with ``why``; ``average_tco2e`` and ``marginal_tco2e`` [tCO2e] of the action by itself, over
        the years that have a marginal factor of the grid; ``market_tco2e_a_year`` [tCO2e a year] of scope 2
        market-based; status, risk, mitigation, evidence and co-benefits.
        """
        wedge = self._wedges.table.groupby("action")["tco2e"].sum()
        chosen = []
        for option in self.chosen:
            action = self.problem.actions[self.problem.action[option]]
            amounts = {
                "start": nhs_year(self.problem.start[option]),
                "capital_gbp": float(self.problem.spent["capital"][option].sum()),
                "net_present_cost_gbp": float(self.cost[option]),
                "tco2e": float(wedge[action.id]),
            }
            chosen.append((action, amounts))
        return plan_table(chosen, self.beside, self._decisions.by_action())

    def spending(self) -> pd.DataFrame:
        """Return what the plan spends in each year beside its limits: capital and revenue [GBP], staff [FTE]."""
        out = pd.DataFrame({"year": [nhs_year(year) for year in self.problem.years]})
        for name in SPENT:
            out[name] = self.problem.spent[name][list(self.chosen)].sum(axis=0)
            if name in self.problem.limits:
                out[f"{name}_limit"] = self.problem.limits[name]
        return out

    def emissions(self) -> pd.DataFrame:
        """Return business as usual, the plan and the target of each year [tCO2e]."""
        left = self.problem.base - savings(self.problem, self.chosen)
        goal = [self.problem.target.get(place, np.nan) for place in range(len(left))]
        return pd.DataFrame(
            {
                "year": [nhs_year(year) for year in self.problem.years],
                "business_as_usual_tco2e": self.problem.base / KG_PER_TONNE,
                "with_plan_tco2e": left / KG_PER_TONNE,
                "target_tco2e": np.array(goal) / KG_PER_TONNE,
            }
        )

    def with_actions(self) -> pd.DataFrame:
        """Return business as usual with the plan carried out, in the same columns."""
        return with_actions(self.business_as_usual, self.actions, starts=self.starts)

    def alternatives(
        self, *, count: int = 5, within: float = 0.02, time_limit: float | None = None
    ) -> tuple[Plan, ...]:
        """Return other plans that are nearly as good and share as few actions as can be with those that were met.

        Parameters
        ----------
        count : int, optional
        within : float, optional
            Share of the tonnes, of the cost and of the shortfall that a plan may be worse.
        time_limit : float, optional
            [s] for each; the plan's own when left out.
        """
        problem, met = self.problem, [self.chosen]
        limit = self.time_limit if time_limit is None else time_limit
        total, short = float(savings(problem, self.chosen).sum()), float(shortfall(problem, self.chosen).sum())
        worth = total if self.goal == "tonnes" else abs(self.net_present_cost_gbp)
        found: list[Plan] = []
        while len(found) < count and self.chosen and worth > 0:
            weight = np.zeros(len(problem.action))
            for choice in met:
                names = {problem.action[option] for option in choice}
                weight += [place in names for place in problem.action]
            # to leave out all that was met is worth twice what may be lost; a little of the savings guides the search
            weight *= 2 * within * worth / weight[list(self.chosen)].sum()
            half = within * worth / 2 if self.master.cut else 0.0
            aim = Aim(weight=weight, short_at_most=(1 + within) * short)
            if self.goal == "tonnes":
                aim = replace(aim, savings=GUIDE, save_at_least=(1 - within) * total + half, leeway=half)
            else:
                aim = replace(aim, cost=self.cost, cost_at_most=self.net_present_cost_gbp + within * worth)
            other = best(self.master, aim, gap=within, time_limit=limit)
            if other.chosen is None or other.chosen in met:
                break
            met.append(other.chosen)
            found.append(plan_of(self, other.chosen))
        return tuple(found)

    def no_regret(self, alternatives: Sequence[Plan]) -> tuple[str, ...]:
        """Return the actions that are in this plan and in all the alternatives that were found."""
        return tuple(sorted(set(self.starts).intersection(*(plan.starts for plan in alternatives))))

    def shadow_prices(self, *, gbp: float = 1_000_000.0) -> pd.DataFrame:
        """Return what a year's capital is worth, by solving again with more of it.

        Parameters
        ----------
        gbp : float, optional
            That is added to one year's capital at a time.

        Returns
        -------
        pandas.DataFrame
            year, ``extra_tco2e`` at least, ``extra_tco2e_at_most`` by the bound, and ``gbp_per_tco2e`` of the former.

        Raises
        ------
        UsageError
            If capital has no limit, or the goal is cost.
        """
        if "capital" not in self.problem.limits or self.goal == "cost":
            raise UsageError("a shadow price needs a limit of capital, and the goal 'tonnes'")
        spendable = np.abs(self.problem.spent["capital"]).sum(axis=0) > 0
        rows = []
        for year in np.flatnonzero(spendable & np.isfinite(self.problem.limits["capital"])):
            more = self.problem.limits["capital"].copy()
            more[year] += gbp
            problem = replace(self.problem, limits={**self.problem.limits, "capital": more})
            wider = replace(self, problem=problem, master=self.master.on(problem))
            found = best_tonnes(wider, [self.chosen])
            extra = max(0.0, -found.value / KG_PER_TONNE - self.tco2e_saved)
            rows.append(
                (
                    nhs_year(self.problem.years[year]),
                    gbp,
                    extra,
                    max(extra, -found.bound / KG_PER_TONNE - self.tco2e_saved),
                    gbp / extra if extra > 0 else np.nan,
                )
            )
        return pd.DataFrame(rows, columns=["year", "extra_gbp", "extra_tco2e", "extra_tco2e_at_most", "gbp_per_tco2e"])

    def why_short(self) -> pd.DataFrame:
        """Return what the shortfall would be without each limit, and without any: which one stands in the way.

        Returns
        -------
        pandas.DataFrame
            ``without`` and ``short_tco2e`` over all target years: as planned, without each limit, without any limit.
        """
        rows = [("(as planned)", sum(self.short_tco2e.values()))]
        cases = [
            (name, {key: value for key, value in self.problem.limits.items() if key != name})
            for name in self.problem.limits
        ]
        for name, limits in [*cases, ("any limit", {})]:
            problem = replace(self.problem, limits=limits)
            found = least_short(self.master.on(problem), self.tolerance, self.time_limit, [self.chosen])
            rows.append((name, max(0.0, found.value) / KG_PER_TONNE))
        return pd.DataFrame(rows, columns=["without", "short_tco2e"])

    def _title(self) -> str:
        return (
            f"{len(self.starts)} of {len(self.problem.actions)} actions save {self.tco2e_saved:,.0f} tCO2e in "
            f"{nhs_year(self.problem.years[0])} to {nhs_year(self.problem.years[-1])}"
        )

    def _about(self) -> dict[str, object]:
        names = ("tco2e_saved", "net_present_cost_gbp", "goal", "bound", "gap", "ended", "short_tco2e")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        money = sum(float(self.problem.spent["capital"][option].sum()) for option in self.chosen)
        bound = f"at most {self.bound:,.0f} tCO2e" if self.goal == "tonnes" else f"at least £{self.bound:,.0f}"
        text = [
            self._title(),
            f"  capital £{money:,.0f}, net present cost £{self.net_present_cost_gbp:,.0f}",
            f"  any plan within the limits: {bound} (gap {self.gap:.2%}, {self.ended})",
        ]
        text += [f"  target of {year} missed by {short:,.0f} tCO2e" for year, short in self.short_tco2e.items()]
        if self.problem.target and not self.short_tco2e:
            text.append("  every target is met")
        if self.beside:
            kinds = Counter(each.booked for each in self.beside)
            said = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(kinds.items()))
            text.append(f"  {len(self.beside)} actions book nothing, which is not zero effect: {said}")
        return screen(text)


def best_tonnes(empty: Plan, seeds: Sequence[Options], short_at_most: float = np.inf) -> Solution:
    """Return the choice that saves most, and no more short of the targets than allowed."""
    problem = empty.problem
    if problem.target and not np.isfinite(short_at_most):
        short_at_most = float(shortfall(problem, seeds[-1]).sum())
    aim = Aim(weight=np.zeros(len(problem.action)), savings=1.0, short_at_most=short_at_most)
    found = best(empty.master, aim, gap=empty.tolerance, time_limit=empty.time_limit, known=seeds)
    if found.chosen is None:
        return found
    chosen = improve(problem, found.chosen, lambda each: value_of(problem, aim, each))
    value = value_of(problem, aim, chosen)
    return replace(found, chosen=chosen, value=value, bound=min(found.bound, value))


def least_short(master: Master, gap: float, time_limit: float, seeds: Sequence[Options]) -> Solution:
    """Return the choice that misses the targets by least."""
    return best(
        master, Aim(weight=np.zeros(len(master.problem.action)), short=1.0), gap=gap, time_limit=time_limit, known=seeds
    )


def plan_of(like: Plan, chosen: Options) -> Plan:
    """Return a plan of a choice, with all else as in another."""
    problem = like.problem
    short = dict(zip(sorted(problem.target), shortfall(problem, chosen).tolist(), strict=True))
    size = 1e-6 * float(np.abs(problem.base).max())
    return replace(
        like,
        starts=problem.starts(chosen),
        chosen=chosen,
        tco2e_saved=float(savings(problem, chosen).sum()) / KG_PER_TONNE,
        net_present_cost_gbp=float(like.cost[list(chosen)].sum()),
        short_tco2e={nhs_year(problem.years[year]): kg / KG_PER_TONNE for year, kg in short.items() if kg > size},
    )
