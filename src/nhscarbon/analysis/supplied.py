"""Footprints from outside: figures calculated centrally are shown with the bottom-up ones, never in their sum."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.output.results import TableResult
from nhscarbon.periods import parse_period

COLUMNS = ("organisation", "period", "theme", "tier", "tco2e", "vintage", "method_note")


@dataclass(frozen=True, eq=False, repr=False)
class SuppliedFootprint(TableResult):
    """Tonnes that someone else calculated, with their vintage and method.

    Attributes
    ----------
    table : pandas.DataFrame
        organisation, period (NHS year), theme, tier, tco2e, vintage, method_note.
    source : str
        Who supplied it.
    sha256 : str
        Of the sorted rows: the stamp of what was supplied.
    """

    source: str
    sha256: str

    def total(self) -> float:
        """Return all the tonnes supplied [tCO2e]."""
        return float(self._table["tco2e"].sum())

    def by(self, *columns: str) -> pd.DataFrame:
        """Return the tonnes supplied by any of organisation, period, theme, tier, vintage and method_note.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        wrong = [name for name in columns if name not in self._table.columns or name == "tco2e"]
        if wrong:
            known = ", ".join(name for name in COLUMNS if name != "tco2e")
            raise UsageError(f"a supplied footprint has no column '{wrong[0][:60]}'; there are {known}")
        if not columns:
            return pd.DataFrame({"tco2e": [self.total()]})
        return self._table.groupby(list(columns), as_index=False, sort=True)[["tco2e"]].sum()

    def _title(self) -> str:
        return f"Footprint supplied by {self.source}, {len(self._table):,} rows"

    def _about(self) -> dict[str, object]:
        return {"source": self.source, "sha256": self.sha256}

    def __add__(self, other: object) -> SuppliedFootprint:
        raise UsageError(
            "a footprint supplied from outside is never added to another: put it beside with "
            "`nhscarbon.analysis.beside`"
        )

    __radd__ = __add__


def supplied_footprint(
    frame: pd.DataFrame | str | Path, method: Methodology | str, *, source: str
) -> SuppliedFootprint:
    """Load a footprint that was calculated elsewhere.

    Parameters
    ----------
    frame : pandas.DataFrame, str or Path
        Rows, or a CSV file of them, with organisation, period, theme, tco2e, vintage and method_note;
        tier may be left out.
    method : Methodology or str
        Whose themes the rows must use.
    source : str
        Who supplied it.

    Returns
    -------
    SuppliedFootprint

    Raises
    ------
    UsageError
        If a column is missing, a theme unknown, a figure no number, or a vintage or method empty: every
        error is named.

    Examples
    --------
    >>> import pandas as pd, nhscarbon as nc
    >>> rows = pd.DataFrame({"organisation": ["RX1"], "period": ["2019/20"], "theme": ["water"], "tco2e": [101.0],
    ...                      "vintage": ["2022"], "method_note": ["apportioned centrally"]})
    >>> nc.analysis.supplied_footprint(rows, nc.methodology("nhs-2026.1"), source="Greener NHS").total()
    101.0
    """
    method = as_methodology(method)
    # all as text: an organisation code such as 5E1 is no number
    rows = pd.read_csv(frame, dtype=str) if isinstance(frame, str | Path) else frame.reset_index(drop=True)
    lacking = [name for name in COLUMNS if name not in rows.columns and name != "tier"]
    if lacking:
        raise UsageError(f"a supplied footprint needs the column {', '.join(lacking)}")
    rows = rows.assign(tier=rows["tier"] if "tier" in rows.columns else "unstated")[list(COLUMNS)]
    faults = [
        f"unknown theme '{theme}'" for theme in sorted(set(map(str, rows["theme"])) - set(method.catalogue.themes))
    ]
    numbers = pd.to_numeric(rows["tco2e"], errors="coerce")
    wrong = ~np.isfinite(numbers.to_numpy(np.float64))
    faults += [f"row {row + 1}: '{rows['tco2e'].iloc[row]}' is not a figure" for row in np.flatnonzero(wrong)]
    faults += [
        f"{int((rows[name].isna() | (rows[name].astype(str).str.strip() == '')).sum())} rows without {name}"
        for name in ("organisation", "tier", "vintage", "method_note")
        if (rows[name].isna() | (rows[name].astype(str).str.strip() == "")).any()
    ]
    if faults:
        raise UsageError(f"the footprint supplied by {source} was not taken: {'; '.join(faults[:8])}")
    rows = rows.assign(
        period=[parse_period(str(text)).year for text in rows["period"]],
        tco2e=numbers.astype(float),
        vintage=rows["vintage"].astype(str),
    )
    same = rows.duplicated(["organisation", "period", "theme", "tier"])
    if same.any():
        raise UsageError(
            f"the footprint supplied by {source} was not taken: {int(same.sum())} rows give another figure for "
            "the same organisation, year, theme and tier; two vintages are two supplied footprints"
        )
    ordered = rows.sort_values(list(COLUMNS), ignore_index=True)
    sha256 = hashlib.sha256(ordered.to_csv(index=False).encode()).hexdigest()
    return SuppliedFootprint(ordered, source, sha256)


def beside(
    footprint: Footprint, supplied: SuppliedFootprint, *columns: str, boundary: str | None = None
) -> pd.DataFrame:
    """Put a supplied footprint beside a calculated one, by columns that both have.

    Parameters
    ----------
    footprint : Footprint
    supplied : SuppliedFootprint
    *columns : str
        Of organisation, period, theme and tier; theme when left out.
    boundary : str, optional
        Of the calculated footprint; the main total when left out.

    Returns
    -------
    pandas.DataFrame
        For the organisations and NHS years of the footprint: the columns, ``tco2e`` (calculated),
        ``supplied_tco2e``, ``vintage`` and ``source``. A cell without a figure is empty, not zero, and the
        two are never summed.

    Raises
    ------
    UsageError
        If a column is not one that both have, or the supplied one has themes that the boundary leaves out
        and the columns do not name the theme: two boundaries would stand side by side.
    """
    names = columns or ("theme",)
    wrong = [name for name in names if name not in ("organisation", "period", "theme", "tier")]
    if wrong:
        raise UsageError(f"a supplied footprint has no '{wrong[0][:60]}': choose of organisation, period, theme, tier")
    ours = footprint.by(*names, boundary=boundary)
    _refuse_wider(footprint, supplied, names, boundary or footprint.method.headline)
    whose = footprint.sums.keys[["organisation", "period"]].astype(str).drop_duplicates()
    grouped = supplied.table.merge(whose, on=["organisation", "period"]).groupby(list(names), as_index=False)
    theirs = grouped.agg(
        supplied_tco2e=("tco2e", "sum"), vintage=("vintage", lambda values: ", ".join(sorted(set(values))))
    )
    table = ours.merge(theirs, on=list(names), how="outer", sort=True)
    return table.assign(source=supplied.source)


def _refuse_wider(footprint: Footprint, supplied: SuppliedFootprint, names: Sequence[str], boundary: str) -> None:
    """Refuse to put a wider footprint beside a narrower one where no column tells them apart."""
    method = footprint.method
    inside = {
        method.catalogue.reported_in[category, component]
        for (name, category, component, _), included in method.included.items()
        if included and name == boundary
    }
    outside = sorted(set(supplied.table["theme"]) - inside)
    if outside and "theme" not in names:
        raise UsageError(
            f"the footprint supplied by {supplied.source} holds {', '.join(outside[:5])}, which '{boundary}' leaves "
            f"out: name the theme as a column, or a boundary that holds them ({', '.join(method.boundaries[:2])})"
        )
