"""The mistakes of the detection benchmark are what they say, and are judged as strictly as they say."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "benchmarks"))

import detection  # noqa: E402
import planted  # noqa: E402
import planted_months  # noqa: E402
from nhscarbon.findings import Findings, finding  # noqa: E402

GAS, GRID, OIL = "energy.natural_gas", "energy.electricity.grid", "energy.gas_oil"
SITES = ("RX1RA", "RX1CC", "RX1NL")


def sent(period, scale=1.0):
    """Return a made-up return: three sites with gas, electricity, oil, exported electricity and water."""
    rows = []
    for place, site in enumerate(SITES):
        size = scale * (place + 1) ** 2
        rows += [
            ("RX1", site, period, GAS, "kWh", "Gas consumed (kWh)", round(4_000_123 * size)),
            ("RX1", site, period, GRID, "kWh", "Electricity consumed (kWh)", round(2_100_457 * size)),
            ("RX1", site, period, OIL, "kWh", "Oil consumed (kWh)", round(900_311 * size) if place else 0),
            ("RX1", site, period, "energy.electricity.exported", "kWh", "Exported electricity (kWh)", 9e8),
            ("RX1", site, period, "water.supply", "m3", "Water volume (m3)", round(31_000 * size)),
        ]
    area = pd.DataFrame({"organisation": "RX1", "site": SITES, "period": period,
                         "measure": "floor_area_gross_internal", "value": 1e4})  # fmt: skip
    return planted.Return("RX1", period, pd.DataFrame(rows, columns=[*planted.TEXT, "quantity"]), area)


@pytest.fixture
def pair():
    return planted.Pair(sent("2015/16", 0.93), sent("2016/17"))


def plant(mistake, pair, seed=7):
    spoiled = detection.EVERY[mistake](pair, planted.chance(seed, mistake, pair))
    assert spoiled is not None
    return spoiled


def changed(pair, spoiled):
    """Return the rows whose cells are not those of the true return, as they are numbered in a file."""
    true, now = (each.table.drop(columns="period") for each in (pair.after, spoiled.sent))
    return tuple(np.flatnonzero((true != now).any(axis=1).to_numpy()) + 2)


@pytest.mark.parametrize(("mistake", "times"), [("x1000", 1000), ("x12", 12), ("/1000", 1e-3), ("/12", 1 / 12)])
@pytest.mark.parametrize("seed", range(5))
def test_one_row_is_wrong_by_the_factor_and_moves_a_tenth(pair, mistake, times, seed):
    spoiled = plant(mistake, pair, seed)
    assert changed(pair, spoiled) == spoiled.rows
    (row,) = spoiled.rows
    true, now = (each.table.loc[row - 2] for each in (pair.after, spoiled.sent))
    assert now["quantity"] == pytest.approx(times * true["quantity"])
    assert (spoiled.site, spoiled.activity) == (true["site"], true["activity"])
    bought = pair.after.table[pair.after.table["activity"].isin([GAS, GRID, OIL])]["quantity"].sum()
    assert spoiled.moved == pytest.approx(abs(now["quantity"] - true["quantity"]) / bought)
    assert spoiled.moved >= 0.1


def test_a_row_and_a_site_are_left_out_and_nothing_else(pair):
    row = plant("row left out", pair)
    left = pair.after.table.merge(row.sent.table, how="left", indicator=True)
    (gone,) = left[left["_merge"] == "left_only"].to_dict("records")
    assert (gone["site"], gone["activity"], row.rows) == (row.site, row.activity, ())
    site = plant("site left out", pair)
    assert set(site.sent.table["site"]) == set(SITES) - {site.site}
    assert set(site.sent.denominators["site"]) == set(SITES) - {site.site}
    assert len(site.sent.table) == len(pair.after.table) * 2 // 3


def test_gas_and_electricity_are_swapped_at_every_site(pair):
    spoiled = plant("gas and electricity swapped", pair)
    true, now = (each.table.pivot_table(index="site", columns="activity", values="quantity")
                 for each in (pair.after, spoiled.sent))  # fmt: skip
    assert (now[GAS] == true[GRID]).all()
    assert (now[GRID] == true[GAS]).all()
    assert set(changed(pair, spoiled)) == set(spoiled.rows)
    assert len(spoiled.rows) == 6


def test_two_rows_of_one_site_are_swapped(pair):
    spoiled = plant("two rows of a site swapped", pair)
    first, second = (row - 2 for row in spoiled.rows)
    true, now = (each.table["quantity"] for each in (pair.after, spoiled.sent))
    assert (now[first], now[second]) == (true[second], true[first])
    assert set(changed(pair, spoiled)) == set(spoiled.rows)
    assert set(spoiled.sent.table.loc[[first, second], "site"]) == {spoiled.site}


def test_last_year_and_the_three_largest_rows_are_copied_to_the_digit(pair):
    year = plant("last year copied", pair)
    assert year.sent.table["quantity"].tolist() == pair.before.table["quantity"].tolist()
    assert set(year.sent.table["period"]) == {"2016/17"}
    rows = plant("three largest rows copied", pair)
    assert changed(pair, rows) == tuple(sorted(rows.rows))
    bought = pair.after.table[pair.after.table["activity"].isin([GAS, GRID, OIL])]
    assert {row - 2 for row in rows.rows} == set(bought["quantity"].nlargest(3).index)
    copied = [row - 2 for row in rows.rows]
    assert rows.sent.table.loc[copied, "quantity"].equals(pair.before.table.loc[copied, "quantity"])


def test_a_row_is_at_another_site_of_the_trust(pair):
    spoiled = plant("row on another site", pair)
    assert changed(pair, spoiled) == spoiled.rows
    (row,) = (each - 2 for each in spoiled.rows)
    assert spoiled.sent.table.loc[row, "site"] in set(SITES) - {pair.after.table.loc[row, "site"]}
    assert spoiled.site == spoiled.sent.table.loc[row, "site"]
    assert spoiled.sent.table.loc[row, "quantity"] == pair.after.table.loc[row, "quantity"]


def test_a_mistake_that_moves_less_than_a_tenth_is_not_planted(pair):
    one_site = pair.after.table[pair.after.table["site"] == SITES[0]].reset_index(drop=True)
    alone = replace(pair, after=replace(pair.after, table=one_site))
    for mistake in ("site left out", "row on another site"):
        assert detection.EVERY[mistake](alone, planted.chance(1, mistake, alone)) is None


def test_seeds_decide_what_is_planted(pair):
    rows = [plant("/12", pair, seed).rows for seed in range(20)]
    assert rows == [plant("/12", pair, seed).rows for seed in range(20)]
    assert len(set(rows)) > 1


def test_months_add_up_to_their_year_have_its_season_and_a_fifth_of_sites_is_even(pair):
    months = planted_months.by_month(pair.after, 3)
    year = pair.after.table[pair.after.table["quantity"] > 0]
    assert len(months.table) == 12 * len(year)
    added = months.table.groupby(["site", "activity"])["quantity"].sum()
    assert added.to_dict() == pytest.approx(year.set_index(["site", "activity"])["quantity"].to_dict(), rel=1e-4)
    share, _ = planted_months.profiles()["heat"]
    assert 8 <= share.max() / share[3] <= 12  # January to July
    even = [planted_months.is_estimated("RX1", f"RX1{n:02d}", 3) for n in range(1000)]
    assert 0.17 < np.mean(even) < 0.23


@pytest.mark.parametrize("mistake", planted_months.MONTH_MISTAKES)
def test_one_month_is_spoiled_as_it_says(pair, mistake):
    pair = planted_months.pair_by_month(pair, 3)
    spoiled = plant(mistake, pair)
    assert spoiled.moved >= 0.1
    true = pair.after.table
    of_year = true[(true["site"] == spoiled.site) & (true["activity"] == spoiled.activity)].set_index("period")[
        "quantity"
    ]
    now = spoiled.sent.table
    now = now[(now["site"] == spoiled.site) & (now["activity"] == spoiled.activity)].set_index("period")["quantity"]
    if mistake == "month missing":
        assert set(of_year.index) - set(now.index) == {spoiled.month}
        return
    place = of_year.index.get_loc(spoiled.month)
    wanted = {
        "month repeated": of_year.iloc[place - 1], "month /1000": of_year.iloc[place] / 1000,
        "year in a month": of_year.sum(),
    }  # fmt: skip
    assert now[spoiled.month] == wanted[mistake]
    assert now.drop(spoiled.month).equals(of_year.drop(spoiled.month))


def said(code, *, rows=(), **about):
    return Findings((finding(code, "month", rows=len(rows), first_rows=rows, month="", times="", slip="",
                             organisation="RX1", **about),), 1)  # fmt: skip


def test_only_a_finding_of_its_kind_that_names_row_site_and_activity_counts(pair):
    spoiled = plant("/1000", pair)
    right = {"rows": spoiled.rows, "site": spoiled.site, "activity": spoiled.activity}
    assert detection.is_found(spoiled, "/1000", said("slip_thousand", **right))
    assert not detection.is_found(spoiled, "/1000", said("slip_thousand", **right | {"rows": (999,)}))
    assert not detection.is_found(spoiled, "/1000", said("slip_thousand", **right | {"site": ""}))
    assert not detection.is_found(spoiled, "/1000", said("slip_thousand", **right | {"activity": OIL + "x"}))
    assert not detection.is_found(spoiled, "row on another site", said("slip_thousand", **right))
    note = Findings(tuple(replace(each, severity="info") for each in said("slip_thousand", **right)), 1)
    assert not detection.is_found(spoiled, "/1000", note)


def test_the_table_has_the_columns_that_were_asked_for_and_shares_are_of_all(pair):
    outcomes = [
        detection.Outcome("", False, False, ("slip_twelve", "slip_twelve")), detection.Outcome("", True, False),
        detection.Outcome("x12", False, True), detection.Outcome("x12", True, False),
    ]  # fmt: skip
    table = detection.table_of(outcomes, ("x12",), before=True)
    assert table.to_dict("records") == [
        {
            "mistake": "x12",
            "before": "yes",
            "n": 2,
            "detected": 0.5,
            "false_alarms_a_return": 1.0,
            "share_with_any": 0.5,
        }
    ]
    assert planted.held_back("RX1") is (0x1A % 2 == 1)  # the end of `printf RX1 | sha256sum`
