"""A board page out of a footprint: both totals, where they stand, themes, causes, what is missing, how good the data are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.checks.theme_answers import NONE_USED, NOT_APPLICABLE, NOT_AVAILABLE, NOT_COUNTED
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, NOT_SENT, OPEN, boundary_name, is_sent
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.output.text import in_title_case
from nhscarbon.periods import year_start
from nhscarbon.reporting.drawing.marks import length
from nhscarbon.reporting.report import board_sentences as sentences
from nhscarbon.reporting.report import board_standing as stands
from nhscarbon.reporting.report.board import (
    CANNOT_SAY,
    Board,
    BoardCause,
    BoardCauses,
    BoardFigure,
    BoardMembers,
    BoardMissing,
    BoardTheme,
    Moved,
    NextAction,
    Standing,
)
from nhscarbon.reporting.report.board_years import (
    COUNTED,
    DID,
    FACTORS,
    METHOD,
    PRICES,
    SUPPLIED,
    BoardYears,
    before_by_theme,
    board_years,
    four_causes,
    same_basis,
)
from nhscarbon.reporting.report.number_words import change_percent, count_of, rounded, share
from nhscarbon.reporting.report.theme_lines import BoundaryTotal, ThemeLine, YearFigures, year_figures
from nhscarbon.trajectory.monitoring.members import SYSTEM
from nhscarbon.trajectory.monitoring.result import Monitor

ROOM, LABELS = "labels", "short-labels-1@1.0.0"
TITLE_LINES, TITLE_ROOM, TITLE_SIZE = 2, 430.0, 16  # of a page in print, in points
NAMED_MISSING = 6
ANSWER_WORDS = {NOT_AVAILABLE: "not available", NOT_COUNTED: "sent, not counted", NONE_USED: "none used",
                NOT_APPLICABLE: "not applicable"}  # fmt: skip
NOT_ANSWERED = "not answered"
NOTHING_SENT = "None of the themes that only it has was sent."
EVIDENCE = {  # what a tier means to a reader, the best first
    "optimal": "from meters, invoices and stock records",
    "standard": "from claims, logs and part estimates",
    "reduced": "from spending, models or averages",
    "unstated": "with evidence not stated",
}
CAUSES = (  # in a fixed order; prices and totals from elsewhere only where there are any
    (DID, "What the organisation did", "spend in real terms"),
    (PRICES, "Prices", "inflation of what was bought"),
    (FACTORS, "Published factors changed", ""),
    (METHOD, "The method changed", ""),
    (COUNTED, "What is counted changed", ""),
    (SUPPLIED, "Known only as totals", "no cause is known"),
)
ONLY_IF_ANY = (PRICES, SUPPLIED)
WIDEST = 0.5  # of a theme's tonnes, from which its range is wide enough to be said
LEAST_WIDE = 0.05  # of the total, below which the range of one theme moves nothing
FEW_MONTHS = "of 12 months"


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
    years = board_years(asked.footprint, asked.before)
    figures = year_figures(years.last, draws=asked.draws, seed=asked.seed)
    widest = years.last.method.widest
    core, plus = (_figure(asked, years, each) for each in (figures.core, figures.plus))
    themes = _themes(years, figures, widest)
    year = years.year
    return Board(
        title=title, about=_about(year, years), mark=_mark(years.last),
        lead=sentences.lead(core, plus, reasons=_reasons(asked, core, plus, themes), year=year), core=core, plus=plus,
        themes_title=_themes_title(core, plus, themes), compared_with=years.before.periods[0] if years.before else "",
        themes=themes, causes=_causes(asked, years), missing=_missing(years, figures, widest),
        quality=_quality(years.last, core, plus, figures), actions=asked.actions, members=_members(asked),
        foot=_foot(asked, years),
    )  # fmt: skip


def fitting_title(title: str) -> str:
    """Return a title in one spacing; refuse one that needs more than two lines of the page in print."""
    text = " ".join(title.split())
    lines, wide = 1, 0.0
    for word in text.split():
        more = length(f"{word} ", TITLE_SIZE, bold=True)
        lines, wide = (lines, wide + more) if wide + more <= TITLE_ROOM else (lines + 1, more)
    if not text or lines > TITLE_LINES or len(max(text.split(), key=len)) > len(text) // 2 + 40:
        raise UsageError(
            f"the title has {count_of(len(text), 'character')} and needs {count_of(lines, 'line')}; "
            f"{TITLE_LINES} lines fit the board page: '{text[:60]}'",
            advice="Give a shorter name with title= (--title).",
        )
    return text


def _who(asked: BoardRequest) -> str:
    codes = asked.footprint.sums.columns["organisation"].labels
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
    said = _covered(years.last, total.name)
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
        name = stands.judged_name(found)
        stand = stands.standing(found, name, total.name)
        lines = stands.path_lines(found, name, total.name, [(period, _months(why)) for period, why in years.parts])
        picture = stands.picture_words(found, name, total.name)
        moved.append(stands.since_base(found, name, total.name, total.tco2e))
    if total.tco2e is None:
        stand = Standing(CANNOT_SAY, NOTHING_SENT if total.words == NOT_SENT else f"The total is {total.words}.")
    return BoardFigure(
        title=total.title, short=total.title.removeprefix("NHS Carbon ") if total.name != CORE else total.title,
        tco2e=total.tco2e, words=total.words[:1].upper() + total.words[1:], low=total.low, high=total.high, covers=covers,
        notes=tuple(each[:1].upper() + each[1:] for each in notes), moved=tuple(filter(None, moved)), standing=stand,
        verdict=sentences.verdict(stand), lines=lines, picture=picture,
    )  # fmt: skip


def _covered(footprint: Footprint, boundary: str) -> str:
    """Return what a total covers, in words; empty where it is whole."""
    return footprint.label(boundary).removeprefix(boundary_name(boundary)).removeprefix(", ")


def _no_monitor(years: BoardYears) -> str:
    if not years.complete:
        return f"Part of a year is not judged: {years.why}."
    return "A base year and a later year are needed."


def _months(why: str) -> str:
    """Return the months of a part of a year without the themes that they are of."""
    return f"{why.partition(FEW_MONTHS)[0]}{FEW_MONTHS}" if FEW_MONTHS in why else "not complete"


def _on_before(years: BoardYears, before: Footprint, total: BoundaryTotal) -> Moved | None:
    """Return the change on the year before, on the same themes, organisations and months."""
    if before.missing_components(total.name):
        return None
    found = same_basis(before, years.last, total.name)
    if found is None:
        return None
    same = "" if found.whole else f", same {count_of(found.themes, 'theme')}"
    same += f"{' and' if same else ', same'} organisations" if found.organisations else ""
    return Moved(change_percent(found.before, found.after, 1), f"on {before.periods[0]}{same}")


def _themes(years: BoardYears, figures: YearFigures, widest: str) -> tuple[BoardTheme, ...]:
    """Return every theme, the largest first and those without tonnes last."""
    before = before_by_theme(years.before, years.last, widest) if years.before is not None else {}
    coverage = years.last.coverage
    short = short_labels()
    return tuple(_theme(each, coverage[coverage["theme"] == each.theme], before, short) for each in figures.themes)


def _theme(line: ThemeLine, part: pd.DataFrame, before: Mapping[str, float], short: Mapping[str, str]) -> BoardTheme:
    label = short.get(line.theme, line.label)
    answers = set(part["answer"])
    missing = bool(answers & set(OPEN))
    note = ""
    if missing and not line.words:
        answered = int((~part["answer"].isin(OPEN)).sum())
        note = f"{answered} of {len(part)}" if answered else "in part"
    if line.words:
        words = next((ANSWER_WORDS[each] for each in (NOT_AVAILABLE, NOT_COUNTED) if each in answers), NOT_ANSWERED)
        return BoardTheme(label, None, None, words, True, note)
    if not line.tco2e and answers <= {NONE_USED, NOT_APPLICABLE}:
        words = next(ANSWER_WORDS[each] for each in (NONE_USED, NOT_APPLICABLE) if each in answers)
        return BoardTheme(label, None, None, words, False, note)
    return BoardTheme(label, line.core, line.plus_only, "", missing, note, before.get(line.theme))


@lru_cache(maxsize=1)
def short_labels() -> dict[str, str]:
    """Return the short label of each theme that has one, of at most 28 characters."""
    return {row["theme"]: row["label"] for row in load_pinned(data_root(), ROOM, LABELS).rows("themes.csv")}


def _themes_title(core: BoardFigure, plus: BoardFigure, themes: Sequence[BoardTheme]) -> str:
    total = math.fsum(each.tco2e for each in themes)
    whole = plus if plus.tco2e is not None else core
    return f"Where the {rounded(total if whole.tco2e is None else whole.tco2e)} tCO2e comes from"


def _reasons(asked: BoardRequest, core: BoardFigure, plus: BoardFigure, themes: Sequence[BoardTheme]) -> list[str]:
    """Return what may be said of the Plus in the lead, the best first."""
    reasons = sentences.largest_reason(themes, plus.tco2e or 0.0)
    found = asked.found
    if found is None or core.tco2e is None or plus.tco2e is None:
        return reasons
    name = stands.judged_name(found)
    inside, whole = (
        dict(stands.actual_points(found, name, boundary)) for boundary in (CORE, found.footprint.method.widest)
    )
    years = sorted(set(inside) & set(whole))
    if len(years) < 2 or years[0] != int(found.basis.base_period[:4]):
        return reasons
    was, now = (whole[year] - inside[year] for year in (years[0], years[-1]))
    rest = sentences.rest_reason(plus.tco2e - core.tco2e, plus.tco2e, was, now, found.basis.base_period)
    return [*filter(None, [rest]), *reasons]


def _causes(asked: BoardRequest, years: BoardYears) -> BoardCauses:
    """Return what changed since the year before, by cause."""
    before, last = years.before, years.last
    if before is None:
        return BoardCauses("What changed, and why", (), None, (sentences.NOT_SPLIT,))
    if before.method.digest != last.method.digest:
        method = f"{before.method.id}, then {last.method.id}"
    else:
        method = f"{last.method.id} in both years"
    found: list[dict[str, float] | None] = []
    for boundary in (CORE, last.method.widest):
        sound = not before.missing_components(boundary) and not last.missing_components(boundary)
        here = sound and boundary in before.method.boundaries and is_sent(_covered(last, boundary))
        found.append(four_causes(compare(before, last, boundary=boundary), before, last) if here else None)
    core, plus = found
    basis = same_basis(before, last, last.method.widest)
    counted = "the same in both" if basis is not None and basis.whole else "not the same in both"
    why = {METHOD: method, COUNTED: counted}
    rows = tuple(
        BoardCause(name, why.get(key, said), core[key] if core else None, plus[key] if plus else None)
        for key, name, said in CAUSES
        if key not in ONLY_IF_ANY or any(part and part[key] for part in found)
    )
    total = BoardCause("Change in the total", "", *(math.fsum(part.values()) if part else None for part in found))
    span = "in a year" if int(last.periods[0][:4]) - int(before.periods[0][:4]) == 1 else f"since {before.periods[0]}"
    return BoardCauses(f"What changed {span}, and why", rows, total, _since(asked, years))


def _since(asked: BoardRequest, years: BoardYears) -> tuple[str, ...]:
    """Return how much of the change since the base the organisation did, where the base year has its rows."""
    found = asked.found
    if found is None or years.before is None or found.basis.base_period == years.before.periods[0]:
        return ()
    base = found.basis.base_period
    if base not in asked.footprint.periods or any(found.series.loc[found.series["period"] == base, "supplied"]):
        return ()
    first = asked.footprint.filter(period=base)
    if first.missing_components(CORE) or years.last.missing_components(CORE):
        return ()
    parts = four_causes(compare(first, years.last, boundary=CORE), first, years.last)
    said = sentences.since(base, boundary_name(CORE), math.fsum(parts.values()), parts[DID])
    return (said,) if said else ()


def _missing(years: BoardYears, figures: YearFigures, widest: str) -> BoardMissing:
    """Return which themes are missing."""
    short = short_labels()
    lines = [each for each in figures.themes if each.missing]
    names, in_part = (
        [short.get(each.theme, each.label) for each in lines if bool(each.words) is none] for none in (True, False)
    )
    of = len(figures.themes)
    earlier = False
    if years.before is not None and lines:
        table = years.before.coverage
        open_before = set(table.loc[table["answer"].isin(OPEN), "theme"].astype(str))
        earlier = {each.theme for each in lines} <= open_before
    words = [f"{figures.plus.answered} themes answered."]
    words += [f"{period} is not complete: {why}." for period, why in years.parts]
    return BoardMissing(
        sentences.missing_title(len(names), len(in_part), of), of - len(lines), len(in_part), of, " ".join(words),
        sentences.missing_words(names, in_part, most=NAMED_MISSING),
        sentences.after_missing(len(lines), earlier=earlier),
    )  # fmt: skip


def _quality(
    footprint: Footprint, core: BoardFigure, plus: BoardFigure, figures: YearFigures
) -> tuple[tuple[str, str], ...]:
    """Return how the tonnes of both totals are known, and the theme that is least certain."""
    said = []
    for figure, boundary in ((core, CORE), (plus, footprint.method.widest)):
        if figure.tco2e:
            said.append((figure.title, _evidence(footprint, boundary)))
    wide = [(each.high - each.low, each) for each in figures.themes
            if each.low is not None and each.high is not None and each.tco2e > 0
            and each.high - each.low > WIDEST * each.tco2e]  # fmt: skip
    size, each = max(wide, key=lambda pair: pair[0], default=(0.0, figures.themes[0]))
    if said and size > LEAST_WIDE * (plus.tco2e or core.tco2e or 0.0):
        label = short_labels().get(each.theme, each.label)
        name, words = said[-1]
        said[-1] = (name, f"{words} {sentences.widest(label, each.low or 0.0, each.high or 0.0)}")
    return tuple(said) or (("", "Nothing that was sent counts in either footprint."),)


def _evidence(footprint: Footprint, boundary: str) -> str:
    frame = footprint.by("tier", boundary=boundary)
    tonnes = dict(zip(frame["tier"].astype(str), frame["tco2e"].tolist(), strict=True))
    total = math.fsum(tonnes.values())
    parts = [f"{share(tonnes[tier], total)} {words}" for tier, words in EVIDENCE.items() if tonnes.get(tier)]
    return f"{', '.join(parts).replace('% ', '% of tonnes ', 1)}." if parts else ""


def _members(asked: BoardRequest) -> BoardMembers | None:
    """Return the small pictures of a system."""
    found = asked.found
    if found is None or stands.judged_name(found) != SYSTEM:
        return None
    names = {code: in_title_case(name) for code, name in asked.names.items()}
    shown, every = stands.members(found, CORE, names)
    more = every + 1 - len(shown)
    note = f"share of its own {found.basis.base_period}, tCO2e at the end; worst first"
    note += f"; {more} more in the analyst report" if more else ""
    return BoardMembers(f"{boundary_name(CORE)} of each organisation", note, shown)


def _foot(asked: BoardRequest, years: BoardYears) -> str:
    """Return one line of method and digests."""
    stamp = asked.footprint.stamp
    supplied = ""
    if asked.found is not None and any(asked.found.series["supplied"]):
        supplied = f" {asked.found.basis.base_period} is known as totals from elsewhere."
    return (
        f"Method {stamp.methodology} ({stamp.status}, {stamp.methodology_digest[:12]}), data {stamp.input_sha256[:12]}, "
        f"nhscarbon {stamp.code_version}. Figures are rounded to 3 significant figures, so parts may not "
        f"add up. Likely range: 95% interval.{supplied} The analyst report has every figure, factor and finding."
    )
