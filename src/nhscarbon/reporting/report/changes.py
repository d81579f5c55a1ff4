"""The years that were, and those ahead: the trend and the trajectory."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nhscarbon.analysis.decomposition.trend import left_out, letters_of
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name
from nhscarbon.footprint.whole_years import whole_periods
from nhscarbon.reporting.charts.fan import draw as draw_fan
from nhscarbon.reporting.charts.trend import draw as draw_trend
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.report.document import Cell, Column, NativeChart, Section, Table, name_first, picture
from nhscarbon.reporting.report.request import ReportRequest, places_of
from nhscarbon.reporting.report.years import year_tables
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.series import year_notes
from nhscarbon.trajectory.targets.target_path import TargetPath


def trend(asked: ReportRequest, years: Sequence[Footprint]) -> Section:
    """Return both totals of each year, and of the main one the years in which published factors changed."""
    if not whole_periods(asked.whole, asked.main)["complete"].any():
        return Section("trend", "By year", _changing(asked, years), (), year_tables(asked))
    drawn = draw_trend(years, boundary=asked.main)
    data = drawn.table
    records, places = data.to_dict("records"), places_of(float(data["tco2e"].abs().max()))
    rows: list[tuple[Cell, ...]] = [
        (row["period"], _number(row["tco2e"]), None if place == 0 else _number(row["factor_tco2e"]),
         None if place == 0 else _number(row["breaks_tco2e"]), letter, asked.in_labels(row["breaks"]))
        for place, (row, letter) in enumerate(zip(records, letters_of(data), strict=True))
    ]  # fmt: skip
    columns = (Column("NHS year"), Column("tCO2e", "number", places),
               Column("by all factors [tCO2e]", "number", places),
               Column("by changed published factors [tCO2e]", "number", places), Column("mark"),
               Column("the published factor changed", share=40))  # fmt: skip
    note = (
        "What factors moved is since the year before. A letter marks a year in which changes of published factors "
        "moved the total by 1 % or more: a publisher's revision, not something that the organisation did."
    )
    table = Table("by-year", "Tonnes by year", columns, tuple(rows), f"{boundary_name(asked.main)}. {note}")
    words = (*_changing(asked, years), *left_out(data))
    return Section("trend", "By year", words, (picture(drawn),), (*year_tables(asked), table))


def _number(value: float) -> float | None:
    """Return a figure of a year, or nothing where the year is not whole."""
    return None if pd.isna(value) else float(value)


def _changing(asked: ReportRequest, years: Sequence[Footprint]) -> tuple[str, ...]:
    """Say which organisations have no rows in some year: the total moves with them."""
    held = [frozenset(each.sums.columns["organisation"].labels) for each in years]
    some = sorted({asked.body(body) for bodies in held for body in bodies if not all(body in other for other in held)})
    return (f"Not in every year: {name_first(some, 10)}. The totals move with them.",) if some else ()


def trajectory(projection: Projection, path: TargetPath | None) -> Section:
    """Return the bands of a projection, the chance of meeting a path, and every assumption."""
    bands = projection.bands()
    of_path = pd.DataFrame(columns=["year", "tco2e"]) if path is None else path.table
    start = (
        f"From {projection.base} on, by {projection.method}; {projection.noise.draws:,} simulations. "
        f"What the measured total covers: {projection.label}."
    )
    tables = (_bands(bands, of_path), *_chances(projection, path), _assumed(projection))
    words = (start, *year_notes(projection.history), *_aim(projection, path))
    return Section("trajectory", "What lies ahead", words, (picture(draw_fan(projection, path=path)),), tables)


def _aim(projection: Projection, path: TargetPath | None) -> list[str]:
    """Say what the target stands on, with the source of its base year, and each window in both readings."""
    if path is None:
        return []
    return [f"Target: {path.note}.", *(f"{each}." for each in projection.chances(path).verdicts())]


def _bands(bands: pd.DataFrame, of_path: pd.DataFrame) -> Table:
    limit = dict(zip(of_path["year"], of_path["tco2e"], strict=True))
    names = ("median", "low_50", "high_50", "low_80", "high_80", "low_95", "high_95")
    rows = [
        (row["year"], *(float(row[name]) for name in ("tco2e", *names)), *([limit.get(row["year"])] if limit else []))
        for row in bands.to_dict("records")
    ]
    heads = ("published [tCO2e]", "median [tCO2e]", *(f"{side} of {level} % [tCO2e]" for level in (50, 80, 95)
             for side in ("low", "high")), *(["target [tCO2e]"] if limit else []))  # fmt: skip
    places = places_of(float(bands["tco2e"].abs().max()))
    columns = (Column("NHS year"), *(Column(name, "number", places) for name in heads))
    drawn = (1, 2, 7, 8, *([9] if limit else []))
    chart = NativeChart("line", "Projected tonnes by NHS year, tCO2e", drawn, len(rows))
    note = (
        "Published: every figure as published or most likely. Bands hold 50, 80 and 95 % of the simulations. The "
        "median lies above the published line, as figures may be off further upwards than downwards: it is no growth."
    )
    return Table("bands", "Projected tonnes by year", columns, tuple(rows), note, chart=chart)


def _chances(projection: Projection, path: TargetPath | None) -> list[Table]:
    if path is None:
        return []
    found = projection.chances(path).table
    rows = [
        (label(str(row["what"])), row["target"], " to ".join(dict.fromkeys([row["first_year"], row["last_year"]])),
         float(row["limit_tco2e"]), 100 * float(row["probability"]), row["wording"])
        for row in found.to_dict("records")
        if row["what"] != "year"
    ]  # fmt: skip
    columns = (Column("What"), Column("target", "code"), Column("NHS years"), Column("limit [tCO2e]", "number", 1),
               Column("chance [%]", "number", 1), Column("in words", share=28))  # fmt: skip
    return [Table("chances", "Chances of meeting the target", columns, tuple(rows))]


def _assumed(projection: Projection) -> Table:
    rows = [tuple(str(row[name]) for name in ("about", "years", "assumption", "status", "source"))
            for row in projection.assumptions.to_dict("records")]  # fmt: skip
    columns = (Column("About", "code", share=20), Column("NHS years"), Column("assumption", share=40), Column("status"),
               Column("source", "code"))  # fmt: skip
    return Table("assumptions", "What is taken for granted", columns, tuple(rows))
