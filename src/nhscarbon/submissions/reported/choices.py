"""Every figure that a sender may have multiplied one unit with, in order of what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhscarbon.methods.factors import Factor
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.text import short_repr
from nhscarbon.submissions.reported.published import Figures, figures_of
from nhscarbon.submissions.reported.rounding import Floats, tolerance_of

COMBINATIONS = (("direct",), ("generation",), ("direct", "wtt"), ("generation", "transmission"),
                ("generation", "wtt"), ("generation", "transmission", "wtt"),
                ("generation", "transmission", "wtt", "transmission_wtt"), ("wtt",), ("transmission",),
                ("generation_market",))  # fmt: skip
TWICE = ("wtt", "transmission_wtt")
TOLD_TWICE = (", with well-to-tank twice", ", with both well-to-tanks twice")
WORD = 0.01  # of an assumption: a longer sum of components
TWO_TIMES, CO2_ONLY, OTHER_UNIT, SCALED = 0.5, 1.2, 3.0, 4.0  # assumptions
SCALES = ((1.0, "", 0.0), (1000.0, ", times a thousand", SCALED), (1 / 1000, ", a thousandth", SCALED))
# decimals of the factors, what is said of it, and what it assumes: the cells of UK Government hold more than they show
DECIMALS = (
    (6, ", with six decimals", 0.3),
    (5, ", as its sheet shows it, with five decimals", 0.5),
    (4, ", with four decimals", 0.6),
    (3, ", with three decimals", 0.7),
    (2, ", with two decimals", 0.8),
)
KM_PER_MILE = 1.609344
MILES = ((1.60934, 0.2), (1.6093, 0.3), (1.609, 0.4), (1.61, 0.8), (1.6, 1.3))  # how miles are often converted
BASES = ("direct", "generation")
SHOWN = 5  # explanations that are kept of a line


@dataclass(frozen=True, order=True)
class Choice:
    """A published figure that a sender may have used, and how far it is from the method.

    `steps` counts what had to be assumed: another edition, other components, another unit, another gas set.
    """

    steps: float
    what: str
    kgco2e: float  # for one unit as sent

    __repr__ = short_repr


class Part(NamedTuple):
    """A sum of one edition's components for one unit as sent: `multiplier` x the sum of `values`."""

    steps: float
    say: Mapping[str, str]  # how to say it, filled in when it is asked for
    multiplier: float
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Choices:
    """The choices for one unit of an activity, by their kgCO2e.

    Attributes
    ----------
    kgco2e : float64 array, shape (choices,)
        Ascending [kgCO2e/unit].
    steps : float64 array, shape (choices,)
        What each assumes.
    part : int64 array, shape (choices,)
        Which of `parts` each is.
    manner : int64 array, shape (choices,)
        Which of `manners`: its decimals, its miles, thousands.
    """

    kgco2e: Floats
    steps: Floats
    part: NDArray[np.int64]
    manner: NDArray[np.int64]
    parts: tuple[Part, ...]
    manners: tuple[str, ...]

    def fitting(self, quantity: Floats, stated: Floats) -> list[list[Choice]]:
        """Return for each row the choices that come to what was stated, the simplest first.

        Parameters
        ----------
        quantity, stated : float64 arrays, shape (rows,)
            [unit], [tCO2e]
        """
        away = tolerance_of(stated)
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.sort(KG_PER_TONNE * np.array([stated - away, stated + away]) / quantity, axis=0)
        ends[:, ~np.isfinite(ends).all(axis=0)] = np.array([[np.inf], [-np.inf]])  # tonnes of no quantity
        first = np.searchsorted(self.kgco2e, ends[0] * np.where(ends[0] > 0, 1 - 1e-12, 1 + 1e-12), "left")
        last = np.searchsorted(self.kgco2e, ends[1] * np.where(ends[1] > 0, 1 + 1e-12, 1 - 1e-12), "right")
        return [
            self._simplest(np.arange(start, stop), amount, said) if stop > start else []
            for start, stop, amount, said in zip(
                first.tolist(), last.tolist(), quantity.tolist(), stated.tolist(), strict=True
            )
        ]

    def _simplest(self, at: NDArray[np.int64], quantity: float, stated: float) -> list[Choice]:
        """Return the simplest of some choices, each sum of factors once."""
        residual = np.abs(stated - self.kgco2e[at] * quantity / KG_PER_TONNE)
        order = at[np.lexsort((residual, np.round(self.steps[at], 6)))]
        _, first = np.unique(self.part[order], return_index=True)
        chosen = order[np.sort(first)[:SHOWN]].tolist()
        return [Choice(float(self.steps[place]), self._said(place), float(self.kgco2e[place])) for place in chosen]

    def _said(self, place: int) -> str:
        return said(self.parts[self.part[place]].say, self.manners[self.manner[place]])


def said(say: Mapping[str, str], manner: str) -> str:
    """Say one choice in words."""
    return f"{say['what']} of {say['package']}{say.get('unit', '')}{say.get('twice', '')}{manner}{say.get('of', '')}"


def choices_of(key: FactorKey, method: Methodology) -> Choices:
    """Return everything that a sender may have multiplied one unit of a key with."""
    parts = tuple(part for figures in figures_of(key, method) for part in _parts(figures, key))
    values = np.zeros((len(parts), max((len(part.values) for part in parts), default=1)))
    for place, part in enumerate(parts):
        values[place, : len(part.values)] = part.values
    multiplier = np.array([part.multiplier for part in parts])
    steps = np.array([part.steps for part in parts])
    plain = multiplier * values.sum(axis=1)
    ways: list[tuple[Floats, str, float]] = [(plain, "", 0.0)]
    for decimals, manner, assumed in DECIMALS:
        ways.append((multiplier * np.round(values, decimals).sum(axis=1), manner, assumed))
        ways.append((np.round(plain, decimals), manner, assumed + WORD))
    if "mile" in key.unit:
        ways += [(plain * km / KM_PER_MILE, f", with {km} km a mile", assumed) for km, assumed in MILES]
    if key.unit.endswith("km"):
        ways.append((plain * KM_PER_MILE, " per mile, taken for km", OTHER_UNIT))
    every = [(way * scale, manner + word, assumed + more)
             for scale, word, more in SCALES for way, manner, assumed in ways]  # fmt: skip
    kgco2e = np.concatenate([way for way, _, _ in every])
    order = np.argsort(kgco2e, kind="stable")
    count = len(parts)
    return Choices(
        kgco2e=kgco2e[order],
        steps=np.concatenate([steps + assumed for _, _, assumed in every])[order],
        part=np.tile(np.arange(count), len(every))[order],
        manner=np.repeat(np.arange(len(every)), count)[order],
        parts=parts,
        manners=tuple(manner for _, manner, _ in every),
    )


def _parts(figures: Figures, key: FactorKey) -> Iterator[Part]:
    """Yield the sums of one edition: its components, with well-to-tank twice, CO2 alone, another unit taken."""
    own = figures.activity == key.activity
    say = {"package": figures.name}
    if not own:
        say["of"] = f", of {figures.activity}"
    values = {name: (row.kgco2e, route.multiplier) for name, (row, route) in figures.reached.items()}
    met = [(number, names) for number, names in enumerate(COMBINATIONS) if set(names) <= values.keys()]
    part = partial(_part, values)
    for number, names in met:
        what = f"the {names[0]} factor" if len(names) == 1 else " + ".join(names)
        yield part(figures.steps + number * WORD, {**say, "what": what}, names)
        again = [name for name in TWICE if name in names]
        if own and len(names) > 1:
            for count in range(1, len(again) + 1):
                words = {**say, "what": what, "twice": TOLD_TWICE[count - 1]}
                yield part(figures.steps + TWO_TIMES + number * WORD, words, (*names, *again[:count]))
    if own:
        yield from _co2_alone(figures, say)
        yield from _other_unit(figures, key, say)


def _part(
    values: Mapping[str, tuple[float, float]], steps: float, say: Mapping[str, str], names: Iterable[str]
) -> Part:
    """Sum some components; where they go by different units, each is converted by itself."""
    taken = [values[name] for name in names]
    if len({multiplier for _, multiplier in taken}) == 1:
        return Part(steps, say, taken[0][1], tuple(value for value, _ in taken))
    return Part(steps, say, 1.0, tuple(value * multiplier for value, multiplier in taken))


def _co2_alone(figures: Figures, say: Mapping[str, str]) -> Iterator[Part]:
    for component in BASES:
        if component in figures.reached:
            row, route = figures.reached[component]
            gases = figures.package.gases.get((row.factor_id, row.valid_from), ())
            for share in gases:
                if share.gas == "CO2":
                    words = {**say, "what": "the CO2-only column"}
                    yield Part(figures.steps + CO2_ONLY, words, route.multiplier, (float(share.value),))


def _other_unit(figures: Figures, key: FactorKey, say: Mapping[str, str]) -> Iterator[Part]:
    """Yield factors of another unit as if they were of the row's, alone and with what goes with them."""
    by_unit: dict[str, dict[str, Factor]] = {}
    for row in figures.unreached:
        if row.unit != key.unit:
            by_unit.setdefault(row.unit, {})[row.component] = row
    for unit, rows in by_unit.items():
        for number, names in enumerate(COMBINATIONS):
            if names[0] in BASES and set(names) <= rows.keys():
                what = f"the {names[0]} factor" if len(names) == 1 else " + ".join(names)
                words = {**say, "what": what, "unit": f" per {unit}, taken for {key.unit}"}
                yield Part(figures.steps + OTHER_UNIT + number * WORD, words, 1.0,
                           tuple(rows[name].kgco2e for name in names))  # fmt: skip
