"""Which layout a file has: its header as published, or with the small changes that a spreadsheet or a script makes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from typing import NamedTuple
from unicodedata import normalize

import pandas as pd

from nhscarbon.activity.eric.layouts import Layout, Layouts, Sheet, tidy
from nhscarbon.activity.files.sheets import Grid
from nhscarbon.errors import UnreadableError
from nhscarbon.kept import kept

SHOWN = 5
WITHIN = 12  # rows of a sheet in which a header is looked for
INDEXES = frozenset({"", "index", "row", "rownumber", "id", "#", "no", "no."})  # of a column that a script wrote
UNNAMED = "unnamed:"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
LOST = "\ufffd"  # what a program puts for a letter that it could not read
SPELT = {  # signs as they are written otherwise
    "’": "'", "‘": "'", "–": "-", "—": "-", "£": "", "GBP": "",
}  # fmt: skip
COUNTED = "number of sites"  # in headers of a file that has a row for each trust, and in no other


class _Fit(NamedTuple):
    """A header that is a layout's: its row, the columns before it that a script wrote, and its names as published."""

    row: int
    before: int
    header: list[str]


def recognise(file: str, grids: Sequence[Grid], layouts: Layouts) -> Sheet:
    """Find the sheet and layout of a file by its header row.

    The header is that of a publication, column by column, whatever the case, and however its signs are written (m2
    for m\u00b2). Rows above it, and columns before it that number the rows, are passed over.

    Raises
    ------
    UnreadableError
        If no layout has this header: with the one thing to change where that can be told, else with the nearest layout
        and the first columns that differ.
    """
    named = {layout.sheet for layout in layouts.layouts} - {""}
    candidates = [grid for grid in grids if grid.sheet in named] or list(grids)
    for grid in candidates:
        for layout in layouts.layouts:
            if fit := _fit(grid, layout):
                _refuse_rows_above(file, grid, layout, fit)
                return _sheet(file, grid, layout, fit)
    raise _unknown(file, grids, candidates, layouts)


def _fit(grid: Grid, layout: Layout) -> _Fit | None:
    """Return where the header of a layout stands in a sheet."""
    first = layout.header_rows - 1
    for row in (first, *(row for row in range(min(WITHIN, len(grid.rows))) if row != first)):
        header = _header(grid, row)
        for before in range(_indexes(header, layout) + 1):
            if names := _names(header[before:], layout):
                return _Fit(row, before, names)
    return None


def _header(grid: Grid, row: int) -> list[str]:
    """Return the header of a grid, without the empty columns that Excel leaves at its end."""
    header = [tidy(cell) for cell in grid.rows[row]] if row < len(grid.rows) else []
    while header and not header[-1]:
        header.pop()
    return header


def _indexes(header: Sequence[str], layout: Layout) -> int:
    """Return how many columns before a header hold the numbers of its rows, as scripts write them."""
    first = plain(layout.header[0])
    count = 0
    for name in header:
        word = plain(name)
        if word == first or not (word in INDEXES or word.startswith(UNNAMED)):
            break
        count += 1
    return count


def _names(header: Sequence[str], layout: Layout) -> list[str]:
    """Return the names of a header as they were published; nothing where it is not the layout's."""
    published = {plain(name): name for name in layout.header}
    if layout.match == "names":
        sent = list(map(plain, header))
        known = [published.get(name, "") for name in sent]
        whole = len(set(known)) == len(known) and layout.required <= set(known) <= set(layout.header)
        return known if known and whole else []
    length = len(layout.header)
    if not _same(header[:length], layout.header) or (layout.match != "prefix" and len(header) != length):
        return []
    return [*layout.header, *header[length:]]


def _same(sent: Sequence[str], published: Sequence[str]) -> bool:
    """Tell whether two headers say the same, letters aside that a program lost."""
    return len(sent) == len(published) and all(
        plain(one) == plain(other) or (LOST in one and _bare(one) == _bare(other))
        for one, other in zip(sent, published, strict=True)
    )


def _bare(name: str) -> str:
    return "".join(name.encode("ascii", "ignore").decode().casefold().split())


@kept(1 << 13)
def plain(name: str) -> str:
    """Return a header in which only what it says counts: no case, no spaces, and signs by their plain letters.

    Examples
    --------
    >>> plain("Gross internal floor area (m\u00b2)") == plain("GROSS INTERNAL FLOOR AREA (m2)")
    True
    """
    with suppress(UnicodeError):
        name = name.encode("cp1252").decode("utf-8")  # where UTF-8 was read as cp1252
    for written, meant in SPELT.items():
        name = name.replace(written, meant)
    return "".join(normalize("NFKC", name).casefold().split()).replace("()", "")


def _refuse_rows_above(file: str, grid: Grid, layout: Layout, fit: _Fit) -> None:
    """Refuse a header below rows of figures, as sorting leaves it: titles above it are no figures."""
    above = grid.rows[: max(fit.row - layout.header_rows + 1, 0)]
    full = [number for number, row in enumerate(above, start=1) if 2 * sum(map(bool, row)) > len(fit.header)]
    if full:
        raise UnreadableError(
            f"the header of '{file}' is in row {fit.row + 1}, below rows of figures such as row {full[0]}",
            advice="move the header to the top of the sheet",
        )


def _sheet(file: str, grid: Grid, layout: Layout, fit: _Fit) -> Sheet:
    width = len(fit.header)
    first = fit.row + 1
    rows = [row[fit.before :] for row in grid.rows[first:]]
    ragged = [
        first + number
        for number, row in enumerate(rows, start=1)
        if row and (len(row) < width or any(cell.strip() for cell in row[width:]))
    ]
    if ragged:
        raise UnreadableError(
            f"'{file}': {len(ragged)} rows have more or fewer cells than the {width} of the header "
            f"(rows {', '.join(map(str, ragged[:SHOWN]))}), so values may stand under the wrong column.",
            advice="Nothing was read. Save the file again from the publisher's original.",
        )
    body = pd.DataFrame([row[:width] or [""] * width for row in rows], columns=range(width), dtype=object)
    if layout.match == "names":
        body.columns = pd.Index(fit.header)
    above = grid.rows[: max(fit.row - layout.header_rows + 1, 0)]
    return Sheet(grid.sheet, layout, body, first + 1, tuple(n for n, row in enumerate(above, start=1) if any(row)))


def _unknown(file: str, grids: Sequence[Grid], candidates: Sequence[Grid], layouts: Layouts) -> UnreadableError:
    known = ", ".join(layout.name for layout in layouts.layouts)
    for grid in candidates:
        for row in range(min(WITHIN, len(grid.rows))):
            if found := _one_thing(file, grid.rows[row], layouts):
                return found
    scored = [
        (len(set(header) & set(layout.header)) / len(set(header) | set(layout.header)), header, layout)
        for grid in candidates
        for layout in layouts.layouts
        if (header := _header(grid, layout.header_rows - 1))
    ]
    changed = (
        "Nothing was read. If the publisher changed the columns, the new header needs a table of its own "
        "beside the others in the layouts package"
    )
    advice = "otherwise use the file as it was published."
    score, header, layout = max(scored, key=lambda item: item[0], default=(0.0, [], None))
    if layout is None or score == 0:
        sheets = ", ".join(f"'{grid.sheet}'" for grid in grids if grid.sheet) or "the file"
        return UnreadableError(
            f"'{file}' holds no estates return: no known header in {sheets}. Known: {known}. {changed}", advice=advice
        )
    moved = sorted(map(plain, header)) == sorted(map(plain, layout.header))
    return UnreadableError(
        f"the header of '{file}' is not one of the known estates returns ({known}). "
        f"Nearest is {layout.name}: {'its columns are in another order, ' if moved else ''}"
        f"{'; '.join(_differences(header, layout))}. {changed}",
        advice=f"put the columns back in the order in which they were published; {advice}" if moved else advice,
    )


def _one_thing(file: str, cells: Sequence[str], layouts: Layouts) -> UnreadableError | None:
    """Return what is to be said of a header that a known one can be told from: the one thing to change."""
    whole = ",".join(cells)
    for mark, word in SEPARATORS.items():
        if whole.count(mark) > len(cells) and _is_header([cell.strip('" ') for cell in whole.split(mark)], layouts):
            return UnreadableError(
                f"'{file}' is an estates return separated by {word}",
                advice="save it as CSV with commas, numbers with a point for decimals and no other sign",
            )
    words = [plain(cell) for cell in cells if cell.strip()]
    if sum(plain(COUNTED) in word for word in words) > 1 and not set(words) & _site_columns(layouts):
        return UnreadableError(
            f"'{file}' is the trust file, with a row for each trust: energy, water and waste are in the site file",
            advice="give the site file of the same publication, which has a row for each site",
        )
    return None


def _is_header(cells: Sequence[str], layouts: Layouts) -> bool:
    """Tell whether most columns of some layout are among some cells."""
    words = {*map(plain, cells)}
    return any(2 * len(words & set(map(plain, layout.header))) > len(layout.header) for layout in layouts.layouts)


def _site_columns(layouts: Layouts) -> set[str]:
    return {
        plain(name)
        for layout in layouts.layouts
        for name in layout.columns["header"][layout.columns["role"] == "site_code"]
    }


def _differences(found: list[str], layout: Layout) -> list[str]:
    """Return the first columns in which a header differs from a layout's."""
    expected, lines = layout.header, []
    if layout.match == "names":
        lines = [f"'{name}' is missing" for name in sorted(layout.required - set(found))]
        lines += [f"'{name}' is not known" for name in found if name not in expected]
        return lines[:SHOWN] or ["a column is repeated"]
    matcher = SequenceMatcher(None, found, expected, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        for step in range(max(i2 - i1, j2 - j1)):
            here = found[i1 + step] if i1 + step < i2 else None
            there = expected[j1 + step] if j1 + step < j2 else None
            if here is None:
                lines.append(f"column {j1 + step + 1} '{there}' is missing")
            elif there is None:
                lines.append(f"column {i1 + step + 1} '{here}' is not expected")
            else:
                lines.append(f"column {i1 + step + 1} is '{here}' where '{there}' is expected")
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more
