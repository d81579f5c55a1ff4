"""Where each organisation and the system stand against their path, as `nhscarbon.monitor` found, with why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from nhscarbon.analysis.decomposition.change import EFFECTS, LABELS
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, boundary_name
from nhscarbon.periods import nhs_year
from nhscarbon.reporting.drawing.path_picture import small_picture
from nhscarbon.reporting.drawing.svg import svg
from nhscarbon.reporting.report.board_standing import members
from nhscarbon.reporting.report.board_years import has_both
from nhscarbon.reporting.report.document import Cell, Column, NativeChart, Section, Sign, SmallPicture, Table
from nhscarbon.reporting.report.request import ReportRequest, places_of, short_name
from nhscarbon.reporting.report.signs import CANNOT_SAY, OFF_TRACK, ON_TRACK, WATCH
from nhscarbon.trajectory.monitoring.members import SYSTEM
from nhscarbon.trajectory.monitoring.monitor import monitor
from nhscarbon.trajectory.monitoring.result import Monitor
from nhscarbon.trajectory.targets.targets import Targets

STATUS_WORDS: Mapping[str, str] = {
    ON_TRACK: "On track", WATCH: "Watch", OFF_TRACK: "Off track", CANNOT_SAY: "Cannot say",
}  # fmt: skip
ALL = "All organisations together"


def judged(
    footprint: Footprint,
    targets: Targets | Monitor | str | Path,
    *,
    base: SuppliedFootprint | None,
    release: str | None,
) -> Monitor | None:
    """Return where the organisations of a footprint stand; None where one year alone cannot be judged."""
    if isinstance(targets, Monitor):
        return targets
    if not has_both(footprint) or (len(footprint.periods) < 2 and base is None):
        return None
    return monitor(footprint, targets, base=base, hierarchy=release)


def standing(asked: ReportRequest) -> Section | None:
    """Return where each organisation stands; None where nothing was judged."""
    found = asked.found
    if found is None or not len(found.table):
        return None
    tables = [
        _judged(asked, found),
        *_causes(asked, found),
        *_readings(asked, found),
        *_series(asked, found),
        *_to_date(asked, found),
    ]
    words = (f"Judged against {found.basis.plan.plan}, on {found.basis.base_year}. A gap above zero is over the path.",
             *_base(found), *found.notes)  # fmt: skip
    return Section("standing", "On track or not", words, (), tuple(tables), small=_small(asked, found))


def _base(found: Monitor) -> tuple[str, ...]:
    """Say where a base year is from that is known only as totals by theme."""
    if found.base is None or not any(found.series["supplied"]):
        return ()
    source = ", ".join(filter(None, [found.base.source, found.base.vintage]))
    return (f"{found.basis.base_period} is known as totals by theme, from {source}.",)


def _small(asked: ReportRequest, found: Monitor) -> tuple[SmallPicture, ...]:
    """Return the small pictures of a system and its organisations, all on one scale."""
    if SYSTEM not in set(found.table["organisation"]) or CORE not in found.theme_years:
        return ()
    shown, _ = members(found, CORE, {code: asked.name_of(code) for code in asked.names})
    years = [year for each in shown for year, _ in each.actual]
    most = max((value for each in shown for _, value in (*each.actual, *each.path)), default=1.0)
    pictures = []
    for each in shown:
        drawn = ""
        if each.actual:
            drawing = small_picture(each.actual, each.path, first=min(years), last=max(years), most=most,
                                    label=each.tonnes)  # fmt: skip
            drawn = svg(
                drawing, f"{each.name}: {boundary_name(CORE)} and its path", f"{each.tonnes} tCO2e, {each.words}"
            )
        pictures.append(SmallPicture(each.name, sign_of(each.standing), each.words, drawn))
    return tuple(pictures)


def _causes(asked: ReportRequest, found: Monitor) -> list[Table]:
    """Return what changed by cause since the base year, and since the year before."""
    frame = found.causes
    if frame.empty:
        return []
    places = places_of(float(frame["after_tco2e"].abs().max()))
    names = [name for name in EFFECTS if (frame[f"{name}_tco2e"].abs() > 0).any()]
    rows = [
        (_who(asked, row["organisation"]), boundary_name(row["boundary"]), f"{row['since']} to {row['period']}",
         *(_number(row[f"{name}_tco2e"]) for name in ("before", *names, "after")))
        for row in frame.to_dict("records")
    ]  # fmt: skip
    columns = (
        Column("Organisation", share=24), Column("total", under=True), Column("NHS years", under=True),
        Column("before", "number", places), *(Column(LABELS[name], "number", places) for name in names),
        Column("after", "number", places),
    )  # fmt: skip
    note = "tCO2e, of the themes that are judged. Known only as totals, a theme changes as a whole."
    return [Table("standing-causes", "What changed by cause", columns, tuple(rows), note)]


def status_of(found: Monitor | None, organisation: str, boundary: str) -> Cell:
    """Return the status of an organisation; nothing where it was not judged."""
    if found is None:
        return None
    rows = found.table[(found.table["organisation"] == organisation) & (found.table["boundary"] == boundary)]
    return sign_of(str(rows["status"].iloc[0])) if len(rows) else None


def sign_of(status: str) -> Sign:
    """Return a status as a shape and its words."""
    return Sign(status, STATUS_WORDS[status])


def _who(asked: ReportRequest, organisation: str) -> str:
    return ALL if organisation == SYSTEM else asked.name_of(organisation)


def _code(asked: ReportRequest, organisation: str) -> str:
    return "" if organisation == SYSTEM or asked.name_of(organisation) == organisation else organisation


def _number(value: object) -> float | None:
    number = float(str(value))
    return None if math.isnan(number) else number


def _judged(asked: ReportRequest, found: Monitor) -> Table:
    frame = found.table
    places = places_of(float(frame["tco2e"].abs().max()))
    rows = [
        (_who(asked, row["organisation"]), boundary_name(row["boundary"]), _code(asked, row["organisation"]),
         sign_of(row["status"]), row["period"], _number(row["tco2e"]), _number(row["allowance_tco2e"]),
         _number(row["gap_tco2e"]), _number(row["gap_years"]), _number(row["required_percent"]),
         _number(row["pace_percent"]), row["crossing_period"], row["why"])
        for row in frame.to_dict("records")
    ]  # fmt: skip
    columns = (
        Column("Organisation", share=20), Column("total", under=True), Column("code", "code", under=True),
        Column("status"), Column("NHS year", under=True), Column("tCO2e", "number", places),
        Column("path", "number", places, under=True), Column("gap [tCO2e]", "number", places),
        Column("years behind", "number", 1, under=True), Column("fall needed [% a year]", "number", 1),
        Column("pace", "number", 1, under=True), Column("meets the path in", "number", under=True),
        Column("why", share=40),
    )  # fmt: skip
    note = "Tonnes are of the themes that are answered in every complete year from the base on."
    return Table("standing-list", "Against the path", columns, tuple(rows), note)


def _readings(asked: ReportRequest, found: Monitor) -> list[Table]:
    """Return both readings of a target's window of years: its first year and its end."""
    frame = found.readings
    if frame.empty:
        return []
    places = places_of(float(frame["allowance_tco2e"].abs().max()))
    rows = [
        (_who(asked, row["organisation"]), boundary_name(row["boundary"]), row["target"],
         "first year" if row["reading"] == "first" else "end", nhs_year(int(row["due"])), float(row["cut_percent"]),
         float(row["allowance_tco2e"]), float(row["gap_tco2e"]), _number(row["gap_percent"]), sign_of(row["status"]))
        for row in frame.to_dict("records")
    ]  # fmt: skip
    columns = (
        Column("Organisation", share=20), Column("total", under=True), Column("target", "code", under=True),
        Column("reading of the window"), Column("due", under=True), Column("cut on the base [%]", "number", 1),
        Column("path [tCO2e]", "number", places), Column("gap [tCO2e]", "number", places),
        Column("gap [%]", "number", 1), Column("status"),
    )  # fmt: skip
    return [Table("readings", "Both readings of the target's window", columns, tuple(rows))]


def _series(asked: ReportRequest, found: Monitor) -> list[Table]:
    """Return actual and path of each year, of the system or the only organisation."""
    frame = found.series
    names = [*dict.fromkeys(frame["organisation"])]
    whose = SYSTEM if SYSTEM in names else names[-1] if names else ""
    tables = []
    for boundary, part in frame[frame["organisation"] == whose].groupby("boundary", sort=False):
        name = str(boundary)
        if part["allowance_tco2e"].isna().all():
            continue
        places = places_of(float(part["tco2e"].abs().max()))
        rows = [
            (row["period"], float(row["tco2e"]) if row["complete"] else None, _number(row["allowance_tco2e"]),
             "" if row["complete"] else "not complete", "totals by theme from elsewhere" if row["supplied"] else "")
            for row in part.to_dict("records")
        ]  # fmt: skip
        columns = (Column("NHS year"), Column("actual [tCO2e]", "number", places),
                   Column("path [tCO2e]", "number", places), Column("note"), Column("source", under=True))  # fmt: skip
        themes = f"{int(part['themes'].iloc[0])} of {int(part['of_themes'].iloc[0])} themes"
        chart = NativeChart("line", f"{boundary_name(name)}: actual and path, tCO2e", (1, 2), len(rows))
        tables.append(Table(f"path-{name.replace('_', '-')}", f"{short_name(name)}: actual and path", columns,
                            tuple(rows), f"{_who(asked, whose)}; {themes}.", chart=chart))  # fmt: skip
    return tables


def _to_date(asked: ReportRequest, found: Monitor) -> list[Table]:
    """Return a year that is not over beside the same months of the year before."""
    frame = found.year_to_date
    if frame.empty:
        return []
    places = places_of(float(frame["tco2e"].abs().max()))
    rows = [
        (_who(asked, row["organisation"]), boundary_name(row["boundary"]), row["period"],
         " to ".join(filter(None, dict.fromkeys([str(row["first_month"]), str(row["last_month"])]))),
         _number(row["tco2e"]), _number(row["before_tco2e"]), _number(row["change_percent"]),
         f"{row['themes']} of {row['of_themes']}", row["why"])
        for row in frame.to_dict("records")
    ]  # fmt: skip
    columns = (
        Column("Organisation", share=20), Column("total", under=True), Column("NHS year"), Column("months", under=True),
        Column("tCO2e", "number", places), Column("the year before [tCO2e]", "number", places),
        Column("change [%]", "number", 1), Column("themes compared"), Column("why not", share=28),
    )  # fmt: skip
    return [Table("to-date", "Year to date against the same months", columns, tuple(rows))]
