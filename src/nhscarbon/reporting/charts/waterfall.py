"""The bridge between two footprints as a waterfall (extra ``plot``)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.decomposition.change import EFFECTS, Change
from nhscarbon.output.tables import places_for, signed, tonnes
from nhscarbon.reporting.charts.bars import AROUND, ROW, bare
from nhscarbon.reporting.charts.style import FOCUS, PALETTE, Chart, blank_figure, titled

UP, DOWN = PALETTE[3], PALETTE[1]
NAMES = {
    "activity": "Activity",
    "factor": "Factors",
    "method": "Method",
    "boundary": "Boundary",
    "entered": "Entered (only after)",
    "left": "Left (only before)",
}


def waterfall_chart(bridge: Change) -> Chart:
    """Draw the change between two footprints, one step for each cause, from no change to the whole of it.

    The scale is of the change: on a scale of the totals, most causes would be too thin to be seen.

    Parameters
    ----------
    bridge : Change
        From `nhscarbon.compare`.

    Returns
    -------
    Chart
        Its data has ``effect``, ``tco2e``, and where each step starts and ends: ``start_tco2e`` and ``end_tco2e``.
        Causes without any effect are left out.

    Raises
    ------
    UsageError
        If matplotlib is not installed.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> waterfall_chart(nc.compare(footprint, footprint, boundary=("scope_1", "direct_only"))).table["effect"].tolist()
    ['boundary', 'change']
    """
    whole = bridge.total()
    before, after = whole["before_tco2e"], whole["after_tco2e"]
    steps = [name for name in EFFECTS if whole[f"{name}_tco2e"] != 0]
    sizes = np.array([whole[f"{name}_tco2e"] for name in steps])
    ends = np.cumsum(sizes)
    change, places = after - before, places_for(max(before, after))
    data = pd.DataFrame({"effect": [*steps, "change"], "tco2e": [*sizes, change],
                         "start_tco2e": [*(ends - sizes), 0.0], "end_tco2e": [*ends, change]})  # fmt: skip
    figure, axes = blank_figure(height=AROUND + ROW * 1.3 * max(len(data), 3))
    names = [*(NAMES[name] for name in steps), "Change of the total"]
    low, high = min(0.0, *data["end_tco2e"]), max(0.0, *data["end_tco2e"])
    room = 0.18 * ((high - low) or 1.0)
    axes.set_xlim(low - room, high + room)
    rows = zip(data["start_tco2e"], data["tco2e"], data["end_tco2e"], strict=True)
    for place, (start, size, end) in enumerate(rows):
        whole_change, rises = place == len(steps), size > 0
        colour = FOCUS if whole_change else UP if rises else DOWN
        hatch = "//" if rises and not whole_change else ""  # a rise is hatched: colour never speaks alone
        axes.barh(place, size, left=start, color=colour, height=0.62, hatch=hatch, edgecolor="white", linewidth=0)
        away, side = (5, "left") if size >= 0 else (-5, "right")
        axes.annotate(signed(size, places), (end, place), xytext=(away, 0), textcoords="offset points", ha=side,
                      va="center", fontsize=10)  # fmt: skip
        if place < len(steps):
            axes.plot([end, end], [place - 0.31, place + 1.31], color="#3D3D3D", linewidth=0.7)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)  # the first at the top
    bare(axes)
    counts = " to ".join(dict.fromkeys(bridge.boundaries))
    titled(axes, _finding(before, after, steps, sizes), subtitle=f"Change of {counts} by cause [tCO2e]",
           source=f"{bridge.title}; split by Shapley\nMethodology digests {_digests(bridge)}")  # fmt: skip
    told = (
        "; ".join(f"{name} {signed(size, places)}" for name, size in zip(steps, sizes, strict=True))
        or "nothing changed"
    )
    alt = (
        f"Waterfall chart of the change from {tonnes(before, places)} to {tonnes(after, places)} tCO2e, "
        f"{signed(change, places)} in all "
        f"({bridge.title}): {told}."
    )
    return Chart(figure, data, alt)


def _finding(before: float, after: float, steps: list[str], sizes: NDArray[np.float64]) -> str:
    """Return what the chart says, as a sentence."""
    places = places_for(max(before, after))
    if not steps:
        return f"Nothing changed: {tonnes(after, places)} tCO2e"
    most = int(np.abs(sizes).argmax())
    cause = f"{NAMES[steps[most]].lower()} {signed(float(sizes[most]), places)}"
    return f"{tonnes(before, places)} became {tonnes(after, places)} tCO2e: {cause}"


def _digests(bridge: Change) -> str:
    return " -> ".join(dict.fromkeys(stamp.methodology_digest[:12] for stamp in bridge.stamps))
