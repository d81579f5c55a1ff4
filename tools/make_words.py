"""Write the closed lists of NHS words: trade names, agents, inhalers, waste codes, colours, ERIC, portal, factor names.

    python tools/make_words.py [--out data/vocabulary/nhs-words-1]

Each list comes whole from a committed table under `tools/words` (the columns of ERIC from the layouts, the names of
factors from `tools/ukgov/mapping.csv` and the factor packages). A row that people wrote by hand in the package decides:
a generated row that would say the same again, or something else of the same words, is left out. Seal the package
afterwards.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nhscarbon.methods.phrases import words_of
from nhscarbon.methods.vocabulary import KINDS, PHYSICAL
from words.closed_lists import agents, colours, containers, inhalers, refrigerants, waste_codes
from words.factor_names import factor_names
from words.returns import eric, portal
from words.rows import COLUMNS, Row, cells

REPO = Path(__file__).resolve().parents[1]
PACKAGE = REPO / "data" / "vocabulary" / "nhs-words-1"
LISTS: dict[str, Callable[[], Iterable[Row]]] = {  # in the order in which they decide
    "words_refrigerant_names.csv": refrigerants,
    "words_agents.csv": lambda: (*agents(), *containers()),
    "words_inhaler_brands.csv": inhalers,
    "words_waste_codes.csv": waste_codes,
    "words_colours.csv": colours,
    "words_eric.csv": eric,
    "words_portal.csv": portal,
    "words_factor_names.csv": factor_names,
}
Place = frozenset[str]
Said = tuple[str, str]  # outcome and answers


@dataclass(frozen=True)
class Met:
    """What is said already: of the words of a term, by kind of unit."""

    rows: dict[tuple[frozenset[Place], str], Said]
    synonyms: dict[tuple[str, ...], tuple[str, ...]]

    def places(self, term: str) -> frozenset[Place]:
        """Return the places of a term as the loader sees them: each a set of alternatives."""
        plain: list[str] = []
        found: list[Place] = []
        for piece in term.split():
            if "/" in piece and not any(letter.isdigit() for letter in piece):
                found.append(frozenset(self.meant(words_of(each))[0] for each in piece.split("/")))
            else:
                plain.append(piece)
        return frozenset([*found, *(frozenset({word}) for word in self.meant(words_of(" ".join(plain))))])

    def meant(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return words with every synonym put in, the longest first."""
        longest = max(map(len, self.synonyms), default=1)
        at, found = 0, list[str]()
        while at < len(words):
            for size in range(min(longest, len(words) - at), 0, -1):
                if words[at : at + size] in self.synonyms:
                    found += self.synonyms[words[at : at + size]]
                    at += size
                    break
            else:
                found.append(words[at])
                at += 1
        return tuple(found)

    def add(self, row: Row) -> Row | None:
        """Take a row in; return it for the kinds of units of which its words said nothing yet, or None."""
        places, said = self.places(row.term), (row.outcome, row.answers)
        free = [kind for kind in kinds_of(row.kinds) if (places, kind) not in self.rows]
        for kind in free:
            self.rows[places, kind] = said
        if not free:
            return None
        return row if set(free) == set(kinds_of(row.kinds)) else replace(row, kinds="|".join(free))


def kinds_of(text: str) -> list[str]:
    """Return the kinds that a row is for: all but money and carbon where it names none."""
    named = text.split("|") if text else []
    return [kind for kind in KINDS if kind in named or "any" in named or (not named and kind in PHYSICAL)]


def met_by_hand(folder: Path) -> Met:
    """Return what the tables that people keep say already."""
    synonyms = {
        words_of(row["word"]): words_of(row["means"])
        for file in sorted(folder.glob("synonyms*.csv"))
        for row in cells(file)
    }
    met = Met({}, synonyms)
    for file in sorted(folder.glob("words_*.csv")):
        for row in cells(file) if file.name not in LISTS else ():
            if row["status"] != "withdrawn":
                met.add(Row(row["term"], row["outcome"], row["answers"], kinds=row["kinds"]))
    return met


def written(rows: Iterable[Row], met: Met) -> Iterator[Row]:
    """Yield the rows that say something new."""
    for row in rows:
        kept = met.add(row)
        if kept:
            yield kept


def main(arguments: list[str] | None = None) -> int:
    """Write every list, and say how many rows each has and how many were left out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=PACKAGE)
    folder = parser.parse_args(arguments).out
    met = met_by_hand(folder)
    for name, make in LISTS.items():
        made = list(make())
        kept = list(written(made, met))
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(row.cells() for row in kept)
        print(f"{name}: {len(kept)} rows, {len(made) - len(kept)} said elsewhere")
    return 0


if __name__ == "__main__":
    sys.exit(main())
