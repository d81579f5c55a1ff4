"""Several tables of activity data as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, CellNumbers, RowNumbers, SheetRows
from nhscarbon.activity.columns import BLANK, Column


def concat(parts: Sequence[Activity]) -> Activity:
    """Put the rows of several sheets, or batches, below one another.

    Parameters
    ----------
    parts : sequence of Activity
        At least one; a column that one of them lacks is blank there.

    Returns
    -------
    Activity
        With the findings of all parts. Row numbers stay each sheet's own; what is not of the rows (file, boundary ...)
        is the first part's.
    """
    if len(parts) == 1:
        return parts[0]
    rows = [len(part) for part in parts]
    texts = dict.fromkeys(name for part in parts for name in part.columns)
    numeric = dict.fromkeys(name for part in parts for name in part.numbers)
    return replace(
        parts[0],
        columns={name: _below([part.columns.get(name) for part in parts], rows) for name in texts},
        numbers={name: _numbers([part.numbers.get(name) for part in parts], rows) for name in numeric},
        unread={name: _below([part.unread.get(name) for part in parts], rows) for name in numeric},
        findings=tuple(finding for part in parts for finding in part.findings),
        row_numbers=_row_numbers(parts),
        sheets=_sheets(parts, rows),
    )


def _row_numbers(parts: Sequence[Activity]) -> RowNumbers:
    """Return the numbers of all rows; where one part knows the columns of its cells, so does the whole."""
    rows = np.concatenate([np.asarray(part.row_numbers) for part in parts])
    if not any(isinstance(part.row_numbers, CellNumbers) for part in parts):
        return rows
    return CellNumbers(rows, np.concatenate([
        part.row_numbers.columns if isinstance(part.row_numbers, CellNumbers) else np.full(len(part), -1, np.int64)
        for part in parts
    ]))  # fmt: skip


def _sheets(parts: Sequence[Activity], rows: Sequence[int]) -> tuple[SheetRows, ...]:
    """Return where the rows stand, if each part is a sheet of its own."""
    names = {part.sheets[0].sheet for part in parts if len(part.sheets) == 1}
    if len(names) < len(parts):
        return ()
    ends = np.cumsum(rows).tolist()
    return tuple(replace(part.sheets[0], start=end - count, stop=end)
                 for part, count, end in zip(parts, rows, ends, strict=True))  # fmt: skip


def _below(columns: Sequence[Column | None], rows: Sequence[int]) -> Column:
    labels = tuple(dict.fromkeys(label for column in columns if column for label in column.labels))
    place = {label: code for code, label in enumerate(labels)}
    codes = [
        np.full(count, BLANK, np.int32)
        if column is None
        else np.array([*(place[label] for label in column.labels), BLANK], np.int32)[column.codes]
        for column, count in zip(columns, rows, strict=True)
    ]
    return Column(np.concatenate(codes), labels)


def _numbers(columns: Sequence[NDArray[np.float64] | None], rows: Sequence[int]) -> NDArray[np.float64]:
    return np.concatenate([np.full(count, np.nan) if column is None else column
                           for column, count in zip(columns, rows, strict=True)])  # fmt: skip
