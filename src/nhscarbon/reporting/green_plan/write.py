"""A Green Plan as one web page, or as a workbook that also holds the table that reads back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nhscarbon.errors import UsageError
from nhscarbon.output.files import write_whole
from nhscarbon.output.tables import is_missing
from nhscarbon.reporting.green_plan.document import green_plan_document
from nhscarbon.reporting.report.document import Cell, Column, Section, Table
from nhscarbon.reporting.report.html import page
from nhscarbon.reporting.report.workbook import workbook
from nhscarbon.trajectory.green_plan.frames import AMOUNTS, WHOLE
from nhscarbon.trajectory.green_plan.result import GreenPlan

HTML, EXCEL = ".html", ".xlsx"


def write_green_plan(plan: GreenPlan, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a Green Plan for people.

    Parameters
    ----------
    plan : GreenPlan
    path : str or Path
        Ends with ``.html`` or ``.xlsx`` (extra ``excel``).
    overwrite : bool, optional
        Whether a file that exists may be replaced.

    Returns
    -------
    Path
        Where it was written; the same plan gives the same bytes.

    Raises
    ------
    UsageError
        If the ending is neither, the file exists and may not be replaced, or the extra is absent.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in (HTML, EXCEL):
        raise UsageError(
            f"a Green Plan is written as {HTML} or {EXCEL}; '{path.name[:60]}' ends with neither",
            advice="For the table alone use to_csv.",
        )
    document = green_plan_document(plan)
    if ending == HTML:
        return write_whole(path, page(document), overwrite=overwrite)
    whole = replace(document, sections=(*document.sections, _whole(plan)))
    return write_whole(path, workbook(whole), overwrite=overwrite)


def _whole(plan: GreenPlan) -> Section:
    """Return the whole table under the names of its columns, as `nhscarbon.read_green_plan` reads it."""
    table = plan.table
    columns = tuple(
        Column(str(name), "number" if name in AMOUNTS or name in WHOLE else "text", -1) for name in table.columns
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        tuple(None if is_missing(cell) else cell for cell in row) for row in table.itertuples(index=False)
    )
    return Section("table", "The table that reads back", (), tables=(Table("whole-plan", "Whole plan", columns, rows),))
