"""Intervals: closed forms, shared draws, nothing that moves when it should not."""

import csv
from fnmatch import fnmatchcase
from math import exp, log, sqrt

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.uncertainty.sampling import parameters
from nhscarbon.analysis.uncertainty.uncertainty import uncertainty
from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root
from samples import frame

# GSD squared of the evidence: natural gas by IPCC 2006 table 1.3, metered energy by the pedigree matrix
GAS, METERED, ESTIMATED = 1.039, 1.050, 1.119
HEADER = "organisation,period,activity,quantity,unit,evidence,estimated_share"


def sigma(*squares):
    return sqrt(sum((log(each) / 2) ** 2 for each in squares))


@pytest.fixture
def gas(activity_csv):
    return activity_csv("RX1,2023/24,energy.natural_gas,1000000,kWh,metered,0", header=HEADER)


def test_one_row_has_the_interval_of_two_lognormals(gas, method):
    found = nc.uncertainty(nc.calculate(gas, method), boundary="scope_1").table.iloc[0]
    spread = sigma(GAS, METERED)
    assert found["low"] == pytest.approx(found["tco2e"] * exp(-1.959964 * spread), rel=2e-3)
    assert found["high"] == pytest.approx(found["tco2e"] * exp(1.959964 * spread), rel=2e-3)
    assert found["median"] == pytest.approx(found["tco2e"], rel=1e-3)
    assert found["mean"] == pytest.approx(found["tco2e"] * exp(spread**2 / 2), rel=2e-4)
    assert found["mean"] > found["tco2e"]
    assert found["sd"] == pytest.approx(found["tco2e"] * sqrt(exp(spread**2) * (exp(spread**2) - 1)), rel=2e-3)


def test_the_tier_decides_the_noise_of_activity_data(activity_csv, method):
    rough = activity_csv("RX1,2023/24,energy.natural_gas,1000000,kWh,metered,0.5", header=HEADER)
    found = nc.uncertainty(nc.calculate(rough, method), boundary="scope_1").table.iloc[0]
    assert found["high"] == pytest.approx(found["tco2e"] * exp(1.959964 * sigma(GAS, ESTIMATED)), rel=2e-3)


def test_trusts_share_their_factors_and_not_their_meters(activity_csv, method):
    """Of 100 equal trusts, the noise of meters averages out and that of the factor stays."""
    rows = [f"R{n:02d},2023/24,energy.natural_gas,1000000,kWh,metered,0" for n in range(100)]
    footprint = nc.calculate(activity_csv(*rows, header=HEADER), method)
    whole = nc.uncertainty(footprint, boundary="scope_1").table.iloc[0]
    one = nc.uncertainty(footprint, "organisation", boundary="scope_1").table.iloc[0]
    expected = sqrt(sigma(GAS) ** 2 + sigma(METERED) ** 2 / 100)
    assert log(whole["high"] / whole["low"]) / (2 * 1.959964) == pytest.approx(expected, rel=0.02)
    assert log(one["high"] / one["low"]) / (2 * 1.959964) == pytest.approx(sigma(GAS, METERED), rel=0.02)


def test_sums_of_trusts_and_themes_add_draw_by_draw(method):
    footprint = nc.calculate(frame(300), method)
    whole, trusts, cells = (nc.uncertainty(footprint, *names, draws=500, across_years=True)
                            for names in ((), ("organisation",), ("organisation", "theme", "period")))  # fmt: skip
    np.testing.assert_allclose(trusts.draws.sum(axis=0), whole.draws[0], rtol=1e-4)
    np.testing.assert_allclose(cells.draws.sum(axis=0), whole.draws[0], rtol=1e-4)
    assert list(cells.by("organisation"))[:2] == ["period", "organisation"]
    again = cells.by("organisation", across_years=True)
    assert again["organisation"].tolist() == trusts.table["organisation"].tolist()
    np.testing.assert_allclose(again["high"], trusts.table["high"], rtol=1e-4)
    with pytest.raises(UsageError, match="have no column 'scope'"):
        cells.by("scope")


def test_splitting_rows_or_sites_changes_nothing(method):
    table = frame(200)
    halves = pd.concat([table.assign(quantity=table["quantity"] / 2, reference=half) for half in ("M1", "M2")])
    plain, split, sites = (nc.uncertainty(nc.calculate(source, method, keep=keep), "organisation", draws=200)
                           for source, keep in ((table, ()), (halves, ()), (table, ("site",))))  # fmt: skip
    np.testing.assert_allclose(split.draws, plain.draws, rtol=1e-5)
    np.testing.assert_allclose(sites.draws, plain.draws, rtol=1e-5)


def test_another_factor_moves_no_draw(activity_csv, method):
    water = "RX1,2023/24,water.supply,1000,m3,metered,0"
    gas = "RX1,2023/24,energy.natural_gas,1000,kWh,metered,0"
    alone = nc.uncertainty(nc.calculate(activity_csv(water, header=HEADER), method), "theme")
    beside = nc.uncertainty(nc.calculate(activity_csv(water, gas, header=HEADER, name="two.csv"), method), "theme")
    place = beside.table["theme"].tolist().index("water")
    assert (beside.draws[place] == alone.draws[0]).all()


def test_equal_seeds_give_equal_bits_and_others_do_not(gas, method):
    footprint = nc.calculate(gas, method)
    assert (nc.uncertainty(footprint, seed=1).draws == nc.uncertainty(footprint, seed=1).draws).all()
    assert (nc.uncertainty(footprint, seed=1).draws != nc.uncertainty(footprint, seed=2).draws).any()


def test_propagation_agrees_with_the_draws(method):
    found = nc.uncertainty(nc.calculate(frame(400), method), "organisation", "theme")
    np.testing.assert_allclose(found.draws.std(axis=1), found.table["sd"], rtol=0.05)
    whole = nc.uncertainty(nc.calculate(frame(400), method), across_years=True)
    assert whole.draws.std() == pytest.approx(whole.table["sd"].iloc[0], rel=0.05)
    assert whole.shares["share"].sum() == pytest.approx(1, rel=1e-12)
    assert whole.shares["share"].is_monotonic_decreasing


def test_activity_data_drawn_by_group_keeps_mean_and_spread(method):
    """What has no draws of its own is drawn with the joint variance of its group, and the note says how much."""
    footprint = nc.calculate(frame(800), method)
    exact = uncertainty(footprint, "organisation", draws=4000, seed=3)
    by_group = uncertainty(footprint, "organisation", draws=4000, seed=3, own=0)
    np.testing.assert_allclose(by_group.table["mean"], exact.table["mean"], rtol=0.01)
    np.testing.assert_allclose(by_group.draws.std(axis=1), exact.draws.std(axis=1), rtol=0.08)
    assert "0.0 % of the variance is of activity data drawn by group" in exact.note
    assert "0.0 % of the variance" not in by_group.note


def test_credits_and_warming_potentials(activity_csv, method):
    """A return is as uncertain as what it returns, and a warming potential is not drawn."""
    header = "organisation,period,activity,quantity,unit"
    rows = ("RX1,2023/24,anaesthetic.desflurane,10,litre", "RX1,2023/24,anaesthetic.desflurane,-10,litre")
    nothing = nc.uncertainty(nc.calculate(activity_csv(*rows, header=header), method)).table.iloc[0]
    assert (nothing["low"], nothing["high"]) == (0, 0)
    shares = nc.uncertainty(nc.calculate(activity_csv(rows[0], header=header, name="one.csv"), method)).shares
    assert shares["of"].tolist() == ["activity"]


def test_every_parameter_has_a_source_or_says_that_it_is_ours():
    path = data_root() / "uncertainty" / "uncertainty-1" / "parameters.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert all(row["status"] for row in rows)
    assert all(row["source"] for row in rows if row["distribution"] != "none")
    assert len({row["parameter"] for row in rows}) == len(rows) == len(parameters())


def test_every_pattern_fits_something_and_nothing_is_left_out(method):
    codes = list(method.catalogue.activities)
    for each in parameters():
        assert any(fnmatchcase(code, each.pattern) for code in [*codes, "spend.*"]), each.parameter
    for of in ("activity", "factor", "conversion"):
        assert any(each.of == of and each.pattern == "*" and not each.tier + each.component for each in parameters())


def test_too_few_draws_and_strange_columns_are_refused(gas, method):
    footprint = nc.calculate(gas, method)
    with pytest.raises(UsageError, match="at least 2 draws"):
        nc.uncertainty(footprint, draws=1)
    with pytest.raises(UsageError, match="did you mean 'theme'"):
        nc.uncertainty(footprint, "themes")
