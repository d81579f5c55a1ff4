"""What was sent and has no published factor: listed with its quantity, and in no total."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nhscarbon.checks.totals import Totals
from nhscarbon.methods.resolution import FactorKey, Resolution


def without_factor(sums: Totals, resolutions: Mapping[FactorKey, Resolution]) -> pd.DataFrame:
    """Return the cells whose key was refused, with their quantities, rows and the reason."""
    place, keys = sums.keyed
    refusals = [resolutions[key].refusal for key in keys]
    reasons = place.looked_up(np.array([refusal.message if refusal else "" for refusal in refusals], dtype=object))
    here = place.looked_up(np.array([refusal is not None for refusal in refusals], np.bool_))
    frame = sums.keys.assign(quantity=sums.quantity, rows=sums.rows, reason=reasons)
    return frame[here].reset_index(drop=True).astype(dict.fromkeys(sums.columns, str))
