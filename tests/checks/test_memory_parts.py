"""A row beside the rest of its site, sites that have gone, and what one finding does not keep from another."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.checks.rules.bounds import figure

GAS, GRID, GREEN = "energy.natural_gas", "energy.electricity.grid", "energy.electricity.green_tariff"
COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit"]
CODES = {"below_past", "above_past", "below_peers", "copied_from_before", "rows_swapped", "site_wrong"}
LAST = {
    ("RX1RA", GAS): 15_234_567.0, ("RX1RA", GRID): 12_345_678.0, ("RX1CC", GAS): 10_456_789.0,
    ("RX1CC", GRID): 4_567_891.0, ("RX1NN", GAS): 5_678_912.0, ("RX1NN", GRID): 2_789_123.0,
}  # fmt: skip
# half of RX1RA's electricity is of another contract: 6,612,345 + 6,402,113 kWh are near 12,345,678
SPLIT = {
    ("RX1RA", GAS): 14_901_234.0, ("RX1RA", GRID): 6_612_345.0, ("RX1RA", GREEN): 6_402_113.0,
    ("RX1CC", GAS): 10_301_777.0, ("RX1CC", GRID): 4_690_123.0, ("RX1NN", GAS): 5_733_111.0,
    ("RX1NN", GRID): 2_744_321.0,
}  # fmt: skip


def frame(kwh, year="2023/24"):
    rows = [("RX1", site, year, activity, each, "kWh") for (site, activity), each in kwh.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def held(areas):
    """Return floor areas [m2] of sites in both years."""
    rows = [("RX1", site, year, "floor_area_gross_internal", value) for (year, site), value in areas.items()]
    return pd.DataFrame(rows, columns=["organisation", "site", "period", "measure", "value"])


@pytest.fixture
def told(method):
    def told(now, before=LAST, **options):
        checked = nc.check(frame(now), method, before=frame(before, "2022/23"), **options)
        return [each for each in checked if each.code in CODES]

    return told


@pytest.mark.parametrize(("times", "code", "words"), [
    (1 / 12, "below_past", "with 12 times it, RX1RA would have 13,014,500 kWh in all, near the 12,345,700"),
    (1 / 1000, "below_past", "with 1,000 times it"),
    (12, "above_past", "with 1/12 of it, RX1RA would have 13,014,500 kWh in all"),
])  # fmt: skip
def test_a_slip_in_one_of_two_contracts_of_a_site_is_said_of_its_row(told, times, code, words):
    assert told(SPLIT) == []
    [found] = told(SPLIT | {("RX1RA", GREEN): 6_402_113.0 * times})
    assert (found.code, found.site, found.activity, found.first_rows) == (code, "RX1RA", GREEN, (3,))
    assert words in found.message


def test_a_contract_that_was_left_out_is_named_where_the_one_that_is_left_is_no_slip(told):
    # 178,345 kWh are 1/69 of the year before: neither a month nor MWh, so the row of the year before is missing
    [found] = told({key: each for key, each in SPLIT.items() if key != ("RX1RA", GREEN)} | {("RX1RA", GRID): 178_345.0},
                   LAST | {("RX1RA", GRID): 0.0, ("RX1RA", GREEN): 12_345_678.0})  # fmt: skip
    assert (found.code, found.site, found.activity) == ("below_past", "RX1RA", GREEN)


def test_a_large_site_that_has_gone_is_said_by_itself_and_small_ones_together(told):
    small = {(f"RX1Q{at}", GAS): 5_000_123.0 + at * 1_117 for at in range(4)}
    large = {("RX1BB", GAS): 40_123_456.0, ("RX1BB", GRID): 20_123_321.0}
    first, second = sorted(told(SPLIT, LAST | small | large), key=lambda each: each.site, reverse=True)
    assert first.site == "RX1BB"
    assert second.message.startswith("4 sites are not in the return of 2023/24: RX1Q0, RX1Q1, RX1Q2, RX1Q3")


@pytest.mark.parametrize(("area", "said"), [(9_000.0, False), (30_000.0, True)])
def test_a_new_site_of_another_floor_area_is_not_the_one_that_has_gone(told, area, said):
    less = SPLIT | {("RX1RA", GAS): 13_901_234.0}  # the whole shows a part of what has gone
    moved = {("RX1ZZ" if site == "RX1NN" else site, activity): each for (site, activity), each in less.items()}
    areas = held({("2022/23", "RX1NN"): 10_000.0, ("2023/24", "RX1ZZ"): area})
    assert ("RX1NN" in {each.site for each in told(moved, denominators=areas)}) is said


def test_a_row_left_out_is_no_row_on_a_site_that_had_two_of_them_and_rose_by_nothing(told, method):
    now = [frame({key: each for key, each in SPLIT.items() if key[1] != GREEN} | {("RX1RA", GRID): 12_801_234.0})]
    before = [frame(LAST, "2022/23")]
    for frames, year, kwh in ((now, "2023/24", 2_611_222.0), (before, "2022/23", 2_655_444.0)):
        frames.append(frame({("RX1NN", GRID): kwh}, year))
    whole, last = (pd.concat(each, ignore_index=True) for each in (now, before))
    missing = whole[~((whole["site"] == "RX1CC") & (whole["activity"] == GRID))]
    found = [each for each in nc.check(missing, method, before=last) if each.code in CODES]
    assert [(each.code, each.site, each.activity) for each in found] == [("below_past", "RX1CC", GRID)]


def test_heat_that_is_missing_is_said_beside_power_that_is_new(told):
    now = SPLIT | {("RX1YY", GRID): 6_123_456.0, ("RX1YY", "energy.gas_oil"): 0.0}
    areas = held({("2022/23", "RX1YY"): 35_000.0, ("2023/24", "RX1YY"): 35_000.0})
    found = {(each.code, each.site) for each in told(now, denominators=areas)}
    assert ("below_peers", "RX1YY") in found


def test_a_floor_area_that_fell_explains_no_more_than_a_quarter_of_what_is_left(told):
    areas = held({("2022/23", "RX1RA"): 60_000.0, ("2023/24", "RX1RA"): 6_000.0})
    less = SPLIT | {("RX1RA", GAS): 15_234_567.0 / 50}  # a tenth of the area, and a fiftieth of the gas
    [found] = [each for each in told(less, denominators=areas) if each.code == "below_past"]
    assert (found.site, found.activity) == ("RX1RA", GAS)
    assert not [each for each in told(SPLIT | {("RX1RA", GAS): 15_234_567.0 / 7}, denominators=areas)
                if each.code == "below_past"]  # fmt: skip


def test_five_rows_that_were_copied_are_named(told):
    five = {
        key: LAST[key] for key in (("RX1RA", GAS), ("RX1CC", GAS), ("RX1CC", GRID), ("RX1NN", GAS), ("RX1NN", GRID))
    }
    [found] = told(SPLIT | five)
    assert (found.code, found.first_rows) == ("copied_from_before", (1, 4, 5, 6, 7))


NEXT = {key: round(kwh * 0.983) for key, kwh in LAST.items()}
ORG_ROWS = [
    ("RX1", "", "anaesthetic.entonox", 9_123_456.0, "litre"),
    ("RX1", "", "travel.rail.national", 8_412_345.0, "passenger_km"),
]


def rows_of(kwh, year, *more):
    """Return the energy of sites, with further rows."""
    table = frame(kwh, year)
    beside = [(code, site, year, activity, quantity, unit) for code, site, activity, quantity, unit in more]
    return pd.concat([table, pd.DataFrame(beside, columns=COLUMNS)], ignore_index=True) if beside else table


def gone(method, now, before):
    return [each for each in nc.check(now, method, before=before) if each.code == "below_past"]


@pytest.mark.parametrize("rows", [ORG_ROWS, ORG_ROWS[:1], ORG_ROWS[::-1]])
def test_rows_without_a_site_that_are_gone_are_no_site_of_their_organisation(method, rows):
    [found] = gone(method, frame(NEXT), rows_of(LAST, "2022/23", *rows))
    assert found.message.startswith("the rows of RX1 without a site are not in the return of 2023/24")
    assert "9,123,460 litre of anaesthetic.entonox" in found.message
    assert gone(method, rows_of(NEXT, "2023/24", *rows), rows_of(LAST, "2022/23", *rows)) == []


@pytest.mark.parametrize(("activity", "amount", "unit"), [
    ("waste.domestic.energy_from_waste", 412_345.0, "tonne"), ("anaesthetic.entonox", 9_123_456.0, "litre"),
    ("water.supply", 6_123_456.0, "m3"),
])  # fmt: skip
def test_amounts_in_other_units_are_not_added_in_a_site_that_is_gone(method, activity, amount, unit):
    last = rows_of(LAST, "2022/23", ("RX1", "RX1NN", activity, amount, unit))
    [found] = gone(method, frame({key: kwh for key, kwh in NEXT.items() if key[0] != "RX1NN"}), last)
    assert "8,468,040 kWh of energy.electricity.grid and energy.natural_gas" in found.message
    assert f"{figure(amount, 6)} {unit} of {activity}" in found.message
    assert found.unit == ""


def test_several_sites_that_are_gone_and_rows_without_a_site_are_two_things(method):
    more = {(f"RX1Q{at}", GAS): 4_000_123.0 + at * 1_117 for at in range(4)}
    found = gone(method, frame(NEXT), rows_of(LAST | more, "2022/23", *ORG_ROWS))
    [sites] = [each for each in found if each.message.startswith("4 sites are not")]
    [rows] = [each for each in found if each.message.startswith("the rows of RX1 without a site")]
    assert "they had 16,007,200 kWh of energy.natural_gas. Perhaps" in sites.message
    assert "kWh" not in rows.message
    assert len(found) == 2


METERS = {"M1": 7_234_561.0, "M2": 3_412_877.0, "M3": 1_698_240.0}  # of the electricity of RX1RA


def metered(kwh, meters, year):
    """Return the energy of sites, with the electricity of RX1RA by meter."""
    rest = frame({key: each for key, each in kwh.items() if key != ("RX1RA", GRID)}, year).assign(reference="")
    rows = [("RX1", "RX1RA", year, GRID, each, "kWh", name) for name, each in meters]
    return pd.concat([rest, pd.DataFrame(rows, columns=[*COLUMNS, "reference"])], ignore_index=True)


def of_meters(method, *meters):
    checked = nc.check(metered(NEXT, meters, "2023/24"), method, before=metered(LAST, METERS.items(), "2022/23"))
    return [each for each in checked if each.code in {*CODES, "value_repeated"}]


@pytest.mark.parametrize("name", ["M1", "M2"])
def test_a_meter_that_was_left_out_is_named(method, name):
    now = [(other, kwh * 1.07) for other, kwh in METERS.items()]
    assert of_meters(method, *now) == []
    [found] = of_meters(method, *(each for each in now if each[0] != name))
    assert found.message.startswith(f"RX1RA (reference {name}) has no {GRID} in 2023/24; in 2022/23 it had")


@pytest.mark.parametrize(("other", "names"), [("M4", ("M1", "M4")), ("M2", ("M1", "M2")), ("", ("M1",))])
def test_a_figure_under_two_references_of_a_site_is_there_twice_and_no_slip(method, other, names):
    now = {name: kwh * 1.07 for name, kwh in METERS.items()}
    [found] = of_meters(method, *(now | {other: now["M1"]}).items())
    assert found.code == "value_repeated"
    assert all(f"(reference {name})" in found.message for name in names)


def test_meters_that_had_one_figure_the_year_before_too_are_known(method):
    shared = [("M1", 6_172_839.5), ("M2", 6_172_839.5)]
    before = metered(LAST, shared, "2022/23")
    now = metered(NEXT, [(name, kwh * 1.013) for name, kwh in shared], "2023/24")
    assert "value_repeated" not in [each.code for each in nc.check(now, method, before=before)]


@pytest.mark.parametrize(("source", "to"), [("RX1RA", "RX1CC"), ("RX1CC", "RX1NN"), ("RX1NN", "RX1CC")])
def test_a_block_pasted_on_another_site_is_said_with_every_figure(method, source, to):
    pasted = NEXT | {(to, activity): NEXT[source, activity] for activity in (GAS, GRID)}
    checked = nc.check(frame(pasted), method, before=frame(LAST, "2022/23"))
    [said] = [each for each in checked if each.code == "value_repeated"]
    for activity in (GAS, GRID):
        assert f"{figure(NEXT[source, activity], 6)} kWh ({activity} at" in said.message
    least = sum(NEXT[source, activity] * factor for activity, factor in ((GAS, 0.2138), (GRID, 0.27)))
    assert said.kgco2e_at_stake == pytest.approx(least, rel=0.05)
    assert said.rows == 4


@pytest.mark.parametrize("key", [("RX1RA", GAS), ("RX1RA", GRID), ("RX1CC", GAS)])
def test_a_row_that_is_there_with_0_is_not_left_out(told, key):
    [zero] = told(NEXT | {key: 0.0})
    assert zero.message.startswith(f"{key[0]} has 0 kWh of {key[1]} in 2023/24")
    assert (zero.first_rows, zero.quantity) == ((1 + [*NEXT].index(key),), None)
    [gone] = told({other: kwh for other, kwh in NEXT.items() if other != key})
    assert "Perhaps the row was left out" in gone.message


@pytest.mark.parametrize(("times", "words"), [
    (1 / 10, "perhaps a digit is missing, or it is one month"), (1 / 12, "perhaps one month for a year"),
    (10, "perhaps a digit too many, or a year's figure"), (12.2, "perhaps a year's figure twelve times"),
    (14, "perhaps a year's figure twelve times"), (-1, "is below 0; in 2022/23 it was"), (-0.001, "is below 0"),
])  # fmt: skip
def test_ten_times_is_a_digit_as_well_and_below_0_is_a_sign(told, times, words):
    [found] = [each for each in told(NEXT | {("RX1RA", GAS): LAST["RX1RA", GAS] * times}) if "_past" in each.code]
    assert words in found.message
    assert "1/-" not in found.message


@pytest.mark.parametrize(("activity", "amount", "unit"), [
    ("anaesthetic.entonox", 9_123_456.0, "litre"), ("travel.rail.national", 98_412_345.0, "passenger_km"),
    ("water.supply", 61_234_567.0, "m3"),
])  # fmt: skip
@pytest.mark.parametrize("times", [1000, 1 / 1000])
def test_a_thousand_times_is_mwh_for_energy_alone(method, activity, amount, unit, times):
    now, last = (rows_of(kwh, year, ("RX1", "", activity, quantity, unit)) for kwh, year, quantity in (
        (NEXT, "2023/24", amount * times), (LAST, "2022/23", amount)))  # fmt: skip
    found = [each for each in nc.check(now, method, before=last) if each.code in ("above_past", "below_past")]
    assert [each.activity for each in found] == [activity]
    assert "perhaps another unit or a decimal point" in found[0].message
    assert "Wh" not in found[0].message


@pytest.mark.parametrize(("share", "said"), [
    (0.98, False), (0.83, False), (0.78, False), (0.74, False), (0.5, True), (0.1, True),
])  # fmt: skip
@pytest.mark.parametrize("heat", ["energy.heat.district", "energy.steam"])
def test_heat_that_is_bought_takes_the_place_of_more_gas(told, share, said, heat):
    kwh = NEXT["RX1RA", GAS]
    now = {key: each for key, each in NEXT.items() if key != ("RX1RA", GAS)} | {("RX1RA", heat): kwh * share + 0.7}
    assert [each.activity for each in told(now)] == ([GAS] if said else [])
    here = {("RX1RA", heat): kwh * share}
    back = told(NEXT, {key: each for key, each in LAST.items() if key != ("RX1RA", GAS)} | here)
    assert not [each for each in back if each.activity == heat]


@pytest.mark.parametrize("by_site", [True, False])
@pytest.mark.parametrize("times", [1.0, 1.02])
def test_a_site_with_gas_in_m3_is_not_low_in_kwh(method, by_site, times):
    areas = held({("2023/24", "RX1RA"): 70_000.0, ("2023/24", "RX1CC"): 50_000.0, ("2023/24", "RX1NN"): 30_000.0})
    if not by_site:
        areas = areas.drop(columns="site").groupby(["organisation", "period", "measure"], as_index=False).sum()
    now = rows_of({key: kwh * times for key, kwh in NEXT.items()} | {("RX1RA", "energy.gas_oil"): 12_345.0}, "2023/24")
    low = now[(now["site"] != "RX1RA") | (now["activity"] != GAS)]  # no gas at all at the largest site
    gas = now["activity"] == GAS
    quantity = now["quantity"].astype(float)
    in_m3 = now.assign(unit=now["unit"].where(~gas, "m3"), quantity=quantity.where(~gas, quantity / 11))

    def below(sent):
        return [each.code for each in nc.check(sent, method, denominators=areas) if each.code == "below_peers"]

    assert below(now) == below(in_m3) == []
    assert bool(below(low)) is by_site


@pytest.mark.parametrize("name", ["M1", "M2"])
def test_a_slip_in_one_of_several_meters_names_its_reference(method, name):
    found = of_meters(method, *((other, kwh * 1.07 / (1000 if other == name else 1)) for other, kwh in METERS.items()))
    assert [each.code for each in found] == ["below_past"]
    assert f"(reference {name})" in found[0].message
