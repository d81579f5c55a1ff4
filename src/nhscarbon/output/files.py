"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from nhscarbon.errors import UsageError

UNFINISHED = ".unfinished"
TRIES = 3


def write_whole(path: Path, content: bytes, *, overwrite: bool) -> Path:
    """Write a file beside its place and move it there: an interruption leaves what was there before.

    What a killed writer left beside the place is cleared away by the next one.

    Raises
    ------
    UsageError
        If it cannot be written, or exists and may not be replaced.
    """
    try:
        if path.is_dir():
            raise UsageError(f"'{path}' is a folder; name a file in it")
        if path.exists() and not overwrite:
            raise UsageError(f"'{path}' already exists. Use another name, or add --overwrite (overwrite=True).")
        for left in reversed(range(TRIES)):
            try:
                _write(path, content)
                break
            except FileNotFoundError:  # another writer took the unfinished file for one that was left
                if not left or not path.parent.is_dir():
                    raise
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        if isinstance(error, UsageError):
            raise
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"'{str(path)[:120]}' cannot be written: {said}") from error
    return path


def _write(path: Path, content: bytes) -> None:
    start = f".{path.name[:40]}."
    _clear(path.parent, start)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=start, suffix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as stream:
            _locked(stream.fileno())
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise


def _clear(folder: Path, start: str) -> None:
    """Remove what writers of the same file left who are no more: nobody holds its lock."""
    for left in folder.glob(f"{_letter_by_letter(start)}*{UNFINISHED}"):
        with contextlib.suppress(OSError), left.open("rb") as stream:
            if _locked(stream.fileno()):
                left.unlink(missing_ok=True)


def _letter_by_letter(name: str) -> str:
    """Return a name as a pattern that fits it alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _locked(handle: int) -> bool:
    """Take the lock of an open file; it goes with its process. False where another has it, or the system has none."""
    try:
        import fcntl  # noqa: PLC0415  not on Windows

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
