"""The written rules by which a footprint is said to be on track, to be watched or off track."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.output.text import short_repr

ROOM, RULES = "monitoring", "nhs-monitoring-1@1.0.0"
ON_TRACK, WATCH, OFF_TRACK, CANNOT_SAY = STATUSES = ("on_track", "watch", "off_track", "cannot_say")
NOTHING = 1e-9  # of the allowance: what arithmetic leaves at a threshold


@dataclass(frozen=True)
class Thresholds:
    """What decides a status.

    Attributes
    ----------
    below_percent, above_percent : float
        How far below its path a footprint is on track, and how far above it is off track [% of the path].
    pace_years : int
        How many complete years before the year that is judged the pace is taken over.
    """

    below_percent: float
    above_percent: float
    pace_years: int

    __repr__ = short_repr

    def status(self, tco2e: float, allowance_tco2e: float, *, pace_percent: float, required_percent: float) -> str:
        """Return the status of a footprint that was counted whole against what its path allows.

        Parameters
        ----------
        tco2e, allowance_tco2e : float
            What was emitted and what the path allows [tCO2e].
        pace_percent, required_percent : float
            How fast it falls, and how fast it must fall from now [% a year]; NaN where that is not known.

        Returns
        -------
        str
            ``on_track``, ``watch`` or ``off_track``. Exactly at a threshold is within it.

        Examples
        --------
        >>> rules = thresholds()
        >>> rules.status(97.9, 100.0, pace_percent=3.0, required_percent=3.0)
        'on_track'
        >>> rules.status(97.9, 100.0, pace_percent=2.9, required_percent=3.0)
        'watch'
        """
        gap, little = 100 * (tco2e - allowance_tco2e), NOTHING * max(abs(allowance_tco2e), abs(tco2e))
        if gap > self.above_percent * allowance_tco2e + little:
            return OFF_TRACK
        if gap >= -self.below_percent * allowance_tco2e - little:
            return WATCH
        return WATCH if pace_percent < required_percent - NOTHING else ON_TRACK


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """Return the rules of the package `nhs-monitoring-1`, verified."""
    held = {row["threshold"]: row["value"] for row in load_pinned(data_root(), ROOM, RULES).rows("thresholds.csv")}
    return Thresholds(
        float(held["on_track_below_percent"]), float(held["off_track_above_percent"]), int(held["pace_years"])
    )
