"""An action as a plan states it: the text as written and what else its row says; a cell that says nothing is empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

import pandas as pd

from nhscarbon.output.text import short_repr

Status = Literal["not_started", "in_progress", "complete", "delayed", "on_hold", "unknown"]
STATUSES: tuple[Status, ...] = get_args(Status)
WHOLE = ("row", "start_year", "end_year")  # columns of whole numbers, some of them missing
NUMBERS = ("tco2e_a_year", "cost_low_gbp", "cost_high_gbp")
LISTS = ("also", "candidates", "selects", "co_benefits")


@dataclass(frozen=True, kw_only=True)
class PlannedAction:
    """One action of an organisation's plan.

    Attributes
    ----------
    action_id : str
        The sheet's own reference where it has one that is not used twice; else made of file, sheet and row.
    organisation : str
        Whose plan it is in: an ODS code, or the name as it was given.
    text : str
        The action as it is written.
    file, sheet : str
    row : int or None
        The row of the sheet that it is in, as Excel numbers it.
    section : str
        The heading of its section, or the merged area beside it.
    area_of_focus, intervention : str
        Of the taxonomy: the likeliest where `decided` is False, empty where nothing speaks for any.
    also : tuple of str
        Further interventions that the same text plans.
    decided : bool
        Whether the intervention is sure enough to be used without a person's answer, or a person gave it.
    candidates : tuple of str
        The three likeliest interventions, the likeliest first.
    why : str
        What decided, in words.
    selects : tuple of str
        The activities that it changes, of the taxonomy; empty where it is not decided.
    effect : str
        The kind of its effect, of the taxonomy; ``enabling`` where it has none of its own, empty where not decided.
    tco2e_a_year : float or None
        The tonnes a year that the sheet claims for it [tCO2e]; None where it gives none.
    cost_low_gbp, cost_high_gbp : float or None
        The cost or band that the sheet gives [GBP]; equal where it is one figure.
    start_year, end_year : int or None
        NHS years by the calendar year of their April.
    lead, second_lead : str
        Roles, as written.
    status : str
        One of `STATUSES`.
    risk, mitigation, evidence : str
    co_benefits : tuple of str
    cost_group : str
        What is the same for actions that share one cost, which counts once; empty where the cost is its own.
    """

    action_id: str
    organisation: str = ""
    text: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    section: str = ""
    area_of_focus: str = ""
    intervention: str = ""
    also: tuple[str, ...] = ()
    decided: bool = False
    candidates: tuple[str, ...] = ()
    why: str = ""
    selects: tuple[str, ...] = ()
    effect: str = ""
    tco2e_a_year: float | None = None
    cost_low_gbp: float | None = None
    cost_high_gbp: float | None = None
    start_year: int | None = None
    end_year: int | None = None
    lead: str = ""
    second_lead: str = ""
    status: Status = "unknown"
    risk: str = ""
    mitigation: str = ""
    co_benefits: tuple[str, ...] = ()
    evidence: str = ""
    cost_group: str = ""

    __repr__ = short_repr


COLUMNS = tuple(item.name for item in fields(PlannedAction))


def actions_table(actions: Iterable[PlannedAction]) -> pd.DataFrame:
    """Return actions as a table: one row each, lists divided by ``;``, what the sheet does not say empty.

    Returns
    -------
    pandas.DataFrame
        The columns of `PlannedAction`: years and rows are Int64, tonnes [tCO2e a year] and costs [GBP] float64,
        ``decided`` bool, the rest text.
    """
    frame = pd.DataFrame([asdict(action) for action in actions], columns=list(COLUMNS))
    for name in COLUMNS:
        if name in LISTS:
            frame[name] = [";".join(each) for each in frame[name]]
        kind = "Int64" if name in WHOLE else "float64" if name in NUMBERS else "bool" if name == "decided" else "str"
        frame[name] = frame[name].astype(kind)  # type: ignore[call-overload]
    return frame
