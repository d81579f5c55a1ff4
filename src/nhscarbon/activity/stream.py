"""Files too large to hold: Parquet, partitioned folders, CSV and Arrow streams, a batch at a time (extra ``arrow``)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Literal
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from nhscarbon.activity import schema
from nhscarbon.activity.arrow import activity_of, with_words
from nhscarbon.activity.build import column_findings, spelling_findings
from nhscarbon.activity.grid import decode
from nhscarbon.activity.guard import guard_text
from nhscarbon.activity.parquet import refuse_many_columns, verify_seal
from nhscarbon.activity.schema import HEADER_WITHIN
from nhscarbon.activity.table import Activity, SheetRows
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import Finding
from nhscarbon.plain import shown

BATCH = 1 << 17  # rows: few enough to stay near the processor, and decoded fastest
CSV_BLOCK = 1 << 23  # bytes
LONGEST_LINE = 1 << 20  # bytes
TEXT = tuple(name for name in schema.NAMES if name not in schema.NUMERIC)
NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
FIRST_OF_CSV = 2  # the header is row 1


@dataclass(frozen=True)
class Piece:
    """Row groups of one Parquet file, or a whole CSV file, with the number of its first row.

    Small, and nothing but words and numbers: it can be sent to another process, which reads the rows itself.
    """

    path: str
    kind: Literal["parquet", "csv"]
    row_groups: tuple[int, ...] = ()
    first_row: int = 1
    rows: int = 0
    words: tuple[tuple[str, str], ...] = ()
    careful: bool = False

    def batches(self, columns: Sequence[str] = schema.NAMES) -> Iterator[Activity]:
        """Yield the rows of some columns.

        Raises
        ------
        UnreadableError
            If the file is damaged.
        """
        try:
            yield from self._parquet(columns) if self.kind == "parquet" else self._csv(columns)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise UnreadableError(f"'{Path(self.path).name}' cannot be read: {error}") from error

    def _parquet(self, columns: Sequence[str]) -> Iterator[Activity]:
        about = pq.read_metadata(self.path)
        schema_of = about.schema.to_arrow_schema()
        wanted = [str(name) for name in schema_of.names if name in columns]
        if nested := next((name for name in wanted if pa.types.is_nested(schema_of.field(name).type)), ""):
            raise UnreadableError(
                f"the column '{nested}' of '{Path(self.path).name}' holds lists or the like; write one word in each row"
            )
        words = [name for name in wanted if name in TEXT]
        with pq.ParquetFile(
            self.path, metadata=about, read_dictionary=words, pre_buffer=False, page_checksum_verification=True
        ) as file:
            row = self.first_row
            for group in self.row_groups:
                for batch in file.iter_batches(BATCH, row_groups=[group], columns=wanted, use_threads=False):
                    yield self._activity(batch, row)
                    row += batch.num_rows

    def _csv(self, columns: Sequence[str]) -> Iterator[Activity]:
        with CsvChunks(self.path, careful=self.careful) as chunks:
            yield from chunks.batches(columns)

    def _activity(self, batch: pa.RecordBatch, row: int) -> Activity:
        activity = activity_of(batch, file=Path(self.path).name, first_row=row, silent=True)
        return with_words(activity, dict(self.words)) if self.words else activity


class NeedsCare(Exception):  # noqa: N818  no error: the file is read again, more slowly
    """Says that the rows of a CSV file are not its lines."""


class CsvChunks:
    """The lines of a CSV file, cut at line ends; threads take them in turn, and each parses its own.

    Lines are parsed by Arrow. Where an empty line comes they are read by the strict reader that small files have, one
    thread at a time; so is the whole file, from its start, where a quoted cell spans lines.
    """

    def __init__(self, path: str, *, careful: bool = False) -> None:
        self.path, self.name, self.careful = path, Path(path).name, careful
        self.stream = Path(path).open("rb")  # noqa: SIM115  closed by whoever takes the last of it
        self.header, self.row = _csv_header(path, self.stream.readline(LONGEST_LINE)), FIRST_OF_CSV
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
                    table = self._careful(chunk, columns) if careful else None
                    chunk = chunk if careful or chunk.isascii() else self._decoded(chunk).encode()
                    lines = _count(chunk, b"\n") + (bool(chunk) and not chunk.endswith(b"\n"))
                    self.row += lines if table is None else table.num_rows
                if not chunk:
                    return
                if table is None:
                    table = self._fast(chunk, columns, lines, first)
                yield activity_of(table, file=self.name, first_row=first, silent=True)
        except (pa.ArrowInvalid, OSError, csv.Error) as error:
            raise UnreadableError(f"'{self.name}' cannot be read: {error}") from error
        finally:
            with self.lock:
                self.stream.close()  # at the end of the file, or where nobody wants the rest

    def _next(self) -> bytes:
        """Return whole lines."""
        if self.stream.closed:
            return b""
        chunk = self.stream.read(CSV_BLOCK)
        if chunk and not chunk.endswith(b"\n"):
            end = self.stream.readline(LONGEST_LINE)
            if len(end) == LONGEST_LINE:
                raise UnreadableError(f"'{self.name}' has a line of more than {LONGEST_LINE:,} bytes: it is no table")
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
            if self.encoding != "cp1252":
                text = line.decode("utf-8")
                self.encoding = "utf-8"
                return text
        except UnicodeDecodeError:
            if self.encoding == "utf-8":
                raise UnreadableError(f"'{self.name}' mixes UTF-8 and another encoding: save it as CSV UTF-8") from None
        self.encoding = "cp1252"
        return decode(self.name, line)


def _needs_care(chunk: bytes) -> bool:
    """Tell whether lines end otherwise than Arrow and the strict reader agree on."""
    if b"\0" in chunk:
        raise UnreadableError("the file holds zero bytes: it is neither CSV text nor a workbook")
    return b"\r" in chunk and _count(chunk, b"\r") != chunk.count(b"\r\n")


def _count(chunk: bytes, byte: bytes) -> int:
    """Count a byte; several times as fast as `bytes.count` where it is frequent, and other threads go on."""
    return int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == byte[0]))


def _parsed(chunk: bytes, header: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """Parse rows: numbers as numbers, or all as text where one of them is none."""
    text = pa.dictionary(pa.int32(), pa.string())
    names = [name for name in header if name in columns]
    read = pa_csv.ReadOptions(use_threads=False, column_names=list(header), block_size=len(chunk) + 1)

    def parsed(number: pa.DataType) -> pa.Table:
        convert = pa_csv.ConvertOptions(
            column_types={name: number if name in schema.NUMERIC else text for name in names},
            include_columns=names, null_values=[""], strings_can_be_null=True,
        )  # fmt: skip
        return pa_csv.read_csv(pa.BufferReader(chunk), read_options=read, convert_options=convert)

    try:
        return parsed(pa.float64())
    except pa.ArrowInvalid as error:
        if "conversion error to double" not in str(error):
            raise
    return parsed(text)


def _csv_header(path: str, line: bytes) -> list[str]:
    name = Path(path).name
    if len(line) == LONGEST_LINE or (b"\r" in line and not line.endswith(b"\r\n")):
        raise UnreadableError(f"'{name}' has no line ends that a large table can be cut at: save it as CSV UTF-8")
    guard_text(name, line)
    names = schema.spelled(_first_cells(name, line))
    if len(names) < 2:
        raise UnreadableError(f"'{name}' is not a comma-separated table with a header in its first line")
    if twice := sorted({each for each in names if each and names.count(each) > 1}):
        raise UnreadableError(f"the table has the column '{twice[0]}' more than once")
    return names


def _first_cells(name: str, line: bytes) -> list[str]:
    try:
        return next(csv.reader([decode(name, line).rstrip("\r\n")]), [])
    except csv.Error as error:
        raise UnreadableError(f"'{name}' is not a CSV file: {error}") from error


def _refuse_lower_header(name: str, lines: Sequence[bytes]) -> None:
    """Refuse a large file that begins with other rows than its header."""
    for row, line in enumerate(lines, start=1):
        if schema.is_header(_first_cells(name, line)):
            raise UnreadableError(
                f"the header of '{name}' is in row {row}: delete the rows above it, as a file of this size is read "
                "piece by piece"
            )


@dataclass(frozen=True)
class Streamed:
    """Files that are read piece by piece, and again when their rows are asked for.

    Attributes
    ----------
    pieces : tuple of Piece
    paths : tuple of str
    sizes : tuple of (bytes, time of the last change)
        When the files were opened: what changed since is refused.
    findings : tuple of Finding
        What is to be said of the header.
    sheets : tuple of SheetRows
        The header of a CSV file.
    """

    pieces: tuple[Piece, ...]
    paths: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...] = ()
    sheets: tuple[SheetRows, ...] = ()
    missing_factor: Literal["refuse", "not_counted"] = "refuse"
    boundary: str = ""

    @property
    def file(self) -> str:
        """The name of the file, or of the folder."""
        return shown(Path(self.paths[0]).name if len(self.paths) == 1 else Path(self.paths[0]).parent.name)

    @property
    def rows(self) -> int:
        """How many rows there are; 0 where only reading tells."""
        return sum(piece.rows for piece in self.pieces)

    @cached_property
    def sha256(self) -> str:
        """Of the files' bytes: read for this alone, as it takes as long as a good part of the sum.

        Raises
        ------
        UnreadableError
            If a file changed after it was summed.
        """
        self._refuse_changed()
        each = []
        for path in self.paths:
            with Path(path).open("rb") as stream:
                each.append(hashlib.file_digest(stream, "sha256"))
        return each[0].hexdigest() if len(each) == 1 else hashlib.sha256(b"".join(d.digest() for d in each)).hexdigest()

    def _refuse_changed(self) -> None:
        for path, size in zip(self.paths, self.sizes, strict=True):
            if _size(path) != size:
                raise UnreadableError(f"'{Path(path).name}' changed after it was read: calculate again")

    def batches(self) -> Iterator[Activity]:
        """Yield the rows, as many at a time as fit."""
        self._refuse_changed()
        for piece in self.pieces:
            yield from piece.batches()

    def with_care(self) -> Streamed:
        """Return the same files, to be read by the strict reader."""
        return replace(self, pieces=tuple(replace(piece, careful=True) for piece in self.pieces))

    @staticmethod
    def release() -> None:
        """Give memory that decoding held back to the system."""
        pa.default_memory_pool().release_unused()

    def parts(self, threads: int) -> Sequence[Sequence[Piece | CsvChunks]]:
        """Return the pieces dealt out to some threads, in turn; of a CSV file all of them take chunks."""
        if [piece.kind for piece in self.pieces] == ["csv"]:
            chunks = CsvChunks(self.pieces[0].path, careful=self.pieces[0].careful)
            return [[chunks]] * max(threads, 1)
        dealt = [list(self.pieces[thread::threads]) for thread in range(max(threads, 1))]
        return [part for part in dealt if part]


def stream_of(path: Path) -> Streamed:
    """Open a Parquet or CSV file, or a folder of Parquet files, for reading piece by piece.

    Raises
    ------
    UnreadableError
        If it cannot be opened, or the files of a folder have different columns.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if path.suffix.lower() == ".csv":
            piece = Piece(str(path), "csv", first_row=FIRST_OF_CSV)
            with path.open("rb") as stream:
                lines = [stream.readline(LONGEST_LINE) for _ in range(HEADER_WITHIN)]
            names = _csv_header(str(path), lines[0])
            if not schema.is_header(names):
                _refuse_lower_header(path.name, lines)
            sent = [each.strip() for each in _first_cells(path.name, lines[0])]
            findings = [*column_findings(names, path.name), *spelling_findings(sent, names, path.name)]
            placed = (SheetRows("", tuple(names), 1, 0, 0),)
            return Streamed((piece,), (str(path),), (_size(str(path)),), tuple(findings), sheets=placed)
        pieces, names = _pieces(str(path), 1, {})
        return Streamed(tuple(pieces), (str(path),), (_size(str(path)),), tuple(column_findings(names, path.name)))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UnreadableError(f"'{path.name}' cannot be read: {error}") from error


def _folder(path: Path) -> Streamed:
    found = ds.dataset(str(path), format="parquet")
    pieces: list[Piece] = []
    names: dict[str, list[str]] = {}
    first = 1
    for fragment in sorted(found.get_fragments(), key=lambda each: str(each.path)):
        words = _folder_words(str(fragment.path), path)
        each, header = _pieces(fragment.path, first, words)
        if both := sorted(words.keys() & set(header)):
            raise UnreadableError(
                f"'{Path(fragment.path).name}' has the column '{both[0]}', and so has its folder's name"
            )
        names[fragment.path] = [*header, *(name for name in words if name not in header)]
        pieces += each
        first += sum(piece.rows for piece in each)
    if not pieces:
        raise UnreadableError(f"the folder '{path.name}' holds no Parquet file")
    header = next(iter(names.values()))
    odd = [each for each, columns in names.items() if set(columns) != set(header)]
    if odd:
        raise UnreadableError(f"'{Path(odd[0]).name}' has other columns than the first file of '{path.name}'")
    sizes = tuple(_size(each) for each in names)
    return Streamed(tuple(pieces), tuple(names), sizes, tuple(column_findings(header, path.name)))


def _folder_words(file: str, root: Path) -> dict[str, str]:
    """Return what the folders between say, such as ``organisation=RX1``, as it is written."""
    words = {}
    for part in Path(file).resolve().relative_to(root.resolve()).parts[:-1]:
        name, mark, word = part.partition("=")
        if mark and name in schema.NUMERIC:
            raise UnreadableError(f"the folder '{part}' gives a number: only words can be told by folders")
        if mark and name in schema.NAMES:
            words[name] = "" if word == NULL_FOLDER else unquote(word)
    return words


def _pieces(path: str, first: int, words: Mapping[str, str]) -> tuple[list[Piece], list[str]]:
    with Path(path).open("rb") as stream:
        verify_seal(stream, Path(path).name)
    about = pq.read_metadata(path)
    refuse_many_columns(Path(path).name, about.num_columns)
    pieces = []
    for group in range(about.num_row_groups):
        rows = about.row_group(group).num_rows
        pieces.append(Piece(path, "parquet", (group,), first, rows, tuple(words.items())))
        first += rows
    return pieces, [str(name) for name in about.schema.to_arrow_schema().names]


def _size(path: str) -> tuple[int, int]:
    known = Path(path).stat()
    return known.st_size, known.st_mtime_ns
