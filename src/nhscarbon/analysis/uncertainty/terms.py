"""What is uncertain in a footprint: its terms, the figures that they share, and their variance to the first order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from nhscarbon.analysis.uncertainty.sampling import Parameter, multipliers_of, parameter_of
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.grouping import groups_of, in_order, line_column, sides
from nhscarbon.footprint.on_map import REPORTED_BY
from nhscarbon.methods.resolution import Line
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """What is drawn once: a factor with the conversions that lead to it, in one group of lines."""

    group: int
    factor: tuple[str, Parameter]
    conversions: tuple[tuple[str, Parameter], ...]

    __repr__ = short_repr

    def multipliers(self, draws: int, seed: int) -> NDArray[np.float32]:
        """Return its multipliers."""
        found = multipliers_of(("factor", self.factor[0]), self.factor[1], draws, seed)
        for each, parameter in self.conversions:
            found = found * multipliers_of(("conversion", each), parameter, draws, seed)
        return found


@dataclass(frozen=True)
class Terms:
    """The sum that is uncertain: quantity of a cell x weight of a line x their multipliers.

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

    __repr__ = short_repr

    def by_key(self, quantity: Numbers) -> Numbers:
        """Return quantities by group of cells and key."""
        place = self.cell_group * self.keys + self.key
        size = self.shape[0] * self.keys
        return np.asarray(np.bincount(place, weights=quantity, minlength=size), np.float64).reshape(self.shape[0], -1)

    def weights(self, column: NDArray[np.int64], columns: int) -> sparse.csr_array:
        """Return the weight of each key by the group, or the figure, of its lines."""
        return sparse.csr_array((self.weight, (self.line_key, column)), shape=(self.keys, columns))


def terms_of(
    footprint: Footprint, columns: Sequence[str], boundary: str | None
) -> tuple[Terms, list[tuple[str, ...]], Callable[[int, int], tuple[str, ...]]]:
    """Return what is multiplied and added, the kinds of activity data, and the words of a group."""
    footprint.known(columns)
    inside, by_key, sums = footprint.counted(boundary), footprint.factor_lines, footprint.sums
    of_cells, of_lines = sides(sums, columns)
    cells, cell_words = groups_of({name: sums.columns[name] for name in of_cells}, len(sums))
    chosen = {name: line_column(sums, by_key, inside, name) for name in of_lines}
    lines, line_words = groups_of(chosen, int(inside.sum()))
    reporter = REPORTED_BY if REPORTED_BY in sums.columns else "organisation"  # a roll-up has the draws of its members
    kinds_of_cells, kinds = groups_of({name: sums.columns[name] for name in (reporter, "activity", "tier")},
                                      len(sums))  # fmt: skip
    spread, tiers = groups_of({name: sums.columns[name] for name in ("activity", "tier")}, len(sums))
    cell_group, line_group, data = cells.numbers, lines.numbers, kinds_of_cells.numbers
    about = np.zeros(len(kinds), np.int64)
    about[data] = spread.codes
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
class VarianceParts:
    """Variance by propagation, to the first order [kg2]: of each group, and of the whole by what it is due to."""

    by_group: Numbers
    by_data: Numbers
    by_figure: Mapping[tuple[str, str], float]

    __repr__ = short_repr

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
        total = self.total or 1.0  # nothing is due to anything where nothing is uncertain
        rows = [(of, what, amount / total) for (of, what), amount in found.items()]
        rows.sort(key=lambda row: (-row[2], row[0], row[1]))
        return pd.DataFrame(rows, columns=["of", "what", "share"])


def of_data(terms: Terms, kinds: int) -> Numbers:
    """Return the kgCO2e of each kind of activity data."""
    weight = np.bincount(terms.line_key, weights=terms.weight, minlength=terms.keys)
    return np.asarray(np.bincount(terms.data, weights=terms.quantity * weight[terms.key], minlength=kinds), np.float64)


def variance_parts(terms: Terms, by_group: Numbers, by_data: Numbers) -> VarianceParts:
    """Return the variance that is due to figures beside that of activity data.

    Parameters
    ----------
    terms : Terms
    by_group : float64 array, shape (groups of cells, groups of lines)
        Variance by activity data [kg2]; that of the figures is added to it.
    by_data : float64 array, shape (kinds of activity data,)
    """
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
    return VarianceParts(by_group, by_data, {each: size[each] * value**2 for each, value in whole.items()})


def squares_of(terms: Terms, variances: Sequence[Numbers]) -> list[Numbers]:
    """Return the variance of each group that is due to activity data, for each of some variances of its kinds."""
    pair, places = pairs_of(terms.cell_group, terms.data)
    held = sparse.csr_array((terms.quantity, (pair, terms.key)), shape=(len(places), terms.keys))
    squared = (held @ terms.weights(terms.line_group, terms.shape[1])).power(2)
    found = []
    for variance in variances:
        spread = sparse.csr_array((variance[places[:, 1]], (places[:, 0], np.arange(len(places)))),
                                  shape=(terms.shape[0], len(places)))  # fmt: skip
        found.append(np.asarray((spread @ squared).todense()))
    return found


def pairs_of(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a number to the pairs that occur."""
    codes = [first.astype(np.int32), second.astype(np.int32)]
    return arithmetic.group(codes, [int(each.max(initial=0)) + 1 for each in codes])
