"""The analyst report of a system of trusts with a merger: who stands where, both footprints, a column for each year."""

import pandas as pd
import pytest

import derbyshire
import nhscarbon as nc
from pages import parsed, table_of
from printed import half_up

METHOD = nc.methodology("nhs-2026.1")
PLUS = "nhs_carbon_footprint_plus"


@pytest.fixture(scope="module")
def footprint():
    return nc.calculate(derbyshire.system(), METHOD, themes=nc.example("derbyshire-themes.csv"), keep=("month",))


@pytest.fixture(scope="module")
def base():
    path = nc.example("derbyshire-base-2019-20.csv")
    return nc.analysis.supplied_footprint(path, METHOD, source="Derbyshire (invented)")


@pytest.fixture(scope="module")
def found(footprint, base):
    return nc.monitor(footprint, "nhs-net-zero-1", base=base)


@pytest.fixture(scope="module")
def page(footprint, found, tmp_path_factory):
    path = tmp_path_factory.mktemp("system") / "system.html"
    written = nc.write_report(footprint, path, targets=found, title="Derbyshire", draws=200)
    return parsed(written.read_text("utf-8"))


def test_the_year_that_is_shown_is_the_last_whole_one_though_a_trust_has_merged_into_another(page, footprint):
    text = page.one("main").text
    assert "Figures are of 2024/25" in text
    assert "2025/26 is not whole" in text
    assert "RJF: nothing sent" not in text  # it is part of RTG
    year = footprint.filter(period="2024/25")
    total = table_of(page, "Tonnes by theme")[1][-1]
    assert total[1:3] == [half_up(year.total(), 1), half_up(year.total(PLUS), 1)]


def test_each_organisation_and_the_system_stand_in_both_footprints_as_monitored(page, found):
    _, rows = table_of(page, "Against the path")
    words = {"on_track": "On track", "watch": "Watch", "off_track": "Off track", "cannot_say": "Cannot say"}
    assert len(rows) == len(found.table) == 10
    for row, judged in zip(rows, found.table.to_dict("records"), strict=True):
        assert row[1].startswith(words[judged["status"]])
        assert row[2].startswith(half_up(judged["tco2e"], 1))
        assert row[-1] == judged["why"].replace("tCO2e", "tCO₂e")
    assert len(table_of(page, "Both readings of the target's window")[1]) == len(found.readings)
    assert len(table_of(page, "What changed by cause")[1]) == len(found.causes)
    assert "2019/20 is known as totals by theme, from Derbyshire (invented)" in page.one("main").text


def test_members_have_both_footprints_their_status_and_a_column_for_each_year(page, footprint):
    head, rows = table_of(page, "Tonnes by organisation")
    assert [each for each in head if each.startswith("Status")] == ["Status, NHS Carbon Footprint",
                                                                     "Status, Footprint Plus"]  # fmt: skip
    year = footprint.filter(period="2024/25")
    expected = year.by("organisation").set_index("organisation")["tco2e"]
    assert {row[0].rpartition(" ")[2]: row[1].partition(" ")[0] for row in rows} == {
        code: half_up(value, 1) for code, value in expected.items()
    }
    head, rows = table_of(page, "NHS Carbon Footprint Plus by organisation and year")
    assert head[1:] == ["2016/17", "2021/22", "2022/23", "2023/24", "2024/25", "Part of 2025/26"]
    by_year = footprint.by("organisation", "period", boundary=PLUS).set_index(["organisation", "period"])["tco2e"]
    for row in rows:
        code = row[0].rpartition(" ")[2]
        for year_, cell in zip(footprint.periods, row[1:], strict=True):
            place = (code, year_)
            assert cell == (half_up(by_year[place], 1) if place in by_year.index else "nothing sent")


def test_small_pictures_of_members_are_on_one_scale_and_say_their_state_in_words(page):
    [small] = [each for each in page.all("ul") if each.attributes.get("class") == "small"]
    names = [each.one("b").text for each in small.all("li")]
    assert names[0] == "All 4 organisations"
    assert len(names) == 5
    assert all(any(word in each.text for word in ("On track", "Watch", "Off track")) for each in small.all("li"))


def test_a_roll_up_is_written_as_a_report_with_its_members(tmp_path):
    rows = pd.read_csv(nc.example("trust-year.csv"))
    both = nc.calculate(pd.concat([rows, rows.assign(organisation="RTG", site="RTG01")]), METHOD)
    rolled = nc.roll_up(both, to="region")
    page = parsed(nc.write_report(rolled, tmp_path / "rolled.html", draws=200).read_text("utf-8"))
    _, members = table_of(page, "Tonnes by member")
    assert len(members) == 2
    assert table_of(page, "Tonnes by theme")[1][-1][1] == half_up(both.total(), 1)
