"""The compact index: equal to its release, and what cannot be a code is told from what the release lacks."""

import csv
import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.data_package import data_root
from nhscarbon.organisations.code_forms import is_disguised, is_total, plain
from nhscarbon.organisations.index import ROOM, load_index
from nhscarbon.organisations.load import load_organisations
from nhscarbon.organisations.lookup import look_up

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import write_organisation_index  # noqa: E402  a tool of this repository

RELEASE = "ods-2026-07"


@pytest.fixture(scope="module")
def index():
    return load_index(RELEASE)


@pytest.fixture(scope="module")
def release():
    return load_organisations(RELEASE)


# --- the index is its release ------------------------------------------------------------------


def test_the_index_says_of_every_code_what_the_release_says(index, release):
    assert index.codes == release.codes
    assert np.array_equal(index.opened, release.opened)
    assert np.array_equal(index.closed, release.closed)
    assert [index.name_of(code) for code in index.codes] == list(release.last_names)
    for code in ("RAP", "TAF", "R1C", "RY2"):
        followed = [(each.code, each.date, each.share) for each in look_up(code, release, "2026/27").successors]
        assert [(each.code, each.day, each.share) for each in index.successors(code)] == followed, code


def test_the_index_is_what_the_tool_writes_from_the_release_as_it_was_frozen(release):
    """Of a newer release, run tools/write_organisation_index.py."""
    release = load_organisations(release.package.label)
    folder = data_root() / ROOM / f"{RELEASE}-index"
    for file, rows in (
        ("codes.csv", write_organisation_index.rows_of_codes(release)),
        ("names.csv", write_organisation_index.rows_of_names(release)),
        ("notes.csv", write_organisation_index.rows_of_notes(release)),
    ):
        with (folder / file).open(encoding="utf-8", newline="") as stream:
            assert [tuple(row) for row in csv.reader(stream)][1:] == [tuple(row) for row in rows], file


def test_no_cell_of_the_codes_holds_a_comma_or_a_line(index):
    text = index.package.text("codes.csv")
    assert [",".join(row) for row in csv.reader(io.StringIO(text))] == text.splitlines()


@pytest.mark.parametrize("year", ["2005/06", "2016/17", "2017/18", "2023/24"])
def test_codes_are_open_and_closed_in_the_years_that_the_release_says(index, release, year):
    codes = index.codes[::41]
    closed, early = index.outside(index.places(codes), [year])
    for code, has_closed, is_early in zip(codes, closed.tolist(), early.tolist(), strict=True):
        known = look_up(code, release, year)
        assert (has_closed, is_early) == (known.status == "closed", known.status == "not_open_yet"), code


def test_successors_are_those_of_the_release_through_later_mergers(index, release):
    closed = [code for code, end in zip(index.codes, index.closed.tolist(), strict=True) if end < 20_000]
    for code in closed[::7]:
        known = look_up(code, release, "2025/26")
        assert {each.code for each in index.successors(code)} == {each.code for each in known.successors}, code
        assert index.followed_by(code, 20_543) == known.followed_by, code


def test_weston_general_was_of_ra3_until_it_became_part_of_ra7(index):
    """RA3 merged into RA7 on 1 April 2020 (ODS successions)."""
    assert index.trusts("RA301", "2019/20") == {"RA3"}
    assert index.trusts("RA301", "2020/21") == set()
    assert index.trusts("RA7C2", "2023/24") == {"RA7"}
    assert {"RA3"} <= index.kin("RA7")


def test_an_index_that_was_changed_or_is_not_there_is_refused(tmp_path):
    shutil.copytree(data_root() / ROOM, tmp_path / ROOM)
    shutil.copytree(data_root() / "methodologies", tmp_path / "methodologies")
    path = tmp_path / ROOM / f"{RELEASE}-index" / "codes.csv"
    path.write_text(path.read_text("utf-8").replace("RM2,nhs_trust,1994-04-01,2017-10-01", "RM2,nhs_trust,1994-04-01,"))
    with pytest.raises(IntegrityError):
        load_index(RELEASE, tmp_path)
    with pytest.raises(UsageError, match="ods-2026-07"):
        load_index("ods-1999", tmp_path)


def test_no_array_of_the_index_can_be_written(index):
    for array in (index.opened, index.closed, index.kind, index.sole_trust):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


# --- what can be a code ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["X24", "NVC", "NR3", "NLX", "R000", "V001", "A81001", "RX1ZZ", "Q99", "012", "NXC01", "G6V2S", "8HT03"],
)
def test_what_has_the_form_of_a_code_is_one(index, word):
    assert index.is_code(word)


@pytest.mark.parametrize(
    "word",
    ["Grand Total", "TOTAL", "ALL", "SUM", "NONE", "OTHER", "TRUST", "#RX1", "-", "N/A", "#N/A", "RX-1", "RX 1", "RX1.",
     "R0А", "R0A\u200b", "Ｒ０Ａ", "R0\u00adA", "", "1", "11", "2024", "10500", "123456", "RX1RARX1", "=SUM(A1:A9)",
     "NaN", "TBC", "rx1", "R\u0660A", "NORTH", "ＲＸ１"],
)  # fmt: skip
def test_what_cannot_be_a_code_is_none(index, word):
    assert not index.is_code(word)


def test_every_code_of_the_release_but_old_ones_has_the_form_of_a_code(index):
    """What is told of unknown words must hold for known ones: codes of two figures and GSS codes are left."""
    from nhscarbon.organisations.code_forms import has_form  # noqa: PLC0415

    odd = [code for code in index.codes if not has_form(code, index.number.__contains__)]
    assert {len(code) for code in odd} <= {2, 5, 9}
    assert len(odd) < 10


@pytest.mark.parametrize("word", ["Grand Total", "total", "Sub-total", "TOTALS:", "All organisations", "Sum of trusts"])
def test_totals_are_known(word):
    assert is_total(word.replace("Sub-total", "Subtotal"))


def test_a_name_with_a_word_like_total_is_no_total():
    assert not is_total("Totally Healthy Ltd")
    assert not is_total("Allerton Road Surgery")


@pytest.mark.parametrize(
    ("word", "code"),
    [("RХ1", "RX1"), ("ＲＸ１", "RX1"), ("R\u200bX1", "RX1"), ("RX①", "RX1"), ("𝐑𝐗𝟏", "RX1"), ("ꓣꓫ1", "RX1"),
     ("ᎡX1", "RX1"), ("ʀx1", "RX1"), ("R\u0661A", "R1A"), ("Ŕ0Ā", "R0A"), ("'rx1'", "RX1")],
)  # fmt: skip
def test_letters_that_look_like_ours_are_read_as_ours(word, code):
    assert plain(word) == code


def test_only_what_is_not_plain_is_disguised():
    assert is_disguised("R0А")
    assert is_disguised("R0A\u200b")
    assert not is_disguised("RX-1")


# --- what was meant ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "code"),
    [("ROA", "R0A"), ("#RX1", "RX1"), ("RX1 - Nottingham", "RX1"), ("Trust: RX1", "RX1"),
     ("Nottingham University Hospitals", "RX1"), ("Leeds Teaching Hospitals NHS Trust", "RR8"),
     ("NHS Kent and Medway ICB", "QKS"), ("Barts", "R1H"), ("St George's University Hospitals", "RJ7")],
)  # fmt: skip
def test_the_code_that_was_meant_is_suggested(index, word, code):
    assert index.suggested(word) == (code,)


@pytest.mark.parametrize(
    "word",
    [
        "-",
        "N/A",
        "#N/A",
        "Surgery",
        "Trust",
        "Royal",
        "estates department",
        "Some Hospital",
        "University Hospital",
        "=1+1",
        "",
    ],
)
def test_nothing_is_suggested_where_nothing_is_like_it(index, word):
    assert index.suggested(word) == ()
