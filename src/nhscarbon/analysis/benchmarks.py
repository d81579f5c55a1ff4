"""Peers: tonnes per square metre, bed, head, pound or contact, with limits that are wide for the small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from nhscarbon.analysis.funnels import ENOUGH, LEVELS, Funnel, funnel_limits, funnel_of
from nhscarbon.analysis.rollup.hierarchy import Hierarchy
from nhscarbon.analysis.rollup.placing import TO
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.on_map import REPORTED_BY, OnMap
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.organisations.local import csv_table
from nhscarbon.organisations.lookup import days_of
from nhscarbon.organisations.register import day_number, day_text
from nhscarbon.organisations.shares import shares_on
from nhscarbon.output.results import TableResult

NEEDED = ("organisation", "period", "measure", "value", "unit")
NO_TYPE = "not known"


@dataclass(frozen=True, eq=False, repr=False)
class Benchmark(TableResult):
    """Intensities of the bodies of one period, beside those of their type and system.

    Attributes
    ----------
    table : pandas.DataFrame
        ``organisation``, ``name``, ``type``, ``system``, ``tco2e``, ``denominator``, ``kgco2e_per_unit``; what is
        ``typical`` of the type and the limits of each body from the others of its type (``warn_low`` to ``act_high``),
        empty for types of few bodies;
        ``position``; ranks and how many are ranked, from the lowest intensity, within type and system. Bodies without
        a denominator are last.
    measure, unit, period, boundary, source : str
    left_out : float
        Of the denominator: what belongs to sites that have no tonnes, where footprint and denominators name sites.
    funnels : Mapping[str, Funnel]
        By type: what is typical, and the limits for one more body of any size.
    """

    measure: str
    unit: str
    period: str
    boundary: str
    source: str
    left_out: float
    funnels: dict[str, Funnel]

    @property
    def missing(self) -> tuple[str, ...]:
        """Bodies with tonnes that have no denominator: they are in no rank."""
        return tuple(self._table.loc[self._table["denominator"].isna(), "organisation"])

    def _title(self) -> str:
        return f"{self.measure} of {self.period}, {self.boundary} [{self.unit}], by {self.source}"


def benchmark(
    footprint: Footprint,
    denominators: pd.DataFrame | str | Path,
    *,
    measure: str,
    period: str,
    hierarchy: Hierarchy,
    on: str = "",
    boundary: str | None = None,
) -> Benchmark:
    """Compare the organisations of a footprint with those of their type and system.

    Parameters
    ----------
    footprint : Footprint
        Of a roll-up the denominators are put on the same map, by the same shares. Where it was calculated with
        ``keep=("site",)`` and the denominators name sites, only sites with activity are divided by.
    denominators : pandas.DataFrame or path of a CSV file
        ``organisation``, ``period``, ``measure``, ``value``, ``unit``, such as the ``denominators`` of
        `nhscarbon.read_eric`; rows of one organisation are added.
    measure : str
        Such as ``floor_area_gross_internal``, ``beds_available``, or a name of your own for staff, pounds or contacts.
    period : str
        The NHS year.
    hierarchy : Hierarchy
        For names, types (of estates returns; of others their role, such as ``icb``) and systems.
    on : str, optional
        The day whose types and systems are used; the year's last day when left out.
    boundary : str, optional
        The methodology's main total when left out.

    Returns
    -------
    Benchmark

    Raises
    ------
    UsageError
        If a column is missing, nothing is of the measure and period, its unit is mixed, or a value is not a number or
        below 0: every error is named.
    BoundaryError
        As `Footprint.total`.

    Notes
    -----
    Limits are those of a funnel plot with over-dispersion (Spiegelhalter, Handling over-dispersion of performance
    indicators, Quality and Safety in Health Care 14, 2005, 347-351), on the logarithm of the intensity, whose variance
    is taken to fall with the denominator. Each organisation is judged by the centre and spread of the others of its
    type, so that of organisations which are alike 5 % lie outside the 95 % limits and 0.2 % outside the 99.8 %
    limits: see `nhscarbon.analysis.funnels.funnel_limits`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> activity = nc.read_eric(nc.example("estates-2023-24.csv"))
    >>> footprint = nc.calculate(activity, nc.methodology("nhs-2026.1"), keep=("site",))
    >>> found = nc.analysis.benchmark(footprint, activity.denominators, measure="floor_area_gross_internal",
    ...                               period="2023/24", hierarchy=nc.hierarchy("ods-2026-07"))
    >>> found.unit
    'kgCO2e/m2'
    """
    boundary = boundary or footprint.method.headline
    size, unit, left_out = _denominators(denominators, measure, period, footprint)
    if footprint.on_map is not None:
        size = _on_map(size, footprint, period, hierarchy)
    tonnes = footprint.by("organisation", "period", boundary=boundary)
    tonnes = tonnes[tonnes["period"] == period]
    if tonnes.empty:
        raise UsageError(f"there are no tonnes of {period} in this footprint")
    table = pd.DataFrame({"organisation": tonnes["organisation"].to_numpy(object), "tco2e": tonnes["tco2e"].to_numpy()})
    day = day_number(on) if on else days_of(period)[1]
    for place, (name, words) in enumerate(_about(list(table["organisation"]), day, hierarchy).items()):
        table.insert(place + 1, name, words)
    found = size.reindex(table["organisation"]).to_numpy(np.float64)
    table["denominator"] = np.where(found > 0, found, np.nan)
    table["kgco2e_per_unit"] = table["tco2e"] * KG_PER_TONNE / table["denominator"]
    table, funnels = _with_limits(table)
    for group in ("type", "system"):
        table = _ranked(table, group)
    table = table.sort_values(["type", "kgco2e_per_unit", "organisation"], na_position="last").reset_index(drop=True)
    text = f"{footprint.method.id}, {hierarchy.organisations.name} on {day_text(day)}"
    return Benchmark(table, measure, f"kgCO2e/{unit}", period, boundary, text, left_out, funnels)


def _denominators(
    table: pd.DataFrame | str | Path, measure: str, period: str, footprint: Footprint
) -> tuple[pd.Series[float], str, float]:
    """Return the denominator of each organisation, its unit, and how much of it is of sites without tonnes."""
    frame = table if isinstance(table, pd.DataFrame) else csv_table(table)
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise UsageError(f"denominators have no column {', '.join(missing)}; they need {', '.join(NEEDED)}")
    of = frame[(frame["measure"].astype(str) == measure) & (frame["period"].astype(str) == period)]
    if of.empty:
        known = sorted(set(frame["measure"].astype(str)))
        raise UsageError(f"there is no denominator '{measure[:60]}' of {period}; there are {', '.join(known)[:200]}")
    units = sorted(set(of["unit"].astype(str)))
    if len(units) > 1:
        raise UsageError(f"'{measure}' is in {', '.join(units)}: bring it to one unit")
    value = pd.to_numeric(of["value"], errors="coerce")
    wrong = of.loc[value.isna() | (value < 0) | ~np.isfinite(value), "organisation"]
    if len(wrong):
        raise UsageError(
            f"'{measure}' of {', '.join(sorted(set(wrong))[:8])} is not a number, or is below 0. "
            "Correct it or leave it out."
        )
    counted = np.ones(len(of), np.bool_)
    if "site" in of.columns and "site" in footprint.sums.columns:  # a site whose energy its landlord pays has no tonnes
        keys = footprint.sums.keys
        keys = keys[(keys["period"].astype(str) == period) & (footprint.sums.quantity != 0)]
        who = REPORTED_BY if REPORTED_BY in keys.columns else "organisation"
        sites = set(zip(keys[who].astype(str), keys["site"].astype(str), strict=True))
        pairs = zip(of["organisation"].astype(str), of["site"].astype(str), strict=True)
        counted = np.array([pair in sites for pair in pairs], np.bool_)
    left_out = float(value[~counted].sum())
    return value[counted].groupby(of["organisation"].astype(str).to_numpy()[counted]).sum(), units[0], left_out


def _on_map(size: pd.Series[float], footprint: Footprint, period: str, hierarchy: Hierarchy) -> pd.Series[float]:
    """Return denominators by the organisations of a roll-up; where one member has none, the whole has none either."""
    held, on_map = hierarchy.organisations, cast("OnMap", footprint.on_map)
    day = day_number(on_map.day) if on_map.day else days_of(period)[1]
    known = [code for code in size.index if code in held.number]
    places = np.array([held.number[code] for code in known], np.int64)
    found = shares_on(held, places, np.full(len(places), day), TO[on_map.level])
    parts = pd.Series(size.loc[known].to_numpy()[found.source] * found.share,
                      index=[held.codes[target] for target in found.target.tolist()])  # fmt: skip
    keys = footprint.sums.keys
    keys = keys[keys["period"].astype(str) == period]
    lacking = keys.loc[~keys[REPORTED_BY].astype(str).isin(size.index), "organisation"].astype(str).unique()
    return parts[found.placed].groupby(level=0).sum().drop(lacking, errors="ignore")


def _about(codes: list[str], day: int, hierarchy: Hierarchy) -> dict[str, list[str]]:
    """Return the names, types and systems of bodies on a day; a system is the one that holds most of a body."""
    data = hierarchy.organisations
    known = [code for code in codes if code in data.number]
    places = np.array([data.number[code] for code in known], np.int64)
    system = dict.fromkeys(codes, "")
    if known:
        found = shares_on(data, places, np.full(len(places), day), "icb")
        most = np.zeros(len(known))
        for body, target, share in zip(found.source[found.placed], found.target[found.placed],
                                       found.share[found.placed], strict=True):  # fmt: skip
            if share > most[body]:
                most[body], system[known[body]] = share, data.codes[target]
    of = data.number
    return {
        "name": [data.word_of(data.names, of[code], day) if code in of else "" for code in codes],
        "type": [
            ((data.word_of(data.types, of[code], day) or data.word_of(data.roles, of[code], day)) if code in of else "")
            or NO_TYPE
            for code in codes
        ],
        "system": [system[code] for code in codes],
    }


def _with_limits(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Funnel]]:
    """Return the table with the limits of each body, from the others of its type, and the funnel of each type."""
    limits = ["typical", *(f"{name}_{end}" for name, _ in LEVELS for end in ("low", "high"))]
    table = table.assign(**dict.fromkeys(limits, np.nan))
    table["position"] = np.where(table["denominator"].isna(), "no denominator", "too few of its type")
    funnels: dict[str, Funnel] = {}
    for kind, group in table[table["denominator"].notna() & (table["tco2e"] > 0)].groupby("type"):
        if len(group) < ENOUGH or kind == NO_TYPE:
            continue
        values, sizes = group["kgco2e_per_unit"].to_numpy(np.float64), group["denominator"].to_numpy(np.float64)
        funnels[str(kind)] = funnel_of(values, sizes)
        found = funnel_limits(values, sizes).set_axis(group.index)
        table.loc[group.index, [*limits, "position"]] = found[[*limits, "position"]]
    return table, funnels


def _ranked(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return the table with the rank of each body in its group, 1 for the lowest intensity, and how many are ranked."""
    here = table["denominator"].notna() & ~table[group].isin(["", NO_TYPE])
    by = table[here].groupby(group)["kgco2e_per_unit"]
    table[f"rank_in_{group}"] = by.rank(method="min").reindex(table.index)
    table[f"of_{group}"] = by.transform("count").reindex(table.index)
    return table
