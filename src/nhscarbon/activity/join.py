"""Several tables of activity data as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.table import BLANK, Activity, Column


def joined(parts: Sequence[Activity]) -> Activity:
    """Put the rows of several batches below one another.

    Parameters
    ----------
    parts : sequence of Activity
        At least one; a column that one of them lacks is blank there.

    Returns
    -------
    Activity
        What is not of the rows (file, boundary ...) is the first part's; where its rows stand is not known of it.
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
        row_numbers=np.concatenate([np.asarray(part.row_numbers) for part in parts]),
        sheets=(),
    )


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
