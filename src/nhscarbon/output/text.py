"""Words of strangers made harmless: control characters as escapes, long texts cut, formulas as text."""

from __future__ import annotations

import html
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import MISSING, Field, fields
from typing import Any

SCREEN_LINES, SCREEN_COLUMNS = 24, 120  # of one screen of text
LONGEST_REPR, LONGEST_FIELD, FEW = 180, 40, 4

CAPITALS = frozenset({"NHS", "ICB", "ICS", "CIC", "UK", "GP", "PLC"})
IN_SMALL = frozenset({"of", "and", "the", "for", "in", "on", "upon", "at"})

STARTS = frozenset("=+-@")  # of a formula, in any form of these letters
ENDS = frozenset("\t\r\n\x00")  # of a cell, for a program that reads what follows as another
# letters with no shape that count as letters, marks or signs: joiners, fillers, selectors, the blank of Braille
SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def shown(text: str, longest: int | None = None) -> str:
    r"""Return a text to be printed: what would steer a terminal or hide letters stands as an escape.

    Parameters
    ----------
    text : str
    longest : int, optional
        Letters that are kept; a longer text ends in an ellipsis.

    Examples
    --------
    >>> shown("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    if text.isprintable():
        plain = text
    else:  # control, format, private and unassigned letters, lone halves of a pair, and every space but the plain one
        plain = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return plain if longest is None or len(plain) <= longest else plain[: longest - 1] + "\u2026"


def lines_shown(text: str) -> str:
    """Return a text of several lines to be printed; see `shown`."""
    return "\n".join(map(shown, text.split("\n")))


def guard_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run (CWE-1236), or that `unguard_formula` would change.

    Examples
    --------
    >>> guard_formula("=1+1"), guard_formula("gas"), guard_formula("'=1+1")
    ("'=1+1", 'gas', "''=1+1")
    """
    return "'" + text if _runs(text.lstrip("'")) else text


def unguard_formula(text: str) -> str:
    """Take away the apostrophe that `guard_formula` put before a text, and no other.

    Examples
    --------
    >>> unguard_formula("'=1+1"), unguard_formula("'s"), unguard_formula("''=1+1")
    ('=1+1', "'s", "'=1+1")
    """
    return text[1:] if text.startswith("'") and _runs(text.lstrip("'")) else text


def _runs(text: str) -> bool:
    """Tell whether a text starts a formula, past what cannot be seen."""
    for letter in text:
        if letter in ENDS:
            return True
        if letter.isascii() and letter.isalnum():  # as most texts start
            return False
        if letter.isspace() or not letter.isprintable() or SHAPELESS.match(letter):
            continue
        return unicodedata.normalize("NFKC", letter)[:1] in STARTS
    return False


def escape(text: str) -> str:
    """Return a text as HTML, hidden and steering letters as escapes.

    >>> escape("<b>")
    '&lt;b&gt;'
    """
    return html.escape(shown(text))


def escape_lines(text: str) -> str:
    """Return a text of several lines as HTML; see `escape`."""
    return "\n".join(map(escape, text.split("\n")))


def wrap(line: str) -> list[str]:
    """Return a line as lines that fit a screen; what follows the first is set in further, and no link is broken."""
    if len(line) <= SCREEN_COLUMNS or " " not in line.strip():
        return [line]
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, SCREEN_COLUMNS, subsequent_indent=margin, break_on_hyphens=False, break_long_words=False)


def screen(lines: Iterable[str]) -> str:
    """Return lines as one screen: long ones wrapped, and where there are too many, how many more there are.

    >>> screen(["a"] * 30).splitlines()[-2:]
    ['a', '... and 7 more lines']
    """
    found = [part for line in lines for each in line.split("\n") for part in wrap(each)]
    if len(found) <= SCREEN_LINES:
        return "\n".join(found)
    kept = found[: SCREEN_LINES - 1]
    return "\n".join([*kept, f"... and {len(found) - len(kept):,} more lines"])


def one_line(thing: object, about: str) -> str:
    r"""Return the `repr` of a thing: its class and what it is about, in one line.

    >>> one_line(1, "one\nline")
    '<int: one\\nline>'
    """
    name = type(thing).__name__
    return f"<{shown(about if about.startswith(name) else f'{name}: {about}', LONGEST_REPR)}>"


def short_repr(record: Any) -> str:  # noqa: ANN401  any dataclass
    """Return the `repr` of a dataclass in one line: short values in full, of long ones their size.

    Fields that have their default are left out, and what comes after the end of the line is cut.
    """
    parts = [
        f"{item.name}={_short(getattr(record, item.name))}"
        for item in fields(record)
        if not item.name.startswith("_") and not _is_default(record, item)
    ]
    name = type(record).__name__
    return f"{name}({shown(', '.join(parts), LONGEST_REPR - len(name))})"


def _is_default(record: object, item: Field[Any]) -> bool:
    value = getattr(record, item.name)
    if item.default is not MISSING:
        return isinstance(value, str | int | float | tuple | None) and value == item.default
    return item.default_factory is not MISSING and isinstance(value, tuple) and not value


def _short(value: object) -> str:
    """Return a value, or what it is and how large."""
    if value is None or isinstance(value, str | int | float):
        return repr(shown(value, LONGEST_FIELD) if isinstance(value, str) else value)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{type(value).__name__} of {' x '.join(map(str, shape))}"
    if isinstance(value, Sequence | Mapping | Set):
        small = isinstance(value, tuple) and len(value) <= FEW
        if small and all(isinstance(each, str | int | float) for each in value):
            return repr(tuple(shown(each, LONGEST_FIELD) if isinstance(each, str) else each for each in value))
        return f"{len(value):,} items"
    return f"<{type(value).__name__}>"


def with_subscript(text: str) -> str:
    """Return a text with the 2 of CO2e as a subscript, for media that have one.

    >>> with_subscript("58,296 tCO2e")
    '58,296 tCO₂e'
    """
    return text.replace("CO2e", "CO\u2082e")


def in_title_case(name: str) -> str:
    """Return a name that is written in capitals alone in title case; any other as it is.

    >>> in_title_case("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST (RJ1)")
    "Guy's and St Thomas' NHS Foundation Trust (RJ1)"
    """
    if name != name.upper():
        return name

    def cased(found: re.Match[str]) -> str:
        word = found[0]
        if (
            word in CAPITALS
            or any(letter.isdigit() for letter in word)
            or name[found.start() - 1 : found.start()] == "("
        ):
            return word
        return word.lower() if word.lower() in IN_SMALL and found.start() else word.capitalize()

    return re.sub(r"[^\W_][\w'’]*", cased, name)
