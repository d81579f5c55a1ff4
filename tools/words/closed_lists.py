"""Rows of trade names of refrigerants, anaesthetic agents, inhalers, waste codes and colours of bags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from words.rows import DATA, HERE, Row, cells, outcome_of

WHICH = "Which of them is it? Its number stands on the plate of the plant or on the cylinder."
TAKEN_OUT = ("Refrigerant that was recovered was not lost. Count what was topped up.",
             "recovered/reclaimed/reclaim/recovery/removed/returned/destroyed/disposed")  # fmt: skip
HELD = (
    "The charge is not what was lost. In which kind of plant does it stand? Give kilograms topped up; for screening "
    "give the charge in a unit such as kg_charge_chiller.",
    "installed/charge/capacity/nameplate/inventory/held/holding/stock/register",
)
FACTS = ("A potential, price or certificate is not an amount. Give the kilograms topped up.",
         "gwp/potential/price/certificate/temperature/pressure")  # fmt: skip
CHARGES = ("kg_charge_air_conditioning", "kg_charge_chiller")
INDUSTRIAL_GASES = "spend.sic.20a"
_MODEL = re.compile(r"\b(?!r\d)([a-z]{1,5})(\d{1,4}[a-z]{0,5})\b")
_DIGITS = ("11", "12", "22", "23", "32", "123", "124", "125", "502", "507")
_BRANDS = "freon/suva/klea/forane/genetron/arcton/frigen/solkane/reclin/meforex/isotron/algofrene/ucon/gas/daikin/type"


def refrigerants() -> Iterator[Row]:
    """Yield every number of the catalogue and every trade name; a number in a phrase says which gas it is."""
    catalogue = cells(DATA / "catalogue" / "catalogue-2" / "activities.csv")
    known = [row["activity"].partition(".")[2] for row in catalogue if row["activity"].startswith("refrigerant.r")]
    source = "UK Government GHG Conversion Factors and ASHRAE 34, numbers of refrigerants"
    for number in known:
        yield from _refrigerant(number, number, source)
        if len(number) > 4 and number[-1].isalpha():
            yield Row(number[1:], "one", f"refrigerant.{number}", source=source, wins=True)
    for digits in _DIGITS:
        number = f"r{digits}" if f"r{digits}" in known else f"r{digits}a"
        yield Row(f"{_BRANDS} {digits}", "one", f"refrigerant.{number}")
    for row in cells(HERE / "refrigerants.csv"):
        for name in row["names"].split(" | "):
            for form in _forms(name):
                if " " in row["number"]:
                    answers = "|".join(f"refrigerant.{each}" for each in row["number"].split())
                    yield Row(form, "ask", answers, WHICH, source=row["source"], wins=bool(re.search(r"\d", form)))
                elif row["number"]:
                    yield from _refrigerant(form, row["number"], row["source"])
                else:
                    yield Row(form, "none", "", row["reason"], source=row["source"], wins=True)


def _refrigerant(name: str, number: str, source: str) -> Iterator[Row]:
    code = f"refrigerant.{number}"
    reason, words = TAKEN_OUT
    yield Row(name, "one", code, source=source, wins=True)
    yield Row(f"{name} {words}", "none", "", reason, source=source, wins=True)
    yield Row(f"{name} {HELD[1]}", "ask", "|".join(f"{code}@{unit}" for unit in CHARGES), HELD[0], source=source,
              wins=True)  # fmt: skip
    if name == number:
        yield Row(name, "one", INDUSTRIAL_GASES, kinds="money")
        yield Row(f"{name} {HELD[1]} added/addition/topped/top/leaked/lost", "one", code, source=source, wins=True)
        yield Row(f"{name} {FACTS[1]}", "none", "", FACTS[0], source=source, wins=True)


def _forms(name: str) -> list[str]:
    """Return the spellings of a model number: xp40 is written XP 40 too."""
    return list(dict.fromkeys((name, _MODEL.sub(r"\1 \2", name))))


def agents() -> Iterator[Row]:
    """Yield the brands of anaesthetic agents."""
    for row in cells(HERE / "agents.csv"):
        for name in row["names"].split("|"):
            outcome = "one" if row["activity"] else "none"
            yield Row(name, outcome, row["activity"], row["reason"], source=row["source"])


def containers() -> Iterator[Row]:
    """Yield agents with their bottles and sizes of cylinder: the agent, whose unit is then asked or read."""
    for row in cells(HERE / "containers.csv"):
        yield Row(row["term"], "one", row["activity"], source=row["source"])


def inhalers() -> Iterator[Row]:
    """Yield brands of inhalers by themselves and with their devices and strengths."""
    for row in cells(HERE / "inhalers.csv"):
        outcome = outcome_of(row["answers"], row["text"])
        for strength in _strengths(row["strength"]):
            term = " ".join(filter(None, (row["brand"], row["device"], strength)))
            yield Row(term, outcome, row["answers"], row["text"], source=row["source"])


def _strengths(strength: str) -> list[str]:
    if not strength:
        return [""]
    units = ("mcg", "microgram", "micrograms", "ug") if "/" not in strength else ()
    return [
        strength,
        *(f"{strength}{unit}" for unit in units),
        *([strength.replace("/", " ")] if "/" in strength else []),
    ]


def waste_codes() -> Iterator[Row]:
    """Yield the codes of the European Waste Catalogue that health care meets."""
    for row in cells(HERE / "waste_codes.csv"):
        text = row["text"] or f"{row['code']}: {row['name']}"
        yield Row(row["code"].replace(" ", ""), row["outcome"], row["answers"], text, source=row["source"], wins=True)


def colours() -> Iterator[Row]:
    """Yield the colours of bags, lids and bins."""
    for row in cells(HERE / "colours.csv"):
        yield Row(row["term"], row["outcome"], row["answers"], row["text"], "mass|volume|count", row["source"])
