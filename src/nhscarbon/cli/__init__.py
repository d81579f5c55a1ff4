"""The command line: stdout carries the result, stderr the words.

Exit codes: 0 accepted, 1 refused by findings, 2 usage, 3 unreadable input, 4 integrity, 70 an error of ours,
130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from nhscarbon.errors import BoundaryError, IntegrityError, MixedMethodError, NHSCarbonError, UnreadableError
from nhscarbon.findings import SubmissionError
from nhscarbon.output.text import lines_shown
from nhscarbon.version import __version__

REFUSED, USAGE, UNREADABLE, INTEGRITY, OUR_FAULT, INTERRUPTED = 1, 2, 3, 4, 70, 130
DEBUG = "NHSCARBON_DEBUG"
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
    top.add_argument("--debug", action="store_true", help=f"show where an error of ours is; so does {DEBUG}=1")
    arguments.add_verbs(top.add_subparsers(dest="verb", required=True, metavar="VERB"))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; without one, print the help."""
    words = sys.argv[1:] if argv is None else list(argv)
    if not words:
        command_line().print_help()
        return 0
    options = command_line().parse_args(words)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a redirect on Windows would not take every letter
            stream.reconfigure(encoding="utf-8")
    from nhscarbon.activity.files.sheets import parsed_apart  # noqa: PLC0415
    from nhscarbon.activity.readers.subprocess_reader import Reader  # noqa: PLC0415

    try:
        with Reader() as parser, parsed_apart(parser):  # it starts at the first workbook
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
    except Exception as error:
        if options.debug or os.environ.get(DEBUG, "0") not in ("", "0"):
            traceback.print_exc()
        sys.stderr.write(_our_fault(error))
        return OUR_FAULT
    return 0


def _our_fault(error: Exception) -> str:
    """Return two lines: that an error is a fault of the program, and what helps us to correct it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(lines_shown(f"{type(error).__name__}: {error}").split())[:200]
    return (
        f"This is an error in nhscarbon, not in your file: {what} ({Path(last.filename).name}:{last.lineno})\n"
        f"Please send us this message, the command and, if you may, the file; nhscarbon {__version__}, "
        f"Python {platform.python_version()}. {DEBUG}=1 before the command says more.\n"
    )
