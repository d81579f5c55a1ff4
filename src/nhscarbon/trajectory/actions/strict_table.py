"""The strict table of the optimiser: a CSV file, a workbook or a frame, and what is wrong with it, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from nhscarbon.activity.files.sheets import cell_text, read_bytes, read_grids
from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.findings import Finding, Findings, SubmissionError, finding, in_order_of_severity, wording
from nhscarbon.output.excel import letters
from nhscarbon.output.text import unguard_formula
from nhscarbon.periods import parse_period
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.checks import Fault, against_frame, against_others, of_one, to_tell
from nhscarbon.trajectory.actions.claims import claim_of
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.table import COLUMNS, SHEET, YEARS, Actions, straight

TOLD = 20  # findings that a message shows
REQUIRED = ("id", "title", "selects", "effect", "start_from", "start_to")
ENOUGH = 4  # of those, for a table to be meant for the optimiser; it is then refused if the others are missing
LISTS = ("organisations", "selects", "requires", "excludes", "co_benefits")
SERIES = ("ramp", "capital_gbp", "revenue_gbp", "staff_fte", "slip")
NUMBERS = (
    "share", "tco2e_a_year", "efficiency", "cop", "units_per_unit", "life", "realisation", "realisation_sd",
    "likelihood", "impact",
)  # fmt: skip
# the column of what an effect takes away: a blank cell of it is not known; a table without the column is refused
FIGURE_OF = {"reduce": "share", "switch": "share", "factor": "share", "fixed": "tco2e_a_year"}
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


def refuse(findings: Findings) -> None:
    """Raise where a finding refuses."""
    if refused := findings.refused:
        shown = "\n".join(f"  {finding.cell + ' ' if finding.cell else ''}{finding}" for finding in refused[:TOLD])
        more = f"\n  and {len(refused) - TOLD} more in the report" if len(refused) > TOLD else ""
        count = "1 finding refuses" if len(refused) == 1 else f"{len(refused)} findings refuse"
        raise SubmissionError(f"{count} the actions; nothing was planned:\n{shown}{more}", findings)


def checked_actions(source: str | Path | pd.DataFrame, *, frame: pd.DataFrame | None = None) -> Actions:
    """Read actions of the optimiser, and return what was found instead of raising."""
    name, sheet, grid = _grid(source)
    header = [cell.strip() for cell in grid[0]] if grid else []
    findings = _header(header)
    rows = [] if any(finding.refuses for finding in findings) else grid[1:]
    cells: dict[int, dict[str, str]] = {}
    every: list[tuple[int, Action]] = []
    wrong: dict[int, list[Fault]] = {}
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        text = {column: _bare(value) for column, value in zip(header, row, strict=False) if column in COLUMNS}
        if not any(text.values()):
            continue
        values, faults = _values(text)
        whole = _BLANK | values  # so that one fault does not hide the others of its row
        faults += _apart(of_one(whole), faults)
        id = text.get("id", "")
        if id in seen:
            faults.append(Fault("action_id_twice", "row", "id", {"row": seen[id]}))
        seen.setdefault(id, number)
        cells[number], wrong[number] = text, faults
        every.append((number, Action(**whole)))
    sound = {number for number, faults in wrong.items() if not faults}
    beside = [*against_others(every, sound), *(against_frame(every, frame) if frame is not None else ())]
    for number, fault in beside:
        wrong[number] += _apart([fault], wrong[number])
    for number, action in every:
        told = to_tell(action, claim_of(action)) if number in sound else None
        wrong[number] += [] if told is None else [told]
    found = [_finding(fault, number, header, cells[number]) for number, faults in wrong.items() for fault in faults]
    refused = {finding.first_rows[0] for finding in found if finding.refuses}
    items = [action for number, action in every if number not in refused]
    found = [replace(finding, file=name, sheet=sheet) for finding in (*findings, *found)]
    ordered = tuple(sorted(items, key=lambda action: action.id))
    return Actions(ordered, in_order_of_severity(found, len(cells)))


def is_strict(pages: Sequence[Page]) -> bool:
    """Tell whether a page has, in its first row, most of the columns that a table of the optimiser must have."""
    return any(page.rows and len({*REQUIRED} & {cell.strip() for cell in page.rows[0]}) >= ENOUGH for page in pages)


_BLANK: dict[str, Any] = {"id": "", "title": "", "selects": (), "effect": "", "start_from": 0, "start_to": 0}


def _apart(faults: Sequence[Fault], met: Sequence[Fault]) -> list[Fault]:
    """Return the faults of cells that no fault was met in; a window is one cell of two."""
    columns = {fault.column for fault in met}
    if columns & set(YEARS):
        columns |= set(YEARS)
    return [fault for fault in faults if fault.column not in columns]


def _grid(source: str | Path | pd.DataFrame) -> tuple[str, str, list[list[str]]]:
    if isinstance(source, pd.DataFrame):
        body = [["" if pd.isna(value) else cell_text(value) for value in row] for row in source.itertuples(index=False)]
        return "", "", [[str(name) for name in source.columns], *body]
    path = Path(source)
    grids = read_grids(path.name, read_bytes(path))
    named = [grid for grid in grids if grid.sheet.lower() == SHEET]
    if not named and len(grids) > 1:
        raise UsageError(f"'{path.name}' has {len(grids)} sheets and none is called '{SHEET}'; name it so")
    chosen = (named or grids)[0]
    return path.name, chosen.sheet, chosen.rows


def _header(header: Sequence[str]) -> list[Finding]:
    missing = [name for name in REQUIRED if name not in header]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    named = ", ".join(REQUIRED)
    found = [finding("column_missing", "actions", column=name, rows=0, columns=named) for name in missing]
    found += [finding("column_twice", "actions", column=name, rows=0) for name in twice]
    for name in dict.fromkeys(header):
        if name and name not in COLUMNS:
            cell = f"{letters(header.index(name))}1"
            if close := get_close_matches(name, COLUMNS, n=1):
                found.append(finding("column_unknown", "actions_near", column=name, cell=cell, rows=0, near=close[0]))
            else:
                found.append(finding("column_unknown", "actions", column=name, cell=cell, rows=0))
    return found


def _values(  # noqa: PLR0912  one walk over the cells
    text: Mapping[str, str],
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the fields of an action and the faults of its cells."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in COLUMNS:
        cell = text.get(column, "")
        if not cell:
            if column in REQUIRED and not (column == "selects" and text.get("effect") == "enabling"):
                faults.append(Fault("action_cell_blank", "", column))
            if column in text and column == FIGURE_OF.get(text.get("effect", "")):
                values[column] = None
            continue
        parts = tuple(part.strip() for part in cell.split(";") if part.strip())
        if column in LISTS:
            values[column] = tuple(dict.fromkeys(parts))
        elif column in YEARS:
            try:
                period = parse_period(cell)
            except PeriodError as error:
                faults.append(Fault("period_unreadable", "actions", column, {"message": str(error)}))
                continue
            values[column] = int(period.year[:4])
        elif column in SERIES or column in NUMBERS:
            numbers = [
                float(part) if NUMBER.fullmatch(part) else None for part in (parts if column in SERIES else (cell,))
            ]
            plain = [number for number in numbers if number is not None]
            if len(plain) < len(numbers) or not plain:
                faults.append(Fault("number_unreadable", "actions", column, {"text": cell}))
            elif column == "ramp":
                whole = len(plain) == 1 and plain[0] > 1 and plain[0] == int(plain[0]) and plain[0] <= 50
                values[column] = straight(int(plain[0])) if whole else tuple(plain)
            elif column == "life":
                values[column] = int(plain[0]) if plain[0] == int(plain[0]) else plain[0]
            else:
                values[column] = tuple(plain) if column in SERIES else plain[0]
        else:
            values[column] = cell
    return values, faults


def _finding(fault: Fault, number: int, header: Sequence[str], text: Mapping[str, str]) -> Finding:
    column = fault.column
    return finding(
        wording(fault.code, fault.variant, column=column, id=text.get("id", ""), **fault.values),
        column=column,
        cell=f"{letters(header.index(column))}{number}" if column in header else "",
        value=text.get(column, "")[:80],
        organisation=text.get("owner", ""),
        first_rows=(number,),
    )


def _bare(text: str) -> str:
    """Take off the apostrophe that `to_csv` puts before what a spreadsheet would run."""
    text = text.strip()
    return unguard_formula(text)


def hold_against(actions: Sequence[Action], frame: pd.DataFrame) -> Findings:
    """Hold actions against each other and business as usual, whether they were read or made in Python.

    Raises
    ------
    SubmissionError
        If any is invalid; its report has every finding.
    """
    items = list(enumerate(actions, start=2))
    ids = [action.id for action in actions]
    faults = [
        (number, Fault("action_id_twice", "", "id")) for number, action in items if action.id in ids[: number - 2]
    ]
    faults += [(number, fault) for number, action in items for fault in of_one(vars(action))]
    faults += [*against_others(items, {number for number, _ in items}), *against_frame(items, frame)]
    found = [
        _finding(fault, number, (), {"id": actions[number - 2].id, "owner": actions[number - 2].owner})
        for number, fault in faults
    ]
    findings = in_order_of_severity([replace(finding, first_rows=()) for finding in found], len(actions))
    refuse(findings)
    return findings
