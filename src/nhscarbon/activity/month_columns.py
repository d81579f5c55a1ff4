"""Headers with months across: which columns are months, which hold their total, and what only the sender can say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from nhscarbon.activity import schema
from nhscarbon.activity.header import TOTAL, Header
from nhscarbon.findings import Finding, finding
from nhscarbon.kept import TABLE, kept
from nhscarbon.methods.vocabulary_columns import MONEY, is_money
from nhscarbon.period_words import NAMES, nhs_year
from nhscarbon.periods import exact_period, read_period

FEWEST, FEWEST_QUARTERS = 3, 2  # columns that make a table with months, or quarters, across
_NUMBERED = re.compile(r"(?:m|mth|month|p|pd|period)[\s_.-]*(?:0?[1-9]|1[0-2])", re.IGNORECASE)
_QUARTER = re.compile(r"(?:q|qtr|quarter)[\s_.-]*[1-4]\b.*|.*\b(?:q|qtr|quarter)[\s_.-]*[1-4]", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:.*\b)?(?:total|totals|sum|ytd|year to date|full[- ]year|annual|year|outturn|cumulative)(?:\b.*)?",
    re.IGNORECASE,
)


class _About(TypedDict):
    file: str
    column: str
    rows: int


@dataclass(frozen=True)
class MonthColumns:
    """The columns of a table that are months.

    Attributes
    ----------
    header : Header
        With the names that the other columns keep; a column of totals is not read as the quantity.
    places : tuple of int
        Where the months stand, from 0.
    months : tuple of str
        Each as ``2024-04``; two digits where its year stands in the column of periods.
    totals : tuple of int
        Columns that hold the sum of the months.
    fault : tuple of (str, str)
        The variant of the finding, and the columns that it names, where only the sender can say what is meant.
    """

    header: Header
    places: tuple[int, ...]
    months: tuple[str, ...]
    totals: tuple[int, ...] = ()
    fault: tuple[str, str] = ("", "")

    @property
    def dated(self) -> bool:
        """Whether the header says the year of every month."""
        return all(len(month) > 2 for month in self.months)

    @property
    def not_rows(self) -> frozenset[str]:
        """The names of the columns that are no column of an activity table, and are understood."""
        return frozenset(self.header.sent[place] for place in (*self.places, *self.totals))

    @property
    def _names(self) -> frozenset[str]:
        """The names that those columns have in the header as it is read."""
        return frozenset(self.header.names[place] for place in (*self.places, *self.totals))

    def notes(self, file: str) -> list[Finding]:
        """Return what is to be said of the header, in place of what it lacks."""
        kept = [
            each for each in self.header.notes(file)
            if not (each.column in ("quantity", "period") and each.code in ("column_missing", "column_ambiguous"))
            and each.value not in self.not_rows and each.column not in self._names
        ]  # fmt: skip
        variant, named = self.fault
        if variant:
            return [*kept, _asked(variant, named, file)]
        first, last = (self.header.sent[self.places[at]] for at in (0, -1))
        return [*kept, finding("months_across", file=file, column="period", rows=0, count=len(self.places),
                               first=first[:40], last=last[:40])]  # fmt: skip


def month_columns(header: Header) -> MonthColumns | None:
    """Return the months of a header, or None where a row holds one period, as in most tables.

    Parameters
    ----------
    header : Header
        As it was read; its `above` holds the row above it, where a year may stand over its months.
    """
    return _found(header)


def is_month_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether a row is a header with months across: three months and a column that is known."""
    return sum(bool(_month(cell)) for cell in cells) >= FEWEST and bool({*names} & {*schema.REQUIRED})


def _month(cell: str) -> str:
    """Return the month that a header's cell names: as ``2024-04``, or two digits of one without its year."""
    plain = cell.strip()
    if not plain or len(plain) > schema.LONGEST_NAME:
        return ""
    if (found := read_period(plain)) is not None:
        return found.month
    named = NAMES.get(plain.casefold().rstrip("."))
    return f"{named:02d}" if named else ""


@kept(128, TABLE)
def _found(header: Header) -> MonthColumns | None:
    free = {place for place, name in enumerate(header.names) if name not in schema.NAMES}
    months = {place: month for place in sorted(free) if (month := _month(header.sent[place]))}
    quarters = tuple(place for place in sorted(free - months.keys()) if _QUARTER.fullmatch(header.sent[place].strip()))
    if len(months) < FEWEST:
        return _unclear(header, quarters)
    if (
        "quantity" in header.names
        and "period" in header.names
        and header.sent[header.names.index("quantity")] == ("quantity")
    ):
        return None  # the table says which column counts
    if header.doubt == MONEY or is_money(header.beside):
        header = replace(header, beside="", doubt="")  # a column of pounds says nothing of the months
    names = list(header.names)
    totals = [place for place in sorted(free - months.keys() - {*quarters}) if _is_total(header.sent[place])]
    for place, name in enumerate(header.names):
        if name == "quantity":
            totals.append(place)
            names[place] = TOTAL.format(name=header.sent[place])
    dated = {place: _dated(place, month, header.above) for place, month in months.items()}
    for place, month in dated.items():
        names[place] = f"{month} (column {place + 1})"
    found = MonthColumns(replace(header, names=tuple(names)), tuple(dated), tuple(dated.values()), tuple(totals))
    bare = [header.sent[place] for place, month in dated.items() if len(month) == 2]
    twice = [header.sent[place] for place, month in dated.items() if found.months.count(month) > 1]
    if bare and len(bare) < len(dated):
        return replace(found, fault=("no_year", _named(bare)))
    if bare and "period" not in names:
        return replace(found, fault=("no_year", _named(bare)))
    if twice:
        return replace(found, fault=("twice", _named(twice)))
    return found


def _unclear(header: Header, quarters: tuple[int, ...]) -> MonthColumns | None:
    """Return the columns that are months by number, or quarters, where the table has no quantity."""
    numbered = tuple(place for place, cell in enumerate(header.sent) if _NUMBERED.fullmatch(cell.strip()))
    if len(numbered) >= FEWEST and ("quantity" not in header.names or header.names.index("quantity") in numbered):
        names = tuple(header.sent[place] if place in numbered else name for place, name in enumerate(header.names))
        fault = ("numbered", _named([header.sent[at] for at in numbered]))
        return MonthColumns(replace(header, names=names, unit="", beside=""), numbered, (), fault=fault)
    if "quantity" in header.names:
        return None
    if len(quarters) >= FEWEST_QUARTERS:
        return MonthColumns(header, quarters, (), fault=("quarters", _named([header.sent[at] for at in quarters])))
    return None


def _is_total(cell: str) -> bool:
    plain = cell.strip()
    found = exact_period(plain) or read_period(plain)
    return bool(found and not found.month) or bool(_TOTAL.fullmatch(plain))


def _dated(place: int, month: str, above: tuple[str, ...]) -> str:
    """Give a month without a year the NHS year that stands above it, or above the nearest column to its left."""
    if len(month) > 2:
        return month
    over = next((text for text in reversed(above[: place + 1]) if text.strip()), "")
    found = read_period(over)
    return in_year(month, found.year) if found and not found.month else month


@kept(4096)
def in_year(month: str, year: str) -> str:
    """Return a month, two digits, in an NHS year.

    >>> in_year("04", "2024/25"), in_year("01", "2024/25")
    ('2024-04', '2025-01')
    """
    start = int(year[:4])
    return f"{start if nhs_year(start) == year and int(month) >= 4 else start + 1:04d}-{month}"


def _asked(variant: str, named: str, file: str) -> Finding:
    """Return the question about a header that only the sender can answer."""
    about: _About = {"file": file, "column": "quantity", "rows": 0}
    if variant == "no_year":
        return finding("months_unclear", "no_year", columns=named, **about)
    if variant == "numbered":
        return finding("months_unclear", "numbered", columns=named, **about)
    if variant == "quarters":
        return finding("months_unclear", "quarters", columns=named, **about)
    return finding("months_unclear", "twice", columns=named, **about)


def _named(cells: Sequence[str]) -> str:
    shown = ", ".join(f"'{cell[:40]}'" for cell in cells[:3])
    return f"{shown} ..." if len(cells) > 3 else shown
