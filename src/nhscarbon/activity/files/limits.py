"""How large a file from elsewhere may be: what is beyond is refused before anything parses it."""

from __future__ import annotations

from dataclasses import dataclass

from nhscarbon.output.text import short_repr

KIB, MIB = 1 << 10, 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits that a file is checked against before it is parsed; give larger ones for larger files.

    The sizes of the defaults are several times those of the largest estates return; a reader that was given a file
    at every limit at once needs about 1 GiB.

    Attributes
    ----------
    workbook_bytes : int
        A workbook as it lies on the disk.
    table_bytes : int
        A CSV file that is read whole; larger ones are read piece by piece where the extra ``arrow`` is there.
    parts : int
        Files inside a workbook, which is a zip archive.
    inflated_bytes : int
        All parts unpacked, counted while they are unpacked; and the text of all cells of a workbook.
    ratio, ratio_from_bytes : int
        How many times its packed size a part may be, if it is larger than the second.
    cells : int
        The rectangles that the sheets of a workbook span, added up.
    row, column : int
        The last row and the last column of a sheet that may hold a cell.
    text : int
        Characters of one cell: what Excel itself allows.
    line_bytes : int
        One line of a CSV file.
    columns : int
        Columns of a CSV file.
    seconds, memory_bytes : int
        Of the process that parses a file apart (``isolate=True``); the memory is limited where the system can.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> nc.activity.Limits(cells=5_000_000).cells > nc.activity.Limits().cells
    True
    """

    workbook_bytes: int = 50 * MIB
    table_bytes: int = 200 * MIB
    parts: int = 500
    inflated_bytes: int = 200 * MIB
    ratio: int = 200
    ratio_from_bytes: int = MIB
    cells: int = 2_000_000
    row: int = 200_000
    column: int = 256
    text: int = 32_767
    line_bytes: int = MIB
    columns: int = 1_024
    seconds: int = 60
    memory_bytes: int = 2 * KIB * MIB

    __repr__ = short_repr


LIMITS = Limits()
