"""The table of a plan: what was chosen, then what books nothing and is not forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.planning.beside import COUNTED, Beside

COLUMNS = (
    "action", "title", "owner", "theme", "lead", "start", "capital_gbp", "net_present_cost_gbp", "tco2e", "booked",
    "average_tco2e", "marginal_tco2e", "market_tco2e_a_year", "status", "risk", "mitigation", "evidence",
    "co_benefits", "why",
)  # fmt: skip
NUMBERS = ("capital_gbp", "net_present_cost_gbp", "tco2e", "average_tco2e", "marginal_tco2e", "market_tco2e_a_year")


def plan_table(
    chosen: Iterable[tuple[Action, Mapping[str, object]]], beside: Iterable[Beside], decided: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per action of a plan, in the order of their starts, then one per action that books nothing.

    Parameters
    ----------
    chosen : iterable of (Action, mapping)
        With start, capital_gbp, net_present_cost_gbp and tco2e.
    beside : iterable of Beside
    decided : pandas.DataFrame
        action, average_tco2e and marginal_tco2e, of `DecisionEffects.by_action`.
    """
    silent = {each.action: each for each in beside}
    names = ("average_tco2e", "marginal_tco2e")
    judged = {
        str(id): dict(zip(names, both, strict=True))
        for id, *both in decided[["action", *names]].itertuples(index=False, name=None)
    }
    rows: list[dict[str, object]] = []
    for action, amounts in chosen:
        own = silent.pop(action.id, None)
        said: dict[str, object] = judged[action.id] if own is None else _silent(own)
        rows.append(_words(action) | {"action": action.id, "booked": COUNTED} | dict(amounts) | said)
    rows.sort(key=lambda row: (str(row["start"]), str(row["action"])))
    for each in silent.values():
        nothing = {"action": each.action, "capital_gbp": each.capital_gbp, "tco2e": 0.0}
        rows.append(_words(each) | nothing | _silent(each))
    whole = [[row.get(name, np.nan if name in NUMBERS else "") for name in COLUMNS] for row in rows]
    kinds = {name: "float64" if name in NUMBERS else "str" for name in COLUMNS}
    return pd.DataFrame(whole, columns=list(COLUMNS)).astype(kinds)


def _words(each: Action | Beside) -> dict[str, object]:
    """Return what an action's row says in words."""
    names = ("title", "owner", "theme", "lead", "status", "risk", "mitigation", "evidence")
    return {name: getattr(each, name) for name in names} | {"co_benefits": "; ".join(each.co_benefits)}


def _silent(each: Beside) -> dict[str, object]:
    market = np.nan if each.market_tco2e_a_year is None else each.market_tco2e_a_year
    return {"booked": each.booked, "why": each.why, "market_tco2e_a_year": market}
