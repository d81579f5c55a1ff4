"""What a user names: a default of the package, another line's, one figure, or figures by year."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.pathways.plus import LINES, YEARLY, Driver, Pathways, Points
from nhscarbon.trajectory.targets.series import year_number

DEFAULT = "default"
PERCENT = 100  # what a share typed in percent is divided by
Given = float | str | Mapping[str | int, float]
Assumed = Mapping[str, Given] | None


@dataclass(frozen=True, eq=False)
class Named:
    """An assumption that a user made theirs: a line of the package's defaults, or figures of their own.

    Attributes
    ----------
    driver : Driver
    line : str
        Whose default it takes: ``default`` is that of each line.
    own : (int64 years, float64 values) or None
        Figures in the unit of the driver; a yearly change has the year 0.
    """

    driver: Driver
    line: str
    own: Points | None

    __repr__ = short_repr

    @property
    def said(self) -> str:
        """What was named, as it is repeated to a reader."""
        if self.own is None:
            return self.line
        years, values = self.own
        if self.driver.reading in YEARLY:
            return f"{values[0]:g}"
        return ",".join(f"{year}:{value:g}" for year, value in zip(years.tolist(), values.tolist(), strict=True))

    @property
    def assumption_of(self) -> str:
        """Whose assumption it is now."""
        if self.own is not None:
            return f"you ({self.driver.id}={self.said})"
        return f"you, with nhscarbon's {'' if self.line == DEFAULT else f'{self.line} '}default ({self.driver.id})"

    def default(self, line: str) -> Points | None:
        """Return the defaults that it takes in a line; nothing where that line has none."""
        return self.driver.points.get(line if self.line == DEFAULT else self.line)


def named_of(given: Assumed, pathways: Pathways) -> tuple[Named, ...]:
    """Read what a user names.

    Parameters
    ----------
    given : mapping or None
        By name: ``"default"``; ``"low"``, ``"central"`` or ``"high"``; a number, of each year where the unit is a
        yearly change, else of the driver's last year; or numbers by year, as a mapping or as
        ``"2030:0.8,2040:0.5"``.
    pathways : Pathways

    Raises
    ------
    UsageError
        If there is no such assumption, one is named twice, or a figure is none, has no year or lies out of range.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise UsageError("assumptions are names with values.", advice='Such as {"supply_chain_intensity": "default"}.')
    found = [_named(pathways.named(str(name)), value) for name, value in given.items()]
    twice = sorted({each.driver.id for each in found if sum(each.driver is other.driver for other in found) > 1})
    if twice:
        raise UsageError(f"{', '.join(twice)} is named twice.", advice="Name each assumption once.")
    return tuple(found)


def _named(driver: Driver, value: Given) -> Named:
    if isinstance(value, str):
        word = value.strip().lower()
        if word == DEFAULT or word in driver.points:
            return Named(driver, word, None)
        if word in LINES:
            raise UsageError(f"{driver.id} has no default of the line {word}.",
                             advice=f"It has {', '.join(driver.points)}; or give a figure.")  # fmt: skip
        value = _by_year(driver, word) if ":" in word else _number(driver, word)
    if isinstance(value, Mapping):
        return Named(driver, "", _checked(driver, dict(value)))
    last = 0 if driver.reading in YEARLY else max(int(years[-1]) for years, _ in driver.points.values())
    return Named(driver, "", _checked(driver, {last: value}))


def _by_year(driver: Driver, text: str) -> dict[str | int, float]:
    pairs = [part.partition(":") for part in text.split(",") if part.strip()]
    if len({year.strip() for year, *_ in pairs}) < len(pairs):
        raise UsageError(f"{driver.id} has a year twice.", advice="Give each year once.")
    return {year.strip(): _number(driver, cell) for year, _, cell in pairs}


def _number(driver: Driver, value: object) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(
            f"'{str(value)[:40]}' is no value of {driver.id}.",
            advice=f"Say default, {', '.join(driver.points)}, a number from {driver.lowest:g} to {driver.highest:g} "
            f"({driver.unit}){'' if driver.reading in YEARLY else ', or numbers by year such as 2030:0.8,2040:0.5'}.",
        )
    if not driver.lowest <= number <= driver.highest:
        of_hundred = driver.lowest <= number / PERCENT <= driver.highest and abs(number) > 1
        hint = f"If you mean {number:g} %, write {number / PERCENT:g}. " if of_hundred else ""
        advice = f"{hint}It is from {driver.lowest:g} to {driver.highest:g} ({driver.unit})."
        raise UsageError(f"{number:g} is out of the range of {driver.id}.", advice=advice)
    return number


def _checked(driver: Driver, values: Mapping[str | int, float]) -> Points:
    if driver.reading in YEARLY and (len(values) != 1 or set(values) != {0}):
        raise UsageError(f"{driver.id} is one change for every year.", advice=f"Give one number ({driver.unit}).")
    if not values:
        raise UsageError(f"{driver.id} has no figure.", advice="Give a number, or numbers by year.")
    found: dict[int, float] = {}
    for year, value in values.items():
        try:
            number = 0 if year == 0 else year_number(year)
        except (PeriodError, ValueError, TypeError) as error:
            raise UsageError(f"{driver.id}: {error}.", advice="Give NHS years, such as 2030 or 2030/31.") from error
        if number in found:
            raise UsageError(f"{driver.id} has {nhs_year(number)} twice.", advice="Give each year once.")
        found[number] = _number(driver, value)
    years = sorted(found)
    return np.array(years, np.int64), np.array([found[year] for year in years], np.float64)
