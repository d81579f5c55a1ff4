"""From rows to partial sums: batches of any source through the accumulator, in as many threads as are free."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.build import no_rows
from nhscarbon.activity.kinds import is_called_otherwise
from nhscarbon.activity.read import read
from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.activity.table import Activity, Numbered
from nhscarbon.cells import Coded
from nhscarbon.columns import Column
from nhscarbon.cube import DENSE, DENSE_MOST, Cube
from nhscarbon.engines import is_lazy, sum_in_engine
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import Finding, merged
from nhscarbon.partials import KEY, Partial, files_of, of_cells
from nhscarbon.progress import Progress, Said, bar
from nhscarbon.raw_words import MICRO, decimals_of, month_of, shipped_units, year_of
from nhscarbon.units import Units

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from nhscarbon.activity.csv_chunks import CsvChunks
    from nhscarbon.activity.stream import Piece, Streamed
    from nhscarbon.activity.table import Source

    Tabular = str | Path | IO[bytes] | IO[str] | Activity | IntoDataFrame

LARGE = 1 << 22  # bytes of a CSV file that is read piece by piece
SPLIT_FROM = 1 << 18  # rows of a table that are worth a second thread


def partial(
    source: Tabular, *, keep: Sequence[str] = (), threads: int | None = None, progress: bool | Said = False
) -> Partial:
    """Sum activity data by their raw words, without a methodology.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        The activity table; see `nhscarbon.read`. Parquet files, folders of them and large CSV files are
        read piece by piece (extra ``arrow``).
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    threads : int, optional
        How many threads may add; all processors when left out. The bits do not depend on it.
    progress : bool or callable, optional
        True shows a bar on the error stream; a function is called with the rows so far and in all (0 where
        only reading tells).

    Returns
    -------
    Partial
        Small, exact, and open to every methodology: `nhscarbon.calculate` takes it as a source. Sums can
        be added, subtracted (a correction), saved and loaded.

    Raises
    ------
    UnreadableError
        If the source holds no table.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> whole = nc.partial(nc.example("trust-year.csv"))
    >>> nc.calculate(whole, nc.methodology("nhs-2026.1")).total("scope_1") > 0
    True
    """
    sums, sources = summed(source, keep=in_order(keep), threads=threads, progress=progress)
    return replace(sums, files=files_of(sources))


def summed(
    source: Tabular,
    *,
    keep: tuple[str, ...],
    units: Units | None = None,
    threads: int | None = None,
    progress: bool | Said = False,
) -> tuple[Partial, tuple[Source, ...]]:
    """Return the sums of a source and the source itself, whose rows can be looked at again."""
    units = shipped_units() if units is None else units
    if is_lazy(source):
        return sum_in_engine(cast("Any", source), keep=keep, units=units), ()
    names = (*KEY, *keep)
    workers = threads or os.cpu_count() or 1
    stream = streamed(source)
    if stream is not None:
        told = Progress(bar() if progress is True else progress, stream.rows) if progress else None
        cube, stream = _sum_stream(stream, names, units, workers, told)
        return finished(cube, [stream], units, keep), (stream,)
    activity = read(cast("Any", source))
    told = Progress(bar() if progress is True else progress, len(activity)) if progress else None
    slices = [[part] for part in _slices(activity, workers)]
    cube = sum_all(slices, names, units, most=min(max(DENSE, len(activity)), DENSE_MOST), said=told)
    return finished(cube, [activity], units, keep), (activity,)


def streamed(source: object) -> Streamed | None:
    """Return a source as files to be read piece by piece, if it is a large file, a Parquet file or a folder."""
    if not isinstance(source, str | Path):
        return None
    path = Path(source)
    large = path.suffix.lower() == ".csv" and path.is_file() and path.stat().st_size >= LARGE
    if not (large or path.is_dir() or (path.suffix.lower() == ".parquet" and path.is_file())):
        return None
    if not path.is_dir() and is_called_otherwise(path):
        return None  # reading it whole says what it is
    try:
        from nhscarbon.activity.stream import stream_of  # noqa: PLC0415  an extra
    except ImportError as error:
        if large:
            return None  # the plain reader can, slowly
        raise UnreadableError(f"'{path.name}' needs an extra: pip install \"nhscarbon[arrow]\"") from error
    return stream_of(path)


def _sum_stream(
    stream: Streamed, names: tuple[str, ...], units: Units, workers: int, told: Progress | None
) -> tuple[Cube, Streamed]:
    """Sum files piece by piece; one whose rows are not its lines is begun again with the strict reader."""
    from nhscarbon.activity.csv_chunks import NeedsCare  # noqa: PLC0415  an extra

    wanted = ("quantity", *(name for name in names if name != "month"))
    try:
        cube = sum_all([_chained(part, wanted) for part in stream.parts(workers)], names, units, said=told, met=True)
    except NeedsCare:
        stream = stream.with_care()
        cube = sum_all([_chained(part, wanted) for part in stream.parts(1)], names, units, said=told, met=True)
    stream.release()
    return cube, stream


def _chained(pieces: Iterable[Piece | CsvChunks], columns: tuple[str, ...]) -> Iterator[Activity]:
    for piece in pieces:
        yield from piece.batches(columns)


def finished(cube: Cube, sources: Sequence[Source], units: Units, keep: tuple[str, ...]) -> Partial:
    """Return what an accumulator has summed, with what is known of its sources."""
    decimals = {label: decimals_of(units, label) for label in cube.labels["unit"]}
    sums = of_cells(cube.result((*KEY, *keep)), decimals, (*KEY, *keep))
    faults = {kind: (count, tuple(first)) for kind, (count, first) in cube.tally.faults.items()}
    if cube.tally.rounded[0]:
        faults["rounded"] = (cube.tally.rounded[0], tuple(cube.tally.rounded[1]))
    return replace(
        sums,
        faults=faults,
        findings=(
            *(finding for source in sources for finding in source.findings),
            *sorted(
                merged(cube.findings), key=lambda finding: finding.first_rows[:1]
            ),  # threads take turns as they may
            *_none(cube, sources),
        ),
        keep=keep,
        missing_factor=sources[0].missing_factor if sources else "refuse",
        boundary=next((source.boundary for source in sources if source.boundary), ""),
    )


def _none(cube: Cube, sources: Sequence[Source]) -> tuple[Finding, ...]:
    """Return the finding of a source without rows, unless reading has said why there are none."""
    said = any(finding.refuses for source in sources for finding in source.findings)
    return () if said or cube.seen or not sources else (no_rows(sources[0].file),)


def sum_all(
    parts: Sequence[Iterable[Activity]],
    names: tuple[str, ...],
    units: Units,
    *,
    most: int = DENSE,
    said: Callable[[int], None] | None = None,
    met: bool = False,
) -> Cube:
    """Add batches to one accumulator for each part, a thread each, and merge them.

    Parameters
    ----------
    parts : sequence of iterables of Activity
    names : tuple of str
        The columns of a cell.
    units : Units
        Whose decimal scales apply.
    most : int, optional
        Cells that the dense table of one thread may have.
    said : callable, optional
        Called with the number of rows of each batch that was added.
    met : bool, optional
        Keep what reading met in each batch: of a table in memory its source has it.
    """

    def added(batches: Iterable[Activity]) -> Cube:
        cube = Cube(names)
        cube.dense_most = most
        for batch in batches:
            if stopped.is_set():
                break
            cube.add(coded(batch, names, units))
            if met:
                cube.findings = merged([*cube.findings, *batch.findings])
            if said is not None:
                said(len(batch))
        cube.settle()
        return cube

    stopped = Event()
    if len(parts) <= 1:
        return added(parts[0] if parts else ())
    with ThreadPoolExecutor(len(parts)) as pool:
        try:
            whole, *others = pool.map(added, parts)
        except BaseException:  # an interrupt too: the other threads must not go on for minutes
            stopped.set()
            raise
    while others:  # each is let go as soon as it is added
        whole.absorb(others.pop())
    return whole


def coded(activity: Activity, names: tuple[str, ...], units: Units) -> Coded:
    """Return a batch as the accumulator takes it: words by their codes, periods by their NHS year."""
    rows = len(activity)
    columns = {name: _column(activity, name) for name in names}
    codes = {name: np.broadcast_to(np.int8(-1), rows) if column is None else column.codes
             for name, column in columns.items()}  # fmt: skip
    labels = {name: () if column is None else column.labels for name, column in columns.items()}
    if "month" in labels:
        labels["month"] = _months(labels["month"])
    labels["period"] = _years(labels["period"])
    quantity = activity.numbers.get("quantity")
    numbers = activity.row_numbers
    first = numbers.first if isinstance(numbers, Numbered) else numbers
    return Coded(
        codes=codes,
        labels=labels,
        quantity=np.full(rows, np.nan) if quantity is None else quantity,
        decimals=_scales(units, labels["unit"]),
        first_row=first,
    )


@lru_cache(maxsize=64)
def _years(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(year_of(label) for label in labels)


@lru_cache(maxsize=64)
def _months(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(month_of(label) for label in labels)


def _scales(units: Units, labels: tuple[str, ...]) -> Sequence[int]:
    """Return the decimal places of each unit as sent, and last of an empty one."""
    known = units.known_scales
    if labels not in known:
        known[labels] = (*(decimals_of(units, label) for label in labels), MICRO)
    return known[labels]


def in_order(keep: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to keep, each once, in the order of the table; one may be named without a list.

    Raises
    ------
    UsageError
        If a name is none of them.
    """
    names = {keep} if isinstance(keep, str) else set(keep)
    unknown = sorted(names - set(KEEPABLE))
    if unknown:
        raise UsageError(f"cannot keep '{unknown[0]}'; choose from {', '.join(KEEPABLE)}")
    return tuple(name for name in KEEPABLE if name in names)


def _column(activity: Activity, name: str) -> Column | None:
    if name == "estimated_share":
        return _shares(activity.numbers.get(name))
    return activity.columns.get("period" if name == "month" else name)


def _shares(shares: NDArray[np.float64] | None) -> Column | None:
    if shares is None:
        return None
    given = ~np.isnan(shares)
    found, codes = np.unique(shares[given] + 0.0, return_inverse=True)  # -0.0 is 0.0
    spread = np.full(len(shares), -1, np.int32)
    spread[given] = codes
    return Column(spread, tuple(repr(float(share)) for share in found))


def _slices(activity: Activity, threads: int) -> list[Activity]:
    parts = max(1, min(threads, len(activity) // SPLIT_FROM))
    if parts == 1:
        return [activity]
    cuts = [len(activity) * part // parts for part in range(parts + 1)]
    return [activity.part(slice(first, last)) for first, last in pairwise(cuts)]
