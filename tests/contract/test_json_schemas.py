"""The published JSON Schemas are the column contracts, and what the package reads and writes keeps to them."""

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.footprint.json_schemas import SCHEMAS

jsonschema = pytest.importorskip("jsonschema", reason="schemas are held against an independent validator")
REPO = Path(__file__).resolve().parents[2]
ROW = {"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", "quantity": 5, "unit": "kWh"}


def faults(of, document):
    validator = jsonschema.Draft202012Validator(nc.footprint.json_schema(of))
    return [error.message for error in validator.iter_errors(document)]


@pytest.mark.parametrize("of", SCHEMAS)
def test_each_schema_is_one_and_is_the_one_that_is_published(of):
    schema = nc.footprint.json_schema(of)
    jsonschema.Draft202012Validator.check_schema(schema)
    committed = (REPO / "docs" / "reference" / "schemas" / f"{of}.json").read_text("utf-8")
    assert json.loads(committed) == schema, "run tools/write_reference.py"


def test_the_shipped_example_is_an_activity_table():
    rows = pd.read_csv(nc.example("trust-year.csv")).astype(object)
    assert faults("activity", rows.where(rows.notna(), None).to_dict("records")) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"quantity": "5"}, "is not of type 'number'"), ({"unit": ""}, "non-empty"), ({"unit": None}, "'string'"),
     ({"estimated_share": 1.5}, "maximum of 1")],
)  # fmt: skip
def test_a_row_that_is_none_is_refused(change, fault):
    assert faults("activity", [ROW]) == []
    [message] = faults("activity", [{**ROW, **change}])
    assert fault in message
    assert "required" in faults("activity", [{"organisation": "RX1"}])[0]


def test_what_the_command_line_writes_is_a_footprint(capsys, activity_csv):
    path = activity_csv("RX1,2023/24,energy.natural_gas,1000,kWh", "RX1,2014/15,energy.natural_gas,1000,kWh")
    assert main(["footprint", str(path), "--method", "nhs-2026.1", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert faults("footprint", document) == []
    assert [*document["totals"]] == ["2014/15", "2023/24"]  # years are not added
    assert None in document["totals"]["2014/15"].values()  # well-to-tank of 2014 was not published
    assert faults("footprint", {**document, "rows": [{"organisation": "RX1"}]}) != []


def test_every_finding_of_a_bad_return_is_a_finding(activity_csv, method):
    path = activity_csv("RX1,2023,energy.natural_gas,1000,kWh", "RX1,2023/24,energy.gas,x,kwh", ",2023/24,water,1,m3")
    findings = nc.check(path, method).findings
    assert len(findings) >= 3
    for finding in findings:
        assert faults("finding", json.loads(json.dumps(asdict(finding)))) == []
    assert faults("finding", {"code": "x", "severity": "grave"}) != []


def test_an_unknown_schema_is_refused():
    with pytest.raises(nc.NHSCarbonError, match="there are activity, finding, footprint"):
        nc.footprint.json_schema("trust")


def test_the_command_line_writes_the_schema(capsys):
    assert main(["schema", "finding"]) == 0
    assert json.loads(capsys.readouterr().out) == nc.footprint.json_schema("finding")
