"""Months that are out of proportion to the months beside them, or that are another month's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nhscarbon.activity.columns import BLANK, Mask
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.entries import stake
from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.memory.months import OF_METER, OF_SITE, Amounts, Months, month_limits, monthly, months_of_cells
from nhscarbon.checks.rules.bounds import Slip, figure, plausible_bounds, times
from nhscarbon.periods import LAST_MONTH

PAIR = 2  # equal months that are one and its copy
DIGITS = 15  # as many as a figure was sent with


def months(cells: Cells) -> Iterator[Hit]:
    """Find months that are wrong by a factor, hold the figure of the year, or repeat that of another month.

    Each meter with enough months is judged by itself; the other rows of a site and activity are judged together.
    """
    if not cells.detailed:
        return
    where = monthly(cells)
    if not len(where):
        return
    if (cells.columns["reference"].codes[where] != BLANK).any():
        of_meters = months_of_cells(cells, OF_METER, where)
        yield from _found(cells, of_meters, enough := of_meters.given >= month_limits()["fewest_months"])
        of_sites = months_of_cells(cells, OF_SITE, where)
        others = np.bincount(of_sites.of_cell, ~enough[of_meters.of_cell], len(of_sites.now)) > 0
        yield from _found(cells, of_sites, others)
    else:
        of_sites = months_of_cells(cells, OF_SITE, where)
        yield from _found(cells, of_sites, np.ones(len(of_sites.now), np.bool_))


def _found(cells: Cells, found: Months, judged: Mask) -> Iterator[Hit]:
    yield from _slips(cells, found, judged)
    yield from _repeated(cells, found, judged)
    yield from _copied(cells, found, judged)


def _slips(cells: Cells, found: Months, judged: Mask) -> Iterator[Hit]:
    """Find months that are a thousand or twelve times what they should be, or as much as the year.

    They are held against the months beside them; of a year with few months, against the year before.
    """
    limits = month_limits()
    first, second = found.beside
    apart, now = limits["apart"], found.now
    enough = (judged & (found.given >= limits["fewest_months"]))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most, usual = np.minimum(first, second), np.maximum(first, second), np.sqrt(first * second)
        odd = enough & (least > 0) & ((now >= apart * most) | ((now > 0) & (apart * now <= least)))
        rest = np.nansum(now, axis=1, keepdims=True) - np.nan_to_num(now)
        of_year = odd & (now > usual) & _is_year(now, rest / (found.given[:, None] - 1) * (LAST_MONTH - 1))
        few = judged[:, None] & ~enough & (now > 0) & (found.before > 0)
        before = np.nansum(found.before, axis=1, keepdims=True) + np.zeros_like(now)
        of_year_before = few & (now >= apart * found.before) & _is_year(now, before)
    yield from _named(cells, found, "month", odd & ~of_year, usual)
    yield from _named(cells, found, "month_before", few & ~of_year_before, found.before)
    yield from _years(cells, found, "year_in_month", of_year, rest, usual)
    yield from _years(cells, found, "year_before_in_month", of_year_before, before, found.before)


def _is_year(now: Amounts, year: Amounts) -> Mask:
    """Tell which months may be the figure of the year."""
    limits, share = month_limits(), now / year
    found: Mask = (share >= limits["year_from"]) & (share <= limits["year_to"])
    return found


def _named(cells: Cells, found: Months, variant: str, odd: Mask, usual: Amounts) -> Iterator[Hit]:
    """Yield a hit for each odd month that a known slip explains."""
    for series, month in _each(odd):
        value, expected = float(found.now[series, month]), float(usual[series, month])
        if slip := _slip(value / expected):
            here = found.places(series, [month])
            yield Hit(slip.code, variant, here, "quantity", {
                "month": cells.shared("month", here), "times": times(value / expected), "slip": slip.what,
            }, _stake(cells, here, value, expected))  # fmt: skip


def _slip(ratio: float) -> Slip | None:
    return next((each for each in plausible_bounds()[1] if each.fits(ratio) or each.fits(1 / ratio)), None)


def _years(cells: Cells, found: Months, variant: str, odd: Mask, others: Amounts, usual: Amounts) -> Iterator[Hit]:
    """Yield a hit for each month that is about as much as other months together."""
    for series, month in _each(odd):
        value = float(found.now[series, month])
        here = found.places(series, [month])
        yield Hit("slip_twelve", variant, here, "quantity", {
            "month": cells.shared("month", here), "times": times(value / float(others[series, month])),
        }, _stake(cells, here, value, float(usual[series, month])))  # fmt: skip


def _repeated(cells: Cells, found: Months, judged: Mask) -> Iterator[Hit]:
    """Find two months of a year with one figure, where no other two have one: three and more are an estimate."""
    limits = month_limits()
    pair = found.alike == PAIR
    steps = np.where(pair, found.now, 0.0).max(axis=1) / found.step
    first, last = pair.argmax(axis=1), LAST_MONTH - 1 - pair[:, ::-1].argmax(axis=1)
    least = np.where(last - first == 1, limits["repeated_steps"], limits["repeated_steps_apart"])
    odd = judged & (found.given >= limits["fewest_months"]) & (pair.sum(axis=1) == PAIR) & (steps >= least)
    for series in np.flatnonzero(odd).tolist():
        here = found.places(series, [first[series], last[series]])
        copy = found.places(series, [last[series]])
        yield Hit("value_repeated", "month", here, "quantity", {
            "first": cells.shared("month", found.places(series, [first[series]])),
            "month": cells.shared("month", copy), "amount": _amount(cells, copy),
        }, stake(cells.kgco2e[copy]))  # fmt: skip


def _copied(cells: Cells, found: Months, judged: Mask) -> Iterator[Hit]:
    """Find months that have the figures of the same months of the year before; an even estimate may be the same."""
    alike = (found.now == found.before) & (found.alike > 0) & (found.alike <= PAIR)
    alike &= judged[:, None] & (found.now >= month_limits()["repeated_steps"] * found.step[:, None])
    for series in np.flatnonzero(alike.any(axis=1) & ~alike.all(axis=1)).tolist():
        which = np.flatnonzero(alike[series]).tolist()
        here = found.places(series, which)
        named = [cells.shared("month", found.places(series, [month])) for month in which]
        yield Hit("copied_from_before", "months", here, "quantity", {"months": ", ".join(named)})


def _each(odd: Mask) -> Iterator[tuple[int, int]]:
    """Yield the series and month of each place that is odd."""
    yield from zip(*(each.tolist() for each in np.nonzero(odd)), strict=True)


def _stake(cells: Cells, here: Places, value: float, expected: float) -> float | None:
    """Return what the difference from what is expected comes to [kgCO2e]; None where it cannot be told."""
    of_value = stake(cells.kgco2e[here])
    return None if of_value is None else of_value / value * abs(value - expected)


def _amount(cells: Cells, here: Places) -> str:
    """Say the quantity of some cells, in their unit where they share one."""
    unit = cells.shared("unit", here)
    return f"{figure(float(cells.quantity[here].sum()), DIGITS)} {unit}" if unit else "the same quantity"


CELL_RULES = (months,)
DETAIL_CODES = ("copied_from_before", "slip_thousand", "slip_twelve", "value_repeated")
