"""How well the tonnes are known: the footprint by tier (extra ``plot``)."""

from __future__ import annotations

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, tonnes, with_share
from nhscarbon.reporting.charts.bars import bars
from nhscarbon.reporting.charts.style import Chart, titled
from nhscarbon.reporting.charts.themes import credit, whose

ORDER = ("optimal", "standard", "reduced")  # the best evidence first; what states no tier stands last


def tiers_chart(footprint: Footprint, *, boundary: str | None = None) -> Chart:
    """Draw the tonnes of each tier, the best evidence first.

    Parameters
    ----------
    footprint : Footprint
    boundary : str, optional
        The methodology's headline when left out.

    Returns
    -------
    Chart
        Its data has ``tier``, ``tco2e`` and ``share`` (0 to 1).

    Raises
    ------
    UsageError
        If there is no such boundary, or matplotlib is not installed.
    BoundaryError
        As `Footprint.total`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> float(tiers_chart(footprint).table["share"].sum())
    1.0
    """
    counts = boundary or footprint.boundary or footprint.method.headline
    data = footprint.by("tier", boundary=counts)
    order = [*ORDER, *sorted(set(data["tier"]) - set(ORDER))]
    data = data.assign(place=[order.index(tier) for tier in data["tier"]]).sort_values("place", ignore_index=True)
    data = data.drop(columns="place")
    total = footprint.total(counts)
    data["share"] = data["tco2e"] / total if total else 0.0
    labels = [with_share(value, total) for value in data["tco2e"]]
    names = [tier or "unstated" for tier in data["tier"]]
    figure, axes = bars([name.capitalize() for name in names], data["tco2e"].tolist(), labels)
    of_what = f"{whose(footprint)}, {counts} [tCO2e]"
    best = dict(zip(names, data["share"], strict=True)).get(ORDER[0], 0.0)
    titled(axes, f"{best:.0%} of the tonnes are of the optimal tier", subtitle=of_what, source=credit(footprint))
    told = "; ".join(f"{name} {label}" for name, label in zip(names, labels, strict=True))
    return Chart(figure, data, f"Bar chart of {of_what} by tier, {tonnes(total, places_for(total))} in all: {told}.")
