"""The Sustainable Development Unit's default routes: its miles as printed, its car as an erratum.

The official figures below were read from the 2017 flat file apart from nhscarbon's packages.
"""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

import nhscarbon as nc

with (Path(__file__).parent / "sdu_portal.csv").open(encoding="utf-8", newline="") as stream:
    EXAMPLES = list(csv.DictReader(stream))
COLUMNS = ("organisation", "period", "activity", "quantity", "unit", "evidence")
KM_A_MILE, KM_A_MILE_OF_THE_PORTAL = Decimal("1.609344"), Decimal("1.60934")
AVERAGE_CAR = Decimal("0.18242") + Decimal("0.04669")  # 2017, unknown fuel: direct and well-to-tank
DIESEL_CAR = Decimal("0.17887") + Decimal("0.04254")
PATIENT_TRANSPORT_MILES = Decimal("941955")


@pytest.fixture(params=EXAMPLES, ids=lambda example: example["example"])
def example(request):
    return request.param


PORTAL_PLUS = "nhs_carbon_footprint_plus"
PRINTED = [  # returns and tests of the portal: quantity, and tonnes at the decimals that it printed
    # CarbonFactors.csv: Car average size, direct alone, of the road miles of business travel
    ("2016/17", "travel.car.average.unknown", "1776630", "mile", "534.53", "sdu_portal_core"),
    ("2017/18", "travel.car.average.unknown", "554091", "mile", "160", "sdu_portal_core"),
    # Landfill (domestic) waste: 588.9 and 437.3719 kgCO2e/tonne
    ("2017/18", "waste.domestic.landfill", "33", "tonne", "19.43", "sdu_portal_core"),
    ("2017/18", "waste.domestic.landfill", "100", "tonne", "58.89", "sdu_portal_core"),
    ("2020/21", "waste.domestic.landfill", "100", "tonne", "43.74", "sdu_portal_core"),
    # Natural gas in six decimals, 0.183997 + 0.02499 kgCO2e/kWh
    ("2016/17", "energy.natural_gas", "9702687", "kWh", "2027.735448", "sdu_portal_core"),
    # Electricity UK total, 0.28813 kgCO2e/kWh
    ("2020/21", "energy.electricity.grid", "2786693", "kWh", "802.93", "sdu_portal_core"),
    ("2015/16", "energy.electricity.grid", "1000000", "kWh", "574.92", "sdu_portal_core"),
    # National rail and local bus with well-to-tank
    ("2017/18", "travel.rail.national", "1846970", "passenger_mile", "166", "sdu_portal_core"),
    ("2017/18", "travel.bus.local_average", "10000", "passenger_mile", "2.04", "sdu_portal_core"),
    # Car total, the diesel car, of commuting and of patients
    ("2019/20", "commute.car.average.unknown", "7776947", "mile", "2687.26", PORTAL_PLUS),
    ("2017/18", "commute.headcount", "4987", "person_year", "1708", PORTAL_PLUS),
    ("2017/18", "patient_contact", "2216364", "contact", "27467", PORTAL_PLUS),
]


@pytest.mark.parametrize("row", PRINTED, ids=[f"{row[1]} {row[0]}" for row in PRINTED])
def test_the_portals_methodology_gives_what_the_portal_printed(row, activity_csv):
    period, activity, quantity, unit, printed, boundary = row
    path = activity_csv(f"RXX,{period},{activity},{quantity},{unit}")
    total = nc.calculate(path, nc.methodology("sdu-portal-2021"), organisations=None).total(boundary)
    assert Decimal(total).quantize(Decimal(printed), ROUND_HALF_UP) == Decimal(printed)


def test_other_cars_carry_no_well_to_tank_in_business_travel_either(activity_csv):
    """0.17887 kgCO2e/km: the official average diesel car of 2017, direct."""
    path = activity_csv("RXX,2017/18,travel.car.average.diesel,100000,km")
    total = nc.calculate(path, nc.methodology("sdu-portal-2021"), organisations=None).total()
    assert total == pytest.approx(17.887, rel=1e-12)


def whole(number):
    return number.quantize(Decimal(1), ROUND_HALF_UP)


def test_the_default_distance_is_the_one_that_the_portal_printed(example, activity_csv, method):
    path = activity_csv(",".join(example[name] for name in COLUMNS), header=",".join(COLUMNS))
    table = nc.calculate(path, method).table
    assert set(table["component"]) == {"direct", "wtt"}
    assert set(table["tier"]) == {example["tier"]}
    for row in table.to_dict("records"):
        km = row["quantity"] * row["conversion"]
        assert km / float(KM_A_MILE) == pytest.approx(float(example["miles"]), rel=1e-12)


def test_the_answer_is_the_corrected_one(example, activity_csv, method):
    path = activity_csv(",".join(example[name] for name in COLUMNS), header=",".join(COLUMNS))
    total = nc.calculate(path, method).total("nhs_carbon_footprint_plus")
    assert whole(Decimal(total)) == Decimal(example["corrected_tco2e"])
    by_hand = Decimal(example["miles"]) * KM_A_MILE * AVERAGE_CAR / 1000
    assert whole(by_hand) == Decimal(example["corrected_tco2e"])


def test_what_was_printed_is_the_diesel_car_that_the_portal_called_average(example):
    assert example["status"] == "erratum"
    printed = Decimal(example["miles"]) * KM_A_MILE_OF_THE_PORTAL * DIESEL_CAR / 1000
    assert whole(printed) == Decimal(example["printed_tco2e"])


def test_the_published_27803_tonnes_are_the_contacts_with_patient_transport():
    [contacts] = [example for example in EXAMPLES if example["activity"] == "patient_contact"]
    miles = Decimal(contacts["miles"]) + PATIENT_TRANSPORT_MILES
    assert whole(miles * KM_A_MILE_OF_THE_PORTAL * DIESEL_CAR / 1000) == Decimal("27803")
