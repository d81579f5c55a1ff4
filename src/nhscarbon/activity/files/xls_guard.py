"""The guard of old workbooks (.xls): how much their sheets span, told from their records without parsing a value."""

from __future__ import annotations

from struct import Struct, error

from nhscarbon.activity.files.limits import Limits
from nhscarbon.errors import UnreadableError
from nhscarbon.output.excel import letters

# [MS-CFB] 2.2 and 2.6.1: the header and directory entries of a compound file; [MS-XLS] 2.4: records
HEADER = Struct("<24xHHHHH6xIIIIIIIII")
ENTRY = 128
LAST = 0xFFFFFFFA  # chains end at a sector number from here on
RECORD = Struct("<HH")
CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406, 0x0206})
SEVERAL = frozenset({0x00BD, 0x00BE})  # cells side by side: the last column stands at the record's end
SHEET, END, PASSWORD = 0x0809, 0x000A, 0x002F
LAST_COLUMN = 255
PLACE = Struct("<HH")


def guard_old_workbook(name: str, content: bytes, limits: Limits) -> None:
    """Refuse an old workbook that is damaged, locked, or spans more cells than limits allow.

    Raises
    ------
    UnreadableError
        In plain words, with what to do.
    """
    try:
        stream = _stream(content)
        rows, columns, span, at, depth = 0, 0, 0, 0, 0
        met: set[int] = set()
        while at + RECORD.size <= len(stream):
            kind, length = RECORD.unpack_from(stream, at)
            at += RECORD.size
            if kind == PASSWORD:
                raise UnreadableError(f"'{name}' is protected by a password", advice="remove it and send it again")
            if kind == SHEET:  # the next of them: their rectangles add up
                span, rows, columns = span + rows * columns, 0, 0
                depth += 1  # a chart inside a sheet has cells of its own, given for each of its parts
                if depth == 1:
                    met = set()
            elif kind == END:
                depth -= 1
            elif kind in CELLS and length >= PLACE.size:
                row, column = PLACE.unpack_from(stream, at)
                if kind in SEVERAL:
                    column = int.from_bytes(stream[at + length - 2 : at + length], "little")
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                if depth == 1:
                    first = PLACE.unpack_from(stream, at)[1]
                    for place in range(first, min(column, LAST_COLUMN) + 1):
                        if row << 16 | place in met:
                            raise UnreadableError(
                                f"'{name}' gives the cell {letters(place)}{row + 1} twice: which of the two holds "
                                "cannot be told",
                                advice="save it again as .xlsx, and look at that cell",
                            )
                        met.add(row << 16 | place)
            at += length
    except (error, IndexError, ValueError) as fault:
        raise UnreadableError(
            f"'{name}' cannot be read, it is damaged or cut off", advice="save it again as .xlsx"
        ) from fault
    span += rows * columns
    if span > limits.cells:
        raise UnreadableError(
            f"the sheets of '{name}' span {span:,} cells, more than the {limits.cells:,} that are allowed",
            advice="delete what is to the right of and below the table, or allow more by Limits(cells=...)",
        )


def _stream(content: bytes) -> bytes:
    """Return the stream of records of a compound file."""
    _, _, _, shift, small_shift, _, _, directory, _, cutoff, small_table, _, more, count = HEADER.unpack_from(content)
    if shift not in (9, 12) or small_shift != 6:
        raise ValueError("sectors of no known size")
    size = 1 << shift
    tables = list(Struct("<109I").unpack_from(content, 76))
    seen = 0
    while more < LAST and seen <= min(count, len(content) // size):
        listed = Struct(f"<{size // 4}I").unpack_from(content, (more + 1) * size)
        tables, more, seen = [*tables, *listed[:-1]], listed[-1], seen + 1
    chain = [number for table in tables if table < LAST for number in _numbers(content, table, size)]
    entries = _chained(content, chain, directory, size, size)
    found: dict[str, tuple[bytes, bytes]] = {}
    for at in range(0, len(entries) - ENTRY + 1, ENTRY):
        letters = int.from_bytes(entries[at + 64 : at + 66], "little")
        word = entries[at : at + max(min(letters, 64) - 2, 0)].decode("utf-16-le", "replace")
        found.setdefault(word, (entries[at + 116 : at + 120], entries[at + 120 : at + 124]))
    start, length = (
        int.from_bytes(each, "little") for each in (found.get("Workbook") or found.get("Book") or (b"", b""))
    )
    if not length:
        raise ValueError("no stream of records")
    if length >= cutoff:
        return _chained(content, chain, start, size, size)[:length]
    root = int.from_bytes(found["Root Entry"][0], "little") if "Root Entry" in found else LAST
    small = _chained(content, chain, small_table, size, size)
    numbers = list(Struct(f"<{len(small) // 4}I").unpack_from(small))
    return _chained(_chained(content, chain, root, size, size), numbers, start, 1 << small_shift, 0)[:length]


def _numbers(content: bytes, sector: int, size: int) -> tuple[int, ...]:
    return Struct(f"<{size // 4}I").unpack_from(content, (sector + 1) * size)


def _chained(content: bytes, chain: list[int], start: int, size: int, before: int) -> bytes:
    """Return the sectors of a chain one after another; a chain longer than the file goes round."""
    pieces: list[bytes] = []
    while start < LAST:
        if len(pieces) > len(content) // size:
            raise ValueError("a chain that goes round")
        pieces.append(content[before + start * size : before + (start + 1) * size])
        start = chain[start]
    return b"".join(pieces)
