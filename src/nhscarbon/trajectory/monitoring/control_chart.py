"""Control charts of monthly series (XmR) by the rules of NHS England's Making Data Count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.targets.series import Numbers

ROOM, RULES = "control_charts", "making-data-count-1@1.0.0"
BETTER = {"low": -1, "high": 1}
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class ControlChart(TableResult):
    """A control chart.

    Attributes
    ----------
    table : pandas.DataFrame
        By the index of the series: ``value``, ``mean``, ``lower`` and ``upper`` (process limits), the rules that
        each point is part of (``beyond_limit``, ``shift``, ``trend``, ``near_limit``) and ``variation``:
        ``common_cause``, ``special_cause_improvement`` or ``special_cause_concern``.
    """

    def _title(self) -> str:
        special = int((self._table["variation"] != "common_cause").sum())
        return f"Control chart of {len(self._table)} points, {special} of special cause"


def control_chart(
    series: pd.Series,
    *,
    better: str = "low",
    step_changes: Collection[object] = (),
    fix_after: int | None = None,
    rolling: int | None = None,
) -> ControlChart:
    """Draw up a control chart (XmR) of a monthly series.

    Parameters
    ----------
    series : pandas.Series
        Any unit, in the order of its months.
    better : str, optional
        ``low`` or ``high``.
    step_changes : collection of labels, optional
        Where limits begin anew: labels of the index, each with a known reason.
    fix_after : int, optional
        Take limits from so many points after each step change, and hold them.
    rolling : int, optional
        Judge each point on the chart of so many points that ends in it, as it looked on the day; not together
        with the two above.

    Returns
    -------
    ControlChart

    Raises
    ------
    UsageError
        If a figure is missing, a step change is no label, or there are too few points.

    Notes
    -----
    Limits are 2.66 mean moving ranges from the mean, moving ranges above 3.267 times their mean left out; the
    constants and rules are those of NHSRplotthedots, read from the package ``making-data-count-1``. Monthly energy
    has seasons: correct it for the weather first.
    """
    if better not in BETTER:
        raise UsageError(f"'{better}' is none of {', '.join(BETTER)}")
    values = np.asarray(series, np.float64)
    if len(values) < 3 or not np.isfinite(values).all():
        raise UsageError("a control chart needs 3 points or more, none of them missing")
    labels = series.index.tolist()
    strangers = [str(label) for label in step_changes if label not in labels]
    if strangers:
        raise UsageError(f"a step change is a label of the series; {', '.join(strangers)[:80]} is none")
    held = _constants()
    if rolling is not None:
        if step_changes or fix_after is not None or rolling < 3:
            raise UsageError("a rolling chart is of 3 points or more, without step changes or fixed limits")
        parts = [_chart(values[max(0, end - rolling) : end], held, None).iloc[-1:] for end in range(3, len(values) + 1)]
        table = pd.concat([_chart(values[:3], held, None).iloc[:2], *parts], ignore_index=True)
    else:
        if fix_after is not None and fix_after < 3:
            raise UsageError("limits are fixed after 3 points or more")
        starts = sorted({0, *(labels.index(label) for label in step_changes)})
        ends = [*starts[1:], len(values)]
        if min(end - start for start, end in zip(starts, ends, strict=True)) < 3:
            raise UsageError("between step changes lie fewer than 3 points: no limits can be drawn")
        table = pd.concat([_chart(values[start:end], held, fix_after)
                           for start, end in zip(starts, ends, strict=True)], ignore_index=True)  # fmt: skip
    special = table[["beyond_limit", "shift", "trend", "near_limit"]].to_numpy().any(axis=1)
    side = np.sign(table["value"].to_numpy() - table["mean"].to_numpy())
    words = np.where(side == BETTER[better], "special_cause_improvement", "special_cause_concern")
    table["variation"] = np.where(special, words, "common_cause")
    return ControlChart(table.set_index(series.index))


def _chart(values: Numbers, held: Mapping[str, Fraction], fix_after: int | None) -> pd.DataFrame:
    basis = values[:fix_after]
    middle, moved = float(basis.mean()), np.abs(np.diff(basis))
    moved = moved[moved < float(held["screen"]) * moved.mean()] if moved.any() else moved
    reach = float(held["limit"]) * float(moved.mean())
    lower, upper = middle - reach, middle + reach
    off = values - middle
    side = np.sign(off)
    beyond = (values < lower) | (values > upper)
    near = ~beyond & (np.abs(off) > float(held["near"]) * reach)
    shift, trend, near_of = (int(held[name]) for name in ("shift", "trend", "near_of"))
    steps = np.sign(np.diff(values))
    of_near = _windows(near, near_of).sum(axis=1) >= int(held["near_points"])
    return pd.DataFrame({
        "value": values, "mean": middle, "lower": lower, "upper": upper, "beyond_limit": beyond,
        "shift": _covered(_one_way(side, shift), shift, len(values)),
        "trend": _covered(_one_way(steps, trend - 1), trend, len(values)),
        "near_limit": near & _covered(of_near & _one_way(side, near_of), near_of, len(values)),
    })  # fmt: skip


def _windows(values: NDArray[np.generic], length: int) -> NDArray[np.generic]:
    if len(values) < length:
        return np.zeros((0, length), values.dtype)
    return np.lib.stride_tricks.sliding_window_view(values, length)


def _one_way(signs: Numbers, length: int) -> Flags:
    """Return which windows hold one sign throughout, and not zero."""
    return np.asarray(np.abs(_windows(signs, length).sum(axis=1)) == length, np.bool_)


def _covered(starts: Flags, length: int, points: int) -> Flags:
    """Return which points lie in a window that was found."""
    covered = np.zeros(points, np.bool_)
    for start in np.flatnonzero(starts).tolist():
        covered[start : start + length] = True
    return covered


@lru_cache(maxsize=1)
def _constants() -> Mapping[str, Fraction]:
    return {row["constant"]: Fraction(row["value"]) for row in
            load_pinned(data_root(), ROOM, RULES).rows("constants.csv")}  # fmt: skip
