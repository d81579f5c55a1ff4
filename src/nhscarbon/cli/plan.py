"""`nhscarbon plan`."""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from pathlib import Path

import pandas as pd

from nhscarbon.activity.files.sheets import read_bytes
from nhscarbon.activity.files.text import decode
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.output import tables
from nhscarbon.trajectory.actions.baseline import COLUMNS
from nhscarbon.trajectory.actions.read_actions import read_actions
from nhscarbon.trajectory.planning.choose import plan as best_plan

SHOWN = ("action", "title", "lead", "start", "capital_gbp", "tco2e", "marginal_tco2e", "booked", "status", "risk")
BUDGET = ("capital_gbp", "revenue_gbp", "staff_fte", "target_tco2e")


def plan(options: Namespace) -> None:
    """Choose actions within a budget and write the plan."""
    frame = _frame(options.baseline)
    actions = read_actions(options.actions, frame=frame)
    for finding in actions.findings:
        sys.stderr.write(f"{finding.cell + ' ' if finding.cell else ''}{finding}\n")
    budget = _budget(options.budget)
    amounts = {name: _amount(budget, name, getattr(options, name)) for name in BUDGET[:3]}
    result = best_plan(
        frame,
        actions,
        capital_gbp=amounts["capital_gbp"],
        revenue_gbp=amounts["revenue_gbp"],
        staff_fte=amounts["staff_fte"],
        target_tco2e=budget.get("target_tco2e"),
        carry_over=options.carry_over,
        goal=options.goal,
        gap=options.gap,
        time_limit=options.time_limit,
    )
    sys.stderr.write(f"{result}\n")
    _write(options, _rounded(result.table if options.format == "csv" else result.table[list(SHOWN)]))


def _frame(path: str) -> pd.DataFrame:
    rows = _rows(path)
    if missing := [name for name in COLUMNS if name not in rows.columns]:
        raise UsageError(f"'{Path(path).name}' is not a business-as-usual table: it has no column {', '.join(missing)}")
    return rows.assign(**{name: _numbers(path, rows, name) for name in ("quantity", "kgco2e")})


def _amount(budget: dict[str, dict[str, float]], name: str, typed: float | None) -> float | dict[str, float] | None:
    if typed is not None and name in budget:
        raise UsageError(f"{name} is in the budget file and on the command line; give one")
    return budget.get(name) if typed is None else typed


def _budget(path: str | None) -> dict[str, dict[str, float]]:
    """Return each amount by NHS year; a blank cell is no limit, or no target, in that year."""
    if path is None:
        return {}
    rows = _rows(path)
    if "year" not in rows.columns:
        raise UsageError(f"'{Path(path).name}' has no column 'year'")
    if strange := [name for name in rows.columns if name not in ("year", *BUDGET)]:
        raise UsageError(
            f"'{Path(path).name}' has columns that are not read: {', '.join(strange)[:200]}; "
            f"there are year, {', '.join(BUDGET)}"
        )
    found = {}
    for name in [name for name in BUDGET if name in rows.columns]:
        filled = rows[rows[name] != ""]
        found[name] = dict(zip(filled["year"].tolist(), _numbers(path, filled, name), strict=True))
        if len(found[name]) < len(filled):
            raise UsageError(f"'{Path(path).name}' names a year twice")
    return {name: amounts for name, amounts in found.items() if amounts}


def _rows(path: str) -> pd.DataFrame:
    content = decode(Path(path).name, read_bytes(Path(path)))
    try:
        return pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnreadableError(f"'{Path(path).name}' is not a CSV file: {error}") from error


def _numbers(path: str, rows: pd.DataFrame, name: str) -> list[float]:
    numbers = pd.to_numeric(rows[name], errors="coerce")
    if numbers.isna().any():
        at = int(numbers.isna().to_numpy().argmax())
        raise UsageError(
            f"'{Path(path).name}', row {at + 2}: {name} '{rows[name].iloc[at][:40]}' is not a plain number"
        )
    return [float(number) for number in numbers]


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    places = {name: 0 if "gbp" in name else 2 for name in frame.select_dtypes("number").columns}
    return frame.round(places)


def _write(options: Namespace, frame: pd.DataFrame) -> None:
    text = tables.csv_text(frame) if options.format == "csv" else tables.table_text(frame, places=0) + "\n"
    if options.output:
        tables.write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {options.output}\n")
    else:
        sys.stdout.write(text)
