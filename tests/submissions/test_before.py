"""What was sent before is taken from whatever holds it, and a comparison that was not made is said."""

from dataclasses import replace

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.readers.read import read
from nhscarbon.checks.memory.past import with_past
from nhscarbon.submissions.before import sent_before, years_beside

METHOD = nc.methodology("nhs-2026.1")
COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit"]


def table(*rows):
    return pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows])


NOW = table(("RTG", "RTGFG", "2023/24", "energy.natural_gas", 12_000_000, "kWh"))
LAST = table(
    ("RTG", "RTGFG", "2022/23", "energy.natural_gas", 11, "GWh"), ("RX1", "", "2022/23", "energy.natural_gas", 7, "kWh")
)


def beside(before, now=NOW):
    """Return the cells of a return with what was sent before."""
    [own] = sent_before(now, METHOD)
    return with_past(own.cells, sent_before(before, METHOD))


def codes(findings):
    return [each.code for each in findings]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Return the same return in each form in which it may be at hand."""
    folder = tmp_path_factory.mktemp("before")
    LAST.to_csv(folder / "last.csv", index=False)
    return {
        "a path": folder / "last.csv", "a frame": LAST, "records": LAST.to_dict("records"), "rows": read(LAST),
        "partial sums": nc.partial(LAST), "a footprint": nc.calculate(LAST, METHOD),
        "a footprint of partial sums": nc.calculate(nc.partial(LAST), METHOD), "a list": [LAST],
    }  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    ["a path", "a frame", "records", "rows", "partial sums", "a footprint", "a footprint of partial sums", "a list"],
)
def test_every_source_gives_the_quantities_of_the_organisations_of_the_return(sources, kind):
    past = beside(sources[kind]).past
    assert past is not None
    assert past.columns["organisation"].text(0) == "RTG"
    assert past.columns["period"].text(0) == "2022/23"
    kwh = past.quantity[0] * {"kWh": 1, "MWh": 1e3, "GWh": 1e6}[past.columns["unit"].text(0)]
    assert (len(past), kwh) == (1, 11_000_000)


def test_the_same_year_is_an_earlier_version_and_another_year_is_the_past():
    cells = beside([LAST, NOW.assign(quantity=1)])
    assert cells.past.columns["period"].labels == ("2022/23",)
    assert cells.earlier.quantity.tolist() == [1]


def test_what_a_predecessor_sent_counts_as_sent_by_the_one_that_follows_it():
    # R0A (Manchester University) followed RM2 and RW3 on 1 October 2017
    now = table(("R0A", "", "2018/19", "energy.natural_gas", 1, "kWh"))
    last = table(
        ("RM2", "", "2016/17", "energy.natural_gas", 2, "kWh"), ("RW3", "", "2016/17", "energy.natural_gas", 5, "kWh")
    )
    past = beside(last, now).past
    assert sorted(past.quantity.tolist()) == [2, 5]
    assert {past.columns["organisation"].text(place) for place in range(2)} == {"R0A"}


def test_floor_areas_of_last_year_come_with_it_and_those_of_the_return_stay():
    area = {"organisation": "RTG", "measure": "floor_area_gross_internal"}
    [own] = sent_before(NOW, METHOD)
    [last] = sent_before(LAST, METHOD)
    own_areas = pd.DataFrame([{**area, "period": "2023/24", "value": 10.0}])
    both = pd.DataFrame([{**area, "period": "2022/23", "value": 9.0}, {**area, "period": "2023/24", "value": 1.0}])
    cells = with_past(
        replace(own.cells, denominators=own_areas),
        [replace(last, cells=replace(last.cells, denominators=both))],
    )
    assert dict(zip(cells.denominators["period"], cells.denominators["value"], strict=True)) == {
        "2023/24": 10.0,
        "2022/23": 9.0,
    }


def test_a_source_about_others_is_said_because_nothing_was_compared():
    found = nc.check(NOW, METHOD, before=LAST[1:])
    [said] = [each for each in found if each.code == "before_not_compared"]
    assert "RX1" in said.message
    assert "RTG" in said.message
    assert "before_not_compared" not in codes(nc.check(NOW, METHOD, before=LAST))


@pytest.mark.parametrize("year", ["2024/25", "2019/20"])
def test_a_year_that_is_after_the_return_or_long_before_it_is_said_because_nothing_was_compared(year):
    found = nc.check(NOW, METHOD, before=LAST.assign(period=year))
    [said] = [each for each in found if each.code == "before_not_compared"]
    assert year in said.message
    assert "2023/24" in said.message


@pytest.mark.parametrize("year", ["2020/21", "2022/23"])
def test_a_year_of_the_three_before_is_compared(year):
    assert "before_not_compared" not in codes(nc.check(NOW, METHOD, before=LAST.assign(period=year)))


def test_a_file_that_cannot_be_read_is_said_and_refuses_nothing(tmp_path):
    found = nc.check(NOW, METHOD, before=tmp_path / "gone.csv")
    assert "before_not_compared" in codes(found)
    assert not found.refused


def test_nothing_before_is_nothing_to_say():
    assert codes(nc.check(NOW, METHOD, before=())) == codes(nc.check(NOW, METHOD))


def test_years_of_one_call_are_beside_one_another_and_parts_of_one_year_are_not():
    now, last, part = (read(each) for each in (NOW, LAST, NOW.assign(activity="energy.electricity.grid")))
    found = years_beside([now, last, part])
    assert [id(each) for each in found[id(now)]] == [id(last)]
    assert found[id(last)] == []
    assert [id(each) for each in found[id(part)]] == [id(last)]


GAS, GRID = "energy.natural_gas", "energy.electricity.grid"
SITES = ("RTGFG", "RTG02", "RTGFA")
TWO_YEARS = {
    year: table(*(("RTG", site, year, activity, (8_123_457 + 7 * at) * (1 if activity == GAS else 2), "kWh")
                  for at, site in enumerate(SITES) for activity in (GAS, GRID)))
    for year in ("2022/23", "2023/24")
}  # fmt: skip


def not_compared(now, before, **options):
    return [each for each in nc.check(now, METHOD, before=before, **options) if each.code == "before_not_compared"]


@pytest.mark.parametrize("change", [{"quantity": "n/a"}, {"activity": "fuel"}, {"unit": "furlong"}, {"quantity": ""}])
def test_last_years_file_with_nothing_usable_is_said(change):
    last = TWO_YEARS["2022/23"].assign(**change)
    [said] = not_compared(TWO_YEARS["2023/24"], last)
    assert "none of its 6 rows" in said.message


@pytest.mark.parametrize("name", ["quantity", "activity", "unit"])
def test_rows_of_last_year_that_could_not_be_compared_are_counted(name):
    last = TWO_YEARS["2022/23"].astype(object)
    last.loc[[0, 2], name] = "n/a"
    [said] = not_compared(TWO_YEARS["2023/24"], last)
    assert "2 of its 6 rows" in said.message
    others = last.assign(organisation=last["organisation"].where(last.index.isin([1, 3, 4, 5]), "RX1"))
    assert not_compared(TWO_YEARS["2023/24"], others) == []  # of another organisation, it is no matter


def test_an_earlier_version_with_faults_is_compared_as_one():
    assert not_compared(TWO_YEARS["2023/24"], TWO_YEARS["2023/24"].assign(quantity="n/a")) == []


@pytest.mark.parametrize("kept", [[0], [0, 1], []])
def test_a_year_before_that_holds_little_of_the_energy_is_said_and_nothing_is_new(kept):
    water = table(("RTG", "RTGFG", "2022/23", "water.supply", 54_321, "m3"))
    last = pd.concat([TWO_YEARS["2022/23"].iloc[kept], water])
    found = nc.check(TWO_YEARS["2023/24"], METHOD, before=last)
    assert "above_past" not in codes(found)
    [said] = [each for each in found if each.code == "before_not_compared"]
    assert f"of the 6 figures of energy of RTG in 2023/24, {len(kept)} have" in said.message


def test_a_site_that_is_new_beside_others_is_still_said():
    last = TWO_YEARS["2022/23"].iloc[:5]
    found = nc.check(TWO_YEARS["2023/24"], METHOD, before=last)
    assert [each.site for each in found if each.code == "above_past"] == ["RTGFA"]
    assert "before_not_compared" not in codes(found)


def test_where_all_sites_have_other_codes_a_slip_at_one_is_still_said():
    """As many figures as this year: it is the whole of last year, and not a part of it."""
    codes_before = {"RTGFG": "RTG50", "RTG02": "RTG49", "RTGFA": "RTG54"}
    last = TWO_YEARS["2022/23"]
    last = last.assign(site=last["site"].map(codes_before), quantity=last["quantity"] * [1, 1, 0.4, 0.4, 0.2, 0.2])
    now = TWO_YEARS["2023/24"].copy()
    now.loc[0, "quantity"] *= 1000
    found = nc.check(now, METHOD, before=last)
    assert ("above_past", "RTGFG") in {(each.code, each.site) for each in found}
    assert "before_not_compared" not in codes(found)


def test_one_predecessor_of_two_is_said_and_nothing_is_new():
    # R0A (Manchester University) followed RM2 and RW3 on 1 October 2017
    now = TWO_YEARS["2023/24"].assign(organisation="R0A", period="2018/19")
    last = now.assign(organisation=["RM2"] * 4 + ["RW3"] * 2, period="2016/17")
    found = nc.check(now, METHOD, before=last.iloc[:4])
    assert "above_past" not in codes(found)
    [said] = [each for each in found if each.code == "before_not_compared"]
    assert "R0A follows RW3 too" in said.message
    assert not_compared(now, last) == []


def test_an_estates_return_as_published_is_told_from_an_activity_table(tmp_path):
    path = tmp_path / "estates.csv"
    header = "effective_snapshot_date,organisation_code,site_code,organisation_type,site_type,measure,measure_value\n"
    path.write_text(
        f"{header}2023-03-31,RTG,RTG02,ACUTE - TEACHING,General acute hospital,Gas consumed (kWh),21336944\n"
    )
    [said] = not_compared(TWO_YEARS["2023/24"], path)
    assert "an estates return as published" in said.message
    path.write_text("who,when,how much\nRTG,2022/23,7\n")
    [said] = not_compared(TWO_YEARS["2023/24"], path)
    assert "is no activity table" in said.message


@pytest.mark.parametrize("others", [("RX1",), ("RX1", "R0A"), ("RX1", "R0A", "RJE", "RRK", "RBD")])
def test_an_organisation_of_several_of_which_nothing_was_given_is_named(others):
    now = pd.concat(
        [TWO_YEARS["2023/24"], *(TWO_YEARS["2023/24"].assign(organisation=each, site="") for each in others)]
    )
    [said] = not_compared(now, TWO_YEARS["2022/23"])
    assert all(each in said.message for each in sorted(others)[:3])
    assert ("more" in said.message) is (len(others) > 3)
    last = pd.concat(
        [TWO_YEARS["2022/23"], *(TWO_YEARS["2022/23"].assign(organisation=each, site="") for each in others)]
    )
    assert not_compared(now, last) == []
    both = pd.concat([now, *(TWO_YEARS["2022/23"].assign(organisation=each, site="") for each in others)])
    assert not_compared(both, TWO_YEARS["2022/23"]) == []  # the return has their year before
