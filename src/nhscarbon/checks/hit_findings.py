"""From what rules on sums have found to findings: of the rows where they are at hand, else of the cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from nhscarbon.checks.cells import NAMED, SHARED, Cells, each_place, numbers_of
from nhscarbon.checks.entries import stake
from nhscarbon.checks.hits import Hit, Places
from nhscarbon.checks.rules.rows import Rows
from nhscarbon.findings import Finding, finding, wording
from nhscarbon.sums.partial_sums import DETAIL


def findings_of_hits(hits: Sequence[Hit], cells: Cells, rows: Rows | None) -> Iterator[Finding]:
    """Yield a finding for each hit, of every sheet that its rows are on.

    Parameters
    ----------
    hits : sequence of Hit
    cells : Cells
        That the hits are about.
    rows : Rows or None
        The rows of the cells, where they are at hand.
    """
    if rows is None:
        yield from (_of_cells(hit, cells) for hit in hits)
    elif hits:
        names = [name for name in SHARED if cells.detailed or name not in DETAIL]
        of_cell, of_row = numbers_of(cells.columns, rows.words, names)
        places = list(each_place(of_row, int(max(of_cell.max(), of_row.max(initial=0))) + 1))

        def rows_of(where: Places) -> Places:
            met: list[Places] = [places[each] for each in np.unique(of_cell[where]).tolist()]
            return np.sort(np.concatenate(met)) if met else np.zeros(0, np.int64)

        for hit in hits:
            here = rows_of(hit.where)
            if not len(here):  # rows that were not read as the sums were
                yield _of_cells(hit, cells)
                continue
            said = wording(hit.code, hit.variant, **hit.values)
            for each in rows.said(said, here, hit.column, kgco2e=hit.kgco2e):
                yield replace(each, **hit.about) if hit.about else each  # type: ignore[arg-type]


def _of_cells(hit: Hit, cells: Cells) -> Finding:
    """Return the finding of a hit where only sums are at hand, with the words that its cells share."""
    at_stake = stake(cells.kgco2e[hit.where]) if hit.kgco2e is None else hit.kgco2e
    shared = {name: cells.shared(name, hit.where) for name in NAMED} | {**hit.about}
    return finding(
        wording(hit.code, hit.variant, **hit.values), file=cells.file, column=hit.column,
        rows=int(cells.rows[hit.where].sum()), kgco2e_at_stake=at_stake, **shared,  # type: ignore[arg-type]
    )  # fmt: skip
