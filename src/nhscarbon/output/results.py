"""What every result can do, whatever it is about: its table as a frame, a file, plain JSON or one screen of text."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nhscarbon.errors import UsageError
from nhscarbon.output.excel import needs_openpyxl, to_bytes, write_table
from nhscarbon.output.files import write_whole
from nhscarbon.output.tables import csv_text, figures, html_table, is_missing, screen_table, write_text
from nhscarbon.output.text import SCREEN_LINES, escape, one_line, screen, wrap

if TYPE_CHECKING:
    import pandas as pd

MOST_EXCEL_ROWS = 1_048_575  # under the header of a sheet
HTML_ROWS = 20
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Result(ABC):
    """A frozen result: `table` is its whole working, a fresh copy at each access.

    A subclass says what it is about (`_title`), what must be the same for the result to be the same (`_about`) and
    what a reader must know beside the table (`_notes`).
    """

    @property
    @abstractmethod
    def table(self) -> pd.DataFrame:
        """The whole working; a fresh copy, so that editing it changes no result."""

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write `table` as CSV in which no text can start a formula, whole or not at all.

        Parameters
        ----------
        path : str or Path
        overwrite : bool, optional
            Whether a file that exists may be replaced.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        UsageError
            If it cannot be written, or the file exists and may not be replaced.
        """
        return write_text(Path(path), csv_text(flat(self.table)), overwrite=overwrite)

    def to_excel(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write `table` as a workbook (extra ``excel``): numbers as numbers, text as text, what it is about beside it.

        Parameters
        ----------
        path : str or Path
        overwrite : bool, optional
            Whether a file that exists may be replaced.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        UsageError
            If the extra is not installed, the table has more rows than a sheet, or the file cannot be written or
            exists and may not be replaced.
        """
        needs_openpyxl()
        from openpyxl import Workbook  # noqa: PLC0415  an extra

        frame = flat(self.table)
        if len(frame) > MOST_EXCEL_ROWS:
            raise UsageError(f"{len(frame):,} rows are more than a sheet of Excel holds: use to_csv")
        name = _snake_case(type(self).__name__)
        book = Workbook()
        sheet = book.active
        sheet.title = name
        columns = [[_excel_cell(value) for value in frame.iloc[:, place].tolist()] for place in range(frame.shape[1])]
        rows = list(zip(*columns, strict=True))
        write_table(sheet, f"{name}_table", [[str(each) for each in frame.columns], *rows])
        about = [["about", "value"], ["title", self._title()]]
        about += [[key, str(value)] for key, value in _flat_words(self._about())]
        write_table(book.create_sheet("about"), "about_table", about)
        return write_whole(Path(path), to_bytes(book), overwrite=overwrite)

    def to_dict(self) -> dict[str, Json]:
        """Return what it is about and the rows of `table` as plain values that `json.dumps` takes.

        Returns
        -------
        dict
            ``title``; ``stamp`` and more where there is one; ``records``, a dict for each row. A missing or infinite
            number is None.
        """
        frame = flat(self.table)
        names = [str(name) for name in frame.columns]
        columns = [[plain(value) for value in frame.iloc[:, place].tolist()] for place in range(len(names))]
        records: list[Json] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        about = {key: plain(value) for key, value in self._about().items()}
        return {"title": self._title(), **about, "records": records}

    def _title(self) -> str:
        """Say in one line what it is about."""
        return _snake_case(type(self).__name__).replace("_", " ").capitalize()

    def _about(self) -> Mapping[str, object]:
        """Return what must be the same for the result to be the same."""
        return {}

    def _notes(self) -> Iterable[str]:
        """Return what a reader must know beside the table."""
        return ()

    def __str__(self) -> str:
        title, notes = wrap(self._title()), [part for note in self._notes() for part in wrap(note)]
        return screen([*title, *screen_table(flat(self.table), SCREEN_LINES - len(title) - len(notes)), *notes])

    def __repr__(self) -> str:
        return one_line(self, self._title())

    def _repr_html_(self) -> str:
        frame = flat(self.table)
        head = [str(name) for name in frame.columns]
        columns = [figures(frame.iloc[:HTML_ROWS, place]) for place in range(len(head))]
        notes = [f"{len(frame) - HTML_ROWS:,} more rows"] if len(frame) > HTML_ROWS else []
        lines = "<br>".join(escape(line) for line in (*notes, *self._notes()))
        return f"<div>{html_table(self._title(), head, list(zip(*columns, strict=True)))}<p>{lines}</p></div>"


@dataclass(frozen=True, eq=False, repr=False)
class TableResult(Result):
    """A result that holds its table; see `Result`."""

    _table: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """The whole working; a fresh copy, so that editing it changes no result."""
        return self._table.copy()


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose rows are only numbered: an index that says something becomes a column."""
    return frame if type(frame.index).__name__ == "RangeIndex" else frame.reset_index()


def plain(value: object) -> Json:
    """Return a value as JSON knows it; what is missing or infinite is None.

    >>> plain((1, float("nan"), "a")), plain({"of": float("inf")})
    ([1, None, 'a'], {'of': None})
    """
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "tolist"):  # of numpy, a number or an array
        return plain(value.tolist())
    if is_missing(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)


def _excel_cell(value: object) -> str | float | None:
    if is_missing(value):
        return None
    if isinstance(value, int | float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def _flat_words(about: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    for key, value in about.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{name}", each) for name, each in _flat_words(value))
        else:
            yield key, value


def _snake_case(name: str) -> str:
    """Return the name of a class in small letters.

    >>> _snake_case("TargetPath")
    'target_path'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
