"""Which tonnes of a planned action count: the one place that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.trajectory.actions.bookable import bookable, joined_by_cost
from nhscarbon.trajectory.actions.claims import JOINED, OF_POWER, claim_in
from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.present_tonnes import present_tonnes


class Counted(NamedTuple):
    """The tonnes a year that an action may book [tCO2e]; None where it may book none, with why, or states none."""

    tco2e: float | None
    why: str = ""


def tonnes_of(actions: Sequence[PlannedAction], footprint: Footprint | None = None) -> tuple[Counted, ...]:
    """Return what each action may book.

    Parameters
    ----------
    actions : sequence of PlannedAction
    footprint : Footprint, optional
        What bounds them: an action books no more than what it selects emits. Actions of an organisation that is not
        in it are judged by their interventions and words alone.
    """
    known = [_known(each) for each in actions]
    stated = _stated(known)
    if footprint is None:
        return stated
    held = present_tonnes(footprint)
    bookings = bookable(known, footprint).bookings
    return tuple(
        claim if claim.why or held.place(each.organisation) is None
        else Counted(booking.tco2e) if booking.basis == "counted" else Counted(None, booking.reason)
        for each, claim, booking in zip(actions, stated, bookings, strict=True)
    )  # fmt: skip


def _known(action: PlannedAction) -> PlannedAction:
    """Return an action with what the taxonomy says of its intervention where it says nothing itself."""
    home = taxonomy()[action.intervention] if action.decided and action.intervention in taxonomy() else None
    if home is None:
        return action
    return replace(action, selects=action.selects or home.selects, effect=action.effect or home.effect)


def _stated(actions: Sequence[PlannedAction]) -> tuple[Counted, ...]:
    """Return what actions state, but for those that book nothing by their intervention, their words or their cells."""
    shared = joined_by_cost(actions)
    return tuple(
        Counted(None, why) if (why := _why_none(each, place in shared)) else Counted(each.tco2e_a_year)
        for place, each in enumerate(actions)
    )


def _why_none(action: PlannedAction, shared: bool) -> str:
    known, claim = taxonomy(), claim_in(action.text)
    if claim == JOINED or action.also or shared:
        return "it joins several actions, so it is not quantified until it is split"
    if claim in OF_POWER or action.effect == "market":
        return "it moves scope 2 market-based alone"
    if claim:
        return "the method does not count it"
    if action.intervention in known and known[action.intervention].enabling:
        return "it enables others and has no tonnes of its own"
    return ""
