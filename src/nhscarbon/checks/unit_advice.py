"""What to write in place of a unit that a method does not have: the conversion, named with its number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from nhscarbon.findings import Wording, wording
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.units import Units, load_units

LATER = "units-2@1.0.0"  # of the draft edition, which has therms, cubic feet and gallons
EDITION = "nhs-2026.2"
DIGITS = 6
_POUNDS = ("£", "pounds", "gbp.", "sterling", "£s", "pound")
_SCALED = re.compile(
    r"(?:£|gbp|pounds?)?(?P<scale>000s?|ks?|thousands?|m|mn|mill?|millions?|bn|billions?)(?:of)?(?:£|gbp|pounds?)?"
)
SCALES = {"0": 1_000, "k": 1_000, "t": 1_000, "m": 1_000_000, "b": 1_000_000_000}
RATES = ("kw", "mw", "kva", "mva", "kvar", "mvar", "kilowatts", "kilowatt")
REACTIVE = ("kvarh", "mvarh", "kvah", "mvah")


@lru_cache(maxsize=1)
def _later() -> Units:
    return load_units(load_pinned(data_root(), "units", LATER))


def scale_of_pounds(text: str) -> int:
    """Return by how much pounds in a scaled unit are to be multiplied; 0 of any other word.

    Examples
    --------
    >>> scale_of_pounds("£'000"), scale_of_pounds("£m"), scale_of_pounds("m"), scale_of_pounds("£")
    (1000, 1000000, 0, 0)
    """
    plain = re.sub(r"[\s'’`,_.()-]", "", text.casefold())
    found = _SCALED.fullmatch(plain)
    if not found or not ("£" in plain or "gbp" in plain or "pound" in plain or plain.startswith("000")):
        return 0
    return SCALES[found["scale"][0]]


def advice_on_unit(text: str, units: Units, said: Mapping[str, str]) -> Wording:
    """Return what is said of a word that is no unit of a method.

    Parameters
    ----------
    text : str
        The unit as sent.
    units : Units
        Of the method.
    said : Mapping[str, str]
        `message` and `advice` where nothing better is known.
    """
    plain = " ".join(text.casefold().split())
    if "co2" in plain:
        return wording("unit_unknown", "carbon", **said)
    if scale := scale_of_pounds(text):
        return wording("unit_unknown", "scaled", word=text[:40], scale=f"{scale:,}")
    if plain.replace("'", "").replace("’", "") in _POUNDS:
        return wording("unit_unknown", "money", **said)
    if plain in (*RATES, *REACTIVE):
        return wording("unit_unknown", "reactive" if plain in REACTIVE else "power", word=text[:40])
    if found := _of_later_edition(text, units):
        unit, size, ours = found
        return wording("unit_unknown", "converted", word=text[:40], unit=unit, size=size, ours=ours, edition=EDITION)
    return wording("unit_unknown", **said)


def _of_later_edition(text: str, units: Units) -> tuple[str, str, str] | None:
    """Return a unit of the draft edition that a word means, and how many of which unit of the method one of it is."""
    later = _later()
    unit = later.known(text)
    if unit is None or unit in units.decimals:
        return None
    sizes = {ours: later.ratio(unit, ours) for ours in units.decimals if ours in later.decimals
             and later.same_kind(unit, ours)}  # fmt: skip
    if not sizes:
        return None
    whole = {ours: size for ours, size in sizes.items() if size >= 1} or sizes
    ours = min(whole, key=lambda each: max(whole[each], 1 / whole[each]))
    return unit, f"{whole[ours]:.{DIGITS}g}", ours
