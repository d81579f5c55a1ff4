"""Drawings as SVG, made of text alone: the same bytes each time, and legible at the width of a telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from nhscarbon.reporting.charts.style import CONTEXT, FOCUS, PALETTE

INK = "#0b0c0c"
UP, DOWN, TARGET = PALETTE[3], PALETTE[1], PALETTE[2]
WIDTH = 400
SIZE = 13  # of the letters, in the units of the drawing
ROW, BAR, EDGE = 44, 16, 4
LONGEST = 39  # letters of a name; the table has the whole of it
PLOT = (44, 24, 392, 210)  # left, top, right and bottom of a drawing by years
NAMES = 52  # of its width, where lines have names
CROWDED = 6  # years, from which only some are written
SHADES = (0.15, 0.25, 0.4)


@dataclass(frozen=True)
class Bar:
    """A bar from `start` to `end`, its name above it and its figure at the right; `low` to `high` is its interval."""

    name: str
    end: float
    figure: str
    start: float = 0.0
    low: float | None = None
    high: float | None = None
    whole: bool = True


@dataclass(frozen=True)
class Series:
    """Values by year: as a line with or without points, dashed or not, with a name at its last value."""

    years: tuple[int, ...]
    values: tuple[float, ...]
    name: str = ""
    colour: str = FOCUS
    dashed: bool = False
    points: bool = False
    figures: tuple[str, ...] = ()


def bars(rows: Sequence[Bar], words: str) -> str:
    """Draw horizontal bars on one scale; steps of a change that rise are hatched, so that colour is never alone.

    Parameters
    ----------
    rows : sequence of Bar
    words : str
        What is shown, for those who do not see it.
    """
    edges = [0.0, *(edge for bar in rows for edge in (bar.start, bar.end, bar.low, bar.high) if edge is not None)]
    least, most = min(edges), max(edges)
    scale = (WIDTH - 2 * EDGE) / ((most - least) or 1.0)

    def x(value: float) -> float:
        return EDGE + (value - least) * scale

    parts = [_HATCH] if not all(bar.whole for bar in rows) else []
    for place, bar in enumerate(rows):
        y = ROW * place
        name = bar.name if len(bar.name) <= LONGEST else f"{bar.name[: LONGEST - 1]}…"
        parts += [_text(0, y + 16, name), _text(WIDTH, y + 16, bar.figure, "end")]
        left, right = sorted((x(bar.start), x(bar.end)))
        rises = bar.end > bar.start
        fill = FOCUS if bar.whole else "url(#hatch)" if rises else DOWN
        parts.append(f'<rect x="{left:.1f}" y="{y + 22}" width="{right - left:.1f}" height="{BAR}" fill="{fill}"/>')
        if bar.low is not None and bar.high is not None:
            low, high, middle = x(bar.low), x(bar.high), y + 22 + BAR / 2
            parts += [_whisker(low, high, middle, "#ffffff", 4), _whisker(low, high, middle, INK, 1.5)]
        parts.append(_line(x(0.0), y + 20, x(0.0), y + 24 + BAR, INK, 1.5))
    return _svg(parts, ROW * len(rows) + 2, words)


def by_year(
    series: Sequence[Series],
    words: str,
    *,
    bands: Sequence[tuple[Series, Series]] = (),
    marks: Sequence[tuple[float, str]] = (),
) -> str:
    """Draw lines over the years from zero, bands behind them.

    Parameters
    ----------
    series : sequence of Series
    words : str
        What is shown, for those who do not see it.
    bands : sequence of pair of Series, optional
        The lower and the upper edge, the widest first.
    marks : sequence of (float, str), optional
        Upright dotted lines with a letter.
    """
    left, top, right, bottom = PLOT
    right -= NAMES if any(each.name for each in series) else 0
    every = [*series, *(edge for band in bands for edge in band)]
    years = sorted({year for each in every for year in each.years})
    most = max([0.0, *(value for each in every for value in each.values)]) * 1.12 or 1.0
    least = min([0.0, *(value for each in every for value in each.values)])
    span = (years[-1] - years[0]) or 1

    def x(year: float) -> float:
        return left + 22 + (right - left - 34) * (year - years[0]) / span

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - least) / (most - least)

    parts = [_line(left, y(0.0), right, y(0.0), INK, 1)]
    for tick in _ticks(most):
        parts += [_line(left, y(tick), right, y(tick), CONTEXT, 0.5) if tick else "",
                  _text(left - 4, y(tick) + 4, _short(tick), "end", size=11)]  # fmt: skip
    for opacity, (low, high) in zip(SHADES, bands, strict=False):
        edge = [(year, value) for year, value in zip(low.years, low.values, strict=True)]
        edge += reversed(list(zip(high.years, high.values, strict=True)))
        points = " ".join(f"{x(year):.1f},{y(value):.1f}" for year, value in edge)
        parts.append(f'<polygon points="{points}" fill="{FOCUS}" fill-opacity="{opacity}"/>')
    for place, letter in marks:
        parts.append(_line(x(place), top, x(place), bottom, TARGET, 1.5, dash="2 3"))
        parts.append(_text(x(place) + 4, top + 10, letter, bold=True, colour=TARGET))
    for each in series:
        parts += _series(each, x, y)
    step = -(-len(years) // CROWDED)
    for year in years[::step] if step > 1 else years:
        parts.append(_text(x(year), bottom + 20, f"{year}/{(year + 1) % 100:02d}", "middle", size=11))
    return _svg(parts, bottom + 32, words)


def _series(each: Series, x: Callable[[float], float], y: Callable[[float], float]) -> list[str]:
    places = [(x(year), y(value)) for year, value in zip(each.years, each.values, strict=True)]
    parts = []
    for (first, second), (start, end) in zip(pairwise(places), pairwise(each.years), strict=True):
        gap = each.dashed or (
            each.points and end - start > 1
        )  # a dashed line says that the years between are not known
        parts.append(_line(*first, *second, each.colour, 2.5, dash="6 4" if gap else ""))
    if each.points:
        parts += [f'<circle cx="{across:.1f}" cy="{down:.1f}" r="4" fill="{each.colour}"/>' for across, down in places]
    parts += [_text(across, down - 10, figure, "middle", size=11, halo=True)
              for (across, down), figure in zip(places, each.figures, strict=False)]  # fmt: skip
    if each.name and places:
        across, down = places[-1]
        clear = down + 4 if y(0.0) - down > SIZE else down - 6  # of the axis
        parts.append(_text(across + 6, clear, each.name, size=11, colour=each.colour, bold=True))
    return parts


def _ticks(most: float) -> list[float]:
    step = 10.0 ** (len(str(int(most))) - 1) if most >= 1 else most / 4
    while most / step < 3:
        step /= 2
    while most / step > 6:
        step *= 2
    return [step * number for number in range(int(most / step) + 1)]


def _short(value: float) -> str:
    """Return a number that fits beside an axis.

    >>> _short(12_500_000), _short(2_500), _short(40), _short(0)
    ('12.5m', '2.5k', '40', '0')
    """
    for size, letter in ((1_000_000, "m"), (1000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="6" height="6" fill="{UP}"/><rect width="2" height="6" fill="#ffffff"/></pattern></defs>'
)


def _svg(parts: Sequence[str], height: float, words: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(words, quote=True)}">{"".join(parts)}</svg>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    anchor: str = "start",
    *,
    size: int = SIZE,
    colour: str = INK,
    bold: bool = False,
    halo: bool = False,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    around = ' paint-order="stroke" stroke="#ffffff" stroke-width="4"' if halo else ""  # over what it crosses
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}{around}>'
        f"{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width}"{dashed}/>'
    )


def _whisker(low: float, high: float, y: float, colour: str, width: float) -> str:
    return (
        f'<path d="M{low:.1f} {y - 5:.1f}V{y + 5:.1f}M{low:.1f} {y:.1f}H{high:.1f}M{high:.1f} {y - 5:.1f}V{y + 5:.1f}" '
        f'stroke="{colour}" stroke-width="{width}" fill="none"/>'
    )
