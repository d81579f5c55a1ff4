"""A return beside what its organisation sent before, beside its peers and beside every trust: one thing said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.memory.limits import limits
from nhscarbon.checks.memory.pairs import pairs_of
from nhscarbon.checks.memory.remembered import remembered
from nhscarbon.checks.memory.said import hits_of_memory
from nhscarbon.checks.rules.months import months
from nhscarbon.checks.rules.plausibility import plausible

OF_TOTALS = ("before", "")  # variants that compare a total with the year before in the return itself
WITH_PAST = ("slip_thousand", "slip_twelve", "year_on_year")


def beside_the_past(cells: Cells) -> Iterator[Hit]:
    """Find what is far from the year before, copied from it, exchanged, on another site, or out of proportion.

    What a total of the return itself, or each month, says of the year before is not said again of sites. What is out of
    proportion by floor area, or beside every trust, is not said where the memory has said it, where the year before
    was much the same, or where it is next to nothing beside the year before that was given.
    """
    pairs = pairs_of(cells)
    remember = [] if pairs is None else [*hits_of_memory(remembered(pairs.both), pairs)]
    others = [hit for hit in plausible(cells) if _of_years(hit) or not _known(cells, hit.where)]
    remember = [hit for hit in remember if not (hit.code == "below_peers" and _said_of(hit.where, others))]
    by_month = [*months(cells)] if remember and cells.columns["month"].labels else []
    compared = _all([hit.where for hit in [*filter(_of_years, others), *by_month]])
    own = [hit for hit in remember if not len(hit.where) or not np.isin(hit.where, compared).all()]
    yield from own
    told = _all([hit.where for hit in own])
    for hit in others:
        if _of_years(hit) or not np.isin(hit.where, told).any():
            yield hit


def _of_years(hit: Hit) -> bool:
    """Tell whether a finding compares a total with the year before in the return itself."""
    return hit.code in WITH_PAST and hit.variant in OF_TOTALS


def _said_of(where: Places, others: Sequence[Hit]) -> bool:
    """Tell whether a total that is no more than some cells is out of proportion already."""
    return any(np.isin(hit.where, where).all() for hit in others)


def _all(where: Sequence[Places]) -> Places:
    return np.concatenate(where) if where else np.zeros(0, np.int64)


def _known(cells: Cells, where: Places) -> bool:
    """Tell whether a total was much the same in the year before that was given, or is next to nothing beside it."""
    if cells.past is None:
        return False
    past = cells.past.columns
    here = np.ones(len(cells.past), np.bool_)
    same = {name: cells.shared(name, where) for name in ("organisation", "activity", "unit")}
    here &= _is(cells.past, "organisation", same["organisation"])
    if not here.any():
        return False
    years = past["period"]
    year = max(years.labels[code] for code in np.unique(years.codes[here]).tolist())
    here &= _is(cells.past, "period", year)
    mine = np.flatnonzero(
        _is(cells, "organisation", same["organisation"]) & _is(cells, "period", cells.shared("period", where))
    )
    kgco2e = np.nan_to_num(cells.kgco2e)
    if kgco2e[where].sum() < limits()["share_other"] * kgco2e[mine].sum():
        return True
    before = here & _is(cells.past, "activity", same["activity"]) & _is(cells.past, "unit", same["unit"])
    was, now = float(cells.past.quantity[before].sum()), float(cells.quantity[where].sum())
    return was > 0 and 1 / limits()["alike"] <= now / was <= limits()["alike"]


def _is(cells: Cells, name: str, word: str) -> Mask:
    column = cells.columns[name]
    found: Mask = column.looked_up(np.array([*(label == word for label in column.labels), False]))
    return found


CELL_RULES = (beside_the_past,)
