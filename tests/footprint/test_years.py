"""Several NHS years are never added in silence, and a part of a footprint is the sum of its rows."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.footprint.certificate import certificate
from nhscarbon.footprint.document import json_document
from nhscarbon.footprint.whole_years import whole_periods, whole_years

COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
ROWS = [
    ("RX1", "2022/23", "energy.natural_gas", 1_000_000, "kWh"),
    ("RX1", "2022/23", "energy.electricity.grid", 500_000, "kWh"),
    ("RX1", "2023/24", "energy.natural_gas", 900_000, "kWh"),
    ("RX1", "2023/24", "energy.electricity.grid", 400_000, "kWh"),
    ("RTG", "2022/23", "energy.natural_gas", 2_000_000, "kWh"),
    ("RTG", "2023/24", "energy.natural_gas", 2_100_000, "kWh"),
]


@pytest.fixture(scope="module")
def method():
    return nc.methodology("nhs-2026.1")


@pytest.fixture(scope="module")
def footprint(method):
    return nc.calculate(pd.DataFrame(ROWS, columns=COLUMNS), method)


def test_a_total_of_several_years_is_refused_with_what_to_do(footprint):
    with pytest.raises(nc.PeriodError, match="2 NHS years, 2022/23 to 2023/24") as caught:
        footprint.total()
    assert "filter(period='2023/24')" in caught.value.advice
    assert "across_years=True" in caught.value.advice
    with pytest.raises(nc.PeriodError):
        _ = footprint.totals


def test_years_are_added_where_it_is_asked_for(footprint):
    # 3,000,000 kWh of gas in each year by the sets of 2022 and 2023, and the electricity of RX1
    gas = 3000 * (0.18254 + 0.0311) + 3000 * (0.182928926174 + 0.03021)
    grid = 500 * (0.19338 + 0.01769 + 0.00423 + 0.04625) + 400 * (0.207074288591 + 0.0179151114094 + 0.00397 + 0.0459)
    assert footprint.total(across_years=True) == pytest.approx(gas + grid)
    assert footprint.by()["tco2e"].sum() == pytest.approx(gas + grid)
    whole = footprint.by("theme", across_years=True)
    assert list(whole) == ["theme", "tco2e"]
    each = footprint.by("theme")
    assert whole["tco2e"].tolist() == pytest.approx(each.groupby("theme")["tco2e"].sum().tolist())


def test_the_year_comes_first_where_it_is_not_named(footprint):
    assert list(footprint.by("theme", "organisation")) == ["period", "theme", "organisation", "tco2e"]
    assert list(footprint.by()) == ["period", "tco2e"]
    assert list(footprint.by("theme", "period")) == ["theme", "period", "tco2e"]
    assert list(footprint.filter(period="2022/23").by("theme")) == ["theme", "tco2e"]


def test_a_part_is_the_sum_of_the_rows_that_fit(footprint):
    table = footprint.table
    inside = table[footprint.inside()]
    for where in ({"organisation": "RX1"}, {"theme": "energy_well_to_tank"}, {"activity": "energy.natural_gas"},
                  {"component": "direct", "organisation": ["RX1", "RTG"]}, {"scope": "1"}):  # fmt: skip
        rows = inside
        for name, words in where.items():
            rows = rows[rows[name].astype(str).isin([words] if isinstance(words, str) else words)]
        assert len(rows)
        part = footprint.filter(**where)
        for year in part.periods:
            of_year = rows.loc[rows["period"].astype(str) == year, "kgco2e"].sum() / 1000
            assert part.filter(period=year).total() == pytest.approx(of_year, rel=1e-12)


def test_parts_of_one_footprint_can_be_put_together_and_not_twice(footprint):
    years = [footprint.filter(period=year) for year in footprint.periods]
    assert sum(years) == footprint
    with pytest.raises(nc.MixedMethodError, match="same rows"):
        _ = footprint.filter(organisation="RX1") + years[0]


def test_a_part_by_theme_is_not_its_whole_and_says_so(footprint):
    part = footprint.filter(theme="energy_well_to_tank")
    assert part != footprint
    assert "theme energy_well_to_tank" in str(part)
    with pytest.raises(nc.UsageError, match="different columns"):
        _ = part + footprint


def test_a_part_keeps_what_was_found_of_its_own(method):
    rows = [(*row[:3], row[3], row[4]) for row in ROWS if row[:2] != ("RTG", "2023/24")]
    whole = nc.calculate(
        pd.DataFrame([*rows, ("RX1", "2024-04", "energy.natural_gas", 9000, "kWh")], columns=COLUMNS), method
    )
    about = {(each.organisation, each.period) for each in whole.findings}
    assert ("RX1", "2024/25") in about
    part = whole.filter(organisation="RTG")
    assert {each.organisation for each in part.findings} <= {"", "RTG"}
    assert {each.period for each in whole.filter(period="2022/23").findings} <= {"", "2022/23"}


@pytest.mark.parametrize(("where", "said"), [
    ({"period": "2031/32"}, "no row"), ({"perod": "2022/23"}, "did you mean 'period'"), ({}, "names what to keep"),
    ({"period": []}, "names what to keep"),
])  # fmt: skip
def test_a_filter_of_nothing_is_refused(footprint, where, said):
    with pytest.raises(nc.UsageError, match=said):
        footprint.filter(**where)


def test_documents_and_certificates_give_each_year_its_totals(footprint):
    totals = footprint.totals_by_year
    assert list(totals) == ["2022/23", "2023/24"]
    assert totals["2022/23"]["scope_1"] == pytest.approx(3000 * 0.18254)
    assert totals["2023/24"]["scope_1"] == pytest.approx(3000 * 0.182928926174)
    assert set(json.loads(json.dumps(footprint.to_dict()))["totals_tco2e"]) == set(totals)
    assert json_document(footprint)["totals"] == totals
    about = certificate(footprint).about["totals_tco2e"]
    assert about["2023/24"]["scope_1"] == repr(totals["2023/24"]["scope_1"])


def test_a_quarter_and_a_silent_member_are_no_whole_year(method):
    rows = [("RX1", f"2024-{month:02d}", "energy.natural_gas", 100_000, "kWh") for month in (4, 5, 6)]
    footprint = nc.calculate(pd.DataFrame([*ROWS, *rows], columns=COLUMNS), method)
    found = whole_years(footprint).set_index(["organisation", "period"])
    assert found.loc[("RX1", "2023/24"), "complete"]
    assert found.loc[("RX1", "2024/25"), "why"] == "3 of 12 months of Fossil fuels"
    assert found.loc[("RX1", "2024/25"), "months"] == 3
    assert found.loc[("RTG", "2024/25"), "why"] == "nothing sent"
    years = whole_periods(footprint).set_index("period")
    assert years["complete"].tolist() == [True, True, False]
    assert years.loc["2024/25", "why"] == "RTG: nothing sent; RX1: 3 of 12 months of Fossil fuels"
    assert years.loc["2024/25", "months"] == 3


def test_charts_and_ranges_have_each_year_by_itself(footprint):
    drawn = nc.chart(footprint).table
    assert drawn["tco2e"].tolist() == pytest.approx(
        footprint.by("theme").set_index(["period", "theme"])["tco2e"].loc[
            [*drawn[["period", "theme"]].itertuples(index=False, name=None)]
        ].tolist()
    )  # fmt: skip
    assert drawn.groupby("period")["share"].sum().tolist() == pytest.approx([1, 1])
    assert set(nc.chart(footprint, kind="tiers").table["period"]) == set(footprint.periods)
    assert nc.uncertainty(footprint, draws=20).table["period"].tolist() == ["2022/23", "2023/24"]
    assert len(nc.uncertainty(footprint, draws=20, across_years=True).table) == 1


def months_of_year(year, activity, quantity, months):
    return [("RX1", f"{year + (month < 4)}-{month:02d}", activity, quantity, "kWh") for month in months]


WHOLE = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)


def test_months_of_gas_that_are_missing_are_not_hidden_by_oil(method):
    rows = [*months_of_year(2022, "energy.natural_gas", 100_000, WHOLE),
            *months_of_year(2022, "energy.gas_oil", 50, WHOLE),
            *months_of_year(2023, "energy.natural_gas", 100_000, WHOLE[6:]),
            *months_of_year(2023, "energy.gas_oil", 50, WHOLE)]  # fmt: skip
    footprint = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)
    found = whole_years(footprint).set_index("period")
    assert found["complete"].to_dict() == {"2022/23": True, "2023/24": False}
    assert found.loc["2023/24", "why"] == "6 of 12 months of Fossil fuels"
    assert "6 of 12 months" in footprint.label()
    late = footprint.filter(period="2023/24")
    assert "6 of 12 months" in late.label()
    assert any("6 of 12 months" in note for note in nc.compare(footprint, years=("2022/23", "2023/24")).notes)


def test_a_change_of_tariff_in_the_year_and_a_small_activity_lack_no_months(method):
    rows = [*months_of_year(2022, "energy.electricity.grid", 100_000, WHOLE),
            *months_of_year(2022, "energy.gas_oil", 50, WHOLE),
            *months_of_year(2023, "energy.electricity.grid", 100_000, WHOLE[:6]),
            *months_of_year(2023, "energy.electricity.green_tariff", 100_000, WHOLE[6:]),
            *months_of_year(2023, "energy.gas_oil", 50, WHOLE)]  # fmt: skip
    footprint = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)
    assert whole_years(footprint)["complete"].all()


def test_months_taken_out_of_a_year_leave_a_part_of_it(method):
    rows = months_of_year(2022, "energy.natural_gas", 100_000, WHOLE)
    footprint = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method, keep=("month",))
    part = footprint.filter(month=["2022-04", "2022-05", "2022-06"])
    assert whole_years(part)["why"].tolist() == ["3 of 12 months of Fossil fuels"]
    assert "part of the year: 3 of 12 months" in part.label()
    with pytest.raises(nc.UsageError, match="part of a footprint"):
        nc.monitor(part, "nhs-net-zero-1")


def test_the_same_rows_of_two_calculations_are_not_added_as_parts(method, footprint):
    again = nc.calculate(pd.DataFrame(ROWS, columns=COLUMNS), method)
    with pytest.raises(nc.MixedMethodError, match="count twice"):
        _ = again.filter(period="2023/24") + footprint.filter(organisation="RX1")


def test_two_footprints_that_count_one_thing_twice_only_together_are_not_added(method):
    diesel = [("RX1", "2019/20", "fleet.fuel.diesel", 1000, "litre"),
              ("RX1", "2019/20", "fleet.fuel.diesel", 2000, "GBP_2019_pump")]  # fmt: skip
    litres, pounds, other = (
        nc.calculate(pd.DataFrame([row], columns=COLUMNS), method)
        for row in (*diesel, ("RTG", "2019/20", "fleet.fuel.diesel", 2000, "GBP_2019_pump"))
    )
    with pytest.raises(nc.MixedMethodError, match="would count twice: fuel of the fleet is given in pounds"):
        _ = litres + pounds
    assert (litres + other).total() == pytest.approx(litres.total() + other.total())


def test_the_labels_of_each_year_say_what_that_year_covers(method):
    rows = [*ROWS[:2], ("RX1", "2022/23", "water.supply", 10, "m3"), ROWS[2]]
    labels = json_document(nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method))["labels"]
    core = {year: labels[year]["nhs_carbon_footprint"] for year in ("2022/23", "2023/24")}
    assert core == {"2022/23": "NHS Carbon Footprint, partial: 3 of 10 themes",
                    "2023/24": "NHS Carbon Footprint, partial: 1 of 10 themes"}  # fmt: skip
