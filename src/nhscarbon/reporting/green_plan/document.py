"""What the page of a Green Plan says: sections of words and tables, from the plan alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nhscarbon.output.tables import tonnes
from nhscarbon.reporting.green_plan.lists import (
    actions_section,
    left_out_section,
    missing_section,
    priorities_section,
    review_section,
)
from nhscarbon.reporting.green_plan.words import (
    NOT_STATED,
    amount,
    how_far,
    listed,
    money,
    one_line,
    stated,
    years,
)
from nhscarbon.reporting.report.document import Cell, Column, Document, Figure, Section, Sign, Table
from nhscarbon.trajectory.green_plan.deliverability import deliverability_rule
from nhscarbon.trajectory.green_plan.enabling import EVERYTHING
from nhscarbon.trajectory.green_plan.result import GreenPlan
from nhscarbon.version import __version__

Row = Mapping[str, Any]
DELIVERABLE = {
    "high": ("on_track", "High"), "medium": ("watch", "Medium"), "low": ("off_track", "Low"),
    "cannot_say": ("cannot_say", "Cannot say"),
}  # fmt: skip


def green_plan_document(plan: GreenPlan) -> Document:
    """Return what the page and the workbook of a Green Plan say."""
    about, rows = plan.about, records(plan.interventions)
    names = {row["intervention"]: str(row["name"]) for row in records(plan.part("intervention"))}
    organisations = [each for each in about["organisations"].split(";") if each]
    sections = [
        _objectives(plan), _interventions(rows), _enabling(rows, names), priorities_section(plan, names),
        _deliverability(rows), _risks(rows), _benefits(rows), _monitoring(rows), _if_all(rows, about["footprint"]),
        missing_section(plan), left_out_section(plan), review_section(plan, names), *actions_section(plan, names),
    ]  # fmt: skip
    return Document(
        title=about["title"], about="Green Plan made of the plans of its organisations",
        mark=f"Interventions by {about['taxonomy']}", figures=_figures(plan, rows, organisations),
        lead=_lead(plan, rows, organisations), sections=tuple(each for each in sections if each is not None),
        foot=f"Made by nhscarbon {__version__} from {len(plan.actions):,} actions; "
             f"footprint: {about['footprint'] or 'none was given'}",
    )  # fmt: skip


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a part."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _figures(plan: GreenPlan, rows: Sequence[Row], organisations: Sequence[str]) -> tuple[Figure, ...]:
    booked = [value for row in rows if (value := amount(row["tco2e_a_year"])) is not None]
    figures = [
        Figure("Organisations", f"{len(organisations):,}"), Figure("Actions read", f"{len(plan.actions):,}"),
        Figure("Interventions in the plan", f"{len(rows):,}"),
    ]  # fmt: skip
    if booked:
        figures.append(Figure("Stated by the plans", tonnes(sum(booked), 0), "tCO2e a year"))
    return tuple(figures)


def _lead(plan: GreenPlan, rows: Sequence[Row], organisations: Sequence[str]) -> tuple[str, ...]:
    actions = plan.actions["standing"].value_counts()
    count = {name: int(actions.get(name, 0)) for name in ("system", "left_out", "review")}
    reach = [sum(row["reach"] == name for row in rows) for name in ("most", "some", "one")]
    stating = sum(int(row["tonnes_actions"]) for row in rows)
    said = [
        f"The plan of {_count(len(organisations), 'organisation')} has {_count(len(rows), 'intervention')}: most of "
        f"them plan {reach[0]:,}, some {reach[1]:,}, and one alone plans {reach[2]:,} that serve a priority.",
        f"Of {_count(len(plan.actions), 'action')} that were read, {count['system']:,} are in the plan, "
        f"{count['left_out']:,} concern one organisation alone and are left out, and {count['review']:,} wait for a "
        "person to decide what they are.",
        f"{_count(stating, 'action')} of the plan state tonnes that count. The others have no figure, which does not "
        "mean that they have no effect.",
    ]  # fmt: skip
    unbooked = sum(value for row in rows if (value := amount(row["not_booked_tco2e"])) is not None)
    if unbooked:
        said.append(f"{tonnes(unbooked, 0)} tCO2e a year that they state do not count; what is missing says why.")
    if outside := [each for each in plan.about["not_in_footprint"].split(";") if each]:
        are = "is" if len(outside) == 1 else "are"
        said.append(f"{', '.join(outside)} {are} not in the footprint: tonnes are as stated, and not compared with it.")
    unplanned = plan.priorities.loc[plan.priorities["standing"] == "not_planned", "priority"]
    if len(unplanned):
        said.append(f"Nobody plans {_count(len(unplanned), 'stated priority', 'stated priorities')}; see Priorities.")
    if len(plan.missing):
        said.append(
            f"{_count(len(plan.missing), 'field')} of the plan are stated in no sheet. They are listed as missing."
        )
    return tuple(said)


def _count(count: int, word: str, many: str = "") -> str:
    return f"{count:,} {word if count == 1 else many or f'{word}s'}"


def _objectives(plan: GreenPlan) -> Section:
    rows = records(plan.objectives)
    cells: list[tuple[Cell, ...]] = [
        (row["area_of_focus"], row["text"] or "None: no intervention is in the plan",
         years(row["start_year"], row["end_year"]), money(row["cost_low_gbp"], row["cost_high_gbp"]),
         amount(row["tco2e_a_year"]))
        for row in rows
    ]  # fmt: skip
    columns = (Column("area of focus", share=16), Column("objective", share=40), Column("when"), Column("cost"),
               Column("tCO2e a year", "number"))  # fmt: skip
    return Section("objectives", "Objectives", (
        "One for each area of focus: what several organisations plan, or what serves a priority. Costs and tonnes are "
        "those that plans state; a cost that actions share counts once.",
    ), tables=(Table("objectives", "Objectives by area of focus", columns, tuple(cells),
                     missing=frozenset(at for at, row in enumerate(rows) if not row["text"])),))  # fmt: skip


def _interventions(rows: Sequence[Row]) -> Section:
    tables: list[Table] = []
    for area in dict.fromkeys(str(row["area_of_focus"]) for row in rows):
        cells: list[tuple[Cell, ...]] = []
        for row in (each for each in rows if each["area_of_focus"] == area):
            cells.append((
                str(row["name"]), str(row["definition"]), stated(row["lead_role"]), _named_by(row),
                f"{row['organisations']} of {row['of_organisations']}", listed(row["owners"]),
                years(row["start_year"], row["end_year"]), how_far(row["status"]),
                _cost(row), _counted(row), amount(row["tco2e_a_year"]), _not_counted(row), _deliverable(row),
            ))  # fmt: skip
        columns = (
            Column("intervention", share=24), Column("definition", under=True), Column("lead role", share=16),
            Column("named by", under=True), Column("planned by", share=16), Column("owners", under=True),
            Column("when"), Column("how far"), Column("cost"), Column("how many state it", under=True),
            Column("tCO2e a year", "number"), Column("stated and not counted", under=True), Column("deliverability"),
        )  # fmt: skip
        tables.append(Table(f"area-{len(tables)}", area, columns, tuple(cells)))
    return Section("interventions", "System interventions", (
        "The lead role is the one that most owners name. How far: the number of actions in each state.",
    ), tables=tuple(tables), of=len(rows))  # fmt: skip


def _named_by(row: Row) -> str:
    count = amount(row["lead_named_by"])
    if count is None:
        return ""
    others = len(str(row["leads"]).split("\n")) - 1
    alone = f"; {others} other{'' if others == 1 else 's'} named" if others else ""
    return f"named by {count:.0f} of {row['organisations']}{alone}"


def _cost(row: Row) -> str:
    """Return the cost of an intervention; one that is shared may count at another alone."""
    words = money(row["cost_low_gbp"], row["cost_high_gbp"])
    return "Counted elsewhere" if words == NOT_STATED and row["costed_actions"] else words


def _counted(row: Row) -> str:
    elsewhere = (
        f", {row['cost_counted_elsewhere']} shared and counted elsewhere" if row["cost_counted_elsewhere"] else ""
    )
    return (
        f"{row['costed_actions']} of {row['actions_count']} actions state it{elsewhere}"
        if row["costed_actions"]
        else ""
    )


def _not_counted(row: Row) -> str:
    value = amount(row["not_booked_tco2e"])
    return f"{tonnes(value, 0 if value >= 1 else 1)} more stated, not counted" if value else ""


def _deliverable(row: Row) -> Sign:
    state, word = DELIVERABLE[str(row["deliverability"])]
    return Sign(state, f"{word}, {row['score']:.1f} of {row['out_of']:.0f}")


def _enabling(rows: Sequence[Row], names: Mapping[str, str]) -> Section | None:
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        if row["enabling"] == "yes":
            ids = [each for each in str(row["enables"]).split(";") if each]
            beside = "The whole plan" if ids == [EVERYTHING] else ", ".join(names[each] for each in ids)
            cells.append((str(row["name"]), beside or "By itself", listed(row["owners"]),
                          how_far(row["status"])))  # fmt: skip
    if not cells:
        return None
    columns = (Column("enabling intervention", share=28), Column("stands with", share=40), Column("owners"),
               Column("how far"))  # fmt: skip
    return Section("enabling", "What enables the plan", (
        "Their effect is not counted in tonnes, which does not mean that they have none. They stand with what they "
        "enable: interventions of their family or, where it has none, of their area of focus; those of workforce and "
        "leadership with the whole plan. Nature, adaptation and green tariffs stand by themselves.",
    ), tables=(Table("enabling", "Enabling interventions", columns, tuple(cells)),))  # fmt: skip


def _deliverability(rows: Sequence[Row]) -> Section:
    cells = [
        (str(row["name"]), _deliverable(row), *(amount(row[name]) for name in
         ("readiness", "affordability", "independence", "evidence_points")))
        for row in rows
    ]  # fmt: skip
    columns = (Column("intervention", share=28), Column("deliverability"),
               *(Column(name, "number", 1)
                 for name in ("readiness", "affordability", "independence", "evidence")))  # fmt: skip
    rule = deliverability_rule()
    ruled = tuple((str(part).removesuffix("_points"), str(text), str(points)) for part, text, points in
                  zip(rule["part"], rule["rule"], rule["points"], strict=True))  # fmt: skip
    return Section("deliverability", "Deliverability", (
        "Four parts of up to 3 points. A part that no sheet says anything of is left out of the points and of what "
        "they are out of. Rows of the rule say what earns points.",
    ), tables=(Table("deliverability", "Deliverability by part", columns, tuple(cells)),
               Table("rule", "Rule of the score", (Column("part"), Column("what"), Column("points")),
                     ruled)))  # fmt: skip


def _risks(rows: Sequence[Row]) -> Section:
    names = ("risk", "likelihood", "impact", "mitigation")
    told = [row for row in rows if any(row[name] for name in names)]
    cells = tuple((str(row["name"]), *(one_line(row[name]) for name in names)) for row in told)
    return Section("risks", "Risks", (
        f"{_count(len(told), 'intervention')} of {len(rows):,} have a risk or a mitigation in any sheet, in its words.",
    ), tables=(Table("risks", "Risks and mitigations", (Column("intervention", share=24), Column("risk", share=28),
                     Column("likelihood"), Column("impact"), Column("mitigation")), cells),) if cells else (),
        of=len(told))  # fmt: skip


def _benefits(rows: Sequence[Row]) -> Section:
    names = ("benefit_health", "benefit_air", "benefit_cost", "benefit_inequality", "benefit_other")
    told = [row for row in rows if any(row[name] for name in names)]
    cells = tuple((str(row["name"]), *(one_line(row[name]) for name in names)) for row in told)
    columns = (Column("intervention", share=24),
               *(Column(name) for name in ("health", "air", "cost", "inequality", "other")))  # fmt: skip
    return Section("benefits", "Benefits beyond carbon", (
        f"{_count(len(told), 'intervention')} of {len(rows):,} have a benefit in any sheet, in its words.",
    ), tables=(Table("benefits", "Benefits by kind", columns, cells),) if cells else (), of=len(told))  # fmt: skip


def _monitoring(rows: Sequence[Row]) -> Section:
    cells = tuple((str(row["name"]), stated(row["monitoring"]), one_line(row["evidence"])) for row in rows)
    columns = (Column("intervention", share=28), Column("followed by", share=28), Column("evidence and measures"))
    return Section("monitoring", "How it is monitored", (
        "The whole plan is followed each year by the NHS Carbon Footprint and by the NHS Carbon Footprint Plus, each "
        "against its own path; an intervention by what it changes in them, or by how far its actions are.",
    ), tables=(Table("monitoring", "Monitoring by intervention", columns, cells),))  # fmt: skip


def _if_all(rows: Sequence[Row], footprint: str) -> Section | None:
    told = [row for row in rows if row["enabling"] != "yes" and amount(row["footprint_tco2e"]) is not None]
    if not told:
        return None
    cells: list[tuple[Cell, ...]] = [
        (str(row["name"]), amount(row["tco2e_a_year"]), amount(row["if_all_tco2e"]), amount(row["footprint_tco2e"]),
         str(row["basis"]))
        for row in told
    ]  # fmt: skip
    columns = (Column("intervention", share=24), Column("tCO2e a year, stated", "number"),
               Column("tCO2e a year, if all did it", "number"), Column("tCO2e, footprint of it", "number"),
               Column("basis", share=40))  # fmt: skip
    return Section("if-all", "What it would give if all did it", (
        f"Scaled by the {footprint}. Interventions change the same emissions, so these figures are never added up.",
    ), tables=(Table("if-all", "If all organisations did it", columns, tuple(cells),
                     missing=frozenset(at for at, row in enumerate(told) if amount(row["if_all_tco2e"]) is None),
                     note=f"An empty cell is {NOT_STATED.lower()}; the basis says why."),))  # fmt: skip
