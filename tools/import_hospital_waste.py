"""Write the hospital waste package from the Recipe Book's waste table.

    python tools/import_hospital_waste.py --examples DIR

`DIR/recipe_book.csv`, example 8.2, gives the three figures that the book takes from one study. Which stream
each belongs to is what the book says; the route is what the study's abstract says. The package is written to
`data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from clinical.package import write
from import_travel import read_table

EXAMPLE = "8.2"
# the NHS year of publication: online 11 December 2020, issue of 1 March 2021
VALID = {"valid_from": "2020-04-01", "valid_to": "2021-04-01"}
LOCATOR = "Rizan, Bhutta, Reed and Lillywhite 2021, abstract; NHS Emissions Recipe Book, example 8.2"
BOOK = "the stream is the Recipe Book's"
HOT = "high-temperature incineration"
COOL = "low-temperature incineration with energy from waste"
# activity, place of its figure in the example ("249; 569; 1074"), what the two sources say and do not say
STREAMS = (
    ("waste.anatomical.high_temperature_incineration", 2, f"{HOT}; {BOOK}"),
    (
        "waste.clinical.alternative_treatment",
        1,
        "inferred: alternative treatment is read as infectious waste that is autoclaved and then incinerated with "
        "energy from waste, the only alternative treatment that the study covers",
    ),
    ("waste.clinical.high_temperature_incineration", 2, f"{HOT}; {BOOK}"),
    ("waste.cytotoxic.high_temperature_incineration", 2, f"{HOT}; {BOOK}"),
    (
        "waste.infectious.autoclave_and_energy_from_waste",
        1,
        f"autoclave, then {COOL}; {BOOK}; 338 + 167 + 64 (the book's table omits the 167 of incineration)",
    ),
    ("waste.medicinal.high_temperature_incineration", 2, f"{HOT}; the stream is from the study's highlights"),
    ("waste.offensive.energy_from_waste", 0, f"{COOL}, the upper end of the abstract's 172-249; {BOOK}"),
    (
        "waste.offensive.unstated_route",
        0,
        f"inferred: used as the Recipe Book uses it, for offensive waste without a route; the study's is {COOL}",
    ),
)


def factor_rows(examples: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one factor for each stream, per tonne."""
    [example] = [row for row in examples if row["example"] == EXAMPLE]
    values = example["factor_used"].removesuffix(" kgCO2e/t").split("; ")
    return [
        {
            "factor_id": f"{activity}.direct.tonne",
            "activity": activity,
            "component": "direct",
            "scope": "3",
            "value": values[place],
            "unit": "kgCO2e/tonne",
            "geography": "UK",
            **VALID,
            "gwp_basis": "not stated",
            "uncertainty": "",
            "locator": LOCATOR,
            "note": f"{note}; one study of three hospitals of one NHS organisation, read second-hand",
        }
        for activity, place, note in STREAMS
    ]


def main() -> int:
    """Write the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    examples: Path = parser.parse_args().examples
    write(
        "emission_factors",
        "hospital-waste-1",
        factor_rows(read_table(examples / "recipe_book.csv")),
        **{
            "title": "Hospital waste streams: the carbon footprint of waste streams in a UK hospital (2021)",
            "sources": [
                {
                    "title": "Rizan, Bhutta, Reed and Lillywhite 2021, The carbon footprint of waste streams in a UK "
                    "hospital, Journal of Cleaner Production 286, 125446",
                    "path": "https://doi.org/10.1016/j.jclepro.2020.125446",
                    "second_hand": True,
                },
                {"title": "NHS Emissions Recipe Book, example 8.2", "second_hand": True},
            ],
            "licenses": [
                {
                    "name": "facts",
                    "title": "Three single figures (facts) of a study that is copyright of its authors and publisher; "
                    "see DATA-LICENCES.md",
                }
            ],
            "attribution": "Rizan, Bhutta, Reed and Lillywhite 2021, Journal of Cleaner Production 286, 125446",
            "gwp_basis": "not stated",
            "notes": [
                "Second-hand: figures from the Recipe Book's table, routes from the abstract; the paper was not read.",
                "Valid for the NHS year of publication; a methodology states the years that it carries them to.",
            ],
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
