"""Planned actions with their interventions, for tests: by hand, from the labels of a person, and invented at size."""

import csv
import os
from pathlib import Path

import pytest

from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import STATUSES, PlannedAction

GOLD = Path(os.environ.get("NHSCARBON_SHARED", "/nowhere")) / "examples" / "plans" / "gold.csv"


def planned(organisation, number, intervention="", **changes):
    """Return an action of an organisation; decided where it has an intervention."""
    given = {"text": f"Action {number} of {organisation}", "decided": bool(intervention), **changes}
    return PlannedAction(
        action_id=f"{organisation}-{number}", organisation=organisation, intervention=intervention, **given
    )


def three_trusts():
    """Return plans of three trusts: LED by all, water by two, flood doors by one, and one that nobody can tell."""
    return [
        planned("RAA", 1, "led", lead="Energy manager", start_year=2026, end_year=2027, status="in_progress",
                cost_low_gbp=100_000.0, cost_high_gbp=150_000.0, tco2e_a_year=40.0, risk="Access to wards",
                mitigation="Night work", co_benefits=("Safety of patients", "Lower energy cost"), evidence="Meter data",
                also=("bms_controls",)),
        planned("RBB", 1, "led", lead="energy manager", start_year=2025, status="complete", cost_low_gbp=20_000.0,
                cost_high_gbp=20_000.0, tco2e_a_year=10.0, risk="access to wards"),
        planned("RCC", 1, "led", lead="Director of Estates", end_year=2029, cost_low_gbp=50_000.0),
        planned("RAA", 2, "water", cost_low_gbp=8000.0, cost_high_gbp=8000.0, cost_group="RAA/9"),
        planned("RAA", 3, "bms_controls", cost_low_gbp=8000.0, cost_high_gbp=8000.0, cost_group="RAA/9"),
        planned("RBB", 2, "water", status="not_started"),
        planned("RCC", 2, "flooding", status="on_hold"),
        planned("RAA", 4, "metering"),
        planned("RBB", 3, "metering"),
        planned("RCC", 3, candidates=("entonox", "volatiles", "n2o_manifold"), why="two are as likely"),
    ]  # fmt: skip


def of_a_person():
    """Return the actions of seven sheets as a person labelled them."""
    if not GOLD.exists():
        pytest.skip("the sheets that a person labelled are not here")
    with GOLD.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        PlannedAction(
            action_id=row["action_id"], organisation=row["trust"], text=row["text"], file=row["file"],
            area_of_focus=row["area_of_focus"], intervention=row["intervention"], decided=True, lead=row["lead"],
            also=tuple(filter(None, row["also"].split(";"))), status=row["status"] or "unknown", risk=row["risk"],
            **{name: float(row[name]) if row[name] else None for name in
               ("tco2e_a_year", "cost_low_gbp", "cost_high_gbp")},
            **{name: int(row[name]) if row[name] else None for name in ("row", "start_year", "end_year")},
        )
        for row in rows
    ]  # fmt: skip


def many(trusts=12, actions=400):
    """Return plans at the size of a system."""
    ids = taxonomy().ids
    return [
        planned(
            f"R{at % trusts:02d}", at, ids[(at * 7) % len(ids)] if at % 5 else "", text=f"Action {at}, in many words",
            lead=f"Role {at % 9}", status=STATUSES[at % len(STATUSES)], start_year=2024 + at % 4,
            end_year=2026 + at % 6, cost_low_gbp=1000.0 * at, cost_high_gbp=1500.0 * at,
            tco2e_a_year=float(at % 50) or None, cost_group=f"shared {at // 3}" if at % 4 == 0 else "",
        )
        for at in range(actions)
    ]  # fmt: skip
