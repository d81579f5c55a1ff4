"""The demonstration: England's estates footprint 2023/24, from the shipped return to a published cell.

python tools/demo.py [OUT.csv]
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import nhscarbon as nc
from nhscarbon.output.tables import table_text, tonnes


def main(out: Path) -> None:
    """Calculate, print totals and the ten largest trusts, explain one row, write the table."""
    path = nc.example("estates-2023-24.csv")
    method = nc.methodology("nhs-2026.1")
    footprint = nc.calculate(nc.read_eric(path), method)
    print(footprint)

    names = pd.read_csv(nc.example("estates-2023-24-organisations.csv"), index_col="organisation_code")
    largest = footprint.by("organisation").sort_values("tco2e", ascending=False).head(10)
    largest.insert(1, "name", names.loc[largest["organisation"], "organisation_name"].tolist())
    print("\nThe ten largest estates footprints")
    print(table_text(largest, places=0))

    first = str(largest["organisation"].iloc[0])
    print("\nOne row explained\n")
    print(footprint.explain(organisation=first, activity="energy.natural_gas", component="direct"))

    footprint.to_csv(out, overwrite=True)
    total = tonnes(footprint.total(), places=0)
    print(f"\n{len(footprint.table):,} rows, {total} tCO2e in all, written to {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "estates-footprint-2023-24.csv"))
