"""Commissioners, networks, practices and sites: in what they are."""

from __future__ import annotations

from collections import defaultdict

from organisations.book import Book, Gap, Membership, Word
from organisations.reading import LAW, NEW_BOARDS, Rows, day_after, start_of


def add_commissioners(book: Book, told: Rows, splits: Rows) -> None:
    """Add the boards of sub-board locations, before and after the boards of April 2026."""
    whole = {row.predecessor: row.successor for row in book.successions if row.share == "1" and row.date == NEW_BOARDS}
    moved = {row["from_code"]: row["to_icb"] for row in splits if row["basis"] == "moves whole"}
    hubs = {row.code for row in book.roles if row.word == "commissioning_hub"}
    for row in told:
        code, board = row["code"], row["parent_code"]
        if row["kind"] != "sub_icb_location" or code in hubs or board not in book.organisations:
            continue
        start, closed = max(row["start"], LAW), book.closed(code)
        ends = min(filter(None, (closed, book.closed(board))), default="")
        book.memberships.append(Membership(code, board, "icb", "1", start, ends, "eccg-2025-12", "one_file"))
        if ends == NEW_BOARDS and closed != NEW_BOARDS:
            if code in moved:
                after = Membership(code, moved[code], "icb", "1", NEW_BOARDS, "", "splits-2026", "seen")
            elif board in whole:
                after = Membership(code, whole[board], "icb", "1", NEW_BOARDS, "", "mergers-2026", "board_whole")
            else:
                book.gaps.append(
                    Gap(code, "icb", NEW_BOARDS, "", f"{board} was split; where this part of it went is not held")
                )
                continue
            book.memberships.append(after)
    book.add("U2G6B", NEW_BOARDS, "", "splits-2026")
    book.roles.append(Word("U2G6B", "sub_icb_location", NEW_BOARDS, "", "splits-2026", "seen"))
    book.memberships.append(Membership("U2G6B", "S0E4D", "icb", "1", NEW_BOARDS, "", "splits-2026", "seen"))
    book.gaps.append(Gap("U2G6B", "name", NEW_BOARDS, "", "the name of this new sub-board location is not held"))
    for code in sorted(hubs):
        note = "a national commissioning hub: the file lists it under QWO by its address, so it is in no board here"
        book.gaps.append(Gap(code, "icb", "", "", note))


def add_networks(book: Book, told: Rows, relations: Rows) -> None:
    """Add the sub-board locations of networks and practices, and the networks of practices."""
    for row in told:
        if row["kind"] == "pcn" and row["parent_code"] in book.organisations:
            start = max(row["start"], LAW)
            closed = book.closed(row["code"])
            if closed and closed <= start:
                continue
            ends = min(filter(None, (closed, book.closed(row["parent_code"]))), default="")
            book.memberships.append(
                Membership(
                    row["code"], row["parent_code"], "sub_icb_location", "1", start, ends, "epcn-2024", "one_file"
                )
            )
        if (
            row["kind"] == "gp_practice"
            and row["code"] in book.organisations
            and row["parent_code"] in book.organisations
        ):
            closed = book.closed(row["code"])
            if closed and closed <= LAW:
                continue
            ends = min(filter(None, (closed, book.closed(row["parent_code"]))), default="")
            book.memberships.append(
                Membership(row["code"], row["parent_code"], "sub_icb_location", "1", max(row["start"], LAW), ends,
                           "epraccur", "one_file")
            )  # fmt: skip
    spans: dict[tuple[str, str, str], str] = {}
    for row in relations:  # the files are in order of their days: the last word of an end stands
        if (
            row["relation"] == "pcn_core_partner"
            and row["child"] in book.organisations
            and row["parent"] in book.organisations
        ):
            key = (row["child"], row["start"], row["parent"])
            spans[key] = max(spans.get(key, ""), day_after(row["end"])) if row["end"] or key in spans else ""
    of: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for (child, start, parent), ends in spans.items():
        of[child].append((start, parent, ends))
    for child, rows in of.items():
        rows.sort()
        for place, (start, parent, ends) in enumerate(rows):
            after = rows[place + 1][0] if place + 1 < len(rows) else ""
            limits = (ends, after, book.closed(child), book.closed(parent))
            until = min(filter(None, limits), default="")
            if not until or until > start:
                book.memberships.append(Membership(child, parent, "pcn", "1", start, until, "epcn-2024", "seen"))


def add_sites(book: Book, relations: Rows) -> None:
    """Add the trusts that returned each site."""
    years: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in relations:
        if (
            row["child_kind"] == "trust_site"
            and row["child"] in book.organisations
            and row["parent"] in book.organisations
        ):
            years[row["child"]][row["parent"]].append(row["start"])
    for code, of in years.items():
        for trust, printed in of.items():
            source = f"eric-{max(printed)[:4]}-{max(printed)[5:]}"
            book.memberships.append(
                Membership(code, trust, "trust", "1", start_of(min(printed)), book.closed(trust), source, "one_file")
            )
