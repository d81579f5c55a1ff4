"""What to fund first: the best portfolio under limits of money and people, with a bound that proves how good it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action, Numbers
from nhscarbon.trajectory.actions.costs import Appraisal, appraisal
from nhscarbon.trajectory.actions.effects import effects_of, together
from nhscarbon.trajectory.actions.strict_table import hold_against
from nhscarbon.trajectory.planning.beside import ready
from nhscarbon.trajectory.planning.local_search import greedy
from nhscarbon.trajectory.planning.plan import Goal, Plan, best_tonnes, least_short, plan_of
from nhscarbon.trajectory.planning.problem import Problem, blocks_of, options_of
from nhscarbon.trajectory.planning.solver import Aim, Master, Solution, best
from nhscarbon.trajectory.targets.series import year_number
from nhscarbon.trajectory.targets.subject import of_attributes, refuse_other
from nhscarbon.trajectory.targets.target_path import TargetPath

GAP, TIME_LIMIT = 0.01, 10.0
Limit = float | Mapping[str, float] | None
ByYear = Mapping[str, float] | TargetPath | None


def plan(
    frame: pd.DataFrame,
    actions: Iterable[Action],
    *,
    capital_gbp: Limit = None,
    revenue_gbp: Limit = None,
    staff_fte: Limit = None,
    carry_over: bool = False,
    target_tco2e: ByYear = None,
    goal: Goal = "tonnes",
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    parameters: Appraisal | None = None,
    gap: float = GAP,
    time_limit: float = TIME_LIMIT,
) -> Plan:
    """Choose which actions to carry out, and when, within limits of money and people.

    Parameters
    ----------
    frame : pandas.DataFrame
        Business as usual: organisation, theme, activity, unit, year, quantity and kgco2e [kgCO2e].
    actions : iterable of Action
        Such as `read_actions` returns: planned actions of sheets that are quantified are offered, and the rest stands
        in the plan's table at zero tonnes. Green tariffs, offsets and exports book nothing.
    capital_gbp, revenue_gbp, staff_fte : float or mapping of str to float, optional
        What may be spent [GBP, GBP, FTE] in every NHS year, or by NHS year: then every year in which some action could
        spend must be named. No limit when left out.
    carry_over : bool, optional
        Whether capital that is left over may be spent later.
    target_tco2e : mapping of str to float, or TargetPath, optional
        [tCO2e] that may not be exceeded, by NHS year; of a path, in each year of the frame after its base year. If no
        plan meets it, the shortfall is made as small as can be.
    goal : str, optional
        ``"tonnes"``: save the most over all years; ``"cost"``: meet the target at the least net present cost.
    include, exclude : iterable of str, optional
        Actions that must, and must not, be in the plan.
    parameters : Appraisal, optional
        For the net present cost.
    gap : float, optional
        At which the search may end, of the value.
    time_limit : float, optional
        [s] for each search.

    Returns
    -------
    Plan
        Does not depend on the order of the actions.

    Raises
    ------
    SubmissionError
        If actions are invalid on this frame; the report has every finding.
    UsageError
        If limits or targets cannot be read, the path is for other organisations than the frame, or no plan carries
        out what must be included.
    BoundaryError
        If the path is for another boundary than the frame, which says its own where a projection made it.

    Notes
    -----
    Savings, overlaps included, are those of `with_actions` at the mean of delivery. Mixed-integer programming by
    `scipy.optimize.milp` (HiGHS); clusters of up to six overlapping actions are exact, larger ones by cuts.
    """
    chosen, beside = ready(actions, frame)
    hold_against(chosen, frame)
    if goal not in ("tonnes", "cost"):
        raise UsageError(f"the goal is 'tonnes' or 'cost', not '{goal}'")
    by_year = _of_path(target_tco2e, frame) if isinstance(target_tco2e, TargetPath) else target_tco2e or {}
    if goal == "cost" and not by_year:
        raise UsageError("the cheapest plan needs a target: without one it is to do nothing but what saves money")
    ids = {action.id for action in chosen}
    wanted, barred = frozenset(include), frozenset(exclude)
    if strange := sorted((wanted | barred) - ids):
        raise UsageError(f"there is no action {', '.join(strange)[:200]} to include or exclude")
    effects = effects_of(frame, chosen)
    years = effects.ground.years
    terms = together(effects.kgco2e)
    action, start, taken, spent = options_of(chosen, years)
    limits = {"capital": capital_gbp, "revenue": revenue_gbp, "staff": staff_fte}
    problem = Problem(
        years=years,
        actions=tuple(chosen),
        action=action,
        start=start,
        taken=taken,
        spent=spent,
        limits={name: _limit(name, limit, years, spent[name]) for name, limit in limits.items() if limit is not None},
        carry_over=carry_over,
        base=effects.ground.kgco2e.sum(axis=0),
        target=_target(by_year, years),
        include=wanted,
        exclude=barred,
        blocks=blocks_of(terms, chosen, action),
    )
    discount = (parameters or appraisal()).discount(years, years[0])
    cost = ((spent["capital"] + spent["revenue"]) * discount).sum(axis=1)
    empty = Plan(
        {}, 0.0, 0.0, 0.0, 0.0, "", {}, goal, frame, problem, Master(problem), (), cost, gap, time_limit, beside
    )
    found = _solved(empty)
    value = found.bound / (-KG_PER_TONNE if goal == "tonnes" else 1.0) + 0.0  # no minus zero
    worth = abs(found.value)
    distance = 0.0 if found.value - found.bound <= 0 else (found.value - found.bound) / worth if worth else np.inf
    return replace(plan_of(empty, found.chosen or ()), bound=value, gap=float(distance), ended=found.ended)


def _solved(empty: Plan) -> Solution:
    problem = empty.problem
    if not problem.action:  # nothing can be chosen: no actions, or none that is quantified
        return Solution((), 0.0, 0.0, "gap reached")
    seeds = [each for each in (greedy(problem),) if each is not None]
    nothing = Aim(weight=np.zeros(len(problem.action)))
    if problem.target:
        least = least_short(empty.master, empty.tolerance, empty.time_limit, seeds)
        _must(least)
        seeds.append(least.chosen or ())
        nothing = replace(nothing, short_at_most=max(0.0, least.value) * (1 + 1e-9))
    if empty.goal == "cost":
        aim = replace(nothing, weight=empty.cost)
        found = best(empty.master, aim, gap=empty.tolerance, time_limit=empty.time_limit, known=seeds)
    else:
        found = best_tonnes(empty, seeds, nothing.short_at_most)
    _must(found)
    return found


def _must(found: Solution) -> None:
    if found.chosen is None:
        why = (
            "no plan carries out what must be included within the limits"
            if found.impossible
            else "no plan was found in time"
        )
        raise UsageError(f"{why}; allow more, or ask for less")


def _limit(name: str, limit: float | Mapping[str, float], years: Sequence[int], spent: Numbers) -> Numbers:
    """Return a limit by year; a year that is not named is a fault where money could be spent in it."""
    if not isinstance(limit, Mapping):
        amounts = np.full(len(years), float(limit))
    else:
        known = {nhs_year(year): place for place, year in enumerate(years)}
        if strange := sorted(set(limit) - set(known)):
            raise UsageError(f"the limit of {name} is of {', '.join(strange)[:100]}; the data cover {_span(years)}")
        blank = [year for year, place in known.items() if year not in limit and (spent[:, place] > 0).any()]
        if blank:
            years_text = ", ".join(blank)[:200]
            raise UsageError(
                f"actions could spend {name} in {years_text}, which its limit does not name; write 0 for none"
            )
        amounts = np.array([float(limit.get(year, np.inf)) for year in known])
    if np.isnan(amounts).any() or (amounts < 0).any():
        raise UsageError(f"the limit of {name} must not be negative or empty")
    return amounts


def _of_path(path: TargetPath, frame: pd.DataFrame) -> dict[str, float]:
    """Return what a path allows in each year of business as usual after its base; refuse a path for something else."""
    told = of_attributes(frame.attrs)
    codes = tuple(sorted(set(map(str, frame["organisation"]))))
    refuse_other(path.subject, replace(told, organisations=codes), what="figures of business as usual")
    after = sorted({year for year in frame["year"].astype(str) if year_number(year) > int(path.years[0])})
    if not after:
        raise UsageError(
            f"business as usual has no year after {path.base_year}, from which the path starts",
            advice="Project further (nc.project with to=), or take another path.",
        )
    return {year: path.at(year) for year in after}


def _target(target: Mapping[str, float], years: Sequence[int]) -> dict[int, float]:
    known = {nhs_year(year): place for place, year in enumerate(years)}
    if strange := sorted(set(target) - set(known)):
        raise UsageError(f"there is a target for {', '.join(strange)[:100]}; the data cover {_span(years)}")
    if any(not np.isfinite(value) or value < 0 for value in target.values()):
        raise UsageError("a target is a number of tCO2e, not negative and not empty")
    return {known[year]: float(value) * KG_PER_TONNE for year, value in target.items()}


def _span(years: Sequence[int]) -> str:
    return f"{nhs_year(years[0])} to {nhs_year(years[-1])}"
