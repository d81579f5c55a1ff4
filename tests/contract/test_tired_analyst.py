"""What a tired analyst sends at the end of a day, and what must not come out of it."""

import pandas as pd
import pytest

import derbyshire
import nhscarbon as nc
from derbyshire import HEADLINE, PLUS
from nhscarbon.footprint.whole_years import whole_periods, whole_years

THEMES = "derbyshire-themes.csv"


@pytest.fixture(scope="module")
def system():
    return derbyshire.system()


def codes(refusal):
    return {finding.code for finding in refusal.findings if finding.severity.startswith("reject")}


def test_twelve_months_of_two_years_are_no_year(system, method):
    """October to September: twelve months, and not one whole NHS year."""
    year = [f"2024-{month:02d}" for month in range(10, 13)] + [f"2025-{month:02d}" for month in range(1, 10)]
    rows = system[(system["organisation"] == "RTG") & system["period"].isin(year)]
    footprint = nc.calculate(rows, method)
    assert footprint.periods == ("2024/25", "2025/26")
    with pytest.raises(nc.PeriodError):
        footprint.total()
    found = whole_years(footprint)
    assert found["complete"].tolist() == [False, False]
    assert found["months"].tolist() == [6, 6]


def test_months_beside_their_own_year_are_refused(system, method):
    rows = system[(system["organisation"] == "RFS") & system["period"].str.startswith("2024-")]
    gas = rows[rows["activity"] == "energy.natural_gas"]
    whole = gas.iloc[:1].assign(period="2024/25", quantity=gas["quantity"].sum())
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(pd.concat([rows, whole]), method)
    assert "months_beside_year" in codes(refused.value)


def test_the_code_of_a_trust_that_merged_is_refused_after_the_merger(system, method):
    rows = system[(system["organisation"] == "RTG") & (system["period"] == "2023/24")]
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(rows.assign(organisation="RJF"), method)
    assert codes(refused.value) == {"organisation_closed"}
    assert "RTG" in str(refused.value)


@pytest.mark.parametrize("boundary", [HEADLINE, PLUS])
def test_a_year_without_one_member_is_no_year_of_the_system(system, method, boundary):
    short = system[~((system["organisation"] == "RFS") & (system["period"] == "2022/23"))]
    short = short[short["period"] != "2016/17"]
    footprint = nc.calculate(short, method, themes=nc.example(THEMES))
    found = whole_periods(footprint, boundary).set_index("period")
    assert found["complete"].to_dict() == {
        "2021/22": True, "2022/23": False, "2023/24": True, "2024/25": True, "2025/26": False,
    }  # fmt: skip
    assert found.loc["2022/23", "why"] == "RFS: nothing sent"


def test_a_trust_that_merged_leaves_no_gap_in_the_years_after(system, method):
    """Burton sent nothing in 2023/24 because it was part of Derby by then."""
    rows = system[system["period"].isin(["2016/17", "2023/24"])]
    footprint = nc.calculate(rows, method, themes=nc.example(THEMES))
    restated = nc.roll_up(footprint, to="trust", restate="2026-04-01")
    assert whole_periods(restated)["complete"].all()


@pytest.mark.xfail(reason="a code that had closed by then counts as one that sent nothing", strict=True)
def test_a_trust_that_merged_leaves_no_gap_as_reported_either(system, method):
    rows = system[system["period"].isin(["2016/17", "2023/24"])]
    footprint = nc.calculate(rows, method, themes=nc.example(THEMES))
    assert whole_periods(footprint)["complete"].all()
