"""The footprint year by year, with the years marked in which a publisher's factor broke."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from nhscarbon.analysis.decomposition.trend import LARGE, left_out, letters_of, yearly
from nhscarbon.analysis.decomposition.two_years import Compared, of_year
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, tonnes, with_sign
from nhscarbon.periods import LAST_MONTH
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import BOTTOM, LEFT, TOP, along, ground, height, joined, scale
from nhscarbon.reporting.drawing.labels import credit, label
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Text, length, line, small
from nhscarbon.reporting.drawing.palette import DASH, EDGE, FEW, SIZE, SMALL, SOFT, WIDTH

DRAWS = (list, tuple, Footprint)
USUAL = False  # of a footprint its themes are drawn, unless a trend is asked for


class Point(NamedTuple):
    """A whole year's total, in the unit of the drawing."""

    year: int
    value: float


def draw(
    footprints: Footprint | Sequence[Compared],
    *,
    boundary: str | None = None,
    match: Sequence[str] | None = None,
    part_years: bool = False,
) -> Chart:
    """Draw the total of each whole year, and mark where known breaks of factors moved it by 1 % or more.

    Parameters
    ----------
    footprints : sequence of Footprint and SuppliedFootprint, or Footprint
        One NHS year each, in any order, or one of several years.
    boundary : str, optional
        The headline of each when left out.
    match : sequence of str, optional
        As `nhscarbon.compare`.
    part_years : bool, optional
        Whether a year that is not whole has a point too. Left out, it has none: an upright says how many months it has.

    Returns
    -------
    Chart
        Its table is that of `nhscarbon.analysis.decomposition.trend.yearly`.

    Raises
    ------
    UsageError
        If there are fewer than two years, one of them twice, no whole year, or something that is no footprint.
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
    data = yearly(footprints, boundary=boundary, match=match, part_years=part_years)
    given = [footprints] if isinstance(footprints, Footprint) else footprints
    last = max((each for each in given if isinstance(each, Footprint)), key=lambda each: each.periods[-1])
    counts = label(boundary or last.boundary or last.method.headline)
    letters, left = letters_of(data), left_out(data)
    here = data["tco2e"].notna()
    if not here.any():
        raise UsageError("no NHS year of this trend is whole.", advice=" ".join(left))
    periods, values = data.loc[here, "period"].tolist(), data.loc[here, "tco2e"].tolist()
    places = places_for(max(map(abs, values)))
    notes = [
        f"{letter}  {row['period']}: changed published factors moved the total by "
        f"{with_sign(float(row['breaks_tco2e']), places)} tCO2e: {row['breaks']}"
        for letter, row in zip(letters, data.to_dict("records"), strict=True)
        if letter
    ]
    supplied = [f"{row['period']}: a total supplied by {row['source']}." for row in data.to_dict("records")
                if row["source"]]  # fmt: skip
    unit, size = ("thousand tCO2e", 1000) if max(values) >= LARGE else ("tCO2e", 1)
    about = f"{counts} [{unit}]{'; lettered lines mark changes of published factors' if notes else ''}"
    told = "; ".join(f"{year} {tonnes(value, places)}" for year, value in zip(periods, values, strict=True))
    marked = " ".join(f"Change {note}." for note in notes)
    marked = marked or "No change of a published factor moved a total by 1 % or more."
    year = of_year(last, periods[-1]) if periods[-1] in last.periods else last
    covers = f"{periods[-1]}: {year.label(boundary or last.boundary or None)}" if isinstance(year, Footprint) else ""
    further = [covers, *supplied, *left]
    alt = " ".join([f"Line chart of {counts} in tCO2e by year: {told}.", marked, f"{covers}.", *supplied, *left])
    points = [Point(int(period[:4]), value / size) for period, value in zip(periods, values, strict=True)]
    parts = [(int(row["period"][:4]), _short(row)) for row in data[~here].to_dict("records")]
    marks = [letter for letter, shown in zip(letters, here, strict=True) if shown]
    body = _lines(points, marks, parts, places)
    return Chart(_finding(periods, values), [about, *further], [*notes, credit(last)], body, data, alt)


def _finding(periods: Sequence[str], values: Sequence[float]) -> str:
    """Say how the last whole year differs from the first."""
    if len(periods) < 2:
        return f"Only {periods[0]} is a whole year"
    change = values[-1] / values[0] - 1 if values[0] else 0.0
    return f"{abs(change):.0%} {'less' if change < 0 else 'more'} in {periods[-1]} than in {periods[0]}"


def _short(row: Mapping[Hashable, object]) -> str:
    """Say at the upright of a part year how many months it has, or that it has not all organisations."""
    months = str(row["months"])
    return f"{row['period']}: " + (f"{months} of {LAST_MONTH} months" if months.isdigit() else "not all sent")


def _lines(points: Sequence[Point], letters: Sequence[str], parts: Sequence[tuple[int, str]], places: int) -> Drawing:
    """Draw the line of the whole years, a lettered upright for each break, and a dashed one for each part year."""
    years, values = [each.year for each in points], [each.value for each in points]
    every = sorted([*years, *(year for year, _ in parts)])
    few = len(every) <= FEW
    left = 0.0 if few else LEFT  # with a figure at each dot there is no scale
    x, (y, most) = scale(every[0], every[-1], left + 28, WIDTH - 28), height(values)
    marks: list[Mark] = ground(y, most, WIDTH, left=left, figures=not few)
    for (first, second), letter in zip(pairwise(years), letters[1:], strict=True):
        if letter:  # between the two footprints that it separates
            middle = x((first + second) / 2)
            marks += [line(middle, TOP, middle, BOTTOM, SOFT, 1.5, "2 3"),
                      Text(middle + 5, TOP + 10, letter, colour=SOFT, bold=True)]  # fmt: skip
    for place, (year, words) in enumerate(parts):
        down = BOTTOM - 10 - 16 * place  # below the line of totals, each part year on a line of its own
        end = length(words, SMALL) + 6 > WIDTH - x(year)
        marks += [line(x(year), TOP, x(year), BOTTOM, EDGE, 1.5, DASH),
                  small(x(year) + (-5 if end else 5), down, words, "end" if end else "start", halo=True)]  # fmt: skip
    dots = [(x(year), y(value)) for year, value in zip(years, values, strict=True)]
    marks += joined(years, dots)
    for place, (across, down) in enumerate(dots):
        ends = place in (0, len(dots) - 1)
        marks.append(Dot(across, down, 5 if place == len(dots) - 1 else 4))
        if few or ends:
            figure = tonnes(values[place], places)
            marks.append(Text(across, down - 11, figure, "middle", SIZE if ends else SMALL, bold=ends, halo=True))
    return Drawing((*marks, *along(years, x)), BOTTOM + 24)
