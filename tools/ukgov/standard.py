"""Read what has no flat workbook: 2013-2015 (official Standard sets) and 2026 (second-hand so far).

The labels come from the long figures table. For 2013-2015 that table is believed only where the official
workbook holds the same number in the cell of the same labels; that cell is then the locator.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ukgov.tables import ImportRefusedError, Labels, Workbook
from ukgov.workbook import GASES, Record, Rows, column_letters, decimal_text, plain, same_number, text

FIGURES = "ukgov_ghg_long.csv.gz"
FIGURE_COLUMNS = {"total": "kgco2e", "CO2": "kgco2", "CH4": "kgch4_co2e", "N2O": "kgn2o_co2e"}
UNCITED = "uncited"


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One figure of a Standard set with the labels printed around it."""

    row: int
    column: int
    gas: str
    names: frozenset[str]
    unit: str
    title: str
    value: str


def read_figures(folder: Path) -> dict[int, list[dict[str, str]]]:
    """Read the long figures table, edition -> rows."""
    editions: dict[int, list[dict[str, str]]] = {}
    with gzip.open(folder / FIGURES, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            editions.setdefault(int(row["year"]), []).append(row)
    return editions


def second_hand_records(rows: list[dict[str, str]], book: Workbook) -> list[Record]:
    """Take the figures of an edition whose workbook is not held; the row ID is the locator."""
    records = []
    for row in rows:
        if not row["kwh_per_unit"]:
            at = f"[{book.file}]{book.sheet}!ID {row['source_id']}"
            records.append(_record(row, dict.fromkeys(_values(row), at)))
    return records


def standard_records(
    rows: list[dict[str, str]], book: Workbook, read: Callable[[str], Rows], transcription: Workbook | None
) -> Iterator[Record]:
    """Find each figure in the official Standard set; what only a transcription holds is marked uncited."""
    sheets: dict[str, list[PrintedCell]] = {}
    for row in rows:
        if row["kwh_per_unit"]:
            continue
        values = _values(row)
        if f"streetvisit/std{book.edition}" not in row["copies_seen"]:
            if transcription is None:
                msg = (
                    f"{book.edition}: '{_labels(row)}' was seen in {row['copies_seen']} only, which "
                    "workbooks.csv does not name. Name it there, or take the row out of the figures."
                )
                raise ImportRefusedError(msg)
            yield _record(row, dict.fromkeys(values, UNCITED), transcription.note)
            continue
        name = row["level1"]
        at = f"[{book.file}]{name}!"
        if name not in sheets:
            sheets[name] = list(printed_cells(standard_sheet(read(name), name, book), at))
        yield _record(row, {gas: at + find_cell(row, gas, value, sheets[name], at) for gas, value in values.items()})


def standard_sheet(rows: Rows, name: str, book: Workbook) -> Rows:
    """Refuse a sheet whose head does not name the expected source, version and year."""
    head = [text(cell) for row in rows[1:3] for cell in row]
    for label, wanted in (
        ("Emissions source:", name),
        ("Version:", book.version),
        ("Year:", str(book.edition)),
    ):
        seen = head[head.index(label) + 1] if label in head[:-1] else "nothing"
        if not same_number(seen, wanted):
            msg = (
                f"{book.file}: sheet {name!r} says {label} {seen}, expected {wanted}. "
                "Unknown layout; nothing was imported. Check workbooks.csv."
            )
            raise ImportRefusedError(msg)
    return rows


def printed_cells(rows: Rows, where: str) -> Iterator[PrintedCell]:
    """Walk the blocks of a Standard sheet: a header row with Activity and Unit, labels merged downwards."""
    header: list[str] = []
    titles: list[str] = []
    labels: list[str] = []
    for number, row in enumerate(rows, start=1):
        cells = [text(cell) for cell in row]
        if "Activity" in cells and "Unit" in cells and "kg CO2e" in cells:
            header = cells
            first = next(i for i, name in enumerate(header) if name in GASES)
            titles = _filled([""] * first + [text(cell) for cell in rows[number - 2][first:]])
            labels = [""] * len(header)
            continue
        if not header or not cells[header.index("Unit")]:  # a blank line ends the block
            header = []
            continue
        for i, cell in enumerate(cells):
            if cell and header[i] not in GASES:
                labels[i] = cell
        for i, name in enumerate(header):
            value = decimal_text(row[i], f"{where}{column_letters(i)}{number}") if name in GASES else None
            if value is not None:
                yield PrintedCell(
                    row=number,
                    column=i,
                    gas=GASES[name],
                    names=frozenset(labels),
                    unit=cells[header.index("Unit")],
                    title=titles[i],
                    value=value,
                )


def find_cell(row: dict[str, str], gas: str, value: str, cells: list[PrintedCell], where: str) -> str:
    """Name the one cell that prints this figure under these labels, or refuse."""
    names = {row[name] for name in ("level2", "level3", "level4") if row[name]}
    found = [
        cell
        for cell in cells
        if cell.row == int(row["source_row"])
        and cell.gas == gas
        and cell.value == value
        and names <= cell.names
        and (row["uom"] == cell.unit or row["uom"].startswith(f"{cell.unit} ("))  # kWh (Gross CV)
        and cell.title == row["column_text"]
    ]
    if len(found) != 1:
        msg = (
            f"{where} row {row['source_row']} should print {value} ({gas}) for '{_labels(row)}'; "
            f"{len(found)} cells do. Nothing was imported. Compare the figures table with the workbook."
        )
        raise ImportRefusedError(msg)
    return f"{column_letters(found[0].column)}{found[0].row}"


def _values(row: dict[str, str]) -> dict[str, str]:
    """Take the figures of a row; a blank (not available) and a bound such as `< 1` are none."""
    return {
        gas: plain(float(row[name]))
        for gas, name in FIGURE_COLUMNS.items()
        if row[name] and not row[name].startswith("<")
    }


def _record(row: dict[str, str], locators: dict[str, str], note: str = "") -> Record:
    """Turn one figures row into a record."""
    scope = "outside_of_scopes" if row["scope"] == "outside" else row["scope"]
    return Record(_labels(row), scope, _values(row), locators, note)


def _labels(row: dict[str, str]) -> Labels:
    """Take the labels of a figures row as published."""
    return Labels(
        row["level1"],
        row["level2"],
        row["level3"],
        row["level4_as_published"],
        row["column_text"],
        row["uom"],
    )


def _filled(cells: list[str]) -> list[str]:
    """Carry group titles over the cells they are merged across."""
    last = ""
    filled = []
    for cell in cells:
        last = cell or last
        filled.append(last)
    return filled
