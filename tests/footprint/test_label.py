"""The words beside a total: how many themes, whose, which months and how much is estimated, from coverage by hand."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.footprint.label import answered_themes, boundary_name, coverage_label, covered

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
TEN = ("fossil_fuels", "nhs_facilities", "anaesthetics", "fleet", "electricity", "energy_well_to_tank",
       "business_travel", "waste", "water", "inhalers")  # fmt: skip


def coverage(method, *organisations, periods=("2023/24",), answers=None, **themes):
    """Return the coverage of a return that sends all ten themes, but for some words of some themes."""
    rows = []
    for code in organisations or ("RX1",):
        for period in periods:
            for theme in method.catalogue.themes:
                row = {"organisation": code, "period": period, "theme": theme, "reason": "",
                       "answer": "sent" if theme in TEN else "missing", "months": 12, "part_of_year": False,
                       "activities": int(theme in TEN), "used": int(theme in TEN), "not_counted": 0,
                       "share_estimated": 0.0, "kgco2e": 1000.0 * (theme in TEN), "estimated_kgco2e": 0.0}  # fmt: skip
                row |= themes.get(theme, {})
                row |= (answers or {}).get((code, period, theme), {})
                rows.append(row)
    return pd.DataFrame(rows)


MISSING = {"answer": "missing", "activities": 0, "kgco2e": 0.0}
SHORT = {"part_of_year": True}


def test_a_whole_total_has_its_name_alone(method):
    assert coverage_label(coverage(method), CORE, method) == "NHS Carbon Footprint"
    assert answered_themes(coverage(method), CORE, method) == "10 of 10"


@pytest.mark.parametrize(("themes", "said"), [
    ({"water": MISSING}, "partial: 9 of 10 themes"),
    ({"water": MISSING, "waste": MISSING}, "partial: 8 of 10 themes"),
    ({"water": {"answer": "not_available", "activities": 0}}, "partial: 9 of 10 themes"),
    ({"water": {"answer": "none_used", "activities": 0}, "waste": {"answer": "not_applicable", "activities": 0}}, ""),
    ({"waste": {"answer": "not_counted", "not_counted": 1}}, "not counted: Waste"),
    ({"waste": {"not_counted": 1, "activities": 2}}, "partly not counted: Waste"),
    ({"waste": {"answer": "not_counted", "not_counted": 1}, "water": {"not_counted": 1, "activities": 2}},
     "not counted: Waste; partly not counted: Water"),
    ({"water": SHORT | {"months": 9}}, "part of the year: 9 of 12 months of Water"),
    ({"water": SHORT | {"months": 9}, "waste": SHORT | {"months": 7}},
     "part of the year: 7 of 12 months of Waste and Water"),  # the fewest months, and in the order of themes
    ({"water": SHORT | {"months": 9}, "waste": SHORT | {"months": 7}, "fleet": SHORT | {"months": 11}},
     "part of the year: 7 of 12 months of 3 themes"),
    ({"water": SHORT | {"months": 9}, "energy_well_to_tank": SHORT | {"months": 3}},
     "part of the year: 9 of 12 months of Water"),  # well-to-tank follows from others
    ({"water": {"estimated_kgco2e": 250.0}}, "2 % estimated"),  # 250 of 10,000 kg is 2.5 %
    ({"water": {"estimated_kgco2e": 60.0}}, "1 % estimated"),  # 0.6 %
    ({"water": {"estimated_kgco2e": 49.0}}, ""),  # 0.49 % is not worth a word
    ({"water": {"answer": "estimated", "estimated_kgco2e": 1000.0}}, "1 theme estimated (10 % of the tonnes)"),
    ({name: {"answer": "estimated", "estimated_kgco2e": 1000.0} for name in ("water", "waste")},
     "2 themes estimated (20 % of the tonnes)"),
])  # fmt: skip
def test_what_a_total_leaves_out_is_said(method, themes, said):
    table = coverage(method, **themes)
    assert covered(table, CORE, method) == said
    assert coverage_label(table, CORE, method) == ", ".join(filter(None, ["NHS Carbon Footprint", said]))


def test_of_several_organisations_the_range_is_of_those_that_lack_a_theme(method):
    lack = {("RTG", "2023/24", "water"): MISSING, ("RTG", "2023/24", "waste"): MISSING,
            ("RR8", "2023/24", "water"): MISSING}  # fmt: skip
    table = coverage(method, "RX1", "RTG", "RR8", answers=lack)
    assert covered(table, CORE, method) == "partial: 8 to 9 of 10 themes in 2 of 3 organisations"
    assert answered_themes(table, CORE, method) == "8 to 10 of 10"
    only = coverage(method, "RX1", "RTG", answers={("RTG", "2023/24", "water"): MISSING})
    assert covered(only, CORE, method) == "partial: 9 of 10 themes in 1 of 2 organisations"


def test_of_several_years_and_of_both_the_unit_is_said(method):
    years = coverage(method, periods=("2022/23", "2023/24"), answers={("RX1", "2022/23", "water"): MISSING})
    assert covered(years, CORE, method) == "partial: 9 of 10 themes in 1 of 2 years"
    both = coverage(method, "RX1", "RTG", periods=("2022/23", "2023/24"),
                    answers={("RX1", "2022/23", "water"): MISSING})  # fmt: skip
    assert covered(both, CORE, method) == "partial: 9 of 10 themes in 1 of 4 organisation-years"


def test_the_plus_of_a_return_without_a_theme_of_its_own_is_not_sent(method):
    assert covered(coverage(method), PLUS, method) == "not sent"
    spent = coverage(method, ict={"answer": "sent", "activities": 1})
    assert covered(spent, PLUS, method) == "partial: 11 of 21 themes"
    assert covered(spent, CORE, method) == ""
    assert answered_themes(spent, PLUS, method) == "11 of 21"


def test_well_to_tank_of_a_theme_that_was_sent_is_something_of_scope_3(method):
    """Gas alone came to 30 t of Scope 3, which every page called "not sent"."""
    rows = pd.DataFrame([("RX1", "2023/24", "energy.natural_gas", 1e6, "kWh")],
                        columns=["organisation", "period", "activity", "quantity", "unit"])  # fmt: skip
    footprint = nc.calculate(rows, method)
    assert footprint.total("scope_3") == pytest.approx(30.21)  # the set of 2023: 0.03021 kgCO2e/kWh
    assert footprint.label("scope_3") == "Scope 3, partial: 0 of 16 themes"
    assert "Scope 3 30.21" in " ".join(str(footprint).split())
    nothing = coverage(method, **dict.fromkeys(TEN, MISSING))
    assert covered(nothing, "scope_3", method) == "not sent"
    assert covered(nothing, CORE, method) == "not sent"


def test_a_share_of_the_tonnes_is_said_only_where_a_boundary_counts_all_of_its_themes(method):
    table = coverage(method, fossil_fuels={"estimated_kgco2e": 500.0})
    assert "estimated" in covered(table, CORE, method)
    assert "estimated" not in covered(table, "scope_1", method)


def test_boundaries_have_the_names_that_people_use():
    names = {CORE: "NHS Carbon Footprint", PLUS: "NHS Carbon Footprint Plus", "scope_2_location": "Scope 2 location",
             "outside_of_scopes": "Outside of scopes"}  # fmt: skip
    assert {name: boundary_name(name) for name in names} == names
