"""The marked workbook: the sender's own file back, each fault painted and explained on its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, IOBase
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

import numpy as np

from nhscarbon.activity import template_properties
from nhscarbon.activity.activity import Activity
from nhscarbon.activity.files.file_kinds import PARQUET, refuse_other_kinds
from nhscarbon.activity.files.sheets import Grid, cell_text, parser_here, read_bytes, read_grids
from nhscarbon.activity.files.workbook_parts import cached_values, is_excel, put_cached_values
from nhscarbon.activity.readers.open_source import Tabular
from nhscarbon.activity.readers.parquet import read_parquet
from nhscarbon.activity.readers.read import read
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import Finding, Findings, Severity, every_column, every_row, finding
from nhscarbon.output import excel
from nhscarbon.output.excel import letters
from nhscarbon.output.files import same_file, write_whole
from nhscarbon.submissions.findings_sheet import (
    NOTE_WIDTH,
    Listed,
    Note,
    Place,
    box_height,
    note_of,
    tab_color,
    write_findings,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

AUTHOR = "nhscarbon"
OURS = "\n-- nhscarbon --\n"  # what stands below it, in a note of the sender's own, is ours
TITLE = "Findings"
RETURN = "Return"  # the sheet of a file that has none
PAINT: dict[Severity, str] = {"reject_file": "F8CBAD", "reject_line": "F8CBAD", "warning": "FFE699", "info": "DDEBF7"}
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # that a sheet can have
WIDEST = 40  # letters of a column that we lay out


@dataclass(frozen=True)
class Source:
    """What is marked: its sheets as text."""

    name: str
    content: bytes
    grids: tuple[Grid, ...]
    numbered: bool  # its rows are numbered from 1, and stand below a header of ours


def mark(source: Tabular, findings: Findings, to: str | Path, *, overwrite: bool = False) -> Path:
    """Write a return back with its findings painted and explained on their cells (extra ``excel``).

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records or Activity
        What was checked; of anything but a file, a new workbook holds the rows as text.
    findings : Findings
        From `nhscarbon.check`, or of the `SubmissionError` that a calculation raised.
    to : str or Path
        The workbook to write; never the source itself.
    overwrite : bool, optional
        Whether a file that is there may be replaced.

    Returns
    -------
    Path
        Of a workbook that was sent (xlsx, xlsm), every value, formula and number format as it was, a colour
        and a note on each cell with a finding, and a sheet with all findings, on which it opens: each with a link to
        its cell. The tabs of sheets with errors are red, those of sheets with warnings amber. Of a CSV, Parquet or
        older Excel file, or one that cannot be written back unchanged, a new workbook with the rows as text. Nothing
        that we write can be a formula or a link out of the workbook. Macros, charts and pictures are not carried over.

    Raises
    ------
    UsageError
        If the file to write is there, or is the source, or the extra is absent.
    UnreadableError
        If the source cannot be read: there is nothing to mark.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from tempfile import mkdtemp
    >>> source = nc.example("trust-year.csv")
    >>> report = nc.check(source, nc.methodology("nhs-2026.1"))
    >>> nc.mark(source, report, f"{mkdtemp()}/marked.xlsx").name
    'marked.xlsx'
    """
    to = Path(to)
    if to.suffix.lower() != ".xlsx":
        raise UsageError(f"'{to.name}' is not the name of a workbook: end it with .xlsx")
    if isinstance(source, str | Path) and (to.resolve() == Path(source).resolve() or same_file(to, Path(source))):
        raise UsageError("the file that was sent is never replaced: give the marked one another name")
    excel.needs_openpyxl()
    opened = _opened(source)
    marks = marks_of(findings, opened)
    written = _own(opened, findings, marks) if is_excel(opened.content) else None
    return write_whole(to, written or _as_text(opened, findings, marks), overwrite=overwrite)


def marks_of(findings: Findings, opened: Source) -> dict[Place, list[Finding]]:
    """Return the findings of each cell, the worst first.

    All rows that share a fault are marked, up to the 10,000 that a report keeps of each.
    """
    marks: dict[Place, list[Finding]] = {}
    for each in findings:
        for place in _places(each, opened):
            marks.setdefault(place, []).append(each)
    return marks


def _places(finding: Finding, opened: Source) -> Iterator[Place]:
    """Yield the cells of a finding: the column of its cell, in each of its rows."""
    cell = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", finding.cell)
    if opened.numbered and finding.first_rows:
        header = opened.grids[0].rows[0]
        column = letters(header.index(finding.column)) if finding.column in header else "A"
        yield from ((RETURN, row + 1, column) for row in every_row(finding.first_rows))
    elif cell:
        rows = every_row(finding.first_rows) or [int(cell[2])]
        across = every_column(finding.first_rows) if cell[1] == _first_across(finding) else ()
        columns = [letters(place) for place in across] or [cell[1]] * len(rows)
        yield from ((finding.sheet or RETURN, row, column)
                    for row, column in dict.fromkeys(zip(rows, columns, strict=True)))  # fmt: skip


def _first_across(finding: Finding) -> str:
    """Return the letters of the first cell of a finding about cells of months, or nothing."""
    across = every_column(finding.first_rows)
    return letters(across[0]) if across and across[0] >= 0 and finding.column == "quantity" else ""


def _opened(source: Tabular) -> Source:
    """Read the sheets of a source, behind the same guard as every reading."""
    if isinstance(source, str | Path) and not Path(source).is_dir():
        return _of_content(Path(source).name, read_bytes(Path(source)))
    if isinstance(source, IOBase):
        content = source.read()
        name = Path(str(getattr(source, "name", "buffer"))).name
        return _of_content(name, content.encode() if isinstance(content, str) else content)
    return _of_rows(read(source))


def _of_content(name: str, content: bytes) -> Source:
    refuse_other_kinds(name, content)
    if content.startswith(PARQUET):
        parser = parser_here()
        frame = parser.parquet(name, content) if parser else read_parquet(content, name)
        rows = [[str(name) for name in frame.columns], *([_text(value) for value in row] for row in frame.to_numpy())]
        return Source(name, content, (Grid(RETURN, rows),), numbered=True)
    grids = read_grids(name, content)
    return Source(name, content, tuple(replace(grid, sheet=grid.sheet or RETURN) for grid in grids), numbered=False)


def _of_rows(activity: Activity) -> Source:
    """Lay rows out as a sheet each, every row at its own number; below a header where they have none."""
    grids = []
    for part in activity.batches():
        sheet = part.sheets[0] if part.sheets else None
        names = list(sheet.header if sheet else [*part.columns, *part.numbers])
        header_row = sheet.header_row if sheet else 1
        cells = {name: _cells_of(part, name) for name in names}
        rows: list[list[str]] = [[] for _ in range(header_row)]
        rows[header_row - 1] = names
        for place, number in enumerate(np.asarray(part.row_numbers).tolist()):
            rows += [[] for _ in range(number + (not sheet) - len(rows))]
            rows[number - bool(sheet)] = [cells[name](place) for name in names]
        grids.append(Grid((sheet.sheet if sheet else "") or RETURN, rows))
    return Source(activity.file, b"", tuple(grids), numbered=not activity.sheets)


def _cells_of(part: Activity, name: str) -> Callable[[int], str]:
    """Return what gives the text of each row in one column."""
    if name in part.columns:
        return part.columns[name].text
    if name not in part.numbers:
        return lambda _: ""  # a column that was not used
    numbers, unread = part.numbers[name], part.unread.get(name)
    return lambda row: (unread.text(row) if unread is not None else "") or _text(float(numbers[row]))


def _text(value: object) -> str:
    return "" if value is None or value != value else cell_text(value)  # noqa: PLR0124  a NaN is not itself


def _own(opened: Source, findings: Findings, marks: Mapping[Place, Sequence[Finding]]) -> bytes | None:
    """Return the sender's own workbook with the marks, or None where it does not come back as it was."""
    if (parser := parser_here()) is None:
        return painted(opened.name, opened.content, findings, marks) or None
    try:
        return parser.call(painted, opened.name, opened.content, replace(findings, covering=None), marks) or None
    except UnreadableError:  # the cells could be read: the rows come back as text
        return None


def painted(name: str, content: bytes, findings: Findings, marks: Mapping[Place, Sequence[Finding]]) -> bytes:
    """Return the sender's own workbook with the marks, or nothing where it does not come back as it was."""
    from openpyxl import load_workbook  # noqa: PLC0415  an extra

    grids = read_grids(name, content)
    try:
        with catch_warnings():
            simplefilter("ignore")  # what openpyxl leaves out is in the docstring of `mark`
            book = load_workbook(BytesIO(content), rich_text=True)
            sheets = [sheet.title for sheet in book.worksheets]
            title = _finish(book, findings, marks)
            written = put_cached_values(excel.to_bytes(book), cached_values(content))
        back = read_grids(name, written)
    except Exception:  # whatever openpyxl cannot take, which the reader of cells could: the rows come back as text
        return b""
    before = {grid.sheet: _filled(grid) for grid in grids if grid.sheet in sheets}
    after = {grid.sheet: _filled(grid) for grid in back if grid.sheet in sheets}
    before.pop(title, None)  # of an earlier marking
    after.pop(title, None)
    return written if before == after else b""


def _filled(grid: Grid) -> dict[tuple[int, int], str]:
    return {(row, place): cell for row, cells in enumerate(grid.rows) for place, cell in enumerate(cells) if cell}


def _as_text(opened: Source, findings: Findings, marks: Mapping[Place, Sequence[Finding]]) -> bytes:
    """Return a new workbook that holds every row as text."""
    from openpyxl import Workbook  # noqa: PLC0415  an extra

    book = Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = excel.UNDATED
    book.properties.creator = AUTHOR
    for grid in opened.grids:
        if len(grid.rows) > MOST_ROWS or max(map(len, grid.rows), default=0) > MOST_COLUMNS:
            raise UsageError(f"'{opened.name}' has more rows or columns than a sheet can hold: mark it in parts")
        sheet = book.create_sheet(grid.sheet)
        widest: dict[int, int] = {}
        for number, row in enumerate(grid.rows, start=1):
            for place, text in enumerate(row, start=1):
                if text:
                    excel.put(sheet.cell(number, place), text)
                    widest[place] = max(widest.get(place, 0), len(text))
        for place, longest in widest.items():
            sheet.column_dimensions[letters(place - 1)].width = min(longest + 3, WIDEST)
        excel.set_page(sheet, landscape=True)
    _finish(book, findings, marks, changed=is_excel(opened.content))
    return excel.to_bytes(book)


def _finish(
    book: Workbook, findings: Findings, marks: Mapping[Place, Sequence[Finding]], *, changed: bool = False
) -> str:
    """Paint the cells, add the sheet of findings that the workbook opens on, and return its name."""
    from openpyxl.packaging.custom import StringProperty  # noqa: PLC0415  an extra

    if template_properties.FINDINGS in book.custom_doc_props.names:
        _unmark(book, book.custom_doc_props[template_properties.FINDINGS].value)
        del book.custom_doc_props[template_properties.FINDINGS]
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    for each in (
        cell.comment for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.comment
    ):
        each.width, each.height = NOTE_WIDTH, box_height(each.text)  # the sender's own boxes are not read
    taken = {name.casefold() for name in book.sheetnames}
    title = next(name for n in range(1, len(taken) + 2) if (name := f"{TITLE} {n}" if n > 1 else TITLE).casefold()
                 not in taken)  # fmt: skip
    listed = [*findings, *([finding("written_as_text")] if changed else [])]
    rows = {id(each): number for number, each in enumerate(listed, start=2)}
    marked: dict[int, list[Place]] = {}
    on_sheet: dict[str, list[Finding]] = {}
    notes: dict[tuple[int, ...], Note] = {}  # many cells share their findings
    for place, here in marks.items():
        if place[0] in sheets:
            same = tuple(map(id, here))
            if same not in notes:
                notes[same] = note_of(here, rows, title)
            _paint(sheets[place[0]], f"{place[2]}{place[1]}", here, notes[same])
        for each in here:
            marked.setdefault(id(each), []).append(place)
            on_sheet.setdefault(place[0], []).append(each)
    for name, sheet in sheets.items():
        if color := tab_color(on_sheet.get(name, [])):
            sheet.sheet_properties.tabColor = color
    sheet = book.create_sheet(title)
    places = [marked.get(id(each), []) for each in listed]
    write_findings(sheet, [Listed(each, next(iter(cells), None), len(cells))
                           for each, cells in zip(listed, places, strict=True)], list(sheets))  # fmt: skip
    excel.open_on(book, sheet)
    book.custom_doc_props.append(StringProperty(name=template_properties.FINDINGS, value=title))
    return title


def _paint(sheet: Worksheet, cell: str, findings: Sequence[Finding], note: Note) -> None:
    """Colour a cell and explain it in words; of merged cells, the first."""
    from openpyxl.comments import Comment  # noqa: PLC0415  an extra
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    span = next((each for each in sheet.merged_cells.ranges if cell in each), None)
    target = sheet.cell(span.min_row, span.min_col) if span else sheet[cell]
    target.fill = PatternFill("solid", fgColor=PAINT[findings[0].severity])
    old = target.comment
    author = old.author if old is not None else AUTHOR
    said = f"{old.text}{'' if author == AUTHOR else OURS}\n{note.text}" if old is not None else note.text
    target.comment = Comment(said, author, height=box_height(said), width=note.width)


def _unmark(book: Workbook, title: str) -> None:
    """Take an earlier marking off: the findings sheet, and the notes and colours that are ours."""
    from openpyxl.comments import Comment  # noqa: PLC0415  an extra
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    if title in book.sheetnames:
        book.remove(book[title])
    for sheet in book.worksheets:
        color = sheet.sheet_properties.tabColor
        if color is not None and str(color.rgb)[-len(excel.RED) :] in (excel.RED, excel.AMBER):
            sheet.sheet_properties.tabColor = None
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.comment is not None):
            own, mark, _ = cell.comment.text.partition(OURS)
            if mark or cell.comment.author == AUTHOR:
                cell.comment = Comment(own, cell.comment.author) if mark else None
                cell.fill = PatternFill()
