"""Figures of pages and charts by hand: years, causes, shares and sides, from published factors."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.findings import Finding
from nhscarbon.reporting.report.board_standing import members, standing
from nhscarbon.reporting.report.board_years import board_years, four_causes, same_basis
from nhscarbon.reporting.report.changes import _bands
from nhscarbon.reporting.report.finding_tables import _first
from nhscarbon.reporting.report.theme_lines import year_figures

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
# kgCO2e, sets of 2022 and 2023
GAS = {"2022/23": (0.18254, 0.0311), "2023/24": (0.182928926174, 0.03021)}
GRID_2022 = 0.19338 + 0.01769 + 0.00423 + 0.04625
WATER_2023 = 0.176684546579
GASES = "anaesthetic.nitrous_oxide"  # 265 kgCO2e/kg in every year


def calculated(method, *rows, columns=COLUMNS):
    return nc.calculate(pd.DataFrame(rows, columns=columns), method)


def gas(year, gwh=1.0, code="RX1"):
    return (code, year, "energy.natural_gas", gwh * 1e6, "kWh")


def grid(year, gwh):
    return ("RX1", year, "energy.electricity.grid", gwh * 1e6, "kWh")


def pair(method, *rows):
    footprint = calculated(method, *rows)
    return tuple(footprint.filter(period=year) for year in footprint.periods)


def test_the_large_figures_are_of_the_last_whole_year_beside_the_year_before_it(method):
    quarter = [("RX1", f"2024-0{month}", "energy.natural_gas", 1e5, "kWh") for month in (4, 5, 6)]
    years = board_years(calculated(method, gas("2021/22"), gas("2022/23"), gas("2023/24"), *quarter))
    assert (years.year, years.complete, years.before.periods) == ("2023/24", True, ("2022/23",))
    assert years.parts == (("2024/25", "3 of 12 months"),)
    gap = board_years(calculated(method, gas("2021/22"), gas("2023/24")))
    assert (gap.year, gap.before) == ("2023/24", None)  # two years apart are no change of a year


def test_a_change_is_of_the_themes_that_both_years_answer(method):
    before, after = pair(method, gas("2022/23"), grid("2022/23", 0.1), gas("2023/24"))
    found = same_basis(before, after, CORE)
    assert (found.before, found.after) == (pytest.approx(182.54), pytest.approx(182.928926174))
    assert (found.themes, found.whole) == (1, False)


def test_a_change_of_less_than_half_of_a_total_is_not_shown(method):
    before, after = pair(method, gas("2022/23"), grid("2022/23", 2), gas("2023/24"))
    assert same_basis(before, after, CORE) is None  # 182.54 of 213.64 + 523.1 t


def test_what_only_one_year_answers_is_a_change_of_what_is_counted(method):
    before, after = pair(method, gas("2022/23"), grid("2022/23", 0.1), gas("2023/24"),
                         ("RX1", "2023/24", "water.supply", 1000, "m3"))  # fmt: skip
    causes = four_causes(nc.compare(before, after, boundary=CORE), before, after)
    assert causes["activity"] == pytest.approx(0.0, abs=1e-9)
    assert causes["boundary"] == pytest.approx(WATER_2023 - 100 * GRID_2022)
    moved = sum(GAS["2023/24"]) - sum(GAS["2022/23"])
    assert causes["factor"] == pytest.approx(1000 * moved)


@pytest.fixture(scope="module")
def monitored(method):
    shares = {"RX1": 0.6561, "RTG": 1.21, "RR8": 0.8}
    years = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
    rows = [(code, year, GASES, 1000 * share ** (place / 4), "kg")
            for code, share in shares.items() for place, year in enumerate(years)]  # fmt: skip
    return nc.monitor(calculated(method, *rows), "nhs-net-zero-1", boundary=CORE)


def test_a_standing_has_the_gap_to_both_ends_of_the_target(monitored):
    """At least 47 % on 2019/20 by 2028 to 2032: four of nine, or of thirteen, years of it in 2023/24; of 265 t."""
    found = standing(monitored, "RX1", CORE)
    end, early = (265 * (1 - 0.47 * 4 / years) for years in (13, 9))
    assert found.allowance == pytest.approx(end, rel=1e-3)
    assert found.gap == pytest.approx(265 * 0.6561 - end, rel=2e-3)
    assert found.early_gap == pytest.approx(265 * 0.6561 - early, rel=2e-2)
    assert (found.first_year, found.last_year) == (2028, 2032)


def test_the_small_pictures_have_those_furthest_above_their_path_first(monitored):
    shown, count = members(monitored, CORE, {})
    assert count == 3
    assert [each.name for each in shown] == ["All 3 organisations", "RTG", "RR8", "RX1"]


def test_the_plus_only_has_what_the_footprint_does_not_count(method):
    spend = ("RX1", "2023/24", "spend.sic.32", 1e6, "GBP")
    footprint = calculated(method, gas("2023/24"), spend)
    found = year_figures(footprint, draws=20, seed=1)
    themes = {each.theme: each for each in found.themes}
    assert themes["fossil_fuels"].core == pytest.approx(1000 * GAS["2023/24"][0])
    assert themes["fossil_fuels"].plus_only is None
    assert themes["medical_devices"].core is None
    assert themes["medical_devices"].plus_only > 0
    assert found.plus.tco2e == pytest.approx(found.core.tco2e + themes["medical_devices"].plus_only)
    sizes = [each.tco2e for each in found.themes if not each.words]
    assert sizes == sorted(sizes, reverse=True)


def test_a_theme_that_one_of_two_organisations_answers_is_missing_of_the_other(method):
    footprint = calculated(method, gas("2023/24"), gas("2023/24", code="RTG"),
                           ("RX1", "2023/24", "water.supply", 1000, "m3"))  # fmt: skip
    found = {each.theme: each for each in year_figures(footprint, draws=20, seed=1).themes}
    assert found["water"].missing
    assert not found["fossil_fuels"].missing
    assert "(1 of 2 organisations)" in found["water"].answer


def test_a_trend_says_by_how_much_the_last_year_is_less_or_more(method):
    fell = nc.chart(calculated(method, gas("2022/23", 2), gas("2023/24")), kind="trend")
    assert fell.title == "50% less in 2023/24 than in 2022/23"  # 213.1 of 427.3 t
    assert fell.table["tco2e"].tolist() == pytest.approx([427.28, 213.138926174])
    rose = nc.chart(calculated(method, gas("2022/23"), gas("2023/24", 2)), kind="trend")
    assert rose.title == "100% more in 2023/24 than in 2022/23"


def test_the_steps_of_a_waterfall_go_from_nothing_to_the_change(method):
    before, after = pair(method, gas("2022/23", 2), gas("2023/24", 1))
    table = nc.chart(nc.compare(before, after)).table
    steps = table[table["effect"] != "change"]
    assert steps["start_tco2e"].iloc[0] == 0
    assert steps["end_tco2e"].tolist()[:-1] == pytest.approx(steps["start_tco2e"].tolist()[1:])
    assert steps["end_tco2e"].iloc[-1] == pytest.approx(213.138926174 - 427.28)
    # Shapley: 1 GWh less at the mean of both factors, and 1.5 GWh on average at the change of the factor
    by_effect = steps.set_index("effect")["tco2e"]
    assert by_effect["activity"] == pytest.approx(-1000 * (sum(GAS["2022/23"]) + sum(GAS["2023/24"])) / 2)
    assert by_effect["factor"] == pytest.approx(1500 * (sum(GAS["2023/24"]) - sum(GAS["2022/23"])))


def test_the_share_of_the_best_tier_is_that_of_its_tonnes(method):
    rows = [("RX1", "2023/24", "energy.natural_gas", 3e6, "kWh", "metered", 0.0),
            ("RX1", "2023/24", "energy.natural_gas", 1e6, "kWh", "metered", 0.9)]  # fmt: skip
    drawn = nc.chart(calculated(method, *rows, columns=[*COLUMNS, "evidence", "estimated_share"]), kind="tiers")
    assert drawn.title == "75% of the tonnes are of the optimal tier"


def test_the_shares_of_several_years_are_each_of_its_own_year(method):
    rows = [(*gas("2022/23", 4),), grid("2022/23", 1), gas("2023/24", 1), grid("2023/24", 1)]
    table = nc.chart(calculated(method, *rows), kind="themes").table
    assert table.groupby("period")["share"].sum().tolist() == pytest.approx([1.0, 1.0])
    gas_2022 = 4 * 182.54 / (4 * 213.64 + 1000 * GRID_2022)
    row = table[(table["period"] == "2022/23") & (table["theme"] == "fossil_fuels")]
    assert row["share"].item() == pytest.approx(gas_2022)


SEVEN = (50.0, 45.0, 55.0, 40.0, 60.0, 30.0, 70.0)  # t


def test_bands_stand_in_their_own_columns():
    names = ("median", "low_50", "high_50", "low_80", "high_80", "low_95", "high_95")
    bands = pd.DataFrame([{"year": "2030/31", "tco2e": 50.0, "mean": 51.0, **dict(zip(names, SEVEN, strict=True))}])
    table = _bands(bands, pd.DataFrame({"year": ["2030/31"], "tco2e": [42.0]}))
    shown = dict(zip([column.name for column in table.columns], table.rows[0], strict=True))
    assert shown["low of 50 % [tCO2e]"] == 45
    assert shown["high of 95 % [tCO2e]"] == 70
    assert shown["low of 95 % [tCO2e]"] == 30
    assert shown["target [tCO2e]"] == 42.0


def test_open_warnings_come_first_and_the_largest_effect_of_them():
    def one(code, severity, kgco2e, answer=""):
        return Finding(code=code, severity=severity, message=code, kgco2e_at_stake=kgco2e, answer=answer,
                       answered_by="Ann" if answer else "", answered_on="2026-01-01" if answer else "")  # fmt: skip

    found = [one("small", "warning", 1_000.0), one("note", "info", 9e6), one("large", "warning", 5e6),
             one("answered", "info", 8e6, "why")]  # fmt: skip
    assert [each.code for each in sorted(found, key=_first)] == ["large", "small", "note", "answered"]
