"""Where tonnes go on a day: the day of a change is the new one's, shares are shares, and chains go to their end."""

import numpy as np
import pandas as pd
import pytest

from nhscarbon.organisations.index import load_index
from nhscarbon.organisations.load import load_organisations, memberships_of
from nhscarbon.organisations.local import with_local
from nhscarbon.organisations.lookup import look_up
from nhscarbon.organisations.register import ALWAYS_FROM, ALWAYS_TO, Organisations, Successions, Words, day_number
from nhscarbon.organisations.shares import shares_on

CODES = ("A", "B", "P", "T1", "T2", "T3", "T4")
NUMBER = {code: place for place, code in enumerate(CODES)}
NONE = np.zeros(0, np.int32)


def words(**of):
    return Words(code=np.array([NUMBER[code] for code in of], np.int32), word=tuple(of.values()),
                 start=np.full(len(of), ALWAYS_FROM, np.int32), end=np.full(len(of), ALWAYS_TO, np.int32),
                 source=("test",) * len(of), inferred=np.zeros(len(of), np.bool_))  # fmt: skip


def member(child, parent, first="", last="", *, share="1", level="icb", inferred=""):
    return {"child": child, "parent": parent, "level": level, "share": share, "valid_from": first, "valid_to": last,
            "source": "test", "inferred": inferred}  # fmt: skip


def register(*members, follows=()):
    """Return a small register: memberships, and (predecessor, successor, day, share, inferred) of mergers."""
    old, new, days, share, inferred = map(list, zip(*follows, strict=True)) if follows else ([], [], [], [], [])
    closed = np.full(len(CODES), ALWAYS_TO, np.int32)
    for code, day in zip(old, days, strict=True):
        closed[NUMBER[code]] = day_number(day)
    return Organisations(
        package=None, codes=CODES, opened=np.full(len(CODES), ALWAYS_FROM, np.int32), closed=closed,
        roles=words(A="icb", B="icb"), names=words(), types=words(), memberships=memberships_of(members, NUMBER),
        successions=Successions(
            predecessor=np.array([NUMBER[code] for code in old], np.int32),
            successor=np.array([NUMBER[code] for code in new], np.int32), share=np.array(share, np.float64),
            day=np.array([day_number(day) for day in days], np.int32), source=("test",) * len(old),
            basis=("test",) * len(old), inferred=np.array(inferred, np.bool_),
        ),
        gaps=(), sources={},
    )  # fmt: skip


def places(organisations, code, day, level="icb"):
    """Return where a code's tonnes are on a day, with their shares."""
    [numbers] = [np.array([organisations.number[code]])]
    found = shares_on(organisations, numbers, np.array([day_number(day)]), level)
    return {organisations.codes[target]: share
            for target, share in zip(found.target.tolist(), found.share.tolist(), strict=True)}  # fmt: skip


def inferred(organisations, code, day, level="trust"):
    numbers = np.array([organisations.number[code]])
    return shares_on(organisations, numbers, np.array([day_number(day)]), level).inferred.tolist()


def test_on_the_day_of_a_change_a_trust_is_in_its_new_board_alone():
    moved = register(member("T1", "A", "", "2022-07-01"), member("T1", "B", "2022-07-01"))
    assert places(moved, "T1", "2022-06-30") == {"A": 1.0}
    assert places(moved, "T1", "2022-07-01") == {"B": 1.0}
    assert places(moved, "T1", "2022-07-02") == {"B": 1.0}


def test_on_the_day_of_a_merger_tonnes_are_the_followers():
    merged = register(follows=[("T1", "T2", "2020-04-01", 1.0, False)])
    assert places(merged, "T1", "2020-03-31", "trust") == {"T1": 1.0}
    assert places(merged, "T1", "2020-04-01", "trust") == {"T2": 1.0}


def test_a_chain_of_mergers_goes_to_its_end_as_it_was_on_the_day():
    chain = register(member("T3", "B"), follows=[("T1", "T2", "2012-04-01", 1.0, False),
                                                 ("T2", "T3", "2017-10-01", 1.0, False)])  # fmt: skip
    assert places(chain, "T1", "2015-04-01", "trust") == {"T2": 1.0}
    assert places(chain, "T1", "2018-04-01", "trust") == {"T3": 1.0}
    assert places(chain, "T1", "2018-04-01") == {"B": 1.0}


def test_a_trust_that_was_split_and_one_in_two_boards_count_once_in_all():
    halves = [("T1", "T2", "2021-10-01", 0.25, False), ("T1", "T3", "2021-10-01", 0.75, False)]
    boards = [member("T2", "A"), member("T3", "A", share="0.25"), member("T3", "B", share="0.75")]
    split = register(*boards, follows=halves)
    assert places(split, "T1", "2022-04-01", "trust") == {"T2": 0.25, "T3": 0.75}
    assert places(split, "T3", "2022-04-01") == {"A": 0.25, "B": 0.75}
    assert places(split, "T1", "2022-04-01") == {"A": 0.25 + 0.75 * 0.25, "B": 0.75 * 0.75}


def test_a_trust_goes_by_its_board_and_not_by_its_place():
    both = register(
        member("T1", "P", level="place"), member("P", "B"), member("T1", "A"), member("T2", "P", level="place")
    )
    assert places(both, "T1", "2023-04-01") == {"A": 1.0}
    assert places(both, "T2", "2023-04-01") == {"B": 1.0}
    assert places(both, "T1", "2023-04-01", "place") == {"P": 1.0}


def test_only_what_went_by_a_row_that_no_file_states_is_marked():
    sure = register(follows=[("T1", "T2", "2020-04-01", 1.0, False), ("T3", "T4", "2020-04-01", 1.0, True)])
    assert inferred(sure, "T1", "2021-04-01") == [False]
    assert inferred(sure, "T3", "2021-04-01") == [True]
    assert inferred(sure, "T3", "2020-03-31") == [False]


def test_bodies_on_days_of_their_own_are_each_where_they_were():
    moved = register(member("T1", "A", "", "2022-07-01"), member("T1", "B", "2022-07-01"), member("T2", "B"))
    bodies = np.array([NUMBER[code] for code in ("T1", "T2", "T1", "T1")])
    days = np.array([day_number(day) for day in ("2022-07-01", "2020-01-01", "2022-06-30", "2024-01-01")])
    found = shares_on(moved, bodies, days, "icb")
    assert (found.source.tolist(), [CODES[target] for target in found.target]) == ([0, 1, 2, 3], ["B", "B", "A", "B"])
    assert found.placed.all()


@pytest.mark.parametrize(
    ("day", "board"), [("2023-03-31", "A"), ("2023-04-01", "B"), ("2024-03-31", "B"), ("2024-04-01", "A")]
)
def test_a_local_row_stands_for_the_releases_on_its_days_and_on_no_other(day, board):
    local = pd.DataFrame([{"child": "T1", "parent": "B", "level": "icb", "valid_from": "2023-04-01",
                           "valid_to": "2024-04-01"}])  # fmt: skip
    assert places(with_local(register(member("T1", "A")), local), "T1", day) == {board: 1.0}


# --- days of the release -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "year", "status"),
    [
        # RA3 closed and R0B opened on a 1 April, the first day of an NHS year (ODS)
        ("RA3", "2019/20", "open"),
        ("RA3", "2020/21", "closed"),
        ("R0B", "2018/19", "not_open_yet"),
        ("R0B", "2019/20", "open"),
        ("R0A", "2016/17", "not_open_yet"),  # opened on 1 October 2017
        ("R0A", "2017/18", "open"),
    ],
)
def test_a_code_is_in_use_in_the_years_of_its_days(code, year, status):
    assert look_up(code, load_organisations("ods-2026-07"), year).status == status
    index = load_index("ods-2026-07")
    closed, early = index.outside(index.places([code]), [year])
    assert (closed.tolist(), early.tolist()) == ([status == "closed"], [status == "not_open_yet"])


def test_a_site_is_of_the_trusts_that_it_was_in_during_the_year():
    """RA301 was in RA3 from April 2013 to March 2020; RA7C2 in RA7 from April 2023 (ODS, estates returns)."""
    index = load_index("ods-2026-07")
    years = [f"20{start}/{start + 1}" for start in range(10, 26)]
    assert [year for year in years if index.trusts("RA301", year)] == [f"20{n}/{n + 1}" for n in range(13, 20)]
    assert [year for year in years if index.trusts("RA7C2", year)] == [f"20{n}/{n + 1}" for n in range(23, 26)]


def test_a_trust_that_went_to_two_went_to_each_in_part():
    """RW6 went to R0A and RM3 on 1 October 2021."""
    shares = {each.code: each.share for each in load_index("ods-2026-07").successors("RW6")}
    assert set(shares) == {"R0A", "RM3"}
    assert all(0 < share < 1 for share in shares.values())
    assert sum(shares.values()) == pytest.approx(1, abs=1e-9)
