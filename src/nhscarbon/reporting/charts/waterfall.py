"""The change between two footprints as a waterfall."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.change import EFFECTS, LABELS, Change
from nhscarbon.output.tables import places_for, tonnes, with_sign
from nhscarbon.reporting.charts.bars import Bar, bars
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.drawing.palette import SOFT

DRAWS = (Change,)


def draw(change: Change) -> Chart:
    """Draw the change between two footprints, one step for each cause, from no change to the whole of it.

    The scale is of the change: on a scale of the totals, most causes would be too thin to be seen.

    Parameters
    ----------
    change : Change
        From `nhscarbon.compare`.

    Returns
    -------
    Chart
        Its table has ``effect``, ``tco2e``, and where each step starts and ends: ``start_tco2e`` and ``end_tco2e``.
        Causes without any effect are left out.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> draw(nc.compare(footprint, footprint, boundary=("scope_1", "direct_only"))).table["effect"].tolist()
    ['boundary', 'change']
    """
    whole = change.total()
    before, after = whole["before_tco2e"], whole["after_tco2e"]
    steps = [name for name in EFFECTS if whole[f"{name}_tco2e"] != 0]
    sizes = np.array([whole[f"{name}_tco2e"] for name in steps])
    ends = np.cumsum(sizes)
    data = pd.DataFrame({"effect": [*steps, "change"], "tco2e": [*sizes, after - before],
                         "start_tco2e": [*(ends - sizes), 0.0], "end_tco2e": [*ends, after - before]})  # fmt: skip
    places = places_for(max(before, after))
    first, last = tonnes(before, places), tonnes(after, places)
    shown = [Bar(LABELS[name], end, with_sign(size, places), start=start, step=True)
             for name, size, start, end in data[:-1].itertuples(index=False)]  # fmt: skip
    shown.append(Bar("Change of the total", after - before, with_sign(after - before, places), colour=SOFT))
    title = f"Nothing changed: {last} tCO2e"
    if steps:
        most = shown[int(np.abs(sizes).argmax())]
        title = f"{first} became {last} tCO2e: {most.name.lower()} {most.figure}"
    told = "; ".join(f"{bar.name} {bar.figure}" for bar in shown[:-1]) or "nothing changed"
    alt = (f"Waterfall chart of the change from {first} to {last} tCO2e, {shown[-1].figure} in all "
           f"({change.title}): {told}.")  # fmt: skip
    about = f"Change of {' to '.join(dict.fromkeys(map(label, change.boundaries)))} by cause [tCO2e]; rises are hatched"
    digests = " -> ".join(dict.fromkeys(filter(None, (stamp.methodology_digest[:12] for stamp in change.stamps))))
    source = [*change.notes, f"{change.title}. Methodology digests {digests}"]
    return Chart(title, [about, *change.covers], source, bars(shown), data, alt)
