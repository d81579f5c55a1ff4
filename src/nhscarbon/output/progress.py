"""How far a long sum has come: rows, rows a second, time left."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence

EVERY = 0.2  # seconds between two words of a bar
AFTER = 1.0  # seconds that nobody needs a word for
WIDTH = 24

ProgressHook = Callable[[int, int], None]


class Progress:
    """Counts rows of several threads and tells a listener: rows so far, and rows in all or 0 where unknown."""

    def __init__(self, listener: ProgressHook, rows: int) -> None:
        self.listener, self.rows = listener, rows
        self.done = 0
        self.lock = threading.Lock()

    def __call__(self, rows: int) -> None:
        """Count rows that were added."""
        with self.lock:
            self.done += rows
            self.listener(self.done, self.rows)


def bar() -> ProgressHook:
    """Return a listener that keeps one line on the error stream: a terminal's, never a file's."""
    started, last = time.monotonic(), [0.0]

    def show(done: int, rows: int) -> None:
        now = time.monotonic()
        if now - last[0] < EVERY and done != rows:
            return
        last[0] = now
        sys.stderr.write("\r" + line(done, rows, now - started) + ("\n" if done == rows else ""))
        sys.stderr.flush()

    return show


def line(done: int, rows: int, seconds: float) -> str:
    """Return what a bar says after so many seconds.

    Examples
    --------
    >>> line(5_000_000, 20_000_000, 2.0)
    '[######                  ]  5,000,000 rows  2,500,000 rows/s  6 s left'
    """
    rate = done / seconds if seconds > 0 else 0.0
    said = f"{done:,} rows  {rate:,.0f} rows/s"
    if not rows:
        return said
    filled = WIDTH * done // rows
    left = f"{(rows - done) / rate:,.0f} s left" if rate else ""
    return f"[{'#' * filled}{' ' * (WIDTH - filled)}]  {said}  {left}"


def counting(files: int) -> Callable[[Sequence[object]], None]:
    """Return a listener that counts files on one line of a terminal, from the first second on."""
    started, last = time.monotonic(), [0.0]

    def show(done: Sequence[object]) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now - started < AFTER or (now - last[0] < EVERY and len(done) != files):
            return
        last[0] = now
        sys.stderr.write(f"\r{len(done):,} of {files:,} files" + ("\n" if len(done) == files else ""))
        sys.stderr.flush()

    return show
