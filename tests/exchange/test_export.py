"""The method as a table: what calculate uses and nothing else, every refusal with its reason, the same bytes always."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UsageError
from nhscarbon.exchange.layout import TABLES
from nhscarbon.exchange.multipliers import multiplier_tables
from nhscarbon.methods.data_package import seal
from nhscarbon.methods.resolution import FactorKey, resolve
from nhscarbon.output.tables import csv_text

KEY = ["activity", "unit", "period"]
ON = [*KEY, "geography", "component"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """One export with all its files."""
    folder = tmp_path_factory.mktemp("export") / "method"
    nc.exchange.export_method("nhs-2026.1", folder)
    return folder


def read(folder, table):
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def tables(exported):
    return {name: read(exported, name) for name in TABLES}


def by_join(rows, tables):
    """Multiply as a stranger would: words by the tables of words, then one join."""
    rows = rows.merge(tables["periods"].rename(columns={"written": "period", "period": "year"}), on="period")
    rows = rows.merge(tables["unit_aliases"].rename(columns={"unit": "known", "spelling": "unit"}), on="unit")
    units = tables["activity_units"].rename(columns={"unit": "known"})
    rows = rows.merge(units, on=["activity", "known"], how="left")
    lines = rows.merge(
        tables["multipliers"].rename(columns={"unit": "multiplier_unit", "period": "year"}),
        on=["activity", "multiplier_unit", "year"],
    )
    kgco2e = lines["quantity"] * lines["ratio"].astype(float) * lines["multiplier"].astype(float)
    return lines.assign(kgco2e=kgco2e)


def each_alone(keys, quantity=3.0):
    """Return a row for each key, each of an organisation of its own, so that nothing is counted twice."""
    rows = pd.DataFrame(keys, columns=KEY).assign(quantity=quantity)
    return rows.assign(organisation=[f"X{n:04d}" for n in range(len(rows))])


def sent(name):
    if name.startswith("estates"):
        source = nc.read_eric(nc.example(name))
        columns = {column: np.array(source.columns[column].labels, object)[source.columns[column].codes]
                   for column in ("organisation", *KEY)}  # fmt: skip
        return source, pd.DataFrame(columns).assign(quantity=source.numbers["quantity"])
    path = nc.example(name)
    return path, pd.read_csv(path, dtype={"period": str})


@pytest.mark.parametrize("name", ["trust-year.csv", "acute-year.csv", "estates-2023-24.csv"])
def test_a_join_gives_the_tonnes_of_calculate_on_every_example(name, tables, method):
    source, rows = sent(name)
    answers = nc.example("acute-year-answers.csv") if name.startswith("acute") else None
    ours = nc.calculate(source, method, answers=answers)
    lines = by_join(rows, tables)
    by = ["organisation", "activity", "component", "scope", "theme", "category", "factor_id", "package", "locator"]
    left = lines.groupby(by)["kgco2e"].sum()
    right = ours.table.astype(dict.fromkeys(by, str)).groupby(by)["kgco2e"].sum()
    assert left.index.equals(right.index)
    np.testing.assert_allclose(left, right, rtol=1e-12)
    for boundary in method.boundaries:
        counts = lines["boundaries"].str.split(";").map(lambda names, boundary=boundary: boundary in names)
        total = lines.loc[counts, "kgco2e"].sum() / 1000
        assert total == pytest.approx(ours.by("organisation", boundary=boundary)["tco2e"].sum(), rel=1e-12)


@pytest.mark.parametrize("id", ["nhs-2026.1", "nhs-2026.2", "recipe-book-2023"])
def test_quantity_times_multiplier_is_what_calculate_gives_in_any_unit_year_and_method(id):
    method = nc.methodology(id)
    tables = multiplier_tables(method)
    spelled = pd.DataFrame([(unit, unit) for unit in method.units.decimals], columns=["spelling", "unit"])
    years = pd.DataFrame([(year, year) for year in method.periods], columns=["written", "period"])
    tables |= {"unit_aliases": spelled, "periods": years}
    pairs = tables["activity_units"].merge(
        tables["multipliers"][KEY].drop_duplicates(), left_on=["activity", "multiplier_unit"],
        right_on=["activity", "unit"], suffixes=("", "_of"),
    )  # fmt: skip
    other = pairs["unit"] != pairs["multiplier_unit"]
    some = pd.concat([pairs[other].sample(150, random_state=2), pairs[~other].sample(350, random_state=3)])
    rows = each_alone(some[KEY].to_numpy().tolist())
    found = nc.calculate(rows, method, organisations=None).table
    ours = found.astype(dict.fromkeys(["organisation", "component"], str))
    ours = ours.set_index(["organisation", "component"])["kgco2e"].sort_index()
    theirs = by_join(rows, tables).set_index(["organisation", "component"])["kgco2e"].sort_index()
    assert theirs.index.equals(ours.index)
    np.testing.assert_allclose(theirs, ours, rtol=1e-12)


def test_the_multipliers_are_the_published_figures_and_count_where_they_should(tables):
    """UK Government's set of 2023 for gas; GWP 265 of nitrous oxide and 0.0018728 kg/litre."""
    rows = tables["multipliers"]
    gas = rows[(rows["activity"] == "energy.natural_gas") & (rows["unit"] == "kWh") & (rows["period"] == "2023/24")]
    gas = gas.set_index("component")
    assert gas["multiplier"].to_dict() == {"direct": "0.182928926174", "wtt": "0.03021"}
    core = {"nhs_carbon_footprint", "nhs_carbon_footprint_plus"}
    assert set(gas.loc["wtt", "boundaries"].split(";")) == core | {"scope_3"}
    assert set(gas.loc["direct", "boundaries"].split(";")) == core | {
        "scope_1", "direct_only", "direct_and_transmission",
    }  # fmt: skip
    litre = rows[(rows["activity"] == "anaesthetic.nitrous_oxide") & (rows["unit"] == "litre")]
    litre = litre[litre["period"] == "2023/24"]["multiplier"].astype(float)
    assert litre.tolist() == pytest.approx([265 * 0.0018728], rel=1e-4)
    units = tables["activity_units"].set_index(["activity", "unit"])
    assert units.loc[("energy.natural_gas", "MWh"), ["multiplier_unit", "ratio"]].tolist() == ["kWh", "1000"]
    missing = tables["missing_components"]
    old = missing[(missing["activity"] == "energy.natural_gas") & (missing["period"] == "2014/15")]
    assert set(old["component"]) == {"wtt"}
    assert {frozenset(each.split(";")) for each in old["boundaries"]} == {
        frozenset({"nhs_carbon_footprint", "nhs_carbon_footprint_plus", "scope_3"})
    }
    refused = tables["refusals"]
    recycled = refused[(refused["activity"] == "waste.domestic.recycling") & (refused["period"] == "2023/24")]
    assert set(recycled["outcome"]) == {"not_counted_declared"}


def test_every_pair_that_calculate_accepts_is_there_and_no_other(tables, method):
    codes = np.random.default_rng(5).choice(sorted(method.catalogue.activities), 40, replace=False)
    years = ("2014/15", "2019/20", "2023/24", "2026/27")
    keys = [FactorKey(code, unit, year, "UK") for code in codes for unit in method.units.decimals for year in years]
    accepted = {key[:3] for key, found in resolve(keys, method).items() if found.lines}
    accepted -= {
        key for key in accepted if key[1] in ("ml", "ML") and key[1] not in method.catalogue.activities[key[0]].units
    }  # which of the two is meant is asked
    rows = tables["activity_units"].merge(
        tables["multipliers"][KEY].rename(columns={"unit": "multiplier_unit"}).drop_duplicates(),
        on=["activity", "multiplier_unit"],
    )
    there = set(rows[KEY].itertuples(index=False, name=None))
    assert {key for key in there if key[0] in codes and key[2] in years} == accepted
    assert not tables["multipliers"].duplicated(ON).any()


def test_a_listed_unit_has_a_multiplier_or_a_reason_in_every_year(tables, method):
    served = set(tables["multipliers"][KEY].itertuples(index=False, name=None))
    refused = set(tables["refusals"][KEY].itertuples(index=False, name=None))
    listed = {(entry.activity, unit, year) for entry in method.catalogue.activities.values()
              for unit in entry.units for year in method.periods}  # fmt: skip
    assert listed <= served | refused
    assert not served & refused
    assert (tables["refusals"]["reason"].str.len() > 10).all()


def test_a_reason_is_the_one_that_a_check_gives(tables, method):
    some = tables["refusals"].groupby("outcome").sample(6, random_state=1)
    assert {"factor_missing", "not_counted_declared", "unit_not_convertible"} <= set(some["outcome"])
    for row in some.itertuples():
        findings = nc.check(each_alone([(row.activity, row.unit, row.period)]), method, organisations=None)
        said = [each for each in findings if each.code == row.outcome]
        assert len(said) == 1, row
        assert row.reason.rstrip(".") in said[0].message
        assert said[0].refuses == (row.outcome != "not_counted_declared")


def test_a_total_that_lacks_a_component_is_named(tables, method):
    row = ("energy.natural_gas", "kWh", "2014/15")
    footprint = nc.calculate(each_alone([row]), method, organisations=None)
    missing = tables["missing_components"]
    mine = missing[(missing[KEY] == list(row)).all(axis=1)]
    assert mine["component"].tolist() == ["wtt"]
    blocked = set(mine["boundaries"].item().split(";"))
    assert {"nhs_carbon_footprint", "scope_3"} <= blocked
    for boundary in method.boundaries:
        if boundary in blocked:
            with pytest.raises(nc.BoundaryError):
                footprint.total(boundary)
        else:
            assert footprint.total(boundary) >= 0


def test_an_overlay_is_in_the_tables_and_what_it_displaces_counts_in_nothing(method, tmp_path):
    home = tmp_path / "borehole"
    home.mkdir()
    (home / "factors.csv").write_text(
        "factor_id,activity,component,scope,value,unit,geography,valid_from,valid_to,gwp_basis,uncertainty,locator,note\n"
        "ours.m3,water.supply,direct,3,0.1,kgCO2e/m3,UK,2023-04-01,2024-04-01,AR5,,=HYPERLINK(1),ours\n"
    )
    about = {"name": "borehole", "version": "1.0.0", "title": "Our own", "kind": "overlay",
             "sources": [{"title": "us"}], "licenses": [{"name": "ours"}]}  # fmt: skip
    (home / "datapackage.json").write_text(json.dumps(about))
    seal(home)
    nc.exchange.export_method(nc.methods.overlay(method, home), tmp_path / "out")
    rows = read(tmp_path / "out", "multipliers")
    water = rows[(rows["activity"] == "water.supply") & (rows["period"] == "2023/24") & (rows["unit"] == "m3")]
    assert dict(zip(water["component"], water["multiplier"], strict=True))["direct"] == "0.1"
    assert water.loc[water["component"] == "memo", "boundaries"].tolist() == [""]
    assert water.loc[water["factor_id"] == "ours.m3", "locator"].tolist() == ["'=HYPERLINK(1)"]
    assert "ours" in read(tmp_path / "out", "licences")["licence"].tolist()


def test_the_bytes_are_the_same_in_another_process_with_another_hash_seed(exported, tmp_path):
    code = "import sys, nhscarbon as nc; nc.exchange.export_method('nhs-2026.1', sys.argv[1])"
    environment = {**os.environ, "PYTHONHASHSEED": "4242"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again")], check=True, env=environment)
    names = sorted(path.name for path in exported.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    for name in names:
        assert (exported / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_the_bytes_do_not_depend_on_the_order_of_what_is_loaded(exported, method, tmp_path):
    def turned(mapping):
        return dict(reversed(mapping.items()))

    catalogue = replace(method.catalogue, activities=turned(method.catalogue.activities))
    units = replace(method.units, decimals=turned(method.units.decimals), aliases=turned(method.units.aliases))
    other = replace(method, catalogue=catalogue, units=units, packages=turned(method.packages),
                    others=method.others[::-1], conversions=method.conversions[::-1])  # fmt: skip
    nc.exchange.export_method(other, tmp_path / "turned")
    for path in exported.glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "turned" / path.name).read_bytes(), path.name


def test_it_is_small(exported, tables):
    assert 45_000 < len(tables["multipliers"]) < 52_000
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(exported.iterdir()):
            archive.write(path, path.name)
    words = sum((exported / f"words{kind}").stat().st_size for kind in (".csv", ".parquet"))
    assert len(packed.getvalue()) < 1_000_000 + max(0, words - 1_150_000)  # the vocabulary may grow


def test_parquet_holds_the_text_of_the_csv(exported, tables):
    pytest.importorskip("pyarrow", reason="SKIPPED ALOUD: the extra arrow (pyarrow) is not installed")
    for name, table in tables.items():
        pd.testing.assert_frame_equal(
            pd.read_parquet(exported / f"{name}.parquet").astype(object), table.astype(object)
        )


def test_the_manifest_names_the_method_every_column_and_the_digest_of_every_file(exported, tables, method):
    manifest = json.loads((exported / "manifest.json").read_text("utf-8"))
    assert (manifest["method"], manifest["status"], manifest["digest"]) == (method.id, method.status, method.digest)
    assert manifest["nhscarbon"] == nc.__version__
    assert set(manifest["files"]) | {"manifest.json"} == {path.name for path in exported.iterdir()}
    for name, said in manifest["files"].items():
        assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == said["sha256"]
    for name, table in tables.items():
        assert list(manifest["tables"][name]["columns"]) == list(table.columns)
        assert manifest["tables"][name]["rows"] == len(table)


def test_each_package_has_its_licence_and_attribution(tables, method):
    named = set(tables["licences"]["package"])
    assert set(method.packages) <= named
    assert set(tables["multipliers"]["package"]) <= named
    ukgov = tables["licences"][tables["licences"]["package"] == "ukgov-2023@1.0.0"]
    assert ukgov["licence"].str.contains("Open Government Licence").all()
    assert (ukgov["attribution"] != "").all()


def test_words_are_spelt_and_years_written_as_calculate_reads_them(tables, method):
    for row in tables["unit_aliases"].itertuples():
        assert method.units.canonical(row.spelling) == row.unit
        if row.any_case == "yes":
            assert method.units.canonical(row.spelling.upper()) == row.unit
    assert set(tables["periods"]["period"]) == set(method.periods)
    years = dict(tables["periods"].itertuples(index=False, name=None))
    assert (years["2023/24"], years["2023-24"], years["2023-04"], years["2024-03"]) == ("2023/24",) * 4


def test_what_is_there_is_replaced_only_when_asked_and_nothing_old_stays(tmp_path, monkeypatch):
    folder = tmp_path / "method"
    nc.exchange.export_method("recipe-book-2023", folder)
    (folder / "notes.txt").write_text("ours")
    before = (folder / "multipliers.csv").read_bytes()
    with pytest.raises(UsageError, match="already exists; use another folder, or add --overwrite"):
        nc.exchange.export_method("nhs-2026.1", folder)
    assert (folder / "multipliers.csv").read_bytes() == before
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    nc.exchange.export_method("nhs-2026.1", folder, overwrite=True)
    assert (folder / "multipliers.csv").read_bytes() != before
    assert list(folder.glob("*.parquet")) == []  # of the other method
    assert (folder / "notes.txt").read_text() == "ours"


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "no" / "such" / "place", "a\0b"):
        with pytest.raises(UsageError, match="cannot be written"):
            nc.exchange.export_method("nhs-2026.1", folder)


def test_a_bare_install_writes_csv_and_says_that_parquet_needs_an_extra(tmp_path, monkeypatch, capsys, exported):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["method", "export", "nhs-2026.1", "-o", str(tmp_path / "bare")]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "11 tables as CSV and manifest.json" in said.err
    assert 'no Parquet files: they need an extra, pip install "nhscarbon[arrow]"' in said.err
    assert {path.suffix for path in (tmp_path / "bare").iterdir()} == {".csv", ".json"}
    for path in (tmp_path / "bare").glob("*.csv"):
        assert path.read_bytes() == (exported / path.name).read_bytes()


def test_the_command_says_what_it_wrote_and_that_a_draft_is_one(tmp_path, capsys):
    assert main(["method", "export", "nhs-2026.2", "-o", str(tmp_path / "draft")]) == 0
    said = capsys.readouterr().err
    assert "11 tables as CSV and Parquet" in said
    assert "multipliers of nhs-2026.2 (draft)" in said
    assert main(["method", "export", "nhs-2026.2", "-o", str(tmp_path / "draft")]) == 2
    assert main(["method", "export", "nhs-2026.2", "-o", str(tmp_path / "draft"), "--overwrite"]) == 0
    assert main(["method", "export", "nhs-1999.1", "-o", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()


def test_decimal_text_below_zero_is_a_number_and_no_formula():
    frame = pd.DataFrame({"multiplier": ["-0.5"], "note": ["-0.5"]}, dtype=object)
    assert [*csv.reader(io.StringIO(csv_text(frame, decimals=["multiplier"])))][1] == ["-0.5", "'-0.5"]
