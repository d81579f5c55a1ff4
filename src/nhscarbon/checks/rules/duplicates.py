"""What is there twice: the same row again, most rows of a sheet on another, and one reference at two sites."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.double_counting_rules import in_pieces
from nhscarbon.checks.rules.rows import Rows, first_of, kinds, members
from nhscarbon.findings import Finding

SAME = ("organisation", "period", "month", "activity", "unit", "geography", "supplier", "reference")
METERED = "metered"  # the evidence of a meter
FEWEST, MOST = 3, 0.5  # rows of a sheet that are on another, and the share of its rows that is no chance
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
    """Find rows that repeat one above them: errors where nothing that was sent tells them apart."""
    series, amounts = rows.measured
    cell = _by_day(rows, place, rows.cells(("month",), place, series[place], amounts[place]))
    first = first_of(cell)
    copies = np.ones(len(place), np.bool_)
    copies[first] = False
    several = np.bincount(cell)[cell] > 1
    place, cell, copies = place[several], cell[several], copies[several]
    if not len(place):
        return
    above = np.zeros(int(cell.max()) + 1, np.int64)
    above[cell[~copies]] = place[~copies]
    same = _same(rows, place) & copies
    for alike, variants in ((same, ("same", "same_others")), (copies & ~same, ("", "others"))):
        again = place[alike]
        which, sets = np.unique(cell[alike], return_inverse=True)
        for number, each in enumerate(which[:SHOWN].tolist()):
            named = rows.named(int(above[each]))
            yield from rows.findings(again[sets == number], "row_repeated", variants[0], "quantity", first=named)
        rest = again[sets >= SHOWN]
        if len(rest):
            yield from rows.findings(rest, "row_repeated", variants[1], "quantity")


def _by_day(rows: Rows, place: NDArray[np.int64], cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return cells of months, those that hold days alone told apart by day: figures of two days repeat nothing."""
    day = rows.days[place]
    if not day.any():
        return cell
    no_day = np.bincount(cell, weights=day == 0) > 0  # a month beside its days may be one of them again
    return rows.cells((), place, cell, np.where(no_day[cell], 0, day))


def _same(rows: Rows, place: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows equal one above them in all that was sent, and are of one use: no reference, no pieces."""
    exact = rows.as_sent(place)
    again = np.ones(len(place), np.bool_)
    again[first_of(exact)] = False
    unit = rows.words["unit"]
    pieces = np.array([*(in_pieces(rows.method.units.kinds[name]) for name in unit.labels), False], np.bool_)
    same: NDArray[np.bool_] = again & (rows.words["reference"].codes[place] == BLANK) & ~pieces[unit.codes[place]]
    return same


def rows_in_two_sheets(rows: Rows) -> Iterator[Finding]:
    """Find sheets of which most rows stand in one that comes before them."""
    if len(rows.sheets) < 2:
        return
    place = np.flatnonzero(rows.known & np.isfinite(rows.quantity) & (rows.quantity != 0))
    if not len(place):
        return
    starts = np.array([each.start for each in rows.sheets], np.int64)
    sheet = np.searchsorted(starts, place, side="right") - 1
    exact = rows.as_sent(place)
    earlier = sheet[first_of(exact)][exact]
    for number in range(1, len(rows.sheets)):
        here = sheet == number
        counts = np.bincount(earlier[here & (earlier < number)], minlength=1)
        other = int(counts.argmax())
        if counts[other] >= FEWEST and MOST * here.sum() < counts[other] < here.sum():  # all: said when it is read
            found = place[here & (earlier == other)]
            yield from rows.findings(
                found, "rows_in_two_sheets", "", "", count=len(found), all=int(here.sum()),
                other=rows.sheets[other].sheet,
            )  # fmt: skip


def _read_twice(rows: Rows, place: NDArray[np.int64]) -> Iterator[Finding]:
    """Find meters with several figures of one month or year: a first figure, and its correction beside it."""
    metered = rows.words["evidence"]
    here = [code for code, word in enumerate(metered.labels) if word.casefold() == METERED]
    place = place[np.isin(metered.codes[place], here)]
    if not len(place):
        return
    cell = _by_day(rows, place, rows.cells(("month",), place, rows.measured[0][place]))
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


def template_line_twice(rows: Rows) -> Iterator[Finding]:
    """Find lines of a template that hold other figures for the same activity, site and time as a line before them.

    Of other tables several rows of a kind are common: a row for each meter. A template has one line for each thing.
    """
    if not any(each.once for each in rows.sheets):
        return
    place = np.flatnonzero(rows.known & np.isfinite(rows.quantity) & (rows.quantity != 0))
    if not len(place):
        return
    series, amounts = rows.measured
    cell = rows.cells(("month",), place, series[place])
    first = first_of(cell)[cell]
    again = (np.arange(len(place)) != first) & (amounts[place] != amounts[place[first]])
    which, lines = np.unique(series[place[again]], return_inverse=True)
    for number in range(min(len(which), SHOWN)):
        here = np.flatnonzero(again)[lines == number]
        code = rows.shared("activity", place[here])
        label = rows.method.catalogue.activities[code].label
        named = rows.named(int(place[first[here[0]]]))
        yield from rows.findings(place[here], "template_line_twice", "", "quantity", label=label, first=named)


ROW_RULES = (repeated_rows, rows_in_two_sheets, template_line_twice)
