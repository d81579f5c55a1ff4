"""Actions as a table: of the optimiser, or of plans as teams wrote them; CSV or Excel out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from nhscarbon.activity.files.sheets import cell_text
from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings
from nhscarbon.output.files import write_whole
from nhscarbon.output.results import Result
from nhscarbon.output.text import guard_formula
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.interventions.review import review_table
from nhscarbon.trajectory.actions.planned_action import PlannedAction, actions_table

SHEET = "actions"
COLUMNS = tuple(item.name for item in fields(Action))
YEARS = ("start_from", "start_to")
MAPPING = ("file", "sheet", "column", "meaning", "candidates", "confirmed_by")
CELLS_OF_NUMBERS = re.compile(r"[-0-9.; ]*", re.ASCII)  # no spreadsheet runs these


@dataclass(frozen=True, eq=False, repr=False)
class Actions(Result):
    """The actions of one or more plans, and what was found in them.

    Attributes
    ----------
    items : tuple of Action
        What the optimiser can choose from, in the order of their ids; iterating goes over these.
    findings : Findings
    planned : tuple of PlannedAction
        Every action of plans' sheets, quantified or not, in the order of files, sheets and rows; empty where only
        tables of the optimiser were read.
    mapping : pandas.DataFrame
        What each column of plans' sheets was read as, for a person to confirm: file, sheet, column, meaning,
        candidates and confirmed_by, all text; `read_actions` takes it as ``mapping=``.
    """

    items: tuple[Action, ...]
    findings: Findings = field(default_factory=lambda: Findings((), 0))
    planned: tuple[PlannedAction, ...] = ()
    _mapping: pd.DataFrame | None = None

    def __iter__(self) -> Iterator[Action]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.planned or self.items)

    @property
    def mapping(self) -> pd.DataFrame:
        """What each column was read as; a fresh copy."""
        return pd.DataFrame(columns=list(MAPPING), dtype="str") if self._mapping is None else self._mapping.copy()

    @property
    def review(self) -> pd.DataFrame:
        """What a person has to answer, or answered: actions whose intervention is not sure, as `review_table` says."""
        return review_table(self.planned)

    def __getitem__(self, id: str) -> Action:
        for action in self.items:
            if action.id == id:
                return action
        raise UsageError(f"there is no action '{id[:60]}'{near(id, [action.id for action in self.items])}")

    def _title(self) -> str:
        return f"{len(self)} actions of Green Plans, {len(self.findings)} findings"

    @property
    def table(self) -> pd.DataFrame:
        """The table that `read_actions` reads: of `planned` where there are any, else of `items`, as text."""
        if self.planned:
            return actions_table(self.planned)
        return pd.DataFrame([_cells(action) for action in self.items], columns=list(COLUMNS), dtype=str)

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table as CSV; no text in it can start a formula."""
        if self.planned:
            return Result.to_csv(self, path, overwrite=overwrite)
        frame = self.table
        for name in COLUMNS:
            frame[name] = [_guarded(text) for text in frame[name]]
        return write_whole(Path(path), frame.to_csv(index=False, lineterminator="\n").encode(), overwrite=overwrite)


def straight(years: int) -> tuple[float, ...]:
    """Return the ramp that reaches the full effect in equal steps."""
    return tuple(year / years for year in range(1, years + 1))


def _cells(action: Action) -> dict[str, str]:
    """Return an action as the text of its cells."""
    cells = {}
    for column in COLUMNS:
        value = getattr(action, column)
        if column in YEARS:
            cells[column] = nhs_year(value)
        elif column == "ramp" and value == straight(len(value)):
            cells[column] = str(len(value))
        elif isinstance(value, tuple):
            cells[column] = ";".join(cell_text(part) for part in value)
        else:
            cells[column] = "" if value is None else cell_text(value)
    return cells


def _guarded(text: str) -> str:
    return text if CELLS_OF_NUMBERS.fullmatch(text) else guard_formula(text)


def near(word: str, known: Sequence[str]) -> str:
    """Return a question after the nearest of some words, or nothing."""
    found = get_close_matches(word, known, n=1)
    return f"; did you mean '{found[0]}'?" if found else ""
