"""`nc.green_plan`: one plan of a system, made of the plans of its organisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.table import Actions
from nhscarbon.trajectory.green_plan.build import intervention_rows, missing_rows, objective_rows
from nhscarbon.trajectory.green_plan.frames import whole_table
from nhscarbon.trajectory.green_plan.if_all import ground_of
from nhscarbon.trajectory.green_plan.matrix import (
    REVIEW,
    action_row,
    groups_of,
    holder_rows,
    organisations_of,
    priority_rows,
)
from nhscarbon.trajectory.green_plan.placing import placed
from nhscarbon.trajectory.green_plan.priorities import served_by
from nhscarbon.trajectory.green_plan.result import GreenPlan

TITLE = "Green Plan of the system"


def green_plan(
    actions: Actions | Iterable[PlannedAction],
    footprint: Footprint | None = None,
    *,
    priorities: Sequence[str] = (),
    title: str = TITLE,
) -> GreenPlan:
    """Make the Green Plan of a system out of the plans of its organisations.

    What several organisations plan is in it, and what one alone plans where it serves a priority. Actions whose
    intervention is not decided are listed for review. What no sheet states is listed as missing.

    Parameters
    ----------
    actions : Actions or iterable of PlannedAction
    footprint : Footprint, optional
        Of the organisations, by the codes that their actions have; its last NHS year says what each intervention would
        give if all did it.
    priorities : sequence of str, optional
        Of the system: ids or names of interventions, families or areas of focus.
    title : str, optional

    Returns
    -------
    GreenPlan
        The same for any order of the actions.

    Raises
    ------
    UsageError
        If there is no planned action, or the taxonomy does not have a priority.

    Examples
    --------
    >>> from nhscarbon.trajectory.actions.planned_action import PlannedAction
    >>> plans = [PlannedAction(action_id=f"{code}-1", organisation=code, text="LED lamps", intervention="led",
    ...                        decided=True, lead="Energy manager", end_year=2027) for code in ("RX1", "RX2")]
    >>> made = green_plan([*plans, PlannedAction(action_id="RX2-2", organisation="RX2", text="Be greener")])
    >>> made.interventions[["name", "lead_role", "end_year"]].values.tolist(), len(made.review)
    ([['LED lighting', 'Energy manager', 2027]], 1)
    """
    every = placed(actions, footprint)
    served = served_by(priorities)
    ground = None if footprint is None else ground_of(footprint)
    groups = groups_of(every, served)
    standing = {group.intervention.id: group.standing for group in groups}
    interventions, objectives = intervention_rows(groups, ground, every), objective_rows(groups)
    stands = [standing.get(each.intervention, REVIEW) for each in every]
    everyone = organisations_of(every)
    outside = [name for name in everyone if ground is not None and name.casefold() not in ground.places]
    about = {
        "title": title, "organisations": ";".join(everyone), "priorities": ";".join(served),
        "footprint": "" if ground is None else ground.label, "not_in_footprint": ";".join(outside),
        "taxonomy": taxonomy().label,
    }  # fmt: skip
    return GreenPlan(
        whole_table({
            "about": [{"name": name, "text": text} for name, text in about.items()],
            "objective": objectives,
            "intervention": interventions,
            "holder": [row for group in groups for row in holder_rows(group)],
            "priority": priority_rows(every, groups, served),
            "missing": missing_rows(interventions, objectives),
            "action": [action_row(each, where) for each, where in zip(every, stands, strict=True)],
        })
    )  # fmt: skip
