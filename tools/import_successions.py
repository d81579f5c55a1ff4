"""Write what became known of successions after a release was frozen, from the compiled figures.

    python tools/import_successions.py ods-2026-07 --figures DIR

Reads `DIR/organisations/successions_2024_on.csv` and writes the package `<release>-later` into
`data/organisation_successions`: successions with their sources and marks, and the rows of the compact index that
differ by them. Then run `python tools/seal.py`, which freezes its digest.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from nhscarbon.methods.data_package import DESCRIPTOR, load_package, seal
from nhscarbon.organisations.later import ENDING, PLANNED, ROOM
from nhscarbon.organisations.load import load_organisations, organisations_of
from organisations.reading import Rows, rows_of
from write_organisation_index import CODES, NAMES, rows_of_codes, rows_of_names

DATA = Path(__file__).resolve().parents[1] / "data"
FILE = "successions_2024_on.csv"
VERSION = "1.0.0"
COLUMNS = ("predecessor", "successor", "share", "date", "name", "source", "basis", "inferred", "mark")
BASES = {  # by the mark of the figures: the basis of a row, and what it means
    "": ("seen", "", "the row and its day are as the source states them"),
    "day inferred from the month": ("month", "yes", "the source gives the month; the day is taken to be its first"),
    "planned when read": (PLANNED, "yes", "the source announced it; it is told, and moves nothing"),
}


def successions(rows: Rows, source_of: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the rows of the package; a mark that is not known is refused."""
    if strange := sorted({row["mark"] for row in rows} - set(BASES)):
        raise SystemExit(f"marks that this importer does not know: {strange}")
    return [
        (row["old"], row["new"], "1", row["date"], row["new_name"], source_of[row["source"]], *BASES[row["mark"]][:2],
         row["mark"])
        for row in rows
    ]  # fmt: skip


def write_later(release: str, figures: Path, data: Path = DATA) -> Path:
    """Write and seal the package; return its folder."""
    rows = rows_of(figures / "organisations" / FILE)
    titles = list(dict.fromkeys(row["source"] for row in rows))
    source_of = {title: f"later-{number}" for number, title in enumerate(titles, start=1)}
    folder = data / ROOM / f"{release}{ENDING}"
    folder.mkdir(parents=True, exist_ok=True)
    frozen = load_organisations(_exact(release, data), data)
    _write(folder / "successions.csv", COLUMNS, successions(rows, source_of))
    _write(folder / "sources.csv", ("source", "title", "second_hand"),
           ((source, title, "yes") for title, source in source_of.items()))  # fmt: skip
    _write(folder / "bases.csv", ("basis", "inferred", "meaning"), BASES.values())
    for name, columns in (("codes", CODES), ("names", NAMES)):
        _write(folder / f"{name}.csv", columns, ())
    before = frozen.package.descriptor
    descriptor = {
        "name": folder.name,
        "version": VERSION,
        "kind": ROOM,
        "title": f"Successions of NHS organisations that became known after {release} was frozen",
        "publisher": "The trusts' own pages and public pages on mergers, as the sources name them",
        "sources": [{"title": f"Named in each row by an id of sources.csv; {FILE} of the compiled figures",
                     "second_hand": True},
                    {"title": f"Data package {frozen.package.label}", "version": before.version,
                     "sha256": frozen.package.digest}],
        "licenses": [licence.model_dump() for licence in before.licenses],
        "attribution": before.attribution,
        "notes": [
            f"Used in front of {release}, which is never changed; {frozen.package.label} is the release without it.",
            "A row whose basis is planned is told in look-ups and never moves tonnes. name: of the successor from that "
            "day on; empty where none is stated. mark: what the compiled figures say of the row.",
            "codes.csv, names.csv: the rows of the compact index that differ by these successions.",
        ],
        "resources": [],
    }  # fmt: skip
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n", "utf-8")
    seal(folder)
    whole = organisations_of(frozen.package, load_package(folder))
    for name, columns, of in (("codes", CODES, rows_of_codes), ("names", NAMES, rows_of_names)):
        held = set(of(frozen))
        _write(folder / f"{name}.csv", columns, (row for row in of(whole) if row not in held))
    seal(folder)
    return folder


def _exact(release: str, data: Path) -> str:
    """Return a release's name with its version: what was frozen, and nothing later."""
    return load_package(data / "organisations" / release).label


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    path.write_text(text.getvalue(), "utf-8", newline="\n")


def main() -> int:
    """Write the package of the release that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", help="such as ods-2026-07")
    parser.add_argument("--figures", type=Path, required=True, help="the folder that holds `organisations`")
    parser.add_argument("--data", type=Path, default=DATA, help="the data folder; the project's own when left out")
    options = parser.parse_args()
    folder = write_later(options.release, options.figures, options.data)
    rows = rows_of(folder / "successions.csv")
    planned = sum(row["basis"] == PLANNED for row in rows)
    sys.stdout.write(f"{folder.name}: {len(rows)} successions, {planned} of them planned\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
