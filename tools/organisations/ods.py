"""The Organisation Data Service's own files: no header, fixed columns, days as 20171001."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from organisations.book import Book, Gap, Membership, Succession, Word, by_code, joined, seen
from organisations.reading import day_after

CODE, NAME, REGION, SYSTEM, OPENED, CLOSED = 0, 1, 2, 3, 10, 11  # etr, eccg, epraccur
PARENT, SETTING, GP = 14, 25, "4"  # epraccur: commissioner, and the setting of a GP practice
OLD, NEW, DATE = 0, 1, 3  # succ
ROLES = {"etr": "nhs_trust", "eccg": "sub_icb_location", "epraccur": "gp_practice"}
LEVELS = {"etr": "icb", "eccg": "icb", "epraccur": "sub_icb_location"}


def day_of(text: str) -> str:
    """Return a day such as 20171001 in ISO form; an empty one stays empty."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if text else ""


def add_release(book: Book, day: str, files: dict[str, Path]) -> None:
    """Add what a set of ODS files says on a day to a book.

    Parameters
    ----------
    book : Book
        The earlier release; it is changed.
    day : str
        The day of the files, in ISO form.
    files : dict of str to Path
        By layout: ``etr``, ``eccg``, ``succ``, ``epraccur``.
    """
    for layout in ("etr", "eccg", "epraccur"):
        if layout in files:
            _bodies(book, day, layout, _read(files[layout]))
    if "succ" in files:
        _successions(book, day, _read(files["succ"]))


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [[cell.strip() for cell in row] for row in csv.reader(stream) if row]


def _bodies(book: Book, day: str, layout: str, rows: list[list[str]]) -> None:
    source, level = f"{layout}-{day[:7]}", LEVELS[layout]
    names, parents = by_code(book.names), defaultdict(list)
    for row in book.memberships:
        if row.level == level:
            parents[row.child].append(row)
    followed = {row.predecessor for row in book.successions}
    roles = by_code(book.roles)
    for cells in rows:
        if layout == "epraccur" and cells[SETTING] != GP:
            continue
        code, opened, closed = cells[CODE], day_of(cells[OPENED]), day_after(day_of(cells[CLOSED]))
        parent = cells[PARENT if layout == "epraccur" else SYSTEM]
        known = code in book.organisations
        if layout == "epraccur" and closed and not known:
            continue
        book.add(code, opened, closed, source)
        if not known:
            roles[code] = [Word(code, ROLES[layout], opened, closed, source, "seen")]
        ended = [replace(row, valid_to=row.valid_to or closed) for row in roles[code]]
        roles[code] = ended
        names[code] = _ended_words(seen(names.get(code, []), code, cells[NAME], day, source, opened=opened), closed)
        if parent not in book.organisations:
            book.gaps.append(Gap(code, level, day, "", f"listed under {parent}, which is not held"))
            continue
        if not closed or code not in followed:
            exact = day == book.organisations[parent].opened
            start = "" if known else opened
            parents[code] = joined(parents[code], code, parent, level, day, source, exact=exact, start=start)
        if closed and code in followed:
            parents[code] = [replace(row, valid_to=row.valid_to or closed) for row in parents[code]]
    book.names = [row for group in names.values() for row in group]
    book.roles = [row for group in roles.values() for row in group]
    others = [row for row in book.memberships if row.level != level]
    book.memberships = [*others, *(row for group in parents.values() for row in group)]


def _ended_words(rows: list[Word], closed: str) -> list[Word]:
    return [*rows[:-1], replace(rows[-1], valid_to=closed)]


def _successions(book: Book, day: str, rows: list[list[str]]) -> None:
    source = f"succ-{day[:7]}"
    held = {(row.predecessor, row.successor) for row in book.successions}
    fresh = defaultdict(list)
    for cells in rows:
        pair = (cells[OLD], cells[NEW])
        if pair not in held and cells[OLD] in book.organisations and cells[NEW] in book.organisations:
            fresh[cells[OLD]].append(Succession(*pair, "1", day_of(cells[DATE]), source, "seen"))
    before = {row.predecessor for row in book.successions}
    for old, found in fresh.items():
        if len(found) > 1 or old in before:
            several = ", ".join(sorted(row.successor for row in found))
            book.gaps.append(
                Gap(old, "succession", found[0].date, "", f"also followed by {several}; no shares are held")
            )
            continue
        closed = book.closed(old)
        row = replace(found[0], date=closed or found[0].date)
        book.add(old, "", row.date, book.organisations[old].source)
        book.successions.append(row)
        ends: list[Membership] = [
            replace(each, valid_to=row.date) if each.child == old and not each.valid_to else each
            for each in book.memberships
        ]
        book.memberships = ends
