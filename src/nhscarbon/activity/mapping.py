"""Mapping files: what the words of a sender mean, each confirmed once by a person, with the date.

One format for columns, activity phrases, units and the expense types of a ledger. What nobody has confirmed is only
proposed, and is never applied.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import pandas as pd

from nhscarbon.activity import schema
from nhscarbon.activity.files.sheets import Grid, cell_text, read_bytes, read_grids
from nhscarbon.activity.files.text import decode, utf16
from nhscarbon.activity.header import Answers, ColumnAnswer, answers_of, fold
from nhscarbon.errors import UsageError
from nhscarbon.output.tables import csv_text, is_missing, write_text
from nhscarbon.output.text import one_line, unguard_formula

KINDS = COLUMN, ACTIVITY, UNIT, EXPENSE_TYPE = ("column", "activity", "unit", "expense_type")
COLUMNS = ("kind", "phrase", "unit", "answer", "answer_unit", "outcome", "candidates", "confirmed_by", "confirmed_on")
NEEDED = ("kind", "phrase", "answer", "confirmed_by", "confirmed_on")
NONE = "none"  # the answer that leaves a column, or the rows of a phrase, out
SHEET = "mapping"
SHOWN = 12  # faults that an error lists
EXCEL_DAY_0 = date(1899, 12, 30)
_FACTOR = re.compile(r"^(?:x\s*)?(\d{1,9}(?:\.\d{1,6})?)\s*(?:x\s*)?\s([^\d\s].*)$")
_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%m/%y")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00)?)?")


class Proposal(Protocol):
    """A result whose table is a mapping, as `nhscarbon.propose_mapping` gives one."""

    @property
    def table(self) -> pd.DataFrame:
        """The rows of the mapping."""
        ...


@dataclass(frozen=True, slots=True)
class MappingRow:
    """What one word means, and who confirmed it; `row` is its row as the sender sees it."""

    kind: str
    phrase: str
    unit: str = ""
    answer: str = ""
    answer_unit: str = ""
    outcome: str = ""
    candidates: str = ""
    confirmed_by: str = ""
    confirmed_on: str = ""
    row: int = 0

    @property
    def confirmed(self) -> bool:
        """Whether a person has said what it means, and when."""
        return bool(self.confirmed_by and self.confirmed_on)


@dataclass(frozen=True, repr=False)
class MappingFile:
    """A mapping: its name and its rows, each word once for each unit.

    Attributes
    ----------
    name : str
        Of the file, or of what it came from.
    rows : tuple of MappingRow
    """

    name: str
    rows: tuple[MappingRow, ...]

    def __repr__(self) -> str:
        confirmed = sum(each.confirmed for each in self.rows)
        return one_line(self, f"{self.name}, {len(self.rows):,} words, {confirmed:,} confirmed")

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of what it says, whatever the order of its rows, the encoding and the form of dates."""
        said = sorted("\0".join(_cells(each)) for each in self.rows)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @property
    def label(self) -> str:
        """Its name as stamps and certificates have it."""
        return self.name

    @cached_property
    def columns(self) -> Answers:
        """What it says of columns, as the readers take it."""
        return answers_of({
            each.phrase: ColumnAnswer(_column(each.answer), each.answer_unit, each.confirmed)
            for each in self.rows if each.kind == COLUMN
        })  # fmt: skip

    def of_kind(self, *kinds: str) -> tuple[MappingRow, ...]:
        """Return the rows of some kinds."""
        return tuple(each for each in self.rows if each.kind in kinds)

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a data frame in the columns of the file."""
        return pd.DataFrame([_cells(each) for each in self.rows], columns=list(COLUMNS), dtype=str)

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the mapping as CSV, whole or not at all.

        Raises
        ------
        UsageError
            If it cannot be written, or exists and may not be replaced.
        """
        return write_text(Path(path), csv_text(self.table), overwrite=overwrite)


MappingSource: TypeAlias = "str | Path | pd.DataFrame | Sequence[Mapping[str, object]] | MappingFile | Proposal"


def read_mapping(source: MappingSource | None) -> MappingFile | None:
    """Read a mapping.

    Parameters
    ----------
    source : str, Path, frame, list of records, MappingFile, proposal or None
        A CSV file (with commas, semicolons or tabs, as spreadsheets write it), a workbook (its sheet ``mapping``, or
        its first), a frame, a list with one mapping for each row, or what `nhscarbon.propose_mapping` returned. None
        stays None.

    Returns
    -------
    MappingFile or None

    Raises
    ------
    UsageError
        If a column or answer is missing, a kind or column is unknown, a date cannot be read, or two rows say two
        things of one word: all of it at once.
    UnreadableError
        If the file cannot be read.
    """
    if source is None or isinstance(source, MappingFile):
        return source
    if isinstance(source, str | Path):
        path = Path(source)
        return _of_rows(path.name, _file_rows(path))
    given: Any = source if isinstance(source, pd.DataFrame) else getattr(source, "table", source)
    if not isinstance(given, pd.DataFrame):
        records = getattr(given, "to_dicts", None) or getattr(given, "to_pylist", None)  # Polars, Arrow
        given = pd.DataFrame(list(records() if records else given), dtype=object)
    rows = [["" if is_missing(cell) else cell_text(cell) for cell in row] for row in given.itertuples(index=False)]
    return _of_rows("mapping in memory", [[str(each) for each in given.columns], *rows])


def is_mapping_file(path: Path) -> bool:
    """Tell whether a file has the columns of a mapping, so that a ledger's own table is told apart."""
    try:
        rows = _file_rows(path)
    except (UsageError, OSError):
        return False
    return bool(rows) and {"kind", "phrase", "answer"} <= {*_head(rows[0])}


def _file_rows(path: Path) -> list[list[str]]:
    content = read_bytes(path)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _grid(read_grids(path.name, content)).rows
    text = utf16(path.name, content) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else decode(path.name, content)
    lines = text.lstrip("\ufeff")
    if lines[:4].casefold() == "sep=":  # Excel's own line
        lines = lines.partition("\n")[2]
    head = lines.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(lines, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise UsageError(f"the mapping '{path.name}' is no CSV file: {error}") from error


def _grid(grids: Sequence[Grid]) -> Grid:
    """Return the sheet of the mapping: by its name, else by its header, else the first."""
    named = next((grid for grid in grids if grid.sheet.strip().casefold() == SHEET), None)
    headed = next((grid for grid in grids if grid.rows and {"kind", "phrase"} <= {*_head(grid.rows[0])}), None)
    return named or headed or grids[0]


def _head(cells: Iterable[str]) -> list[str]:
    return [unguard_formula(cell).strip().casefold().replace(" ", "_") for cell in cells]


def _of_rows(name: str, rows: Sequence[Sequence[str]]) -> MappingFile:
    head = _head(rows[0] if rows else ())
    if lacking := [column for column in NEEDED if column not in head]:
        raise UsageError(
            f"the mapping '{name}' has no column {', '.join(lacking)}",
            advice="write one with `nhscarbon map FILE -o mapping.csv`",
        )
    place = {column: head.index(column) for column in COLUMNS if column in head}
    found, faults = [], []
    for number, cells in enumerate(rows[1:], start=2):
        words = {
            name: unguard_formula(cells[at].strip()).strip() if at < len(cells) else "" for name, at in place.items()
        }
        if not any(words.values()):
            continue
        day, fault = _day(words["confirmed_on"])
        each = MappingRow(**{**words, "kind": words["kind"].casefold(), "confirmed_on": day}, row=number)
        faults += [f"row {number}: {why}" for why in (fault, *_faults(each)) if why]
        found.append(each)
    faults += _conflicts(found)
    if faults:
        more = f"\n  and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        shown = "\n  ".join(faults[:SHOWN])
        raise UsageError(f"the mapping '{name}' cannot be used:\n  {shown}{more}")
    return MappingFile(name, tuple(_once(found)))


def _faults(each: MappingRow) -> Iterable[str]:
    if each.kind not in KINDS:
        yield f"the kind '{each.kind[:40]}' is none of {', '.join(KINDS)}"
        return
    if not each.phrase:
        yield "there is no phrase"
    if not each.confirmed:
        return
    if not each.answer and not (each.kind in (ACTIVITY, UNIT) and each.answer_unit):
        yield f"'{each.phrase[:60]}' is confirmed without an answer; write '{NONE}' to leave it out"
    if each.kind == UNIT and each.answer and each.answer_unit and each.answer != each.answer_unit:
        yield (
            f"'{each.phrase[:60]}' has '{each.answer[:40]}' as its answer and '{each.answer_unit[:40]}' as its "
            "answer_unit; write the unit once, with its factor"
        )
    if each.kind == COLUMN and each.answer and _column(each.answer) not in (*schema.NAMES, NONE):
        near = schema.nearest_column(each.answer)
        meant = f"did you mean '{near}'?" if near else f"choose from {', '.join((*schema.NAMES, NONE))}"
        yield f"'{each.answer[:60]}' is no column of an activity table; {meant}"


def _conflicts(rows: Iterable[MappingRow]) -> Iterable[str]:
    met: dict[tuple[str, str, str], MappingRow] = {}
    for each in rows:
        other = met.setdefault(key_of(each), each)
        if (other.answer, other.answer_unit, other.confirmed) != (each.answer, each.answer_unit, each.confirmed):
            unit = f" in {each.unit}" if each.unit else ""
            yield f"row {each.row}: '{each.phrase[:60]}'{unit} stands in row {other.row} too, with another answer"


def _once(rows: Iterable[MappingRow]) -> Iterable[MappingRow]:
    return {key_of(each): each for each in reversed([*rows])}.values()


def key_of(each: MappingRow) -> tuple[str, str, str]:
    """Return what a row is about: its kind, its phrase whatever the case and spaces, and its unit as written.

    The case of a unit matters: ML and ml are a thousand million apart.
    """
    return each.kind, " ".join(each.phrase.split()) if each.kind == UNIT else fold(each.phrase), each.unit


def _column(answer: str) -> str:
    return NONE if answer.casefold() == NONE else schema.column_meant(answer) or answer


def _day(text: str) -> tuple[str, str]:
    """Return a date as ISO 8601, and what is wrong with it; days of spreadsheets are read too, the day first."""
    if not text:
        return "", ""
    day: date | None = None
    if found := _ISO.fullmatch(text):
        try:
            day = date.fromisoformat(found[1])
        except ValueError:
            day = None
    elif text.isdigit() and len(text) == 5:
        day = EXCEL_DAY_0 + timedelta(days=int(text))
    else:
        for form in _DAYS:
            try:
                day = datetime.strptime(text.partition(" 00:00")[0], form).date()
                break
            except ValueError:
                continue
    if day is None:
        return text, f"'{text[:40]}' is no date; write it as 2025-04-30 or 30/04/2025"
    if day > datetime.now().astimezone().date():
        return day.isoformat(), f"the date {day.isoformat()} is in the future"
    return day.isoformat(), ""


def factor_and_unit(text: str) -> tuple[Decimal, str]:
    """Return by how much a quantity is multiplied, and its unit: ``1000 GBP`` is a thousand pounds.

    >>> factor_and_unit("1000 GBP"), factor_and_unit("kWh")
    ((Decimal('1000'), 'GBP'), (Decimal('1'), 'kWh'))
    """
    plain = " ".join(text.replace("×", "x").split())
    found = _FACTOR.match(re.sub(r"(?<=\d),(?=\d{3})", "", plain))
    try:
        factor = Decimal(found[1]) if found else Decimal(1)
    except InvalidOperation:
        factor = Decimal(1)
    return (factor, found[2].strip()) if found and factor else (Decimal(1), plain)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is nearest, or an empty text."""
    return next(iter(get_close_matches(word, known, n=1)), "")


def _cells(each: MappingRow) -> list[str]:
    return [getattr(each, name) for name in COLUMNS]
