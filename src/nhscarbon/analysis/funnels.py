"""Funnel limits whose false-alarm rate is what they state: each organisation is judged by all the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr

ENOUGH = 8  # organisations: with fewer, their spread is not known well enough to draw limits
TRIMMED = 0.1  # of each tail is drawn in before the spread is measured (Spiegelhalter 2005)
LEVELS = (("warn", 95.0), ("act", 99.8))  # percent between the limits of NHS funnel plots
WITHIN = "within the limits"
ROUNDS = 50  # until the centre stands; each round leaves about a fifth of the step before
STANDS = 1e-13  # of the largest score: what a step of the centre may still be
NOTICED = 1 / 500  # of all organisations, or of all sizes: below it, leaving one out changes nothing that is seen
CELLS = 2_000_000  # of the others of each organisation that are in memory at once
ROUNDING = 1e-9  # relative: what arithmetic alone may put outside a limit
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """What is typical of some organisations, and the limits for one more organisation of any size.

    Attributes
    ----------
    typical : float
        Of the values.
    spread : float
        Standard deviation of the logarithm of a value at size 1.
    freedom : float
        Degrees of freedom behind the spread.
    weight : float
        The size at which a value varies as much as the centre does: a little less than all sizes together.
    bodies : int
        How many organisations it was estimated from.
    """

    typical: float
    spread: float
    freedom: float
    weight: float
    bodies: int

    __repr__ = short_repr

    def limits(self, sizes: Numbers, percent: float) -> tuple[Numbers, Numbers]:
        """Return the lower and upper limit for one more organisation of each of some sizes.

        Parameters
        ----------
        sizes : float64 array
        percent : float
            Of organisations like these that are within the limits, such as 95.
        """
        return _limits(np.log(self.typical), np.square(self.spread) * (1 / sizes + 1 / self.weight),
                       self.freedom, percent)  # fmt: skip

    def curves(self, sizes: Numbers) -> list[tuple[str, float, Numbers, Numbers]]:
        """Return each pair of limits: its name, the percentage between them, the lower and the upper curve."""
        return [(name, percent, *self.limits(sizes, percent)) for name, percent in LEVELS]


def funnel_of(values: Numbers, sizes: Numbers) -> Funnel:
    """Return the funnel of some organisations: what is typical of them, and the spread that they show.

    Parameters
    ----------
    values : float64 array, shape (organisations,)
        What is compared, above 0: an intensity, or tonnes now by tonnes of a base year.
    sizes : float64 array, shape (organisations,)
        Above 0: floor area, beds, or tonnes of the base year.

    Returns
    -------
    Funnel

    Raises
    ------
    UsageError
        If there are fewer than two organisations, or a value or size is not above 0.

    Examples
    --------
    >>> funnel_of(np.array([10.0, 10.0, 10.0]), np.array([1.0, 1.0, 4.0])).spread
    0.0
    """
    logs, sizes = _sound(values, sizes)
    order = np.lexsort([logs, sizes])  # the same sums for any order of the organisations
    centre, variance, freedom, weight = _fit(logs[order][None], sizes[order][None])
    return Funnel(math.exp(centre[0]), math.sqrt(variance[0]), freedom, float(weight[0]), len(logs))


def funnel_limits(values: Numbers, sizes: Numbers) -> pd.DataFrame:
    """Return the limits of each organisation, estimated from all the others, and where it lies.

    Parameters
    ----------
    values, sizes : float64 array, shape (organisations,)
        As for `funnel_of`; at least `ENOUGH` organisations.

    Returns
    -------
    pandas.DataFrame
        ``typical`` (of all), ``warn_low``, ``warn_high`` (95 %), ``act_low``, ``act_high`` (99.8 %) and ``position``
        (``within the limits``, ``above the 95 % limit`` and so on), one row per organisation in the order given.

    Raises
    ------
    UsageError
        If there are fewer than `ENOUGH` organisations, or a value or size is not above 0.

    Notes
    -----
    The model is that of over-dispersed funnel plots (Spiegelhalter, Handling over-dispersion of performance
    indicators, Quality and Safety in Health Care 14, 2005, 347-351): the logarithm of a value varies about a common
    centre with variance ``spread**2 / size``, and the spread is what the organisations show, a tenth of each tail
    drawn in. So that 95 % limits have 5 % of like organisations outside them and 99.8 % limits 0.2 %:

    * an organisation is left out of the centre and spread that judge it;
    * the spread is divided by what drawing in the tails takes from a normal distribution (`consistency`);
    * the limits are those of a prediction: the variance of the centre is added, and Student's t replaces the normal
      distribution, with the degrees of freedom of a spread whose tails were drawn in (`freedom_share`).

    Where an organisation is less than a five-hundredth of all, in number and in size, it stays in: that changes
    nothing that can be seen.

    Examples
    --------
    >>> like = np.exp(np.linspace(-0.1, 0.1, 9))
    >>> funnel_limits(np.append(100 * like, 300.0), np.full(10, 1.0))["position"].iloc[-1]
    'above the 99.8 % limit'
    """
    logs, sizes = _sound(values, sizes)
    if len(logs) < ENOUGH:
        raise UsageError(f"limits need at least {ENOUGH} organisations, and there are {len(logs)}")
    order = np.lexsort([logs, sizes])
    centre, variance, freedom = _of_others(logs[order], sizes[order])
    back = np.argsort(order, kind="stable")
    centre, variance, freedom = centre[back], variance[back], freedom[back]
    typical = funnel_of(values, sizes).typical
    found = pd.DataFrame({"typical": np.full(len(logs), typical)})
    position = np.full(len(logs), WITHIN, object)
    of = np.exp(logs)
    for name, percent in LEVELS:
        low, high = _limits(centre, variance, freedom, percent)
        found[f"{name}_low"], found[f"{name}_high"] = low, high
        position[of > high * (1 + ROUNDING)] = f"above the {percent:.3g} % limit"
        position[of < low * (1 - ROUNDING)] = f"below the {percent:.3g} % limit"
    return found.assign(position=position)


def consistency(trimmed: float) -> float:
    """Return the variance of a standard normal distribution whose tails are drawn in to its quantiles.

    Parameters
    ----------
    trimmed : float
        The part of each tail, from 0 to below 0.5.

    Returns
    -------
    float
        ``(1 - 2a) - 2 q f(q) + 2 a q**2`` with ``q`` the upper ``a`` quantile and ``f`` the density; 1 at 0.

    Examples
    --------
    >>> round(consistency(0.1), 4)  # a spread of 0.824 of the true one, so 95 % limits would hold 89 %
    0.6787
    """
    if trimmed == 0:
        return 1.0
    quantile, density = _tail(trimmed)
    return 1 - 2 * trimmed - 2 * quantile * density + 2 * trimmed * quantile**2


def freedom_share(trimmed: float) -> float:
    """Return the part of the degrees of freedom that a variance keeps when its tails are drawn in.

    That of the influence function of the drawn-in variance at the normal distribution, the movement of the quantiles
    included: the scaled chi-squared of as many degrees of freedom has the same variance.

    Examples
    --------
    >>> freedom_share(0.0), round(freedom_share(0.1), 4)
    (1.0, 0.7113)
    """
    if trimmed == 0:
        return 1.0
    quantile, density = _tail(trimmed)
    whole = consistency(trimmed)
    second = 1 - 2 * trimmed - 2 * quantile * density  # moments between the quantiles
    fourth = 3 * second - 2 * quantile**3 * density
    moved = 2 * trimmed * quantile / density  # the variance by a movement of the quantiles
    tail = quantile**2 - whole + moved * (1 - 2 * trimmed)
    middle = whole + 2 * trimmed * moved
    variance = 2 * trimmed * tail**2 + fourth - 2 * middle * second + middle**2 * (1 - 2 * trimmed)
    return 2 * whole**2 / variance


def _tail(trimmed: float) -> tuple[float, float]:
    from scipy.stats import norm  # noqa: PLC0415  it takes time to load

    quantile = float(norm.isf(trimmed))
    return quantile, float(norm.pdf(quantile))


def _sound(values: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    values, sizes = np.asarray(values, np.float64), np.asarray(sizes, np.float64)
    good = (values > 0) & (sizes > 0) & np.isfinite(values) & np.isfinite(sizes)
    if values.ndim != 1 or values.shape != sizes.shape or len(values) < 2 or not good.all():
        raise UsageError("a funnel needs the values and sizes of at least two organisations, all above 0")
    return np.log(values), sizes


def _fit(logs: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers, float, Numbers]:
    """Return the centre and variance at size 1 of each row of organisations, their freedom and the centre's weight.

    Scores are distances from the centre times the root of the size, so they all vary alike; a tenth of each tail is
    drawn in to the scores next to it. The variance of the centre is that at size 1 by its weight.
    """
    count = logs.shape[1]
    cut = int(TRIMMED * count)
    weights, whole = np.sqrt(sizes), sizes.sum(axis=1, keepdims=True)
    centre = (logs * sizes).sum(axis=1, keepdims=True) / whole
    for _ in range(ROUNDS if cut else 0):
        scores = (logs - centre) * weights
        step = (_drawn_in(scores, cut) * weights).sum(axis=1, keepdims=True) / whole
        centre = centre + step
        if (np.abs(step) * weights.max(axis=1, keepdims=True) <= STANDS * np.abs(scores).max()).all():
            break
    scores = _drawn_in((logs - centre) * weights, cut)
    part = cut / count
    kept = consistency(part)
    variance = (scores**2).sum(axis=1) / (count - 1) / kept
    return centre[:, 0], variance, freedom_share(part) * (count - 1), whole[:, 0] * (1 - 2 * part) ** 2 / kept


def _drawn_in(scores: Numbers, cut: int) -> Numbers:
    if not cut:
        return scores
    last = scores.shape[1] - 1 - cut
    ends = np.partition(scores, [cut, last], axis=1)
    return np.clip(scores, ends[:, cut, None], ends[:, last, None])


def _of_others(logs: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the centre of the others of each organisation, the variance of its distance from it, and its freedom."""
    count, whole = len(logs), math.fsum(sizes)
    centre, variance, freedom, _ = _fit(logs[None], sizes[None])
    found = (np.full(count, centre[0]), variance[0] * (1 / sizes - 1 / whole), np.full(count, freedom))
    seen = np.flatnonzero((sizes / whole > NOTICED) | (1 / count > NOTICED))
    block = max(1, CELLS // count)
    for start in range(0, len(seen), block):
        here = seen[start : start + block]
        others = np.arange(count - 1) + (np.arange(count - 1) >= here[:, None])
        centre, variance, freedom, weight = _fit(logs[others], sizes[others])
        found[0][here], found[1][here], found[2][here] = centre, variance * (1 / sizes[here] + 1 / weight), freedom
    return found


def _limits(
    centre: Numbers | float, variance: Numbers, freedom: Numbers | float, percent: float
) -> tuple[Numbers, Numbers]:
    from scipy.stats import t  # noqa: PLC0415  it takes time to load

    width = t.isf(0.5 - percent / 200, freedom) * np.sqrt(variance)
    return np.exp(centre - width), np.exp(centre + width)
