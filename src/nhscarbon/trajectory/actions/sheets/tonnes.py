"""Tonnes: what a cell says an action saves in a year, and what looks like it and is something else."""

from __future__ import annotations

import re

from nhscarbon.kept import kept
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.trajectory.actions.sheets.former import is_former, without_former

EMPTY = frozenset({
    "", "-", "--", "–", "n/a", "na", "tbc", "tba", "tbd", "?", "unknown", "not known", "to be confirmed",
    "not quantified", "unquantified", "to be quantified", "n/k", "not applicable", "not yet known", "none",
    "not calculated", "not yet quantified", "enabler", "enabling", "indirect", "not measured", "to be calculated",
    "tbq",
})  # fmt: skip
NIL = frozenset({"nil", "zero"})
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_CARBON = r"(?:\s*+(?:of\s++)?(?:co2\s?-?e(?:q(?:uivalent)?)?|co2|carbon(?:\s+dioxide)?(?:\s+equivalent)?|ghg|c02e?))"
_UNIT = (
    rf"(?P<unit>kilotonnes?|kt|k\s?tonnes?|k\s?te?(?=co2|c02|\b)|thousand tonnes|kilogram(?:me)?s?"
    rf"|kgs?|metric tonnes?|tonnes?|tons?|te|t){_CARBON}?(?:e\b)?"
)
_SUFFIX = (
    r"(?:\s*+(?:(?:[,/]\s*+)?\(?(?:p\.?\s?a\.?|per annum|per year|per yr|annually|a year|each year|y(?:ea)?r|annual"
    r"|saved|savings?|reduction|reduced|avoided|abated|emissions?|less|fewer|estimated|est|expected|approx|tbc|of|carbon"
    r"|in savings)|(?:[,/]\s*+\(?|\()/\s?y(?:ea)?r)\)?)*"  # each text in one way only: else it takes exponential time
)
_PREFIX = (
    r"(?:(?:c|ca|circa|approx(?:imately)?|around|about|est(?:imated)?|up to|some|~|≈|saves?"
    r"|saving|savings of|reduc(?:es?|tion)|cuts?|avoids?|avoiding|-|minus|annual|total|by|expected|of)[\s.:]*+)*"
)
_WHOLE = re.compile(rf"{_PREFIX}(?P<number>{_NUMBER})\s*+(?:{_UNIT})?{_SUFFIX}\.?", re.I)
_CO2_FIRST = re.compile(rf"{_PREFIX}(?P<number>{_NUMBER})\s*+(?P<unit>t|kt|kg)?co2e?{_SUFFIX}\.?", re.I)
_INSIDE = re.compile(rf"(?<![\w£.,/])(?P<number>{_NUMBER})\s*+{_UNIT}(?P<rest>{_SUFFIX})(?!\w)", re.I)
_LIFETIME = re.compile(
    r"\b(?:lifetime|cumulative|over\s+(?:\w+\s+)?(?:years?|\d)|whole life|in total by|total over)\b", re.I
)
_OTHER = re.compile(
    r"\s*+(?:of\s++)?(?:waste|paper|food|material|clinical|landfill|recycl|plastic|load|litre|lorr"
    r"|truck|linen|laundry|sharps|cardboard|glass|metal|salt|vehicle|van|x\b|truck)",
    re.I,
)
_BOUND = re.compile(
    r"(?:[<>≤≥]=?|\b(?:under|less than|below|over|more than|above|at least|max(?:imum)?|min(?:imum)?"
    r"|exceed(?:s|ing)?)(?: of)?)"
    r"\s*(?=[\d~c])",
    re.I,
)
_MORE = re.compile(
    r"\b(?:add(?:s|ed|ing)?|addition(?:al)?|increas\w{0,3}|rises?|rising|grow(?:s|th)?|emits?|emitted|emitting|extra|higher"
    r"|generat\w{0,3}|produc\w{0,4}|baseline|footprint|currently|residual|remaining|uses?)\b",
    re.I,
)
_RATE = re.compile(
    r"\b(?:each|every|apiece|monthly|weekly|daily|quarterly)\b(?! year)|\b(?:per|an?)\s+"
    r"(?!y(?:ea)?r|ann|further|total)[a-z]|[\det]\s?/\s?(?!y(?:ea)?r|ann|p\.?\s?a\b)[a-z]|\d[^\d]{0,12}\bp\.?\s?m\b|[\dte]\s?[x×*@]\s?\d",
    re.I,
)
_WEIGHED = re.compile(
    r"\b(?:wast\w*|recycl\w*|compost\w*|landfill|paper|cardboard|food|mattress\w*|furniture|plastics?|linen|laundry|sharps"
    r"|glass|metals?|scrap|salt|grit|textiles?|uniforms?|batter(?:y|ies)|weee|crutch\w*|packaging|timber|soil|rubble"
    r"|stationery|re-?us\w*|donat\w*|refrigerants?|bins?)\b",
    re.I,
)
_SAYS_CARBON = re.compile(r"co2|c02|carbon|ghg|\bt(?:onnes)?\s?e\b", re.I)
_SPELT = re.compile(r"kg|kilog|tonne|tons?\b", re.I)
_RANGE_BEFORE = re.compile(r"\d\s*(?:-|–|to)\s*$", re.IGNORECASE)
LONGEST_RANGE = 5  # characters of "5 to " in a text with single spaces


@kept(4096)
def says_none(text: str) -> bool:
    """Tell whether a cell of savings says that no figure is given."""
    return " ".join(text.casefold().strip(" .()").split()) in EMPTY


def unit_of(heading: str) -> float:
    """Return how many tonnes one of the unit is that a heading states: tonnes where it states none.

    >>> unit_of("Saving (kgCO2e)"), unit_of("ktCO2e"), unit_of("tCO2e pa")
    (0.001, 1000.0, 1.0)
    """
    text = heading.casefold().replace("₂", "2")
    if re.search(r"\bkg\s?(?:co2|c02|\b)", text):
        return 1 / KG_PER_TONNE
    return 1000.0 if re.search(r"\bkt\s?(?:co2|\b)|kilotonne|\b000'?s?\s?t(?:co2|onne)?|thousand tonne", text) else 1.0


def has_unit(text: str) -> bool:
    """Tell whether a cell is a figure with tonnes or kilograms written behind it."""
    found = _matched(text)
    return bool(found and found["unit"])


def says_carbon(text: str) -> bool:
    """Tell whether a text says that its figure is one of carbon."""
    return bool(_SAYS_CARBON.search(text))


def may_be_weighed(text: str, about: str, *, usual: bool) -> bool:
    """Tell whether tonnes that do not say of what may be of the things that an action moves, throws away or buys.

    Parameters
    ----------
    text : str
        The figure with its unit.
    about : str
        The action.
    usual : bool
        Whether other actions of the table have such figures, of things that nobody weighs.

    Examples
    --------
    >>> may_be_weighed("40 tonnes a year", "Recycle mattresses", usual=True), may_be_weighed("75t", "LED", usual=False)
    (True, False)
    """
    if says_carbon(text):
        return False
    return (
        not usual
        if _WEIGHED.search(about) and not _SPELT.search(text)
        else bool(_SPELT.search(text) and (_WEIGHED.search(about) or not usual or "kg" in text.casefold()))
    )


def read_tonnes(text: str, *, unit: float = 1.0, bare: bool = True) -> float | None:
    """Return the tonnes a year that a whole cell states, or None where it states something else.

    Parameters
    ----------
    text : str
    unit : float, optional
        Tonnes in one of a bare figure's unit, as the heading says.
    bare : bool, optional
        Whether a figure without a unit is one of tonnes.

    Examples
    --------
    >>> read_tonnes("1,150"), read_tonnes("680t"), read_tonnes("c. 70 tCO2e pa"), read_tonnes("500 kgCO2e")
    (1150.0, 680.0, 70.0, 0.5)
    >>> [read_tonnes(each) for each in ("5% of elec & gas", "100% reduction", "30 beds", "20:20:60", "-", "15,000 m3")]
    [None, None, None, None, None, None]
    """
    if " ".join(text.casefold().split()) in NIL:
        return 0.0
    found = _matched(text)
    if found is None or _LIFETIME.search(text) or _MORE.search(text) or is_former(without_former(text)):
        return None
    if found["unit"]:
        return _value(found)
    said = re.search(r"co2", text, re.I)
    return round(float(found["number"].replace(",", "")) * unit, 9) if bare or said else None


def _matched(text: str) -> re.Match[str] | None:
    plain = " ".join(text.replace("₂", "2").split())
    return _WHOLE.fullmatch(plain) or _CO2_FIRST.fullmatch(plain)


def tonnes_inside(text: str) -> float | None:
    """Return the tonnes with a written unit in a longer text, or None where there are none, or two that differ.

    >>> tonnes_inside("Reduce emissions by 120 tCO2e a year"), tonnes_inside("Divert 12 tonnes of waste a year")
    (120.0, None)
    >>> [tonnes_inside(each) for each in ("adds 2t", "10 t/month", "30 tCO2e per site", "<1t")]
    [None, None, None, None]
    """
    plain = without_former(" ".join(text.replace("₂", "2").split()))
    if is_former(plain) or any(each.search(plain) for each in (_LIFETIME, _MORE, _RATE, _BOUND)):
        return None
    found = list(_INSIDE.finditer(plain))
    if any(_RANGE_BEFORE.search(plain[max(each.start() - LONGEST_RANGE, 0) : each.start()]) for each in found):
        return None
    values = {_value(each) for each in found if not _OTHER.match(plain, each.end())}
    return values.pop() if len(values) == 1 else None


def mentions_tonnes(text: str) -> bool:
    """Tell whether a text holds a figure of tonnes with its unit, whatever it is of."""
    return bool(_INSIDE.search(" ".join(text.replace("₂", "2").split())))


def leading_tonnes(text: str) -> tuple[float | None, int]:
    """Return the tonnes with a written unit that a text begins with, and where they end; None where it does not."""
    found = _INSIDE.match(text)
    return (None, 0) if found is None or _LIFETIME.search(text) else (_value(found), found.end())


def is_of_something_else(text: str, end: int) -> bool:
    """Tell whether the tonnes that end at a place are of waste, paper or another thing than carbon."""
    return bool(_OTHER.match(text, end))


def _value(found: re.Match[str]) -> float:
    unit = found["unit"].casefold()
    number = float(found["number"].replace(",", ""))
    if unit.startswith(("kt", "kilot", "k t", "thousand")):
        return number * 1000.0
    return round(number / KG_PER_TONNE, 9) if unit.startswith(("kg", "kilog")) else number
