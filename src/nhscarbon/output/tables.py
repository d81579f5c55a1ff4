"""At the edge: rounding, aligned text, CSV and files. Nothing here changes a number that is kept."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from nhscarbon.output.files import write_whole
from nhscarbon.output.text import SCREEN_COLUMNS, escape, guard_formula, shown

if TYPE_CHECKING:
    import pandas as pd

ROOMY = Context(prec=400)  # digits, more than any number here has
WIDEST_CELL = 48  # of a table on a screen


def tonnes(value: float, places: int = 2) -> str:
    """Return tonnes for a reader, rounded half up as people do by hand.

    >>> tonnes(18.385)
    '18.39'
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=ROOMY)
    return f"{rounded if rounded else abs(rounded):,}"  # no minus before a zero


def number(value: object) -> str:
    """Return a number with separators and all the decimals that it has.

    >>> number(100000.0)
    '100,000'
    """
    text = f"{Decimal(repr(float(str(value)))):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table_text(frame: pd.DataFrame, *, places: int = 2) -> str:
    """Return a frame as aligned text; tonnes are rounded half up."""
    columns = []
    for name in frame.columns:
        is_number = _is_number(frame[name])
        cells = [
            _cell(value, tonne=str(name).split(" ")[-1] == TONNES, number_=is_number, places=places)
            for value in frame[name].tolist()
        ]
        width = max([len(shown(str(name))), *map(len, cells)])
        align = str.rjust if is_number else str.ljust
        columns.append([align(cell, width) for cell in (shown(str(name)), *cells)])
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def _is_number(column: pd.Series) -> bool:
    return column.dtype.kind in "biufc"


def _cell(value: object, *, tonne: bool, number_: bool, places: int) -> str:
    if not number_:
        return shown(str(value))
    figure = float(str(value))
    if math.isnan(figure):
        return ""
    return tonnes(figure, places) if tonne else number(value)


def years_across(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of ``period`` and ``tco2e`` with a column for each NHS year, where there are several.

    >>> import pandas as pd
    >>> years_across(pd.DataFrame({"period": ["2022/23", "2023/24"], "theme": "water", "tco2e": [2.0, 1.0]}))
       theme  2022/23 tco2e  2023/24 tco2e
    0  water            2.0            1.0
    """
    names = [str(name) for name in frame.columns if name not in ("period", "tco2e")]
    if not names or "period" not in frame or frame["period"].nunique() < 2:
        return frame
    wide = frame.pivot_table(index=names, columns="period", values="tco2e", aggfunc="first")
    return wide.set_axis([f"{year} {TONNES}" for year in wide.columns], axis=1).reset_index()


def csv_text(frame: pd.DataFrame, *, decimals: Collection[str] = ()) -> str:
    """Return a frame as CSV in which no text can start a formula in a spreadsheet (CWE-1236).

    Numbers stand as they are, a missing cell is empty, and a text that a spreadsheet would run stands behind an
    apostrophe, which `nhscarbon.output.text.unguarded` takes away again. `decimals` names columns of decimal text,
    whose cells are numbers too: a minus sign starts no formula there.
    """
    lines: list[str] = []
    writer = csv.writer(_Lines(lines), lineterminator="\r\n")  # so that a cell with either letter is quoted
    writer.writerow([guard_formula(str(name)) for name in frame.columns])
    columns = [
        frame.iloc[:, place].tolist() if name in decimals else [*map(_csv_cell, frame.iloc[:, place].tolist())]
        for place, name in enumerate(frame.columns)
    ]
    writer.writerows(zip(*columns, strict=True))
    return "".join(lines)


def is_missing(value: object) -> bool:
    """Tell whether a cell holds nothing: None, not a number, or what pandas has for it."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (value != value) is True  # noqa: PLR0124


def screen_table(frame: pd.DataFrame, rows: int) -> list[str]:
    """Return a frame as lines that fit a screen: figures rounded, long words cut, and what has no room named.

    Parameters
    ----------
    frame : pandas.DataFrame
    rows : int
        Lines that there is room for.
    """
    room = max(rows - 3, 1)
    kept = len(frame) if len(frame) <= room + 1 else room
    columns: list[list[str]] = []
    width, left = 0, list(map(str, frame.columns))
    for place, name in enumerate(map(str, frame.columns)):
        column = frame.iloc[:kept, place]
        align = str.rjust if _is_number(frame.iloc[:, place]) else str.ljust
        cells = [shown(name, WIDEST_CELL), *(shown(cell, WIDEST_CELL) for cell in figures(column))]
        wide = max(map(len, cells))
        if columns and width + wide + 2 > SCREEN_COLUMNS:
            break
        width += wide + 2
        columns.append([align(cell, wide) for cell in cells])
        left.remove(name)
    lines = ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
    lines += [f"... {len(frame) - kept:,} more rows"] if kept < len(frame) else []
    return lines + ([shown(f"and the columns {', '.join(left)}", SCREEN_COLUMNS)] if left else [])


def figures(column: pd.Series) -> list[str]:
    """Return the cells of a column for a reader: its numbers with as many decimals as their size asks for."""
    values = column.tolist()
    whole = column.dtype.kind in "iu"
    known = [abs(value) for value in values if isinstance(value, float) and math.isfinite(value)]
    largest = max(known, default=0.0)
    places = 0 if all(each == int(each) for each in known) else 2 if largest >= 1 else 4
    year = str(column.name).endswith("year")  # a year is no amount

    def cell(value: object) -> str:
        if is_missing(value):
            return ""
        if isinstance(value, float) and math.isfinite(value):
            return f"{value:,.{places}f}"
        return f"{value:,}" if whole and not year else str(value)

    return [cell(value) for value in values]


def html_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a small HTML table: inline style, no script, every text escaped."""
    top = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(first)}</th>"
        + "".join(f"<td style='text-align:right'>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<table><caption style='text-align:left'>{escape(caption)}</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


class _Lines:
    """What a CSV writer writes into: its lines, each ended by a line feed alone."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def write(self, line: str) -> int:
        self.lines.append(line.removesuffix("\r\n") + "\n")
        return len(line)


def _csv_cell(value: object) -> object:
    if is_missing(value):
        return ""
    return value if isinstance(value, int | float) else guard_formula(str(value))


def write_text(path: Path, text: str, *, overwrite: bool) -> Path:
    """Write a file whole or not at all.

    Raises
    ------
    UsageError
        If it cannot be written, or exists and may not be replaced.
    """
    return write_whole(path, text.encode("utf-8"), overwrite=overwrite)


LEAST_SHARE = 0.005  # a smaller one would round to nothing
WHOLE = 100  # tCO2e, from which figures are whole tonnes
TONNES = "tco2e"  # the end of a name of a column of tonnes


def places_for(largest: float) -> int:
    """Return how many decimals tell tonnes of this size apart.

    >>> places_for(58_296), places_for(12), places_for(0.4)
    (0, 1, 3)
    """
    return 0 if abs(largest) >= WHOLE else 1 if abs(largest) >= 1 else 3


def with_sign(value: float, places: int = 0) -> str:
    """Return tonnes with their sign.

    >>> with_sign(1234.5), with_sign(-3.2), with_sign(0.2), with_sign(0.2, 1)
    ('+1,235', '−3', '0', '+0.2')
    """
    text = tonnes(abs(value), places)
    return text if not float(text.replace(",", "")) else f"{'+' if value > 0 else '−'}{text}"


def with_share(value: float, total: float) -> str:
    """Return tonnes and their share of a total.

    >>> with_share(400.0, 1000.0), with_share(0.4, 1000.0)
    ('400  (40%)', '0  (<1%)')
    """
    share = value / total if total else 0.0
    text = tonnes(value, places_for(total))
    return f"{text}  ({'<1%' if 0 < share < LEAST_SHARE else f'{share:.0%}'})"
