"""Seal the data packages: write each resource's SHA-256 into its descriptor, then freeze the digests.

The digests of published methodologies, of the list of digests and of all data are written into the code too
(`src/nhscarbon/methods/release_digests.py`), so that data and digests that are edited together are found out.

Run after a deliberate change of data, and review the difference before committing it:

    python tools/seal.py
    python tools/seal.py --publish nhs-2026.1     freezes the digest of a methodology whose status is published

A package whose bytes changed needs a new version once a published methodology pins it.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
CODE = REPO / "src" / "nhscarbon" / "methods" / "release_digests.py"
HEAD = '''"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

'''


def write_code(methodologies: Mapping[str, str], digests: str, data: str) -> None:
    """Write the digests of the release into the code."""
    lines = "".join(f'    "{id}": "{digest}",\n' for id, digest in sorted(methodologies.items()))
    known = f"{{\n{lines}}}" if lines else "{}"
    text = (
        f"{HEAD}METHODOLOGIES: Mapping[str, str] = {known}  # published ones, with all that they pin\n"
        f'DIGESTS = "{digests}"  # digests.toml\n'
        f'DATA = "{data}"  # all files of the data\n'
    )
    CODE.write_text(text, "utf-8", newline="\n")


try:
    compile(CODE.read_text("utf-8"), CODE.name, "exec")
except (OSError, SyntaxError):  # absent, or two branches were merged into it: it is written anew below
    write_code({}, "", "")

from nhscarbon.methods import release  # noqa: E402  they need the code above
from nhscarbon.methods.data_package import (  # noqa: E402
    DESCRIPTOR,
    DIGESTS,
    DataPackage,
    digest_of,
    load_package,
    seal,
)
from nhscarbon.methods.methodology import MANIFEST, methodology  # noqa: E402

DATA = REPO / "data"


def seal_all(data: Path) -> list[DataPackage]:
    """Seal every package of a data folder and write `digests.toml`, keeping published methodologies as they are."""
    folders = sorted(path.parent for path in data.glob(f"*/*/{DESCRIPTOR}"))
    for folder in folders:
        seal(folder)
    packages = [load_package(folder) for folder in folders]
    path = data / "methodologies" / DIGESTS
    kept = tomllib.loads(path.read_text("utf-8")).get("methodologies", {}) if path.exists() else {}
    lines = ["# SHA-256 digests that freeze what was released; written by tools/seal.py", "[packages]"]
    lines += [f'"{package.label}" = "{package.digest}"' for package in sorted(packages, key=lambda p: p.label)]
    lines += ["", "[methodologies]"]
    lines += [f'"{id}" = "{digest}"' for id, digest in sorted(kept.items())]
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    return packages


def publish(data: Path, id: str) -> str:
    """Freeze the digest of a methodology whose manifest says published; return it.

    Raises
    ------
    SystemExit
        If it is frozen already: a correction is a new edition.
    """
    path = data / "methodologies" / DIGESTS
    frozen = tomllib.loads(path.read_text("utf-8"))["methodologies"]
    if id in frozen:
        raise SystemExit(f"{id} is published already: a correction is a new edition")
    manifest = data / "methodologies" / id / MANIFEST
    text = manifest.read_text("utf-8")
    try:
        manifest.write_text(text.replace('status = "published"', 'status = "draft"'), "utf-8", newline="\n")
        draft = methodology(id, root=data)  # whole and sound, or it raises
    finally:
        manifest.write_text(text, "utf-8", newline="\n")
    hashes = {**draft.hashes, f"{id}/{MANIFEST}": hashlib.sha256(manifest.read_bytes()).hexdigest()}
    digest = digest_of(hashes)
    path.write_text(path.read_text("utf-8") + f'"{id}" = "{digest}"\n', "utf-8", newline="\n")
    return digest


def main() -> int:
    """Seal every package under `data` and write the digests."""
    packages = seal_all(DATA)
    for id in sys.argv[2:] if sys.argv[1:2] == ["--publish"] else ():
        publish(DATA, id)
    frozen = tomllib.loads((DATA / "methodologies" / DIGESTS).read_text("utf-8"))["methodologies"]
    write_code(frozen, release.digests_digest(DATA), release.data_digest(DATA))
    manifests = sorted(path.parent.name for path in DATA.glob(f"methodologies/*/{MANIFEST}"))
    sys.stdout.write(f"sealed {len(packages)} packages; methodologies: {', '.join(manifests)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
