"""A template with one line for each thing, as it was filled in: labels and words become rows and answers.

Only what a person or a program entered is read: no cell that a formula fills. A file that was never opened in a
spreadsheet is read the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np
import pandas as pd

from nhscarbon.activity import return_layout as layout
from nhscarbon.activity.activity import Activity, SheetRows
from nhscarbon.activity.concat import concat
from nhscarbon.activity.files.sheets import Grid, number_of
from nhscarbon.activity.files.workbook_parts import About
from nhscarbon.activity.readers.from_frame import from_frame
from nhscarbon.activity.readers.line_themes import answers_of, themes_of_sheet
from nhscarbon.activity.template_properties import METHOD
from nhscarbon.findings import Finding, finding, first_rows
from nhscarbon.methods.return_lines import catalogue_of, return_words
from nhscarbon.output.excel import letters
from nhscarbon.periods import months_of, read_period

COLUMNS = ("organisation", "site", "period", "activity", "quantity", "unit", "evidence", "estimated_share", "note")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)  # thousands commas, as the template allows them
SHOWN = 12  # lines that a finding names
# the name that a finding's column has, by the header of its cells
MEANT = {layout.THEME: "theme", layout.WHAT: "activity", layout.UNIT: "unit", layout.YEAR: "quantity",
         layout.NONE_USED: "answer", layout.KNOW: "evidence", layout.NOTE: "reason", layout.SITE: "site"}  # fmt: skip


class Line(NamedTuple):
    """One row of a sheet of lines as it was filled in; `figures` are texts by the place of their column."""

    row: int
    theme: str
    what: str
    unit: str
    figures: Mapping[int, str]
    ticks: tuple[str, ...]
    evidence: str
    note: str
    site: str
    read: bool  # whether its figures can be read


@dataclass
class _Sheet:
    """A sheet of lines: where its columns are, and what was met on it."""

    grid: Grid
    header_row: int
    places: Mapping[str, int]
    once: Mapping[str, tuple[str, str]]
    organisation: str
    period: str
    findings: list[Finding] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def figures(self) -> dict[int, str]:
        """The months of the columns of figures by place, empty for the whole year."""
        year = read_period(self.period)
        months = months_of(year.year) if year else ("",) * len(layout.MONTHS)
        named = {self.places[name]: month for name, month in zip(layout.MONTHS, months, strict=True)}
        return {self.places[layout.YEAR]: "", **named}

    def say(self, code: str, variant: str, file: str, row: int, name: str, **values: object) -> None:
        """Remember a finding about one cell."""
        cell = f"{letters(self.places[name])}{row}"
        self.findings.append(
            finding(code, variant, file=file, sheet=self.grid.sheet, column=MEANT.get(name, name), cell=cell,
                    first_rows=first_rows([row]), **values)  # type: ignore[arg-type]
        )  # fmt: skip


def is_lines(grid: Grid) -> bool:
    """Tell whether a sheet is one of lines: by its header, whatever it is called."""
    return _header_row(grid) > 0


def from_template(file: str, sha256: str, grids: Sequence[Grid], beside: About) -> Activity:
    """Return the rows and the answers of a filled template.

    Parameters
    ----------
    file : str
        The file's name.
    sha256 : str
        Of its bytes.
    grids : sequence of Grid
        Its sheets, at least one of which `is_lines`.
    beside : About
        What the workbook says beside its cells.

    Returns
    -------
    Activity
        A row for each figure: of the whole year, or of each month. The row number is that of the line, and `sheets`
        tells the cell of each figure. Ticks and the sheet of themes are its `themes`.
    """
    sheets = _sheets(grids)
    for sheet in sheets:
        _read_lines(sheet, file, beside)
    year = read_period(sheets[0].period)
    if year is not None and year.month:
        where, cell = sheets[0].once["period"]
        sheets[0].findings.append(finding("template_year", file=file, sheet=where, cell=cell, column="period",
                                          value=sheets[0].period, year=year.year))  # fmt: skip
    for sheet in sheets:
        _same_head(sheet, sheets[0], file)
    codes = _Codes(beside.properties.get(METHOD, ""))
    parts = [_activity(sheet, codes, file) for sheet in sheets]
    filled = [part for part in parts if len(part)] or parts[:1]
    found = [each for sheet in sheets for each in sheet.findings]
    found += [each for part in parts for each in part.findings if len(part)]
    entered = [(sheet, line, codes) for sheet in sheets for line in sheet.lines]
    sent = {codes.activity(line.what, line.unit)[0] for _, line, _ in entered if line.figures}
    answered = [row for grid in grids if grid.sheet == layout.THEMES
                for row in themes_of_sheet(grid, sheets[0].organisation, sheets[0].period, file)]  # fmt: skip
    themes = {row.theme.casefold() for row in answered}
    for sheet in sheets:
        found += _not_answered(sheet, file, codes, sent, themes)
    sent_themes = {codes.theme(line.what, line.unit) or line.theme for _, line, _ in entered if line.figures}
    rows = answers_of(
        [(sheet.grid.sheet, line.row, line.theme, line.what, line.ticks, line.note)
         for sheet in sheets if layout.NONE_USED in sheet.places for line in sheet.lines],
        {theme.casefold() for theme in sent_themes}, sheets[0].organisation, sheets[0].period, file,
    )  # fmt: skip
    return replace(concat(filled), findings=tuple(found), sha256=sha256, themes=(*rows, *answered))


class _Codes:
    """What labels and words are read as: the lines of templates first, then the labels of the catalogue."""

    def __init__(self, method_id: str) -> None:
        words = return_words()
        catalogue = catalogue_of(method_id)
        entries = {} if catalogue is None else catalogue.activities
        self._themes = {} if catalogue is None else {
            code: catalogue.themes[entry.theme] for code, entry in entries.items()
        }  # fmt: skip
        self._labels = {fold(entry.label): code for code, entry in entries.items()}
        self._labels |= {fold(code): code for code in entries}
        self._own = {fold(line.label): line.activity for line in words.lines}
        self._units = {fold(words.unit_word(unit)): unit for unit in words.units}
        self._choices = {(fold(line.label), unit): activity for line in words.lines for activity, unit in line.choices}
        self._units |= {fold(words.unit_word(unit)): unit for _, unit in self._choices}
        self._units |= {fold(words.unit_word(unit)): unit for entry in entries.values() for unit in entry.units}
        self._evidence = {fold(word.word): word for word in words.evidence}

    def activity(self, what: str, unit: str) -> tuple[str, str]:
        """Return the code of an activity and of a unit; a word that nobody knows stays as it is."""
        label = fold(what)
        code = self._units.get(fold(unit), unit)
        known = self._own.get(label) or self._labels.get(label) or what
        return self._choices.get((label, code), known), code

    def theme(self, what: str, unit: str) -> str:
        """Return the label of the theme of a line, empty where its words are not known."""
        return self._themes.get(self.activity(what, unit)[0], "")

    def evidence(self, word: str) -> tuple[str, str]:
        """Return the evidence and the estimated share that a word stands for."""
        known = self._evidence.get(fold(word))
        return (known.evidence, known.estimated_share) if known else (word, "")


def fold(text: str) -> str:
    """Return a word in small letters with single spaces."""
    return " ".join(text.casefold().split())


def _header_row(grid: Grid) -> int:
    needed = {fold(name) for name in layout.NEEDED}
    for number, row in enumerate(grid.rows[: layout.WITHIN], start=1):
        if needed <= {fold(cell) for cell in row}:
            return number
    return 0


def _sheets(grids: Sequence[Grid]) -> list[_Sheet]:
    """Return the sheets of lines; organisation and year stand above the first header that has them."""
    names = {fold(name): name for name in layout.NAMES}
    found = []
    above: dict[str, tuple[str, str, str]] = {}
    for grid in grids:
        row = _header_row(grid)
        if not row:
            continue
        for column, label in (("organisation", layout.ORGANISATION), ("period", layout.NHS_YEAR)):
            above = {**_labelled(grid, row, column, label), **above}
        places: dict[str, int] = {}
        for place, cell in enumerate(grid.rows[row - 1]):
            if fold(cell) in names:
                places.setdefault(names[fold(cell)], place)
        found.append((grid, row, places))
    once = {column: (sheet, cell) for column, (sheet, cell, _) in above.items()}
    organisation, period = (above.get(name, ("", "", ""))[2] for name in ("organisation", "period"))
    return [_Sheet(grid, row, places, once, organisation, period) for grid, row, places in found]


def _same_head(sheet: _Sheet, first: _Sheet, file: str) -> None:
    """Say where a sheet has an organisation or a year of its own that is not the one that stands for all sheets."""
    for column, label, whole in (("organisation", layout.ORGANISATION, first.organisation),
                                 ("period", layout.NHS_YEAR, first.period)):  # fmt: skip
        _, cell, own = _labelled(sheet.grid, sheet.header_row, column, label).get(column, ("", "", ""))
        same_year = column == "period" and (year := read_period(own)) is not None and year == read_period(whole)
        if own and fold(own) != fold(whole) and not same_year:
            sheet.findings.append(finding("template_two_heads", file=file, sheet=sheet.grid.sheet, cell=cell,
                                          column=column, value=own, whole=whole or "empty"))  # fmt: skip


def _labelled(grid: Grid, below: int, column: str, label: str) -> dict[str, tuple[str, str, str]]:
    """Return the sheet, cell and text next to a label above the header."""
    for number, cells in enumerate(grid.rows[: below - 1], start=1):
        for place, cell in enumerate(cells):
            if fold(cell) in (fold(label), fold(label.partition(" (")[0])):
                text = cells[place + 1].strip() if place + 1 < len(cells) else ""
                return {column: (grid.sheet, f"{letters(place + 1)}{number}", text)}
    return {}


def _read_lines(sheet: _Sheet, file: str, beside: About) -> None:
    """Read the rows below a header, and say what on them contradicts itself."""
    places, name = sheet.places, sheet.grid.sheet
    figures = sheet.figures

    def text(cells: Sequence[str], of: str) -> str:
        place = places.get(of, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    for number, cells in enumerate(sheet.grid.rows[sheet.header_row :], start=sheet.header_row + 1):
        if fold(text(cells, layout.THEME)) == fold(layout.EXAMPLE):
            continue
        entered = {place: cells[place].strip() for place in figures if place < len(cells) and cells[place].strip()}
        ticks = tuple(each for each in (layout.NONE_USED, layout.NOT_AVAILABLE)
                      if _ticked(sheet, file, number, each, text(cells, each)))  # fmt: skip
        what, site, evidence = (text(cells, each) for each in (layout.WHAT, layout.SITE, layout.KNOW))
        if not entered and not ticks and not what:
            continue
        read = _agree(sheet, file, number, what, entered, ticks)
        if layout.NOT_AVAILABLE in ticks and read and not text(cells, layout.NOTE):
            sheet.say("template_reason_blank", "", file, number, layout.NOTE, line=what)
        sheet.lines.append(Line(number, text(cells, layout.THEME), what, text(cells, layout.UNIT), entered, ticks,
                                evidence, text(cells, layout.NOTE), site, read))  # fmt: skip
    known = set(places.values())
    for place, cell in enumerate(sheet.grid.rows[sheet.header_row - 1]):
        if cell.strip() and place not in known:
            sheet.findings.append(
                finding("column_unknown", file=file, sheet=name, column=cell.strip(), value=cell.strip()[:100],
                        cell=f"{letters(place)}{sheet.header_row}")
            )  # fmt: skip
    white = {places[each] for each in (*MEANT, *layout.MONTHS) if each in places and each != layout.THEME}
    once = {cell for of, cell in sheet.once.values() if of == name}
    empty = [cell for cell in beside.uncalculated.get(name, ())
             if cell in once or (_place(cell) in white and _row(cell) > sheet.header_row)]  # fmt: skip
    if empty:
        row = _row(empty[0])
        sheet.findings.append(finding("formula_without_result", file=file, sheet=name, rows=len(empty), cell=empty[0],
                                      first_rows=first_rows([row])))  # fmt: skip
    hidden = beside.hidden_rows.get(name, frozenset())
    unseen = [line.row for line in sheet.lines if line.figures and line.row in hidden]
    if unseen:
        sheet.findings.append(finding("rows_hidden", file=file, sheet=name, rows=len(unseen), cell=f"A{unseen[0]}",
                                      first_rows=first_rows(unseen)))  # fmt: skip


def _place(cell: str) -> int:
    return number_of(cell.rstrip("0123456789")) - 1


def _row(cell: str) -> int:
    return int(cell.lstrip(ascii_uppercase))


def _ticked(sheet: _Sheet, file: str, row: int, name: str, text: str) -> bool:
    """Tell whether a tick is set; a word that says neither is a finding."""
    word = fold(text)
    if word not in layout.NOT_TICKED and word not in layout.TICKED:
        sheet.say("template_tick_unknown", "", file, row, name, value=text, word=text, tick=name)
    return word in layout.TICKED


def _agree(sheet: _Sheet, file: str, row: int, what: str, figures: Mapping[int, str], ticks: Sequence[str]) -> bool:
    """Tell whether a line is filled in one way; else say so, and nothing of it is read."""
    year = sheet.places[layout.YEAR]
    if figures and ticks:
        sheet.say("template_two_ways", "tick", file, row, ticks[0], line=what, tick=ticks[0])
    elif len(ticks) > 1:
        sheet.say("template_two_ways", "ticks", file, row, ticks[0], line=what)
    elif year in figures and len(figures) > 1:
        sheet.say("template_two_ways", "", file, row, layout.YEAR, line=what)
    else:
        return True
    return False


def _not_answered(sheet: _Sheet, file: str, codes: _Codes, sent: set[str], themes: set[str]) -> Iterator[Finding]:
    """Yield the finding of lines that are empty: of the template's own, those of no activity sent on another line."""
    empty = [
        line for line in sheet.lines
        if not line.figures and not line.ticks and layout.NONE_USED in sheet.places
        and codes.activity(line.what, line.unit)[0] not in sent and line.theme.casefold() not in themes
    ]  # fmt: skip
    if not empty or len(empty) == len(sheet.lines):
        return
    rest = f" and {len(empty) - SHOWN} more" if len(empty) > SHOWN else ""
    yield finding(
        "template_not_answered", "one" if len(empty) == 1 else "", file=file, sheet=sheet.grid.sheet, rows=len(empty),
        column="quantity", cell=f"{letters(sheet.places[layout.YEAR])}{empty[0].row}",
        first_rows=first_rows([line.row for line in empty]), count=len(empty),
        lines=", ".join(line.what for line in empty[:SHOWN]) + rest,
    )  # fmt: skip


def _activity(sheet: _Sheet, codes: _Codes, file: str) -> Activity:
    """Return a row for each figure of a sheet, with the cell of what could not be read."""
    figures = sheet.figures
    whole = sheet.period
    rows: list[tuple[str, ...]] = []
    cells: list[tuple[int, int]] = []  # row and place of each figure
    for line in sheet.lines:
        if not line.read or line.ticks or not (line.figures or layout.NONE_USED not in sheet.places):
            continue
        activity, unit = codes.activity(line.what, line.unit)
        evidence, share = codes.evidence(line.evidence)
        for place, text in (line.figures or {sheet.places[layout.YEAR]: ""}).items():
            rows.append((sheet.organisation, line.site, figures[place] or whole, activity, text, unit, evidence, share,
                         line.note))  # fmt: skip
            cells.append((line.row, place))
    rows = [_plain(sheet, file, row, cell) for row, cell in zip(rows, cells, strict=True)]
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    frame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), dtype=object)
    activity_data = from_frame(frame, file=file, sheet=sheet.grid.sheet)
    header = [""] * (max(sheet.places.values()) + 1)
    for name, place in sheet.places.items():
        header[place] = MEANT.get(name, "")
    placed: dict[tuple[int, str], str] = {}
    for row_number, place in cells:
        placed.setdefault((row_number, figures[place] or whole), letters(place))
    here = SheetRows(sheet.grid.sheet, tuple(header), sheet.header_row, 0, len(rows), placed, sheet.once)
    return replace(
        activity_data,
        row_numbers=np.array([row for row, _ in cells], np.int64),
        sheets=(here,),
        findings=tuple(_located(each, cells, header) for each in activity_data.findings),
    )


def _plain(sheet: _Sheet, file: str, row: tuple[str, ...], cell: tuple[int, int]) -> tuple[str, ...]:
    """Return a row whose figure has no thousands commas: the template says that they may stand."""
    at = COLUMNS.index("quantity")
    if not GROUPED.fullmatch(row[at]):
        return row
    number = row[at].replace(",", "")
    sheet.findings.append(
        finding("template_number_read", file=file, sheet=sheet.grid.sheet, column="quantity", value=row[at],
                cell=f"{letters(cell[1])}{cell[0]}", first_rows=first_rows([cell[0]]), word=row[at], number=number)
    )  # fmt: skip
    return (*row[:at], number, *row[at + 1 :])


def _located(found: Finding, cells: Sequence[tuple[int, int]], header: Sequence[str]) -> Finding:
    """Return a finding of the rows that were made with the rows and the cell of the sheet."""
    if not found.first_rows:
        return found
    row, place = cells[found.first_rows[0] - 1]
    column = place if found.column == "quantity" else header.index(found.column) if found.column in header else 0
    rows = [cells[each - 1][0] for each in getattr(found.first_rows, "every", None) or found.first_rows]
    return replace(found, cell=f"{letters(column)}{row}", first_rows=first_rows(rows))
