"""Write the conversion packages of the default and cost routes of travel from the compiled figures.

    python tools/import_travel.py --figures DIR --examples DIR

`DIR/spend/travel_factors.csv` gives the Sustainable Development Unit's defaults with their sources,
`DIR/recipe_book.csv` the fuel prices that example 4.4 prints. The packages are written to `data/` and
sealed by `tools/seal.py`.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from decimal import Context, Decimal
from pathlib import Path

from clinical.package import write

SERVED = {"valid_from": "2013-04-01", "valid_to": "2027-04-01"}  # the NHS years that nhscarbon serves
DIGITS = Context(prec=12)  # significant digits, as in the factor packages
MILES_A_PERSON = "average annual road miles to work per person, pre-filled by SDU"
JOURNEYS, MILES_A_JOURNEY = "journeys per patient contact", "distance per journey"
EXAMPLE, PRICE_YEAR = "4.4", "2019"
VAT = (
    "the book does not say whether the price holds VAT: a pump price does (inferred), so pounds that VAT was "
    "taken from understate the litres by a sixth"
)


def default_rows(figures: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the miles of a person and of a contact, as the portal pre-filled them."""
    by_metric = {row["metric"]: row for row in figures}
    person, journeys, miles = (by_metric[name] for name in (MILES_A_PERSON, JOURNEYS, MILES_A_JOURNEY))
    contact = Decimal(journeys["value"]) * Decimal(miles["value"])
    return [
        _row(
            "commute.headcount",
            ("person_year", "mile"),
            person["value"],
            SERVED,
            (person["source"], person["copy_seen"]),
            f"a default: road miles a person a year, from the National Travel Survey 2007-2014; seen in returns of "
            f"{person['period']}, used in every year for want of another (854 stands in one return of 2020-21 only); "
            "a staff survey replaces it",
        ),
        _row(
            "patient_contact",
            ("contact", "mile"),
            f"{contact:f}",
            SERVED,
            (journeys["source"], journeys["copy_seen"]),
            f"a default, derived: {journeys['value']} journeys a contact ({journeys['note']}) x {miles['value']} miles "
            f"a journey; no source year is printed",
        ),
    ]


def price_rows(examples: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the litres that a pound of 2019 bought, from the prices that the example prints."""
    [example] = [row for row in examples if row["example"] == EXAMPLE]
    prices = re.findall(r"GBP (\w+) at ([\d.]+) GBP/litre", example["inputs"])
    valid = {"valid_from": f"{PRICE_YEAR}-04-01", "valid_to": f"{int(PRICE_YEAR) + 1}-04-01"}
    return [
        _row(
            f"fleet.fuel.{fuel}",
            (f"GBP_{PRICE_YEAR}_pump", "litre"),
            f"{DIGITS.divide(Decimal(1), Decimal(price)):f}",
            valid,
            ("NHS Emissions Recipe Book", f"example {EXAMPLE}"),
            f"derived: 1 / {price} GBP a litre, the printed price of {PRICE_YEAR}; {VAT}",
        )
        for fuel, price in sorted(prices)
    ]


def _row(
    activity: str,
    units: tuple[str, str],
    multiplier: str,
    valid: dict[str, str],
    cited: tuple[str, str],
    note: str,
) -> dict[str, str]:
    return {
        "conversion_id": f"{activity}.{units[0]}_to_{units[1]}",
        "activity": activity,
        "from_unit": units[0],
        "to_unit": units[1],
        "multiplier": multiplier,
        **valid,
        "uncertainty": "",
        "source": cited[0],
        "locator": cited[1],
        "note": note,
    }


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def main() -> int:
    """Write both packages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--examples", type=Path, required=True)
    args = parser.parse_args()
    write(
        "conversions",
        "sdu-travel-defaults-1",
        default_rows(read_table(args.figures / "spend" / "travel_factors.csv")),
        **{
            "title": "Default distances of commuting and of patient contacts: Sustainability Reporting Portal",
            "sources": [
                {
                    "title": "NHS Sustainable Development Unit, Sustainability Reporting Portal (SRP)",
                    "path": "https://github.com/tstephen/srp",
                    "version": "74d2e0e",
                    "second_hand": True,
                }
            ],
            "licenses": [{"name": "Apache-2.0", "title": "licence of the portal's repository; see DATA-LICENCES.md"}],
            "attribution": "NHS Sustainable Development Unit, Sustainability Reporting Portal",
            "notes": [
                "Defaults for want of a survey: what they give is of the reduced tier.",
                "The portal's fares (rail 0.30, bus 0.12, taxi 2.83 GBP a mile) have no price year and are not held.",
            ],
        },
    )
    write(
        "conversions",
        "recipe-book-prices-1",
        price_rows(read_table(args.examples / "recipe_book.csv")),
        **{
            "title": "Litres of fuel for a pound of 2019: the prices of the Recipe Book's example 4.4",
            "sources": [{"title": "NHS Emissions Recipe Book, example 4.4", "second_hand": True}],
            "licenses": [{"name": "facts", "title": "Single published figures, each with its source"}],
            "attribution": "NHS Emissions Recipe Book",
            "notes": ["Printed for 2019 and valid for the NHS year 2019/20 only: prices move, so nothing is carried."],
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
