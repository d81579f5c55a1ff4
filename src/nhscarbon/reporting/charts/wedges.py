"""Wedges between business as usual and what is left (extra ``plot``)."""

from __future__ import annotations

import pandas as pd

from nhscarbon.reporting.charts.style import CONTEXT, PALETTE, Chart, blank_figure, titled
from nhscarbon.trajectory.actions.wedges import Wedges

SHOWN = len(PALETTE) - 1  # wedges with a colour of their own
HATCHES = ("", "//", "..", "xx", "--")
OTHERS = "All others"


def wedges_chart(wedges: Wedges) -> Chart:
    """Draw what the largest actions, and all others together, take off business as usual.

    Parameters
    ----------
    wedges : Wedges

    Returns
    -------
    Chart
        Its data has one row per NHS year: business as usual, each wedge and what is left [tCO2e].
    """
    years = list(dict.fromkeys(wedges.residual["year"]))
    whole = wedges.residual.groupby("year")[["tco2e", "tco2e_left"]].sum().reindex(years)
    table = wedges.table.pivot_table(index="year", columns="action", values="tco2e", aggfunc="sum").reindex(years)
    size = table.sum().sort_values(ascending=False, kind="stable")
    own = list(size.index[: SHOWN if len(size) > SHOWN + 1 else SHOWN + 1])
    data = table[own].copy()
    rest = [name for name in size.index if name not in own]
    if rest:
        data[OTHERS] = table[rest].sum(axis=1)
    figure, axes = blank_figure(height=5.0)
    low = whole["tco2e_left"].copy()
    places = range(len(years))
    colours = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(own)} | {OTHERS: CONTEXT}
    drawn = []
    for place, name in enumerate(reversed(data.columns)):
        high = low + data[name]
        axes.fill_between(
            places,
            low,
            high,
            facecolor=colours[name],
            edgecolor="white",
            linewidth=0.6,
            hatch=HATCHES[place % len(HATCHES)],
            label=name,
        )
        low = high
        drawn.append(name)
    axes.plot(places, whole["tco2e"], color="#3D3D3D", linewidth=2, label="Business as usual")
    axes.plot(places, whole["tco2e_left"], color="#3D3D3D", linewidth=2, linestyle="--", label="With all actions")
    step = -(-len(years) // 6)  # labels that do not touch
    axes.set_xticks(list(places)[::step], years[::step])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    last, cut = (
        years[-1],
        1 - whole["tco2e_left"].iloc[-1] / whole["tco2e"].iloc[-1] if whole["tco2e"].iloc[-1] else 0.0,
    )
    titled(
        axes,
        f"All actions together take off {cut:.0%} in {last}",
        subtitle="tCO2e a year, by Shapley value",
        source="Business as usual and actions as given; each wedge is the mean over every order of the actions.",
    )
    largest = f"; the largest wedge is {own[0]} with {size.iloc[0]:,.0f} tCO2e over all years" if len(size) else ""
    words = (
        f"Wedges from {years[0]} to {last}: {whole['tco2e'].iloc[-1]:,.0f} tCO2e of business as usual become "
        f"{whole['tco2e_left'].iloc[-1]:,.0f}{largest}."
    )
    out = pd.concat([whole["tco2e"].rename("business_as_usual"), data, whole["tco2e_left"].rename("left")], axis=1)
    return Chart(figure, out.reset_index(names="year"), words)
