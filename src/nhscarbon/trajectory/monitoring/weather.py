"""Energy corrected for the weather: a line on degree days, and what is left over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.results import TableResult

FEWEST = 12  # months: a line through less than a year has not seen every season


@dataclass(frozen=True, eq=False, repr=False)
class WeatherCorrection(TableResult):
    """Energy as it would have been in normal weather.

    Attributes
    ----------
    table : pandas.DataFrame
        By the index of the energy: ``energy``, ``expected`` (by the line), ``corrected`` (to normal weather) and
        ``cusum`` (running sum of energy less expected), all in the unit of the energy.
    base_load : float
        The line's value without degree days.
    per_degree_day : dict
        The slope of ``heating`` and, where given, ``cooling``.
    explained : float
        The share of the variance that the line explains.
    """

    base_load: float
    per_degree_day: dict[str, float]
    explained: float

    def _title(self) -> str:
        explained = f"the line explains {self.explained:.0%} of the variance"
        return f"Energy corrected for the weather, {len(self._table)} months; {explained}"

    def _about(self) -> dict[str, object]:
        return {"base_load": self.base_load, "per_degree_day": self.per_degree_day, "explained": self.explained}


def correct_for_weather(
    energy: pd.Series,
    heating: pd.Series,
    *,
    normal_heating: pd.Series,
    cooling: pd.Series | None = None,
    normal_cooling: pd.Series | None = None,
) -> WeatherCorrection:
    """Correct monthly energy for the weather: ``E = a + b HDD (+ c CDD)``, least squares.

    Parameters
    ----------
    energy : pandas.Series
        Of one site or trust, by month; any unit.
    heating : pandas.Series
        Heating degree days of the same months, of one base temperature.
    normal_heating : pandas.Series
        Normal degree days of the same months, such as the mean of 20 years.
    cooling, normal_cooling : pandas.Series, optional
        Cooling degree days and their normal; both or neither.

    Returns
    -------
    WeatherCorrection

    Raises
    ------
    UsageError
        If there are fewer than 12 months, the months differ, a figure is missing, degree days do not vary, or
        energy falls with degree days: a line that has not found the weather corrects nothing.
    """
    if (cooling is None) != (normal_cooling is None):
        raise UsageError("cooling degree days come with their normal, or not at all")
    terms = {"heating": (heating, normal_heating)}
    if cooling is not None and normal_cooling is not None:
        terms["cooling"] = (cooling, normal_cooling)
    for each in (column for pair in terms.values() for column in pair):
        if not each.index.equals(energy.index):
            raise UsageError("degree days and energy are of different months: bring both to the same index")
    if len(energy) < max(FEWEST, len(terms) + 2):
        raise UsageError(f"{len(energy)} months are too few to see the weather in; {FEWEST} or more are needed")
    used = np.asarray(energy, np.float64)
    days = np.column_stack([np.asarray(given, np.float64) for given, _ in terms.values()])
    normal = np.column_stack([np.asarray(usual, np.float64) for _, usual in terms.values()])
    if not (np.isfinite(used).all() and np.isfinite(days).all() and np.isfinite(normal).all()):
        raise UsageError("a month lacks its energy or its degree days: leave the month out of all")
    design = np.column_stack([np.ones(len(used)), days])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise UsageError("degree days do not vary apart from each other, so that no line can be found")
    found, *_ = np.linalg.lstsq(design, used, rcond=None)
    slopes = dict(zip(terms, found[1:].tolist(), strict=True))
    falling = [name for name, slope in slopes.items() if slope < 0]
    if falling:
        raise UsageError(
            f"energy falls with {' and '.join(falling)} degree days: this energy is not used for it, or the months "
            "do not belong together; nothing was corrected"
        )
    expected = design @ found
    left = used - expected
    spread = float(((used - used.mean()) ** 2).sum())
    table = pd.DataFrame(
        {"energy": used, "expected": expected, "corrected": used - (days - normal) @ found[1:],
         "cusum": np.cumsum(left)}, index=energy.index,
    )  # fmt: skip
    return WeatherCorrection(
        table, float(found[0]), slopes, 1 - float((left**2).sum()) / spread if spread else float("nan")
    )
