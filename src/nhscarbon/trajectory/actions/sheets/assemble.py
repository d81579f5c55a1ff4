"""Assembling: the records of a table become planned actions, one for each part of a cell that holds several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhscarbon.findings import Finding, finding
from nhscarbon.trajectory.actions.planned_action import PlannedAction, Status
from nhscarbon.trajectory.actions.sheets.asides import Aside, from_comments, habits_of, peel
from nhscarbon.trajectory.actions.sheets.keys import Key
from nhscarbon.trajectory.actions.sheets.parts import Part, split_parts
from nhscarbon.trajectory.actions.sheets.records import Record
from nhscarbon.trajectory.actions.sheets.states import StateKey, one_state, read_state, states_in
from nhscarbon.trajectory.actions.sheets.tables import Table
from nhscarbon.trajectory.actions.sheets.values import (
    Notes,
    Ways,
    benefits_of,
    cost_of,
    dates_of,
    evidence_of,
    impact_is_tonnes,
    leads_of,
    measures_in_tonnes,
    risk_of,
    said,
    state_of,
    tonnes_of,
)
from nhscarbon.trajectory.actions.sheets.when import When

_ID = re.compile(
    r"^(?:[\[(]\s*([A-Za-z]{0,6}[\s./-]?\d{1,4}(?:[./-]\d+)*[A-Za-z]?)\s*[\])]"
    r"|([A-Z]{1,5}[-.]?\d{1,4}(?:\.\d+)*[a-z]?|\d{1,3}(?:\.\d+)+|\d{1,3}[a-z](?=[\s.:)])))(?:\s*+[:.)–-])?\s++(?=\S)"
)
_ID_BEHIND = re.compile(r"[\[(]\s*([A-Z]{1,6}[\s./-]?\d{1,4}(?:[./-]\d+)*[a-z]?)\s*[\])]$")
_MARK = re.compile(r"(?:(?<!\s)\s++)?;\s*+")
_DONE = re.compile(r"(?:[-–—:(\[]\s*(?:now\s+)?completed?\b\s*[)\]]?\.?$|\bCOMPLETED?\b|^completed?\s*[:–-])")
FEW = 0.6  # share of actions whose text begins with a reference, for it to be one


@dataclass(frozen=True)
class Draft:
    """An action before its id is settled: `ref` as the sheet has it, `part` its number within the row."""

    action: PlannedAction
    ref: str
    part: str


def ways_of(table: Table, records: Sequence[Record], key: Key, *, scale: float, closed: bool) -> Ways:
    """Return how a table is read: what it has no column for, and what brackets and fills are used for in it."""
    lacking = {
        name
        for name, meanings in (
            ("tonnes", ("tonnes", "year_tonnes")), ("lead", ("lead",)),
            ("cost", ("cost", "capital", "revenue", "year_cost")),
            ("when", ("start", "end", "period", "year")), ("status", ("status", "rag", "percent", "year_state")),
        )
        if not any(record.all(*meanings) or any(cell.fill for cell in record.cells.get("year", ()) if name == "when")
                   for record in records)
    }  # fmt: skip
    if impact_is_tonnes(table):
        lacking.discard("tonnes")
    texts = [part.text for record in records for part in split_parts(record.text("action"))]
    years = [cell for record in records for cell in record.cells.get("year", ())]
    return Ways(
        table, key, habits_of(texts, lacking), frozenset(lacking), scale,
        fills_mark=not any(cell.text for cell in years) and any(cell.fill for cell in years),
        impact_tonnes=impact_is_tonnes(table), tonnes_measures=measures_in_tonnes(table), closed=closed,
    )  # fmt: skip


def drafts_of(
    records: Sequence[Record], ways: Ways, *, organisation: str, sheet_section: str
) -> tuple[list[Draft], list[Finding]]:
    """Return the actions of a table and what is to be said of its cells."""
    notes = Notes(ways)
    split = {record.row: split_parts(record.text("action")) for record in records}
    numbers = _references([part for parts in split.values() for part in parts])
    drafts = [
        draft
        for record in records
        for draft in _of_record(record, split[record.row], numbers, ways, notes, organisation, sheet_section)
    ]
    return drafts, notes.found


def _references(parts: Sequence[Part]) -> re.Pattern[str] | None:
    """Return the pattern of the references that most actions of a table begin or end with."""
    for pattern in (_ID, _ID_BEHIND):
        if len(parts) >= 2 and sum(bool(pattern.search(part.text)) for part in parts) >= FEW * len(parts):
            return pattern
    return None


def _of_record(
    record: Record, parts: Sequence[Part], numbers: re.Pattern[str] | None, ways: Ways, notes: Notes,
    organisation: str, sheet_section: str,
) -> list[Draft]:  # fmt: skip
    page, count = ways.table.page, len(parts)
    dates, state = dates_of(record, ways, notes), state_of(record, ways, notes)
    risk, mitigation = risk_of(record)
    comments = "\n".join([*(cell.text for cell in record.all("comments")), *record.notes])
    ref = " ".join(record.text("id").split())
    whole = PlannedAction(
        action_id="", text="", file=page.file, sheet=page.sheet, row=page.number(record.row),
        organisation=said(record.text("organisation")) or organisation,
        section=" / ".join(filter(None, (sheet_section, record.section))),
    )  # fmt: skip
    drafts = []
    for place, part in enumerate(parts):
        told = notes if place == 0 else Notes(ways)
        text, inner = _without_reference(part.text, numbers)
        text, aside = peel(text, ways.habits, ways.lacking)
        money, merged = cost_of(record, ways, told, place, count)
        tonnes, effect = tonnes_of(record, ways, told, place, count)
        lead, second = leads_of(record, place, count)
        lacks = {
            name
            for name, there in (
                ("cost", money or aside.cost), ("lead", lead or aside.lead), ("when", aside.when or _dated(dates)),
            ) if not there
        }  # fmt: skip
        free = from_comments(comments, lacks) if comments else Aside()
        own = tonnes if tonnes is not None else aside.tonnes
        own = own if own is not None else free.tonnes if count == 1 else None
        shared = merged if merged is not None else record.row if count > 1 and aside.cost is None else None
        money = money or aside.cost or free.cost
        group = _group(ways, shared, record) if money and shared is not None and not _apart(record, count) else ""
        when = dates if _dated(dates) else aside.when or free.when or dates
        action = replace(
            whole, text=text, tco2e_a_year=own, start_year=when.start, end_year=when.end,
            cost_low_gbp=money.low if money else None, cost_high_gbp=money.high if money else None,
            cost_group=group,
            lead=lead or said(aside.lead) or said(free.lead), second_lead=second,
            status=_state(state, aside, free, text, ways),
            risk=risk or said(free.risk), mitigation=mitigation or said(free.mitigation),
            co_benefits=tuple(dict.fromkeys((*benefits_of(record, ways), *_apart_by_marks(free.benefits)))),
            evidence=evidence_of(record, effect, aside.effect, free.effect if own is None else "", free.evidence),
        )  # fmt: skip
        drafts.append(Draft(action, ref or inner, part.number or (str(place + 1) if count > 1 else "")))
    if count > 1:
        notes.found.append(finding("action_split", "", count=count, **notes.about(record.all("action")[0])))
    return drafts


def _dated(when: When) -> bool:
    return when.start is not None or when.end is not None


def _apart_by_marks(texts: Sequence[str]) -> list[str]:
    """Return texts in pieces at their semicolons, which divide them in a table."""
    return [piece for text in texts for piece in _MARK.split(text) if piece]


def _apart(record: Record, count: int) -> bool:
    """Tell whether a cell of costs has a line for each of several actions, so that none is shared."""
    cells = record.all("cost", "capital", "revenue")
    return count > 1 and any(len([line for line in cell.text.split("\n") if line.strip()]) == count for cell in cells)


def _group(ways: Ways, row: int, record: Record) -> str:
    page = ways.table.page
    cells = [cell for cell in record.all("cost", "capital", "revenue") if cell.shared is not None]
    column = f"/{cells[0].heading.place + 1}" if cells else ""
    return f"{'/'.join(filter(None, (page.file, page.sheet)))}/{page.number(row)}{column}"


def _without_reference(text: str, numbers: re.Pattern[str] | None) -> tuple[str, str]:
    found = numbers.search(text) if numbers else None
    if not found:
        return text, ""
    rest = (text[: found.start()] + text[found.end() :]).strip()
    return (rest, next(group for group in found.groups() if group)) if rest else (text, "")


def _state(state: Status | None, aside: Aside, free: Aside, text: str, ways: Ways) -> Status:
    """Return the state of an action: its columns, brackets, comments or text, and last that its sheet is closed."""
    if state is not None and state != "unknown":
        return state
    for words in (aside.state, free.state):
        if words and (found := read_state(words, StateKey())[0]) != "unknown":
            return found
    if state is None and "status" in ways.lacking and _DONE.search(text) and one_state(states_in(text)) == "complete":
        return "complete"
    return "complete" if ways.closed else "unknown"
