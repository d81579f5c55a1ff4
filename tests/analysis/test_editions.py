"""Two editions side by side: their inputs in words, and tonnes on real returns by theme and boundary."""

import csv
import io
import json

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.editions import EXAMPLES
from nhscarbon.cli import main
from nhscarbon.errors import UsageError

FIRST, SECOND = "nhs-2026.1", "nhs-2026.2"
CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
HEAD = "organisation,period,activity,quantity,unit\n"
# by hand: 2,000 dry-powder inhalers of 0.62 kg are 1.24 t, 1,000 metered-dose ones of 11.95 kg are 11.95 t, and
# 100,000 cubic metres of waste water at 0.20131829171 kg (official set 2023) are 20.131829171 t
ROWS = (
    "RX1,2023/24,inhaler.dpi.easyhaler_salbutamol,2000,inhaler\n"
    "RX1,2023/24,inhaler.pmdi.salamol_100,1000,inhaler\n"
    "RX1,2023/24,water.treatment,100000,m3\n"
)


@pytest.fixture
def sent(tmp_path):
    path = tmp_path / "return.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    return path


def cell(table, **where):
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_tonnes_move_between_themes_and_boundaries_as_worked_by_hand(sent):
    change = nc.analysis.compare_editions(FIRST, SECOND, {"own": sent})
    totals = change.totals()
    core, plus = (cell(totals, boundary=name) for name in (CORE, PLUS))
    assert core["before_tco2e"] == pytest.approx(1.24 + 11.95 + 20.131829171)
    assert core["difference_tco2e"] == pytest.approx(-1.24)
    assert plus["difference_tco2e"] == pytest.approx(0)
    assert cell(change.table, boundary=PLUS, theme="medicines")["after_tco2e"] == pytest.approx(1.24)
    assert cell(change.table, boundary=PLUS, theme="inhalers")["difference_tco2e"] == pytest.approx(-1.24)
    assert set(change.moved()["theme"]) == {"inhalers", "medicines"}


def test_tonnes_move_between_the_categories_of_the_protocol(sent):
    change = nc.analysis.compare_editions(FIRST, SECOND, {"own": sent}, by=("ghg_protocol_category",))
    for category, tonnes in (("1", -20.131829171), ("5", 20.131829171)):
        row = cell(change.table, boundary="scope_3", ghg_protocol_category=category)
        assert row["difference_tco2e"] == pytest.approx(tonnes)


def test_estates_returns_hold_nothing_that_changes():
    """An estates return has no inhalers, waste water in m3 or diesel in kWh: its tonnes are as they were."""
    change = nc.analysis.compare_editions(FIRST, SECOND)
    totals = change.totals()
    assert totals["source"].drop_duplicates().tolist() == [title for title, *_ in EXAMPLES]
    estates = [title for title, file, _ in EXAMPLES if file in ("estates-2023-24.csv", "trust-year.csv")]
    assert (totals.loc[totals["source"].isin(estates), "difference_tco2e"] == 0).all()
    # England's estates and one trust in 2023/24, as the pages of the published edition print them
    assert cell(totals, source=EXAMPLES[0][0], boundary=CORE)["before_tco2e"] == pytest.approx(2_644_101.89, abs=0.005)
    assert cell(totals, source=EXAMPLES[1][0], boundary=CORE)["after_tco2e"] == pytest.approx(58_296.06, abs=0.005)
    assert not set(change.moved()["source"]) & set(estates)


def test_a_return_that_one_edition_refuses_says_why_and_gives_no_difference(tmp_path):
    path = tmp_path / "gas.csv"
    path.write_text(f"{HEAD}RX1,2023/24,energy.natural_gas,1000,therm\n", "utf-8")
    change = nc.analysis.compare_editions(FIRST, SECOND, {"own": path})
    row = cell(change.table, boundary="scope_1")
    assert "'therm' is not a unit" in row["refused_before"]
    assert row["refused_after"] == ""
    assert pd.isna(row["before_tco2e"])
    assert pd.isna(row["difference_tco2e"])
    assert row["after_tco2e"] == pytest.approx(1000 * 29.3071 * 0.18293 / 1000, rel=3e-5)  # official set 2023
    assert "no figure before: 'therm' is not a unit" in nc.analysis.edition_in_words(change)
    back = nc.analysis.compare_editions(SECOND, FIRST, {"own": path})
    assert cell(back.table, boundary="scope_1")["refused_after"] == row["refused_before"]


def test_what_the_inputs_differ_in_is_listed_once():
    table = nc.methods.input_differences(FIRST, SECOND)
    assert not table.duplicated().any()
    assert set(table["change"]) == {"added", "removed", "changed"}
    units = table[table["kind"] == "unit"]
    assert {"therm", "GJ", "hundred_cubic_feet", "cubic_foot", "GBP_thousand"} <= set(units["what"])
    assert cell(table, kind="activity", what="water.treatment", part="GHG Protocol category")["after"] == "5"
    assert cell(table, kind="activity", what="inhaler.smi.spiriva_respimat_disposable", part="theme")["after"] == (
        "medicines"
    )
    ended = cell(table, kind="factor", change="removed", what="inhaler.pmdi.airomir_100, direct, inhaler, UK")
    assert (ended["part"], ended["before"], ended["after"]) == ("2025/26 to 2026/27", "9.72", "")
    new = cell(table, kind="factor", change="added", what="energy.diesel, wtt, kWh, UK")
    assert new["part"] == "2016/17 to 2026/27"
    assert not (table["kind"] == "factor").empty


def test_the_other_way_round_everything_changes_sides():
    there, back = nc.methods.input_differences(FIRST, SECOND), nc.methods.input_differences(SECOND, FIRST)
    turned = back.rename(columns={"before": "after", "after": "before"})
    turned["change"] = turned["change"].replace({"added": "removed", "removed": "added"})
    key = [*there.columns]
    pairs = [frame[(frame["kind"] != "factor")].sort_values(key).reset_index(drop=True)[key]
             for frame in (there, turned)]  # fmt: skip
    pd.testing.assert_frame_equal(*pairs)
    assert nc.methods.input_differences(FIRST, FIRST).empty


def test_a_changed_factor_and_a_changed_boundary_are_told_from_new_ones():
    table = nc.methods.input_differences("nhs-2026.1", "nhs-2026.1-ar6")
    # warming potentials over 100 years of desflurane: 1790 in AR5, 2590 in AR6
    row = cell(table, kind="factor", what="anaesthetic.desflurane, direct, kg, UK")
    assert (row["change"], row["before"], row["after"], row["part"]) == (
        "changed", "1790", "2590", "2013/14 to 2026/27",
    )  # fmt: skip
    assert not (table["kind"] == "unit").any()
    headline = nc.methods.input_differences("nhs-2026.1", "direct-only-2026.1")
    assert cell(headline, kind="method", what="headline")["after"] == "direct_only"


def test_the_page_says_inputs_and_tonnes(capsys, sent):
    assert main(["method", "compare", FIRST, SECOND, str(sent)]) == 0
    out = capsys.readouterr().out
    for words in (
        "nhs-2026.1 (published) -> nhs-2026.2 (draft)", "added: therm = 29.3071 * kWh", "added: hundred_cubic_feet",
        "GHG Protocol category 1 -> 5", "theme inhalers -> medicines", "Conversions", "Boundaries",
        "removed: inhaler.pmdi.salamol_100", "−1.24", "+1.24", "energy.diesel, direct, kWh",
    ):  # fmt: skip
        assert words in out
    assert all(len(line) <= 120 for line in out.splitlines() if "tco2e" not in line)


def test_without_a_file_the_shipped_returns_are_compared(capsys):
    assert main(["method", "compare", FIRST, SECOND, "--show", "tonnes", "--boundary", CORE]) == 0
    out = capsys.readouterr().out
    assert all(title in out for title, *_ in EXAMPLES)
    assert "2,644,101.89" in out
    assert out.count("Nothing in it differs by 0.005 t or more.") >= 2  # estates returns hold nothing that changes


def test_it_is_written_to_a_file_for_people_and_for_programs(capsys, sent, tmp_path):
    out = tmp_path / "change.txt"
    arguments = ["method", "compare", FIRST, SECOND, str(sent), "-o", str(out)]
    assert main(arguments) == 0
    assert "What differs in tonnes" in out.read_text("utf-8")
    assert main(arguments) == 2
    assert main([*arguments, "--overwrite", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert {row["boundary"] for row in rows} >= {CORE, PLUS, "scope_3"}
    assert main([*arguments, "--overwrite", "--format", "csv", "--show", "inputs"]) == 0
    assert out.read_text("utf-8").startswith("kind,change,what,part,before,after")
    assert main([*arguments, "--overwrite", "--format", "json", "--boundary", CORE]) == 0
    document = json.loads(out.read_text("utf-8"))
    assert {row["boundary"] for row in document["records"]} == {CORE}
    assert document["stamp"]["after"]["status"] == "draft"
    assert any(row["what"] == "therm" for row in document["inputs"])
    capsys.readouterr()


def test_an_estates_return_of_ones_own(capsys):
    path = str(nc.example("estates-2023-24.csv"))
    arguments = ["method", "compare", FIRST, SECOND, path, "--from", "eric", "--show", "tonnes", "--boundary", CORE]
    assert main(arguments) == 0
    assert "2,644,101.89" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([FIRST], "two methodologies are compared, before and after, and 1 is named"),
        ([FIRST, SECOND, "nhs-2026.1-ar6"], "and 3 are named"),
        ([FIRST, "nhs-2026.9"], "no methodology 'nhs-2026.9'"),
        ([FIRST, SECOND, "--boundary", "colour"], "neither methodology has a boundary 'colour'"),
        ([FIRST, SECOND, "missing.csv"], "missing.csv"),
        (["missing.csv"], "under no methodology"),
    ],
)
def test_what_cannot_be_compared_is_refused(capsys, names, says):
    assert main(["method", "compare", *names]) in (2, 3)
    assert says in capsys.readouterr().err


def test_one_return_under_any_methodologies_as_before(capsys, sent):
    assert main(["method", "compare", str(sent), FIRST, SECOND, "--by", "theme"]) == 0
    assert "13.19" in capsys.readouterr().out  # 1.24 + 11.95


def test_an_unknown_column_is_refused(sent):
    with pytest.raises(UsageError, match="colour"):
        nc.analysis.compare_editions(FIRST, SECOND, {"own": sent}, by=("colour",))
