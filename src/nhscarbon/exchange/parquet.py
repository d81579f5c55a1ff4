"""Tables of text as Parquet, written with options that stay as they are (extra ``arrow``)."""

from __future__ import annotations

import io
from importlib.util import find_spec

import pandas as pd

LEVEL = 19  # of Zstandard: read as fast as any other, and written once
DISTINCT = 6  # a column with more different words than one row in so many has no dictionary: it would only take room


def can_write_parquet() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("pyarrow") is not None


def parquet_library() -> str:
    """Return the library that writes, with its version: the bytes are the same for one version."""
    import pyarrow as pa  # noqa: PLC0415  an extra

    return f"pyarrow {pa.__version__}"


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Return a table of text as a Parquet file: one row group, no statistics, nothing of the machine in it."""
    import pyarrow as pa  # noqa: PLC0415  an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {name: pa.array(table[name].tolist(), pa.string()) for name in table.columns}
    written = io.BytesIO()
    pq.write_table(
        pa.table(columns),
        written,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=[name for name in columns if table[name].nunique() * DISTINCT <= len(table)],
        write_statistics=False,
        store_schema=False,  # it would hold Arrow's own types
        row_group_size=max(len(table), 1),
    )
    return written.getvalue()
