"""Write the national targets from the compiled figures.

    python tools/import_targets.py --figures DIR

`DIR/targets/targets.csv` holds the targets, `national_footprint.csv` the inventories that they stand on; all rows
carry their source. The package is written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import sys

from packaged import FACTS, Rows, figures_folder, only, read_rows, write

BOUNDARY = {"NHSCF": "nhs_carbon_footprint", "NHSCF+": "nhs_carbon_footprint_plus"}
ANY = ""
# id, footprint, kind in the figures, inventory that the target holds on: blank where it holds on any
TARGETS = (
    ("carbon-footprint-interim", "NHSCF", "interim", ANY),
    ("carbon-footprint-net-zero", "NHSCF", "net_zero", ANY),
    ("carbon-footprint-plus-interim", "NHSCF+", "interim", ANY),
    ("carbon-footprint-plus-net-zero", "NHSCF+", "net_zero", ANY),
    ("carbon-footprint-interim-on-2019", "NHSCF", "interim_equivalent", "2020-report"),
    ("carbon-footprint-plus-interim-on-2019", "NHSCF+", "interim_equivalent", "2020-report"),
    ("carbon-footprint-interim-restated", "NHSCF", "interim_restated", "five-year-report-2025"),
)
# inventory, its series in the figures, footprint, year in the figures, year here
INVENTORIES = (
    ("2020-report", "2020 report", "NHSCF", "1990", "1990"),
    ("2020-report", "2020 report", "NHSCF", "2019", "2019/20"),
    ("2020-report", "2020 report", "NHSCF+", "2020", "2020/21"),
    ("five-year-report-2025", "five-year report 2025", "NHSCF", "1990", "1990"),
    ("five-year-report-2025", "five-year report 2025", "NHSCF", "2019/20", "2019/20"),
    ("five-year-report-2025", "five-year report 2025", "NHSCF", "2024/25", "2024/25"),
    ("tennison-2021", "Tennison 2021", "NHSCF+", "1990", "1990"),
    ("tennison-2021", "Tennison 2021", "NHSCF+", "2019", "2019/20"),
)
YEAR = "the source prints {}, taken as the NHS year that nine of its months fall in"


def target_rows(figures: Rows) -> Rows:
    """Return the national targets in our layout; milestones of parts of a footprint are left out."""
    rows = []
    for id, footprint, kind, inventory in TARGETS:
        found = only(figures, footprint=footprint, kind=kind)
        rows.append({
            "target": id, "boundary": BOUNDARY[footprint], "kind": "net_zero" if kind == "net_zero" else "interim",
            "first_year": found["year_from"], "last_year": found["year_to"],
            "reduction_percent": found["percent_reduction"], "base_year": found["base_year"], "inventory": inventory,
            "status": found["status"], "source": found["source"], "note": found["notes"],
        })  # fmt: skip
    return rows


def inventory_rows(figures: Rows) -> Rows:
    """Return the totals of each version of the inventory."""
    rows = []
    for inventory, series, footprint, printed, year in INVENTORIES:
        found = [row for row in figures if row["footprint"] == footprint and row["category"] == "TOTAL"]
        row = only(found, series=series, year=printed)
        note = row["notes"] if printed == year else f"{row['notes']}; {YEAR.format(printed)}"
        rows.append({
            "inventory": inventory, "boundary": BOUNDARY[footprint], "year": year, "ktco2e": row["ktco2e"],
            "status": row["basis"], "source": row["source"], "note": note,
        })  # fmt: skip
    return rows


def main() -> int:
    """Write the package of the national targets."""
    figures = figures_folder(__doc__) / "targets"
    write(
        "targets",
        "nhs-net-zero-1",
        {
            "targets.csv": target_rows(read_rows(figures / "targets.csv")),
            "inventories.csv": inventory_rows(read_rows(figures / "national_footprint.csv")),
        },
        title="The NHS's national net zero targets, and the inventories that they stand on",
        sources=[{"title": "Named in each row", "second_hand": True}],
        licenses=[FACTS],
        attribution="NHS England; each row names where it was read",
        notes=[
            "A range of years is a window. A target with an inventory holds on that inventory alone.",
            "reduction_percent is of the footprint of base_year in one and the same inventory.",
            "A year such as 2032 is the NHS year that starts in it.",
            "Read from pages that quote the reports: no original report was at hand.",
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
