"""Footprints from outside: figures calculated centrally are shown with the bottom-up ones, never in their sum."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nhscarbon.activity.files.sheets import read_bytes
from nhscarbon.activity.files.text import decode
from nhscarbon.errors import BoundaryError, PeriodError, UnreadableError, UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_themes
from nhscarbon.methods.boundaries import known_boundary
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
    method : Methodology
        Whose themes the rows use, and whose boundaries they are totalled in.
    """

    source: str
    sha256: str
    method: Methodology

    @property
    def periods(self) -> tuple[str, ...]:
        """The NHS years that it holds, in order."""
        return tuple(sorted(set(self._table["period"])))

    @property
    def organisations(self) -> tuple[str, ...]:
        """The codes of the organisations that it holds, in order."""
        return tuple(sorted(set(map(str, self._table["organisation"]))))

    @property
    def vintage(self) -> str:
        """The vintages of its rows."""
        return ", ".join(sorted(set(self._table["vintage"])))

    def total(self, boundary: str | None = None, across_years: bool = False) -> float:
        """Return the tonnes of the themes inside a boundary, of one NHS year.

        Parameters
        ----------
        boundary : str, optional
            The methodology's main total when left out.
        across_years : bool, optional
            Whether several NHS years may be added up.

        Returns
        -------
        float
            [tCO2e]

        Raises
        ------
        PeriodError
            If it holds several NHS years.
        BoundaryError
            If a theme of it is only partly inside the boundary.
        UsageError
            If the methodology has no such boundary.
        """
        if len(self.periods) > 1 and not across_years:
            raise PeriodError(
                f"the footprint supplied by {self.source} holds {len(self.periods)} NHS years, {self.periods[0]} to "
                f"{self.periods[-1]}, which are not added up",
                advice=f"Take one, such as .filter(period='{self.periods[-1]}').total(), or see .by('period').",
            )
        return math.fsum(self._inside(boundary)["tco2e"])

    def by(self, *columns: str, boundary: str | None = None, across_years: bool = False) -> pd.DataFrame:
        """Return the tonnes inside a boundary by any of organisation, period, theme, tier, vintage and method_note.

        Parameters
        ----------
        *columns : str
        boundary : str, optional
            The methodology's main total when left out.
        across_years : bool, optional
            Whether several NHS years may be added up; else ``period`` is put first where it is not named.

        Returns
        -------
        pandas.DataFrame
            The columns and ``tco2e``.

        Raises
        ------
        BoundaryError
            As `total`.
        UsageError
            If there is no such column or boundary.
        """
        self._known(columns)
        if len(self.periods) > 1 and not across_years and "period" not in columns:
            columns = ("period", *columns)
        if not columns:
            return pd.DataFrame({"tco2e": [self.total(boundary, across_years=across_years)]})
        return self._inside(boundary).groupby(list(columns), as_index=False, sort=True)[["tco2e"]].sum()

    def filter(self, **where: str | Sequence[str]) -> SuppliedFootprint:
        """Return the part of it that has some words.

        Parameters
        ----------
        **where : str or sequence of str
            Such as ``period="2019/20"`` or ``organisation=["RTG", "RFS"]``.

        Raises
        ------
        UsageError
            If there is no such column, or no row fits.

        Examples
        --------
        >>> import pandas as pd, nhscarbon as nc
        >>> rows = pd.DataFrame({"organisation": ["RX1", "RR8"], "period": ["2019/20"] * 2, "theme": ["water"] * 2,
        ...                      "tco2e": [101.0, 99.0], "vintage": ["2022"] * 2, "method_note": ["central"] * 2})
        >>> central = nc.analysis.supplied_footprint(rows, nc.methodology("nhs-2026.1"), source="Greener NHS")
        >>> central.filter(organisation="RR8").total()
        99.0
        """
        self._known(where)
        here = np.ones(len(self._table), np.bool_)
        for name, words in where.items():
            here &= self._table[name].isin([words] if isinstance(words, str) else list(words)).to_numpy()
        if not here.any() or not where:
            asked = ", ".join(f"{name}={words}" for name, words in where.items()) or "nothing"
            raise UsageError(
                f"no row of the footprint supplied by {self.source} has {asked[:200]}",
                advice=f"It has {', '.join(self.organisations)[:200]} in {', '.join(self.periods)}.",
            )
        part = self._table[here].reset_index(drop=True)
        return SuppliedFootprint(part, self.source, _sha256(part), self.method)

    def themes(self, boundary: str | None = None) -> tuple[tuple[str, ...], int]:
        """Return the themes of a boundary that it holds, and how many the boundary has."""
        asked = boundary_themes(self.method.headline if boundary is None else boundary, self.method)
        held = set(self._inside(boundary)["theme"])
        return tuple(theme for theme in asked if theme in held), len(asked)

    def _known(self, columns: Iterable[str]) -> None:
        wrong = [name for name in columns if name not in self._table.columns or name == "tco2e"]
        if wrong:
            known = ", ".join(name for name in COLUMNS if name != "tco2e")
            raise UsageError(f"a supplied footprint has no column '{wrong[0][:60]}'; there are {known}")

    def _inside(self, boundary: str | None) -> pd.DataFrame:
        """Return the rows of the themes that are inside a boundary."""
        boundary = self.method.headline if boundary is None else boundary
        inside, unclear = themes_inside(boundary, self.method)
        if lost := sorted(set(self._table["theme"]) & unclear):
            raise BoundaryError(
                f"the footprint supplied by {self.source} is by theme, and only a part of {', '.join(lost)} is inside "
                f"{boundary}: its themes cannot tell how much",
                advice=f"Use {self.method.headline} or {self.method.widest}, whose themes are whole.",
            )
        return self._table[self._table["theme"].isin(inside)]

    def _title(self) -> str:
        return f"Footprint supplied by {self.source}, {len(self._table):,} rows"

    def _about(self) -> dict[str, object]:
        return {"source": self.source, "vintage": self.vintage, "sha256": self.sha256}

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
    UnreadableError
        If the file is not there or is no CSV file.

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
    rows = _csv(Path(frame)) if isinstance(frame, str | Path) else frame.reset_index(drop=True)
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
    return SuppliedFootprint(ordered, source, _sha256(ordered), method)


def _csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(io.StringIO(decode(path.name, read_bytes(path))), dtype=str)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnreadableError(f"'{path.name}' cannot be read as a CSV file of supplied tonnes: {error}") from error


def themes_inside(boundary: str, method: Methodology) -> tuple[frozenset[str], frozenset[str]]:
    """Return the themes that a boundary counts whole, and those that it counts in part.

    A theme is what the widest boundary counts of it: biogenic carbon, for one, is in no theme of a supplied table.

    Raises
    ------
    UsageError
        If the methodology has no such boundary.
    """
    known_boundary(boundary, method)
    reported = method.catalogue.reported_in
    of_theme: dict[str, set[tuple[str, str, str]]] = {}
    counted: dict[str, set[tuple[str, str, str]]] = {}
    for (name, category, component, scope), included in method.included.items():
        if not included or name not in (boundary, method.widest) or (category, component) not in reported:
            continue
        theme, kind = reported[category, component], (category, component, scope)
        if name == method.widest:
            of_theme.setdefault(theme, set()).add(kind)
        if name == boundary:
            counted.setdefault(theme, set()).add(kind)
    inside = frozenset(theme for theme, kinds in of_theme.items() if counted.get(theme) == kinds)
    return inside, frozenset(counted) - inside


def _sha256(rows: pd.DataFrame) -> str:
    return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()


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
