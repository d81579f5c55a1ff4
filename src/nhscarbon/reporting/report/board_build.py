"""A board page out of a footprint: both totals and where they stand, with the parts that other modules make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, NOT_SENT, boundary_name, is_sent
from nhscarbon.output.text import in_title_case
from nhscarbon.periods import year_start
from nhscarbon.reporting.drawing.marks import length
from nhscarbon.reporting.report import board_sentences as sentences
from nhscarbon.reporting.report import board_standing as stands
from nhscarbon.reporting.report.board import (
    CANNOT_SAY,
    Board,
    BoardFigure,
    BoardMembers,
    BoardTheme,
    Moved,
    NextAction,
    Standing,
)
from nhscarbon.reporting.report.board_causes import causes_of
from nhscarbon.reporting.report.board_themes import data_quality, missing_themes, ranked_themes, themes_title
from nhscarbon.reporting.report.board_years import BoardYears, board_years, covered, judged_name, same_basis
from nhscarbon.reporting.report.number_words import change_percent, count_of
from nhscarbon.reporting.report.theme_lines import BoundaryTotal, year_figures
from nhscarbon.trajectory.monitoring.members import SYSTEM
from nhscarbon.trajectory.monitoring.result import Monitor

TITLE_LINES, TITLE_ROOM, TITLE_SIZE = 2, 500.0, 16  # in points, by widths that are a tenth too large at most
NOTHING_SENT = "None of the themes that only it has was sent."


@dataclass(frozen=True)
class BoardRequest:
    """What a board page is made of.

    Attributes
    ----------
    footprint : Footprint
        Of one NHS year or several.
    before : Footprint or None
        What the last year is compared with, where it is not the year before it in `footprint`.
    found : Monitor or None
        From `nhscarbon.monitor`.
    names : Mapping of str
        Of organisations, as far as they are known.
    title : str
        The organisation as the board knows it; empty for its name in the release.
    actions : tuple of NextAction
    draws, seed : int
        Of the likely ranges.
    """

    footprint: Footprint
    before: Footprint | None
    found: Monitor | None
    names: Mapping[str, str]
    title: str
    actions: tuple[NextAction, ...]
    draws: int
    seed: int


def board_of(asked: BoardRequest) -> Board:
    """Return what a board page says.

    Raises
    ------
    UsageError
        If the title is longer than two lines, or the methodology has not both footprints.
    """
    title = fitting_title(asked.title or _who(asked))
    years = board_years(asked.footprint, asked.before, asked.found)
    figures = year_figures(years.last, draws=asked.draws, seed=asked.seed)
    core, plus = (_figure(asked, years, each) for each in (figures.core, figures.plus))
    themes = ranked_themes(years, figures)
    year = years.year
    return Board(
        title=title, about=_about(year, years), mark=_mark(years.last),
        lead=sentences.lead(core, plus, reasons=_reasons(asked, core, plus, themes), year=year), core=core, plus=plus,
        themes_title=themes_title(core, plus, themes), compared_with=years.before.periods[0] if years.before else "",
        themes=themes, causes=causes_of(asked.footprint, asked.found, years), missing=missing_themes(years, figures),
        quality=data_quality(years.last, core, plus, figures), actions=asked.actions, members=_members(asked),
        foot=_foot(asked),
    )  # fmt: skip


def fitting_title(title: str) -> str:
    """Return a title in one spacing; refuse one that needs more than two lines of the page in print."""
    text = " ".join(title.split())
    lines, wide = 1, 0.0
    for word in text.split():
        more = length(f"{word} ", TITLE_SIZE, bold=True)
        lines, wide = (lines, wide + more) if wide + more <= TITLE_ROOM else (lines + bool(wide), more)
        lines, wide = lines + int(wide // TITLE_ROOM), wide % TITLE_ROOM  # of a word that is longer than a line
    if not text or lines > TITLE_LINES:
        raise UsageError(
            f"the title has {count_of(len(text), 'character')} and needs {count_of(lines, 'line')}; "
            f"{TITLE_LINES} lines fit the board page: '{text[:60]}'",
            advice="Give a shorter name with title= (--title).",
        )
    return text


def _who(asked: BoardRequest) -> str:
    codes = asked.footprint.sums.columns["organisation"].labels
    if asked.found is not None:  # on its map, on which some may have become one
        held = asked.found.members
        codes = held.judged[: held.organisations]
    if len(codes) > 1:
        return count_of(len(codes), "organisation")
    return in_title_case(asked.names.get(codes[0], "")) or codes[0]


def _about(year: str, years: BoardYears) -> str:
    start = int(year_start(year)[:4])
    part = "" if years.complete else " (part of the year)"
    return f"Carbon footprint, April {start} to March {start + 1}{part}"


def _mark(footprint: Footprint) -> str:
    return "" if footprint.method.status == "published" else "Draft method: figures may change"


def _figure(asked: BoardRequest, years: BoardYears, total: BoundaryTotal) -> BoardFigure:
    """Return one of the two large figures."""
    said = covered(years.last, total.name)
    partial, notes = "", [part for part in said.split("; ") if part]
    if notes and notes[0].startswith("partial: "):
        partial = notes.pop(0)
    covers = f"on {total.answered} themes" if partial else ""
    if total.tco2e is None or not is_sent(said):
        notes = []
    moved = []
    if total.tco2e is not None and years.before is not None:
        moved.append(_on_before(years, years.before, total))
    stand, lines, picture = Standing(CANNOT_SAY, _no_monitor(years)), None, ""
    found = asked.found
    if found is not None and total.tco2e is not None:
        name = judged_name(found)
        stand = stands.standing(found, name, total.name, total.tco2e) if years.complete else stand
        lines = stands.path_lines(found, name, total.name, years.parts)
        picture = stands.picture_words(found, name, total.name)
        moved += [stands.since_base(found, name, total.name, total.tco2e), stands.so_far(found, name, total.name)]
    if total.tco2e is None:
        stand = Standing(CANNOT_SAY, NOTHING_SENT if total.words == NOT_SENT else f"The total is {total.words}.")
    return BoardFigure(
        title=total.title, short=total.title.removeprefix("NHS Carbon ") if total.name != CORE else total.title,
        tco2e=total.tco2e, words=total.words[:1].upper() + total.words[1:], low=total.low, high=total.high,
        covers=covers, notes=tuple(each[:1].upper() + each[1:] for each in notes), moved=tuple(filter(None, moved)),
        standing=stand, verdict=sentences.verdict(stand), lines=lines, picture=picture,
    )  # fmt: skip


def _no_monitor(years: BoardYears) -> str:
    if not years.complete:
        return f"Part of a year is not judged: {years.why[:1].lower()}{years.why[1:]}."
    return "A base year and a later year are needed."


def _on_before(years: BoardYears, before: Footprint, total: BoundaryTotal) -> Moved | None:
    """Return the change on the year before, on the same themes, organisations and months."""
    if before.missing_components(total.name):
        return None
    found = same_basis(before, years.last, total.name, mapped=years.mapped)
    if found is None or not (found.before or found.after):
        return None
    same = "" if found.whole else f", same {count_of(found.themes, 'theme')}"
    same += f"{' and' if same else ', same'} organisations" if found.organisations else ""
    return Moved(change_percent(found.before, found.after, 1), f"on {before.periods[0]}{same}")


def _reasons(asked: BoardRequest, core: BoardFigure, plus: BoardFigure, themes: Sequence[BoardTheme]) -> list[str]:
    """Return what may be said of the Plus in the lead, the best first."""
    reasons = sentences.largest_reason(themes, plus.tco2e or 0.0)
    found = asked.found
    if found is None or core.tco2e is None or plus.tco2e is None:
        return reasons
    name = judged_name(found)
    inside, whole = (
        dict(stands.actual_points(found, name, boundary)) for boundary in (CORE, found.footprint.method.widest)
    )
    years = sorted(set(inside) & set(whole))
    if len(years) < 2 or years[0] != int(found.basis.base_period[:4]):
        return reasons
    was, now = (whole[year] - inside[year] for year in (years[0], years[-1]))
    rest = sentences.rest_reason(plus.tco2e - core.tco2e, plus.tco2e, was, now, found.basis.base_period)
    return [*filter(None, [rest]), *reasons]


def _members(asked: BoardRequest) -> BoardMembers | None:
    """Return the small pictures of a system."""
    found = asked.found
    if found is None or judged_name(found) != SYSTEM:
        return None
    names = {code: in_title_case(name) for code, name in asked.names.items()}
    shown, every = stands.members(found, CORE, names)
    more = every + 1 - len(shown)
    note = f"share of its own {found.basis.base_period}, tCO2e at the end; worst first"
    note += f"; {more} more in the analyst report" if more else ""
    return BoardMembers(f"{boundary_name(CORE)} of each organisation", note, shown)


def _foot(asked: BoardRequest) -> str:
    """Return one line of method and digests."""
    stamp = asked.footprint.stamp
    supplied = ""
    if asked.found is not None and any(asked.found.series["supplied"]):
        base = asked.found.base
        source = "elsewhere" if base is None else ", ".join(filter(None, (base.source, base.vintage)))
        supplied = f" {asked.found.basis.base_period} is known as totals by theme, from {source}."
    return (
        f"Method {stamp.methodology} ({stamp.status}, {stamp.methodology_digest[:12]}), data "
        f"{stamp.input_sha256[:12]}, nhscarbon {stamp.code_version}. Figures are rounded to 3 significant figures, so "
        f"parts may not add up. Likely range: 95% interval.{supplied} The analyst report has every figure, factor and "
        "finding."
    )
