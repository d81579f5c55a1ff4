"""Totals year by year: whole years alone, and the years in which known breaks of published factors moved them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.change import Change
from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.analysis.decomposition.two_years import Compared, of_year
from nhscarbon.analysis.decomposition.whole import wholeness
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output.tables import places_for, with_sign

MARKED = 0.01  # of the earlier total: a smaller break is in the data, not in the figure
LARGE = 1_000_000  # tCO2e, from which the figure's labels are in thousands
NAMED = 2  # broken factor rows that a mark names
NUMBERS = ("tco2e", "factor_tco2e", "breaks_tco2e")


def yearly(
    footprints: Footprint | Sequence[Compared],
    *,
    boundary: str | None = None,
    match: Sequence[str] | None = None,
    part_years: bool = False,
) -> pd.DataFrame:
    """Return the total of each year [tCO2e], and what factors and their known breaks moved since the year before.

    Parameters
    ----------
    footprints : Footprint or sequence of Footprint and SuppliedFootprint
        One of several NHS years, or several with no year twice; a footprint that is known as totals may be a year.
    boundary : str, optional
        The main total of each when left out.
    match : sequence of str, optional
        As `nhscarbon.compare`.
    part_years : bool, optional
        Whether years that are not whole have figures too.

    Returns
    -------
    pandas.DataFrame
        In order of the years: ``period``, ``tco2e``, ``factor_tco2e`` (by all factors since the whole year before),
        ``breaks_tco2e`` (by the factor rows with known breaks), ``breaks`` in words, ``source`` (who supplied a total,
        else empty), ``complete``, ``months`` (the fewest of any theme of a part year), ``why`` a year is not complete
        and ``marked``. A year that is not complete, as months or an organisation are missing, has no figures.

    Raises
    ------
    UsageError
        If there are fewer than two years, one of them twice, or something that is no footprint.
    BoundaryError
        As `Footprint.total`.
    """
    ordered = _by_year(footprints)
    whole = wholeness(ordered, boundary)
    shown = [year for year in ordered if part_years or whole[year].complete]
    bridges = {last: _bridge(ordered[first], ordered[last], boundary, match) for first, last in pairwise(shown)}
    method = next(each.method for each in reversed(ordered.values()) if isinstance(each, Footprint))
    base = ordered[shown[0]] if shown else None
    rows = []
    for year, footprint in ordered.items():
        row: dict[str, object] = {"period": year, **dict.fromkeys(NUMBERS, np.nan), "breaks": ""}
        if year in shown:
            row |= _figures(footprint, bridges.get(year), boundary, method, first=footprint is base)
        supplied = footprint.source if isinstance(footprint, SuppliedFootprint) else ""
        found = whole[year]
        rows.append({**row, "source": supplied, "complete": found.complete, "months": found.months, "why": found.why})
    data = pd.DataFrame(rows).astype({**dict.fromkeys(NUMBERS, float), "months": "Int64"})
    earlier = data["tco2e"].ffill().shift(fill_value=0.0)
    moved = data["breaks_tco2e"].abs() >= MARKED * earlier.abs()
    return data.assign(marked=(data["breaks"] != "") & moved)


def _by_year(footprints: Footprint | Sequence[Compared]) -> dict[str, Compared]:
    """Return each year's footprint, in order; refuse fewer than two, and a year twice."""
    given = [footprints] if isinstance(footprints, Footprint) else list(footprints)
    if not all(isinstance(each, Footprint | SuppliedFootprint) for each in given):
        raise UsageError("a list is drawn if all that is in it are footprints, one for each NHS year")
    parts: list[tuple[str, Compared]] = []
    for each in given:
        parts += [(year, of_year(each, year)) for year in each.periods]
    found = dict(sorted(parts, key=lambda part: part[0]))
    if len(found) < 2 or len(found) < len(parts) or not any(isinstance(each, Footprint) for each in found.values()):
        raise UsageError("a trend needs two or more footprints, or one of two or more NHS years, no year twice")
    return found


def _bridge(first: Compared, last: Compared, boundary: str | None, match: Sequence[str] | None) -> Change | None:
    """Return the bridge from one year to the next; none where a side is known as totals, of which no cause is told."""
    if isinstance(first, SuppliedFootprint) or isinstance(last, SuppliedFootprint):
        return None
    return compare(first, last, boundary=boundary, match=match)


def _figures(
    footprint: Compared, bridge: Change | None, boundary: str | None, method: Methodology, *, first: bool
) -> dict[str, object]:
    """Return one year's total, and what factors and their known breaks moved since the year before."""
    if isinstance(footprint, SuppliedFootprint):
        return {"tco2e": footprint.total(boundary or method.headline)}
    total = footprint.total(boundary or footprint.boundary or None)
    if bridge is None:
        return {"tco2e": total, **({"factor_tco2e": 0.0, "breaks_tco2e": 0.0} if first else {})}
    broken = bridge.factors[bridge.factors["known_breaks"] != ""]
    places = places_for(total)
    words = [
        f"{row['activity']} {row['component']} {with_sign(float(row['factor_tco2e']), places)} [{row['known_breaks']}]"
        for row in broken.head(NAMED).to_dict("records")
    ]
    more = [f"{len(broken) - NAMED} more"] if len(broken) > NAMED else []
    return {"tco2e": total, "factor_tco2e": bridge.total()["factor_tco2e"],
            "breaks_tco2e": float(broken["factor_tco2e"].sum()), "breaks": "; ".join([*words, *more])}  # fmt: skip


def left_out(data: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each year of a trend that is not whole."""
    return tuple(
        f"{row['period']} is not a whole year ({row['why']})" + ("" if pd.notna(row["tco2e"]) else ": it is left out.")
        for row in data[~data["complete"]].to_dict("records")
    )


def letters_of(data: pd.DataFrame) -> list[str]:
    """Return a letter for each year that is marked, and nothing for the others."""
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return [next(letters) if marked else "" for marked in data["marked"]]
