"""Places as the sender sees them: the letters of columns, and the cell of a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nhscarbon.activity.activity import SheetRows, Source
from nhscarbon.findings import Finding, every_column
from nhscarbon.output.excel import letters

ACROSS = ("quantity", "period")  # that a table with months across has in its header, or in a cell of a month
OF_FIGURES = ("", "quantity", "period")  # what is shown at a figure, where months stand across
OF_A_ROW = ("activity", "quantity")  # where a finding about whole rows is shown


def with_cell(finding: Finding, sources: Sequence[Source]) -> Finding:
    """Say the cell of a finding's first row as a spreadsheet names it, or that of its column's header.

    Findings about whole rows, such as a factor that no publication has, are shown at the activity.
    """
    placed = [each for source in sources for each in source.sheets]
    fits = [each for each in placed if each.sheet == finding.sheet]
    if finding.cell or len(fits) != 1:
        return finding
    header = fits[0].header
    if cell := _across(finding, fits[0]):
        return replace(finding, cell=cell)
    if finding.column in fits[0].once and (finding.refuses or not finding.activity):  # else it is about one line
        sheet, cell = fits[0].once[finding.column]
        return replace(finding, sheet=sheet, cell=cell, first_rows=())
    if finding.first_rows and fits[0].quantity_columns and finding.column in OF_FIGURES:
        return replace(finding, cell=_of_figure(finding, fits[0].quantity_columns))
    names = (finding.column,) if finding.column else OF_A_ROW if finding.first_rows else ()
    name = next((each for each in names if each in header), "")
    row = finding.first_rows[0] if finding.first_rows else fits[0].header_row
    return replace(finding, cell=f"{letters(header.index(name))}{row}") if name else finding


def _across(finding: Finding, sheet: SheetRows) -> str:
    """Return the cell of a month, or the header over it, of a finding about rows that were read from months across."""
    places = every_column(finding.first_rows)
    if not places or places[0] < 0 or finding.column not in ACROSS or finding.column in sheet.header:
        return ""
    return f"{letters(places[0])}{sheet.header_row if finding.column == 'period' else finding.first_rows[0]}"


def _of_figure(finding: Finding, columns: Mapping[tuple[int, str], str]) -> str:
    """Return the cell of a finding's figure where months stand across: that of its month, or the first of its row."""
    row = finding.first_rows[0]
    first = next((column for (of, _), column in columns.items() if of == row), "A")
    return f"{columns.get((row, finding.period), first)}{row}"


def address(finding: Finding) -> str:
    """Return a finding's sheet and cell as a spreadsheet writes them, such as ``Energy!C3``; empty without a cell."""
    if not finding.sheet or not finding.cell:
        return finding.cell
    plain = finding.sheet.isidentifier()
    name = finding.sheet if plain else "'" + finding.sheet.replace("'", "''") + "'"
    return f"{name}!{finding.cell}"
