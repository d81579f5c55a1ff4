"""Findings in the columns and words of NHS England's Data Validation Engine."""

import io

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.submissions.validation_engine import feedback, feedback_status

HEADER = "organisation,period,activity,quantity,unit"
REJECTED = "File has been accepted with record rejections"
WARNED = "File has been accepted, all records accepted with warnings"
GOOD = "RX1,2023/24,energy.natural_gas,1,kWh"
# NHS England, data-validation-engine, src/dve/reporting/error_report.py, ERROR_SCHEMA
SCHEMA = ["Table", "Type", "Error_Code", "Data_Item", "Error", "Record_Index", "Value", "ID", "Category"]


@pytest.mark.parametrize(
    ("row", "kind", "category", "sentence"),
    [
        ("RX1,2023/24,energy.natural_gas,1k,kWh", "Record Rejection", "Wrong format", REJECTED),
        (",2023/24,energy.natural_gas,1,kWh", "Record Rejection", "Blank", REJECTED),
        ("RX1,2023/24,energy.natural_gaz,1,kWh", "Record Rejection", "Bad value", REJECTED),
        ("RX1,2023/24,inhaler.pmdi.salamol_100,5,inhaler\nRX1,2023/24,inhaler.pmdi.salamol_100,5,inhaler", "Warning",
         "Bad value", WARNED),
    ],
)  # fmt: skip
def test_severities_and_kinds_have_the_engines_words(activity_csv, method, row, kind, category, sentence):
    report = nc.check(activity_csv(GOOD, row, header=HEADER), method)
    table = feedback(report)
    assert table.columns.tolist() == SCHEMA
    assert (kind, category) in set(zip(table["Type"], table["Category"], strict=True))
    last = 3 + row.count("\n")
    assert last in table["Record_Index"].tolist()
    assert feedback_status(report) == sentence


def test_a_file_without_issues_says_so(activity_csv, method):
    report = nc.check(activity_csv(GOOD, header=HEADER), method)
    assert feedback_status(report) == "File has been accepted, no issues to report"
    assert feedback(report).empty


def test_a_file_that_cannot_be_read_is_a_file_rejection(tmp_path, method):
    report = nc.check(tmp_path / "absent.csv", method)
    assert feedback(report)["Type"].tolist() == ["File Rejection"]
    assert feedback_status(report) == "File has been rejected"


def test_more_rows_than_are_listed_are_said(activity_csv, method):
    table = feedback(nc.check(activity_csv(*["RX1,2023,energy.natural_gas,1,kWh"] * 9, header=HEADER), method))
    period = table[table["Error_Code"] == "period_unreadable"]
    assert period["Record_Index"].tolist() == [2, 3, 4, 5, 6]
    assert period["Error"].str.contains("And 4 more rows.").all()
    assert period["ID"].tolist() == ["B2", "", "", "", ""]


def test_the_command_line_writes_it(activity_csv, capsys):
    path = activity_csv("RX1,2023,energy.natural_gas,1,kWh", header=HEADER)
    assert main(["check", str(path), "--method", "nhs-2026.1", "--format", "dve"]) == 1
    out, err = capsys.readouterr()
    assert pd.read_csv(io.StringIO(out)).columns.tolist() == SCHEMA
    assert "File has been accepted with record rejections" in err
