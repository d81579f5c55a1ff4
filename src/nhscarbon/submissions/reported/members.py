"""Which organisations of a return a stated total is of: those in it on the last day of its year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nhscarbon.organisations.code_forms import is_total
from nhscarbon.organisations.load import RELEASE, load_organisations
from nhscarbon.organisations.register import Organisations, day_number
from nhscarbon.organisations.shares import LEVELS, shares_on
from nhscarbon.periods import year_end

Shares = Mapping[str, float]
LATEST = ""  # the day of the latest map


def as_code(word: str) -> str:
    """Return a code of the register in its own letters, whatever its case; any other word as it is.

    >>> as_code("rtg"), as_code("Total")
    ('RTG', 'Total')
    """
    return upper if (upper := word.strip().upper()) in load_organisations(RELEASE).number else word.strip()


def is_of_all(word: str) -> bool:
    """Tell whether a word in place of a code says that a figure is the total of all."""
    return as_code(word) not in load_organisations(RELEASE).number and (not word or is_total(word))


@dataclass(frozen=True, eq=False)
class Members:
    """The organisations of a return and of a table of totals, to be asked whose total is which."""

    known: frozenset[str]
    _maps: dict[tuple[str, bool], Mapping[str, Shares]] = field(default_factory=dict)

    def of(self, organisation: str, period: str) -> Shares:
        """Return the others that belong to an organisation, with their shares in it.

        They are those in it on the last day of the NHS year, else those in it by the latest map of the register. A
        word such as ``Total``, or none, is the total of all that have no members of their own.
        """
        if is_of_all(organisation):
            whole = self._placed(period).keys() | self._placed(LATEST).keys()
            return {who: 1.0 for who in self._alone if who not in whole and who != organisation}
        for on in (period, LATEST):
            above = self._placed(on)
            if organisation in above:
                return {who: share for who, share in above[organisation].items() if who not in above}
        return {}

    def is_code(self, organisation: str) -> bool:
        """Tell whether a total's organisation is a code, or a word for the total of all."""
        return is_of_all(organisation) or organisation in self._register.number

    def before(self, organisation: str) -> Shares:
        """Return the organisations that it follows, such as a trust that merged into it, with what went to it."""
        return self._placed(LATEST, followed=True).get(organisation, {})

    def has(self, organisation: str) -> bool:
        """Tell whether an organisation is a part of another that has figures, or of a total of all."""
        above = [members for placed in self._maps.values() for who, members in placed.items() if who in self.known]
        return any(organisation in members for members in above) or any(is_total(who) for who in self.known)

    def _placed(self, on: str, *, followed: bool = False) -> Mapping[str, Shares]:
        """Return for each organisation above the known ones, or after them, those that are in it."""
        if (on, followed) not in self._maps:
            self._maps[on, followed] = self._place(on, LEVELS[:1] if followed else LEVELS[1:])
        return self._maps[on, followed]

    def _place(self, on: str, levels: Sequence[str]) -> Mapping[str, Shares]:
        register = self._register
        mine = [who for who in self._alone if who in register.number]
        bodies = np.array([register.number[who] for who in mine], np.int64)
        day = int(register.opened.max()) if on == LATEST else day_number(year_end(on)) - 1
        found: dict[str, dict[str, float]] = {}
        for level in levels if mine else ():
            shares = shares_on(register, bodies, np.full(len(mine), day, np.int64), level)
            columns = (shares.source, shares.target, shares.share, shares.placed)
            for source, target, share, placed in zip(*(column.tolist() for column in columns), strict=True):
                if placed and register.codes[target] != mine[source]:
                    found.setdefault(register.codes[target], {})[mine[source]] = share
        return found

    @cached_property
    def _alone(self) -> tuple[str, ...]:
        """The known organisations that are no totals by their word."""
        return tuple(who for who in sorted(self.known) if who and not is_total(who))

    @cached_property
    def _register(self) -> Organisations:
        return load_organisations(RELEASE)
