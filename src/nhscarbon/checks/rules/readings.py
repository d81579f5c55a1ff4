"""Meters whose readings were sent in place of what was used: they only rise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.rules.bounds import figure
from nhscarbon.checks.rules.rows import Rows, in_order
from nhscarbon.findings import Finding

RISING_MONTHS, RISEN = 10, 2  # months that only rise, and how many times the first the last is: no season does that


def readings(rows: Rows) -> Iterator[Finding]:
    """Find months that only rise, each above the one before: the readings of a meter, not what was used."""
    known = rows.known & np.isfinite(rows.quantity) & (rows.words["organisation"].codes != BLANK)
    place = np.flatnonzero(known & (rows.words["month"].codes != BLANK))
    if not len(place):
        return
    month = rows.words["month"].codes[place].astype(np.int64)
    order = in_order(month)
    order = order[in_order(rows.series[place][order])]
    month, place = month[order], place[order]
    pairs = rows.series[place] * (int(month.max()) + 1) + month
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    lasts = np.append(firsts[1:], len(pairs))
    total = np.add.reduceat(rows.quantity[place], firsts)
    starts = np.flatnonzero(np.diff(pairs[firsts] // (int(month.max()) + 1), prepend=-1))
    count = np.diff(np.append(starts, len(firsts)))
    rises = np.concatenate([[0], np.cumsum(np.diff(total) > 0)])
    first, last = total[starts], total[starts + count - 1]
    rising = (rises[starts + count - 1] - rises[starts] == count - 1) & (first > 0) & (last >= RISEN * first)
    for each in np.flatnonzero(rising & (count >= RISING_MONTHS)).tolist():
        at = int(starts[each] + count[each]) - 1
        yield from rows.findings(
            place[firsts[at] : lasts[at]], "readings_cumulative", "", "quantity",
            months=int(count[each]), first=figure(first[each]), last=figure(last[each]),
        )  # fmt: skip


ROW_RULES = (readings,)
