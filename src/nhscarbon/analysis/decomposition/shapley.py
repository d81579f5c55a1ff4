"""How a change of a product is split between its causes: Shapley for any numbers, LMDI beside it."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def shapley(states: Numbers) -> Numbers:
    """Split the change of each line between causes, so that the parts add up to it.

    Each cause gets the mean of what its exchange moves, over all orders in which the causes can be
    exchanged: ``sum over S of |S|! (n - |S| - 1)! / n! * (E(S and i) - E(S))``.

    Parameters
    ----------
    states : float64 array, shape (2, ..., 2, lines)
        The value of each line with every cause before (0) or after (1): one axis for each cause.

    Returns
    -------
    float64 array, shape (causes, lines)
        Zero for a cause that changes nothing; antisymmetric when before and after are exchanged.

    Notes
    -----
    Shapley 1953, A value for n-person games; as a decomposition of emissions: Albrecht, Francois and
    Schoors 2002, Energy Policy 30, 727-736.

    Examples
    --------
    >>> import numpy as np
    >>> quantity, factor = np.array([100.0, 80.0]), np.array([2.0, 3.0])
    >>> shapley(np.multiply.outer(quantity, factor)[..., np.newaxis]).ravel().tolist()
    [-50.0, 90.0]
    """
    causes = states.ndim - 1
    parts = np.zeros((causes, states.shape[-1]))
    for cause in range(causes):
        others = [other for other in range(causes) if other != cause]
        for size in range(causes):
            weight = factorial(size) * factorial(causes - size - 1) / factorial(causes)
            for exchanged in combinations(others, size):
                place = [int(other in exchanged) for other in range(causes)]
                before, after = tuple(place), (*place[:cause], 1, *place[cause + 1 :])
                parts[cause] += weight * (states[after] - states[before])
    return parts


def lmdi(before: Numbers, after: Numbers, ratios: Numbers) -> Numbers:
    """Split the change of each line by the logarithmic mean Divisia index (LMDI-I, additive).

    Parameters
    ----------
    before, after : float64 array, shape (lines,)
        The value of each line.
    ratios : float64 array, shape (causes, lines)
        The natural logarithm of each cause's ratio, after over before; infinite where a cause rises from
        or falls to nothing. They add up to the logarithm of the values' ratio.

    Returns
    -------
    float64 array, shape (causes, lines)
        Zeros are treated by their analytical limits: a cause that rises from nothing takes the whole
        change, and causes that do so together share it equally. Not a number where a line changes its sign,
        or where causes cancel from and to nothing.

    Notes
    -----
    Ang 2005, Energy Policy 33, 867-871; for zeros: Ang and Liu 2007, Energy Policy 35, 238-246, and Wood and
    Lenzen 2006, Energy Policy 34, 1326-1331 (no small number is put in the place of a zero).

    Examples
    --------
    >>> import numpy as np
    >>> lmdi(np.array([200.0]), np.array([200.0]), np.log([[0.5], [2.0]])).ravel().round(6).tolist()
    [-138.629436, 138.629436]
    """
    mean = logarithmic_mean(before, after)
    endless = np.isinf(ratios)
    shares = endless / np.maximum(endless.sum(axis=0), 1)
    with np.errstate(invalid="ignore"):
        inside = mean * np.where(endless, 0.0, ratios)
    at_limit = (before == 0) ^ (after == 0)
    parts: Numbers = np.where(at_limit, shares * (after - before), inside)
    undefined = (before * after != 0) & endless.any(axis=0)
    return np.where(undefined, np.nan, parts)


def logarithmic_mean(first: Numbers, second: Numbers) -> Numbers:
    """Return (first - second) / ln(first / second); the number itself where both are equal, 0 where one is 0.

    Not a number where the signs differ.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = (second - first) / first
        # log1p keeps the digits of two numbers that are nearly equal
        between = np.where(np.abs(difference) < 0.5, np.log1p(difference), np.log(second / first))
        mean = (second - first) / between
    mean = np.where(first == second, first, mean)
    return np.where((first == 0) | (second == 0), 0.0, mean)
