"""Each trust's activity wanders by itself, and all trusts share a little of it: by the published spreads."""

from math import log

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc

# 95 % spreads of one year's growth of energy, by projections/projection-1: of one trust, and of what all share
OWN, SHARED = log(1.224) / 2, log(1.029) / 2
YEARS = 11  # from 2023/24 to 2034/35
ROWS = pd.DataFrame(
    [(code, "2023/24", "energy.natural_gas", 1e6, "kWh") for code in ("RTG", "RX1")],
    columns=["organisation", "period", "activity", "quantity", "unit"],
)


def drifts(projection, **where):
    """Return by how much the logarithm of the tonnes moved to the last year in each draw, less the factors' part."""
    frame = projection.table
    for name, word in where.items():
        frame = frame[frame[name] == word]
    drawn = projection.noise.of(frame)  # the factor's error and the meter's are of all years alike, and go
    return np.log(drawn[-1] / drawn[0])


@pytest.fixture(scope="module")
def ahead(method):
    return nc.project(nc.calculate(ROWS, method), to="2034/35", draws=4000)


def test_two_trusts_grow_apart_by_their_own_spread_and_share_the_rest(ahead):
    first, second = (drifts(ahead, organisation=code) for code in ("RTG", "RX1"))
    apart = first - second  # what both share is not in it
    assert apart.std() == pytest.approx(OWN * (2 * YEARS) ** 0.5, rel=0.05)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(SHARED**2 / (SHARED**2 + OWN**2), abs=0.05)
    assert np.cov(first, second)[0, 1] == pytest.approx(YEARS * SHARED**2, abs=0.1 * YEARS * OWN**2 / 2)


def test_what_all_trusts_share_does_not_average_out_and_what_is_their_own_does(method):
    many = pd.concat([ROWS.assign(organisation=f"X{number:02d}") for number in range(60)]).drop_duplicates()
    found = nc.project(nc.calculate(many, method, organisations=None), to="2034/35", draws=2000)
    # of the mean of 60 lognormal trusts the spread is small, and to the first order that of the part they share
    of_sum = drifts(found).std()
    mean_of_own = np.expm1(YEARS * OWN**2) / 60
    expected = (YEARS * SHARED**2 + np.log1p(mean_of_own)) ** 0.5
    assert of_sum == pytest.approx(expected, rel=0.1)


def test_bands_open_around_the_median_and_hold_what_they_say(ahead):
    bands = ahead.bands().iloc[-1]
    names = ["low_95", "low_80", "low_50", "median", "high_50", "high_80", "high_95"]
    assert [bands[name] for name in names] == sorted(bands[name] for name in names)
    drawn = ahead.outcomes.draws[-1]
    for level in (50, 80, 95):
        inside = ((drawn >= bands[f"low_{level}"]) & (drawn <= bands[f"high_{level}"])).mean()
        assert inside == pytest.approx(level / 100, abs=0.002)
        # as many draws below a band as above it
        assert (drawn < bands[f"low_{level}"]).mean() == pytest.approx((1 - level / 100) / 2, abs=0.001)


def test_the_bands_of_one_trust_are_those_of_a_lognormal(method):
    found = nc.project(nc.calculate(ROWS[:1], method), to="2034/35", boundary="scope_1", draws=8000)
    bands = found.bands().iloc[-1]
    # gas factor 1.039 and a tier that is not stated 1.119, as squared deviations; growth by itself and with all
    spread = ((log(1.039) / 2) ** 2 + (log(1.119) / 2) ** 2 + YEARS * (OWN**2 + SHARED**2)) ** 0.5
    for level, reach in ((50, 0.674490), (80, 1.281552), (95, 1.959964)):
        assert log(bands[f"high_{level}"] / bands["median"]) == pytest.approx(reach * spread, rel=0.04)
        assert log(bands[f"low_{level}"] / bands["median"]) == pytest.approx(-reach * spread, rel=0.04)
