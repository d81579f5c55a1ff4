"""Words of strangers made harmless: control characters as escapes, long texts cut, formulas as text."""

from __future__ import annotations

import re

# what a spreadsheet passes over, and then what starts a formula; a tab, a line end or a zero byte may be either
FORMULA = re.compile("[\\s\x00\u200b\ufeff]*[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]")


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


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run (CWE-1236), or that `unguarded` would change.

    Examples
    --------
    >>> guarded("=1+1"), guarded("gas"), guarded("'=1+1")
    ("'=1+1", 'gas', "''=1+1")
    """
    return "'" + text if _runs(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """Take away the apostrophe that `guarded` put before a text, and no other.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'s"), unguarded("''=1+1")
    ('=1+1', "'s", "'=1+1")
    """
    return text[1:] if text.startswith("'") and _runs(text.lstrip("'")) else text


def _runs(text: str) -> bool:
    return FORMULA.match(text) is not None
