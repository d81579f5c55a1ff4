"""Actions as a table: CSV or Excel in, findings with cells, CSV or Excel out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from nhscarbon.activity.grid import cell_text, read_bytes, read_grids
from nhscarbon.errors import PeriodError, SubmissionError, UsageError
from nhscarbon.findings import Finding, Report, report_of
from nhscarbon.period import nhs_year, parse_period
from nhscarbon.present import FORMULA_STARTS, guarded
from nhscarbon.submission import letters
from nhscarbon.trajectory.action_checks import against_frame, against_others, of_one
from nhscarbon.trajectory.actions import Action
from nhscarbon.whole_files import write_whole

SHEET = "actions"
TOLD = 20  # findings that a message shows
COLUMNS = tuple(item.name for item in fields(Action))
REQUIRED = ("id", "title", "selects", "effect", "start_from", "start_to")
LISTS = ("organisations", "selects", "requires", "excludes", "co_benefits")
YEARS = ("start_from", "start_to")
SERIES = ("ramp", "capital_gbp", "revenue_gbp", "staff_fte", "slip")
NUMBERS = ("share", "tco2e_a_year", "efficiency", "cop", "units_per_unit", "life", "realisation", "realisation_sd",
           "likelihood", "impact")  # fmt: skip
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
CELLS_OF_NUMBERS = re.compile(r"[-0-9.; ]*", re.ASCII)  # no spreadsheet runs these


@dataclass(frozen=True, eq=False)
class Actions:
    """The actions of one or more plans, in the order of their ids, and what was found in them."""

    items: tuple[Action, ...]
    report: Report = field(default_factory=lambda: Report((), 0))

    def __iter__(self) -> Iterator[Action]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, id: str) -> Action:
        for action in self.items:
            if action.id == id:
                return action
        raise UsageError(f"there is no action '{id[:60]}'{_near(id, [action.id for action in self.items])}")

    def to_frame(self) -> pd.DataFrame:
        """Return the table that `read_actions` reads, as text."""
        return pd.DataFrame([_cells(action) for action in self.items], columns=list(COLUMNS), dtype=str)

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table as CSV; no text in it can start a formula."""
        frame = self.to_frame()
        for name in COLUMNS:
            frame[name] = [_guarded(text) for text in frame[name]]
        return write_whole(Path(path), frame.to_csv(index=False, lineterminator="\n").encode(), overwrite=overwrite)

    def to_excel(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table as a workbook (extra ``excel``)."""
        try:
            from openpyxl import Workbook  # noqa: PLC0415  an extra
        except ImportError as error:
            raise UsageError("writing workbooks needs an extra: pip install 'nhscarbon[excel]'") from error
        book = Workbook()
        sheet = book.active
        sheet.title = SHEET
        sheet.append(list(COLUMNS))
        for action in self.items:
            sheet.append([_guarded(text) for text in _cells(action).values()])
        sheet.freeze_panes = "C2"
        content = io.BytesIO()
        book.save(content)
        return write_whole(Path(path), content.getvalue(), overwrite=overwrite)


def read_actions(source: str | Path | pd.DataFrame, *, frame: pd.DataFrame | None = None) -> Actions:
    """Read the actions of a Green Plan.

    Parameters
    ----------
    source : str, Path or DataFrame
        A CSV file or workbook (its sheet ``actions``, or its only one), or a frame, with the columns of
        `Action`; id, title, selects, effect, start_from and start_to are required. Lists are divided by ``;``, years
        are NHS years, a `ramp` is the number of years to the full effect or the share in each year.
    frame : pandas.DataFrame, optional
        Business as usual, to hold the actions against.

    Returns
    -------
    Actions

    Raises
    ------
    SubmissionError
        If any action is invalid; its report has every finding with its cell.
    UnreadableError
        If the file is no table.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": ["a"], "title": ["LED lamps"], "selects": ["theme:electricity"], "effect": ["reduce"],
    ...                       "share": ["0.05"], "start_from": ["2026/27"], "start_to": ["2028/29"]})
    >>> read_actions(table)["a"].starts
    (2026, 2027, 2028)
    """
    actions = checked_actions(source, frame=frame)
    _refuse(actions.report)
    return actions


def _refuse(report: Report) -> None:
    if refused := report.refused:
        shown = "\n".join(f"  {finding.cell + ' ' if finding.cell else ''}{finding}" for finding in refused[:TOLD])
        more = f"\n  and {len(refused) - TOLD} more in the report" if len(refused) > TOLD else ""
        count = "1 finding refuses" if len(refused) == 1 else f"{len(refused)} findings refuse"
        raise SubmissionError(f"{count} the actions; nothing was planned:\n{shown}{more}", report)


def checked_actions(source: str | Path | pd.DataFrame, *, frame: pd.DataFrame | None = None) -> Actions:
    """Read actions as `read_actions`, but return what was found instead of raising."""
    name, sheet, grid = _grid(source)
    header = [cell.strip() for cell in grid[0]] if grid else []
    findings = _header(header)
    rows = [] if any(finding.refuses for finding in findings) else grid[1:]
    cells: dict[tuple[str, int], dict[str, str]] = {}
    items: list[tuple[int, Action]] = []
    found: list[Finding] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        text = {column: _bare(value) for column, value in zip(header, row, strict=False) if column in COLUMNS}
        if not any(text.values()):
            continue
        values, faults = _values(text)
        faults += of_one(values) if not faults else []
        id = text.get("id", "")
        if id in seen:
            faults.append(("action_id_twice", "id", f"the id is in row {seen[id]} already", "Each action needs an id of its own."))
        seen.setdefault(id, number)
        cells[id, number] = text
        found += [_finding(fault, number, header, text) for fault in faults]
        if not faults:
            items.append((number, Action(**values)))
    for number, fault in [*against_others(items, set(seen)), *(against_frame(items, frame) if frame is not None else ())]:
        id = next(action.id for row, action in items if row == number)
        found.append(_finding(fault, number, header, cells[id, number]))
    found = [replace(finding, file=name, sheet=sheet) for finding in (*findings, *found)]
    ordered = tuple(sorted((action for _, action in items), key=lambda action: action.id))
    return Actions(ordered, report_of(found, len(cells)))


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
    found = [Finding(code="column_missing", severity="reject_file", column=name, rows=0,
                     message=f"there is no column '{name}'.", suggestion=f"The first row must name {', '.join(REQUIRED)}.")
             for name in missing]  # fmt: skip
    found += [Finding(code="column_twice", severity="reject_file", column=name, rows=0, message=f"the column '{name}' is there twice.")
              for name in twice]  # fmt: skip
    return found + [
        Finding(code="column_unknown", severity="warning", column=name, cell=f"{letters(header.index(name))}1", rows=0,
                message=f"the column '{name[:40]}' is not read{_near(name, COLUMNS)}.")
        for name in dict.fromkeys(header) if name and name not in COLUMNS
    ]  # fmt: skip


Fault = tuple[str, str, str, str]  # code, column, message, suggestion


def _values(text: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the fields of an action and the faults of its cells."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in COLUMNS:
        cell = text.get(column, "")
        if not cell:
            if column in REQUIRED:
                faults.append(("action_cell_blank", column, f"{column} is empty", f"Every action needs {column}."))
            continue
        parts = tuple(part.strip() for part in cell.split(";") if part.strip())
        if column in LISTS:
            values[column] = tuple(dict.fromkeys(parts))
        elif column in YEARS:
            try:
                period = parse_period(cell)
            except PeriodError as error:
                faults.append(("period_unreadable", column, f"{error}", ""))
                continue
            values[column] = int(period.year[:4])
        elif column in SERIES or column in NUMBERS:
            numbers = [float(part) if NUMBER.fullmatch(part) else None for part in (parts if column in SERIES else (cell,))]
            plain = [number for number in numbers if number is not None]
            if len(plain) < len(numbers) or not plain:
                faults.append(("number_unreadable", column, f"{column} '{cell[:40]}' is not a plain number",
                               "Write digits and at most one decimal point: no separators, currency, units or '%'."))  # fmt: skip
            elif column == "ramp":
                whole = len(plain) == 1 and plain[0] > 1 and plain[0] == int(plain[0]) and plain[0] <= 50
                values[column] = _straight(int(plain[0])) if whole else tuple(plain)
            elif column == "life":
                values[column] = int(plain[0]) if plain[0] == int(plain[0]) else plain[0]
            else:
                values[column] = tuple(plain) if column in SERIES else plain[0]
        else:
            values[column] = cell
    return values, faults


def _straight(years: int) -> tuple[float, ...]:
    return tuple(year / years for year in range(1, years + 1))


def _finding(fault: Fault, number: int, header: Sequence[str], text: Mapping[str, str]) -> Finding:
    code, column, message, suggestion = fault
    severe = code not in ("action_larger_than_lines", "action_after_the_last_year")
    cell = f"{letters(header.index(column))}{number}" if column in header else ""
    return Finding(
        code=code, severity="reject_line" if severe else "warning", message=f"action '{text.get('id', '')[:40]}': {message}.",
        suggestion=suggestion, column=column, cell=cell, value=text.get(column, "")[:80],
        organisation=text.get("owner", ""), first_rows=(number,),
    )  # fmt: skip


def _cells(action: Action) -> dict[str, str]:
    """Return an action as the text of its cells."""
    cells = {}
    for column in COLUMNS:
        value = getattr(action, column)
        if column in YEARS:
            cells[column] = nhs_year(value)
        elif column == "ramp" and value == _straight(len(value)):
            cells[column] = str(len(value))
        elif isinstance(value, tuple):
            cells[column] = ";".join(cell_text(part) for part in value)
        else:
            cells[column] = "" if value is None else cell_text(value)
    return cells


def _guarded(text: str) -> str:
    return text if CELLS_OF_NUMBERS.fullmatch(text) else guarded(text)


def _bare(text: str) -> str:
    """Take off the apostrophe that `to_csv` puts before what a spreadsheet would run."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA_STARTS) else text


def _near(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def hold_against(actions: Sequence[Action], frame: pd.DataFrame) -> Report:
    """Hold actions against each other and business as usual, whether they were read or made in Python.

    Raises
    ------
    SubmissionError
        If any is invalid; its report has every finding.
    """
    items = list(enumerate(actions, start=2))
    ids = [action.id for action in actions]
    faults = [(number, ("action_id_twice", "id", "the id is there already", "")) for number, action in items
              if action.id in ids[: number - 2]]  # fmt: skip
    faults += [(number, fault) for number, action in items for fault in of_one(vars(action))]
    faults += [*against_others(items, set(ids)), *against_frame(items, frame)]
    findings = [_finding(fault, number, (), {"id": actions[number - 2].id, "owner": actions[number - 2].owner})
                for number, fault in faults]  # fmt: skip
    report = report_of([replace(finding, first_rows=()) for finding in findings], len(actions))
    _refuse(report)
    return report
