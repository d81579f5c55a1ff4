"""A return beside the year before and its peers: each kind of finding at both sides of its edge, and what is none."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.checks.memory.limits import group_of, limits

GAS, GRID, GREEN = "energy.natural_gas", "energy.electricity.grid", "energy.electricity.green_tariff"
OIL, COAL = "energy.gas_oil", "energy.coal"
COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit"]
CODES = {
    "below_past", "above_past", "below_peers", "copied_from_before", "value_repeated", "rows_swapped", "site_wrong",
    "slip_thousand", "slip_twelve", "year_on_year", "intensity_implausible", "beyond_every_trust",
}  # fmt: skip
# four sites of one trust, of 50 GWh: no figure is near another, and none is round
LAST = {
    ("RX1RA", GAS): 15_234_567.0, ("RX1RA", GRID): 7_345_678.0, ("RX1CC", GAS): 10_456_789.0,
    ("RX1CC", GRID): 4_567_891.0, ("RX1NN", GAS): 5_678_912.0, ("RX1NN", GRID): 2_789_123.0,
    ("RX1PP", GAS): 2_891_234.0, ("RX1PP", GRID): 1_912_345.0,
}  # fmt: skip
THIS = {key: round(kwh * factor) for (key, kwh), factor in
        zip(LAST.items(), (0.97, 1.02, 0.99, 1.03, 1.01, 0.98, 0.96, 1.04), strict=True)}  # fmt: skip


def frame(kwh, year="2023/24", unit="kWh"):
    return pd.DataFrame([("RX1", site, year, activity, each, unit) for (site, activity), each in kwh.items()],
                        columns=COLUMNS)  # fmt: skip


def but(change, kwh=THIS):
    """Return a return with other figures, and without those that are None."""
    return {key: each for key, each in {**kwh, **change}.items() if each is not None}


@pytest.fixture
def told(method):
    def told(now, before=LAST, **options):
        now = now if isinstance(now, pd.DataFrame) else frame(now)
        before = before if isinstance(before, pd.DataFrame) else frame(before, "2022/23")
        return [each for each in nc.check(now, method, before=before, **options) if each.code in CODES]

    return told


def kinds(found):
    return [(each.code, each.site, each.activity) for each in found]


def test_a_year_like_the_last_has_no_finding(told):
    assert told(THIS) == []


@pytest.mark.parametrize(("times", "code"), [(0.24, "below_past"), (0.26, None), (3.9, None), (4.1, "above_past")])
def test_a_site_is_held_between_a_quarter_and_four_times_of_the_year_before(told, times, code):
    found = told(but({("RX1RA", GAS): LAST["RX1RA", GAS] * times}))
    assert kinds(found) == ([(code, "RX1RA", GAS)] if code else [])


@pytest.mark.parametrize(("times", "words"), [(1 / 12, "one month for a year"), (1 / 1000, "MWh written as kWh"),
                                              (12, "twelve times"), (1000, "Wh written as kWh")])  # fmt: skip
def test_what_it_probably_is_is_said(told, times, words):
    [found] = [each for each in told(but({("RX1CC", GRID): THIS["RX1CC", GRID] * times}))
               if each.code in ("below_past", "above_past")]  # fmt: skip
    assert words in found.message
    assert (found.site, found.activity, found.first_rows) == ("RX1CC", GRID, (4,))


@pytest.mark.parametrize(("lost", "said"), [(3_300_000.0, True), (2_700_000.0, False)])  # 6.1 % and 5.1 % of the energy
def test_what_matters_is_six_per_cent_of_the_energy(told, lost, said):
    found = told(THIS, but({("RX1PP", GAS): THIS["RX1PP", GAS], ("RX1PP", OIL): lost}, LAST))
    assert bool(found) is said


def test_a_row_that_was_left_out_is_named_though_the_return_does_not_hold_it(told):
    [found] = told(but({("RX1CC", GAS): None}))
    assert (found.code, found.organisation, found.site, found.activity, found.rows) == (
        "below_past",
        "RX1",
        "RX1CC",
        GAS,
        0,
    )
    assert found.message.startswith(f"RX1CC has no {GAS} in 2023/24")


def test_a_site_that_was_left_out_is_one_finding(told):
    [found] = told(but({("RX1NN", GAS): None, ("RX1NN", GRID): None}))
    assert (found.code, found.site) == ("below_past", "RX1NN")
    assert "is not in the return of 2023/24" in found.message


def test_four_sites_that_have_gone_are_said_together(told):
    more = {(f"RX1Q{at}", GAS): 4_000_123.0 + at * 1_117 for at in range(4)}
    [found] = told(THIS, LAST | more)
    assert found.message.startswith("4 sites are not in the return of 2023/24: RX1Q0, RX1Q1, RX1Q2, RX1Q3")


def test_a_site_under_another_code_is_no_finding_and_a_twelfth_of_it_is(told):
    moved = {("RX1ZZ" if site == "RX1CC" else site, activity): kwh for (site, activity), kwh in THIS.items()}
    assert told(moved) == []
    assert kinds(told(but({("RX1ZZ", GAS): THIS["RX1CC", GAS] / 12}, moved))) == [("below_past", "RX1ZZ", GAS)]


def test_another_contract_and_another_fuel_are_no_finding(told):
    green = {(site, GREEN if activity == GRID else activity): kwh for (site, activity), kwh in THIS.items()}
    assert told(green) == []
    oil = {
        (site, OIL if (site, activity) == ("RX1CC", GAS) else activity): kwh for (site, activity), kwh in LAST.items()
    }
    assert told(THIS, oil) == []


def test_a_site_whose_work_went_to_another_is_no_finding(told):
    both = but({("RX1NN", GAS): None, ("RX1NN", GRID): None, ("RX1CC", GAS): 16_700_000.5,
                ("RX1CC", GRID): 7_350_000.5})  # fmt: skip
    assert told(both) == []


def test_a_change_that_goes_with_the_floor_area_is_no_finding(told):
    areas = {("2022/23", "RX1RA"): 60_000.0, ("2023/24", "RX1RA"): 13_000.0}
    held = pd.DataFrame([("RX1", site, year, "floor_area_gross_internal", value)
                         for (year, site), value in areas.items()],
                        columns=["organisation", "site", "period", "measure", "value"])  # fmt: skip
    less = but({key: THIS[key] * 0.22 for key in THIS if key[0] == "RX1RA"})
    assert told(less, denominators=held) == []
    assert len(told(less)) == 2


def test_a_return_copied_whole_and_its_largest_rows(told):
    [whole] = told(LAST)
    assert (whole.code, whole.rows) == ("copied_from_before", 8)
    three = {key: LAST[key] for key in (("RX1RA", GAS), ("RX1CC", GAS), ("RX1RA", GRID))}
    [largest] = told(but(three))
    assert (largest.code, largest.first_rows) == ("copied_from_before", (1, 2, 3))


def test_round_and_small_figures_that_are_equal_are_no_copy(told):
    small = {("RX1PP", GRID): LAST["RX1PP", GRID]}
    assert told(but(small)) == []
    around = dict.fromkeys(((site, GAS) for site in ("RX1RA", "RX1CC")), 12_000_000.0)
    assert told(but(around), but(around, LAST)) == []


def test_one_figure_in_two_rows_is_said_unless_it_was_there_the_year_before(told):
    twice = {("RX1RA", GRID): 7_345_671.0, ("RX1CC", GRID): 7_345_671.0}
    [found] = told(but(twice), but({("RX1CC", GRID): 7_111_222.0}, LAST))
    assert (found.code, found.first_rows) == ("value_repeated", (2, 4))
    assert told(but(twice), but(dict.fromkeys(twice, 7_100_123.0), LAST)) == []


def test_gas_and_electricity_swapped_over_the_return_are_one_finding(told):
    other = {GAS: GRID, GRID: GAS}
    [found] = told({(site, other[activity]): kwh for (site, activity), kwh in THIS.items()})
    assert found.code == "rows_swapped"
    assert "at 4 sites" in found.message


def test_two_rows_of_a_site_and_one_row_of_two_sites_swapped(told):
    [rows] = told(but({("RX1RA", GAS): THIS["RX1RA", GRID], ("RX1RA", GRID): THIS["RX1RA", GAS]}))
    assert (rows.code, rows.site, rows.first_rows) == ("rows_swapped", "RX1RA", (1, 2))
    [sites] = told(but({("RX1RA", GAS): THIS["RX1PP", GAS], ("RX1PP", GAS): THIS["RX1RA", GAS]}))
    assert (sites.code, sites.activity, sites.first_rows) == ("rows_swapped", GAS, (1, 7))


def test_a_row_on_another_site_is_named_with_the_site_that_lacks_it(told):
    moved = frame(THIS)
    moved.loc[0, "site"] = "RX1NN"
    [found] = told(moved)
    assert (found.code, found.site, found.activity) == ("site_wrong", "RX1NN", GAS)
    assert 1 in found.first_rows
    assert "RX1RA" in found.message


def by_month(kwh, months):
    parts = [
        frame({key: each / 12 + place for place, (key, each) in enumerate(kwh.items())}, month) for month in months
    ]
    return pd.concat(parts)


MONTHS = [f"2022-{month:02}" for month in range(4, 13)] + [f"2023-{month:02}" for month in (1, 2, 3)]
THESE = [f"{int(month[:4]) + 1}{month[4:]}" for month in MONTHS]


def test_months_are_compared_with_the_same_months(told):
    april = by_month(THIS, ["2023-04"])
    assert told(april, by_month(LAST, MONTHS)) == []
    wrong = april.assign(quantity=april["quantity"].where(april["site"] != "RX1RA", april["quantity"] / 12))
    assert {each.code for each in told(wrong, by_month(LAST, MONTHS))} == {"slip_twelve"}  # said of the month, and once


def test_a_month_is_not_compared_with_a_whole_year(told):
    assert told(by_month(THIS, ["2023-04"])) == []


def test_without_sites_in_one_year_totals_are_compared(told):
    total = {
        ("", activity): sum(kwh for (_, name), kwh in THIS.items() if name == activity) for activity in (GAS, GRID)
    }
    assert told(frame(total).drop(columns="site")) == []
    [found] = told(frame(but({("", GAS): total["", GAS] / 12}, total)).drop(columns="site"))
    assert (found.code, found.organisation, found.activity) == ("below_past", "RX1", GAS)


def test_one_amount_in_two_units_is_one_and_volumes_are_not_compared_with_energy(told):
    assert told(frame({key: kwh / 1000 for key, kwh in THIS.items()}, unit="MWh")) == []
    volume = pd.concat([frame({key: kwh for key, kwh in THIS.items() if key[1] == GRID}),
                        frame({key: kwh / 11 for key, kwh in THIS.items() if key[1] == GAS}, unit="m3")])  # fmt: skip
    assert told(volume) == []


def test_years_of_one_file_are_compared_and_one_thing_is_said_once(method):
    both = pd.concat([frame(LAST, "2022/23"), frame(but({("RX1RA", GAS): THIS["RX1RA", GAS] / 12}))])
    [found] = [each for each in nc.check(both, method) if each.code in CODES]
    assert (found.code, found.site, found.first_rows) == ("below_past", "RX1RA", (9,))
    one = [key for key in THIS if key[1] == GAS][:1]
    alone = pd.concat([frame({key: LAST[key] for key in one}, "2022/23"), frame({key: THIS[key] / 12 for key in one})])
    assert [each.code for each in nc.check(alone, method) if each.code in CODES] == ["slip_twelve"]


@pytest.mark.parametrize(("gas", "code"), [(0.0, "below_peers"), (1_600_000.0, "below_peers"), (1_700_000.0, None)])
def test_a_site_of_50_000_m2_has_a_heat_that_97_of_100_sites_exceed(method, gas, code):
    """33.3 kWh by m2 is the third of a hundred sites: 1.665 GWh."""
    held = pd.DataFrame([("RX1", "RX1RA", "2023/24", "floor_area_gross_internal", 50_000.0)],
                        columns=["organisation", "site", "period", "measure", "value"])  # fmt: skip
    sent = frame({("RX1RA", GAS): gas, ("RX1RA", GRID): 5_123_456.0, ("RX1CC", GAS): 9_876_543.0})
    found = [each for each in nc.check(sent, method, denominators=held) if each.code == "below_peers"]
    assert kinds(found) == ([("below_peers", "RX1RA", GAS)] if code else [])


def test_a_site_that_was_as_low_the_year_before_is_known(told):
    held = pd.DataFrame([("RX1", "RX1RA", year, "floor_area_gross_internal", 50_000.0)
                         for year in ("2022/23", "2023/24")],
                        columns=["organisation", "site", "period", "measure", "value"])  # fmt: skip
    low = {("RX1RA", GAS): 1_234_567.0}
    assert told(but(low), but({("RX1RA", GAS): 1_198_765.0}, LAST), denominators=held) == []
    assert told(but(low), denominators=held) != []


def test_limits_are_data_and_activities_have_their_nearest_group():
    assert limits()["below_site"] == 0.25
    assert group_of("energy.biomass.wood_logs").name == "biomass"
    assert group_of("waste.domestic.landfill") == group_of("waste.clinical.autoclave")
    assert group_of("travel.rail").name == "travel.rail"


def test_englands_true_years_are_quiet_enough(method, originals):
    before, now = (nc.read_eric(originals / "eric" / f"eric-{year}.xls") for year in ("2015-16", "2016-17"))
    trusts = now.table["organisation"].nunique()
    found = [each for each in nc.check(now, method, before=before) if each.code in CODES and each.severity == "warning"]
    assert 0.1 < len(found) / trusts < 0.6
    assert len({each.organisation for each in found}) / trusts < 0.4


def in_m3(kwh, *sites, times=1 / 11, year="2023/24"):
    """Return a return whose gas is in m3 at some sites."""
    sent = frame(kwh, year)
    of_sites = sent["site"].isin(sites) & (sent["activity"] == GAS)
    unit = sent["unit"].where(~of_sites, "m3")
    quantity = sent["quantity"].astype(float)
    return sent.assign(unit=unit, quantity=quantity.where(~of_sites, quantity * times))


SMALLEST = "RX1PP"


@pytest.mark.parametrize(("change", "code"), [
    ({("RX1RA", GAS): THIS["RX1RA", GAS] / 1000}, "below_past"),
    ({("RX1CC", GAS): THIS["RX1CC", GAS] * 12}, "above_past"),
    ({("RX1CC", GAS): None}, "below_past"), ({}, None),
])  # fmt: skip
def test_one_site_in_m3_leaves_the_gas_of_the_other_sites_compared(told, change, code):
    found = told(in_m3(but(change), SMALLEST), in_m3(LAST, SMALLEST, year="2022/23"))
    assert {each.code for each in found} == ({code} if code else set())


@pytest.mark.parametrize(
    ("times", "code"), [(1, "above_past"), (1 / 11, None), (1 / 2, "above_past"), (1 / 88, "below_past")]
)
def test_m3_and_kwh_of_a_site_are_held_together_by_their_tonnes(told, times, code):
    """11 kWh are about 1 m3."""
    found = told(in_m3(THIS, "RX1CC", times=times))
    assert kinds(found) == ([(code, "RX1CC", GAS)] if code else [])
    if code:
        assert "cannot be converted" in found[0].message
        assert "m3 of energy.natural_gas" in found[0].message


def test_a_site_under_another_code_and_in_another_unit_is_no_finding(told):
    now = in_m3(THIS, "RX1CC").assign(site=lambda sent: sent["site"].replace({"RX1CC": "RX1ZZ"}))
    assert told(now) == []
    [found] = told(in_m3(THIS, "RX1CC", times=1).assign(site=now["site"]))
    assert (found.code, found.organisation) == ("above_past", "RX1")


@pytest.mark.parametrize(("sites", "word"), [(("RX1RA",), "gas bill"), (("RX1CC", "RX1NN"), "fuel"),
                                             (("RX1RA", "RX1CC", "RX1NN", "RX1PP"), "Gas ?")])  # fmt: skip
def test_a_row_whose_activity_is_not_known_is_not_left_out_as_well(told, sites, word):
    sent = frame(THIS)
    here = sent["site"].isin(sites) & (sent["activity"] == GAS)
    assert told(sent.assign(activity=sent["activity"].where(~here, word))) == []
    assert len(told(sent[~here])) >= 1  # the same rows, left out


@pytest.mark.parametrize("sites", [("RX1RA",), ("RX1CC", "RX1NN"), ("RX1RA", "RX1CC", "RX1NN", "RX1PP")])
def test_what_last_years_file_has_in_unknown_words_is_not_new(told, sites):
    last = frame(LAST, "2022/23")
    here = last["site"].isin(sites) & (last["activity"] == GAS)
    assert told(THIS, last.assign(activity=last["activity"].where(~here, "fuel"))) == []
    slip = but({("RX1RA", GRID): THIS["RX1RA", GRID] / 1000})
    assert kinds(told(slip, last.assign(activity=last["activity"].where(~here, "fuel")))) == [
        ("below_past", "RX1RA", GRID)
    ]  # fmt: skip


@pytest.mark.parametrize("months", [MONTHS[:2], MONTHS[:5], MONTHS[7:9]])
def test_a_site_of_which_last_year_has_some_months_is_compared_on_these(told, months):
    now = by_month(THIS, THESE)
    last = by_month(LAST, MONTHS)
    short = last[~((last["site"] == "RX1RA") & (last["activity"] == GAS)) | last["period"].isin(months)]
    assert told(now, short) == []
    assert told(THIS, pd.concat([frame({key: kwh for key, kwh in LAST.items() if key != ("RX1RA", GAS)}, "2022/23"),
                                 short[(short["site"] == "RX1RA") & (short["activity"] == GAS)]])) == []  # fmt: skip
    slip = now.assign(
        quantity=now["quantity"].where((now["site"] != "RX1RA") | (now["activity"] != GAS), 1000 * now["quantity"])
    )
    assert {each.code for each in told(slip, short)} & {"above_past", "slip_thousand"}


def missing(found):
    return [(each.severity, each.site, each.activity) for each in found if each.code == "months_missing"]


@pytest.mark.parametrize("months", [6, 9, 1, 11])
@pytest.mark.parametrize("before", ["by month", "as a year"])
def test_months_that_a_site_had_the_year_before_are_missing(method, months, before):
    last = by_month(LAST, MONTHS) if before == "by month" else frame(LAST, "2022/23")
    now = by_month({("RX1RA", GAS): THIS["RX1RA", GAS]}, THESE[:months])
    others = frame({key: kwh for key, kwh in THIS.items() if key != ("RX1RA", GAS)})
    found = nc.check(pd.concat([others, now]), method, before=last)
    assert missing(found) == [("warning", "RX1RA", GAS)]
    [gap] = [each for each in found if each.code == "months_missing"]
    share = (12 - months) / 12
    assert gap.kgco2e_at_stake == pytest.approx(LAST["RX1RA", GAS] * share * 0.2138, rel=0.1 + 0.6 * (months == 11))


def test_months_still_to_come_and_months_that_no_year_had_are_a_note(method):
    assert {
        each[0] for each in missing(nc.check(by_month(THIS, THESE[:6]), method, before=by_month(LAST, MONTHS)))
    } == {"info"}
    one = by_month({("RX1RA", GAS): THIS["RX1RA", GAS]}, THESE[:6])
    others = {key: kwh for key, kwh in THIS.items() if key != ("RX1RA", GAS)}
    assert missing(nc.check(pd.concat([frame(others), one]), method)) == [("info", "RX1RA", GAS)]
    short = pd.concat([frame(but({("RX1RA", GAS): None}, LAST), "2022/23"), by_month(LAST, MONTHS[:6])[lambda sent:
                       (sent["site"] == "RX1RA") & (sent["activity"] == GAS)]])  # fmt: skip
    assert missing(nc.check(pd.concat([frame(others), one]), method, before=short)) == [("info", "RX1RA", GAS)]


def test_months_under_another_contract_are_not_missing(method):
    half = [by_month({("RX1RA", activity): THIS["RX1RA", GRID]}, months)
            for activity, months in ((GRID, THESE[:6]), (GREEN, THESE[6:]))]  # fmt: skip
    others = frame({key: kwh for key, kwh in THIS.items() if key != ("RX1RA", GRID)})
    assert {
        each[0] for each in missing(nc.check(pd.concat([others, *half]), method, before=frame(LAST, "2022/23")))
    } == {"info"}


@pytest.mark.parametrize("left", [1, 3, 6])
def test_the_stake_of_missing_months_is_theirs_and_not_that_of_the_months_given(method, left):
    months = THESE[:4] + THESE[4 + left :]
    [found] = [
        each for each in nc.check(by_month({("RX1RA", GAS): 12e6}, months), method) if each.code == "months_missing"
    ]
    assert found.kgco2e_at_stake == pytest.approx(left * 1e6 * 0.2138, rel=0.05)


@pytest.mark.parametrize("before", ["by month", "as a year"])
def test_a_year_of_travel_beside_months_of_energy_is_no_year_that_is_over(method, before):
    last = by_month(LAST, MONTHS) if before == "by month" else frame(LAST, "2022/23")
    travel = frame({("", "travel.rail.national"): 612_345.0}).assign(unit="passenger_km")
    found = nc.check(pd.concat([by_month(THIS, THESE[:6]), travel]), method, before=last)
    assert {each[0] for each in missing(found)} == {"info"}


@pytest.mark.parametrize("site", ["RX1RA", "RX1PP"])
def test_one_month_of_an_activity_is_said_once(method, site):
    now = pd.concat(
        [frame({("RX1CC", GRID): THIS["RX1CC", GRID]}), by_month({(site, GAS): THIS[site, GAS]}, THESE[:1])]
    )
    last = frame({("RX1CC", GRID): LAST["RX1CC", GRID], (site, GAS): LAST[site, GAS]}, "2022/23")
    assert missing(nc.check(now, method, before=last)) == [("warning", site, GAS)]
    assert missing(nc.check(now, method)) == [("info", site, GAS)]
