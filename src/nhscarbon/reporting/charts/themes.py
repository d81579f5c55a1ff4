"""The footprint by theme, the largest first (extra ``plot``)."""

from __future__ import annotations

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import places_for, tonnes, with_share
from nhscarbon.reporting.charts.bars import bars
from nhscarbon.reporting.charts.style import Chart, titled

TOLD = 3  # themes that the words name


def themes_chart(footprint: Footprint, *, boundary: str | None = None) -> Chart:
    """Draw the tonnes of each theme, the largest first.

    Parameters
    ----------
    footprint : Footprint
    boundary : str, optional
        The methodology's headline when left out.

    Returns
    -------
    Chart
        Its data has ``theme``, ``label``, ``tco2e`` and ``share`` (0 to 1).

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
    >>> themes_chart(footprint).table["theme"].iloc[0]
    'fossil_fuels'
    """
    counts = boundary or footprint.boundary or footprint.method.headline
    data = footprint.by("theme", boundary=counts).sort_values(["tco2e", "theme"], ascending=[False, True])
    data = data.reset_index(drop=True)
    total = footprint.total(counts)
    names = footprint.method.catalogue.themes
    data.insert(1, "label", [names[theme] for theme in data["theme"]])
    data["share"] = data["tco2e"] / total if total else 0.0
    labels = [with_share(value, total) for value in data["tco2e"]]
    figure, axes = bars(data["label"].tolist(), data["tco2e"].tolist(), labels)
    of_what = f"{whose(footprint)}, {counts} [tCO2e]"
    first = (
        f"{data['label'].iloc[0]}: {data['share'].iloc[0]:.0%} of {tonnes(total, places_for(total))} tCO2e"
        if len(data)
        else ""
    )
    titled(axes, first or "Nothing is counted", subtitle=of_what, source=credit(footprint))
    told = [f"{label} {text}" for label, text in zip(data["label"], labels, strict=True)][:TOLD]
    rest = len(data) - len(told)
    more = f" and {rest} smaller" if rest > 0 else ""
    alt = f"Bar chart of {of_what} by theme, {tonnes(total, places_for(total))} in all: {'; '.join(told)}{more}."
    return Chart(figure, data, alt)


def whose(footprint: Footprint) -> str:
    """Return the body and the years of a footprint."""
    who, years = (footprint.sums.columns[name].labels for name in ("organisation", "period"))
    body = who[0] if len(who) == 1 else f"{len(who):,} organisations"
    return f"{body}, {years[0] if len(years) == 1 else f'{years[0]} to {years[-1]}'}"


def credit(footprint: Footprint) -> str:
    """Return the methodology and its digest, for the foot of a chart."""
    stamp = footprint.stamp
    return (
        f"Source: activity data as sent; {stamp.methodology} ({stamp.status}), digest {stamp.methodology_digest[:12]}"
    )
