"""Read an official flat workbook: check that it is the expected one, then rows -> records.

`parse_flat` is pure (rows in, records out), so every trap of the format has a test without a workbook.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineWorkbook

from ukgov.tables import ImportRefusedError, Labels, Workbook

SHEET = "Factors by Category"
HEADER_SEARCH_ROWS = 12
SPREADSHEETS = {".xls", ".xlsx", ".xlsm"}

# The gas column, whatever its year calls it. All of them are already CO2e: 2016-2021 print "kg CH4" for the
# same number that 2022 prints as "kg CO2e of CH4" (notes/ukgov_factors.md 2.3). Never multiply, never add.
GASES = {
    "kg CO2e": "total",
    "kg CO2": "CO2",
    "kg CO2e of CO2": "CO2",
    "kg CO2e of CO2 per unit": "CO2",
    "kg CH4": "CH4",
    "kg CO2e of CH4": "CH4",
    "kg CO2e of CH4 per unit": "CH4",
    "kg N2O": "N2O",
    "kg CO2e of N2O": "N2O",
    "kg CO2e of N2O per unit": "N2O",
}
# SECR sheets (2020 on) print energy per km in the same column: not an emission.
ENERGY = {"kWh", "kWh (Net CV)", "kWh (net)"}
ENERGY_SHEETS = (
    "SECR",
    "Passenger and delivery vehicles- kWh factors",
    "UK electricity for EVs- kWh factors",
)

Cell = object
Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Record:
    """One published row: its labels, its figures by gas (decimal text) and where each stands."""

    labels: Labels
    scope: str
    values: dict[str, str] = field(default_factory=dict)
    locators: dict[str, str] = field(default_factory=dict)
    note: str = ""


def sha256_of(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def find_workbooks(folder: Path, known: Iterable[Workbook]) -> dict[str, Path]:
    """Map sha256 to path for the spreadsheets of a folder, refusing one that nobody has described."""
    expected = {book.sha256 for book in known if book.sha256}
    found = {sha256_of(path): path for path in sorted(folder.iterdir()) if path.suffix.lower() in SPREADSHEETS}
    unknown = [f"{path.name} (sha256 {digest})" for digest, path in found.items() if digest not in expected]
    if unknown:
        msg = (
            f"{len(unknown)} workbook(s) are not in tools/ukgov/workbooks.csv: {'; '.join(unknown)}. "
            "Nothing was imported. Take the file from the address in that table; if the publisher has "
            "re-issued it, add a row for the new file and compare the two editions first."
        )
        raise ImportRefusedError(msg)
    return found


def read_sheet(path: Path, sheet: str) -> Rows:
    """Read one sheet from cell A1 on, so that list positions are Excel rows and columns."""
    book = CalamineWorkbook.from_path(str(path))
    if sheet not in book.sheet_names:
        msg = f"{path.name} has no sheet {sheet!r}; it has {', '.join(book.sheet_names)}. Check workbooks.csv."
        raise ImportRefusedError(msg)
    rows: Rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return rows


def read_flat(path: Path, book: Workbook) -> list[Record]:
    """Read the records of a flat workbook, checking the year and version on its front page."""
    front = [[text(cell) for cell in row] for row in read_sheet(path, "Front page")]
    for name, wanted in (("Version:", book.version), ("Year:", str(book.edition))):
        seen = {row[i + 1] for row in front for i in range(len(row) - 1) if row[i] == name and row[i + 1]}
        if not any(same_number(one, wanted) for one in seen):
            msg = (
                f"{path.name}: the front page says {name} {', '.join(sorted(seen)) or 'nothing'}, "
                f"but workbooks.csv expects {wanted}. Nothing was imported."
            )
            raise ImportRefusedError(msg)
    return parse_flat(read_sheet(path, book.sheet), book)


def parse_flat(rows: Rows, book: Workbook) -> list[Record]:
    """Turn the rows of a flat sheet into records, one per label key."""
    header = find_header(rows, book)
    names = [text(cell) for cell in rows[header]]
    at = {name: i for i, name in enumerate(names) if name}
    gas_at = at["GHG"] if "GHG" in at else at["GHG/Unit"]
    factor_at = next(i for i, name in enumerate(names) if name.startswith("GHG Conversion Factor"))
    records: dict[Labels, Record] = {}
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        cells = [text(cell) for cell in row]
        if "END" in cells:  # 2017: Scope column; 2020: Level 1 column
            break
        if not cells[at["Scope"]]:
            continue
        levels = {f"level{i}": cells[at[f"Level {i}"]] for i in (1, 2, 3, 4)}
        labels = Labels(**levels, column_text=cells[at["Column Text"]], uom=cells[at["UOM"]])
        gas = gas_of(cells[gas_at], labels, f"{book.file} row {number}")
        if gas is None:
            continue
        where = f"[{book.file}]{book.sheet}!{column_letters(factor_at)}{number}"
        record = records.setdefault(labels, Record(labels, scope_of(cells[at["Scope"]])))
        if gas in record.locators:
            msg = (
                f"{where} and {record.locators[gas]} are both the {gas} figure of '{labels}'. "
                "Nothing was imported: a key that stands twice cannot be chosen from."
            )
            raise ImportRefusedError(msg)
        record.locators[gas] = where
        value = decimal_text(row[factor_at], where)
        if value is not None:
            record.values[gas] = value
    return list(records.values())


def find_header(rows: Rows, book: Workbook) -> int:
    """Find the header by the cell `Scope` and refuse any layout but the expected one."""
    heads = [tuple(text(cell) for cell in row) for row in rows[:HEADER_SEARCH_ROWS]]
    index = next((i for i, names in enumerate(heads) if "Scope" in names), None)
    if index is None:
        msg = (
            f"{book.file}: unknown layout. No cell 'Scope' in the first {HEADER_SEARCH_ROWS} rows of "
            f"{book.sheet!r}. Nothing was imported. Check workbooks.csv."
        )
        raise ImportRefusedError(msg)
    names = heads[index]
    while names and not names[-1]:  # 2020's used range runs far to the right
        names = names[:-1]
    title = f"GHG Conversion Factor {book.edition}"
    if names != book.columns or index + 1 != book.header_row or title not in names:
        msg = (
            f"{book.file}: unknown layout. Row {index + 1} of {book.sheet!r} reads "
            f"{' | '.join(names)}; workbooks.csv expects row {book.header_row} to read "
            f"{' | '.join(book.columns)}, the factor column titled {title!r}. Nothing was imported. "
            "Compare the two by eye, then correct workbooks.csv."
        )
        raise ImportRefusedError(msg)
    return index


def gas_of(label: str, labels: Labels, where: str) -> str | None:
    """Name the gas of a row, or None where the row is energy per km and no emission."""
    if labels.level1.startswith(ENERGY_SHEETS):  # also has blank and back-tick gas cells
        return None
    if label in ENERGY:
        return None
    if label not in GASES:
        msg = f"{where}: unknown gas label {label!r} for '{labels}'. Add it to GASES if it is an emission."
        raise ImportRefusedError(msg)
    return GASES[label]


def scope_of(cell: str) -> str:
    """Turn `Scope 3` or `Outside of Scopes` into our scope code."""
    name = cell.lower()
    if name == "outside of scopes":
        return "outside_of_scopes"
    if name in {"scope 1", "scope 2", "scope 3"}:
        return name.removeprefix("scope ")
    msg = f"unknown scope {cell!r}: expected Scope 1, Scope 2, Scope 3 or Outside of Scopes."
    raise ImportRefusedError(msg)


def decimal_text(cell: Cell, where: str) -> str | None:
    """Write a factor cell at 12 significant digits in plain decimals; None means not available."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        words = text(cell)
        # `< 1` (R1234yf and R1234ze) is a bound and no number; a blank is "not available" and never zero.
        if words == "" or words.startswith("<"):
            return None
        msg = f"{where} holds the text {words!r} where a factor should be. Nothing was imported."
        raise ImportRefusedError(msg)
    if not math.isfinite(cell):
        msg = f"{where} holds {cell!r}, which is no factor. Nothing was imported."
        raise ImportRefusedError(msg)
    return plain(float(cell))


def plain(value: float) -> str:
    """Format a stored double at 12 significant digits without exponent or binary noise."""
    return format(Decimal(f"{value:.12g}"), "f")


def text(cell: Cell) -> str:
    """Strip a cell to text; a whole number loses its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def same_number(seen: str, wanted: str) -> bool:
    """Compare two version or year texts: a cell holds version 2.0 as the number 2."""
    return seen == wanted or (
        seen.replace(".", "").isdigit() and wanted.replace(".", "").isdigit() and float(seen) == float(wanted)
    )


def column_letters(index: int) -> str:
    """Turn a zero-based column index into Excel letters."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
