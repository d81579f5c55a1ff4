"""Bridges across mergers, of two years of one footprint, and from totals: defaults, refusals and what is said."""

import os
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import BoundaryError, UsageError

SHARED = Path(os.environ.get("NHSCARBON_SHARED", Path(__file__).resolve().parents[3] / "shared"))
HEAD = ["organisation", "period", "activity", "quantity", "unit"]
GAS = "energy.natural_gas"
BEFORE = {"RTG": 100e6, "RJF": 50e6, "RFS": 10e6, "ZZ9": 5e6}  # RJF went into RTG on 1 July 2018; ZZ9 is no code
AFTER = {"RTG": 140e6, "RFS": 9e6, "ZZ9": 6e6}
LAST_DAY = "2024-03-31"


def gas(year, amounts, method, **options):
    rows = pd.DataFrame([(who, year, GAS, amount, "kWh") for who, amount in amounts.items()], columns=HEAD)
    return nc.calculate(rows, method, **options)


@pytest.fixture(scope="module")
def pair():
    method = nc.methodology("nhs-2026.1")
    return gas("2016/17", BEFORE, method), gas("2023/24", AFTER, method)


@pytest.fixture(scope="module")
def base():
    rows = [("RTG", "2016/17", "fossil_fuels", 18_000.0), ("RJF", "2016/17", "fossil_fuels", 9_000.0),
            ("RFS", "2016/17", "fossil_fuels", 2_000.0), ("RTG", "2016/17", "medicines", 5_000.0)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["organisation", "period", "theme", "tco2e"])
    frame = frame.assign(vintage="2022", method_note="apportioned centrally")
    return nc.analysis.supplied_footprint(frame, nc.methodology("nhs-2026.1"), source="Greener NHS")


def by_organisation(change):
    return change.by("organisation").set_index("organisation")


def test_a_merger_is_no_activity_by_default(pair):
    found = by_organisation(nc.compare(*pair))
    assert list(found.index) == ["RFS", "RTG", "ZZ9"]  # what the release does not hold stays under its own code
    assert (found[["entered_tco2e", "left_tco2e"]] == 0).all(axis=None)
    assert found.loc["RTG", "activity_tco2e"] < 0  # 150 became 140 GWh


def test_the_change_says_what_was_put_into_what(pair):
    change = nc.compare(*pair)
    assert change.notes[0] == "RJF in RTG, on the map of 31 March 2024."
    assert change.notes[0] in str(change)
    assert (change.on_map, change.restated) == (LAST_DAY, (("RJF", "RTG", 1.0),))
    told = change.to_dict()
    assert told["restated"] == [{"from": "RJF", "to": "RTG", "share": 1.0}]
    assert change.title.startswith("3 organisations, 2016/17 -> 2023/24")


def test_as_reported_is_as_reported(pair):
    found = by_organisation(nc.compare(*pair, restate=""))
    assert found.loc["RJF", "left_tco2e"] == -found.loc["RJF", "before_tco2e"] < 0
    assert found.loc["RTG", "activity_tco2e"] > 0  # the wrong sign, which is what was asked for
    assert nc.compare(*pair, restate="").on_map == ""


def test_a_day_before_the_merger_leaves_both_trusts(pair):
    change = nc.compare(*pair, restate="2018-06-30")
    assert "RJF" in by_organisation(change).index
    assert change.notes[0] == "On the map of 30 June 2018: no organisation had closed."
    with pytest.raises(UsageError, match="not a day"):
        nc.compare(*pair, restate="2018")


def test_the_way_back_is_on_the_same_map(pair):
    there, back = nc.compare(*pair).total(), nc.compare(*reversed(pair)).total()
    assert there["activity_tco2e"] == pytest.approx(-back["activity_tco2e"], rel=1e-12)
    assert there["left_tco2e"] == back["entered_tco2e"] == 0


def test_codes_that_were_not_looked_up_are_never_restated(method):
    pair = gas("2016/17", BEFORE, method, organisations=None), gas("2023/24", AFTER, method, organisations=None)
    assert "RJF" in by_organisation(nc.compare(*pair)).index
    with pytest.raises(UsageError, match="not looked up"):
        nc.compare(*pair, restate=LAST_DAY)


def test_restating_then_comparing_is_comparing_then_restating(method):
    known = [{who: amount for who, amount in each.items() if who != "ZZ9"} for each in (BEFORE, AFTER)]
    pair = gas("2016/17", known[0], method), gas("2023/24", known[1], method)
    rolled = [nc.roll_up(each, to="trust", restate=LAST_DAY) for each in pair]
    first, second = by_organisation(nc.compare(*pair)), by_organisation(nc.compare(*rolled))
    pd.testing.assert_frame_equal(first, second, rtol=1e-9, check_names=False)
    assert "Rolled up by trust, restated to 2024-03-31" in nc.compare(*rolled).notes[0]


def test_a_system_is_split_by_trust_across_a_merger(method):
    known = [{who: amount for who, amount in each.items() if who != "ZZ9"} for each in (BEFORE, AFTER)]
    pair = gas("2016/17", known[0], method), gas("2023/24", known[1], method)
    system = nc.compare(*(nc.roll_up(each, to="england") for each in pair))  # each on the map of its own last day
    assert by_organisation(system).shape[0] == 1
    members = system.by("member").set_index("member")
    pd.testing.assert_frame_equal(members, by_organisation(nc.compare(*pair)), rtol=1e-9, check_names=False)


def test_two_levels_or_two_days_are_refused(pair, method):
    known = {who: amount for who, amount in BEFORE.items() if who != "ZZ9"}
    footprint = gas("2023/24", {"RTG": 1e6, "RFS": 1e6}, method)
    first = gas("2016/17", known, method)
    with pytest.raises(UsageError, match="on two maps"):
        nc.compare(nc.roll_up(first, to="england"), footprint)
    with pytest.raises(UsageError, match="on two maps"):
        nc.compare(
            nc.roll_up(first, to="trust", restate=LAST_DAY), nc.roll_up(footprint, to="trust", restate="2025-03-31")
        )
    nc.compare(nc.roll_up(first, to="england"), footprint, match=())  # a whole is a whole


def test_two_years_of_one_footprint_are_named(pair):
    both = pair[0] + pair[1]
    pd.testing.assert_frame_equal(nc.compare(both, years=("2016/17", "2023-24")).by(), nc.compare(*pair).by())
    with pytest.raises(UsageError, match=r"holds 2016/17, 2023/24.*years=\('2016/17', '2023/24'\)"):
        nc.compare(both)
    with pytest.raises(UsageError, match="does not hold 2019/20; it holds 2016/17, 2023/24"):
        nc.compare(both, years=("2016/17", "2019/20"))
    for wrong in (("2016/17",), "2016/17", ("2016/17", "2016/17"), ("2016/17", "soon")):
        with pytest.raises(UsageError, match="year"):
            nc.compare(both, years=wrong)
    with pytest.raises(UsageError, match="Give a second"):
        nc.compare(pair[0])
    with pytest.raises(UsageError, match="takes footprints, not a DataFrame"):
        nc.compare(pair[0], pair[1].table)


def test_a_part_of_a_footprint_by_theme_is_compared_as_such(method):
    rows = [("RX1", year, what, amount, unit) for year, scale in (("2022/23", 1), ("2023/24", 2))
            for what, amount, unit in ((GAS, 1e6 * scale, "kWh"), ("water.supply", 1e4 * scale, "m3"))]  # fmt: skip
    both = nc.calculate(pd.DataFrame(rows, columns=HEAD), method)
    part = nc.compare(both.filter(theme="water"), years=("2022/23", "2023/24"))
    whole = nc.compare(both, years=("2022/23", "2023/24")).by("theme").set_index("theme")
    assert part.total() == pytest.approx(whole.loc["water"].to_dict())
    with pytest.raises(UsageError, match="a part of a footprint by package"):
        nc.compare(both.filter(package="ukgov-2022@1.0.0"), both.filter(package="ukgov-2023@1.0.0"))


def test_totals_change_as_wholes_on_one_map(base, pair):
    change = nc.compare(base, pair[1])
    fossil = change.by("organisation", "theme").set_index(["organisation", "theme"]).xs("fossil_fuels", level="theme")
    assert fossil.loc["RTG", "before_tco2e"] == 27_000
    assert fossil.loc["RTG", "supplied_tco2e"] == fossil.loc["RTG", "after_tco2e"] - 27_000
    lines = change.table.set_index(["organisation", "theme"])
    assert lines.loc[("RTG", "fossil_fuels"), "why"] == "supplied as a total: changes as a whole"
    assert lines.loc[("ZZ9", "fossil_fuels"), "why"] == "not in the first footprint"
    said = str(change)
    for words in ("as supplied by Greener NHS", "RJF in RTG", "changes as a whole", "Supplied but not in NHS Carbon"):
        assert words in said, words
    assert change.stamps[0].input_sha256 == base.sha256
    assert len(change.factors) == 0


def test_totals_can_come_second_and_only_once(base, pair):
    there, back = nc.compare(base, pair[1]).total(), nc.compare(pair[1], base).total()
    assert there["supplied_tco2e"] == -back["supplied_tco2e"]
    assert there["entered_tco2e"] == -back["left_tco2e"]
    with pytest.raises(UsageError, match="both footprints are known as totals"):
        nc.compare(base, base)
    with pytest.raises(UsageError, match="no column 'site'"):
        nc.compare(base, pair[1], match=("organisation", "site"))
    power = pd.DataFrame([("RTG", "2016/17", "energy_well_to_tank", 9_000.0, "2022", "apportioned")],
                         columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"])  # fmt: skip
    with pytest.raises(BoundaryError, match="only a part of energy_well_to_tank"):  # it counts transmission alone
        nc.compare(
            nc.analysis.supplied_footprint(power, "nhs-2026.1", source="Greener NHS"),
            pair[1],
            boundary="direct_and_transmission",
        )
    with pytest.raises(UsageError, match="no boundary of its own"):
        nc.compare(base, pair[1], boundary=("nhs_carbon_footprint", "nhs_carbon_footprint_plus"))


def test_the_derbyshire_trusts_did_less_and_not_more():
    """Burton's estates returns are RJF's own in 2016/17 and RTG's in 2023/24."""
    folder = SHARED / "originals" / "eric"
    if not folder.is_dir():
        pytest.skip("SKIPPED ALOUD: the published estates returns are not here: set NHSCARBON_SHARED")
    method, trusts = nc.methodology("nhs-2026.1"), ["RTG", "RFS", "RXM", "RY8", "RJF"]
    pair = [nc.calculate(nc.read_eric(folder / file), method).filter(organisation=trusts)
            for file in ("eric-2016-17.xls", "eric-2023-24-site.csv")]  # fmt: skip
    restated, reported = nc.compare(*pair), nc.compare(*pair, restate="")
    assert round(restated.total()["activity_tco2e"]) == -3_564
    assert round(reported.total()["activity_tco2e"]) == 5_219
    assert restated.notes[0] == "RJF in RTG, on the map of 31 March 2024."
