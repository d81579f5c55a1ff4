"""The next actions of a board page: up to four, each short enough for its place, and never cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from nhscarbon.activity.files.sheets import Grid, cell_text, read_bytes, read_grids
from nhscarbon.errors import UsageError
from nhscarbon.output.tables import is_missing
from nhscarbon.output.text import unguard_formula
from nhscarbon.reporting.report.board import NextAction
from nhscarbon.reporting.report.number_words import signed

SHEET = "actions"
COLUMNS = ("action", "lead", "by", "tco2e")
LONGEST = {"action": 64, "lead": 40, "by": 20, "tco2e": 20}  # characters that fit
MOST = 4
NOT_ESTIMATED = "not estimated"

ActionSource: TypeAlias = "str | Path | pd.DataFrame | Sequence[Mapping[str, object]] | Sequence[NextAction]"


def next_actions(source: ActionSource | None) -> tuple[NextAction, ...]:
    """Read the next actions of a board page.

    Parameters
    ----------
    source : path, DataFrame, list of mappings or None
        Columns ``action``, ``lead``, ``by`` (a month or year, as it is to be read) and ``tco2e``: the change that it
        makes each year [tCO2e], negative where it cuts, or a few words instead; the last three may be left out.

    Returns
    -------
    tuple of NextAction
        In the order given.

    Raises
    ------
    UsageError
        If there are more than four, a column is unknown, an action is blank, or a text is longer than its place: all
        of these are named together.

    Examples
    --------
    >>> next_actions([{"action": "Replace the boilers", "lead": "Director of Estates", "tco2e": -1240}])
    (NextAction(action='Replace the boilers', lead='Director of Estates', by='', tco2e='\u22121,240'),)
    """
    rows = _rows(source)
    faults = []
    if len(rows) > MOST:
        faults.append(f"there are {len(rows)} actions, and the page has room for {MOST}")
    found = []
    for number, row in enumerate(rows[:MOST], start=1):
        texts = {name: _text(row.get(name), name) for name in COLUMNS}
        if not texts["action"]:
            faults.append(f"action {number} says nothing")
        faults += [
            f"the {name} of action {number} has {len(text)} characters, and {LONGEST[name]} fit: '{text[:30]}...'"
            for name, text in texts.items() if len(text) > LONGEST[name]
        ]  # fmt: skip
        found.append(NextAction(**(texts | {"tco2e": texts["tco2e"] or NOT_ESTIMATED})))
    if faults:
        raise UsageError(
            f"the next actions do not fit the board page: {'; '.join(faults)}",
            advice="Shorten the texts and give the most important actions; the page cuts nothing itself.",
        )
    return tuple(found)


def _rows(source: ActionSource | None) -> list[Mapping[str, object]]:
    """Return rows whatever they were given as; what is blank throughout is no row."""
    if source is None:
        return []
    if isinstance(source, str | Path):
        path = Path(source)
        head, *cells = _grid(path.name, read_grids(path.name, read_bytes(path))) or [[]]
        names = [name.strip().casefold() for name in head]
        rows: list[Mapping[str, object]] = [dict(zip(names, map(unguard_formula, row), strict=False)) for row in cells]
    elif isinstance(source, pd.DataFrame):
        names = [str(name) for name in source.columns]
        rows = [{str(name): value for name, value in row.items()} for row in source.to_dict("records")]
    else:
        rows = [vars(each) if isinstance(each, NextAction) else dict(each) for each in source]
        names = [str(name) for row in rows for name in row]
    _refuse_unknown([name for name in dict.fromkeys(names) if name])
    return [row for row in rows if any(_text(value, "action") for value in row.values())]


def _grid(name: str, grids: Sequence[Grid]) -> list[list[str]]:
    """Return the sheet of the actions: the one of that name, or the only one."""
    chosen = next((grid for grid in grids if grid.sheet.strip().casefold() == SHEET), None)
    if chosen is None and len(grids) != 1:
        raise UsageError(f"'{name}' has no sheet called '{SHEET}'", advice="Give the sheet of next actions that name.")
    return (chosen or grids[0]).rows


def _refuse_unknown(names: Sequence[str]) -> None:
    wrong = [name for name in names if name not in COLUMNS]
    if wrong or (names and "action" not in names):
        near = get_close_matches(wrong[0], COLUMNS, n=1) if wrong else []
        what = f"a column '{wrong[0][:40]}'" if wrong else "no column 'action'"
        raise UsageError(
            f"the table of next actions has {what}" + (f"; did you mean '{near[0]}'?" if near else ""),
            advice=f"Its columns are {', '.join(COLUMNS)}.",
        )


def _text(value: object, name: str) -> str:
    """Return what stands in a place: a number of tonnes with its sign, anything else as it was given."""
    if is_missing(value):
        return ""
    text = " ".join(cell_text(value).split()) if isinstance(value, str | float) else str(value).strip()
    if name != "tco2e":
        return text
    try:
        number = float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return text
    return signed(number) if math.isfinite(number) else text
