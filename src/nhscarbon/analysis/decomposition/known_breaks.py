"""The known breaks of the published factors: rows that moved by 15 % or more from one edition to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.output.text import short_repr

PACKAGE = "ukgov-breaks-1@1.0.0"
ROOM = "breaks"


@dataclass(frozen=True, slots=True)
class Break:
    """One factor row that moved between two editions.

    `nhs_year` is the first that the new value serves; `reason` and its `source` are empty where none was
    found; numbers are text as in the package.
    """

    factor_id: str
    nhs_year: str
    previous_value: str
    value: str
    change_percent: str
    listed_as: str
    reason: str
    source: str

    __repr__ = short_repr

    def __str__(self) -> str:
        return f"{self.nhs_year} {float(self.change_percent):+.0f} %" + (f": {self.reason}" if self.reason else "")


@lru_cache(maxsize=1)
def known_breaks() -> Mapping[str, tuple[Break, ...]]:
    """Return the known breaks of each factor id, in the order of their years.

    Raises
    ------
    IntegrityError
        If the package is not the one that was released.

    Examples
    --------
    >>> [str(each) for each in known_breaks()["water.supply.direct.m3"]][0]
    "2021/22 -57 %: new source, the water companies' Carbon Accounting Workbooks"
    """
    found: dict[str, list[Break]] = {}
    for row in load_pinned(data_root(), ROOM, PACKAGE).rows("breaks.csv"):
        try:
            each = Break(**row)
        except TypeError as error:
            raise IntegrityError(f"{PACKAGE} has other columns than a break has: {error}") from error
        found.setdefault(each.factor_id, []).append(each)
    return {factor_id: tuple(sorted(rows, key=lambda row: row.nhs_year)) for factor_id, rows in found.items()}


def breaks_between(factor_id: str, years: tuple[str, str]) -> tuple[Break, ...]:
    """Return the breaks of a factor row after one NHS year up to another, whichever is the earlier."""
    first, last = sorted(years)
    return tuple(each for each in known_breaks().get(factor_id, ()) if first < each.nhs_year <= last)
