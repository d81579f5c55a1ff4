"""Bridges and trends by hand: shares of a split, breaks of one published factor, and which line is the largest."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.decomposition.change import _factor_text
from nhscarbon.analysis.decomposition.one_map import OneMap
from nhscarbon.analysis.decomposition.trend import yearly

COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
# gas, kgCO2e/kWh, sets of 2020 and 2021: the well-to-tank row is a known break, + 31 %, the direct one is not
DIRECT, WTT = (0.18387, 0.18316), (0.02391, 0.03135)


def calculated(method, *rows):
    return nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)


def gas(year, gwh):
    return ("RX1", year, "energy.natural_gas", gwh * 1e6, "kWh")


def test_what_was_split_goes_to_each_follower_by_its_share():
    on_map = OneMap("2026-04-01", {"AAA": (("BBB", 0.7), ("CCC", 0.3))})
    frame = pd.DataFrame({"organisation": ["AAA", "BBB"], "theme": ["water", "water"], "tco2e": [100.0, 5.0]})
    found = on_map.put(frame, "tco2e").set_index("organisation")["tco2e"]
    assert found.to_dict() == pytest.approx({"BBB": 75.0, "CCC": 30.0})
    assert on_map.note.startswith("AAA in BBB (70.0 %) and CCC (30.0 %), on the map of 1 April 2026")


def test_what_breaks_moved_is_of_the_broken_factors_alone(method):
    table = yearly(calculated(method, gas("2020/21", 1), gas("2021/22", 1)))
    last = table.iloc[-1]
    assert last["breaks_tco2e"] == pytest.approx(1000 * (WTT[1] - WTT[0]))  # 7.4 t
    assert last["factor_tco2e"] == pytest.approx(1000 * (DIRECT[1] - DIRECT[0] + WTT[1] - WTT[0]))
    assert "energy.natural_gas wtt +7" in last["breaks"]
    assert table["marked"].tolist() == [False, True]  # 3.6 % of 207.8 t


def test_a_break_is_measured_by_the_total_of_the_year_before(method):
    """From 500 to 1 GWh the break moves 0.00744 of their mean: 1,864 t, of 103,890 t before and 214.5 t after."""
    table = yearly(calculated(method, gas("2020/21", 500), gas("2021/22", 1)))
    assert table["breaks_tco2e"].iloc[-1] == pytest.approx(250_500 * (WTT[1] - WTT[0]))
    assert table["marked"].tolist() == [False, True]  # 1.8 %
    # gas that falls to a tenth beside water that was most of the first year: 4.1 t of 3,648 t are not marked
    rows = [gas("2020/21", 1), ("RX1", "2020/21", "water.supply", 1e7, "m3"), gas("2021/22", 0.1)]
    table = yearly(calculated(method, *rows))
    assert table["breaks_tco2e"].iloc[-1] == pytest.approx(550 * (WTT[1] - WTT[0]))
    assert table["marked"].tolist() == [False, False]


def test_a_factor_row_shows_what_factor_and_method_moved_of_it():
    row = {"factor_tco2e": 10.0, "method_tco2e": 5.5, "factor_before": 0.2, "factor_after": 0.1,
           "factor_before_in_prices_after": 0.2, "factor_unit_before": "kWh", "factor_unit_after": "kWh",
           "conversion_before": 1.0, "conversion_after": 1.0, "package_before": "a", "package_after": "b",
           "activity": "x", "component": "direct", "known_breaks": ""}  # fmt: skip
    [text] = _factor_text(row)
    assert text.split() == ["15.5", "x", "direct:", "0.2", "->", "0.1", "kgCO2e/kWh,", "a", "->", "b"]


def test_what_left_is_listed_by_its_size_beside_what_entered(method):
    before = calculated(method, gas("2023/24", 1), ("RX1", "2023/24", "water.supply", 9e6, "m3"))
    after = calculated(method, gas("2023/24", 1), ("RX1", "2023/24", "waste.domestic.landfill", 10, "tonne"))
    table = nc.compare(before, after).entered_and_left()
    assert table["activity"].tolist() == ["water.supply", "waste.domestic.landfill"]
    assert table["left_tco2e"].tolist() == pytest.approx([-9000 * 0.176684546579, 0.0])
    assert table["entered_tco2e"].tolist() == pytest.approx([0.0, 5.20334743463])
