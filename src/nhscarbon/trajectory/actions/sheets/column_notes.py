"""Notes on columns: those that nobody knows, those that were not read, and one that is read for want of a better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhscarbon.findings import Finding, finding
from nhscarbon.trajectory.actions.sheets.headings import is_part_of_a_year
from nhscarbon.trajectory.actions.sheets.tables import MARKS, Heading, Table, column_of

TOGETHER = 2  # columns of one kind that are named by one finding
UNMARKED = frozenset({"n", "no", "-", "–", "0", "n/a"})


def notes_on_columns(tables: Sequence[Table]) -> list[Finding]:
    """Return what is to be said of the columns of a page's tables, each heading once."""
    found = []
    seen: set[str] = set()
    for table in tables:
        unknown = [each for each in table.headings if each.label and not each.meaning and not each.names]
        months = [each for each in unknown if is_part_of_a_year(each.label)]
        marks = [each for each in unknown if each not in months and _has_marks_alone(table, each)]
        marks = marks if sum(bool(column_of(table, each.place)) for each in marks) >= TOGETHER else []
        amounts = [each for each in unknown if each.years and each not in months and each not in marks]
        for variant, group in (("plan_months", months), ("plan_marks", marks), ("plan_figures", amounts)):
            new = [each for each in group if each.label not in seen]
            if len(new) >= TOGETHER:
                names = ", ".join(f"'{each.label[:30]}'" for each in new)
                found.append(finding("column_unknown", variant, names=names, rows=0, **_about(table, new[0])))
                seen |= {each.label for each in new}
        for each in table.headings:
            if each.label and each.label not in seen:
                seen.add(each.label)
                found += _of_one(table, each)
    return found


def _of_one(table: Table, each: Heading) -> list[Finding]:
    name, about = each.label[:60], _about(table, each)
    if not each.meaning and not each.names:
        return [finding("column_unknown", "plan", name=name, rows=0, **about)]
    if not each.meaning:
        return [finding("column_ambiguous", "plan", name=name, meant=" or ".join(each.names), rows=0, **about)]
    if each.meaning == "action" and not each.names:
        return [finding("column_ambiguous", "plan_text", name=name, rows=0, **about)]
    return []


def _about(table: Table, each: Heading) -> dict[str, Any]:
    page = table.page
    return {"file": page.file, "sheet": page.sheet, "column": each.label[:100],
            "cell": page.address(table.last, each.place)}  # fmt: skip


def _has_marks_alone(table: Table, each: Heading) -> bool:
    """Tell whether a column holds marks or nothing, as one for each organisation does."""
    return all(cell.casefold().strip() in MARKS | UNMARKED for cell in column_of(table, each.place))
