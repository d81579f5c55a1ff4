"""Tonnes of one boundary by what is judged, year and theme, with what was answered and which years are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, boundary_themes
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.senders import Codes, Flags, Numbers, Senders, coded


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
    """

    boundary: str
    themes: tuple[str, ...]
    tco2e: Numbers
    answered: Flags
    part: Flags
    own: Flags

    __repr__ = short_repr

    def whole(self, held: Members) -> Flags:
        """Return by what is judged and year whether every member sent the whole of the year."""
        return held.present & ~held.lacking & ~self.part


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


def theme_years(footprint: Footprint, boundary: str, held: Members, base: SuppliedFootprint | None) -> ThemeYears:
    """Return one boundary of all that is judged; raises as `Footprint.by`.

    Parameters
    ----------
    footprint : Footprint
    boundary : str
    held : Members
    base : SuppliedFootprint or None
        Totals of the base year from outside, which count instead of what the footprint has of it.
    """
    method, sent_by = footprint.method, held.senders
    themes = boundary_themes(boundary, method)
    inside = [sent_by.themes.index(theme) for theme in themes]
    frame = footprint.by(*sent_by.columns, "period", "category", "theme", boundary=boundary)
    tonnes = np.zeros((len(sent_by.keys), len(sent_by.years), len(themes)))
    at = (*sent_by.places_in(frame), judged_in(frame, themes, method, apart=base is not None))
    np.add.at(tonnes, at, frame["tco2e"].to_numpy(np.float64))
    answered: Flags = sent_by.answered[..., inside]
    part: Flags = np.asarray(sent_by.part[..., inside].any(axis=2), np.bool_)
    if base is not None:
        who, year = sent_by.supplied, sent_by.base
        given = supplied_rows(base, sent_by, themes)
        tonnes[who, year], answered[who, year], part[who, year] = 0.0, False, False
        np.add.at(tonnes, (given[0], np.full(len(given[0]), year), given[1]), given[2])
        answered[given[0], year, given[1]] = True
    core = boundary_themes(CORE, method) if CORE in method.boundaries else ()
    wider = bool(core) and set(themes) > set(core)
    return ThemeYears(
        boundary, themes, held.summed(tonnes), held.all_of(answered), ~held.all_of(~part),
        np.array([not wider or theme not in core for theme in themes], np.bool_),
    )  # fmt: skip


def judged_in(frame: pd.DataFrame, themes: Sequence[str], method: Methodology, *, apart: bool) -> Codes:
    """Return the theme that each row of a frame by category and theme is judged in, as a place among `themes`."""
    to = attributed(method, apart=apart)
    (category, categories), (theme, words) = (pd.factorize(frame[name]) for name in ("category", "theme"))
    place = {word: at for at, word in enumerate(themes)}
    found = np.full((len(categories) + 1, len(words) + 1), -1, np.int64)
    for row, first in enumerate(map(str, categories)):
        for column, own in enumerate(map(str, words)):
            found[row, column] = place.get(to.get((first, own), own), place.get(own, -1))
    return found[category, theme]


def supplied_rows(
    base: SuppliedFootprint, sent_by: Senders, themes: Sequence[str]
) -> tuple[Codes, Codes, Numbers]:  # fmt: skip
    """Return the sender, theme and tonnes of the rows of the base year that are of these themes."""
    table = base.table
    table = table[table["period"] == sent_by.years[sent_by.base]]
    keys = [sent_by.codes[at] if given else "" for at, given in enumerate(sent_by.supplied.tolist())]
    who, theme = coded(table["organisation"], keys), coded(table["theme"], themes)
    here = (who >= 0) & (theme >= 0)
    return who[here], theme[here], table["tco2e"].to_numpy(np.float64)[here]
