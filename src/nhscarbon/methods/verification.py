"""Hold a package against the publishers' own files: every value against the cell that it names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from nhscarbon.errors import UnreadableError
from nhscarbon.methods.data_package import DataPackage
from nhscarbon.methods.factors import Factor
from nhscarbon.output.text import short_repr

SIGNIFICANT = 12  # digits that a package keeps of a stored cell
_LOCATOR = re.compile(r"\[(?P<file>[^\]]+)\](?P<sheet>[^!]+)!(?:ID (?P<id>\S+)|(?P<column>[A-Z]+)(?P<row>\d+))")
Sheet = Sequence[Sequence[object]]


@dataclass(frozen=True)
class OriginalCheck:
    """How many values were held against a cell, and what differed."""

    checked: int
    unchecked: int
    faults: tuple[str, ...]

    __repr__ = short_repr

    def __str__(self) -> str:
        rest = f", {self.unchecked} without their file" if self.unchecked else ""
        return f"{self.checked} cells agree{rest}" if not self.faults else f"{len(self.faults)} cells DIFFER{rest}"


def check_originals(package: DataPackage, rows: Sequence[Factor], folder: Path) -> OriginalCheck:
    """Compare each factor with its cell in the publishers' files of a folder.

    Parameters
    ----------
    package : DataPackage
    rows : sequence of Factor
        Its factors.
    folder : Path
        Holds the files under any names: they are known by their SHA-256.

    Returns
    -------
    OriginalCheck

    Raises
    ------
    UnreadableError
        If the folder does not exist, or the extra ``excel`` is not installed.
    """
    if not folder.is_dir():
        raise UnreadableError(f"there is no folder '{folder}'")
    hashes = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(folder.iterdir()) if path.is_file()
    }
    found = {source.file: hashes[source.sha256] for source in package.descriptor.sources if source.sha256 in hashes}
    sheets: dict[tuple[str, str], Sheet] = {}
    checked, faults = 0, []
    for row in rows:
        match = _LOCATOR.fullmatch(row.locator)
        if match is None or match["file"] not in found:
            continue
        where = (match["file"], match["sheet"])
        if where not in sheets:
            sheets[where] = _sheet(found[match["file"]], match["sheet"])
        cell = (
            _by_id(sheets[where], match["id"])
            if match["id"]
            else _by_cell(sheets[where], match["column"], match["row"])
        )
        checked += 1
        if not _same(cell, row.value):
            faults.append(f"{row.factor_id}: {row.package} has {row.value}, {row.locator} has {cell!r}")
    return OriginalCheck(checked, len(rows) - checked, tuple(faults))


def _sheet(path: Path, name: str) -> Sheet:
    try:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UnreadableError("reading workbooks needs the extra: install 'nhscarbon[excel]'") from error
    sheet: Sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return sheet


def _by_cell(sheet: Sheet, column: str, row: str) -> object:
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    rows: Mapping[int, Sequence[object]] = {int(row) - 1: sheet[int(row) - 1]} if int(row) <= len(sheet) else {}
    cells = rows.get(int(row) - 1, ())
    return cells[place - 1] if place <= len(cells) else None


def _by_id(sheet: Sheet, id: str) -> object:
    """Find a row by the publisher's id; the row of the total ends in ``_1`` or has the id itself."""
    for cells in sheet:
        if cells and str(cells[0]) in (id, f"{id}_1"):
            return next((cell for cell in reversed(cells) if cell != ""), None)
    return None


def _same(cell: object, value: str) -> bool:
    if not isinstance(cell, int | float) or isinstance(cell, bool):
        return False
    return Decimal(f"{cell:.{SIGNIFICANT}g}") == Decimal(value)
