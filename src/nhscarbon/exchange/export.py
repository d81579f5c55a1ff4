"""A method as a folder of tables, for those who do not use Python."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.exchange.descriptions import description_tables, packages_of
from nhscarbon.exchange.layout import DECIMALS, TABLES
from nhscarbon.exchange.multipliers import multiplier_tables
from nhscarbon.exchange.parquet import can_write_parquet, parquet_bytes, parquet_library
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.output.files import write_whole
from nhscarbon.output.tables import csv_text
from nhscarbon.version import __version__

FORMAT = "nhscarbon-method-tables-1"
MANIFEST = "manifest.json"
KINDS = (".csv", ".parquet")
# what `calculate` does and a join does not
NOT_CHECKED = (
    "what is counted twice: spend beside quantities, a trust beside its sites, a year beside its months",
    "whether an organisation exists and was open in the period",
    "quantities that are too large, negative, blank, or far from last year's",
    "whether every theme has an answer and every month has data",
    "tiers of data quality and the tonnes that the return states",
)


def export_method(method: Methodology | str, folder: str | Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write a method as tables: what one unit of each activity comes to, and what its words mean.

    The multipliers are those that `calculate` uses: quantity x multiplier = kgCO2e, component by component, with all
    conversions and price years included. The CSV files are the same bytes on every machine; the Parquet files are too
    for one version of pyarrow, which the manifest names.

    Parameters
    ----------
    method : Methodology or str
        From `nhscarbon.methodology`, or its id.
    folder : str or Path
        Where the tables are written; it is made where it does not exist.
    overwrite : bool, optional
        Whether tables that are there may be replaced.

    Returns
    -------
    tuple of Path
        The files: each table as CSV and, with the extra ``arrow``, as Parquet, and last ``manifest.json`` with the
        method's digest, the meaning of every column and the SHA-256 of every file. ``multipliers`` is in kgCO2e for
        one unit.

    Raises
    ------
    UsageError
        If a file is there and may not be replaced, or the folder cannot be written.
    IntegrityError
        If the data of the method allow two answers.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from tempfile import mkdtemp
    >>> files = nc.exchange.export_method("nhs-2026.1", f"{mkdtemp()}/method")
    >>> files[-1].name
    'manifest.json'
    """
    method, folder = as_methodology(method), Path(folder)
    there = _ready(folder, overwrite=overwrite)
    tables = {**multiplier_tables(method), **description_tables(method)}
    contents = _contents(tables)
    contents[MANIFEST] = _manifest(method, tables, contents)
    for path in there:
        if path.name not in contents:
            path.unlink(missing_ok=True)
    return tuple(write_whole(folder / name, content, overwrite=overwrite) for name, content in contents.items())


def _ready(folder: Path, *, overwrite: bool) -> list[Path]:
    """Make the folder; return the files of an export that was there: none of them may be taken for one of this one."""
    ours = [folder / MANIFEST, *(folder / f"{table}{kind}" for table in TABLES for kind in KINDS)]
    try:
        folder.mkdir(exist_ok=True)
        there = [path for path in ours if path.exists()]
        if there and not overwrite:
            raise UsageError(
                f"'{there[0]}' already exists",
                advice="use another folder, or add --overwrite (overwrite=True).",
            )
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        if isinstance(error, UsageError):
            raise
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"the folder '{str(folder)[:120]}' cannot be written: {said}") from error
    return there


def _contents(tables: dict[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return every file of the tables by its name."""
    contents = {f"{name}.csv": csv_text(table, decimals=DECIMALS).encode() for name, table in tables.items()}
    if can_write_parquet():
        contents |= {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}
    return contents


def _manifest(method: Methodology, tables: dict[str, pd.DataFrame], contents: dict[str, bytes]) -> bytes:
    """Return what the tables are of, what each column means, and the SHA-256 of every file."""
    document = {
        "format": FORMAT,
        "method": method.id,
        "title": method.manifest.title,
        "status": method.status,
        "digest": method.digest,
        "headline": method.headline,
        "geography": method.manifest.geography,
        "periods": list(method.periods),
        "boundaries": list(method.boundaries),
        "overlays": list(method.overlays),
        "nhscarbon": __version__,
        "parquet_written_by": parquet_library() if can_write_parquet() else None,
        "not_checked": list(NOT_CHECKED),
        "packages": {package.label: package.digest for package in packages_of(method)},
        "tables": {name: {"rows": len(table), "columns": TABLES[name]} for name, table in tables.items()},
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        },
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
