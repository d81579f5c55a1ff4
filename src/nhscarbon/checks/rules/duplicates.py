"""What is there twice: the same row again, and one reference at two sites."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.rules.rows import Rows, first_of, kinds, members
from nhscarbon.findings import Finding

SAME = ("organisation", "period", "month", "activity", "unit", "geography", "supplier", "reference")
METERED = "metered"  # the evidence of a meter
SHOWN = 50  # sets of rows that are listed one by one


def repeated_rows(rows: Rows) -> Iterator[Finding]:
    """Find rows that say the same as one above them, meters read twice, and references that stand at several sites."""
    place = np.flatnonzero(rows.known & np.isfinite(rows.quantity) & (rows.quantity != 0))
    named = rows.words["reference"].codes != BLANK
    yield from _read_twice(rows, place[named[place]])
    amounts = rows.measured[1][place]
    place = place[np.bincount(amounts)[amounts] > 1] if len(place) else place  # most quantities are there once
    if len(place):
        yield from _again(rows, place)
        yield from _elsewhere(rows, place[named[place]])


def _again(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    series, amounts = rows.measured
    cell = rows.cells(("month",), place, series[place], amounts[place])
    first = first_of(cell)
    copies = np.ones(len(place), np.bool_)
    copies[first] = False
    again = place[copies]
    which, sets = np.unique(cell[copies], return_inverse=True)
    for number, each in enumerate(which[:SHOWN].tolist()):
        above = rows.named(int(place[first[each]]))
        yield from rows.findings(again[sets == number], "row_repeated", "", "quantity", first=above)
    rest = again[sets >= SHOWN]
    if len(rest):
        yield from rows.findings(rest, "row_repeated", "others", "quantity")


def _read_twice(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    """Find meters with several figures of one month or year: a first figure, and its correction beside it."""
    metered = rows.words["evidence"]
    here = [code for code, word in enumerate(metered.labels) if word.casefold() == METERED]
    place = place[np.isin(metered.codes[place], here)]
    if not len(place):
        return
    cell = rows.cells(("month",), place, rows.measured[0][place])
    figures = kinds(cell, rows.measured[1][place])
    rows_of = members(cell, place)
    for number in np.flatnonzero(figures > 1)[:SHOWN].tolist():
        found = rows_of(number)
        when = rows.shared("month", found) or rows.shared("period", found)
        name = rows.shared("reference", found)
        yield from rows.findings(
            found[1:], "reading_repeated", "", "quantity",
            reference=name, count=figures[number], period=when, first=rows.named(int(found[0])),
        )  # fmt: skip


def _elsewhere(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    """Find one reference with one quantity at each of its sites: a meter that was entered twice.

    A reference with other quantities at other sites, such as the name of a column, is no meter's.
    """
    if not len(place):
        return
    cell = rows.cells(SAME, place, rows.measured[1][place])
    again = np.bincount(cell)[cell] > 1
    place, cell = place[again], cell[again]
    if not len(place):
        return
    used = rows.words["reference"]
    sharing = np.flatnonzero(np.isin(used.codes, used.codes[place]))  # every row of the references that are left
    site = rows.words["site"].codes.astype(np.int64) + 1
    body = rows.cells(("organisation", "reference"), sharing)
    sites_of = np.zeros(len(rows), np.int64)
    sites_of[sharing] = kinds(body, site[sharing])[body]
    sites_here = kinds(cell, site[place])[cell]
    for both in np.unique(cell[(sites_here > 1) & (sites_here == sites_of[place])]).tolist():
        here = place[cell == both]
        name, count = rows.shared("reference", here), int(sites_here[cell == both][0])
        yield from rows.findings(here, "reference_at_two_sites", "", "site", reference=name, count=count)


ROW_RULES = (repeated_rows,)
