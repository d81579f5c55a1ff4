"""Write the price levels that a bridge of spend is put into real terms with, from the compiled figures.

    python tools/import_price_levels.py --figures DIR

`DIR/spend/deflators.csv` holds the GDP deflators of NHS (financial) years and of calendar years, each with its
source. Which pounds a unit stands for is ours. The package is written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import sys

from packaged import OGL, Rows, figures_folder, read_rows, write

SERIES = "GDP deflator"
FIRST = 2010  # the years before it are no year of a methodology, and the oldest are chained from older editions
KINDS = {"nhs_year": "financial year", "calendar_year": "calendar year"}
OWN = ("GBP", "GBP_gross")
AS_SENT = "pounds of the row's own NHS year: what they buy falls with inflation"
OF_A_YEAR = "pounds of one calendar year: real already"
AT_THE_PUMP = "prices at the pump of one calendar year: real already"


def level_rows(figures: Rows) -> Rows:
    """Return the price level of each NHS year and of each calendar year.

    Raises
    ------
    ValueError
        If a series is not in the figures, or has a year twice.
    """
    rows = []
    for kind, year_type in KINDS.items():
        found = [
            row for row in figures
            if row["series"] == SERIES and row["year_type"].startswith(year_type) and int(row["year_start"]) >= FIRST
        ]  # fmt: skip
        years = [row["year_start"] for row in found]
        if not found or len(set(years)) < len(years):
            raise ValueError(f"the figures hold '{SERIES}' of a {year_type} {len(found)} times")
        rows += [
            {"kind": kind, "year": row["year_label"].replace("-", "/"), "level": row["value"],
             "base": row["unit_base"], "status": "forecast" if row["is_forecast"] == "True" else "outturn",
             "source": row["source"], "locator": row["copy_seen"]}
            for row in found
        ]  # fmt: skip
    return rows


def unit_rows(levels: Rows) -> Rows:
    """Return which pounds each unit of money stands for: a calendar year, or blank for the row's own NHS year."""
    years = [row["year"] for row in levels if row["kind"] == "calendar_year"]
    return [
        *({"unit": unit, "price_year": "", "note": AS_SENT} for unit in OWN),
        *({"unit": f"GBP_{year}", "price_year": year, "note": OF_A_YEAR} for year in years),
        {"unit": "GBP_2019_pump", "price_year": "2019", "note": AT_THE_PUMP},
    ]


def main() -> int:
    """Write the package of price levels."""
    levels = level_rows(read_rows(figures_folder(__doc__) / "spend" / "deflators.csv"))
    write(
        "price_levels",
        "gdp-deflator-levels-1",
        {"levels.csv": levels, "units.csv": unit_rows(levels)},
        title="Price levels of NHS years and of calendar years: GDP deflators at market prices",
        sources=[
            {
                "title": "HM Treasury GDP deflators at market prices, March 2026 and December 2025",
                "second_hand": True,
                "path": "https://www.gov.uk/government/collections/gdp-deflators-at-market-prices-and-money-gdp",
            }
        ],
        licenses=[OGL],
        attribution="HM Treasury, GDP deflators at market prices; © Crown copyright",
        notes=[
            "Levels of one kind of year can be divided by one another; the two kinds have different bases.",
            "They change no tonne of a footprint: a methodology's own deflators do that. They say what of a change "
            "of spend is prices.",
            "Forecast years are marked forecast.",
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
