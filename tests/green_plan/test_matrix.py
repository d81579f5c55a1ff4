"""The matrix of interventions: who plans what, counted once, in any order, and scaled by the footprint alone."""

import random
from dataclasses import replace

import pandas as pd
import pytest
from plans import many, of_a_person, planned, three_trusts

import nhscarbon as nc
from nhscarbon.errors import UsageError

METHOD = nc.methodology("nhs-2026.1")
matrix = nc.trajectory.intervention_matrix
POWER = {"RAA": 1_000_000.0, "RBB": 1_000_000.0, "RCC": 3_000_000.0}  # kWh


def footprint(**kwh):
    rows = [(code, "2023/24", "energy.electricity.grid", each, "kWh") for code, each in (kwh or POWER).items()]
    frame = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    return nc.calculate(frame, METHOD, organisations=None)


def row(found, id):
    return found.interventions.set_index("intervention").loc[id]


def test_every_action_counts_once_at_its_intervention_or_in_review():
    for actions in (three_trusts(), many(), of_a_person()):
        found = matrix(actions)
        assert found.interventions["actions_count"].sum() + len(found.review) == len(actions)
        ids = [id for cell in found.table["actions"] for id in cell.split(";") if id]
        assert sorted([*ids, *found.review["action_id"]]) == sorted(each.action_id for each in actions)


def test_reach_is_most_some_or_one_of_the_organisations_that_have_any_action():
    found = matrix([*three_trusts(), planned("RDD", 1)])
    reach = dict(zip(found.interventions["intervention"], found.interventions["reach"], strict=True))
    assert reach == {"led": "most", "water": "some", "bms_controls": "one", "metering": "some", "flooding": "one"}
    assert set(found.interventions["of_organisations"]) == {4}


def test_one_alone_is_left_out_unless_it_serves_a_priority():
    standing = matrix(three_trusts()).interventions.set_index("intervention")["standing"]
    assert standing[standing == "left_out"].index.tolist() == ["bms_controls", "flooding"]
    for priority in ("flooding", "Flood resilience and drainage", "climate resilience", "ADAPTATION"):
        assert row(matrix(three_trusts(), priorities=[priority]), "flooding")["standing"] == "system"


def test_the_plan_of_one_organisation_is_not_left_out():
    found = matrix([planned("RAA", 1, "led")])
    assert found.interventions[["reach", "standing"]].to_numpy().tolist() == [["most", "system"]]


def test_priorities_that_nobody_plans_are_named_with_what_may_serve_them():
    found = matrix(three_trusts(), priorities=["entonox", "led", "Medicines"]).priorities.set_index("priority")
    assert found.loc["entonox", ["standing", "undecided_actions"]].tolist() == ["not_planned", 1]
    assert found.loc["led", ["standing", "organisations"]].tolist() == ["planned", 3]
    assert found.loc["Medicines", "standing"] == "not_planned"
    with pytest.raises(UsageError, match="there is no priority 'entonx'; did you mean 'entonox'"):
        matrix(three_trusts(), priorities=["entonx"])


def test_a_further_intervention_of_a_text_is_planned_but_its_cost_and_tonnes_count_once():
    found = matrix([planned("RAA", 1, "led", also=("water",), cost_low_gbp=5.0, cost_high_gbp=5.0, tco2e_a_year=2.0),
                    planned("RBB", 1, "water")])  # fmt: skip
    water = row(found, "water")
    assert (water["organisations"], water["actions_count"], water["also_actions"]) == (2, 1, 1)
    assert pd.isna(water["cost_low_gbp"])
    assert pd.isna(water["tco2e_a_year"])
    held = found.table.set_index(["intervention", "organisation"])
    assert held.loc[("water", "RAA"), ["actions", "also"]].tolist() == ["", "RAA-1"]


def test_a_shared_cost_counts_once_over_all_interventions():
    found = matrix(three_trusts()).interventions
    assert found["cost_low_gbp"].sum() == 100_000 + 20_000 + 50_000 + 8000
    assert row(matrix(three_trusts()), "bms_controls")["cost_counted_elsewhere"] == 1


def test_the_same_group_of_two_files_with_other_amounts_is_two_costs():
    actions = [planned(code, 1, "led", cost_low_gbp=cost, cost_high_gbp=cost, cost_group="plan.xlsx/5")
               for code, cost in (("RAA", 10.0), ("RBB", 20.0))]  # fmt: skip
    assert row(matrix(actions), "led")["cost_low_gbp"] == 30.0


def test_equal_costs_of_two_organisations_with_files_of_one_name_are_two_costs():
    actions = [planned(code, 1, "led", cost_low_gbp=10.0, cost_high_gbp=10.0, cost_group="plan.xlsx/5")
               for code in ("RAA", "RBB")]  # fmt: skip
    assert row(matrix(actions), "led")["cost_low_gbp"] == 20.0


def test_a_shared_cost_counts_where_an_action_is_decided():
    actions = [planned("RAA", at, id, cost_low_gbp=7.0, cost_high_gbp=7.0, cost_group="g")
               for at, id in ((1, ""), (2, "led"))]  # fmt: skip
    assert row(matrix(actions), "led")["cost_low_gbp"] == 7.0


def test_a_cost_without_an_upper_end_leaves_the_high_cost_missing():
    led = row(matrix(three_trusts()), "led")
    assert led["cost_low_gbp"] == 170_000
    assert pd.isna(led["cost_high_gbp"])
    assert led["costed_actions"] == 3


def test_what_no_sheet_states_is_missing():
    water = row(matrix([planned("RAA", 1, "water"), planned("RBB", 1, "water")]), "water")
    for name in ("start_year", "end_year", "cost_low_gbp", "cost_high_gbp", "tco2e_a_year", "if_all_tco2e"):
        assert pd.isna(water[name]), name
    assert water["status"] == "unknown 2"


def test_what_all_would_give_by_hand():
    """40 of what RAA has and 10 of RBB's: with 1 GWh each, and 3 GWh at RCC, the third gives 50 / 2 * 3 = 75 more."""
    led = row(matrix([replace(each, also=()) for each in three_trusts()], footprint()), "led")
    assert led["tco2e_a_year"] == 50
    assert led["if_all_tco2e"] == pytest.approx(50 + 75)
    assert "RAA, RBB" in led["basis"]


@pytest.mark.parametrize("on", [None, footprint()])
def test_the_tonnes_of_a_text_that_joins_interventions_count_at_none_until_it_is_split(on):
    """Without RAA's 40, RBB's 10 of 1 GWh give 40 at the 4 GWh of the two others."""
    led = row(matrix(three_trusts(), on), "led")
    assert (led["tco2e_a_year"], led["not_booked_tco2e"]) == (10, 40)
    if on is not None:
        assert led["if_all_tco2e"] == pytest.approx(10 + 40)


@pytest.mark.parametrize(
    ("actions", "why"),
    [
        ([planned("RAA", 1, "led")], "no action that plans it states tonnes"),
        ([planned("RAA", 1, "led", tco2e_a_year=1e6)], "more than all of electricity"),
        ([planned("RZZ", 1, "led", tco2e_a_year=5.0)], "have nothing of it in the footprint"),
        ([planned("RAA", 1, "desflurane", tco2e_a_year=5.0)], "the footprint has nothing of anaesthetic"),
        ([planned("RAA", 1, "governance", tco2e_a_year=5.0)], "enabling"),
    ],
)
def test_what_all_would_give_is_missing_with_the_reason_and_never_made_up(actions, why):
    found = matrix(actions, footprint()).interventions.iloc[0]
    assert pd.isna(found["if_all_tco2e"])
    assert why in found["basis"]


def test_tonnes_of_what_has_no_effect_of_its_own_are_not_booked():
    tariff = matrix([planned("RAA", 1, "renewable_purchase", tco2e_a_year=2803.0)]).interventions.iloc[0]
    assert pd.isna(tariff["tco2e_a_year"])
    assert tariff["not_booked_tco2e"] == 2803


def test_only_the_last_year_of_a_footprint_counts():
    both = footprint() + footprint_of("2022/23", 9e8)
    assert row(matrix(three_trusts(), both), "led")["if_all_tco2e"] == pytest.approx(50)


def footprint_of(year, kwh):
    frame = pd.DataFrame({"organisation": ["RCC"], "period": [year], "activity": ["energy.electricity.grid"],
                          "quantity": [kwh], "unit": ["kWh"]})  # fmt: skip
    return nc.calculate(frame, METHOD, organisations=None)


def test_the_order_of_actions_changes_nothing():
    actions = many()
    first = matrix(actions, priorities=["Medicines"])
    for seed in range(3):
        other = matrix(random.Random(seed).sample(actions, len(actions)), priorities=["Medicines"])
        for name in ("table", "interventions", "priorities", "review"):
            pd.testing.assert_frame_equal(getattr(other, name), getattr(first, name))


def test_an_intervention_that_the_taxonomy_lacks_waits_for_a_person():
    found = matrix([planned("RAA", 1, "teleportation"), planned("RAA", 2, "led")])
    assert found.review["action_id"].tolist() == ["RAA-1"]


def test_nothing_to_plan_is_refused():
    with pytest.raises(UsageError, match="no action of a Green Plan"):
        matrix([])


def test_seven_sheets_that_a_person_labelled():
    """Counted in the labels themselves, which are of 245 actions of seven trusts."""
    actions = of_a_person()
    found = matrix(actions)
    who = {}
    for each in actions:
        for id in (each.intervention, *each.also):
            who.setdefault(id, set()).add(each.organisation)
    assert dict(zip(found.interventions["intervention"], found.interventions["organisations"], strict=True)) == {
        id: len(names) for id, names in who.items()
    }
    assert found.interventions["standing"].value_counts()["left_out"] == sum(len(each) == 1 for each in who.values())


def test_the_chart_says_how_much_is_shared():
    chart = nc.chart(matrix(three_trusts()))
    assert chart.alt_text == (
        "9 actions of 3 organisations plan 5 interventions: 3 in most of the organisations, 2 in only one."
    )
