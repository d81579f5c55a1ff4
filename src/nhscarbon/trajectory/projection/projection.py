"""`nc.project`: a footprint carried to later years, by theme and activity, with the chance of meeting a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.resolution import FactorKey
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.output.text import wrap
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.effects import with_actions
from nhscarbon.trajectory.pathways.naming import Assumed
from nhscarbon.trajectory.projection.assumptions import Assumption, as_frame
from nhscarbon.trajectory.projection.business_as_usual import FRAME, Cells, after_actions, business_as_usual, cells_of
from nhscarbon.trajectory.projection.future_factors import factor_years
from nhscarbon.trajectory.projection.grid_path import GRID, FactorPath, factor_path
from nhscarbon.trajectory.projection.growth import DriverTable, drivers_of
from nhscarbon.trajectory.projection.measured_years import measured_years
from nhscarbon.trajectory.projection.moved import Moved, after_pathways, along, line_asked
from nhscarbon.trajectory.projection.outcomes import Chances, Measured, Outcomes
from nhscarbon.trajectory.projection.sampling import Noise, spread_of
from nhscarbon.trajectory.targets.series import Years, year_notes, year_number, year_texts
from nhscarbon.trajectory.targets.subject import Subject, of_series
from nhscarbon.trajectory.targets.target_path import TargetPath
from nhscarbon.trajectory.targets.targets import targets

FrameChange = Callable[[pd.DataFrame], pd.DataFrame]
GridPath = str | Path | FactorPath
ActedOn = Iterable[Action] | FrameChange | None
GROUPED = FRAME[:4]
MOST = 1000  # groups whose bands are worked out, one after another


@dataclass(frozen=True, eq=False, repr=False)
class Projection(TableResult):
    """A footprint carried to later years.

    Attributes
    ----------
    table : pandas.DataFrame
        ``organisation, theme, activity, unit, year, quantity, kgco2e``, after actions where there are any; along
        pathways also ``assumption_of``, whose assumptions move the row, blank where nothing does.
    business_as_usual : pandas.DataFrame
        The same without actions and without ``assumption_of``.
    boundary, base : str
        What is counted, and the year that was measured.
    history : pandas.Series
        Tonnes that were measured, by calendar year that the NHS year starts in [tCO2e]; whole years alone. Its
        ``attrs`` say what it is about.
    assumptions : pandas.DataFrame
        ``about``, ``years``, ``assumption``, ``status`` and ``source``: everything that is taken for granted.
    noise : Noise
        What is uncertain.
    method : str
        The methodology.
    label : str
        The boundary with what the measured total covers: what is missing there is missing in every later year.
    moved : Moved or None
        Along pathways: who moves which tonne, and which themes have no path.
    """

    business_as_usual: pd.DataFrame
    boundary: str
    base: str
    history: pd.Series
    assumptions: pd.DataFrame
    noise: Noise
    method: str
    label: str
    moved: Moved | None = None

    @property
    def changes(self) -> pd.DataFrame:
        """How each later year differs from the measured one, by driver: along pathways alone.

        Returns
        -------
        pandas.DataFrame
            ``organisation, theme, activity, unit, year, pathway, assumption_of, kgco2e``. The rows of a year add up
            to its tonnes less those of the measured year.

        Raises
        ------
        UsageError
            If the projection follows no pathways.
        """
        return self._along().changes.copy()

    @property
    def themes(self) -> pd.DataFrame:
        """Which themes have a pathway: along pathways alone.

        Returns
        -------
        pandas.DataFrame
            ``theme, label, base_tco2e, with_path_tco2e`` [tCO2e], ``status`` (``path``; ``part``: of some activities;
            ``none``) and ``pathways``.

        Raises
        ------
        UsageError
            If the projection follows no pathways.
        """
        return self._along().themes.copy()

    @property
    def without_path(self) -> tuple[str, ...]:
        """Themes without a pathway, which stay flat: along pathways alone.

        Raises
        ------
        UsageError
            If the projection follows no pathways.
        """
        return self._along().without_path

    def _along(self) -> Moved:
        if self.moved is None:
            raise UsageError("the projection follows no pathways.", advice='Say pathways="central", "low" or "high".')
        return self.moved

    @property
    def years(self) -> Years:
        """The calendar years that the projected NHS years start in, the base first."""
        return self.noise.years

    def by(self, *columns: str) -> pd.DataFrame:
        """Return the tonnes of each year by any of organisation, theme, activity and unit: every figure as published.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        names = _known(columns)
        found = self._table.groupby([*names, "year"], as_index=False, observed=True)["kgco2e"].sum()
        tonnes: pd.DataFrame = found.assign(tco2e=found["kgco2e"] / KG_PER_TONNE).drop(columns="kgco2e")
        return tonnes

    @cached_property
    def outcomes(self) -> Outcomes:
        """The whole, in every year and draw."""
        return self._outcomes(self._table)

    def bands(self, *columns: str) -> pd.DataFrame:
        """Return the bands of each year, of the whole or by any of organisation, theme, activity and unit.

        Returns
        -------
        pandas.DataFrame
            The columns, ``year``, ``tco2e`` (every figure as published), ``mean``, ``median`` and ``low_50`` to
            ``high_95`` of the draws [tCO2e]. Bands of groups do not add up; their draws do.

        Raises
        ------
        UsageError
            If there is no such column, or there are more than 1,000 groups.
        """
        names = _known(columns)
        if not names:
            return self.outcomes.table
        parts = list(self._table.groupby(names, observed=True))
        if len(parts) > MOST:
            raise UsageError(f"{len(parts):,} groups are too many to draw, {MOST:,} at most: name fewer columns")
        found = []
        for words, part in parts:
            of_group: dict[str, Any] = dict(zip(names, words, strict=True))
            found.append(self._outcomes(part).table.assign(**of_group))
        table = pd.concat(found, ignore_index=True)
        return table[[*names, *(name for name in table.columns if name not in names)]]

    @property
    def subject(self) -> Subject:
        """What the tonnes are about: boundary, organisations, methodology."""
        return of_series(self.history)

    def chances(self, path: TargetPath, *, measured: Measured = "relative") -> Chances:
        """Return the chance of meeting each year, window and budget of a path; see `Outcomes.chances`.

        Raises
        ------
        BoundaryError, UsageError
            If the path is for something else than what is projected; see `TargetPath.judged`.
        """
        path.judged(self.history)
        return self.outcomes.chances(path, measured=measured)

    def _title(self) -> str:
        last = nhs_year(int(self.years[-1]))
        along = f", {self.moved.line.name} pathways" if self.moved else ""
        return f"Projection of {self.boundary} from {self.base} to {last}, by {self.method}{along}"

    def _about(self) -> dict[str, object]:
        about = self.subject
        return {"boundary": self.boundary, "organisations": list(about.organisations), "base": self.base,
                "method": self.method, "method_digest": about.digest, "on_map": about.on_map,
                **(self.moved.about() if self.moved else {})}  # fmt: skip

    def __str__(self) -> str:
        left_out = "".join(f"\n{line}" for note in year_notes(self.history) for line in wrap(note))
        last = nhs_year(int(self.years[-1]))
        bands = self.outcomes.table.iloc[-1]
        return (
            f"{self._title()}\n{self.label}\n"
            f"{self.base}  {self.outcomes.tco2e[0]:,.0f} tCO2e\n"
            f"{last}  {bands['median']:,.0f} tCO2e, 80 % between {bands['low_80']:,.0f} and {bands['high_80']:,.0f}\n"
            f"{len(self.assumptions)} assumptions: see .assumptions{left_out}"
        )

    def _outcomes(self, frame: pd.DataFrame) -> Outcomes:
        draws = self.noise.of(frame)
        central = frame.groupby("year", observed=True)["kgco2e"].sum().reindex(year_texts(self.years), fill_value=0.0)
        tco2e = central.to_numpy(np.float64) / KG_PER_TONNE
        base = draws[0] / tco2e[0] if tco2e[0] > 0 else np.ones(draws.shape[1])
        return Outcomes(self.years, tco2e, draws, base, self.subject)


def project(
    footprint: Footprint,
    *,
    to: str | int | None = None,
    base: str | None = None,
    boundary: str | None = None,
    drivers: DriverTable = None,
    path: GridPath = GRID,
    actions: ActedOn = None,
    pathways: str | None = None,
    assumptions: Assumed = None,
    draws: int = 8192,
    seed: int = 2026,
) -> Projection:
    """Carry a footprint to later years: activity by its drivers, each year at that year's factors.

    Parameters
    ----------
    footprint : Footprint
        Of one year or several; the last that is whole is the base. Years that are not whole are left out, and the
        assumptions say which and why.
    to : str, optional
        The last year; that of the national net zero target of the boundary when left out.
    base : str, optional
        Another of the footprint's years.
    boundary : str, optional
        The methodology's main total when left out.
    drivers : mapping, data frame or path, optional
        Growth of activity [% a year], such as ``{"energy.*": -1.0}``; spend in real terms. No growth where none is
        given, and the assumptions say so.
    path : str, Path or FactorPath, optional
        The path of the grid's factor after the latest official one.
    actions : iterable of Action, or callable, optional
        Carried out as `nhscarbon.trajectory.with_actions` does, each from the first year of its window; a callable
        takes the table of business as usual and returns it as its actions leave it. The base year may not change.
    pathways : str, optional
        ``low``, ``central`` or ``high``: every activity that a published pathway is about follows it, the rest stays
        as it is and is named. Without one, the grid alone moves. See `nhscarbon.trajectory.plus_pathways`.
    assumptions : mapping, optional
        What you take on yourself, by name: ``"default"``, the default of a line, a number or numbers by year. None is
        used unless it is named; ``plus_pathways().offered`` shows them with their defaults.
    draws : int, optional
        Number of Monte Carlo draws. Equal seeds give equal draws in every scenario, so differences are free of noise.
    seed : int, optional

    Returns
    -------
    Projection

    Raises
    ------
    UsageError
        If the footprint lacks the base year, that year is not a whole one or lacks an organisation, a year lies
        outside the path, drivers or actions cannot be used, or there are no such pathways or assumptions.
    BoundaryError
        If the boundary cannot be totalled.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> ahead = nc.project(footprint, to="2032/33", drivers={"energy.*": -1.0}, draws=500)
    >>> ahead.base, round(float(ahead.by()["tco2e"].iloc[0]), 2)
    ('2023/24', 58296.06)
    """
    method = footprint.method
    boundary = method.headline if boundary is None else boundary
    footprint.counted(boundary)  # refuses a boundary that cannot be totalled
    if draws < 2 or seed < 0:
        raise UsageError("bands need 2 draws or more, and a seed that is a whole number from 0")
    if assumptions and pathways is None:
        raise UsageError("assumptions belong to pathways.", advice='Say pathways="central", "low" or "high" as well.')
    line = None if pathways is None else line_asked(pathways, assumptions)
    measured = measured_years(footprint, boundary=boundary, base=base)
    history, start = measured.history, measured.base
    cells, said = cells_of(footprint, start)
    end = _last_year(boundary) if to is None else year_number(to)
    if end <= year_number(start):
        raise UsageError(f"the base is {start}; {nhs_year(end)} is not after it")
    years = np.arange(year_number(start), end + 1, dtype=np.int64)
    grid = path if isinstance(path, FactorPath) else factor_path(path)
    latest = max(int(year[:4]) for year in method.periods if year >= start)
    published, grid = grid, grid if line is None else line.grid(grid, latest)
    given = drivers_of(drivers, years)
    frame, factors, more = business_as_usual(
        cells, footprint, boundary=boundary, years=years, drivers=given, path=grid
    )  # fmt: skip
    moved = None
    if line is not None:
        frame, moved, told = along(
            frame, line, years=years, latest=latest, path=published, method=method.id, labels=method.catalogue.themes
        )
        more = [*after_pathways(more), *told]
    frame.attrs["boundary"] = boundary  # so that actions book nothing that it does not count
    after = frame if actions is None else after_actions(frame, _changed(frame, actions), years=years)
    added = _added(cells, after, footprint)
    if added:  # an action brought an activity that the base year has not: its factor is uncertain too
        factors = factor_years((*cells.keys, *added), method, boundary=boundary, years=years, path=grid)
    noise = Noise(factors, _tiers(cells), years, grid.package, draws, seed)
    taken = as_frame([*said, *measured.assumptions, *more, *_uncertain(frame, grid.package, years)])
    if moved is not None:
        moved = moved if actions is None else moved.after_actions(frame, after)
        after = moved.marked(after)
    for table in (after, frame):  # so that a plan is judged by no path for something else
        table.attrs = of_series(history).as_attributes()
    return Projection(after, frame, boundary, start, history, taken, noise, method.id, measured.label, moved)


def _changed(frame: pd.DataFrame, actions: Iterable[Action] | FrameChange) -> pd.DataFrame:
    return actions(frame.copy()) if callable(actions) else with_actions(frame, actions)


def _added(cells: Cells, after: pd.DataFrame, footprint: Footprint) -> tuple[FactorKey, ...]:
    """Return the keys of activities of the catalogue that only the table after actions has."""
    method, base = footprint.method, cells.keys[0].period
    had = {(key.activity, key.unit) for key in cells.keys}
    now = sorted(set(zip(after["activity"].astype(str), after["unit"].astype(str), strict=True)) - had)
    return tuple(FactorKey(activity, unit, base, method.manifest.geography) for activity, unit in now
                 if activity in method.catalogue.activities and unit in method.units.decimals)  # fmt: skip


def _known(columns: tuple[str, ...]) -> list[str]:
    strangers = [name for name in columns if name not in GROUPED]
    if strangers or len(set(columns)) < len(columns):
        raise UsageError(f"a projection is by {', '.join(GROUPED)}, each once; not by {', '.join(columns)[:80]}")
    return list(columns)


def _last_year(boundary: str) -> int:
    last = [each.last_year for each in targets() if each.boundary == boundary and each.kind == "net_zero"]
    if not last:
        raise UsageError(f"there is no national net zero target for {boundary}: say to which year to project")
    return max(last)


def _tiers(cells: Cells) -> dict[tuple[str, str, str], tuple[tuple[str, float], ...]]:
    """Return the share of each tier in what an organisation sent of an activity."""
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for (organisation, activity, unit, _, tier), quantity in zip(cells.words, cells.quantity.tolist(), strict=True):
        of_pair = found.setdefault((organisation, activity, unit), {})
        of_pair[tier] = of_pair.get(tier, 0.0) + quantity
    return {name: tuple((tier, quantity / sum(parts.values())) for tier, quantity in parts.items())
            for name, parts in found.items() if sum(parts.values())}  # fmt: skip


def _uncertain(frame: pd.DataFrame, path: str, years: Years) -> list[Assumption]:
    """Return how much activity and the path's pace are taken to wander."""
    span = year_texts(years[[1, -1]])
    after = f"{span[0]} to {span[1]}"
    own = sorted({100 * spread_of("growth", activity) for activity in frame["activity"].unique().tolist()})
    most = " to ".join(dict.fromkeys(f"{each:.1f}" for each in (own[:1] + own[-1:])))
    return [
        Assumption("bands", after, f"activity of one organisation wanders by {most} % a year (standard "
                   "deviation), what all share by less; mergers and sites that change hands are not in the bands",
                   "derived for energy, else proposed", "projection-1"),
        Assumption("bands", after, f"the pace of the grid's path is uncertain by {100 * spread_of('pace', path):.0f} % "
                   "(standard deviation of its logarithm)", "proposed", "projection-1"),
        Assumption("bands", after, "warming potentials and the official factors of later years are not drawn apart: "
                   "the factor's error of the base year is shared by all years", "assumed"),
    ]  # fmt: skip
