"""The template for a kind of trust: filled in by a program or a spreadsheet, it is read by its words."""

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import nhscarbon as nc
from clocks import PATIENCE
from nhscarbon.activity.cell_address import address
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from nhscarbon.methods.return_lines import return_words

YEAR, KINDS = "2023/24", ("acute", "mental-health", "community", "ambulance")
HEADER, FIRST = 7, 9
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
WALK = Path(__file__).resolve().parents[2] / "examples" / "walks" / "template_walk.py"


@pytest.fixture(scope="module")
def blank(tmp_path_factory, method):
    return nc.template(tmp_path_factory.mktemp("blank") / "return.xlsx", method, organisation="rx1", period=YEAR)


@pytest.fixture
def book(blank):
    return openpyxl.load_workbook(blank)


def place(sheet, label, name):
    """Return the cell of a line under a header."""
    head = next(row for row in range(1, 20) if sheet.cell(row, 2).value == "What")
    column = [cell.value for cell in sheet[head]].index(name) + 1
    row = next(row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, 2).value == label)
    return sheet.cell(row, column)


def fill(book, path, **lines):
    """Write values into lines, by label, and save; a label is given with its spaces."""
    for label, values in lines.items():
        for name, value in values.items():
            place(book["Return"], label, name).value = value
    book.save(path)
    return path


def more(book, *rows):
    """Write rows on the sheet for more lines."""
    sheet = book["More lines"]
    names = [cell.value for cell in sheet[FIRST - 1]]
    for number, row in enumerate(rows, start=FIRST):
        for name, value in row.items():
            sheet.cell(number, names.index(name) + 1).value = value


def found(path, method, **about):
    """Return code, severity and cell of every finding that is not about empty lines."""
    return [(each.code, each.severity, address(each)) for each in nc.check(path, method, **about)
            if each.code != "template_not_answered"]  # fmt: skip


def listed(book, formula):
    sheet, cells = formula.split("!")
    return [row[0].value for row in book[sheet][cells.replace("$", "")]]


def test_an_acute_trust_has_forty_lines_over_all_themes_that_have_activities(book, method):
    sheet = book["Return"]
    labels = [sheet.cell(row, 2).value for row in range(FIRST, sheet.max_row + 1)]
    assert len(labels) == len(set(labels)) == 40
    themes = {sheet.cell(row, 1).value for row in range(FIRST, sheet.max_row + 1)}
    own = {method.catalogue.themes[entry.theme] for entry in method.catalogue.activities.values()}
    assert themes == own


def test_each_line_offers_its_own_units_alone(book, method):
    shown = nc.methods.options(method, period=YEAR).groupby("activity", observed=True)["unit"].agg(set).to_dict()
    words = return_words()
    sheet = book["Return"]
    units = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation if each.type == "list"}
    for row in range(FIRST, sheet.max_row + 1):
        offered = listed(book, units[f"C{row}"])
        line = next(line for line in words.lines if line.label == sheet.cell(row, 2).value)
        assert sheet.cell(row, 3).value == offered[0]
        assert offered == [words.unit_word(unit) for _, unit in line.choices]
        for activity, unit in line.choices:  # mixed recycling has no factor that year: it is listed as not counted
            assert unit in shown.get(activity, set()) or activity == "waste.domestic.recycling"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_rows_of_data_with_labels_that_mean_one_thing(kind, tmp_path, method):
    made = openpyxl.load_workbook(nc.template(tmp_path / "r.xlsx", method, period=YEAR, kind=kind))
    lines = [line for line in return_words().lines if kind in line.kinds]
    sheet = made["Return"]
    assert [sheet.cell(row, 2).value for row in range(FIRST, sheet.max_row + 1)] == [line.label for line in lines]
    labels = {entry.label.casefold(): code for code, entry in method.catalogue.activities.items()}
    assert all(labels.get(line.label.casefold(), line.activity) == line.activity for line in lines)
    assert max(Counter(line.label.casefold() for line in lines).values()) == 1


def test_a_filled_template_counts_what_the_same_table_counts(book, tmp_path, method):
    for month, figure in zip(MONTHS, range(1000, 2200, 100), strict=True):
        place(book["Return"], "Natural gas", month).value = figure
    more(book, {"What": "Refrigerant lost: R407C (blend)", "Unit": "g", "Whole year": 2500},
         {"What": "Taxi", "Unit": "mile", "Apr": 10, "May": 20, "Site": "RX1CC"})  # fmt: skip
    path = fill(
        book, tmp_path / "r.xlsx",
        **{"Sevoflurane, bought": {"Whole year": 38, "How you know": "stock record"},
           "Medical devices and equipment, spend": {"Whole year": 12000.5, "Unit": "£ with VAT"},
           "Staff commuting: miles by car, or number of staff": {"Whole year": 90, "Unit": "person for the year"},
           "Gas oil (red diesel)": {"Whole year": "45,000", "How you know": "metered"}},
    )  # fmt: skip
    months = [f"2023-{month:02}" for month in range(4, 13)] + [f"2024-{month:02}" for month in range(1, 4)]
    rows = [("", month, "energy.natural_gas", 1000 + 100 * n, "kWh") for n, month in enumerate(months)]
    rows += [("", YEAR, "refrigerant.r407c", 2500, "g"), ("RX1CC", "2023-04", "travel.taxi", 10, "mile"),
             ("RX1CC", "2023-05", "travel.taxi", 20, "mile"), ("", YEAR, "anaesthetic.sevoflurane", 38, "bottle_250ml"),
             ("", YEAR, "spend.sic.32", 12000.5, "GBP_gross"), ("", YEAR, "commute.headcount", 90, "person_year"),
             ("", YEAR, "energy.gas_oil", 45000, "litre")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["site", "period", "activity", "quantity", "unit"]).assign(organisation="RX1")
    of_template, of_table = (nc.calculate(each, method) for each in (path, table))
    pd.testing.assert_frame_equal(
        of_template.by("activity", "period", boundary="nhs_carbon_footprint_plus"),
        of_table.by("activity", "period", boundary="nhs_carbon_footprint_plus"),
    )
    tiers = of_template.table.groupby("activity", observed=True)["tier"].agg(set).to_dict()
    assert tiers["energy.gas_oil"] == {"optimal"}  # metered, nothing of it estimated
    assert tiers["anaesthetic.sevoflurane"] <= {"standard", "unstated"}  # never better than a log


def test_the_example_is_never_read_and_an_empty_template_says_so(blank, book, tmp_path, method):
    assert found(blank, method) == [("template_empty", "reject_file", "")]
    path = fill(book, tmp_path / "r.xlsx", **{"Natural gas": {"Whole year": 7}})
    assert nc.read(path).table["quantity"].tolist() == [7]


CONTRADICTIONS = [
    ({"Rail": {"Whole year": 5, "Jun": 1}}, ("template_two_ways", "reject_line", "Return!D28")),
    ({"Rail": {"Jun": 1, "None used": "Yes"}}, ("template_two_ways", "reject_line", "Return!Q28")),
    ({"Rail": {"Whole year": 0, "Not available": "yes", "Note": "x"}},
     ("template_two_ways", "reject_line", "Return!R28")),
    ({"Rail": {"None used": "Yes", "Not available": "Yes", "Note": "x"}},
     ("template_two_ways", "reject_line", "Return!Q28")),
    ({"Rail": {"Not available": "Yes"}}, ("template_reason_blank", "reject_line", "Return!T28")),
    ({"Rail": {"None used": "perhaps"}}, ("template_tick_unknown", "reject_line", "Return!Q28")),
    ({"Rail": {"Nov": "1.234,5"}}, ("number_decimal_comma", "reject_line", "Return!L28")),
    ({"Rail": {"Aug": "twelve"}}, ("number_unreadable", "reject_line", "Return!I28")),
    ({"Rail": {"Whole year": 5, "Unit": "furlong"}}, ("unit_unknown", "reject_line", "Return!C28")),
    ({"Rail": {"Whole year": 5, "How you know": "guessed"}}, ("evidence_unknown", "reject_line", "Return!S28")),
    ({"Rail": {"Whole year": 5, "What": "Steam train"}}, ("activity_unknown", "reject_line", "Return!B28")),
    ({"Rail": {"Oct": "1,234"}}, ("template_number_read", "info", "Return!K28")),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), CONTRADICTIONS, ids=[str(each[1][0]) for each in CONTRADICTIONS])
def test_what_contradicts_itself_or_cannot_be_read_names_its_cell(lines, expected, book, tmp_path, method):
    place(book["Return"], "Water supplied", "Whole year").value = 9  # so that something is there
    report = found(fill(book, tmp_path / "r.xlsx", **lines), method)
    assert expected in report
    assert {each for each in report if each[1].startswith("reject")} <= {expected}


def test_nothing_of_a_line_in_two_ways_is_read(book, tmp_path, method):
    path = fill(book, tmp_path / "r.xlsx", **{"Rail": {"Whole year": 5, "Jun": 1}, "Water supplied": {"Whole year": 9}})
    assert nc.read(path).table["activity"].tolist() == ["water.supply"]


def test_organisation_and_year_stand_once_and_are_said_at_their_cells(book, tmp_path, method):
    book["Return"]["B4"], book["Return"]["B5"] = None, "2023"
    more(book, {"What": "Taxi", "Unit": "mile", "Whole year": 3})
    path = fill(book, tmp_path / "r.xlsx", **{"Rail": {"Apr": 1, "May": 2}})
    cells = {cell for _, severity, cell in found(path, method) if severity.startswith("reject")}
    assert cells == {"Return!B4", "Return!B5"}
    book["Return"]["B4"], book["Return"]["B5"] = "RX1", "2023-04"
    book.save(path)
    assert ("template_year", "reject_file", "Return!B5") in found(path, method)


@pytest.mark.parametrize(("cell", "value"), [("B4", "RGT"), ("B5", "2022/23")])
def test_a_second_sheet_of_another_organisation_or_year_is_never_added_to_the_first(
    cell, value, book, tmp_path, method
):
    other = book.copy_worksheet(book["Return"])
    place(other, "Water supplied", "Whole year").value = 100
    path = fill(book, tmp_path / "r.xlsx", **{"Natural gas": {"Whole year": 7}})
    assert not [each for each in found(path, method) if each[1].startswith("reject")]
    other["B4"], other["B5"] = " rx1 ", "2023-24"  # the same in other spellings
    book.save(path)
    assert not [each for each in found(path, method) if each[1].startswith("reject")]
    other[cell] = value
    book.save(path)
    assert ("template_two_heads", "reject_file", f"'Return Copy'!{cell}") in found(path, method)
    with pytest.raises(nc.SubmissionError):
        nc.calculate(path, method)


def test_ticks_answer_themes_and_an_empty_line_answers_nothing(book, tmp_path, method):
    path = fill(
        book, tmp_path / "r.xlsx",
        **{"Natural gas": {"Whole year": 7}, "Burning oil (kerosene)": {"None used": "Yes"},
           "Salbutamol 100 mcg inhalers (pressurised)": {"None used": "YES"},
           "Catering, spend": {"Not available": "Yes", "Note": "billed in the rent"},
           "Water supplied": {"None used": "Yes"}},  # and nothing on waste water
    )  # fmt: skip
    row = next(row for row in range(2, 23) if book["Themes"].cell(row, 1).value == "Construction")
    book["Themes"].cell(row, 2).value, book["Themes"].cell(row, 3).value = "Not applicable", "leased"
    book.save(path)
    assert [each for each in found(path, method) if each[1].startswith("reject")] == []
    cover = nc.calculate(path, method).coverage.set_index("theme")
    answers = cover["answer"].to_dict()
    assert answers["fossil_fuels"] == "sent"
    assert answers["inhalers"] == "none_used"
    assert answers["food_and_catering"] == "not_available"
    assert "billed in the rent" in cover["reason"]["food_and_catering"]
    assert answers["construction"] == "not_applicable"
    assert answers["water"] == "missing"
    empty = next(each for each in nc.check(path, method) if each.code == "template_not_answered")
    assert empty.rows == 40 - 5 - 1  # neither the five that were answered nor that of a theme answered as a whole
    assert empty.severity == "warning"
    assert "Gas oil (red diesel)" in empty.message


def test_a_figure_on_another_line_outweighs_none_used(book, tmp_path, method):
    refrigerants = ("Refrigerant R410A, topped up", "Refrigerant R134a, topped up", "Refrigerant R32, topped up")
    more(book, {"What": "Refrigerant lost: R404A (blend)", "Unit": "kg", "Whole year": 3})
    path = fill(book, tmp_path / "r.xlsx", **{label: {"None used": "Yes"} for label in refrigerants})
    answers = nc.calculate(path, method).coverage.set_index("theme")["answer"].to_dict()
    assert answers["nhs_facilities"] == "sent"


def test_a_file_without_any_formula_property_or_hidden_sheet_is_read_the_same(book, tmp_path, method):
    more(book, {"What": "Taxi", "Unit": "mile", "Whole year": 3})
    path = fill(book, tmp_path / "r.xlsx", **{"Rail": {"Apr": 1, "May": 2}, "Sevoflurane, bought": {"Whole year": 4}})
    bare = openpyxl.Workbook()
    bare.remove(bare.active)
    for name in ("Return", "More lines"):
        copied = bare.create_sheet(name)
        for row in book[name].iter_rows():
            for cell in row:
                if cell.value is not None and not str(cell.value).startswith("="):
                    copied[cell.coordinate].value = cell.value
    bare.save(tmp_path / "bare.xlsx")
    one, other = (nc.read(each).table for each in (path, tmp_path / "bare.xlsx"))
    assert one.drop(columns="activity").equals(other.drop(columns="activity"))
    assert one["activity"].tolist()[:3] == other["activity"].tolist()[:3]
    # without its properties nobody knows which catalogue it was made from, so the word stays for the check to read
    assert (one["activity"].tolist()[3], other["activity"].tolist()[3]) == ("travel.taxi", "Taxi")


def test_a_row_that_is_added_below_and_a_column_that_is_added_beside_are_seen(book, tmp_path, method):
    sheet = book["Return"]
    for column, value in ((2, "Butane"), (3, "litre"), (4, 5)):
        sheet.cell(sheet.max_row + (column == 2), column).value = value
    sheet.cell(HEADER, 24).value = "Cost centre"
    path = fill(book, tmp_path / "r.xlsx", **{"Rail": {"Whole year": 1}})
    assert set(nc.read(path).table["activity"]) == {"travel.rail.national", "energy.butane"}
    assert ("column_unknown", "info", "Return!X7") in found(path, method)


def test_a_formula_that_nobody_calculated_is_said_and_our_own_are_not(book, tmp_path, method):
    path = fill(book, tmp_path / "r.xlsx", **{"Rail": {"Whole year": "=1+1"}, "Water supplied": {"Whole year": 1}})
    told = [each for each in found(path, method) if each[0] == "formula_without_result"]
    assert told == [("formula_without_result", "warning", "Return!D28")]


def test_the_same_arguments_give_the_same_bytes_at_any_time(blank, tmp_path, method, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    again = nc.template(tmp_path / "b.xlsx", method, organisation="RX1", period=YEAR, kind="Acute")
    assert again.read_bytes() == blank.read_bytes()


def test_nothing_runs_or_links_and_no_function_is_newer_than_2010(blank):
    with zipfile.ZipFile(blank) as archive:
        names = archive.namelist()
        sheets = b"".join(archive.read(name) for name in names if "worksheets" in name).decode()
    assert not [name for name in names if re.search(r"vba|external|connections|hyperlink", name, re.I)]
    formulas = " ".join(re.findall(r"<(?:f|formula1|formula)>([^<]*)<", sheets))
    functions = set(re.findall(r"\b([A-Z][A-Z0-9.]+)\(", formulas))
    assert functions <= {"AND", "COUNT", "COUNTIF", "COUNTIFS", "IF", "IFERROR", "INDEX", "INT", "ISNUMBER", "LOWER",
                         "MATCH", "MAX", "OR", "RIGHT", "SEARCH", "SUM"}  # fmt: skip
    assert all(len(each) <= 255 for each in re.findall(r"<formula1>([^<]*)<", sheets))


def test_white_cells_can_be_written_and_grey_ones_not(book):
    for name in ("Return", "More lines"):
        sheet = book[name]
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        for label, locked in (("Whole year", False), ("Mar", False), ("Unit", False), ("Note", False), ("State", True),
                              ("Code", True)):  # fmt: skip
            column = [cell.value for cell in sheet[HEADER if name == "Return" else FIRST - 1]].index(label) + 1
            assert sheet.cell(FIRST, column).protection.locked == locked
    [numbers] = [each for each in book["Return"].data_validations.dataValidation if each.type == "decimal"]
    assert (numbers.formula1, str(numbers.sqref)) == ("0", "D9:P48")
    assert book["Return"]["D9"].number_format == "#,##0"


@pytest.mark.parametrize(("kind", "says"), [("acut", "did you mean 'acute'"), ("dentist", "choose from acute, mental")])
def test_an_unknown_kind_is_refused(kind, says, tmp_path, method):
    with pytest.raises(UsageError, match=says):
        nc.template(tmp_path / "r.xlsx", method, kind=kind)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_kind_or_everything(tmp_path, capsys):
    path = str(tmp_path / "r.xlsx")
    command = ["template", "--method", "nhs-2026.1", "--period", YEAR, "-o", path, "--overwrite"]
    assert main([*command, "--kind", "ambulance"]) == 0
    assert "Return" in openpyxl.load_workbook(path).sheetnames
    assert main([*command, "--all"]) == 0
    assert "Fossil fuels" in openpyxl.load_workbook(path).sheetnames
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--all", "--kind", "acute"])
    assert "not allowed with" in capsys.readouterr().err


def test_a_marked_template_marks_the_cell_of_the_figure(book, tmp_path, method):
    path = fill(book, tmp_path / "r.xlsx", **{"Rail": {"Aug": "twelve"}, "Water supplied": {"Whole year": 1}})
    marked = openpyxl.load_workbook(nc.mark(path, nc.check(path, method), tmp_path / "m.xlsx"))
    assert "twelve" in marked["Return"]["I28"].comment.text


def soffice(path, to):
    if shutil.which("soffice") is None:
        pytest.skip("SKIPPED ALOUD: LibreOffice is not here")
    to.mkdir()
    profile = f"-env:UserInstallation=file://{to / 'profile'}"
    subprocess.run(["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", to, path], check=True,
                   capture_output=True, timeout=PATIENCE)  # fmt: skip
    return to / path.name


@pytest.mark.slow
def test_libreoffice_recalculates_and_saves_it_without_an_error_and_the_totals_stay(book, tmp_path, method):
    more(book, {"What": "Refrigerant lost: R407C (blend)", "Unit": "kg", "Whole year": 12.5})
    book["More lines"]["B4"] = "r407"
    path = fill(
        book, tmp_path / "r.xlsx",
        **{"Natural gas": dict.fromkeys(MONTHS, 100), "Rail": {"Apr": 3},
           "Patients and visitors: miles by car, or contacts": {"Whole year": 8, "Unit": "contact"},
           "Waste water treated": {"None used": "Yes"}, "Water supplied": {"None used": "Yes"}},
    )  # fmt: skip
    saved = soffice(path, tmp_path / "office")
    cells = openpyxl.load_workbook(saved, data_only=True)
    values = {
        (sheet.title, cell.coordinate): cell.value for sheet in cells for row in sheet.iter_rows() for cell in row
    }
    assert not {
        at: value for at, value in values.items() if isinstance(value, str) and re.match(r"#[A-Z/0]+[!?]?", value)
    }
    assert place(cells["Return"], "Natural gas", "State").value == "12 months"
    assert place(cells["Return"], "Natural gas", "Read as").value == 1200
    assert place(cells["Return"], "Rail", "State").value == "1 of 12 months"
    assert place(cells["Return"], "Patients and visitors: miles by car, or contacts", "Code").value == "patient_contact"
    assert cells["More lines"]["C4"].value == "6 found"  # R407A to R407F
    assert values["More lines", "A9"] == "NHS facilities (refrigerants)"
    states = {row[0].value: row[1].value for row in cells["Check before sending"].iter_rows(min_row=6)}
    assert (states["Fossil fuels"], states["Water"], states["Waste"]) == ("answered", "none used", "not answered")
    assert cells["Return"]["D4"].value == "5 of 21 themes answered. Missing: 16"
    before, after = nc.check(path, method), nc.check(saved, method)
    assert [(each.code, each.cell) for each in before] == [(each.code, each.cell) for each in after]
    one, other = (nc.calculate(each, method) for each in (path, saved))
    plus = "nhs_carbon_footprint_plus"
    assert one.total(plus) == other.total(plus) > 0


def test_the_walk_ends_with_an_accepted_return_after_two_rounds(tmp_path):
    source = Path(nc.__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, str(WALK)], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE,
                          check=False, env={**os.environ, "PYTHONPATH": str(source)})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = done.stdout.split("-- Round 2")
    assert "refused" in first
    assert set(re.findall(r"Return!([A-Z]+\d+) reject_line", first)) == {"D9", "D35", "T44"}
    assert "accepted" in second
    assert "reject_line" not in second
    workbook = openpyxl.load_workbook(tmp_path / "footprint.xlsx")
    assert {"NHSCF_tCO2e", "NHSCF_Plus_tCO2e"} <= set(workbook.defined_names)
    sent = nc.read(tmp_path / "return.xlsx").table
    assert sent["activity"].nunique() == 37
    with (tmp_path / "answers.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["code"] for row in csv.DictReader(lines)} == {"counted_twice"}


def lines_twice(path, method):
    return [(each.sheet, each.first_rows, each.message) for each in nc.check(path, method)
            if each.code == "template_line_twice"]  # fmt: skip


def test_another_figure_for_a_line_of_the_return_on_more_lines_is_said(book, tmp_path, method):
    """It was added without a word: Natural gas of the whole trust stood on two sheets."""
    more(book, {"What": "Natural gas", "Unit": "MWh", "Whole year": 900})
    path = fill(book, tmp_path / "r.xlsx", **{"Natural gas": {"Whole year": 4_000_000}})
    [(sheet, rows, message)] = lines_twice(path, method)
    assert (sheet, rows) == ("More lines", (FIRST,))
    assert message.startswith("Natural gas is also entered in row ")
    assert "of 'Return'" in message
    assert "added" in message


@pytest.mark.parametrize(("line", "extra"), [
    ({"Whole year": 4_000_000}, {"Unit": "kWh", "Whole year": 900_000, "Site": "RX1RA"}),  # a site beside the whole
    ({"Apr": 4_000_000}, {"Unit": "kWh", "May": 900_000}),
    ({"Whole year": 4_000_000}, {"What": "Gas oil (red diesel)", "Unit": "litres", "Whole year": 900}),
    ({"Whole year": 4_000_000}, {"Unit": "MWh", "Whole year": 4_000}),  # the same use again is said in another way
])  # fmt: skip
def test_lines_of_other_sites_months_or_things_are_not_twice(book, tmp_path, method, line, extra):
    more(book, {"What": "Natural gas", **extra})
    assert not lines_twice(fill(book, tmp_path / "r.xlsx", **{"Natural gas": line}), method)


def test_a_line_in_months_is_said_once_for_all_its_months(book, tmp_path, method):
    months = ("Apr", "May", "Jun")
    more(book, {"What": "Natural gas", "Unit": "kWh", **dict.fromkeys(months, 50_000)})
    path = fill(
        book, tmp_path / "r.xlsx", **{"Natural gas": dict(zip(months, (400_000, 300_000, 200_000), strict=True))}
    )
    [found] = [each for each in nc.check(path, method) if each.code == "template_line_twice"]
    assert (found.rows, found.severity) == (3, "warning")
    assert found.kgco2e_at_stake > 0
