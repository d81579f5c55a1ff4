"""Both footprints of one NHS year by theme, with how each theme is answered: what the footprint workbook shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.uncertainty.uncertainty import uncertainty
from nhscarbon.checks.theme_answers import (
    ESTIMATED,
    MISSING,
    NONE_USED,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    NOT_COUNTED,
    SENT,
)
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.grouping import group_tonnes
from nhscarbon.footprint.label import (
    CORE,
    LEAST_SHARE,
    NOT_SENT,
    OPEN,
    answered_themes,
    boundary_name,
    boundary_themes,
    is_sent,
)
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.periods import LAST_MONTH

WORDS: Mapping[str, str] = {
    SENT: "sent", ESTIMATED: "estimated", NONE_USED: "none used", NOT_APPLICABLE: "not applicable",
    NOT_COUNTED: "sent, not counted", NOT_AVAILABLE: "not available", MISSING: NOT_SENT,
}  # fmt: skip
UNPUBLISHED = "not available"  # of a total for which a part of a factor was not published
REASONS = 3  # of a theme that are shown


@dataclass(frozen=True)
class BoundaryTotal:
    """One of the two totals.

    Attributes
    ----------
    name, title : str
        The boundary, and what people call it.
    tco2e : float or None
        Its tonnes; None where it cannot be given, and `words` says why.
    words : str
    low, high : float or None
        The likely range [tCO2e].
    label : str
        Its name with what it covers.
    answered : str
        How many of its themes have an answer.
    whole : bool
        Whether all of them have, and all that was sent is counted.
    """

    name: str
    title: str
    tco2e: float | None
    words: str
    low: float | None
    high: float | None
    label: str
    answered: str
    whole: bool


@dataclass(frozen=True)
class ThemeLine:
    """A theme: its tonnes in the NHS Carbon Footprint and in the Plus only [tCO2e], or in words why there are none."""

    theme: str
    label: str
    core: float | None
    plus_only: float | None
    words: str
    low: float | None
    high: float | None
    answer: str
    missing: bool

    @property
    def tco2e(self) -> float:
        """The tonnes in the Footprint Plus."""
        return (self.core or 0.0) + (self.plus_only or 0.0)


@dataclass(frozen=True)
class YearFigures:
    """Both totals and all themes of one NHS year, the largest first and those without tonnes last."""

    core: BoundaryTotal
    plus: BoundaryTotal
    themes: tuple[ThemeLine, ...]
    organisations: int

    @property
    def counted(self) -> int:
        """How many themes, from the first, have tonnes."""
        return max((place for place, each in enumerate(self.themes, start=1) if each.tco2e), default=0)

    @property
    def missing(self) -> tuple[str, ...]:
        """The themes without an answer."""
        return tuple(each.label for each in self.themes if each.missing)


def year_figures(footprint: Footprint, *, draws: int, seed: int) -> YearFigures:
    """Return both totals and all themes of a footprint of one NHS year.

    Raises
    ------
    UsageError
        If the methodology has no NHS Carbon Footprint, or nothing around it.
    """
    method = footprint.method
    plus = method.widest
    if CORE not in method.boundaries or plus == CORE:
        raise UsageError(
            f"{method.id} has no NHS Carbon Footprint and Footprint Plus, which this workbook shows",
            advice="Use --format csv, or write a report.",
        )
    masks = inside_both(footprint)
    by_theme = [{} if mask is None else _by_theme(footprint, mask) for mask in masks]
    ranges = _ranges(footprint, plus, "theme", draws=draws, seed=seed)
    order = {theme: place for place, theme in enumerate(method.catalogue.themes)}
    core_themes = set(boundary_themes(CORE, method))
    lines = []
    for theme, part in footprint.coverage.groupby("theme", sort=False):
        name = str(theme)
        tonnes = [found.get(name) for found in by_theme]
        answer, missing = answer_words(part, footprint)
        words = ""
        if tonnes == [None, None]:
            if set(part["answer"]) & {*OPEN, NOT_COUNTED}:
                first = next(each for each in (*OPEN, NOT_COUNTED) if each in set(part["answer"]))
                words = WORDS[first]
            else:  # none used, or nothing that either footprint counts
                tonnes[name not in core_themes] = 0.0
        low, high = ranges.get(name, (None, None))
        lines.append(
            ThemeLine(name, method.catalogue.themes[name], tonnes[0], tonnes[1], words, low, high, answer, missing)
        )
    lines.sort(key=lambda each: (bool(each.words), -each.tco2e, each.missing, order[each.theme]))
    totals = [_total(footprint, name, draws=draws, seed=seed) for name in (CORE, plus)]
    return YearFigures(totals[0], totals[1], tuple(lines), len(footprint.sums.columns["organisation"].labels))


def inside_both(footprint: Footprint) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
    """Return which factor lines the NHS Carbon Footprint counts, and which the Plus only.

    None where a total is not available, because a part of a factor was not published.
    """
    plus = footprint.method.widest
    core_lines = None if footprint.missing_components(CORE) else footprint.counted(CORE)
    if footprint.missing_components(plus):
        return core_lines, None
    counted = footprint.counted(plus)
    return core_lines, counted if core_lines is None else counted & ~core_lines


def _by_theme(footprint: Footprint, inside: NDArray[np.bool_]) -> dict[str, float]:
    words, kgco2e = group_tonnes(footprint.sums, footprint.factor_lines, inside, ("theme",))
    column = words["theme"]
    names = [column.labels[code] for code in column.codes.tolist()]
    return dict(zip(names, (kgco2e / KG_PER_TONNE).tolist(), strict=True))


def _total(footprint: Footprint, name: str, *, draws: int, seed: int) -> BoundaryTotal:
    label = footprint.label(name)
    said = label.removeprefix(boundary_name(name)).lstrip(", ")
    answered = answered_themes(footprint.coverage, name, footprint.method)
    whole = not said and not footprint.missing_components(name)
    shown = label if said else f"{label}: all {answered.rpartition(' ')[2]} themes have an answer"
    if footprint.missing_components(name):
        return BoundaryTotal(name, boundary_name(name), None, UNPUBLISHED, None, None, shown, answered, whole)
    if not is_sent(said):
        return BoundaryTotal(name, boundary_name(name), None, NOT_SENT, None, None, shown, answered, whole)
    low, high = _ranges(footprint, name, draws=draws, seed=seed).get("", (None, None))
    return BoundaryTotal(name, boundary_name(name), footprint.total(name), "", low, high, shown, answered, whole)


def _ranges(
    footprint: Footprint, boundary: str, *columns: str, draws: int, seed: int
) -> dict[str, tuple[float | None, float | None]]:
    """Return the likely range of a boundary, or of each theme in it; nothing where nothing counts."""
    if footprint.missing_components(boundary) or not footprint.inside(boundary).any():
        return {}
    table = uncertainty(footprint, *columns, boundary=boundary, draws=draws, seed=seed).table
    names = table[columns[0]].tolist() if columns else [""]
    return dict(zip(map(str, names), zip(table["low"].tolist(), table["high"].tolist(), strict=True), strict=True))


def answer_words(part: pd.DataFrame, footprint: Footprint, words: Mapping[str, str] = WORDS) -> tuple[str, bool]:
    """Return how a theme is answered in words, by all organisations, and whether any has no answer."""
    counts = part["answer"].value_counts()
    several = len(counts) > 1
    parts = [f"{words[str(answer)]}{f' ({count:,} of {len(part):,} organisations)' if several else ''}"
             for answer, count in counts.items()]  # fmt: skip
    said = ", ".join(parts)
    theme = str(part["theme"].iloc[0])
    missing = bool(part["answer"].isin(OPEN).any())
    if missing and (open_parts := _open_parts(theme, footprint)):
        return f"not complete: {', '.join(open_parts)} {words[MISSING]}", True
    short = part[part["part_of_year"]]
    notes = [f"{int(short['months'].min())} of {LAST_MONTH} months"] if len(short) else []
    share = float(part["share_estimated"].max())
    if share >= LEAST_SHARE and set(part["answer"]) != {ESTIMATED}:
        notes.append(f"{share:.0%} estimated" if len(part) == 1 else f"up to {share:.0%} estimated")
    reasons = [*dict.fromkeys(filter(None, part["reason"]))][:REASONS]
    return "; ".join([said, *notes, *map(str, reasons)]), missing


def _open_parts(theme: str, footprint: Footprint) -> Sequence[str]:
    """Return the themes without an answer of which a theme without rows of its own is made."""
    made_of = feeders(footprint.method.catalogue).get(theme, ())
    frame = footprint.coverage
    open_themes = set(frame.loc[frame["answer"].isin(OPEN), "theme"])
    return [footprint.method.catalogue.themes[each] for each in made_of if each in open_themes]
