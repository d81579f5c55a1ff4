"""Any sheet with recognisable headers: all are read, and what is odd in a layout is said with its cell."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.activity.cell_address import address
from nhscarbon.activity.files.workbook_parts import about
from nhscarbon.activity.readers import read as door
from nhscarbon.activity.schema import in_own_spelling, is_header
from nhscarbon.cli import main
from nhscarbon.errors import UnreadableError
from nhscarbon.footprint.certificate import certificate

HEADER = ["organisation", "period", "activity", "quantity", "unit"]
GAS = ["RX1", "2023/24", "energy.natural_gas", 100, "kWh"]
MORE = ["RX1", "2023/24", "energy.natural_gas", 99, "kWh"]
WATER = ["RX1", "2023/24", "water.supply", 7, "m3"]


@pytest.fixture
def book(tmp_path):
    """Write a workbook of sheets of rows, changed by a function if need be, and return its path."""

    def write(sheets, change=None, name="return.xlsx"):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, rows in sheets.items():
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append(row)
        if change:
            change(made)
        made.save(tmp_path / name)
        return tmp_path / name

    return write


def said(report, *codes):
    """Return the code, sheet and cell of findings: all, or of some codes."""
    return sorted((f.code, f.sheet, f.cell) for f in report if not codes or f.code in codes)


def test_every_sheet_with_a_header_is_read_and_the_others_are_said(book, method):
    path = book({"Cover": [["Our return"]], "Energy": [HEADER, GAS], "Water": [HEADER, WATER], "Notes": [["a", "b"]]})
    footprint = nc.calculate(path, method)
    plain = pd.DataFrame([GAS, WATER], columns=HEADER)
    assert footprint.table.equals(nc.calculate(plain, method).table)
    assert said(footprint.findings, "sheet_not_read") == [
        ("sheet_not_read", "Cover", ""),
        ("sheet_not_read", "Notes", ""),
    ]
    [joined] = [f for f in footprint.findings if f.code == "sheets_joined"]
    assert (joined.rows, joined.severity) == (2, "info")
    assert "'Energy' (1), 'Water' (1)" in joined.message


def test_a_plain_file_of_one_sheet_is_read_as_before(book, method):
    one = nc.read(book({"Sheet1": [HEADER, GAS, WATER]}))
    assert [int(row) for row in one.row_numbers] == [2, 3]
    assert one.findings == ()
    assert nc.check(book({"Sheet1": [["a", "b"], [1, 2]]}), method).refused[0].code == "column_missing"
    with pytest.raises(UnreadableError, match="is not a table with a header in its first row"):
        nc.calculate(book({"Sheet1": [["alone"], [1]]}), method)


def test_faults_carry_the_sheet_the_row_and_the_cell_of_their_own_header(book, method):
    bad = ["RX1", "2023/24", "energy.natural_gaz", 100, "kWh"]
    path = book({
        "Energy": [["Trust return"], [], ["note", *HEADER], ["x", *GAS], ["y", *bad]],
        "Water supply": [["unit", "quantity", "activity", "period", "organisation"], WATER[::-1],
                         ["m3", "1,200", "water.supply", "2023/24", "RX1"], bad[::-1]],
    })  # fmt: skip
    report = nc.check(path, method)
    assert sorted(said(report, "activity_unknown", "number_separators")) == [
        ("activity_unknown", "Energy", "D5"), ("activity_unknown", "Water supply", "C4"),
        ("number_separators", "Water supply", "B3"),
    ]  # fmt: skip
    assert [f.first_rows for f in report if f.code == "activity_unknown"] == [(5,), (4,)]
    assert [address(f) for f in report if f.code == "activity_unknown"] == ["Energy!D5", "'Water supply'!C4"]
    with pytest.raises(nc.SubmissionError, match="row 5 of sheet 'Energy'") as error:
        nc.calculate(path, method)
    places = {(finding.code, finding.sheet, finding.cell) for finding in report}
    assert {(finding.code, finding.sheet, finding.cell) for finding in error.value.findings} <= places


def test_rounding_and_missing_factors_are_said_of_each_sheet(book, method):
    fine = ["RX1", "2023/24", "energy.natural_gas", 0.12345678901, "kWh"]
    early = ["RX1", "2014/15", "energy.heat.district", 3, "kWh"]
    path = book({"A": [HEADER, GAS, fine], "B": [["title"], HEADER, fine, early, early]})
    report = nc.check(path, method)
    assert said(report, "decimals_rounded") == [("decimals_rounded", "A", "D3"), ("decimals_rounded", "B", "D3")]
    [gap] = [f for f in report if f.code == "factor_missing"]
    assert (gap.sheet, gap.cell, gap.rows, gap.first_rows, gap.quantity) == ("B", "C4", 2, (4, 5), 6.0)


def test_what_is_given_in_two_ways_on_two_sheets_is_said_on_both(book, method):
    spend = ["RX1", "2023/24", "spend.sic.36", 5000, "GBP"]
    refuse = nc.check(book({"Water": [HEADER, WATER], "Spend": [["t"], HEADER, spend]}), method)
    assert said(refuse, "counted_twice") == [("counted_twice", "Spend", "C3"), ("counted_twice", "Water", "C2")]


def test_headers_are_known_in_any_spelling_and_a_changed_name_is_said(activity_csv, book, method):
    sent = "Organisation,PERIOD,Activity,Quantity,Unit,Estimated Share,Evidence"
    rows = ["RX1,2023/24,energy.natural_gas,100,kWh,0,metered"]
    path = activity_csv(*rows, header=sent)
    footprint = nc.calculate(path, method)
    assert set(footprint.table["tier"]) == {"optimal"}
    spelt = {f.column: (f.value, f.cell) for f in footprint.findings if f.code == "column_spelling"}
    assert spelt["estimated_share"] == ("Estimated Share", "F1")
    assert in_own_spelling(["Unit", "unit"]) == ["Unit", "unit"]
    with pytest.raises(UnreadableError, match=r"sheet 'A'.* 'unit' more than once"):
        nc.read(book({"A": [[*HEADER[:4], "Unit", "UNIT"], [*GAS, "kWh"]]}))


@pytest.mark.parametrize(
    ("row", "known"),
    [(HEADER, True), (["Organisation", "x", "QUANTITY", "unit"], True), (["organisation", "unit"], False),
     (["organisation", "period", "activty", "quantty"], True), (["Activity", "Units", "Notes", "Period"], False),
     (["x" * 100] * 300, False), ([], False)],
)  # fmt: skip
def test_a_header_is_three_required_columns_by_name_or_four_nearly(row, known):
    assert is_header(row) is known


def test_rows_above_a_header_are_said_and_rows_keep_their_numbers(activity_csv, method):
    path = activity_csv("", "organisation,period,activity,quantity,unit", "RX1,2023/24,water.supply,x,m3",
                        header="My return")  # fmt: skip
    report = nc.check(path, method)
    assert said(report) == [("number_unreadable", "", "D4"), ("rows_above_header", "", "A1")]
    beyond = activity_csv(*[""] * 19, ",".join(HEADER), "RX1,2023/24,water.supply,1,m3", header="My return")
    with pytest.raises(UnreadableError, match="one column"):
        nc.calculate(beyond, method)


def test_a_large_file_must_begin_with_its_header(tmp_path, monkeypatch):
    monkeypatch.setattr("nhscarbon.activity.readers.open_source.LARGE", 10)
    path = tmp_path / "large.csv"
    path.write_text("Title,,,,\n" + ",".join(HEADER) + "\nRX1,2023/24,water.supply,1,m3\n")
    with pytest.raises(UnreadableError, match="in row 2: delete the rows above it"):
        nc.partial(path)


def test_a_large_file_has_cells_and_any_spelling_too(tmp_path, monkeypatch, method):
    monkeypatch.setattr("nhscarbon.activity.readers.open_source.LARGE", 10)
    path = tmp_path / "large.csv"
    path.write_text("Organisation,Period,activity,quantity,unit\nRX1,2023/24,water.supplly,1,m3\n")
    report = nc.check(path, method)
    assert said(report) == [
        ("activity_unknown", "", "C2"),
        ("column_spelling", "", "A1"),
        ("column_spelling", "", "B1"),
    ]


def test_rows_of_totals_are_left_out_and_said(book, method):
    rows = [HEADER, GAS, MORE, ["Total", None, None, 199, "kWh"], [None, None, "Grand total:", 199, None]]
    footprint = nc.calculate(book({"A": rows}), method)
    assert footprint.table["quantity"].unique().tolist() == [199.0]
    [finding] = [f for f in footprint.findings if f.code == "total_row"]
    assert (finding.severity, finding.rows, finding.first_rows, finding.cell) == ("warning", 2, (4, 5), "A4")


def test_a_supplier_or_note_called_total_makes_no_row_of_totals(book, method):
    rows = [[*HEADER, "supplier", "note"], [*GAS, "Total", "Total"], ["RX1", None, None, 5, "kWh", None, "Total"],
            [None, None, None, 5, "kWh", "Total", None]]  # fmt: skip
    report = nc.check(book({"A": rows}), method)
    assert "total_row" not in {f.code for f in report}
    assert sorted(f.rows for f in report if f.code == "activity_blank") == [2]


def test_a_header_printed_again_is_passed_over_and_another_table_refused(book, method):
    again = nc.calculate(book({"A": [HEADER, GAS, HEADER, MORE]}), method)
    assert again.findings.rows == 2
    assert said(again.findings) == [("header_repeated", "A", "A3")]
    other = ["period", "organisation", "unit", "quantity", "activity"]
    report = nc.check(book({"A": [HEADER, GAS, [], other, GAS]}), method)
    assert said(report) == [("second_table", "A", "A4")]
    assert report.rows == 1


def test_each_sheet_that_was_copied_is_said_once(book, method):
    """Not each pair of them: a thousand copies made half a million findings. A sheet may hold more than its copy."""
    rows = [["RX1", "2023/24", "energy.natural_gas", n, "kWh"] for n in range(1, 9)]
    copies = {f"copy {n}": [HEADER, *rows[:5]] for n in range(40)}
    report = nc.check(book({"whole": [HEADER, *rows], **copies, "other": [HEADER, *rows[2:7]]}), method)
    found = [f for f in report if f.code == "sheet_repeated"]
    assert sorted(f.sheet for f in found) == sorted([*copies, "other"])
    assert sum("is also in 'whole'" in f.message for f in found) == 2
    assert sum("is also in 'copy 0'" in f.message for f in found) == 39


def test_a_part_in_an_encoding_that_nobody_knows_is_no_stop(book):
    path = book({"A": [HEADER, GAS]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    plain = parts["xl/workbook.xml"].partition(b"?>")[2] or parts["xl/workbook.xml"]
    parts["xl/workbook.xml"] = b'<?xml version="1.0" encoding="UTx-8"?>' + plain
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert about(path.read_bytes()) == about(b"")  # nothing is known beside its cells


def test_a_table_below_an_empty_one_is_refused_and_not_lost(book, method):
    other = ["period", "organisation", "unit", "quantity", "activity"]
    report = nc.check(book({"A": [HEADER, GAS], "B": [HEADER, [], other, WATER[::-1]]}), method)
    assert [(f.code, f.sheet, f.cell) for f in report.refused] == [("second_table", "B", "A3")]


def test_merged_cells_are_said_where_they_are(book, method):
    rows = [["Energy in 2023/24"], HEADER, GAS, [None, *GAS[1:]]]

    def merge(made):
        made["A"].merge_cells("A1:E1")  # a title above the header is no fault
        made["A"].merge_cells("A3:A4")

    report = nc.check(book({"A": rows}, merge), method)
    [finding] = [f for f in report if f.code == "cells_merged"]
    assert (finding.cell, finding.value, finding.column, finding.severity) == ("A3", "A3:A4", "organisation", "warning")
    assert said(report, "organisation_blank") == [("organisation_blank", "A", "A4")]


def test_hidden_sheets_and_filtered_rows_are_read_and_said(book, method):
    def hide(made):
        made["B"].sheet_state = "veryHidden"
        made["A"].row_dimensions[3].hidden = True
        made["A"].row_dimensions[9].hidden = True  # below the rows: nothing is read there

    path = book({"A": [HEADER, GAS, MORE], "B": [HEADER, WATER]}, hide)
    footprint = nc.calculate(path, method)
    assert footprint.findings.rows == 3
    hidden = {f.code: (f.sheet, f.first_rows, f.severity) for f in footprint.findings if "hidden" in f.code}
    assert hidden == {"sheet_hidden": ("B", (), "warning"), "rows_hidden": ("A", (3,), "warning")}


def test_a_sheet_that_repeats_another_is_refused(book, method):
    q1, q2 = [GAS, WATER], [[*GAS[:3], 55, "kWh"]]
    path = book({"Q1": [HEADER, *q1], "Q2": [HEADER, *q2], "All": [["x"], HEADER, *q1, *q2]})
    refused = nc.check(path, method).refused
    assert [f.sheet for f in refused if f.code == "sheet_repeated"] == ["Q1"]
    assert nc.check(book({"Q1": [HEADER, *q1], "Q2": [HEADER, *q2]}), method).refused == ()


def test_a_sheet_without_a_column_is_refused_and_an_empty_one_is_not(book, method):
    report = nc.check(book({"A": [HEADER, GAS], "B": [HEADER[:4], WATER[:4]], "C": [HEADER]}), method)
    assert [(f.code, f.sheet, f.column) for f in report.refused if f.code == "column_missing"] == [
        ("column_missing", "B", "unit")
    ]
    assert nc.check(book({"A": [HEADER, GAS], "C": [HEADER[:3]]}), method).refused == ()


def test_lines_and_the_frame_name_the_sheet_of_each_row(book, method):
    path = book({"A": [HEADER, GAS], "B": [["t"], HEADER, MORE]})
    assert nc.read(path).table[["sheet", "row"]].to_numpy().tolist() == [["A", 2], ["B", 3]]
    lines = nc.calculate(path, method).lines(component="direct")
    assert lines[["sheet", "row"]].to_numpy().tolist() == [["A", 2], ["B", 3]]


def test_sheets_are_the_same_sums_as_one_table_and_the_same_certificate_of_rows(book, method):
    apart = book({"A": [[*HEADER, "evidence"], [*GAS, "metered"]], "B": [HEADER[::-1], WATER[::-1], GAS[::-1]]})
    together = pd.DataFrame([[*GAS, "metered"], [*WATER, ""], [*GAS, ""]], columns=[*HEADER, "evidence"])
    assert nc.partial(apart).sha256 == nc.partial(together).sha256
    ours, theirs = (certificate(nc.calculate(each, method)).about["content"] for each in (apart, together))
    assert ours == theirs


def test_an_open_workbook_is_read_as_its_file(book, method):
    path = book({"A": [HEADER, GAS], "B": [HEADER, WATER]})
    assert nc.calculate(io.BytesIO(path.read_bytes()), method).table.equals(nc.calculate(path, method).table)
    assert door.read(path).sheet == ""


def test_the_command_line_names_the_sheet_before_the_cell(book, capsys):
    path = book({"A": [HEADER, GAS], "Water and waste": [["t"], HEADER, [*WATER[:3], "x", "m3"]]})
    assert main(["check", str(path), "--method", "nhs-2026.1"]) == 1
    assert "'Water and waste'!D3 reject_line number_unreadable  row 3 of sheet" in capsys.readouterr().out


def test_a_formula_that_nobody_reckoned_is_said_and_no_zero(book, method):
    rows = [["Title"], HEADER, [*GAS[:3], "=1+1", "kWh"], [*GAS[:3], 5, "kWh", "=D3"]]
    report = nc.check(book({"A": rows}), method)
    assert said(report, "formula_without_result", "quantity_blank") == [
        ("formula_without_result", "A", "D3"), ("quantity_blank", "A", "D3")
    ]  # fmt: skip


def test_a_senders_own_tonnes_name_their_sheet(book, method):
    header = [*HEADER, "reported_tco2e"]
    found = nc.submissions.check_reported(book({"A": [header, [*GAS, 1]], "B": [["t"], header, [*GAS, 77]]}), method)
    assert found.table[["sheet", "row"]].to_numpy().tolist() == [["A", 2], ["B", 3]]
    assert "row 3 of sheet 'B': energy.natural_gas" in str(found)


@st.composite
def laid_out(draw):
    """Rows spread over sheets, each with its own order and spelling of columns, and its own rows above the header."""
    rows = [[f"R{n}", "2023/24", *draw(st.sampled_from([("water.supply", "m3"), ("energy.natural_gas", "kWh")])),
             draw(st.integers(1, 10**6)) / 1000] for n in range(draw(st.integers(2, 9)))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["organisation", "period", "activity", "unit", "quantity"])
    cuts = sorted(draw(st.sets(st.integers(1, len(rows) - 1), max_size=3)))
    sheets = {}
    for number, (start, stop) in enumerate(zip([0, *cuts], [*cuts, len(rows)], strict=True)):
        columns = draw(st.permutations(list(frame.columns)))
        spell = draw(st.sampled_from([str, str.upper, str.title, lambda name: f" {name} "]))
        above = draw(st.integers(0, 4))
        sheets[f"Sheet {number}"] = (
            [["A title"]] * above
            + [[spell(name) for name in columns]]
            + frame[columns].iloc[start:stop].to_numpy().tolist()
        )
    return frame, sheets


def saved(sheets, path):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@settings(max_examples=40)
@given(made=laid_out())
def test_however_rows_are_spread_over_sheets_their_sums_are_the_same(made, tmp_path_factory):
    frame, sheets = made
    path = saved(sheets, tmp_path_factory.mktemp("spread") / "r.xlsx")
    assert nc.partial(path) == nc.partial(frame)
    assert not [finding for finding in nc.read(path).findings if finding.severity != "info"]


@settings(max_examples=40)
@given(made=laid_out(), data=st.data())
def test_a_fault_planted_in_any_cell_is_said_at_that_cell(made, data, tmp_path_factory, method):
    _, sheets = made
    title = data.draw(st.sampled_from(sorted(sheets)))
    rows = sheets[title]
    head = next(place for place, row in enumerate(rows) if len(row) > 1)
    row, column = data.draw(st.integers(head + 1, len(rows) - 1)), data.draw(st.integers(0, 4))
    name = rows[head][column].strip().casefold()
    rows[row][column] = {"quantity": "1,5", "unit": "furlong", "period": "2023", "activity": "gas", "organisation": ""}[
        name
    ]
    report = nc.check(saved(sheets, tmp_path_factory.mktemp("planted") / "r.xlsx"), method, organisations=None)
    [finding] = report.refused
    assert (finding.column, finding.sheet, finding.rows) == (name, title, 1)
    assert finding.cell == openpyxl.utils.cell.get_column_letter(column + 1) + str(row + 1)
