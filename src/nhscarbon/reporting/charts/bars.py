"""Horizontal bars on one scale, each under its name and its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, tonnes, with_share
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import scale
from nhscarbon.reporting.drawing.labels import credit, label, whose
from nhscarbon.reporting.drawing.marks import Drawing, Mark, Text, box, fit, hatch, length, line
from nhscarbon.reporting.drawing.palette import DATA, EDGE, INK, SIZE, SOFT, WIDTH

ROW, HIGH = 44.0, 16.0  # of a bar with its name, and of the bar
LEAST = 2.0  # a bar that is not nothing
SEEN = 4.0  # a shorter range cannot be seen
TOLD = 3  # bars that the words name
MOST = 21  # bars of several years


@dataclass(frozen=True)
class Bar:
    """A bar from `start` to `end`; `low` to `high` is its range; a step of a change that rises is hatched."""

    name: str
    end: float
    figure: str
    start: float = 0.0
    low: float | None = None
    high: float | None = None
    step: bool = False
    colour: str = DATA


def bars(rows: Sequence[Bar]) -> Drawing:
    """Draw one bar for each name, the first at the top."""
    edges = [0.0, *(edge for bar in rows for edge in (bar.start, bar.end, bar.low, bar.high) if edge is not None)]
    x = scale(min(edges), max(edges), 1, WIDTH - 1)
    marks: list[Mark] = []
    words: list[Mark] = []  # over the lines from step to step
    for place, bar in enumerate(rows):
        y = ROW * place
        name = fit(bar.name, WIDTH - length(bar.figure) - 12)
        left, right = sorted((x(bar.start), x(bar.end)))
        wide = max(right - left, LEAST if bar.end != bar.start else 0.0)
        marks.append(box(left, y + 19, wide, HIGH, bar.colour))
        if bar.step and bar.end > bar.start:
            marks += hatch(left, y + 19, wide, HIGH)
        if bar.low is not None and bar.high is not None and x(bar.high) - x(bar.low) >= SEEN:
            low, high, under = x(bar.low), x(bar.high), y + 22 + HIGH
            marks += [line(low, under, high, under, SOFT, 1.5), *(line(at, under - 2, at, under + 2, SOFT, 1.5)
                                                                  for at in (low, high))]  # fmt: skip
        if bar.step:
            marks.append(line(x(bar.end), y + 19, x(bar.end), y + ROW + 19, EDGE))
        marks.append(line(x(0.0), y + 17, x(0.0), y + 21 + HIGH, INK, 1.5))
        words += [Text(0, y + SIZE, name, halo=True), Text(WIDTH, y + SIZE, bar.figure, "end", halo=True)]
    return Drawing((*marks, *words), ROW * len(rows))


def shares(footprint: Footprint, data: pd.DataFrame, *, boundary: str, by: str, title: str) -> Chart:
    """Return the bars of parts that add up to a total: `data` has ``label``, ``tco2e``, and ranges where known."""
    total = footprint.total(boundary)
    data = data.assign(share=data["tco2e"] / total if total else 0.0)
    ranges = [data[side].tolist() if side in data else [None] * len(data) for side in ("low", "high")]
    columns = (data["label"], data["tco2e"].tolist(), *ranges)
    shown = [Bar(name, value, _told(value, total), low=low, high=high)
             for name, value, low, high in zip(*columns, strict=True)]  # fmt: skip
    whole = f"{tonnes(total, places_for(total))} tCO2e"
    told, rest = [f"{bar.name} {bar.figure}" for bar in shown[:TOLD]], len(shown) - TOLD
    covers = footprint.label(boundary)
    more = f"{f' and {rest} smaller' if rest > 0 else ''}. {covers}"
    alt = f"Bar chart of {whose(footprint)}, {label(boundary)}, by {by}, {whole} in all: {'; '.join(told)}{more}."
    about = f"{whose(footprint)}: {label(boundary)} by {by} [tCO2e]"
    if ranges[0] and ranges[0][0] is not None:
        about += "; lines under bars: likely range (95 % interval)"
    return Chart(title, [about, covers], [credit(footprint)], bars(shown), data, alt)


def years(footprint: Footprint, data: pd.DataFrame, *, boundary: str, by: str) -> Chart:
    """Return the bars of parts of several NHS years, a bar for each year: no two years are added.

    `data` has ``period``, ``label``, ``tco2e``, and ranges where known. Parts are in the order of the last year; those
    for which there is no room are one bar a year.
    """
    by_year = footprint.by("period", boundary=boundary)
    totals = dict(zip(by_year["period"].tolist(), by_year["tco2e"].tolist(), strict=True))
    data = data.assign(share=[tco2e / totals[period] if totals[period] else 0.0
                              for period, tco2e in zip(data["period"], data["tco2e"], strict=True)])  # fmt: skip
    last = data[data["period"] == data["period"].max()].sort_values("tco2e", ascending=False)["label"]
    names = [*dict.fromkeys([*last, *data["label"]])]
    room = max(MOST // len(totals), 1)
    chosen = names if len(names) <= room else names[: room - 1]
    ranges = [data[side].tolist() if side in data else [None] * len(data) for side in ("low", "high")]
    columns = (data["label"].tolist(), data["period"].tolist(), data["tco2e"].tolist(), *ranges)
    place = {name: number for number, name in enumerate(chosen)}
    rows = sorted(
        (row for row in zip(*columns, strict=True) if row[0] in place), key=lambda row: (place[row[0]], row[1])
    )
    shown = [Bar(f"{name}, {period}", tco2e, _told(tco2e, totals[period]), low=low, high=high)
             for name, period, tco2e, low, high in rows]  # fmt: skip
    rest = data[~data["label"].isin(chosen)].groupby("period", sort=True)["tco2e"].sum().to_dict()
    more = len(names) - len(chosen)
    shown += [Bar(f"{more} more, {period}", tco2e, _told(tco2e, totals[str(period)])) for period, tco2e in rest.items()]
    said = "; ".join(f"{period} {tonnes(tco2e, places_for(tco2e))} tCO2e" for period, tco2e in totals.items())
    covers = footprint.label(boundary)
    alt = f"Bar chart of {whose(footprint)}, {label(boundary)}, by {by}, a bar for each year: {said}. {covers}."
    about = f"{whose(footprint)}: {label(boundary)} by {by} [tCO2e]"
    return Chart(said, [about, covers], [credit(footprint)], bars(shown), data, alt)


def _told(tco2e: float, total: float) -> str:
    return " ".join(with_share(tco2e, total).split())
