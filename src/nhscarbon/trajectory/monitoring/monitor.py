"""`nhscarbon.monitor`: where each organisation and the system stand against the path to their targets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from nhscarbon.analysis.rollup.hierarchy import Hierarchy, as_hierarchy
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE
from nhscarbon.footprint.selection import said as selection_in_words
from nhscarbon.methods.boundaries import known_boundary
from nhscarbon.organisations.register import Organisations, day_number, day_text
from nhscarbon.output.text import in_title_case
from nhscarbon.periods import year_end
from nhscarbon.trajectory.monitoring.account import Account
from nhscarbon.trajectory.monitoring.basis import Basis, basis
from nhscarbon.trajectory.monitoring.members import ends, members
from nhscarbon.trajectory.monitoring.result import Monitor, Place
from nhscarbon.trajectory.monitoring.senders import senders
from nhscarbon.trajectory.monitoring.standing import Standing
from nhscarbon.trajectory.monitoring.theme_years import theme_years
from nhscarbon.trajectory.monitoring.words import some
from nhscarbon.trajectory.targets.target_path import TargetPath
from nhscarbon.trajectory.targets.targets import Targets
from nhscarbon.trajectory.targets.targets import targets as targets_named

LATEST = "latest"  # the map of the last day of the latest year
COLUMNS = ("organisation", "boundary", "period", "complete", "tco2e", "allowance_tco2e", "gap_tco2e", "gap_years",
           "required_percent", "pace_percent", "crossing_period", "status", "why")  # fmt: skip


def monitor(
    footprint: Footprint, targets: Targets | str | Path, *, base_year: str = "", inventory: str = "",
    base: SuppliedFootprint | None = None, boundary: str | None = None,
    hierarchy: Hierarchy | str | None = "ods-2026-07", restate: str = LATEST, to: str = "", shape: str = "linear",
    residual: float = 0.0, reading: str = "end",
) -> Monitor:  # fmt: skip
    """Say where each organisation, and the system that they make, stand against the path to their targets.

    Parameters
    ----------
    footprint : Footprint
        Of two NHS years or more; with ``keep=("month",)`` a year that is not over is compared on the same months.
    targets : Targets, str or Path
        From `nhscarbon.targets`, or what that takes: ``nhs-net-zero-1`` holds the national targets.
    base_year : str, optional
        2019/20 where the targets are cuts on it.
    inventory : str, optional
        The version of the national inventory that the cuts are taken on; the one that they name when left out.
    base : SuppliedFootprint, optional
        The base year as totals by theme, where its activity is not known.
    boundary : str, optional
        One boundary; both footprints when left out.
    hierarchy : Hierarchy, str or None, optional
        The release of organisations; None leaves every organisation as it is.
    restate : str, optional
        The day on whose map all years are put, so that a merger is no fall; the last day of the latest year when left
        out; empty leaves them as reported.
    to : str, optional
        ``icb``, ``region`` ...: the systems are the organisations of this level; all together when left out.
    shape, residual, reading
        Of the path, as in `nhscarbon.trajectory.targets.target.Target.path`; ``reading`` decides the status.

    Returns
    -------
    Monitor

    Raises
    ------
    UsageError
        If there is no such plan, boundary, level or day, or no target for a base year.
    BoundaryError
        As `Footprint.by`.

    Notes
    -----
    A year is over when a later one is in the footprint, or anyone sent the whole of it for any theme. The last year
    that is complete is judged; where a later year is over and a month or a member of it is missing, nothing can be
    said. The themes are those answered in every complete year from the base on, and the path starts from their tonnes.
    The thresholds are those of the package ``nhs-monitoring-1``.

    Examples
    --------
    >>> import nhscarbon as nc, pandas as pd
    >>> years = {"2019/20": 9.0, "2020/21": 8.0, "2021/22": 7.0, "2022/23": 6.0, "2023/24": 5.0}
    >>> rows = [("RX1", year, "energy.natural_gas", gwh * 1e6, "kWh") for year, gwh in years.items()]
    >>> names = ["organisation", "period", "activity", "quantity", "unit"]
    >>> footprint = nc.calculate(pd.DataFrame(rows, columns=names), "nhs-2026.1")
    >>> found = nc.monitor(footprint, "nhs-net-zero-1", boundary="nhs_carbon_footprint").table
    >>> found["period"].item(), found["status"].item()
    ('2023/24', 'on_track')
    """
    if footprint.selected:
        part = selection_in_words(footprint.selected).removeprefix(", ")
        raise UsageError(
            f"this is a part of a footprint ({part}), and targets are for the whole",
            advice="Monitor the whole, or a part by organisation or NHS year.",
        )
    plan = targets if isinstance(targets, Targets) else targets_named(targets)
    boundaries = _boundaries(footprint, boundary)
    chosen = basis(plan, boundaries, footprint.periods, base_year=base_year, inventory=inventory, shape=shape,
                   residual=residual, reading=reading)  # fmt: skip
    paths, notes = _paths(chosen, boundaries)
    stamp, footprint = footprint.stamp, _since(footprint, chosen.base_period)
    register, day = _map(footprint, hierarchy, restate, to)
    base, left_out = _of_these(base, footprint, register, day)
    notes += left_out
    held = members(senders(footprint, base, chosen.base_period), register=register, restate=day, to=to)
    by_boundary = {name: theme_years(footprint, name, held, base) for name in boundaries}
    labels = footprint.method.catalogue.themes
    accounts = [
        Account(chosen, held, each, each.whole(held), paths[name], labels) for name, each in by_boundary.items()
    ]
    standings: dict[Place, Standing] = {}
    said: list[tuple[str, str, str, str]] = []
    rows = []
    for place, organisation in enumerate(held.judged):
        for account in accounts:
            found, name = account.standing(place), account.inside.boundary
            standings[organisation, name] = found
            told = [(organisation, name, *each) for each in account.sentences(place, found)]
            rows.append(account.row(place, found, " ".join(each[-1] for each in told)))
            said += told
    return Monitor(
        pd.DataFrame(rows, columns=list(COLUMNS)), chosen, footprint, stamp, held, standings, by_boundary, base,
        _names(register, held.judged, day or day_text(day_number(year_end(held.years[-1])) - 1)), day,
        (*notes, *held.notes), pd.DataFrame(said, columns=["organisation", "boundary", "kind", "text"]),
    )  # fmt: skip


def _boundaries(footprint: Footprint, boundary: str | None) -> tuple[str, ...]:
    """Return the boundaries that are judged: both footprints, or the one that is asked for."""
    method = footprint.method
    if boundary is not None:
        known_boundary(boundary, method)
        return (boundary,)
    both = tuple(name for name in (CORE, f"{CORE}_plus") if name in method.boundaries)
    return both or (method.headline,)


def _of_these(
    base: SuppliedFootprint | None, footprint: Footprint, register: Organisations | None, day: str
) -> tuple[SuppliedFootprint | None, list[str]]:
    """Return the totals of the organisations that a footprint holds, or of their predecessors, and who is left out.

    A region's table of totals beside one trust's footprint is of that trust. Of several organisations, one that the
    footprint lacks may have been forgotten, so it stays.
    """
    if base is None or footprint.on_map is not None:
        return base, []
    held = {code for pair in ends([*footprint.sums.columns["organisation"].labels], register, day) for code in pair}
    given = [*base.organisations]
    kept = [code for code, pair in zip(given, ends(given, register, day), strict=True) if held & set(pair)]
    if not kept:
        raise UsageError(
            f"the totals of {base.source} are of {some(given)}, and the footprint holds none of them",
            advice="Give the totals of the organisations that are judged.",
        )
    out = [code for code in given if code not in kept]
    if not out or len(held) > 1:
        return base, []
    said = f"{some(out)} {'is' if len(out) == 1 else 'are'} in the totals of the base year and in no year of the "
    return base.filter(organisation=kept), [f"{said}footprint: left out."]


def _since(footprint: Footprint, base_period: str) -> Footprint:
    """Return what a footprint holds from the base year on: what was before is not judged, and may lack its factors."""
    since = [period for period in footprint.periods if period >= base_period]
    return footprint.filter(period=since) if since and len(since) < len(footprint.periods) else footprint


def _paths(chosen: Basis, boundaries: Sequence[str]) -> tuple[dict[str, list[TargetPath]], list[str]]:
    """Return the paths of each boundary from 1 tCO2e, none where there is no target for it, and what is said then."""
    found: dict[str, list[TargetPath]] = {}
    why: list[UsageError] = []
    for name in boundaries:
        try:
            found[name] = chosen.units(name)
        except UsageError as error:
            found[name] = []
            why.append(error)
    if len(why) == len(boundaries):
        raise why[0]
    return found, [str(error) for error in why]


def _map(
    footprint: Footprint, hierarchy: Hierarchy | str | None, restate: str, to: str
) -> tuple[Organisations | None, str]:  # fmt: skip
    """Return the release of organisations and the day of the map; a footprint that is on a map stays on it."""
    asked = restate if restate != LATEST else ""
    if footprint.on_map is not None and (asked or to):
        raise UsageError(
            f"this footprint is rolled up already: {footprint.on_map}",
            advice="Monitor the footprint as reported: `restate` and `to` put it on a map.",
        )
    if hierarchy is None:
        if asked or to:
            raise UsageError("a day and a level need a release of organisations: give `hierarchy`")
        return None, ""
    register = as_hierarchy(hierarchy).organisations
    if restate != LATEST or footprint.on_map is not None or not footprint.periods:
        return register, day_text(day_number(asked)) if asked else ""
    return register, day_text(day_number(year_end(footprint.periods[-1])) - 1)


def _names(register: Organisations | None, codes: Sequence[str], day: str) -> dict[str, str]:
    """Return the names of codes on a day, of those that a release holds."""
    if register is None:
        return {}
    at, number = day_number(day), register.number
    words = {code: register.word_of(register.names, number[code], at) for code in codes if code in number}
    return {code: in_title_case(name) for code, name in words.items() if name}
