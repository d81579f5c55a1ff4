"""The NHS Carbon Footprint and the Plus by NHS year and theme: the one table behind text, pages, workbooks and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.checks.theme_answers import (
    ESTIMATED,
    MISSING,
    NONE_USED,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    NOT_COUNTED,
    SENT,
)
from nhscarbon.checks.theme_coverage import DERIVED
from nhscarbon.checks.totals import Totals
from nhscarbon.footprint.factor_lines import FactorLines
from nhscarbon.footprint.grouping import group_tonnes
from nhscarbon.footprint.label import CORE, OPEN, boundary_themes
from nhscarbon.methods.boundaries import lines_inside, missing_components
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.methods.units import KG_PER_TONNE

NOT_ANSWERED = "not answered"
UNPUBLISHED = "not available"  # of tonnes for which a part of a factor was not published
OUTSIDE = "–"  # of a theme that a footprint does not count
ANSWER_WORDS: Mapping[str, str] = {
    SENT: "sent", ESTIMATED: "estimated", NONE_USED: "none used", NOT_APPLICABLE: "not applicable",
    NOT_COUNTED: "sent, not counted", NOT_AVAILABLE: "not available", MISSING: NOT_ANSWERED,
}  # fmt: skip
EMPTY = (*OPEN, NOT_COUNTED)  # answers of themes that have no tonnes


class Counted(NamedTuple):
    """What both footprints are counted from: the sums, their factor lines, and how the themes are answered."""

    sums: Totals
    lines: FactorLines
    resolutions: Mapping[FactorKey, Resolution]
    method: Methodology
    coverage: pd.DataFrame

    def inside(self, boundary: str) -> NDArray[np.bool_]:
        """Return which factor lines a boundary counts."""
        return lines_inside(boundary, self.lines.lines, self.method)

    def unpublished(self, boundary: str) -> set[str]:
        """Return the NHS years of which a boundary has no total, because a part of a factor was not published."""
        return {key.period for key, _ in missing_components(boundary, self.resolutions.values(), self.method)}


def both(method: Methodology) -> tuple[str, ...]:
    """Return the two boundaries that are shown side by side; the main total alone where a methodology has no two."""
    if CORE in method.boundaries and method.widest != CORE:
        return CORE, method.widest
    return (method.headline,)


def tonnes_column(boundary: str) -> str:
    """Return the name of the column with a boundary's tonnes."""
    return f"{boundary}_tco2e"


def both_by_theme(counted: Counted) -> pd.DataFrame:
    """Return both footprints of each NHS year by theme, every theme of the method with a row.

    Parameters
    ----------
    counted : Counted

    Returns
    -------
    pandas.DataFrame
        ``period``, ``theme``, its ``label``, its ``answer`` (of several organisations that of the least answered),
        how many organisations ``answered`` it ``of`` how many, and for each footprint its tonnes (such as
        ``nhs_carbon_footprint_plus_tco2e`` [tCO2e]): 0 where nothing was used; missing where the theme is not
        answered, is not one of the footprint's, or a part of a factor was not published.
    """
    method = counted.method
    frame = _answers(counted.coverage, method)
    frame = frame[frame["period"].isin(counted.sums.columns["period"].labels)].reset_index(drop=True)
    places = list(zip(frame["period"], frame["theme"], strict=True))
    nothing = frame["answer"].isin(EMPTY).to_numpy()
    for boundary in both(method):
        found, without = tonnes_by(counted, boundary, "theme"), counted.unpublished(boundary)
        own = frame["theme"].isin(boundary_themes(boundary, method)).to_numpy()
        known = np.array([found.get(place, np.nan) for place in places], np.float64)
        tonnes = np.where(np.isnan(known) & own & ~nothing, 0.0, known)
        frame[tonnes_column(boundary)] = np.where(frame["period"].isin(without), np.nan, tonnes)
    return frame


def _answers(coverage: pd.DataFrame, method: Methodology) -> pd.DataFrame:
    """Return one row for each NHS year and theme, with how the organisations answer it."""
    rank = {answer: place for place, answer in enumerate(DERIVED)}
    order = {theme: place for place, theme in enumerate(method.catalogue.themes)}
    ranked = pd.DataFrame({
        "period": coverage["period"], "place": coverage["theme"].map(order),
        "rank": coverage["answer"].map(rank), "open": coverage["answer"].isin(OPEN),
    })  # fmt: skip
    grouped = ranked.groupby(["period", "place"], sort=True).agg(
        rank=("rank", "min"), open=("open", "sum"), of=("open", "count")
    ).reset_index()  # fmt: skip
    themes = [*order]
    names = [themes[place] for place in grouped["place"].astype(int)]
    return pd.DataFrame({
        "period": grouped["period"].astype("str"), "theme": pd.Series(names, dtype="str"),
        "label": pd.Series([method.catalogue.themes[name] for name in names], dtype="str"),
        "answer": pd.Series([DERIVED[place] for place in grouped["rank"].astype(int)], dtype="str"),
        "answered": (grouped["of"] - grouped["open"]).astype(np.int64), "of": grouped["of"].astype(np.int64),
    })  # fmt: skip


def tonnes_by(counted: Counted, boundary: str, *columns: str) -> dict[tuple[str, ...], float]:
    """Return the tonnes inside a boundary by NHS year and further columns [tCO2e], refusing nothing."""
    names = ("period", *columns)
    words, kgco2e = group_tonnes(counted.sums, counted.lines, counted.inside(boundary), names)
    texts = [[words[name].labels[code] for code in words[name].codes.tolist()] for name in names]
    return dict(zip(zip(*texts, strict=True), (kgco2e / KG_PER_TONNE).tolist(), strict=True))


def year_totals(counted: Counted, boundary: str) -> dict[str, float | None]:
    """Return the tonnes of each NHS year with rows inside a boundary [tCO2e]; None where a part was not published."""
    words, kgco2e = group_tonnes(
        counted.sums, counted.lines, counted.inside(boundary), ("period", "activity", "component")
    )
    period, without = words["period"], counted.unpublished(boundary)
    return {
        period.labels[code]: None if period.labels[code] in without
        else math.fsum(kgco2e[period.codes == code]) / KG_PER_TONNE
        for code in np.unique(period.codes).tolist()
    }  # fmt: skip
