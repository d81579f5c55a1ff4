"""The importers of the default distances, fuel prices and hospital waste: the committed rows, from the figures."""

import csv
import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))

import import_hospital_waste  # noqa: E402
import import_travel  # noqa: E402

DATA = REPO / "data"


@pytest.fixture(scope="session")
def shared():
    folder = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared"))
    if not (folder / "examples").is_dir():
        pytest.skip(f"NOT CHECKED against the compiled figures: {folder} has no examples")
    return folder


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_second_run_gives_the_committed_rows(shared):
    examples = import_travel.read_table(shared / "examples" / "recipe_book.csv")
    figures = import_travel.read_table(shared / "figures" / "spend" / "travel_factors.csv")
    made = {
        "conversions/sdu-travel-defaults-1/conversions.csv": import_travel.default_rows(figures),
        "conversions/recipe-book-prices-1/conversions.csv": import_travel.price_rows(examples),
        "emission_factors/hospital-waste-1/factors.csv": import_hospital_waste.factor_rows(examples),
    }
    for name, rows in made.items():
        assert rows == rows_of(DATA / name), name


def test_the_miles_of_a_contact_are_the_two_published_figures_multiplied():
    [contact] = [
        row
        for row in rows_of(DATA / "conversions/sdu-travel-defaults-1/conversions.csv")
        if row["activity"] == "patient_contact"
    ]
    assert Decimal(contact["multiplier"]) == Decimal("3.7") * Decimal("9.4")
    assert "derived" in contact["note"]


@pytest.mark.parametrize(("fuel", "price"), [("petrol", "1.2578"), ("diesel", "1.3117")])
def test_a_pound_buys_the_printed_price_and_in_its_year_only(fuel, price):
    [row] = [
        row
        for row in rows_of(DATA / "conversions/recipe-book-prices-1/conversions.csv")
        if row["activity"] == f"fleet.fuel.{fuel}"
    ]
    assert Decimal(row["multiplier"]) * Decimal(price) == pytest.approx(1, abs=1e-11)
    assert (row["valid_from"], row["valid_to"]) == ("2019-04-01", "2020-04-01")


def test_each_hospital_stream_has_the_figure_that_the_book_gives_it():
    """Offensive 249, infectious 569 = 338 + 167 + 64, anatomical, cytotoxic and clinical 1074 kgCO2e a tonne."""
    values = {row["activity"]: row["value"] for row in rows_of(DATA / "emission_factors/hospital-waste-1/factors.csv")}
    streams = {
        value: {name.split(".")[1] for name, found in values.items() if found == value} for value in values.values()
    }
    assert streams == {
        "249": {"offensive"},
        "569": {"infectious", "clinical"},
        "1074": {"anatomical", "cytotoxic", "clinical", "medicinal"},
    }
