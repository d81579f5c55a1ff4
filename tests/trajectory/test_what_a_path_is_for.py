"""A path knows what it is for: nothing of another boundary, organisation, base, inventory or method is judged by it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import BoundaryError, UsageError
from nhscarbon.trajectory import back_test, progress, random_walk, series_of
from nhscarbon.trajectory.targets.subject import of_attributes
from nhscarbon.trajectory.targets.target import target_path

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
FEW = {"to": "2038/39", "draws": 60}


def rows(organisations=("RX1",), years=YEARS, start=3e7):
    found = []
    for number, code in enumerate(organisations):
        for place, year in enumerate(years):
            found.append((code, year, "energy.natural_gas", start * (1 + number) * 0.97**place, "kWh"))
            found.append((code, year, "spend.sic.26", 9e6 * (1 + number) * 0.98**place, "GBP"))
    return pd.DataFrame(found, columns=["organisation", "period", "activity", "quantity", "unit"])


@pytest.fixture(scope="module")
def one():
    return nc.calculate(rows(), "nhs-2026.1")


@pytest.fixture(scope="module")
def two():
    return nc.calculate(rows(("RX1", "RR8")), "nhs-2026.1")


def path_of(source, boundary=CORE, **options):
    return nc.targets().path(source, boundary=boundary, base_year="2019/20", inventory="2020-report", **options)


def series(footprint, boundary):
    """Return tonnes by year as a plain series that says nothing of itself."""
    return pd.Series(footprint.by("period", boundary=boundary).set_index("period")["tco2e"].to_dict())


def test_a_path_says_what_it_is_for(two):
    path = path_of(two, PLUS)
    assert (path.boundary, path.organisations, path.base_year, path.inventory) == (
        PLUS, ("RR8", "RX1"), "2019/20", "2020-report")  # fmt: skip
    assert (path.method, path.digest) == ("nhs-2026.1", two.method.digest)
    assert str(path).startswith("Path of the NHS Carbon Footprint Plus of RR8 and RX1 from 2019/20 to")
    assert "for nhs_carbon_footprint_plus of RR8 and RX1" in path.note
    about = path.to_dict()
    assert (about["boundary"], about["organisations"], about["base_year"], about["inventory"], about["method"]) == (
        PLUS, ["RR8", "RX1"], "2019/20", "2020-report", "nhs-2026.1")  # fmt: skip
    plain = path_of(series(two, CORE))
    assert (plain.boundary, plain.organisations, plain.method) == (CORE, (), "")


def test_a_path_for_the_plus_is_never_met_by_the_footprint(one):
    """A path for the Plus judged against the NHS Carbon Footprint said 'virtually certain'."""
    plus, core = nc.project(one, boundary=PLUS, **FEW), nc.project(one, **FEW)
    for path, other in ((path_of(one, PLUS), core), (path_of(one), plus)):
        for judge in (
            lambda path=path, other=other: other.chances(path),
            lambda path=path, other=other: other.outcomes.chances(path),
            lambda path=path, other=other: nc.chart(other, path=path),
            lambda path=path, other=other: progress(other.history, path),
            lambda path=path, other=other: path.readings(other.history),
            lambda path=path, other=other: back_test(other.history, path=path),
            lambda path=path, other=other: random_walk(one, boundary=other.boundary).outcomes(2038).chances(path),
            lambda path=path, other=other: nc.plan(other.business_as_usual, [], target_tco2e=path),
        ):
            with pytest.raises(BoundaryError, match=r"The path is for the NHS Carbon Footprint.* One says nothing"):
                judge()
    assert plus.chances(path_of(one, PLUS)).subject.boundary == PLUS


def test_the_report_refuses_a_target_of_another_boundary(one, tmp_path):
    ahead = nc.project(one, **FEW)
    with pytest.raises(BoundaryError):
        nc.write_report(one.filter(period="2023/24"), tmp_path / "r.html", projection=ahead,
                        target=path_of(one, PLUS), draws=50)  # fmt: skip
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize("boundary", [CORE, PLUS])
def test_progress_counts_what_its_path_is_for(one, boundary):
    found = progress(one, path_of(one, boundary))
    total = one.filter(period="2023/24").total(boundary)
    assert (found.tco2e, found.boundary, found.organisations) == (pytest.approx(total), boundary, ("RX1",))
    with pytest.raises(BoundaryError):
        progress(one, path_of(one, boundary), boundary=PLUS if boundary == CORE else CORE)


def test_a_plain_series_is_taken_at_its_word(one):
    path, plain = path_of(one, PLUS), series(one, PLUS)
    assert progress(plain, path).gap_tco2e == pytest.approx(progress(one, path).gap_tco2e)
    assert progress(plain.rename(PLUS), path).year == "2023/24"
    assert progress(plain.rename("tonnes"), path, boundary=PLUS).year == "2023/24"
    stated = plain.copy()
    stated.attrs["boundary"] = CORE
    for judge in (
        lambda: progress(plain.rename(CORE), path),
        lambda: progress(plain.rename("NHS Carbon Footprint"), path),
        lambda: progress(plain.rename("scope_1"), path),
        lambda: progress(plain, path, boundary=CORE),
        lambda: progress(stated, path),
        lambda: path_of(stated, PLUS),
        lambda: random_walk(stated, boundary=PLUS),
    ):
        with pytest.raises(BoundaryError):
            judge()


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ({"organisations": ["RR8"]}, r"for RX1, the figures .* of RR8: only the path has RX1"),
        ({"organisation": "RR8"}, r"only the figures of the series have RR8"),
        ({"base_year": "2018/19"}, r"on the base year 2019/20, the figures .* on 2018/19"),
        ({"inventory": "five-year-report-2025"}, r"the inventory 2020-report, the figures .* five-year-report"),
        ({"method": "nhs-2026.2"}, r"by nhs-2026.1 .* by nhs-2026.2"),
        ({"organisations": ("RX1",), "on_map": "by trust, restated to 2026-04-01, ods-2026-07"}, r"as reported, the"),
    ],
)  # fmt: skip
def test_what_a_series_says_of_itself_must_agree(one, says, message):
    path, told = path_of(one), series(one, CORE)
    told.attrs |= says
    with pytest.raises(UsageError, match=message):
        progress(told, path)
    told.attrs = {"organisations": ("RX1",), "base_year": "2019", "inventory": "2020-report"}
    assert progress(told, path).year == "2023/24"


def test_all_that_differs_is_named_at_once(one):
    told = series(one, CORE)
    told.attrs = {"organisations": "RR8", "inventory": "another", "base_year": "2018/19"}
    with pytest.raises(UsageError, match=r"only the path has RX1.*base year 2019/20.*inventory 2020-report") as refused:
        progress(told, path_of(one))
    assert "Judge the same organisations" in refused.value.advice


def test_other_organisations_are_never_judged(one, two):
    path = path_of(one)
    ahead = nc.project(two, **FEW)
    for judge in (
        lambda: progress(two, path),
        lambda: path.readings(two),
        lambda: ahead.chances(path),
        lambda: nc.plan(ahead.business_as_usual, [], target_tco2e=path),
        lambda: nc.plan(pd.DataFrame(ahead.business_as_usual.to_dict("list")), [], target_tco2e=path),
    ):
        with pytest.raises(UsageError, match=r"only the .* have RR8"):
            judge()
    part = two.filter(organisation="RX1")
    assert progress(part, path).tco2e == pytest.approx(one.filter(period="2023/24").total())


def test_a_part_of_a_footprint_is_not_judged_by_a_path_for_all_of_it(one):
    part = one.filter(theme="fossil_fuels")
    with pytest.raises(UsageError, match=r"all that is counted, the figures are of theme fossil_fuels"):
        progress(part, path_of(one))
    assert progress(part, path_of(part)).gap_tco2e < progress(one, path_of(one)).tco2e


def test_another_method_would_look_like_progress(one):
    other = nc.calculate(rows(), "nhs-2026.2")
    with pytest.raises(UsageError, match=r"by nhs-2026.1 .* by nhs-2026.2 .* would look like progress"):
        progress(other, path_of(one))


def test_a_changed_base_year_is_another_inventory(one):
    path = path_of(one)
    moved = series(one, CORE)
    moved["2019/20"] *= 1.02
    for judge in (lambda: progress(moved, path), lambda: path.readings(moved), lambda: path_of(one, base_tco2e=9999.0)):
        with pytest.raises(UsageError, match=r"2019/20"):
            judge()
    rounded = series(one, CORE).round()
    assert progress(rounded, path).year == "2023/24"  # whole tonnes are the same base year


def test_restated_organisations_are_judged_on_one_map_alone():
    footprint = nc.calculate(rows(("RTG", "RJF"), ("2016/17", "2017/18")), "nhs-2026.1")
    later = nc.calculate(rows(("RTG",), ("2019/20", "2020/21", "2021/22")), "nhs-2026.1")
    hierarchy = nc.hierarchy("ods-2026-07")
    whole = footprint + later
    restated, other = (nc.roll_up(whole, hierarchy, to="trust", restate=day) for day in ("2022-03-31", "2024-03-31"))
    path = path_of(restated)
    assert (path.organisations, path.on_map) == (("RTG",), str(restated.on_map))
    assert progress(restated, path).year == "2021/22"
    assert nc.project(restated, **FEW).chances(path).of("budget") >= 0
    for judged in (other, later):
        with pytest.raises(UsageError, match="on the map 'by trust, restated to 2022-03-31"):
            progress(judged, path)


def test_targets_of_two_inventories_make_no_path():
    national = nc.targets()
    restated = national["carbon-footprint-interim-restated"]
    later = replace(restated, target="ours", inventory="ours", first_year=2035, last_year=2035)
    with pytest.raises(UsageError, match="targets of one inventory, not of five-year-report-2025 and ours"):
        target_path((restated, later), pd.Series({"1990": 14500.0}))


def test_a_plan_takes_a_path_as_its_target(one):
    ahead = nc.project(one, **FEW)
    path = path_of(one)
    made = nc.plan(ahead.business_as_usual, [], target_tco2e=path)
    goals = made.emissions().set_index("year")["target_tco2e"]
    assert goals["2032/33"] == pytest.approx(path.at("2032/33"))
    assert goals["2023/24"] == pytest.approx(path.at("2023/24"))
    first = path_of(pd.Series({"2019/20": 9e9}))
    late = replace(first, years=np.array([2050, 2051]), tco2e=np.array([2.0, 1.0]), base_year="2050/51")
    with pytest.raises(UsageError, match="no year after 2050/51"):
        nc.plan(ahead.business_as_usual, [], target_tco2e=late)


def test_both_readings_of_a_window_are_said(one):
    path = path_of(one)
    found, chances = progress(one, path), nc.project(one, to="2040/41", draws=60).chances(path)
    assert [each.due for each in found.windows] == ["2028/29", "2032/33"]
    assert "Read by the first year of its window, 2028/29:" in str(found)
    assert "Read by the end of its window, 2032/33:" in str(found)
    assert "in the first year of its window, 2028/29, or by its end, 2032/33" in path.note
    (said,) = chances.verdicts()
    assert "in the first year of its window, 2028/29, " in said
    assert "by its end, 2032/33, " in said
    chart = nc.chart(nc.project(one, to="2040/41", draws=60), path=path)
    assert said.split(": ")[0] in " ".join(chart.subtitle)
    late = progress(pd.Series({"2019/20": 100.0, "2030/31": 60.0}), path_of(pd.Series({"2019/20": 100.0})))
    assert [np.isnan(each.required_percent) for each in late.windows] == [True, False]
    assert "that year is past" in str(late)


def test_a_measure_that_cannot_be_given_says_why_and_what_to_do():
    path = path_of(pd.Series({"2019/20": 100.0}))
    found = progress(pd.Series({"2024/25": 80.0}), path)
    assert np.isnan(found.pace_ratio)
    assert found.why["pace_ratio"].startswith(
        "it needs 2021/22, three years before. There is no 2021/22. Add the return"
    )
    assert "lacks 2020/21, 2021/22, 2022/23, 2023/24" in found.why["budget_used"]
    assert "pace_ratio: it needs 2021/22" in str(found)
    assert found.to_dict()["why"]["pace_ratio"] == found.why["pace_ratio"]
    assert "Use gap_tco2e" in progress(pd.Series({"2024/25": 120.0}), path).why["years_behind"]
    zero = progress(pd.Series({"2034/35": 30.0}), path)
    assert "State a residual" in zero.why["delay_percent"]
    whole = progress(pd.Series({"2020/21": 95.0, "2021/22": 92.0, "2022/23": 90.0}), path)  # the base is the path's
    assert whole.budget_used == pytest.approx((100 + 95 + 92 + 90) / path.budget("2019/20", "2032/33"))
    assert set(whole.why) == set()
    assert whole.pace_ratio == pytest.approx(whole.required_percent / 100 / (1 - 0.9 ** (1 / 3)))
    with pytest.raises(UsageError, match=r"has no 2023/24, only 2024/25\. There is no 2023/24\. Add the return"):
        progress(pd.Series({"2024/25": 80.0}), path, year="2023/24")


def test_a_name_is_a_boundary_only_where_it_is_one():
    assert of_attributes({}, "tco2e").boundary == of_attributes({}, 3).boundary == ""
    assert of_attributes({}, "Scope 1").boundary == "scope_1"


@settings(max_examples=20, deadline=None)
@given(
    gas=st.lists(st.floats(1e5, 1e8), min_size=2, max_size=4), spend=st.floats(1e4, 1e8), plus=st.booleans(),
    shape=st.sampled_from(["linear", "geometric", "s_curve"]), reading=st.sampled_from(["end", "first", "mean"]),
)  # fmt: skip
def test_a_path_from_a_footprint_equals_that_from_its_series(gas, spend, plus, shape, reading):
    boundary = PLUS if plus else CORE
    table = pd.DataFrame(
        [("RX1", year, *row) for year, kwh in zip(YEARS, gas, strict=False)
         for row in (("energy.natural_gas", kwh, "kWh"), ("spend.sic.26", spend, "GBP"))],
        columns=["organisation", "period", "activity", "quantity", "unit"],
    )  # fmt: skip
    footprint = nc.calculate(table, "nhs-2026.1")
    options = {"shape": shape, "reading": reading, "residual": 0.1}
    held = series_of(footprint, boundary=boundary)
    paths = [path_of(source, boundary, **options) for source in (footprint, held, series(footprint, boundary))]
    for each in paths[1:]:
        np.testing.assert_allclose(each.tco2e, paths[0].tco2e, rtol=1e-12)
        assert each.milestones == paths[0].milestones
    assert (paths[1].organisations, paths[1].digest) == (paths[0].organisations, paths[0].digest)
    found = [progress(source, paths[0]) for source in (footprint, held, series(footprint, boundary))]
    for each in found[1:]:
        np.testing.assert_allclose(each.table["value"], found[0].table["value"], rtol=1e-9)


def test_the_command_line_refuses_what_is_not_the_same(tmp_path, capsys):
    path = tmp_path / "return.csv"
    rows().to_csv(path, index=False)
    command = ["project", str(path), "--method", "nhs-2026.1", "--to", "2032/33", "--draws", "50"]
    target = ["--base-year", "2019/20", "--inventory", "2020-report"]
    assert main([*command, *target, "--base-tco2e", "9"]) == 2
    assert "one year has one base" in capsys.readouterr().err
    assert main([*command, *target, "--boundary", PLUS]) == 0
    told = capsys.readouterr()
    assert "target: linear from" in told.err
    assert "for nhs_carbon_footprint_plus of RX1" in told.err
