"""Peers: limits are wide for the small, ranks are within type and system, and nothing missing is read as zero."""

import math

import pandas as pd
import pytest

import nhscarbon as nc
from drawings import looks_right
from nhscarbon.errors import UsageError

MEASURE = "floor_area_gross_internal"


@pytest.fixture(scope="module")
def hierarchy():
    return nc.hierarchy("ods-2026-07")


@pytest.fixture(scope="module")
def returned(method):
    activity = nc.read_eric(nc.example("estates-2023-24.csv"))
    return activity, nc.calculate(activity, method, keep=("site",))


@pytest.fixture(scope="module")
def found(returned, hierarchy):
    activity, footprint = returned
    return nc.analysis.benchmark(
        footprint, activity.denominators, measure=MEASURE, period="2023/24", hierarchy=hierarchy
    )


def test_each_intensity_is_tonnes_by_the_area_of_the_sites_that_have_tonnes(found, returned):
    activity, footprint = returned
    area = activity.denominators[activity.denominators["measure"] == MEASURE]
    keys = footprint.sums.keys.astype(str)[footprint.sums.quantity != 0]
    sites = set(zip(keys["organisation"], keys["site"], strict=True))
    leeds = sum(row.value for row in area.itertuples() if row.organisation == "RR8" and ("RR8", row.site) in sites)
    row = found.table.set_index("organisation").loc["RR8"]
    tonnes = footprint.by("organisation").set_index("organisation").loc["RR8", "tco2e"]
    assert row["denominator"] == pytest.approx(leeds)
    assert row["kgco2e_per_unit"] == pytest.approx(1000 * tonnes / leeds)
    counted = found.table["denominator"].sum()
    assert counted + found.left_out == pytest.approx(area["value"].sum())
    assert found.left_out > 0


def test_ranks_are_within_type_and_within_system(found):
    table = found.table
    for group in ("type", "system"):
        for _, rows in table[table["denominator"].notna() & (table[group] != "")].groupby(group):
            order = rows.sort_values("kgco2e_per_unit")[f"rank_in_{group}"].tolist()
            assert order == list(range(1, len(rows) + 1))
            assert set(rows[f"of_{group}"]) == {len(rows)}


def test_the_type_and_system_are_those_of_the_day(returned, hierarchy):
    activity, footprint = returned
    about = {"measure": MEASURE, "period": "2023/24", "hierarchy": hierarchy}
    for day, system in (("2024-03-31", "QM7"), ("2026-04-01", "D7T5G")):
        table = nc.analysis.benchmark(footprint, activity.denominators, on=day, **about).table
        assert table.set_index("organisation").loc["RQW", "system"] == system


def test_types_of_few_bodies_get_no_limits(found):
    few = found.table[found.table["position"] == "too few of its type"]
    assert len(few)
    assert few["warn_low"].isna().all()
    assert set(few["type"]).isdisjoint(found.funnels)


def test_a_body_without_a_denominator_is_named_and_in_no_rank(returned, hierarchy):
    activity, footprint = returned
    rows = activity.denominators[activity.denominators["organisation"] != "RR8"]
    found = nc.analysis.benchmark(footprint, rows, measure=MEASURE, period="2023/24", hierarchy=hierarchy)
    row = found.table.set_index("organisation").loc["RR8"]
    assert found.missing == ("RR8",)
    assert row["position"] == "no denominator"
    assert math.isnan(row["kgco2e_per_unit"])
    assert math.isnan(row["rank_in_type"])


def test_denominators_go_with_a_merger_and_into_a_system(method, hierarchy):
    rows = pd.DataFrame({"organisation": ["RW3", "RM2"], "period": "2016/17", "activity": "energy.natural_gas",
                         "quantity": [3000.0, 1000.0], "unit": "kWh"})  # fmt: skip
    beds = pd.DataFrame(
        {"organisation": ["RW3", "RM2"], "period": "2016/17", "measure": "beds", "value": [30, 10], "unit": "bed"}
    )
    footprint = nc.calculate(rows, method)
    for to, restate, code in (("trust", "2018-04-01", "R0A"), ("icb", "2026-04-01", "QOP")):
        rolled = nc.roll_up(footprint, hierarchy, to=to, restate=restate)
        table = nc.analysis.benchmark(
            rolled, beds, measure="beds", period="2016/17", hierarchy=hierarchy, on=restate
        ).table
        assert table[["organisation", "denominator"]].to_numpy().tolist() == [[code, 40.0]]
        assert table["kgco2e_per_unit"].iloc[0] == pytest.approx(1000 * footprint.total() / 40)


def test_boards_are_peers_of_boards(returned, hierarchy):
    activity, footprint = returned
    rolled = nc.roll_up(footprint, hierarchy, to="icb", restate="2026-04-01")
    about = {"measure": MEASURE, "period": "2023/24", "hierarchy": hierarchy}
    found = nc.analysis.benchmark(rolled, activity.denominators, on="2026-04-01", **about)
    assert set(found.table["type"]) == {"icb"}
    assert found.funnels["icb"].bodies == 36
    area = nc.analysis.benchmark(footprint, activity.denominators, **about).table["denominator"].sum()
    assert found.table["denominator"].sum() == pytest.approx(area)


def test_a_parent_of_which_one_member_has_no_denominator_has_none(method, hierarchy):
    rows = pd.DataFrame({"organisation": ["RW3", "RM2"], "period": "2016/17", "activity": "energy.natural_gas",
                         "quantity": [3000.0, 1000.0], "unit": "kWh"})  # fmt: skip
    beds = pd.DataFrame({"organisation": ["RW3"], "period": "2016/17", "measure": "beds", "value": [30], "unit": "bed"})
    rolled = nc.roll_up(nc.calculate(rows, method), hierarchy, to="trust", restate="2018-04-01")
    assert nc.analysis.benchmark(rolled, beds, measure="beds", period="2016/17", hierarchy=hierarchy).missing == (
        "R0A",
    )


def test_denominators_that_cannot_be_used_are_refused(returned, hierarchy):
    activity, footprint = returned
    about = {"measure": MEASURE, "period": "2023/24", "hierarchy": hierarchy}
    good = activity.denominators
    for table, sentence in ((good.drop(columns="unit"), "no column unit"), (good.assign(value=-1), "below 0"),
                            (good.assign(value="much"), "is not a number, or is below 0")):  # fmt: skip
        with pytest.raises(UsageError, match=sentence):
            nc.analysis.benchmark(footprint, table, **about)
    with pytest.raises(UsageError, match="no denominator 'beds' of 2023/24; there are floor_area_gross_internal"):
        nc.analysis.benchmark(footprint, good, **{**about, "measure": "beds"})
    mixed = pd.concat([good, good.assign(unit="ft2")])
    with pytest.raises(UsageError, match="bring it to one unit"):
        nc.analysis.benchmark(footprint, mixed, **about)


def test_the_chart_says_what_it_shows_and_carries_its_numbers(found):
    chart = nc.chart(found, type="ACUTE - TEACHING", focus="RR8")
    looks_right(chart)
    of_type = found.table[found.table["type"] == "ACUTE - TEACHING"]
    assert len(chart.table) == len(of_type)
    row = of_type.set_index("organisation").loc["RR8"]
    assert f"RR8 is {row['position']}, rank {row['rank_in_type']:.0f} of {len(of_type)}" in chart.alt_text
    assert chart.to_svg() == nc.chart(found, focus="RR8").to_svg()  # its own type
    for type, focus, sentence in (("BOROUGH", "", "no limits for type"),
                                  ("AMBULANCE", "RR8", "not among the organisations")):  # fmt: skip
        with pytest.raises(UsageError, match=sentence):
            nc.chart(found, type=type, focus=focus)
