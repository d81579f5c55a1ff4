"""The sender's own tonnes: published examples and slips are recognised, and nothing else is."""

import csv
from functools import cache

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root
from nhscarbon.submissions.reported import compare

GAS, PETROL, GRID = "energy.natural_gas", "fleet.fuel.petrol", "energy.electricity.grid"


@cache
def published(year):
    """Each component of each activity and unit of an official set, read from its file."""
    found = {}
    path = data_root() / "emission_factors" / f"ukgov-{year}" / "factors.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["geography"] == "UK":
                key = row["activity"], row["unit"].removeprefix("kgCO2e/")
                found.setdefault(key, {})[row["component"]] = float(row["value"])
    return found


def cell(file, column, **where):
    """One number of a table of the data."""
    with (data_root() / file).open(encoding="utf-8", newline="") as stream:
        [found] = [row[column] for row in csv.DictReader(stream) if where.items() <= row.items()]
    return float(found)


def tonnes_of(year, activity, unit, quantity, *components):
    factors = published(year)[activity, unit]
    return quantity * sum(factors[name] for name in components) / 1000


def sent(*rows, period="2019/20"):
    names = ("activity", "quantity", "unit", "reported_tco2e")
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows]).assign(organisation="RXX", period=period)


def line(method, *row, period="2019/20"):
    return nc.submissions.check_reported(sent(row, period=period), method).table.iloc[0]


@pytest.mark.parametrize(
    ("row", "explanation", "others"),
    [
        # the Recipe Book's 1.5: direct, 0.18385 in 2019 and 0.18387 in 2020
        ((GAS, 100000, "kWh", 18.39), "the direct factor of ukgov-2019", "the direct factor of ukgov-2020"),
        # the petrol part of its 4.5, printed 2.19585: the CO2-only column of 2019
        ((PETROL, 20000, "litre", 43.917), "the CO2-only column of ukgov-2019", ""),
        # 0.2556 generation and 0.0217 losses of the 2019 set, kgCO2e per kWh
        ((GRID, 100000, "kWh", 27.73), "generation + transmission of ukgov-2019", ""),
        # 0.20428 per kWh of net calorific value, taken for a kWh as billed
        ((GAS, 100000, "kWh", 20.428), "the direct factor of ukgov-2019 per kWh_net, taken for kWh", ""),
        ((GAS, 100000, "kWh", 18385), "the direct factor of ukgov-2019, times a thousand", ""),
        # Association of Anaesthetists: 893.1 kg for a 240 ml bottle of desflurane
        (
            ("anaesthetic.desflurane", 1, "bottle_240ml", 0.8931),
            "the direct factor of anaesthetic-gases-association-1",
            "",
        ),
        # 0.17710 kgCO2e per km of an average car in 2019, on miles
        (
            ("travel.car.average.unknown", 10000, "mile", 1.771),
            "the direct factor of ukgov-2019 per km, taken for mile",
            "",
        ),
    ],
)
def test_the_published_choice_is_named(row, explanation, others, method):
    found = line(method, *row)
    assert not found["agrees"]
    assert found["explanation"] == explanation
    assert found["others"].startswith(others)
    assert abs(found["residual"]) <= 0.005 * max(1, abs(found["reported_tco2e"]))


def test_the_methods_own_figure_agrees_at_the_decimals_that_were_stated(method):
    # 0.18385 direct and 0.02391 well-to-tank of the 2019 set
    for stated in (20.776, 20.78, 20.8):
        found = line(method, GAS, 100000, "kWh", stated)
        assert found["agrees"]
        assert found["explanation"] == ""
    assert not line(method, GAS, 100000, "kWh", 20.79)["agrees"]


def test_what_no_publication_explains_is_said_so(method):
    found = line(method, GAS, 100000, "kWh", 77.123)
    assert found["explanation"] == "no published factor explains this"
    assert pd.isna(found["residual"])


def test_another_edition_ranks_below_the_one_of_the_period(method):
    assert line(method, GAS, 100000, "kWh", 18.387)["explanation"] == "the direct factor of ukgov-2020"
    assert (
        line(method, GAS, 100000, "kWh", 18.387, period="2020/21")["explanation"] == "the direct factor of ukgov-2020"
    )


def test_totals_are_over_rows_that_have_both_and_empty_ones_are_left_out(method):
    table = sent((GAS, 100000, "kWh", 18.39), (GAS, 100000, "kWh", None), ("spend.undecided", 5, "GBP", 1.0))
    found = nc.submissions.check_reported(table, method)
    assert len(found.table) == 2
    assert (found.reported_tco2e, found.tco2e) == (18.39, pytest.approx(20.776, rel=1e-12))
    assert "2 rows state their own tonnes" in str(found)
    assert "row 1: energy.natural_gas 2019/20, 18.39 t reported: the direct factor of ukgov-2019" in str(found)


def test_a_table_without_the_column_is_refused(method):
    with pytest.raises(UsageError, match="no column 'reported_tco2e'"):
        nc.submissions.check_reported(sent((GAS, 1, "kWh", 1.0)).drop(columns="reported_tco2e"), method)


def test_coarse_rounding_is_no_agreement(method):
    """20 tonnes stated for 20.4: a half of a tonne is too far to say that the method agrees."""
    found = line(method, GAS, 98190, "kWh", 20.0)  # 20.40 by the method: 0.20776 kgCO2e per kWh
    assert not found["agrees"]
    assert found["explanation"] == "the method's own figure, if it was rounded so far"
    assert found["residual"] == pytest.approx(-0.4, abs=0.01)


def test_rows_that_cannot_be_compared_are_counted(method):
    table = sent((GAS, 100000, "kWh", 18.39), ("energy.natural_gaz", 1, "kWh", 5.0), (GAS, None, "kWh", 5.0))
    found = nc.submissions.check_reported(table, method)
    assert (len(found.table), found.left_out) == (1, 2)
    assert "2 more could not be compared" in str(found)


# --- each row by the boundary that it belongs to ------------------------------------------------------------------

PLUS = "nhs_carbon_footprint_plus"


@pytest.mark.parametrize(
    ("row", "components", "boundary"),
    [
        (("commute.car.average.petrol", 250000, "km"), ("direct", "wtt"), PLUS),
        (("patient_travel.car.average.diesel", 90000, "km"), ("direct", "wtt"), PLUS),
        (("freight.van.average.diesel", 40000, "km"), ("direct", "wtt"), PLUS),
        (("travel.car.average.petrol", 250000, "km"), ("direct", "wtt"), "nhs_carbon_footprint"),
        ((GAS, 250000, "kWh"), ("direct", "wtt"), "nhs_carbon_footprint"),
    ],
)
def test_a_row_is_judged_by_the_smallest_boundary_that_it_belongs_to(row, components, boundary, method):
    want = tonnes_of(2019, *(row[place] for place in (0, 2, 1)), *components)
    found = line(method, *row, round(want, 3))
    assert found["agrees"], found
    assert found["boundary"] == boundary
    assert found["tco2e"] == pytest.approx(want, rel=1e-12)
    assert not line(method, *row, round(want * 1.03, 3))["agrees"]


def test_spend_of_the_plus_is_judged_by_it(method):
    value = cell("emission_factors/uk-multipliers-to-2023-y2019/factors.csv", "value", activity="spend.sic.62")
    row = "spend.GBP_2019-20_to_GBP_2019"
    deflator = cell("conversions/deflators-1/conversions.csv", "multiplier", conversion_id=row)
    found = line(method, "spend.sic.62", 80000, "GBP", round(80000 * value * deflator / 1000, 3))
    assert (found["agrees"], found["boundary"]) == (True, PLUS)


def test_what_is_in_no_boundary_is_said_to_be(method):
    kept = line(method, "energy.electricity.exported", 100000, "kWh", 0.0)
    claimed = line(method, "energy.electricity.exported", 100000, "kWh", 99.0)
    assert (kept["boundary"], kept["agrees"], claimed["agrees"]) == ("memo", True, False)
    for found in (kept, claimed):
        assert "in no boundary" in found["explanation"]
    table = sent((GAS, 100000, "kWh", 20.776), ("energy.electricity.exported", 100000, "kWh", 5.0))
    assert nc.submissions.check_reported(table, method).reported_tco2e == 20.776


def test_where_the_footprint_cannot_be_totalled_the_widest_boundary_that_can_judges(method):
    """The sets of 2013 to 2015 lack well-to-tank: gas by scope 1, electricity with its losses."""
    gas = tonnes_of(2014, GAS, "kWh", 100000, "direct")
    grid = tonnes_of(2014, GRID, "kWh", 100000, "generation", "transmission")
    found = line(method, GAS, 100000, "kWh", round(gas, 4), period="2014/15")
    assert (found["agrees"], found["boundary"]) == (True, "scope_1")
    found = line(method, GRID, 100000, "kWh", round(grid, 4), period="2014/15")
    assert (found["agrees"], found["boundary"]) == (True, "direct_and_transmission")


def test_the_check_of_a_return_names_the_boundary(method):
    stated = round(1.03 * tonnes_of(2019, "commute.car.average.petrol", "km", 250000, "direct", "wtt"), 3)
    table = sent(("commute.car.average.petrol", 250000, "km", stated), ("energy.electricity.exported", 9, "kWh", 7.7))
    found = [each for each in nc.check(table, method, organisations=None) if each.code == "reported_differs"]
    assert any(PLUS in each.message for each in found)
    [memo] = [each for each in found if "in no boundary" in each.message]
    assert memo.kgco2e_at_stake is None


# --- explanations: the simplest published choice ------------------------------------------------------------------

MILE = 1.609344
PORTAL = [  # quantities and tonnes as they stand in returns of the Sustainable Development Unit's portal
    (("commute.car.average.unknown", 7776947, "mile", 2687.26), "2019/20", ("diesel", "wtt", "2019")),
    (("waste.domestic.landfill", 33, "tonne", 19.43), "2017/18", ("waste.household.landfill", "2017")),
    ((GRID, 2786693, "kWh", 892.58), "2020/21", ("well-to-tank twice", "2020")),
    ((GAS, 9702687, "kWh", 2027.735448), "2016/17", ("six decimals", "2016")),
    (("travel.car.average.unknown", 554091, "mile", 160.0), "2017/18", ("diesel", "direct", "2017")),
    (("commute.headcount", 4987, "person_year", 1708.0), "2017/18", ("diesel", "wtt", "2017")),
    (("patient_contact", 2216364, "contact", 27467.0), "2017/18", ("diesel", "wtt", "2017")),
]


@pytest.mark.parametrize(("row", "period", "says"), PORTAL, ids=[row[0] for row, _, _ in PORTAL])
def test_the_portals_figures_are_explained(row, period, says, method):
    found = line(method, *row, period=period)
    assert not found["agrees"]
    for word in says:
        assert word in found["explanation"], found["explanation"]


def test_those_figures_are_what_the_official_files_say():
    """By hand: the sums that the explanations above name."""
    car = "commute.car.average.diesel", "km"
    assert round(tonnes_of(2019, *car, 7776947 * MILE, "direct", "wtt"), 2) == 2687.26
    assert round(tonnes_of(2017, "waste.household.landfill", "tonne", 33, "direct"), 2) == 19.43
    grid = GRID, "kWh", 2786693
    assert round(tonnes_of(2020, *grid, "generation", "transmission", "wtt", "transmission_wtt"), 2) == 802.93
    assert round(tonnes_of(2020, *grid, "generation", "transmission", "wtt", "transmission_wtt", "wtt"), 2) == 892.58
    assert round(9702687 * (round(published(2016)[GAS, "kWh"]["direct"], 6) + 0.02499) / 1000, 6) == 2027.735448
    assert round(tonnes_of(2017, "travel.car.average.diesel", "km", 554091 * MILE, "direct")) == 160


@pytest.mark.parametrize(
    ("activity", "like", "unit"),
    [
        ("travel.car.average.petrol", "travel.car.average.diesel", "km"),
        ("waste.food.landfill", "waste.paper.landfill", "tonne"),
        ("energy.gas_oil", "energy.burning_oil", "litre"),
    ],
)
@pytest.mark.parametrize("year", [2018, 2021, 2023])
def test_another_activity_is_searched_with_all_its_components(activity, like, unit, year, method):
    components = [name for name in ("direct", "wtt") if name in published(year)[like, unit]]
    stated = round(tonnes_of(year, like, unit, 123457, *components), 3)
    found = line(method, activity, 123457, unit, stated, period=f"{year}/{year - 1999}")
    assert like in f"{found['explanation']} {found['others']}"
    assert f"ukgov-{year}" in found["explanation"]


def test_fewer_decimals_of_the_factors_are_recognised(method):
    """0.18396 + 0.02557 kgCO2e/kWh of 2018, to four and to three decimals."""
    for decimals, word in ((4, "four decimals"), (3, "three decimals")):
        stated = 54321987 * (round(0.18396, decimals) + round(0.02557, decimals)) / 1000
        found = line(method, GAS, 54321987, "kWh", round(stated, 3), period="2018/19")
        assert word in found["explanation"], found["explanation"]


def test_a_coarse_figure_has_the_simplest_choice_first_and_names_the_others(method):
    found = line(method, "travel.car.average.unknown", 554091, "mile", 160.0, period="2017/18")
    assert "CO2-only" not in found["explanation"]
    assert "the CO2-only column of ukgov-2018" in found["others"]


def test_digits_transposed_are_said(method):
    found = line(method, GAS, 10000000, "kWh", 2707.6)  # 2,077.6 t
    assert found["explanation"] == "digits transposed: 2,077.6"
    assert line(method, GAS, 10000000, "kWh", 2770.6)["explanation"] == "two digits exchanged: 2,077.6"
    assert line(method, GAS, 10000000, "kWh", 2776.0)["explanation"] == "no published factor explains this"


# --- several rows together ----------------------------------------------------------------------------------------

ONE, TWO = 0.20776, 0.31598  # of 2019, kgCO2e/kWh: gas with well-to-tank; electricity with losses and both of theirs


def explained(method, *rows):
    return nc.submissions.check_reported(sent(*rows), method).table["explanation"].tolist()


def test_one_total_for_several_rows_is_recognised(method):
    rows = [(GAS, 100000, "kWh", None), (GAS, 250000, "kWh", None), (GRID, 70000, "kWh", None)]
    total = round((350000 * ONE + 70000 * TWO) / 1000, 3)
    for place in (0, 2):
        table = [(*row[:3], total if number == place else None) for number, row in enumerate(rows)]
        assert explained(method, *table) == ["rows 1 to 3 together"]
    assert explained(method, *((*row[:3], total) for row in rows)) == ["rows 1 to 3 together"] * 3
    gas = round(350000 * ONE / 1000, 3)
    assert explained(method, (*rows[0][:3], gas), (*rows[1][:3], 0.0), (*rows[2][:3], 22.119)) == [
        "rows 1 and 2 together",
        "counted in row 1",
        "",
    ]


def test_a_total_that_was_shared_out_is_recognised(method):
    total = 350000 * ONE / 1000
    halves = [(GAS, 100000, "kWh", round(total / 2, 3)), (GAS, 250000, "kWh", round(total / 2, 3))]
    assert explained(method, *halves) == ["the total of rows 1 and 2, shared out equally"] * 2
    others = [(GAS, 100000, "kWh", round(total * 0.4, 3)), (GAS, 250000, "kWh", round(total * 0.6, 3))]
    assert explained(method, *others) == ["the total of rows 1 and 2, shared out in another way"] * 2


def test_figures_in_each_others_rows_are_recognised(method):
    found = explained(method, (GAS, 123456, "kWh", round(0.2 * TWO * 1000, 3)), (GRID, 200000, "kWh", 25.649))
    assert found == [f"exchanged with row 2, {GRID}", f"exchanged with row 1, {GAS}"]


def test_last_years_figure_in_this_years_row_is_recognised(method):
    """0.20953 kgCO2e/kWh of gas in 2018, with well-to-tank."""
    table = pd.concat([sent((GAS, 333333, "kWh", 69.843), period="2018/19"),
                       sent((GAS, 444444, "kWh", 69.843))], ignore_index=True)  # fmt: skip
    found = nc.submissions.check_reported(table, method).table
    assert found["agrees"].tolist() == [True, False]
    assert found["explanation"].iloc[1] == "the tonnes of 2018/19, row 1"


def test_rows_of_two_organisations_are_not_put_together(method):
    table = sent((GAS, 100000, "kWh", round(350000 * ONE / 1000, 3)), (GAS, 250000, "kWh", None))
    table["organisation"] = ["RXX", "RYY"]
    found = nc.submissions.check_reported(table, method).table
    assert "together" not in found["explanation"].iloc[0]


def test_a_key_is_searched_once_whatever_the_rows(method, monkeypatch):
    asked = []
    search = compare.choices_of
    monkeypatch.setattr(compare, "choices_of", lambda key, which: asked.append(key) or search(key, which))
    random = np.random.default_rng(5)
    rows = [(activity, float(amount), "kWh", round(float(amount) * 0.00077, 2))
            for activity in (GAS, GRID) for amount in random.uniform(1e4, 1e6, 500)]  # fmt: skip
    found = nc.submissions.check_reported(sent(*rows), method)
    assert len(found.table) == 1000
    assert sorted(key.activity for key in asked) == [GRID, GAS]


def test_components_that_were_rounded_before_they_were_added_are_recognised(method):
    """0.18396 and 0.02557 kgCO2e/kWh of 2018: each in tonnes with two decimals, then added."""
    quantity = 9000078
    parts = [quantity * 0.18396 / 1000, quantity * 0.02557 / 1000]
    apart = round(sum(round(part, 2) for part in parts), 2)
    assert apart != round(sum(parts), 2)
    found = line(method, GAS, quantity, "kWh", apart, period="2018/19")
    assert found["explanation"] == "each component rounded before they were added"


def test_two_rows_exchanged_are_said_to_be_before_a_total_shared_out(method):
    factors = published(2023)[GAS, "kWh"]
    tonnes = [round(amount * (factors["direct"] + factors["wtt"]) / 1000, 2) for amount in (60374205, 23682275)]
    table = pd.DataFrame({"organisation": "RTG", "period": "2023/24", "activity": GAS, "unit": "kWh",
                          "quantity": [60374205, 23682275], "reported_tco2e": tonnes[::-1]})  # fmt: skip
    found = nc.submissions.check_reported(table, method).table["explanation"].tolist()
    assert found == [f"exchanged with row 2, {GAS}", f"exchanged with row 1, {GAS}"]
    assert nc.submissions.check_reported(table.assign(reported_tco2e=tonnes), method).table["agrees"].all()


@pytest.mark.parametrize(("amount", "word"), [(60374205, "hundreds"), (5123456, "tens")])
def test_a_row_rounded_for_a_board_is_said_to_be(amount, word, method):
    factors = published(2023)[GAS, "kWh"]
    tonnes = amount * (factors["direct"] + factors["wtt"]) / 1000
    power = {"tens": 1, "hundreds": 2}[word]
    table = pd.DataFrame({"organisation": ["RTG"], "period": "2023/24", "activity": GAS, "unit": "kWh",
                          "quantity": amount, "reported_tco2e": round(tonnes, -power)})  # fmt: skip
    assert (
        nc.submissions.check_reported(table, method).table["explanation"].iloc[0] == f"rounded to {word}: {tonnes:,.2f}"
    )


def test_a_factor_per_mile_that_was_taken_for_kilometres_is_recognised(method):
    per_km = published(2023)["travel.car.average.unknown", "km"]
    table = pd.DataFrame({"organisation": ["RTG"], "period": "2023/24", "activity": "travel.car.average.unknown",
                          "quantity": 1834212, "unit": "km",
                          "reported_tco2e": round(1834212 * 1.609344 * per_km["direct"] / 1000, 3)})  # fmt: skip
    found = nc.submissions.check_reported(table, method).table["explanation"].iloc[0]
    assert found == "the direct factor of ukgov-2023 per mile, taken for km"
