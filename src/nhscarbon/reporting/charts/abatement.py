"""The marginal abatement view: a plane for what saves money, bars for what costs it, a line for what costs nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import LEFT, amounts, ground, height, scale, spread
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Path, Text, box, fit, line, small, wrap
from nhscarbon.reporting.drawing.palette import DATA, EDGE, INK, SMALL, SOFT, WHITE, WIDTH
from nhscarbon.trajectory.actions.abatement import FREE, PAID, SAVES, Abatement

DRAWS = (Abatement,)
NAMED = 8  # points and bars with a name
NAME = 105.0  # room of a name
RIGHT = WIDTH - 14  # of a plot: its last figure is centred there
PANEL = 260.0  # from the heading of a panel to its line of zero


def draw(view: Abatement) -> Chart:
    """Draw actions that save money by money and tonnes, and those that cost money by pounds per tonne.

    The former have no place in a curve of pounds per tonne, so they have a panel of their own. Actions that cost
    nothing are named in a line below.

    Parameters
    ----------
    view : Abatement
        From `nhscarbon.trajectory.abatement`.

    Returns
    -------
    Chart
        Its table is that of the view.
    """
    table = view.table
    saves, free, paid = (table[table["kind"] == kind] for kind in (SAVES, FREE, PAID))
    saved = max(0.0, -float(saves["net_present_cost_gbp"].sum()) / 1e6)
    nothing = f"{_many(len(free), 'costs nothing', 'cost nothing')}; " if len(free) else ""
    words = (
        f"{len(saves)} of {_actions(len(table))} {'saves' if len(saves) == 1 else 'save'} money, £{saved:,.1f} million "
        f"together; {nothing}{_many(len(paid), 'costs money', 'cost money')}. "
        f"Beside the others they add {float(table['tco2e'].sum()):,.0f} tCO2e."
    )
    title = f"{_actions(len(saves))} {'saves' if len(saves) == 1 else 'save'} money"
    title += f", {_many(len(free), 'costs nothing', 'cost nothing')}" if len(free) else ""
    title += f" and {_many(len(paid), 'costs money', 'cost money')}"
    second = PANEL + 56 if len(saves) else 0.0
    last = second + (PANEL + 40 if len(paid) else 0.0)
    marks = [*(_saves(saves) if len(saves) else ()), *(_paid(paid, second) if len(paid) else ())]
    if len(free):
        lines = wrap(_named(free), WIDTH, SMALL)
        marks += [small(0, last + 12 + (SMALL + 4) * number, part, colour=INK) for number, part in enumerate(lines)]
        last += 8 + (SMALL + 4) * len(lines)
    body = Drawing(tuple(marks), last)
    about = "Tonnes are what an action adds to all the others [tCO2e]"
    return Chart(title, [about], [view.note], body, table, words)


def _actions(count: int) -> str:
    return f"{count} action{'' if count == 1 else 's'}"


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _named(free: pd.DataFrame) -> str:
    """Say what costs nothing, with its tonnes, the most first."""
    rows = zip(free["title"][:NAMED], free["tco2e"][:NAMED], strict=True)
    told = [f"{fit(name, NAME + 40, SMALL)} ({tonnes:,.0f} tCO2e)" for name, tonnes in rows]
    more = [f"{len(free) - NAMED} more"] if len(free) > NAMED else []
    return "What costs nothing: " + "; ".join([*told, *more])


def _saves(table: pd.DataFrame) -> list[Mark]:
    """Return the plane of what saves money: discs for what no other beats in both, triangles for the rest."""
    money = -table["net_present_cost_gbp"].to_numpy(np.float64) / 1e6
    most = float(table[["tco2e", "high"]].to_numpy(np.float64).max())
    x, (y, top) = scale(0, 1.05 * most, LEFT, RIGHT), height(money.tolist(), top=50, bottom=PANEL)
    marks: list[Mark] = [
        Text(0, 12, "What saves money: £ million saved (net present)", bold=True),
        Dot(6, 27, 4), small(16, 31, "no other saves more of both"),
        _triangle(196, 27), small(206, 31, "another saves more of both"),
        *ground(y, top, WIDTH), *amounts(x, most, PANEL),
    ]  # fmt: skip
    columns = (table["title"], table["tco2e"], table["low"], table["high"], money, table["pareto_rank"])
    rows = list(zip(*columns, strict=True))
    names = spread([y(row[4]) - 7 for row in rows[:NAMED]], 13, 50, PANEL - 4)
    for (name, tonnes, *_), down in zip(rows, names, strict=False):
        side, away = ("end", -7) if x(tonnes) > WIDTH / 2 else ("start", 7)
        marks.append(small(x(tonnes) + away, down, fit(name, NAME + 40, SMALL), side, INK, halo=True))
    for _, tonnes, low, high, pounds, rank in rows:  # over the names
        marks += [line(x(max(low, 0.0)), y(pounds), x(high), y(pounds), EDGE),
                  Dot(x(tonnes), y(pounds), 4) if rank == 1 else _triangle(x(tonnes), y(pounds))]  # fmt: skip
    return marks


def _paid(table: pd.DataFrame, top: float) -> list[Mark]:
    """Return a bar for each action that costs money, as wide as its tonnes, the cheapest first."""
    names = ("tco2e", "gbp_per_tco2e", "gbp_per_tco2e_low", "gbp_per_tco2e_high")
    figures = table[list(names)].to_numpy(np.float64)
    upper = np.where(np.isfinite(figures[:, 3]), figures[:, 3], figures[:, 1])
    bottom, most = top + PANEL, float(figures[:, 0].sum())
    x, (y, highest) = scale(0, most, LEFT, RIGHT), height(upper.tolist(), top=top + 30 + NAME, bottom=bottom)
    widest = set(np.argsort(-figures[:, 0], kind="stable")[:NAMED].tolist())
    marks: list[Mark] = [Text(0, top + 12, "What costs money: £ per tCO2e", bold=True), *ground(y, highest, WIDTH)]
    start = 0.0
    for place, (name, (tonnes, price, low, _), high) in enumerate(zip(table["title"], figures, upper, strict=True)):
        wide, middle = x(start + tonnes) - x(start), x(start + tonnes / 2)
        marks.append(box(x(start), y(price), wide, y(0.0) - y(price), DATA, WHITE))
        marks += [line(middle, y(low), middle, y(high), WHITE, 3), line(middle, y(low), middle, y(high), INK)]
        if place in widest and wide > SMALL:  # names do not touch
            words = fit(name, NAME, SMALL)
            marks.append(small(middle + 4, y(high) - 5, words, colour=INK, halo=True, upright=True))
        start += tonnes
    return [*marks, line(LEFT, bottom, WIDTH, bottom), *amounts(x, most, bottom)]


def _triangle(x: float, y: float) -> Path:
    return Path(((x, y - 5), (x + 5, y + 4), (x - 5, y + 4)), fill=SOFT)
