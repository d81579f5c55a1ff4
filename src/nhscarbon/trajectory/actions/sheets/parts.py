"""Parts: several actions in one cell, told apart by their numbers, letters, bullets or lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_NUMBERED = re.compile(r"(?:(?<=\n)|^)[^\S\n]*+[\[(]?(\d{1,3}(?:\.\d{1,3})+)[.):\]]?\s+(?=\S)")
_NUMBERED_INLINE = re.compile(r"(?:(?<=[\s;.,])|^)[\[(]?(\d{1,3}\.\d{1,2})[.):\]]?\s+(?=[^\W\d])")
_LISTED = re.compile(r"(?:(?<=\n)|^)[^\S\n]*+(?:[\[(](\w{1,4})[\])]|(\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s*(?=\S)", re.I)
_LISTED_INLINE = re.compile(r"(?:(?<=[\s;.,])|^)[\[(]?(\d{1,2}|[a-z]|[ivx]{1,4})[\])]\s+(?=\S)", re.I)
_BULLET = re.compile(r"(?:(?<=\n)|^)[^\S\n]*+(?:[•▪◦·‣●■✓✔\u2023\uf0b7o*–—-])\s+(?=\S)")
_INLINE_BULLET = re.compile(r"[•▪◦‣●■✓✔\uf0b7]")
_JOINS = re.compile(
    r"(?:[,:–—&(/-]|\b(?:and|or|of|the|for|to|with|in|by|at|on|a|an|from|including|incl\.?|w/|via))$", re.I
)
_LINE_STARTS = re.compile(r"[\"'“‘(]?(?:[A-Z£\d])")
FEWEST_WORDS = 2
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


@dataclass(frozen=True)
class Part:
    """One action of a cell: the number that stands before it, and its text."""

    number: str
    text: str


def split_parts(text: str) -> tuple[Part, ...]:
    r"""Return the actions of a cell, one where it holds one; what stands before a list belongs to it as a whole.

    >>> [part.text for part in split_parts("1.1 Steering group\n1.2 Manager's post")]
    ['Steering group', "Manager's post"]
    >>> [part.number for part in split_parts("(a) Fit LED lamps (b) Insulate the roof")]
    ['a', 'b']
    >>> [part.text for part in split_parts("1) Fit LED lamps 2) Lag the pipes")]
    ['Fit LED lamps', 'Lag the pipes']
    >>> len(split_parts("Replace the boilers of the old\nward block")), len(split_parts("22 x 7kW sockets; 2 rapid"))
    (1, 1)
    """
    text = text.strip()
    for pattern, follows in ((_NUMBERED, _ascending), (_LISTED, _in_order), (_NUMBERED_INLINE, _ascending),
                             (_LISTED_INLINE, _in_order)):  # fmt: skip
        found = list(pattern.finditer(text))
        numbers = [next(group for group in each.groups() if group).strip() for each in found]
        if len(found) >= 2 and found[0].start() == 0 and follows(numbers):
            return _cut(text, found, numbers)
    alone = _NUMBERED.match(text)
    if alone and len(_NUMBERED.findall(text)) == 1:
        return (Part(alone[1], _one_line(text[alone.end() :])),)
    bullets = list(_BULLET.finditer(text))
    if len(bullets) >= 2 and bullets[0].start() == 0:
        return _cut(text, bullets, [""] * len(bullets))
    pieces = [piece for piece in _INLINE_BULLET.split(text) if piece.strip()]
    if len(pieces) >= 2 and _INLINE_BULLET.match(text):
        return tuple(Part("", _one_line(piece)) for piece in pieces)
    if len(bullets) == 1 and bullets[0].start() == 0:
        text = text[bullets[0].end() :]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) >= 2 and _are_apart(lines):
        return tuple(Part("", _one_line(line)) for line in lines)
    return (Part("", _one_line(text)),)


def _cut(text: str, found: Sequence[re.Match[str]], numbers: Sequence[str]) -> tuple[Part, ...]:
    ends = [each.start() for each in found[1:]] + [len(text)]
    pieces = [_one_line(text[each.end() : end]).rstrip(";").strip() for each, end in zip(found, ends, strict=True)]
    return tuple(Part(number, piece) for number, piece in zip(numbers, pieces, strict=True) if piece)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ascending(numbers: Sequence[str]) -> bool:
    keys = [tuple(map(int, number.split("."))) for number in numbers]
    return all(a < b and a[:-1] == b[:-1] for a, b in pairwise(keys))


def _in_order(numbers: Sequence[str]) -> bool:
    """Tell whether numbers, letters or Roman numerals follow each other from the first."""
    lower = [number.casefold() for number in numbers]
    first: Callable[[int], str]
    for first in (lambda place: str(place + 1), lambda place: chr(ord("a") + place), lambda place: ROMAN[place]):
        if len(lower) <= len(ROMAN) and lower == [first(place) for place in range(len(lower))]:
            return True
    return False


def _are_apart(lines: Sequence[str]) -> bool:
    """Tell whether the lines of a cell are actions of their own: each begins as a sentence, and none runs on."""
    return all(
        _LINE_STARTS.match(line) and len(line.split()) >= FEWEST_WORDS and (last or not _JOINS.search(line))
        for line, last in ((line, place == len(lines) - 1) for place, line in enumerate(lines))
    )
