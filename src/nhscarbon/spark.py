"""Spark as a way to reach many machines: pieces of files go out, partial sums come back (extra ``spark``).

Rows that pass from Spark's own memory to Python cost more than their sum. Where executors can read the
files themselves, only names of row groups are sent, and the accumulator runs beside the data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from nhscarbon.activity.build import no_rows
from nhscarbon.activity.stream import Piece, stream_of
from nhscarbon.partials import KEY, Partial
from nhscarbon.raw_words import shipped_units
from nhscarbon.summing import finished, in_order, sum_all

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_partial(
    session: SparkSession, path: str | Path, *, keep: Sequence[str] = (), tasks: int | None = None
) -> Partial:
    """Sum Parquet files in Spark's executors, which read the files themselves.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Whose executors have nhscarbon with the extra ``arrow`` and see the path as the driver does.
    path : str or Path
        A Parquet file, or a folder of them.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    tasks : int, optional
        Into how many tasks the row groups are dealt; the session's default parallelism when left out.

    Returns
    -------
    Partial
        The same bits as `nhscarbon.partial` of the path.

    Raises
    ------
    UnreadableError
        If the path holds no Parquet file.
    """
    stream = stream_of(Path(path))
    kept = in_order(keep)
    count = max(1, min(tasks or session.sparkContext.defaultParallelism, len(stream.pieces)))
    dealt = [[asdict(piece) for piece in stream.pieces[task::count]] for task in range(count)]
    rows = [(json.dumps(pieces),) for pieces in dealt]
    sent = session.sparkContext.parallelize(rows, count).toDF("pieces string")

    def add(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for text in batch.column("pieces").to_pylist():
                sums = pa.array([sum_pieces(text, kept).to_bytes()], pa.binary())
                yield pa.RecordBatch.from_arrays([sums], ["sums"])

    parts = [Partial.from_bytes(bytes(row["sums"])) for row in sent.mapInArrow(add, "sums binary").collect()]
    whole = sum(parts[1:], parts[0]) if parts else Partial.from_bytes(sum_pieces("[]", kept).to_bytes())
    none = () if whole.read or any(finding.refuses for finding in stream.findings) else (no_rows(stream.file),)
    return replace(whole, findings=(*stream.findings, *whole.findings, *none), files=((stream.file, ""),))


def sum_pieces(text: str, keep: tuple[str, ...]) -> Partial:
    """Sum some pieces of files; what an executor does.

    Parameters
    ----------
    text : str
        Pieces as JSON.
    keep : tuple of str
    """
    pieces = [_piece(each) for each in json.loads(text)]
    names = (*KEY, *keep)
    wanted = ("quantity", *(name for name in names if name != "month"))
    units = shipped_units()
    cube = sum_all([(batch for piece in pieces for batch in piece.batches(wanted))], names, units, met=True)
    return finished(cube, [], units, keep)


def _piece(about: dict[str, Any]) -> Piece:
    return Piece(**{**about, "row_groups": tuple(about["row_groups"]),
                    "words": tuple((name, word) for name, word in about["words"])})  # fmt: skip
