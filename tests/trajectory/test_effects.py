"""What actions do to business as usual: by hand, against a plain recipe, and never more than there is."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc
from green_plans import COLUMNS, GAS, GRID, action, emissions, random_actions, strength, system
from nhscarbon.errors import UsageError
from nhscarbon.trajectory.actions.action import expected_effect
from nhscarbon.trajectory.actions.delivery import sample_delivery


def total(frame, year=None):
    return frame[frame["year"] == year]["kgco2e"].sum() if year else frame["kgco2e"].sum()


def one(kgco2e=100.0, years=("2026/27",)):
    rows = [("RAA", "fossil_fuels", GAS, "kWh", year, 500.0, kgco2e) for year in years]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_overlaps_multiply():
    """30 %, 20 % and 50 % leave 0.7 * 0.8 * 0.5 = 28 of 100, not nothing."""
    actions = [action("a", share=0.3), action("b", "factor", share=0.2), action("c", share=0.5)]
    assert total(nc.trajectory.with_actions(one(), actions)) == pytest.approx(28.0, abs=1e-12)


def test_a_heat_pump_by_hand():
    """1,000,000 kWh of gas, 40 % of it to heat pumps: 400,000 * 0.85 / 3.2 = 106,250 kWh of electricity, at the factors
    of the year and with the well-to-tank of both."""
    frame = system(["RAA"], [2026, 2027])
    pump = action("hp", "switch", share=0.4, efficiency=0.85, cop=3.2)
    after = nc.trajectory.with_actions(frame, [pump]).set_index(["theme", "activity", "year"])
    gas = after.loc[("fossil_fuels", GAS, "2026/27")]
    assert gas["quantity"] == pytest.approx(600_000)
    assert gas["kgco2e"] == pytest.approx(600_000 * 0.183)
    assert after.loc[("energy_well_to_tank", GAS, "2026/27"), "kgco2e"] == pytest.approx(600_000 * 0.030)
    for year, clean in (("2026/27", 1.0), ("2027/28", 0.9)):
        for theme, factor in (("electricity", 0.207), ("energy_well_to_tank", 0.060)):
            line = after.loc[(theme, GRID, year)]
            assert line["quantity"] == pytest.approx(506_250)
            assert line["kgco2e"] == pytest.approx(506_250 * factor * clean)


def test_electricity_savings_shrink_and_heat_pump_savings_grow_as_the_grid_cleans():
    frame = system(["RAA"], [2026, 2027, 2028], cleaner=0.7)
    for each, grows in ((action("led", selects=(GRID,)), False), (action("hp", "switch"), True)):
        saved = (
            frame.groupby("year")["kgco2e"].sum()
            - nc.trajectory.with_actions(frame, [each]).groupby("year")["kgco2e"].sum()
        ).tolist()
        assert sorted(saved, reverse=not grows) == pytest.approx(saved)
        assert len(set(np.round(saved))) == 3


def test_what_is_saved_of_electricity_does_not_reach_what_is_switched_to_it_but_a_cleaner_supply_does():
    frame = system(["RAA"], [2026])
    pump = action("hp", "switch", share=1.0, efficiency=0.9, cop=3.0)
    lamps = action("led", selects=(GRID,), share=0.5)
    supply = action("ppa", "factor", selects=("theme:electricity",), share=0.5)
    grid = nc.trajectory.with_actions(frame, [pump, lamps, supply])
    grid = grid[(grid["theme"] == "electricity") & (grid["activity"] == GRID)]
    assert grid["quantity"].tolist() == pytest.approx([400_000 * 0.5 + 300_000])
    assert grid["kgco2e"].tolist() == pytest.approx([500_000 * 0.207 * 0.5])


def test_the_switch_that_needs_least_goes_first_whatever_the_ids():
    frame = system(["RAA"], [2026])
    good, poor = {"efficiency": 0.9, "cop": 4.5, "share": 0.5}, {"efficiency": 0.9, "cop": 1.5, "share": 0.5}
    one_way = total(nc.trajectory.with_actions(frame, [action("a", "switch", **good), action("b", "switch", **poor)]))
    other = total(nc.trajectory.with_actions(frame, [action("b", "switch", **good), action("a", "switch", **poor)]))
    assert one_way == pytest.approx(other, rel=1e-12)
    brought = 500_000 * 0.2 + 250_000 * 0.6
    assert one_way == pytest.approx(250_000 * 0.213 + (400_000 + brought) * 0.267 + 50_000)


def test_fixed_tonnes_never_take_more_than_remains():
    frame = one(100_000.0)
    assert total(nc.trajectory.with_actions(frame, [action("a", "fixed", tco2e_a_year=40.0)])) == pytest.approx(60_000)
    both = [action("a", "fixed", tco2e_a_year=40.0), action("b", share=0.9), action("c", "fixed", tco2e_a_year=40.0)]
    assert total(nc.trajectory.with_actions(frame, both)) == 0.0


def test_ramp_life_and_late_starts():
    years = range(2026, 2034)
    each = action("a", share=0.5, ramp=(0.5, 1.0), life=4, start_to=2030, slip=(0.8, 0.2))
    # starting in 2027: in time 0.5, 1, 1, 1 from 2027; a year late the same from 2028
    shape = [0, 0.4, 0.8 + 0.1, 1.0, 1.0, 0.2, 0, 0]
    assert expected_effect(each, 2027, years).tolist() == pytest.approx([0.5 * part for part in shape])


@given(st.integers(0, 10_000))
def test_any_mix_of_actions_does_what_the_plain_recipe_says(seed):
    chance = random.Random(seed)
    years = [2026, 2027, 2028]
    frame = system(["RAA", "RBB"], years)
    actions = random_actions(chance, chance.randint(1, 9), years=years)
    after = nc.trajectory.with_actions(frame, actions).groupby("year")["kgco2e"].sum()
    plain = emissions(frame, actions, {each.id: each.start_from for each in actions})
    assert after.to_dict() == pytest.approx(plain, rel=1e-9, abs=1e-6)
    shuffled = nc.trajectory.with_actions(frame.sample(frac=1, random_state=seed), chance.sample(actions, len(actions)))
    assert total(shuffled) == pytest.approx(total(nc.trajectory.with_actions(frame, actions)), rel=1e-12, abs=1e-9)


def test_nothing_of_the_callers_frame_changes_and_no_action_changes_nothing():
    frame = system(["RAA"], [2026, 2027])
    before = frame.copy()
    same = nc.trajectory.with_actions(frame, [])
    pd.testing.assert_frame_equal(frame, before)
    keys = COLUMNS[:5]
    pd.testing.assert_frame_equal(same.sort_values(keys, ignore_index=True), frame.sort_values(keys, ignore_index=True))


def test_an_organisation_without_electricity_is_lent_the_factor_that_all_others_share():
    frame = system(["RAA", "RBB"], [2026])
    bare = frame[(frame["organisation"] == "RBB") | (frame["activity"] != GRID)]
    pump = action("hp", "switch", organisations=("RAA",), share=1.0, efficiency=0.9, cop=3.0)
    after = nc.trajectory.with_actions(bare, [pump])
    added = after[(after["organisation"] == "RAA") & (after["activity"] == GRID)].set_index("theme")
    assert added["quantity"].tolist() == pytest.approx([300_000, 300_000])
    assert added.loc["electricity", "kgco2e"] == pytest.approx(300_000 * 0.207)
    three = pd.concat(
        [bare, frame[frame["organisation"] == "RBB"].assign(organisation="RCC", kgco2e=lambda f: f["kgco2e"] * 1.1)]
    )
    with pytest.raises(UsageError, match="the others share no factor"):
        nc.trajectory.with_actions(three, [pump])


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: f.drop(columns="unit"), "it has no unit"),
        (lambda f: f.iloc[1:], "1 lines and years are missing"),
        (lambda f: pd.concat([f, f.iloc[:2]]), "2 lines and years are given twice"),
        (lambda f: f.assign(kgco2e=[np.nan, *f["kgco2e"][1:]]), "1 rows have no quantity or no kgco2e"),
        (lambda f: f.assign(year=f["year"].replace("2027/28", "2029/30")), "no row is of 2027/28, 2028/29"),
        (lambda f: f.assign(year="2026"), "calendar or a financial year"),
        (lambda f: f.iloc[:0], "no rows"),
    ],
)
def test_business_as_usual_that_is_not_whole_is_refused(spoil, says):
    with pytest.raises(UsageError, match=says):
        nc.trajectory.with_actions(spoil(system(["RAA"], [2026, 2027])), [action("a")])


def test_a_switch_across_units_needs_its_own_ratio():
    frame = pd.concat([system(["RAA"], [2026]), pd.DataFrame(
        [("RAA", "fleet", "fleet.fuel.diesel", "litre", "2026/27", 1000.0, 2500.0)], columns=COLUMNS)])  # fmt: skip
    with pytest.raises(UsageError, match="give units_per_unit"):
        nc.trajectory.with_actions(frame, [action("ev", "switch", selects=("fleet",), share=1.0)])
    vans = action("ev", "switch", selects=("fleet",), share=1.0, efficiency=None, cop=None, units_per_unit=3.0)
    after = nc.trajectory.with_actions(frame, [vans])
    assert after[after["activity"] == GRID]["quantity"].tolist() == pytest.approx([403_000, 403_000])


def test_a_switch_refuses_an_activity_whose_themes_state_different_quantities():
    frame = system(["RAA"], [2026])
    frame.loc[0, "quantity"] = 1.0
    with pytest.raises(UsageError, match="different quantities under its themes"):
        nc.trajectory.with_actions(frame, [action("hp", "switch")])


def test_draws_of_delivery_have_the_mean_that_is_planned_with():
    each = action(
        "a",
        share=0.4,
        realisation=0.7,
        realisation_sd=0.15,
        likelihood=0.3,
        impact=0.5,
        slip=(0.6, 0.3, 0.1),
        ramp=(0.5, 1.0),
    )
    years, count = range(2026, 2031), 40_000
    delivered = sample_delivery([each], {"a": 2026}, years, draws=count, seed=5)[:, 0]
    error = delivered.std(axis=0) / np.sqrt(count)
    plain = [strength(each, 2026, year) for year in years]
    assert (np.abs(delivered.mean(axis=0) - plain) < 4 * error).all()
    assert delivered.min() >= 0
    assert delivered.max() <= 0.4


def test_an_actions_world_does_not_depend_on_its_company():
    actions = [action(id, realisation=0.7, realisation_sd=0.15) for id in "abc"]
    starts = dict.fromkeys("abc", 2026)
    alone = sample_delivery(actions[1:2], starts, [2026], draws=50, seed=5)[:, 0]
    assert (sample_delivery(actions, starts, [2026], draws=50, seed=5)[:, 1] == alone).all()
    assert not (sample_delivery(actions, starts, [2026], draws=50, seed=6)[:, 1] == alone).any()


def test_unsound_actions_are_refused_wherever_they_are_used():
    frame = system(["RAA"], [2026])
    unsound = [action("a", share=1.5), action("b", "fixed", evidence=""), action("c"), action("c")]
    for use in (nc.trajectory.with_actions, nc.trajectory.wedges, nc.trajectory.costs, nc.trajectory.abatement):
        with pytest.raises(UsageError) as caught:
            use(frame, unsound)
        assert "a: share 1.5 is not from 0 to 1; b: fixed tonnes need evidence; c appears twice" in str(caught.value)
