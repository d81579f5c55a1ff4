"""`nhscarbon factors list | show | verify | diff`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

import pandas as pd

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods import release_digests
from nhscarbon.methods.data_package import DataPackage, data_root, frozen_digests, load_package, seal
from nhscarbon.methods.factors import FactorPackage
from nhscarbon.methods.release import digests_digest, release_faults
from nhscarbon.methods.units import Units, load_units
from nhscarbon.methods.verification import check_originals
from nhscarbon.output.tables import table_text
from nhscarbon.version import __version__

ROOM = "emission_factors"


def list_packages(options: Namespace) -> None:
    """List every factor package: edition, number of factors, where its figures come from."""
    packages = [FactorPackage(package, _units()) for package in _packages()]
    frame = pd.DataFrame(
        {
            "package": [each.package.label for each in packages],
            "factors": [len(each.rows) for each in packages],
            "activities": [len(each.by_activity) for each in packages],
            "basis": [each.package.descriptor.gwp_basis for each in packages],
            "read from": [
                "second-hand copy"
                if any(source.second_hand for source in each.package.descriptor.sources)
                else "publisher's file"
                for each in packages
            ],
            "title": [each.package.descriptor.title for each in packages],
        }
    )
    sys.stdout.write(table_text(frame) + "\n")


def show(options: Namespace) -> None:
    """Show the factors whose id begins with a text, in every edition that has them."""
    rows = [
        row
        for package in _packages()
        for row in FactorPackage(package, _units()).rows
        if row.factor_id == options.factor_id or row.factor_id.startswith(f"{options.factor_id}.")
    ]
    if not rows:
        raise UsageError(
            f"no package has a factor '{options.factor_id[:80]}'; `nhscarbon method show` lists activities"
        )
    frame = pd.DataFrame(
        {
            "factor_id": [row.factor_id for row in rows],
            "from": [row.valid_from for row in rows],
            "value": [row.value for row in rows],
            "unit": [f"kgCO2e/{row.unit}" for row in rows],
            "scope": [row.scope for row in rows],
            "basis": [row.gwp_basis for row in rows],
            "package": [row.package for row in rows],
            "cell": [row.locator for row in rows],
        }
    )
    sys.stdout.write(table_text(frame.sort_values(["factor_id", "from"])) + "\n")


def verify(options: Namespace) -> None:
    """Re-check the hashes of packages, and their cells against the publishers' own files."""
    faults = release_faults(data_root())
    trusted = digests_digest(data_root()) == release_digests.DIGESTS
    wanted = options.packages or [folder.name for folder in _folders()]
    frozen = frozen_digests(data_root())
    for name in wanted:
        package = load_package(data_root() / ROOM / name)
        rows = FactorPackage(package, _units()).rows
        known = trusted and frozen.get(package.label) == package.digest
        faults += [] if known else [f"{package.label} is not the package that was published"]
        state = "as released" if known else "CHANGED"
        text = f"{package.label:34} {len(rows):5} factors, {len(package.hashes)} files {state}"
        if options.originals:
            checked = check_originals(package, rows, Path(options.originals))
            text += f"; {checked}"
            faults += checked.faults
        sys.stdout.write(text + "\n")
    if faults:
        raise IntegrityError("\n".join(faults))
    sys.stderr.write(f"all data are those of nhscarbon {__version__}\n")


def seal_package(options: Namespace) -> None:
    """Write the hashes of every file of a package into its descriptor."""
    folder = Path(options.folder)
    seal(folder)
    package = load_package(folder)
    sys.stdout.write(f"{package.label} is sealed: {', '.join(sorted(package.hashes))}, hash {package.digest[:16]}\n")


def diff(options: Namespace) -> None:
    """List what appeared, vanished and moved between two packages."""
    before, after = (
        {row.factor_id: row for row in FactorPackage(_package(name), _units()).rows}
        for name in (options.before, options.after)
    )
    rows = []
    for id in sorted({*before, *after}):
        old, new = before.get(id), after.get(id)
        if old is None or new is None:
            rows.append(
                (
                    id,
                    "vanished" if new is None else "appeared",
                    old.value if old else "",
                    new.value if new else "",
                    "",
                )
            )
        elif float(old.value) != float(new.value):
            change = (float(new.value) / float(old.value) - 1) * 100 if float(old.value) else float("inf")
            if abs(change) >= options.over:
                rows.append((id, "moved", old.value, new.value, f"{change:+.1f} %"))
    frame = pd.DataFrame(rows, columns=["factor_id", "what", options.before, options.after, "change"])
    counts = ", ".join(f"{(frame['what'] == what).sum()} {what}" for what in ("appeared", "vanished", "moved"))
    sys.stdout.write((table_text(frame) if rows else "no difference") + "\n")
    sys.stderr.write(f"{counts}\n")


def _package(name: str) -> DataPackage:
    names = [package.name for package in _packages()]
    if name not in names:
        raise UsageError(f"there is no factor package '{name[:60]}'; there are {', '.join(names)}")
    return load_package(data_root() / ROOM / name)


def _packages() -> list[DataPackage]:
    return [load_package(folder) for folder in _folders()]


def _folders() -> list[Path]:
    return [folder for folder in sorted((data_root() / ROOM).iterdir()) if folder.is_dir()]


def _units() -> Units:
    newest = sorted((data_root() / "units").iterdir())[-1]
    return load_units(load_package(newest))
