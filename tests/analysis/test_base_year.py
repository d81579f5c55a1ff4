"""Base years: mergers and methods restate what they touch, small changes add up, and no version is lost."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UnreadableError, UsageError

BASE = "2016/17"


def calculated(method, *rows):
    frame = pd.DataFrame(rows, columns=["organisation", "period", "quantity"])
    return nc.calculate(frame.assign(activity="energy.natural_gas", unit="kWh"), method)


@pytest.fixture(scope="module")
def years(method):
    """Three trusts of Manchester and Leeds: two of them merge on 2017-10-01."""
    return calculated(method, ("RM2", BASE, 1e6), ("RW3", BASE, 3e6), ("RR8", BASE, 5e6), ("R0A", "2018/19", 4e6),
                      ("RR8", "2018/19", 4.9e6))  # fmt: skip


@pytest.fixture(scope="module")
def hierarchy():
    return nc.hierarchy("ods-2026-07")


def test_a_merger_restates_the_base_year_of_what_it_touches_and_of_nothing_else(hierarchy, years):
    record = nc.analysis.base_year(years, BASE, on="2017-09-30")
    merged = nc.roll_up(years, hierarchy, to="trust", restate="2018-04-01")
    record = record.log(merged, kind="structure", description="RM2 and RW3 became R0A", on="2017-10-01")
    assert {change.organisation for change in record.pending} == {"RM2", "RW3", "R0A"}
    assert math.fsum(change.effect_tco2e for change in record.pending) == pytest.approx(0, abs=1e-9)
    assert record.due == ("R0A", "RM2", "RW3")
    second = record.recalculate(merged, reason="merger of 2017", on="2018-04-01")
    old, new = (version.figures for version in second.versions)
    assert new["R0A", BASE] == pytest.approx(old["RM2", BASE] + old["RW3", BASE], rel=1e-12)
    assert new["RR8", BASE] == old["RR8", BASE]
    assert ("RM2", BASE) not in new
    assert second.pending == ()
    assert [version.number for version in second.versions] == [1, 2]
    assert second.versions[0] == record.versions[0]
    assert second.latest.map == "2018-04-01"


def test_a_trust_that_takes_in_another_is_tested_against_its_own_base(hierarchy, method):
    footprint = calculated(method, ("RH8", "2019/20", 8e6), ("RBZ", "2019/20", 2e6))
    record = nc.analysis.base_year(footprint, "2019/20", on="2020-06-01")
    record = record.log(nc.roll_up(footprint, hierarchy, to="trust", restate="2022-04-01"), kind="structure",
                        description="RBZ joined RH8", on="2022-04-01")  # fmt: skip
    table = record.significance().set_index("organisation")
    assert table.loc["RH8", "cumulative_percent"] == pytest.approx(25)
    assert table.loc["RBZ", "cumulative_percent"] == pytest.approx(100)
    assert bool(table.loc["RH8", "due"])


def test_a_change_of_method_is_a_change_of_the_base_year(method):
    rows = [("RR8", "2019/20", 10.0)]
    frame = pd.DataFrame(rows, columns=["organisation", "period", "quantity"])
    frame = frame.assign(activity="anaesthetic.desflurane", unit="kg")
    one = nc.calculate(frame, method)
    other = nc.calculate(frame, nc.methodology("nhs-2026.1-rcoa"))
    record = nc.analysis.base_year(one, "2019/20", on="2026-01-01").log(
        other, kind="method", description="RCoA's potentials", on="2026-04-01"
    )
    (change,) = record.pending
    assert change.effect_tco2e == pytest.approx(10 * (2720 - 1790) / 1000)  # GWP 2720 against AR5's 1790
    assert record.recalculate(other, reason="method", on="2026-04-01").latest.methodology == "nhs-2026.1-rcoa"


def grown(method, *kwh):
    return [calculated(method, ("RR8", "2019/20", quantity)) for quantity in kwh]


def test_small_changes_add_up_to_a_recalculation(method):
    start, two, four, six = grown(method, 100_000, 102_000, 104_000, 106_000)
    record = nc.analysis.base_year(start, "2019/20", on="2021-01-01")
    record = record.log(two, kind="error", description="a late bill", on="2021-02-01")
    assert record.due == ()
    record = record.log(four, kind="error", description="another", on="2021-03-01", before=two)
    assert record.due == ()
    record = record.log(six, kind="error", description="a third", on="2021-04-01", before=four)
    assert record.due == ("RR8",)
    assert record.significance()["cumulative_percent"].tolist() == pytest.approx([6])


def test_changes_that_hide_one_another_are_seen(method):
    start, up, down = grown(method, 100_000, 104_000, 100_500)
    record = nc.analysis.base_year(start, "2019/20", on="2021-01-01")
    record = record.log(up, kind="error", description="up", on="2021-02-01")
    record = record.log(down, kind="error", description="down", on="2021-03-01", before=up)
    assert record.significance()["net_tco2e"].iloc[0] == pytest.approx(start.total() * 0.005)
    assert record.due == ("RR8",)


def test_the_threshold_is_a_choice_and_nothing_is_rounded_up_to_it(method):
    start, five = grown(method, 100_000, 104_999)
    of = {
        percent: nc.analysis.base_year(start, "2019/20", on="2021-01-01", threshold_percent=percent)
        for percent in (5, 4.9)
    }
    due = {
        percent: record.log(five, kind="error", description="x", on="2021-02-01").due for percent, record in of.items()
    }
    assert due == {5: (), 4.9: ("RR8",)}
    with pytest.raises(UsageError, match="above 0"):
        nc.analysis.base_year(start, "2019/20", on="2021-01-01", threshold_percent=0)


def test_pending_changes_are_not_counted_again(method):
    start, two, four = grown(method, 100_000, 102_000, 104_000)
    record = nc.analysis.base_year(start, "2019/20", on="2021-01-01").log(
        two, kind="error", description="a", on="2021-02-01"
    )
    with pytest.raises(UsageError, match="give `before`"):
        record.log(four, kind="error", description="b", on="2021-03-01")


def test_the_statement_is_a_draft_with_the_figures_and_both_versions(hierarchy, method):
    footprint = calculated(method, ("RH8", "2019/20", 8e6), ("RBZ", "2019/20", 2e6))
    record = nc.analysis.base_year(footprint, "2019/20", on="2020-06-01")
    record = record.log(nc.roll_up(footprint, hierarchy, to="trust", restate="2022-04-01"), kind="structure",
                        description="RBZ joined RH8", on="2022-04-01")  # fmt: skip
    text = record.statement("RH8")
    base = footprint.by("organisation").set_index("organisation")["tco2e"]
    assert text.startswith("DRAFT. Base year 2019/20 of RH8, nhs_carbon_footprint.\nRecalculation is due:")
    assert "25.0 % of its" in text
    assert f"RBZ joined RH8: +{base['RBZ']:,.2f} tCO2e" in text
    assert f"becomes {base.sum():,.2f} tCO2e" in text
    assert "Version 1 stays on record" in text
    with pytest.raises(UsageError, match="no change of the base year of 'RR8'"):
        record.statement("RR8")


def test_an_organisation_without_a_base_year_is_told_what_to_do(hierarchy, method):
    """R0A began in 2017 from two trusts, so it has nothing of its own in 2016/17."""
    footprint = calculated(method, ("RW3", "2016/17", 6e6), ("RM2", "2016/17", 2e6), ("RR8", "2016/17", 3e6))
    record = nc.analysis.base_year(footprint, "2016/17", on="2017-06-01")
    record = record.log(nc.roll_up(footprint, hierarchy, to="trust", restate="2018-04-01"), kind="structure",
                        description="RW3 and RM2 became R0A", on="2017-10-01")  # fmt: skip
    table = record.significance()
    assert np.isfinite(table.drop(columns=["organisation", "due", "why"]).to_numpy()).sum() == 3 * len(table) - 2
    assert not np.isinf(table["cumulative_percent"]).any()
    new = table.set_index("organisation").loc["R0A"]
    assert bool(new["due"])
    assert new["why"] == "it has no base year in version 1 (2017-06-01, nhs-2026.1)"
    text = record.statement("R0A")
    base = footprint.by("organisation").set_index("organisation")["tco2e"]
    assert "add up to it" not in text
    assert "inf" not in text.split()
    assert "nan" not in text
    assert text.splitlines()[1] == ("Recalculation is due: it has no base year in version 1 (2017-06-01, nhs-2026.1).")
    assert f"its base year is {base['RW3'] + base['RM2']:,.2f} tCO2e. Put it on record: recalculate" in text
    assert "no later year of R0A can be compared with 2016/17" in text
    assert (
        record.recalculate(
            nc.roll_up(footprint, hierarchy, to="trust", restate="2018-04-01"), reason="merger", on="2017-10-01"
        ).pending
        == ()
    )


def test_a_base_year_of_no_tonnes_has_no_percentage(method):
    start, later = grown(method, 0.0, 5_000.0)
    record = nc.analysis.base_year(start, "2019/20", on="2021-01-01")
    record = record.log(later, kind="error", description="a bill that was missing", on="2021-02-01")
    row = record.significance().iloc[0]
    assert (row["base_tco2e"], bool(row["due"])) == (0.0, True)
    assert np.isnan(row["cumulative_percent"])
    text = record.statement("RR8")
    assert "is 0 tCO2e, of which there is no percentage" in text
    assert f"The base year becomes {later.total():,.2f} tCO2e" in text


def test_a_record_is_only_ever_continued(tmp_path, method):
    start, six = grown(method, 100_000, 106_000)
    record = nc.analysis.base_year(start, "2019/20", on="2021-01-01")
    path = record.save(tmp_path / "base.json")
    later = record.log(six, kind="error", description="x", on="2021-02-01").recalculate(
        six, reason="x", on="2021-02-01"
    )
    later.save(path)
    assert nc.analysis.load_base_year(path) == later
    assert len(later.table) == 2
    before = path.read_bytes()
    with pytest.raises(UsageError, match="nothing on record is overwritten"):
        record.save(path)
    other = nc.analysis.base_year(six, "2019/20", on="2021-01-01")
    with pytest.raises(UsageError, match="nothing on record is overwritten"):
        other.save(path)
    assert path.read_bytes() == before


def test_what_is_no_record_or_has_no_base_year_is_refused(tmp_path, method):
    (start,) = grown(method, 100_000)
    with pytest.raises(UsageError, match="nothing of the base year 2015/16"):
        nc.analysis.base_year(start, "2015/16", on="2021-01-01")
    record = nc.analysis.base_year(start, "2019/20", on="2021-01-01")
    with pytest.raises(UsageError, match="nothing of the base year 2019/20"):
        record.recalculate(calculated(method, ("RR8", "2020/21", 1.0)), reason="x", on="2021-02-01")
    with pytest.raises(UsageError, match="not 'whim'"):
        record.log(start, kind="whim", description="x", on="2021-02-01")
    (tmp_path / "no.json").write_text(json.dumps({"format": 9}), "utf-8")
    for name in ("no.json", "absent.json"):
        with pytest.raises(UnreadableError, match="not a record of a base year"):
            nc.analysis.load_base_year(tmp_path / name)
