"""What is asked about a period that could mean two, covers several months or lacks its year."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from nhscarbon.period_words import (
    APRIL,
    CENTURY,
    DAY,
    ENDED,
    ENDING,
    FULL_MONTHS,
    FY,
    LAST_MONTH,
    NAME,
    NAMES,
    QUARTER,
    SIX,
    clear_day,
    day_first,
    days_of,
    ends_of,
    full_year,
    iso_day,
    nhs_year,
    plain_text,
    year_named,
)

_ONE_YEAR = re.compile(rf"(?:{FY}\s*[-']?\s*)(\d{{4}}|\d{{2}})|(\d{{4}}|\d{{2}})\s*fy")
_HALF = re.compile(r"(?:h|half)\s*([12])[\s,:/-]*(.*)|(.*?)[\s,:/-]*(?:h|half)\s*([12])")
_NTH = re.compile(r"(?:m|mth|month|p|pd|period)\s*(1[0-2]|0?[1-9])(?!\d)[\s,:/-]*(.*)|"
                  r"(.*?)[\s,:/-]*(?:m|mth|month|p|pd|period)\s*(1[0-2]|0?[1-9])")  # fmt: skip


class Asked(NamedTuple):
    """Why a period is not read: the question, what to write, and the NHS year that was probably meant."""

    question: str
    advice: str
    likely: str = ""


def question(text: str) -> Asked | None:
    """Return what is to be asked about a period that could mean two, or covers several months; None of any other."""
    plain, shown = plain_text(text), text.strip()[:40]
    if not plain:
        return None
    for known in (_asks_year, _asks_short, _asks_quarter, _asks_months, _asks_ending, _asks_day, _asks_span):
        if found := known(plain, shown):
            return found
    return None


def _asks_year(plain: str, shown: str) -> Asked | None:
    found = _ONE_YEAR.fullmatch(plain)
    if not found or plain.isdigit():
        return None
    last = full_year(found[1] or found[2])
    return Asked(
        f"'{shown}' could be the NHS year that ends in March {last} or the one that starts in April {last}: which one?",
        f"write '{nhs_year(last - 1)}' or '{nhs_year(last)}'",
    )


def _asks_short(plain: str, shown: str) -> Asked | None:
    if found := re.fullmatch(r"(\d{2})\s*[/-]\s*(\d{2})", plain):
        first, last = int(found[1]), int(found[2])
        if first + 1 != last:
            return None
        year = nhs_year(CENTURY + first)
        return Asked(f"'{shown}' could be the NHS year {year}, a month or a day: which one?",
                     f"did you mean '{year}'? Write it in full", year)  # fmt: skip
    if found := SIX.fullmatch(plain):
        start, tail = int(found[1]), int(found[2])
        if (start + 1) % 100 == tail and 1 <= tail <= LAST_MONTH:
            return Asked(
                f"'{shown}' could be the NHS year {nhs_year(start)} or the month {tail} of {start}",
                f"write '{nhs_year(start)}' for the year or '{start}-{tail:02d}-01' for the month",
            )
    if (found := re.fullmatch(r"(\d{4})[/-](\d)", plain)) and (int(found[1]) + 1) % 10 == int(found[2]):
        start = int(found[1])
        return Asked(f"'{shown}' could be the NHS year {nhs_year(start)} or the month {found[2]} of {start}",
                     f"write '{nhs_year(start)}' for the year or '{start}-0{found[2]}' for the month")  # fmt: skip
    return None


def _asks_quarter(plain: str, shown: str) -> Asked | None:
    found = QUARTER.fullmatch(plain)
    part, months = "quarter", 3
    if not found:
        found, part, months = _HALF.fullmatch(plain), "half-year", 6
    if not found:
        return None
    number, rest = int(found[1] or found[4]), (found[2] or found[3] or "").strip()
    year = year_named(rest)
    if year:
        first = (number - 1) * months
        names = [FULL_MONTHS[(APRIL - 1 + each) % 12].capitalize() for each in (first, first + months - 1)]
        return Asked(f"'{shown}' is a {part}, and a figure belongs to a month or to a whole NHS year",
                     f"send a row for each month from {names[0]} to {names[1]}; did you mean '{year}'? Only if the "
                     "months do not matter and no other row holds the same use", year)  # fmt: skip
    return Asked(f"'{shown}' is a {part}: of which year, and does it start in April or in January?",
                 "send a row for each month, such as '2024-04', or one for the NHS year")  # fmt: skip


def _asks_months(plain: str, shown: str) -> Asked | None:
    if plain.rstrip(".") in NAMES:
        month = NAMES[plain.rstrip(".")]
        return Asked(f"'{shown}' is a month without its year: of which year?",
                     f"write the year too, such as '2024-{month:02d}'")  # fmt: skip
    if found := re.fullmatch(rf"(\d{{1,2}})[\s/-]*{NAME}", plain):
        return Asked(f"'{shown}' could be the day {int(found[1])} of a month or a month of a year: which year is it?",
                     f"write year and month, such as '2024-{NAMES[found[2]]:02d}'")  # fmt: skip
    found = _NTH.fullmatch(plain)
    if not found:
        return None
    number, rest = int(found[1] or found[4]), (found[2] or found[3] or "").strip()
    if year := year_named(rest):
        start = int(year[:4])
        month = (APRIL - 2 + number) % LAST_MONTH + 1
        meant = f"{start + (month < APRIL):04d}-{month:02d}"
        return Asked(f"'{shown}' could count its months from April or from January: which month is it?",
                     f"write '{meant}' if month 1 is April", year)  # fmt: skip
    if rest:
        return None
    return Asked(f"'{shown}' is a month by its number: does month 1 mean April, and of which year?",
                 "write year and month, such as '2024-04'")  # fmt: skip


def _asks_ending(plain: str, shown: str) -> Asked | None:
    found = ENDING.fullmatch(plain) or ENDED.fullmatch(plain)
    if not found:
        return None
    if re.fullmatch(r"\d{4}", found["rest"]):
        return Asked(f"'{shown}': a year that ends in which month?",
                     f"write '{nhs_year(int(found['rest']) - 1)}' if it ends in March {found['rest']}",
                     nhs_year(int(found["rest"]) - 1))  # fmt: skip
    days = days_of(found["rest"])
    if not days:
        return None
    return Asked(f"'{shown}' is not an NHS year, which ends on 31 March",
                 "send its months, each in a row of its own")  # fmt: skip


def _asks_day(plain: str, shown: str) -> Asked | None:
    found = DAY.fullmatch(plain)
    if not found or clear_day(plain):
        return None
    first, second, last = int(found[1]), int(found[2]), full_year(found[3])
    readings = [iso_day(last, second, first), iso_day(last, first, second)]
    if len(found[1]) == len(found[3]) == 2:
        readings.append(iso_day(full_year(found[1]), second, int(found[3])))
    days = [*dict.fromkeys(filter(None, readings))]
    if len(days) < 2:
        return None
    likely = day_first(plain)
    meant = f"did you mean '{likely}'? " if likely else ""
    start = date.fromisoformat(likely or days[0])
    return Asked(f"'{shown}' could be the day {' or '.join(days)}: which part is the day, and which the year?",
                 f"{meant}Write year, month and day, such as '{days[0]}'",
                 nhs_year(start.year - (start.month < APRIL)) if likely else "")  # fmt: skip


def _asks_span(plain: str, shown: str) -> Asked | None:
    ends = ends_of(plain)
    if not ends:
        return None
    years = {each.year if each.month >= APRIL else each.year - 1 for each in ends}
    names = " to ".join(f"{FULL_MONTHS[each.month - 1].capitalize()} {each.year}" for each in ends)
    likely = nhs_year(years.pop()) if len(years) == 1 else ""
    whole = f", or '{likely}' if the months do not matter and no other row holds the same use" if likely else ""
    return Asked(f"'{shown}' is a span of months ({names}), and a figure belongs to a month or to a whole NHS year",
                 f"send a row for each month{whole}", likely)  # fmt: skip
