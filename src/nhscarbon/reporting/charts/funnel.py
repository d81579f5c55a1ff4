"""The funnel: intensity against size, with limits that are wide for the small."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhscarbon.analysis.benchmarks import Benchmark
from nhscarbon.errors import UsageError
from nhscarbon.output.tables import number
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import BOTTOM, LEFT, amounts, beside, ground, height, scale
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Path, Text, line, small
from nhscarbon.reporting.drawing.palette import DASH, DATA, EDGE, SOFT, WIDTH

DRAWS = (Benchmark,)
POINTS = 100  # of each curve
DASHES = (DASH, "2 3")  # of the limits
RIGHT = WIDTH - 50  # of the plot: the names of the limits are next to it


def draw(benchmark: Benchmark, *, type: str = "", focus: str = "") -> Chart:
    """Draw the bodies of one type in their funnel.

    Parameters
    ----------
    benchmark : Benchmark
        From `nhscarbon.analysis.benchmark`.
    type : str, optional
        A type that has limits; when left out, that of the body in focus.
    focus : str, optional
        The code of a body to show in blue, with its code.

    Returns
    -------
    Chart
        Its table has the rows of the type.

    Raises
    ------
    UsageError
        If the type has no limits, or the body in focus is not of it.
    """
    table = benchmark.table[benchmark.table["kgco2e_per_unit"].notna()]
    type = type or "".join(table.loc[table["organisation"] == focus, "type"][:1])
    if type not in benchmark.funnels:
        raise UsageError(
            f"there are no limits for type '{type[:60]}'; there are {', '.join(sorted(benchmark.funnels))}"
        )
    data = table[table["type"] == type].reset_index(drop=True)
    own = data[data["organisation"] == focus]
    if focus and own.empty:
        raise UsageError(f"'{focus[:40]}' is not among the organisations of type {type}")
    outside = int((~data["position"].eq("within the limits")).sum())
    finding = f"{outside} of {len(data)} lie outside their limits"
    if focus:
        row = own.iloc[0]
        finding = f"{focus} is {row['position']}, rank {row['rank_in_type']:.0f} of {row['of_type']:.0f}"
    typical = number(round(benchmark.funnels[type].typical, 1))
    about = f"{type.capitalize()}, {benchmark.period} [{benchmark.unit}]; typical {typical}"
    source = (
        f"{label(benchmark.boundary)}, {benchmark.source}. Small organisations vary more, so their limits are wider. "
        "Curves are for one more organisation; each is judged by limits from the others."
    )
    words = (f"Funnel of {benchmark.unit} of {len(data)} organisations of type {type.lower()} in {benchmark.period}: "
             f"typical {typical}; {finding}.")  # fmt: skip
    return Chart(finding, [about], [source], _funnel(benchmark, data, focus), data, words)


def _funnel(benchmark: Benchmark, data: pd.DataFrame, focus: str) -> Drawing:
    funnel = benchmark.funnels[str(data["type"].iloc[0])]
    sizes = np.linspace(float(data["denominator"].min()) * 0.9, float(data["denominator"].max()) * 1.05, POINTS)
    x, (y, most) = scale(sizes[0], sizes[-1], LEFT, RIGHT), height([*data["kgco2e_per_unit"], 1.5 * funnel.typical])
    marks: list[Mark] = ground(y, most, RIGHT)
    marks.append(line(LEFT, y(funnel.typical), RIGHT, y(funnel.typical), SOFT, 1.5))
    ends = [(y(funnel.typical), "typical", SOFT)]
    for (_, part, *limits), dash in zip(funnel.curves(sizes), DASHES, strict=True):
        for limit in limits:  # above the plot a curve is not drawn
            points = tuple((x(size), y(value)) for size, value in zip(sizes, limit, strict=True) if value <= most)
            if points:
                marks.append(Path(points, edge=SOFT, dash=dash))
                ends.append((points[-1][1], f"{part:.3g} %", SOFT))
    marks += beside(RIGHT, ends)
    columns = (data["organisation"], data["denominator"], data["kgco2e_per_unit"])
    for code, size, value in sorted(zip(*columns, strict=True), key=lambda row: row[0] == focus):
        here = code == focus
        marks.append(Dot(x(size), y(value), 5 if here else 3, DATA if here else EDGE))
        if here:
            side, away = ("end", -8) if x(size) > (LEFT + RIGHT) / 2 else ("start", 8)
            marks.append(Text(x(size) + away, y(value) - 6, code, side, colour=DATA, bold=True, halo=True))
    measure = f"{benchmark.measure.replace('_', ' ')} [{benchmark.unit.removeprefix('kgCO2e/')}]"
    below = [*amounts(x, float(sizes[-1]), least=float(sizes[0])), small(RIGHT, BOTTOM + 34, measure, "end")]
    return Drawing((*marks, *below), BOTTOM + 40)
