"""In which region and board each trust was, by the files in order of their days."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace

from organisations.book import Book, Gap, Membership, joined
from organisations.reading import EARLIEST_KEPT, ENGLAND, OLD_REGIONS, REGIONS, SNAPSHOTS, SYSTEMS, Rows, start_of

Seen = dict[str, list[tuple[str, str, str]]]  # by body: the day, the parent, and the file that shows it


def add_trusts(
    book: Book, kinds: dict[str, str], relations: Rows, returns: dict[tuple[str, str], dict[str, str]], sites: Rows,
    older: dict[str, str],
) -> None:  # fmt: skip
    """Add the boards and regions of trusts, the regions of boards, and England.

    Parameters
    ----------
    older : dict of str to str
        The region of each trust that the return of 2018/19 calls the old one.
    """
    systems = _systems(book, kinds, relations, sites)
    regions = _regions(book, relations, returns, older)
    followed = {row.predecessor for row in book.successions}
    for code, kind in kinds.items():
        if kind not in ("nhs_trust", "care_trust", "independent_provider"):
            continue
        closed = book.closed(code)
        rows = _in_boards(book, code, systems[code], closed if code in followed else "")
        book.memberships += rows
        until = "2014-04-01" if kind == "independent_provider" else rows[0].valid_from if rows else ""
        last = max((year for year, body in returns if body == code), default="")
        if closed and code not in followed and last:  # a return covers its year to the end, also for what closed in it
            closed = max(closed, f"{int(last[:4]) + 1}-04-01")
        book.memberships += _in_regions(book, code, regions[code], min(filter(None, (until, closed)), default=""))
    by = _by_region(relations, kinds)
    for code in sorted(code for code, kind in kinds.items() if kind == "icb"):
        body = book.organisations[code]
        book.memberships.append(
            Membership(code, by[code], "region", "1", body.opened, body.closed, "etr-2026-07", "seen")
        )
    for code in (*OLD_REGIONS, *(code for code, kind in kinds.items() if kind == "nhs_england_region")):
        body = book.organisations[code]
        book.memberships.append(Membership(code, ENGLAND, "country", "1", body.opened, body.closed, "ons", "seen"))


def _systems(book: Book, kinds: dict[str, str], relations: Rows, sites: Rows) -> Seen:
    found: Seen = defaultdict(list)
    for row in relations:
        if row["parent_kind"] == "stp_or_icb" and kinds.get(row["parent"]) == "icb":
            found[row["child"]].append((SNAPSHOTS[row["start"]], row["parent"], f"etr-{row['start']}"))
    for code, board in _boards_of_sites(book, sites).items():
        found[code].append(("2023-04-01", board, "eric-2023-24"))
    return found


def _regions(
    book: Book, relations: Rows, returns: dict[tuple[str, str], dict[str, str]], older: dict[str, str]
) -> Seen:
    found: Seen = defaultdict(list)
    for row in relations:
        if row["parent_kind"] == "region" and row["start"] < "2020" and row["child_kind"] == "nhs_trust":
            found[row["child"]].append((row["start"] + "-01", row["parent"], f"etr-{row['start']}"))
    named = {**{name: code for code, name in OLD_REGIONS.items()}, **_regions_by_name(book)}
    for (year, code), row in returns.items():
        if year != "2023/24":
            word = row["region"].removesuffix(" COMMISSIONING REGION")
            found[code].append((start_of(year), named[word], f"eric-{year[:4]}-{year[5:]}"))
    for code, word in older.items():
        found[code].append(("2018-04-01", named[word.upper().removesuffix(" COMMISSIONING REGION")], "eric-2018-19"))
    return found


def _in_boards(book: Book, code: str, seen: list[tuple[str, str, str]], ends: str) -> list[Membership]:
    opened, closed = book.organisations[code].opened, book.closed(code)
    rows: list[Membership] = []
    for day, board, source in sorted(seen):
        if ends and day >= ends:
            continue
        exact = day == book.organisations[board].opened
        start = opened if not rows and opened > SYSTEMS else ""
        rows = joined(rows, code, board, "icb", day, source, exact=exact, start=start)
    if closed and not ends:
        rows = _listed(rows, closed, max(seen, default=("", "", "")))
    return _continued(_ended(rows, ends, book), book, closed)


def _in_regions(book: Book, code: str, seen: list[tuple[str, str, str]], ends: str) -> list[Membership]:
    closed = book.closed(code)
    rows: list[Membership] = []
    for day, region, source in sorted(seen):
        if region in book.organisations and not (closed and day >= closed) and not (ends and day >= ends):
            rows = joined(rows, code, region, "region", day, source, exact=day in (EARLIEST_KEPT, REGIONS))
    return _ended(rows, ends, book)


def _ended(rows: list[Membership], closed: str, book: Book) -> list[Membership]:
    """Return rows that end with the body, and with the parent."""
    if not rows:
        return []
    ended = [*rows[:-1], replace(rows[-1], valid_to=closed)]
    return [
        replace(row, valid_to=min(filter(None, (row.valid_to, book.closed(row.parent))), default="")) for row in ended
    ]


def _listed(rows: list[Membership], closed: str, last: tuple[str, str, str]) -> list[Membership]:
    """Return the memberships of a closed body without a successor: after closing, as far as a file still lists it."""
    found = []
    for row in rows:
        if row.valid_from < closed:
            found.append(replace(row, valid_to=min(filter(None, (row.valid_to, closed)))))
        if last[0] >= closed and (not row.valid_to or row.valid_to > closed):
            source = row.source if row.valid_from >= closed else last[2]
            found.append(replace(row, valid_from=max(row.valid_from, closed), source=source, basis="listed"))
    return found


def _continued(rows: list[Membership], book: Book, closed: str) -> list[Membership]:
    """Return rows whose last goes on in the board into which its board went whole."""
    if not rows or not rows[-1].valid_to or rows[-1].valid_to == closed:
        return rows
    whole = [each for each in book.successions if each.predecessor == rows[-1].parent and each.share == "1"]
    if not whole:
        return rows
    after = whole[0]
    return [*rows, replace(rows[-1], parent=after.successor, valid_from=after.date, valid_to="", source=after.source,
                           basis="board_whole")]  # fmt: skip


def _regions_by_name(book: Book) -> dict[str, str]:
    regions = {row.code for row in book.roles if row.word == "region"} - set(OLD_REGIONS)
    return {row.word.upper(): row.code for row in book.names if row.code in regions}


def _boards_of_sites(book: Book, sites: Rows) -> dict[str, str]:
    """Return the board that the return of 2023/24 names for each trust's sites; one that names several is a gap."""
    named = {re.sub(r"[^A-Z]", "", row.word.upper().replace("INTEGRATED CARE BOARD", "ICB")): row.code
             for row in book.names if row.word.upper().endswith("INTEGRATED CARE BOARD")}  # fmt: skip
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sites:
        found[row["Trust Code"]][named[re.sub(r"[^A-Z]", "", row["Integrated Care Board"].upper())]] += 1
    for code, boards in found.items():
        if len(boards) > 1:
            note = f"the return of 2023/24 names {', '.join(sorted(boards))} for its sites; the most frequent is used"
            book.gaps.append(Gap(code, "icb", "2023-04-01", "2024-04-01", note))
    return {code: boards.most_common(1)[0][0] for code, boards in found.items()}


def _by_region(relations: Rows, kinds: dict[str, str]) -> dict[str, str]:
    """Return the region of each board, and refuse a board whose trusts a snapshot puts in two."""
    at: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in relations:
        if row["child_kind"] == "nhs_trust" and row["start"] >= "2020":
            at[row["child"], row["start"]][row["parent_kind"]] = row["parent"]
    found: dict[str, set[str]] = defaultdict(set)
    for both in at.values():
        if kinds.get(both["stp_or_icb"]) == "icb":
            found[both["stp_or_icb"]].add(both["region"])
    two = {board: regions for board, regions in found.items() if len(regions) != 1}
    if two:
        raise SystemExit(f"boards in two regions: {two}")
    return {board: next(iter(regions)) for board, regions in found.items()}
