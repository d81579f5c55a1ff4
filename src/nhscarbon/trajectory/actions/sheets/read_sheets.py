"""Sheets to planned actions: every sheet of every file, its tables, their records, and the ids at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from nhscarbon.findings import Finding, finding
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.sheets.assemble import Draft, drafts_of, ways_of
from nhscarbon.trajectory.actions.sheets.column_notes import notes_on_columns
from nhscarbon.trajectory.actions.sheets.find_tables import find_tables, names_an_action
from nhscarbon.trajectory.actions.sheets.keys import Key, read_key
from nhscarbon.trajectory.actions.sheets.mapping import ColumnAnswer, answers_for, mapping_frame
from nhscarbon.trajectory.actions.sheets.no_plans import is_a_roadmap, is_beside_the_plan
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.records import Standing, records_of
from nhscarbon.trajectory.actions.sheets.rows import Row, loose_cells, rows_of
from nhscarbon.trajectory.actions.sheets.stray_commas import put_together
from nhscarbon.trajectory.actions.sheets.tables import Table
from nhscarbon.trajectory.actions.sheets.title_codes import code_in_titles
from nhscarbon.trajectory.actions.sheets.unseen import notes_on_unseen
from nhscarbon.trajectory.actions.sheets.values import thousands
from nhscarbon.trajectory.actions.sheets.whose import whose_plan

TITLES = 6  # rows of a page without a table in which its titles stand
SHOWN = 5  # rows that a finding names
LONGEST_TITLE = 11  # words of a line above a table that names it
_CLOSED = re.compile(r"\b(?:closed|completed?|done|archived?|delivered|finished)\b", re.I)
_GENERIC = re.compile(
    r"(?:\W|\b(?:sheet|tab|table|actions?|plans?|log|tracker|open|live|current|closed|completed?|done"
    r"|archived?|delivered|register|data|list|"
    r"master|green|carbon|sustainability|net|zero|nhs|copy|of|and|the|delivery|programme|main"
    r"|all|export|draft|final|version|page|"
    r"report|worksheet|workbook|finished|reduction|smart|in progress|progress|new|update|updated|work"
    r"|workplan|v|q|fy)\b|\d|_|\bv\d+\b)*", re.I
)  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What was read of plans' sheets."""

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    tables: tuple[Table, ...]
    rows: int


def read_pages(pages: Sequence[Page], *, answers: Sequence[ColumnAnswer] = (), organisation: str = "") -> Read:
    """Read the pages of one file.

    Parameters
    ----------
    pages : sequence of Page
    answers : sequence of ColumnAnswer, optional
        What a person confirmed of columns.
    organisation : str, optional
        Whose plan it is; found in titles and the name of the file when left out.
    """
    told = [answers_for(answers, page.file, page.sheet) for page in pages]
    tables = [find_tables(page, words) for page, (words, _) in zip(pages, told, strict=True)]
    found_notes: list[Finding] = []
    pages = list(pages)
    beside = _without_those_beside(pages, tables)
    found_notes += [finding("sheet_without_actions", "beside", file=pages[place].file, sheet=pages[place].sheet, rows=0,
                            name=pages[place].sheet[:60]) for place in beside]  # fmt: skip
    for place, page in enumerate(pages):
        if not page.sheet and tables[place] and not tables[place][0].page.transposed:
            pages[place], notes = put_together(page, tables[place])
            if notes:
                found_notes += notes
                tables[place] = find_tables(pages[place], told[place][0])
    rows = [[rows_of(table) for table in found] for found in tables]
    loose = [loose_cells(found, kinds) if found else _every(page)
             for page, found, kinds in zip(pages, tables, rows, strict=True)]  # fmt: skip
    keys = [read_key(page, places) for page, places in zip(pages, loose, strict=True)]
    common = Key()
    for key in keys:
        common = common.under(key)
    titles = [page.cell(*place) for page, places in zip(pages, loose, strict=True) for place in places]
    owner = organisation
    if not owner and pages and pages[0].file:
        owner, sure = whose_plan(pages[0].file, titles)
        above = [page.cell(row, column) for page, places, found in zip(pages, loose, tables, strict=True)
                 for row, column in places if row < (found[0].first if found else TITLES)]  # fmt: skip
        if not sure and (code := code_in_titles(above)):
            owner = code
        elif not sure:
            found_notes.append(finding("action_organisation_assumed", "", name=owner[:60], file=pages[0].file, rows=0))
    if not all(page.looks_read for page in pages):
        found_notes.append(finding("action_looks_unread", "", file=pages[0].file, rows=0))
    several = sum(bool(found) for found in tables) > 1
    drafts: list[Draft] = []
    count = 0
    for place, page in enumerate(pages):
        found_notes += notes_on_unseen(page, rows[place])
        if not tables[place]:
            if any(any(row) for row in page.rows) and not any(
                each.sheet == page.sheet for each in found_notes if each.sheet
            ):
                variant = "roadmap" if is_a_roadmap(page) else "headed" if names_an_action(page) else ""
                found_notes.append(_without_actions(page, variant))
            continue
        key = common.under(keys[place])
        key = replace(key, states=key.states.under(told[place][1]))
        scale = thousands([page.cell(*each) for each in loose[place]])
        more, notes, number = _of_page(
            tables[place], rows[place], key, scale=scale, organisation=owner, closed=bool(_CLOSED.search(page.sheet)),
            section=page.sheet if several and not _GENERIC.fullmatch(page.sheet) else "",
        )  # fmt: skip
        if not more:
            found_notes.append(_without_actions(page, "headed"))
        drafts += more
        found_notes += [*notes, *notes_on_columns(tables[place])]
        count += number
    return Read(tuple(drafts), tuple(found_notes), tuple(table for found in tables for table in found), count)


def _without_those_beside(pages: Sequence[Page], tables: list[list[Table]]) -> list[int]:
    """Take the tables of sheets that serve a plan by their name, where another has the plan; return which they are."""
    beside = [place for place, page in enumerate(pages) if is_beside_the_plan(page.sheet)]
    if not any(found for place, found in enumerate(tables) if place not in beside):
        return []
    beside = [place for place in beside if tables[place]]
    for place in beside:
        tables[place] = []
    return beside


def _without_actions(page: Page, variant: str) -> Finding:
    """Return what is to be said of a page that gave no action."""
    return finding("sheet_without_actions", variant, file=page.file, sheet=page.sheet, rows=0,
                   name=page.sheet[:60] or page.file[:60])  # fmt: skip


def _every(page: Page) -> list[tuple[int, int]]:
    return [(row, column) for row, cells in enumerate(page.rows) for column, cell in enumerate(cells)
            if cell or (row, column) in page.fills]  # fmt: skip


def _of_page(
    tables: Sequence[Table], rows: Sequence[Sequence[Row]], key: Key, *, scale: float, organisation: str, closed: bool,
    section: str,
) -> tuple[list[Draft], list[Finding], int]:  # fmt: skip
    drafts: list[Draft] = []
    notes: list[Finding] = []
    standing, count = Standing(), 0
    for place, (table, kinds) in enumerate(zip(tables, rows, strict=True)):
        if place and table.first == tables[place - 1].first:
            standing = Standing()  # beside the table before it, not below
        title = _title_between(tables, rows, place)
        before = replace(standing, section=title) if title else standing
        records, left, standing = records_of(table, kinds, before, year_1=key.year_1)
        more, said = drafts_of(
            records,
            ways_of(table, records, key, scale=scale, closed=closed),
            organisation=organisation,
            sheet_section=section,
        )
        drafts += more
        notes += said
        count += len(records)
        page = table.page
        for row in left:
            notes.append(finding("action_row_left_out", "", file=page.file, sheet=page.sheet,
                                 first_rows=(page.number(row.number),),
                                 text=next((cell for cell in page.rows[row.number] if cell), "")[:60]))  # fmt: skip
        headed = [row for row in kinds if row.kind == "section" and page.cell(row.number, table.of("action")[0].place)]
        if headed:
            notes.append(finding("action_row_left_out", "section", file=page.file, sheet=page.sheet, rows=len(headed),
                                 first_rows=tuple(page.number(row.number) for row in headed[:SHOWN]),
                                 names="; ".join(f"'{row.text[:40]}'" for row in headed[:SHOWN])))  # fmt: skip
        shown = [row for row in kinds if row.kind == "example"]
        if shown:
            notes.append(finding("action_row_left_out", "example", file=page.file, sheet=page.sheet, rows=len(shown),
                                 first_rows=tuple(page.number(row.number) for row in shown[:SHOWN])))  # fmt: skip
        totals = [row for row in kinds if row.kind == "total"]
        if totals:
            notes.append(finding("action_row_left_out", "total", file=page.file, sheet=page.sheet, rows=len(totals),
                                 first_rows=tuple(page.number(row.number) for row in totals[:SHOWN])))  # fmt: skip
    return drafts, notes, count


def _title_between(tables: Sequence[Table], rows: Sequence[Sequence[Row]], place: int) -> str:
    """Return the lone cell right above a further table of a page, which names it."""
    table = tables[place]
    above = table.first - 1
    filled = [cell for cell in table.page.rows[above] if cell] if above >= 0 else []
    if len(filled) != 1 or (place == 0 and not (len(tables) > 1 and _title_between(tables, rows, 1))):
        return ""
    if place == 0:
        return filled[0] if len(filled[0].split()) < LONGEST_TITLE else ""
    kind = next((row.kind for row in rows[place - 1] if row.number == above), "")
    return filled[0] if kind in ("note", "section", "action", "left") and len(filled[0].split()) < LONGEST_TITLE else ""


def with_ids(drafts: Sequence[Draft]) -> tuple[PlannedAction, ...]:
    """Return actions with ids: the sheet's own reference where no other row has it, else file, sheet and row."""
    rows = {(each.ref, each.action.file, each.action.sheet, each.action.row) for each in drafts if each.ref}
    uses = Counter(ref for ref, *_ in rows)
    parts = Counter((each.action.file, each.action.sheet, each.action.row) for each in drafts)
    found = []
    for each in drafts:
        action = each.action
        many = parts[(action.file, action.sheet, action.row)] > 1
        if each.ref and uses[each.ref] == 1:
            id = f"{each.ref}.{each.part}" if many and each.part else each.ref
            id = each.part if many and "." in each.part and each.part.split(".")[0] == each.ref.strip(".") else id
        else:
            base = "/".join(filter(None, (Path(action.file).stem, action.sheet, str(action.row))))
            id = f"{base}.{each.part}" if many and each.part else base
        found.append(replace(action, action_id=id))
    return _unlike(found)


def _unlike(actions: Sequence[PlannedAction]) -> tuple[PlannedAction, ...]:
    """Return actions of which none has the id of another: the second of two files of one name is numbered."""
    met: Counter[str] = Counter()
    found = []
    for action in actions:
        met[action.action_id] += 1
        again = met[action.action_id]
        found.append(replace(action, action_id=f"{action.action_id} ({again})") if again > 1 else action)
    return tuple(found)


def merged_findings(found: Sequence[Finding]) -> list[Finding]:
    """Return findings with those that say the same of several rows put together."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for each in found:
        groups.setdefault((each.code, each.message, each.file, each.sheet, each.column), []).append(each)
    return [
        replace(same[0], rows=sum(each.rows for each in same),
                first_rows=tuple(row for each in same for row in each.first_rows)[:SHOWN])
        for same in groups.values()
    ]  # fmt: skip


def columns_of(read: Sequence[Read], answers: Sequence[ColumnAnswer]) -> pd.DataFrame:
    """Return what every column of every file was read as."""
    return mapping_frame([table for each in read for table in each.tables], answers)
