"""Rows of the columns of ERIC of all years and of the questions of the Sustainable Development Unit's portal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nhscarbon.methods.phrases import UNIT_WORDS, words_of
from words.rows import DATA, HERE, Row, cells, neutral_words

PORTAL = "Sustainable Development Unit reporting portal, names and texts of its questions"
UNITS = {"kWh": "energy", "m3": "volume", "tonne": "mass|volume|count", "GBP": "money", "m2": "area", "kW": "power",
         "MW": "power", "W": "power"}  # fmt: skip
TEMPTING = frozenset(
    {
        "gas",
        "oil",
        "electricity",
        "electrical",
        "energy",
        "water",
        "waste",
        "heat",
        "heated",
        "heating",
        "steam",
        "boiler",
    }
    | {"solar", "chp", "fuel", "clinical", "domestic", "recycling", "food", "led", "vehicle"}
)  # words of a column that would be taken for an activity
DESCRIBES = "This column describes the site or the plant: it is no amount that was used."
ELSEWHERE = "made on site from fuel that is counted already, or inside another column"


def plain(text: str) -> str:
    """Return the words of a name that say something, each once."""
    kept = [word for word in words_of(text) if word not in neutral_words() | UNIT_WORDS]
    return " ".join(dict.fromkeys(kept)) or " ".join(dict.fromkeys(words_of(text)))


def without_unit(header: str) -> str:
    """Return a header without the unit in its last brackets."""
    return re.sub(
        r"\s*\((?:kWh|KWh|m³|m²|Tonnes|£|No\.?|%|kW|MW|kVA|WTE|Hrs|Watts|Select|Yes/No|Notes)\)\s*$", "", header
    )


def eric() -> Iterator[Row]:
    """Yield the columns of ERIC: the table decides, else the layout of the year says which activity a column is."""
    for row in cells(HERE / "eric.csv"):
        yield Row(plain(row["header"]), row["outcome"], row["answers"], row["text"], row["kinds"], _source("all years"))
    years = sorted((DATA / "layouts" / "eric-1").glob("eric-20*.csv"))
    columns = [(path.stem.removeprefix("eric-"), row) for path in years for row in cells(path)]
    activities = {plain(without_unit(row["header"])) for _, row in columns if row["role"] == "activity"}
    for role in ("activity", "other"):  # a column that is an activity in one year is one
        for year, row in columns:
            header = without_unit(row["header"])
            kinds, source = UNITS.get(row["unit"], ""), _source(f"{year} site data")
            if role == "activity" and row["role"] == "activity":
                yield Row(plain(header), "one", row["activity"], "", kinds, source)
            elif role == "activity" or plain(header) in activities:
                continue
            elif row["role"] == "inside_another":
                yield Row(plain(header), "none", "", f"{row['note'] or ELSEWHERE}.", kinds, source)
            elif TEMPTING & set(words_of(header)) and "(£)" not in row["header"]:
                yield Row(plain(header), "none", "", DESCRIBES, kinds or "count|area|power|people", source)  # fmt: skip


def _source(years: str) -> str:
    return f"Estates Returns Information Collection (ERIC), column names, {years}"


def portal() -> Iterator[Row]:
    """Yield the questions of the portal by name and by text."""
    for row in cells(HERE / "portal.csv"):
        for text in filter(None, (row["name"], without_unit(row["label"]))):
            yield Row(plain(text), row["outcome"], row["answers"], row["text"], row["kinds"], PORTAL)
