"""What a report says, whatever it is written as: sections of words, pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from nhscarbon.reporting.charts.chart import Chart

Cell = str | float | None
Kind = Literal["text", "number", "code"]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        With the unit of its numbers.
    kind : {"text", "number", "code"}
        A code may be broken anywhere when a page is narrow.
    places : int
        Decimals that a reader sees of its numbers; the workbook keeps all of them.
    """

    name: str
    kind: Kind = "text"
    places: int = 0


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
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG, and what it shows in words; its numbers are in a table of the same section."""

    svg: str
    words: str


@dataclass(frozen=True)
class Section:
    """A part of a report under one heading."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title : str
    lead : tuple of str
        The summary, in sentences.
    sections : tuple of Section
    foot : str
        The digests and the version.
    """

    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...] = field(default=())
    foot: str = ""

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
