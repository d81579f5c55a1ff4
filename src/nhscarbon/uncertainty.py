"""How unsure a footprint is: one draw for each factor, conversion and kind of activity data, shared by all its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from nhscarbon import kernel
from nhscarbon.draws import Parameter, multipliers_of, normal_of, parameter_of
from nhscarbon.errors import UsageError
from nhscarbon.grouping import groups_of, in_order, line_column, sides
from nhscarbon.resolve import Line

if TYPE_CHECKING:
    from nhscarbon.footprint import Footprint

LEVELS = (1 / 40, 1 / 2, 39 / 40)  # 95 % of the draws lie between the first and the last
OWN = 2000  # kinds of activity data with draws of their own, the largest first; the rest are drawn by group
CHUNK = 256  # figures whose draws are in memory at once
KG_PER_TONNE = 1000

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Intervals of a footprint.

    Attributes
    ----------
    table : pandas.DataFrame
        The columns asked for, and in tCO2e: ``tco2e`` (central: every figure as published), ``mean`` of
        the draws, ``low``, ``median`` and ``high`` (2.5, 50 and 97.5 %), and ``sd`` by propagation.
    shares : pandas.DataFrame
        What the variance of the whole is due to: ``of`` (factor, conversion, activity), ``what``, ``share``.
    draws : float32 array, shape (groups, draws)
        [tCO2e]; draw d of every group is of one and the same world, so groups add draw by draw.
    boundary : str
    seed : int
    note : str
        Why the mean lies above the central value, and what was drawn by group.
    """

    table: pd.DataFrame
    shares: pd.DataFrame
    draws: NDArray[np.float32]
    boundary: str
    seed: int
    note: str

    def by(self, *columns: str) -> pd.DataFrame:
        """Return the intervals of sums over the groups, by some of their columns; of the whole without any.

        Raises
        ------
        UsageError
            If a column is not one that the groups have.
        """
        names = [str(name) for name in self.table.columns if name not in (*FIGURES, "sd")]
        for name in columns:
            if name not in names:
                raise UsageError(f"the draws have no column '{name}': they are by {', '.join(names) or 'nothing'}")
        keys = list(zip(*(self.table[name] for name in columns), strict=True)) if columns else [()] * len(self.table)
        found = sorted(set(keys))
        place = {key: number for number, key in enumerate(found)}
        added = np.zeros((len(found), self.draws.shape[1]), np.float64)
        central = np.zeros(len(found))
        for row, key in enumerate(keys):
            added[place[key]] += self.draws[row]
            central[place[key]] += self.table["tco2e"].iloc[row]
        frame = pd.DataFrame(found, columns=list(columns)) if columns else pd.DataFrame(index=range(len(found)))
        return frame.assign(**_figures(central, added))

    def __str__(self) -> str:
        head = f"{self.boundary}, {self.draws.shape[1]:,} draws, seed {self.seed} [tCO2e]"
        return f"{head}\n{self.table.to_string(index=False)}\n{self.note}"


FIGURES = ("tco2e", "mean", "low", "median", "high")


@dataclass(frozen=True)
class Figure:
    """What is drawn once: a factor with the conversions that lead to it, in one group of lines."""

    group: int
    factor: tuple[str, Parameter]
    conversions: tuple[tuple[str, Parameter], ...]

    def worlds(self, draws: int, seed: int) -> NDArray[np.float32]:
        """Return its multipliers."""
        found = multipliers_of(("factor", self.factor[0]), self.factor[1], draws, seed)
        for each, unsure in self.conversions:
            found = found * multipliers_of(("conversion", each), unsure, draws, seed)
        return found


@dataclass(frozen=True)
class Terms:
    """The sum that is unsure: quantity of a cell x weight of a line x their multipliers.

    `group` is the place of a cell or line among those asked for, `data` the kind of activity data of a cell.
    Lines of one group that take the same factor and conversions have one multiplier: they are one figure.
    """

    quantity: Numbers
    key: NDArray[np.int64]
    cell_group: NDArray[np.int64]
    data: NDArray[np.int64]
    line_key: NDArray[np.int64]
    line_group: NDArray[np.int64]
    weight: Numbers
    figure: NDArray[np.int64]
    figures: tuple[Figure, ...]
    about: NDArray[np.int64]  # of each kind of activity data, its place in `abouts`
    abouts: tuple[tuple[str, str, str], ...]  # activity, no component, tier
    shape: tuple[int, int]
    keys: int

    def by_key(self, quantity: Numbers) -> Numbers:
        """Return quantities by group of cells and key."""
        place = self.cell_group * self.keys + self.key
        size = self.shape[0] * self.keys
        return np.asarray(np.bincount(place, weights=quantity, minlength=size), np.float64).reshape(self.shape[0], -1)

    def weights(self, column: NDArray[np.int64], columns: int) -> sparse.csr_array:
        """Return the weight of each key by the group, or the figure, of its lines."""
        return sparse.csr_array((self.weight, (self.line_key, column)), shape=(self.keys, columns))


def uncertainty(
    footprint: Footprint, columns: Sequence[str], *, boundary: str | None, draws: int, seed: int, own: int = OWN
) -> Uncertainty:
    """Return intervals of a footprint by any columns of its table; see `Footprint.uncertainty`.

    `own` kinds of activity data, those with most variance, have draws of their own; the others of a group
    are drawn together, with their joint variance.
    """
    if draws < 2:
        raise UsageError("an interval needs at least 2 draws")
    if seed < 0:
        raise UsageError("a seed is a whole number from 0")
    if len(set(columns)) < len(columns):
        raise UsageError(f"a column is named twice: {', '.join(columns)}")
    terms, kinds, words = _terms(footprint, columns, boundary)
    spread = [parameter_of("activity", *about) for about in terms.abouts]
    mean, variance = (
        np.array([getattr(each, figure) for each in spread], np.float64)[terms.about] for figure in ("mean", "variance")
    )
    of_data = _of_data(terms, len(kinds))
    apart = np.argsort(-variance * of_data**2, kind="stable")[:own]
    alone = np.ones(len(kinds), np.bool_)
    alone[apart] = False
    whole, rest = _squares(terms, (variance, np.where(alone, variance, 0.0)))
    due = _due(terms, whole, variance * of_data**2)
    names = [kinds[kind] for kind in apart]
    drawn = _draw(terms, names, [spread[about] for about in terms.about[apart]], apart, mean, draws, seed)
    _draw_rest(drawn, rest, words, seed)

    by_group = terms.weights(terms.line_group, terms.shape[1])
    central = np.asarray(terms.by_key(terms.quantity) @ by_group)
    met = (terms.by_key(np.ones(len(terms.quantity))) > 0).astype(np.float64)
    sent = (
        np.asarray(met @ sparse.csr_array((np.ones(by_group.nnz), by_group.indices, by_group.indptr), by_group.shape))
        > 0
    )
    places = sorted(np.argwhere(sent).tolist(), key=lambda place: words(*place))
    first, second = (np.array([place[axis] for place in places], np.int64) for axis in (0, 1))
    kept = (drawn[first, second] / np.float32(KG_PER_TONNE)).astype(np.float32)
    tonnes, deviation = central[first, second] / KG_PER_TONNE, np.sqrt(due.by_group[first, second]) / KG_PER_TONNE
    frame = pd.DataFrame([words(*place) for place in places], columns=list(columns), dtype=str)
    together = float(due.by_data[alone].sum()) / due.total if due.total else 0.0
    return Uncertainty(
        frame.assign(**_figures(tonnes, kept), sd=deviation), due.shares(terms), kept,
        boundary or footprint.method.headline, seed, NOTE.format(together=100 * together),
    )  # fmt: skip


NOTE = (
    "The central value takes every figure as published, which is the median of its draws. Lognormal multipliers are "
    "skewed, so their mean, and that of any sum, lies above it. Warming potentials are not drawn: compare "
    "methodologies. {together:.1f} % of the variance is of activity data drawn by group."
)


def _terms(
    footprint: Footprint, columns: Sequence[str], boundary: str | None
) -> tuple[Terms, list[tuple[str, ...]], Callable[[int, int], tuple[str, ...]]]:
    """Return what is multiplied and added, the kinds of activity data, and the words of a group."""
    footprint.known(columns)
    inside, by_key, sums = footprint.counted(boundary), footprint.lined, footprint.sums
    of_cells, of_lines = sides(sums, columns)
    cell_group, cell_words = groups_of({name: sums.columns[name] for name in of_cells}, len(sums))
    chosen = {name: line_column(sums, by_key, inside, name) for name in of_lines}
    line_group, line_words = groups_of(chosen, int(inside.sum()))
    data, kinds = groups_of({name: sums.columns[name] for name in ("organisation", "activity", "tier")}, len(sums))
    spread, tiers = groups_of({name: sums.columns[name] for name in ("activity", "tier")}, len(sums))
    about = np.zeros(len(kinds), np.int64)
    about[data] = spread
    counted = np.flatnonzero(inside)
    conversion, factor = by_key.numbers
    asked = [(group, by_key.lines[place]) for group, place in zip(line_group.tolist(), counted.tolist(), strict=True)]
    known: dict[tuple[int, tuple[str, Parameter], tuple[tuple[str, Parameter], ...]], int] = {}
    figure = [known.setdefault((group, _of_factor(line), _of_conversions(line)), len(known)) for group, line in asked]
    terms = Terms(
        quantity=sums.quantity, key=by_key.key, cell_group=cell_group, data=data,
        line_key=by_key.key_of_line[counted], line_group=line_group, weight=conversion[counted] * factor[counted],
        figure=np.array(figure, np.int64), figures=tuple(Figure(*each) for each in known),
        about=about, abouts=tuple((activity, "", tier) for activity, tier in tiers),
        shape=(len(cell_words), len(line_words)), keys=by_key.keys,
    )  # fmt: skip
    ordered = in_order(columns, of_cells)
    return terms, kinds, lambda cell, line: ordered(cell_words[cell] + line_words[line])


def _of_factor(line: Line) -> tuple[str, Parameter]:
    factor = line.factor
    return f"{factor.package}/{factor.factor_id}", parameter_of("factor", factor.activity, factor.component, "")


def _of_conversions(line: Line) -> tuple[tuple[str, Parameter], ...]:
    found = ((row.conversion_id, parameter_of("conversion", row.activity, "", "")) for row in line.cited)
    return tuple((name, parameter) for name, parameter in found if parameter.sigma)


@dataclass(frozen=True)
class Due:
    """Variance by propagation, to the first order [kg2]: of each group, and of the whole by what it is due to."""

    by_group: Numbers
    by_data: Numbers
    by_figure: Mapping[tuple[str, str], float]

    @property
    def total(self) -> float:
        """The variance of the whole."""
        return float(self.by_data.sum()) + sum(self.by_figure.values())

    def shares(self, terms: Terms) -> pd.DataFrame:
        """Return what share of the variance each figure and each activity's data have, the largest first."""
        found = dict(self.by_figure)
        amounts = np.bincount(terms.about, weights=self.by_data, minlength=len(terms.abouts)).tolist()
        for (activity, *_), amount in zip(terms.abouts, amounts, strict=True):
            found["activity", activity] = found.get(("activity", activity), 0.0) + amount
        total = self.total or 1.0  # nothing is due to anything where nothing is unsure
        rows = [(of, what, amount / total) for (of, what), amount in found.items()]
        rows.sort(key=lambda row: (-row[2], row[0], row[1]))
        return pd.DataFrame(rows, columns=["of", "what", "share"])


def _of_data(terms: Terms, kinds: int) -> Numbers:
    """Return the kgCO2e of each kind of activity data."""
    weight = np.bincount(terms.line_key, weights=terms.weight, minlength=terms.keys)
    return np.asarray(np.bincount(terms.data, weights=terms.quantity * weight[terms.key], minlength=kinds), np.float64)


def _due(terms: Terms, by_group: Numbers, by_data: Numbers) -> Due:
    values = np.asarray(terms.by_key(terms.quantity) @ terms.weights(terms.figure, len(terms.figures)))
    whole: dict[tuple[str, str], float] = {}
    size: dict[tuple[str, str], float] = {}
    in_group: dict[tuple[int, str, str], Numbers] = {}
    for place, figure in enumerate(terms.figures):
        for of, (name, parameter) in (
            ("factor", figure.factor),
            *(("conversion", each) for each in figure.conversions),
        ):
            if parameter.sigma:
                size[of, name] = parameter.variance
                found = in_group.get((figure.group, of, name))
                in_group[figure.group, of, name] = values[:, place] if found is None else found + values[:, place]
    for (group, of, name), value in in_group.items():
        by_group[:, group] += size[of, name] * value**2
        whole[of, name] = whole.get((of, name), 0.0) + float(value.sum())
    return Due(by_group, by_data, {each: size[each] * value**2 for each, value in whole.items()})


def _squares(terms: Terms, variances: Sequence[Numbers]) -> list[Numbers]:
    """Return the variance of each group that is due to activity data, for each of some variances of its kinds."""
    pair, places = _pairs(terms.cell_group, terms.data)
    held = sparse.csr_array((terms.quantity, (pair, terms.key)), shape=(len(places), terms.keys))
    squared = (held @ terms.weights(terms.line_group, terms.shape[1])).power(2)
    found = []
    for variance in variances:
        spread = sparse.csr_array((variance[places[:, 1]], (places[:, 0], np.arange(len(places)))),
                                  shape=(terms.shape[0], len(places)))  # fmt: skip
        found.append(np.asarray((spread @ squared).todense()))
    return found


def _pairs(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a number to the pairs that occur."""
    codes = [first.astype(np.int32), second.astype(np.int32)]
    return kernel.group(codes, [int(each.max(initial=0)) + 1 for each in codes])


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
    slot, places = _pairs(terms.cell_group[cells], terms.data[cells])
    weights = terms.weights(terms.figure, len(terms.figures))
    held = sparse.csr_array((terms.quantity[cells], (slot, terms.key[cells])), shape=(len(places), terms.keys))
    sent = (held @ weights).tocsc().astype(np.float32)
    together = np.asarray(rest @ weights).astype(np.float32)
    multiplier = {int(kind): multipliers_of(("activity", *name), parameter, draws, seed)
                  for kind, name, parameter in zip(apart, kinds, spread, strict=True)}  # fmt: skip
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
            worlds = np.stack([terms.figures[place].worlds(draws, seed) for place in part.tolist()])
            drawn[:, group] += together[:, part] @ worlds
            of_slot += in_group[:, start : start + CHUNK].tocsr() @ worlds
        for place, (cell_group, kind) in enumerate(places[slots].tolist()):
            of_slot[place] *= multiplier[kind]
            drawn[cell_group, group] += of_slot[place]
    return drawn


def _draw_rest(
    drawn: NDArray[np.float32],
    squares: Numbers,
    words: Callable[[int, int], tuple[str, ...]],
    seed: int,
) -> None:
    """Add the joint noise of the activity data of each group that has no draws of its own."""
    for cell_group, group in np.argwhere(squares > 0).tolist():
        noise = normal_of(("rest", *words(cell_group, group)), drawn.shape[2], seed)
        drawn[cell_group, group] += np.float32(np.sqrt(squares[cell_group, group])) * noise


def _figures(central: Numbers, draws: NDArray[Any]) -> dict[str, Numbers]:
    """Return the central value, the mean of the draws, and the levels of the interval."""
    ordered = np.sort(draws, axis=1)
    levels = {}
    for name, level in zip(("low", "median", "high"), LEVELS, strict=True):
        place = level * (ordered.shape[1] - 1)
        below, share = int(place), place - int(place)
        above = min(below + 1, ordered.shape[1] - 1)
        levels[name] = ordered[:, below] * (1 - share) + ordered[:, above] * share
    return {"tco2e": central, "mean": draws.mean(axis=1, dtype=np.float64), **levels}
