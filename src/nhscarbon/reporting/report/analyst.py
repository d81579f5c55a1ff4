"""The analyst report out of a footprint: both footprints, where they stand, and all the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.reporting.report import evidence, figures
from nhscarbon.reporting.report.bodies import bodies
from nhscarbon.reporting.report.bridge import bridge_section
from nhscarbon.reporting.report.changes import trajectory, trend
from nhscarbon.reporting.report.document import Document, Section
from nhscarbon.reporting.report.finding_tables import findings
from nhscarbon.reporting.report.request import ReportRequest
from nhscarbon.reporting.report.standing_tables import standing
from nhscarbon.reporting.report.working import working
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.target_path import TargetPath


def year_shown(years: Sequence[Footprint], parts: Mapping[str, str]) -> tuple[Footprint | None, Footprint | None, str]:
    """Return the last whole NHS year, the whole one just before it, and why a later one is not shown.

    Parameters
    ----------
    years : sequence of Footprint
        Of one NHS year each, in order.
    parts : Mapping[str, str]
        Why each is not whole.
    """
    if not years:
        return None, None, ""
    whole = [each for each in years if not parts[each.periods[0]]]
    last = whole[-1] if whole else years[-1]
    year = last.periods[0]
    before = whole[-2] if len(whole) > 1 and int(whole[-2].periods[0][:4]) + 1 == int(year[:4]) else None
    later = "; ".join(f"{each} is not whole ({why})" for each, why in parts.items() if each > year)
    return last, before, later


def analyst_document(
    asked: ReportRequest,
    years: Sequence[Footprint],
    *,
    later: str,
    before: Footprint | None,
    projection: Projection | None,
    target: TargetPath | None,
    match: Sequence[str] | None,
) -> Document:
    """Return what the analyst report says.

    Parameters
    ----------
    asked : ReportRequest
    years : sequence of Footprint
        Of one NHS year each, in order.
    later : str
        Why a later year than the one shown is not shown.
    before : Footprint or None
        What the bridge starts from; the first complete year when left out.
    projection : Projection or None
    target : TargetPath or None
    match : sequence of str or None
        As `nhscarbon.compare`.
    """
    sections: list[Section | None] = [findings(asked), standing(asked)]
    if asked.year:
        sections.append(figures.themes(asked))
    if not asked.nothing:
        sections.append(working(asked))
        if len(years) > 1:
            sections.append(trend(asked, years))
        first = before if before is not None else _first(asked, years)
        if first is not None:
            sections.append(bridge_section(asked, first, asked.footprint, match))
        if projection is not None:
            sections.append(trajectory(projection, target))
        sections.append(bodies(asked))
    sections += [evidence.completeness(asked), evidence.not_counted(asked)]
    if asked.year:
        sections.append(figures.totals(asked))
    if not asked.nothing:
        sections.append(figures.tiers(asked))
    sections += [evidence.factors(asked), evidence.method(asked)]
    stamp = asked.whole.stamp
    why = f": {later}" if later else ""
    said = f"Figures are of {asked.year} unless a table says another year{why}. Years are never added."
    shown = (said,) if len(years) > 1 else ()
    return Document(
        title=f"Carbon footprint of {asked.who}, {asked.when}", about="Analyst report",
        mark=f"Method {stamp.methodology}, data {stamp.input_sha256[:12]}",
        figures=figures.strip(asked), lead=(*figures.lead(asked), *shown),
        sections=tuple(each for each in sections if each is not None), foot=asked.all_years.last_line,
    )  # fmt: skip


def _first(asked: ReportRequest, years: Sequence[Footprint]) -> Footprint | None:
    """Return the first complete year that has a total of the year that is shown, for the bridge."""
    if len(years) < 2:
        return None
    earlier = [each for each in years if each.periods[0] < asked.year and not asked.parts[each.periods[0]]]
    usable = [each for each in earlier if not asked.all_years.total_in_words(asked.main, each.periods[0])]
    return usable[0] if usable else None
