"""What a screen, an explanation and a part of a footprint show, against published factors and sums by hand."""

import re

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.footprint.summary_text import _span, by_tier
from nhscarbon.footprint.whole_years import whole_periods, whole_years

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
# kgCO2e, sets of 2022 and 2023: gas by kWh direct and well-to-tank, water by m3
GAS = {"2022/23": (0.18254, 0.0311), "2023/24": (0.182928926174, 0.03021)}
WATER = {"2022/23": 0.149, "2023/24": 0.176684546579}
GRID = {"generation": 0.207074288591, "transmission": 0.0179151114094, "wtt": 0.0459, "transmission_wtt": 0.00397}


def calculated(method, *rows, columns=COLUMNS, **options):
    return nc.calculate(pd.DataFrame(rows, columns=columns), method, **options)


def gas(code, year, gwh, unit="kWh"):
    return (code, year, "energy.natural_gas", gwh * 1e6, unit)


@pytest.fixture(scope="module")
def years(method):
    return calculated(method, gas("RX1", "2022/23", 2), ("RX1", "2022/23", "water.supply", 9e6, "m3"),
                      gas("RX1", "2023/24", 1), ("RX1", "2023/24", "water.supply", 1000, "m3"))  # fmt: skip


def cells(text, name):
    [line] = [each for each in text.splitlines() if each.strip().startswith(name)]
    return re.split(r"\s{2,}", line.strip())[1:]


def test_each_year_stands_in_its_own_column_the_largest_theme_of_any_year_first(years):
    text = str(years)
    assert cells(text, "Water") == [f"{9e6 * 0.149 / 1000:,.2f}", "0.18"]
    assert cells(text, "Fossil fuels") == [f"{2e6 * 0.18254 / 1000:.2f}", f"{1e6 * 0.182928926174 / 1000:.2f}"]
    themes = [line.strip().split("  ")[0] for line in text.splitlines() if line.startswith("    ")]
    assert themes.index("Water") < themes.index("Fossil fuels")  # 1,341 t of water in the first year
    assert "2022/23 to 2023/24" in text.splitlines()[0]


def test_the_title_names_the_first_and_the_last_of_three_years(method):
    found = calculated(method, *(gas("RX1", year, 1) for year in ("2021/22", "2022/23", "2023/24")))
    assert "RX1, 2021/22 to 2023/24, by nhs-2026.1" in str(found).splitlines()[0]


def test_themes_that_have_no_line_of_their_own_are_added_to_the_last_gram(method):
    """Of two organisations' whole returns the lines of a screen add up to the total."""
    frame = pd.read_csv(nc.example("acute-year.csv"))
    text = str(nc.calculate(frame, method))
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if "tCO2e by theme" in line)
    end = next(place for place, line in enumerate(lines) if "smaller" in line)
    shown = [float(re.split(r"\s{2,}", line.strip())[-1].replace(",", "")) for line in lines[start + 1 : end + 1]]
    assert shown[:-1] == sorted(shown[:-1], reverse=True)
    [total] = [line for line in lines if line.strip().startswith("NHS Carbon Footprint Plus")]
    total = float(re.search(r"([\d,.]+) tCO2e", total)[1].replace(",", ""))
    assert sum(shown) == pytest.approx(total, abs=0.005 * len(shown))
    count = int(lines[end].split()[0])
    assert len(shown) - 1 + count == 21  # every theme of that example has tonnes


def test_shares_by_tier_are_of_the_total_and_of_the_last_year():
    tiers = pd.DataFrame({"period": "2023/24", "tier": ["optimal", "reduced"], "tco2e": [30.0, 10.0]})
    assert by_tier(tiers) == "optimal 30.00 t (75 %), reduced 10.00 t (25 %)"
    assert by_tier(tiers.assign(tco2e=0.0)) == "optimal 0.00 t, reduced 0.00 t"


def test_the_tiers_are_of_the_boundary_of_the_total_and_of_its_last_year(method):
    rows = [("RX1", "2022/23", "energy.natural_gas", 5e6, "kWh", "metered", 0.0),
            ("RX1", "2023/24", "energy.natural_gas", 1e6, "kWh", "metered", 0.5),
            ("RX1", "2023/24", "spend.sic.32", 1e6, "GBP", "metered", 0.0)]  # fmt: skip
    found = calculated(method, *rows, columns=[*COLUMNS, "evidence", "estimated_share"])
    tonnes = 1000 * sum(GAS["2023/24"])
    assert f"by tier in 2023/24: standard {tonnes:.2f} t (100 %)" in str(found)


def test_years_that_follow_each_other_are_a_span_and_others_are_named():
    every = ("2019/20", "2020/21", "2021/22", "2022/23")
    assert _span(every[1:], every) == "2020/21 to 2022/23"
    assert _span(("2019/20", "2021/22"), every) == "2019/20, 2021/22"
    assert _span(("2020/21", "2022/23"), every) == "2020/21, 2022/23"
    assert _span(("2020/21",), every) == "2020/21"


def test_an_explanation_is_of_the_largest_row_in_tonnes_and_counts_the_others(method):
    found = calculated(method, gas("RX1", "2023/24", 1), ("RX1", "2023/24", "water.supply", 1000, "m3"))
    text = str(found.explain(organisation="RX1"))
    assert "component direct" in text
    assert "1,000,000 kWh x 0.182928926174 kgCO2e/kWh" in text
    assert "= 182,928.926174 kgCO2e = 182.93 tCO2e" in text
    assert "(2 smaller rows fitted as well" in text  # its well-to-tank, and the water
    assert "smaller rows" not in str(found.explain(activity="water.supply"))


def test_a_filter_by_two_words_of_the_factor_keeps_what_has_both(method):
    found = calculated(method, gas("RX1", "2023/24", 1), ("RX1", "2023/24", "energy.electricity.grid", 1e6, "kWh"))
    part = found.filter(theme="energy_well_to_tank", component="wtt")
    # of gas and of electricity; transmission is in the theme as well, and no component of the name
    assert part.total() == pytest.approx(1000 * (GAS["2023/24"][1] + GRID["wtt"]))
    both = found.filter(theme=["electricity", "fossil_fuels"])
    assert both.total() == pytest.approx(1000 * (GAS["2023/24"][0] + GRID["generation"]))


def test_what_is_not_counted_is_listed_and_what_is_counted_is_not(method):
    found = calculated(method, gas("RX1", "2023/24", 1), ("RX1", "2023/24", "waste.domestic.recycling", 3.5, "tonne"))
    listed = found.not_counted
    assert listed[["activity", "quantity", "rows"]].to_numpy().tolist() == [["waste.domestic.recycling", 3.5, 1]]


def test_lines_of_a_theme_are_its_own(method):
    found = calculated(method, gas("RX1", "2023/24", 1), ("RX1", "2023/24", "water.supply", 1000, "m3"))
    lines = found.lines(theme="water")
    assert lines["activity"].astype(str).tolist() == ["water.supply"]
    assert lines["kgco2e"].tolist() == pytest.approx([176.684546579])
    assert len(found.lines(theme="fossil_fuels")) == 1


def test_tonnes_by_a_column_are_of_the_boundary_that_is_asked_for(method):
    found = calculated(method, gas("RX1", "2023/24", 1))
    for boundary, parts in (("scope_1", [GAS["2023/24"][0]]), ("scope_3", [GAS["2023/24"][1]])):
        assert found.by("theme", boundary=boundary)["tco2e"].tolist() == pytest.approx([1000 * each for each in parts])


def test_a_trust_owes_the_months_in_which_it_was_open_and_no_year_before_or_after(method):
    """RVY closed on 1 July 2023, R0A opened on 1 October 2017 (NHS ODS); RX1 is there throughout."""
    months = ["2023-04", "2023-05", "2023-06"]
    rows = [gas("RX1", year, 1) for year in ("2022/23", "2023/24", "2024/25")]
    rows += [gas("RVY", "2022/23", 1), *(("RVY", month, "energy.natural_gas", 1000, "kWh") for month in months)]
    table = whole_years(calculated(method, *rows)).set_index(["organisation", "period"])
    assert table["complete"].all()
    assert ("RVY", "2024/25") not in table.index
    assert ("RVY", "2023/24") in table.index
    late = [gas("RX1", year, 1) for year in ("2016/17", "2017/18", "2018/19")]
    late += [("R0A", f"2017-{month}", "energy.natural_gas", 1000, "kWh") for month in (10, 11, 12)]
    table = whole_years(calculated(method, *late, gas("R0A", "2018/19", 1))).set_index(["organisation", "period"])
    assert ("R0A", "2016/17") not in table.index
    assert table.loc[("R0A", "2018/19"), "complete"]
    missed = [gas("RX1", year, 1) for year in ("2018/19", "2019/20")] + [gas("R0A", "2018/19", 1)]
    table = whole_years(calculated(method, *missed)).set_index(["organisation", "period"])
    assert table.loc[("R0A", "2019/20"), ["complete", "why"]].tolist() == [False, "nothing sent"]


def test_a_year_is_as_short_as_its_shortest_theme(method):
    months = [f"2023-{month:02d}" for month in range(4, 13)]
    rows = [("RX1", month, "energy.natural_gas", 1000, "kWh") for month in months]  # nine
    rows += [("RX1", month, "water.supply", 10, "m3") for month in months[:7]]
    found = calculated(method, *rows)
    [row] = whole_years(found).to_dict("records")
    assert (row["complete"], row["months"]) == (False, 7)
    assert row["why"] == "7 of 12 months of Fossil fuels and Water"
    periods = whole_periods(found)
    assert (periods["complete"].item(), periods["months"].item()) == (False, 7)


def test_a_year_of_which_no_organisation_is_whole_is_not_whole(method):
    rows = [(code, month, "energy.natural_gas", 1000, "kWh") for code in ("RX1", "RTG")
            for month in ("2023-05", "2023-06")]  # fmt: skip
    assert not whole_periods(calculated(method, *rows))["complete"].any()
