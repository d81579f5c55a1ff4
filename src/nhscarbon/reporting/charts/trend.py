"""The footprint year by year, with the years marked in which a publisher's factor broke."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nhscarbon.analysis.decomposition.trend import LARGE, letters_of, yearly
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, tonnes, with_sign
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import BOTTOM, LEFT, TOP, along, ground, height, joined, scale
from nhscarbon.reporting.drawing.labels import credit, label
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Text, line
from nhscarbon.reporting.drawing.palette import FEW, SIZE, SMALL, SOFT, WIDTH

DRAWS = (list, tuple)


def draw(
    footprints: Sequence[Footprint], *, boundary: str | None = None, match: Sequence[str] = ("organisation",)
) -> Chart:
    """Draw the total of each year, and mark where known breaks of factors moved it by 1 % or more.

    Parameters
    ----------
    footprints : sequence of Footprint
        One NHS year each, in any order.
    boundary : str, optional
        The headline of each when left out.
    match : sequence of str, optional
        As `nhscarbon.compare`.

    Returns
    -------
    Chart
        Its table has ``period``, ``tco2e``, ``factor_tco2e`` (by all factors since the year before),
        ``breaks_tco2e`` (by the factor rows with known breaks), ``breaks`` in words and ``marked``.

    Raises
    ------
    UsageError
        If there are fewer than two years, one of them twice, or something that is no footprint.
    BoundaryError
        As `Footprint.total`.

    Examples
    --------
    >>> import pandas as pd, nhscarbon as nc
    >>> rows, method = pd.read_csv(nc.example("trust-year.csv")), nc.methodology("nhs-2026.1")
    >>> years = [nc.calculate(rows.assign(period=year), method) for year in ("2022/23", "2023/24")]
    >>> draw(years).table["period"].tolist()
    ['2022/23', '2023/24']
    """
    if not all(isinstance(each, Footprint) for each in footprints):
        raise UsageError("a list is drawn if all that is in it are footprints, one for each NHS year")
    data = yearly(footprints, boundary=boundary, match=match)
    last = max(footprints, key=lambda footprint: footprint.sums.columns["period"].labels[0])
    counts = label(boundary or last.boundary or last.method.headline)
    periods, values, letters = data["period"].tolist(), data["tco2e"].tolist(), letters_of(data)
    places = places_for(max(map(abs, values)))
    notes = [
        f"{letter}  {row['period']}: changed published factors moved the total by "
        f"{with_sign(float(row['breaks_tco2e']), places)} tCO2e: {row['breaks']}"
        for letter, row in zip(letters, data.to_dict("records"), strict=True)
        if letter
    ]
    unit, size = ("thousand tCO2e", 1000) if max(values) >= LARGE else ("tCO2e", 1)
    about = f"{counts} [{unit}]{'; lettered lines mark changes of published factors' if notes else ''}"
    change = values[-1] / values[0] - 1 if values[0] else 0.0
    title = f"{abs(change):.0%} {'less' if change < 0 else 'more'} in {periods[-1]} than in {periods[0]}"
    told = "; ".join(f"{year} {tonnes(value, places)}" for year, value in zip(periods, values, strict=True))
    marked = " ".join(f"Change {note}." for note in notes)
    marked = marked or "No change of a published factor moved a total by 1 % or more."
    covers = f"{periods[-1]}: {last.label(boundary or last.boundary or None)}"
    alt = f"Line chart of {counts} in tCO2e by year: {told}. {marked} {covers}."
    body = _lines([int(year[:4]) for year in periods], [value / size for value in values], letters, places)
    return Chart(title, [about, covers], [*notes, credit(last)], body, data, alt)


def _lines(years: Sequence[int], values: Sequence[float], letters: Sequence[str], places: int) -> Drawing:
    few = len(years) <= FEW
    left = 0.0 if few else LEFT  # with a figure at each dot there is no scale
    x, (y, most) = scale(years[0], years[-1], left + 28, WIDTH - 28), height(values)
    marks: list[Mark] = ground(y, most, WIDTH, left=left, figures=not few)
    for (first, second), letter in zip(pairwise(years), letters[1:], strict=True):
        if letter:  # between the two footprints that it separates
            middle = x((first + second) / 2)
            marks += [line(middle, TOP, middle, BOTTOM, SOFT, 1.5, "2 3"),
                      Text(middle + 5, TOP + 10, letter, colour=SOFT, bold=True)]  # fmt: skip
    dots = [(x(year), y(value)) for year, value in zip(years, values, strict=True)]
    marks += joined(years, dots)
    for place, (across, down) in enumerate(dots):
        ends = place in (0, len(dots) - 1)
        marks.append(Dot(across, down, 5 if place == len(dots) - 1 else 4))
        if few or ends:
            figure = tonnes(values[place], places)
            marks.append(Text(across, down - 11, figure, "middle", SIZE if ends else SMALL, bold=ends, halo=True))
    return Drawing((*marks, *along(years, x)), BOTTOM + 24)
