"""From history alone: closed forms, the draws beside them, coverage of the bands, back-tests, and changes."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nhscarbon.errors import UsageError
from nhscarbon.trajectory.monitoring.measurement import level_and_ratio, trend_uncertainty
from nhscarbon.trajectory.projection.backtest import back_test
from nhscarbon.trajectory.projection.outcomes import monte_carlo_error, wording
from nhscarbon.trajectory.projection.statistical import RandomWalk, random_walk
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

CHANGES = (-0.05, -0.07, -0.03, -0.08, -0.06, -0.055)


def history(changes, last=100.0, first=2014):
    logs = np.cumsum([0, *changes])
    return pd.Series(last * np.exp(logs - logs[-1]), index=[str(first + n) for n in range(len(logs))])


def path_of(first, values, milestone=None):
    years = np.arange(first, first + len(values), dtype=np.int64)
    last = milestone or Milestone("ours", "interim", int(years[-1]), int(years[-1]), values[-1])
    return TargetPath(years, np.asarray(values, float), (last,), "linear", "end", str(first), "")


def test_the_chance_of_a_known_walk():
    walk = RandomWalk(2020, 100.0, -0.06, 0.03)
    assert walk.probability(60, 2030) == pytest.approx(0.8263862080160125, rel=1e-12)
    closed = stats.norm.cdf((math.log(0.6) + 0.06 * 10) / (0.03 * math.sqrt(10)))
    assert walk.probability(60, 2030) == pytest.approx(closed, rel=1e-12)


def test_the_chance_of_an_estimated_walk_knows_how_little_is_known():
    walk = random_walk(history(CHANGES))
    mean, sd = np.mean(CHANGES), np.std(CHANGES, ddof=1)
    far = math.log(0.78) - mean * 5
    assert walk.probability(78, 2025) == pytest.approx(0.7558142365366937, rel=1e-9)
    assert walk.probability(78, 2025) == pytest.approx(stats.t.cdf(far / (sd * math.sqrt(5 + 25 / 6)), 5), rel=1e-9)
    plug_in = RandomWalk(2020, 100.0, walk.drift, walk.sd).probability(78, 2025)
    assert plug_in == pytest.approx(0.8442787079407499, rel=1e-9)  # too sure of itself


def test_draws_meet_the_closed_forms_within_three_standard_errors_in_200_random_cases():
    random, draws = np.random.default_rng(11), 8192
    worst = 0.0
    for case in range(200):
        ahead, known = int(random.integers(1, 21)), case % 2 == 0
        if known:
            walk = RandomWalk(2020, 100.0, random.uniform(-0.12, 0.04), random.uniform(0.005, 0.15))
        else:
            walk = random_walk(history(random.normal(-0.04, 0.05, int(random.integers(3, 12)))))
        scale = float(walk.spread(np.array([float(ahead)]))[0])
        target = 100 * math.exp(walk.drift * ahead + scale * random.uniform(-1.5, 1.5))
        year = walk.last_year + ahead
        closed = walk.probability(target, year)
        outcomes = walk.outcomes(year, draws=draws, name=f"case {case}")
        found = outcomes.chances(path_of(year, [target])).of("window_end")
        worst = max(worst, abs(found - closed) / monte_carlo_error(closed, draws))
    assert worst < 3


def test_draws_of_windows_and_budgets_agree_with_plain_sampling():
    """The chance of a mean, of a sum and of ever coming to a level have no closed form: independent draws instead."""
    walk = RandomWalk(2020, 100.0, -0.05, 0.06)
    random = np.random.default_rng(5)
    plain = 100 * np.exp(np.cumsum(random.normal(-0.05, 0.06, (200_000, 8)), axis=1))
    values = 100 * 0.96 ** np.arange(9)
    window = Milestone("ours", "interim", 2025, 2027, 76.0)
    chances = walk.outcomes(2028, draws=8192).chances(path_of(2020, values, window))
    budget = values.sum()
    expected = {"window_mean": (plain[:, 4:7].mean(axis=1) <= 76).mean(), "window_first": (plain[:, 4] <= 76).mean(),
                "budget": (100 + plain.sum(axis=1) <= budget).mean()}  # fmt: skip
    for what, probability in expected.items():
        assert chances.of(what) == pytest.approx(probability, abs=4 * monte_carlo_error(probability, 8192)), what
    over = np.maximum(100 + plain.sum(axis=1) - budget, 0).mean()
    assert chances.expected_overshoot_tco2e == pytest.approx(over, rel=0.05)
    worst = np.sort(100 + plain.sum(axis=1))[-10_000:].mean()
    assert chances.worst_twentieth_tco2e == pytest.approx(worst, rel=0.01)
    zero = Milestone("zero", "net_zero", 2028, 2028, 65.0)
    by = walk.outcomes(2028, draws=8192).chances(path_of(2020, values, zero)).of("net_zero_by", "zero")
    ever = (plain.min(axis=1) <= 65).mean()
    assert by == pytest.approx(ever, abs=4 * monte_carlo_error(ever, 8192))


def test_bands_cover_what_they_say_on_simulated_histories():
    """4,000 histories of 7 years: the 80 % band, three years ahead, holds 75 to 85 % of what came."""
    random = np.random.default_rng(3)
    inside = {50: 0, 80: 0, 95: 0}
    for _ in range(4000):
        drift, sd = random.uniform(-0.1, 0.05), random.uniform(0.01, 0.15)
        changes = random.normal(drift, sd, 9)
        walk = random_walk(history(changes[:6]))
        actual = 100 * math.exp(changes[6:].sum())
        low_high = walk.quantiles(np.array([3.0]), np.array([0.025, 0.1, 0.25, 0.75, 0.9, 0.975]))[:, 0]
        for level, (low, high) in {50: (2, 3), 80: (1, 4), 95: (0, 5)}.items():
            inside[level] += bool(low_high[low] <= actual <= low_high[high])
    assert 0.75 < inside[80] / 4000 < 0.85
    assert inside[80] / 4000 == pytest.approx(0.8, abs=0.02)
    assert inside[50] / 4000 == pytest.approx(0.5, abs=0.025)
    assert inside[95] / 4000 == pytest.approx(0.95, abs=0.012)


def test_bands_of_draws_are_those_of_the_closed_form():
    walk = random_walk(history(CHANGES))
    closed, drawn = walk.forecast(2030), walk.outcomes(2030, draws=8192).table.iloc[1:]
    assert closed["year"].tolist() == drawn["year"].tolist()
    for name in ("median", "low_50", "high_50", "low_80", "high_80", "low_95", "high_95"):
        np.testing.assert_allclose(drawn[name], closed[name], rtol=0.02)


def test_the_base_year_is_exact_and_names_share_draws():
    walk = random_walk(history(CHANGES))
    one, again, other = (walk.outcomes(2024, draws=100, name=name) for name in ("RX1", "RX1", "RR8"))
    np.testing.assert_allclose(one.draws[0], 100.0, rtol=1e-12)
    assert (one.draws == again.draws).all()
    assert (one.draws[1:] != other.draws[1:]).all()


def test_missing_years_widen_nothing_that_they_do_not_know():
    """A walk with a gap of two years: the drift is the whole change over all years, each change weighs by its years."""
    series = pd.Series({"2018/19": 100.0, "2019/20": 93.0, "2021/22": 85.0, "2022/23": 83.0})
    moves, gaps = np.diff(np.log(series.to_numpy())), np.array([1, 2, 1])
    walk = random_walk(series)
    assert walk.drift == pytest.approx(math.log(0.83) / 4)
    assert walk.sd == pytest.approx(math.sqrt((((moves - walk.drift * gaps) ** 2) / gaps).sum() / 2))
    assert walk.spread(np.array([3.0]))[0] == pytest.approx(walk.sd * math.sqrt(3 + 9 / 4))


def test_a_back_test_reports_errors_and_coverage_and_flags_what_is_too_sure():
    random = np.random.default_rng(8)
    steady = [history(random.normal(-0.05, 0.04, 9)) for _ in range(60)]
    found = back_test(steady, years_ahead=(1, 3)).table.set_index(["method", "years_ahead"])
    walk = found.loc["random_walk"]
    assert (walk["honest"] == "yes").all()
    assert (found["crps_tco2e"] <= found["mae_tco2e"] * 1.02).all()
    assert found.loc[("random_walk", 3), "mae_tco2e"] < found.loc[("no_change", 3), "mae_tco2e"]
    assert found.loc[("random_walk", 1), "forecasts"] == 60 * 7
    # three calm years, then a shock: bands from the calm are too narrow, and the report says so
    shaken = [history([*random.normal(0, 0.001, 3), random.choice([-0.5, 0.5])]) for _ in range(60)]
    worse = back_test(shaken, years_ahead=(1,)).table.set_index("method")
    assert worse.loc["random_walk", "coverage_80"] < 0.5
    assert worse.loc["random_walk", "honest"] == "no"


def test_a_back_test_beside_a_line_to_the_target():
    exact = pd.Series({str(2014 + n): 100.0 - 5 * n for n in range(8)})
    path = path_of(2014, [100.0 - 5 * n for n in range(13)])
    found = back_test(exact, years_ahead=(1,), path=path).table.set_index("method")
    assert found.loc["to_target", "mae_tco2e"] == pytest.approx(0, abs=1e-9)
    assert found.loc["to_target", "honest"] == ""
    with pytest.raises(UsageError, match="a path is that of one history"):
        back_test([exact, exact], path=path)
    with pytest.raises(UsageError, match="a history of 4 years or more"):
        back_test(exact.iloc[:3])


def test_walks_that_cannot_be_are_refused():
    with pytest.raises(UsageError, match="3 years or more"):
        random_walk(pd.Series({"2020": 1.0, "2021": 2.0}))
    with pytest.raises(UsageError, match="each above zero"):
        random_walk(pd.Series({"2020": 1.0, "2021": 0.0, "2022": 1.0}))
    walk = RandomWalk(2020, 100.0, 0.0, 0.0)
    assert (walk.probability(100, 2021), walk.probability(99, 2021)) == (1.0, 0.0)
    for call in (walk.forecast, walk.outcomes):
        with pytest.raises(UsageError, match="is not after it"):
            call(2020)
    with pytest.raises(UsageError, match="of a later year"):
        walk.probability(50, 2020)


def test_a_ratio_is_surer_than_a_level():
    """10 % of factor and 2 % of activity: 10.2 % on the level, 2.8 % on the ratio 70 / 100."""
    level, ratio = level_and_ratio(factor=0.10, activity=0.02)
    assert level == pytest.approx(0.102, abs=5e-4)
    assert ratio == pytest.approx(0.0283, abs=5e-5)
    random = np.random.default_rng(2)
    factor = 1 + 0.1 * random.standard_normal(1_000_000)
    base, now = (size * factor * (1 + 0.02 * random.standard_normal(1_000_000)) for size in (100, 70))
    assert now.std() / now.mean() == pytest.approx(level, rel=0.005)
    assert (now / base).std() / (now / base).mean() == pytest.approx(ratio, rel=0.005)


def test_the_trend_of_one_source_by_the_ipcc():
    one = pd.DataFrame({"base": [100.0], "now": [70.0], "factor_percent": [19.6], "activity_percent": [3.92]})
    found = trend_uncertainty(one)
    assert found["type_a"].iloc[0] == pytest.approx(0, abs=1e-12)
    assert found["type_b"].iloc[0] == pytest.approx(0.7)
    assert found.attrs["trend_points"] == pytest.approx(3.880602015, abs=5e-10)
    with pytest.raises(UsageError, match="activity_percent is missing"):
        trend_uncertainty(one.drop(columns="activity_percent"))
    with pytest.raises(UsageError, match="adds up to nothing"):
        trend_uncertainty(one.assign(base=0.0))


def test_the_trend_of_two_sources_agrees_with_draws():
    two = pd.DataFrame({"base": [100.0, 50.0], "now": [60.0, 55.0], "factor_percent": [4.0, 6.0],
                        "activity_percent": [2.0, 3.0]})  # fmt: skip
    random, draws = np.random.default_rng(4), 400_000
    factor = 1 + two["factor_percent"].to_numpy() / 196 * random.standard_normal((draws, 2))
    each = [two[year].to_numpy() * factor * (1 + two["activity_percent"].to_numpy() / 196 *
            random.standard_normal((draws, 2))) for year in ("base", "now")]  # fmt: skip
    trend = 100 * (each[1].sum(axis=1) / each[0].sum(axis=1) - 1)
    assert trend_uncertainty(two).attrs["trend_points"] == pytest.approx(1.96 * trend.std(), rel=0.15)


@pytest.mark.parametrize(
    ("probability", "term"),
    [(1.0, "virtually certain"), (0.95, "very likely"), (0.7, "likely"), (0.5, "about as likely as not"),
     (0.2, "unlikely"), (0.05, "very unlikely"), (0.0, "exceptionally unlikely")],
)  # fmt: skip
def test_probabilities_are_worded_as_the_ipcc_does(probability, term):
    assert wording(probability) == term


def test_a_chance_that_is_not_there_is_refused():
    chances = (
        RandomWalk(2020, 100.0, -0.05, 0.03).outcomes(2024, draws=50).chances(path_of(2020, [100, 90, 80, 70, 60]))
    )
    with pytest.raises(UsageError, match="no chance of 'mood'; there are year, window_first"):
        chances.of("mood")
    with pytest.raises(UsageError, match="before the projection begins"):
        RandomWalk(2020, 100.0, -0.05, 0.03).outcomes(2024, draws=50).chances(path_of(2010, [100, 90]))
    with pytest.raises(UsageError, match="neither relative nor absolute"):
        RandomWalk(2020, 100.0, -0.05, 0.03).outcomes(2024, draws=50).chances(path_of(2020, [9, 8]), measured="x")
