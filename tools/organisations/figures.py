"""The first release: what the compiled figures and the estates returns say."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from organisations.book import Book, Gap, Word, by_code, seen
from organisations.followed import add_successions
from organisations.places import add_commissioners, add_networks, add_sites
from organisations.reading import (
    EARLIEST_KEPT,
    ENGLAND,
    LAW,
    OLD_REGIONS,
    REGIONS,
    RELEASE,
    SYSTEMS,
    Rows,
    day_after,
    rows_of,
    start_of,
)  # fmt: skip
from organisations.trusts import add_trusts

ROLES = {"nhs_trust": "nhs_trust", "nhs_trust_wales": "nhs_trust_wales", "care_trust": "care_trust",
         "independent_provider": "independent_provider", "icb": "icb", "nhs_england_region": "region",
         "ccg": "ccg", "sub_icb_location": "sub_icb_location", "pcn": "pcn", "gp_practice": "gp_practice",
         "trust_site": "trust_site"}  # fmt: skip


def first_book(figures: Path, originals: Path) -> Book:
    """Return the first release.

    Parameters
    ----------
    figures : Path
        The folder that holds ``organisations`` and ``eric``.
    originals : Path
        The folder that holds the estates returns.
    """
    folder = figures / "organisations"
    told = rows_of(folder / "organisations.csv.gz")
    relations = rows_of(folder / "relations.csv.gz")
    returns = _returned(figures / "eric" / "trust_totals.csv.gz")
    sites = rows_of(originals / "eric-2023-24-site.csv")
    older = {row["Trust Code"]: row["Old Commissioning Region"] for row in csv.DictReader(
        io.StringIO((originals / "eric-2018-19-trust.csv").read_text("cp1252"), newline=""))}  # fmt: skip
    book = Book()
    kinds = {row["code"]: row["kind"] for row in told}
    _bodies(book, told)
    add_successions(book, folder, kinds, originals)
    _names(book, told, returns)
    add_trusts(book, kinds, relations, returns, sites, older)
    add_commissioners(book, told, rows_of(folder / "icb_2026_splits.csv"))
    add_networks(book, told, relations)
    add_sites(book, relations)
    _said(book)
    return book


def _returned(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["year"], row["org_code"]): row for row in rows_of(path)}


def _source_of(row: dict[str, str]) -> str:
    kind = row["kind"]
    if kind.startswith("nhs_trust"):
        return "etr-2026-07"
    if kind in ("ccg", "sub_icb_location"):
        return "eccg-2025-12"
    if kind == "icb":
        return "etr-2026-04" if row["start"] else "icb-2024-12"
    if match := re.match(r"ERIC (\d{4})/(\d\d)", row["source"]):
        return f"eric-{match[1]}-{match[2]}"
    return {"nhs_england_region": "regions-2021", "pcn": "epcn-2024", "gp_practice": "epraccur"}[kind]


def _real_site(code: str) -> bool:
    return len(code) == 5 and code.isalnum() and code != "AGGRE"


def _bodies(book: Book, told: Rows) -> None:
    book.add(ENGLAND, "", "", "ons")
    book.roles.append(Word(ENGLAND, "country", "", "", "ons", "seen"))
    for row in told:
        code, kind, source = row["code"], row["kind"], _source_of(row) if row["kind"] in ROLES else ""
        if not source or (kind == "trust_site" and not _real_site(code)) or _old_practice(row):
            continue
        opened, closed = row["start"], day_after(row["end"])
        if kind == "icb" and not opened:
            opened = SYSTEMS
            book.roles += [Word(code, "stp", SYSTEMS, LAW, "etr-2020-04", "law"),
                           Word(code, "icb", LAW, closed, "icb-2024-12", "law")]  # fmt: skip
        elif kind == "sub_icb_location" and "REPORTING ENTITY" in row["name"]:
            book.roles.append(Word(code, "sub_icb_reporting_entity", opened, closed, source, "seen"))
        elif kind == "sub_icb_location" and "COMMISSIONING HUB" in row["name"]:
            book.roles.append(Word(code, "commissioning_hub", opened, closed, source, "seen"))
        elif kind == "sub_icb_location":
            if opened < LAW:
                book.roles.append(Word(code, "ccg", opened, LAW, source, "law"))
            book.roles.append(Word(code, kind, max(opened, LAW), closed, source, "law" if opened < LAW else "seen"))
        elif kind == "nhs_england_region":
            opened = EARLIEST_KEPT if code == "Y56" else REGIONS
            book.roles.append(Word(code, "region", opened, "", source, "earliest"))
        else:
            book.roles.append(Word(code, ROLES[kind], opened, closed, source, "seen"))
        book.add(code, opened, closed, source)
    for code, name in OLD_REGIONS.items():
        book.add(code, EARLIEST_KEPT, REGIONS, "etr-2015-10")
        book.roles.append(Word(code, "region", EARLIEST_KEPT, REGIONS, "etr-2015-10", "earliest"))
        book.names.append(Word(code, name, EARLIEST_KEPT, REGIONS, "eric-2015-16", "earliest"))


def _old_practice(row: dict[str, str]) -> bool:
    """Tell practices that closed before networks began, and those outside England."""
    return row["kind"] == "gp_practice" and (
        ("" < row["end"] < "2019-10-01") or row["parent_code"].startswith("7A") or row["code"][0] == "W"
    )


def _names(book: Book, told: Rows, returns: dict[tuple[str, str], dict[str, str]]) -> None:
    printed: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for (year, code), row in returns.items():
        printed[code].append((start_of(year), row["org_name"], f"eric-{year[:4]}-{year[5:]}"))
    last = {row["code"]: row["name"] for row in told if row["kind"].startswith("nhs_trust")}
    for row in told:
        code = row["code"]
        if code not in book.organisations:
            continue
        rows: list[Word] = []
        opened = book.organisations[code].opened
        for day, name, source in sorted(printed[code]):
            rows = seen(rows, code, name, day, source, opened=opened)
        closed = book.closed(code)
        if code in last:
            day = min(RELEASE, (date.fromisoformat(closed) - timedelta(days=1)).isoformat()) if closed else RELEASE
            rows = seen(rows, code, row["name"], day, "etr-2026-07", opened=opened)
        elif not rows:
            rows = seen(rows, code, row["name"], opened or "", _source_of(row), opened=opened)
        book.names += [*rows[:-1], replace(rows[-1], valid_to=closed)]
    book.names.append(Word(ENGLAND, "England", "", "", "ons", "seen"))
    types = by_code(
        Word(code, row["org_type"], start_of(year), "", f"eric-{year[:4]}-{year[5:]}", "seen")
        for (year, code), row in sorted(returns.items())
    )
    for code, rows in types.items():
        runs: list[Word] = []
        for each in rows:
            runs = seen(runs, code, each.word, each.valid_from, each.source)
        book.types += [*runs[:-1], replace(runs[-1], valid_to=book.closed(code))]


def _said(book: Book) -> None:
    """List what no file says of the bodies that returns or the map need."""
    followed = {row.predecessor for row in book.successions}
    kinds = {row.code: row.word for row in book.roles}
    placed = {row.child for row in book.memberships if row.level == "icb"}
    for code, organisation in book.organisations.items():
        kind = kinds[code]
        if kind in ("nhs_trust", "care_trust") and organisation.closed and code not in followed:
            note = "closed, and no file names a successor"
            book.gaps.append(Gap(code, "succession", organisation.closed, "", note))
        if kind in ("nhs_trust", "care_trust", "independent_provider") and not organisation.opened:
            book.gaps.append(Gap(code, "days", "", "", "no file held gives the days on which it opened or closed"))
        if kind in ("care_trust", "independent_provider", "nhs_trust") and code not in placed and code not in followed:
            book.gaps.append(Gap(code, "icb", "", "", "no file held puts it in a board"))
        if kind == "nhs_trust_wales":
            book.gaps.append(Gap(code, "icb", "", "", "a trust of Wales, in no board of England"))
    for row in book.memberships:
        if row.basis == "between":
            note = "the change was seen in this file; the day on which it happened lies between it and the one before"
            book.gaps.append(Gap(row.child, row.level, row.valid_from, "", note))
    for code, about, note in (
        ("*", "trust_site", "119 site codes of seven or nine characters in the return of 2023/24 are not ODS codes"),
        ("*", "trust_site", "AGGRE and codes that end in ORS are sums of small sites, not sites"),
        ("*", "icb", "trusts are seen in systems from April 2020 only"),
        ("*", "place", "places are not in any file held: a system supplies them"),
        ("*", "succession", "successions of sites and practices before April 2013 are left out"),
        ("*", "gp_practice", "practices that closed before October 2019 and other cost centres are left out"),
    ):  # fmt: skip
        book.gaps.append(Gap(code, about, "", "", note))
