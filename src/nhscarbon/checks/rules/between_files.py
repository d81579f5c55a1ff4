"""Rules across the files of one check: a return that was sent twice, and rows that stand in two returns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nhscarbon.activity.activity import Activity
from nhscarbon.findings import Finding, finding, first_rows

WORDS = ("organisation", "site", "period", "activity", "unit", "reference", "supplier", "geography")


def between_files(sources: Sequence[Activity | None]) -> list[list[Finding]]:
    """Find what several returns hold twice: whoever adds them up would count it twice.

    Parameters
    ----------
    sources : sequence of Activity or None
        The rows of each file; None for one that was not read, or not held.

    Returns
    -------
    list of list of Finding
        For each file, what an earlier one holds as well.
    """
    found: list[list[Finding]] = [[] for _ in sources]
    by_hash: dict[str, str] = {}
    by_row: dict[tuple[str, ...], str] = {}
    for place, source in enumerate(sources):
        if source is None or not len(source):
            continue
        if source.sha256 and (same := by_hash.setdefault(source.sha256, source.file)) is not source.file:
            found[place].append(_whole_file(source, same))
            continue
        shared: dict[str, list[int]] = {}
        for row, number in _rows(source):
            other = by_row.setdefault(row, source.file)
            if other is not source.file:
                shared.setdefault(other, []).append(number)
        found[place] += [_some_rows(source, other, numbers) for other, numbers in shared.items()]
    return found


def _rows(source: Activity) -> list[tuple[tuple[str, ...], int]]:
    """Return what each row that counts says, in small letters, with its number."""
    quantity = source.numbers.get("quantity", np.full(len(source), np.nan))
    counts = np.flatnonzero(np.isfinite(quantity) & (quantity != 0))
    words = []
    for name in WORDS:
        column = source.columns.get(name)
        labels = [*(label.casefold() for label in column.labels), ""] if column else [""]
        words.append([labels[code] for code in column.codes[counts].tolist()] if column else [""] * len(counts))
    numbers = np.asarray(source.row_numbers)[counts].tolist()
    amounts = map(repr, quantity[counts].tolist())
    return list(zip(zip(*words, amounts, strict=True), numbers, strict=True))


def _whole_file(source: Activity, other: str) -> Finding:
    return finding("file_repeated", file=source.file, rows=len(source), value=other)


def _some_rows(source: Activity, other: str, numbers: list[int]) -> Finding:
    variant = "one" if len(numbers) == 1 else ""
    return finding("rows_in_two_files", variant, file=source.file, value=other, rows=len(numbers),
                   first_rows=first_rows(numbers))  # fmt: skip
