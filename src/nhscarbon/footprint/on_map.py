"""Which map of organisations a footprint is on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nhscarbon.checks.totals import Totals
from nhscarbon.output.text import short_repr

MEMBER, REPORTED_BY = "member", "reported_by"  # columns of a roll-up: the organisation on the map, and as it reported


@dataclass(frozen=True)
class OnMap:
    """The level and the map that a roll-up put the organisations on.

    Attributes
    ----------
    level : str
        Such as ``icb``.
    day : str
        Whose map all years are on; empty where each year is on the map of its last day.
    restated : bool
        Whether successors stand for organisations that had closed by that day.
    release : str
        Of organisations.
    """

    level: str
    day: str
    restated: bool
    release: str

    __repr__ = short_repr

    def __str__(self) -> str:
        how = f"restated to {self.day}" if self.restated else f"on the map of {self.day}" if self.day else "as reported"
        return f"by {self.level}, {how}, {self.release}"


def by_reporter(sums: Totals) -> Totals:
    """Return sums by who reported, of a roll-up too: what is missing is missing of one of them."""
    if REPORTED_BY not in sums.columns:
        return sums
    return replace(sums, columns={**sums.columns, "organisation": sums.columns[REPORTED_BY]})
