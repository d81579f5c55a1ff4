"""Each way of counting one thing twice is found, with a near miss that is not; on rows and on sums alike."""

from fnmatch import fnmatchcase

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.checks.double_counting_rules import double_count_rules, whole_words
from nhscarbon.checks.meeting import is_whole

COLUMNS = ("organisation", "site", "period", "activity", "quantity", "unit", "reference", "note")
CODES = {"site_beside_total", "months_beside_year", "sum_of_others", "row_repeated", "fuel_twice", "counted_twice",
         "rows_in_two_sheets"}  # fmt: skip
OF_ROWS = {"sum_of_others", "row_repeated", "rows_in_two_sheets"}
PUFFER = "inhaler.pmdi.ventolin_evohaler_100"
GAS, GRID, GREEN = "energy.natural_gas", "energy.electricity.grid", "energy.electricity.green_tariff"
ERROR, WARNING = "reject_line", "warning"


def row(activity, quantity, unit, site="RX1RA", period="2023/24", reference="", note="", organisation="RX1"):
    return (organisation, site, period, activity, float(quantity), unit, reference, note)


def table(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def found(method, *rows):
    """Return the codes of double counting with their severities, of the rows; those of their sums must be the same."""
    frame = table(*rows)
    said = {(each.code, each.severity) for each in nc.check(frame, method) if each.code in CODES}
    sums = {(each.code, each.severity) for each in nc.check(nc.partial(frame), method) if each.code in CODES}
    assert sums == {each for each in said if each[0] not in OF_ROWS}
    return said


def sites(total, site=""):
    return [row(GAS, 30e6, "kWh"), row(GAS, 18e6, "kWh", site="RX1CC"), row(GAS, total, "kWh", site=site)]


@pytest.mark.parametrize("site", ["", "Total", "ALL SITES", "Trust-wide", "whole trust", "RX1", "rx1 total"])
def test_a_trust_beside_its_sites_is_an_error(method, site):
    """30 GWh and 18 GWh of gas beside 48 GWh came to 20,461 t in place of 10,231."""
    frame = table(*sites(48e6, site))
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(frame, method)
    [finding] = [each for each in refused.value.findings if each.code == "site_beside_total"]
    assert "48,000,000 kWh" in finding.message
    assert "10,231 tCO2e" in finding.message
    assert finding.kgco2e_at_stake == pytest.approx(10_230_668, abs=1)
    assert finding.first_rows == (1, 2, 3)


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (sites(1e6), {("site_beside_total", WARNING)}),  # too small to be their total
        (sites(1e6, "Total"), {("site_beside_total", ERROR)}),  # whatever its size, it says that it is
        (sites(20e6, "RX1NL"), set()),
        (sites(20e6, "All other sites"), set()),
        ([*sites(20e6, "RX1NL"), row(GRID, 48e6, "kWh", site="")], set()),  # another activity
        ([*sites(20e6, "RX1NL"), row(GAS, 48e6, "kWh", site="", period="2022/23")], set()),  # another year
        ([row(GAS, 48e6, "kWh", site="Total")], set()),
        ([*sites(20e6, "RX1NL"), row(GAS, 48e6, "kWh", site="", organisation="RR8")], set()),
        ([row(GAS, 3e6, "kWh", period="2023-04"), row(GAS, 3e6, "kWh", site="", period="2023-05")], set()),
        ([row(GAS, 3e6, "kWh", period="2023-04"), row(GAS, 3e6, "kWh", site="", period="2023-04")],
         {("site_beside_total", ERROR)}),
        ([row(GAS, 3e6, "kWh", period="2023-04"), row(GAS, 40e6, "kWh", site="")], {("site_beside_total", ERROR)}),
        ([row(GAS, 1e6, "m3"), row(GAS, 11e6, "kWh", site="")],
         {("site_beside_total", ERROR), ("fuel_twice", ERROR)}),
    ],
)  # fmt: skip
def test_only_a_total_of_the_same_thing_meets_its_sites(method, rows, wanted):
    assert found(method, *rows) == wanted


@pytest.mark.parametrize(
    ("label", "whole"),
    [("Grand total", True), ("Sum of all sites", True), ("Whole estate", True), ("Trust", True),
     ("North subtotal", True), ("Sub-total: community", True), ("City Hospital total", True),
     ("Wholesale Unit", False), ("Total Fitness Centre", False), ("Subtotally", False),
     ("Totally Endoscopy", False), ("Rest of trust", False), ("All Saints Hospital", False), ("Site 4", False)],
)  # fmt: skip
def test_words_for_the_whole_organisation_are_told_from_names(label, whole):
    assert is_whole(label, frozenset(), whole_words()) is whole


def test_a_subtotal_beside_its_sites_is_an_error_however_many_there_are(method):
    wards = [row(GAS, size, "kWh", site=f"Ward {size}") for size in (30_001, 20_002, 11_111, 12_345)]
    totals = [row(GAS, 50_003, "kWh", site="North subtotal"), row(GAS, 23_456, "kWh", site="South sub-total")]
    assert ("site_beside_total", ERROR) in found(method, *wards, *totals)
    assert not found(method, *wards)


def test_the_name_of_the_organisation_is_no_site(method):
    name = "Nottingham University Hospitals NHS Trust"  # of RX1 in the ODS
    assert ("site_beside_total", ERROR) in found(method, *sites(48e6, name))


YEAR = [row(GAS, 12e6, "kWh")]
MONTHS = [row(GAS, 1e6 + number, "kWh", period=f"2023-{number:02d}") for number in range(4, 13)]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([*YEAR, *MONTHS], {("months_beside_year", ERROR)}),
        ([*YEAR, *(row(GAS, 9e4 + n, "m3", period=f"2023-{n:02d}") for n in range(4, 13))],
         {("months_beside_year", ERROR), ("fuel_twice", WARNING)}),
        ([row(GAS, 1e5, "kWh"), *MONTHS], {("months_beside_year", WARNING)}),
        (MONTHS, set()),
        ([row(GAS, 12e6, "kWh", period="2022/23"), *MONTHS], set()),
        ([row(GRID, 12e6, "kWh"), *MONTHS], set()),
        ([row(GAS, 12e6, "kWh", site="RX1CC"), *MONTHS], set()),
    ],
)  # fmt: skip
def test_a_year_beside_its_months_is_an_error_in_any_unit(method, rows, wanted):
    assert found(method, *rows) == wanted


def test_references_tell_a_year_of_one_meter_from_the_months_of_another(method):
    months = [row(GAS, 1e6 + n, "kWh", period=f"2023-{n:02d}", reference="M1") for n in range(4, 13)]
    for reference, told in (("M2", set()), ("M1", {"months_beside_year"}), ("", {"months_beside_year"})):
        frame = table(row(GAS, 12e6, "kWh", reference=reference), *months)
        assert {each.code for each in nc.check(frame, method)} & {"months_beside_year"} == told


@pytest.mark.parametrize(
    ("rows", "severity"),
    [
        ([(24.5e6, ""), (26.25e6, ""), (50.75e6, "")], ERROR),
        ([(1234.5, ""), (2345.6, ""), (3580.1, "")], ERROR),  # to the printed digit
        ([(24.5e6, ""), (26.25e6, ""), (50.7e6, "")], WARNING),
        ([(1, ""), (2, ""), (3, "")], WARNING),  # by chance
        ([(24e6, "H1"), (26e6, "second half"), (60e6, "")], ERROR),  # halves labelled as the year
        ([(10e6, "Q1"), (11e6, "Q2"), (12e6, "qtr 3"), (13e6, "4th quarter"), (46e6, "")], ERROR),
        ([(24.5e6, ""), (26.25e6, ""), (55e6, "")], None),
        ([(24.5e6, ""), (26.25e6, "")], None),
        ([(24e6, "H1"), (26e6, "H2")], None),
    ],
)
def test_a_row_that_is_the_sum_of_all_others_is_found(method, rows, severity):
    said = found(method, *(row(GAS, amount, "kWh", note=note) for amount, note in rows))
    assert said == ({("sum_of_others", severity)} if severity else set())


def test_a_sum_of_other_organisations_or_activities_is_none(method):
    rows = [row(GAS, 24.5e6, "kWh"), row(GRID, 26.25e6, "kWh"), row(GAS, 50.75e6, "kWh", organisation="RR8")]
    assert found(method, *rows) == set()


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        (row(GAS, 5e6, "kWh"), row(GAS, 5e6, "kWh"), ERROR),
        (row(GAS, 5e6, "kWh", reference="M1"), row(GAS, 5e6, "kWh", reference="M1"), WARNING),
        (row(GAS, 5e6, "kWh", note="boiler"), row(GAS, 5e6, "kWh", note="kitchen"), WARNING),
        (row(PUFFER, 5, "inhaler"), row(PUFFER, 5, "inhaler"), WARNING),
        (row("anaesthetic.nitrous_oxide", 5, "cylinder_size_E"), row("anaesthetic.nitrous_oxide", 5, "cylinder_size_E"),
         WARNING),
        (row(GAS, 5e6, "kWh", reference="M1"), row(GAS, 5e6, "kWh", reference="M2"), None),
        (row(GAS, 5e6, "kWh"), row(GAS, 5e6, "KWH", period="2023-24"), ERROR),  # as it is meant
        (row(GAS, 5e6, "kWh", period="2023-06-05"), row(GAS, 5e6, "kWh", period="2023-06-12"), WARNING),
        (row(GAS, 5e6, "kWh"), row(GAS, 5000001, "kWh"), None),
        (row(GAS, 5e6, "kWh"), row(GAS, 5e6, "kWh", site="RX1CC"), None),
    ],
)  # fmt: skip
def test_a_row_again_is_an_error_unless_pieces_or_references_explain_it(method, first, second, severity):
    assert found(method, first, second) == ({("row_repeated", severity)} if severity else set())


def test_a_file_pasted_twice_is_refused(method):
    """494.79 t were certified in place of 247.39."""
    frame = pd.read_csv(nc.example("trust-year.csv"))
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(pd.concat([frame, frame]), method)
    assert "row_repeated" in {each.code for each in refused.value.findings if each.refuses}


def test_most_rows_of_a_sheet_on_another_are_an_error(method, tmp_path):
    rows = [row(GAS, 1e6 + n, "kWh", reference=f"M{n}") for n in range(6)]
    path = tmp_path / "return.xlsx"
    for extra, told in ((1, True), (9, False)):
        with pd.ExcelWriter(path) as book:
            table(*rows).to_excel(book, sheet_name="Gas", index=False)
            more = [row(GAS, 2e6 + n, "kWh", reference=f"N{n}") for n in range(extra)]
            table(*rows[:4], *more).to_excel(book, sheet_name="Gas again", index=False)
        assert ("rows_in_two_sheets" in {each.code for each in nc.check(path, method)}) is told


FUELS = [
    ([(GAS, 1e6, "m3"), (GAS, 11.14e6, "kWh")], ERROR),  # 11.14 kWh a m3, by the factors of 2023
    ([(GAS, 1e6, "m3"), (GAS, 14e6, "kWh")], WARNING),
    ([(GAS, 10e6, "kWh"), (GAS, 9.02e6, "kWh_net")], ERROR),  # net is 0.902 of gross
    ([(GAS, 10e6, "kWh"), (GAS, 10.1e3, "MWh")], ERROR),
    ([(GAS, 10e6, "kWh"), (GAS, 6e3, "MWh")], None),
    ([(GRID, 20e6, "kWh"), (GREEN, 20e6, "kWh")], ERROR),
    ([(GRID, 20e6, "kWh"), (GREEN, 8e6, "kWh")], None),
    ([("energy.gas_oil", 5000, "litre"), ("energy.burning_oil", 5000, "litre")], ERROR),
    ([("energy.gas_oil", 5000, "litre"), ("energy.burning_oil", 4000, "litre")], None),
    ([("energy.gas_oil", 0, "litre"), ("energy.burning_oil", 0, "litre")], None),
    ([(GAS, 10e6, "kWh"), ("energy.heat.onsite", 10e6, "kWh")], ERROR),
    ([(GAS, 10e6, "kWh"), ("energy.heat.onsite", 8.5e6, "kWh")], WARNING),
    ([(GAS, 10e6, "kWh"), ("energy.heat.onsite", 1e6, "kWh")], None),
    ([(GAS, 10e6, "kWh"), (GRID, 10e6, "kWh")], WARNING),
    ([(GAS, 10e6, "kWh"), (GRID, 3e6, "kWh")], None),
]


@pytest.mark.parametrize(("rows", "severity"), FUELS)
def test_one_fuel_in_two_ways_is_found_by_its_size(method, rows, severity):
    assert found(method, *(row(*each) for each in rows)) == ({("fuel_twice", severity)} if severity else set())


CAR, VAN = "fleet.car.average.{}", "fleet.van.average.{}"
PAIRS = [
    (("fleet.electricity", 9000, "kWh"), (CAR.format("battery_electric"), 40000, "mile"), WARNING),
    (("fleet.electricity", 9000, "kWh"), (CAR.format("diesel"), 40000, "mile"), None),
    (("fleet.fuel.diesel", 9000, "litre"), (VAN.format("diesel"), 40000, "mile"), WARNING),
    (("fleet.fuel.diesel", 9000, "litre"), (CAR.format("battery_electric"), 40000, "mile"), None),
    (("fleet.fuel.diesel", 9000, "litre"), (CAR.format("petrol"), 40000, "mile"), None),
    (("fleet.fuel.diesel", 9000, "litre"), ("travel.car.average.diesel", 40000, "mile"), None),
    (("fleet.fuel.diesel", 9000, "litre"), ("spend.sic.19", 12000, "GBP"), ERROR),
    (("fleet.fuel.diesel", 9000, "litre"), ("spend.sic.20_3", 12000, "GBP"), None),
    (("freight.hgv.rigid_average.laden_average", 5000, "tonne_km"),
     ("freight.hgv.rigid_average.laden_50", 900, "km"), WARNING),
    (("freight.hgv.rigid_average.laden_average", 5000, "tonne_km"), ("freight.van.average.diesel", 900, "km"), None),
    (("anaesthetic.entonox", 10000, "litre"), ("anaesthetic.nitrous_oxide", 10, "m3"), ERROR),
    (("anaesthetic.entonox", 10000, "litre"), ("anaesthetic.nitrous_oxide", 3, "m3"), None),
    (("refrigerant.r410a", 50, "kg_charge_heat_pump"), ("refrigerant.r410a", 0.003, "tonne"), ERROR),
    (("refrigerant.r410a", 50, "kg_charge_heat_pump"), ("refrigerant.r410a", 3, "g"), ERROR),
    (("refrigerant.r410a", 50, "kg_charge_heat_pump"), ("refrigerant.r32", 3, "kg"), None),
    (("waste.domestic.landfill", 400, "tonne"), ("waste.domestic.energy_from_waste", 400e3, "kg"), ERROR),
    (("waste.domestic.landfill", 400, "tonne"), ("waste.domestic.energy_from_waste", 399, "tonne"), None),
    (("waste.domestic.landfill", 400, "tonne"), ("waste.food.landfill", 400, "tonne"), None),
    (("waste.domestic.landfill", 1.2, "tonne"), ("waste.domestic.energy_from_waste", 1.2, "tonne"), None),
    (("anaesthetic.sevoflurane", 20, "litre"), ("spend.sic.21", 9e5, "GBP"), WARNING),
    (("anaesthetic.sevoflurane", 20, "litre"), ("spend.sic.22", 9e5, "GBP"), None),
    (("inhaler.pmdi.ventolin_evohaler_100", 500, "inhaler"), ("spend.sic.21", 9e5, "GBP"), WARNING),
    (("water.supply", 1000, "m3"), ("spend.sic.36", 5000, "GBP"), ERROR),
    (("water.supply", 0, "m3"), ("spend.sic.36", 5000, "GBP"), None),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "severity"), PAIRS)
def test_one_thing_in_two_ways_is_found_and_its_near_miss_is_not(method, first, second, severity):
    assert found(method, row(*first), row(*second)) == ({("counted_twice", severity)} if severity else set())
    assert found(method, row(*second), row(*first, site="RX1CC")) == set()  # of different sites


def test_the_load_and_the_distance_of_one_vehicle_are_one_journey(method):
    vehicle = "freight.hgv.rigid_average.laden_average"
    assert ("counted_twice", ERROR) in found(method, row(vehicle, 5000, "tonne_km"), row(vehicle, 900, "km"))


def test_months_that_do_not_meet_count_nothing_twice(method):
    water, bill = row("water.supply", 10, "m3", period="2023-04"), row("spend.sic.36", 50, "GBP", period="2023-05")
    assert found(method, water, bill) == set()
    assert found(method, water, row("spend.sic.36", 50, "GBP", period="2023-04")) == {("counted_twice", ERROR)}
    assert found(method, water, row("spend.sic.36", 50, "GBP")) == {("counted_twice", ERROR)}


def test_what_is_at_stake_is_the_smaller_side(method):
    frame = table(row("refrigerant.r134a", 100, "kg_charge_chiller"), row("refrigerant.r134a", 30, "kg"))
    [finding] = [each for each in nc.check(frame, method) if each.code == "counted_twice"]
    assert finding.kgco2e_at_stake == pytest.approx(100 * 0.03 * 1300)  # 3 % leak in a year; GWP 1,300 (AR5)
    assert "100 kg_charge_chiller beside 30 kg" in finding.message


CAR = "travel.car.average.unknown"
FLIGHT = "travel.air.short_haul.economy"


@pytest.mark.parametrize(("first", "second", "severity"), [
    ((CAR, 1_186_000, "mile"), (CAR, 1_908_682, "km"), ERROR),
    (("commute.rail.national", 51_000, "passenger_km"), ("commute.rail.national", 31_690, "passenger_mile"), ERROR),
    (("waste.glass.recycling", 41.25, "tonne"), ("waste.glass.recycling", 41_250, "kg"), ERROR),
    (("spend.sic.32", 50e6, "GBP"), ("spend.sic.32", 60e6, "GBP_gross"), ERROR),
    ((FLIGHT, 118_000, "passenger_km"), (f"{FLIGHT}.without_rf", 118_000, "passenger_km"), ERROR),
    ((GREEN, 812_345, "kWh"), ("fleet.electricity", 812.345, "MWh"), ERROR),
    ((CAR, 411_873, "km"), ("fleet.car.average.petrol", 411_873, "km"), WARNING),
    (("travel.taxi", 41_873, "km"), ("patient_travel.taxi", 41_873, "km"), WARNING),
])  # fmt: skip
def test_one_quantity_under_another_unit_or_name_is_found_and_another_quantity_is_not(method, first, second, severity):
    code = "fuel_twice" if first[0] == GREEN else "counted_twice"
    assert (code, severity) in found(method, row(*first), row(*second))
    assert not found(method, row(*first), row(second[0], second[1] * 0.9, second[2]))
    assert not found(method, row(*first), row(*second, site="RX1CC"))


@pytest.mark.parametrize(("first", "second"), [("Ward a", "WARD  A "), ("North Site", "north site")])
@pytest.mark.parametrize("column", ["site", "reference", "supplier"])
def test_capitals_and_spaces_do_not_hide_a_repeated_row(method, column, first, second):
    rows = table(row(GAS, 3_012_345, "kWh"), row(GAS, 3_012_345, "kWh"))
    assert ("row_repeated", WARNING) in {
        (each.code, each.severity) for each in nc.check(rows.assign(**{column: [first, second]}), method)
    }
    other = rows.assign(**{column: [first, f"{second} 2"]})
    assert "row_repeated" not in {each.code for each in nc.check(other, method)}


def test_every_rule_is_cited_and_its_patterns_mean_something(method):
    kinds = {*method.units.kinds.values()}
    for rule in double_count_rules():
        assert all((rule.source, rule.advice, rule.what)), rule.rule
        for activity, kind in (*rule.first, *rule.second):
            assert any(fnmatchcase(code, activity) for code in method.catalogue.activities), (rule.rule, activity)
            assert any(fnmatchcase(each, kind) for each in kinds), (rule.rule, kind)


def test_englands_trusts_are_refused_for_none_of_it(method):
    report = nc.check(nc.read_eric(nc.example("estates-2023-24.csv")), method)
    assert not [str(each) for each in report if each.code in CODES and each.refuses]


def with_meters(total, own="M9"):
    return [row(GAS, 30e6, "kWh", reference="M1"), row(GAS, 18e6, "kWh", site="RX1CC", reference="M2"),
            row(GAS, total, "kWh", site="", reference=own)]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "severity"),
    [
        (with_meters(40e6), WARNING),  # a meter of its own, of a site that nobody named
        (with_meters(48.5e6), ERROR),  # the sum of its sites, whatever it is called
        (with_meters(40e6, own="M1"), ERROR),  # the reference of a site
        (with_meters(40e6, own=""), ERROR),
    ],
)
def test_a_meter_of_its_own_is_no_total_of_the_sites(method, rows, severity):
    assert ("site_beside_total", severity) in found(method, *rows)
