"""What is said of a bridge beside its figures: the title, the map, and how spend is in real terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nhscarbon.analysis.decomposition.lines import Kind, Side
from nhscarbon.analysis.decomposition.one_map import OneMap
from nhscarbon.analysis.decomposition.prices import PACKAGE, PriceChange, price_levels
from nhscarbon.analysis.decomposition.whole import not_whole

HM_TREASURY = "HM Treasury's GDP deflators"
SHOWN = 3  # activities that a sentence names


def title_of(sides: tuple[Side, Side], on_map: OneMap) -> str:
    """Say what is compared with what, the words that both share once."""
    said = []
    for side in sides:
        who, years = (side.footprint.sums.columns[name].labels for name in ("organisation", "period"))
        ends = {code: [code] for code in who}
        ends |= {code: [new for new, _ in found] for code, found in (on_map.shares or {}).items() if code in ends}
        codes = sorted({end for found in ends.values() for end in found})
        said.append((organisations_in_words(codes), side.year or _span(years), side.method.id))
    parts = [f"{first} -> {second}" if first != second else first for first, second in zip(*said, strict=True)]
    return f"{parts[0]}, {parts[1]}, by {parts[2]}"


def organisations_in_words(codes: Sequence[str]) -> str:
    """Name one organisation; count more."""
    return codes[0] if len(codes) == 1 else f"{len(codes):,} organisations"


def _span(years: Sequence[str]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}" if years else "no year"


def notes_of(sides: tuple[Side, Side], on_map: OneMap, chosen: Sequence[Kind]) -> tuple[str, ...]:
    """Return what a reader must know of the map, of the years and of prices."""
    return tuple(_notes(sides, on_map, chosen))


def _notes(sides: tuple[Side, Side], on_map: OneMap, chosen: Sequence[Kind]) -> Iterator[str]:
    rolled = [str(side.footprint.on_map) for side in sides if side.footprint.on_map]
    yield from (f"Rolled up {each}." for each in dict.fromkeys(rolled))
    if on_map.note:
        yield f"{on_map.note}."
    if not sides[0].year:
        yield f"{_span(sides[0].footprint.periods)} are added up: by('period') shows each year."
    if sides[0].year:
        yield from not_whole(sides[0].footprint, sides[1].footprint, (sides[0].boundary, sides[1].boundary))
    years = (sides[0].year, sides[1].year)
    changes = dict.fromkeys(part.price for part in chosen)
    yield from _in_real_terms([each for each in changes if each.source], years)
    for why in dict.fromkeys(each.why for each in changes if each.why):
        activities = dict.fromkeys(part.words[0] for part in chosen if part.price.why == why)
        yield f"Spend not in real terms ({_named(activities)}): {why}."


def _in_real_terms(changes: Sequence[PriceChange], years: tuple[str, str]) -> Iterator[str]:
    """Say by how much prices differ between the years, and by whose deflators."""
    forecast = [year for year in years if year in price_levels().forecast]
    marked = f" ({' and '.join(forecast)}: forecast)" if forecast else ""
    for source in dict.fromkeys(each.source for each in changes):
        levels = sorted({each.level for each in changes if each.source == source})
        span = " to ".join(dict.fromkeys([f"{levels[0]:.4f}", f"{levels[-1]:.4f}"]))
        whose = f"{HM_TREASURY}, {source}" if source == PACKAGE else source
        yield f"Spend is in real terms: GBP 1 of {years[0]} is GBP {span} of {years[1]}, by {whose}{marked}."


def _named(words: Iterable[str]) -> str:
    known = list(words)
    more = f" and {len(known) - SHOWN:,} more" if len(known) > SHOWN else ""
    return ", ".join(known[:SHOWN]) + more
