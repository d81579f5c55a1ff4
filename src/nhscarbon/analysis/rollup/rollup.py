"""A footprint on a day's map: the footprint of the boards, regions or England that hold its organisations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.analysis.rollup.hierarchy import Hierarchy, as_hierarchy
from nhscarbon.analysis.rollup.placing import NOT_PLACED, TO, Placing, place, place_all
from nhscarbon.analysis.rollup.spreading import Spread, spread_totals
from nhscarbon.errors import UsageError
from nhscarbon.findings import in_order_of_severity
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.on_map import MEMBER, REPORTED_BY, OnMap
from nhscarbon.organisations.load import RELEASE
from nhscarbon.organisations.register import Organisations

RECHARGES = "recharges_between_members"
RULES = {
    RECHARGES: "a row whose supplier is an organisation of the same group that reports in the same year repeats what "
    "that organisation reports: it is taken out of the group's total, to the share that both have in it"
}
NAMES = ("organisation", "period", "reported_by", "supplier")
Whole = NDArray[np.int64]


def roll_up(
    footprint: Footprint,
    hierarchy: Hierarchy | str = RELEASE,
    *,
    to: str,
    on: str = "",
    restate: str = "",
    unplaced: Literal["refuse", "keep"] = "refuse",
    eliminate: str = "",
) -> Footprint:
    """Return the footprint of the organisations of a level.

    Parameters
    ----------
    footprint : Footprint
        Of any organisations: trusts, sites, practices, boards themselves.
    hierarchy : Hierarchy or str, optional
        The release of organisations, or its name.
    to : {"trust", "pcn", "place", "icb", "region", "england"}
        Where to; ``trust`` is each organisation itself or its successor, and sites in their trusts.
    on : str, optional
        A day on whose map all years are put, with every organisation that reported still open on it.
    restate : str, optional
        A day on whose map all years are put, successors first, such as ``2026-04-01``. Without `on` and `restate`
        each period is on the map of its own last day.
    unplaced : {"refuse", "keep"}, optional
        What to do with organisations that belong to nothing at this level: refuse, or keep them as ``not placed``.
    eliminate : str, optional
        ``recharges_between_members``: take out what one member bought from another. The footprint must have
        kept ``supplier``, with the supplier's code.

    Returns
    -------
    Footprint
        Whose ``organisation`` is the one of the level. Each row keeps its ``member`` (the trust on that map) and
        ``reported_by`` (the code that sent it). Quantities are shared out as whole numbers, so that nothing is lost;
        `nhscarbon.analysis.placings` shows the shares.

    Raises
    ------
    UsageError
        If there is no such level, day or rule, or the footprint is rolled up already.
    HierarchyError
        If a period ends before organisations are placed at the level, some cannot be placed, or one had closed by the
        day of `on`: all are named.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> england = nc.roll_up(footprint, to="england")
    >>> abs(england.total() - footprint.total()) < 1e-9
    True
    """
    if to not in TO:
        raise UsageError(f"there is no level '{str(to)[:40]}'; there are {', '.join(TO)}")
    if unplaced not in ("refuse", "keep"):
        raise UsageError(f"unplaced is 'refuse' or 'keep', not '{str(unplaced)[:40]}'")
    if eliminate and eliminate not in RULES:
        raise UsageError(f"there is no rule '{eliminate[:40]}'; there is {', '.join(RULES)}")
    if eliminate and "supplier" not in footprint.sums.columns:
        raise UsageError(f"{eliminate} needs suppliers: calculate with keep=('supplier',)")
    if footprint.on_map is not None:
        raise UsageError(
            f"this footprint is rolled up already: {footprint.on_map}", advice="Roll up the footprint as reported."
        )
    if on and restate:
        raise UsageError("give the day of the map once: on, or restate, which puts successors first")
    held = as_hierarchy(hierarchy).organisations
    placing, found = place_all(footprint, held, to=to, on=on, restate=restate, keep=unplaced == "keep")
    spread = _spread(footprint, placing, _members(footprint, held, placing), eliminate)
    return replace(
        footprint, sums=spread_totals(footprint.sums, spread),
        findings=in_order_of_severity([*footprint.findings.findings, *found], footprint.findings.rows),
        sources=(), summed_files=(), keep=(*footprint.keep, MEMBER, REPORTED_BY),
        packages={**footprint.packages, **held.packages},
        on_map=OnMap(to, restate or on, bool(restate), held.name),
    )  # fmt: skip


def recharges(
    footprint: Footprint, hierarchy: Hierarchy | str = RELEASE, *, to: str, on: str = "", restate: str = "",
    unplaced: Literal["refuse", "keep"] = "refuse", boundary: str | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return what members of a group bought from one another, which a roll-up takes out where it is asked to.

    Parameters
    ----------
    footprint, hierarchy, to, on, restate, unplaced
        As `roll_up`; the footprint must have kept ``supplier``.
    boundary : str, optional
        The methodology's main total when left out.

    Returns
    -------
    pandas.DataFrame
        ``organisation`` (of the level), ``period``, ``reported_by`` (who paid), ``supplier`` and ``tco2e``.

    Raises
    ------
    UsageError, HierarchyError, BoundaryError
        As `roll_up` and `Footprint.total`.
    """
    with_all, without = (
        roll_up(footprint, hierarchy, to=to, on=on, restate=restate, unplaced=unplaced, eliminate=rule).by(
            *NAMES, boundary=boundary
        )
        for rule in ("", RECHARGES)
    )
    # what is taken out stays as a cell of 0, so that every row is in both
    whole = with_all.merge(without, on=list(NAMES), how="left", suffixes=("", "_left"), validate="one_to_one")
    out = whole["tco2e"] - whole["tco2e_left"]
    return whole[list(NAMES)].assign(tco2e=out)[out != 0].reset_index(drop=True)


def _members(footprint: Footprint, held: Organisations, placing: Placing) -> list[str]:
    """Return the trust that each pair of organisation and period is in on its map; its own code where it is in several.

    So a member that sends nothing in a year is seen, and one that merged is not missed.
    """
    pairs = placing.pairs(footprint)
    found, _ = place(held, pairs, TO["trust"])
    codes = (*held.codes, NOT_PLACED)
    own = [pairs.words[number] for number in pairs.organisation.tolist()]
    count = np.bincount(found.source, minlength=len(own))
    for source, target, placed in zip(found.source, found.target, found.placed, strict=True):
        if count[source] == 1 and placed:
            own[source] = codes[target]
    return own


def _spread(footprint: Footprint, placing: Placing, members: list[str], eliminate: str) -> Spread:
    """Return where each cell goes, and to which share."""
    sums = footprint.sums
    of_pair = _pairs_of(footprint, placing, sums.columns["organisation"])
    count = np.bincount(placing.pair, minlength=len(placing.organisation))
    start = np.cumsum(count) - count
    order = np.argsort(placing.pair, kind="stable")
    times = count[of_pair]
    cell = np.repeat(np.arange(len(sums)), times)
    first = np.cumsum(times) - times
    share = order[np.arange(len(cell)) + np.repeat(start[of_pair] - first, times)]
    parent, weight = placing.parent[share], placing.share[share]
    if eliminate:
        weight = weight * (1 - _common(footprint, placing, cell, parent))
    return Spread(cell, parent, weight, placing.parents, of_pair, tuple(members), whole=not eliminate)


def _pairs_of(footprint: Footprint, placing: Placing, organisation: Column) -> Whole:
    """Return the pair of organisation and period of each cell, -1 where the words are of none that reports."""
    columns = footprint.sums.columns
    table = np.full([len(columns[name].labels) for name in ("organisation", "period")], -1, np.int64)
    table[placing.organisation, placing.period] = np.arange(len(placing.organisation))
    known = {label: code for code, label in enumerate(columns["organisation"].labels)}
    codes = np.array([known.get(label, -1) for label in organisation.labels], np.int64)[organisation.codes]
    found: Whole = np.where(codes < 0, -1, table[codes, columns["period"].codes])
    return found


def _common(footprint: Footprint, placing: Placing, cell: Whole, parent: Whole) -> NDArray[np.float64]:
    """Return the share of each row's supplier in the row's parent: nothing where it is none that reports."""
    from scipy import sparse  # noqa: PLC0415  it takes time to load

    columns = footprint.sums.columns
    pair = _pairs_of(footprint, placing, columns["supplier"])[cell]
    own = np.array(columns["organisation"].labels, object)[columns["organisation"].codes]
    supplier = np.array(columns["supplier"].labels, object)[columns["supplier"].codes]
    known = (pair >= 0) & (own != supplier)[cell]
    if NOT_PLACED in placing.parents:
        known &= parent != placing.parents.index(NOT_PLACED)
    shape = (len(placing.organisation), len(placing.parents))
    weights: Any = sparse.csr_array((placing.share, (placing.pair, placing.parent)), shape=shape)
    found = np.zeros(len(cell))
    if known.any():
        found[known] = np.asarray(weights[pair[known], parent[known]]).ravel()
    return found
