"""A footprint of several NHS years as one of each."""

from __future__ import annotations

from dataclasses import replace

from nhscarbon.checks.totals import Totals
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.sums.combinations import number


def years_of(footprint: Footprint) -> list[Footprint]:
    """Return a footprint of each NHS year, in order; their rows as sent stay with the whole."""
    period = footprint.sums.columns["period"]
    found = []
    for code, year in enumerate(period.labels):
        here = period.codes == code
        sums = footprint.sums
        columns = {name: column.part(here) for name, column in sums.columns.items()}
        _, columns = number(columns)
        part = Totals(columns, sums.total[here], sums.decimals[here], sums.rows[here])
        resolutions = {key: each for key, each in footprint.resolutions.items() if key.period == year}
        themes = footprint.themes.of_period(year)
        found.append(replace(footprint, sums=part, resolutions=resolutions, sources=(), summed_files=(), themes=themes))
    return found
