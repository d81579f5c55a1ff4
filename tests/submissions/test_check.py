"""Checking returns: every fault in one pass, with its cell, for one file or many."""

import io
import json

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.output.excel import letters
from nhscarbon.submissions.check import status
from samples import frame

HEADER = "note,organisation,period,activity,quantity,unit"
FAULTY = (
    ",RX1,2023,energy.natural_gas,100,kWh",
    ",RX1,2023/24,energy.natural_gaz,90,kWh",
    ',RX1,2023/24,energy.natural_gas,"1,200",kWh',
    ",RX1,2023/24,energy.natural_gas,-5,kWh",
    ",RX1,2023/24,energy.natural_gas,7,KWH",
)


def test_every_fault_comes_in_one_pass_with_its_cell(activity_csv, method):
    report = nc.check(activity_csv(*FAULTY, header=HEADER), method)
    assert {(f.code, f.cell) for f in report.refused} == {
        ("period_unreadable", "C2"), ("activity_unknown", "D3"), ("number_separators", "E4"),
        ("quantity_negative", "E5"),
    }  # fmt: skip
    assert [(f.code, f.cell) for f in report if f.severity == "info"] == [("unit_alias", "F6")]
    assert status(report) == "refused"


def test_mending_what_was_said_leaves_no_fault_that_was_there_before(activity_csv, method):
    right = {"2023,": "2023/24,", "gaz": "gas", '"1,200"': "1200", "-5": "5"}
    corrected = [row.replace(*pair) for row, pair in zip(FAULTY, right.items(), strict=False)] + [FAULTY[4]]
    report = nc.check(activity_csv(*corrected, header=HEADER), method)
    assert report.refused == ()
    assert [finding.code for finding in report] == ["unit_alias"]
    assert status(report) == "accepted"
    assert nc.calculate(activity_csv(*corrected, header=HEADER), method).findings.rows == report.rows == 5


def test_a_check_says_what_a_calculation_refuses(method):
    table = frame(50)
    table.loc[3, "unit"] = "furlong"
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(table, method)
    checked = nc.check(table, method)
    assert error.value.findings.findings == checked.findings
    assert checked.rows == error.value.findings.rows == 50


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path, method):
    (tmp_path / "odd.xlsx").write_bytes(b"no workbook")
    for name in ("odd.xlsx", "nothing.csv"):
        [finding] = nc.check(tmp_path / name, method)
        assert (finding.code, finding.severity, finding.file) == ("file_unreadable", "reject_file", name)


def test_columns_are_named_as_a_spreadsheet_names_them():
    assert [letters(place) for place in (0, 25, 26, 51, 52, 16383)] == ["A", "Z", "AA", "AZ", "BA", "XFD"]


def test_the_command_line_checks_many_files_and_ends_by_the_worst(tmp_path, activity_csv, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    frame(20).assign(organisation="R0A").to_csv(good, index=False)
    bad.write_text("\n".join([HEADER, *FAULTY]) + "\n")
    (tmp_path / "odd.xlsx").write_bytes(b"no workbook")
    files = [str(good), str(bad), str(tmp_path / "odd.xlsx")]
    assert main(["check", files[0], "--method", "nhs-2026.1"]) == 0
    assert "good.csv: accepted" in capsys.readouterr().out
    assert main(["check", *files, "--method", "nhs-2026.1"]) == 1
    shown = capsys.readouterr()
    assert "D3 reject_line activity_unknown" in shown.out
    assert "2 files were not accepted: 5 errors" in shown.err
    assert main(["check", *files, "--method", "nhs-2026.1", "--format", "json", "-o", str(tmp_path / "f.json")]) == 1
    document = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert [each["status"] for each in document["files"]] == ["accepted with warnings", "refused", "refused"]
    assert {each["cell"] for each in document["findings"]} >= {"C2", "D3", "E4", "E5"}
    capsys.readouterr()
    assert main(["check", *files, "--method", "nhs-2026.1", "--format", "csv"]) == 1
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert {"activity_unknown", "file_unreadable"} <= set(table["code"])


def test_the_senders_own_tonnes_are_held_against_the_method(activity_csv, method):
    """NHS Carbon Footprint Recipe Book: 100,000 kWh of gas = 18.39 t reported for 2019."""
    path = activity_csv("R0A,2019/20,energy.natural_gas,100000,kWh,18.39", "R0A,2019/20,water.supply,1000,m3,0.344",
                        header="organisation,period,activity,quantity,unit,reported_tco2e")  # fmt: skip
    [differs] = [finding for finding in nc.check(path, method) if finding.code == "reported_differs"]
    assert (differs.severity, differs.cell, differs.first_rows) == ("warning", "F2", (2,))
    assert "the direct factor of ukgov-2019" in differs.message


def test_a_header_without_rows_is_refused_by_a_finding(activity_csv, method):
    assert [finding.code for finding in nc.check(activity_csv(), method)] == ["no_rows"]
