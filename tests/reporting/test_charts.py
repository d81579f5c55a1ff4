"""Charts of footprints and of a change: the numbers that they draw, and the words."""

import pandas as pd
import pytest

import nhscarbon as nc
from drawings import fills, looks_right, words
from nhscarbon.errors import UsageError
from nhscarbon.reporting.drawing.marks import Path, Text
from nhscarbon.reporting.drawing.palette import DATA, WHITE


@pytest.fixture(scope="module")
def rows():
    rows = pd.read_csv(nc.example("trust-year.csv"))
    return rows.assign(evidence=["metered" if n % 3 else "estimated" for n in range(len(rows))])


@pytest.fixture(scope="module")
def years(rows):
    method = nc.methodology("nhs-2026.1")
    shrink = {"2020/21": 1.0, "2021/22": 1.0, "2023/24": 0.5}
    return [nc.calculate(rows.assign(period=year, quantity=rows["quantity"] * share), method)
            for year, share in shrink.items()]  # fmt: skip


@pytest.fixture(scope="module")
def charts(years):
    return {
        "themes": nc.chart(years[0]),
        "tiers": nc.chart(years[0], kind="tiers"),
        "waterfall": nc.chart(nc.compare(years[0], years[2])),
        "trend": nc.chart(years),
    }


NAMES = ("themes", "tiers", "waterfall", "trend")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off_or_covered(charts, name):
    looks_right(charts[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_words_say_what_is_drawn_and_whose_method_it_is(charts, name):
    chart = charts[name]
    assert f"{chart.table['tco2e'].iloc[0]:,.0f}".lstrip("-") in chart.alt_text
    shown = " ".join(words(chart))
    assert "nhs-2026.1" in shown
    assert nc.methodology("nhs-2026.1").digest[:12] in shown


def test_the_bars_are_the_footprint_by_theme_and_by_tier(years, charts):
    for name, column in (("themes", "theme"), ("tiers", "tier")):
        drawn = charts[name].table.set_index(column)["tco2e"]
        expected = years[0].by(column).set_index(column)["tco2e"]
        assert drawn.to_dict() == expected.to_dict()
        assert charts[name].table["share"].sum() == pytest.approx(1)
    tonnes = charts["themes"].table["tco2e"]
    assert tonnes.is_monotonic_decreasing
    bars = [box for box, colour in fills(charts["themes"]) if colour == DATA]
    assert len({left for left, *_ in bars}) == 1  # from zero, all of them
    long = [right - left for left, _, right, _ in bars]
    assert [each / long[0] for each in long[:4]] == pytest.approx((tonnes / tonnes.iloc[0]).tolist()[:4])
    assert long[-1] == 2  # the smallest is not nothing


def test_ranges_stand_under_their_bars(years, charts):
    of_it = nc.uncertainty(years[0], "theme", draws=200).table
    chart = nc.chart(years[0], ranges=of_it)
    looks_right(chart)
    merged = chart.table.merge(of_it, on="theme", suffixes=("", "_other"))
    assert merged["low"].tolist() == merged["low_other"].tolist()
    assert len(chart.body.marks) > len(charts["themes"].body.marks)


def test_each_step_of_the_waterfall_starts_where_the_one_before_ended(years, charts):
    data = charts["waterfall"].table
    steps = data[:-1]
    assert steps["start_tco2e"].iloc[0] == 0
    assert steps["start_tco2e"].iloc[1:].tolist() == pytest.approx(steps["end_tco2e"].iloc[:-1].tolist())
    assert data["tco2e"].iloc[-1] == pytest.approx(years[2].total() - years[0].total(), rel=1e-9)
    assert steps["end_tco2e"].iloc[-1] == pytest.approx(data["end_tco2e"].iloc[-1], rel=1e-9)


def test_a_rise_is_hatched_so_that_colour_is_never_alone(years):
    chart = nc.chart(nc.compare(years[2], years[0]))
    stripes = [mark for mark in chart.body.marks if isinstance(mark, Path) and mark.edge == WHITE]
    hatched = [any(top <= mark.points[0][1] <= bottom for mark in stripes) for (_, top, _, bottom), _ in fills(chart)]
    assert hatched == [*(size > 0 for size in chart.table["tco2e"].iloc[:-1]), False]
    assert any(hatched)


def test_a_trend_marks_the_year_in_which_the_publisher_moved_the_well_to_tank_of_gas(charts):
    """2021: natural gas, well-to-tank, 0.02391 to 0.03135 kgCO2e/kWh in the official set."""
    data = charts["trend"].table.set_index("period")
    assert data["marked"].to_dict() == {"2020/21": False, "2021/22": True, "2023/24": False}
    assert "energy.natural_gas wtt" in data.loc["2021/22", "breaks"]
    assert "2021/22 +31 %" in charts["trend"].alt_text
    assert "A" in words(charts["trend"])


def test_a_gap_between_years_is_dashed(charts):
    lines = [mark for mark in charts["trend"].body.marks if isinstance(mark, Path) and mark.edge == DATA]
    assert [bool(mark.dash) for mark in lines] == [False, True]


def test_a_long_trend_has_a_scale_from_zero_in_place_of_crowded_figures(rows):
    method = nc.methodology("nhs-2026.1")
    chart = nc.chart([nc.calculate(rows.assign(period=f"{y}/{y % 100 + 1}"), method) for y in range(2019, 2027)])
    looks_right(chart)
    assert {"0", "20k", "60k"} <= set(words(chart))
    bold = [mark.words for mark in chart.body.marks if isinstance(mark, Text) and mark.bold and mark.halo]
    ends = chart.table["tco2e"].iloc[[0, -1]]
    assert bold == [f"{each:,.0f}" for each in ends]


def test_a_trend_refuses_one_year_and_a_year_twice_and_what_is_no_footprint(years):
    for wrong in (years[:1], [years[0], years[0]]):
        with pytest.raises(UsageError, match="two or more footprints"):
            nc.chart(wrong)
    with pytest.raises(UsageError, match="all that is in it are footprints"):
        nc.chart([years[0], 2])


def test_nothing_changed_is_said(years):
    chart = nc.chart(nc.compare(years[0], years[0]))
    assert chart.table["effect"].tolist() == ["change"]
    assert "nothing changed" in chart.alt_text


def test_a_bridge_across_a_merger_and_one_from_totals_say_so_and_look_right():
    method, rows = nc.methodology("nhs-2026.1"), ["organisation", "period", "activity", "quantity", "unit"]
    gas = {"2016/17": {"RTG": 9e7, "RJF": 3e7}, "2023/24": {"RTG": 1e8}}
    before, after = (
        nc.calculate(pd.DataFrame([(who, year, "energy.natural_gas", amount, "kWh") for who, amount in sent.items()],
                                  columns=rows), method)
        for year, sent in gas.items()
    )  # fmt: skip
    merged = nc.chart(nc.compare(before, after))
    looks_right(merged)
    assert "RJF in RTG, on the map of 31 March 2024." in " ".join(words(merged))
    totals = pd.DataFrame([("RJF", "2016/17", "fossil_fuels", 9e3, "2022", "central")],
                          columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"])  # fmt: skip
    supplied = nc.chart(nc.compare(nc.analysis.supplied_footprint(totals, method, source="Greener NHS"), after))
    looks_right(supplied)
    assert "supplied" in supplied.table["effect"].tolist()
    assert "Supplied as totals" in words(supplied)
    assert not [each for each in (*words(merged), *words(supplied)) if "Shapley" in each]
