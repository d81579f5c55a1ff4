"""Whose share came where: the shares behind a roll-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from nhscarbon.analysis.rollup.hierarchy import Hierarchy, as_hierarchy
from nhscarbon.analysis.rollup.placing import TO, place_all
from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings, in_order_of_severity
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.on_map import OnMap
from nhscarbon.organisations.load import RELEASE
from nhscarbon.organisations.register import day_text
from nhscarbon.output.results import TableResult


@dataclass(frozen=True, eq=False, repr=False)
class Placings(TableResult):
    """Where each organisation of a footprint is on a map, and to which share.

    Attributes
    ----------
    table : pandas.DataFrame
        ``reported_by``, ``period``, ``day`` of the map, ``organisation`` of the level, ``share`` and ``inferred``. The
        shares of an organisation and period add up to 1.
    on_map : OnMap
    names : Mapping[str, str]
        The name of each organisation of the level on the last day of its maps.
    findings : Findings
        Closed codes that were followed, shares that no file states, organisations that are not placed.
    """

    on_map: OnMap
    names: Mapping[str, str]
    findings: Findings

    def _title(self) -> str:
        return f"Placings {self.on_map}"

    def _about(self) -> dict[str, object]:
        return {"map": str(self.on_map), "names": dict(self.names)}


def placings(
    footprint: Footprint, hierarchy: Hierarchy | str = RELEASE, *, to: str, on: str = "", restate: str = "",
    unplaced: Literal["refuse", "keep"] = "refuse",
) -> Placings:  # fmt: skip
    """Return whose share comes where in a roll-up.

    Parameters
    ----------
    footprint, hierarchy, to, on, restate, unplaced
        As `nhscarbon.roll_up`.

    Returns
    -------
    Placings

    Raises
    ------
    UsageError, HierarchyError
        As `nhscarbon.roll_up`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> nc.analysis.placings(footprint, to="icb", restate="2026-04-01").table["share"].tolist()
    [1.0]
    """
    if to not in TO:
        raise UsageError(f"there is no level '{str(to)[:40]}'; there are {', '.join(TO)}")
    held = as_hierarchy(hierarchy).organisations
    placing, found = place_all(footprint, held, to=to, on=on, restate=restate, keep=unplaced == "keep")
    labels = [footprint.sums.columns[name].labels for name in ("organisation", "period")]
    words, periods = (np.array(each, object) for each in labels)
    days = np.array([day_text(day) for day in range(placing.day.min(), placing.day.max() + 1)], object)
    table = pd.DataFrame({
        "reported_by": words[placing.organisation[placing.pair]],
        "period": periods[placing.period[placing.pair]],
        "day": days[placing.day[placing.pair] - placing.day.min()],
        "organisation": np.array(placing.parents, object)[placing.parent],
        "share": placing.share, "inferred": placing.inferred,
    })  # fmt: skip
    last = np.full(len(placing.parents), placing.day.min())
    np.maximum.at(last, placing.parent, placing.day[placing.pair])
    names = {code: held.word_of(held.names, held.number[code], int(day))
             for code, day in zip(placing.parents, last, strict=True) if code in held.number}  # fmt: skip
    on_map = OnMap(to, restate or on, bool(restate), held.name)
    return Placings(table, on_map, names, in_order_of_severity(found, len(words)))
