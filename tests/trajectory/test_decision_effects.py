"""Marginal factors of the grid judge actions, average ones the footprint; both are shown, by the published cells."""

import csv

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from green_plans import COLUMNS, GAS, GRID, action, nhs, system
from nhscarbon.methods.data_package import data_root
from nhscarbon.trajectory.actions.bookable import bookable
from nhscarbon.trajectory.actions.planned_action import PlannedAction

# Green Book supplementary guidance, data tables, Table 1, long-run marginal, consumption-based, commercial and public
MARGINAL = {2026: 0.187226, 2030: 0.091393, 2039: 0.008441}  # kgCO2e/kWh


def power(year, *, kwh=1e6, factor=0.1, unit="kWh"):
    rows = [("RAA", "electricity", GRID, unit, nhs(year), kwh, 1e6 * factor)]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_figures_of_this_test_are_the_published_cells():
    with (data_root() / "paths" / "greenbook-grid-2023-1" / "points.csv").open(encoding="utf-8") as stream:
        held = {int(row["year"]): float(row["value"]) for row in csv.DictReader(stream) if row["series"] == "marginal"}
    assert {year: held[year] for year in MARGINAL} == MARGINAL


@pytest.mark.parametrize(("year", "marginal"), MARGINAL.items())
def test_lamps_by_hand(year, marginal):
    lamps = action("a", selects=(GRID,), share=0.25, start_from=year, start_to=year)
    row = nc.trajectory.decision_effects(power(year), [lamps]).table.iloc[0]
    assert row["kwh_less"] == pytest.approx(250_000)
    assert row["average_tco2e"] == pytest.approx(250_000 * 0.1 / 1000)
    assert row["marginal_tco2e"] == pytest.approx(250_000 * marginal / 1000)


def test_a_unit_of_energy_is_brought_to_kwh():
    lamps = action("a", selects=(GRID,), share=0.25, start_from=2030, start_to=2030)
    row = nc.trajectory.decision_effects(power(2030, kwh=1000, unit="MWh"), [lamps]).table.iloc[0]
    assert row["kwh_less"] == pytest.approx(250_000)
    assert row["marginal_tco2e"] == pytest.approx(250 * 0.091393)


def test_a_heat_pump_by_hand():
    """400,000 kWh of gas at 0.183 and 0.030 kg go; 113,333 kWh of power come, with well-to-tank at the average."""
    frame = system(["RAA"], [2030])
    pump = action("a", "switch", share=0.4, start_from=2030, start_to=2030)
    row = nc.trajectory.decision_effects(frame, [pump]).table.iloc[0]
    used = 400_000 * 0.85 / 3
    assert row["kwh_less"] == pytest.approx(-used)
    assert row["average_tco2e"] == pytest.approx((400_000 * 0.213 - used * (0.207 + 0.060)) / 1000)
    assert row["marginal_tco2e"] == pytest.approx((400_000 * 0.213 - used * (0.091393 + 0.060)) / 1000)


def test_claimed_tonnes_of_power_are_kwh_at_the_average_factor():
    frame = power(2030)
    lamps = PlannedAction(action_id="a", organisation="RAA", text="LED", selects=(GRID,), effect="reduce",
                          tco2e_a_year=20.0, start_year=2030, cost_low_gbp=1.0, cost_high_gbp=1.0)  # fmt: skip
    row = nc.trajectory.decision_effects(frame, bookable([lamps], frame).items).table.iloc[0]
    assert row["kwh_less"] == pytest.approx(200_000)
    assert row["marginal_tco2e"] == pytest.approx(200 * 0.091393)


def test_what_buys_no_power_is_the_same_by_both():
    table = nc.trajectory.decision_effects(system(["RAA"], range(2026, 2031)), [action("a", selects=(GAS,))]).table
    assert table["marginal_tco2e"].tolist() == table["average_tco2e"].tolist()
    assert not table["kwh_less"].any()


def test_no_marginal_factor_is_carried_beyond_the_published_years():
    frame = pd.concat([power(year) for year in range(2038, 2043)])
    lamps = action("a", selects=(GRID,), start_from=2038, start_to=2038)
    found = nc.trajectory.decision_effects(frame, [lamps])
    assert found.years == ("2038/39", "2039/40")
    assert np.isnan(found.table["marginal_tco2e"]).tolist() == [False, False, True, True, True]
    both = found.by_action().iloc[0]
    assert both["average_tco2e"] == pytest.approx(2 * 200_000 * 0.1 / 1000)
    assert both["marginal_tco2e"] == pytest.approx(200 * (0.010999 + 0.008441))


def test_a_plan_counts_by_the_average_and_shows_the_marginal():
    frame = system(["RAA"], range(2026, 2031))
    lamps = action("a", selects=(GRID,), share=0.1)
    plan = nc.plan(frame, [lamps])
    row = plan.table.iloc[0]
    before = frame[frame["activity"] == GRID]["kgco2e"].sum()
    assert row["tco2e"] == pytest.approx(0.1 * before / 1000)
    assert row["average_tco2e"] == pytest.approx(row["tco2e"])
    cells = [0.187226, 0.165782, 0.142743, 0.117989, 0.091393]
    tank = frame[(frame["activity"] == GRID) & (frame["theme"] == "energy_well_to_tank")]["kgco2e"].sum()
    assert row["marginal_tco2e"] == pytest.approx((40_000 * sum(cells) + 0.1 * tank) / 1000)
