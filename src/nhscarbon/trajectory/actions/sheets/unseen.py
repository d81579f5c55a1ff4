"""What a sender does not see of a sheet that was read: that it is hidden, rows that are, formulas without a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhscarbon.findings import Finding, finding
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.rows import Row

SHOWN = 5  # rows that a finding names


def notes_on_unseen(page: Page, rows: Sequence[Sequence[Row]]) -> list[Finding]:
    """Return what is to be said of a page whose tables have some rows, as of the sheets of a return."""
    actions = [page.number(row.number) for found in rows for row in found if row.kind == "action"]
    about: dict[str, Any] = {"file": page.file, "sheet": page.sheet}
    said = []
    if page.hidden and actions:
        said.append(finding("sheet_hidden", "", rows=len(actions), first_rows=tuple(actions[:SHOWN]), **about))
    if found := [row for row in actions if row in page.hidden_rows]:
        said.append(finding("rows_hidden", "", rows=len(found), first_rows=tuple(found[:SHOWN]), cell=f"A{found[0]}",
                            **about))  # fmt: skip
    if page.uncalculated:
        said.append(finding("formula_without_result", "", rows=0, cell=page.uncalculated[0], **about))
    return said
