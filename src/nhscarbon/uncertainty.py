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
CHUNK = 256  # factor lines whose draws are in memory at once
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
class Terms:
    """The sum that is unsure: quantity of a cell x weight of a line x their multipliers.

    `group` is the place of a cell or line among those asked for, `data` the kind of activity data of a cell;
    lines are in the order of their group.
    """

    quantity: Numbers
    key: NDArray[np.int64]
    cell_group: NDArray[np.int64]
    data: NDArray[np.int64]
    line_key: NDArray[np.int64]
    line_group: NDArray[np.int64]
    weight: Numbers
    factor: tuple[tuple[str, Parameter], ...]
    conversions: tuple[tuple[tuple[str, Parameter], ...], ...]
    shape: tuple[int, int]
    keys: int

    def by_key(self, quantity: Numbers) -> Numbers:
        """Return quantities by group of cells and key."""
        place = self.cell_group * self.keys + self.key
        size = self.shape[0] * self.keys
        return np.asarray(np.bincount(place, weights=quantity, minlength=size), np.float64).reshape(self.shape[0], -1)

    def of_group(self, group: int) -> NDArray[np.int64]:
        """Return the places of the lines of a group."""
        return np.flatnonzero(self.line_group == group)

    def value(self, lines: NDArray[np.int64]) -> Numbers:
        """Return the kgCO2e of each cell by some lines."""
        weight = np.bincount(self.line_key[lines], weights=self.weight[lines], minlength=self.keys)
        return np.asarray(self.quantity * weight[self.key], np.float64)


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
    spread = [parameter_of("activity", activity, "", tier) for _, activity, tier in kinds]
    mean, variance = (_of_each(spread, figure) for figure in ("mean", "variance"))
    due = _due(terms, kinds, variance)
    apart = np.argsort(-due.by_data, kind="stable")[:own]
    drawn = _draw(terms, [kinds[kind] for kind in apart], [spread[kind] for kind in apart], apart, mean, draws, seed)
    alone = np.ones(len(kinds), np.bool_)
    alone[apart] = False
    _draw_rest(drawn, _squares(terms, np.where(alone, variance, 0.0)), terms, mean, words, seed)

    quantity = terms.by_key(terms.quantity)
    central, sent = np.zeros(terms.shape), np.zeros(terms.shape, np.bool_)
    met = terms.by_key(np.ones(len(terms.quantity))) > 0
    for group in range(terms.shape[1]):
        lines = terms.of_group(group)
        central[:, group] = (quantity[:, terms.line_key[lines]] * terms.weight[lines]).sum(axis=1)
        sent[:, group] = met[:, terms.line_key[lines]].any(axis=1)
    places = sorted(np.argwhere(sent).tolist(), key=lambda place: words(*place))
    first, second = (np.array([place[axis] for place in places], np.int64) for axis in (0, 1))
    kept = (drawn[first, second] / np.float32(KG_PER_TONNE)).astype(np.float32)
    tonnes, deviation = central[first, second] / KG_PER_TONNE, np.sqrt(due.by_group[first, second]) / KG_PER_TONNE
    frame = pd.DataFrame([words(*place) for place in places], columns=list(columns), dtype=str)
    together = float(due.by_data[alone].sum()) / due.total if due.total else 0.0
    return Uncertainty(
        frame.assign(**_figures(tonnes, kept), sd=deviation), due.shares(kinds), kept,
        boundary or footprint.method.headline, seed, NOTE.format(together=100 * together),
    )  # fmt: skip


NOTE = (
    "The central value takes every figure as published, which is the median of its draws. Lognormal multipliers are "
    "skewed, so their mean, and that of any sum, lies above it. Warming potentials are not drawn: compare "
    "methodologies. {together:.1f} % of the variance is of activity data drawn by group."
)


def _of_each(parameters: Sequence[Parameter], figure: str) -> Numbers:
    """Return the mean or the variance of the multipliers of some parameters, reckoned once for each."""
    known = {id(each): getattr(each, figure) for each in {id(each): each for each in parameters}.values()}
    return np.array([known[id(each)] for each in parameters], np.float64)


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
    order = np.argsort(line_group, kind="stable")
    counted = np.flatnonzero(inside)[order]
    conversion, factor = by_key.numbers
    lines = [by_key.lines[place] for place in counted.tolist()]
    terms = Terms(
        quantity=sums.quantity, key=by_key.key, cell_group=cell_group, data=data,
        line_key=by_key.key_of_line[counted], line_group=line_group[order],
        weight=conversion[counted] * factor[counted],
        factor=tuple(_of_factor(line) for line in lines), conversions=tuple(_of_conversions(line) for line in lines),
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

    def shares(self, kinds: Sequence[tuple[str, ...]]) -> pd.DataFrame:
        """Return what share of the variance each figure and each activity's data have, the largest first."""
        found = dict(self.by_figure)
        for (_, activity, _), amount in zip(kinds, self.by_data.tolist(), strict=True):
            found["activity", activity] = found.get(("activity", activity), 0.0) + amount
        total = self.total or 1.0  # nothing is due to anything where nothing is unsure
        rows = [(of, what, amount / total) for (of, what), amount in found.items()]
        rows.sort(key=lambda row: (-row[2], row[0], row[1]))
        return pd.DataFrame(rows, columns=["of", "what", "share"])


def _due(terms: Terms, kinds: Sequence[tuple[str, ...]], variance: Numbers) -> Due:
    everything = terms.value(np.arange(len(terms.weight)))
    of_data = np.asarray(np.bincount(terms.data, weights=everything, minlength=len(kinds)), np.float64)
    by_group = _squares(terms, variance)
    quantity = terms.by_key(terms.quantity)
    whole: dict[tuple[str, str], float] = {}
    size: dict[tuple[str, str], float] = {}
    for group in range(terms.shape[1]):
        of_figure: dict[tuple[str, str], Numbers] = {}
        for line in terms.of_group(group).tolist():
            value = quantity[:, terms.line_key[line]] * terms.weight[line]
            for kind, (name, parameter) in [("factor", terms.factor[line]),
                                            *(("conversion", each) for each in terms.conversions[line])]:  # fmt: skip
                if parameter.sigma:
                    size[kind, name] = parameter.variance
                    of_figure[kind, name] = of_figure.get((kind, name), np.zeros(len(value))) + value
        for figure, values in of_figure.items():
            by_group[:, group] += size[figure] * values**2
            whole[figure] = whole.get(figure, 0.0) + float(values.sum())
    return Due(by_group, variance * of_data**2, {each: size[each] * value**2 for each, value in whole.items()})


def _squares(terms: Terms, variance: Numbers) -> Numbers:
    """Return the variance of each group that is due to activity data."""
    pair, places = _pairs(terms.cell_group, terms.data)
    found = np.zeros(terms.shape)
    for group in range(terms.shape[1]):
        value = np.bincount(pair, weights=terms.value(terms.of_group(group)), minlength=len(places))
        spread = variance[places[:, 1]] * value**2
        found[:, group] = np.bincount(places[:, 0], weights=spread, minlength=terms.shape[0])
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
    held = sparse.csr_array(
        (terms.quantity[cells], (slot, terms.key[cells])), shape=(len(places), terms.keys)
    ).tocsc()  # fmt: skip
    multiplier = {int(kind): multipliers_of(("activity", *name), parameter, draws, seed)
                  for kind, name, parameter in zip(apart, kinds, spread, strict=True)}  # fmt: skip
    drawn = np.zeros((*terms.shape, draws), np.float32)
    for group in range(terms.shape[1]):
        lines = terms.of_group(group)
        of_slot = np.zeros((len(places), draws), np.float32)
        for start in range(0, len(lines), CHUNK):
            part = lines[start : start + CHUNK]
            worlds = np.stack([_of_line(terms, line, draws, seed) for line in part.tolist()])
            weight = terms.weight[part]
            drawn[:, group] += (rest[:, terms.line_key[part]] * weight).astype(np.float32) @ worlds
            sent = sparse.csr_array(held[:, terms.line_key[part]] * weight).astype(np.float32)
            of_slot += sent @ worlds
        for place, (cell_group, kind) in enumerate(places.tolist()):
            drawn[cell_group, group] += of_slot[place] * multiplier[kind]
    return drawn


def _of_line(terms: Terms, line: int, draws: int, seed: int) -> NDArray[np.float32]:
    name, parameter = terms.factor[line]
    found = multipliers_of(("factor", name), parameter, draws, seed)
    for each, unsure in terms.conversions[line]:
        found = found * multipliers_of(("conversion", each), unsure, draws, seed)
    return found


def _draw_rest(
    drawn: NDArray[np.float32],
    squares: Numbers,
    terms: Terms,
    mean: Numbers,
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
