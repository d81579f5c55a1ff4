"""What the clinical importers share: reading a figures table, and writing a package of one table."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "data"
VALID = {"valid_from": "2013-04-01", "valid_to": "2027-04-01"}  # the NHS years that nhscarbon serves
LICENCE = {"name": "facts", "title": "Single published figures, each with its source; see DATA-LICENCES.md"}

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
        If none does, or more than one: the figures table is not the one that was expected.
    """
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    if len(found) != 1:
        raise ValueError(f"{len(found)} rows of the figures hold {wanted}; nothing was written")
    return found[0]


def factor(
    activity: str,
    unit: str,
    value: str,
    *,
    scope: str,
    basis: str,
    locator: str,
    note: str,
    valid: dict[str, str] = VALID,
) -> Row:
    """Return a row of factors.csv for the direct component."""
    return {
        "factor_id": f"{activity}.direct.{unit}",
        "activity": activity,
        "component": "direct",
        "scope": scope,
        "value": value,
        "unit": f"kgCO2e/{unit}",
        "geography": "UK",
        **valid,
        "gwp_basis": basis,
        "uncertainty": "",
        "locator": locator,
        "note": note,
    }


def conversion(
    activity: str, from_unit: str, to_unit: str, multiplier: str, *, source: str, locator: str, note: str
) -> Row:
    """Return a row of conversions.csv."""
    return {
        "conversion_id": f"{activity.removesuffix('.*')}.{from_unit}_to_{to_unit}",
        "activity": activity,
        "from_unit": from_unit,
        "to_unit": to_unit,
        "multiplier": multiplier,
        **VALID,
        "uncertainty": "",
        "source": source,
        "locator": locator,
        "note": note,
    }


def write(kind: str, name: str, rows: Rows, **descriptor: object) -> None:
    """Write a package's one table and its descriptor; `tools/seal.py` adds the hashes."""
    folder = DATA / kind / name
    folder.mkdir(parents=True, exist_ok=True)
    file = "factors.csv" if kind == "emission_factors" else "conversions.csv"
    with (folder / file).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    head = {"name": name, "version": "1.0.0", "kind": kind}
    text = json.dumps({**head, **descriptor, "resources": []}, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8", newline="\n")
