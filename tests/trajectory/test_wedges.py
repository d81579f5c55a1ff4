"""Wedges: they add up in whatever order they are told, and the published-by-hand vector holds."""

import random
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from drawings import fills, looks_right, words
from green_plans import COLUMNS, GAS, GRID, action, emissions, random_actions, system


def hundred():
    return pd.DataFrame([("RAA", "fossil_fuels", GAS, "kWh", "2026/27", 500.0, 100_000.0)], columns=COLUMNS)


def test_three_overlapping_actions_share_what_they_save_together():
    """30 %, 20 % and 50 % of 100 t: 72 t = 20.5 + 13.0 + 38.5."""
    actions = [action("a", share=0.3), action("b", share=0.2), action("c", share=0.5)]
    found = nc.trajectory.wedges(hundred(), actions).table.set_index("action")
    assert found["tco2e"].tolist() == pytest.approx([20.5, 13.0, 38.5], abs=1e-12)
    assert found["standard_error"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(12))
def test_wedges_are_the_mean_over_every_order_and_add_up(seed):
    chance = random.Random(seed)
    years = [2026, 2027]
    frame = system(["RAA", "RBB"], years)
    actions = random_actions(chance, 4, years=years)
    starts = {each.id: each.start_from for each in actions}
    found = nc.trajectory.wedges(frame, chance.sample(actions, 4))
    plain = dict.fromkeys(starts, 0.0)
    for order in permutations(actions):
        before = emissions(frame, actions, {})
        for place, each in enumerate(order, start=1):
            after = emissions(frame, actions, {one.id: starts[one.id] for one in order[:place]})
            plain[each.id] += (sum(before.values()) - sum(after.values())) / 24 / 1000
            before = after
    assert found.table.groupby("action")["tco2e"].sum().to_dict() == pytest.approx(plain, rel=1e-9, abs=1e-9)
    yearly = found.table.groupby("year")["tco2e"].sum()
    left = found.residual.groupby("year")[["tco2e", "tco2e_left"]].sum()
    assert yearly.tolist() == pytest.approx((left["tco2e"] - left["tco2e_left"]).tolist(), rel=1e-9)


def test_more_than_twelve_that_meet_are_sampled_with_a_standard_error_and_still_add_up():
    frame = system(["RAA"], [2026, 2027])
    shares = [0.02 + 0.03 * place for place in range(14)]
    actions = [action(f"a{place:02d}", share=share) for place, share in enumerate(shares)]
    found = nc.trajectory.wedges(frame, actions, pairs=200, seed=3)
    assert found.sampled == tuple(each.id for each in actions)
    assert nc.trajectory.wedges(frame, actions, pairs=200, seed=3).table.equals(found.table)
    # closed form: products of independent shares have Shapley values by quadrature over the chance of coming earlier
    gas = frame[frame["activity"] == GAS].groupby("year")["kgco2e"].sum().iloc[0] / 1000
    nodes, weights = np.polynomial.legendre.leggauss(20)
    at, weights = (nodes + 1) / 2, weights / 2
    others = [np.prod([1 - at * x for x in shares[:i] + shares[i + 1 :]], axis=0) for i in range(14)]
    exact = [gas * x * float((weights * other).sum()) for x, other in zip(shares, others, strict=True)]
    first = found.table[found.table["year"] == "2026/27"]
    assert (first["standard_error"] > 0).all()
    assert (np.abs(first["tco2e"].to_numpy() - exact) < 5 * first["standard_error"].to_numpy() + 1e-9).all()
    assert first["tco2e"].sum() == pytest.approx(gas * (1 - np.prod([1 - x for x in shares])), rel=1e-9)


def test_exactly_twelve_that_meet_are_exact():
    shares = [0.02 + 0.03 * place for place in range(12)]
    found = nc.trajectory.wedges(
        hundred(), [action(f"a{place:02d}", share=share) for place, share in enumerate(shares)]
    )
    nodes, weights = np.polynomial.legendre.leggauss(20)
    at, weights = (nodes + 1) / 2, weights / 2
    others = [np.prod([1 - at * x for x in shares[:i] + shares[i + 1 :]], axis=0) for i in range(12)]
    exact = [100 * x * float((weights * other).sum()) for x, other in zip(shares, others, strict=True)]
    assert found.table["tco2e"].tolist() == pytest.approx(exact, rel=1e-9)
    assert found.sampled == ()


def test_what_nobody_has_an_action_for_is_named_by_theme():
    frame = system(["RAA"], [2026])
    left = nc.trajectory.wedges(frame, [action("a", share=1.0, selects=(GRID,))]).residual.set_index("theme")
    assert left.loc["electricity", "tco2e_left"] == 0
    assert left.loc["waste", "tco2e_left"] == left.loc["waste", "tco2e"] == pytest.approx(50.0)
    assert left.loc["energy_well_to_tank", "tco2e_left"] == pytest.approx(30.0)


def test_a_chart_of_wedges_holds_every_number_and_a_sentence():
    frame = system(["RAA"], [2026, 2027])
    found = nc.trajectory.wedges(frame, [action(f"a{place}", share=0.05 * (place + 1)) for place in range(8)])
    chart = nc.chart(found)
    rows = chart.table
    parts = rows.drop(columns=["year", "business_as_usual", "left"])
    assert list(parts.columns)[-1] == "All others"
    assert parts.sum(axis=1).tolist() == pytest.approx((rows["business_as_usual"] - rows["left"]).tolist())
    assert "a7" in chart.alt_text
    looks_right(chart)
    assert any("All others" in each for each in words(chart))


def test_the_wedges_of_one_year_can_be_seen():
    chart = nc.chart(
        nc.trajectory.wedges(system(["RAA"], [2026]), [action(f"a{place}", share=0.1) for place in range(3)])
    )
    looks_right(chart)
    wide = [right - left for (left, _, right, _), _ in fills(chart)]
    assert len(wide) == 3
    assert min(wide) > 100
