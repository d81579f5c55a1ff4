"""The published figures that a sender may have used: of each edition that ships, the factors of one activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from operator import eq

from nhscarbon.methods.data_package import data_root, load_package, load_pinned
from nhscarbon.methods.factors import Factor, FactorPackage
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Route, find_route
from nhscarbon.methods.units import shipped_units
from nhscarbon.periods import parse_period

ROOM = "emission_factors"
NAME, MIDDLE = 1.5, 2.0  # assumptions in another activity: its last word, another word of it
NEAR = 1  # years: how far from the row's own year the edition of another activity may be
COPIED = 2.0  # assumptions in figures that their source took from another
BEFORE = 0.1  # of a year: the edition before is likelier than the one after


@dataclass(frozen=True)
class Figures:
    """The factors of one activity in one edition, reached from one unit.

    Attributes
    ----------
    package, activity : str
    steps : float
        What had to be assumed to come here: years away, another activity.
    reached : Mapping of str to tuple of Factor and Route
        Of each component the factor that is reached in the fewest steps.
    unreached : tuple of Factor
        Those of another unit, which a sender may have taken for the row's.
    """

    package: FactorPackage
    activity: str
    steps: float
    reached: Mapping[str, tuple[Factor, Route]]
    unreached: tuple[Factor, ...]


def figures_of(key: FactorKey, method: Methodology) -> Iterator[Figures]:
    """Yield the figures of an activity in every edition, and of those like it in the editions about its year."""
    routes: dict[str, Route | None] = {}
    for package in packages():
        copied = COPIED * all(source.second_hand for source in package.package.descriptor.sources)
        for activity, steps in {key.activity: 0.0, **_like(key, package)}.items():
            rows = [row for row in package.by_activity.get(activity, ()) if row.geography == key.geography]
            away = _years_away(rows, key.period) if rows else 0.0
            if not rows or (steps and away > NEAR + BEFORE):
                continue
            for unit in {row.unit for row in rows} - routes.keys():
                routes[unit] = find_route(key, unit, method)
            yield _reached(package, activity, steps + away + copied, rows, routes)


def _reached(
    package: FactorPackage, activity: str, steps: float, rows: list[Factor], routes: Mapping[str, Route | None]
) -> Figures:
    """Choose of each component the factor of the shortest route."""
    best: dict[str, tuple[Factor, Route]] = {}
    for row in rows:
        route = routes[row.unit]
        if route and (row.component not in best or len(route.steps) < len(best[row.component][1].steps)):
            best[row.component] = row, route
    other = tuple(row for row in rows if (found := routes[row.unit]) is None or found.multiplier != 1)
    return Figures(package, activity, steps, best, other)


def _like(key: FactorKey, package: FactorPackage) -> dict[str, float]:
    """Return the activities that a sender may have taken for another, with what that assumes.

    They differ in one word of the code, such as the fuel of a car or the kind of a waste. A code of two words, such
    as a head-count of commuters, has its figures from another code: then those like that one.
    """
    found = dict(_one_word_off(key.activity, package))
    if twin := _twin(key.activity, package):
        for activity, steps in ((twin, 0.0), *_one_word_off(twin, package)):
            found.setdefault(activity, steps)
    found.pop(key.activity, None)
    return found


def _one_word_off(activity: str, package: FactorPackage) -> tuple[tuple[str, float], ...]:
    words = activity.split(".")
    found = []
    for other in _by_form(package.package.label).get((words[0], len(words)), ()):
        unlike = [place for place, word in enumerate(other.split(".")) if word != words[place]]
        if len(unlike) == 1:
            found.append((other, NAME if unlike[0] == len(words) - 1 or len(words) == 3 else MIDDLE))
    return tuple(found)


def _twin(activity: str, package: FactorPackage) -> str:
    """Return of a short code the longer one, most like it, whose figures are the same published cells; else nothing."""
    cells = {row.locator for row in package.by_activity.get(activity, ())} - {"uncited"}
    if activity.count(".") > 1 or not cells:
        return ""
    same = [name for name, held in _by_cell(package.package.label).items() if name.count(".") > 1 and held & cells]
    return max(same, key=lambda name: sum(takewhile(bool, map(eq, name, activity))), default="")


@lru_cache(maxsize=128)
def _by_cell(label: str) -> Mapping[str, frozenset[str]]:
    """Return the published cells of each activity of an edition."""
    package = _by_label()[label]
    return {activity: frozenset(row.locator for row in rows) for activity, rows in package.by_activity.items()}


@lru_cache(maxsize=128)
def _by_form(label: str) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """Return the activities of an edition by their first word and how many words they have."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for activity in _by_label()[label].by_activity:
        form = activity.partition(".")[0], activity.count(".") + 1
        found[form] = (*found.get(form, ()), activity)
    return found


def _years_away(factors: list[Factor], period: str) -> float:
    """Return how many years an edition is from a period; 0 where it covers it."""
    if any(row.covers(period) for row in factors):
        return 0.0
    year = int(parse_period(period).year[:4])
    starts = [int(row.valid_from[:4]) for row in factors]
    return min(abs(start - year) + BEFORE * (start > year) for start in starts)


def packages() -> tuple[FactorPackage, ...]:
    """Return every factor package that ships, verified."""
    return tuple(_by_label().values())


@lru_cache(maxsize=1)
def _by_label() -> Mapping[str, FactorPackage]:
    root = data_root()
    labels = [load_package(folder).label for folder in sorted((root / ROOM).iterdir()) if folder.is_dir()]
    return {label: FactorPackage(load_pinned(root, ROOM, label), shipped_units()) for label in labels}
