"""The template: what can be entered, laid out for everybody, known again when it comes back."""

import re
import zipfile

import openpyxl
import pandas as pd
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.packaging.custom import StringProperty

import nhscarbon as nc
from nhscarbon.activity import schema, template_properties
from nhscarbon.cli import main
from nhscarbon.errors import UsageError

YEAR = "2023/24"
THEMES = ("fossil_fuels", "anaesthetics", "water", "waste", "inhalers", "ict")
OURS = {"Read me", "Columns", "Activities and units", "Lists"}


@pytest.fixture(scope="module")
def blank(tmp_path_factory, method):
    return nc.template(
        tmp_path_factory.mktemp("blank") / "return.xlsx", method, organisation="rx1", period=YEAR, kind="all"
    )


@pytest.fixture
def book(blank):
    return openpyxl.load_workbook(blank)


@pytest.fixture(scope="module")
def accepted(method):
    """What some themes accept in the year, looked up apart from the template: the units and theme of each activity."""
    shown = pd.concat([nc.methods.options(method, theme=theme, period=YEAR) for theme in THEMES])
    return shown.groupby("activity")["unit"].agg(list).to_dict(), dict(
        zip(shown["activity"], shown["theme"], strict=True)
    )


def listed(book, choice):
    """Return the words that a drop-down offers."""
    sheet, cells = choice.formula1.split("!")
    return [row[0].value for row in book[sheet][cells.replace("$", "")]]


def choices(sheet):
    """Return the drop-down of each column by the name in its header."""
    return {
        sheet.cell(1, next(iter(each.sqref.ranges)).min_col).value: each
        for each in sheet.data_validations.dataValidation
    }


def test_each_theme_has_a_sheet_with_its_own_activities_and_units_to_choose(book, method, accepted):
    units, themes = accepted
    offered = {}
    for sheet in book.worksheets:
        if sheet.title in OURS:
            continue
        of = choices(sheet)
        activities = listed(book, of["activity"])
        assert {method.catalogue.activities[activity].theme for activity in activities} == {
            next(theme for theme in method.catalogue.themes if f"return_{theme}" in sheet.tables)
        }
        if set(activities) & set(units):
            assert {word for activity in activities for word in units[activity]} == set(listed(book, of["unit"]))
            assert len({themes[activity] for activity in activities}) == 1
        offered |= dict.fromkeys(activities, sheet.title)
        assert set(listed(book, of["evidence"])) == set(method.catalogue.evidence_words)
        assert listed(book, of["tier"]) == ["reduced", "standard", "optimal"]
        assert listed(book, of["organisation"]) == ["RX1"]
        assert listed(book, of["period"]) == [YEAR]
    assert {name for name in offered if method.catalogue.activities[name].theme in THEMES} == set(units)
    shown = list(book["Activities and units"].iter_rows(min_row=2, values_only=True))
    assert {row[1]: row[3].split(", ") for row in shown if row[1] in units} == units
    assert {row[1]: row[0] for row in shown} == offered


def test_its_layout_can_be_read_by_everybody(book):
    assert book.worksheets[0].title == "Read me"
    assert book.properties.language == "en-GB"
    assert book.properties.title
    for sheet in book.worksheets:
        assert len(sheet.title) <= 31
        assert not sheet.merged_cells.ranges
        rows = list(sheet.iter_rows(values_only=True))
        assert all(any(row) for row in rows), "a blank row"
        assert all(any(column) for column in zip(*rows, strict=True)), "a blank column"
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.value and cell.font.sz < 12]
        if sheet.title != "Read me":
            [table] = sheet.tables.values()
            assert table.ref.startswith("A1:")
            assert sheet.freeze_panes == "A2"
        assert (sheet.sheet_state == "hidden") == (sheet.title == "Lists")
    columns = {row[0]: row[2] for row in book["Columns"].iter_rows(min_row=2, values_only=True)}
    rules = {column.name: column.rule for column in schema.COLUMNS}
    for sheet in book.worksheets:
        if sheet.title not in OURS:
            header = [cell.value for cell in sheet[1]]
            assert set(header) == set(columns)
            assert {name: each.prompt for name, each in choices(sheet).items()} == {
                name: rules[name] for name in header
            }


def test_input_cells_can_be_written_and_headers_not(book):
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        if sheet.title in OURS:
            continue
        assert all(cell.protection.locked for cell in sheet[1])
        assert not any(sheet.column_dimensions[cell.column_letter].protection.locked for cell in sheet[1])
        assert sheet.column_dimensions["B"].number_format == "@"  # 2023-04 stays a month and becomes no day


def test_no_cell_is_a_formula_and_nothing_runs_or_links(blank, book):
    assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    with zipfile.ZipFile(blank) as archive:
        names = archive.namelist()
        text = b"".join(archive.read(name) for name in names if "worksheets" in name)
    assert not [name for name in names if re.search(r"vba|external|connections|hyperlink", name, re.I)]
    assert b"<f>" not in text
    assert b"hyperlink" not in text


def test_the_same_template_is_the_same_bytes_at_any_time(blank, tmp_path, method, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    again = nc.template(tmp_path / "b.xlsx", method, organisation="RX1", period=YEAR, kind="all")
    assert again.read_bytes() == blank.read_bytes()


def test_it_says_what_it_was_made_from(blank, method):
    about = {each.name: each.value for each in openpyxl.load_workbook(blank).custom_doc_props.props}
    assert about["nhscarbon_template"] == "nhscarbon-return"
    assert about["nhscarbon_template_version"] == "1"
    assert (about["nhscarbon_methodology"], about["nhscarbon_methodology_digest"]) == (method.id, method.digest)
    rows = python_calamine.CalamineWorkbook.from_path(str(blank)).get_sheet_by_name("Lists").to_python()
    assert about["nhscarbon_lists_sha256"] == template_properties.lists_hash(rows)


def test_an_empty_template_is_said_to_be_empty(blank, method):
    [finding] = nc.check(blank, method)
    assert (finding.code, finding.severity) == ("template_empty", "reject_file")
    assert "nothing was filled in" in finding.message
    with pytest.raises(nc.SubmissionError, match="nothing was filled in"):
        nc.calculate(blank, method)


def filled(book, path, rows):
    """Write rows below the headers of sheets, and return the path."""
    for sheet, entries in rows.items():
        for number, row in enumerate(entries, start=2):
            for name, value in row.items():
                place = [cell.value for cell in book[sheet][1]].index(name) + 1
                book[sheet].cell(number, place).value = value
    book.save(path)
    return path


WATER = {"organisation": "RX1", "period": YEAR, "activity": "water.supply", "quantity": 7, "unit": "m3"}


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda b: b["Lists"].cell(2, 2, "RX2"), "template_altered", "its lists are not the ones"),
        (lambda b: b.remove(b["Lists"]), "template_altered", "its lists are not the ones"),
        (lambda b: b.remove(b["Waste"]), "template_altered", "no sheet 'Waste'"),
        (lambda b: setattr(b["Waste"], "title", "Rubbish"), "template_altered", "no sheet 'Waste'"),
        (lambda b: set_property(b, template_properties.EDITION, "0"), "template_version", "version '0'"),
        (lambda b: set_property(b, template_properties.METHOD, "nhs-2025.1"), "template_methodology", "'nhs-2025.1'"),
        (
            lambda b: set_property(b, template_properties.DIGEST, "0" * 64),
            "template_methodology",
            "another version of 'nhs-2026.1'",
        ),
    ],
)
def test_an_old_or_altered_template_is_a_finding(book, tmp_path, method, change, code, says):
    change(book)
    report = nc.check(filled(book, tmp_path / "r.xlsx", {"Water": [WATER]}), method)
    assert [(f.code, f.severity) for f in report] == [(code, "warning")]
    assert says in next(iter(report)).message


def set_property(book, name, value):
    del book.custom_doc_props[name]
    book.custom_doc_props.append(StringProperty(name=name, value=value))


def test_a_return_made_from_it_is_read_from_all_its_sheets_and_nothing_else_is_said(book, tmp_path, method):
    gas = {**WATER, "activity": "energy.natural_gas", "unit": "kWh", "evidence": "metered", "estimated_share": 0}
    path = filled(
        book,
        tmp_path / "r.xlsx",
        {"Water": [WATER], "Fossil fuels": [gas, {**gas, "activity": "energy.gas_oil", "unit": "litre"}]},
    )
    footprint = nc.calculate(path, method)
    assert footprint.findings.rows == 3
    assert [(f.code, f.severity) for f in footprint.findings] == [("sheets_joined", "info")]
    other = nc.check(path, nc.methodology("nhs-2026.1-ar6"))
    assert [f.code for f in other if f.severity == "warning"] == ["template_methodology"]


PICKS = st.tuples(*[st.integers(0, 10**6)] * 4, st.integers(0, 10**9))


@settings(max_examples=10)
@given(picks=st.lists(PICKS, min_size=1, max_size=12))
def test_a_template_filled_by_a_generator_is_always_accepted(picks, blank, tmp_path_factory, method, accepted):
    units, _ = accepted
    codes, words = sorted(units), method.catalogue.evidence_words
    book = openpyxl.load_workbook(blank)
    homes = {row[1]: row[0] for row in book["Activities and units"].iter_rows(min_row=2, values_only=True)}
    rows = {}
    for number, (first, second, third, fourth, amount) in enumerate(picks):
        activity = codes[first % len(codes)]
        entry = {
            "organisation": "RX1",
            "period": [YEAR, "2023-04", "2024-03"][third % 3],
            "activity": activity,
            "quantity": (3**number + amount % 2) / 1000,  # none is the sum of others or beyond a bound
            "unit": units[activity][second % len(units[activity])],
            "site": f"S{number}",  # of different sites: nothing is given in two ways
            "supplier": ["", "Total", "=1+1", "Smith & Sons"][third % 4],
        }
        if fourth % 2:
            entry |= {"evidence": words[fourth % len(words)], "estimated_share": [0, 0.25, 1][fourth % 3]}
        rows.setdefault(homes[activity], []).append(entry)
    path = filled(book, tmp_path_factory.mktemp("made") / "r.xlsx", rows)
    report = nc.check(path, method)
    assert report.refused == ()
    assert report.rows == sum(map(len, rows.values()))
    assert {f.code for f in report if f.severity == "warning"} <= {
        "component_missing", "formula_without_result", "part_of_year",
    }  # fmt: skip
    sent = sorted((row["activity"], row["quantity"], row["site"]) for each in rows.values() for row in each)
    read = nc.read(path).table
    assert sorted(zip(read["activity"], read["quantity"], read["site"], strict=True)) == sent


def test_without_a_year_all_years_are_offered(tmp_path, method):
    book = openpyxl.load_workbook(nc.template(tmp_path / "r.xlsx", method, kind="all"))
    of = choices(book["Water"])
    assert listed(book, of["period"]) == list(reversed(method.periods))
    assert of["organisation"].type is None  # any code may be typed
    assert "enter its ODS code" in book["Read me"]["A2"].value


@pytest.mark.parametrize(
    ("path", "about", "says"),
    [("r.csv", {}, "end it with .xlsx"), ("r.xlsx", {"period": "2031/32"}, "does not cover '2031/32'"),
     ("r.xlsx", {"period": "2023"}, "calendar or"), ("r.xlsx", {"organisation": "=1+1"}, "is not an ODS code")],
)  # fmt: skip
def test_what_cannot_be_made_is_refused(tmp_path, method, path, about, says):
    with pytest.raises(UsageError, match=says):
        nc.template(tmp_path / path, method, **about)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept(tmp_path, capsys):
    path = tmp_path / "return.xlsx"
    path.write_text("mine")
    command = ["template", "--method", "nhs-2026.1", "--period", YEAR, "-o", str(path)]
    assert main(command) == 2
    assert "already exists" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert main(["check", str(path), "--method", "nhs-2026.1"]) == 1
    assert "template_empty" in capsys.readouterr().out
