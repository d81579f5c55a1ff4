"""The recipes of the page: each gives the tonnes of calculate, and hides no row that has no factor."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc

REPO = Path(__file__).resolve().parents[2]
PAGE = (REPO / "docs" / "how-to" / "method-as-a-table.md").read_text("utf-8")
HEADLINE = "nhs_carbon_footprint"


def section(title):
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def fenced(title, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", section(title), re.M | re.S)


@pytest.fixture(scope="module")
def ours():
    answers = nc.example("acute-year-answers.csv")
    return nc.calculate(nc.example("acute-year.csv"), "nhs-2026.1", answers=answers)


@pytest.fixture(scope="module")
def method_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes")
    nc.exchange.export_method("nhs-2026.1", folder / "method")
    return folder


@pytest.mark.parametrize("title", ["DuckDB", "Polars"])
def test_a_recipe_prints_the_tonnes_of_calculate_and_the_rows_without_a_factor(title, ours):
    """What the page shows is what its blocks print: the tests of the docs run them."""
    (shown,) = fenced(title, "text")
    assert f"{HEADLINE}: {ours.total():,.2f} tCO2e" in shown
    assert "waste.domestic.recycling" in shown
    assert "3 rows" in shown
    assert ours.findings.table["code"].tolist().count("not_counted_declared") == 1


def test_the_duckdb_recipe_gives_the_wider_total_too(ours):
    (shown,) = fenced("DuckDB", "text")
    assert f"nhs_carbon_footprint_plus: {ours.total('nhs_carbon_footprint_plus'):,.2f} tCO2e" in shown


def test_the_formulas_that_are_typed_are_those_of_the_workbook(method_folder, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl", reason="SKIPPED ALOUD: the extra excel (openpyxl) is not installed")
    monkeypatch.chdir(method_folder)
    (program,) = fenced("Plain Excel", "python")
    exec(compile(program, "page", "exec"), {})
    book = openpyxl.load_workbook("by-hand.xlsx")
    typed = [text.strip("\n") for text in fenced("Plain Excel", "text")]
    cells = book["Activity"]
    assert typed[:3] == [cells["F2"].value, cells["M2"].value, cells["N2"].value]
    assert typed[3].splitlines() == [book["Total"][cell].value for cell in ("B2", "B3", "B4")]
    assert f"`{book['Multipliers']['A2'].value}`" in section("Plain Excel")


def recalculated(path, folder):
    """Return a workbook as LibreOffice recalculates it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("SKIPPED ALOUD: LibreOffice is not installed")
    openpyxl = pytest.importorskip("openpyxl", reason="SKIPPED ALOUD: the extra excel (openpyxl) is not installed")
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to",
               "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return openpyxl.load_workbook(folder / "out" / path.name, data_only=True)


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_excel_gives_the_tonnes_of_calculate_and_no_total_while_a_row_has_no_factor(
    ours, method_folder, monkeypatch, tmp_path
):
    openpyxl = pytest.importorskip("openpyxl", reason="SKIPPED ALOUD: the extra excel (openpyxl) is not installed")
    monkeypatch.chdir(method_folder)
    exec(compile(fenced("Plain Excel", "python")[0], "page", "exec"), {})
    book = openpyxl.load_workbook("by-hand.xlsx")
    book.save(tmp_path / "whole.xlsx")
    sheet = book["Activity"]
    for row in range(sheet.max_row, 1, -1):  # the sender takes out what has no factor
        if sheet.cell(row, 3).value == "waste.domestic.recycling":
            for column in (2, 3, 4):
                sheet.cell(row, column).value = {2: "2023/24", 3: "water.supply", 4: 0}[column]
            sheet.cell(row, 5).value = "m3"
    book.save(tmp_path / "without.xlsx")

    whole = recalculated(tmp_path / "whole.xlsx", tmp_path)
    total = {row[0]: row[1] for row in whole["Total"].iter_rows(values_only=True)}
    assert total["rows that cannot be counted"] == 3
    assert total["total tCO2e"] == "no total: 3 rows cannot be counted"
    assert total["tCO2e of the other rows"] == pytest.approx(ours.total(), rel=1e-12)
    rows = rows_of(whole["Activity"])
    assert [row["activity"] for row in rows if row["check"]] == ["waste.domestic.recycling"] * 3
    by_activity = pd.DataFrame(rows).assign(tCO2e=lambda frame: pd.to_numeric(frame["tCO2e"], errors="coerce"))
    by_activity = by_activity.groupby("activity")["tCO2e"].sum()
    for activity, tco2e in ours.by("activity", boundary=HEADLINE)[["activity", "tco2e"]].itertuples(index=False):
        assert by_activity[activity] == pytest.approx(tco2e, rel=1e-12)

    without = recalculated(tmp_path / "without.xlsx", tmp_path)
    assert without["Total"]["B4"].value == pytest.approx(ours.total(), rel=1e-12)


def test_excel_marks_a_row_whose_total_lacks_a_component(method_folder, monkeypatch, tmp_path):
    pytest.importorskip("openpyxl", reason="SKIPPED ALOUD: the extra excel (openpyxl) is not installed")
    monkeypatch.chdir(method_folder)
    program = fenced("Plain Excel", "python")[0].replace('"2023/24", "nhs', '"2014/15", "nhs')
    sent = tmp_path / "sent.csv"
    sent.write_text("organisation,period,activity,quantity,unit\nRX1,2014/15,energy.natural_gas,1000,kWh\n")
    program = program.replace('nc.example("acute-year.csv")', f"Path({str(sent)!r})")
    exec(compile(program, "page", "exec"), {})
    book = recalculated(method_folder / "by-hand.xlsx", tmp_path)
    assert book["Activity"]["M2"].value == "component missing"
    assert book["Total"]["B4"].value == "no total: 1 rows cannot be counted"


@pytest.fixture(scope="module")
def spark():
    """A Spark session on this machine alone."""
    sql = pytest.importorskip("pyspark.sql", reason="SKIPPED ALOUD: the extra spark (pyspark) is not installed")
    if shutil.which("java") is None:
        pytest.skip("SKIPPED ALOUD: Spark needs Java, which this machine lacks")
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    builder = sql.SparkSession.builder.master("local[2]").appName("nhscarbon")
    for name, value in {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "3",
    }.items():  # fmt: skip
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.slow
def test_spark_sql_gives_the_tonnes_of_calculate_and_a_line_for_what_has_no_factor(spark, method_folder, method):
    rows = pd.read_csv(nc.example("acute-year.csv"), dtype={"period": str})[
        ["organisation", "period", "activity", "unit", "quantity"]
    ]
    months = rows.assign(period="2022-05", organisation="RX2")
    old = rows[rows["activity"] == "energy.natural_gas"].assign(period="2014/15")  # before the years that are chosen
    mwh = rows[rows["activity"] == "energy.natural_gas"].assign(unit="MWh", organisation="RX3")
    mwh["quantity"] = [7.25, 8.5, 9.75]
    sent = pd.concat([rows, months, old, mwh], ignore_index=True)
    per_unit, totals, no_factor = fenced("Spark SQL", "sql")
    for table in ("multipliers", "activity_units", "missing_components", "periods"):
        path = str(method_folder / "method" / f"{table}.parquet")
        spark.read.parquet(path).createOrReplaceTempView(table)
    names = list(sent.columns)
    spark.createDataFrame(sent.to_numpy().tolist(), names).createOrReplaceTempView("activity")
    spark.sql("DROP TABLE IF EXISTS per_unit")
    spark.sql(per_unit)
    lines = pd.DataFrame([row.asDict() for row in spark.sql(totals).collect()])

    by = ["organisation", "period", "theme", "scope"]
    counted = lines[lines["status"] == "counted"].set_index(by)["kgco2e"].sort_index()
    kept = sent[sent["period"] != "2014/15"]
    expected = [
        nc.calculate(part, method, organisations=None, answers=None) for _, part in kept.groupby("organisation")
    ]
    expected = pd.concat(each.by(*by, boundary=HEADLINE) for each in expected)
    expected = expected.astype(dict.fromkeys(by, str)).set_index(by)["tco2e"].sort_index() * 1000
    assert counted.index.equals(expected.index)
    for ours, theirs in zip(expected, counted, strict=True):
        assert theirs == pytest.approx(ours, rel=1e-9)

    assert lines["sent_rows"].sum() >= len(sent)
    assert lines.loc[lines["status"] == "no factor", "sent_rows"].sum() == 3 + 3 + len(old)
    refused = {(row["activity"], row["period"]): row["sent_rows"] for row in spark.sql(no_factor).collect()}
    assert refused == {
        ("waste.domestic.recycling", "2023/24"): 3, ("waste.domestic.recycling", "2022-05"): 3,
        ("energy.natural_gas", "2014/15"): len(old),
    }  # fmt: skip
    beside = lines.loc[lines["status"] == "not in this boundary", "sent_rows"].sum()
    assert beside == kept["activity"].isin(set(kept["activity"]) - _in(method, kept)).sum()


def _in(method, rows):
    """Return the activities that have a part in the boundary."""
    found = set()
    for activity in set(rows["activity"]):
        entry = method.catalogue.activities[activity]
        if any(method.included[key] for key in method.included
               if key[0] == HEADLINE and key[1] == entry.category and key[2] in entry.components):  # fmt: skip
            found.add(activity)
    return found | {"waste.domestic.recycling"}


@pytest.mark.slow
def test_spark_sql_says_where_a_component_is_missing(spark, method_folder):
    per_unit, totals, _ = (text.replace("2019/20", "2013/14") for text in fenced("Spark SQL", "sql"))
    for table in ("multipliers", "activity_units", "missing_components", "periods"):
        spark.read.parquet(str(method_folder / "method" / f"{table}.parquet")).createOrReplaceTempView(table)
    rows = [("RX1", "2014-11", "energy.natural_gas", "kWh", 1000.0)]
    spark.createDataFrame(rows, ["organisation", "period", "activity", "unit", "quantity"]).createOrReplaceTempView(
        "activity"
    )
    spark.sql("DROP TABLE IF EXISTS per_unit")
    spark.sql(per_unit)
    assert {row["status"] for row in spark.sql(totals).collect()} == {"counted", "component missing"}
