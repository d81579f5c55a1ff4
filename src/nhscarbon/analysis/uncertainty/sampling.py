"""Draws: how uncertain each kind of figure is, and its multipliers in every draw.

The draws of a figure depend on its own id and the seed alone, so that another figure, action, scenario or
organisation more or less moves none of them: differences between scenarios are free of noise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import IntegrityError
from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.factors import refuse
from nhscarbon.output.text import short_repr

PARAMETERS = "uncertainty-1@1.0.0"
ROOM = "uncertainty"
Real = TypeVar("Real", bound=np.floating)
ORDERS = 240  # random orders that are kept ready, twice


@dataclass(frozen=True)
class Parameter:
    """How uncertain one kind of figure is: `sigma` of a lognormal, or the relative half-width of a rectangle."""

    parameter: str
    of: str
    pattern: str
    component: str
    tier: str
    distribution: str
    sigma: float

    __repr__ = short_repr

    @property
    def mean(self) -> float:
        """The mean of the multiplier, whose median is 1."""
        return float(np.exp(self.sigma**2 / 2)) if self.distribution == "lognormal" else 1.0

    @property
    def variance(self) -> float:
        """The variance of the multiplier."""
        if self.distribution == "lognormal":
            return float(np.exp(self.sigma**2) * np.expm1(self.sigma**2))
        return self.sigma**2 / 3


def multipliers_of(name: tuple[str, ...], parameter: Parameter, draws: int, seed: int) -> NDArray[np.float32]:
    """Return the multipliers of one figure: every 1/n of its distribution once, in an order of its own.

    The order depends on the figure's id and the seed alone, so another figure more or less moves no draw.
    """
    return _shuffled(name, _multipliers(parameter.distribution, parameter.sigma, draws), seed)


def normal_of(name: tuple[str, ...], draws: int, seed: int) -> NDArray[np.float32]:
    """Return standard normal draws of one figure, every 1/n of the distribution once, in an order of its own."""
    return _shuffled(name, _strata(draws), seed)


def uniform_of(name: tuple[str, ...], draws: int, seed: int) -> NDArray[np.float64]:
    """Return the middles of equal parts of 0 to 1, in an order of the figure's own."""
    return _shuffled(name, (np.arange(draws) + 0.5) / draws, seed)


def _shuffled(name: tuple[str, ...], values: NDArray[Real], seed: int) -> NDArray[Real]:
    """Return values in the order of a name: two random orders, one shifted, of those that are kept ready.

    A fresh shuffle for each of ten thousand figures would take longer than all the rest; so composed, two names
    share an order about once in 600 million.
    """
    digest = hashlib.blake2b("\0".join((str(seed), *name)).encode(), digest_size=8).digest()
    first, second = _orders(len(values), seed)
    shift = int.from_bytes(digest[2:], "little") % len(values)
    order = second[digest[1] % ORDERS].take(first[digest[0] % ORDERS], mode="clip")  # all within: nothing is clipped
    shuffled = values.take(order, mode="clip")
    return np.concatenate((shuffled[len(values) - shift :], shuffled[: len(values) - shift]))


@lru_cache(maxsize=4)
def _orders(draws: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return two sets of random orders."""
    random = np.random.Generator(np.random.PCG64(seed))
    orders = random.permuted(np.tile(np.arange(draws), (2 * ORDERS, 1)), axis=1)
    return orders[:ORDERS], orders[ORDERS:]


@lru_cache(maxsize=256)
def _multipliers(distribution: str, sigma: float, draws: int) -> NDArray[np.float32]:
    """Return the middles of equal parts of a distribution."""
    if not sigma:
        return np.ones(draws, np.float32)
    if distribution == "rectangular":
        return (1 + sigma * ((2 * np.arange(draws) + 1) / draws - 1)).astype(np.float32)
    return np.asarray(np.exp(np.float32(sigma) * _strata(draws)), np.float32)


@lru_cache(maxsize=4)
def _strata(draws: int) -> NDArray[np.float32]:
    """Return the middles of equal parts of the standard normal distribution."""
    from scipy.special import ndtri  # noqa: PLC0415  a quarter of a second, and only needed here

    return np.asarray(ndtri((np.arange(draws) + 0.5) / draws), np.float32)


@kept(8192)
def parameter_of(of: str, activity: str, component: str, tier: str) -> Parameter:
    """Return the first parameter that fits.

    Raises
    ------
    IntegrityError
        If none does: every kind of figure ends in a row for all the others.
    """
    for each in parameters():
        fits = each.of == of and fnmatchcase(activity, each.pattern)
        if fits and each.component in ("", component) and each.tier in ("", tier):
            return each
    raise IntegrityError(f"{PARAMETERS} says nothing of the {of} {activity}")


@lru_cache(maxsize=1)
def parameters() -> tuple[Parameter, ...]:
    """Return how uncertain each kind of figure is, the first that fits deciding.

    Raises
    ------
    IntegrityError
        If a row has a distribution or a value that is none.
    """
    found, faults = [], []
    for row in load_pinned(data_root(), ROOM, PARAMETERS).rows("parameters.csv"):
        value = float(row["value"])
        sigma = {"lognormal": np.log(value) / 2 if value >= 1 else -1.0, "rectangular": value, "none": 0.0}
        if sigma.get(row["distribution"], -1.0) < 0 or row["of"] not in ("activity", "factor", "conversion"):
            faults.append(f"{row['parameter']}: {row['of']} {row['distribution']} {row['value']}")
        about = {name: row[name] for name in ("parameter", "of", "pattern", "component", "tier", "distribution")}
        found.append(Parameter(**about, sigma=float(sigma.get(row["distribution"], 0.0))))
    refuse(PARAMETERS, faults)
    return tuple(found)
