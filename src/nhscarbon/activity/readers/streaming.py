"""Files too large to hold: Parquet, partitioned folders, CSV and Arrow streams, a batch at a time (extra ``arrow``)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from nhscarbon.activity import schema
from nhscarbon.activity.activity import Activity, SheetRows
from nhscarbon.activity.columns import Mask
from nhscarbon.activity.half_hours import half_hours
from nhscarbon.activity.header import Answers, Header, is_header, read_header
from nhscarbon.activity.month_columns import is_month_header, month_columns
from nhscarbon.activity.readers.csv_streaming import (
    FIRST_OF_CSV,
    LONGEST_LINE,
    CsvChunks,
    csv_header,
    first_cells,
    refuse_lower_header,
)
from nhscarbon.activity.readers.from_arrow import blank_rows, from_arrow_table, with_words
from nhscarbon.activity.readers.parquet import refuse_many_columns, verify_seal
from nhscarbon.activity.schema import HEADER_WITHIN
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import Finding
from nhscarbon.output.text import shown

try:  # an extra: whoever calls has asked whether it is there
    import pyarrow as pa
except ImportError:
    pa = None

if TYPE_CHECKING:
    import pyarrow.parquet as pq

BATCH = 1 << 17  # rows: few enough to stay near the processor, and decoded fastest
TEXT = tuple(name for name in schema.NAMES if name not in schema.NUMERIC)
NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"


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
    answers: Answers = ()

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
        import pyarrow.parquet as pq  # noqa: PLC0415  an extra

        about = _metadata(self.path, _state(self.path))
        schema_of = about.schema.to_arrow_schema()
        sent = [str(name) for name in schema_of.names]
        header = read_header(sent, self.answers)
        names = dict(zip(sent, header.names, strict=True))
        wanted = [each for each in sent if names[each] in columns]
        others = [each for each in sent if names[each] in schema.NAMES and each not in wanted]
        if nested := next((name for name in wanted if pa.types.is_nested(schema_of.field(name).type)), ""):
            raise UnreadableError(
                f"the column '{nested}' of '{Path(self.path).name}' holds lists or the like",
                advice="write one word in each row",
            )
        words = [each for each in wanted if names[each] in TEXT]
        with pq.ParquetFile(
            self.path, metadata=about, read_dictionary=words, pre_buffer=False, page_checksum_verification=True
        ) as file:
            row = self.first_row
            for group in self.row_groups:
                start = row
                for batch in file.iter_batches(BATCH, row_groups=[group], columns=wanted, use_threads=False):
                    batch = batch.rename_columns([names[each] for each in batch.schema.names])  # noqa: PLW2901
                    activity = self._activity(batch, row)
                    if len(activity) < batch.num_rows and others:  # what is blank in all columns is none of these
                        more = file.read_row_group(group, columns=others, use_threads=False)
                        more = more.rename_columns([names[each] for each in more.schema.names])
                        blank = blank_rows(batch) & blank_rows(more.slice(row - start, batch.num_rows))
                        activity = self._activity(batch, row, ~blank)
                    yield activity
                    row += batch.num_rows

    def _csv(self, columns: Sequence[str]) -> Iterator[Activity]:
        with CsvChunks(self.path, careful=self.careful, answers=self.answers) as chunks:
            yield from chunks.batches(columns)

    def _activity(self, batch: pa.RecordBatch, row: int, filled: Mask | None = None) -> Activity:
        activity = from_arrow_table(batch, file=Path(self.path).name, first_row=row, silent=True, filled=filled)
        return with_words(activity, dict(self.words)) if self.words else activity


@dataclass(frozen=True)
class FileStream:
    """Files that are read piece by piece, and again when their rows are asked for.

    Attributes
    ----------
    pieces : tuple of Piece
    paths : tuple of str
    sizes : tuple of (bytes, time of the last change)
        When the files were opened: what changed since is refused.
    findings : tuple of Finding
        What is to be said of the header.
    header : Header
        The columns as sent and as they are read.
    sheets : tuple of SheetRows
        The header of a CSV file.
    change : callable or None
        What is done to each batch of rows: a mapping puts their words as they were confirmed.
    """

    pieces: tuple[Piece, ...]
    paths: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...] = ()
    sheets: tuple[SheetRows, ...] = ()
    missing_factor: Literal["refuse", "not_counted"] = "refuse"
    boundary: str = ""
    header: Header = field(default_factory=lambda: Header((), ()))
    change: Callable[[Activity], Activity] | None = field(default=None, compare=False, repr=False)

    @property
    def file(self) -> str:
        """The name of the file, or of the folder."""
        return shown(Path(self.paths[0]).name if len(self.paths) == 1 else Path(self.paths[0]).parent.name)

    def differing(self, units: Iterable[str]) -> list[Finding]:
        """Return what is to be said where the name of a column contradicts the units, which only a sum knows."""
        return self.header.differing(units, self.file)

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
        batches = (batch for piece in self.pieces for batch in piece.batches())
        yield from map(self.change, batches) if self.change else batches

    def with_care(self) -> FileStream:
        """Return the same files, to be read by the strict reader."""
        return replace(self, pieces=tuple(replace(piece, careful=True) for piece in self.pieces))

    @staticmethod
    def release() -> None:
        """Give memory that decoding held back to the system; no footer outlives its sum."""
        _metadata.cache_clear()
        pa.default_memory_pool().release_unused()

    def parts(self, threads: int) -> Sequence[Sequence[Piece | CsvChunks]]:
        """Return the pieces dealt out to some threads, in turn; of a CSV file all of them take chunks."""
        if [piece.kind for piece in self.pieces] == ["csv"]:
            first = self.pieces[0]
            chunks = CsvChunks(first.path, careful=first.careful, answers=first.answers)
            return [[chunks]] * max(threads, 1)
        dealt = [list(self.pieces[thread::threads]) for thread in range(max(threads, 1))]
        return [part for part in dealt if part]


def differing(sources: Sequence[object], units: Iterable[str]) -> list[Finding]:
    """Return what streams have to say of the units that were summed; what was read whole has said it."""
    return [each for source in sources if isinstance(source, FileStream) for each in source.differing(units)]


def is_across(path: Path, answers: Answers = ()) -> bool:
    """Tell whether the columns of a file are months: each row of it is several, so that it is read whole."""
    if path.is_dir():
        return False
    try:
        if path.suffix.lower() != ".csv":
            names = [str(name) for name in _metadata(str(path), _state(str(path))).schema.to_arrow_schema().names]
            header = read_header(names, answers)
            return header.thousands or month_columns(header) is not None
        with path.open("rb") as stream:
            lines = [stream.readline(LONGEST_LINE) for _ in range(HEADER_WITHIN)]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        return False  # opening it says what is wrong
    try:
        cells = [first_cells(path.name, line) for line in lines]
    except UnreadableError:
        return False
    if any(is_month_header(row, read_header(row, answers).names) for row in cells):
        return True
    header, body = read_header(cells[0], answers), [row for row in cells[1:] if len(row) == len(cells[0])]
    columns = [[row[at] for row in body] for at in range(len(cells[0]))]
    return header.thousands or half_hours(header.sent, header.names, columns) is not None


def open_stream(path: Path, answers: Answers = ()) -> FileStream:
    """Open a Parquet or CSV file, or a folder of Parquet files, for reading piece by piece.

    `answers` is what a mapping says of the columns.

    Raises
    ------
    UnreadableError
        If it cannot be opened, or the files of a folder have different columns.
    """
    try:
        if path.is_dir():
            return _folder(path, answers)
        if path.suffix.lower() == ".csv":
            piece = Piece(str(path), "csv", first_row=FIRST_OF_CSV, answers=answers)
            with path.open("rb") as stream:
                lines = [stream.readline(LONGEST_LINE) for _ in range(HEADER_WITHIN)]
            header = csv_header(str(path), lines[0], answers)
            if not is_header(header.names):
                refuse_lower_header(path.name, lines)
            placed = (SheetRows("", header.names, 1, 0, 0),)
            findings = tuple(header.notes(path.name))
            return FileStream((piece,), (str(path),), (_size(str(path)),), findings, sheets=placed, header=header)
        pieces, header = _pieces(str(path), 1, {}, answers)
        findings = tuple(header.notes(path.name))
        return FileStream(tuple(pieces), (str(path),), (_size(str(path)),), findings, header=header)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if path.is_dir() and (others := _no_parquet(path)):
            raise UnreadableError(
                f"the folder '{path.name or path}' holds '{others[0]}', which is no Parquet file",
                advice="CSV and Excel are named file by file",
            ) from error
        raise UnreadableError(f"'{path.name or path}' cannot be read: {error}") from error


def _no_parquet(folder: Path) -> list[str]:
    """Return the files of a folder that are not called Parquet; hidden ones are not looked at."""
    found = (each for each in folder.rglob("*") if each.suffix.lower() != ".parquet" and each.is_file())
    return sorted(each.name for each in found if not each.name.startswith((".", "_")))


def _folder(path: Path, answers: Answers) -> FileStream:
    import pyarrow.dataset as ds  # noqa: PLC0415  an extra

    found = ds.dataset(str(path), format="parquet")
    pieces: list[Piece] = []
    names: dict[str, list[str]] = {}
    first = 1
    for fragment in sorted(found.get_fragments(), key=lambda each: str(each.path)):
        words = _folder_words(str(fragment.path), path)
        each, header = _pieces(fragment.path, first, words, answers)
        if both := sorted(words.keys() & {*header.names}):
            raise UnreadableError(
                f"'{Path(fragment.path).name}' has the column '{both[0]}', and so has its folder's name"
            )
        names[fragment.path] = [*header.sent, *(name for name in words if name not in header.sent)]
        pieces += each
        first += sum(piece.rows for piece in each)
    if not pieces:
        raise UnreadableError(
            f"the folder '{path.name}' holds no Parquet file", advice="CSV and Excel are named file by file"
        )
    sent = next(iter(names.values()))
    odd = [each for each, columns in names.items() if set(columns) != set(sent)]
    if odd:
        raise UnreadableError(f"'{Path(odd[0]).name}' has other columns than the first file of '{path.name}'")
    sizes = tuple(_size(each) for each in names)
    if month_columns(read_header(sent, answers)):
        raise UnreadableError(
            f"the files of '{path.name}' have months across, and a folder is read piece by piece",
            advice="give one file at a time, or a table with one row for each month",
        )
    header = read_header(sent, answers)
    return FileStream(tuple(pieces), tuple(names), sizes, tuple(header.notes(path.name)), header=header)


def _folder_words(file: str, root: Path) -> dict[str, str]:
    """Return what the folders between say, such as ``organisation=RX1``, as it is written."""
    words = {}
    for part in Path(file).resolve().relative_to(root.resolve()).parts[:-1]:
        name, mark, word = part.partition("=")
        name = schema.column_meant(name) or name
        if mark and name in schema.NUMERIC:
            raise UnreadableError(f"the folder '{part}' gives a number: only words can be told by folders")
        if mark and name in schema.NAMES:
            words[name] = "" if word == NULL_FOLDER else unquote(word)
    return words


def _pieces(path: str, first: int, words: Mapping[str, str], answers: Answers) -> tuple[list[Piece], Header]:
    import pyarrow.parquet as pq  # noqa: PLC0415  an extra

    with Path(path).open("rb") as stream:
        verify_seal(stream, Path(path).name)
    about = pq.read_metadata(path)
    refuse_many_columns(Path(path).name, about.num_columns)
    header = read_header([str(name) for name in about.schema.to_arrow_schema().names], answers)
    given = tuple({**header.words, **words}.items())
    pieces = []
    for group in range(about.num_row_groups):
        rows = about.row_group(group).num_rows
        pieces.append(Piece(path, "parquet", (group,), first, rows, given, answers=answers))
        first += rows
    return pieces, header


@lru_cache(maxsize=4)
def _metadata(path: str, state: tuple[int, ...]) -> pq.FileMetaData:
    """Return what the footer of a file says; `state` is the file's now, as another in its place must be read anew.

    Each row group asks for it, and to read it every time leaves holes in memory: 130 MB over a thousand row groups.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  an extra

    return pq.read_metadata(path)


def _state(path: str) -> tuple[int, ...]:
    """Return what no two files at a path share: a copy may keep the size and the time of what it replaces."""
    known = Path(path).stat()
    return known.st_size, known.st_mtime_ns, known.st_ctime_ns, known.st_ino


def _size(path: str) -> tuple[int, int]:
    known = Path(path).stat()
    return known.st_size, known.st_mtime_ns
