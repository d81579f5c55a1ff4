"""To how many decimals a figure was stated, and how far another may lie from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_PLACES = 6
COARSE = 1 / 200  # a figure that was rounded by more agrees with too much to agree with anything
SLACK = 1 + 1e-9  # a half may have been rounded either way
NOISE = 4 * np.finfo(np.float64).eps  # of a figure: what binary numbers leave


def places_of(stated: Floats) -> NDArray[np.int64]:
    """Return the decimals of each figure, six at most.

    >>> places_of(np.array([160.0, 19.43, 2027.735448])).tolist()
    [0, 2, 6]
    """
    whole = np.round(stated, MOST_PLACES)
    places = np.full(stated.shape, MOST_PLACES, np.int64)
    for place in reversed(range(MOST_PLACES)):
        places[np.isclose(np.round(stated, place), whole, rtol=1e-13, atol=1e-9)] = place
    return places


def tolerance_of(stated: Floats) -> Floats:
    """Return half a step of the last decimal of each figure [of the figure's unit]."""
    return 0.5 * 10.0 ** -places_of(stated) * SLACK + NOISE * np.abs(stated)


def agrees(tonnes: Floats, stated: Floats) -> NDArray[np.bool_]:
    """Tell which figures are the ones that were stated, and were not rounded so far that many more would be."""
    near = rounded(tonnes, stated)
    widest = np.fmax(np.abs(tonnes), np.abs(stated))
    return near & (np.abs(tonnes - stated) <= COARSE * widest)


def rounded(tonnes: Floats, stated: Floats) -> NDArray[np.bool_]:
    """Tell which figures come to those that were stated, at their decimals."""
    with np.errstate(invalid="ignore"):
        return np.abs(tonnes - stated) <= tolerance_of(stated)
