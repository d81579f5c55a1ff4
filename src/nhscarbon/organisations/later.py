"""Successions that became known after a release was frozen: a package of their own, in front of the release.

A release is never changed. What followed which organisation since then lies in ``<release>-later``; a release that is
named with its version, such as ``ods-2026-07@1.0.0``, is taken without it. A succession that was only planned when its
source was read is told and never used: it moves no tonnes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.data_package import DataPackage, frozen_digests, load_pinned
from nhscarbon.output.text import short_repr

ROOM, ENDING = "organisation_successions", "-later"
PLANNED = "planned"  # the basis of a row that its source announced
NO_SUCCESSOR, NO_DAYS = ("succession", "closed, and no file names a successor"), "days"  # gaps that a row may close
OPENING_UNKNOWN = "no file held gives the day on which it opened"
COLUMNS = ("predecessor", "successor", "share", "date", "source", "basis", "inferred")
Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Planned:
    """A succession that had been announced when its source was read; nothing is moved by it."""

    code: str
    successor: str
    day: str
    mark: str
    source: str

    __repr__ = short_repr

    def __str__(self) -> str:
        return f"{self.mark}: {self.successor} is to follow it from {self.day}"


def split_name(name: str) -> tuple[str, str]:
    """Return a release and its version, which is empty where the name has none.

    >>> split_name("ods-2026-07@1.0.0"), split_name("ods-2026-07")
    (('ods-2026-07', '1.0.0'), ('ods-2026-07', ''))
    """
    release, _, version = str(name).partition("@")
    return release, version


def pin_of(name: str, room: str, ending: str, root: Path) -> str:
    """Return the label of the package of a release in a room of the data.

    Raises
    ------
    UsageError
        If there is no such release, or not in the version that its name has.
    """
    release, version = split_name(name)
    folder, frozen = root / room, frozen_digests(root)
    known = (
        sorted(each.name.removesuffix(ending) for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    )
    if release not in known or (version and f"{release}@{version}" not in frozen):
        raise UsageError(f"there is no release of organisations '{str(name)[:60]}'; there are {', '.join(known)}")
    label = f"{release}{ending}@"
    return next((each for each in frozen if each.startswith(label)), label)


def load_later(name: str, root: Path) -> DataPackage | None:
    """Read and verify what became known after a release; None where nothing did, or the name has a version.

    Raises
    ------
    IntegrityError
        If a file of it is not the published one.
    """
    release, version = split_name(name)
    if version or not (root / ROOM / f"{release}{ENDING}").is_dir():
        return None
    return load_pinned(root, ROOM, pin_of(release, ROOM, ENDING, root))


def happened(package: DataPackage | None) -> list[Row]:
    """Return the successions that took place, in order."""
    return [row for row in package.rows("successions.csv") if row["basis"] != PLANNED] if package else []


def planned(package: DataPackage | None) -> tuple[Planned, ...]:
    """Return the successions that were planned."""
    rows = package.rows("successions.csv") if package else []
    names = ("predecessor", "successor", "date", "mark", "source")
    return tuple(Planned(*(row[name] for name in names)) for row in rows if row["basis"] == PLANNED)


def marks(package: DataPackage | None) -> dict[tuple[str, str], str]:
    """Return what is to be said of a succession, by the codes of both; of most nothing."""
    return {(row["predecessor"], row["successor"]): row["mark"] for row in happened(package) if row["mark"]}


def with_later(tables: Mapping[str, list[Row]], rows: Iterable[Row], label: str) -> Tables:
    """Return the tables of a release with successions that took place.

    The organisation that was followed closes on the day, with its roles, names, types and memberships; the one that
    follows has its new name from that day, where there is one.

    Parameters
    ----------
    tables : Mapping[str, list of dict]
        Rows of text by the name of their file: ``organisations``, ``roles``, ``names``, ``types``, ``memberships``,
        ``successions``, ``gaps``.
    rows : iterable of dict
        Of `happened`.
    label : str
        The package that they are from, for errors.

    Raises
    ------
    IntegrityError
        If a row names a code that the release does not hold.
    """
    rows = list(rows)
    held = {row["code"] for row in tables["organisations"]}
    if strangers := sorted({row[name] for row in rows for name in ("predecessor", "successor")} - held):
        raise IntegrityError(f"{label} names {', '.join(strangers)}, which the release does not hold")
    day_of = {row["predecessor"]: row["date"] for row in rows}
    found = {name: list(told) for name, told in tables.items()}
    found["organisations"] = [
        {**body, "closed": body["closed"] or day_of[body["code"]]} if body["code"] in day_of else body
        for body in found["organisations"]
    ]
    for name, column in (("roles", "code"), ("names", "code"), ("types", "code"), ("memberships", "child")):
        found[name] = list(_ended(found[name], column, day_of))
    for row in rows:
        if row["name"]:
            found["names"] = _renamed(found["names"], row["successor"], row)
        found["successions"].append({name: row[name] for name in COLUMNS})
    found["gaps"] = [_known(gap, day_of) for gap in found["gaps"]
                     if gap["code"] not in day_of or (gap["about"], gap["note"]) != NO_SUCCESSOR]  # fmt: skip
    return found


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings are one name."""
    plain = [re.sub(r"^THE|[^A-Z0-9]", "", name.upper().replace("&", "AND")) for name in (one, other)]
    return plain[0] == plain[1]


def _ended(rows: Iterable[Row], column: str, day_of: Mapping[str, str]) -> Iterable[Row]:
    """Yield rows of which those of some codes hold up to a day only."""
    for row in rows:
        if (day := day_of.get(row[column])) is None:
            yield row
        elif row["valid_from"] < day:
            yield {**row, "valid_to": min(filter(None, (row["valid_to"], day)))}


def _renamed(rows: list[Row], code: str, change: Row) -> list[Row]:
    """Return the names with that of one code from a day on, up to the next that a file shows."""
    day = change["date"]
    own = sorted((row for row in rows if row["code"] == code), key=lambda row: row["valid_from"])
    before, after = ([row for row in own if (row["valid_from"] < day) is early] for early in (True, False))
    if before and same_name(before[-1]["word"], change["name"]):
        return rows
    if after and same_name(after[0]["word"], change["name"]):
        if after[0]["valid_from"] == day:
            return rows
        after = after[1:]
    new = {"code": code, "word": change["name"], "valid_from": day, "valid_to": after[0]["valid_from"] if after else "",
           **{name: change[name] for name in ("source", "basis", "inferred")}}  # fmt: skip
    return [*(row for row in rows if row["code"] != code), *_ended(before, "code", {code: day}), new, *after]


def _known(gap: Row, day_of: Mapping[str, str]) -> Row:
    return {**gap, "note": OPENING_UNKNOWN} if gap["code"] in day_of and gap["about"] == NO_DAYS else gap
