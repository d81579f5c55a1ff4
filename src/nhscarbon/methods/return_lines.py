"""The lines of a return by kind of trust: what stands on a template, and what its words are read as."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nhscarbon.methods.catalogue import Catalogue, load_catalogue
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.methodology import MANIFEST, methodology_ids
from nhscarbon.output.text import short_repr

ROOM, PACKAGE = "templates", "nhs-return-1@1.0.0"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One line of a return: its label, and the activity and unit that each unit to choose is read as.

    `choices` holds (activity, unit) in the order in which they are offered, the usual one first.
    """

    label: str
    choices: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]

    __repr__ = short_repr

    @property
    def activity(self) -> str:
        """The activity of the usual unit: it decides the theme of the line."""
        return self.choices[0][0]


@dataclass(frozen=True, slots=True)
class EvidenceWord:
    """A word to choose under *How you know*: what it is read as, and what it means."""

    word: str
    evidence: str
    estimated_share: str
    meaning: str

    __repr__ = short_repr


@dataclass(frozen=True)
class ReturnWords:
    """Everything that a template writes in words and that is read back as codes."""

    kinds: Mapping[str, str]
    lines: tuple[ReturnLine, ...]
    units: Mapping[str, str]
    evidence: tuple[EvidenceWord, ...]

    __repr__ = short_repr

    def unit_word(self, unit: str) -> str:
        """Return the words of a unit: its own, or its code with spaces."""
        return self.units.get(unit) or unit.replace("_", " ")


@lru_cache(maxsize=1)
def return_words() -> ReturnWords:
    """Return the lines of returns and the words of their lists.

    Raises
    ------
    IntegrityError
        If the package is not byte for byte the one that was frozen.

    Examples
    --------
    >>> words = return_words()
    >>> [line.label for line in words.lines if line.activity == "energy.natural_gas"]
    ['Natural gas']
    >>> words.unit_word("bottle_250ml"), words.unit_word("passenger_km")
    ('bottle 250 ml', 'passenger km')
    """
    package = load_pinned(data_root(), ROOM, PACKAGE)
    lines = tuple(
        ReturnLine(row["label"], _choices(row["activity"], row["units"]), tuple(row["kinds"].split(";")))
        for row in sorted(package.rows("lines.csv"), key=lambda row: int(row["order"]))
    )
    return ReturnWords(
        kinds={row["kind"]: row["label"] for row in package.rows("kinds.csv")},
        lines=lines,
        units={row["unit"]: row["word"] for row in package.rows("units.csv")},
        evidence=tuple(EvidenceWord(row["word"], row["evidence"], row["estimated_share"], row["meaning"])
                       for row in package.rows("evidence.csv")),
    )  # fmt: skip


@lru_cache(maxsize=8)
def catalogue_of(method_id: str) -> Catalogue | None:
    """Return the catalogue that a methodology pins, without its factors; None where there is no such methodology.

    Parameters
    ----------
    method_id : str
        As a template states it: any text.

    Examples
    --------
    >>> catalogue_of("nhs-2026.1").label, catalogue_of("../elsewhere")
    ('catalogue-1@1.0.0', None)
    """
    root = data_root()
    if method_id not in methodology_ids(root):
        return None
    manifest = tomllib.loads((root / "methodologies" / method_id / MANIFEST).read_text("utf-8"))
    return load_catalogue(load_pinned(root, "catalogue", manifest["catalogue"]))


def _choices(activity: str, units: str) -> tuple[tuple[str, str], ...]:
    """Return (activity, unit) of each entry: a unit of the line's own activity, or one of another as activity:unit."""
    pairs = (entry.rpartition(":") for entry in units.split(";"))
    return tuple((other or activity, unit) for other, _, unit in pairs)
