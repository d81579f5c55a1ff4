"""The themes of a board page: ranked, what is missing of them, and how good their data are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd

from nhscarbon.checks.theme_answers import NONE_USED, NOT_APPLICABLE, NOT_AVAILABLE, NOT_COUNTED
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, OPEN
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.reporting.report import board_sentences as sentences
from nhscarbon.reporting.report.board import BoardFigure, BoardMissing, BoardTheme
from nhscarbon.reporting.report.board_years import BoardYears, before_by_theme
from nhscarbon.reporting.report.number_words import rounded, share
from nhscarbon.reporting.report.theme_lines import ThemeLine, YearFigures

ROOM, LABELS = "labels", "short-labels-1@1.0.0"
NAMED_MISSING = 6
ANSWER_WORDS = {NOT_AVAILABLE: "not available", NOT_COUNTED: "sent, not counted", NONE_USED: "none used",
                NOT_APPLICABLE: "not applicable"}  # fmt: skip
NOT_ANSWERED = "not answered"
EVIDENCE = {  # what a tier means to a reader, the best first
    "optimal": "from meters, invoices and stock records",
    "standard": "from claims, logs and part estimates",
    "reduced": "from spending, models or averages",
    "unstated": "with evidence not stated",
}
WIDEST = 0.5  # of a theme's tonnes, from which its range is wide enough to be said
LEAST_WIDE = 0.05  # of the total, below which the range of one theme moves nothing


def ranked_themes(years: BoardYears, figures: YearFigures) -> tuple[BoardTheme, ...]:
    """Return every theme, the largest first and those without tonnes last."""
    widest = years.last.method.widest
    before = before_by_theme(years.before, years.last, widest, mapped=years.mapped) if years.before is not None else {}
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


def themes_title(core: BoardFigure, plus: BoardFigure, themes: Sequence[BoardTheme]) -> str:
    """Return the heading of the themes, with the total that they come to."""
    total = math.fsum(each.tco2e for each in themes)
    whole = plus if plus.tco2e is not None else core
    return f"Where the {rounded(total if whole.tco2e is None else whole.tco2e)} tCO2e comes from"


def missing_themes(years: BoardYears, figures: YearFigures) -> BoardMissing:
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
    words += [f"{period} is not complete{f': {why}' if why else ''}." for period, why in years.parts]
    return BoardMissing(
        sentences.missing_title(len(names), len(in_part), of), of - len(lines), len(in_part), of, " ".join(words),
        sentences.missing_words(names, in_part, most=NAMED_MISSING),
        sentences.after_missing(len(lines), earlier=earlier),
    )  # fmt: skip


def data_quality(
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
