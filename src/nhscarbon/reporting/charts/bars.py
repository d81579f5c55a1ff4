"""Horizontal bars from zero, each with its name and its figure beside it (extra ``plot``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhscarbon.reporting.charts.style import FOCUS, blank_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.34  # inches a bar
AROUND = 1.8  # inches for title, subtitle and source
ROOM = 0.16  # of the width, for the figures beside the bars


def bars(names: Sequence[str], values: Sequence[float], labels: Sequence[str]) -> tuple[Figure, Axes]:
    """Draw one bar for each name, the first at the top.

    Parameters
    ----------
    names, labels : sequence of str
        What stands left of each bar, and at its end.
    values : sequence of float
    """
    figure, axes = blank_figure(height=AROUND + ROW * max(len(names), 2))
    places = range(len(names))
    axes.barh(places, values, color=FOCUS, height=0.7)
    axes.set_yticks(places, names)
    axes.set_ylim(len(names) - 0.4, -0.6)  # the first at the top
    axes.axvline(0, color="black", linewidth=0.8)
    _room(axes, values)
    for place, value, label in zip(places, values, labels, strict=True):
        side = "left" if value >= 0 else "right"
        axes.annotate(label, (value, place), xytext=(4 if value >= 0 else -4, 0), textcoords="offset points",
                      ha=side, va="center", fontsize=10)  # fmt: skip
    bare(axes)
    return figure, axes


def bare(axes: Axes) -> None:
    """Take away the scale: each bar has its figure."""
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _room(axes: Axes, values: Sequence[float]) -> None:
    low, high = min([0.0, *values]), max([0.0, *values])
    room = ROOM * ((high - low) or 1.0)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
