"""Parquet in and out: what we write is sealed by a hash and checksums, and both are verified when it is read."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.errors import IntegrityError, UnreadableError, UsageError
from nhscarbon.output.files import write_whole

if TYPE_CHECKING:
    import pandas as pd

KEY, MARK = b"nhscarbon-seal", b"nhscarbon-file-sha256:"
HEX = 64  # letters of a SHA-256
PIECE = 1 << 22  # bytes hashed at a time
FOOTER_MOST = 1 << 24  # bytes at the end of a file in which its seal is looked for


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return a frame as Parquet with page checksums, and a seal: the SHA-256 of all its bytes, the seal's aside.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    bytes
        Any Parquet reader reads them; ours refuses them where one bit is another.

    Raises
    ------
    UsageError
        If the extra ``arrow`` is not installed, or the frame cannot be written as Parquet.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("writing Parquet needs an extra: pip install 'nhscarbon[arrow]'") from error
    buffer = io.BytesIO()
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise UsageError(f"this table cannot be written as Parquet: {error}") from error
    with pq.ParquetWriter(buffer, table.schema, compression="zstd", write_page_checksum=True) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({KEY.decode(): (MARK + b"0" * HEX).decode()})
    content = buffer.getvalue()
    at = content.rindex(MARK) + len(MARK)
    return content[:at] + hashlib.sha256(content).hexdigest().encode() + content[at + HEX :]


def write_parquet(frame: pd.DataFrame, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a frame as a sealed Parquet file, whole or not at all; see `parquet_bytes`.

    Raises
    ------
    UsageError
        If it cannot be written, or exists and may not be replaced.
    """
    return write_whole(Path(path), parquet_bytes(frame), overwrite=overwrite)


def verify_seal(stream: io.BufferedIOBase, name: str) -> bool:
    """Compare the seal of a Parquet file that we wrote with its bytes.

    Parameters
    ----------
    stream : seekable binary stream
    name : str
        For messages.

    Returns
    -------
    bool
        Whether there is a seal; other writers' files have none.

    Raises
    ------
    IntegrityError
        If one bit of a sealed file is another than was written.
    """
    size = stream.seek(0, io.SEEK_END)
    start = max(size - _footer(stream, size), 0)
    stream.seek(start)
    footer = stream.read()
    mark = footer.rfind(MARK)
    if mark < 0 and KEY not in footer:
        return False
    at = start + mark + len(MARK)
    said = footer[mark + len(MARK) :][:HEX]
    if mark < 0 or len(said) < HEX or _hash(stream, at) != said:
        raise IntegrityError(
            f"'{name}' is not as it was written: its seal does not fit its bytes. Nothing of it was used",
            advice="restore it from a copy, or write it again",
        )
    return True


def _footer(stream: io.BufferedIOBase, size: int) -> int:
    """Return how many bytes at the end to look at: the footer, and all that is likely where its length is damaged."""
    stream.seek(max(size - 8, 0))
    said = int.from_bytes(stream.read(4), "little") + 8
    return min(max(said, 1 << 16), FOOTER_MOST, size)


def _hash(stream: io.BufferedIOBase, at: int) -> bytes:
    """Return the SHA-256 of a stream in which the seal is zeros."""
    hashed = hashlib.sha256()
    stream.seek(0)
    left = at
    while left and (piece := stream.read(min(left, PIECE))):
        hashed.update(piece)
        left -= len(piece)
    hashed.update(b"0" * HEX)
    stream.seek(at + HEX)
    while piece := stream.read(PIECE):
        hashed.update(piece)
    return hashed.hexdigest().encode()


def read_parquet(content: bytes, name: str) -> pd.DataFrame:
    """Return the bytes of a Parquet file as a frame, every checksum that it has verified.

    Raises
    ------
    UnreadableError
        If it is damaged, or the extra ``arrow`` is not installed.
    IntegrityError
        If it carries our seal and is not as it was written.
    """
    frame: pd.DataFrame = _table(content, name).to_pandas()
    return frame


def record_batches(content: bytes, name: str) -> bytes:
    """Return the bytes of a Parquet file as an Arrow stream; see `read_parquet`."""
    import pyarrow as pa  # noqa: PLC0415  an extra

    table = _table(content, name)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def refuse_many_columns(name: str, columns: int, limits: Limits = LIMITS) -> None:
    """Refuse a table so wide that it is none."""
    if columns > limits.columns:
        raise UnreadableError(
            f"'{name}' has {columns:,} columns, more than the {limits.columns:,} that are allowed: send the table alone"
        )


def _table(content: bytes, name: str) -> Any:  # noqa: ANN401  pyarrow comes without types
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise UnreadableError(f"'{name}' is a Parquet file: install 'nhscarbon[arrow]'") from error
    verify_seal(io.BytesIO(content), name)
    try:
        refuse_many_columns(name, pq.read_metadata(io.BytesIO(content)).num_columns)
        return pq.read_table(io.BytesIO(content), page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
        raise UnreadableError(f"'{name}' cannot be read as Parquet: {error}") from error
