"""Where organisations stand: the written rules at their edges, parts of years, members, themes, maps and speed."""

import math

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import data_root
from nhscarbon.periods import months_of
from nhscarbon.trajectory.monitoring.monitor import COLUMNS
from nhscarbon.trajectory.monitoring.sentences import REASONS, STATUS
from nhscarbon.trajectory.monitoring.thresholds import STATUSES, thresholds

GAS, POWER, WATER, SIC = "energy.natural_gas", "energy.electricity.grid", "water.supply", "spend.sic.26"
HEAD, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
NAMES = ["organisation", "period", "activity", "quantity", "unit"]
UNITS = {GAS: "kWh", POWER: "kWh", WATER: "m3", SIC: "GBP"}
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
NATIONAL = "nhs-net-zero-1"
# an intensity that stays the same in every year, so that tonnes follow the litres that a test writes down
STEADY = "anaesthetic.sevoflurane"


def calculate(rows, **options):
    return nc.calculate(pd.DataFrame(rows, columns=NAMES), "nhs-2026.1", **options)


def steady(tonnes, code="RX1"):
    """Return rows of one gas whose factor is the same in every year, so that tonnes are in proportion."""
    return [(code, year, STEADY, 1000.0 * value, "kg") for year, value in tonnes.items()]


def stand(tonnes, **options):
    """Monitor one organisation by its tonnes, in the NHS Carbon Footprint."""
    found = nc.monitor(calculate(steady(tonnes)), NATIONAL, boundary=HEAD, hierarchy=None, **options)
    return found, found.table.iloc[0]


def path_share(year, due=2032):
    """Return what is left of the base on a straight line from 2019 to 47 % lower."""
    return 1 - 0.47 * (year - 2019) / (due - 2019)


# --- the table and the rules ---------------------------------------------------------------------------------------


def test_the_table_has_the_columns_that_were_promised():
    promised = ("organisation", "boundary", "period", "complete", "tco2e", "allowance_tco2e", "gap_tco2e", "gap_years",
                "required_percent", "pace_percent", "crossing_period", "status", "why")  # fmt: skip
    found, _ = stand(dict.fromkeys(YEARS, 1.0))
    assert tuple(found.table.columns) == promised == COLUMNS
    assert set(STATUS) >= set(STATUSES)


@pytest.mark.parametrize(
    ("share", "pace", "status"),
    [(0.9799, 9.0, "on_track"), (0.98, 9.0, "watch"), (0.9801, 9.0, "watch"), (1.0, 9.0, "watch"),
     (1.0199, 9.0, "watch"), (1.02, 9.0, "watch"), (1.0201, 9.0, "off_track"), (0.9799, 2.99, "watch"),
     (0.9799, 3.0, "on_track"), (0.5, 2.99, "watch"), (0.5, math.nan, "on_track"), (1.0201, math.nan, "off_track")],
)  # fmt: skip
@pytest.mark.parametrize("allowance", [1.0, 7.3, 48_211.37])
def test_each_rule_decides_as_it_is_written_just_inside_and_just_outside(share, pace, status, allowance):
    got = thresholds().status(share * allowance, allowance, pace_percent=pace, required_percent=3.0)
    assert got == status


@pytest.mark.parametrize(("allowed", "tonnes", "status"), [(0.0, 1.0, "off_track"), (0.0, 0.0, "watch")])
def test_a_path_at_net_zero_allows_nothing(allowed, tonnes, status):
    assert thresholds().status(tonnes, allowed, pace_percent=1.0, required_percent=math.nan) == status


def test_thresholds_are_data_and_each_says_whose_choice_it_is():
    table = pd.read_csv(data_root() / "monitoring" / "nhs-monitoring-1" / "thresholds.csv")
    assert table["threshold"].tolist() == ["on_track_below_percent", "off_track_above_percent", "pace_years"]
    assert table["source"].notna().all()


@pytest.mark.parametrize(("now", "status"), [(0.97, "on_track"), (0.99, "watch"), (1.01, "watch"), (1.03, "off_track")])
def test_a_steady_fall_is_judged_against_the_line_by_hand(now, status):
    """Each year a share of what the line allows, so that the pace is that of the line or above."""
    years = {year: path_share(int(year[:4])) for year in YEARS}
    years["2020/21"] *= 1.05  # a pace that is fast enough
    years["2023/24"] *= now
    _, row = stand(years)
    kg_a_tonne = stand({"2019/20": 1.0, "2020/21": 1.0})[1]["tco2e"]
    allowed, tonnes = path_share(2023) * kg_a_tonne, years["2023/24"] * kg_a_tonne
    assert row["allowance_tco2e"] == pytest.approx(allowed)
    assert row["gap_tco2e"] == pytest.approx(tonnes - allowed)
    assert row["gap_years"] == pytest.approx(2023 - (2019 + (1 - years["2023/24"]) / 0.47 * 13))
    assert row["required_percent"] == pytest.approx(100 * (1 - (0.53 / years["2023/24"]) ** (1 / 9)))
    assert row["pace_percent"] == pytest.approx(100 * (1 - (years["2023/24"] / years["2020/21"]) ** (1 / 3)))
    assert row["status"] == status


def test_the_figures_are_those_of_progress_on_the_same_path():
    years = {"2019/20": 9.0, "2020/21": 8.7, "2021/22": 8.1, "2022/23": 8.2, "2023/24": 7.7}
    found, row = stand(years)
    at_base = float(found.series["tco2e"].iloc[0])
    path = nc.targets().path(pd.Series({"2019/20": at_base}), boundary=HEAD, base_year="2019/20",
                             inventory="2020-report")  # fmt: skip
    series = pd.Series(found.series["tco2e"].to_numpy(), index=found.series["period"])
    got = nc.trajectory.progress(series, path)
    assert row["gap_tco2e"] == pytest.approx(got.gap_tco2e)
    assert row["gap_years"] == pytest.approx(got.years_behind)
    assert row["required_percent"] == pytest.approx(got.required_percent)
    assert row["required_percent"] / row["pace_percent"] == pytest.approx(got.pace_ratio)
    np.testing.assert_allclose(found.paths["RX1", HEAD].tco2e, path.tco2e)


@pytest.mark.parametrize(
    ("pace", "level", "crossing"),
    [(8.0, 1.02, "2024/25"), (1.0, 1.2, ""), (1.0, 0.9, "2026/27")],
)  # fmt: skip
def test_the_crossing_is_the_first_year_on_the_other_side_of_the_path(pace, level, crossing):
    now = level * path_share(2023)
    years = {year: now * (1 - pace / 100) ** (int(year[:4]) - 2023) for year in YEARS} | {"2019/20": 1.0}
    _, row = stand(years)
    tonnes, above = now, level > 1
    want = ""
    for year in range(2024, 2041):
        tonnes *= 1 - pace / 100
        allowed = path_share(year) if year <= 2032 else 0.53 * (2040 - year) / 8
        if above == (tonnes <= allowed):
            want = f"{year}/{(year + 1) % 100:02d}"
            break
    assert row["crossing_period"] == want == crossing
    assert (crossing in row["why"]) if crossing else ("does not meet the path by 2040/41" in row["why"])


def test_both_readings_of_a_window_are_said_in_the_text_and_as_figures():
    found, row = stand({year: path_share(int(year[:4])) for year in YEARS})
    readings = found.readings.set_index("reading")
    assert readings.index.tolist() == ["end", "first"]
    base = float(found.series["tco2e"].iloc[0])
    for reading, due in (("end", 2032), ("first", 2028)):
        want = base * (path_share(2023) - path_share(2023, due))
        assert readings.loc[reading, "gap_tco2e"] == pytest.approx(want, abs=1e-6)
        assert readings.loc[reading, "due"] == due
    assert "Against 2028, the early end of the target, it is" in row["why"]
    assert "On the path to 47% lower by 2032." in row["why"]
    swapped, other = stand({year: path_share(int(year[:4])) for year in YEARS}, reading="first")
    assert swapped.readings["reading"].tolist() == ["first", "end"]
    assert "Against 2032, the late end of the target" in other["why"]


# --- parts of a year, members, bases -------------------------------------------------------------------------------


def by_month(year, months, tonnes, code="RX1"):
    return [(code, month, STEADY, 1000.0 * tonnes / 12, "kg") for month in months_of(year)[:months]]


@pytest.mark.parametrize("months", [1, 3, 11])
def test_part_of_a_year_is_never_on_track_and_never_years_ahead(months):
    whole = steady({"2019/20": 1.0, "2020/21": 1.1, "2021/22": 1.1, "2022/23": 1.1})
    part = by_month("2023/24", months, 0.3)
    found = nc.monitor(calculate([*whole, *part]), NATIONAL, hierarchy=None, boundary=HEAD)
    row = found.table.iloc[0]
    assert (row["period"], row["complete"], row["status"]) == ("2022/23", True, "off_track")
    assert f"2023/24 is left out: {months} of 12 months" in row["why"]
    alone = nc.monitor(calculate([*whole[:1], *part]), NATIONAL, hierarchy=None, boundary=HEAD).table.iloc[0]
    assert alone["status"] == "cannot_say"
    assert math.isnan(alone["gap_years"])


def test_a_month_that_is_missing_of_a_year_that_is_over_stops_the_verdict():
    whole = steady(dict.fromkeys(YEARS, 1.0))
    part = [row for row in by_month("2023/24", 12, 0.5) if row[1] != "2023-12"]
    rows = [*whole[:-1], *part, ("RX1", "2023/24", GAS, 1e6, "kWh")]
    row = nc.monitor(calculate(rows), NATIONAL, hierarchy=None, boundary=HEAD).table.iloc[0]
    assert (row["period"], row["complete"], row["status"]) == ("2023/24", False, "cannot_say")
    assert "11 of 12 months of" in row["why"]
    assert "The latest complete year is 2022/23." in row["why"]


def members(**years):
    return [row for code, tonnes in years.items() for row in steady(tonnes, code)]


def test_a_year_that_a_member_sent_nothing_of_is_no_fall():
    full = dict.fromkeys(YEARS, 1.0)
    short = {year: value for year, value in full.items() if year != "2023/24"}
    found = nc.monitor(calculate(members(RX1=full, RR8=short, RTG=full)), NATIONAL, boundary=HEAD)
    table = found.table.set_index("organisation")
    assert table.loc[["system", "RR8"], "status"].tolist() == ["cannot_say"] * 2
    assert "RR8 sent nothing" in table.loc["system", "why"]
    assert table.loc["RX1", "status"] == "off_track"
    series = found.series.query("organisation == 'system' and period == '2023/24'")
    assert not series["complete"].item()


def test_a_base_without_a_member_cannot_be_judged_and_a_middle_year_is_left_out():
    full = dict.fromkeys(YEARS, 1.0)
    late = {year: 1.0 for year in YEARS if year != "2019/20"}
    gap = {year: 1.0 for year in YEARS if year != "2021/22"}
    table = nc.monitor(calculate(members(RX1=full, RR8=late)), NATIONAL, boundary=HEAD).table.set_index("organisation")
    assert "the base year 2019/20 is missing" in table.loc["RR8", "why"]
    assert "the base year 2019/20 is not complete: RR8 sent nothing" in table.loc["system", "why"]
    table = nc.monitor(calculate(members(RX1=full, RR8=gap)), NATIONAL, boundary=HEAD).table.set_index("organisation")
    assert table.loc["system", "status"] == "off_track"
    assert "2021/22 is left out: RR8 sent nothing." in table.loc["system", "why"]
    assert table.loc["system", "pace_percent"] == pytest.approx(0.0)


def test_a_footprint_of_the_base_year_alone_says_what_is_missing():
    _, row = stand({"2019/20": 1.0})
    assert row["status"] == "cannot_say"
    assert "there is no complete year after the base year 2019/20" in row["why"]
    assert all("{" not in text.format_map(dict.fromkeys(
        ("missing", "base", "plan", "year"), "")) for text in REASONS.values())  # fmt: skip


def test_the_year_to_date_is_compared_on_the_same_months():
    rows = [*steady({"2019/20": 1.0}), *by_month("2022/23", 12, 1.2), *by_month("2023/24", 3, 0.9)]
    found = nc.monitor(calculate(rows, keep=("month",)), NATIONAL, hierarchy=None, boundary=HEAD)
    row = found.year_to_date.iloc[0]
    assert (row["period"], row["months"], row["first_month"], row["last_month"]) == ("2023/24", 3, "2023-04", "2023-06")
    assert row["change_percent"] == pytest.approx(100 * (0.9 / 1.2 - 1))
    assert row["tco2e"] / row["before_tco2e"] == pytest.approx(0.75)
    bare = nc.monitor(calculate(rows), NATIONAL, hierarchy=None, boundary=HEAD).year_to_date.iloc[0]
    assert "keep=('month',)" in bare["why"]
    assert math.isnan(bare["tco2e"])


def test_a_member_that_sent_nothing_yet_is_not_compared_as_a_fall():
    rows = [*members(RX1={"2019/20": 1.0}, RR8={"2019/20": 1.0}), *by_month("2022/23", 12, 1.0),
            *by_month("2022/23", 12, 1.0, "RR8"), *by_month("2023/24", 3, 1.0)]  # fmt: skip
    found = nc.monitor(calculate(rows, keep=("month",)), NATIONAL, boundary=HEAD)
    table = found.year_to_date.set_index("organisation")
    assert table.loc["RX1", "change_percent"] == pytest.approx(0.0)
    assert table.loc["system", "why"] == "2023/24: RR8 sent nothing"
    assert math.isnan(table.loc["system", "tco2e"])


# --- themes --------------------------------------------------------------------------------------------------------


def test_only_the_themes_answered_in_every_year_are_judged_and_that_is_said():
    """Electricity is not answered in 2021/22, and water is new: neither may look like a change."""
    rows = [("RX1", year, GAS, 8e6, "kWh") for year in YEARS]
    rows += [("RX1", year, POWER, 3e6, "kWh") for year in YEARS if year != "2021/22"]
    rows += [("RX1", "2023/24", WATER, 9e4, "m3")]
    footprint = calculate(rows)
    found = nc.monitor(footprint, NATIONAL, hierarchy=None, boundary=HEAD)
    row = found.table.iloc[0]
    gas = calculate([each for each in rows if each[2] == GAS])
    assert row["tco2e"] == pytest.approx(gas.filter(period="2023/24").total())
    assert row["allowance_tco2e"] == pytest.approx(path_share(2023) * gas.filter(period="2019/20").total())
    assert "on 1 of 10 themes" in row["why"]
    assert found.themes("RX1", HEAD) == ("fossil_fuels",)
    now = found.series.query("period == '2023/24'").iloc[0]
    assert now["total_tco2e"] == pytest.approx(footprint.filter(period="2023/24").total())
    assert (now["themes"], now["of_themes"]) == (1, 10)


def test_what_energy_takes_before_it_is_used_goes_with_its_fuel():
    """Well-to-tank has no lines of its own: the tonnes judged are the whole of what was sent."""
    footprint = calculate([("RX1", year, GAS, 8e6, "kWh") for year in YEARS])
    row = nc.monitor(footprint, NATIONAL, hierarchy=None, boundary=HEAD).table.iloc[0]
    assert row["tco2e"] == pytest.approx(footprint.filter(period="2023/24").total())


def test_the_plus_is_not_judged_on_themes_of_the_carbon_footprint_alone():
    footprint = calculate([("RX1", year, GAS, 8e6, "kWh") for year in YEARS])
    table = nc.monitor(footprint, NATIONAL, hierarchy=None).table.set_index("boundary")
    assert table.loc[PLUS, "status"] == "cannot_say"
    assert "none of the themes that only it has is answered" in table.loc[PLUS, "why"]
    assert math.isnan(table.loc[PLUS, "tco2e"])


# --- one map -------------------------------------------------------------------------------------------------------


def derbyshire():
    """Burton (RJF) is part of Derby (RTG) from 2018-07-01 on."""
    random, rows = np.random.default_rng(18), []
    for at, year in enumerate(("2016/17", "2017/18", "2018/19", *YEARS)):
        sizes = {"RTG": 1.0, "RFS": 0.5, "RXM": 0.3, "RY8": 0.2, "RJF": 0.4}
        if at > 1:
            sizes["RTG"] += sizes.pop("RJF")
        for code, size in sizes.items():
            for activity, amount in ((GAS, 9e6), (POWER, 4e6), (SIC, 1e6)):
                value = round(amount * size * (1 - 0.03 * at) * random.uniform(0.97, 1.03))
                rows.append((code, year, activity, value, UNITS[activity]))
    return calculate(rows)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """Return targets on a base before the merger."""
    path = tmp_path_factory.mktemp("plan") / "targets.csv"
    about = {"base_year": "2016/17", "inventory": "", "status": "invented", "source": "a test", "note": ""}
    rows = [
        {"target": f"{boundary}-{first}", "boundary": boundary, "kind": kind, "first_year": first, "last_year": last,
         "reduction_percent": cut, **about}
        for boundary in (HEAD, PLUS)
        for kind, first, last, cut in (("interim", 2028, 2032, 50), ("net_zero", 2040, 2040, 100))
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def system():
    return derbyshire()


FIGURES = ["period", "complete", "tco2e", "allowance_tco2e", "gap_tco2e", "gap_years", "required_percent",
           "pace_percent", "crossing_period", "status"]  # fmt: skip


def test_a_system_is_judged_as_the_sum_of_its_members_is(system, plan):
    whole = nc.monitor(system, plan).table.query("organisation == 'system'").set_index("boundary")[FIGURES]
    by_level = nc.monitor(system, plan, to="icb").table.query("organisation == 'QJ2'").set_index("boundary")[FIGURES]
    rolled = nc.roll_up(system, to="icb", restate="2024-03-31")
    summed = nc.monitor(rolled, plan).table.set_index("boundary")[FIGURES]
    pd.testing.assert_frame_equal(whole, by_level, rtol=1e-12)
    pd.testing.assert_frame_equal(whole, summed, rtol=1e-12)


def test_restating_then_monitoring_is_monitoring_what_is_restated(system, plan):
    first = nc.monitor(system, plan).table
    second = nc.monitor(nc.roll_up(system, to="trust", restate="2024-03-31"), plan).table
    pd.testing.assert_frame_equal(first, second, rtol=1e-12)


def test_a_merger_is_no_fall_and_no_rise(system, plan):
    found = nc.monitor(system, plan, boundary=HEAD)
    both = system.filter(organisation=["RTG", "RJF"]).by("period")["tco2e"].to_numpy()
    series = found.series.query("organisation == 'RTG'")
    np.testing.assert_allclose(series["tco2e"], both, rtol=1e-12)
    assert "RJF" not in set(found.table["organisation"])
    assert "RJF is part of its successor" in found.notes[0]
    raw = nc.monitor(system, plan, boundary=HEAD, restate="").table.set_index("organisation")
    assert raw.loc["RTG", "gap_tco2e"] > found.table.set_index("organisation").loc["RTG", "gap_tco2e"]
    assert "RJF closed on 2018-07-01" in raw.loc["RJF", "why"]


def test_the_causes_add_up_and_are_those_of_a_bridge_on_one_map(system, plan):
    found = nc.monitor(system, plan, boundary=HEAD)
    causes = found.causes.query("since == '2016/17'").set_index("organisation")
    parts = causes.filter(like="_tco2e").drop(columns=["before_tco2e", "after_tco2e"])
    np.testing.assert_allclose(causes["before_tco2e"] + parts.sum(axis=1), causes["after_tco2e"], rtol=1e-9)
    bridge = nc.compare(system, years=("2016/17", "2023/24"), boundary=HEAD, restate="2024-03-31").total()
    for name in ("activity_tco2e", "factor_tco2e"):
        assert causes.loc["system", name] == pytest.approx(bridge[name], rel=1e-9)
    assert set(found.causes["since"]) == {"2016/17", "2022/23"}


def test_a_base_known_only_as_totals_is_judged_theme_by_theme(system):
    themes = {"fossil_fuels": 3000.0, "electricity": 1500.0, "water": 50.0, "medical_devices": 9000.0}
    rows = pd.DataFrame([("RFS", "2019/20", theme, value, "2022", "central") for theme, value in themes.items()],
                        columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"])  # fmt: skip
    base = nc.analysis.supplied_footprint(rows, "nhs-2026.1", source="centre")
    trust = system.filter(organisation="RFS", period=list(YEARS[1:]))
    found = nc.monitor(trust, NATIONAL, base=base)
    row = found.table.set_index("boundary").loc[HEAD]
    assert row["allowance_tco2e"] == pytest.approx(4500 * path_share(2023))
    now = trust.filter(period="2023/24").by("theme").set_index("theme")["tco2e"]
    assert row["tco2e"] == pytest.approx(now["fossil_fuels"] + now["electricity"])
    assert found.series.query("period == '2019/20'")["supplied"].all()
    changed = found.causes.query("since == '2019/20' and boundary == @HEAD").iloc[0]
    assert changed["supplied_tco2e"] == pytest.approx(row["tco2e"] - 4500)
    with pytest.raises(nc.UsageError, match="has nothing of the base year 2024/25"):
        nc.monitor(trust, NATIONAL, base=base, base_year="2024/25", inventory="five-year-report-2025")


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [({"boundary": "nhs_carbon_footprints"}, "no boundary"), ({"to": "county"}, "no level 'county'"),
     ({"restate": "yesterday"}, "is not a day"), ({"base_year": "2015/16"}, "has no cut for"),
     ({"hierarchy": None, "to": "icb"}, "need a release"), ({"boundary": "scope_1"}, "no cut|no target")],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused_with_its_reason(options, message):
    footprint = calculate(steady(dict.fromkeys(YEARS, 1.0)))
    with pytest.raises(nc.UsageError, match=message):
        nc.monitor(footprint, NATIONAL, **options)


def test_a_roll_up_is_not_put_on_another_map(system, plan):
    rolled = nc.roll_up(system, to="icb", restate="2024-03-31")
    with pytest.raises(nc.UsageError, match="rolled up already"):
        nc.monitor(rolled, plan, restate="2026-04-01")


def test_years_before_the_base_may_lack_their_factors():
    """Well-to-tank of 2013/14 was never published; it is not needed since 2019/20."""
    rows = [("RX1", year, GAS, 8e6, "kWh") for year in ("2013/14", *YEARS)]
    assert nc.monitor(calculate(rows), NATIONAL, boundary=HEAD).table["period"].item() == "2023/24"


# --- league, intensities, energy -----------------------------------------------------------------------------------


def test_a_league_ranks_falls_and_draws_limits_from_the_others():
    codes = ["RX1", "RR8", "RTG", "RFS", "RXM", "RY8", "RWE", "RGT", "RJ1", "R1H"]
    falls = [0.80, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.87, 0.88, 0.30]
    rows = members(**{code: {"2019/20": 1.0, "2023/24": left} for code, left in zip(codes, falls, strict=True)})
    found = nc.trajectory.league(nc.monitor(calculate(rows), NATIONAL, boundary=HEAD))
    table = found.table
    assert table["organisation"].tolist() == ["R1H", *codes[:9]]
    assert table["change_percent"].tolist() == pytest.approx([-70, *[100 * (each - 1) for each in falls[:9]]])
    assert table["position"].iloc[0] == "below the 99.8 % limit"
    assert set(table["position"].iloc[1:]) == {"within the limits"}
    assert table["name"].str.len().gt(0).all()
    assert found.left_out == {}


def test_a_league_compares_the_same_themes_and_says_who_is_left_out():
    full = dict.fromkeys(YEARS, 1.0)
    rows = [
        *members(RX1=full, RR8=full, RTG={"2019/20": 1.0, "2022/23": 1.0}),
        *[("RX1", year, GAS, gwh, "kWh") for year, gwh in zip(YEARS, (9e6, 8e6, 7e6, 6e6, 5e6), strict=True)],
    ]
    found = nc.trajectory.league(nc.monitor(calculate(rows), NATIONAL, boundary=HEAD))
    assert found.themes == ("anaesthetics",)
    assert found.table["change_percent"].tolist() == pytest.approx([0, 0])
    assert found.table["position"].tolist() == ["too few to draw limits"] * 2
    assert found.left_out == {"RTG": "nothing can be said"}


def test_intensities_go_with_their_organisations_on_one_map(system, plan):
    found = nc.monitor(system, plan, boundary=HEAD)
    sizes = {"RTG": 100.0, "RJF": 40.0, "RFS": 50.0, "RXM": 30.0}
    names = ["organisation", "period", "measure", "value", "unit"]
    rows = [(code, year, "beds", size, "bed") for code, size in sizes.items() for year in ("2016/17", "2023/24")
            if not (code == "RJF" and year == "2023/24")]  # fmt: skip
    table = nc.trajectory.intensities(found, pd.DataFrame(rows, columns=names)).table
    got = table.set_index(["organisation", "period"])
    derby = system.filter(organisation=["RTG", "RJF"]).by("period").set_index("period")["tco2e"]
    assert got.loc[("RTG", "2016/17"), "kgco2e_per_unit"] == pytest.approx(1000 * derby["2016/17"] / 140)
    assert got.loc[("RTG", "2023/24"), "kgco2e_per_unit"] == pytest.approx(1000 * derby["2023/24"] / 100)
    assert got.loc[("RTG", "2023/24"), "change_percent"] == pytest.approx(
        100 * (derby["2023/24"] / 100 / (derby["2016/17"] / 140) - 1)
    )
    assert got.loc["system", "denominator"].isna().all()  # RY8 has none
    with pytest.raises(nc.UsageError, match="in one unit"):
        nc.trajectory.intensities(found, pd.DataFrame([*rows, ("RY8", "2016/17", "beds", 1, "beds")], columns=names))


def monthly(code, activity, values, first="2021-04"):
    months = pd.period_range(first, periods=len(values), freq="M").astype(str)
    return [(code, month, activity, float(value), "kWh") for month, value in zip(months, values, strict=True)]


def test_energy_in_normal_weather_is_charted_and_a_saving_stands_out():
    at = np.arange(36)
    normal = 200 + 180 * np.cos(2 * np.pi * (at - 9) / 12)
    mild = np.where((at > 5) & (at < 20), 0.7, 1.0)
    noise = np.random.default_rng(3).normal(0, 2000, 36)
    used = 500_000 + 2_000 * normal * mild + noise - np.where(at >= 28, 40_000, 0)
    rows = [*monthly("RX1", GAS, used), *monthly("RX1", POWER, [3e5, 3.1e5, 2.9e5])]
    days = pd.DataFrame({"month": pd.period_range("2021-04", periods=36, freq="M").astype(str),
                         "heating": normal * mild, "normal_heating": normal})  # fmt: skip
    footprint = calculate(rows, keep=("month",))
    found = nc.trajectory.monthly_energy(footprint, degree_days=days)
    gas = found.table.query("activity == @GAS")
    assert gas["kwh"].tolist() == pytest.approx(used.tolist())
    assert gas["charted"].eq("weather_removed").all()
    about = found.series.set_index("activity")
    assert about.loc[GAS, "kwh_per_heating_degree_day"] == pytest.approx(2000, rel=0.1)
    assert gas["variation"].iloc[29:].eq("special_cause_improvement").all()
    slope = about.loc[GAS, "kwh_per_heating_degree_day"]
    assert gas["corrected_kwh"].tolist() == pytest.approx((used + slope * normal * (1 - mild)).tolist())
    assert about.loc[POWER, "why"].startswith("not corrected for the weather: 3 months are too few")
    raw = nc.trajectory.monthly_energy(footprint).table.query("activity == @GAS")
    assert raw["corrected_kwh"].isna().all()
    assert raw["charted"].eq("kwh").all()


def test_energy_with_a_month_missing_has_no_chart_and_says_which():
    rows = [row for row in monthly("RX1", GAS, [5e5] * 14) if row[1] != "2021-09"]
    found = nc.trajectory.monthly_energy(calculate(rows, keep=("month",)))
    assert found.table["variation"].eq("no_chart").all()
    assert "2021-09 is missing" in found.series["why"].item()
    with pytest.raises(nc.UsageError, match="months are not in these sums"):
        nc.trajectory.monthly_energy(calculate(rows))
    with pytest.raises(nc.UsageError, match="no energy in kWh"):
        nc.trajectory.monthly_energy(calculate(steady({"2019/20": 1.0}), keep=("month",)))


def test_a_table_of_totals_for_a_region_beside_one_trust_is_taken_for_that_trust():
    table = pd.DataFrame({"organisation": ["RX1", "RR8"], "period": "2019/20", "theme": "anaesthetics",
                          "tco2e": [400.0, 90_000.0], "vintage": "2021", "method_note": "central"})  # fmt: skip
    base = nc.analysis.supplied_footprint(table, "nhs-2026.1", source="the region")
    footprint = calculate(steady({"2022/23": 2.0, "2023/24": 1.0}))
    found = nc.monitor(footprint, NATIONAL, boundary=HEAD, base=base, hierarchy=None)
    assert found.table["organisation"].tolist() == ["RX1"]
    alone = nc.monitor(footprint, NATIONAL, boundary=HEAD, base=base.filter(organisation="RX1"), hierarchy=None)
    pd.testing.assert_frame_equal(found.table, alone.table)
    assert any("RR8 is in the totals of the base year" in note for note in found.notes)
    with pytest.raises(nc.UsageError, match="holds none of them"):
        nc.monitor(footprint, NATIONAL, base=base.filter(organisation="RR8"), hierarchy=None)
