"""The coded activity table: text as integer codes and labels, numbers as arrays, faults remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.activity.theme_rows import ThemeRow
from nhscarbon.findings import Finding
from nhscarbon.output.text import one_line, short_repr

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RowRange:
    """The numbers of rows that follow one another, without a place in memory for each."""

    first: int
    count: int

    __repr__ = short_repr

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, rows: slice | NDArray[Any]) -> NDArray[np.int64] | RowRange:
        if isinstance(rows, slice):
            start, stop, step = rows.indices(self.count)
            return RowRange(self.first + start, max(stop - start, 0)) if step == 1 else self.all()[rows]
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return places.astype(np.int64) + self.first

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[np.int64]:
        return self.all().astype(dtype or np.int64)

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.first + self.count))

    def all(self) -> NDArray[np.int64]:
        """Return every number."""
        return np.arange(self.first, self.first + self.count, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class CellNumbers:
    """The numbers of rows that were read from columns across: several have one number, and each a column of its own.

    `columns` has the place of each row's quantity in the sender's table, counted from 0; -1 where it is the usual one.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    __repr__ = short_repr

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: slice | NDArray[Any]) -> CellNumbers:
        return CellNumbers(self.rows[rows], self.columns[rows])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[np.int64]:
        return self.rows if dtype is None else self.rows.astype(dtype)

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows.tolist())

    def tolist(self) -> list[int]:
        """Return every number."""
        listed: list[int] = self.rows.tolist()
        return listed


RowNumbers = NDArray[np.int64] | RowRange | CellNumbers


@dataclass(frozen=True)
class SheetRows:
    """Where rows stand in the sender's file: their sheet, the columns of its header, and which rows they are.

    `sheet` is empty for a CSV file; rows `start` to `stop` of the activity data are of this sheet. Of a template with
    months across, `quantity_columns` has the letters of the column of each figure by row and period, and `once` the
    sheet and cell of what stands in one place for all rows.
    """

    sheet: str
    header: tuple[str, ...]
    header_row: int
    start: int
    stop: int
    quantity_columns: Mapping[tuple[int, str], str] = field(default_factory=dict, compare=False)
    once: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False)

    __repr__ = short_repr


class Source(Protocol):
    """Where rows come from: a table in memory, or files that are read again when they are needed."""

    @property
    def file(self) -> str:
        """The name of the file, empty for a data frame."""
        ...

    @property
    def sha256(self) -> str:
        """Of the file's bytes, empty for a data frame."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading met."""
        ...

    @property
    def missing_factor(self) -> Literal["refuse", "not_counted"]:
        """What to do with an activity for which no factor is published."""
        ...

    @property
    def boundary(self) -> str:
        """The boundary that this kind of source is about, or an empty word."""
        ...

    @property
    def sheets(self) -> tuple[SheetRows, ...]:
        """Where the rows stand; empty where there is no sheet, as of a data frame."""
        ...

    def batches(self) -> Iterator[Activity]:
        """Yield the rows, as many at a time as fit; of each sheet apart."""
        ...


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Activity data as they came through the door; nothing is judged yet.

    Attributes
    ----------
    columns : Mapping[str, Column]
        The text columns that the source has.
    numbers : Mapping[str, float64 array]
        The numeric columns; NaN where no number could be read.
    unread : Mapping[str, Column]
        Of each numeric column, the text of the cells that are no number; blank elsewhere.
    findings : tuple of Finding
        What reading met: unreadable cells, unknown or missing columns, rules of a return.
    file : str
        The name of the file, empty for a data frame.
    sha256 : str
        Of the file's bytes, empty for a data frame.
    row_numbers : int64 array or RowRange
        The number of each row as it is in the file: in its own sheet.
    sheets : tuple of SheetRows
        Where the rows stand in a workbook or CSV file; empty for a data frame.
    form : Mapping[str, str]
        What the template that a workbook was made from says of itself.
    missing_factor : {"refuse", "not_counted"}
        What to do with an activity for which no factor is published: an estates return holds many
        that cannot leave anything out, so there it is listed with its quantity.
    denominators : pandas.DataFrame or None
        Floor areas and the like that came with the return.
    boundary : str
        The boundary that this kind of source is about, where it is not the methodology's main total: of a ledger.
    statement : pandas.DataFrame or None
        Of a ledger: lines, pence and pounds by rule, in, excluded or undecided; they add up to the file's total.
    themes : tuple of ThemeRow
        The rows of the sheet ``themes`` of a workbook, as sent.
    held : tuple of pandas.Series
        Columns of a frame whose memory the rows may share: while they are held, pandas copies before it writes.
    mapping : Mapping[str, str]
        The SHA-256 of the mapping that a ledger was read with, by its name.
    """

    columns: Mapping[str, Column]
    numbers: Mapping[str, NDArray[np.float64]]
    unread: Mapping[str, Column] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    file: str = ""
    sha256: str = ""
    row_numbers: RowNumbers
    sheets: tuple[SheetRows, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict, compare=False)
    missing_factor: Literal["refuse", "not_counted"] = "refuse"
    boundary: str = ""
    denominators: pd.DataFrame | None = field(default=None, compare=False)
    statement: pd.DataFrame | None = field(default=None, compare=False)
    themes: tuple[ThemeRow, ...] = ()
    held: tuple[pd.Series, ...] = field(default=(), compare=False, repr=False)
    mapping: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        names = ", ".join((*self.columns, *self.numbers))
        return one_line(self, f"{len(self):,} rows of {self.file or 'a table'}: {names}")

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "held": ()}

    def __len__(self) -> int:
        return len(self.row_numbers)

    def batches(self) -> Iterator[Activity]:
        """Yield the rows: all of them at once, or those of each sheet, as row numbers are a sheet's own."""
        if len(self.sheets) < 2:
            yield self
            return
        for each in self.sheets:
            yield replace(self.part(slice(each.start, each.stop)), sheets=(each,))

    def part(self, rows: slice | NDArray[np.bool_]) -> Activity:
        """Return some of the rows; of a slice, as views."""
        return replace(
            self,
            columns={name: Column(column.codes[rows], column.labels) for name, column in self.columns.items()},
            numbers={name: values[rows] for name, values in self.numbers.items()},
            unread={name: Column(column.codes[rows], column.labels) for name, column in self.unread.items()},
            row_numbers=self.row_numbers[rows],
            sheets=self.sheets if len(self.sheets) == 1 else (),
        )

    @property
    def sheet(self) -> str:
        """The one sheet of all rows; empty where there is none, or more than one."""
        return self.sheets[0].sheet if len(self.sheets) == 1 else ""

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a data frame of their own, with the row number in the file, and the sheet of several."""
        import pandas as pd  # noqa: PLC0415  keeps `import nhscarbon` light

        frame = pd.DataFrame({"row": np.asarray(self.row_numbers)})
        if len(self.sheets) > 1:
            frame.insert(0, "sheet", np.repeat([s.sheet for s in self.sheets], [s.stop - s.start for s in self.sheets]))
        for name, column in self.columns.items():
            labels = np.array([*column.labels, ""], dtype=object)
            frame[name] = labels[column.codes]
        for name, values in self.numbers.items():
            frame[name] = values
        return frame
