"""Part of a year is not a year: it is in no path, progress, projection, walk or back-test of a footprint."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from nhscarbon.periods import months_of
from nhscarbon.trajectory import back_test, progress, random_walk, series_of

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
FEW = {"to": "2034/35", "draws": 50}


def year(period, code="RX1", months=12, kwh=24e6):
    """Return months of gas, of the twelve of a year."""
    return [(code, month, "energy.natural_gas", kwh / 12, "kWh") for month in months_of(period)[:months]]


def calculated(*parts):
    return nc.calculate(pd.DataFrame([row for part in parts for row in part], columns=COLUMNS), "nhs-2026.1")


@pytest.fixture(scope="module")
def with_a_quarter():
    """Five whole years, each 3 % less, and three months of the sixth."""
    whole = [year(each, kwh=24e6 * 0.97**place) for place, each in enumerate(YEARS)]
    return calculated(*whole, year("2024/25", months=3, kwh=20e6))


def path_of(source, **options):
    return nc.targets().path(source, boundary=CORE, base_year="2019/20", inventory="2020-report", **options)


def test_a_quarter_is_taken_for_no_year(with_a_quarter):
    """A quarter was taken as a year, 13.7 years ahead of its path."""
    held = series_of(with_a_quarter)
    assert held.index.tolist() == [2019, 2020, 2021, 2022, 2023]
    assert held.attrs["left_out"] == {"2024/25": "3 of 12 months of Fossil fuels"}
    assert series_of(with_a_quarter, whole=False).index.tolist()[-1] == 2024
    path = path_of(with_a_quarter)
    found = progress(with_a_quarter, path)
    assert found.year == "2023/24"
    assert found.years_behind > -2
    with pytest.raises(UsageError, match=r"no 2024/25.*2024/25 is not a whole year \(3 of 12 months of Fossil fuels\)"):
        progress(with_a_quarter, path, year="2024/25")
    walk, tested = random_walk(with_a_quarter), back_test(with_a_quarter, years_ahead=(1,))
    assert walk.last_year == 2023
    for notes in ((path.note,), found.notes, walk.notes, tested.notes):
        assert "Left out, as not a whole year: 2024/25 (3 of 12 months of Fossil fuels)" in " ".join(notes)
    assert "2024/25 (3 of 12 months" in str(found)
    assert "2024/25 (3 of 12 months" in str(tested)


def test_a_projection_starts_from_the_last_whole_year_and_says_so(with_a_quarter):
    ahead = nc.project(with_a_quarter, **FEW)
    assert ahead.base == "2023/24"
    assert ahead.history.index.tolist()[-1] == 2023
    told = ahead.assumptions[ahead.assumptions["status"] == "left out"]
    assert told[["years", "assumption"]].to_numpy().tolist() == [
        ["2024/25", "not a whole year, left out: 3 of 12 months of Fossil fuels"]
    ]
    assert "Left out, as not a whole year: 2024/25" in str(ahead)
    assert "2024/25" not in nc.chart(ahead).table.dropna(subset=["measured_tco2e"])["year"].tolist()
    with pytest.raises(UsageError, match=r"2024/25 is not a whole year: 3 of 12 months of Fossil fuels") as refused:
        nc.project(with_a_quarter, base="2024/25", **FEW)
    assert "fill_gaps" in refused.value.advice


def test_a_quarter_alone_is_refused_everywhere():
    quarter = calculated(year("2024/25", months=3))
    path = path_of(pd.Series({"2019/20": 4000.0}))
    for use in (
        lambda: nc.project(quarter, **FEW), lambda: progress(quarter, path), lambda: random_walk(quarter),
        lambda: path.readings(quarter), lambda: series_of(quarter), lambda: back_test(quarter),
        lambda: path_of(quarter, base_tco2e=4000.0),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=r"No year is whole: 2024/25 \(3 of 12 months of Fossil fuels\)"):
            use()


def test_a_base_year_that_is_a_part_starts_no_path():
    footprint = calculated(year("2019/20", months=9), year("2020/21"))
    with pytest.raises(UsageError, match=r"series does not hold\. 2019/20 is not a whole year \(9 of 12 months"):
        path_of(footprint)
    assert path_of(footprint, base_tco2e=5000.0).at("2019/20") == 5000.0


def test_months_missing_in_the_plus_alone_leave_the_footprint_whole():
    spend = [("RX1", month, "spend.sic.26", 1e5, "GBP") for month in months_of("2021/22")[:10]]
    footprint = calculated(year("2020/21"), year("2021/22"), spend)
    assert series_of(footprint, boundary=CORE).index.tolist() == [2020, 2021]
    assert series_of(footprint, boundary=PLUS).index.tolist() == [2020]
    path = nc.targets().path(footprint, boundary=PLUS, base_year="2019/20", inventory="2020-report", base_tco2e=9e3)
    assert progress(footprint, path).year == "2020/21"


def test_a_year_in_which_a_member_sent_nothing_is_no_fall():
    both = [year(each, code) for each in YEARS[:3] for code in ("RX1", "RR8")]
    footprint = calculated(*both, year("2022/23", "RX1"))
    held = series_of(footprint)
    assert held.index.tolist() == [2019, 2020, 2021]
    assert held.attrs["left_out"] == {"2022/23": "RR8: nothing sent"}
    assert progress(footprint, path_of(footprint)).year == "2021/22"
    ahead = nc.project(footprint, **FEW)
    assert ahead.base == "2021/22"
    others = nc.project(footprint, base="2022/23", **FEW)
    assert others.subject.organisations == ("RX1",)
    alone = series_of(footprint.filter(organisation="RX1"))
    assert others.history.to_dict() == pytest.approx(alone.to_dict())  # of RX1 alone: no fall
    with pytest.raises(UsageError, match="only the path has RR8"):
        others.chances(path_of(footprint))


def test_the_command_line_says_what_it_leaves_out(tmp_path, capsys):
    path = tmp_path / "return.csv"
    pd.DataFrame([*year("2022/23"), *year("2023/24", months=4)], columns=COLUMNS).to_csv(path, index=False)
    assert main(["project", str(path), "--method", "nhs-2026.1", "--to", "2030/31", "--draws", "50"]) == 0
    told = capsys.readouterr()
    assert "from 2022/23 to 2030/31" in told.out
    assert "Left out, as not a whole year: 2023/24 (4 of 12 months of Fossil fuels)" in told.out
    assert "assumed: measured years, 2023/24: not a whole year, left out" in told.err
