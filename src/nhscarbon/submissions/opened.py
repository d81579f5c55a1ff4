"""A source as a check opens it: a workbook or Parquet file in a process apart where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar

from nhscarbon.activity.files.file_kinds import OLE, PARQUET, ZIP
from nhscarbon.activity.files.limits import LIMITS, Limits
from nhscarbon.activity.files.sheets import parsed_apart
from nhscarbon.activity.header import Answers
from nhscarbon.activity.readers.open_source import Opened, Tabular, open_source
from nhscarbon.activity.readers.subprocess_reader import Reader
from nhscarbon.sums.partial_sums import PartialSums

P = ParamSpec("P")
T = TypeVar("T")
Isolate: TypeAlias = bool | Reader  # whether a process apart parses a file, or which


def opened(
    source: Tabular | Opened | PartialSums, limits: Limits | None, isolate: Isolate, answers: Answers = ()
) -> Opened | PartialSums:
    """Open a source; a workbook or Parquet file in a process apart where that is asked for."""
    if isinstance(source, PartialSums):
        return source
    if not isolate or not isinstance(source, str | Path) or not _is_parsed(Path(source)):
        return open_source(source, limits=limits, answers=answers)
    if isinstance(isolate, Reader):
        return open_source(source, limits=limits, parser=isolate, answers=answers)
    with Reader(limits or LIMITS) as parser:
        return open_source(source, limits=limits, parser=parser, answers=answers)


def apart_if_asked(function: Callable[P, T]) -> Callable[P, T]:
    """Let one parser read all that a call is given, the return and the tables beside it, where `isolate` asks."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        isolate, limits = kwargs.get("isolate"), kwargs.get("limits")
        if not isolate:
            return function(*args, **kwargs)
        if isinstance(isolate, Reader):
            with parsed_apart(isolate):
                return function(*args, **kwargs)
        with Reader(limits if isinstance(limits, Limits) else LIMITS) as parser, parsed_apart(parser):
            kwargs["isolate"] = parser
            return function(*args, **kwargs)

    return inside


def _is_parsed(path: Path) -> bool:
    """Tell whether a file is a workbook or Parquet, whatever it is called; text needs no parser that could die."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(8).startswith((ZIP, OLE, PARQUET))
    except (OSError, ValueError):
        return False  # reading it says why
