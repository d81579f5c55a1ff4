"""Write the shipped estates example: the published 2023/24 site file in the warehouse's long form.

    python tools/export_eric_example.py --source DIR/eric-2023-24-site.csv

Only the columns that carry carbon are kept: activities, what is inside another column, and the gross
internal floor area. Values stay the publisher's own text.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from pathlib import Path

from nhscarbon.activity.eric.layouts import Layout, read_layouts
from nhscarbon.activity.eric.recognise import recognise
from nhscarbon.activity.files.sheets import read_grids
from nhscarbon.methods.data_package import seal

DATA = Path(__file__).resolve().parents[1] / "data"
LAYOUTS = DATA / "layouts" / "eric-1"
LAYOUT, YEAR_END = "eric-2023-24", "2024-03-31"
NO_LICENCE = "No licence line was seen in the file itself; NHS England statistics are normally OGL v3.0"
TARGET = DATA / "examples" / "estates-2023-24"
KEPT = ("activity", "inside_another")
FLOOR_AREA = "floor_area_gross_internal"
LONG = (
    "effective_snapshot_date", "organisation_code", "site_code", "organisation_type", "site_type", "measure",
    "measure_value",
)  # fmt: skip
NAMES = ("organisation_code", "organisation_name", "organisation_type", "region")


def long_rows(body: list[list[str]], layout: Layout) -> tuple[list[list[str]], dict[str, int]]:
    """Return the long rows of a wide file, and how many cells were kept and left out, and why."""
    at = dict(zip(layout.columns["role"], layout.columns.index, strict=True))
    used = layout.columns[layout.columns["role"].isin(KEPT) | (layout.columns["measure"] == FLOOR_AREA)]
    measures = list(zip(used.index, used["header"], strict=True))
    energy = [column for column, unit, role in zip(used.index, used["unit"], used["role"], strict=True)
              if unit == "kWh" and role == "activity"]  # fmt: skip
    counts = {"kept": 0, "missing": 0, "zero": 0}
    rows = []
    for row in body:
        site = [row[at[role]].strip() for role in ("organisation_code", "site_code")]
        kinds = [row[at[role]].strip() for role in ("organisation_type", "site_type")]
        given = {row[column].strip() for column in energy} - set(layout.missing)
        only_zero = bool(given) and all(value.strip("0.") == "" for value in given)  # or it would look unreported
        for column, measure in measures:
            value = row[column].strip()
            fate = "missing" if value in layout.missing else "zero" if value.strip("0.") == "" else "kept"
            if fate == "zero" and only_zero and column in energy:
                fate = "kept"
            counts[fate] += 1
            if fate == "kept":
                rows.append([YEAR_END, *site, *kinds, measure, value])
    return rows, counts


def organisation_rows(body: list[list[str]], layout: Layout) -> list[list[str]]:
    """Return each organisation once, with its name, type and region as published."""
    at = dict(zip(layout.columns["role"], layout.columns.index, strict=True))
    rows = {row[at["organisation_code"]].strip(): [row[at[role]].strip() for role in NAMES] for row in body}
    return [rows[code] for code in sorted(rows)]


def describe(source: Path, counts: dict[str, int], sites: int, organisations: int) -> dict[str, object]:
    """Return the descriptor of the example."""
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    title = "Estates Returns Information Collection, England, 2023/24: site data"
    return {
        "name": "estates-2023-24",
        "version": "1.0.0",
        "kind": "examples",
        "title": "Estates return 2023/24 of England's NHS trusts, in long form",
        "publisher": "NHS England",
        "sources": [{"title": title, "file": source.name, "sha256": sha256}],
        "licenses": [
            {
                "name": "OGL-UK-3.0",
                "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                "title": NO_LICENCE,
            }
        ],
        "attribution": "NHS England, Estates Returns Information Collection 2023/24",
        "notes": [
            NO_LICENCE + ".",
            f"Derived by tools/export_eric_example.py from {source.name}, a re-save of the published file "
            f"with {sites:,} sites of {organisations} trusts, in the long form of NHS England's "
            "warehouse. Values are the publisher's own text.",
            f"Kept: {counts['kept']:,} values of the columns that carry carbon and of the gross internal "
            f"floor area. Left out to keep it small: {counts['missing']:,} cells that say N/A, which is not "
            f"zero, and {counts['zero']:,} that say 0, but for the energy of sites that have nothing else. A site or "
            "measure absent here is one or the other.",
        ],
        "resources": [],
    }


def write(path: Path, header: tuple[str, ...], rows: list[list[str]]) -> None:
    """Write a CSV file with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> int:
    """Write the example and its descriptor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True, help="the published 2023/24 site file")
    parser.add_argument("--target", type=Path, default=TARGET, help="the folder to write")
    options = parser.parse_args()
    grids = read_grids(options.source.name, options.source.read_bytes())
    sheet = recognise(options.source.name, grids, read_layouts(LAYOUTS))
    if sheet.layout.name != LAYOUT:
        sys.stderr.write(f"{options.source.name} is {sheet.layout.name}, not {LAYOUT}\n")
        return 3
    body = [row for row in grids[0].rows[sheet.first_row - 1 :] if row]
    rows, counts = long_rows(body, sheet.layout)
    organisations = organisation_rows(body, sheet.layout)
    options.target.mkdir(parents=True, exist_ok=True)
    write(options.target / "estates-2023-24.csv", LONG, rows)
    write(options.target / "estates-2023-24-organisations.csv", NAMES, organisations)
    text = json.dumps(describe(options.source, counts, len(body), len(organisations)), indent=1, ensure_ascii=False)
    (options.target / "datapackage.json").write_text(text + "\n", "utf-8", newline="\n")
    seal(options.target)
    sys.stdout.write(f"{len(rows):,} rows, {len(organisations)} organisations: {options.target.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
