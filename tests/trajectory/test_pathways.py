"""Pathways of the Plus: recomputed by hand, in order, adding up, and no forecast where there is no path.

The expected figures are worked out here in plain Python from the rows of the package (and, where they lie beside the
repository, from the compiled figures), not by the library's own code.
"""

import csv
import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main

REPO = Path(__file__).resolve().parents[2]
PLUS = "nhs_carbon_footprint_plus"
LINES = ("low", "central", "high")
LAST = 2045
SENT = (
    ("energy.natural_gas", 53e6, "kWh"),
    ("energy.electricity.grid", 22.5e6, "kWh"),
    ("commute.car.average.petrol", 30e6, "km"),
    ("travel.car.average.diesel", 2e6, "km"),
    ("travel.air.domestic.average", 2e5, "passenger_km"),
    ("patient_travel.car.average.unknown", 40e6, "km"),
    ("fleet.van.average.diesel", 5e5, "km"),
    ("fleet.car.average.petrol", 3e5, "km"),
    ("fleet.fuel.diesel", 6e4, "litre"),
    ("freight.hgv.average.laden_average", 1e5, "km"),
    ("freight.van.average.diesel", 1e5, "km"),
    ("anaesthetic.desflurane", 20, "kg"),
    ("anaesthetic.nitrous_oxide", 3000, "kg"),
    ("refrigerant.r410a", 40, "kg"),
    ("waste.clinical.high_temperature_incineration", 400, "tonne"),
    ("water.supply", 2e5, "m3"),
    ("spend.sic.21", 60e6, "GBP"),
    ("spend.sic.32", 30e6, "GBP"),
    ("spend.sic.62", 5e6, "GBP"),
    ("inhaler.pmdi.salbutamol_100_generic", 5000, "inhaler"),
)
FLAT = {"ict", "inhalers", "medical_devices", "medicines", "water"}  # two thirds of the Plus are bought


def of_year(period):
    rows = [("RX1", period, *row) for row in SENT]
    table = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    return nc.calculate(table, nc.methodology("nhs-2026.1"))


@pytest.fixture(scope="module")
def footprint():
    return of_year("2023/24")


@pytest.fixture(scope="module")
def plain(footprint):
    return nc.project(footprint, boundary=PLUS, to="2045/46", draws=2)


@pytest.fixture(scope="module")
def lines(footprint):
    return nc.trajectory.three_lines(footprint, boundary=PLUS, to="2045/46", draws=2)


def rows(file):
    with (REPO / "data" / "pathways" / "plus-1" / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def compiled():
    folder = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")) / "figures" / "plans"
    if not folder.is_dir():
        pytest.skip("SKIPPED ALOUD: the compiled figures are not at shared/figures")
    with (folder / "pathways.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def straight(points, year):
    """The value of a year on straight lines between points, the ends held."""
    known = sorted(points)
    if year <= known[0]:
        return points[known[0]]
    for first, second in pairwise(known):
        if year <= second:
            return points[first] + (points[second] - points[first]) * (year - first) / (second - first)
    return points[known[-1]]


def points(driver, line="central"):
    return {int(row["year"]): float(row["value"]) for row in rows("points.csv")
            if row["driver"] == driver and row["line"] == line}  # fmt: skip


def ratio(found, base=2023):
    """A path as multiples of the measured year, from the values of its points."""
    return {year: straight(found, year) / straight(found, base) for year in range(base, LAST + 1)}


def tonnes(projection, activity):
    """The tonnes of an activity by year, over all its themes."""
    table = projection.table.query("activity == @activity").groupby("year")["kgco2e"].sum()
    return {int(year[:4]): kgco2e for year, kgco2e in table.items()}


def lower(*paths):
    """The lowest of several paths in each year."""
    each = [ratio(path) for path in paths]
    return {year: min(path[year] for path in each) for year in each[0]}


BY_HAND = {  # line, activity, what is left in each year by hand
    "desflurane": ("high", "anaesthetic.desflurane", lambda: ratio({2019: 1.0, 2024: 0.02})),
    "cars_on_the_road": ("central", "commute.car.average.petrol", lambda: ratio({2023: 1.0, 2040: 1 - 0.8})),
    "vans_on_the_road": ("central", "freight.van.average.diesel", lambda: ratio({2023: 1.0, 2040: 1 - 0.75})),
    "lorries_on_the_road": ("central", "freight.hgv.average.laden_average", lambda: ratio({2023: 1.0, 2040: 0.37})),
    "clinical_waste_estimate": (
        "central", "waste.clinical.high_temperature_incineration", lambda: ratio({2022: 1.0, 2033: 0.7})),
    "fleet_cars_aim": (
        "low", "fleet.car.average.petrol", lambda: lower({2024: 0.89, 2035: 0.0}, {2023: 1.0, 2040: 0.2})),
    "fleet_aim": ("low", "fleet.fuel.diesel", lambda: ratio({2024: 0.89, 2040: 0.0})),
    "fossil_heating_aim": ("low", "energy.natural_gas", lambda: ratio({2023: 1.0, 2032: 0.0})),
    "hfc_quota": ("low", "refrigerant.r410a", lambda: ratio({2025: 0.31, 2030: 0.21})),
    "clinical_waste_ambition": (
        "low", "waste.clinical.high_temperature_incineration",
        lambda: lower({2022: 1.0, 2025: 0.5}, {2022: 1.0, 2033: 0.7})),
}  # fmt: skip


@pytest.mark.parametrize("driver", BY_HAND)
def test_a_published_pathway_is_what_its_rows_say(driver, plain, lines):
    line, activity, left = BY_HAND[driver]
    found, held, expected = tonnes(getattr(lines, line), activity), tonnes(plain, activity), left()
    for year, value in found.items():
        assert value == pytest.approx(held[year] * expected[year], rel=1e-12, abs=1e-9), year


def test_where_two_published_pathways_are_about_one_activity_the_lower_of_the_line_decides(plain, lines):
    """Commuting by car in the low line: the aim of nil in 2045/46, and the adviser's share of cars in 2040/41."""
    held, found = tonnes(plain, "commute.car.average.petrol"), tonnes(lines.low, "commute.car.average.petrol")
    aim, cars = ratio({2023: 1.0, 2045: 0.0}), ratio({2023: 1.0, 2040: 0.2})
    for year, value in found.items():
        assert value == pytest.approx(held[year] * min(aim[year], cars[year]), rel=1e-12, abs=1e-9)
    assert cars[2040] < aim[2040]
    assert aim[2045] < cars[2045]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("name", "activity"),
    [
        ("average_car", "patient_travel.car.average.unknown"),
        ("fossil_heat", "energy.natural_gas"),
        ("nitrous_oxide", "anaesthetic.nitrous_oxide"),
        ("refrigerant_leaks", "refrigerant.r410a"),
        ("supply_chain_intensity", "spend.sic.62"),
        ("inhalers", "inhaler.pmdi.salbutamol_100_generic"),
        ("fleet_not_electric", "fleet.fuel.diesel"),
    ],
)
def test_a_named_assumption_takes_the_default_of_its_line(name, activity, line, footprint, plain):
    named = nc.project(footprint, boundary=PLUS, to="2045/46", pathways=line, assumptions={name: "default"}, draws=2)
    found, held, left = tonnes(named, activity), tonnes(plain, activity), ratio(points(name, line))
    for year, value in found.items():
        assert value == pytest.approx(held[year] * left[year], rel=1e-12, abs=1e-9), year


def test_growth_that_is_named_compounds_and_the_share_of_electric_cars_is_turned_round(footprint, plain):
    def of(name, value, line="high"):
        return nc.project(footprint, boundary=PLUS, to="2045/46", pathways=line, assumptions={name: value}, draws=2)

    held = tonnes(plain, "spend.sic.21")
    for year, value in tonnes(of("bought_demand", "default"), "spend.sic.21").items():
        assert value == pytest.approx(held[year] * 1.036 ** (year - 2023))
    for year, value in tonnes(of("bought_demand", -0.01), "spend.sic.21").items():
        assert value == pytest.approx(held[year] * 0.99 ** (year - 2023))
    held = tonnes(plain, "commute.car.average.petrol")
    slow = ratio({2025: 1 - 0.076, 2027: 1 - 0.108, 2030: 1 - 0.179, 2032: 1 - 0.265, 2035: 1 - 0.441, 2040: 1 - 0.721,
                  2045: 1 - 0.906})  # fmt: skip
    for year, value in tonnes(of("electric_car_km", "default"), "commute.car.average.petrol").items():
        assert value == pytest.approx(held[year] * slow[year])


def test_an_assumption_has_a_name_a_title_and_what_the_figures_call_it(footprint):
    named = [nc.project(footprint, boundary=PLUS, to="2030/31", pathways="low", draws=2, assumptions={name: 0.5}).table
             for name in ("supply_chain_intensity", "kgCO2e per pound of the supply chain",
                          "Supply chain intensity, kg per real £")]  # fmt: skip
    assert all(each.equals(named[0]) for each in named)


def test_figures_of_your_own_start_from_the_measured_year(footprint, plain):
    given = {"supply_chain_intensity": {"2030/31": 0.8, 2040: 0.5}, "fossil_heat": "2035:0.4"}
    named = nc.project(footprint, boundary=PLUS, to="2045/46", pathways="central", assumptions=given, draws=2)
    for activity, left in (("spend.sic.21", {2023: 1.0, 2030: 0.8, 2040: 0.5}),
                           ("energy.natural_gas", {2023: 1.0, 2035: 0.4})):  # fmt: skip
        held = tonnes(plain, activity)
        for year, value in tonnes(named, activity).items():
            assert value == pytest.approx(held[year] * straight(left, year))
    once = nc.project(footprint, boundary=PLUS, to="2045/46", pathways="low",
                      assumptions={"supply_chain_intensity": 0.5}, draws=2)  # fmt: skip
    held = tonnes(plain, "spend.sic.21")
    for year, value in tonnes(once, "spend.sic.21").items():
        assert value == pytest.approx(held[year] * straight({2023: 1.0, 2045: 0.5}, year))


def test_the_slow_grid_moves_the_high_line_alone_and_only_when_it_is_named(footprint, lines, plain):
    named = nc.trajectory.three_lines(
        footprint, boundary=PLUS, to="2045/46", assumptions={"grid_slow": "default"}, draws=2
    )
    power = "energy.electricity.grid"
    for line in ("low", "central"):
        assert tonnes(getattr(named, line), power) == tonnes(getattr(lines, line), power) == tonnes(plain, power)
    found, held = tonnes(named.high, power), tonnes(plain, power)
    slow, table = {2025: 0.126655, 2030: 0.1267, 2035: 0.0476, 2040: 0.0194}, points("grid_average")
    for year in (2030, 2035, 2040, 2045):  # both start from the last official year, 2026/27
        expected = straight(slow, year) / straight(slow, 2026) / (straight(table, year) / straight(table, 2026))
        assert found[year] == pytest.approx(held[year] * expected, rel=1e-6)


@pytest.mark.parametrize("assumptions", [None, "every"])
@pytest.mark.parametrize("period", ["2019/20", "2023/24", "2025/26"])
def test_low_is_under_central_under_high_in_each_year(period, assumptions):
    """In the total and in each activity, from early and late measured years, with each default named too."""
    clash = {"electric_car_km", "all_industries_trend"}  # each moves what another one does
    absent = {"gas_and_air"}
    names = [row["driver"] for row in rows("drivers.csv") if row["offered"] == "user"]
    given = {name: "default" for name in names if name not in clash | absent} if assumptions else None
    found = nc.trajectory.three_lines(of_year(period), boundary=PLUS, to="2045/46", assumptions=given, draws=2)
    totals = found.totals
    assert (totals["low"] <= totals["central"] * (1 + 1e-12)).all()
    assert (totals["central"] <= totals["high"] * (1 + 1e-12)).all()
    low, central, high = (getattr(found, line).table["kgco2e"].to_numpy() for line in LINES)
    assert (low <= central + 1e-6).all()
    assert (central <= high + 1e-6).all()


@pytest.mark.parametrize("with_actions", [False, True])
def test_tonnes_of_change_add_up_to_the_difference_of_the_lines(footprint, with_actions):
    def less_gas(frame):
        later = (frame["activity"] == "energy.natural_gas") & (frame["year"] >= "2030/31")
        frame.loc[later, ["quantity", "kgco2e"]] *= 0.5
        return frame

    found = nc.trajectory.three_lines(
        footprint, boundary=PLUS, to="2045/46", drivers={"energy.*": -1.0, "spend.*": 2.0}, draws=2,
        actions=less_gas if with_actions else None,
        assumptions={"supply_chain_intensity": "default", "bought_demand": 0.01, "grid_slow": "default"},
    )  # fmt: skip
    for line in LINES:
        projection = getattr(found, line)
        changes, table = projection.changes, projection.table
        keys = ["organisation", "theme", "activity", "unit"]
        first = table[table["year"] == "2023/24"].set_index(keys)["kgco2e"]
        moved = table.set_index([*keys, "year"])["kgco2e"]
        differs = moved - first.reindex(moved.index.droplevel("year")).to_numpy()
        by_driver = changes.groupby([*keys, "year"])["kgco2e"].sum().reindex(moved.index, fill_value=0.0)
        assert np.allclose(by_driver, differs, atol=1e-6)
        assert (changes["assumption_of"] != "").all()
        assert (changes["year"] != "2023/24").all()
        whose = moved.index.to_frame(index=False).assign(
            whose=table["assumption_of"].to_numpy(), differs=differs.values
        )
        assert (whose.loc[whose["differs"].abs() > 1e-3, "whose"] != "").all()
        assert ("you (actions=)" in set(changes["assumption_of"])) == with_actions
    both = found.totals.set_index("year")
    summed = found.changes.groupby(["line", "year"])["tco2e"].sum()
    for line in LINES:
        assert np.allclose(summed[line], (both[line] - both[line].iloc[0]).iloc[1:])


def test_each_tonne_of_change_names_whose_assumption_moves_it(lines):
    table = lines.low.table
    gas = table.query("activity == 'energy.natural_gas' and theme == 'fossil_fuels' and year == '2040/41'").iloc[0]
    assert "NHS England (an aim)" in gas["assumption_of"]
    power = table.query("activity == 'energy.electricity.grid' and theme == 'electricity' and year == '2040/41'").iloc[
        0
    ]
    assert "Department for Energy Security and Net Zero" in power["assumption_of"]
    assert table.query("year == '2023/24'")["assumption_of"].eq("").all()
    commuting = lines.central.changes.query("activity == 'commute.car.average.petrol'")
    assert set(commuting["assumption_of"]) == {"Climate Change Committee", "nhs-2026.1 (published factors)"}


def test_themes_without_a_path_are_listed_and_flat(lines, footprint):
    assert set(lines.without_path) == FLAT
    latest = "2026/27"  # the last official factors
    for line in LINES:
        projection = getattr(lines, line)
        assert set(projection.without_path) >= FLAT
        by = projection.by("theme")
        for theme in projection.without_path:
            later = by[(by["theme"] == theme) & (by["year"] >= latest)]["tco2e"]
            assert len(set(later)) == 1, theme
        status = projection.themes.set_index("theme")["status"]
        assert set(status[list(projection.without_path)]) == {"none"}
        said = projection.assumptions
        assert (said["about"] == "themes without a path").sum() == 1
    assert "Medicines and chemicals" in str(lines)
    assert set(lines.central.themes["status"]) == {"path", "part", "none"}
    anaesthetics = lines.high.themes.set_index("theme").loc["anaesthetics"]
    assert anaesthetics["status"] == "part"
    assert 0 < anaesthetics["with_path_tco2e"] < anaesthetics["base_tco2e"]


def test_without_pathways_nothing_changes(plain, footprint):
    assert list(plain.table.columns) == ["organisation", "theme", "activity", "unit", "year", "quantity", "kgco2e"]
    assert "pathways" not in plain.to_dict()
    cars = tonnes(plain, "commute.car.average.petrol")
    assert cars[2026] == cars[2045]
    for name in ("changes", "themes", "without_path"):
        with pytest.raises(nc.UsageError, match="follows no pathways"):
            getattr(plain, name)
    with pytest.raises(nc.UsageError, match="belong to pathways"):
        nc.project(footprint, assumptions={"fossil_heat": "default"})


def test_the_result_names_the_package_and_its_digest(lines, footprint):
    digests = (REPO / "data" / "methodologies" / "digests.toml").read_text("utf-8")
    for result in (lines, lines.central):
        about = result.to_dict()
        assert about["pathways_package"] == "plus-1@1.0.0"
        assert f'"plus-1@1.0.0" = "{about["pathways_digest"]}"' in digests
        json.dumps(about, allow_nan=False)
    named = nc.project(footprint, pathways="low", assumptions={"fossil_heat": {2032: 0.5}}, to="2032/33", draws=2)
    assert named.to_dict()["pathways_assumptions"] == {"fossil_heat": "2032:0.5"}


def test_no_published_methodology_pins_the_pathways():
    for manifest in (REPO / "data" / "methodologies").glob("*/*.toml"):
        assert "plus-1" not in manifest.read_text("utf-8")


def test_every_row_has_a_source_a_locator_and_whose_assumption_it_is():
    drivers = {row["driver"]: row for row in rows("drivers.csv")}
    for row in rows("points.csv"):
        assert row["source"], row
        assert row["locator"], row
        assert drivers[row["driver"]]["assumption_of"], row
        assert row["unit"], row
        if row["value"]:
            assert np.isfinite(float(row["value"]))
    for row in drivers.values():
        assert row["why"], row
        assert bool(row["from_line"]) == bool(row["reading"]), row


def test_only_what_may_ship_is_in_the_package_and_each_figure_is_as_compiled():
    figures, shipped = compiled(), rows("points.csv")
    never = {row["source_title"] for row in figures if row["ship"] == "no"} - {"same"}
    assert not never & {row["source"] for row in shipped}
    assert not any("Multiplier trend, real" in row["note"] + row["source"] for row in shipped)
    values = {(row["source"], row["published_year"], row["value"]) for row in shipped}
    for row in figures:
        if row["ship"] == "no" or row["source_title"] == "same" or ":" in row["central"]:
            continue
        for cell in filter(None, (row["low"], row["central"], row["high"])):
            assert (row["source_title"], row["year"], cell) in values, row


@pytest.mark.parametrize(
    "name",
    ["multiplier_trend_real_medicines", "Multiplier trend, real: NHS-like basket", "nhs_like_basket", "medicines"],
)
def test_what_must_not_be_used_cannot_be_named(name, footprint):
    with pytest.raises(nc.UsageError, match="no pathway has an assumption"):
        nc.project(footprint, boundary=PLUS, pathways="central", assumptions={name: "default"}, draws=2)


def test_what_a_user_may_name_is_shown_with_its_default_and_moves_nothing_until_named(lines):
    offered = nc.trajectory.plus_pathways().offered
    names = {row["driver"] for row in rows("drivers.csv") if row["offered"] == "user"}
    assert set(offered["name"]) == names
    table = nc.trajectory.plus_pathways().table
    assert set(table.loc[table["offered"] == "user", "driver"]) == names
    for line in LINES:
        assert not set(getattr(lines, line).changes["pathway"]) & names
    intensity = offered.set_index("name").loc["supply_chain_intensity"]
    assert (intensity["default_low"], intensity["default_central"], intensity["default_high"]) == (0.358, 0.668, 1.0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"supply_chain": "default"}, "Did you mean supply_chain_intensity"),
        ({"fosil_heat": 0.5}, "Did you mean fossil_heat"),
        ({"desflurane": "default"}, "is no assumption of yours"),
        ({"workforce": "default"}, "is no assumption of yours"),
        ({"fossil_heat": 5}, "write 0.05"),
        ({"fossil_heat": -0.1}, "from 0 to 2"),
        ({"bought_demand": 2.5}, "write 0.025"),
        ({"bought_demand": {2030: 0.01}}, "one change for every year"),
        ({"bought_demand": "nan"}, "is no value"),
        ({"fossil_heat": float("inf")}, "is no value"),
        ({"fossil_heat": True}, "is no value"),
        ({"fossil_heat": None}, "is no value"),
        ({"fossil_heat": {}}, "has no figure"),
        ({"fossil_heat": {2020: 0.5}}, "not after 2023/24"),
        ({"fossil_heat": {"soon": 0.5}}, "Give NHS years"),
        ({"fossil_heat": "2030:0.5,2030:0.4"}, "twice"),
        ({"fossil_heat": {2030: 0.5, "2030/31": 0.4}}, "twice"),
        ({"fossil_heat": 0.5, "Fossil heat that is left": 0.4}, "named twice"),
        ({"grid_slow": {2025: 0.1}}, "which has an official one"),
        ({"grid_slow": 0.0}, "from 0.0005 to 1"),
        ({"grid_slow": "low"}, "has no default of the line low"),
        ({"average_car": "default", "electric_car_km": "default"}, "Name one of them"),
        ({"supply_chain_intensity": "default", "all_industries_trend": "default"}, "Name one of them"),
        ({"gas_and_air": "default"}, "fit no activity"),
        (["fossil_heat"], "names with values"),
    ],
)
def test_an_assumption_that_cannot_be_used_is_refused_with_advice(given, words, footprint):
    with pytest.raises(nc.UsageError, match=words) as refused:
        nc.project(footprint, boundary=PLUS, pathways="central", assumptions=given, draws=2)
    assert refused.value.advice


@pytest.mark.parametrize("name", ["centrale", "LOW", "all", "", 2])
def test_a_line_that_does_not_exist_is_refused_with_those_that_do(name, footprint):
    with pytest.raises(nc.UsageError, match="low, central, high"):
        nc.project(footprint, pathways=name)


def test_the_picture_of_three_lines_shows_each_and_says_what_is_flat(lines, footprint):
    drawn = nc.chart(lines)
    assert {"low", "central", "high", "measured_tco2e"} <= set(drawn.table.columns)
    assert drawn.table["central"].notna().sum() == 23
    assert "Medicines and chemicals" in drawn.alt_text
    assert "plus-1@1.0.0" in drawn.to_svg()
    path = nc.targets().path(footprint, boundary=PLUS, base_year="2019/20", inventory="2020-report", base_tco2e=80_000)
    assert "target_tco2e" in nc.chart(lines, path=path).table.columns
    other = nc.targets().path(footprint, boundary="nhs_carbon_footprint", base_year="2019/20",
                              inventory="2020-report", base_tco2e=40_000)  # fmt: skip
    with pytest.raises(nc.BoundaryError):
        nc.chart(lines, path=other)


def test_the_command_writes_one_line_or_three(tmp_path):
    source = tmp_path / "return.csv"
    rows_of = [("RX1", "2023/24", *row) for row in SENT]
    pd.DataFrame(rows_of, columns=["organisation", "period", "activity", "quantity", "unit"]).to_csv(
        source, index=False
    )
    said = ["project", str(source), "--method", "nhs-2026.1", "--boundary", PLUS, "--to", "2040/41"]
    three, one = tmp_path / "three.json", tmp_path / "one.json"
    named = ["--assumption", "supply_chain_intensity=default", "--assumption", "fossil_heat=2035:0.5"]
    assert main([*said, "--pathways", "all", *named, "--format", "json", "-o", str(three)]) == 0
    assert main([*said, "--pathways", "low", "--draws", "10", "--format", "json", "-o", str(one)]) == 0
    found = json.loads(three.read_text("utf-8"))
    assert found["pathways_assumptions"] == {"supply_chain_intensity": "default", "fossil_heat": "2035:0.5"}
    assert set(found["lines"][-1]) == {"year", "low", "central", "high"}
    assert json.loads(one.read_text("utf-8"))["pathways"] == "low"
    for wrong in (["--pathways", "low", "--assumption", "fossil_heat"], ["--assumption", "fossil_heat=default"],
                  ["--pathways", "low", "--assumption", "fossil_heat=9"],
                  ["--pathways", "all", "--by", "theme"]):  # fmt: skip
        assert main([*said, *wrong]) == 2
    with pytest.raises(SystemExit, match="2"):
        main([*said, "--pathways", "middle"])
