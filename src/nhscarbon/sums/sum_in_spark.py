"""Spark as a way to reach many machines: rows are added in the executors, partial sums come back (extra ``spark``).

Rows that pass from Spark's own memory to Python cost more than their sum. Where executors can read the
files themselves, only names of row groups are sent, and the accumulator runs beside the data. Rows of any
other table pass to it; that costs half of what Spark takes to group millions of cells by their words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.header import ColumnAnswer
from nhscarbon.activity.readers.from_arrow import from_arrow_table
from nhscarbon.activity.readers.from_frame import no_rows
from nhscarbon.activity.readers.streaming import BATCH, Piece, open_stream
from nhscarbon.activity.schema import NUMERIC
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding
from nhscarbon.methods.units import shipped_units
from nhscarbon.sums.partial_sums import KEY, PartialSums
from nhscarbon.sums.sum_in_engine import blank, lazy, named_as_ours, refuse_text
from nhscarbon.sums.sum_source import in_order, sum_all, to_partial_sums

try:  # an extra: whoever calls has Spark, which needs it
    import pyarrow as pa
except ImportError:
    pa = None

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def spark_partial(
    session: SparkSession, source: str | Path | DataFrame, *, keep: Sequence[str] = (), tasks: int | None = None
) -> PartialSums:
    """Sum Parquet files, which the executors read themselves, or a table in Spark's executors.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Whose executors have nhscarbon with the extra ``arrow``, and see a path as the driver does.
    source : str, Path or pyspark.sql.DataFrame
        A Parquet file or a folder of them, or a table of the session.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    tasks : int, optional
        Into how many tasks the row groups of files are dealt; the session's default parallelism when left out.

    Returns
    -------
    PartialSums
        The same bits as `nhscarbon.partial` of the source.

    Raises
    ------
    UnreadableError
        If the path holds no Parquet file.
    UsageError
        If the source is neither, if `tasks` is given with a table, if its quantities are no numbers, or the extra
        ``spark`` is not installed.
    """
    if find_spec("pyarrow") is None:
        raise UsageError('sums in Spark need an extra: pip install "nhscarbon[spark]"')
    kept = in_order(keep)
    if not isinstance(source, str | Path):
        if tasks is not None:
            raise UsageError("a table has a task for each of its partitions: repartition it, and leave out tasks=")
        return _of_table(source, kept)
    stream = open_stream(Path(source))
    count = max(1, min(tasks or session.sparkContext.defaultParallelism, len(stream.pieces)))
    dealt = [[asdict(piece) for piece in stream.pieces[task::count]] for task in range(count)]
    rows = [(json.dumps(pieces),) for pieces in dealt]
    sent = session.sparkContext.parallelize(rows, count).toDF("pieces string")

    def add(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for text in batch.column("pieces").to_pylist():
                yield _sent(sum_pieces(text, kept))

    whole = _added(sent.mapInArrow(add, "sums binary"), kept)
    found = (*stream.findings, *stream.differing(whole.columns["unit"].labels))
    return _whole(replace(whole, files=((stream.file, ""),)), found)


def _of_table(table: DataFrame, keep: tuple[str, ...]) -> PartialSums:
    """Sum the rows of a table, wherever Spark has them."""
    if not hasattr(table, "mapInArrow"):
        raise UsageError(f"a {type(table).__name__} is not a Spark table: give one, or the path of Parquet files")
    frame, findings, header = named_as_ours(lazy(table))
    kinds = dict(frame.collect_schema())
    refuse_text(kinds)
    wanted = [name for name in (*KEY, *keep, "quantity") if name in kinds and name != "month"]
    if not wanted:
        return _whole(_sum([], keep), findings)
    words = {name: nw.col(name).cast(nw.Float64() if name in NUMERIC else nw.String()) for name in wanted}

    def add(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        tables = (from_arrow_table(each, silent=True, filled=slice(None)) for each in _gathered(batches))
        yield _sent(_sum([tables], keep))

    whole = _added(frame.filter(~blank(kinds)).select(**words).to_native().mapInArrow(add, "sums binary"), keep)
    faults = {kind: (rows, ()) for kind, (rows, _) in whole.faults.items()}  # rows of a table in Spark have no numbers
    findings += header.differing(whole.columns["unit"].labels, "")
    return _whole(replace(whole, faults=faults, findings=()), findings)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield Spark's small batches together: each step of the accumulator has a cost of its own."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= BATCH:
            yield pa.Table.from_batches(held)
            held, rows = [], 0
    if held:
        yield pa.Table.from_batches(held)


def _sent(sums: PartialSums) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([sums.to_bytes()], pa.binary())], ["sums"])


def _added(sent: DataFrame, keep: tuple[str, ...]) -> PartialSums:
    """Return the sums of all tasks together."""
    parts = [PartialSums.from_bytes(bytes(row["sums"])) for row in sent.collect()]
    return sum(parts[1:], parts[0]) if parts else _sum([], keep)


def _whole(sums: PartialSums, findings: Sequence[Finding]) -> PartialSums:
    """Return sums with what is to be said of their columns, and of a source without rows."""
    none = (
        ()
        if sums.read or any(finding.refuses for finding in findings)
        else (no_rows(sums.files[0][0] if sums.files else ""),)
    )
    return replace(sums, findings=(*findings, *sums.findings, *none))


def sum_pieces(text: str, keep: tuple[str, ...]) -> PartialSums:
    """Sum some pieces of files; what an executor does.

    Parameters
    ----------
    text : str
        Pieces as JSON.
    keep : tuple of str
    """
    pieces = [_piece(each) for each in json.loads(text)]
    wanted = ("quantity", *(name for name in (*KEY, *keep) if name != "month"))
    return _sum([(batch for piece in pieces for batch in piece.batches(wanted))], keep)


def _sum(parts: Sequence[Iterable[Activity]], keep: tuple[str, ...]) -> PartialSums:
    units = shipped_units()
    return to_partial_sums(sum_all(parts, (*KEY, *keep), units, met=True), [], units, keep)


def _piece(about: dict[str, Any]) -> Piece:
    return Piece(**{**about, "row_groups": tuple(about["row_groups"]),
                    "words": tuple((name, word) for name, word in about["words"]),
                    "answers": tuple((name, ColumnAnswer(*said)) for name, said in about["answers"])})  # fmt: skip
