"""Three lines: what was measured, and the low, central and high pathways from it."""

from __future__ import annotations

import pandas as pd

from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import BOTTOM, LEFT, along, beside, ground, height, joined, scale
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Path, Point, small
from nhscarbon.reporting.drawing.palette import DASH, DATA, SOFT, WIDTH
from nhscarbon.trajectory.projection.three_lines import ThreeLines
from nhscarbon.trajectory.targets.series import year_texts
from nhscarbon.trajectory.targets.target_path import TargetPath

DRAWS = (ThreeLines,)
NAMES = ("high", "central", "low")
RIGHT = WIDTH - 56  # of the plot: names are next to it
BETWEEN = 0.15  # how strong the field between low and high is


def draw(lines: ThreeLines, *, path: TargetPath | None = None) -> Chart:
    """Draw three lines with what was measured, and a target beside them.

    Parameters
    ----------
    lines : ThreeLines
        From `nhscarbon.trajectory.three_lines`.
    path : TargetPath, optional
        A target to draw beside them.

    Returns
    -------
    Chart
        Its table has one row per NHS year: ``low``, ``central``, ``high``, ``measured_tco2e`` and ``target_tco2e``
        [tCO2e].

    Raises
    ------
    BoundaryError, UsageError
        If the path is for something else than the lines; see `TargetPath.judged`.
    """
    high = lines.high
    measured = pd.DataFrame({"year": year_texts(high.history.index.to_numpy()),
                             "measured_tco2e": high.history.to_numpy()})  # fmt: skip
    data = lines.totals.merge(measured, on="year", how="outer")
    if path is not None:
        path.judged(high.history)
        data = data.merge(path.table.rename(columns={"tco2e": "target_tco2e"})[["year", "target_tco2e"]], on="year",
                          how="left")  # fmt: skip
    data = data.sort_values("year", ignore_index=True)
    last = lines.totals.iloc[-1]
    title = f"{last['year']}: low {last['low']:,.0f}, central {last['central']:,.0f}, high {last['high']:,.0f} tCO2e"
    about = [f"{label(high.boundary)} [tCO2e a year]", *lines.sentences, high.label]
    alt = (
        f"Line chart of {label(high.boundary)}: three lines from {high.base}. {title}. "
        f"{' '.join(lines.sentences)} {high.label}."
    )
    package = high.moved.line.pathways.package if high.moved else ""
    source = f"{high.method}; {package}; {high.noise.path}; base {high.base}"
    return Chart(title, about, [source], _lines(data), data, alt)


def _lines(data: pd.DataFrame) -> Drawing:
    years = [int(year[:4]) for year in data["year"]]
    drawn = data.drop(columns=["year"])
    x, (y, most) = scale(years[0], years[-1], LEFT + 22, RIGHT), height([*drawn.max().dropna(), *drawn.min().dropna()])

    def points(column: str) -> tuple[Point, ...]:
        there = zip(years, data[column], data[column].notna(), strict=True)
        return tuple((x(year), y(value)) for year, value, known in there if known)

    marks: list[Mark] = ground(y, most, RIGHT)
    marks.append(Path((*points("low"), *reversed(points("high"))), fill=DATA, opacity=BETWEEN))
    there = data[data["measured_tco2e"].notna()]
    marks += joined([int(year[:4]) for year in there["year"]], points("measured_tco2e"))
    marks += [Dot(*point, 4) for point in points("measured_tco2e")]
    marks += [Path(points(name), edge=DATA, width=3 if name == "central" else 1.5) for name in NAMES]
    ends = [(points(name)[-1][1], name, DATA) for name in NAMES]
    first = points("measured_tco2e")[0]
    marks.append(small(first[0] - 6, first[1] - 11, "measured", colour=DATA, bold=True, halo=True))
    if "target_tco2e" in data:
        path = points("target_tco2e")
        marks.append(Path(path, edge=SOFT, width=2, dash=DASH))
        ends.append((path[-1][1], "target", SOFT))
    marks += beside(RIGHT, ends)
    return Drawing((*marks, *along(years, x)), BOTTOM + 24)
