"""Organisations by groups of actions (extra ``plot``)."""

from __future__ import annotations

import numpy as np

from nhscarbon.reporting.charts.style import CONTEXT, FOCUS, Chart, blank_figure, titled
from nhscarbon.trajectory.actions.matrix import Matrix

SHOWN = 40  # groups


def matrix_chart(matrix: Matrix) -> Chart:
    """Draw a filled square where an organisation has an action of a group, an empty one where it has none.

    Parameters
    ----------
    matrix : Matrix

    Returns
    -------
    Chart
        The groups that most organisations have come first; beyond 40 groups the rest is in the data only.
    """
    names = [name for name in matrix.holders.columns if name != "group"]
    groups = matrix.groups.head(SHOWN)
    has = (matrix.holders[names] != "").to_numpy()[: len(groups)]
    figure, axes = blank_figure(width=4.5 + 0.45 * len(names), height=1.8 + 0.28 * len(groups))
    down, across = np.nonzero(has)
    axes.scatter(across, down, marker="s", s=90, color=FOCUS, label="has it")
    down, across = np.nonzero(~has)
    axes.scatter(across, down, marker="s", s=90, facecolor="none", edgecolor=CONTEXT, label="has none")
    axes.set_xticks(range(len(names)), names, rotation=90)
    labels = [f"{title} ({count})" for title, count in zip(groups["title"], groups["organisations"], strict=True)]
    axes.set_yticks(range(len(groups)), labels)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.legend(fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    most = int((matrix.groups["reach"] == "most").sum())
    only = int((matrix.groups["reach"] == "only one").sum())
    titled(
        axes,
        f"{most} of {len(matrix.groups)} kinds of action are shared by most",
        subtitle="Organisations with an action of the kind",
        source="Actions put together by their words and effects; the table can be reviewed and given back.",
    )
    words = (
        f"{len(matrix.review)} actions of {len(names)} organisations are of {len(matrix.groups)} kinds: "
        f"{most} in most of the organisations, {only} in only one."
    )
    return Chart(figure, matrix.table, words)
