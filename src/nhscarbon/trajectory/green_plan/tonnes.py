"""Which tonnes of a planned action count: the one place that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.trajectory.actions.bookable import bookable, joined_by_cost
from nhscarbon.trajectory.actions.claims import claim_in
from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.present_tonnes import present_tonnes


def tonnes_of(actions: Sequence[PlannedAction], footprint: Footprint | None = None) -> tuple[float | None, ...]:
    """Return the tonnes a year that each action may book [tCO2e]; None where it may book none or states none.

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
        claim if held.place(each.organisation) is None else booking.tco2e if booking.basis == "counted" else None
        for each, claim, booking in zip(actions, stated, bookings, strict=True)
    )


def _known(action: PlannedAction) -> PlannedAction:
    """Return an action with what the taxonomy says of its intervention where it says nothing itself."""
    home = taxonomy()[action.intervention] if action.decided and action.intervention in taxonomy() else None
    if home is None:
        return action
    return replace(action, selects=action.selects or home.selects, effect=action.effect or home.effect)


def _stated(actions: Sequence[PlannedAction]) -> tuple[float | None, ...]:
    """Return what actions state, but for those that book nothing by their intervention, their words or their cells."""
    known, shared = taxonomy(), joined_by_cost(actions)
    return tuple(
        None
        if (each.intervention in known and known[each.intervention].enabling)
        or each.effect == "market"
        or each.also
        or place in shared
        or claim_in(each.text)
        else each.tco2e_a_year
        for place, each in enumerate(actions)
    )
