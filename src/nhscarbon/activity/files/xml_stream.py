"""XML of a workbook's parts, read as a stream: linear in its length, in memory that does not grow with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple
from xml.parsers import expat

REMARK = re.compile(
    rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL
)  # comments, processing instructions and unparsed text: markup that holds no element
NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
TEXT = 1 << 15  # characters of one element that are kept


class Element(NamedTuple):
    """One element: its name without a prefix, its attributes, and the text in it."""

    name: str
    attributes: dict[str, str]
    text: str


class Enough(Exception):  # noqa: N818  no error: what was looked for has been seen
    """Says that no more of a part need be read."""


def elements(xml: bytes, names: Collection[str], most: int) -> list[Element]:
    """Return the elements of some names in the order in which they begin, no more of them than asked for.

    Raises
    ------
    ValueError
        If the part is not well formed, or declares a document type.
    """
    found: list[tuple[str, dict[str, str], list[str]]] = []
    inside: list[int] = []
    left: list[int] = []  # characters that each may still keep

    def begins(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in names:
            if len(found) >= most:
                raise Enough
            inside.append(len(found))
            found.append((name, {local(key): value for key, value in attributes.items()}, []))
            left.append(TEXT)

    def ends(tag: str) -> None:
        if local(tag) in names:
            inside.pop()

    def says(text: str) -> None:
        if inside and (most_now := left[inside[-1]]):
            found[inside[-1]][2].append(text[:most_now])
            left[inside[-1]] -= len(text[:most_now])

    _parse(xml, begins, ends, says)
    return [Element(name, attributes, "".join(texts)) for name, attributes, texts in found]


def cells(xml: bytes) -> list[tuple[int, int]]:
    """Return the row and the column of each cell of a sheet, counted from 1 as whoever opens it counts them.

    A cell without an address follows the one before it, a row without a number the row before.

    Raises
    ------
    ValueError
        If the part is not well formed, or has an address that is none.
    """
    found: list[tuple[int, int]] = []
    at = [0, 0]

    def begins(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "row":
            said = attributes.get("r", "").strip()
            at[:] = [int(said) if said else at[0] + 1, 0]
        elif name == "c":
            address = attributes.get("r", "").strip().upper()
            if address:
                letters = address.rstrip("0123456789")
                row, column = int(address[len(letters) :]), 0
                for letter in letters:
                    column = column * 26 + ord(letter) - ord("A") + 1
                at[:] = [row, column]
            else:
                at[1] += 1
            found.append((at[0], at[1]))

    _parse(xml, begins)
    return found


def formula_values(xml: bytes) -> dict[str, tuple[str, str]]:
    """Return what the formulas of a sheet came to when it was saved: the kind and the text by cell.

    Raises
    ------
    ValueError
        If the part is not well formed.
    """
    found: dict[str, tuple[str, str]] = {}
    cell: dict[str, str] = {}
    state = {"formula": False, "value": False}
    value: list[str] = []

    def begins(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            cell.clear()
            cell.update(attributes)
            state.update(formula=False, value=False)
            value.clear()
        elif name == "f":
            state["formula"] = True
        elif name == "v":
            state["value"] = True

    def ends(tag: str) -> None:
        name = local(tag)
        if name == "v":
            state["value"] = False
        elif name == "c":
            if state["formula"] and value:
                found[cell.get("r", "")] = (cell.get("t", "n"), "".join(value))
            cell.clear()

    def says(text: str) -> None:
        if state["value"]:
            value.append(text)

    _parse(xml, begins, ends, says)
    return found


def without_remarks(xml: bytes) -> bytes:
    """Return a part without comments and the like, in which no element can hide."""
    return REMARK.sub(b"", xml) if b"<!" in xml or b"<?" in xml else xml


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def _parse(
    xml: bytes,
    begins: Callable[[str, dict[str, str]], None],
    ends: Callable[[str], None] | None = None,
    says: Callable[[str], None] | None = None,
) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("a workbook's own parts have no document type")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begins, ends, says
    try:
        parser.Parse(xml, True)
    except Enough:
        return
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding that nobody knows
        if getattr(error, "code", None) == NO_MEMORY:  # the file may be sound
            raise MemoryError from error
        raise ValueError(str(error)[:200]) from error
