"""Periods: the NHS financial year, its months and days, and what is too vague to use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from nhscarbon.errors import PeriodError
from nhscarbon.kept import kept
from nhscarbon.period_questions import question
from nhscarbon.period_words import APRIL, LAST_MONTH, likely_period, nhs_year, written_period

__all__ = ["APRIL", "LAST_MONTH", "Period", "exact_period", "likely_period", "month_of", "months_of", "nhs_year",
           "parse_period", "read_period", "spelt_period", "year_end", "year_of", "year_start"]  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1, 9998  # whose first and last days are days of the calendar
_YEAR = re.compile(r"(\d{4})[/-](\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A period as sent, and the NHS year (1 April to 31 March) that it belongs to."""

    year: str
    month: str = ""


def year_start(year: str) -> str:
    """Return the first day of an NHS year such as ``2023/24`` as an ISO date."""
    return f"{year[:4]}-04-01"


def year_end(year: str) -> str:
    """Return the day after the last of an NHS year, as an ISO date; of the last that a calendar has, its last year."""
    return f"{min(int(year[:4]), LAST_YEAR) + 1:04d}-04-01"


@kept(256)
def months_of(year: str) -> tuple[str, ...]:
    """Return the months of an NHS year, April first.

    Examples
    --------
    >>> months_of("2023/24")[0], months_of("2023/24")[-1]
    ('2023-04', '2024-03')
    """
    start = int(year[:4])
    months = (*range(APRIL, LAST_MONTH + 1), *range(1, APRIL))
    return tuple(f"{start + (month < APRIL):04d}-{month:02d}" for month in months)


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
    found = exact_period(text)
    return exact_period(written_period(text)) if found is None else found


def exact_period(text: str) -> Period | None:
    """Return the period of a text in the form that is asked for; None of any other spelling."""
    text = text.strip()
    if match := _YEAR.fullmatch(text):
        year, tail = int(match[1]), int(match[2])
        follows = tail == (year + 1) % 100
        is_month = "-" in text and 1 <= tail <= LAST_MONTH
        if follows == is_month:  # it could be both, or is neither
            return None
        if not follows:
            return _month_period(year, tail)
        return Period(nhs_year(year)) if FIRST_YEAR <= year <= LAST_YEAR else None
    if match := _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            return None
        return _month_period(day.year, day.month)
    return None


@kept(4096)
def spelt_period(text: str) -> str:
    """Return a period that is read from another spelling, as it should be written; else an empty text.

    Examples
    --------
    >>> spelt_period("Apr-24"), spelt_period("2024-04"), spelt_period("FY25")
    ('2024-04', '', '')
    """
    return "" if exact_period(text) is not None or read_period(text) is None else written_period(text)


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
        return _no_day(text, match[1])
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return PeriodError(
            f"'{text}' could be a calendar or a financial year: which one? "
            f"Write '{nhs_year(int(text))}' for April {text} to March {int(text) + 1}",
            nhs_year(int(text)),
        )
    if asked := question(text):
        return PeriodError(asked.question, asked.likely, advice=asked.advice)
    meant = likely_period(text)
    meant = meant if _year_in(meant) else ""
    advice = (
        f"did you mean '{meant}'?" if meant else "write '2023/24' (NHS year), '2023-04' (month) or '2023-04-30' (day)"
    )
    return PeriodError(f"'{text[:40]}' is not a period", _year_in(meant), advice=advice)


def _no_day(text: str, day: str) -> PeriodError:
    try:
        known = date.fromisoformat(day)
    except ValueError:
        advice = f"correct the day, or write the month, such as '{text[:7]}'"
        return PeriodError(f"'{text}' is not a day of the calendar", advice=advice)
    return _before_all(known.year, known.month)


def _year_in(meant: str) -> str:
    found = exact_period(meant)
    return found.year if found else ""


def _of_month(year: int, month: int) -> Period:
    found = _month_period(year, month)
    if found is None:
        raise _before_all(year, month)
    return found


def _month_period(year: int, month: int) -> Period | None:
    """Return a month and its NHS year; None of a month before the first or after the last."""
    starting = year if month >= APRIL else year - 1
    return Period(nhs_year(starting), f"{year:04d}-{month:02d}") if FIRST_YEAR <= starting <= LAST_YEAR else None


def _before_all(year: int, month: int) -> PeriodError:
    return PeriodError(
        f"'{year:04d}-{month:02d}' is in no NHS year", advice="write the year in full, such as '2023-04'"
    )


@kept(4096)
def year_of(label: str) -> str:
    """Return the NHS year of a period, or the text itself: what it is not, the check says."""
    found = read_period(label)
    return label if found is None else found.year


@kept(4096)
def month_of(label: str) -> str:
    """Return the month of a period, or the empty word where it has none."""
    found = read_period(label)
    return "" if found is None else found.month
