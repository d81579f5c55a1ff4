"""A release of organisations as frozen arrays: what was open when, as what, in what, and followed by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import DataPackage
from nhscarbon.organisations.later import Planned
from nhscarbon.output.text import one_line, short_repr

ALWAYS_FROM, ALWAYS_TO = -(10**6), 10**6  # days since 1970 that no calendar of ours reaches: an empty day
Days = NDArray[np.int32]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Words:
    """Roles, names or types: `word[i]` of `code[i]` from `start[i]` up to `end[i]`, in order of code and day."""

    code: Codes
    word: tuple[str, ...]
    start: Days
    end: Days
    source: tuple[str, ...]
    inferred: NDArray[np.bool_]

    __repr__ = short_repr


@dataclass(frozen=True)
class Memberships:
    """Shares of bodies in others; `level` numbers `levels`. Days as in `Words`."""

    child: Codes
    parent: Codes
    level: NDArray[np.int8]
    share: NDArray[np.float64]
    start: Days
    end: Days
    source: tuple[str, ...]
    inferred: NDArray[np.bool_]
    levels: tuple[str, ...]

    __repr__ = short_repr


@dataclass(frozen=True)
class Successions:
    """Shares of closed bodies that go on in others from a day."""

    predecessor: Codes
    successor: Codes
    share: NDArray[np.float64]
    day: Days
    source: tuple[str, ...]
    basis: tuple[str, ...]
    inferred: NDArray[np.bool_]

    __repr__ = short_repr


@dataclass(frozen=True)
class Gap:
    """Something that no file held says."""

    code: str
    about: str
    valid_from: str
    valid_to: str
    note: str

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Organisations:
    """A release: every array is read-only, and was found sound when it was loaded.

    Attributes
    ----------
    codes : tuple of str
        Every code in ascending order; arrays number them.
    opened, closed : int32 array, shape (codes,)
        Days since 1970: the first of use, and the first of no more use.
    later : DataPackage or None
        The successions that became known after the release was frozen; None where it is as it was frozen.
    planned : tuple of Planned
        Successions that were announced; they move nothing.
    marks : Mapping[(str, str), str]
        What is to be said of the succession of two codes, such as that its day is inferred from the month.
    """

    package: DataPackage
    codes: tuple[str, ...]
    opened: Days
    closed: Days
    roles: Words
    names: Words
    types: Words
    memberships: Memberships
    successions: Successions
    gaps: tuple[Gap, ...]
    sources: Mapping[str, str]
    later: DataPackage | None = None
    planned: tuple[Planned, ...] = ()
    marks: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def packages(self) -> Mapping[str, str]:
        """The digest of each package that it was built from, by label."""
        return {each.label: each.digest for each in (self.package, self.later) if each is not None}

    @property
    def name(self) -> str:
        """The release, such as ``ods-2026-07``."""
        return self.package.name

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The number of each code."""
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def last_names(self) -> tuple[str, ...]:
        """The last known name of each code, empty where none is known."""
        names = [""] * len(self.codes)
        for code, word in zip(self.names.code.tolist(), self.names.word, strict=True):  # in order of code and day
            names[code] = word
        return tuple(names)

    def __repr__(self) -> str:
        return one_line(self, f"{self.name}, {len(self.codes):,} codes")

    def word_of(self, words: Words, code: int, day: int) -> str:
        """Return a role, name or type on a day: the last known before it, or else the first."""
        low, high = np.searchsorted(words.code, [code, code + 1])
        if low == high:
            return ""
        at = int(low) + max(int(np.searchsorted(words.start[low:high], day, side="right")) - 1, 0)
        return words.word[at]


def day_number(day: str | date) -> int:
    """Return the days since 1970 of an ISO date.

    Raises
    ------
    UsageError
        If it is not a day of the calendar.

    Examples
    --------
    >>> day_number("1970-01-02")
    1
    """
    try:
        found = day if isinstance(day, date) else date.fromisoformat(day)
    except (ValueError, TypeError):
        raise UsageError(f"'{str(day)[:40]}' is not a day; write it as 2026-04-01") from None
    return found.toordinal() - date(1970, 1, 1).toordinal()


def day_text(number: int) -> str:
    """Return the ISO date of a number of days since 1970, or an empty word where it is not known."""
    if not ALWAYS_FROM < number < ALWAYS_TO:
        return ""
    return date.fromordinal(number + date(1970, 1, 1).toordinal()).isoformat()
