"""Whether the bodies and sites of a return were in use in the year that it is about, and whose the sites were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.checks.rules.rows import Rows, members
from nhscarbon.checks.words import codes_where
from nhscarbon.findings import Finding
from nhscarbon.organisations.lookup import Known, days_of, find, look_up
from nhscarbon.organisations.register import Organisations
from nhscarbon.sums.combinations import distinct

BODY, SITE = ("sent", "period"), ("site", "organisation", "period")
BODIES = {
    "closed": "organisation_closed",
    "not_open_yet": "organisation_not_open_yet",
    "unknown": "organisation_unknown",
}
SITES = {"closed": "site_closed", "not_open_yet": "site_not_open_yet"}
OF_TRUST = "trust"  # the level of a site in its trust
TRUST_CODE, NAMES = 3, 5  # characters of a trust's code; names that are looked up
SITE_ROLE = "trust_site"
NO_BODIES = {SITE_ROLE: "a site", "region": "a region", "country": "a country"}
SITE_CODE = 5  # characters of an ODS site code; others are the sender's own words


def bodies(rows: Rows) -> Iterator[Finding]:
    """Find codes that are unknown or were not in use, and sites that were another body's."""
    organisations = rows.organisations
    if organisations is None:
        return
    asked: set[str] = set()
    for (code, year), place in _used(rows, BODY):
        known = look_up(code, organisations, year or rows.method.periods[-1])
        if known.status == "open" or (known.status != "unknown" and not year):
            yield from _level(rows, place, known)
            continue
        if known.status == "unknown" and not known.suggestions and len(asked) < NAMES and " " in code.strip():
            asked.add(code)
            known = replace(known, suggestions=tuple(each.code for each in find(code, organisations, limit=1)))
        yield from rows.findings(
            place, BODIES[known.status], _variant(known), "organisation", known=_said(known), **_named(known, year)
        )
    for (code, body, year), place in _used(rows, SITE, letters=SITE_CODE):
        if year:
            yield from _site(rows, place, look_up(code, organisations, year), body, year, organisations)


def _site(
    rows: Rows, place: NDArray[np.int64], known: Known, body: str, year: str, organisations: Organisations
) -> Iterator[Finding]:
    if known.status == "unknown" and not known.code.startswith(body):
        return  # a word of the sender's own
    if known.status == "unknown":
        yield from rows.findings(place, "site_unknown", "", "site", known=_said(known))
        return
    if known.status != "open":
        yield from rows.findings(
            place, SITES[known.status], _variant(known), "site", known=_said(known), **_named(known, year)
        )
    owners = _owners(known.code, year, organisations)
    if owners and _reports(body, organisations, year) and body not in owners and not owners & _kin(body, organisations):
        yield from rows.findings(
            place, "site_of_another", "", "site",
            code=known.code, name=known.name, owners=" and ".join(sorted(owners)), year=year, body=body,
        )  # fmt: skip


def _used(
    rows: Rows, names: tuple[str, ...], *, letters: int | None = None
) -> Iterator[tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Yield each combination of codes and year, and the rows that have it; of codes of so many letters only."""
    place = np.flatnonzero(codes_where(rows.words[names[0]], lambda code: letters in (None, len(code))))
    if not len(place):
        return
    columns = {name: Column(rows.words[name].codes[place] + 1, ("", *rows.words[name].labels)) for name in names}
    which, words = distinct(columns, names)
    rows_of = members(which.numbers, place)
    for number, each in enumerate(words):
        yield each, rows_of(number)


def _level(rows: Rows, place: NDArray[np.int64], known: Known) -> Iterator[Finding]:
    """Find codes that are in use and report nothing: sites, regions, and codes of which nothing is known."""
    what = NO_BODIES.get(known.role)
    if known.role == SITE_ROLE:
        yield from rows.findings(
            place, "organisation_level", "site", "organisation",
            code=known.code, name=known.name, what=what, trust=known.code[:TRUST_CODE],
        )  # fmt: skip
    elif what:
        yield from rows.findings(
            place, "organisation_level", "", "organisation", code=known.code, name=known.name, what=what
        )
    elif not known.role:
        yield from rows.findings(place, "organisation_unnamed", "", "organisation", code=known.code)


def _reports(body: str, organisations: Organisations, year: str) -> bool:
    """Tell whether a code is known as a body; of another its own finding says what is to be mended."""
    known = look_up(body, organisations, year)
    return bool(known.role) and known.role not in NO_BODIES


def _said(known: Known) -> str:
    text = str(known)
    return text if text.endswith("?") else f"{text}."


def _variant(known: Known) -> str:
    """Return which text a code that is not in use has: one that names another code where one is known."""
    if known.status == "closed" and len(known.followed_by) == 1:
        return "followed"
    return "near" if known.suggestions else ""


def _named(known: Known, year: str) -> dict[str, str]:
    """Return the code that such a text names."""
    if known.status == "closed" and len(known.followed_by) == 1:
        return {"year": year, "successor": known.followed_by[0]}
    return {"codes": " or ".join(known.suggestions)} if known.suggestions else {}


def _owners(code: str, year: str, organisations: Organisations) -> set[str]:
    """Return the trusts that a site was in on any day of an NHS year."""
    first, last = days_of(year)
    held, number = organisations.memberships, organisations.number[code]
    here = (held.child == number) & (held.start <= last) & (held.end > first)
    here &= held.level == held.levels.index(OF_TRUST)
    return {organisations.codes[parent] for parent in held.parent[here].tolist()}


def _kin(body: str, organisations: Organisations) -> set[str]:
    """Return what a body follows and what follows it: a merger in the year moves its sites."""
    number, follows = organisations.number.get(body), organisations.successions
    if number is None:
        return set()
    before = follows.predecessor[follows.successor == number].tolist()
    after = follows.successor[follows.predecessor == number].tolist()
    return {organisations.codes[each] for each in (*before, *after)}


ROW_RULES = (bodies,)
