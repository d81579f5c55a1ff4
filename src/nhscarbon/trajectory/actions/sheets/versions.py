"""Versions of a column: of several that say the same, such as a due date and a revised one, which holds now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from nhscarbon.trajectory.actions.sheets.tables import Heading
from nhscarbon.trajectory.actions.sheets.when import MONTHS, read_when
from nhscarbon.trajectory.actions.sheets.words import fold

VERSIONED = ("start", "end", "period", "status", "rag", "percent", "cost", "capital", "revenue")
MONEY = ("cost", "capital", "revenue")
UNCHANGED = frozenset({"-", "--", "–", "n/a", "na", "none", "no change", "unchanged", "as original", "same"})
HAPPENED = frozenset({"actual", "closed", "delivered", "achieved", "completed", "complete"})
PLANNED = frozenset({"by", "to", "when"})  # Completed by is a plan
REVISED = frozenset({"revised", "revision", "rev"})
NEWER = frozenset({"forecast", "latest", "current", "updated", "new", "rescheduled", "extended", "expected",
                   "anticipated", "projected"})  # fmt: skip
OLDER = frozenset({"original", "initial", "baseline", "previous", "first", "old"})
ANY = 2  # rank of a heading that says neither
NEAR = 5  # months or less from one column to the next, where they tell which way time runs
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*+\.?[\s'’./-]{0,3}(?:20)?(\d\d)?\b", re.I
)
_DAY = re.compile(r"\b20(\d\d)-(\d\d)-\d\d\b|\b\d{1,2}/(\d{1,2})/20(\d\d)\b")
_QUARTER = re.compile(r"\bq(?:tr|uarter)?\s?([1-4])\b", re.I)
_YEAR = re.compile(r"\b(?:20)?\d\d[/-](?:20)?\d\d\b|\b20\d\d\b")
_PLAN_YEAR = re.compile(r"\b(?:year|yr|y)\s?(\d{1,2})(?!\s?[\d/–-])\b", re.I)


def latest_first(headings: Sequence[Heading]) -> list[Heading]:
    """Return the columns of one meaning, the one that holds now first, as far as their headings tell; else none."""
    if len(headings) < 2:
        return []
    moments = [_moment(each.label) for each in headings]
    known = [
        each for each in moments if each and headings[0].meaning not in MONEY
    ]  # budgets of two years are both spent
    if len(known) == len(headings) and len({*known}) == len(known):
        return _by_time(headings, known)
    ranked = sorted((_rank(each), each.place, each) for each in headings)
    kept = [each for (before, *_), (rank, _, each) in pairwise([((-1, 0), 0, None), *ranked]) if rank > before]
    return [each for each in kept if each] if ranked[0][0] < ranked[1][0] else []


def _by_time(headings: Sequence[Heading], moments: Sequence[tuple[int, int]]) -> list[Heading]:
    if all(year for year, _ in moments):
        return [each for _, each in sorted(zip(moments, headings, strict=True), key=lambda pair: pair[0], reverse=True)]
    if any(year for year, _ in moments):
        return []
    steps = [(b - a) % 12 for (_, a), (_, b) in pairwise(moments)]  # Jan to Mar and then Apr: time runs to the right
    if all(0 < step <= NEAR for step in steps):
        return list(headings)[::-1]
    return list(headings) if all(0 < -step % 12 <= NEAR for step in steps) else []


def year_in(label: str) -> int | None:
    """Return the one NHS year that a heading names beside other words, or None.

    >>> year_in("Budget 26/27"), year_in("Budget"), year_in("Cost 2026/27 - 2028/29")
    (2026, None, None)
    """
    found = _YEAR.findall(label)
    when = read_when(found[0]) if len(found) == 1 else None
    return when.end if when else None


def plan_year_in(label: str) -> int | None:
    """Return the number of the one year of the plan that a heading names, or None.

    >>> plan_year_in("Year 2 cost"), plan_year_in("Cost year 26/27"), plan_year_in("Years 1-3 cost")
    (2, None, None)
    """
    found = _PLAN_YEAR.findall(label)
    return int(found[0]) if len(found) == 1 else None


def without_year(label: str) -> str:
    """Return a heading without the one year that it names, of the NHS or of the plan.

    >>> without_year("2026/27 (£k)"), without_year("Cost Year 1"), without_year("Cost year 2026/27")
    ('(£k)', 'Cost', 'Cost year')
    """
    for pattern in (_YEAR, _PLAN_YEAR):
        if len(pattern.findall(label)) == 1:
            label = pattern.sub(" ", label)
    return " ".join(label.split())


def _moment(label: str) -> tuple[int, int] | None:
    """Return the NHS year, 0 where it is not said, and the month of it that a heading names.

    >>> _moment("RAG Jul-26"), _moment("Status 25/26"), _moment("RAG Q2"), _moment("RAG")
    ((2026, 3), (2025, 11), (0, 5), None)
    """
    if day := _DAY.search(label):
        year, month = 2000 + int(day[1] or day[4]), int(day[2] or day[3])
        return _of_month(year, month) if 1 <= month <= 12 else None
    quarter, year_said = _QUARTER.search(label), _YEAR.search(label)
    if not quarter and (month_said := _MONTH.search(label)) and not (year_said and not month_said[2]):
        number = MONTHS.index(month_said[1].casefold()) + 1
        return _of_month(2000 + int(month_said[2]), number) if month_said[2] else (0, (number - 4) % 12)
    when = read_when(year_said[0]) if year_said else None
    year = when.end if when and when.end is not None else 0
    if quarter and (year or not year_said):
        return year, int(quarter[1]) * 3 - 1
    return (year, 11) if year else None


def _of_month(year: int, month: int) -> tuple[int, int]:
    return year - (month < 4), (month - 4) % 12


def _rank(each: Heading) -> tuple[int, int]:
    """Return the rank of a heading, the lowest of what holds now; of several revisions the last."""
    words = {*fold(each.label).split()}
    if words & HAPPENED and not words & PLANNED and each.meaning not in MONEY:
        return 0, 0
    if words & REVISED:
        return 1, -each.place
    return (1, 0) if words & NEWER else (ANY + 1, 0) if words & OLDER else (ANY, 0)
