"""Read a release of the register of organisations, verified and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import IntegrityError
from nhscarbon.kept import kept
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.organisations.later import happened, load_later, marks, pin_of, planned, with_later
from nhscarbon.organisations.register import (
    ALWAYS_FROM,
    ALWAYS_TO,
    Days,
    Gap,
    Memberships,
    Organisations,
    Successions,
    Words,
    day_number,
)
from nhscarbon.organisations.soundness import faults_of

ROOM = "organisations"
TABLES = ("organisations", "roles", "names", "types", "memberships", "successions", "gaps")
RELEASE = "ods-2026-07"  # that codes are looked up in unless another is named
Array = TypeVar("Array", bound=NDArray[Any])


@lru_cache(maxsize=8)
def load_organisations(name: str, root: Path | None = None) -> Organisations:
    """Read, verify and check a release.

    Parameters
    ----------
    name : str
        Such as ``ods-2026-07``, which has the successions that became known after it was frozen, or
        ``ods-2026-07@1.0.0``, which is as it was frozen.
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
    return organisations_of(load_pinned(root, ROOM, pin_of(name, ROOM, "", root)), load_later(name, root))


def organisations_of(package: DataPackage, later: DataPackage | None = None) -> Organisations:
    """Build a release from verified packages; raises IntegrityError as `load_organisations`."""
    tables = {name: package.rows(f"{name}.csv") for name in TABLES}
    sources = package.rows("sources.csv")
    if later is not None:
        tables = with_later(tables, happened(later), later.label)
        sources += later.rows("sources.csv")
    bodies, members, follows = tables["organisations"], tables["memberships"], tables["successions"]
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
        roles=_words(tables["roles"], number), names=_words(tables["names"], number),
        types=_words(tables["types"], number), memberships=memberships_of(members, number),
        successions=_successions(follows, number), gaps=tuple(Gap(**row) for row in tables["gaps"]),
        sources={row["source"]: row["title"] for row in sources}, later=later,
        planned=planned(later), marks=marks(later),
    )  # fmt: skip
    faults = faults_of(organisations)
    if faults:
        shown = "\n  ".join(faults[:12])
        raise IntegrityError(f"{package.label} contradicts itself {len(faults)} times; nothing was used:\n  {shown}")
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


@kept(8192)
def _day(text: str, empty: int) -> int:
    return day_number(text) if text else empty


def _held(array: Array) -> Array:
    array.setflags(write=False)
    return array
