"""Plans: the targets of the nation, or of a trust or system, read from a package or a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import IntegrityError, PeriodError, UnreadableError, UsageError
from nhscarbon.methods.data_package import DataPackage, data_root, load_package, load_pinned
from nhscarbon.methods.factors import refuse
from nhscarbon.output.results import Result
from nhscarbon.trajectory.targets.series import Tonnes, year_number
from nhscarbon.trajectory.targets.target import WHOLE, Inventory, Target, target_path
from nhscarbon.trajectory.targets.target_path import TargetPath

ROOM, NATIONAL, VERSION = "targets", "nhs-net-zero-1", "1.0.0"
KINDS = ("interim", "net_zero")
COLUMNS = ("target", "boundary", "kind", "first_year", "last_year", "reduction_percent", "base_year", "inventory",
           "status", "source", "note")  # fmt: skip


@dataclass(frozen=True, repr=False)
class Targets(Result):
    """The targets of a plan.

    Attributes
    ----------
    plan : str
    items : tuple of Target
    inventories : tuple of Inventory
    """

    plan: str
    items: tuple[Target, ...]
    inventories: tuple[Inventory, ...]

    def __getitem__(self, target: str) -> Target:
        for each in self.items:
            if each.target == target:
                return each
        raise UsageError(f"{self.plan} has no target '{str(target)[:60]}'; it has {', '.join(t.target for t in self)}")

    def __iter__(self) -> Iterator[Target]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, boundary: str, *, base_year: str, inventory: str = "") -> tuple[Target, ...]:
        """Return the targets of a boundary as cuts on a base year, in the order of their years.

        Net zero is the same on any base. Another target counts where it is published on that base, for any
        inventory or for this one; where none is, those on another base are converted in the inventory.

        Parameters
        ----------
        boundary : str
        base_year : str
        inventory : str, optional
            The version of the inventory that percentages are taken of.

        Raises
        ------
        UsageError
            If there is none, or the inventory cannot convert them.
        """
        mine = [each for each in self if each.boundary == boundary]
        zero = [replace(each, base_year=base_year) for each in mine if each.reduction_percent >= WHOLE]
        cuts = [each for each in mine if each.reduction_percent < WHOLE]
        here = [each for each in cuts if each.base_year == base_year]
        found = [each for each in here if not each.inventory] or [each for each in here if each.inventory == inventory]
        if not found and inventory:
            found = [each.on(base_year, inventory=inventory) for each in cuts if not each.inventory]
        if not found and cuts:
            on = sorted({f"{each.base_year} ({each.inventory or 'any inventory'})" for each in cuts})
            raise UsageError(
                f"{self.plan} has no cut for {boundary[:60]} on {base_year}: it has them on {', '.join(on)}. Name the "
                "inventory to take or convert them in"
            )
        if not found and not zero:
            raise UsageError(
                f"{self.plan} has no target for {boundary[:60]}; it is for "
                f"{', '.join(sorted({each.boundary for each in self}))}"
            )
        return tuple(sorted((*found, *zero), key=lambda each: each.last_year))

    def path(
        self, series: Tonnes, *, boundary: str, base_year: str, inventory: str = "",
        shape: str = "linear", residual: float = 0.0, reading: str = "end", base_tco2e: float | None = None,
        base: SuppliedFootprint | None = None,
    ) -> TargetPath:  # fmt: skip
        """Return the path through all targets of a boundary, piece by piece; see `of` and `Target.path`."""
        return target_path(self.of(boundary, base_year=base_year, inventory=inventory), series, shape=shape,
                           residual=residual, reading=reading, base_tco2e=base_tco2e, base=base)  # fmt: skip

    def _title(self) -> str:
        return f"{len(self)} targets of {self.plan}"

    @property
    def table(self) -> pd.DataFrame:
        """One row per target, in the columns of `Target`."""
        names = [each.name for each in fields(Target) if each.name != "inventories"]
        return pd.DataFrame([{name: getattr(each, name) for name in names} for each in self], columns=names)


def targets(plan: str | Path = NATIONAL) -> Targets:
    """Return the targets of a plan.

    Parameters
    ----------
    plan : str or Path, optional
        A plan that ships with nhscarbon (the national targets), a folder that holds a sealed package in the same
        layout, or a CSV file of targets with the columns of its `targets.csv`.

    Returns
    -------
    Targets

    Raises
    ------
    UsageError
        If there is no such plan.
    UnreadableError
        If a CSV file has not the columns of targets.
    IntegrityError
        If a row is not a target: every error is listed.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> interim = nc.targets()["carbon-footprint-interim"]
    >>> interim.first_year, interim.last_year, interim.reduction_percent, interim.base_year
    (2028, 2032, 80.0, '1990')
    """
    path = Path(plan)
    if path.suffix.lower() == ".csv" and path.is_file():
        return _targets(path.name, _rows_of(path), ())
    if path.is_dir():
        return _of_package(load_package(path))
    shipped = sorted(folder.name for folder in (data_root() / ROOM).iterdir() if folder.is_dir())
    if str(plan) not in shipped:
        raise UsageError(f"there is no plan, folder or CSV file '{str(plan)[:60]}'; there ships {', '.join(shipped)}")
    return _of_package(load_pinned(data_root(), ROOM, f"{plan}@{VERSION}"))


def _of_package(package: DataPackage) -> Targets:
    held = package.rows("inventories.csv") if "inventories.csv" in package.hashes else []
    inventories = tuple(Inventory(**(row | {"ktco2e": float(row["ktco2e"])})) for row in held)  # type: ignore[arg-type]
    return _targets(package.label, package.rows("targets.csv"), inventories)


def _rows_of(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableError(f"'{path.name}' cannot be read as a CSV file of targets: {error}") from error
    lacking = [name for name in COLUMNS if not rows or name not in rows[0]]
    if lacking:
        raise UnreadableError(f"'{path.name}' is not a table of targets: it lacks {', '.join(lacking)}")
    return [{name: row.get(name) or "" for name in COLUMNS} for row in rows]


def _targets(plan: str, rows: Sequence[Mapping[str, str]], inventories: tuple[Inventory, ...]) -> Targets:
    found, faults = [], []
    for row in rows:
        try:
            target = Target(
                **{name: row[name] for name in ("target", "boundary", "kind", "base_year", "inventory", "status",
                                                "source", "note")},
                first_year=int(row["first_year"]), last_year=int(row["last_year"]),
                reduction_percent=float(row["reduction_percent"]), inventories=inventories,
            )  # fmt: skip
            year_number(target.base_year)
        except (ValueError, PeriodError) as error:
            faults.append(f"{row['target']}: {error}")
            continue
        faults += _faults(target)
        found.append(target)
    ids = [each.target for each in found]
    faults += [f"{id} appears twice" for id in sorted({id for id in ids if ids.count(id) > 1})]
    refuse(plan, faults)
    if not found:
        raise IntegrityError(f"{plan} holds no target")
    return Targets(plan, tuple(found), inventories)


def _faults(target: Target) -> list[str]:
    faults = []
    if target.kind not in KINDS:
        faults.append(f"{target.target}: '{target.kind}' is not one of {', '.join(KINDS)}")
    if not 0 < target.reduction_percent <= WHOLE:
        faults.append(f"{target.target}: a cut of {target.reduction_percent:g} % is none of 0 to 100")
    if not year_number(target.base_year) < target.first_year <= target.last_year:
        faults.append(f"{target.target}: its years do not follow each other")
    if not target.source:
        faults.append(f"{target.target}: no source; say who set it and where")
    return faults
