"""From two footprints to the bridge between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.decomposition.change import CAUSES, Change
from nhscarbon.analysis.decomposition.known_breaks import breaks_between
from nhscarbon.analysis.decomposition.lines import (
    LINE_WORDS,
    Kind,
    Side,
    kinds,
    match_lines,
    quantities,
    sides_of,
    stack,
)
from nhscarbon.analysis.decomposition.shapley import lmdi, shapley
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.resolution import Line
from nhscarbon.methods.units import KG_PER_TONNE

# of the last three every line has its own; a month names its year, so none would ever be met again
NOT_MATCHED = ("period", "month", "tier", "activity", "unit", "geography")
BOTH, BEFORE, AFTER = "both", "only before", "only after"

Numbers = NDArray[np.float64]
OF_SIDE = ("factor", "factor_unit", "conversion", "conversion_id", "factor_id", "package", "locator", "gwp_basis")
FACTOR_COLUMNS = (
    "activity", "component", *(f"{name}_{side}" for side in ("before", "after") for name in OF_SIDE),
    "factor_tco2e", "method_tco2e", "known_breaks",
)  # fmt: skip


def compare(
    before: Footprint,
    after: Footprint,
    *,
    boundary: str | tuple[str, str] | None = None,
    match: Sequence[str] = ("organisation",),
) -> Change:
    """Split the change between two footprints into activity, factor, method and boundary.

    A line is an activity, unit, geography and component of one organisation. A line that both have is split
    by Shapley: the mean, over all orders, of what the exchange of the quantities, of the year's factors, of
    the methodology and of the boundary moves. What only one can count enters or leaves; nothing is guessed.

    Parameters
    ----------
    before, after : Footprint
        What changed, and what it changed to: another year, methodology or organisation.
    boundary : str or pair of str, optional
        What counts, or what counts before and after; the main total of each when left out.
    match : sequence of str, optional
        In which columns, beside activity, unit and geography, a line must be the same to be one line:
        ``("organisation", "site")``, or none for two organisations, or a whole whose organisations merged.

    Returns
    -------
    Change
        With the change by any columns, and the factor rows that moved most tonnes.

    Raises
    ------
    UsageError
        If there is no such column, no such boundary in both methodologies, or one holds several NHS years
        and the other not the same.
    BoundaryError
        As `total`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> change = nc.compare(footprint, footprint, boundary=("scope_1", "nhs_carbon_footprint")).total()
    >>> change["activity_tco2e"], change["boundary_tco2e"] > 0
    (0.0, True)
    """
    boundaries = _boundaries(before, after, boundary)
    for footprint, name in zip((before, after), boundaries, strict=True):
        footprint.total(name)  # a boundary that cannot be totalled cannot be compared
    for footprint in (before, after):
        lacking = [name for name in boundaries if name not in footprint.method.boundaries]
        if lacking:
            raise UsageError(
                f"{footprint.method.id} has no boundary '{lacking[0]}', so what the method moves and what the boundary "
                f"moves cannot be told apart; name one that both have: {', '.join(_shared(before, after))}"
            )
    for name in match:
        for footprint in (before, after):
            if name in NOT_MATCHED or name not in footprint.sums.columns:
                there = ", ".join(column for column in footprint.sums.columns if column not in NOT_MATCHED)
                raise UsageError(f"lines cannot be matched by '{str(name)[:60]}'; there are {there}")
    sides = sides_of(before, after, boundaries)
    cells = quantities(sides, match)
    place, parts = kinds(cells, sides)
    rows, chosen = match_lines(cells, place, parts, match)
    split = _split(rows, chosen)
    moving = np.any([effect != 0 for effect in split.values()], axis=0)  # what neither counts is no line of either
    rows = rows[moving].reset_index(drop=True)
    split = {name: effect[moving] for name, effect in split.items()}
    return Change(
        _table=_lines(rows, chosen, split),
        factors=_factors(rows["kind"].to_numpy(np.int64), chosen, split, sides),
        title=_title(sides),
        boundaries=boundaries,
        stamps=(before.stamp, after.stamp),
        labels=(before.label(boundaries[0]), after.label(boundaries[1])),
    )


def _shared(before: Footprint, after: Footprint) -> list[str]:
    return [name for name in before.method.boundaries if name in after.method.boundaries]


def _boundaries(before: Footprint, after: Footprint, asked: str | tuple[str, str] | None) -> tuple[str, str]:
    if isinstance(asked, tuple):
        return asked
    if asked is not None:
        return asked, asked
    return before.boundary or before.method.headline, after.boundary or after.method.headline


def _split(rows: pd.DataFrame, chosen: Sequence[Kind]) -> dict[str, Numbers]:
    """Return the effects on each row [kgCO2e], by Shapley and, with ``lmdi_``, by LMDI."""
    kind = rows["kind"].to_numpy(np.int64)
    quantity = rows[["before", "after"]].to_numpy(np.float64).T
    intensity = stack(chosen, lambda part: part.intensity, kind)  # (year, method, rows)
    counted = stack(chosen, lambda part: part.counted, kind) > 0  # (method, boundary, rows)
    alike = np.isfinite(intensity).all(axis=(0, 1)) & np.isfinite(quantity).all(axis=0)
    values = np.where(counted[np.newaxis], intensity[:, :, np.newaxis], 0.0)  # (year, method, boundary, rows)
    own = [np.nan_to_num(quantity[side] * values[side, side, side]) for side in (0, 1)]

    states = quantity[:, np.newaxis, np.newaxis, np.newaxis] * values[np.newaxis]
    parts = np.where(alike, shapley(np.where(alike, states, 0.0)), 0.0)
    inside = [counted[side, side] for side in (0, 1)]
    effects = dict(zip(CAUSES, parts, strict=True))
    effects |= {"before": own[0], "after": own[1]}
    effects |= {"entered": np.where(alike, 0.0, own[1]), "left": np.where(alike, 0.0, 0.0 - own[0])}

    stays = alike & inside[0] & inside[1]
    ratios = log_ratios(np.where(stays, quantity, 1.0), np.where(stays, intensity, 1.0))
    index = lmdi(np.where(stays, own[0], 1.0), np.where(stays, own[1], 1.0), ratios)
    effects |= {f"lmdi_{name}": np.where(stays, part, 0.0) for name, part in zip(CAUSES[:3], index, strict=True)}
    effects |= {"lmdi_entered": np.where(stays, 0.0, own[1]), "lmdi_left": np.where(stays, 0.0, 0.0 - own[0])}
    return effects


def log_ratios(quantity: Numbers, intensity: Numbers) -> Numbers:
    """Return the logarithms of the ratios of quantity, factor and method, after over before.

    Factor and method are exchanged in both orders, and the mean of the two taken: neither comes first.

    Parameters
    ----------
    quantity : float64 array, shape (2, lines)
    intensity : float64 array, shape (2, 2, lines)
        By year and methodology, before and after.
    """

    def log(first: Numbers, second: Numbers) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(first == second, 0.0, np.log(np.abs(second / first)))

    with np.errstate(invalid="ignore"):
        factor = (log(intensity[0, 0], intensity[1, 0]) + log(intensity[0, 1], intensity[1, 1])) / 2
        method = (log(intensity[0, 0], intensity[0, 1]) + log(intensity[1, 0], intensity[1, 1])) / 2
    return np.stack([log(quantity[0], quantity[1]), factor, method])


def _lines(rows: pd.DataFrame, chosen: Sequence[Kind], split: dict[str, Numbers]) -> pd.DataFrame:
    """Return the lines with their words, quantities, intensities and effects."""
    names = ("activity", "geography", "unit", *LINE_WORDS)
    kind = rows["kind"].to_numpy(np.int64)
    frame = rows.drop(columns=["kind", "before", "after"])
    for place, name in enumerate(names):
        frame[name] = pd.Series([chosen[number].words[place] for number in kind], index=frame.index, dtype=str)
    before, after = (rows[name].to_numpy(np.float64) for name in ("before", "after"))
    frame["quantity_before"], frame["quantity_after"] = before, after
    intensity = stack(chosen, lambda part: part.intensity, kind)
    frame["kgco2e_per_unit_before"], frame["kgco2e_per_unit_after"] = intensity[0, 0], intensity[1, 1]
    reasons = [chosen[number].why for number in kind]
    absent = np.select([np.isnan(before), np.isnan(after)], [AFTER, BEFORE], BOTH)
    frame["found"] = pd.Series(absent, index=frame.index, dtype=str)
    why = [
        reason or ("not in the first footprint" if where == AFTER else "not in the second" if where == BEFORE else "")
        for reason, where in zip(reasons, absent, strict=True)
    ]
    frame["why"] = pd.Series(why, index=frame.index, dtype=str)
    tonnes = {f"{name}_tco2e": effect / KG_PER_TONNE for name, effect in split.items()}
    return frame.assign(**tonnes)


def _factors(
    kind: NDArray[np.int64], chosen: Sequence[Kind], split: dict[str, Numbers], sides: tuple[Side, Side]
) -> pd.DataFrame:
    """Return the factor rows that both footprints use or exchange, those that moved most tonnes first."""
    moved = {
        name: np.bincount(kind, weights=split[name], minlength=len(chosen)) / KG_PER_TONNE
        for name in ("factor", "method")
    }
    total = moved["factor"] + moved["method"]
    rows = []
    for number in sorted(range(len(chosen)), key=lambda place: (-abs(total[place]), chosen[place].words)):
        part = chosen[number]
        first, second = part.factors
        if first is None or second is None or not (moved["factor"][number] or moved["method"][number]):
            continue
        rows.append(
            {
                "activity": part.words[0],
                "component": part.words[5],
                **_of_side(first, "before"),
                **_of_side(second, "after"),
                "factor_tco2e": float(moved["factor"][number]),
                "method_tco2e": float(moved["method"][number]),
                "known_breaks": _breaks(first, second, sides),
            }
        )
    return pd.DataFrame(rows, columns=list(FACTOR_COLUMNS))


def _of_side(line: Line, side: str) -> dict[str, object]:
    factor = line.factor
    return {
        f"factor_{side}": factor.kgco2e,
        f"factor_unit_{side}": factor.unit,
        f"conversion_{side}": line.conversion,
        f"conversion_id_{side}": line.conversion_id,
        f"factor_id_{side}": factor.factor_id,
        f"package_{side}": factor.package,
        f"locator_{side}": factor.locator,
        f"gwp_basis_{side}": factor.gwp_basis,
    }


def _breaks(first: Line, second: Line, sides: tuple[Side, Side]) -> str:
    """Name the known breaks of a factor row between the two years."""
    if first.factor.factor_id != second.factor.factor_id or sides[0].year == sides[1].year:
        return ""
    return "; ".join(str(each) for each in breaks_between(first.factor.factor_id, (sides[0].year, sides[1].year)))


def _title(sides: tuple[Side, Side]) -> str:
    """Say what is compared with what, the words that both share once."""
    said = []
    for side in sides:
        who, years = (side.footprint.sums.columns[name].labels for name in ("organisation", "period"))
        body = who[0] if len(who) == 1 else f"{len(who):,} organisations"
        span = side.year or (years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}" if years else "no year")
        said.append((body, span, side.method.id))
    parts = [f"{first} -> {second}" if first != second else first for first, second in zip(*said, strict=True)]
    return f"{parts[0]}, {parts[1]}, by {parts[2]}"
