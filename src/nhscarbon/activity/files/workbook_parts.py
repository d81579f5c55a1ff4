"""What a workbook says beside its cells: rows that are hidden or filtered, and the properties of its template."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import numpy as np

from nhscarbon.activity.files.xml_stream import elements, formula_values, without_remarks

BOOK, LINKS, PROPERTIES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/custom.xml"
ROW = re.compile(rb"<(?:[\w.\-]+:)?row\s[^<>]*>")
COLUMN = re.compile(rb"<(?:[\w.\-]+:)?col\s[^<>]*>")
HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
SPAN = re.compile(rb"\s(min|max)\s*=\s*[\"'](\d{1,5})[\"']")
ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,7})[\"']")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
WRITTEN = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^<>]*)>(<f(?:[^<>]*/>|[^<>]*>[^<]*</f>))<v ?(?:/>|></v>)</c>'
)  # by openpyxl
UNCALCULATED = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)  # as programs write formulas that no spreadsheet has calculated yet
ERROR = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?=[^<>]*?\st="e")[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>([^<]{1,20})</v></c>'
)  # what a formula that failed left, which the reader of cells gives as empty
PART_MOST = 1 << 20  # bytes of the custom properties; a template's are a few hundred
SHEETS_MOST = 500
PROPERTIES_MOST = 1_000
LAST_COLUMN = 16_384


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

    The cells were read before, so the container is known to be sound and within the limits; what is odd in these parts
    is not looked at. Each part is read once from its start to its end.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
            if not {BOOK, LINKS} <= names:
                return About()
            parts = {sheet: part for sheet, part in _parts(archive).items() if part in names}
            beside = {part: _beside(without_remarks(archive.read(part))) for part in dict.fromkeys(parts.values())}
            properties = _properties(archive, names)
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, NotImplementedError):
        return About()
    rows, columns, formulas, errors = (
        {sheet: found for sheet, part in parts.items() if (found := beside[part][at])} for at in range(4)
    )
    return About(rows, columns, formulas, errors, properties)  # type: ignore[arg-type]


def _beside(xml: bytes) -> tuple[frozenset[int], frozenset[int], tuple[str, ...], dict[str, str]]:
    """Return the hidden rows and columns of a sheet, its formulas without a result, and its errors."""
    return (
        _hidden(xml),
        _hidden_columns(xml),
        tuple(cell.decode() for cell in UNCALCULATED.findall(xml)),
        {cell.decode(): text.decode() for cell, text in ERROR.findall(xml)},
    )


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the container that holds each sheet."""
    return dict(sheet_parts(archive.read(BOOK), archive.read(LINKS)))


def sheet_parts(book: bytes, links: bytes) -> list[tuple[str, str]]:
    """Return the name of each sheet, and the part that holds it.

    Raises
    ------
    ValueError
        If one of the two parts that say it is not well formed.
    """
    targets = {
        link.attributes.get("Id"): link.attributes.get("Target", "")
        for link in elements(links, {"Relationship"}, SHEETS_MOST * 4)
    }
    sheets = [each.attributes for each in elements(book, {"sheet"}, SHEETS_MOST)]
    return [
        (each.get("name", ""), posixpath.normpath(posixpath.join("/xl", targets.get(each.get("id"), ""))).lstrip("/"))
        for each in sheets
    ]


def _hidden(xml: bytes) -> frozenset[int]:
    if b"hidden" not in xml:
        return frozenset()
    found = (ROW_NUMBER.search(tag) for tag in ROW.findall(xml) if HIDDEN.search(tag))
    return frozenset(int(number[1]) for number in found if number)


def _hidden_columns(xml: bytes) -> frozenset[int]:
    """Return the columns that are hidden, the first being 1; none beyond those that a sheet can have."""
    changes = np.zeros(LAST_COLUMN + 2, np.int64)  # spans may overlap any number of times
    for tag in COLUMN.findall(xml) if b"hidden" in xml else ():
        if HIDDEN.search(tag):
            ends = {name: int(number) for name, number in SPAN.findall(tag)}
            first = ends.get(b"min", 1)
            last = min(ends.get(b"max", first), LAST_COLUMN)
            if 1 <= first <= last:
                changes[first] += 1
                changes[last + 1] -= 1
    return frozenset(np.flatnonzero(np.cumsum(changes)).tolist())


def _properties(archive: zipfile.ZipFile, names: frozenset[str]) -> dict[str, str]:
    if PROPERTIES not in names or archive.getinfo(PROPERTIES).file_size > PART_MOST:
        return {}
    found = elements(archive.read(PROPERTIES), {"property"}, PROPERTIES_MOST)
    return {each.attributes.get("name", ""): each.text for each in found}


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
        read = ((sheet, archive.read(part)) for sheet, part in parts.items())
        values = ((sheet, formula_values(xml)) for sheet, xml in read if FORMULA.search(xml))
        return {sheet: found for sheet, found in values if found}


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
