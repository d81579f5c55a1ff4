"""Actions in: plans' sheets as teams keep them, tables that this library wrote, and strict tables of the optimiser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, in_order_of_severity
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.bookable import bookable
from nhscarbon.trajectory.actions.interventions.classify import classify
from nhscarbon.trajectory.actions.interventions.review import read_review
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.sheets.mapping import read_mapping
from nhscarbon.trajectory.actions.sheets.pages import open_pages
from nhscarbon.trajectory.actions.sheets.read_sheets import Read, columns_of, merged_findings, read_pages, with_ids
from nhscarbon.trajectory.actions.strict_table import checked_actions, is_strict, refuse
from nhscarbon.trajectory.actions.table import Actions
from nhscarbon.trajectory.actions.written_table import is_written, read_written

Source = str | Path | pd.DataFrame


def read_actions(
    source: Source | Sequence[Source],
    *,
    mapping: str | Path | pd.DataFrame | None = None,
    review: str | Path | pd.DataFrame | None = None,
    frame: pd.DataFrame | None = None,
    organisation: str = "",
) -> Actions:
    """Read the actions of Green Plans.

    A plan's sheet is read as it is: every sheet of a workbook, a CSV file with any separator; the row of headings is
    found and its columns known by their words, totals, notes and repeated headings are skipped, cells with several
    actions split. Every action is kept, and says which intervention of the taxonomy it is and why. What cannot be read
    is a finding and an empty cell. A table that has the columns of `Action` (id, title, selects, effect, start_from and
    start_to) is one of the optimiser and is refused if any of it is invalid.

    Parameters
    ----------
    source : str, Path, DataFrame, or a sequence of them
        CSV files, workbooks or frames; a file may hold several plans' sheets.
    mapping : str, Path or DataFrame, optional
        What columns hold, confirmed by a person: `Actions.mapping`, completed. Its ``meaning`` may give the key of
        colours, as in ``rag: Green = on track; Red = stopped``.
    review : str, Path or DataFrame, optional
        What actions are, answered by a person: `Actions.review`, completed. Answers hold by the text of an action.
    frame : pandas.DataFrame, optional
        Business as usual, to hold actions of the optimiser against, and to say what planned ones may book.
    organisation : str, optional
        Whose plans they are; where it is left out, the code or name in the title or the name of the file.

    Returns
    -------
    Actions
        `planned` holds the actions of plans; `items` those of the optimiser: of strict tables, and with a frame
        those planned ones that are quantified, bounded by what they select (`bookable`).

    Raises
    ------
    SubmissionError
        If a table of the optimiser is invalid; its report has every finding with its cell.
    UsageError
        If the mapping or the review cannot be understood.
    UnreadableError
        If a file cannot be read as a table.

    Examples
    --------
    >>> import pandas as pd
    >>> sheet = pd.DataFrame({"What we will do": ["Fit LED lamps"], "Who": ["Head of Estates"],
    ...                       "By when": ["Q2 26/27"], "Cost": ["£50-250k"], "tCO2e": ["c. 120"]})
    >>> action = read_actions(sheet, organisation="RX1").planned[0]
    >>> action.text, action.lead, action.end_year, action.cost_low_gbp, action.tco2e_a_year
    ('Fit LED lamps', 'Head of Estates', 2026, 50000.0, 120.0)
    >>> table = pd.DataFrame({"id": ["a"], "title": ["LED lamps"], "selects": ["theme:electricity"],
    ...                       "effect": ["reduce"], "share": ["0.05"], "start_from": ["2026/27"],
    ...                       "start_to": ["2028/29"]})
    >>> read_actions(table)["a"].starts
    (2026, 2027, 2028)
    """
    sources = [source] if isinstance(source, str | Path | pd.DataFrame) else list(source)
    if not sources:
        raise UsageError("there is no file to read actions from")
    answers, reviewed = read_mapping(mapping), read_review(review)
    items: list[Action] = []
    written: list[PlannedAction] = []
    reads: list[Read] = []
    found: list[Finding] = []
    rows = 0
    for each in sources:
        pages = open_pages(each)
        if is_strict(pages):
            strict = checked_actions(each, frame=frame)
            refuse(strict.findings)
            items += strict.items
            found += strict.findings.findings
            rows += strict.findings.rows
        elif table := is_written(pages):
            written += read_written(table)
        else:
            reads.append(read_pages(pages, answers=answers, organisation=organisation))
    found += merged_findings([each for read in reads for each in read.findings])
    drafts = [draft for read in reads for draft in read.drafts]
    planned = classify((*written, *with_ids(drafts)), review=reviewed)
    if frame is not None and planned:
        booked = bookable(planned, frame)
        items += booked.items
        found += merged_findings(booked.findings.findings)
    findings = in_order_of_severity(found, rows + len(written) + sum(read.rows for read in reads))
    return Actions(_unlike(items), findings, planned, columns_of(reads, answers) if reads else None)


def _unlike(items: Sequence[Action]) -> tuple[Action, ...]:
    """Return actions of the optimiser in the order of their ids, of which each may stand in one table only."""
    ids = [action.id for action in items]
    if twice := sorted({id for id in ids if ids.count(id) > 1}):
        raise UsageError(f"the action '{twice[0][:60]}' is in two of the tables; each needs an id of its own")
    return tuple(sorted(items, key=lambda action: action.id))
