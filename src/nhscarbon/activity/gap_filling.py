"""Gaps that are filled openly: months, energy by floor area, and figures of one's own, each row with its mark."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, cast

import pandas as pd

from nhscarbon.activity.missing_months import Rule, estimate_missing_months
from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.periods import month_of, parse_period

ROOM, PACKAGE = "intensities", "estates-2023-24-1@1.0.0"
ALL = "all"  # the kind of organisation that stands for every trust
FLOOR_AREA = ("organisation", "period", "activity", "floor_area_m2")
OWN = ("organisation", "period", "activity", "quantity", "unit", "reason")
KEY = ("organisation", "period", "activity")
Place = tuple[str, str, str]
SHOWN = 5  # faults that are named


class Intensity(NamedTuple):
    """What a square metre takes in a year, and where the figure is from."""

    value: float
    unit: str
    source: str


def fill_gaps(
    frame: pd.DataFrame,
    *,
    months: Rule | None = None,
    floor_area: pd.DataFrame | None = None,
    own: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add rows for what is missing, each marked as an estimate with the rule that made it; nothing by default.

    Parameters
    ----------
    frame : pandas.DataFrame
        An activity table.
    months : {"pro_rata", "comparable_period"}, optional
        How missing months of monthly series are estimated; see `estimate_missing_months`. Rows of whole years stay.
    floor_area : pandas.DataFrame, optional
        organisation, period (NHS year), activity and floor_area_m2 [m2, gross internal], and kind (a type of trust
        such as ``mental health and learning disability``; every trust when left out): a year's energy or water as the
        area times the median intensity of such trusts.
    own : pandas.DataFrame, optional
        organisation, period, activity, quantity, unit and reason: figures of your own, each with its reason.

    Returns
    -------
    pandas.DataFrame
        The rows as they were, then the estimates: ``evidence`` is ``estimated``, or ``modelled`` for an intensity,
        which decides the tier; ``estimated_share`` is 1 and ``note`` names the rule and its source.

    Raises
    ------
    UsageError
        If a column, a reason or an intensity is missing, a figure is not a number above 0, or rows of the activity are
        already there in that year: it would count twice.

    Examples
    --------
    >>> rows = pd.DataFrame({"organisation": ["RX1"], "period": ["2023/24"], "activity": ["water.supply"],
    ...                      "quantity": [10.0], "unit": ["m3"]})
    >>> area = pd.DataFrame({"organisation": ["RX1"], "period": ["2023/24"], "activity": ["energy.natural_gas"],
    ...                      "floor_area_m2": [1000.0]})
    >>> fill_gaps(rows, floor_area=area)["evidence"].tolist()[-1]
    'modelled'
    """
    lacking = [name for name in (*KEY, "quantity", "unit") if name not in frame.columns]
    if lacking:
        raise UsageError(f"the table has no column {', '.join(lacking)}")
    parts = [_with_months(frame, months) if months else frame.copy()]
    for table, build in ((floor_area, _by_floor_area), (own, _of_own)):
        if table is not None:
            parts.append(build(table))
            _refuse_twice(parts)
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _refuse_twice(parts: list[pd.DataFrame]) -> None:
    """Refuse the last of some tables where it repeats itself, or what another has of the same year or month."""
    *before, last = parts
    there: dict[Place, set[str]] = {}
    for part in before:
        for place, months in _given(part).items():
            there.setdefault(place, set()).update(months)
    added = _given(last)
    twice = [place for place, months in added.items() if _meet(months, there.get(place, set()))]
    twice += [place for place, months in added.items() if len(months) > (1 if "" in months else len(set(months)))]
    if twice:
        raise UsageError(
            f"{'; '.join(' '.join(place) for place in sorted(set(twice))[:SHOWN])}: rows of it were sent already, and "
            "an estimate as well would count twice. Nothing was added",
            advice="estimate only what is missing",
        )


def _meet(months: list[str], others: set[str]) -> bool:
    """Return whether two lists of months share one; a whole year, the empty month, shares all."""
    return bool(others) and ("" in months or "" in others or not others.isdisjoint(months))


def _with_months(frame: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Estimate the missing months of the rows that name a month; the others stay as they are."""
    monthly = frame["period"].map(lambda text: bool(month_of(str(text))))
    if not monthly.any():
        return frame.copy()
    filled = estimate_missing_months(frame[monthly].reset_index(drop=True), rule=rule)
    rest = frame[~monthly]
    return pd.concat([rest, filled], ignore_index=True) if len(rest) else filled


def _by_floor_area(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each floor area: the area times what a square metre takes at such trusts."""
    rows = _complete(table, FLOOR_AREA, "floor areas")
    kinds = rows["kind"].fillna("").astype(str) if "kind" in rows.columns else pd.Series("", index=rows.index)
    known = intensities()
    plain = [" ".join(kind.casefold().split()) or ALL for kind in kinds]
    wanted = list(zip(plain, rows["activity"].astype(str), strict=True))
    unknown = sorted({f"{kind}: {activity}" for kind, activity in wanted if (kind, activity) not in known})
    if unknown:
        names = ", ".join(sorted({kind for kind, _ in known}))
        raise UsageError(f"there is no intensity for {'; '.join(unknown[:SHOWN])}", advice=f"kinds are {names}")
    found = [known[each] for each in wanted]
    area = _figures(rows, "floor_area_m2")
    return rows[list(KEY)].assign(
        quantity=area * [each.value for each in found],
        unit=[each.unit for each in found],
        evidence="modelled",
        estimated_share=1.0,
        note=[f"estimated: floor area x {each.value:g} {each.unit}/m2 ({each.source})" for each in found],
    )


def _of_own(table: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of one's own, each with its reason."""
    rows = _complete(table, OWN, "figures of your own")
    return rows[list(KEY)].assign(
        quantity=_figures(rows, "quantity"), unit=rows["unit"], evidence="estimated", estimated_share=1.0,
        note=[f"estimated: {reason}" for reason in rows["reason"].astype(str)],
    )  # fmt: skip


@lru_cache(maxsize=1)
def intensities() -> Mapping[tuple[str, str], Intensity]:
    """Return what a square metre takes in a year, by kind of trust and activity.

    Source: medians over trusts of the Estates Returns Information Collection 2023/24.
    """
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("intensities.csv")
    return {
        (row["kind"], row["activity"]): Intensity(
            float(row["value"]), row["unit"], f"median of {row['trusts']} trusts, kind {row['kind']}, {row['source']}"
        )
        for row in rows
    }


def _complete(table: pd.DataFrame, names: tuple[str, ...], what: str) -> pd.DataFrame:
    """Return a table whose every cell of some columns is filled; else say which are not."""
    lacking = [name for name in names if name not in table.columns]
    if lacking:
        raise UsageError(f"the {what} have no column {', '.join(lacking)}")
    blank = [name for name in names if (table[name].isna() | (table[name].astype(str).str.strip() == "")).any()]
    if blank:
        raise UsageError(f"the {what} have empty cells in {', '.join(blank)}: every row needs them")
    return table.reset_index(drop=True)


def _figures(rows: pd.DataFrame, name: str) -> pd.Series:
    numbers = pd.to_numeric(rows[name], errors="coerce").astype(float)
    wrong = rows[name][~(numbers > 0) | (numbers == float("inf"))]
    if len(wrong):
        raise UsageError(f"'{str(wrong.iloc[0])[:40]}' in {name} is not a number above 0")
    return numbers


def _given(frame: pd.DataFrame) -> dict[Place, list[str]]:
    """Return the months that are given of each organisation, NHS year and activity, once for each row."""
    found: dict[Place, list[str]] = {}
    for words, rows in frame.groupby(list(KEY), sort=False).size().items():
        organisation, text, activity = map(str, cast("tuple[object, ...]", words))
        try:
            period = parse_period(text)
        except PeriodError as error:
            raise UsageError(error.message, advice=error.advice) from error
        found.setdefault((organisation, period.year, activity), []).extend([period.month] * rows)
    return found
