"""A total that is given as well as its parts: the organisation and its sites, the year and its months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import one
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.double_counting_rules import whole_words
from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.meeting import (
    Meeting,
    Numbers,
    amounts_of,
    is_whole,
    meeting,
    named,
    plain_words,
    sizes,
    tonnage,
    tonnes_said,
)

PARTS, TOTAL = 0, 1  # the words that meet
PLACE = ("organisation", "period", "activity")
LEAST = 0.5  # of its parts: what is smaller is no total of them
NEAR = 0.02  # of its parts: so near to their sum a row is their total, whatever meter it names
SHOWN = 50  # totals that are listed one by one
DENSE = 1 << 22
SITE_CODE = 5  # characters of an ODS site code, which no word for the whole organisation is

Mask = NDArray[np.bool_]


def site_beside_total(cells: Cells) -> Iterator[Hit]:
    """Find rows of the whole organisation beside rows of its sites, of one activity and period."""
    if not cells.columns["site"].labels:
        return
    whole, said = _whole(cells)
    where = _both(cells, whole)
    met = meeting(cells, where, whole[where].astype(np.int64), PLACE, by_site=False) if len(where) else None
    if met is None:
        return
    explicit = np.zeros(len(met.places), np.bool_)
    explicit[met.place[said[where[met.at]]]] = True  # the sender's own word is that it is the total
    rest = _Rest()
    for shown, (here, total, parts) in enumerate(_compared(cells, where, met, whole)):
        at = where[met.at[here]]
        own_meter = _other_meters(cells, at[whole[at]], at[~whole[at]]) and abs(total - parts) > NEAR * parts
        is_total = total >= LEAST * parts
        error = bool(explicit[met.place[here[0]]]) or (is_total and not own_meter)
        if shown < SHOWN:
            values, kgco2e = _values(cells, at, whole[at])
            yield Hit("site_beside_total", "" if error else "meter" if is_total else "part", at, "site", values, kgco2e)
        else:
            rest.add(at, error=error)
    for variant, at in rest:
        yield Hit("site_beside_total", variant, at, "site", {})


def months_beside_year(cells: Cells) -> Iterator[Hit]:
    """Find a whole year beside months of it, of one organisation, site and activity, whatever the units."""
    month = cells.columns["month"]
    if not month.labels or month.lowest >= 0:
        return
    year = month.codes < 0
    where = _both(cells, year)
    names = (*PLACE, "site")
    met = None
    if len(where):
        met = meeting(cells, where, year[where].astype(np.int64), names, by_site=False, by_month=False)
    if met is None:
        return
    rest = _Rest()
    for shown, (here, total, parts) in enumerate(_compared(cells, where, met, year)):
        error = total >= LEAST * parts
        at = where[met.at[here]]
        years = at[year[at]]
        if _other_meters(cells, years, at[~year[at]]):
            continue
        if shown < SHOWN:
            values, kgco2e = _values(cells, at, year[at])
            values["year"] = cells.shared("period", at)
            values["count"] = len({*month.part(at[~year[at]]).codes.tolist()})
            yield Hit("months_beside_year", "" if error else "part", years, "period", values, kgco2e)
        else:
            rest.add(years, error=error)
    for variant, at in rest:
        yield Hit("months_beside_year", variant, at, "period", {})


def _other_meters(cells: Cells, first: Places, second: Places) -> bool:
    """Tell whether the cells of two sides all have references, and none of them the same."""
    reference = cells.columns["reference"]
    mine, theirs = (reference.part(side).codes for side in (first, second))
    named = len(mine) > 0 and len(theirs) > 0 and int(mine.min()) >= 0 and int(theirs.min()) >= 0
    return named and not np.isin(mine, theirs).any()


@dataclass
class _Rest:
    """The cells beyond what is listed one by one: those of errors, and those of warnings."""

    errors: list[Places] = field(default_factory=list)
    warnings: list[Places] = field(default_factory=list)

    def add(self, at: Places, *, error: bool) -> None:
        (self.errors if error else self.warnings).append(at)

    def __iter__(self) -> Iterator[tuple[str, Places]]:
        for variant, cells in (("others", self.errors), ("part_others", self.warnings)):
            if cells:
                yield variant, np.unique(np.concatenate(cells))


def _compared(cells: Cells, where: Places, met: Meeting, total: Mask) -> Iterator[tuple[Places, float, float]]:
    """Yield the entries of each group in which both sides are above zero, and the sizes of total and parts."""
    size = np.nan_to_num(sizes(cells, where)[met.at])
    is_total = total[where[met.at]]
    groups = int(met.group.max()) + 1
    sums = [
        np.bincount(met.group, weights=np.where(side, size, 0.0), minlength=groups) for side in (is_total, ~is_total)
    ]
    order = np.argsort(met.group, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(met.group, minlength=groups))])
    for group in np.flatnonzero((sums[0] > 0) & (sums[1] > 0)).tolist():
        yield order[ends[group] : ends[group + 1]], float(sums[0][group]), float(sums[1][group])


def _values(cells: Cells, at: Places, total: Mask) -> tuple[dict[str, object], float | None]:
    """Return what both sides are, and what would count twice: the smaller of them [kgCO2e]."""
    kgco2e = tonnage(cells, at)
    known = np.isfinite(kgco2e)
    smaller = min(float(kgco2e[known & side].sum()) for side in (total, ~total))
    stake = smaller if known.any() and smaller > 0 else None
    return {
        "total": amounts_of(cells, at[total]), "parts": amounts_of(cells, at[~total]), "twice": tonnes_said(stake)
    }, stake  # fmt: skip


def _both(cells: Cells, total: Mask) -> Places:
    """Return the cells of organisations and activities that have a total and parts; the others are not looked at."""
    organisation, activity = cells.columns["organisation"], cells.columns["activity"]
    if not organisation.labels or not activity.labels:
        return np.zeros(0, np.int64)
    span = len(activity.labels) + 1
    key: Numbers = (organisation.codes.astype(np.int64) + 1) * span + activity.codes + 1
    most = (len(organisation.labels) + 1) * span
    if most <= max(DENSE, len(key)):
        met = np.zeros((2, most), np.bool_)
        met[total.astype(np.int8), key] = True
        here = (met[0] & met[1])[key]
    else:
        here = np.isin(key, np.intersect1d(key[total], key[~total]))
    if not one(cells.known).all():
        here = here & cells.known
    return named(cells, np.flatnonzero(here))


def _whole(cells: Cells) -> tuple[Mask, Mask]:
    """Return which cells are of the whole organisation, and which of them say so in a word."""
    site, organisation = cells.columns["site"], cells.columns["organisation"]
    words = whole_words()
    own: dict[str, list[int]] = {}
    for code, label in enumerate(organisation.labels):
        for name in _names(cells, label):
            own.setdefault(name, []).append(code)
    generic = np.zeros(len(site.labels) + 1, np.bool_)
    theirs: dict[int, list[int]] = {}  # sites that are the code or name of an organisation
    for code, label in enumerate(site.labels):
        if len(label) == SITE_CODE and label.isalnum() and not label.isalpha():
            continue
        plain = plain_words(label)
        parts = plain.split()
        generic[code] = is_whole(label, frozenset(), words)
        if plain in own:
            theirs[code] = own[plain]
        elif len(parts) > 1 and not generic[code]:
            named_in = [part for part in parts if part in own]
            if named_in and is_whole(label, frozenset(named_in), words):
                theirs[code] = [number for part in named_in for number in own[part]]
    said: Mask = site.looked_up(generic)
    if theirs:
        said = said.copy()
        for code, organisations in theirs.items():
            here = np.flatnonzero(site.codes == code)
            said[here[np.isin(organisation.part(here).codes, organisations)]] = True
    return said | (site.codes < 0), said


def _names(cells: Cells, code: str) -> Iterator[str]:
    """Yield the code and the last known name of an organisation, in plain words."""
    yield plain_words(code)
    release = cells.organisations
    if release is not None and (name := release.name_of(code)):
        yield plain_words(name)


CELL_RULES = (site_beside_total, months_beside_year)
DETAIL_CODES = ("months_beside_year", "site_beside_total")
