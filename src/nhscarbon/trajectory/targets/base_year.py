"""The total of the base year that a path starts from: measured, stated, or supplied by someone else by theme."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.targets.members import followed_by
from nhscarbon.trajectory.targets.series import why_missing, year_number
from nhscarbon.trajectory.targets.subject import of_series
from nhscarbon.trajectory.targets.target_path import SAME_BASE


@dataclass(frozen=True)
class Base:
    """The total of a base year [tCO2e], whose it is, and where it comes from."""

    tco2e: float
    organisations: tuple[str, ...] = ()
    note: str = ""

    __repr__ = short_repr


def base_of(
    held: pd.Series, target: str, base_year: str, *, boundary: str, tco2e: float | None,
    supplied: SuppliedFootprint | None,
) -> Base:  # fmt: skip
    """Return the base of a target.

    Parameters
    ----------
    held : pandas.Series
        Tonnes by year, from `series_of`.
    target, base_year : str
    boundary : str
    tco2e : float, optional
        The total as it was stated [tCO2e].
    supplied : SuppliedFootprint, optional
        The base year as it was supplied by theme.

    Raises
    ------
    UsageError
        If the base year is not known, is known in two ways that differ, is of other organisations, or is not above 0.
    BoundaryError
        If the themes that were supplied cannot be totalled in the boundary.
    """
    year = year_number(base_year)
    if tco2e is not None and supplied is not None:
        raise UsageError(f"the total of {base_year} is given twice, as base_tco2e and as base", advice="Give one.")
    if supplied is not None:
        found = _supplied(supplied, base_year, boundary, held)
    elif tco2e is not None:
        found = Base(float(tco2e), note=" (stated)")
    elif year in held.index:
        found = Base(float(held[year]))
    else:
        last = nhs_year(int(held.index[-1]))
        raise UsageError(
            f"{target} is a cut on {base_year}, which the series does not hold. {why_missing(held, year)}",
            advice="Or give that year's total as base_tco2e or, by theme, as base=supplied_footprint(...), or bring "
            f"the target to a year that the series holds: target.on('{last}', inventory=...).",
        )
    if not found.tco2e > 0:
        raise UsageError(f"the total of {base_year} must be above 0 tCO2e to cut it; it is {found.tco2e:g}")
    if year in held.index and abs(float(held[year]) - found.tco2e) > SAME_BASE * found.tco2e:
        raise UsageError(
            f"The series has {float(held[year]):,.1f} tCO2e in {base_year}, the base that is given {found.tco2e:,.1f}: "
            "one year has one base.",
            advice="Leave out the base that is given, or take that year out of the series.",
        )
    return found


def _supplied(supplied: SuppliedFootprint, base_year: str, boundary: str, held: pd.Series) -> Base:
    """Return the total of a base year that was supplied by theme, with its source."""
    year = nhs_year(year_number(base_year))
    if year not in supplied.periods:
        raise UsageError(
            f"the footprint supplied by {supplied.source} has no {base_year}, only {', '.join(supplied.periods)}",
            advice=f"Bring the target to a base year that it has, with Target.on, or supply {base_year}.",
        )
    part = supplied.filter(period=year)
    themes, of = part.themes(boundary)
    if not themes:
        raise UsageError(
            f"the footprint supplied by {supplied.source} has no theme of {boundary} in {year}: a theme of the Plus "
            "alone is outside the NHS Carbon Footprint",
            advice="Supply the themes of that boundary, or take the targets of the other one.",
        )
    followed = followed_by(part, of_series(held), nhs_year(int(held.index[-1])))
    note = (
        f" (supplied by {part.source}, vintage {part.vintage}, {len(themes)} of {of} themes, "
        f"SHA-256 {part.sha256[:12]}{followed})"
    )
    return Base(part.total(boundary), part.organisations, note)
