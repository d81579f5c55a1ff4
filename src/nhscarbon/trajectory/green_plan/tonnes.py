"""Which tonnes of a planned action count: the one place that says so."""

from __future__ import annotations

from collections.abc import Sequence

from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction


def tonnes_of(actions: Sequence[PlannedAction]) -> tuple[float | None, ...]:
    """Return the tonnes a year that each action may book [tCO2e]; None where it may book none or states none.

    An action whose intervention has no effect of its own, or moves the market-based total alone, books none.
    """
    known = taxonomy()
    return tuple(
        None if each.intervention in known and known[each.intervention].enabling else each.tco2e_a_year
        for each in actions
    )
