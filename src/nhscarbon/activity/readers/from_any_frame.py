"""Any data frame as one coded table: by Arrow where it is quicker, else as pandas holds it."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import narwhals as nw
import numpy as np
import pandas as pd

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.encoding import COPIED
from nhscarbon.activity.half_hours import SAMPLE
from nhscarbon.activity.header import Answers, read_header
from nhscarbon.activity.month_columns import month_columns
from nhscarbon.activity.readers.from_arrow import SHARED_FROM, from_arrow_table
from nhscarbon.activity.readers.from_frame import from_frame
from nhscarbon.activity.readers.half_hourly import layout_of
from nhscarbon.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from narwhals.typing import IntoDataFrame

WRITES_THROUGH = int(pd.__version__.partition(".")[0]) < 3  # pandas writes to what other objects share
WORTH_IT = 1 << 12  # rows of a pandas frame whose text is coded by Arrow


def from_any_frame(source: object, answers: Answers = ()) -> Activity:
    """Return an eager frame of any library that narwhals knows as activity data.

    Frames may be changed afterwards; but pandas categories of more than a million rows are shared. `answers` is what a
    mapping says of the columns.

    Raises
    ------
    UnreadableError
        If a column stands twice.
    UsageError
        If it is no frame.
    """
    source = nw.to_native(cast("Any", source), pass_through=True)
    if not isinstance(source, pd.DataFrame):
        return _of_frame(source, answers)
    if WRITES_THROUGH:
        return _of_frame(source.copy(), answers)
    shared = (kind.kind in "iuf" or isinstance(kind, pd.CategoricalDtype) for kind in source.dtypes)
    held = tuple(source.iloc[:, place] for place, here in enumerate(shared) if here)
    return replace(_of_frame(source, answers), held=held)


def _of_frame(source: object, answers: Answers) -> Activity:
    table = _arrow_table(source)
    if table is not None:
        header = read_header([str(name) for name in table.schema.names], answers)
        if header.thousands or month_columns(header) or layout_of(_in_pandas(table.slice(0, SAMPLE)), header):
            return from_frame(_in_pandas(table), answers=answers)
    if table is not None:
        threads = (os.cpu_count() or 1) if table.num_rows >= SHARED_FROM else 1
        return from_arrow_table(table, threads=threads, answers=answers)
    return from_frame(_frame(cast("IntoDataFrame", source)), answers=answers)


def _in_pandas(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a frame; codes get a sign first, as not every version takes those without."""
    import pyarrow as pa  # noqa: PLC0415  loaded already

    for place, field in enumerate(table.schema):
        if isinstance(field.type, pa.DictionaryType):
            kind = pa.dictionary(pa.int32(), field.type.value_type, field.type.ordered)
            chunks = [
                pa.DictionaryArray.from_arrays(each.indices.cast(pa.int32()), each.dictionary, ordered=kind.ordered)
                for each in table.column(place).chunks
            ]
            table = table.set_column(place, field.name, pa.chunked_array(chunks, kind))
    frame: pd.DataFrame = table.to_pandas()
    return frame


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
    typed = any(isinstance(kind, pd.PeriodDtype | pd.IntervalDtype) for kind in frame.dtypes)  # Arrow has no such type
    if len(frame) < WORTH_IT or not named or typed or not any(kind == "str" for kind in frame.dtypes):
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
