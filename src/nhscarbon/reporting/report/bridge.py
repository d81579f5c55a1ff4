"""Why both footprints changed: by cause, by organisation, and the lines that moved most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nhscarbon.analysis.decomposition.change import EFFECTS, LABELS, Change
from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name
from nhscarbon.methods.catalogue import CatalogueActivity
from nhscarbon.reporting.charts.waterfall import draw as draw_waterfall
from nhscarbon.reporting.report.document import Cell, Column, NativeChart, Section, Table, picture
from nhscarbon.reporting.report.evidence import component_name
from nhscarbon.reporting.report.request import ReportRequest, places_of, short_name

MOST = 20  # factor rows of a bridge, and lines that entered or left
ONLY_IF_ANY = ("prices", "supplied")

Activities = Mapping[str, CatalogueActivity]


def bridge_section(
    asked: ReportRequest, first: Footprint, last: Footprint, match: Sequence[str] | None
) -> Section | None:
    """Return why the footprints of two years differ; None where no total is in both of them.

    Parameters
    ----------
    asked : ReportRequest
    first, last : Footprint
        Of one NHS year each.
    match : sequence of str or None
        As `nhscarbon.compare`.
    """
    was, now = first.summary(), last.summary()
    names = [
        name for name in asked.shown if name in first.method.boundaries and was.periods and now.periods
        and not was.total_in_words(name, was.last) and not now.total_in_words(name, now.last)
    ]  # fmt: skip
    if not names:
        return None
    found = {name: compare(first, last, boundary=name, match=match) for name in names}
    wide = asked.boundary if asked.boundary in found else names[-1]
    places = places_of(max(max(each.total()["before_tco2e"], each.total()["after_tco2e"]) for each in found.values()))
    bridge, activities = found[wide], last.method.catalogue.activities
    tables = [_causes(found, places), *_organisations(asked, bridge, places), *_moved(bridge, activities, places),
              *_only(asked, bridge, activities, places)]  # fmt: skip
    covers = [f"{line[0].upper()}{line[1:]}." for each in found.values() for line in each.covers]
    words = (f"{bridge.title}.", *dict.fromkeys(covers), *bridge.notes)
    return Section("bridge", "Why it changed", words, (picture(draw_waterfall(bridge)),), tuple(tables))


def _effects(found: Sequence[Mapping[str, float]]) -> list[str]:
    return [name for name in EFFECTS if name not in ONLY_IF_ANY or any(each[f"{name}_tco2e"] for each in found)]


def _causes(found: Mapping[str, Change], places: int) -> Table:
    whole = [each.total() for each in found.values()]
    rows: list[tuple[Cell, ...]] = [("Before", *(each["before_tco2e"] for each in whole))]
    rows += [(LABELS[name], *(each[f"{name}_tco2e"] for each in whole)) for name in _effects(whole)]
    rows.append(("After", *(each["after_tco2e"] for each in whole)))
    columns = (Column("Cause"), *(Column(f"{short_name(name)} [tCO2e]", "number", places) for name in found))
    chart = NativeChart("bar", "What changed, by cause, tCO2e", tuple(range(1, len(columns))), len(rows) - 2, skip=1)
    return Table("effects", "The change by cause", columns, tuple(rows), "The causes add up to the change exactly.",
                 total=True, chart=chart)  # fmt: skip


def _organisations(asked: ReportRequest, bridge: Change, places: int) -> list[Table]:
    """Return the change of each organisation, where there are several."""
    columns = bridge.table.columns
    place = next((name for name in ("member", "organisation") if name in columns), "")
    if not place or bridge.table[place].nunique() < 2:
        return []
    frame = bridge.by(place).to_dict("records")
    names = ("before", *_effects([bridge.total()]), "after")
    rows: list[tuple[Cell, ...]] = [
        (asked.name_of(str(row[place])), str(row[place]), *(float(row[f"{name}_tco2e"]) for name in names))
        for row in frame
    ]  # fmt: skip
    heads = ("Before", *(LABELS[name] for name in names[1:-1]), "After")
    boundary = boundary_name(bridge.boundaries[1])
    return [Table(
        "effects-by-organisation", "The change by cause and organisation",
        (Column("Organisation", share=24), Column("code", "code", under=True),
         *(Column(head, "number", places) for head in heads)), tuple(rows), f"{boundary}, tCO2e.",
    )]  # fmt: skip


def _moved(bridge: Change, activities: Activities, places: int) -> list[Table]:
    rows: list[tuple[Cell, ...]] = [
        (f"{_label(activities, row['activity'])}: {component_name(str(row['component'])).lower()}",
         str(row["activity"]), float(row["factor_tco2e"]) + float(row["method_tco2e"]),
         float(row["factor_before_in_prices_after"]),
         float(row["factor_after"]), str(row["factor_unit_after"]),
         " to ".join(dict.fromkeys([row["package_before"], row["package_after"]])), str(row["known_breaks"]))
        for row in bridge.factors.head(MOST).to_dict("records")
    ]  # fmt: skip
    columns = (Column("Factor", share=24), Column("code", "code", under=True), Column("tCO2e", "number", places),
               Column("before [kgCO2e/unit]", "number", 5), Column("after [kgCO2e/unit]", "number", 5),
               Column("unit"), Column("publications", "code", share=20),
               Column("the published factor changed", share=20))  # fmt: skip
    note = f"The {len(rows)} that moved most, of {len(bridge.factors):,}. Factors of spend are in the later price year."
    return [Table("factors-that-moved", "Factors that moved most tonnes", columns, tuple(rows), note)] if rows else []


def _only(asked: ReportRequest, bridge: Change, activities: Activities, places: int) -> list[Table]:
    frame = bridge.entered_and_left()
    rows: list[tuple[Cell, ...]] = [
        (f"{_label(activities, row['activity'])}: {component_name(str(row['component'])).lower()}",
         " ".join(filter(None, [str(row["activity"]), str(row.get("organisation", ""))])),
         asked.name_of(str(row.get("organisation", ""))), float(row["left_tco2e"]), float(row["entered_tco2e"]),
         str(row["why"]))
        for row in frame.head(MOST).to_dict("records")
    ]  # fmt: skip
    columns = (Column("Line", share=24), Column("code", "code", under=True), Column("organisation", share=16),
               Column("left [tCO2e]", "number", places), Column("entered [tCO2e]", "number", places),
               Column("why", share=28))  # fmt: skip
    note = f"The {len(rows)} largest, of {len(frame):,}: what only one of the two could count."
    return [Table("entered-and-left", "What entered and left", columns, tuple(rows), note)] if rows else []


def _label(activities: Activities, code: object) -> str:
    """Return what people call an activity; of totals that were supplied, the word itself."""
    entry = activities.get(str(code))
    return entry.label if entry is not None else str(code)
