"""Declared gaps: activities and NHS years for which no factor was published, and what is bought only now and then.

They are a package of their own, outside the digest of a methodology: a gap that is declared changes no tonne.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import cast

from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.methodology import Methodology

ROOM, PACKAGE = "gaps", "nhs-gaps-1@1.0.0"


@dataclass(frozen=True, slots=True)
class DeclaredGap:
    """An activity, or a pattern of them with ``*``, that has no published factor in some NHS years."""

    activity: str
    first_period: str
    last_period: str
    reason: str
    source: str

    def covers(self, activity: str, period: str) -> bool:
        """Return whether the gap is of an activity in an NHS year."""
        return self.first_period <= period <= self.last_period and fnmatchcase(activity, self.activity)


@lru_cache(maxsize=1)
def declared_gaps() -> tuple[DeclaredGap, ...]:
    """Return every declared gap, in the order of the table.

    Returns
    -------
    tuple of DeclaredGap
        Both NHS years of each are included.

    Raises
    ------
    IntegrityError
        If the package is not byte for byte the one that was frozen.

    Examples
    --------
    >>> [gap.first_period for gap in declared_gaps() if gap.activity == "waste.domestic.recycling"]
    ['2022/23']
    """
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("gaps.csv")
    return tuple(
        DeclaredGap(row["activity"], row["first_period"], row["last_period"], row["reason"], row["source"])
        for row in rows
    )


@kept(4096)
def declared_gap(activity: str, period: str) -> DeclaredGap | None:
    """Return the declared gap of an activity in an NHS year, or None where none is declared.

    Parameters
    ----------
    activity : str
        A catalogue code.
    period : str
        An NHS year such as ``"2023/24"``.

    Examples
    --------
    >>> declared_gap("waste.domestic.recycling", "2023/24").last_period
    '2025/26'
    >>> declared_gap("waste.domestic.recycling", "2026/27") is None
    True
    """
    return next((gap for gap in declared_gaps() if gap.covers(activity, period)), None)


def offered_codes(method: Methodology, years: frozenset[str]) -> frozenset[str]:
    """Return the codes that advice may name: those with a factor, or a declared gap, in any of some NHS years.

    Of years that the methodology does not serve, any of its own years counts.
    """
    known = method.answers.get((offered_codes.__name__, years))
    if known is None:
        served = [year for year in method.periods if year in years] or list(method.periods)
        known = method.answers[offered_codes.__name__, years] = frozenset(
            code for code in method.catalogue.activities
            if any(method.factors(code, year) or declared_gap(code, year) for year in served)
        )  # fmt: skip
    return cast("frozenset[str]", known)


@lru_cache(maxsize=1)
def _purchases() -> tuple[str, ...]:
    return tuple(row["activity"] for row in load_pinned(data_root(), ROOM, PACKAGE).rows("purchases.csv"))


@kept(4096)
def bought_when_needed(activity: str) -> bool:
    """Return whether months without a row of an activity are no gap: it is bought when it is needed.

    Examples
    --------
    >>> bought_when_needed("refrigerant.R410A"), bought_when_needed("energy.natural_gas")
    (True, False)
    """
    return any(fnmatchcase(activity, pattern) for pattern in _purchases())
