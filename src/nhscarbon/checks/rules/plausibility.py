"""What is out of proportion: to the year before, to the floor area, and to every trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.checks.cells import Cells, each_place
from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.memory.same_months import compared, month_places, part_of_year
from nhscarbon.checks.rules.bounds import BEFORE, BODY, Odd, Usual, figure, judge, plausible_bounds
from nhscarbon.periods import nhs_year
from nhscarbon.sums.combinations import number

SERIES = ("organisation", "activity", "unit")
OF_SITE = (*SERIES, "site")


class Totals(NamedTuple):
    """Quantities by organisation, activity, unit and NHS year, each with its cells and what it was a year before."""

    columns: Mapping[str, Column]
    quantity: NDArray[np.float64]
    before: NDArray[np.float64]  # 0 where there is none; of other months, in proportion to those that both years have
    part: Mask  # given by month, and not for all of the year: little is no fault there
    cells: Sequence[Places]


def plausible(cells: Cells) -> Iterator[Hit]:
    """Find quantities that are far from what trusts have, and name the slip where one fits.

    Sums that lack a row, because its quantity cannot be read, are not judged.
    """
    where = np.flatnonzero(cells.known & np.isfinite(cells.quantity) & (cells.columns["organisation"].codes != BLANK))
    if cells.detailed and len(where):
        yield from _by_year(cells, where)


def _by_year(cells: Cells, where: Places) -> Iterator[Hit]:
    totals = _totals(cells, where)
    measured = _measured(cells.denominators)
    for place in np.flatnonzero(_worth_a_look(totals, measured, cells)).tolist():
        organisation, activity, unit, year = (column.text(place) for column in totals.columns.values())
        held = {BEFORE: float(totals.before[place]), **measured.get((organisation, year), {}), BODY: 1.0}
        quantity = float(totals.quantity[place])
        part = bool(totals.part[place])
        judged = (_judged(cells, activity, unit, quantity, per, of, part=part) for per, of in held.items())
        if found := next(filter(None, judged), None):
            about = {"amount": figure(quantity, 6), "unit": unit, "activity": activity, "year": year}
            yield Hit(found.code, found.variant, totals.cells[place], "quantity", {**about, **dict(found.values)})


def _totals(cells: Cells, where: Places) -> Totals:
    columns = {name: cells.columns[name].part(where) for name in (*SERIES, "period")}
    of_total, columns = number(columns)
    group = of_total.numbers
    count = len(columns["period"].codes)
    quantity = np.bincount(group, weights=cells.quantity[where], minlength=count).astype(np.float64)
    quantity[np.bincount(group, weights=cells.unsummed[where], minlength=count) > 0] = 0.0
    series = number({name: columns[name] for name in SERIES})[0].numbers
    years = columns["period"]
    place = {year: code for code, year in enumerate(years.labels)}
    earlier = np.array([place.get(nhs_year(int(year[:4]) - 1), BLANK) for year in years.labels], np.int64)[years.codes]
    keys = series * len(place) + years.codes
    order = np.argsort(keys)
    sought = series * len(place) + earlier
    at = order[np.searchsorted(keys[order], sought).clip(max=count - 1)]
    now, then = (np.bincount(group, weights=cells.quantity[where] * part, minlength=count)
                 for part in _compared(cells, where))  # fmt: skip
    sums_up = (earlier != BLANK) & (keys[at] == sought) & (now > 0) & (quantity[at] > 0)
    before = np.divide(quantity * then[at], now, out=np.zeros(count), where=sums_up)
    return Totals(
        columns,
        quantity,
        before,
        part_of_year(group, count, cells.columns["month"].part(where)),
        [where[part] for part in each_place(group, count)],
    )


def _compared(cells: Cells, where: Places) -> tuple[Mask, Mask]:
    """Tell which cells count in a comparison with the year before, and with the year after: months with months."""
    year = cells.columns["period"].part(where)
    begins = year.looked_up(np.array([*(int(label[:4]) for label in year.labels), 0], np.int64))
    return compared(cells.group(OF_SITE, where)[0], begins, month_places(cells.columns["month"].part(where)))


def _worth_a_look(totals: Totals, measured: Mapping[tuple[str, str], Mapping[str, float]], cells: Cells) -> Mask:
    """Return which totals may be out of proportion: they are few, and each is judged by itself."""
    usual, slips = plausible_bounds()
    positive = totals.quantity > 0
    ratio = np.divide(totals.quantity, totals.before, out=np.zeros(len(positive)), where=positive & (totals.before > 0))
    inverse = np.divide(1.0, ratio, out=np.zeros(len(positive)), where=ratio > 0)
    found = np.zeros(len(positive), np.bool_)
    for slip in slips:
        found |= ((ratio >= slip.low) & (ratio <= slip.high)) | ((inverse >= slip.low) & (inverse <= slip.high))
    activity, unit = totals.columns["activity"], totals.columns["unit"]
    for code, name in enumerate(activity.labels):
        if (name, BEFORE) in usual:
            here = activity.codes == code
            found[here] |= (ratio[here] > 0) & ~_between(usual[name, BEFORE], ratio[here])
        if (name, BODY) in usual:
            here = activity.codes == code
            most = usual[name, BODY]
            scale = np.array([
                cells.method.units.ratio(each, most.unit) if cells.method.units.same_kind(each, most.unit) else np.nan
                for each in unit.labels
            ])  # fmt: skip
            found[here] |= ~_between(most, totals.quantity[here] * scale[unit.codes[here]])
    if measured:
        which = {code for code, name in enumerate(activity.labels) if any(of == name for of, _ in usual)}
        found |= np.isin(activity.codes, list(which))
    return found & positive


def _between(usual: Usual, values: NDArray[np.float64]) -> Mask:
    """Return which values are usual; what cannot be compared is."""
    low, high = (usual.statistics.get(name, other) for name, other in (("p01", 0.0), (usual.most, np.inf)))
    inside: Mask = np.isnan(values) | ((values >= low) & (values <= high))
    return inside


def _judged(cells: Cells, activity: str, unit: str, quantity: float, per: str, of: float, *, part: bool) -> Odd | None:
    usual = plausible_bounds()[0].get((activity, per))
    if of <= 0 or (usual is None and per != BEFORE):
        return None
    units = cells.method.units
    if usual is None or per == BEFORE:
        return judge(quantity / of, per, None if part else usual)
    if not units.same_kind(unit, usual.unit):
        return None
    value = quantity * units.ratio(unit, usual.unit) / of
    return None if part and value < usual.middle else judge(value, per, usual)


def _measured(denominators: pd.DataFrame | None) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Return what organisations have in each year, by measure."""
    if denominators is None:
        return {}
    found: dict[tuple[str, str], dict[str, float]] = {}
    names = ["organisation", "period", "measure", "value"]
    known = denominators.loc[denominators["measure"].isin({per for _, per in plausible_bounds()[0]}), names]
    for organisation, year, measure, value in known.itertuples(index=False, name=None):
        of = found.setdefault((organisation, year), {})
        of[measure] = of.get(measure, 0.0) + float(value)
    return found


DETAIL_CODES = ("beyond_every_trust", "intensity_implausible", "slip_thousand", "slip_twelve", "year_on_year")
