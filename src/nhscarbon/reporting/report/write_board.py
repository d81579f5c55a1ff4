"""A footprint as a board page, in HTML or as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.reporting.report.board_build import BoardRequest, board_of
from nhscarbon.reporting.report.board_html import board_page
from nhscarbon.reporting.report.board_workbook import board_workbook
from nhscarbon.reporting.report.board_years import has_both
from nhscarbon.reporting.report.next_actions import ActionSource, next_actions
from nhscarbon.trajectory.monitoring.monitor import monitor
from nhscarbon.trajectory.monitoring.result import Monitor
from nhscarbon.trajectory.targets.targets import Targets

WRITERS = {".html": board_page, ".xlsx": board_workbook}
NATIONAL = "nhs-net-zero-1"
Aims: TypeAlias = "Targets | Monitor | str | Path"


def board_bytes(
    footprint: Footprint, ending: str, *, names: Mapping[str, str], release: str | None, title: str = "",
    actions: ActionSource | None = None, targets: Aims = NATIONAL, base: SuppliedFootprint | None = None,
    before: Footprint | None = None, draws: int, seed: int,
) -> bytes:  # fmt: skip
    """Return a board page.

    Parameters
    ----------
    footprint : Footprint
    ending : str
        ``.html`` or ``.xlsx``.
    names : Mapping of str
        Of organisations, as far as they are known.
    release : str or None
        The release of organisations on whose map years are compared; None leaves organisations as they are.
    title : str, optional
        The organisation as the board knows it.
    actions : table of next actions, optional
        See `next_actions`.
    targets : Targets, str, Path or Monitor, optional
        What the totals are judged against; or how they were judged, from `nhscarbon.monitor`.
    base : SuppliedFootprint, optional
        The base year as totals by theme, where its activity is not known.
    before : Footprint, optional
        What the last year is compared with.
    draws, seed : int
        Of the likely ranges.

    Raises
    ------
    UsageError
        If an action or the title does not fit, the methodology has not both footprints, or the ending is another.
    """
    if ending not in WRITERS:
        raise UsageError(f"a board page ends with one of {', '.join(WRITERS)}; '{ending[:20]}' is none of them")
    if not has_both(footprint):
        raise UsageError(
            f"{footprint.method.id} has no NHS Carbon Footprint and Footprint Plus, which a board page shows",
            advice="Write the analyst report: kind='analyst'.",
        )
    chosen = next_actions(actions)
    found = targets if isinstance(targets, Monitor) else monitor(footprint, targets, base=base, hierarchy=release)
    asked = BoardRequest(footprint, before, found, names, title, chosen, draws, seed)
    return WRITERS[ending](board_of(asked))
