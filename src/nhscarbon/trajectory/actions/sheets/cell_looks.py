"""Looks of cells: the fills, comments, shares of a hundred and bold letters of a workbook, beside the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from warnings import catch_warnings, simplefilter

from nhscarbon.activity.files.sheets import cell_text, parser_here
from nhscarbon.activity.files.workbook_parts import is_excel

UNREAD = b"null"  # nothing was seen, which is not that there is nothing
Place = tuple[int, int]  # row and column, counted from 0


@dataclass(frozen=True)
class Look:
    """What is seen of a sheet beside the text of its cells.

    Attributes
    ----------
    fills : mapping of place to str
        The colour that a cell is filled with, as ``rrggbb``; none for white, a theme's colour or a pattern.
    notes : mapping of place to str
        The comment that is fastened to a cell.
    percents : mapping of place to str
        A number that is shown as a share of a hundred, as it is shown.
    bold : frozenset of places
    """

    fills: Mapping[Place, str] = field(default_factory=dict)
    notes: Mapping[Place, str] = field(default_factory=dict)
    percents: Mapping[Place, str] = field(default_factory=dict)
    bold: frozenset[Place] = frozenset()


def read_looks(name: str, content: bytes) -> dict[str, Look] | None:
    """Return what is seen of each sheet of a workbook; None where only the text can be read.

    The workbook is one that `read_grids` has read, so that its size was checked. It is parsed by the parser of
    `parsed_apart`, where there is one.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    content : bytes

    Raises
    ------
    UnreadableError
        If the parser ran out of time or memory.

    Examples
    --------
    >>> read_looks("old.xls", bytes([0xD0, 0xCF])) is None
    True
    """
    if not is_excel(content):
        return None
    parser = parser_here()
    answer = parser.call(looks_as_text, name, content) if parser else looks_as_text(name, content)
    found = json.loads(answer)
    if found is None:
        return None
    return {str(sheet): Look(_by_place(fills), _by_place(notes), _by_place(percents), frozenset(map(_place, bold)))
            for sheet, fills, notes, percents, bold in found}  # fmt: skip


def looks_as_text(name: str, content: bytes) -> bytes:
    """Return the looks of the sheets of a workbook as JSON, which comes back from another process."""
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  an extra
    except ImportError:
        return UNREAD
    try:
        with catch_warnings():
            simplefilter("ignore")  # what openpyxl leaves out has no part in this
            book = load_workbook(BytesIO(content), data_only=True)
            found = [[sheet.title, *_seen(sheet)] for sheet in book.worksheets]
    except MemoryError:
        raise
    except Exception:  # whatever openpyxl cannot take, which the reader of cells could: the text alone is read
        return UNREAD
    return json.dumps(found, ensure_ascii=True).encode()


def _seen(sheet: Any) -> list[list[list[Any]]]:  # noqa: ANN401  a sheet of openpyxl
    """Return the fills, notes, shares and bold cells of a sheet, each with its row and column."""
    fills: list[list[Any]] = []
    notes: list[list[Any]] = []
    percents: list[list[Any]] = []
    bold: list[list[Any]] = []
    for row in sheet.iter_rows():
        for cell in row:
            place = [cell.row - 1, cell.column - 1]
            if cell.has_style:
                if cell.fill.fill_type == "solid" and (colour := _colour(cell.fill.fgColor)):
                    fills.append([*place, colour])
                if cell.value is not None and cell.font.b:
                    bold.append(place)
                if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
                    percents.append([*place, f"{cell_text(round(float(cell.value) * 100, 6))}%"])
            if cell.comment is not None and cell.comment.text:
                notes.append([*place, cell.comment.text.strip()])
    return [fills, notes, percents, bold]


def _colour(colour: Any) -> str:  # noqa: ANN401  a colour of openpyxl
    """Return a colour as ``rrggbb``; of a theme or an index, which need the workbook's own tables, nothing."""
    value = colour.rgb if colour.type == "rgb" else None
    return value[-6:].lower() if isinstance(value, str) and value[-6:].lower() != "ffffff" else ""


def _by_place(found: list[list[Any]]) -> dict[Place, str]:
    return {_place(each[:2]): str(each[2]) for each in found}


def _place(found: list[Any]) -> Place:
    row, column = found
    return int(row), int(column)
