"""From two footprints to the bridge between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.change import Change
from nhscarbon.analysis.decomposition.lines import Kind, Side, kinds, match_lines, quantities, sides_of
from nhscarbon.analysis.decomposition.notes import notes_of, title_of
from nhscarbon.analysis.decomposition.one_map import ORGANISATION, ORGANISATIONS, on_a_day, one_map, refuse_two_maps
from nhscarbon.analysis.decomposition.split import log_ratios, split
from nhscarbon.analysis.decomposition.totals_side import compare_supplied
from nhscarbon.analysis.decomposition.two_years import Compared, two_years
from nhscarbon.analysis.decomposition.working import factors_table, lines_table
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.checks.packages import release_in
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.on_map import MEMBER

__all__ = ["compare", "log_ratios"]
# of the last three every line has its own; a month names its year, so none would ever be met again
NOT_MATCHED = ("period", "month", "tier", "activity", "unit", "geography")


def compare(
    before: Compared,
    after: Compared | None = None,
    *,
    boundary: str | tuple[str, str] | None = None,
    match: Sequence[str] | None = None,
    years: tuple[str, str] | None = None,
    restate: str | None = None,
    across_years: bool = False,
) -> Change:
    """Split the change between two footprints into activity, prices, factor, method and boundary.

    A line is an activity, unit, geography and component of one organisation. A line that both have is split
    by Shapley: the mean, over all orders, of what the exchange of the quantities, of prices, of the year's factors,
    of the methodology and of the boundary moves. What only one can count enters or leaves; nothing is guessed.
    Spend is in real terms: quantities and factors of pounds are compared in one price year.

    Parameters
    ----------
    before, after : Footprint or SuppliedFootprint
        What changed, and what it changed to: another year, methodology or organisation. One of the two may be a
        footprint that is known as totals: its themes change as wholes. Without `after`, two years of `before`.
    boundary : str or pair of str, optional
        What counts, or what counts before and after; the main total of each when left out.
    match : sequence of str, optional
        In which columns, beside activity, unit and geography, a line must be the same to be one line:
        ``("organisation", "site")``, or none, ``()``, for two organisations. Left out, ``organisation``; of a roll-up
        ``member`` too, so that it is split by trust.
    years : pair of str, optional
        The NHS years to compare, such as ``("2016/17", "2023/24")``, of footprints that hold more.
    restate : str, optional
        The day on whose map both are put, such as ``2024-03-31``: closed organisations are in those that followed
        them, by their shares. Left out, the last day of the later year, if any had closed by then; ``""`` leaves
        organisations as reported. Codes that the release does not hold stay as they are.

    across_years : bool, optional
        Whether two footprints of the same NHS years are compared with the years added, such as of two methodologies.

    Returns
    -------
    Change
        With the change by any columns, and the factor rows that moved most tonnes.

    Raises
    ------
    PeriodError
        If both hold the same NHS years, several, and `across_years` is not set.
    UsageError
        If there is no such column, year or day, no such boundary in both methodologies, one holds several NHS years
        and the other not the same, they were rolled up in two ways, or both are known as totals.
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
    before, after = two_years(before, after, years, across_years=across_years)
    match = _usual_match(before, after) if match is None else tuple(match)
    if isinstance(before, SuppliedFootprint) or isinstance(after, SuppliedFootprint):
        return compare_supplied(before, after, boundary=boundary, match=match, restate=restate)
    boundaries = _boundaries(before, after, boundary)
    _refuse_boundaries(before, after, boundaries)
    _refuse_columns((before, after), match)
    refuse_two_maps(before, after, match)
    sides = sides_of(before, after, boundaries)
    on_map = one_map(
        [each.sums.columns[name].labels for each in (before, after) for name in ORGANISATIONS if name in match],
        [*before.periods, *after.periods],
        [release_in(each.packages) for each in (before, after)],
        match,
        "" if restate is None and on_a_day(before, after) else restate,
    )
    cells = quantities(sides, match, on_map)
    place, parts = kinds(cells, sides)
    rows, chosen = match_lines(cells, place, parts, match)
    return replace(
        _change(rows, chosen, sides),
        title=title_of(sides, on_map),
        on_map=on_map.day,
        restated=on_map.moved,
        notes=notes_of(sides, on_map, chosen),
    )


def _change(rows: pd.DataFrame, chosen: Sequence[Kind], sides: tuple[Side, Side]) -> Change:
    """Return the change of the lines that both sides count, or either."""
    effects = split(rows, chosen)
    moving = np.any([effect != 0 for effect in effects.values()], axis=0)  # what neither counts is no line of either
    rows = rows[moving].reset_index(drop=True)
    effects = {name: effect[moving] for name, effect in effects.items()}
    return Change(
        _table=lines_table(rows, chosen, effects),
        factors=factors_table(rows["kind"].to_numpy(np.int64), chosen, effects, sides),
        title="",
        boundaries=(sides[0].boundary, sides[1].boundary),
        stamps=(sides[0].footprint.stamp, sides[1].footprint.stamp),
        labels=(sides[0].footprint.label(sides[0].boundary), sides[1].footprint.label(sides[1].boundary)),
    )


def _usual_match(*footprints: Compared) -> tuple[str, ...]:
    """Return by what lines are matched: organisation, and in roll-ups of one level the member too."""
    rolled = all(isinstance(each, Footprint) and MEMBER in each.sums.columns for each in footprints)
    return ORGANISATIONS if rolled else (ORGANISATION,)


def _boundaries(before: Footprint, after: Footprint, asked: str | tuple[str, str] | None) -> tuple[str, str]:
    if isinstance(asked, tuple):
        return asked
    if asked is not None:
        return asked, asked
    return before.boundary or before.method.headline, after.boundary or after.method.headline


def _refuse_boundaries(before: Footprint, after: Footprint, boundaries: tuple[str, str]) -> None:
    for footprint, name in zip((before, after), boundaries, strict=True):
        footprint.total(name, across_years=True)  # a boundary that cannot be totalled cannot be compared
    shared = [name for name in before.method.boundaries if name in after.method.boundaries]
    for footprint in (before, after):
        lacking = [name for name in boundaries if name not in footprint.method.boundaries]
        if lacking:
            raise UsageError(
                f"{footprint.method.id} has no boundary '{lacking[0]}', so what the method moves and what the boundary "
                f"moves cannot be told apart; name one that both have: {', '.join(shared)}"
            )


def _refuse_columns(footprints: Sequence[Footprint], match: Sequence[str]) -> None:
    for name in match:
        for footprint in footprints:
            if name in NOT_MATCHED or name not in footprint.sums.columns:
                there = ", ".join(column for column in footprint.sums.columns if column not in NOT_MATCHED)
                raise UsageError(f"lines cannot be matched by '{str(name)[:60]}'; there are {there}")
