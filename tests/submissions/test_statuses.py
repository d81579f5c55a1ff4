"""What becomes of returns: statuses, counts and answers of files that are made by hand."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.findings import Finding, Findings, in_order_of_severity
from nhscarbon.submissions.check import status
from nhscarbon.submissions.many_returns import FileCheck, codes_of, counts_of, summary_of
from nhscarbon.submissions.mapping_proposal import merged
from nhscarbon.submissions.validation_engine import feedback, feedback_status

COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]


def found(*severities, rows=1, code="x"):
    return in_order_of_severity(
        [Finding(code=code, severity=each, message=each, rows=rows) for each in severities], 10
    )  # fmt: skip


@pytest.mark.parametrize(("severities", "expected"), [
    ((), "accepted"), (("info",), "accepted"), (("info", "warning"), "accepted with warnings"),
    (("warning", "reject_line"), "refused"), (("reject_file",), "refused"),
])  # fmt: skip
def test_a_return_is_accepted_with_warnings_or_refused_by_its_worst_finding(severities, expected):
    assert status(found(*severities)) == expected


def test_many_returns_are_counted_by_what_becomes_of_them():
    files = [FileCheck("a", found()), FileCheck("b", found("warning", "warning")), FileCheck("c", found("reject_line")),
             FileCheck("d", found("warning"))]  # fmt: skip
    assert counts_of(files) == {"files": 4, "accepted": 1, "accepted with warnings": 2, "refused": 1}
    table = summary_of(files).set_index("file")
    assert table.loc["b", ["rows", "warnings", "status"]].tolist() == [10, 2, "accepted with warnings"]


def test_codes_are_listed_by_severity_and_then_by_the_files_that_have_them():
    common = Findings((*found("warning", "warning", rows=3, code="common"), *found("warning", code="rare")), 10)
    files = [FileCheck("a", common), FileCheck("b", found("warning", rows=5, code="common")),
             FileCheck("c", found("reject_line", code="refused"))]  # fmt: skip
    assert codes_of(files).to_numpy().tolist() == [
        ["reject_line", "refused", 1, 1], ["warning", "common", 2, 11], ["warning", "rare", 1, 1],
    ]  # fmt: skip


def test_notes_are_no_issues_for_the_validation_engine():
    assert feedback(found("info", "info")).empty
    assert feedback_status(found("info")) == "File has been accepted, no issues to report"
    assert feedback(found("info", "warning"))["Type"].tolist() == ["Warning"]


def test_the_answers_to_complete_are_a_row_for_each_warning_that_waits(method):
    rows = [("RX1", "2022/23", "energy.natural_gas", 12e6, "kWh"), ("RX1", "2023/24", "energy.natural_gas", 1e6, "kWh"),
            ("RX1", "2023/24", "water.supply", 900, "M3")]  # fmt: skip
    checked = nc.check(pd.DataFrame(rows, columns=COLUMNS), method)
    warned = {each.code for each in checked if each.severity == "warning"}
    table = nc.submissions.answers_template(checked)
    assert warned
    assert set(table["code"]) == warned
    assert set(table["reason"]) == {""}
    assert table["input_sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_of_two_files_the_word_that_somebody_confirmed_stays(method):
    rows = pd.DataFrame([("RX1", "2023/24", "Mains gas", 10, "kWh")], columns=COLUMNS)
    proposed = nc.propose_mapping(rows, method)
    [word] = [each for each in proposed.mapping.rows if each.phrase == "Mains gas"]
    confirmed = proposed.mapping.table.assign(
        answer="energy.natural_gas", confirmed_by="Ann", confirmed_on="2026-01-02"
    )  # fmt: skip
    again = nc.propose_mapping(rows, method, mapping=confirmed)
    for pair in ((proposed, again), (again, proposed)):
        [kept] = [each for each in merged(pair).mapping.rows if each.phrase == "Mains gas"]
        assert (kept.answer, kept.confirmed_by) == ("energy.natural_gas", "Ann")
    assert again.open == 0
    assert word.phrase == "Mains gas"


def test_the_tonnes_at_stake_of_a_stated_figure_are_its_distance_from_the_method(method):
    # 100,000 kWh at 0.182928926174 + 0.03021 in the set of 2023 are 21.31 t; 25 t are stated
    row = ("RX1", "2023/24", "energy.natural_gas", 100_000, "kWh", 25.0)
    checked = nc.check(pd.DataFrame([row], columns=[*COLUMNS, "reported_tco2e"]), method)
    [differs] = [each for each in checked if each.code == "reported_differs"]
    assert differs.kgco2e_at_stake == pytest.approx(25_000 - 100_000 * (0.182928926174 + 0.03021))


def test_of_two_answers_to_the_same_cells_the_later_one_is_shown(method):
    rows = [("RX1", "2022/23", "energy.natural_gas", 12e6, "kWh"), ("RX1", "2023/24", "energy.natural_gas", 1e6, "kWh")]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    table = nc.submissions.answers_template(nc.check(frame, method)).iloc[:1]
    older, newer = (table.assign(reason=reason, by="Ann", date=date)
                    for reason, date in (("first", "2026-01-05"), ("second", "2026-03-01")))  # fmt: skip
    for pair in ((older, newer), (newer, older)):
        checked = nc.check(frame, method, answers=pd.concat(pair))
        [closed] = [each for each in checked if each.answered]
        assert (closed.answer, closed.answered_on, closed.severity) == ("second", "2026-03-01", "info")


def test_words_that_wait_are_counted_and_those_of_most_rows_come_first(method):
    phrases = {"Widget polish": 1, "Gadget wax": 4, "Gizmo oil": 2}
    rows = [("RX1", "2023/24", phrase, 10 + each, "kWh") for phrase, count in phrases.items() for each in range(count)]
    proposed = nc.propose_mapping(pd.DataFrame(rows, columns=COLUMNS), method)
    waiting = [each.phrase for each in proposed.mapping.rows if not each.confirmed]
    assert waiting == ["Gadget wax", "Gizmo oil", "Widget polish"]
    assert proposed.open == 3
    assert str(proposed).splitlines()[0].endswith("3 to confirm")
