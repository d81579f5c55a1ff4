"""Both footprints by NHS year and theme: one table behind text, pages, workbooks and JSON."""

import pandas as pd
import pytest

import nhscarbon as nc

PLUS = "nhs_carbon_footprint_plus"
CORE_COLUMN, PLUS_COLUMN = "nhs_carbon_footprint_tco2e", "nhs_carbon_footprint_plus_tco2e"
COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]


def themes(footprint):
    return footprint.summary().themes.set_index(["period", "theme"])


def test_every_theme_of_every_year_has_a_row_with_both_footprints(method):
    frame = pd.read_csv(nc.example("acute-year.csv"), dtype=str)
    footprint = nc.calculate(pd.concat([frame, frame.assign(period="2022/23")]), method)
    table = themes(footprint)
    assert len(table) == 2 * 21
    for year in ("2022/23", "2023/24"):
        alone = nc.calculate(frame.assign(period=year), method)
        for boundary, column in ((None, CORE_COLUMN), (PLUS, PLUS_COLUMN)):
            expected = alone.by("theme", boundary=boundary).set_index("theme")["tco2e"]
            found = table.loc[year, column].dropna()
            assert found[found != 0].to_dict() == pytest.approx(expected[expected != 0].to_dict(), rel=1e-12)
            assert found.sum() == pytest.approx(alone.total(boundary), rel=1e-12)


def test_missing_none_used_and_outside_are_three_states(method):
    rows = [("RX1", "2023/24", "energy.natural_gas", 1000.0, "kWh"), ("RX1", "2023/24", "water.supply", 0.0, "m3")]
    table = themes(nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)).loc["2023/24"]
    assert table.loc["water", [CORE_COLUMN, PLUS_COLUMN, "answer"]].tolist() == [0.0, 0.0, "none_used"]
    assert table.loc["waste", "answer"] == "missing"
    assert table.loc["waste", [CORE_COLUMN, PLUS_COLUMN]].isna().all()
    assert table.loc["medical_devices", [CORE_COLUMN, PLUS_COLUMN]].isna().all()


def test_of_several_organisations_the_least_answer_is_said_and_how_many_answer(method):
    rows = [("RX1", "2023/24", "energy.natural_gas", 1000.0, "kWh"), ("RR8", "2023/24", "water.supply", 10.0, "m3"),
            ("RR8", "2023/24", "energy.natural_gas", 1000.0, "kWh")]  # fmt: skip
    table = themes(nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)).loc["2023/24"]
    assert table.loc["water", ["answer", "answered", "of"]].tolist() == ["missing", 1, 2]
    assert table.loc["water", CORE_COLUMN] > 0
    assert table.loc["fossil_fuels", ["answer", "answered", "of"]].tolist() == ["sent", 2, 2]


def test_a_year_whose_factor_was_not_published_has_no_tonnes_and_the_others_keep_theirs(method):
    rows = [("RX1", year, "energy.natural_gas", 1000.0, "kWh") for year in ("2014/15", "2023/24")]
    footprint = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)
    totals = footprint.summary().totals
    assert totals["2014/15"]["nhs_carbon_footprint"] is None
    assert totals["2023/24"]["nhs_carbon_footprint"] > 0
    table = themes(footprint)[CORE_COLUMN]
    assert pd.isna(table["2014/15", "fossil_fuels"])
    assert table["2023/24", "fossil_fuels"] > 0


def test_the_json_has_each_year_and_adds_none(method):
    rows = [("RX1", year, "energy.natural_gas", 1000.0, "kWh") for year in ("2022/23", "2023/24")]
    footprint = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)
    document = nc.footprint.json_document(footprint)
    assert [*document["totals"]] == [*document["labels"]] == ["2022/23", "2023/24"]
    assert document["totals"] == footprint.totals_by_year
    assert document["labels"]["2023/24"][PLUS] == "NHS Carbon Footprint Plus, not sent"
    assert len(document["themes"]) == 2 * 21
    [gas] = [each for each in document["themes"] if (each["period"], each["theme"]) == ("2023/24", "fossil_fuels")]
    # 1,000 kWh at 0.18293 kgCO2e/kWh (DESNZ 2023, natural gas, gross) without well-to-tank, which is a theme of its own
    assert gas["nhs_carbon_footprint_tco2e"] == pytest.approx(0.18293, rel=1e-4)
    assert gas["label"] == "Fossil fuels"
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(document, nc.footprint.json_schema("footprint"))


def test_the_json_of_one_year_has_its_totals(method):
    footprint = nc.calculate(nc.example("trust-year.csv"), method)
    document = nc.footprint.json_document(footprint)
    assert document["labels"]["nhs_carbon_footprint"] == footprint.label()
    assert document["totals"]["nhs_carbon_footprint"] == footprint.total()
