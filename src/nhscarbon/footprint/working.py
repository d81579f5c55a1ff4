"""The working of a footprint: cells times factor lines, and the tonnes that are read off them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.checks.totals import Totals, text
from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.footprint.factor_lines import FACTOR_WORDS, FactorLines, Rows, as_frame, expand, factor_lines
from nhscarbon.footprint.grouping import group_tonnes, refuse_unknown
from nhscarbon.footprint.not_counted import without_factor
from nhscarbon.methods.boundaries import lines_inside, missing_components, refuse_blocked
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result


@dataclass(frozen=True, eq=False, repr=False)
class Working(Result):
    """Quantities, the factors of each, and their products.

    Attributes
    ----------
    method : Methodology
    sums : Totals
        Quantities by organisation, NHS year, activity, unit, geography and tier.
    resolutions : Mapping[FactorKey, Resolution]
        The factors of each distinct key.
    """

    method: Methodology
    sums: Totals
    resolutions: Mapping[FactorKey, Resolution]

    @property
    def periods(self) -> tuple[str, ...]:
        """The NHS years that it holds, in order."""
        return self.sums.columns["period"].labels

    @cached_property
    def factor_lines(self) -> FactorLines:
        """The factor lines of the cells' keys."""
        return factor_lines(*self.sums.keyed, self.resolutions)

    @cached_property
    def rows(self) -> Rows:
        """The table as places and arrays; `table` is the same with its words."""
        return expand(self.factor_lines, self.sums.quantity)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group and factor: ``quantity * conversion * factor == kgco2e``.

        `quantity` is in `unit`, `conversion` in the factor's unit per `unit`, `factor` in kgCO2e per
        `factor_unit`; `package` and `locator` name the publication and the cell. Words are categories.
        Each call returns a frame of its own, so that editing it changes no result.
        """
        return as_frame(self.sums.columns, self.sums.quantity, self.factor_lines, self.rows)

    @cached_property
    def not_counted(self) -> pd.DataFrame:
        """What was sent but has no published factor: its quantities and the reason."""
        return without_factor(self.sums, self.resolutions)

    def total(self, boundary: str | None = None, across_years: bool = False) -> float:
        """Return the tonnes inside a boundary.

        Parameters
        ----------
        boundary : str, optional
            Such as ``"nhs_carbon_footprint"``; the methodology's main total when left out.
        across_years : bool, optional
            Whether several NHS years are to be added.

        Returns
        -------
        float
            [tCO2e], unrounded; the same bits whatever the order of the rows.

        Raises
        ------
        PeriodError
            If it holds several NHS years and `across_years` is not set.
        UsageError
            If the methodology has no such boundary.
        BoundaryError
            If a component that the boundary needs was not published for some row.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
        >>> round(footprint.total("scope_1"), 1) > 0
        True
        """
        if len(self.periods) > 1 and not across_years:
            raise PeriodError(
                f"this footprint holds {len(self.periods)} NHS years, {self.periods[0]} to {self.periods[-1]}, "
                "and years are not added in silence.",
                advice=f"See each with by(), take one with filter(period='{self.periods[-1]}'), or add them with "
                "across_years=True.",
            )
        _, kgco2e = group_tonnes(self.sums, self.factor_lines, self.counted(boundary), ("activity", "component"))
        return math.fsum(kgco2e) / KG_PER_TONNE

    def by(self, *columns: str, boundary: str | None = None, across_years: bool = False) -> pd.DataFrame:
        """Return the tonnes inside a boundary, by any columns of the table.

        Parameters
        ----------
        *columns : str
            Such as ``"theme"``, ``"scope"``, ``"organisation"``, ``"tier"``.
        boundary : str, optional
            The methodology's main total when left out.
        across_years : bool, optional
            Whether several NHS years are to be added.

        Returns
        -------
        pandas.DataFrame
            The columns asked for and ``tco2e``, in ascending order of the columns. ``period`` is put first where
            there are several NHS years and it is not named.

        Raises
        ------
        UsageError
            If there is no such column or boundary.
        BoundaryError
            As `total`.
        """
        self.known(columns)
        if len(set(columns)) < len(columns):
            raise UsageError(f"a column is named twice: {', '.join(columns)}")
        if len(self.periods) > 1 and "period" not in columns and not across_years:
            columns = ("period", *columns)
        if not columns:
            return pd.DataFrame({"tco2e": [self.total(boundary, across_years)]})
        words, kgco2e = group_tonnes(self.sums, self.factor_lines, self.counted(boundary), columns)
        frame = pd.DataFrame({name: text(column) for name, column in words.items()})
        return frame.assign(tco2e=kgco2e / KG_PER_TONNE)

    def inside(self, boundary: str | None = None) -> NDArray[np.bool_]:
        """Return which rows of the table a boundary includes; raises as `total`."""
        return self.counted(boundary)[self.rows.line]

    def counted(self, boundary: str | None) -> NDArray[np.bool_]:
        """Return which factor lines a boundary includes; raises as `total`."""
        boundary = self.method.headline if boundary is None else boundary
        refuse_blocked(boundary, self.resolutions.values(), self.method)
        return lines_inside(boundary, self.factor_lines.lines, self.method)

    def missing_components(self, boundary: str) -> list[tuple[FactorKey, str]]:
        """Return the (key, component) pairs that a boundary needs and no publication has."""
        return missing_components(boundary, self.resolutions.values(), self.method)

    def _column(self, name: str) -> Column:
        """Return a text column of the table, coded."""
        of_cells = name in self.sums.columns
        column = self.sums.columns[name] if of_cells else self.factor_lines.column(name)
        return Column(column.codes[self.rows.cell if of_cells else self.rows.line], column.labels)

    def known(self, columns: Iterable[str]) -> None:
        """Refuse columns of words that the table does not have, with the nearest name."""
        refuse_unknown(columns, (*self.sums.columns, *FACTOR_WORDS))
