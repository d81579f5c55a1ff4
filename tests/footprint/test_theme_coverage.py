"""A total is worth what it covers: answers for themes, labels, parts of a year, and what has no published factor."""

import json
import re
from dataclasses import replace
from itertools import product

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from nhscarbon.findings import SubmissionError
from nhscarbon.footprint.cover import answered
from nhscarbon.footprint.label import boundary_themes

NAMES = ["organisation", "period", "activity", "quantity", "unit"]
ANSWERS = ["organisation", "period", "theme", "answer", "reason"]
YEAR, GAS, GRID, WATER = "2023/24", "energy.natural_gas", "energy.electricity.grid", "water.supply"
FLEET, RAIL = "fleet.fuel.diesel", "travel.rail.national"
RECYCLED = "waste.domestic.recycling"
MONTHS = [*(f"2023-{month:02d}" for month in range(4, 13)), "2024-01", "2024-02", "2024-03"]
PLUS = "nhs_carbon_footprint_plus"


def sent(*rows, more=()):
    return pd.DataFrame(rows, columns=[*NAMES, *more])


def told(*rows):
    return pd.DataFrame([(*row, "") if len(row) == 4 else row for row in rows], columns=ANSWERS)


def of(footprint, theme):
    frame = footprint.coverage.set_index("theme")
    return frame.loc[theme]


def codes(findings):
    return [(each.code, each.severity) for each in findings]


@pytest.fixture(scope="module")
def small():
    return sent(("RX1", YEAR, GAS, 1000.0, "kWh"), ("RX1", YEAR, WATER, 10.0, "m3"))


def test_each_of_the_21_themes_has_an_answer_without_a_themes_table(small, method):
    frame = nc.calculate(small, method).coverage
    assert frame["theme"].tolist() == list(method.catalogue.themes)
    assert frame.loc[frame["answer"] == "sent", "theme"].tolist() == ["fossil_fuels", "water"]
    assert set(frame["answer"]) == {"sent", "missing"}
    assert set(frame.loc[frame["answer"] == "sent", "months"]) == {12}


def test_the_coverage_is_a_copy(small, method):
    footprint = nc.calculate(small, method)
    frame = footprint.coverage
    frame["answer"] = "none_used"
    assert of(footprint, "fleet")["answer"] == "missing"


def test_an_explicit_zero_is_an_answer_and_an_empty_cell_is_none(method):
    footprint = nc.calculate(sent(("RX1", YEAR, GAS, 1000.0, "kWh"), ("RX1", YEAR, WATER, 0.0, "m3")), method)
    assert of(footprint, "water")["answer"] == "none_used"
    assert footprint.label() == "NHS Carbon Footprint, partial: 2 of 10 themes"


@pytest.mark.parametrize("left_out", [None, GAS, FLEET, GRID, RAIL])
def test_well_to_tank_is_answered_when_fuels_fleet_electricity_and_travel_are(method, left_out):
    rows = [(GAS, "kWh"), (FLEET, "litre"), (GRID, "kWh"), (RAIL, "passenger_km")]
    footprint = nc.calculate(sent(*(("RX1", YEAR, a, 5.0, u) for a, u in rows if a != left_out)), method)
    assert of(footprint, "energy_well_to_tank")["answer"] == ("missing" if left_out else "sent")
    assert ("5 of 10" if not left_out else "3 of 10") in footprint.label()


def test_the_label_is_whole_when_every_theme_has_an_answer(small, method):
    core = [
        theme for theme in boundary_themes("nhs_carbon_footprint", method) if theme not in ("fossil_fuels", "water")
    ]
    answers = told(*(("RX1", YEAR, theme, "none_used") for theme in core if theme != "energy_well_to_tank"))
    assert len(boundary_themes("nhs_carbon_footprint", method)) == 10
    footprint = nc.calculate(small, method, themes=answers)
    assert footprint.label() == "NHS Carbon Footprint"
    assert footprint.label(PLUS) == "NHS Carbon Footprint Plus, not sent"
    short = nc.calculate(small, method, themes=answers[:-1])
    assert short.label() == "NHS Carbon Footprint, partial: 9 of 10 themes"


@pytest.mark.parametrize(("answer", "whole"), [
    ("none_used", True), ("not_applicable", True), ("not_available", False), ("missing", False), ("not_counted", True),
])  # fmt: skip
def test_what_is_not_available_keeps_a_total_partial(small, method, answer, whole):
    footprint = nc.calculate(small, method, themes=told(("RX1", YEAR, "inhalers", answer, "why")))
    assert ("partial: 3 of 10" if whole else "partial: 2 of 10") in footprint.label()


def test_the_plus_is_not_sent_until_one_of_its_own_themes_is(small, method):
    spend = sent(("RX1", YEAR, "spend.sic.32", 1000.0, "GBP"))
    both = nc.calculate(pd.concat([small, spend]), method)
    assert both.label(PLUS) == "NHS Carbon Footprint Plus, partial: 3 of 21 themes"
    alone = nc.calculate(spend, method)
    assert alone.label() == "NHS Carbon Footprint, not sent"
    assert "NHS Carbon Footprint Plus, not sent" in str(nc.calculate(small, method))
    assert re.search(r"NHS Carbon Footprint Plus, partial: 3 of 21 themes\s+[\d.]+ tCO2e", str(both))


def test_of_many_organisations_the_worst_and_how_many_are_said(small, method):
    more = sent(*(("RR8", YEAR, a, 5.0, u) for a, u in ((GAS, "kWh"), (GRID, "kWh"), (WATER, "m3"))))
    footprint = nc.calculate(pd.concat([small, more]), method)
    assert footprint.label() == "NHS Carbon Footprint, partial: 2 to 3 of 10 themes in 2 organisations"
    assert footprint.label("scope_2_location") == "Scope 2 location, partial: 0 to 1 of 2 themes in 2 organisations"
    years = nc.calculate(pd.concat([small, small.assign(period="2022/23")]), method)
    assert years.label() == "NHS Carbon Footprint, partial: 2 of 10 themes in 2 years"


def test_an_unknown_boundary_has_no_label(small, method):
    with pytest.raises(UsageError, match="did you mean 'scope_1'"):
        nc.calculate(small, method).label("scope1")


@pytest.mark.parametrize("word", ["inhalers", "INHALERS", "10", " Inhalers ", 10])
def test_a_theme_is_named_by_id_number_or_label_in_any_case(small, method, word):
    footprint = nc.calculate(small, method, themes=told(("rx1", "2023-24", word, "None used")))
    assert of(footprint, "inhalers")["answer"] == "none_used"


@pytest.mark.parametrize(("row", "code"), [
    (("RX1", YEAR, "inhaler", "none_used", ""), "theme_unknown"),
    (("RX1", YEAR, "22", "none_used", ""), "theme_unknown"),
    (("RX1", YEAR, "inhalers", "nil", ""), "theme_answer_unknown"),
    (("RX1", YEAR, "inhalers", "not_available", ""), "theme_reason_blank"),
    (("RX1", YEAR, "inhalers", "not_applicable", " "), "theme_reason_blank"),
    (("RX1", YEAR, "inhalers", "", ""), "theme_row_blank"),
    (("RX1", "2023", "inhalers", "none_used", ""), "theme_row_unreadable"),
    (("RX1", YEAR, "fossil_fuels", "none_used", ""), "theme_contradiction"),
    (("RX1", YEAR, "water", "not_applicable", "no taps"), "theme_contradiction"),
    (("RX1", YEAR, "inhalers", "sent", ""), "theme_contradiction"),
    (("RX1", YEAR, "water", "estimated", "by area"), "theme_contradiction"),
    (("RX1", YEAR, "water", "not_counted", "no factor"), "theme_contradiction"),
])  # fmt: skip
def test_a_fault_of_the_themes_table_refuses(small, method, row, code):
    with pytest.raises(SubmissionError) as caught:
        nc.calculate(small, method, themes=told(row))
    assert (code, "reject_line") in codes(caught.value.findings)


@pytest.mark.parametrize("row", [
    ("RX1", YEAR, "inhalers", "none_used", ""), ("RX1", YEAR, "fossil_fuels", "sent", ""),
    ("RX1", YEAR, "inhalers", "not_available", "the pharmacy system changed"),
])  # fmt: skip
def test_an_answer_that_fits_has_no_finding(small, method, row):
    assert not len(nc.calculate(small, method, themes=told(row, row)).findings)


def test_two_answers_for_one_theme_refuse(small, method):
    rows = [("RX1", YEAR, "inhalers", each, "why") for each in ("none_used", "not_applicable")]
    with pytest.raises(SubmissionError, match="theme_answered_twice"):
        nc.calculate(small, method, themes=told(*rows))


def test_none_used_beside_a_zero_agrees(method):
    rows = sent(("RX1", YEAR, GAS, 5.0, "kWh"), ("RX1", YEAR, WATER, 0.0, "m3"))
    assert not len(nc.calculate(rows, method, themes=told(("RX1", YEAR, "water", "none_used"))).findings)


def test_answers_for_an_organisation_that_sent_nothing_are_a_warning(small, method):
    footprint = nc.calculate(small, method, themes=told(("RX2", YEAR, "inhalers", "none_used")))
    assert codes(footprint.findings) == [("theme_answers_alone", "warning")]


def test_six_months_are_a_part_of_the_year_and_twelve_are_not(method):
    rows = [("RX1", month, GAS, 5.0, "kWh") for month in MONTHS]
    half = nc.calculate(sent(*rows[:6]), method)
    assert (of(half, "fossil_fuels")["months"], of(half, "fossil_fuels")["part_of_year"]) == (6, True)
    assert "part of the year: 6 of 12 months of Fossil fuels" in half.label()
    assert ("part_of_year", "warning") in codes(half.findings)
    whole = nc.calculate(sent(*rows), method)
    assert of(whole, "fossil_fuels")["months"] == 12
    assert "part" not in whole.label().replace("partial", "")
    assert "part_of_year" not in {each.code for each in whole.findings}


def test_months_of_a_theme_are_those_of_any_of_its_activities_and_a_year_covers_all(method):
    first = [("RX1", month, GAS, 5.0, "kWh") for month in MONTHS[:6]]
    second = [("RX1", month, "energy.gas_oil", 5.0, "litre") for month in MONTHS[6:]]
    year = [("RX1", YEAR, "energy.gas_oil", 5.0, "litre")]
    assert of(nc.calculate(sent(*first, *second), method), "fossil_fuels")["months"] == 12
    assert of(nc.calculate(sent(*first, *year), method), "fossil_fuels")["months"] == 12
    assert of(nc.calculate(sent(*first, *second[:-1]), method), "fossil_fuels")["months"] == 11


def test_a_single_top_up_of_refrigerant_is_no_part_of_a_year(method):
    gas = next(code for code in method.catalogue.activities if code.startswith("refrigerant."))
    found = nc.calculate(sent(("RX1", "2023-07", gas, 1.0, "kg")), method)
    assert (of(found, "nhs_facilities")["months"], of(found, "nhs_facilities")["part_of_year"]) == (1, False)
    assert "part_of_year" not in {each.code for each in found.findings}


def test_months_are_known_of_sums_that_kept_them_for_the_checks_and_unknown_of_others(method):
    rows = sent(*(("RX1", month, GAS, 5.0, "kWh") for month in MONTHS[:6]))
    sums = nc.partial(rows)
    assert of(nc.calculate(sums, method), "fossil_fuels")["months"] == 6
    assert pd.isna(of(nc.calculate(replace(sums, detail=None), method), "fossil_fuels")["months"])
    assert of(nc.calculate(nc.partial(rows, keep=("month",)), method), "fossil_fuels")["months"] == 6


def test_the_share_that_is_estimated_is_said_by_tonnes(method):
    rows = sent(("RX1", YEAR, WATER, 75.0, "m3", ""), ("RX1", YEAR, WATER, 25.0, "m3", "estimated"),
                more=["evidence"])  # fmt: skip
    footprint = nc.calculate(rows, method)
    assert of(footprint, "water")["share_estimated"] == pytest.approx(0.25)
    assert of(footprint, "water")["answer"] == "sent"
    assert "25 % estimated" in footprint.label()


def test_a_theme_of_estimates_alone_is_estimated_and_counts_as_answered(small, method):
    rows = pd.concat([small.assign(evidence=["", "estimated"])])
    footprint = nc.calculate(rows, method, themes=told(("RX1", YEAR, 9, "estimated", "by bed days")))
    assert of(footprint, "water")["answer"] == "estimated"
    assert of(footprint, "water")["reason"] == "by bed days"
    assert "partial: 2 of 10 themes; 1 theme estimated" in footprint.label()


def test_added_footprints_cover_what_either_does(method):
    gas = nc.calculate(sent(("RX1", YEAR, GAS, 5.0, "kWh")), method)
    water = nc.calculate(sent(("RX1", YEAR, WATER, 5.0, "m3")), method)
    assert "partial: 2 of 10" in (gas + water).label()
    both = sent(("RX1", YEAR, GAS, 5.0, "kWh"), ("RX1", YEAR, WATER, 5.0, "m3"))
    assert (gas + water).label() == nc.calculate(both, method).label()


def test_answers_can_be_given_to_what_was_calculated_before(small, method):
    footprint = nc.calculate(small, method)
    assert "partial: 3 of 10" in answered(footprint, told(("RX1", YEAR, "inhalers", "none_used"))).label()
    with pytest.raises(SubmissionError):
        answered(footprint, told(("RX1", YEAR, "water", "none_used")))


def test_partial_sums_have_the_same_labels_as_rows(small, method):
    answers = told(("RX1", YEAR, "inhalers", "none_used"))
    of_sums = nc.calculate(nc.partial(small), method, themes=answers)
    assert of_sums.labels == nc.calculate(small, method, themes=answers).labels


def test_a_sheet_of_a_workbook_answers_its_themes(small, method, tmp_path):
    path = tmp_path / "return.xlsx"
    with pd.ExcelWriter(path) as book:
        small.to_excel(book, sheet_name="Return", index=False)
        told(("RX1", YEAR, "inhalers", "none_used")).to_excel(book, sheet_name="Themes", index=False)
    footprint = nc.calculate(path, method)
    assert of(footprint, "inhalers")["answer"] == "none_used"
    assert "sheet_not_read" not in {each.code for each in footprint.findings}


def test_a_fault_in_the_sheet_names_its_row(small, method, tmp_path):
    path = tmp_path / "return.xlsx"
    with pd.ExcelWriter(path) as book:
        small.to_excel(book, sheet_name="Return", index=False)
        told(("RX1", YEAR, "fleet", "none_used"), ("RX1", YEAR, "water", "none_used")).to_excel(
            book, sheet_name="themes", index=False
        )
    with pytest.raises(SubmissionError) as caught:
        nc.calculate(path, method)
    [found] = [each for each in caught.value.findings if each.refuses]
    assert (found.code, found.sheet, found.first_rows) == ("theme_contradiction", "themes", (3,))


def test_a_table_without_its_columns_is_no_themes_table(small, method):
    with pytest.raises(UsageError, match="no column answer"):
        nc.calculate(small, method, themes=[{"organisation": "RX1", "period": YEAR, "theme": "water"}])


@pytest.mark.parametrize(("activity", "year"), [*product([RECYCLED], ["2022/23", "2023/24", "2024/25", "2025/26"]),
                                                ("waste.clinical.processed_on_site", "2019/20")])  # fmt: skip
def test_a_declared_gap_is_listed_and_is_no_warning(method, activity, year):
    footprint = nc.calculate(sent(("RX1", year, activity, 3.5, "tonne"), ("RX1", year, GAS, 5.0, "kWh")), method)
    assert codes(footprint.findings) == [("not_counted_declared", "info")]
    assert footprint.not_counted["quantity"].tolist() == [3.5]
    assert of(footprint, "waste")["answer"] == "not_counted"
    assert "not counted: Waste" in footprint.label()


def test_a_theme_of_which_a_part_has_no_factor_is_partly_not_counted(method):
    rows = sent(("RX1", YEAR, RECYCLED, 3.5, "tonne"), ("RX1", YEAR, "waste.domestic.landfill", 1.0, "tonne"))
    found = of(nc.calculate(rows, method), "waste")
    assert (found["answer"], found["activities"], found["not_counted"]) == ("sent", 2, 1)
    assert found["reason"].startswith("partly not counted")
    assert "partly not counted: Waste" in nc.calculate(rows, method).label()


@pytest.mark.parametrize(("activity", "year"), [
    ("energy.heat.district", "2014/15"), ("waste.special.unstated_route", YEAR), ("spend.sic.41_43", "2024/25"),
])  # fmt: skip
def test_an_undeclared_gap_still_refuses(method, activity, year):
    unit = method.catalogue.activities[activity].units[0]
    with pytest.raises(SubmissionError, match="factor_missing"):
        nc.calculate(sent(("RX1", year, activity, 3.5, unit)), method)


def test_a_gap_ends_where_a_factor_was_published_again(method):
    footprint = nc.calculate(sent(("RX1", "2026/27", RECYCLED, 3.5, "tonne")), method)
    assert not len(footprint.not_counted)


@pytest.mark.parametrize("word", ["spend.sic.41_44", "spend.sic.41_4"])
def test_advice_never_names_a_code_without_a_factor_in_the_year(method, word):
    [found] = [each for each in nc.check(sent(("RX1", "2024/25", word, 1.0, "GBP")), method) if each.refuses]
    assert "41_43" not in found.suggestion
    assert found.suggestion


def test_every_trust_of_a_year_is_accepted_with_its_recycling_not_counted(originals, method):
    footprint = nc.calculate(nc.read_eric(originals / "eric" / "eric-2023-24-site.csv"), method)
    assert footprint.label() == (
        "NHS Carbon Footprint, partial: 4 of 10 themes in 209 organisations; partly not counted: Waste"
    )
    assert {each.severity for each in footprint.findings if each.code == "not_counted_declared"} == {"info"}


def test_the_command_line_says_the_label_and_takes_a_themes_table(small, tmp_path, capsys):
    rows, themes = tmp_path / "return.csv", tmp_path / "themes.csv"
    small.to_csv(rows, index=False)
    told(("RX1", YEAR, "inhalers", "none_used")).to_csv(themes, index=False)
    command = ["footprint", str(rows), "--method", "nhs-2026.1", "--themes", str(themes)]
    assert main([*command, "--by", "theme"]) == 0
    assert "NHS Carbon Footprint, partial: 3 of 10 themes" in capsys.readouterr().out
    assert main([*command, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["labels"]["nhs_carbon_footprint"] == "NHS Carbon Footprint, partial: 3 of 10 themes"
    assert len(document["coverage"]) == 21


def test_a_certificate_holds_the_answers_and_is_verified_with_them(small, tmp_path, capsys):
    rows, themes, out = tmp_path / "return.csv", tmp_path / "themes.csv", tmp_path / "return.json"
    small.to_csv(rows, index=False)
    told(("RX1", YEAR, "inhalers", "none_used")).to_csv(themes, index=False)
    assert main(["footprint", str(rows), "--method", "nhs-2026.1", "--themes", str(themes), "--certificate",
                 str(out)]) == 0  # fmt: skip
    about = json.loads(out.read_text("utf-8"))
    assert about["themes"] == [["RX1", YEAR, "inhalers", "none_used", ""]]
    assert "partial: 3 of 10" in about["labels"]["nhs_carbon_footprint"]
    assert main(["verify", str(out), str(rows)]) == 0
    changed = (
        out.read_text("utf-8")
        .replace("none_used", "not_available", 1)
        .replace('"not_available",""', '"not_available","x"')
    )
    out.write_text(changed, "utf-8")
    assert main(["verify", str(out), str(rows)]) == 4
    assert "what the totals cover is not the same" in capsys.readouterr().err


def test_a_report_says_what_the_total_covers(small, method, tmp_path):
    footprint = nc.calculate(small, method)
    page = nc.write_report(footprint, tmp_path / "r.html", organisations=None, draws=20).read_text("utf-8")
    assert "NHS Carbon Footprint, partial: 2 of 10 themes" in page
    assert "Themes without an answer" in page
    assert "Every place gives each theme" not in page


def test_notebook_dict_and_chart_carry_the_label(small, method):
    footprint = nc.calculate(small, method)
    assert "partial: 2 of 10 themes" in footprint._repr_html_()
    assert footprint.to_dict()["labels"]["nhs_carbon_footprint"] == footprint.label()
    assert footprint.label() in nc.chart(footprint).alt_text


@pytest.mark.parametrize(("share", "answer"), [(0.0, "sent"), (0.25, "sent"), (0.6, "sent"), (1.0, "estimated")])
def test_the_share_that_a_row_states_decides_and_only_all_of_it_makes_a_theme_estimated(method, share, answer):
    rows = sent(("RX1", YEAR, WATER, 100.0, "m3", "metered", share), more=["evidence", "estimated_share"])
    found = of(nc.calculate(rows, method), "water")
    assert found["share_estimated"] == pytest.approx(share)
    assert found["answer"] == answer


@pytest.mark.parametrize(("months", "part"), [(1, True), (10, True), (11, True), (12, False)])
def test_eleven_months_are_a_part_of_the_year(method, months, part):
    footprint = nc.calculate(
        sent(*(("RX1", month, GAS, 100.0 + n, "kWh") for n, month in enumerate(MONTHS[:months]))), method
    )
    assert of(footprint, "fossil_fuels")["part_of_year"] == part
    assert ("part of the year" in footprint.label()) == part


def test_well_to_tank_has_the_fewest_months_of_what_it_is_made_of(method):
    rows = [("RX1", month, GAS, 100.0 + n, "kWh") for n, month in enumerate(MONTHS[:6])]
    rows += [("RX1", month, GRID, 100.0 + n, "kWh") for n, month in enumerate(MONTHS[:9])]
    found = of(nc.calculate(sent(*rows), method), "energy_well_to_tank")
    assert (found["months"], found["part_of_year"]) == (6, True)


@pytest.mark.parametrize("answer", ["not_applicable", "estimated", "not_available", "not_counted"])
def test_an_answer_that_needs_a_reason_is_refused_without_one(small, method, answer):
    with pytest.raises(SubmissionError) as caught:
        nc.calculate(small, method, themes=told(("RX1", YEAR, "inhalers", answer)))
    assert ("theme_reason_blank", "reject_line") in codes(caught.value.findings)


def test_of_two_returns_that_answer_one_theme_the_first_stays(method):
    given = (((GAS, 5.0, "kWh"), "none_used"), ((WATER, 5.0, "m3"), "not_applicable"))
    gas, water = (
        nc.calculate(sent(("RX1", YEAR, *row)), method, themes=told(("RX1", YEAR, "inhalers", answer, "we asked")))
        for row, answer in given
    )
    assert of(gas + water, "inhalers")["answer"] == "none_used"
    assert of(water + gas, "inhalers")["answer"] == "not_applicable"
