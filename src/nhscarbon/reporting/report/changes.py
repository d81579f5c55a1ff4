"""What changed and what lies ahead: the trend, the bridge, and the trajectory."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nhscarbon.analysis.decomposition.change import EFFECTS, LABELS, Change
from nhscarbon.analysis.decomposition.trend import left_out, letters_of
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for
from nhscarbon.reporting.charts.fan import draw as draw_fan
from nhscarbon.reporting.charts.trend import draw as draw_trend
from nhscarbon.reporting.charts.waterfall import draw as draw_waterfall
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.report.document import Cell, Column, Section, Table, name_first, picture
from nhscarbon.reporting.report.figures import ReportRequest
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.series import year_notes
from nhscarbon.trajectory.targets.target_path import TargetPath

MOST = 20  # factor rows of a bridge, and lines that entered or left


def trend(asked: ReportRequest, years: Sequence[Footprint]) -> Section:
    """Return the total of each year, with the known breaks of factors marked."""
    drawn = draw_trend(years, boundary=asked.boundary)
    data = drawn.table
    records, places = data.to_dict("records"), places_for(float(data["tco2e"].abs().max()))
    rows: list[tuple[Cell, ...]] = [
        (row["period"], _number(row["tco2e"]), None if place == 0 else _number(row["factor_tco2e"]),
         None if place == 0 else _number(row["breaks_tco2e"]), letter, row["breaks"])
        for place, (row, letter) in enumerate(zip(records, letters_of(data), strict=True))
    ]  # fmt: skip
    columns = (Column("NHS year"), Column("tCO2e", "number", places),
               Column("by all factors [tCO2e]", "number", places),
               Column("by changed published factors [tCO2e]", "number", places), Column("mark"),
               Column("the published factor changed", "code"))  # fmt: skip
    note = (
        "What factors moved is since the year before. A letter marks a year in which changes of published factors "
        "moved the total by 1 % or more: a publisher's revision, not something that the organisation did."
    )
    table = Table("by-year", "Tonnes by year", columns, tuple(rows), note)
    return Section("trend", "Trend", (*_changing(years), *left_out(data)), (picture(drawn),), (table,))


def _number(value: float) -> float | None:
    """Return a figure of a year, or nothing where the year is not whole."""
    return None if pd.isna(value) else float(value)


def _changing(years: Sequence[Footprint]) -> tuple[str, ...]:
    """Say which organisations have no rows in some year: the total moves with them."""
    held = [frozenset(each.sums.columns["organisation"].labels) for each in years]
    some = sorted({body for bodies in held for body in bodies if not all(body in other for other in held)})
    return (f"Not in every year: {name_first(some, 10)}. The totals move with them.",) if some else ()


def bridge_section(bridge: Change) -> Section:
    """Return why one footprint differs from another."""
    whole = bridge.total()
    before, after = whole["before_tco2e"], whole["after_tco2e"]
    places = places_for(max(before, after))
    column = Column("tCO2e", "number", places)
    effects = [("Before", before), *((LABELS[name], whole[f"{name}_tco2e"]) for name in EFFECTS
                                     if name != "supplied" or whole["supplied_tco2e"]), ("After", after)]  # fmt: skip
    tables = [
        Table("effects", "The change by cause", (Column("Cause"), column), tuple(effects),
              "The causes add up to the change exactly."),
        *_moved(bridge, places), *_only(bridge, places),
    ]  # fmt: skip
    words = (
        f"{bridge.title}; {_inside(bridge)}.",
        *(f"{line[0].upper()}{line[1:]}." for line in bridge.covers),
        *bridge.notes,
    )
    return Section("bridge", "Why it changed", words, (picture(draw_waterfall(bridge)),), tuple(tables))


def _inside(bridge: Change) -> str:
    return " to ".join(dict.fromkeys(label(name) for name in bridge.boundaries))


def _moved(bridge: Change, places: int) -> list[Table]:
    rows = [
        (f"{row['activity']} {row['component']}", float(row["factor_tco2e"]) + float(row["method_tco2e"]),
         float(row["factor_before_in_prices_after"]), float(row["factor_after"]), row["factor_unit_after"],
         " to ".join(dict.fromkeys([row["package_before"], row["package_after"]])), row["known_breaks"])
        for row in bridge.factors.head(MOST).to_dict("records")
    ]  # fmt: skip
    columns = (Column("Factor", "code"), Column("tCO2e", "number", places), Column("before [kgCO2e/unit]", "number", 5),
               Column("after [kgCO2e/unit]", "number", 5), Column("unit"), Column("packages", "code"),
               Column("the published factor changed"))  # fmt: skip
    note = f"The {len(rows)} that moved most, of {len(bridge.factors):,}. Factors of spend are in the later price year."
    return [Table("factors-that-moved", "Factors that moved most tonnes", columns, tuple(rows), note)] if rows else []


def _only(bridge: Change, places: int) -> list[Table]:
    frame = bridge.entered_and_left()
    names = [name for name in ("activity", "component", "organisation") if name in frame.columns]
    rows = [
        (" ".join(str(row[name]) for name in names), float(row["left_tco2e"]), float(row["entered_tco2e"]), row["why"])
        for row in frame.head(MOST).to_dict("records")
    ]
    columns = (Column("Line", "code"), Column("left [tCO2e]", "number", places),
               Column("entered [tCO2e]", "number", places), Column("why"))  # fmt: skip
    note = f"The {len(rows)} largest, of {len(frame):,}: what only one of the two could count."
    return [Table("entered-and-left", "What entered and left", columns, tuple(rows), note)] if rows else []


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
    return Section("trajectory", "Trajectory", words, (picture(draw_fan(projection, path=path)),), tables)


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
    places = places_for(float(bands["tco2e"].abs().max()))
    columns = (Column("NHS year"), *(Column(name, "number", places) for name in heads))
    note = "Published: every figure as published or most likely. Bands hold 50, 80 and 95 % of the simulations."
    return Table("bands", "Projected tonnes by year", columns, tuple(rows), note)


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
    columns = (Column("What"), Column("target", "code"), Column("NHS years"), Column("limit [tCO2e]", "number"),
               Column("chance [%]", "number", 1), Column("in words"))  # fmt: skip
    return [Table("chances", "Chances of meeting the target", columns, tuple(rows))]


def _assumed(projection: Projection) -> Table:
    rows = [tuple(str(row[name]) for name in ("about", "years", "assumption", "status", "source"))
            for row in projection.assumptions.to_dict("records")]  # fmt: skip
    columns = (
        Column("About", "code"),
        Column("NHS years"),
        Column("assumption"),
        Column("status"),
        Column("source", "code"),
    )
    return Table("assumptions", "What is taken for granted", columns, tuple(rows))
