"""Import the official UK Government GHG conversion factors, 2013 on, into data/emission_factors.

python tools/import_ukgov.py --originals DIR --figures DIR --out data/emission_factors [--edition 2023 ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ukgov.match import Edition, match
from ukgov.package import update_report, write_edition
from ukgov.standard import read_figures, second_hand_records, standard_records
from ukgov.tables import HERE, ImportRefusedError, Relabel, Tables, Workbook, read_tables
from ukgov.workbook import find_workbooks, read_flat, read_sheet

Figures = dict[int, list[dict[str, str]]]


def import_edition(
    year: int, tables: Tables, files: dict[str, Path], figures: Figures
) -> tuple[Edition, list[Workbook], bool]:
    """Import one edition: its factors, its sources, and whether it is second-hand."""
    books = [book for book in tables.workbooks if book.edition == year]
    if not books:
        msg = f"workbooks.csv has no row for {year}; it holds {_span(tables)}. Add it there."
        raise ImportRefusedError(msg)
    book = books[0]
    path = files.get(book.sha256)
    if book.kind == "second_hand":
        second = match(second_hand_records(figures[year], book), year, tables)
        if path is None:
            return second, books, True
        official = match(read_flat(path, book), year, tables)
        refuse_differences(official, second, path.name)
        return official, books, False
    if path is None:
        msg = f"{year}: {book.file} (sha256 {book.sha256}) is not in the originals folder. Download it from {book.url}."
        raise ImportRefusedError(msg)
    if book.kind == "flat":
        return match(read_flat(path, book), year, tables), books, False
    transcription = next((other for other in books if other.kind == "second_hand"), None)
    records = standard_records(figures[year], book, lambda sheet: read_sheet(path, sheet), transcription)
    return match(records, year, tables), books, transcription is not None


def refuse_differences(official: Edition, second: Edition, name: str) -> None:
    """Refuse an official workbook that does not confirm the second-hand figures, value for value."""
    for kind, rows, copies in (
        ("factors", official.factors, second.factors),
        ("gas splits", official.gases, second.gases),
    ):
        printed = {(row.factor_id, getattr(row, "gas", "")): row.value for row in rows}
        copied = {(row.factor_id, getattr(row, "gas", "")): row.value for row in copies}
        wrong = sorted(key for key in printed.keys() | copied.keys() if printed.get(key) != copied.get(key))
        if wrong:
            shown = "; ".join(
                f"{' '.join(key).strip()}: workbook {printed.get(key)}, figures {copied.get(key)}" for key in wrong[:5]
            )
            msg = (
                f"{name} and the second-hand figures disagree on {len(wrong)} {kind}: {shown}. "
                "Nothing was written. The workbook is the authority: correct the figures table first."
            )
            raise ImportRefusedError(msg)


def refuse_idle(rules: Sequence[Relabel]) -> None:
    """Refuse label rules that no row of any edition met: a slip in one loses a figure in silence."""
    if rules:
        shown = "; ".join(f"{rule.level1} {rule.field} '{rule.old}' ({rule.first}-{rule.last})" for rule in rules)
        msg = (
            f"relabels.csv has {len(rules)} rules that meet no row: {shown}. Nothing was written. Mend or delete them."
        )
        raise ImportRefusedError(msg)


def run(originals: Path, figures: Path, out: Path, reports: Path, editions: Sequence[int]) -> list[str]:
    """Import the editions, all or none, and return one line of summary for each."""
    tables = read_tables()
    files = find_workbooks(originals, tables.workbooks)
    long = read_figures(figures)
    years = list(editions) or sorted({book.edition for book in tables.workbooks})
    done = {year: import_edition(year, tables, files, long) for year in years}
    if not editions:
        met = frozenset().union(*(edition.respelled for edition, _, _ in done.values()))
        refuse_idle([rule for rule in tables.relabels if rule not in met])
    coverage: list[dict[str, str]] = []
    absent: list[dict[str, str]] = []
    lines = []
    for year, (edition, books, second_hand) in done.items():
        write_edition(out, year, edition, tables, books, second_hand=second_hand)
        counts = {
            "edition": str(year),
            "factor_rows": str(len(edition.factors)),
            "gas_rows": str(len(edition.gases)),
            "activities": str(len({row.activity for row in edition.factors})),
            "absent": str(len(edition.absent)),
        }
        coverage.append(counts)
        absent += [{"edition": str(year), "factor_id": row.factor_id, "reason": row.reason} for row in edition.absent]
        lines.append("  ".join(f"{name} {value}" for name, value in counts.items()))
    update_report(reports / "coverage.csv", list(coverage[0]), coverage, set(years))
    update_report(reports / "absent.csv", ["edition", "factor_id", "reason"], absent, set(years))
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Run the importer from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--originals", type=Path, required=True, help="folder of the publisher's workbooks")
    parser.add_argument("--figures", type=Path, required=True, help="folder of ukgov_ghg_long.csv.gz")
    parser.add_argument("--out", type=Path, required=True, help="data/emission_factors")
    parser.add_argument("--reports", type=Path, default=HERE, help="folder of coverage.csv and absent.csv")
    parser.add_argument("--edition", type=int, nargs="*", default=[], help="editions; default: all")
    args = parser.parse_args(argv)
    try:
        lines = run(args.originals, args.figures, args.out, args.reports, args.edition)
    except ImportRefusedError as error:
        print(f"import refused: {error}", file=sys.stderr)
        return 4
    print("\n".join(lines))
    return 0


def _span(tables: Tables) -> str:
    """Say which editions workbooks.csv holds."""
    years = sorted({book.edition for book in tables.workbooks})
    return f"{years[0]} to {years[-1]}"


if __name__ == "__main__":
    raise SystemExit(main())
