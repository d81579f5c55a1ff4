"""Layouts of the estates returns: which header means which year, read from a data package."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

import pandas as pd

from nhscarbon.activity.files.sheets import Grid
from nhscarbon.errors import UnreadableError

VALUE_ROLES = ("activity", "inside_another", "denominator")
SHOWN = 5


@dataclass(frozen=True)
class Layout:
    """One published header and what each of its columns means."""

    name: str
    period: str
    sheet: str
    header_rows: int
    match: str
    missing: tuple[str, ...]
    columns: pd.DataFrame

    @property
    def header(self) -> tuple[str, ...]:
        """The header texts in their published order."""
        return tuple(self.columns["header"])

    @property
    def required(self) -> set[str]:
        """The headers that a layout matched by names cannot do without."""
        roles = ("snapshot_date", "organisation_code", "site_code", "measure_name", "measure_value")
        return set(self.columns["header"][self.columns["role"].isin(roles)])

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header is this layout's."""
        if self.match == "prefix":
            return tuple(header[: len(self.header)]) == self.header
        if self.match == "names":
            found = set(header)
            return len(found) == len(header) and self.required <= found <= set(self.header)
        return tuple(header) == self.header


@dataclass(frozen=True)
class Rule:
    """One named way of excluding or keeping a cell, as a row of `rules.csv`."""

    rule_id: str
    code: str
    layout: str
    organisation: str
    measure: str
    unit: str
    test: str
    threshold: str
    per: str
    minimum: str
    action: str
    severity: str
    listed: str
    reason: str
    suggestion: str
    source: str


@dataclass(frozen=True)
class Layouts:
    """Every known layout and the rules that hold for them."""

    layouts: tuple[Layout, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet whose header was recognised: `body` starts at row `first_row` of the file."""

    name: str
    layout: Layout
    body: pd.DataFrame
    first_row: int


def tidy(text: str) -> str:
    """Return a header text without byte order mark, hard spaces and doubled spaces."""
    return " ".join(text.replace("\ufeff", "").split())


def read_layouts(folder: Path) -> Layouts:
    """Read a layouts package from its folder."""
    return layouts_from(lambda name: (folder / name).read_text("utf-8"))


def layouts_from(text: Callable[[str], str]) -> Layouts:
    """Build the layouts from the texts of a package's files.

    Parameters
    ----------
    text : callable
        Takes a file name of the package, such as ``rules.csv``, and returns its text.

    Returns
    -------
    Layouts
        In the order of ``layouts.csv`` and ``rules.csv``: the first rule that meets a cell decides.
    """

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(text(name), newline=""), strict=True))

    layouts = []
    for row in rows("layouts.csv"):
        columns = pd.DataFrame(rows(f"{row['layout']}.csv"), dtype=object)
        columns["header"] = [tidy(header) for header in columns["header"]]
        layouts.append(
            Layout(
                name=row["layout"],
                period=row["period"],
                sheet=row["sheet"],
                header_rows=int(row["header_rows"]),
                match=row["match"],
                missing=("", *row["missing"].split("|")),
                columns=columns,
            )
        )
    return Layouts(tuple(layouts), tuple(Rule(**row) for row in rows("rules.csv")))


def recognise(file: str, grids: Sequence[Grid], layouts: Layouts) -> Sheet:
    """Find the sheet and layout of a file by its exact header row.

    Raises
    ------
    UnreadableError
        If no layout has this header: the nearest is named, with the first columns that differ.
    """
    named = {layout.sheet for layout in layouts.layouts} - {""}
    candidates = [grid for grid in grids if grid.sheet in named] or list(grids)
    for grid in candidates:
        for layout in layouts.layouts:
            if layout.fits(_header(grid, layout)):
                return _sheet(file, grid, layout)
    raise _unknown(file, grids, candidates, layouts)


def _header(grid: Grid, layout: Layout) -> list[str]:
    """Return the header of a grid, without the empty columns that Excel leaves at its end."""
    if len(grid.rows) < layout.header_rows:
        return []
    header = [tidy(cell) for cell in grid.rows[layout.header_rows - 1]]
    while header and not header[-1]:
        header.pop()
    return header


def _sheet(file: str, grid: Grid, layout: Layout) -> Sheet:
    header = _header(grid, layout)
    width = len(header)
    rows = grid.rows[layout.header_rows :]
    ragged = [
        layout.header_rows + number
        for number, row in enumerate(rows, start=1)
        if row and (len(row) < width or any(cell.strip() for cell in row[width:]))
    ]
    if ragged:
        raise UnreadableError(
            f"'{file}': {len(ragged)} rows have more or fewer cells than the {width} of the header "
            f"(rows {', '.join(map(str, ragged[:SHOWN]))}), so values may stand under the wrong column.",
            advice="Nothing was read. Save the file again from the publisher's original.",
        )
    body = pd.DataFrame([row[:width] or [""] * width for row in rows], columns=range(width), dtype=object)
    if layout.match == "names":
        body.columns = pd.Index(header)
    return Sheet(grid.sheet, layout, body, layout.header_rows + 1)


def _unknown(file: str, grids: Sequence[Grid], candidates: Sequence[Grid], layouts: Layouts) -> UnreadableError:
    known = ", ".join(layout.name for layout in layouts.layouts)
    scored = [
        (len(set(header) & set(layout.header)) / len(set(header) | set(layout.header)), header, layout)
        for grid in candidates
        for layout in layouts.layouts
        if (header := _header(grid, layout))
    ]
    changed = (
        "Nothing was read. If the publisher changed the columns, the new header needs a table of its own "
        "beside the others in the layouts package"
    )
    advice = "otherwise use the file as it was published."
    score, header, layout = max(scored, key=lambda item: item[0], default=(0.0, [], None))
    if layout is None or score == 0:
        sheets = ", ".join(f"'{grid.sheet}'" for grid in grids if grid.sheet) or "the file"
        return UnreadableError(
            f"'{file}' holds no estates return: no known header in {sheets}. Known: {known}. {changed}", advice=advice
        )
    return UnreadableError(
        f"the header of '{file}' is not one of the known estates returns ({known}). "
        f"Nearest is {layout.name}: {'; '.join(_differences(header, layout))}. {changed}",
        advice=advice,
    )


def _differences(found: list[str], layout: Layout) -> list[str]:
    """Return the first columns in which a header differs from a layout's."""
    expected, lines = layout.header, []
    if layout.match == "names":
        lines = [f"'{name}' is missing" for name in sorted(layout.required - set(found))]
        lines += [f"'{name}' is not known" for name in found if name not in expected]
        return lines[:SHOWN] or ["a column is repeated"]
    matcher = SequenceMatcher(None, found, expected, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        for step in range(max(i2 - i1, j2 - j1)):
            here = found[i1 + step] if i1 + step < i2 else None
            there = expected[j1 + step] if j1 + step < j2 else None
            if here is None:
                lines.append(f"column {j1 + step + 1} '{there}' is missing")
            elif there is None:
                lines.append(f"column {i1 + step + 1} '{here}' is not expected")
            else:
                lines.append(f"column {i1 + step + 1} is '{here}' where '{there}' is expected")
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more


def nearest(text: str, known: Sequence[str]) -> str:
    """Return the known text that is most like another, or nothing."""
    return next(iter(get_close_matches(text, known, n=1, cutoff=0.6)), "")
