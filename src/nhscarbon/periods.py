"""Periods: the NHS financial year, its months and days, and what is too vague to use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from nhscarbon.errors import PeriodError

_YEAR = re.compile(r"(\d{4})[/-](\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
APRIL, LAST_MONTH = 4, 12


@dataclass(frozen=True)
class Period:
    """A period as sent, and the NHS year (1 April to 31 March) that it belongs to."""

    year: str
    month: str = ""


def nhs_year(starting: int) -> str:
    """Return the NHS year that starts in April of a calendar year, as ``2023/24``."""
    return f"{starting:04d}/{(starting + 1) % 100:02d}"


def year_start(year: str) -> str:
    """Return the first day of an NHS year such as ``2023/24`` as an ISO date."""
    return f"{year[:4]}-04-01"


def year_end(year: str) -> str:
    """Return the day after the last of an NHS year, as an ISO date."""
    return f"{int(year[:4]) + 1}-04-01"


@lru_cache(maxsize=256)
def months_of(year: str) -> tuple[str, ...]:
    """Return the months of an NHS year, April first.

    Examples
    --------
    >>> months_of("2023/24")[0], months_of("2023/24")[-1]
    ('2023-04', '2024-03')
    """
    start = int(year[:4])
    months = (*range(APRIL, LAST_MONTH + 1), *range(1, APRIL))
    return tuple(f"{start + (month < APRIL)}-{month:02d}" for month in months)


def parse_period(value: str | date) -> Period:
    """Read a period as it stands in an activity table.

    Parameters
    ----------
    value : str or datetime.date
        ``2023/24`` or ``2023-24`` (NHS year), ``2023-04`` (month), or a day.

    Returns
    -------
    Period
        The NHS year, and the month where one was given.

    Raises
    ------
    PeriodError
        If the text is none of these or could mean two of them; the message asks the question.

    Examples
    --------
    >>> parse_period("2023-24")
    Period(year='2023/24', month='')
    >>> parse_period("2024-01")
    Period(year='2023/24', month='2024-01')
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _of_month(value.year, value.month)
    text = value.strip()
    found = read_period(text)
    if found is None:
        raise _not_read(text)
    return found


def read_period(text: str) -> Period | None:
    """Return what `parse_period` does, or None where that raises and says why.

    Examples
    --------
    >>> read_period("2023/24"), read_period("2011-12"), read_period("sometime")
    (Period(year='2023/24', month=''), None, None)
    """
    text = text.strip()
    if match := _YEAR.fullmatch(text):
        year, tail = int(match[1]), int(match[2])
        follows = tail == (year + 1) % 100
        is_month = "-" in text and 1 <= tail <= LAST_MONTH
        if follows == is_month:  # it could be both, or is neither
            return None
        return Period(nhs_year(year)) if follows else _month_period(year, tail)
    if match := _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            return None
        return _month_period(day.year, day.month)
    return None


def _not_read(text: str) -> PeriodError:
    """Return the error of a period that cannot be read, or could mean two."""
    if match := _YEAR.fullmatch(text):
        year, tail = int(match[1]), int(match[2])
        is_month = "-" in text and 1 <= tail <= LAST_MONTH
        if is_month and tail == (year + 1) % 100:
            return PeriodError(
                f"'{text}' could be the NHS year {nhs_year(year)} or the month {tail} of {year}",
                nhs_year(year),
                advice=f"write '{nhs_year(year)}' for the year, or a day such as '{year}-{tail:02d}-01' for the month",
            )
        if is_month:
            return _before_all(year, tail)
    if match := _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            return PeriodError(
                f"'{text}' is not a day of the calendar",
                advice=f"correct the day, or write the month, such as '{text[:7]}'",
            )
        return _before_all(day.year, day.month)
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return PeriodError(
            f"'{text}' could be a calendar or a financial year: which one? "
            f"Write '{nhs_year(int(text))}' for April {text} to March {int(text) + 1}",
            nhs_year(int(text)),
        )
    meant = likely_period(text)
    advice = (
        f"did you mean '{meant}'?" if meant else "write '2023/24' (NHS year), '2023-04' (month) or '2023-04-30' (day)"
    )
    return PeriodError(f"'{text[:40]}' is not a period", parse_period(meant).year if meant else "", advice=advice)


def _of_month(year: int, month: int) -> Period:
    found = _month_period(year, month)
    if found is None:
        raise _before_all(year, month)
    return found


def _month_period(year: int, month: int) -> Period | None:
    """Return a month and its NHS year; None of a month before the first."""
    starting = year if month >= APRIL else year - 1
    return Period(nhs_year(starting), f"{year:04d}-{month:02d}") if starting >= 1 else None


def _before_all(year: int, month: int) -> PeriodError:
    return PeriodError(
        f"'{year:04d}-{month:02d}' is in no NHS year", advice="write the year in full, such as '2023-04'"
    )


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


_YEARS = re.compile(r"(?:FY\s?)?(\d{2}|\d{4})\s?[/–-]\s?(\d{2}|\d{4})", re.ASCII | re.IGNORECASE)


_NAMED = re.compile(r"([A-Za-z]{3,9})[\s,.'/-]*(\d{4}|\d{2})", re.ASCII)


_MONTH = re.compile(r"(\d{4})/(\d{1,2})|(\d{1,2})[/.-](\d{4})", re.ASCII)


_WRITTEN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


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
    found = _WRITTEN_DAY.fullmatch(text)
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


@lru_cache(maxsize=4096)
def year_of(label: str) -> str:
    """Return the NHS year of a period, or the text itself: what it is not, the check says."""
    found = read_period(label)
    return label if found is None else found.year


@lru_cache(maxsize=4096)
def month_of(label: str) -> str:
    """Return the month of a period, or the empty word where it has none."""
    found = read_period(label)
    return "" if found is None else found.month
