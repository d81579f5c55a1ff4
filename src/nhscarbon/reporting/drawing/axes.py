"""Scales and their labels: upright from zero, along by years."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from nhscarbon.periods import nhs_year
from nhscarbon.reporting.drawing.marks import Mark, Point, fit, length, line, small
from nhscarbon.reporting.drawing.palette import DASH, DATA, EDGE, FEW, HAIR, INK, SMALL, WIDTH

Scale = Callable[[float], float]
TOP, BOTTOM = 8.0, 220.0  # of a plot
GAP = 2.0  # between the years below a plot
LEFT = 44.0  # of a plot whose scale has figures


def scale(low: float, high: float, start: float, end: float) -> Scale:
    """Return where a value is between two places."""
    size = (end - start) / ((high - low) or 1.0)
    return lambda value: start + (value - low) * size


def ticks(most: float) -> list[float]:
    """Return round figures from zero on, from four to seven of them.

    >>> ticks(58_000)
    [0.0, 10000.0, 20000.0, 30000.0, 40000.0, 50000.0]
    """
    step = 10.0 ** math.floor(math.log10(most))
    while most / step < 3:
        step /= 2
    while most / step > 6:
        step *= 2
    return [step * number for number in range(int(most / step) + 1)]


def brief(value: float) -> str:
    """Return a number that fits beside an axis.

    >>> brief(12_500_000), brief(2_500), brief(0.05), brief(0)
    ('12.5m', '2.5k', '0.05', '0')
    """
    for size, letter in ((1_000_000, "m"), (1000, "k")):
        if value >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.4g}"


def height(values: Sequence[float], *, top: float = TOP, bottom: float = BOTTOM) -> tuple[Scale, float]:
    """Return the upright scale of values, from zero, and its highest value."""
    most = max([0.0, *values]) * 1.12 or 1.0
    return scale(min([0.0, *values]), most, bottom, top), most


def ground(y: Scale, most: float, right: float, *, left: float = LEFT, figures: bool = True) -> list[Mark]:
    """Return the line of zero, and fine lines with the figures of the scale."""
    marks: list[Mark] = []
    for tick in ticks(most) if figures else ():
        marks += [line(left, y(tick), right, y(tick), HAIR),
                  small(left - 5, y(tick) + 4, brief(tick), "end")]  # fmt: skip
    return [*marks, line(left, y(0.0), right, y(0.0), INK)]


def joined(years: Sequence[int], points: Sequence[Point]) -> list[Mark]:
    """Return the lines from year to year; a dashed one says that the years between have no figure."""
    both = zip(pairwise(points), pairwise(years), strict=True)
    return [
        line(*start, *end, DATA, 2.5, "" if second - first == 1 else DASH) for (start, end), (first, second) in both
    ]


def along(years: Sequence[int], x: Scale, *, bottom: float = BOTTOM, most: int = FEW) -> list[Mark]:
    """Return the NHS years below a plot, the last and as many before it as do not touch."""
    step = -(-len(years) // most)
    marks: list[Mark] = []
    free = math.inf
    for year in years[::-1][::step]:
        half = length(nhs_year(year), SMALL) / 2
        if x(year) + half <= free:
            marks.append(small(x(year), bottom + 18, nhs_year(year), "middle"))
            free = x(year) - half - GAP
    return marks


def amounts(x: Scale, most: float, bottom: float = BOTTOM, *, least: float = 0.0) -> list[Mark]:
    """Return round figures below a plot."""
    return [small(x(tick), bottom + 18, brief(tick), "middle") for tick in ticks(most) if tick >= least]


def beside(right: float, names: Sequence[tuple[float, str, str]]) -> list[Mark]:
    """Return names in their colours beside a plot, each near its height and led to from it."""
    marks: list[Mark] = []
    apart = spread([height for height, *_ in names], 14, TOP, BOTTOM - 4)
    for (height, name, colour), down in zip(names, apart, strict=True):
        marks += [line(right + 1, height, right + 9, down, EDGE),
                  small(right + 12, down + 4, fit(name, WIDTH - right - 12, SMALL), colour=colour)]  # fmt: skip
    return marks


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places that are a gap apart, each as near as can be to where it was, in the same order.

    >>> spread([10, 12, 50], 13, 0, 100)
    [10.0, 23.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda number: places[number])
    found, above = [0.0] * len(places), low - gap
    for number in order:
        above = found[number] = max(float(places[number]), above + gap)
    below = high + gap
    for number in reversed(order):
        below = found[number] = min(found[number], below - gap)
    return found
