"""A total is worth what it covers: no command shows one without saying so."""

import re
from pathlib import Path

import openpyxl
import pytest

from nhscarbon.cli import main

PARTIAL = "NHS Carbon Footprint, partial: 1 of 10 themes"
METHOD = ("--method", "nhs-2026.1")


@pytest.fixture
def returns(tmp_path):
    """Two years of a return that holds one theme."""
    found = []
    for year, quantity in (("2022/23", 120_000), ("2023/24", 100_000)):
        path = tmp_path / f"{year[:4]}.csv"
        path.write_text(f"organisation,period,activity,quantity,unit\nRX1,{year},energy.natural_gas,{quantity},kWh\n")
        found.append(str(path))
    return found


@pytest.fixture
def run(capsys):
    def command(*words):
        assert main([*words]) == 0
        return "".join(capsys.readouterr())

    return command


@pytest.mark.parametrize("more", [(), ("--format", "csv"), ("--format", "json"), ("--by", "theme"),
                                  ("--by", "theme", "--format", "csv")])  # fmt: skip
def test_a_footprint_says_what_it_covers_in_every_format(run, returns, more):
    assert PARTIAL in run("footprint", returns[1], *METHOD, *more)


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_comparison_says_what_both_totals_cover(run, returns, form):
    assert f"before and after: {PARTIAL}" in run("compare", *returns, *METHOD, "--format", form)


def test_a_comparison_of_different_coverage_says_both(run, returns, tmp_path):
    wider = tmp_path / "wider.csv"
    wider.write_text(Path(returns[1]).read_text("utf-8") + "RX1,2023/24,water.supply,5000,m3\n")
    said = run("compare", returns[0], str(wider), *METHOD)
    assert f"before: {PARTIAL}" in said
    assert "after: NHS Carbon Footprint, partial: 2 of 10 themes" in said


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_roll_up_says_what_it_covers(run, returns, form):
    assert PARTIAL in run("roll-up", returns[1], *METHOD, "--to", "icb", "--format", form)


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_projection_says_what_its_base_covers(run, returns, form):
    assert PARTIAL in run("project", returns[1], *METHOD, "--to", "2026/27", "--draws", "50", "--format", form)


def test_a_report_of_a_partial_return_never_says_that_nothing_was_wrong(run, returns, tmp_path):
    page, book = tmp_path / "report.html", tmp_path / "report.xlsx"
    options = (returns[1], *METHOD, "--before", returns[0], "--to", "2026/27")
    run("report", *options, "-o", str(page))
    run("report", *options, "-o", str(book))
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text("utf-8")))
    sheets = openpyxl.load_workbook(book)
    cells = [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    for text in (words, "\n".join(cells)):
        assert "Nothing was found wrong" not in text
        assert "20 of 21 themes have no answer" in text
        assert f"Before and after: {PARTIAL}" in text
        assert f"What the measured total covers: {PARTIAL}" in text
    for title in ("Totals by boundary", "Tonnes by theme", "Tonnes by tier"):
        assert PARTIAL in sheets[title]["A2"].value
    assert re.search(rf"21\.3 tCO₂e \({PARTIAL}", words)


def test_a_table_of_several_years_has_a_column_for_each(run, returns):
    said = run("footprint", *returns, *METHOD, "--by", "theme")
    assert said.splitlines()[0].split("  ")[-2:] == ["2022/23 tco2e", "2023/24 tco2e"]
    totals = [line for line in said.splitlines() if line.startswith(("2022/23  NHS", "2023/24  NHS"))]
    assert len(totals) == 2
