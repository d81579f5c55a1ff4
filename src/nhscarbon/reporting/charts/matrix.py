"""Organisations by interventions."""

from __future__ import annotations

from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.marks import Drawing, Mark, box, fit, small, wrap
from nhscarbon.reporting.drawing.palette import EDGE, INK, SMALL, WIDTH
from nhscarbon.trajectory.green_plan.matrix import InterventionMatrix

DRAWS = (InterventionMatrix,)
SHOWN = 40  # interventions
NAME, HEAD = 190.0, 110.0  # room of an intervention's name, and of an organisation's
CELL, ROW = 18.0, 32.0


def draw(matrix: InterventionMatrix) -> Chart:
    """Draw a filled square where an organisation plans an intervention, an empty one where it does not.

    Parameters
    ----------
    matrix : InterventionMatrix
        From `nhscarbon.trajectory.intervention_matrix`.

    Returns
    -------
    Chart
        What most organisations plan comes first; beyond 40 interventions the rest is in the table only.
    """
    names = list(matrix.organisations)
    every = matrix.interventions.sort_values("organisations", ascending=False, kind="stable")
    rows, table = every.head(SHOWN), matrix.table
    held = set(zip(table["intervention"], table["organisation"], strict=True))
    head = min(30 + max((len(name) for name in names), default=0) * 7.0, 30 + HEAD)
    left = [NAME + 10 + CELL * place for place in range(len(names))]
    marks: list[Mark] = [
        box(0, 1, 11, 11), small(16, 11, "plans it"),
        box(70, 1, 11, 11, "", EDGE), small(86, 11, "does not"),
        *(small(x + 10, head - 6, fit(name, HEAD, SMALL), colour=INK, upright=True)
          for x, name in zip(left, names, strict=True)),
    ]  # fmt: skip
    for row, (id, name, count) in enumerate(
        zip(rows["intervention"], rows["name"], rows["organisations"], strict=True)
    ):
        y = head + ROW * row
        words = wrap(f"{name} ({count})", NAME, SMALL)[:2]  # the table has the whole of it
        marks += [small(0, y + 10 + 13 * number, part, colour=INK) for number, part in enumerate(words)]
        marks += [box(x, y, 13, 13) if (id, who) in held else box(x, y, 13, 13, "", EDGE)
                  for x, who in zip(left, names, strict=True)]  # fmt: skip
    most, one = (int((every["reach"] == reach).sum()) for reach in ("most", "one"))
    actions = int(every["actions_count"].sum())
    said = (
        f"{actions} actions of {len(names)} organisations plan {len(every)} interventions: {most} in most of the "
        f"organisations, {one} in only one."
    )
    body = Drawing(tuple(marks), head + ROW * len(rows), max(WIDTH, NAME + 10 + CELL * len(names)))
    title = f"{most} of {len(every)} interventions are planned by most"
    source = f"Undecided actions are left out: {len(matrix.review)}."
    return Chart(title, ["Organisations that plan the intervention"], [source], body, table, said)
