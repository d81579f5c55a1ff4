"""The door: a path or any data frame in, one coded `Activity` out."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import narwhals as nw
import numpy as np
import pandas as pd

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.concat import joined
from nhscarbon.activity.encoding import COPIED
from nhscarbon.activity.files.file_kinds import refuse_other_kinds
from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.activity.files.sheets import WORKBOOK_STARTS, read_bytes, read_grids, with_errors
from nhscarbon.activity.files.workbook_parts import about
from nhscarbon.activity.readers.from_frame import from_frame, spelling_findings
from nhscarbon.activity.readers.from_sheets import Table, tables_of
from nhscarbon.activity.readers.parquet import read_parquet
from nhscarbon.activity.readers.subprocess_reader import Reader
from nhscarbon.activity.template_properties import ID, TEMPLATE, form_findings, nothing_entered, ours, own_sheets
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.output.text import shown

if TYPE_CHECKING:
    import pyarrow as pa
    from narwhals.typing import IntoDataFrame


WRITES_THROUGH = int(pd.__version__.partition(".")[0]) < 3  # pandas writes to what other objects share
WORTH_IT = 1 << 12  # rows of a pandas frame whose text is coded by Arrow
PARQUET_START = b"PAR1"


def read(
    source: str | Path | IO[bytes] | IO[str] | Activity | IntoDataFrame,
    *,
    limits: Limits = LIMITS,
    parser: Reader | None = None,
) -> Activity:
    """Read activity data from a path or a data frame.

    Parameters
    ----------
    source : str, Path, buffer, data frame or Activity
        A CSV, Excel (extra ``excel``) or Parquet (extra ``arrow``) file, open or by its path, of which every sheet
        with a recognisable header within its first 20 rows is read; or an
        eager frame of pandas, Polars, PyArrow or any other library that narwhals knows. An `Activity`
        passes through. Frames may be changed afterwards; but pandas categories of more than a million rows are
        shared, so nothing may be written to their array itself (``Series.array``).
    limits : Limits, optional
        What a file is held against before it is parsed; give larger ones for larger files.
    parser : Reader, optional
        A process apart that parses workbooks and Parquet files; this one when left out.

    Returns
    -------
    Activity
        Coded columns, with a finding for each column or cell that could not be read.

    Raises
    ------
    UnreadableError
        If there is no table to read at all.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> len(nc.read(nc.example("trust-year.csv")))
    30
    """
    if isinstance(source, Activity):
        return source
    if isinstance(source, str | Path):
        return _read_bytes(Path(source).name, read_bytes(Path(source), limits), limits, parser)
    if isinstance(source, io.IOBase):
        content = source.read()
        name = str(getattr(source, "name", "buffer"))
        return _read_bytes(Path(name).name, content.encode() if isinstance(content, str) else content, limits, parser)
    source = nw.to_native(cast("Any", source), pass_through=True)
    if isinstance(source, pd.DataFrame):
        if WRITES_THROUGH:
            return _of_frame(source.copy())
        shared = (kind.kind in "iuf" or isinstance(kind, pd.CategoricalDtype) for kind in source.dtypes)
        held = tuple(source.iloc[:, place] for place, here in enumerate(shared) if here)
        return replace(_of_frame(source), held=held)
    return _of_frame(source)


def _of_frame(source: object) -> Activity:
    table = _arrow_table(source)
    if table is not None:
        from nhscarbon.activity.readers.from_arrow import SHARED_FROM, activity_of  # noqa: PLC0415  an extra

        return activity_of(table, threads=(os.cpu_count() or 1) if table.num_rows >= SHARED_FROM else 1)
    return from_frame(_frame(cast("IntoDataFrame", source)))


def _arrow_table(source: object) -> pa.Table | None:
    """Return an Arrow table, or a frame that is one inside, without a copy; None for other sources."""
    library = type(source).__module__.partition(".")[0]
    if library not in ("pyarrow", "polars", "pandas") or "pyarrow" not in sys.modules:
        return None
    import pyarrow as pa  # noqa: PLC0415  loaded already

    if isinstance(source, pa.RecordBatchReader):
        return source.read_all()
    if isinstance(source, pa.RecordBatch):
        return pa.Table.from_batches([source])
    if library == "polars" and hasattr(source, "to_arrow") and hasattr(source, "columns"):
        views = getattr(sys.modules["polars"], "CompatLevel", None)  # text as Polars holds it, without a copy
        return source.to_arrow(compat_level=views.newest()) if views else source.to_arrow()
    if isinstance(source, pd.DataFrame):
        return _of_pandas(source)
    return source if isinstance(source, pa.Table) else None


def _of_pandas(frame: pd.DataFrame) -> pa.Table | None:
    """Return a large frame of text as an Arrow table: coding it there is several times faster."""
    import pyarrow as pa  # noqa: PLC0415  loaded already

    named = frame.columns.is_unique and all(isinstance(name, str) for name in frame.columns)
    if len(frame) < WORTH_IT or not named or not any(kind == "str" for kind in frame.dtypes):
        return None
    if len(frame) <= COPIED:  # the array of categories can be written to, whatever frame holds it
        coded = [str(name) for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
        frame = frame.assign(**{name: frame[name].copy() for name in coded})
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return None  # a column of several kinds: the plain reader takes each cell as text


def _frame(source: IntoDataFrame) -> pd.DataFrame:
    try:
        frame = nw.from_native(source)
    except nw.exceptions.DuplicateError as error:
        raise UnreadableError(f"the table has a column more than once: {error}") from error
    except TypeError as error:
        raise UsageError(
            f"activity data cannot be read from a {type(source).__name__}; give a path or a data frame"
        ) from error
    if isinstance(frame, nw.LazyFrame):
        raise UsageError("this frame is lazy: collect it first, for example with `.collect()`")
    if not isinstance(frame, nw.DataFrame):
        raise UsageError("a single column is not an activity table; give a data frame")
    if frame.implementation.is_pandas():
        native = nw.to_native(frame)
        assert isinstance(native, pd.DataFrame)
        return native
    return pd.DataFrame({name: _pandas_series(frame[name]) for name in frame.columns})


def _pandas_series(column: nw.Series[Any]) -> pd.Series:
    if column.dtype.is_numeric():
        values = column.to_numpy()
        return pd.Series(values.astype(np.float64) if values.dtype == object else values)
    coded = isinstance(column.dtype, nw.Categorical | nw.Enum)
    texts = pd.Series(column.to_list(), dtype=object)
    return texts.astype("category") if coded else texts


def _read_bytes(name: str, content: bytes, limits: Limits, parser: Reader | None) -> Activity:
    name = shown(name)
    refuse_other_kinds(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    if content.startswith(PARQUET_START):
        frame = parser.parquet(name, content) if parser else read_parquet(content, name)
        return from_frame(frame, file=name, sha256=sha256)
    apart = parser is not None and content.startswith(WORKBOOK_STARTS)
    every = parser.grids(name, content) if parser and apart else read_grids(name, content, limits)
    beside = about(content)
    every = [with_errors(grid, beside.errors.get(grid.sheet, {})) for grid in every]
    grids = [grid for grid in every if any(map(any, grid.rows))]
    if not grids:
        raise UnreadableError(f"'{name}' is empty: it has no header")
    tables, findings = tables_of(name, grids, beside, own_sheets(beside.properties))
    sheets = [_of_table(table, name) for table in tables]
    if beside.properties.get(TEMPLATE) == ID:
        findings += form_findings(beside.properties, every, name)
        if not any(table.rows for table in tables):
            findings.append(nothing_entered(name))
            sheets = [replace(sheets[0], findings=())]
    whole = joined(sheets)
    return replace(whole, findings=(*findings, *whole.findings), sha256=sha256, form=ours(beside.properties))


def _of_table(table: Table, name: str) -> Activity:
    columns = list(zip(*table.body, strict=True)) or [()] * len(table.names)
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=object).set_axis(list(table.names), axis=1)
    told = [*table.findings, *spelling_findings(table.sent, table.names, name)]
    return from_frame(frame, file=name, sheet=table.sheet, first_row=table.header_row + 1, findings=told)
