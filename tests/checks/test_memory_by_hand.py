"""A trust's return beside its own of the year before: what is found, on which site, and how much is at stake."""

import pandas as pd
import pytest

import nhscarbon as nc

GAS, GRID = "energy.natural_gas", "energy.electricity.grid"
COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit"]
# kgCO2e/kWh with well-to-tank and losses, sets of 2022 and 2023
FACTOR = {
    ("2022/23", GAS): 0.18254 + 0.0311, ("2023/24", GAS): 0.182928926174 + 0.03021,
    ("2022/23", GRID): 0.19338 + 0.01769 + 0.00423 + 0.04625,
    ("2023/24", GRID): 0.207074288591 + 0.0179151114094 + 0.00397 + 0.0459,
}  # fmt: skip
BEFORE = {("RX1RA", GAS): 9_123_457.0, ("RX1RA", GRID): 5_111_213.0, ("RX1CC", GAS): 3_456_789.0,
          ("RX1CC", GRID): 2_345_671.0}  # fmt: skip
NOW = {key: 0.97 * kwh for key, kwh in BEFORE.items()}
OF_MEMORY = {"below_past", "above_past", "copied_from_before", "value_repeated", "rows_swapped", "site_wrong",
             "slip_twelve", "slip_thousand", "year_on_year"}  # fmt: skip


def frame(year, kwh):
    rows = [("RX1", site, year, activity, each, "kWh") for (site, activity), each in kwh.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def told(method, **changes):
    """Return what is found in a return whose figures are those of the year before less 3 %, but for some."""
    now = {key: changes.get(f"{key[0]}_{key[1].rpartition('.')[2]}", kwh) for key, kwh in NOW.items()}
    now = {key: kwh for key, kwh in now.items() if kwh is not None}
    checked = nc.check(frame("2023/24", now), method, before=frame("2022/23", BEFORE))
    return [each for each in checked if each.code in OF_MEMORY]


def test_a_return_that_is_three_per_cent_less_has_nothing_to_be_said_of_it(method):
    assert told(method) == []


def test_a_month_for_a_year_is_named_with_what_is_missing(method):
    [found] = told(method, RX1RA_natural_gas=9_123_457 / 12)
    assert (found.code, found.site, found.period) == ("below_past", "RX1RA", "2023/24")
    assert "1/12 of the 9,123,460 of 2022/23" in found.message
    assert found.kgco2e_at_stake == pytest.approx(9_123_457 * 11 / 12 * FACTOR["2023/24", GAS])


def test_a_thousandth_and_a_thousandfold_are_told_apart(method):
    [little] = told(method, RX1RA_grid=5_111_213 * 0.97 / 1000)
    assert (little.code, little.site) == ("below_past", "RX1RA")
    much = told(method, RX1CC_natural_gas=3_456_789 * 1000.0)
    assert ("above_past", "RX1CC") in {(each.code, each.site) for each in much}
    assert "below_past" not in {each.code for each in much}


def test_a_site_that_is_gone_is_at_stake_with_all_that_it_had(method):
    [found] = told(method, RX1CC_natural_gas=None, RX1CC_grid=None)
    assert (found.code, found.site) == ("below_past", "RX1CC")
    kilograms = 3_456_789 * FACTOR["2022/23", GAS] + 2_345_671 * FACTOR["2022/23", GRID]
    assert found.kgco2e_at_stake == pytest.approx(kilograms)


def test_a_return_that_was_sent_again_is_said_once_with_all_of_it(method):
    checked = nc.check(frame("2023/24", BEFORE), method, before=frame("2022/23", BEFORE))
    [found] = [each for each in checked if each.code in OF_MEMORY]
    assert found.code == "copied_from_before"
    assert found.message.startswith("4 of 4 figures of 2023/24 are those of 2022/23 to the digit")


def test_two_fuels_that_changed_places_are_said_on_their_site(method):
    [found] = told(method, RX1RA_natural_gas=NOW["RX1RA", GRID], RX1RA_grid=NOW["RX1RA", GAS])
    assert (found.code, found.site) == ("rows_swapped", "RX1RA")
