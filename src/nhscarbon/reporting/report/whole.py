"""Which NHS years a report takes as whole: who became part of another is not missing from later ones."""

from __future__ import annotations

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.whole_years import NOTHING_SENT, whole_periods
from nhscarbon.reporting.report.board_years import has_both
from nhscarbon.trajectory.monitoring.members import SYSTEM
from nhscarbon.trajectory.monitoring.result import Monitor

NOT_WHOLE = "not complete"


def parts_of_years(footprint: Footprint, found: Monitor | None) -> dict[str, str]:
    """Return why each NHS year is not whole; empty where it is.

    Parameters
    ----------
    footprint : Footprint
    found : Monitor or None
        Which knows who became part of whom.
    """
    boundary = footprint.method.widest if has_both(footprint) else footprint.method.headline
    table = whole_periods(footprint, boundary)
    why = dict(zip(table["period"].astype(str), table["why"].astype(str), strict=True))
    if found is None or boundary not in found.theme_years:
        return why
    names = [*dict.fromkeys(found.table["organisation"])]
    judged = SYSTEM if SYSTEM in names else str(names[-1])
    whole = found.theme_years[boundary].whole(found.members)[found.members.judged.index(judged)]
    complete = dict(zip(found.members.years, whole.tolist(), strict=True))
    return {year: "" if complete.get(year, not said) else _without_closed(said, names) for year, said in why.items()}


def _without_closed(why: str, names: list[str]) -> str:
    """Return a reason without the organisations that are part of another."""
    kept = []
    for part in why.split("; "):
        who, _, said = part.rpartition(": ")
        gone = (
            said == NOTHING_SENT and who and not any(name in names for name in who.replace(",", " and").split(" and "))
        )
        kept += [] if gone else [part]
    return "; ".join(kept) or NOT_WHOLE
