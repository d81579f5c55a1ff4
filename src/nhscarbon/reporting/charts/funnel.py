"""The funnel: intensity against size, with limits that are wide for the small (extra ``plot``)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhscarbon.analysis.benchmark import Benchmark
from nhscarbon.errors import UsageError
from nhscarbon.output import tables
from nhscarbon.reporting.charts.style import CONTEXT, DASHES, FOCUS, Chart, blank_figure, titled

POINTS = 200  # of each curve


def funnel_chart(benchmark: Benchmark, type: str, *, focus: str = "") -> Chart:
    """Draw the bodies of one type in their funnel.

    Parameters
    ----------
    peers : Benchmark
        From `nhscarbon.peers`.
    type : str
        A type that has limits.
    focus : str, optional
        The code of a body to show in blue, with its name.

    Returns
    -------
    Chart

    Raises
    ------
    UsageError
        If the type has no limits, or the body in focus is not of it, or matplotlib is not installed.
    """
    if type not in benchmark.funnels:
        raise UsageError(
            f"there are no limits for type '{type[:60]}'; there are {', '.join(sorted(benchmark.funnels))}"
        )
    table = benchmark.table
    data = table[(table["type"] == type) & table["kgco2e_per_unit"].notna()].reset_index(drop=True)
    here = data["organisation"] == focus
    if focus and not here.any():
        raise UsageError(f"'{focus[:40]}' is not among the bodies of type {type}")
    funnel = benchmark.funnels[type]
    figure, axes = blank_figure()
    sizes = np.linspace(float(data["denominator"].min()) * 0.9, float(data["denominator"].max()) * 1.05, POINTS)
    for (*_, low, high), dash in zip(funnel.curves(sizes), DASHES, strict=False):
        for limit in (low, high):
            axes.plot(sizes, limit, color=CONTEXT, linestyle=dash, linewidth=1)
    axes.axhline(funnel.typical, color=CONTEXT, linewidth=1.5)
    axes.scatter(data["denominator"], data["kgco2e_per_unit"], color=CONTEXT, s=22, zorder=2)
    outside = int((~data["position"].eq("within the limits")).sum())
    said = f"{outside} of {len(data)} lie outside their limits"
    if focus:
        own = data[here].iloc[0]
        axes.scatter([own["denominator"]], [own["kgco2e_per_unit"]], color=FOCUS, s=48, zorder=3)
        axes.annotate(focus, (own["denominator"], own["kgco2e_per_unit"]), xytext=(6, 6), textcoords="offset points",
                      color=FOCUS, fontweight="bold")  # fmt: skip
        said = f"{focus} is {own['position']}, rank {own['rank_in_type']:.0f} of {own['of_type']:.0f}"
    axes.set_ylim(bottom=0)
    axes.set_xlabel(benchmark.measure.replace("_", " ") + f", {benchmark.unit.removeprefix('kgCO2e/')}")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    typical = tables.number(round(funnel.typical, 1))
    about = f"{type.capitalize()}, {benchmark.period}, {benchmark.unit}; typical {typical}, 95 % and 99.8 % limits"
    source = f"{benchmark.boundary}, {benchmark.source}. Small bodies vary more: their limits are wider."
    titled(axes, said, subtitle=about, source=source)
    bodies = f"{len(data)} bodies of type {type.lower()}"
    words = f"Funnel of {benchmark.unit} of {bodies} in {benchmark.period}: typical {typical}; {said}."
    return Chart(figure, pd.DataFrame(data), words)
