"""What changed by cause since the base year and since the year before, of the themes that are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd

from nhscarbon.analysis.decomposition.change import PARTS
from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.standing import Standing
from nhscarbon.trajectory.monitoring.theme_years import ThemeYears, attributed

COLUMNS = ("organisation", "boundary", "since", "period", *PARTS)
Lines = Callable[[str, str, str, bool], pd.DataFrame]


def causes(
    footprint: Footprint, held: Members, standings: Mapping[tuple[str, str], Standing],
    boundaries: Mapping[str, ThemeYears], base: SuppliedFootprint | None, *, restate: str,
) -> pd.DataFrame:  # fmt: skip
    """Return what changed by cause, for each organisation and boundary that is judged.

    Parameters
    ----------
    footprint : Footprint
        As it was monitored.
    held : Members
    standings : Mapping of (organisation, boundary) to Standing
    boundaries : Mapping of boundary to ThemeYears
    base : SuppliedFootprint or None
        Totals of the base year: its themes change as wholes.
    restate : str
        The day of the map.

    Returns
    -------
    pandas.DataFrame
        ``organisation``, ``boundary``, ``since`` (the base year, and the complete year before), ``period`` and in
        tCO2e ``before_tco2e``, the causes of `nhscarbon.compare` and ``after_tco2e``, which is their sum. Those of a
        system are the sums of its organisations, to their shares.
    """
    years, at_base = held.years, held.senders.base
    bridge = _bridges(footprint, base, years[at_base], restate)
    rows: list[tuple[object, ...]] = []
    for (organisation, name), found in standings.items():
        if not found.readings:
            continue
        inside = boundaries[name]
        whole = inside.whole(held)[held.judged.index(organisation)]
        before = [at for at in range(at_base, found.year) if whole[at]]
        judged = {theme for theme, yes in zip(inside.themes, found.themes.tolist(), strict=True) if yes}
        for at in dict.fromkeys((before[0], before[-1])):
            sums = pd.Series(0.0, index=list(PARTS))
            for unit, share in held.parts.get(organisation, ((organisation, 1.0),)):
                totals = at == at_base and unit in held.supplied
                lines = bridge(name, years[at], years[found.year], totals)
                part = lines[(lines["organisation"] == unit) & lines["judged_in"].isin(judged)]
                sums = sums + part[list(PARTS)].sum() * share
            rows.append((organisation, name, years[at], years[found.year], *sums.tolist()))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _bridges(footprint: Footprint, base: SuppliedFootprint | None, base_year: str, restate: str) -> Lines:
    """Return what gives the bridge between two years by organisation and the theme that it is judged in."""
    supplied = base.filter(period=base_year) if base is not None else None
    on = None if footprint.on_map is not None else restate
    home = attributed(footprint.method, apart=base is not None)

    @cache
    def lines(boundary: str, since: str, period: str, totals: bool) -> pd.DataFrame:
        if totals and supplied is not None:
            change = compare(supplied, footprint.filter(period=period), boundary=boundary, restate=on)
        else:
            change = compare(footprint, years=(since, period), boundary=boundary, restate=on)
        frame = change.by("organisation", "category", "theme")
        pairs = zip(frame["category"], frame["theme"], strict=True)
        found = frame.assign(judged_in=[home.get(pair, pair[1]) for pair in pairs])
        return found.groupby(["organisation", "judged_in"], as_index=False, sort=False)[list(PARTS)].sum()

    return lines
