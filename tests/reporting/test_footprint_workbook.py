"""The footprint workbook: two totals that are the footprint's, live sums, what is missing in words, nothing to run."""

import csv
import re

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from spreadsheets import ERRORS, formulas, needs_libreoffice, saved_again, values, without_results

openpyxl = pytest.importorskip("openpyxl", reason="SKIPPED ALOUD: workbooks need the extra 'excel'")
METHOD = nc.methodology("nhs-2026.1")
PLUS = "nhs_carbon_footprint_plus"
FEW = {"kind": "footprint", "draws": 200}
GAS = {
    "organisation": "RX1",
    "period": "2023/24",
    "activity": "energy.natural_gas",
    "quantity": 1_000_000,
    "unit": "kWh",
}
SPEND = {**GAS, "activity": "spend.sic.21", "quantity": 250_000, "unit": "GBP"}


@pytest.fixture(scope="module")
def whole():
    return nc.calculate(nc.example("acute-year.csv"), METHOD, keep=("site",))


@pytest.fixture(scope="module")
def path(whole, tmp_path_factory):
    return nc.write_report(whole, tmp_path_factory.mktemp("book") / "footprint.xlsx", **FEW)


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def shown(path):
    return openpyxl.load_workbook(path, data_only=True)


def written(rows, folder, **more):
    """Return the workbook of some rows, with formulas as what they came to."""
    footprint = rows if isinstance(rows, nc.Footprint) else nc.calculate(rows, METHOD)
    return openpyxl.load_workbook(nc.write_report(footprint, folder / "f.xlsx", **{**FEW, **more}), data_only=True)


def themes(sheet):
    """Return the rows of the table of themes, by theme."""
    rows = list(sheet.iter_rows(min_row=13, values_only=True))
    end = [row[0] for row in rows].index("Total")
    return {row[0]: row[1:] for row in rows[: end + 1]}


def published(factor_id):
    """Return a factor as the set of 2023 has it."""
    folder = METHOD.packages["ukgov-2023@1.0.0"].package.folder
    with (folder / "factors.csv").open(encoding="utf-8", newline="") as stream:
        [row] = [row for row in csv.DictReader(stream) if row["factor_id"] == factor_id]
    return row


def test_each_total_is_alone_in_a_cell_with_a_name_at_full_precision(whole, book):
    sheet = book.active
    assert sheet.title == "Summary"
    assert sheet["B5"].value == pytest.approx(whole.total(), rel=1e-14)
    assert sheet["B6"].value == pytest.approx(whole.total(PLUS), rel=1e-14)
    assert [sheet[cell].number_format for cell in ("B5", "B6")] == ["#,##0", "#,##0"]
    assert book.defined_names["NHSCF_tCO2e"].attr_text == "'Summary'!$B$5"
    assert book.defined_names["NHSCF_Plus_tCO2e"].attr_text == "'Summary'!$B$6"
    assert whole.label() in sheet["H5"].value
    assert whole.label(PLUS) in sheet["H6"].value
    low, high = sheet["C5"].value, sheet["D5"].value
    assert low < whole.total() < high


def test_the_totals_are_the_published_factors_times_the_quantities(tmp_path):
    sheet = written([GAS], tmp_path)["Summary"]
    factors = [published(f"energy.natural_gas.{part}.kWh") for part in ("direct", "wtt")]
    expected = 1_000 * sum(float(each["value"]) for each in factors)
    assert sheet["B5"].value == pytest.approx(expected, rel=1e-12)
    assert sheet["B6"].value == "not sent"


def test_themes_are_largest_first_in_two_columns_that_add_up(whole, book, shown):
    found = themes(shown["Summary"])
    total = found.pop("Total")
    assert set(found) == set(METHOD.catalogue.themes.values())
    sums = [row[2] for row in found.values()]
    assert sums == sorted(sums, reverse=True)
    labels = METHOD.catalogue.themes
    by_core = {labels[theme]: value for theme, value in whole.by("theme").itertuples(index=False)}
    by_plus = {labels[theme]: value for theme, value in whole.by("theme", boundary=PLUS).itertuples(index=False)}
    for label, (core, plus_only, whole_plus, *_) in found.items():
        assert (core or 0) == pytest.approx(by_core.get(label, 0), rel=1e-12)
        assert (core or 0) + (plus_only or 0) == pytest.approx(by_plus[label], rel=1e-12)
        assert whole_plus == pytest.approx(by_plus[label], rel=1e-12)
    assert total[0] == pytest.approx(whole.total(), rel=1e-12)
    assert total[2] == pytest.approx(whole.total(PLUS), rel=1e-12)
    row = 13 + len(found)
    assert [book["Summary"].cell(row, column).value for column in (2, 3, 4)] == [
        f"=SUM({letter}13:{letter}{row - 1})" for letter in "BCD"
    ]
    assert sum(row[3] for row in found.values()) == pytest.approx(1)


def test_what_is_missing_is_last_red_and_in_words(tmp_path):
    footprint = nc.calculate(nc.example("trust-year.csv"), METHOD)
    book = written(footprint, tmp_path)
    sheet = book["Summary"]
    found = list(themes(sheet).items())[:-1]
    numbers = [isinstance(row[2], float) for _, row in found]
    assert numbers == sorted(numbers, reverse=True)
    assert [row[2] for _, row in found[sum(numbers) :]] == ["not sent"] * (21 - sum(numbers))
    assert sheet["A9"].value == "What is missing: 17 of 21 themes"
    assert "Anaesthetic gases" in sheet["A10"].value
    assert sheet["E5"].value == "4 of 10"
    assert (sheet["B6"].value, sheet["H6"].value) == ("not sent", "NHS Carbon Footprint Plus, not sent")
    red = [sheet[cell].font.color.rgb[-6:] for cell in ("A9", "E5", "H5", "A33", "D33", "H33")]
    assert red == ["9B1C1C"] * 6
    well_to_tank = themes(sheet)["Well-to-tank and distribution of energy"]
    assert well_to_tank[2] > 0
    assert well_to_tank[6].startswith("not complete: ")


def test_none_used_is_zero_not_available_is_a_word_and_a_reason_is_kept(tmp_path):
    answers = [
        {"organisation": "RX1", "period": "2023/24", "theme": "fleet", "answer": "none_used"},
        {"organisation": "RX1", "period": "2023/24", "theme": "water", "answer": "not_available",
         "reason": '=HYPERLINK("http://x.y","the supplier does not say")'},
    ]  # fmt: skip
    rows = themes(written(nc.calculate([GAS], METHOD, themes=answers), tmp_path)["Summary"])
    assert rows["NHS fleet and leased vehicles"][2:] == (0, None, None, None, "none used")
    assert rows["Water"][2] == "not available"
    assert rows["Water"][6].endswith('HYPERLINK("http://x.y","the supplier does not say")')


def test_the_chart_is_native_with_one_bar_for_each_theme_that_has_tonnes(book, tmp_path):
    [chart] = book["Summary"]._charts
    assert (chart.type, chart.grouping, chart.overlap, len(chart.series)) == ("bar", "clustered", 100, 2)
    assert {series.val.numRef.f for series in chart.series} == {"'Summary'!$D$13:$D$33", "'Summary'!$B$13:$B$33"}
    assert chart.y_axis.scaling.min == 0
    assert chart.x_axis.scaling.orientation == "maxMin"
    path = nc.write_report(nc.calculate([GAS], METHOD), tmp_path / "one.xlsx", **FEW)
    [chart] = openpyxl.load_workbook(path)["Summary"]._charts
    assert [series.val.numRef.f for series in chart.series] == ["'Summary'!$B$13:$B$14"]


def test_it_prints_on_one_page_with_panes_frozen_and_no_merged_cell(book):
    sheet = book["Summary"]
    assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("B5", "portrait", 1)
    for each in book.worksheets:
        assert not each.merged_cells.ranges
        assert each.freeze_panes
        assert (each.page_setup.paperSize, each.page_setup.fitToWidth) == (9, 1)
        assert {cell.font.name for row in each.iter_rows() for cell in row if cell.value is not None} == {"Arial"}
    assert [each.title for each in book.worksheets if each.sheet_view.tabSelected] == ["Summary"]


def test_every_row_can_be_multiplied_by_hand_and_adds_up_to_the_totals(whole, book, shown):
    head, *rows = shown["Rows and factors"].iter_rows(values_only=True)
    frame = pd.DataFrame(rows, columns=head)
    counted = frame[frame["Counts in"] != "not counted"]
    product = counted["Quantity"] * counted["Conversion"] * counted["Factor, kgCO₂e per factor unit"] / 1000
    assert counted["tCO₂e"].tolist() == pytest.approx(product.tolist(), rel=1e-12)
    by = counted.groupby("Counts in")["tCO₂e"].sum()
    assert by["NHS Carbon Footprint"] == pytest.approx(whole.total(), rel=1e-12)
    assert by["NHS Carbon Footprint"] + by["Plus only"] == pytest.approx(whole.total(PLUS), rel=1e-12)
    assert book["Rows and factors"]["L2"].value == "=G2*I2*J2/1000"
    gas = counted[(counted["Activity code"] == "energy.natural_gas") & (counted["Part"] == "Direct")]
    assert set(gas["Publisher’s cell"]) == {published("energy.natural_gas.direct.kWh")["locator"]}
    left = frame[frame["Counts in"] == "not counted"]
    assert set(left["Activity code"]) == set(whole.not_counted["activity"])
    assert left["tCO₂e"].isna().all()
    assert set(frame["Site"]) >= {"RX1CC", "RX1RA"}


def test_findings_come_with_effect_and_answer_and_the_method_with_its_digest(whole, book):
    rows = list(book["Findings"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(whole.findings)
    assert rows[0][0] == "Warning"
    assert rows[0][3] == pytest.approx(whole.findings.findings[0].kgco2e_at_stake / 1000)
    assert rows[0][5] == "no answer yet"
    assert book["Findings"].sheet_properties.tabColor.rgb[-6:] == "7D4400"
    about = dict(row[:2] for row in book["Method"].iter_rows(min_row=2, values_only=True))
    assert about["Digest of the method (SHA-256)"] == METHOD.digest
    assert about["File acute-year.csv"] == dict(whole.files)["acute-year.csv"]
    assert any(name.startswith("Package ukgov-2023") for name in about)


def test_an_answered_warning_shows_its_answer_and_by_whom(tmp_path):
    footprint = nc.calculate(
        nc.example("acute-year.csv"), METHOD, answers=pd.read_csv(nc.example("acute-year-answers.csv"), dtype=str)
    )
    rows = list(written(footprint, tmp_path)["Findings"].iter_rows(min_row=2, values_only=True))
    answered = [each for each in footprint.findings if each.answered]
    assert answered
    shown = {row[5] for row in rows}
    assert all(any(each.answer in text and each.answered_by in text for text in shown if text) for each in answered)


def test_years_are_never_added_each_has_a_summary_of_its_own(tmp_path):
    rows = [GAS, {**GAS, "period": "2022/23", "quantity": 2_000_000}]
    footprint = nc.calculate(rows, METHOD)
    book = written(footprint, tmp_path)
    assert book.sheetnames[:2] == ["Summary 2023-24", "Summary 2022-23"]
    assert book.active.title == "Summary 2023-24"
    for year, quantity in (("2023-24", 1_000_000), ("2022-23", 2_000_000)):
        [one] = [nc.calculate([row], METHOD) for row in rows if row["quantity"] == quantity]
        assert book[f"Summary {year}"]["B5"].value == pytest.approx(one.total(), rel=1e-12)
        assert book.defined_names[f"NHSCF_tCO2e_{year.replace('-', '_')}"].attr_text == f"'Summary {year}'!$B$5"
    assert "NHSCF_tCO2e" not in book.defined_names
    numbers = {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
               if isinstance(cell.value, float)}  # fmt: skip
    assert not [number for number in numbers if number == pytest.approx(footprint.total(across_years=True), rel=1e-9)]


def test_several_organisations_stand_each_in_a_row_and_the_label_says_what_each_lacks(tmp_path):
    rows = [GAS, {**GAS, "organisation": "RR8", "quantity": 3_000_000}, {**SPEND, "organisation": "RR8"}]
    footprint = nc.calculate(rows, METHOD)
    book = written(footprint, tmp_path)
    assert book["Summary"]["A1"].value == "2 organisations"
    assert book["Summary"]["H5"].value == footprint.label()
    assert "not sent (1 of 2 organisations)" in themes(book["Summary"])["Medicines and chemicals"][6]
    found = {row[0]: row for row in book["Organisations"].iter_rows(min_row=2, values_only=True)}
    assert found["RR8"][3] == pytest.approx(3 * found["RX1"][3], rel=1e-12)
    assert (found["RX1"][4], found["RR8"][6]) == ("1 of 10", "2 of 21")
    assert found["RX1"][5] == "not sent"  # as on Summary: without its own themes the Plus would repeat the other total


def test_an_organisation_that_sent_nothing_of_a_total_has_words_there(tmp_path):
    spend = {**SPEND, "organisation": "RR8"}
    rows = written([GAS, spend], tmp_path)["Organisations"].iter_rows(min_row=2, values_only=True)
    found = {row[0]: row for row in rows}
    assert found["RR8"][3] == "not sent"
    assert found["RR8"][5] == pytest.approx(nc.calculate([spend], METHOD).total(PLUS), rel=1e-12)


def test_nothing_but_our_own_sums_and_products_is_a_formula(tmp_path):
    runs = '=HYPERLINK("http://x.y","z")'
    footprint = nc.calculate([{**GAS, "site": runs}, {**SPEND, "site": "@SUM(A1)"}], METHOD, keep=("site",))
    path = nc.write_report(footprint, tmp_path / "f.xlsx", **FEW)
    found = formulas(path)
    assert found
    pattern = r"=SUM\([A-D]\d+:[A-D]\d+\)|=D\d+/SUM\(D\$\d+:D\$\d+\)|=[A-Z]\d+\*[A-Z]\d+\*[A-Z]\d+/1000"
    assert all(re.fullmatch(pattern, text) for text in found.values())
    book = openpyxl.load_workbook(path)
    assert not [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    sites = {row[5].value: row[5] for row in book["Rows and factors"].iter_rows(min_row=2)}
    assert sites[runs].data_type == "s"
    assert sites[runs].quotePrefix


def test_the_same_footprint_gives_the_same_bytes(whole, path, tmp_path):
    assert nc.write_report(whole, tmp_path / "again.xlsx", **FEW).read_bytes() == path.read_bytes()


def test_a_second_spreadsheet_program_comes_to_the_same_figures_without_an_error(path, tmp_path):
    needs_libreoffice()
    ours, live = values(path), formulas(path)
    theirs = values(saved_again(without_results(path, tmp_path / "footprint.xlsx"), tmp_path / "again"))
    assert not [cell for cell, value in theirs.items() if isinstance(value, str) and value.startswith(ERRORS)]
    assert len(live) > 40
    for cell in live:
        assert theirs[cell] == pytest.approx(ours[cell], rel=1e-12), cell
    book = openpyxl.load_workbook(tmp_path / "again" / "footprint.xlsx")
    assert book.defined_names["NHSCF_tCO2e"].attr_text.replace("'", "") == "Summary!$B$5"
    assert len(book["Summary"]._charts) == 1


def test_what_does_not_go_with_it_is_refused_in_plain_words(whole, tmp_path):
    with pytest.raises(UsageError, match=r"End it with \.xlsx"):
        nc.write_report(whole, tmp_path / "f.html", **FEW)
    with pytest.raises(UsageError, match="one footprint alone"):
        nc.write_report(whole, tmp_path / "f.xlsx", **FEW, before=whole)
    with pytest.raises(UsageError, match="Choose 'board', 'analyst' or 'footprint'"):
        nc.write_report(whole, tmp_path / "f.xlsx", kind="bored")
    assert not list(tmp_path.iterdir())


def test_the_command_line_writes_it_for_a_name_that_ends_with_xlsx(tmp_path, capsys):
    source = str(nc.example("trust-year.csv"))
    command = ["footprint", source, "--method", "nhs-2026.1", "-o", str(tmp_path / "f.xlsx")]
    assert main(command) == 0
    said = capsys.readouterr()
    assert not said.out
    assert "NHS Carbon Footprint, partial: 4 of 10 themes\n" in said.err
    assert openpyxl.load_workbook(tmp_path / "f.xlsx").active["A1"].value.startswith("Nottingham University Hospitals")
    assert main(command) == 2
    assert main([*command, "--overwrite", "--organisations", "none"]) == 0
    assert openpyxl.load_workbook(tmp_path / "f.xlsx").active["A1"].value == "RX1"
    for more in (["--by", "theme"], ["--boundary", "scope_1"], ["--format", "csv"]):
        assert main([*command, "--overwrite", *more]) == 2
        assert "cannot be used with a workbook" in capsys.readouterr().err
