"""What would be emitted without further action: activity x factor of each year, as one long table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.grouping import groups_of
from nhscarbon.methods.resolution import FactorKey
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.projection.assumptions import Assumption
from nhscarbon.trajectory.projection.future_factors import FactorYears, factor_years
from nhscarbon.trajectory.projection.grid_path import FactorPath
from nhscarbon.trajectory.projection.growth import Driver, growth
from nhscarbon.trajectory.targets.series import Numbers, Years, year_texts

FRAME = ("organisation", "theme", "activity", "unit", "year", "quantity", "kgco2e")
SAME = 1e-12  # of the base year, as a share of all of it: what rounding may change
CELL = ("organisation", "activity", "unit", "geography", "tier")


@dataclass(frozen=True, eq=False)
class Cells:
    """The quantities of the base year.

    Attributes
    ----------
    words : list of (organisation, activity, unit, geography, tier)
    quantity : float64 array, shape (cells,)
    keys : tuple of FactorKey
    key : int64 array, shape (cells,)
    """

    words: list[tuple[str, ...]]
    quantity: Numbers
    keys: tuple[FactorKey, ...]
    key: NDArray[np.int64]

    __repr__ = short_repr


def cells_of(footprint: Footprint, base: str) -> tuple[Cells, list[Assumption]]:
    """Return the quantities of one year of a footprint, and what is left out of them.

    Raises
    ------
    UsageError
        If the footprint has not that year.
    """
    periods = footprint.sums.columns["period"]
    if base not in periods.labels:
        raise UsageError(f"the footprint has no {base}; it has {', '.join(periods.labels)}")
    here = periods.codes == periods.labels.index(base)
    groups, words = groups_of({name: footprint.sums.columns[name] for name in CELL}, len(footprint.sums))
    cell = groups.codes
    used = np.unique(cell[here])
    place = np.full(len(words), -1, np.int64)
    place[used] = np.arange(len(used))
    quantity = np.bincount(place[cell[here]], weights=footprint.sums.quantity[here], minlength=len(used))
    kept = [words[each] for each in used.tolist()]
    distinct = sorted({(activity, unit, geography) for _, activity, unit, geography, _ in kept})
    number = {each: at for at, each in enumerate(distinct)}
    keys = tuple(FactorKey(activity, unit, base, geography) for activity, unit, geography in distinct)
    key = np.array([number[activity, unit, geography] for _, activity, unit, geography, _ in kept], np.int64)
    said = [Assumption(activity, base, "sent, and not counted because it has no factor: not projected", "left out")
            for activity in sorted({key.activity for key in keys if footprint.resolutions[key].refusal})]  # fmt: skip
    others = sorted(set(footprint.sums.columns["organisation"].labels) - {each[0] for each in kept})
    if others:
        said.append(Assumption(", ".join(others), base, "no figures in the base year: not projected", "left out"))
    return Cells(kept, np.asarray(quantity, np.float64), keys, key), said


def business_as_usual(
    cells: Cells,
    footprint: Footprint,
    *,
    boundary: str,
    years: Years,
    drivers: Sequence[Driver],
    path: FactorPath,
) -> tuple[pd.DataFrame, FactorYears, list[Assumption]]:
    """Return the table of every year, the factors behind it, and what is assumed.

    Returns
    -------
    frame : pandas.DataFrame
        ``organisation, theme, activity, unit, year`` (NHS year), ``quantity`` (float64, in the unit) and ``kgco2e``
        (float64); ``kgco2e / quantity`` is the factor of that year. A quantity stands in each theme that its
        activity is reported in.
    factors : FactorYears
    assumptions : list of Assumption
    """
    factors = factor_years(cells.keys, footprint.method, boundary=boundary, years=years, path=path)
    pairs = sorted({(organisation, activity) for organisation, activity, *_ in cells.words})
    number = {pair: at for at, pair in enumerate(pairs)}
    multiple, said = growth(drivers, pairs, years)
    pair = np.array([number[words[0], words[1]] for words in cells.words], np.int64)
    quantity = cells.quantity[:, None] * multiple[pair]

    of_key: dict[int, list[int]] = {}
    for line, key in enumerate(factors.key_of_line.tolist()):
        of_key.setdefault(key, []).append(line)
    groups: dict[tuple[str, str, str, str], int] = {}
    cell_place: list[tuple[int, int]] = []  # a cell's quantity counts once in each theme
    line_place: list[tuple[int, int, int]] = []
    for cell, (words, key) in enumerate(zip(cells.words, cells.key.tolist(), strict=True)):
        themes = {factors.lines[line].theme for line in of_key.get(key, [])}
        at = {theme: groups.setdefault((words[0], theme, words[1], words[2]), len(groups)) for theme in sorted(themes)}
        cell_place += [(group, cell) for group in at.values()]
        line_place += [(at[factors.lines[line].theme], cell, line) for line in of_key.get(key, [])]
    amount, kgco2e = np.zeros((2, len(groups), len(years)))
    if line_place:
        group, cell_of = (np.array(column, np.int64) for column in zip(*cell_place, strict=True))
        np.add.at(amount, group, quantity[cell_of])
        group, cell_of, line_of = (np.array(column, np.int64) for column in zip(*line_place, strict=True))
        np.add.at(kgco2e, group, quantity[cell_of] * factors.per_unit[line_of])
    frame = pd.DataFrame(list(groups), columns=list(FRAME[:4]), dtype=str)
    frame = frame.loc[np.repeat(np.arange(len(groups)), len(years))].reset_index(drop=True)
    frame = frame.assign(year=np.tile(year_texts(years), len(groups)), quantity=amount.ravel(), kgco2e=kgco2e.ravel())
    return frame.astype({"year": str}), factors, [*said, *factors.assumptions]


def after_actions(frame: pd.DataFrame, after: object, *, years: Years) -> pd.DataFrame:
    """Return what actions made of the table, after checking that it can be summed.

    Raises
    ------
    UsageError
        If it lacks a column, has other years, holds a figure that is none, or changes the base year, which is
        measured; every fault is listed.
    """
    if not isinstance(after, pd.DataFrame):
        raise UsageError("actions return the table as a data frame")
    lacking = [name for name in FRAME if name not in after.columns]
    if lacking:
        raise UsageError(f"the table after actions lacks {', '.join(lacking)}")
    words = list(FRAME[:5])
    faults = []
    if after[words].isna().any(axis=None):
        faults.append("it holds rows without an organisation, theme, activity, unit or year")
    strangers = sorted(set(after["year"].dropna().astype(str)) - set(year_texts(years)))
    if strangers:
        faults.append(f"it has years that are not projected: {', '.join(strangers[:4])}")
    if not np.isfinite(after["kgco2e"].to_numpy(np.float64)).all():
        faults.append("it holds kgCO2e that are missing or infinite")
    base = nhs_year(int(years[0]))
    was, now = (each[each["year"] == base].groupby(words[:4], observed=True)["kgco2e"].sum() for each in (frame, after))
    moved = (now.sub(was, fill_value=0.0).abs() > SAME * max(float(was.abs().sum()), 1.0)).sum()
    if not faults and moved:
        faults.append(f"it changes {moved} rows of {base}, which was measured")
    if faults:
        raise UsageError("the table after actions cannot be used: " + "; ".join(faults))
    return after[list(FRAME)].groupby(words, as_index=False, observed=True, sort=False)[["quantity", "kgco2e"]].sum()
