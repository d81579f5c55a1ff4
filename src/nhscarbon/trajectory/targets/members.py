"""Whether a base year that was supplied is of the organisations of the later figures, through mergers."""

from __future__ import annotations

import re

import numpy as np

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.organisations.load import RELEASE, load_organisations
from nhscarbon.organisations.lookup import look_up_codes
from nhscarbon.organisations.register import Organisations, day_number
from nhscarbon.periods import year_end
from nhscarbon.trajectory.targets.subject import Subject, named

TRUST = "trust"  # the level of a map that leaves organisations what they are
ON = re.compile(r"by (?P<level>\w+), [a-z ]+(?P<day>\d{4}-\d{2}-\d{2})?", re.ASCII)  # as `OnMap` says of itself


def followed_by(part: SuppliedFootprint, about: Subject, last: str) -> str:
    """Return in words which organisations of a base are followed by those of the figures; refuse any others.

    A total of all of them is the same before and after a merger, as long as the same organisations follow.

    Parameters
    ----------
    part : SuppliedFootprint
        Of one NHS year or several.
    about : Subject
        Of the later figures: their organisations, and the map that they are on.
    last : str
        The last NHS year of the figures, whose organisations count where they are on no map.

    Raises
    ------
    UsageError
        If organisations of one side are missing on the other, or the figures are of a level above trusts and the
        totals are not given for the codes of that level.
    """
    ours, theirs = set(part.organisations), set(about.organisations)
    on_map = ON.match(about.on_map)
    if not theirs or (ours == theirs and (on_map is None or on_map["level"] != TRUST)):
        return ""
    if on_map is not None and on_map["level"] != TRUST:
        raise UsageError(
            f"The totals supplied by {part.source} are for {named(part.organisations)}, the figures for {about.who} "
            f"({about.on_map}). Which members the totals have cannot be told.",
            advice="Add the totals of all members up, and give them under the codes of that level.",
        )
    held = load_organisations(RELEASE)
    day = on_map["day"] if on_map and on_map["day"] else last
    known = look_up_codes(sorted(ours - theirs), held, day)
    after = {code: set(each.followed_by) for code, each in known.items()}
    alone = {code for code, codes in after.items() if not codes}
    now = (ours & theirs).union(*after.values())
    before = _open_before(held, theirs, part.periods[0]) - ours if on_map else set()
    if now != theirs or alone or before:
        lost, more = sorted((theirs - now) | before), sorted((now - theirs) | alone)
        said = [f"it lacks {named(tuple(lost))}" if lost else "",
                f"the figures lack {named(tuple(more))}" if more else ""]  # fmt: skip
        raise UsageError(
            f"The totals supplied by {part.source} are of other organisations than the figures ({about.who}): "
            f"{' and '.join(filter(None, said))}.",
            advice="Filter what was supplied to the organisations of the figures (.filter(organisation=...)), or "
            "supply the others too.",
        )
    return "".join(f", {code} now {named(tuple(sorted(codes)))}" for code, codes in sorted(after.items()))


def _open_before(held: Organisations, codes: set[str], year: str) -> set[str]:
    """Return the organisations that some are the successors of, through every merger, and that were open in a year."""
    follows, day = held.successions, day_number(year_end(year)) - 1
    left, found = [held.number[code] for code in codes if code in held.number], set[int]()
    while left:
        rows = np.flatnonzero(follows.successor == left.pop())
        new = set(follows.predecessor[rows].tolist()) - found
        found |= new
        left += new
    return {held.codes[place] for place in found if held.opened[place] <= day < held.closed[place]}
