"""What differs between the inputs of two methodologies: pins, units, activities, conversions, boundaries, factors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from nhscarbon.methods.factors import Factor
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.refusals import spans
from nhscarbon.methods.units import Units

KINDS = ("method", "package", "unit", "spelling", "activity", "category", "conversion", "boundary", "factor")
ENTRY = ("label", "theme", "category", "units", "components", "reversible", "note")  # of an activity, as compared
SERVED = ("activity", "component", "unit", "geography")  # what a factor is looked up by, within a year


class Difference(NamedTuple):
    """One input that only one methodology has, or that is another in each."""

    kind: str
    change: str
    what: str
    part: str
    before: str
    after: str


def input_differences(before: Methodology | str, after: Methodology | str) -> pd.DataFrame:
    """List what differs between the inputs of two methodologies.

    Parameters
    ----------
    before, after : Methodology or str
        Methodologies or their ids.

    Returns
    -------
    pandas.DataFrame
        One row a difference, in the order of `KINDS`: ``kind``; ``change`` (``added``, ``removed`` or ``changed``);
        ``what`` it is about, such as a unit or an activity's code; ``part``, such as the field of an activity or the
        NHS years of a factor; ``before`` and ``after``, empty where there is none.

    Raises
    ------
    UsageError
        If there is no such methodology.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> table = nc.methods.input_differences("nhs-2026.1", "nhs-2026.2")
    >>> table.loc[table["what"] == "therm", ["kind", "change", "after"]].values.tolist()
    [['unit', 'added', '29.3071 * kWh']]
    """
    first, second = as_methodology(before), as_methodology(after)
    rows = [
        *_pairs("method", "", _about(first), _about(second)),
        *_pairs("package", "NHS years", _pins(first), _pins(second)),
        *_pairs("unit", "size", _sizes(first.units), _sizes(second.units)),
        *_pairs("spelling", "means", first.units.aliases, second.units.aliases),
        *_activities(first, second),
        *_pairs("category", "theme and GHG Protocol category", _categories(first), _categories(second)),
        *_pairs("conversion", "multiplier", _conversions(first), _conversions(second)),
        *_pairs("boundary", "counts", _boundaries(first), _boundaries(second)),
        *_factors(first, second),
    ]
    return pd.DataFrame(rows, columns=list(Difference._fields)).astype(str)


def _pairs(kind: str, part: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    """Compare two tables of one kind by their keys."""
    for what in dict.fromkeys([*before, *after]):
        old, new = before.get(what), after.get(what)
        if old != new:
            yield Difference(kind, _change(old, new), what, part, old or "", new or "")


def _change(old: object, new: object) -> str:
    return "added" if old is None else "removed" if new is None else "changed"


def _about(method: Methodology) -> dict[str, str]:
    return {name: str(getattr(method.manifest, name)) for name in ("status", "headline", "geography")}


def _pins(method: Methodology) -> dict[str, str]:
    always = {package.label: "all" for package in method.others}
    return always | {pin.package: spans(list(pin.periods), method.periods) for pin in method.manifest.factors}


def _sizes(units: Units) -> dict[str, str]:
    """Return the definition of each unit of the vocabulary."""
    lines = (line.partition("=") for line in units.definitions.splitlines() if "=" in line)
    return {unit.strip(): size.strip() for unit, _, size in lines if unit.strip() in units.decimals}


def _activities(before: Methodology, after: Methodology) -> Iterator[Difference]:
    first, second = before.catalogue.activities, after.catalogue.activities
    for code in dict.fromkeys([*first, *second]):
        if code not in first or code not in second:
            entry = (second if code in second else first)[code]
            label = f"{entry.label} [{', '.join(entry.units)}]"
            old, new = (label, None) if code in first else (None, label)
            yield Difference("activity", _change(old, new), code, "", old or "", new or "")
            continue
        for name in ENTRY:
            old, new = (_text(getattr(entries[code], name)) for entries in (first, second))
            if old != new:
                yield Difference("activity", "changed", code, name, old, new)
        old, new = (_protocol(code, method) for method in (before, after))
        if old != new:
            yield Difference("activity", "changed", code, "GHG Protocol category", old, new)


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _protocol(code: str, method: Methodology) -> str:
    """Return the GHG Protocol scope 3 categories of an activity's components."""
    entry = method.catalogue.activities[code]
    found = (method.catalogue.ghg_protocol[entry.category, component] for component in entry.components)
    return ", ".join(dict.fromkeys(filter(None, found)))


def _categories(method: Methodology) -> dict[str, str]:
    catalogue = method.catalogue
    return {
        f"{category}, {component}": f"{theme}, {catalogue.ghg_protocol[category, component] or 'none'}"
        for (category, component), theme in catalogue.reported_in.items()
    }


def _conversions(method: Methodology) -> dict[str, str]:
    """Return each conversion by its id; several of one id, valid one after another, together."""
    found: dict[str, str] = {}
    for row in method.conversions:
        said = f"1 {row.from_unit} = {row.multiplier} {row.to_unit}, {row.valid_from} to {row.valid_to}"
        found[row.conversion_id] = "; ".join(filter(None, (found.get(row.conversion_id, ""), said)))
    return found


def _boundaries(method: Methodology) -> dict[str, str]:
    return {
        f"{boundary}: {category}, {component}, scope {scope}": "yes" if inside else "no"
        for (boundary, category, component, scope), inside in method.included.items()
    }


def _factors(before: Methodology, after: Methodology) -> Iterator[Difference]:
    """Compare the factor that serves each activity, component, unit and NHS year, years of one change together."""
    first, second = _served(before), _served(after)
    periods = tuple(sorted({*before.periods, *after.periods}))
    for key in dict.fromkeys([*first, *second]):
        old, new = first.get(key, {}), second.get(key, {})
        moved = [year for year in periods if _number(old.get(year)) != _number(new.get(year))]
        for change in ("added", "removed", "changed"):
            years = [year for year in moved if _change(old.get(year), new.get(year)) == change]
            if years:
                values = (_values(found[year] for year in years if year in found) for found in (old, new))
                yield Difference("factor", change, ", ".join(key), spans(years, periods), *values)


def _served(method: Methodology) -> dict[tuple[str, ...], dict[str, Factor]]:
    """Return the factor of each key in each NHS year: of the first pin that has it in the unit."""
    found: dict[tuple[str, ...], dict[str, Factor]] = {}
    for pin in method.manifest.factors:
        for factor in method.packages[pin.package].rows:
            years = found.setdefault(tuple(str(getattr(factor, name)) for name in SERVED), {})
            for year in pin.periods:
                if pin.carry_forward or factor.covers(year):
                    years.setdefault(year, factor)
    return found


def _number(factor: Factor | None) -> tuple[float, str] | None:
    """Return what a change of factor is told by: its value and its scope."""
    return None if factor is None else (factor.kgco2e, factor.scope)


def _values(factors: Iterable[Factor]) -> str:
    """Return the values of some years, each once."""
    return ", ".join(dict.fromkeys(factor.value for factor in factors))
