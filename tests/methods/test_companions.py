"""What stands beside the path: options, comparisons, missing months, and footprints from outside."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UnitError, UsageError


def test_options_name_what_can_be_entered(method):
    water = nc.methods.options(method, theme="water")
    assert set(water["activity"]) == {"water.supply", "water.treatment", "spend.sic.36", "spend.sic.37"}
    gas = nc.methods.options(method, activity="energy.natural_gas")
    assert set(gas["unit"]) == {"kWh", "kWh_net", "m3"}
    assert set(gas["years"]) == {"2013/14 to 2026/27"}
    assert "energy.heat.district" not in set(nc.methods.options(method, period="2014/15")["activity"])
    assert set(nc.methods.options(method, unit="Litres")["unit"]) == {"litre"}
    with pytest.raises(UsageError, match="no theme"):
        nc.methods.options(method, theme="colour")
    with pytest.raises(UsageError, match="does not cover"):
        nc.methods.options(method, period="2031/32")
    with pytest.raises(UnitError):
        nc.methods.options(method, unit="furlong")


def test_every_option_can_be_entered(method):
    """What is offered must be accepted: every activity and unit of one year, in one table."""
    offered = nc.methods.options(method, period="2025/26")
    sites = [f"S{number}" for number in range(len(offered))]  # one each, so that nothing is counted twice
    table = offered[["activity", "unit"]].assign(organisation="RX1", period="2025/26", quantity=1.0, site=sites)
    assert nc.calculate(table, method).findings.refused == ()


def test_methods_are_compared_and_a_refusal_is_a_row(method, activity_csv):
    path = activity_csv("RX1,2014/15,energy.natural_gas,1000,kWh")
    table = nc.analysis.compare_methods(path, ["nhs-2026.1", method], boundary="scope_1")
    assert table["tco2e"].tolist() == pytest.approx([0.184973003] * 2)  # official factor of the 2014 set
    refused = nc.analysis.compare_methods(path, ["nhs-2026.1"])
    assert refused["tco2e"].isna().all()
    assert "cannot be totalled" in refused["refused"].iloc[0]


def monthly(year, months, quantity, site="A"):
    gas = {"organisation": "RX1", "site": site, "activity": "energy.natural_gas", "unit": "kWh"}
    return [{**gas, "period": f"{year + (m < 4)}-{m:02d}", "quantity": float(quantity(m))} for m in months]


ALL = (*range(4, 13), 1, 2, 3)


def test_missing_months_are_the_mean_of_the_known_ones_and_flagged():
    frame = pd.DataFrame(monthly(2023, [m for m in ALL if m not in (1, 2)], lambda m: 1100 if m == 4 else 100))
    full = nc.activity.estimate_missing_months(frame, rule="pro_rata")
    added = full.iloc[len(frame) :]
    assert sorted(added["period"]) == ["2024-01", "2024-02"]
    # ten known months: April at 1,100 and nine at 100; their mean is 200, their median 100
    assert added["quantity"].tolist() == [200.0, 200.0]
    assert set(added["evidence"]) == {"estimated"}
    assert added["note"].str.contains("pro-rata").all()
    footprint = nc.calculate(full, nc.methodology("nhs-2026.1"))
    assert set(footprint.table["tier"]) == {"unstated", "standard"}


def test_missing_months_from_the_year_before_stay_within_their_series():
    frame = pd.DataFrame(
        monthly(2022, ALL, lambda m: m)
        + monthly(2023, [m for m in ALL if m != 7], lambda m: 100 * m)
        + monthly(2022, ALL, lambda m: 1000 + m, site="B")
        + monthly(2023, [m for m in ALL if m != 8], lambda m: m, site="B")
    )
    added = nc.activity.estimate_missing_months(frame, rule="comparable_period").iloc[len(frame) :]
    assert [tuple(row) for row in added[["site", "period", "quantity"]].to_numpy()] == [
        ("A", "2023-07", 7.0), ("B", "2023-08", 1008.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "rule", "says"),
    [
        (monthly(2023, [4, 5, 6], lambda m: 1), "pro_rata", "cannot be estimated"),
        (monthly(2023, [4, 5, 6, 7, 8], lambda m: 1), "pro_rata", "It needs 6 known months"),
        (monthly(2023, [*ALL[:8], 4], lambda m: 1), "pro_rata", "2023-04: a month is given more than once"),
        (
            [
                *monthly(2023, ALL[:6], lambda m: 1),
                *({**row, "unit": "MWh"} for row in monthly(2023, ALL[6:11], lambda m: 1)),
            ],
            "pro_rata",
            "one series in two units",
        ),
        (monthly(2021, ALL, lambda m: 1) + monthly(2023, ALL[1:], lambda m: 1), "comparable_period", "2023-04"),
        (monthly(2023, [m for m in ALL if m != 7], lambda m: 1), "comparable_period", "2023-07"),
        (monthly(2023, ALL, lambda m: 1), "guess", "no rule"),
        ([{**monthly(2023, [4], lambda m: 1)[0], "period": "2023/24"}], "pro_rata", "whole year"),
        ([{**monthly(2023, [4], lambda m: 1)[0], "quantity": None}], "pro_rata", "is empty"),
    ],
)
def test_a_month_without_anything_to_go_by_is_refused(frame, rule, says):
    with pytest.raises(UsageError, match=says):
        nc.activity.estimate_missing_months(pd.DataFrame(frame), rule=rule)


def test_six_known_months_are_enough_and_each_meter_is_a_series():
    """Two meters of one site: each has its own mean, and neither fills the gaps of the other."""
    one = pd.DataFrame(monthly(2023, ALL[:6], lambda m: 10)).assign(reference="M1")
    two = pd.DataFrame(monthly(2023, ALL[6:], lambda m: 70)).assign(reference="M2")
    full = nc.activity.estimate_missing_months(pd.concat([one, two], ignore_index=True), rule="pro_rata")
    assert full.groupby("reference")["quantity"].agg(["sum", "size"]).to_numpy().tolist() == [[120, 12], [840, 12]]


def test_a_complete_year_gains_nothing():
    frame = pd.DataFrame(monthly(2023, ALL, lambda m: 5))
    pd.testing.assert_frame_equal(nc.activity.estimate_missing_months(frame, rule="pro_rata"), frame)


@pytest.fixture
def central(method):
    rows = pd.DataFrame({
        "organisation": ["RX1", "RX1", "RX1"], "period": ["2023/24"] * 3, "theme": ["water", "medicines", "medicines"],
        "tco2e": [101.0, 5000.0, 250.5], "vintage": ["2022"] * 3, "method_note": ["apportioned centrally"] * 3,
        "tier": ["core", "core", "plus"],
    })  # fmt: skip
    return nc.analysis.supplied_footprint(rows, method, source="Greener NHS")


def test_a_supplied_footprint_stands_beside_and_is_never_added(method, central, activity_csv):
    footprint = nc.calculate(activity_csv("RX1,2023/24,water.supply,1000,m3"), method)
    table = nc.analysis.beside(footprint, central).set_index("theme")
    assert table.loc["water", "tco2e"] == pytest.approx(0.176684546579)  # official factor of the 2023 set
    assert table.loc["water", "supplied_tco2e"] == 101.0
    assert pd.isna(table.loc["medicines", "tco2e"])  # nothing was calculated: empty, not zero
    assert table.loc["medicines", "supplied_tco2e"] == 5250.5
    assert set(table["source"]) == {"Greener NHS"}
    with pytest.raises(UsageError, match=r"holds medicines, which 'nhs_carbon_footprint' leaves out"):
        nc.analysis.beside(footprint, central, "organisation")  # two boundaries side by side
    assert len(nc.analysis.beside(footprint, central, "organisation", boundary="nhs_carbon_footprint_plus")) == 1
    for add in (
        lambda: central + central,
        lambda: footprint + central,
        lambda: central + footprint,
        lambda: sum([central]),
    ):
        with pytest.raises(UsageError, match="never added"):
            add()


def test_the_stamp_of_a_supplied_footprint_does_not_depend_on_row_order(method, central):
    shuffled = central.table.sample(frac=1, random_state=1)
    again = nc.analysis.supplied_footprint(shuffled, method, source="Greener NHS")
    assert again.sha256 == central.sha256
    changed = nc.analysis.supplied_footprint(
        central.table.assign(tco2e=[101.0, 5000.0, 250.6]), method, source="Greener NHS"
    )
    assert changed.sha256 != central.sha256


def test_a_supplied_footprint_with_faults_is_refused_with_all_of_them(method):
    rows = pd.DataFrame({"organisation": ["RX1", ""], "period": ["2023/24"] * 2, "theme": ["colour", "water"],
                         "tco2e": ["x", 1], "vintage": ["", "2022"], "method_note": ["a", "b"]})  # fmt: skip
    with pytest.raises(
        UsageError, match=r"unknown theme 'colour'.*is not a figure.*without organisation.*without vintage"
    ):
        nc.analysis.supplied_footprint(rows, method, source="X")
    with pytest.raises(UsageError, match="needs the column"):
        nc.analysis.supplied_footprint(rows.drop(columns="theme"), method, source="X")


def test_two_figures_for_the_same_thing_in_one_supplied_footprint_are_refused(method, central):
    with pytest.raises(UsageError, match="3 rows give another figure for the same organisation, year, theme and tier"):
        nc.analysis.supplied_footprint(pd.concat([central.table, central.table]), method, source="Greener NHS")


def test_an_organisation_that_looks_like_a_number_stays_text_in_a_supplied_file(method, tmp_path):
    path = tmp_path / "central.csv"
    path.write_text("organisation,period,theme,tco2e,vintage,method_note\n5E1,2023/24,water,101,2022,apportioned\n")
    supplied = nc.analysis.supplied_footprint(path, method, source="Greener NHS")
    assert list(supplied.table["organisation"]) == ["5E1"]
    assert list(supplied.table["vintage"]) == ["2022"]
    assert supplied.total() == 101.0


def test_a_supplied_row_without_a_tier_in_a_table_with_tiers_is_refused(method, central):
    with pytest.raises(UsageError, match="1 rows without tier"):
        nc.analysis.supplied_footprint(central.table.assign(tier=["core", "core", None]), method, source="Greener NHS")


def test_only_supplied_figures_of_the_same_organisations_and_years_stand_beside(method, activity_csv):
    rows = pd.DataFrame({
        "organisation": ["RX1", "RX2", "RX1"], "period": ["2023/24", "2023/24", "2022/23"], "theme": ["water"] * 3,
        "tco2e": [101.0, 7.0, 9.0], "vintage": ["2022"] * 3, "method_note": ["apportioned centrally"] * 3,
    })  # fmt: skip
    supplied = nc.analysis.supplied_footprint(rows, method, source="Greener NHS")
    table = nc.analysis.beside(nc.calculate(activity_csv("RX1,2023/24,water.supply,1000,m3"), method), supplied)
    assert table.set_index("theme").loc["water", "supplied_tco2e"] == 101.0


def test_options_and_comparisons_on_the_command_line(capsys, activity_csv):
    assert main(["method", "options", "nhs-2026.1", "--theme", "water", "--format", "csv"]) == 0
    assert "water.supply,Water supply" in capsys.readouterr().out
    path = str(activity_csv("RX1,2023/24,energy.natural_gas,100000,kWh"))
    assert main(["method", "compare", path, "nhs-2026.1", "--boundary", "scope_1"]) == 0
    assert "18.29" in capsys.readouterr().out
    assert main(["method", "options", "nhs-2026.1", "--theme", "water", "--unit", "km"]) == 2
