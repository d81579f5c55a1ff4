"""TODO."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from nhscarbon.activity.files.file_kinds import is_called_otherwise
from nhscarbon.activity.readers.streaming import FileStream
from nhscarbon.errors import UnreadableError

LARGE = 1 << 22  # bytes of a CSV file that is read piece by piece


def streamed(source: object) -> FileStream | None:
    """Return a source as files to be read piece by piece, if it is a large file, a Parquet file or a folder."""
    if not isinstance(source, str | Path):
        return None
    path = Path(source)
    large = path.suffix.lower() == ".csv" and path.is_file() and path.stat().st_size >= LARGE
    if not (large or path.is_dir() or (path.suffix.lower() == ".parquet" and path.is_file())):
        return None
    if not path.is_dir() and is_called_otherwise(path):
        return None  # reading it whole says what it is
    try:
        from nhscarbon.activity.readers.streaming import stream_of  # noqa: PLC0415  an extra
    except ImportError as error:
        if large:
            return None  # the plain reader can, slowly
        raise UnreadableError(f"'{path.name}' needs an extra: pip install \"nhscarbon[arrow]\"") from error
    return stream_of(path)


def is_lazy(source: object) -> bool:
    """Tell whether a source is a table that an engine holds: lazy, or spread over machines."""
    if isinstance(source, str) or hasattr(source, "read") or type(source).__module__.startswith("nhscarbon"):
        return False
    try:
        return isinstance(nw.from_native(source, pass_through=True), nw.LazyFrame)
    except (TypeError, nw.exceptions.NarwhalsError):
        return False
