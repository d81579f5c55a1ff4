"""`nhscarbon report`: a file comes out, words go to stderr, and a mistake says what to do."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from pages import parsed, table_of


@pytest.fixture
def years(tmp_path):
    rows = pd.read_csv(nc.example("trust-year.csv"))
    paths = []
    for year in ("2022/23", "2023/24"):
        paths.append(tmp_path / f"return-{year[:4]}.csv")
        rows.assign(period=year).to_csv(paths[-1], index=False)
    return [str(path) for path in paths]


METHOD = ("--method", "nhs-2026.1", "--organisations", "none")


def page_of(path):
    return parsed(path.read_text("utf-8"))


def test_a_page_is_written_and_said(years, tmp_path, capsys):
    out = tmp_path / "report.html"
    assert main(["report", years[1], *METHOD, "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"written to {out}" in said.err
    assert "Carbon footprint of RX1, 2023/24" in page_of(out).one("h1").text


def test_a_title_names_the_organisation_as_its_readers_know_it(years, tmp_path):
    out = tmp_path / "titled.html"
    assert main(["report", years[1], *METHOD, "--kind", "analyst", "--title", "Our <b>Trust</b>", "-o", str(out)]) == 0
    assert page_of(out).one("h1").text == "Carbon footprint of Our <b>Trust</b>, 2023/24"


def test_a_board_page_takes_next_actions_and_no_projection(years, tmp_path, capsys):
    out, actions = tmp_path / "board.html", tmp_path / "next.csv"
    actions.write_text("action,lead,by,tco2e\nReplace the boilers,Director of Estates,March 2027,-1240\n", "utf-8")
    asked = ["report", *years, *METHOD, "--kind", "board", "-o", str(out)]
    assert main([*asked, "--to", "2032/33"]) == 2
    assert "no projection" in capsys.readouterr().err
    assert main([*asked, "--actions", str(actions)]) == 0
    assert "Replace the boilers" in out.read_text("utf-8")


def test_a_base_year_known_as_totals_starts_the_path_of_the_report(years, tmp_path):
    out, base = tmp_path / "based.html", tmp_path / "base.csv"
    base.write_text("organisation,period,theme,tco2e,vintage,method_note\n" + "".join(
        f"RX1,2019/20,{theme},{tonnes},published in 2021,invented\n"
        for theme, tonnes in (("fossil_fuels", 45000), ("electricity", 9000), ("waste", 1500), ("water", 150),
                              ("energy_well_to_tank", 9500))), "utf-8")  # fmt: skip
    asked = ["report", *years, *METHOD, "--base-year", "2019/20", "--base-totals", str(base), "-o", str(out)]
    assert main(asked) == 0
    rows = table_of(page_of(out), "Against the path")[1]
    assert {row[0].split(" NHS")[0] for row in rows} == {"RX1"}
    assert any(row[1].startswith(("On track", "Watch", "Off track")) for row in rows)


def test_two_files_are_two_years_and_before_is_a_bridge(years, tmp_path):
    both, bridged = tmp_path / "both.html", tmp_path / "bridged.html"
    assert main(["report", *years, *METHOD, "-o", str(both)]) == 0
    assert main(["report", years[1], "--before", years[0], *METHOD, "-o", str(bridged)]) == 0
    assert len(table_of(page_of(both), "Tonnes by year")[1]) == 2
    bridges = [table_of(page_of(path), "The change by cause") for path in (both, bridged)]
    assert bridges[0] == bridges[1]


def test_a_target_is_held_against_the_projection(years, tmp_path):
    out = tmp_path / "ahead.html"
    ahead = ["--to", "2032/33", "--base-year", "2019/20", "--base-tco2e", "62000", "--inventory", "2020-report"]
    assert main(["report", years[1], *METHOD, *ahead, "-o", str(out)]) == 0
    assert table_of(page_of(out), "Chances of meeting the target")[1][-1][0] == "Budget"


def test_a_workbook_comes_of_the_ending(years, tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    out = tmp_path / "report.xlsx"
    assert main(["report", years[1], *METHOD, "-o", str(out)]) == 0
    assert openpyxl.load_workbook(out).sheetnames[0] == "Cover"


def test_mistakes_are_said_before_anything_is_written(years, tmp_path, capsys):
    out = tmp_path / "report.html"
    assert main(["report", years[1], *METHOD, "--base-year", "2019/20", "-o", str(out)]) == 2
    assert "--to" in capsys.readouterr().err
    assert main(["report", years[1], *METHOD, "-o", str(tmp_path / "report.doc")]) == 2
    assert ".html, .xlsx" in capsys.readouterr().err
    assert list(tmp_path.glob("report.*")) == []
    out.write_text("kept", "utf-8")
    assert main(["report", years[1], *METHOD, "-o", str(out)]) == 2
    assert out.read_text("utf-8") == "kept"
    assert main(["report", years[1], *METHOD, "-o", str(out), "--overwrite"]) == 0
