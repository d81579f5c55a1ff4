"""Choosing: plans equal brute force, are checked by an independent verifier, and behave as money and people do."""

import dataclasses
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from clocks import PATIENCE
from green_plans import (
    COLUMNS,
    GAS,
    action,
    broken,
    brute_force,
    emissions,
    every_choice,
    nhs,
    random_actions,
    saved_tco2e,
    system,
)
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from nhscarbon.trajectory.actions.effects import effects_of, together
from nhscarbon.trajectory.planning import problem as planning_problem
from nhscarbon.trajectory.planning.cuts import cuts_at, first_cuts, tangent_at
from nhscarbon.trajectory.planning.problem import saved_by
from nhscarbon.trajectory.planning.robustness import robustness

COST = [2, 15, 13, 9, 9, 17, 2, 14, 4, 2, 11, 19]
TONNES = [44, 45, 43, 47, 31, 8, 50, 27, 30, 22, 11, 55]


def twelve():
    """The published vector: twelve actions that do not meet, of which the first two exclude each other."""
    rows = [(f"R{place:02d}", "w", "a.b", "kg", "2026/27", 1.0, 1e5) for place in range(12)]
    actions = [
        action(f"{place:02d}", organisations=(f"R{place:02d}",), selects=("a",), share=TONNES[place] / 100,
               capital_gbp=(float(COST[place]),), excludes=("01",) if place == 0 else ())
        for place in range(12)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS), actions


def test_the_vector():
    frame, actions = twelve()
    plan = nc.plan(frame, actions, capital_gbp=50, gap=0)
    assert plan.tco2e_saved == pytest.approx(279)
    assert sorted(plan.starts) == ["00", "03", "04", "06", "08", "09", "11"]
    assert plan.bound == pytest.approx(279)
    assert plan.gap == pytest.approx(0)
    assert plan.table["tco2e"].sum() == pytest.approx(279)
    assert plan.table["capital_gbp"].sum() == 47


def case(seed, most):
    """Return a random system with its actions and limits."""
    chance = random.Random(seed)
    windows = chance.choice([1, 1, 2])
    count = chance.randint(1, min(most if windows == 1 else 5, chance.choice([4, 6, 8, 12])))
    years = [2026, 2027] if count < 8 else [2026]
    frame = system(["RAA", "RBB"] if count < 8 else ["RAA"], years)
    actions = random_actions(chance, count, years=years, windows=windows if len(years) > 1 else 1)
    if len(years) == 1:
        actions = [dataclasses.replace(each, organisations=("RAA",)) for each in actions]
    limits = {
        "capital_gbp": float(chance.randint(5, 60)),
        "staff_fte": chance.choice([None, 4.0]),
        "revenue_gbp": chance.choice([None, 6.0]),
    }
    return frame, actions, limits, chance.random() < 0.3


def check(seed, most):
    frame, actions, limits, carry_over = case(seed, most)
    best = brute_force(frame, actions, carry_over=carry_over, **limits)
    plan = nc.plan(frame, actions, gap=0, carry_over=carry_over, **limits)
    assert broken(frame, actions, plan.starts, carry_over=carry_over, **limits) == []
    size = max(1.0, best) * 1e-6
    assert saved_tco2e(frame, actions, plan.starts) == pytest.approx(plan.tco2e_saved, abs=size)
    assert plan.bound >= best - size
    return best, plan, size


@pytest.mark.parametrize("start", range(0, 60, 10))
def test_plans_equal_brute_force(start):
    for seed in range(start, start + 10):
        best, plan, size = check(seed, 6)
        assert plan.tco2e_saved == pytest.approx(best, abs=size), seed


@pytest.mark.slow
def test_plans_equal_brute_force_on_five_hundred_cases_of_up_to_twelve_actions():
    for seed in range(1000, 1500):
        best, plan, size = check(seed, 12)
        assert plan.tco2e_saved == pytest.approx(best, abs=size), seed


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_large_clusters_by_cuts_equal_brute_force_too(monkeypatch, start):
    """With the size below which clusters are counted out set to nothing, every cluster goes through the cuts."""
    monkeypatch.setattr(planning_problem, "BUNDLED", 0)
    for seed in range(2000 + start, 2010 + start):
        best, plan, size = check(seed, 6)
        assert plan.tco2e_saved == pytest.approx(best, abs=size), seed


@pytest.mark.parametrize("seed", range(30))
def test_no_cut_lies_below_what_is_truly_saved(seed):
    chance = random.Random(seed)
    years = [2026, 2027]
    frame = system(["RAA"], years)
    drawn = random_actions(chance, 7, years=years, windows=2)
    actions = [dataclasses.replace(each, organisations=("RAA",), requires=(), excludes=()) for each in drawn]
    effects = effects_of(frame, actions)
    place, start, taken, spent = planning_problem.options_of(actions, years)
    blocks = planning_problem.blocks_of(together(effects.kgco2e), actions, place)
    problem = planning_problem.Problem(
        years=tuple(years), actions=tuple(actions), action=place, start=start, taken=taken, spent=spent, limits={},
        carry_over=False, base=effects.ground.kgco2e.sum(axis=0), target={}, include=frozenset(),
        exclude=frozenset(), blocks=blocks,
    )  # fmt: skip
    random_ = np.random.default_rng(seed)
    for block in blocks:
        count = len(block.options)
        seats = np.array(block.seat)
        cases = np.zeros((200, count), bool)
        for row in cases:
            for seat in range(block.actions):
                if random_.random() < 0.6:
                    row[random_.choice(np.flatnonzero(seats == seat))] = True
        true = saved_by(problem, block, cases)
        inside = np.flatnonzero(cases[0])
        cuts = [
            *first_cuts(problem, block),
            *cuts_at(problem, block, inside),
            tangent_at(problem, block, random_.random(count) / 2),
        ]
        size = 1e-6 * block.before.max()
        for cut in cuts:
            most = cut.constant + np.einsum("co,oy->cy", cases.astype(float), cut.slope)
            assert (most >= true - size).all()
        if not any(block.terms.fixed):
            exact = cuts_at(problem, block, inside)[0]
            assert exact.constant + exact.slope[inside].sum(axis=0) == pytest.approx(true[0], abs=size)


@pytest.mark.parametrize("seed", range(3000, 3015))
def test_fewer_actions_never_improve_and_more_money_never_hurts(seed):
    frame, actions, limits, _ = case(seed, 6)
    plan = nc.plan(frame, actions, gap=0, **limits)
    more = nc.plan(frame, actions, gap=0, **{**limits, "capital_gbp": limits["capital_gbp"] + 10})
    assert more.tco2e_saved >= plan.tco2e_saved - 1e-6
    for each in actions:
        less = nc.plan(frame, actions, gap=0, exclude=[each.id], **limits)
        assert less.tco2e_saved <= plan.tco2e_saved + 1e-6
        assert each.id not in less.starts


@pytest.mark.parametrize("seed", range(4000, 4010))
def test_the_order_of_the_actions_does_not_matter(seed):
    frame, actions, limits, _ = case(seed, 6)
    first = nc.plan(frame, actions, gap=0, **limits)
    other = nc.plan(
        frame.sample(frac=1, random_state=seed), random.Random(seed).sample(actions, len(actions)), gap=0, **limits
    )
    assert other.starts == first.starts
    assert other.table.equals(first.table)


def test_of_two_equal_actions_the_lower_id_is_taken():
    frame = system(["RAA"], [2026])
    twins = [action(id, capital_gbp=(10.0,), share=0.2) for id in ("c", "a", "b")]
    assert set(nc.plan(frame, twins, capital_gbp=10, gap=0).starts) == {"a"}
    assert set(nc.plan(frame, twins, capital_gbp=20, gap=0).starts) == {"a", "b"}


def test_an_action_that_saves_nothing_is_left_out():
    frame = system(["RAA"], [2026])
    idle = action("idle", selects=(GAS,), share=0.5, realisation=0.0)
    assert set(nc.plan(frame, [action("a"), idle]).starts) == {"a"}


def test_capital_that_is_left_over_is_spent_later_only_if_allowed():
    frame = system(["RAA"], [2026, 2027])
    large = action("a", capital_gbp=(100.0,), start_to=2027)
    assert nc.plan(frame, [large], capital_gbp=60).starts == {}
    assert nc.plan(frame, [large], capital_gbp=60, carry_over=True).starts == {"a": 2027}


def test_phased_capital_and_savings_that_fund_others():
    frame = system(["RAA"], [2026, 2027])
    phased = action("a", capital_gbp=(50.0, 70.0))
    assert nc.plan(frame, [phased], capital_gbp={"2026/27": 60, "2027/28": 60}).starts == {}
    assert nc.plan(frame, [phased], capital_gbp={"2026/27": 50, "2027/28": 70}).starts == {"a": 2026}
    costs, saves = action("b", revenue_gbp=(10.0,)), action("c", revenue_gbp=(-6.0,), share=0.01)
    assert set(nc.plan(frame, [costs, saves], revenue_gbp=5).starts) == {"b", "c"}
    assert set(nc.plan(frame, [costs], revenue_gbp=5).starts) == set()


def test_an_enabling_action_comes_before_what_requires_it():
    frame = system(["RAA"], [2026, 2027, 2028])
    survey = action("survey", share=0.0001, selects=("theme:waste",), capital_gbp=(10.0,), start_to=2028)
    pumps = action("pumps", "switch", capital_gbp=(50.0,), start_to=2028, requires=("survey",))
    plan = nc.plan(frame, [survey, pumps], capital_gbp=50, gap=0)
    assert plan.starts == {"survey": 2026, "pumps": 2027}


def test_a_target_that_cannot_be_met_is_missed_by_as_little_as_can_be_and_explained():
    frame, actions = twelve()
    plan = nc.plan(frame, actions, capital_gbp=50, gap=0, target_tco2e={"2026/27": 900.0})
    assert plan.short_tco2e == pytest.approx({"2026/27": 21.0})
    assert "missed by 21 tCO2e" in str(plan)
    why = plan.why_short().set_index("without")["short_tco2e"]
    assert why.to_dict() == pytest.approx({"(as planned)": 21.0, "capital": 0.0, "any limit": 0.0})
    never = nc.plan(frame, actions, gap=0, target_tco2e={"2026/27": 100.0})
    assert never.why_short().set_index("without").loc["any limit", "short_tco2e"] == pytest.approx(
        1200 - 369 - 100, abs=1e-6
    )


@pytest.mark.parametrize("bundled", [6, 0])
def test_the_shortfall_is_the_least_that_brute_force_finds(monkeypatch, bundled):
    monkeypatch.setattr(planning_problem, "BUNDLED", bundled)
    for seed in range(5000, 5015):
        frame, actions, limits, _ = case(seed, 5)
        last = frame["year"].max()
        allowed = [starts for starts in every_choice(actions) if not broken(frame, actions, starts, **limits)]
        left = [emissions(frame, actions, starts)[last] / 1000 for starts in allowed]
        goal = min(left) * 0.98 if seed % 2 else (min(left) + max(left)) / 2
        plan = nc.plan(frame, actions, gap=0, target_tco2e={last: goal}, **limits)
        assert broken(frame, actions, plan.starts, **limits) == []
        least = max(0.0, min(left) - goal)
        assert sum(plan.short_tco2e.values()) == pytest.approx(least, abs=1e-5 * max(left)), seed
        fit = [saved_tco2e(frame, actions, starts) for starts, each in zip(allowed, left, strict=True)
               if each - goal <= least + 1e-6 * max(left)]  # fmt: skip
        assert plan.tco2e_saved >= max(fit) - 1e-5 * (1.0 + max(fit)), seed


def test_the_cheapest_plan_that_meets_a_target_equals_brute_force():
    frame, actions = twelve()
    plan = nc.plan(frame, actions, gap=0, target_tco2e={"2026/27": 900.0}, goal="cost")
    cheapest = min(
        sum(COST[int(id)] for id in starts)
        for starts in every_choice(actions)
        if not ("00" in starts and "01" in starts) and sum(TONNES[int(id)] for id in starts) >= 300
    )
    assert plan.net_present_cost_gbp == pytest.approx(cheapest)
    assert plan.short_tco2e == {}
    assert plan.bound == pytest.approx(cheapest)


def test_what_must_be_in_is_in_or_refused():
    frame, actions = twelve()
    assert "05" in nc.plan(frame, actions, capital_gbp=50, include=["05"]).starts
    with pytest.raises(UsageError, match="no plan carries out what must be included"):
        nc.plan(frame, actions, capital_gbp=10, include=["05"])
    with pytest.raises(UsageError, match="there is no action 77"):
        nc.plan(frame, actions, include=["77"])


def test_alternatives_are_nearly_as_good_allowed_and_different():
    frame, actions = twelve()
    plan = nc.plan(frame, actions, capital_gbp=50, gap=0)
    others = plan.alternatives(within=0.05)
    assert others
    for other in others:
        assert other.starts != plan.starts
        assert other.tco2e_saved >= 0.95 * 279
        assert broken(frame, actions, other.starts, capital_gbp=50) == []
        assert other.tco2e_saved == pytest.approx(saved_tco2e(frame, actions, other.starts))
    no_regret = plan.no_regret(others)
    assert set(no_regret) == set(plan.starts).intersection(*(other.starts for other in others))
    assert {"06", "03"} <= set(no_regret)


def test_alternatives_of_the_cheapest_plan_meet_the_target_for_little_more():
    frame, actions = twelve()
    plan = nc.plan(frame, actions, gap=0, target_tco2e={"2026/27": 900.0}, goal="cost")
    others = plan.alternatives(within=0.2)
    assert others
    for other in others:
        assert other.starts != plan.starts
        assert other.short_tco2e == {}
        assert other.net_present_cost_gbp <= 1.2 * plan.net_present_cost_gbp


def test_the_shadow_price_is_what_more_capital_brings():
    frame, actions = twelve()
    plan = nc.plan(frame, actions, capital_gbp=50, gap=0)
    row = plan.shadow_prices(gbp=5.0).iloc[0]
    subsets = (starts for starts in every_choice(actions) if not {"00", "01"} <= set(starts))
    more = max(sum(TONNES[int(id)] for id in ids) for ids in subsets if sum(COST[int(id)] for id in ids) <= 55)
    assert row["extra_tco2e"] == pytest.approx(more - 279)
    assert row["gbp_per_tco2e"] == pytest.approx(5 / (more - 279))


def test_new_simulations_are_the_same_for_all_plans_and_agree_with_the_central_figure():
    frame, actions = twelve()
    uncertain = [
        dataclasses.replace(each, realisation=0.8, realisation_sd=0.1, likelihood=0.2, impact=0.5) for each in actions
    ]
    plan = nc.plan(frame, uncertain, capital_gbp=50, gap=0, target_tco2e={"2026/27": 1000.0})
    found = robustness([plan, *plan.alternatives(within=0.05)], draws=4000, seed=3)
    row = found.table.iloc[0]
    assert row["central_tco2e"] == pytest.approx(279 * 0.8 * 0.9)
    assert abs(row["mean_tco2e"] - row["central_tco2e"]) < 4 * row["standard_error"]
    saved = found.draws[0]
    assert row["chance"] == pytest.approx((saved >= 200).mean())
    assert row["low"] < row["median"] < row["high"]
    assert (found.table["regret_tco2e"] >= 0).all()
    assert (
        found.draws.tolist() == robustness([plan, *plan.alternatives(within=0.05)], draws=4000, seed=3).draws.tolist()
    )
    assert robustness([plan], draws=50, seed=4).draws[0].tolist() != found.draws[0][:50].tolist()


def test_the_regret_of_a_plan_is_what_it_lacks_beside_the_best_in_each_simulation():
    frame, actions = twelve()
    uncertain = [dataclasses.replace(each, likelihood=0.3, impact=0.6) for each in actions]
    plans = [nc.plan(frame, uncertain, capital_gbp=budget, gap=0) for budget in (50, 30, 15)]
    found = robustness(plans, draws=500, seed=3)
    regrets = [[max(saved) - each for each in saved] for saved in found.draws.T.tolist()]
    means = [sum(each) / 500 for each in zip(*regrets, strict=True)]
    assert found.table["regret_tco2e"].tolist() == pytest.approx(means)
    assert means[2] > means[0]  # the plan with the least money
    assert means[2] > 1


def test_what_the_plan_leaves_is_what_its_actions_leave():
    frame, actions, limits, _ = case(3003, 6)
    plan = nc.plan(frame, actions, gap=0, **limits)
    left = plan.emissions()
    assert left["with_plan_tco2e"].tolist() == pytest.approx(
        (plan.with_actions().groupby("year")["kgco2e"].sum() / 1000).tolist()
    )
    used = plan.spending()
    assert (used["capital"] <= used["capital_limit"] + 1e-6).all()
    offered = nc.trajectory.abatement(plan.business_as_usual, plan.actions, starts=plan.starts).table
    assert offered["action"].nunique() == len(plan.starts)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"capital_gbp": {"2026/27": 5.0, "2050/51": 1.0}}, "2050/51; the data cover"),
        ({"capital_gbp": -1.0}, "must not be negative"),
        ({"capital_gbp": {}}, "could spend capital in 2026/27, which its limit does not name"),
        ({"target_tco2e": {"2031/32": 1.0}}, "there is a target for 2031/32"), ({"goal": "cost"}, "needs a target"),
        ({"target_tco2e": {"2026/27": float("nan")}}, "not empty"), ({"goal": "money"}, "'tonnes' or 'cost'"),
    ],
)  # fmt: skip
def test_a_limit_or_target_that_is_not_clear_is_refused(options, says):
    frame, actions = twelve()
    with pytest.raises(UsageError, match=says):
        nc.plan(frame, actions, **options)


def test_invalid_actions_made_in_python_are_refused_with_all_findings():
    frame, actions = twelve()
    with pytest.raises(nc.SubmissionError) as caught:
        nc.plan(frame, [*actions, actions[0], action("zz", selects=("nothing",), capital_gbp=(-1.0,))])
    assert {finding.code for finding in caught.value.findings} == {
        "action_id_twice",
        "action_selects_nothing",
        "action_negative",
    }


def test_a_plan_is_silent_on_stdout(capfd):
    frame, actions, limits, _ = case(3004, 6)
    nc.plan(frame, actions, **limits)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_system_of_twelve_trusts_has_one_plan_that_the_verifier_accepts(monkeypatch):
    """204 made-up actions on the shipped estates returns; time and memory are in benchmarks/results/plan.md."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "benchmarks"))
    import plan as bench  # noqa: PLC0415  the benchmark's own system

    frame = bench.baseline()
    actions = bench.actions_of(frame).items
    limit = {nhs(year): 20e6 if year < 2032 else 0.0 for year in bench.YEARS}
    plan = nc.plan(frame, actions, capital_gbp=limit, staff_fte=60, time_limit=PATIENCE)
    assert len(actions) == 204
    assert plan.gap <= 0.01
    assert broken(frame, actions, plan.starts, capital_gbp=limit, staff_fte=60) == []
    assert saved_tco2e(frame, actions, plan.starts) == pytest.approx(plan.tco2e_saved, rel=1e-9)
    assert plan.table["tco2e"].sum() == pytest.approx(plan.tco2e_saved, rel=1e-9)


def test_the_command_line_plans_and_refuses(tmp_path, monkeypatch, capsys):
    def run(*words):
        code = main(["plan", *words])
        return code, *capsys.readouterr()

    monkeypatch.chdir(tmp_path)
    frame, actions = twelve()
    frame.to_csv("baseline.csv", index=False)
    table = nc.trajectory.Actions(tuple(actions)).to_csv("actions.csv").read_text("utf-8")
    (tmp_path / "budget.csv").write_text(f"year,capital_gbp,target_tco2e\n{nhs(2026)},50,900\n")
    given = ("baseline.csv", "--actions", "actions.csv")
    code, out, err = run(*given, "--budget", "budget.csv", "--gap", "0", "--format", "csv")
    assert code == 0
    assert [line.split(",")[0] for line in out.splitlines()[1:]] == ["00", "03", "04", "06", "08", "09", "11"]
    assert "279 tCO2e" in err
    assert "missed by 21 tCO2e" in err
    assert run(*given, "--capital-gbp", "50", "-o", "plan.csv", "--format", "csv")[0] == 0
    assert (tmp_path / "plan.csv").read_text("utf-8") == out
    (tmp_path / "bad.csv").write_text(table.replace(",reduce,", ",reduse,", 1))
    code, out, err = run("baseline.csv", "--actions", "bad.csv")
    assert (code, out) == (1, "")
    assert "action_effect_unknown" in err
    assert run(*given, "--budget", "budget.csv", "--capital-gbp", "5")[0] == 2
    assert run("none.csv", "--actions", "actions.csv")[0] == 3
    (tmp_path / "budget.csv").write_text("year,capital_gbp\n2026/27,1e\n")
    assert "row 2: capital_gbp '1e' is not a plain number" in run(*given, "--budget", "budget.csv")[2]
