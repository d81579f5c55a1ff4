"""States: what a cell of status or RAG says, by its words, else by the key that the sheet gives its colours."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast

from nhscarbon.kept import kept
from nhscarbon.trajectory.actions.planned_action import Status
from nhscarbon.trajectory.actions.sheets.words import status_phrases

How = Literal["word", "key", "colour", "unread", "nothing"]
COLOURS = {
    "blue": "blue", "green": "green", "amber": "amber", "yellow": "amber", "orange": "amber", "red": "red",
    "grey": "grey", "gray": "grey", "white": "white", "black": "black", "purple": "purple",
}  # fmt: skip
LETTERS = {"b": "blue", "g": "green", "a": "amber", "r": "red", "w": "white", "y": "amber"}
LONGEST_WORDS = 8  # of a state in words; what is longer tells a story
_TOKEN = re.compile(r"(?<![/'’-])[/'’-]*+[a-z0-9%?][a-z0-9%?/'’-]*+")
_NUMBERED = re.compile(r"^\s*(?:stage\s*)?\d{1,2}\s*[-–—.:)]\s*(?=[^\W\d])", re.I)
_PERCENT = re.compile(r"(\d{1,3})(?:\.\d+)?\s*%(?:\s*(?:complete|completed|done|delivered))?", re.I)
_COLOUR = re.compile(rf"\b({'|'.join(COLOURS)})\b", re.I)
NEGATIONS = frozenset({"not", "no", "never", "isn't", "wasn't", "un", "nor", "cannot"})
_FILLERS = frozenset(
    {"longer", "yet", "fully", "currently", "been", "being", "entirely", "quite", "all", "be", "to", "now"}
)
_TO_COME = frozenset(
    {
        "be",
        "will",
        "due",
        "until",
        "once",
        "when",
        "if",
        "unlikely",
        "expected",
        "before",
        "forecast",
        "should",
        "would",
        "could",
        "might",
        "must",
        "can",
    }
)
_PARTLY = frozenset({"partly", "partially", "part", "half", "nearly", "almost", "mostly", "largely", "mainly"})
_ONCE = frozenset({"was", "were", "previously", "formerly", "originally"})
_LASTS = frozenset({"on hold", "paused", "stalled", "suspended", "held", "halted", "blocked", "parked", "stuck"})
_PORTIONS = frozenset(
    {"phase", "phases", "stage", "stages", "part", "step", "tranche", "wave", "milestone", "lot", "year"}
)
_REST = frozenset({"except", "excluding", "apart", "bar", "only", "outstanding", "remaining", "remains", "remain"})
_WHOLE = frozenset({"all", "both", "every", "final", "last"})
_NUMBER = re.compile(r"\d{1,3}[a-z]?(?:-\d{1,3})?|one|two|three|four|i{1,3}|iv|[a-d]")
_DONE = re.compile(  # and late, or with when it began: no other state
    r"(?:completed?|closed|finished|done|delivered)\W{1,4}(?:late\W*|(?:was |were |now )?(?:started|commenced|launched"
    r"|opened|live|in use|running)\b[^.;,]{0,40})",
    re.I,
)
YES, NO = frozenset({"y", "yes", "✓", "✔", "true", "x", "☑"}), frozenset({"n", "no", "✗", "✘", "false", "☐"})


@dataclass(frozen=True)
class StateKey:
    """What a sheet says that its colours, letters or numbers mean, and the fills of its legend (``rrggbb``)."""

    words: Mapping[str, Status] = field(default_factory=dict)
    fills: Mapping[str, Status] = field(default_factory=dict)

    def under(self, nearer: StateKey) -> StateKey:
        """Return this key, with what a nearer one says first."""
        return StateKey({**self.words, **nearer.words}, {**self.fills, **nearer.fills})


@lru_cache(maxsize=1)
def _phrases() -> Mapping[tuple[str, ...], Status]:
    return {tuple(_tokens(phrase)): cast("Status", status) for phrase, status in status_phrases().items()}


def _tokens(text: str) -> list[str]:
    return [word.strip("-'’") or word for word in _TOKEN.findall(text.casefold())]


@kept(2048)
def states_in(text: str) -> tuple[Status, ...]:
    """Return the states that the words of a text name, the longest phrases first taken; after a ``not``, none.

    What is still to come, or was once, is not the state of today; of a part that is done, the rest is not known.

    >>> states_in("Underway, but late"), states_in("Going well"), states_in("not delivered")
    (('in_progress', 'delayed'), ('in_progress',), ())
    >>> states_in("To be completed"), states_in("Partly done"), states_in("Phase 1 complete")
    ((), ('in_progress',), ())
    """
    if _DONE.fullmatch(text.strip()):
        return ("complete",)
    known, words = _phrases(), _tokens(text)
    found: list[Status] = []
    opened, parted, at = 0, 0, 0
    while at < len(words):
        for end in range(min(len(words), at + 6), at, -1):
            if (state := known.get(tuple(words[at:end]))) is not None:
                if _is_denied(words, at):
                    return ()
                if not _is_of_another_day(words, at, end, state):
                    found.append("in_progress" if state == "complete" and _is_partly(words, at) else state)
                    opened += words[at:end] == ["open"]  # of the register, whatever the work has come to
                    parted += found[-1] == "complete" and _is_of_a_part(words, at, end)
                at = end
                break
        else:
            at += 1
    if parted == len(found):
        return ()
    if opened and len(set(found)) > 1:
        found.remove("in_progress")
    return tuple(found)


def _is_denied(words: list[str], at: int) -> bool:
    before = words[max(at - 2, 0) : at]
    return bool(before) and (before[-1] in NEGATIONS or (before[-1] in _FILLERS and before[0] in NEGATIONS))


def _is_of_another_day(words: list[str], at: int, end: int, state: Status) -> bool:
    """Tell whether a state is still to come, as in ``to be completed``, or was once, as in ``was on hold``."""
    before = words[at - 1] if at else ""
    if before in _ONCE:
        return state == "delayed" or " ".join(words[at:end]) in _LASTS
    if state not in ("complete", "in_progress", "on_hold"):
        return False
    due = words[at] == "complete" and (before in ("to", "may") or words[end : end + 1] == ["by"])
    still = before == "have" and words[at - 2 : at - 1] != [] and words[at - 2] in ("to", "will", "should")
    return due or still or before in _TO_COME


def _is_partly(words: list[str], at: int) -> bool:
    """Tell whether only a share is done: ``partly``, ``90%``, ``3 of 5`` or ``3/5``."""
    before = words[max(at - 3, 0) : at]
    if not before:
        return False
    last = before[-1]
    counts = last.split("/") if "/" in last else [before[0], last] if before[1:2] == ["of"] and len(before) == 3 else []
    if len(counts) == 2 and all(each.isdecimal() and len(each) <= 4 for each in counts):
        return int(counts[0]) < int(counts[1])
    return last in _PARTLY or (last.endswith("%") and last != "100%")


def _is_of_a_part(words: list[str], at: int, end: int) -> bool:
    """Tell whether what is done is one phase of several, as far as the words tell."""
    before, after = words[max(at - 2, 0) : at], words[end : end + 2]
    if after == ["in", "part"] or not _REST.isdisjoint(words[end:]):
        return True
    if len(before) == 2 and before[0] in _PORTIONS and _NUMBER.fullmatch(before[1]):
        return True
    if before and before[-1] in _PORTIONS and not before[-1].endswith("s"):
        return before[0] not in _WHOLE
    return len(after) == 2 and after[0] in _PORTIONS and bool(_NUMBER.fullmatch(after[1]))


def one_state(states: tuple[Status, ...]) -> Status | None:
    """Return the state that several words come to: what is late or held says more than that it runs; else None.

    >>> one_state(("in_progress", "delayed")), one_state(("complete", "not_started"))
    ('delayed', None)
    """
    left = {state for state in states if state != "unknown"}
    if not left:
        return "unknown" if states else None
    for state in ("on_hold", "delayed"):
        if state in left and left <= {state, "in_progress", "not_started"}:
            return cast("Status", state)
    if left == {"complete", "in_progress"}:  # a part is done, or more is to come
        return "in_progress"
    return left.pop() if len(left) == 1 else None


def state_told(text: str) -> Status | None:
    """Return the state that a clause of a longer text is, where it is one and no other is another.

    >>> state_told("Not started - awaiting the outcome of a bid"), state_told("Tender out in May, on track")
    ('not_started', 'in_progress')
    """
    clauses = (_tokens(clause) for clause in re.split(r"[.;,:\n]|\s[-–—]\s", text))
    found = {state for words in clauses if words and (state := _phrases().get(tuple(words))) and state != "unknown"}
    return found.pop() if len(found) == 1 else None


def colour_named(text: str) -> str:
    """Return the colour that a cell names alone: a word or its first letter, or nothing.

    >>> colour_named("Amber"), colour_named("G"), colour_named("Green Plan")
    ('amber', 'green', '')
    """
    plain = text.casefold().strip(" .()[]-*")
    return COLOURS.get(plain) or LETTERS.get(plain, "")


def read_state(  # noqa: PLR0911  one reading after another; the first that fits decides
    text: str, key: StateKey, *, fill: str = "", percent: bool = False
) -> tuple[Status, How]:
    """Return what a cell says, and how it was read: ``colour`` is one that no key explains, and so `unknown`.

    Parameters
    ----------
    text : str
    key : StateKey
    fill : str, optional
        The colour of the cell, which counts where its text says nothing.
    percent : bool, optional
        Whether the column holds shares that are complete, or yes and no.
    """
    plain = " ".join(text.split())
    if not plain:
        return _of_fill(fill, key)
    if plain.casefold() in key.words:
        return key.words[plain.casefold()], "key"
    if percent:
        return _share(plain)
    if found := _PERCENT.fullmatch(plain):
        return _of_share(float(found[1])), "word"
    colour = colour_named(plain)
    if colour:
        return (key.words[colour], "key") if colour in key.words else ("unknown", "colour")
    named = _COLOUR.match(plain)
    words = _NUMBERED.sub("", plain)
    rest = _COLOUR.sub(" ", words, count=1).strip(" -–—:()/,") if named else words
    if named and not rest:
        return read_state(named[1], key)
    states = states_in(rest) if len(rest.split()) <= LONGEST_WORDS else states_in(re.split(r"[.;:\n–-]\s", rest)[0])
    if len(rest.split()) > LONGEST_WORDS and len(re.split(r"[.;:\n–-]\s", rest)[0].split()) > LONGEST_WORDS // 2:
        states = ()
    state = one_state(states)
    if state is not None:
        return state, "word"
    if named:
        return read_state(named[1], key)
    return "unknown", "unread"


def _of_fill(fill: str, key: StateKey) -> tuple[Status, How]:
    if not fill:
        return "unknown", "nothing"
    if fill in key.fills:
        return key.fills[fill], "key"
    colour = colour_of(fill)
    if colour in key.words:
        return key.words[colour], "key"
    return "unknown", "colour" if colour else "nothing"


def _share(plain: str) -> tuple[Status, How]:
    """Return the state of a share that is complete, or of yes and no."""
    word = plain.casefold().strip(".")
    if word in YES:
        return "complete", "word"
    if word in NO:
        return "unknown", "word"
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%?", plain)
    if found:
        number = float(found[1])
        return _of_share(number * 100 if 0 < number <= 1 and "%" not in plain and "." in plain else number), "word"
    state = one_state(states_in(plain)) if len(plain.split()) <= LONGEST_WORDS else None
    return (state, "word") if state else ("unknown", "unread")


def _of_share(number: float) -> Status:
    return "not_started" if number == 0 else "complete" if number >= 100 else "in_progress"


@kept(256)
def colour_of(rgb: str) -> str:
    """Return the colour of a RAG that a fill is, or nothing of a pale or dark one that is none.

    >>> [colour_of(each) for each in ("92d050", "ffc000", "ff0000", "0070c0", "bfbfbf", "ffffff")]
    ['green', 'amber', 'red', 'blue', 'grey', '']
    """
    red, green, blue = (int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4))
    hue, light, strong = colorsys.rgb_to_hls(red, green, blue)
    if strong < 0.12 or light > 0.97 or light < 0.08:
        return "grey" if 0.35 < light < 0.9 else ""
    degrees = hue * 360
    for least, colour in ((345, "red"), (260, "purple"), (175, "blue"), (70, "green"), (20, "amber"), (0, "red")):
        if degrees >= least:
            return colour
    return ""
