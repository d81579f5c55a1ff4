"""Write the packages of refrigerant blends and of screening leak rates from the compiled figures.

    python tools/import_refrigerants.py --figures DIR

The official refrigerant rows come with `tools/import_ukgov.py`; these are what the official sets lack.
"""

from __future__ import annotations

import sys

from clinical.package import LICENCE, figures_folder, read_rows, write
from clinical.refrigerants import AR4, AR5, blend_rows, leak_rows

COMPOSITION = {
    "title": "ASHRAE 34 nominal compositions, as packaged in openscm-units 0.6.3",
    "path": "https://github.com/openscm/openscm-units",
    "second_hand": True,
}
TITLES = {
    AR4: "Refrigerant blends on AR4, for the years in which the official sets on AR4 do not list them yet",
    AR5: "Refrigerant blends on AR5 that no official set lists",
}
REPORTS = {
    AR4: "IPCC Fourth Assessment Report, 100-year warming potentials",
    AR5: "IPCC Fifth Assessment Report, Working Group I, Chapter 8, Table 8.A.1",
}
NOTES = {
    AR4: "Derived; the 2022 official set prints each of these blends on AR4, and the rounded values agree "
    "(R438A within 1: its hydrocarbon parts are counted as 0).",
    AR5: "Derived, on AR5 in every period, also where the official set of the year is on AR4 or SAR.",
}


def main() -> int:
    """Write every package."""
    figures = figures_folder(__doc__) / "clinical"
    blends, gwp = read_rows(figures / "refrigerants.csv"), read_rows(figures / "gwp.csv")
    for name in (AR4, AR5):
        write(
            "emission_factors",
            name,
            blend_rows(blends, gwp, name),
            title=TITLES[name],
            sources=[COMPOSITION, {"title": REPORTS[name], "second_hand": True}],
            licenses=[LICENCE],
            attribution="Composition: ASHRAE Standard 34; warming potentials: IPCC; computed by nhscarbon",
            gwp_basis=name.split("-")[2].upper(),
            notes=[NOTES[name], "Each row's note is the whole sum."],
        )
    write(
        "conversions",
        "refrigerant-leak-rates-1",
        leak_rows(read_rows(figures / "refrigerant_leak_rates.csv")),
        title="Annual leak rates of refrigeration and cooling equipment: kilograms of charge to kilograms lost",
        sources=[
            {
                "title": "Defra GHG guidance, Annex 8, screening method (2010 and 2011), as coded by AMEE/CarbonKit",
                "path": "https://github.com/mamhoff/datasets",
                "second_hand": True,
            }
        ],
        licenses=[LICENCE],
        attribution="Defra, GHG conversion factors guidance, Annex 8 (2010 and 2011)",
        notes=[
            "One vintage only: later tables differ (heat pumps 6 % against 0.3 % here) and name no year.",
            "Operation only: losses at installation and at disposal are not in these rates.",
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
