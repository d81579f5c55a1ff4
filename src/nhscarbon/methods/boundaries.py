"""Boundaries: what counts in one, and what a boundary needs that no publication has."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import BoundaryError, UsageError
from nhscarbon.methods.data_package import data_root
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import BETWEEN, FactorKey, Line, Resolution

SHOWN = 4


def lines_inside(boundary: str, lines: Sequence[Line], method: Methodology) -> NDArray[np.bool_]:
    """Return which factor lines a boundary counts."""
    kinds = [*map(attrgetter("kind"), lines)]
    decided = {kind: method.included[(boundary, *kind.rsplit(BETWEEN, 2))] for kind in set(kinds)}
    return np.fromiter(map(decided.__getitem__, kinds), np.bool_, len(kinds))


@lru_cache(maxsize=1)
def boundary_names() -> frozenset[str]:
    """Return the boundaries of all methodologies that ship, to tell a name of one from another word.

    Examples
    --------
    >>> "nhs_carbon_footprint_plus" in boundary_names(), "tco2e" in boundary_names()
    (True, False)
    """
    found: set[str] = set()
    for path in sorted((data_root() / "methodologies").glob("*/boundaries.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            found |= {row["boundary"] for row in csv.DictReader(stream)}
    return frozenset(found)


def known_boundary(boundary: str, method: Methodology) -> None:
    """Refuse a boundary that the methodology does not have, with the nearest name.

    Raises
    ------
    UsageError
        If the methodology has no such boundary.
    """
    if boundary not in method.boundaries:
        near = get_close_matches(boundary, method.boundaries, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(method.boundaries)}"
        raise UsageError(f"{method.id} has no boundary '{boundary[:60]}'; {hint}")


def missing_components(
    boundary: str, resolutions: Iterable[Resolution], method: Methodology
) -> list[tuple[FactorKey, str]]:
    """Return the (key, component) pairs that a boundary needs and no publication has.

    Raises
    ------
    UsageError
        If the methodology has no such boundary.
    """
    known_boundary(boundary, method)
    return [
        (found.key, component)
        for found in resolutions
        for component in found.missing
        if boundary in method.needing(found.key.activity, (component,))
    ]


def refuse_blocked(boundary: str, resolutions: Iterable[Resolution], method: Methodology) -> None:
    """Refuse a boundary that would look complete and be too small.

    Raises
    ------
    UsageError
        If the methodology has no such boundary.
    BoundaryError
        If a component that it needs was not published; the boundaries that work are named.
    """
    found = list(resolutions)
    lacking = missing_components(boundary, found, method)
    if lacking:
        usable = [name for name in method.boundaries if not missing_components(name, found, method)]
        raise BoundaryError(
            f"{boundary} cannot be totalled: no publication has {_and(component for _, component in lacking)} of "
            f"{_and(f'{key.activity} for {key.period}' for key, _ in lacking)}. A total without it would look "
            f"complete and be too small. Boundaries that this footprint supports: {', '.join(usable)}."
        )


def _and(words: Iterable[str]) -> str:
    names = sorted(set(words))
    names = names[:SHOWN] + ([f"{len(names) - SHOWN} more"] if len(names) > SHOWN else [])
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
