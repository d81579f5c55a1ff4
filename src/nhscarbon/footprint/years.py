"""A footprint of several NHS years as one of each."""

from __future__ import annotations

from nhscarbon.footprint.footprint import Footprint


def years_of(footprint: Footprint) -> list[Footprint]:
    """Return a footprint of each NHS year, in order; their rows as sent stay with the whole."""
    return [footprint.filter(period=year) for year in footprint.periods]
