"""Three lines, not one: a footprint along the low, central and high pathways, each named as whose assumption."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.output.tables import screen_table
from nhscarbon.output.text import SCREEN_LINES, screen, wrap
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.pathways.naming import Assumed
from nhscarbon.trajectory.pathways.plus import LINES
from nhscarbon.trajectory.projection.grid_path import GRID
from nhscarbon.trajectory.projection.growth import DriverTable
from nhscarbon.trajectory.projection.projection import ActedOn, GridPath, Projection, project
from nhscarbon.trajectory.targets.subject import of_series

SHOWN = 6  # years on a screen
MEANING = {
    "low": "as central, and as if official aims were kept",
    "central": "as high, with the Climate Change Committee's pathway and official estimates",
    "high": "what has happened and the Government's path of the grid",
}


@dataclass(frozen=True, eq=False, repr=False)
class ThreeLines(TableResult):
    """A footprint along three pathways.

    Attributes
    ----------
    table : pandas.DataFrame
        ``line, year, theme, tco2e, change_tco2e`` (against the measured year) and ``assumption_of``, whose
        assumptions move the theme, blank where nothing does.
    low, central, high : Projection
    """

    low: Projection
    central: Projection
    high: Projection

    @property
    def totals(self) -> pd.DataFrame:
        """The total of each year: ``year, low, central, high`` [tCO2e]."""
        totals = [each.by().set_index("year")["tco2e"].rename(name) for name, each in self._each().items()]
        found = pd.concat(totals, axis=1)
        return found.reset_index()

    @property
    def changes(self) -> pd.DataFrame:
        """Each line's change against the measured year: ``line, year, theme, pathway, assumption_of, tco2e``.

        The rows of a line and year add up to its total less that of the measured year.
        """
        keys = ["year", "theme", "pathway", "assumption_of"]
        parts: list[pd.DataFrame] = []
        for name, each in self._each().items():
            found = each.changes.groupby(keys, as_index=False, observed=True, sort=False)["kgco2e"].sum()
            more = {"line": name, "tco2e": found["kgco2e"] / KG_PER_TONNE}
            parts.append(pd.DataFrame(found.assign(**more)[["line", *keys, "tco2e"]]))
        return pd.concat(parts, ignore_index=True)

    @property
    def themes(self) -> pd.DataFrame:
        """Which themes have a pathway in each line: ``line`` and the columns of `Projection.themes`."""
        parts = [each.themes.assign(line=name) for name, each in self._each().items()]
        found = pd.concat(parts, ignore_index=True)
        return found[["line", *(name for name in found.columns if name != "line")]]

    @property
    def without_path(self) -> tuple[str, ...]:
        """Themes that have no pathway in any line: they stay flat, and no forecast is made."""
        none = [set(each.without_path) for each in self._each().values()]
        return tuple(theme for theme in self.high.without_path if all(theme in each for each in none))

    @property
    def assumptions(self) -> pd.DataFrame:
        """What each line takes for granted: ``line`` and the columns of `Projection.assumptions`."""
        parts = [each.assumptions.assign(line=name) for name, each in self._each().items()]
        found = pd.concat(parts, ignore_index=True)
        return found[["line", *(name for name in found.columns if name != "line")]]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Whose assumption each line is, and what share of the measured year no pathway is about."""
        found = [f"{name}: {MEANING[name]}." for name in LINES]
        mine = [f"{name} = {said}" for name, said in self._named()]
        if mine:
            found.append(f"Yours: {'; '.join(mine)}.")
        themes = self.high.themes.set_index("theme")
        if self.without_path:
            whole = float(themes["base_tco2e"].sum())
            part = float(themes.loc[list(self.without_path), "base_tco2e"].sum())
            names = ", ".join(themes.loc[list(self.without_path), "label"])
            found.append(f"No path, so flat, {100 * part / whole:.0f} % of {self.high.base}: {names}.")
        return tuple(found)

    def _each(self) -> dict[str, Projection]:
        return {"low": self.low, "central": self.central, "high": self.high}

    def _named(self) -> list[tuple[str, str]]:
        moved = self.central.moved
        return [(each.driver.id, each.said) for each in moved.line.named] if moved else []

    def _title(self) -> str:
        last = nhs_year(int(self.high.years[-1]))
        return f"Three lines of {self.high.boundary} from {self.high.base} to {last}, by {self.high.method} [tCO2e]"

    def _about(self) -> dict[str, object]:
        about, moved = of_series(self.high.history), self.high.moved
        package = {} if moved is None else {name: value for name, value in moved.about().items() if name != "pathways"}
        return {"boundary": self.high.boundary, "organisations": list(about.organisations), "base": self.high.base,
                "method": self.high.method, "method_digest": about.digest, "label": self.high.label,
                **package}  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        return (self.high.label, *self.sentences)

    def __str__(self) -> str:
        title, notes = wrap(self._title()), [part for note in self._notes() for part in wrap(note)]
        lines = self.totals
        step = max(1, -(-(len(lines) - 1) // SHOWN))
        shown = lines.iloc[sorted({*range(0, len(lines), step), len(lines) - 1})]
        rounded = shown.assign(**{name: shown[name].round().astype(int) for name in LINES})
        room = max(SCREEN_LINES - len(title) - len(notes), len(rounded) + 2)
        return screen([*title, *screen_table(rounded, room), *notes])


def three_lines(
    footprint: Footprint,
    *,
    to: str | int | None = None,
    base: str | None = None,
    boundary: str | None = None,
    drivers: DriverTable = None,
    path: GridPath = GRID,
    actions: ActedOn = None,
    assumptions: Assumed = None,
    draws: int = 8192,
    seed: int = 2026,
) -> ThreeLines:
    """Carry a footprint along the low, central and high pathways.

    Parameters
    ----------
    footprint, to, base, boundary, drivers, path, actions, draws, seed
        As of `nhscarbon.project`.
    assumptions : mapping, optional
        As of `nhscarbon.project`: ``"default"`` gives each line its own default, a figure of yours is in all three.

    Returns
    -------
    ThreeLines
        Low is at or below central and central at or below high in each year.

    Raises
    ------
    UsageError, BoundaryError
        As of `nhscarbon.project`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> found = three_lines(footprint, to="2040/41", draws=2)
    >>> found.without_path
    ('water',)
    """
    low, central, high = (
        project(footprint, to=to, base=base, boundary=boundary, drivers=drivers, path=path, actions=actions,
                pathways=name, assumptions=assumptions, draws=draws, seed=seed)
        for name in LINES
    )  # fmt: skip
    parts = []
    for name, each in zip(LINES, (low, central, high), strict=True):
        tonnes = each.by("theme")
        first = tonnes[tonnes["year"] == each.base].set_index("theme")["tco2e"]
        change = tonnes["tco2e"] - tonnes["theme"].map(first).fillna(0.0)
        moving = each.changes.groupby(["theme", "year"], observed=True)["assumption_of"].agg(
            lambda found: "; ".join(dict.fromkeys(found))
        )
        at = pd.MultiIndex.from_frame(tonnes[["theme", "year"]])
        whose = moving.reindex(at).fillna("").to_numpy() if len(moving) else ""
        parts.append(tonnes.assign(line=name, change_tco2e=change, assumption_of=whose))
    names = ["line", "year", "theme", "tco2e", "change_tco2e", "assumption_of"]
    return ThreeLines(pd.concat(parts, ignore_index=True)[names], low, central, high)
