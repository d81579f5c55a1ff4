"""Write the path of the grid's factor from the compiled figures of the Green Book's tables.

    python tools/import_grid_path.py --figures DIR

`DIR/ukgov/greenbook_electricity_partial.csv` holds the points that were found, each with where it was read; the
full table goes in by the same importer. The package is written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import sys

from packaged import OGL, Rows, figures_folder, read_rows, write

SERIES = {
    "average": "grid average | consumption-based | industrial",
    "marginal": "long-run marginal | consumption-based | commercial/public sector",
}
PUBLISHED = "published: the table is of electricity used, losses in the grid included"
SAME = "proposed: taken to fall in proportion to the grid, as no path of its own is published"
VEHICLE = "proposed: electricity is all that drives it, so it is taken to fall in proportion to the grid"
OF_GRID = ("energy.electricity.grid", "energy.electricity.green_tariff", "fleet.electricity")
# activity pattern, component, why it follows the grid; what no row fits keeps its latest factor
FOLLOWS = (
    *((activity, component, PUBLISHED) for activity in OF_GRID for component in ("generation", "transmission")),
    *((activity, component, SAME) for activity in OF_GRID
      for component in ("generation_market", "wtt", "transmission_wtt")),
    ("*.battery_electric", "*", VEHICLE),
)  # fmt: skip


def point_rows(figures: Rows) -> Rows:
    """Return the points of the average and of the public sector's marginal series.

    Raises
    ------
    ValueError
        If a series is not in the figures, or has a year twice.
    """
    rows = []
    for name, series in SERIES.items():
        found = [row for row in figures if row["series"] == series]
        years = [row["year"] for row in found]
        if not found or len(set(years)) < len(years):
            raise ValueError(f"the figures hold '{series}' {len(found)} times in {len(set(years))} years")
        rows += [
            {"series": name, "year": row["year"], "value": row["kgco2e_per_kwh"], "unit": "kgCO2e/kWh",
             "published_as": series, "locator": row["source"], "source": row["edition"]}
            for row in found
        ]  # fmt: skip
    return rows


def main() -> int:
    """Write the package of the grid's path."""
    points = point_rows(read_rows(figures_folder(__doc__) / "ukgov" / "greenbook_electricity_partial.csv"))
    write(
        "paths",
        "greenbook-grid-2023-1",
        {
            "points.csv": points,
            "follows.csv": [{"pattern": pattern, "component": component, "status": status}
                            for pattern, component, status in FOLLOWS],
        },
        title="Path of the UK grid's factor to 2050: Green Book supplementary guidance, Table 1, 2023 edition",
        sources=[{"title": "Green Book supplementary guidance: valuation of energy use and greenhouse gas emissions "
                           "for appraisal, data tables 1-19, Table 1", "second_hand": True,
                  "path": "https://www.gov.uk/government/publications/"
                          "valuation-of-energy-use-and-greenhouse-gas-emissions-for-appraisal"}],
        licenses=[OGL],
        attribution="Department for Energy Security and Net Zero; © Crown copyright, Open Government Licence v3.0",
        notes=[
            "average: for projecting a footprint. The industrial column, as the public sector's was not found; "
            "published for every year, found for 2021, 2025 and every fifth year to 2050.",
            "marginal: for judging an action. The public sector's column, found for 2025 to 2039.",
            "Each row names the public copy that it was read from.",
            "follows.csv: which factors take the path; the first row that fits decides.",
        ],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
