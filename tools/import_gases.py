"""Write the anaesthetic gas packages from the compiled figures.

    python tools/import_gases.py --figures DIR

`DIR/clinical/gwp.csv` and `gwp_nhs_tools.csv` give the warming potentials, `anaesthetic_products.csv` the
densities and containers; all carry their sources. The packages are written to `data/` and sealed by
`tools/seal.py`.
"""

from __future__ import annotations

import sys

from clinical.containers import container_rows
from clinical.gases import book_density_rows, density_rows, ipcc_rows, tool_rows
from clinical.package import LICENCE, Rows, figures_folder, read_rows, write

ONE_BASIS = "One basis in every period, so that a series of anaesthetic figures never mixes two."
PACKAGED = "Second-hand: read from packaged tables of the report (named in each row's note)."
LACKS = "An agent without a row has no value on this basis."


def write_sets(gwp: Rows, tools: Rows) -> None:
    """Write the five sets of warming potentials, each a package of its own."""
    _write_set(
        "anaesthetic-gases-ar5-1",
        ipcc_rows(gwp, "AR5_no_feedback", "AR5", "AR5 WGI Chapter 8, Table 8.A.1, GWP 100-year", stand_ins=True),
        title="Anaesthetic gases: 100-year warming potentials of IPCC AR5, without feedback",
        source="IPCC Fifth Assessment Report, Working Group I, Chapter 8, Table 8.A.1",
        path="https://www.ipcc.ch/report/ar5/wg1/",
        attribution="IPCC, 2013: Climate Change 2013: The Physical Science Basis, Table 8.A.1",
        basis="AR5",
        notes=[PACKAGED, ONE_BASIS],
    )
    _write_set(
        "anaesthetic-gases-ar6-1",
        ipcc_rows(gwp, "AR6", "AR6", "AR6 WGI Chapter 7 Supplementary Material, Table 7.SM.7, GWP 100-year"),
        title="Anaesthetic gases: 100-year warming potentials of IPCC AR6",
        source="IPCC Sixth Assessment Report, Working Group I, Chapter 7 Supplementary Material, Table 7.SM.7",
        path="https://www.ipcc.ch/report/ar6/wg1/",
        attribution="IPCC, 2021: Climate Change 2021: The Physical Science Basis, Table 7.SM.7",
        basis="AR6",
        notes=[PACKAGED, ONE_BASIS, LACKS],
    )
    _write_set(
        "anaesthetic-gases-association-1",
        tool_rows(tools, "Association of Anaesthetists - ", "Association of Anaesthetists"),
        title="Anaesthetic gases: warming potentials on the page of the Association of Anaesthetists",
        source="Association of Anaesthetists, Why it matters (facts and figures)",
        path="https://anaesthetists.org/Home/Resources-publications/Environment/Our-environmental-work/"
        "Why-it-matters-facts-figures",
        attribution="Association of Anaesthetists; volatile agents after Sulbaek Andersen et al. 2012",
        basis="Association of Anaesthetists",
        notes=["Second-hand: read from an excerpt of the page.", ONE_BASIS, LACKS],
    )
    _write_set(
        "anaesthetic-gases-rcoa-1",
        tool_rows(tools, "RCoA Annual", "RCoA (Hodnebrog et al. 2020; nitrous oxide AR5)"),
        title="Anaesthetic gases: warming potentials of the RCoA annual departmental calculator",
        source="Royal College of Anaesthetists, Annual Anaesthetic Departmental Calculator",
        path="https://rcoa.ac.uk/about-college/strategy-vision/environment-sustainability/"
        "annual-anaesthetic-departmental-calculator",
        attribution="Royal College of Anaesthetists; volatile agents after Hodnebrog et al. 2020",
        basis="RCoA (Hodnebrog et al. 2020; nitrous oxide AR5)",
        notes=[
            "Second-hand: read from an excerpt of the page.",
            "Mixes two bases: volatile agents after Hodnebrog et al. 2020, nitrous oxide AR5. To reproduce the tool.",
            LACKS,
        ],
    )
    _write_set(
        "anaesthetic-gases-sar-1",
        tool_rows(tools, "Recipe Book", "SAR"),
        title="Nitrous oxide on IPCC SAR, as the NHS Emissions Recipe Book prints it",
        source="NHS Emissions Recipe Book, chapter 3 (anaesthetics)",
        path="https://github.com/danwrisar/KMSIMG_NHS_EmissionsRecipeBook",
        attribution="NHS Emissions Recipe Book (KMS-IMG)",
        basis="SAR",
        notes=[
            "The book attributes 310 to the Association's calculator, of which no page shows it; 310 is the SAR value.",
            LACKS,
        ],
    )


def write_conversions(products: Rows) -> None:
    """Write the densities, the Recipe Book's own, and the containers."""
    named = {"sources": [{"title": "Named in each row"}], "licenses": [LICENCE]}
    write(
        "conversions",
        "densities-1",
        density_rows(products),
        title="Densities of anaesthetic agents: litres to kilograms",
        **named,
        attribution="Each row names its own source",
        notes=["Rows marked uncited hold values in common use for which no citable source was found."],
    )
    write(
        "conversions",
        "densities-recipe-book-1",
        book_density_rows(products),
        title="Densities of the NHS Emissions Recipe Book: litres of gas to kilograms",
        **named,
        attribution="NHS Emissions Recipe Book, chapter 3",
        notes=["To reproduce the book; its Entonox row is an erratum and says so."],
    )
    write(
        "conversions",
        "anaesthetic-containers-1",
        container_rows(products),
        title="Contents of anaesthetic bottles and cylinders: containers to litres",
        **named,
        attribution="Each row names its own source",
        notes=[
            "Keyed on the gas and the UK size: the same letter holds other contents for other gases and countries.",
            "Sizes without a row have no source: nitrous oxide C, D, F, J and every Entonox size.",
        ],
    )


def _write_set(
    name: str, rows: Rows, *, title: str, source: str, path: str, attribution: str, basis: str, notes: list[str]
) -> None:
    write(
        "emission_factors",
        name,
        rows,
        title=title,
        sources=[{"title": source, "path": path, "second_hand": True}],
        licenses=[LICENCE],
        attribution=attribution,
        gwp_basis=basis,
        notes=notes,
    )


def main() -> int:
    """Write every package of the anaesthetic gases."""
    figures = figures_folder(__doc__) / "clinical"
    write_sets(read_rows(figures / "gwp.csv"), read_rows(figures / "gwp_nhs_tools.csv"))
    write_conversions(read_rows(figures / "anaesthetic_products.csv"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
