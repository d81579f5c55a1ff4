"""Months that a large activity lacks, where other activities of its theme hide them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nhscarbon.checks.theme_evidence import BY, ThemeEvidence, sizes_by_activity
from nhscarbon.checks.totals import Totals
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.periods import LAST_MONTH

LARGE = 0.01  # of all that an organisation sent in a year in which it gave the whole of the activity
WHO = ["organisation", "activity"]
ONE = [*BY, "activity"]


def short_activities(
    evidence: ThemeEvidence,
    sums: Totals,
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
) -> pd.DataFrame:
    """Return the themes of which a large activity lacks months that another year has.

    What is switched from one activity to another in the year lacks nothing: the months of all activities of the theme
    that are not given for the whole year count together.

    Parameters
    ----------
    evidence : ThemeEvidence
        With the months, and what was known before a part was taken.
    sums : Totals
    resolutions : Mapping[FactorKey, Resolution]
    method : Methodology

    Returns
    -------
    pandas.DataFrame
        organisation, period, theme and ``short_months``.
    """
    months, known = evidence.months, evidence.short
    if months is None or not (months["month"] != "").any():
        return known
    steady = months[~months["when_needed"].astype(bool)]
    if steady.empty:
        return known
    given = steady.groupby(ONE, sort=False)["month"].agg(["min", "nunique"]).reset_index()
    given["full"] = (given["min"] == "") | (given["nunique"] >= LAST_MONTH)
    usual = given.loc[given["full"], [*WHO, "period"]]
    part = given[~given["full"]].merge(usual[WHO].drop_duplicates(), on=WHO)
    if part.empty:
        return known
    sizes = sizes_by_activity(sums.columns, sums.quantity, resolutions, method)
    whole = sizes.groupby(["organisation", "period"])["kgco2e"].transform("sum")
    sizes = sizes.assign(share=np.divide(sizes["kgco2e"], whole, out=np.zeros(len(sizes)), where=whole > 0))
    large = sizes.merge(usual, on=[*WHO, "period"])
    part = part.merge(large.loc[large["share"] >= LARGE, WHO].drop_duplicates(), on=WHO)
    partial = steady.merge(given.loc[~given["full"], ONE], on=ONE)
    together = partial.groupby(BY, sort=False)["month"].nunique().rename("short_months").reset_index()
    found = together.merge(part[BY].drop_duplicates(), on=BY)
    found = found[found["short_months"] < LAST_MONTH]
    return pd.concat([found, known]).drop_duplicates(BY) if len(known) else found
