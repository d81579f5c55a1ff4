"""Which codes of a return were not in use in its years, by cells: for organisations and sites alike. No rule itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.checks.hits import Grouped, Places
from nhscarbon.organisations.index import OrganisationIndex, days_of_years
from nhscarbon.organisations.lookup import closed_sentence
from nhscarbon.organisations.register import day_text


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs of a code and an NHS year, and the cells of each."""

    pairs: tuple[tuple[str, str], ...]
    cells: Grouped


NONE = Pairs((), Grouped(np.zeros(0, np.int64), np.zeros(0, np.int64), 0))


def out_of_use(
    columns: Mapping[str, Column], name: str, wanted: NDArray[np.bool_], places: Places, index: OrganisationIndex
) -> tuple[Pairs, Pairs]:
    """Return the pairs of code and year whose code had closed before the year, and those that opened after it.

    Only the cells of codes that were not in use in all years of the table are looked at: few, as a rule.

    Parameters
    ----------
    columns : Mapping[str, Column]
        With ``period`` as NHS years.
    name : str
        The column of codes.
    wanted : bool array, shape (labels,)
    places : int64 array, shape (labels,)
        Of `OrganisationIndex.places`.
    index : OrganisationIndex
    """
    column, period = columns[name], columns["period"]
    if not period.labels or not wanted.any():
        return NONE, NONE
    first, last = days_of_years(period.labels)
    opened, closed = index.opened[places], index.closed[places]
    doubtful = wanted & ((closed <= first.max()) | (opened > last.min()))
    if not doubtful.any():
        return NONE, NONE
    at = column.where(np.append(doubtful, False))
    at = at[period.part(at).codes >= 0]
    code, year = column.part(at).numbers, period.part(at).numbers
    return (
        _pairs(at, code, year, closed[code] <= first[year], column, period),
        _pairs(at, code, year, opened[code] > last[year], column, period),
    )


def _pairs(at: Places, code: Places, year: Places, where: NDArray[np.bool_], column: Column, period: Column) -> Pairs:
    if not where.any():
        return NONE
    years = len(period.labels)
    distinct, group = np.unique(code[where] * years + year[where], return_inverse=True)
    pairs = tuple((column.labels[each // years], period.labels[each % years]) for each in distinct.tolist())
    return Pairs(pairs, Grouped(at[where], group.astype(np.int64), len(pairs)))


def closed_before(code: str, year: str, index: OrganisationIndex) -> tuple[str, str]:
    """Return what is said of a code that had closed before an NHS year, and its one successor in it, if it has one."""
    last = int(days_of_years([year])[1][0])
    successors = [(each.code, each.share) for each in index.successors(code)]
    followed = index.followed_by(code, last)
    day = day_text(int(index.closed[index.number[code]]))
    known = closed_sentence(code, day, successors, followed, index.said_of(code))
    return f"{known}.", followed[0] if len(followed) == 1 else ""


def not_open_yet(code: str, year: str, index: OrganisationIndex) -> str:
    """Return what is said of a code that opened after an NHS year."""
    opened = day_text(int(index.opened[index.number[code]]))
    return f"{code} opened on {opened}, after the end of {year}."
