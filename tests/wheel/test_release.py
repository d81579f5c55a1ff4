"""A release: the same bytes twice, small, with a list of what is in it that agrees with what is in it."""

import hashlib
import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from nhscarbon.methods.release import release_faults

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import release  # noqa: E402  a tool of this repository


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    out = tmp_path_factory.mktemp("release")
    return {path.name.rpartition("-")[2]: path for path in release.release(REPO, out)}  # built twice, or it raises


@pytest.fixture(scope="module")
def wheel(released):
    return released["any.whl"]


@pytest.fixture(scope="module")
def bill(released):
    return json.loads(released["sbom.cdx.json"].read_text("utf-8"))


def test_the_wheel_is_small_and_holds_no_time_of_its_building(wheel):
    assert wheel.stat().st_size < 8_000_000
    assert len({entry.date_time for entry in zipfile.ZipFile(wheel).infolist()}) == 1


def test_builds_that_differ_and_wheels_that_grew_are_refused():
    with pytest.raises(SystemExit, match=r"two builds of a\.whl differ"):
        release.refuse("a.whl", b"one", b"two")
    with pytest.raises(SystemExit, match="must stay below 8,000,000"):
        release.refuse("a.whl", bytes(8_000_000), bytes(8_000_000))


def test_the_sums_are_those_of_the_files(released):
    sums = dict(line.split("  ")[::-1] for line in released["SHA256SUMS"].read_text("utf-8").splitlines())
    assert len(sums) == 3
    for name, digest in sums.items():
        assert hashlib.sha256((released["SHA256SUMS"].parent / name).read_bytes()).hexdigest() == digest


def test_the_bill_names_every_data_package_with_its_frozen_digest_and_licence(bill, released):
    frozen = tomllib.loads((REPO / "data" / "methodologies" / "digests.toml").read_text("utf-8"))
    data = [part for part in bill["components"] if part["type"] == "data"]
    assert {f"{part['name']}@{part['version']}": part["properties"][0]["value"] for part in data} == frozen["packages"]
    assert all(part["licenses"] for part in data)
    listed = dict(line.split("  ")[::-1] for line in released["packages.txt"].read_text("utf-8").splitlines())
    assert listed == frozen["packages"] | frozen["methodologies"]


def test_the_bill_names_every_dependency_and_says_which_are_extras(bill):
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {part.split(">")[0] for part in project["dependencies"]}
    extras = {part.split(">")[0] for name, parts in project["optional-dependencies"].items() if name != "all"
              for part in parts}  # fmt: skip
    found = {"required": set(), "optional": set()}
    for part in bill["components"]:
        if part["type"] == "library":
            found[part["scope"]].add(part["name"])
    assert found == {"required": declared, "optional": extras}
    assert len({part["bom-ref"] for part in bill["components"]}) == len(bill["components"])


def test_the_bill_is_of_this_wheel(bill, wheel):
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    itself = bill["metadata"]["component"]
    assert itself["hashes"][0]["content"] == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert wheel.name.startswith(f"{itself['name']}-{itself['version']}-")
    assert itself["licenses"] == [{"expression": "MIT"}]
    assert "timestamp" not in json.dumps(bill)


def test_the_source_distribution_holds_what_a_build_and_the_tests_need(tmp_path):
    """Each file that the repository's own pages and tools name: requirements, licences, the pages, the data."""
    words = [sys.executable, "-m", "build", "--sdist", "--outdir", str(tmp_path), str(REPO)]
    subprocess.run(words, check=True, capture_output=True)
    [path] = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"requirements-dev.txt", "requirements-engines.txt", "README.md", "CHANGELOG.md", "CONTRIBUTING.md",
              "Makefile", "LICENSE", "DATA-LICENCES.md", "SECURITY.md", "mkdocs.yml", "pyproject.toml"}  # fmt: skip
    assert {path.name for path in REPO.glob("requirements-*.txt")} <= wanted
    assert wanted <= held
    assert {f"data/{path.relative_to(REPO / 'data').as_posix()}" for path in (REPO / "data").rglob("*.*")
            if path.is_file()} <= held  # fmt: skip


def test_the_data_in_the_wheel_are_those_of_the_release(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    assert release_faults(tmp_path / "nhscarbon" / "data") == []
