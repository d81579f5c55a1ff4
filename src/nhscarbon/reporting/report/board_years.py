"""Which years a board page compares, and both totals on the same themes, organisations and months."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nhscarbon.analysis.decomposition.change import Change
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, OPEN, boundary_name, boundary_themes
from nhscarbon.footprint.whole_years import whole_periods
from nhscarbon.footprint.years import years_of

Place = tuple[str, str]  # organisation and theme
DID, PRICES, FACTORS, METHOD, SUPPLIED, COUNTED = "activity", "prices", "factor", "method", "supplied", "boundary"
MOVED_IN_OR_OUT = ("entered", "left")


@dataclass(frozen=True)
class BoardYears:
    """The years of a page.

    Attributes
    ----------
    last : Footprint
        Of the last complete NHS year; of the last one where none is complete.
    complete : bool
        Whether it is.
    before : Footprint or None
        The complete year just before it, or what was given to compare with.
    parts : tuple of (str, str)
        Later NHS years that are not complete, and why.
    why : str
        Why the last year is not complete.
    """

    last: Footprint
    complete: bool
    before: Footprint | None
    parts: tuple[tuple[str, str], ...]
    why: str

    @property
    def year(self) -> str:
        """The NHS year of the large figures."""
        return self.last.periods[0]


def board_years(footprint: Footprint, before: Footprint | None = None) -> BoardYears:
    """Choose the year of the large figures, and what it is compared with.

    Parameters
    ----------
    footprint : Footprint
        Of one NHS year or several.
    before : Footprint, optional
        What to compare the last year with; the last year of it is taken.
    """
    years = years_of(footprint)
    table = whole_periods(footprint, footprint.method.widest)
    whole = dict(zip(table["period"], table["complete"].tolist(), strict=True))
    why = dict(zip(table["period"], table["why"], strict=True))
    complete = [each for each in years if whole[each.periods[0]]]
    last = complete[-1] if complete else years[-1]
    year = last.periods[0]
    parts = tuple((period, why[period]) for period in whole if period > year)
    earlier = complete[-2] if len(complete) > 1 and _follows(complete[-2].periods[0], year) else None
    if before is not None:
        earlier = years_of(before)[-1]
    return BoardYears(last, bool(complete), earlier, parts, why[year])


def _follows(first: str, second: str) -> bool:
    return int(second[:4]) == int(first[:4]) + 1


@dataclass(frozen=True)
class SameBasis:
    """One total in two years, on what both of them answer.

    Attributes
    ----------
    before, after : float
        [tCO2e]
    themes : int
        How many themes of their own are in it.
    whole : bool
        Whether that is all of both totals.
    organisations : bool
        Whether the organisations differ.
    """

    before: float
    after: float
    themes: int
    whole: bool
    organisations: bool


def same_basis(before: Footprint, after: Footprint, boundary: str) -> SameBasis | None:
    """Return a total in two years on the same themes, organisations and months; None where they share nothing."""
    first, second = (_answered(each, boundary) for each in (before, after))
    was, now = (_tonnes(each, boundary) for each in (before, after))
    both = _in_both(first, second, after, boundary)
    if not both:
        return None
    left_out = {place for tonnes in (was, now) for place, value in tonnes.items() if value} - both
    bodies = [{organisation for organisation, _ in places} for places in (first, second)]
    return SameBasis(
        math.fsum(was.get(place, 0.0) for place in sorted(both)),
        math.fsum(now.get(place, 0.0) for place in sorted(both)),
        len({theme for _, theme in both} - set(feeders(after.method.catalogue))), not left_out, bodies[0] != bodies[1],
    )  # fmt: skip


def before_by_theme(before: Footprint, after: Footprint, boundary: str) -> Mapping[str, float]:
    """Return the tonnes of a year ago by theme, where the same organisations answer the theme in both years."""
    first, second = (_answered(each, boundary) for each in (before, after))
    was = _tonnes(before, boundary)
    both = _in_both(first, second, after, boundary)
    changed = {theme for _, theme in (first ^ second) | ({*was, *_tonnes(after, boundary)} - both)}
    found: dict[str, float] = {}
    for organisation, theme in sorted(both):
        if theme not in changed:
            found[theme] = found.get(theme, 0.0) + was.get((organisation, theme), 0.0)
    return found


def _in_both(first: set[Place], second: set[Place], footprint: Footprint, boundary: str) -> set[Place]:
    """Return what both years answer; a theme made of others, as well-to-tank, where both answer the same of them."""
    found = first & second
    for theme, made_of in feeders(footprint.method.catalogue).items():
        if theme not in boundary_themes(boundary, footprint.method):
            continue
        for organisation in sorted({who for who, _ in found}):
            parts = [{each for each in made_of if (organisation, each) in places} for places in (first, second)]
            if parts[0] and parts[0] == parts[1]:
                found.add((organisation, theme))
    return found


def _answered(footprint: Footprint, boundary: str) -> set[Place]:
    """Return the organisations and themes of their own that have an answer for the whole of the year."""
    table = footprint.coverage
    made = feeders(footprint.method.catalogue)
    inside = table["theme"].isin([each for each in boundary_themes(boundary, footprint.method) if each not in made])
    here = table[inside & ~table["answer"].isin(OPEN) & ~table["part_of_year"]]
    return set(zip(here["organisation"].astype(str), here["theme"].astype(str), strict=True))


def _tonnes(footprint: Footprint, boundary: str) -> dict[Place, float]:
    frame = footprint.by("organisation", "theme", boundary=boundary)
    return dict(zip(zip(frame["organisation"], frame["theme"], strict=True), frame["tco2e"].tolist(), strict=True))


def four_causes(change: Change, before: Footprint, after: Footprint) -> dict[str, float]:
    """Return a change by cause [tCO2e]; they add up to the whole change.

    What an organisation began or ended within a theme that it answers in both years is what it did; a theme or an
    organisation that only one of the years has is a change of what is counted.
    """
    whole = change.total()
    found = {name: whole.get(f"{name}_tco2e", 0.0) for name in (DID, PRICES, FACTORS, METHOD, SUPPLIED, COUNTED)}
    table = change.table
    widest = after.method.widest
    both = _in_both(_answered(before, widest), _answered(after, widest), after, widest)
    moved = np.zeros(len(table))
    for name in MOVED_IN_OR_OUT:
        moved = moved + table[f"{name}_tco2e"].to_numpy(np.float64)
    if "organisation" in table.columns and "theme" in table.columns:
        places = zip(table["organisation"].astype(str), table["theme"].astype(str), strict=True)
        own = np.array([place in both for place in places], np.bool_)
    else:
        own = np.zeros(len(table), np.bool_)
    found[DID] += math.fsum(moved[own])
    found[COUNTED] += math.fsum(moved[~own])
    return found


def has_both(footprint: Footprint) -> bool:
    """Return whether a methodology has both footprints."""
    return CORE in footprint.method.boundaries and footprint.method.widest != CORE


def covered(footprint: Footprint, boundary: str) -> str:
    """Return what a total covers, in words; empty where it is whole."""
    return footprint.label(boundary).removeprefix(boundary_name(boundary)).removeprefix(", ")
