"""`intervention_matrix`: which organisations plan which interventions, from when, how far, at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.results import Result
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.actions.interventions.taxonomy import Intervention, taxonomy
from nhscarbon.trajectory.actions.planned_action import COLUMNS, PlannedAction
from nhscarbon.trajectory.actions.table import Actions
from nhscarbon.trajectory.green_plan.frames import frame_of
from nhscarbon.trajectory.green_plan.if_all import Ground, ground_of, if_all
from nhscarbon.trajectory.green_plan.placing import Placed, costs, placed, span, statuses, tonnes
from nhscarbon.trajectory.green_plan.priorities import served_by

MOST, SOME, ONE = "most", "some", "one"
SYSTEM, LEFT_OUT, REVIEW = "system", "left_out", "review"


@dataclass(frozen=True, eq=False)
class Group:
    """An intervention with the actions that plan it.

    Attributes
    ----------
    intervention : Intervention
    own, also : tuple of Placed
        The actions that count at it, and those that plan it beside another.
    organisations : tuple of str
        Who plans it.
    reach : str
        ``most`` (more than half of all), ``some`` or ``one``.
    priorities : tuple of str
        Which it serves.
    standing : str
        ``system`` or ``left_out``.
    """

    intervention: Intervention
    own: tuple[Placed, ...]
    also: tuple[Placed, ...]
    organisations: tuple[str, ...]
    reach: str
    priorities: tuple[str, ...]
    standing: str

    __repr__ = short_repr


@dataclass(frozen=True, eq=False, repr=False)
class InterventionMatrix(Result):
    """Interventions by organisation.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each intervention and organisation that plans it: ``intervention``, ``organisation``, ``actions``
        (their ids, divided by ``;``), ``also`` (ids of actions that plan it beside another intervention, where they
        count), ``status`` (how many are how far), ``start_year`` and ``end_year`` (NHS years by the year of their
        April), ``lead``, ``cost_low_gbp`` and ``cost_high_gbp`` [GBP], ``tco2e_a_year`` [tCO2e a year]. What no sheet
        states is missing.
    interventions : pandas.DataFrame
        One row each: what it is, how many plan it (``reach`` and ``standing``), when, what it costs, what it gives and
        would give if all did it, with the basis.
    priorities : pandas.DataFrame
        One row for each priority: ``standing`` (``planned`` or ``not_planned``), by whom, and how many undecided
        actions may serve it.
    review : pandas.DataFrame
        Actions that a person has to decide: they count nowhere else.
    organisations : tuple of str
    """

    organisations: tuple[str, ...]
    _table: pd.DataFrame
    _interventions: pd.DataFrame
    _priorities: pd.DataFrame
    _review: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """Who plans what; a fresh copy."""
        return self._table.copy()

    @property
    def interventions(self) -> pd.DataFrame:
        """One row for each intervention; a fresh copy."""
        return self._interventions.copy()

    @property
    def priorities(self) -> pd.DataFrame:
        """One row for each priority; a fresh copy."""
        return self._priorities.copy()

    @property
    def review(self) -> pd.DataFrame:
        """Actions that a person has to decide; a fresh copy."""
        return self._review.copy()

    def _title(self) -> str:
        counts = self._interventions["reach"].value_counts()
        return (
            f"{len(self._interventions)} interventions of {len(self.organisations)} organisations: "
            f"{counts.get(MOST, 0)} by most, {counts.get(SOME, 0)} by some, {counts.get(ONE, 0)} by one; "
            f"{len(self._review)} actions to decide"
        )


def intervention_matrix(
    actions: Actions | Iterable[PlannedAction], footprint: Footprint | None = None, *, priorities: Sequence[str] = ()
) -> InterventionMatrix:
    """Bring the actions of many plans together by what they do.

    Parameters
    ----------
    actions : Actions or iterable of PlannedAction
        With their interventions; those that are not decided are kept in ``review``.
    footprint : Footprint, optional
        Of the organisations, by the codes that their actions have: what each intervention would give if all did it.
    priorities : sequence of str, optional
        Of the system: ids or names of interventions, families or areas of focus.

    Returns
    -------
    InterventionMatrix

    Raises
    ------
    UsageError
        If there is no planned action, or the taxonomy does not have a priority.

    Examples
    --------
    >>> from nhscarbon.trajectory.actions.planned_action import COLUMNS, PlannedAction
    >>> plans = [PlannedAction(action_id=code, organisation=code, text="LED lamps", intervention="led", decided=True)
    ...          for code in ("RX1", "RX2")]
    >>> found = intervention_matrix(plans, priorities=["water"])
    >>> found.interventions[["intervention", "reach", "actions_count"]].values.tolist()
    [['led', 'most', 2]]
    >>> found.priorities["standing"].tolist()
    ['not_planned']
    """
    every = placed(actions, footprint)
    served = served_by(priorities)
    groups = groups_of(every, served)
    ground = None if footprint is None else ground_of(footprint)
    return InterventionMatrix(
        organisations=organisations_of(every),
        _table=frame_of("holder", [row for group in groups for row in holder_rows(group)]),
        _interventions=frame_of("group", [group_row(group, ground, every) for group in groups]),
        _priorities=frame_of("priority", priority_rows(every, groups, served)),
        _review=frame_of("action", [action_row(each, REVIEW) for each in every if not each.intervention]),
    )


def organisations_of(every: Sequence[Placed]) -> tuple[str, ...]:
    """Return the organisations that have any action, decided or not."""
    return tuple(sorted({each.organisation for each in every}))


def groups_of(every: Sequence[Placed], served: dict[str, tuple[str, ...]]) -> list[Group]:
    """Return the interventions that are planned, in the order of the taxonomy."""
    own: dict[str, list[Placed]] = {}
    also: dict[str, list[Placed]] = {}
    for each in every:
        if each.intervention:
            own.setdefault(each.intervention, []).append(each)
        for word in each.also:
            also.setdefault(word, []).append(each)
    total = len(organisations_of(every))
    found = []
    for known in taxonomy().interventions:
        mine, beside = tuple(own.get(known.id, ())), tuple(also.get(known.id, ()))
        who = tuple(sorted({at.organisation for at in (*mine, *beside)}))
        if not who:
            continue
        reach = ONE if len(who) == 1 and total > 1 else MOST if 2 * len(who) > total else SOME
        serves = tuple(name for name, ids in served.items() if known.id in ids)
        standing = LEFT_OUT if reach == ONE and not serves else SYSTEM
        found.append(Group(known, mine, beside, who, reach, serves, standing))
    return found


def holder_rows(group: Group) -> list[dict[str, object]]:
    """Return what each organisation plans of an intervention."""
    rows: list[dict[str, object]] = []
    for name in group.organisations:
        own = [each for each in group.own if each.organisation == name]
        also = [each for each in group.also if each.organisation == name]
        first, last = span([*own, *also])
        low, high, _ = costs(own)
        leads = dict.fromkeys(each.action.lead for each in (*own, *also) if each.action.lead)
        rows.append({
            "intervention": group.intervention.id, "organisation": name,
            "actions": ";".join(each.action.action_id for each in own),
            "also": ";".join(each.action.action_id for each in also),
            "status": statuses([*own, *also]), "start_year": first, "end_year": last, "lead": "; ".join(leads),
            "cost_low_gbp": low, "cost_high_gbp": high, "tco2e_a_year": tonnes(own)[0],
        })  # fmt: skip
    return rows


def group_row(group: Group, ground: Ground | None, every: Sequence[Placed]) -> dict[str, object]:
    """Return what is known of an intervention over all organisations."""
    known = group.intervention
    both = (*group.own, *group.also)
    first, last = span(both)
    low, high, costed = costs(group.own)
    booked, stating = tonnes(group.own)
    unbooked = [each for each in group.own if each.tonnes is None and each.action.tco2e_a_year is not None]
    claimed = [each.action.tco2e_a_year or 0.0 for each in unbooked]
    why = dict.fromkeys(f"{each.organisation}: {each.not_booked}" for each in unbooked)
    claims: dict[str, float] = {}
    for each in group.own:
        if each.tonnes is not None and each.action.tco2e_a_year is not None:  # as stated: more than there is, is said
            claims[each.organisation] = claims.get(each.organisation, 0.0) + each.action.tco2e_a_year
    gives = if_all(ground, known.selects, claims, enabling=known.enabling)
    return {
        "intervention": known.id, "name": known.name, "area_of_focus": known.area_of_focus, "family": known.family,
        "definition": known.definition, "enabling": "yes" if known.enabling else "no", "reach": group.reach,
        "standing": group.standing, "priorities": ";".join(group.priorities),
        "organisations": len(group.organisations), "of_organisations": len(organisations_of(every)),
        "owners": ";".join(group.organisations), "actions_count": len(group.own), "also_actions": len(group.also),
        "start_year": first, "end_year": last, "status": statuses(both),
        "cost_low_gbp": low, "cost_high_gbp": high, "costed_actions": costed,
        "cost_counted_elsewhere": sum(each.shared for each in group.own),
        "tco2e_a_year": booked, "tonnes_actions": stating,
        "not_booked_tco2e": sum(sorted(claimed)) if claimed else None, "not_booked_why": "; ".join(why),
        "if_all_tco2e": gives.tco2e, "footprint_tco2e": gives.footprint_tco2e, "basis": gives.basis,
    }  # fmt: skip


def priority_rows(
    every: Sequence[Placed], groups: Sequence[Group], served: dict[str, tuple[str, ...]]
) -> list[dict[str, object]]:
    """Return who plans what serves each priority."""
    rows: list[dict[str, object]] = []
    for name, ids in served.items():
        mine = [group for group in groups if group.intervention.id in ids]
        who = sorted({each for group in mine for each in group.organisations})
        maybe = sum(not each.intervention and bool({each.action.intervention, *each.action.candidates} & set(ids))
                    for each in every)  # fmt: skip
        rows.append({
            "priority": name, "standing": "planned" if mine else "not_planned", "organisations": len(who),
            "owners": ";".join(who), "interventions": ";".join(group.intervention.id for group in mine),
            "actions_count": sum(len(group.own) for group in mine), "undecided_actions": maybe,
        })  # fmt: skip
    return rows


def action_row(each: Placed, standing: str) -> dict[str, object]:
    """Return an action as it was given, with where it stands."""
    row: dict[str, object] = {name: getattr(each.action, name) for name in COLUMNS}
    return {**{name: ";".join(value) if isinstance(value, tuple) else value for name, value in row.items()},
            "organisation": each.organisation, "standing": standing}  # fmt: skip
