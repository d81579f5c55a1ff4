"""The marked workbook: the sender's values untouched, each fault on its cell in words, nothing that can run."""

import csv
import datetime
import io
import re
import sys
import zipfile

import openpyxl
import pandas as pd
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

import nhscarbon as nc
from nhscarbon.activity.files.workbook_parts import put_cached_values
from nhscarbon.cli import main
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import Finding, Findings
from nhscarbon.output import excel
from nhscarbon.output.excel import letters
from nhscarbon.output.text import lines_shown as shown
from spreadsheets import saved_again, values

HEADER = ["organisation", "period", "activity", "quantity", "unit", "note"]
GAS = ["RX1", "2023/24", "energy.natural_gas", 100, "kWh"]
BAD = ["RX1", "2023/24", "energy.natural_gaz", "1,200", "KWH"]
NOTHING = Findings((), 0)


def cells(path_or_bytes, sheets=None):
    """Return every cell that holds something: its value, type and number format."""
    book = openpyxl.load_workbook(path_or_bytes)
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.data_type, cell.number_format)
        for sheet in book.worksheets if sheets is None or sheet.title in sheets
        for row in sheet.iter_rows() for cell in row if cell.value is not None
    }  # fmt: skip


def notes(path, title):
    """Return what is explained on each cell of a sheet."""
    sheet = openpyxl.load_workbook(path)[title]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def notes_and_boxes(path, title):
    """Return the notes of a sheet, and how high the box of each is [pixels], as the workbook's drawing says."""
    found = notes(path, title)
    with zipfile.ZipFile(path) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".vml")]
    boxes = re.findall(r"height:([0-9.]+)px.*?:Row>(\d+)</\w+:Row><\w+:Column>(\d+)</", drawings[0], re.DOTALL)
    return found, {f"{letters(int(column))}{int(row) + 1}": float(height) for height, row, column in boxes}


def seen(path, title):
    """Return what a reader of values finds, formulas as what they came to."""
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(title).to_python()


@pytest.fixture
def sent(tmp_path):
    """A return of two sheets with formats, formulas, a merged title, a note and faults."""
    book = openpyxl.Workbook()
    energy, water = book.active, book.create_sheet("Water supply")
    energy.title = "Energy"
    for row in (["Our return"], HEADER, GAS, [*BAD, "see below"], [*BAD, None]):
        energy.append(row)
    energy.merge_cells("A1:F1")
    energy["D3"].number_format = "#,##0.00"
    energy["D3"].font = Font(bold=True)
    energy["C4"].comment = Comment("ask Ann", "Bob")
    energy["C4"].fill = PatternFill("solid", fgColor="00FF00")
    energy["F3"] = "=D3*2"
    energy["G3"] = datetime.datetime(2024, 2, 29, 13, 30)
    energy["G4"] = "=1+1"
    energy["G4"].data_type = "s"
    energy.column_dimensions["C"].width = 33
    for row in (
        ["unit", "quantity", "activity", "period", "organisation"],
        ["m3", -5, "water.supply", "2023/24", "RX1"],
    ):
        water.append(row)
    book.save(tmp_path / "sent.xlsx")
    return tmp_path / "sent.xlsx"


@pytest.fixture
def marked(sent, method):
    return nc.mark(sent, nc.check(sent, method), sent.with_name("marked.xlsx"))


def test_every_value_type_and_number_format_is_as_it_was(sent, marked):
    assert cells(marked, {"Energy", "Water supply"}) == cells(sent)
    before, after = (openpyxl.load_workbook(path)["Energy"] for path in (sent, marked))
    assert after["D3"].font.b
    assert after.column_dimensions["C"].width == 33
    assert [str(span) for span in after.merged_cells.ranges] == [str(span) for span in before.merged_cells.ranges]
    assert (after["F3"].value, after["F3"].data_type) == ("=D3*2", "f")
    assert (after["G4"].value, after["G4"].data_type) == ("=1+1", "s")


def test_each_fault_is_painted_and_explained_in_words_on_all_its_cells(marked):
    energy, water = notes(marked, "Energy"), notes(marked, "Water supply")
    assert {"C4", "C5", "D4", "D5", "E4", "E5"} <= set(energy)
    assert "Error: 'energy.natural_gaz' is not in the catalogue." in energy["C5"]
    assert "Did you mean Natural gas (energy.natural_gas)?" in energy["C5"]
    assert energy["E4"].startswith("Note: 'KWH' was read as")
    assert water["B2"].startswith("Error: ")
    book = openpyxl.load_workbook(marked)
    paint = {name: book["Energy"][name].fill.fgColor.rgb[-6:] for name in ("C5", "E4", "C3")}
    assert paint == {"C5": "F8CBAD", "E4": "DDEBF7", "C3": "000000"}


def test_the_senders_own_note_is_kept_above_ours(marked):
    text = notes(marked, "Energy")["C4"]
    assert text.startswith("ask Ann\n")
    assert "-- nhscarbon --\nError: " in text.replace("\n\n", "\n")


def test_the_sheet_of_findings_has_a_row_for_each_worst_first(sent, marked, method):
    report = nc.check(sent, method)
    sheet = openpyxl.load_workbook(marked)["Findings"]
    header, *rows = sheet.iter_rows(values_only=True)
    assert [row[-1] for row in rows] == [finding.code for finding in report]
    table = pd.DataFrame(rows, columns=header).set_index("Code")
    assert table.loc["activity_unknown", ["Severity", "Sheet", "Cell", "Rows", "Cells marked"]].tolist() == [
        "Error", "Energy", "C4", 2, 2
    ]  # fmt: skip
    assert sheet.freeze_panes == "A2"
    assert [table.ref for table in sheet.tables.values()] == [f"A1:L{len(report) + 1}"]


def test_it_opens_on_the_findings_alone_and_each_leads_to_its_cell(sent, marked, method):
    book = openpyxl.load_workbook(marked)
    sheet = book.active
    assert sheet.title == "Findings"
    assert [each.title for each in book.worksheets if each.sheet_view.tabSelected] == ["Findings"]
    report = nc.check(sent, method)
    for row, finding in zip(sheet.iter_rows(min_row=2), report, strict=True):
        links = [cell.hyperlink for cell in row if cell.hyperlink]
        assert [link.target for link in links] == [None] * len(links)
        wanted = f"'{finding.sheet}'!{finding.cell}" if finding.cell else None
        assert {link.location for link in links} == ({wanted} if wanted else set())
    assert f"'Water supply'!{next(each.cell for each in report if each.sheet == 'Water supply')}" in {
        cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink
    }


def test_a_link_to_a_sheet_with_an_apostrophe_leads_there(sent, method):
    book = openpyxl.load_workbook(sent)
    book["Energy"].title = "Ann's energy"
    book.save(sent)
    sheet = openpyxl.load_workbook(nc.mark(sent, nc.check(sent, method), sent.with_name("m.xlsx")))["Findings"]
    assert "'Ann''s energy'!C4" in {
        cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink
    }


def test_tabs_are_red_with_errors_amber_with_warnings_and_as_they_were_without(sent, method, tmp_path):
    def tabs(path):
        return {each.title: each.sheet_properties.tabColor and each.sheet_properties.tabColor.rgb[-6:]
                for each in openpyxl.load_workbook(path).worksheets}  # fmt: skip

    def of(severity, name):
        return Finding(code="x", severity=severity, message="m", sheet=name, cell="A2")

    some = Findings((of("reject_line", "Energy"), of("warning", "Energy"), of("warning", "Water supply")), 3)
    path = nc.mark(sent, some, tmp_path / "m.xlsx")
    assert tabs(path) == {"Energy": "9B1C1C", "Water supply": "7D4400", "Findings": "9B1C1C"}
    assert tabs(nc.mark(path, NOTHING, tmp_path / "gone.xlsx")) == dict.fromkeys(tabs(path))
    assert set(tabs(nc.mark(sent, Findings((of("info", "Energy"),), 1), tmp_path / "n.xlsx")).values()) == {None}


def test_a_note_fits_its_box_and_a_long_one_says_where_the_rest_is(sent, tmp_path):
    long = [Finding(code=f"c{n}", severity="warning", message=f"number {n} " + "of many words " * 12, sheet="Energy",
                    cell="D3") for n in range(6)]  # fmt: skip
    short = Finding(code="s", severity="info", message="a short one", sheet="Energy", cell="E3")
    endless = Finding(code="e", severity="info", message="word " * 900, sheet="Energy", cell="E4")
    path = nc.mark(sent, Findings((*long, short, endless), 8), tmp_path / "m.xlsx")
    notes, boxes = notes_and_boxes(path, "Energy")
    for name, text in notes.items():
        lines = sum(max(1, -(-len(part) // 44)) for part in text.split("\n"))
        assert lines * 14 < boxes[name] < 300  # pixels; a line of a spreadsheet's letters is 12 to 18 high
    assert boxes["E3"] < 60
    assert notes["D3"].endswith("More on the sheet Findings, 5 rows from row 3.")
    assert notes["E4"].endswith(" \u2026\nMore on the sheet Findings, row 9.")


def test_a_guess_carries_no_tonnes_and_what_is_missing_has_no_size(sent, marked, method):
    report = nc.check(sent, method)
    header, *rows = openpyxl.load_workbook(marked)["Findings"].iter_rows(values_only=True)
    place = header.index("Could change the total by, tCO₂e")
    effects = {row[-1]: row[place] for row in rows}
    assert effects["activity_unknown"] == "known once corrected"
    known = next(each for each in report if each.code == "number_separators")
    assert effects["number_separators"] == "known once corrected" or known.kgco2e_at_stake / 1000 == pytest.approx(
        effects["number_separators"]
    )
    assert not [each for each in effects.values() if each in (None, "")]


def test_what_formulas_came_to_is_kept_for_those_who_do_not_reckon(sent, method):
    values = {"Energy": {"F3": ("n", "200"), "F4": ("str", "a < b & c")}}
    book = openpyxl.load_workbook(sent)
    book["Energy"]["F4"] = '="a < b & c"'
    book.save(sent)
    kept = put_cached_values(sent.read_bytes(), values)
    sent.write_bytes(kept)
    assert seen(sent, "Energy")[2][5] == 200
    path = nc.mark(sent, nc.check(sent, method), sent.with_name("m.xlsx"))
    assert seen(path, "Energy") == seen(sent, "Energy")
    assert openpyxl.load_workbook(path)["Energy"]["F4"].value == '="a < b & c"'
    assert nc.check(path, method).counts == nc.check(sent, method).counts


def test_checking_and_marking_a_marked_workbook_says_and_paints_the_same(sent, marked, method):
    assert nc.check(marked, method).findings == tuple(
        replaced(finding, "marked.xlsx") for finding in nc.check(sent, method)
    )
    again = nc.mark(marked, nc.check(marked, method), marked.with_name("again.xlsx"))
    assert notes(again, "Energy") == notes(marked, "Energy")
    assert openpyxl.load_workbook(again).sheetnames == ["Energy", "Water supply", "Findings"]
    gone = nc.mark(marked, NOTHING, marked.with_name("gone.xlsx"))
    assert notes(gone, "Energy") == {"C4": "ask Ann"}
    said = [cell.value for cell in openpyxl.load_workbook(gone)["Findings"][2] if cell.value]
    assert said == ["Accepted", "No errors or warnings were found."]


def replaced(finding, file):
    return Finding(**{**{name: getattr(finding, name) for name in finding.__dataclass_fields__}, "file": file})


def test_a_sheet_of_the_senders_called_findings_stays(sent, method):
    book = openpyxl.load_workbook(sent)
    book.create_sheet("findings").append(["mine"])
    book.save(sent)
    path = nc.mark(sent, nc.check(sent, method), sent.with_name("m.xlsx"))
    assert openpyxl.load_workbook(path).sheetnames[-2:] == ["findings", "Findings 2"]
    assert seen(path, "findings") == [["mine"]]


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(-1e15, 1e15, allow_subnormal=False),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Cn")), max_size=12),
    st.datetimes(datetime.datetime(1930, 1, 1), datetime.datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    st.sampled_from(["=1+1", "=SUM(D2:D9)", "=HYPERLINK(A1)", "#REF!", "-5", "+44", "@x", " lead", "a\nb", "_x0041_"]),
)  # fmt: skip


@settings(max_examples=40)
@given(
    rows=st.lists(st.lists(VALUES, min_size=5, max_size=7), max_size=6), style=st.sampled_from(["0.00", "@", "d/m/yy"])
)
def test_no_value_of_any_workbook_is_touched(rows, style, tmp_path_factory, method):
    path = tmp_path_factory.mktemp("any") / "any.xlsx"
    book = openpyxl.Workbook()
    for row in ([*HEADER, "x"], *rows):
        book.active.append(row)
    if rows:
        book.active.cell(2, 4).number_format = style
    book.save(path)
    report = nc.check(path, method)
    marked = nc.mark(path, report, path.with_name("marked.xlsx"))
    assert cells(marked, {"Sheet"}) == cells(path)
    assert seen(marked, "Sheet") == seen(path, "Sheet")
    painted = notes(marked, "Sheet")
    assert {finding.cell for finding in report if finding.cell} == set(painted) & {f.cell for f in report}


RUNS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0",
        "#REF!", "http://example.org"]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_that_we_write_is_a_formula_or_leads_out_of_the_workbook(tmp_path, method, kind):
    rows = [["RX1", "2023/24", text, 1, text, text] for text in RUNS]
    frame = pd.DataFrame(rows, columns=HEADER)
    path = tmp_path / f"sent.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    else:
        book = openpyxl.Workbook()
        for row in [HEADER, *rows]:
            book.active.append(row)
        for row in book.active.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        book.save(path)
    report = nc.check(path, method)
    marked = nc.mark(path, report, tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(marked)
    assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    links = [cell.hyperlink for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert {link.location.partition("!")[0] for link in links} == {f"'{book.sheetnames[0]}'"}
    assert not [link for link in links if link.target or link.id]
    with zipfile.ZipFile(marked) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)
    assert not re.search(rb"<f[ >]|External|http://example.org\"", text)
    values = [row[10] for row in book["Findings"].iter_rows(min_row=2, values_only=True)]
    assert "=1+1" in values
    assert book["Findings"].cell(values.index("=1+1") + 2, 11).quotePrefix


def test_control_characters_and_marks_of_direction_are_shown(tmp_path, method):
    assert shown("a\x07\x1b[31m\u202ebc\n") == "a\\x07\\x1b[31m\\u202ebc\n"
    path = tmp_path / "sent.csv"
    path.write_text("organisation,period,activity,quantity,unit\nRX1,2023/24,gas\x07\u202e,1,kWh\n", "utf-8")
    marked = nc.mark(path, nc.check(path, method), tmp_path / "m.xlsx")
    assert openpyxl.load_workbook(marked)["Return"]["C2"].value == "gas\\x07\\u202e"
    assert "gas\\x07\\u202e" in notes(marked, "Return")["C2"]


def test_a_csv_file_comes_back_as_text_at_the_places_that_its_sender_sees(activity_csv, method):
    path = activity_csv("", ",".join(HEADER), 'RX1,2023/24,water.supply,"1,200",m3,007', header="Title")
    marked = nc.mark(path, nc.check(path, method), path.with_suffix(".xlsx"))
    assert seen(marked, "Return") == [
        ["Title", *[""] * 5], [""] * 6, HEADER, ["RX1", "2023/24", "water.supply", "1,200", "m3", "007"]
    ]  # fmt: skip
    assert set(notes(marked, "Return")) == {"A1", "D4"}


def test_parquet_comes_back_with_its_header_on_top(tmp_path, method):
    path = tmp_path / "sent.parquet"
    pd.DataFrame([GAS, [*GAS[:2], "gaz", 5, "kWh"]], columns=HEADER[:5]).to_parquet(path)
    marked = nc.mark(path, nc.check(path, method), tmp_path / "m.xlsx")
    assert seen(marked, "Return")[0] == HEADER[:5]
    assert list(notes(marked, "Return")) == ["C3"]
    assert seen(marked, "Return")[2][2] == "gaz"


def test_a_fault_of_many_rows_is_painted_in_all_of_them(activity_csv, method):
    rows = [
        row
        for number in range(1, 41)
        for row in (f"RX1,2023/24,energy.natural_gaz,{number},kWh", f"RX1,2023/24,energy.natural_gas,-{number},kWh",
                    f"RX1,2031/32,energy.natural_gas,{number},kWh")
    ]  # fmt: skip
    report = nc.check(activity_csv(*rows), method)
    assert {finding.code: (finding.rows, len(finding.first_rows)) for finding in report.refused} == {
        "activity_unknown": (40, 5), "quantity_negative": (40, 5), "period_not_served": (40, 5)
    }  # fmt: skip
    marked = nc.mark(activity_csv(*rows), report, activity_csv().with_suffix(".xlsx"))
    cells = [cell for cell, note in notes(marked, "Return").items() if "Error" in note]
    assert len(cells) == 120


def test_a_workbook_that_cannot_be_written_back_comes_as_text_and_says_so(sent, method):
    broken = io.BytesIO()
    with zipfile.ZipFile(sent) as archive, zipfile.ZipFile(broken, "w") as out:
        for name in archive.namelist():
            part = archive.read(name)
            out.writestr(
                name,
                part.replace(b"<fills ", b"<phills ").replace(b"</fills>", b"</phills>")
                if name == "xl/styles.xml"
                else part,
            )
    sent.write_bytes(broken.getvalue())
    report = nc.check(sent, method)
    marked = nc.mark(sent, report, sent.with_name("m.xlsx"))
    codes = [row[-1] for row in openpyxl.load_workbook(marked)["Findings"].iter_rows(min_row=2, values_only=True)]
    assert codes == [*(finding.code for finding in report), "written_as_text"]
    assert "C5" in notes(marked, "Energy")


def test_a_workbook_that_the_writer_would_change_comes_as_text_and_says_so(sent, method, monkeypatch):
    """What openpyxl writes is read back: a value that it changed on the way is never sent back as the sender's."""
    write = excel.to_bytes

    def change(book):
        sheet = book["Energy"]
        if isinstance(sheet["D3"].value, int):  # of the sender's own workbook; as text it is written as it was
            sheet["D3"] = 999
        return write(book)

    monkeypatch.setattr(excel, "to_bytes", change)
    report = nc.check(sent, method)
    marked = openpyxl.load_workbook(nc.mark(sent, report, sent.with_name("m.xlsx")))
    assert marked["Energy"]["D3"].value == "100"
    codes = [row[-1] for row in marked["Findings"].iter_rows(min_row=2, values_only=True)]
    assert codes == [*(finding.code for finding in report), "written_as_text"]
    assert marked["Energy"]["C5"].fill.fgColor.rgb[-6:] == RED_CELL


RED_CELL, AMBER_CELL, BLUE_CELL = "F8CBAD", "FFE699", "DDEBF7"  # an error, a warning and a note


@pytest.mark.parametrize(("severities", "paint"), [
    (("reject_line", "info"), RED_CELL), (("reject_file", "warning", "info"), RED_CELL),
    (("warning", "info"), AMBER_CELL), (("info",), BLUE_CELL),
])  # fmt: skip
def test_a_cell_with_several_findings_has_the_colour_of_the_worst(sent, method, severities, paint):
    found = [Finding(code="x", severity=each, message=each, sheet="Energy", cell="E3") for each in severities]
    path = nc.mark(sent, Findings(tuple(found), 1), sent.with_name("m.xlsx"))
    assert openpyxl.load_workbook(path)["Energy"]["E3"].fill.fgColor.rgb[-6:] == paint
    first = {"reject_line": "Error", "reject_file": "Error", "warning": "Warning", "info": "Note"}[severities[0]]
    assert notes(path, "Energy")["E3"].startswith(f"{first}: ")


def test_a_refused_unit_in_another_spelling_is_red_and_not_a_note(sent, method):
    book = openpyxl.load_workbook(sent)
    book["Water supply"]["A2"] = "KWH"  # read as kWh, a note; and no unit of water, an error
    book.save(sent)
    report = nc.check(sent, method)
    here = {each.severity for each in report if (each.sheet, each.cell) == ("Water supply", "A2")}
    assert {"reject_line", "info"} <= here
    path = nc.mark(sent, report, sent.with_name("m.xlsx"))
    sheet = openpyxl.load_workbook(path)["Water supply"]
    assert sheet["A2"].fill.fgColor.rgb[-6:] == RED_CELL
    assert sheet["A2"].comment.text.startswith("Error: ")
    assert "Note: 'KWH' was read as" in sheet["A2"].comment.text


def test_merged_cells_are_painted_at_the_first(sent, method):
    report = Findings((Finding(code="x", severity="warning", message="m", sheet="Energy", cell="C1"),), 1)
    assert next(iter(notes(nc.mark(sent, report, sent.with_name("m.xlsx")), "Energy"))) == "A1"


def test_what_is_there_is_kept_and_the_source_is_never_written_over(sent, method, tmp_path):
    before = sent.read_bytes()
    with pytest.raises(UsageError, match="another name"):
        nc.mark(sent, NOTHING, sent, overwrite=True)
    other = tmp_path / "there.xlsx"
    other.write_text("mine")
    with pytest.raises(UsageError, match="already exists"):
        nc.mark(sent, NOTHING, other)
    with pytest.raises(UsageError, match=r"end it with \.xlsx"):
        nc.mark(sent, NOTHING, tmp_path / "m.csv")
    assert (sent.read_bytes(), other.read_text()) == (before, "mine")
    nc.mark(sent, NOTHING, other, overwrite=True)
    assert openpyxl.load_workbook(other).sheetnames[-1] == "Findings"
    (tmp_path / "odd.xlsx").write_text("no workbook")
    with pytest.raises(UnreadableError):
        nc.mark(tmp_path / "odd.xlsx", NOTHING, tmp_path / "n.xlsx")


def test_the_same_return_is_marked_in_the_same_bytes(sent, marked, method):
    again = nc.mark(sent, nc.check(sent, method), sent.with_name("b.xlsx"))
    assert again.read_bytes() == marked.read_bytes()


def test_the_command_line_marks_one_file_or_many(sent, tmp_path, capsys):
    marked = tmp_path / "out.xlsx"
    command = ["check", str(sent), "--method", "nhs-2026.1", "--marked", str(marked)]
    assert main(command) == 1
    assert "marked: " in capsys.readouterr().err
    assert "C4" in notes(marked, "Energy")
    assert main(command) == 2
    assert "already exists" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 1
    (tmp_path / "odd.xlsx").write_text("no workbook")
    several = ["check", str(sent), str(tmp_path / "odd.xlsx"), "--method", "nhs-2026.1", "--marked"]
    assert main([*several, str(tmp_path / "nowhere")]) == 2
    (tmp_path / "back").mkdir()
    assert main([*several, str(tmp_path / "back")]) == 1
    assert "not marked: 'odd.xlsx'" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["sent-marked.xlsx"]
    assert main(["check", str(sent), "--from", "eric", "--method", "nhs-2026.1", "--marked", str(marked)]) == 2


def test_without_the_extra_it_is_said_in_plain_words(activity_csv, method, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    source = activity_csv("RX1,2023/24,water.supply,1,m3")
    report = nc.check(source, method)
    for write in (
        lambda: nc.mark(source, report, tmp_path / "m.xlsx"),
        lambda: nc.template(tmp_path / "t.xlsx", method),
    ):
        with pytest.raises(UsageError, match=r"nhscarbon\[excel\]"):
            write()


def test_a_second_spreadsheet_program_opens_it_with_values_links_and_notes_as_they_are(sent, marked, tmp_path):
    again = saved_again(marked, tmp_path / "again")
    before, after = values(marked), values(again)
    formulas = {("Energy", "F3")}  # without a result in the workbook that was sent
    assert {cell: after.get(cell) for cell in before if cell not in formulas} == {
        cell: value for cell, value in before.items() if cell not in formulas
    }
    assert after["Energy", "F3"] == 200
    assert notes(again, "Energy").keys() == notes(marked, "Energy").keys()
    assert openpyxl.load_workbook(again).active.title == "Findings"
