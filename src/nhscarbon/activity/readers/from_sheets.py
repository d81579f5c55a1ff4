"""The tables of a workbook or CSV file: every sheet with a recognisable header, and what is odd in its layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from string import ascii_uppercase

from nhscarbon.activity import schema
from nhscarbon.activity.files.sheets import Grid
from nhscarbon.activity.files.workbook_parts import About
from nhscarbon.activity.header import Answers, Header, is_header, read_header
from nhscarbon.activity.month_columns import is_month_header
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import Finding, finding, first_rows
from nhscarbon.output.excel import letters

TOTALS = frozenset({"total", "totals", "grand total", "subtotal", "sub-total", "sub total", "sum", "overall total"})
KEYED = ("organisation", "period", "activity")  # of these a row of totals has none
OF_ANSWERS = "input_sha256"  # a sheet with this column holds answers to findings, not activity
FEWEST = 2  # rows that two sheets must share before one is taken for a copy of the other


@dataclass(frozen=True, eq=False)
class Table:
    """The rows below a header that was recognised; a row that is no activity is empty here, so that numbers stay.

    `header_row` and the rows are numbered as Excel does.
    """

    sheet: str
    header: Header
    header_row: int
    body: list[list[str]]
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The header as it is meant."""
        return self.header.names

    @cached_property
    def rows(self) -> int:
        """How many rows hold anything."""
        return sum(map(any, self.body))


def tables_of(
    name: str, grids: Sequence[Grid], beside: About, silent: frozenset[str], answers: Answers = ()
) -> tuple[list[Table], list[Finding]]:
    """Find the activity tables of a file.

    Parameters
    ----------
    name : str
        The file's name.
    grids : sequence of Grid
        Its sheets that hold anything; a CSV file is one.
    beside : About
        What the workbook says beside its cells.
    silent : frozenset of str
        Sheets that need no word when they are not read.
    answers : tuple, optional
        What a mapping says of the columns; see `nhscarbon.activity.header`.

    Returns
    -------
    tables : list of Table
        One for each sheet with a recognisable header within its first 20 rows. Where no sheet has one, the first
        sheet with its first row as the header, so that the columns it lacks can be named.
    findings : list of Finding
        What is to be said of the file as a whole.

    Raises
    ------
    UnreadableError
        If the first sheet is no table either, or rows of a CSV file have more or fewer cells than its header.
    """
    grids = [grid for grid in grids if not _holds_answers(grid)] or grids
    starts = {place: row for place, grid in enumerate(grids) if (row := _header_row(grid, answers))}
    chosen = starts or {0: 1}
    tables = [_table(name, grids[place], row, beside, answers, known=bool(starts)) for place, row in chosen.items()]
    filled = [table for table in tables if table.rows]
    read = filled or tables[:1]
    findings = [
        finding("sheet_not_read", file=name, sheet=grid.sheet, within=schema.HEADER_WITHIN,
                columns=", ".join(schema.REQUIRED))
        for place, grid in enumerate(grids) if place not in chosen and grid.sheet not in silent
    ]  # fmt: skip
    if len(filled) > 1:
        said = ", ".join(f"'{table.sheet[:40]}' ({table.rows:,})" for table in filled)
        findings.append(
            finding("sheets_joined", file=name, rows=sum(t.rows for t in filled), count=len(filled), sheets=said)
        )
        findings += _copies(name, filled)
    beside_read = (found for table in tables if table not in read for found in table.findings)
    return read, [*findings, *(found for found in beside_read if found.severity != "info")]


def _holds_answers(grid: Grid) -> bool:
    """Tell whether a sheet of a workbook is an answers table, which `check` and `calculate` are given apart."""
    return bool(grid.sheet and grid.rows) and OF_ANSWERS in [cell.strip().casefold() for cell in grid.rows[0]]


def _header_row(grid: Grid, answers: Answers) -> int:
    """Return the row of a sheet's header, or 0."""
    head = grid.rows[: schema.HEADER_WITHIN]
    months = next((number for number, row in enumerate(head, start=1)
                   if is_month_header(row, read_header(row, answers).names)), 0)  # fmt: skip
    if months:
        return months
    ours = next((number for number, row in enumerate(head, start=1) if schema.is_header(row)), 0)
    return ours or next((number for number, row in enumerate(head, start=1) if is_header(row, answers)), 0)


def _table(name: str, grid: Grid, row: int, beside: About, answers: Answers, *, known: bool) -> Table:
    header = grid.rows[row - 1]
    if not known:
        _refuse_no_table(name, grid, header)
    if not grid.sheet:
        _refuse_ragged(name, grid.rows[row:], row + 1, len(header))
    above = grid.rows[row - 2] if row > 1 else []
    read = replace(read_header(header, answers), above=tuple(cell.strip() for cell in above[: len(header)]))
    body = [cells or [""] * len(header) for cells in grid.rows[row:]]  # an empty line keeps its place in the numbering
    layout = _Layout(name, grid, row, read, body)
    layout.above()
    layout.second_header()
    layout.totals()
    layout.merged()
    layout.hidden(beside.hidden_rows.get(grid.sheet, frozenset()))
    layout.hidden_columns(beside.hidden_columns.get(grid.sheet, frozenset()))
    layout.uncalculated(beside.uncalculated.get(grid.sheet, ()))
    return Table(grid.sheet, read, row, layout.body, tuple(layout.findings))


def _refuse_no_table(name: str, grid: Grid, header: Sequence[str]) -> None:
    """Refuse what has no header at all: old files begin with it, so it is looked for in the first row."""
    if grid.sheet and len([cell for cell in header if cell.strip()]) < 2:
        raise UnreadableError(f"the first sheet of '{name}' is not a table with a header in its first row")
    if len(header) < 2:
        other = next((mark for mark in (";", "\t", "|") if header and mark in header[0]), None)
        why = f"it looks separated by {other!r}" if other else "its first row has one column"
        raise UnreadableError(
            f"'{name}' is not a comma-separated table with a header: {why}",
            advice="save it with commas" if other else "",
        )


def _refuse_ragged(name: str, rows: Sequence[Sequence[str]], first: int, width: int) -> None:
    odd = [number for number, cells in enumerate(rows, start=first) if cells and len(cells) != width]
    if odd:
        said = "a row has" if len(odd) == 1 else f"{len(odd)} rows have"
        raise UnreadableError(
            f"{said} more or fewer cells than the header of '{name}', the first is row {odd[0]}",
            advice="put quotes around a number or a name with a comma in it",
        )


class _Layout:
    """What is odd in the layout of one sheet, gathered as it is looked at from top to bottom."""

    def __init__(self, file: str, grid: Grid, header_row: int, header: Header, body: list[list[str]]) -> None:
        self.file, self.grid, self.header_row, self.names, self.body = file, grid, header_row, header.names, body
        self.sent = header.sent
        self.findings: list[Finding] = []
        columns = zip(*body, strict=True) if body else [()] * len(header.sent)
        self.words = [frozenset(column) for column in columns]  # rows are many, words in a column few

    def _say(self, code: str, **about: object) -> None:
        self.findings.append(finding(code, file=self.file, sheet=self.grid.sheet, **about))  # type: ignore[arg-type]

    def above(self) -> None:
        """Say which rows stand above the header."""
        filled = [number for number, row in enumerate(self.grid.rows[: self.header_row - 1], start=1) if any(row)]
        if filled:
            self._say("rows_above_header", rows=len(filled), first_rows=first_rows(filled), cell=f"A{filled[0]}",
                      header=self.header_row)  # fmt: skip

    def second_header(self) -> None:
        """Pass over a header that is printed again, and refuse another table below the first."""
        named = [cell in words or any(word[:1].isalpha() and schema.column_meant(word) for word in words)
                 for cell, words in zip(self.sent, self.words, strict=False)]  # no words where no row is  # fmt: skip
        if sum(named) < schema.HEADER_NEEDS:
            return
        for place, row in enumerate(self.body):
            again = tuple(cell.strip() for cell in row) == self.sent
            if not again and not schema.is_header(row):
                continue
            number = self.header_row + 1 + place
            if again or read_header(row).names == self.names:
                self.body[place] = [""] * len(row)
                self._say("header_repeated", first_rows=first_rows([number]), cell=f"A{number}")
            else:
                self.body[place:] = [[""] * len(row)] * (len(self.body) - place)
                self._say("second_table", first_rows=first_rows([number]), cell=f"A{number}")
                return

    def totals(self) -> None:
        """Leave out rows of totals: they name no organisation, period or activity, and something in them says so."""
        keyed = [place for place, name in enumerate(self.names) if name in KEYED]
        told = [place for place, words in enumerate(self.words)
                if self.names[place] != "supplier" and any(map(_is_total, words))]  # fmt: skip
        found = []
        for place, row in enumerate(self.body if told and keyed else ()):
            if not any(_is_total(row[at]) for at in told):
                continue
            if all(not row[at].strip() or _is_total(row[at]) for at in keyed):
                found.append(self.header_row + 1 + place)
                self.body[place] = [""] * len(row)
        if found:
            self._say("total_row", rows=len(found), first_rows=first_rows(found), cell=f"A{found[0]}")

    def merged(self) -> None:
        """Say which cells are merged: only the first of them holds the value."""
        last = self.header_row + len(self.body)
        found = [span for span in self.grid.merged if self.header_row <= span[1][0] + 1 and span[0][0] < last]
        if found:
            (top, left), (bottom, right) = found[0]
            span = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
            name = self.names[left] if left < len(self.names) else ""
            self._say("cells_merged", rows=len(found), value=span, column=name,
                      first_rows=first_rows(each[0][0] + 1 for each in found),
                      cell=f"{letters(left)}{top + 1}")  # fmt: skip

    def hidden(self, rows: frozenset[int]) -> None:
        """Say what the sender does not see but was read: a hidden sheet, hidden or filtered rows."""
        if not rows and not self.grid.hidden:
            return
        filled = [number for number, row in enumerate(self.body, start=self.header_row + 1) if any(row)]
        if self.grid.hidden and filled:
            self._say("sheet_hidden", rows=len(filled))
        found = [number for number in filled if number in rows]
        if found:
            self._say("rows_hidden", rows=len(found), first_rows=first_rows(found), cell=f"A{found[0]}")

    def hidden_columns(self, columns: frozenset[int]) -> None:
        """Say which columns of the table the sender does not see."""
        found = [place for place, name in enumerate(self.names) if place + 1 in columns and name in schema.NAMES]
        if found and any(map(any, self.body)):
            self._say("columns_hidden", column=self.names[found[0]], rows=0,
                      cell=f"{letters(found[0])}{self.header_row}",
                      columns=", ".join(self.names[place] for place in found))  # fmt: skip

    def uncalculated(self, cells: Sequence[str]) -> None:
        """Say which formulas have no result: a program wrote them, and no spreadsheet has calculated them yet."""
        split = [(cell.rstrip("0123456789"), int(cell.lstrip(ascii_uppercase))) for cell in cells]
        used = {letters(place): name for place, name in enumerate(self.names) if name in schema.NAMES}
        last = self.header_row + len(self.body)
        found = [(column, row) for column, row in split if column in used and self.header_row < row <= last]
        for column in dict.fromkeys(column for column, _ in found):
            rows = [row for each, row in found if each == column]
            self._say("formula_without_result", column=used[column], rows=len(rows), first_rows=first_rows(rows),
                      cell=f"{column}{rows[0]}")  # fmt: skip


def _is_total(cell: str) -> bool:
    return 2 < len(cell) <= schema.LONGEST_NAME and cell.strip().rstrip(":").casefold() in TOTALS


def _copies(name: str, tables: Sequence[Table]) -> list[Finding]:
    """Refuse a sheet whose every row stands in another as well: it would count twice. Each is said once."""
    first: dict[frozenset[tuple[str, ...]], Table] = {}
    repeated: list[tuple[Table, Table]] = []
    for table in tables:
        rows = _rows(table)
        if len(rows) >= FEWEST and first.setdefault(rows, table) is not table:
            repeated.append((table, first[rows]))
    held = sorted(first.items(), key=lambda each: len(each[0]), reverse=True)
    for place, (rows, table) in enumerate(held):
        larger = (other for more, other in held[:place] if rows < more)
        repeated += [(table, other) for other in islice(larger, 1)]
    return [
        finding("sheet_repeated", file=name, sheet=few.sheet, rows=few.rows, other=many.sheet) for few, many in repeated
    ]


def _rows(table: Table) -> frozenset[tuple[str, ...]]:
    places = [table.names.index(name) for name in schema.NAMES if name in table.names]
    known = [name for name in schema.NAMES if name in table.names]
    return frozenset(
        tuple(f"{name}={row[at].strip()}" for name, at in zip(known, places, strict=True) if row[at].strip())
        for row in table.body if any(row)
    )  # fmt: skip
