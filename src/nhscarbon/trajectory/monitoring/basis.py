"""What organisations are judged against: the base year, its inventory, and a path from a base of one tonne."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.targets.series import year_number
from nhscarbon.trajectory.targets.target_path import TargetPath
from nhscarbon.trajectory.targets.targets import Targets

USUAL_BASE = "2019/20"  # of the Greener NHS programme
WHOLE_PERCENT = 100
ENDS = ("end", "first")  # the two readings of a window that are always given


@dataclass(frozen=True)
class Basis:
    """How paths are drawn.

    Attributes
    ----------
    plan : Targets
    base_year : str
    inventory : str
        As asked for; empty where each boundary takes the one that its targets name.
    shape, reading : str
    residual : float
    """

    plan: Targets
    base_year: str
    inventory: str
    shape: str
    residual: float
    reading: str

    __repr__ = short_repr

    @property
    def base_period(self) -> str:
        """The base year as an NHS year."""
        return nhs_year(year_number(self.base_year))

    def inventory_of(self, boundary: str) -> str:
        """Return the inventory that the targets of a boundary are taken on: the one asked for, or the only one."""
        if self.inventory:
            return self.inventory
        held = {each.inventory for each in self.plan
                if each.boundary == boundary and each.base_year == self.base_year}  # fmt: skip
        return next(iter(held)) if len(held) == 1 else ""

    def path(self, boundary: str, base_tco2e: float, reading: str = "") -> TargetPath:
        """Return the path of a boundary from a base [tCO2e]; raises as `Targets.path`."""
        return self.plan.path(
            pd.Series({self.base_year: base_tco2e}), boundary=boundary, base_year=self.base_year,
            inventory=self.inventory_of(boundary), shape=self.shape, residual=self.residual,
            reading=reading or self.reading, base_tco2e=base_tco2e,
        )  # fmt: skip

    def units(self, boundary: str) -> list[TargetPath]:
        """Return the paths from a base of 1 tCO2e: the reading that decides, then the other end of its windows."""
        decides = self.path(boundary, 1.0)
        others = [self.path(boundary, 1.0, reading) for reading in ENDS if reading != self.reading]
        return [decides, *others]


def basis(
    plan: Targets, boundaries: Collection[str], years: Sequence[str], *, base_year: str, inventory: str, shape: str,
    residual: float, reading: str,
) -> Basis:  # fmt: skip
    """Return how paths are drawn, the base year chosen where none is named.

    Left out, it is 2019/20 where a target of these boundaries is a cut on it; else the first NHS year that one is a
    cut on and that is at hand; else the first.

    Raises
    ------
    UsageError
        If no target is a cut on an NHS year and none is named.
    PeriodError
        If the base year is no year.
    """
    if base_year:
        year = next(
            (each.base_year for each in plan if year_number(each.base_year) == year_number(base_year)), base_year
        )
        return Basis(plan, year, inventory, shape, residual, reading)
    cuts = [each for each in plan if each.reduction_percent < WHOLE_PERCENT and each.boundary in boundaries]
    held = sorted({each.base_year for each in cuts if "/" in each.base_year})
    if not held:
        raise UsageError(
            f"{plan.plan} has no cut on an NHS year for {', '.join(boundaries)}",
            advice="name the base year, and the inventory to convert the targets in, such as "
            "base_year='2019/20', inventory='five-year-report-2025'.",
        )
    at_hand = [year for year in held if year in years]
    year = USUAL_BASE if USUAL_BASE in held else (at_hand or held)[0]
    return Basis(plan, year, inventory, shape, residual, reading)
