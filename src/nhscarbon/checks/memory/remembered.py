"""What a return looks like beside the year before and its peers: every rule in its order, one thing said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nhscarbon.activity.columns import Mask
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.changes import Change, changes
from nhscarbon.checks.memory.copies import WHOLE, Copied, copied, repeated
from nhscarbon.checks.memory.limits import HEAT, POWER, Limits, limits
from nhscarbon.checks.memory.parts import Part, slipped_parts
from nhscarbon.checks.memory.peers import Lack, below_peers
from nhscarbon.checks.memory.places import Moved, on_another_site, renumbered
from nhscarbon.checks.memory.shifts import RETURN, Swap, beyond_swap, swapped
from nhscarbon.checks.memory.slots import GROUP, OF_SITE, SITE, Both, Slots


@dataclass(frozen=True)
class Remembered:
    """What was found, and both years with sites under the codes that they have now."""

    both: Both
    sites: Slots
    copied: Sequence[Copied]
    repeated: Sequence[Sequence[Places]]  # of each return, the cells of each figure
    swapped: Sequence[Swap]
    moved: Sequence[Moved]
    parts: Sequence[Part]
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
    open_to: Mask = np.zeros(len(sites), np.bool_)  # explained by an exchange that does not fit
    unclear = np.logical_or(*both.unclear(sites))  # a row whose words are not known may be what seems to be elsewhere
    swaps = [each for each in swapped(sent, both, known)
             if not (whole[:-1] | alone)[of_cell[each.first[0]]] and not _any_of(unclear, sites, each)]  # fmt: skip
    beyond = beyond_swap(sites, known)
    for swap in swaps:
        at = sites.of_cell[np.concatenate([swap.first, swap.second])]
        explained[at[~beyond[at]] if swap.open else at] = True
        open_to[at] = swap.open
    shifts = [each for each in on_another_site(both, known) if not (explained | unclear)[each.lost]]
    for each in shifts:
        explained[each.lost] = explained[sites.of_cell[each.gained]] = True
    said = explained & ~alone[org]
    twice = repeated(both, known)
    for cells in map(np.concatenate, twice):
        explained[sites.of_cell[cells]] |= sites.now[sites.of_cell[cells]] > sites.before[sites.of_cell[cells]]
    parts = slipped_parts(both, known, explained & ~open_to)
    for part in parts:
        explained[part.site] = said[part.site] = True
    found = changes(both, known, explained)
    told = {key for each in found for key in _keys(both, each.slots, each.at)} | {
        *_keys(both, sites, np.flatnonzero(said))
    }
    lacks = [each for each in below_peers(both, known) if _place(each) not in told]
    return Remembered(both, sites, copies, twice, swaps, shifts, parts, found, lacks)


def _any_of(unclear: Mask, sites: Slots, swap: Swap) -> bool:
    """Tell whether a place of an exchange is unclear; of one over a whole return, whether all are."""
    here = unclear[sites.of_cell[np.concatenate([swap.first, swap.second])]]
    return bool(here.all() if swap.kind == RETURN else here.any())


def _keys(both: Both, slots: Slots, at: Places) -> Iterator[tuple[int, int, str]]:
    """Yield organisation and site of some slots, and whether each is power or heat."""
    if SITE in slots.words:
        for each in at.tolist():
            kind = HEAT if both.heat[slots.words[GROUP][each]] else POWER
            yield int(slots.words["organisation"][each]), int(slots.words[SITE][each]), kind


def _place(lack: Lack) -> tuple[int, int, str]:
    return int(lack.slots.words["organisation"][lack.at]), int(lack.slots.words[SITE][lack.at]), lack.name
