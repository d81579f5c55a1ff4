"""What a report says, whatever it is written as: sections of words, pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from nhscarbon.output.text import short_repr
from nhscarbon.reporting.charts.chart import Chart

MOST_OPEN = 30  # rows of a table that a page shows open


@dataclass(frozen=True)
class Sign:
    """A state that is shown by a shape and a word, such as a severity or a status."""

    state: str
    words: str

    __repr__ = short_repr


@dataclass(frozen=True)
class Range:
    """A likely range, which a page draws on the scale of its column."""

    low: float
    value: float
    high: float

    __repr__ = short_repr


Cell = str | float | None | Sign | Range
Kind = Literal["text", "number", "code", "range"]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        With the unit of its numbers.
    kind : {"text", "number", "code", "range"}
        A code may be broken anywhere when a page is narrow; a range is a drawing, which a workbook leaves out.
    places : int
        Decimals that a reader sees of its numbers, -1 for all; the workbook keeps all of them.
    under : bool
        Whether a page shows it small, under the column before it, as a code under its label.
    share : int
        Per cent of the width that the column has on a wide page; 0 leaves it to the browser.
    """

    name: str
    kind: Kind = "text"
    places: int = 0
    under: bool = False
    share: int = 0

    __repr__ = short_repr


@dataclass(frozen=True)
class NativeChart:
    """Which columns of a table a workbook draws, as a chart of the spreadsheet's own.

    Attributes
    ----------
    kind : {"bar", "overlaid", "line"}
        Horizontal bars side by side, one over the other where the first is part of the second, or lines by year.
    title : str
        The finding, with its unit.
    columns : tuple of int
        Of the numbers, the first column being 0; the first column names the rows.
    rows : int
        How many rows are drawn.
    skip : int
        Rows before the first that is drawn.
    """

    kind: Literal["bar", "overlaid", "line"]
    title: str
    columns: tuple[int, ...]
    rows: int
    skip: int = 0

    __repr__ = short_repr


@dataclass(frozen=True)
class Table:
    """A table: its first column names the row.

    Attributes
    ----------
    id : str
        Lower-case letters and hyphens, its own in the report.
    title : str
        Its own in the report.
    columns : tuple of Column
    rows : tuple of rows
    note : str
        What a reader should know before reading it.
    missing : frozenset of int
        Rows of what has no answer; they are marked by colour, and said in words.
    total : bool
        Whether the last row is the total.
    chart : NativeChart or None
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    missing: frozenset[int] = frozenset()
    total: bool = False
    chart: NativeChart | None = None

    __repr__ = short_repr

    @property
    def folded(self) -> bool:
        """Whether a page shows it closed: it is long."""
        return len(self.rows) > MOST_OPEN


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG, and what it shows in words; its numbers are in a table of the same section."""

    svg: str
    words: str

    __repr__ = short_repr


@dataclass(frozen=True)
class SmallPicture:
    """One of many small drawings on one scale: whose it is, a state, a few words, and the drawing as SVG."""

    name: str
    sign: Sign
    words: str
    svg: str

    __repr__ = short_repr


@dataclass(frozen=True)
class Worked:
    """One row multiplied out: its terms with the sign before each, and the steps with their sources."""

    terms: tuple[tuple[str, str, str], ...]  # sign, what it is, the figure
    steps: tuple[tuple[str, str, str], ...]  # name, words, what is small below them

    __repr__ = short_repr


@dataclass(frozen=True)
class Section:
    """A part of a report under one heading."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    worked: Worked | None = None
    small: tuple[SmallPicture, ...] = ()
    after: tuple[Picture, ...] = ()  # pictures that follow the tables
    of: int = 0  # how many there are, where the first table does not say

    __repr__ = short_repr

    @property
    def count(self) -> int:
        """How many it is about: the rows of its first table, the total left out."""
        if self.of:
            return self.of
        first = self.tables[0] if self.tables else None
        return len(first.rows) - first.total if first is not None else 0


@dataclass(frozen=True)
class Figure:
    """A figure of the strip at the head of a page: what it is, the figure or words for it, a small unit, and a sign."""

    name: str
    figure: str
    unit: str = ""
    sign: str = ""

    __repr__ = short_repr


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title : str
        Whose it is, and of when.
    about : str
        Which report it is.
    mark : str
        The method and the data, in a few words.
    figures : tuple of Figure
    lead : tuple of str
        The summary, in sentences.
    sections : tuple of Section
    foot : str
        The digests and the version.
    """

    title: str
    about: str
    mark: str
    figures: tuple[Figure, ...]
    lead: tuple[str, ...]
    sections: tuple[Section, ...] = field(default=())
    foot: str = ""

    __repr__ = short_repr

    @property
    def tables(self) -> list[Table]:
        """Every table, in the order of the sections."""
        return [table for section in self.sections for table in section.tables]


def picture(chart: Chart) -> Picture:
    """Return a chart as it stands in a report."""
    return Picture(chart.to_svg(), chart.alt_text)


def name_first(words: Sequence[str], most: int) -> str:
    """Return words with commas, those beyond some counted.

    >>> name_first(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    text = ", ".join(words[:most])
    return f"{text} and {len(words) - most:,} more" if len(words) > most else text
