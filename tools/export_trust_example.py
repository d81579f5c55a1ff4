"""Write one trust's real year as a plain activity table, from the estates example.

    python tools/export_trust_example.py

The trust's energy, water and waste of 2023/24, site by site, as its estates return has them; what has no
published factor is left out here and named in the package's notes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nhscarbon as nc

TRUST = "RX1"
METHOD = "nhs-2026.1"
TARGET = Path(__file__).resolve().parents[1] / "data" / "examples" / "trust-year"
COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit"]


def main() -> int:
    """Write the example and its descriptor; `tools/seal.py` adds the hashes."""
    path = nc.example("estates-2023-24.csv")
    footprint = nc.calculate(nc.read_eric(path), nc.methodology(METHOD), keep=("site",))
    keys = footprint.sums.keys.assign(quantity=footprint.sums.quantity)
    left = sorted(footprint.not_counted.query("organisation == @TRUST")["activity"].unique())
    rows = keys[(keys["organisation"] == TRUST) & ~keys["activity"].isin(left)]
    rows = rows.sort_values(["activity", "site"])[COLUMNS]
    TARGET.mkdir(parents=True, exist_ok=True)
    rows = rows.assign(quantity=[f"{value:.15g}" for value in rows["quantity"]])
    text = rows.to_csv(index=False, lineterminator="\n")
    (TARGET / "trust-year.csv").write_text(text, "utf-8", newline="")
    estates = json.loads((path.parent / "datapackage.json").read_text("utf-8"))
    descriptor = {
        "name": "trust-year",
        "version": "1.0.0",
        "kind": "examples",
        "title": f"Energy, water and waste of one trust ({TRUST}, Nottingham University Hospitals) in 2023/24",
        **{name: estates[name] for name in ("publisher", "sources", "licenses", "attribution")},
        "notes": [
            estates["notes"][0],
            f"Derived by tools/export_trust_example.py. Left out, for want of a published factor: {', '.join(left)}.",
        ],
        "resources": [],
    }
    text = json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n"
    (TARGET / "datapackage.json").write_text(text, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
