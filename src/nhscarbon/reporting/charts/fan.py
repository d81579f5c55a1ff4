"""The fan: what was measured, what lies ahead with its bands, and the target with its budget."""

from __future__ import annotations

import pandas as pd

from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import BOTTOM, LEFT, along, beside, ground, height, joined, scale
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Path, Point, small
from nhscarbon.reporting.drawing.palette import DASH, DATA, SOFT, WIDTH
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.series import year_texts
from nhscarbon.trajectory.targets.target_path import TargetPath

DRAWS = (Projection,)
SHADES = {95: 0.15, 80: 0.25, 50: 0.4}  # the widest first, so that the narrower lie on it
RIGHT = WIDTH - 56  # of the plot: names are next to it


def draw(projection: Projection, *, path: TargetPath | None = None) -> Chart:
    """Draw the fan of a projection: the whole, what was measured, the path and its budget.

    Parameters
    ----------
    projection : Projection
        From `nhscarbon.project`.
    path : TargetPath, optional
        A target to draw beside it, with its budget.

    Returns
    -------
    Chart
        Its table has one row per NHS year: ``median``, ``low_50`` to ``high_95``, ``measured_tco2e`` and
        ``target_tco2e`` [tCO2e].
    """
    bands = projection.outcomes.table
    measured = pd.DataFrame({"year": year_texts(projection.history.index.to_numpy()),
                             "measured_tco2e": projection.history.to_numpy()})  # fmt: skip
    data = bands.merge(measured, on="year", how="outer")
    about = [f"{label(projection.boundary)} [tCO2e a year]; bands hold 50, 80 and 95 % of "
             f"{projection.noise.draws:,} simulations"]  # fmt: skip
    if path is not None:
        data = data.merge(path.table.rename(columns={"tco2e": "target_tco2e"}), on="year", how="left")
        chance = projection.chances(path)
        about += chance.verdicts()
        about.append(f"Budget of the target path: {chance.table['limit_tco2e'].iloc[-1]:,.0f} tCO2e, kept in "
                     f"{100 * chance.of('budget'):.0f} % of the simulations")  # fmt: skip
    about.append(projection.label)
    last, base = bands.iloc[-1], measured.iloc[-1]
    between = f"80 % between {last['low_80']:,.0f} and {last['high_80']:,.0f}"
    title = f"{last['year']}: {last['median']:,.0f} tCO2e, {between}"
    data = data.sort_values("year", ignore_index=True)
    alt = " ".join([f"Fan chart of {label(projection.boundary)}: measured {base['measured_tco2e']:,.0f} tCO2e in "
                    f"{base['year']}; projected from {bands['year'].iloc[0]}. {title}.",
                    *(f"{each}." for each in about[1:])])  # fmt: skip
    source = f"{projection.method}; {projection.noise.path}; base {projection.base}"
    return Chart(title, about, [source], _fan(data), data, alt)


def _fan(data: pd.DataFrame) -> Drawing:
    years = [int(year[:4]) for year in data["year"]]
    drawn = data.drop(columns=["year", "tco2e"])
    x, (y, most) = scale(years[0], years[-1], LEFT + 22, RIGHT), height([*drawn.max().dropna(), *drawn.min().dropna()])

    def points(column: str) -> tuple[Point, ...]:
        there = zip(years, data[column], data[column].notna(), strict=True)
        return tuple((x(year), y(value)) for year, value, known in there if known)

    marks: list[Mark] = ground(y, most, RIGHT)
    marks += [Path((*points(f"low_{level}"), *reversed(points(f"high_{level}"))), fill=DATA, opacity=shade)
              for level, shade in SHADES.items()]  # fmt: skip
    there = data[data["measured_tco2e"].notna()]
    marks += joined([int(year[:4]) for year in there["year"]], points("measured_tco2e"))
    marks += [Dot(*point, 4) for point in points("measured_tco2e")]
    marks.append(Path(points("median"), edge=DATA, width=2))
    path = points("target_tco2e") if "target_tco2e" in data else ()
    first, heights = points("measured_tco2e")[0], [point[1] for point in points("measured_tco2e")]
    under = bool(path) and path[0][1] < first[1]  # on the side where the path is not
    name_at = max(heights) + 20 if under else min(heights) - 11
    marks.append(small(first[0] - 6, name_at, "measured", colour=DATA, bold=True, halo=True))
    ends = [(points("median")[-1][1], "median", DATA)]
    if path:
        marks.append(Path(path, edge=SOFT, width=2, dash=DASH))
        ends.append((path[-1][1], "target", SOFT))
    marks += beside(RIGHT, ends)
    return Drawing((*marks, *along(years, x)), BOTTOM + 24)
