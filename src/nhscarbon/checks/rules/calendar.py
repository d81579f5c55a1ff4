"""What is not there: months and themes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.months import month_limits
from nhscarbon.checks.rules.last_years import Last, is_energy, years_of
from nhscarbon.checks.rules.rows import Mask, Rows, first_of, kinds, members
from nhscarbon.findings import Finding, finding, wording
from nhscarbon.periods import LAST_MONTH, months_of, nhs_year
from nhscarbon.sums.combinations import distinct

BY_THEME = ("organisation", "period", "activity")
OF_RETURN, OF_SITE = ("organisation", "period"), ("organisation", "site", "period", "activity")
SERIES_FROM = 2  # months of one thing in one year that make it a monthly return


def calendar(rows: Rows) -> Iterator[Finding]:
    """Find months that are missing within a series, and themes that stop."""
    monthly = rows.words["month"].codes != BLANK
    if monthly.any():
        told: set[tuple[str, ...]] = set()
        yield from _gaps(rows, monthly, told)
        yield from _single(rows, monthly, told)
    yield from _themes(rows)


def _gaps(rows: Rows, monthly: Mask, told: set[tuple[str, ...]]) -> Iterator[Finding]:
    """Find months without a figure in a year that has others: empty is not zero.

    What is at stake is what the missing months may come to. `told` takes what one month is said of.
    """
    place = np.flatnonzero(rows.known & monthly)
    if not len(place):
        return
    cell = rows.measured[0][place]
    month = rows.words["month"]
    count = kinds(cell, month.codes[place].astype(np.int64))
    rows_of = members(cell, place)
    short = np.flatnonzero((count > 0) & (count < LAST_MONTH)).tolist()
    of_return, of_site = (_months_of(rows, names, place) if short else {} for names in (OF_RETURN, OF_SITE))
    years = years_of(rows) if short else None
    for each in short:
        here = rows_of(each)
        year = rows.shared("period", here)
        there = {month.labels[code] for code in set(month.codes[here].tolist())}
        absent = [each for each in months_of(year) if each not in there]
        variant = "inside" if any(min(there) < each < max(there) for each in absent) else ""
        if not variant and len(absent) <= month_limits()["missing_at_end"]:
            others, own = (of[tuple(rows.words[name].text(here[0]) for name in names)]
                           for of, names in ((of_return, OF_RETURN), (of_site, OF_SITE)))  # fmt: skip
            variant = "elsewhere" if others.issuperset(absent) and own.isdisjoint(absent) else ""
        last = years.last(here, absent) if years else None
        variant = variant or ("before" if last else "")
        if len(there) < SERIES_FROM:
            if variant != "before" or not is_energy(rows, here):
                continue  # it may be a purchase
            told.add(tuple(rows.words[name].text(here[0]) for name in BY_THEME))
        variant = "_".join(filter(None, (variant, "one" if len(absent) == 1 else "")))
        kgco2e = _at_stake(rows, here, len(there), absent, last)
        what = wording(
            "months_missing", variant, count=len(there), year=year, months=", ".join(absent),
            earlier=nhs_year(int(year[:4]) - 1),
        )  # fmt: skip
        yield from rows.said(what, here, "period", kgco2e=kgco2e)


def _at_stake(rows: Rows, here: Places, there: int, absent: Sequence[str], last: Last | None) -> float | None:
    """Return what missing months may come to [kgCO2e]: what they did the year before, else as much as the others."""
    given = rows.entries.located(here)["kgco2e_at_stake"]
    if given is None or last is None or not last.alone:
        return None if given is None else given / there * len(absent)
    return last.missing(absent, given) or given / there * len(absent)


def _months_of(rows: Rows, names: tuple[str, ...], place: NDArray[np.int64]) -> dict[tuple[str, ...], set[str]]:
    """Return the months that each combination of words has among some rows."""
    of = (*names, "month")
    found: dict[tuple[str, ...], set[str]] = {}
    cells = rows.cells(of, place)
    for row in place[first_of(cells)].tolist():
        *words, month = (rows.words[name].text(row) for name in of)
        found.setdefault(tuple(words), set()).add(month)
    return found


def _single(rows: Rows, monthly: Mask, told: set[tuple[str, ...]]) -> Iterator[Finding]:
    """Find what a body has one month of in a year, and nothing else: it may be a purchase, or all that was sent."""
    place = np.flatnonzero(rows.known & (rows.words["organisation"].codes != BLANK))
    if not len(place):
        return
    cell = rows.cells(BY_THEME, place)
    month = rows.words["month"]
    count = kinds(cell, month.codes[place].astype(np.int64) + 1)
    rows_of = members(cell, place)
    for number in np.flatnonzero(count == 1).tolist():
        here = rows_of(number)
        if monthly[here].all() and tuple(rows.words[name].text(here[0]) for name in BY_THEME) not in told:
            activity, year, only = (rows.shared(name, here) for name in ("activity", "period", "month"))
            yield from rows.findings(
                here, "months_missing", "single", "period", activity=activity, year=year, month=only
            )


def _themes(rows: Rows) -> Iterator[Finding]:
    """Find themes that a body reports in one year and not in another."""
    catalogue = rows.method.catalogue
    themes: dict[str, dict[str, set[str]]] = {}
    place = np.flatnonzero(rows.known & (rows.words["organisation"].codes != BLANK))
    chosen = {name: Column(rows.words[name].codes[place], rows.words[name].labels) for name in BY_THEME}
    for body, year, activity in distinct(chosen, BY_THEME)[1] if len(place) else ():
        themes.setdefault(body, {}).setdefault(year, set()).add(catalogue.activities[activity].theme)
    for body, years in themes.items():
        everything = set().union(*years.values())
        for year, there in sorted(years.items()):
            if absent := sorted(everything - there):
                named = ", ".join(absent).replace("_", " ")
                yield finding(
                    "theme_missing", file=rows.entries.file, organisation=body, period=year, rows=0, themes=named
                )


ROW_RULES = (calendar,)
