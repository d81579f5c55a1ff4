"""Which NHS years of a footprint are whole: part of a year, or a year without a member, is no year to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from nhscarbon.checks.packages import release_in
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import OPEN, boundary_themes
from nhscarbon.footprint.on_map import by_reporter
from nhscarbon.methods.boundaries import known_boundary
from nhscarbon.organisations.index import days_of_years, load_index
from nhscarbon.periods import LAST_MONTH

if TYPE_CHECKING:
    Parts = Iterable[tuple[str, pd.DataFrame]]

BY = ["organisation", "period"]
NAMED = 2  # themes, or organisations, that a sentence names
NOTHING_SENT = "nothing sent"


def whole_years(footprint: Footprint, boundary: str | None = None) -> pd.DataFrame:
    """Return whether each organisation gives the whole of each NHS year.

    Parameters
    ----------
    footprint : Footprint
    boundary : str, optional
        Whose themes are looked at; the methodology's main total when left out.

    Returns
    -------
    pandas.DataFrame
        For each organisation (of a roll-up, each that reported) and NHS year of the footprint: ``complete``;
        ``months``, the fewest of any theme that has months to miss (missing where months are not known); ``answered``,
        how many themes have an answer, ``of`` how many; and ``why`` it is not complete, else empty. An organisation
        that sends nothing in a year in which others send is not complete. A theme without an answer does not make a
        year a part of one: it is said by ``answered``.

    Raises
    ------
    UsageError
        If the methodology has no such boundary.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> whole_years(footprint)[["organisation", "complete"]].values.tolist()
    [['RX1', True]]
    """
    method = footprint.method
    boundary = method.headline if boundary is None else boundary
    known_boundary(boundary, method)
    themes, derived, labels = boundary_themes(boundary, method), feeders(method.catalogue), method.catalogue.themes
    columns = by_reporter(footprint.sums).columns
    away = _not_there(footprint, columns["organisation"].labels, columns["period"].labels)
    sent = {*by_reporter(footprint.sums).keys[BY].astype(str).drop_duplicates().itertuples(index=False, name=None)}
    table = footprint.coverage
    table = table[table["theme"].isin(themes)]
    answered = (~table["answer"].isin(OPEN)).groupby([table[name] for name in BY], sort=False).sum()
    part = table[table["part_of_year"] & ~table["theme"].isin([*derived])]
    short = dict(iter(part.groupby(BY, sort=False)))
    months = table[~table["theme"].isin([*derived]) & (table["months"].fillna(0) > 0)]
    fewest = months.groupby(BY, sort=False)["months"].min()
    rows = []
    for organisation in columns["organisation"].labels:
        for period in columns["period"].labels:
            place = (organisation, period)
            why, least = "", fewest.get(place, pd.NA)
            if place not in sent and place in away:
                continue
            if place not in sent:
                why, least = NOTHING_SENT, 0
            elif place in short and place not in away:  # one that closed in the year has no more months
                least = int(short[place]["months"].min())
                why = f"{least} of {LAST_MONTH} months of {_named([labels[each] for each in short[place]['theme']])}"
            rows.append((*place, not why, least, int(answered.get(place, 0)), len(themes), why))
    frame = pd.DataFrame(rows, columns=[*BY, "complete", "months", "answered", "of", "why"])
    return frame.astype({"complete": np.bool_, "months": "Int64"})


def _not_there(footprint: Footprint, codes: Sequence[str], years: Sequence[str]) -> set[tuple[str, str]]:
    """Return the organisations and years of which nothing is to come: closed by the end of the year, or not open yet.

    What the footprint's release of organisations does not hold, or a footprint without one, is always there.
    """
    release = release_in(footprint.packages)
    if release is None or len(years) < 2:  # of one year, every organisation sent something
        return set()
    index = load_index(release)
    place = index.places(codes)
    _, last = days_of_years(years)
    away = (index.closed[place][:, None] <= last) | (index.opened[place][:, None] > last)
    away &= (place >= 0)[:, None]
    return {(codes[code], years[year]) for code, year in np.argwhere(away).tolist()}


def whole_periods(footprint: Footprint, boundary: str | None = None) -> pd.DataFrame:
    """Return whether all organisations together give the whole of each NHS year.

    Parameters
    ----------
    footprint, boundary
        As `whole_years`.

    Returns
    -------
    pandas.DataFrame
        ``period``, ``complete``, ``months`` (the fewest of any organisation that sends anything) and ``why``, which
        names the organisations; empty where the year is complete.
    """
    table = whole_years(footprint, boundary)
    alone = table["organisation"].nunique() < 2
    rows = []
    for period, frame in table.groupby("period", sort=True):
        lacking = frame[~frame["complete"]]
        said = [
            why if alone else f"{_named([*map(str, part['organisation'])])}: {why}"
            for why, part in cast("Parts", lacking.groupby("why", sort=False))
        ]
        given = frame.loc[frame["why"] != NOTHING_SENT, "months"].dropna()
        rows.append((period, lacking.empty, given.min() if len(given) else pd.NA, "; ".join(said)))
    frame = pd.DataFrame(rows, columns=["period", "complete", "months", "why"])
    return frame.astype({"complete": np.bool_, "months": "Int64"})


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return " and ".join(names) if not more else f"{', '.join(names[:NAMED])}{more}"
