"""Tables of planned actions that this library wrote: read back to the very same actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhscarbon.errors import UsageError
from nhscarbon.trajectory.actions.planned_action import COLUMNS, LISTS, NUMBERS, STATUSES, WHOLE, PlannedAction
from nhscarbon.trajectory.actions.sheets.pages import Page

SIGN = frozenset({"action_id", "text", "area_of_focus", "intervention", "cost_low_gbp", "start_year"})


def is_written(pages: Sequence[Page]) -> Page | None:
    """Return the page that has the columns of planned actions in its first row, or None."""
    return next((page for page in pages if page.rows and set(page.rows[0]) >= SIGN), None)


def read_written(page: Page) -> tuple[PlannedAction, ...]:
    """Return the actions of a table as they were written.

    Raises
    ------
    UsageError
        If a cell of numbers holds none, or a status is none.
    """
    place = {name: page.rows[0].index(name) for name in COLUMNS if name in page.rows[0]}
    return tuple(
        PlannedAction(**{name: _value(page, row, name, at) for name, at in place.items() if page.cell(row, at)})
        for row in range(1, len(page.rows))
        if page.cell(row, place["action_id"]) and page.cell(row, place["text"])
    )


def _value(page: Page, row: int, name: str, place: int) -> Any:  # noqa: ANN401  a field of any type
    text = page.cell(row, place)
    if name in LISTS:
        return tuple(text.split(";"))
    if name == "decided":
        return text.casefold() in ("true", "1", "yes")
    if name == "status" and text not in STATUSES:
        raise _fault(page, row, place, f"is not a status; choose from {', '.join(STATUSES)}")
    if name in WHOLE or name in NUMBERS:
        try:
            number = float(text)
            whole = int(number)
        except (ValueError, OverflowError):
            raise _fault(page, row, place, "cannot be read as a number") from None
        return whole if name in WHOLE else number
    return text


def _fault(page: Page, row: int, place: int, why: str) -> UsageError:
    where = f"'{page.file}', " if page.file else ""
    return UsageError(f"{where}cell {page.address(row, place)}: '{page.cell(row, place)[:40]}' {why}")
