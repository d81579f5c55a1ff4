"""Both footprints of each NHS year, and by theme: a column or a row for each year, and never a sum of them."""

from __future__ import annotations

from nhscarbon.footprint.both_footprints import both, tonnes_column
from nhscarbon.footprint.label import boundary_name
from nhscarbon.reporting.report.document import Cell, Column, NativeChart, Table
from nhscarbon.reporting.report.figures import tonnes_or
from nhscarbon.reporting.report.request import ReportRequest, places_of, short_name


def year_tables(asked: ReportRequest) -> tuple[Table, ...]:
    """Return both totals by NHS year, and the themes of each footprint that was sent with a column for each year."""
    summary = asked.all_years
    largest = max((abs(value) for found in summary.totals.values() for value in found.values() if value is not None),
                  default=0.0)  # fmt: skip
    places = places_of(largest)
    sent = [name for name in both(asked.whole.method) if any(not summary.total_in_words(name, year)
                                                             for year in summary.periods)]  # fmt: skip
    return (_totals(asked, places, sent), *(_themes(asked, name, places) for name in reversed(sent)))


def _totals(asked: ReportRequest, places: int, sent: list[str]) -> Table:
    summary = asked.all_years
    rows: list[tuple[Cell, ...]] = []
    for year in summary.periods:
        cells: list[Cell] = []
        for name in summary.shown:
            cells += [summary.total_in_words(name, year) or summary.totals[year][name], summary.answers[year][name]]
        rows.append((year, *cells, asked.parts.get(year) or "whole"))
    columns = [Column("NHS year")]
    for name in summary.shown:
        columns += [Column(f"{short_name(name)} [tCO2e]", "number", places),
                    Column(f"themes answered, {short_name(name)}", "number")]  # fmt: skip
    columns.append(Column("whole or part of a year", share=28))
    drawn = tuple(1 + 2 * summary.shown.index(name) for name in sent)
    whole = [not asked.parts.get(year) for year in summary.periods]
    last = max((place for place, each in enumerate(whole, start=1) if each), default=0)
    chart = None  # a part of a year has no point on a line
    if drawn and last > 1 and all(whole[:last]):
        chart = NativeChart("line", "Both footprints by NHS year, tCO2e", drawn, last)
    note = "Years are never added. Totals of fewer themes cannot be compared: the tables by theme say which they are."
    return Table("years-of-both", "Both footprints by year", tuple(columns), tuple(rows), note, chart=chart)


def _themes(asked: ReportRequest, boundary: str, places: int) -> Table:
    summary = asked.all_years
    cells: dict[str, dict[str, Cell]] = {}
    for row in summary.themes.to_dict("records"):
        if row["theme"] in summary.inside[boundary]:
            found = tonnes_or(row[tonnes_column(boundary)], summary.in_words(boundary, row))
            cells.setdefault(str(row["label"]), {})[str(row["period"])] = found
    rows: list[tuple[Cell, ...]] = [(label, *(by_year.get(year) for year in summary.periods))
                                    for label, by_year in cells.items()]  # fmt: skip
    total = [summary.total_in_words(boundary, year) or summary.totals[year][boundary] for year in summary.periods]
    columns = (
        Column("Theme", share=24),
        *(Column(year_header(asked, year), "number", places) for year in summary.periods),
    )
    missing = frozenset(
        place
        for place, (_, *values) in enumerate(rows)
        if values and not any(isinstance(each, float) for each in values)
    )
    name = boundary_name(boundary)
    return Table(f"{boundary.replace('_', '-')}-by-year", f"{name} by theme and year", columns,
                 (*rows, ("Total", *total)), "tCO2e.", missing, total=True)  # fmt: skip


def year_header(asked: ReportRequest, year: str) -> str:
    """Return the header of an NHS year's column: a part of a year is said to be one."""
    return f"part of {year}" if asked.parts.get(year) else year
