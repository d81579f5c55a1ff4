"""The footprint year by year, with the years marked in which a publisher's factor broke (extra ``plot``)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

import pandas as pd

from nhscarbon.analysis.decomposition.trend import LARGE, letters_of, yearly
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, signed, tonnes
from nhscarbon.reporting.charts.style import CONTEXT, FOCUS, PALETTE, Chart, blank_figure, titled
from nhscarbon.reporting.charts.themes import credit

WIDTH = 118  # letters of a note on one line


def trend_chart(
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
        Its data has ``period``, ``tco2e``, ``factor_tco2e`` (by all factors since the year before),
        ``breaks_tco2e`` (by the factor rows with known breaks), ``breaks`` in words and ``marked``.

    Raises
    ------
    UsageError
        If there are fewer than two years, one of them twice, or matplotlib is not installed.
    BoundaryError
        As `Footprint.total`.

    Examples
    --------
    >>> import pandas as pd, nhscarbon as nc
    >>> rows, method = pd.read_csv(nc.example("trust-year.csv")), nc.methodology("nhs-2026.1")
    >>> years = [nc.calculate(rows.assign(period=year), method) for year in ("2022/23", "2023/24")]
    >>> trend_chart(years).table["period"].tolist()
    ['2022/23', '2023/24']
    """
    data = yearly(footprints, boundary=boundary, match=match)
    last = max(footprints, key=lambda footprint: footprint.sums.columns["period"].labels[0])
    return _drawn(data, boundary or last.boundary or last.method.headline, last)


def _drawn(data: pd.DataFrame, counts: str, last: Footprint) -> Chart:
    starts = [int(str(year)[:4]) for year in data["period"]]
    places = places_for(float(data["tco2e"].abs().max()))
    notes = [
        f"{letter}  {row['period']}: factor rows with known breaks moved "
        f"{signed(float(row['breaks_tco2e']), places)} tCO2e: {row['breaks']}"
        for letter, row in zip(letters_of(data), data.to_dict("records"), strict=True)
        if letter
    ]
    figure, axes = blank_figure(height=4.2 + 0.4 * len(notes))
    values = data["tco2e"].tolist()
    for (first, second), (low, high) in zip(pairwise(starts), pairwise(values), strict=True):
        # a dashed line says that the years between have no footprint
        axes.plot([first, second], [low, high], color=FOCUS, linestyle="-" if second - first == 1 else "--")
    axes.plot(starts, values, color=FOCUS, marker="o", linestyle="none")
    top = 1.25 * max(values)
    axes.set_ylim(0, top)
    axes.set_xlim(min(starts) - 0.6, max(starts) + 0.6)
    unit, scale = ("thousand tCO2e", 1000) if max(values) >= LARGE else ("tCO2e", 1)
    for start, value in zip(starts, values, strict=True):
        axes.annotate(tonnes(value / scale, places), (start, value), xytext=(0, 8), textcoords="offset points",
                      ha="center", fontsize=10, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    for (first, second), letter in zip(pairwise(starts), letters_of(data)[1:], strict=True):
        if letter:  # between the two footprints that it separates
            middle = (first + second) / 2
            axes.axvline(middle, color=PALETTE[2], linestyle=":", linewidth=1.4)
            axes.text(middle, top, f" {letter}", color=PALETTE[2], fontsize=11, fontweight="bold", va="top")
    axes.set_xticks(starts, data["period"].tolist())
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(CONTEXT)
    change = values[-1] / values[0] - 1 if values[0] else 0.0
    titled(axes, f"{abs(change):.0%} {'less' if change < 0 else 'more'} in {data['period'].iloc[-1]} than in "
           f"{data['period'].iloc[0]}", subtitle=f"{counts} [{unit}]; lettered lines mark breaks of published factors",
           source="\n".join([*(_wrapped(note) for note in notes), credit(last)]))  # fmt: skip
    told = "; ".join(f"{year} {tonnes(value, places)}" for year, value in zip(data["period"], values, strict=True))
    marks = " ".join(f"Break {note}." for note in notes) or "No known break of a factor moved a total by 1 % or more."
    return Chart(figure, data, f"Line chart of {counts} in tCO2e by year: {told}. {marks}")


def _wrapped(text: str) -> str:
    return "\n    ".join(wrap(text, WIDTH))
