"""A real trust's year against an answer worked out apart from nhscarbon.

`trust-year.csv` here was multiplied in exact decimals from the shipped example's quantities and a separate
extraction of the official 2023 factor set, and the Recipe Book's printed figures for hospital waste (249, 569, 1074
kgCO2e a tonne), not from this project's packages; it is never rewritten from our output.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import nhscarbon as nc

with (Path(__file__).parent / "trust-year.csv").open(encoding="utf-8", newline="") as stream:
    EXPECTED = list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def footprint(method):
    return nc.calculate(nc.example("trust-year.csv"), method)


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['activity']}.{row['component']}")
def test_each_product_is_the_one_worked_out_by_hand(footprint, row):
    table = footprint.table
    [found] = table[(table["activity"] == row["activity"]) & (table["component"] == row["component"])].to_dict(
        "records"
    )
    assert Decimal(str(found["quantity"])) == Decimal(row["quantity"])
    assert Decimal(str(found["factor"])) == Decimal(row["factor"])
    assert found["kgco2e"] == pytest.approx(float(row["kgco2e"]), rel=1e-14)


def test_the_total_is_the_sum_of_the_worked_products_and_nothing_else(footprint):
    exact = sum(Decimal(row["kgco2e"]) for row in EXPECTED) / 1000
    assert footprint.total("nhs_carbon_footprint") == pytest.approx(float(exact), rel=1e-14)
