"""What changed by cause since the base year and since the year before, of the themes that are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.change import PARTS
from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.senders import Numbers, coded
from nhscarbon.trajectory.monitoring.standing import Standing
from nhscarbon.trajectory.monitoring.theme_years import ThemeYears, judged_in

COLUMNS = ("organisation", "boundary", "since", "period", *PARTS)
Bridge = Callable[[ThemeYears, str, str, bool], Numbers]


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
    inner = (name for parts in held.parts.values() for name, _ in parts)
    units = [*dict.fromkeys([*held.judged[: held.organisations], *inner])]
    number = {name: at for at, name in enumerate(units)}
    bridge = _bridges(footprint, base, years[at_base], restate, number)
    totals = np.array([name in held.supplied for name in units], np.bool_)
    whole = {name: each.whole(held) for name, each in boundaries.items()}
    rows: list[tuple[object, ...]] = []
    for place, organisation in enumerate(held.judged):
        parts = held.parts.get(organisation, ((organisation, 1.0),))
        who, share = np.array([number[name] for name, _ in parts]), np.array([share for _, share in parts])
        for name, inside in boundaries.items():
            found = standings[organisation, name]
            before = [at for at in range(at_base, found.year) if whole[name][place, at]]
            for at in dict.fromkeys((before[0], before[-1])) if found.readings else ():
                asked = (inside, years[at], years[found.year])
                effects = bridge(*asked, False) if at != at_base or not totals[who].all() else None
                if at == at_base and totals[who].any():
                    known = bridge(*asked, True)
                    effects = known if effects is None else np.where(totals[:, None, None], known, effects)
                if effects is not None:
                    sums = (effects[who][:, found.themes].sum(axis=1) * share[:, None]).sum(axis=0)
                    rows.append((organisation, name, years[at], years[found.year], *sums.tolist()))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _bridges(
    footprint: Footprint, base: SuppliedFootprint | None, base_year: str, restate: str, number: Mapping[str, int]
) -> Bridge:  # fmt: skip
    """Return what gives the bridge between two years: an array of organisations, themes and parts [tCO2e]."""
    supplied = base.filter(period=base_year) if base is not None else None
    on = None if footprint.on_map is not None else restate
    held: dict[tuple[str, str, str, bool], Numbers] = {}

    def bridge(inside: ThemeYears, since: str, period: str, totals: bool) -> Numbers:
        key = (inside.boundary, since, period, totals)
        if key not in held:
            if totals and supplied is not None:
                change = compare(supplied, footprint.filter(period=period), boundary=inside.boundary, restate=on)
            else:
                change = compare(footprint, years=(since, period), boundary=inside.boundary, restate=on)
            frame = change.by("organisation", "category", "theme")
            found = np.zeros((len(number), len(inside.themes), len(PARTS)))
            who = coded(frame["organisation"], tuple(number))
            theme = judged_in(frame, inside.themes, footprint.method, apart=base is not None)
            here = (who >= 0) & (theme >= 0)
            np.add.at(found, (who[here], theme[here]), frame[list(PARTS)].to_numpy(np.float64)[here])
            held[key] = found
        return held[key]

    return bridge
