"""Funnel limits: of organisations that are alike, as many lie outside as the limits state, whatever their sizes."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from nhscarbon.analysis.funnels import (
    ENOUGH,
    NOTICED,
    Funnel,
    consistency,
    freedom_share,
    funnel_limits,
    funnel_of,
)
from nhscarbon.errors import UsageError

REPEATS = {8: 700, 20: 300, 60: 110, 200: 36}  # of each size of group: about 6,000 organisations a cell
SIZES = ("equal", "unequal", "heavy")
ERRORS = 4  # binomial standard errors that a rate may be from the stated one
STATED = {"warn": 0.05, "act": 0.002}
SMALL_BIAS = {"warn": 0.003, "act": 0.0003}  # the chi-squared of few organisations is an approximation


def sizes_of(kind, count):
    """Return sizes that are equal, spread over a factor of 1,000, or with a heavy tail: one may hold half of all."""
    if kind == "equal":
        return np.full(count, 5e4)
    if kind == "unequal":
        return 1e3 * np.exp(np.linspace(0, math.log(1000), count))
    return 1e3 * (1 + np.random.default_rng(7).pareto(0.8, count))


def outside(found, values, name):
    return ((values < found[f"{name}_low"]) | (values > found[f"{name}_high"])).to_numpy()


@pytest.fixture(scope="module")
def rates():
    """Count what lies outside among organisations drawn from the model itself; the seed is fixed."""
    rng = np.random.default_rng(20260401)
    counted = {}
    for count, repeats in REPEATS.items():
        for kind in SIZES:
            sizes = sizes_of(kind, count)
            out = dict.fromkeys(STATED, 0)
            for _ in range(repeats):
                values = 90 * np.exp(rng.normal(0, 40, count) / np.sqrt(sizes))
                found = funnel_limits(values, sizes)
                for name in STATED:
                    out[name] += int(outside(found, values, name).sum())
            counted[count, kind] = {name: (out[name], repeats * count) for name in STATED}
    return counted


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("count", REPEATS)
def test_like_organisations_lie_outside_as_often_as_the_limits_state(rates, count, kind):
    for name, (out, whole) in rates[count, kind].items():
        rate = STATED[name]
        tolerance = ERRORS * math.sqrt(rate * (1 - rate) / whole) + SMALL_BIAS[name]
        assert abs(out / whole - rate) <= tolerance, (name, out / whole)


def test_all_groups_together_keep_the_stated_rates_closely(rates):
    for name, rate in STATED.items():
        out, whole = (sum(each[name][place] for each in rates.values()) for place in (0, 1))
        assert abs(out / whole - rate) <= ERRORS * math.sqrt(rate * (1 - rate) / whole) + SMALL_BIAS[name] / 3


def test_the_largest_organisation_is_judged_at_the_stated_rate_too():
    """It holds a third of all sizes, so the variance of the centre decides its limits."""
    rng = np.random.default_rng(11)
    sizes, repeats, out = sizes_of("heavy", 20), 600, 0
    largest = int(sizes.argmax())
    assert sizes[largest] > 0.3 * sizes.sum()
    for _ in range(repeats):
        values = np.exp(rng.normal(0, 40, 20) / np.sqrt(sizes))
        out += int(outside(funnel_limits(values, sizes), values, "warn")[largest])
    assert abs(out / repeats - 0.05) <= ERRORS * math.sqrt(0.05 * 0.95 / repeats)


def test_many_organisations_keep_the_rates_where_the_smallest_stay_in():
    rng = np.random.default_rng(13)
    count = int(2 / NOTICED)
    sizes = sizes_of("heavy", count)
    out = {"warn": 0, "act": 0}
    for _ in range(5):
        values = 90 * np.exp(rng.normal(0, 40, count) / np.sqrt(sizes))
        found = funnel_limits(values, sizes)
        for name in out:
            out[name] += int(outside(found, values, name).sum())
    for name, rate in STATED.items():
        assert abs(out[name] / (5 * count) - rate) <= ERRORS * math.sqrt(rate * (1 - rate) / (5 * count))


# --- the constants -------------------------------------------------------------------------------


@pytest.mark.parametrize("trimmed", [0.02, 0.05, 0.1, 0.125, 0.2])
def test_what_drawing_in_the_tails_takes_is_the_integral_over_the_normal_density(trimmed):
    quantile = norm.isf(trimmed)
    integral = quad(lambda z: np.clip(z, -quantile, quantile) ** 2 * norm.pdf(z), -12, 12, points=[-quantile, quantile])
    assert consistency(trimmed) == pytest.approx(integral[0], rel=1e-9)
    assert consistency(trimmed) < 1


@pytest.mark.parametrize("trimmed", [0.05, 0.1])
def test_the_degrees_of_freedom_are_those_of_the_spread_of_simulated_variances(trimmed):
    """The variance of a scaled chi-squared is 2 / freedom of its squared mean."""
    rng, count = np.random.default_rng(17), 400
    scores = np.sort(rng.standard_normal((8000, count)), axis=1)
    cut = int(trimmed * count)
    drawn = np.clip(scores, scores[:, cut, None], scores[:, count - 1 - cut, None])
    found = (drawn**2).mean(axis=1)
    freedom = 2 * found.mean() ** 2 / found.var()
    assert freedom / count == pytest.approx(freedom_share(trimmed), rel=0.05)
    assert found.mean() == pytest.approx(consistency(trimmed), rel=0.01)


def test_nothing_drawn_in_is_the_plain_variance():
    """Nine others of ten: none is drawn in, and the limits are those of a prediction with Student's t of 8."""
    values, sizes = np.exp(np.linspace(-0.2, 0.25, 10)), np.linspace(1.0, 9.0, 10)
    found = funnel_limits(values, sizes)
    others = np.arange(10) != 4
    logs = np.log(values[others])
    centre = np.average(logs, weights=sizes[others])
    spread = math.sqrt(np.sum(sizes[others] * (logs - centre) ** 2) / 8)
    width = 2.3060041352 * spread * math.sqrt(1 / sizes[4] + 1 / sizes[others].sum())  # t of 8, two-sided 5 %
    assert found["warn_high"].iloc[4] == pytest.approx(math.exp(centre + width), rel=1e-9)
    assert found["warn_low"].iloc[4] == pytest.approx(math.exp(centre - width), rel=1e-9)


# --- what limits must do -------------------------------------------------------------------------


def test_limits_are_wider_for_the_small():
    low, high = Funnel(100.0, 50.0, 1e6, 1e12, 20).limits(np.array([100.0, 10_000.0]), 95.0)
    assert low[0] < low[1] < 100 < high[1] < high[0]
    assert high[1] == pytest.approx(100 * math.exp(1.959964 * 50 / 100), rel=1e-5)


def test_an_organisation_does_not_set_its_own_limits():
    sizes = np.full(12, 1e5)
    values = 100 * np.exp(np.linspace(-0.1, 0.1, 12))
    extreme = values.copy()
    extreme[-1] *= 10
    names = ["warn_low", "warn_high", "act_low", "act_high"]
    before, after = funnel_limits(values, sizes), funnel_limits(extreme, sizes)
    assert after.loc[11, names].tolist() == pytest.approx(before.loc[11, names].tolist(), rel=1e-12)
    assert after.loc[11, "position"] == "above the 99.8 % limit"


def test_one_extreme_organisation_hardly_moves_the_limits_of_the_others():
    sizes = np.full(20, 1e5)
    values = 100 * np.exp(np.linspace(-0.1, 0.1, 20))
    extreme = values.copy()
    extreme[-1] *= 10
    before, after = funnel_of(values, sizes), funnel_of(extreme, sizes)
    assert after.typical == pytest.approx(before.typical, rel=0.01)
    assert after.spread == pytest.approx(before.spread, rel=0.1)


def test_limits_do_not_depend_on_the_order_of_rows_or_the_unit_of_sizes():
    rng = np.random.default_rng(19)
    sizes, values = rng.uniform(1, 50, 40), np.exp(rng.normal(0, 0.3, 40))
    order = rng.permutation(40)
    found, other = funnel_limits(values, sizes), funnel_limits(values[order], sizes[order])
    assert found.iloc[order].reset_index(drop=True).equals(other)
    larger = funnel_limits(values, sizes * 1e4)
    assert larger["act_high"].to_numpy() == pytest.approx(found["act_high"].to_numpy(), rel=1e-9)


def test_organisations_that_are_all_alike_lie_within_their_limits():
    found = funnel_limits(np.full(9, 0.1 + 0.2), np.linspace(1.0, 3.0, 9))
    assert set(found["position"]) == {"within the limits"}


@pytest.mark.parametrize(
    ("values", "sizes", "why"),
    [([1.0] * (ENOUGH - 1), [1.0] * (ENOUGH - 1), "at least 8"), ([1.0] * 9 + [0.0], [1.0] * 10, "above 0"),
     ([1.0] * 10, [1.0] * 9 + [-2.0], "above 0"), ([1.0] * 10, [1.0] * 9 + [math.nan], "above 0")],
)  # fmt: skip
def test_what_has_no_limits_is_refused(values, sizes, why):
    with pytest.raises(UsageError, match=why):
        funnel_limits(np.array(values), np.array(sizes))
