"""Quantities as they are clearly meant: for checks to look at, and never to be summed into a footprint."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import BLANK
from nhscarbon.activity.numbers import not_number


def likely_quantity(activity: Activity) -> NDArray[np.float64]:
    """Return the quantities, and where there is a text in place of a number, the one that it probably means."""
    rows = len(activity)
    quantity = activity.numbers.get("quantity", np.broadcast_to(np.float64(nan), rows))
    unread = activity.unread.get("quantity")
    if unread is None or not unread.labels:
        return quantity
    meant = np.array([*(not_number(text).likely for text in unread.labels), nan])
    return np.where(unread.codes == BLANK, quantity, meant[unread.codes])
