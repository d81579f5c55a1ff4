"""Charts of a footprint and of a change: the numbers that they draw, the words, and that nothing is cut off."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UsageError
from nhscarbon.reporting.charts.style import SMALLEST

pytest.importorskip("matplotlib", reason="charts need the extra 'plot'")
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from nhscarbon.reporting.charts.themes import themes_chart
from nhscarbon.reporting.charts.tiers import tiers_chart
from nhscarbon.reporting.charts.trend import trend_chart
from nhscarbon.reporting.charts.waterfall import waterfall_chart


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
        "themes": themes_chart(years[0]),
        "tiers": tiers_chart(years[0]),
        "waterfall": waterfall_chart(nc.compare(years[0], years[2])),
        "trend": trend_chart(years),
    }


NAMES = ("themes", "tiers", "waterfall", "trend")


def texts(chart):
    return [text for text in chart.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_smaller_than_nine_points(charts, name):
    assert min(text.get_fontsize() for text in texts(charts[name])) >= SMALLEST


@pytest.mark.parametrize("name", NAMES)
def test_no_text_runs_off_the_page(charts, name):
    canvas = FigureCanvasAgg(charts[name].figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    for text in texts(charts[name]):
        if not text.axes or text.axes.xaxis.get_visible() or text not in text.axes.get_xticklabels():
            box = text.get_window_extent(canvas.get_renderer())
            assert box.x0 >= -1, text.get_text()
            assert box.x1 <= width + 1, text.get_text()
            assert box.y0 >= -1, text.get_text()
            assert box.y1 <= height + 1, text.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_words_say_what_is_drawn_and_whose_method_it_is(charts, name):
    chart = charts[name]
    assert f"{chart.table['tco2e'].iloc[0]:,.0f}".lstrip("-") in chart.alt_text
    shown = " ".join(text.get_text() for text in texts(chart))
    assert "nhs-2026.1" in shown
    assert nc.methodology("nhs-2026.1").digest[:12] in shown


def test_the_bars_are_the_footprint_by_theme_and_by_tier(years, charts):
    for name, column in (("themes", "theme"), ("tiers", "tier")):
        drawn = charts[name].table.set_index(column)["tco2e"]
        expected = years[0].by(column).set_index(column)["tco2e"]
        assert drawn.to_dict() == expected.to_dict()
        assert charts[name].table["share"].sum() == pytest.approx(1)
    assert charts["themes"].table["tco2e"].is_monotonic_decreasing
    [axes] = charts["themes"].figure.axes
    assert [bar.get_width() for bar in axes.patches] == charts["themes"].table["tco2e"].tolist()
    assert axes.get_xlim()[0] == 0  # bars from zero


def test_each_step_of_the_waterfall_starts_where_the_one_before_ended(years, charts):
    data = charts["waterfall"].table
    steps = data[:-1]
    assert steps["start_tco2e"].iloc[0] == 0
    assert steps["start_tco2e"].iloc[1:].tolist() == pytest.approx(steps["end_tco2e"].iloc[:-1].tolist())
    assert data["tco2e"].iloc[-1] == pytest.approx(years[2].total() - years[0].total(), rel=1e-9)
    assert steps["end_tco2e"].iloc[-1] == pytest.approx(data["end_tco2e"].iloc[-1], rel=1e-9)


def test_a_rise_is_hatched_so_that_colour_is_never_alone(years):
    chart = waterfall_chart(nc.compare(years[2], years[0]))
    [axes] = chart.figure.axes
    hatched = [bool(bar.get_hatch()) for bar in axes.patches]
    assert hatched == [*(size > 0 for size in chart.table["tco2e"].iloc[:-1]), False]
    assert any(hatched)


def test_a_trend_marks_the_year_in_which_the_publisher_moved_the_well_to_tank_of_gas(charts):
    """2021: natural gas, well-to-tank, 0.02391 to 0.03135 kgCO2e/kWh in the official set."""
    data = charts["trend"].table.set_index("period")
    assert data["marked"].to_dict() == {"2020/21": False, "2021/22": True, "2023/24": False}
    assert "energy.natural_gas wtt" in data.loc["2021/22", "breaks"]
    assert "2021/22 +31 %" in charts["trend"].alt_text
    [axes] = charts["trend"].figure.axes
    assert "A" in [text.get_text().strip() for text in axes.texts]
    assert axes.get_ylim()[0] == 0


def test_a_gap_between_years_is_dashed(charts):
    [axes] = charts["trend"].figure.axes
    styles = {tuple(line.get_xdata()): line.get_linestyle() for line in axes.lines if len(line.get_xdata()) == 2}
    assert (styles[2020, 2021], styles[2021, 2023]) == ("-", "--")


def test_a_trend_refuses_one_year_and_a_year_twice(years):
    for wrong in (years[:1], [years[0], years[0]]):
        with pytest.raises(UsageError, match="two or more footprints"):
            trend_chart(wrong)


def test_nothing_changed_is_said(years):
    chart = waterfall_chart(nc.compare(years[0], years[0]))
    assert chart.table["effect"].tolist() == ["change"]
    assert "nothing changed" in chart.alt_text
