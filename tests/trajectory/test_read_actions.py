"""Actions as a table: what is read is what was written, and every fault is found at once, with its cell."""

from dataclasses import replace

import pandas as pd
import pytest

import nhscarbon as nc
from green_plans import GAS, GRID, action, system
from nhscarbon.trajectory.actions.strict_table import checked_actions
from nhscarbon.trajectory.actions.table import Actions

HEADER = "id,title,selects,effect,share,start_from,start_to"


def full():
    return Actions(
        (
            action(
                "RAA-01", owner="RAA", organisations=("RAA",), theme="Estates", share=0.125, ramp=(1 / 3, 2 / 3, 1.0),
                life=15, start_to=2029, capital_gbp=(100000.0, 50000.5), revenue_gbp=(-5000.0,), staff_fte=(0.5, 0.25),
                requires=("RAA-02",), excludes=("RAA-03",), realisation=0.8, realisation_sd=0.1, slip=(0.7, 0.2, 0.1),
                risk="=cmd|' /C calc'!A0", likelihood=0.25, impact=0.5, mitigation="-check, twice", lead="Director",
                status="planned", co_benefits=("clean air", "warm wards"), evidence="survey 2025",
            ),
            action("RAA-02", "switch", ramp=(0.2, 0.9)),
            action("RAA-03", "fixed", tco2e_a_year=12.5),
        )
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_back(tmp_path, kind):
    if kind == "xlsx":
        pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    path = tmp_path / f"actions.{kind}"
    (full().to_csv if kind == "csv" else full().to_excel)(path)
    read = nc.read_actions(path)
    assert read.items == full().items
    assert read.findings.findings == ()
    assert nc.read_actions(read.table).items == full().items


def test_no_text_of_a_written_table_can_start_a_formula(tmp_path):
    table = pd.read_csv(full().to_csv(tmp_path / "actions.csv"), dtype=str, keep_default_na=False)
    assert table.loc[0, "risk"].startswith("'=")
    assert table.loc[0, "mitigation"] == "'-check, twice"
    assert table.loc[0, "revenue_gbp"] == "-5000"


def test_a_written_table_is_never_put_over_another(tmp_path):
    full().to_csv(tmp_path / "actions.csv")
    with pytest.raises(nc.NHSCarbonError, match="already exists"):
        full().to_csv(tmp_path / "actions.csv")


def test_a_whole_number_as_ramp_is_the_years_to_the_full_effect():
    table = pd.DataFrame(
        [["a", "A", GAS, "reduce", "0.1", "2026/27", "2026/27", "4"]], columns=[*HEADER.split(","), "ramp"]
    )
    assert nc.read_actions(table)["a"].ramp == (0.25, 0.5, 0.75, 1.0)


def found(*rows, header=HEADER, frame=None):
    table = pd.DataFrame([row.split(",") for row in rows], columns=header.split(","))
    return [(f.code, f.cell, f.severity) for f in checked_actions(table, frame=frame).findings]


def test_every_fault_is_found_at_once_with_its_cell(tmp_path):
    path = tmp_path / "actions.csv"
    path.write_text(
        f"{HEADER},requires,capital_gbp,realisation\n"
        f"a,A,{GAS},reduce,1.5,2026/27,2028/29,b,100,1\n"
        f"b,B,{GAS},reduse,0.5,2026,2028/29,zz,-100,1\n"
        "\n"
        f'c,C,{GAS},reduce,20%,2028/29,2026/27,,"1,000",1\n'
        f"a,A again,{GAS},reduce,0.5,2028/29,2026/27,,100,3\n"
        f"d,,,reduce,0.5,2028/29,2028/29,,100,1\n"
        f"e,E,{GAS},fixed,0.5,2028/29,2028/29,,100,1\n"
        f"f,F,{GAS},switch,0.5,2028/29,2028/29,,100,1\n"
    )
    findings = checked_actions(path).findings.findings
    assert {(finding.cell, finding.code) for finding in findings} == {
        ("E2", "action_out_of_range"),
        ("D3", "action_effect_unknown"), ("F3", "period_unreadable"), ("H3", "action_requires_unknown"),
        ("I3", "action_negative"),
        ("E5", "number_unreadable"), ("G5", "action_window_backwards"), ("I5", "number_unreadable"),
        ("A6", "action_id_twice"), ("G6", "action_window_backwards"), ("J6", "action_out_of_range"),
        ("B7", "action_cell_blank"), ("C7", "action_cell_blank"),
        ("", "action_out_of_range"), ("", "action_without_evidence"), ("", "action_switch_incomplete"),
    }  # fmt: skip
    with pytest.raises(nc.SubmissionError, match="nothing was planned") as caught:
        nc.read_actions(path)
    assert len(caught.value.findings.findings) == len(findings)


def test_a_missing_column_refuses_the_file_and_an_unknown_one_is_named():
    codes = found("a,A,x,reduce,0.1", header="id,title,selects,effect,shares")
    assert ("column_missing", "", "reject_file") in codes
    assert ("column_unknown", "E1", "warning") in codes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"requires": ("b",)}, "action_requires_unknown"), ({"excludes": ("b",)}, "action_excludes_unknown"),
        ({"requires": ("a",)}, "action_requires_itself"), ({"likelihood": 3.0}, "action_out_of_range"),
        ({"staff_fte": (-1.0,)}, "action_negative"), ({"life": 0}, "action_out_of_range"),
        ({"life": 2.5}, "action_out_of_range"), ({"slip": (0.5, 0.2)}, "action_out_of_range"),
        ({"realisation_sd": 0.1}, "action_out_of_range"), ({"ramp": (0.5, 1.5)}, "action_out_of_range"),
        ({"selects": ("energy.natural_gaz",)}, "action_selects_nothing"),
        ({"organisations": ("RZZ",)}, "action_organisation_unknown"),
        ({"start_from": 2020, "start_to": 2020}, "action_outside_years"), ({"start_to": 2040}, "action_window_cut"),
        ({"effect": "switch", "switch_to": "energy.steam", "efficiency": 0.8, "cop": 3.0},
         "action_switch_without_factor"),
        ({"effect": "switch", "switch_to": GRID, "efficiency": 85.0, "cop": 3.0}, "action_out_of_range"),
        ({"effect": "switch", "switch_to": GRID, "efficiency": 0.85, "cop": 3.0, "units_per_unit": 0.3},
         "action_switch_incomplete"),
        ({"effect": "fixed", "share": 0.0, "tco2e_a_year": 9e9, "evidence": "x"}, "action_larger_than_lines"),
    ],
)  # fmt: skip
def test_an_invalid_action_is_a_finding(changes, code):
    items = Actions((replace(action("a"), **changes),))
    report = checked_actions(items.table, frame=system(["RAA", "RBB"], [2026, 2027])).findings
    assert code in [finding.code for finding in report]
    severe = code != "action_larger_than_lines"
    assert bool(report.refused) == severe
    assert all(finding.cell for finding in report)


def test_circles_and_contradictions_between_actions_are_findings():
    circle = Actions((action("a", requires=("b",)), action("b", requires=("c",)), action("c", requires=("a",))))
    assert [f.code for f in checked_actions(circle.table).findings] == ["action_requires_circle"] * 3
    never = Actions((action("a", requires=("b",)), action("b", requires=("c",)), action("c", excludes=("a",))))
    assert [f.code for f in checked_actions(never.table).findings] == ["action_requires_excluded"]
    late = Actions((action("a", requires=("b",)), action("b", start_from=2028, start_to=2028)))
    assert [f.code for f in checked_actions(late.table).findings] == ["action_requires_too_late"]


def test_a_fault_of_one_action_does_not_hide_those_of_the_others():
    rows = (f"a,A,{GAS},reduce,0.1,2026/27,2026/27,b", f"b,B,{GAS},reduce,7,2026/27,2026/27,nn")
    codes = [code for code, _, _ in found(*rows, header=f"{HEADER},requires")]
    assert "action_out_of_range" in codes
    assert codes.count("action_requires_unknown") == 1  # b is in the table, if unsound; nn is not


def test_when_all_that_was_found_is_put_right_nothing_new_is_found():
    frame = system(["RAA"], [2026, 2027, 2028])
    wrong = Actions(
        (action("a", "switch", cop=None, requires=("z",), share=3.0, organisations=("RZZ",), start_to=2050),)
    )
    first = checked_actions(wrong.table, frame=frame).findings
    assert {finding.column for finding in first} == {"cop", "requires", "share", "organisations", "start_to"}
    right = Actions((action("a", "switch", share=0.3, organisations=("RAA",), start_to=2028),))
    assert checked_actions(right.table, frame=frame).findings.findings == ()


def test_a_workbook_with_several_sheets_must_say_which(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("Actions")
    for row in (HEADER.split(","), ["a", "A", GAS, "reduce", 0.1, "2026/27", "2026/27"]):
        sheet.append(row)
    book.save(tmp_path / "plan.xlsx")
    assert nc.read_actions(tmp_path / "plan.xlsx")["a"].share == 0.1
    sheet.title = "more"
    book.save(tmp_path / "plan.xlsx")
    with pytest.raises(nc.NHSCarbonError, match="none is called 'actions'"):
        nc.read_actions(tmp_path / "plan.xlsx")
    with pytest.raises(nc.NHSCarbonError, match="did you mean 'RAA-01'"):
        full()["RAA-1"]
