"""What a fault is worth: the kgCO2e of each row, as it would be if the row were corrected as suggested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import fsum, nan

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import Column, one
from nhscarbon.activity.likely_quantity import likely_quantity
from nhscarbon.checks.entries import stake
from nhscarbon.checks.words import key_words
from nhscarbon.findings import Finding
from nhscarbon.methods.boundaries import lines_inside
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import RESOLVED_BY, Resolution, resolve
from nhscarbon.sums.combinations import keys_of


def weights_of(activity: Activity, method: Methodology) -> NDArray[np.float64]:
    """Return what each row comes to, with the words and numbers that its faults suggest.

    Parameters
    ----------
    activity : Activity
    method : Methodology
        Counted is what the widest boundary around its headline counts.

    Returns
    -------
    float64 array, shape (rows,)
        kgCO2e; NaN where the row cannot be weighed. They order findings and are in no total.
    """
    known, words = key_words(activity.columns, len(activity), method, likely=True)
    return kgco2e_of(words, known, likely_quantity(activity), method)


def kgco2e_of(
    words: Mapping[str, Column], known: NDArray[np.bool_], quantity: NDArray[np.float64], method: Methodology
) -> NDArray[np.float64]:
    """Return what some rows, or cells of sums, come to in the widest boundary around the headline.

    Parameters
    ----------
    words : Mapping[str, Column]
        activity, unit, period and geography in the method's words.
    known : bool array, shape (rows,)
        Where all four are known.
    quantity : float64 array, shape (rows,)
    method : Methodology

    Returns
    -------
    float64 array, shape (rows,)
        kgCO2e; NaN where it cannot be told.
    """
    if not one(known).any():
        return np.full(len(known), nan)
    part = {name: words[name] for name in RESOLVED_BY}
    every = bool(one(known).all())
    if not every:
        part = {name: column.part(known) for name, column in part.items()}
    place, keys = keys_of(part)
    answers = resolve(keys, method)
    worth = method.worth
    for key in keys:
        if key not in worth:
            worth[key] = _of_one(answers[key], method)
    each = place.looked_up(np.array([worth[key] for key in keys]))
    with np.errstate(over="ignore"):  # what is too large to be told is refused elsewhere
        found: NDArray[np.float64] = each * (quantity if every else quantity[known])
    if every:
        return found
    weights = np.full(len(known), nan)
    weights[known] = found
    return weights


class Weigher:
    """Weighs the rows of batches by one methodology, the last one once however often it is asked for."""

    def __init__(self, method: Methodology) -> None:
        self.method = method
        self._last: tuple[Activity, NDArray[np.float64]] | None = None

    def __call__(self, activity: Activity) -> NDArray[np.float64]:
        """Return what `weights_of` does."""
        if self._last is None or self._last[0] is not activity:
            self._last = (activity, weights_of(activity, self.method))
        return self._last[1]


def weigh_findings(findings: Iterable[Finding], activity: Activity, weights: NDArray[np.float64]) -> list[Finding]:
    """Return the findings of reading with the tonnes at stake: those of texts that are no numbers."""
    found = []
    for finding in findings:
        unread = activity.unread.get(finding.column)
        if finding.code.startswith("number_") and unread is not None:
            same = [code for code, text in enumerate(unread.labels) if text[:100] == finding.value]
            here = next(
                (slice(each.start, each.stop) for each in activity.sheets if each.sheet == finding.sheet), slice(None)
            )
            finding = replace(finding, kgco2e_at_stake=stake(weights[here][np.isin(unread.codes[here], same)]))  # noqa: PLW2901
        found.append(finding)
    return found


def _of_one(answer: Resolution, method: Methodology) -> float:
    """Return the kgCO2e of one unit, or NaN."""
    if answer.refusal:
        return nan
    inside = lines_inside(method.widest, answer.lines, method)
    return fsum(
        line.conversion * line.factor.kgco2e for line, counts in zip(answer.lines, inside, strict=True) if counts
    )
