"""What a return looks like beside the year before and its peers: every rule in its order, one thing said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.changes import Change, changes
from nhscarbon.checks.memory.copies import WHOLE, Copied, copied, repeated
from nhscarbon.checks.memory.limits import Limits, limits
from nhscarbon.checks.memory.peers import Lack, below_peers
from nhscarbon.checks.memory.places import Moved, on_another_site, renumbered
from nhscarbon.checks.memory.shifts import Swap, is_slip, swapped
from nhscarbon.checks.memory.slots import OF_SITE, SITE, Both, Slots


@dataclass(frozen=True)
class Remembered:
    """What was found, and both years with sites under the codes that they have now."""

    both: Both
    sites: Slots
    copied: Sequence[Copied]
    repeated: Sequence[Places]
    swapped: Sequence[Swap]
    moved: Sequence[Moved]
    changes: Sequence[Change]
    lacks: Sequence[Lack]


def remembered(sent: Both) -> Remembered:
    """Hold returns against the year before, and against their peers.

    What a copy explains is looked at no further, what an exchange explains is no row on another site, and what either
    explains is neither below nor above the year before: but for what fits a slip as well as an exchange.
    """
    with np.errstate(invalid="ignore", divide="ignore"):  # what is below 0, or no number, is like nothing
        return _remembered(sent, limits())


def _remembered(sent: Both, known: Limits) -> Remembered:
    both = renumbered(sent, known)
    sites = both.slots(OF_SITE)
    org, of_cell = sites.words["organisation"], both.now.words["organisation"]
    copies = copied(both, known)
    whole = np.zeros(both.returns + 1, np.bool_)
    for copy in copies:
        whole[of_cell[copy.cells[0]]] |= copy.kind == WHOLE
    alone = ~both.compared
    explained: Mask = (whole[:-1] | alone)[org]
    swaps = [each for each in swapped(sent, both, known) if not (whole[:-1] | alone)[of_cell[each.first[0]]]]
    slips = is_slip(sites, known)
    for swap in swaps:
        at = sites.of_cell[np.concatenate([swap.first, swap.second])]
        explained[at[~slips[at]] if swap.open else at] = True
    shifts = [each for each in on_another_site(both, known) if not explained[each.lost]]
    for each in shifts:
        explained[each.lost] = explained[sites.of_cell[each.gained]] = True
    said = np.flatnonzero(explained & ~alone[org])
    twice = repeated(both, known)
    for cells in twice:
        explained[sites.of_cell[cells]] |= sites.now[sites.of_cell[cells]] > sites.before[sites.of_cell[cells]]
    found = changes(both, known, explained)
    told = {key for each in found for key in _keys(each)}
    told |= {(int(org[at]), int(sites.words[SITE][at])) for at in said.tolist()}
    lacks = [each for each in below_peers(both, known) if not told & {*_place(each)}]
    return Remembered(both, sites, copies, twice, swaps, shifts, found, lacks)


def _keys(change: Change) -> Iterator[tuple[int, int]]:
    if SITE in change.slots.words:
        for at in change.at.tolist():
            yield int(change.slots.words["organisation"][at]), int(change.slots.words[SITE][at])


def _place(lack: Lack) -> Iterator[tuple[int, int]]:
    yield int(lack.slots.words["organisation"][lack.at]), int(lack.slots.words[SITE][lack.at])
