"""A return beside what its organisation sent before, and beside its peers: site by site, then in all."""

from __future__ import annotations

from collections.abc import Iterator

from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Hit
from nhscarbon.checks.memory.pairs import pairs_of
from nhscarbon.checks.memory.remembered import remembered
from nhscarbon.checks.memory.said import hits_of_memory


def beside_the_past(cells: Cells) -> Iterator[Hit]:
    """Find what is far from the year before, copied from it, exchanged, on another site, or far below its peers."""
    pairs = pairs_of(cells)
    if pairs is not None:
        yield from hits_of_memory(remembered(pairs.both), pairs)


CELL_RULES = (beside_the_past,)
