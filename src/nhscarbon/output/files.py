"""Files that are written whole or not at all, and the one decision of where a thing may be written."""

from __future__ import annotations

import contextlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from nhscarbon.errors import UsageError

UNFINISHED = ".unfinished"
TRIES = 3
NEW = 0o666  # what a new file may be read and written by, less what the umask takes away
ADVICE = "Use another name, or add --overwrite (overwrite=True)."


def write_whole(path: Path, content: bytes, *, overwrite: bool) -> Path:
    """Write a file beside its place and move it there: an interruption leaves what was there before.

    A file that is replaced keeps its permissions, and a link goes on to lead to it; a new one has those of the umask.
    The null device is written to as it is. What a killed writer left beside the place is cleared away by the next one.

    Raises
    ------
    UsageError
        If it cannot be written, exists and may not be replaced, or is no file: a folder, a device, a pipe.
    """
    try:
        old = _old(path, overwrite=overwrite)
        if old is not None and stat.S_ISCHR(old.st_mode):
            path.write_bytes(content)
            return path
        place = Path(os.path.realpath(path)) if path.is_symlink() else path
        for left in reversed(range(TRIES)):
            try:
                _write(place, content, old)
                break
            except FileNotFoundError:  # another writer took the unfinished file for one that was left
                if not left or not place.parent.is_dir():
                    raise
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        if isinstance(error, UsageError):
            raise
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"'{str(path)[:120]}' cannot be written: {said}") from error
    return path


def _old(path: Path, *, overwrite: bool) -> os.stat_result | None:
    """Return what is there and may be replaced or, being the null device, written to; None where there is nothing."""
    try:
        old = path.stat()
    except FileNotFoundError:
        if path.is_symlink() and not overwrite:  # a link that leads nowhere yet
            raise UsageError(f"'{path}' already exists. {ADVICE}") from None
        return None
    if stat.S_ISDIR(old.st_mode):
        raise UsageError(f"'{path}' is a folder; name a file in it")
    if stat.S_ISREG(old.st_mode):
        if not overwrite:
            raise UsageError(f"'{path}' already exists. {ADVICE}")
        return old
    if stat.S_ISCHR(old.st_mode) and old.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116  a name, not a path
        return old
    raise UsageError(
        f"'{path}' is a device or a pipe, which no file may replace.",
        advice="Name a file, or leave the option out to write to standard output.",
    )


def refuse_same_file(outputs: Mapping[str, Path], inputs: Iterable[Path]) -> None:
    """Refuse to write over what is read, or twice over one file, whatever its names: links and spellings too.

    Parameters
    ----------
    outputs : mapping of str to Path
        What is to be written, by what a person calls it, such as ``--output``.
    inputs : iterable of Path
        What is read: files, and folders whose files are read.

    Raises
    ------
    UsageError
        If an output is an input, lies as a file in a folder that is one, or is another output too.
    """
    read = [(path, known) for path in inputs if (known := _stat(path)) is not None]
    before: list[tuple[str, Path, os.stat_result | None]] = []
    for name, path in outputs.items():
        there = _stat(path)
        if there is not None and stat.S_ISCHR(there.st_mode):
            continue  # the null device takes any number; other devices are refused when they are written
        if there is not None:
            _refuse_input(name, path, there, read)
        for other, taken, held in before:
            same = there is not None and held is not None and os.path.samestat(there, held)
            if same or _name(path) == _name(taken):
                raise UsageError(f"{name} and {other} are the same file '{path}': one would replace the other.",
                                 advice="Give each a name of its own.")  # fmt: skip
        before.append((name, path, there))


def _refuse_input(name: str, path: Path, there: os.stat_result, read: list[tuple[Path, os.stat_result]]) -> None:
    """Refuse an output that is there and is one of the files, or lies in one of the folders, that are read."""
    for source, known in read:
        folder = stat.S_ISDIR(known.st_mode)
        if folder and stat.S_ISREG(there.st_mode) and _inside(path, source):
            what = f"a file of the folder '{source}'"
        elif not folder and os.path.samestat(there, known):
            what = f"the file '{source}'"
        else:
            continue
        raise UsageError(f"{name} '{path}' is {what} that is read: an input is never replaced.",
                         advice="Use another name.")  # fmt: skip


def same_file(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file that is there, and no device."""
    first, second = _stat(one), _stat(other)
    return first is not None and second is not None and stat.S_ISREG(first.st_mode) and os.path.samestat(first, second)


def _stat(path: Path) -> os.stat_result | None:
    """Return what a path leads to, or None where there is nothing."""
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _name(path: Path) -> str:
    """Return a name that two spellings of one place share, also on a disk that knows no capitals."""
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _inside(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _write(path: Path, content: bytes, old: os.stat_result | None) -> None:
    start = f".{path.name[:40]}."
    _clear(path.parent, start)
    temporary = path.parent / f"{start}{os.urandom(6).hex()}{UNFINISHED}"
    mode = NEW if old is None else stat.S_IMODE(old.st_mode) & NEW  # never more open than the file will be
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            _locked(stream.fileno())
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if old is not None:
            if hasattr(os, "chown"):
                with contextlib.suppress(OSError):  # not everyone may give a file to its owner or group
                    os.chown(temporary, old.st_uid, old.st_gid)
            temporary.chmod(stat.S_IMODE(old.st_mode) & 0o777)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
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
