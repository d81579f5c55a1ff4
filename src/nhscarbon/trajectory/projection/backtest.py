"""How good a forecast would have been: rolling-origin back-tests, with the coverage of the bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.projection.statistical import FEWEST, RandomWalk, random_walk
from nhscarbon.trajectory.targets.series import Numbers, Tonnes, series_of, year_notes
from nhscarbon.trajectory.targets.target_path import TargetPath

BAND = 80  # % whose coverage is reported
HONEST = (0.70, 0.90)  # coverage of that band, outside which a method is flagged
ENOUGH = 20  # forecasts, below which their share inside a band says nothing
LEVELS = (np.arange(99) + 1) / 100  # of which the ranked probability score is the mean


@dataclass(frozen=True, eq=False, repr=False)
class BackTest(TableResult):
    """Skill of forecasts that were made from what was known at the time.

    Attributes
    ----------
    table : pandas.DataFrame
        By ``method`` and ``years_ahead``: ``forecasts``, ``mae_tco2e`` (mean absolute error of the median),
        ``crps_tco2e`` (continuous ranked probability score; of a line without bands its absolute error),
        ``coverage_80`` (share inside the 80 % band) and ``honest``: whether that is 70 to 90 %, from 20
        forecasts on.
    notes : tuple of str
        Which years of a history were left out as not whole, and which were supplied by someone else.
    """

    notes: tuple[str, ...] = ()

    def _notes(self) -> tuple[str, ...]:
        return self.notes

    def _title(self) -> str:
        return f"Back-test of {self._table['method'].nunique()} methods [tCO2e]"


def back_test(
    histories: Tonnes | Sequence[Tonnes],
    *,
    years_ahead: Sequence[int] = (1, 3),
    path: TargetPath | None = None,
    boundary: str | None = None,
) -> BackTest:
    """Forecast each year of histories from the years before it, and compare.

    Parameters
    ----------
    histories : pandas.Series, Footprint, SuppliedFootprint or sequence of them
        Tonnes by NHS year [tCO2e], such as one for each trust. Years of a footprint that are not whole are left out.
    years_ahead : sequence of int, optional
    path : TargetPath, optional
        Shows ``to_target``, a straight line to the path's end, beside the walks; of one history, which must be what
        the path is for.
    boundary : str, optional
        Of footprints, that of the path or the main total when left out; what series count, where they do not say so.

    Returns
    -------
    BackTest
        Of ``random_walk`` (drift estimated), ``no_change`` (no drift) and, with a path, ``to_target``.

    Raises
    ------
    UsageError
        If no history is long enough, a path is given for several or is for other organisations, or no year of a
        footprint is whole.
    BoundaryError
        If the path is for another boundary than the history.
    """
    many = [histories] if isinstance(histories, Tonnes) else list(histories)
    if path is not None and len(many) > 1:
        raise UsageError("a path is that of one history: test the others apart")
    errors: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
    series = [series_of(each, boundary=boundary) if path is None else path.judged(each, boundary=boundary)
              for each in many]  # fmt: skip
    for held in series:
        years = held.index.to_numpy()
        for origin in range(FEWEST + 1, len(held)):
            known, start = held.iloc[:origin], int(years[origin - 1])
            walks = {"random_walk": random_walk(known), "no_change": random_walk(known, drift=0.0)}
            for ahead in years_ahead:
                if start + ahead not in held.index:
                    continue
                actual = float(held[start + ahead])
                for name, walk in walks.items():
                    errors.setdefault((name, ahead), []).append(_score(walk, ahead, actual))
                if path is not None and start < path.years[-1]:
                    line = np.interp(start + ahead, [start, path.years[-1]], [float(known.iloc[-1]), path.tco2e[-1]])
                    miss = abs(float(line) - actual)
                    errors.setdefault(("to_target", ahead), []).append((miss, miss, float("nan")))
    if not errors:
        raise UsageError(f"a back-test needs a history of {FEWEST + 2} years or more, and one {min(years_ahead)} ahead")
    rows = []
    for (name, ahead), found in sorted(errors.items()):
        miss, crps, inside = (float(np.mean(column)) for column in zip(*found, strict=True))
        honest = "" if np.isnan(inside) else _honest(inside, len(found))
        rows.append((name, ahead, len(found), miss, crps, inside, honest))
    names = ["method", "years_ahead", "forecasts", "mae_tco2e", "crps_tco2e", f"coverage_{BAND}", "honest"]
    notes = dict.fromkeys(note for held in series for note in year_notes(held))
    return BackTest(pd.DataFrame(rows, columns=names), tuple(notes))


def _honest(inside: float, forecasts: int) -> str:
    if forecasts < ENOUGH:
        return "too few to say"
    return "yes" if HONEST[0] <= inside <= HONEST[1] else "no"


def _score(walk: RandomWalk, ahead: int, actual: float) -> tuple[float, float, float]:
    """Return the error of the median, the ranked probability score, and whether the band holds the figure."""
    found: Numbers = walk.quantiles(np.array([float(ahead)]), LEVELS)[:, 0]
    loss = np.where(actual >= found, LEVELS * (actual - found), (1 - LEVELS) * (found - actual))
    low, high = found[round(50 - BAND / 2) - 1], found[round(50 + BAND / 2) - 1]
    return abs(float(found[49]) - actual), 2 * float(loss.mean()), float(low <= actual <= high)
