"""How uncertain a footprint is: one draw for each factor, conversion and kind of activity data, shared by its rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from nhscarbon.analysis.uncertainty.sampling import Parameter, multipliers_of, normal_of, parameter_of
from nhscarbon.analysis.uncertainty.terms import (
    Figure,
    Numbers,
    Terms,
    of_data,
    pairs_of,
    squares_of,
    terms_of,
    variance_parts,
)
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.summary import Stamp
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult

LEVELS = (1 / 40, 1 / 2, 39 / 40)  # the likely range: 95 % of the draws are from the first to the last
OWN = 2000  # kinds of activity data with draws of their own, the largest first; the rest are drawn by group
CHUNK = 256  # figures whose draws are in memory at once
SORTED = 64  # groups whose draws are sorted at once


@dataclass(frozen=True, eq=False, repr=False)
class Uncertainty(TableResult):
    """Intervals of a footprint.

    Attributes
    ----------
    table : pandas.DataFrame
        The columns asked for, and in tCO2e: ``tco2e`` (central: every figure as published), ``mean`` of
        the draws, ``low``, ``median`` and ``high`` (2.5, 50 and 97.5 %), and ``sd`` by propagation.
    shares : pandas.DataFrame
        What the variance of the whole is due to: ``of`` (factor, conversion, activity), ``what``, ``share``.
    draws : float32 array, shape (groups, draws)
        [tCO2e]; draw d of every group belongs to the same simulation, so groups add draw by draw.
    boundary : str
    seed : int
    note : str
        Why the mean lies above the central value, and what was drawn by group.
    footprint : Footprint
        What they are of.
    """

    shares: pd.DataFrame
    draws: NDArray[np.float32]
    boundary: str
    seed: int
    note: str
    footprint: Footprint

    @property
    def stamp(self) -> Stamp:
        """What has to be the same for the result to be the same, beside the seed and the number of draws."""
        return self.footprint.stamp

    def by(self, *columns: str, across_years: bool = False) -> pd.DataFrame:
        """Return the intervals of sums over the groups, by some of their columns; of the whole without any.

        Of several NHS years ``period`` is put first where it is not named, unless `across_years` adds them.

        Raises
        ------
        UsageError
            If a column is not one that the groups have.
        """
        names = [str(name) for name in self._table.columns if name not in (*FIGURES, "sd")]
        for name in columns:
            if name not in names:
                raise UsageError(f"the draws have no column '{name}': they are by {', '.join(names) or 'nothing'}")
        if "period" in names and "period" not in columns and not across_years and len(self.footprint.periods) > 1:
            columns = ("period", *columns)
        keys = list(zip(*(self._table[name] for name in columns), strict=True)) if columns else [()] * len(self._table)
        found = sorted(set(keys))
        place = {key: number for number, key in enumerate(found)}
        added = np.zeros((len(found), self.draws.shape[1]), np.float64)
        central = np.zeros(len(found))
        for row, key in enumerate(keys):
            added[place[key]] += self.draws[row]
            central[place[key]] += self._table["tco2e"].iloc[row]
        frame = pd.DataFrame(found, columns=list(columns)) if columns else pd.DataFrame(index=range(len(found)))
        return frame.assign(**_figures(central, added))

    def _title(self) -> str:
        return f"{self.boundary}, {self.draws.shape[1]:,} draws, seed {self.seed} [tCO2e]"

    def _about(self) -> dict[str, object]:
        return {"stamp": asdict(self.stamp), "seed": self.seed, "draws": self.draws.shape[1]}

    def _notes(self) -> tuple[str, ...]:
        return (self.note,)


FIGURES = ("tco2e", "mean", "low", "median", "high")


def uncertainty(
    footprint: Footprint,
    *columns: str,
    boundary: str | None = None,
    draws: int = 10_000,
    seed: int = 2026,
    own: int = OWN,
    across_years: bool = False,
) -> Uncertainty:
    """Return intervals of the tonnes inside a boundary, by any columns of the table.

    Every factor, conversion and kind of activity data (organisation, activity, tier) has one draw in each
    simulation, shared by all that uses it; rows are not looked at again.

    Parameters
    ----------
    footprint : Footprint
    *columns : str
        Such as ``"organisation"``, ``"theme"``; the whole without any.
    boundary : str, optional
        The methodology's main total when left out.
    draws : int, optional
        Number of Monte Carlo draws.
    seed : int, optional
        Of the random draws; equal seeds give equal bits.
    own : int, optional
        Kinds of activity data, those with most variance, that have draws of their own; the others of a group are
        drawn together, with their joint variance.
    across_years : bool, optional
        Whether several NHS years are to be added; else each has its own, ``period`` first.

    Returns
    -------
    Uncertainty
        With a table of intervals [tCO2e], the shares of variance, and the draws, which add up.

    Raises
    ------
    UsageError
        If there is no such column or boundary.
    BoundaryError
        As `total`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> whole = nc.uncertainty(footprint).table
    >>> bool((whole["low"] < whole["tco2e"]).all() and (whole["tco2e"] < whole["high"]).all())
    True
    """
    if draws < 2:
        raise UsageError("a likely range needs at least 2 draws")
    if seed < 0:
        raise UsageError("a seed is a whole number from 0")
    if len(set(columns)) < len(columns):
        raise UsageError(f"a column is named twice: {', '.join(columns)}")
    if len(footprint.periods) > 1 and "period" not in columns and not across_years:
        columns = ("period", *columns)
    terms, kinds, words = terms_of(footprint, columns, boundary)
    spread = [parameter_of("activity", *about) for about in terms.abouts]
    mean, variance = (
        np.array([getattr(each, figure) for each in spread], np.float64)[terms.about] for figure in ("mean", "variance")
    )
    by_data = variance * of_data(terms, len(kinds)) ** 2
    apart = np.argsort(-by_data, kind="stable")[:own]
    alone = np.ones(len(kinds), np.bool_)
    alone[apart] = False
    whole, rest = squares_of(terms, (variance, np.where(alone, variance, 0.0)))
    due = variance_parts(terms, whole, by_data)
    names = [kinds[kind] for kind in apart]
    drawn = _draw(terms, names, [spread[about] for about in terms.about[apart]], apart, mean, draws, seed)
    _draw_rest(drawn, rest, words, seed)

    by_group = terms.weights(terms.line_group, terms.shape[1])
    central = np.asarray(terms.by_key(terms.quantity) @ by_group)
    met = (terms.by_key(np.ones(len(terms.quantity))) > 0).astype(np.float64)
    lines = by_group.copy()
    lines.data[:] = 1.0  # also where a weight is zero
    sent = np.asarray(met @ lines) > 0
    places = sorted(np.argwhere(sent).tolist(), key=lambda place: words(*place))
    first, second = (np.array([place[axis] for place in places], np.int64) for axis in (0, 1))
    kept = drawn[first, second]
    kept /= np.float32(KG_PER_TONNE)  # in place: it is as large as all that was drawn
    tonnes, deviation = central[first, second] / KG_PER_TONNE, np.sqrt(due.by_group[first, second]) / KG_PER_TONNE
    frame = pd.DataFrame([words(*place) for place in places], columns=list(columns), dtype=str)
    together = float(due.by_data[alone].sum()) / due.total if due.total else 0.0
    return Uncertainty(
        frame.assign(**_figures(tonnes, kept), sd=deviation), due.shares(terms), kept,
        boundary or footprint.method.headline, seed, NOTE.format(together=100 * together), footprint,
    )  # fmt: skip


NOTE = (
    "The central value takes every figure as published, which is the median of its draws. Lognormal multipliers are "
    "skewed, so their mean, and that of any sum, lies above it. Warming potentials are not drawn: compare "
    "methodologies. {together:.1f} % of the variance is of activity data drawn by group."
)


def _draw(
    terms: Terms,
    kinds: Sequence[tuple[str, ...]],
    spread: Sequence[Parameter],
    apart: NDArray[np.intp],
    mean: Numbers,
    draws: int,
    seed: int,
) -> NDArray[np.float32]:
    """Draw factors and conversions for all, and activity data for the kinds that are drawn apart [kg]."""
    own = np.isin(terms.data, apart)
    rest = terms.by_key(np.where(own, 0.0, terms.quantity * mean[terms.data]))
    cells = np.flatnonzero(own)
    slot, places = pairs_of(terms.cell_group[cells], terms.data[cells])
    weights = terms.weights(terms.figure, len(terms.figures))
    held = sparse.csr_array((terms.quantity[cells], (slot, terms.key[cells])), shape=(len(places), terms.keys))
    sent = (held @ weights).tocsc().astype(np.float32)
    together = np.asarray(rest @ weights).astype(np.float32)
    multipliers = _filled(
        len(kinds), draws, lambda at: multipliers_of(("activity", *kinds[at]), spread[at], draws, seed)
    )
    multiplier = dict(zip(apart.tolist(), multipliers, strict=True))
    of_group = np.array([figure.group for figure in terms.figures], np.int64)
    drawn = np.zeros((*terms.shape, draws), np.float32)
    for group in range(terms.shape[1]):
        figures = np.flatnonzero(of_group == group)
        in_group = sent[:, figures].tocsr()
        slots = np.flatnonzero(np.diff(in_group.indptr))  # few of the kinds of data have lines in a group
        in_group = in_group[slots].tocsc()
        of_slot = np.zeros((len(slots), draws), np.float32)
        for start in range(0, len(figures), CHUNK):
            part = figures[start : start + CHUNK]
            multipliers = _multipliers([terms.figures[place] for place in part.tolist()], draws, seed)
            drawn[:, group] += together[:, part] @ multipliers
            of_slot += in_group[:, start : start + CHUNK].tocsr() @ multipliers
        for place, (cell_group, kind) in enumerate(places[slots].tolist()):
            of_slot[place] *= multiplier[kind]
            drawn[cell_group, group] += of_slot[place]
    return drawn


def _multipliers(figures: Sequence[Figure], draws: int, seed: int) -> NDArray[np.float32]:
    """Return the multipliers of some figures, a row each."""
    return _filled(len(figures), draws, lambda place: figures[place].multipliers(draws, seed))


def _filled(rows: int, draws: int, row_of: Callable[[int], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return rows of draws, made by all threads: to put draws in order takes longer than to use them."""
    found = np.empty((rows, draws), np.float32)

    def fill(row: int) -> None:
        found[row] = row_of(row)

    _in_threads(rows, fill)
    return found


def _in_threads(count: int, work: Callable[[int], None]) -> None:
    """Do each of some pieces of work, a share of them in each thread."""
    threads = os.cpu_count() or 1

    def share(first: int) -> None:
        for each in range(first, count, threads):
            work(each)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, range(threads)))


def _draw_rest(
    drawn: NDArray[np.float32],
    squares: Numbers,
    words: Callable[[int, int], tuple[str, ...]],
    seed: int,
) -> None:
    """Add the joint noise of the activity data of each group that has no draws of its own."""
    places = np.argwhere(squares > 0).tolist()

    def add(number: int) -> None:
        cell_group, group = places[number]
        noise = normal_of(("rest", *words(cell_group, group)), drawn.shape[2], seed)
        drawn[cell_group, group] += np.float32(np.sqrt(squares[cell_group, group])) * noise

    _in_threads(len(places), add)


def _figures(central: Numbers, draws: NDArray[Any]) -> dict[str, Numbers]:
    """Return the central value, the mean of the draws, and the levels of the interval."""
    last = draws.shape[1] - 1
    below = np.array([int(level * last) for level in LEVELS])
    above, share = np.minimum(below + 1, last), np.array(LEVELS) * last - below
    levels = np.empty((len(draws), len(LEVELS)))
    for start in range(0, len(draws), SORTED):  # a copy of all draws is as large as they are
        ordered = np.sort(draws[start : start + SORTED], axis=1)
        levels[start : start + SORTED] = ordered[:, below] * (1 - share) + ordered[:, above] * share
    found = dict(zip(("low", "median", "high"), levels.T, strict=True))
    return {"tco2e": central, "mean": draws.mean(axis=1, dtype=np.float64), **found}
