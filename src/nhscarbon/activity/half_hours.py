"""Half-hourly meter files: which columns hold half-hours, dates, meters and flags, and how their days are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity import schema
from nhscarbon.activity.columns import Column
from nhscarbon.methods.vocabulary_columns import MONEY_WORDS, column_word, is_money, words_of

A_DAY, FEWEST, MOST = 48, 46, 50  # half-hours; of the days on which the clocks change
NO_DAY = np.iinfo(np.int64).min
SAMPLE, MOSTLY = 200, 0.9  # cells that are looked at to tell a column of times, and the share that must be one
ON_STEP = 0.3  # share of times on the hour or half-hour: of readings every ten minutes it is a third
_NUMBERED = re.compile(r"(?:(?:hh|sp|half[ _-]?hour|settlement period|period|kwh|value|reading)[ _-]*)?(\d{1,2})", re.I)
_CLOCK = re.compile(r"(?:[a-z ]*[ _-])?(?:hh)?(\d{1,2}):?([03]0)(?::00)?(?:\s*-\s*\d{1,2}:?[03]0(?::00)?)?", re.I)
_STAMP = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
)
_DATE = re.compile(r"(\d{1,4})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ](\d{2,4})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_METER = re.compile(r"\b(?:mpan|mprn|meter|serial|msn)\b", re.I)
_FLAG = re.compile(r"\b(?:flag|status|quality|a/e|ae|read type|estimated)\b|^(?:type|e/a)$", re.I)
_CHANNEL = re.compile(r"\b(?:channel|measurement|register type)\b|^mq$", re.I)
_DAY_NAME = re.compile(r"\b(?:date|day)\b", re.I)
_TIME_NAME = re.compile(r"\b(?:time|timestamp|datetime)\b", re.I)
_VALUE = re.compile(r"\b(?:kwh|value|consumption|usage|import|energy|quantity)\b", re.I)
ACTIVE = frozenset(
    {"", "ai", "a", "active import", "import", "kwh", "active", "consumption", "import kwh", "kwh import"}
)


@dataclass(frozen=True)
class HalfHours:
    """The columns of a half-hourly file, by their places; -1 where there is none.

    `columns` are one for each half-hour of a day, or the one column of a file with a row for each half-hour, whose
    moments stand in `day`, or in `day` and `time`. `flags` say actual or estimated: one for each value, or one.
    """

    columns: tuple[int, ...]
    day: int
    time: int = -1
    meter: int = -1
    flags: tuple[int, ...] = ()
    channel: int = -1

    @property
    def across(self) -> bool:
        """Whether a row is a day."""
        return len(self.columns) > 1


def half_hours(sent: Sequence[str], names: Sequence[str], columns: Sequence[Sequence[str]]) -> HalfHours | None:
    """Return the layout of a half-hourly file, or None of any other table.

    Parameters
    ----------
    sent, names : sequence of str
        The header as it stands, and as it is read.
    columns : sequence of sequence of str
        The first cells of each column.
    """
    cells = [" ".join(cell.split()) for cell in sent]
    values = _across(cells)
    free = [place for place in range(len(cells)) if place not in values]
    meter = _first(cells, free, _METER)
    channel = _first(cells, free, _CHANNEL)
    if values:
        flags = tuple(place for place in free if _FLAG.search(cells[place].rstrip(".0123456789 ")) or
                      (_FLAG.search(cells[place]) and _slot(cells[place].split()[0]) is not None))  # fmt: skip
        day = _named(names, "period", cells, free, _DAY_NAME)
        if day < 0 or names[day] in {*schema.REQUIRED} - {"period"}:
            return None
        return HalfHours(values, day, meter=meter, channel=channel,
                         flags=flags if len(flags) in (1, len(values)) else ())  # fmt: skip
    day = next((place for place in free if _is(columns[place], _STAMP)), -1)
    time = -1
    if day < 0:
        day = next((place for place in free if _DAY_NAME.search(cells[place]) and _is(columns[place], _DATE)), -1)
        time = next((place for place in free if place != day and _is(columns[place], _CLOCK)
                     and _TIME_NAME.search(cells[place])), -1)  # fmt: skip
        if day < 0 or time < 0:
            return None
    if not _many_moments(columns[time if time >= 0 else day]) or ("period" in names and names[day] != "period"):
        return None  # a column of times beside the period says something else, such as when a row was entered
    value = names.index("quantity") if "quantity" in names else _first(cells, _amounts(cells, free), _VALUE)
    if value < 0 or value in (day, time):
        return None
    flag = _first(cells, [place for place in free if place not in (day, time, value, meter)], _FLAG)
    return HalfHours((value,), day, time, meter, (flag,) if flag >= 0 else (), channel)


def _across(cells: Sequence[str]) -> tuple[int, ...]:
    """Return the columns of half-hours in their order: named by a number from 1, or by the time of day."""
    clock = {place: slot for place, cell in enumerate(cells) if (slot := _slot(cell)) is not None}
    if len(clock) >= FEWEST and len(clock) <= MOST:
        return tuple(clock)
    numbered = {place: int(found[1]) for place, cell in enumerate(cells) if (found := _NUMBERED.fullmatch(cell))}
    ordered = sorted(numbered.values())
    if FEWEST <= len(numbered) <= MOST and ordered == list(range(1, len(ordered) + 1)):
        return tuple(sorted(numbered, key=lambda place: numbered[place]))
    return ()


def _slot(cell: str) -> int | None:
    """Return which half-hour of the day a time names."""
    found = _CLOCK.fullmatch(cell)
    if not found or (len(cell) <= 2) or int(found[1]) > 24:
        return None
    return int(found[1]) * 2 + (found[2] == "30")


def _first(cells: Sequence[str], free: Sequence[int], pattern: re.Pattern[str]) -> int:
    return next((place for place in free if pattern.search(cells[place].replace("_", " "))), -1)


def _named(names: Sequence[str], name: str, cells: Sequence[str], free: Sequence[int], pattern: re.Pattern[str]) -> int:
    """Return the column of a name of ours, or the first whose header fits."""
    return names.index(name) if name in names else _first(cells, free, pattern)


def _amounts(cells: Sequence[str], free: Sequence[int]) -> list[int]:
    """Return the columns that may hold energy: no pounds, and nothing that the words of columns leave out."""
    words = {place: column_word(cells[place]) for place in free}
    return [place for place, word in words.items() if not MONEY_WORDS & {*words_of(cells[place])}
            and (word is None or (word.columns and not is_money(word.unit)))]  # fmt: skip


def _is(column: Sequence[str], pattern: re.Pattern[str]) -> bool:
    filled = [text for text in column[:SAMPLE] if text]
    return len(filled) > 1 and sum(bool(pattern.fullmatch(text)) for text in filled) >= MOSTLY * len(filled)


def _many_moments(column: Sequence[str]) -> bool:
    """Tell whether the times of a column differ within a day."""
    times = [text.replace("T", " ").split(" ")[-1][:5] for text in column[:SAMPLE] if text]
    on_step = sum(text.endswith(("00", "30")) for text in times)
    return len(set(times)) > 2 and on_step >= ON_STEP * len(times)


def days_of(texts: Sequence[str]) -> tuple[NDArray[np.int64], bool]:
    """Return the day of each text as a number, and whether day and month cannot be told apart.

    One text of the column whose day is past 12 says which comes first; `NO_DAY` where a text is no date.
    """
    found = [_DATE.fullmatch(text) for text in texts]
    first = _first_part([(each[1], each[2]) for each in found if each and each[2].isdigit()])
    days = np.array([NO_DAY if each is None else _day(each[1], each[2], each[3], first) for each in found], np.int64)
    return days, first == ""


def moments_of(texts: Sequence[str]) -> tuple[NDArray[np.int64], bool]:
    """Return the minute of each text, counted from the first day of our era, and whether the day is unclear."""
    found = [_STAMP.fullmatch(text) for text in texts]
    first = _first_part([(each[1], each[2]) for each in found if each])
    minutes = np.full(len(texts), NO_DAY, np.int64)
    for place, each in enumerate(found):
        if each and int(each[4]) <= 24 and int(each[5]) < 60:
            day = _day(each[1], each[2], each[3], first)
            if day != NO_DAY:
                minutes[place] = day * 1440 + int(each[4]) * 60 + int(each[5])
    return minutes, first == ""


def minutes_of(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return the minute of the day of each text such as 00:30."""
    found = [re.fullmatch(r"(\d{1,2}):?(\d{2})(?::00)?", text) for text in texts]
    return np.array([NO_DAY if each is None else int(each[1]) * 60 + int(each[2]) for each in found], np.int64)


def _first_part(pairs: Sequence[tuple[str, str]]) -> str:
    """Return what the first part of the dates is: year, day or month; nothing where all could be day or month."""
    if not pairs or any(len(one) == 4 for one, _ in pairs):
        return "year"
    if any(int(one) > 12 for one, _ in pairs):
        return "day"
    if any(int(two) > 12 for _, two in pairs):
        return "month"
    return "" if any(one.zfill(2) != two.zfill(2) for one, two in pairs) else "day"


def _day(one: str, two: str, three: str, first: str) -> int:
    from_name = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
                 "nov": 11, "dec": 12}  # fmt: skip
    if not two.isdigit():
        year, month, day = three, str(from_name.get(two[:3].casefold(), 0)), one
    elif len(one) == 4:
        year, month, day = one, two, three
    else:
        year, month, day = (three, one, two) if first == "month" else (three, two, one)
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(whole, int(month), int(day)).toordinal()
    except ValueError:
        return NO_DAY


def expected(day: int) -> int:
    """Return how many half-hours a day has: 46 or 50 on the last Sunday of March or October, when the clocks change.

    Source: The Summer Time Order 2002 (SI 2002/262), at one o'clock Greenwich mean time.
    """
    known = date.fromordinal(day)
    if known.isoweekday() != 7 or known.month not in (3, 10) or (known + timedelta(days=7)).month == known.month:
        return A_DAY
    return FEWEST if known.month == 3 else MOST


def estimated(flags: Column) -> NDArray[np.bool_]:
    """Return which cells are flagged as estimated: E, Est, Estimated."""
    marks = np.array([*(label.casefold().startswith("e") for label in flags.labels), False], np.bool_)
    found: NDArray[np.bool_] = marks[flags.codes]
    return found
