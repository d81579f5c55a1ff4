"""Which years of a trend are whole: all their months, and every organisation that was open and sends in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.two_years import Compared
from nhscarbon.checks.packages import release_in
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.on_map import by_reporter
from nhscarbon.footprint.whole_years import whole_years
from nhscarbon.organisations.index import OrganisationIndex, days_of_years, load_index

NAMED = 2  # organisations that a sentence names


@dataclass(frozen=True)
class Wholeness:
    """Whether a year is whole, the fewest months that a theme of it has, and why it is not."""

    complete: bool
    months: int | None
    why: str


def wholeness(years: Mapping[str, Compared], boundary: str | None) -> dict[str, Wholeness]:
    """Return of each NHS year whether it is whole.

    Parameters
    ----------
    years : Mapping[str, Footprint or SuppliedFootprint]
        One of each NHS year.
    boundary : str, optional
        Whose themes are looked at; the main total of each when left out.

    Returns
    -------
    dict of str to Wholeness
        An organisation that sends in another year is missed in a year in which it was open; one that has since merged,
        or was not open yet, is not.
    """
    senders = {year: _senders(each) for year, each in years.items()}
    known = sorted(set().union(*senders.values()))
    index = _index(years)
    found = {}
    for year, each in years.items():
        months, why = _part_of_year(each, boundary, index) if isinstance(each, Footprint) else (None, [])
        missed = [code for code in known if code not in senders[year] and _open(code, year, index)]
        why += [f"nothing sent by {_named(missed)}"] if missed else []
        found[year] = Wholeness(not why, months, "; ".join(why))
    return found


def part_of_year(footprint: Footprint, boundary: str) -> str:
    """Say which themes of a footprint are a part of the year; nothing where none is."""
    _, why = _part_of_year(footprint, boundary, _index({footprint.periods[0]: footprint}))
    return "; ".join(why)


def not_whole(before: Compared, after: Compared, boundaries: tuple[str, str]) -> list[str]:
    """Return a sentence of each of two years that is not whole, or in which one of both sent nothing."""
    sides = tuple(zip((before, after), boundaries, strict=True))
    years = [each.periods[0] for each, _ in sides]
    if years[0] == years[1] or not _senders(before) & _senders(after):
        found = [part_of_year(each, name) if isinstance(each, Footprint) else "" for each, name in sides]
    else:
        both = dict(zip(years, (before, after), strict=True))
        found = [wholeness(both, name)[year].why for year, name in zip(years, boundaries, strict=True)]
    return [f"{year} is not a whole year ({why}): what is missing looks like a fall."
            for year, why in zip(years, found, strict=True) if why]  # fmt: skip


def _senders(footprint: Compared) -> set[str]:
    if isinstance(footprint, Footprint):
        return set(by_reporter(footprint.sums).columns["organisation"].labels)
    return set(map(str, footprint.table["organisation"]))


def _index(years: Mapping[str, Compared]) -> OrganisationIndex | None:
    """Return the release that codes were looked up in; none where they were not in some year."""
    releases = [release_in(each.packages) for each in years.values() if isinstance(each, Footprint)]
    return load_index(releases[-1]) if releases and releases[-1] and all(releases) else None


def _open(code: str, year: str, index: OrganisationIndex | None) -> bool:
    """Tell whether an organisation was open in an NHS year, as far as is known."""
    place = -1 if index is None else index.number.get(code, -1)
    if index is None or place < 0:
        return True
    closed, not_yet = index.outside(np.array([place]), [year])
    return not (closed[0] or not_yet[0])


def _part_of_year(
    footprint: Footprint, boundary: str | None, index: OrganisationIndex | None
) -> tuple[int | None, list[str]]:
    """Return the fewest months of a theme that is a part of the year, and which, of any organisation."""
    table = whole_years(footprint, boundary)
    places = zip(map(str, table["organisation"]), map(str, table["period"]), strict=True)
    whole_life = [_all_year(code, year, index) for code, year in places]
    part = table[~table["complete"] & np.array(whole_life, np.bool_)]
    if part.empty:
        return None, []
    alone = len(set(table["organisation"])) < 2
    why: list[str] = [
        str(each) if alone else f"{_named([*map(str, rows['organisation'])])}: {each}"
        for each, rows in part.groupby("why", sort=False)
    ]
    least = part["months"].min()
    return None if pd.isna(least) else int(least), ["; ".join(why)]


def _all_year(code: str, year: str, index: OrganisationIndex | None) -> bool:
    """Tell whether an organisation was open all the year: one that merged in it has no more months to send."""
    place = -1 if index is None else index.number.get(code, -1)
    if index is None or place < 0:
        return True
    (first,), (last,) = days_of_years([year])
    return bool(index.opened[place] <= first and index.closed[place] > last)


def _named(codes: list[str]) -> str:
    more = f" and {len(codes) - NAMED:,} more" if len(codes) > NAMED else ""
    return ", ".join(codes[:NAMED]) + more if more else " and ".join(codes)
