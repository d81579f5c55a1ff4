"""Which years a board page compares, and both totals on the same themes, organisations and months."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.change import Change
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, OPEN, boundary_name, boundary_themes
from nhscarbon.footprint.whole_years import whole_periods
from nhscarbon.footprint.years import years_of
from nhscarbon.periods import LAST_MONTH
from nhscarbon.trajectory.monitoring.members import SYSTEM
from nhscarbon.trajectory.monitoring.result import Monitor

Place = tuple[str, str]  # organisation and theme
DID, PRICES, FACTORS, METHOD, SUPPLIED, COUNTED = "activity", "prices", "factor", "method", "supplied", "boundary"
ALL = ""  # the organisation of what all answer together
MOVED_IN_OR_OUT = ("entered", "left")
LEAST_SHARED = 0.5  # of each total: a change of less than half of it would be taken for the change of all


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
    mapped : bool
        Whether both years are of the same organisations, though some may have merged.
    """

    last: Footprint
    complete: bool
    before: Footprint | None
    parts: tuple[tuple[str, str], ...]
    why: str
    mapped: bool = False

    @property
    def year(self) -> str:
        """The NHS year of the large figures."""
        return self.last.periods[0]


def board_years(footprint: Footprint, before: Footprint | None = None, found: Monitor | None = None) -> BoardYears:
    """Choose the year of the large figures, and what it is compared with.

    Parameters
    ----------
    footprint : Footprint
        Of one NHS year or several.
    before : Footprint, optional
        What to compare the last year with; the last year of it is taken.
    found : Monitor, optional
        Which knows whose year is whole after a merger; without it an organisation that closed lacks.
    """
    years = years_of(footprint)
    table = whole_periods(footprint, footprint.method.widest)
    whole = dict(zip(table["period"], table["complete"].tolist(), strict=True))
    if found is not None:
        whole |= _whole(found, footprint.method.widest)
    months = dict(zip(table["period"], table["months"].tolist(), strict=True))
    why = dict(zip(table["period"], table["why"], strict=True))
    said = {
        period: f"{months[period]} of {LAST_MONTH} months" if _is_short(months[period]) else why[period].split("; ")[0]
        for period in why
    }
    complete = [each for each in years if whole[each.periods[0]]]
    last = complete[-1] if complete else years[-1]
    year = last.periods[0]
    parts = tuple((period, said[period]) for period in said if period > year)
    earlier = complete[-2] if len(complete) > 1 and _follows(complete[-2].periods[0], year) else None
    if before is not None:
        earlier = years_of(before)[-1]
    return BoardYears(last, bool(complete), earlier, parts, said[year], before is None and found is not None)


def _whole(found: Monitor, boundary: str) -> dict[str, bool]:
    """Return which years of what the page is of are whole, mergers put on one map."""
    inside, held = found.theme_years.get(boundary), found.members
    if inside is None:
        return {}
    place = held.judged.index(judged_name(found))
    return dict(zip(held.years, inside.whole(held)[place].tolist(), strict=True))


def judged_name(found: Monitor) -> str:
    """Return the organisation of the page: the system where there is one, else the last one."""
    names = list(dict.fromkeys(found.table["organisation"]))
    return SYSTEM if SYSTEM in names else str(names[-1])


def _is_short(months: object) -> bool:
    return not pd.isna(months) and 0 < int(str(months)) < LAST_MONTH  # type: ignore[call-overload]


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


def same_basis(before: Footprint, after: Footprint, boundary: str, *, mapped: bool = False) -> SameBasis | None:
    """Return a total in two years on the same themes, organisations and months; None where they share too little.

    Parameters
    ----------
    before, after : Footprint
        Of one NHS year each.
    boundary : str
    mapped : bool, optional
        Whether both are of the same organisations though some have merged: then themes are compared of all together.
    """
    sides = _sides(before, after, boundary, mapped=mapped)
    if not sides.both:
        return None
    left_out = {place for tonnes in (sides.was, sides.now) for place, value in tonnes.items() if value} - sides.both
    was, now = (math.fsum(tonnes.get(place, 0.0) for place in sorted(sides.both)) for tonnes in (sides.was, sides.now))
    whole = [math.fsum(tonnes.values()) for tonnes in (sides.was, sides.now)]
    if any(part < LEAST_SHARED * total for part, total in zip((was, now), whole, strict=True)):
        return None
    return SameBasis(
        was,
        now,
        len({theme for _, theme in sides.both} - set(feeders(after.method.catalogue))), not left_out,
        not sides.together and {who for who, _ in sides.first} != {who for who, _ in sides.second},
    )  # fmt: skip


def before_by_theme(before: Footprint, after: Footprint, boundary: str, *, mapped: bool = False) -> Mapping[str, float]:
    """Return the tonnes of a year ago by theme, where the same organisations answer the theme in both years."""
    sides = _sides(before, after, boundary, mapped=mapped)
    changed = {theme for _, theme in (sides.first ^ sides.second) | ({*sides.was, *sides.now} - sides.both)}
    found: dict[str, float] = {}
    for place in sorted(sides.both):
        if place[1] not in changed:
            found[place[1]] = found.get(place[1], 0.0) + sides.was.get(place, 0.0)
    return found


@dataclass(frozen=True)
class Sides:
    """What two years answer and count: places answered in each, in both, the tonnes of each, all together or not."""

    first: set[Place]
    second: set[Place]
    both: set[Place]
    was: dict[Place, float]
    now: dict[Place, float]
    together: bool


def _sides(before: Footprint, after: Footprint, boundary: str, *, mapped: bool) -> Sides:
    first, second = (_answered(each, boundary) for each in (before, after))
    rolled = before.on_map is not None or after.on_map is not None
    together = rolled or (mapped and _senders(before) != _senders(after))
    if together:
        first, second = (_of_all(places, each) for places, each in ((first, before), (second, after)))
    was, now = (_tonnes(each, boundary, together=together) for each in (before, after))
    return Sides(first, second, _in_both(first, second, after, boundary), was, now, together)


def _senders(footprint: Footprint) -> set[str]:
    table = footprint.coverage
    return set(table.loc[table["activities"] > 0, "organisation"].astype(str))


def _of_all(places: set[Place], footprint: Footprint) -> set[Place]:
    """Return the themes that every organisation which sent anything answers, as of all together."""
    senders = _senders(footprint)
    themes = {theme for _, theme in places}
    return {(ALL, theme) for theme in themes if all((who, theme) in places for who in senders)}


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


def _tonnes(footprint: Footprint, boundary: str, *, together: bool) -> dict[Place, float]:
    names = ("theme",) if together else ("organisation", "theme")
    frame = footprint.by(*names, boundary=boundary)
    who = [ALL] * len(frame) if together else frame["organisation"].tolist()
    return dict(zip(zip(who, frame["theme"], strict=True), frame["tco2e"].tolist(), strict=True))


def four_causes(change: Change, before: Footprint, after: Footprint, *, mapped: bool = False) -> dict[str, float]:
    """Return a change by cause [tCO2e]; they add up to the whole change.

    What an organisation began or ended within a theme that it answers in both years is what it did; a theme or an
    organisation that only one of the years has is a change of what is counted.
    """
    whole = change.total()
    found = {name: whole.get(f"{name}_tco2e", 0.0) for name in (DID, PRICES, FACTORS, METHOD, SUPPLIED, COUNTED)}
    table = change.table
    widest = after.method.widest
    sides = _sides(before, after, widest, mapped=mapped)
    moved = np.zeros(len(table))
    for name in MOVED_IN_OR_OUT:
        moved = moved + table[f"{name}_tco2e"].to_numpy(np.float64)
    if "organisation" in table.columns and "theme" in table.columns:
        places = zip(table["organisation"].astype(str), table["theme"].astype(str), strict=True)
        own = np.array([(ALL if sides.together else who, theme) in sides.both for who, theme in places], np.bool_)
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
