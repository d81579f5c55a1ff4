"""A release of organisations as frozen arrays: what was open when, as what, in what, and followed by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.method import frozen_digests, load_pinned
from nhscarbon.organisations.soundness import faults_of
from nhscarbon.package import DataPackage, data_root

ROOM = "organisations"
ALWAYS_FROM, ALWAYS_TO = -(10**6), 10**6  # days since 1970 that no calendar of ours reaches: an empty day
Days = NDArray[np.int32]
Codes = NDArray[np.int32]
Array = TypeVar("Array", bound=NDArray[Any])


@dataclass(frozen=True)
class Words:
    """Roles, names or types: `word[i]` of `code[i]` from `start[i]` up to `end[i]`, in order of code and day."""

    code: Codes
    word: tuple[str, ...]
    start: Days
    end: Days
    source: tuple[str, ...]
    inferred: NDArray[np.bool_]


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


@dataclass(frozen=True)
class Gap:
    """Something that no file held says."""

    code: str
    about: str
    valid_from: str
    valid_to: str
    note: str


@dataclass(frozen=True, eq=False)
class Organisations:
    """A release: every array is read-only, and was found sound when it was loaded.

    Attributes
    ----------
    codes : tuple of str
        Every code in ascending order; arrays number them.
    opened, closed : int32 array, shape (codes,)
        Days since 1970: the first of use, and the first of no more use.
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

    @property
    def name(self) -> str:
        """The release, such as ``ods-2026-07``."""
        return self.package.name

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The number of each code."""
        return {code: place for place, code in enumerate(self.codes)}

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


@lru_cache(maxsize=8)
def load_organisations(name: str, root: Path | None = None) -> Organisations:
    """Read, verify and check a release.

    Parameters
    ----------
    name : str
        Such as ``ods-2026-07``.
    root : Path, optional
        The data folder; the one that ships with nhscarbon when left out.

    Returns
    -------
    Organisations

    Raises
    ------
    UsageError
        If there is no such release.
    IntegrityError
        If a file is not the published one, or its rows contradict one another: every contradiction is named.
    """
    root = root or data_root()
    known = sorted(path.name for path in (root / ROOM).iterdir() if path.is_dir()) if (root / ROOM).is_dir() else []
    if name not in known:
        raise UsageError(f"there is no release of organisations '{str(name)[:60]}'; there are {', '.join(known)}")
    pin = next((label for label in frozen_digests(root) if label.startswith(f"{name}@")), f"{name}@")
    return organisations_of(load_pinned(root, ROOM, pin))


def organisations_of(package: DataPackage) -> Organisations:
    """Build a release from a verified package; raises IntegrityError as `load_organisations`."""
    bodies = package.rows("organisations.csv")
    members, follows = package.rows("memberships.csv"), package.rows("successions.csv")
    named = {row["code"] for row in bodies}
    mentioned = {row[column] for row in follows for column in ("predecessor", "successor")}
    codes = tuple(sorted(named | mentioned))
    number = {code: place for place, code in enumerate(codes)}
    strangers = sorted({row[column] for row in members for column in ("child", "parent")} - set(number))
    if strangers or len(named) < len(bodies):
        raise IntegrityError(f"{package.label}: memberships name codes that organisations.csv lacks "
                             f"({', '.join(strangers[:5])}), or a code stands there twice")  # fmt: skip
    opened, closed = np.full(len(codes), ALWAYS_FROM, np.int32), np.full(len(codes), ALWAYS_TO, np.int32)
    for row in follows:  # a code that is known by its succession only
        if row["predecessor"] not in named:
            closed[number[row["predecessor"]]] = _day(row["date"], ALWAYS_TO)
    places = np.array([number[row["code"]] for row in bodies])
    opened[places] = [_day(row["opened"], ALWAYS_FROM) for row in bodies]
    closed[places] = [_day(row["closed"], ALWAYS_TO) for row in bodies]
    organisations = Organisations(
        package=package, codes=codes, opened=_held(opened), closed=_held(closed),
        roles=_words(package.rows("roles.csv"), number), names=_words(package.rows("names.csv"), number),
        types=_words(package.rows("types.csv"), number), memberships=memberships_of(members, number),
        successions=_successions(follows, number), gaps=tuple(Gap(**row) for row in package.rows("gaps.csv")),
        sources={row["source"]: row["title"] for row in package.rows("sources.csv")},
    )  # fmt: skip
    faults = faults_of(organisations)
    if faults:
        shown = "\n  ".join(faults[:12])
        raise IntegrityError(
            f"{package.label} contradicts itself in {len(faults)} places; nothing was used:\n  {shown}"
        )
    return organisations


def memberships_of(
    rows: Sequence[Mapping[str, str]], number: Mapping[str, int], levels: tuple[str, ...] = ()
) -> Memberships:
    """Build memberships from rows of text, in order of child, level and day."""
    levels = tuple(dict.fromkeys([*levels, *sorted({row["level"] for row in rows})]))
    place = {level: code for code, level in enumerate(levels)}
    rows = sorted(rows, key=lambda row: (number[row["child"]], place[row["level"]], row["valid_from"]))
    return Memberships(
        child=_held(np.array([number[row["child"]] for row in rows], np.int32)),
        parent=_held(np.array([number[row["parent"]] for row in rows], np.int32)),
        level=_held(np.array([place[row["level"]] for row in rows], np.int8)),
        share=_held(np.array([float(row["share"]) for row in rows], np.float64)),
        start=_days(rows, "valid_from", ALWAYS_FROM), end=_days(rows, "valid_to", ALWAYS_TO),
        source=tuple(row["source"] for row in rows), inferred=_inferred(rows), levels=levels,
    )  # fmt: skip


def _successions(rows: Sequence[Mapping[str, str]], number: Mapping[str, int]) -> Successions:
    return Successions(
        predecessor=_held(np.array([number[row["predecessor"]] for row in rows], np.int32)),
        successor=_held(np.array([number[row["successor"]] for row in rows], np.int32)),
        share=_held(np.array([float(row["share"]) for row in rows], np.float64)),
        day=_days(rows, "date", ALWAYS_TO), source=tuple(row["source"] for row in rows),
        basis=tuple(row["basis"] for row in rows), inferred=_inferred(rows),
    )  # fmt: skip


def _words(rows: Sequence[Mapping[str, str]], number: Mapping[str, int]) -> Words:
    rows = sorted(rows, key=lambda row: (number[row["code"]], row["valid_from"]))
    return Words(
        code=_held(np.array([number[row["code"]] for row in rows], np.int32)),
        word=tuple(row["word"] for row in rows),
        start=_days(rows, "valid_from", ALWAYS_FROM), end=_days(rows, "valid_to", ALWAYS_TO),
        source=tuple(row["source"] for row in rows), inferred=_inferred(rows),
    )  # fmt: skip


def _inferred(rows: Iterable[Mapping[str, str]]) -> NDArray[np.bool_]:
    return _held(np.array([row["inferred"] == "yes" for row in rows], np.bool_))


def _days(rows: Iterable[Mapping[str, str]], column: str, empty: int) -> Days:
    return _held(np.array([_day(row[column], empty) for row in rows], np.int32))


@lru_cache(maxsize=8192)
def _day(text: str, empty: int) -> int:
    return day_number(text) if text else empty


def _held(array: Array) -> Array:
    array.setflags(write=False)
    return array
