"""Actions that book nothing in a plan and stand in it all the same: at zero tonnes, which is not zero effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.bookable import Bookable, bookable
from nhscarbon.trajectory.actions.checks import Fault, message_of, to_tell
from nhscarbon.trajectory.actions.claims import OF_POWER, booked_as, claim_on, without_effect
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.present_tonnes import PresentTonnes, present_tonnes
from nhscarbon.trajectory.actions.table import Actions

COUNTED = "counted"
READ = "table"  # of unknown boundary: actions that are read from a table are for a main total


@dataclass(frozen=True, kw_only=True)
class Beside:
    """An action that books nothing on the main totals.

    Attributes
    ----------
    action, title, owner, theme, lead : str
    booked : str
        ``market_based_only``, ``not_counted``, ``enabling`` or ``unquantified``, as `Booking.basis`; ``counted`` where
        its tonnes have no year.
    why : str
    market_tco2e_a_year : float or None
        [tCO2e a year] on scope 2 market-based alone.
    capital_gbp : float or None
        [GBP] as the plan states it.
    status, risk, mitigation, evidence : str
    co_benefits : tuple of str
    """

    action: str
    title: str
    owner: str = ""
    theme: str = ""
    lead: str = ""
    booked: str
    why: str
    market_tco2e_a_year: float | None = None
    capital_gbp: float | None = None
    status: str = ""
    risk: str = ""
    mitigation: str = ""
    evidence: str = ""
    co_benefits: tuple[str, ...] = ()

    __repr__ = short_repr


def ready(actions: Iterable[Action], frame: pd.DataFrame) -> tuple[list[Action], tuple[Beside, ...]]:
    """Return the actions to choose from, in the order of their ids, and those that book nothing.

    What no main total counts is still offered, for what it costs and enables, and takes nothing away.

    Parameters
    ----------
    actions : iterable of Action, or Actions
        Planned actions of sheets are quantified against the frame.
    frame : pandas.DataFrame
        Business as usual. Where it does not say its boundary, the effect alone of an action made in Python refuses
        nothing: its words do.
    """
    planned = actions.planned if isinstance(actions, Actions) else ()
    boundary = frame.attrs.get("boundary", "") or (READ if isinstance(actions, Actions) else "")
    written = {each.action_id for each in planned}
    given = [each for each in actions if each.id not in written]
    booked = bookable(planned, frame) if planned else None
    tonnes: PresentTonnes | None = None
    offered: list[Action] = []
    found: list[Beside] = []
    for action in given:
        claim = claim_on(action, boundary)
        told = to_tell(action, claim)
        if told is None:
            offered.append(action)
            continue
        if tonnes is None and claim in OF_POWER:
            tonnes = present_tonnes(frame)
        offered.append(without_effect(action) if claim else action)
        market = _market(action, tonnes) if tonnes and claim in OF_POWER else None
        found.append(_of_action(action, booked_as(action, boundary), told, market))
    if booked is not None:
        offered += booked.items
        found += _of_planned(planned, booked)
    return sorted(offered, key=lambda each: each.id), tuple(sorted(found, key=lambda each: each.action))


def _of_action(action: Action, booked: str, told: Fault, market: float | None) -> Beside:
    return Beside(
        action=action.id, title=action.title, owner=action.owner, theme=action.theme, lead=action.lead, booked=booked,
        why=message_of(told, action.id), market_tco2e_a_year=market, capital_gbp=sum(action.capital_gbp),
        status=action.status, risk=action.risk, mitigation=action.mitigation, evidence=action.evidence,
        co_benefits=action.co_benefits,
    )  # fmt: skip


def _of_planned(planned: Sequence[PlannedAction], booked: Bookable) -> list[Beside]:
    placed = {each.id for each in booked.items}
    return [
        Beside(
            action=action.action_id, title=action.text, owner=action.organisation, theme=action.area_of_focus,
            lead=action.lead, booked=booking.basis,
            why="it has no year within the figures" if booking.basis == COUNTED else booking.reason,
            market_tco2e_a_year=booking.market_tco2e, capital_gbp=action.cost_high_gbp, status=action.status,
            risk=action.risk, mitigation=action.mitigation, evidence=action.evidence, co_benefits=action.co_benefits,
        )
        for action, booking in zip(planned, booked.bookings, strict=True) if action.action_id not in placed
    ]  # fmt: skip


def _market(action: Action, tonnes: PresentTonnes) -> float:
    """Return what an action takes off scope 2 market-based in the first year [tCO2e a year], fully delivered."""
    inside = sum(
        tonnes.of_power(action.selects, place)
        for place, organisation in enumerate(tonnes.organisations)
        if action.concerns(organisation)
    )
    return min(action.tco2e_a_year or 0.0, inside) if action.effect == "fixed" else inside * (action.share or 0.0)
