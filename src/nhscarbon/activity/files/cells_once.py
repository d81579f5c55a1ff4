"""Cells that programs read in several ways: given twice, or with markup inside a value. They are refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

from nhscarbon.activity.files.xml_stream import REMARK, cells
from nhscarbon.errors import UnreadableError
from nhscarbon.output.excel import letters

TAGS = re.compile(rb"<(?:[\w.\-]+:)?(row|c|v)(?=[\s/>])")
SHORT = {b"row": b"r", b"c": b"c", b"v": b"v"}
WRITTEN = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"')  # as Excel and nearly every program write a cell
INSIDE = re.compile(rb"<(?:[\w.\-]+:)?[vt](?:\s[^<>]*)?(?<!/)>[^<]*<(?!/)")
SHEET, ITEM = b"sheetData", re.compile(rb"<(?:[\w.\-]+:)?si(?=[\s>/])")
ADVICE = "save it again in Excel"
T = TypeVar("T")


def refuse_doubtful_cells(name: str, part_name: str, part: bytes) -> None:
    """Refuse a sheet with a cell given twice, with two values, or with anything but text in a value.

    Raises
    ------
    UnreadableError
        In plain words: which sheet, and where it can be told which cell.
    """
    where = _short(part_name)
    _refuse_remarks(name, where, part, part.find(SHEET), part.rfind(SHEET))
    _refuse_markup(name, where, part)
    tags = b"".join(map(SHORT.__getitem__, TAGS.findall(part)))
    if b"vv" in tags:
        raise UnreadableError(f"'{name}' has a cell with two values ({where})", advice=ADVICE)
    found = WRITTEN.findall(part)
    if len(found) == tags.count(b"c"):
        if len(set(found)) < len(found):
            raise _twice(name, where, _first_twice(found).decode())
        return
    try:
        placed = cells(part)
    except ValueError as error:
        raise UnreadableError(f"'{name}' is damaged: {where} cannot be read ({error})", advice=ADVICE) from error
    if len(set(placed)) < len(placed):
        row, column = _first_twice(placed)
        raise _twice(name, where, f"{letters(column - 1)}{row}")


def refuse_remarks(name: str, part_name: str, part: bytes) -> None:
    """Refuse shared texts with comments and the like in them.

    Raises
    ------
    UnreadableError
        In plain words.
    """
    first = ITEM.search(part)
    if first:
        _refuse_remarks(name, _short(part_name), part, first.start(), len(part))
        _refuse_markup(name, _short(part_name), part)


def _refuse_markup(name: str, where: str, part: bytes) -> None:
    if INSIDE.search(part):
        raise UnreadableError(f"'{name}' has a cell with markup inside its value ({where})", advice=ADVICE)


def _refuse_remarks(name: str, where: str, part: bytes, start: int, end: int) -> None:
    """Refuse comments between two places: some programs read what stands on both sides as one text, others do not."""
    if b"<!" not in part and part.count(b"<?") < 2:
        return
    for found in REMARK.finditer(part):
        if found.start() > end:
            return
        if found.end() > start:
            kind = {b"<!-": "a comment", b"<![": "unparsed text (CDATA)"}.get(found[0][:3], "a processing instruction")
            raise UnreadableError(
                f"'{name}' has {kind} among its cells ({where}), which Excel never writes: programs read such a cell "
                "in different ways",
                advice=ADVICE,
            )


def _first_twice(found: list[T]) -> T:
    met: set[T] = set()
    for each in found:
        if each in met:
            return each
        met.add(each)
    raise AssertionError(found)


def _twice(name: str, where: str, cell: str) -> UnreadableError:
    return UnreadableError(
        f"'{name}' gives the cell {cell} twice ({where}): which of the two holds cannot be told",
        advice=f"{ADVICE}, and look at that cell",
    )


def _short(part_name: str) -> str:
    return Path(part_name).name[:40]
