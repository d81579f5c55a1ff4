"""The footprint by theme, the largest first."""

from __future__ import annotations

import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, tonnes
from nhscarbon.reporting.charts.bars import shares, years
from nhscarbon.reporting.charts.chart import Chart

DRAWS = (Footprint,)


def draw(footprint: Footprint, *, boundary: str | None = None, ranges: pd.DataFrame | None = None) -> Chart:
    """Draw the tonnes of each theme, the largest first.

    Parameters
    ----------
    footprint : Footprint
    boundary : str, optional
        The methodology's main total when left out.
    ranges : pandas.DataFrame, optional
        ``theme``, ``low`` and ``high`` [tCO2e], such as the table of `nhscarbon.uncertainty` by theme.

    Returns
    -------
    Chart
        Its table has ``theme``, ``label``, ``tco2e``, ``share`` (0 to 1), and ``low`` and ``high`` where given; of
        several NHS years ``period`` first, and a bar for each year.

    Raises
    ------
    UsageError
        If there is no such boundary.
    BoundaryError
        As `Footprint.total`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> draw(footprint).table["theme"].iloc[0]
    'fossil_fuels'
    """
    counts = boundary or footprint.boundary or footprint.method.headline
    data = footprint.by("theme", boundary=counts).sort_values(["tco2e", "theme"], ascending=[False, True])
    names = footprint.method.catalogue.themes
    data.insert(list(data).index("theme") + 1, "label", [names[theme] for theme in data["theme"]])
    if ranges is not None:
        words = [name for name in ("period", "theme") if name in data and name in ranges]
        data = data.merge(ranges[[*words, "low", "high"]], on=words, how="left")
    if len(footprint.periods) > 1:
        return years(footprint, data.reset_index(drop=True), boundary=counts, by="theme")
    total, title = footprint.total(counts), "Nothing is counted"
    if len(data) and total:
        share = data["tco2e"].iloc[0] / total
        title = f"{data['label'].iloc[0]}: {share:.0%} of {tonnes(total, places_for(total))} tCO2e"
    return shares(footprint, data.reset_index(drop=True), boundary=counts, by="theme", title=title)
