"""What a return holds of each theme and month, as a heat map."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.coverage import COLUMNS, MISSING
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.marks import Drawing, Mark, Path, Text, box, small
from nhscarbon.reporting.drawing.palette import DATA, INK, SIZE, SMALL, SOFT, WHITE, WIDTH

DRAWS = (pd.DataFrame,)
ROW, CELL = 52.0, WIDTH / 12  # of a theme with its name, and the width of a month
DARK = 0.71  # share, from which white words on the shade have more contrast than black: 4.5 to 1 on either side
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def draw(frame: pd.DataFrame, *, labels: Mapping[str, str] | None = None) -> Chart:
    """Draw in how many places each theme is given, month by month.

    A place is a site, or a body that names none. Each field says its number: the shade only repeats it.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `nhscarbon.footprint.completeness`, of one NHS year.
    labels : Mapping[str, str], optional
        What the themes are called, such as ``method.catalogue.themes``.

    Returns
    -------
    Chart
        Its table has ``theme``, ``month``, ``given`` and ``places``.

    Raises
    ------
    UsageError
        If the frame is not one of `nhscarbon.footprint.completeness`, is empty, or has more than one NHS year.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> method = nc.methodology("nhs-2026.1")
    >>> found = nc.footprint.completeness(nc.example("trust-year.csv"), method)
    >>> draw(found, labels=method.catalogue.themes).alt_text
    'Heat map of RX1, 2023/24: every theme that was sent is given in all 12 months at every site.'
    """
    absent = [name for name in COLUMNS if name not in frame]
    if absent:
        raise UsageError(f"a frame is drawn if it is one of completeness(); this has no column {', '.join(absent)}")
    years = frame["period"].unique().tolist()
    if len(years) != 1:
        raise UsageError(f"a heat map is of one NHS year; the frame has {', '.join(years) or 'none'}")
    counted = frame.assign(there=frame["state"] != MISSING).groupby(["theme", "month"], sort=False)["there"]
    data = counted.agg(given="sum", places="count").reset_index()
    names = {theme: (labels or {}).get(theme, theme) for theme in data["theme"]}
    bodies = frame["organisation"].unique().tolist()
    whose = f"{bodies[0] if len(bodies) == 1 else f'{len(bodies):,} organisations'}, {years[0]}"
    lacking = int((data["places"] - data["given"]).sum())
    title = "No month is missing of the themes that were sent"
    if lacking:
        title = f"{lacking:,} of {int(data['places'].sum()):,} months are missing"
    about = "Sites (or organisations that name none) with a figure, of those expected"
    source = f"Source: activity data as sent, {whose}; what is missing is not zero"
    return Chart(title, [about], [source], _cells(data, names), data, f"Heat map of {whose}: {_told(data, names)}")


def _cells(data: pd.DataFrame, names: Mapping[str, str]) -> Drawing:
    marks: list[Mark] = [small(CELL * (place + 0.5), SMALL, month, "middle")
                         for place, month in enumerate(MONTHS)]  # fmt: skip
    for row, (theme, name) in enumerate(names.items()):
        y = SMALL + ROW * row + 9
        months = data[data["theme"] == theme]
        marks.append(Text(0, y + SIZE, f"{name}, of {int(months['places'].max()):,}"))
        for place, (given, places) in enumerate(zip(months["given"].tolist(), months["places"].tolist(), strict=True)):
            cell, share = box(CELL * place + 1, y + 19, CELL - 2, 24, "", SOFT), given / places
            marks += [Path(cell.points, fill=DATA, opacity=share)] if share else []
            figure = f"{given:,}" if given < 10_000 else f"{given / 1000:.0f}k"  # which fits; the table has it whole
            colour = WHITE if share >= DARK else INK
            marks += [cell, small(CELL * (place + 0.5), y + 35, figure, "middle", colour)]
    return Drawing(tuple(marks), SMALL + ROW * len(names) + 4)


def _told(data: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say which themes lack most, in words."""
    lacking = (data["places"] - data["given"]).groupby(data["theme"], sort=False).sum()
    lacking = lacking[lacking > 0].sort_values(ascending=False, kind="stable")
    if lacking.empty:
        return "every theme that was sent is given in all 12 months at every site."
    places = data.groupby("theme", sort=False)["places"].sum()
    told = [
        f"{names[str(theme)]} lacks {count:,} of {places[str(theme)]:,} months" for theme, count in lacking.items()
    ][:3]
    more = f" and {len(lacking) - 3} more themes lack some" if len(lacking) > 3 else ""
    return f"{'; '.join(told)}{more}."
