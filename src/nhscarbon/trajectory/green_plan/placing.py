"""Where each action of the plans stands: at an intervention, or with those that a person has to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.table import Actions
from nhscarbon.trajectory.green_plan.tonnes import tonnes_of

NOT_STATED = "organisation not stated"


@dataclass(frozen=True)
class Placed:
    """An action with what it counts for.

    Attributes
    ----------
    action : PlannedAction
    organisation : str
    intervention : str
        The id of the taxonomy; empty where a person has to decide.
    also : tuple of str
        Further interventions of the same text; its cost and tonnes count at the first alone.
    cost_low, cost_high : float or None
        [GBP] that count here; both None where another action of the same cost group has them.
    shared : bool
        Whether its cost counts at another action.
    tonnes : float or None
        [tCO2e a year] that it may book.
    not_booked : str
        Why it books none; empty where it books some, or states none.
    """

    action: PlannedAction
    organisation: str
    intervention: str
    also: tuple[str, ...]
    cost_low: float | None
    cost_high: float | None
    shared: bool
    tonnes: float | None
    not_booked: str

    __repr__ = short_repr


def placed(actions: Actions | Iterable[PlannedAction], footprint: Footprint | None = None) -> tuple[Placed, ...]:
    """Return every action with what it counts for, in an order that does not depend on theirs.

    Raises
    ------
    UsageError
        If there is no planned action, or an id stands twice in one organisation's file.
    """
    given = list(actions.planned) if isinstance(actions, Actions) else list(actions)
    if not given or not all(isinstance(each, PlannedAction) for each in given):
        raise UsageError(
            "there is no action of a Green Plan in what was given",
            advice="Read action sheets with nc.read_actions; tables of the optimiser have no interventions.",
        )
    ordered = sorted(given, key=_order)
    known = taxonomy()
    homes = [each.intervention if each.decided and each.intervention in known else "" for each in ordered]
    counted = _cost_holders(ordered, homes)
    return tuple(
        Placed(
            action=each, organisation=each.organisation.strip() or NOT_STATED, intervention=home,
            also=tuple(dict.fromkeys(word for word in each.also if home and word in known and word != home)),
            cost_low=each.cost_low_gbp if place in counted else None,
            cost_high=each.cost_high_gbp if place in counted else None,
            shared=place not in counted, tonnes=booked.tco2e,
            not_booked="" if each.tco2e_a_year is None else booked.why,
        )
        for place, (each, home, booked) in enumerate(zip(ordered, homes, tonnes_of(ordered, footprint), strict=True))
    )  # fmt: skip


def _order(action: PlannedAction) -> tuple[object, ...]:
    return (
        action.organisation, action.file, action.sheet, -1 if action.row is None else action.row, action.action_id,
        repr(action.text), action.intervention,
    )  # fmt: skip


def _cost_holders(actions: Sequence[PlannedAction], homes: Sequence[str]) -> set[int]:
    """Return the places of the actions whose cost counts: of those that share one, the first that has a home."""
    found: set[int] = set()
    groups: dict[tuple[str, str, str, float | None, float | None], int] = {}
    for place, each in enumerate(actions):
        if not each.cost_group or (each.cost_low_gbp is None and each.cost_high_gbp is None):
            found.add(place)
            continue
        # files of one name in two folders may have groups of one name: their amounts tell them apart
        key = (each.organisation, each.file, each.cost_group, each.cost_low_gbp, each.cost_high_gbp)
        held = groups.setdefault(key, place)
        if homes[place] and not homes[held]:
            groups[key] = place
    return found | set(groups.values())


def span(placed_: Sequence[Placed]) -> tuple[int | None, int | None]:
    """Return the first start and the last end that actions state, as NHS years by the year of their April."""
    starts = [each.action.start_year for each in placed_ if each.action.start_year is not None]
    ends = [each.action.end_year for each in placed_ if each.action.end_year is not None]
    return min(starts, default=None), max(ends, default=None)


def costs(placed_: Sequence[Placed]) -> tuple[float | None, float | None, int]:
    """Return the low and high cost of actions [GBP], and how many state one.

    The high cost is missing where one of them states no upper end; a low one that is not stated adds nothing.
    """
    stated = [each for each in placed_ if each.action.cost_low_gbp is not None or each.action.cost_high_gbp is not None]
    own = [each for each in stated if not each.shared]
    lows = [each.cost_low for each in own if each.cost_low is not None]
    highs = [each.cost_high for each in own if each.cost_high is not None]
    closed = own and len(highs) == len(own)
    return (sum(sorted(lows)) if lows else None), (sum(sorted(highs)) if closed else None), len(stated)


def tonnes(placed_: Sequence[Placed]) -> tuple[float | None, int]:
    """Return the tonnes that actions may book [tCO2e a year], None where none states any, and how many do."""
    booked = sorted(each.tonnes for each in placed_ if each.tonnes is not None)
    return (sum(booked) if booked else None), len(booked)


def statuses(placed_: Sequence[Placed]) -> str:
    """Return how many actions are how far, such as ``in_progress 2; unknown 1``."""
    words = [each.action.status for each in placed_]
    return "; ".join(f"{word} {words.count(word)}" for word in sorted(set(words)))
