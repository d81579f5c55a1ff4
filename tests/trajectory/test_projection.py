"""Projections: each year at its own factors, simulations that are shared, chances, and what is refused."""

import csv
import json
import math
import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import nhscarbon as nc
from drawings import looks_right
from nhscarbon.cli import main
from nhscarbon.errors import BoundaryError, IntegrityError, NHSCarbonError, UnreadableError, UsageError
from nhscarbon.methods.data_package import data_root, seal
from nhscarbon.trajectory.projection.grid_path import factor_path
from nhscarbon.trajectory.projection.outcomes import monte_carlo_error
from nhscarbon.trajectory.projection.sampling import spread_of

GAS = "RX1,2023/24,energy.natural_gas,1000000,kWh"
POWER = "RX1,2023/24,energy.electricity.grid,500000,kWh"
OTHER = "RR8,2023/24,energy.natural_gas,700000,kWh"
WATER = "RX1,2023/24,water.supply,2000,m3"
FEW = {"draws": 400, "to": "2034/35"}


@pytest.fixture
def footprint(activity_csv, method):
    return lambda *rows, **options: nc.calculate(activity_csv(*rows, **options), method)


@pytest.fixture(scope="module")
def points():
    """The grid's average as it was published, by year."""
    with (data_root() / "paths" / "greenbook-grid-2023-1" / "points.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["series"] == "average"]
    return {int(row["year"]): float(row["value"]) for row in rows}


def yearly(projection, **where):
    frame = projection.table
    for name, word in where.items():
        frame = frame[frame[name] == word]
    return (frame.groupby("year")["kgco2e"].sum() / 1000).to_dict()


def test_the_base_year_is_the_footprint(method):
    found = nc.calculate(nc.example("trust-year.csv"), method)
    ahead = nc.project(found, **FEW)
    base = ahead.table[ahead.table["year"] == "2023/24"]
    ours = base.groupby(["organisation", "theme", "activity", "unit"])["kgco2e"].sum() / 1000
    theirs = found.by("organisation", "theme", "activity", "unit", boundary=method.headline)
    theirs = theirs.set_index(["organisation", "theme", "activity", "unit"])["tco2e"]
    np.testing.assert_allclose(ours, theirs.loc[ours.index], rtol=1e-12)
    assert len(ours) == len(theirs)
    assert ahead.history.to_dict() == {2023: found.total()}
    assert list(ahead.table.columns) == ["organisation", "theme", "activity", "unit", "year", "quantity", "kgco2e"]
    assert ahead.table["quantity"].dtype == ahead.table["kgco2e"].dtype == np.float64
    assert ahead.table["year"].unique().tolist() == [f"{y}/{y - 1999}" for y in range(2023, 2035)]


def test_the_base_year_is_as_uncertain_as_the_footprint(method):
    found = nc.calculate(nc.example("trust-year.csv"), method)
    ahead = nc.project(found, to="2024/25", draws=500, seed=9)
    np.testing.assert_allclose(ahead.outcomes.draws[0], nc.uncertainty(found, draws=500, seed=9).draws[0], rtol=1e-5)


@pytest.mark.parametrize("year", ["2024/25", "2025/26", "2026/27"])
def test_a_year_that_has_official_factors_is_the_same_activity_calculated_in_that_year(footprint, year):
    ahead = nc.project(footprint(GAS, POWER, WATER), **FEW)
    that_year = footprint(*(row.replace("2023/24", year) for row in (GAS, POWER, WATER)), name="later.csv")
    for theme, tco2e in that_year.by("theme").itertuples(index=False):
        assert yearly(ahead, theme=theme)[year] == pytest.approx(tco2e, rel=1e-12), theme


def test_the_grid_follows_the_path_from_the_latest_official_factor(footprint, points):
    found = yearly(nc.project(footprint(GAS, POWER), **FEW), theme="electricity")
    official = 500_000 * 0.13096 / 1000  # generation, UK Government set of 2026
    at_2026 = points[2025] + (points[2030] - points[2025]) / 5
    assert found["2026/27"] == pytest.approx(official, rel=1e-12)
    assert found["2030/31"] == pytest.approx(official * points[2030] / at_2026, rel=1e-12)
    assert found["2032/33"] == pytest.approx(official * (0.6 * points[2030] + 0.4 * points[2035]) / at_2026, rel=1e-12)
    gas = yearly(nc.project(footprint(GAS, POWER), **FEW), activity="energy.natural_gas")
    assert gas["2034/35"] == gas["2026/27"]  # no path of gas is published: the latest factor is held


def test_everything_taken_for_granted_is_said(footprint):
    said = nc.project(footprint(GAS, POWER), **FEW).assumptions
    text = " | ".join(said["about"] + ": " + said["years"] + ": " + said["assumption"] + ": " + said["status"])
    assert "energy.natural_gas: 2027/28 to 2034/35: the latest factor is held" in text
    assert "no point was found for these years: straight lines between 2025, 2030, 2035" in text
    assert "scaled so that it starts at the official factor of 2026/27" in text
    assert "energy.electricity.grid (wtt): 2027/28 to 2034/35: the factor follows the grid: proposed" in text
    assert "energy.electricity.grid (generation): 2027/28 to 2034/35: the factor follows the grid: published" in text
    assert "no driver for energy.electricity.grid, energy.natural_gas" in text
    assert "uncertain by 20 %" in text


def test_activity_grows_by_its_driver_in_its_years(footprint):
    held = footprint(GAS, POWER, OTHER)
    table = pd.DataFrame({"organisation": ["RX1", "*"], "activity": ["energy.natural_gas", "energy.*"],
                          "growth_percent": [-3.0, 2.0], "first_year": ["", "2030/31"]})  # fmt: skip
    plain, driven = nc.project(held, **FEW), nc.project(held, drivers=table, **FEW)
    ratio = {
        name: yearly(driven, organisation=name, activity="energy.natural_gas")["2034/35"]
        / yearly(plain, organisation=name, activity="energy.natural_gas")["2034/35"]
        for name in ("RX1", "RR8")
    }
    assert ratio == pytest.approx({"RX1": 0.97**11, "RR8": 1.02**5})
    quantity = driven.table.set_index(["organisation", "activity", "theme", "year"])["quantity"]
    assert quantity["RX1", "energy.natural_gas", "fossil_fuels", "2024/25"] == pytest.approx(970_000)
    assert (driven.assumptions["status"] == "given").sum() == 2


def test_spend_stays_in_pounds_and_multipliers_of_the_base_year(footprint):
    ahead = nc.project(footprint("RX1,2023/24,spend.sic.26,1000,GBP"), boundary="nhs_carbon_footprint_plus", **FEW)
    assert set(np.round(list(yearly(ahead).values()), 9)) == {round(ahead.history.iloc[0], 9)}
    assert ahead.assumptions["assumption"].str.contains("pounds are those of 2023/24").any()


def test_own_factors_are_held_where_the_overlay_ends(activity_csv, method, tmp_path):
    package = tmp_path / "own"
    package.mkdir()
    head = (
        "factor_id,activity,component,scope,value,unit,geography,valid_from,valid_to,gwp_basis,uncertainty,locator,note"
    )
    row = "own.water,water.supply,direct,3,0.5,kgCO2e/m3,UK,2023-04-01,2024-04-01,AR5,,uncited,our supplier"
    (package / "factors.csv").write_text(f"{head}\n{row}\n", "utf-8")
    (package / "datapackage.json").write_text(
        '{"name": "own", "version": "1", "title": "t", "kind": "emission_factors"}'
    )
    seal(package)
    ahead = nc.project(nc.calculate(activity_csv(WATER), nc.methods.overlay(method, package)), **FEW)
    assert set(yearly(ahead).values()) == {1.0}
    assert ahead.assumptions["assumption"].str.contains("the one before is held").any()


def test_the_chance_of_one_activity_is_the_closed_form(footprint):
    """The error of measurement cancels in a share of the base; the walk of activity stays."""
    ahead = nc.project(footprint(GAS), to="2034/35", boundary="scope_1")
    base = ahead.history.iloc[0]
    sd = math.hypot(math.log(1.224) / 2, math.log(1.029) / 2)  # parameters of projection-1, GSD squared
    assert spread_of("growth", "energy.natural_gas") == pytest.approx(math.log(1.224) / 2)
    moved = ahead.outcomes.tco2e / base  # the factors of later years
    for percent in (5, 15, 30, 50):
        path = local(percent, boundary="scope_1").path(pd.Series({"2023/24": base}))
        found = ahead.chances(path).of("window_end")
        closed = stats.norm.cdf(math.log((1 - percent / 100) / moved[9]) / (sd * 3))
        assert found == pytest.approx(closed, abs=3 * monte_carlo_error(closed, 8192)), percent


def local(percent, base_year="2023/24", first=2032, last=2032, boundary="nhs_carbon_footprint"):
    national = nc.targets()["carbon-footprint-interim-on-2019"]
    return replace(national, reduction_percent=percent, base_year=base_year, first_year=first, last_year=last,
                   inventory="", boundary=boundary)  # fmt: skip


def test_a_greater_ambition_is_never_more_likely(footprint):
    ahead = nc.project(footprint(GAS, POWER), **FEW)
    tables = [ahead.chances(local(percent, first=2028).path(ahead.history)).table for percent in range(10, 90, 20)]
    for mild, harder in pairwise(tables):
        assert (harder["probability"] <= mild["probability"]).all()
    assert tables[0]["what"].tolist()[-4:] == ["window_first", "window_mean", "window_end", "budget"]


def test_a_share_of_the_base_is_surer_than_its_tonnes(footprint):
    """At the base itself the share is certain, whatever the meters."""
    ahead = nc.project(footprint(GAS), **FEW)
    path = local(50).path(ahead.history)
    relative, absolute = (ahead.chances(path, measured=way).table["probability"].iloc[0]
                          for way in ("relative", "absolute"))  # fmt: skip
    assert relative == 1
    assert absolute == pytest.approx(0.5, abs=0.03)


def halved(frame):
    frame.loc[(frame["activity"] == "energy.natural_gas") & (frame["year"] != "2023/24"), ["quantity", "kgco2e"]] *= 0.5
    return frame


def test_scenarios_share_their_simulations(footprint):
    held = footprint(GAS, POWER, OTHER)
    plain, same, acted = (nc.project(held, actions=each, **FEW) for each in (None, lambda frame: frame, halved))
    assert (plain.outcomes.draws == same.outcomes.draws).all()
    gas = nc.project(footprint(GAS, OTHER, name="gas.csv"), **FEW).outcomes.draws
    np.testing.assert_allclose(plain.outcomes.draws[1:] - acted.outcomes.draws[1:], gas[1:] / 2, rtol=2e-4)
    assert acted.business_as_usual.equals(plain.table)
    assert (acted.outcomes.draws[0] == plain.outcomes.draws[0]).all()


def test_another_trust_moves_no_draw_and_groups_add_up(footprint):
    alone = nc.project(footprint(GAS, POWER), **FEW).outcomes.table
    together = nc.project(footprint(GAS, POWER, OTHER, name="two.csv"), **FEW)
    of_one = together.bands("organisation")
    of_one = of_one[of_one["organisation"] == "RX1"].drop(columns="organisation").reset_index(drop=True)
    pd.testing.assert_frame_equal(of_one, alone, rtol=1e-6)
    means = together.bands("theme").groupby("year")["mean"].sum()
    np.testing.assert_allclose(means, together.bands()["mean"], rtol=1e-5)
    assert together.by("theme").groupby("year")["tco2e"].sum().tolist() == pytest.approx(
        together.by()["tco2e"].tolist()
    )


def test_what_an_action_brings_in_is_as_uncertain_as_its_factor(footprint):
    """Electricity of a trust that had none: its factor and its wandering have draws of their own."""
    factor = nc.project(footprint(POWER, name="power.csv"), **FEW).table
    factor = factor[factor["theme"] == "electricity"].set_index("year")["kgco2e"] / 500_000

    def to_heat_pumps(frame):
        later = [year for year in frame["year"].unique() if year > "2023/24"]
        added = pd.DataFrame({"organisation": "RX1", "theme": "electricity", "activity": "energy.electricity.grid",
                              "unit": "kWh", "year": later, "quantity": 300_000.0,
                              "kgco2e": 300_000.0 * factor[later].to_numpy()})  # fmt: skip
        gone = (frame["activity"] == "energy.natural_gas") & (frame["year"] > "2023/24")
        return pd.concat([frame.assign(kgco2e=frame["kgco2e"].where(~gone, 0.0)), added], ignore_index=True)

    found = nc.project(footprint(GAS), actions=to_heat_pumps, to="2034/35", draws=4000).outcomes
    logs = np.log(found.draws[-1] / found.tco2e[-1])
    walk = 11 * (math.log(1.224) ** 2 + math.log(1.029) ** 2) / 4
    assert logs.std() > math.sqrt(walk) * 1.05  # the pace of the grid and the factor beside the walk
    assert np.median(logs) == pytest.approx(0, abs=0.03)


def test_a_heat_pump_of_the_actions_table_is_carried_out_at_each_years_factors(footprint):
    """By hand: 40 % of the gas, x 0.85 / 3 as electricity, both at the projected year's own factors."""
    found = footprint(GAS, POWER)
    pump = nc.trajectory.Action(
        id="pump", title="Heat pumps", selects=("energy.natural_gas",), effect="switch", share=0.4,
        switch_to="energy.electricity.grid", efficiency=0.85, cop=3.0, start_from=2028, start_to=2028,
    )  # fmt: skip
    plain, acted = nc.project(found, **FEW), nc.project(found, actions=[pump], **FEW)
    gas, power = (yearly(plain, activity=name)["2032/33"] for name in ("energy.natural_gas", "energy.electricity.grid"))
    by_hand = gas * 0.6 + power * (1 + 1_000_000 * 0.4 * 0.85 / 3 / 500_000)
    assert yearly(acted)["2032/33"] == pytest.approx(by_hand, rel=1e-12)
    assert yearly(acted)["2027/28"] == yearly(plain)["2027/28"]


def test_a_projection_can_be_pickled_after_use(footprint):
    ahead = nc.project(footprint(GAS, POWER), **FEW)
    before = ahead.bands("theme")
    again = pickle.loads(pickle.dumps(ahead))
    pd.testing.assert_frame_equal(again.bands("theme"), before)
    pd.testing.assert_frame_equal(again.outcomes.table, ahead.bands())


def test_the_last_year_is_that_of_net_zero(footprint):
    assert nc.project(footprint(GAS), draws=2).table["year"].iloc[-1] == "2040/41"
    plus = nc.project(footprint(GAS), boundary="nhs_carbon_footprint_plus", draws=2)
    assert plus.table["year"].iloc[-1] == "2045/46"
    assert plus.base == "2023/24"


def test_a_history_is_kept_and_its_last_year_projected(footprint):
    earlier = GAS.replace("2023/24", "2019/20").replace("1000000", "1200000")
    ahead = nc.project(footprint(GAS, earlier), **FEW)
    assert ahead.history.index.tolist() == [2019, 2023]
    assert ahead.base == "2023/24"
    assert nc.project(footprint(GAS, earlier), base="2019/20", **FEW).base == "2019/20"
    said = str(ahead)
    assert said.startswith("Projection of nhs_carbon_footprint from 2023/24 to 2034/35, by nhs-2026.1")


def test_a_trust_without_a_return_of_the_base_year_refuses_the_sum(footprint):
    held = footprint(GAS, OTHER.replace("2023/24", "2022/23"))
    with pytest.raises(UsageError, match=r"RR8 has figures in earlier years and none in 2023/24"):
        nc.project(held, **FEW)
    said = nc.project(held, base="2023/24", **FEW).assumptions
    assert said[said["status"] == "left out"]["about"].tolist() == ["RR8"]


def spoilt(**columns):
    return lambda frame: frame.assign(**columns)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"to": "2023/24"}, UsageError, "is not after it"),
        ({"to": "2060/61"}, UsageError, "runs from 2021/22 to 2050/51; it has no 2051/52"),
        ({"base": "2022/23"}, UsageError, "the footprint has no 2022/23; it has 2023/24"),
        ({"boundary": "scope_1", "to": None}, UsageError, "say to which year"),
        ({"boundary": "nowhere"}, UsageError, "has no boundary 'nowhere'"),
        ({"draws": 1}, UsageError, "2 draws or more"),
        ({"path": "no-path"}, UsageError, "there is no path or folder"),
        ({"drivers": {"energy.gas": 1.0}}, UsageError, r"fit no activity of the footprint: \* energy.gas"),
        ({"drivers": {"energy.*": -150.0}}, UsageError, "above -100 %"),
        ({"drivers": pd.DataFrame({"activity": ["a"], "growth": [1]})}, UnreadableError, r"found \['growth'\]"),
        ({"drivers": "absent.csv"}, UnreadableError, "cannot be read as a CSV file of drivers"),
        ({"actions": lambda frame: None}, UsageError, "as a data frame"),
        ({"actions": lambda frame: frame.drop(columns="unit")}, UsageError, "lacks unit"),
        ({"actions": spoilt(kgco2e=math.nan)}, UsageError, "missing or infinite"),
        ({"actions": spoilt(kgco2e=1.0)}, UsageError, "changes 4 rows of 2023/24, which was measured"),
        ({"actions": spoilt(theme=None)}, UsageError, "rows without an organisation, theme"),
        ({"actions": spoilt(year="2010/11")}, UsageError, "years that are not projected"),
    ],
)  # fmt: skip
def test_what_cannot_be_projected_is_refused_with_advice(footprint, options, kind, message):
    with pytest.raises(kind, match=message):
        nc.project(footprint(GAS, POWER), **(FEW | options))


def test_a_boundary_that_cannot_be_totalled_cannot_be_projected(footprint):
    with pytest.raises(BoundaryError, match="cannot be totalled"):
        nc.project(footprint(GAS.replace("2023/24", "2013/14")), **FEW)


def test_figures_of_another_boundary_are_not_projected_as_nothing(footprint):
    spend = footprint("RX1,2023/24,spend.sic.26,1000,GBP")
    with pytest.raises(
        UsageError, match=r"nothing of the footprint counts in nhs_carbon_footprint\. Name the boundary"
    ):
        nc.project(spend, **FEW)
    earlier = footprint("RX1,2023/24,spend.sic.26,1000,GBP", GAS.replace("2023/24", "2022/23"), name="both.csv")
    with pytest.raises(UsageError, match="nothing of 2023/24 counts in nhs_carbon_footprint"):
        nc.project(earlier, base="2023/24", **FEW)


def test_an_action_may_not_move_tonnes_within_the_base_year(footprint):
    def moved(frame):
        here = frame["year"] == "2023/24"
        return frame.assign(theme=frame["theme"].where(~here, "waste"))

    with pytest.raises(UsageError, match="rows of 2023/24, which was measured"):
        nc.project(footprint(GAS, POWER), actions=moved, **FEW)


def test_columns_that_are_none_are_refused(footprint):
    ahead = nc.project(footprint(GAS), **FEW)
    for call in (ahead.by, ahead.bands):
        with pytest.raises(UsageError, match="a projection is by organisation, theme, activity, unit"):
            call("scope")


def test_the_marginal_path_is_published_for_judging_actions():
    path = factor_path()
    assert path.value("marginal", np.array([2025, 2039])).tolist() == [0.207185, 0.008441]
    with pytest.raises(UsageError, match="runs from 2025/26 to 2039/40; it has no 2040/41"):
        path.value("marginal", np.array([2040]))
    with pytest.raises(UsageError, match="has no series 'mean'"):
        path.value("mean", np.array([2030]))


def test_a_path_of_ones_own_is_a_sealed_folder(tmp_path, footprint):
    folder = tmp_path / "grid"
    folder.mkdir()
    rows = [
        f"{series},{year},{value},s" for series in ("average", "marginal") for year, value in ((2026, 2), (2036, 1))
    ]
    (folder / "points.csv").write_text("\n".join(["series,year,value,source", *rows]) + "\n", "utf-8")
    (folder / "follows.csv").write_text("pattern,component,status\n*.grid,generation,ours\n", "utf-8")
    (folder / "datapackage.json").write_text('{"name": "grid", "version": "1", "title": "t", "kind": "paths"}', "utf-8")
    seal(folder)
    found = yearly(nc.project(footprint(POWER), path=folder, **FEW), theme="electricity")
    assert found["2031/32"] / found["2026/27"] == pytest.approx(0.75)
    (folder / "points.csv").write_text("series,year,value,source\naverage,2026,0,s\n", "utf-8")
    seal(folder)
    with pytest.raises(IntegrityError, match="not above 0"):
        factor_path(folder)


def test_the_fan_carries_median_band_target_budget_and_a_sentence(footprint):
    earlier = GAS.replace("2023/24", "2019/20").replace("1000000", "1200000")
    ahead = nc.project(footprint(GAS, earlier), **FEW)
    path = local(47, base_year="2019/20").path(ahead.history)
    chart = nc.chart(ahead, path=path)
    frame = chart.table.set_index("year")
    bands = ahead.bands().set_index("year")
    np.testing.assert_allclose(frame.loc[bands.index, "median"], bands["median"])
    assert frame.loc["2019/20", "measured_tco2e"] == pytest.approx(ahead.history.loc[2019])
    assert frame.loc["2032/33", "target_tco2e"] == pytest.approx(path.at("2032/33"))
    budget = path.budget("2023/24", "2032/33")
    assert f"Budget of the target path: {budget:,.0f} tCO2e, kept in" in chart.alt_text
    assert f"2034/35: {bands['median'].iloc[-1]:,.0f} tCO2e, 80 % between" in chart.alt_text
    looks_right(chart)
    assert "Budget" not in nc.chart(ahead).alt_text


def test_the_command_line_gives_bands_and_chances(activity_csv, capsys, tmp_path):
    earlier = GAS.replace("2023/24", "2019/20").replace("1000000", "1200000")
    path = str(activity_csv(GAS, POWER, earlier))
    drivers = tmp_path / "drivers.csv"
    drivers.write_text("activity,growth_percent,source\nenergy.natural_gas,-2,board paper\n", "utf-8")
    command = [
        "project",
        path,
        "--method",
        "nhs-2026.1",
        "--to",
        "2034/35",
        "--draws",
        "300",
        "--drivers",
        str(drivers),
    ]
    target = ["--base-year", "2019/20", "--inventory", "2020-report"]
    assert main([*command, *target[:2]]) == 2
    assert "Name the inventory to take or convert them in" in capsys.readouterr().err
    assert main([*command, *target, "--residual", "0.1", "--by", "theme"]) == 0
    told = capsys.readouterr()
    assert "window_mean" in told.out
    assert "assumed: energy.natural_gas, 2024/25 to 2034/35: activity changes by -2 % a year (given)" in told.err
    assert main([*command, *target, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"label", "bands", "chances", "assumptions"}
    out = tmp_path / "bands.csv"
    assert main([*command, "--format", "csv", "-o", str(out)]) == 0
    assert pd.read_csv(out)["year"].tolist()[-1] == "2034/35"
    assert main([*command, "--base-tco2e", "9"]) == 2
    assert main([*command[:-1], "absent.csv"]) == 3
    assert "name that year too" in capsys.readouterr().err


def test_every_refusal_is_one_of_the_librarys(footprint):
    with pytest.raises(NHSCarbonError):
        nc.project(footprint(GAS), drivers={"": 1.0}, **FEW)
