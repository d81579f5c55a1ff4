"""The marginal abatement view: a plane for what saves money, bars for what costs it (extra ``plot``)."""

from __future__ import annotations

import numpy as np

from nhscarbon.reporting.charts.style import CONTEXT, FOCUS, PALETTE, Chart, blank_figure, titled
from nhscarbon.trajectory.actions.abatement import Abatement

NAMED = 8  # points and bars with a name


def abatement_chart(view: Abatement) -> Chart:
    """Draw actions that save money by money and tonnes, and those that cost money by pounds per tonne.

    The former have no place in a curve of pounds per tonne, so they have a panel of their own.

    Parameters
    ----------
    view : Abatement

    Returns
    -------
    Chart
    """
    table = view.table
    saves, paid = table[table["pareto_rank"].notna()], table[table["gbp_per_tco2e"].notna()]
    figure, left = blank_figure(width=11.0, height=5.0)
    left.set_subplotspec(figure.add_gridspec(1, 2)[0, 0])
    right = figure.add_subplot(1, 2, 2)
    for side in ("top", "right"):
        right.spines[side].set_visible(False)
    first = (saves["pareto_rank"] == 1).to_numpy()
    money, tonnes = -saves["net_present_cost_gbp"].to_numpy(np.float64) / 1e6, saves["tco2e"].to_numpy(np.float64)
    spread = np.abs(np.array([tonnes - saves["low"], saves["high"] - tonnes]))
    left.errorbar(tonnes, money, xerr=spread, fmt="none", ecolor=CONTEXT, linewidth=1)
    left.scatter(tonnes[first], money[first], color=FOCUS, marker="o", label="no other saves more of both")
    left.scatter(tonnes[~first], money[~first], color=PALETTE[3], marker="^", label="another saves more of both")
    for name, x, y in list(zip(saves["action"], tonnes, money, strict=True))[:NAMED]:
        left.annotate(str(name), (x, y), fontsize=9, xytext=(4, 4), textcoords="offset points")
    left.set_xlabel("tCO2e added to the others")
    left.set_ylabel("£ million saved (net present)")
    if len(saves):
        left.legend(fontsize=9, frameon=False)
    start, widest = 0.0, set(paid["tco2e"].nlargest(NAMED))
    for axes in (left, right):
        axes.xaxis.set_major_formatter("{x:,.0f}")
    names = ("tco2e", "gbp_per_tco2e", "gbp_per_tco2e_low", "gbp_per_tco2e_high")
    for place, (name, (width, height, low, high)) in enumerate(
        zip(paid["action"], paid[list(names)].to_numpy(np.float64).tolist(), strict=True)
    ):
        right.bar(start, height, width=width, align="edge", color=PALETTE[place % 2], edgecolor="white")
        top = high if np.isfinite(high) else height
        right.plot([start + width / 2] * 2, [low, top], color="#3D3D3D", linewidth=1)
        if width in widest:
            right.annotate(
                str(name),
                (start + width / 2, top),
                fontsize=9,
                rotation=90,
                ha="center",
                va="bottom",
                xytext=(0, 3),
                textcoords="offset points",
            )
        start += width
    right.set_xlabel("tCO2e added to the others")
    right.set_ylabel("£ per tCO2e")
    right.margins(y=0.25)
    right.set_title("What costs money", loc="left", fontsize=11)
    titled(
        left,
        f"{len(saves)} actions save money and {len(paid)} cost money",
        source=view.note,
        subtitle="What saves money: no ranking by £ per tonne",
    )
    total = float(table["tco2e"].sum())
    words = (
        f"{len(saves)} of {len(table)} actions save money, £{max(0.0, float(money.sum())):,.1f} million together; "
        f"{len(paid)} cost money. Beside the others they add {total:,.0f} tCO2e."
    )
    return Chart(figure, view.table, words)
