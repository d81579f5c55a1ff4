"""The lines that two footprints share: quantities of both, factors of both, and what only one of them has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.decomposition.one_map import OneMap
from nhscarbon.analysis.decomposition.prices import PriceChange, price_change
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import RESOLVED_BY, FactorKey, Line, resolve

Numbers = NDArray[np.float64]
SIDES = (0, 1)  # before, after
LINE_WORDS = ("theme", "category", "component", "scope", "ghg_protocol_category")


@dataclass(frozen=True)
class Side:
    """One of the two footprints: its year (empty where both have the same years), and the boundary that counts."""

    footprint: Footprint
    year: str
    boundary: str

    @property
    def method(self) -> Methodology:
        """The methodology that it was calculated by."""
        return self.footprint.method

    def has(self, words: Sequence[str]) -> bool:
        """Tell whether a line is in the part of a footprint that `filter` left."""
        here = dict(zip(LINE_WORDS, words, strict=True))
        return all(here[name] in kept for name, kept in self.footprint.selected)


@dataclass(frozen=True)
class Kind:
    """A component of a key that both footprints can multiply, or that only one of them can.

    Attributes
    ----------
    key : int
        Its place among the keys.
    words : tuple of str
        activity, geography, unit and the words of `LINE_WORDS`.
    scale : float
        What brings a quantity of the key to `unit`.
    intensity : float64 array, shape (2, 2)
        kgCO2e per `unit`, by year and methodology, before and after; what is not published is not a number.
    counted : bool array, shape (2, 2)
        Whether it counts, by methodology and boundary.
    factors : pair of Line or None
        What each footprint itself uses.
    why : str
        Empty where every year and methodology has the factor.
    price : PriceChange
        What prices do to it, where its unit is pounds of the row's own year.
    """

    key: int
    words: tuple[str, ...]
    scale: float
    intensity: Numbers
    counted: NDArray[np.bool_]
    factors: tuple[Line | None, Line | None]
    why: str
    price: PriceChange

    @property
    def level(self) -> Numbers:
        """The price level before and after, that before being 1."""
        return np.array([1.0, self.price.level])

    @property
    def effect(self) -> Numbers:
        """What prices and deflators leave of one another, by year and methodology, before being 1."""
        return np.array([[1.0, 1.0], self.price.effect])

    @property
    def identity(self) -> tuple[object, ...]:
        """What two keys must share for their quantities to be one line: units that use the same rows."""
        rows = tuple((line.factor.package, line.factor.factor_id) if line else () for line in self.factors)
        intensity = tuple(f"{each:.13g}" for each in self.intensity.ravel())  # pounds and thousands of them are one
        return (self.words, intensity, self.counted.tobytes(), rows, self.why, self.price)


def sides_of(before: Footprint, after: Footprint, boundaries: tuple[str, str]) -> tuple[Side, Side]:
    """Return the two sides of a comparison.

    Raises
    ------
    UsageError
        If one holds several NHS years and the other not the same ones.
    """
    years = [tuple(footprint.sums.columns["period"].labels) for footprint in (before, after)]
    if years[0] != years[1] and max(map(len, years)) > 1:
        raise UsageError(
            f"a change is explained between two NHS years, and these footprints hold {', '.join(years[0])} and "
            f"{', '.join(years[1])}: name one of each, such as years=('{years[0][0]}', '{years[1][-1]}'), or calculate "
            "each year for itself and compare one with one"
        )
    for footprint in (before, after):
        other = [name for name, _ in footprint.selected if name not in LINE_WORDS]
        if other:
            raise UsageError(
                f"a part of a footprint by {other[0]} has no counterpart in another year.",
                advice=f"Compare the whole, or a part by {', '.join(LINE_WORDS)} or a column of the rows.",
            )
    alone = years[0] != years[1] or len(years[0]) == 1
    return (
        Side(before, years[0][0] if alone and years[0] else "", boundaries[0]),
        Side(after, years[1][0] if alone and years[1] else "", boundaries[1]),
    )


def quantities(sides: tuple[Side, Side], match: Sequence[str], on_map: OneMap) -> pd.DataFrame:
    """Return the quantities of both footprints, side by side: `before` and `after`, missing where there is none.

    Tiers are added up: better evidence of the same activity is no other activity. Closed organisations are in those
    that followed them on the map.
    """
    names = [*match, *(name for name in RESOLVED_BY if name != "period" or not sides[0].year)]
    frames = []
    for side, name in zip(sides, ("before", "after"), strict=True):
        sums = side.footprint.sums
        words = sums.keys[names].astype(str)
        added = words.assign(**{name: sums.quantity}).groupby(names, as_index=False, sort=True).sum()
        frames.append(on_map.put(added, name))
    return frames[0].merge(frames[1], on=names, how="outer", sort=True)


def kinds(cells: pd.DataFrame, sides: tuple[Side, Side]) -> tuple[NDArray[np.int64], list[Kind]]:
    """Return the distinct key of each cell, and the components that each key has.

    Parameters
    ----------
    cells : pandas.DataFrame
        From `quantities`.
    sides : pair of Side
    """
    names = [name for name in RESOLVED_BY if name in cells.columns]
    grouped = cells.groupby(names, sort=True)
    place = np.asarray(grouped.ngroup(), np.int64)
    words = cells.drop_duplicates(names).sort_values(names)[names]
    keys = [dict(zip(names, row, strict=True)) for row in words.itertuples(index=False)]
    found: dict[tuple[int, int], list[dict[str, Line]]] = {}
    for year, method in product(SIDES, SIDES):
        asked = [FactorKey(**{**key, "period": sides[year].year or key["period"]}) for key in keys]
        found[year, method] = _lines_of(asked, sides[method].method)
    parts: list[Kind] = []
    for number, key in enumerate(keys):
        corners = {corner: lines[number] for corner, lines in found.items()}
        for component in sorted({name for lines in corners.values() for name in lines}):
            parts += _kinds_of(number, key, component, corners, sides)
    return place, parts


def _lines_of(keys: list[FactorKey], method: Methodology) -> list[dict[str, Line]]:
    """Return the lines of each key by component; what is in no boundary is left out."""
    known = [
        key for key in keys if key.activity in method.catalogue.activities and key.unit in method.units.kinds
    ]  # a unit may be of the other methodology alone
    answers = resolve(known, method)
    counted = {(category, component, scope) for (_, category, component, scope), yes in method.included.items() if yes}
    return [
        {
            line.factor.component: line
            for line in (answers[key].lines if key in answers else ())
            if (line.category, line.factor.component, line.factor.scope) in counted
        }
        for key in keys
    ]


def _kinds_of(
    number: int,
    key: Mapping[str, str],
    component: str,
    corners: Mapping[tuple[int, int], dict[str, Line]],
    sides: tuple[Side, Side],
) -> list[Kind]:
    """Return one kind for each way in which a component is reported; two methodologies may differ in that."""
    lines = {corner: each.get(component) for corner, each in corners.items()}
    missing = [corner for corner, line in lines.items() if line is None]
    years = [sides[year].year or key.get("period", "") for year in SIDES]
    why = "; ".join(
        dict.fromkeys(f"{sides[method].method.id} has no {component} for {years[year]}" for year, method in missing)
    )
    # a ratio of units is not a measured figure: the quantity is told in the factor's unit, and units meet
    plain = len({(line.conversion, line.factor.unit) for line in lines.values() if line}) == 1 and not any(
        line.cited for line in lines.values() if line
    )
    price = price_change(key["unit"], lines, years, (sides[0].method.units, sides[1].method.units))
    some = next(line for line in lines.values() if line)
    unit, scale = (some.factor.unit, some.conversion) if plain else _cited_from(key["unit"], lines, sides[0].method)
    found = []
    for words in sorted({_words(line) for line in lines.values() if line}):
        intensity, counted = np.full((2, 2), np.nan), np.zeros((2, 2), np.bool_)
        for (year, method), line in lines.items():
            if line is not None:
                of_key = line.conversion * line.factor.kgco2e
                # the factor itself where the scale is the conversion, to the last digit
                value = line.factor.kgco2e if plain else of_key / scale
                intensity[year, method] = value if _words(line) == words else 0.0
        category, reported, scope = words[1], words[2], words[3]
        for method, boundary in product(SIDES, SIDES):
            asked = (sides[boundary].boundary, category, reported, scope)
            counted[method, boundary] = sides[method].method.included.get(asked, False) and sides[boundary].has(words)
        if counted.any():
            own = (lines[0, 0], lines[1, 1])
            place = (key["activity"], key["geography"], unit, *words)
            found.append(Kind(number, place, scale, intensity, counted, own, why, price))
    return found


def _cited_from(unit: str, lines: Mapping[tuple[int, int], Line | None], method: Methodology) -> tuple[str, float]:
    """Return the unit that the cited conversions of all lines start from, and its ratio to the key's unit."""
    starts = {line.cited[0].from_unit if line.cited else unit for line in lines.values() if line}
    start = starts.pop()
    if starts or start == unit or unit not in method.units.kinds or not method.units.same_kind(unit, start):
        return unit, 1.0
    return start, method.units.ratio(unit, start)


def _words(line: Line) -> tuple[str, ...]:
    return (
        line.theme,
        line.category,
        line.factor.component,
        line.factor.scope,
        line.ghg_protocol_category,
    )


def match_lines(
    cells: pd.DataFrame, place: NDArray[np.int64], parts: Sequence[Kind], match: Sequence[str]
) -> tuple[pd.DataFrame, list[Kind]]:
    """Return one row for each line: its words, `kind`, `before` and `after` in its unit; and the kinds.

    Keys whose units use the same factor rows, such as kWh and MWh, are one line.
    """
    distinct: dict[tuple[object, ...], int] = {}
    chosen: list[Kind] = []
    of_key: dict[int, list[tuple[int, float]]] = {}
    for part in parts:
        if part.identity not in distinct:
            distinct[part.identity] = len(chosen)
            chosen.append(part)
        of_key.setdefault(part.key, []).append((distinct[part.identity], part.scale))
    count = np.array([len(of_key.get(key, ())) for key in range(int(place.max(initial=-1)) + 1)], np.int64)
    start = np.cumsum(count) - count
    listed = [entry for key in range(len(count)) for entry in of_key.get(key, ())]
    cell = np.repeat(np.arange(len(place)), count[place])
    first = np.cumsum(count[place]) - count[place]
    entry = np.arange(len(cell)) + np.repeat(start[place] - first, count[place])
    kind = np.array([number for number, _ in listed], np.int64)[entry] if listed else np.zeros(0, np.int64)
    scale = np.array([scale for _, scale in listed], np.float64)[entry] if listed else np.zeros(0)
    names = [*match, *(["period"] if "period" in cells.columns else [])]
    wide = cells[names].iloc[cell].reset_index(drop=True).assign(kind=kind)
    for name in ("before", "after"):
        wide[name] = cells[name].to_numpy(np.float64)[cell] * scale
    rows = wide.groupby([*names, "kind"], as_index=False, sort=True).sum(min_count=1)
    return rows, chosen


def stack(
    parts: Sequence[Kind], take: Callable[[Kind], NDArray[np.generic]], kind: NDArray[np.int64],
    shape: tuple[int, ...] = (2, 2),
) -> Numbers:  # fmt: skip
    """Return an array of each row's kind, of this shape, the rows on the last axis."""
    if not parts:  # neither side counts anything
        return np.zeros((*shape, 0))
    table = np.stack([take(part) for part in parts]).astype(np.float64)
    return np.moveaxis(table[kind], 0, -1)
