"""The months that sites had of a group of activities, in each NHS year of a return and in what was sent before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import group_of
from nhscarbon.checks.rules.rows import Rows, first_of, kinds
from nhscarbon.periods import LAST_MONTH, nhs_year
from nhscarbon.sums.arithmetic import group

NAMES = ("organisation", "site", "activity", "period", "month")
YEAR = ""  # the month of a figure of the whole year
Key = tuple[str, str, str, str]  # organisation, site, group and NHS year


class Last(NamedTuple):
    """The year before of a site and group, which was whole: kgCO2e by month, or of the year under no month.

    `alone` says whether the site has one series of it, to be held against the whole.
    """

    kgco2e: Mapping[str, float]
    alone: bool

    def missing(self, absent: Sequence[str], given: float) -> float:
        """Return what months came to the year before; of a year's one figure, what is left of it. 0 where nothing."""
        if YEAR in self.kgco2e:
            return max(sum(self.kgco2e.values()) - given, 0.0)
        return sum(self.kgco2e.get(f"{int(month[:4]) - 1}{month[4:]}", 0.0) for month in absent)


@dataclass(frozen=True)
class Years:
    """What each site has of each group of activities in each NHS year, by month [kgCO2e].

    `of_return` has the months of the energy of each organisation and year, or of all that it has, without energy.
    """

    rows: Rows
    months: Mapping[Key, Mapping[str, float]]
    series: Mapping[Key, int]
    of_return: Mapping[tuple[str, str], set[str]]

    def last(self, here: Places, absent: Sequence[str]) -> Last | None:
        """Return the year before of some rows, if it was whole and the months that they lack are missing indeed.

        They are not where the site has them under another reference or contract. The year may not be over where no row
        of energy has one of them, or no row of a return without energy.
        """
        organisation, site, activity, year = (self.rows.words[name].text(here[0]) for name in NAMES[:4])
        key = (organisation, _plain(site), group_of(activity).name, year)
        own, others = self.months.get(key, {}), self.of_return.get((organisation, year), set())
        before = self.months.get((*key[:3], nhs_year(int(year[:4]) - 1)), {})
        whole = YEAR in before or len(before) == LAST_MONTH
        if not whole or YEAR in own or not {*absent}.isdisjoint(own):
            return None
        if YEAR not in others and not others.issuperset(absent):
            return None
        return Last(before, self.series.get(key, 0) == 1)


def is_energy(rows: Rows, here: Places) -> bool:
    """Tell whether rows are of energy, which is used in every month."""
    return bool(group_of(rows.words["activity"].text(here[0])).kind)


def years_of(rows: Rows) -> Years:
    """Return what each site has in each year of a return, and of the years before it."""
    months: dict[Key, dict[str, float]] = {}
    of_return: tuple[dict[tuple[str, str], set[str]], ...] = ({}, {})  # of what is no energy, and of energy
    weights = np.zeros(len(rows)) if rows.entries.weights is None else rows.entries.weights
    where = np.flatnonzero(rows.known & (rows.words["organisation"].codes != BLANK))
    for words, kgco2e in _sums(rows.words, where, weights):
        key, month = _key(words), words[-1]
        months.setdefault(key, {})[month] = months.get(key, {}).get(month, 0.0) + kgco2e
        of_return[bool(group_of(words[2]).kind)].setdefault((key[0], key[3]), set()).add(month)
    series: dict[Key, int] = {}
    if len(where):
        cell = rows.cells(NAMES[:4], where)
        for place, count in zip(
            where[first_of(cell)].tolist(), kinds(cell, rows.measured[0][where]).tolist(), strict=True
        ):
            key = _key([rows.words[name].text(place) for name in NAMES[:4]])
            series[key] = series.get(key, 0) + count
    if (past := rows.past) is not None and past.detailed:
        own = {*months}
        where = np.flatnonzero(past.known & (past.columns["organisation"].codes != BLANK) & np.isfinite(past.quantity)
                               & (past.rows > 0))  # fmt: skip
        for words, kgco2e in _sums(past.columns, where, past.kgco2e):
            if (key := _key(words)) not in own:
                months.setdefault(key, {})[words[-1]] = months.get(key, {}).get(words[-1], 0.0) + kgco2e
    return Years(rows, months, series, of_return[False] | of_return[True])


def _sums(
    columns: Mapping[str, Column], where: Places, kgco2e: Places | np.ndarray
) -> list[tuple[tuple[str, ...], float]]:
    """Return the distinct words of some cells, a blank as the empty word, with what they come to together."""
    chosen = [columns[name].part(where) for name in NAMES]
    codes = [each.codes.astype(np.int64) + 1 for each in chosen]
    of, found = group(codes, [len(each.labels) + 1 for each in chosen])
    total = np.bincount(of, np.nan_to_num(kgco2e[where]), len(found)).tolist() if len(where) else []
    labels = [("", *each.labels) for each in chosen]
    return [(tuple(label[code] for label, code in zip(labels, line, strict=True)), weight)
            for line, weight in zip(found.tolist(), total, strict=True)]  # fmt: skip


def _key(words: Sequence[str]) -> Key:
    organisation, site, activity, year = words[:4]
    return organisation, _plain(site), group_of(activity).name, year


def _plain(site: str) -> str:
    return " ".join(site.upper().split())
