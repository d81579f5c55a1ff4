"""Write the inhaler packages of the edition nhs-2026.2: figures with their review dates, and doses in an inhaler.

    python tools/import_inhalers_2.py --figures DIR

The figures are those of `tools/import_inhalers.py`. Two things are added: a figure whose publisher set a date for its
next review is valid until that date (`tools/clinical/reviews.csv`), and doses of what has a figure for an inhaler
only (`tools/clinical/doses.csv`, from `DIR/../originals/national/epd/bnf_inhalers.csv`).
"""

from __future__ import annotations

import json
import sys

from clinical.doses import dose_rows
from clinical.inhalers import LIFE_CYCLE, inhaler_rows
from clinical.package import HERE, LICENCE, Row, Rows, figures_folder, read_rows, write

REVIEWED, DOSES = "inhalers-2", "inhaler-doses-1"


def reviewed_rows(figures: Rows) -> Rows:
    """Return the life-cycle figures, each valid until the review that its publisher announced."""
    reviews = read_rows(HERE / "reviews.csv")
    return [_until_review(row, reviews) for row in inhaler_rows(figures, LIFE_CYCLE)]


def _until_review(row: Row, reviews: Rows) -> Row:
    for review in reviews:
        if row["locator"].startswith(review["source_starts"]):
            dates = f"reviewed {review['reviewed']}, next review due {review['next_review']}: valid until then"
            return row | {"valid_to": review["next_review"], "note": f"{row['note']}; {dates}"}
    return row


def main() -> int:
    """Write both packages."""
    folder = figures_folder(__doc__)
    figures = read_rows(folder / "clinical" / "inhalers.csv")
    prescribed = read_rows(folder.parent / "originals" / "national" / "epd" / "bnf_inhalers.csv")
    committed = HERE.parents[1] / "data" / "emission_factors" / LIFE_CYCLE / "datapackage.json"
    first = json.loads(committed.read_text("utf-8"))
    reviews = [row["source"] for row in read_rows(HERE / "reviews.csv")]
    write(
        "emission_factors",
        REVIEWED,
        reviewed_rows(figures),
        title="Inhalers: product life-cycle figures, per inhaler and per dose, each until its review date",
        sources=[*first["sources"], *({"title": source, "path": "", "second_hand": True} for source in reviews)],
        licenses=[LICENCE],
        attribution="Each row names its own source",
        gwp_basis="not stated",
        notes=[
            *first["notes"],
            "A figure whose publisher set a date for its next review is valid until that date, and serves the NHS "
            "years that end before it.",
        ],
    )
    write(
        "conversions",
        DOSES,
        dose_rows(figures, prescribed),
        title="Doses in an inhaler: products as prescribed, and classes as a study counts them",
        sources=[
            {
                "title": "NHS Business Services Authority, English Prescribing Data: names of presentations",
                "second_hand": True,
            },
            {
                "title": "Wilkinson et al. 2019, BMJ Open 9:e028763, Table 2",
                "path": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6830591/",
                "second_hand": True,
            },
        ],
        licenses=[
            {
                "name": "OGL-UK-3.0",
                "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                "title": "Open Government Licence v3.0 (English Prescribing Data)",
            },
            LICENCE,
        ],
        attribution="Contains public sector information of the NHSBSA, licensed under the Open Government Licence v3.0",
        notes=["A dose is one actuation: what is prescribed as one dose may be two."],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
