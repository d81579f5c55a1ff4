"""The command line: stdout carries the result, stderr the words.

Exit codes: 0 accepted, 1 refused by findings, 2 usage, 3 unreadable input, 4 integrity, 70 an error of ours,
130 interrupted. A fault of ours is said in one line, and `--debug` shows the trace. A pipe that nobody reads on, as
with `head`, is no fault.
"""

from __future__ import annotations

import argparse
import mmap
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from nhscarbon.cli.outputs import refuse_clashes
from nhscarbon.cli.streams import UnheardError, UnwritableError, standard_streams
from nhscarbon.errors import BoundaryError, IntegrityError, MixedMethodError, NHSCarbonError, UnreadableError
from nhscarbon.findings import SubmissionError
from nhscarbon.output.text import lines_shown
from nhscarbon.version import __version__

REFUSED, USAGE, UNREADABLE, INTEGRITY, OUR_FAULT, INTERRUPTED = 1, 2, 3, 4, 70, 130
DEBUG = "NHSCARBON_DEBUG"
LIBRARIES = 1 << 27  # bytes that are needed to load the libraries
CODES: tuple[tuple[type[NHSCarbonError], int], ...] = (
    (SubmissionError, REFUSED), (BoundaryError, REFUSED), (MixedMethodError, USAGE),
    (UnreadableError, UNREADABLE), (IntegrityError, INTEGRITY),
)  # fmt: skip


def command_line() -> argparse.ArgumentParser:
    """Return the parser of all verbs, each with an example."""
    from nhscarbon.cli import arguments  # noqa: PLC0415
    from nhscarbon.cli.parser import Command  # noqa: PLC0415

    top: argparse.ArgumentParser = Command(
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
    with standard_streams():
        try:
            code = _carried_out(words)
        except SystemExit as asked:  # help, or a word that no command has
            code = _written(int(asked.code or 0))
            raise SystemExit(code) from None
        return _written(code)


def command() -> None:
    """Run the command of the process and end it."""
    code = main()
    if code == OUR_FAULT:  # what is left may be broken, and must not end the process with another code
        os._exit(code)
    sys.exit(code)


def _carried_out(words: Sequence[str]) -> int:
    """Run one command; whatever goes wrong has a line and a code."""
    try:
        _refuse_no_memory()
        if not words:
            command_line().print_help()
            return 0
        options = command_line().parse_args(words)
        refuse_clashes(options)
        from nhscarbon.activity.files.sheets import parsed_apart  # noqa: PLC0415
        from nhscarbon.activity.readers.subprocess_reader import Reader  # noqa: PLC0415

        with Reader() as parser, parsed_apart(parser):  # it starts at the first workbook
            options.run(options)
        sys.stdout.flush()
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of a library in another language is no Exception
        return _code(error, debug="--debug" in words or os.environ.get(DEBUG, "0") not in ("", "0"))
    return 0


def _code(error: BaseException, *, debug: bool) -> int:
    """Say what ended a command, and return its exit code."""
    if isinstance(error, NHSCarbonError):
        sys.stderr.write(f"{lines_shown(str(error))}\n")
        return next((code for kind, code in CODES if isinstance(error, kind)), USAGE)
    if isinstance(error, KeyboardInterrupt):
        sys.stderr.write("interrupted; no file was written in part\n")
        return INTERRUPTED
    if isinstance(error, UnheardError):
        return 0
    return _unwritable(error) if isinstance(error, UnwritableError) else _our_fault(error, debug=debug)


def _written(code: int) -> int:
    """Hand over what standard output still holds; return the code, or that it could not be written."""
    try:
        sys.stdout.flush()
    except UnheardError:
        return code
    except UnwritableError as error:
        return _unwritable(error)
    return code


def _unwritable(error: UnwritableError) -> int:
    sys.stderr.write(f"the result cannot be written to standard output: {error}; nhscarbon {__version__}\n")
    return OUR_FAULT


def _refuse_no_memory() -> None:
    """Fail where there is no room for the libraries: one of them would end the process with the code of "refused"."""
    try:
        mmap.mmap(-1, LIBRARIES).close()
    except OSError as error:
        raise MemoryError from error


def _our_fault(error: BaseException, *, debug: bool) -> int:
    """Say in one line that an error is a fault of the program and where it is; with `debug` how it came to it.

    What the error itself says is left out, as it may hold words of the sender's file.
    """
    try:
        if isinstance(error, MemoryError):
            what = f"There is not enough memory for this command; nhscarbon {__version__}."
        else:
            last = traceback.extract_tb(error.__traceback__)[-1]
            said = error.strerror if isinstance(error, OSError) and error.strerror else "unforeseen"
            what = (
                f"This is an error in nhscarbon, not in your file: {type(error).__name__}: {said} "
                f"({Path(last.filename).name}:{last.lineno}); nhscarbon {__version__}, Python "
                f"{platform.python_version()}. Add --debug for the trace; send it to us with the command."
            )
        if debug:
            sys.stderr.write(_trace(error))
        sys.stderr.write(f"{what}\n")
    except Exception:  # no memory is left to say it with
        sys.stderr.write("There is not enough memory for this command.\n")
    return OUR_FAULT


def _trace(error: BaseException) -> str:
    """Return where an error and those that it came from were raised, without what they say."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = "" if earlier is None else f"{_trace(earlier)}\nand then\n\n"
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}Traceback (most recent call last):\n{lines}{type(error).__name__}\n"
