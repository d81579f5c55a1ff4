"""What no organisation can have: more of a theme than all England, or three times the largest that is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import TableColumn, crossed_by
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Hit
from nhscarbon.checks.rules.bounds import figure
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.units import KG_PER_TONNE, MICRO
from nhscarbon.sums.arithmetic import LARGEST as LARGEST_WHOLE

ROOM, PACKAGE = "checks", "nhs-checks-1@1.0.0"
ENGLAND, LARGEST = "england_total", "largest_organisation"
ASKED = 3  # times the largest organisation that is held
TONNES = "tCO2e"
THEME = "theme:"
NONE = -1
LARGEST_SUMMED = LARGEST_WHOLE / 10**MICRO
CLOSE = 1e-6  # what the rounding of sums may hide
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Limit:
    """A published figure: a value in a unit, of a period, and its source."""

    value: float
    period: str
    source: str


@dataclass(frozen=True)
class Bound:
    """What is known of some activities: England's total and the largest organisation, in one unit."""

    name: str
    label: str
    activities: tuple[str, ...]
    unit: str
    england: Limit
    largest: Limit

    def covers(self, activity: str, theme: str) -> bool:
        """Tell whether the bound is of an activity, by its code or its theme."""
        return any(
            each == THEME + theme if each.startswith(THEME) else fnmatchcase(activity, each) for each in self.activities
        )

    @property
    def least(self) -> float:
        """The sum from which something is to be said."""
        return min(self.england.value, ASKED * self.largest.value)


@lru_cache(maxsize=1)
def theme_bounds() -> tuple[Bound, ...]:
    """Return the bounds of the data package, in its order.

    Source: each row of `bounds.csv` names its own.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in load_pinned(data_root(), ROOM, PACKAGE).rows("bounds.csv"):
        found.setdefault(row["bound"], {})[row["what"]] = dict(row)
    return tuple(
        Bound(name, of[ENGLAND]["label"], tuple(of[ENGLAND]["activities"].split(";")), of[ENGLAND]["unit"],
              _limit(of[ENGLAND]), _limit(of[LARGEST]))
        for name, of in found.items()
    )  # fmt: skip


def _limit(row: dict[str, str]) -> Limit:
    return Limit(float(row["value"]), row["period"], row["source"])


def beyond_bounds(cells: Cells) -> Iterator[Hit]:
    """Find organisations that have more in a year than all England, or three times the largest that is held."""
    said: list[Places] = []
    for bounds, group, worth in (_by_quantity(cells), _by_tonnes(cells)):
        for hit in _beyond(cells, bounds, group, worth, said):
            said.append(hit.where)
            yield hit


@dataclass(frozen=True)
class _Worth:
    """What each cell adds: `values` times the number of its activity and unit, in the unit of its bound."""

    values: NDArray[np.float64]
    ratio: NDArray[np.float64] | None


def _by_quantity(cells: Cells) -> tuple[tuple[Bound, ...], NDArray[np.int64], _Worth]:
    """Return the bounds in units of activities, which of them each activity in each unit is held against, and sizes."""
    units, labels = cells.method.units, cells.columns["unit"].labels
    bounds = _bounds(tonnes=False)
    kinds = tuple(units.kinds.get(unit, "") for unit in labels)
    own = tuple(units.kinds[bound.unit] for bound in bounds)
    group = _fitting(cells.columns["activity"].labels, _themes(cells), kinds, own, tonnes=False)
    by_unit = np.zeros((len(bounds) + 1, len(labels) + 1))  # the last is of what no bound is of
    for place, kind in enumerate(kinds):
        if kind in own:
            for number in {*group[:, place].tolist()} - {NONE}:
                by_unit[number, place] = units.ratio(labels[place], bounds[number].unit)
    return bounds, group, _Worth(cells.quantity, by_unit[group, np.arange(len(labels) + 1)])


def _by_tonnes(cells: Cells) -> tuple[tuple[Bound, ...], NDArray[np.int64], _Worth]:
    """Return the bounds in tonnes, which of them each activity is held against, and the tonnes of cells."""
    bounds = _bounds(tonnes=True)
    group = _fitting(cells.columns["activity"].labels, _themes(cells), ("",), ("",) * len(bounds), tonnes=True)
    width = len(cells.columns["unit"].labels) + 1
    return bounds, np.broadcast_to(group[:, :1], (len(group), width)), _Worth(cells.kgco2e, None)


@lru_cache(maxsize=2)
def _bounds(*, tonnes: bool) -> tuple[Bound, ...]:
    """Return the bounds in tonnes, or those in other units."""
    return tuple(bound for bound in theme_bounds() if (bound.unit == TONNES) == tonnes)


def _themes(cells: Cells) -> tuple[str, ...]:
    known = cells.method.catalogue.activities
    return tuple(known[each].theme if each in known else "" for each in cells.columns["activity"].labels)


@lru_cache(maxsize=64)
def _fitting(
    activities: tuple[str, ...], themes: tuple[str, ...], kinds: tuple[str, ...], own: tuple[str, ...], *, tonnes: bool
) -> NDArray[np.int64]:
    """Return the first bound of each activity in units of each kind, shape (activities + 1, kinds + 1); -1 for none.

    The last of both stand for empty cells; `own` has the kind of each bound's unit.
    """
    found = np.full((len(activities) + 1, len(kinds) + 1), NONE, np.int64)
    for number, bound in reversed([*enumerate(_bounds(tonnes=tonnes))]):
        column = [place for place, kind in enumerate(kinds) if kind == own[number]]
        if column:
            pairs = zip(activities, themes, strict=True)
            rows = [place for place, (each, theme) in enumerate(pairs) if bound.covers(each, theme)]
            found[np.ix_(rows, column)] = number
    found.flags.writeable = False  # it is shared
    return found


def _beyond(
    cells: Cells, bounds: tuple[Bound, ...], group: NDArray[np.int64], worth: _Worth, said: list[Places]
) -> Iterator[Hit]:
    least = np.array([bound.least * (KG_PER_TONNE if bound.unit == TONNES else 1) for bound in bounds])
    if not len(cells) or (group == NONE).all():
        return
    years = len(cells.columns["period"].labels) + 1
    sums = _sums(cells, group, worth, years, least)
    beyond = sums > least
    beyond[-1] = False  # without an organisation
    for body, year, number in np.argwhere(beyond).tolist():
        of = cells.columns
        kept = of["organisation"].part(slice(None)).codes == body
        kept = kept & (of["period"].codes == year)
        place = np.flatnonzero(kept)
        at, unit = of["activity"].codes[place], of["unit"].codes[place]
        place = place[group[at, unit] == number]
        others = np.setdiff1d(place, np.concatenate(said)) if said else place
        if bounds[number].unit == TONNES and _known(worth.values[others]) <= least[number]:
            continue  # said of its quantities
        yield _hit(bounds[number], float(sums[body, year, number]), cells, place)


def _hit(bound: Bound, total: float, cells: Cells, place: Places) -> Hit:
    amount = total / KG_PER_TONNE if bound.unit == TONNES else total
    beyond = amount > bound.england.value
    limit = bound.england if beyond else bound.largest
    values = {
        "amount": figure(amount), "unit": bound.unit, "what": bound.label, "year": cells.shared("period", place),
        "most": figure(limit.value), "period": limit.period, "source": limit.source, "times": ASKED,
    }  # fmt: skip
    if beyond:
        return Hit("beyond_bound", "", place, "quantity", values)
    return Hit("beyond_bound", "largest", place, "quantity", values)


def _known(values: NDArray[np.float64]) -> float:
    return float(values[np.isfinite(values)].sum())


def _sums(
    cells: Cells, group: NDArray[np.int64], worth: _Worth, years: int, least: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each organisation has in each year under each bound, shape (organisations + 1, years, bounds)."""
    columns = {name: cells.columns[name] for name in ("organisation", "period", "activity", "unit")}
    bounds = len(least)
    shape = (len(columns["organisation"].labels) + 1, years, bounds)
    cross = crossed_by(columns)
    sides = {name: isinstance(each, TableColumn) and each.by_block for name, each in columns.items()}
    values = worth.values
    unknown = ~(np.isfinite(values) & (np.abs(cells.quantity) < LARGEST_SUMMED))  # too large to be summed is said so
    if unknown.any():
        values = np.where(unknown, 0.0, values)
    of = columns["activity"], columns["unit"]
    if cross is not None and sides["organisation"] and sides["period"] and not (sides["activity"] or sides["unit"]):
        at, unit = (each.each for each in of)  # type: ignore[attr-defined]
        body, year = (columns[name].each for name in ("organisation", "period"))  # type: ignore[attr-defined]
        number = group[at, unit]
        taken = np.flatnonzero(number != NONE)
        sizes = np.ones(len(taken)) if worth.ratio is None else worth.ratio[at, unit][taken]
        return _sums_of_table(
            cross.table(values), (body % shape[0]) * years + year % years, number, taken, sizes, least, shape
        )
    if worth.ratio is None:  # the unit makes no difference
        number = of[0].looked_up(group[:, 0])
    else:
        at = of[0].looked_up(_steps(len(of[0].labels), group.shape[1])) + of[1].looked_up(_steps(len(of[1].labels), 1))
        number = group.reshape(-1)[at]
        values = values * worth.ratio.reshape(-1)[at]
    body = columns["organisation"].looked_up(_steps(shape[0] - 1, years * (bounds + 1)))
    key = body + columns["period"].looked_up(_steps(years - 1, bounds + 1)) + number + 1  # 0 is of no bound
    found = np.asarray(np.bincount(key, weights=values, minlength=shape[0] * years * (bounds + 1)), np.float64)
    return found.reshape(shape[0], years, bounds + 1)[:, :, 1:].copy()


def _sums_of_table(
    table: NDArray[np.float64],
    of_block: Places,
    number: Places,
    taken: Places,
    sizes: NDArray[np.float64],
    least: NDArray[np.float64],
    shape: tuple[int, int, int],
) -> NDArray[np.float64]:
    """Return the sums of blocks by kinds; of organisations and years that no bound can be beyond, as 0.

    Those are found in one pass: what they have of each bound, as shares of them, comes to less than one in all.
    """
    share = np.zeros(len(number))
    share[taken] = sizes / least[number[taken]]
    used = (table if table.min(initial=0.0) >= 0 else np.abs(table)) @ share
    full = np.bincount(of_block, weights=used, minlength=shape[0] * shape[1]) > 1 - CLOSE
    sums = np.zeros((shape[0] * shape[1], shape[2]))
    blocks = np.flatnonzero(full[of_block])
    if len(blocks):
        weights = np.zeros((len(number), shape[2]))
        weights[taken, number[taken]] = sizes
        np.add.at(sums, of_block[blocks], table[blocks] @ weights)
    return sums.reshape(shape)


def _steps(labels: int, step: int) -> NDArray[np.int64]:
    """Return the place of each label, and last of an empty cell, so many steps apart."""
    return np.arange(labels + 1, dtype=np.int64) * step


CELL_RULES = (beyond_bounds,)
