"""Each case of the corpus: the fault is found with its code, its severity and its cell, and nothing else is refused."""

import re
from collections import Counter

import pandas as pd
import pytest

import nhscarbon as nc
from clocks import processor_seconds
from corpus import files, returns
from nhscarbon.findings import SEVERITIES, codes_that_need_rows

ANY_WAY = ("organisations", "double_counting", "figures", "coverage")  # families that hold for frames and sums as well
CELLS = ("numbers", "periods", "codes", "units", "categories", "completeness", "plausibility", "injection", *ANY_WAY)
FILES = ("file_level", "containers", "layouts")
LEAST = {"file_level": 45, "containers": 40, "layouts": 45, "numbers": 60, "periods": 35, "codes": 45, "units": 35,
         "categories": 45, "completeness": 25, "plausibility": 25, "injection": 20,
         "organisations": 34, "double_counting": 80, "figures": 40, "coverage": 28}  # fmt: skip
SLOW = 10  # seconds of the processor for a file; most take a hundredth of one
OURS = re.compile(
    r"\b(?:None|NoneType|NaN|nan|ndarray|dtype|float64|int64|Traceback|Errno|\w+Error|\w+Exception|pandas|"
    r"numpy|pyarrow|calamine|openpyxl|lambda|self)\b|0x[0-9a-f]{6}|<class"
)  # words of programmers, which no sender should meet
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # letters that a workbook cannot hold
ACCEPTED = "accepted"


def held(case, report):
    """Hold a report against what a case expects."""
    told = [finding for finding in report if finding.severity != "info"]
    where = [(finding.code, finding.severity, finding.cell) for finding in report]
    if case["code"] != ACCEPTED:
        assert (case["code"], case["severity"], case["cell"]) in where, f"{case['why']}\n{report}"
    wanted = {*case["also"].split()} | ({case["code"]} if case["severity"] not in ("", "info") else set())
    assert {finding.code for finding in told} == wanted, f"{case['why']}\n{report}"
    barred = {*(case.get("not") or "").split()}
    assert not barred & {finding.code for finding in report}, f"{case['why']}\n{report}"
    for finding in told:
        plain(finding)
    if case.get("says"):
        [first, *_] = [finding for finding in report if finding.code == case["code"]]
        assert case["says"].casefold() in f"{first.message} {first.suggestion}".casefold(), first


def without_cells(report):
    return nc.findings.Findings(tuple(nc.findings.replace(each, cell="") for each in report), report.rows)


def in_themes(case):
    """Tell whether the cell of a case is one of the themes table."""
    return case["cell"].startswith("themes!")


def places_in_themes(code, report):
    """Return where the findings of a code are in the themes table, such as themes!D2."""
    letters = dict(zip(returns.THEMES, "ABCDE", strict=True))
    found = [each for each in report if each.code == code and each.column in letters and each.first_rows]
    return [f"{each.sheet}!{letters[each.column]}{each.first_rows[0]}" for each in found]


def answers(themes):
    """Return the themes table of a case as a frame; None where it has none."""
    return pd.DataFrame(themes, columns=returns.THEMES) if themes else None


def plain(finding):
    """Hold a finding against the rules of messages: what is wrong, what to do, in words that a sender knows."""
    said = finding.message.replace(finding.value, "").replace(finding.file, "")
    assert len(said) > 15, finding
    assert finding.message.rstrip("'\"").endswith((".", "?")), finding.message
    assert finding.severity == "info" or finding.suggestion or "?" in finding.message or ";" in finding.message, finding
    assert finding.message.isprintable(), finding
    assert not OURS.search(re.sub(r"'[^']*'", "", said + finding.suggestion)), finding
    assert len(finding.message) < 500, finding


@pytest.mark.parametrize(
    ("family", "case"),
    [pytest.param(family, case, id=f"{family}-{case['case']}") for family in CELLS for case in returns.cases(family)],
)
def test_a_fault_in_a_cell_is_found_in_every_kind_of_file(family, case, tmp_path, method):
    header, rows, typed = returns.changed(case["change"])
    themes, kinds = returns.themes(case["change"]), {}
    if not CONTROL.search("".join(map("".join, rows))):
        kinds["xlsx"] = returns.as_workbook(header, rows, typed, themes)
    if not typed:
        kinds |= {"csv": returns.as_csv(header, rows), "parquet": returns.as_parquet(header, rows)}
    for kind, content in kinds.items():
        path = tmp_path / f"return.{kind}"
        path.write_bytes(content)
        with processor_seconds(SLOW):
            report = nc.check(path, method, themes=None if kind == "xlsx" else answers(themes))
        told = "" if case["says"].startswith("row ") else case["says"]
        expected = case if kind != "parquet" else {**case, "cell": "", "says": told}  # its rows have no header above
        if kind == "parquet":
            report = without_cells(report)
        elif in_themes(case):
            expected = {**case, "cell": ""}
            if kind == "xlsx":
                assert case["cell"] in places_in_themes(case["code"], report), f"{case['why']}\n{report}"
            report = without_cells(report)
        held(expected, report)
        if case.get("reads"):
            place = int(re.sub(r"\D", "", case["cell"])) - returns.FIRST
            read = float(nc.read(path).numbers["quantity"][place])
            assert read == float(case["reads"]), (case["why"], read)


@pytest.mark.parametrize(
    ("family", "case"),
    [pytest.param(family, case, id=f"{family}-{case['case']}") for family in ANY_WAY for case in returns.cases(family)],
)
def test_a_fault_is_found_in_a_frame_and_in_sums(family, case, method):
    header, rows, _ = returns.changed(case["change"])
    frame = returns.as_frame(header, rows)
    themes = answers(returns.themes(case["change"]))
    held({**case, "cell": "", "says": ""}, without_cells(nc.check(frame, method, themes=themes)))
    sums = {(each.code, each.severity) for each in nc.check(nc.partial(frame), method, themes=themes)}
    if case["code"] != ACCEPTED and case["code"] not in codes_that_need_rows():
        assert (case["code"], case["severity"]) in sums, case["why"]
    assert not {*(case["not"] or "").split()} & {code for code, _ in sums}, case["why"]
    wanted = {case["code"], *case["also"].split()}
    assert {code for code, severity in sums if severity != "info"} <= wanted, (case["why"], sums)


@pytest.mark.parametrize(
    ("family", "case"),
    [pytest.param(family, case, id=f"{family}-{case['case']}") for family in FILES for case in returns.cases(family)],
)
def test_a_fault_of_a_file_is_found(family, case, tmp_path, method):
    path = files.made(case, tmp_path)
    with processor_seconds(SLOW):
        report = nc.check(path, method)
    held(case, report)


def test_a_good_return_has_no_finding(tmp_path, method):
    header, rows, typed = returns.changed("")
    for name, content in (
        ("a.csv", returns.as_csv(header, rows)),
        ("a.xlsx", returns.as_workbook(header, rows, typed)),
    ):
        (tmp_path / name).write_bytes(content)
        assert nc.check(tmp_path / name, method).findings == ()


def test_every_family_has_its_number_of_cases_and_no_case_stands_twice():
    for family, least in LEAST.items():
        found = returns.cases(family)
        names = Counter(case["case"] for case in found)
        assert max(names.values()) == 1, names.most_common(1)
        acts = Counter((case.get("change"), case.get("make"), case.get("with"), case.get("name")) for case in found)
        assert max(acts.values()) == 1, acts.most_common(1)
        faults = [case for case in found if case["code"] != ACCEPTED]
        assert len(faults) >= least, (family, len(faults))
        assert all(case["severity"] in SEVERITIES for case in faults)
        assert all(case["why"] for case in found)
    assert sum(LEAST.values()) == 602
