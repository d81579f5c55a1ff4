"""The content of one file as activity data, whatever its name says it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

import pandas as pd

from nhscarbon.activity import readers
from nhscarbon.activity.activity import Activity
from nhscarbon.activity.concat import concat
from nhscarbon.activity.files.file_kinds import refuse_other_kinds
from nhscarbon.activity.files.limits import Limits
from nhscarbon.activity.files.sheets import WORKBOOK_STARTS, Grid, Parser, parser_here, read_book, with_errors
from nhscarbon.activity.files.workbook_parts import About
from nhscarbon.activity.header import Answers
from nhscarbon.activity.readers.from_frame import from_frame
from nhscarbon.activity.readers.from_sheets import Table, tables_of
from nhscarbon.activity.readers.from_template import from_template, is_lines
from nhscarbon.activity.template_properties import ID, TEMPLATE, form_findings, nothing_entered, ours, own_sheets
from nhscarbon.activity.theme_rows import is_themes, rows_of_sheet
from nhscarbon.errors import UnreadableError
from nhscarbon.output.text import shown


def from_bytes(name: str, content: bytes, limits: Limits, parser: Parser | None, answers: Answers = ()) -> Activity:
    """Return the rows of a file: of every sheet with a header, where it is a workbook.

    `answers` is what a mapping says of the columns.

    Raises
    ------
    UnreadableError
        If there is no table to read at all.
    """
    name = shown(name)
    parser = parser or parser_here()
    refuse_other_kinds(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    for starts, frame_of in _formats().items():
        if content.startswith(starts):
            return from_frame(frame_of(name, content, parser), file=name, sha256=sha256, answers=answers)
    apart = parser is not None and content.startswith(WORKBOOK_STARTS)
    whole_book = parser.book(name, content) if parser and apart else read_book(name, content, limits)
    every, beside = whole_book.grids, whole_book.beside
    every = [with_errors(grid, beside.errors.get(grid.sheet, {})) for grid in every]
    answered = [grid for grid in every if is_themes(grid)] if len(every) > 1 else []
    grids = [grid for grid in every if grid not in answered and any(map(any, grid.rows))]
    if not grids:
        raise UnreadableError(f"'{name}' is empty: it has no header")
    if any(map(is_lines, grids)):
        return _filled_template(name, sha256, grids, beside)
    tables, findings = tables_of(name, grids, beside, own_sheets(beside.properties), answers)
    sheets = [_of_table(table, name) for table in tables]
    if beside.properties.get(TEMPLATE) == ID:
        findings += form_findings(beside.properties, every, name)
        if not any(table.rows for table in tables):
            findings.append(nothing_entered(name))
            sheets = [replace(sheets[0], findings=())]
    whole = concat(sheets)
    return replace(
        whole, findings=(*findings, *whole.findings), sha256=sha256, form=ours(beside.properties),
        themes=tuple(row for grid in answered for row in rows_of_sheet(grid, name)),
    )  # fmt: skip


def _filled_template(name: str, sha256: str, grids: list[Grid], beside: About) -> Activity:
    """Return what stands in a template with one line for each thing."""
    filled = from_template(name, sha256, grids, beside)
    of_form = form_findings(beside.properties, grids, name)
    if not len(filled) and not filled.themes and not any(each.refuses for each in filled.findings):
        of_form.append(nothing_entered(name))
        filled = replace(filled, findings=())
    return replace(filled, findings=(*of_form, *filled.findings), form=ours(beside.properties))


@lru_cache(maxsize=1)
def _formats() -> Mapping[bytes, Callable[[str, bytes, Parser | None], pd.DataFrame]]:
    """Return what reads files by their first bytes: a module of this folder that names them in `STARTS`."""
    modules = [import_module(f"{readers.__name__}.{each.name}") for each in iter_modules(readers.__path__)]
    return {module.STARTS: module.frame_of for module in modules if hasattr(module, "STARTS")}


def _of_table(table: Table, name: str) -> Activity:
    columns = list(zip(*table.body, strict=True)) or [()] * len(table.names)
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=object).set_axis(list(table.names), axis=1)
    return from_frame(
        frame, file=name, sheet=table.sheet, first_row=table.header_row + 1, findings=table.findings,
        header=table.header,
    )  # fmt: skip
