"""Dated rows of organisations, and how one more thing that was seen on a day changes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from nhscarbon.methods.data_package import DataPackage
from nhscarbon.organisations.later import happened, planned, same_name, with_later

INFERRED = {"between", "earliest", "listed", "one_file", "board_whole", "practices", "floor_area", "law", "postcodes",
            "month"}  # fmt: skip


@dataclass(frozen=True)
class Organisation:
    """A code and the days between which it is open; an empty day is not known."""

    code: str
    opened: str
    closed: str
    source: str


@dataclass(frozen=True)
class Word:
    """A role, a name or a type of a code, from a day up to another."""

    code: str
    word: str
    valid_from: str
    valid_to: str
    source: str
    basis: str
    inferred: str = ""


@dataclass(frozen=True)
class Membership:
    """A share of a body in another, of one level, from a day up to another."""

    child: str
    parent: str
    level: str
    share: str
    valid_from: str
    valid_to: str
    source: str
    basis: str
    inferred: str = ""


@dataclass(frozen=True)
class Succession:
    """A share of a closed body that goes on in another from a day."""

    predecessor: str
    successor: str
    share: str
    date: str
    source: str
    basis: str
    inferred: str = ""


@dataclass(frozen=True)
class Gap:
    """Something that the files held do not say."""

    code: str
    about: str
    valid_from: str
    valid_to: str
    note: str


Row = Organisation | Word | Membership | Succession | Gap


@dataclass
class Book:
    """All rows of a release."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    roles: list[Word] = field(default_factory=list)
    names: list[Word] = field(default_factory=list)
    types: list[Word] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, code: str, opened: str, closed: str, source: str) -> None:
        """Enter a code, or what a later file says of its days."""
        old = self.organisations.get(code)
        if old is None:
            self.organisations[code] = Organisation(code, opened, closed, source)
        elif (opened and opened != old.opened) or (closed and closed != old.closed):
            self.organisations[code] = Organisation(code, opened or old.opened, closed or old.closed, source)

    def closed(self, code: str) -> str:
        """Return the day from which a code is closed, or an empty word."""
        return self.organisations[code].closed if code in self.organisations else ""


def seen(rows: list[Word], code: str, word: str, day: str, source: str, *, opened: str = "") -> list[Word]:
    """Return the rows of one code after its word was seen on a day; rows are in order of days."""
    if not rows:
        return [Word(code, word, opened or day, "", source, "seen" if opened == day else "earliest")]
    last = rows[-1]
    if same_name(last.word, word):
        return [*rows[:-1], replace(last, word=word)]
    return [*rows[:-1], replace(last, valid_to=day), Word(code, word, day, "", source, "between")]


def joined(
    rows: list[Membership], child: str, parent: str, level: str, day: str, source: str, *, exact: bool, start: str = ""
) -> list[Membership]:
    """Return the memberships of one body at one level after it was seen in a parent on a day.

    Parameters
    ----------
    exact : bool
        Whether the day is the day of the change, not merely the first on which it was seen.
    start : str, optional
        The body's opening where no earlier file could have seen it.
    """
    if not rows:
        basis = "seen" if not start or start == day else "earliest"
        return [Membership(child, parent, level, "1", start or day, "", source, basis)]
    last = rows[-1]
    if last.parent == parent:
        return rows
    basis = "seen" if exact else "between"
    return [*rows[:-1], replace(last, valid_to=day), Membership(child, parent, level, "1", day, "", source, basis)]


FILES: dict[str, type] = {"organisations": Organisation, "roles": Word, "names": Word, "types": Word,
                          "memberships": Membership, "successions": Succession, "gaps": Gap}  # fmt: skip


def written(book: Book, folder: Path) -> None:
    """Write the tables of a book as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in FILES.items():
        rows = getattr(book, name)
        rows = list(rows.values()) if isinstance(rows, dict) else rows
        out = io.StringIO()
        writer = csv.DictWriter(out, [each.name for each in fields(kind)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(_marked(asdict(row)) for row in sorted(set(rows), key=_order))
        (folder / f"{name}.csv").write_text(out.getvalue(), "utf-8", newline="\n")


def read_book(folder: Path) -> Book:
    """Read the tables of an earlier release."""
    book = Book()
    for name, kind in FILES.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = [kind(**row) for row in csv.DictReader(stream)]
        setattr(book, name, {row.code: row for row in rows} if kind is Organisation else rows)
    return book


def add_later(book: Book, package: DataPackage) -> None:
    """Add the successions that became known after the release of a book; those that were planned become gaps."""
    tables = {}
    for name in FILES:
        rows = getattr(book, name)
        tables[name] = [asdict(row) for row in (rows.values() if isinstance(rows, dict) else rows)]
    for name, told in with_later(tables, happened(package), package.label).items():
        rows = [FILES[name](**row) for row in told]
        setattr(book, name, {row.code: row for row in rows} if FILES[name] is Organisation else rows)
    for each in planned(package):
        book.gaps.append(Gap(each.code, "succession", each.day, "", str(each)))


def _order(row: Row) -> tuple[str, ...]:
    return tuple(str(value) for value in asdict(row).values())


def _marked(row: dict[str, str]) -> dict[str, str]:
    return {**row, "inferred": "yes" if row["basis"] in INFERRED else ""} if "basis" in row else row


def by_code(rows: Iterable[Word]) -> dict[str, list[Word]]:
    """Return rows by their code, in order of days."""
    found: dict[str, list[Word]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return found
