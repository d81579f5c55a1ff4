"""Wedges between business as usual and what is left."""

from __future__ import annotations

import pandas as pd

from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import BOTTOM, LEFT, along, beside, ground, height, scale
from nhscarbon.reporting.drawing.marks import Drawing, Mark, Path, Point
from nhscarbon.reporting.drawing.palette import DASH, DATA, EDGE, INK, SOFT, WHITE, WIDTH
from nhscarbon.trajectory.actions.wedges import Wedges

DRAWS = (Wedges,)
SHOWN = 5  # wedges of their own
OTHERS = "All others"
RIGHT = WIDTH - 150  # of the plot: the names of the wedges are next to it


def draw(wedges: Wedges) -> Chart:
    """Draw what the largest actions, and all others together, take off business as usual.

    Parameters
    ----------
    wedges : Wedges

    Returns
    -------
    Chart
        Its table has one row per NHS year: business as usual, each wedge and what is left [tCO2e].
    """
    years = list(dict.fromkeys(wedges.residual["year"]))
    whole = wedges.residual.groupby("year")[["tco2e", "tco2e_left"]].sum().reindex(years)
    table = wedges.table.pivot_table(index="year", columns="action", values="tco2e", aggfunc="sum").reindex(years)
    size = table.sum().sort_values(ascending=False, kind="stable")
    own = list(size.index[: SHOWN if len(size) > SHOWN + 1 else SHOWN + 1])
    data = table[own].copy()
    rest = [name for name in size.index if name not in own]
    if rest:
        data[OTHERS] = table[rest].sum(axis=1)
    last, (usual, left) = years[-1], whole.iloc[-1]
    title = f"All actions together take off {1 - left / usual if usual else 0.0:.0%} in {last}"
    largest = f"; the largest wedge is {own[0]} with {size.iloc[0]:,.0f} tCO2e over all years" if len(size) else ""
    words = f"Wedges from {years[0]} to {last}: {usual:,.0f} tCO2e of business as usual become {left:,.0f}{largest}."
    source = "Business as usual and actions as given; each wedge is the mean over every order of the actions."
    out = pd.concat([whole["tco2e"].rename("business_as_usual"), data, whole["tco2e_left"].rename("left")], axis=1)
    out = out.reset_index(names="year")
    about = f"tCO2e a year, by Shapley value; figures are of {last}"
    return Chart(title, [about], [source], _stack(out), out, words)


def _stack(data: pd.DataFrame) -> Drawing:
    years = [int(year[:4]) for year in data["year"]]
    x, (y, most) = scale(years[0], years[-1], LEFT + 4, RIGHT), height(data["business_as_usual"].tolist())

    def points(values: pd.Series) -> tuple[Point, ...]:
        there = tuple((x(year), y(value)) for year, value in zip(years, values, strict=True))
        return there if len(years) > 1 else (*there, (RIGHT, there[0][1]))  # one year is a step

    marks: list[Mark] = ground(y, most, RIGHT)
    low, ends = data["left"], []
    names = list(data.columns[2:-1])
    for place, name in enumerate(reversed(names)):  # neighbours differ in lightness
        high = low + data[name]
        marks.append(Path((*points(low), *reversed(points(high))), DATA if place % 2 else EDGE, WHITE, 1.0))
        ends.append((y((low.iloc[-1] + high.iloc[-1]) / 2), f"{data[name].iloc[-1]:,.0f} {name}", INK))
        low = high
    usual, left = points(data["business_as_usual"]), points(data["left"])
    marks += [Path(usual, edge=INK, width=2), Path(left, edge=INK, width=2, dash=DASH)]
    ends = [(left[-1][1], f"{data['left'].iloc[-1]:,.0f} left", SOFT), *ends,
            (usual[-1][1] - 6, f"{data['business_as_usual'].iloc[-1]:,.0f} as usual", SOFT)]  # fmt: skip
    marks += beside(RIGHT, ends)
    return Drawing((*marks, *along(years, x, most=4)), BOTTOM + 24)
