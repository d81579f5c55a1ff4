"""The parts of a zip archive, unpacked no further than limits allow, its own words about sizes not believed."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from zipfile import BadZipFile, ZipFile, ZipInfo

from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.errors import UnreadableError

LOCAL_HEADER, END = 30, 22
STORED, DEFLATED = 0, 8
PIECE = 1 << 20  # bytes that are unpacked at a time
ENTRY_MOST = 1 << 11  # bytes of the directory for each part
ENCRYPTED = 1  # bit 0 of an entry's flags


def entries_of(name: str, content: bytes, limits: Limits) -> list[ZipInfo]:
    """Return the entries of an archive whose directory can be believed.

    Raises
    ------
    UnreadableError
        If the directory is damaged, hides something, or has more entries than limits allow.
    """
    _refuse_long_directory(name, content, limits)
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            entries, comment = archive.infolist(), archive.comment
    except (BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError, OSError) as error:
        raise UnreadableError(f"'{name}' is damaged or cut off: {error}", advice="send it again") from error
    if len(entries) > limits.parts:
        raise UnreadableError(f"'{name}' holds {len(entries):,} parts, more than the {limits.parts:,} that are allowed")
    names = [entry.filename.casefold() for entry in entries]
    if twice := sorted({each for each in names if names.count(each) > 1}):
        raise UnreadableError(f"'{name}' holds the part '{twice[0][:60]}' twice: save it again in Excel")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise UnreadableError(f"'{name}' is protected by a password", advice="remove it and send it again")
    if content[-END - len(comment) :][:4] != b"PK\x05\x06" or b"PK\x05\x06" in comment:
        raise UnreadableError(f"'{name}' is damaged: something follows its end", advice="save it again in Excel")
    _refuse_overlaps(name, entries)
    return entries


def _refuse_long_directory(name: str, content: bytes, limits: Limits) -> None:
    """Refuse a directory that is longer than one of so many parts can be, before it is parsed."""
    at = content.rfind(b"PK\x05\x06")
    said = int.from_bytes(content[at + 12 : at + 16], "little") if at >= 0 else 0
    if said > limits.parts * ENTRY_MOST:
        raise UnreadableError(
            f"'{name}' has a directory of {said:,} bytes, more than {limits.parts:,} parts need",
            advice="save it again in Excel",
        )


def _refuse_overlaps(name: str, entries: list[ZipInfo]) -> None:
    """Refuse parts that share bytes: a few of them can unpack to any size."""
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < end or (end == 0 and entry.header_offset):
            raise UnreadableError(
                f"'{name}' is damaged: its parts do not lie one after another", advice="save it again in Excel"
            )
        end = entry.header_offset + LOCAL_HEADER + entry.compress_size


def unpack(name: str, content: bytes, entries: list[ZipInfo], limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Yield each part of an archive, its checksum compared.

    Raises
    ------
    UnreadableError
        If a part is damaged, is not as long as it says, or is beyond the limits; no more is unpacked then.
    """
    left = limits.inflated_bytes
    for entry in entries:
        packed = _packed(name, content, entry)
        part = _inflated(name, entry, packed, left, limits)
        left -= len(part)
        if len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
            raise UnreadableError(f"'{name}' is damaged: its part '{entry.filename[:60]}' is not as it was written")
        yield entry.filename, part


def _packed(name: str, content: bytes, entry: ZipInfo) -> bytes:
    at = entry.header_offset
    header = content[at : at + LOCAL_HEADER]
    if len(header) < LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise UnreadableError(f"'{name}' is damaged or cut off", advice="send it again")
    lengths = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    start = at + LOCAL_HEADER + sum(lengths)
    called = content[at + LOCAL_HEADER : at + LOCAL_HEADER + lengths[0]]
    said = entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437", "replace")
    method = int.from_bytes(header[8:10], "little")
    if called != said or method != entry.compress_type or header[6] & ENCRYPTED:
        raise UnreadableError(
            f"'{name}' is damaged: two names or methods for '{entry.filename[:60]}'", advice="save it again in Excel"
        )
    return content[start : start + entry.compress_size]


def _inflated(name: str, entry: ZipInfo, packed: bytes, left: int, limits: Limits) -> bytes:
    if entry.compress_type == STORED:
        if len(packed) > left:
            raise _too_large(name, limits)
        return packed
    if entry.compress_type != DEFLATED:
        raise UnreadableError(f"'{name}' is packed in a way that Excel does not use", advice="save it again in Excel")
    most = max(limits.ratio * max(len(packed), 1), limits.ratio_from_bytes)
    machine = zlib.decompressobj(-15)
    pieces, size = [], 0
    try:
        while not machine.eof:
            piece = machine.decompress(packed, PIECE)
            packed = machine.unconsumed_tail
            size += len(piece)
            if size > left:
                raise _too_large(name, limits)
            if size > most:
                raise UnreadableError(
                    f"'{name}' has a part that unpacks to more than {limits.ratio} times its size, "
                    "which a real workbook never does",
                    advice="save it again in Excel",
                )
            pieces.append(piece)
            if not piece and not packed:
                break
    except zlib.error as error:
        _raise_no_memory(error)
        raise UnreadableError(f"'{name}' is damaged: {error}", advice="send it again") from error
    return b"".join(pieces)


def gunzip(name: str, content: bytes, limits: Limits = LIMITS) -> bytes:
    """Return what gzip packed, if it is no larger than a table may be.

    Raises
    ------
    UnreadableError
        If it is damaged, or unpacks to more.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            table = stream.read(limits.table_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        _raise_no_memory(error)
        raise UnreadableError(f"'{name}' is gzipped and damaged: {error}") from error
    if len(table) > limits.table_bytes:
        raise UnreadableError(f"'{name}' unpacks to more than {limits.table_bytes >> 20:,} MiB", advice="split it")
    return table


def _raise_no_memory(error: Exception) -> None:
    """Raise what zlib means by its error -4 (Z_MEM_ERROR, zlib.h): the file may be sound, it had no room."""
    if str(error).startswith("Error -4 "):
        raise MemoryError from error


def _too_large(name: str, limits: Limits) -> UnreadableError:
    return UnreadableError(
        f"'{name}' unpacks to more than {limits.inflated_bytes // (1 << 20):,} MiB",
        advice="send the table alone, or allow more by Limits(inflated_bytes=...)",
    )
