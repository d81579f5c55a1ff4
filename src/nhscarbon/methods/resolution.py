"""The only place that chooses: distinct keys in, factor rows and multipliers out, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from nhscarbon.errors import IntegrityError
from nhscarbon.findings import Wording, wording
from nhscarbon.methods.catalogue import CatalogueActivity
from nhscarbon.methods.factors import Conversion, Factor
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.refusals import no_factor, no_route, quoted
from nhscarbon.output.text import short_repr

BETWEEN = "/"  # in a line's kind: one word is looked up faster than three
MEMO = "memo"  # in no boundary
SIDE = frozenset({"biogenic", MEMO})  # components that are reported separately, in no total
LITRES = frozenset({"ml", "litre", "ML"})  # measures of what is poured; a gas that is metered goes by m3 alone
MONEY = "money_"  # what the kinds of pounds begin with
WORD = re.compile(r"\w+")
LONGEST_CHAIN = 3  # cited conversions between an activity's unit and its factor's


@dataclass(frozen=True, slots=True)
class Route:
    """How one unit becomes another: `multiplier` is the product, `steps` name what was used."""

    multiplier: float
    steps: tuple[str, ...]
    cited: tuple[Conversion, ...] = ()

    __repr__ = short_repr


@dataclass(frozen=True)
class Line:
    """One factor that a key resolves to: quantity x `conversion` x `factor` = kgCO2e."""

    factor: Factor
    theme: str
    category: str
    ghg_protocol_category: str
    conversion: float
    conversion_id: str
    cited: tuple[Conversion, ...]

    __repr__ = short_repr

    @cached_property
    def numbers(self) -> tuple[float, float]:
        """The conversion and the factor."""
        return self.conversion, float(self.factor.value)

    @cached_property
    def kind(self) -> str:
        """What decides which boundaries count it: category, component and scope."""
        return BETWEEN.join((self.category, self.factor.component, self.factor.scope))


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one key came to: its lines and the components that are missing, or why it is refused."""

    key: FactorKey
    lines: tuple[Line, ...] = ()
    missing: tuple[str, ...] = ()
    refusal: Wording | None = None

    __repr__ = short_repr


def resolve(keys: Iterable[FactorKey], method: Methodology) -> dict[FactorKey, Resolution]:
    """Choose the factors and conversions of each distinct key.

    Parameters
    ----------
    keys : iterable of FactorKey
        Activities of the catalogue with units of the vocabulary.
    method : Methodology
        Whose pins decide.

    Returns
    -------
    dict of Key to Resolution
        Every key has an answer; none is invented.

    Raises
    ------
    IntegrityError
        If the data allow two answers, or a boundary has not decided a component.
    """
    known: dict[FactorKey, Resolution] = method.answers  # type: ignore[assignment]  # it does not know what a key is
    wanted = [*dict.fromkeys(keys)]
    for key in sorted(key for key in wanted if key not in known):
        known[key] = _resolve(key, method)
    return {key: known[key] for key in wanted}


def _resolve(key: FactorKey, method: Methodology) -> Resolution:
    entry = method.catalogue.activities[key.activity]
    lines = _lines(key, entry, method)
    if isinstance(lines, Wording):
        return Resolution(key, refusal=lines)
    if not lines:
        return Resolution(key, refusal=_no_route(key, entry, method))
    found = {line.factor.component for line in lines}
    return Resolution(key, tuple(lines), tuple(name for name in entry.components if name not in found))


def _lines(key: FactorKey, entry: CatalogueActivity, method: Methodology) -> list[Line] | Wording:
    """Return the factor lines of a key: none where its unit has no way to a factor, or why there is no factor."""
    by_pin = method.by_pin(key.activity, key.period)
    pins = [[factor for factor in factors if factor.geography == key.geography] for factors in by_pin]
    if not any(pins):
        return _no_factor(key, entry, tuple(f for factors in by_pin for f in factors), method)
    if not _takes(key, entry, method):
        return []
    lines: list[Line] = []
    for component in dict.fromkeys(factor.component for factors in pins for factor in factors):
        # the first pin that is reached in the key's own unit; what an overlay stands in front of is kept beside
        reached: list[tuple[Line, list[Factor]]] = []
        for part in _parts(pins, component):
            if (line := _line(key, entry, part, method)) is not None:
                reached.append((line, part))
        unreached = [part[0] for part in _parts(pins, component) if part[0].package in method.overlays]
        if unreached and not any(line.factor.package in method.overlays for line, _ in reached):
            return _overlay_unreached(key, unreached[0], method)
        lines += [line for line, _ in reached[:1]]
        if reached and reached[0][0].factor.package in method.overlays:
            lines += [line for _, part in reached[1:2] for line in _displaced(key, entry, part, method)]
    if not SIDE.issuperset(entry.components) and SIDE.issuperset(line.factor.component for line in lines):
        return []  # what is in no total is no answer by itself
    return lines


def _takes(key: FactorKey, entry: CatalogueActivity, method: Methodology) -> bool:
    """Tell whether an activity is measured in a unit: in its kind by the catalogue, or by an overlay's own figures.

    A gas that is listed in cubic metres alone takes no litres, though both are volumes: litres are of a liquid.
    A unit that the catalogue's note names stands as it is; and so do the pounds of a price year where a methodology
    has multipliers of that year alone, as the Recipe Book has: there is no other year to take them for.
    """
    by_pin = method.by_pin(key.activity, key.period)
    own = [factor.unit for factors in by_pin for factor in factors if factor.package in method.overlays]
    own += [row.from_unit for row in method.conversions_of(key.activity) if row.package in method.overlays]
    if same := [unit for unit in (*entry.units, *own) if _meet(key.unit, unit, method)]:
        return key.unit not in LITRES or not LITRES.isdisjoint(same)
    if key.unit in WORD.findall(entry.note):
        return True
    kinds = method.units.kinds
    if not kinds[key.unit].startswith(MONEY) or not any(kinds[unit].startswith(MONEY) for unit in entry.units):
        return False
    return {factor.unit for year in method.periods for factor in method.factors(key.activity, year)} == {key.unit}


def units_taken(activity: str, method: Methodology) -> tuple[str, ...]:
    """Return the units that an activity can be measured in: those that the catalogue lists, and others of their kind.

    Whether a unit has a factor in a year is for `resolve` to say.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> units_taken("water.supply", nc.methodology("nhs-2026.1"))
    ('m3', 'ML', 'litre', 'ml')
    """
    entry, home = method.catalogue.activities[activity], method.manifest.geography
    years = method.periods if method.overlays else method.periods[:1]  # only an overlay's own figures have years
    return entry.units + tuple(
        unit
        for unit in method.units.decimals
        if unit not in entry.units
        and any(_takes(FactorKey(activity, unit, year, home), entry, method) for year in years)
    )


def _no_route(key: FactorKey, entry: CatalogueActivity, method: Methodology) -> Wording:
    """Say why a unit is refused, which units the year takes, and in which years the unit is taken."""
    units = [unit for unit in entry.units if _served(key._replace(unit=unit), entry, method)]
    years = [year for year in method.periods if _served(key._replace(period=year), entry, method)]
    return no_route(entry, key.unit, key.period, units, years, method)


def _served(key: FactorKey, entry: CatalogueActivity, method: Methodology) -> bool:
    """Tell whether a key has factor lines; only the units that an activity takes are worth the look."""
    if not _takes(key, entry, method):
        return False
    known: dict[FactorKey, bool] = method.served  # type: ignore[assignment]  # it does not know what a key is
    if key not in known:
        lines = _lines(key, entry, method)
        known[key] = not isinstance(lines, Wording) and bool(lines)
    return known[key]


def _parts(pins: list[list[Factor]], component: str) -> list[list[Factor]]:
    """Return the factors of one component of each pin that has any."""
    parts = ([factor for factor in factors if factor.component == component] for factors in pins)
    return [part for part in parts if part]


def _overlay_unreached(key: FactorKey, factor: Factor, method: Methodology) -> Wording:
    return wording(
        "overlay_unreachable", "reason", package=factor.package,
        label=quoted(method.catalogue.activities[key.activity]), factor_unit=factor.unit, unit=key.unit,
    )  # fmt: skip


def _displaced(key: FactorKey, entry: CatalogueActivity, factors: list[Factor], method: Methodology) -> list[Line]:
    """Return the line that an overlay displaced, as a memo: beside the total, never in it."""
    memos = [
        replace(
            factor,
            component=MEMO,
            scope="none",
            note=f"displaced by an overlay ({factor.component}, scope {factor.scope}). {factor.note}".strip(),
        )
        for factor in factors
        if factor.component != MEMO
    ]
    line = _line(key, entry, memos, method)
    return [] if line is None else [line]


def _line(key: FactorKey, entry: CatalogueActivity, factors: list[Factor], method: Methodology) -> Line | None:
    """Take the component's factor that is reached in the fewest steps."""
    routes = [(route, factor) for factor in factors if (route := find_route(key, factor.unit, method)) is not None]
    if not routes:
        return None
    fewest = min(len(route.steps) for route, _ in routes)
    best = [(route, factor) for route, factor in routes if len(route.steps) == fewest]
    if len(best) > 1:
        names = " and ".join(factor.factor_id for _, factor in best)
        raise IntegrityError(f"{key.activity} in {key.unit} for {key.period} could take {names}: the data must decide")
    route, factor = best[0]
    for boundary in method.boundaries:
        if (boundary, entry.category, factor.component, factor.scope) not in method.included:
            raise IntegrityError(
                f"boundary '{boundary}' of {method.id} does not decide ({entry.category}, {factor.component}, "
                f"scope {factor.scope}), which {factor.factor_id} needs"
            )
    theme = method.catalogue.theme_of(entry.category, factor.component)
    beyond = method.catalogue.ghg_protocol[entry.category, factor.component] if factor.scope == "3" else ""
    return Line(factor, theme, entry.category, beyond, route.multiplier, "+".join(route.steps), route.cited)


def find_route(key: FactorKey, to_unit: str, method: Methodology) -> Route | None:
    """Return the shortest way from a key's unit to another unit, or None.

    Units of one kind meet by their ratio; a change of kind happens only through a cited conversion row
    of the activity or of a branch that it lies in (``spend.*``), and through at most three of them.
    """
    if _meet(key.unit, to_unit, method):
        return _by_ratio(Route(1.0, ()), key.unit, to_unit, method)
    rows = _in_front([row for row in method.conversions_of(key.activity) if row.covers(key.period)], method)
    ways: list[tuple[str, Route]] = [(key.unit, Route(1.0, ()))]
    for _ in range(LONGEST_CHAIN + 1):
        arrived = [_by_ratio(route, unit, to_unit, method) for unit, route in ways if _meet(unit, to_unit, method)]
        if len(arrived) > 1:
            raise IntegrityError(f"{key.activity} has two chains of conversions from {key.unit} to {to_unit}")
        if arrived:
            return arrived[0]
        ways = [
            (row.to_unit, _by_row(_by_ratio(route, unit, row.from_unit, method), row))
            for unit, route in ways
            for row in rows
            if _meet(unit, row.from_unit, method) and row not in route.cited
        ]
    return None


def _in_front(rows: list[Conversion], method: Methodology) -> list[Conversion]:
    """Leave out shipped conversions that an overlay gives too."""
    own = {(row.from_unit, row.to_unit) for row in rows if row.package in method.overlays}
    return [row for row in rows if row.package in method.overlays or (row.from_unit, row.to_unit) not in own]


def _meet(first: str, second: str, method: Methodology) -> bool:
    return method.units.same_kind(first, second)


def _by_ratio(route: Route, unit: str, to_unit: str, method: Methodology) -> Route:
    if unit == to_unit:
        return route
    ratio = method.units.ratio(unit, to_unit)
    return Route(route.multiplier * ratio, (*route.steps, f"{unit}_to_{to_unit}"), route.cited)


def _by_row(route: Route, row: Conversion) -> Route:
    return Route(route.multiplier * float(row.multiplier), (*route.steps, row.conversion_id), (*route.cited, row))


def _no_factor(key: FactorKey, entry: CatalogueActivity, factors: tuple[Factor, ...], method: Methodology) -> Wording:
    years = [year for year in method.periods if method.factors(key.activity, year)]
    return no_factor(entry, key.period, key.geography, factors, years, method)


RESOLVED_BY = ("activity", "unit", "period", "geography")


class FactorKey(NamedTuple):
    """What decides which factors apply; a tuple, as thousands of them are looked up with every calculation."""

    activity: str
    unit: str
    period: str
    geography: str
