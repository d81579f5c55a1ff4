"""Data packages: read a descriptor, verify every byte it names, hand over rows.

A package is a folder with a `datapackage.json` (Frictionless Data Package). Nothing of it is used
before its SHA-256 agrees with the descriptor.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.output.files import write_whole
from nhscarbon.output.text import one_line

DESCRIPTOR = "datapackage.json"


class Source(BaseModel):
    """A publisher's file that a package was made from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    path: str = ""
    file: str = ""
    sha256: str = ""
    version: str = ""
    second_hand: bool = False


class Licence(BaseModel):
    """The terms that a package's figures are under."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    path: str = ""
    title: str = ""


class Resource(BaseModel):
    """A file of a package and its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    path: str
    hash: str


class Descriptor(BaseModel):
    """The `datapackage.json` of a package."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: str
    title: str
    kind: str
    sources: tuple[Source, ...] = ()
    licenses: tuple[Licence, ...] = ()
    attribution: str = ""
    gwp_basis: str = ""
    notes: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = Field(min_length=1)


@dataclass(frozen=True)
class DataPackage:
    r"""A verified package: its descriptor, its folder, and the bytes that were hashed.

    `hashes` holds the SHA-256 of every file by its name, the descriptor's own included; `digest` is
    the SHA-256 over their sorted ``name\0sha256\n`` lines.
    """

    descriptor: Descriptor
    folder: Path
    hashes: Mapping[str, str]
    _files: Mapping[str, bytes]

    def __repr__(self) -> str:
        return one_line(self, self.label)

    @property
    def name(self) -> str:
        """The package's name, such as ``ukgov-2023``."""
        return self.descriptor.name

    @property
    def label(self) -> str:
        """Name and version as a manifest pins them, such as ``ukgov-2023@1.0.0``."""
        return f"{self.descriptor.name}@{self.descriptor.version}"

    @property
    def digest(self) -> str:
        """SHA-256 over the hashes of all the package's files."""
        return digest_of(self.hashes)

    def text(self, file: str) -> str:
        """Return one verified file as text."""
        if file not in self._files:
            raise IntegrityError(f"{self.label} has no file '{file}'")
        return self._files[file].decode("utf-8")

    def rows(self, file: str) -> list[dict[str, str]]:
        """Return one verified CSV file as rows of text.

        Raises
        ------
        IntegrityError
            If a row has more or fewer cells than the header.
        """
        reader = csv.DictReader(io.StringIO(self.text(file), newline=""), strict=True)
        rows = list(reader)
        for number, row in enumerate(rows, start=2):
            if None in row or None in row.values():
                raise IntegrityError(f"{self.label}: row {number} of {file} does not fit its header")
        return rows


def digest_of(hashes: Mapping[str, str]) -> str:
    r"""Return the SHA-256 over sorted ``path\0sha256\n`` lines."""
    lines = "".join(f"{path}\0{hashes[path]}\n" for path in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def load_package(folder: Path) -> DataPackage:
    """Read and verify the package in a folder.

    Parameters
    ----------
    folder : Path
        The folder that holds `datapackage.json`.

    Returns
    -------
    DataPackage
        With every file's bytes already hashed and compared.

    Raises
    ------
    UsageError
        If there is no such package.
    IntegrityError
        If a file is missing, unlisted, or not the one that the descriptor names.
    """
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise UsageError(f"there is no data package in '{folder.name}': {DESCRIPTOR} is missing")
    content = path.read_bytes()
    try:
        descriptor = Descriptor.model_validate(json.loads(content))
    except (ValueError, ValidationError) as error:
        raise IntegrityError(f"the descriptor of package '{folder.name}' cannot be read: {error}") from error
    files, faults = {DESCRIPTOR: content}, []
    for resource in descriptor.resources:
        file = folder / resource.path
        if Path(resource.path).name != resource.path or not file.is_file():
            faults.append(f"{resource.path} is missing")
            continue
        files[resource.path] = file.read_bytes()
        found = "sha256:" + hashlib.sha256(files[resource.path]).hexdigest()
        if found != resource.hash:
            faults.append(f"{resource.path} has {found[:19]}..., the descriptor says {resource.hash[:19]}...")
    unlisted = sorted({entry.name for entry in folder.iterdir() if entry.name[0] != "."} - set(files))
    faults.extend(f"{name} is not in the descriptor" for name in unlisted)
    if faults:
        raise IntegrityError(
            f"data package '{folder.name}' is not the one that was published: {'; '.join(faults)}.",
            advice="Nothing of it was used. Re-install nhscarbon, or restore the package from its release.",
        )
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return DataPackage(descriptor, folder, hashes, files)


def stated_digest(folder: Path) -> tuple[str, str]:
    """Return a package's label and the digest that its descriptor states, without a look at its other files.

    Of a package that `load_package` accepts it is `DataPackage.digest`.
    """
    content = (folder / DESCRIPTOR).read_bytes()
    descriptor = Descriptor.model_validate(json.loads(content))
    hashes = {resource.path: resource.hash.removeprefix("sha256:") for resource in descriptor.resources}
    digest = digest_of({**hashes, DESCRIPTOR: hashlib.sha256(content).hexdigest()})
    return f"{descriptor.name}@{descriptor.version}", digest


def seal(folder: Path) -> None:
    """Write the hash and the columns of every file of a package into its descriptor.

    Raises
    ------
    UsageError
        If there is no descriptor to write into.
    """
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise UsageError(f"there is no {DESCRIPTOR} in '{folder.name}' to seal")
    descriptor = json.loads(path.read_text("utf-8"))
    files = sorted(file for file in folder.iterdir() if file.name != DESCRIPTOR and file.name[0] != ".")
    old = {resource["path"]: resource for resource in descriptor.get("resources", [])}
    descriptor["resources"] = [
        {
            "name": file.stem.replace(".", "-"),
            "path": file.name,
            **({"schema": old[file.name]["schema"]} if "schema" in old.get(file.name, {}) else _schema(file)),
            "hash": "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        for file in files
    ]
    text = json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n"
    if text != path.read_text("utf-8"):
        write_whole(path, text.encode(), overwrite=True)


def _schema(file: Path) -> dict[str, object]:
    if file.suffix != ".csv":
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    return {"schema": {"fields": [{"name": name, "type": "string"} for name in header]}}


def data_root() -> Path:
    """Return the folder of the data that ships with nhscarbon.

    In a wheel it lies inside the package; in a checkout beside `src`.
    """
    here = Path(__file__).resolve().parents[1]
    inside = here / "data"
    return inside if inside.is_dir() else here.parents[1] / "data"


DIGESTS = "digests.toml"


def frozen_digests(root: Path) -> Mapping[str, str]:
    """Return the digests that freeze what was released: of packages by label, of methodologies by id."""
    frozen = tomllib.loads((root / "methodologies" / DIGESTS).read_text("utf-8"))
    return {**frozen.get("packages", {}), **frozen.get("methodologies", {})}


def load_pinned(root: Path, room: str, pin: str) -> DataPackage:
    """Load a package by its pin ``name@version`` and hold it against the frozen digests.

    Raises
    ------
    IntegrityError
        If it is another version, or not byte for byte the package that was released.
    """
    name, _, version = pin.partition("@")
    package = load_package(root / room / name)
    if package.descriptor.version != version or package.name != name:
        raise IntegrityError(f"{pin} is needed, but the folder holds {package.label}")
    frozen = frozen_digests(root).get(pin, "none")
    if frozen != package.digest:
        raise IntegrityError(
            f"data package {pin} is not the one that was published: its hash is {package.digest[:12]}..., "
            f"{DIGESTS} has {frozen[:12]}. Nothing of it was used. Re-install nhscarbon",
            advice="a corrected package needs a new version and a new methodology.",
        )
    return package
