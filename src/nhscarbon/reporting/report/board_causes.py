"""What changed and why, as a board page says it: causes in a fixed order for both totals."""

from __future__ import annotations

import math

from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, boundary_name, is_sent
from nhscarbon.reporting.report import board_sentences as sentences
from nhscarbon.reporting.report.board import BoardCause, BoardCauses
from nhscarbon.reporting.report.board_years import (
    COUNTED,
    DID,
    FACTORS,
    METHOD,
    PRICES,
    SUPPLIED,
    BoardYears,
    covered,
    four_causes,
    same_basis,
)
from nhscarbon.trajectory.monitoring.result import Monitor

CAUSES = (  # in a fixed order; prices and totals from elsewhere only where there are any
    (DID, "What the organisation did", "spend in real terms"),
    (PRICES, "Prices", "inflation of what was bought"),
    (FACTORS, "Published factors changed", ""),
    (METHOD, "The method changed", ""),
    (COUNTED, "What is counted changed", ""),
    (SUPPLIED, "Known only as totals", "no cause is known"),
)
ONLY_IF_ANY = (PRICES, SUPPLIED)


def causes_of(footprint: Footprint, found: Monitor | None, years: BoardYears) -> BoardCauses:
    """Return what changed since the year before, by cause."""
    before, last = years.before, years.last
    if before is None:
        return BoardCauses("What changed, and why", (), None, (sentences.NOT_SPLIT,))
    if before.method.digest != last.method.digest:
        method = f"{before.method.id}, then {last.method.id}"
    else:
        method = f"{last.method.id} in both years"
    split: list[dict[str, float] | None] = []
    for boundary in (CORE, last.method.widest):
        sound = not before.missing_components(boundary) and not last.missing_components(boundary)
        here = sound and boundary in before.method.boundaries and is_sent(covered(last, boundary))
        split.append(
            four_causes(compare(before, last, boundary=boundary), before, last, mapped=years.mapped) if here else None
        )
    core, plus = split
    basis = same_basis(before, last, last.method.widest, mapped=years.mapped)
    counted = "the same in both" if basis is not None and basis.whole else "not the same in both"
    why = {METHOD: method, COUNTED: counted}
    rows = tuple(
        BoardCause(name, why.get(key, said), core[key] if core else None, plus[key] if plus else None)
        for key, name, said in CAUSES
        if key not in ONLY_IF_ANY or any(part and part[key] for part in split)
    )
    total = BoardCause("Change in the total", "", *(math.fsum(part.values()) if part else None for part in split))
    span = "in a year" if int(last.periods[0][:4]) - int(before.periods[0][:4]) == 1 else f"since {before.periods[0]}"
    return BoardCauses(f"What changed {span}, and why", rows, total, _since(footprint, found, years))


def _since(footprint: Footprint, found: Monitor | None, years: BoardYears) -> tuple[str, ...]:
    """Return how much of the change since the base the organisation did, where the base year has its rows."""
    if found is None or years.before is None or found.basis.base_period == years.before.periods[0]:
        return ()
    base = found.basis.base_period
    if base not in footprint.periods or any(found.series.loc[found.series["period"] == base, "supplied"]):
        return ()
    first = footprint.filter(period=base)
    if first.missing_components(CORE) or years.last.missing_components(CORE):
        return ()
    parts = four_causes(compare(first, years.last, boundary=CORE), first, years.last, mapped=True)
    said = sentences.since(base, boundary_name(CORE), math.fsum(parts.values()), parts[DID])
    return (said,) if said else ()
