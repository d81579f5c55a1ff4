"""When: dates, quarters, seasons, NHS years and ranges of them as people write them, to NHS years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from nhscarbon.kept import kept
from nhscarbon.trajectory.actions.sheets.former import without_former

FIRST, LAST = 1990, 2100
APRIL = 4
EXCEL_DAY_0 = date(1899, 12, 30)
EXCEL_DAYS = range(36_526, 73_051)  # 2000 to 2099
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# the NHS year of a season or part of a calendar year: spring 2028 begins in March, in NHS year 2027/28
PARTS = {"spring": -1, "summer": 0, "autumn": 0, "fall": 0, "winter": 0, "christmas": 0, "early": -1, "start": -1,
         "beginning": -1, "mid": 0, "middle": 0, "late": 0, "end": 0}  # fmt: skip
EMPTY = frozenset({
    "", "-", "--", "–", "n/a", "na", "tbc", "tba", "tbd", "?", "unknown", "not known", "to be confirmed", "none",
    "to be agreed", "to be determined", "ongoing", "on-going", "on going", "continuous", "continuing", "not set",
    "rolling", "n/k", "not applicable", "no date", "to be decided", "date tbc", "in place", "bau",
    "business as usual", "annual", "annually", "yearly", "quarterly", "monthly", "ongoing annually", "completed",
    "complete", "various",
})  # fmt: skip
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NHS = r"(?:20)?\d\d\s?[/\-–]\s?(?:20)?\d\d"
_Y4 = r"(?:19|20)\d\d"
_TO = r"\s*+(?:-|–|—|/|&|to|and)\s*+"
_POINT = re.compile(
    rf"""(?P<iso>(?P<iy>{_Y4})-(?P<im>\d\d)-(?P<id>\d\d)(?:[T ]\d\d:\d\d(?::\d\d)?)?)
    |(?P<dmy>(?<!\d)(?P<dd>\d{{1,2}})[/.\-](?P<dm>\d{{1,2}})[/.\-](?P<dy>{_Y4}|\d\d)(?!\d))
    |(?P<quarter>(?:q(?:tr|uarter)?\s?(?P<q1>[1-4])(?:{_TO}(?:q(?:tr|uarter)?\s?)?(?P<q2>[1-4]))?
       \s*+(?:[,:\-–]\s*+)?(?:of\s++)?(?:fy\s?)?(?P<qy>{_NHS}|{_Y4}))
       |(?:(?:fy\s?)?(?P<qy2>{_NHS})\s*+(?:[,:\-–]\s*+)?(?:q(?:tr|uarter)?\s?)(?P<q3>[1-4])))
    |(?P<half>(?:h[12]|(?:first|second)\s+half)\s*(?:of\s+)?(?:fy\s?)?(?P<hy>{_NHS}))
    |(?P<months>\b(?P<m1>{_MONTH}){_TO}(?P<m2>{_MONTH})[\s.,'’\-/]*(?P<my>{_Y4}|\d\d)(?![\d/]))
    |(?P<monthnhs>\b(?P<m3>{_MONTH})[\s.,]*(?P<mn>{_NHS})(?!\d))
    |(?P<month>(?:(?<!\d)(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+|-))?\b(?P<m4>{_MONTH})
       [\s.,'’\-/]*(?:of\s+)?(?P<m4y>{_Y4}|\d\d)(?!\d|/\d))
    |(?P<part>\b(?P<pw>spring|summer|autumn|fall|winter|christmas|early|start|beginning|mid(?:dle)?|late|end)
       (?:\s+of)?(?:\s+the)?(?:\s+calendar)?(?:\s+year)?[\s\-]*
       (?:(?P<pn>(?:fy|f/y|financial\ year)?\s?{_NHS})|(?P<py>{_Y4})|['’]?(?P<py2>[2-4]\d)(?=\s*$|[,;.)]))(?!\d))
    |(?P<nhs>\b(?:fy\s?|f/y\s?|financial\ year\s)?(?P<na>{_Y4}|\d\d)\s?[/\-–]\s?(?P<nb>{_Y4}|\d\d)(?!\d))
    |(?P<slash>(?<!\d)(?P<sm>1[0-2]|0?[1-9])[/.\-](?P<sy>{_Y4}|[2-5]\d)(?![\d/]))
    |(?P<year>(?:\b(?P<fy>fy|f/y|financial\ year)\s?)?(?<![\d£])(?P<y>{_Y4})(?!\d))""",
    re.IGNORECASE | re.VERBOSE,
)
_YEAR_OF = re.compile(
    r"^(?:(?:year|yr|y)\s*\d{1,2}\s*[:\-–(]\s*|(?:year|yr)\s+(?=\d))|(?<![\s)])[\s)]++$",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\s*+(?:->|→|-|–|—|to|until|till|through|/|(?:,\s*+)?and)\s*+(?:end\s++(?:of\s++)?)?", re.IGNORECASE
)
_FROM = re.compile(r"\b(?:from|since|start(?:s|ing|ed)?|begin(?:s|ning)?|commenc\w+)\b", re.IGNORECASE)
_ONWARDS = re.compile(r"^\s*(?:onwards?|on|or later|\+|ongoing|-|–|and ongoing|then ongoing)\s*$", re.IGNORECASE)
_WAS = re.compile(r"\b(?:was|previously|originally|formerly|revised|moved)\b", re.IGNORECASE)
_IS_NOW = re.compile(
    r"\((?:now|revised(?: to)?|(?:moved|slipped|extended|deferred) to):?\s([^()]{3,40})\)$", re.IGNORECASE
)
_YEAR_END = re.compile(r"\b(?:(?:year|yr)[ -]?end(?:ing|ed|s)?|y/?e) 20\d\d(?! ?[/\-–] ?\d)", re.IGNORECASE)
_EASTER = re.compile(r"\beaster\b", re.IGNORECASE)  # in March or in April: in either of two NHS years
_NOT_BEFORE = re.compile(r"\b(?:not before|not? earlier than|not until|earliest)[\s:]*$", re.IGNORECASE)
_LATER = re.compile(
    r"\b(?:weeks?|months?|mths?|years?|yrs?) (?:after|post|following|before|prior to)\s*$", re.IGNORECASE
)
_AFTER = re.compile(r"(?:(?<!\bnot )\b(?:after|post|beyond|following)|>)[\s-]*$", re.IGNORECASE)
_BEFORE = re.compile(r"(?:\b(?:before|prior to|pre|ahead of)|<)[\s-]*$", re.IGNORECASE)


@dataclass(frozen=True)
class When:
    """NHS years by the calendar year of their April; None where the text does not say."""

    start: int | None = None
    end: int | None = None


def is_no_date(text: str) -> bool:
    """Tell whether a text says that there is no date yet, or none at all."""
    return " ".join(text.casefold().strip(" .()").split()) in EMPTY


def is_year_label(text: str) -> tuple[int, int] | None:
    """Return the NHS year, first and last, that the heading of a column in a grid of years names, or None.

    >>> is_year_label("24/25"), is_year_label("FY 2026-27"), is_year_label("Q2 26/27"), is_year_label("Cost 26/27")
    ((2024, 2024), (2026, 2026), (2026, 2026), None)
    """
    bare = _YEAR_OF.sub("", text.strip())
    found = _POINT.fullmatch(bare)
    if not found or not (found["quarter"] or found["half"] or found["nhs"] or found["year"]):
        return None
    years = _years(found)
    return years if years and None not in years else None  # type: ignore[return-value]


@kept(4096)
def read_when(text: str) -> When | None:  # noqa: PLR0911  one reading after another; the first that fits decides
    """Return the NHS years that a text names, or None where it names none or more than one way of reading it.

    A single date is the end; a range is start and end; ``from`` or ``after`` a date, or a date ``onwards``, is a start.
    A calendar year alone is the NHS year that begins in it; spring belongs to the NHS year that ends then. FY2027 is
    none, as some call it by its end.

    >>> read_when("by Mar 2028"), read_when("26/27 - 27/28")
    (When(start=None, end=2027), When(start=2026, end=2027))
    >>> read_when("Spring 2028").end, read_when("2028").end, read_when("End of 2027").end
    (2027, 2028, 2027)
    >>> read_when("Not before 2028"), read_when("Mar-27 (was Mar-26)").end, read_when("FY2027"), read_when("31/04/27")
    (When(start=2028, end=None), 2026, None, None)
    >>> read_when("Following approval") is None
    True
    """
    text = " ".join(text.split())
    if re.fullmatch(r"\d{5}(?:\.0+)?", text) and int(float(text)) in EXCEL_DAYS:
        day = EXCEL_DAY_0 + timedelta(days=int(float(text)))
        return When(end=_of_month(day.year, day.month))
    text = now[1] if (now := _IS_NOW.search(text)) else without_former(text)
    found = [] if _YEAR_END.search(text) or _EASTER.search(text) else list(_POINT.finditer(text))
    spans = [years for each in found if (years := _years(each))]
    if not spans or len(spans) != len(found):
        return None
    if len(found) == 1:
        return _one(text, found[0], spans[0])
    before = text[: found[0].start()]
    if _NOT_BEFORE.search(before) or _AFTER.search(before):
        return None
    between = [text[a.end() : b.start()] for a, b in pairwise(found)]
    if len(found) == 2 and _RANGE.fullmatch(between[0]) and not _WAS.search(text):
        start, end = spans[0][0], spans[1][1]
        return When(start, end) if start is None or end is None or start <= end else None
    ends = {span[1] for span in spans}
    if len(ends) == 1 and not _WAS.search(text):
        return When(None, ends.pop())
    if len(found) == 2 and _FROM.search(before):
        return When(spans[0][0], spans[1][1])
    return None


def _one(text: str, found: re.Match[str], span: tuple[int | None, int | None]) -> When | None:
    before, after = text[: found.start()], text[found.end() :]
    if _NOT_BEFORE.search(before):
        return When(span[0], None)
    if _LATER.search(before):
        return None
    if _AFTER.search(before):
        return None if (year := _following(found, span)) is None else When(year, None)
    if _BEFORE.search(before):
        return When(None, _preceding(found, span))
    if (_FROM.search(before) and not re.search(r"\bby\b", before, re.I)) or _ONWARDS.match(after):
        return When(span[0], None)
    wide = found["months"] or found["q2"] or span[0] != span[1]
    return When(span[0] if wide else None, span[1])


def _following(found: re.Match[str], span: tuple[int | None, int | None]) -> int | None:
    """Return the NHS year in which what is after a date begins; None after a year or a season, of which none says."""
    if found["nhs"] or "4" in (found["q1"], found["q2"], found["q3"]):
        return None if span[1] is None else span[1] + 1
    if found["iso"] or found["dmy"]:
        day = _day(found)
        return None if day is None else _of_month((day + timedelta(days=1)).year, (day + timedelta(days=1)).month)
    if found["month"] or found["slash"]:
        month = _month(found["m4"]) if found["month"] else int(found["sm"])
        last = month == APRIL - 1 and found["md"] in (None, "31")
        return None if span[1] is None else span[1] + last
    return span[1] if found["quarter"] else None


def _preceding(found: re.Match[str], span: tuple[int | None, int | None]) -> int | None:
    """Return the NHS year in which what is before a date ends."""
    if span[0] is None or found["nhs"] or found["year"] or "1" in (found["q1"], found["q3"]):
        return None if span[0] is None else span[0] - 1
    if found["iso"] or found["dmy"]:
        day = _day(found)
        return None if day is None else _of_month((day - timedelta(days=1)).year, (day - timedelta(days=1)).month)
    april = found["month"] and _month(found["m4"]) == APRIL and found["md"] in (None, "1", "01")
    return span[0] - bool(april or (found["slash"] and int(found["sm"]) == APRIL))


def _years(found: re.Match[str]) -> tuple[int | None, int | None] | None:
    """Return the first and last NHS year of one mention; None where it is no date."""
    years = _mention(found)
    if years is None or any(year is not None and not FIRST <= year <= LAST for year in years):
        return None
    return years


def _mention(  # noqa: PLR0911  one reading after another; the first that fits decides
    found: re.Match[str],
) -> tuple[int | None, int | None] | None:
    if found["iso"] or found["dmy"]:
        day = _day(found)
        return None if day is None else _both(_of_month(day.year, day.month))
    if found["quarter"]:
        year = _nhs(found["qy"] or found["qy2"])
        if year is None and found["qy"] and re.fullmatch(_Y4, found["qy"]):
            # of a calendar year or of an NHS year? only the first quarter differs; an FY may be called by its end
            either = "1" in (found["q1"], found["q2"]) or "fy" in found["quarter"].casefold()
            return None if either else _both(int(found["qy"]))
        return _both(year)
    if found["half"]:
        return _both(_nhs(found["hy"]))
    if found["months"]:
        year, first, last = _full(found["my"]), _month(found["m1"]), _month(found["m2"])
        return _of_month(year - (first > last), first), _of_month(year, last)
    if found["monthnhs"]:
        return _both(_nhs(found["mn"]))
    if found["month"]:
        of, month, number = _full(found["m4y"]), _month(found["m4"]), int(found["md"] or 1)
        return _both(_of_month(of, month)) if number > 31 or _date(of, month, number) else None
    if found["part"]:
        if found["pn"]:
            return _both(_nhs(re.sub(r"^[a-z/ ]+", "", found["pn"], flags=re.I)))
        year = _full(found["py"] or found["py2"])
        return _both(year + PARTS[found["pw"].casefold()])
    if found["nhs"]:
        return _slashed(found["na"], found["nb"], stroke="/" in found["nhs"])
    if found["slash"]:
        return _both(_of_month(_full(found["sy"]), int(found["sm"])))
    return None if found["fy"] else _both(int(found["y"]))


def _day(found: re.Match[str]) -> date | None:
    """Return the day of a date in figures, or None where the calendar has no such day."""
    if found["iso"]:
        return _date(int(found["iy"]), int(found["im"]), int(found["id"]))
    day, month = int(found["dd"]), int(found["dm"])
    if month > 12 >= day:  # the month first, as American dates have it
        day, month = month, day
    return _date(_full(found["dy"]), month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _slashed(one: str, two: str, *, stroke: bool) -> tuple[int | None, int | None] | None:
    """Return what two numbers with a stroke between them are: an NHS year, a span of years, or a month and a year."""
    if len(one) == 4 or (int(one) > 12 and len(two) == len(one)):
        first = int(one) if len(one) == 4 else 2000 + int(one)
        last = int(two) if len(two) == 4 else first // 100 * 100 + int(two)
        if last == first + 1:
            return first, first
        if len(two) == 4 and first < last <= first + 30:
            return first, last
        # 2025-28 is 2025 to 2028; 2025/28 and 25-28 may end in March or with the year 2028/29
        end = last if len(one) == 4 and not stroke else None
        return (first, end) if first < last <= first + 30 else None
    if int(two) % 100 == (int(one) + 1) % 100 and len(two) == 2:
        return _both(2000 + int(one))
    if 1 <= int(one) <= 12:
        return _both(_of_month(_full(two), int(one)))
    return None


def _nhs(text: str) -> int | None:
    """Return the NHS year of a text such as 26/27; None where the second year is not the next."""
    numbers = re.findall(r"\d+", text)
    if len(numbers) != 2:
        return None
    first, second = _full(numbers[0]), _full(numbers[1])
    return first if second == first + 1 else None


def _both(year: int | None) -> tuple[int | None, int | None] | None:
    return None if year is None else (year, year)


def _full(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(text: str) -> int:
    return MONTHS.index(text[:3].casefold()) + 1


def _of_month(year: int, month: int) -> int:
    """Return the NHS year that a month lies in."""
    return year if month >= APRIL else year - 1
