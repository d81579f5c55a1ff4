"""How well the tonnes are known: the footprint by tier."""

from __future__ import annotations

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.reporting.charts.bars import shares, years
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.labels import label

DRAWS = (Footprint,)
USUAL = False  # a footprint is drawn by theme, unless this is asked for
ORDER = ("optimal", "standard", "reduced")  # the best evidence first; what states no tier stands last


def draw(footprint: Footprint, *, boundary: str | None = None) -> Chart:
    """Draw the tonnes of each tier, the best evidence first.

    Parameters
    ----------
    footprint : Footprint
    boundary : str, optional
        The methodology's main total when left out.

    Returns
    -------
    Chart
        Its table has ``tier``, ``label``, ``tco2e`` and ``share`` (0 to 1); of several NHS years ``period`` first, and
        a bar for each year.

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
    >>> float(draw(footprint).table["share"].sum())
    1.0
    """
    counts = boundary or footprint.boundary or footprint.method.headline
    data = footprint.by("tier", boundary=counts)
    order = {tier: place for place, tier in enumerate([*ORDER, *sorted(set(data["tier"]) - set(ORDER))])}
    data = data.sort_values("tier", key=lambda tiers: tiers.map(order), ignore_index=True)
    data.insert(list(data).index("tier") + 1, "label", [label(tier) for tier in data["tier"]])
    if len(footprint.periods) > 1:
        return years(footprint, data, boundary=counts, by="tier")
    total, best = footprint.total(counts), float(data.loc[data["tier"] == ORDER[0], "tco2e"].sum())
    title = f"{best / total if total else 0:.0%} of the tonnes are of the {ORDER[0]} tier"
    return shares(footprint, data, boundary=counts, by="tier", title=title)
