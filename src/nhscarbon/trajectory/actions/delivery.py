"""What becomes of actions in a thousand simulations: late starts, partial delivery, risks that happen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from nhscarbon.trajectory.actions.action import Action, Numbers, profile


def sample_delivery(
    actions: Sequence[Action], starts: Mapping[str, int], years: Sequence[int], *, draws: int, seed: int
) -> Numbers:
    """Return what each action takes away in each simulation.

    An action's draws come from the seed and its own id, so that they are the same in whatever plan it stands and
    whichever other actions there are: plans are compared in the same simulations.

    Parameters
    ----------
    actions : sequence of Action
    starts : mapping of str to int
        An action that is not in it takes nothing.
    years : sequence of int
    draws : int
    seed : int

    Returns
    -------
    float64 array, shape (draws, actions, years)
        Share, or [kgCO2e] of `fixed`.
    """
    taken = np.zeros((draws, len(actions), len(years)))
    for place, action in enumerate(actions):
        if action.id not in starts:
            continue
        word = hashlib.sha256(action.id.encode()).digest()[:8]
        random = np.random.default_rng([seed, int.from_bytes(word, "big")])
        late = np.searchsorted(np.cumsum(action.slip)[:-1], random.random(draws), side="right")
        share = _beta(action, random, draws)
        share *= np.where(random.random(draws) < action.likelihood, 1 - action.impact, 1.0)
        shapes = np.array(
            [profile(action, starts[action.id] + years_late, years) for years_late in range(len(action.slip))]
        )
        taken[:, place] = action.full_effect * share[:, None] * shapes[late]
    return taken


def _beta(action: Action, random: np.random.Generator, draws: int) -> Numbers:
    mean, sd = action.realisation, action.realisation_sd
    if sd == 0:
        return np.full(draws, mean)
    size = mean * (1 - mean) / sd**2 - 1
    return random.beta(mean * size, (1 - mean) * size, draws)
