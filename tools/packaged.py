"""What importers share: reading tables as text, and writing a package of any tables."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
FACTS = {"name": "facts", "title": "Single published figures, each with its source; see DATA-LICENCES.md"}
OGL = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0",
}

Row = dict[str, str]
Rows = list[Row]


def figures_folder(doc: str | None) -> Path:
    """Return the `--figures` folder that the command line names."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True)
    figures: Path = parser.parse_args().figures
    return figures


def read_rows(path: Path) -> Rows:
    """Read a UTF-8 table as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def only(rows: Rows, **wanted: str) -> Row:
    """Return the one row that holds these cells.

    Raises
    ------
    ValueError
        If none does, or more than one: the figures are not those that were expected.
    """
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    if len(found) != 1:
        raise ValueError(f"{len(found)} rows of the figures hold {wanted}; nothing was written")
    return found[0]


def write(kind: str, name: str, tables: dict[str, Rows], **descriptor: object) -> None:
    """Write a package's tables and its descriptor; `tools/seal.py` adds the hashes."""
    folder = DATA / kind / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, rows in tables.items():
        with (folder / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    head = {"name": name, "version": "1.0.0", "kind": kind}
    text = json.dumps({**head, **descriptor, "resources": []}, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8", newline="\n")
