"""What of two years cannot be told: rows whose words are not known, and what was sent before that is not all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from nhscarbon.activity.columns import BLANK, Mask
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Places
from nhscarbon.organisations.index import OrganisationIndex, days_of_years

NAMES = ("organisation", "site", "period")
Year = tuple[str, str, str]  # an organisation, its NHS year, and the one before


def unread_of(cells: Cells, years: Sequence[Year], sites: Sequence[str]) -> tuple[Places, Places]:
    """Return the returns and sites with rows whose words are not known, of both years, shape (2, rows) each.

    Parameters
    ----------
    cells : Cells
    years : sequence of (str, str, str)
        Of each return.
    sites : sequence of str
        A site that is none of them has -1.
    """
    place = {name: number for number, name in enumerate(sites)}
    now: dict[tuple[str, str], list[int]] = {}
    before: dict[tuple[str, str], list[int]] = {}
    for number, (organisation, year, last) in enumerate(years):
        for look, names in ((now, (year, "")), (before, (last, ""))):
            for name in dict.fromkeys(names):
                look.setdefault((organisation, name), []).append(number)
    found: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
    for part, looks in ((cells, (now, before)), (cells.unread, ({}, before))):
        if part is None or part.known.all():
            continue
        for organisation, site, year in _words(part):
            at = place.get(" ".join(site.upper().split()), -1)
            for each, look in zip(found, looks, strict=True):
                each.update((number, at) for number in look.get((organisation, year), ()))
    first, second = (np.array(sorted(each), np.int64).reshape(-1, 2).T for each in found)
    return first, second


def without_predecessors(
    past: Cells | None, years: Sequence[Year], organisations: OrganisationIndex | None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the returns of which one predecessor sent the year before and others did not, and those others."""
    if past is None or organisations is None:
        return
    where = np.flatnonzero(past.columns["organisation"].codes != BLANK)
    senders: dict[tuple[str, str], set[str]] = {}
    for organisation, sender, year in past.group(("organisation", "sent", "period"), where)[1]:
        senders.setdefault((organisation, year), set()).add(sender)
    for number, (organisation, year, last) in enumerate(years):
        sent = senders.get((organisation, last), set())
        if sent and organisation not in sent:
            days = int(days_of_years([last])[0][0]), int(days_of_years([year])[1][0])
            left = sorted({*organisations.followed(organisation, *days)} - sent)
            if left:
                yield number, tuple(left)


def _words(cells: Cells) -> Iterable[Year]:
    where = np.flatnonzero(~cells.known & (cells.columns["organisation"].codes != BLANK))
    return [(name, site, year) for name, site, year in cells.group(NAMES, where)[1]] if len(where) else []


def met(unread: Places, organisation: Places, site: Places | None, blank: int) -> Mask:
    """Return which of some places have such rows; of a whole return, and of its rows without a site, any counts."""
    whole = np.isin(organisation, unread[0])
    if site is None:
        return whole
    size = 2 + max(int(each.max(initial=0)) for each in (site, unread[1]))
    found: Mask = np.isin(organisation * size + site, unread[0] * size + unread[1]) | (whole & (site == blank))
    return found
