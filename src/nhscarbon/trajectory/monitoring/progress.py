"""Where a footprint stands against its path, and what it takes from here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name
from nhscarbon.output.results import Result
from nhscarbon.output.tables import tonnes
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.targets.series import Tonnes, why_missing, year_notes, year_number
from nhscarbon.trajectory.targets.target_path import SAID, Milestone, TargetPath

LOOK_BACK = 3  # years that the achieved pace is taken over


@dataclass(frozen=True)
class WindowReading:
    """A window read in one way: by its first year or by its end.

    Attributes
    ----------
    reading, due : str
        ``first`` or ``end``, and the NHS year in which the target is then due.
    allowed_tco2e, gap_tco2e : float
        What the path so read allows in the year looked at, and how much the footprint is above it [tCO2e].
    required_percent, required_percent_of_base : float
        As of `Progress`; NaN where that year is past.
    """

    reading: str
    due: str
    allowed_tco2e: float
    gap_tco2e: float
    required_percent: float
    required_percent_of_base: float

    __repr__ = short_repr


@dataclass(frozen=True, repr=False)
class Progress(Result):
    """A footprint against its path, in one year. Of a figure that cannot be given, `why` says why and what to do.

    Attributes
    ----------
    year, target : str
        The year looked at, and the next milestone.
    tco2e, allowed_tco2e, gap_tco2e : float
        What was emitted, what the path allows, and how much the first is above the second [tCO2e].
    years_behind : float
        How long ago the path was where the footprint is now; negative when ahead of it.
    required_percent : float
        The same cut of each year's footprint from now on that meets the milestone [% a year].
    required_percent_of_base : float
        The same, in a straight line, as a share of the base [% of base a year].
    pace_ratio : float
        The required cut over the one achieved in the last three years; infinite where there was none.
    budget_used, time_used : float
        Shares of the path's budget and of its years, from the base to the milestone.
    delay_percent, delay_percent_of_base : float
        By how much each year of waiting raises the required cut, at the rate of now [points a year, a year].
    boundary, reading : str
        What is counted, and how the path reads its windows.
    organisations : tuple of str
        Empty where neither the figures nor the path name any.
    windows : tuple of WindowReading
        The next milestone in both readings, its first year and its end; empty where it is of one year.
    why : Mapping[str, str]
        The measures that cannot be given, each with the reason and what to do.
    notes : tuple of str
    """

    year: str
    target: str
    tco2e: float
    allowed_tco2e: float
    gap_tco2e: float
    years_behind: float
    required_percent: float
    required_percent_of_base: float
    pace_ratio: float
    budget_used: float
    time_used: float
    delay_percent: float
    delay_percent_of_base: float
    boundary: str = ""
    reading: str = "end"
    organisations: tuple[str, ...] = ()
    windows: tuple[WindowReading, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def _title(self) -> str:
        what = f", {boundary_name(self.boundary)}" if self.boundary else ""
        return f"{self.year} against the path to {self.target}{what}"

    def _about(self) -> dict[str, object]:
        names = ("boundary", "organisations", "year", "target", "reading", "why", "notes")
        return {name: getattr(self, name) for name in names}

    def verdicts(self) -> tuple[str, ...]:
        """Return the verdict on the next window in both readings, as sentences."""
        return tuple(map(_verdict, self.windows))

    def _notes(self) -> Iterator[str]:
        yield from self.verdicts()
        for name, reason in self.why.items():
            yield f"{name}: {reason}"
        yield from self.notes

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure: ``measure``, ``value``, ``unit``; of a window those of both readings follow."""
        rows = [(name, getattr(self, name), unit) for name, unit in UNITS.items()]
        rows += [(f"{name}_{each.reading}", getattr(each, name), UNITS[name])
                 for each in self.windows for name in OF_READING]  # fmt: skip
        return pd.DataFrame(rows, columns=["measure", "value", "unit"])


UNITS = {
    "tco2e": "tCO2e", "allowed_tco2e": "tCO2e", "gap_tco2e": "tCO2e", "years_behind": "years",
    "required_percent": "% a year", "required_percent_of_base": "% of base a year", "pace_ratio": "ratio",
    "budget_used": "share", "time_used": "share", "delay_percent": "points a year for each year",
    "delay_percent_of_base": "points of base a year for each year",
}  # fmt: skip
OF_READING = ("allowed_tco2e", "gap_tco2e", "required_percent", "required_percent_of_base")


def progress(
    series: Tonnes, path: TargetPath, *, year: str | int | None = None, boundary: str | None = None
) -> Progress:
    """Measure a footprint against its path.

    Parameters
    ----------
    series : pandas.Series, Footprint or SuppliedFootprint
        Tonnes by NHS year [tCO2e]; where weather matters corrected for it. A footprint is totalled in the boundary of
        the path, and its years that are not whole are left out.
    path : TargetPath
        From `Target.path`.
    year : str, optional
        The year to look at; the last whole year when left out.
    boundary : str, optional
        What a series counts, where it does not say so itself.

    Returns
    -------
    Progress

    Raises
    ------
    BoundaryError
        If the figures count another boundary than the path.
    UsageError
        If they are of other organisations, base year, inventory or methodology than the path, have not that year, or
        no milestone lies after it.

    Examples
    --------
    >>> import nhscarbon as nc, pandas as pd
    >>> tonnes = pd.Series({"2019/20": 100.0, "2025/26": 78.0})
    >>> path = nc.targets()["carbon-footprint-interim-on-2019"].path(tonnes)
    >>> found = nc.trajectory.progress(tonnes, path)
    >>> found.target, round(found.gap_tco2e, 1)
    ('carbon-footprint-interim-on-2019', -0.3)
    >>> [(each.due, round(each.gap_tco2e, 1)) for each in found.windows]
    [('2028/29', 9.3), ('2032/33', -0.3)]
    """
    held = path.judged(series, boundary=boundary)
    now = int(held.index[-1]) if year is None else year_number(year)
    if now not in held.index:
        raise UsageError(
            f"the series has no {nhs_year(now)}, only {', '.join(map(nhs_year, held.index.tolist()[-6:]))}. "
            f"{why_missing(held, now)}"
        )
    value, allowed = float(held[now]), path.at(now)
    next_one = _next(path, now)
    last = next_one.due(path.reading)
    rate = _rate(value, next_one.tco2e, last - now, float(path.tco2e[0]))
    pace, used = _pace(held, path, now, rate.percent / 100), _used(held, path, now, last)
    behind, delay = _behind(path, now, value), _delay(rate, last - now)
    measured = {"years_behind": behind, "pace_ratio": pace, "budget_used": used, "delay_percent": delay}
    covers = series.label(path.boundary or boundary) if isinstance(series, Footprint) else ""
    partial = covers != boundary_name(path.boundary)
    return Progress(
        year=nhs_year(now), target=next_one.target, tco2e=value, allowed_tco2e=allowed, gap_tco2e=value - allowed,
        years_behind=behind.value, required_percent=rate.percent, required_percent_of_base=rate.of_base,
        pace_ratio=pace.value, budget_used=used.value,
        time_used=(now - int(path.years[0])) / (last - int(path.years[0])),
        delay_percent=delay.value, delay_percent_of_base=rate.of_base / (last - now),
        boundary=path.boundary or held.attrs.get("boundary", ""), reading=path.reading,
        organisations=path.organisations or held.attrs.get("organisations", ()),
        windows=tuple(_windows(path, next_one, now, value)),
        why={name: each.why for name, each in measured.items() if each.why},
        notes=(*year_notes(held), *([f"What the figures cover: {covers}."] if covers and partial else [])),
    )  # fmt: skip


class _Measure(NamedTuple):
    """A measure, and where it cannot be given the reason and what to do."""

    value: float
    why: str = ""


class _Rate(NamedTuple):
    """What it takes: ln(limit / value), and the cut in % a year and in % of the base a year."""

    log_ratio: float
    percent: float
    of_base: float


def _rate(value: float, limit: float, ahead: int, base: float) -> _Rate:
    log_ratio = math.log(limit / value) if limit > 0 and value > 0 else -math.inf if value > 0 else 0.0
    return _Rate(log_ratio, 100 * (1 - math.exp(log_ratio / ahead)), 100 * (value - limit) / (ahead * base))


def _next(path: TargetPath, now: int) -> Milestone:
    for each in path.milestones:
        if each.due(path.reading) > now:
            return each
    raise UsageError(
        f"no milestone of the path lies after {nhs_year(now)}",
        advice="Judge an earlier year (year=), or make a path to a later target.",
    )


def _windows(path: TargetPath, next_one: Milestone, now: int, value: float) -> Iterator[WindowReading]:
    """Yield the next milestone as due in the first year of its window and by its end."""
    if not next_one.is_window:
        return
    for reading in SAID:
        due, allowed = next_one.due(reading), path.read_by(reading).at(now)
        past = due <= now
        rate = None if past else _rate(value, next_one.tco2e, due - now, float(path.tco2e[0]))
        yield WindowReading(
            reading, nhs_year(due), allowed, value - allowed, math.nan if rate is None else rate.percent,
            math.nan if rate is None else rate.of_base,
        )  # fmt: skip


def _verdict(each: WindowReading) -> str:
    where = "above" if each.gap_tco2e > 0 else "below"
    said = f"{tonnes(abs(each.gap_tco2e), 0)} tCO2e {where} the path"
    if math.isnan(each.required_percent):
        need = "that year is past"
    elif each.required_percent > 0:
        need = f"a cut of {each.required_percent:.1f} % a year meets it"
    else:
        need = "no further cut is needed"
    how = "Read by the first year of its window" if each.reading == "first" else "Read by the end of its window"
    return f"{how}, {each.due}: {said}; {need}."


def _behind(path: TargetPath, now: int, value: float) -> _Measure:
    found = path.year_of(value)
    if not math.isnan(found):
        return _Measure(now - found)
    most, least = float(path.tco2e.max()), float(path.tco2e.min())
    side = f"more than it ever allows ({tonnes(most, 0)})" if value > most else f"less than its end ({least:,.0f})"
    return _Measure(math.nan, f"the path never has {tonnes(value, 0)} tCO2e, {side}. Use gap_tco2e.")


def _pace(held: pd.Series, path: TargetPath, now: int, required: float) -> _Measure:
    before = now - LOOK_BACK
    if before == int(path.years[0]) and before not in held.index:
        held = _with_path_base(held, path)
    if before not in held.index:
        return _Measure(math.nan, f"it needs {nhs_year(before)}, three years before. {why_missing(held, before)}")
    if not held[before] > 0:
        return _Measure(math.nan, f"{nhs_year(before)} has 0 tCO2e, from which there is no percentage. Use gap_tco2e.")
    achieved = 1 - float(held[now] / held[before]) ** (1 / LOOK_BACK)
    if achieved > 0:
        return _Measure(required / achieved)
    return _Measure(math.inf, f"there was no cut since {nhs_year(before)} to compare with. Use required_percent.")


def _used(held: pd.Series, path: TargetPath, now: int, last: int) -> _Measure:
    """Return the share of the budget that is used; of the base year the path itself knows the total."""
    first = int(path.years[0])
    whole = _with_path_base(held, path)
    missing = [year for year in range(first, now + 1) if year not in whole.index]
    if missing:
        years = ", ".join(map(nhs_year, missing))
        return _Measure(math.nan, f"it needs every year since {path.base_year}, and lacks {years}. "
                        f"{why_missing(held, missing[0])}")  # fmt: skip
    return _Measure(float(whole.loc[list(range(first, now + 1))].sum()) / path.budget(first, last))


def _with_path_base(held: pd.Series, path: TargetPath) -> pd.Series:
    first = int(path.years[0])
    if first in held.index:
        return held
    found: pd.Series = pd.Series({first: float(path.tco2e[0]), **held.to_dict()}).sort_index()
    found.attrs = held.attrs
    return found


def _delay(rate: _Rate, ahead: int) -> _Measure:
    kept = math.exp(rate.log_ratio / ahead)
    if kept:
        return _Measure(-100 * kept * rate.log_ratio / ahead**2)
    return _Measure(math.nan, "no percentage a year comes to zero. State a residual (residual=), or use "
                    "delay_percent_of_base.")  # fmt: skip
