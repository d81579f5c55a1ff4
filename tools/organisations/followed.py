"""What followed each closed body, and with which shares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from organisations.book import Book, Gap, Succession
from organisations.reading import EARLIEST_KEPT, NEW_BOARDS, rows_of

Shared = dict[str, tuple[str, str, dict[str, str]]]


def add_successions(book: Book, folder: Path, kinds: dict[str, str], originals: Path) -> None:
    """Add the successions of kept bodies, each on the day of closing; several successors need shares."""
    found: dict[str, list[Succession]] = defaultdict(list)
    for told in rows_of(folder / "successors.csv.gz"):
        old, new, day = told["old"], told["new"], told["date"]
        if old == new or (len(old) > 3 and day < EARLIEST_KEPT and old not in book.organisations):
            continue
        inferred = told["source"].startswith("INFERRED")
        source = ("eric-2023-24" if inferred else "mergers-2026" if "Apr 2026" in told["source"] else
                  "succ-2022-10" if told["source"].startswith("ODS succ") else "openprescribing")  # fmt: skip
        day = day if len(day) == 10 else f"{day}-01"
        found[old].append(Succession(old, new, "1", day, source, "postcodes" if inferred else "seen"))
    shares = _shares(book, folder, kinds, originals)
    for old, rows in found.items():
        day = max(row.date for row in rows)
        for row in rows:
            if row.date != day:
                note = f"also followed by {row.successor} on {row.date}, as part of it; without a share, so not used"
                book.gaps.append(Gap(old, "succession", row.date, "", note))
        last = [row for row in rows if row.date == day]
        closed = book.closed(old)
        if closed and closed != day:
            if abs((date.fromisoformat(closed) - date.fromisoformat(day)).days) > 1:
                note = f"closed on {closed}, but its succession is dated {day}; the day of closing is used"
                book.gaps.append(Gap(old, "succession", day, closed, note))
            last = [replace(row, date=closed) for row in last]
        elif not closed and old in book.organisations:
            book.add(old, "", day, book.organisations[old].source)
            book.roles[:] = [replace(r, valid_to=day) if r.code == old and not r.valid_to else r for r in book.roles]
        if len(last) > 1 and old not in shares:
            note = (
                f"followed by {', '.join(sorted(row.successor for row in last))} on {last[0].date}; no shares are held"
            )
            book.gaps.append(Gap(old, "succession", last[0].date, "", note))
            continue
        if old in shares:
            basis, source, of = shares[old]
            last = [replace(row, share=of[row.successor], basis=basis, source=source) for row in last]
        book.successions += last
    basis, source, of = shares["D4U1Y"]
    book.successions += [Succession("D4U1Y", new, share, NEW_BOARDS, source, basis) for new, share in of.items()]
    book.add("D4U1Y", "", NEW_BOARDS, "splits-2026")
    book.roles[:] = [replace(r, valid_to=NEW_BOARDS) if r.code == "D4U1Y" and not r.valid_to else r for r in book.roles]


def _shares(book: Book, folder: Path, kinds: dict[str, str], originals: Path) -> Shared:
    """Return the shares of bodies that went to several: basis, source, and the share of each successor."""
    splits = rows_of(folder / "icb_2026_splits.csv")
    people = [row for row in splits if row["basis"] == "population weight"]
    location = {row["to_code"]: row["share"] for row in people}
    board = {row["to_icb"]: row["share"] for row in people}
    shares: Shared = {"D4U1Y": ("population", "splits-2026", location), "QNQ": ("population", "splits-2026", board)}
    practices = Counter(row["parent_code"] for row in rows_of(folder / "organisations.csv.gz")
                        if row["kind"] == "gp_practice" and not row["end"])  # fmt: skip
    whole = [row for row in splits if row["basis"] == "moves whole"]
    parent = {row["code"]: row["parent_code"] for row in rows_of(folder / "organisations.csv.gz")}
    for old in ("QM7", "QJG"):
        parts: Counter[str] = Counter()
        for row in whole:
            if parent[row["from_code"]] == old:
                parts[row["to_icb"]] += practices[row["from_code"]]
        shares[old] = ("practices", "epraccur", _divided(parts))
    areas = {row["Site Code"]: Fraction(row["Gross internal floor area (m²)"].replace(",", "") or 0)
             for row in rows_of(originals / "eric-2019-20-site.csv")
             if row["Gross internal floor area (m²)"].replace(",", "").replace(".", "").isdigit()}  # fmt: skip
    moved = {row["site_code_19"]: row["trust_code_23"] for row in rows_of(folder / "site_transfers_2019_2023.csv")
             if row["trust_code_19"] == "RW6" and row["trust_code_23"] in ("R0A", "RM3")}  # fmt: skip
    floor: dict[str, Fraction] = defaultdict(Fraction)
    for site, trust in moved.items():
        floor[trust] += areas[site]
    shares["RW6"] = ("floor_area", "eric-2019-20", _divided(floor))
    return shares


def _divided(parts: Mapping[str, Fraction | int]) -> dict[str, str]:
    """Return shares as decimal texts whose sum is 1 exactly: the last takes what rounding leaves."""
    whole = sum(parts.values())
    *most, last = sorted(parts)
    shares = {name: Decimal(round(Fraction(parts[name]) / whole * 10**12)).scaleb(-12) for name in most}
    shares[last] = 1 - sum(shares.values(), Decimal(0))
    return {name: format(share.normalize(), "f") for name, share in shares.items()}
