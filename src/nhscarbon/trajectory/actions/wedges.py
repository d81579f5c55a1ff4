"""Wedges: what each action takes away, so that the parts add up in whatever order they are told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action, Numbers
from nhscarbon.trajectory.actions.claims import booked_as
from nhscarbon.trajectory.actions.effects import Terms, clusters_of, effects_of, part_of, taken_by, together

EXACT = 12  # actions that meet one another; more are sampled
PAIRS = 512  # of a permutation and its reverse


@dataclass(frozen=True, eq=False, repr=False)
class Wedges(TableResult):
    """What each action takes off business as usual.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per action and NHS year: ``tco2e`` taken away [tCO2e], and ``standard_error`` of it, 0 where exact;
        ``booked``: other than ``counted`` it stands at zero tonnes, which is not zero effect (`booked_as`).
    residual : pandas.DataFrame
        One row per theme and NHS year: ``tco2e`` of business as usual, ``tco2e_left`` after all actions.
    sampled : tuple of str
        Actions whose wedges are sampled.
    seed : int
        Of the sampling.
    """

    residual: pd.DataFrame
    sampled: tuple[str, ...]
    seed: int

    def by(self, *columns: str) -> pd.DataFrame:
        """Return what is taken away by any of action, theme and year [tCO2e]; all of it without any.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        wrong = [name for name in columns if name not in ("action", "theme", "year")]
        if wrong:
            raise UsageError(f"wedges have no column '{wrong[0][:60]}': choose from action, theme, year")
        if not columns:
            return pd.DataFrame({"tco2e": [math.fsum(self._table["tco2e"])]})
        return self._table.groupby(list(columns), as_index=False, sort=True)[["tco2e"]].sum()

    def _title(self) -> str:
        return f"What each of {self._table['action'].nunique()} actions takes away [tCO2e]"

    def _about(self) -> dict[str, object]:
        return {"seed": self.seed, "sampled": self.sampled}


def wedges(
    frame: pd.DataFrame,
    actions: Iterable[Action],
    *,
    starts: Mapping[str, int] | None = None,
    pairs: int = PAIRS,
    seed: int = 2026,
) -> Wedges:
    """Divide what actions save together among them, by Shapley value.

    An action's wedge is what it adds, averaged over every order in which the actions could be told. Actions that
    meet on no line do not change each other's; of those that meet, up to 12 are worked out exactly, and more by
    permutations and their reverses, with a standard error.

    Parameters
    ----------
    frame : pandas.DataFrame
        Business as usual, as for `with_actions`.
    actions : iterable of Action
    starts : mapping of str to int, optional
        As for `with_actions`.
    pairs : int, optional
        Permutations, each with its reverse, where they are sampled.
    seed : int, optional

    Returns
    -------
    Wedges
        The parts of a year add up to what all actions save in it.

    Raises
    ------
    UsageError
        As `with_actions`.

    Notes
    -----
    ``phi_i = sum over S of |S|! (n - |S| - 1)! / n! * (E(S) - E(S + i))`` (Shapley 1953).
    """
    if pairs < 2:
        raise UsageError("a standard error needs at least two pairs of permutations")
    chosen = sorted(actions, key=lambda action: action.id)
    effects = effects_of(frame, chosen)
    ground = effects.ground
    begins = {action.id: action.start_from for action in chosen} if starts is None else starts
    taken = taken_by(chosen, begins, ground.years)
    terms = together(effects.kgco2e)
    saved = np.zeros((len(chosen), len(ground.years)))
    error = np.zeros_like(saved)
    sampled: list[str] = []
    for cluster in clusters_of(terms, len(chosen)):
        carried = [place for place in cluster if taken[0, place].any()]
        if not carried:
            continue
        part, own = part_of(_without_idle(terms, taken), carried), taken[0, carried]
        if len(carried) <= EXACT:
            saved[carried] = _exact(part, own)
        else:
            saved[carried], error[carried] = _sampled(part, own, pairs, seed)
            sampled += [chosen[place].id for place in carried]
    years = [nhs_year(year) for year in ground.years]
    table = pd.DataFrame(
        {
            "action": np.repeat([action.id for action in chosen], len(years)),
            "theme": np.repeat([action.theme for action in chosen], len(years)),
            "year": np.tile(years, len(chosen)),
            "tco2e": saved.ravel() / KG_PER_TONNE,
            "standard_error": error.ravel() / KG_PER_TONNE,
            "booked": np.repeat(
                [booked_as(action, str(frame.attrs.get("boundary", ""))) for action in chosen], len(years)
            ),
        }
    )
    left = effects.kgco2e.remaining(taken)[:, 0]
    themes = [theme for _, theme in ground.lines]
    names = sorted(set(themes))
    inside = np.array([[theme == name for theme in themes] for name in names], np.float64)
    residual = pd.DataFrame(
        {
            "theme": np.repeat(names, len(years)),
            "year": np.tile(years, len(names)),
            "tco2e": (inside @ ground.kgco2e).ravel() / KG_PER_TONNE,
            "tco2e_left": (inside @ left).ravel() / KG_PER_TONNE,
        }
    )
    return Wedges(table, residual, tuple(sampled), seed)


def _without_idle(terms: Terms, taken: Numbers) -> Terms:
    """Drop from the products what takes nothing away in any year."""
    busy = taken[0].any(axis=1)
    return Terms(
        tuple(tuple(p for p in fixed if busy[p]) for fixed in terms.fixed),
        terms.group,
        tuple(tuple(p for p in on if busy[p]) for on in terms.actions),
        terms.coefficient,
    )


def _exact(part: Terms, own: Numbers) -> Numbers:
    """Return the Shapley values [kgCO2e], shape (actions, years), from every subset."""
    count = len(own)
    subsets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    left = part.total(subsets[:, :, None] * own)
    size = subsets.sum(axis=1)
    weight = np.array([math.factorial(s) * math.factorial(count - s - 1) / math.factorial(count) for s in range(count)])
    values = np.zeros_like(own)
    for place in range(count):
        without = np.flatnonzero(subsets[:, place] == 0)
        gain = left[without] - left[without + 2**place]
        values[place] = weight[size[without]] @ gain
    return values


def _sampled(part: Terms, own: Numbers, pairs: int, seed: int) -> tuple[Numbers, Numbers]:
    """Return Shapley values and their standard errors from permutations and their reverses."""
    random = np.random.default_rng(seed)
    count = len(own)
    total, squares = np.zeros_like(own), np.zeros_like(own)
    for _ in range(pairs):
        order = random.permutation(count)
        gains = [_told(part, own, order), _told(part, own, order[::-1])]
        both = (gains[0] + gains[1]) / 2
        total += both
        squares += both**2
    mean = total / pairs
    variance = np.maximum(squares / pairs - mean**2, 0.0) * pairs / (pairs - 1)
    return mean, np.sqrt(variance / pairs)


def _told(part: Terms, own: Numbers, order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Numbers:
    """Return what each action adds when they are told in one order."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    in_yet = rank[None, :] < np.arange(len(order) + 1)[:, None]
    left = part.total(in_yet[:, :, None] * own)
    gain = np.empty_like(own)
    gain[order] = left[:-1] - left[1:]
    return gain
