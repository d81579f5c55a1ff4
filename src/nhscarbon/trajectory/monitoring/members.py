"""Who is judged: organisations on one map, the systems that they make, and who should have sent in which year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nhscarbon.analysis.rollup.placing import TO
from nhscarbon.errors import UsageError
from nhscarbon.organisations.register import Organisations, day_number, day_text
from nhscarbon.organisations.shares import LEVELS, Shares, shares_on
from nhscarbon.output.text import short_repr
from nhscarbon.periods import year_end
from nhscarbon.trajectory.monitoring.senders import Flags, Numbers, Senders
from nhscarbon.trajectory.monitoring.words import some

SYSTEM = "system"  # what the sum of all organisations is called where no level is asked for
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Members:
    """Which share of whose year is judged as what.

    Attributes
    ----------
    senders : Senders
    judged : tuple of str
        The organisations on the map, and after them the systems.
    organisations : int
        How many of `judged` are organisations.
    sender, year, place : int64 array, shape (shares,)
        Numbers of the senders, the years and `judged`.
    share : float64 array, shape (shares,)
    parts : Mapping of system to (organisation, share)
        Which organisations on the map make it.
    closed : Mapping[str, str]
        The day from which a sender is closed, where it is.
    notes : tuple of str
    """

    senders: Senders
    judged: tuple[str, ...]
    organisations: int
    sender: Whole
    year: Whole
    place: Whole
    share: Numbers
    parts: Mapping[str, tuple[tuple[str, float], ...]]
    closed: Mapping[str, str]
    notes: tuple[str, ...]

    __repr__ = short_repr

    @property
    def years(self) -> tuple[str, ...]:
        """The NHS years, ascending."""
        return self.senders.years

    @cached_property
    def supplied(self) -> frozenset[str]:
        """Of what is judged, whose base year holds totals from outside."""
        here = self.senders.supplied[self.sender] & (self.year == self.senders.base)
        return frozenset(self.judged[at] for at in self.place[here].tolist())

    @cached_property
    def came(self) -> Flags:
        """Whether the sender of each share sent anything in its year."""
        return np.asarray(self.senders.sent[self.sender, self.year], np.bool_)

    def summed(self, values: Numbers) -> Numbers:
        """Return sums by what is judged and year of figures by sender and year; further axes stay."""
        found = np.zeros((len(self.judged), *values.shape[1:]))
        weight = self.share.reshape(-1, *(1,) * (values.ndim - 2))
        np.add.at(found, (self.place, self.year), values[self.sender, self.year] * weight)
        return found

    def all_of(self, values: Flags) -> Flags:
        """Return by what is judged and year whether something holds of every sender that sent."""
        found = np.ones((len(self.judged), *values.shape[1:]), np.bool_)
        here = self.came
        np.logical_and.at(found, (self.place[here], self.year[here]), values[self.sender[here], self.year[here]])
        return found

    @cached_property
    def present(self) -> Flags:
        """Whether anything was sent, by what is judged and year."""
        found = np.zeros((len(self.judged), len(self.years)), np.bool_)
        found[self.place[self.came], self.year[self.came]] = True
        return found

    @cached_property
    def lacking(self) -> Flags:
        """Whether a sender that was there sent nothing, by what is judged and year."""
        found = np.zeros((len(self.judged), len(self.years)), np.bool_)
        found[self.place[~self.came], self.year[~self.came]] = True
        return found

    def who_makes(self, organisation: str) -> tuple[str, ...]:
        """Return the organisations that what is judged is the sum of: itself, or the parts of a system."""
        return tuple(sorted(name for name, _ in self.parts.get(organisation, ((organisation, 1.0),))))

    def who(self, place: int, year: int, *, came: bool) -> list[int]:
        """Return the numbers of the senders of a year of what is judged that sent, or that did not."""
        here = (self.place == place) & (self.year == year) & (self.came == came)
        return [int(each) for each in self.sender[here]]


def members(senders: Senders, *, register: Organisations | None, restate: str, to: str) -> Members:
    """Return who is judged.

    Parameters
    ----------
    senders : Senders
    register : Organisations or None
        Without one, every organisation is itself in every year.
    restate : str
        The day on whose map all years are put; empty where each is as reported, or as a roll-up has it.
    to : str
        The level whose bodies are the systems; empty where all organisations are one.

    Raises
    ------
    UsageError
        If there is no such level.
    """
    if to and to not in TO:
        raise UsageError(f"there is no level '{to[:40]}'; there are {', '.join(TO)}")
    number = {} if register is None else register.number
    code = np.array([number.get(word, -1) for word in senders.codes], np.int64)
    known = code >= 0
    last = np.array([day_number(year_end(year)) - 1 for year in senders.years], np.int64)
    there = senders.expected.copy()
    closed = {}
    if register is not None and known.any():
        opened, gone = register.opened[code[known]], register.closed[code[known]]
        there[known] &= (opened[:, None] <= last) & (gone[:, None] > last)
        words = [senders.codes[at] for at in np.flatnonzero(known).tolist()]
        closed = {word: day_text(int(day)) for word, day in zip(words, gone, strict=True) if day_text(int(day))}
    sender, year = (each.astype(np.int64) for each in np.nonzero(senders.sent | there))
    day = np.full(len(sender), day_number(restate)) if restate else last[year]
    names = senders.places or senders.codes
    own = _placed(register, code[sender], day, LEVELS[0] if restate else "", names, sender)
    found = sorted({word for word, _, _ in own})
    of_level = _placed(register, code[sender], day, TO[to], names, sender) if to else []
    if not to and len(found) > 1:
        of_level = [(SYSTEM, at, 1.0) for at in range(len(sender))]
    systems = sorted({word for word, _, _ in of_level})
    parts = _parts(register, found, day_number(restate) if restate else int(last[-1]), to) if systems else {}
    twice = set(found) & set(systems)  # a board that sent a return of its own is judged as the board
    found = [word for word in found if word not in twice]
    first = {word: at for at, word in enumerate(found)}
    second = {word: at + len(found) for at, word in enumerate(systems)}
    rows = [(pair, first[word], share) for word, pair, share in own if word in first]
    rows += [(pair, second[word], share) for word, pair, share in of_level]
    pair = np.array([row[0] for row in rows], np.int64)
    notes = [f"{', '.join(sorted(twice))}: judged with its members, not alone."] if twice else []
    if moved := sorted({names[sender[at]] for word, at, _ in own if word != names[sender[at]]}):
        which = "its successor" if len(moved) == 1 else "their successors"
        notes.append(f"On the map of {restate}, {some(moved)} {'is' if len(moved) == 1 else 'are'} part of {which}.")
    return Members(
        senders, (*found, *systems), len(found), sender[pair], year[pair], np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64), parts, closed, tuple(notes),
    )  # fmt: skip


def ends(codes: Sequence[str], register: Organisations | None, day: str) -> list[tuple[str, ...]]:
    """Return where each organisation ends on the map of a day: itself, or its successors."""
    number = {} if register is None else register.number
    code = np.array([number.get(word, -1) for word in codes], np.int64)
    at = np.arange(len(codes))
    days = np.full(len(codes), day_number(day) if day else 0)
    found: list[list[str]] = [[] for _ in codes]
    for word, place, _ in _placed(register, code, days, LEVELS[0] if day else "", codes, at):
        found[place].append(word)
    return [tuple(each) for each in found]


def _parts(
    register: Organisations | None, names: Sequence[str], day: int, to: str
) -> dict[str, tuple[tuple[str, float], ...]]:  # fmt: skip
    """Return which organisations make each system, and to which shares, on a day."""
    if not to or register is None:
        return {SYSTEM: tuple((name, 1.0) for name in names)}
    code = np.array([register.number.get(name, -1) for name in names], np.int64)
    at = np.arange(len(names))
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    for system, pair, share in _placed(register, code, np.full(len(names), day), TO[to], names, at):
        found[system] = (*found.get(system, ()), (names[pair], share))
    return found


def _placed(
    register: Organisations | None, code: Whole, day: Whole, level: str, names: Sequence[str], sender: Whole
) -> list[tuple[str, int, float]]:
    """Return the name, the place of the pair and the share of where each sender and year goes at a level.

    Without a level, or a release that knows it, a sender is itself; at a level above, what has no place is left out.
    """
    if register is None or not level:
        return [(names[who], at, 1.0) for at, who in enumerate(sender.tolist())]
    known = np.flatnonzero(code >= 0)
    found: Shares = shares_on(register, code[known], day[known], level)
    rows = [
        (register.codes[target], int(known[source]), float(share))
        for source, target, share, placed in zip(
            found.source.tolist(), found.target.tolist(), found.share.tolist(), found.placed.tolist(), strict=True
        )
        if placed
    ]
    if level == LEVELS[0]:
        rows += [(names[sender[at]], int(at), 1.0) for at in np.flatnonzero(code < 0)]
    return rows
