"""Records: rows that hold an action, with their cells by meaning; merged cells and repeated sections filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nhscarbon.trajectory.actions.sheets.keys import in_nhs_years
from nhscarbon.trajectory.actions.sheets.money import is_nil, is_no_figure
from nhscarbon.trajectory.actions.sheets.pages import Page
from nhscarbon.trajectory.actions.sheets.rows import Row, other_text
from nhscarbon.trajectory.actions.sheets.tables import Heading, Table
from nhscarbon.trajectory.actions.sheets.versions import UNCHANGED, VERSIONED

JOINED = frozenset(
    {"measure", "evidence", "comments", "risk", "mitigation", "risk_mitigation", "co_benefits", "beside"}
)

_PLAIN = re.compile(r"^(?:c\.?|ca\.?|circa|approx\.?|about|~)\s*+", re.I)
_FIGURE = re.compile(r"£?\s?\d[\d,]*+(?:\.\d++)?\s?(?:k|m|mn|million|thousand)?", re.I)


@dataclass(frozen=True)
class Cell:
    """One cell of a record: its column, its row (counted from 0), its text and its fill."""

    heading: Heading
    row: int
    text: str
    fill: str = ""
    shared: int | None = None  # the first row of a merged cell that several rows share


@dataclass(frozen=True)
class Record:
    """A row that holds an action, with the rows that only add to it: cells by meaning, and the name of its section."""

    row: int
    cells: Mapping[str, tuple[Cell, ...]]
    section: str
    notes: tuple[str, ...] = ()

    def all(self, *meanings: str) -> list[Cell]:
        """Return the cells of some meanings that hold text."""
        return [cell for name in meanings for cell in self.cells.get(name, ()) if cell.text]

    def text(self, meaning: str) -> str:
        """Return the text of the first cell of a meaning that holds any."""
        return next((cell.text for cell in self.cells.get(meaning, ()) if cell.text), "")


@dataclass(frozen=True)
class Standing:
    """What stands from one table of a page to the next: the section above and the last words of section columns."""

    section: str = ""
    columns: tuple[tuple[int, str], ...] = ()


def records_of(
    table: Table, rows: Sequence[Row], before: Standing, *, year_1: int | None = None
) -> tuple[list[Record], list[Row], Standing]:
    """Return the records of a table, the rows that hold text and belong to no record, and what stands at its end."""
    page = table.page
    merged = _merged(page)
    section, last = before.section, dict(before.columns)
    columns = table.of("section")
    records: list[Record] = []
    left: list[Row] = []
    for row in rows:
        if row.outside:
            section, last = "", {}
        if row.kind == "section":
            section, last = row.text, {}
        elif row.kind == "action":
            for each in columns:
                if text := page.cell(row.number, each.place):
                    last = {**{place: old for place, old in last.items() if place < each.place}, each.place: text}
            named = [last[each.place] for each in columns if each.place in last]
            named = list(dict.fromkeys(" ".join(name.split()) for name in named))
            records.append(_record(table, row.number, merged, " / ".join(named) or section, year_1))
        elif row.kind == "more":
            if records:
                records[-1] = _joined(records[-1], _record(table, row.number, merged, "", year_1))
            else:
                left.append(row)
        elif row.kind == "left":
            left.append(row)
    return records, left, Standing(section, tuple(last.items()))


def _merged(page: Page) -> dict[tuple[int, int], tuple[int, int]]:
    """Return where the text of each cell of a merged area stands, for areas of one column."""
    return {
        (row, column): first
        for first, last in page.merged
        if first[1] == last[1] and last[0] > first[0]
        for row in range(first[0], last[0] + 1)
        for column in (first[1],)
    }


def _record(
    table: Table, row: int, merged: Mapping[tuple[int, int], tuple[int, int]], section: str, year_1: int | None
) -> Record:
    page = table.page
    cells: dict[str, list[Cell]] = {}
    notes = []
    for heading in sorted(table.headings, key=lambda each: each.spare):
        place = (row, heading.place)
        if place in page.notes:
            notes.append(page.notes[place])
        if not heading.meaning:
            continue
        top = merged.get(place)
        text = page.cell(*(top or place))
        if year_1 is not None and heading.meaning in ("start", "end", "period"):
            text = in_nhs_years(text, year_1)
        fill = page.fills.get(top or place, "")
        if heading.spare and heading.meaning in cells:
            continue  # a later version says it
        if heading.meaning in VERSIONED and text.casefold() in UNCHANGED and not fill and _has_spare(table, heading):
            continue
        if text or fill:
            cells.setdefault(heading.meaning, []).append(Cell(heading, row, text, fill, top[0] if top else None))
    if "action" not in cells and (other := other_text(table, row)) is not None:
        cells["action"] = [Cell(other, row, page.cell(row, other.place))]
        cells.pop("beside", None)
    if band := _band(cells.pop("cost_low", []), cells.pop("cost_high", [])):
        cells["cost"] = [band, *cells.get("cost", [])]
    return Record(row, {name: tuple(found) for name, found in cells.items()}, section, tuple(notes))


def _has_spare(table: Table, heading: Heading) -> bool:
    return any(each.meaning == heading.meaning and each.spare > heading.spare for each in table.headings)


def _band(lows: Sequence[Cell], highs: Sequence[Cell]) -> Cell | None:
    """Return the cells of the least and the most that something costs as one of a band."""
    low, high = (next((cell for cell in cells if not is_no_figure(cell.text)), None) for cells in (lows, highs))
    if low and high:
        ends = [_PLAIN.sub("", "0" if is_nil(cell.text) else cell.text.strip()) for cell in (low, high)]
        if not all(map(_FIGURE.fullmatch, ends)):
            return replace(low, text="not two figures")  # so that it is empty, and said
        return replace(low, text=ends[0] if ends[0] == ends[1] else " - ".join(ends))
    if one := low or high:
        end = f"{'over' if low else 'up to'} {one.text}"
        return replace(one, text=end if any(map(str.isdigit, one.text)) else one.text)
    return None


def _joined(record: Record, more: Record) -> Record:
    """Return a record with what a further row of it adds."""
    cells = dict(record.cells)
    for name, found in more.cells.items():
        if name in JOINED:
            known = {cell.text for cell in cells.get(name, ())}
            cells[name] = (*cells.get(name, ()), *(cell for cell in found if cell.text not in known))
        elif not any(cell.text for cell in cells.get(name, ())):
            cells[name] = found
        elif name in ("start", "end", "period", "status", "rag", "year"):
            cells[name] = (*cells[name], *found)
    return Record(record.row, cells, record.section, (*record.notes, *more.notes))
