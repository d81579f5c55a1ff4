"""A Green Plan as data: one table that reads back, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.actions.sheets.pages import Page, open_pages
from nhscarbon.trajectory.green_plan.frames import ALL, AMOUNTS, PARTS, WHOLE, part_of, typed
from nhscarbon.trajectory.green_plan.matrix import LEFT_OUT, REVIEW, SYSTEM

HEAD_ROWS = 5  # in which the header of a sheet is looked for


@dataclass(frozen=True, eq=False, repr=False)
class GreenPlan(TableResult):
    """The Green Plan of a system.

    Attributes
    ----------
    table : pandas.DataFrame
        Everything, in one table: ``part`` says what a row is (``about``, ``objective``, ``intervention``, ``holder``,
        ``priority``, ``missing`` or ``action``). `read_green_plan` reads it back without loss.
    """

    def part(self, name: str) -> pd.DataFrame:
        """Return the rows of one part with its own columns; a fresh copy.

        Raises
        ------
        UsageError
            If there is no such part.
        """
        if name not in PARTS:
            raise UsageError(f"there is no part '{name[:40]}'", advice=f"Choose from: {', '.join(PARTS)}.")
        return part_of(self._table, name)

    @property
    def about(self) -> dict[str, str]:
        """Title, organisations, priorities, footprint and taxonomy; lists are divided by ``;``."""
        rows = self.part("about")
        return dict(zip(rows["name"], rows["text"], strict=True))

    @property
    def objectives(self) -> pd.DataFrame:
        """One row for each area of focus."""
        return self.part("objective")

    @property
    def interventions(self) -> pd.DataFrame:
        """The interventions of the system: what several organisations plan, or what serves a priority."""
        return self._standing("intervention", SYSTEM)

    @property
    def left_out(self) -> pd.DataFrame:
        """Interventions that one organisation alone plans and that serve no priority."""
        return self._standing("intervention", LEFT_OUT)

    @property
    def holders(self) -> pd.DataFrame:
        """One row for each intervention and organisation that plans it."""
        return self.part("holder")

    @property
    def priorities(self) -> pd.DataFrame:
        """One row for each priority of the system, planned or not."""
        return self.part("priority")

    @property
    def missing(self) -> pd.DataFrame:
        """One row for each field that no sheet states, with why."""
        return self.part("missing")

    @property
    def actions(self) -> pd.DataFrame:
        """Every action that was read, with its ``standing``: ``system``, ``left_out`` or ``review``."""
        return self.part("action")

    @property
    def review(self) -> pd.DataFrame:
        """Actions whose intervention a person has to decide; they count nowhere else."""
        return self._standing("action", REVIEW)

    def _standing(self, part: str, standing: str) -> pd.DataFrame:
        rows = self.part(part)
        return rows[rows["standing"] == standing].reset_index(drop=True)

    def _title(self) -> str:
        return (
            f"{self.about['title']}: {len(self.interventions)} interventions of "
            f"{len(self.about['organisations'].split(';'))} organisations, {len(self.left_out)} left out, "
            f"{len(self.actions)} actions, {len(self.review)} of them to decide"
        )

    def _about(self) -> dict[str, object]:
        return {"about": self.about}


def read_green_plan(source: str | Path | pd.DataFrame) -> GreenPlan:
    """Read a Green Plan that `GreenPlan` wrote: its CSV, either workbook, or its table.

    Parameters
    ----------
    source : str, Path or DataFrame

    Returns
    -------
    GreenPlan
        Its table equals the one that was written.

    Raises
    ------
    UnreadableError
        If the file cannot be read, or holds no Green Plan.

    Examples
    --------
    >>> from nhscarbon.trajectory.actions.planned_action import PlannedAction
    >>> from nhscarbon.trajectory.green_plan.green_plan import green_plan
    >>> one = PlannedAction(action_id="1", organisation="RX1", text="LED", intervention="led", decided=True)
    >>> made = green_plan([one])
    >>> read_green_plan(made.table).table.equals(made.table)
    True
    """
    for page in open_pages(source):
        for row, cells in enumerate(page.rows[:HEAD_ROWS]):
            if set(ALL) <= set(cells):
                return GreenPlan(_table(page, row))
    name = "the table" if isinstance(source, pd.DataFrame) else f"'{Path(source).name}'"
    raise UnreadableError(f"{name} holds no Green Plan", advice="Give a file that GreenPlan.to_csv or write made.")


def _table(page: Page, head: int) -> pd.DataFrame:
    places = [page.rows[head].index(name) for name in ALL]
    rows = [[page.cell(row, place) for place in places] for row in range(head + 1, len(page.rows))
            if page.cell(row, places[0]) in PARTS]  # fmt: skip
    try:
        return typed(pd.DataFrame(rows, columns=list(ALL), dtype=object))
    except ValueError as error:
        columns = sorted(AMOUNTS | WHOLE)
        raise UnreadableError(
            f"a number of the Green Plan cannot be read: {error}", advice=f"Numbers are in {', '.join(columns)[:200]}."
        ) from error
