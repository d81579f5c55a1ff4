"""What one unit of each activity comes to, as rows: every answer of `resolve`, and every refusal with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import isclose

import pandas as pd

from nhscarbon.checks.unit_spellings import is_clear, readings_of
from nhscarbon.exchange.layout import SEPARATOR, text_table
from nhscarbon.methods.gaps import declared_gap
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Line, Resolution, resolve, units_taken

DIGITS = 15  # significant; a float may end in noise beyond them
SAME = 1e-12  # relative: two units of one kind meet to this, or each has multipliers of its own
Answers = Mapping[FactorKey, Resolution]
OtherUnits = Mapping[
    tuple[str, str], tuple[str, float]
]  # (activity, unit): the unit that has multipliers, and the ratio


def multiplier_tables(method: Methodology) -> dict[str, pd.DataFrame]:
    """Return the tables of what one unit comes to.

    Parameters
    ----------
    method : Methodology

    Returns
    -------
    dict of str to pandas.DataFrame
        ``multipliers``: kgCO2e for one unit of an activity in an NHS year, a component a row, conversions included;
        ``activity_units``: every unit that an activity takes, the unit that has multipliers and the ratio between them;
        ``missing_components``: components that were not published, with the boundaries that they block;
        ``refusals``: activities, units and NHS years that have no multiplier, and why. All cells are text, and the
        rows are in one order.

    Raises
    ------
    IntegrityError
        If the data allow two answers.
    """
    activities = method.catalogue.activities
    listed = [(activity, unit) for activity, entry in activities.items() for unit in entry.units]
    answers = resolve(_keys(listed, method), method)
    known = {(key.activity, key.unit) for key, found in answers.items() if found.lines}
    others, own = _other_units(known, method)
    answers |= resolve(_keys(own, method), method)
    units = [(*pair, pair[1], 1.0) for pair in sorted(known | set(own))]
    units += [(*pair, unit, ratio) for pair, (unit, ratio) in others.items()]
    return {
        "multipliers": text_table("multipliers", _multipliers(answers, method)),
        "activity_units": text_table("activity_units", ((*names, decimal_text(ratio)) for *names, ratio in units)),
        "missing_components": text_table("missing_components", _missing(answers, method)),
        "refusals": text_table("refusals", _refusals(answers)),
    }


def decimal_text(number: float) -> str:
    """Return a number as plain decimal text, to the 15 digits that every program reads back, without an exponent.

    Examples
    --------
    >>> decimal_text(2.5e-7), decimal_text(1000.0), decimal_text(0.18385 * 1.609344)
    ('0.00000025', '1000', '0.2958778944')
    """
    return format(Decimal(f"{number:.{DIGITS}g}"), "f")


def _keys(pairs: Iterable[tuple[str, str]], method: Methodology) -> list[FactorKey]:
    """Return the keys of activities and units, in every NHS year and geography that there are factors of."""
    home = method.manifest.geography
    places: dict[str, set[str]] = {}
    for package in method.packages.values():
        for activity, factors in package.by_activity.items():
            places.setdefault(activity, {home}).update(factor.geography for factor in factors)
    return [
        FactorKey(activity, unit, year, place)
        for activity, unit in pairs
        for year in method.periods
        for place in sorted(places.get(activity, {home}))
    ]


def _other_units(known: set[tuple[str, str]], method: Methodology) -> tuple[OtherUnits, list[tuple[str, str]]]:
    """Return units that the catalogue does not list and an activity takes: by a ratio, or with answers of their own."""
    served = dict.fromkeys(activity for activity, _ in sorted(known))
    pairs = [
        (activity, unit)
        for activity in served
        for unit in units_taken(activity, method)
        if unit not in method.catalogue.activities[activity].units and not _is_ambiguous(unit, activity, method)
    ]
    answers = resolve(_keys(pairs, method), method)
    by_pair: dict[tuple[str, str], list[Resolution]] = {}
    for key, found in answers.items():
        by_pair.setdefault((key.activity, key.unit), []).append(found)
    others: dict[tuple[str, str], tuple[str, float]] = {}
    own: list[tuple[str, str]] = []
    for pair in pairs:
        if not any(found.lines for found in by_pair[pair]):
            continue
        if met := _met(pair, by_pair[pair], known, method):
            others[pair] = met
        else:
            own.append(pair)
    return others, own


def _is_ambiguous(unit: str, activity: str, method: Methodology) -> bool:
    """Tell whether `calculate` asks which of two units is meant, as it does of ML where millilitres are likely."""
    clear = is_clear(unit, activity, method.units, method.catalogue)
    return bool(readings_of(unit, method.units)) and not clear


def _met(
    pair: tuple[str, str], answers: Sequence[Resolution], known: set[tuple[str, str]], method: Methodology
) -> tuple[str, float] | None:
    """Return the listed unit whose answers are those of another unit but for a ratio, and the ratio."""
    activity, unit = pair
    for listed in method.catalogue.activities[activity].units:
        if (activity, listed) in known and method.units.same_kind(unit, listed):
            ratio = method.units.ratio(unit, listed)
            same = resolve([found.key._replace(unit=listed) for found in answers], method)
            if all(_in_proportion(found, same[found.key._replace(unit=listed)], ratio) for found in answers):
                return listed, ratio
    return None


def _in_proportion(one: Resolution, other: Resolution, ratio: float) -> bool:
    """Tell whether two answers use the same factors, and one unit of the first comes to `ratio` of the second."""
    return (
        one.missing == other.missing
        and len(one.lines) == len(other.lines)
        and all(
            first.factor == second.factor
            and isclose(_product(first), ratio * _product(second), rel_tol=SAME, abs_tol=0.0)
            for first, second in zip(_in_order(one.lines), _in_order(other.lines), strict=True)
        )
    )


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.factor.component, line.factor.factor_id))


def _product(line: Line) -> float:
    """Return what one unit comes to [kgCO2e]: the conversion times the factor, as `calculate` multiplies."""
    conversion, factor = line.numbers
    return conversion * factor


def _multipliers(answers: Answers, method: Methodology) -> Iterable[tuple[str, ...]]:
    for key, found in answers.items():
        for line in found.lines:
            factor = line.factor
            kind = (line.category, factor.component, factor.scope)
            counted = SEPARATOR.join(name for name in method.boundaries if method.included[(name, *kind)])
            yield (
                key.activity, factor.factor_id, line.conversion_id, key.unit, key.geography, factor.component,
                factor.scope, line.theme, line.category, line.ghg_protocol_category, counted,
                decimal_text(_product(line)), key.period, factor.package, factor.locator,
            )  # fmt: skip


def _missing(answers: Answers, method: Methodology) -> Iterable[tuple[str, ...]]:
    for key, found in answers.items():
        for component in found.missing:
            blocked = SEPARATOR.join(method.needing(key.activity, (component,)))
            yield key.activity, key.unit, key.geography, component, blocked, key.period


def _refusals(answers: Answers) -> Iterable[tuple[str, ...]]:
    """Yield why a key has no multiplier; `calculate` lists what is a declared gap and refuses the others."""
    for key, found in answers.items():
        if found.refusal is not None:
            code, _, reason, _ = found.refusal
            if code == "factor_missing" and (gap := declared_gap(key.activity, key.period)):
                code, reason = "not_counted_declared", gap.reason
            yield code, key.activity, key.unit, key.geography, reason, key.period
