"""How deliverable an intervention is: a score of four parts, each of 0 to 3 points, by a rule that is a table.

A part that nothing is known of is left out of the points and of what they are out of.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import pandas as pd

from nhscarbon.trajectory.green_plan.placing import Placed

MOST_POINTS = 3.0
READY = {"complete": 3.0, "in_progress": 2.0, "not_started": 1.0, "delayed": 1.0, "on_hold": 0.0}
COST_STEPS = ((0.0, 3.0), (50_000.0, 2.0), (500_000.0, 1.0))  # GBP for an organisation at most, and its points
NEEDED = 9.0  # points that a score must be out of to be judged: three of the four parts
STEPS = ((2 / 3, "high"), (1 / 3, "medium"), (0.0, "low"))  # share of the points, from which
CANNOT_SAY = "cannot_say"


def deliverability_rule() -> pd.DataFrame:
    """Return the rule of the score: each part, what earns points and how many, and how the sum is judged.

    Returns
    -------
    pandas.DataFrame
        ``part``, ``rule`` and ``points``, all text.
    """
    rows = [("readiness", f"mean over actions whose status is known: {status.replace('_', ' ')}", f"{points:g}")
            for status, points in READY.items()]  # fmt: skip
    rows += [
        ("affordability", "no cost" if most == 0 else f"up to £{most:,.0f} for each organisation that states a cost",
         f"{points:g}")
        for most, points in COST_STEPS
    ]  # fmt: skip
    rows += [
        ("affordability", "more than that", "0"),
        ("independence", "no enabling intervention stands with it in the taxonomy", f"{MOST_POINTS:g}"),
        ("independence", "where there are some: share of its owners that plan one of them", f"up to {MOST_POINTS:g}"),
        ("evidence_points", "share of its actions with evidence, a measure or tonnes", f"up to {MOST_POINTS:g}"),
    ]
    rows += [("deliverability", f"{word}: share of the points from {least:.0%}", "") for least, word in STEPS]
    rows += [("deliverability", f"{CANNOT_SAY}: fewer than three parts are known", "")]
    return pd.DataFrame(rows, columns=["part", "rule", "points"], dtype="str")


def score(
    actions: Sequence[Placed], owners: Set[str], cost: float | None, costed: int, helpers: Sequence[Set[str]] | None
) -> dict[str, object]:
    """Return the points of each part, their sum and what it is out of.

    Parameters
    ----------
    actions : sequence of Placed
        All that plan it.
    owners : set of str
        Organisations that plan it.
    cost : float or None
        [GBP] of all that state one.
    costed : int
        Organisations that state a cost.
    helpers : sequence of set of str, or None
        Who plans each enabling intervention beside it; None where the taxonomy has none.
    """
    ready = sorted(READY[each.action.status] for each in actions if each.action.status in READY)
    backed = sum(bool(each.action.evidence) or each.action.tco2e_a_year is not None for each in actions)
    helped = set().union(*helpers) if helpers else set()
    parts = {
        "readiness": sum(ready) / len(ready) if ready else None,
        "affordability": _affordable(cost / costed) if cost is not None and costed else None,
        "independence": MOST_POINTS if helpers is None else MOST_POINTS * len(owners & helped) / len(owners),
        "evidence_points": MOST_POINTS * backed / len(actions),
    }
    known = [points for points in parts.values() if points is not None]
    total, out_of = sum(known), MOST_POINTS * len(known)
    judged = next(word for least, word in STEPS if total >= least * out_of) if out_of >= NEEDED else CANNOT_SAY
    return {**parts, "score": round(total, 6), "out_of": out_of, "deliverability": judged}


def _affordable(cost: float) -> float:
    return next((points for most, points in COST_STEPS if cost <= most), 0.0)
