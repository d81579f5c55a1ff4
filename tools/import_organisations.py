"""Write a release of organisations from the compiled figures, or from a newer set of ODS files.

    python tools/import_organisations.py ods-2026-07 --figures DIR --originals DIR
    python tools/import_organisations.py ods-2026-10 --after ods-2026-07 --day 2026-10-01 \
        --etr etr.csv --eccg eccg.csv --succ succ.csv --epraccur epraccur.csv

The first form reads `DIR/organisations`, `DIR/eric` and the estates returns. The second adds what the ODS
files say on a day to an earlier release and what became known after it: what is new, moved, renamed, closed or
followed by another. Each file may be left out. The package is written to `data/organisations/` and sealed.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from nhscarbon.methods.data_package import DESCRIPTOR, seal
from nhscarbon.organisations.later import PLANNED, load_later
from organisations.book import add_later, read_book, written
from organisations.figures import first_book
from organisations.ods import add_release

DATA = Path(__file__).resolve().parents[1] / "data" / "organisations"
TEXTS = Path(__file__).resolve().parent / "organisations"


def main() -> int:
    """Write and seal one release."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    for option in ("figures", "originals", "etr", "eccg", "succ", "epraccur"):
        parser.add_argument(f"--{option}", type=Path)
    parser.add_argument("--after", help="the release to add to")
    parser.add_argument("--day", help="the day of the ODS files, such as 2026-10-01")
    parser.add_argument("--data", type=Path, default=DATA, help="where releases lie; the project's own when left out")
    options = parser.parse_args()
    folder = options.data / options.name
    if options.after and options.day:
        book, later = read_book(options.data / options.after), load_later(options.after, options.data.parent)
        bases = _rows(TEXTS / "bases.csv")
        if later is not None:
            add_later(book, later)
            known = {PLANNED, *(row["basis"] for row in bases)}
            bases += [row for row in later.rows("bases.csv") if row["basis"] not in known]
        files = {name: getattr(options, name) for name in ("etr", "eccg", "succ", "epraccur") if getattr(options, name)}
        add_release(book, options.day, files)
        before = json.loads((options.data / options.after / DESCRIPTOR).read_text("utf-8"))
        sources = _rows(options.data / options.after / "sources.csv") + (later.rows("sources.csv") if later else [])
        sources += [{"source": f"{name}-{options.day[:7]}", "title": f"NHS England ODS: {path.name}, {options.day}",
                     "second_hand": ""} for name, path in files.items()]  # fmt: skip
    elif options.figures and options.originals:
        book = first_book(options.figures, options.originals)
        before = json.loads((TEXTS / "descriptor.json").read_text("utf-8"))
        sources, bases = _rows(TEXTS / "sources.csv"), _rows(TEXTS / "bases.csv")
    else:
        parser.error("give --figures and --originals, or --after, --day and at least one ODS file")
    written(book, folder)
    _write(folder / "sources.csv", sources)
    _write(folder / "bases.csv", bases)
    descriptor = {**before, "name": options.name, "resources": []}
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n", "utf-8")
    seal(folder)
    counts = ", ".join(
        f"{len(getattr(book, name)):,} {name}" for name in ("organisations", "memberships", "successions")
    )
    sys.stdout.write(f"{folder.name}: {counts}, {len(book.gaps):,} gaps\n")
    return 0


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
