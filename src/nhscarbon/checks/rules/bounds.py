"""What trusts have, as statistics, and the slips that a figure far from it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from nhscarbon.methods.data_package import data_root, load_pinned

ROOM, PACKAGE = "plausibility", "estates-2013-2023-1@1.0.0"
BEFORE, BODY = "year_before", "organisation"  # held against the body's year before, and against every trust


@dataclass(frozen=True)
class Slip:
    """A known way to be wrong by a factor: `times` it, named from `low` to `high` times what is usual."""

    name: str
    times: float
    low: float
    high: float
    what: str

    @property
    def code(self) -> str:
        """The code of its findings."""
        return f"slip_{self.name}"

    def fits(self, ratio: float) -> bool:
        """Tell whether something this many times the usual is wrong in this way."""
        return self.low <= ratio <= self.high


class Odd(NamedTuple):
    """What is out of proportion in a value: the code and variant of its finding, and what its text names."""

    code: str
    variant: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Usual:
    """What trusts have of an activity by something: quantiles over trusts and years, in `unit` by one of it."""

    unit: str
    statistics: Mapping[str, float]

    def between(self, value: float, low: str, high: str) -> bool:
        """Tell whether a value is between two of the statistics; one that is not there sets no limit."""
        return self.statistics.get(low, 0.0) <= value <= self.statistics.get(high, float("inf"))

    @property
    def middle(self) -> float:
        """The geometric mean of the 10th and 90th of a hundred: what is usual lies about it by factors."""
        return sqrt(self.statistics["p10"] * self.statistics["p90"])

    @property
    def most(self) -> str:
        """The upper statistic: of bodies the largest that there was, else the 99th of a hundred."""
        return "max" if "max" in self.statistics else "p99"


@lru_cache(maxsize=1)
def plausible_bounds() -> tuple[Mapping[tuple[str, str], Usual], tuple[Slip, ...]]:
    """Return what is usual of each activity, by what it is held against, and the known slips.

    Source: Estates Returns Information Collection 2013/14 to 2023/24, quantiles over trusts and years.
    """
    package = load_pinned(data_root(), ROOM, PACKAGE)
    found: dict[tuple[str, str], tuple[str, dict[str, float]]] = {}
    for row in package.rows("bounds.csv"):
        found.setdefault((row["activity"], row["per"]), (row["unit"], {}))[1][row["statistic"]] = float(row["value"])
    slips = tuple(
        Slip(row["slip"], float(row["times"]), float(row["from"]), float(row["to"]), row["note"])
        for row in package.rows("slips.csv")
    )
    return {key: Usual(*each) for key, each in found.items()}, slips


def judge(value: float, per: str, usual: Usual | None) -> Odd | None:
    """Return what is out of proportion in a value; None where nothing is.

    Parameters
    ----------
    value : float
        Above 0; by one of `per`, in the unit of `usual`; for the year before, how many times it.
    per : str
        ``year_before``, ``organisation``, or a measure such as a floor area.
    usual : Usual or None
        Without it only slips against the year before are found.
    """
    return _slip(value, per, usual) or (_outside(value, per, usual) if usual else None)


def _slip(value: float, per: str, usual: Usual | None) -> Odd | None:
    if per == BEFORE:
        ratio = value
    elif usual and not usual.between(value, "p01", usual.most):
        ratio = value / usual.middle
    else:
        return None
    for slip in plausible_bounds()[1]:
        if slip.fits(ratio) or slip.fits(1 / ratio):
            said = {"times": times(ratio), "slip": slip.what}
            if per not in (BEFORE, BODY):
                return Odd(slip.code, "measure", {**said, "measure": per.replace("_", " ")})
            return Odd(slip.code, "before" if per == BEFORE else "body", said)
    return None


def _outside(value: float, per: str, usual: Usual) -> Odd | None:
    if usual.between(value, "p01", usual.most):
        return None
    if per == BODY:
        most = figure(usual.statistics["max"])
        return Odd("beyond_every_trust", "", {"most": most, "usual_unit": usual.unit})
    low, high = figure(usual.statistics["p01"]), figure(usual.statistics["p99"])
    if per == BEFORE:
        return Odd("year_on_year", "", {"times": times(value), "low": low, "high": high})
    measure = per.replace("_", " ")
    return Odd(
        "intensity_implausible", "",
        {"figure": figure(value), "usual_unit": usual.unit, "measure": measure, "low": low, "high": high},
    )  # fmt: skip


def times(ratio: float) -> str:
    """Say a ratio: ``12 times``, ``1/12 of``."""
    return f"{figure(ratio, 3)} times" if ratio >= 1 else f"1/{figure(1 / ratio, 3)} of"


def figure(value: float, digits: int = 4) -> str:
    """Say a number as people write it, never in powers of ten.

    Examples
    --------
    >>> figure(579974987.0), figure(2637.4, 3), figure(0.01211)
    ('580,000,000', '2,640', '0.01211')
    """
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10**digits or rounded.is_integer() else f"{rounded:,.{digits}g}"
