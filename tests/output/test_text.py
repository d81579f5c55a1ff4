"""Strangers' words: no formula in a spreadsheet, no command in a terminal, no markup in a notebook, and back again."""

import csv
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.findings import Finding
from nhscarbon.output.tables import csv_text, table_text
from nhscarbon.output.text import guard_formula, shown, unguard_formula

RUN = ["=1+1", "=HYPERLINK(\"x\")", "+44",
       "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠1", "  =1",
       "\xa0=1", "\u3000@x", "\ufeff=1", "'=1", "''=1", "-5"]  # fmt: skip
PLAIN = ["gas", "'s", "", " gas", "2023/24", "a=b", "5-4", "''"]


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_is_text(text):
    cell = next(csv.reader(io.StringIO(csv_text(pd.DataFrame({"x": [text]})), newline="")))
    assert cell == ["x"]
    [_, [written]] = csv.reader(io.StringIO(csv_text(pd.DataFrame({"x": [text]})), newline=""))
    assert written == "'" + text
    assert unguard_formula(written) == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_words_stand_as_they_are(text):
    assert guard_formula(text) == unguard_formula(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n\0＝ \xa0ab1"), max_size=8) | st.text(max_size=20))
@example("'" * 5 + "=")
def test_the_round_trip_strips_exactly_our_prefix(text):
    assert unguard_formula(guard_formula(text)) == text
    assert guard_formula(text) in (text, "'" + text)


def test_numbers_that_we_wrote_are_numbers_and_headers_are_guarded():
    frame = pd.DataFrame({"=x": [-1.5, 2.0], "mixed": [-3.25, "-3.25"], "gap": [None, "a"]})
    assert csv_text(frame) == "'=x,mixed,gap\n-1.5,-3.25,\n2.0,'-3.25,a\n"


def test_a_footprint_as_csv_runs_nothing_and_is_read_back(tmp_path, method):
    rows = pd.DataFrame({"organisation": ["=cmd|' /C calc'!A0", "RX1"], "period": "2023/24",
                         "activity": "water.supply", "quantity": [1.0, 2.0], "unit": "m3"})  # fmt: skip
    footprint = nc.calculate(rows, method, organisations=None)
    path = footprint.to_csv(tmp_path / "out.csv")
    again = pd.read_csv(path)
    assert sum(word.startswith("'=") for word in again["organisation"].unique()) == 1
    assert set(map(unguard_formula, again["organisation"])) == set(footprint.table["organisation"])
    assert again["kgco2e"].tolist() == footprint.table["kgco2e"].tolist()
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(path.read_text("utf-8"), newline="")):
        book.active.append(row)
    assert not any(cell.data_type == "f" for row in book.active.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "\x9b2J", "a\u202eb", "a\u200bb", "a\rb", "a\nb: forged", "\0", "\U000e0041"]
)
def test_nothing_steers_a_terminal(text, method):
    assert shown(text).isprintable()
    assert table_text(pd.DataFrame({text: [text]})).replace("\n", "").isprintable()
    finding = Finding(code="x", severity="info", message=text, value=text, activity=text, file=text)
    assert str(finding).isprintable()
    rows = pd.DataFrame({"organisation": ["RX1"], "period": "2023/24", "activity": [f"water{text}"], "quantity": 1.0,
                         "unit": "m3"})  # fmt: skip
    report = nc.check(rows, method)
    assert str(report).replace("\n", "").isprintable()


def test_a_notebook_shows_markup_as_words(method):
    rows = pd.DataFrame({"organisation": ["<script>x</script>\u202e"], "period": "2023/24", "activity": "water.supply",
                         "quantity": 1.0, "unit": "m3"})  # fmt: skip
    html = nc.calculate(rows, method, organisations=None)._repr_html_()
    assert "<script" not in html.lower()
    assert "\u202e" not in html


def test_a_return_inside_a_cell_starts_no_row():
    text = csv_text(pd.DataFrame({"x": ["a\r=cmd", 'b"\n=1', "c"]}))
    assert text == 'x\n"a\r=cmd"\n"b""\n=1"\nc\n'
    assert [row for [row] in csv.reader(io.StringIO(text, newline=""))] == ["x", "a\r=cmd", 'b"\n=1', "c"]


def test_half_a_pair_of_letters_is_shown():
    assert shown("a\ud800") == "a\\ud800"
    assert Finding(code="x", severity="info", message="m", value="\udcff.csv").value.encode()


def test_findings_repeat_no_more_than_the_start_of_a_value():
    finding = Finding(code="x", severity="info", message="m", value="v" * 10_000, organisation="o" * 10_000)
    assert (len(finding.value), len(finding.organisation)) == (100, 100)
    assert finding.value.endswith("v…")


def test_a_file_name_forges_no_line(tmp_path, capsys):
    path = tmp_path / "a\nb: accepted\x1b[2J.csv"
    frame = pd.DataFrame(
        {"organisation": ["RX1"], "period": "2023", "activity": "water.supply", "quantity": 1, "unit": "m3"}
    )
    frame.to_csv(path, index=False)
    assert main(["check", str(path), "--method", "nhs-2026.1"]) == 1
    shown_ = capsys.readouterr()
    assert "\x1b" not in shown_.out + shown_.err
    assert "\nb: accepted" not in shown_.out + shown_.err
    assert main(["footprint", str(tmp_path / "no\x1b[2J.csv"), "--method", "nhs-2026.1"]) == 3
    assert "\x1b" not in capsys.readouterr().err
