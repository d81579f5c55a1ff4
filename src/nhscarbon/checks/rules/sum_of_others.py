"""A row that is the sum of all the others: a total that was sent as if it were one more site, meter or month."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.meeting import base_ratios, tonnes_said
from nhscarbon.checks.rules.rows import Rows, members
from nhscarbon.findings import Finding

GROUPS = (
    (("organisation", "period", "activity"), "organisation, period and activity"),
    (("organisation", "period", "activity", "month"), "organisation, month and activity"),
    (("organisation", "period", "activity", "site"), "organisation, site, period and activity"),
)
FEWEST = 3  # rows: the sum, and two others at least
NEAR = 0.005  # of the sum
SMALL = 10  # below it, one row is the sum of others by chance
STEPS = 1000  # of its last digit, below which a site is the sum of others by chance
FEW_MONTHS, MONTH_STEPS = 6, 10_000  # of so few other months a season or chance makes sums, up to so many last digits
SITE_CODE = 5  # characters of an ODS site code
SHOWN = 50  # rows that are listed one by one
PART_OF_YEAR = re.compile(
    r"\b(q[1-4]|[1-4]q|qtr ?[1-4]|quarter ?[1-4]|([1-4](st|nd|rd|th)|first|second|third|fourth) (quarter|qtr)"
    r"|h[12]|[12]h|half[ -]?(year )?[12]|([12](st|nd)|first|second) half)\b"
)


def sum_of_others(rows: Rows) -> Iterator[Finding]:
    """Find rows that are the sum of all other rows of their organisation, period and activity, or close to it."""
    place = np.flatnonzero(
        rows.known & np.isfinite(rows.quantity) & (rows.quantity > 0) & (rows.words["organisation"].codes != BLANK)
    )
    if len(place) < FEWEST:
        return
    size = _sizes(rows, place)
    told: set[int] = set()
    found: list[tuple[int, str, NDArray[np.int64], float, str]] = []
    for names, of in GROUPS:
        if not rows.words[names[-1]].labels:
            continue
        for row, others, total in _near(rows, names, place, size):
            variant = _exact(rows, row, others, total)
            if row not in told and (variant is not None):
                told.add(row)
                found.append((row, variant, others, total, of))
    for row, others, total in _labelled(rows, place, size):
        if row not in told:
            told.add(row)
            found.append((row, "labelled", others, total, GROUPS[2][1]))
    unit = rows.words["unit"]
    for row, variant, others, total, of in found[:SHOWN]:
        yield from rows.findings(
            np.array([row]), "sum_of_others", variant, "quantity",
            amount=f"{rows.quantity[row]:,.10g} {unit.text(row)}", count=len(others), of=of,
            sum=f"{total:,.10g} {unit.text(row)}", twice=_twice(rows, row, others),
        )  # fmt: skip
    for variant in ("others", "others_near"):
        rest = [row for row, kind, *_ in found[SHOWN:] if (kind in ("near", "few")) == (variant == "others_near")]
        if rest:
            yield from rows.findings(np.sort(np.array(rest)), "sum_of_others", variant, "quantity")


def _near(
    rows: Rows, names: tuple[str, ...], place: NDArray[np.int64], size: NDArray[np.float64]
) -> Iterator[tuple[int, NDArray[np.int64], float]]:
    """Yield the largest row of each group that is near the sum of the others, those, and their sum in its unit."""
    cell = rows.cells(names, place)
    count = np.bincount(cell)
    kept = count[cell] >= FEWEST
    if names[-1] in ("month", "site"):  # what names none is looked at with all of the organisation
        kept &= rows.words[names[-1]].codes[place] != BLANK
    if not kept.any():
        return
    place, size = place[kept], size[kept]
    cell = np.unique(cell[kept], return_inverse=True)[1].astype(np.int64)
    order = np.lexsort((size, cell))
    last = order[np.cumsum(np.bincount(cell)) - 1]
    most = size[last]
    others = np.bincount(cell, weights=size) - most
    rows_of = members(cell, np.arange(len(place)))
    with np.errstate(invalid="ignore"):  # of what is too large to be added
        near = np.flatnonzero((most > 0) & np.isfinite(others) & (np.abs(most - others) <= NEAR * most))
    for each in near.tolist():
        here = rows_of(each)
        row = int(place[last[each]])
        rest = place[here[here != last[each]]]
        yield row, rest, float(others[each] / most[each] * rows.quantity[row])


def _exact(rows: Rows, row: int, others: NDArray[np.int64], total: float) -> str | None:
    """Return the variant of the finding: the sum to the digits that the row has, or near it.

    Between sites a sum in few steps of its last digit comes about by chance: two of England's 209 trusts have one.
    Between a few months it does so more often, and April is near May and June together wherever there is heating.
    """
    quantity = float(rows.quantity[row])
    decimals = len(f"{quantity:.12g}".partition(".")[2])
    same = round(total, decimals) == round(quantity, decimals) or abs(total - quantity) <= 1e-9 * quantity
    if len(others) < FEW_MONTHS and _is_other_month(rows, row, others):
        if not same or quantity * 10**decimals < STEPS:
            return None
        return "few" if quantity * 10**decimals < MONTH_STEPS else ""
    site = rows.words["site"].text(row)
    at_site = len(site) == SITE_CODE and site.isalnum()
    if quantity < SMALL or (same and at_site and quantity * 10**decimals < STEPS):
        return "few" if same else None
    return "" if same else "near"


def _is_other_month(rows: Rows, row: int, others: NDArray[np.int64]) -> bool:
    """Tell whether a row is of a month, and all others are of other months."""
    month = rows.words["month"].codes
    named = month[row] != BLANK and bool((month[others] != BLANK).all())
    return named and bool((month[others] != month[row]).all())


def _labelled(
    rows: Rows, place: NDArray[np.int64], size: NDArray[np.float64]
) -> Iterator[tuple[int, NDArray[np.int64], float]]:
    """Yield rows of a whole year beside rows whose note or reference says that they are a quarter or half of it."""
    part = np.zeros(len(place), np.bool_)
    for name in ("note", "reference"):
        column = rows.words[name]
        said = np.array([*(bool(PART_OF_YEAR.search(label.casefold())) for label in column.labels), False], np.bool_)
        part |= said[column.codes[place]]
    if not part.any():
        return
    yearly = rows.words["month"].codes[place] == BLANK
    here = np.flatnonzero(yearly)
    cell = rows.cells(("organisation", "period", "activity", "site"), place[here])
    parts = np.bincount(cell, weights=part[here])
    rows_of = members(cell, here)
    for number in np.flatnonzero((parts > 1) & (parts < np.bincount(cell))).tolist():
        every = rows_of(number)
        of_parts, whole = every[part[every]], every[~part[every]]
        total = float(size[of_parts].sum())
        for each in whole.tolist():
            if size[each] >= total / 2 > 0:
                quantity = float(rows.quantity[place[each]])
                yield int(place[each]), place[of_parts], total / float(size[each]) * quantity


def _sizes(rows: Rows, place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what rows of one activity are compared by: quantity, or kgCO2e where it is in several kinds of unit."""
    activity, unit = rows.words["activity"], rows.words["unit"]
    units = rows.method.units
    ratios = base_ratios(units, unit.labels)
    size: NDArray[np.float64] = (
        rows.quantity[place] * np.array([*(ratios[name] for name in unit.labels), 1.0])[unit.codes[place]]
    )
    kinds = sorted({units.kinds[name] for name in unit.labels})
    if len(kinds) > 1 and rows.entries.weights is not None:
        of_unit = np.array([*(kinds.index(units.kinds[name]) for name in unit.labels), 0], np.int64)
        pairs = np.unique(activity.codes[place].astype(np.int64) * len(kinds) + of_unit[unit.codes[place]])
        several = np.bincount(pairs // len(kinds), minlength=len(activity.labels)) > 1
        mixed = several[activity.codes[place]]
        size[mixed] = np.nan_to_num(rows.entries.weights[place[mixed]])
    return size


def _twice(rows: Rows, row: int, others: NDArray[np.int64]) -> str:
    """Say what would count twice: the row or the others, whichever is less."""
    if rows.entries.weights is None:
        return ""
    less = min(float(rows.entries.weights[row]), float(rows.entries.weights[others].sum()))
    return tonnes_said(less if less > 0 else None)


ROW_RULES = (sum_of_others,)
