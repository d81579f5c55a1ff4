"""Which period a sender probably meant, where what stands there is none."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEARS = re.compile(r"(?:FY\s?)?(\d{2}|\d{4})\s?[/–-]\s?(\d{2}|\d{4})", re.ASCII | re.IGNORECASE)
_NAMED = re.compile(r"([A-Za-z]{3,9})[\s,.'/-]*(\d{4}|\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})/(\d{1,2})|(\d{1,2})[/.-](\d{4})", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_QUARTER = re.compile(r"Q[1-4][\s,]*(.+)|(.+?)[\s,]*Q[1-4]", re.IGNORECASE)
FIRST_DAY = date(1899, 12, 30)  # of a spreadsheet's own day numbers (ECMA-376, 18.17.4.1, the 1900 system)
DAYS = re.compile(r"[345]\d{4}(?:\.0+)?", re.ASCII)  # 1982 to 2064
CENTURY = 2000


def likely_period(text: str) -> str:
    """Return the period that was probably meant as it should be written, or an empty text.

    Examples
    --------
    >>> likely_period("2023/2024"), likely_period("Apr-23"), likely_period("45017")
    ('2023/24', '2023-04', '2023-04-01')
    """
    text = text.strip()
    for known in (_years, _named, _month, _day, _numbered, _quarter):
        if found := known(text):
            return found
    return ""


def _full(digits: str) -> int:
    return int(digits) + (CENTURY if len(digits) == 2 else 0)


def _years(text: str) -> str:
    found = _YEARS.fullmatch(text)
    if not found or _full(found[1]) + 1 != _full(found[2]):
        return ""
    return f"{_full(found[1]):04d}/{_full(found[2]) % 100:02d}"


def _named(text: str) -> str:
    found = _NAMED.fullmatch(text)
    start = found[1].lower()[:3] if found else ""
    return f"{_full(found[2]):04d}-{MONTHS.index(start) + 1:02d}" if found and start in MONTHS else ""


def _month(text: str) -> str:
    found = _MONTH.fullmatch(text)
    if not found:
        return ""
    year, month = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
    return f"{year:04d}-{month:02d}" if 1 <= month <= len(MONTHS) else ""


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    try:
        return (
            date(int(found[3]), int(found[2]), int(found[1])).isoformat() if found else ""
        )  # day first, as written here
    except ValueError:
        return ""


def _numbered(text: str) -> str:
    return (FIRST_DAY + timedelta(days=int(float(text)))).isoformat() if DAYS.fullmatch(text) else ""


def _quarter(text: str) -> str:
    found = _QUARTER.fullmatch(text)
    return _years((found[1] or found[2]).strip()) if found else ""
