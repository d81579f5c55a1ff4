"""The months of a row of the year as one: what is copied, exchanged or on another site is the row, not each month."""

from __future__ import annotations

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Grouped, Places
from nhscarbon.checks.memory.slots import ACTIVITY, GROUP, METER, SITE, Sent, summed
from nhscarbon.sums.arithmetic import group as numbered

OF_ROW = ("organisation", SITE, ACTIVITY, GROUP, METER)


def whole_years(side: Sent, monthly: Mask, month: Places, unnamed: int) -> tuple[Sent, Grouped]:
    """Return what was sent with its months added up, and the cells that each is made of.

    A reference that each month has another of, such as the number of a bill, tells no rows apart.

    Parameters
    ----------
    side : Sent
    monthly : bool array, shape (cells,)
        Cells that are of a month; the others stay as they are.
    month : int64 array, shape (cells,)
        What tells months apart.
    unnamed : int
        The number of no reference.

    Returns
    -------
    Sent
        ``cell`` numbers its cells from 0.
    Grouped
        Of each of them, the cells of the return.
    """
    count = len(side.cell)
    if not monthly.any():
        return side._replace(cell=np.arange(count)), Grouped(side.cell, np.arange(count), count)
    words = {**side.words, METER: np.where(_is_bill(side, monthly, month), unnamed, side.words[METER])}
    apart = np.where(monthly, 0, np.arange(1, count + 1))
    columns = [*(words[name] for name in OF_ROW), apart]
    number, found = numbered(columns, [int(each.max()) + 1 for each in columns])
    size = len(found)
    in_month, which = np.unique(np.stack([number, month]), axis=1, return_inverse=True)
    rows = np.zeros(size, np.int64)  # two rows in a month are two rows
    np.maximum.at(rows, in_month[0], np.bincount(which, side.rows).astype(np.int64))
    year = Sent(
        {name: found[:, at].astype(np.int64) for at, name in enumerate(OF_ROW)},
        summed(number, side.quantity, size), summed(number, np.nan_to_num(side.kgco2e), size),
        rows, np.arange(size),
    )  # fmt: skip
    return year, Grouped(side.cell, number, size)


def _is_bill(side: Sent, monthly: Mask, month: Places) -> Mask:
    """Tell which cells have a reference of one month, where their site and activity have several months."""
    counts = []
    for names in (OF_ROW, OF_ROW[:-1]):
        columns = [np.where(monthly, side.words[name], 0) for name in names]
        sizes = [int(each.max()) + 1 for each in columns]
        of, found = numbered(columns, sizes)
        pairs = np.unique(np.stack([of, np.where(monthly, month, -1)]), axis=1)
        counts.append(np.bincount(pairs[0], pairs[1] >= 0, len(found))[of])
    bill: Mask = monthly & (counts[0] == 1) & (counts[1] > 1)
    return bill
