"""Where each organisation of a footprint is on the map of a day, what is odd about it, and what cannot be placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import HierarchyError
from nhscarbon.findings import Finding, finding
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.organisations import lookup as codes_
from nhscarbon.organisations.register import Organisations, day_number, day_text
from nhscarbon.organisations.shares import LEVELS, Shares, shares_on
from nhscarbon.output.text import short_repr
from nhscarbon.periods import year_end

TO = {"trust": "trust", "pcn": "pcn", "place": "place", "icb": "icb", "region": "region", "england": "country"}
STATUS = {
    "closed": "organisation_closed",
    "not_open_yet": "organisation_not_open_yet",
    "unknown": "organisation_unknown",
}
WHY = ("", "unknown", "no parent", "not open yet")  # why a share is not placed
NOT_PLACED = "not placed"
SHOWN = 8
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Placing:
    """Shares of organisations and periods in parents, as arrays.

    Attributes
    ----------
    organisation, period : int64 array, shape (pairs,)
        Numbers of the footprint's words.
    day : int64 array, shape (pairs,)
        Whose map each pair is on, as days since 1970.
    pair : int64 array, shape (shares,)
    parent : int64 array, shape (shares,)
        Numbers `parents`.
    share : float64 array, shape (shares,)
        They add up to 1 for each pair.
    inferred : bool array, shape (shares,)
    parents : tuple of str
    """

    organisation: Whole
    period: Whole
    day: Whole
    pair: Whole
    parent: Whole
    share: NDArray[np.float64]
    inferred: NDArray[np.bool_]
    parents: tuple[str, ...]

    __repr__ = short_repr

    def pairs(self, footprint: Footprint) -> OrganisationPeriods:
        """Return the organisations and periods in words."""
        columns = footprint.sums.columns
        words, periods = columns["organisation"].labels, columns["period"].labels
        return OrganisationPeriods(self.organisation, self.period, words, periods, self.day)


@dataclass(frozen=True)
class OrganisationPeriods:
    """The organisations and periods of a footprint, and the day of the map of each."""

    organisation: Whole
    period: Whole
    words: tuple[str, ...]
    periods: tuple[str, ...]
    day: Whole

    def named(self, pair: int) -> tuple[str, str]:
        """Return the organisation and period of a pair."""
        return self.words[self.organisation[pair]], self.periods[self.period[pair]]


def place_all(
    footprint: Footprint, organisations: Organisations, *, to: str, on: str, restate: str, keep: bool
) -> tuple[Placing, list[Finding]]:
    """Return where the organisations of a footprint are at a level, and what is worth knowing of it.

    Parameters
    ----------
    footprint : Footprint
    organisations : Organisations
    to : str
        A key of `TO`.
    on, restate : str
        As `nhscarbon.roll_up`.
    keep : bool
        Whether what cannot be placed is kept as `NOT_PLACED`, and not refused.

    Raises
    ------
    HierarchyError
        As `nhscarbon.roll_up`.
    """
    columns = footprint.sums.columns
    periods, words = columns["period"].labels, columns["organisation"].labels
    days = days_of_maps(organisations, periods, restate or on, to)
    codes = np.stack([columns["organisation"].codes, columns["period"].codes]).astype(np.int64)
    organisation, period = np.unique(codes, axis=1)
    pairs = OrganisationPeriods(organisation, period, words, periods, days[period])
    if on:
        _refuse_closed(organisations, words, on)
    found, why = place(organisations, pairs, TO[to])
    if why.any() and not keep:
        raise HierarchyError(refusal(pairs, found, why, to, restate, organisations))
    names = (*organisations.codes, NOT_PLACED)
    ends, parent = np.unique(np.where(why > 0, len(names) - 1, found.target), return_inverse=True)
    placing = Placing(
        organisation, period, pairs.day, found.source, parent, found.share, found.inferred,
        tuple(names[end] for end in ends),
    )  # fmt: skip
    return placing, [*placing_findings(organisations, pairs, found, why, to)]


def _refuse_closed(organisations: Organisations, words: tuple[str, ...], on: str) -> None:
    """Refuse organisations that had closed by the day of a map that puts no successors first."""
    day = day_number(on)
    known = [codes_.look_up(word, organisations, on) for word in words if word in organisations.number]
    closed = [each.message for each in known if organisations.closed[organisations.number[each.code]] <= day]
    if closed:
        more = f" and {len(closed) - SHOWN:,} more" if len(closed) > SHOWN else ""
        raise HierarchyError(
            f"{'; '.join(closed[:SHOWN])}{more}. Nothing was rolled up.",
            advice=f"Put their successors on this map with restate='{on}'.",
        )


def days_of_maps(organisations: Organisations, periods: tuple[str, ...], restate: str, to: str) -> Whole:
    """Return the day of each period's map; refuse periods that end before the level begins."""
    fixed = day_number(restate) if restate else None
    days = np.array([day_number(year_end(period)) - 1 if fixed is None else fixed for period in periods], np.int64)
    begins = _begins(organisations, TO[to])
    if begins is None:
        raise HierarchyError(f"{organisations.name} holds no {to}: give your own with `with_local`")
    from_day = f"organisations are placed at level {to} from {day_text(begins)} on"
    if fixed is not None and fixed < begins:
        raise HierarchyError(f"{from_day}: restate to that day or a later one")
    early = [period for period, day in zip(periods, days, strict=True) if day < begins]
    if early:
        raise HierarchyError(
            f"{from_day}, and {', '.join(early)} ended before. Nothing was rolled up. Put all years on one map, "
            f"such as restate='{day_text(_latest(organisations))}', or roll these years up to another level."
        )
    return days


def _begins(organisations: Organisations, level: str) -> int | None:
    members = organisations.memberships
    if level == LEVELS[0]:
        return int(np.iinfo(np.int32).min)
    here = members.level == members.levels.index(level) if level in members.levels else np.zeros(0, np.bool_)
    return int(members.start[here].min()) if here.any() else None


def _latest(organisations: Organisations) -> int:
    """Return the day from which the newest board is."""
    members = organisations.memberships
    here = members.level == members.levels.index("icb")
    return int(organisations.opened[members.parent[here]].max())


def place(organisations: Organisations, pairs: OrganisationPeriods, level: str) -> tuple[Shares, NDArray[np.int8]]:
    """Return where each pair goes, and why a share is not placed: a place in `WHY`, 0 where it is."""
    number, late = organisations.number, len(organisations.codes)
    of_word = np.array([number.get(word, late) for word in pairs.words], np.int64)
    bodies = of_word[pairs.organisation]
    known = np.flatnonzero(bodies < late)
    strange = np.flatnonzero(bodies == late)
    found = shares_on(organisations, bodies[known], pairs.day[known], level)
    why = np.where(found.placed, 0, WHY.index("no parent")).astype(np.int8)
    why[organisations.opened[found.target] > pairs.day[known][found.source]] = WHY.index("not open yet")
    whole = Shares(
        np.concatenate([known[found.source], strange]), np.concatenate([found.target, np.full(len(strange), late)]),
        np.concatenate([found.share, np.ones(len(strange))]),
        np.concatenate([found.inferred, np.zeros(len(strange), np.bool_)]),
        np.concatenate([found.placed, np.zeros(len(strange), np.bool_)]),
    )  # fmt: skip
    return whole, np.concatenate([why, np.full(len(strange), WHY.index("unknown"), np.int8)])


def placing_findings(
    organisations: Organisations, pairs: OrganisationPeriods, found: Shares, why: NDArray[np.int8], to: str
) -> Iterator[Finding]:
    """Yield what is worth knowing of each odd pair: closed, followed, unknown or not placed; the plain ones pass by."""
    number = organisations.number
    of_word = np.array([number.get(word, -1) for word in pairs.words], np.int64)[pairs.organisation]
    days = [codes_.days_of(period) for period in pairs.periods]
    last = np.array([each[1] for each in days], np.int64)[pairs.period]
    odd = (of_word < 0) | (organisations.closed[of_word] <= np.maximum(last, pairs.day))
    odd |= organisations.opened[of_word] > last
    for pair in np.flatnonzero(odd):
        word, period = pairs.named(int(pair))
        known = codes_.look_up(word, organisations, period)
        about = partial(finding, organisation=word, period=period, column="organisation")
        if known.status != "open":
            yield about(STATUS[known.status], "rolled_up", known=f"{known.message}.")
        elif message := codes_.look_up(word, organisations, day_text(int(pairs.day[pair]))).message:
            yield about("organisation_closed_since", known=f"{message}.")
    for share in np.flatnonzero(why):
        word, period = pairs.named(int(found.source[share]))
        yield finding("organisation_not_placed", column="organisation", organisation=word, period=period,
                      share=float(found.share[share]), level=to, why=WHY[why[share]])  # fmt: skip
    if inferred := int((found.inferred & (why == 0)).sum()):
        yield finding("share_inferred", rows=inferred, inferred=inferred, count=len(why))


def refusal(
    pairs: OrganisationPeriods,
    found: Shares,
    why: NDArray[np.int8],
    to: str,
    restate: str,
    organisations: Organisations,
) -> str:
    """Say which organisations and periods cannot be placed, why, and what to do."""
    lost = np.flatnonzero(why)
    lines = []
    for share in lost[:SHOWN]:
        word, period = pairs.named(int(found.source[share]))
        day = day_text(int(pairs.day[found.source[share]]))
        end = organisations.codes[found.target[share]] if WHY[why[share]] != "unknown" else word
        through = f", followed by {end}," if end != word else ""
        lines.append(f"  {word}  {period}{through} on {day}: {WHY[why[share]]}")
        near = codes_.look_up(word, organisations, period).message if WHY[why[share]] == "unknown" else ""
        lines[-1] += f" ({near})" if near else ""
    more = [f"  and {len(lost) - SHOWN:,} more"] if len(lost) > SHOWN else []
    late = restate and (why == WHY.index("not open yet")).any()
    return (
        f"{len(lost):,} of the organisations and periods cannot be placed at level {to}.\n"
        + "\n".join([*lines, *more])
        + f"\nNothing was rolled up. {'Restate to a later day' if late else 'Correct the codes'}, add memberships of "
        f"your own by `with_local`, or keep these in a row '{NOT_PLACED}' by unplaced='keep'."
    )
