"""Text from elsewhere: UTF-8, or the cp1252 that Excel writes, and one of them for a whole file."""

from __future__ import annotations

from codecs import BOM_UTF8

from nhscarbon.errors import UnreadableError

ADVICE = "save it as CSV UTF-8"


def decode(name: str, content: bytes) -> str:
    """Decode text as UTF-8 and, only if it is not, as the cp1252 that Excel writes.

    Raises
    ------
    UnreadableError
        If it is neither, or some of it is UTF-8 and some is not: one half of the names would be read wrongly.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse_mixed(name, content, error.start)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"'{name}' is neither UTF-8 nor cp1252 text (byte {error.start})", advice=ADVICE
        ) from error


def utf16(name: str, content: bytes) -> str:
    """Decode what Excel calls Unicode text.

    Raises
    ------
    UnreadableError
        If a part of it is none.
    """
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"'{name}' begins as UTF-16 and does not go on so (byte {error.start})", advice=ADVICE
        ) from error


def _refuse_mixed(name: str, content: bytes, odd: int) -> None:
    """Refuse text of which some letters are UTF-8, and the one at `odd` is not."""
    if content.startswith(BOM_UTF8):
        raise UnreadableError(
            f"'{name}' says that it is UTF-8, and line {_line(content, odd)} is not: it mixes two encodings",
            advice=ADVICE,
        )
    text = content.decode("utf-8", "surrogateescape")  # what is not UTF-8 becomes a lone surrogate
    letter = next((letter for letter in sorted({*text}) if _is_meant(letter)), "")
    if letter:
        good = len(text[: text.index(letter)].encode("utf-8", "surrogateescape"))
        raise UnreadableError(
            f"'{name}' mixes two encodings: line {_line(content, good)} is UTF-8 and line {_line(content, odd)} is not",
            advice=f"{ADVICE}, and look at the names with accents and signs",
        )


def _is_meant(letter: str) -> bool:
    """Tell whether a letter of two bytes or more is one that somebody wrote, and no chance pair of cp1252."""
    if letter < "\x80" or "\ud800" <= letter <= "\udfff":
        return False
    return len(letter.encode()) > 2 or bool(letter.encode("cp1252", "ignore"))


def _line(content: bytes, at: int) -> int:
    """Return the number of the line that a byte is in, counted from 1."""
    before = content[:at]
    return 1 + max(before.count(b"\n"), before.count(b"\r"))
