"""Write one edition as a Frictionless data package: the same input gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ukgov.match import Edition
from ukgov.tables import Basis, PackageNote, Tables, Workbook

VERSION = "1.0.0"
FACTOR_FIELDS = {
    "factor_id": "string",
    "activity": "string",
    "component": "string",
    "scope": "string",
    "value": "number",
    "unit": "string",
    "geography": "string",
    "valid_from": "date",
    "valid_to": "date",
    "gwp_basis": "string",
    "uncertainty": "string",
    "locator": "string",
    "note": "string",
}
GAS_FIELDS = {
    "factor_id": "string",
    "gas": "string",
    "value": "number",
    "unit": "string",
    "valid_from": "date",
    "valid_to": "date",
    "locator": "string",
}
LICENCE = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0",
}
# Wording: notes/ukgov_factors.md section 4, after the licence line of the publisher's own papers.
ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. Source: "
    "UK Government GHG Conversion Factors for Company Reporting {year}, (c) Crown copyright, Department for "
    "Energy Security and Net Zero (to 2022: BEIS, to 2015: DECC) and Defra. "
    "https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting"
)


def write_edition(
    out: Path, year: int, edition: Edition, tables: Tables, books: Sequence[Workbook], *, second_hand: bool
) -> None:
    """Write factors.csv, gases.csv and datapackage.json of one edition."""
    start, end = f"{year}-04-01", f"{year + 1}-04-01"  # the NHS year that the edition serves, half-open
    factors = [
        {
            "factor_id": row.factor_id,
            "activity": row.activity,
            "component": row.component,
            "scope": row.scope,
            "value": row.value,
            "unit": row.unit,
            "geography": "UK",
            "valid_from": start,
            "valid_to": end,
            "gwp_basis": row.gwp_basis,
            "uncertainty": "",
            "locator": row.locator,
            "note": row.note,
        }
        for row in edition.factors
    ]
    gases = [
        {
            "factor_id": row.factor_id,
            "gas": row.gas,
            "value": row.value,
            "unit": row.unit,
            "valid_from": start,
            "valid_to": end,
            "locator": row.locator,
        }
        for row in edition.gases
    ]
    folder = out / f"ukgov-{year}"
    folder.mkdir(parents=True, exist_ok=True)
    resources = [
        _write_resource(folder, "factors", FACTOR_FIELDS, factors, ["factor_id", "geography", "valid_from"]),
        _write_resource(folder, "gases", GAS_FIELDS, gases, ["factor_id", "gas", "valid_from"]),
    ]
    descriptor = {
        "name": f"ukgov-{year}",
        "version": VERSION,
        "title": f"UK Government GHG Conversion Factors for Company Reporting {year}",
        "kind": "emission_factors",
        "publisher": books[0].publisher,
        "sources": [_source(book, second_hand=second_hand) for book in books],
        "licenses": [LICENCE],
        "attribution": ATTRIBUTION.format(year=year),
        "gwp_basis": _basis(year, tables.bases),
        "notes": _notes(year, tables.notes, second_hand=second_hand),
        "resources": resources,
    }
    text = json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_bytes(text.encode())


def csv_bytes(fields: Iterable[str], rows: Iterable[dict[str, str]]) -> bytes:
    """Write rows as UTF-8 CSV with LF line ends."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def update_report(path: Path, fields: Sequence[str], rows: list[dict[str, str]], editions: set[int]) -> None:
    """Rewrite the lines of these editions in a report and keep the others."""
    kept: list[dict[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as handle:
            kept = [row for row in csv.DictReader(handle) if int(row["edition"]) not in editions]
    both = sorted(kept + rows, key=lambda row: (int(row["edition"]), row.get("factor_id", "")))
    path.write_bytes(csv_bytes(fields, both))


def _write_resource(
    folder: Path, name: str, fields: dict[str, str], rows: list[dict[str, str]], key: list[str]
) -> dict[str, object]:
    """Write one table and describe it."""
    content = csv_bytes(fields, rows)
    (folder / f"{name}.csv").write_bytes(content)
    return {
        "name": name,
        "path": f"{name}.csv",
        "schema": {
            "fields": [{"name": field, "type": kind} for field, kind in fields.items()],
            "primaryKey": key,
        },
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def _source(book: Workbook, *, second_hand: bool) -> dict[str, object]:
    """Describe one source of a package."""
    return {
        "title": book.title,
        "path": book.url,
        "file": book.file,
        "sha256": book.sha256,
        "version": book.version,
        "second_hand": second_hand and book.kind == "second_hand",
        **({"note": book.note} if book.note else {}),
    }


def _basis(year: int, bases: Iterable[Basis]) -> str:
    """Say the basis of an edition and the sheets that depart from it."""
    valid = [row for row in bases if row.first <= year <= row.last]
    general = next(row.basis for row in valid if not row.level1)
    special = [f"{row.level1}: {row.basis}" for row in valid if row.level1]
    return f"{general} ({'; '.join(special)})" if special else general


def _notes(year: int, notes: Iterable[PackageNote], *, second_hand: bool) -> list[str]:
    """Collect the sentences that the package must carry; the second-hand ones only while that is so."""
    texts = [row.note for row in notes if row.first <= year <= row.last]
    return [note for note in texts if second_hand or not note.startswith("Second hand")]
