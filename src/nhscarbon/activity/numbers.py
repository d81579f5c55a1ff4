"""What stands where a number should be, and which number the sender probably meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite, nan
from unicodedata import category, normalize

LONGEST = 40  # characters; no quantity is longer
ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
ABSENT = ("n/a", "na", "n.a.", "nil", "none", "null", "-", "--", "–", "—", "?", "tbc", "tba", "unknown", "missing",
          "not applicable", "not available", "no data", "not known", "awaited", "..", "...", "…")  # fmt: skip
SCALES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000,
          "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}  # fmt: skip
PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_OTHER_MONEY = re.compile(r"[+-]?\s?[$€¥].+|.+[$€¥]|.*\b(?:EUR|USD)\b.*", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([, '’_\u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d+", re.ASCII)
_MONEY = re.compile(r"([+-]?)\s?(?:£|GBP|gbp)\s?(.+)|(.+?)\s?(?:£|GBP|gbp)")
_SCALED = re.compile(r"(.+?)\s?(k|m|bn|thousand|million|billion)", re.IGNORECASE)
_LETTERS = re.compile(r"[\d.,]*[OolI|]+", re.ASCII)  # typed for a nought or a one
_UNIT = re.compile(r"([+-]?[\d.,]+)(\s+[^\W\d_].*|[^\W\d_]+[23³²]?)")
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}-[A-Za-z]{3}(?:-\d{2,4})?"
    r"|[A-Za-z]{3}-\d{2,4}",
    re.ASCII,
)
WRITE = "Write digits and at most one decimal point: no separators, currency, units or '%'."


@dataclass(frozen=True)
class NotNumber:
    """Why a text is no number.

    Attributes
    ----------
    code : str
        Of the finding.
    message, suggestion : str
    likely : float
        What was probably meant, to weigh the fault by; never used in a sum. NaN where that would be a guess.
    """

    code: str
    message: str
    suggestion: str = WRITE
    likely: float = nan


def not_number(text: str) -> NotNumber:
    """Say why a text is no plain number, and what to write.

    Parameters
    ----------
    text : str
        A cell that is neither empty nor digits with at most one decimal point.

    Examples
    --------
    >>> not_number("£1.2k").likely
    1200.0
    >>> not_number("#REF!").code
    'number_error'
    """
    text = text.strip()
    shown = f"'{text[:LONGEST]}'"
    if len(text) > LONGEST:
        return NotNumber("number_too_long", f"{shown}... has {len(text):,} characters; a quantity has few.")
    for known in (
        _absent,
        _error,
        _dated,
        _percent,
        _bracketed,
        _money,
        _separated,
        _scaled,
        _foreign,
        _infinite,
        _united,
    ):
        if found := known(text, shown):
            return found
    if _LETTERS.search(text) and not re.search(r"[^\dOolI|.,]", text):
        message = f"{shown} is not a plain number: it has a letter that looks like a digit."
        return NotNumber("number_unreadable", message, "Write 0 for the letter O, and 1 for l or I.")
    return NotNumber("number_unreadable", f"{shown} is not a plain number.")


def _absent(text: str, shown: str) -> NotNumber | None:
    if text.casefold() not in ABSENT:
        return None
    return NotNumber("number_absent", f"{shown} is not a plain number, and a missing figure is not zero.",
                     "Write 0 if nothing was used; leave the row out if it is not known.")  # fmt: skip


def _error(text: str, shown: str) -> NotNumber | None:
    if text.upper() in ERRORS or set(text) == {"#"}:
        return NotNumber("number_error", f"{shown} is an error that a formula left, not a plain number.",
                         "Mend the formula, or write the figure.")  # fmt: skip
    if text.startswith("="):
        return NotNumber("number_formula", f"{shown} is a formula kept as text, not a plain number.",
                         "Write the figure that it comes to.")  # fmt: skip
    if text.casefold() in ("true", "false"):
        return NotNumber("number_logical", f"{shown} is a yes or no, not a plain number.", "Write the quantity.")
    return None


def _dated(text: str, shown: str) -> NotNumber | None:
    if not _DAY.fullmatch(text):
        return None
    return NotNumber("number_date", f"{shown} is a date, not a plain number; a spreadsheet may have made it one.",
                     "Format the cell as a number and enter the figure again.")  # fmt: skip


def _percent(text: str, shown: str) -> NotNumber | None:
    if not text.endswith("%"):
        return None
    share = _plain(text[:-1].strip()) / 100
    write = f"Write {share:.10g} for a share; a quantity is never in percent." if isfinite(share) else WRITE
    return NotNumber("number_percent", f"{shown} is a percentage, not a plain number.", write)


def _bracketed(text: str, shown: str) -> NotNumber | None:
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text[:-1] if text.endswith("-") else ""
    value = -_spoken(inner.strip())
    if not isfinite(value):
        return None
    return NotNumber("number_bracketed", f"{shown} is a negative as accountants write it, not a plain number.",
                     f"Write {value:.15g}.", value)  # fmt: skip


def _money(text: str, shown: str) -> NotNumber | None:
    found = _MONEY.fullmatch(text)
    if not found and _OTHER_MONEY.fullmatch(text):
        message = f"{shown} is in a currency that no factor is for, and is not a plain number."
        return NotNumber("number_currency", message,
                         "Give the pounds that were paid, with GBP as the unit, or the quantity itself.")  # fmt: skip
    if not found:
        return None
    value = _spoken((found[1] or "") + (found[2] or found[3]).strip())
    write = f"Write {value:.15g}, with GBP as its unit." if isfinite(value) else WRITE
    return NotNumber("number_currency", f"{shown} has a currency in it, so it is not a plain number.", write, value)


def _separated(text: str, shown: str) -> NotNumber | None:
    value = _spoken(text) if _THOUSANDS.fullmatch(text) else nan
    if isfinite(value):
        message = f"{shown} has separators, so it is not a plain number."
        return NotNumber("number_separators", message, f"Write {value:.15g}.", value)
    if _POINTS.fullmatch(text):  # more than one point is no decimal point
        value = _plain(text.replace(".", ""))
        return NotNumber("number_separators", f"{shown} has separators, so it is not a plain number.",
                         f"Write {value:.15g}.", value)  # fmt: skip
    if _COMMA.fullmatch(text):
        value = _plain(text.replace(".", "").replace(" ", "").replace(",", "."))
        message = f"{shown} has a decimal comma, so it is not a plain number."
        return NotNumber(
            "number_decimal_comma", message, f"Write {value:.15g} if the comma is the decimal point.", value
        )
    return None


def _scaled(text: str, shown: str) -> NotNumber | None:
    found = _SCALED.fullmatch(text)
    value = _spoken(text) if found else nan
    if not found or not isfinite(value):
        return None
    if found[2].lower() == "m":  # 12m may be twelve metres, months or millions
        return NotNumber("number_scaled", f"{shown} is not a plain number: 'm' may be millions, months or metres.")
    message = f"{shown} is shortened, so it is not a plain number."
    return NotNumber("number_scaled", message, f"Write {value:.15g} if that is what is meant.", value)


def _foreign(text: str, shown: str) -> NotNumber | None:
    seen = "".join(letter for letter in normalize("NFKC", text) if category(letter) != "Cf")
    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in seen)
    value = _plain(plain.replace("−", "-").replace("٫", "."))
    if not isfinite(value):
        return None
    message = f"{shown} is not a plain number: it has signs that no keyboard has, or that cannot be seen."
    return NotNumber("number_script", message, f"Write {value:.15g}.", value)


def _infinite(text: str, shown: str) -> NotNumber | None:
    if text.casefold().lstrip("+-") in ("inf", "infinity", "nan", "∞") or PLAIN.fullmatch(text):
        return NotNumber("number_infinite", f"{shown} is not a plain number: it is no finite quantity.")
    return None


def _united(text: str, shown: str) -> NotNumber | None:
    found = _UNIT.fullmatch(text)
    value = _spoken(found[1]) if found else nan
    if not found or not isfinite(value) or _LETTERS.fullmatch(text):
        return None
    unit = found[2].strip()
    return NotNumber("number_with_unit", f"{shown} holds a unit, so it is not a plain number.",
                     f"Write {value:.15g}, and '{unit[:20]}' in the column of the unit.", value)  # fmt: skip


def _plain(text: str) -> float:
    return float(text) if PLAIN.fullmatch(text) else nan


def _spoken(text: str) -> float:
    """Return a number that may have separators of thousands and a word of scale, or NaN."""
    scale = 1
    if (scaled := _SCALED.fullmatch(text)) and not PLAIN.fullmatch(text):
        text, scale = scaled[1], SCALES[scaled[2].lower()]
    if found := _THOUSANDS.fullmatch(text):
        text = text.replace(found[1], "")
    value = _plain(text) * scale
    return value if isfinite(value) else nan
