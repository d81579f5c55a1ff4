"""Organisations: what a code was on a day, and data that contradict themselves are not loaded."""

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.data_package import data_root, load_package, seal
from nhscarbon.organisations.load import load_organisations, organisations_of
from nhscarbon.organisations.lookup import find, look_up, look_up_codes
from nhscarbon.organisations.soundness import faults_of

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
from organisations.book import read_book  # noqa: E402  tools of this repository
from organisations.ods import add_release  # noqa: E402

RELEASE = "ods-2026-07"


@pytest.fixture(scope="module")
def ods():
    return load_organisations(RELEASE)


# --- codes in the world ------------------------------------------------------------------------


def test_a_closed_code_points_to_its_successor_with_the_day(ods):
    known = look_up("RM2", ods, "2019-04-01")
    assert str(known) == "RM2 closed on 2017-10-01; its successor is R0A"
    assert (known.status, known.closed, known.successors[0].name) == (
        "closed", "2017-10-01", "MANCHESTER UNIVERSITY NHS FOUNDATION TRUST",
    )  # fmt: skip


def test_a_code_is_open_in_the_year_in_which_it_closes(ods):
    assert look_up("RM2", ods, "2017/18").status == "open"
    assert look_up("RM2", ods, "2018/19").status == "closed"
    assert look_up("RM2", ods, "2017-09-30").status == "open"
    assert look_up("RM2", ods, "2017-10-01").status == "closed"


def test_a_chain_of_mergers_is_followed_to_its_end(ods):
    known = look_up("RM4", ods, "2019-04-01")
    assert str(known) == "RM4 closed on 2012-04-01; its successor is RW3, followed by R0A"
    assert look_up("RM4", ods, "2016-04-01").followed_by == ("RW3",)


def test_a_body_that_went_to_two_says_both_with_shares_that_keep_their_mark(ods):
    known = look_up("RW6", ods, "2023/24")
    assert [each.code for each in known.successors] == ["R0A", "RM3"]
    assert sum(each.share for each in known.successors) == pytest.approx(1, abs=1e-15)
    assert all(each.inferred for each in known.successors)


def test_a_closed_body_without_a_known_successor_says_so(ods):
    assert str(look_up("R0C", ods, "2026-04-01")) == "R0C closed on 2020-03-27; no file held names a successor"


def test_a_code_that_is_not_yet_in_use_says_from_when(ods):
    assert look_up("R0A", ods, "2016/17").status == "not_open_yet"
    assert "2017-10-01" in str(look_up("R0A", ods, "2016/17"))


def test_one_code_has_two_names_over_time(ods):
    before, after = look_up("R1A", ods, "2014/15"), look_up("R1A", ods, "2024/25")
    assert before.name == "WORCESTERSHIRE HEALTH AND CARE NHS TRUST"
    assert after.name == "HEREFORDSHIRE AND WORCESTERSHIRE HEALTH AND CARE NHS TRUST"
    assert before.names == after.names
    assert before.names[0][2] == before.names[1][1] == "2023-04-01"


def test_codes_of_five_characters_are_codes(ods):
    assert look_up("G6V2S", ods, "2024/25").name == "NORTH LONDON NHS FOUNDATION TRUST"
    assert look_up("RR813", ods, "2016/17").role == "trust_site"
    assert look_up("RR8ZZ", ods, "2016/17").suggestions == ("RR8",)


@pytest.mark.parametrize("typed", ["ROA", "rоa", "R0А", "r0a", "Ｒ０Ａ", "R0A ", "R 0A"])
def test_look_alike_letters_are_suggested_and_never_corrected(ods, typed):
    known = look_up(typed, ods, "2023/24")
    assert known.status == "unknown"
    assert known.suggestions[0] == "R0A"
    assert "did you mean R0A" in str(known)


def test_the_kind_of_a_code_changes_under_it(ods):
    assert look_up("06K", ods, "2019-04-01").role == "ccg"
    assert look_up("06K", ods, "2023-04-01").role == "sub_icb_location"
    assert look_up("QOP", ods, "2021-04-01").role == "stp"
    assert look_up("QOP", ods, "2023-04-01").role == "icb"


def test_an_unknown_code_and_a_vague_day_are_said_to_be_so(ods):
    assert str(look_up("@@@", ods, "2023/24")) == "'@@@' is not in this release (ods-2026-07)"
    assert look_up("Z" * 5000, ods, "2023/24").status == "unknown"
    with pytest.raises(UsageError, match="month"):
        look_up("R0A", ods, "2023-04")


def test_each_distinct_code_is_looked_up_once(ods):
    assert list(look_up_codes(["R0A", "RM2", "R0A"], ods, "2023/24")) == ["R0A", "RM2"]


NAMED = {"Barts Health": "R1H", "manchester university": "R0A", "leeds teaching hopsitals": "RR8",
         "university hospitals dorset": "R0D"}  # fmt: skip


@pytest.mark.parametrize(("words", "code"), NAMED.items())
def test_a_body_is_found_by_its_name(ods, words, code):
    assert find(words, ods, limit=1)[0].code == code


def test_a_name_that_nothing_shares_finds_nothing(ods):
    assert find("zzzz qqqq", ods) == ()


# --- what the release holds ---------------------------------------------------------------------


def test_every_row_has_a_source_and_inferred_rows_keep_their_mark(ods):
    for table in (ods.memberships, ods.successions, ods.names, ods.roles, ods.types):
        assert set(table.source) <= set(ods.sources)
    bases = {row["basis"]: row["inferred"] for row in ods.package.rows("bases.csv")}
    for file in ("memberships.csv", "successions.csv", "names.csv", "roles.csv", "types.csv"):
        assert all(row["inferred"] == bases[row["basis"]] for row in ods.package.rows(file)), file
    assert any(ods.memberships.inferred)
    assert any(ods.successions.inferred)


def test_every_closed_trust_is_followed_or_listed_as_a_gap(ods):
    followed = {ods.codes[n] for n in ods.successions.predecessor}
    gaps = {gap.code for gap in ods.gaps if gap.about == "succession"}
    trusts = {row["code"] for row in ods.package.rows("roles.csv") if row["word"] in ("nhs_trust", "care_trust")}
    closed = {row["code"] for row in ods.package.rows("organisations.csv") if row["closed"]} & trusts
    assert len(closed) == 73  # 72 in the file of trusts, and TAE, which a succession closes
    assert closed - followed <= gaps


def test_twelve_boards_become_six_and_three_of_them_are_split(ods):
    rows = [
        row
        for row in ods.package.rows("successions.csv")
        if row["date"] == "2026-04-01" and row["predecessor"][0] == "Q"
    ]
    of = {}
    for row in rows:
        of.setdefault(row["predecessor"], set()).add(row["successor"])
    assert len(of) == 12
    assert {old for old, new in of.items() if len(new) > 1} == {"QM7", "QJG", "QNQ"}
    assert set.union(*of.values()) - {"QRL"} == {"S1Y5D", "D7T5G", "T6Y0W", "Z9B2Z", "S9B9J", "S0E4D"}
    frimley = {row["successor"]: row["share"] for row in rows if row["predecessor"] == "QNQ"}
    assert frimley == {"QRL": "0.229339252148803", "S0E4D": "0.588618993418278", "S9B9J": "0.18204175443292"}


# --- data that contradict themselves -------------------------------------------------------------


@pytest.fixture
def changed(tmp_path):
    """Change one file of a copy of the release, and build it."""

    def build(file, change):
        folder = tmp_path / RELEASE
        shutil.copytree(data_root() / "organisations" / RELEASE, folder)
        with (folder / file).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        rows = change(rows)
        with (folder / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        seal(folder)
        return organisations_of(load_package(folder))

    return build


def of(rows, **words):
    return next(row for row in rows if all(row[name] == word for name, word in words.items()))


def test_two_parents_at_one_level_are_refused_by_name(changed):
    def change(rows):
        return [*rows, {**of(rows, child="RR8", level="icb"), "parent": "QOP"}]

    with pytest.raises(IntegrityError, match="RR8 has two parents at level icb from 2020-04-01"):
        changed("memberships.csv", change)


def test_shares_that_leave_something_over_are_refused(changed):
    def change(rows):
        of(rows, child="RR8", level="icb")["share"] = "0.9"
        return rows

    with pytest.raises(IntegrityError, match=r"shares of RR8 at level icb from 2020-04-01 add up to 0.9"):
        changed("memberships.csv", change)


def test_a_gap_that_is_not_listed_is_refused(changed):
    def change(rows):
        of(rows, child="RR8", parent="Y54")["valid_to"] = "2018-04-01"
        return rows

    with pytest.raises(IntegrityError, match="RR8 is in no region from 2018-04-01"):
        changed("memberships.csv", change)


def test_a_body_inside_itself_is_refused(changed):
    def change(rows):
        row = of(rows, child="Y63", level="country")
        return [*rows, {**row, "child": row["parent"], "parent": "QWO", "level": "icb"}]

    with pytest.raises(IntegrityError, match="is a member of itself"):
        changed("memberships.csv", change)


def test_a_body_that_follows_itself_is_refused(changed):
    def change(rows):
        return [*rows, {**of(rows, predecessor="RM2"), "predecessor": "R0A", "successor": "RM2"}]

    with pytest.raises(IntegrityError, match="its own successor"):
        changed("successions.csv", change)


def test_shares_of_successors_are_whole(changed):
    def change(rows):
        return [row for row in rows if (row["predecessor"], row["successor"]) != ("RW6", "R0A")]

    with pytest.raises(IntegrityError, match=r"successors of RW6 add up to 0\.684876, not to 1"):
        changed("successions.csv", change)


def test_a_succession_on_another_day_than_the_closing_is_refused(changed):
    def change(rows):
        of(rows, predecessor="RM2")["date"] = "2018-01-01"
        return rows

    with pytest.raises(IntegrityError, match="RM2 is followed by R0A on 2018-01-01, but it closed on 2017-10-01"):
        changed("successions.csv", change)


def test_one_changed_byte_refuses_the_release(tmp_path):
    shutil.copytree(data_root(), tmp_path / "data")
    path = tmp_path / "data" / "organisations" / RELEASE / "successions.csv"
    path.write_bytes(path.read_bytes().replace(b"RM2,R0A", b"RM2,R0B"))
    with pytest.raises(IntegrityError):
        load_organisations(RELEASE, tmp_path / "data")


def test_the_arrays_cannot_be_written_to(ods):
    with pytest.raises(ValueError, match="read-only"):
        ods.memberships.share[0] = 2
    assert faults_of(replace(ods, closed=np.where(ods.closed == ods.closed.max(), ods.closed, ods.closed + 1)))


def test_there_is_no_release_by_another_name():
    with pytest.raises(UsageError, match="there are ods-2026-07"):
        load_organisations("ods-1999")


# --- a new release --------------------------------------------------------------------------------


def etr(code, name, region, board, opened, closed=""):
    return ",".join([code, name, region, board, "", "", "", "", "", "", opened, closed] + [""] * 15)


def test_a_new_release_is_the_old_one_and_what_the_files_say(tmp_path):
    book = read_book(data_root() / "organisations" / RELEASE)
    before = len(book.memberships)
    (tmp_path / "etr.csv").write_text("\n".join([
        etr("RR8", "LEEDS TEACHING HOSPITALS NHS TRUST", "Y63", "QF7", "19980401"),  # moves
        etr("RAE", "BRADFORD HOSPITALS NHS FOUNDATION TRUST", "Y63", "QWO", "19910401"),  # is renamed
        etr("RCF", "AIREDALE NHS FOUNDATION TRUST", "Y63", "QWO", "19920401", "20260930"),  # closes
        etr("N0N0N", "NEW NHS TRUST", "Y63", "QWO", "20261001"),  # opens
        etr("RCB", "YORK AND SCARBOROUGH TEACHING HOSPITALS NHS FOUNDATION TRUST", "Y63", "QOQ", "19920401"),  # stays
    ]), "utf-8")  # fmt: skip
    (tmp_path / "succ.csv").write_text("RCF,N0N0N,R,20261001,\nRM2,R0A,R,20171001,\n", "utf-8")
    add_release(book, "2026-10-01", {"etr": tmp_path / "etr.csv", "succ": tmp_path / "succ.csv"})
    of = {code: [(row.parent, row.valid_from, row.valid_to) for row in book.memberships
                 if row.child == code and row.level == "icb"] for code in ("RR8", "RCF", "N0N0N", "RCB")}  # fmt: skip
    assert of["RR8"] == [("QWO", "2020-04-01", "2026-10-01"), ("QF7", "2026-10-01", "")]
    assert of["RCF"] == [("QWO", "2020-04-01", "2026-10-01")]
    assert of["N0N0N"] == [("QWO", "2026-10-01", "")]
    assert of["RCB"] == [("QOQ", "2020-04-01", "")]
    assert len(book.memberships) == before + 2
    names = [(row.word, row.valid_from) for row in book.names if row.code == "RAE"]
    assert names[-1] == ("BRADFORD HOSPITALS NHS FOUNDATION TRUST", "2026-10-01")
    assert [(row.successor, row.date) for row in book.successions if row.predecessor == "RCF"] == [
        ("N0N0N", "2026-10-01")
    ]
    assert len([row for row in book.successions if row.predecessor == "RM2"]) == 1


def test_commissioners_and_practices_of_a_new_release_are_read_from_their_own_columns(tmp_path):
    book = read_book(data_root() / "organisations" / RELEASE)
    (tmp_path / "eccg.csv").write_text(etr("15F", "NHS WEST YORKSHIRE ICB - 15F", "Y63", "QF7", "20180401"), "utf-8")

    def practice(code, parent, setting, closed=""):
        cells = [
            code,
            "A PRACTICE",
            "Y63",
            "QWO",
            *[""] * 6,
            "20261001",
            closed,
            "A",
            "B",
            parent,
            *[""] * 10,
            setting,
            "",
        ]
        return ",".join(cells)

    lines = [practice("Y99001", "15F", "4"), practice("Y99002", "15F", "0"), practice("Y99003", "7A1", "4")]
    (tmp_path / "epraccur.csv").write_text("\n".join(lines), "utf-8")
    add_release(book, "2026-10-01", {name: tmp_path / f"{name}.csv" for name in ("eccg", "epraccur")})
    held = [row for row in book.memberships if not row.valid_to and row.level in ("icb", "sub_icb_location")]
    of = {row.child: (row.parent, row.valid_from) for row in held if row.child in ("15F", "Y99001", "Y99003")}
    assert of == {"15F": ("QF7", "2026-10-01"), "Y99001": ("15F", "2026-10-01")}
    assert "Y99002" not in book.organisations  # another setting than a GP practice
    assert [gap.note for gap in book.gaps if gap.code == "Y99003"] == ["listed under 7A1, which is not held"]


def test_the_importer_writes_a_release_that_loads(tmp_path):
    shutil.copytree(data_root() / "organisations" / RELEASE, tmp_path / RELEASE)
    (tmp_path / "etr.csv").write_text(etr("N0N0N", "NEW NHS TRUST", "Y63", "QWO", "20261001"), "utf-8")
    command = [sys.executable, str(REPO / "tools" / "import_organisations.py"), "ods-2026-10", "--after", RELEASE]
    command += ["--day", "2026-10-01", "--etr", str(tmp_path / "etr.csv"), "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(REPO / "src")})  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = organisations_of(load_package(tmp_path / "ods-2026-10"))
    assert look_up("N0N0N", loaded, "2026-10-01").name == "NEW NHS TRUST"
    assert loaded.sources["etr-2026-10"] == "NHS England ODS: etr.csv, 2026-10-01"
    assert look_up("RM2", loaded, "2019-04-01").successors[0].code == "R0A"
