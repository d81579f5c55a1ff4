"""A unit as a person wrote it beside an activity: what it can mean, and whether the activity takes it."""

from __future__ import annotations

from dataclasses import dataclass

from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import Units
from nhscarbon.methods.vocabulary import Vocabulary

FAMILIES = {
    "energy": "energy",
    "volume": "volume",
    "mass": "mass",
    "nitrous": "mass",
    "charge": "mass",
    "distance": "distance",
    "passenger": "passenger",
    "freight": "freight",
    "floor": "area",
    "head": "people",
    "patient": "contact",
    "money": "money",
}
PEOPLE_TRAVEL = frozenset({"distance", "passenger"})  # miles of a train are written for passenger miles
PASSENGER = {"km": "passenger_km", "mile": "passenger_mile"}


@dataclass(frozen=True, slots=True)
class SentUnit:
    """What a unit as written can mean: kinds of units (none: not said), units of the vocabulary, and what to ask."""

    text: str
    kinds: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()
    outcome: str = "one"
    factor: str = ""
    context: str = ""
    question: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnitOfActivity:
    """Whether an activity takes a unit as written, the unit to give, and what to ask or to say."""

    fits: bool
    unit: str
    question: str = ""
    choices: tuple[str, ...] = ()
    reason: str = ""


def family_of(kind: str) -> str:
    """Return the kind of the tables of words that a kind of the units package belongs to.

    >>> family_of("energy_gross"), family_of("bottle_250ml")
    ('energy', 'count')
    """
    return FAMILIES.get(kind.partition("_")[0], "count")


def read_unit(text: str, units: Units, vocabulary: Vocabulary) -> SentUnit:
    """Return what a unit as written can mean; of an empty text, anything."""
    if not text.strip() or text.strip().casefold() == "nan":
        return SentUnit("")
    word, unit = vocabulary.unit(text), units.known(text)
    if word:
        kinds = frozenset({word.kind}) if word.kind else frozenset()
        kinds |= {family_of(units.kinds[each]) for each in word.units if each in units.kinds}
        return SentUnit(
            text, _widened(kinds), word.units, word.outcome, word.factor, word.context, word.question, word.reason
        )
    if unit:
        return SentUnit(text, _widened(frozenset({family_of(units.kinds[unit])})), (unit,))
    return SentUnit(text, reason=f"'{text[:40]}' is not a unit that this method knows.", outcome="none")


def _widened(kinds: frozenset[str]) -> frozenset[str]:
    """Let a distance stand for a distance of passengers, and an amount of something counted for it."""
    return kinds | PEOPLE_TRAVEL if kinds & PEOPLE_TRAVEL else kinds


def accepted(code: str, sent: SentUnit, method: Methodology) -> UnitOfActivity:
    """Return whether an activity takes a unit as written, and which unit to give."""
    entry, units = method.catalogue.activities[code], method.units
    usual = entry.units[0] if entry.units else ""
    if not sent.text:
        return UnitOfActivity(fits=True, unit=usual)
    takes = [each for each in sent.units if each in units.kinds and _takes(entry.units, each, units)]
    takes += [PASSENGER[each] for each in sent.units if not takes and PASSENGER.get(each) in entry.units]
    settled = (
        code.partition(".")[0] in sent.context.split("|") or "money" in sent.kinds
    )  # pounds: VAT is asked elsewhere
    if sent.outcome == "ask" and len(takes) > 1 and not settled:
        listed = [each for each in takes if each in entry.units]
        if len(listed) != 1 or _far_apart(listed[0], takes, units):
            ordered = tuple(dict.fromkeys([*listed, *takes]))
            return UnitOfActivity(fits=True, unit=ordered[0], question=sent.question, choices=ordered)
    of_a_size = sent.outcome == "ask" and len(sent.units) > len(takes) and _cylinders(sent, units)
    if takes and sent.outcome in ("one", "ask") and not of_a_size:
        best = next((each for each in takes if each in entry.units), takes[0])
        return UnitOfActivity(fits=True, unit=best)
    scaled = f" 1 {sent.text} is {sent.factor} {sent.units[0]}." if sent.factor and sent.units else ""
    said = f"{entry.label} cannot be given in {sent.text[:40]}. Use {', '.join(entry.units[:4])}.{scaled}"
    return UnitOfActivity(fits=False, unit=usual, reason=said)


def _cylinders(sent: SentUnit, units: Units) -> bool:
    """Tell whether a word names cylinders without their size: the only size that is held need not be this one."""
    return all(units.kinds.get(each, "").startswith("cylinder") for each in sent.units)


def _takes(listed: tuple[str, ...], unit: str, units: Units) -> bool:
    return unit in listed or any(units.same_kind(unit, each) for each in listed)


def _far_apart(unit: str, others: list[str], units: Units) -> bool:
    """Tell whether two readings of a spelling, as ml and ML, are of one kind and a thousand times apart."""
    others = [each for each in others if each != unit and units.same_kind(each, unit)]
    return any(max(units.ratio(unit, each), units.ratio(each, unit)) >= 1000 for each in others)
