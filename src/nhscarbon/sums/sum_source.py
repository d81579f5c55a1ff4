"""From rows to partial sums: batches of any source through the accumulator, in as many threads as are free."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from threading import Event

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, RowRange, Source
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.header import Answers
from nhscarbon.activity.likely_quantity import likely_quantity
from nhscarbon.activity.mapping import MappingSource, read_mapping
from nhscarbon.activity.readers.csv_streaming import CsvChunks, NeedsCare
from nhscarbon.activity.readers.from_frame import no_rows
from nhscarbon.activity.readers.open_source import (
    COLLECTED,
    EngineTable,
    Opened,
    Tabular,
    open_source,
    rows_in_memory,
)
from nhscarbon.activity.readers.streaming import FileStream, Piece, differing
from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, merge_findings
from nhscarbon.kept import TABLE, kept
from nhscarbon.methods.units import MICRO, Units, decimals_of, shipped_units
from nhscarbon.output.progress import Progress, ProgressHook, bar
from nhscarbon.periods import month_of, year_of
from nhscarbon.sums.accumulator import Accumulator
from nhscarbon.sums.cells import EncodedRows
from nhscarbon.sums.dense_table import DENSE, DENSE_MOST
from nhscarbon.sums.partial_sums import DETAIL, KEY, SMALL, PartialSums, of_cells
from nhscarbon.sums.sum_in_engine import sum_in_engine

SPLIT_FROM = 1 << 18  # rows of a table that are worth a second thread


def partial(
    source: Tabular,
    *,
    keep: Sequence[str] = (),
    threads: int | None = None,
    progress: bool | ProgressHook = False,
    mapping: MappingSource | None = None,
) -> PartialSums:
    """Sum activity data by their raw words, without a methodology.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records or Activity
        The activity table. Parquet files, folders of them and large CSV files are read piece by piece (extra
        ``arrow``); lazy frames of Polars, DuckDB, Dask, Ibis and PySpark are summed by their engine.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    threads : int, optional
        How many threads may add; all processors when left out. The bits do not depend on it.
    progress : bool or callable, optional
        True shows a bar on the error stream; a function is called with the rows so far and in all (0 where
        only reading tells).
    mapping : str, Path, frame, list of records or proposal, optional
        Which column is which, as a person has confirmed it. What it says of activities and units is applied when the
        sums are used: give it to `nhscarbon.calculate` too.

    Returns
    -------
    PartialSums
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
    words = read_mapping(mapping)
    answers = words.columns if words else ()
    sums, sources = sum_source(source, keep=keep, threads=threads, progress=progress, answers=answers)
    return replace(sums, files=files_of(sources)) if sources else sums


def sum_source(
    source: Tabular | Opened | PartialSums,
    *,
    keep: Sequence[str] = (),
    units: Units | None = None,
    threads: int | None = None,
    progress: bool | ProgressHook = False,
    answers: Answers = (),
) -> tuple[PartialSums, tuple[Source, ...]]:
    """Return the partial sums of a source, and what its rows can be looked at again in; see `open_source`.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records, Activity or PartialSums
        Partial sums are returned as they are: their rows are not at hand.
    keep : sequence of str, optional
        Further columns to keep apart; those that partial sums kept when left out.
    units : Units, optional
        Whose decimal scales apply; those that ship when left out.
    threads, progress
        As of `partial`.
    answers : tuple, optional
        What a mapping says of the columns; see `open_source`.

    Raises
    ------
    UnreadableError
        If the source holds no table.
    UsageError
        If partial sums kept other columns.
    """
    keep = in_order(keep)
    if isinstance(source, PartialSums):
        if keep and keep != source.keep:
            raise UsageError(f"these partial sums kept {', '.join(source.keep) or 'no further column'}: sum them again")
        return source, ()
    units = shipped_units() if units is None else units
    opened = open_source(source, answers=answers)
    if isinstance(opened, EngineTable):
        return _sum_engine(opened, keep, units)
    names, workers = (*KEY, *keep), threads or os.cpu_count() or 1
    rows = len(opened) if isinstance(opened, Activity) else opened.rows
    told = Progress(bar() if progress is True else progress, rows) if progress else None
    if isinstance(opened, Activity):
        slices = [[part] for part in _slices(opened, workers)]
        accumulator = sum_all(slices, names, units, most=min(max(DENSE, rows), DENSE_MOST), said=told)
    else:
        accumulator, opened = _sum_stream(opened, names, units, workers, told)
    sums = to_partial_sums(accumulator, [opened], units, keep)
    if sums.read <= SMALL and not {*DETAIL} <= {*keep}:
        sums = replace(sums, detail=_detail(opened, sums, units))
    return sums, (opened,)


def _sum_engine(table: EngineTable, keep: tuple[str, ...], units: Units) -> tuple[PartialSums, tuple[Source, ...]]:
    """Let an engine sum its table; the rows of a small one in this process are fetched, for the checks to look at."""
    sums = sum_in_engine(table.frame, keep=keep, units=units, answers=table.answers)
    if sums.read > SMALL or table.engine not in COLLECTED:
        return sums, ()
    if not {*DETAIL} <= {*keep}:
        detail = sum_in_engine(table.frame, keep=DETAIL, units=units, answers=table.answers)
        sums = replace(sums, detail=replace(detail, findings=()))
    return sums, (rows_in_memory(table),)


def _detail(opened: Source, sums: PartialSums, units: Units) -> PartialSums:
    """Return the sums of few rows by site, month and reference; where none is named they are the sums."""
    blank = Column(np.broadcast_to(np.int8(BLANK), len(sums)), ())
    if not sums.keep and isinstance(opened, Activity) and not opened.unread and not _has_detail(opened):
        return replace(sums, columns={**sums.columns, **dict.fromkeys(DETAIL, blank)}, keep=DETAIL, findings=())
    names = (*KEY, *DETAIL)
    accumulator = sum_all([map(_as_meant, opened.batches())], names, units)
    decimals = {label: decimals_of(units, label) for label in accumulator.labels["unit"]}
    return replace(of_cells(accumulator.result(names), decimals, names), keep=DETAIL)


def _as_meant(batch: Activity) -> Activity:
    """Return rows with each text in place of a number as the one that it clearly means: corrected, it is no news."""
    unread = batch.unread.get("quantity")
    if unread is None or not unread.labels:
        return batch
    return replace(batch, numbers={**batch.numbers, "quantity": likely_quantity(batch)})


def by_site(sources: Sequence[Source], units: Units) -> PartialSums | None:
    """Return the sums of many rows by site, read once more for it; None where no source names sites.

    Parameters
    ----------
    sources : sequence of Activity or FileStream
    units : Units
    """
    if not any(_names_sites(source) for source in sources):
        return None
    names = (*KEY, "site")
    accumulator = sum_all([source.batches() for source in sources], names, units)
    decimals = {label: decimals_of(units, label) for label in accumulator.labels["unit"]}
    return replace(of_cells(accumulator.result(names), decimals, names), keep=("site",))


def _names_sites(source: Source) -> bool:
    if isinstance(source, Activity):
        return "site" in source.columns and bool(source.columns["site"].labels)
    return any("site" in sheet.header for sheet in source.sheets)


def _has_detail(activity: Activity) -> bool:
    """Tell whether any row names a site, a month or a reference."""
    site, period, reference = (activity.columns.get(name) for name in ("site", "period", "reference"))
    named = any(each is not None and each.labels for each in (site, reference))
    return named or bool(period and any(map(month_of, period.labels)))


def _sum_stream(
    stream: FileStream, names: tuple[str, ...], units: Units, workers: int, told: Progress | None
) -> tuple[Accumulator, FileStream]:
    """Sum files piece by piece; one whose rows are not its lines is begun again with the strict reader."""
    wanted = ("quantity", *(name for name in names if name != "month"))
    try:
        accumulator = sum_all(
            [_chained(part, wanted) for part in stream.parts(workers)], names, units, said=told, met=True
        )
    except NeedsCare:
        stream = stream.with_care()
        accumulator = sum_all([_chained(part, wanted) for part in stream.parts(1)], names, units, said=told, met=True)
    stream.release()
    return accumulator, stream


def _chained(pieces: Iterable[Piece | CsvChunks], columns: tuple[str, ...]) -> Iterator[Activity]:
    for piece in pieces:
        yield from piece.batches(columns)


def to_partial_sums(
    accumulator: Accumulator, sources: Sequence[Source], units: Units, keep: tuple[str, ...]
) -> PartialSums:
    """Return what an accumulator has summed, with what is known of its sources."""
    decimals = {label: decimals_of(units, label) for label in accumulator.labels["unit"]}
    sums = of_cells(accumulator.result((*KEY, *keep)), decimals, (*KEY, *keep))
    faults = {kind: (count, tuple(first)) for kind, (count, first) in accumulator.table.row_faults.faults.items()}
    if accumulator.table.row_faults.rounded[0]:
        faults["rounded"] = (accumulator.table.row_faults.rounded[0], tuple(accumulator.table.row_faults.rounded[1]))
    return replace(
        sums,
        faults=faults,
        findings=(
            *(finding for source in sources for finding in source.findings),
            *differing(sources, accumulator.labels["unit"]),
            *sorted(
                merge_findings(accumulator.findings), key=lambda finding: finding.first_rows[:1]
            ),  # threads take turns as they may
            *_none(accumulator, sources),
        ),
        keep=keep,
        missing_factor=sources[0].missing_factor if sources else "refuse",
        boundary=next((source.boundary for source in sources if source.boundary), ""),
    )


def _none(accumulator: Accumulator, sources: Sequence[Source]) -> tuple[Finding, ...]:
    """Return the finding of a source without rows, unless reading has said why there are none."""
    said = any(finding.refuses for source in sources for finding in source.findings)
    return () if said or accumulator.table.seen or not sources else (no_rows(sources[0].file),)


def sum_all(
    parts: Sequence[Iterable[Activity]],
    names: tuple[str, ...],
    units: Units,
    *,
    most: int = DENSE,
    said: Callable[[int], None] | None = None,
    met: bool = False,
) -> Accumulator:
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

    def added(batches: Iterable[Activity]) -> Accumulator:
        accumulator = Accumulator(names)
        accumulator.table.most = most
        for batch in batches:
            if stopped.is_set():
                break
            accumulator.add(encode_rows(batch, names, units))
            if met:
                accumulator.findings = merge_findings([*accumulator.findings, *batch.findings])
            if said is not None:
                said(len(batch))
        accumulator.settle()
        return accumulator

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


def encode_rows(activity: Activity, names: tuple[str, ...], units: Units) -> EncodedRows:
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
    first = numbers.first if isinstance(numbers, RowRange) else np.asarray(numbers)
    return EncodedRows(
        codes=codes,
        labels=labels,
        quantity=np.full(rows, np.nan) if quantity is None else quantity,
        decimals=_scales(units, labels["unit"]),
        first_row=first,
    )


@kept(64, TABLE)
def _years(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(year_of(label) for label in labels)


@kept(64, TABLE)
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


def files_of(sources: Iterable[Source]) -> tuple[tuple[str, str], ...]:
    """Return the name and hash of each source that came from a file."""
    return tuple((source.file, source.sha256) for source in sources if source.file)
