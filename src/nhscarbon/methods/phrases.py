"""How a phrase of a person becomes words that can be compared: small letters, singular, units taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from nhscarbon.kept import kept

LONGEST_PHRASE = 200  # characters that are looked at; longer texts are notes, not names
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_REFRIGERANT = re.compile(
    r"\b(?:r|hfc|hcfc|cfc|hfo)[\s-]{0,2}(\d{2,4})"
    r"(?:-?([a-z]{1,2}(?:\([a-z]\))?)|\s([a-h]|ea|fa|yf|ze|zd))?\b(?!\s?(?:litre|kg|kwh))"
)
_NOT_WORD = re.compile(r"[^a-z0-9./%<>+&-]+")
_EDGES = ".,;:/%+&-"
_WASTE_CODE = re.compile(r"\b(0[1-9]|1\d|20)([ .-]?)(\d\d)\2(\d\d)\b\*?")  # of the European Waste Catalogue
_STRENGTH = re.compile(r"\d+(?:\.\d+)?/\d+(?:\.\d+)?")  # of a medicine, such as 100/6
_JOINTS = re.compile(r"[/+&-]|(?<!\d)\.|\.(?!\d)")  # a point between digits is a decimal one
UNIT_WORDS = frozenset(
    [
        "kwh",
        "mwh",
        "gwh",
        "kwhs",
        "m3",
        "m2",
        "litre",
        "litres",
        "l",
        "ltr",
        "ltrs",
        "tonne",
        "tonnes",
        "te",
        "kg",
        "kgs",
        "km",
        "kms",
        "pkm",
        "tkm",
        "gbp",
        "£",
    ]
)


@kept(50_000)
def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase in small letters and singular, in their order.

    Parameters
    ----------
    phrase : str
        As somebody wrote it: camelCase, under_scores, brackets and numbers of refrigerants are understood.

    Examples
    --------
    >>> words_of("CAR_PETROL_USED (Litres)")
    ('car', 'petrol', 'used', 'litre')
    >>> words_of("energy.natural-gas 18 01 03*")
    ('energy', 'natural', 'gas', '180103')
    >>> words_of("HFC 410 A top-up"), words_of("Fostair 100/6 inhalers")
    (('r410a', 'top', 'up'), ('fostair', '100/6', 'inhaler'))
    >>> words_of("R32 split units"), words_of("18-01-03*")
    (('r32', 'split', 'unit'), ('180103',))
    """
    text = unicodedata.normalize("NFKC", phrase[:LONGEST_PHRASE]).replace("_", " ")
    text = _CAMEL.sub(" ", text).casefold().replace("'", "").replace("’", "").replace("£", " £ ")
    text = _REFRIGERANT.sub(_number_of, _WASTE_CODE.sub(r"\1\3\4", text))
    found: list[str] = []
    for part in _NOT_WORD.split(text.replace("£", " gbp ")):
        for piece in [part] if _STRENGTH.fullmatch(part) else _JOINTS.split(part):
            found += [singular(word)] if (word := piece.strip(_EDGES)) else []
    return tuple(found)


def _number_of(match: re.Match[str]) -> str:
    return f"r{match[1]}{(match[2] or match[3] or '').replace('(', '').replace(')', '')}"


def singular(word: str) -> str:
    """Return a word without the s of its plural; by spelling alone, so the same for a phrase and for a term.

    >>> [singular(word) for word in ("bodies", "boxes", "gases", "gas", "glass", "miles", "virus")]
    ['body', 'box', 'gas', 'gas', 'glass', 'mile', 'virus']
    """
    if len(word) < 4 or not word.isalpha() or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("xes", "sses", "ches", "shes")) or word in ("gases", "buses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def one_letter_away(word: str, known: Callable[[str], bool]) -> list[str]:
    """Return the known words that one letter makes of another: left out, put in, changed, or two that changed places.

    >>> one_letter_away("sevofluran", {"sevoflurane", "isoflurane"}.__contains__)
    ['sevoflurane']
    """
    if len(word) > LONGEST_PHRASE:  # a note: as many words as it has letters, times its letters
        return []
    letters = "abcdefghijklmnopqrstuvwxyz"
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    made = {head + tail[1:] for head, tail in halves if tail}
    made |= {head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1}
    made |= {head + letter + tail[1:] for head, tail in halves if tail for letter in letters}
    made |= {head + letter + tail for head, tail in halves for letter in letters}
    return sorted(each for each in made - {word} if known(each))
