"""Answers to findings: one warning, unchanged cells, a reason, a person and a day; nothing else closes anything."""

import json

import duckdb
import pandas as pd
import polars as pl
import pytest

import nhscarbon as nc
from nhscarbon.checks.answers import COLUMNS, read_answers
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from nhscarbon.footprint.certificate import certificate
from nhscarbon.methods.data_package import data_root, frozen_digests
from nhscarbon.submissions import answers_template
from nhscarbon.submissions.check import status

METHOD = nc.methodology("nhs-2026.1")
REASON = "The medicines spend leaves inhalers out"
WHO = {"reason": REASON, "by": "Sam Okafor", "date": "2026-05-01"}
HEAD = ["organisation", "site", "period", "activity", "quantity", "unit"]
ROWS = [
    ("RX1", "RX1RA", "2023-04", "inhaler.pmdi.salamol_100", 600.0, "inhaler"),
    ("RX1", "RX1RA", "2023-05", "inhaler.pmdi.salamol_100", 400.0, "inhaler"),
    ("RX1", "RX1CC", "2023-04", "inhaler.pmdi.salamol_100", 250.0, "inhaler"),
    ("RX1", "", "2023/24", "spend.sic.21", 100000.0, "GBP"),
    ("RX1", "RX1RA", "2023/24", "water.supply", 4000.0, "m3"),
    ("RR8", "", "2023/24", "water.supply", 5000.0, "m3"),
    ("RR8", "", "2022/23", "water.supply", 5100.0, "m3"),
]


def table(change=(), rows=ROWS):
    frame = pd.DataFrame(rows, columns=HEAD)
    for place, name, value in change:
        frame.loc[place, name] = value
    return frame


def open_codes(findings):
    return [each.code for each in findings if each.severity == "warning"]


def warning_of(findings, code="counted_twice"):
    return next(each for each in findings if each.code == code)


def answers_to(frame, to="counted_twice", /, **values):
    """The table that `check` writes for one code, completed."""
    written = answers_template(nc.check(frame, METHOD, organisations=None))
    return written[written["code"] == to].assign(**{**WHO, **values})


def checked(frame, answers):
    return nc.check(frame, METHOD, organisations=None, answers=answers)


def closed(frame, answers):
    return warning_of(checked(frame, answers)).answered


def test_an_answer_closes_the_warning_and_the_return_is_accepted():
    rows = [row for row in ROWS if row[0] == "RX1" and row[3] != "water.supply"]
    rows = [("RX1", "", "2023/24", *row[3:]) for row in rows[:1] + rows[3:]]  # a whole year of each
    before = nc.check(table(rows=rows), METHOD, organisations=None)
    answers = answers_template(before).assign(**WHO)
    assert status(before) == "accepted with warnings"
    assert list(answers.columns) == list(COLUMNS)
    after = checked(table(rows=rows), answers)
    assert status(after) == "accepted"
    found = warning_of(after)
    assert (found.severity, found.answer, found.answered_by, found.answered_on) == ("info", *WHO.values())
    assert found.message == warning_of(before).message
    assert f"Answered on 2026-05-01 by Sam Okafor: {REASON}" in str(found)


@pytest.mark.parametrize(("place", "name", "value"), [
    (0, "quantity", 600.000001), (3, "quantity", 100001.0), (1, "period", "2023-06"), (2, "site", "RX1RA"),
    (4, "quantity", 4001.0),  # the finding names no activity: it is about all cells of its organisation and year
])  # fmt: skip
def test_any_change_of_the_cells_opens_it_again_and_says_so(place, name, value):
    answers = answers_to(table())
    changed = checked(table([(place, name, value)]), answers)
    found = warning_of(changed)
    assert found.severity == "warning"
    assert not found.answered
    assert "was answered on 2026-05-01 by Sam Okafor, but the rows changed since" in found.message


def test_cells_of_another_organisation_or_year_do_not_open_it():
    answers = answers_to(table())
    assert closed(table([(5, "quantity", 9.0)]), answers)
    assert closed(table([(6, "quantity", 9.0)]), answers)
    assert closed(table(rows=[*ROWS, ("RR8", "", "2023/24", "energy.gas_oil", 5.0, "litre")]), answers)


def one_activity(change=()):
    """A return with warnings about water: 7,000,000 m3 are more than any trust has."""
    rows = [("RX1", "", "2023/24", "water.supply", 7e6, "m3"), ("RX1", "", "2023/24", "energy.gas_oil", 50.0, "litre")]
    return table(change, rows=rows)


def test_a_finding_about_one_activity_is_not_opened_by_another():
    about = [each for each in nc.check(one_activity(), METHOD, organisations=None)
             if each.severity == "warning" and each.activity == "water.supply"]  # fmt: skip
    code = about[0].code
    answers = answers_to(one_activity(), code)
    assert warning_of(checked(one_activity(), answers), code).answered
    assert warning_of(checked(one_activity([(1, "quantity", 60.0)]), answers), code).answered
    assert not warning_of(checked(one_activity([(0, "quantity", 7e6 + 1)]), answers), code).answered


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_open_it(seed):
    assert closed(table().sample(frac=1, random_state=seed, ignore_index=True), answers_to(table()))


def test_every_kind_of_source_and_partial_sums_have_the_same_hash(tmp_path):
    path, saved = tmp_path / "return.csv", tmp_path / "return.partial"
    table().to_csv(path, index=False)
    nc.partial(path).save(saved)
    polars = pl.DataFrame(table().to_dict("list"))
    sources = [
        path, table(), polars, polars.lazy(), polars.to_arrow(), duckdb.from_arrow(polars.to_arrow()),
        nc.partial(table()), nc.partial(table(), keep=("site",)), nc.partial(table(), keep=("site", "month")),
        nc.sums.PartialSums.load(saved), nc.partial(table()[:3]) + nc.partial(table()[3:]),
    ]  # fmt: skip
    hashes = set()
    for source in sources:
        findings = nc.check(source, METHOD, organisations=None)
        hashes.add(findings.input_sha256(warning_of(findings)))
        assert warning_of(checked(source, answers_to(table()))).answered
    assert len(hashes) == 1


def test_a_word_that_no_cell_has_narrows_nothing():
    """So that a finding about a word that cannot be matched is opened by any change rather than by none."""
    findings = nc.check(table(), METHOD, organisations=None)
    sha256 = findings.input_sha256
    found = warning_of(findings)
    whole = sha256(nc.findings.finding("no_rows"))
    assert sha256(nc.findings.finding("no_rows", organisation="ZZ9")) == whole
    assert sha256(found) != whole


def test_an_error_cannot_be_answered():
    frame = table([(4, "unit", "furlong")])
    error = nc.check(frame, METHOD, organisations=None).refused[0]
    answer = {"code": error.code, "organisation": error.organisation, "period": error.period,
              "activity": error.activity, **WHO, "input_sha256": "0" * 64}  # fmt: skip
    after = checked(frame, [answer])
    assert status(after) == "refused"
    assert error in after.refused
    assert "Errors cannot be answered" in warning_of(after, "answer_of_error").message
    with pytest.raises(nc.SubmissionError):
        nc.calculate(frame, METHOD, organisations=None, answers=[answer])


@pytest.mark.parametrize("name", ["code", "organisation", "period", "activity"])
@pytest.mark.parametrize("word", ["*", "RX*", "ALL", "2023/2?"])
def test_no_wildcard_is_accepted(name, word):
    after = checked(table(), answers_to(table(), **{name: word}))
    assert f"has '{word}' as its {name}" in warning_of(after, "answer_wildcard").message
    assert not warning_of(after).answered


def test_a_blank_answers_only_a_blank():
    for name in ("organisation", "period"):
        assert not closed(table(), answers_to(table(), **{name: ""}))
    assert not closed(table(), answers_to(table(), activity="spend.sic.21"))


LATER = "2999-01-01"


@pytest.mark.parametrize(("change", "code", "words"), [
    ({"reason": ""}, "answer_incomplete", "no reason"),
    ({"by": " "}, "answer_incomplete", "no by"),
    ({"date": ""}, "answer_incomplete", "no date"),
    ({"input_sha256": ""}, "answer_incomplete", "no input_sha256"),
    ({"date": LATER}, "answer_date_wrong", "in the future"),
    ({"date": "01/05/2026"}, "answer_date_wrong", "cannot be read"),
    ({"date": "2026-02-30"}, "answer_date_wrong", "cannot be read"),
    ({"code": "counted_twise"}, "answer_code_unknown", "no finding has"),
])  # fmt: skip
def test_an_answer_that_is_no_evidence_is_a_warning_and_closes_nothing(change, code, words):
    after = checked(table(), answers_to(table(), **change))
    found = warning_of(after, code)
    assert found.severity == "warning"
    assert words in found.message
    assert not warning_of(after).answered


def test_an_answer_that_fits_nothing_is_said_as_a_note():
    answers = pd.concat([answers_to(table()), answers_to(table(), period="2019/20")])
    after = checked(table(), answers)
    assert warning_of(after).answered
    assert warning_of(after, "answer_without_finding").severity == "info"
    noted = next(each for each in nc.check(table(), METHOD, organisations=None) if each.severity == "info")
    about = {name: getattr(noted, name) for name in ("code", "organisation", "period", "activity")}
    told = warning_of(checked(table(), answers_to(table(), **about)), "answer_without_finding")
    assert "A note needs no answer" in told.message


def test_answers_are_read_from_csv_workbook_and_frames_alike(tmp_path):
    answers = answers_to(table(), reason="-5 degrees in March, and a burst pipe")
    csv, book = tmp_path / "answers.csv", tmp_path / "answers.xlsx"
    answers.to_csv(csv, index=False)
    with pd.ExcelWriter(book) as writer:
        table().to_excel(writer, sheet_name="Return", index=False)
        answers.assign(date=pd.Timestamp("2026-05-01")).to_excel(writer, sheet_name="Answers", index=False)
    rows = pl.DataFrame(answers.to_dict("list"))
    sources = [csv, str(csv), book, answers, answers.assign(date=pd.Timestamp("2026-05-01")), rows, rows.to_arrow(),
               answers.to_dict("records"), read_answers(answers)]  # fmt: skip
    read = [read_answers(each) for each in sources]
    assert len(set(read)) == 1
    assert read[0][0].date == "2026-05-01"
    assert read_answers(None) == read_answers([]) == ()


def test_the_sheet_of_answers_may_lie_in_the_return_itself_and_is_no_activity(tmp_path):
    book = tmp_path / "return.xlsx"
    with pd.ExcelWriter(book) as writer:
        answers_to(table()).to_excel(writer, sheet_name="answers", index=False)
        table().to_excel(writer, sheet_name="Return", index=False)
    after = checked(book, book)
    assert after.rows == len(ROWS)
    assert warning_of(after).answered
    assert not {"sheet_not_read", "sheets_joined"} & {each.code for each in after}


def test_an_answers_table_without_its_columns_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no column by, date, input_sha256"):
        nc.check(table(), METHOD, answers=answers_to(table())[list(COLUMNS[:5])])
    with pytest.raises(nc.UnreadableError):
        nc.check(table(), METHOD, answers=tmp_path / "none.csv")


def test_a_written_table_keeps_what_is_answered_and_asks_for_the_rest():
    answers = answers_to(table())
    again = answers_template(checked(table(), answers))
    kept = again[again["code"] == "counted_twice"]
    assert kept.to_dict("records") == answers.to_dict("records")
    other = answers_template(checked(table([(0, "quantity", 1.0)]), answers))
    [row] = other[other["code"] == "counted_twice"].to_dict("records")
    assert row["reason"] == ""
    assert row["input_sha256"] != answers["input_sha256"].iloc[0]


def test_footprints_show_keep_and_add_answers(tmp_path):
    answers = answers_to(table())
    first = nc.calculate(table(), METHOD, organisations=None, answers=answers)
    text = "(RX1, 2023/24) on 2026-05-01 by Sam Okafor: The medicines spend leaves inhalers out"
    assert text in " ".join(str(first).split())
    assert text in first._repr_html_()
    other = table(rows=[("RTH", "", "2023/24", "water.supply", 6.0, "m3")])
    both = first + nc.calculate(other, METHOD, organisations=None)
    assert [each.answer for each in both.findings.answered] == [REASON]
    assert both.answers == first.answers
    shared = first + nc.calculate(other, METHOD, organisations=None, answers=answers)
    assert "answer_without_finding" not in [each.code for each in shared.findings]
    page = nc.write_report(first, tmp_path / "report.html", organisations=None).read_text("utf-8")
    assert "Warnings that were answered" in page
    assert REASON in page
    sheets = pd.read_excel(nc.write_report(first, tmp_path / "report.xlsx", organisations=None), sheet_name=None,
                           header=None, engine="openpyxl")  # fmt: skip
    assert any(REASON in sheet.astype(str).to_numpy() for sheet in sheets.values())


def test_from_check_to_certificate_on_the_command_line(tmp_path, capsys):
    path, written = tmp_path / "return.csv", tmp_path / "answers.csv"
    table().to_csv(path, index=False)
    common = [str(path), "--method", "nhs-2026.1", "--organisations", "none"]
    assert main(["check", *common, "--write-answers", str(written)]) == 0
    assert "answers to complete" in capsys.readouterr().err
    empty = pd.read_csv(written, dtype=str, keep_default_na=False)
    assert list(empty.columns) == list(COLUMNS)
    empty.assign(**WHO).to_csv(written, index=False)
    assert main(["check", *common, "--answers", str(written)]) == 0
    assert f"{path}: accepted, " in capsys.readouterr().out
    proof = tmp_path / "return.json"
    assert main(["footprint", *common, "--answers", str(written), "--certificate", str(proof)]) == 0
    assert "answered: counted_twice" in capsys.readouterr().out
    about = json.loads(proof.read_text("utf-8"))
    assert REASON in [each["reason"] for each in about["answers"]]
    assert about["findings"]["warning"] == 0
    assert main(["verify", str(proof), str(path)]) == 0
    about["answers"][0]["reason"] = "another"
    proof.write_text(json.dumps(about), "utf-8")
    assert main(["verify", str(proof), str(path)]) == 4
    assert "answers in the certificate" in capsys.readouterr().err
    page = tmp_path / "report.html"
    assert main(["report", *common, "--answers", str(written), "-o", str(page)]) == 0
    assert "Sam Okafor" in page.read_text("utf-8")


def test_several_returns_share_one_answers_table_and_hear_of_its_faults_once(tmp_path, capsys):
    first, second, written = (tmp_path / name for name in ("a.csv", "b.csv", "answers.csv"))
    table().to_csv(first, index=False)
    table(rows=[("RTH", "", "2023/24", "water.supply", 6.0, "m3")]).to_csv(second, index=False)
    pd.concat([answers_to(table()), answers_to(table(), period="*"), answers_to(table(), period="2019/20")]).to_csv(
        written, index=False
    )
    assert main(["check", str(first), str(second), "--method", "nhs-2026.1", "--organisations", "none", "--answers",
                 str(written), "--format", "json"]) == 0  # fmt: skip
    codes = [each["code"] for each in json.loads(capsys.readouterr().out)["findings"]]
    assert codes.count("answer_wildcard") == codes.count("answer_without_finding") == 1


def test_rows_in_two_returns_and_the_senders_own_tonnes_can_be_answered(tmp_path, capsys):
    first, second, written = (tmp_path / name for name in ("a.csv", "b.csv", "answers.csv"))
    one = table(rows=[("RTH", "", "2023/24", "water.supply", 6.0, "m3")]).assign(reported_tco2e=99.0)
    one.to_csv(first, index=False)
    pd.concat([one, one.assign(activity="water.treatment")]).to_csv(second, index=False)
    common = [str(first), str(second), "--method", "nhs-2026.1", "--organisations", "none"]
    main(["check", *common, "--write-answers", str(written)])
    answers = pd.read_csv(written, dtype=str, keep_default_na=False).assign(**WHO)
    assert {"rows_in_two_files", "reported_differs"} <= {*answers["code"]}
    answers.to_csv(written, index=False)
    capsys.readouterr()
    assert main(["check", *common, "--answers", str(written), "--format", "json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert not [each for each in findings if each["severity"] == "warning"]
    assert "answer_without_finding" not in [each["code"] for each in findings]
    counted = nc.calculate(second, METHOD, organisations=None, answers=written)
    assert not {"reported_differs", "rows_in_two_files"} & {each.value for each in counted.findings}


def test_the_stamp_names_the_packages_outside_the_digest():
    looked_up = nc.calculate(nc.example("trust-year.csv"), METHOD).stamp
    labels = {label.partition("@")[0] for label in looked_up.packages}
    assert labels >= {each.name for each in data_root().glob("checks/*")}
    assert {"findings-1", "ods-2026-07", "estates-2013-2023-1"} <= labels
    none = nc.calculate(nc.example("trust-year.csv"), METHOD, organisations=None)
    assert none.stamp.packages["organisations"] == "none"
    assert "organisation codes not looked up" in str(none)
    assert none.stamp.methodology_digest == looked_up.methodology_digest


def test_each_package_in_the_stamp_has_the_digest_that_was_frozen():
    frozen = frozen_digests(data_root())
    stamp = nc.calculate(nc.example("trust-year.csv"), METHOD).stamp
    assert stamp.packages.items() <= frozen.items()


def test_a_certificate_holds_answers_checks_and_the_release():
    footprint = nc.calculate(table(), METHOD, answers=answers_to(table()))
    about = certificate(footprint).about
    assert [each["by"] for each in about["answers"]] == ["Sam Okafor"]
    assert about["checks"] == dict(footprint.stamp.packages)
    assert about["organisations"] == "ods-2026-07"
    assert certificate(nc.calculate(table(), METHOD, organisations=None)).about["organisations"] == "none"


TWO = [  # both are about all cells of the organisation and year, in the same words
    ("RX1", "", "2023/24", "inhaler.pmdi.salamol_100", 600.0, "inhaler"),
    ("RX1", "", "2023/24", "spend.sic.21", 100000.0, "GBP"),
    ("RX1", "", "2023/24", "anaesthetic.sevoflurane", 50.0, "kg"),
]


def about_one_code(frame):
    """Return the warnings of the code that has several of one organisation, year and activity."""
    found = [each for each in nc.check(frame, METHOD, organisations=None) if each.severity == "warning"]
    keys = [(each.code, each.organisation, each.period, each.activity) for each in found]
    return [each for each, key in zip(found, keys, strict=True) if keys.count(key) > 1]


def test_an_answer_closes_the_one_finding_that_it_was_written_for():
    frame = table(rows=TWO)
    first, second = about_one_code(frame)
    assert (first.code, second.code) == ("counted_twice", "counted_twice")
    written = answers_to(frame)
    assert len(set(written["input_sha256"])) == len(written) == 2
    for number, (answered, left) in enumerate([(first, second), (second, first)]):
        after = {each.message: each for each in checked(frame, written.iloc[[number]]) if each.code == "counted_twice"}
        assert after[answered.message].answered
        assert after[left.message] == left  # open, and not said to have changed


def test_both_answers_close_both_findings_in_any_order():
    frame = table(rows=TWO)
    for written in (answers_to(frame), answers_to(frame)[::-1]):
        assert "counted_twice" not in open_codes(checked(frame, written))


def test_an_answer_to_one_of_two_findings_is_outdated_for_both_once_the_cells_change():
    answers = answers_to(table(rows=TWO)).iloc[[0]]
    after = checked(table([(0, "quantity", 700.0)], rows=TWO), answers)
    assert "rows changed since" in warning_of(after).message
    assert not [each for each in after if each.answered]


def test_warnings_of_two_months_of_one_site_have_an_answer_each():
    months = [f"2023-{month:02d}" for month in range(4, 13)] + [f"2024-{month:02d}" for month in range(1, 4)]
    usual = [1e6 + 1000 * place for place in range(12)]
    rows = [("RX1", "RX1RA", month, "energy.natural_gas", amount / (1000 if place in (3, 8) else 1), "kWh")
            for place, (month, amount) in enumerate(zip(months, usual, strict=True))]  # fmt: skip
    frame = table(rows=rows)
    two = [each for each in nc.check(frame, METHOD, organisations=None) if each.code == "slip_thousand"]
    assert {each.month for each in two} == {months[3], months[8]}
    [answer] = answers_template(nc.check(frame, METHOD, organisations=None)).query("code == 'slip_thousand'").index[:1]
    written = answers_template(nc.check(frame, METHOD, organisations=None)).loc[[answer]].assign(**WHO)
    after = [each for each in checked(frame, written) if each.code == "slip_thousand"]
    assert [each.answered for each in after].count(True) == 1
    assert not [each for each in after if "changed since" in each.message]


def test_one_row_more_of_the_same_sum_opens_an_answer_again():
    rows = [("RX1", "2022/23", 12e6), ("RX1", "2023/24", 1e6)]
    split = [("RX1", "2022/23", 12e6), ("RX1", "2023/24", 0.4e6), ("RX1", "2023/24", 0.6e6)]
    hashes = []
    for each in (rows, split, split[::-1]):
        frame = pd.DataFrame(each, columns=["organisation", "period", "quantity"])
        frame = frame.assign(activity="energy.natural_gas", unit="kWh")
        table = nc.submissions.answers_template(nc.check(frame, "nhs-2026.1"))
        hashes.append(table.set_index("code")["input_sha256"].to_dict())
    shared = hashes[0].keys() & hashes[1].keys()
    assert shared
    assert all(hashes[0][code] != hashes[1][code] for code in shared)
    assert hashes[1] == hashes[2]
