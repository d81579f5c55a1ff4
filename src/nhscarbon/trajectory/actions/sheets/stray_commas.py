"""Stray commas: rows of a text file with more cells than headings, because a text in them was not quoted."""

from __future__ import annotations

from dataclasses import replace

from nhscarbon.findings import Finding, finding
from nhscarbon.trajectory.actions.sheets.asides import is_role
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.tables import READERS, Table

FREE = ("action", "beside", "comments", "risk", "mitigation", "risk_mitigation", "measure", "evidence", "lead")


def put_together(page: Page, tables: list[Table]) -> tuple[Page, list[Finding]]:
    """Return a page whose rows fit their headings: of a text that was cut at its commas the pieces are joined again.

    A row is put together where exactly one way of doing so leaves dates, costs and states where they belong.
    """
    rows = [list(row) for row in page.rows]
    notes = []
    for table in tables:
        width = len(page.rows[table.last])
        for number in table.body:
            row = rows[number]
            more = len(row) - width
            if more <= 0 or sum(map(bool, row)) <= 2:
                continue
            joined = _joined(row, more, table)
            if joined is None and not any(row[width:]):
                continue  # marks at the end of the line, and nothing behind them
            if joined is not None:
                rows[number] = joined
            notes.append(finding("action_row_torn", "" if joined else "left", file=page.file, count=more,
                                 first_rows=(page.number(number),)))  # fmt: skip
    return replace(page, rows=rows), notes


def _joined(row: list[str], more: int, table: Table) -> list[str] | None:
    """Return a row with its pieces joined, or None where no one way is the best."""
    ways = []
    for each in table.of(*FREE):
        place = each.place
        cells = [*row[:place], ", ".join(row[place : place + more + 1]), *row[place + more + 1 :]]
        ways.append((_fit(cells, table), cells))
    best = max((fit for fit, _ in ways), default=0)
    fitting = [cells for fit, cells in ways if fit == best]
    whole = not any(row[len(row) - more :]) and best <= _fit(row, table)
    return fitting[0] if best > 0 and len(fitting) == 1 and not whole else None


def _fit(cells: list[str], table: Table) -> int:
    """Return how many columns of dates, costs, tonnes and states can be read, less those that cannot."""
    found = 0
    for each in table.headings:
        reads = READERS.get(
            "cost" if each.meaning in ("capital", "revenue") else "status" if each.meaning == "rag" else each.meaning
        )
        if reads and cells[each.place]:
            found += 1 if reads(cells[each.place]) else -1
    leads = [cells[each.place] for each in table.of("lead", "second_lead")]
    return found + sum(is_role(lead) and "," not in lead for lead in leads)
