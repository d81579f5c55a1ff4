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
