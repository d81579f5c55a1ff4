"""The matrix: what is alike comes together, the same whatever the order, and a reviewer has the last word."""

import random

import pytest

import nhscarbon as nc
from drawings import fills, looks_right
from green_plans import GAS, GRID, WASTE, action, system
from nhscarbon.errors import UsageError
from nhscarbon.reporting.drawing.palette import DATA

TRUSTS = ["RAA", "RBB", "RCC"]


def plans():
    def of(trust, number, title, selects, **changes):
        return action(f"{trust}-{number}", title=title, owner=trust, organisations=(trust,), selects=selects, **changes)

    return [
        of("RAA", 1, "LED lighting across all sites", (GRID,), share=0.1),
        of("RBB", 1, "Replace lighting with LED", (GRID,), share=0.2),
        of("RAA", 2, "Air source heat pumps", (GAS,), effect="switch", share=0.5),
        of("RBB", 2, "Heat pumps to replace gas boilers", (GAS,), effect="switch", share=0.4),
        of("RCC", 2, "Heat pump programme", (GAS,), effect="switch", share=0.3),
        of("RCC", 3, "Waste segregation training", (WASTE,), share=0.1),
    ]


def test_alike_actions_come_together_and_the_rest_stays_apart():
    found = nc.trajectory.matrix(system(TRUSTS, [2026]), plans())
    together = found.review.groupby("group")["action"].apply(list).tolist()
    assert together == [["RAA-2", "RBB-2", "RCC-2"], ["RAA-1", "RBB-1"], ["RCC-3"]]
    assert found.groups["reach"].tolist() == ["most", "most", "only one"]
    assert "heat" in found.groups["shared_words"][0]
    assert found.groups["shared_words"][1] == "led lighting"
    assert (found.groups["likeness"] >= 0.35).all()
    assert found.holders.set_index("group").loc[3].tolist() == ["", "", "RCC-3"]


def test_the_order_of_the_plans_does_not_matter():
    frame = system(TRUSTS, [2026])
    first = nc.trajectory.matrix(frame, plans()).table
    for seed in range(5):
        other = nc.trajectory.matrix(frame, random.Random(seed).sample(plans(), 6)).table
        assert other.equals(first)


def test_the_tonnes_if_all_adopted_it_by_hand():
    """Electricity of the three trusts: 400,000, 800,000 and 1,200,000 kWh at 0.267 kgCO2e; shares 0.1, 0.2, and the
    median of the two, 0.15, at the third."""
    found = nc.trajectory.matrix(system(TRUSTS, [2026]), plans()).groups.set_index("shared_words").loc["led lighting"]
    assert found["tco2e"] == pytest.approx((400_000 * 0.1 + 800_000 * 0.2) * 0.267 / 1000)
    assert found["tco2e_if_all"] - found["tco2e"] == pytest.approx(1_200_000 * 0.15 * 0.267 / 1000)


def test_a_reviewed_table_decides():
    frame = system(TRUSTS, [2026])
    review = nc.trajectory.matrix(frame, plans()).review
    changed = review.assign(
        group=[9 if id == "RAA-1" else group for id, group in zip(review["action"], review["group"], strict=True)]
    )
    found = nc.trajectory.matrix(frame, plans(), groups=changed)
    assert len(found.groups) == 4
    assert (
        found.review.set_index("action").loc["RBB-1", "group"] != found.review.set_index("action").loc["RAA-1", "group"]
    )
    with pytest.raises(UsageError, match="RAA-1 is not in it; RBB-1 is in it 2 times"):
        nc.trajectory.matrix(frame, plans(), groups=review.assign(action=review["action"].replace("RAA-1", "RBB-1")))
    with pytest.raises(UsageError, match="no group"):
        nc.trajectory.matrix(frame, plans(), groups=review[["action"]])


def test_a_different_effect_keeps_the_same_words_further_apart():
    frame = system(TRUSTS, [2026])
    same = [action("a", title="Boilers", selects=(GAS,)), action("b", title="Boilers", selects=(GAS,))]
    other = [same[0], action("b", title="Boilers", selects=(GRID,), effect="factor")]
    likeness = [nc.trajectory.matrix(frame, pair, threshold=0.1).groups["likeness"][0] for pair in (same, other)]
    assert likeness == pytest.approx([1.0, 0.75])


def test_the_chart_says_how_much_is_shared():
    chart = nc.chart(nc.trajectory.matrix(system(TRUSTS, [2026]), plans()))
    assert (
        chart.alt_text == "6 actions of 3 organisations are of 3 kinds: 2 in most of the organisations, 1 in only one."
    )
    assert len(chart.table) == 3
    looks_right(chart)
    assert [colour for _, colour in fills(chart)] == [DATA] * 7  # the key, and six of nine squares
