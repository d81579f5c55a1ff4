"""Intensities of two trusts by floor area on paper, and on which side of its limits an organisation lies."""

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.funnels import funnel_limits, funnel_of

GAS = 0.182928926174 + 0.03021  # kgCO2e/kWh, set of 2023 with well-to-tank
ROWS = pd.DataFrame(
    [("RX1", "RX1RA", 1e6), ("RX1", "RX1CC", 0.0), ("RTG", "RTGFG", 1e6)], columns=["organisation", "site", "quantity"]
).assign(period="2023/24", activity="energy.natural_gas", unit="kWh")
AREA = pd.DataFrame(
    [("RX1", "RX1RA", 1000.0), ("RX1", "RX1CC", 500.0), ("RX1", "RX1XX", 250.0), ("RTG", "RTGFG", 4000.0)],
    columns=["organisation", "site", "value"],
).assign(period="2023/24", measure="floor_area_gross_internal", unit="m2")


@pytest.fixture(scope="module")
def found(method):
    footprint = nc.calculate(ROWS, method, keep=("site",))
    return nc.analysis.benchmark(footprint, AREA, measure="floor_area_gross_internal", period="2023/24",
                                 hierarchy=nc.hierarchy("ods-2026-07"))  # fmt: skip


def test_the_area_of_sites_without_tonnes_is_left_out_and_said(found):
    """A site of which 0 kWh were sent and one of which nothing was: their landlord pays for the energy."""
    table = found.table.set_index("organisation")
    assert table.loc["RX1", "denominator"] == 1000.0
    assert table.loc["RTG", "denominator"] == 4000.0
    assert found.left_out == 750.0


def test_an_intensity_is_kilograms_by_a_square_metre_and_the_lowest_is_first(found):
    table = found.table.set_index("organisation")
    assert table.loc["RX1", "kgco2e_per_unit"] == pytest.approx(GAS * 1e6 / 1000)
    assert table.loc["RTG", "kgco2e_per_unit"] == pytest.approx(GAS * 1e6 / 4000)
    assert found.unit == "kgCO2e/m2"
    if table.loc["RX1", "type"] == table.loc["RTG", "type"]:
        assert table.loc[["RTG", "RX1"], "rank_in_type"].tolist() == [1, 2]
    assert table["rank_in_system"].tolist() == [1, 1]  # each in a system of its own


def test_what_is_far_above_and_far_below_the_others_is_said_on_its_own_side():
    values = np.array([10.0, 10.5, 9.5, 10.2, 9.8, 10.1, 9.9, 10.3, 40.0, 2.5])
    limits = funnel_limits(values, np.full(10, 1000.0))
    assert [each.split(" the ")[0] for each in limits["position"].tolist()[-2:]] == ["above", "below"]
    assert set(limits["position"][:8]) == {"within the limits"}
    assert (limits["act_low"] <= limits["warn_low"]).all()
    assert (limits["warn_high"] <= limits["act_high"]).all()


def test_two_limits_of_a_funnel_hold_their_share_between_them():
    """For equal sizes and no tails drawn in, the limit is that of Student's t for one more organisation."""
    values = np.exp(np.array([0.0, 0.1, -0.1, 0.2, -0.2, 0.05, -0.05, 0.0, 0.0]))  # nine: no tail is drawn in
    funnel = funnel_of(values, np.full(9, 4.0))
    deviation = np.log(values).std(ddof=1)
    reach = 2.306004 * deviation * (1 + 1 / 9) ** 0.5  # t with 8 degrees of freedom, 97.5 %
    low, high = funnel.limits(np.array([4.0]), 95.0)
    assert np.log(high[0]) == pytest.approx(reach, rel=1e-5)
    assert np.log(low[0]) == pytest.approx(-reach, rel=1e-5)
