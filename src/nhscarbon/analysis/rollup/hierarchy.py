"""`nhscarbon.hierarchy`: organisations through every merger, and footprints added up on any day's map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.rollup.rollup import NOT_PLACED, RULES, Placing, RollUp
from nhscarbon.errors import HierarchyError, UsageError
from nhscarbon.findings import Finding, finding, in_order_of_severity
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.organisations import lookup as codes_
from nhscarbon.organisations.load import load_organisations
from nhscarbon.organisations.local import with_local
from nhscarbon.organisations.register import Organisations, day_number, day_text
from nhscarbon.organisations.shares import LEVELS, Shares, shares_on
from nhscarbon.periods import year_end

TO = {"trust": "trust", "pcn": "pcn", "place": "place", "icb": "icb", "region": "region", "england": "country"}
STATUS = {
    "closed": "organisation_closed",
    "not_open_yet": "organisation_not_open_yet",
    "unknown": "organisation_unknown",
}
WHY = ("", "unknown", "no parent", "not open yet")  # why a share is not placed
SHOWN = 8
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A release of organisations, ready to be asked; from `nhscarbon.hierarchy`."""

    organisations: Organisations

    def look_up(self, code: str, on: str) -> codes_.Known:
        """Say what a code is on a day or in an NHS year: open, closed and followed by which, or unknown.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> print(nc.hierarchy("ods-2026-07").look_up("RM2", "2019-04-01"))
        RM2 closed on 2017-10-01; its successor is R0A
        """
        return codes_.look_up(code, self.organisations, on)

    def find(self, name: str, *, on: str = "", limit: int = codes_.MOST) -> tuple[codes_.Known, ...]:
        """Return the bodies whose name is most like a text; see `nhscarbon.organisations.lookup.find`."""
        return codes_.find(name, self.organisations, on=on, limit=limit)

    def with_local(self, table: pd.DataFrame | str | Path) -> Hierarchy:
        """Return a hierarchy with a system's own places, or shares of trusts in several boards.

        See `nhscarbon.organisations.local.with_local` for the columns.

        Examples
        --------
        >>> import nhscarbon as nc, pandas as pd
        >>> places = pd.DataFrame({"child": ["RR8"], "parent": ["Leeds"], "level": ["place"]})
        >>> hierarchy = nc.hierarchy("ods-2026-07").with_local(places)
        """
        return Hierarchy(with_local(self.organisations, table))

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """What no file says: code, about, valid_from, valid_to, note."""
        return pd.DataFrame([vars(gap) for gap in self.organisations.gaps])

    def roll_up(
        self,
        footprint: Footprint,
        *,
        to: str,
        restate: str = "",
        unplaced: Literal["refuse", "keep"] = "refuse",
        eliminate: str = "",
    ) -> RollUp:
        """Add a footprint up to a level.

        Parameters
        ----------
        footprint : Footprint
            Of any bodies: trusts, sites, practices, boards themselves.
        to : {"trust", "pcn", "place", "icb", "region", "england"}
            Where to; ``trust`` is each body itself or what followed it, and sites in their trusts.
        restate : str, optional
            A day on whose map all years are put, successors first, such as ``2026-04-01``. Left out, each period is
            on the map of its own last day.
        unplaced : {"refuse", "keep"}, optional
            What to do with bodies that the map does not place: refuse, or keep them in a row ``not placed``.
        eliminate : str, optional
            ``recharges_between_members``: take out what one member bought from another. The footprint must have
            kept ``supplier``, with the supplier's code.

        Returns
        -------
        RollUp

        Raises
        ------
        UsageError
            If there is no such level, day or rule.
        HierarchyError
            If a period ends before bodies are placed at the level, or some bodies cannot be placed: all are named.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
        >>> rolled = nc.hierarchy("ods-2026-07").roll_up(footprint, to="england")
        >>> abs(rolled.total() - footprint.total()) < 1e-9
        True
        """
        if to not in TO:
            raise UsageError(f"there is no level '{str(to)[:40]}'; there are {', '.join(TO)}")
        if unplaced not in ("refuse", "keep"):
            raise UsageError(f"unplaced is 'refuse' or 'keep', not '{str(unplaced)[:40]}'")
        if eliminate and eliminate not in RULES:
            raise UsageError(f"there is no rule '{eliminate[:40]}'; there is {', '.join(RULES)}")
        if eliminate and "supplier" not in footprint.sums.columns:
            raise UsageError(f"{eliminate} needs suppliers: calculate with keep=('supplier',)")
        columns = footprint.sums.columns
        periods, words = columns["period"].labels, columns["organisation"].labels
        days = self._days(periods, restate, to)
        pairs = np.unique(np.stack([columns["organisation"].codes, columns["period"].codes]).astype(np.int64), axis=1)
        asked = ReportRequest(pairs[0], pairs[1], words, periods, days[pairs[1]])
        found, why = _placed(self.organisations, asked, TO[to])
        if why.any() and unplaced == "refuse":
            raise HierarchyError(_refusal(asked, found, why, to, restate, self.organisations))
        codes = (*self.organisations.codes, NOT_PLACED)
        ends, parent = np.unique(np.where(why > 0, len(codes) - 1, found.target), return_inverse=True)
        placing = Placing(
            asked.organisation, asked.period, asked.day, found.source, parent, found.share, found.inferred,
            tuple(codes[end] for end in ends),
        )  # fmt: skip
        report = in_order_of_severity(_findings(self.organisations, asked, found, why, to), len(pairs[0]))
        return RollUp(footprint, self.organisations, to, restate, eliminate, placing, report)

    def _days(self, periods: tuple[str, ...], restate: str, to: str) -> Whole:
        """Return the day of each period's map; refuse periods that end before the level begins."""
        fixed = day_number(restate) if restate else None
        days = np.array([day_number(year_end(period)) - 1 if fixed is None else fixed for period in periods], np.int64)
        begins = self._begins(TO[to])
        if begins is None:
            raise HierarchyError(f"{self.organisations.name} holds no {to}: give your own with `with_local`")
        from_day = f"bodies are placed at level {to} from {day_text(begins)} on"
        if fixed is not None and fixed < begins:
            raise HierarchyError(f"{from_day}: restate to that day or a later one")
        early = [period for period, day in zip(periods, days, strict=True) if day < begins]
        if early:
            raise HierarchyError(
                f"{from_day}, and {', '.join(early)} ended before. Nothing was rolled up. Put all years on one map, "
                f"such as restate='{day_text(self._latest())}', or roll these years up to another level."
            )
        return days

    def _begins(self, level: str) -> int | None:
        members = self.organisations.memberships
        if level == LEVELS[0]:
            return int(np.iinfo(np.int32).min)
        here = members.level == members.levels.index(level) if level in members.levels else np.zeros(0, np.bool_)
        return int(members.start[here].min()) if here.any() else None

    def _latest(self) -> int:
        """Return the day from which the newest board is."""
        members = self.organisations.memberships
        here = members.level == members.levels.index("icb")
        return int(self.organisations.opened[members.parent[here]].max())


@dataclass(frozen=True)
class ReportRequest:
    """The organisations and periods of a footprint, and the day of the map of each."""

    organisation: Whole
    period: Whole
    words: tuple[str, ...]
    periods: tuple[str, ...]
    day: Whole

    def named(self, pair: int) -> tuple[str, str]:
        """Return the organisation and period of a pair."""
        return self.words[self.organisation[pair]], self.periods[self.period[pair]]


def _placed(organisations: Organisations, asked: ReportRequest, level: str) -> tuple[Shares, NDArray[np.int8]]:
    """Return where each pair goes, and why a share is not placed: a place in `WHY`, 0 where it is."""
    number, late = organisations.number, len(organisations.codes)
    of_word = np.array([number.get(word, late) for word in asked.words], np.int64)
    bodies = of_word[asked.organisation]
    known = np.flatnonzero(bodies < late)
    strange = np.flatnonzero(bodies == late)
    found = shares_on(organisations, bodies[known], asked.day[known], level)
    why = np.where(found.placed, 0, WHY.index("no parent")).astype(np.int8)
    why[organisations.opened[found.target] > asked.day[known][found.source]] = WHY.index("not open yet")
    whole = Shares(
        np.concatenate([known[found.source], strange]), np.concatenate([found.target, np.full(len(strange), late)]),
        np.concatenate([found.share, np.ones(len(strange))]),
        np.concatenate([found.inferred, np.zeros(len(strange), np.bool_)]),
        np.concatenate([found.placed, np.zeros(len(strange), np.bool_)]),
    )  # fmt: skip
    return whole, np.concatenate([why, np.full(len(strange), WHY.index("unknown"), np.int8)])


def _findings(
    organisations: Organisations, asked: ReportRequest, found: Shares, why: NDArray[np.int8], to: str
) -> Iterator[Finding]:
    """Yield what is worth knowing of each odd pair: closed, followed, unknown or not placed; the plain ones pass by."""
    number = organisations.number
    of_word = np.array([number.get(word, -1) for word in asked.words], np.int64)[asked.organisation]
    days = [codes_.days_of(period) for period in asked.periods]
    last = np.array([each[1] for each in days], np.int64)[asked.period]
    odd = (of_word < 0) | (organisations.closed[of_word] <= np.maximum(last, asked.day))
    odd |= organisations.opened[of_word] > last
    for pair in np.flatnonzero(odd):
        word, period = asked.named(int(pair))
        known = codes_.look_up(word, organisations, period)
        about = partial(finding, organisation=word, period=period, column="organisation")
        if known.status != "open":
            yield about(STATUS[known.status], "rolled_up", known=f"{known.message}.")
        elif message := codes_.look_up(word, organisations, day_text(int(asked.day[pair]))).message:
            yield about("organisation_closed_since", known=f"{message}.")
    for share in np.flatnonzero(why):
        word, period = asked.named(int(found.source[share]))
        yield finding("organisation_not_placed", column="organisation", organisation=word, period=period,
                      share=float(found.share[share]), level=to, why=WHY[why[share]])  # fmt: skip
    if inferred := int((found.inferred & (why == 0)).sum()):
        yield finding("share_inferred", rows=inferred, inferred=inferred, count=len(why))


def _refusal(
    asked: ReportRequest, found: Shares, why: NDArray[np.int8], to: str, restate: str, organisations: Organisations
) -> str:
    lost = np.flatnonzero(why)
    lines = []
    for share in lost[:SHOWN]:
        word, period = asked.named(int(found.source[share]))
        day = day_text(int(asked.day[found.source[share]]))
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
        + f"\nNothing was rolled up. {'Restate to a later day' if late else 'Mend the codes'}, add memberships of your "
        f"own by `with_local`, or keep these in a row '{NOT_PLACED}' by unplaced='keep'."
    )


def hierarchy(name: str, *, local: pd.DataFrame | str | Path | None = None) -> Hierarchy:
    """Load a release of organisations, verified and checked.

    Parameters
    ----------
    name : str
        Such as ``ods-2026-07``.
    local : pandas.DataFrame or path, optional
        A system's own rows; see `Hierarchy.with_local`.

    Returns
    -------
    Hierarchy

    Raises
    ------
    UsageError
        If there is no such release.
    IntegrityError
        If a file of it is not the published one, or contradicts another.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> nc.hierarchy("ods-2026-07").find("Barts Health")[0].code
    'R1H'
    """
    found = Hierarchy(load_organisations(name))
    return found if local is None else found.with_local(local)
