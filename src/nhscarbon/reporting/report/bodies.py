"""Both footprints of each organisation and site, what each covers, and a column for each NHS year."""

from __future__ import annotations

from nhscarbon.footprint.both_footprints import both
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import NOT_SENT, answered_themes, boundary_name, has_own
from nhscarbon.footprint.on_map import MEMBER
from nhscarbon.reporting.report.document import Cell, Column, Section, Table
from nhscarbon.reporting.report.request import ReportRequest, short_name
from nhscarbon.reporting.report.standing_tables import status_of
from nhscarbon.reporting.report.years import year_header

NO_SITE = "no site"
Places = dict[tuple[str, ...], float]


def bodies(asked: ReportRequest) -> Section | None:
    """Return both footprints of each organisation, member of a roll-up and site, where there are several."""
    columns = asked.whole.sums.columns
    tables = []
    if len(columns["organisation"].labels) > 1:
        tables += [_organisations(asked), *_by_year(asked, "organisation")]
    if MEMBER in columns:
        tables += [_members(asked)]
    if "site" in columns:
        tables.append(_sites(asked))
    return Section("bodies", "Organisations and sites", (), (), tuple(tables)) if tables else None


def _tonnes(asked: ReportRequest, footprint: Footprint, *names: str) -> list[Places]:
    """Return the tonnes of each boundary that is shown, by columns."""
    found = []
    for boundary in asked.shown:
        if footprint.missing_components(boundary):
            found.append(Places())
            continue
        frame = footprint.by(*names, boundary=boundary)
        words = zip(*(frame[name].astype(str) for name in names), strict=True)
        found.append(dict(zip(words, frame["tco2e"].tolist(), strict=True)))
    return found


def _ordered(found: list[Places]) -> list[tuple[str, ...]]:
    """Return the places of any boundary, the largest of the wider one first."""
    keys = {key for part in found for key in part}
    return sorted(keys, key=lambda key: (-max(part.get(key, 0.0) for part in found), key))


def _share(asked: ReportRequest, found: list[Places], key: tuple[str, ...]) -> float | None:
    """Return the share of a place in the main boundary [%]."""
    total = asked.total(asked.main)
    return 100 * found[asked.shown.index(asked.main)].get(key, 0.0) / total if total else None


def _organisations(asked: ReportRequest) -> Table:
    """Return both footprints of each organisation, what they cover, and where it stands."""
    found = _tonnes(asked, asked.footprint, "organisation")
    coverage = dict(iter(asked.footprint.coverage.groupby("organisation", sort=False)))
    rolled_up = MEMBER in asked.footprint.sums.columns  # its coverage is of members
    judged = asked.found is not None
    rows: list[tuple[Cell, ...]] = []
    for key in _ordered(found):
        [code] = key
        cells: list[Cell] = []
        for boundary, part in zip(asked.shown, found, strict=True):
            own = None if rolled_up else coverage.get(code)
            sent = own is None or has_own(own, boundary, asked.footprint.method)
            cells.append(part.get(key) if sent else NOT_SENT)
            if not rolled_up:
                answered = "" if own is None else answered_themes(own, boundary, asked.footprint.method)
                cells.append(f"{answered} themes" if answered else "")
            if judged:
                cells.append(status_of(asked.found, code, boundary))
        rows.append((asked.name_of(code), code, *cells, _share(asked, found, key)))
    columns = [Column("Organisation", share=28), Column("code", "code", under=True)]
    for boundary in asked.shown:
        columns.append(asked.tonnes(boundary))
        columns += [] if rolled_up else [Column("answered", under=True)]
        columns += [Column(f"status, {short_name(boundary)}")] if judged else []
    columns.append(Column(f"share of the {short_name(asked.main)} [%]", "number", 1))
    return Table("by-organisation", "Tonnes by organisation", tuple(columns), tuple(rows), f"{asked.year}.")


def _by_year(asked: ReportRequest, name: str) -> list[Table]:
    """Return the tonnes of each organisation with a column for each NHS year, of both footprints."""
    years = asked.whole.periods
    if len(years) < 2:
        return []
    tables = []
    for boundary in both(asked.whole.method):
        if asked.whole.missing_components(boundary):
            continue
        frame = asked.whole.by("period", name, boundary=boundary)
        found: dict[str, dict[str, float]] = {}
        for year, code, tonnes in frame.itertuples(index=False, name=None):
            found.setdefault(str(code), {})[str(year)] = float(tonnes)
        if not found:
            continue
        rows = [
            (asked.name_of(code), code, *(by_year.get(year, "nothing sent") for year in years))
            for code, by_year in sorted(found.items(), key=lambda each: -max(each[1].values()))
        ]
        columns = (Column("Organisation", share=28), Column("code", "code", under=True),
                   *(Column(year_header(asked, year), "number", asked.places) for year in years))  # fmt: skip
        title = f"{boundary_name(boundary)} by organisation and year"
        said = "tCO2e. Each as far as it was sent: the themes of an organisation may differ from year to year."
        tables.append(Table(f"{boundary.replace('_', '-')}-organisations", title, columns, tuple(rows), said))
    return tables


def _members(asked: ReportRequest) -> Table:
    """Return both footprints of each member of a roll-up."""
    found = _tonnes(asked, asked.footprint, "organisation", MEMBER)
    rows = [
        (asked.name_of(member), member, asked.name_of(body), *(part.get((body, member)) for part in found),
         _share(asked, found, (body, member)))
        for body, member in _ordered(found)
    ]  # fmt: skip
    columns = (
        Column("Member", share=28), Column("code", "code", under=True), Column("counted in", share=20),
        *map(asked.tonnes, asked.shown), Column(f"share of the {short_name(asked.main)} [%]", "number", 1),
    )  # fmt: skip
    return Table("by-member", "Tonnes by member", columns, tuple(rows), f"{asked.year}.")


def _sites(asked: ReportRequest) -> Table:
    found = _tonnes(asked, asked.footprint, "organisation", "site")
    rows = [
        (site or NO_SITE, asked.name_of(body), *(part.get((body, site)) for part in found),
         _share(asked, found, (body, site)))
        for body, site in _ordered(found)
    ]  # fmt: skip
    columns = (
        Column("Site", "code"), Column("organisation", share=28), *map(asked.tonnes, asked.shown),
        Column(f"share of the {short_name(asked.main)} [%]", "number", 1),
    )  # fmt: skip
    return Table("by-site", "Tonnes by site", columns, tuple(rows), f"{asked.year}.")
