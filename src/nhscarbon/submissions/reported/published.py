"""The published figures that a sender may have used: of each edition that ships, the factors of one activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from operator import eq
from typing import NamedTuple

from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_package, load_pinned
from nhscarbon.methods.factors import Factor, FactorPackage
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Route, find_route
from nhscarbon.methods.units import shipped_units
from nhscarbon.periods import parse_period, year_end, year_start

ROOM = "emission_factors"
KEPT = 1 << 16  # answers that are kept: an activity of a package has one
NAME, MIDDLE = 1.5, 2.0  # assumptions in another activity: its last word, another word of it
NEAR = 1  # years: how far from the row's own year the edition of another activity may be
COPIED = 2.0  # assumptions in figures that their source took from another
BEFORE = 0.1  # of a year: the edition before is likelier than the one after


@dataclass(frozen=True)
class Figures:
    """The factors of one activity in one edition, reached from one unit.

    Attributes
    ----------
    package : FactorPackage
    name, activity : str
        What the edition is called, and whose figures they are.
    steps : float
        What had to be assumed to come here: years away, another activity.
    reached : Mapping of str to tuple of Factor and Route
        Of each component the factor that is reached in the fewest steps.
    unreached : tuple of Factor
        Those of another unit, which a sender may have taken for the row's.
    """

    package: FactorPackage
    name: str
    activity: str
    steps: float
    reached: Mapping[str, tuple[Factor, Route]]
    unreached: tuple[Factor, ...]


class Edition(NamedTuple):
    """The factors of one activity that a package has for some days."""

    first: str
    end: str
    rows: tuple[Factor, ...]
    several: bool  # whether the package has other days too


def figures_of(key: FactorKey, method: Methodology) -> Iterator[Figures]:
    """Yield the figures of an activity in every edition, and of those like it in the editions about its year."""
    routes: dict[str, Route | None] = {}
    year = parse_period(key.period).year
    for label, package in _by_label().items():
        copied = COPIED * all(source.second_hand for source in package.package.descriptor.sources)
        for activity, steps in ((key.activity, 0.0), *_like(label, key.activity)):
            for edition in _editions(label, activity, key.geography):
                away = _years_away(edition, year)
                if steps and away > NEAR + BEFORE:
                    continue
                for unit in {row.unit for row in edition.rows} - routes.keys():
                    routes[unit] = find_route(key, unit, method)
                yield _reached(package, activity, steps + away + copied, edition, routes)


def _reached(
    package: FactorPackage, activity: str, steps: float, edition: Edition, routes: Mapping[str, Route | None]
) -> Figures:
    """Choose of each component the factor of the shortest route."""
    best: dict[str, tuple[Factor, Route]] = {}
    for row in edition.rows:
        route = routes[row.unit]
        if route and (row.component not in best or len(route.steps) < len(best[row.component][1].steps)):
            best[row.component] = row, route
    other = tuple(row for row in edition.rows if (found := routes[row.unit]) is None or found.multiplier != 1)
    first = int(edition.first[:4])
    name = f"{package.package.name} for {first}/{(first + 1) % 100:02d}" if edition.several else package.package.name
    return Figures(package, name, activity, steps, best, other)


@kept(KEPT)
def _editions(label: str, activity: str, geography: str) -> tuple[Edition, ...]:
    """Return the factors of an activity by the days that a package has them for: one edition, or several in one."""
    rows = [row for row in _by_label()[label].by_activity.get(activity, ()) if row.geography == geography]
    found = []
    for first in sorted({row.valid_from for row in rows}):
        valid = tuple(row for row in rows if row.valid_from <= first < row.valid_to)
        found.append((first, min(row.valid_to for row in valid), valid))
    return tuple(Edition(*each, len(found) > 1) for each in found)


@kept(KEPT)
def _like(label: str, activity: str) -> tuple[tuple[str, float], ...]:
    """Return the activities that a sender may have taken for another, with what that assumes.

    They differ in one word of the code, such as the fuel of a car or the kind of a waste. A code of two words, such
    as a head-count of commuters, has its figures from another code: then those like that one.
    """
    package = _by_label()[label]
    found = dict(_one_word_off(activity, package))
    if twin := _twin(activity, package):
        for other, steps in ((twin, 0.0), *_one_word_off(twin, package)):
            found.setdefault(other, steps)
    found.pop(activity, None)
    return tuple(found.items())


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


def _years_away(edition: Edition, year: str) -> float:
    """Return how many years an edition is from an NHS year; 0 where it covers it."""
    if edition.first <= year_start(year) and year_end(year) <= edition.end:
        return 0.0
    years = int(edition.first[:4]) - int(year[:4])
    return abs(years) + BEFORE * (years > 0)


@lru_cache(maxsize=1)
def _by_label() -> Mapping[str, FactorPackage]:
    root = data_root()
    labels = [load_package(folder).label for folder in sorted((root / ROOM).iterdir()) if folder.is_dir()]
    return {label: FactorPackage(load_pinned(root, ROOM, label), shipped_units()) for label in labels}
