"""Spellings of units that may mean two units a thousandfold or more apart, such as the ML of an export in capitals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from nhscarbon.errors import UnitError
from nhscarbon.methods.catalogue import Catalogue
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.units import Units

ROOM, PACKAGE = "checks", "nhs-checks-1@1.0.0"
FAR_APART = 1000
Readings = Mapping[str, tuple[float, str]]  # what is meant: how many of which unit one of it is


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, Readings]:
    """Return the spellings, in small letters, that the data package lists."""
    found: dict[str, dict[str, tuple[float, str]]] = {}
    for row in load_pinned(data_root(), ROOM, PACKAGE).rows("ambiguous_units.csv"):
        found.setdefault(row["spelling"], {})[row["reading"]] = (float(row["size"]), row["unit"])
    return found


def readings_of(text: str, units: Units) -> Readings:
    """Return what a spelling may mean where two of its readings are a thousandfold or more apart; else nothing.

    Parameters
    ----------
    text : str
        A unit as sent. Case, surrounding space and full stops make no difference.
    units : Units
        Whose spellings that differ in case alone are looked at, beside those of the data package.
    """
    folded = "".join(text.split()).strip(".").casefold()
    if (known := _listed().get(folded)) is not None:
        return known
    meant = units.meant_by(folded)
    pairs = [(first, second) for first in meant for second in meant if units.same_kind(first, second)]
    if not any(units.ratio(first, second) >= FAR_APART for first, second in pairs if first != second):
        return {}
    base = min(meant, key=lambda unit: units.ratio(unit, meant[0]) if units.same_kind(unit, meant[0]) else 0.0)
    return {units.labels[unit]: (units.ratio(unit, base), base) for unit in meant if units.same_kind(unit, base)}


def is_clear(text: str, activity: str, units: Units, catalogue: Catalogue) -> bool:
    """Tell whether a spelling of two readings is clear by what an activity is measured in.

    It is where the very spelling, in its own case, stands for a unit that the catalogue lists for the activity.
    """
    exact = text if text in units.decimals else units.aliases.get(text, "")
    return exact in catalogue.activities[activity].units


def fits(readings: Readings, activity: str, units: Units, catalogue: Catalogue) -> bool:
    """Tell whether an activity is measured in a kind of unit that a spelling may mean."""
    listed = catalogue.activities[activity].units
    return any(units.same_kind(unit, each) for _, unit in readings.values() for each in listed)


def is_unknown(text: str, units: Units) -> bool:
    """Tell whether a spelling is of no unit at all, so that only its readings can be said."""
    try:
        units.canonical(text)
    except UnitError:
        return True
    return False
