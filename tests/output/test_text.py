"""Strangers' words: no formula in a spreadsheet, no command in a terminal, no markup in a notebook, and back again."""

import csv
import io
import unicodedata
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.findings import Finding
from nhscarbon.output.excel import put
from nhscarbon.output.tables import csv_text, table_text, tonnes
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


UNSEEN = [*map(chr, (
    0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202E, 0x2060, 0x2064, 0x2066, 0x2069, 0xFEFF, 0xAD, 0xA0, 0x2007,
    0x202F, 0x3000, 0x1680, 0x2028, 0x85, 0x1, 0x7, 0x1B, 0x7F, 0x9F, 0x34F, 0x61C, 0x115F, 0x180E, 0x2800, 0x3164,
    0xFE0F, 0xFFA0, 0xFFF9, 0xE0001, 0xE0020, 0xE0100, 0xE000, 0xD800,
))]  # fmt: skip


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda letter: f"{ord(letter):04x}")
@pytest.mark.parametrize("start", [*"=+-@", "\ufe66", "\ufe62", "\ufe63", "\ufe6b", "\uff1d", "\u207a"])
def test_letters_that_cannot_be_seen_hide_no_formula(unseen, start):
    for before in (unseen, unseen * 3, f" {unseen} ", f"\u200b{unseen}", f"'{unseen}"):
        text = f"{before}{start}cmd|' /C calc'!A0"
        assert guard_formula(text) == f"'{text}"
        assert unguard_formula(f"'{text}") == text
    assert guard_formula(f"{unseen}gas{start}") == f"{unseen}gas{start}"


def test_letters_that_cannot_be_seen_hide_no_formula_in_a_file_or_workbook(tmp_path, method):
    """Every unseen letter of Unicode, by the categories that have no shape."""
    unseen = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zs", "Zl", "Zp")
    ]
    assert len(unseen) > 200
    words = [f"{letter}=1+1" for letter in unseen]
    written = csv.reader(io.StringIO(csv_text(pd.DataFrame({"x": words})), newline=""))
    assert [row[0] for row in written][1:] == [f"'{word}" for word in words]
    book = openpyxl.Workbook()
    for row, word in enumerate(words, start=1):
        put(book.active.cell(row, 1), word)
    book.save(tmp_path / "x.xlsx")
    for row in openpyxl.load_workbook(tmp_path / "x.xlsx").active.iter_rows():
        assert row[0].data_type == "s"
        assert row[0].quotePrefix


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


@pytest.mark.parametrize("value", [1e27, 9e99, 1.7976931348623157e308, -1e300])
def test_tonnes_of_any_size_can_be_written(value):
    assert tonnes(value).replace(",", "").rpartition(".")[0] == f"{int(Decimal(repr(value)))}"
