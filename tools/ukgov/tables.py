"""The importer's own tables (mapping, relabels, workbooks ...) as frozen rows, and its one error."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


class ImportRefusedError(Exception):
    """The publisher's files and our tables do not say the same thing; nothing was written."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """One publication of one edition, as `workbooks.csv` expects it."""

    edition: int
    kind: str  # flat | standard | second_hand
    file: str
    sha256: str
    version: str
    sheet: str
    header_row: int
    columns: tuple[str, ...]
    title: str
    publisher: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The publisher's name of one row, in whatever spelling the edition uses."""

    level1: str
    level2: str
    level3: str
    level4: str
    column_text: str
    uom: str

    def __str__(self) -> str:
        parts = (self.level1, self.level2, self.level3, self.level4, self.column_text, self.uom)
        return " | ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row of `mapping.csv`: our factor and the publisher's canonical row."""

    factor_id: str
    activity: str
    component: str
    scope: str
    unit: str
    labels: Labels
    note: str


@dataclass(frozen=True, slots=True)
class Relabel:
    """A label that one range of editions spells in another way."""

    first: int
    last: int
    level1: str  # canonical; blank = every sheet
    field: str
    old: str
    canonical: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """A sheet that an old edition lacks, and the sheet that prints the same vehicles."""

    first: int
    last: int
    level1: str
    level2: str
    stand_in_level1: str
    stand_in_level2: str
    note: str


@dataclass(frozen=True, slots=True)
class Zero:
    """What a printed 0 means: a true zero, or a combination that was not available."""

    first: int
    last: int
    level1: str
    level2: str
    level3: str
    column_text: str
    meaning: str  # true | not_available
    note: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A factor of 0 that stands by an accounting rule and not by a published cell."""

    factor_id: str
    activity: str
    component: str
    scope: str
    value: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The global warming potentials behind a range of editions, for all sheets or one."""

    first: int
    last: int
    level1: str
    basis: str


@dataclass(frozen=True, slots=True)
class PackageNote:
    """A sentence that the package of each edition in the range must carry."""

    first: int
    last: int
    note: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table of the importer, read once."""

    workbooks: tuple[Workbook, ...]
    wanted: tuple[Wanted, ...]
    relabels: tuple[Relabel, ...]
    stand_ins: tuple[StandIn, ...]
    zeros: tuple[Zero, ...]
    rules: tuple[Rule, ...]
    bases: tuple[Basis, ...]
    notes: tuple[PackageNote, ...]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a small UTF-8 table as text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_tables(folder: Path = HERE) -> Tables:
    """Read the label tables and refuse a factor id that stands twice."""

    def years(row: dict[str, str]) -> tuple[int, int]:
        return int(row["edition_from"]), int(row["edition_to"])

    wanted = tuple(
        Wanted(
            factor_id=row["factor_id"],
            activity=row["activity"],
            component=row["component"],
            scope=row["scope"],
            unit=row["unit"],
            labels=labels_of(row),
            note=row["note"],
        )
        for row in read_rows(folder / "mapping.csv")
    )
    rules = tuple(Rule(**row) for row in read_rows(folder / "rules.csv"))
    refuse_doubles([row.factor_id for row in wanted] + [row.factor_id for row in rules])
    return Tables(
        workbooks=tuple(_workbook(row) for row in read_rows(folder / "workbooks.csv")),
        wanted=wanted,
        relabels=tuple(
            Relabel(*years(row), row["level1"], row["field"], row["old"], row["canonical"])
            for row in read_rows(folder / "relabels.csv")
        ),
        stand_ins=tuple(
            StandIn(
                *years(row),
                row["level1"],
                row["level2"],
                row["stand_in_level1"],
                row["stand_in_level2"],
                row["note"],
            )
            for row in read_rows(folder / "stand_ins.csv")
        ),
        zeros=tuple(
            Zero(
                *years(row),
                row["level1"],
                row["level2"],
                row["level3"],
                row["column_text"],
                row["meaning"],
                row["note"],
            )
            for row in read_rows(folder / "zeros.csv")
        ),
        rules=rules,
        bases=tuple(Basis(*years(row), row["level1"], row["gwp_basis"]) for row in read_rows(folder / "gwp_basis.csv")),
        notes=tuple(PackageNote(*years(row), row["note"]) for row in read_rows(folder / "package_notes.csv")),
    )


def labels_of(row: dict[str, str]) -> Labels:
    """Take the six label columns of a table row."""
    return Labels(row["level1"], row["level2"], row["level3"], row["level4"], row["column_text"], row["uom"])


def refuse_doubles(factor_ids: list[str]) -> None:
    """Refuse a factor id that two mapping rows claim."""
    doubles = sorted({name for name in factor_ids if factor_ids.count(name) > 1})
    if doubles:
        msg = (
            f"mapping.csv and rules.csv name {len(doubles)} factor ids twice: {', '.join(doubles[:5])}. "
            "Each factor id has one row; delete or rename the other."
        )
        raise ImportRefusedError(msg)


def _workbook(row: dict[str, str]) -> Workbook:
    """Read one line of workbooks.csv."""
    return Workbook(
        edition=int(row["edition"]),
        kind=row["kind"],
        file=row["file"],
        sha256=row["sha256"],
        version=row["version"],
        sheet=row["sheet"],
        header_row=int(row["header_row"] or 0),
        columns=tuple(row["columns"].split("|")) if row["columns"] else (),
        title=row["title"],
        publisher=row["publisher"],
        url=row["url"],
        note=row["note"],
    )
