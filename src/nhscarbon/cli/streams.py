"""Standard streams that are closed, full or no longer read: what a command writes there, and how it ends."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any


class UnheardError(Exception):
    """Whoever read standard output, such as `head`, has seen enough."""


class UnwritableError(Exception):
    """Standard output takes no more: it is closed, or its disk is full."""


class Output:
    """Standard output that says by an exception of its own why it takes no more."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401  a text stream of any kind, or None
        self._stream = stream

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, as a stream does."""
        if self._stream is None:
            raise UnwritableError(os.strerror(errno.EBADF))
        with self._failing():
            return int(self._stream.write(text))
        return 0

    def flush(self) -> None:
        """Hand over what is held back."""
        if self._stream is not None:
            with self._failing():
                self._stream.flush()

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError as error:
            _discard(self._stream)
            raise UnheardError from error
        except (OSError, ValueError) as error:  # ValueError: the stream was closed
            _discard(self._stream)
            raise UnwritableError(getattr(error, "strerror", None) or str(error)) from error


class Words:
    """Standard error, where a failure to write is no reason to stop: the result is elsewhere."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401
        self._stream = stream

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._stream, name)

    def isatty(self) -> bool:
        """Tell whether somebody looks on."""
        return self._stream is not None and bool(self._stream.isatty())

    def write(self, text: str) -> int:
        """Write a text if it can be written."""
        try:
            return int(self._stream.write(text)) if self._stream is not None else 0
        except (OSError, ValueError):
            _discard(self._stream)
            return 0

    def flush(self) -> None:
        """Hand over what is held back, if it can be."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except (OSError, ValueError):
            _discard(self._stream)


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Let a command write to streams that may be closed, full or unread."""
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:  # closed: the next file that is opened would be taken for it
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a redirect on Windows would not take every letter
            stream.reconfigure(encoding="utf-8")
    with contextlib.redirect_stdout(Output(sys.stdout)), contextlib.redirect_stderr(Words(sys.stderr)):
        yield


def _discard(stream: Any) -> None:  # noqa: ANN401
    """Send what a stream still holds to nowhere, so that nothing fails when the program ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
