"""Tonnes by organisation, year and theme as arrays, with what was answered and which years are parts of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.checks.theme_answers import NOT_COUNTED
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, OPEN, ROWS, boundary_themes
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output.text import short_repr
from nhscarbon.periods import LAST_MONTH
from nhscarbon.trajectory.monitoring.members import Flags, Members, Numbers

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coverage:
    """What each sender answers, by sender, NHS year and theme of the catalogue.

    Attributes
    ----------
    themes : tuple of str
    answered, part : bool array, shape (senders, years, themes)
        Whether the theme has an answer and tonnes can be counted, and whether months of it are missing.
    months : float64 array, shape (senders, years, themes)
        How many months are given; 12 where nothing says otherwise.
    over : bool array, shape (years,)
        Whether the year is over: a later one is there, or anyone sent the whole of it for any theme.
    """

    themes: tuple[str, ...]
    answered: Flags
    part: Flags
    months: Numbers
    over: Flags

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class ThemeYears:
    """One boundary of all that is judged.

    Attributes
    ----------
    boundary : str
    themes : tuple of str
        Those of the boundary, in the catalogue's order.
    tco2e : float64 array, shape (judged, years, themes)
        [tCO2e]
    answered : bool array, shape (judged, years, themes)
        Whether every sender answered the theme.
    part : bool array, shape (judged, years)
        Whether months of any theme are missing.
    own : bool array, shape (themes,)
        The themes that make this boundary another than the NHS Carbon Footprint.
    supplied : tuple of str
        Of what is judged, whose base year holds totals from outside.
    """

    boundary: str
    themes: tuple[str, ...]
    tco2e: Numbers
    answered: Flags
    part: Flags
    own: Flags
    supplied: tuple[str, ...]

    __repr__ = short_repr

    def whole(self, held: Members) -> Flags:
        """Return by what is judged and year whether every member sent the whole of the year."""
        return held.present & ~held.lacking & ~self.part


def coded(words: pd.Series, known: Sequence[str]) -> Codes:
    """Return the place of each word among those known; -1 of any other."""
    place = {word: at for at, word in enumerate(known)}
    codes, distinct = pd.factorize(words)
    return np.array([*(place.get(str(word), -1) for word in distinct), -1], np.int64)[codes]


def coverage_by_theme(footprint: Footprint, senders: Sequence[str], years: Sequence[str]) -> Coverage:
    """Return what the coverage of a footprint says, as arrays."""
    table, themes = footprint.coverage, tuple(footprint.method.catalogue.themes)
    shape = (len(senders), len(years), len(themes))
    answered, part, whole = (np.zeros(shape, np.bool_) for _ in range(3))
    months = np.full(shape, float(LAST_MONTH))
    at = tuple(coded(table[name], known) for name, known in
               (("organisation", senders), ("period", years), ("theme", themes)))  # fmt: skip
    given = table["months"].to_numpy(np.float64, na_value=float(LAST_MONTH))
    answered[at] = ~table["answer"].isin((*OPEN, NOT_COUNTED)).to_numpy()  # without a factor there are no tonnes
    part[at] = table["part_of_year"].to_numpy(np.bool_)
    months[at] = given
    with_rows = (table["answer"].isin(ROWS) & (table["activities"] > 0)).to_numpy()
    whole[at] = with_rows & (given >= LAST_MONTH)
    over: Flags = np.asarray(whole.any(axis=(0, 2)), np.bool_)
    over[:-1] = True
    part[..., [themes.index(name) for name in feeders(footprint.method.catalogue)]] = False  # as those that feed it
    return Coverage(themes, answered, part, months, over)


def attributed(method: Methodology, *, apart: bool) -> Mapping[tuple[str, str], str]:
    """Return the theme that tonnes of a category and theme are judged in.

    Themes that have no activities of their own, as the well-to-tank of energy, go with the activities that they come
    from, so that the same themes are judged in every year; `apart` leaves them where they are reported, as totals
    from outside have them.
    """
    home = {entry.category: entry.theme for entry in method.catalogue.activities.values()}
    made = {} if apart else feeders(method.catalogue)
    return {
        (category, theme): home.get(category, theme) if theme in made else theme
        for (category, _), theme in method.catalogue.reported_in.items()
    }


def theme_years(
    footprint: Footprint, boundary: str, held: Members, coverage: Coverage, *, base: SuppliedFootprint | None,
    base_year: str,
) -> ThemeYears:  # fmt: skip
    """Return one boundary of all that is judged; raises as `Footprint.by`.

    Parameters
    ----------
    footprint : Footprint
    boundary : str
    held : Members
        Whose years include the base year.
    coverage : Coverage
        By the senders and years of `held`.
    base : SuppliedFootprint or None
        Totals of the base year from outside, which count instead of what the footprint has of it.
    base_year : str
    """
    method = footprint.method
    themes = boundary_themes(boundary, method)
    inside = [coverage.themes.index(theme) for theme in themes]
    frame = footprint.by("organisation", "period", "category", "theme", boundary=boundary)
    tonnes = np.zeros((len(held.senders), len(held.years), len(themes)))
    to = attributed(method, apart=base is not None)
    pairs = zip(frame["category"], frame["theme"], strict=True)
    judged_in = ((to.get(pair, pair[1]), pair[1]) for pair in pairs)
    theme = coded(pd.Series([home if home in themes else own for home, own in judged_in], dtype=str), themes)
    at = (coded(frame["organisation"], held.senders), coded(frame["period"], held.years), theme)
    np.add.at(tonnes, at, frame["tco2e"].to_numpy(np.float64))
    answered: Flags = coverage.answered[..., inside]
    part: Flags = np.asarray(coverage.part[..., inside].any(axis=2), np.bool_)
    supplied: tuple[str, ...] = ()
    if base is not None:
        year = held.years.index(base_year)
        given = supplied_rows(base, base_year, held.senders, themes)
        who = np.unique(given[0])
        tonnes[who, year], answered[who, year], part[who, year] = 0.0, False, False
        np.add.at(tonnes, (given[0], np.full(len(given[0]), year), given[1]), given[2])
        answered[given[0], year, given[1]] = True
        places = held.place[np.isin(held.sender, who) & (held.year == year)]
        supplied = tuple(held.judged[at] for at in np.unique(places).tolist())
    core = boundary_themes(CORE, method) if CORE in method.boundaries else ()
    wider = bool(core) and set(themes) > set(core)
    return ThemeYears(
        boundary, themes, held.summed(tonnes), held.all_of(answered), ~held.all_of(~part),
        np.array([not wider or theme not in core for theme in themes], np.bool_), supplied,
    )  # fmt: skip


def supplied_rows(
    base: SuppliedFootprint, base_year: str, senders: Sequence[str], themes: Sequence[str]
) -> tuple[Codes, Codes, Numbers]:
    """Return the sender, theme and tonnes of the rows of the base year that are of these themes."""
    table = base.by("organisation", "period", "theme")
    table = table[table["period"] == base_year]
    who, theme = coded(table["organisation"], senders), coded(table["theme"], themes)
    here = (who >= 0) & (theme >= 0)
    return who[here], theme[here], table["tco2e"].to_numpy(np.float64)[here]
