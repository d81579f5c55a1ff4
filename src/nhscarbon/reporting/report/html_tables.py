"""Tables of a report as HTML: no wider than the page, long ones folded, rows as labelled blocks on a narrow one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from nhscarbon.output.tables import number, tonnes
from nhscarbon.output.text import lines_shown as shown
from nhscarbon.output.text import with_subscript
from nhscarbon.reporting.drawing.palette import DATA, SOFT
from nhscarbon.reporting.report.document import Cell, Column, Range, Sign, Table
from nhscarbon.reporting.report.signs import HIDDEN, sign
from nhscarbon.reporting.report.workbook import sheet_name

MOST = 1000  # rows of a table; the workbook has all of them
MANY = 7  # columns, beyond which letters are smaller and rows are blocks on a tablet too
LONG = 90  # letters of a text that has the whole width of a labelled block
TOGETHER = 12  # rows that are printed on one page
MINUS = "\u2212"
UNITS = ("tCO2e", "kgCO2e")  # that a header begins with as they are
SORTABLE = 3  # rows from which it is worth sorting
SCALE = 200.0  # units of the width of a drawn range
LEAST_RANGE = 2.0  # units, below which a range is not drawn

Cells = Sequence[tuple[Column, Cell]]  # a column's cell, and after it those under it


def text(words: str) -> str:
    """Return words that are nothing but words: no markup, no control characters, no marks of direction."""
    return escape(with_subscript(shown(words)), quote=True)


def table_html(table: Table) -> Iterator[str]:
    """Yield a table, folded where it is long."""
    rows = len(table.rows) - table.total
    if not table.folded:
        yield from _table(table, "")
        return
    shown_rows = "" if len(table.rows) <= MOST else f", the first {MOST:,} of them here"
    where = f"{rows:,} rows{shown_rows}; sheet {sheet_name(table.title)} of the workbook has all"
    yield (f'<details class="fold"><summary><strong id="fold-{table.id}">{text(table.title)}</strong> '
           f"<span>{text(where)}</span></summary>\n")  # fmt: skip
    yield from _table(table, ' class="unseen"')
    yield "</details>\n"


def _table(table: Table, hidden: str) -> Iterator[str]:
    shown_columns = _columns(table)
    words = f"<span>{text(table.note)}</span>" if table.note else ""
    sort = " data-sort" if len(table.rows) >= SORTABLE else ""
    many = " many" if len(shown_columns) > MANY else ""
    few = " few" if len(shown_columns) <= 3 and all(column.kind == "number" for column, *_ in shown_columns[1:]) else ""
    places = [[place for place, _ in each] for each in _places(table)]
    long = [_longest(table, each[0]) > LONG for each in places]
    kept = " kept" if len(table.rows) <= TOGETHER and not any(long) else ""
    yield (
        f'<table class="data{many}{kept}{few}" id="table-{table.id}"{sort}><caption><strong{hidden}>{text(table.title)}'
        f"</strong>{words}</caption>\n<thead><tr>{''.join(map(_head, shown_columns))}</tr></thead>\n<tbody>\n"
    )
    most = _most(table)
    for at, row in enumerate(table.rows[:MOST]):
        kind = "total" if table.total and at == len(table.rows) - 1 else "miss" if at in table.missing else ""
        first, *rest = (_cell([(table.columns[place], row[place]) for place in each], most, long=wide)
                        for each, wide in zip(places, long, strict=True))  # fmt: skip
        labels = (f' data-l="{_headed(column)}"' if body else "" for (column, *_), (_, body)
                  in zip(shown_columns[1:], rest, strict=True))  # fmt: skip
        cells = "".join(f"<td{style}{label}>{body}</td>" for (style, body), label in zip(rest, labels, strict=True))
        marked = f' class="{kind}"' if kind else ""
        yield f'<tr{marked}><th scope="row"{first[0]}>{first[1]}</th>{cells}</tr>\n'
    yield "</tbody></table>\n"


def _places(table: Table) -> list[list[tuple[int, Column]]]:
    """Return the columns that are side by side, each with those under it."""
    found: list[list[tuple[int, Column]]] = []
    for place, column in enumerate(table.columns):
        if column.under:
            found[-1].append((place, column))
        else:
            found.append([(place, column)])
    return found


def _columns(table: Table) -> list[list[Column]]:
    return [[column for _, column in each] for each in _places(table)]


def _headed(column: Column) -> str:
    """Return the name of a column with a capital."""
    name = column.name
    return text(name if name.startswith(UNITS) else f"{name[:1].upper()}{name[1:]}")


def _head(columns: Sequence[Column]) -> str:
    """Return the header of a column; its unit may go on a line of its own."""
    column = columns[0]
    wide = f" w{column.share}" if column.share else ""
    named = {"number": "n", "code": "c", "range": "rg"}.get(column.kind, "") + wide
    style = f' class="{named.strip()}"' if named.strip() else ""
    return f'<th scope="col"{style}>{_headed(column)}</th>'


def _longest(table: Table, place: int) -> int:
    return max((len(cell) for row in table.rows if isinstance(cell := row[place], str)), default=0)


def _cell(cells: Cells, most: float, *, long: bool) -> tuple[str, str]:
    """Return the style of a cell, and what is in it."""
    column, value = cells[0]
    named = " ".join(filter(None, [{"number": "n", "code": "c", "range": "rg"}.get(column.kind, ""),
                                   "long" if long else ""]))  # fmt: skip
    style = f' class="{named}"' if named else ""
    body = _range(value, most) if isinstance(value, Range) else _value(value, column)
    for below, small in cells[1:]:
        words = _value(small, below)
        if words:
            named = f"{text(below.name)} " if below.kind == "number" else ""
            body += f'<span class="why">{named}{words}</span>'
    return style, body


def _value(value: Cell, column: Column) -> str:
    if value is None or isinstance(value, Range):
        return ""
    if isinstance(value, Sign):
        return f'<span class="status {value.state}">{sign(value.state)}{text(value.words)}</span>'
    if isinstance(value, str):
        return text(value)
    return (number(value) if column.places < 0 else tonnes(value, column.places)).replace("-", MINUS)


def _most(table: Table) -> float:
    """Return the end of the scale of a table's ranges."""
    return max((abs(cell.high) for row in table.rows for cell in row if isinstance(cell, Range)), default=0.0)


def _range(range_: Range, most: float) -> str:
    """Return a likely range with its figure, on the scale of the column."""
    low, value, high = (SCALE * max(each, 0.0) / most if most else 0.0
                        for each in (range_.low, range_.value, range_.high))  # fmt: skip
    line = 'stroke-width="2" vector-effect="non-scaling-stroke"'
    drawn = ""
    if high - low >= LEAST_RANGE:
        drawn = f'<path d="M{low:.1f} 6H{high:.1f}M{low:.1f} 2V10M{high:.1f} 2V10" stroke="{SOFT}" {line}/>'
    figure = f'<path d="M{value:.1f} 0V12" stroke="{DATA}" stroke-width="4" vector-effect="non-scaling-stroke"/>'
    return f'<svg viewBox="0 0 {SCALE:g} 12" preserveAspectRatio="none" {HIDDEN}>{drawn}{figure}</svg>'
