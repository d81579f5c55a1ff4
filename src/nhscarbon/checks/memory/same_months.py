"""What of two years can be compared: the months that both have, or both years whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.checks.hits import Places
from nhscarbon.periods import APRIL, LAST_MONTH

Has = NDArray[np.bool_]  # of each series and year, what it has: twelve months, and last what names no month


def month_places(month: Column) -> Places:
    """Return which month of its NHS year each cell is, from 0 for April; -1 of a cell without a month.

    Parameters
    ----------
    month : Column
        Months such as ``2024-04``.
    """
    places = [(int(label[5:7]) - APRIL) % LAST_MONTH for label in month.labels]
    found: Places = month.looked_up(np.array([*places, BLANK], np.int64))
    return found


def compared(series: Places, year: Places, month: Places) -> tuple[Mask, Mask]:
    """Tell which cells count when their year is compared with the year before, and which with the year after.

    Of two years by month those months count that both have. A whole year, in one figure or in twelve months, is
    compared with a whole year; with part of one nothing is compared. What only one of the two years has counts: it is
    new, or has gone.

    Parameters
    ----------
    series : int64 array, shape (cells,)
        What is compared, such as an activity of a site: a number from 0, the same in all years.
    year : int64 array, shape (cells,)
        In which the NHS year begins.
    month : int64 array, shape (cells,)
        As `month_places` gives it.

    Returns
    -------
    with_before, with_after : bool array, shape (cells,)

    Examples
    --------
    Twelve months, and one April of the year after: April is compared with April.

    >>> month = np.array([*range(12), 0])
    >>> with_before, with_after = compared(np.zeros(13, np.int64), np.array([2022] * 12 + [2023]), month)
    >>> with_before[-1], np.flatnonzero(with_after[:12]).tolist()
    (np.True_, [0])
    """
    if not len(series):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    first = int(year.min())
    keys = series * (int(year.max()) - first + 2) + year - first  # one more: no series follows on another's last year
    found, line = np.unique(keys, return_inverse=True)
    has = np.zeros((len(found), LAST_MONTH + 1), np.bool_)
    has[line, month] = True
    both = []
    for step in (-1, 1):
        at = np.searchsorted(found, found + step).clip(max=len(found) - 1)
        other = has[at] & (found[at] == found + step)[:, None]
        both.append(_shared(has, other)[line, month])
    return both[0], both[1]


def part_of_year(group: Places, groups: int, month: Column) -> Mask:
    """Tell which groups of cells are given by month, and not for all twelve.

    Parameters
    ----------
    group : int64 array, shape (cells,)
        The group of each, from 0; those of a group are of one year.
    groups : int
    month : Column
        The month of each.
    """
    has = np.zeros((groups, LAST_MONTH + 1), np.bool_)
    has[group, month_places(month)] = True
    by_month, whole = _form(has)
    found: Mask = by_month & ~whole
    return found


def _shared(has: Has, other: Has) -> Has:
    """Return what of each line counts beside the other year's."""
    (by_month, whole), (other_by_month, other_whole) = map(_form, (has, other))
    count = has & (~other.any(axis=1) | (whole & other_whole))[:, None]
    found: Has = np.where((by_month & other_by_month)[:, None], has & other, count)
    return found


def _form(has: Has) -> tuple[Mask, Mask]:
    """Tell which lines have months alone, and which have the whole year."""
    months, year = has[:, :LAST_MONTH], has[:, LAST_MONTH]
    return months.any(axis=1) & ~year, year | months.all(axis=1)
