"""Write the closed list of ledger words: every label of the two spend mappings as a term of the vocabulary.

    python tools/make_words_eclass.py

Reads `data/mappings/nhs-eclass-1/mapping.csv` and `data/mappings/ledger-gstt-2020-21/mapping.csv`, and writes
`words_eclass.csv` of the vocabulary. A term that people wrote by hand for pounds wins: its words are left out here.
What the mapping leaves out of the footprint (pay, tax, payments within the NHS, the balance sheet) is no activity.
Seal the packages afterwards.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

from nhscarbon.methods.phrases import UNIT_WORDS, words_of

REPO = Path(__file__).resolve().parents[1]
WORDS = REPO / "data" / "vocabulary" / "nhs-words-1"
TARGET = WORDS / "words_eclass.csv"
MAPPINGS = ("nhs-eclass-1", "ledger-gstt-2020-21")
HEADER = ("term", "kinds", "outcome", "answers", "question", "reason", "wins", "source", "status", "decided_by",
          "decided_on", "review_by")  # fmt: skip
DECIDED = ("nhscarbon maintainers", "2026-11-28", "2028-11-28")
NO_ACTIVITY = {
    "EXCLUDE_PAY": "Pay buys nothing from outside the NHS: leave it out.",
    "EXCLUDE_INTRA_NHS": "A payment within the NHS is counted by the organisation that is paid: leave it out.",
    "EXCLUDE_TRANSFER": "A tax, a levy or a compensation buys nothing: leave it out.",
    "EXCLUDE_BALANCE_SHEET": "A balance is no purchase: leave it out.",
}
ACTIVITY = "Give the amount that was used where it is known, never that and the pounds too."
NON_NHS = "Count it only where the organisation that is paid is outside the NHS."
EMPTY = frozenset({"the", "of", "for", "and", "in", "to", "by", "a", "an", "on", "at", "with", "from", "or"})
STAFF = frozenset({
    "administrator", "assistant", "band", "clerk", "consultant", "doctor", "guard", "leader", "locum", "manager",
    "matron", "midwife", "nurse", "officer", "optometrist", "paramedic", "pharmacist", "physiologist",
    "physiotherapist", "podiatrist", "practitioner", "psychologist", "radiographer", "registrar", "scientist",
    "secretary", "specialist", "staff", "staffing", "supervisor", "technician", "therapist", "typist", "visitor",
    "worker", "year",
})  # fmt: skip


def rows_of_mappings() -> Iterator[Mapping[str, str]]:
    """Yield the rows of both mappings whose code has a description."""
    for name in MAPPINGS:
        with (REPO / "data" / "mappings" / name / "mapping.csv").open(encoding="utf-8", newline="") as file:
            yield from (row for row in csv.DictReader(file) if not row["label"].startswith("(not described"))


def written_by_hand() -> frozenset[frozenset[str]]:
    """Return the sets of words that a table written by hand has for pounds."""
    found: set[frozenset[str]] = set()
    for path in WORDS.glob("words_*.csv"):
        if path == TARGET:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["kinds"] == "any" or "money" in row["kinds"].split("|"):
                    choices = [piece.split("/") for piece in row["term"].split()]
                    found |= {frozenset(words_of(" ".join(chosen))) for chosen in product(*choices)}
    return frozenset(found)


def kept(row: Mapping[str, str], words: frozenset[str]) -> bool:
    """Tell whether a label says enough: of pay and of the NHS itself only more than one word, and of pay, of staff."""
    if not words or row["treatment"] == "UNCLASSIFIED":
        return False
    if row["treatment"] in ("EXCLUDE_INTRA_NHS", "EXCLUDE_PAY") and len(words) < 2:
        return False
    return row["treatment"] != "EXCLUDE_PAY" or bool(words & STAFF)


def meaning(rows: Iterable[Mapping[str, str]]) -> tuple[str, str, str, str]:
    """Return outcome, answers, question and reason of the rows that share a label."""
    ordered = sorted(rows, key=lambda row: -float(row["weight"] or 1))
    bought = [row for row in ordered if row["treatment"] not in NO_ACTIVITY and row["activity"]]
    codes = list(dict.fromkeys(row["activity"] for row in bought))
    if not codes:
        return "none", "", "", NO_ACTIVITY[ordered[0]["treatment"]]
    treatment = bought[0]["treatment"]
    reason = ACTIVITY if treatment.startswith("EXCLUDE") else NON_NHS if treatment == "SPEND_NON_NHS_ONLY" else ""
    if len({row["code"] for row in bought}) > 1 and len(codes) > 1:
        return "ask", "|".join(codes[:4]), "More than one code of the ledger has this name. What was bought?", reason
    return "one", "|".join(codes), "", reason


def table() -> list[tuple[str, ...]]:
    """Return the rows of the closed list: a term for every label, in the order of the mappings."""
    by_hand = written_by_hand()
    labels: dict[frozenset[str], tuple[str, list[Mapping[str, str]]]] = {}
    for row in rows_of_mappings():
        words = dict.fromkeys(word for word in words_of(row["label"]) if word not in UNIT_WORDS | EMPTY)
        if kept(row, frozenset(words)) and frozenset(words) not in by_hand:
            labels.setdefault(frozenset(words), (" ".join(words), []))[1].append(row)
    found: list[tuple[str, ...]] = []
    for term, rows in labels.values():
        low = any(row["confidence"] == "low" for row in rows)
        status = ("proposed", "", "", "") if low else ("reviewed", *DECIDED)
        found.append((term, "money", *meaning(rows), "", rows[0]["source"], *status))
    return found


def main() -> None:
    """Write the table."""
    rows = table()
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])
    print(f"{TARGET.relative_to(REPO)}: {len(rows)} terms")


if __name__ == "__main__":
    main()
