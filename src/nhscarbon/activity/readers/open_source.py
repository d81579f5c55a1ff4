"""The one way to open a source: whatever holds activity data becomes rows, files read piece by piece, or a query."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, cast

import narwhals as nw
import pandas as pd

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.concat import concat
from nhscarbon.activity.files.file_kinds import is_called_otherwise
from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.activity.files.sheets import parser_here, read_bytes
from nhscarbon.activity.header import Answers
from nhscarbon.activity.readers.from_any_frame import from_any_frame
from nhscarbon.activity.readers.from_bytes import from_bytes
from nhscarbon.activity.readers.streaming import FileStream, is_across, open_stream
from nhscarbon.activity.readers.subprocess_reader import Reader
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import merge_findings

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

Record: TypeAlias = Mapping[str, object]
Tabular: TypeAlias = "str | Path | IO[bytes] | IO[str] | Activity | Sequence[Record] | IntoFrame"
LARGE = 1 << 22  # bytes of a file that is read piece by piece
COLLECTED = ("polars", "duckdb")  # engines in this process: the others' tables may be larger than its memory
ARROW_NEEDED = 'needs an extra: pip install "nhscarbon[arrow]"'


@dataclass(frozen=True)
class EngineTable:
    """A table that an engine holds: lazy, or spread over machines."""

    frame: nw.LazyFrame[Any]
    answers: Answers = ()

    @property
    def engine(self) -> str:
        """The engine's name."""
        return type(self.frame.to_native()).__module__.partition(".")[0]


Opened = Activity | FileStream | EngineTable


def open_source(
    source: Tabular | Opened,
    *,
    whole: bool = False,
    limits: Limits | None = None,
    parser: Reader | None = None,
    answers: Answers = (),
) -> Opened:
    """Open a source of activity data.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records or Activity
        The path of a CSV, Excel (extra ``excel``) or Parquet (extra ``arrow``) file, or of a folder of Parquet
        files; an open file; an eager frame of pandas, Polars, PyArrow or any other library that narwhals knows; a
        lazy frame of Polars, DuckDB, Dask, Ibis or PySpark; a list of mappings from column to value, one a row.
        What was opened passes through.
    whole : bool, optional
        Read a file at once, however large: its rows are wanted in memory.
    limits : Limits, optional
        What a file is checked against before it is parsed; the usual ones when left out.
    parser : Reader, optional
        A process apart that parses workbooks and Parquet files.
    answers : tuple, optional
        What a mapping says of the columns, as `nhscarbon.activity.header` takes it; of an `Activity` they were read.

    Returns
    -------
    Activity, FileStream or EngineTable
        Rows in memory; Parquet files, folders and large CSV files, which are read piece by piece; or a query.

    Raises
    ------
    UnreadableError
        If there is no table to read at all.
    UsageError
        If it is no source.
    """
    if isinstance(source, Activity | FileStream | EngineTable):
        return source
    if isinstance(source, str | Path):
        path = Path(source)
        at_once = whole or limits is not None or parser is not None or _is_small_and_apart(path)
        if (path.is_dir() or not at_once) and _in_pieces(path) and not is_across(path, answers):
            return open_stream(path, answers)
        return from_bytes(path.name, read_bytes(path, limits or LIMITS), limits or LIMITS, parser, answers)
    if isinstance(source, io.IOBase) or hasattr(type(source), "read"):
        content = cast("IO[bytes] | IO[str]", source).read()
        name = Path(str(getattr(source, "name", "buffer"))).name
        content = content.encode() if isinstance(content, str) else content
        return from_bytes(name, content, limits or LIMITS, parser, answers)
    if isinstance(source, Sequence) and not hasattr(source, "dtype"):
        return from_any_frame(_of_records(cast("Sequence[Record]", source)), answers)
    query = _lazy(source)
    return from_any_frame(source, answers) if query is None else EngineTable(query, answers)


def rows_in_memory(opened: Opened) -> Activity:
    """Return all rows of an opened source as one table.

    Raises
    ------
    UsageError
        If they are of an engine whose tables may be larger than this machine's memory.
    """
    if isinstance(opened, Activity):
        return opened
    if isinstance(opened, FileStream):
        return _of_pieces(opened)
    if opened.engine not in COLLECTED:
        raise UsageError(
            f"rows are needed here, and a table of {opened.engine} may be larger than this machine's memory: collect "
            "the part that is wanted, and give that"
        )
    frame = opened.frame  # its decimals as the doubles that the engine sums: older Arrow cannot read short ones
    exact = [name for name, kind in frame.collect_schema().items() if isinstance(kind, nw.Decimal)]
    frame = frame.with_columns(*(nw.col(name).cast(nw.Float64()) for name in exact)) if exact else frame
    return from_any_frame(frame.collect("pyarrow").to_native(), opened.answers)


def _of_pieces(stream: FileStream) -> Activity:
    batches = list(stream.batches())
    if not batches:
        raise UnreadableError(f"'{stream.file}' has no rows: there is nothing to read")
    whole = concat(batches)
    findings = (*stream.findings, *merge_findings(whole.findings))
    sheets = tuple(replace(sheet, stop=len(whole)) for sheet in stream.sheets)
    return replace(whole, findings=findings, file=stream.file, sha256=stream.sha256, sheets=sheets)


def _is_small_and_apart(path: Path) -> bool:
    """Tell whether a parser reads a file whole: a Parquet file that is small, where there is one."""
    if parser_here() is None or path.suffix.lower() != ".parquet" or not path.is_file():
        return False
    return path.stat().st_size < LARGE


def _in_pieces(path: Path) -> bool:
    """Tell whether a path is read piece by piece: a large CSV file, a Parquet file, or a folder of them."""
    large = path.suffix.lower() == ".csv" and path.is_file() and path.stat().st_size >= LARGE
    if not (large or path.is_dir() or (path.suffix.lower() == ".parquet" and path.is_file())):
        return False
    if not path.is_dir() and is_called_otherwise(path):
        return False  # reading it whole says what it is
    if find_spec("pyarrow") is not None:
        return True
    if large:
        return False  # the plain reader can, slowly
    raise UnreadableError(f"'{path.name}' {ARROW_NEEDED}")


def _of_records(records: Sequence[Record]) -> pd.DataFrame:
    odd = next((place for place, each in enumerate(records, start=1) if not isinstance(each, Mapping)), 0)
    if odd:
        raise UsageError(
            f"record {odd} of the list is a {type(records[odd - 1]).__name__}; give one mapping from column to value "
            "for each row"
        )
    return pd.DataFrame.from_records([dict(each) for each in records])


def _lazy(source: object) -> nw.LazyFrame[Any] | None:
    """Return the query of a table that an engine holds, or None where it is eager or no table."""
    try:
        frame = nw.from_native(cast("Any", source), pass_through=True)
    except (TypeError, nw.exceptions.NarwhalsError):
        return None
    return frame if isinstance(frame, nw.LazyFrame) else None
