"""Each addition touches one place: a factor year, an activity and a unit are added to a copy of the data."""

import csv
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import data_root

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import seal  # noqa: E402  a tool of this repository
from write_boundaries import rows_of  # noqa: E402


@pytest.fixture
def data(tmp_path):
    shutil.copytree(data_root(), tmp_path / "data")
    return tmp_path / "data"


def draft(data):
    """Let a copy of a published methodology be changed: in a release it would be a new edition."""
    for path in data.glob("methodologies/*/methodology.toml"):
        path.write_text(path.read_text("utf-8").replace('"published"', '"draft"'), "utf-8")


def append(path, **row):
    """Add one row to a CSV file."""
    head = list(rows_of(path)[0])
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, head, restval="", lineterminator="\n").writerow(row)


def changed(data):
    """Return the files that differ from the shipped data, digests and descriptors aside."""
    before, after = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (data_root(), data)
    )
    aside = ("digests.toml", "datapackage.json", "methodology.toml")
    return {str(path) for path in after if after[path] != before.get(path) and path.name not in aside}


def total(data, id, row, boundary="nhs_carbon_footprint"):
    draft(data)
    seal.seal_all(data)
    return nc.calculate(rows(row), nc.methodology(id, root=data)).total(boundary)


def rows(row):
    names = ("organisation", "period", "activity", "quantity", "unit")
    return pd.DataFrame([dict(zip(names, row, strict=True))])


def test_a_factor_year_is_a_folder_and_its_adoption_another(data):
    new = data / "emission_factors" / "ukgov-2027"
    shutil.copytree(data / "emission_factors" / "ukgov-2026", new)
    for file in new.iterdir():
        text = file.read_text("utf-8").replace("2027-04-01", "2028-04-01").replace("2026-04-01", "2027-04-01")
        file.write_text(text.replace("ukgov-2026", "ukgov-2027"), "utf-8")
    adopted = data / "methodologies" / "nhs-2027.1"
    shutil.copytree(data / "methodologies" / "nhs-2026.1", adopted)
    manifest = (adopted / "methodology.toml").read_text("utf-8").replace('id = "nhs-2026.1"', 'id = "nhs-2027.1"')
    pin = '\n[[factors]]\npackage = "ukgov-2027@1.0.0"\nperiods = ["2027/28"]\n'
    (adopted / "methodology.toml").write_text(manifest + pin, "utf-8")
    gas = total(data, "nhs-2027.1", ("RX1", "2027/28", "energy.natural_gas", 1000, "kWh"), "scope_1")
    assert gas == pytest.approx(0.18231)  # the copied 2026 value
    assert {path.split("/")[1] for path in changed(data)} == {"ukgov-2027", "nhs-2027.1"}


def test_an_activity_is_a_catalogue_row_and_its_factor_row(data):
    package = data / "emission_factors" / "ukgov-2026" / "factors.csv"
    home = {"theme": "water", "category": "water", "units": "m3", "components": "direct", "reversible": "no"}
    append(data / "catalogue" / "catalogue-1" / "activities.csv", activity="water.rain", label="Rain water", **home)
    validity = {"geography": "UK", "valid_from": "2026-04-01", "valid_to": "2027-04-01", "gwp_basis": "AR5"}
    number = {"component": "direct", "scope": "3", "value": "0.02", "unit": "kgCO2e/m3", "locator": "a study, p. 1"}
    append(package, factor_id="water.rain.direct.m3", activity="water.rain", **number, **validity)
    assert total(data, "nhs-2026.1", ("RX1", "2026/27", "water.rain", 1000, "m3")) == pytest.approx(0.02)
    assert changed(data) == {"catalogue/catalogue-1/activities.csv", "emission_factors/ukgov-2026/factors.csv"}


def test_a_unit_is_one_row_and_its_definition(data):
    append(data / "units" / "units-1" / "units.csv", unit="therm", label="therms", kind="energy_gross", decimals="6")
    with (data / "units" / "units-1" / "units.txt").open("a", encoding="utf-8") as stream:
        stream.write("therm = 29.3071 * kWh\n")
    therms = total(data, "nhs-2026.1", ("RX1", "2025/26", "energy.natural_gas", 100, "therm"), "scope_1")
    assert therms == pytest.approx(100 * 29.3071 * 0.18296 / 1000, rel=1e-12)
    assert {path.split("/")[0] for path in changed(data)} == {"units"}
