"""Derive the energy and water of a square metre by type of trust, from one year of estates returns; write the package.

    python tools/derive_intensities.py --returns FOLDER

FOLDER holds the publisher's files of 2023/24 as named below; they are read by nhscarbon's own reader, with its
exclusions. A statistic is the median over trusts that had any of the activity.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import pandas as pd

import nhscarbon as nc
from nhscarbon.methods.data_package import seal

SITES, TRUSTS, YEAR = "eric-2023-24-site.csv", "eric-2023-24-trust.csv", "2023/24"
ROOM = Path(__file__).resolve().parents[1] / "data" / "intensities" / "estates-2023-24-1"
AREA, SMALLEST_AREA = "floor_area_gross_internal", 1_000  # m2; an intensity of less is one of its rounding
FEWEST = 10  # trusts that a median needs
ACTIVITIES = {  # what is summed, and the activity that an estimate is entered as
    "energy.electricity.grid": "energy.electricity.grid", "energy.electricity.green_tariff": "energy.electricity.grid",
    "energy.natural_gas": "energy.natural_gas", "water.supply": "water.supply",
}  # fmt: skip
ALL = "all"


def medians(folder: Path) -> pd.DataFrame:
    """Return one row for each type of trust and activity."""
    activity = nc.read_eric(folder / SITES)
    held = activity.denominators
    assert held is not None
    area = held[held["measure"] == AREA].groupby("organisation")["value"].sum()
    kinds = pd.read_csv(folder / TRUSTS, dtype=str).set_index("Trust Code")["Trust Type"].str.strip().str.lower()
    rows = activity.table.assign(activity=activity.table["activity"].map(ACTIVITIES)).dropna(subset=["activity"])
    totals = rows.groupby(["activity", "unit", "organisation"], as_index=False)["quantity"].sum()
    totals = totals.assign(area=totals["organisation"].map(area), kind=totals["organisation"].map(kinds))
    fits = totals[(totals["quantity"] > 0) & (totals["area"] >= SMALLEST_AREA)]
    fits = fits.assign(intensity=fits["quantity"] / fits["area"])
    found = []
    for kind in (ALL, *sorted(fits["kind"].dropna().unique())):
        part = fits if kind == ALL else fits[fits["kind"] == kind]
        for (code, unit), each in part.groupby(["activity", "unit"]):
            if len(each) >= FEWEST:
                found.append({"kind": kind, "activity": code, "unit": unit, "per": "m2", "trusts": str(len(each)),
                              "value": f"{each['intensity'].median():.4g}", "period": YEAR, "status": "derived",
                              "note": "median over trusts of the year's quantity by gross internal floor area; "
                                      "electricity on any tariff",
                              "source": f"ERIC {YEAR}, {SITES} and {TRUSTS}"})  # fmt: skip
    return pd.DataFrame(found)


def write(folder: Path) -> None:
    """Write and seal the package."""
    ROOM.mkdir(parents=True, exist_ok=True)
    found = medians(folder)
    found.to_csv(ROOM / "intensities.csv", index=False, lineterminator="\n")
    descriptor = {
        "name": ROOM.name, "version": "1.0.0", "kind": "intensities",
        "title": "Energy and water of a square metre by type of trust, 2023/24",
        "sources": [{"title": f"Estates Returns Information Collection, {name}",
                     "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in (SITES, TRUSTS)],
        "licenses": [{"name": "derived", "title": "Statistics derived from estates returns; see DATA-LICENCES.md"}],
        "attribution": "nhscarbon, from NHS England's Estates Returns Information Collection",
        "notes": ["Medians over trusts; written by tools/derive_intensities.py. For gaps that are filled openly."],
        "resources": [{"name": "intensities", "path": "intensities.csv", "hash": "",
                       "schema": {"fields": [{"name": name, "type": "string"} for name in found.columns]}}],
    }  # fmt: skip
    (ROOM / "datapackage.json").write_text(json.dumps(descriptor, indent=1) + "\n", "utf-8", newline="\n")
    seal(ROOM)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--returns", type=Path, required=True)
    write(given.parse_args().returns)
