"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from nhscarbon.errors import UsageError


def write_whole(path: Path, content: bytes, *, overwrite: bool) -> Path:
    """Write a file beside its place and move it there: an interruption leaves what was there before.

    Raises
    ------
    UsageError
        If it cannot be written, or exists and may not be replaced.
    """
    try:
        if path.is_dir():
            raise UsageError(f"'{path}' is a folder; name a file in it")
        if path.exists() and not overwrite:
            raise UsageError(f"'{path}' is there already; choose another name, or say that it may be replaced")
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"'{str(path)[:120]}' cannot be written: {error.strerror}") from error
    return path
