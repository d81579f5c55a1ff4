"""Figures as a board reads them: three significant figures, a true minus sign, and never 0% of something."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from nhscarbon.methods.units import KG_PER_TONNE

SIGNIFICANT = 3
SMALLEST = 1 / KG_PER_TONNE  # tCO2e: below a kilogram a figure says no more
MINUS = "\u2212"
LEAST, MOST = 0.5, 99.5  # per cent, beyond which a share would round to none or to all
HUNDRED = 100.0


def rounded(value: float) -> str:
    """Return an amount with three significant figures.

    Examples
    --------
    >>> rounded(17_321.4), rounded(82.71), rounded(99.96), rounded(-1_420.0), rounded(0.0)
    ('17,300', '82.7', '100', '\u22121,420', '0')
    """
    size = abs(value)
    if not size:
        return "0"
    if size < SMALLEST:
        return f"less than {SMALLEST:g}"
    exact = Decimal(repr(float(size)))
    for _ in range(2):  # rounding may bring it to the next power of ten
        places = SIGNIFICANT - 1 - exact.adjusted()
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{MINUS if value < 0 else ''}{exact:,.{max(places, 0)}f}"


def signed(value: float) -> str:
    """Return a change in tonnes with its sign.

    Examples
    --------
    >>> signed(-453.2), signed(5_600.0), signed(0.0)
    ('\u2212453', '+5,600', '0')
    """
    return f"+{rounded(value)}" if value > 0 else rounded(value)


def span(low: float, high: float) -> str:
    """Return a range in words.

    Examples
    --------
    >>> span(16_212.0, 18_690.0)
    '16,200 to 18,700'
    """
    return f"{rounded(low)} to {rounded(high)}"


def change_percent(before: float, after: float, places: int = 0) -> str:
    """Return a change in per cent; in words where nothing can be compared.

    Examples
    --------
    >>> change_percent(18_390.0, 17_300.0, 1), change_percent(100.0, 120.0), change_percent(100.0, 100.2)
    ('\u22125.9%', '+20%', '0%')
    >>> change_percent(0.0, 12.0), change_percent(1.0, 30.0)
    ('new', 'over 10 times')
    """
    if not before:
        return "new" if after > 0 else "0%"
    if before > 0 and after / before > 10:
        return "over 10 times"
    change = HUNDRED * (after - before) / abs(before)
    text = f"{Decimal(repr(abs(float(change)))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}"
    if not float(text):
        return "0%"
    return f"{'+' if change > 0 else MINUS}{text}%"


def share(part: float, whole: float) -> str:
    """Return a share in whole per cent; neither none nor all unless it is.

    Examples
    --------
    >>> share(24_100, 70_900), share(83, 70_900), share(0.0, 70_900), share(70_899, 70_900), share(3.0, 0.0)
    ('34%', '<1%', '0%', '>99%', '')
    """
    if not whole:
        return ""
    percent = HUNDRED * part / whole
    if part and abs(percent) < LEAST:
        return "<1%"
    if part != whole and MOST <= percent < HUNDRED:
        return ">99%"
    return f"{Decimal(repr(float(percent))).quantize(Decimal(1), ROUND_HALF_UP)}%".replace("-", MINUS)


def percent(value: float) -> str:
    """Return a size in whole per cent, small ones as less than one.

    Examples
    --------
    >>> percent(7.6), percent(0.2)
    ('8%', 'less than 1%')
    """
    return "less than 1%" if value < LEAST else f"{math.floor(value + 0.5):,}%"


def listed(names: Sequence[str], most: int = 0) -> str:
    """Return names as part of a sentence, those beyond some counted.

    Examples
    --------
    >>> listed(["Waste", "NHS facilities", "ICT"]), listed(["Waste", "Water", "Food"], 2)
    ('waste, NHS facilities and ICT', 'waste, water and 1 more')
    """
    small = [name if name[1:2].isupper() else name[:1].lower() + name[1:] for name in names]
    if most and len(small) > most:
        return f"{', '.join(small[:most])} and {len(small) - most:,} more"
    return " and ".join(filter(None, [", ".join(small[:-1]), small[-1] if small else ""]))


def count_of(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count_of(1, "theme"), count_of(4, "theme"), count_of(2, "body", "bodies")
    ('1 theme', '4 themes', '2 bodies')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def years_words(years: float) -> str:
    """Return a length of time to half a year.

    Examples
    --------
    >>> years_words(4.1), years_words(1.0), years_words(0.3)
    ('about 4 years', 'about 1 year', 'less than half a year')
    """
    if years < 0.5:
        return "less than half a year"
    halves = math.floor(2 * years + 0.5) / 2
    return f"about {halves:g} {'year' if halves == 1 else 'years'}"
