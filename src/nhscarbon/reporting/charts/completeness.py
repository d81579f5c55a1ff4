"""What a return holds of each theme and month, as a heat map (extra ``plot``)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.reporting.charts.style import FOCUS, SMALLEST, Chart, blank_figure, titled

AROUND, ROW = 2.0, 0.46  # inches for title and months, and for a row
DARK = 0.71  # share, from which white words on the shade have more contrast than black: 4.5 to 1 on either side
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def completeness_chart(frame: pd.DataFrame, *, labels: Mapping[str, str] | None = None) -> Chart:
    """Draw in how many places each theme is given, month by month.

    A place is a site, or a body that names none. Each field says its numbers: the shade only repeats them.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `nhscarbon.completeness`, of one NHS year.
    labels : Mapping[str, str], optional
        What the themes are called, such as ``method.catalogue.themes``.

    Returns
    -------
    Chart
        Its data has ``theme``, ``month``, ``given`` and ``places``.

    Raises
    ------
    UsageError
        If there is nothing in the frame, or more than one NHS year, or matplotlib is not installed.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> method = nc.methodology("nhs-2026.1")
    >>> found = nc.completeness(nc.example("trust-year.csv"), method)
    >>> completeness_chart(found, labels=method.catalogue.themes).alt_text
    'Heat map of RX1, 2023/24: every theme is given in all 12 months at every place.'
    """
    years = frame["period"].unique().tolist()
    if len(years) != 1:
        raise UsageError(f"a heat map is of one NHS year; the frame has {', '.join(years) or 'none'}")
    counted = frame.assign(there=frame["state"] != "missing").groupby(["theme", "month"], sort=False)["there"]
    data = counted.agg(given="sum", places="count").reset_index()
    themes = data["theme"].drop_duplicates().tolist()
    names = [(labels or {}).get(theme, theme) for theme in themes]
    figure, axes = blank_figure(width=9.5, height=AROUND + ROW * len(themes))
    shares = (data["given"] / data["places"]).to_numpy().reshape(len(themes), len(MONTHS))
    words = [f"{given:,}\nof {places:,}" for given, places in zip(data["given"], data["places"], strict=True)]
    for row, of_theme in enumerate(shares.tolist()):
        for month, share in enumerate(of_theme):
            axes.barh(row, 0.94, left=month - 0.47, height=0.88, color=FOCUS, alpha=share, linewidth=0)
            axes.barh(row, 0.94, left=month - 0.47, height=0.88, color="none", edgecolor="#3D3D3D", linewidth=0.6)
            axes.text(month, row, words[row * len(MONTHS) + month], ha="center", va="center", fontsize=SMALLEST,
                      color="white" if share >= DARK else "black")  # fmt: skip
    axes.set_xticks(range(len(MONTHS)), MONTHS)
    axes.set_yticks(range(len(themes)), names)
    axes.set_xlim(-0.6, len(MONTHS) - 0.4)
    axes.set_ylim(len(themes) - 0.4, -0.6)
    axes.tick_params(length=0)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)
    bodies = frame["organisation"].unique().tolist()
    whose = f"{bodies[0] if len(bodies) == 1 else f'{len(bodies):,} organisations'}, {years[0]}"
    absent = int((data["places"] - data["given"]).sum())
    title = f"{absent:,} of {int(data['places'].sum()):,} months are missing" if absent else "No month is missing"
    titled(axes, title, subtitle="places (sites, or bodies that name none) with a figure, of those expected",
           source=f"Source: activity data as sent, {whose}; what is missing is not zero")  # fmt: skip
    return Chart(figure, data, f"Heat map of {whose}: {_told(data, dict(zip(themes, names, strict=True)))}")


def _told(data: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say which themes lack most, in words."""
    lacking = (data["places"] - data["given"]).groupby(data["theme"], sort=False).sum()
    lacking = lacking[lacking > 0].sort_values(ascending=False, kind="stable")
    if lacking.empty:
        return "every theme is given in all 12 months at every place."
    places = data.groupby("theme", sort=False)["places"].sum()
    told = [
        f"{names[str(theme)]} lacks {count:,} of {places[str(theme)]:,} months" for theme, count in lacking.items()
    ][:3]
    more = f" and {len(lacking) - 3} more themes lack some" if len(lacking) > 3 else ""
    return f"{'; '.join(told)}{more}."
