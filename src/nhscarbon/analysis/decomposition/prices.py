"""Spend in real terms: what of a change of pounds is prices, by a methodology's deflators or HM Treasury's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isclose, sqrt

from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.resolution import Line
from nhscarbon.methods.units import Units
from nhscarbon.output.text import short_repr

ROOM, PACKAGE = "price_levels", "gdp-deflator-levels-1@1.0.0"
OWN_YEAR = ""  # the price year of pounds as they were paid
FORECAST = "forecast"
SAME = 1e-9  # relative: two deflators of one series, each rounded as published
AS_PAID = "the activity is as paid, prices in it: "


@dataclass(frozen=True)
class PriceLevels:
    """Price levels of NHS years and calendar years, and which pounds a unit of money stands for.

    Attributes
    ----------
    nhs_years, calendar_years : Mapping[str, float]
        Levels of one kind are divided by one another; the two kinds have different bases.
    forecast : frozenset of str
        The years whose level is not an outturn.
    price_years : Mapping[str, str]
        The calendar year of a unit's pounds; empty for pounds of the row's own NHS year.
    """

    nhs_years: Mapping[str, float]
    calendar_years: Mapping[str, float]
    forecast: frozenset[str]
    price_years: Mapping[str, str]

    __repr__ = short_repr


@dataclass(frozen=True)
class PriceChange:
    """What prices do to the lines of one key between two years.

    Attributes
    ----------
    level : float
        Pounds of the later year that buy what a pound of the earlier bought; 1 where nothing is in pounds.
    effect : tuple of float
        By methodology: the ratio, after over before, of what prices and deflators leave of one another.
    source : str
        Where the level is from; empty where nothing is in pounds, or both years are the same.
    why : str
        Why spend stays as it was paid; empty where it does not.
    """

    level: float = 1.0
    effect: tuple[float, float] = (1.0, 1.0)
    source: str = ""
    why: str = ""


NO_PRICES = PriceChange()


@dataclass(frozen=True)
class _Deflated:
    """How a methodology brings pounds of one year to what its factor is for: by which multiplier, to which unit."""

    multiplier: float
    unit: str
    package: str


@lru_cache(maxsize=1)
def price_levels() -> PriceLevels:
    """Return the price levels that ship with nhscarbon.

    Raises
    ------
    IntegrityError
        If the package is not the one that was released.

    Examples
    --------
    >>> levels = price_levels().nhs_years
    >>> round(levels["2025/26"] / levels["2019/20"], 3)
    1.277
    """
    package = load_pinned(data_root(), ROOM, PACKAGE)
    levels: dict[str, dict[str, float]] = {"nhs_year": {}, "calendar_year": {}}
    forecast = set()
    for row in package.rows("levels.csv"):
        if row["kind"] not in levels or row["year"] in levels[row["kind"]]:
            raise IntegrityError(f"{PACKAGE} has another kind of year than it can have, or {row['year']} twice")
        levels[row["kind"]][row["year"]] = float(row["level"])
        if row["status"] == FORECAST:
            forecast.add(row["year"])
    units = {row["unit"]: row["price_year"] for row in package.rows("units.csv")}
    return PriceLevels(levels["nhs_year"], levels["calendar_year"], frozenset(forecast), units)


def price_year(unit: str, units: Units) -> str | None:
    """Return the calendar year of a unit's pounds, empty for those of the row's own NHS year, None for no money."""
    if unit not in units.kinds:
        return None
    if unit in price_levels().price_years:
        return price_levels().price_years[unit]
    return _by_kind(tuple(units.kinds.items())).get(units.kinds[unit])


@lru_cache(maxsize=8)
def _by_kind(kinds: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return the price year of each kind of money: thousands of pounds are pounds."""
    years = price_levels().price_years
    return {kind: years[unit] for unit, kind in kinds if unit in years}


def price_change(
    unit: str,
    lines: Mapping[tuple[int, int], Line | None],
    years: Sequence[str],
    units: tuple[Units, Units],
) -> PriceChange:
    """Return what prices do to one component of a key.

    Parameters
    ----------
    unit : str
        Of the key.
    lines : Mapping[tuple of int, Line or None]
        By year and methodology, before and after.
    years : sequence of str
        The NHS years.
    units : pair of Units
        Of the methodologies.

    Returns
    -------
    PriceChange
        `NO_PRICES` where the unit is no pounds of the row's own year, or both years are one, or a factor is missing.
    """
    if years[0] == years[1] or any(price_year(unit, each) != OWN_YEAR for each in units):
        return NO_PRICES
    found = {corner: line for corner, line in lines.items() if line is not None}
    if len(found) < len(lines):
        return NO_PRICES
    steps = {corner: _deflated(line, units[corner[1]]) for corner, line in found.items()}
    sides = [(steps[0, method], steps[1, method]) for method in (0, 1)]
    own = [_own_level(*pair, units[method]) for method, pair in enumerate(sides)]
    level, source = _level(own, years, (step.package for step in steps.values()))
    if not level:
        return PriceChange(why=f"{AS_PAID}{_no_level(years)}")
    effect = []
    for method, (first, second) in enumerate(sides):
        ratio = _left(first, second, level, own[method], units[method])
        if ratio is None:
            return PriceChange(why=f"{AS_PAID}{_no_link(first.unit or unit, second.unit or unit)}")
        effect.append(1.0 if isclose(ratio, 1.0, rel_tol=SAME) else ratio)
    return PriceChange(level, (effect[0], effect[1]), source)


def _deflated(line: Line, units: Units) -> _Deflated:
    """Return how a line leaves pounds of its own year: by a deflator, or by the price of what is bought."""
    multiplier, reached, package = 1.0, "", ""
    for row in line.cited:
        from_year, to_year = (price_year(each, units) for each in (row.from_unit, row.to_unit))
        leaves = from_year == OWN_YEAR and to_year != OWN_YEAR
        if leaves or (reached and to_year):  # and from there on to the pounds of another year
            multiplier, reached, package = multiplier * float(row.multiplier), row.to_unit, row.package
    return _Deflated(multiplier, reached, package)


def _own_level(first: _Deflated, second: _Deflated, units: Units) -> float:
    """Return the price level by a methodology's own deflators: 0 where they do not lead to one unit."""
    if not first.unit or not second.unit or not units.same_kind(first.unit, second.unit):
        return 0.0
    return first.multiplier * units.ratio(first.unit, second.unit) / second.multiplier


def _level(own: Sequence[float], years: Sequence[str], packages: Iterable[str]) -> tuple[float, str]:
    """Return the price level and where it is from: own deflators where both agree, else the published series."""
    stated = [each for each in own if each]
    named = " and ".join(dict.fromkeys(filter(None, packages)))
    if len(stated) == len(own) and isclose(own[0], own[1], rel_tol=SAME):
        return own[0], named
    levels = price_levels().nhs_years
    if years[0] in levels and years[1] in levels:
        return levels[years[1]] / levels[years[0]], PACKAGE
    if stated:  # of either methodology alone, or neither before the other
        return (sqrt(own[0] * own[1]) if len(stated) == len(own) else stated[0]), named
    return 0.0, ""


def _left(first: _Deflated, second: _Deflated, level: float, own: float, units: Units) -> float | None:
    """Return what prices and the deflators of one methodology leave of one another; None where they do not meet."""
    if own:
        return level / own
    if not first.unit and not second.unit:  # a factor for each pound as paid: nothing takes the prices out
        return level
    calendar = price_levels().calendar_years
    from_to = [price_year(each.unit, units) if each.unit else None for each in (first, second)]
    if any(not year or year not in calendar for year in from_to):
        return None
    linked = calendar[str(from_to[0])] / calendar[str(from_to[1])]
    return level * second.multiplier / first.multiplier * linked


def _no_level(years: Sequence[str]) -> str:
    lacking = " and ".join(year for year in years if year not in price_levels().nhs_years)
    return f"no deflator links {years[0]} and {years[1]}, as the published series has no {lacking}"


def _no_link(first: str, second: str) -> str:
    return f"no deflator links the factors' units {first} and {second}"
