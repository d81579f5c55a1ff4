"""Packages: one flipped byte, one missing or one extra file, and nothing of it is used."""

import hashlib
import json
import shutil

import pytest

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.data_package import DESCRIPTOR, data_root, frozen_digests, load_package, load_pinned
from nhscarbon.methods.methodology import methodology


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(data_root(), tmp_path / "data")
    return tmp_path / "data"


def test_a_package_as_released_loads(copy):
    assert load_package(copy / "units" / "units-1").label == "units-1@1.0.0"


def test_one_flipped_bit_in_any_file_refuses(copy):
    folder = copy / "emission_factors" / "ukgov-2023"
    for file in sorted(folder.iterdir()):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
        with pytest.raises(IntegrityError):
            methodology("nhs-2026.1", root=copy)
        if file.name != DESCRIPTOR:  # the package alone knows it too, whether or not a methodology pins it
            with pytest.raises(IntegrityError, match=f"{file.name} has sha256:"):
                load_package(folder)
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
    assert methodology("nhs-2026.1", root=copy).status == "published"


def test_a_changed_file_whose_hash_was_changed_with_it_refuses_by_the_frozen_digest(copy):
    folder = copy / "emission_factors" / "anaesthetic-gases-ar5-1"
    text = (folder / "factors.csv").read_bytes().replace(b",1790,", b",179,")
    (folder / "factors.csv").write_bytes(text)
    descriptor = json.loads((folder / "datapackage.json").read_text())
    descriptor["resources"][0]["hash"] = "sha256:" + hashlib.sha256(text).hexdigest()
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    load_package(folder)  # whole in itself
    with pytest.raises(IntegrityError, match="not the one that was published: its hash is"):
        methodology("nhs-2026.1", root=copy)
    with pytest.raises(IntegrityError, match="a corrected package needs a new version"):
        load_pinned(copy, "emission_factors", "anaesthetic-gases-ar5-1@1.0.0")  # before any methodology is asked


@pytest.mark.parametrize("pin", ["nhs-gaps-1@1.0.1", "nhs-gaps-2@1.0.0"])
def test_a_package_that_was_never_frozen_or_is_another_version_is_not_used(copy, pin):
    with pytest.raises((IntegrityError, UsageError), match=r"is needed, but the folder holds|no data package"):
        load_pinned(copy, "gaps", pin)
    shutil.copytree(copy / "gaps" / "nhs-gaps-1", copy / "gaps" / "own-gaps-1")
    path = copy / "gaps" / "own-gaps-1" / DESCRIPTOR
    path.write_text(path.read_text("utf-8").replace('"nhs-gaps-1"', '"own-gaps-1"', 1), "utf-8")
    with pytest.raises(IntegrityError, match=r"digests\.toml has none"):
        load_pinned(copy, "gaps", "own-gaps-1@1.0.0")


def test_a_missing_and_an_unlisted_file_refuse_together(copy):
    folder = copy / "units" / "units-1"
    (folder / "aliases.csv").rename(folder / "alias.csv")
    with pytest.raises(IntegrityError, match=r"aliases\.csv is missing.*alias\.csv is not in the descriptor"):
        load_package(folder)


def test_a_folder_without_descriptor_is_no_package(tmp_path):
    with pytest.raises(UsageError, match="missing"):
        load_package(tmp_path)


def test_a_resource_cannot_point_outside_its_package(copy):
    folder = copy / "units" / "units-1"
    descriptor = json.loads((folder / "datapackage.json").read_text())
    descriptor["resources"][0]["path"] = "../units-1/aliases.csv"
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    with pytest.raises(IntegrityError, match="missing"):
        load_package(folder)


def test_every_shipped_package_is_as_frozen():
    frozen = frozen_digests(data_root())
    folders = sorted(path.parent for path in data_root().glob("*/*/datapackage.json"))
    assert len(folders) > 15
    for folder in folders:
        package = load_package(folder)
        assert frozen[package.label] == package.digest, package.label
        assert package.descriptor.licenses, package.label
        assert package.descriptor.sources, package.label
