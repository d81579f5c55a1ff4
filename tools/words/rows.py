"""A row of a table of words, as the vocabulary package has it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
DECIDED_BY, DECIDED_ON, REVIEW_BY = "nhscarbon maintainers", "2026-11-28", "2028-11-28"
COLUMNS = ("term", "kinds", "outcome", "answers", "question", "reason", "wins", "source", "status", "decided_by",
           "decided_on", "review_by")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What the words of a term mean; `text` is the question of an `ask` and the reason of the others."""

    term: str
    outcome: str
    answers: str = ""
    text: str = ""
    kinds: str = ""
    source: str = ""
    wins: bool = False

    def cells(self) -> dict[str, str]:
        """Return the row as the package has it: reviewed where its source was seen, else proposed."""
        seen = bool(self.source)
        values = (
            self.term,
            self.kinds,
            self.outcome,
            self.answers,
            self.text if self.outcome == "ask" else "",
            self.text if self.outcome != "ask" else "",
            "yes" if self.wins else "",
            self.source,
            "reviewed" if seen else "proposed",
            *((DECIDED_BY, DECIDED_ON, REVIEW_BY) if seen else ("", "", "")),
        )
        return dict(zip(COLUMNS, values, strict=True))


def cells(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def outcome_of(answers: str, text: str) -> str:
    """Return what a row without an outcome of its own means: a question asks, no answer is none."""
    if not answers:
        return "none"
    return "ask" if "|" in answers and text.endswith("?") else "one"


@lru_cache(maxsize=1)
def neutral_words() -> frozenset[str]:
    """Return the words that say nothing of what was used."""
    return frozenset(row["word"] for row in cells(DATA / "vocabulary" / "nhs-words-1" / "neutral.csv"))
