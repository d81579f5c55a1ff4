"""The parts of a Green Plan as tables: their columns, and one table of all that reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from nhscarbon.output.text import lines_shown
from nhscarbon.trajectory.actions.planned_action import COLUMNS as OF_ACTIONS

AMOUNTS = frozenset({
    "cost_low_gbp", "cost_high_gbp", "tco2e_a_year", "not_booked_tco2e", "if_all_tco2e", "footprint_tco2e", "score",
    "out_of", "readiness", "affordability", "independence", "evidence_points",
})  # fmt: skip
WHOLE = frozenset({
    "organisations", "of_organisations", "actions_count", "also_actions", "interventions_count", "start_year",
    "end_year", "costed_actions", "cost_counted_elsewhere", "tonnes_actions", "undecided_actions", "row",
    "lead_named_by",
})  # fmt: skip
GROUP = (
    "intervention", "name", "area_of_focus", "family", "definition", "enabling", "reach", "standing", "priorities",
    "organisations", "of_organisations", "owners", "actions_count", "also_actions", "start_year", "end_year", "status",
    "cost_low_gbp", "cost_high_gbp", "costed_actions", "cost_counted_elsewhere", "tco2e_a_year", "tonnes_actions",
    "not_booked_tco2e", "not_booked_why", "if_all_tco2e", "footprint_tco2e", "basis",
)  # fmt: skip
PARTS: Mapping[str, tuple[str, ...]] = {
    "about": ("name", "text"),
    "objective": (
        "area_of_focus", "text", "interventions_count", "organisations", "actions_count", "start_year", "end_year",
        "cost_low_gbp", "cost_high_gbp", "costed_actions", "tco2e_a_year", "tonnes_actions",
    ),
    "intervention": (
        *GROUP, "lead_role", "lead_named_by", "leads", "score", "out_of", "deliverability", "readiness",
        "affordability", "independence", "evidence_points", "risk", "likelihood", "impact", "mitigation",
        "benefit_health", "benefit_air", "benefit_cost", "benefit_inequality", "benefit_other", "evidence",
        "monitoring", "enabled_by", "enables",
    ),
    "holder": (
        "intervention", "organisation", "actions", "also", "status", "start_year", "end_year", "lead", "cost_low_gbp",
        "cost_high_gbp", "tco2e_a_year",
    ),
    "priority": (
        "priority", "standing", "organisations", "owners", "interventions", "actions_count", "undecided_actions",
    ),
    "missing": ("intervention", "name", "field", "text"),
    "action": (*OF_ACTIONS, "standing"),
}  # fmt: skip
ALL = ("part", *dict.fromkeys(name for names in PARTS.values() for name in names))
OWN = {**PARTS, "group": GROUP}


def frame_of(part: str, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return rows of a part as a table: numbers as numbers, a missing text empty, spaces at the ends taken away."""
    frame = pd.DataFrame(list(rows), columns=list(OWN[part]), dtype=object)
    return typed(frame)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the kind that each of its columns has."""
    made: dict[str, pd.Series] = {}
    for name in frame.columns:
        cells = frame[name].tolist()
        if name in AMOUNTS or name in WHOLE:
            made[name] = pd.Series([None if _empty(each) else float(str(each)) for each in cells], dtype="float64")
            if name in WHOLE:
                made[name] = made[name].astype("Int64")
        else:
            made[name] = pd.Series(["" if _empty(each) else _text(each) for each in cells], dtype="str")
    return pd.DataFrame(made, columns=frame.columns)


def _empty(cell: object) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell) or cell == ""  # noqa: PLR0124


def _text(cell: object) -> str:
    """Return a text as a file gives it back: one kind of line end, plain spaces, none at its ends, nothing hidden."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    plain = str(cell).replace("\r\n", "\n").replace("\r", "\n")
    return lines_shown(plain.replace("\t", " ").replace("\u00a0", " ")).strip()


def whole_table(parts: Mapping[str, Sequence[Mapping[str, object]]]) -> pd.DataFrame:
    """Return all parts as one table: ``part`` says which a row is of, and has the columns of its part filled."""
    rows = [{"part": part, **{name: row.get(name) for name in PARTS[part]}} for part in PARTS for row in parts[part]]
    return typed(pd.DataFrame(rows, columns=list(ALL), dtype=object))


def part_of(table: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return the rows of a part with its own columns."""
    return table.loc[table["part"] == part, list(PARTS[part])].reset_index(drop=True)
