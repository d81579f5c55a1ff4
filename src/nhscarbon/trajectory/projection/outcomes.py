"""What happened in every simulation: bands, and the chance of meeting each year, window and budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.footprint.label import boundary_name
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.output.results import Result, TableResult
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.targets.series import Numbers, Years, year_texts
from nhscarbon.trajectory.targets.subject import Subject, refuse_other
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

ROOM, PARAMETERS = "projections", "projection-1@1.0.0"
BANDS = (50, 80, 95)  # % of the simulations within a band
SAME = 1e-9  # relative difference that is of rounding
WORST = 20  # the mean of the worst twentieth of the simulations
Measured = Literal["relative", "absolute"]
Draws = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, repr=False)
class Outcomes(Result):
    """Tonnes of each year in each draw.

    Attributes
    ----------
    years : int64 array, shape (years,)
        The calendar year that each NHS year starts in.
    tco2e : float64 array, shape (years,)
        Every figure as published or most likely [tCO2e].
    draws : float array, shape (years, draws)
        [tCO2e]; draw d of every year belongs to the same simulation.
    base : float array, shape (draws,)
        How far the measured base year is off in each draw; 1 where it is taken as exact.
    subject : Subject
        What the tonnes are about, so that they are judged by no other path.
    """

    years: Years
    tco2e: Numbers
    draws: Draws
    base: Draws
    subject: Subject = field(default_factory=Subject)

    @property
    def table(self) -> pd.DataFrame:
        """The bands of each year: ``year``, ``tco2e``, ``mean``, ``median`` and ``low_50`` to ``high_95`` [tCO2e]."""
        half = [level / 2 for level in BANDS]
        asked = [50.0, *(50 - each for each in half), *(50 + each for each in half)]
        levels = np.percentile(self.draws, asked, axis=1)
        frame = {"year": year_texts(self.years), "tco2e": self.tco2e, "mean": self.draws.mean(axis=1),
                 "median": levels[0]}  # fmt: skip
        for place, level in enumerate(BANDS, start=1):
            frame[f"low_{level}"], frame[f"high_{level}"] = levels[place], levels[place + len(BANDS)]
        return pd.DataFrame(frame)

    def _title(self) -> str:
        span = f"{nhs_year(int(self.years[0]))} to {nhs_year(int(self.years[-1]))}"
        return f"Tonnes of each year, {span}, {self.draws.shape[1]:,} draws [tCO2e]"

    def chances(self, path: TargetPath, *, measured: Measured = "relative") -> Chances:
        """Return the chance of meeting each year, window and budget of a path.

        Parameters
        ----------
        path : TargetPath
        measured : str, optional
            ``relative``: a target is a share of the base, so the error of measurement that base and later years
            share moves both; ``absolute``: the path's tonnes are exact.

        Returns
        -------
        Chances

        Raises
        ------
        BoundaryError
            If the path is for another boundary than the outcomes.
        UsageError
            If it is for other organisations, another base year, inventory or methodology, shares no year with the
            outcomes, or there is no such way to measure.
        """
        if measured not in ("relative", "absolute"):
            raise UsageError(f"'{measured}' is neither relative nor absolute")
        refuse_other(path.subject, self.subject, what="projected figures")
        if int(path.years[0]) == int(self.years[0]):  # which was measured
            path.refuse_other_base(float(self.tco2e[0]))
        first = max(int(self.years[0]), int(path.years[0]))
        held = (self.years >= first) & (self.years <= path.years[-1])
        if not held.any():
            raise UsageError(f"the path ends in {nhs_year(int(path.years[-1]))}, before the projection begins")
        moved = self.base if measured == "relative" else np.ones_like(self.base)
        years, draws = self.years[held], self.draws[held]
        limits = np.array([path.at(year) for year in years.tolist()])
        rows = [_row("year", "", (year, year), limit, _met(of_year, limit * moved))
                for year, limit, of_year in zip(years.tolist(), limits.tolist(), draws, strict=True)]  # fmt: skip
        for each in path.milestones:
            rows += self._of_milestone(each, moved)
        total, budget = draws.sum(axis=0), float(limits.sum())
        over = total - budget * moved
        rows.append(_row("budget", "", (int(years[0]), int(years[-1])), budget, _met(total, budget * moved)))
        worst = np.sort(total)[-max(1, len(total) // WORST) :]
        return Chances(pd.DataFrame(rows), float(np.maximum(over, 0).mean()), float(worst.mean()), measured,
                       path.reading, self.subject)  # fmt: skip

    def _of_milestone(self, each: Milestone, moved: Draws) -> list[dict[str, object]]:
        limit, window = each.tco2e * moved, (each.first_year, each.last_year)
        inside = (self.years >= each.first_year) & (self.years <= each.last_year)
        if inside.sum() < each.last_year - each.first_year + 1:
            return []  # the projection does not hold the whole window
        if each.kind == "net_zero":
            reached = _met(self.draws[self.years <= each.last_year], limit).any(axis=0)
            return [_row("net_zero_by", each.target, window, each.tco2e, reached)]
        of_window = self.draws[inside]
        readings = {"window_first": of_window[0], "window_mean": of_window.mean(axis=0), "window_end": of_window[-1]}
        return [_row(name, each.target, window, each.tco2e, _met(value, limit)) for name, value in readings.items()]


@dataclass(frozen=True, eq=False, repr=False)
class Chances(TableResult):
    """The chances of meeting a path.

    Attributes
    ----------
    table : pandas.DataFrame
        ``what`` (``year``; ``window_first``, ``window_mean`` and ``window_end``, the three readings of a window;
        ``net_zero_by``, at any time up to the year; ``budget``), ``target``, ``first_year``, ``last_year``,
        ``limit_tco2e``, ``probability``, ``standard_error`` of the draws, and the ``wording`` of the IPCC. A
        milestone whose window the projection does not hold in full has no row; the budget is of the years that
        the path and the projection share.
    expected_overshoot_tco2e : float
        The mean over all draws of what is emitted above the budget [tCO2e].
    worst_twentieth_tco2e : float
        The mean of the sums in the worst 5 % of the simulations (CVaR 95 %) [tCO2e].
    measured, reading : str
        How tonnes are measured, and how the path of the years and of the budget reads its windows.
    subject : Subject
        What they are about.
    """

    expected_overshoot_tco2e: float
    worst_twentieth_tco2e: float
    measured: str
    reading: str = "end"
    subject: Subject = field(default_factory=Subject)

    def verdicts(self) -> tuple[str, ...]:
        """Return the verdict on each window in both readings, as sentences.

        Examples
        --------
        >>> import nhscarbon as nc, pandas as pd
        >>> walk = nc.trajectory.random_walk(pd.Series({"2020": 100.0, "2021": 95.0, "2022": 91.0, "2023": 86.0}))
        >>> path = nc.targets()["carbon-footprint-interim-on-2019"].path(pd.Series({"2019": 104.0}))
        >>> walk.outcomes(2032).chances(path).verdicts()[0][:65]
        'carbon-footprint-interim-on-2019: in the first year of its window'
        """
        table = self._table
        said = []
        for target, part in table[table["what"].isin(["window_first", "window_end"])].groupby("target", sort=False):
            if part["first_year"].iloc[0] == part["last_year"].iloc[0]:
                continue
            first, end = (part[part["what"] == f"window_{each}"].iloc[0] for each in ("first", "end"))
            said.append(
                f"{target}: in the first year of its window, {first['first_year']}, {first['wording']} "
                f"({100 * first['probability']:.1f} %); by its end, {end['last_year']}, {end['wording']} "
                f"({100 * end['probability']:.1f} %)"
            )
        return tuple(said)

    def of(self, what: str, target: str = "") -> float:
        """Return one probability, of the last year where there are several.

        Raises
        ------
        UsageError
            If there is none of that name.
        """
        table = self._table
        found = table[(table["what"] == what) & ((table["target"] == target) | (not target))]
        if found.empty:
            raise UsageError(f"no chance of '{what[:40]}'; there are {', '.join(table['what'].unique())}")
        return float(found["probability"].iloc[-1])

    def _title(self) -> str:
        what = f" of the {boundary_name(self.subject.boundary)}" if self.subject.boundary else ""
        return f"Chances of meeting a path{what}, {self.measured}"

    def _about(self) -> dict[str, object]:
        return {"boundary": self.subject.boundary, "organisations": list(self.subject.organisations),
                "measured": self.measured, "reading": self.reading,
                "expected_overshoot_tco2e": self.expected_overshoot_tco2e,
                "worst_twentieth_tco2e": self.worst_twentieth_tco2e}  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        return (*(f"{each}." for each in self.verdicts()), f"Years and budget: windows read by their {self.reading}.")


def _met(tco2e: Draws, limit: Draws) -> NDArray[np.bool_]:
    """Tell where a figure is at or below its limit; one that equals it meets it, whatever its last bits."""
    return np.asarray(tco2e <= limit * (1 + SAME), np.bool_)


def _row(
    what: str, target: str, window: tuple[int, int], limit: float, met: NDArray[np.bool_] | np.bool_
) -> dict[str, object]:
    chance, draws = float(np.mean(met)), np.size(met)
    return {
        "what": what, "target": target, "first_year": nhs_year(window[0]), "last_year": nhs_year(window[1]),
        "limit_tco2e": limit, "probability": chance, "standard_error": monte_carlo_error(chance, draws),
        "wording": wording(chance),
    }  # fmt: skip


def monte_carlo_error(probability: float, draws: int) -> float:
    """Return the standard error of a share of the draws, at least that of one draw in all of them.

    >>> round(monte_carlo_error(0.5, 10_000), 4), round(monte_carlo_error(1.0, 10_000), 4)
    (0.005, 0.0001)
    """
    inside = min(max(probability, 1 / draws), 1 - 1 / draws)
    return float(np.sqrt(inside * (1 - inside) / draws))


def wording(probability: float) -> str:
    """Return the narrowest of the IPCC's terms for a probability.

    >>> wording(0.7), wording(0.05)
    ('likely', 'very unlikely')
    """
    return next(term for level, term in _terms() if probability >= level)


@lru_cache(maxsize=1)
def _terms() -> tuple[tuple[float, str], ...]:
    rows = load_pinned(data_root(), ROOM, PARAMETERS).rows("likelihood.csv")
    return tuple(sorted(((float(row["at_least"]), row["term"]) for row in rows), reverse=True))
