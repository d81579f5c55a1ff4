"""Both sides of a bridge on one day's map: what merged is one organisation before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.on_map import MEMBER
from nhscarbon.organisations.index import OrganisationIndex, load_index
from nhscarbon.organisations.register import day_number, day_text
from nhscarbon.output.text import short_repr
from nhscarbon.periods import year_end

ORGANISATION = "organisation"
ORGANISATIONS = (ORGANISATION, MEMBER)
WHOLE = 1.0
SHOWN = 4  # organisations that a sentence names
LONGEST = 64  # mergers one after another


@dataclass(frozen=True)
class OneMap:
    """Where closed organisations are on a day.

    Attributes
    ----------
    day : str
        ISO date; empty where organisations are as reported.
    shares : Mapping[str, tuple of (str, float)]
        Of each organisation that had closed by the day: those that followed it, with their shares.
    """

    day: str = ""
    shares: Mapping[str, tuple[tuple[str, float], ...]] | None = None

    __repr__ = short_repr

    @property
    def moved(self) -> tuple[tuple[str, str, float], ...]:
        """From which organisation to which, with which share, in order."""
        shares = self.shares or {}
        return tuple((code, new, share) for code in sorted(shares) for new, share in shares[code])

    @property
    def note(self) -> str:
        """Which organisation was put into which; empty where none was."""
        if not self.day:
            return ""
        shares = self.shares or {}
        said = [f"{code} in {_followers(shares[code])}" for code in sorted(shares)]
        more = f" and {len(said) - SHOWN:,} more" if len(said) > SHOWN else ""
        named = _listed(said[:SHOWN]) if not more else ", ".join(said[:SHOWN]) + more
        return f"{named}, {self.title}" if named else f"On {self.title[3:]}: no organisation had closed"

    @property
    def title(self) -> str:
        """Name the map; empty where organisations are as reported."""
        return f"on the map of {day_in_words(self.day)}" if self.day else ""

    def put(self, frame: pd.DataFrame, figure: str) -> pd.DataFrame:
        """Return rows with closed organisations in those that followed them, figures by their shares, added up.

        Parameters
        ----------
        frame : pandas.DataFrame
            Words and one figure, one row for each combination of words.
        figure : str
        """
        for name in ORGANISATIONS:
            if self.moved and name in frame.columns:
                frame = self._put(frame, figure, name)
        return frame

    def _put(self, frame: pd.DataFrame, figure: str, name: str) -> pd.DataFrame:
        table = pd.DataFrame(self.moved, columns=[name, "_follower", "_share"])
        here = frame[name].isin(table[name])
        if not here.any():
            return frame
        spread = frame[here].merge(table, on=name)
        spread = spread.assign(**{name: spread["_follower"], figure: spread[figure] * spread["_share"]})
        both = pd.concat([frame[~here], spread[list(frame.columns)]], ignore_index=True)
        words = [each for each in frame.columns if each != figure]
        return both.groupby(words, as_index=False, sort=True)[[figure]].sum()


AS_REPORTED = OneMap()


def on_a_day(*footprints: Footprint) -> bool:
    """Tell whether any footprint was rolled up on the map of a day that was chosen: it stays there."""
    return any(each.on_map is not None and each.on_map.day for each in footprints)


def refuse_two_maps(before: Footprint, after: Footprint, match: Sequence[str]) -> None:
    """Refuse footprints whose organisations are of two levels, or on the maps of two days.

    Raises
    ------
    UsageError
        If they are, and lines are matched by organisation.
    """
    maps = [each.on_map for each in (before, after)]
    ways = [(each.level, each.day) if each else ("trust", None) for each in maps]
    alike = ways[0][0] == ways[1][0] and (None in (ways[0][1], ways[1][1]) or ways[0][1] == ways[1][1])
    if ORGANISATION in match and not alike:
        said = [str(each) if each else "as reported" for each in maps]
        raise UsageError(
            f"the organisations of these footprints are on two maps: {said[0]}; {said[1]}.",
            advice="Roll both up to one level, on the map of one day.",
        )


def one_map(
    organisations: Iterable[Sequence[str]],
    years: Sequence[str],
    releases: Sequence[str | None],
    match: Sequence[str],
    restate: str | None,
) -> OneMap:
    """Return the map that both sides of a bridge are on.

    Parameters
    ----------
    organisations : iterable of sequences of str
        The codes of both sides.
    years : sequence of str
        The NHS years of both.
    releases : sequence of str or None
        The releases of organisations that codes were looked up in; None where none were.
    match : sequence of str
        What lines are matched by: where organisations are not told apart, mergers change nothing.
    restate : str or None
        A day; empty for as reported. None is the last day of the later NHS year, where any had closed by then.

    Raises
    ------
    UsageError
        If the day is none, or a day is asked for and codes were not looked up.
    """
    if restate == "" or (restate is None and not set(ORGANISATIONS) & set(match)):
        return AS_REPORTED
    known = [name for name in releases if name]
    if len(known) < len(releases) or not known:
        if restate is None:
            return AS_REPORTED
        raise UsageError(
            "organisation codes were not looked up in a release, so they cannot be put on a map.",
            advice="Calculate with organisations='ods-2026-07', or leave restate out.",
        )
    if not restate and not years:
        return AS_REPORTED
    day = day_number(restate) if restate else day_number(year_end(max(years))) - 1
    index = load_index(known[-1])
    codes = sorted({code for each in organisations for code in each})
    shares = {code: found for code in codes if (found := _followed(code, index, day))}
    if restate is None and not shares:
        return AS_REPORTED
    return OneMap(day_text(day), shares)


def _followed(code: str, index: OrganisationIndex, day: int) -> tuple[tuple[str, float], ...]:
    """Return what follows a closed code on a day, through every closing before it; nothing for any other code."""
    left, ends = {code: WHOLE}, dict[str, float]()
    for _ in range(LONGEST):
        after = dict[str, float]()
        for each, share in left.items():
            place = index.number.get(each, -1)
            gone = place >= 0 and index.closed[place] <= day
            next_ = [new for new in index.successors(each) if day_number(new.day) <= day] if gone else []
            if not next_:
                ends[each] = ends.get(each, 0.0) + share
            for new in next_:
                after[new.code] = after.get(new.code, 0.0) + share * new.share
        left = after
        if not left:
            break
    return tuple(sorted(ends.items())) if set(ends) != {code} else ()


def _followers(followers: Sequence[tuple[str, float]]) -> str:
    if len(followers) == 1:
        return followers[0][0]
    return _listed([f"{code} ({share:.1%})".replace("%", " %") for code, share in followers])


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def day_in_words(day: str) -> str:
    """Return an ISO date as people write it.

    >>> day_in_words("2024-03-31")
    '31 March 2024'
    """
    found = date.fromisoformat(day)
    return f"{found.day} {found:%B} {found.year}"
