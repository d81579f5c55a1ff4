"""Words of action sheets: what the headings of columns mean, as data, and how they are matched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_pinned

ROOM, PACKAGE = "vocabulary", "action-words-1@1.0.0"
ACTION, NOT_READ = "action", "none"
TEXTS = ("action", "objective")  # what the text of an action can stand under
MEANINGS = (
    "id", "organisation", "section", "action", "objective", "lead", "second_lead", "start", "end", "period", "status",
    "rag", "percent", "cost", "cost_low", "cost_high", "capital", "revenue", "tonnes", "impact", "risk", "mitigation",
    "risk_mitigation", "comments", "co_benefits", "co_benefit", "measure", "evidence", "none",
)  # fmt: skip
TOLD_TOGETHER = frozenset({"action", "objective", "measure", "co_benefits", "section"})  # with the action, in one text
LONGEST_HEADING = 120
MOST_WORDS = 14
_BRACKETS = re.compile(r"[(\[{][^)\]}]*+([)\]}])?")  # up to the end where none closes it
_INSIDE = re.compile(r"[(\[{]([^)\]}]*+)")
_JOINED = re.compile(r"[/&+]|\band\b", re.I)
_WORD = re.compile(r"[^\W_]+|[£#%]")
_PLAIN = frozenset({
    "the", "a", "an", "of", "for", "our", "your", "nhs", "s", "proposed", "please", "main", "overall", "tbc",
    "optional", "est", "estimated", "expected", "target", "key", "agreed", "planned", "total", "if", "known", "any",
    "in", "indicative",
})  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What a heading may mean: several `names` where only the cells below it can tell.

    `rank` says which of several columns of text is the action (the lowest); `exact` whether the whole heading is the
    phrase.
    """

    names: tuple[str, ...]
    rank: int = 9
    exact: bool = True
    phrase: str = ""


def fold(text: str) -> str:
    """Return a heading as plain words in the singular, without what stands in brackets.

    >>> fold("Risks & mitigation (if any)"), fold("Est. Cost"), fold("CO2e saving")
    ('risk and mitigation', 'est cost', 'co2e saving')
    """
    bare = _BRACKETS.sub(lambda found: " " if found[1] else found[0], text)
    words = _WORD.findall((bare if _WORD.search(bare) else text).casefold().replace("&", " and ").replace("₂", "2"))
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@dataclass(frozen=True)
class _Row:
    meaning: Meaning
    inside: bool


@lru_cache(maxsize=1)
def _headings() -> Mapping[str, _Row]:
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("headings.csv")
    return {
        fold(row["phrase"]) or row["phrase"]: _Row(
            Meaning(tuple(row["meaning"].split("|")), int(row["rank"] or 9), phrase=row["phrase"]),
            row["context"] == "in",
        )
        for row in rows
    }


@dataclass(frozen=True)
class _Turn:
    """A phrase that makes of a meaning another one, or one that nobody knows, but beside some words.

    `where` is ``group`` for one that also counts above a group of headings, and ``inner`` for one that fills brackets.
    """

    phrase: str
    of: frozenset[str]
    names: tuple[str, ...]
    unless: frozenset[str]
    where: str


@lru_cache(maxsize=1)
def _turns() -> tuple[_Turn, ...]:
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("turns.csv")
    return tuple(
        _Turn(
            row["phrase"], frozenset(row["of"].split("|")), (row["meaning"],) if row["meaning"] else (),
            frozenset(row["unless"].split("|")), row["where"],
        ) for row in rows
    )  # fmt: skip


@lru_cache(maxsize=1)
def status_phrases() -> Mapping[str, str]:
    """Return the state that each phrase of the vocabulary names."""
    return {row["phrase"]: row["status"] for row in load_pinned(data_root(), ROOM, PACKAGE).rows("statuses.csv")}


@kept(4096)
def heading_meaning(text: str) -> Meaning | None:
    """Return what a heading means: the whole of it, else without plain words, else the longest phrase in it.

    Of two phrases as long, the later decides, which is the noun in English; a word for the action comes last. A phrase
    beside it may turn the meaning, so that it has no names where nobody knows it.

    >>> heading_meaning("Lead officer").names, heading_meaning("Est. Cost (£k)").names
    (('lead',), ('cost',))
    >>> heading_meaning("Cost per tCO2e").names, heading_meaning("Residual tCO2e").names
    (('none',), ())
    >>> heading_meaning("Heat pumps at the Cottage Hospital") is None
    True
    """
    if not text or len(text) > LONGEST_HEADING:
        return None
    found = _meaning(text)
    return found and (turned(text, found) or found)


def _meaning(text: str) -> Meaning | None:
    known = _headings()
    whole = fold(text)
    opened = fold(re.sub(r"[()\[\]{}]", " ", text))  # Cost (low) is not Cost
    for phrase in (opened, whole, _bare(whole)):
        if phrase in known:
            return known[phrase].meaning
    words = whole.split()
    if len(words) > MOST_WORDS:
        return None
    if joined := _of_several(text):
        return joined
    best: tuple[tuple[int, bool, int], Meaning] | None = None
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            found = known.get(" ".join(words[start:end]))
            if found and found.inside:
                order = (end - start, ACTION not in found.meaning.names, end)
                if best is None or order > best[0]:
                    best = order, found.meaning
                break
    if best is None or (best[0][0] * 4 < len(words)):
        return None
    return Meaning(best[1].names, best[1].rank + 1, exact=False, phrase=best[1].phrase)


def _bare(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _PLAIN)


def _of_several(text: str) -> Meaning | None:
    """Return the action of a heading that joins it to what is told in the same text: Actions / Milestones."""
    known = _headings()
    parts = [known.get(fold(part)) for part in _JOINED.split(text)]
    if len(parts) < 2 or not all(part and {*part.meaning.names} & TOLD_TOGETHER for part in parts):
        return None
    actions = [part.meaning for part in parts if part and part.meaning.names == (ACTION,)]
    return Meaning((ACTION,), actions[0].rank + 1, phrase=actions[0].phrase) if actions else None


def turned(text: str, meaning: Meaning, *, group: bool = False) -> Meaning | None:
    """Return what the words of a heading make of a meaning, or None where they leave it.

    Parameters
    ----------
    text : str
        The heading; what stands in its brackets counts by itself.
    meaning : Meaning
    group : bool, optional
        Whether `text` stands above several headings, where only some words are about all of them.
    """
    outer = fold(text)
    pieces = [(fold(inner), True) for inner in _INSIDE.findall(text)]
    pieces += [(outer, False)] if group or outer not in _headings() else []
    names = {*meaning.names}
    for piece, inner in pieces:
        for turn in _turns():
            within = inner and piece == turn.phrase if turn.where == "inner" else f" {turn.phrase} " in f" {piece} "
            told = {*outer.split(), *piece.split()}
            if within and names & turn.of and (turn.where == "group" or not group) and not turn.unless & told:
                return Meaning(turn.names, exact=bool(turn.names), phrase=turn.phrase)
    return None


def candidates(text: str) -> tuple[str, ...]:
    """Return what an unknown heading may mean: the meanings of every word of it that the vocabulary has."""
    known = _headings()
    found = [name for word in fold(text).split() if word in known for name in known[word].meaning.names]
    return tuple(dict.fromkeys(found))[:3]


def names_a_legend(cell: str) -> bool:
    """Tell whether a cell stands at the head of a legend, such as ``Key`` or ``RAG key:``.

    >>> names_a_legend("RAG key:"), names_a_legend("Key worker homes")
    (True, False)
    """
    words = fold(cell).removesuffix(":").split()
    return len(words) in (1, 2) and words[-1] in ("key", "legend")
