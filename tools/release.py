"""Make a release: the wheel, built twice with the same bytes, its list of contents, and the hashes of all of it.

    python tools/release.py OUT

OUT then holds the wheel, `sbom.cdx.json` (CycloneDX 1.6: the package, its dependencies, every data package with
licence and hashes), `packages.txt` (the digest of each data package and methodology) and `SHA256SUMS` of the three.
Nothing in them depends on the clock or the machine. Refused: a working tree with changes, a wheel whose bytes differ
from one build to the next, and one of 8 MB or more.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
LARGEST = 8_000_000  # bytes of the wheel
BESIDE = (".git", ".venv", ".demo", ".ci", "dist", "build", "__pycache__", ".*_cache", ".hypothesis")
DATA = "nhscarbon/data/"


def build(source: Path, out: Path, *, modified: int) -> Path:
    """Build the wheel from a copy of a source tree, whose files are given another time of modification."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns(*BESIDE))
        for path in copy.rglob("*"):
            os.utime(path, (modified, modified))
        command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(copy)]
        without = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=without)
    if done.returncode:
        raise SystemExit(f"the wheel cannot be built:\n{done.stdout}{done.stderr}")
    [wheel] = out.glob("*.whl")
    return wheel


def build_twice(source: Path, out: Path) -> Path:
    """Build the wheel twice and return the one in `out`; raises as `refuse`."""
    with tempfile.TemporaryDirectory() as folder:
        again = build(source, Path(folder), modified=1_000_000_000).read_bytes()
    wheel = build(source, out, modified=1_700_000_000)
    refuse(wheel.name, wheel.read_bytes(), again)
    return wheel


def refuse(name: str, content: bytes, again: bytes) -> None:
    """Refuse a wheel that another build does not give again, or that is too large.

    Raises
    ------
    SystemExit
        With both hashes, or the size.
    """
    if content != again:
        raise SystemExit(f"two builds of {name} differ: {_sha256(content)[:16]} and {_sha256(again)[:16]}")
    if len(content) >= LARGEST:
        raise SystemExit(f"{name} has {len(content):,} bytes; it must stay below {LARGEST:,}")


def sbom(wheel: Path) -> dict[str, object]:
    """Return what a wheel holds and needs, as CycloneDX 1.6."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    [metadata] = (_message(files[name]) for name in files if name.endswith(".dist-info/METADATA"))
    [built] = (_message(files[name]) for name in files if name.endswith(".dist-info/WHEEL"))
    name, version = metadata["Name"], metadata["Version"]
    needs = [_dependency(text) for text in metadata.get_all("Requires-Dist", []) if not text.startswith(name)]
    data = [_package(path, files) for path in sorted(files)
            if path.startswith(DATA) and path.endswith("/datapackage.json")]  # fmt: skip
    builder, _, edition = str(built["Generator"]).partition(" ")
    itself = {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "licenses": [{"expression": metadata["License-Expression"]}],
        "hashes": [{"alg": "SHA-256", "content": _sha256(wheel.read_bytes())}],
    }
    required = [part for part in needs if part["scope"] == "required"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": builder, "version": edition}]},
            "component": itself,
        },
        "components": [*needs, *data],
        "dependencies": [{"ref": itself["bom-ref"], "dependsOn": [part["bom-ref"] for part in (*required, *data)]}],
    }


def _dependency(text: str) -> dict[str, object]:
    """Return a dependency as the wheel declares it; the version is a range, so it is a property."""
    wanted, _, marker = text.partition(";")
    place = next((number for number, letter in enumerate(wanted) if letter in "<>=!~ ["), len(wanted))
    name = wanted[:place].lower()
    wanted = wanted.strip()
    extra = marker.strip()
    return {
        "type": "library",
        "bom-ref": f"requires:{wanted}{f' ({extra})' if extra else ''}",
        "name": name,
        "purl": f"pkg:pypi/{name}",
        "scope": "optional" if "extra" in marker else "required",
        "properties": [{"name": "nhscarbon:requires", "value": f"{wanted}{f'; {extra}' if extra else ''}"}],
    }


def _package(path: str, files: dict[str, bytes]) -> dict[str, object]:
    """Return a data package with its licences and the hash of its descriptor, which names those of its files."""
    descriptor = json.loads(files[path])
    folder = path.rpartition("/")[0]
    hashes = {each.rpartition("/")[2]: _sha256(files[each]) for each in files if each.rpartition("/")[0] == folder}
    lines = "".join(f"{name}\0{hashes[name]}\n" for name in sorted(hashes))
    return {
        "type": "data",
        "bom-ref": f"data:{descriptor['name']}@{descriptor['version']}",
        "name": descriptor["name"],
        "version": descriptor["version"],
        "description": descriptor["title"],
        "licenses": [{"license": {"name": each.get("title") or each["name"]}} for each in descriptor["licenses"]],
        "hashes": [{"alg": "SHA-256", "content": _sha256(files[path])}],
        "properties": [{"name": "nhscarbon:digest", "value": _sha256(lines.encode())}],
    }


def packages_text(wheel: Path) -> str:
    """Return the frozen digests of the data packages and methodologies that a wheel carries."""
    with zipfile.ZipFile(wheel) as archive:
        frozen = tomllib.loads(archive.read(f"{DATA}methodologies/digests.toml").decode())
    return "".join(f"{digest}  {name}\n" for part in ("packages", "methodologies")
                   for name, digest in sorted(frozen[part].items()))  # fmt: skip


def release(source: Path, out: Path) -> list[Path]:
    """Write all files of a release into an empty folder and return them."""
    wheel = build_twice(source, out)
    (out / "sbom.cdx.json").write_text(json.dumps(sbom(wheel), indent=1) + "\n", "utf-8", newline="\n")
    (out / "packages.txt").write_text(packages_text(wheel), "utf-8", newline="\n")
    written = [wheel, out / "packages.txt", out / "sbom.cdx.json"]
    sums = "".join(f"{_sha256(path.read_bytes())}  {path.name}\n" for path in written)
    (out / "SHA256SUMS").write_text(sums, "utf-8", newline="\n")
    return [*written, out / "SHA256SUMS"]


def _message(content: bytes) -> Message:
    return Parser().parsestr(content.decode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(out: Path) -> int:
    """Refuse what is not ready, make the release, and say what it is."""
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=REPO, capture_output=True, text=True, check=True)
    if changed.stdout.strip():
        sys.stderr.write("the working tree has changes: commit them first, a release is of a commit\n")
        return 2
    if out.exists() and any(out.iterdir()):
        sys.stderr.write(f"{out.name} is not empty\n")
        return 2
    out.mkdir(parents=True, exist_ok=True)
    written = release(REPO, out)
    sys.stdout.write(written[-1].read_text("utf-8"))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
