"""What a tonne costs by each action, with actions that save money treated rightly.

Pounds per tonne rank actions that cost money. Among actions that save money the quotient misleads: £100 saved with 1 t
is -£100/t, £200 saved with 100 t is -£2/t, and the second is better in both (Taylor 2012, Energy Policy 48, 430-438).
Those are ranked by Pareto: first what no other beats in money and in tonnes. An action without a cost saves no money:
it is a kind of its own, at £0 per tonne.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.actions.action import Action, Numbers
from nhscarbon.trajectory.actions.claims import booked_as
from nhscarbon.trajectory.actions.costs import Appraisal, appraisal, costs
from nhscarbon.trajectory.actions.delivery import sample_delivery
from nhscarbon.trajectory.actions.effects import Terms, clusters_of, effects_of, part_of, taken_by, together

SAVES, FREE, PAID, NOTHING = "saves money", "costs nothing", "costs money", "saves no carbon"
NOT_COUNTED = {
    "market_based_only": "market-based only", "not_counted": "not counted", "enabling": "enabling",
    "unquantified": "unquantified",
}  # fmt: skip
PENNY = 0.005  # GBP: a net present cost below half a penny either way is none
NOTE = (
    "A marginal abatement curve is not a supply curve: tonnes are what an action adds beside all the others of "
    "this portfolio, and taking another first changes them."
)
LEVELS = (0.05, 0.95)


@dataclass(frozen=True, eq=False, repr=False)
class Abatement(TableResult):
    """The marginal abatement view of a portfolio.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per action: ``kind`` (``saves money``, ``costs nothing``, ``costs money``, or ``saves no carbon``
        whatever it costs; at zero tonnes, which is not zero effect, ``market-based only``, ``not counted``,
        ``enabling`` or ``unquantified``), ``net_present_cost_gbp``, ``tco2e`` that it adds to the others, with ``low``
        and ``high`` (5 and 95 % of delivery), ``gbp_per_tco2e`` with ``gbp_per_tco2e_low`` and ``_high`` of those that
        cost money or nothing, ``pareto_rank`` of those that save it, and ``value_gbp``: what it is worth at the carbon
        value (missing where there is none). In the order in which they would be taken.
    note : str
        What the view is not.
    assumptions : tuple of str
    """

    note: str
    assumptions: tuple[str, ...]

    def _title(self) -> str:
        return f"What a tonne costs by each of {len(self._table)} actions"

    def _notes(self) -> tuple[str, ...]:
        return (self.note, *self.assumptions)


def abatement(
    frame: pd.DataFrame,
    actions: Iterable[Action],
    *,
    starts: Mapping[str, int] | None = None,
    parameters: Appraisal | None = None,
    energy_prices: Mapping[str, float] | None = None,
    draws: int = 1000,
    seed: int = 2028,
) -> Abatement:
    """Return what each action of a portfolio costs and adds.

    Parameters
    ----------
    frame : pandas.DataFrame
        Business as usual, as for `with_actions`.
    actions : iterable of Action
        The portfolio.
    starts : mapping of str to int, optional
        As for `with_actions`.
    parameters : Appraisal, optional
    energy_prices : mapping of str to float, optional
        As for `costs`.
    draws : int, optional
        Simulations of delivery behind the intervals.
    seed : int, optional

    Returns
    -------
    Abatement
    """
    used = parameters or appraisal()
    chosen = sorted(actions, key=lambda action: action.id)
    begins = {action.id: action.start_from for action in chosen} if starts is None else dict(starts)
    chosen = [action for action in chosen if action.id in begins]
    priced = costs(frame, chosen, starts=begins, parameters=used, energy_prices=energy_prices)
    effects = effects_of(frame, chosen)
    years = effects.ground.years
    terms = together(effects.kgco2e)
    taken = taken_by(chosen, begins, years)
    adds = np.zeros((len(chosen), len(years)))
    spread = np.zeros((len(chosen), 2))
    for cluster in clusters_of(terms, len(chosen)):
        part = part_of(terms, cluster)
        adds[cluster] = _added(part, taken[:, cluster])[0]
        delivered = sample_delivery([chosen[place] for place in cluster], begins, years, draws=draws, seed=seed)
        spread[cluster] = np.quantile(_added(part, delivered).sum(axis=2), LEVELS, axis=0).T
    cost = (
        priced.table.set_index("action")["net_present_cost_gbp"]
        .reindex([action.id for action in chosen])
        .to_numpy(np.float64)
    )
    tonnes, discount, value = adds.sum(axis=1) / KG_PER_TONNE, used.discount(years, years[0]), used.carbon_value(years)
    worth = np.where(adds != 0, adds / KG_PER_TONNE * value * discount, 0.0).sum(axis=1) - cost
    low, high = spread[:, 0] / KG_PER_TONNE, spread[:, 1] / KG_PER_TONNE
    of_cost = np.select([cost <= -PENNY, cost < PENNY], [SAVES, FREE], PAID)
    how = [booked_as(action, str(frame.attrs.get("boundary", ""))) for action in chosen]
    kind = np.where(tonnes <= 0, NOTHING, of_cost)
    kind = np.array(
        [each if name == "counted" else NOT_COUNTED[name] for each, name in zip(kind, how, strict=True)], str
    )
    paid, cost = np.asarray((kind == PAID) | (kind == FREE)), np.where(of_cost == FREE, 0.0, cost)
    table = pd.DataFrame(
        {
            "action": [action.id for action in chosen],
            "title": [action.title for action in chosen],
            "kind": kind,
            "net_present_cost_gbp": cost,
            "tco2e": tonnes,
            "low": low,
            "high": high,
            "gbp_per_tco2e": _quotient(cost, tonnes, paid),
            "gbp_per_tco2e_low": _quotient(cost, high, paid),
            "gbp_per_tco2e_high": _quotient(cost, low, paid),
            "pareto_rank": _pareto(-cost, tonnes, np.asarray(kind == SAVES)),
            "value_gbp": worth,
        }
    )
    order = (SAVES, FREE, PAID, NOTHING, *NOT_COUNTED.values())
    table = table.assign(group=[order.index(word) for word in table["kind"]])
    table = table.sort_values(
        ["group", "pareto_rank", "gbp_per_tco2e", "tco2e", "action"],
        ascending=[True, True, True, False, True],
        ignore_index=True,
    )
    return Abatement(table.drop(columns="group"), NOTE, priced.assumptions)


def _added(part: Terms, taken: Numbers) -> Numbers:
    """Return what each action adds to all the others in each case, shape (cases, actions, years) [kgCO2e]."""
    whole = part.total(taken)
    added = np.zeros_like(taken)
    for place in range(taken.shape[1]):
        without = taken.copy()
        without[:, place] = 0.0
        added[:, place] = part.total(without) - whole
    return added


def _quotient(cost: Numbers, tonnes: Numbers, where: NDArray[np.bool_]) -> Numbers:
    return np.asarray(np.divide(cost, tonnes, out=np.full(len(cost), np.nan), where=where & (tonnes > 0)))


def _pareto(saving: Numbers, tonnes: Numbers, where: NDArray[np.bool_]) -> Numbers:
    """Return 1 for what no other beats in money and tonnes, 2 for what only those beat, and so on."""
    rank = np.full(len(saving), np.nan)
    left = set(np.flatnonzero(where).tolist())
    level = 1.0
    while left:
        front = {
            one
            for one in left
            if not any(
                saving[other] >= saving[one]
                and tonnes[other] >= tonnes[one]
                and (saving[other] > saving[one] or tonnes[other] > tonnes[one])
                for other in left
            )
        }
        rank[list(front)] = level
        left -= front
        level += 1
    return rank
