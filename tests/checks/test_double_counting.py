"""One thing reported twice is refused or said aloud, from one source or from two that are added."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import MixedMethodError
from nhscarbon.findings import every_row

HEADER = "organisation,period,activity,quantity,unit,site"
WATER = "RX1,2023/24,water.supply,1000,m3"
BILL = "RX1,2023/24,spend.sic.36,5000,GBP"


def twice(report):
    return [finding for finding in report if finding.code == "counted_twice"]


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        (WATER, BILL, "reject_line"),
        ("RX1,2023/24,waste.domestic.landfill,10,tonne", "RX1,2023-06,spend.sic.38,5000,GBP_gross", "reject_line"),
        ("RX1,2023/24,travel.rail.national,100,passenger_km", "RX1,2023/24,spend.sic.49_1_2,500,GBP", "reject_line"),
        ("RX1,2023/24,commute.headcount,100,person_year", "RX1,2023/24,commute.walk,5,km", "reject_line"),
        ("RX1,2023/24,patient_contact,100,contact", "RX1,2023/24,visitor_travel.walk,5,km", "reject_line"),
        ("RX1,2023/24,refrigerant.r134a,100,kg_charge_chiller", "RX1,2023/24,refrigerant.r134a,5,kg", "reject_line"),
        ("RX1,2023/24,fleet.fuel.diesel,100,litre", "RX1,2023/24,fleet.car.average.diesel,5,km", "warning"),
    ],
)
def test_a_thing_in_two_ways_is_found_with_both_quantities(first, second, severity, method, activity_csv):
    path = activity_csv(first, second)
    if severity == "reject_line":
        with pytest.raises(nc.SubmissionError) as refused:
            nc.calculate(path, method)
        [finding] = twice(refused.value.findings)
    else:
        [finding] = twice(nc.calculate(path, method).findings)
    assert finding.severity == severity
    assert finding.first_rows == (2, 3)
    assert (finding.organisation, finding.period) == ("RX1", "2023/24")
    for row in (first, second):
        assert f"{row.split(',')[3]} {row.split(',')[4]}" in finding.message.replace("5,000", "5000").replace(
            "1,000", "1000")  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((f"{WATER},A", f"{BILL},B"), 0),  # a site without a meter is reported by its bill
        ((f"{WATER},A", f"{BILL},A"), 1),
        ((f"{WATER},A", f"{BILL},"), 1),  # no site: the whole body
        ((f"{WATER},A", f"{WATER},C", f"{BILL},B"), 0),
        ((f"{WATER},A", f"{BILL.replace('RX1', 'RX2')},A"), 0),
        ((f"{WATER},A", f"{BILL.replace('2023/24', '2022/23')},A"), 0),
    ],
)
def test_different_sites_bodies_and_years_repeat_nothing(rows, found, method, activity_csv):
    path = activity_csv(*rows, header=HEADER)
    if found:
        with pytest.raises(nc.SubmissionError):
            nc.calculate(path, method)
    else:
        assert twice(nc.calculate(path, method).findings) == []


def test_two_gases_of_two_machines_repeat_nothing(method, activity_csv):
    path = activity_csv("RX1,2023/24,refrigerant.r134a,100,kg_charge_chiller", "RX1,2023/24,refrigerant.r32,5,kg")
    assert twice(nc.calculate(path, method).findings) == []


def test_footprints_that_repeat_each_other_are_not_added(method, activity_csv):
    water = nc.calculate(activity_csv(WATER), method)
    bill = nc.calculate(activity_csv(BILL, name="ledger.csv"), method)
    with pytest.raises(MixedMethodError, match=r"count twice.*RX1 2023/24.*1,000 m3 beside 5,000 GBP"):
        water + bill
    other = nc.calculate(activity_csv(BILL.replace("RX1", "RX2"), name="other.csv"), method)
    assert twice((water + other).findings) == []
    fuel = nc.calculate(activity_csv("RX1,2023/24,fleet.fuel.diesel,100,litre", name="fuel.csv"), method)
    miles = nc.calculate(activity_csv("RX1,2023/24,fleet.car.average.diesel,5,km", name="miles.csv"), method)
    assert [finding.severity for finding in twice((fuel + miles).findings)] == ["warning"]


def test_only_the_bodies_concerned_are_named(method):
    rows = [
        {"organisation": code, "period": "2023/24", "activity": activity, "quantity": 1.0, "unit": unit}
        for n, code in enumerate(("R0A", "R0B", "R0D", "R1A", "R1C", "R1D", "R1F", "R1H"))
        for activity, unit in (("water.supply", "m3"), ("spend.sic.36", "GBP"))
        if activity == "water.supply" or n > 2
    ]
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(pd.DataFrame(rows), method)
    [finding] = twice(refused.value.findings)
    assert "R1A 2023/24; R1C 2023/24; R1D 2023/24 and 2 more" in finding.message
    assert "5 m3 beside 5 GBP" in finding.message
    assert finding.rows == 10


def test_the_first_rows_of_what_is_counted_twice_are_the_first_whichever_side_they_are_on(method):
    """Also where one side has more rows than are kept one by one."""
    rows = [("RR8", "2023/24", "spend.sic.36", "GBP", 10.0)] * 3
    rows += [("RR8", "2023/24", "water.supply", "m3", 1.0)] * 10_500
    table = pd.DataFrame(rows, columns=["organisation", "period", "activity", "unit", "quantity"])
    [found] = twice(nc.check(table, method).findings)
    assert found.rows == len(rows)
    assert found.first_rows[:5] == (1, 2, 3, 4, 5)
    assert [*every_row(found.first_rows)][:5] == [1, 2, 3, 4, 5]
