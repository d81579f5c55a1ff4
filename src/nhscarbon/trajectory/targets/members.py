"""Whether a base year that was supplied is of the organisations of the later figures, through mergers."""

from __future__ import annotations

import re

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.organisations.load import RELEASE, load_organisations
from nhscarbon.organisations.lookup import look_up_codes
from nhscarbon.trajectory.targets.subject import Subject, named

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def followed_by(part: SuppliedFootprint, about: Subject, last: str) -> str:
    """Return in words which organisations of a base are followed by those of the figures; refuse any others.

    A total of all of them is the same before and after a merger, as long as the same organisations follow.

    Parameters
    ----------
    part : SuppliedFootprint
    about : Subject
        Of the later figures: their organisations, and the map that they are on.
    last : str
        The last NHS year of the figures, whose organisations count where they are on no map.

    Raises
    ------
    UsageError
        If organisations of one side are missing on the other.
    """
    ours, theirs = set(part.organisations), set(about.organisations)
    if not theirs or ours == theirs:
        return ""
    day = DAY.search(about.on_map)
    known = look_up_codes(sorted(ours - theirs), load_organisations(RELEASE), day[0] if day else last)
    after = {code: set(each.followed_by) for code, each in known.items()}
    alone = {code for code, codes in after.items() if not codes}
    now = (ours & theirs).union(*after.values())
    if now != theirs or alone:
        lost, more = sorted(theirs - now), sorted((now - theirs) | alone)
        said = [f"it lacks {named(tuple(lost))}" if lost else "",
                f"the figures lack {named(tuple(more))}" if more else ""]  # fmt: skip
        raise UsageError(
            f"The totals supplied by {part.source} are of other organisations than the figures ({about.who}): "
            f"{' and '.join(filter(None, said))}.",
            advice="Filter what was supplied to the organisations of the figures (.filter(organisation=...)), or "
            "supply the others too.",
        )
    return "".join(f", {code} now {named(tuple(sorted(codes)))}" for code, codes in sorted(after.items()))
