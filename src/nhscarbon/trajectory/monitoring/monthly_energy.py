"""Energy by month with control charts, corrected for the weather where degree days are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.organisations.local import csv_table
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.monitoring.control_chart import control_chart
from nhscarbon.trajectory.monitoring.weather import correct_for_weather

if TYPE_CHECKING:
    Groups = Iterable[tuple[tuple[str, str], pd.DataFrame]]

ENERGY = "energy."  # activities whose kWh are added up by month
UNIT = "kWh"
AT_USE = ("direct", "generation")  # the component of each row that carries its quantity once
BY = ["organisation", "activity"]
NEEDED = ("month", "heating", "normal_heating")
COOLING = ("cooling", "normal_cooling")
CHART = ("mean", "lower", "upper", "beyond_limit", "shift", "trend", "near_limit", "variation")
COLUMNS = (*BY, "month", "kwh", "corrected_kwh", "charted", "charted_kwh", *CHART)
SERIES = (*BY, "label", "months", "base_load_kwh", "kwh_per_heating_degree_day", "explained", "why")
NO_DEGREE_DAYS = "not corrected for the weather: no degree days of these months"
GAP = "{month} is missing: no chart"
FEWEST = 3  # months of a chart


@dataclass(frozen=True, eq=False, repr=False)
class MonthlyEnergy(TableResult):
    """Energy by month.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each ``organisation``, ``activity`` and ``month``: ``kwh``, ``corrected_kwh`` (to normal weather;
        NaN where it was not corrected), ``charted`` and ``charted_kwh``: what the chart is of, energy as it was used
        (``kwh``) or less what degree days explain, about its mean (``weather_removed``), and the columns of
        `nhscarbon.trajectory.control_chart`: ``mean``, ``lower``, ``upper``, its rules and ``variation``.
    series : pandas.DataFrame
        One row for each organisation and activity: ``label``, ``months``, ``base_load_kwh`` a month,
        ``kwh_per_heating_degree_day``, ``explained`` (the share of the variance that the weather explains) and ``why``
        it was not corrected or has no chart.
    left_out : tuple of str
        Energy by month that is not measured in kWh.
    """

    series: pd.DataFrame
    left_out: tuple[str, ...]

    def _title(self) -> str:
        odd = int((self._table["variation"].isin(["special_cause_improvement", "special_cause_concern"])).sum())
        return f"Energy of {len(self.series)} series by month, {odd} months of special cause [kWh]"

    def _notes(self) -> tuple[str, ...]:
        columns = [self.series[name].tolist() for name in ("organisation", "label", "why")]
        said = [f"{who}, {label}: {why}." for who, label, why in zip(*columns, strict=True) if why]
        return (*said, *([f"Not in kWh: {', '.join(self.left_out)}."] if self.left_out else []))


def monthly_energy(footprint: Footprint, *, degree_days: pd.DataFrame | str | Path | None = None) -> MonthlyEnergy:
    """Draw up a control chart of each fuel of each organisation by month.

    Parameters
    ----------
    footprint : Footprint
        Calculated with ``keep=("month",)``, of rows by month; rows of a whole year are left out.
    degree_days : pandas.DataFrame or path of a CSV file, optional
        ``month`` (``2024-04``), ``heating`` and ``normal_heating`` degree days, and where they are known ``cooling``
        and ``normal_cooling``; with ``organisation`` where they differ. Charts are then of what degree days leave over.

    Returns
    -------
    MonthlyEnergy

    Raises
    ------
    UsageError
        If months were not kept, no energy is given by month, or degree days lack a column.
    UnreadableError
        If the file cannot be read.

    Notes
    -----
    Energy in normal weather still has seasons, which are no special cause: the chart is of what degree days leave over.
    A fuel that does not follow the weather, or has fewer than 12 months, is charted as it was used, and `series` says
    why. Months of one series follow each other: with one missing there is no chart.

    Examples
    --------
    >>> import nhscarbon as nc, pandas as pd
    >>> months = pd.period_range("2023-04", periods=12, freq="M").astype(str)
    >>> rows = [("RX1", month, "energy.natural_gas", 1000 + 10 * at % 7, "kWh") for at, month in enumerate(months)]
    >>> names = ["organisation", "period", "activity", "quantity", "unit"]
    >>> footprint = nc.calculate(pd.DataFrame(rows, columns=names), "nhs-2026.1", keep=("month",))
    >>> len(nc.trajectory.monthly_energy(footprint).table)
    12
    """
    if "month" not in footprint.sums.columns:
        raise UsageError("months are not in these sums", advice="calculate with keep=('month',) from rows by month.")
    frame, left_out = _kwh(footprint)
    if frame.empty:
        raise UsageError("no energy in kWh is given by month", advice="send meter readings or bills by month.")
    days = None if degree_days is None else _degree_days(degree_days)
    labels = footprint.method.catalogue.activities
    tables, series = [], []
    for (organisation, activity), part in cast("Groups", frame.groupby(BY, sort=True)):
        table, about = _charted(part.set_index("month")["kwh"], _days_of(days, organisation))
        tables.append(table.assign(organisation=organisation, activity=activity))
        series.append({"organisation": organisation, "activity": activity, "label": labels[activity].label, **about})
    return MonthlyEnergy(
        pd.concat(tables, ignore_index=True)[list(COLUMNS)], pd.DataFrame(series, columns=list(SERIES)), left_out
    )


def _kwh(footprint: Footprint) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return kWh by organisation, activity and month, and the labels of energy by month in other units."""
    table = footprint.table
    activity = table["activity"].astype(str)
    here = activity.str.startswith(ENERGY) & table["component"].isin(AT_USE) & (table["month"].astype(str) != "")
    table, activity = table[here], activity[here]
    in_kwh = (table["factor_unit"].astype(str) == UNIT).to_numpy()
    labels = footprint.method.catalogue.activities
    others = sorted(set(activity[~in_kwh]) - set(activity[in_kwh]))
    frame = pd.DataFrame({
        "organisation": table["organisation"].astype(str), "activity": activity, "month": table["month"].astype(str),
        "kwh": table["quantity"].astype(float) * table["conversion"].astype(float),
    })[in_kwh]  # fmt: skip
    sums = frame.groupby([*BY, "month"], as_index=False, sort=True)[["kwh"]].sum()
    return sums, tuple(labels[code].label for code in others)


def _degree_days(given: pd.DataFrame | str | Path) -> pd.DataFrame:
    frame = given if isinstance(given, pd.DataFrame) else csv_table(given)
    if lacking := [name for name in NEEDED if name not in frame.columns]:
        raise UsageError(f"degree days have no column {', '.join(lacking)}; they need {', '.join(NEEDED)}")
    numbers = [name for name in (*NEEDED[1:], *COOLING) if name in frame.columns]
    frame = frame.assign(month=frame["month"].astype(str), **{
        name: pd.to_numeric(frame[name], errors="coerce") for name in numbers
    })  # fmt: skip
    keys = [name for name in ("organisation", "month") if name in frame.columns]
    if frame.duplicated(keys).any():
        raise UsageError(f"degree days name a {' and '.join(keys)} twice")
    return frame


def _days_of(days: pd.DataFrame | None, organisation: str) -> pd.DataFrame | None:
    """Return the degree days of an organisation, by month; None where there are none."""
    if days is None:
        return None
    if "organisation" in days.columns:
        days = days[days["organisation"].astype(str) == organisation]
    return days.set_index("month")


def _charted(kwh: pd.Series, days: pd.DataFrame | None) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return a series with its chart, and what is to be said of it."""
    table = pd.DataFrame({"month": kwh.index.to_numpy(object), "kwh": kwh.to_numpy(np.float64)})
    table["corrected_kwh"], table["charted"], table["charted_kwh"] = np.nan, "kwh", table["kwh"]
    about: dict[str, object] = {"months": len(table), "base_load_kwh": np.nan, "kwh_per_heating_degree_day": np.nan,
                                "explained": np.nan, "why": ""}  # fmt: skip
    if days is not None:
        about |= _corrected(kwh, days, table)
    every = pd.period_range(table["month"].iloc[0], table["month"].iloc[-1], freq="M").astype(str)
    missing = [month for month in every if month not in kwh.index]
    if missing or len(table) < FEWEST:
        said = GAP.format(month=missing[0]) if missing else f"{len(table)} months are too few for a chart"
        about["why"] = "; ".join(filter(None, [str(about["why"]), said]))
        empty = dict.fromkeys(CHART[:3], np.nan) | dict.fromkeys(CHART[3:-1], False) | {CHART[-1]: "no_chart"}
        return table.assign(**empty), about
    chart = control_chart(table["charted_kwh"]).table
    return pd.concat([table, chart[list(CHART)]], axis=1), about


def _corrected(kwh: pd.Series, days: pd.DataFrame, table: pd.DataFrame) -> dict[str, object]:
    """Correct a series in its table where the weather can be found in it, and return what is to be said."""
    names = [*NEEDED[1:], *(COOLING if set(COOLING) <= set(days.columns) else ())]
    here = days.reindex(kwh.index)
    if here[names].isna().to_numpy().any():
        return {"why": NO_DEGREE_DAYS}
    given = {name: here[name].astype(float) for name in names}
    try:
        found = correct_for_weather(
            kwh, given["heating"], normal_heating=given["normal_heating"], cooling=given.get("cooling"),
            normal_cooling=given.get("normal_cooling"),
        )  # fmt: skip
    except UsageError as error:
        return {"why": f"not corrected for the weather: {error}"}
    used, expected = (found.table[name].to_numpy(np.float64) for name in ("energy", "expected"))
    table["corrected_kwh"] = found.table["corrected"].to_numpy(np.float64)
    table["charted"], table["charted_kwh"] = "weather_removed", used - expected + expected.mean()
    return {"base_load_kwh": found.base_load, "kwh_per_heating_degree_day": found.per_degree_day["heating"],
            "explained": found.explained}  # fmt: skip
