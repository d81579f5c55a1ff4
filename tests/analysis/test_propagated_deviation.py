"""The deviation by propagation is the closed form of the published spreads: factors shared, meters not."""

from math import exp, expm1, log, sqrt

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.uncertainty.sampling import Parameter, multipliers_of

DIRECT = 0.182928926174  # kgCO2e/kWh of natural gas, set of 2023, Factors by Category!J83
FACTOR, METERED, UNSTATED = 1.039, 1.050, 1.119  # squared geometric deviations, as `uncertainty-1` publishes them
COLUMNS = ["organisation", "period", "activity", "quantity", "unit", "evidence", "estimated_share"]


def variance(squared):
    """Return the variance of a lognormal multiplier whose median is 1."""
    sigma = log(squared) / 2
    return exp(sigma**2) * expm1(sigma**2)


def calculated(method, *rows):
    return nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)


def gas(code, quantity, evidence="metered"):
    return (code, "2023/24", "energy.natural_gas", quantity, "kWh", evidence, 0.0 if evidence else None)


def test_meters_are_added_in_squares_and_the_factor_that_they_share_is_not(method):
    footprint = calculated(method, gas("RTG", 2e6), gas("RX1", 1e6), gas("RX1", 0.5e6, ""))
    sizes = [DIRECT * kwh / 1000 for kwh in (2e6, 1e6, 0.5e6)]  # t of three meters
    metered, unstated, factor = variance(METERED), variance(UNSTATED), variance(FACTOR)
    meters = metered * (sizes[0] ** 2 + sizes[1] ** 2) + unstated * sizes[2] ** 2
    whole = nc.uncertainty(footprint, boundary="scope_1", draws=200)
    assert whole.table["sd"].iloc[0] == pytest.approx(sqrt(meters + factor * sum(sizes) ** 2), rel=1e-9)
    by_trust = nc.uncertainty(footprint, "organisation", boundary="scope_1", draws=200).table
    own = [metered * sizes[0] ** 2, metered * sizes[1] ** 2 + unstated * sizes[2] ** 2]
    expected = [sqrt(each + factor * size**2) for each, size in zip(own, (sizes[0], sum(sizes[1:])), strict=True)]
    assert by_trust["sd"].tolist() == pytest.approx(expected, rel=1e-9)
    # and its shares: the factor's part of the variance of the whole
    shares = whole.shares.set_index("of")["share"]
    assert shares["activity"] == pytest.approx(meters / (meters + factor * sum(sizes) ** 2), rel=1e-9)
    assert shares["factor"] == pytest.approx(1 - meters / (meters + factor * sum(sizes) ** 2), rel=1e-9)


def test_two_rows_of_one_trust_and_fuel_have_one_error(method):
    footprint = calculated(method, gas("RTG", 1e6), gas("RTG", 1.5e6))
    size = DIRECT * 2.5e6 / 1000
    expected = size * sqrt(variance(METERED) + variance(FACTOR))
    assert nc.uncertainty(footprint, boundary="scope_1", draws=200).table["sd"].iloc[0] == pytest.approx(expected)


def test_two_units_of_one_factor_share_its_error(method):
    rows = [("RTG", "2019/20", "fleet.fuel.diesel", 1000.0, "litre", "invoiced", 0.0),
            ("RX1", "2019/20", "fleet.fuel.diesel", 2000.0, "GBP_2019_pump", "invoiced", 0.0)]  # fmt: skip
    both, one, other = (
        nc.uncertainty(calculated(method, *part), boundary="scope_1", draws=200) for part in (rows, rows[:1], rows[1:])
    )
    of_factor = [
        each.table["sd"].iloc[0] * sqrt(each.shares.loc[each.shares["of"] == "factor", "share"].sum())
        for each in (both, one, other)
    ]
    assert min(of_factor) > 0
    assert of_factor[0] == pytest.approx(of_factor[1] + of_factor[2], rel=1e-9)  # a shared error adds, not its square


def test_a_rectangle_has_a_third_of_its_half_width_squared():
    half = 0.3
    found = Parameter("p", "factor", "*", "", "", "rectangular", half)
    assert found.variance == pytest.approx(half**2 / 3)
    drawn = multipliers_of(("x",), found, 1000, 1)
    assert drawn.var() == pytest.approx(half**2 / 3, rel=1e-4)
    assert (drawn.min(), drawn.max()) == pytest.approx((1 - half, 1 + half), abs=1e-3)
