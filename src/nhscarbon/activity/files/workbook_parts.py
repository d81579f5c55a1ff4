"""What a workbook says beside its cells: rows that are hidden or filtered, and the properties of its template."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import escape

BOOK, LINKS, PROPERTIES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/custom.xml"
HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
SPAN = re.compile(rb"\b(min|max)=\"(\d{1,5})\"")
ROW_NUMBER = re.compile(rb"\br=\"(\d{1,7})\"")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
WRITTEN = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^>]*)>(<f(?:[^>]*/>|[^>]*>[^<]*</f>))<v ?(?:/>|></v>)</c>'
)  # by openpyxl
UNCALCULATED = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)  # as programs write formulas that no spreadsheet has calculated yet
ERROR = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*?\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]{1,20})</v></c>'
)  # what a formula that failed left, which the reader of cells gives as empty
LINK_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class About:
    """What is hidden on each sheet, numbered as in Excel, formulas without a result or with an error, properties."""

    hidden_rows: Mapping[str, frozenset[int]] = field(default_factory=dict)
    hidden_columns: Mapping[str, frozenset[int]] = field(default_factory=dict)
    uncalculated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


def about(content: bytes) -> About:
    """Return what a workbook says beside its cells; of other kinds of file, nothing.

    The cells were read before, so the container is known to be sound; what is odd in these parts is not looked at.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
            if not {BOOK, LINKS} <= names:
                return About()
            sheets = {sheet: archive.read(part) for sheet, part in _parts(archive).items() if part in names}
            columns = {sheet: _hidden_columns(xml) for sheet, xml in sheets.items()}
            rows = {sheet: _hidden(xml) for sheet, xml in sheets.items()}
            formulas = {
                sheet: tuple(cell.decode() for cell in UNCALCULATED.findall(xml)) for sheet, xml in sheets.items()
            }
            errors = {sheet: {cell.decode(): text.decode() for cell, text in ERROR.findall(xml)}
                      for sheet, xml in sheets.items()}  # fmt: skip
            properties = _properties(archive.read(PROPERTIES)) if PROPERTIES in names else {}
    except (zipfile.BadZipFile, ElementTree.ParseError, OSError, KeyError, ValueError, NotImplementedError):
        return About()
    return About({sheet: found for sheet, found in rows.items() if found}, columns, formulas, errors, properties)


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the container that holds each sheet."""
    links = {link.get("Id"): link.get("Target", "") for link in _tree(archive.read(LINKS))}
    sheets = [each for each in _tree(archive.read(BOOK)).iter() if each.tag.endswith("}sheet")]
    return {
        sheet.get("name", ""): posixpath.normpath(posixpath.join("/xl", links.get(sheet.get(LINK_ID), ""))).lstrip("/")
        for sheet in sheets
    }


def _hidden(xml: bytes) -> frozenset[int]:
    found = (ROW_NUMBER.search(tag) for tag in HIDDEN_ROW.findall(xml))
    return frozenset(int(number[1]) for number in found if number)


def _hidden_columns(xml: bytes) -> frozenset[int]:
    """Return the columns that are hidden, the first being 1; of a wide span the first thousand."""
    found: set[int] = set()
    for tag in HIDDEN_COLUMN.findall(xml):
        ends = {name: int(number) for name, number in SPAN.findall(tag)}
        first = ends.get(b"min", 1)
        found.update(range(first, min(ends.get(b"max", first), first + 1000) + 1))
    return frozenset(found)


def _properties(xml: bytes) -> dict[str, str]:
    return {each.get("name", ""): "".join(each.itertext()) for each in _tree(xml)}


def _tree(xml: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("a workbook's own parts have no document type")
    try:
        return ElementTree.fromstring(xml)
    except LookupError as error:  # an encoding that nobody knows
        raise ValueError(str(error)[:200]) from error


def is_excel(content: bytes) -> bool:
    """Tell whether a file is a workbook of the kind that is written back: xlsx or xlsm, not xls, xlsb or ods."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {BOOK, LINKS} <= set(archive.namelist())
    except zipfile.BadZipFile:
        return False


def cached_values(content: bytes) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what the formulas of each sheet came to when the workbook was saved: the kind and text by cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = _parts(archive)
        return {sheet: found for sheet, part in parts.items() if (found := _formulas(archive.read(part)))}


def _formulas(xml: bytes) -> dict[str, tuple[str, str]]:
    if not FORMULA.search(xml):
        return {}
    found = {}
    for cell in _tree(xml).iter(f"{{{MAIN}}}c"):
        value = cell.find(f"{{{MAIN}}}v")
        if cell.find(f"{{{MAIN}}}f") is not None and value is not None and value.text is not None:
            found[cell.get("r", "")] = (cell.get("t", "n"), value.text)
    return found


def put_cached_values(content: bytes, values: Mapping[str, Mapping[str, tuple[str, str]]]) -> bytes:
    """Put back what formulas came to, which openpyxl leaves out of a workbook that it writes."""
    if not values:
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as changed:
        sheets = {part: values[sheet] for sheet, part in _parts(archive).items() if sheet in values}
        for about in archive.infolist():
            part = archive.read(about)
            changed.writestr(about, _filled_in(part, sheets[about.filename]) if about.filename in sheets else part)
    return out.getvalue()


def _filled_in(xml: bytes, values: Mapping[str, tuple[str, str]]) -> bytes:
    def filled(found: re.Match[bytes]) -> bytes:
        kind, text = values.get(found[1].decode(), ("", ""))
        if not kind:
            return found[0]
        said = b"" if kind == "n" else b' t="' + kind.encode() + b'"'
        return b'<c r="' + found[1] + b'"' + found[2] + said + b">" + found[3] + f"<v>{escape(text)}</v></c>".encode()

    return WRITTEN.sub(filled, xml)
