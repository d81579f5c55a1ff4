"""From history alone: a random walk of the logarithm with drift, with intervals that know how little is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nhscarbon.analysis.uncertainty.sampling import normal_of, uniform_of
from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.projection.outcomes import BANDS, Outcomes
from nhscarbon.trajectory.targets.series import Numbers, Tonnes, series_of, year_notes, year_number, year_texts
from nhscarbon.trajectory.targets.subject import Subject, of_series

FEWEST = 2  # changes: one gives a drift and no spread


@dataclass(frozen=True)
class RandomWalk:
    """A random walk of the logarithm: ``d ln E ~ N(drift, sd^2)`` a year.

    Attributes
    ----------
    last_year : int
    last_tco2e : float
        Where it stands [tCO2e].
    drift, sd : float
        Of the change of the logarithm in one year.
    changes : int
        How many changes `sd` was estimated from; 0 where drift and sd are taken as known.
    span : int
        The years that they cover.
    estimated_drift : bool
        Whether the drift is estimated too, or set.
    subject : Subject
        What the history is about.
    notes : tuple of str
        Which years were left out as not whole, and which were supplied by someone else.
    """

    last_year: int
    last_tco2e: float
    drift: float
    sd: float
    changes: int = 0
    span: int = 0
    estimated_drift: bool = True
    subject: Subject = field(default_factory=Subject)
    notes: tuple[str, ...] = ()

    __repr__ = short_repr

    @property
    def freedom(self) -> int:
        """The degrees of freedom that `sd` was estimated with."""
        return self.changes - 1 if self.estimated_drift else self.changes

    def spread(self, ahead: Numbers) -> Numbers:
        """Return the scale of the logarithm so many years ahead: the walk's, and that of its drift."""
        drift = ahead**2 / self.span if self.changes and self.estimated_drift else 0.0
        return np.asarray(self.sd * np.sqrt(ahead + drift), np.float64)

    def probability(self, tco2e: float, year: str | int) -> float:
        """Return the chance that a year is at or below a figure.

        Raises
        ------
        UsageError
            If the year is not after the last of the history, or the figure is not above zero.
        """
        ahead = year_number(year) - self.last_year
        if ahead < 1 or not tco2e > 0:
            raise UsageError("a chance is of a later year, and of a figure above zero")
        far = math.log(tco2e / self.last_tco2e) - self.drift * ahead
        scale = float(self.spread(np.array([float(ahead)]))[0])
        if not scale:
            return float(far >= 0)
        return float(_cdf(far / scale, self.freedom if self.changes else 0))

    def quantiles(self, ahead: Numbers, levels: Numbers) -> Numbers:
        """Return levels of the distribution so many years ahead [tCO2e], shape (levels, years)."""
        unit = _ppf(levels, self.freedom if self.changes else 0)
        return np.asarray(
            self.last_tco2e * np.exp(self.drift * ahead + unit[:, None] * self.spread(ahead)[None, :]), np.float64
        )

    def forecast(self, to: str | int) -> pd.DataFrame:
        """Return the bands of each year: ``year``, ``median`` and ``low_50`` to ``high_95`` [tCO2e].

        Raises
        ------
        UsageError
            If the year is not after the last of the history.
        """
        last = year_number(to)
        if last <= self.last_year:
            raise UsageError(f"the history ends in {nhs_year(self.last_year)}; {to} is not after it")
        ahead = np.arange(1, last - self.last_year + 1, dtype=np.float64)
        levels = np.array([0.5, *(0.5 + sign * each / 200 for each in BANDS for sign in (-1, 1))])
        found = self.quantiles(ahead, levels)
        names = ["median", *(f"{side}_{each}" for each in BANDS for side in ("low", "high"))]
        years = year_texts(self.last_year + ahead.astype(np.int64))
        return pd.DataFrame({"year": years, **dict(zip(names, found, strict=True))})

    def outcomes(self, to: str | int, *, draws: int = 8192, seed: int = 2026, name: str = "") -> Outcomes:
        """Return whole paths, for chances of windows and budgets.

        Parameters
        ----------
        to : str
            The last year.
        draws : int, optional
        seed : int, optional
        name : str, optional
            Such as the organisation: walks of one name share their draws, of two do not.

        Returns
        -------
        Outcomes
            From the last year of the history, which is exact, to the last.
        """
        ahead = year_number(to) - self.last_year
        if ahead < 1:
            raise UsageError(f"the history ends in {nhs_year(self.last_year)}; {to} is not after it")
        sd = np.full(draws, self.sd)
        drift = np.full(draws, self.drift)
        if self.changes:
            from scipy.special import chdtri  # noqa: PLC0415  a quarter of a second, and only needed here

            sd = self.sd * np.sqrt(self.freedom / chdtri(self.freedom, uniform_of(("walk_sd", name), draws, seed)))
            if self.estimated_drift:
                drift = drift + sd / math.sqrt(self.span) * normal_of(("walk_drift", name), draws, seed)
        steps = [drift + sd * normal_of(("walk", name, nhs_year(self.last_year + n)), draws, seed)
                 for n in range(1, ahead + 1)]  # fmt: skip
        logs = np.cumsum(np.vstack([np.zeros(draws), *steps]), axis=0)
        years = np.arange(self.last_year, self.last_year + ahead + 1, dtype=np.int64)
        central = self.last_tco2e * np.exp(self.drift * np.arange(ahead + 1))
        return Outcomes(years, central, self.last_tco2e * np.exp(logs), np.ones(draws), self.subject)


def random_walk(series: Tonnes, *, drift: float | None = None, boundary: str | None = None) -> RandomWalk:
    """Estimate a random walk of the logarithm from a history.

    Parameters
    ----------
    series : pandas.Series, Footprint or SuppliedFootprint
        Tonnes by NHS year [tCO2e]; years may be missing between. Years of a footprint that are not whole are left
        out, and `RandomWalk.notes` says which.
    drift : float, optional
        Of the logarithm in one year, where it is set (0: no change) instead of estimated.
    boundary : str, optional
        Of a footprint, the main total when left out; what a series counts, where it does not say so.

    Returns
    -------
    RandomWalk
        Its intervals are Student's: ``t[k-1] s sqrt(n + n^2/k)``, k changes, n years ahead.

    Raises
    ------
    UsageError
        If there are fewer than two changes, a figure is zero, or no year of a footprint is whole.
    BoundaryError
        If the footprint cannot be totalled in the boundary, or the series counts another.

    Examples
    --------
    >>> import pandas as pd
    >>> walk = random_walk(pd.Series({"2020/21": 100.0, "2021/22": 95.0, "2022/23": 93.0, "2023/24": 88.0}))
    >>> round(100 * walk.drift, 1), walk.changes
    (-4.3, 3)
    """
    held = series_of(series, boundary=boundary)
    if len(held) <= FEWEST or not (held > 0).all():
        raise UsageError(
            f"a walk is estimated from {FEWEST + 1} years or more, each above zero.", advice=" ".join(year_notes(held))
        )
    years = held.index.to_numpy()
    gaps = np.diff(years).astype(np.float64)
    moves = np.diff(np.log(held.to_numpy()))
    span = int(gaps.sum())
    middle = float(moves.sum()) / span if drift is None else drift
    freedom = len(moves) - (drift is None)
    sd = math.sqrt(float(((moves - middle * gaps) ** 2 / gaps).sum()) / freedom)
    return RandomWalk(int(years[-1]), float(held.iloc[-1]), middle, sd, len(moves), span, drift is None,
                      of_series(held), year_notes(held))  # fmt: skip


def _cdf(value: float, freedom: int) -> float:
    from scipy.special import ndtr, stdtr  # noqa: PLC0415  a quarter of a second, and only needed here

    return float(stdtr(freedom, value) if freedom else ndtr(value))


def _ppf(levels: Numbers, freedom: int) -> Numbers:
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415  a quarter of a second, and only needed here

    return np.asarray(stdtrit(freedom, levels) if freedom else ndtri(levels), np.float64)
