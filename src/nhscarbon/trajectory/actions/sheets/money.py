"""Money: what a cell of costs says in pounds, one figure or a band, and when it says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from nhscarbon.kept import kept
from nhscarbon.trajectory.actions.sheets.former import is_former, without_former

NIL = frozenset({
    "nil", "no cost", "none", "zero", "cost neutral", "no additional cost", "no additional", "no extra cost",
    "no costs", "within existing resources", "within existing resource", "existing resources", "existing resource",
    "existing budget", "existing budgets", "within existing budget", "within existing budgets",
    "from existing budget", "from existing budgets", "within budget", "nil cost", "no cost to trust", "free", "bau",
    "business as usual", "bau budget", "within bau", "no funding required", "no funding needed", "no budget required",
    "neutral", "met from existing budget", "met within existing budget", "no new money", "no financial cost",
    "no additional funding", "no additional resource", "no additional cost identified", "£nil", "nil required",
    "not required", "no investment required", "existing staff", "existing staff time", "existing staffing",
    "within existing staff", "within existing staffing", "existing team", "existing teams", "within existing team",
    "within existing teams",
})  # fmt: skip
UNKNOWN = frozenset({
    "", "-", "--", "–", "?", "??", "tbc", "tba", "tbd", "n/a", "na", "n/k", "nk", "not known", "unknown",
    "not costed", "to be confirmed", "to be costed", "to be determined", "to be agreed", "to be scoped",
    "not yet known", "£tbc", "£?", "not yet costed", "uncosted", "pending", "subject to business case",
    "see business case", "not applicable", "to be quantified", "not quantified", "cost tbc", "yet to be costed",
    "awaiting quote", "not available", "to be established", "awaiting costs", "awaiting costing", "being costed",
    "costs tbc", "£ tbc", "tbc.", "staff time",
})  # fmt: skip
_SCALES = {"": 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mil": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER = r"(?<!\d)(?:\d{1,3}(?:[, ]\d{3})+|\d++)(?:\.\d++)?|(?<!\w)\.\d+"
AMOUNT = re.compile(
    rf"(?P<sign>£|gbp\s?)?\s?(?P<number>{_NUMBER})\s?(?P<unit>k|thousand|mn|mil|million|m|bn|billion)?(?![\w%²³])", re.I
)
_ABOUT = (
    r"(?:c|ca|circa|approx(?:imately|\.)?|around|about|est(?:imated)?|roughly|some|~|≈|say"
    r"|in the region of|nearly|almost|total(?: of)?|budget(?: of)?|cost(?:s|ed at)?(?: of)?|up front"
    r"|capital|revenue)"
)
_UNDER = re.compile(
    r"(?:^|\s)(?:<=?|≤|under|less than|up to|below|max(?:imum)?(?: of)?|no more than|not more than)\s*$", re.I
)
_OVER = re.compile(
    r"(?:^|\s)(?:>=?|≥|over|more than|above|at least|min(?:imum)?(?: of)?|in excess of|greater than|exceeding)\s*$",
    re.I,
)
_BETWEEN = re.compile(r"\s*(?:-|–|—|to|and)\s*", re.I)
_YEARLY = re.compile(
    r"\b(?:p\.?a\.?|per annum|per year|a year|annually|each year|/\s?y(?:ea)?r|recurrent|recurring)\b", re.I
)
_EARNED = re.compile(
    r"\b(?:sav(?:e|es|ed|ing|ings)|income|revenue generat\w{0,6}|avoid(?:s|ed|ing|ance)?|rebates?|refund(?:s|ed)?"
    r"|receipts?|proceeds|profits?|surplus|earn(?:s|ed|ing|ings)?|returns?|pays? back"
    r"|benefits?|gains?|reduc(?:es?|ed|ing|tions?)|cuts?|cip|cres|recover(?:s|ed|y)?|reclaim(?:s|ed)?|credits?"
    r"|discounts?|underspen[dt]|repa(?:ys?|id|yments?))\b"
)
_INVEST = re.compile(r"\b(?:invest|spend)[ -]to[ -]save\b")  # the name of a fund, which pays costs
_PAYBACK = re.compile(
    r"\bpay[ -]?back\b[^\d;,(£]{0,20}\d{1,2}(?:\.\d)?(?: ?[-–] ?\d{1,2})? ?(?:years?|yrs?|y|months?)\b"
)
_PIECES = re.compile(r"[;(/+]|, (?!\d{3}\b)| [-–—] | but | and ")
_PAID = re.compile(
    r"\b(?:cost\w{0,3}|cap(?:ital|ex)?|needs?|requires?|invest\w{0,5}|budget|spend|price|bid|fund\w{0,3})\b"
)
_CREDIT = re.compile(r"\(\s?[-–—−]?\s?£?\s?[\d,. ]+\s?[a-z]{0,8}\s?\)|£\s?\(.*")  # brackets of accounts
_MINUS = re.compile(r"(?:^\W*[-–—−]\s?|[\s(:=~][-–—−])(?:£\s?)?$|£\s?[-–—−]\s?$")
_ABROAD = re.compile(r"[€$¥]|\b(?:eur|euros?|usd|dollars?)\b|\d,\d{1,2}(?!\d)")  # or a decimal comma
_DIFFERENCE = re.compile(r"\b(?:shortfall|short by|gap|over ?budget|under ?budget|over ?spen[dt]|variance)\b")
_NOT_A_YEAR = r"(?!ann|y(?:ea)?rs?\b|p\.?a\b)"
_TIMES = re.compile(
    r"\d\s?(?:k|m|thousand|million)?\s?[x×*@]\s?£?\d|\bfor\s+\d+\s+years|\bover\s+\d+\s+years|\b(?:each|every|monthly"
    rf"|weekly|daily|quarterly)\b|(?<!as )\bper\s+{_NOT_A_YEAR}[a-z]"
    rf"|\d\s?(?:k|m)?\s?(?:/\s?|an?\s+){_NOT_A_YEAR}[a-z]|\d\s?(?:k|m)?\s?p\.?c?\.?m\b",
    re.I,
)
_OR_MORE = re.compile(r"(?!\s*(?:\+|plus)\s?vat\b)(?:\+|\s*(?:or more|plus\b|and above|and over|upwards))")
SYMBOLS = re.compile(r"£{1,6}")
MOST_GBP = 1e9  # of one action: a bare figure that comes to more has another unit than its heading says
YEARS = range(1990, 2101)
MOST = 40  # figures of a cell: of more, none is its cost


@dataclass(frozen=True)
class Money:
    """A cost [GBP], or a band of which an end may be open."""

    low: float | None
    high: float | None


@kept(4096)
def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("\n", " ").strip(" .").split())


def is_no_figure(text: str) -> bool:
    """Tell whether a cell of costs says that the cost is not known."""
    plain = _plain(text)
    return plain in UNKNOWN or plain.strip("()[]") in UNKNOWN


def is_nil(text: str) -> bool:
    """Tell whether a cell of costs says that there is none, or none beside business as usual."""
    return _plain(text).strip("()[]") in NIL


def is_year(text: str) -> bool:
    """Tell whether a text is the number of a year, which a figure of money or tonnes is seldom written like."""
    return len(text) == 4 and text.isdecimal() and int(text) in YEARS


def scale_of(heading: str) -> float:
    """Return what bare figures under a heading are multiplied by.

    >>> scale_of("Cost (£000)"), scale_of("Capital £k"), scale_of("£m"), scale_of("Budget")
    (1000.0, 1000.0, 1000000.0, 1.0)
    """
    text = heading.casefold()
    if re.search(
        r"£\s?,?'?0{3}'?s?|(?<!\d)'0{3}s?\b|£\s?k\b|\(k\)|\b1,?000s?\b|thousand|£\s?1,?000s?|\bk\s?£"
        r"|[£(]x1,?000|\b0{3}s\b|\bgbp\s?k\b",
        text,
    ):
        return 1e3
    return 1e6 if re.search(r"£\s?m\b|\(m\)|million|£\s?mn\b|\bgbp\s?m\b", text) else 1.0


def read_money(text: str, *, scale: float = 1.0, key: Mapping[str, Money] | None = None) -> Money | None:
    """Return what a cell of costs says, or None where it says no figure or more than one way of reading it.

    Parameters
    ----------
    text : str
    scale : float, optional
        What a bare figure is multiplied by, as the heading says; a figure with its own sign of scale is not.
    key : mapping of str to Money, optional
        What the sheet says that £, ££ or words such as ``low`` mean.

    Examples
    --------
    >>> read_money("c.45,000"), read_money("£50-250k"), read_money(">£1m")
    (Money(low=45000.0, high=45000.0), Money(low=50000.0, high=250000.0), Money(low=1000000.0, high=None))
    >>> read_money("nil"), read_money("TBC") is None, read_money("120", scale=1000).low
    (Money(low=0.0, high=0.0), True, 120000.0)
    >>> read_money("Saves £60,000 a year"), read_money("(12,000)"), read_money("£40k (saves £9k a year)").low
    (None, None, 40000.0)
    """
    plain = _plain(text)
    if key and (found := key.get(plain) or key.get(plain.removesuffix(" cost"))):
        return found
    if is_no_figure(plain):
        return None
    if is_nil(plain):
        return Money(0.0, 0.0)
    if (
        SYMBOLS.fullmatch(plain.replace(" ", ""))
        or _ABROAD.search(plain)
        or _DIFFERENCE.search(plain)
        or _CREDIT.fullmatch(plain)
    ):
        return None
    present = without_former(plain)
    return None if is_former(present) else _figures(_without_earnings(present), scale)


def _without_earnings(plain: str) -> str:
    """Return a text without what it says is saved or earned; nothing where that may be said of the other figures."""
    plain = _PAYBACK.sub(" ", _INVEST.sub(" ", plain))
    if not _EARNED.search(plain):
        return plain
    kept: list[str] = []
    earned = False
    for piece in _PIECES.split(plain):
        if _EARNED.search(piece):
            earned = True
            if not re.search(r"\d", piece):
                return ""
        elif not earned or _PAID.search(piece):
            kept.append(piece)
        elif re.search(r"\d", piece):
            return ""
    return "; ".join(kept)


def _figures(  # noqa: PLR0911  one reading after another; the first that fits decides
    plain: str, scale: float
) -> Money | None:
    found = list(islice(AMOUNT.finditer(plain), MOST + 1))
    if len(found) > MOST:
        return None
    marked = [each for each in found if each["sign"] or each["unit"]]
    if not found or _TIMES.search(plain) or "%" in plain[: found[0].start()]:
        return None
    if len(marked) < len(found) and len(found) > 1 and not _band(plain, found[0], found[1]):
        found = marked
    if not found or any(_doubtful(each, scale) for each in found) or _below_nothing(plain, found):
        return None
    if not marked and not _bare_figure(plain, found):
        return None
    if len(found) == 2 and _band(plain, found[0], found[1]):
        return _pair(found, scale)
    if len(found) > 1:
        once = [
            each for each in found if not _YEARLY.match(plain[each.end() :].lstrip()) and not _is_revenue(plain, each)
        ]
        if len(once) != 1 or len({_value(each, scale) for each in found}) == 1:
            once = found[:1] if len({_value(each, scale) for each in found}) == 1 else once
        if len(once) != 1:
            return None
        found = once
    one, value = found[0], _value(found[0], scale)
    before, after = plain[: one.start()], plain[one.end() :]
    if _UNDER.search(before):
        return Money(0.0, value)
    if _OVER.search(before) or before.strip() == "from" or _OR_MORE.match(after):
        return Money(value, None)
    return Money(value, value)


def _is_revenue(plain: str, found: re.Match[str]) -> bool:
    """Tell whether a figure is called revenue, before or after it, up to the next mark."""
    near = re.split(r"[;,+/]", plain[found.end() :])[0] + " " + re.split(r"[;,+/]", plain[: found.start()])[-1]
    return bool(re.search(r"\b(?:rev(?:enue)?|opex|running costs?)\b", near))


def _below_nothing(plain: str, found: list[re.Match[str]]) -> bool:
    """Tell whether a figure has a minus before it, which is no band's and no dash between words."""
    ends = [0, *(each.end() for each in found)]
    between = [plain[end : each.start()] for end, each in zip(ends, found, strict=False)]
    return any(_MINUS.search(text) and (place == 0 or not _BETWEEN.fullmatch(text.rstrip("£ ")))
               for place, text in enumerate(between))  # fmt: skip


def _doubtful(found: re.Match[str], scale: float) -> bool:
    """Tell whether a bare figure looks as if it had another unit: £45,000 under £000, or 250,000 under £m."""
    if found["unit"]:
        return False
    return _value(found, scale) >= MOST_GBP or (scale != 1.0 and bool(found["sign"]) and _bare(found) >= 10_000)


def _bare_figure(plain: str, found: list[re.Match[str]]) -> bool:
    """Tell whether a text is a figure, or a band of two, and nothing else that matters; a year is none."""
    rest = AMOUNT.sub("", plain)
    if any(is_year(each["number"]) for each in found) and (len(found) > 1 or re.search(r"[^\W\d]", rest)):
        return False
    rest = re.sub(
        rf"\b{_ABOUT}\b|\b(?:up to|under|over|less than|more than|below|above|pa|per annum|plus vat|inc vat"
        rf"|ex vat|capital|revenue|pounds|to|and|between|from)\b",
        "",
        rest,
    )
    return len(found) <= 2 and not re.search(r"[^\W\d]", rest)


def _band(plain: str, one: re.Match[str], two: re.Match[str]) -> bool:
    return bool(_BETWEEN.fullmatch(plain[one.end() : two.start()]))


def _pair(found: list[re.Match[str]], scale: float) -> Money | None:
    low, high = (_value(each, scale) for each in found)
    if not found[0]["unit"] and found[1]["unit"] and low < 1_000 * max(scale, 1):  # £50-250k
        low = _bare(found[0]) * _SCALES[found[1]["unit"].casefold()]
        if low > high:  # £250-1m: the first is in thousands
            low = _bare(found[0]) * 1e3
    return Money(low, high) if low <= high else None


def _bare(found: re.Match[str]) -> float:
    return float(found["number"].replace(",", "").replace(" ", ""))


def _value(found: re.Match[str], scale: float) -> float:
    unit = (found["unit"] or "").casefold()
    return round(_bare(found) * (_SCALES[unit] if unit else scale), 2)
