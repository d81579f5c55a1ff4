"""Costs and abatement: net present cost by hand, missing values stay missing, and saved money is ranked rightly."""

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from drawings import fills, looks_right, texts
from green_plans import COLUMNS, GAS, GRID, action, system
from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root, load_package
from nhscarbon.reporting.drawing.palette import DATA


def test_net_present_cost_by_hand():
    frame = system(["RAA"], [2026, 2027, 2028, 2029])
    each = action("a", capital_gbp=(1000.0, 500.0), revenue_gbp=(-100.0,), life=2, start_from=2027, start_to=2027)
    row = nc.trajectory.costs(frame, [each]).table.iloc[0]
    assert row["net_present_cost_gbp"] == pytest.approx((1000 - 100) / 1.035 + (500 - 100) / 1.035**2)
    assert row["capital_gbp"] == 1500
    more = nc.trajectory.costs(frame, [each], optimism_bias=0.2).table.iloc[0]
    assert more["net_present_cost_gbp"] - row["net_present_cost_gbp"] == pytest.approx(200 / 1.035 + 100 / 1.035**2)


def test_bills_follow_from_quantities_and_are_paid_once_for_an_activity():
    """A heat pump: 200,000 kWh of gas less, 200,000 * 0.85 / 3 kWh of electricity more, whatever themes report them."""
    frame = system(["RAA"], [2026])
    found = nc.trajectory.costs(frame, [action("hp", "switch")], energy_prices={GAS: 0.05, GRID: 0.20}).table.iloc[0]
    assert found["net_present_cost_gbp"] == pytest.approx(-200_000 * 0.05 + 200_000 * 0.85 / 3 * 0.20)
    with pytest.raises(UsageError, match="which business as usual does not have"):
        nc.trajectory.costs(frame, [action("hp", "switch")], energy_prices={"energy.coal": 1.0})
    with pytest.raises(UsageError, match=f"no energy price of {GRID}"):  # a heat pump's power is not free
        nc.trajectory.costs(frame, [action("hp", "switch")], energy_prices={GAS: 0.05})


def test_the_social_view_takes_off_the_carbon_value_and_is_missing_where_none_is_held():
    frame = system(["RAA"], [2029, 2030], cleaner=1.0)
    each = action("a", capital_gbp=(1000.0,), start_from=2029, start_to=2029)
    tonnes = 200_000 * 0.213 / 1000
    row = nc.trajectory.costs(frame, [each]).table.iloc[0]
    by_hand = tonnes * (268.97 + (294.50 - 268.97) * 5 / 6) + tonnes * 294.50 / 1.035
    assert row["carbon_value_gbp"] == pytest.approx(by_hand)
    assert row["social_cost_gbp"] == pytest.approx(1000 - by_hand)
    beyond = nc.trajectory.costs(system(["RAA"], [2029, 2030, 2031]), [each]).table.iloc[0]
    assert np.isnan(beyond["carbon_value_gbp"])
    assert np.isnan(beyond["social_cost_gbp"])
    assert beyond["net_present_cost_gbp"] == 1000
    own = nc.trajectory.appraisal(carbon_values={"2029/30": 300.0, "2031/32": 300.0})
    assert (
        nc.trajectory.costs(system(["RAA"], [2029, 2030, 2031]), [each], parameters=own)
        .table["carbon_value_gbp"]
        .notna()
        .all()
    )


def test_a_discount_rate_is_not_stretched_beyond_what_is_held():
    with pytest.raises(UsageError, match="years 0 to 30"):
        nc.trajectory.costs(system(["RAA"], range(2026, 2058)), [action("a")])


def test_every_appraisal_figure_is_marked_to_be_re_checked_and_has_a_source():
    package = load_package(data_root() / "appraisal" / "greenbook-2023-partial-1")
    rows = package.rows("parameters.csv")
    assert all(row["status"] == "to be re-checked" and row["source"] and row["locator"] == "uncited" for row in rows)
    assert {row["value"] for row in rows} == {"0.035", "268.97", "294.50", "403.45"}
    assert "to be re-checked" in nc.trajectory.appraisal().assumptions[0]


def taylor():
    """A saves £100 with 1 t; B saves £200 with 100 t; C costs £50 for 10 t; D costs £50 for 20 t."""
    rows = [(f"R{name}", "w", "a.b", "kg", "2026/27", 1.0, 1e6) for name in "ABCD"]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    numbers = {"A": (0.001, -100.0), "B": (0.1, -200.0), "C": (0.01, 50.0), "D": (0.02, 50.0)}
    actions = [action(name, organisations=(f"R{name}",), selects=("a",), share=share, revenue_gbp=(pounds,))
               for name, (share, pounds) in numbers.items()]  # fmt: skip
    return frame, actions


def test_what_saves_more_money_and_more_carbon_comes_first():
    found = nc.trajectory.abatement(*taylor()).table.set_index("action")
    assert list(found.index) == ["B", "A", "D", "C"]
    assert found["pareto_rank"].tolist()[:2] == [1, 2]
    assert found["gbp_per_tco2e"].isna().tolist() == [True, True, False, False]
    assert found.loc["D", "gbp_per_tco2e"] == pytest.approx(2.5)
    assert "not a supply curve" in nc.trajectory.abatement(*taylor()).note


def test_tonnes_are_what_an_action_adds_to_the_others():
    frame = pd.DataFrame([("RAA", "fossil_fuels", GAS, "kWh", "2026/27", 500.0, 100_000.0)], columns=COLUMNS)
    actions = [action("a", share=0.3, capital_gbp=(100.0,)), action("b", share=0.5, capital_gbp=(100.0,))]
    found = nc.trajectory.abatement(frame, actions).table.set_index("action")
    assert found.loc["a", "tco2e"] == pytest.approx(100 * 0.5 * 0.3)
    assert found.loc["b", "tco2e"] == pytest.approx(100 * 0.7 * 0.5)
    assert found.loc["b", ["low", "high"]].tolist() == pytest.approx([35.0, 35.0])


def test_bars_have_intervals_where_delivery_is_uncertain():
    frame = system(["RAA"], [2026])
    found = nc.trajectory.abatement(
        frame, [action("a", realisation=0.7, realisation_sd=0.1, capital_gbp=(9000.0,))]
    ).table.iloc[0]
    whole = 200_000 * 0.213 / 1000
    assert found["tco2e"] == pytest.approx(0.7 * whole)
    # a beta of mean 0.7 and standard deviation 0.1 has its 5 and 95 % points at 0.526 and 0.853
    assert found["low"] / whole == pytest.approx(0.526, abs=0.02)
    assert found["high"] / whole == pytest.approx(0.853, abs=0.02)
    assert found["gbp_per_tco2e_low"] < found["gbp_per_tco2e"] < found["gbp_per_tco2e_high"]


def test_an_action_that_saves_no_carbon_has_no_price_of_it():
    frame = system(["RAA"], [2026])
    worse = action("hp", "switch", efficiency=1.0, cop=1.0, capital_gbp=(10.0,))
    found = nc.trajectory.abatement(frame, [worse]).table.iloc[0]
    assert found["kind"] == "saves no carbon"
    assert found["tco2e"] < 0
    assert np.isnan(found["gbp_per_tco2e"])


def with_free(*titles):
    """The four of `taylor`, and actions without any cost; each saves 5 t."""
    frame, actions = taylor()
    rows = [(f"F{number}", "w", "a.b", "kg", "2026/27", 1.0, 1e5) for number in range(len(titles))]
    free = [action(f"F{number}", organisations=(f"F{number}",), selects=("a",), share=0.05, title=title)
            for number, title in enumerate(titles)]  # fmt: skip
    return pd.concat([frame, pd.DataFrame(rows, columns=COLUMNS)]), [*actions, *free]


def test_an_action_without_a_cost_costs_nothing_and_saves_no_money():
    found = nc.trajectory.abatement(*with_free("Switch lights off")).table.set_index("action")
    assert list(found.index) == ["B", "A", "F0", "D", "C"]
    assert found["kind"].tolist() == ["saves money", "saves money", "costs nothing", "costs money", "costs money"]
    row = found.loc["F0"]
    assert (row["net_present_cost_gbp"], row["gbp_per_tco2e"], row["gbp_per_tco2e_high"]) == (0.0, 0.0, 0.0)
    assert row["tco2e"] == pytest.approx(5)
    assert np.isnan(row["pareto_rank"])


def test_what_comes_back_to_the_penny_costs_nothing():
    """Paid in one year and saved in the same: 0.1 + 0.2 - 0.3 is not 0 in floating point."""
    frame, (first, *_) = taylor()
    for pounds, kind in ((0.1 + 0.2 - 0.3, "costs nothing"), (-0.01, "saves money"), (0.01, "costs money")):
        each = action("A", organisations=("RA",), selects=("a",), share=0.1, revenue_gbp=(pounds,))
        assert nc.trajectory.abatement(frame, [each]).table["kind"].tolist() == [kind]
    assert first.id == "A"


@pytest.mark.parametrize(
    ("titles", "said"),
    [(["Switch lights off"], "2 actions save money, 1 costs nothing and 2 cost money"),
     ([f"Turn heating down in ward {number} of the main building" for number in range(11)],
      "2 actions save money, 11 cost nothing and 2 cost money")],
)  # fmt: skip
def test_the_chart_says_what_costs_nothing(titles, said):
    chart = nc.chart(nc.trajectory.abatement(*with_free(*titles)))
    looks_right(chart)
    assert chart.title == said
    assert "cost nothing" in chart.alt_text or "costs nothing" in chart.alt_text
    assert len([box for box, colour in fills(chart) if colour == DATA]) == 2  # of what costs money
    words = " ".join(mark.words for mark in texts(chart))
    assert "What costs nothing:" in words
    assert f"{titles[0][:10]}" in words


def test_a_portfolio_that_costs_nothing_saves_no_money():
    frame, actions = with_free("Switch lights off")
    chart = nc.chart(nc.trajectory.abatement(frame, actions[-1:]))
    looks_right(chart)
    assert chart.title == "0 actions save money, 1 costs nothing and 0 cost money"


def test_the_chart_keeps_what_saves_money_out_of_the_bars():
    chart = nc.chart(nc.trajectory.abatement(*taylor()))
    looks_right(chart)
    assert len([box for box, colour in fills(chart) if colour == DATA]) == 2  # of what costs money
    assert chart.title == "2 actions save money and 2 cost money"
    assert chart.alt_text.startswith("2 of 4 actions save money, £0.0 million")
    assert len(chart.table) == 4
