"""CSV files too large to hold: cut at line ends, and parsed by Arrow, or with care (extra ``arrow``)."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from nhscarbon.activity import schema
from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import Mask
from nhscarbon.activity.files.text import decode
from nhscarbon.activity.files.workbook_guard import guard_text
from nhscarbon.activity.header import Answers, Header, is_header, read_header
from nhscarbon.activity.numbers import near_half
from nhscarbon.activity.readers.from_arrow import blank_rows, from_arrow_table, with_words
from nhscarbon.errors import UnreadableError

try:  # an extra: whoever calls has asked whether it is there
    import pyarrow as pa
except ImportError:
    pa = None

CSV_BLOCK = 1 << 23  # bytes
STEP = 1 << 16  # bytes that stay in the processor's cache
LONGEST_LINE = 1 << 20  # bytes
FIRST_OF_CSV = 2  # the header is row 1


class NeedsCare(Exception):  # noqa: N818  no error: the file is read again, more slowly
    """Says that the rows of a CSV file are not its lines."""


class CsvChunks:
    """The lines of a CSV file, cut at line ends; threads take them in turn, and each parses its own.

    Lines are parsed by Arrow. Where an empty line comes they are read by the strict reader that small files have, one
    thread at a time; so is the whole file, from its start, where a quoted cell spans lines.
    """

    def __init__(self, path: str, *, careful: bool = False, answers: Answers = ()) -> None:
        self.path, self.name, self.careful = path, Path(path).name, careful
        self.stream = Path(path).open("rb")  # noqa: SIM115  closed by whoever takes the last of it
        header, self.row = csv_header(path, self.stream.readline(LONGEST_LINE), answers), FIRST_OF_CSV
        self.header, self.words = list(header.names), header.words
        self.encoding = ""
        self.lock = Lock()

    def __enter__(self) -> CsvChunks:
        return self

    def __exit__(self, *error: object) -> None:
        self.stream.close()

    def batches(self, columns: Sequence[str]) -> Iterator[Activity]:
        """Yield activity data from the chunks that no other thread has taken."""
        try:
            while True:
                with self.lock:
                    first, chunk = self.row, self._next()
                    careful = self.careful or _needs_care(chunk)
                    table = self._careful(chunk, schema.NAMES) if careful else None
                    chunk = chunk if careful or chunk.isascii() else self._decoded(chunk).encode()
                    lines = _count(chunk, b"\n") + (bool(chunk) and not chunk.endswith(b"\n"))
                    self.row += lines if table is None else table.num_rows
                if not chunk:
                    return
                if table is None:
                    table = self._fast(chunk, columns, lines, first)
                activity = self._activity(table, columns, first)
                if len(activity) < table.num_rows:  # what is blank in all columns is none of these
                    whole = table if careful else self._fast(chunk, schema.NAMES, lines, first)
                    activity = self._activity(table, columns, first, ~blank_rows(whole))
                yield activity
        except (pa.ArrowInvalid, OSError, csv.Error) as error:
            raise UnreadableError(f"'{self.name}' cannot be read: {error}") from error
        finally:
            with self.lock:
                self.stream.close()  # at the end of the file, or where nobody wants the rest

    def _activity(self, table: pa.Table, columns: Sequence[str], first: int, filled: Mask | None = None) -> Activity:
        wanted = table.select([name for name in table.column_names if name in columns])
        return with_words(
            from_arrow_table(wanted, file=self.name, first_row=first, silent=True, filled=filled), self.words
        )

    def _next(self) -> bytes:
        """Return whole lines."""
        if self.stream.closed:
            return b""
        chunk = self.stream.read(CSV_BLOCK)
        if chunk and not chunk.endswith(b"\n"):
            end = self.stream.readline(LONGEST_LINE)
            if len(end) == LONGEST_LINE:
                raise UnreadableError(
                    f"'{self.name}' has a line of more than {LONGEST_LINE:,} bytes: it is not a table"
                )
            chunk += end
        return chunk

    def _fast(self, chunk: bytes, columns: Sequence[str], lines: int, first: int) -> pa.Table:
        """Parse lines by Arrow; where quotes make it another number of rows, the file is to be read with care."""
        quoted = b'"' in chunk
        try:
            table = _parsed(chunk, self.header, columns)
        except pa.ArrowInvalid as error:
            if quoted:
                raise NeedsCare from error
            raise
        odd = quoted and _count(chunk, b'"') % 2
        if table.num_rows == lines and not odd:
            return table
        if quoted:
            raise NeedsCare
        return self._table(list(csv.reader(io.StringIO(chunk.decode(), newline=""), strict=True)), columns, first)

    def _careful(self, chunk: bytes, columns: Sequence[str]) -> pa.Table:
        """Read lines as small files are read, to the end of the row that the last of them begins."""
        lines = deque(chunk.splitlines(keepends=True))

        def texts() -> Iterator[str]:
            while lines:
                yield self._decoded(lines.popleft())
                if not lines:  # asked for more: a quoted cell goes on
                    more = self.stream.readline(LONGEST_LINE)
                    if more:
                        lines.append(more)

        rows: list[list[str]] = []
        for row in csv.reader(texts(), strict=True):
            rows.append(row)
            if not lines:
                break
        return self._table(rows, columns, self.row)

    def _table(self, rows: list[list[str]], columns: Sequence[str], first: int) -> pa.Table:
        """Return rows of cells as a table; an empty line keeps its place in the numbering."""
        rows = [row or [""] * len(self.header) for row in rows]
        odd = next((place for place, row in enumerate(rows) if len(row) != len(self.header)), None)
        if odd is not None:
            raise UnreadableError(
                f"row {first + odd} of '{self.name}' has more or fewer cells than its header: "
                "a comma inside a number or a name needs quotes around it"
            )
        cells = dict(zip(self.header, zip(*rows, strict=True), strict=True)) if rows else {}
        return pa.table({name: pa.array(cells.get(name, ()), pa.string()) for name in self.header if name in columns})

    def _decoded(self, line: bytes) -> str:
        """Decode a line as UTF-8, or as the cp1252 that Excel writes: one of them for the whole file."""
        if line.isascii():
            return line.decode()
        try:
            text, encoding = line.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, encoding = decode(self.name, line), "cp1252"
        if self.encoding not in ("", encoding):
            raise UnreadableError(
                f"'{self.name}' mixes UTF-8 and another encoding, from row {self.row:,} on",
                advice="save it as CSV UTF-8",
            )
        self.encoding = encoding
        return text


def _needs_care(chunk: bytes) -> bool:
    """Tell whether lines end otherwise than Arrow and the strict reader agree on."""
    if b"\0" in chunk:
        raise UnreadableError("the file holds zero bytes: it is neither CSV text nor a workbook")
    return b"\r" in chunk and _count(chunk, b"\r") != chunk.count(b"\r\n")


def _count(chunk: bytes, byte: bytes) -> int:
    """Count a byte; several times as fast as `bytes.count` where it is frequent, and other threads go on."""
    octets = np.frombuffer(chunk, np.uint8)
    return sum(int(np.count_nonzero(octets[at : at + STEP] == byte[0])) for at in range(0, len(octets), STEP))


def _parsed(chunk: bytes, header: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """Parse rows in UTF-8: numbers as numbers, or all as text where one of them is none."""
    text = pa.dictionary(pa.int32(), pa.string())
    import pyarrow.csv as pa_csv  # noqa: PLC0415  an extra

    names = [name for name in header if name in columns]
    read = pa_csv.ReadOptions(use_threads=False, column_names=list(header), block_size=len(chunk) + 1)

    def parsed(number: pa.DataType) -> pa.Table:
        convert = pa_csv.ConvertOptions(
            column_types={name: number if name in schema.NUMERIC else text for name in names},
            include_columns=names, null_values=[""], strings_can_be_null=True,
            check_utf8=False,  # it is: a tenth of the time
        )  # fmt: skip
        return pa_csv.read_csv(pa.BufferReader(chunk), read_options=read, convert_options=convert)

    try:
        table = parsed(pa.float64())
        if not any(_near_half(table.column(name)) for name in names if name in schema.NUMERIC):
            return table
    except pa.ArrowInvalid as error:
        if "conversion error to double" not in str(error):
            raise
    return parsed(text)


def _near_half(numbers: pa.ChunkedArray) -> bool:
    """Tell whether the text of any number is needed to round it."""
    return any(near_half(chunk.to_numpy(zero_copy_only=False)).any() for chunk in numbers.chunks)


def csv_header(path: str, line: bytes, answers: Answers = ()) -> Header:
    """Return the columns of a CSV file from its first line, and what a mapping says of them.

    Raises
    ------
    UnreadableError
        If it is no header of a comma-separated table, or a column stands twice.
    """
    name = Path(path).name
    if len(line) == LONGEST_LINE or (b"\r" in line and not line.endswith(b"\r\n")):
        raise UnreadableError(f"'{name}' has no line ends that a large table can be cut at: save it as CSV UTF-8")
    guard_text(name, line)
    header = read_header(first_cells(name, line), answers)
    if len(header.names) < 2:
        raise UnreadableError(f"'{name}' is not a comma-separated table with a header in its first line")
    if header.twice:
        raise UnreadableError(f"the table has the column '{header.twice}' more than once")
    return header


def first_cells(name: str, line: bytes) -> list[str]:
    """Return the cells of one line."""
    try:
        return next(csv.reader([decode(name, line).rstrip("\r\n")]), [])
    except csv.Error as error:
        raise UnreadableError(f"'{name}' is not a CSV file: {error}") from error


def refuse_lower_header(name: str, lines: Sequence[bytes]) -> None:
    """Refuse a large file that begins with other rows than its header."""
    for row, line in enumerate(lines, start=1):
        if is_header(first_cells(name, line)):
            raise UnreadableError(
                f"the header of '{name}' is in row {row}: delete the rows above it, as a file of this size is read "
                "piece by piece"
            )
