"""Import what the official sets print for a kWh of diesel (average biofuel blend), into one package for all editions.

    python tools/import_diesel_energy.py --originals DIR --figures DIR

The packages `ukgov-2013` to `ukgov-2026` hold diesel by volume and mass and are frozen, so its energy is a package of
its own. Direct and well-to-tank are copied. Biogenic carbon dioxide is derived: the sets print it for a plain kWh,
without saying on which calorific value, and from 2023 on rounded to two decimals, so it is that of a litre, brought to
a kWh by the litre and the kWh of the same edition's direct figure.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping
from decimal import Context, Decimal
from pathlib import Path

from import_ukgov import import_edition
from ukgov.match import Factor
from ukgov.package import ATTRIBUTION, FACTOR_FIELDS, LICENCE, csv_bytes
from ukgov.standard import read_figures
from ukgov.tables import HERE, Tables, Wanted, Workbook, labels_of, read_rows, read_tables
from ukgov.workbook import find_workbooks

NAME = "ukgov-diesel-energy-1"
OUT = HERE.parents[1] / "data" / "emission_factors" / NAME
PER_LITRE = ("energy.diesel.biogenic.litre", "energy.diesel.direct.litre")
DIGITS = Context(prec=12)


def wanted() -> tuple[Wanted, ...]:
    """Return the rows of `diesel_energy.csv`: those that are copied, and two per litre from which one is derived."""
    columns = ("factor_id", "activity", "component", "scope", "unit", "note")
    return tuple(
        Wanted(**{name: row[name] for name in columns}, labels=labels_of(row))
        for row in read_rows(HERE / "diesel_energy.csv")
    )


def biogenic(found: Mapping[str, Factor], unit: str) -> Factor:
    """Derive the biogenic carbon dioxide of a kWh from that of a litre of the same edition."""
    litre, direct = (found[name] for name in PER_LITRE)
    energy = found[f"energy.diesel.direct.{unit}"]
    value = DIGITS.divide(Decimal(litre.value) * Decimal(energy.value), Decimal(direct.value))
    return dataclasses.replace(
        litre,
        factor_id=f"energy.diesel.biogenic.{unit}",
        value=f"{value.normalize():f}",
        unit=f"kgCO2e/{unit}",
        locator=f"{litre.locator} with {direct.locator.rpartition(']')[2]} and {energy.locator.rpartition(']')[2]}",
        note=f"derived: {litre.value} kg a litre x {energy.value} / {direct.value}, the direct figures of a kWh and a "
        "litre; what the set prints for a kWh does not say its calorific value",
    )


def rows(tables: Tables, originals: Path, figures: Path) -> tuple[list[dict[str, str]], list[dict[str, object]]]:
    """Return the factors of every edition, and the workbooks that they came from."""
    files, long = find_workbooks(originals, tables.workbooks), read_figures(figures)
    factors: list[dict[str, str]] = []
    sources: list[dict[str, object]] = []
    for year in sorted({book.edition for book in tables.workbooks}):
        edition, books, second_hand = import_edition(year, tables, files, long)
        found = {row.factor_id: row for row in edition.factors}
        kept = [row for name, row in found.items() if name not in PER_LITRE]
        kept += [biogenic(found, unit) for unit in ("kWh", "kWh_net")]
        factors += [_row(row, year) for row in sorted(kept, key=lambda row: row.factor_id)]
        used = {row.locator[1:].partition("]")[0] for row in kept if row.locator.startswith("[")}
        sources += [_source(book, second_hand=second_hand) for book in books if book.file in used]
    return sorted(factors, key=lambda row: (row["factor_id"], row["valid_from"])), sources


def _row(row: Factor, year: int) -> dict[str, str]:
    given = {"geography": "UK", "valid_from": f"{year}-04-01", "valid_to": f"{year + 1}-04-01", "uncertainty": ""}
    return {name: given[name] if name in given else getattr(row, name) for name in FACTOR_FIELDS}


def _source(book: Workbook, *, second_hand: bool) -> dict[str, object]:
    hand = second_hand and book.kind == "second_hand"
    return {"title": book.title, "path": book.url, "file": book.file, "sha256": book.sha256, "second_hand": hand}


def main() -> int:
    """Write the package; `tools/seal.py` adds its hashes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--originals", type=Path, required=True, help="folder of the publisher's workbooks")
    parser.add_argument("--figures", type=Path, required=True, help="folder of ukgov_ghg_long.csv.gz")
    args = parser.parse_args()
    tables = dataclasses.replace(read_tables(), wanted=wanted(), rules=())
    factors, sources = rows(tables, args.originals, args.figures)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "factors.csv").write_bytes(csv_bytes(FACTOR_FIELDS, factors))
    descriptor = {
        "name": NAME,
        "version": "1.0.0",
        "title": "Diesel (average biofuel blend) for a kWh, of the official sets 2013 to 2026",
        "kind": "emission_factors",
        "sources": sources,
        "licenses": [LICENCE],
        "attribution": ATTRIBUTION.format(year="2013 to 2026"),
        "gwp_basis": "SAR to 2014, AR4 to 2022, AR5 from 2023",
        "notes": [
            "Each edition serves its own NHS year. The standard sets 2013 to 2015 have no well-to-tank of fuels.",
            "Biogenic carbon dioxide is derived from that of a litre; each row says how.",
        ],
        "resources": [],
    }
    (OUT / "datapackage.json").write_text(json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(f"{NAME}: {len(factors)} factors from {len(sources)} sources\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
