"""How people write periods: what is read with a note, and what is asked because it could mean two."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from nhscarbon.kept import kept

APRIL, LAST_MONTH = 4, 12
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
               "november", "december")  # fmt: skip
CENTURY, SHORT_FROM = 2000, 2010  # a day with two digits for its year is of no year before
FIRST_DAY = date(1899, 12, 30)  # of a spreadsheet's own day numbers (ECMA-376, 18.17.4.1, the 1900 system)
LONGEST = 60  # characters; no period is longer
NAMES = {**dict(zip(MONTHS, range(1, 13), strict=True)), **dict(zip(FULL_MONTHS, range(1, 13), strict=True)),
          "sept": 9}  # fmt: skip
NAME = "(" + "|".join(sorted(NAMES, key=len, reverse=True)) + r")\.?"
FY = r"(?:fy|f/y|financial year|fin(?:ancial)? yr|nhs year|year)"
_YEARS = re.compile(
    rf"(?P<mark>{FY}\s*[:-]?\s*)?(?P<first>\d{{4}}|\d{{2}})(?P<join>\s*/\s*|\s*-\s*|\s+to\s+)"
    rf"(?P<last>\d{{4}}|\d{{2}})(?:\s*\(?(?P<after>fy|financial year)\)?)?"
)
ENDING = re.compile(
    r"(?P<mark>fye|y/e|ye|yr end|financial year (?:ending|ended|end|to)|year[ -]?(?:ending|ended|end|to)"
    r"|(?:12|twelve) months (?:ending|ended|to))(?![a-z])(?: on)?(?: the)?\s*:?\s*(?P<rest>\S.*)"
)
ENDED = re.compile(r"(?P<rest>.+\S)\s*\(?(?:y/e|ye|year end)\)?")
_NAMED = re.compile(rf"{NAME}[\s,'/_-]*(\d{{4}}|\d{{2}})")
_YEAR_FIRST = re.compile(rf"(\d{{4}})[\s,/_-]*{NAME}")
_NUMBERED = re.compile(r"(\d{1,2})[/.-](\d{4})")
_NUMBERED_LAST = re.compile(r"(\d{4})([/.-])(\d{1,2})")
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: 00:00(?::00)?)?")
_DAY_LAST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?: 00:00(?::00)?)?")
_NAMED_DAY = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[\s,/-]*(?:of )?{NAME}[\s,'/-]*(\d{{4}}|\d{{2}})")
_NAMED_DAY_US = re.compile(rf"{NAME}\s*(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
SIX = re.compile(r"(\d{4})(\d{2})")
_JOIN = re.compile(r"\s+(?:to|until|through)\s+|\s*-\s*")
QUARTER = re.compile(r"(?:q|qtr|quarter)\s*([1-4])[\s,:/(-]*(.*?)\)?|(.*?)[\s,:/(-]*(?:q|qtr|quarter)\s*([1-4])\)?")
_LOOSE_NAME = re.compile(r"([a-z]{3,9})[\s,.'/-]*(\d{4}|\d{2})")
_DAY_NUMBER = re.compile(r"[345]\d{4}(?:\.0+)?", re.ASCII)  # 1982 to 2064


def nhs_year(starting: int) -> str:
    """Return the NHS year that starts in April of a calendar year, as ``2023/24``."""
    return f"{starting:04d}/{(starting + 1) % 100:02d}"


def plain_text(text: str) -> str:
    """Return a text in small letters with single spaces and hyphens; empty where it is too long for a period."""
    text = re.sub(r"[–—−]", "-", text.strip().replace("’", "'").replace("\u00a0", " "))
    fits = len(text) <= LONGEST and text.isascii() and text.isprintable()
    return " ".join(text.split()).casefold() if fits else ""


@kept(4096)
def written_period(text: str) -> str:
    """Return a period that is clear in another spelling as it should be written, or an empty text.

    Examples
    --------
    >>> written_period("2023/2024"), written_period("Apr-23"), written_period("Year ending March 2025")
    ('2023/24', '2023-04', '2024/25')
    >>> written_period("FY25"), written_period("11/12")
    ('', '')
    """
    plain = plain_text(text) if any(map(str.isdigit, text[:LONGEST])) else ""
    if not plain:
        return ""
    for known in (_financial_year, _ending, _month, clear_day, _six, _span):
        if found := known(plain):
            return found
    return ""


def full_year(digits: str) -> int:
    """Return a year of two or four digits in full."""
    return int(digits) + (CENTURY if len(digits) == 2 else 0)


def _financial_year(plain: str) -> str:
    """Read two years that follow one another, unless they could be a month as well."""
    found = _YEARS.fullmatch(plain)
    if not found or full_year(found["first"]) + 1 != full_year(found["last"]):
        return "" if not found else _short_century(found)
    if len(found["last"]) > len(found["first"]):  # 24/2025
        return ""
    marked = bool(found["mark"] or found["after"] or "to" in found["join"])
    month = len(found["last"]) == 2 and 1 <= int(found["last"]) <= LAST_MONTH
    if not marked and month and ("-" in found["join"] or len(found["first"]) == 2):
        return ""  # 2011-12 may be a month, 11/12 a month or a day
    if not marked and len(found["first"]) == 2 and int(found["first"]) <= LAST_MONTH:
        return ""  # 12/13 may be December 2013
    return nhs_year(full_year(found["first"]))


def _short_century(found: re.Match[str]) -> str:
    """Read the two digits of the last year of a year that is written in full, such as FY2011-12."""
    first, last = found["first"], found["last"]
    if len(first) != 4 or len(last) != 2 or (int(first) + 1) % 100 != int(last):
        return ""
    marked = bool(found["mark"] or found["after"] or "to" in found["join"])
    if not marked and "-" in found["join"] and 1 <= int(last) <= LAST_MONTH:
        return ""
    return nhs_year(int(first))


def _ending(plain: str) -> str:
    """Read a year by the month, or the last day, that it ends with: only one that ends with March is an NHS year."""
    found = ENDING.fullmatch(plain) or ENDED.fullmatch(plain)
    if not found:
        return ""
    if found.re is ENDING and found["mark"].startswith(("fye", "financial")) and re.fullmatch(r"\d{4}", found["rest"]):
        return nhs_year(int(found["rest"]) - 1)
    days = days_of(found["rest"])
    if days is None or (days[1].month, days[1].day) != (3, 31):
        return ""
    return nhs_year(days[1].year - 1)


def _month(plain: str) -> str:
    if found := _NAMED.fullmatch(plain):
        return f"{full_year(found[2]):04d}-{NAMES[found[1]]:02d}"
    if found := _YEAR_FIRST.fullmatch(plain):
        return f"{int(found[1]):04d}-{NAMES[found[2]]:02d}"
    if found := _NUMBERED.fullmatch(plain):
        return _numbered(int(found[2]), int(found[1]))
    if found := _NUMBERED_LAST.fullmatch(plain):
        year, join, month = int(found[1]), found[2], found[3]
        if len(month) == 1 and (year + 1) % 10 == int(month):
            return ""  # 2024/5 may be the year 2024/25
        if len(month) == 1 or (join != "-" and (year + 1) % 100 != int(month)):
            return _numbered(year, int(month))
    return ""


def _numbered(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}" if 1 <= month <= LAST_MONTH and year else ""


def clear_day(plain: str) -> str:
    """Read a day whose order is clear: of 01/04/2024 it is not, as Americans put the month first."""
    if found := DAY.fullmatch(plain):
        either = int(found[1]) <= LAST_MONTH and int(found[1]) != int(found[2])
        if either or len(found[3]) == 2:  # 23-04-01 may begin with its year
            return ""
    return day_first(plain)


def day_first(plain: str) -> str:
    """Read a day, the day of the month first, as it is written here."""
    if found := DAY.fullmatch(plain):
        year = full_year(found[3])
        return iso_day(year, int(found[2]), int(found[1])) if len(found[3]) == 4 or year >= SHORT_FROM else ""
    if found := _DAY_LAST.fullmatch(plain):
        return iso_day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED_DAY.fullmatch(plain):
        return iso_day(full_year(found[3]), NAMES[found[2]], int(found[1]))
    if found := _NAMED_DAY_US.fullmatch(plain):
        return iso_day(int(found[3]), NAMES[found[1]], int(found[2]))
    return ""


def iso_day(year: int, month: int, day: int) -> str:
    """Return a day as ISO text, or nothing of one that the calendar has not."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _six(plain: str) -> str:
    """Read 202404 as a month and 202425 as a year; 201112 may be both."""
    found = SIX.fullmatch(plain)
    if not found:
        return ""
    year, tail = int(found[1]), int(found[2])
    follows, is_month = (year + 1) % 100 == tail, 1 <= tail <= LAST_MONTH
    if follows == is_month or not 1900 <= year < 2100:
        return ""
    return nhs_year(year) if follows else f"{year:04d}-{tail:02d}"


def days_of(plain: str) -> tuple[date, date] | None:
    """Return the first and the last day of a month or day in any spelling."""
    if found := _ISO.fullmatch(plain):
        text = plain if found[3] else _numbered(int(found[1]), int(found[2]))
    else:
        text = _month(plain) or day_first(plain)
    if not text:
        return None
    try:
        if len(text) > len("2024-04"):
            return date.fromisoformat(text), date.fromisoformat(text)
        year, month = int(text[:4]), int(text[5:])
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None


def ends_of(plain: str) -> tuple[date, date] | None:
    """Return the first and the last day of a span such as Apr-Jun 2024."""
    for left, right in _sides(plain):
        last = days_of(right)
        if not last:
            continue
        first = days_of(left)
        if not first and left.rstrip(".") in NAMES:
            before = NAMES[left.rstrip(".")] > last[0].month
            first = days_of(f"{left.rstrip('.')} {last[0].year - before}")
        if first and first[0] <= last[1]:
            return first[0], last[1]
    return None


def _sides(plain: str) -> list[tuple[str, str]]:
    """Return the parts before and after each word or hyphen that may join them, those with spaces first."""
    joins = sorted(_JOIN.finditer(plain), key=lambda join: not join[0].startswith(" "))
    return [(plain[: join.start()], plain[join.end() :]) for join in joins]


def _is_unclear(plain: str) -> bool:
    """Tell whether a side of a span is a day whose order is not clear."""
    return bool(DAY.fullmatch(plain)) and not clear_day(plain)


def _span(plain: str) -> str:
    """Read a span that is exactly an NHS year, or lies in one month."""
    ends = ends_of(plain)
    if not ends or any(_is_unclear(left) and _is_unclear(right) for left, right in _sides(plain)):
        return ""
    first, last = ends
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.year:04d}-{first.month:02d}"
    whole = (first.month, first.day, last.month, last.day, last.year) == (APRIL, 1, 3, 31, first.year + 1)
    return nhs_year(first.year) if whole else ""


def likely_period(text: str) -> str:
    """Return the period that was probably meant as it should be written, or an empty text.

    Examples
    --------
    >>> likely_period("2023/2024"), likely_period("Apr-23"), likely_period("45017")
    ('2023/24', '2023-04', '2023-04-01')
    """
    plain = plain_text(text.strip())
    if found := written_period(text):
        return found
    if _DAY_NUMBER.fullmatch(plain):
        return (FIRST_DAY + timedelta(days=int(float(plain)))).isoformat()
    if (years := _YEARS.fullmatch(plain)) and full_year(years["first"]) + 1 == full_year(years["last"]):
        return nhs_year(full_year(years["first"]))
    if (quarter := QUARTER.fullmatch(plain)) and (rest := quarter[2] or quarter[3]):
        return year_named(rest)
    loose = _LOOSE_NAME.fullmatch(plain)
    named = (
        f"{full_year(loose[2]):04d}-{MONTHS.index(loose[1][:3]) + 1:02d}" if loose and loose[1][:3] in MONTHS else ""
    )
    return named or day_first(plain)


def year_named(plain: str) -> str:
    """Return the NHS year that a text names, or nothing."""
    exact = re.fullmatch(r"(\d{4})[/-](\d{2})", plain)
    if exact and (int(exact[1]) + 1) % 100 == int(exact[2]):
        return nhs_year(int(exact[1]))
    return found if len(found := _financial_year(plain) or _ending(plain)) == len("2024/25") and "/" in found else ""
