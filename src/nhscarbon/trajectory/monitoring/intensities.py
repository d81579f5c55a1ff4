"""Tonnes per square metre, bed, head or pound, by year, of what is monitored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nhscarbon.analysis.benchmarks import NEEDED
from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.organisations.local import csv_table
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.result import Monitor
from nhscarbon.trajectory.monitoring.senders import Numbers, coded


@dataclass(frozen=True, eq=False, repr=False)
class Intensities(TableResult):
    """Footprints by what they serve.

    Attributes
    ----------
    table : pandas.DataFrame
        ``organisation``, ``boundary``, ``measure``, ``unit``, ``period``, ``tco2e`` (of the themes that are judged, in
        complete years), ``denominator``, ``kgco2e_per_unit`` and ``change_percent`` since the base year; empty where
        a member has no denominator.
    """

    def _title(self) -> str:
        return f"Intensities of {self._table['organisation'].nunique()} organisations [kgCO2e per unit]"


def intensities(found: Monitor, denominators: pd.DataFrame | str | Path) -> Intensities:
    """Divide what is monitored by floor area, beds, heads or pounds.

    Parameters
    ----------
    found : Monitor
    denominators : pandas.DataFrame or path of a CSV file
        ``organisation``, ``period``, ``measure``, ``value``, ``unit``, such as the ``denominators`` of
        `nhscarbon.read_eric`; rows of one organisation, year and measure are added. They go with their organisations
        on the map of the monitor; a system whose members do not all have one has none.

    Returns
    -------
    Intensities

    Raises
    ------
    UsageError
        If a column is missing, a measure has several units, a value is not a number or below 0, or nothing is of an
        organisation that is monitored.
    UnreadableError
        If the file cannot be read.

    Examples
    --------
    >>> import nhscarbon as nc, pandas as pd
    >>> rows = [("RX1", year, "energy.natural_gas", gwh * 1e6, "kWh") for year, gwh in (("2019/20", 9), ("2023/24", 6))]
    >>> names = ["organisation", "period", "activity", "quantity", "unit"]
    >>> footprint = nc.calculate(pd.DataFrame(rows, columns=names), "nhs-2026.1")
    >>> beds = pd.DataFrame([("RX1", year, "beds", 900, "bed") for year in ("2019/20", "2023/24")],
    ...                     columns=["organisation", "period", "measure", "value", "unit"])
    >>> nc.trajectory.intensities(nc.monitor(footprint, "nhs-net-zero-1"), beds).table["unit"].unique().tolist()
    ['bed']
    """
    frame = denominators if isinstance(denominators, pd.DataFrame) else csv_table(denominators)
    sizes = _sizes(frame, found.members)
    if not sizes:
        raise UsageError("no denominator is of an organisation and year that is monitored")
    series = found.series
    series = series[series["complete"]]
    who = coded(series["organisation"], found.members.judged)
    year = coded(series["period"], found.members.years)
    parts = []
    for (measure, unit), size in sizes.items():
        value = size[who, year]
        here = series[["organisation", "boundary", "period", "tco2e"]].assign(measure=measure, unit=unit)
        here["denominator"] = np.where(value > 0, value, np.nan)
        parts.append(here)
    table = pd.concat(parts, ignore_index=True)
    table["kgco2e_per_unit"] = table["tco2e"] * KG_PER_TONNE / table["denominator"]
    place = ["organisation", "boundary", "measure"]
    at_base = table[table["period"] == found.basis.base_period].set_index(place)["kgco2e_per_unit"]
    base = at_base.reindex(pd.MultiIndex.from_frame(table[place])).to_numpy(np.float64)
    table["change_percent"] = 100 * (table["kgco2e_per_unit"] / np.where(base > 0, base, np.nan) - 1)
    columns = [*place, "unit", "period", "tco2e", "denominator", "kgco2e_per_unit", "change_percent"]
    return Intensities(table.sort_values([*place, "period"], ignore_index=True)[columns])


def _sizes(frame: pd.DataFrame, held: Members) -> dict[tuple[str, str], Numbers]:
    """Return each measure and its unit, and its denominators by what is judged and year; NaN where one is missing."""
    if missing := [name for name in NEEDED if name not in frame.columns]:
        raise UsageError(f"denominators have no column {', '.join(missing)}; they need {', '.join(NEEDED)}")
    units = frame.groupby(frame["measure"].astype(str))["unit"].agg(lambda each: sorted(set(map(str, each))))
    if mixed := [f"{measure} ({', '.join(each)})" for measure, each in units.items() if len(each) > 1]:
        raise UsageError(f"a denominator is in one unit: {'; '.join(mixed)}")
    value = pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)
    wrong = ~np.isfinite(value) | (value < 0)
    if wrong.any():
        codes = sorted(set(frame.loc[wrong, "organisation"].astype(str)))
        raise UsageError(
            f"denominators of {', '.join(codes[:8])} are not numbers, or are below 0",
            advice="Correct them or leave them out.",
        )
    who = coded(frame["organisation"].astype(str), held.senders.codes)
    year = coded(frame["period"].astype(str), held.years)
    known = (who >= 0) & (year >= 0)
    found: dict[tuple[str, str], Numbers] = {}
    for measure, unit in units.items():
        here = known & (frame["measure"].astype(str) == measure).to_numpy()
        if not here.any():
            continue
        sizes = np.zeros(held.senders.sent.shape)
        given = np.zeros(held.senders.sent.shape, np.bool_)
        np.add.at(sizes, (who[here], year[here]), value[here])
        given[who[here], year[here]] = True
        found[str(measure), unit[0]] = np.where(held.all_of(given), held.summed(sizes), np.nan)
    return found
