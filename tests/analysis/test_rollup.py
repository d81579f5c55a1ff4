"""Roll-ups: sites, places, shares, boards' own activity, recharges; and what is refused, with what to do."""

import math

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.rollup.rollup import NOT_PLACED, RECHARGES
from nhscarbon.cli import main
from nhscarbon.errors import HierarchyError, UnreadableError, UsageError

MAP = "2026-04-01"


@pytest.fixture(scope="module")
def hierarchy():
    return nc.hierarchy("ods-2026-07")


@pytest.fixture(scope="module")
def footprint_of(method):
    """Calculate a footprint of kWh of gas by organisation, period and what else is kept."""

    def calculated(*rows, keep=()):
        names = ["organisation", "period", "quantity", *keep]
        frame = pd.DataFrame(rows, columns=names).assign(activity="energy.natural_gas", unit="kWh")
        return nc.calculate(frame, method, keep=keep, organisations=None)  # closed and unknown codes are rolled up too

    return calculated


def by(rolled, *columns):
    return {
        tuple(row[:-1]) if len(columns) > 1 else row[0]: row[-1] for row in rolled.by(*columns).itertuples(index=False)
    }


def test_sites_are_in_their_trusts_and_trusts_in_their_boards(hierarchy, footprint_of):
    footprint = footprint_of(("RR813", "2023/24", 1000), ("RR8", "2023/24", 500))
    assert set(by(nc.roll_up(footprint, hierarchy, to="trust"), "organisation")) == {"RR8"}
    assert by(nc.roll_up(footprint, hierarchy, to="icb"), "organisation")["QWO"] == pytest.approx(
        footprint.total(), rel=1e-15
    )


def test_practices_are_in_networks_sub_board_locations_boards_and_regions(hierarchy, footprint_of):
    footprint = footprint_of(("B86001", "2023/24", 1000), ("A81001", "2023/24", 700))
    pcn = nc.analysis.placings(footprint, hierarchy, to="pcn").table.set_index("reported_by")["organisation"]
    assert pcn.to_dict() == {"A81001": "U89141", "B86001": "U78449"}  # core partners in ePCN.xlsx
    assert set(by(nc.roll_up(footprint, hierarchy, to="icb"), "organisation")) == {"QHM", "QWO"}
    assert set(by(nc.roll_up(footprint, hierarchy, to="region"), "organisation")) == {"Y63"}


def test_a_boards_own_activity_stays_with_the_board(hierarchy, footprint_of):
    footprint = footprint_of(("QWO", "2023/24", 1000), ("RR8", "2023/24", 500), ("X2C4Y", "2023/24", 20))
    rolled = nc.roll_up(footprint, hierarchy, to="icb")
    assert set(by(rolled, "organisation")) == {"QWO"}
    assert set(by(rolled, "organisation", "reported_by")) == {("QWO", "QWO"), ("QWO", "RR8"), ("QWO", "X2C4Y")}


def test_a_place_that_a_system_supplies_is_a_level(hierarchy, footprint_of):
    footprint = footprint_of(("RR8", "2023/24", 1000), ("RGD", "2023/24", 500))
    places = pd.DataFrame({"child": ["RR8", "RGD", "RGD"], "parent": ["Leeds", "Leeds", "Wakefield"], "level": "place",
                           "share": ["1", "0.75", "0.25"]})  # fmt: skip
    own = dict(footprint.by("organisation").itertuples(index=False))
    rolled = nc.roll_up(footprint, hierarchy.with_local(places), to="place")
    assert by(rolled, "organisation") == pytest.approx(
        {"Leeds": own["RR8"] + 0.75 * own["RGD"], "Wakefield": 0.25 * own["RGD"]}
    )
    placed = nc.analysis.placings(footprint, hierarchy.with_local(places), to="place").table
    assert placed["share"].tolist() == [0.75, 0.25, 1.0]
    with pytest.raises(HierarchyError, match="holds no place: give your own"):
        nc.roll_up(footprint, hierarchy, to="place")


def test_a_trust_in_two_boards_is_shared_on_the_days_that_are_given(hierarchy, footprint_of):
    footprint = footprint_of(("RR8", "2022/23", 1000), ("RR8", "2023/24", 1000))
    shares = pd.DataFrame({"child": "RR8", "parent": ["QWO", "QOQ"], "level": "icb", "share": [0.9, 0.1],
                           "valid_from": "2023-04-01", "valid_to": "2024-04-01", "source": "agreed"})  # fmt: skip
    held = nc.hierarchy("ods-2026-07", local=shares)
    rolled = nc.roll_up(footprint, held, to="icb")
    table = nc.analysis.placings(footprint, held, to="icb").table.set_index(["period", "organisation"])["share"]
    assert table.to_dict() == {("2022/23", "QWO"): 1.0, ("2023/24", "QOQ"): 0.1, ("2023/24", "QWO"): 0.9}
    assert rolled.by()["tco2e"].tolist() == pytest.approx(footprint.by()["tco2e"].tolist(), rel=1e-12)
    after = nc.roll_up(footprint, held, to="icb", restate=MAP)
    assert after.sums.columns["organisation"].labels == ("QWO",)  # the shares end in April 2024


def test_local_rows_that_do_not_add_up_are_refused_all_at_once(hierarchy):
    with pytest.raises(
        UsageError, match=r"RR8 at level icb from .* add up to 0.9.*\n?.*two parents|two parents.*0\.9|0\.9"
    ):
        hierarchy.with_local(pd.DataFrame({"child": ["RR8", "RAE", "RAE"], "parent": ["QWO", "QWO", "QOP"],
                                           "level": "icb", "share": ["0.9", "1", "1"]}))  # fmt: skip
    with pytest.raises(UsageError, match="no column level"):
        hierarchy.with_local(pd.DataFrame({"child": ["RR8"], "parent": ["QWO"]}))
    with pytest.raises(UsageError, match=r"row 2: level 'borough' is none of"):
        hierarchy.with_local(pd.DataFrame({"child": ["RR8"], "parent": ["QWO"], "level": ["borough"]}))


def test_a_place_inside_itself_is_refused(hierarchy):
    rows = {"child": ["RR8", "Leeds", "North"], "parent": ["Leeds", "North", "Leeds"], "level": "place"}
    with pytest.raises(UsageError, match="Leeds is a member of itself through North"):
        hierarchy.with_local(pd.DataFrame(rows))


def test_recharges_between_members_are_taken_out_once_and_said(hierarchy, footprint_of):
    rows = [("RR8", "2023/24", 1000, ""), ("RGD", "2023/24", 300, "RR8"), ("RGD", "2023/24", 50, "Acme Ltd"),
            ("R0A", "2023/24", 200, "RR8"), ("RAE", "2023/24", 70, "RCF")]  # fmt: skip
    footprint = footprint_of(*rows, keep=("supplier",))
    per_kwh = footprint.total() / sum(row[2] for row in rows)
    icb = nc.roll_up(footprint, hierarchy, to="icb", eliminate=RECHARGES)
    # RGD bought from RR8, both in West Yorkshire; R0A is in another board; RCF sent no return, so nothing repeats
    assert by(icb, "organisation") == pytest.approx({"QOP": 200 * per_kwh, "QWO": (1000 + 50 + 70) * per_kwh})
    out = nc.analysis.recharges(footprint, hierarchy, to="icb")
    assert out[["organisation", "period", "reported_by", "supplier"]].to_numpy().tolist() == [
        ["QWO", "2023/24", "RGD", "RR8"]
    ]
    assert icb.total() + math.fsum(out["tco2e"]) == pytest.approx(footprint.total(), rel=1e-12)
    england = nc.analysis.recharges(footprint, hierarchy, to="england")
    assert math.fsum(england["tco2e"]) == pytest.approx(500 * per_kwh)
    with pytest.raises(UsageError, match="keep=\\('supplier',\\)"):
        nc.roll_up(footprint_of(("RR8", "2023/24", 1)), hierarchy, to="icb", eliminate=RECHARGES)


def test_what_cannot_be_placed_is_refused_by_name_or_kept_by_request(hierarchy, footprint_of):
    footprint = footprint_of(("ROA", "2023/24", 10), ("RQF", "2023/24", 20), ("RR8", "2023/24", 30))
    with pytest.raises(HierarchyError) as refused:
        nc.roll_up(footprint, hierarchy, to="icb")
    text = str(refused.value)
    assert text.startswith("2 of the organisations and periods cannot be placed at level icb.")
    assert "ROA  2023/24 on 2024-03-31: unknown" in text
    assert "did you mean R0A" in text
    assert "RQF  2023/24 on 2024-03-31: no parent" in text
    rolled = nc.roll_up(footprint, hierarchy, to="icb", unplaced="keep")
    assert set(by(rolled, "organisation")) == {"QWO", NOT_PLACED}
    assert rolled.total() == pytest.approx(footprint.total(), rel=1e-15)
    codes = {finding.code for finding in rolled.findings} - {finding.code for finding in footprint.findings}
    assert codes == {"organisation_unknown", "organisation_not_placed"}


def test_a_footprint_of_unknown_codes_only_is_refused_like_any_other(hierarchy, footprint_of):
    footprint = footprint_of(("ZZZZZ", "2023/24", 10))
    with pytest.raises(HierarchyError, match="ZZZZZ  2023/24 on 2024-03-31: unknown"):
        nc.roll_up(footprint, hierarchy, to="icb")
    assert by(nc.roll_up(footprint, hierarchy, to="icb", unplaced="keep"), "organisation") == {
        NOT_PLACED: footprint.total()
    }


def test_a_merger_is_not_undone(hierarchy, footprint_of):
    footprint = footprint_of(("R0D", "2023/24", 10))
    with pytest.raises(HierarchyError, match=r"R0D  2023/24 on 2020-04-01: not open yet.*\n.*Restate to a later day"):
        nc.roll_up(footprint, hierarchy, to="icb", restate="2020-04-01")
    with pytest.raises(HierarchyError, match="from 2020-04-01 on: restate to that day or a later one"):
        nc.roll_up(footprint, hierarchy, to="icb", restate="2019-04-01")


def test_a_code_that_closed_before_its_year_is_followed_and_said(hierarchy, footprint_of):
    footprint = footprint_of(("RM2", "2023/24", 10))
    rolled = nc.roll_up(footprint, hierarchy, to="icb")
    assert set(by(rolled, "organisation")) == {"QOP"}
    assert {*rolled.findings} >= {*nc.analysis.placings(footprint, hierarchy, to="icb").findings}
    (finding,) = nc.analysis.placings(footprint, hierarchy, to="icb").findings.findings
    assert finding.code == "organisation_closed"
    assert "RM2 closed on 2017-10-01; its successor is R0A." in finding.message


def test_a_body_that_closes_in_its_year_is_on_the_map_of_the_years_last_day(hierarchy, footprint_of):
    footprint = footprint_of(("RM2", "2017/18", 10), ("RM2", "2016/17", 20))
    shares = nc.analysis.placings(footprint, hierarchy, to="trust").table.set_index("period")
    assert shares["organisation"].to_dict() == {"2016/17": "RM2", "2017/18": "R0A"}
    assert shares["day"].to_dict() == {"2016/17": "2017-03-31", "2017/18": "2018-03-31"}
    (finding,) = nc.analysis.placings(footprint, hierarchy, to="trust").findings.findings
    assert (finding.code, finding.period) == ("organisation_closed_since", "2017/18")


def test_inferred_shares_are_marked_and_counted(hierarchy, footprint_of):
    footprint = footprint_of(("RW6", "2019/20", 1000), ("RR8", "2019/20", 10))
    shares = nc.analysis.placings(footprint, hierarchy, to="trust", restate=MAP).table.set_index("organisation")
    assert shares["inferred"].to_dict() == {"R0A": True, "RM3": True, "RR8": False}
    report = nc.roll_up(footprint, hierarchy, to="trust", restate=MAP).findings
    assert [finding.rows for finding in report if finding.code == "share_inferred"] == [2]


def test_rows_of_the_table_are_multiplied_by_hand_and_traced_to_a_cell(hierarchy, footprint_of):
    footprint = footprint_of(("RW6", "2019/20", 1000))
    rolled = nc.roll_up(footprint, hierarchy, to="trust", restate=MAP)
    table = rolled.table
    product = table["quantity"] * table["conversion"] * table["factor"]
    assert table["kgco2e"].to_numpy() == pytest.approx(product.to_numpy(), rel=1e-15)
    assert math.fsum(table["kgco2e"]) == pytest.approx(math.fsum(footprint.table["kgco2e"]), rel=1e-12)
    assert set(table["reported_by"].astype(str)) == {"RW6"}
    assert "RM3, 2019/20" in str(rolled.explain(organisation="RM3", component="direct"))
    assert set(rolled.by("organisation", "theme", "scope")["theme"]) == {"fossil_fuels", "energy_well_to_tank"}
    with pytest.raises(UsageError, match="no row of the footprint has organisation=RR8"):
        rolled.explain(organisation="RR8")


def test_wrong_words_are_refused(hierarchy, footprint_of):
    footprint = footprint_of(("RR8", "2023/24", 10))
    for words, sentence in (({"to": "borough"}, "no level 'borough'"), ({"to": "icb", "restate": "2026"}, "not a day"),
                            ({"to": "icb", "unplaced": "drop"}, "'refuse' or 'keep'"),
                            ({"to": "icb", "eliminate": "all"}, "no rule 'all'")):  # fmt: skip
        with pytest.raises(UsageError, match=sentence):
            nc.roll_up(footprint, hierarchy, **words)
    with pytest.raises(UsageError, match="a column is named twice: theme, theme"):
        nc.roll_up(footprint, hierarchy, to="icb").by("theme", "theme")
    with pytest.raises(UnreadableError, match=r"'absent.csv' cannot be read as a CSV table"):
        hierarchy.with_local("absent.csv")
    with pytest.raises(UsageError, match="Unknown column 'them'; did you mean 'theme'"):
        nc.roll_up(footprint, hierarchy, to="icb").by("organisation", "them")


def test_the_command_line_rolls_up_and_answers_for_codes(activity_csv, capsys):
    path = str(activity_csv("RM2,2016/17,energy.natural_gas,1000,kWh", "RW3,2016/17,energy.natural_gas,2000,kWh"))
    assert main(["roll-up", path, "--method", "nhs-2026.1", "--to", "icb"]) == 2
    assert "restate='2026-04-01'" in capsys.readouterr().err
    assert main(["roll-up", path, "--method", "nhs-2026.1", "--to", "trust", "--restate", MAP, "--format", "csv"]) == 0
    out = capsys.readouterr()
    assert out.out.startswith("organisation,name,period,tco2e\nR0A,MANCHESTER UNIVERSITY NHS FOUNDATION TRUST,2016/17,")
    assert "RM2 closed on 2017-10-01; its successor is R0A" in out.err
    assert main(["organisation", "RM2", "--on", "2018/19"]) == 0
    assert "RM2 closed on 2017-10-01; its successor is R0A" in capsys.readouterr().out
    assert main(["organisation", "barts health", "--on", "2018/19"]) == 0
    assert capsys.readouterr().out.startswith("R1H  open  BARTS HEALTH NHS TRUST")
    assert main(["organisation", "qqqqqq", "--on", "2018/19"]) == 2


def test_a_year_on_another_days_map_refuses_what_had_closed(hierarchy, footprint_of):
    footprint = footprint_of(("RM2", "2016/17", 10), ("RR8", "2016/17", 20))
    with pytest.raises(HierarchyError, match=r"RM2 closed on 2017-10-01.*restate='2026-04-01'"):
        nc.roll_up(footprint, hierarchy, to="icb", on=MAP)
    rolled = nc.roll_up(footprint.filter(organisation="RR8"), hierarchy, to="icb", on=MAP)
    assert str(rolled.on_map) == "by icb, on the map of 2026-04-01, ods-2026-07"
    with pytest.raises(UsageError, match="once"):
        nc.roll_up(footprint, hierarchy, to="icb", on=MAP, restate=MAP)


def test_a_roll_up_is_not_rolled_up_again_and_not_added_to_what_was_reported(hierarchy, footprint_of):
    footprint = footprint_of(("RR8", "2023/24", 20))
    rolled = nc.roll_up(footprint, hierarchy, to="icb")
    with pytest.raises(UsageError, match="rolled up already"):
        nc.roll_up(rolled, hierarchy, to="region")
    with pytest.raises(UsageError, match="different columns"):
        _ = rolled + footprint


def test_what_a_member_lacks_is_said_of_the_system(hierarchy, method):
    rows = [("RR8", "energy.natural_gas"), ("RR8", "water.supply"), ("RGD", "energy.natural_gas")]
    frame = pd.DataFrame(rows, columns=["organisation", "activity"]).assign(period="2023/24", quantity=1000)
    frame["unit"] = ["m3" if each.startswith("water") else "kWh" for each in frame["activity"]]
    footprint = nc.calculate(frame, method)
    rolled = nc.roll_up(footprint, hierarchy, to="icb")
    assert rolled.label() == footprint.label()
    assert "2 organisations" in rolled.label()
    found = rolled.coverage.query("theme == 'water'").set_index("organisation")["answer"]
    assert found.to_dict() == {"RGD": "missing", "RR8": "sent"}


def test_a_hierarchy_in_a_notebook_is_one_line(hierarchy):
    assert hierarchy._repr_html_().startswith("<div>Organisations ods-2026-07: ")
    assert "\n" not in hierarchy._repr_html_()
