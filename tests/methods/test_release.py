"""The root of trust: data, descriptors and the list of digests that are edited together do not pass for the release."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.methods import release_digests
from nhscarbon.methods.data_package import data_root, frozen_digests, load_package, seal
from nhscarbon.methods.methodology import methodology_ids
from nhscarbon.methods.release import data_digest, digests_digest, release_faults

REPO = Path(__file__).resolve().parents[2]
FACTORS = "emission_factors/ukgov-2023"


def test_the_digests_in_the_code_are_those_of_the_data():
    """Run tools/seal.py after a deliberate change of data."""
    assert release_faults(data_root()) == []
    assert digests_digest(data_root()) == release_digests.DIGESTS
    frozen = frozen_digests(data_root())
    published = {id for id in methodology_ids() if nc.methodology(id).status == "published"}
    assert published <= set(release_digests.METHODOLOGIES)
    assert all(frozen[id] == digest for id, digest in release_digests.METHODOLOGIES.items())


@pytest.fixture
def house(tmp_path):
    """A copy of the package with its data inside, as a wheel has it."""
    copy = tmp_path / "nhscarbon"
    shutil.copytree(Path(nc.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copytree(data_root(), copy / "data")
    return copy


def asked(house, *words):
    environment = {**os.environ, "PYTHONPATH": str(house.parent), "NHSCARBON_KERNEL": "numpy"}
    done = subprocess.run([sys.executable, "-m", "nhscarbon", *words], capture_output=True, text=True, check=False,
                          env=environment, cwd=house.parent)  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def edit_together(data, file, old, new):
    """Edit a file of a package, its descriptor and the list of digests, as somebody who knows how would."""
    path = data / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    before = load_digest(data, path.parent)
    seal(path.parent)
    package = load_package(path.parent)
    digests = data / "methodologies" / "digests.toml"
    digests.write_text(digests.read_text("utf-8").replace(before, package.digest), "utf-8")
    return package


def load_digest(data, folder):
    name = folder.name
    return next(digest for label, digest in frozen_digests(data).items() if label.startswith(f"{name}@"))


def refreeze(data, id):
    """Give a published methodology the digest that it has after an edit."""
    sys.path.insert(0, str(REPO / "tools"))
    import seal as tool  # noqa: PLC0415  a tool of this repository

    digests = data / "methodologies" / "digests.toml"
    lines = [line for line in digests.read_text("utf-8").splitlines() if not line.startswith(f'"{id}" =')]
    digests.write_text("\n".join(lines) + "\n", "utf-8")
    tool.publish(data, id)


def test_a_copy_as_released_is_as_released(house):
    code, told = asked(house, "factors", "verify")
    assert code == 0
    assert "CHANGED" not in told


def test_a_factor_edited_with_its_descriptor_and_the_list_of_digests_is_found(house):
    package = edit_together(house / "data", f"{FACTORS}/factors.csv", "0.182928926174", "0.01829")
    refreeze(house / "data", "nhs-2026.1")
    assert frozen_digests(house / "data")[package.label] == package.digest  # the data agree with each other
    nc.methodology("nhs-2026.1", root=house / "data")  # and pass for data of one's own
    code, told = asked(house, "factors", "verify")
    assert code == 4
    assert "the data are not those of the release" in told
    assert "as released" not in told
    assert asked(house, "factors", "verify", "densities-1")[0] != 0  # whichever is asked about
    rows = house.parent / "return.csv"
    rows.write_text("organisation,period,activity,quantity,unit\nRX1,2023/24,energy.natural_gas,1000,kWh\n")
    code, told = asked(house, "footprint", "return.csv", "--method", "nhs-2026.1")
    assert code == 4
    assert "is not the one that was published" in told


@pytest.mark.parametrize(("file", "old", "new"), [
    ("findings/findings-1/findings.csv", "reject_line", "info"),
    ("methodologies/nhs-2026.2/methodology.toml", 'status = "draft"', 'status = "draft" '),
    ("methodologies/digests.toml", "# SHA-256", "# sha-256"),
    ("units/units-1/units.csv", "kWh", "kwh"),
])  # fmt: skip
def test_any_file_of_the_data_is_vouched_for(house, file, old, new):
    path = house / "data" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    code, told = asked(house, "factors", "verify")
    assert code == 4
    assert "Traceback" not in told
    path.write_text(text, "utf-8")
    (house / "data" / "findings" / "findings-1" / "more.csv").write_text("x\n")
    assert asked(house, "factors", "verify")[0] == 4


def test_the_digest_is_of_names_and_contents(tmp_path):
    for name, content in (("a/x.csv", b"1"), ("a/y.csv", b"2")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    lines = "".join(f"a/{name}\0{hashlib.sha256(content).hexdigest()}\n" for name, content in
                    (("x.csv", b"1"), ("y.csv", b"2")))  # fmt: skip
    assert data_digest(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
    (tmp_path / "a" / ".hidden").write_bytes(b"3")
    assert data_digest(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
    (tmp_path / "a" / "x.csv").rename(tmp_path / "a" / "z.csv")
    assert data_digest(tmp_path) != hashlib.sha256(lines.encode()).hexdigest()
