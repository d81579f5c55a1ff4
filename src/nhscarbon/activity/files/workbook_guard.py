"""The guard: a file from elsewhere is measured before it is parsed, and refused in plain words."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from zipfile import ZipInfo

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.files.cells_once import refuse_doubtful_cells, refuse_remarks
from nhscarbon.activity.files.file_kinds import OLE
from nhscarbon.activity.files.limits import LIMITS, MIB, Limits
from nhscarbon.activity.files.workbook_parts import BOOK, LINKS, sheet_parts
from nhscarbon.activity.files.xls_guard import guard_old_workbook
from nhscarbon.activity.files.zip_guard import entries_of, unpack
from nhscarbon.errors import UnreadableError

CELL = rb"(?:r|s|t|cm|vm|ph)\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')"
TAG = re.compile(rb"<(?:[\w.\-]+:)?(c|row)(?=[\s/>])")
PLAIN_CELL = re.compile(rb"<(?:[\w.\-]+:)?c(?=\s)(?=[^<>]*?\sr\s*=)(?:\s+" + CELL + rb")+\s*/?>")
PLAIN_ROW = re.compile(rb"<(?:[\w.\-]+:)?row\s[^<>]*?\br\s*=")
ADDRESS = re.compile(rb"[\s\"']r\s*=\s*[\"']([^\"'<]*)")
ODD_ADDRESS = re.compile(rb"(?m)^(?![A-Za-z]{0,3}[0-9]{1,7}$)")
MERGED = re.compile(rb"<(?:[\w.\-]+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([^\"'<]*)")
LINKED = re.compile(rb"<(?:[\w.\-]+:)?hyperlink\s[^<>]*?\bref\s*=\s*[\"']([^\"'<]*)")
RANGE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})(?::([A-Za-z]{1,3})([0-9]{1,7}))?")
OF_TABLE = re.compile(
    rb"<(?:[\w.\-]+:)?c\s(?=[^<>]*?\bt\s*=\s*[\"']s[\"'])[^<>]*>\s*<(?:[\w.\-]+:)?v>\s*([0-9]{1,9})\s*<"
)
SHARED = re.compile(rb"<(?:[\w.\-]+:)?c\s[^<>]*?\bt\s*=\s*[\"']\s*s\s*[\"']")
ITEM = re.compile(rb"<(?:[\w.\-]+:)?si(?=[\s>/])")
MARKUP = re.compile(rb"<[^<>]*>|&[#\w]{1,8};")
ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)[\"']")
INSIDE_OUT = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\0<")  # XML in UTF-16 or UTF-32
NESTED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh9", b"\xfd7zXZ")
EMBEDDED = "embeddings/"  # where Excel keeps documents that were put into a sheet; nothing opens them
ENCRYPTED_PARTS = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
OTHER_KINDS = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"), ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint file"), ("content.xml", "an OpenDocument file (.ods)"),
)  # fmt: skip


def plain_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return the bytes of a plain file of a size that can be read whole.

    Raises
    ------
    UnreadableError
        If it is absent, no plain file, not to be read by this user, or larger than the limits; nothing that could
        wait for ever, such as a pipe, is opened.
    """
    name = path.name or str(path)
    try:
        known = path.stat()
        if stat.S_ISDIR(known.st_mode):
            raise UnreadableError(f"'{name}' is a folder, not a file", advice="name the file in it")
        if not stat.S_ISREG(known.st_mode):
            raise UnreadableError(
                f"'{name}' is a pipe, a socket or a device, not a file", advice="save the table to a file"
            )
        if known.st_size > limits.table_bytes:
            raise UnreadableError(
                f"'{name}' is larger than {limits.table_bytes // MIB:,} MiB, too large to be read whole",
                advice="split it and add the footprints, or allow more by Limits(table_bytes=...)",
            )
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size  # of what was opened: it may have been replaced since
            return stream.read(min(size, limits.table_bytes) + 1)
    except FileNotFoundError as error:
        raise UnreadableError(f"there is no file '{path}'") from error
    except PermissionError as error:
        raise UnreadableError(
            f"'{name}' cannot be read: you do not have permission", advice="ask its owner for permission"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        loop = getattr(error, "errno", None) == errno.ELOOP
        said = "a link that leads back to itself" if loop else str(error)
        raise UnreadableError(f"'{name}' cannot be opened: {said}") from error


def guard_text(name: str, content: bytes, limits: Limits = LIMITS) -> None:
    """Refuse text that is no table: too long a whole, a line, or a header.

    Raises
    ------
    UnreadableError
        If a limit is passed.
    """
    if len(content) > limits.table_bytes:
        raise UnreadableError(f"'{name}' is larger than {limits.table_bytes // MIB:,} MiB", advice="split it")
    letters = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero((letters == ord("\n")) | (letters == ord("\r")))
    longest = int(np.diff(ends, prepend=-1, append=len(content)).max()) - 1
    if longest > limits.line_bytes:
        raise UnreadableError(
            f"'{name}' has a line of {longest:,} bytes, more than the "
            f"{limits.line_bytes:,} that are allowed: it is not a table"
        )
    header = content[: int(ends[0])] if len(ends) else content
    columns = header.count(b",") + 1
    if columns > limits.columns:
        raise UnreadableError(
            f"'{name}' has {columns:,} columns, more than the {limits.columns:,} that are allowed: send the table alone"
        )


def guard_workbook(name: str, content: bytes, limits: Limits = LIMITS) -> None:
    """Refuse a workbook that would cost its reader too much, or is not what it says, before it is parsed.

    Parameters
    ----------
    name : str
        For messages.
    content : bytes
        A zip archive (.xlsx, .xlsm) or an OLE file (.xls).
    limits : Limits, optional

    Raises
    ------
    UnreadableError
        If a limit is passed, a part is damaged, or it is no workbook: in plain words, with what to do.
    """
    if len(content) > limits.workbook_bytes:
        raise UnreadableError(
            f"'{name}' is a workbook of more than {limits.workbook_bytes // MIB:,} MiB",
            advice="send the table alone, or allow more by Limits(workbook_bytes=...)",
        )
    if content.startswith(OLE):
        if any(part in content for part in ENCRYPTED_PARTS):
            raise UnreadableError(f"'{name}' is protected by a password", advice="remove it and send it again")
        guard_old_workbook(name, content, limits)
        return
    entries = entries_of(name, content, limits)
    _refuse_other_kinds(name, entries)
    lengths = np.zeros(0, np.int64)
    told: dict[str, bytes] = {}
    sheets: list[tuple[int, int, NDArray[np.int64]]] = []
    for part_name, part in unpack(name, content, entries, limits):
        if part.startswith(NESTED) and EMBEDDED not in part_name:
            raise UnreadableError(f"'{name}' holds another archive, '{part_name[:60]}'", advice="send the table alone")
        _refuse_tricks(name, part_name, part)
        if part_name in (BOOK, LINKS):
            told[part_name] = part
        if ITEM.search(part):
            refuse_remarks(name, part_name, part)
            lengths = np.concatenate([lengths, _text_lengths(name, part, limits)])
        if b"sheetData" in part:
            _refuse_long_text(name, part, limits)
            sheets.append(_measured(name, part_name, part, limits))
            refuse_doubtful_cells(name, part_name, part)
    if len(told) == 2:
        _refuse_shared_parts(name, told[BOOK], told[LINKS])
    cells = sum(area for area, _, _ in sheets)
    if cells > limits.cells:
        raise UnreadableError(
            f"the sheets of '{name}' span {cells:,} cells, more than the {limits.cells:,} that are allowed",
            advice="delete what is to the right of and below the table, or allow more by Limits(cells=...)",
        )
    text = sum(_text_of(lengths, odd, used) for _, odd, used in sheets)
    if text > limits.inflated_bytes:
        raise UnreadableError(
            f"the cells of '{name}' hold {text // MIB:,} MiB of text, more than the "
            f"{limits.inflated_bytes // MIB:,} MiB that are allowed",
            advice="send the table alone",
        )


def _refuse_other_kinds(name: str, entries: list[ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    for sign, kind in OTHER_KINDS:
        if sign in names:
            raise UnreadableError(f"'{name}' is {kind}", advice="open it and save the table as .xlsx or CSV UTF-8")
    if "[Content_Types].xml" not in names:
        raise UnreadableError(f"'{name}' is a zip archive, not a workbook", advice="unpack it and send the file inside")


def _refuse_tricks(name: str, part_name: str, part: bytes) -> None:
    head = part[:200].removeprefix(b"\xef\xbb\xbf")
    if part.startswith(INSIDE_OUT) and not part_name.endswith(".bin"):
        raise UnreadableError(
            f"'{name}' holds text in an encoding that Excel does not write", advice="save it again in Excel"
        )
    if not head.lstrip().startswith(b"<"):
        return
    encoding = ENCODING.match(head)
    if encoding and encoding[1].strip().lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise UnreadableError(
            f"'{name}' holds text in an encoding that Excel does not write", advice="save it again in Excel"
        )
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise UnreadableError(
            f"'{name}' declares a document type in '{part_name[:60]}', which a real workbook never does: it "
            "was not read"
        )


def _refuse_shared_parts(name: str, book: bytes, links: bytes) -> None:
    """Refuse two sheets of one name, or of one part, which would be read as often as it is named."""
    try:
        listed = sheet_parts(book, links)
    except ValueError as error:
        raise UnreadableError(
            f"'{name}' is damaged: its list of sheets cannot be read ({error})", advice="save it again in Excel"
        ) from error
    names = [sheet.casefold() for sheet, _ in listed]
    parts = [part for _, part in listed if part.endswith(".xml")]
    if len({*names}) < len(names) or len({*parts}) < len(parts):
        raise UnreadableError(f"'{name}' has the same sheet twice", advice="save it again in Excel")


def _text_lengths(name: str, part: bytes, limits: Limits) -> NDArray[np.int64]:
    """Return an upper bound of the characters of each shared text."""
    lengths = []
    for item in ITEM.split(part)[1:]:
        length = len(item)
        if length > limits.text:
            length = len(MARKUP.sub(b"", item).decode("utf-8", "replace"))
            if length > limits.text:
                raise _long_text(name, length, limits)
        lengths.append(length)
    return np.array(lengths, np.int64)


def _refuse_long_text(name: str, part: bytes, limits: Limits) -> None:
    """Refuse a long run without markup: Excel allows a cell no more."""
    starts = np.flatnonzero(np.frombuffer(part, np.uint8) == ord("<"))
    gaps = np.diff(starts, append=len(part))
    for place in np.flatnonzero(gaps > limits.text):
        run = part[starts[place] : starts[place] + gaps[place]].partition(b">")[2]
        length = len(MARKUP.sub(b"x", run).decode("utf-8", "replace"))
        if length > limits.text and run.strip():
            raise _long_text(name, length, limits)


def _long_text(name: str, length: int, limits: Limits) -> UnreadableError:
    return UnreadableError(
        f"'{name}' has a cell of {length:,} characters",
        advice=f"Excel itself allows {limits.text:,}. A real workbook never has one: it was not read",
    )


def _measured(name: str, part_name: str, part: bytes, limits: Limits) -> tuple[int, int, NDArray[np.int64]]:
    """Return the cells that a sheet spans, its cells with a shared text that cannot be told, and those that can."""
    tags = b"".join(tag if tag == b"c" else b"r" for tag in TAG.findall(part))
    cells, rows = tags.count(b"c"), tags.count(b"r")
    addresses = b"\n".join(ADDRESS.findall(part))
    if addresses and ODD_ADDRESS.search(addresses):
        raise UnreadableError(f"'{name}' has a cell whose address cannot be read", advice="save it again in Excel")
    last_row = max((int(number) for number in set(re.findall(rb"[0-9]+", addresses))), default=0)
    last_column = max((_column(word) for word in set(re.findall(rb"[A-Za-z]+", addresses))), default=0)
    if len(PLAIN_ROW.findall(part)) < rows:  # rows without a number follow each other
        last_row += rows
    if len(PLAIN_CELL.findall(part)) < cells:  # so do cells without an address
        last_column += max(map(len, tags.split(b"r")))
    if last_row > limits.row:
        raise UnreadableError(
            f"'{name}' has a cell in row {last_row:,} ({_short(part_name)}), beyond row {limits.row:,}",
            advice="delete the rows below the table, or allow more by Limits(row=...)",
        )
    if last_column > limits.column:
        raise UnreadableError(
            f"'{name}' has a cell in column {last_column:,} ({_short(part_name)}), beyond column {limits.column:,}",
            advice="delete the columns to the right of the table, or allow more by Limits(column=...)",
        )
    _refuse_wide_areas(name, part, limits)
    if cells > limits.cells:
        raise UnreadableError(f"'{name}' has a sheet of {cells:,} cells", advice="send the table alone")
    used = np.array(OF_TABLE.findall(part), dtype="S9").astype(np.int64)
    return last_row * last_column, len(SHARED.findall(part)) - len(used), used


def _refuse_wide_areas(name: str, part: bytes, limits: Limits) -> None:
    """Refuse merged cells, and links of many cells, that whoever opens the sheet would make cell by cell."""
    for found, kind, advice in ((MERGED, "merged cells", "unmerge them"), (LINKED, "a link", "delete the link")):
        area = 0
        for span in found.findall(part):
            ends = RANGE.fullmatch(span.strip())
            if not ends:
                raise UnreadableError(
                    f"'{name}' has {kind} whose address cannot be read", advice="save it again in Excel"
                )
            left, top, right, bottom = ends.groups()
            if right is None:
                continue
            across, down = abs(_column(right) - _column(left)) + 1, abs(int(bottom) - int(top)) + 1
            area += across * down
            if across > limits.column or down > limits.row or area > limits.cells:
                raise UnreadableError(f"'{name}' has {kind} of {across:,} columns and {down:,} rows", advice=advice)


def _text_of(lengths: NDArray[np.int64], odd: int, used: NDArray[np.int64]) -> int:
    """Return an upper bound of the characters that a sheet's shared texts come to once each cell has its own."""
    if not len(lengths):
        return 0
    return int(lengths[np.minimum(used, len(lengths) - 1)].sum()) + max(odd, 0) * int(lengths.max())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _short(part_name: str) -> str:
    return Path(part_name).name[:40]
