"""Trends: whole years alone, one footprint or several, a base of totals, and what is said of the years left out."""

import pandas as pd
import pytest

import nhscarbon as nc
from drawings import looks_right, words
from nhscarbon.analysis.decomposition.trend import left_out, yearly
from nhscarbon.errors import UsageError
from nhscarbon.periods import months_of
from nhscarbon.reporting.drawing.marks import Dot

HEAD = ["organisation", "period", "activity", "quantity", "unit"]
GAS = "energy.natural_gas"


def sent(who, year, amount, months=12):
    if months == 12:
        return [(who, year, GAS, amount, "kWh")]
    return [(who, month, GAS, amount / 12, "kWh") for month in months_of(year)[:months]]


def calculated(*rows, **options):
    frame = pd.DataFrame([row for each in rows for row in each], columns=HEAD)
    return nc.calculate(frame, nc.methodology("nhs-2026.1"), **options)


@pytest.fixture(scope="module")
def several():
    return calculated(sent("RTG", "2022/23", 9e6), sent("RFS", "2022/23", 3e6), sent("RTG", "2023/24", 8e6),
                      sent("RFS", "2023/24", 3e6), sent("RTG", "2024/25", 8e6),
                      sent("RTG", "2025/26", 8e6, 7), sent("RFS", "2025/26", 3e6, 7))  # fmt: skip


def of(footprint):
    return yearly(footprint).set_index("period")


def test_a_part_of_a_year_and_a_year_without_a_member_have_no_figure(several):
    table = of(several)
    assert table["complete"].to_dict() == {"2022/23": True, "2023/24": True, "2024/25": False, "2025/26": False}
    assert table.loc[~table["complete"], "tco2e"].isna().all()
    assert table.loc["2025/26", "months"] == 7
    assert "7 of 12 months" in table.loc["2025/26", "why"]
    assert table.loc["2024/25", "why"] == "nothing sent by RFS"
    assert table.loc["2023/24", "tco2e"] == several.filter(period="2023/24").total()
    said = " ".join(left_out(table.reset_index()))
    assert "2025/26 is not a whole year" in said
    assert "2024/25 is not a whole year (nothing sent by RFS): it is left out." in said


def test_part_years_can_be_asked_for(several):
    table = yearly(several, part_years=True).set_index("period")
    assert table.loc["2025/26", "tco2e"] == several.filter(period="2025/26").total()
    assert not table.loc["2025/26", "complete"]


def test_one_footprint_of_several_years_is_several_of_one(several):
    apart = [several.filter(period=year) for year in reversed(several.periods)]
    pd.testing.assert_frame_equal(yearly(apart), yearly(several))
    pd.testing.assert_frame_equal(nc.chart(several, kind="trend").table, yearly(several))
    with pytest.raises(UsageError, match="no year twice"):
        yearly([several, apart[0]])
    with pytest.raises(UsageError, match="two or more"):
        yearly(apart[0])


def test_a_trust_that_has_merged_since_is_not_missed():
    """Burton (RJF) is in RTG from 1 July 2018, so only what it did not send before is missing."""
    merged = calculated(sent("RTG", "2016/17", 9e6), sent("RJF", "2016/17", 3e6), sent("RTG", "2023/24", 11e6))
    assert of(merged)["complete"].all()
    lacking = calculated(sent("RTG", "2015/16", 9e6), sent("RTG", "2016/17", 9e6), sent("RJF", "2016/17", 3e6),
                         sent("RTG", "2023/24", 11e6))  # fmt: skip
    assert of(lacking).loc["2015/16", "why"] == "nothing sent by RJF"
    unknown = calculated(sent("RTG", "2016/17", 9e6), sent("RJF", "2016/17", 3e6), sent("RTG", "2023/24", 11e6),
                         organisations=None)  # fmt: skip
    assert of(unknown).loc["2023/24", "why"] == "nothing sent by RJF"  # without a release nothing is known of it


def test_a_year_in_which_a_trust_merged_has_no_more_months_to_send():
    merging = calculated(sent("RTG", "2017/18", 9e6), sent("RJF", "2017/18", 3e6), sent("RTG", "2018/19", 11e6),
                         sent("RJF", "2018/19", 3e6, 3))  # fmt: skip
    assert of(merging)["complete"].all()


def test_a_base_of_totals_is_the_first_point(several):
    frame = pd.DataFrame([(who, "2019/20", theme, tonnes, "2022", "apportioned")
                          for who, theme, tonnes in (("RTG", "fossil_fuels", 2_000.0), ("RFS", "fossil_fuels", 700.0),
                                                     ("RFS", "medicines", 900.0))],
                         columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"])  # fmt: skip
    base = nc.analysis.supplied_footprint(frame, "nhs-2026.1", source="Greener NHS")
    table = yearly([base, several]).set_index("period")
    assert table.loc["2019/20", "tco2e"] == 2_700  # medicines are outside the main total
    assert table["source"].to_dict()["2019/20"] == "Greener NHS"
    assert pd.isna(table.loc["2022/23", "factor_tco2e"])  # nobody can tell what of the change were factors
    assert pd.notna(table.loc["2023/24", "factor_tco2e"])
    chart = nc.chart([base, several])
    looks_right(chart)
    assert "2019/20: a total supplied by Greener NHS." in chart.alt_text
    alone = yearly(
        [nc.analysis.supplied_footprint(frame[frame["organisation"] == "RTG"], "nhs-2026.1", source="X"), several]
    )
    assert alone["why"].iloc[0] == "nothing sent by RFS"


def test_a_part_year_is_an_upright_and_no_point(several):
    chart = nc.chart(several, kind="trend")
    looks_right(chart)
    assert {"2025/26: 7 of 12 months", "2024/25: not all sent"} <= set(words(chart))
    assert sum(isinstance(mark, Dot) for mark in chart.body.marks) == 2
    assert "2025/26 is not a whole year" in chart.alt_text
    assert chart.title.endswith("in 2023/24 than in 2022/23")


def test_one_whole_year_is_a_point_and_none_is_refused(several):
    one = nc.chart([several.filter(period=year) for year in ("2023/24", "2025/26")])
    looks_right(one)
    assert one.title == "Only 2023/24 is a whole year"
    with pytest.raises(UsageError, match="no NHS year of this trend is whole"):
        nc.chart([calculated(sent("RTG", year, 1e6, 5)) for year in ("2023/24", "2024/25")])
