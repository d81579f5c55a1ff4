"""Totals year by year, and the years in which known breaks of published factors moved them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from nhscarbon.analysis.decomposition.change import Change
from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, with_sign

MARKED = 0.01  # of the earlier total: a smaller break is in the data, not in the figure
LARGE = 1_000_000  # tCO2e, from which the figure's labels are in thousands
NAMED = 2  # broken factor rows that a mark names


def yearly(
    footprints: Sequence[Footprint], *, boundary: str | None = None, match: Sequence[str] = ("organisation",)
) -> pd.DataFrame:
    """Return the total of each year [tCO2e], and what factors and their known breaks moved since the year before.

    Takes and raises what the drawing of a trend does, and is its table.
    """
    held = [footprint.sums.columns["period"].labels for footprint in footprints]
    if len(held) < 2 or any(len(years) != 1 for years in held) or len(set(held)) < len(held):
        raise UsageError("a trend needs two or more footprints, each of one NHS year, no year twice")
    ordered = sorted(footprints, key=lambda footprint: footprint.sums.columns["period"].labels[0])
    rows: list[dict[str, object]] = [_row(ordered[0], boundary, None)]
    rows += [_row(last, boundary, compare(first, last, boundary=boundary, match=match))
             for first, last in pairwise(ordered)]  # fmt: skip
    data = pd.DataFrame(rows)
    earlier = data["tco2e"].shift(fill_value=0.0)
    data["marked"] = (data["breaks"] != "") & (data["breaks_tco2e"].abs() >= MARKED * earlier.abs())
    return data


def _row(footprint: Footprint, boundary: str | None, bridge: Change | None) -> dict[str, object]:
    """Return one year: its total, and what factors and their known breaks moved since the year before."""
    total = footprint.total(boundary or footprint.boundary or None)
    year = footprint.sums.columns["period"].labels[0]
    if bridge is None:
        return {"period": year, "tco2e": total, "factor_tco2e": 0.0, "breaks_tco2e": 0.0, "breaks": ""}
    broken = bridge.factors[bridge.factors["known_breaks"] != ""]
    places = places_for(total)
    words = [
        f"{row['activity']} {row['component']} {with_sign(float(row['factor_tco2e']), places)} [{row['known_breaks']}]"
        for row in broken.head(NAMED).to_dict("records")
    ]
    more = [f"{len(broken) - NAMED} more"] if len(broken) > NAMED else []
    return {"period": year, "tco2e": total, "factor_tco2e": bridge.total()["factor_tco2e"],
            "breaks_tco2e": float(broken["factor_tco2e"].sum()), "breaks": "; ".join([*words, *more])}  # fmt: skip


def letters_of(data: pd.DataFrame) -> list[str]:
    """Return a letter for each year that is marked, and nothing for the others."""
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return [next(letters) if marked else "" for marked in data["marked"]]
