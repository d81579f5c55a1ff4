"""The change of each line split between its causes: by Shapley, and by LMDI beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.decomposition.change import CAUSES
from nhscarbon.analysis.decomposition.lines import Kind, stack
from nhscarbon.analysis.decomposition.shapley import lmdi, shapley

Numbers = NDArray[np.float64]
EXACT = 1e-12  # relative: a real factor that differs by less is the same, but for the last digit
PRICES = CAUSES.index("prices")


def split(rows: pd.DataFrame, chosen: Sequence[Kind]) -> dict[str, Numbers]:
    """Return the effects on each row [kgCO2e], by Shapley and, with ``lmdi_``, by LMDI.

    Parameters
    ----------
    rows : pandas.DataFrame
        `kind`, `before` and `after`, from `match_lines`.
    chosen : sequence of Kind
    """
    kind = rows["kind"].to_numpy(np.int64)
    quantity = rows[["before", "after"]].to_numpy(np.float64).T
    intensity = stack(chosen, lambda part: part.intensity, kind)  # (year, method, rows)
    counted = stack(chosen, lambda part: part.counted, kind) > 0  # (method, boundary, rows)
    level = stack(chosen, lambda part: part.level, kind, (2,))  # (year, rows)
    effect = stack(chosen, lambda part: part.effect, kind)  # (year, method, rows)
    alike = np.isfinite(intensity).all(axis=(0, 1)) & np.isfinite(quantity).all(axis=0)
    own = [np.nan_to_num(np.where(counted[side, side], quantity[side] * intensity[side, side], 0.0)) for side in (0, 1)]
    real, factor = quantity / level, _in_one_price_year(intensity, level, effect)

    parts = np.where(alike, _shapley(real, effect, factor, counted, alike), 0.0)
    inside = [counted[side, side] for side in (0, 1)]
    effects = dict(zip(CAUSES, parts, strict=True))
    effects |= {"before": own[0], "after": own[1]}
    effects |= {"entered": np.where(alike, 0.0, own[1]), "left": np.where(alike, 0.0, 0.0 - own[0])}

    stays = alike & inside[0] & inside[1]
    ratios = log_ratios(np.where(stays, real, 1.0), np.where(stays, factor, 1.0))
    ratios = _with_prices(ratios, np.log(np.where(stays, effect[1], 1.0)))
    index = lmdi(np.where(stays, own[0], 1.0), np.where(stays, own[1], 1.0), ratios)
    effects |= {f"lmdi_{name}": np.where(stays, part, 0.0) for name, part in zip(CAUSES[:4], index, strict=True)}
    nothing = np.zeros(len(rows))  # only what is supplied as totals changes as a whole
    effects |= {"supplied": nothing, "lmdi_supplied": nothing}
    effects |= {"lmdi_entered": np.where(stays, 0.0, own[1]), "lmdi_left": np.where(stays, 0.0, 0.0 - own[0])}
    return effects


def _in_one_price_year(intensity: Numbers, level: Numbers, effect: Numbers) -> Numbers:
    """Return intensities by year and methodology, those of pounds all for pounds of the earlier year."""
    factor = intensity * level[:, np.newaxis] / effect
    with np.errstate(invalid="ignore"):
        same = (level[1] != 1) & (np.abs(factor[1] - factor[0]) <= EXACT * np.abs(factor[0]))
    factor[1] = np.where(same, factor[0], factor[1])
    return factor


def _shapley(
    real: Numbers, effect: Numbers, factor: Numbers, counted: NDArray[np.bool_], alike: NDArray[np.bool_]
) -> Numbers:
    """Return the effect of each cause on each row; prices are exchanged only where a row has any."""
    values = np.where(counted[np.newaxis], factor[:, :, np.newaxis], 0.0)  # (year, method, boundary, rows)
    parts = np.zeros((len(CAUSES), real.shape[-1]))
    priced = (effect[1] != 1).any(axis=0)
    plain, rest = np.flatnonzero(alike & ~priced), np.flatnonzero(alike & priced)
    states = real[:, np.newaxis, np.newaxis, np.newaxis, plain] * values[np.newaxis, ..., plain]
    others = np.array([place for place in range(len(CAUSES)) if place != PRICES])
    parts[np.ix_(others, plain)] = shapley(states)
    if len(rest):
        # axes: quantity, prices, year, method, boundary
        left = effect[:, :, rest][np.newaxis, :, np.newaxis, :, np.newaxis]
        each = real[:, rest][:, np.newaxis, np.newaxis, np.newaxis, np.newaxis]
        parts[:, rest] = shapley(each * left * values[..., rest][np.newaxis, np.newaxis])
    return parts


def log_ratios(quantity: Numbers, intensity: Numbers) -> Numbers:
    """Return the logarithms of the ratios of quantity, factor and method, after over before.

    Factor and method are exchanged in both orders, and the mean of the two taken: neither comes first.

    Parameters
    ----------
    quantity : float64 array, shape (2, lines)
    intensity : float64 array, shape (2, 2, lines)
        By year and methodology, before and after.
    """

    def log(first: Numbers, second: Numbers) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(first == second, 0.0, np.log(np.abs(second / first)))

    with np.errstate(invalid="ignore"):
        factor = (log(intensity[0, 0], intensity[1, 0]) + log(intensity[0, 1], intensity[1, 1])) / 2
        method = (log(intensity[0, 0], intensity[0, 1]) + log(intensity[1, 0], intensity[1, 1])) / 2
    return np.stack([log(quantity[0], quantity[1]), factor, method])


def _with_prices(ratios: Numbers, prices: Numbers) -> Numbers:
    """Return ratios with those of prices after the quantity's, which both methodologies share in like the factors.

    Parameters
    ----------
    ratios : float64 array, shape (3, lines)
        From `log_ratios`.
    prices : float64 array, shape (2, lines)
        The logarithm of what prices and deflators leave of one another, by methodology.
    """
    quantity, factor, method = ratios
    return np.stack([quantity, prices.mean(axis=0), factor, method + (prices[1] - prices[0]) / 2])
