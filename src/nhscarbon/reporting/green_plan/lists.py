"""The lists of a Green Plan: priorities, what is missing, what is left out, what to decide, and every action."""

from __future__ import annotations

from collections.abc import Mapping

from nhscarbon.reporting.green_plan.words import FIELDS, how_far, listed, money, stated, years
from nhscarbon.reporting.report.document import Cell, Column, Section, Sign, Table
from nhscarbon.trajectory.green_plan.result import GreenPlan

STANDING = {"system": "In the plan", "left_out": "Left out", "review": "To decide"}


def priorities_section(plan: GreenPlan, names: Mapping[str, str]) -> Section | None:
    """Return the priorities and who plans them; None where none was stated."""
    rows = plan.priorities.to_dict("records")
    if not rows:
        return None
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        planned = row["standing"] == "planned"
        ids = [each for each in str(row["interventions"]).split(";") if each]
        cells.append((
            names.get(str(row["priority"]), str(row["priority"])),
            Sign("on_track", "Planned") if planned else Sign("off_track", "Nobody plans it"), listed(row["owners"]),
            ", ".join(names[each] for each in ids), float(row["undecided_actions"]),
        ))  # fmt: skip
    columns = (Column("priority", share=24), Column("state"), Column("planned by"), Column("interventions", share=28),
               Column("undecided actions that may serve it", "number"))  # fmt: skip
    return Section("priorities", "Priorities", (), tables=(Table(
        "priorities", "Priorities of the system", columns, tuple(cells),
        missing=frozenset(at for at, row in enumerate(rows) if row["standing"] != "planned")),))  # fmt: skip


def missing_section(plan: GreenPlan) -> Section | None:
    """Return what no sheet states: how often each field, and which of each intervention."""
    rows = plan.missing.to_dict("records")
    if not rows:
        return None
    counts: dict[str, int] = {}
    by_name: dict[str, list[str]] = {}
    for row in rows:
        counts[row["field"]] = counts.get(row["field"], 0) + 1
        by_name.setdefault(str(row["name"]), []).append(f"{FIELDS[row['field']]} ({row['text']})")
    fields = tuple((FIELDS[name], float(counts[name])) for name in FIELDS if name in counts)
    cells = tuple((name, "; ".join(words)) for name, words in by_name.items())
    return Section("missing", "What is missing", (
        "Nothing is put in the place of what plans do not say. Ask the owners for these.",
    ), tables=(Table("missing-fields", "Missing fields", (Column("field"), Column("interventions", "number")), fields),
               Table("missing", "Missing by intervention", (Column("intervention", share=28), Column("what and why")),
                     cells)), of=len(rows))  # fmt: skip


def left_out_section(plan: GreenPlan) -> Section | None:
    """Return the interventions that one organisation alone plans."""
    rows = plan.left_out.to_dict("records")
    if not rows:
        return None
    cells = tuple(
        (str(row["name"]), str(row["area_of_focus"]), listed(row["owners"]), years(row["start_year"], row["end_year"]),
         how_far(row["status"]), money(row["cost_low_gbp"], row["cost_high_gbp"]))
        for row in rows
    )  # fmt: skip
    columns = (Column("intervention", share=28), Column("area of focus"), Column("planned by"), Column("when"),
               Column("how far"), Column("cost"))  # fmt: skip
    return Section("left-out", "Left out of the plan", (
        "One organisation alone plans these, and they serve no stated priority. They stay in its own plan.",
    ), tables=(Table("left-out", "Planned by one alone", columns, cells),))  # fmt: skip


def review_section(plan: GreenPlan, names: Mapping[str, str]) -> Section | None:
    """Return the actions that a person has to decide."""
    rows = plan.review.to_dict("records")
    if not rows:
        return None
    cells = tuple(
        (str(row["text"]), str(row["action_id"]), str(row["organisation"]), str(row["section"]),
         ", ".join(names.get(each, each) for each in str(row["candidates"]).split(";") if each), str(row["why"]))
        for row in rows
    )  # fmt: skip
    columns = (Column("action", share=40), Column("id", "code", under=True), Column("organisation"), Column("section"),
               Column("candidates", share=24), Column("why", under=True))  # fmt: skip
    return Section("review", "To be decided", (
        "It is not clear what these actions are. They count in no figure above. Answer the review file and make the "
        "plan again.",
    ), tables=(Table("review", "Actions to decide", columns, cells),))  # fmt: skip


def actions_section(plan: GreenPlan, names: Mapping[str, str]) -> list[Section]:
    """Return who plans what, and every action with where it stands."""
    held = tuple(
        (names[str(row["intervention"])], str(row["organisation"]), listed(row["actions"]), listed(row["also"]),
         years(row["start_year"], row["end_year"]), how_far(row["status"]), stated(row["lead"]),
         money(row["cost_low_gbp"], row["cost_high_gbp"]))
        for row in plan.holders.to_dict("records")
    )  # fmt: skip
    holders = (Column("intervention", share=24), Column("organisation"), Column("actions", "code"),
               Column("also in", "code"), Column("when"), Column("how far"), Column("lead"),
               Column("cost"))  # fmt: skip
    every = tuple(
        (str(row["text"]), str(row["action_id"]), str(row["organisation"]), STANDING[str(row["standing"])],
         names.get(str(row["intervention"]), str(row["intervention"])) if row["standing"] != "review" else "",
         " ".join(filter(None, (str(row["file"]), str(row["sheet"]), f"row {row['row']}" if row["row"] == row["row"]
                                and str(row["row"]) != "<NA>" else ""))))
        for row in plan.actions.to_dict("records")
    )  # fmt: skip
    columns = (Column("action", share=40), Column("id", "code", under=True), Column("organisation"), Column("standing"),
               Column("intervention", share=24), Column("where it is written"))  # fmt: skip
    found = [Section("actions", "Every action", ("As it is written, with its place in the sheet.",),
                     tables=(Table("actions", "Actions that were read", columns, every),))]  # fmt: skip
    if held:
        found.insert(0, Section("matrix", "Who plans what", (
            "Also in: ids of actions that plan it with another intervention, where their cost and tonnes count.",
        ), tables=(Table("matrix", "Interventions by organisation", holders, held),)))  # fmt: skip
    return found
