"""Versions of a series, and what one change did to a base year: the rows of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.text import short_repr

Row = tuple[str, str, float]
Kind = Literal["structure", "method", "error", "boundary"]
KINDS: tuple[Kind, ...] = ("structure", "method", "error", "boundary")


@dataclass(frozen=True)
class Version:
    """A series as it was calculated once.

    `rows` are (organisation, period, tCO2e) in ascending order; `map` is the day whose structure they are on, empty
    for each year's own; `on` is the day that the caller gave.
    """

    number: int
    on: str
    reason: str
    map: str
    methodology: str
    digest: str
    rows: tuple[tuple[str, str, float], ...]

    __repr__ = short_repr

    @property
    def figures(self) -> dict[tuple[str, str], float]:
        """Tonnes by organisation and period."""
        return {(organisation, period): tco2e for organisation, period, tco2e in self.rows}


@dataclass(frozen=True)
class Restatement:
    """What one change does to the base year of one organisation: tonnes before and after, and why."""

    organisation: str
    on: str
    kind: Kind
    description: str
    before_tco2e: float
    after_tco2e: float
    against: int

    __repr__ = short_repr

    @property
    def effect_tco2e(self) -> float:
        """Tonnes that it adds."""
        return self.after_tco2e - self.before_tco2e


def row_of(row: Sequence[object]) -> Row:
    """Return a row as it was written to JSON."""
    organisation, period, tco2e = row
    return str(organisation), str(period), float(str(tco2e))


def version_of(number: int, source: Footprint, boundary: str, *, reason: str, on: str) -> Version:
    """Return a version of a series."""
    day = source.on_map.day if source.on_map else ""
    method = source.method
    return Version(number, on, reason, day, method.id, method.digest, tuple(rows_of(source, boundary)))


def rows_of(source: Footprint, boundary: str) -> list[Row]:
    """Return organisation, period and tonnes of a footprint."""
    frame = source.by("organisation", "period", boundary=boundary)
    return [(str(code), str(period), float(tco2e)) for code, period, tco2e in frame.itertuples(index=False)]
