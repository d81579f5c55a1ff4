"""Missing months of metered data, estimated by a named rule when the analyst asks for it; never by default.

Both rules are those that UK Government names for gaps in metered energy: data of another comparable period,
and pro-rata extrapolation (HM Government, Environmental Reporting Guidelines including streamlined energy and
carbon reporting guidance, March 2019, chapter 2; repeated in the Department for Education's guidance to academy
trusts, read as quoted).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from nhscarbon.activity.schema import REQUIRED
from nhscarbon.errors import UsageError
from nhscarbon.periods import months_of, parse_period

Rule = Literal["pro_rata", "comparable_period"]
RULES: dict[Rule, str] = {
    "pro_rata": "pro-rata extrapolation: the mean of the known months of the same NHS year",
    "comparable_period": "comparable period: the same month of the NHS year before",
}
LEAST_KNOWN = 6  # a year with fewer known months than this is not extrapolated: it would be mostly invented
SERIES = ["organisation", "site", "supplier", "reference", "geography", "activity", "unit"]


def estimate_missing_months(frame: pd.DataFrame, *, rule: Rule) -> pd.DataFrame:
    """Add the missing months of monthly series, each flagged as estimated.

    Parameters
    ----------
    frame : pandas.DataFrame
        An activity table whose periods are months (``2023-04``).
    rule : {"pro_rata", "comparable_period"}
        How a missing month is estimated; there is no default.

    Returns
    -------
    pandas.DataFrame
        The rows as they were, and one for each missing month of each NHS year that has any, with
        ``evidence`` "estimated", ``estimated_share`` 1 and the rule in ``note``.

    Raises
    ------
    UsageError
        If the rule is unknown, a column or a month is missing or unreadable, or the rule has nothing to
        go by (fewer than six known months, no such month the year before): every such series is named.
    """
    if rule not in RULES:
        raise UsageError(f"there is no rule '{rule}'; there are {', '.join(RULES)}")
    lacking = [name for name in REQUIRED if name not in frame.columns]
    if lacking:
        raise UsageError(f"the table has no column {', '.join(lacking)}")
    series = [name for name in SERIES if name in frame.columns]
    periods = [parse_period(str(text)) for text in frame["period"]]
    if not all(period.month for period in periods):
        raise UsageError("a period is a whole year: only monthly series can have missing months")
    known = frame.assign(year=[period.year for period in periods], month=[period.month for period in periods])
    if known["quantity"].isna().any():
        raise UsageError("a quantity is empty: leave the row out, and its month will be estimated")
    _refuse_mixed(known, series)
    grouped = known.groupby([*series, "year", "month"], sort=True, dropna=False)
    monthly = pd.DataFrame(grouped["quantity"].sum()).reset_index()
    added, faults = [], []
    for key, part in monthly.groupby([*series, "year"], sort=True, dropna=False):
        *names, year = key
        have = dict(zip(part["month"], part["quantity"], strict=True))
        for month in [name for name in months_of(str(year)) if name not in have]:
            quantity = _estimate(rule, month, have, monthly, dict(zip(series, names, strict=True)))
            if quantity is None:
                faults.append(f"{' '.join(map(str, names))} {month}")
            else:
                added.append({**dict(zip(series, names, strict=True)), "period": month, "quantity": quantity})
    if faults:
        raise UsageError(
            f"{len(faults)} months cannot be estimated by {RULES[rule]}: {'; '.join(faults[:5])}"
            f"{' ...' if len(faults) > 5 else ''}. Nothing was added. It needs {LEAST_KNOWN} known months of the year, "
            "or the month of the year before."
        )
    flagged = pd.DataFrame(added).assign(evidence="estimated", estimated_share=1.0, note=f"estimated: {RULES[rule]}")
    return pd.concat([frame, flagged], ignore_index=True) if added else frame.copy()


def _refuse_mixed(known: pd.DataFrame, series: list[str]) -> None:
    """Refuse what would hide a gap or double a year: one series in two units, one month given twice."""
    without = [name for name in series if name != "unit"]
    units = known.groupby(without, dropna=False)["unit"].nunique()
    mixed = [" ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in units.index[units > 1]]
    if mixed:
        raise UsageError(f"{'; '.join(mixed[:5])}: one series in two units or spellings; write one unit throughout")
    twice = known[known.duplicated([*series, "month"])]
    if len(twice):
        shown = "; ".join(f"{row[0]} {row[1]}" for row in twice[["activity", "month"]].to_numpy()[:5].tolist())
        raise UsageError(f"{shown}: a month is given more than once; tell meters apart in the column 'reference'")


def _estimate(
    rule: Rule, month: str, have: dict[str, float], monthly: pd.DataFrame, names: dict[str, object]
) -> float | None:
    if rule == "pro_rata":
        return float(np.mean(list(have.values()))) if len(have) >= LEAST_KNOWN else None
    before = f"{int(month[:4]) - 1}{month[4:]}"
    fits = monthly["month"] == before
    for name, value in names.items():
        fits &= monthly[name] == value
    found = monthly.loc[fits, "quantity"]
    return float(found.iloc[0]) if len(found) else None
