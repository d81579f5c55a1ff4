"""Pathways laid on business as usual, and who moves each tonne between the measured year and a later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.pathways.movers import Mover, applied, movers_of
from nhscarbon.trajectory.pathways.naming import Assumed, Named, named_of
from nhscarbon.trajectory.pathways.plus import GRID_DRIVER, Pathways, line_of, plus_pathways
from nhscarbon.trajectory.projection.assumptions import Assumption
from nhscarbon.trajectory.projection.business_as_usual import FRAME
from nhscarbon.trajectory.projection.future_factors import HELD
from nhscarbon.trajectory.projection.grid_path import GRID, FactorPath
from nhscarbon.trajectory.targets.series import Numbers, Years

KEYS = FRAME[:5]
SAME = 1e-12  # of the base year, as a share of all of it: what rounding may change
DRIVERS, PUBLISHED, ACTIONS = "drivers", "published_factors", "actions"
YOUR_DRIVERS, YOUR_ACTIONS = "you (drivers=)", "you (actions=)"


@dataclass(frozen=True, eq=False)
class Layer:
    """What one driver adds to each line of the table: whose assumption it is, and kgCO2e against the measured year."""

    pathway: str
    assumption_of: str
    kgco2e: Numbers

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Line:
    """A line that is asked for: which pathways, and what a user named.

    Attributes
    ----------
    name : str
    pathways : Pathways
    named : tuple of Named
    """

    name: str
    pathways: Pathways
    named: tuple[Named, ...]

    __repr__ = short_repr

    def grid(self, path: FactorPath, latest: int) -> FactorPath:
        """Return the path of the grid as a user names it in this line; the published one where they do not.

        Raises
        ------
        UsageError
            If a figure of theirs is of a year that has an official one, up to `latest`.
        """
        for each in self.named:
            points = each.own if each.own is not None else each.default(self.name)
            if each.driver.reading != "grid" or points is None:
                continue
            years, values = points
            if each.own is not None and years[0] <= latest:
                first = f"{each.driver.id} has a figure of {nhs_year(int(years[0]))}"
                advice = f"Give years after {nhs_year(latest)}."
                raise UsageError(f"{first}, which has an official one.", advice=advice)
            known, published = path.points["average"]
            before = known < years[0]
            years, values = np.append(known[before], years), np.append(published[before], values)
            if years[-1] < known[-1]:  # held beyond the last year that was named
                years, values = np.append(years, known[-1]), np.append(values, values[-1])
            source = f"{each.assumption_of}, after {path.source}"
            return replace(path, points={**path.points, "average": (years, values)}, source=source)
        return path

    def of_grid(self, path: FactorPath) -> tuple[str, str]:
        """Return the name of the grid's path and whose assumption it is."""
        for each in self.named:
            if each.driver.reading == "grid" and (each.own is not None or each.default(self.name) is not None):
                return each.driver.id, each.assumption_of
        if path.package.startswith(f"{GRID}@"):
            return GRID_DRIVER, self.pathways.drivers[GRID_DRIVER].assumption_of
        return path.package, path.source


def line_asked(name: str, assumptions: Assumed) -> Line:
    """Return a line with what a user names.

    Raises
    ------
    UsageError
        If there is no such line or assumption, or a value cannot be used.
    """
    pathways = plus_pathways()
    return Line(line_of(name), pathways, named_of(assumptions, pathways))


@dataclass(frozen=True, eq=False)
class Moved:
    """How a line differs from the measured year, and by whom.

    Attributes
    ----------
    line : Line
    keys : pandas.DataFrame
        ``organisation, theme, activity, unit, year`` of each row of the layers.
    layers : tuple of Layer
    with_path : bool array, shape (rows,)
        Rows of activities that some pathway is about.
    base_kgco2e : float64 array, shape (rows,)
        What the row emitted in the measured year.
    base : str
    labels : Mapping of str to str
        Of themes.
    """

    line: Line
    keys: pd.DataFrame
    layers: tuple[Layer, ...]
    with_path: NDArray[np.bool_]
    base_kgco2e: Numbers
    base: str
    labels: Mapping[str, str]

    __repr__ = short_repr

    @cached_property
    def changes(self) -> pd.DataFrame:
        """A row for each tonne of change: the keys, ``pathway``, ``assumption_of`` and ``kgco2e``."""
        parts = []
        for each in self.layers:
            there = self._counts(each)
            parts.append(self.keys[there].assign(pathway=each.pathway, assumption_of=each.assumption_of,
                                                 kgco2e=each.kgco2e[there]))  # fmt: skip
        empty = self.keys.iloc[:0].assign(pathway="", assumption_of="", kgco2e=0.0)
        return pd.concat(parts or [empty], ignore_index=True)

    @cached_property
    def assumption_of(self) -> NDArray[np.object_]:
        """Whose assumptions move each row, parted by a semicolon; blank where nothing does."""
        which = np.zeros(len(self.keys), np.int64)
        for place, each in enumerate(self.layers):
            which |= self._counts(each).astype(np.int64) << place
        codes, at = np.unique(which, return_inverse=True)
        words = ["; ".join(dict.fromkeys(each.assumption_of for place, each in enumerate(self.layers)
                                         if code >> place & 1)) for code in codes.tolist()]  # fmt: skip
        return np.asarray(np.array(words or [""], object)[at])

    @cached_property
    def themes(self) -> pd.DataFrame:
        """A row for each theme: ``theme, label, base_tco2e, with_path_tco2e, status`` and ``pathways``.

        ``with_path_tco2e`` is of activities that a pathway is about; ``status`` is ``path``, ``part`` or ``none``.
        """
        first = (self.keys["year"] == self.base).to_numpy()
        tonnes = self.base_kgco2e / 1000
        of_theme = pd.DataFrame({"theme": self.keys["theme"], "base_tco2e": tonnes,
                                 "with_path_tco2e": tonnes * self.with_path})[first]  # fmt: skip
        found = of_theme.groupby("theme", as_index=False, observed=True)[["base_tco2e", "with_path_tco2e"]].sum()
        whole, part = found["base_tco2e"].to_numpy(), found["with_path_tco2e"].to_numpy()
        none, every = part <= SAME * np.maximum(whole, 1.0), part >= whole * (1 - 1e-9)
        status = np.where(none, "none", np.where(every, "path", "part"))
        moving = self.changes[~self.changes["pathway"].isin([DRIVERS, PUBLISHED, ACTIONS])]
        names = moving.groupby("theme", observed=True)["pathway"].agg(lambda each: "; ".join(dict.fromkeys(each)))
        themes = found["theme"]
        return found.assign(
            label=themes.map(self.labels).fillna(themes), status=status, pathways=themes.map(names).fillna("")
        )[["theme", "label", "base_tco2e", "with_path_tco2e", "status", "pathways"]]

    @property
    def without_path(self) -> tuple[str, ...]:
        """Themes that no pathway is about: they stay flat at the latest published factors."""
        return tuple(self.themes.loc[self.themes["status"] == "none", "theme"])

    def after_actions(self, before: pd.DataFrame, after: pd.DataFrame) -> Moved:
        """Return it with what actions changed, whose assumption is the user's."""
        keys = list(KEYS)
        both = self.keys.merge(after[[*keys, "kgco2e"]], on=keys, how="outer", sort=False, indicator=True)
        at = pd.MultiIndex.from_frame(both[keys].astype(str))
        place = pd.MultiIndex.from_frame(self.keys.astype(str)).get_indexer(at)
        here = place >= 0
        was = np.where(here, before["kgco2e"].to_numpy(np.float64)[place], 0.0)
        gone = (both["_merge"] == "left_only").to_numpy()  # an action took the line away; what is not known stays so
        change = np.where(gone, 0.0, both["kgco2e"].to_numpy(np.float64)) - was
        layers = [replace(each, kgco2e=np.where(here, each.kgco2e[place], 0.0)) for each in self.layers]
        return replace(self, keys=both[keys], layers=(*layers, Layer(ACTIONS, YOUR_ACTIONS, change)),
                       with_path=self.with_path[place] & here,
                       base_kgco2e=np.where(here, self.base_kgco2e[place], 0.0))  # fmt: skip

    def marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with ``assumption_of`` beside each row."""
        keys = list(KEYS)
        mine = pd.MultiIndex.from_frame(self.keys.astype(str))
        place = mine.get_indexer(pd.MultiIndex.from_frame(frame[keys].astype(str)))
        return frame.assign(assumption_of=np.where(place >= 0, self.assumption_of[place], "").astype(str))

    def about(self) -> dict[str, object]:
        """Return what must be the same for the line to be the same."""
        return {"pathways": self.line.name, "pathways_package": self.line.pathways.package,
                "pathways_digest": self.line.pathways.digest,
                "pathways_assumptions": {each.driver.id: each.said for each in self.line.named}}  # fmt: skip

    def _counts(self, layer: Layer) -> NDArray[np.bool_]:
        all_of_base = float(np.abs(self.base_kgco2e[(self.keys["year"] == self.base).to_numpy()]).sum())
        return np.asarray(np.abs(layer.kgco2e) > SAME * max(all_of_base, 1.0), np.bool_)


def along(
    frame: pd.DataFrame, line: Line, *, years: Years, latest: int, path: FactorPath, method: str,
    labels: Mapping[str, str],
) -> tuple[pd.DataFrame, Moved, list[Assumption]]:  # fmt: skip
    """Lay a line's pathways on business as usual.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `business_as_usual`: each group's years one after another.
    line : Line
    years : int64 array, shape (years,)
    latest : int
        The last year with official factors.
    path : FactorPath
        Of the grid.
    method : str
    labels : Mapping of str to str
        Of themes.

    Returns
    -------
    frame : pandas.DataFrame
        The same rows, moved.
    moved : Moved
    assumptions : list of Assumption
    """
    shape = (len(frame) // len(years), len(years))
    kgco2e, quantity = (frame[name].to_numpy(np.float64).reshape(shape) for name in ("kgco2e", "quantity"))
    words = frame.iloc[:: len(years)]
    pairs = list(zip(words["theme"], words["activity"], strict=True))
    distinct = sorted(set(pairs))
    number = {pair: place for place, pair in enumerate(distinct)}
    pair = np.array([number[each] for each in pairs], np.int64)
    layers = _before(kgco2e, quantity, years, latest, line.of_grid(path), method)
    on_grid = np.abs(layers[-1].kgco2e.reshape(shape)).max(axis=1, initial=0.0) > SAME * np.abs(kgco2e[:, :1]).sum()
    movers = movers_of(line.pathways, line.name, line.named, years)
    found = applied(movers, distinct, years)
    for place, each in enumerate(movers):
        grows = found.growing[pair, place]
        if grows.any():
            more = np.where(grows[:, None], each.multiple[None, :], 1.0)
            layers.append(Layer(each.driver.id, each.assumption_of, (kgco2e * (more - 1)).ravel()))
            kgco2e, quantity = kgco2e * more, quantity * more
    chosen, untouched = found.chosen[pair], kgco2e
    for place, each in enumerate(movers):
        here = chosen == place
        if here.any():
            part = np.where(here, each.multiple[None, :], 1.0)
            layers.append(Layer(each.driver.id, each.assumption_of, (untouched * (part - 1)).ravel()))
            kgco2e = kgco2e * part
            quantity = quantity * part if each.driver.moves == "quantity" else quantity
    after = frame.assign(quantity=quantity.ravel(), kgco2e=kgco2e.ravel())
    about = np.asarray(found.fits.any(axis=1), np.bool_)[pair] | on_grid
    with_path = np.repeat(about, len(years))
    first = frame["kgco2e"].to_numpy(np.float64).reshape(shape)[:, :1]
    base = np.repeat(first, len(years), axis=1).ravel()
    moved = Moved(line, frame[list(KEYS)], tuple(layers), with_path, base, nhs_year(int(years[0])), labels)
    used = [each for place, each in enumerate(movers) if found.fits[:, place].any()]
    return after, moved, _said(line, used, moved, years)


def after_pathways(said: Sequence[Assumption]) -> list[Assumption]:
    """Return what was said of factors without a path, as it is where some have a pathway."""
    words = "the latest factor is held, and moved by the pathway of its activity where there is one"
    return [replace(each, assumption=words) if each.assumption == HELD else each for each in said]


def _before(
    kgco2e: Numbers, quantity: Numbers, years: Years, latest: int, grid: tuple[str, str], method: str
) -> list[Layer]:
    """Return what moves the table without pathways: growth, published factors, the grid."""
    base, held = quantity[:, :1], years <= latest
    grown = kgco2e[:, :1] * np.divide(quantity, base, out=np.ones_like(quantity), where=base != 0)
    factor = np.divide(kgco2e, grown, out=np.ones_like(kgco2e), where=grown != 0)
    official = factor.copy()
    official[:, ~held] = factor[:, [max(int(held.sum()) - 1, 0)]]
    published = grown * official
    return [Layer(DRIVERS, YOUR_DRIVERS, (grown - kgco2e[:, :1]).ravel()),
            Layer(PUBLISHED, f"{method} (published factors)", (published - grown).ravel()),
            Layer(*grid, (kgco2e - published).ravel())]  # fmt: skip


def _said(line: Line, movers: Sequence[Mover], moved: Moved, years: Years) -> list[Assumption]:
    """Return what the line takes for granted: each pathway, where it ends, and the themes that have none."""
    span = f"{nhs_year(int(years[1]))} to {nhs_year(int(years[-1]))}"
    package = line.pathways.package
    found = []
    for each in movers:
        driver = each.driver
        ends = max((int(known[-1]) for known, _ in driver.points.values()), default=0)
        held = f"; held after {nhs_year(ends)}" if 0 < ends < int(years[-1]) else ""
        status = each.assumption_of if each.named else f"published: {each.assumption_of}"
        found.append(Assumption(driver.id, span, f"{driver.title}: {driver.why}{held}", status, package))
    names = ", ".join(moved.labels.get(each, each) for each in moved.without_path)
    if names:
        words = f"{names}: no pathway of this line is about them, so the latest published factor is held; no forecast"
        found.append(Assumption("themes without a path", span, words, "flat", package))
    found.append(
        Assumption("bands", span, "the choice between low, central and high is not in the bands", "assumed", package)
    )
    return found
