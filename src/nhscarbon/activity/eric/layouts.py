"""Layouts of the estates returns: which header means which year, read from a data package."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

VALUE_ROLES = ("activity", "inside_another", "denominator")


@dataclass(frozen=True)
class Layout:
    """One published header and what each of its columns means."""

    name: str
    period: str
    sheet: str
    header_rows: int
    match: str
    missing: tuple[str, ...]
    columns: pd.DataFrame

    @property
    def header(self) -> tuple[str, ...]:
        """The header texts in their published order."""
        return tuple(self.columns["header"])

    @property
    def required(self) -> set[str]:
        """The headers that a layout matched by names cannot do without."""
        roles = ("snapshot_date", "organisation_code", "site_code", "measure_name", "measure_value")
        return set(self.columns["header"][self.columns["role"].isin(roles)])


@dataclass(frozen=True)
class Rule:
    """One named way of excluding or keeping a cell, as a row of `rules.csv`."""

    rule_id: str
    code: str
    layout: str
    organisation: str
    measure: str
    unit: str
    test: str
    threshold: str
    per: str
    minimum: str
    action: str
    severity: str
    listed: str
    reason: str
    suggestion: str
    source: str


@dataclass(frozen=True)
class Layouts:
    """Every known layout and the rules that hold for them."""

    layouts: tuple[Layout, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet whose header was recognised: `body` starts at row `first_row` of the file.

    `above` holds the rows above its header that are none of the publication's and hold anything.
    """

    name: str
    layout: Layout
    body: pd.DataFrame
    first_row: int
    above: tuple[int, ...] = ()


def tidy(text: str) -> str:
    """Return a header text without byte order mark, hard spaces and doubled spaces."""
    return " ".join(text.replace("\ufeff", "").split())


def read_layouts(folder: Path) -> Layouts:
    """Read a layouts package from its folder."""
    return layouts_from(lambda name: (folder / name).read_text("utf-8"))


def layouts_from(text: Callable[[str], str]) -> Layouts:
    """Build the layouts from the texts of a package's files.

    Parameters
    ----------
    text : callable
        Takes a file name of the package, such as ``rules.csv``, and returns its text.

    Returns
    -------
    Layouts
        In the order of ``layouts.csv`` and ``rules.csv``: the first rule that meets a cell decides.
    """

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(text(name), newline=""), strict=True))

    layouts = []
    for row in rows("layouts.csv"):
        columns = pd.DataFrame(rows(f"{row['layout']}.csv"), dtype=object)
        columns["header"] = [tidy(header) for header in columns["header"]]
        layouts.append(
            Layout(
                name=row["layout"],
                period=row["period"],
                sheet=row["sheet"],
                header_rows=int(row["header_rows"]),
                match=row["match"],
                missing=("", *row["missing"].split("|")),
                columns=columns,
            )
        )
    return Layouts(tuple(layouts), tuple(Rule(**row) for row in rows("rules.csv")))


def nearest(text: str, known: Sequence[str]) -> str:
    """Return the known text that is most like another, or nothing."""
    return next(iter(get_close_matches(text, known, n=1, cutoff=0.6)), "")
