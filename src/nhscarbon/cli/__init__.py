"""The command line: stdout carries the result, stderr the words.

Exit codes: 0 accepted, 1 refused by findings, 2 usage, 3 unreadable input, 4 integrity, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from nhscarbon.errors import BoundaryError, IntegrityError, MixedMethodError, NHSCarbonError, UnreadableError
from nhscarbon.findings import SubmissionError
from nhscarbon.output.text import lines_shown
from nhscarbon.version import __version__

REFUSED, USAGE, UNREADABLE, INTEGRITY, INTERRUPTED = 1, 2, 3, 4, 130
CODES: tuple[tuple[type[NHSCarbonError], int], ...] = (
    (SubmissionError, REFUSED), (BoundaryError, REFUSED), (MixedMethodError, USAGE),
    (UnreadableError, UNREADABLE), (IntegrityError, INTEGRITY),
)  # fmt: skip


def command_line() -> argparse.ArgumentParser:
    """Return the parser of all verbs, each with an example."""
    from nhscarbon.cli import arguments  # noqa: PLC0415

    top = argparse.ArgumentParser(
        prog="nhscarbon",
        description="Count the carbon footprint of NHS organisations by one method.",
        epilog="example:\n  nhscarbon footprint return.csv --method nhs-2026.1 --by theme,scope",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"nhscarbon {__version__}")
    arguments.add_verbs(top.add_subparsers(dest="verb", required=True, metavar="VERB"))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = command_line().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a redirect on Windows would not take every letter
            stream.reconfigure(encoding="utf-8")
    try:
        options.run(options)
        sys.stdout.flush()
    except NHSCarbonError as error:
        sys.stderr.write(f"{lines_shown(str(error))}\n")
        return next((code for kind, code in CODES if isinstance(error, kind)), USAGE)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was written\n")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
