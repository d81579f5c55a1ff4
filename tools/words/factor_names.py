"""Rows of the names of the official factor sets: levels 1 to 4 and the text of the column, for each activity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nhscarbon.methods.phrases import UNIT_WORDS, words_of
from words.rows import DATA, HERE, Row, cells, neutral_words

UKGOV = HERE.parent / "ukgov"
SET = "UK Government GHG Conversion Factors for Company Reporting"
KEPT = frozenset(
    {"average", "mixed", "other", "general", "all", "with", "without"}
)  # neutral elsewhere; names differ by them
UNITS = {"kWh": "energy", "kWh_net": "energy", "litre": "volume", "m3": "volume", "ML": "volume", "kg": "mass",
         "tonne": "mass", "km": "distance", "mile": "distance", "passenger_km": "passenger",
         "passenger_mile": "passenger", "tonne_km": "freight"}  # fmt: skip
PREFERRED = (
    "travel.",
    "waste.paper.",
    "fleet.car",
    "fleet.motorbike",
    "fleet.van",
    "freight.",
    "fleet.",
    "energy.",
    "commute.",
    "patient_travel.",
)
FIRST = {"electricity": "energy.electricity.grid"}  # of a name that several activities share
QUESTION = "Several activities have this published name. Which is it?"


@dataclass(frozen=True, slots=True)
class Name:
    """One published row that an activity counts with."""

    activity: str
    kind: str
    labels: tuple[str, str, str, str, str]  # levels 1 to 4 and the text of the column
    source: str


def factor_names() -> Iterator[Row]:
    """Yield each distinct name, and what the sets print that the method does not hold."""
    names = list(_with_old_spellings(_names()))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name in names:
        for term in _terms(name):
            found.setdefault((term, name.kind), {}).setdefault(name.activity, name.source)
    by_term = {}
    for name in names:  # the shortest name, and a longer one only where it says more
        said: set[str] = set()
        for term in _terms(name):
            meant = found[term, name.kind]
            if not said or set(meant) < said:
                by_term[term, name.kind] = meant
            said = said & set(meant) if said else set(meant)
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    sources: dict[tuple[str, str, str, str], str] = {}
    for (term, kind), meant in by_term.items():
        outcome, answers, text = _said(term, meant)
        key = (term, outcome, answers, text)
        rows.setdefault(key, []).append(kind)
        sources.setdefault(key, next(iter(meant.values())))
    for (term, outcome, answers, text), kinds in rows.items():
        yield Row(term, outcome, answers, text, "|".join(dict.fromkeys(kinds)), sources[term, outcome, answers, text])
    for row in cells(HERE / "factor_names_not_held.csv"):
        yield Row(_words(row["name"]), "none", "", row["text"], row["kinds"], SET, wins=row["wins"] == "yes")


def _names() -> Iterator[Name]:
    """Yield the published rows of the mapping, each with the newest cell that holds it."""
    cell: dict[str, str] = {}
    for folder in sorted((DATA / "emission_factors").glob("ukgov-20*")):
        for row in cells(folder / "factors.csv"):
            if row["locator"] != "uncited":
                cell[row["factor_id"]] = f"{SET} {folder.name.removeprefix('ukgov-')}, {row['locator']}"
    for row in cells(UKGOV / "mapping.csv"):
        if row["component"] not in {"direct", "generation"} or row["unit"] not in UNITS:
            continue
        column = "" if row["level1"] == "Refrigerant & other" else row["column_text"]
        labels = (row["level1"], row["level2"], row["level3"], row["level4"], column)
        yield Name(row["activity"], UNITS[row["unit"]], labels, cell.get(row["factor_id"], SET))


def _with_old_spellings(names: Iterator[Name]) -> Iterator[Name]:
    """Yield every name, and again as earlier editions spelt it."""
    at = {"level1": 0, "level2": 1, "level3": 2, "level4": 3, "column_text": 4}
    rules = [row for row in cells(UKGOV / "relabels.csv") if row["old"] and row["canonical"] and row["field"] in at]
    for name in names:
        yield name
        for rule in rules:
            place = at[rule["field"]]
            if (
                rule["level1"] in ("", name.labels[0])
                and name.labels[place] == rule["canonical"]
                and _same_hgv(rule, name)
            ):
                labels = (*name.labels[:place], rule["old"], *name.labels[place + 1 :])
                yield Name(name.activity, name.kind, labels, name.source)  # type: ignore[arg-type]


def _same_hgv(rule: dict[str, str], name: Name) -> bool:
    """Tell whether a spelling of 2026 is of the same lorries: refrigerated or not."""
    if "refrigerated" not in rule["old"]:
        return True
    return ("non-refrigerated" in rule["old"]) != name.labels[1].startswith("HGV refrigerated")


def _terms(name: Name) -> Iterator[str]:
    """Yield the words of a name: levels 3 and 4 with the column, and the whole path where level 2 adds to it."""
    _, level2, level3, level4, column = name.labels
    short = _words(level3, level4, column)
    if short:
        yield short
    whole = _words(level2, level3, level4, column)
    if whole != short:
        yield whole
    path = _words(*name.labels)
    if path not in (short, whole):
        yield path


def _words(*parts: str) -> str:
    silent = (neutral_words() - KEPT) | UNIT_WORDS
    found = [word for word in words_of(" ".join(parts)) if word not in silent]
    return " ".join(dict.fromkeys(found))


def _said(term: str, found: dict[str, str]) -> tuple[str, str, str]:
    """Return outcome, answers and question of a name: travel and fleet share names, and the first is shown."""
    first = FIRST.get(term.rsplit(" ", maxsplit=1)[-1], "")
    if first in found:
        return "one", first, ""
    order = sorted(found, key=_place)
    same = {code.split(".")[1] for code in order if code.startswith("waste.")} <= {"paper", "confidential"}
    moves = (
        "travel.",
        "commute.",
        "patient_travel.",
        "visitor_travel.",
        "fleet.car",
        "fleet.motorbike",
        "fleet.van",
        "fleet.hgv",
        "freight.",
    )
    if len(order) == 1 or (same and all(code.startswith((*moves, "waste.")) for code in order)):
        return "one", "|".join(order[:4]), ""
    return "ask", "|".join(order[:4]), QUESTION


def _place(code: str) -> tuple[bool, int]:
    place = next((number for number, start in enumerate(PREFERRED) if code.startswith(start)), len(PREFERRED))
    return "refrigerated" in code, place
