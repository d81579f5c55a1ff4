"""What can be said of a sender's words before a methodology is chosen: years, months, decimal scales."""

from __future__ import annotations

from functools import lru_cache

from nhscarbon.errors import PeriodError, UnitError
from nhscarbon.method import load_pinned
from nhscarbon.package import data_root
from nhscarbon.period import parse_period
from nhscarbon.units import Units, load_units

UNITS = "units-1@1.0.0"  # whose decimal scales apply where no methodology is at hand
MICRO = 6  # decimal places of a unit that is not known


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """Return the vocabulary of units that ships with nhscarbon."""
    return load_units(load_pinned(data_root(), "units", UNITS))


def decimals_of(units: Units, label: str) -> int:
    """Return the decimal places that a unit as sent is summed at."""
    try:
        return units.decimals[units.canonical(label)]
    except UnitError:
        return MICRO


@lru_cache(maxsize=4096)
def year_of(label: str) -> str:
    """Return the NHS year of a period, or the text itself: what it is not, the check says."""
    try:
        return parse_period(label).year
    except PeriodError:
        return label


@lru_cache(maxsize=4096)
def month_of(label: str) -> str:
    """Return the month of a period, or the empty word where it has none."""
    try:
        return parse_period(label).month
    except PeriodError:
        return ""
