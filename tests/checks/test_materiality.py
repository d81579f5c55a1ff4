"""What an error may change: the tonnes of its rows as if they were corrected as advised; never part of a total."""

from math import fsum

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc

# UK Government factors 2023, flat file, kgCO2e by kWh gross: cells J83 (natural gas) and J3261 (its well-to-tank)
GAS_2023 = 0.182928926174 + 0.03021
HEADER = "organisation,period,activity,quantity,unit"


def stakes(path, method):
    return {finding.code: finding.kgco2e_at_stake for finding in nc.check(path, method)}


@pytest.mark.parametrize(
    ("row", "code", "kwh"),
    [
        ('RX1,2023/24,energy.natural_gas,"100,000",kWh', "number_separators", 100_000),
        ("RX1,2023/24,energy.natural_gas,100k,kWh", "number_scaled", 100_000),
        ("RX1,2023/24,energy.natural_gas,100000 kWh,kWh", "number_with_unit", 100_000),
        ("RX1,2023,energy.natural_gas,100000,kWh", "period_unreadable", 100_000),
        ("RX1,01/04/2023,energy.natural_gas,100000,kWh", "period_unreadable", 100_000),
        ("RX1,2023/24,energy.natural_gas,-100000,kWh", "quantity_negative", 100_000),
        (",2023/24,energy.natural_gas,100,MWh", "organisation_blank", 100_000),
    ],
)
def test_a_fault_is_weighed_as_if_it_were_corrected(activity_csv, method, row, code, kwh):
    assert stakes(activity_csv(row, header=HEADER), method)[code] == pytest.approx(kwh * GAS_2023, rel=1e-12)


@pytest.mark.parametrize(
    "row",
    [
        "RX1,2023/24,energy.natural_gas,n/a,kWh", "RX1,2023/24,unheard.of,100,kWh",
        "RX1,2023/24,energy.natural_gaz,100,kWh", "RX1,2023/24,Gas,100,kWh", "RX1,2023/24,energy.natural_gas,100,kWhh",
        "RX1,2023/24,energy.natural_gas,,kWh", "RX1,sometime,energy.natural_gas,1,kWh",
    ],
)  # fmt: skip
def test_what_cannot_be_weighed_has_no_weight_and_a_guess_is_not_weighed(activity_csv, method, row):
    assert set(stakes(activity_csv(row, header=HEADER), method).values()) == {None}


def test_findings_of_one_severity_come_by_their_tonnes(activity_csv, method):
    report = nc.check(activity_csv("RX1,2023/24,energy.natural_gaz,10,kWh", "RX1,2023,energy.natural_gas,1000,kWh",
                                   "RX1,2023/24,energy.natural_gas,n/a,kWh", header=HEADER), method)  # fmt: skip
    assert [finding.code for finding in report.refused] == ["period_unreadable", "activity_unknown", "number_absent"]


def test_the_same_word_in_many_rows_weighs_them_all(activity_csv, method):
    rows = [f"RX1,2023/24,energy.natural_gas,{amount},KWH" for amount in range(1, 21)]
    assert stakes(activity_csv(*rows, header=HEADER), method)["unit_alias"] == pytest.approx(210 * GAS_2023)


@given(amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_a_stake_is_what_the_corrected_rows_come_to(method, amounts):
    wrong = pd.DataFrame({"organisation": "RX1", "period": "2023", "activity": "water.supply",
                          "quantity": [str(amount) for amount in amounts], "unit": "m3",
                          "reference": [f"M{number}" for number in range(len(amounts))]})  # fmt: skip
    [refused] = nc.check(wrong, method).refused
    fixed = nc.calculate(wrong.assign(period="2023/24"), method)
    assert refused.kgco2e_at_stake == pytest.approx(fsum(fixed.table["kgco2e"]), rel=1e-12)


def test_a_refusal_of_a_calculation_says_what_is_at_stake_as_the_check_does(activity_csv, method):
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(activity_csv("RX1,2023,energy.natural_gas,1,kWh", header=HEADER), method)
    checked = nc.check(activity_csv("RX1,2023,energy.natural_gas,1,kWh", header=HEADER), method)
    assert [finding.kgco2e_at_stake for finding in error.value.findings] == [
        finding.kgco2e_at_stake for finding in checked
    ]
