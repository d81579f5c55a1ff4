"""What a refused key says to people: labels for activities, plain words for units, and what has a factor instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nhscarbon.findings import Wording, wording
from nhscarbon.methods.catalogue import CatalogueActivity
from nhscarbon.methods.factors import Factor
from nhscarbon.methods.methodology import Methodology

MOST = 3  # alternatives that are named
LONGEST_LABEL = 60
WIDEST = 9  # divisions that one product group spans: 41_43 is 41 to 43, and 42_99 is group 99 of division 42
PRODUCTS = re.compile(r"(?P<stem>.+\.)(?P<first>\d+)(?:_(?P<last>\d+))?")
SYMBOL = re.compile(r"[a-z]{0,3}\d?|.*[A-Z].*")  # kWh, m3 and GBP are read as they are written


def no_factor(
    entry: CatalogueActivity,
    period: str,
    geography: str,
    factors: Sequence[Factor],
    years: Sequence[str],
    method: Methodology,
) -> Wording:
    """Say that an activity has no factor for a place or a year, and what to do instead.

    Parameters
    ----------
    entry : CatalogueActivity
    period, geography : str
        Of the row.
    factors : sequence of Factor
        What the activity has in that year for other places.
    years : sequence of str
        The NHS years in which it has any.
    method : Methodology
    """
    label = quoted(entry)
    if factors:
        places = sorted({factor.geography for factor in factors})
        return wording("geography_unknown", "reason", label=label, geography=geography, places=one_of(places))
    if period not in method.periods:
        return wording("period_not_served", "reason", method=method.id, period=period, first=method.periods[0],
                       last=method.periods[-1])  # fmt: skip
    others = alternatives(entry.activity, period, geography, method)
    why = "reason_other_years" if years else "reason_note" if entry.note else "reason"
    return wording(
        "factor_missing", f"{why}_use" if others else why, label=label, period=period, note=entry.note,
        theme=method.catalogue.themes[entry.theme], years=spans(years, method.periods), others=one_of(others),
    )  # fmt: skip


def no_route(
    entry: CatalogueActivity, unit: str, period: str, units: Sequence[str], years: Sequence[str], method: Methodology
) -> Wording:
    """Say that an activity cannot be entered in a unit: which units it takes, and the years that take this one."""
    variant = (
        "reason" + ("_other_years" if years and units else "") + ("" if units else "_no_units")
        + ("_note" if entry.note else "")
    )  # fmt: skip
    return wording(
        "unit_not_convertible", variant, label=quoted(entry), unit=unit_in_words(unit, method), units=one_of(units),
        note=entry.note, period=period, years=spans(years, method.periods),
    )  # fmt: skip


def alternatives(activity: str, period: str, geography: str, method: Methodology) -> list[str]:
    """Return product groups that make up one that has no factor, and have one: codes with their labels.

    Publishers join and split product groups between editions. Only the parts of a group are named, so nothing else
    than what was bought is.
    """
    asked = divisions_of(activity)
    if asked is None:
        return []
    stem, wanted = asked
    found = []
    for code, entry in method.catalogue.activities.items():
        if not code.startswith(stem) or code == activity or "." in code.removeprefix(stem):
            continue
        digits = re.match(r"\d+", code.removeprefix(stem))
        if digits is None or int(digits.group()) not in wanted:
            continue
        if any(factor.geography == geography for factor in method.factors(code, period)):
            found.append(f"{code} ({entry.label[:LONGEST_LABEL]})")
    return found if len(found) <= MOST else []


def divisions_of(activity: str) -> tuple[str, range] | None:
    """Return the stem and divisions of a product group that is one or more whole divisions; None of any other code.

    >>> divisions_of("spend.sic.41_43")
    ('spend.sic.', range(41, 44))
    >>> divisions_of("spend.sic.42_99"), divisions_of("energy.natural_gas")
    (None, None)
    """
    parts = PRODUCTS.fullmatch(activity)
    if parts is None:
        return None
    first = int(parts["first"])
    last = int(parts["last"] or first)
    return (parts["stem"], range(first, last + 1)) if 0 <= last - first <= WIDEST else None


def quoted(entry: CatalogueActivity) -> str:
    """Return an activity's label as it reads within a sentence: in quotation marks where it has signs of its own."""
    return f"'{entry.label}'" if re.search(r"[,:;]", entry.label) else entry.label


def unit_in_words(unit: str, method: Methodology) -> str:
    """Return a unit as people say it, in the plural: tonnes for tonne; symbols such as kWh stay."""
    return unit if SYMBOL.fullmatch(unit) else method.units.labels[unit].partition(" (")[0]


def one_of(words: Sequence[str]) -> str:
    """Write a choice, such as ``kWh, kWh_net or m3``.

    >>> one_of(["kWh", "kWh_net", "m3"]), one_of(["kg"])
    ('kWh, kWh_net or m3', 'kg')
    """
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def spans(years: Sequence[str], served: Sequence[str]) -> str:
    """Write years as spans, such as ``2016/17 to 2019/20, 2023/24``."""
    spans: list[list[str]] = []
    for year in years:
        if spans and served.index(year) == served.index(spans[-1][-1]) + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(span[0] if len(span) == 1 else f"{span[0]} to {span[-1]}" for span in spans)
