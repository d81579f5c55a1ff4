"""Methodologies: drafts say so, published ones are frozen, withdrawn ones calculate nothing."""

import shutil
import sys
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.data_package import data_root

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import seal

ID = "nhs-test"


@pytest.fixture
def data(tmp_path):
    shutil.copytree(data_root(), tmp_path / "data")
    folder = tmp_path / "data" / "methodologies"
    shutil.copytree(folder / "nhs-2026.1", folder / ID)
    return tmp_path / "data"


def write(data, status):
    path = data / "methodologies" / ID / "methodology.toml"
    lines = path.read_text("utf-8").splitlines()
    lines = [f'id = "{ID}"' if line.startswith("id =") else line for line in lines]
    lines = [f'status = "{status}"' if line.startswith("status =") else line for line in lines]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_draft_says_so_in_its_stamp(data, activity_csv):
    write(data, "draft")
    method = nc.methodology(ID, root=data)
    stamp = nc.calculate(activity_csv("RX1,2023/24,water.supply,1,m3"), method).stamp
    assert (stamp.methodology, stamp.status) == (ID, "draft")


def test_a_withdrawn_methodology_calculates_nothing(data):
    write(data, "withdrawn")
    with pytest.raises(UsageError, match="was withdrawn and calculates nothing; choose another"):
        nc.methodology(ID, root=data)


def test_a_published_methodology_is_the_frozen_one_or_none(data):
    path = write(data, "published")
    with pytest.raises(IntegrityError, match="not the one that was published"):
        nc.methodology(ID, root=data)  # never frozen
    digest = seal.publish(data, ID)
    assert nc.methodology(ID, root=data).digest == digest
    with pytest.raises(SystemExit, match="published already"):
        seal.publish(data, ID)
    path.write_text(path.read_text("utf-8").replace("NHS carbon footprint", "NHS Carbon Footprint"), "utf-8")
    with pytest.raises(IntegrityError, match="A correction is a new edition"):
        nc.methodology(ID, root=data)


def test_the_digest_covers_every_pinned_file_and_nothing_else(data, method):
    write(data, "draft")
    before = nc.methodology(ID, root=data).digest
    package = data / "emission_factors" / "ukgov-2016" / "factors.csv"
    package.write_text(package.read_text("utf-8").replace("0.18399", "0.18398", 1), "utf-8")
    seal.seal_all(data)
    assert nc.methodology(ID, root=data).digest != before
    assert sum("ukgov-2016@1.0.0/" in name for name in method.hashes) == 3  # factors, gases, descriptor


def test_a_boundary_that_decides_a_component_twice_is_refused(data):
    write(data, "draft")
    path = data / "methodologies" / ID / "boundaries.csv"
    path.write_text(path.read_text("utf-8") + "nhs_carbon_footprint,water,direct,3,no\n", "utf-8")
    with pytest.raises(IntegrityError, match="is decided twice"):
        nc.methodology(ID, root=data)


def test_the_digest_covers_what_a_boundary_counts(data):
    write(data, "draft")
    before = nc.methodology(ID, root=data).digest
    path = data / "methodologies" / ID / "boundaries.csv"
    head, first, *rest = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head, *rest, first]) + "\n", "utf-8")
    assert nc.methodology(ID, root=data).digest != before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('units = "units-1@9.9.9"', "is needed, but the folder holds"),
        ('headline = "colour"', "main boundary 'colour' is not defined"),
        ('colour = "red"', "cannot be read"),
        ('units = "units-7@1.0.0"', "no data package"),
    ],
)
def test_a_manifest_that_contradicts_the_data_is_refused(data, line, says):
    path = write(data, "draft")
    name = line.split(" =")[0]
    lines = [row for row in path.read_text("utf-8").splitlines() if not row.startswith(f"{name} =")]
    path.write_text("\n".join([line, *lines]) + "\n", "utf-8")
    with pytest.raises((IntegrityError, UsageError), match=says):
        nc.methodology(ID, root=data)
