"""Which organisations of a return a stated total is of: those in it on the last day of its year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nhscarbon.organisations.code_forms import is_total
from nhscarbon.organisations.load import RELEASE, load_organisations
from nhscarbon.organisations.register import Organisations, day_number
from nhscarbon.organisations.shares import LEVELS, shares_on
from nhscarbon.periods import year_end

Shares = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Members:
    """The organisations of a return and of a table of totals, to be asked whose total is which."""

    known: frozenset[str]
    _placed: dict[str, Mapping[str, Shares]] = field(default_factory=dict)

    def of(self, organisation: str, period: str) -> Shares:
        """Return the others that belong to an organisation on the last day of an NHS year, with their shares in it.

        A word that is no code, such as ``Total``, is the total of all that have no members of their own.
        """
        placed = self.placed(period)
        if organisation in self._register.number:
            return placed.get(organisation, {})
        return {who: 1.0 for who in self._alone if who not in placed and who != organisation}

    def has(self, organisation: str) -> bool:
        """Tell whether an organisation is a member of another that has figures, or of a total of all."""
        found = [members for placed in self._placed.values() for who, members in placed.items() if who in self.known]
        return any(organisation in members for members in found) or any(is_total(who) for who in self.known)

    def placed(self, period: str) -> Mapping[str, Shares]:
        """Return for each organisation above them the known ones that are in it at the end of an NHS year."""
        if period not in self._placed:
            self._placed[period] = self._place(period)
        return self._placed[period]

    def _place(self, period: str) -> Mapping[str, Shares]:
        register = self._register
        mine = [who for who in self._alone if who in register.number]
        bodies = np.array([register.number[who] for who in mine], np.int64)
        days = np.full(len(mine), day_number(year_end(period)) - 1, np.int64)
        found: dict[str, dict[str, float]] = {}
        for level in LEVELS if mine else ():
            shares = shares_on(register, bodies, days, level)
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
