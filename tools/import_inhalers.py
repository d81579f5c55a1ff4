"""Write the inhaler packages from the compiled figures.

    python tools/import_inhalers.py --figures DIR

`DIR/clinical/inhalers.csv` gives the figures with their sources, `tools/clinical/inhalers.csv` our codes.
"""

from __future__ import annotations

import sys

from clinical.inhalers import LIFE_CYCLE, PROPELLANT, inhaler_rows
from clinical.package import LICENCE, figures_folder, read_rows, write


def main() -> int:
    """Write both packages."""
    figures = read_rows(figures_folder(__doc__) / "clinical" / "inhalers.csv")
    write(
        "emission_factors",
        LIFE_CYCLE,
        inhaler_rows(figures, LIFE_CYCLE),
        title="Inhalers: product life-cycle figures, per inhaler and per dose",
        sources=[
            {"title": title, "path": path, "second_hand": True}
            for title, path in (
                ("Carbon Trust certification CERT-12506, in Janson et al. 2020, Thorax 75:82, supplement", ""),
                (
                    "Hansel et al. 2019, Advances in Therapy 36:2487",
                    "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6822840/",
                ),
                ("Panigone et al. 2020, BMJ Open Respiratory Research 7:e000571, Table 2", ""),
                ("Review of inhaler life-cycle assessments, Sustainability 2022 14:7106, abstract", ""),
                (
                    "OpenPrescribing, NHS England salbutamol carbon measure (commit 62015f4a)",
                    "https://github.com/ebmdatalab/openprescribing",
                ),
            )
        ],
        licenses=[LICENCE],
        attribution="Each row names its own source",
        gwp_basis="not stated",
        notes=[
            "One basis: the whole life of the product. Propellant mass x warming potential is another package.",
            "The figures of the NHS England measure do not state their method; its two Ventolin figures equal "
            "certified life-cycle footprints.",
            "One figure in every period: products are not assessed anew each year.",
            "A dose is one actuation. Second-hand: read from excerpts and copies of the publications.",
        ],
    )
    write(
        "emission_factors",
        PROPELLANT,
        inhaler_rows(figures, PROPELLANT),
        title="Inhalers by class: propellant mass x warming potential (Wilkinson et al. 2019)",
        sources=[
            {
                "title": "Wilkinson et al. 2019, BMJ Open 9:e028763, Table 2",
                "path": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6830591/",
                "second_hand": True,
            }
        ],
        licenses=[LICENCE],
        attribution="Wilkinson et al. 2019, BMJ Open 9:e028763",
        gwp_basis="HFA134a 1300, HFA227ea 3320 (3320 is no IPCC value)",
        notes=["Another basis than product life-cycle: never pinned beside inhalers-1."],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
