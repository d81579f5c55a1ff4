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


def test_a_trust_that_merged_leaves_no_gap_as_reported_either(system, method):
    rows = system[system["period"].isin(["2016/17", "2023/24"])]
    footprint = nc.calculate(rows, method, themes=nc.example(THEMES))
    assert whole_periods(footprint)["complete"].all()
    found = whole_years(footprint)
    assert found.loc[found["organisation"] == "RJF", "period"].tolist() == ["2016/17"]
    unknown = nc.calculate(rows, method, organisations=None)
    assert not whole_periods(unknown)["complete"].all()  # without a release nobody knows that it closed


# --- and where they stand -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(method):
    return nc.analysis.supplied_footprint(nc.example("derbyshire-base-2019-20.csv"), method, source="invented")


def stand(rows, method, base, boundary=HEADLINE):
    footprint = nc.calculate(rows, method, themes=nc.example(THEMES), keep=("month",))
    table = nc.monitor(footprint, "nhs-net-zero-1", base=base, boundary=boundary).table
    return table.set_index("organisation")


def test_a_latest_year_without_one_member_cannot_be_judged_and_is_no_fall(system, method, base):
    rows = system[~((system["organisation"] == "RFS") & system["period"].str.startswith(("2024", "2025")))]
    found = stand(rows, method, base)
    assert found.loc["system", "status"] == "cannot_say"
    assert "RFS sent nothing" in found.loc["system", "why"]
    assert pd.isna(found.loc["system", "gap_tco2e"])
    assert found.loc["RTG", "status"] == "off_track"  # the others are judged


def test_a_missing_middle_year_of_a_member_leaves_the_year_out_and_judges_the_rest(system, method, base):
    rows = system[~((system["organisation"] == "RFS") & (system["period"] == "2022/23"))]
    found, whole = stand(rows, method, base), stand(system, method, base)
    for name in ("status", "gap_tco2e", "allowance_tco2e"):
        assert found.loc["system", name] == whole.loc["system", name], name
    assert "2022/23 is left out" in found.loc["system", "why"]


def test_a_base_that_lacks_a_member_cannot_say(system, method, base):
    found = stand(system, method, base.filter(organisation=["RTG", "RFS", "RXM"]))
    assert found.loc[["RY8", "system"], "status"].tolist() == ["cannot_say", "cannot_say"]
    assert found.loc["RTG", "status"] == "off_track"


def test_a_quarter_is_never_years_ahead_of_its_path(system, method, base):
    """April to June alone would be far below any path."""
    quarter = ["2025-04", "2025-05", "2025-06"]
    later = [f"2025-{month:02d}" for month in range(7, 11)]
    rows = system[~system["period"].isin(later)]
    found = stand(rows, method, base)
    assert set(found["period"]) == {"2024/25"}
    assert found["gap_years"].max() < 6
    alone = system[system["period"].isin(quarter)]
    assert set(stand(alone, method, base)["status"]) == {"cannot_say"}


def test_thirteen_months_without_one_in_the_middle_are_no_year(system, method, base):
    """December 2024 is missing of one trust, though April 2025 was sent: nothing is said of 2024/25."""
    rows = system[~((system["organisation"] == "RTG") & (system["period"] == "2024-12"))]
    found = stand(rows, method, base)
    assert found.loc["RTG", "status"] == found.loc["system", "status"] == "cannot_say"
    assert "11 of 12 months" in found.loc["RTG", "why"]
    assert found.loc["RFS", "status"] != "cannot_say"


@pytest.mark.parametrize(
    ("path_of", "judged", "error"),
    [(("RTG", PLUS), ("RTG", HEADLINE), nc.BoundaryError), (("RTG", HEADLINE), ("RTG", PLUS), nc.BoundaryError),
     (("RTG", HEADLINE), ("RFS", HEADLINE), nc.UsageError)],
)  # fmt: skip
def test_a_path_judges_only_what_it_is_for(system, method, base, path_of, judged, error):
    rows = system[system["period"].isin(["2022/23", "2023/24"])]
    footprint = nc.calculate(rows, method, themes=nc.example(THEMES))
    organisation, boundary = path_of
    targets = nc.targets("nhs-net-zero-1")
    own = base.filter(organisation=organisation)
    mine = footprint.filter(organisation=organisation)
    path = targets.path(mine, boundary=boundary, base_year="2019/20", inventory="2020-report", base=own)
    organisation, boundary = judged
    with pytest.raises(error):
        nc.trajectory.progress(footprint.filter(organisation=organisation), path, boundary=boundary)


def test_two_supplied_years_are_not_added_and_nothing_is_added_to_them(method, base):
    twice = pd.concat([base.table, base.table.assign(period="2020/21")])
    supplied = nc.analysis.supplied_footprint(twice, method, source="invented")
    with pytest.raises(nc.PeriodError):
        supplied.total()
    with pytest.raises(nc.UsageError, match="never added"):
        _ = base + supplied


def test_two_years_without_anything_inside_a_boundary_have_a_change_of_nothing(method):
    """Commuting alone: nothing of it is in the NHS Carbon Footprint."""
    rows = [("RTG", year, "commute.car.average.unknown", 100.0, "km") for year in ("2022/23", "2023/24")]
    footprint = nc.calculate(
        pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"]), method
    )
    change = nc.compare(footprint, years=("2022/23", "2023/24"))
    assert set(change.total().values()) == {0.0}
    assert nc.compare(footprint, years=("2022/23", "2023/24"), boundary=PLUS).total()["after_tco2e"] > 0
