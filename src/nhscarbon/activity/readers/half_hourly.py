"""Half-hours of meters added up exactly to months, with every half-hour that is missing or given twice said."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, RowNumbers, SheetRows
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.encoding import code_numbers, code_text
from nhscarbon.activity.half_hours import (
    A_DAY,
    ACTIVE,
    MOST,
    NO_DAY,
    SAMPLE,
    HalfHours,
    days_of,
    estimated,
    expected,
    half_hours,
    minutes_of,
    moments_of,
)
from nhscarbon.activity.header import Header
from nhscarbon.activity.numbers import SCALE, not_number
from nhscarbon.findings import Finding, finding, first_rows, wording
from nhscarbon.methods.vocabulary_columns import column_word
from nhscarbon.output.excel import letters

SHOWN = 3  # days of a month that a finding names
HALF_HOUR, DAY = 30, 1440  # minutes
WORDS = ("organisation", "activity", "unit", "site", "geography", "supplier", "reference")
EXACT = float(2**53)


@dataclass(frozen=True)
class Readings:
    """Half-hours one by one: the row, the day, which half-hour of it, the value and whether it is estimated."""

    row: NDArray[np.int64]
    day: NDArray[np.int64]
    slot: NDArray[np.int64]
    value: NDArray[np.float64]
    estimated: NDArray[np.bool_]


def layout_of(frame: pd.DataFrame, header: Header) -> HalfHours | None:
    """Return the layout of a half-hourly table, or None of any other; only the first cells are looked at."""
    head = frame.iloc[:SAMPLE]
    columns = [["" if pd.isna(value) else str(value).strip() for value in head.iloc[:, place]]
               for place in range(frame.shape[1])]  # fmt: skip
    return half_hours(header.sent, header.names, columns)


def sum_half_hours(
    frame: pd.DataFrame, layout: HalfHours, names: tuple[str, ...], words: Mapping[str, str], *,
    file: str, sheet: str, first_row: int, sha256: str = "",
) -> Activity:  # fmt: skip
    """Add up the half-hours of a table to a row for each meter and month.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its columns as sent, in their order.
    layout : HalfHours
    names : tuple of str
        The columns in our own spelling.
    words : Mapping[str, str]
        What holds for every row: organisation, activity, unit ...
    file, sheet, sha256 : str
    first_row : int
        The number of the first row as the sender sees it.
    """
    numbers = np.arange(first_row, first_row + len(frame), dtype=np.int64)
    columns = {name: code_text(frame.iloc[:, names.index(name)]) for name in WORDS
               if name in names and names.index(name) != layout.day}  # fmt: skip
    columns |= {name: Column(np.zeros(len(frame), np.int32), (word,)) for name, word in words.items() if word}
    if layout.meter >= 0:
        columns["reference"] = code_text(frame.iloc[:, layout.meter])
    found = [finding("column_missing", "meter", file=file, column=name)
             for name in ("organisation", "activity", "unit") if name not in columns]  # fmt: skip
    found += _unit_differs(str(frame.columns[layout.columns[0]]), columns, file) if not layout.across else []
    about = _About(file, bool(first_row > 1), numbers)
    readings = _across(frame, layout, about, found) if layout.across else _long(frame, layout, about, found)
    readings = _of_channel(frame, layout, readings, about, found)
    group, keys = _groups(columns, readings)
    activity = _months(readings, group, keys, columns, about, found, flagged=bool(layout.flags))
    sheets = (SheetRows(sheet, names, first_row - 1, 0, len(activity.row_numbers)),) if first_row > 1 else ()
    return Activity(
        columns=activity.columns, numbers=activity.numbers, unread=activity.unread,
        findings=tuple(replace(each, sheet=sheet) for each in found), file=file, sha256=sha256,
        row_numbers=activity.row_numbers, sheets=sheets,
    )  # fmt: skip


def _unit_differs(name: str, columns: Mapping[str, Column], file: str) -> list[Finding]:
    """Return what is to be said where the name of the column of values states another unit than that of its rows."""
    word = column_word(name)
    if word is None or "unit" not in columns:
        return []
    header = Header((name,), ("quantity",), beside=word.unit, doubt=word.doubt)
    return header.differing(columns["unit"].labels, file)


class _Where(TypedDict):
    """Where a finding is."""

    file: str
    rows: int
    first_rows: tuple[int, ...]


@dataclass(frozen=True)
class _About:
    file: str
    has_cells: bool
    numbers: RowNumbers

    def cell(self, row: int, place: int) -> str:
        """Return the sender's cell; a data frame has none."""
        return f"{letters(place)}{int(np.asarray(self.numbers)[row])}" if self.has_cells else ""

    def rows(self, where: NDArray[np.int64]) -> _Where:
        """Return the rows of a finding."""
        held = np.unique(np.asarray(self.numbers)[where])
        return {"file": self.file, "rows": len(held), "first_rows": first_rows(held)}


def _bad_dates(days: NDArray[np.int64], unclear: bool, place: int, texts: Column, about: _About) -> list[Finding]:
    """Return what is wrong with the dates: some are none, or day and month cannot be told apart."""
    if unclear:
        return [finding("meter_date_unreadable", "order", column="period", value=texts.labels[0],
                        **about.rows(np.arange(len(days))))]  # fmt: skip
    wrong = np.flatnonzero(days == NO_DAY)
    if not len(wrong):
        return []
    return [finding("meter_date_unreadable", column="period", value=texts.text(int(wrong[0])),
                    cell=about.cell(int(wrong[0]), place), **about.rows(wrong))]  # fmt: skip


def _across(frame: pd.DataFrame, layout: HalfHours, about: _About, found: list[Finding]) -> Readings:
    """Read a table of which each row is a day."""
    texts = code_text(frame.iloc[:, layout.day])
    of_label, unclear = days_of(texts.labels)
    days = np.append(of_label, NO_DAY)[texts.codes]
    read = [code_numbers(frame.iloc[:, place]) for place in layout.columns]
    values = np.stack([each[0] for each in read], axis=1) if len(frame) else np.zeros((0, len(read)))
    filled = ~np.stack([np.asarray(each[1]) for each in read], axis=1) if len(frame) else values > 0
    for place, each in zip(layout.columns, read, strict=True):
        found += _bad_values(each[2], place, str(frame.columns[place]), about)
    flags = np.zeros_like(filled)
    if len(layout.flags) == 1:
        flags |= estimated(code_text(frame.iloc[:, layout.flags[0]]))[:, None]
    for at, place in enumerate(layout.flags if len(layout.flags) > 1 else ()):
        flags[:, at] = estimated(code_text(frame.iloc[:, place]))
    blank = ~filled.any(axis=1) & (days == NO_DAY)
    found += _bad_dates(np.where(blank, 0, days), unclear, layout.day, texts, about)
    row, slot = np.nonzero(filled & np.isfinite(values) & (days != NO_DAY)[:, None])
    return Readings(row, days[row], slot, values[row, slot], flags[row, slot])


def _long(frame: pd.DataFrame, layout: HalfHours, about: _About, found: list[Finding]) -> Readings:
    """Read a table of which each row is a half-hour."""
    texts = code_text(frame.iloc[:, layout.day])
    if layout.time < 0:
        of_label, unclear = moments_of(texts.labels)
        minute = np.append(of_label, NO_DAY)[texts.codes]
    else:
        of_day, unclear = days_of(texts.labels)
        times = code_text(frame.iloc[:, layout.time])
        of_time = np.append(minutes_of(times.labels), NO_DAY)[times.codes]
        day = np.append(of_day, NO_DAY)[texts.codes]
        known = (day != NO_DAY) & (of_time != NO_DAY)
        minute = np.where(known, np.where(known, day, 0) * DAY + np.where(known, of_time, 0), NO_DAY)
    values, blank, unread = code_numbers(frame.iloc[:, layout.columns[0]])
    found += _bad_values(unread, layout.columns[0], str(frame.columns[layout.columns[0]]), about)
    blank = np.asarray(blank)
    found += _bad_dates(np.where(blank & (minute == NO_DAY), 0, minute), unclear, layout.day, texts, about)
    row = np.flatnonzero((minute != NO_DAY) & ~blank & np.isfinite(values))
    at = minute[row]
    odd = np.flatnonzero(at % HALF_HOUR)
    if len(odd):
        found.append(
            finding(
                "meter_step",
                column="period",
                value=texts.text(int(row[odd[0]])),
                cell=about.cell(int(row[odd[0]]), layout.day),
                **about.rows(row[odd]),
            )
        )
    ends = len(row) and int((at == at.min()).sum()) and int(at.min() % DAY) == HALF_HOUR and int(at.max() % DAY) == 0
    starts = len(row) and int(at.min() % DAY) == 0 and int(at.max() % DAY) == DAY - HALF_HOUR
    if len(row) and not ends and not starts:
        found.append(
            finding(
                "meter_stamp_unclear",
                column="period",
                value=texts.text(int(row[0])),
                **about.rows(row[:1]),
            )
        )
    at = at - HALF_HOUR if ends else at
    flags = estimated(code_text(frame.iloc[:, layout.flags[0]])) if layout.flags else np.zeros(len(frame), np.bool_)
    return Readings(row, at // DAY, (at % DAY) // HALF_HOUR, values[row], flags[row])


def _bad_values(unread: Column, place: int, name: str, about: _About) -> list[Finding]:
    """Return a finding of each text that is no number."""
    found = []
    for code, text in enumerate(unread.labels):
        where = np.flatnonzero(unread.codes == code)
        if len(where):
            why = not_number(text)
            found.append(
                finding(
                    wording(why.code, why.variant, column=name[:40], text=text.strip(), **why.values),
                    column="quantity",
                    value=text[:100],
                    cell=about.cell(int(where[0]), place),
                    **about.rows(where),
                )
            )
    return found


def _of_channel(
    frame: pd.DataFrame, layout: HalfHours, readings: Readings, about: _About, found: list[Finding]
) -> Readings:
    """Refuse what is not active energy imported: reactive energy, demand or export beside it is no consumption."""
    if layout.channel < 0:
        return readings
    words = code_text(frame.iloc[:, layout.channel])
    for code, word in enumerate(words.labels):
        if word.casefold() not in ACTIVE:
            where = np.flatnonzero(words.codes == code)
            cell = about.cell(int(where[0]), layout.channel)
            found.append(finding("meter_channel", column="unit", value=word, cell=cell,
                                 **about.rows(where)))  # fmt: skip
    return readings


def _groups(columns: Mapping[str, Column], readings: Readings) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which combination of words each half-hour has, and a row of each combination."""
    codes = [column.codes[readings.row].astype(np.int64) + 1 for column in columns.values()]
    whole = np.zeros(len(readings.row), np.int64)
    for column, each in zip(columns.values(), codes, strict=True):
        whole = whole * (len(column.labels) + 1) + each
        whole = np.unique(whole, return_inverse=True)[1].reshape(-1)
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    return group.reshape(-1), first


def _months(
    readings: Readings, group: NDArray[np.int64], first: NDArray[np.int64], columns: Mapping[str, Column],
    about: _About, found: list[Finding], *, flagged: bool,
) -> Activity:  # fmt: skip
    """Add up by combination and month, and say what is missing or twice."""
    days, of_day = np.unique(readings.day, return_inverse=True)
    dates = [date.fromordinal(int(day)) for day in days.tolist()]
    labels = tuple(dict.fromkeys(f"{each.year:04d}-{each.month:02d}" for each in dates))
    number = {label: place for place, label in enumerate(labels)}
    month_of_day = np.array([number[f"{each.year:04d}-{each.month:02d}"] for each in dates], np.int64)
    cell = group * max(len(days), 1) + of_day.reshape(-1)
    each_day, at, count = np.unique(cell, return_inverse=True, return_counts=True)
    distinct = np.unique(cell * (MOST + 1) + readings.slot)
    met = np.bincount(np.searchsorted(each_day, distinct // (MOST + 1)), minlength=len(each_day))
    of_group, day = each_day // max(len(days), 1), each_day % max(len(days), 1)
    wanted = np.array([expected(int(each)) for each in days.tolist()], np.int64)[day] if len(days) else day
    changes = wanted != A_DAY
    steady = np.zeros(int(of_group.max(initial=-1)) + 1, np.bool_)  # meters that keep Greenwich mean time all year
    for meter in np.unique(of_group[changes]).tolist():
        here = changes & (of_group == meter)
        steady[meter] = bool((count[here] == A_DAY).all()) and bool((met[here] == A_DAY).all())
    twice_allowed = np.where(wanted == MOST, 2, 0)
    if changes.any() and steady[of_group[changes]].any():
        named = ", ".join(dates[each].isoformat() for each in np.unique(day[changes]).tolist()[:SHOWN])
        found.append(finding("meter_clock", column="period", file=about.file, rows=0, days=named))
    right = np.where(changes & steady[of_group], A_DAY, wanted)
    doubled = np.maximum(count - met - np.where(right == MOST, twice_allowed, 0), 0)
    doubled = np.maximum(doubled, np.where(doubled > 0, doubled, np.maximum(count - right, 0)))
    missing = np.maximum(right - (count - doubled), 0)
    rows_at = np.zeros(len(each_day), np.int64)
    rows_at[at[::-1]] = readings.row[::-1]
    meter = columns.get("reference")
    names = [(meter.text(int(readings.row[place])) if meter else "") or "the meter" for place in first.tolist()]
    for place in np.flatnonzero(doubled).tolist():
        found.append(finding("meter_half_hours_doubled", column="quantity", meter=names[int(of_group[place])],
                             day=dates[int(day[place])].isoformat(), count=int(doubled[place]),
                             **about.rows(readings.row[at == place])))  # fmt: skip
    months = of_group * max(len(labels), 1) + (month_of_day[day] if len(day) else day)
    whole, first_of, of_month = np.unique(months, return_index=True, return_inverse=True)
    of_month = of_month.reshape(-1)
    for place, key in enumerate(whole.tolist()):
        here = np.flatnonzero(of_month == place)
        label = labels[key % len(labels)]
        found += _gaps(label, here, missing, day, dates, names[key // len(labels)], rows_at, about)
    units = _exact(readings.value, of_month[at], len(whole))
    estimated = _exact(np.where(readings.estimated, readings.value, 0.0), of_month[at], len(whole))
    source = rows_at[first_of]
    words = {name: Column(column.codes[source], column.labels) for name, column in columns.items()}
    words["period"] = Column((whole % max(len(labels), 1)).astype(np.int32), labels)
    numbers = {"quantity": units}
    if flagged:
        words["evidence"] = Column(np.zeros(len(whole), np.int32), ("metered",))
        with np.errstate(divide="ignore", invalid="ignore"):
            numbers["estimated_share"] = np.where(units > 0, np.round(estimated / units, 6), 0.0)
    found.append(finding("meter_summed", column="quantity", file=about.file, rows=0, count=f"{len(readings.row):,}",
                         meters=len(first), months=len(whole)))  # fmt: skip
    blank = Column(np.full(len(whole), BLANK, np.int8), ())
    return Activity(columns=words, numbers=numbers, unread=dict.fromkeys(numbers, blank),
                    row_numbers=np.asarray(about.numbers)[source])  # fmt: skip


def _gaps(
    label: str, here: NDArray[np.int64], missing: NDArray[np.int64], day: NDArray[np.int64], dates: list[date],
    meter: str, rows_at: NDArray[np.int64], about: _About,
) -> list[Finding]:  # fmt: skip
    """Return the finding of the half-hours that a meter lacks in a month: of days, and of whole days."""
    year, month = int(label[:4]), int(label[5:])
    have = {dates[int(day[each])].day for each in here.tolist()}
    lacking = {dates[int(day[each])].isoformat(): int(missing[each]) for each in here.tolist() if missing[each]}
    for each in range(1, monthrange(year, month)[1] + 1):
        if each not in have:
            lacking[date(year, month, each).isoformat()] = expected(date(year, month, each).toordinal())
    if not lacking:
        return []
    listed = ", ".join(f"{each} ({count})" for each, count in sorted(lacking.items())[:SHOWN])
    listed += f" and {len(lacking) - SHOWN} more days" if len(lacking) > SHOWN else ""
    count = sum(lacking.values())
    return [finding("meter_half_hours_missing", column="quantity", period=label, meter=meter, count=count,
                    days=listed, **about.rows(rows_at[here][:1]))]  # fmt: skip


def _exact(values: NDArray[np.float64], group: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """Add up decimals as whole millionths, so that no order of the rows changes the sum."""
    if len(values) and np.abs(values).max() * SCALE >= EXACT:
        return np.bincount(group, weights=values, minlength=groups).astype(np.float64)
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, group, np.rint(values * SCALE).astype(np.int64))
    found: NDArray[np.float64] = sums / SCALE
    return found
