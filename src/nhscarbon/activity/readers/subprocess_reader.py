"""A parser in a process of its own, with a limit on time and memory: where it dies, the caller lives."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.activity.files.sheets import Book, Grid, read_book
from nhscarbon.activity.files.workbook_parts import About
from nhscarbon.activity.readers.parquet import record_batches
from nhscarbon.errors import IntegrityError, UnreadableError

if TYPE_CHECKING:
    import pandas as pd

LENGTH = 8  # bytes of a message's length
REFUSED: dict[bytes, type[UnreadableError] | type[IntegrityError]] = {
    b"refused": UnreadableError,
    b"changed": IntegrityError,
}
STARTED = 20  # seconds that a child may take to start before its first file
WORD = (
    "import sys; from nhscarbon.activity.readers.subprocess_reader import serve; "
    "serve(sys.stdin.buffer, sys.stdout.buffer)"
)


class Reader:
    """A child process that parses workbooks and Parquet files for this one.

    It is started at the first file, used for all that follow, and started again where a file killed it. What it
    hands back are texts and Arrow columns, never objects.

    Parameters
    ----------
    limits : Limits, optional
        What files are held against, seconds for each, and memory for the child beside what it starts with, where
        the system can limit it (not on Windows).

    Examples
    --------
    >>> from nhscarbon.activity.readers.subprocess_reader import Reader
    >>> with Reader() as reader:
    ...     pass
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def book(self, name: str, content: bytes) -> Book:
        """Return the sheets of a workbook and what it says beside them, as `read_book` does.

        Raises
        ------
        UnreadableError
            If the workbook is refused, or its parser ran out of time or memory.
        """
        grids, beside = json.loads(self._asked({"what": "book"}, name, content))
        return Book(
            [
                Grid(
                    str(sheet),
                    [[str(cell) for cell in row] for row in rows],
                    bool(hidden),
                    tuple(((int(a), int(b)), (int(c), int(d))) for (a, b), (c, d) in merged),
                )
                for sheet, rows, hidden, merged in grids
            ],
            About(
                {str(sheet): frozenset(map(int, found)) for sheet, found in beside["hidden_rows"].items()},
                {str(sheet): frozenset(map(int, found)) for sheet, found in beside["hidden_columns"].items()},
                {str(sheet): tuple(map(str, found)) for sheet, found in beside["uncalculated"].items()},
                {str(sheet): _words(found) for sheet, found in beside["errors"].items()},
                _words(beside["properties"]),
            ),
        )

    def call(self, work: Callable[..., bytes], name: str, content: bytes, *given: object) -> bytes:
        """Return what a function of ours makes of the content of a file.

        Parameters
        ----------
        work : callable
            A function of a module; it takes the file's name, its content and what is given.
        name : str
        content : bytes
            Of the file, from elsewhere.
        *given
            What this process gives with it. It goes to the child as objects, and only bytes come back.

        Raises
        ------
        UnreadableError
            If the file is refused, or its parser ran out of time or memory.
        """
        packed = pickle.dumps((work, given))
        return self._asked({"what": "call", "given": len(packed)}, name, packed + content)

    def parquet(self, name: str, content: bytes) -> pd.DataFrame:
        """Return a Parquet file as a frame.

        Raises
        ------
        UnreadableError
            If the file is refused, or its parser ran out of time or memory.
        """
        import pyarrow as pa  # noqa: PLC0415  an extra, which the child had

        table = pa.ipc.open_stream(pa.BufferReader(self._asked({"what": "parquet"}, name, content))).read_all()
        table.validate(full=True)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _asked(self, what: dict[str, object], name: str, content: bytes) -> bytes:
        with self._lock:
            if self._child is not None and self._child.poll() is not None:
                self.close()  # it ended after it had answered: this file has no part in that
            request = json.dumps({**what, "name": name, "limits": asdict(self.limits)}).encode()
            seconds = self.limits.seconds + (STARTED if self._child is None else 0)
            child = self._child = self._child or _started()
            assert child.stdin is not None
            assert child.stdout is not None
            watch = _Watch(child, seconds)
            try:
                for message in (request, content):
                    _send(child.stdin, message)
                verdict, answer = _received(child.stdout), _received(child.stdout)
            except (OSError, EOFError) as error:
                late = watch.ended()
                self.close()
                why = f"took more than {self.limits.seconds} seconds" if late else "used too much memory or broke down"
                raise UnreadableError(
                    f"'{name}' was not read: its parser {why} and was ended", advice="save the table as CSV UTF-8"
                ) from error
            except BaseException:  # an interruption leaves half a message: this child is of no more use
                watch.ended()
                self.close()
                raise
            if watch.ended():  # just after it had answered: the answer is whole, the child is not
                self.close()
        if verdict in REFUSED:
            message, advice = json.loads(answer)
            raise REFUSED[verdict](message, advice=advice)
        return answer


class _Watch:
    """Ends a child that takes too long; once it is told that the work has ended, it ends nothing any more."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self._child, self._lock, self._over, self._late = child, Lock(), False, False
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        with self._lock:
            if not self._over:
                self._late = True
                self._child.kill()

    def ended(self) -> bool:
        """Stop watching, and tell whether the child was ended before."""
        with self._lock:
            self._over = True
        self._timer.cancel()
        return self._late


def _words(found: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in found.items()}


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Parse file after file until the requests end: what the child does."""
    used = _memory()
    while True:
        try:
            request, content = json.loads(_received(requests)), _received(requests)
        except EOFError:
            return
        limits = Limits(**request["limits"])
        _limit_memory(used + limits.memory_bytes)
        try:
            verdict, answer = b"read", DOES[request["what"]](request, content, limits)
        except (UnreadableError, IntegrityError) as error:
            verdict = b"refused" if isinstance(error, UnreadableError) else b"changed"
            answer = json.dumps([error.message, error.advice], ensure_ascii=False).encode("utf-8", "replace")
        del content
        for message in (verdict, answer):
            _send(answers, message)


def _book(request: Mapping[str, Any], content: bytes, limits: Limits) -> bytes:
    book = read_book(request["name"], content, limits)
    grids = [[grid.sheet, grid.rows, grid.hidden, grid.merged] for grid in book.grids]
    about = {
        **vars(book.beside),
        **{of: {sheet: sorted(found) for sheet, found in getattr(book.beside, of).items()}
           for of in ("hidden_rows", "hidden_columns")},
    }  # fmt: skip
    return json.dumps([grids, about], ensure_ascii=True).encode()


def _parquet(request: Mapping[str, Any], content: bytes, limits: Limits) -> bytes:
    return record_batches(content, request["name"])


def _call(request: Mapping[str, Any], content: bytes, limits: Limits) -> bytes:
    work, given = pickle.loads(content[: request["given"]])  # from the process that started this one
    answer: bytes = work(request["name"], content[request["given"] :], *given)
    return answer


DOES: dict[str, Callable[[Mapping[str, Any], bytes, Limits], bytes]] = {
    "book": _book, "parquet": _parquet, "call": _call,
}  # fmt: skip


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=-1
    )


def _command() -> Sequence[str]:
    home = str(Path(__file__).resolve().parents[3])
    path = f"import sys; sys.path[:] = {[home, *filter(None, sys.path)]!r}; "
    return [sys.executable, "-I", "-c", path + WORD]


def _memory() -> int:
    """Return the bytes of addresses that this process has, where the system tells: libraries reserve gigabytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _limit_memory(limit: int) -> None:
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or most > limit:
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(LENGTH, "little"))
    stream.write(message)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes:
    length = int.from_bytes(_exactly(stream, LENGTH), "little")
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
