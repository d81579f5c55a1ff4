"""Targets: the published figures, base conversion, shapes, budgets, and progress against a path."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.errors import IntegrityError, NHSCarbonError, PeriodError, UnreadableError, UsageError
from nhscarbon.methods.data_package import seal
from nhscarbon.trajectory.monitoring.progress import progress
from nhscarbon.trajectory.targets.series import series_of, year_number
from nhscarbon.trajectory.targets.shapes import through
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath

HEADER = "target,boundary,kind,first_year,last_year,reduction_percent,base_year,inventory,status,source,note"


@pytest.fixture
def plan(tmp_path):
    """Write a local plan and return its path."""

    def write(*rows, header=HEADER, name="our-plan.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def one(base="2020", last="2032", percent="80", kind="interim", first=None):
    return f"ours,nhs_carbon_footprint,{kind},{first or last},{last},{percent},{base},,local,our board,"


def local(plan, tonnes, **about):
    path_options = {name: about.pop(name) for name in ("shape", "residual", "reading") if name in about}
    return nc.targets(plan(one(**about)))["ours"].path(pd.Series({"2020": tonnes}), **path_options)


def test_the_national_targets_are_those_that_were_published():
    held = {each.target: each for each in nc.targets()}
    names = ("interim", "net-zero", "plus-interim", "plus-net-zero")
    found = [held[f"carbon-footprint-{name}"] for name in names]
    assert [(each.first_year, each.last_year, each.reduction_percent) for each in found] == [
        (2028, 2032, 80), (2040, 2040, 100), (2036, 2039, 80), (2045, 2045, 100)]  # fmt: skip
    assert {each.base_year for each in found} == {"1990"}
    assert {each.target: (each.inventory, each.reduction_percent) for each in held.values() if each.inventory} == {
        "carbon-footprint-interim-on-2019": ("2020-report", 47),
        "carbon-footprint-plus-interim-on-2019": ("2020-report", 73),
        "carbon-footprint-interim-restated": ("five-year-report-2025", 80),
    }
    assert all(each.source for each in held.values())
    frame = nc.targets().table
    assert len(frame) == len(nc.targets()) == 7


@pytest.mark.parametrize(
    ("year", "inventory", "expected"),
    [("2019/20", "2020-report", 100 * (1 - 0.2 * 16.2 / 6.1)), ("2024/25", "five-year-report-2025", 38.3)],
)
def test_a_target_is_brought_to_another_base_within_one_inventory(year, inventory, expected):
    """The 2020 report prints at least 47 % on 2019/20, the five-year report 38 % from 2024/25."""
    converted = nc.targets()["carbon-footprint-interim"].on(year, inventory=inventory)
    assert converted.reduction_percent == pytest.approx(expected, abs=0.05)
    assert converted.base_year == year
    assert converted.target == f"carbon-footprint-interim-on-{year}"
    assert converted.status.startswith("derived")


def test_conversion_there_and_back_is_the_same_cut():
    there = nc.targets()["carbon-footprint-interim"].on("2024/25", inventory="five-year-report-2025")
    assert there.on("1990", inventory="five-year-report-2025").reduction_percent == pytest.approx(80, rel=1e-12)


def test_a_percentage_never_moves_to_another_inventory():
    with pytest.raises(UsageError, match="holds on the inventory 2020-report alone"):
        nc.targets()["carbon-footprint-interim-on-2019"].on("2024/25", inventory="five-year-report-2025")
    with pytest.raises(UsageError, match=r"2020-report has no total of 2024/25 for nhs_carbon_footprint, only of 1990"):
        nc.targets()["carbon-footprint-interim"].on("2024/25", inventory="2020-report")
    with pytest.raises(UsageError, match="2020-report has no total of 1990"):
        nc.targets()["carbon-footprint-plus-interim"].on("2020/21", inventory="2020-report")


def test_a_boundary_takes_the_printed_cut_before_a_converted_one():
    national = nc.targets()
    printed = national.of("nhs_carbon_footprint", base_year="2019/20", inventory="2020-report")
    assert [each.reduction_percent for each in printed] == [47, 100]
    converted = national.of("nhs_carbon_footprint", base_year="2019/20", inventory="five-year-report-2025")
    assert converted[0].reduction_percent == pytest.approx(100 * (1 - 0.2 * 14.5 / 5.465))
    assert [each.last_year for each in national.of("nhs_carbon_footprint_plus", base_year="1990")] == [2039, 2045]
    with pytest.raises(UsageError, match=r"no cut for nhs_carbon_footprint on 2019/20: it has them on 1990"):
        national.of("nhs_carbon_footprint", base_year="2019/20")
    with pytest.raises(UsageError, match="no target for scope_1"):
        national.of("scope_1", base_year="1990")


def test_a_path_through_all_targets_ends_at_net_zero():
    path = nc.targets().path(pd.Series({"2019/20": 100.0}), boundary="nhs_carbon_footprint", base_year="2019/20",
                             inventory="2020-report")  # fmt: skip
    assert path.at("2032/33") == pytest.approx(53)
    assert path.at("2036/37") == pytest.approx(53 / 2)
    assert path.at("2040/41") == 0 == path.at("2049/50")
    assert "2020-report alone" in path.note
    assert path.table.columns.tolist() == ["year", "tco2e"]


def test_budgets_of_the_two_shapes(plan):
    """100 to 20 in 20 years: 1260.0 straight, 1054.6723167 by the same percentage each year."""
    straight, steady = (local(plan, 100.0, last="2040", shape=shape) for shape in ("linear", "geometric"))
    assert straight.budget(2020, 2040) == pytest.approx(1260.0, rel=1e-12)
    assert steady.budget(2020, 2040) == pytest.approx(1054.6723167, abs=5e-8)
    assert steady.budget(2020, 2040) == pytest.approx(math.fsum(100 * 0.2 ** (n / 20) for n in range(21)), rel=1e-12)


@given(start=st.floats(1, 1e6), end=st.floats(0.001, 1e6), years=st.integers(2, 40), cut=st.integers(0, 38),
       shape=st.sampled_from(["linear", "geometric", "s_curve"]))  # fmt: skip
def test_every_shape_meets_both_ends_and_budgets_add_up(start, end, years, cut, shape):
    span, values = through([(2000, start), (2000 + years, end)], shape)
    path = TargetPath(span, values, (Milestone("ours", "interim", 2000 + years, 2000 + years, end),), shape, "end",
                      "2000", "")  # fmt: skip
    assert values[0] == pytest.approx(start, rel=1e-9)
    assert values[-1] == end
    middle = 2000 + min(cut, years - 1)
    whole = path.budget(2000, 2000 + years)
    assert path.budget(2000, middle) + path.budget(middle + 1, 2000 + years) == pytest.approx(whole, rel=1e-12)
    assert (np.diff(values) * (end - start) >= -1e-9 * max(start, end) ** 2).all()


def test_an_s_curve_is_slow_at_both_ends():
    _, values = through([(0, 100.0), (20, 0.0)], "s_curve")
    logistic = [1 / (1 + math.exp(-10 * (n / 20 - 0.5))) for n in (0, 5, 20)]
    assert values[5] == pytest.approx(100 * (1 - (logistic[1] - logistic[0]) / (logistic[2] - logistic[0])))
    assert values[10] == pytest.approx(50)
    assert -np.diff(values)[0] < 5 < -np.diff(values)[9]


def test_a_window_is_met_first_in_the_middle_or_by_its_end(plan):
    due = {reading: local(plan, 100.0, first="2028", reading=reading) for reading in ("first", "mean", "end")}
    assert [due[name].at(2028) for name in ("first", "mean", "end")] == pytest.approx([20, 36, 100 - 80 * 8 / 12])
    assert due["mean"].at(2030) == due["first"].at(2032) == due["end"].at(2032) == pytest.approx(20)


def test_a_window_has_three_readings(plan):
    path = local(plan, 100.0, first="2028")
    series = pd.Series(
        {str(year): tonnes for year, tonnes in zip(range(2028, 2033), (30, 25, 20, 15, 10), strict=True)}
    )
    found = path.readings(series).set_index("reading")
    assert found["tco2e"].to_dict() == {"first": 30, "mean": 20, "end": 10}
    assert found["gap_tco2e"].round(9).to_dict() == {"first": 10, "mean": 0, "end": -10}
    assert path.readings(series.iloc[1:]).set_index("reading")["gap_tco2e"].isna().to_dict() == {
        "first": True, "mean": True, "end": False}  # fmt: skip


def test_a_greater_cut_allows_less_in_every_year(plan):
    paths = [local(plan, 100.0, percent=str(percent), shape=shape)
             for shape in ("linear", "geometric", "s_curve") for percent in (20, 50, 90)]  # fmt: skip
    for mild, harder in (paths[:2], paths[1:3], paths[3:5], paths[4:6], paths[6:8], paths[7:9]):
        assert (harder.tco2e[1:] < mild.tco2e[1:]).all()


def test_net_zero_leaves_the_residual_that_is_stated(plan):
    assert local(plan, 200.0, percent="100", kind="net_zero", residual=0.1, shape="geometric").at(2032) == 20
    with pytest.raises(UsageError, match="never comes to zero: state a residual"):
        local(plan, 200.0, percent="100", kind="net_zero", shape="geometric")


def test_pace_of_a_trust_that_is_behind(plan):
    """100 in 2020, to be 20 in 2032; 78 in 2026."""
    path = local(plan, 100.0)
    found = progress(pd.Series({"2020": 100.0, "2026": 78.0}), path)
    assert found.allowed_tco2e == pytest.approx(60)
    assert found.gap_tco2e == pytest.approx(18)
    assert found.years_behind == pytest.approx(2.7)
    assert found.required_percent == pytest.approx(20.2943, abs=5e-5)
    assert found.required_percent == pytest.approx(100 * (1 - (20 / 78) ** (1 / 6)))
    assert found.required_percent_of_base == pytest.approx(9.6667, abs=5e-5)
    assert found.time_used == 0.5
    assert math.isnan(found.budget_used)  # the years between were not measured
    assert math.isnan(found.pace_ratio)
    assert found.table["measure"].tolist()[:3] == ["tco2e", "allowed_tco2e", "gap_tco2e"]


def test_the_cost_of_delay_is_the_slope_of_the_required_rate(plan):
    path, step = local(plan, 100.0), 1e-5
    found = progress(pd.Series({"2020": 100.0, "2026": 78.0}), path)
    required = [100 * (1 - (20 / 78) ** (1 / (6 - wait))) for wait in (-step, step)]
    of_base = [100 * (78 - 20) / ((6 - wait) * 100) for wait in (-step, step)]
    assert found.delay_percent == pytest.approx((required[1] - required[0]) / (2 * step), rel=1e-6)
    assert found.delay_percent_of_base == pytest.approx((of_base[1] - of_base[0]) / (2 * step), rel=1e-6)


def test_pace_and_budget_of_a_whole_history(plan):
    history = pd.Series({str(2020 + n): 100 * 0.95**n for n in range(6)})
    found = progress(history, local(plan, 100.0))
    assert found.pace_ratio == pytest.approx((1 - (20 / history["2025"]) ** (1 / 7)) / 0.05)
    assert found.budget_used == pytest.approx(history.sum() / sum(100 - 80 * n / 12 for n in range(13)))
    assert progress(pd.Series({"2020": 100.0, "2023": 120.0}), local(plan, 100.0)).pace_ratio == math.inf


def test_a_path_restated_on_another_inventory_is_another_target():
    """The base year is restated, not the actuals: the equal percentage allows other tonnes."""
    national = nc.targets()["carbon-footprint-interim"]
    old, new = (national.path(pd.Series({"1990": base})) for base in (16_200.0, 14_500.0))
    assert old.at(2032) == pytest.approx(3240)
    assert new.at(2032) == pytest.approx(2900)  # the five-year report prints 2.9 Mt


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nc.targets("no-such-plan"), "there is no plan, folder or CSV file"),
        (lambda: nc.targets()["no-such-target"], "has no target 'no-such-target'"),
        (lambda: nc.targets()["carbon-footprint-interim"].path(pd.Series({"2023/24": 1.0})),
         "is a cut on 1990, which the series does not hold"),
        (lambda: nc.targets()["carbon-footprint-interim"].path(pd.Series({"1990": 0.0})), "must be above 0 tCO2e"),
        (lambda: nc.targets()["carbon-footprint-interim"].path(pd.Series({"1990": 1.0}), shape="wavy"), "no shape"),
        (lambda: nc.targets()["carbon-footprint-interim"].path(pd.Series({"1990": 1.0}), reading="x"), "no reading"),
        (lambda: nc.targets()["carbon-footprint-interim"].path(pd.Series({"1990": 1.0}), residual=1), "a residual is"),
        (lambda: series_of(pd.Series({"2023/24": 1.0, "2023": 2.0})), "holds a year twice"),
        (lambda: series_of(pd.Series({"2023/24": math.nan})), "without a figure"),
        (lambda: series_of(pd.Series(dtype=float)), "no years"),
        (lambda: through([(2000, 1.0)], "linear"), "two points or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_path_is_refused_with_advice(call, message):
    with pytest.raises(NHSCarbonError, match=message):
        call()


def test_budgets_and_progress_outside_the_path_are_refused(plan):
    path = local(plan, 100.0)
    with pytest.raises(UsageError, match="begins in 2020; it has no 2019"):
        path.at(2019)
    with pytest.raises(UsageError, match="is after"):
        path.budget(2025, 2024)
    assert math.isnan(path.year_of(120.0))
    with pytest.raises(UsageError, match="no milestone of the path lies after"):
        progress(pd.Series({"2020": 100.0, "2032": 20.0}), path)
    with pytest.raises(UsageError, match="the series has no 2021/22"):
        progress(pd.Series({"2020": 100.0}), path, year="2021/22")


def test_a_month_is_no_year():
    with pytest.raises(PeriodError, match="is a month"):
        year_number("2023-05")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (one(percent="120"), "a cut of 120 %"), (one(percent="most"), "could not convert"),
        (one(base="2040"), "do not follow each other"), (one(kind="better"), "'better' is not one of"),
        (one().replace("our board", ""), "no source"), (f"{one()}\n{one()}", "appears twice"),
        (one(base="2020-21x"), "is not a period"),
    ],
)  # fmt: skip
def test_a_row_that_is_no_target_is_refused(plan, row, message):
    with pytest.raises(IntegrityError, match=message):
        nc.targets(plan(row))


def test_a_table_without_the_columns_of_targets_is_refused(plan):
    with pytest.raises(UnreadableError, match="it lacks boundary"):
        nc.targets(plan("ours", header="target"))


def test_a_sealed_folder_is_a_plan_of_its_own(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "targets.csv").write_text(f"{HEADER}\n{one()}\n", "utf-8")
    (folder / "datapackage.json").write_text('{"name": "ours", "version": "1", "title": "t", "kind": "targets"}')
    seal(folder)
    assert nc.targets(folder)["ours"].reduction_percent == 80
