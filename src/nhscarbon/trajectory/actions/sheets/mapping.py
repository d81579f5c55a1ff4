"""The mapping of columns: what each was read as, with what else it may mean, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.text import unguard_formula
from nhscarbon.trajectory.actions.sheets.keys import state_words
from nhscarbon.trajectory.actions.sheets.pages import open_pages
from nhscarbon.trajectory.actions.sheets.states import StateKey
from nhscarbon.trajectory.actions.sheets.tables import Table
from nhscarbon.trajectory.actions.sheets.words import MEANINGS, candidates, fold
from nhscarbon.trajectory.actions.table import MAPPING

NEEDED = ("column", "meaning", "confirmed_by")
READ_AS = {"beside": "evidence", "year_cost": "cost", "year_tonnes": "tonnes", "year_state": "status", "": "none"}


@dataclass(frozen=True)
class ColumnAnswer:
    """What a person confirmed of a column: of one file and sheet, or of every one where these are empty."""

    file: str
    sheet: str
    column: str
    meaning: str
    key: StateKey


def read_mapping(source: str | Path | pd.DataFrame | None) -> tuple[ColumnAnswer, ...]:
    """Read a mapping of columns; rows that nobody confirmed say nothing.

    Raises
    ------
    UsageError
        If a column is missing, or a meaning is none of those that are read.
    """
    if source is None:
        return ()
    page = open_pages(source)[0]
    head = [cell.strip().casefold() for cell in page.rows[0]] if page.rows else []
    if lacking := [name for name in NEEDED if name not in head]:
        raise UsageError(
            f"the mapping of columns has no column {', '.join(lacking)}",
            advice="write one with `nhscarbon actions read FILE -o F --write-mapping mapping.csv`",
        )
    found = []
    for number in range(1, len(page.rows)):
        cells = {name: unguard_formula(page.cell(number, head.index(name))).strip() for name in MAPPING if name in head}
        if not cells.get("confirmed_by") or not cells["column"]:
            continue
        meaning, _, key = cells["meaning"].partition(":")
        meaning = meaning.strip().casefold()
        if meaning not in (*MEANINGS, "year"):
            raise UsageError(
                f"row {number + 1} of the mapping of columns: '{meaning[:40]}' is no meaning of a column",
                advice=f"choose from {', '.join(MEANINGS)}",
            )
        words = state_words(f"Key: {key}") if key.strip() else {}
        found.append(
            ColumnAnswer(cells.get("file", ""), cells.get("sheet", ""), cells["column"], meaning, StateKey(words))
        )
    return tuple(found)


def answers_for(answers: Iterable[ColumnAnswer], file: str, sheet: str) -> tuple[dict[str, str], StateKey]:
    """Return what was confirmed for the columns of one sheet, by their words, and the key of its colours."""
    fitting = [each for each in answers if each.file in ("", file) and each.sheet in ("", sheet)]
    key = StateKey()
    for each in fitting:
        key = key.under(each.key)
    return {fold(each.column): each.meaning for each in fitting}, key


def mapping_frame(tables: Sequence[Table], answers: Sequence[ColumnAnswer]) -> pd.DataFrame:
    """Return what every column was read as: file, sheet, column, meaning, candidates and confirmed_by, all text."""
    rows: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    for table in tables:
        file, sheet = table.page.file, table.page.sheet
        told, _ = answers_for(answers, file, sheet)
        for each in table.headings:
            if not each.label:
                continue
            other = [name for name in (*each.names, *candidates(each.label)) if name not in ("", each.meaning)]
            by = "mapping" if fold(each.label) in told else ""
            rows.setdefault(
                (file, sheet, each.label),
                (READ_AS.get(each.meaning, each.meaning), "; ".join(dict.fromkeys(other)), by),
            )
    return pd.DataFrame([(*key, *value) for key, value in rows.items()], columns=list(MAPPING), dtype="str")
