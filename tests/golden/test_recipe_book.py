"""The NHS Emissions Recipe Book's worked examples, errata as errata: the textbook is the test."""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.output.tables import tonnes

with (Path(__file__).parent / "recipe_book.csv").open(encoding="utf-8", newline="") as stream:
    EXAMPLES = list(csv.DictReader(stream))
COLUMNS = ("organisation", "period", "activity", "quantity", "unit", "evidence", "estimated_share")


@pytest.fixture(params=EXAMPLES, ids=lambda example: example["example"])
def example(request):
    return request.param


@pytest.fixture
def row(example, activity_csv, method):
    path = activity_csv(",".join(example[name] for name in COLUMNS), header=",".join(COLUMNS))
    footprint = nc.calculate(path, method)
    [row] = footprint.table[footprint.table["component"] == example["component"]].to_dict("records")
    return row


def test_the_answer_is_the_corrected_one_to_its_last_digit(example, row):
    assert tonnes(row["kgco2e"] / 1000) == example["corrected_tco2e"]


def test_the_tier_is_the_one_that_the_book_tags(example, row):
    assert row["tier"] == example["tier"]


def test_what_agrees_was_printed_so_and_an_erratum_has_a_reason(example):
    assert example["status"] in ("agrees", "erratum")
    assert example["status"] == "erratum" or example["printed_tco2e"] == example["corrected_tco2e"]
    assert example["status"] == "agrees" or example["note"]


def test_example_4_5_as_printed_is_the_co2_only_column_of_petrol(method):
    """Printed 69.86 t; with CO2e of both fuels it is 70.12 t."""
    petrol, diesel = (
        next(f for f in method.factors(f"fleet.fuel.{fuel}", "2019/20") if f.component == "direct")
        for fuel in ("petrol", "diesel")
    )
    gases = method.packages[petrol.package].gases[petrol.factor_id, petrol.valid_from]
    co2 = Decimal(next(share.value for share in gases if share.gas == "CO2"))
    assert co2 == Decimal("2.19585")
    printed = (20000 * co2 + 10000 * Decimal(diesel.value)) / 1000
    corrected = (20000 * Decimal(petrol.value) + 10000 * Decimal(diesel.value)) / 1000
    assert printed.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal("69.86")
    assert corrected.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal("70.12")


@pytest.mark.parametrize(("book", "printed", "corrected"), [("4.4", "57.01", "57.12"), ("8.2", "90.62", "95.60")])
def test_the_parts_of_an_example_add_up_to_what_the_book_prints_and_to_what_is_right(
    book, printed, corrected, activity_csv, method
):
    """57.01 is the CO2-only column of petrol and 90.62 the 100 t of an equation whose table has 120 t."""
    parts = [example for example in EXAMPLES if example["example"].startswith(f"{book} ")]
    assert sum(Decimal(part["printed_tco2e"]) for part in parts) == Decimal(printed)
    rows = [",".join(part[name] for name in COLUMNS) for part in parts]
    footprint = nc.calculate(activity_csv(*rows, header=",".join(COLUMNS)), method)
    table = footprint.table
    assert tonnes(table[table["component"] == "direct"]["kgco2e"].sum() / 1000) == corrected


def test_fuel_by_cost_works_for_the_printed_year_only(activity_csv, method):
    with pytest.raises(nc.NHSCarbonError, match="cannot be entered in GBP_2019_pump"):
        nc.calculate(activity_csv("RXX,2020/21,fleet.fuel.petrol,10000,GBP_2019_pump"), method)


def test_example_5_5_as_its_equation_prints_gives_another_answer(activity_csv, method):
    """The equation's 12780 kWh gives 3.27 t; 12.78 t belongs to the text's 50,000 kWh."""
    footprint = nc.calculate(activity_csv("RXX,2019/20,energy.electricity.grid,12780,kWh"), method)
    assert tonnes(footprint.total("scope_2_location")) == "3.27"


@pytest.mark.parametrize(
    ("activity", "litres", "tco2e"),
    [
        (
            "anaesthetic.nitrous_oxide",
            "45000",
            "22.33",
        ),  # example 3.5's cylinders on AR5 and 15 C: 45000 x 0.0018728 x 265
        (
            "anaesthetic.entonox",
            "81000",
            "20.10",
        ),  # example 3.6's, with the oxygen left out (clinical notes, section 3)
    ],
)
def test_the_gas_cylinders_of_chapter_3_on_this_methods_basis(activity_csv, method, activity, litres, tco2e):
    footprint = nc.calculate(activity_csv(f"RXX,2022/23,{activity},{litres},litre"), method)
    assert tonnes(footprint.total("scope_1")) == tco2e


def test_one_bottle_of_desflurane_on_ar5(activity_csv, method):
    """240 ml x 1.465 kg/litre x 1790 = 629.4 kgCO2e."""
    footprint = nc.calculate(activity_csv("RXX,2023/24,anaesthetic.desflurane,240,ml"), method)
    assert tonnes(footprint.total() * 1000, 1) == "629.4"
