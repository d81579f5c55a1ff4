"""Triage of many returns: the worst first, by tonnes at risk, each row once, and what is unknown is not nothing."""

import json

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.findings import Finding, Findings, first_rows
from nhscarbon.submissions import FileCheck, triage
from nhscarbon.submissions.many_returns import at_risk

METHOD = nc.methodology("nhs-2026.1")
NAMES = ("good", "large", "word", "broken")
HEAD = ["organisation", "period", "activity", "quantity", "unit"]


def found(tonnes, rows=(), severity="warning", **about):
    stake = None if tonnes is None else tonnes * 1000.0
    return Finding(code="any", severity=severity, message="the text.", kgco2e_at_stake=stake,
                   first_rows=first_rows(rows) if rows else (), **about)  # fmt: skip


def report(*findings, rows=10, **about):
    return Findings(findings, rows, **about)


@pytest.mark.parametrize(("findings", "tonnes"), [
    ((), 0),
    ((found(5, [1]), found(3, [2])), 8),
    ((found(5, [1]), found(3, [1])), 5),  # a row counts once, with the most that is at stake in it
    ((found(3, [1]), found(5, [1, 2, 3, 4])), 5),
    ((found(8, [1, 2]), found(4, [2, 3, 4, 5])), 8 + 4 * 3 / 4),  # what it shares is left out in proportion
    ((found(5, [1], sheet="gas"), found(3, [1], sheet="water")), 8),
    ((found(5, [1]), found(3, [2], severity="info")), 5),
    ((found(5, [1]), found(None, [2])), 5),
    ((found(None, [1], severity="reject_line"), found(2, [2])), 2),
    ((found(-5, [1]),), 5),
    # of sums there are no rows: the words say what a finding is about
    ((found(5, organisation="RX1"), found(3, organisation="RX1", activity="water.supply")), 5),
    ((found(5, organisation="RX1", site="A"), found(3, organisation="RX1", site="B")), 8),
    ((found(3, organisation="RX1"), found(5, organisation="RX1", activity="water.supply")), 8),
])  # fmt: skip
def test_tonnes_at_risk_count_each_row_once(findings, tonnes):
    assert at_risk(report(*findings)) == pytest.approx(tonnes)


def test_more_rows_than_a_finding_shows_are_known_to_be_shared():
    assert at_risk(report(found(50, range(1, 101)), found(40, range(51, 101)))) == pytest.approx(50)


def checked(**reports):
    return triage([FileCheck(name, each) for name, each in reports.items()])


def test_the_worst_is_first_and_what_is_not_known_before_it():
    error = found(None, [1], severity="reject_line")
    table = checked(
        clean=report(), small=report(found(5, [1])), large=report(found(900, [1])), guessed=report(error),
        gone=report(found(None, severity="reject_file"), rows=0), part=report(error, found(70, [2])),
    ).table  # fmt: skip
    assert table["file"].tolist() == ["gone", "guessed", "large", "part", "small", "clean"]
    assert table["tco2e_at_risk"].isna().tolist() == [True, True, False, False, False, False]
    assert table["errors_not_weighed"].tolist() == [1, 1, 0, 1, 0, 0]


def test_an_answered_warning_puts_nothing_at_risk():
    closed = found(900, [1], severity="info", answer="it is right", answered_by="A", answered_on="2026-01-01")
    assert checked(one=report(closed)).table["tco2e_at_risk"].tolist() == [0]


def test_the_largest_finding_is_the_one_with_most_at_stake_not_the_first():
    small = found(1, [1], severity="reject_line")
    large = Finding(code="any", severity="warning", message="twelve times too much.", kgco2e_at_stake=9e6)
    assert checked(one=report(small, large)).table["largest"].tolist() == ["Twelve times too much."]


def test_lines_fit_a_hundred_columns_whatever_the_files_are_called():
    long = Finding(code="any", severity="reject_line", message="so " * 90, kgco2e_at_stake=1e9)
    three, label = report(long, organisations=("RX1", "RR8", "RTG")), "NHS Carbon Footprint " * 9
    shown = triage([
        FileCheck("a-very-long-name-of-a-folder/" * 3 + "return.xlsx", three),
        FileCheck("b.xlsx", report(found(1, [1]), organisations=("R0A",), covering=lambda: label)),
    ]).lines()  # fmt: skip
    assert max(map(len, shown)) <= 100
    assert shown[0].split() == ["file", "organisation", "status", "errors", "warnings", "tCO2e", "at", "risk"]
    assert shown[1].startswith("…")
    assert "return.xlsx  RX1, …" in shown[1]


@pytest.fixture
def returns(tmp_path):
    """Write a clean return, one a thousand times too large, one of an unknown word, and one that is no table."""
    good = pd.DataFrame([("RX1", "2023/24", "energy.natural_gas", 40_000_000, "kWh")], columns=HEAD)
    good.to_csv(tmp_path / "good.csv", index=False)
    good.assign(organisation="RR8", quantity=40_000_000_000).to_csv(tmp_path / "large.csv", index=False)
    good.assign(organisation="RTG", activity="gaz de ville").to_csv(tmp_path / "word.csv", index=False)
    (tmp_path / "broken.csv").write_text("nothing\n")
    return [str(tmp_path / f"{name}.csv") for name in NAMES]


def test_the_command_shows_one_table_with_the_worst_first(returns, capsys):
    main(["check", *returns, "--method", "nhs-2026.1"])
    lines = capsys.readouterr().out.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("file "))
    told = [line for line in lines[start:] if ".csv " in line and not line.startswith(" ")]
    assert [next(name for name in NAMES if f"{name}.csv" in line) for line in told] == [
        "broken",
        "word",
        "large",
        "good",
    ]
    assert ["not known" in line for line in told] == [True, True, False, False]


def test_the_order_of_files_in_json_is_that_of_the_command(returns, capsys):
    main(["check", *returns, returns[0], "--method", "nhs-2026.1", "--format", "json"])
    files = json.loads(capsys.readouterr().out)["files"]
    assert [each["file"].rpartition("/")[2] for each in files] == [
        "good.csv", "large.csv", "word.csv", "broken.csv", "good.csv",
    ]  # fmt: skip
    assert [each["organisation"] for each in files] == ["RX1", "RR8", "RTG", "", "RX1"]
    assert files[2]["tco2e_at_risk"] is files[3]["tco2e_at_risk"] is None
    assert files[1]["tco2e_at_risk"] > 1e6
    assert files[0]["label"].startswith("NHS Carbon Footprint")
    assert {"reject_file", "reject_line", "warning", "info", "rows", "status"} <= files[0].keys()
