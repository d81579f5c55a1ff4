"""The rows of a Green Plan: interventions with who leads them, how deliverable they are, and what nobody states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.interventions.taxonomy import Intervention, taxonomy
from nhscarbon.trajectory.green_plan.deliverability import CANNOT_SAY, score
from nhscarbon.trajectory.green_plan.enabling import EVERYTHING, enabled_by, enables
from nhscarbon.trajectory.green_plan.if_all import Ground, in_words
from nhscarbon.trajectory.green_plan.matrix import SYSTEM, Group, group_row
from nhscarbon.trajectory.green_plan.placing import Placed, costs, span, tonnes
from nhscarbon.trajectory.green_plan.risks import benefits, risks, told

Row = dict[str, object]
ENDS = {"cost_high_gbp": "cost_low_gbp", "cost_low_gbp": "cost_high_gbp"}
OF_TONNES = ("tco2e_a_year", "if_all_tco2e")
STATED = (  # what an intervention should have, by the column that has it
    "lead_role", "start_year", "end_year", "status", "cost_low_gbp", "cost_high_gbp", *OF_TONNES, "risk", "likelihood",
    "impact", "mitigation", "benefit_health", "benefit_air", "benefit_cost", "benefit_inequality", "evidence",
    "monitoring", "deliverability",
)  # fmt: skip


def intervention_rows(groups: Sequence[Group], ground: Ground | None, every: Sequence[Placed]) -> list[Row]:
    """Return all that is known of each intervention."""
    owners = {group.intervention.id: frozenset(group.organisations) for group in groups if group.standing == SYSTEM}
    return [_row(group, owners, ground, every) for group in groups]


def _row(group: Group, owners: Mapping[str, frozenset[str]], ground: Ground | None, every: Sequence[Placed]) -> Row:
    known, both = group.intervention, (*group.own, *group.also)
    row = group_row(group, ground, every)
    role, named, leads = _leads(both)
    low, high, _ = costs(group.own)
    costed = {each.organisation for each in group.own if each.cost_low is not None or each.cost_high is not None}
    helpers = enabled_by(known.id)
    return {
        **row, "lead_role": role, "lead_named_by": named or None, "leads": leads,
        **score(both, set(group.organisations), low if high is None else high, len(costed),
                [owners.get(each, frozenset()) for each in helpers] if helpers else None),
        **risks(both), **benefits(both),
        "evidence": told((each.action.evidence, each.organisation) for each in both),
        "monitoring": _monitoring(known, both),
        "enabled_by": ";".join(each for each in helpers if each in owners),
        "enables": ";".join(each for each in enables().get(known.id, ()) if each in owners or each == EVERYTHING),
    }  # fmt: skip


def _leads(actions: Sequence[Placed]) -> tuple[str, int, str]:
    """Return the role that most organisations name as the lead, how many do, and every lead with who names it."""
    roles: dict[str, set[str]] = {}
    spelt: dict[str, Counter[str]] = {}
    for each in actions:
        plain = " ".join(each.action.lead.split())
        if plain:
            roles.setdefault(plain.casefold(), set()).add(each.organisation)
            spelt.setdefault(plain.casefold(), Counter())[plain] += 1
    if not roles:
        return "", 0, ""
    words = {key: min(found, key=lambda each: (-found[each], each)) for key, found in spelt.items()}
    first = min(roles, key=lambda key: (-len(roles[key]), key))
    return words[first], len(roles[first]), told((words[key], who) for key in roles for who in roles[key])


def _monitoring(known: Intervention, actions: Sequence[Placed]) -> str:
    """Return how it can be followed: by what it changes in the footprint, else by how far its actions are."""
    if known.selects and not known.enabling:
        measure = f", in {known.needed_to_quantify}" if known.needed_to_quantify else ""
        return f"Footprint of {in_words(known.selects)}{measure}"
    told_ = sum(each.action.status != "unknown" for each in actions)
    return f"Status of its actions: {told_} of {len(actions)} state one" if told_ else ""


def objective_rows(groups: Sequence[Group]) -> list[Row]:
    """Return the objective of each area of focus, in the order of the taxonomy."""
    rows: list[Row] = []
    for area in taxonomy().areas:
        mine = [group for group in groups if group.standing == SYSTEM and group.intervention.area_of_focus == area]
        own = [each for group in mine for each in group.own]
        both = [*own, *(each for group in mine for each in group.also)]
        first, last = span(both)
        low, high, costed = costs(own)
        booked, stating = tonnes(own)
        rows.append({
            "area_of_focus": area, "interventions_count": len(mine),
            "text": _objective(mine, last),
            "organisations": len({each.organisation for each in both}), "actions_count": len(own), "start_year": first,
            "end_year": last, "cost_low_gbp": low, "cost_high_gbp": high, "costed_actions": costed,
            "tco2e_a_year": booked, "tonnes_actions": stating,
        })  # fmt: skip
    return rows


def _objective(groups: Sequence[Group], last: int | None) -> str:
    """Say what is to be carried out by when, and what is complete already."""
    done = [group for group in groups if all(each.action.status == "complete" for each in (*group.own, *group.also))]
    open_ = [group for group in groups if group not in done]
    by = f" by {nhs_year(last)}" if last is not None else ""
    count = f"{len(open_)} intervention{'' if len(open_) == 1 else 's'}"
    said = [f"Carry out {count}{by}: {_names(open_)}."] if open_ else []
    return " ".join([*said, f"Complete: {_names(done)}."] if done else said)


def _names(groups: Sequence[Group]) -> str:
    return "; ".join(group.intervention.name for group in groups)


def missing_rows(interventions: Sequence[Row], objectives: Sequence[Row]) -> list[Row]:
    """Return what the system's interventions and objectives lack, and why; nothing is put in its place."""
    rows: list[Row] = []
    for each in objectives:
        if not each["text"]:
            rows.append({"intervention": "", "name": each["area_of_focus"], "field": "objective",
                         "text": "no intervention of this area of focus is in the system's plan"})  # fmt: skip
    for each in interventions:
        if each["standing"] != SYSTEM:
            continue
        for name in STATED:
            if each["enabling"] == "yes" and name in OF_TONNES:
                continue
            if why := _why_missing(each, name):
                rows.append({"intervention": each["intervention"], "name": each["name"], "field": name, "text": why})
    return rows


def _why_missing(row: Row, name: str) -> str:
    """Return why a field is missing; an empty text where it is there."""
    value, count = row[name], int(str(row["actions_count"])) + int(str(row["also_actions"]))
    actions = "the one action does not state it" if count == 1 else f"none of {count} actions states it"
    unsaid = {
        "status": (f"unknown {count}", actions),
        "deliverability": (CANNOT_SAY, "too few parts of the score are known"),
    }
    if name in unsaid:
        return unsaid[name][1] if value == unsaid[name][0] else ""
    if value is not None and value != "":
        return ""
    if name == "tco2e_a_year" and row["not_booked_tco2e"] is not None:
        return f"{row['not_booked_tco2e']:,.10g} tCO2e a year are stated and do not count: {row['not_booked_why']}"
    if name in ENDS and row[ENDS[name]] is not None:
        return f"a cost is stated without {'an upper' if name == 'cost_high_gbp' else 'a lower'} end"
    if name in ENDS and row["cost_counted_elsewhere"]:
        return "the cost is shared and counts at another intervention"
    return str(row["basis"]) if name == "if_all_tco2e" else actions
