"""From rows to partial sums: batches of any source through the accumulator, in as many threads as are free."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.read import read
from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.activity.table import Activity, Column, Source
from nhscarbon.cube import DENSE, DENSE_MOST, Coded, Cube
from nhscarbon.errors import PeriodError, UnitError, UsageError
from nhscarbon.method import load_pinned
from nhscarbon.package import data_root
from nhscarbon.partials import KEY, Partial, files_of, of_cells
from nhscarbon.period import parse_period
from nhscarbon.units import Units, load_units

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

UNITS = "units-1@1.0.0"  # whose decimal scales apply where no methodology is at hand
MICRO = 6  # decimal places of a unit that is not known
SPLIT_FROM = 1 << 18  # rows of a table that are worth a second thread


def partial(
    source: str | Path | IO[bytes] | IO[str] | Activity | IntoDataFrame,
    *,
    keep: Sequence[str] = (),
    threads: int | None = None,
) -> Partial:
    """Sum activity data by their raw words, without a methodology.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        The activity table; see `nhscarbon.read`.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    threads : int, optional
        How many threads may add; all processors when left out. The bits do not depend on it.

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
    return summed(source, keep=in_order(keep), threads=threads)[0]


def summed(
    source: str | Path | IO[bytes] | IO[str] | Activity | IntoDataFrame,
    *,
    keep: tuple[str, ...],
    units: Units | None = None,
    threads: int | None = None,
) -> tuple[Partial, tuple[Source, ...]]:
    """Return the sums of a source and the source itself, whose rows can be looked at again."""
    units = shipped_units() if units is None else units
    activity = read(source)
    names = (*KEY, *keep)
    parts = _slices(activity, threads or os.cpu_count() or 1)
    cube = sum_all([[part] for part in parts], names, units, most=min(max(DENSE, len(activity)), DENSE_MOST))
    return finished(cube, [activity], units, keep), (activity,)


def finished(cube: Cube, sources: Sequence[Source], units: Units, keep: tuple[str, ...]) -> Partial:
    """Return what an accumulator has summed, with what is known of its sources."""
    decimals = {label: decimals_of(units, label) for label in cube.labels["unit"]}
    sums = of_cells(cube.result((*KEY, *keep)), decimals, (*KEY, *keep))
    faults = {kind: (count, tuple(first)) for kind, (count, first) in cube.faults.items()}
    if cube.rounded[0]:
        faults["rounded"] = (cube.rounded[0], tuple(cube.rounded[1]))
    return replace(
        sums,
        faults=faults,
        findings=tuple(finding for source in sources for finding in source.findings),
        files=files_of(sources),
        keep=keep,
        missing_factor=sources[0].missing_factor if sources else "refuse",
        boundary=next((source.boundary for source in sources if source.boundary), ""),
    )


def sum_all(
    parts: Sequence[Iterable[Activity]],
    names: tuple[str, ...],
    units: Units,
    *,
    most: int = DENSE,
    said: Callable[[int], None] | None = None,
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
    """

    def added(batches: Iterable[Activity]) -> Cube:
        cube = Cube(names)
        cube.dense_most = most
        for batch in batches:
            cube.add(coded(batch, names, units))
            if said is not None:
                said(len(batch))
        return cube

    if len(parts) == 1:
        return added(parts[0])
    with ThreadPoolExecutor(len(parts)) as pool:
        whole, *others = pool.map(added, parts)
    for other in others:
        whole.absorb(other)
    return whole


def coded(activity: Activity, names: tuple[str, ...], units: Units) -> Coded:
    """Return a batch as the accumulator takes it: words by their codes, periods by their NHS year."""
    rows = len(activity)
    columns = {name: _column(activity, name) for name in names}
    codes = {name: np.broadcast_to(np.int8(-1), rows) if column is None else column.codes
             for name, column in columns.items()}  # fmt: skip
    labels = {name: () if column is None else column.labels for name, column in columns.items()}
    if "month" in labels:
        labels["month"] = tuple(_month(label) for label in labels["month"])
    labels["period"] = tuple(_year(label) for label in labels["period"])
    quantity = activity.numbers.get("quantity")
    return Coded(
        codes=codes,
        labels=labels,
        quantity=np.full(rows, np.nan) if quantity is None else quantity,
        decimals=[*(decimals_of(units, label) for label in labels["unit"]), MICRO],
        first_row=activity.row_numbers,
    )


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


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """Return the vocabulary of units that ships with nhscarbon."""
    return load_units(load_pinned(data_root(), "units", UNITS))


def decimals_of(units: Units, label: str) -> int:
    """Return the decimal places that a unit as sent is summed at."""
    try:
        return units.decimals[units.canonical(label)]
    except UnitError:
        return MICRO


def _column(activity: Activity, name: str) -> Column | None:
    if name == "estimated_share":
        return _shares(activity.numbers.get(name))
    return activity.columns.get("period" if name == "month" else name)


def _shares(shares: NDArray[np.float64] | None) -> Column | None:
    if shares is None:
        return None
    given = ~np.isnan(shares)
    found, codes = np.unique(shares[given], return_inverse=True)
    spread = np.full(len(shares), -1, np.int32)
    spread[given] = codes
    return Column(spread, tuple(repr(float(share)) for share in found))


@lru_cache(maxsize=4096)
def _year(label: str) -> str:
    """Return the NHS year of a period, or the text itself: what it is not, the check says."""
    try:
        return parse_period(label).year
    except PeriodError:
        return label


@lru_cache(maxsize=4096)
def _month(label: str) -> str:
    try:
        return parse_period(label).month
    except PeriodError:
        return ""


def _slices(activity: Activity, threads: int) -> list[Activity]:
    parts = max(1, min(threads, len(activity) // SPLIT_FROM))
    if parts == 1:
        return [activity]
    cuts = [len(activity) * part // parts for part in range(parts + 1)]
    return [activity.part(slice(first, last)) for first, last in pairwise(cuts)]
