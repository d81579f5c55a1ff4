"""Organisations by groups of actions."""

from __future__ import annotations

from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.marks import Drawing, Mark, box, fit, small, wrap
from nhscarbon.reporting.drawing.palette import EDGE, INK, SMALL, WIDTH
from nhscarbon.trajectory.actions.matrix import Matrix

DRAWS = (Matrix,)
SHOWN = 40  # groups
NAME, HEAD = 190.0, 110.0  # room of a group's name, and of an organisation's
CELL, ROW = 18.0, 32.0


def draw(matrix: Matrix) -> Chart:
    """Draw a filled square where an organisation has an action of a group, an empty one where it has none.

    Parameters
    ----------
    matrix : Matrix
        From `nhscarbon.trajectory.matrix`.

    Returns
    -------
    Chart
        The groups that most organisations have come first; beyond 40 groups the rest is in the table only.
    """
    names = [name for name in matrix.holders.columns if name != "group"]
    groups = matrix.groups.head(SHOWN)
    has = (matrix.holders[names] != "").to_numpy()
    head = 30 + max((len(name) for name in names), default=0) * 7.0
    head = min(head, 30 + HEAD)
    left = [NAME + 10 + CELL * place for place in range(len(names))]
    marks: list[Mark] = [
        box(0, 1, 11, 11), small(16, 11, "has it"),
        box(70, 1, 11, 11, "", EDGE), small(86, 11, "has none"),
        *(small(x + 10, head - 6, fit(name, HEAD, SMALL), colour=INK, upright=True)
          for x, name in zip(left, names, strict=True)),
    ]  # fmt: skip
    for row, (title, count) in enumerate(zip(groups["title"], groups["organisations"], strict=True)):
        y = head + ROW * row
        name = wrap(f"{title} ({count})", NAME, SMALL)[:2]  # the table has the whole of it
        marks += [small(0, y + 10 + 13 * number, part, colour=INK) for number, part in enumerate(name)]
        marks += [box(x, y, 13, 13) if filled else box(x, y, 13, 13, "", EDGE)
                  for x, filled in zip(left, has[row], strict=True)]  # fmt: skip
    most = int((matrix.groups["reach"] == "most").sum())
    only = int((matrix.groups["reach"] == "only one").sum())
    words = (
        f"{len(matrix.review)} actions of {len(names)} organisations are of {len(matrix.groups)} kinds: "
        f"{most} in most of the organisations, {only} in only one."
    )
    body = Drawing(tuple(marks), head + ROW * len(groups), max(WIDTH, NAME + 10 + CELL * len(names)))
    title = f"{most} of {len(matrix.groups)} kinds of action are shared by most"
    source = "Actions put together by their words and effects; the table can be reviewed and given back."
    return Chart(title, ["Organisations with an action of the kind"], [source], body, matrix.table, words)
