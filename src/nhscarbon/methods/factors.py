"""Emission factors and conversions: their column contracts and what makes a table sound."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import DataPackage
from nhscarbon.methods.units import Units
from nhscarbon.output.text import short_repr
from nhscarbon.periods import year_end, year_start

COMPONENTS = (
    "direct", "generation", "generation_market", "wtt", "transmission", "transmission_wtt", "biogenic", "memo",
)  # fmt: skip
SCOPES = ("1", "2", "3", "outside_of_scopes", "none")
PER = "kgCO2e/"
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Factor:
    """One published number: so many kgCO2e for each unit of an activity, in one component.

    `value` is decimal text as published, `unit` is the denominator alone, `locator` the sheet and cell
    in the publisher's own file.
    """

    factor_id: str
    activity: str
    component: str
    scope: str
    value: str
    unit: str
    geography: str
    valid_from: str
    valid_to: str
    gwp_basis: str
    uncertainty: str
    locator: str
    note: str
    package: str

    __repr__ = short_repr

    @property
    def kgco2e(self) -> float:
        """The value as a number [kgCO2e/unit]."""
        return float(self.value)

    def covers(self, year: str) -> bool:
        """Tell whether the whole of an NHS year lies within the factor's validity."""
        return self.valid_from <= year_start(year) and year_end(year) <= self.valid_to


@dataclass(frozen=True, slots=True)
class Conversion:
    """One cited change of dimension: so many `to_unit` for each `from_unit` of an activity."""

    conversion_id: str
    activity: str
    from_unit: str
    to_unit: str
    multiplier: str
    valid_from: str
    valid_to: str
    uncertainty: str
    source: str
    locator: str
    note: str
    package: str

    __repr__ = short_repr

    def covers(self, year: str) -> bool:
        """Tell whether the whole of an NHS year lies within the conversion's validity."""
        return self.valid_from <= year_start(year) and year_end(year) <= self.valid_to


@dataclass(frozen=True)
class GasShare:
    """What a publisher prints of one factor's gases, already as CO2e; explanation, never summed."""

    gas: str
    value: str
    locator: str

    __repr__ = short_repr


@dataclass(frozen=True)
class FactorPackage:
    """The factors of one verified package, found by activity."""

    package: DataPackage
    units: Units

    __repr__ = short_repr

    @cached_property
    def rows(self) -> tuple[Factor, ...]:
        """Every factor, checked against the column contract."""
        rows = tuple(_factor(row, self.package.label) for row in self.package.rows("factors.csv"))
        refuse(self.package.label, _factor_faults(rows, self.units))
        return rows

    @cached_property
    def by_activity(self) -> Mapping[str, tuple[Factor, ...]]:
        """The factors of each activity, in the order of the file."""
        found: dict[str, list[Factor]] = {}
        for row in self.rows:
            found.setdefault(row.activity, []).append(row)
        return {activity: tuple(rows) for activity, rows in found.items()}

    @cached_property
    def gases(self) -> Mapping[tuple[str, str], tuple[GasShare, ...]]:
        """The printed gas split of each (factor_id, valid_from) that has one."""
        if "gases.csv" not in self.package.hashes:
            return {}
        found: dict[tuple[str, str], list[GasShare]] = {}
        for row in self.package.rows("gases.csv"):
            share = GasShare(row["gas"], row["value"], row["locator"])
            found.setdefault((row["factor_id"], row["valid_from"]), []).append(share)
        return {key: tuple(shares) for key, shares in found.items()}


def load_conversions(package: DataPackage, units: Units) -> tuple[Conversion, ...]:
    """Read the conversions of a verified package.

    Raises
    ------
    IntegrityError
        If a row breaks the column contract; every fault is listed.
    """
    rows = tuple(_conversion(row, package.label) for row in package.rows("conversions.csv"))
    faults = [f"{key} twice" for key, n in Counter(row.conversion_id for row in rows).items() if n > 1]
    for row in rows:
        faults += _row_faults(row.conversion_id, row.multiplier, row.valid_from, row.valid_to, row.locator, row.note)
        for unit in (row.from_unit, row.to_unit):
            if unit not in units.decimals:
                faults.append(f"{row.conversion_id}: unknown unit '{unit}'")
    refuse(package.label, faults)
    return rows


def refuse(label: str, faults: list[str]) -> None:
    """Raise one IntegrityError that lists all faults of a data file, if there are any."""
    if faults:
        shown = "\n  ".join(faults[:20]) + ("" if len(faults) <= 20 else f"\n  and {len(faults) - 20} more")
        raise IntegrityError(f"{label} breaks its contract and was not used:\n  {shown}")


def _factor(row: Mapping[str, str], package: str) -> Factor:
    unit = row["unit"].removeprefix(PER) if row["unit"].startswith(PER) else ""
    return Factor(**{**row, "unit": unit, "package": package})


def _conversion(row: Mapping[str, str], package: str) -> Conversion:
    return Conversion(**row, package=package)


def _factor_faults(rows: tuple[Factor, ...], units: Units) -> list[str]:
    keys = Counter((row.factor_id, row.geography, row.valid_from) for row in rows)
    faults = [f"{key} appears {n} times" for key, n in keys.items() if n > 1]
    routes = Counter((row.activity, row.component, row.unit, row.geography, row.valid_from) for row in rows)
    faults += [f"{key} has {n} factors" for key, n in routes.items() if n > 1]
    for row in rows:
        faults += _row_faults(row.factor_id, row.value, row.valid_from, row.valid_to, row.locator, row.note)
        if row.unit not in units.decimals:
            faults.append(f"{row.factor_id}: its unit is not {PER}<a unit of the vocabulary>")
        if row.component not in COMPONENTS:
            faults.append(f"{row.factor_id}: unknown component '{row.component}'")
        if row.scope not in SCOPES:
            faults.append(f"{row.factor_id}: unknown scope '{row.scope}'")
        if not row.activity or not row.geography:
            faults.append(f"{row.factor_id}: blank activity or geography")
    return faults


def _row_faults(key: str, number: str, valid_from: str, valid_to: str, locator: str, note: str) -> list[str]:
    faults = []
    if not _DECIMAL.fullmatch(number) or not math.isfinite(float(number)):
        faults.append(f"{key}: '{number}' is not a plain decimal number")
    elif float(number) == 0 and not note:
        faults.append(f"{key}: a 0 without a note saying why")
    if not (_DAY.fullmatch(valid_from) and _DAY.fullmatch(valid_to) and valid_from < valid_to):
        faults.append(f"{key}: validity {valid_from} to {valid_to} is not a span of days")
    if not locator:
        faults.append(f"{key}: no locator")
    elif locator == "uncited" and not note:
        faults.append(f"{key}: uncited without its derivation in the note")
    return faults
