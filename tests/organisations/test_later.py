"""Successions known only after the release was frozen: from their day on, with marks; plans move nothing."""

import csv
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.checks.packages import packages_used, release_certified
from nhscarbon.cli import main
from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.footprint.certificate import certificate
from nhscarbon.methods.data_package import data_root, frozen_digests, load_package, seal
from nhscarbon.organisations.index import load_index
from nhscarbon.organisations.later import ENDING, ROOM, with_later
from nhscarbon.organisations.load import load_organisations, organisations_of
from nhscarbon.organisations.lookup import look_up

REPO = Path(__file__).resolve().parents[2]
RELEASE, FROZEN = "ods-2026-07", "ods-2026-07@1.0.0"
FOLDER = data_root() / ROOM / f"{RELEASE}{ENDING}"
# as the compiled figures print them: who, by whom, the day before, the day, the name of the follower from then on
HAPPENED = [
    ("R1C", "RW1", "2024-09-30", "2024-10-01", "HAMPSHIRE AND ISLE OF WIGHT HEALTHCARE NHS FOUNDATION TRUST"),
    ("RAP", "RAL", "2024-12-31", "2025-01-01", "ROYAL FREE LONDON NHS FOUNDATION TRUST"),
    ("RRP", "G6V2S", "2024-10-31", "2024-11-01", "NORTH LONDON NHS FOUNDATION TRUST"),
    ("TAF", "G6V2S", "2024-10-31", "2024-11-01", "NORTH LONDON NHS FOUNDATION TRUST"),
    ("RY9", "RAX", "2024-10-31", "2024-11-01", "KINGSTON AND RICHMOND NHS FOUNDATION TRUST"),
]
PLANNED = [("RY2", "RWW"), ("RYV", "RY3"), ("RNK", "G6V2S")]
DAY = "2026-04-01"  # that all plans name
KG = 1e-3  # tonnes


@pytest.fixture(scope="module")
def ods():
    return load_organisations(RELEASE)


def gas(method, codes, period="2022/23"):
    kwh = [1000.0 * (7 * number + 3) for number in range(len(codes))]
    return nc.calculate(
        pd.DataFrame({"organisation": codes, "period": period, "activity": "energy.natural_gas", "quantity": kwh,
                      "unit": "kWh"}), method,
    )  # fmt: skip


# --- look-ups --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new", "before", "day", "name"), HAPPENED)
def test_a_trust_is_open_on_the_day_before_and_followed_on_the_day(ods, old, new, before, day, name):
    assert look_up(old, ods, before).status == "open"
    assert look_up(old, ods, before).successors == ()
    known = look_up(old, ods, day)
    assert (known.status, known.closed, known.followed_by) == ("closed", day, (new,))
    (successor,) = known.successors
    assert (successor.code, successor.name, successor.date, successor.share) == (new, name, day, 1.0)
    assert str(known).startswith(f"{old} closed on {day}; its successor is {new}")


@pytest.mark.parametrize(("old", "new", "before", "day", "name"), HAPPENED)
def test_the_one_that_follows_has_its_name_from_the_day(ods, old, new, before, day, name):
    assert look_up(new, ods, day).name == name
    own = [word for word in look_up(new, ods, day).names if word[0] == name]
    assert len(own) == 1
    if new in ("RW1", "RAX"):  # renamed by it
        assert look_up(new, ods, before).name != name
        assert own[0][1] == day


def test_the_mark_of_a_day_is_shown_wherever_the_succession_is(ods):
    known = look_up("R1C", ods, "2025/26")
    assert str(known) == "R1C closed on 2024-10-01; its successor is RW1 (day inferred from the month)"
    assert (known.successors[0].mark, known.successors[0].inferred) == ("day inferred from the month", True)
    assert str(look_up("RAP", ods, "2025/26")) == "RAP closed on 2025-01-01; its successor is RAL"
    assert not look_up("RAP", ods, "2025/26").successors[0].inferred
    findings = nc.check(_row("R1C", "2025/26"), "nhs-2026.1")
    (closed,) = [each for each in findings.findings if each.code == "organisation_closed"]
    assert "its successor is RW1 (day inferred from the month)" in closed.message


@pytest.mark.parametrize(("old", "new"), PLANNED)
def test_a_plan_is_told_before_and_after_its_day_and_is_no_succession(ods, old, new):
    before, after = look_up(old, ods, "2026-03-31"), look_up(old, ods, DAY)
    said = f"planned when read: {new} is to follow it from {DAY}"
    assert before.status == "open"
    assert before.message == ""
    assert said in str(before)
    assert after.status == "closed"
    assert (after.successors, after.followed_by) == ((), ())
    assert said in str(after)
    assert [(each.successor, each.day) for each in after.planned] == [(new, DAY)]


def test_the_command_says_marks_and_plans(capsys):
    plan = "planned when read: RY3"
    for code, year, said in (
        ("R1C", "2025/26", "day inferred from the month"),
        ("RYV", "2025/26", plan),
        ("RYV", "2026/27", plan),
    ):
        assert main(["organisation", code, "--on", year]) == 0
        assert capsys.readouterr().out.count(said) == 1


def test_a_return_after_a_plan_is_told_of_it():
    findings = nc.check(_row("RYV", "2026/27"), "nhs-2026.1")
    (closed,) = [each for each in findings.findings if each.code == "organisation_closed"]
    assert "planned when read: RY3 is to follow it from 2026-04-01" in closed.message
    assert "Send 2026/27 under" not in str(closed)


def _row(code, period):
    return pd.DataFrame({"organisation": [code], "period": [period], "activity": ["energy.natural_gas"],
                         "quantity": [5000.0], "unit": ["kWh"]})  # fmt: skip


def test_what_no_file_says_is_no_longer_said_of_what_is_known(ods):
    about = {(gap.code, gap.about) for gap in ods.gaps}
    assert not {(old, "succession") for old, *_ in HAPPENED} & about
    assert {(old, "succession") for old, _ in PLANNED} <= about
    (taf,) = [gap for gap in ods.gaps if gap.code == "TAF" and gap.about == "days"]
    assert taf.note == "no file held gives the day on which it opened"


# --- roll-ups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["trust", "icb", "region", "england"])
@pytest.mark.parametrize("day", ["2024-09-30", "2024-10-01", "2024-11-01", "2025-01-01", "2026-04-01"])
def test_restated_roll_ups_conserve_and_follow_from_the_day(method, to, day):
    codes = [*(old for old, *_ in HAPPENED), "RW1", "RAL", "RAX", *(old for old, _ in PLANNED), "RWW", "RY3"]
    footprint = gas(method, codes)
    rolled = nc.roll_up(footprint, RELEASE, to=to, restate=day)
    assert rolled.total() == pytest.approx(footprint.total(), rel=1e-12)
    if to == "trust":
        own = footprint.by("organisation").set_index("organisation")["tco2e"]
        found = rolled.by("organisation").set_index("organisation")["tco2e"]
        of = {old: new for old, new, _, when, _ in HAPPENED if when <= day}
        want = own.groupby([of.get(code, code) for code in own.index]).sum()
        assert found.to_dict() == pytest.approx(want.to_dict(), abs=KG)


def test_a_plan_moves_no_tonnes_on_any_day(method):
    footprint = gas(method, [code for pair in PLANNED[:2] for code in pair] + ["RNK"])
    own = footprint.by("organisation")["tco2e"].tolist()
    for day in ("2026-03-31", DAY, "2026-07-01"):
        rolled = nc.roll_up(footprint, RELEASE, to="trust", restate=day).by("organisation")
        assert rolled["organisation"].tolist() == footprint.by("organisation")["organisation"].tolist()
        assert rolled["tco2e"].tolist() == pytest.approx(own, rel=1e-12)
    boards = {
        release: nc.roll_up(footprint, release, to="icb", restate=DAY).by("organisation")
        for release in (RELEASE, FROZEN)
    }
    pd.testing.assert_frame_equal(boards[RELEASE], boards[FROZEN])


def test_an_inferred_day_is_marked_in_a_roll_up(method):
    rolled = nc.roll_up(gas(method, ["R1C"]), RELEASE, to="trust", restate="2025-04-01")
    assert "share_inferred" in {each.code for each in rolled.findings.findings}
    rolled = nc.roll_up(gas(method, ["RAP"]), RELEASE, to="trust", restate="2025-04-01")
    assert "share_inferred" not in {each.code for each in rolled.findings.findings}


def test_a_site_of_a_trust_that_merged_may_be_sent_by_the_one_that_followed():
    frame = _row("G6V2S", "2025/26").assign(site="TAF01")
    codes = {each.code for each in nc.check(frame, "nhs-2026.1").findings}
    assert not codes & {"site_of_another", "site_wrong"}


# --- the release stays ------------------------------------------------------------------------------


def test_the_frozen_release_is_unchanged_and_can_be_named():
    """The digest is that of the first commit of the release: certificates name it."""
    digest = "cdba3094f0c2162b90e877ff3ed5dab8745363526ff8d65e832697e8c4a4996d"
    assert frozen_digests(data_root())[FROZEN] == digest
    frozen = load_organisations(FROZEN)
    assert frozen.packages == {FROZEN: digest}
    assert str(look_up("RAP", frozen, "2025/26")) == "RAP closed on 2025-01-01; no file held names a successor"
    assert load_index(FROZEN).successors("RAP") == ()
    assert set(load_organisations(RELEASE).packages) == {FROZEN, f"{RELEASE}{ENDING}@1.0.0"}
    for read in (load_organisations, load_index):
        with pytest.raises(UsageError, match="there are ods-2026-07"):
            read("ods-2026-07@9.9.9")


def test_the_stamp_names_both_packages_and_a_certificate_still_names_the_release(method):
    footprint = nc.calculate(nc.example("trust-year.csv"), method)
    labels = [label for label in footprint.packages if label.startswith("ods-")]
    assert labels == [f"{RELEASE}{ENDING}@1.0.0", FROZEN]
    assert certificate(footprint).about["organisations"] == RELEASE
    assert footprint.packages.items() <= frozen_digests(data_root()).items()
    assert [label for label in packages_used(FROZEN) if label.startswith("ods-")] == [FROZEN]


def test_a_certificate_from_before_is_verified_with_the_release_as_it_was(tmp_path, capsys):
    """TAF sent 2025/26 when no file said that it had closed: that certificate holds; a new one cannot be made."""
    path = tmp_path / "return.csv"
    _row("TAF", "2025/26").to_csv(path, index=False)
    named = ["--method", "nhs-2026.1", "--certificate"]
    before = tmp_path / "before.json"
    assert main(["footprint", str(path), *named, str(before), "--organisations", FROZEN]) == 0
    about = json.loads(before.read_text("utf-8"))
    assert about["organisations"] == RELEASE
    assert [label for label in about["checks"] if label.startswith("ods-")] == [FROZEN]
    capsys.readouterr()
    assert main(["verify", str(before), str(path)]) == 0
    assert capsys.readouterr().out.startswith("verified")
    assert main(["footprint", str(path), *named, str(tmp_path / "now.json")]) == 1
    assert release_certified(RELEASE, about["checks"]) == FROZEN
    assert release_certified(RELEASE, {**about["checks"], f"{RELEASE}{ENDING}@1.0.0": "x"}) == RELEASE


def test_one_changed_byte_of_what_became_known_is_refused(tmp_path):
    shutil.copytree(data_root(), tmp_path / "data")
    path = tmp_path / "data" / ROOM / f"{RELEASE}{ENDING}" / "successions.csv"
    path.write_bytes(path.read_bytes().replace(b"RAP,RAL", b"RAP,RAX"))
    for read in (load_organisations, load_index):
        with pytest.raises(IntegrityError):
            read(RELEASE, tmp_path / "data")


# --- the data ----------------------------------------------------------------------------------------


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_has_its_source_basis_and_mark():
    sources = {row["source"] for row in rows("sources.csv")}
    bases = {row["basis"]: row["inferred"] for row in rows("bases.csv")}
    for row in rows("successions.csv"):
        assert row["source"] in sources
        assert row["inferred"] == bases[row["basis"]]
        assert (row["basis"] == "seen") == (row["mark"] == "")


def test_each_row_of_the_figures_is_held(originals):
    with (originals.parent / "figures" / "organisations" / "successions_2024_on.csv").open(encoding="utf-8") as stream:
        told = [(row["old"], row["new"], row["date"], row["new_name"], row["mark"]) for row in csv.DictReader(stream)]
    names = ("predecessor", "successor", "date", "name", "mark")
    assert [tuple(row[name] for name in names) for row in rows("successions.csv")] == told
    assert len(told) == len(HAPPENED) + len(PLANNED)


def test_the_index_of_what_became_known_is_what_the_release_says(ods):
    index = load_index(RELEASE)
    assert index.codes == ods.codes
    assert np.array_equal(index.closed, ods.closed)
    assert {row["code"] for row in rows("codes.csv")} == {old for old, *_ in HAPPENED}


@pytest.fixture
def changed(tmp_path):
    """Load the release with another table of successions in front of it."""

    def build(*extra, drop=()):
        folder = tmp_path / FOLDER.name
        shutil.copytree(FOLDER, folder)
        held = [row for row in rows("successions.csv") if row["predecessor"] not in drop]
        with (folder / "successions.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(held[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows([*held, *({**held[0], "name": "", "mark": "", **row} for row in extra)])
        seal(folder)
        return organisations_of(load_package(data_root() / "organisations" / RELEASE), load_package(folder))

    return build


@pytest.mark.parametrize(
    ("row", "why"),
    [({"predecessor": "RM2", "successor": "RAL", "date": "2017-10-01"}, "successors of RM2 add up to 2"),
     ({"predecessor": "R0C", "successor": "RAL", "date": "2020-04-01"}, "R0C is followed by RAL on 2020-04-01, but it"),
     ({"predecessor": "RAL", "successor": "RAP", "date": "2026-01-01"}, "its own successor"),
     ({"predecessor": "QQQ", "successor": "RAL", "date": "2026-01-01"}, "names QQQ, which the release does not hold")],
)  # fmt: skip
def test_what_contradicts_the_release_is_refused(changed, row, why):
    with pytest.raises(IntegrityError, match=why):
        changed(row)


def test_a_name_that_a_file_shows_later_stays_from_its_day(changed):
    """Warrington and Halton became North Cheshire and Mersey by the file of July 2026; a name in between ends there."""
    row = {"predecessor": "R0C", "successor": "RWW", "date": "2020-03-27", "name": "SOME OTHER NHS TRUST"}
    found = changed(row)
    names = look_up("RWW", found, "2026-07-01").names
    assert [word for word, _, _ in names][-2:] == [
        "SOME OTHER NHS TRUST",
        "NORTH CHESHIRE AND MERSEY NHS FOUNDATION TRUST",
    ]
    assert names[-2][1:] == ("2020-03-27", "2026-07-01")
    assert names[-3][2] == "2020-03-27"


def test_what_is_done_to_the_tables_leaves_the_given_ones_alone():
    given = {name: [] for name in ("roles", "names", "types", "memberships", "successions", "gaps")}
    given["organisations"] = [{"code": "A1", "opened": "", "closed": ""}, {"code": "B1", "opened": "", "closed": ""}]
    row = {"predecessor": "A1", "successor": "B1", "share": "1", "date": "2025-01-01", "name": "", "source": "s",
           "basis": "seen", "inferred": "", "mark": ""}  # fmt: skip
    found = with_later(given, [row], "x")
    assert found["organisations"][0]["closed"] == "2025-01-01"
    assert given["organisations"][0]["closed"] == ""
    assert given["successions"] == []


def test_the_importers_write_what_is_held_and_a_newer_release_takes_it_up(tmp_path, originals):
    data = tmp_path / "data"
    for room in ("organisations", "organisation_index", "methodologies"):
        shutil.copytree(data_root() / room, data / room)
    tools = {**os.environ, "PYTHONPATH": str(REPO / "src")}

    def run(name, *words):
        command = [sys.executable, str(REPO / "tools" / name), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=tools)
        assert done.returncode == 0, done.stderr

    run("import_successions.py", RELEASE, "--figures", str(originals.parent / "figures"), "--data", str(data))
    for path in FOLDER.iterdir():
        assert (data / ROOM / FOLDER.name / path.name).read_bytes() == path.read_bytes(), path.name
    (tmp_path / "etr.csv").write_text(
        ",".join(["N0N0N", "NEW NHS TRUST", "Y63", "QWO", *[""] * 6, "20261001", *[""] * 16])
    )
    run(
        "import_organisations.py",
        "ods-2026-10",
        "--after",
        RELEASE,
        "--day",
        "2026-10-01",
        "--etr",
        str(tmp_path / "etr.csv"),
        "--data",
        str(data / "organisations"),
    )
    newer = organisations_of(load_package(data / "organisations" / "ods-2026-10"))
    assert look_up("RAP", newer, "2026-04-01").followed_by == ("RAL",)
    assert "planned when read: RWW is to follow it from 2026-04-01" in look_up("RY2", newer, "2026-04-01").gaps
    assert math.isclose(sum(each.share for each in look_up("R1C", newer, "2025/26").successors), 1)
