"""A report as one page of HTML: nothing from elsewhere, and everything that was sent is text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from nhscarbon.output.tables import number, tonnes
from nhscarbon.output.text import lines_shown as shown
from nhscarbon.output.text import with_subscript
from nhscarbon.reporting.report.document import Cell, Column, Document, Picture, Section, Table

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"  # what a browser may load for the page
MOST = 1000  # rows of a table; the workbook has all of them
PORTRAIT = 9  # columns, beyond which a table with long texts is printed on a page on its side
TOGETHER = 12  # rows that are printed on one page
MIDDLING, LONG = 20, 60  # letters of a text that needs more room
SORTABLE = 3  # rows from which it is worth sorting


def page(document: Document) -> bytes:
    """Return a report as HTML: headings in order, a table behind each picture, one small script of our own.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        UTF-8, the same for the same report. Its policy lets the browser load nothing and run no other script.
    """
    style, script = (files(__package__).joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    policy = f"{NOTHING}; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    links = "".join(f'<li><a href="#{each.id}">{_text(each.title)}</a></li>' for each in document.sections)
    lead = "".join(f"<p>{_text(each)}</p>" for each in document.lead)
    parts = [
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f'<meta name="generator" content="nhscarbon">\n<title>{_text(document.title)}</title>\n',
        f"<style>{style}</style>\n</head>\n<body>\n",
        '<a class="skip" href="#main">Skip to the report</a>\n',
        f"<header><h1>{_text(document.title)}</h1></header>\n",
        f'<nav aria-label="Contents"><h2>Contents</h2><ol>{links}</ol></nav>\n<main id="main" tabindex="-1">\n',
        f'<section aria-label="Summary" class="lead">{lead}</section>\n',
        *(part for section in document.sections for part in _section(section)),
        f'<p role="status" class="unseen" id="said"></p>\n</main>\n<footer><p>{_text(document.foot)}</p></footer>\n',
        f"<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode("utf-8")


def _section(section: Section) -> Iterator[str]:
    side = ' class="side"' if section.tables and all(map(_wide, section.tables)) else ""
    heading = f'<h2 id="{section.id}" tabindex="-1">{_text(section.title)}</h2>'
    yield f'<section{side} aria-labelledby="{section.id}">{heading}\n'
    yield from (f"<p>{_text(each)}</p>\n" for each in section.words)
    yield from (_picture(each) for each in section.pictures)
    for table in section.tables:
        yield from _table(table)
    yield "</section>\n"


def _picture(picture: Picture) -> str:
    return f"<figure>{picture.svg}<figcaption>{_text(picture.words)}</figcaption></figure>\n"


def _table(table: Table) -> Iterator[str]:
    note = [_text(table.note)] if table.note else []
    if len(table.rows) > MOST:
        note.append(f"The first {MOST:,} of {len(table.rows):,} rows; the workbook of this report has all.")
    words = f"<span>{' '.join(note)}</span>" if note else ""
    sort = " data-sort" if len(table.rows) >= SORTABLE else ""
    kinds = [_kind(table, place) for place in range(len(table.columns))]
    wide = " wide" if _wide(table) else ""
    kept = " kept" if len(table.rows) <= TOGETHER else ""
    head = "".join(
        f'<th scope="col"{kind}>{_text(column.name)}</th>' for column, kind in zip(table.columns, kinds, strict=True)
    )
    yield (
        f'<div class="scroll{wide or kept}" role="region" aria-labelledby="table-{table.id}" tabindex="0"><table{sort}>'
        f'<caption><strong id="table-{table.id}">{_text(table.title)}</strong>{words}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
    )
    for row in table.rows[:MOST]:
        first, *rest = (
            f"{kind}>{_cell(value, column)}" for value, column, kind in zip(row, table.columns, kinds, strict=True)
        )
        yield f'<tr><th scope="row"{first}</th>{"".join(f"<td{each}</td>" for each in rest)}</tr>\n'
    yield "</tbody></table></div>\n"


def _wide(table: Table) -> bool:
    """Return whether a table needs a page on its side: many columns, and a long text in one of them."""
    return len(table.columns) > PORTRAIT and any(_longest(table, place) > LONG for place in range(len(table.columns)))


def _longest(table: Table, place: int) -> int:
    return max((len(cell) for row in table.rows if isinstance(cell := row[place], str)), default=0)


def _kind(table: Table, place: int) -> str:
    """Return the class of a column: numbers, codes that may be broken, and how much room its longest text needs."""
    column = table.columns[place]
    longest = _longest(table, place)
    room = "" if column.kind == "number" else "l" if longest > LONG else "m" if longest > MIDDLING else ""
    named = " ".join(filter(None, [{"number": "n", "code": "c", "text": ""}[column.kind], room]))
    return f' class="{named}"' if named else ""


def _cell(value: Cell, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    return number(value) if column.places < 0 else tonnes(value, column.places)


def _text(text: str) -> str:
    """Return a text that is nothing but text: no markup, no control characters, no marks of direction."""
    return escape(with_subscript(shown(text)), quote=True)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
