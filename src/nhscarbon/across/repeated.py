"""What is there twice: the same row again, and one reference at two sites."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nhscarbon.across.rows import Rows, kinds
from nhscarbon.activity.table import BLANK
from nhscarbon.findings import Finding

SAME = ("organisation", "period", "month", "activity", "unit", "geography", "supplier", "reference")
SHOWN = 50  # sets of rows that are listed one by one


def repeated(rows: Rows) -> Iterator[Finding]:
    """Find rows that say the same as one above them, and references that stand at several sites."""
    place = np.flatnonzero(rows.known & np.isfinite(rows.quantity) & (rows.quantity != 0))
    place = place[np.bincount(rows.amounts[place])[rows.amounts[place]] > 1]  # most quantities are there once
    if len(place):
        yield from _again(rows, place)
        named = place[rows.words["reference"].codes[place] != BLANK]
        yield from _elsewhere(rows, named)


def _again(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    cell = rows.cells(("month",), place, rows.series[place], rows.amounts[place])
    first = np.zeros(int(cell.max()) + 1, np.int64)
    first[cell[::-1]] = np.arange(len(cell))[::-1]  # the last word is the first row's
    copies = np.ones(len(place), np.bool_)
    copies[first] = False
    again = place[copies]
    which, sets = np.unique(cell[copies], return_inverse=True)
    for number, each in enumerate(which[:SHOWN].tolist()):
        told = (
            f"the same as {rows.named(int(place[first[each]]))}: body, site, period, activity, quantity and all else."
        )
        advice = "Delete it if it is the same use; give each its own reference if it is not."
        yield from rows.findings(again[sets == number], "row_repeated", "warning", "quantity", told, advice)
    rest = again[sets >= SHOWN]
    if len(rest):
        told, advice = "further rows that repeat one above them.", "Look at them as at the others of this kind."
        yield from rows.findings(rest, "row_repeated", "warning", "quantity", told, advice)


def _elsewhere(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    """Find one reference with one quantity at each of its sites: a meter that was entered twice.

    A reference with other quantities at other sites, such as the name of a column, is no meter's.
    """
    if not len(place):
        return
    cell = rows.cells(SAME, place, rows.amounts[place])
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
        yield from rows.findings(
            here, "reference_at_two_sites", "warning", "site",
            f"the reference '{name[:40]}' has the same quantity at {count} sites.",
            "Leave it at the site that it is of.",
        )  # fmt: skip
