"""Write the anaesthetic gas packages from the compiled figures.

    python tools/import_gases.py --figures DIR

`DIR/clinical/gwp.csv` gives the warming potentials, `DIR/clinical/anaesthetic_products.csv` the
densities; both carry their sources. The packages are written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
VALID = {"valid_from": "2013-04-01", "valid_to": "2027-04-01"}  # the NHS years that nhscarbon serves
# activity suffix, species in gwp.csv, unit that its factor is per
AGENTS = (
    ("desflurane", "Desflurane (HFE-236ea2)", "kg"),
    ("entonox", "Nitrous oxide", "kg_N2O"),
    ("halothane", "Halothane (Halon-2311)", "kg"),
    ("isoflurane", "Isoflurane (HCFE-235da2)", "kg"),
    ("methoxyflurane", "Methoxyflurane", "kg"),
    ("nitrous_oxide", "Nitrous oxide", "kg"),
    ("sevoflurane", "Sevoflurane (HFE-347mmz1)", "kg"),
)
LIQUIDS = ("Desflurane", "Halothane", "Isoflurane", "Sevoflurane")
GAS_BASIS = "15 C, 1 atm real gas"  # the method's decision; agrees with weighed cylinders


def factor_rows(gwp: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the factor rows of AR5 without feedback, per kilogram."""
    by_species = {row["species"]: row for row in gwp}
    rows = []
    for agent, species, unit in AGENTS:
        source = by_species[species]
        value, locator = source["AR5_no_feedback"], "AR5 WGI Chapter 8, Table 8.A.1, GWP 100-year"
        note = f"{species}; read from {source['source'].replace('PyPI ', 'Python package ')}"
        if not value:
            value, _, derivation = source["other_gwp100"].partition(" ")
            locator, note = "uncited", f"{species}: no IPCC value. {value} is from {derivation.strip('()')}"
        if unit == "kg_N2O":
            note += "; per kilogram of the nitrous oxide in the mixture"
        rows.append(
            {
                "factor_id": f"anaesthetic.{agent}.direct.{unit}",
                "activity": f"anaesthetic.{agent}",
                "component": "direct",
                "scope": "1",
                "value": value,
                "unit": f"kgCO2e/{unit}",
                "geography": "UK",
                **VALID,
                "gwp_basis": "AR5" if locator != "uncited" else "not stated",
                "uncertainty": "",
                "locator": locator,
                "note": note,
            }
        )
    return rows


def density_rows(products: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return litre to kilogram rows: liquids, nitrous oxide gas, and the nitrous oxide in Entonox."""
    rows = []
    for product in products:
        agent, per = product["agent"], product["container"]
        if agent in LIQUIDS and per == "per 1 ml liquid":
            bottle = next(p for p in products if p["agent"] == agent and p["container"].startswith("bottle"))
            rows.append(
                _conversion(
                    agent.lower(),
                    "kg",
                    product["density_kg_per_L"],
                    bottle["density_source"],
                    f"liquid density {product['density_kg_per_L']} kg/litre, {product['density_basis']}",
                )
            )
        if per == "per 1 litre of gas" and product["density_basis"] == GAS_BASIS and agent.startswith("Nitrous"):
            rows.append(
                _conversion(
                    "nitrous_oxide", "kg", product["density_kg_per_L"], product["density_source"], f"gas at {GAS_BASIS}"
                )
            )
        if per == "per 1 litre of mixture" and product["density_basis"] == GAS_BASIS:
            share = Decimal(product["n2o_volume_fraction"])
            content = (share * Decimal(product["density_kg_per_L"])).normalize()
            fraction = product["status"].removeprefix("unit factor; fraction: ")
            rows.append(
                _conversion(
                    "entonox",
                    "kg_N2O",
                    f"{content:f}",
                    product["density_source"],
                    f"derived: {share} nitrous oxide by volume x {product['density_kg_per_L']} kg/litre "
                    f"({GAS_BASIS}); fraction: {fraction}",
                )
            )
    return sorted(rows, key=lambda row: row["conversion_id"])


def _conversion(agent: str, to_unit: str, multiplier: str, source: str, note: str) -> dict[str, str]:
    cited = not ("no citable source" in source or source.startswith("uncited"))
    return {
        "conversion_id": f"anaesthetic.{agent}.litre_to_{to_unit}",
        "activity": f"anaesthetic.{agent}",
        "from_unit": "litre",
        "to_unit": to_unit,
        "multiplier": multiplier,
        **VALID,
        "uncertainty": "",
        "source": source,
        "locator": source.split(";", maxsplit=1)[0] if cited else "uncited",
        "note": note,
    }


def write(folder: Path, file: str, rows: list[dict[str, str]], descriptor: dict[str, object]) -> None:
    """Write a package's one table and its descriptor; `tools/seal.py` adds the hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / file).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    text = json.dumps({**descriptor, "resources": []}, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8", newline="\n")


def main() -> int:
    """Write both packages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True)
    figures: Path = parser.parse_args().figures
    tables = {}
    for name in ("gwp", "anaesthetic_products"):
        with (figures / "clinical" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            tables[name] = list(csv.DictReader(stream))
    licence = {
        "name": "facts",
        "title": "Single published figures, each with its source; see DATA-LICENCES.md",
    }
    write(
        DATA / "emission_factors" / "anaesthetic-gases-ar5-1",
        "factors.csv",
        factor_rows(tables["gwp"]),
        {
            "name": "anaesthetic-gases-ar5-1",
            "version": "1.0.0",
            "kind": "emission_factors",
            "title": "Anaesthetic gases: 100-year warming potentials of IPCC AR5, without feedback",
            "sources": [
                {
                    "title": "IPCC Fifth Assessment Report, Working Group I, Chapter 8, Table 8.A.1",
                    "path": "https://www.ipcc.ch/report/ar5/wg1/",
                    "second_hand": True,
                }
            ],
            "licenses": [licence],
            "attribution": "IPCC, 2013: Climate Change 2013: The Physical Science Basis, Table 8.A.1",
            "gwp_basis": "AR5",
            "notes": [
                "Second-hand: read from packaged tables of the report (named in each row's note).",
                "One basis in every period, so that a series of anaesthetic figures never mixes two.",
            ],
        },
    )
    write(
        DATA / "conversions" / "densities-1",
        "conversions.csv",
        density_rows(tables["anaesthetic_products"]),
        {
            "name": "densities-1",
            "version": "1.0.0",
            "kind": "conversions",
            "title": "Densities of anaesthetic agents: litres to kilograms",
            "sources": [{"title": "Named in each row"}],
            "licenses": [licence],
            "attribution": "Each row names its own source",
            "notes": ["Rows marked uncited hold values in common use for which no citable source was found."],
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
