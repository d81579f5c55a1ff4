"""What stands where a number should be, and which number the sender probably meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from math import isfinite, nan, nextafter
from unicodedata import category, normalize

import numpy as np
from numpy.typing import NDArray

from nhscarbon.methods.units import MICRO

SCALE = 10**MICRO  # whole quantities in one: every unit is summed at this decimal
NOISE = 4 * float(np.finfo(np.float64).eps)  # relative, of a scaled number
NO_HALVES = float(2**52)  # from here on a float is whole
LONGEST = 40  # characters; no quantity is longer
ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
ABSENT = ("n/a", "na", "n.a.", "nil", "none", "null", "-", "--", "–", "—", "?", "tbc", "tba", "unknown", "missing",
          "not applicable", "not available", "no data", "not known", "awaited", "..", "...", "…")  # fmt: skip
SCALES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000,
          "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}  # fmt: skip
PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_OTHER_MONEY = re.compile(r"[+-]?\s?[$€¥].+|.+[$€¥]|.*\b(?:EUR|USD)\b.*", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([, '’_\u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d+", re.ASCII)
_MONEY = re.compile(r"([+-]?)\s?(?:£|GBP|gbp)\s?(.+)|(.+?)\s?(?:£|GBP|gbp)")
_SCALED = re.compile(r"(.+?)\s?(k|m|bn|thousand|million|billion)", re.IGNORECASE)
_LETTER = re.compile(r"[OolI|]")
_LETTERS = re.compile(r"[\d.,]*[OolI|]+", re.ASCII)  # typed for a zero or a one
_UNIT = re.compile(r"([+-]?[\d.,]+)(\s+[^\W\d_].*|[^\W\d_]+[23³²]?)")
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}-[A-Za-z]{3}(?:-\d{2,4})?"
    r"|[A-Za-z]{3}-\d{2,4}",
    re.ASCII,
)


@dataclass(frozen=True)
class NotNumber:
    """Why a text is no number.

    Attributes
    ----------
    code, variant : str
        Of the finding.
    values : Mapping
        What the finding names beside its column and text.
    likely : float
        What was probably meant, to weigh the fault by; never used in a sum. NaN where that would be a guess.
    """

    code: str
    variant: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    likely: float = nan


def not_number(text: str) -> NotNumber:
    """Say why a text is no plain number, and what it was probably meant to be.

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
    if len(text) > LONGEST:
        return NotNumber("number_too_long", values={"letters": len(text)})
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
        if found := known(text):
            return found
    if _LETTER.search(text) and not re.search(r"[^\dOolI|.,]", text):
        return NotNumber("number_unreadable", "letter")
    return NotNumber("number_unreadable")


def _meant(code: str, value: float) -> NotNumber:
    return NotNumber(code, values={"meant": value}, likely=value)


def _absent(text: str) -> NotNumber | None:
    if text.casefold() not in ABSENT:
        return None
    return NotNumber("number_absent")


def _error(text: str) -> NotNumber | None:
    if text.upper() in ERRORS or set(text) == {"#"}:
        return NotNumber("number_error")
    if text.startswith("="):
        return NotNumber("number_formula")
    if text.casefold() in ("true", "false"):
        return NotNumber("number_logical")
    return None


def _dated(text: str) -> NotNumber | None:
    if not _DAY.fullmatch(text):
        return None
    return NotNumber("number_date")


def _percent(text: str) -> NotNumber | None:
    if not text.endswith("%"):
        return None
    share = _plain(text[:-1].strip()) / 100
    if not isfinite(share):
        return NotNumber("number_percent", "unclear")
    return NotNumber("number_percent", values={"share": share})


def _bracketed(text: str) -> NotNumber | None:
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text[:-1] if text.endswith("-") else ""
    value = -_spoken(inner.strip())
    if not isfinite(value):
        return None
    return _meant("number_bracketed", value)


def _money(text: str) -> NotNumber | None:
    found = _MONEY.fullmatch(text)
    if not found and _OTHER_MONEY.fullmatch(text):
        return NotNumber("number_currency", "foreign")
    if not found:
        return None
    value = _spoken((found[1] or "") + (found[2] or found[3]).strip())
    return _meant("number_currency", value) if isfinite(value) else NotNumber("number_currency", "unclear")


def _separated(text: str) -> NotNumber | None:
    value = _spoken(text) if _THOUSANDS.fullmatch(text) else nan
    if isfinite(value):
        return _meant("number_separators", value)
    if _POINTS.fullmatch(text):  # more than one point is no decimal point
        return _meant("number_separators", _plain(text.replace(".", "")))
    if _COMMA.fullmatch(text):
        return _meant("number_decimal_comma", _plain(text.replace(".", "").replace(" ", "").replace(",", ".")))
    return None


def _scaled(text: str) -> NotNumber | None:
    found = _SCALED.fullmatch(text)
    value = _spoken(text) if found else nan
    if not found or not isfinite(value):
        return None
    if found[2].lower() == "m":  # 12m may be twelve metres, months or millions
        return NotNumber("number_scaled", "unclear")
    return _meant("number_scaled", value)


def _foreign(text: str) -> NotNumber | None:
    seen = "".join(letter for letter in normalize("NFKC", text) if category(letter) != "Cf")
    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in seen)
    value = _plain(plain.replace("−", "-").replace("٫", "."))
    if not isfinite(value):
        return None
    return _meant("number_script", value)


def _infinite(text: str) -> NotNumber | None:
    if text.casefold().lstrip("+-") in ("inf", "infinity", "nan", "∞") or PLAIN.fullmatch(text):
        return NotNumber("number_infinite")
    return None


def _united(text: str) -> NotNumber | None:
    found = _UNIT.fullmatch(text)
    value = _spoken(found[1]) if found else nan
    if not found or not isfinite(value) or _LETTERS.fullmatch(text):
        return None
    return NotNumber("number_with_unit", values={"meant": value, "word": found[2].strip()}, likely=value)


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


def near_half(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which numbers lie, within the noise of a float, between two whole millionths: shape (numbers,).

    Of such a number the text alone says to which side it is to be rounded.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.abs(numbers) * SCALE
        near = np.abs(scaled - np.floor(scaled) - 0.5) <= scaled * NOISE
        found: NDArray[np.bool_] = near & (scaled > 1) & (scaled < NO_HALVES)
    return found


def half_even(text: str) -> float:
    """Return the float that a decimal text is summed as: at the last decimal half to even, as decimals are rounded.

    Parameters
    ----------
    text : str
        A plain number that `near_half` found.

    Returns
    -------
    float
        The nearest to the text that scales to the right side of the half.

    Examples
    --------
    >>> [round(half_even(text) * 10**6) for text in ("1.0000005", "1.0000015", "1.00000050001")]
    [1000000, 1000002, 1000001]
    """
    number = float(text)
    exact = int((Decimal(text) * SCALE).to_integral_value(ROUND_HALF_EVEN))
    towards = exact / SCALE
    while round(number * SCALE) != exact and number != towards:
        number = nextafter(number, towards)
    return number
