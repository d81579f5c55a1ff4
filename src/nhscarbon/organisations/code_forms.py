"""The forms that codes of the Organisation Data Service have, and what was probably meant by a word that has none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

LONGEST = 12  # characters of a word that are compared with codes: the longest code in common use has six
TRUST_CODE = 3  # characters of an older site code that are its trust's
MOST = 5  # codes that are suggested
# letters of other alphabets that look like ours (Unicode confusables, the capitals that codes are made of)
FOREIGN = str.maketrans(
    "АВЕЗКМНОРСТУХІЈЅԚԜҮƦ"  # Cyrillic, and what small capitals become as capitals
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Greek
    "ՕՍՏԼ"  # Armenian
    "ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ"  # Cherokee
    "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ",  # Lisu
    "ABE3KMHOPCTYXIJSQWYRABEZHIKMNOPTYXOUSLABCDEGHJKLMPRSTVWZABCDEFGHIJKLMNOPRSTUVWXYZ",
)
ALIKE = ("O0Q", "I1L", "S5", "B8", "Z2", "G6")  # misread for one another in print and by hand
_FOLDED = str.maketrans({letter: group[0] for group in ALIKE for letter in group})
_LATIN = re.compile(r"LATIN (?:LETTER SMALL CAPITAL|CAPITAL LETTER|SMALL LETTER) ([A-Z])\b")
_FORM = re.compile(r"[A-Z0-9]{3,6}", re.ASCII)
# what people and programs write in place of a code, in the form of one
PLACEHOLDERS = frozenset(
    [
        "ALL",
        "ANY",
        "AVG",
        "CCG",
        "ICB",
        "ICS",
        "MAX",
        "MIN",
        "NAN",
        "NHS",
        "NIL",
        "ORG",
        "PCN",
        "STP",
        "SUM",
        "TBA",
        "TBC",
        "TBD",
        "TOT",
        "UNK",
    ]
)
TOTALS = frozenset(["ALL", "GRAND", "OVERALL", "SUBTOTAL", "SUBTOTALS", "SUM", "TOT", "TOTAL", "TOTALS"])


def has_form(word: str, is_trust: Callable[[str], bool]) -> bool:
    """Tell whether a word could be an ODS code of an organisation or a site.

    Codes are capital letters and digits: of three characters any mix (``RX1``, ``QHM``, ``012``); of four to six
    both letters and digits (``V001``, ``RX101``, ``A81001``); five letters only where the first three are a
    trust's (``RALRA``).

    Examples
    --------
    >>> [word for word in ("NLX", "R000", "TOTAL", "2024", "RX-1") if has_form(word, {"RX1"}.__contains__)]
    ['NLX', 'R000']
    """
    if not _FORM.fullmatch(word):
        return False
    if len(word) == TRUST_CODE:
        return word not in PLACEHOLDERS
    if word.isalpha():
        return len(word) == TRUST_CODE + 2 and is_trust(word[:TRUST_CODE])
    return not word.isdigit()


def is_total(word: str) -> bool:
    """Tell whether a word says that its row is a total.

    >>> is_total("Grand Total"), is_total("Totally Healthy Ltd")
    (True, False)
    """
    return bool(TOTALS & set(re.findall(r"[A-Z]+", word[:100].upper())))


def is_disguised(word: str) -> bool:
    """Tell whether a word has letters or digits of another alphabet, or characters that cannot be seen."""
    return any(
        not letter.isascii() and (letter.isalnum() or unicodedata.category(letter) in ("Cf", "Mn", "Cc", "Lm"))
        for letter in word[:LONGEST]
    )


def plain(word: str) -> str:
    """Return the capital letters and digits of our own that a word looks like, without anything else.

    >>> plain("rх-1")  # the second letter is Cyrillic
    'RX1'
    """
    if word.isascii():
        return "".join(filter(str.isalnum, word[:LONGEST].upper()))
    spread = unicodedata.normalize("NFKD", word[:LONGEST]).upper().translate(FOREIGN)
    return "".join(_ours(letter) for letter in spread)


def _ours(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else ""
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    named = _LATIN.match(unicodedata.name(letter, ""))
    return named[1] if named else letter if letter.isalnum() else ""


def folded(code: str) -> str:
    """Return a form that codes share which are misread for one another: of O and 0, of I and 1, and so on."""
    return code.translate(_FOLDED)


def by_form(codes: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the codes of each form of `folded`."""
    found: dict[str, tuple[str, ...]] = {}
    for code in codes:
        form = folded(code)
        found[form] = (*found.get(form, ()), code)
    return found


def alike_among(word: str, forms: Mapping[str, tuple[str, ...]], in_use: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the codes that a word looks like, the most alike first; those in use, if any of them is.

    Looked at are other alphabets, full width, small letters, what cannot be seen, and O for 0 or I for 1.
    """
    read = plain(word)
    near = forms.get(folded(read), ())
    order = sorted(
        [code for code in near if in_use(code)] or near,
        key=lambda code: (sum(a != b for a, b in zip(code, read, strict=True)), code),
    )
    return tuple(order[:MOST])
