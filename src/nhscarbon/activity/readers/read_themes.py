"""Reading a themes table from a file, a frame or a list of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import narwhals as nw

from nhscarbon.activity.files.sheets import read_bytes, read_grids
from nhscarbon.activity.theme_rows import (
    NAMES,
    NEEDED,
    ThemeRow,
    column_name,
    header_row,
    is_themes,
    rows_of_sheet,
    theme_row,
)
from nhscarbon.errors import UsageError


def read_theme_rows(source: object) -> tuple[ThemeRow, ...]:
    """Return the rows of a themes table.

    Parameters
    ----------
    source : str, Path, frame, list of records, or sequence of ThemeRow
        A CSV file or workbook (its sheet ``themes``, or the first with such a header), a frame, or one mapping for
        each row, with organisation, period, theme, answer and, where the answer needs one, reason.

    Returns
    -------
    tuple of ThemeRow
        As sent; nothing is judged. Rows that are empty are left out.

    Raises
    ------
    UnreadableError
        If the file cannot be read.
    UsageError
        If it is no table, or lacks a column.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        grids = read_grids(path.name, read_bytes(path))
        grid = next((each for each in grids if is_themes(each)), None) or next(
            (each for each in grids if header_row(each)), None
        )
        if grid is None:
            raise UsageError(f"'{path.name}' is not a themes table: it needs the columns {', '.join(NEEDED)}")
        return rows_of_sheet(grid, path.name)
    if isinstance(source, Sequence) and all(isinstance(each, ThemeRow) for each in source):
        return tuple(cast("Sequence[ThemeRow]", source))
    records = _records(source)
    return tuple(
        theme_row([_text(record.get(name)) for name in NAMES], number)
        for number, record in enumerate(records, start=1)
        if any(_text(record.get(name)) for name in NAMES)
    )


def _records(source: object) -> list[Mapping[str, object]]:
    if isinstance(source, Sequence) and all(isinstance(each, Mapping) for each in source):
        found = [{column_name(name): value for name, value in each.items()} for each in source]
        columns: Iterable[str] = found[0] if found else NEEDED
    else:
        try:
            frame = nw.from_native(cast("Any", source), eager_only=True)
        except TypeError as error:
            raise UsageError(
                f"a themes table is a file, a frame or a list of records, not a {type(source).__name__}"
            ) from error
        columns = [column_name(name) for name in frame.columns]
        found = [dict(zip(columns, row, strict=True)) for row in frame.iter_rows()]
    lacking = [name for name in NEEDED if name not in columns]
    if lacking:
        raise UsageError(f"the themes table has no column {', '.join(lacking)}; it needs {', '.join(NEEDED)}")
    return cast("list[Mapping[str, object]]", found)


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  a NaN is no word
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a theme's number in a frame of numbers
    return str(value).strip()
