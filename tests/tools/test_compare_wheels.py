"""Two wheels compared: what differs is found, put under the kind that asked for it, and else refused."""

import json
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import compare_wheels as wheels  # noqa: E402  tools of this repository
import wheel_answers  # noqa: E402
import wheel_cases  # noqa: E402

BLANK = {"code": "unit_blank", "severity": "reject_line", "file": "a.csv", "sheet": "", "column": "unit",
         "cell": "F2", "rows": 1, "first_rows": [2], "every_row": "0", "at_stake": None}  # fmt: skip
ALIAS = {**BLANK, "code": "unit_alias", "severity": "info"}
SAME = {"check": [ALIAS], "calculate": "done", "findings": [ALIAS], "total scope_1": (0.1).hex(),
        "by scope_1": "00", "certificate findings": {"info": 1}, "certificate rows": 1}  # fmt: skip
REFUSED = {"check": [BLANK], "calculate": "SubmissionError", "findings": [BLANK]}


def written(path, **facts):
    """Write a file of answers, as a wheel's process does, and read it."""
    about = {"version": "0", "routes": ["csv"], "python": "3"}
    lines = [{"id": f"tables/{name}", "group": "tables", "route": "csv", "facts": each} for name, each in facts.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in [about, *lines]), "utf-8")
    return wheels.read_answers(path)[1]


@pytest.fixture
def outcome(tmp_path):
    """Compare two files of answers: a case that is counted and one that is refused, the new ones changed."""

    def compared(change=lambda counted, refused: None, kinds=()):
        facts = {"counted": SAME, "refused": REFUSED}
        later = json.loads(json.dumps(facts))  # copies of what stands in it twice
        change(**later)
        return wheels.compare(written(tmp_path / "old", **facts), written(tmp_path / "new", **later), kinds)

    return compared


def test_answers_that_are_equal_are_proved(outcome):
    found = outcome()
    assert found.proved
    assert (found.cases, found.same) == ({"tables": 2}, {"tables": 2})


ONE_ULP = {"total scope_1": "0x1.999999999999bp-4"}
PLANTED = {
    "a total that is off by its last bit": lambda counted, refused: counted.update(ONE_ULP),
    "tonnes by theme": lambda counted, refused: counted.update({"by scope_1": "01"}),
    "a certificate": lambda counted, refused: counted.update({"certificate rows": 2}),
    "a finding that is not made": lambda counted, refused: refused["check"].clear(),
    "a finding that is made beside": lambda counted, refused: counted["findings"].append(BLANK),
    "a row": lambda counted, refused: refused["check"][0].update(first_rows=[3]),
    "what is at stake": lambda counted, refused: refused["findings"][0].update(at_stake="0x0p+0"),
    "another refusal": lambda counted, refused: refused.update(calculate="UsageError"),
}  # fmt: skip


@pytest.mark.parametrize("change", PLANTED.values(), ids=PLANTED)
def test_a_planted_difference_is_found_and_is_of_no_kind(outcome, change):
    found = outcome(change)
    assert not found.proved
    assert len(found.unknown) == 1
    assert found.same == {"tables": 1}


def test_a_difference_that_was_asked_for_is_counted_under_its_kind(outcome):
    def change(counted, refused):
        refused["check"][0]["severity"] = "warning"
        counted["check"] = []

    softer = wheels.Kind("softer", "why", "line 1", lambda each: each.codes == {"unit_blank"} and each.new["rows"] == 1)
    found = outcome(change, (softer,))
    assert found.kinds["softer"] == {"tables": 1}
    assert [(each.case, each.old["code"], each.new) for each in found.unknown] == [
        ("tables/counted", "unit_alias", None)
    ]


def test_more_kinds_than_may_be_asked_for_prove_nothing(outcome):
    kinds = [wheels.Kind(str(number), "", "", lambda each: False) for number in range(21)]
    assert outcome(kinds=kinds[:20]).proved
    assert not outcome(kinds=kinds).proved


def test_a_case_that_one_wheel_did_not_answer_proves_nothing(tmp_path):
    both = written(tmp_path / "old", one=SAME, two=SAME), written(tmp_path / "new", one=SAME)
    assert wheels.compare(*both, ()).faults == ("1 cases were answered by one wheel alone, such as tables/two",)


def test_a_case_that_ended_the_process_is_taken_down_and_the_next_are_asked(tmp_path):
    cases, answers = tmp_path / "cases", tmp_path / "new"
    put = [{"id": f"tables/{name}", "group": "tables", "route": route}
           for name, route in (("one", "csv"), ("two", "lazy"), ("three", "csv"), ("four", "csv"))]  # fmt: skip
    cases.write_text("".join(json.dumps(case) + "\n" for case in put), "utf-8")
    written(answers, one=SAME)
    assert wheels._take_down(cases, answers, -9) == "tables/three"  # the second goes by a route that is not taken
    given = wheels.read_answers(answers)[1]
    assert given["tables/three"]["facts"] == {wheels.ENDED: -9}
    assert not wheels.compare(given, given, ()).proved


def test_englands_total_is_held_to_the_bit():
    case, fact, total = wheels.ENGLAND
    assert wheels.england("new", {case: {"facts": {fact: total}}}) == []
    assert wheels.england("new", {case: {"facts": {fact: total.replace("d9c", "d9d")}}})
    assert wheels.england("new", {})


def test_random_tables_are_the_same_for_one_seed_and_other_for_another():
    assert list(wheel_cases.tables(4, 20, 1)) == list(wheel_cases.tables(4, 20, 1))
    assert list(wheel_cases.tables(4, 20, 1)) != list(wheel_cases.tables(4, 20, 2))


@pytest.mark.parametrize("route", [*wheel_cases.ALWAYS, "arrow", "parquet", "lazy", "partial"])
def test_this_version_answers_by_its_public_names(route, tmp_path):
    rows = [["RX1", "2023/24", "energy.natural_gas", "1000", "kWh"]]
    case = {**wheel_answers.TRIED, "route": route, "rows": rows, "id": "tables/0", "group": "tables"}
    facts, _ = wheel_answers.facts_of(case, tmp_path)
    assert facts["calculate"] == "done"
    assert float.fromhex(facts["total scope_1"]) > 0
    assert facts["by nhs_carbon_footprint"][0] == ["theme", "organisation", "tco2e"]
    assert ("check" in facts) == (route != "partial")
    assert "certificate code_version" not in facts


def test_what_it_refuses_is_answered_with_its_findings(tmp_path):
    case = {**wheel_answers.TRIED, "route": "csv", "rows": [["RX1", "2023/24", "energy.moonshine", "1000", "kWh"]]}
    facts, shown = wheel_answers.facts_of(case, tmp_path)
    assert facts["calculate"] == "SubmissionError"
    [finding] = [each for each in facts["findings"] if each["severity"] == "reject_line"]
    assert (finding["code"], finding["first_rows"], finding["column"]) == ("activity_unknown", (2,), "activity")
    assert "energy.moonshine" in shown["calculate"]
