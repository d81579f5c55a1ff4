"""The mergers of 2012, 2017, 2020 and 2026 with their source rows, and six estates returns on every map."""

import csv
import gzip
import io
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.rollup.rollup import NOT_PLACED
from nhscarbon.errors import HierarchyError

FILES = {
    "2013/14": "eric-2013-14.xls", "2014/15": "eric-2014-15.xls", "2015/16": "eric-2015-16.xls",
    "2016/17": "eric-2016-17.xls", "2019/20": "eric-2019-20-site.csv", "2023/24": "eric-2023-24-site.csv",
}  # fmt: skip
EARLY = ("2013/14", "2014/15", "2015/16")  # their factor sets lack well-to-tank
GRAM = 1e-6  # tonnes
MAP = "2026-04-01"
INDEPENDENT = {"NAX", "NLY", "NNV", "NQ7", "NQL", "NR5"}  # providers of 2013/14 that are in no board
with (Path(__file__).parent / "mergers.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def hierarchy():
    return nc.hierarchy("ods-2026-07")


@pytest.fixture(scope="session")
def returns(originals, method):
    """The footprint of each return, by year."""
    return {year: nc.calculate(nc.read_eric(originals / "eric" / file), method) for year, file in FILES.items()}


@pytest.fixture(scope="session")
def compiled(originals):
    """What others compiled: totals of trusts with their region, snapshots of trusts in boards, successors."""
    folder = originals.parent / "figures"

    def rows(path):
        return list(csv.DictReader(io.StringIO(gzip.decompress((folder / path).read_bytes()).decode(), newline="")))

    return {name: rows(path) for name, path in (("totals", "eric/trust_totals.csv.gz"),
                                                ("relations", "organisations/relations.csv.gz"))}  # fmt: skip


def boundary(year):
    return "direct_and_transmission" if year in EARLY else None


# --- the golden cases ----------------------------------------------------------------------------


def test_each_source_row_is_held_with_its_day_share_and_source(hierarchy):
    held = {(row["predecessor"], row["successor"], row["date"], row["share"], row["source"])
            for row in hierarchy.organisations.package.rows("successions.csv")}  # fmt: skip
    for row in ROWS:
        assert tuple(row[name] for name in ("predecessor", "successor", "date", "share", "source")) in held, row


def test_twelve_boards_become_six_as_the_rows_say(hierarchy):
    boards = [row for row in ROWS if row["case"] == "Boards 2026"]
    assert len({row["predecessor"] for row in boards}) == 12
    assert len({row["successor"] for row in boards} - {"QRL"}) == 6
    for old in {row["predecessor"] for row in boards}:
        shares = [float(row["share"]) for row in boards if row["predecessor"] == old]
        assert math.fsum(shares) == pytest.approx(1, abs=1e-14)
        assert hierarchy.look_up(old, "2026-03-31").status == "open"
        assert hierarchy.look_up(old, "2026-04-01").status == "closed"


def test_a_boards_own_activity_goes_to_the_new_boards_by_share(hierarchy, method):
    old = sorted({row["predecessor"] for row in ROWS if row["case"] == "Boards 2026"})
    frame = pd.DataFrame({"organisation": old, "period": "2025/26", "activity": "energy.natural_gas", "unit": "kWh",
                          "quantity": [1000.0 * (n + 1) for n in range(len(old))]})  # fmt: skip
    footprint = nc.calculate(frame, method)
    own = dict(footprint.by("organisation").itertuples(index=False))
    want = defaultdict(list)
    for row in ROWS:
        if row["case"] == "Boards 2026":
            want[row["successor"]].append(own[row["predecessor"]] * float(row["share"]))
    got = dict(nc.roll_up(footprint, hierarchy, to="icb", restate=MAP).by("organisation").itertuples(index=False))
    assert got == pytest.approx({board: math.fsum(parts) for board, parts in want.items()}, rel=1e-12)
    as_reported = dict(nc.roll_up(footprint, hierarchy, to="icb").by("organisation").itertuples(index=False))
    assert as_reported == pytest.approx(own, rel=1e-12)  # on 2026-03-31 they were still there


@pytest.mark.parametrize(("case", "day"), [("Manchester 2017", "2018-04-01"), ("Dorset 2020", "2021-03-31")])
def test_estates_of_merged_trusts_are_those_of_their_successor(hierarchy, returns, case, day):
    rows = [row for row in ROWS if row["case"] == case]
    successor, year = rows[0]["successor"], rows[0]["period"]
    table = nc.roll_up(returns[year], hierarchy, to="trust", restate=day).table
    gas = table[
        (table["organisation"] == successor)
        & (table["activity"] == "energy.natural_gas")
        & (table["component"] == "direct")
    ]
    assert math.fsum(gas["quantity"]) == sum(int(row["kwh_of_gas"]) for row in rows)
    own = returns[year].by("organisation").set_index("organisation")["tco2e"]
    by = (
        nc.roll_up(returns[year], hierarchy, to="trust", restate=day)
        .by("organisation")
        .set_index("organisation")["tco2e"]
    )
    assert by[successor] == pytest.approx(math.fsum(own[row["predecessor"]] for row in rows), abs=GRAM)
    assert not {row["predecessor"] for row in rows} & set(by.index)


def test_the_merger_of_2012_is_a_succession_only(hierarchy):
    for row in ROWS:
        if row["case"] == "Barts 2012":
            known = hierarchy.look_up(row["predecessor"], "2012/13")
            assert (known.status, known.closed, known.followed_by) == ("closed", row["date"], ("R1H",))


# --- six returns -----------------------------------------------------------------------------------


def test_every_trust_code_of_every_return_is_known_and_open_in_its_year(hierarchy, returns):
    looked = 0
    for year, footprint in returns.items():
        for code in footprint.sums.columns["organisation"].labels:
            known = hierarchy.look_up(code, year)
            assert known.status == "open", str(known)
            assert known.opened or known.gaps, f"{code} has no days and no gap that says so"
            looked += 1
    assert looked > 1300


def test_totals_agree_to_the_gram_at_every_level_as_reported_and_restated(hierarchy, returns):
    for year, footprint in returns.items():
        total = footprint.total(boundary(year))
        for to in ("trust", "region", "england"):
            rolled = nc.roll_up(footprint, hierarchy, to=to)
            assert rolled.total(boundary(year)) == pytest.approx(total, abs=GRAM), (year, to)
        for to in ("trust", "icb", "region", "england"):
            rolled = nc.roll_up(footprint, hierarchy, to=to, restate=MAP, unplaced="keep")
            assert rolled.total(boundary(year)) == pytest.approx(total, abs=GRAM), (year, to)
            lost = rolled.sums.keys.query("organisation == @NOT_PLACED")["reported_by"]
            assert set(lost) == (INDEPENDENT if year == "2013/14" and to != "trust" else set())


def test_systems_are_as_reported_in_2023_24_only_and_earlier_years_name_restate(hierarchy, returns):
    rolled = nc.roll_up(returns["2023/24"], hierarchy, to="icb")
    assert len(rolled.sums.columns["organisation"].labels) == 42
    assert rolled.total() == pytest.approx(returns["2023/24"].total(), abs=GRAM)
    for year in ("2013/14", "2016/17", "2019/20"):
        with pytest.raises(HierarchyError, match=f"from 2020-04-01 on, and {year} ended before.*restate='2026-04-01'"):
            nc.roll_up(returns[year], hierarchy, to="icb")


def test_regions_as_reported_are_those_that_the_returns_print(hierarchy, returns, compiled):
    printed = {(row["year"], row["org_code"]): row["region"].removesuffix(" COMMISSIONING REGION")
               for row in compiled["totals"]}  # fmt: skip
    for year, footprint in returns.items():
        want = defaultdict(list)
        for code, tco2e in footprint.by("organisation", boundary=boundary(year)).itertuples(index=False):
            want[printed[year, code]].append(tco2e)
        rolled = nc.roll_up(footprint, hierarchy, to="region")
        names = nc.analysis.placings(footprint, hierarchy, to="region").names
        found = rolled.by("organisation", boundary=boundary(year))
        got = {names[code].upper(): tco2e for code, tco2e in found.itertuples(index=False)}
        want = {name: math.fsum(parts) for name, parts in want.items()}
        assert got == pytest.approx(want, abs=GRAM), year


def test_systems_restated_are_those_that_the_snapshot_of_april_2026_lists(hierarchy, returns, compiled):
    """Followed by hand: each trust to its last successor, and that one to the board under which the file lists it."""
    listed = {row["child"]: row["parent"] for row in compiled["relations"]
              if row["start"] == "2026-04" and row["parent_kind"] == "stp_or_icb"}  # fmt: skip
    care_trusts = {"TAD": "QWO", "TAF": "Z9B2Z", "TAH": "QF7", "TAJ": "QUA"}  # not in that file
    follows = defaultdict(dict)
    for row in hierarchy.organisations.package.rows("successions.csv"):
        if row["date"] <= MAP:
            follows[row["predecessor"]][row["successor"]] = float(row["share"])

    def boards(code):
        if code not in follows:
            return {listed.get(code) or care_trusts.get(code, NOT_PLACED): 1.0}
        found = defaultdict(float)
        for new, share in follows[code].items():
            for board, part in boards(new).items():
                found[board] += share * part
        return found

    for year, footprint in returns.items():
        want = defaultdict(list)
        for code, tco2e in footprint.by("organisation", boundary=boundary(year)).itertuples(index=False):
            for board, share in boards(code).items():
                want[board].append(tco2e * share)
        rolled = nc.roll_up(footprint, hierarchy, to="icb", restate=MAP, unplaced="keep")
        got = dict(rolled.by("organisation", boundary=boundary(year)).itertuples(index=False))
        assert got == pytest.approx({board: math.fsum(parts) for board, parts in want.items()}, abs=GRAM), year


def test_all_years_together_are_the_years_one_by_one(hierarchy, returns):
    late = [returns[year] for year in ("2016/17", "2019/20", "2023/24")]
    together = nc.roll_up(sum(late[1:], late[0]), hierarchy, to="icb", restate=MAP).by("organisation", "period")
    for footprint in late:
        year = footprint.sums.columns["period"].labels[0]
        alone = nc.roll_up(footprint, hierarchy, to="icb", restate=MAP).by("organisation")["tco2e"].to_numpy()
        assert together[together["period"] == year]["tco2e"].to_numpy() == pytest.approx(alone, abs=GRAM)
    assert np.unique(together["organisation"]).size == 36
