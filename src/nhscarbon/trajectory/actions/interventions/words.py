"""How the text of an action becomes words that can be compared: abbreviations in full, endings off, slips corrected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nhscarbon.methods.phrases import one_letter_away, singular

LONGEST_TEXT = 2000  # characters that are looked at
LEAST_TYPO = 7  # letters of a word in which a slip is corrected
STOP = frozenset({
    "a", "an", "the", "of", "for", "and", "to", "in", "on", "at", "with", "by", "from", "all", "our", "its", "their",
    "this", "that", "be", "is", "are", "will", "we", "as", "or", "into", "across", "per", "via", "it", "any", "each",
    "s", "i", "etc",
})  # fmt: skip
_SENTENCE = re.compile(r"[;\n•,()]|(?<=[a-z]{4})\.\s|\s[-–—]\s|:\s")
_CLAUSE = re.compile(r"[&+]|/(?!\d)|(?<!\d)/|\band\b|\bplus\b|\balso\b|\bthen\b|\bwith\b", re.IGNORECASE)
_PURPOSE = re.compile(
    r"\bso that\b|\bin order to\b|\binstead of\b|\brather than\b|\bin place of\b|\bto (?:reduce|cut|lower|save|avoid|"
    r"minimi[sz]e|support|help|enable|achieve|improve|encourage|inform|stop|prevent)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[^a-z0-9%+.:/]+")
_MARKS = re.compile(r"[.:/+]")
_NUMBER = re.compile(r"\d+(?:[.:/]\d+)*%?")
_AMPERSAND = re.compile(r"\b([A-Za-z]) ?& ?([A-Za-z])\b")  # one letter each side: A&E
_UNIT = re.compile(r"(?<=\d)(?=(?:kw|kwp|mwp|kwh|mw|k|m|t|x)\b)")
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class Words:
    """The words of a text in their order.

    Attributes
    ----------
    stems : tuple of str
        Without endings; what is compared.
    sentence : tuple of int
        The part between commas, stops and brackets in which each stands: no phrase reaches over its end.
    clause : tuple of int
        The part between those and ``and``, ``with``, ``/``: what may be a plan of its own.
    purpose : tuple of bool
        Whether it only says what for, or what no longer.
    """

    stems: tuple[str, ...]
    sentence: tuple[int, ...]
    clause: tuple[int, ...]
    purpose: tuple[bool, ...]


def stem(word: str) -> str:
    """Return a word without its ending, so that ``recycling``, ``recycled`` and ``recycle`` are one.

    >>> [stem(word) for word in ("recycling", "recycled", "insulation", "meters", "metering", "gas", "switching")]
    ['recycl', 'recycl', 'insul', 'meter', 'meter', 'gas', 'switch']
    """
    word = singular(word)
    if not word.isalpha() or len(word) < 5:
        return word
    for endings, left, put in _ENDINGS:
        for ending in endings:
            if word.endswith(ending) and len(word) >= len(ending) + left:
                base = word[: -len(ending)] + put
                twice = not put and len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz"
                return base[:-1] if twice else base
    return word[:-1] if word.endswith("e") else word


_ENDINGS = (
    (("isation", "ization"), 3, "is"),
    (("ising", "izing", "ised", "ized", "ise", "ize"), 4, "is"),
    (("ation", "ating", "ated", "ate"), 4, ""),
    (("ing", "ed"), 3, ""),
)


class Speller:
    """Turn texts into words with the abbreviations of a taxonomy.

    Parameters
    ----------
    abbreviations : iterable of (str, str, bool)
        Short and long form, and whether the short one must be in capitals.
    known : iterable of str
        Words that a slip may be corrected to.
    """

    def __init__(self, abbreviations: Iterable[tuple[str, str, bool]], known: Iterable[str] = ()) -> None:
        self._long = {tuple(short.split()): (tuple(long.split()), capitals) for short, long, capitals in abbreviations}
        self._most = max((len(short) for short in self._long), default=1)
        self._known = frozenset(word for phrase in known for word in _raw(phrase)[0])
        self._stems = frozenset(stem(word) for word in self._known)
        self._correct = lru_cache(maxsize=20_000)(self._corrected)

    def words(self, text: str) -> Words:
        """Return the words of a text, without those that say nothing; sentences and clauses are counted from 0."""
        found: list[tuple[str, int, int, bool]] = []
        clauses = 0
        text = _AMPERSAND.sub(r"\1and\2", text[:LONGEST_TEXT])
        for number, sentence in enumerate(_SENTENCE.split(text)):
            if not sentence:
                continue
            start = _PURPOSE.search(sentence)
            cut = start.start() if start and sentence[: start.start()].strip() else len(sentence)
            for purpose, piece in ((False, sentence[:cut]), (True, sentence[cut:])):
                for clause in _CLAUSE.split(piece):
                    raw, capitals = _raw(clause)
                    full = [word for word in self._in_full(raw, capitals) if word not in STOP]
                    found += [(self._correct(word), number, clauses, purpose) for word in full]
                    clauses += 1
        columns = tuple(zip(*found, strict=True)) if found else ((), (), (), ())
        return Words(*columns)

    def phrase(self, text: str) -> tuple[str, ...]:
        """Return the stems of a phrase of the taxonomy; what is short in it is written in full too."""
        raw, _ = _raw(_AMPERSAND.sub(r"\1and\2", text))
        return tuple(stem(word) for word in self._in_full(raw, [True] * len(raw)) if word not in STOP)

    def _in_full(self, raw: Sequence[str], capitals: Sequence[bool]) -> list[str]:
        """Return words with abbreviations in full, the longest first; ``ASHPs`` is ``ASHP``."""
        found: list[str] = []
        at = 0
        while at < len(raw):
            for length in range(min(self._most, len(raw) - at), 0, -1):
                key = tuple(raw[at : at + length])
                for each in (key, (*key[:-1], key[-1].removesuffix("s"))):
                    if each in self._long and (not self._long[each][1] or all(capitals[at : at + length])):
                        found += self._long[each][0]
                        break
                else:
                    continue
                at += length
                break
            else:
                found.append(raw[at])
                at += 1
        return found

    def _corrected(self, word: str) -> str:
        """Return the stem of a word, or of the only known word that is one letter away from an unknown one."""
        base = stem(word)
        if len(word) < LEAST_TYPO or not word.isalpha() or base in self._stems:
            return base
        near = {stem(each) for each in one_letter_away(word, self._known.__contains__)}
        return near.pop() if len(near) == 1 else base


def _raw(text: str) -> tuple[list[str], list[bool]]:
    """Return the words of a text in small letters, and whether each is in capitals in a text that is not."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "").replace("'", "")
    capitals = set() if plain.isupper() and " " in plain else {
        word.lower() for word in _WORD.findall(plain) if word.isupper() or (word[:-1].isupper() and word[-1] == "s")
    }  # fmt: skip
    words: list[str] = []
    for piece in (each.strip(".:/+") for each in _SPLIT.split(_UNIT.sub(" ", plain.casefold()))):
        words += [piece] if _NUMBER.fullmatch(piece) else [word for word in _MARKS.split(piece) if word]
    return words, [word in capitals for word in words]
